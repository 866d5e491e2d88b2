//! `warraq index --watch`: a line for each run that changed something, until a signal comes.

use std::thread;
use std::time::Duration;

use super::Outcome;
use super::args::WatchArg;
use super::config::Config;
use super::interrupt::Interrupt;
use super::report::{changes, holdings, interrupted};
use super::tell::{say, say_result};
use crate::error::{Error, Problem, Result};
use crate::index::{Report, UpdateOptions};
use crate::watch::{How, Observer, Options, Watch};

/// How often is looked whether a signal has come.
const SIGNALS_EVERY: Duration = Duration::from_millis(50);

/// Begins to watch the sources of the index, with a line on standard error for each run that
/// changed something.
///
/// # Errors
/// As [`Watch::start`].
pub fn start(config: &Config, how: WatchArg, update: UpdateOptions) -> Result<Watch> {
    let how = match how {
        WatchArg::Auto => How::Auto,
        WatchArg::Poll => How::Poll,
    };
    let options = Options { how, update, ..Options::default() };
    Watch::start(config.location(), options, Lines { tells_all: config.verbose >= 2 })
}

/// Watches the sources of the index until a signal comes.
pub fn watch(
    config: &Config,
    how: WatchArg,
    update: UpdateOptions,
    interrupt: &Interrupt,
) -> Result<Outcome> {
    let watch = start(config, how, update)?;
    while !interrupt.came() {
        if watch.has_ended() {
            return Err(Error::index(config.location().folder(), "is not watched any more"));
        }
        thread::sleep(SIGNALS_EVERY);
    }
    let Some(report) = watch.stop() else {
        return Ok(Outcome::Found);
    };
    if let Some(interruption) = report.interrupted {
        say_result(interrupted(&report, interruption));
    }
    Ok(Outcome::Interrupted(interrupt.status()))
}

/// Tells a watch on standard error.
struct Lines {
    /// Runs that changed nothing as well.
    tells_all: bool,
}

impl Observer for Lines {
    fn updated(&mut self, report: &Report) {
        let changes = changes(&Report { unchanged_files: 0, ..report.clone() });
        let skipped = match report.skipped {
            0 => String::new(),
            skipped => format!(", {skipped} skipped"),
        };
        let holds = holdings(report.totals);
        let seconds = report.elapsed.as_secs_f64();
        say(format_args!("{changes}; {holds}{skipped} ({seconds:.1} s)"));
    }

    fn unchanged(&mut self) {
        if self.tells_all {
            say("the index is up to date");
        }
    }

    fn failed(&mut self, error: &Error) {
        say(format_args!("the index is not brought up to date, trying again: {error}"));
    }

    fn problem(&mut self, problem: &Problem) {
        say(problem);
    }

    fn note(&mut self, message: &str) {
        say(message);
    }
}
