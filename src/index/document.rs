//! From a passage to what tantivy is given: analysis happens here, once.

use tantivy::TantivyDocument;

use super::categories::category_terms;
use super::date_terms::{PassageDates, date_number, year_term};
use super::manifest::Totals;
use super::record;
use super::schema::{DUPLICATE, Fields, INFOBOX_SEPARATOR};
use super::tape::{Item, Tape, items};
use super::tape_maker::TapeMaker;
use crate::lang::identify_language;
use crate::model::Passage;

/// Makes documents; one for each thread, as it keeps the analysis of words met before.
pub struct DocumentMaker {
    fields: Fields,
    tapes: TapeMaker,
}

impl DocumentMaker {
    pub fn new(fields: Fields) -> DocumentMaker {
        DocumentMaker { fields, tapes: TapeMaker::default() }
    }

    /// The document of a passage and what it adds to the totals. `source` is the key under which
    /// it is deleted again, `file` its file relative to the root.
    pub fn document(
        &mut self,
        passage: Passage,
        source: &str,
        file: &str,
    ) -> (TantivyDocument, Totals) {
        let fields = self.fields;
        let Passage { kind, title, section, text, hidden, .. } = &passage;
        let parts = self.tapes.record(*kind, title.as_deref(), section, text, hidden);
        let tape = self.tapes.tape();
        let mut document = TantivyDocument::new();
        document.add_text(fields.id, &passage.id);
        document.add_text(fields.article, &passage.article);
        document.add_text(fields.source, source);
        document.add_text(fields.text, tape);
        document.add_text(fields.title, &tape[parts.title]);
        document.add_text(fields.section, &tape[parts.section]);
        document.add_text(fields.kind, passage.kind.name());
        for (key, value) in &passage.fields {
            self.add_infobox_entry(&mut document, key, value);
        }
        self.add_dates(&mut document, &passage);
        for category in category_terms(&passage.extra, &mut self.tapes.analyzer) {
            document.add_text(fields.category, category);
        }
        let lang = identify_language(&passage.text, passage.lang.as_ref());
        document.add_text(fields.lang, lang.code());
        if let Some(content) = &passage.content {
            document.add_text(fields.content, content);
        }
        if passage.duplicate_of.is_some() {
            document.add_text(fields.duplicate, DUPLICATE);
        }
        let totals = Totals {
            articles: u64::from(passage.ordinal == 0),
            passages: 1,
            text_words: parts.words,
            title_words: parts.title_words,
            section_words: parts.section_words,
        };
        let file = passage.file.as_deref().unwrap_or(file);
        document.add_bytes(fields.record, &record::encode(&passage, &lang, file));
        (document, totals)
    }

    /// The title is left out: it would give every passage of `Siege of Pyongyang (1593)` that year.
    fn add_dates(&self, document: &mut TantivyDocument, passage: &Passage) {
        let mut dates = PassageDates::default();
        for text in passage.section.iter().chain([&passage.text]) {
            dates.add_text(text);
        }
        for year in dates.years {
            document.add_text(self.fields.year, year_term(year));
        }
        for date in dates.dates {
            document.add_text(self.fields.date, date);
        }
        if let Some(earliest) = dates.earliest {
            document.add_i64(self.fields.earliest, date_number(earliest));
        }
    }

    fn add_infobox_entry(&mut self, document: &mut TantivyDocument, key: &str, value: &str) {
        for key in infobox_keys(key) {
            let mut tape = Tape::default();
            self.tapes.analyzer.analyze(value, |word| {
                let term = format!("{key}{INFOBOX_SEPARATOR}{}", word.stem);
                tape.push(&term, &term, false);
            });
            if items(tape.as_str()).any(|item| matches!(item, Item::Word { .. })) {
                document.add_text(self.fields.infobox, tape.as_str());
                document.add_text(self.fields.infobox_key, &key);
            }
        }
    }
}

/// The names under which an infobox entry is asked for: `Commander1` is `commander1` and
/// `commander`. Names are lower-cased words joined by `_`.
pub fn infobox_keys(key: &str) -> Vec<String> {
    let words: Vec<String> = key
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let full = words.join("_");
    let bare = full.trim_end_matches(|c: char| c.is_numeric()).trim_end_matches('_').to_owned();
    let mut keys = vec![full];
    if !bare.is_empty() && keys[0] != bare {
        keys.push(bare);
    }
    keys.retain(|key| !key.is_empty() && key.len() <= 200);
    keys
}

#[cfg(test)]
mod tests {
    use super::infobox_keys;

    #[test]
    fn numbered_keys_are_also_found_without_their_number() {
        assert_eq!(infobox_keys("Commander1"), ["commander1", "commander"]);
        assert_eq!(infobox_keys("Date"), ["date"]);
        assert_eq!(infobox_keys("Birth place"), ["birth_place"]);
        assert_eq!(infobox_keys("1592"), ["1592"]);
        assert!(infobox_keys("–").is_empty());
    }
}
