//! The index's words as names and spellings are looked for among them.

use std::ops::ControlFlow;

use tantivy::schema::Field;

use super::positions::{Order, Pattern, find_pattern};
use crate::analysis::chain::stem_of;
use crate::crosslingual::{
    Key, MemoryVocabulary, Vocabulary, WordInfo, embedded_lexicon, names_in_other_script,
};
use crate::index::forward::{WordId, WordTraits};
use crate::index::{OpenIndex, Segment};
use crate::lang::script_of;

/// The vocabulary of an open index, all segments together.
///
/// Words that only deleted passages hold may be among them until segments are merged: whoever
/// uses a word asks [`OpenIndex::doc_freq`] first.
pub struct IndexVocabulary<'a> {
    index: &'a OpenIndex,
    text: Field,
}

impl<'a> IndexVocabulary<'a> {
    pub fn new(index: &'a OpenIndex) -> IndexVocabulary<'a> {
        IndexVocabulary { index, text: index.fields.text }
    }

    /// Calls `each` with the words of one full key, in byte order.
    fn visit_full(
        &self,
        key: Key,
        each: &mut dyn FnMut(&str, WordInfo) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut found: Vec<(String, WordTraits)> = Vec::new();
        let mut bytes = Vec::new();
        for segment in &self.index.segments {
            let vocabulary = segment.forward.vocabulary();
            for id in segment.forward.sounds().words(key) {
                if !vocabulary.read_word(id, &mut bytes) {
                    continue;
                }
                let Ok(word) = std::str::from_utf8(&bytes) else { continue };
                if let [_] = self.index.segments.as_slice() {
                    each(word, info(traits(segment, id)))?;
                } else {
                    found.push((word.to_owned(), traits(segment, id)));
                }
            }
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        for group in found.chunk_by(|a, b| a.0 == b.0) {
            each(&group[0].0, info(join(group.iter().map(|(_, traits)| *traits))))?;
        }
        ControlFlow::Continue(())
    }
}

/// The index's words and some more.
struct WithMore<'a> {
    index: IndexVocabulary<'a>,
    more: MemoryVocabulary,
}

impl Vocabulary for WithMore<'_> {
    fn by_key(&self, key: Key, each: &mut dyn FnMut(&str, WordInfo) -> ControlFlow<()>) {
        let mut stopped = false;
        self.more.by_key(key, &mut |form, info| {
            let flow = each(form, info);
            stopped = flow.is_break();
            flow
        });
        if !stopped {
            self.index.by_key(key, each);
        }
    }

    fn word(&self, form: &str) -> Option<WordInfo> {
        self.index.word(form).or_else(|| self.more.word(form))
    }

    fn adjacent(&self, first: &str, second: &str) -> bool {
        self.index.adjacent(first, second) || self.more.adjacent(first, second)
    }
}

/// For each of the names, folded, the words that it is matched with in the other script, best
/// first: among the index's words and those of `pool`.
pub fn match_names(index: &OpenIndex, names: &[String], pool: &[String]) -> Vec<Vec<String>> {
    let mut more = MemoryVocabulary::new();
    for form in pool {
        more.add(form, WordInfo { df: 1, capitalized_only: false });
    }
    let vocabulary = WithMore { index: IndexVocabulary::new(index), more };
    names
        .iter()
        .map(|name| {
            let found = names_in_other_script(name, true, &vocabulary, embedded_lexicon());
            found.into_iter().map(|expansion| expansion.form).collect()
        })
        .collect()
}

/// What is known of a word, as far as live passages hold it.
fn traits(segment: &Segment, id: WordId) -> WordTraits {
    let passages = segment.form_freq(id);
    WordTraits { passages, ..segment.forward.vocabulary().traits(id) }
}

fn join(all: impl Iterator<Item = WordTraits>) -> WordTraits {
    all.reduce(|mut a, b| {
        a.hints.merge(b.hints);
        a.passages = a.passages.saturating_add(b.passages);
        a
    })
    .unwrap_or_default()
}

fn info(traits: WordTraits) -> WordInfo {
    WordInfo {
        df: traits.passages,
        capitalized_only: traits.hints.seen_capitalized && !traits.hints.seen_plain,
    }
}

impl Vocabulary for IndexVocabulary<'_> {
    fn by_key(&self, key: Key, each: &mut dyn FnMut(&str, WordInfo) -> ControlFlow<()>) {
        for key in std::iter::once(key).chain(key.with_one_class_more()) {
            if self.visit_full(key, each).is_break() {
                return;
            }
        }
    }

    fn word(&self, form: &str) -> Option<WordInfo> {
        let mut found = self
            .index
            .segments
            .iter()
            .filter_map(|segment| {
                let vocabulary = segment.forward.vocabulary();
                vocabulary.id(form).map(|id| traits(segment, id))
            })
            .peekable();
        found.peek()?;
        Some(info(join(found)))
    }

    fn adjacent(&self, first: &str, second: &str) -> bool {
        let stem = |form: &str| vec![stem_of(form, script_of(form)).into_owned()];
        let pattern = Pattern {
            field: self.text,
            slots: vec![stem(first), stem(second)],
            order: Order::Phrase { slop: 0 },
        };
        // An index that cannot be read fails where it is searched.
        find_pattern(self.index, &pattern)
            .is_ok_and(|found| found.iter().any(|documents| !documents.is_empty()))
    }
}
