//! What a run is to do, and how.

use std::path::PathBuf;

use super::ingest::CommitAfter;
use super::layout::Layout;
use super::survey::Source;

/// What a run is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Add these sources or refresh them; others stay.
    Add(Vec<Source>),
    /// Bring every source that is still there up to date.
    Refresh,
    /// Take sources out: paths, or names under which standard input was indexed.
    Remove(Vec<PathBuf>),
}

/// How a run works.
#[derive(Clone, Copy, Debug)]
pub struct UpdateOptions {
    /// Threads that analyse and as many that write; at least 1.
    pub threads: usize,
    /// Wait for another process that writes the index, instead of giving up at once.
    pub wait: bool,
    /// Build the index anew, reading all its sources, even if nothing asks for it.
    pub rebuild: bool,
    /// Lay the index out for size; one that is laid out for speed is built anew. Without it an
    /// index stays as it is laid out, but one that is to be built anew is laid out for speed.
    pub compact: bool,
    /// When what is done is committed while the run goes on.
    pub commit_after: CommitAfter,
}

impl UpdateOptions {
    pub(super) fn layout(self) -> Layout {
        if self.compact { Layout::Compact } else { Layout::Fast }
    }
}

impl Default for UpdateOptions {
    fn default() -> UpdateOptions {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let commit_after = CommitAfter::default();
        UpdateOptions { threads, wait: true, rebuild: false, compact: false, commit_after }
    }
}

/// Whether an index that is built anew may be without passages of sources that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    Refused,
    Accepted,
}
