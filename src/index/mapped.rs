//! The files that an open index has mapped, and whether they are still what was opened.
//!
//! Who reads what was cut off a mapped file is ended by the system, and safe code cannot catch that.
//! So whoever keeps an index open for long looks at the sizes before each use. A file that is
//! cut between the look and the end of the use is beyond this.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tantivy::SegmentReader;

use super::seal::{Identity, segment_of};

/// How the files of an open index are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// As they were when they were opened.
    Whole,
    /// Some are not in their place any more. What is mapped stays as it was, so searches are right;
    /// but nobody could open this state again.
    Unlinked,
    /// Some were cut, or written over: not to be searched.
    Changed,
}

/// See the module.
pub struct Mapped {
    files: Vec<(PathBuf, Identity)>,
}

impl Mapped {
    /// The files of some segments, as they are now.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn of(folder: &Path, segments: &[SegmentReader]) -> io::Result<Mapped> {
        let mut files = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let is_mapped = segment_of(&name.to_string_lossy()).is_some_and(|(id, rest)| {
                segments.iter().any(|segment| {
                    let deletions = segment.delete_opstamp().map(|stamp| format!(".{stamp}.del"));
                    let is_other = rest.ends_with(".del") && deletions.as_deref() != Some(rest);
                    segment.segment_id().uuid_string() == id && !is_other
                })
            });
            // Of what has been removed meanwhile nothing can be cut.
            if is_mapped && let Ok(metadata) = entry.metadata() {
                files.push((entry.path(), Identity::of(&metadata)));
            }
        }
        Ok(Mapped { files })
    }

    /// Looks at each of them; reads none. Inodes do not count: some file systems give a file another
    /// one each time, and no two files of an index have the same name at different times.
    pub fn standing(&self) -> Standing {
        let of_file = |(path, opened): &(PathBuf, Identity)| match fs::metadata(path) {
            Ok(metadata) if Identity::of(&metadata).may_be_copy_of(*opened) => Standing::Whole,
            Ok(_) => Standing::Changed,
            Err(_) => Standing::Unlinked,
        };
        self.files.iter().map(of_file).max().unwrap_or(Standing::Whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapped(path: &Path) -> Mapped {
        let identity = Identity::of(&fs::metadata(path).unwrap());
        Mapped { files: vec![(path.to_owned(), identity)] }
    }

    #[test]
    fn what_is_cut_or_written_over_is_told_from_what_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.store");
        let write = |content: &str| {
            fs::write(&path, content).unwrap();
            // File systems count time in steps, which two writes may fall into.
            let file = fs::File::options().write(true).open(&path).unwrap();
            file.set_modified(std::time::UNIX_EPOCH).unwrap();
        };
        write("weevils");
        assert_eq!(mapped(&path).standing(), Standing::Whole);

        let opened = mapped(&path);
        write("weevil");
        assert_eq!(opened.standing(), Standing::Changed);

        let opened = mapped(&path);
        fs::write(&path, "Weevil").unwrap();
        assert_eq!(opened.standing(), Standing::Changed);

        // As a generation's files go once another is current.
        let opened = mapped(&path);
        fs::remove_file(&path).unwrap();
        assert_eq!(opened.standing(), Standing::Unlinked);
        write("another");
        assert_eq!(opened.standing(), Standing::Changed);
    }
}
