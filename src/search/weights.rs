//! Every number of ranking, in one place and one set for all languages.
//!
//! Scores are sums of inverse document frequencies times these weights, so a weight of 1 is worth
//! as much as finding the word once more in its exact form. `docs/measurements.md` says what each
//! brings.

/// BM25: how soon further occurrences count less.
pub const K1: f32 = 1.0;
/// BM25: how much the length of a passage counts.
pub const B: f32 = 0.75;

/// First stage: stems anywhere in title, section path or text.
pub const TEXT: f32 = 1.0;
/// First stage: stems in the title.
pub const TITLE: f32 = 0.5;
/// First stage, `--rank bm25`: stems in the section path.
pub const SECTION: f32 = 0.2;

/// Other spellings of a word: an occurrence counts so many times one of the word itself.
pub const VARIANT: f32 = 0.09;
/// … of a word that no passage holds; less by [`VARIANT_FALL`] times the distance of the spelling.
pub const VARIANT_OF_UNKNOWN: f32 = 0.7;
pub const VARIANT_FALL: f32 = 3.0;
/// Names in the other script beside a spelling of a word that no passage holds.
pub const NAME_BESIDE_VARIANT: f32 = 0.5;
/// First stage: the word with other prefixes attached, or without them.
pub const ATTACHED: f32 = 0.3;
/// Synonyms of the user's own, in either script: an occurrence counts so many times one of the
/// word itself. They are said to be equivalent, so nothing but the same passage with the word itself
/// is to come before; an equal weight would leave it to chance which of the two is first.
pub const SYNONYM: f32 = 0.95;
/// … with other prefixes attached, as the word itself with them.
pub const SYNONYM_ATTACHED: f32 = SYNONYM * frequency::BASE;
/// Names in the other script and translations: all together count so much of the word itself.
pub const ACROSS: f32 = 0.7;
/// … less, where they are in fewer passages than the word: their share to the power of this.
pub const ACROSS_SHARE: f32 = 0.25;

/// How many passages of the first stage are ranked again.
pub const CANDIDATES: usize = 100;
/// How many of these, the best by a quick comparison, are ranked by a thorough one.
pub const THOROUGH: usize = 15;

/// Second stage: how well a word of a passage matches a word of the query.
pub mod level {
    /// Same form.
    pub const EXACT: f32 = 1.0;
    /// Same stem.
    pub const STEM: f32 = 0.95;
    /// The same after taking off attached prefixes and endings.
    pub const BASE: f32 = 0.9;
    /// Same consonants.
    pub const SKELETON: f32 = 0.5;
    /// Many character sequences in common.
    pub const ALIKE: f32 = 0.6;
    /// Some character sequences in common.
    pub const SIMILAR: f32 = 0.25;
    /// From which share of common character sequences on words count as alike.
    pub const ALIKE_DICE: f32 = 0.6;
    /// … and as similar.
    pub const SIMILAR_DICE: f32 = 0.4;
}

/// Second stage: how much an occurrence adds to a word's frequency, by level.
pub mod frequency {
    pub const EXACT: f32 = 1.0;
    pub const STEM: f32 = 0.4;
    pub const BASE: f32 = 0.4;
    pub const SKELETON: f32 = 0.25;
    pub const ALIKE: f32 = 0.15;
    pub const SIMILAR: f32 = 0.06;
    /// An occurrence in the title counts so many times one in the text.
    pub const IN_TITLE: f32 = 2.5;
    /// … and one in the section path.
    pub const IN_SECTION: f32 = 1.0;
}

/// Second stage: how often the words of the query occur, and how well they match.
pub const COVERAGE: f32 = 0.7;
/// Saturation and length of the coverage part.
pub const COVERAGE_K: f32 = 0.9;
pub const COVERAGE_B: f32 = 0.85;

/// Neighbouring query words in their order, at most three places apart.
pub const ORDER: f32 = 0.2;
/// Query words with one between them, in their order, at most five places apart.
pub const SKIP: f32 = 0.05;
/// The best stretch of 25 words.
pub const WINDOW: f32 = 0.25;
pub const WINDOW_WORDS: u32 = 25;
/// The best sentence, together with the title.
pub const SENTENCE: f32 = 0.2;
/// The longest run of words that query and passage have in common.
pub const RUN: f32 = 0.1;
/// How much of the title the query names.
pub const TITLE_FIT: f32 = 0.25;
/// Words that share translations with a query word that is not there itself.
pub const RELATED: f32 = 0.5;
/// Query words among the first five.
pub const OPENING: f32 = 0.12;
pub const OPENING_WORDS: u32 = 5;

/// What a question asks for: years, numbers, names.
pub mod cue {
    pub const WHEN: f32 = 0.7;
    pub const WHEN_MOST: f32 = 1.4;
    pub const HOW_MANY: f32 = 0.4;
    pub const HOW_MANY_MOST: f32 = 1.8;
    pub const WHO: f32 = 0.3;
    pub const WHO_MOST: f32 = 3.0;
}

/// What a passage of each kind is worth beside one of prose with the same words: lists and boxes
/// are short and would outrank the text they sum up.
pub fn kind(kind: crate::model::Kind) -> f32 {
    use crate::model::Kind;
    match kind {
        Kind::Prose => 1.0,
        Kind::Table => 0.9,
        Kind::Infobox => 0.8,
        Kind::References => 0.6,
        Kind::Links => 0.5,
        Kind::Redirect => 0.9,
    }
}

/// Query words that the second stage looks at; further ones only count in the first.
pub const MAX_RANKED_WORDS: usize = 14;
