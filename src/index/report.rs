//! What a run of indexing tells while it works and when it is done.

use std::time::Duration;

use super::manifest::Totals;
use crate::error::Problem;

/// What a run has read so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Advance {
    /// Of the files as they lie on disk.
    pub bytes: u64,
    pub articles: u64,
    pub passages: u64,
}

/// Follows a run; called from the thread that reads the sources.
pub trait Observer {
    /// So many bytes of the files that may have changed are compared with what was indexed of them;
    /// told some times a second, before anything is planned.
    fn compared(&self, _bytes: u64, _all: u64) {}
    /// The run will read so many files of so many bytes.
    fn planned(&self, _files: usize, _bytes: u64) {}
    /// So much was read so far; told some times a second, within a file too.
    fn advanced(&self, _so_far: Advance) {}
    /// So many bytes of the sources are compared with what the index holds of them.
    fn verified(&self, _bytes: u64, _all: u64) {}
    /// Whether the run is to stop at the next article and to keep what is done.
    fn stopped(&self) -> bool {
        false
    }
    /// Something was skipped.
    fn problem(&self, _problem: &Problem) {}
    /// An article says the same as one before it, in words for the user.
    fn duplicate(&self, _found: &Problem) {}
    /// Something that the user should know: waiting for another run, building anew.
    fn note(&self, _message: &str) {}
}

/// Follows nothing.
pub struct Unobserved;

impl Observer for Unobserved {}

/// A run that was stopped before its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interruption {
    /// Files that were read to their end.
    pub read_files: usize,
    /// Files that were to be read.
    pub planned_files: usize,
    /// Whether an index that was being built anew is dropped; the former one stays.
    pub dropped: bool,
}

/// The outcome of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    pub added_files: usize,
    pub changed_files: usize,
    /// Files that an earlier run had read in part.
    pub continued_files: usize,
    pub unchanged_files: usize,
    pub removed_files: usize,
    /// Files passed over because nothing in warraq reads their kind.
    pub ignored_files: u64,
    /// What was skipped: files, lines, records.
    pub skipped: u64,
    /// Articles of the files that were read that say the same as others.
    pub duplicates: u64,
    /// Everything the index now holds.
    pub totals: Totals,
    /// Bytes of the files that were read.
    pub bytes: u64,
    pub elapsed: Duration,
    /// Whether the index was built anew.
    pub rebuilt: bool,
    /// Set where the run was stopped: the same run again goes on from there.
    pub interrupted: Option<Interruption>,
}

impl Report {
    /// Whether the run found nothing to do.
    pub fn is_unchanged(&self) -> bool {
        let read = self.added_files + self.changed_files + self.continued_files;
        !self.rebuilt && read + self.removed_files == 0
    }
}
