//! `warraq index` and `warraq remove`.

use std::io::{self, Write};
use std::path::PathBuf;

use super::Outcome;
use super::args::{FormatArg, IndexArgs, PassagesArg, RemoveArgs};
use super::config::{Config, default_source};
use super::interrupt::Interrupt;
use super::progress::Progress;
use super::report::{holdings, interrupted, summary};
use super::tell::{say, say_result};
use super::watch::watch;
use crate::error::{Error, Result};
use crate::index::{Change, CommitAfter, Source, UpdateOptions, update};
use crate::source::Format;

/// Adds or refreshes sources.
pub fn index(config: &Config, args: IndexArgs) -> Result<Outcome> {
    let format = match args.format {
        FormatArg::Auto => Format::Auto,
        FormatArg::Text => Format::Text,
        FormatArg::Markdown => Format::Markdown,
        FormatArg::Jsonl => Format::Jsonl,
        FormatArg::Mediawiki => Format::Mediawiki,
        FormatArg::Csv => Format::Csv,
        FormatArg::Tsv => Format::Tsv,
        FormatArg::Html => Format::Html,
    };
    let whole = args.passages == PassagesArg::Whole;
    let columns = args.columns.unwrap_or_default();
    let mut spool = None;
    let mut sources = Vec::new();
    for path in args.paths {
        if path.as_os_str() != "-" {
            let columns = columns.clone();
            sources.push(Source { path, spooled: None, format, whole, columns });
            continue;
        }
        if spool.is_some() {
            return Err(Error::Usage("`-` can be given once".to_owned()));
        }
        let name = args.name.clone().ok_or_else(|| {
            Error::Usage("standard input needs a name: add `--name NAME`".to_owned())
        })?;
        let file = spool_stdin()?;
        sources.push(Source {
            path: PathBuf::from(name),
            spooled: Some(file.path().to_owned()),
            format,
            whole,
            columns: columns.clone(),
        });
        spool = Some(file);
    }
    let all = args.rebuild || args.watch.is_some();
    let change = if sources.is_empty() && all && config.location().exists() {
        Change::Refresh
    } else {
        if sources.is_empty() {
            sources.push(Source { format, whole, columns, ..default_source() });
        }
        Change::Add(sources)
    };
    let mut options =
        UpdateOptions { rebuild: args.rebuild, compact: args.compact, ..config.update_options() };
    if let Some(bytes) = args.commit_after {
        options.commit_after = CommitAfter { bytes, ..options.commit_after };
    }
    let interrupt = Interrupt::install()?;
    let outcome = run(config, change, options, !args.no_progress, &interrupt)?;
    match (args.watch, outcome) {
        (Some(how), Outcome::Found | Outcome::Incomplete) => {
            watch(config, how, options, &interrupt)
        }
        (_, outcome) => Ok(outcome),
    }
}

/// Takes sources out.
pub fn remove(config: &Config, args: RemoveArgs) -> Result<Outcome> {
    if !config.location().exists() {
        return Err(Error::NoIndex(config.location().folder().to_owned()));
    }
    let interrupt = Interrupt::install()?;
    run(config, Change::Remove(args.paths), config.update_options(), false, &interrupt)
}

/// Merges all segments into one.
pub fn optimize(config: &Config) -> Result<Outcome> {
    let progress = Progress::new(false);
    let report = crate::index::optimize(config.location(), config.update_options(), &progress)?;
    say_result(format_args!(
        "one segment: the index at {} holds {} ({:.1} s)",
        config.location().folder().display(),
        holdings(report.totals),
        report.elapsed.as_secs_f64()
    ));
    Ok(Outcome::Found)
}

fn run(
    config: &Config,
    change: Change,
    options: UpdateOptions,
    shown: bool,
    interrupt: &Interrupt,
) -> Result<Outcome> {
    let progress = Progress::interruptible(shown, config.verbose > 0, interrupt.clone());
    let outcome = update(config.location(), change, options, &progress);
    progress.finish();
    if let Err(Error::Interrupted) = &outcome {
        say(Error::Interrupted);
        return Ok(Outcome::Interrupted(interrupt.status()));
    }
    let report = outcome?;
    if let Some(interruption) = report.interrupted {
        say_result(interrupted(&report, interruption));
        return Ok(Outcome::Interrupted(interrupt.status()));
    }
    say_result(summary(&report, config.location()));
    Ok(if report.skipped > 0 { Outcome::Incomplete } else { Outcome::Found })
}

/// Standard input as a file, so that it can be read as often as any other source.
fn spool_stdin() -> Result<tempfile::NamedTempFile> {
    let failed = |error| Error::io("standard input", error);
    let mut file = tempfile::NamedTempFile::new().map_err(failed)?;
    io::copy(&mut io::stdin().lock(), file.as_file_mut()).map_err(failed)?;
    file.flush().map_err(failed)?;
    Ok(file)
}
