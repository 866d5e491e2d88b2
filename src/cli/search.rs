//! `warraq search`.

use std::io;

use super::args::{ExpandArg, GroupArg, QueryArgs, RankArg, SearchArgs, SearchFormat, SortArg};
use super::config::Config;
use super::tables::read_tables;
use super::tell::say;
use super::{Outcome, print};
use crate::error::{Error, Result};
use crate::output;
use crate::output::human::{HumanOptions, write_notes};
use crate::search::hit::Answer;
use crate::search::{Deadline, Engine, Expand, Rank, Request, Sort};

/// How many times as many hits are looked through for groups as one group shows.
const GROUPED_HITS: usize = 10;

/// Answers one query.
pub fn search(config: &Config, args: SearchArgs) -> Result<Outcome> {
    let tables = read_tables(&args.options.tables)?;
    let human = args.format == SearchFormat::Human;
    let has_place = human || args.count || args.format == SearchFormat::Json;
    if args.facets && !has_place {
        let message = "--facets has a place in --format human and json only";
        return Err(Error::Usage(message.to_owned()));
    }
    let index = config.open_index()?;
    let mut request = request(&args.options, args.query.join(" "));
    request.context = args.context;
    request.explain = args.explain;
    request.total = has_place;
    request.facets = args.facets;
    request.snippets = !args.count && args.format != SearchFormat::Trec;
    let grouped = args.group == Some(GroupArg::Lang);
    let limit = request.limit;
    if grouped {
        // The best of one language may come after many of another.
        request.limit = limit.saturating_mul(GROUPED_HITS);
    }
    let mut engine = Engine::with_tables(index, tables.borrow());
    engine.set_deadline(deadline(&args.options));
    let mut answer = engine.search(&request)?;
    if args.count {
        if answer.total.is_none() {
            let message = "stopped by --timeout before all was counted: give it more time";
            return Err(Error::Usage(message.to_owned()));
        }
        let style = config.output_style();
        print(|out| {
            output::human::write_count(out, &answer)?;
            output::human::write_facets(out, &answer, &style, true)
        })?;
        return Ok(if answer.total == Some(0) { Outcome::NothingFound } else { Outcome::Found });
    }
    if grouped {
        answer.group_by_language(limit);
    }
    print_answer(config, &answer, args.format, args.explain)
}

/// Prints an answer, and on standard error what the reader should know beside it.
pub fn print_answer(
    config: &Config,
    answer: &Answer,
    format: SearchFormat,
    explain: bool,
) -> Result<Outcome> {
    let style = HumanOptions { explain, ..config.output_style() };
    // That nobody reads them takes no answer away.
    let _ = write_notes(&mut io::stderr().lock(), answer, &style);
    print(|out| match format {
        SearchFormat::Human => output::human::write_answer(out, answer, &style),
        SearchFormat::Json => output::json::write_answer(out, answer, config.prints_to_terminal()),
        SearchFormat::Jsonl => output::json::write_hits(out, answer),
        SearchFormat::Tsv => output::tsv::write_hits(out, answer),
        SearchFormat::Trec => output::trec::write_hits(out, "1", answer),
    })?;
    if answer.partial {
        return Ok(Outcome::Incomplete);
    }
    if answer.all_hits().next().is_none() {
        if format == SearchFormat::Human {
            say("nothing found");
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
        synonyms: has(ExpandArg::Synonyms),
    }
}

fn sort(arg: SortArg) -> Sort {
    match arg {
        SortArg::Relevance => Sort::Relevance,
        SortArg::Date => Sort::Date,
        SortArg::DateDesc => Sort::DateDesc,
    }
}

/// When a query that begins now is to end.
pub fn deadline(options: &QueryArgs) -> Deadline {
    options.timeout.map_or_else(Deadline::none, Deadline::after)
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
        sort: sort(options.sort),
        expand: expand(options),
        without: options.without.clone(),
        filter: options.filter.clone(),
        duplicates: options.duplicates,
        per_article: options.per_article.map(|count| count as usize),
        ..Request::new(query)
    }
}
