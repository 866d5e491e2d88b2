//! Reading lines of a stream with their places, in bounded memory.
//!
//! Offsets count every byte of the stream, also those of a byte order mark at the start, which is
//! no part of any line; a line's text and span leave out its ending (`\n` or `\r\n`).

use std::io::{self, BufRead, ErrorKind, Read};

use crate::model::{ByteSpan, Place};

/// Longer lines of text are delivered in pieces of at most this many bytes.
pub const PIECE_BYTES: usize = 64 << 10;
/// Longer lines of JSON Lines are skipped.
pub const RECORD_BYTES: usize = 64 << 20;

pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A line of text, or a piece of a very long one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    pub text: &'a str,
    /// Whether the line begins with this piece.
    pub begins: bool,
    /// Whether the line ends with this piece.
    pub ends: bool,
    pub place: Place,
}

/// The lines of a text that is in memory, long ones in pieces; all get the same place.
pub fn pieces_of(text: &str, place: Place) -> impl Iterator<Item = Line<'_>> {
    text.split('\n').flat_map(move |line| {
        let mut rest = Some(line);
        std::iter::from_fn(move || {
            let piece = rest?;
            let cut = if piece.len() > PIECE_BYTES {
                cut_piece(piece.as_bytes(), PIECE_BYTES)
            } else {
                piece.len()
            };
            let (text, behind) = piece.split_at_checked(cut)?;
            rest = Some(behind).filter(|behind| !behind.is_empty());
            Some(Line { text, begins: piece.len() == line.len(), ends: rest.is_none(), place })
        })
    })
}

/// Lines of UTF-8 text.
pub struct LineReader<R> {
    reader: R,
    piece_bytes: usize,
    /// `buffer[start..]` has been read but not handed out.
    buffer: Vec<u8>,
    start: usize,
    /// Place of `buffer[start]` in the stream.
    offset: u64,
    line: u64,
    begins: bool,
    at_start: bool,
    at_end: bool,
}

impl<R: Read> LineReader<R> {
    pub fn new(reader: R) -> LineReader<R> {
        LineReader::with_piece_bytes(reader, PIECE_BYTES)
    }

    fn with_piece_bytes(reader: R, piece_bytes: usize) -> LineReader<R> {
        LineReader {
            reader,
            piece_bytes,
            buffer: Vec::new(),
            start: 0,
            offset: 0,
            line: 1,
            begins: true,
            at_start: true,
            at_end: false,
        }
    }

    /// The next line or piece, or `None` at the end. A line break at the very end begins no
    /// further line.
    ///
    /// Text that is not UTF-8 is an error of the kind `InvalidData`.
    pub fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        if self.at_start {
            self.at_start = false;
            while self.buffer.len() < BYTE_ORDER_MARK.len() && self.fill()? {}
            if self.buffer.starts_with(BYTE_ORDER_MARK) {
                self.start = BYTE_ORDER_MARK.len();
                self.offset = self.start as u64;
            }
        }
        let mut searched = 0;
        let (length, ending) = loop {
            let pending = &self.buffer[self.start..];
            if let Some(at) = pending[searched..].iter().position(|&byte| byte == b'\n') {
                let end = searched + at;
                let returned = pending[..end].ends_with(b"\r");
                break (end - usize::from(returned), 1 + usize::from(returned));
            }
            searched = pending.len();
            if pending.len() > self.piece_bytes {
                break (cut_piece(pending, self.piece_bytes), 0);
            }
            if self.at_end || !self.fill()? {
                if self.start == self.buffer.len() {
                    return Ok(None);
                }
                break (self.buffer.len() - self.start, 0);
            }
        };
        let from = self.start;
        let begins = self.begins;
        let line = self.line;
        let span = ByteSpan::new(self.offset, self.offset + length as u64);
        self.start += length + ending;
        self.offset += (length + ending) as u64;
        let ends = ending > 0 || (self.at_end && self.start == self.buffer.len());
        let text = std::str::from_utf8(&self.buffer[from..from + length])
            .map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
        self.begins = ends;
        self.line += u64::from(ends);
        Ok(Some(Line { text, begins, ends, place: Place { line, span } }))
    }

    /// Reads some more into the buffer; false at the end of the stream.
    fn fill(&mut self) -> io::Result<bool> {
        self.buffer.drain(..self.start);
        self.start = 0;
        let filled = self.buffer.len();
        let room = (self.piece_bytes + 1).saturating_sub(filled).max(1);
        self.buffer.resize(filled + room, 0);
        let read = loop {
            match self.reader.read(&mut self.buffer[filled..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => break result,
            }
        };
        self.buffer.truncate(filled + read.as_ref().map_or(0, |&read| read));
        self.at_end = read? == 0;
        Ok(!self.at_end)
    }
}

/// Where to cut a line that is longer than a piece: after white space if there is some in the
/// second half, else before a character.
fn cut_piece(pending: &[u8], piece_bytes: usize) -> usize {
    let pending = &pending[..piece_bytes.min(pending.len())];
    let half = pending.len() / 2;
    let space = pending[half..].iter().rposition(|byte| matches!(byte, b' ' | b'\t'));
    if let Some(at) = space {
        return half + at + 1;
    }
    // A character has at most three bytes that continue it. A carriage return at the very end may
    // belong to the line's ending.
    let is_inside = |&at: &usize| pending.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    let mut cut = pending.len() - 1;
    for _ in 0..3 {
        if is_inside(&cut) && cut > 1 {
            cut -= 1;
        }
    }
    cut.max(1)
}

/// A line of a stream of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record<'a> {
    Line {
        bytes: &'a [u8],
        place: Place,
    },
    /// A line that is longer than may be; its span includes its ending.
    TooLong {
        place: Place,
    },
}

/// Whole lines, of bytes that need not be UTF-8.
pub struct RecordReader<R> {
    reader: R,
    record_bytes: usize,
    buffer: Vec<u8>,
    offset: u64,
    line: u64,
}

impl<R: BufRead> RecordReader<R> {
    pub fn new(reader: R) -> RecordReader<R> {
        RecordReader::with_record_bytes(reader, RECORD_BYTES)
    }

    fn with_record_bytes(reader: R, record_bytes: usize) -> RecordReader<R> {
        RecordReader { reader, record_bytes, buffer: Vec::new(), offset: 0, line: 0 }
    }

    /// The next line, or `None` at the end.
    pub fn next_record(&mut self) -> io::Result<Option<Record<'_>>> {
        // One huge line must not keep its memory for the rest of the file.
        if self.buffer.capacity() > 1 << 20 {
            self.buffer = Vec::new();
        }
        self.buffer.clear();
        let limit = self.record_bytes as u64 + 2;
        let mut read = (&mut self.reader).take(limit).read_until(b'\n', &mut self.buffer)? as u64;
        let ending = if self.buffer.last() == Some(&b'\n') {
            self.buffer.pop();
            1
        } else {
            0
        };
        let too_long = self.buffer.len() > self.record_bytes;
        if too_long && ending == 0 {
            read += self.reader.skip_until(b'\n')? as u64;
        }
        if read == 0 {
            return Ok(None);
        }
        self.line += 1;
        let mut start = self.offset;
        self.offset += read;
        let mut bytes = self.buffer.as_slice();
        if self.line == 1 && bytes.starts_with(BYTE_ORDER_MARK) {
            bytes = &bytes[BYTE_ORDER_MARK.len()..];
            start += BYTE_ORDER_MARK.len() as u64;
        }
        if ending == 1 {
            bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        }
        let end = if too_long { self.offset } else { start + bytes.len() as u64 };
        let place = Place { line: self.line, span: ByteSpan::new(start, end) };
        Ok(Some(if too_long { Record::TooLong { place } } else { Record::Line { bytes, place } }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::BufReader;

    type Piece = (String, bool, bool, u64, u64, u64);

    fn pieces(bytes: &[u8], piece_bytes: usize) -> io::Result<Vec<Piece>> {
        let reader = BufReader::with_capacity(7, bytes);
        let mut lines = LineReader::with_piece_bytes(reader, piece_bytes);
        let mut all = Vec::new();
        while let Some(line) = lines.next_line()? {
            let Place { line: number, span } = line.place;
            all.push((line.text.to_owned(), line.begins, line.ends, number, span.start, span.end));
        }
        Ok(all)
    }

    #[test]
    fn lines_know_their_places() {
        let all = pieces("\u{feff}one\r\n\nالثالث".as_bytes(), 1000).expect("UTF-8");
        assert_eq!(
            all,
            [
                ("one".to_owned(), true, true, 1, 3, 6),
                (String::new(), true, true, 2, 8, 8),
                ("الثالث".to_owned(), true, true, 3, 9, 21),
            ]
        );
        assert_eq!(pieces(b"", 1000).expect("UTF-8"), []);
        assert_eq!(pieces(b"\xef\xbb\xbf", 1000).expect("UTF-8"), []);
        assert_eq!(pieces(b"a\n", 1000).expect("UTF-8").len(), 1);
    }

    #[test]
    fn long_lines_come_in_pieces_cut_at_white_space() {
        let all = pieces(b"one two three four\nfive", 10).expect("UTF-8");
        let texts: Vec<&str> = all.iter().map(|piece| piece.0.as_str()).collect();
        assert_eq!(texts, ["one two ", "three four", "five"]);
        assert_eq!((all[0].1, all[0].2), (true, false));
        assert_eq!((all[1].1, all[1].2, all[1].3), (false, true, 1));
    }

    #[test]
    fn text_that_is_not_utf_8_is_an_error() {
        let error = pieces(b"fine\nca\xe9\n", 100).expect_err("not UTF-8");
        assert_eq!(error.kind(), ErrorKind::InvalidData);
    }

    #[test]
    fn records_are_whole_lines_up_to_their_limit() {
        let bytes = b"\xef\xbb\xbf{}\r\n\n0123456789ab\n[1]";
        let mut reader =
            RecordReader::with_record_bytes(BufReader::with_capacity(4, &bytes[..]), 8);
        let mut all = Vec::new();
        while let Some(record) = reader.next_record().expect("readable") {
            all.push(match record {
                Record::Line { bytes, place } => (Some(bytes.to_vec()), place),
                Record::TooLong { place } => (None, place),
            });
        }
        let place = |line, start, end| Place { line, span: ByteSpan::new(start, end) };
        assert_eq!(
            all,
            [
                (Some(b"{}".to_vec()), place(1, 3, 5)),
                (Some(Vec::new()), place(2, 7, 7)),
                (None, place(3, 8, 21)),
                (Some(b"[1]".to_vec()), place(4, 21, 24)),
            ]
        );
    }

    #[test]
    fn texts_in_memory_are_cut_alike() {
        let text = format!("one\n\n{}é\n", "ش ".repeat(PIECE_BYTES));
        let place = Place::default();
        let lines: Vec<Line<'_>> = pieces_of(&text, place).collect();
        let line = |text, begins, ends| Line { text, begins, ends, place };
        assert_eq!(lines[..2], [line("one", true, true), line("", true, true)]);
        let long = &lines[2..lines.len() - 1];
        assert!(long.len() > 2 && long.iter().all(|piece| piece.text.len() <= PIECE_BYTES));
        assert!(long[0].begins && !long[0].ends && !long[1].begins);
        assert!(long[long.len() - 1].ends);
        assert_eq!(lines[lines.len() - 1], line("", true, true));
        let joined: String = long.iter().map(|piece| piece.text).collect();
        assert_eq!(format!("one\n\n{joined}\n"), text);
    }

    proptest! {
        #[test]
        fn pieces_are_the_stream(text in "[ab \r\né\u{feff}ش]{0,120}", piece_bytes in 8usize..40) {
            let all = pieces(text.as_bytes(), piece_bytes).expect("UTF-8");
            let mark = if text.starts_with('\u{feff}') { 3 } else { 0 };
            let mut end = mark;
            for (piece, begins, _, line, from, to) in &all {
                let (from, to) = (*from as usize, *to as usize);
                prop_assert_eq!(&text[from..to], piece);
                prop_assert!(piece.len() <= piece_bytes);
                prop_assert!(text[end..from].chars().all(|c| matches!(c, '\r' | '\n')));
                prop_assert_eq!(*line as usize, 1 + text[..from].matches('\n').count());
                prop_assert_eq!(*begins, from == mark || text[..from].ends_with('\n'));
                end = to;
            }
            prop_assert!(text[end..].chars().all(|c| matches!(c, '\r' | '\n')));
        }
    }
}
