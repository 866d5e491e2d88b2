//! Reading the rows of a table of values separated by commas or tabs, with their places, in bounded
//! memory.
//!
//! The parser is the core of the `csv` crate: with it every byte is seen, so that places are exact
//! and a quote that is never closed does not fill the memory.

use std::io::{self, BufRead, Read};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::input::Input;
use super::lines::{BYTE_ORDER_MARK, RECORD_BYTES};
use crate::model::{ByteSpan, Place};

/// A row has at most so many fields.
const FIELDS: usize = 10_000;
/// A large row does not keep its memory for the rest of the file.
const KEPT_BYTES: usize = 1 << 20;

/// What separates fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    /// A comma or, if the first row has more of them, a semicolon or tab; fields may be in quotes.
    Comma,
    /// A tab. Quotes have a meaning only around a whole field, which never goes over several lines:
    /// many a table of this kind has single quotes in its text.
    Tab,
}

/// A row that was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Row {
    Fields(Vec<String>),
    NotUtf8,
    TooLong,
}

pub(super) struct RowReader<R> {
    input: Input<R>,
    parser: Reader,
    separator: Separator,
    values: Vec<u8>,
    ends: Vec<usize>,
    offset: u64,
    line: u64,
    row_bytes: usize,
}

impl<R: Read> RowReader<R> {
    pub fn new(reader: R, separator: Separator) -> io::Result<RowReader<R>> {
        RowReader::with_row_bytes(reader, separator, RECORD_BYTES)
    }

    fn with_row_bytes(
        reader: R,
        separator: Separator,
        row_bytes: usize,
    ) -> io::Result<RowReader<R>> {
        let mut input = Input::new(reader);
        let mut offset = 0;
        if input.peek(BYTE_ORDER_MARK.len())? == BYTE_ORDER_MARK {
            input.consume(BYTE_ORDER_MARK.len());
            offset = BYTE_ORDER_MARK.len() as u64;
        }
        let mut builder = ReaderBuilder::new();
        match separator {
            Separator::Comma => builder.delimiter(frequent_separator(input.peek(KEPT_BYTES)?)),
            Separator::Tab => builder.delimiter(b'\t').quoting(false),
        };
        Ok(RowReader {
            input,
            parser: builder.build(),
            separator,
            values: Vec::new(),
            ends: Vec::new(),
            offset,
            line: 1,
            row_bytes,
        })
    }

    /// The next row and its place, or `None` at the end. Blank lines are no rows.
    pub fn next_row(&mut self) -> io::Result<Option<(Row, Place)>> {
        while let Some(&byte @ (b'\r' | b'\n')) = self.input.peek(1)?.first() {
            self.input.consume(1);
            self.offset += 1;
            self.line += u64::from(byte == b'\n');
        }
        let (start, line) = (self.offset, self.line);
        if self.values.len() > KEPT_BYTES {
            self.values = Vec::new();
        }
        let (mut written, mut fields) = (0, 0);
        let mut too_long = false;
        let ended = loop {
            let bytes = self.input.fill_buf()?;
            let values = self.values.get_mut(written..).unwrap_or_default();
            let ends = self.ends.get_mut(fields..).unwrap_or_default();
            let (result, taken, new_bytes, new_fields) =
                self.parser.read_record(bytes, values, ends);
            let passed = bytes.get(..taken).unwrap_or_default();
            self.line += passed.iter().filter(|&&byte| byte == b'\n').count() as u64;
            self.offset += taken as u64;
            let terminated = passed.last().is_some_and(|byte| matches!(byte, b'\r' | b'\n'));
            self.input.consume(taken);
            written += new_bytes;
            fields += new_fields;
            match result {
                ReadRecordResult::Record => break u64::from(terminated),
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::InputEmpty => {}
                // What is too long is read over, in the room there is.
                ReadRecordResult::OutputFull if written >= self.row_bytes => {
                    too_long = true;
                    written = 0;
                }
                ReadRecordResult::OutputFull => {
                    let room = (self.values.len() * 2).max(4 << 10);
                    self.values.resize(room.min(self.row_bytes), 0);
                }
                ReadRecordResult::OutputEndsFull if fields >= FIELDS => {
                    too_long = true;
                    fields = 0;
                }
                ReadRecordResult::OutputEndsFull => {
                    self.ends.resize((self.ends.len() * 2).clamp(64, FIELDS), 0);
                }
            }
        };
        let place = Place { line, span: ByteSpan::new(start, self.offset - ended) };
        let row = if too_long { Row::TooLong } else { self.row(fields) };
        Ok(Some((row, place)))
    }

    fn row(&self, fields: usize) -> Row {
        let mut row = Vec::with_capacity(fields);
        let mut start = 0;
        for &end in self.ends.get(..fields).unwrap_or_default() {
            let Ok(field) = std::str::from_utf8(self.values.get(start..end).unwrap_or_default())
            else {
                return Row::NotUtf8;
            };
            row.push(match self.separator {
                Separator::Comma => field.to_owned(),
                Separator::Tab => unquoted(field),
            });
            start = end;
        }
        Row::Fields(row)
    }
}

/// A field without the quotes around it.
fn unquoted(field: &str) -> String {
    match field.strip_prefix('"').and_then(|field| field.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => field.to_owned(),
    }
}

/// What separates the fields of the first row: programs of some countries write semicolons.
fn frequent_separator(start: &[u8]) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut in_quotes = false;
    for &byte in start {
        match byte {
            b'"' => in_quotes = !in_quotes,
            b'\n' | b'\r' if !in_quotes => break,
            _ if in_quotes => {}
            _ => {
                if let Some((_, count)) = counts.iter_mut().find(|(known, _)| *known == byte) {
                    *count += 1;
                }
            }
        }
    }
    counts.into_iter().rev().max_by_key(|&(_, count)| count).map_or(b',', |(byte, _)| byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(bytes: &[u8], separator: Separator, row_bytes: usize) -> Vec<(Row, Place)> {
        let mut reader = RowReader::with_row_bytes(bytes, separator, row_bytes).expect("a reader");
        std::iter::from_fn(|| reader.next_row().expect("readable")).collect()
    }

    fn fields(fields: &[&str]) -> Row {
        Row::Fields(fields.iter().map(|&field| field.to_owned()).collect())
    }

    fn place(line: u64, start: u64, end: u64) -> Place {
        Place { line, span: ByteSpan::new(start, end) }
    }

    #[test]
    fn rows_know_their_places() {
        let text = "\u{feff}id,text\r\n\r\n1,\"two\nlines, \"\"q\"\"\"\r\n2,x";
        let all = rows(text.as_bytes(), Separator::Comma, 1000);
        assert_eq!(
            all,
            [
                (fields(&["id", "text"]), place(1, 3, 10)),
                (fields(&["1", "two\nlines, \"q\""]), place(3, 14, 34)),
                (fields(&["2", "x"]), place(5, 36, 39)),
            ]
        );
        assert_eq!(&text[14..34], "1,\"two\nlines, \"\"q\"\"\"");
    }

    #[test]
    fn other_separators() {
        assert_eq!(rows(b"a;b\n1,5;2", Separator::Comma, 99)[1].0, fields(&["1,5", "2"]));
        assert_eq!(rows(b"a\tb\n1\t2", Separator::Comma, 99)[1].0, fields(&["1", "2"]));
        assert_eq!(rows(b"only\none, two", Separator::Comma, 99)[1].0, fields(&["one", " two"]));
        let all = rows(b"a\tb\n\"open\tx\n\"a \"\"b\"\"\"\t\"", Separator::Tab, 99);
        assert_eq!(all[1].0, fields(&["\"open", "x"]));
        assert_eq!(all[2].0, fields(&["a \"b\"", "\""]));
    }

    #[test]
    fn rows_have_bounds() {
        let text = format!("a,b\n{},y\n1,2\n", "x".repeat(10_000));
        let all = rows(text.as_bytes(), Separator::Comma, 5000);
        assert_eq!((&all[1].0, all[1].1.line), (&Row::TooLong, 2));
        assert_eq!(all[2], (fields(&["1", "2"]), place(3, 10_007, 10_010)));
        let text = format!("a,b\n{}\n1,2\n", ",".repeat(3 * FIELDS));
        let all = rows(text.as_bytes(), Separator::Comma, 5000);
        assert_eq!((&all[1].0, all.len()), (&Row::TooLong, 3));
        let all = rows(b"a,b\n1,\xff\n1,2", Separator::Comma, 5000);
        assert_eq!((&all[1].0, all.len()), (&Row::NotUtf8, 3));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            rows in proptest::collection::vec(
                proptest::collection::vec("[a,;\"\r\nش]{0,6}", 2..4), 1..6),
        ) {
            let mut text = String::from("x,y\n");
            for row in &rows {
                let quoted: Vec<String> =
                    row.iter().map(|field| format!("\"{}\"", field.replace('"', "\"\""))).collect();
                text += &(quoted.join(",") + "\n");
            }
            let read: Vec<Row> = super::tests::rows(text.as_bytes(), Separator::Comma, 1000)
                .into_iter()
                .skip(1)
                .map(|(row, _)| row)
                .collect();
            prop_assert_eq!(read, rows.into_iter().map(Row::Fields).collect::<Vec<_>>());
        }

        #[test]
        fn any_bytes_are_rows_within_them(
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
            row_bytes in 1usize..100,
            tabs in any::<bool>(),
        ) {
            let separator = if tabs { Separator::Tab } else { Separator::Comma };
            let mut end = 0;
            for (_, place) in rows(&bytes, separator, row_bytes) {
                prop_assert!(place.span.start >= end && place.span.end >= place.span.start);
                end = place.span.end;
                let before = &bytes[..place.span.start as usize];
                let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count() as u64;
                prop_assert_eq!(place.line, line);
            }
            prop_assert!(end <= bytes.len() as u64);
        }
    }
}
