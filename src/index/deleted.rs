//! Passages that were deleted since their segment was written: tantivy's counts still hold them,
//! ours do not.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use rustc_hash::FxHashMap;
use tantivy::postings::BlockSegmentPostings;
use tantivy::{DocId, SegmentReader, TERMINATED};

use super::bits::Bits;
use super::forward::{ForwardReader, PassageWords, WordId};
use crate::analysis::chain::stem_of;
use crate::lang::script_of;

/// Terms of a segment that are counted by walking through their postings; then the deleted
/// passages are read once, so that each further term is looked up.
const WALKED_TERMS: u32 = 256;

/// The deleted passages of a segment.
pub struct Deleted {
    /// Ascending.
    docs: Vec<DocId>,
    set: Bits,
    /// Forms that they hold, and how many of them; made when first asked for.
    forms: OnceLock<FxHashMap<WordId, u32>>,
    /// Stems likewise, by [`Part`].
    stems: OnceLock<[FxHashMap<String, u32>; 3]>,
    walked: AtomicU32,
}

/// The fields of stems, as parts of the words of a passage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Title, section path, text and hidden words.
    All,
    Title,
    Section,
}

impl Deleted {
    pub fn of(segment: &SegmentReader) -> Deleted {
        let mut set = Bits::empty(0);
        let mut docs = Vec::new();
        if let Some(alive) = segment.alive_bitset() {
            set = Bits::empty(segment.max_doc());
            docs.extend((0..segment.max_doc()).filter(|&doc| alive.is_deleted(doc)));
            docs.iter().for_each(|&doc| set.insert(doc));
        }
        Deleted {
            docs,
            set,
            forms: OnceLock::new(),
            stems: OnceLock::new(),
            walked: AtomicU32::new(0),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.docs.is_empty()
    }

    /// Ascending.
    pub fn docs(&self) -> &[DocId] {
        &self.docs
    }

    pub fn contains(&self, doc: DocId) -> bool {
        self.set.contains(doc)
    }

    /// How many of them hold a form.
    pub fn with_form(&self, id: WordId, forward: &ForwardReader) -> u32 {
        if self.docs.is_empty() {
            return 0;
        }
        let forms = self.forms.get_or_init(|| {
            let mut counts = FxHashMap::default();
            let mut words = PassageWords::default();
            for &doc in &self.docs {
                forward.read_passage(doc, &mut words);
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

    /// How many of them hold a stem in a part, if it is quicker to look that up than to walk
    /// through the stem's postings; otherwise `None`.
    pub fn with_stem(&self, stem: &str, part: Part, forward: &ForwardReader) -> Option<u32> {
        if self.docs.is_empty() {
            return Some(0);
        }
        // Threads may count a few terms too many or too few, which changes nothing but time.
        if self.stems.get().is_none() && self.walked.fetch_add(1, Ordering::Relaxed) < WALKED_TERMS
        {
            return None;
        }
        let stems = self.stems.get_or_init(|| count_stems(&self.docs, forward));
        Some(stems[part as usize].get(stem).copied().unwrap_or(0))
    }

    /// How many of them are among a term's postings.
    pub fn among(&self, mut postings: BlockSegmentPostings) -> u32 {
        let mut count = 0;
        loop {
            let docs = postings.docs();
            if docs.first().is_none_or(|&doc| doc == TERMINATED) {
                return count;
            }
            count += docs.iter().filter(|&&doc| self.set.contains(doc)).count() as u32;
            postings.advance();
        }
    }
}

fn count_stems(docs: &[DocId], forward: &ForwardReader) -> [FxHashMap<String, u32>; 3] {
    /// A stem's counts, and the last passage of each, counted from 1.
    #[derive(Default)]
    struct Counts {
        stem: String,
        counts: [u32; 3],
        last: [u32; 3],
    }
    let vocabulary = forward.vocabulary();
    let mut stem_of_word: FxHashMap<WordId, usize> = FxHashMap::default();
    let mut place_of_stem: FxHashMap<String, usize> = FxHashMap::default();
    let mut all: Vec<Counts> = Vec::new();
    let mut words = PassageWords::default();
    for &doc in docs {
        forward.read_passage(doc, &mut words);
        let section_end = words.title_words + words.section_words;
        for (at, &id) in words.words.iter().enumerate() {
            let place = *stem_of_word.entry(id).or_insert_with(|| {
                let form = vocabulary.word(id).unwrap_or_default();
                let stem = stem_of(&form, script_of(&form)).into_owned();
                *place_of_stem.entry(stem).or_insert_with_key(|stem| {
                    all.push(Counts { stem: stem.clone(), ..Counts::default() });
                    all.len() - 1
                })
            });
            let part = match at {
                at if at < words.title_words => Part::Title,
                at if at < section_end => Part::Section,
                _ => Part::All,
            };
            let Counts { counts, last, .. } = &mut all[place];
            for part in [Part::All, part] {
                if last[part as usize] != doc + 1 {
                    last[part as usize] = doc + 1;
                    counts[part as usize] += 1;
                }
            }
        }
    }
    let mut stems: [FxHashMap<String, u32>; 3] = Default::default();
    for Counts { stem, counts, .. } in all {
        for (stems, count) in stems.iter_mut().zip(counts) {
            if count > 0 {
                stems.insert(stem.clone(), count);
            }
        }
    }
    stems
}
