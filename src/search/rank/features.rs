//! What the places of matched words in one passage add up to.

use super::levels::Level;
use super::query::RankQuery;
use crate::analysis::QuestionCue;
use crate::search::weights::{self, MAX_RANKED_WORDS, cue, frequency};

/// Parts of a passage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Region {
    Title,
    Section,
    Text,
    Hidden,
}

/// A word of the passage that matches one of the query.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    /// Ascending; regions are far apart.
    pub position: u32,
    /// Numbered from 0; words outside of the text have none.
    pub sentence: u32,
    pub region: Region,
    pub word: u8,
    pub level: Level,
    pub strength: f32,
    pub frequency: f32,
}

/// Positions between two regions, more than any part looks across.
pub(super) const REGION_GAP: u32 = 64;

/// A value for each word of the query.
pub(super) type PerWord<T> = [T; MAX_RANKED_WORDS];

/// What is found in one passage.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    pub hits: Vec<Hit>,
    /// Words of the passage.
    pub length: u32,
    /// The position of the first word of the text.
    pub text_start: u32,
    /// For each word the strongest of its related words.
    pub related: PerWord<f32>,
    pub years: u32,
    pub numbers: u32,
    pub capitalized: u32,
    /// The greatest idf sum of a common run.
    pub run: f32,
}

/// The parts of a passage's score, each with its weight.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Parts {
    /// How often the words occur, and how well they match.
    pub coverage: f32,
    /// … as far as they are of the other language.
    pub across: f32,
    /// Neighbours of the query close together in their order.
    pub order: f32,
    /// … with one word of the query between them.
    pub skip: f32,
    /// The best window.
    pub window: f32,
    /// The best sentence together with the title.
    pub sentence: f32,
    /// The longest run in common.
    pub run: f32,
    /// How much of the title is asked for.
    pub title_fit: f32,
    /// Related words in place of words that are missing.
    pub related: f32,
    /// Words at the very beginning.
    pub opening: f32,
    /// Years, numbers or names for a question that asks for them.
    pub cue: f32,
}

impl Parts {
    /// The parts by name, in the order in which they are added up.
    pub fn named(&self) -> [(&'static str, f32); 11] {
        [
            ("words", self.coverage),
            ("words of the other language", self.across),
            ("order", self.order),
            ("order with a gap", self.skip),
            ("window", self.window),
            ("sentence", self.sentence),
            ("run", self.run),
            ("title", self.title_fit),
            ("related words", self.related),
            ("opening", self.opening),
            ("question", self.cue),
        ]
    }

    pub fn sum(&self) -> f32 {
        self.named().iter().map(|(_, value)| value).sum()
    }
}

/// The best level of each query word in the passage, `None` where it does not occur.
pub(super) fn best_levels(found: &Found) -> PerWord<Option<Level>> {
    let mut best: PerWord<Option<Level>> = [None; MAX_RANKED_WORDS];
    for hit in &found.hits {
        if let Some(best) = best.get_mut(usize::from(hit.word)) {
            *best = Some(best.map_or(hit.level, |level| level.min(hit.level)));
        }
    }
    best
}

/// Everything but the title's fit, which needs to know the title's other words.
pub(super) fn parts(query: &RankQuery, found: &Found, average_length: f32) -> Parts {
    let (coverage, across) = coverage(query, found, average_length);
    let (order, skip) = order(query, &found.hits);
    Parts {
        coverage: weights::COVERAGE * coverage,
        across: weights::COVERAGE * across,
        order: weights::ORDER * order,
        skip: weights::SKIP * skip,
        window: weights::WINDOW * window(query, &found.hits),
        sentence: weights::SENTENCE * sentence(query, &found.hits),
        run: weights::RUN * found.run,
        title_fit: 0.0,
        related: weights::RELATED * related(query, found),
        opening: weights::OPENING * opening(query, found),
        cue: question(query.cue, found),
    }
}

fn coverage(query: &RankQuery, found: &Found, average_length: f32) -> (f32, f32) {
    let mut own: PerWord<f32> = [0.0; MAX_RANKED_WORDS];
    let mut across: PerWord<f32> = [0.0; MAX_RANKED_WORDS];
    for hit in &found.hits {
        let factor = match hit.region {
            Region::Title => frequency::IN_TITLE,
            Region::Section => frequency::IN_SECTION,
            Region::Text | Region::Hidden => 1.0,
        };
        let sums = if hit.level == Level::Across { &mut across } else { &mut own };
        if let Some(sum) = sums.get_mut(usize::from(hit.word)) {
            *sum += factor * hit.frequency;
        }
    }
    let length = found.length as f32 / average_length.max(1.0);
    let k = weights::COVERAGE_K * (1.0 - weights::COVERAGE_B + weights::COVERAGE_B * length);
    let saturate = |frequency: f32| frequency / (frequency + k);
    let mut sums = (0.0, 0.0);
    for (place, word) in query.words.iter().enumerate() {
        let own = word.idf_mean * saturate(own[place]);
        let across = word.idf_across * saturate(across[place]);
        sums.0 += own;
        // A word is not found twice for being there in both languages.
        sums.1 += (across - own).max(0.0);
    }
    sums
}

/// Neighbours within three positions, and words with one between them within five.
fn order(query: &RankQuery, hits: &[Hit]) -> (f32, f32) {
    const NEXT: u32 = 3;
    const SKIPPED: u32 = 5;
    let mut next: PerWord<f32> = [0.0; MAX_RANKED_WORDS];
    let mut skipped: PerWord<f32> = [0.0; MAX_RANKED_WORDS];
    for (place, hit) in hits.iter().enumerate() {
        for before in hits[..place].iter().rev() {
            let apart = hit.position - before.position;
            if apart > SKIPPED {
                break;
            }
            let words = usize::from(before.word);
            let both = hit.strength.min(before.strength);
            if apart == 0 {
                continue;
            } else if apart <= NEXT && hit.word == before.word + 1 {
                next[words] = next[words].max(both);
            } else if hit.word == before.word + 2 {
                skipped[words] = skipped[words].max(both);
            }
        }
    }
    let sum = |best: &PerWord<f32>, step: usize| -> f32 {
        let pairs = query.words.iter().zip(query.words.iter().skip(step));
        pairs.zip(best).map(|((a, b), best)| (a.idf + b.idf) / 2.0 * best).sum()
    };
    (sum(&next, 1), sum(&skipped, 2))
}

/// The strongest match of each word, and what they add up to.
#[derive(Clone, Copy)]
struct Strongest {
    strength: PerWord<f32>,
    sum: f32,
}

impl Strongest {
    const NONE: Strongest = Strongest { strength: [0.0; MAX_RANKED_WORDS], sum: 0.0 };

    fn add(&mut self, query: &RankQuery, hit: &Hit) {
        let place = usize::from(hit.word);
        if let (Some(strength), Some(word)) = (self.strength.get_mut(place), query.words.get(place))
            && hit.strength > *strength
        {
            self.sum += word.idf * (hit.strength - *strength);
            *strength = hit.strength;
        }
    }
}

fn window(query: &RankQuery, hits: &[Hit]) -> f32 {
    let mut best = 0.0f32;
    let mut last_end = 0;
    for (start, first) in hits.iter().enumerate() {
        let within = |hit: &Hit| hit.position < first.position + weights::WINDOW_WORDS;
        let mut end = last_end.max(start + 1);
        while hits.get(end).is_some_and(within) {
            end += 1;
        }
        // A window that ends where the one before ended is a part of it.
        if end > last_end {
            let mut strongest = Strongest::NONE;
            hits[start..end].iter().for_each(|hit| strongest.add(query, hit));
            best = best.max(strongest.sum);
        }
        last_end = end;
    }
    best
}

fn sentence(query: &RankQuery, hits: &[Hit]) -> f32 {
    let mut title = Strongest::NONE;
    let in_title = hits.iter().filter(|hit| hit.region == Region::Title);
    in_title.for_each(|hit| title.add(query, hit));
    let mut best = title.sum;
    let mut current = title;
    let mut number = u32::MAX;
    for hit in hits.iter().filter(|hit| hit.region == Region::Text) {
        if hit.sentence != number {
            number = hit.sentence;
            current = title;
        }
        current.add(query, hit);
        best = best.max(current.sum);
    }
    best
}

fn related(query: &RankQuery, found: &Found) -> f32 {
    if found.related.iter().all(|&strength| strength == 0.0) {
        return 0.0;
    }
    let levels = best_levels(found);
    let words = query.words.iter().zip(levels).zip(found.related);
    words
        .filter(|((_, level), _)| level.is_none_or(|level| level > Level::Synonym))
        .map(|((word, _), strength)| word.idf * strength)
        .sum()
}

fn opening(query: &RankQuery, found: &Found) -> f32 {
    let mut strongest = Strongest::NONE;
    let end = found.text_start + weights::OPENING_WORDS;
    for hit in &found.hits {
        if hit.region == Region::Text && hit.position < end && hit.level <= Level::Synonym {
            strongest.add(query, hit);
        }
    }
    strongest.sum
}

fn question(cue: Option<QuestionCue>, found: &Found) -> f32 {
    let most = |count: u32, most: f32| (1.0 + count as f32).ln().min(most);
    match cue {
        Some(QuestionCue::When) => cue::WHEN * most(found.years, cue::WHEN_MOST),
        Some(QuestionCue::HowMany) => cue::HOW_MANY * most(found.numbers, cue::HOW_MANY_MOST),
        Some(QuestionCue::Who) => cue::WHO * most(found.capitalized, cue::WHO_MOST),
        None => 0.0,
    }
}
