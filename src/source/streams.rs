//! Files of many bzip2 streams, as wikis publish their dumps: each stream is unpacked by itself, so
//! several threads can do it. Where a stream begins is told by its mark, which takes no index; what
//! looks like a mark and is none shows when a part cannot be unpacked, and then everything from
//! there on is unpacked one stream after the other.

use std::cell::Cell;
use std::collections::VecDeque;
use std::io::{self, Chain, Cursor, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use memchr::memmem::Finder;

use super::packing::{MOST_EXPANSION, Packing, Unpacked};

/// A part is at most so long as it is compressed; a longer one is unpacked while it is read.
const PART_BYTES: usize = 8 << 20;
/// What a thread unpacks of a part at the most; a part that gives more is unpacked while it is read.
const UNPACKED_BYTES: u64 = 64 << 20;
const READ_BYTES: usize = 1 << 20;
const MOST_THREADS: usize = 4;
/// Parts under way for each thread.
const AHEAD: usize = 2;

/// What follows `BZh` and a digit where a stream begins.
const BLOCK_MARK: &[u8] = b"1AY&SY";
/// Bytes before the mark.
const BEFORE_MARK: usize = 4;

/// The content of a file of bzip2 streams.
pub(super) struct Streams<'a, R: Read> {
    state: State<'a, R>,
    junk: &'a Cell<bool>,
}

enum State<'a, R: Read> {
    Parallel(Parallel<R>),
    /// All that is left, or all there is.
    Rest(Unpacked<'a, Chain<Cursor<Vec<u8>>, R>>),
    /// Between the two, and after an error.
    Ended,
}

/// A part that a thread was given or has given back.
struct Part {
    compressed: Vec<u8>,
    /// None where it cannot be unpacked, or not at once.
    unpacked: Option<Vec<u8>>,
}

struct Parallel<R> {
    splitter: Splitter<R>,
    /// Where the parts under way will come back, in their order.
    under_way: VecDeque<Receiver<Part>>,
    workers: Vec<SyncSender<(Vec<u8>, SyncSender<Part>)>>,
    next_worker: usize,
    current: Cursor<Vec<u8>>,
}

impl<'a, R: Read> Streams<'a, R> {
    pub fn new(raw: R, junk: &'a Cell<bool>) -> io::Result<Streams<'a, R>> {
        let mut splitter = Splitter { raw, buffer: Vec::new(), at_end: false };
        let first = splitter.next_part()?;
        let state = match first {
            Some(first) if !splitter.buffer.is_empty() => {
                let mut parallel = Parallel {
                    splitter,
                    under_way: VecDeque::new(),
                    workers: Vec::new(),
                    next_worker: 0,
                    current: Cursor::new(Vec::new()),
                };
                parallel.start();
                parallel.give(first);
                State::Parallel(parallel)
            }
            first => State::Rest(rest(first.unwrap_or_default(), splitter, junk)?),
        };
        Ok(Streams { state, junk })
    }
}

/// Unpacks what was read already and what follows it.
fn rest<R: Read>(
    mut read: Vec<u8>,
    splitter: Splitter<R>,
    junk: &Cell<bool>,
) -> io::Result<Unpacked<'_, Chain<Cursor<Vec<u8>>, R>>> {
    read.extend_from_slice(&splitter.buffer);
    Unpacked::new(Cursor::new(read).chain(splitter.raw), Packing::Bzip2, junk)
}

impl<R: Read> Read for Streams<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            match &mut self.state {
                State::Ended => return Ok(0),
                State::Rest(rest) => return rest.read(out),
                State::Parallel(parallel) => {
                    let read = parallel.current.read(out)?;
                    if read > 0 || out.is_empty() {
                        return Ok(read);
                    }
                    parallel.fill()?;
                    let Some(part) = parallel.under_way.pop_front() else {
                        // The splitter has none left that can be told apart.
                        let state = std::mem::replace(&mut self.state, State::Ended);
                        if let State::Parallel(Parallel { splitter, .. }) = state
                            && !splitter.is_done()
                        {
                            self.state = State::Rest(rest(Vec::new(), splitter, self.junk)?);
                        }
                        continue;
                    };
                    let part = part.recv().map_err(io::Error::other)?;
                    match part.unpacked {
                        Some(unpacked) => parallel.current = Cursor::new(unpacked),
                        None => self.give_up(part.compressed)?,
                    }
                }
            }
        }
    }
}

impl<R: Read> Streams<'_, R> {
    /// Goes on one stream after the other from a part that could not be unpacked by itself.
    fn give_up(&mut self, mut compressed: Vec<u8>) -> io::Result<()> {
        let state = std::mem::replace(&mut self.state, State::Ended);
        let State::Parallel(Parallel { splitter, under_way, .. }) = state else {
            return Ok(());
        };
        for part in under_way {
            compressed.extend(part.recv().map_err(io::Error::other)?.compressed);
        }
        self.state = State::Rest(rest(compressed, splitter, self.junk)?);
        Ok(())
    }
}

impl<R: Read> Parallel<R> {
    fn start(&mut self) {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        for _ in 0..threads.min(MOST_THREADS) {
            let (sender, parts) = sync_channel::<(Vec<u8>, SyncSender<Part>)>(AHEAD);
            // It ends when the sender is dropped.
            std::thread::spawn(move || {
                for (compressed, back) in parts {
                    let unpacked = unpack(&compressed);
                    // Nobody waits for it where the reading was broken off.
                    let _ = back.send(Part { compressed, unpacked });
                }
            });
            self.workers.push(sender);
        }
    }

    fn give(&mut self, compressed: Vec<u8>) {
        let (sender, receiver) = sync_channel(1);
        if let Some(worker) = self.workers.get(self.next_worker) {
            // Fails only when the thread has ended, which the receiver tells.
            let _ = worker.send((compressed, sender));
            self.next_worker = (self.next_worker + 1) % self.workers.len();
        }
        self.under_way.push_back(receiver);
    }

    /// Keeps all threads at work.
    fn fill(&mut self) -> io::Result<()> {
        while self.under_way.len() < self.workers.len() * AHEAD {
            match self.splitter.next_part()? {
                Some(part) => self.give(part),
                None => break,
            }
        }
        Ok(())
    }
}

/// Everything that a part holds; none where it is damaged or gives so much that whoever reads it
/// stream by stream must judge it.
fn unpack(compressed: &[u8]) -> Option<Vec<u8>> {
    let junk = Cell::new(false);
    let unpacked = Unpacked::new(compressed, Packing::Bzip2, &junk).ok()?;
    let mut out = Vec::new();
    unpacked.take(UNPACKED_BYTES + 1).read_to_end(&mut out).ok()?;
    let most = (compressed.len() as u64).saturating_mul(MOST_EXPANSION).min(UNPACKED_BYTES);
    (out.len() as u64 <= most && !junk.get()).then_some(out)
}

/// Cuts a file before each mark of a stream.
struct Splitter<R> {
    raw: R,
    buffer: Vec<u8>,
    at_end: bool,
}

impl<R: Read> Splitter<R> {
    /// The next part; none at the end, or where a part is too long to be kept.
    fn next_part(&mut self) -> io::Result<Option<Vec<u8>>> {
        let finder = Finder::new(BLOCK_MARK);
        let mut searched = BEFORE_MARK + 1;
        loop {
            while let Some(found) = self.buffer.get(searched..).and_then(|rest| finder.find(rest)) {
                let mark = searched + found;
                let start = mark.saturating_sub(BEFORE_MARK);
                if start > 0 && is_stream(&self.buffer[start..mark]) {
                    let rest = self.buffer.split_off(start);
                    return Ok(Some(std::mem::replace(&mut self.buffer, rest)));
                }
                searched = mark + 1;
            }
            if self.at_end {
                let last = std::mem::take(&mut self.buffer);
                return Ok(Some(last).filter(|last| !last.is_empty()));
            }
            if self.buffer.len() > PART_BYTES {
                return Ok(None);
            }
            searched = searched.max(self.buffer.len().saturating_sub(BLOCK_MARK.len() - 1));
            let read = (&mut self.raw).take(READ_BYTES as u64).read_to_end(&mut self.buffer)?;
            self.at_end = read == 0;
        }
    }

    fn is_done(&self) -> bool {
        self.at_end && self.buffer.is_empty()
    }
}

fn is_stream(start: &[u8]) -> bool {
    matches!(start, [b'B', b'Z', b'h', b'1'..=b'9'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn stream(text: &[u8]) -> Vec<u8> {
        let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        writer.write_all(text).unwrap();
        writer.finish().unwrap()
    }

    fn texts() -> Vec<Vec<u8>> {
        (0..40u32).map(|n| n.to_string().repeat(3000 + n as usize).into_bytes()).collect()
    }

    fn read(bytes: &[u8]) -> (Vec<u8>, bool, bool) {
        let junk = Cell::new(false);
        let mut out = Vec::new();
        let outcome = Streams::new(bytes, &junk).unwrap().read_to_end(&mut out);
        (out, outcome.is_ok(), junk.get())
    }

    #[test]
    fn streams_come_back_in_their_order() {
        let packed: Vec<u8> = texts().iter().flat_map(|text| stream(text)).collect();
        assert_eq!(read(&packed), (texts().concat(), true, false));
        assert_eq!(read(&stream(b"one")), (b"one".to_vec(), true, false));
        let many = stream(&vec![b' '; 1 << 20]).repeat(70);
        assert!(!read(&many).1, "a bomb of many streams");
        let with_empty = [stream(b"a"), stream(b""), stream(b"b")].concat();
        assert_eq!(read(&with_empty), (b"ab".to_vec(), true, false));
    }

    #[test]
    fn what_only_looks_like_a_stream_ends_as_it_would_one_by_one() {
        let good = [stream(b"one"), stream(b"two")].concat();
        for junk in [&b"BZh91AY&SY and no more"[..], b"junk", b"BZh9junk"] {
            let packed = [&good[..], junk].concat();
            let found = Cell::new(false);
            let mut expected = Vec::new();
            let outcome = Unpacked::new(&packed[..], Packing::Bzip2, &found)
                .unwrap()
                .read_to_end(&mut expected);
            assert_eq!(read(&packed), (expected, outcome.is_ok(), found.get()), "{junk:?}");
        }
        let cut = &good[..good.len() - 8];
        assert!(!read(cut).1);
    }
}
