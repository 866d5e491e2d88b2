//! Passages that were deleted since their segment was written: tantivy's counts still hold them,
//! ours do not.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use rustc_hash::FxHashMap;
use tantivy::postings::BlockSegmentPostings;
use tantivy::{DocId, SegmentReader, TERMINATED};

use super::bits::Bits;
use super::forward::{PassageWords, WordId};

/// Forms that are counted one by one; then the deleted passages are read once for all forms.
const FORMS_ONE_BY_ONE: u32 = 64;

/// The deleted passages of a segment.
pub struct Deleted {
    set: Bits,
    /// Forms that they hold, and how many of them; made when first asked for.
    forms: OnceLock<FxHashMap<WordId, u32>>,
    /// How many forms were asked for.
    asked: AtomicU32,
}

impl Deleted {
    pub fn of(segment: &SegmentReader) -> Deleted {
        let mut set = Bits::empty(0);
        if let Some(alive) = segment.alive_bitset() {
            set = Bits::empty(segment.max_doc());
            let deleted = (0..segment.max_doc()).filter(|&doc| alive.is_deleted(doc));
            deleted.for_each(|doc| set.insert(doc));
        }
        Deleted { set, forms: OnceLock::new(), asked: AtomicU32::new(0) }
    }

    pub fn is_empty(&self) -> bool {
        self.set.is_empty()
    }

    pub fn set(&self) -> &Bits {
        &self.set
    }

    pub fn contains(&self, doc: DocId) -> bool {
        self.set.contains(doc)
    }

    /// How many of them hold a form. `read` gives the words of a passage, `with_stem` the passages
    /// that hold its stem: as long as few forms are asked for, only these are read.
    pub fn with_form(
        &self,
        id: WordId,
        mut read: impl FnMut(DocId, &mut PassageWords),
        with_stem: impl FnOnce() -> Option<Vec<DocId>>,
    ) -> u32 {
        if self.is_empty() {
            return 0;
        }
        if self.forms.get().is_none()
            && self.asked.fetch_add(1, Ordering::Relaxed) < FORMS_ONE_BY_ONE
            && let Some(docs) = with_stem()
        {
            let mut words = PassageWords::default();
            let holds = |doc: DocId| {
                read(doc, &mut words);
                words.words.contains(&id)
            };
            return docs.into_iter().map(holds).filter(|&holds| holds).count() as u32;
        }
        let forms = self.forms.get_or_init(|| {
            let mut counts = FxHashMap::default();
            let mut words = PassageWords::default();
            for doc in self.set.iter() {
                read(doc, &mut words);
                words.words.sort_unstable();
                words.words.dedup();
                for &id in &words.words {
                    *counts.entry(id).or_insert(0) += 1;
                }
            }
            counts
        });
        forms.get(&id).copied().unwrap_or(0)
    }

    /// How many of them are among a term's postings.
    pub fn count_among(&self, postings: BlockSegmentPostings) -> u32 {
        let mut count = 0;
        self.visit_among(postings, |_| count += 1);
        count
    }

    /// Those that are among a term's postings, ascending.
    pub fn among(&self, postings: BlockSegmentPostings) -> Vec<DocId> {
        let mut docs = Vec::new();
        self.visit_among(postings, |doc| docs.push(doc));
        docs
    }

    fn visit_among(&self, mut postings: BlockSegmentPostings, mut visit: impl FnMut(DocId)) {
        loop {
            let docs = postings.docs();
            if docs.first().is_none_or(|&doc| doc == TERMINATED) {
                return;
            }
            docs.iter().filter(|&&doc| self.set.contains(doc)).for_each(|&doc| visit(doc));
            postings.advance();
        }
    }
}
