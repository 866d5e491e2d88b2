//! The index's words as names and spellings are looked for among them.

use std::ops::ControlFlow;

use tantivy::schema::Field;

use super::deadline::Watch;
use super::positions::{Order, Pattern, find_pattern};
use crate::analysis::chain::stem_of;
use crate::crosslingual::{
    Key, MemoryVocabulary, Visit, Vocabulary, WordInfo, embedded_lexicon, names_in_other_script,
};
use crate::index::forward::{WordId, WordTraits};
use crate::index::{OpenIndex, Segment};
use crate::lang::script_of;

/// Steps that looking at a word takes.
const STEPS_OF_WORD: u32 = 8;

/// The vocabulary of an open index, all segments together.
///
/// Words that only deleted passages hold may be among them until segments are merged: whoever
/// uses a word asks [`OpenIndex::doc_freq`] first.
pub struct IndexVocabulary<'a> {
    index: &'a OpenIndex,
    text: Field,
    watch: &'a Watch,
}

impl<'a> IndexVocabulary<'a> {
    /// Words are looked for as long as `watch` has time.
    pub fn new(index: &'a OpenIndex, watch: &'a Watch) -> IndexVocabulary<'a> {
        IndexVocabulary { index, text: index.fields.text, watch }
    }

    /// Calls `each` with the words of one full key, in byte order.
    fn visit_full(&self, key: Key, each: &mut Visit<'_>) -> ControlFlow<()> {
        let mut word = Vec::new();
        let mut heads: Vec<Head> = self.index.segments.iter().map(|s| Head::new(s, key)).collect();
        loop {
            if self.watch.is_over_after(STEPS_OF_WORD) {
                return ControlFlow::Break(());
            }
            let left = heads.iter().filter(|head| head.id.is_some());
            let Some(least) = left.min_by(|a, b| a.word.cmp(&b.word)) else {
                return ControlFlow::Continue(());
            };
            word.clear();
            word.extend_from_slice(&least.word);
            for head in &mut heads {
                if head.id.is_some() && head.word == word {
                    head.advance();
                }
            }
            if let Ok(form) = std::str::from_utf8(&word) {
                // Of all segments: where it is not written like a name it has no key.
                each(form, &|| self.word(form).unwrap_or_default())?;
            }
        }
    }
}

/// Goes through the words of one key in one segment, in byte order.
struct Head<'a> {
    segment: &'a Segment,
    ids: Box<dyn Iterator<Item = WordId> + 'a>,
    /// `None` at the end.
    id: Option<WordId>,
    word: Vec<u8>,
}

impl<'a> Head<'a> {
    fn new(segment: &'a Segment, key: Key) -> Head<'a> {
        let ids = Box::new(segment.forward.sounds().words(key));
        let mut head = Head { segment, ids, id: None, word: Vec::new() };
        head.advance();
        head
    }

    fn advance(&mut self) {
        let vocabulary = self.segment.forward.vocabulary();
        let word = &mut self.word;
        self.id = self.ids.find(|&id| vocabulary.read_word(id, word));
    }
}

/// The index's words and some more.
struct WithMore<'a> {
    index: IndexVocabulary<'a>,
    more: MemoryVocabulary,
}

impl Vocabulary for WithMore<'_> {
    fn by_key(&self, key: Key, each: &mut Visit<'_>) {
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
    let watch = Watch::default();
    let vocabulary = WithMore { index: IndexVocabulary::new(index, &watch), more };
    names
        .iter()
        .map(|name| {
            let found = names_in_other_script(name, true, &vocabulary, embedded_lexicon());
            found.into_iter().map(|expansion| expansion.form).collect()
        })
        .collect()
}

/// What is known of a word, as far as live passages hold it.
fn traits(index: &OpenIndex, place: u32, segment: &Segment, id: WordId) -> WordTraits {
    let passages = index.form_freq_in(place, id);
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
    fn by_key(&self, key: Key, each: &mut Visit<'_>) {
        for key in std::iter::once(key).chain(key.with_one_class_more()) {
            if self.visit_full(key, each).is_break() {
                return;
            }
        }
    }

    fn word(&self, form: &str) -> Option<WordInfo> {
        let mut found = (0..)
            .zip(&self.index.segments)
            .filter_map(|(place, segment)| {
                let vocabulary = segment.forward.vocabulary();
                vocabulary.id(form).map(|id| traits(self.index, place, segment, id))
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
        find_pattern(self.index, &pattern, self.watch)
            .is_ok_and(|found| found.iter().any(|documents| !documents.is_empty()))
    }
}
