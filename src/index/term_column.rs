//! Which values of a field each passage has, as numbers in the order of the values: made of the
//! field's terms when first asked for, so that counting does not walk hundreds of thousands of
//! terms for each query.
//!
//! Takes four bytes for each passage, four for each value that a passage has, and eight for each
//! value of the field, for as long as the index is held.

use std::sync::OnceLock;

use tantivy::DocId;
use tantivy::schema::Field;

use super::reader::OpenIndex;
use super::term_walk::{PostingsReader, walk_terms};
use crate::error::Result;

/// See the module.
pub struct TermColumn {
    field: Field,
    segments: Vec<SegmentColumn>,
    /// For each value the first of its terms: a segment and its place in the segment's dictionary.
    values: Vec<(u32, u32)>,
}

#[derive(Default)]
struct SegmentColumn {
    /// Where the numbers of each document begin; one more at the end.
    starts: Vec<u32>,
    numbers: Vec<u32>,
}

/// Columns of the fields that have them.
#[derive(Default)]
pub struct TermColumns {
    pub(super) article: OnceLock<TermColumn>,
    pub(super) category: OnceLock<TermColumn>,
    pub(super) year: OnceLock<TermColumn>,
}

impl TermColumn {
    /// How many values there are; their numbers are below.
    pub fn values(&self) -> usize {
        self.values.len()
    }

    /// The numbers of a document's values, ascending. One may be repeated.
    pub fn of(&self, segment: u32, doc: DocId) -> &[u32] {
        let numbers = || {
            let SegmentColumn { starts, numbers } = self.segments.get(segment as usize)?;
            let (start, end) = (starts.get(doc as usize)?, starts.get(doc as usize + 1)?);
            numbers.get(*start as usize..*end as usize)
        };
        numbers().unwrap_or_default()
    }

    /// The first of a value's terms.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn term(&self, index: &OpenIndex, number: usize) -> Result<Vec<u8>> {
        let mut term = Vec::new();
        if let Some(&(segment, ordinal)) = self.values.get(number)
            && let Some(segment) = index.segments.get(segment as usize)
        {
            let inverted = segment.inverted(self.field).map_err(|error| index.damaged(error))?;
            let found = inverted.terms().ord_to_term(u64::from(ordinal), &mut term);
            found.map_err(|error| index.damaged(error))?;
        }
        Ok(term)
    }

    fn build(
        index: &OpenIndex,
        field: Field,
        key_of: fn(&[u8]) -> &[u8],
    ) -> tantivy::Result<TermColumn> {
        let mut values: Vec<(u32, u32)> = Vec::new();
        let mut last: Option<Vec<u8>> = None;
        // Of each segment documents and numbers, in the order of numbers.
        let mut pairs: Vec<Vec<(DocId, u32)>> = vec![Vec::new(); index.segments.len()];
        let mut postings = PostingsReader::new(&index.segments, field)?;
        walk_terms(
            &index.segments,
            field,
            |_| true,
            (b"", None),
            |term, places| {
                if last.as_deref() != Some(key_of(term)) {
                    last = Some(key_of(term).to_vec());
                    let first = places.first().map(|place| (place.segment, place.ordinal));
                    let (segment, ordinal) = first.unwrap_or_default();
                    values.push((segment as u32, ordinal as u32));
                }
                let number = values.len() as u32 - 1;
                for place in places {
                    let Some(pairs) = pairs.get_mut(place.segment) else { continue };
                    postings.visit(place, |doc| pairs.push((doc, number)))?;
                }
                Ok(())
            },
        )?;
        let segments = index.segments.iter().zip(pairs);
        let segments =
            segments.map(|(segment, pairs)| SegmentColumn::of(segment.max_doc(), &pairs));
        Ok(TermColumn { field, segments: segments.collect(), values })
    }
}

impl SegmentColumn {
    /// Sorts pairs by document; those of one document stay in their order.
    fn of(max_doc: DocId, pairs: &[(DocId, u32)]) -> SegmentColumn {
        let mut starts = vec![0u32; max_doc as usize + 1];
        for &(doc, _) in pairs {
            if let Some(after) = starts.get_mut(doc as usize + 1) {
                *after += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut numbers = vec![0; sum as usize];
        for &(doc, number) in pairs {
            if let Some(at) = next.get_mut(doc as usize)
                && let Some(slot) = numbers.get_mut(*at as usize)
            {
                *slot = number;
                *at += 1;
            }
        }
        SegmentColumn { starts, numbers }
    }
}

impl OpenIndex {
    /// The articles of all passages.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn articles(&self) -> Result<&TermColumn> {
        self.column(&self.columns.article, self.fields.article, |term| term)
    }

    /// The categories of all passages, those that count as one with one number.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn categories(&self) -> Result<&TermColumn> {
        let key_of = super::categories::compared_part;
        self.column(&self.columns.category, self.fields.category, key_of)
    }

    /// The years of all passages.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn years(&self) -> Result<&TermColumn> {
        self.column(&self.columns.year, self.fields.year, |term| term)
    }

    /// Whether the columns are made already.
    pub fn has_columns(&self) -> bool {
        let TermColumns { article, category, year } = &self.columns;
        [article, category, year].into_iter().all(|column| column.get().is_some())
    }

    fn column<'a>(
        &self,
        kept: &'a OnceLock<TermColumn>,
        field: Field,
        key_of: fn(&[u8]) -> &[u8],
    ) -> Result<&'a TermColumn> {
        if let Some(column) = kept.get() {
            return Ok(column);
        }
        let built = TermColumn::build(self, field, key_of).map_err(|error| self.damaged(error))?;
        Ok(kept.get_or_init(|| built))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_a_document_stand_together() {
        let column = SegmentColumn::of(4, &[(2, 0), (0, 1), (2, 1), (3, 1), (2, 5), (9, 6)]);
        let of = |doc: usize| {
            let (start, end) = (column.starts[doc], column.starts[doc + 1]);
            &column.numbers[start as usize..end as usize]
        };
        assert_eq!([of(0), of(1), of(2), of(3)], [&[1][..], &[], &[0, 1, 5], &[1]]);
    }
}
