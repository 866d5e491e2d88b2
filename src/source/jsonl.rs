//! JSON Lines: each line an object that is an article or a passage.
//!
//! Fields: `text`, and optionally `id`, `title`, `url`, `lang`; further ones are kept as they are.
//! What WikiExtractor writes is of this form. Lines of an export say so themselves. Dumps of a search index are told by their first line.
//! A line that cannot be used is a problem of that line alone.

use std::io::BufReader;

use serde_json::{Map, Value};

use super::cirrus::Action;
use super::content::Content;
use super::exported::{Exports, is_exported};
use super::lines::{Record, RecordReader};
use super::record::RecordArticle;
use super::{RECORD_BYTES, Reading, Sink};
use crate::error::Result;
use crate::model::Lang;

/// Reads every record of a file.
pub(super) fn read_jsonl(
    content: &mut Content<'_>,
    reading: &Reading<'_>,
    sink: &mut dyn Sink,
) -> Result<()> {
    let stream = content.records().map_err(|error| reading.unreadable(&error))?;
    let mut records = RecordReader::new(BufReader::with_capacity(64 << 10, stream));
    let mut form = Form::Unknown;
    let mut exports = Exports::default();
    loop {
        let record = match records.next_record() {
            Ok(record) => record,
            Err(error) => return reading.break_off(&error, sink),
        };
        let (place, article) = match record {
            None => return Ok(()),
            Some(Record::TooLong { place }) => {
                let limit = RECORD_BYTES >> 20;
                (place, Err(format!("the line is longer than {limit} MiB")))
            }
            Some(Record::Line { bytes, .. }) if bytes.trim_ascii().is_empty() => continue,
            Some(Record::Line { bytes, place }) => match parse_object(bytes) {
                Ok(record) if is_exported(&record) => {
                    exports.hand_on(record, place, reading, sink)?;
                    continue;
                }
                parsed => (place, parsed.and_then(|record| form.article(record))),
            },
        };
        match article {
            Ok(Some(article)) => {
                exports.leave();
                article.send(place, reading, sink)?;
            }
            Ok(None) => {}
            Err(message) => sink.problem(reading.problem(Some(place.line), message)),
        }
    }
}

/// What the lines of a file are, as the first of them tells.
enum Form {
    Unknown,
    /// Each is an article.
    Articles,
    /// Pairs of an action and a document.
    Cirrus(Option<Action>),
}

impl Form {
    /// The article of the next line, if it gives one.
    fn article(
        &mut self,
        record: Map<String, Value>,
    ) -> std::result::Result<Option<RecordArticle>, String> {
        let action = match self {
            Form::Articles => None,
            Form::Unknown | Form::Cirrus(_) => Action::of(&record),
        };
        match (self, action) {
            (form, Some(action)) => {
                *form = Form::Cirrus(Some(action));
                Ok(None)
            }
            (Form::Cirrus(last), None) => last.take().unwrap_or_default().article(record),
            (form, None) => {
                *form = Form::Articles;
                article(record).map(Some)
            }
        }
    }
}

fn parse_object(bytes: &[u8]) -> std::result::Result<Map<String, Value>, String> {
    let line = std::str::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())?;
    match serde_json::from_str(line) {
        Ok(Value::Object(record)) => Ok(record),
        Ok(Value::Array(_)) => {
            Err("is a JSON array: write each of its objects on a line of its own".to_owned())
        }
        Ok(_) => Err("is not a JSON object".to_owned()),
        Err(error) => Err(json_fault(&error)),
    }
}

fn article(mut record: Map<String, Value>) -> std::result::Result<RecordArticle, String> {
    let text = match record.remove("text") {
        Some(Value::String(text)) => text,
        Some(_) => return Err("`text` is not a string".to_owned()),
        None => return Err("`text` is missing".to_owned()),
    };
    let id = match record.remove("id") {
        None | Some(Value::Null) => None,
        Some(Value::String(id)) => Some(id),
        // A fraction or a number beyond 64 bits would not keep its digits.
        Some(Value::Number(id)) if id.is_i64() || id.is_u64() => Some(id.to_string()),
        Some(_) => return Err("`id` is neither a string nor a whole number".to_owned()),
    };
    let title = match record.remove("title") {
        None | Some(Value::Null) => None,
        Some(Value::String(title)) => Some(title),
        Some(_) => return Err("`title` is not a string".to_owned()),
    };
    let lang = take_string(&mut record, "lang", Lang::parse);
    let url = take_string(&mut record, "url", |url| Some(url.to_owned()));
    Ok(RecordArticle { id, title, lang, url, extra: record, text })
}

/// Takes a field out if it is a string that `parse` understands; else it stays a further field.
fn take_string<T>(
    record: &mut Map<String, Value>,
    name: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    let parsed = parse(record.get(name)?.as_str()?)?;
    record.remove(name);
    Some(parsed)
}

fn json_fault(error: &serde_json::Error) -> String {
    // The message ends in its place in the text, whose only line is ours to name.
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    format!("is not valid JSON: {message} (column {})", error.column())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Collected, collect};
    use super::*;
    use crate::model::{Block, Kind};
    use crate::source::Format;

    fn read(text: &[u8], whole: bool) -> Collected {
        collect(text, "wars/notes 1.jsonl", Format::Auto, whole)
    }

    #[test]
    fn records_become_articles() {
        let text = r#"{"id": "busanjin", "title": "Siege", "text": "It began.\n\n== Legacy ==\nA statue.", "url": "https://example.org/", "lang": "EN", "year": 1592}

{"id": 7, "title": "", "text": "السابع", "lang": ["ar"]}
{"text": ""}"#;
        let Collected { heads, blocks, problems, .. } = read(text.as_bytes(), false);
        assert_eq!(problems, []);
        let ids: Vec<&str> = heads.iter().map(|head| head.id.as_str()).collect();
        assert_eq!(ids, ["busanjin", "7", "wars/notes%201.jsonl:4"]);
        assert_eq!(heads[0].title.as_deref(), Some("Siege"));
        assert_eq!(heads[0].lang, Some(Lang::ENGLISH));
        assert_eq!(heads[0].url.as_deref(), Some("https://example.org/"));
        assert_eq!(heads[0].extra["year"], 1592);
        assert_eq!((&heads[1].title, &heads[1].lang), (&None, &None));
        assert!(heads[1].extra.contains_key("lang"));
        let line = text.find('\n').expect("a line") as u64;
        assert_eq!(heads[0].place.span.end, line);
        assert_eq!(heads[1].place.line, 3);
        assert_eq!(blocks.len(), 4);
        assert!(matches!(
            &blocks[1],
            Block::Heading { level: 2, text, place } if text == "Legacy" && *place == heads[0].place
        ));
    }

    #[test]
    fn articles_of_wikiextractor_are_records() {
        let line = r#"{"id": "12", "revid": "345", "url": "https://ar.wikipedia.org/wiki?curid=12", "title": "حصار هانجو", "text": "حصار هانجو معركة.\n\nبدأ الحصار.\nانتهى.\n"}"#;
        let Collected { heads, blocks, problems, .. } = read(line.as_bytes(), false);
        assert_eq!(problems, []);
        assert_eq!((heads[0].id.as_str(), heads[0].title.as_deref()), ("12", Some("حصار هانجو")));
        assert_eq!(heads[0].url.as_deref(), Some("https://ar.wikipedia.org/wiki?curid=12"));
        assert_eq!(heads[0].extra["revid"], "345");
        let paragraphs: Vec<(&str, bool)> = blocks
            .iter()
            .filter_map(|block| match block {
                Block::Paragraph { text, continues, .. } => Some((text.as_str(), *continues)),
                _ => None,
            })
            .collect();
        assert_eq!(
            paragraphs,
            [("حصار هانجو معركة.", false), ("بدأ الحصار.", false), ("\nانتهى.", true)]
        );
    }

    #[test]
    fn whole_records_are_one_block() {
        let blocks = read(br#"{"text": "= One =\n\n- two"}"#, true).blocks;
        assert!(matches!(
            blocks.as_slice(),
            [Block::Paragraph { kind: Kind::Prose, text, continues: false, .. }]
                if text == "= One =\n\n- two"
        ));
    }

    #[test]
    fn bad_lines_are_named_and_skipped() {
        let lines: [&[u8]; 14] = [
            br#"{"id": "a", "text": "kept"}"#,
            br#"{"id": "b", "text": "cut"#,
            br#"["text"]"#,
            br#"{"id": "c"}"#,
            br#"{"text": null}"#,
            br#"{"id": "d e", "text": ""}"#,
            br#"{"id": 1.5, "text": ""}"#,
            br#"{"id": 123456789012345678901, "text": ""}"#,
            br#"{"title": 5, "text": ""}"#,
            b"{\"text\": \"\xd8\xb4\xd8\xa7\xe9\"}",
            br#"{"text": "\ud800"}"#,
            br#"{"id": "", "text": ""}"#,
            br#"{"text": "", } "#,
            br#"{"id": "z", "text": "kept"}"#,
        ];
        let Collected { heads, problems, .. } = read(&lines.join(&b"\n"[..]), false);
        let ids: Vec<&str> = heads.iter().map(|head| head.id.as_str()).collect();
        assert_eq!(ids, ["a", "z"]);
        let named: Vec<u64> = problems.iter().filter_map(|problem| problem.line).collect();
        assert_eq!(named, Vec::from_iter(2..=13));
        assert_eq!(
            problems[0].to_string(),
            "wars/notes 1.jsonl:2: is not valid JSON: EOF while parsing a string (column 24)"
        );
        assert_eq!(problems[2].message, "`text` is missing");
    }

    #[test]
    fn nesting_without_end_is_a_problem_of_its_line() {
        let text = format!("{{\"text\": \"\", \"x\": {}", "[".repeat(1_000_000));
        assert_eq!(read(text.as_bytes(), false).problems.len(), 1);
    }

    #[test]
    fn titles_too_long_for_a_title_are_text() {
        let text = format!(r#"{{"title": "{}", "text": "x"}}"#, "word ".repeat(1000));
        let Collected { heads, blocks, .. } = read(text.as_bytes(), false);
        assert_eq!(heads[0].title, None);
        assert_eq!(blocks.len(), 2);
    }
}
