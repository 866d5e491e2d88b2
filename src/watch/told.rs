//! What runs tell, passed on once for as long as it is so.
//!
//! A run names everything that it skips, each time anew. Who watches for days wants to hear it when
//! it begins.

use std::cell::RefCell;
use std::collections::HashSet;
use std::hash::{BuildHasher, Hash};

use rustc_hash::FxBuildHasher;

use super::Observer;
use super::bell::Bell;
use crate::error::Problem;
use crate::index;

/// Lines that are passed on of one run; of how many more there are the last line tells.
const LINES_OF_A_RUN: u64 = 100;
/// Lines of a run that are remembered; those beyond are not passed on.
const REMEMBERED: usize = 100_000;

/// What was told in the last run that went through.
#[derive(Debug, Default)]
pub struct Told {
    before: HashSet<u64, FxBuildHasher>,
    now: HashSet<u64, FxBuildHasher>,
    new: u64,
}

impl Told {
    /// Whether a line is to be passed on.
    fn is_new(&mut self, line: impl Hash) -> bool {
        let line = FxBuildHasher.hash_one(line);
        if self.now.len() >= REMEMBERED || !self.now.insert(line) || self.before.contains(&line) {
            return false;
        }
        self.new += 1;
        self.new <= LINES_OF_A_RUN
    }

    /// A run has ended: it told everything that is so, if it went through. Returns how many new
    /// lines were not passed on.
    pub fn end_run(&mut self, went_through: bool) -> u64 {
        let now = std::mem::take(&mut self.now);
        if went_through {
            self.before = now;
        } else {
            self.before.extend(now);
            if self.before.len() > REMEMBERED {
                self.before.clear();
            }
        }
        std::mem::take(&mut self.new).saturating_sub(LINES_OF_A_RUN)
    }
}

/// Follows a run for the observer of a watch.
pub struct RunObserver<'a> {
    observer: RefCell<&'a mut dyn Observer>,
    told: RefCell<&'a mut Told>,
    bell: &'a Bell,
}

impl<'a> RunObserver<'a> {
    pub fn new(
        observer: &'a mut dyn Observer,
        told: &'a mut Told,
        bell: &'a Bell,
    ) -> RunObserver<'a> {
        RunObserver { observer: RefCell::new(observer), told: RefCell::new(told), bell }
    }
}

impl index::Observer for RunObserver<'_> {
    fn stopped(&self) -> bool {
        self.bell.is_stopped()
    }

    fn problem(&self, problem: &Problem) {
        if self.told.borrow_mut().is_new((&problem.path, problem.line, &problem.message)) {
            self.observer.borrow_mut().problem(problem);
        }
    }

    fn note(&self, message: &str) {
        if self.told.borrow_mut().is_new(message) {
            self.observer.borrow_mut().note(message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_told_again_only_after_it_was_not_so() {
        let mut told = Told::default();
        assert!(told.is_new("a") && !told.is_new("a") && told.is_new("b"));
        assert_eq!(told.end_run(true), 0);
        assert!(!told.is_new("a"));
        told.end_run(true);
        assert!(told.is_new("b") && !told.is_new("a"));
        // A run that failed on its way did not come to tell it.
        told.end_run(false);
        told.end_run(false);
        assert!(!told.is_new("a") && !told.is_new("b"));
    }

    #[test]
    fn many_lines_are_counted() {
        let mut told = Told::default();
        let passed_on = (0..150).filter(|line| told.is_new(line)).count();
        assert_eq!((passed_on, told.end_run(true)), (100, 50));
        assert!(!told.is_new(149));
    }
}
