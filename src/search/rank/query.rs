//! The query as the second stage sees it, made once for all segments.

use crate::analysis::hints::{Hints, STEM_HASHES, core, nonzero_hash, stem_hash};
use crate::analysis::trigrams::trigrams;
use crate::analysis::{
    OwnedWord, QuestionCue, bases, is_question_word, is_stop_word_as_written, skeleton,
};
use crate::lang::Script;
use crate::search::weights::{ACROSS, MAX_RANKED_WORDS};

use super::grams::{GramTable, SignatureFilter};
use super::levels::Level;

/// Words of the query, function words included, that common runs are looked for in.
pub const MAX_RUN_WORDS: usize = 32;
/// Expansions of one word that the second stage looks at.
const MAX_EXPANSIONS: usize = 64;

/// A word that a query word also stands for, or several in a row.
#[derive(Clone, Debug, PartialEq)]
pub struct RankExpansion {
    pub stems: Vec<String>,
    /// 1 is as good as the word itself, before the weight of the kind.
    pub weight: f32,
    /// What a match of it is: [`Level::Synonym`], [`Level::Variant`] or [`Level::Across`].
    pub level: Level,
}

/// A query word that passages are ranked by.
#[derive(Clone, Debug)]
pub struct RankWord {
    pub form: String,
    pub stem: String,
    pub script: Script,
    /// How much the user wants it to count; 1 where nothing is said.
    pub boost: f32,
    /// Inverse document frequency of the stem.
    pub idf: f32,
    /// … of the form.
    pub idf_form: f32,
    /// … of all expansions of the other language together; 0 if there are none.
    pub idf_across: f32,
    pub expansions: Vec<RankExpansion>,
    /// Stems of the same language that share translations with it, and how probably.
    pub related: Vec<(String, f32)>,
}

/// A word of the query as it stands, function words included.
#[derive(Clone, Debug)]
pub struct RunWord {
    pub form: String,
    /// 0 for words that do not rank.
    pub idf: f32,
}

/// A query, prepared.
#[derive(Clone, Debug, Default)]
pub struct RankQuery {
    pub(super) words: Vec<Prepared>,
    pub(super) run: Vec<RunWord>,
    pub(super) cue: Option<QuestionCue>,
    /// What passage words are recognised by their stem, sorted by hash.
    pub(super) stems: Vec<StemTarget>,
    /// Expansions of more than one word.
    pub(super) phrases: Vec<Phrase>,
    pub(super) filter: Filter,
    pub(super) grams: GramTable,
}

/// A query word with everything that is compared.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    pub form: String,
    pub stem: String,
    /// With the user's boost, as all below.
    pub idf: f32,
    /// Mean of form and stem.
    pub idf_mean: f32,
    /// With the weight of the other language.
    pub idf_across: f32,
    pub hints: Hints,
    pub skeleton: String,
    /// How many trigrams it has.
    pub grams: u8,
    pub bases: Vec<String>,
}

/// What a stem stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Target {
    /// The query word itself.
    Word,
    /// An expansion, with its level and weight.
    Expansion(Level, f32),
    Related(f32),
    /// A word of a phrase and its place there.
    Phrase(u16, u8),
}

#[derive(Clone, Debug)]
pub(super) struct StemTarget {
    pub hash: u16,
    pub stem: String,
    pub word: u8,
    pub target: Target,
}

/// An expansion of several words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Phrase {
    pub word: u8,
    pub length: u8,
    pub weight: f32,
    pub level: Level,
}

/// Which hints deserve a look.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    pub stems: [u64; STEM_HASHES / 64],
    pub skeletons: [u64; 4],
    pub cores: [u64; 4],
    pub signatures: SignatureFilter,
}

impl Default for Filter {
    fn default() -> Filter {
        Filter {
            stems: [0; STEM_HASHES / 64],
            skeletons: [0; 4],
            cores: [0; 4],
            signatures: SignatureFilter::default(),
        }
    }
}

/// Places of the words that a plain query is ranked by: those that are neither function nor
/// question words, each stem once, at most [`MAX_RANKED_WORDS`]; all, if nothing else is there.
/// `text` is what the words were cut from.
pub fn select_words(text: &str, words: &[OwnedWord]) -> Vec<usize> {
    let counts = |word: &OwnedWord| {
        let raw = text.get(word.span.clone()).unwrap_or(&word.form);
        !is_stop_word_as_written(raw, &word.form) && !is_question_word(&word.form)
    };
    let any = words.iter().any(counts);
    let mut selected: Vec<usize> = Vec::new();
    for (place, word) in words.iter().enumerate() {
        if selected.len() < MAX_RANKED_WORDS
            && (!any || counts(word))
            && !selected.iter().any(|&other| words[other].stem == word.stem)
        {
            selected.push(place);
        }
    }
    selected
}

impl RankQuery {
    /// Whether the numbers of a passage count: the question asks for one.
    pub(super) fn counts_numbers(&self) -> bool {
        matches!(self.cue, Some(QuestionCue::When | QuestionCue::HowMany))
    }

    /// `words`: what ranks, in the order of the query; those beyond [`MAX_RANKED_WORDS`] are left
    /// out. `run`: all words of the query in their order.
    pub fn new(words: Vec<RankWord>, run: Vec<RunWord>, cue: Option<QuestionCue>) -> RankQuery {
        let mut query = RankQuery { run, cue, ..RankQuery::default() };
        query.run.truncate(MAX_RUN_WORDS);
        for word in words.into_iter().take(MAX_RANKED_WORDS) {
            query.push(word);
        }
        for word in &query.run {
            // A run word is found by its form; the filter lets its stem pass.
            let stem =
                crate::analysis::chain::stem_of(&word.form, crate::lang::script_of(&word.form));
            set(&mut query.filter.stems, usize::from(stem_hash(&stem)));
        }
        query.stems.sort_by(|a, b| a.hash.cmp(&b.hash).then(a.word.cmp(&b.word)));
        query
    }

    /// Whether nothing ranks.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    fn push(&mut self, word: RankWord) {
        let place = self.words.len();
        let number = place as u8;
        self.push_stem(&word.stem, number, Target::Word);
        for expansion in word.expansions.iter().take(MAX_EXPANSIONS) {
            self.push_expansion(expansion, number);
        }
        for (stem, probability) in &word.related {
            self.push_stem(stem, number, Target::Related(probability.clamp(0.0, 1.0).sqrt()));
        }
        let mut grams = Vec::new();
        trigrams(&word.form, &mut grams);
        self.filter.signatures.set(place, &grams);
        self.grams.add(place, &grams);
        let skeleton = skeleton(&word.form);
        set(&mut self.filter.skeletons, usize::from(nonzero_hash(&skeleton)));
        let mut own_bases: Vec<String> = Vec::new();
        if word.script == Script::Arabic {
            set(&mut self.filter.cores, usize::from(nonzero_hash(core(&word.form))));
            bases(&word.form, |base| {
                if !own_bases.iter().any(|known| known == base) {
                    own_bases.push(base.to_owned());
                }
            });
        }
        self.words.push(Prepared {
            idf: word.idf * word.boost,
            idf_mean: (word.idf + word.idf_form) / 2.0 * word.boost,
            idf_across: word.idf_across * word.boost * ACROSS,
            hints: Hints::of(&word.form, &word.stem),
            form: word.form,
            stem: word.stem,
            skeleton,
            grams: grams.len().min(usize::from(u8::MAX)) as u8,
            bases: own_bases,
        });
    }

    fn push_expansion(&mut self, expansion: &RankExpansion, word: u8) {
        let RankExpansion { stems, weight, level } = expansion;
        if let [stem] = stems.as_slice() {
            self.push_stem(stem, word, Target::Expansion(*level, *weight));
            return;
        }
        let (Ok(phrase), Ok(length)) =
            (u16::try_from(self.phrases.len()), u8::try_from(stems.len()))
        else {
            return;
        };
        for (place, stem) in (0..length).zip(stems) {
            self.push_stem(stem, word, Target::Phrase(phrase, place));
        }
        self.phrases.push(Phrase { word, length, weight: *weight, level: *level });
    }

    fn push_stem(&mut self, stem: &str, word: u8, target: Target) {
        let hash = stem_hash(stem);
        set(&mut self.filter.stems, usize::from(hash));
        self.stems.push(StemTarget { hash, stem: stem.to_owned(), word, target });
    }
}

fn set(bits: &mut [u64], bit: usize) {
    if let Some(word) = bits.get_mut(bit / 64) {
        *word |= 1 << (bit % 64);
    }
}
