//! The index as it is now: opened again as soon as somebody wrote it.
//!
//! A state is whole: what was opened stays as it is for as long as it is held, so nobody ever sees
//! half of a change. An index that is gone or cannot be read is a state too, with the reason.
//! A state whose files were changed in their place, which nobody should do, is given up at once.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::error::{Error, Result};
use crate::index::{Location, OpenIndex, Standing, Version};

/// How often is looked whether the index was written.
const LOOK_EVERY: Duration = Duration::from_millis(300);
/// How many looks in a row must fail before the last good state is given up: what cannot be opened
/// may be in the middle of a change.
const FAILED_LOOKS: u32 = 3;
/// The longest pause before an index that cannot be read is tried again although nothing seems to have
/// changed: each try may read all of it.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Why there is no index, for strangers.
const CANNOT_BE_READ: &str = "the index cannot be read";

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

    /// Has nobody search a state any more of which files were changed beneath it.
    pub fn give_up(&self, given_up: &State) {
        self.replace(Some(given_up.number), Err(CANNOT_BE_READ.to_owned()));
    }

    fn look(&self, say: impl Fn(&str)) {
        let mut seen = self.first.clone();
        let mut failures = 0;
        let mut pause = LOOK_EVERY;
        let mut tried = Instant::now();
        while !self.stopped.load(Ordering::Relaxed) {
            std::thread::park_timeout(LOOK_EVERY);
            let version = self.location.version();
            let state = self.state();
            let standing = state.index.as_ref().map(OpenIndex::standing);
            if standing == Ok(Standing::Changed) {
                self.give_up(&state);
            }
            if version == seen {
                if failures == 0 && standing == Ok(Standing::Whole) {
                    continue;
                }
                // What cannot be opened is tried again and again.
                if failures > FAILED_LOOKS && tried.elapsed() < pause {
                    continue;
                }
            }
            pause = if version == seen { (pause * 2).min(LONGEST_PAUSE) } else { LOOK_EVERY };
            tried = Instant::now();
            // Taken before opening: what changes meanwhile is seen at the next look.
            seen = version;
            drop(state);
            match open(&self.location) {
                Ok(index) => {
                    failures = 0;
                    pause = LOOK_EVERY;
                    self.replace(None, Ok(index));
                }
                Err(error) => {
                    failures = (failures + 1).min(FAILED_LOOKS + 1);
                    if failures == FAILED_LOOKS {
                        say(&error.to_string());
                        let reason = reason(&error);
                        if self.state().index.as_ref().err().is_none_or(|said| said != reason) {
                            self.replace(None, Err(reason.to_owned()));
                        }
                    }
                }
            }
        }
    }

    /// Makes something the state, if the last one's number is `only` or that does not matter.
    fn replace(&self, only: Option<u64>, index: std::result::Result<OpenIndex, String>) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if only.is_some_and(|only| only != state.number) {
            return;
        }
        let number = state.number + 1;
        let former = std::mem::replace(&mut *state, Arc::new(State { number, index }));
        drop(state);
        // Taking down what was mapped takes its time.
        drop(former);
        self.changed.send_replace(number);
    }
}

/// Damage that tantivy trips over is damage like any other.
fn open(location: &Location) -> Result<OpenIndex> {
    catch_unwind(AssertUnwindSafe(|| OpenIndex::open_to_search(location)))
        .unwrap_or_else(|_| Err(Error::damaged(location.folder(), "opening it failed")))
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
        _ => CANNOT_BE_READ,
    }
}
