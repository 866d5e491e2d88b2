//! Which passages a query allows at all: its operators, filters and required parts as sets.
//!
//! Invariant: whatever there was no time for, only passages that fulfil the condition are allowed.
//! So what is not known to be complete excludes nothing, and its opposite is nothing.

use std::sync::Arc;

use tantivy::postings::SegmentPostings;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, TERMINATED, Term};

use super::deadline::Watch;
use super::positions::Occurrences;
use crate::error::Result;
use crate::index::{Bits, OpenIndex, Segment, TermRange};

/// A condition on passages. Nesting is bounded by the query parser's depth.
#[derive(Clone, Debug)]
pub enum Filter {
    /// Holds one of the terms.
    Terms {
        field: Field,
        terms: Vec<String>,
    },
    /// Holds a term between two others.
    Ranges {
        field: Field,
        ranges: Vec<TermRange>,
    },
    /// Is among passages found beforehand.
    Found(Arc<Occurrences>),
    /// Fulfils this at least: there was no time for the rest of the condition.
    Part(Box<Filter>),
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
}

impl Filter {
    /// The live passages of each segment that fulfil the condition, as far as `watch` lets them be
    /// found.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn evaluate(&self, index: &OpenIndex, watch: &Watch) -> Result<Vec<Bits>> {
        let sets = index.segments.iter().enumerate().map(|(place, segment)| {
            let (mut set, _) = self.in_segment(segment, place, watch)?;
            set.subtract(segment.deleted());
            Ok(set)
        });
        sets.collect::<tantivy::Result<_>>().map_err(|error| index.damaged(error))
    }

    /// The passages of a segment, and whether these are all of them.
    fn in_segment(
        &self,
        segment: &Segment,
        place: usize,
        watch: &Watch,
    ) -> tantivy::Result<(Bits, bool)> {
        let len = segment.max_doc();
        let mut set = Bits::empty(len);
        let mut complete = true;
        if watch.is_over_after(STEPS_OF_SET + len / DOCUMENTS_OF_STEP) {
            return Ok((set, false));
        }
        match self {
            Filter::Terms { field, terms } => {
                for term in terms {
                    let term = Term::from_field_text(*field, term);
                    if let Some(postings) = segment.postings(&term, IndexRecordOption::Basic)? {
                        complete &= insert_all(&mut set, postings, watch);
                    }
                }
            }
            Filter::Ranges { field, ranges } => {
                let inverted = segment.inverted(*field)?;
                for TermRange { from, to } in ranges {
                    let terms = inverted.terms().range().ge(from).le(to);
                    let mut terms = terms.into_stream()?;
                    while complete && terms.advance() {
                        let option = IndexRecordOption::Basic;
                        let postings =
                            inverted.read_postings_from_terminfo(terms.value(), option)?;
                        complete = insert_all(&mut set, postings, watch);
                    }
                }
            }
            Filter::Found(lists) => {
                for &(doc, _) in lists.get(place).into_iter().flatten() {
                    set.insert(doc);
                }
            }
            Filter::Part(filter) => {
                (set, _) = filter.in_segment(segment, place, watch)?;
                complete = false;
            }
            Filter::Any(filters) => {
                for filter in filters {
                    let (other, all) = filter.in_segment(segment, place, watch)?;
                    set.union(&other);
                    complete &= all;
                }
            }
            Filter::All(filters) => {
                set = Bits::full(len);
                for filter in filters {
                    let (other, all) = filter.in_segment(segment, place, watch)?;
                    set.intersect(&other);
                    complete &= all;
                }
            }
            Filter::Not(filter) => {
                let (other, all) = filter.in_segment(segment, place, watch)?;
                if all {
                    set = other;
                    set.invert();
                }
                complete = all;
            }
        }
        Ok((set, complete))
    }
}

/// Steps that making a set takes, …
const STEPS_OF_SET: u32 = 16;
/// … and how many documents of it take one more.
const DOCUMENTS_OF_STEP: u32 = 1024;
/// Steps that opening postings takes.
const STEPS_OF_POSTINGS: u32 = 16;

/// Whether all were inserted.
fn insert_all(set: &mut Bits, mut postings: SegmentPostings, watch: &Watch) -> bool {
    let mut doc = postings.doc();
    if watch.is_over_after(STEPS_OF_POSTINGS) {
        return false;
    }
    while doc != TERMINATED {
        if watch.is_over_after(1) {
            return false;
        }
        set.insert(doc);
        doc = postings.advance();
    }
    true
}
