//! `warraq verify`: whether the index is what was written, and its repair.

use super::args::VerifyArgs;
use super::config::Config;
use super::counts::counted;
use super::interrupt::Interrupt;
use super::progress::Progress;
use super::report::holdings;
use super::tell::{say, say_result};
use super::{Outcome, print};
use crate::error::{Error, Result};
use crate::index::{Extent, Verification, repair, verify_observed};
use crate::text::sanitize::to_one_line;

/// Checks the index, and with `--repair` builds a damaged one anew.
pub fn verify(config: &Config, args: &VerifyArgs) -> Result<Outcome> {
    let extent = if args.no_sources { Extent::Index } else { Extent::Sources };
    let check = || {
        let progress = Progress::new(true);
        let found = verify_observed(config.location(), extent, &progress);
        progress.finish();
        found
    };
    let found = check()?;
    name_damage(&found, if args.repair { "" } else { REMEDY })?;
    for note in &found.notes {
        say(note);
    }
    if found.damage.is_empty() {
        return say_ok(&found);
    }
    if !args.repair {
        return Ok(Outcome::NothingFound);
    }
    let interrupt = Interrupt::install()?;
    let progress = Progress::interruptible(true, config.verbose > 0, interrupt.clone());
    let outcome = repair(config.location(), args.accept_loss, config.update_options(), &progress);
    progress.finish();
    let report = match outcome {
        Err(Error::Interrupted) => return Ok(Outcome::Interrupted(interrupt.status())),
        outcome => outcome?,
    };
    if report.interrupted.is_some() {
        say("interrupted: the index is as it was");
        return Ok(Outcome::Interrupted(interrupt.status()));
    }
    let totals = holdings(report.totals);
    let folder = config.location().folder().display();
    say_result(format_args!("repaired: the index at {folder} holds {totals}"));
    let found = check()?;
    name_damage(&found, REMEDY)?;
    say_ok(&found)
}

const REMEDY: &str = ": `warraq verify --repair` mends it";

fn name_damage(found: &Verification, remedy: &str) -> Result<()> {
    print(|out| {
        for damage in &found.damage {
            let path = damage.path.display().to_string();
            writeln!(out, "{}: {}{remedy}", to_one_line(&path), to_one_line(&damage.what))?;
        }
        Ok(())
    })
}

fn say_ok(found: &Verification) -> Result<Outcome> {
    if !found.damage.is_empty() {
        return Ok(Outcome::NothingFound);
    }
    let (files, passages) = (counted(found.files, "file"), counted(found.passages, "passage"));
    let compared = match found.sources {
        0 => String::new(),
        sources => format!(", compared with {}", counted(sources, "source")),
    };
    print(|out| writeln!(out, "ok: {files}, {passages}{compared}"))?;
    Ok(Outcome::Found)
}
