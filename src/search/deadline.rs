//! How long a search may take, and when it stops.
//!
//! A [`Deadline`] is what a caller sets; a [`Watch`] is how the rooms of a search look at it. Each
//! stage of a search may use up a share of the time, so that a query whose words alone would take
//! all of it still finds and shows what they have become until then.
//!
//! Invariants: a watch that has said that a stage is over says so until the next stage; whoever is
//! told so leaves something out, so an answer is partial if and only if a watch has said it.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Steps between two looks at the clock. A step is what takes some nanoseconds, a tenth of a
/// microsecond at most.
const STEPS: u32 = 4096;

/// When a search is to end: at a time, when somebody says so, or both; by default never.
#[derive(Clone, Debug, Default)]
pub struct Deadline {
    until: Option<Instant>,
    cancelled: Option<Arc<AtomicBool>>,
}

impl Deadline {
    /// No bound.
    pub fn none() -> Deadline {
        Deadline::default()
    }

    pub fn at(until: Instant) -> Deadline {
        Deadline { until: Some(until), cancelled: None }
    }

    /// So long from now; a time beyond what the clock can tell is no bound.
    pub fn after(time: Duration) -> Deadline {
        Deadline { until: Instant::now().checked_add(time), cancelled: None }
    }

    /// The same, or as soon as `cancelled` is true.
    #[must_use]
    pub fn or_cancelled(mut self, cancelled: Arc<AtomicBool>) -> Deadline {
        self.cancelled = Some(cancelled);
        self
    }

    fn is_none(&self) -> bool {
        self.until.is_none() && self.cancelled.is_none()
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.as_ref().is_some_and(|cancelled| cancelled.load(Ordering::Relaxed))
    }
}

/// The stages of a search that are bounded by themselves, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Looking up phrases, beginnings and words of fields.
    Patterns,
    /// What plain words become.
    Words,
    /// What is allowed at all.
    Filter,
    /// The first stage of ranking.
    Find,
    /// The second.
    Rank,
    /// Counting what matches.
    Count,
    /// Reading and marking hits, and everything after.
    Hits,
}

impl Stage {
    /// The hundredths of the time at which the stage must be over.
    fn share(self) -> u32 {
        match self {
            Stage::Patterns => 50,
            Stage::Words => 65,
            Stage::Filter => 77,
            Stage::Find => 87,
            Stage::Rank => 93,
            Stage::Count => 96,
            Stage::Hits => 100,
        }
    }
}

/// Looks at a deadline for one search after the other.
#[derive(Debug)]
pub struct Watch {
    deadline: Deadline,
    started: Cell<Instant>,
    /// Of the stage.
    until: Cell<Option<Instant>>,
    /// Steps until the next look.
    left: Cell<u32>,
    over: Cell<bool>,
    cut: Cell<bool>,
}

impl Watch {
    pub fn new(deadline: Deadline) -> Watch {
        let watch = Watch {
            started: Cell::new(Instant::now()),
            until: Cell::new(deadline.until),
            deadline,
            left: Cell::new(0),
            over: Cell::new(false),
            cut: Cell::new(false),
        };
        watch.start();
        watch
    }

    /// Begins a search.
    pub fn start(&self) {
        self.started.set(Instant::now());
        self.cut.set(false);
        self.enter(Stage::Hits);
    }

    /// Begins a stage, or goes on with it.
    pub fn enter(&self, stage: Stage) {
        self.over.set(false);
        self.left.set(0);
        let started = self.started.get();
        self.until.set(self.deadline.until.map(|until| {
            let time = until.saturating_duration_since(started);
            started + time / 100 * stage.share()
        }));
    }

    /// Counts some steps, and says whether the stage is over. Looks at the clock now and then, so
    /// it can be asked in inner loops.
    #[inline]
    pub fn is_over_after(&self, steps: u32) -> bool {
        match self.left.get().checked_sub(steps) {
            Some(left) if left > 0 => {
                self.left.set(left);
                false
            }
            _ => self.is_over(),
        }
    }

    /// Whether the stage is over.
    #[inline]
    pub fn is_over(&self) -> bool {
        if self.deadline.is_none() && !self.over.get() {
            self.left.set(u32::MAX);
            return false;
        }
        self.look()
    }

    fn look(&self) -> bool {
        if self.over.get() {
            return true;
        }
        let late = || self.until.get().is_some_and(|until| Instant::now() >= until);
        if self.deadline.is_cancelled() || late() {
            self.end_stage();
            return true;
        }
        self.left.set(STEPS);
        false
    }

    /// Ends the stage before its time: something else than time was used up.
    pub fn end_stage(&self) {
        self.over.set(true);
        self.cut.set(true);
        self.left.set(0);
    }

    /// Whether something was left out in this stage.
    pub fn is_cut_here(&self) -> bool {
        self.over.get()
    }

    /// Whether something was left out since the search began.
    pub fn is_cut(&self) -> bool {
        self.cut.get()
    }

    /// What the reader should know of a search that was cut.
    pub fn note(&self) -> Option<String> {
        let why = if self.deadline.is_cancelled() { "cancelled" } else { "stopped" };
        self.is_cut().then(|| {
            format!(
                "{why} after {} ms: these are the best of what was found until then",
                self.started.get().elapsed().as_millis()
            )
        })
    }
}

impl Default for Watch {
    /// Never over.
    fn default() -> Watch {
        Watch::new(Deadline::none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_deadline_nothing_is_ever_over() {
        let watch = Watch::default();
        assert!(!watch.is_over() && !watch.is_over_after(u32::MAX) && !watch.is_over_after(1));
        assert_eq!((watch.is_cut(), watch.note()), (false, None));
    }

    #[test]
    fn a_passed_deadline_is_noticed_at_the_first_step_of_each_stage() {
        let watch = Watch::new(Deadline::after(Duration::ZERO));
        for stage in [Stage::Words, Stage::Find, Stage::Hits] {
            watch.enter(stage);
            assert!(!watch.is_cut_here());
            assert!(watch.is_over_after(1) && watch.is_over() && watch.is_cut_here());
        }
        assert!(watch.is_cut());
        watch.start();
        assert!(!watch.is_cut());
    }

    #[test]
    fn stages_have_shares_of_the_time() {
        let watch = Watch::new(Deadline::after(Duration::from_secs(1000)));
        let started = watch.started.get();
        let mut last = started;
        let stages =
            [Stage::Words, Stage::Filter, Stage::Find, Stage::Rank, Stage::Count, Stage::Hits];
        for stage in stages {
            watch.enter(stage);
            assert!(!watch.is_over());
            let until = watch.until.get().unwrap();
            assert!(until > last);
            last = until;
        }
        assert!(last > started + Duration::from_secs(990));
    }

    #[test]
    fn a_flag_stops_what_has_time_left() {
        let flag = Arc::new(AtomicBool::new(false));
        let watch = Watch::new(Deadline::none().or_cancelled(flag.clone()));
        assert!(!watch.is_over());
        flag.store(true, Ordering::Relaxed);
        assert!((0..=STEPS).any(|_| watch.is_over_after(1)));
        assert!(watch.note().unwrap().starts_with("cancelled after"));
    }
}
