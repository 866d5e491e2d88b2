//! Passages of an export: lines that another index wrote, which become what they were there.
//!
//! A line of an export says so by a field of its own, so no other JSON Lines are taken for one, and
//! its lines may stand in any file of JSON Lines. What always holds: the passages of an article are
//! handed on unchanged, in the order of their ordinals.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::id::{exported_id_fault, quoted};
use super::{Reading, Sink};
use crate::error::Result;
use crate::model::{
    ArticleHead, Block, ByteSpan, Kind, Lang, NO_ORDINAL, Passage, Place, passage_id,
};

/// The field by which a line says that it is a passage of an export; it holds the version of the
/// form.
const MARK: &str = "warraq_passage";
const VERSION: u64 = 1;

/// A passage as a line of an export. Fields that hold nothing are left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedPassage {
    /// Always 1.
    warraq_passage: u64,
    id: String,
    /// The id of its article.
    article: String,
    /// 0-based place among the passages of its article; none for another title of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ordinal: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    section: Vec<String>,
    #[serde(default)]
    kind: Kind,
    /// Told from the text where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lang: Option<String>,
    /// Relative to the root that was indexed.
    file: String,
    /// 1-based.
    line: u64,
    /// Bytes in the decoded file.
    start: u64,
    end: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// Infobox entries: key and value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    fields: Vec<(String, String)>,
    /// Further fields of the record that the article was.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    extra: Map<String, Value>,
    text: String,
    /// Words that are searched and not shown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    hidden: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    duplicate_of: Option<String>,
}

impl From<Passage> for ExportedPassage {
    fn from(passage: Passage) -> ExportedPassage {
        ExportedPassage {
            warraq_passage: VERSION,
            id: passage.id,
            article: passage.article,
            ordinal: Some(passage.ordinal).filter(|&ordinal| ordinal != NO_ORDINAL),
            title: passage.title,
            section: passage.section,
            kind: passage.kind,
            lang: passage.lang.map(|lang| lang.code().to_owned()),
            file: passage.file.unwrap_or_default(),
            line: passage.place.line,
            start: passage.place.span.start,
            end: passage.place.span.end,
            url: passage.url,
            fields: passage.fields,
            extra: passage.extra,
            text: passage.text,
            hidden: passage.hidden,
            duplicate_of: passage.duplicate_of,
        }
    }
}

impl ExportedPassage {
    /// The passage, or what is wrong with it.
    fn into_passage(self) -> std::result::Result<Passage, String> {
        for id in [&self.id, &self.article].into_iter().chain(&self.duplicate_of) {
            if let Some(fault) = exported_id_fault(id) {
                return Err(fault);
            }
        }
        if let Some(ordinal) = self.ordinal {
            let whole = ordinal == 0 && self.id == self.article;
            if ordinal == NO_ORDINAL || !whole && self.id != passage_id(&self.article, ordinal) {
                let (id, article) = (quoted(&self.id), quoted(&self.article));
                return Err(format!("{id} is not the id of passage {ordinal} of {article}"));
            }
        }
        let lang = match self.lang {
            None => None,
            Some(code) => match Lang::parse(&code) {
                None => return Err(format!("`lang` is no code of a language: {}", quoted(&code))),
                lang => lang,
            },
        };
        Ok(Passage {
            id: self.id,
            article: self.article,
            title: self.title,
            section: self.section,
            kind: self.kind,
            lang,
            ordinal: self.ordinal.unwrap_or(NO_ORDINAL),
            place: Place { line: self.line, span: ByteSpan::new(self.start, self.end) },
            text: self.text,
            hidden: self.hidden,
            fields: self.fields,
            url: self.url,
            extra: self.extra,
            content: None,
            duplicate_of: self.duplicate_of,
            file: Some(self.file),
        })
    }
}

/// Whether a line is a passage of an export.
pub(super) fn is_exported(record: &Map<String, Value>) -> bool {
    record.get(MARK).is_some_and(Value::is_u64)
}

/// Passages of an export while they are read.
#[derive(Default)]
pub(super) struct Exports {
    /// The article that was handed on last, and the ordinal of its last passage.
    last: Option<(String, u32)>,
}

impl Exports {
    /// Hands a passage on, or says what is wrong with it.
    pub fn hand_on(
        &mut self,
        record: Map<String, Value>,
        place: Place,
        reading: &Reading<'_>,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let passage = match self.passage(record) {
            Ok(passage) => passage,
            Err(message) => {
                sink.problem(reading.problem(Some(place.line), message));
                return Ok(());
            }
        };
        let is_alias = passage.ordinal == NO_ORDINAL;
        let goes_on = self.last.as_ref().is_some_and(|(article, _)| *article == passage.article);
        if is_alias || !goes_on {
            sink.article(ArticleHead {
                id: passage.article.clone(),
                place,
                alias: is_alias.then(|| passage.id.clone()),
                ..ArticleHead::default()
            })?;
        }
        self.last = (!is_alias).then(|| (passage.article.clone(), passage.ordinal));
        sink.block(Block::Passage(Box::new(passage)))
    }

    /// Something else follows.
    pub fn leave(&mut self) {
        self.last = None;
    }

    fn passage(&self, record: Map<String, Value>) -> std::result::Result<Passage, String> {
        let version = record.get(MARK).and_then(Value::as_u64);
        if version != Some(VERSION) {
            return Err(format!(
                "a passage that another version of warraq exported: this one reads {MARK} {VERSION}"
            ));
        }
        let line: ExportedPassage = serde_json::from_value(Value::Object(record))
            .map_err(|error| format!("is no passage of an export: {error}"))?;
        let passage = line.into_passage()?;
        match &self.last {
            Some((article, last)) if *article == passage.article && passage.ordinal <= *last => {
                Err(format!("{} does not come after passage {last}", quoted(&passage.id)))
            }
            _ => Ok(passage),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Collected, collect};
    use super::*;
    use crate::source::Format;

    fn passage(ordinal: u32) -> Passage {
        let mut extra = Map::new();
        extra.insert("year".to_owned(), 1592.into());
        Passage {
            id: passage_id("a b".replace(' ', "%20").as_str(), ordinal),
            article: "a%20b".to_owned(),
            title: Some("Siege\u{202e}\u{1}".to_owned()),
            section: vec!["Battle".to_owned(), "الثاني".to_owned()],
            kind: Kind::Infobox,
            lang: Some(Lang::ARABIC),
            ordinal,
            place: Place { line: 7, span: ByteSpan::new(3, 9) },
            text: "Date: \u{0}1592\n\u{2028}".to_owned(),
            hidden: "20px".to_owned(),
            fields: vec![("Date".to_owned(), "1592".to_owned()); 2],
            url: Some("https://example.org/".to_owned()),
            extra,
            content: None,
            duplicate_of: Some("first".to_owned()),
            file: Some("a b".to_owned()),
        }
    }

    fn line(passage: Passage) -> String {
        serde_json::to_string(&ExportedPassage::from(passage)).unwrap() + "\n"
    }

    fn read(text: &str) -> Collected {
        collect(text.as_bytes(), "export.jsonl", Format::Jsonl, false)
    }

    fn passages(collected: &Collected) -> Vec<&Passage> {
        let mut passages = Vec::new();
        for block in &collected.blocks {
            if let Block::Passage(passage) = block {
                passages.push(&**passage);
            }
        }
        passages
    }

    #[test]
    fn lines_come_back_as_they_were() {
        let bare = Passage { lang: None, ..Passage::default() };
        let bare = Passage { id: "w".into(), article: "w".into(), file: Some("f".into()), ..bare };
        let alias = Passage { id: "other".into(), ordinal: NO_ORDINAL, ..passage(0) };
        let all = [passage(0), passage(4), alias, bare];
        let text: String = all.iter().cloned().map(line).collect();
        let collected = read(&text);
        assert_eq!(collected.problems, []);
        assert_eq!(passages(&collected), all.iter().collect::<Vec<_>>());
        let heads: Vec<_> =
            collected.heads.iter().map(|head| (head.id.as_str(), head.alias.as_deref())).collect();
        assert_eq!(heads, [("a%20b", None), ("a%20b", Some("other")), ("w", None)]);
    }

    #[test]
    fn lines_that_cannot_be_used_are_named() {
        let good = line(passage(3));
        let faults = [
            (good.replace(":1,\"id\"", ":2,\"id\""), "another version"),
            (good.replace("b#3", "c#3"), "is not the id of passage 3"),
            (good.replace("\"ar\"", "\"a r\""), "no code of a language"),
            (good.replace("\"hidden\"", "\"hiden\""), "unknown field `hiden`"),
            (good.replace("\"text\"", "\"title\""), "is no passage of an export"),
            (good.replace("\"first\"", "\"fi rst\""), "holds white space"),
            (good.replace("infobox", "box"), "unknown variant `box`"),
            (good.clone(), "does not come after passage 3"),
        ];
        for (bad, says) in faults {
            let Collected { problems, blocks, .. } = read(&(good.clone() + &bad));
            assert_eq!((problems.len(), blocks.len()), (1, 1), "{bad}");
            assert!(problems[0].message.contains(says), "{problems:?}");
            assert_eq!(problems[0].line, Some(2));
        }
    }

    #[test]
    fn other_records_are_articles() {
        let lines =
            "{\"warraq_passage\": \"x\", \"text\": \"y\"}\n{\"text\": \"z\", \"ordinal\": 4}";
        let Collected { heads, problems, .. } = read(lines);
        assert_eq!(problems, []);
        assert_eq!(heads[0].extra["warraq_passage"], "x");
        assert_eq!(heads[1].extra["ordinal"], 4);
    }
}
