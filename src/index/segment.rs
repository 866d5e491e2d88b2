//! A segment of an open index, with everything that searching needs of it.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use tantivy::columnar::Column;
use tantivy::index::SegmentComponent;
use tantivy::postings::{SegmentPostings, TermInfo};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, InvertedIndexReader, SegmentReader, Term};

use super::bits::Bits;
use super::deleted::Deleted;
use super::forward::{ForwardReader, WordId};
use super::schema::{EARLIEST, TEXT};
use crate::analysis::chain::stem_of;
use crate::lang::script_of;

/// See the module.
pub struct Segment {
    pub(super) reader: SegmentReader,
    pub forward: ForwardReader,
    /// By field, opened when first asked for: tantivy's own cache has a lock.
    inverted: Vec<OnceLock<Arc<InvertedIndexReader>>>,
    pub(super) deleted: Deleted,
}

impl Segment {
    pub(super) fn open(reader: SegmentReader) -> tantivy::Result<Segment> {
        let forward = ForwardReader::of_segment(&reader)?;
        let deleted = Deleted::of(&reader);
        let inverted = reader.schema().fields().map(|_| OnceLock::new()).collect();
        Ok(Segment { reader, forward, inverted, deleted })
    }

    /// The deleted passages that hold the stem of a form, ascending; `None` where they cannot be
    /// read.
    pub(super) fn deleted_with_stem_of(&self, id: WordId) -> Option<Vec<DocId>> {
        let form = self.forward.vocabulary().word(id)?;
        let field = self.reader.schema().get_field(TEXT).ok()?;
        let term = Term::from_field_text(field, &stem_of(&form, script_of(&form)));
        let inverted = self.inverted(field).ok()?;
        let postings = inverted.read_block_postings(&term, IndexRecordOption::Basic).ok()?;
        Some(postings.map(|postings| self.deleted.among(postings)).unwrap_or_default())
    }

    /// Passages, deleted ones included.
    pub fn max_doc(&self) -> DocId {
        self.reader.max_doc()
    }

    pub fn live(&self) -> u32 {
        self.reader.num_docs()
    }

    pub fn has_deleted(&self) -> bool {
        !self.deleted.is_empty()
    }

    pub fn deleted(&self) -> &Bits {
        self.deleted.set()
    }

    pub fn is_live(&self, doc: DocId) -> bool {
        !self.deleted.contains(doc)
    }

    pub fn inverted(&self, field: Field) -> tantivy::Result<Arc<InvertedIndexReader>> {
        let Some(kept) = self.inverted.get(field.field_id() as usize) else {
            return self.reader.inverted_index(field);
        };
        if let Some(reader) = kept.get() {
            return Ok(reader.clone());
        }
        let reader = self.reader.inverted_index(field)?;
        Ok(kept.get_or_init(|| reader).clone())
    }

    /// The earliest date of each passage as a number; `None` where no passage has one.
    pub fn earliest_dates(&self) -> tantivy::Result<Option<Column<i64>>> {
        self.reader.fast_fields().column_opt(EARLIEST)
    }

    pub fn field_norms(
        &self,
        field: Field,
    ) -> tantivy::Result<tantivy::fieldnorm::FieldNormReader> {
        self.reader.get_fieldnorms_reader(field)
    }

    /// The postings of a term, with positions if the option asks for them; `None` if it has none.
    pub fn postings(
        &self,
        term: &Term,
        option: IndexRecordOption,
    ) -> tantivy::Result<Option<SegmentPostings>> {
        Ok(self.inverted(term.field())?.read_postings(term, option)?)
    }

    /// A term and in how many live passages it occurs.
    pub(super) fn term(&self, term: &Term) -> tantivy::Result<Option<(TermInfo, u64)>> {
        let inverted = self.inverted(term.field())?;
        let Some(info) = inverted.get_term_info(term)? else {
            return Ok(None);
        };
        let all = u64::from(info.doc_freq);
        if self.deleted.is_empty() {
            return Ok(Some((info, all)));
        }
        let option = IndexRecordOption::Basic;
        let gone =
            self.deleted.count_among(inverted.read_block_postings_from_terminfo(&info, option)?);
        Ok(Some((info, all.saturating_sub(u64::from(gone)))))
    }

    /// Size in bytes of the segment's files by their ending.
    pub fn file_sizes(&self) -> BTreeMap<String, u64> {
        let components = [
            ("idx", SegmentComponent::Postings),
            ("pos", SegmentComponent::Positions),
            ("term", SegmentComponent::Terms),
            ("store", SegmentComponent::Store),
            ("fieldnorm", SegmentComponent::FieldNorms),
            ("fast", SegmentComponent::FastFields),
            (
                super::forward::EXTENSION,
                SegmentComponent::Custom(super::forward::EXTENSION.to_owned()),
            ),
        ];
        components
            .into_iter()
            .filter_map(|(name, component)| {
                let file = self.reader.open_read(component).ok()?;
                Some((name.to_owned(), tantivy::HasLen::len(&file) as u64))
            })
            .collect()
    }
}
