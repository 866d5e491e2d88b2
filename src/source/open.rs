//! Opening sources: regular files only, and standard input by way of a temporary file.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

use super::{Columns, Format, Reading, Sink, read_source};
use crate::error::{Error, Problem, Result};
use crate::text::sanitize::is_unsafe;

/// Opens and reads a file; see [`read_source`]. That it cannot be opened is an
/// [`Error::Problem`] as well.
pub fn read_file(
    path: &Path,
    relative: &str,
    format: Format,
    whole: bool,
    columns: &Columns,
    sink: &mut dyn Sink,
) -> Result<()> {
    let mut file = open_regular(path)?;
    let reading = Reading { relative, shown: &shown_path(path), format, whole, columns };
    read_source(&mut file, &reading, sink)
}

/// Opens a regular file for reading, following symbolic links.
///
/// # Errors
/// [`Error::Problem`] for what is missing, unreadable or something else than a regular file; a
/// FIFO or device is not opened at all.
pub fn open_regular(path: &Path) -> Result<File> {
    let problem = |message: String| Error::Problem(Problem::new(shown_path(path), None, message));
    let unreadable = |error: io::Error| problem(format!("cannot be read: {error}"));
    let kind = |metadata: &std::fs::Metadata| special_kind(metadata.file_type());
    if let Some(kind) = kind(&path.metadata().map_err(unreadable)?) {
        return Err(problem(format!("is {kind}, not a regular file")));
    }
    let file = open_at_once(path).map_err(unreadable)?;
    // Something else may have taken its place since.
    match kind(&file.metadata().map_err(unreadable)?) {
        Some(kind) => Err(problem(format!("is {kind}, not a regular file"))),
        None => Ok(file),
    }
}

/// Opens a file of which nothing is waited for: neither the other end of a pipe that took its place,
/// nor what some files of `/proc` will have to tell. Whoever would have to wait is told so by an
/// error.
///
/// # Errors
/// As the system gives them.
pub fn open_at_once(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    options.open(path)
}

/// What a file is if it is not a regular one.
pub(super) fn special_kind(file_type: std::fs::FileType) -> Option<&'static str> {
    if file_type.is_file() {
        return None;
    }
    if file_type.is_dir() {
        return Some("a directory");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if file_type.is_fifo() {
            return Some("a named pipe");
        }
        if file_type.is_socket() {
            return Some("a socket");
        }
        if file_type.is_block_device() || file_type.is_char_device() {
            return Some("a device");
        }
    }
    Some("a special file")
}

/// A path as messages show it: what a terminal obeys is escaped.
pub fn shown_path(path: &Path) -> String {
    let mut shown = String::new();
    for c in path.to_string_lossy().chars() {
        if is_unsafe(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Copies a stream that can be read only once, such as standard input, to a nameless temporary
/// file, which is rewound.
pub fn spool(stream: &mut dyn Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut BufReader::new(stream), &mut file)?;
    file.rewind()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_are_opened() {
        let dir = tempfile::tempdir().expect("a directory");
        let fault = |path: &Path| match open_regular(path) {
            Err(Error::Problem(problem)) => problem.message,
            other => panic!("{other:?}"),
        };
        assert_eq!(fault(dir.path()), "is a directory, not a regular file");
        assert!(fault(&dir.path().join("missing")).starts_with("cannot be read: "));
        #[cfg(unix)]
        assert_eq!(fault(Path::new("/dev/zero")), "is a device, not a regular file");
    }

    #[test]
    fn paths_in_messages_are_harmless() {
        assert_eq!(shown_path(Path::new("a\n\u{1b}b حصار")), "a\\n\\u{1b}b حصار");
    }

    #[test]
    fn a_stream_can_be_read_again() {
        let mut file = spool(&mut &b"one\ntwo"[..]).expect("a temporary file");
        let mut text = String::new();
        file.read_to_string(&mut text).expect("readable");
        assert_eq!(text, "one\ntwo");
    }
}
