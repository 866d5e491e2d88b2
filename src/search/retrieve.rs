//! The first stage: the passages with the highest sums of BM25, found without scoring them all.
//!
//! A query is a list of [`Leaf`]s, each one thing asked for: a word, a group of words that count
//! as one (its translations, the forms of a prefix), a phrase. The members of a leaf share one
//! document frequency: their weighted frequencies are added up and saturated once, so that a word
//! with twenty translations weighs no more than a word with one.
//!
//! Documents are taken in windows. The leaves that could not lift a document above the current
//! threshold by themselves are only asked about documents that others have found (MaxScore).
//!
//! Invariants: what is returned does not depend on segments or threads, because sums are made
//! again in the order of the leaves and documents of equal score are all kept until their ids
//! decide; deleted documents are never returned.

use std::rc::Rc;
use std::sync::Arc;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::schema::Field;
use tantivy::{DocId, TERMINATED};

use super::deadline::Watch;
use super::weights::{self, B, K1};
use crate::error::Result;
use crate::index::{Address, Bits, IndexTerm, OpenIndex, Segment};

const WINDOW: u32 = 4096;
/// Steps that a member takes to give its documents of a window, or a stretch of [`DRAINED`].
const STEPS_OF_WINDOW: u32 = 64;
/// Documents that are counted between two looks at the deadline.
const DRAINED: u32 = 1 << 13;

/// Scores nearer than this share of the threshold count as equal until they are summed again.
const SLACK: f32 = 1e-5;

/// A document and how often something occurs in it.
pub type Occurrence = (DocId, f32);

/// What a leaf is found by.
#[derive(Clone, Debug)]
pub enum Member {
    /// A term of the leaf's field; its frequency counts `weight` times.
    Term { term: IndexTerm, weight: f32 },
    /// Occurrences found beforehand, for each segment in ascending order of documents; each counts
    /// `weight` times.
    Found { found: Arc<Vec<Vec<Occurrence>>>, weight: f32 },
}

impl Member {
    /// Occurrences that count as they are.
    pub fn found(found: Arc<Vec<Vec<Occurrence>>>) -> Member {
        Member::Found { found, weight: 1.0 }
    }
}

/// One thing asked for, in one field.
#[derive(Clone, Debug)]
pub struct Leaf {
    pub field: Field,
    pub members: Vec<Member>,
    /// Inverse document frequency times everything that makes this leaf count more or less.
    pub weight: f32,
    /// Average number of words of the field; `None` where length does not matter.
    pub average_length: Option<f32>,
}

/// The inverse document frequency of something found in `df` of `passages`.
pub fn idf(df: u64, passages: u64) -> f32 {
    let (df, passages) = (df as f64, passages.max(df) as f64);
    (1.0 + (passages - df + 0.5) / (df + 0.5)).ln() as f32
}

impl Leaf {
    fn steps_to_open(&self) -> u32 {
        STEPS_OF_WINDOW * self.members.len() as u32
    }

    /// No document gets more from this leaf.
    fn upper_bound(&self) -> f32 {
        self.weight * (K1 + 1.0)
    }
}

/// How long the passages of a segment are, as BM25 sees it.
struct Lengths {
    norms: FieldNormReader,
    saturation: Rc<Saturation>,
}

/// What stands for the length of a passage below the fraction of BM25, by the id of its length.
type Saturation = [f32; 256];

fn saturation(average_length: Option<f32>) -> Saturation {
    let of_length = |length: u32| match average_length {
        Some(average) => K1 * (1.0 - B + B * length as f32 / average.max(1.0)),
        None => K1,
    };
    std::array::from_fn(|id| of_length(FieldNormReader::id_to_fieldnorm(id as u8)))
}

/// The saturations of a query's leaves: one for each field.
#[derive(Default)]
struct Saturations(Vec<(Option<u32>, Rc<Saturation>)>);

impl Saturations {
    fn of(&mut self, average_length: Option<f32>) -> Rc<Saturation> {
        let key = average_length.map(f32::to_bits);
        if let Some((_, known)) = self.0.iter().find(|(known, _)| *known == key) {
            return known.clone();
        }
        let made = Rc::new(saturation(average_length));
        self.0.push((key, made.clone()));
        made
    }
}

impl Lengths {
    fn open(
        index: &OpenIndex,
        segment: usize,
        leaf: &Leaf,
        saturations: &mut Saturations,
    ) -> Result<Lengths> {
        let norms = index.segments[segment].field_norms(leaf.field);
        let norms = norms.map_err(|error| index.damaged(error))?;
        Ok(Lengths { norms, saturation: saturations.of(leaf.average_length) })
    }

    #[inline]
    fn score(&self, weight: f32, doc: DocId, frequency: f32) -> f32 {
        let saturation = self.saturation[usize::from(self.norms.fieldnorm_id(doc))];
        weight * (K1 + 1.0) * frequency / (frequency + saturation)
    }
}

/// Walks through the documents of one member.
enum Cursor<'a> {
    Postings { block: Box<BlockSegmentPostings>, at: usize, weight: f32 },
    Found { rest: &'a [Occurrence], weight: f32 },
}

impl Cursor<'_> {
    #[inline]
    fn doc(&self) -> DocId {
        match self {
            Cursor::Postings { block, at, .. } => block.doc(*at),
            Cursor::Found { rest, .. } => rest.first().map_or(TERMINATED, |&(doc, _)| doc),
        }
    }

    #[inline]
    fn frequency(&self) -> f32 {
        match self {
            Cursor::Postings { block, at, weight } => block.freq(*at) as f32 * weight,
            Cursor::Found { rest, weight } => {
                rest.first().map_or(0.0, |&(_, frequency)| frequency * weight)
            }
        }
    }

    /// Goes to the first document that is not below `target`.
    #[inline]
    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc() < target {
            match self {
                Cursor::Postings { block, at, .. } => *at = block.seek(target),
                Cursor::Found { rest, .. } => {
                    *rest = &rest[rest.partition_point(|&(doc, _)| doc < target)..];
                }
            }
        }
        self.doc()
    }

    /// Hands on every document below `end` and stops at the first that is not.
    #[inline]
    fn drain(&mut self, end: DocId, mut visit: impl FnMut(DocId, f32)) {
        match self {
            Cursor::Postings { block, at, weight } => loop {
                let docs = &block.docs()[*at..];
                let freqs = &block.freqs()[*at..];
                for (taken, (&doc, &frequency)) in docs.iter().zip(freqs).enumerate() {
                    if doc >= end {
                        *at += taken;
                        return;
                    }
                    visit(doc, frequency as f32 * *weight);
                }
                block.advance();
                *at = 0;
                if block.docs().is_empty() || block.doc(0) == TERMINATED {
                    return;
                }
            },
            Cursor::Found { rest, weight } => {
                let count = rest.partition_point(|&(doc, _)| doc < end);
                for &(doc, frequency) in &rest[..count] {
                    visit(doc, frequency * *weight);
                }
                *rest = &rest[count..];
            }
        }
    }
}

/// A leaf over one segment.
struct LeafCursor<'a> {
    place: usize,
    members: Vec<Cursor<'a>>,
    weight: f32,
    upper_bound: f32,
    lengths: Lengths,
}

impl<'a> LeafCursor<'a> {
    /// `None` where the segment has no document of it.
    fn open(
        index: &OpenIndex,
        leaf: &'a Leaf,
        place: usize,
        segment: usize,
        saturations: &mut Saturations,
    ) -> Result<Option<LeafCursor<'a>>> {
        let mut members = Vec::with_capacity(leaf.members.len());
        for member in &leaf.members {
            match member {
                Member::Term { term, weight } => {
                    if let Some(block) = index.block_postings(leaf.field, term, segment)? {
                        members.push(Cursor::Postings {
                            block: Box::new(block),
                            at: 0,
                            weight: *weight,
                        });
                    }
                }
                Member::Found { found, weight } => match found.get(segment) {
                    Some(list) if !list.is_empty() => {
                        members.push(Cursor::Found { rest: list, weight: *weight });
                    }
                    _ => {}
                },
            }
        }
        if members.is_empty() {
            return Ok(None);
        }
        Ok(Some(LeafCursor {
            place,
            members,
            weight: leaf.weight,
            upper_bound: leaf.upper_bound(),
            lengths: Lengths::open(index, segment, leaf, saturations)?,
        }))
    }

    fn doc(&self) -> DocId {
        self.members.iter().map(Cursor::doc).min().unwrap_or(TERMINATED)
    }

    /// What the leaf adds to a document; documents are asked for in ascending order.
    fn score(&mut self, doc: DocId) -> f32 {
        let mut frequency = 0.0;
        for member in &mut self.members {
            if member.seek(doc) == doc {
                frequency += member.frequency();
            }
        }
        if frequency > 0.0 { self.lengths.score(self.weight, doc, frequency) } else { 0.0 }
    }
}

/// The best documents so far.
struct Best {
    wanted: usize,
    threshold: f32,
    kept: Vec<(f32, Address)>,
    /// How many may be kept before the threshold is looked at again.
    room: usize,
}

impl Best {
    fn push(&mut self, score: f32, address: Address) {
        if score < self.threshold {
            return;
        }
        self.kept.push((score, address));
        if self.kept.len() >= self.room {
            self.tighten();
            // Documents that all tie must not make this quadratic.
            self.room = self.room.max(2 * self.kept.len());
        }
    }

    fn tighten(&mut self) {
        if self.kept.len() < self.wanted || self.wanted == 0 {
            return;
        }
        let (_, &mut (score, _), _) =
            self.kept.select_nth_unstable_by(self.wanted - 1, |a, b| b.0.total_cmp(&a.0));
        self.threshold = self.threshold.max(score * (1.0 - SLACK));
        let threshold = self.threshold;
        self.kept.retain(|&(score, _)| score >= threshold);
    }
}

/// Buffers of one window.
struct Window {
    sums: Vec<f32>,
    frequencies: Vec<f32>,
    touched: [u64; WINDOW as usize / 64],
    touched_by_leaf: [u64; WINDOW as usize / 64],
}

impl Window {
    fn new() -> Window {
        Window {
            sums: vec![0.0; WINDOW as usize],
            frequencies: vec![0.0; WINDOW as usize],
            touched: [0; WINDOW as usize / 64],
            touched_by_leaf: [0; WINDOW as usize / 64],
        }
    }

    /// Adds a leaf's scores for the documents of `start..end`.
    fn add(&mut self, leaf: &mut LeafCursor, start: DocId, end: DocId) {
        let Window { sums, frequencies, touched, touched_by_leaf } = self;
        if let [member] = leaf.members.as_mut_slice() {
            let (lengths, weight) = (&leaf.lengths, leaf.weight);
            member.drain(end, |doc, frequency| {
                let at = (doc - start) as usize;
                touched[at / 64] |= 1 << (at % 64);
                sums[at] += lengths.score(weight, doc, frequency);
            });
            return;
        }
        for member in &mut leaf.members {
            member.drain(end, |doc, frequency| {
                let at = (doc - start) as usize;
                touched_by_leaf[at / 64] |= 1 << (at % 64);
                frequencies[at] += frequency;
            });
        }
        for (place, word) in touched_by_leaf.iter_mut().enumerate() {
            touched[place] |= *word;
            while *word != 0 {
                let at = place * 64 + word.trailing_zeros() as usize;
                *word &= *word - 1;
                sums[at] += leaf.lengths.score(leaf.weight, start + at as u32, frequencies[at]);
                frequencies[at] = 0.0;
            }
        }
    }
}

/// By what the best passages are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    /// By the sum of what the leaves give.
    Sum,
    /// By the sum times what a passage of its kind is worth, which is at most 1.
    SumByKind,
}

/// The passages with the highest worth, at least `wanted` of them where so many match, all those
/// included that tie with the last, with their worth; unordered; among as many as `watch` lets be
/// looked at. `allowed` holds for each segment the documents that
/// may be returned; without it every live document that a leaf finds may be.
///
/// # Errors
/// The index cannot be read.
pub fn retrieve(
    index: &OpenIndex,
    leaves: &[Leaf],
    allowed: Option<&[Bits]>,
    worth: Worth,
    wanted: usize,
    watch: &Watch,
) -> Result<Vec<(f32, Address)>> {
    let mut best =
        Best { wanted, threshold: f32::MIN_POSITIVE, kept: Vec::new(), room: 2 * wanted + 64 };
    let mut window = Window::new();
    let mut saturations = Saturations::default();
    for place in 0..index.segments.len() {
        let mut cursors = Vec::with_capacity(leaves.len());
        for (leaf_place, leaf) in leaves.iter().enumerate() {
            if watch.is_over_after(leaf.steps_to_open()) {
                break;
            }
            cursors.extend(LeafCursor::open(index, leaf, leaf_place, place, &mut saturations)?);
        }
        let passages = Passages {
            index,
            segment: &index.segments[place],
            place: place as u32,
            allowed: allowed.and_then(|allowed| allowed.get(place)),
            worth,
        };
        search_segment(&passages, cursors, &mut best, &mut window, watch)?;
    }
    best.tighten();
    Ok(best.kept)
}

/// The passages of a segment, as far as they may be returned.
struct Passages<'a> {
    index: &'a OpenIndex,
    segment: &'a Segment,
    place: u32,
    allowed: Option<&'a Bits>,
    worth: Worth,
}

impl Passages<'_> {
    fn contain(&self, doc: DocId) -> bool {
        self.segment.is_live(doc) && self.allowed.is_none_or(|allowed| allowed.contains(doc))
    }

    /// By what the sum of a passage is multiplied.
    fn factor(&self, address: Address) -> Result<f32> {
        match self.worth {
            Worth::Sum => Ok(1.0),
            Worth::SumByKind => self.index.kind(address).map(weights::kind),
        }
    }
}

fn search_segment(
    passages: &Passages,
    mut leaves: Vec<LeafCursor>,
    best: &mut Best,
    window: &mut Window,
    watch: &Watch,
) -> Result<()> {
    let max_doc = passages.segment.max_doc();
    leaves.sort_by(|a, b| a.upper_bound.total_cmp(&b.upper_bound).then(a.place.cmp(&b.place)));
    // bounds[i]: what the leaves before i add at the most.
    let mut bounds = vec![0.0f32; leaves.len() + 1];
    for (i, leaf) in leaves.iter().enumerate() {
        bounds[i + 1] = bounds[i] + leaf.upper_bound;
    }
    loop {
        let essential = bounds[1..].partition_point(|&bound| bound < best.threshold);
        if essential >= leaves.len() {
            return Ok(());
        }
        let (others, asked) = leaves.split_at_mut(essential);
        let next = asked.iter().map(LeafCursor::doc).min().unwrap_or(TERMINATED);
        if next >= max_doc {
            return Ok(());
        }
        let start = next - next % 64;
        let end = start.saturating_add(WINDOW).min(max_doc);
        for leaf in asked.iter_mut() {
            if watch.is_over_after(STEPS_OF_WINDOW * leaf.members.len() as u32) {
                return Ok(());
            }
            window.add(leaf, start, end);
        }
        for word_place in 0..window.touched.len() {
            let mut word = std::mem::take(&mut window.touched[word_place]);
            while word != 0 {
                let at = word_place * 64 + word.trailing_zeros() as usize;
                word &= word - 1;
                let mut sum = std::mem::take(&mut window.sums[at]);
                let doc = start + at as u32;
                if sum + bounds[essential] < best.threshold || !passages.contain(doc) {
                    continue;
                }
                for (i, leaf) in others.iter_mut().enumerate().rev() {
                    if sum + bounds[i + 1] < best.threshold {
                        break;
                    }
                    if watch.is_over_after(leaf.members.len() as u32) {
                        return Ok(());
                    }
                    sum += leaf.score(doc);
                }
                if sum >= best.threshold {
                    let address = Address { segment: passages.place, doc };
                    best.push(sum * passages.factor(address)?, address);
                }
            }
        }
    }
}

/// The live passages of each segment that any of the leaves finds, as far as `watch` lets them be
/// found.
///
/// # Errors
/// The index cannot be read.
pub fn matches(index: &OpenIndex, leaves: &[Leaf], watch: &Watch) -> Result<Vec<Bits>> {
    let mut sets = Vec::with_capacity(index.segments.len());
    let mut saturations = Saturations::default();
    for (place, segment) in index.segments.iter().enumerate() {
        let mut set = Bits::empty(segment.max_doc());
        for leaf in leaves {
            if watch.is_over_after(leaf.steps_to_open()) {
                break;
            }
            let cursor = LeafCursor::open(index, leaf, 0, place, &mut saturations)?;
            for member in cursor.into_iter().flat_map(|cursor| cursor.members) {
                let mut member = member;
                let mut start = member.doc();
                while start < segment.max_doc() && !watch.is_over_after(STEPS_OF_WINDOW) {
                    let end = start.saturating_add(DRAINED).min(segment.max_doc());
                    member.drain(end, |doc, _| set.insert(doc));
                    start = member.doc();
                }
            }
        }
        set.subtract(segment.deleted());
        sets.push(set);
    }
    Ok(sets)
}

/// What each of some leaves adds to each of some passages.
pub struct LeafScores {
    leaves: usize,
    /// Those of the first passage, then those of the next.
    scores: Vec<f32>,
}

impl LeafScores {
    /// Those of the passage at a place, in the order of the leaves.
    pub fn of(&self, passage: usize) -> &[f32] {
        &self.scores[passage * self.leaves..(passage + 1) * self.leaves]
    }
}

/// What each leaf adds to each of the given passages, in the order of both: the sums to rank by,
/// always made in the same order, and the material of `--explain`. Where `watch` is over before
/// the end, only some leaves have been asked.
///
/// # Errors
/// The index cannot be read.
pub fn leaf_scores(
    index: &OpenIndex,
    leaves: &[Leaf],
    passages: &[Address],
    watch: &Watch,
) -> Result<LeafScores> {
    let mut order: Vec<usize> = (0..passages.len()).collect();
    order.sort_unstable_by_key(|&i| passages[i]);
    let mut scores = vec![0.0; leaves.len() * passages.len()];
    let mut saturations = Saturations::default();
    for group in order.chunk_by(|&a, &b| passages[a].segment == passages[b].segment) {
        let segment_place = passages[group[0]].segment as usize;
        if segment_place >= index.segments.len() {
            continue;
        }
        for (leaf_place, leaf) in leaves.iter().enumerate() {
            if watch.is_over_after(leaf.steps_to_open()) {
                break;
            }
            let cursor =
                LeafCursor::open(index, leaf, leaf_place, segment_place, &mut saturations)?;
            let Some(mut cursor) = cursor else { continue };
            for &i in group {
                if watch.is_over_after(cursor.members.len() as u32) {
                    break;
                }
                scores[i * leaves.len() + leaf_place] = cursor.score(passages[i].doc);
            }
        }
    }
    Ok(LeafScores { leaves: leaves.len(), scores })
}
