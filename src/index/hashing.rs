//! The hashes of files that may have changed, by which it is told whether they did.

use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};

use super::report::Observer;
use crate::source::open_at_once;

/// A run can stop after so many bytes.
const HASHED_AT_ONCE: u64 = 16 << 20;
/// How often an observer is told at the most.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// Hashes one file after another and tells the observer how far it is.
pub(super) struct Hashing<'a> {
    observer: &'a dyn Observer,
    /// Bytes of the files so far, and of all.
    done: u64,
    all: u64,
    told: Instant,
}

impl<'a> Hashing<'a> {
    /// `all`: the bytes of all files that will be hashed.
    pub fn new(observer: &'a dyn Observer, all: u64) -> Hashing<'a> {
        Hashing { observer, done: 0, all, told: Instant::now() }
    }

    /// The hash of a file's content; `None` where the run is stopped meanwhile.
    pub fn hash(&mut self, path: &Path) -> std::io::Result<Option<String>> {
        let mut hasher = blake3::Hasher::new();
        let mut file = open_at_once(path)?;
        loop {
            let before = hasher.count();
            hasher.update_reader(file.by_ref().take(HASHED_AT_ONCE))?;
            let read = hasher.count() - before;
            if read == 0 {
                return Ok(Some(hasher.finalize().to_hex().to_string()));
            }
            self.done += read;
            if self.told.elapsed() >= TELL_EVERY {
                self.told = Instant::now();
                // Files may grow meanwhile.
                self.observer.compared(self.done, self.all.max(self.done));
            }
            if self.observer.stopped() {
                return Ok(None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[derive(Default)]
    struct Told(RefCell<Vec<(u64, u64)>>);

    impl Observer for Told {
        fn compared(&self, bytes: u64, all: u64) {
            self.0.borrow_mut().push((bytes, all));
        }

        fn stopped(&self) -> bool {
            !self.0.borrow().is_empty()
        }
    }

    #[test]
    fn it_says_how_far_it_is_and_can_be_stopped() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.txt");
        std::fs::write(&path, "siege").expect("written");
        let told = Told::default();
        let mut hashing = Hashing::new(&told, 12);
        hashing.told += Duration::from_secs(3600);
        let hash = hashing.hash(&path).expect("readable").expect("not stopped");
        assert_eq!(hash, blake3::hash(b"siege").to_hex().to_string());
        assert!(told.0.borrow().is_empty(), "short work is not told of");
        hashing.told = Instant::now() - TELL_EVERY;
        assert_eq!(hashing.hash(&path).expect("readable"), None);
        assert_eq!(*told.0.borrow(), [(10, 12)]);
        assert!(hashing.hash(&folder.path().join("none")).is_err());
    }
}
