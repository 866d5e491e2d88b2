//! Arguments and environment resolved into what the commands work with.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use super::args::{ColorWhen, Global};
use super::progress::Progress;
use super::report::changes;
use super::tell::say;
use crate::error::{Error, Result};
use crate::index::{Change, Location, OpenIndex, Source, UpdateOptions, is_stale, update};
use crate::output::human::{HumanOptions, Marks};
use crate::source::{Columns, Format};

/// Where articles are looked for when nothing is said.
pub const DEFAULT_SOURCE: &str = "corpus";
/// Where the index goes when nothing is said.
const DEFAULT_INDEX: &str = "index";

/// Settings of all commands.
#[derive(Clone, Debug)]
pub struct Config {
    location: Location,
    /// Nobody named the index: it is kept up to date by itself.
    is_default: bool,
    pub verbose: u8,
    pub threads: usize,
    color: ColorWhen,
}

impl Config {
    pub fn new(global: &Global) -> Config {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Config {
            location: Location::new(
                global.index.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_INDEX)),
            ),
            is_default: global.index.is_none(),
            verbose: global.verbose,
            threads: global.threads.map_or(cores, usize::from),
            color: global.color,
        }
    }

    pub fn location(&self) -> &Location {
        &self.location
    }

    /// Whether standard output gets colours.
    pub fn colors_output(&self) -> bool {
        match self.color {
            ColorWhen::Always => true,
            ColorWhen::Never => false,
            ColorWhen::Auto => {
                io::stdout().is_terminal()
                    && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
                    && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        }
    }

    /// Whether somebody looks at standard output.
    pub fn prints_to_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// How text for people is written: in a pipe as plain as grep's.
    pub fn output_style(&self) -> HumanOptions {
        let terminal = self.prints_to_terminal();
        HumanOptions {
            marks: match (self.colors_output(), terminal) {
                (true, _) => Marks::Color,
                (false, true) => Marks::Signs,
                (false, false) => Marks::None,
            },
            terminal,
            width: terminal
                .then(terminal_size::terminal_size)
                .flatten()
                .map(|(terminal_size::Width(width), _)| usize::from(width)),
            explain: false,
        }
    }

    pub fn update_options(&self) -> UpdateOptions {
        UpdateOptions { threads: self.threads, ..UpdateOptions::default() }
    }

    /// Says something on standard error if `-v` asks for it.
    pub fn say(&self, level: u8, message: &str) {
        if self.verbose >= level {
            say(message);
        }
    }

    /// Opens the index for reading. The default index is built if it is missing and refreshed if
    /// it is stale; both are said on standard error. It stays open until the process ends: to close
    /// it first would only cost time.
    ///
    /// # Errors
    /// There is no index, or it cannot be read.
    pub fn open_index(&self) -> Result<&'static OpenIndex> {
        self.prepare_index()?;
        let open = OpenIndex::open_to_search(&self.location)?;
        if open.payload.unfinished {
            say("the index is unfinished: run the `warraq index` that was interrupted to go \
                 on (`warraq stats` names its sources)");
        }
        self.say(1, &format!("{} passages in {}", open.passages(), open.folder().display()));
        Ok(Box::leak(Box::new(open)))
    }

    /// Builds the default index if it is missing and refreshes it if it is stale; one that somebody
    /// named is left as it is.
    ///
    /// # Errors
    /// As [`Config::open_index`].
    pub fn prepare_index(&self) -> Result<()> {
        if self.is_default { self.bring_up_to_date() } else { Ok(()) }
    }

    fn bring_up_to_date(&self) -> Result<()> {
        let exists = self.location.exists();
        let change = if exists {
            Change::Refresh
        } else if Path::new(DEFAULT_SOURCE).is_dir() {
            Change::Add(vec![default_source()])
        } else {
            return Err(Error::Usage(format!(
                "no index at {DEFAULT_INDEX}/ and no folder {DEFAULT_SOURCE}/ to make it from: \
                 run `warraq index PATH`, or name an index with --index"
            )));
        };
        let progress = Progress::new(true);
        if exists && !is_stale(&self.location, &progress)? {
            match self.location.check_writable() {
                Ok(()) => self.say(2, "the index is up to date"),
                Err(error) => self.say_not_refreshed(&error),
            }
            return Ok(());
        }
        if !exists {
            say(format_args!("indexing {DEFAULT_SOURCE}/ into {DEFAULT_INDEX}/"));
        }
        let options = UpdateOptions { wait: !exists, ..self.update_options() };
        let outcome = update(&self.location, change, options, &progress);
        progress.finish();
        match outcome {
            Ok(report) if report.is_unchanged() => {
                self.say(2, "the index is up to date");
                Ok(())
            }
            Ok(report) => {
                if exists {
                    let changes = changes(&report);
                    say(format_args!("the index was stale and is refreshed: {changes}"));
                }
                Ok(())
            }
            Err(Error::Locked(_)) if exists => {
                say("another warraq is writing the index: searching its last state");
                Ok(())
            }
            Err(error) if exists && error.is_not_writable() => {
                self.say_not_refreshed(&error);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn say_not_refreshed(&self, error: &Error) {
        say(format_args!("the index cannot be refreshed, searching what is there ({error})"));
    }
}

/// The folder that is indexed when nothing is said.
pub fn default_source() -> Source {
    Source {
        path: PathBuf::from(DEFAULT_SOURCE),
        spooled: None,
        format: Format::Auto,
        whole: false,
        columns: Columns::default(),
    }
}
