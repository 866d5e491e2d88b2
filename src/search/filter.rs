//! Which passages a query allows at all: its operators, filters and required parts as sets.

use tantivy::postings::SegmentPostings;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, TERMINATED, Term};

use super::retrieve::Occurrence;
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
    Found(Vec<Vec<Occurrence>>),
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
}

impl Filter {
    /// The live passages of each segment that fulfil the condition.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn evaluate(&self, index: &OpenIndex) -> Result<Vec<Bits>> {
        let sets = index.segments.iter().enumerate().map(|(place, segment)| {
            let mut set = self.in_segment(segment, place)?;
            set.subtract(segment.deleted());
            Ok(set)
        });
        sets.collect::<tantivy::Result<_>>().map_err(|error| index.damaged(error))
    }

    fn in_segment(&self, segment: &Segment, place: usize) -> tantivy::Result<Bits> {
        let len = segment.max_doc();
        let mut set = Bits::empty(len);
        match self {
            Filter::Terms { field, terms } => {
                for term in terms {
                    let term = Term::from_field_text(*field, term);
                    if let Some(postings) = segment.postings(&term, IndexRecordOption::Basic)? {
                        insert_all(&mut set, postings);
                    }
                }
            }
            Filter::Ranges { field, ranges } => {
                let inverted = segment.inverted(*field)?;
                for TermRange { from, to } in ranges {
                    let terms = inverted.terms().range().ge(from).le(to);
                    let mut terms = terms.into_stream()?;
                    while terms.advance() {
                        let option = IndexRecordOption::Basic;
                        let postings =
                            inverted.read_postings_from_terminfo(terms.value(), option)?;
                        insert_all(&mut set, postings);
                    }
                }
            }
            Filter::Found(lists) => {
                for &(doc, _) in lists.get(place).into_iter().flatten() {
                    set.insert(doc);
                }
            }
            Filter::Any(filters) => {
                for filter in filters {
                    set.union(&filter.in_segment(segment, place)?);
                }
            }
            Filter::All(filters) => {
                set = Bits::full(len);
                for filter in filters {
                    set.intersect(&filter.in_segment(segment, place)?);
                }
            }
            Filter::Not(filter) => {
                set = filter.in_segment(segment, place)?;
                set.invert();
            }
        }
        Ok(set)
    }
}

fn insert_all(set: &mut Bits, mut postings: SegmentPostings) {
    let mut doc = postings.doc();
    while doc != TERMINATED {
        set.insert(doc);
        doc = postings.advance();
    }
}
