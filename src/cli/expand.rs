//! `warraq expand`: what words become.

use std::io::{self, Write};

use super::args::{ExpandArgs, ShowFormat};
use super::config::Config;
use super::counts::counted;
use super::tables::read_tables;
use super::{Outcome, print};
use crate::error::Result;
use crate::output::json::write_line;
use crate::search::hit::Expansion;
use crate::search::{Engine, Request};
use crate::text::sanitize::to_one_line;

/// Prints what each word is searched as.
pub fn expand(config: &Config, args: &ExpandArgs) -> Result<Outcome> {
    let tables = read_tables(&args.tables)?;
    let index = config.open_index()?;
    let request = Request { plain: true, ..Request::new(args.words.join(" ")) };
    let expansions = Engine::with_tables(index, tables.borrow()).expansions(&request)?;
    print(|out| match args.format {
        ShowFormat::Json => write_line(out, &expansions),
        ShowFormat::Human => write_human(out, &expansions),
    })?;
    let any = expansions
        .iter()
        .flat_map(|expansion| &expansion.became)
        .any(|became| became.passages != Some(0));
    Ok(if any { Outcome::Found } else { Outcome::NothingFound })
}

fn write_human(out: &mut dyn Write, expansions: &[Expansion]) -> io::Result<()> {
    for expansion in expansions {
        writeln!(out, "{}", to_one_line(&expansion.word))?;
        for became in &expansion.became {
            writeln!(
                out,
                "  {:<11} {}  (weight {:.2}, {})",
                became.how.name(),
                to_one_line(&became.term),
                became.weight,
                counted(became.passages.unwrap_or(0), "passage")
            )?;
        }
    }
    Ok(())
}
