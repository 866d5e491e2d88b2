//! Files of queries: `id<TAB>query`, one plain query a line, or JSON Lines.
//!
//! Each line stands alone: a bad one is told and the next is read. Memory is bounded by
//! [`MAX_LINE_BYTES`](super::MAX_LINE_BYTES).

use std::io::{BufRead, BufReader, Read};

use serde_json::{Map, Value};

use super::lines::Lines;
use crate::error::Problem;

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

/// A line that holds no query.
#[derive(Clone, Debug, PartialEq)]
pub struct BadQuery {
    pub problem: Problem,
    /// As given, if that much could be read; otherwise the line's number, if there is one.
    pub id: Value,
}

impl From<BadQuery> for Problem {
    fn from(bad: BadQuery) -> Problem {
        bad.problem
    }
}

/// Reads queries line by line; blank lines are passed over.
pub struct QueryReader<R> {
    lines: Lines<R>,
}

impl<R: BufRead> QueryReader<R> {
    /// Queries of a stream whose name does not matter.
    pub fn new(input: R) -> QueryReader<R> {
        QueryReader::named("queries", input)
    }

    /// Queries of a file; `path` is what messages name.
    pub fn named(path: impl Into<String>, input: R) -> QueryReader<R> {
        QueryReader { lines: Lines::new(path, input) }
    }
}

impl<R: Read> QueryReader<BufReader<R>> {
    /// Whether the next line, or an end of it, is read already: nobody is waited for.
    pub fn has_line_at_hand(&self) -> bool {
        self.lines.input().buffer().contains(&b'\n')
    }
}

impl<R: BufRead> Iterator for QueryReader<R> {
    type Item = Result<QueryLine, BadQuery>;

    fn next(&mut self) -> Option<Self::Item> {
        let (line, parsed) = match self.lines.next_line()? {
            Ok((line, text)) => (line, parse_query(line, text)),
            Err(problem) => {
                let id = problem.line.map_or(Value::Null, Value::from);
                return Some(Err(BadQuery { problem, id }));
            }
        };
        Some(parsed.map_err(|(id, message)| {
            let id = id.unwrap_or_else(|| Value::from(line));
            BadQuery { problem: self.lines.problem(line, message), id }
        }))
    }
}

/// What is wrong with a line, and its id if that is known.
type Bad = (Option<Value>, String);

fn parse_query(line: u64, text: &str) -> Result<QueryLine, Bad> {
    if text.trim_start().starts_with('{') {
        return parse_json(line, text);
    }
    let (id, query) = match text.split_once('\t') {
        Some((id, query)) => (Value::from(id.trim()), query),
        None => (Value::from(line), text),
    };
    Ok(QueryLine { line, id, query: query.to_owned(), options: Map::new() })
}

fn parse_json(line: u64, text: &str) -> Result<QueryLine, Bad> {
    let mut fields: Map<String, Value> = serde_json::from_str(text)
        .map_err(|error| (None, format!("malformed JSON: {}", strip_place(&error.to_string()))))?;
    let id = match fields.remove("id") {
        Some(id @ (Value::String(_) | Value::Number(_))) => id,
        Some(_) => return Err((None, "\"id\" must be a string or a number".to_owned())),
        None => Value::from(line),
    };
    let message = match fields.remove("query") {
        Some(Value::String(query)) => return Ok(QueryLine { line, id, query, options: fields }),
        Some(_) => "\"query\" must be a string",
        None => "the field \"query\" is missing",
    };
    Err((Some(id), message.to_owned()))
}

/// The parser counts lines of its own, which are always 1.
fn strip_place(message: &str) -> String {
    message.replace(" at line 1 column", " at column")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::eval::MAX_LINE_BYTES;

    type Read = Result<(Value, String), (Option<u64>, String)>;

    fn read(text: &[u8]) -> Vec<Read> {
        QueryReader::new(text)
            .map(|line| match line {
                Ok(line) => Ok((line.id, line.query)),
                Err(bad) => Err((bad.problem.line, bad.problem.message)),
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

    #[test]
    fn ids_and_what_is_left_of_a_json_line() {
        let lines: Vec<_> = QueryReader::named(
            "q.jsonl",
            &b"{\"query\":\"a\",\"limit\":2}\n{\"id\":[],\"query\":\"a\"}\n\t\t\n \tx\ty"[..],
        )
        .map(|line| line.map_err(|bad| bad.problem.to_string()))
        .collect();
        let options = json!({"limit": 2}).as_object().cloned().unwrap_or_default();
        let query = |line, id, query: &str, options| QueryLine {
            line,
            id,
            query: query.to_owned(),
            options,
        };
        assert_eq!(
            lines,
            [
                Ok(query(1, json!(1), "a", options)),
                Err("q.jsonl:2: \"id\" must be a string or a number".to_owned()),
                Ok(query(4, json!(""), "x\ty", Map::new())),
            ]
        );
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let lines = bytes.split(|&byte| byte == b'\n').count();
            prop_assert!(QueryReader::new(&bytes[..]).count() <= lines);
        }
    }
}
