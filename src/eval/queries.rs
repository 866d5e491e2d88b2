//! Files of queries: `id<TAB>query`, one plain query a line, or JSON Lines.
//!
//! Each line stands alone: a bad one is told and the next is read. Memory is bounded by
//! [`MAX_LINE_BYTES`].

use std::io::{self, BufRead};

use serde_json::{Map, Value};

use crate::error::Problem;

/// Bytes of a line at the most.
pub const MAX_LINE_BYTES: usize = 1 << 20;

/// A query of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryLine {
    /// 1-based.
    pub line: u64,
    /// As given; the line's number where none is given.
    pub id: Value,
    pub query: String,
    /// Further fields of a JSON line.
    pub options: Map<String, Value>,
}

/// Reads queries line by line; blank lines are passed over.
pub struct QueryReader<R> {
    input: R,
    line: u64,
    buffer: Vec<u8>,
    done: bool,
}

impl<R: BufRead> QueryReader<R> {
    pub fn new(input: R) -> QueryReader<R> {
        QueryReader { input, line: 0, buffer: Vec::new(), done: false }
    }

    /// Reads a line into the buffer; false at the end. Of a line that is too long only its
    /// beginning is kept, and one byte more than allowed.
    fn read_line(&mut self) -> io::Result<bool> {
        self.buffer.clear();
        let mut any = false;
        loop {
            let available = match self.input.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if available.is_empty() {
                return Ok(any);
            }
            any = true;
            let end = available.iter().position(|&byte| byte == b'\n');
            let piece = &available[..end.unwrap_or(available.len())];
            let room = (MAX_LINE_BYTES + 1).saturating_sub(self.buffer.len());
            self.buffer.extend_from_slice(&piece[..piece.len().min(room)]);
            let used = end.map_or(available.len(), |end| end + 1);
            self.input.consume(used);
            if end.is_some() {
                return Ok(true);
            }
        }
    }

    fn parse(&self) -> Result<Option<QueryLine>, String> {
        if self.buffer.len() > MAX_LINE_BYTES {
            return Err(format!("the line is longer than {MAX_LINE_BYTES} bytes"));
        }
        let text = std::str::from_utf8(&self.buffer).map_err(|_| "the line is not UTF-8")?;
        let text = if self.line == 1 { text.trim_start_matches('\u{feff}') } else { text };
        let text = text.trim_end_matches('\r');
        if text.trim().is_empty() {
            return Ok(None);
        }
        if text.trim_start().starts_with('{') {
            return self.parse_json(text).map(Some);
        }
        let (id, query) = match text.split_once('\t') {
            Some((id, query)) => (Value::from(id.trim()), query),
            None => (Value::from(self.line), text),
        };
        let options = Map::new();
        Ok(Some(QueryLine { line: self.line, id, query: query.to_owned(), options }))
    }

    fn parse_json(&self, text: &str) -> Result<QueryLine, String> {
        let mut fields: Map<String, Value> = serde_json::from_str(text)
            .map_err(|error| format!("malformed JSON: {}", strip_place(&error.to_string())))?;
        let query = match fields.remove("query") {
            Some(Value::String(query)) => query,
            Some(_) => return Err("\"query\" must be a string".to_owned()),
            None => return Err("the field \"query\" is missing".to_owned()),
        };
        let id = match fields.remove("id") {
            Some(id @ (Value::String(_) | Value::Number(_))) => id,
            Some(_) => return Err("\"id\" must be a string or a number".to_owned()),
            None => Value::from(self.line),
        };
        Ok(QueryLine { line: self.line, id, query, options: fields })
    }
}

/// The parser counts lines of its own, which are always 1.
fn strip_place(message: &str) -> String {
    message.replace(" at line 1 column", " at column")
}

impl<R: BufRead> Iterator for QueryReader<R> {
    type Item = Result<QueryLine, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.done {
            self.line += 1;
            let line = self.line;
            let problem = |message: String| Problem::new("queries", Some(line), message);
            match self.read_line() {
                Ok(false) => self.done = true,
                Ok(true) => match self.parse() {
                    Ok(None) => {}
                    Ok(Some(query)) => return Some(Ok(query)),
                    Err(message) => return Some(Err(problem(message))),
                },
                Err(error) => {
                    self.done = true;
                    return Some(Err(problem(format!("cannot be read: {error}"))));
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    type Read = Result<(Value, String), (Option<u64>, String)>;

    fn read(text: &[u8]) -> Vec<Read> {
        QueryReader::new(text)
            .map(|line| match line {
                Ok(line) => Ok((line.id, line.query)),
                Err(problem) => Err((problem.line, problem.message)),
            })
            .collect()
    }

    #[test]
    fn three_ways_to_write_a_query() {
        let read =
            read(b"rice\n\nq7\tfire arrows\r\n{\"id\": 3, \"query\": \"siege\", \"limit\": 2}\n");
        let expected = [(json!(1), "rice"), (json!("q7"), "fire arrows"), (json!(3), "siege")];
        assert_eq!(read, expected.map(|(id, query)| Ok((id, query.to_owned()))));
    }

    #[test]
    fn a_bad_line_does_not_stop_the_rest() {
        let read = read(b"{\"id\": 1}\n\xff\n{oops\nrice");
        assert_eq!(read.len(), 4);
        assert_eq!(read[0], Err((Some(1), "the field \"query\" is missing".to_owned())));
        assert_eq!(read[1], Err((Some(2), "the line is not UTF-8".to_owned())));
        assert!(matches!(&read[2], Err((Some(3), message)) if message.contains("column 2")));
        assert_eq!(read[3], Ok((json!(4), "rice".to_owned())));
    }

    #[test]
    fn a_line_that_is_too_long_is_told_and_left() {
        let mut text = vec![b'a'; MAX_LINE_BYTES * 2];
        text.extend_from_slice(b"\nrice\n");
        let read = read(&text);
        assert!(matches!(&read[0], Err((Some(1), message)) if message.contains("longer")));
        assert_eq!(read[1], Ok((json!(2), "rice".to_owned())));
    }
}
