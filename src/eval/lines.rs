//! Lines of a file of queries, judgements, rankings or names, one at a time in bounded memory.
//!
//! A bad line is an error of its own; reading goes on with the next one, and whoever reads decides
//! whether to go on.

use std::io::{self, BufRead};

use crate::error::Problem;

/// Bytes of a line at the most.
pub const MAX_LINE_BYTES: usize = 1 << 20;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// Characters of a bad value that a message repeats.
const QUOTED_CHARS: usize = 40;

/// Reads lines and counts them from 1; blank ones are counted and passed over.
pub struct Lines<R> {
    path: String,
    input: R,
    number: u64,
    buffer: Vec<u8>,
    done: bool,
}

impl<R: BufRead> Lines<R> {
    /// `path` is what messages name.
    pub fn new(path: impl Into<String>, input: R) -> Lines<R> {
        Lines { path: path.into(), input, number: 0, buffer: Vec::new(), done: false }
    }

    /// The number and the text, without its ending, of the next line that is not blank.
    ///
    /// # Errors
    /// A line that is too long or not UTF-8; a stream that cannot be read, and then it ends.
    pub fn next_line(&mut self) -> Option<Result<(u64, &str), Problem>> {
        loop {
            if self.done {
                return None;
            }
            self.number += 1;
            match self.fill() {
                Ok(true) if self.is_blank() => {}
                Ok(true) => break,
                Ok(false) => self.done = true,
                Err(error) => {
                    self.done = true;
                    return Some(
                        Err(self.problem(self.number, format!("cannot be read: {error}"))),
                    );
                }
            }
        }
        if self.buffer.len() > MAX_LINE_BYTES {
            let message = format!("the line is longer than {MAX_LINE_BYTES} bytes");
            return Some(Err(self.problem(self.number, message)));
        }
        Some(match std::str::from_utf8(&self.buffer) {
            Ok(text) => Ok((self.number, text)),
            Err(_) => Err(self.problem(self.number, "the line is not UTF-8")),
        })
    }

    /// What the lines are read from.
    pub fn input(&self) -> &R {
        &self.input
    }

    /// Something wrong with a line.
    pub fn problem(&self, line: u64, message: impl Into<String>) -> Problem {
        Problem::new(self.path.as_str(), Some(line), message)
    }

    /// Something wrong with the whole file.
    pub fn problem_of_file(&self, message: impl Into<String>) -> Problem {
        Problem::new(self.path.as_str(), None, message)
    }

    /// Reads a line into the buffer, without its ending; false at the end of the stream. Of a line
    /// that is too long only its beginning is kept, and one byte more than allowed.
    fn fill(&mut self) -> io::Result<bool> {
        self.buffer.clear();
        // Two more, so that the ending of a line that just fits is seen.
        let kept = MAX_LINE_BYTES + 2;
        let mut any = false;
        loop {
            let available = match self.input.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let end = available.iter().position(|&byte| byte == b'\n');
            let piece = available.get(..end.unwrap_or(available.len())).unwrap_or_default();
            any |= !available.is_empty();
            let at_end = available.is_empty() || end.is_some();
            let room = kept.saturating_sub(self.buffer.len());
            self.buffer.extend_from_slice(piece.get(..room).unwrap_or(piece));
            let used = piece.len() + usize::from(end.is_some());
            self.input.consume(used);
            if at_end {
                break;
            }
        }
        if self.buffer.last() == Some(&b'\r') {
            self.buffer.pop();
        }
        if self.number == 1 && self.buffer.starts_with(BYTE_ORDER_MARK) {
            self.buffer.drain(..BYTE_ORDER_MARK.len());
        }
        Ok(any)
    }

    fn is_blank(&self) -> bool {
        self.buffer.len() <= MAX_LINE_BYTES
            && std::str::from_utf8(&self.buffer).is_ok_and(|text| text.trim().is_empty())
    }
}

/// The columns of a line of a TREC file, parted by ASCII white space; `None` if they are not `N`.
pub fn trec_columns<const N: usize>(line: &str) -> Option<[&str; N]> {
    let mut parts = line.split_ascii_whitespace();
    let mut columns = [""; N];
    for column in &mut columns {
        *column = parts.next()?;
    }
    parts.next().is_none().then_some(columns)
}

/// The beginning of `text` in quotation marks, for a message.
pub fn quoted(text: &str) -> String {
    let shown: String = text.chars().filter(|c| !c.is_control()).take(QUOTED_CHARS).collect();
    let cut = if text.chars().nth(QUOTED_CHARS).is_some() { "…" } else { "" };
    format!("\"{shown}{cut}\"")
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn read(bytes: &[u8]) -> Vec<Result<(u64, String), String>> {
        let mut lines = Lines::new("f", BufReader::with_capacity(5, bytes));
        let mut all = Vec::new();
        while let Some(line) = lines.next_line() {
            all.push(
                line.map(|(number, text)| (number, text.to_owned()))
                    .map_err(|problem| problem.to_string()),
            );
        }
        all
    }

    #[test]
    fn blank_lines_count_but_are_passed_over() {
        let all = read("\u{feff}rice\r\n \t\n\u{a0}\nسيول".as_bytes());
        assert_eq!(all, [Ok((1, "rice".to_owned())), Ok((4, "سيول".to_owned()))]);
        assert_eq!(read(b""), []);
        assert_eq!(read(b"\xef\xbb\xbf\n\n"), []);
    }

    #[test]
    fn bad_lines_stand_alone() {
        assert_eq!(
            read(b"a\n\xff\nb\n"),
            [
                Ok((1, "a".to_owned())),
                Err("f:2: the line is not UTF-8".to_owned()),
                Ok((3, "b".to_owned()))
            ]
        );
    }

    #[test]
    fn lines_are_bounded() {
        let fits = "a".repeat(MAX_LINE_BYTES);
        let text = format!("{fits}\r\n{fits}b\n{fits}{fits}\nrice");
        let all = read(text.as_bytes());
        assert_eq!(all.len(), 4);
        assert_eq!(all[0], Ok((1, fits)));
        let too_long = |line| Err(format!("f:{line}: the line is longer than 1048576 bytes"));
        assert_eq!(all[1..], [too_long(2), too_long(3), Ok((4, "rice".to_owned()))]);
    }

    #[test]
    fn columns_are_counted() {
        assert_eq!(trec_columns(" a\tb  c "), Some(["a", "b", "c"]));
        assert_eq!(trec_columns::<3>("a b"), None);
        assert_eq!(trec_columns::<1>("a b"), None);
        // A no-break space is part of an id.
        assert_eq!(trec_columns("a\u{a0}b"), Some(["a\u{a0}b"]));
    }

    #[test]
    fn quotations_are_short_and_harmless() {
        assert_eq!(quoted("a\u{1b}b"), "\"ab\"");
        assert_eq!(quoted(&"ش".repeat(50)).chars().count(), QUOTED_CHARS + 3);
    }
}
