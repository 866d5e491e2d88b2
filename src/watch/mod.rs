//! Keeping an index up to date while its sources change.
//!
//! A thread of its own listens to the file system, waits until it is quiet, and then runs an
//! ordinary update of all sources. What is heard never says what is to be done, only that
//! something is: which files changed is found out by the run, as it is by any other. So nothing
//! heard can do harm but by its absence, and what may go unheard – changes before the first run and
//! during one, a queue that overflows, a source that is mounted – each has a run to follow it.
//! Nothing is printed here; the index can be read all the while, and other processes may write it.

mod bell;
mod ears;
mod mounts;
mod scope;
mod told;
mod worker;

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use bell::Bell;
use worker::Worker;

use crate::error::{Error, Problem, Result};
use crate::index::{Location, Report, UpdateOptions};

/// How changes are noticed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum How {
    /// The system announces them; where it cannot, by looking.
    #[default]
    Auto,
    /// By looking at all files from time to time.
    Poll,
}

/// How a watch works.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub how: How,
    /// Of the runs; nothing is built anew that need not be.
    pub update: UpdateOptions,
    /// A run begins when so long nothing has changed …
    pub quiet: Duration,
    /// … or when the first change is so long ago; longer where runs take long.
    pub ceiling: Duration,
    /// How often files are looked at where changes are not announced; more seldom where looking
    /// takes long.
    pub poll: Duration,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            how: How::Auto,
            update: UpdateOptions::default(),
            quiet: Duration::from_millis(200),
            ceiling: Duration::from_secs(3),
            poll: Duration::from_secs(3),
        }
    }
}

/// Follows a watch; called from its thread, which waits meanwhile.
pub trait Observer: Send {
    /// A run has changed the index: who has it open can open it again.
    fn updated(&mut self, _report: &Report) {}
    /// A run found nothing to do.
    fn unchanged(&mut self) {}
    /// Another process may have changed the index: who has it open can open it again.
    fn changed_elsewhere(&mut self) {}
    /// A run failed; the index is as it was, and the run is tried again. Told once where it fails
    /// again for the same reason.
    fn failed(&mut self, _error: &Error) {}
    /// Something was skipped; told once for as long as it is so.
    fn problem(&mut self, _problem: &Problem) {}
    /// Something that the user should know, in one line.
    fn note(&mut self, _message: &str) {}
}

/// A thread that keeps an index up to date; stopped when dropped.
#[derive(Debug)]
pub struct Watch {
    bell: Arc<Bell>,
    thread: Option<JoinHandle<Option<Report>>>,
}

impl Watch {
    /// Begins to watch the sources of an index, with a run for what has changed until now. Sources
    /// that are added to the index later are watched too.
    ///
    /// # Errors
    /// [`Error::NoIndex`] where there is none; an index whose sources cannot be told.
    pub fn start(
        location: &Location,
        options: Options,
        observer: impl Observer + 'static,
    ) -> Result<Watch> {
        let bell = Arc::new(Bell::default());
        let worker = Worker::new(location, options, Box::new(observer), bell.clone())?;
        let thread =
            thread::Builder::new().name("watch".to_owned()).spawn(move || worker.work()).map_err(
                |error| Error::Io { path: PathBuf::from("a thread to watch"), source: error },
            )?;
        Ok(Watch { bell, thread: Some(thread) })
    }

    /// Whether the thread has ended without being asked to, which only a fault of its makes it do.
    pub fn has_ended(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Stops: a run that is going on stops at the next article and keeps what is done. Returns the
    /// report of a run that was cut short.
    pub fn stop(mut self) -> Option<Report> {
        self.end()
    }

    fn end(&mut self) -> Option<Report> {
        self.bell.stop();
        self.thread.take().and_then(|thread| thread.join().ok().flatten())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.end();
    }
}
