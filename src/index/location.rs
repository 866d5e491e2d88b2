//! Where an index lies on disk: a folder of generations, the name of the current one, and a lock.
//!
//! `DIR/current` names the generation that is searched, `DIR/gen-N/` holds one. An index that
//! must be built anew (another format, another analysis) is built in a generation of its own and
//! becomes current by one rename, so that the last good one is there until then.

use std::fs::{self, File, TryLockError};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use super::durable::{
    TEMPORARY_PREFIX, is_not_writable, sweep_temporary_files, sync_folder, write_durably,
};
use super::manifest::Stamp;
use super::seal::{COMMIT, may_hold_passages, sweep_leftovers};
use crate::error::{Error, Result};

const CURRENT: &str = "current";
const LOCK: &str = "lock";
const GENERATION: &str = "gen-";
const SET_ASIDE: &str = "damaged-";
/// How often a lock that another process holds is tried.
const LOCK_POLL: Duration = Duration::from_millis(20);

/// The folder of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    folder: PathBuf,
}

/// A state of an index, to be compared with another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    generation: PathBuf,
    commit: Stamp,
}

/// Held while an index is written; released when dropped or when the process ends.
#[derive(Debug)]
pub struct WriteLock {
    _file: File,
}

impl Location {
    pub fn new(folder: impl Into<PathBuf>) -> Location {
        Location { folder: folder.into() }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The same place under its one absolute name, without links; as it is where it cannot be told.
    pub fn resolved(&self) -> Location {
        Location::new(fs::canonicalize(&self.folder).unwrap_or_else(|_| self.folder.clone()))
    }

    /// Whether a path is the index's own and no source, wherever the index lies; other files beside
    /// them may be sources. Of a [`Location::resolved`] place, for paths of its kind.
    pub fn owns(&self, path: &Path) -> bool {
        let Ok(inner) = path.strip_prefix(&self.folder) else {
            return false;
        };
        let Some(Component::Normal(first)) = inner.components().next() else {
            return false;
        };
        let name = first.to_string_lossy();
        [CURRENT, LOCK].contains(&&*name)
            || name.starts_with(TEMPORARY_PREFIX)
            || name.starts_with(SET_ASIDE)
            || generation_number(&name).is_some()
    }

    /// What differs after each commit, whoever made it; `None` where there is no index.
    pub fn version(&self) -> Option<Version> {
        let generation = self.current().ok()??;
        let commit = fs::metadata(generation.join(COMMIT)).ok()?;
        Some(Version { generation, commit: Stamp::of(&commit) })
    }

    /// The folder of the current generation, if there is one.
    ///
    /// # Errors
    /// The pointer cannot be read or names nothing, or is missing beside a generation with passages.
    pub fn current(&self) -> Result<Option<PathBuf>> {
        let pointer = self.folder.join(CURRENT);
        let name = match fs::read(&pointer) {
            Ok(name) => String::from_utf8_lossy(&name).into_owned(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return if self.has_lost_generation() {
                    Err(Error::damaged(pointer, "it is missing"))
                } else {
                    Ok(None)
                };
            }
            Err(error) => return Err(Error::io(pointer, error)),
        };
        let mut words = name.split_whitespace();
        let name = words.next().unwrap_or_default();
        // Versions before wrote the name alone.
        let is_whole = words.next().is_none_or(|check| check == check_of(name));
        match generation_number(name).filter(|_| is_whole && words.next().is_none()) {
            Some(number) => Ok(Some(self.generation(number))),
            None => Err(Error::damaged(pointer, "it does not name a generation of this index")),
        }
    }

    /// The file that names the current generation.
    pub fn pointer(&self) -> PathBuf {
        self.folder.join(CURRENT)
    }

    /// Whether that file is, byte for byte, what names a generation.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn is_pointed_to(&self, generation: &Path) -> std::io::Result<bool> {
        Ok(fs::read(self.pointer())? == pointer_to(generation).as_bytes())
    }

    /// The folder of the newest generation, current or not.
    ///
    /// # Errors
    /// As the file system gives them.
    pub fn newest(&self) -> Result<Option<PathBuf>> {
        Ok(self.generations()?.pop().map(|(_, folder)| folder))
    }

    /// Whether there is an index, readable or not.
    pub fn exists(&self) -> bool {
        self.pointer().exists() || self.has_lost_generation()
    }

    /// Whether a generation holds passages although none is named as current.
    fn has_lost_generation(&self) -> bool {
        let generations = self.generations().unwrap_or_default();
        generations.iter().any(|(_, folder)| may_hold_passages(folder))
    }

    fn generation(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{GENERATION}{number}"))
    }

    /// Makes the folder of a generation that no other has used, without making it current.
    ///
    /// # Errors
    /// As the file system gives them.
    pub fn create_generation(&self) -> Result<PathBuf> {
        let used = self.generations()?.last().map_or(0, |(number, _)| *number);
        let folder = self.generation(used + 1);
        fs::create_dir_all(&folder).map_err(|error| Error::io(&folder, error))?;
        // Before anything names it.
        sync_folder(&self.folder).map_err(|error| Error::io(&self.folder, error))?;
        Ok(folder)
    }

    /// Makes a generation the one that is searched, then removes the others.
    ///
    /// # Errors
    /// As the file system gives them; the former generation then stays current.
    pub fn make_current(&self, generation: &Path) -> Result<()> {
        self.point_to(generation)?;
        self.sweep()
    }

    /// Makes a generation that is still being written the one that is searched, where there is no
    /// other; removes nothing.
    ///
    /// # Errors
    /// As the file system gives them.
    pub fn point_to(&self, generation: &Path) -> Result<()> {
        write_durably(&self.pointer(), pointer_to(generation).as_bytes())
            .map_err(|error| Error::io(self.pointer(), error))
    }

    /// Makes a generation the one that is searched where the others cannot be read: these are
    /// renamed and stay. Returns their new names.
    ///
    /// # Errors
    /// As the file system gives them.
    pub fn replace_damaged(&self, generation: &Path) -> Result<Vec<PathBuf>> {
        let mut kept = Vec::new();
        for (number, folder) in self.generations()? {
            if folder == generation {
                continue;
            }
            let aside = (0u32..)
                .map(|copy| match copy {
                    0 => self.folder.join(format!("{SET_ASIDE}{number}")),
                    _ => self.folder.join(format!("{SET_ASIDE}{number}.{copy}")),
                })
                .find(|path| !path.exists())
                .unwrap_or_else(|| self.folder.join(SET_ASIDE));
            fs::rename(&folder, &aside).map_err(|error| Error::io(&folder, error))?;
            kept.push(aside);
        }
        // Or else the next run might take them for leftovers.
        sync_folder(&self.folder).map_err(|error| Error::io(&self.folder, error))?;
        self.make_current(generation)?;
        Ok(kept)
    }

    /// Removes what earlier runs left: generations that are not current, files that the current one's
    /// commit does not have, and temporary files. Only under the lock.
    ///
    /// # Errors
    /// As the file system gives them.
    pub fn sweep(&self) -> Result<()> {
        let current = self.current()?;
        for (_, folder) in self.generations()? {
            if Some(&folder) != current.as_ref() {
                fs::remove_dir_all(&folder).map_err(|error| Error::io(&folder, error))?;
            }
        }
        if let Some(folder) = &current
            && !self.is_pointed_to(folder).map_err(|error| Error::io(self.pointer(), error))?
        {
            // As versions before wrote it.
            self.point_to(folder)?;
        }
        if let Some(folder) = &current {
            sweep_leftovers(folder).map_err(|error| Error::io(folder, error))?;
        }
        for folder in current.iter().chain([&self.folder]) {
            sweep_temporary_files(folder).map_err(|error| Error::io(folder, error))?;
        }
        Ok(())
    }

    /// The folders of generations, the oldest first; none where there is no folder.
    ///
    /// # Errors
    /// As the file system gives them.
    pub fn generations(&self) -> Result<Vec<(u64, PathBuf)>> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(|error| Error::io(&self.folder, error))?,
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| Error::io(&self.folder, error))?;
            if let Some(number) = generation_number(&entry.file_name().to_string_lossy()) {
                found.push((number, entry.path()));
            }
        }
        found.sort();
        Ok(found)
    }

    /// Takes the write lock without waiting.
    ///
    /// # Errors
    /// [`Error::Locked`] while another process holds it, [`Error::Io`] where the place cannot be
    /// written.
    pub fn try_lock(&self) -> Result<WriteLock> {
        let file = self.open_lock_file()?;
        match file.try_lock() {
            Ok(()) => Ok(WriteLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::Locked(self.folder.clone())),
            Err(TryLockError::Error(error)) => Err(Error::io(self.folder.join(LOCK), error)),
        }
    }

    /// Takes the write lock, waiting for another process to release it.
    ///
    /// # Errors
    /// The place cannot be written; [`Error::Interrupted`] where `stopped` says so.
    pub fn lock(&self, stopped: impl Fn() -> bool) -> Result<WriteLock> {
        loop {
            match self.try_lock() {
                Err(Error::Locked(_)) if stopped() => return Err(Error::Interrupted),
                Err(Error::Locked(_)) => std::thread::sleep(LOCK_POLL),
                other => return other,
            }
        }
    }

    /// Fails where an index that is there cannot be written; changes nothing.
    ///
    /// # Errors
    /// As opening the lock for writing gives them.
    pub fn check_writable(&self) -> Result<()> {
        let path = self.folder.join(LOCK);
        match File::options().write(true).open(&path) {
            Err(error) if is_not_writable(&error) => Err(Error::io(path, error)),
            _ => Ok(()),
        }
    }

    fn open_lock_file(&self) -> Result<File> {
        if !self.folder.exists() {
            fs::create_dir_all(&self.folder).map_err(|error| Error::io(&self.folder, error))?;
            if let Some(parent) = self.folder.parent() {
                sync_folder(if parent.as_os_str().is_empty() { Path::new(".") } else { parent })
                    .map_err(|error| Error::io(parent, error))?;
            }
        }
        let path = self.folder.join(LOCK);
        File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| Error::io(path, error))
    }
}

/// What the file that names a generation holds: the name, and by what it is told to be whole.
fn pointer_to(generation: &Path) -> String {
    let name = generation.file_name().unwrap_or_default().to_string_lossy();
    format!("{name} {}\n", check_of(&name))
}

fn check_of(name: &str) -> String {
    format!("{:.8}", blake3::hash(name.as_bytes()).to_hex())
}

fn generation_number(name: &str) -> Option<u64> {
    name.strip_prefix(GENERATION)?.parse().ok()
}

impl Error {
    /// Whether the place of an index cannot be written at all.
    pub fn is_not_writable(&self) -> bool {
        matches!(self, Error::Io { source, .. } if is_not_writable(source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_generation_replaces_the_old_one_in_one_step() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::new(folder.path());
        assert_eq!(location.current().unwrap(), None);
        let first = location.create_generation().unwrap();
        location.make_current(&first).unwrap();
        let second = location.create_generation().unwrap();
        assert_eq!(location.current().unwrap(), Some(first.clone()));
        location.make_current(&second).unwrap();
        assert_eq!(location.current().unwrap(), Some(second));
        assert!(!first.exists());
    }

    #[test]
    fn what_is_not_ours_is_never_removed() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("notes.txt"), "mine").unwrap();
        let location = Location::new(folder.path());
        let generation = location.create_generation().unwrap();
        location.make_current(&generation).unwrap();
        assert!(folder.path().join("notes.txt").exists());
    }

    #[test]
    fn its_own_files_are_told_from_those_beside_them() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::new(folder.path()).resolved();
        let owns = |name: &str| location.owns(&location.folder().join(name));
        for own in ["current", "lock", "gen-1", "gen-12/x.store", "damaged-3.1/a", ".warraq-tmp7"] {
            assert!(owns(own), "{own}");
        }
        for other in ["", "notes.txt", "gen-x/a.txt", "currents", "sub/current"] {
            assert!(!owns(other), "{other}");
        }
        assert!(!location.owns(Path::new("/elsewhere/current")));
    }

    #[test]
    fn a_second_writer_is_told_that_the_index_is_locked() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::new(folder.path());
        let _held = location.try_lock().unwrap();
        assert!(matches!(location.try_lock(), Err(Error::Locked(_))));
    }
}
