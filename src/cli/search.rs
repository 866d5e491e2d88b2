//! `warraq search`.

use std::io;

use super::args::{ExpandArg, QueryArgs, RankArg, SearchArgs, SearchFormat};
use super::config::Config;
use super::{Outcome, output_error, print};
use crate::error::Result;
use crate::output;
use crate::output::human::{HumanOptions, write_notes};
use crate::search::{Engine, Expand, Rank, Request};

/// Answers one query.
pub fn search(config: &Config, args: SearchArgs) -> Result<Outcome> {
    let index = config.open_index()?;
    let mut request = request(&args.options, args.query.join(" "));
    request.context = args.context;
    request.explain = args.explain;
    let human = args.format == SearchFormat::Human;
    request.total = human || args.count || args.format == SearchFormat::Json;
    request.snippets = !args.count && args.format != SearchFormat::Trec;
    let answer = Engine::new(&index)?.search(&request)?;
    let style = HumanOptions { explain: args.explain, ..config.output_style() };
    write_notes(&mut io::stderr().lock(), &answer, &style).map_err(output_error)?;
    let found = if args.count { answer.total != Some(0) } else { !answer.hits.is_empty() };
    print(|out| {
        if args.count {
            return output::human::write_count(out, &answer);
        }
        match args.format {
            SearchFormat::Human => output::human::write_answer(out, &answer, &style),
            SearchFormat::Json => {
                output::json::write_answer(out, &answer, config.prints_to_terminal())
            }
            SearchFormat::Jsonl => output::json::write_hits(out, &answer),
            SearchFormat::Tsv => output::tsv::write_hits(out, &answer),
            SearchFormat::Trec => output::trec::write_hits(out, "1", &answer),
        }
    })?;
    if !found {
        if human && !args.count {
            eprintln!("warraq: nothing found");
        }
        return Ok(Outcome::NothingFound);
    }
    Ok(Outcome::Found)
}

fn expand(options: &QueryArgs) -> Expand {
    if options.no_expand {
        return Expand::NONE;
    }
    if options.expand.is_empty() {
        return Expand::ALL;
    }
    let has = |arg: ExpandArg| options.expand.contains(&arg);
    Expand {
        names: has(ExpandArg::Names),
        variants: has(ExpandArg::Variants),
        translate: has(ExpandArg::Translate),
    }
}

/// The request that the options of a command ask for.
pub fn request(options: &QueryArgs, query: String) -> Request {
    Request {
        plain: options.plain,
        limit: options.limit as usize,
        offset: options.offset as usize,
        rank: match options.rank {
            RankArg::TwoStage => Rank::TwoStage,
            RankArg::Bm25 => Rank::Bm25,
        },
        expand: expand(options),
        per_article: options.per_article.map(|count| count as usize),
        ..Request::new(query)
    }
}
