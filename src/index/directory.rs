//! The directory under tantivy: memory-mapped files, with what tantivy's own directory leaves open.
//!
//! - After `meta.json` is renamed into place the directory is synced, so that an acknowledged
//!   commit survives a power cut.
//! - Each commit is sealed, see `seal`: files are hashed while they are written.
//! - Which files are tantivy's own is told by their names. Its list of them (`.managed.json`) is
//!   neither written nor read, so nothing in it can be wrong.
//! - Files written atomically get the modes that the process's umask asks for, so that another
//!   user can open the index.
//! - Readers take no lock, so that a run that is suspended holds nobody up, and an index on a medium that
//!   is full or cannot be written can be opened. Whoever finds that files of a commit went while it was
//!   opened opens the one after it ([`super::OpenIndex::open`]).

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, Directory, DirectoryLock, FileHandle, Lock, META_LOCK, MmapDirectory,
    TerminatingWrite, WatchCallback, WatchHandle, WritePtr,
};

use super::durable::write_durably;
use super::failure::not_written;
use super::seal::{COMMIT, Written, commit_sealed, segment_of};
use crate::error::Error;

/// See the module.
#[derive(Clone, Debug)]
pub struct IndexDirectory {
    inner: MmapDirectory,
    root: PathBuf,
    /// Files that no commit has yet.
    written: Arc<Mutex<Written>>,
    first_failure: FirstFailure,
}

/// The first file that could not be written and why, which tantivy's threads do not tell.
#[derive(Clone, Debug, Default)]
struct FirstFailure(Arc<Mutex<Option<String>>>);

impl FirstFailure {
    fn note<T>(&self, name: &Path, outcome: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &outcome {
            let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            first.get_or_insert_with(|| format!("{}: {error}", name.display()));
        }
        outcome
    }
}

/// tantivy's list of its own files.
const MANAGED: &str = ".managed.json";
impl IndexDirectory {
    /// # Errors
    /// The folder is missing or cannot be read.
    pub fn open(root: &Path) -> Result<IndexDirectory, tantivy::TantivyError> {
        let inner = MmapDirectory::open(root)?;
        let (written, first_failure) = (Arc::default(), FirstFailure::default());
        Ok(IndexDirectory { inner, root: root.to_owned(), written, first_failure })
    }

    /// The error of a run that writes here, which says the file that could not be written.
    pub fn explain(&self, error: Error) -> Error {
        let first = self.first_failure.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*first {
            Some(failure) => not_written(&format!("{}/{failure}", self.root.display())),
            None => error,
        }
    }

    /// The list of tantivy's own files, as it would have written it.
    fn managed(&self) -> io::Result<Vec<u8>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.root)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name == COMMIT || segment_of(&name).is_some() {
                names.push(name);
            }
        }
        Ok(serde_json::to_vec(&names)?)
    }
}

/// A file that is hashed while it is written.
struct Hashed {
    inner: WritePtr,
    name: String,
    size: u64,
    hasher: blake3::Hasher,
    written: Arc<Mutex<Written>>,
    first_failure: FirstFailure,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes);
        let count = self.first_failure.note(Path::new(&self.name), count)?;
        self.hasher.update(bytes.get(..count).unwrap_or(bytes));
        self.size += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.inner.flush();
        self.first_failure.note(Path::new(&self.name), flushed)
    }
}

impl TerminatingWrite for Hashed {
    fn terminate_ref(&mut self, token: AntiCallToken) -> io::Result<()> {
        let terminated = self.inner.terminate_ref(token);
        self.first_failure.note(Path::new(&self.name), terminated)?;
        let hash = self.hasher.finalize().to_hex().to_string();
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.insert(std::mem::take(&mut self.name), (self.size, hash));
        Ok(())
    }
}

impl Directory for IndexDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.inner.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.inner.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.inner.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let inner = self.inner.open_write(path);
        if let Err(OpenWriteError::IoError { io_error, .. }) = &inner {
            let error = io::Error::new(io_error.kind(), io_error.to_string());
            let _ = self.first_failure.note(path, Err::<(), _>(error));
        }
        let hashed = Hashed {
            inner: inner?,
            name: path.to_string_lossy().into_owned(),
            size: 0,
            hasher: blake3::Hasher::new(),
            written: self.written.clone(),
            first_failure: self.first_failure.clone(),
        };
        Ok(WritePtr::new(Box::new(hashed)))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        if path == Path::new(MANAGED) {
            let managed = self.managed();
            return managed.map_err(|error| OpenReadError::wrap_io_error(error, path.to_owned()));
        }
        self.inner.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        if path == Path::new(MANAGED) {
            return Ok(());
        }
        let outcome = if path == Path::new(COMMIT) {
            let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
            commit_sealed(&self.root, data, &mut written)
        } else {
            write_durably(&self.root.join(path), data)
        };
        self.first_failure.note(path, outcome)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.first_failure.note(Path::new(""), self.inner.sync_directory())
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        if lock.filepath == META_LOCK.filepath {
            return Ok(DirectoryLock::from(Box::new(())));
        }
        self.inner.acquire_lock(lock)
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.inner.watch(callback)
    }
}
