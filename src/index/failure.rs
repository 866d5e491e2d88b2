//! What tantivy's errors mean for the user: an index that is damaged, or a machine that fails.
//!
//! What the system refuses (no more files, a disk that is full or does not answer) says nothing of
//! the index: it must not be built anew for that.

use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::TantivyError;
use tantivy::directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError};

use crate::error::Error;
use crate::text::sanitize::to_one_line;

/// An error of reading an index in a folder.
pub fn read_error(folder: &Path, error: TantivyError) -> Error {
    match system_error(&error) {
        Some((path, source)) if is_of_system(&source) => Error::io(within(folder, path), source),
        _ => damaged(folder, error),
    }
}

/// An index that is damaged. tantivy's reasons may have several lines.
pub fn damaged(path: &Path, reason: impl Display) -> Error {
    Error::damaged(path, to_one_line(&reason.to_string()))
}

/// An error of working on an index that is no sign of damage.
pub fn index_error(folder: &Path, error: TantivyError) -> Error {
    match system_error(&error) {
        Some((path, source)) => Error::io(within(folder, path), source),
        None => Error::index(folder, error),
    }
}

/// An error of reading a file of an index.
pub fn file_error(path: impl AsRef<Path>, error: io::Error) -> Error {
    if error.kind() == io::ErrorKind::NotFound {
        Error::damaged(path, "it is missing")
    } else if is_of_system(&error) {
        Error::io(path, error)
    } else {
        Error::damaged(path, error)
    }
}

/// An error of writing an index.
pub fn write_error(error: TantivyError) -> Error {
    let what = match system_error(&error) {
        Some((Some(path), source)) => format!("{}: {source}", path.display()),
        Some((None, source)) => source.to_string(),
        None => error.to_string(),
    };
    not_written(&what)
}

/// An index could not be written, for a reason.
pub fn not_written(what: &str) -> Error {
    Error::Usage(format!("the index could not be written, its last good state is kept: {what}"))
}

/// Whether the system refused, rather than that something is missing or is not what it should be.
fn is_of_system(error: &io::Error) -> bool {
    error.raw_os_error().is_some()
        && !matches!(
            error.kind(),
            io::ErrorKind::NotFound | io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory
        )
}

fn within(folder: &Path, path: Option<PathBuf>) -> PathBuf {
    path.map_or_else(|| folder.to_owned(), |path| folder.join(path))
}

/// The system's error within one of tantivy's, and the file, if that is told.
fn system_error(error: &TantivyError) -> Option<(Option<PathBuf>, io::Error)> {
    let (path, error) = match error {
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, filepath })
        | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error, filepath }) => {
            (Some(filepath), io_error)
        }
        TantivyError::OpenDirectoryError(OpenDirectoryError::IoError {
            io_error,
            directory_path,
        }) => (Some(directory_path), io_error),
        TantivyError::IoError(io_error)
        | TantivyError::LockFailure(LockError::IoError(io_error), _) => (None, io_error),
        _ => return None,
    };
    Some((path.cloned(), copy_of(error)))
}

fn copy_of(error: &Arc<io::Error>) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(error: io::Error) -> TantivyError {
        OpenReadError::wrap_io_error(error, PathBuf::from("a.store")).into()
    }

    #[test]
    fn the_system_is_told_from_damage() {
        let folder = Path::new("gen-1");
        let refused = read_error(folder, reading(io::Error::from_raw_os_error(24)));
        assert!(matches!(&refused, Error::Io { path, .. } if path == Path::new("gen-1/a.store")));
        for damage in [
            reading(io::Error::from_raw_os_error(2)),
            reading(io::Error::new(io::ErrorKind::UnexpectedEof, "too short")),
            TantivyError::SystemError("of two\nlines".to_owned()),
        ] {
            let damaged = read_error(folder, damage);
            assert!(matches!(damaged, Error::Damaged { .. }));
            assert!(!damaged.to_string().contains('\n'), "{damaged}");
        }
        let missing = file_error("x", io::Error::from_raw_os_error(2));
        assert!(matches!(missing, Error::Damaged { .. }));
    }

    #[test]
    fn what_could_not_be_written_is_named() {
        let full = io::Error::from_raw_os_error(28);
        let error = OpenWriteError::wrap_io_error(full, PathBuf::from("a.idx")).into();
        assert!(write_error(error).to_string().contains("kept: a.idx: No space left"));
    }
}
