//! `warraq suggest`: complete what is being typed.

use super::args::{ShowFormat, SuggestArgs};
use super::config::Config;
use super::{Outcome, print};
use crate::error::Result;
use crate::output::json::write_line;
use crate::text::sanitize::to_one_line;

/// Prints completions, the most frequent first.
pub fn suggest(config: &Config, args: &SuggestArgs) -> Result<Outcome> {
    let index = config.open_index()?;
    let found = crate::search::suggest(index, &args.prefix.join(" "), args.limit as usize)?;
    print(|out| match args.format {
        ShowFormat::Json => write_line(out, &found),
        ShowFormat::Human => found.iter().try_for_each(|suggestion| {
            writeln!(out, "{}\t{}", to_one_line(&suggestion.text), suggestion.passages)
        }),
    })?;
    Ok(if found.is_empty() { Outcome::NothingFound } else { Outcome::Found })
}
