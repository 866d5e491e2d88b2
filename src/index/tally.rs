//! How much of the sources is read: counted beneath the readers, so that it advances within a file
//! and is the same for compressed files as for others.

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};
use std::time::{Duration, Instant};

use super::report::{Advance, Observer};

/// How often an observer is told at the most.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// Counts what is read and tells the observer.
pub struct Tally<'a> {
    observer: &'a dyn Observer,
    so_far: Cell<Advance>,
    told: Cell<Instant>,
}

impl<'a> Tally<'a> {
    pub fn new(observer: &'a dyn Observer) -> Tally<'a> {
        Tally { observer, so_far: Cell::default(), told: Cell::new(Instant::now()) }
    }

    pub fn bytes(&self) -> u64 {
        self.so_far.get().bytes
    }

    /// All before `bytes` is read.
    pub fn reach(&self, bytes: u64) {
        let so_far = self.so_far.get();
        self.so_far.set(Advance { bytes: so_far.bytes.max(bytes), ..so_far });
        self.tell();
    }

    pub fn count_article(&self) {
        let so_far = self.so_far.get();
        self.so_far.set(Advance { articles: so_far.articles + 1, ..so_far });
    }

    pub fn count_passages(&self, passages: u64) {
        let so_far = self.so_far.get();
        self.so_far.set(Advance { passages: so_far.passages + passages, ..so_far });
    }

    fn tell(&self) {
        if self.told.get().elapsed() >= TELL_EVERY {
            self.told.set(Instant::now());
            self.observer.advanced(self.so_far.get());
        }
    }
}

/// A file whose bytes are counted once, however often it is read.
pub struct Counted<'a, R> {
    inner: R,
    tally: &'a Tally<'a>,
    /// What was counted before this file.
    before: u64,
    position: u64,
    failure: Option<String>,
}

impl<'a, R> Counted<'a, R> {
    /// `inner` stands at its beginning.
    pub fn new(inner: R, tally: &'a Tally<'a>) -> Counted<'a, R> {
        Counted { inner, tally, before: tally.bytes(), position: 0, failure: None }
    }

    /// Why the file could not be read to its end, if the system says so; readers above may have made
    /// something else of it.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    fn note<T>(&mut self, outcome: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &outcome
            && error.kind() != io::ErrorKind::Interrupted
        {
            self.failure = Some(error.to_string());
        }
        outcome
    }
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer);
        let read = self.note(read)?;
        self.position += read as u64;
        self.tally.reach(self.before + self.position);
        Ok(read)
    }
}

impl<R: Seek> Seek for Counted<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = self.inner.seek(to);
        self.position = self.note(place)?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::super::report::Unobserved;
    use super::*;

    #[test]
    fn what_is_read_twice_counts_once() {
        let tally = Tally::new(&Unobserved);
        for sum in [5, 10] {
            let mut file = Counted::new(io::Cursor::new(b"bytes"), &tally);
            for _ in 0..2 {
                let mut all = Vec::new();
                file.read_to_end(&mut all).unwrap();
                file.rewind().unwrap();
            }
            assert_eq!(tally.bytes(), sum);
        }
    }
}
