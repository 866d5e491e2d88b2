//! Phrases and nearness: the passages in which words stand in the places asked for.
//!
//! Which passages hold all the words is read from the inverted index, where they stand from the
//! forward file. Only infobox fields, whose words are no part of a passage's text, have positions
//! of their own.

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, TERMINATED, Term};

use super::deadline::Watch;
use super::retrieve::Occurrence;
use crate::analysis::chain::stem_of;
use crate::analysis::hints::{Hints, STEM_HASHES, stem_hash};
use crate::error::Result;
use crate::index::forward::{PassageWords, Vocabulary, WordId};
use crate::index::{Address, Bits, OpenIndex, REGION_GAP, Segment};
use crate::lang::script_of;

/// Steps that reading the words of a passage takes.
const STEPS_OF_PASSAGE: u32 = 64;

/// Words to be met in certain places of one field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pattern {
    pub field: Field,
    /// For each place the terms that may stand there.
    pub slots: Vec<Vec<String>>,
    pub order: Order,
}

/// How the words of a pattern stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// One after the other, with at most `slop` other words between, all together.
    Phrase { slop: u32 },
    /// The first `left` words and the rest are two phrases of their own, in either order, the last
    /// word of one at most `distance` places before the first of the other.
    Near { left: usize, left_slop: u32, right_slop: u32, distance: u32 },
}

/// The largest slop or distance that a pattern can have: less than [`REGION_GAP`], so that title,
/// section and text are never joined.
pub const MAX_SLOP: u32 = REGION_GAP as u32 - 1;

/// Where something occurs and how often, for each segment in ascending order of documents.
pub type Occurrences = Vec<Vec<Occurrence>>;

/// Where a pattern occurs, as far as `watch` lets it be looked for.
///
/// # Errors
/// The index cannot be read.
pub fn find_pattern(index: &OpenIndex, pattern: &Pattern, watch: &Watch) -> Result<Occurrences> {
    let all = (0..).zip(&index.segments);
    all.map(|(place, segment)| find_in_segment(index, place, segment, pattern, watch)).collect()
}

/// Where any of some forms occurs, anywhere in a passage, as far as `watch` lets it be looked for.
///
/// # Errors
/// The index cannot be read.
pub fn find_forms(index: &OpenIndex, forms: &[String], watch: &Watch) -> Result<Occurrences> {
    let all = (0..).zip(&index.segments);
    let found = |(place, segment)| find_forms_in_segment(index, place, segment, forms, watch);
    all.map(found).collect()
}

fn find_forms_in_segment(
    index: &OpenIndex,
    place: u32,
    segment: &Segment,
    forms: &[String],
    watch: &Watch,
) -> Result<Vec<Occurrence>> {
    let vocabulary = segment.forward.vocabulary();
    let mut wanted = Bits::empty(vocabulary.len());
    let mut stems = Vec::new();
    for form in forms {
        if let Some(id) = vocabulary.id(form) {
            wanted.insert(id);
            stems.push(stem_of(form, script_of(form)).into_owned());
        }
    }
    stems.sort_unstable();
    stems.dedup();
    let mut passages = Bits::empty(segment.max_doc());
    for stem in &stems {
        let term = Term::from_field_text(index.fields.text, stem);
        let postings = segment.postings(&term, IndexRecordOption::Basic);
        let Some(mut postings) = postings.map_err(|error| index.damaged(error))? else {
            continue;
        };
        while postings.doc() != TERMINATED && !watch.is_over_after(1) {
            passages.insert(postings.doc());
            postings.advance();
        }
    }
    let mut found = Vec::new();
    let mut words = PassageWords::default();
    for doc in passages.iter().filter(|&doc| segment.is_live(doc)) {
        if watch.is_over_after(STEPS_OF_PASSAGE) {
            break;
        }
        index.read_words(Address { segment: place, doc }, &mut words)?;
        let count = words.words.iter().filter(|&&id| wanted.contains(id)).count();
        if count > 0 {
            found.push((doc, count as f32));
        }
    }
    Ok(found)
}

/// The postings of the terms that may stand in one place.
struct Slot {
    members: Vec<SegmentPostings>,
}

impl Slot {
    fn open(
        segment: &Segment,
        field: Field,
        terms: &[String],
        option: IndexRecordOption,
    ) -> tantivy::Result<Slot> {
        let mut members = Vec::new();
        for term in terms {
            let term = Term::from_field_text(field, term);
            members.extend(segment.postings(&term, option)?);
        }
        Ok(Slot { members })
    }

    fn size(&self) -> u64 {
        self.members.iter().map(|member| u64::from(member.size_hint())).sum()
    }

    fn doc(&self) -> DocId {
        self.members.iter().map(DocSet::doc).min().unwrap_or(TERMINATED)
    }

    fn seek(&mut self, target: DocId) -> DocId {
        for member in &mut self.members {
            if member.doc() < target {
                member.seek(target);
            }
        }
        self.doc()
    }

    fn positions(&mut self, doc: DocId, out: &mut Vec<u32>) {
        out.clear();
        for member in &mut self.members {
            if member.doc() == doc {
                member.append_positions_with_offset(0, out);
            }
        }
        if self.members.len() > 1 {
            out.sort_unstable();
            out.dedup();
        }
    }
}

/// Which words of a passage are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    All,
    Title,
    Section,
}

/// Reads from the words of passages where the terms of slots stand.
struct Places<'a> {
    index: &'a OpenIndex,
    /// Of the segment.
    place: u32,
    vocabulary: &'a Vocabulary,
    words: PassageWords,
    part: Part,
    slots: &'a [Vec<String>],
    /// Hashes of the terms: other words are not read.
    hashes: [u64; STEM_HASHES / 64],
    /// Words looked at lately, by the lowest bits of their ids, each with its place in `slots_of`.
    cache: Vec<(WordId, u32)>,
    /// Sets of slots that words belong to.
    slots_of: Vec<Vec<usize>>,
}

/// Words remembered, a power of two.
const CACHED: usize = 1 << 10;
/// Of a word that belongs to no slot.
const NOWHERE: u32 = u32::MAX;

impl<'a> Places<'a> {
    fn new(
        index: &'a OpenIndex,
        place: u32,
        segment: &'a Segment,
        part: Part,
        slots: &'a [Vec<String>],
    ) -> Places<'a> {
        let mut hashes = [0; STEM_HASHES / 64];
        for term in slots.iter().flatten() {
            let hash = usize::from(stem_hash(term));
            hashes[hash / 64] |= 1 << (hash % 64);
        }
        let cache = vec![(WordId::MAX, NOWHERE); CACHED];
        Places {
            index,
            place,
            vocabulary: segment.forward.vocabulary(),
            words: PassageWords::default(),
            part,
            slots,
            hashes,
            cache,
            slots_of: Vec::new(),
        }
    }

    /// Puts the positions of each slot's terms into its list, ascending.
    fn read(&mut self, doc: DocId, places: &mut [Vec<u32>]) -> Result<()> {
        places.iter_mut().for_each(Vec::clear);
        let mut words = std::mem::take(&mut self.words);
        self.index.read_words(Address { segment: self.place, doc }, &mut words)?;
        let end = words.words.len();
        let regions = [words.title_words, words.text_start(), end - words.hidden_words];
        let range = match self.part {
            Part::All => 0..end,
            Part::Title => 0..regions[0],
            Part::Section => regions[0]..regions[1],
        };
        for at in range {
            let id = words.words[at];
            let cached = self.cache[id as usize % CACHED];
            let of_word = if cached.0 == id { cached.1 } else { self.look(id) };
            if of_word == NOWHERE {
                continue;
            }
            let gaps = regions.iter().filter(|&&start| at >= start).count();
            for &slot in &self.slots_of[of_word as usize] {
                places[slot].push((at + gaps * REGION_GAP) as u32);
            }
        }
        self.words = words;
        Ok(())
    }

    /// The place in `slots_of` of a word that was not looked at lately.
    fn look(&mut self, id: WordId) -> u32 {
        let vocabulary = self.vocabulary;
        let hash = usize::from(Hints::from_marks(vocabulary.marks(id), 0).stem);
        let mut of_word = NOWHERE;
        if self.hashes[hash / 64] >> (hash % 64) & 1 == 1 {
            let form = vocabulary.word(id).unwrap_or_default();
            let stem = stem_of(&form, script_of(&form));
            let holds = |slot: &usize| self.slots[*slot].iter().any(|term| *term == stem);
            let slots: Vec<usize> = (0..self.slots.len()).filter(holds).collect();
            if !slots.is_empty() {
                let known = self.slots_of.iter().position(|known| *known == slots);
                of_word = known.unwrap_or_else(|| {
                    self.slots_of.push(slots);
                    self.slots_of.len() - 1
                }) as u32;
            }
        }
        self.cache[id as usize % CACHED] = (id, of_word);
        of_word
    }
}

fn find_in_segment(
    index: &OpenIndex,
    place: u32,
    segment: &Segment,
    pattern: &Pattern,
    watch: &Watch,
) -> Result<Vec<Occurrence>> {
    let fields = index.fields;
    let part =
        [(fields.text, Part::All), (fields.title, Part::Title), (fields.section, Part::Section)];
    let part = part.into_iter().find(|&(field, _)| field == pattern.field).map(|(_, part)| part);
    let mut reader = part.map(|part| Places::new(index, place, segment, part, &pattern.slots));
    let option = match reader {
        Some(_) => IndexRecordOption::Basic,
        None => IndexRecordOption::WithFreqsAndPositions,
    };
    let mut slots = Vec::with_capacity(pattern.slots.len());
    for terms in &pattern.slots {
        if watch.is_over_after(STEPS_OF_PASSAGE) {
            return Ok(Vec::new());
        }
        let slot = Slot::open(segment, pattern.field, terms, option);
        slots.push(slot.map_err(|error| index.damaged(error))?);
    }
    let Some(lead) = (0..slots.len()).min_by_key(|&i| slots[i].size()) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    let mut places: Vec<Vec<u32>> = vec![Vec::new(); slots.len()];
    let mut doc = slots[lead].doc();
    'documents: while doc != TERMINATED {
        for slot in &mut slots {
            if watch.is_over_after(slot.members.len() as u32) {
                break 'documents;
            }
            let next = slot.seek(doc);
            if next > doc {
                doc = slots[lead].seek(next);
                continue 'documents;
            }
        }
        if segment.is_live(doc) {
            if watch.is_over_after(STEPS_OF_PASSAGE) {
                break;
            }
            match &mut reader {
                Some(reader) => reader.read(doc, &mut places)?,
                None => {
                    for (slot, places) in slots.iter_mut().zip(&mut places) {
                        slot.positions(doc, places);
                    }
                }
            }
            let count = count_matches(&places, pattern.order);
            if count > 0 {
                found.push((doc, count as f32));
            }
        }
        doc = slots[lead].seek(doc + 1);
    }
    Ok(found)
}

/// How often the slots' positions (each list ascending) fit together.
fn count_matches(places: &[Vec<u32>], order: Order) -> usize {
    let (left, left_slop, right_slop, distance) = match order {
        Order::Phrase { slop } => return spans(places, slop).len(),
        Order::Near { left, left_slop, right_slop, distance } => {
            (left, left_slop, right_slop, distance)
        }
    };
    let (left, right) = places.split_at(left.min(places.len()));
    let (left, right) = (spans(left, left_slop), spans(right, right_slop));
    let is_near = |&&(first, last): &&(u32, u32)| {
        let after = right.get(right.partition_point(|&(start, _)| start <= last));
        let before = right[..right.partition_point(|&(_, end)| end < first)].last();
        after.is_some_and(|&(start, _)| start - last <= distance)
            || before.is_some_and(|&(_, end)| first - end <= distance)
    };
    left.iter().filter(is_near).count()
}

/// The first and last positions of the words of a phrase, wherever it begins; firsts and lasts
/// both ascend.
fn spans(places: &[Vec<u32>], slop: u32) -> Vec<(u32, u32)> {
    let Some((first, rest)) = places.split_first() else {
        return Vec::new();
    };
    let widest = rest.len() as u32 + slop;
    first
        .iter()
        .filter_map(|&start| {
            let last = rest.iter().try_fold(start, |last, list| {
                list.get(list.partition_point(|&at| at <= last)).copied()
            })?;
            (last - start <= widest).then_some((start, last))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(places: &[Vec<u32>], slop: u32) -> usize {
        count_matches(places, Order::Phrase { slop })
    }

    fn near(places: &[Vec<u32>], left: usize, distance: u32) -> usize {
        count_matches(places, Order::Near { left, left_slop: 0, right_slop: 0, distance })
    }

    #[test]
    fn a_phrase_needs_its_words_side_by_side() {
        assert_eq!(phrase(&[vec![3, 9], vec![4, 20]], 0), 1);
        assert_eq!(phrase(&[vec![4], vec![3]], 0), 0);
        assert_eq!(phrase(&[vec![1, 5], vec![2, 6], vec![3, 8]], 0), 1);
    }

    #[test]
    fn slop_lets_words_stand_between() {
        assert_eq!(phrase(&[vec![3], vec![6]], 1), 0);
        assert_eq!(phrase(&[vec![3], vec![6]], 2), 1);
    }

    #[test]
    fn near_does_not_care_for_order() {
        assert_eq!(near(&[vec![9], vec![5]], 1, 4), 1);
        assert_eq!(near(&[vec![9], vec![5]], 1, 3), 0);
        assert_eq!(near(&[vec![5], vec![1, 9]], 1, 4), 1);
    }

    #[test]
    fn a_word_is_not_near_itself() {
        assert_eq!(near(&[vec![9], vec![9]], 1, 5), 0);
    }

    #[test]
    fn phrases_are_near_from_their_nearer_ends() {
        let places = [vec![3], vec![4], vec![7]];
        assert_eq!((near(&places, 2, 3), near(&places, 2, 2)), (1, 0));
        // The first word of the phrase alone is nearer.
        assert_eq!(near(&[vec![3, 90], vec![91], vec![5]], 2, 3), 0);
    }
}
