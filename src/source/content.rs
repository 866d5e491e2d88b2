//! The content of a source as text, which can be read from its start as often as a reader needs.

use std::cell::Cell;
use std::io::{self, ErrorKind, Read, Seek};

use encoding_rs::Encoding;

use super::charset::{Charset, Quality, SAMPLE_BYTES};
use super::declaration;
use super::packing::{Packing, Unpacked, packing_of};
use super::streams::Streams;

/// Bytes that are looked at together.
const CHUNK_BYTES: usize = 64 << 10;
/// A source that names its own encoding does so within its first bytes.
const DECLARATION_BYTES: usize = 4 << 10;

/// What a source is read from.
pub(super) trait Raw: Read + Seek {}

impl<R: Read + Seek> Raw for R {}

/// A source, compressed or not, in whichever encoding. Nothing of it is kept: to go back is to read
/// it anew.
pub(super) struct Content<'a> {
    raw: &'a mut dyn Raw,
    packing: Option<Packing>,
    charset: Charset,
    junk: Cell<bool>,
}

impl<'a> Content<'a> {
    pub fn new(raw: &'a mut dyn Raw) -> io::Result<Content<'a>> {
        raw.rewind()?;
        let packing = packing_of(raw)?;
        Ok(Content { raw, packing, charset: Charset::Utf8, junk: Cell::new(false) })
    }

    /// The bytes of the source, unpacked, from its start.
    pub fn bytes(&mut self) -> io::Result<Box<dyn Read + '_>> {
        self.raw.rewind()?;
        let raw = &mut *self.raw;
        Ok(match self.packing {
            Some(Packing::Bzip2) => Box::new(Streams::new(raw, &self.junk)?),
            Some(packing) => Box::new(Unpacked::new(raw, packing, &self.junk)?),
            None => Box::new(raw),
        })
    }

    /// The text of the source as UTF-8, from its start. Its encoding is the one that
    /// [`Content::check`] or [`Content::records`] found.
    pub fn text(&mut self) -> io::Result<Box<dyn Read + '_>> {
        let charset = self.charset;
        Ok(charset.decoded(self.bytes()?))
    }

    /// The text of a source that is read record by record, from its start.
    pub fn records(&mut self) -> io::Result<Box<dyn Read + '_>> {
        self.sniff()?;
        self.text()
    }

    /// At most so many of its first bytes.
    fn start(&mut self, bytes: usize) -> io::Result<Vec<u8>> {
        let mut start = Vec::new();
        match self.bytes()?.take(bytes as u64).read_to_end(&mut start) {
            // Whoever reads on meets it again, behind the records that are good.
            Err(error) if error.kind() == ErrorKind::InvalidData => {}
            outcome => drop(outcome?),
        }
        Ok(start)
    }

    /// Tells the encoding by the beginning alone. A record that is not in it is a matter of that
    /// record.
    fn sniff(&mut self) -> io::Result<()> {
        let sample = self.start(SAMPLE_BYTES)?;
        let complete = sample.len() < SAMPLE_BYTES;
        self.charset = match Charset::of(&sample, complete, None) {
            Some(Charset::Other(encoding)) => Charset::Other(encoding),
            _ => Charset::Utf8,
        };
        Ok(())
    }

    /// The text of a source that is XML, from its start.
    pub fn xml(&mut self) -> io::Result<Box<dyn Read + '_>> {
        let start = self.start(DECLARATION_BYTES)?;
        self.charset = Charset::of_xml(&start, declaration::of_xml(&start));
        self.text()
    }

    /// Reads all of it to tell the encoding, which `declared` may find named in its first bytes.
    /// The outcome is the line from which on it is no text, if it is none.
    pub fn check(
        &mut self,
        declared: impl FnOnce(&[u8]) -> Option<&'static Encoding>,
    ) -> io::Result<Option<u64>> {
        let mut sample = Sample::default();
        let mut utf8 = Utf8Check::default();
        let mut bytes = self.bytes()?;
        read_chunks(&mut bytes, |chunk| {
            utf8.look(chunk);
            sample.look(chunk);
        })?;
        drop(bytes);
        let charset = Charset::of(&sample.bytes, sample.complete, declared(&sample.start));
        let line = utf8.fault_line();
        self.charset = match (charset, line) {
            (Some(Charset::Other(encoding)), _) => Charset::Other(encoding),
            (_, None) => Charset::Utf8,
            (Some(_), Some(_)) => Charset::DamagedUtf8,
            (None, line) => return Ok(line),
        };
        if self.charset == Charset::Utf8 {
            return Ok(None);
        }
        let mut quality = Quality::default();
        read_chunks(&mut self.text()?, |text| quality.look(&String::from_utf8_lossy(text)))?;
        Ok(if quality.is_text() { None } else { line.or(Some(1)) })
    }

    /// Whether something was met behind compressed data that is no part of it.
    pub fn has_junk(&self) -> bool {
        self.junk.get()
    }
}

fn read_chunks(reader: &mut dyn Read, mut look: impl FnMut(&[u8])) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => look(buffer.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// A part of a source that tells its encoding: its beginning or, where that is ASCII throughout,
/// what follows the first byte that is not.
struct Sample {
    start: Vec<u8>,
    bytes: Vec<u8>,
    complete: bool,
    is_ascii: bool,
}

impl Default for Sample {
    fn default() -> Sample {
        Sample { start: Vec::new(), bytes: Vec::new(), complete: true, is_ascii: true }
    }
}

impl Sample {
    fn look(&mut self, chunk: &[u8]) {
        let room = DECLARATION_BYTES.saturating_sub(self.start.len()).min(chunk.len());
        self.start.extend(&chunk[..room]);
        let is_ascii = chunk.is_ascii() && !chunk.contains(&0);
        if self.is_ascii && !is_ascii && self.bytes.len() == SAMPLE_BYTES {
            self.bytes.clear();
        }
        self.is_ascii &= is_ascii;
        let room = SAMPLE_BYTES.saturating_sub(self.bytes.len()).min(chunk.len());
        self.bytes.extend(&chunk[..room]);
        self.complete &= room == chunk.len();
    }
}

/// Looks for the first byte that is not UTF-8.
#[derive(Default)]
struct Utf8Check {
    /// The beginning of a character at the end of the last chunk.
    begun: Vec<u8>,
    line_breaks: u64,
    fault: Option<u64>,
}

impl Utf8Check {
    fn look(&mut self, chunk: &[u8]) {
        if self.fault.is_some() {
            return;
        }
        let mut joined = std::mem::take(&mut self.begun);
        let bytes = if joined.is_empty() {
            chunk
        } else {
            joined.extend(chunk);
            &joined
        };
        let valid = match std::str::from_utf8(bytes) {
            Ok(_) => bytes,
            Err(error) => {
                let (valid, rest) = bytes.split_at(error.valid_up_to());
                match error.error_len() {
                    None => self.begun = rest.to_vec(),
                    Some(_) => self.fault = Some(0),
                }
                valid
            }
        };
        self.line_breaks += valid.iter().filter(|&&byte| byte == b'\n').count() as u64;
        if let Some(fault) = &mut self.fault {
            *fault = self.line_breaks + 1;
        }
    }

    /// The line of the first byte that is not UTF-8.
    fn fault_line(&self) -> Option<u64> {
        self.fault.or((!self.begun.is_empty()).then_some(self.line_breaks + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    /// The line of the fault, or the text.
    fn read(bytes: &[u8]) -> Result<String, u64> {
        let mut raw = Cursor::new(bytes);
        let mut content = Content::new(&mut raw).expect("readable");
        match content.check(|_| None).expect("readable") {
            Some(line) => Err(line),
            None => {
                let mut text = String::new();
                content.text().expect("readable").read_to_string(&mut text).expect("UTF-8");
                Ok(text)
            }
        }
    }

    #[test]
    fn all_of_it_decides() {
        let long = "plain words\n".repeat(200_000);
        let with = |end: &[u8]| [long.as_bytes(), end].concat();
        let ends = |end: &[u8], text: &str| {
            let read = read(&with(end)).unwrap_or_default();
            assert!(read.ends_with(text) && read.len() == long.len() + text.len(), "{text}");
        };
        ends("é".as_bytes(), "é");
        ends(b"caf\xe9 at last", "café at last");
        ends(&encoding_rs::WINDOWS_1256.encode("حصار هانجو").0, "حصار هانجو");
        assert_eq!(read(&with(b"\xff\0\x01")), Err(200_001));
        // A character that lies across chunks.
        let wide = "ش".repeat(CHUNK_BYTES);
        assert_eq!(read(format!("x{wide}").as_bytes()), Ok(format!("x{wide}")));
    }

    #[test]
    fn a_few_bad_bytes_do_not_hide_the_rest() {
        let text = "حصار هانجو ".repeat(100);
        let damaged = [text.as_bytes(), b"\xd8 \xff"].concat();
        assert_eq!(read(&damaged), Ok(text.clone() + "\u{fffd} \u{fffd}"));
        let worse = [text.as_bytes(), &b"\xff ".repeat(100)].concat();
        assert_eq!(read(&worse), Err(1));
    }
}
