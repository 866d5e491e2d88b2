//! Where changes ring and the watching thread waits.
//!
//! However much changes, it remembers four things only, so that nothing piles up.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// See the module.
#[derive(Debug, Default)]
pub struct Bell {
    rung: Mutex<Rung>,
    changed: Condvar,
    /// Asked often while a run goes on.
    stopped: AtomicBool,
}

/// What was heard since it was last taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rung {
    /// The first and the last change.
    between: Option<(Instant, Instant)>,
    /// Folders came or went, or something was lost: the ears have to be put up anew.
    pub folders: bool,
}

impl Rung {
    /// When a run is due that is to wait for `quiet`, but not for longer than `ceiling`.
    fn due(&self, quiet: Duration, ceiling: Duration) -> Option<Instant> {
        self.between.map(|(first, last)| (last + quiet).min(first + ceiling))
    }
}

impl Bell {
    fn lock(&self) -> MutexGuard<'_, Rung> {
        self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something changed; `folders` where it may have been a folder.
    pub fn ring(&self, folders: bool) {
        let now = Instant::now();
        let mut rung = self.lock();
        let first = rung.between.map_or(now, |(first, _)| first);
        rung.between = Some((first, now));
        rung.folders |= folders;
        // A later change moves the time of waking only backwards; who waits finds out then.
        if first == now {
            self.changed.notify_all();
        }
    }

    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
        // Under the lock, or a thread that is about to wait would not hear it.
        let _rung = self.lock();
        self.changed.notify_all();
    }

    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Takes what was heard.
    pub fn take(&self) -> Rung {
        std::mem::take(&mut *self.lock())
    }

    /// Waits until a run is due, or for `patience` while nothing has changed, or until it is
    /// stopped. Returns whether a run is due.
    pub fn wait(&self, quiet: Duration, ceiling: Duration, patience: Duration) -> bool {
        let give_up = Instant::now() + patience;
        let mut rung = self.lock();
        loop {
            if self.is_stopped() {
                return false;
            }
            let now = Instant::now();
            let due = rung.due(quiet, ceiling);
            if due.is_some_and(|due| due <= now) {
                return true;
            }
            let until = due.unwrap_or(give_up);
            if until <= now {
                return false;
            }
            let waited = self.changed.wait_timeout(rung, until - now);
            rung = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUIET: Duration = Duration::from_millis(200);
    const CEILING: Duration = Duration::from_secs(3);

    #[test]
    fn a_run_waits_for_quiet_but_not_for_ever() {
        let first = Instant::now();
        let rung = |last| Rung { between: Some((first, last)), folders: false };
        let due = |last| rung(last).due(QUIET, CEILING).map(|due| due - first);
        assert_eq!(Rung::default().due(QUIET, CEILING), None);
        assert_eq!(due(first), Some(QUIET));
        assert_eq!(due(first + QUIET), Some(QUIET * 2));
        assert_eq!(due(first + CEILING), Some(CEILING));
        assert_eq!(due(first + CEILING * 2), Some(CEILING));
    }

    #[test]
    fn waiting_ends_by_time_by_a_ring_and_by_a_stop() {
        let bell = Bell::default();
        let moment = Duration::from_millis(1);
        assert!(!bell.wait(moment, moment, moment));
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| bell.wait(moment, moment, Duration::from_secs(600)));
            bell.ring(true);
            assert!(waits.join().unwrap());
            assert!(bell.take().folders);
            assert_eq!(bell.take(), Rung::default());
            let waits = scope.spawn(|| bell.wait(moment, moment, Duration::from_secs(600)));
            bell.stop();
            assert!(!waits.join().unwrap());
        });
        bell.ring(false);
        assert!(!bell.wait(moment, moment, Duration::from_secs(600)));
    }
}
