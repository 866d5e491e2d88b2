//! What a query becomes before the index is searched.

use super::expand::Became;
use super::filter::Filter;
use super::hit::{Expansion, MatchedBy};
use super::request::{Rank, Request};
use super::retrieve::Leaf;
use super::snippet::Matcher;
use crate::analysis::OwnedWord;
use crate::index::Bits;

/// Notes on a query, at the most.
const MOST_NOTES: usize = 20;
/// Stands for the others.
const MORE_NOTES: &str = "there is more of this kind in the query";

/// A compiled query.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// What the first stage adds up.
    pub leaves: Vec<Leaf>,
    /// For each leaf what it stands for, in words.
    pub labels: Vec<String>,
    /// Which passages are allowed at all; `None` where any leaf is enough.
    pub filter: Option<Filter>,
    /// The live passages of each segment that the filters of the request leave, if there are any.
    pub within: Option<Vec<Bits>>,
    /// The words that the second stage ranks by, in the order of the query, each stem once.
    pub words: Vec<PlannedWord>,
    /// Every word of the query in its order, function words included.
    pub all_words: Vec<OwnedWord>,
    /// Places in `leaves` of what the second stage does not see for itself, such as infobox fields
    /// and phrases; it adds their scores to its own.
    pub kept_leaves: Vec<usize>,
    /// What is marked in the text.
    pub matcher: Matcher,
    /// What the tags of `matcher` stand for.
    pub tags: Vec<MatchedBy>,
    /// What each word became.
    pub expansions: Vec<Expansion>,
    /// What the reader should know of how the query was understood.
    pub notes: Vec<String>,
}

impl Plan {
    /// Adds what the reader should know, once. Beyond a number of notes only that there are more.
    pub fn note(&mut self, note: String) {
        if self.notes.contains(&note) {
            return;
        }
        match self.notes.len() {
            0..MOST_NOTES => self.notes.push(note),
            MOST_NOTES => self.notes.push(MORE_NOTES.to_owned()),
            _ => {}
        }
    }

    /// Whether candidates are ranked again; otherwise the sums of the leaves rank.
    pub fn ranks_again(&self, request: &Request) -> bool {
        request.rank == Rank::TwoStage && !self.words.is_empty()
    }
}

/// A word of the query that passages are ranked by.
#[derive(Clone, Debug)]
pub struct PlannedWord {
    pub word: OwnedWord,
    /// How much the user wants it to count; 1 where nothing is said.
    pub boost: f32,
    /// Of the stem, over live passages.
    pub idf: f32,
    /// Of the exact form.
    pub idf_form: f32,
    /// What else it stands for.
    pub became: Vec<Became>,
    /// Of its names in the other script and its translations together.
    pub idf_across: f32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_few_and_each_is_there_once() {
        let mut plan = Plan::default();
        for number in 0..3 * MOST_NOTES {
            plan.note(format!("note {}", number / 2));
        }
        assert_eq!(plan.notes.len(), MOST_NOTES + 1);
        assert_eq!(plan.notes[..2], ["note 0", "note 1"]);
        assert_eq!(plan.notes[MOST_NOTES], MORE_NOTES);
    }
}
