//! A buffered reader that can be looked into, counts what is taken, and tells its own errors from
//! those of whoever reads through it.

use std::io::{self, BufRead, ErrorKind, Read};

const BUFFER_BYTES: usize = 64 << 10;

pub(super) struct Input<R> {
    reader: R,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    taken: u64,
    failed: bool,
}

impl<R: Read> Input<R> {
    pub fn new(reader: R) -> Input<R> {
        let buffer = vec![0; BUFFER_BYTES].into_boxed_slice();
        Input { reader, buffer, start: 0, end: 0, taken: 0, failed: false }
    }

    /// How many bytes were taken.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// Whether reading itself has failed.
    pub fn failed(&self) -> bool {
        self.failed
    }

    /// The next bytes, without taking them: `count` of them, or all that are left.
    pub fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        while self.end - self.start < count.min(self.buffer.len()) && self.fill()? {}
        let end = self.end.min(self.start + count);
        Ok(self.buffer.get(self.start..end).unwrap_or_default())
    }

    /// Reads some more behind what is there; false at the end.
    fn fill(&mut self) -> io::Result<bool> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        loop {
            match self.reader.read(&mut self.buffer[self.end..]) {
                Ok(read) => {
                    self.end += read;
                    return Ok(read > 0);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failed = true;
                    return Err(error);
                }
            }
        }
    }
}

impl<R: Read> BufRead for Input<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            self.fill()?;
        }
        Ok(&self.buffer[self.start..self.end])
    }

    fn consume(&mut self, count: usize) {
        let count = count.min(self.end - self.start);
        self.start += count;
        self.taken += count as u64;
    }
}

impl<R: Read> Read for Input<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looking_takes_nothing() {
        let mut input = Input::new(b"abcdef".chain(&b"ghi"[..]));
        assert_eq!(input.peek(3).expect("readable"), b"abc");
        input.consume(4);
        assert_eq!(input.peek(4).expect("readable"), b"efgh");
        assert_eq!(input.taken(), 4);
        let mut rest = String::new();
        input.read_to_string(&mut rest).expect("readable");
        assert_eq!((rest.as_str(), input.taken()), ("efghi", 9));
        assert!(input.peek(4).expect("readable").is_empty() && !input.failed());
    }
}
