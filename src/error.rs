//! The library's error type: what went wrong, where, and what to do about it.

use std::fmt;
use std::path::{Path, PathBuf};

pub type Result<T> = std::result::Result<T, Error>;

/// One clear line: the file, the place in it, what is wrong and, where it helps, what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{0}")]
    Problem(Problem),
    #[error("no index at {}: build one with `warraq index PATH --index {}`", .0.display(), .0.display())]
    NoIndex(PathBuf),
    #[error("{}: another warraq is writing this index", .0.display())]
    Locked(PathBuf),
    #[error("{}: {message}", path.display())]
    Index { path: PathBuf, message: String },
    /// An index that cannot be read.
    #[error(
        "{}: the index cannot be read ({reason}): `warraq index --rebuild` makes it anew from its \
         sources", path.display()
    )]
    Damaged { path: PathBuf, reason: String },
    /// An index of a format that came after this version of warraq.
    #[error(
        "{}: the index was made by a newer version of warraq (index format {format}, this one knows \
         {known}): use that version, or make another index with `warraq index PATH --index DIR`",
        path.display()
    )]
    Newer { path: PathBuf, format: u64, known: u32 },
    /// The observer of a run asked it to stop.
    #[error("interrupted before anything was done")]
    Interrupted,
    /// Bad arguments or input that is not tied to a file.
    #[error("{0}")]
    Usage(String),
}

impl Error {
    pub fn io(path: impl AsRef<Path>, source: std::io::Error) -> Error {
        Error::Io { path: path.as_ref().to_owned(), source }
    }

    pub fn index(path: impl AsRef<Path>, message: impl fmt::Display) -> Error {
        Error::Index { path: path.as_ref().to_owned(), message: message.to_string() }
    }

    pub fn damaged(path: impl AsRef<Path>, reason: impl fmt::Display) -> Error {
        Error::Damaged { path: path.as_ref().to_owned(), reason: reason.to_string() }
    }
}

/// Something in a source that was skipped: the run goes on and counts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub path: String,
    /// 1-based, where a line is to blame.
    pub line: Option<u64>,
    pub message: String,
}

impl Problem {
    pub fn new(path: impl Into<String>, line: Option<u64>, message: impl Into<String>) -> Problem {
        Problem { path: path.into(), line, message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path, self.message),
            None => write!(f, "{}: {}", self.path, self.message),
        }
    }
}
