//! The second stage: candidates are ranked again by how well and where in them each word of the
//! query is matched.
//!
//! [`SegmentRanker`] is given the ids of a passage's words and the vocabulary they belong to.
//! Nothing here reads an index; how a word is matched is in `levels`, what
//! places add up to in `features`, all numbers in [`weights`]. A score depends
//! on query and passage alone, so it is the same however passages are spread over segments.

mod features;
mod grams;
mod levels;
mod query;

pub use features::Parts;
pub use levels::{Care, Level, Lexis};
pub use query::{MAX_RUN_WORDS, RankExpansion, RankQuery, RankWord, RunWord, select_words};

use features::{Found, Hit, REGION_GAP, Region};
use levels::{Known, Levels};

use super::weights;

/// A passage's words: title, section path, text and hidden words, in this order.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tokens<'a> {
    pub words: &'a [u32],
    /// How many of `words`, from the first, are the title's.
    pub title_words: usize,
    /// How many after those are the section path's.
    pub section_words: usize,
    /// How many of `words`, at the end, are hidden.
    pub hidden_words: usize,
    /// Indices into `words` at which sentences begin, ascending.
    pub sentences: &'a [u32],
    /// Capitalised words of the text.
    pub capitalized: u8,
}

/// What a passage is worth.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scored {
    pub score: f32,
    pub parts: Parts,
}

/// Ranks passages of one segment for one query.
pub struct SegmentRanker<'q, L> {
    query: &'q RankQuery,
    levels: Levels<'q, L>,
    title_idfs: rustc_hash::FxHashMap<u32, f32>,
    found: Found,
    /// Places of the words of the passage that have to do with the query.
    relevant: Vec<u32>,
    /// For each phrase how many of its words were met in a row, and where the next must be.
    progress: Vec<(u8, u32)>,
}

impl<'q, L: Lexis> SegmentRanker<'q, L> {
    pub fn new(query: &'q RankQuery, lexis: &'q L) -> SegmentRanker<'q, L> {
        SegmentRanker {
            query,
            levels: Levels::new(query, lexis),
            title_idfs: rustc_hash::FxHashMap::default(),
            found: Found::default(),
            relevant: Vec::new(),
            progress: Vec::new(),
        }
    }

    /// Sets how closely the passages scored from now on are compared; quickly at first. The sums
    /// of a closer comparison are greater, so passages compared in different ways are no rivals.
    pub fn set_care(&mut self, care: Care) {
        self.levels.set_care(care);
    }

    /// Scores a passage. `title_idf`: the inverse document frequency of the stem of a word of the
    /// segment, asked for once a word; `average_length`: words of a passage.
    pub fn score(
        &mut self,
        tokens: &Tokens<'_>,
        title_idf: &mut dyn FnMut(u32) -> f32,
        average_length: f32,
    ) -> Scored {
        self.find(tokens);
        let mut parts = features::parts(self.query, &self.found, average_length);
        parts.title_fit = weights::TITLE_FIT * self.title_fit(tokens, title_idf);
        let score = parts.sum();
        Scored { score: if score.is_finite() { score } else { 0.0 }, parts }
    }

    /// The best level of each query word in the passage scored last, by its place among the words
    /// that rank.
    pub fn levels(&self) -> impl Iterator<Item = Option<Level>> {
        features::best_levels(&self.found).into_iter().take(self.query.words.len())
    }

    /// Gathers what the passage has of the query.
    fn find(&mut self, tokens: &Tokens<'_>) {
        let found = &mut self.found;
        found.hits.clear();
        found.related = Default::default();
        (found.years, found.numbers, found.run) = (0, 0, 0.0);
        found.capitalized = u32::from(tokens.capitalized);
        found.length = tokens.words.len() as u32;
        let title_end = tokens.title_words.min(tokens.words.len());
        let text_start = title_end.saturating_add(tokens.section_words).min(tokens.words.len());
        let text_end = tokens.words.len().saturating_sub(tokens.hidden_words).max(text_start);
        found.text_start = text_start as u32 + 2 * REGION_GAP;
        self.progress.clear();
        self.progress.resize(self.query.phrases.len(), (0, 0));
        self.levels.look_at_all(tokens.words, &mut self.relevant);
        let mut runs = Runs::default();
        let mut sentences = tokens.sentences.iter().copied().peekable();
        let mut sentence = 0;
        let relevant = std::mem::take(&mut self.relevant);
        for place in relevant.iter().map(|&place| place as usize) {
            let id = tokens.words.get(place).copied().unwrap_or(u32::MAX);
            let Some(known) = self.levels.get(id) else { continue };
            while sentences.next_if(|&start| start as usize <= place).is_some() {
                sentence += 1;
            }
            let region = if place < title_end {
                Region::Title
            } else if place < text_start {
                Region::Section
            } else if place < text_end {
                Region::Text
            } else {
                Region::Hidden
            };
            let position = place as u32 + region as u32 * REGION_GAP;
            let at = Hit {
                position,
                sentence,
                region,
                word: 0,
                level: Level::Exact,
                strength: 0.0,
                frequency: 0.0,
            };
            self.record(known, at, &mut runs);
        }
        self.relevant = relevant;
        self.found.run = runs.best;
    }

    fn record(&mut self, known: Known, at: Hit, runs: &mut Runs) {
        let found = &mut self.found;
        if at.region == Region::Text {
            found.years += u32::from(known.year);
            found.numbers += u32::from(known.numeric);
        }
        if known.run != 0 && at.region != Region::Hidden {
            runs.add(self.query, at.position, known.run);
        }
        for matched in self.levels.matches(known) {
            if matched.level == Level::Related {
                if let Some(best) = found.related.get_mut(usize::from(matched.word)) {
                    *best = best.max(matched.strength);
                }
                continue;
            }
            found.hits.push(Hit {
                word: matched.word,
                level: matched.level,
                strength: matched.strength,
                frequency: matched.frequency,
                ..at
            });
        }
        for &(number, step) in self.levels.steps(known) {
            let number = usize::from(number);
            let (Some(phrase), Some((met, next))) =
                (self.query.phrases.get(number), self.progress.get_mut(number))
            else {
                continue;
            };
            if step == 0 {
                (*met, *next) = (1, at.position + 1);
            } else if *met == step && *next == at.position {
                *met += 1;
                *next += 1;
            }
            if *met == phrase.length && *next == at.position + 1 {
                *met = 0;
                let word = self.query.words.get(usize::from(phrase.word));
                let strength = word.map_or(0.0, |word| word.expanded(phrase.level, phrase.weight));
                found.hits.push(Hit {
                    word: phrase.word,
                    level: phrase.level,
                    strength,
                    frequency: phrase.weight,
                    ..at
                });
            }
        }
    }

    /// The share of the title that the query names, times what it names of it.
    fn title_fit(&mut self, tokens: &Tokens<'_>, title_idf: &mut dyn FnMut(u32) -> f32) -> f32 {
        let in_title = |hit: &&Hit| hit.region == Region::Title;
        if self.found.hits.iter().find(in_title).is_none() {
            return 0.0;
        }
        let (mut named, mut all) = (0.0, 0.0);
        let mut hits = self.found.hits.iter().filter(in_title).peekable();
        for (place, &id) in (0u32..).zip(tokens.words.iter().take(tokens.title_words)) {
            let mut strength = 0.0f32;
            while let Some(hit) = hits.next_if(|hit| hit.position <= place) {
                strength = strength.max(hit.strength);
            }
            let idf = *self.title_idfs.entry(id).or_insert_with(|| title_idf(id));
            all += idf;
            named += idf * strength;
        }
        let mut best = [0.0f32; weights::MAX_RANKED_WORDS];
        for hit in self.found.hits.iter().filter(in_title) {
            if let Some(best) = best.get_mut(usize::from(hit.word)) {
                *best = best.max(hit.strength);
            }
        }
        let asked: f32 =
            self.query.words.iter().zip(best).map(|(word, best)| word.idf * best).sum();
        if all > 0.0 { named / all * asked } else { 0.0 }
    }
}

/// Common runs of query and passage.
#[derive(Default)]
struct Runs {
    /// For each place of the query how long a run ends there, at `position`.
    lengths: [u8; query::MAX_RUN_WORDS],
    active: u32,
    position: u32,
    best: f32,
}

impl Runs {
    /// `places`: bits of the places in the query of the word at `position`.
    fn add(&mut self, query: &RankQuery, position: u32, places: u32) {
        let follows = self.active != 0 && position == self.position + 1;
        let before = if follows { self.active } else { 0 };
        let mut left = places;
        // From the last place on, so that a length is read before it is overwritten.
        while left != 0 {
            let place = 31 - left.leading_zeros() as usize;
            left ^= 1 << place;
            let continued = place > 0 && before & 1 << (place - 1) != 0;
            let length = if continued { self.lengths[place - 1] + 1 } else { 1 };
            self.lengths[place] = length;
            if length >= 2 {
                let run = place + 1 - usize::from(length)..place + 1;
                let words = query.run.get(run).unwrap_or_default();
                self.best = self.best.max(words.iter().map(|word| word.idf).sum());
            }
        }
        self.active = places;
        self.position = position;
    }
}
