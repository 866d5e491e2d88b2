//! The index as it is now: opened again as soon as somebody wrote it.
//!
//! A state is whole: what was opened stays as it is for as long as it is held, so nobody ever sees
//! half of a change. An index that is gone or cannot be read is a state too, with the reason.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::watch;

use crate::error::{Error, Result};
use crate::index::{Location, OpenIndex, Version};

/// How often is looked whether the index was written.
const LOOK_EVERY: Duration = Duration::from_millis(300);
/// How many looks in a row must fail before the last good state is given up: what cannot be opened
/// may be in the middle of a change.
const FAILED_LOOKS: u32 = 3;

/// The index at some moment.
pub struct State {
    /// Counts the states of this process from 1.
    pub number: u64,
    /// The index, or in a few words why there is none.
    pub index: std::result::Result<OpenIndex, String>,
}

/// See the module.
pub struct Live {
    location: Location,
    /// Of the first state, taken before it was opened.
    first: Option<Version>,
    state: RwLock<Arc<State>>,
    /// Told the number of each new state.
    changed: watch::Sender<u64>,
    stopped: AtomicBool,
}

impl Live {
    /// Opens the index.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub fn open(location: Location) -> Result<Live> {
        let first = location.version();
        let index = OpenIndex::open_to_search(&location)?;
        Ok(Live {
            location,
            first,
            state: RwLock::new(Arc::new(State { number: 1, index: Ok(index) })),
            changed: watch::Sender::new(1),
            stopped: AtomicBool::new(false),
        })
    }

    pub fn state(&self) -> Arc<State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Hears of new states.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Looks for changes, in a thread of its own, until what is returned is dropped; calls `say`
    /// with a line about each failure.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn follow(self: &Arc<Live>, say: impl Fn(&str) + Send + 'static) -> io::Result<Follower> {
        let live = self.clone();
        let thread = thread::Builder::new().name("follow".to_owned());
        let thread = thread.spawn(move || live.look(say))?;
        Ok(Follower { live: self.clone(), thread: Some(thread) })
    }

    fn look(&self, say: impl Fn(&str)) {
        let mut seen = self.first.clone();
        let mut failures = 0;
        while !self.stopped.load(Ordering::Relaxed) {
            std::thread::park_timeout(LOOK_EVERY);
            let version = self.location.version();
            // What could not be opened is tried again at each look.
            if version == seen && failures == 0 {
                continue;
            }
            // Taken before opening: what changes meanwhile is seen at the next look.
            seen = version;
            match OpenIndex::open_to_search(&self.location) {
                Ok(index) => {
                    failures = 0;
                    self.replace(Ok(index));
                }
                Err(error) => {
                    failures = (failures + 1).min(FAILED_LOOKS + 1);
                    if failures == FAILED_LOOKS {
                        say(&error.to_string());
                        self.replace(Err(reason(&error).to_owned()));
                    }
                }
            }
        }
    }

    fn replace(&self, index: std::result::Result<OpenIndex, String>) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let number = state.number + 1;
        *state = Arc::new(State { number, index });
        drop(state);
        self.changed.send_replace(number);
    }
}

/// The thread that looks for changes; ended when dropped.
pub struct Follower {
    live: Arc<Live>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.live.stopped.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // It has nothing to say if it panicked.
            let _ = thread.join();
        }
    }
}

/// For strangers: no path of this machine.
fn reason(error: &Error) -> &'static str {
    match error {
        Error::NoIndex(_) => "the index is gone",
        Error::Index { .. } => "the index was written by another version of warraq",
        _ => "the index cannot be read",
    }
}
