//! What a run of indexing tells while it works and when it is done.

use std::time::Duration;

use super::manifest::Totals;
use crate::error::Problem;

/// Follows a run; called from the thread that reads the sources.
pub trait Observer {
    /// The run will read so many files of so many bytes.
    fn planned(&self, _files: usize, _bytes: u64) {}
    /// So many more bytes were read and so many passages were cut from them.
    fn advanced(&self, _bytes: u64, _passages: u64) {}
    /// Something was skipped.
    fn problem(&self, _problem: &Problem) {}
    /// Something that the user should know: waiting for another run, building anew.
    fn note(&self, _message: &str) {}
}

/// Follows nothing.
pub struct Unobserved;

impl Observer for Unobserved {}

/// The outcome of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    pub added_files: usize,
    pub changed_files: usize,
    pub unchanged_files: usize,
    pub removed_files: usize,
    /// Files passed over because nothing in warraq reads their kind.
    pub ignored_files: u64,
    /// What was skipped: files, lines, records.
    pub skipped: u64,
    /// Everything the index now holds.
    pub totals: Totals,
    /// Bytes of the files that were read.
    pub bytes: u64,
    pub elapsed: Duration,
    /// Whether the index was built anew.
    pub rebuilt: bool,
}

impl Report {
    /// Whether the run found nothing to do.
    pub fn is_unchanged(&self) -> bool {
        !self.rebuilt && self.added_files + self.changed_files + self.removed_files == 0
    }
}
