//! How well the words of a passage match those of the query: each word of a segment's vocabulary
//! is looked at once a query, most of them only through their [`Hints`].

use rustc_hash::FxHashMap;

use super::grams::{dice, trigrams};
use super::hints::Hints;
use super::query::{Prepared, RankQuery, Target};
use crate::analysis::chain::stem_of;
use crate::analysis::{bases, skeleton};
use crate::lang::{Script, script_of};
use crate::search::weights::{frequency, level};

/// What ranking needs of a segment's vocabulary.
pub trait Lexis {
    /// Puts the word's bytes into `out`; false if there is no such word.
    fn read_word(&self, id: u32, out: &mut Vec<u8>) -> bool;
    /// The id of a folded form.
    fn id(&self, form: &str) -> Option<u32>;
    /// The word's hints; those of an unknown id are empty.
    fn hints(&self, id: u32) -> Hints;
}

/// How a word of a passage matches a word of the query, the best way first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The same form.
    Exact,
    /// The same stem.
    Stem,
    /// The same without what is attached.
    Base,
    /// The same consonants.
    Skeleton,
    /// Many character sequences in common.
    Alike,
    /// Some character sequences in common.
    Similar,
    /// Another spelling, as expanded.
    Variant,
    /// Of the other language or script, as expanded.
    Across,
    /// A word that shares translations. Counts in its own part only.
    Synonym,
}

impl Level {
    /// Strength in everything that looks at places.
    fn strength(self) -> f32 {
        match self {
            Level::Exact => level::EXACT,
            Level::Stem => level::STEM,
            Level::Base => level::BASE,
            Level::Skeleton => level::SKELETON,
            Level::Alike => level::ALIKE,
            Level::Similar => level::SIMILAR,
            Level::Variant | Level::Across | Level::Synonym => 0.0,
        }
    }

    /// What an occurrence adds to the frequency.
    fn frequency(self) -> f32 {
        match self {
            Level::Exact => frequency::EXACT,
            Level::Stem => frequency::STEM,
            Level::Base => frequency::BASE,
            Level::Skeleton => frequency::SKELETON,
            Level::Alike => frequency::ALIKE,
            Level::Similar => frequency::SIMILAR,
            Level::Variant | Level::Across | Level::Synonym => 0.0,
        }
    }
}

/// A way in which a word of the vocabulary matches one of the query.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Match {
    pub word: u8,
    pub level: Level,
    /// Relative to the query word's idf.
    pub strength: f32,
    pub frequency: f32,
}

/// What is known of a word of the vocabulary.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known {
    first: u32,
    count: u16,
    steps: u16,
    /// One bit for each place of the form in the query.
    pub run: u32,
    pub numeric: bool,
    pub year: bool,
}

/// A word of a phrase: which phrase, and the place there.
pub(super) type Step = (u16, u8);

/// Slots of the cache of words, a power of two.
const SLOTS: usize = 1 << 13;
const EMPTY: u32 = u32::MAX;
/// Words that have nothing to do with the query, and those that besides are numbers or years.
const NOTHING: u32 = 0;
const NUMBER: u32 = 1;
const YEAR: u32 = 2;

/// The levels of a segment's words for one query.
pub(super) struct Levels<'q, L> {
    query: &'q RankQuery,
    lexis: &'q L,
    /// By the lowest bits of the id: the id and the place in `known`. A later word may drive out
    /// an earlier one, which is then looked at again.
    slots: Vec<(u32, u32)>,
    known: Vec<Known>,
    matches: Vec<Match>,
    steps: Vec<Step>,
    /// Ids of the forms of the query, with their places in it.
    runs: FxHashMap<u32, u32>,
    scratch: Scratch,
}

#[derive(Default)]
struct Scratch {
    bytes: Vec<u8>,
    grams: Vec<u32>,
}

impl<'q, L: Lexis> Levels<'q, L> {
    pub fn new(query: &'q RankQuery, lexis: &'q L) -> Levels<'q, L> {
        let mut runs = FxHashMap::default();
        for (place, word) in query.run.iter().enumerate() {
            if let Some(id) = lexis.id(&word.form) {
                *runs.entry(id).or_default() |= 1 << place;
            }
        }
        let mut known = vec![Known::default(); 3];
        known[NUMBER as usize].numeric = true;
        known[YEAR as usize].numeric = true;
        known[YEAR as usize].year = true;
        Levels {
            query,
            lexis,
            slots: vec![(EMPTY, NOTHING); SLOTS],
            known,
            matches: Vec::new(),
            steps: Vec::new(),
            runs,
            scratch: Scratch::default(),
        }
    }

    /// What is known of a word; `None` if that is nothing.
    #[inline]
    pub fn get(&mut self, id: u32) -> Option<Known> {
        let (cached, place) = self.slots[id as usize % SLOTS];
        let place = if cached == id { place } else { self.look(id) };
        if place == NOTHING { None } else { self.known.get(place as usize).copied() }
    }

    pub fn matches(&self, known: Known) -> &[Match] {
        let first = known.first as usize;
        self.matches.get(first..first + usize::from(known.count)).unwrap_or_default()
    }

    #[cold]
    fn look(&mut self, id: u32) -> u32 {
        let hints = self.lexis.hints(id);
        let filter = &self.query.filter;
        let alike = filter.signatures.may_be_alike(hints.signature);
        let stem = has(&filter.stems, usize::from(hints.stem));
        let skeleton = hints.skeleton != 0 && has(&filter.skeletons, usize::from(hints.skeleton));
        let core = hints.core != 0 && has(&filter.cores, usize::from(hints.core));
        let place = if (alike != 0 || stem || skeleton || core)
            && let Some(place) = self.read(id, hints, alike)
        {
            place
        } else if hints.year {
            YEAR
        } else if hints.numeric {
            NUMBER
        } else {
            NOTHING
        };
        if id != EMPTY {
            self.slots[id as usize % SLOTS] = (id, place);
        }
        place
    }
}

fn has(bits: &[u64], bit: usize) -> bool {
    bits.get(bit / 64).is_some_and(|word| word & 1 << (bit % 64) != 0)
}
