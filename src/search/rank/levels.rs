//! How well the words of a passage match those of the query: each word of a segment's vocabulary
//! is looked at once a query, most of them only through their [`Hints`].

use rustc_hash::FxHashMap;

use super::query::{Prepared, RankQuery, Target};
use crate::analysis::chain::stem_of;
use crate::analysis::hints::Hints;
use crate::analysis::trigrams::trigrams;
use crate::analysis::{bases, skeleton};
use crate::index::Bits;
use crate::lang::{Script, script_of};
use crate::search::weights::{MAX_RANKED_WORDS, frequency, level};

/// What ranking needs of a segment's vocabulary.
pub trait Lexis {
    /// Puts the word's bytes into `out`; false if there is no such word.
    fn read_word(&self, id: u32, out: &mut Vec<u8>) -> bool;
    /// How many words; ids are below.
    fn word_count(&self) -> u32;
    /// The id of a folded form.
    fn id(&self, form: &str) -> Option<u32>;
    /// The word's hints, those of an unknown id empty; their signature matters only for a thorough
    /// comparison.
    fn hints(&self, id: u32, care: Care) -> Hints;
}

/// How a word of a passage matches a word of the query, the best way first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The same form.
    Exact,
    /// The same stem.
    Stem,
    /// A synonym of the user's own, as expanded.
    Synonym,
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
    Related,
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
            Level::Synonym | Level::Variant | Level::Across | Level::Related => 0.0,
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
            Level::Synonym | Level::Variant | Level::Across | Level::Related => 0.0,
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
    first_step: u32,
    count: u16,
    steps: u16,
    /// One bit for each place of the form in the query.
    pub run: u32,
    pub numeric: bool,
    pub year: bool,
}

/// A word of a phrase: which phrase, and the place there.
pub(super) type Step = (u16, u8);

/// Places in `known` of words that have nothing else to do with the query than that they are
/// numbers or years.
const NUMBER: u32 = 0;
const YEAR: u32 = 1;

/// How closely words are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Care {
    /// Not by how they are spelt: few words need to be read.
    Quick,
    /// At every [`Level`].
    Thorough,
}

/// The levels of a segment's words for one query.
pub(super) struct Levels<'q, L> {
    query: &'q RankQuery,
    lexis: &'q L,
    care: Care,
    /// Words that were looked at, and those of them that have to do with the query.
    seen: Bits,
    relevant: Bits,
    /// Of relevant words: the place in `known`.
    places: FxHashMap<u32, u32>,
    known: Vec<Known>,
    matches: Vec<Match>,
    steps: Vec<Step>,
    /// Ids of the forms of the query, with their places in it.
    runs: FxHashMap<u32, u32>,
    scratch: Scratch,
}

#[derive(Default)]
struct Scratch {
    new: Vec<u32>,
    hints: Vec<Hints>,
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
        let number = Known { numeric: true, ..Known::default() };
        let year = Known { numeric: true, year: true, ..Known::default() };
        Levels {
            query,
            lexis,
            care: Care::Quick,
            seen: Bits::empty(lexis.word_count()),
            relevant: Bits::empty(lexis.word_count()),
            places: FxHashMap::default(),
            known: vec![number, year],
            matches: Vec::new(),
            steps: Vec::new(),
            runs,
            scratch: Scratch::default(),
        }
    }

    /// Sets how closely words are compared from now on.
    pub fn set_care(&mut self, care: Care) {
        if self.care != care {
            self.care = care;
            self.seen.clear();
            self.relevant.clear();
            self.places.clear();
        }
    }

    /// What is known of a word that has to do with the query.
    #[inline]
    pub fn get(&self, id: u32) -> Option<Known> {
        self.places.get(&id).and_then(|&place| self.known.get(place as usize)).copied()
    }

    pub fn matches(&self, known: Known) -> &[Match] {
        let first = known.first as usize;
        self.matches.get(first..first + usize::from(known.count)).unwrap_or_default()
    }

    /// The words of phrases that this one is.
    pub fn steps(&self, known: Known) -> &[Step] {
        let first = known.first_step as usize;
        self.steps.get(first..first + usize::from(known.steps)).unwrap_or_default()
    }

    /// Looks at all words of a passage and puts the places of those that have to do with the
    /// query into `relevant`. Most do not, and which do cannot be foreseen, so the loops over all
    /// words do not branch; the hints of words that were not looked at before lie far apart in
    /// memory and are asked for one after the other, so that they come together.
    pub fn look_at_all(&mut self, words: &[u32], relevant: &mut Vec<u32>) {
        let mut new = std::mem::take(&mut self.scratch.new);
        let mut hints = std::mem::take(&mut self.scratch.hints);
        keep(words.len(), &mut new, |place| (words[place], !self.seen.contains(words[place])));
        hints.clear();
        hints.extend(new.iter().map(|&id| self.lexis.hints(id, self.care)));
        for (&id, &hints) in new.iter().zip(&hints) {
            // A word may be new in several places.
            if !self.seen.contains(id) {
                self.seen.insert(id);
                self.look(id, hints);
            }
        }
        (self.scratch.new, self.scratch.hints) = (new, hints);
        keep(words.len(), relevant, |place| (place as u32, self.relevant.contains(words[place])));
    }

    fn look(&mut self, id: u32, hints: Hints) {
        let filter = &self.query.filter;
        let alike = match self.care {
            Care::Quick => 0,
            Care::Thorough => filter.signatures.may_be_alike(hints.signature),
        };
        let stem = has(&filter.stems, usize::from(hints.stem));
        let skeleton = hints.skeleton != 0 && has(&filter.skeletons, usize::from(hints.skeleton));
        let core = hints.core != 0 && has(&filter.cores, usize::from(hints.core));
        let place = if (alike != 0 || stem || skeleton || core)
            && let Some(place) = self.read(id, hints, alike)
        {
            place
        } else if !self.query.counts_numbers() {
            return;
        } else if hints.year {
            YEAR
        } else if hints.numeric {
            NUMBER
        } else {
            return;
        };
        self.relevant.insert(id);
        self.places.insert(id, place);
    }

    /// Reads a word and compares it with those of the query it may match; its place in `known`,
    /// `None` if it has nothing to do with the query.
    fn read(&mut self, id: u32, hints: Hints, alike: u32) -> Option<u32> {
        let run = self.runs.get(&id).copied().unwrap_or(0);
        let mut bytes = std::mem::take(&mut self.scratch.bytes);
        let found = self.lexis.read_word(id, &mut bytes);
        let known = match std::str::from_utf8(&bytes) {
            Ok(form) if found => self.compare(form, hints, alike, run),
            _ => None,
        };
        self.scratch.bytes = bytes;
        let place = self.known.len() as u32;
        self.known.push(known?);
        Some(place)
    }

    fn compare(&mut self, form: &str, hints: Hints, alike: u32, run: u32) -> Option<Known> {
        let query = self.query;
        let (first, first_step) = (self.matches.len(), self.steps.len());
        let mut form = Form::new(form, hints, &mut self.scratch.grams);
        let mut shared = [0u8; MAX_RANKED_WORDS];
        if alike != 0 {
            query.grams.count(form.grams(), &mut shared);
        }
        for (number, word) in (0u8..).zip(&query.words) {
            let shared = shared.get(usize::from(number)).copied().unwrap_or(0);
            if let Some(level) = form.level(word, shared) {
                self.matches.push(Match {
                    word: number,
                    level,
                    strength: level.strength(),
                    frequency: level.frequency(),
                });
            }
        }
        let from = query.stems.partition_point(|target| target.hash < hints.stem);
        for target in query.stems[from..].iter().take_while(|target| target.hash == hints.stem) {
            if target.target == Target::Word || *target.stem != *form.stem() {
                continue;
            }
            let Some(word) = query.words.get(usize::from(target.word)) else { continue };
            let (level, strength, frequency) = match target.target {
                Target::Word => continue,
                Target::Expansion(level, weight) => (level, word.expanded(level, weight), weight),
                Target::Related(weight) => (Level::Related, weight, 0.0),
                Target::Phrase(phrase, place) => {
                    self.steps.push((phrase, place));
                    continue;
                }
            };
            let new = Match { word: target.word, level, strength, frequency };
            let known = self.matches[first..].iter_mut().find(|known| known.word == target.word);
            match known {
                None => self.matches.push(new),
                Some(known) if level != Level::Related && known.weaker_than(&new) => *known = new,
                Some(_) => {}
            }
        }
        let (count, steps) = (self.matches.len() - first, self.steps.len() - first_step);
        (count > 0 || steps > 0 || run != 0).then_some(Known {
            first: first as u32,
            first_step: first_step as u32,
            count: count.min(usize::from(u16::MAX)) as u16,
            steps: steps.min(usize::from(u16::MAX)) as u16,
            run,
            numeric: hints.numeric,
            year: hints.year,
        })
    }
}

/// Puts those of `count` values into `kept` that are to be kept, without a branch for each.
fn keep(count: usize, kept: &mut Vec<u32>, mut value: impl FnMut(usize) -> (u32, bool)) {
    kept.clear();
    kept.resize(count, 0);
    let mut end = 0;
    for place in 0..count {
        let (value, keeps) = value(place);
        // `end` is at most `place`.
        kept[end] = value;
        end += usize::from(keeps);
    }
    kept.truncate(end);
}

impl Match {
    fn weaker_than(&self, other: &Match) -> bool {
        self.level == Level::Related || self.strength < other.strength
    }
}

impl Prepared {
    /// The strength of an expansion, relative to the word's own idf.
    pub(super) fn expanded(&self, level: Level, weight: f32) -> f32 {
        match level {
            Level::Across if self.idf > 0.0 => (weight * self.idf_across / self.idf).min(1.0),
            Level::Across => 0.0,
            _ => weight,
        }
    }
}

/// A passage word; what is compared of it is made when it is asked for.
struct Form<'a> {
    form: &'a str,
    script: Script,
    hints: Hints,
    stem: Option<std::borrow::Cow<'a, str>>,
    skeleton: Option<String>,
    grams: &'a mut Vec<u32>,
    has_grams: bool,
}

impl<'a> Form<'a> {
    fn new(form: &'a str, hints: Hints, grams: &'a mut Vec<u32>) -> Form<'a> {
        let script = script_of(form);
        Form { form, script, hints, stem: None, skeleton: None, grams, has_grams: false }
    }

    fn stem(&mut self) -> &str {
        self.stem.get_or_insert_with(|| stem_of(self.form, self.script))
    }

    fn skeleton(&mut self) -> &str {
        self.skeleton.get_or_insert_with(|| skeleton(self.form))
    }

    fn grams(&mut self) -> &[u32] {
        if !self.has_grams {
            trigrams(self.form, self.grams);
            self.has_grams = true;
        }
        self.grams
    }

    /// The best level at which the form matches a query word. `shared`: trigrams in common, if
    /// they are to be looked at.
    fn level(&mut self, word: &Prepared, shared: u8) -> Option<Level> {
        let hints = self.hints;
        if word.hints.stem == hints.stem && word.stem == self.stem() {
            return Some(if word.form == self.form { Level::Exact } else { Level::Stem });
        }
        if hints.core != 0 && word.hints.core == hints.core && self.shares_base(word) {
            return Some(Level::Base);
        }
        if hints.skeleton != 0
            && word.hints.skeleton == hints.skeleton
            && word.skeleton == self.skeleton()
        {
            return Some(Level::Skeleton);
        }
        if shared == 0 {
            return None;
        }
        let dice = 2.0 * f32::from(shared) / (usize::from(word.grams) + self.grams().len()) as f32;
        if dice >= level::ALIKE_DICE {
            Some(Level::Alike)
        } else if dice >= level::SIMILAR_DICE {
            Some(Level::Similar)
        } else {
            None
        }
    }

    fn shares_base(&self, word: &Prepared) -> bool {
        let mut shared = false;
        bases(self.form, |base| shared |= word.bases.iter().any(|known| known == base));
        shared
    }
}

fn has(bits: &[u64], bit: usize) -> bool {
    bits.get(bit / 64).is_some_and(|word| word & 1 << (bit % 64) != 0)
}
