//! Phrases and nearness: words that are asked for in certain places.

use tantivy::schema::Field as IndexField;

use super::{Compiler, STEPS_OF_WORD};
use crate::error::Result;
use crate::query::{Field, Node, Word};
use crate::search::hit::How;
use crate::search::positions::{MAX_SLOP, Order, Pattern};
use crate::search::retrieve::{Member, idf};
use crate::search::snippet::{MatchPhrase, MatchTerm};

impl Compiler<'_, '_> {
    /// Adds what stands in certain places: found beforehand, scored like a rare word.
    pub(super) fn add_pattern(&mut self, label: &str, pattern: &Pattern, boost: f32) -> Result<()> {
        if pattern.slots.is_empty() || self.watch.is_over_after(STEPS_OF_WORD) {
            return Ok(());
        }
        let found = self.find_pattern(pattern)?;
        let mut weight = 0.0;
        for terms in &pattern.slots {
            let mut df = 0;
            for term in terms {
                df += self.index.doc_freq(pattern.field, term)?;
            }
            weight += idf(df.min(self.passages), self.passages);
        }
        let members = vec![Member::found(found)];
        let leaf = self.leaf(pattern.field, members, weight, boost, format!("\"{label}\""));
        self.plan.kept_leaves.push(leaf);
        if pattern.field == self.fields().text {
            let unit = self.next_unit();
            let tag = self.tag(label, label, How::Exact);
            for phrase in marked_phrases(pattern, tag) {
                self.plan.matcher.add_phrase(unit, weight * boost, phrase);
            }
        }
        Ok(())
    }

    pub(super) fn phrase(&mut self, words: &Word, slop: u32, field: IndexField) -> Pattern {
        self.pattern_of(words, slop, field, "")
    }

    pub(super) fn field_phrase(&mut self, field: &Field, words: &Word, slop: u32) -> Pattern {
        let (place, before) = self.place_of(field);
        self.pattern_of(words, slop, place, &before)
    }

    fn pattern_of(&mut self, words: &Word, slop: u32, field: IndexField, before: &str) -> Pattern {
        let words = self.analyzer.words(&words.text);
        let slots = words.iter().map(|word| vec![format!("{before}{}", word.stem)]).collect();
        Pattern { field, slots, order: Order::Phrase { slop: slop.min(MAX_SLOP) } }
    }

    pub(super) fn near(&mut self, left: &Node, right: &Node, distance: u32) -> Result<Pattern> {
        let (mut slots, left_slop) = self.near_side(left)?;
        let left = slots.len();
        let (right, right_slop) = self.near_side(right)?;
        slots.extend(right);
        let distance = distance.clamp(1, MAX_SLOP);
        let order = Order::Near { left, left_slop, right_slop, distance };
        Ok(Pattern { field: self.fields().text, slots, order })
    }

    /// The terms for each place of one side of NEAR, and the slop between them.
    fn near_side(&mut self, node: &Node) -> Result<(Vec<Vec<String>>, u32)> {
        let text = self.fields().text;
        let expanded = match node {
            Node::Word(word) => return Ok((self.phrase(word, 0, text).slots, 0)),
            Node::Phrase { words, slop } => {
                return Ok((self.phrase(words, 0, text).slots, (*slop).min(MAX_SLOP)));
            }
            Node::Prefix(word) => self.expand_form(word, None),
            Node::Fuzzy { word, distance } => self.expand_form(word, Some(*distance)),
            _ => return Ok((Vec::new(), 0)),
        };
        // Patterns are made of stems.
        let mut stems: Vec<String> = expanded
            .words
            .iter()
            .flat_map(|(form, _)| self.analyzer.words(form))
            .map(|word| word.stem)
            .collect();
        stems.sort_unstable();
        stems.dedup();
        Ok((vec![stems], 0))
    }
}

/// What is marked of a pattern: two words that are near each other, or whole phrases.
fn marked_phrases(pattern: &Pattern, tag: u32) -> Vec<MatchPhrase> {
    let marks = |terms: &Vec<String>| terms.iter().map(|term| MatchTerm::stem(term, tag)).collect();
    let slots: Vec<Vec<MatchTerm>> = pattern.slots.iter().map(marks).collect();
    match pattern.order {
        Order::Phrase { slop } => vec![MatchPhrase { slots, slop, ordered: true }],
        Order::Near { distance, .. } if slots.len() == 2 => {
            vec![MatchPhrase { slots, slop: distance.saturating_sub(1), ordered: false }]
        }
        Order::Near { left, left_slop, right_slop, .. } => {
            let mut first = slots;
            let right = first.split_off(left.min(first.len()));
            vec![
                MatchPhrase { slots: first, slop: left_slop, ordered: true },
                MatchPhrase { slots: right, slop: right_slop, ordered: true },
            ]
        }
    }
}

/// The words of a side of NEAR.
pub(super) fn node_word(node: &Node) -> Option<&Word> {
    match node {
        Node::Word(word) | Node::Prefix(word) => Some(word),
        Node::Fuzzy { word, .. } => Some(word),
        Node::Phrase { words, .. } => Some(words),
        _ => None,
    }
}
