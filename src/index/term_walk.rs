//! All terms of a field in byte order, whatever segments they are in.

use std::sync::Arc;

use tantivy::postings::{BlockSegmentPostings, TermInfo};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, InvertedIndexReader};

use super::segment::Segment;

/// A term in one segment.
#[derive(Clone, Debug)]
pub struct Place {
    /// Of [`OpenIndex::segments`](super::OpenIndex::segments).
    pub segment: usize,
    /// Among the terms of that segment.
    pub ordinal: u64,
    pub info: TermInfo,
}

/// Reads postings of one field; the last ones' buffers are used again.
pub struct PostingsReader {
    inverted: Vec<Arc<InvertedIndexReader>>,
    block: Option<BlockSegmentPostings>,
}

impl PostingsReader {
    pub fn new(segments: &[Segment], field: Field) -> tantivy::Result<PostingsReader> {
        let inverted = segments.iter().map(|segment| segment.inverted(field));
        Ok(PostingsReader { inverted: inverted.collect::<tantivy::Result<_>>()?, block: None })
    }

    /// The postings of a term, at their first block; `None` where there is no such segment.
    pub fn open(&mut self, place: &Place) -> tantivy::Result<Option<&mut BlockSegmentPostings>> {
        let Some(reader) = self.inverted.get(place.segment) else { return Ok(None) };
        match &mut self.block {
            Some(block) => reader.reset_block_postings_from_terminfo(&place.info, block)?,
            empty => {
                let option = IndexRecordOption::Basic;
                *empty = Some(reader.read_block_postings_from_terminfo(&place.info, option)?);
            }
        }
        Ok(self.block.as_mut())
    }

    /// Hands on all documents of a term.
    pub fn visit(&mut self, place: &Place, mut each: impl FnMut(DocId)) -> tantivy::Result<()> {
        let Some(block) = self.open(place)? else { return Ok(()) };
        while !block.docs().is_empty() {
            block.docs().iter().copied().for_each(&mut each);
            block.advance();
        }
        Ok(())
    }
}

/// Hands on every term of a field that one of the segments has and which is not before `from` nor
/// at or after `to`, and where it is. Segments for which `wanted` says no are passed over.
pub fn walk_terms(
    segments: &[Segment],
    field: Field,
    wanted: impl Fn(usize) -> bool,
    (from, to): (&[u8], Option<&[u8]>),
    mut visit: impl FnMut(&[u8], &[Place]) -> tantivy::Result<()>,
) -> tantivy::Result<()> {
    let inverted = segments.iter().map(|segment| segment.inverted(field));
    let inverted = inverted.collect::<tantivy::Result<Vec<_>>>()?;
    let mut streams = Vec::with_capacity(inverted.len());
    for (segment, reader) in inverted.iter().enumerate().filter(|&(segment, _)| wanted(segment)) {
        let mut range = reader.terms().range().ge(from);
        if let Some(to) = to {
            range = range.lt(to);
        }
        let mut stream = range.into_stream()?;
        if stream.advance() {
            streams.push((segment, stream));
        }
    }
    let mut term = Vec::new();
    let mut places = Vec::with_capacity(streams.len());
    while let Some(next) = streams.iter().map(|(_, stream)| stream.key()).min() {
        term.clear();
        term.extend_from_slice(next);
        streams.retain_mut(|(segment, stream)| {
            if stream.key() != term {
                return true;
            }
            let (ordinal, info) = (stream.term_ord(), stream.value().clone());
            places.push(Place { segment: *segment, ordinal, info });
            stream.advance()
        });
        visit(&term, &places)?;
        places.clear();
    }
    Ok(())
}
