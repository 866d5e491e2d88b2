//! Finding the files beneath a path.
//!
//! Nothing is opened here. The order depends on names only; links to directories are not followed,
//! so that a walk neither loops nor leaves its root.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use walkdir::{DirEntry, WalkDir};

use super::Format;
use super::open::{shown_path, special_kind};
use crate::error::Problem;

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The root as it was given, and what leads from it to the file.
    pub path: PathBuf,
    /// The path relative to the root, with `/` between its parts; for a root that is a file, its
    /// name.
    pub relative: String,
    pub bytes: u64,
    pub modified: Option<SystemTime>,
}

/// What was found beneath a root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// By their relative paths, in the order of bytes.
    pub files: Vec<SourceFile>,
    pub problems: Vec<Problem>,
    /// Files and folders of which cannot be told whether they are there and what is in them.
    pub unreadable: Vec<PathBuf>,
    /// Files passed over because of the ending of their name, and links to directories.
    pub ignored: u64,
}

/// Finds the files beneath `root`, or `root` itself where it is a file.
///
/// In directories, hidden files and directories (`.name`) are left out, and only files are taken
/// whose names have a known ending or none ([`Format::of_name`]). A file that is named directly is
/// always taken.
pub fn walk_sources(root: &Path) -> Walk {
    let mut walk = Walk::default();
    match root.metadata() {
        Ok(metadata) if metadata.is_dir() => walk_directory(root, &mut walk),
        Ok(metadata) => {
            let name = root.file_name().map_or(root.as_os_str(), |name| name);
            walk.add(root, Path::new(name), &metadata);
        }
        Err(error) => walk.unreadable(root, &error),
    }
    walk.files.sort_by(|a, b| a.relative.cmp(&b.relative));
    walk
}

fn walk_directory(root: &Path, walk: &mut Walk) {
    let entries = WalkDir::new(root)
        .follow_root_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry));
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().unwrap_or(root);
                match error.io_error() {
                    Some(error) => walk.unreadable(path, error),
                    None => walk.problem(path, "cannot be read".to_owned()),
                }
                continue;
            }
        };
        if entry.file_type().is_dir() {
            continue;
        }
        // Follows a link to a file.
        let path = entry.path();
        match path.metadata() {
            Ok(metadata) if metadata.is_dir() => walk.ignored += 1,
            Ok(metadata) => {
                if metadata.is_file() && is_of_other_kind(entry.file_name()) {
                    walk.ignored += 1;
                } else {
                    walk.add(path, path.strip_prefix(root).unwrap_or(path), &metadata);
                }
            }
            // What would not be read either way.
            Err(_) if is_of_other_kind(entry.file_name()) => walk.ignored += 1,
            Err(error) => walk.unreadable(path, &error),
        }
    }
}

fn is_hidden(entry: &DirEntry) -> bool {
    is_hidden_name(entry.file_name())
}

/// Whether files and folders of this name are left out, unless they are named directly.
pub fn is_hidden_name(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

/// Whether files of this name are left out because nothing reads their kind, unless they are named
/// directly.
pub fn is_of_other_kind(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| Format::of_name(name).is_none())
}

/// Shows `visit` each folder that [`walk_sources`] looks into, a folder before what is in it and
/// before it is listed. What `visit` answers with false is not entered; what cannot be listed is
/// passed over.
pub fn visit_folders(root: &Path, mut visit: impl FnMut(&Path) -> bool) {
    let mut pending = vec![root.to_owned()];
    while let Some(folder) = pending.pop() {
        if !visit(&folder) {
            continue;
        }
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && !is_hidden_name(&entry.file_name()) {
                pending.push(entry.path());
            }
        }
    }
}

impl Walk {
    fn add(&mut self, path: &Path, relative: &Path, metadata: &std::fs::Metadata) {
        if let Some(kind) = special_kind(metadata.file_type()) {
            return self.problem(path, format!("is {kind}, not a regular file"));
        }
        match relative_name(relative) {
            Some(relative) => self.files.push(SourceFile {
                path: path.to_owned(),
                relative,
                bytes: metadata.len(),
                modified: metadata.modified().ok(),
            }),
            None => self.problem(path, "its name is not UTF-8: rename it".to_owned()),
        }
    }

    fn problem(&mut self, path: &Path, message: String) {
        self.problems.push(Problem::new(shown_path(path), None, message));
    }

    fn unreadable(&mut self, path: &Path, error: &std::io::Error) {
        self.problem(path, format!("cannot be read: {error}"));
        if error.kind() != std::io::ErrorKind::NotFound {
            self.unreadable.push(path.to_owned());
        }
    }
}

/// The parts of a relative path with `/` between them, or `None` where they are not UTF-8.
fn relative_name(relative: &Path) -> Option<String> {
    let mut name = String::new();
    for component in relative.components() {
        if let Component::Normal(part) = component {
            if !name.is_empty() {
                name.push('/');
            }
            name.push_str(part.to_str()?);
        }
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn relatives(walk: &Walk) -> Vec<&str> {
        walk.files.iter().map(|file| file.relative.as_str()).collect()
    }

    #[test]
    fn known_endings_are_taken_in_the_order_of_names() {
        let dir = tempfile::tempdir().expect("a directory");
        for name in ["b/x.txt", "b.txt", "a.MD", "notes.jsonl", "pic.png", ".hidden.txt", "wiki_00"]
        {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
            fs::write(path, "text").expect("a file");
        }
        fs::create_dir(dir.path().join(".git")).expect("a directory");
        fs::write(dir.path().join(".git/x.txt"), "text").expect("a file");
        let walk = walk_sources(dir.path());
        assert_eq!(relatives(&walk), ["a.MD", "b.txt", "b/x.txt", "notes.jsonl", "wiki_00"]);
        assert_eq!((walk.problems.len(), walk.ignored), (0, 1));
        assert_eq!(walk.files[1].bytes, 4);
        assert_eq!(walk.files[2].path, dir.path().join("b/x.txt"));
    }

    #[test]
    fn a_file_named_directly_is_always_taken() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join(".odd.ending");
        fs::write(&path, "text").expect("a file");
        assert_eq!(relatives(&walk_sources(&path)), [".odd.ending"]);
        let missing = walk_sources(&dir.path().join("missing"));
        assert_eq!((missing.files.len(), missing.problems.len()), (0, 1));
    }

    #[test]
    fn folders_are_shown_as_far_as_files_are_looked_for() {
        let dir = tempfile::tempdir().expect("a directory");
        for name in ["a/b/c", "a/.git/d", "e/f"] {
            fs::create_dir_all(dir.path().join(name)).expect("a directory");
        }
        fs::write(dir.path().join("a/x.txt"), "text").expect("a file");
        let mut seen = Vec::new();
        visit_folders(dir.path(), |folder| {
            seen.push(folder.strip_prefix(dir.path()).expect("beneath it").display().to_string());
            !folder.ends_with("e")
        });
        seen.sort_unstable();
        assert_eq!(seen, ["", "a", "a/b", "a/b/c", "e"]);
        visit_folders(&dir.path().join("missing"), |_| true);
    }

    #[cfg(unix)]
    #[test]
    fn links_special_files_and_odd_names_do_no_harm() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        use std::os::unix::fs::symlink;
        use std::os::unix::net::UnixListener;

        let dir = tempfile::tempdir().expect("a directory");
        let root = dir.path();
        fs::write(root.join("real.txt"), "text").expect("a file");
        fs::write(root.join("two\nlines.txt"), "text").expect("a file");
        fs::write(root.join(OsStr::from_bytes(b"\xff.txt")), "text").expect("a file");
        symlink(root, root.join("loop")).expect("a link");
        symlink(root.join("real.txt"), root.join("link.txt")).expect("a link");
        symlink(root.join("nowhere"), root.join("broken.txt")).expect("a link");
        symlink(root.join("nowhere"), root.join("broken.js")).expect("a link");
        symlink("/dev/zero", root.join("zero.txt")).expect("a link");
        let _socket = UnixListener::bind(root.join("socket")).expect("a socket");
        let walk = walk_sources(root);
        assert_eq!(relatives(&walk), ["link.txt", "real.txt", "two\nlines.txt"]);
        assert_eq!(walk.ignored, 2);
        let mut faults: Vec<&str> = walk
            .problems
            .iter()
            .map(|problem| problem.message.split(':').next().unwrap_or(""))
            .collect();
        faults.sort_unstable();
        assert_eq!(
            faults,
            [
                "cannot be read",
                "is a device, not a regular file",
                "is a socket, not a regular file",
                "its name is not UTF-8",
            ]
        );
    }
}
