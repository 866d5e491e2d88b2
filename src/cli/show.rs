//! `warraq show`: a whole passage or article.

use std::io::{self, Write};

use super::args::{ShowArgs, ShowFormat};
use super::config::Config;
use super::tell::say_unknown_id;
use super::{Outcome, print};
use crate::error::Result;
use crate::output::human::{HumanOptions, write_text};
use crate::output::json::write_line;
use crate::search::{Reading, read};

/// Shows what has the id: a passage, or all passages of an article in their order.
pub fn show(config: &Config, args: &ShowArgs) -> Result<Outcome> {
    let index = config.open_index()?;
    let Some(reading) = read(index, &args.id)? else {
        say_unknown_id(&args.id);
        return Ok(Outcome::NothingFound);
    };
    let options = config.output_style();
    print(|out| match args.format {
        ShowFormat::Json => write_line(out, &reading),
        ShowFormat::Human => write_human(out, &reading, &options),
    })?;
    Ok(Outcome::Found)
}

fn write_human(out: &mut dyn Write, reading: &Reading, options: &HumanOptions) -> io::Result<()> {
    let mut section: &[String] = &[];
    for (place, passage) in reading.passages.iter().enumerate() {
        if place == 0
            && let Some(title) = &reading.title
        {
            write_text(out, title, None, options)?;
            writeln!(out)?;
        }
        if passage.section != section {
            section = &passage.section;
            write_text(out, &format!("› {}", section.join(" › ")), None, options)?;
            writeln!(out)?;
        }
        write_text(out, &passage.text, Some(&passage.lang), options)?;
        if place + 1 < reading.passages.len() {
            writeln!(out)?;
        }
    }
    Ok(())
}
