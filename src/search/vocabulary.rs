//! Words of the index by how they begin or by how they are nearly spelt.

use std::sync::LazyLock;

use levenshtein_automata::LevenshteinAutomatonBuilder;
use tantivy::Term;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field;

use super::deadline::Watch;
use crate::error::Result;
use crate::index::OpenIndex;

/// Words that a prefix or a fuzzy word becomes, at the most.
pub const MOST_EXPANDED: usize = 256;
/// Words looked at for them in one segment, at the most.
const MOST_VISITED: usize = 100_000;
/// Steps that looking at a word takes.
const STEPS_OF_WORD: u32 = 2;
/// … finding one among the terms of a field, most of which are passed over unseen.
const STEPS_OF_FOUND: u32 = 1000;

/// Words with their numbers of passages, and whether there were more than could be taken.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expanded {
    /// The most frequent first; equal counts in byte order.
    pub words: Vec<(String, u64)>,
    pub cut: bool,
}

impl Expanded {
    fn from_counts(counts: std::collections::BTreeMap<String, u64>, cut: bool) -> Expanded {
        let mut words: Vec<(String, u64)> = counts.into_iter().filter(|&(_, n)| n > 0).collect();
        words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let cut = cut || words.len() > MOST_EXPANDED;
        words.truncate(MOST_EXPANDED);
        Expanded { words, cut }
    }
}

/// The forms of the index that begin with `prefix`.
pub fn forms_with_prefix(index: &OpenIndex, prefix: &str, watch: &Watch) -> Expanded {
    let mut counts = std::collections::BTreeMap::new();
    let mut cut = false;
    for (place, segment) in (0..).zip(&index.segments) {
        let vocabulary = segment.forward.vocabulary();
        let mut visited = 0;
        vocabulary.visit_from(vocabulary.lower_bound(prefix.as_bytes()), |id, form| {
            if !form.starts_with(prefix) || watch.is_over_after(STEPS_OF_WORD) {
                return false;
            }
            visited += 1;
            cut |= visited > MOST_VISITED;
            if visited <= MOST_VISITED {
                *counts.entry(form.to_owned()).or_insert(0) +=
                    u64::from(index.form_freq_in(place, id));
            }
            visited <= MOST_VISITED
        });
    }
    Expanded::from_counts(counts, cut)
}

/// The forms of the index at most `distance` (1 or 2) edits away from `word`; a swap of neighbours
/// is one edit.
pub fn forms_nearly(index: &OpenIndex, word: &str, distance: u8, watch: &Watch) -> Expanded {
    static ONE: LazyLock<LevenshteinAutomatonBuilder> =
        LazyLock::new(|| LevenshteinAutomatonBuilder::new(1, true));
    static TWO: LazyLock<LevenshteinAutomatonBuilder> =
        LazyLock::new(|| LevenshteinAutomatonBuilder::new(2, true));
    let automaton = if distance < 2 { &ONE } else { &TWO }.build_dfa(word);
    let mut counts = std::collections::BTreeMap::new();
    for (place, segment) in (0..).zip(&index.segments) {
        let goes_on = |words| !watch.is_over_after(words);
        segment.forward.vocabulary().visit_nearly(&automaton, goes_on, |id, form| {
            *counts.entry(form.to_owned()).or_insert(0) += u64::from(index.form_freq_in(place, id));
        });
    }
    Expanded::from_counts(counts, false)
}

/// The terms of a field that begin with `prefix`.
///
/// # Errors
/// The index cannot be read.
pub fn words_with_prefix(
    index: &OpenIndex,
    field: Field,
    prefix: &str,
    watch: &Watch,
) -> Result<Expanded> {
    let mut counts = std::collections::BTreeMap::new();
    let mut cut = false;
    for segment in &index.segments {
        let inverted = segment.inverted(field).map_err(|error| index.damaged(error))?;
        let terms = inverted.terms().range().ge(prefix.as_bytes()).into_stream();
        let mut terms = terms.map_err(|error| index.damaged(error))?;
        let mut visited = 0;
        while terms.advance() && terms.key().starts_with(prefix.as_bytes()) {
            visited += 1;
            if visited > MOST_VISITED || watch.is_over_after(STEPS_OF_WORD) {
                cut |= visited > MOST_VISITED;
                break;
            }
            if let Ok(word) = std::str::from_utf8(terms.key()) {
                *counts.entry(word.to_owned()).or_insert(0) += u64::from(terms.value().doc_freq);
            }
        }
    }
    live_only(index, field, Expanded::from_counts(counts, cut), watch)
}

/// The terms of a field at most `distance` edits away from `word`; a swap of neighbours is one
/// edit.
///
/// # Errors
/// The index cannot be read.
pub fn words_nearly(
    index: &OpenIndex,
    field: Field,
    word: &str,
    distance: u8,
    watch: &Watch,
) -> Result<Expanded> {
    let term = Term::from_field_text(field, word);
    let query = FuzzyTermQuery::new(term, distance.min(2), true);
    let mut counts = std::collections::BTreeMap::new();
    for segment in &index.segments {
        let inverted = segment.inverted(field).map_err(|error| index.damaged(error))?;
        let automaton = query.automaton().map_err(|error| index.damaged(error))?;
        let terms = inverted.terms().search(automaton).into_stream();
        let mut terms = terms.map_err(|error| index.damaged(error))?;
        while !watch.is_over_after(STEPS_OF_FOUND) && terms.advance() {
            if let Ok(found) = std::str::from_utf8(terms.key()) {
                *counts.entry(found.to_owned()).or_insert(0) += u64::from(terms.value().doc_freq);
            }
        }
    }
    live_only(index, field, Expanded::from_counts(counts, false), watch)
}

/// Takes out words that only deleted passages hold.
fn live_only(
    index: &OpenIndex,
    field: Field,
    mut expanded: Expanded,
    watch: &Watch,
) -> Result<Expanded> {
    if index.segments.iter().any(|segment| segment.has_deleted()) {
        for (word, count) in &mut expanded.words {
            if watch.is_over() {
                *count = 0;
                continue;
            }
            *count = index.doc_freq(field, word)?;
        }
        expanded.words.retain(|&(_, count)| count > 0);
    }
    Ok(expanded)
}
