//! JSON and JSON Lines.
//!
//! The text is kept to the last character. Characters that a terminal or a script engine could
//! take for something else (DEL, C1 controls, bidi controls, line separators) are written as
//! `\u` escapes, so that printing JSON is safe and reading it gives the same text.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use super::batch::BatchAnswer;
use crate::search::hit::{Answer, Hit};
use crate::text::sanitize::is_unsafe;

/// Writes an answer as one object on one line; `pretty` spreads it over several.
///
/// # Errors
/// Those of `out`.
pub fn write_answer(out: &mut dyn Write, answer: &Answer, pretty: bool) -> io::Result<()> {
    if pretty {
        write_value(out, answer, PrettyFormatter::new())
    } else {
        write_value(out, answer, CompactFormatter)
    }
}

/// Writes one hit a line, group after group if there are groups.
///
/// # Errors
/// Those of `out`.
pub fn write_hits(out: &mut dyn Write, answer: &Answer) -> io::Result<()> {
    answer.all_hits().try_for_each(|hit| write_line(out, hit))
}

/// Writes any value as one line of JSON with the same care.
///
/// # Errors
/// Those of `out`, and those of the value's own serialization.
pub fn write_line<T: Serialize + ?Sized>(out: &mut dyn Write, value: &T) -> io::Result<()> {
    write_value(out, value, CompactFormatter)
}

/// Writes any value spread over several lines, with the same care.
///
/// # Errors
/// As [`write_line`].
pub fn write_pretty<T: Serialize + ?Sized>(out: &mut dyn Write, value: &T) -> io::Result<()> {
    write_value(out, value, PrettyFormatter::new())
}

/// One line of a batch: `{"id", "query", "hits"}`, or `{"id", "query", "error"}`.
#[derive(Serialize)]
struct BatchLine<'a> {
    id: &'a serde_json::Value,
    query: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hits: Option<Vec<&'a Hit>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    notes: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    did_you_mean: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    partial: bool,
}

/// Writes the line of one query.
///
/// # Errors
/// Those of `out`.
pub fn write_batch_answer(out: &mut dyn Write, answer: &BatchAnswer<'_>) -> io::Result<()> {
    let found = answer.outcome.ok();
    write_line(
        out,
        &BatchLine {
            id: answer.id,
            query: answer.query,
            hits: found.map(|found| found.all_hits().collect()),
            notes: found.map_or(&[], |found| &found.notes),
            did_you_mean: found.and_then(|found| found.did_you_mean.as_deref()),
            error: answer.outcome.err(),
            partial: found.is_some_and(|found| found.partial),
        },
    )
}

fn write_value<T: Serialize + ?Sized, F: Formatter>(
    out: &mut dyn Write,
    value: &T,
    formatter: F,
) -> io::Result<()> {
    // One write for one line: lines stay whole whatever else writes to the same place.
    let mut line = Vec::with_capacity(1024);
    let mut serializer = serde_json::Serializer::with_formatter(&mut line, Safe(formatter));
    value.serialize(&mut serializer).map_err(io::Error::from)?;
    line.push(b'\n');
    out.write_all(&line)
}

/// A formatter that escapes more than JSON demands.
struct Safe<F>(F);

/// Whether `text` could hold a character that is escaped: most text is done with a look at its
/// bytes.
fn needs_escapes(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, 0x7f | 0xc2 | 0xe2 | 0xef))
        && text.chars().any(is_unsafe)
}

impl<F: Formatter> Formatter for Safe<F> {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if !needs_escapes(fragment) {
            return writer.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_unsafe(*c)) {
            writer.write_all(&rest.as_bytes()[..at])?;
            // All of them are in the Basic Multilingual Plane.
            write!(writer, "\\u{:04x}", u32::from(c))?;
            rest = &rest[at + c.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::output::samples::{arabic_hit, english_hit};
    use crate::search::hit::{Became, Expansion, How, MatchedBy};

    fn written(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    const ENGLISH: &str = r#"{"rank":1,"id":"busan.txt#2","score":12.3457,"article":"busan.txt","title":"Siege of Busan","section":["Battle","Aftermath"],"lang":"en","kind":"prose","file":"busan.txt","line":7,"start":120,"end":162,"text":"The garrison fled.\nFire arrows followed.","matches":[[19,23],[24,30]],"snippet":[{"text":"Fire arrows followed.","matches":[[0,4],[5,11]]}]}"#;

    #[test]
    fn the_keys_of_search() {
        let answer = Answer {
            query: "\"fire arrows\"".into(),
            total: Some(1),
            took_ms: 1.23456,
            hits: vec![english_hit()],
            ..Answer::default()
        };
        assert_eq!(
            written(|out| write_answer(out, &answer, false)),
            format!(
                r#"{{"query":"\"fire arrows\"","total":1,"took_ms":1.235,"hits":[{ENGLISH}]}}"#
            ) + "\n"
        );
        assert_eq!(written(|out| write_hits(out, &answer)), format!("{ENGLISH}\n"));
    }

    #[test]
    fn pretty_is_the_same_value() {
        let answer = Answer { hits: vec![arabic_hit()], ..Answer::default() };
        let pretty = written(|out| write_answer(out, &answer, true));
        let plain = written(|out| write_answer(out, &answer, false));
        assert!(pretty.starts_with("{\n  \"query\": \"\",\n"));
        let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(parse(&pretty), parse(&plain));
    }

    #[test]
    fn nothing_is_null_or_empty() {
        let line = written(|out| {
            write_hits(out, &Answer { hits: vec![arabic_hit()], ..Answer::default() })
        });
        let hit: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(hit["title"], Value::Null);
        assert_eq!(hit["section"], json!([]));
        assert_eq!(hit["lang"], "ar");
        assert!(hit.get("url").is_none() && hit.get("explain").is_none());
    }

    #[test]
    fn what_is_not_asked_for_comes_after() {
        let mut hit = english_hit();
        hit.url = Some("https://example.org/busan".into());
        hit.fields = vec![("Place".into(), "Busan".into())];
        hit.approximate = true;
        hit.matched_by =
            vec![MatchedBy { word: "بوسان".into(), found: "Busan".into(), how: How::Name }];
        let answer = Answer {
            hits: vec![hit],
            expansions: vec![Expansion {
                word: "بوسان".into(),
                became: vec![Became {
                    term: "busan".into(),
                    how: How::Name,
                    weight: 0.7,
                    passages: Some(4),
                }],
            }],
            notes: vec!["`AND` has nothing after it".into()],
            did_you_mean: Some("Busanjin".into()),
            ..Answer::default()
        };
        let line = written(|out| write_answer(out, &answer, false));
        let tail = line.split_once(r#""matches":[[0,4],[5,11]]}]"#).unwrap().1;
        assert_eq!(
            tail,
            concat!(
                r#","url":"https://example.org/busan","fields":[["Place","Busan"]],"#,
                r#""matched_by":[{"word":"بوسان","as":"Busan","how":"name"}],"approximate":true}],"#,
                r#""expansions":[{"word":"بوسان","became":[{"as":"busan","how":"name","weight":0.7,"passages":4}]}],"#,
                r#""notes":["`AND` has nothing after it"],"did_you_mean":"Busanjin"}"#,
                "\n"
            )
        );
    }

    #[test]
    fn groups_take_the_place_of_hits() {
        let mut answer = Answer { hits: vec![arabic_hit(), english_hit()], ..Answer::default() };
        answer.group_by_language(10);
        let line = written(|out| write_answer(out, &answer, false));
        let value: Value = serde_json::from_str(&line).unwrap();
        assert!(value.get("hits").is_none());
        assert_eq!(value["groups"][0]["lang"], "ar");
        assert_eq!(value["groups"][1]["hits"][0]["rank"], 1);
        assert_eq!(written(|out| write_hits(out, &answer)).lines().count(), 2);
    }

    #[test]
    fn lines_of_a_batch() {
        let answer = Answer { hits: vec![english_hit()], ..Answer::default() };
        let line = |id: &Value, outcome| {
            written(|out| write_batch_answer(out, &BatchAnswer { id, query: "fire", outcome }))
        };
        assert_eq!(
            line(&json!("q1"), Ok(&answer)),
            format!("{{\"id\":\"q1\",\"query\":\"fire\",\"hits\":[{ENGLISH}]}}\n")
        );
        let nothing = Answer::default();
        assert_eq!(line(&json!(17), Ok(&nothing)), "{\"id\":17,\"query\":\"fire\",\"hits\":[]}\n");
        assert_eq!(
            line(&json!("q2"), Err("the query is too long")),
            "{\"id\":\"q2\",\"query\":\"fire\",\"error\":\"the query is too long\"}\n"
        );
    }

    #[test]
    fn dangerous_characters_are_escaped_and_come_back() {
        let text = "a\u{1b}[2J\u{9b}31m\u{7f}\u{202e}\u{2066}\u{2028}\u{200c}\u{200f}…b";
        let line = written(|out| write_line(out, text));
        assert_eq!(
            line,
            "\"a\\u001b[2J\\u009b31m\\u007f\\u202e\\u2066\\u2028\u{200c}\u{200f}…b\"\n"
        );
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
    }

    proptest! {
        #[test]
        fn text_is_kept(text in any::<String>()) {
            let line = written(|out| write_line(out, &text));
            let (line, _) = line.split_at(line.len() - 1);
            prop_assert!(!line.chars().any(is_unsafe));
            prop_assert_eq!(serde_json::from_str::<String>(line).ok(), Some(text));
        }
    }
}
