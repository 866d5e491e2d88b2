//! What the index holds of which source: written beside each commit, named by its payload.
//!
//! The payload of a tantivy commit names the manifest that belongs to it, so both change in one
//! step; a manifest that no commit names is a leftover of a failed run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::durable::write_durably;
use super::failure::file_error;
use super::schema::FORMAT_VERSION;
use crate::error::{Error, Result};
use crate::source::{Columns, Format};

/// How often something occurs in the live passages; the averages of ranking are made of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    pub articles: u64,
    pub passages: u64,
    /// Words of title, section path, text and hidden words.
    pub text_words: u64,
    pub title_words: u64,
    pub section_words: u64,
}

impl std::ops::AddAssign for Totals {
    fn add_assign(&mut self, other: Totals) {
        self.articles += other.articles;
        self.passages += other.passages;
        self.text_words += other.text_words;
        self.title_words += other.title_words;
        self.section_words += other.section_words;
    }
}

/// The payload of a commit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Payload {
    pub format: u32,
    /// The analysis that the passages went through, see [`crate::analysis::fingerprint`].
    pub analysis: String,
    /// The state of the file of the program that made it.
    #[serde(default)]
    pub program: Option<Stamp>,
    /// File name of the manifest, in the index's folder.
    pub manifest: String,
    pub totals: Totals,
    /// A run was stopped before its end and can go on, see [`Root::unfinished`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unfinished: bool,
    /// The commit has a seal, see `seal`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sealed: bool,
}

/// The state of this program's own file; `None` where it cannot be told. To compute the fingerprint
/// of the analysis takes longer than many a search, and a program's own index needs none.
pub fn this_program() -> Option<Stamp> {
    let file = std::env::current_exe().ok()?;
    Some(Stamp::of(&std::fs::metadata(file).ok()?))
}

impl Payload {
    /// Whether this build of warraq can search such an index as it is.
    pub fn is_current(&self) -> bool {
        let own = || self.program.is_some() && self.program == this_program();
        self.format == FORMAT_VERSION && (own() || self.analysis == crate::analysis::fingerprint())
    }
}

/// A PATH that was given to `index`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Root {
    /// Absolute; for standard input the name it was given under.
    pub path: PathBuf,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stdin: bool,
    #[serde(with = "format_name")]
    pub format: Format,
    /// Records are kept whole.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub whole: bool,
    /// What was told of the columns of tables.
    #[serde(default, skip_serializing_if = "Columns::is_empty")]
    pub columns: Columns,
    /// Not all of its files are read: the next run over it goes on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unfinished: bool,
}

/// A format by its name.
mod format_name {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::source::Format;

    pub fn serialize<S: Serializer>(format: &Format, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(format.name())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Format, D::Error> {
        let name = String::deserialize(deserializer)?;
        Format::from_name(&name).ok_or_else(|| D::Error::custom("unknown format"))
    }
}

/// What of a file's state tells that its content may have changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    pub size: u64,
    /// Nanoseconds since 1970.
    pub modified: u64,
    /// The inode's own change time, where there is one.
    pub changed: u64,
}

impl Stamp {
    pub fn of(metadata: &std::fs::Metadata) -> Stamp {
        let modified = metadata
            .modified()
            .ok()
            .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok())
            .map_or(0, |since| since.as_nanos() as u64);
        #[cfg(unix)]
        let changed = {
            use std::os::unix::fs::MetadataExt;
            (metadata.ctime() as u64)
                .wrapping_mul(1_000_000_000)
                .wrapping_add(metadata.ctime_nsec() as u64)
        };
        #[cfg(not(unix))]
        let changed = 0;
        Stamp { size: metadata.len(), modified, changed }
    }
}

/// One file of a root.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Index of its root in [`Manifest::roots`].
    pub root: u32,
    /// Relative to the root, `/` between parts.
    pub relative: String,
    pub stamp: Stamp,
    /// BLAKE3 of the content, hexadecimal.
    pub hash: String,
    pub totals: Totals,
    /// What was skipped of it, said again on each run while the file stays as it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<(Option<u64>, String)>,
    /// Skips beyond those kept in `problems`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_problems: u64,
    /// An id of its was taken by another file: it is read again when ids may have become free.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub clashed: bool,
    /// How many of its articles are duplicates.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub duplicates: u64,
    /// The sources of other files whose articles its duplicates repeat: it is read again when one
    /// of these changes or goes.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub duplicates_of: BTreeSet<String>,
    /// Set while the file is read in part: so many articles of it are in the index. The next run
    /// passes over them, if the content is still the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub articles_done: Option<u64>,
}

impl FileEntry {
    /// The order that settles which of two files keeps an id.
    pub fn order(&self) -> (u32, &str) {
        (self.root, &self.relative)
    }

    /// How much was skipped of it.
    pub fn skipped(&self) -> u64 {
        self.problems.len() as u64 + self.more_problems
    }

    /// The same entry of a file that the next run is to read although it did not change.
    pub fn to_be_read(&self) -> FileEntry {
        FileEntry { stamp: Stamp::default(), hash: String::new(), ..self.clone() }
    }

    /// The entry of a file of which nothing is in the index.
    pub fn unread(&self) -> FileEntry {
        FileEntry {
            root: self.root,
            relative: self.relative.clone(),
            stamp: self.stamp,
            hash: self.hash.clone(),
            ..FileEntry::default()
        }
    }
}

fn is_zero(value: &u64) -> bool {
    *value == 0
}

/// How many problems of one file are kept by their text.
pub const KEPT_PROBLEMS: usize = 100;

/// Everything the index knows of its sources.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub roots: Vec<Root>,
    pub files: Vec<FileEntry>,
}

impl Manifest {
    /// Where a file lies; `None` for standard input.
    pub fn absolute(&self, file: &FileEntry) -> Option<PathBuf> {
        let root = self.roots.get(file.root as usize)?;
        if root.stdin {
            None
        } else if root.path.is_file() || file.relative.is_empty() {
            Some(root.path.clone())
        } else {
            Some(root.path.join(&file.relative))
        }
    }

    /// The term under which a file's passages are found in the index.
    pub fn source_key(&self, root: u32, relative: &str) -> String {
        match self.roots.get(root as usize) {
            Some(root) => format!("{}\u{1f}{relative}", root.path.display()),
            None => relative.to_owned(),
        }
    }

    pub fn is_unfinished(&self) -> bool {
        self.roots.iter().any(|root| root.unfinished)
    }

    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for file in &self.files {
            totals += file.totals;
        }
        totals
    }

    /// # Errors
    /// The file is missing or is no manifest, or a file in it is beneath no source.
    pub fn read(folder: &Path, name: &str) -> Result<Manifest> {
        let path = folder.join(name);
        let bytes = std::fs::read(&path).map_err(|error| file_error(&path, error))?;
        let manifest: Manifest =
            serde_json::from_slice(&bytes).map_err(|error| Error::damaged(&path, error))?;
        let roots = manifest.roots.len();
        if manifest.files.iter().any(|file| file.root as usize >= roots) {
            return Err(Error::damaged(&path, "a file in it belongs to no source"));
        }
        Ok(manifest)
    }

    /// Writes the manifest durably under a name made from its content, and returns the name.
    ///
    /// # Errors
    /// As the file system gives them.
    pub fn write(&self, folder: &Path) -> Result<String> {
        let bytes = serde_json::to_vec(self).map_err(|error| Error::index(folder, error))?;
        let hash = blake3::hash(&bytes).to_hex();
        let name = format!("{MANIFEST_PREFIX}{}.json", &hash.as_str()[..16]);
        let path = folder.join(&name);
        write_durably(&path, &bytes).map_err(|error| Error::io(&path, error))?;
        Ok(name)
    }
}

/// What the names of manifests begin with.
pub const MANIFEST_PREFIX: &str = "sources-";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_its_source_is_damage() {
        let folder = tempfile::tempdir().unwrap();
        let text = r#"{"roots":[],"files":[ENTRY]}"#;
        let entry = FileEntry { root: 1, ..FileEntry::default() };
        let entry = serde_json::to_string(&entry).unwrap();
        std::fs::write(folder.path().join("m.json"), text.replace("ENTRY", &entry)).unwrap();
        let error = Manifest::read(folder.path(), "m.json").unwrap_err();
        assert!(error.to_string().contains("belongs to no source"), "{error}");
        std::fs::write(folder.path().join("m.json"), r#"{"roots":[],"files":[]}"#).unwrap();
        assert_eq!(Manifest::read(folder.path(), "m.json").unwrap(), Manifest::default());
    }
}
