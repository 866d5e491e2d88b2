//! Brings the second stage and the index together: the query as it ranks, and the words of
//! candidates from the forward files.

use rustc_hash::FxHashMap;

use super::compile::is_across;
use super::hit::How;
use super::plan::{Plan, PlannedWord};
use super::rank::{
    Care, Level, Lexis, MAX_RUN_WORDS, RankExpansion, RankQuery, RankWord, RunWord, SegmentRanker,
    Tokens,
};
use super::retrieve::idf;
use super::weights::MAX_RANKED_WORDS;
use crate::analysis::chain::stem_of;
use crate::analysis::hints::Hints;
use crate::analysis::question_cue;
use crate::crosslingual::embedded_lexicon;
use crate::error::Result;
use crate::index::forward::{PassageWords, Vocabulary, WordId};
use crate::index::{Address, OpenIndex};
use crate::lang::script_of;

/// Inverse document frequencies of words of titles, by segment and word, kept between queries.
pub type TitleIdfs = FxHashMap<(u32, WordId), f32>;

/// Words of titles that are kept, at the most.
const MOST_TITLE_WORDS: usize = 200_000;

/// The query as the second stage sees it.
pub fn rank_query(plan: &Plan) -> RankQuery {
    // What would be left out is not prepared.
    let words = plan.words.iter().take(MAX_RANKED_WORDS).map(rank_word).collect();
    let run = plan
        .all_words
        .iter()
        .take(MAX_RUN_WORDS)
        .map(|word| {
            let planned = plan.words.iter().find(|planned| planned.word.stem == word.stem);
            RunWord { form: word.form.clone(), idf: planned.map_or(0.0, |planned| planned.idf) }
        })
        .collect();
    let forms: Vec<&str> = plan.all_words.iter().map(|word| word.form.as_str()).collect();
    RankQuery::new(words, run, question_cue(&forms))
}

fn rank_word(planned: &PlannedWord) -> RankWord {
    let expansions = planned.became.iter().map(|became| RankExpansion {
        stems: became.words.iter().map(|word| word.stem.clone()).collect(),
        weight: became.weight,
        level: match became.how {
            How::Synonym => Level::Synonym,
            how if is_across(how) => Level::Across,
            _ => Level::Variant,
        },
    });
    let related = embedded_lexicon().related(&planned.word.stem).into_iter();
    RankWord {
        form: planned.word.form.clone(),
        stem: planned.word.stem.clone(),
        script: planned.word.script,
        boost: planned.boost,
        idf: planned.idf,
        idf_form: planned.idf_form,
        idf_across: planned.idf_across,
        expansions: expansions.collect(),
        related: related.map(|(stem, probability)| (stem.to_owned(), probability)).collect(),
    }
}

impl Lexis for Vocabulary {
    fn read_word(&self, id: WordId, out: &mut Vec<u8>) -> bool {
        Vocabulary::read_word(self, id, out)
    }

    fn word_count(&self) -> u32 {
        self.len()
    }

    fn id(&self, form: &str) -> Option<WordId> {
        Vocabulary::id(self, form)
    }

    fn hints(&self, id: WordId, care: Care) -> Hints {
        let signature = match care {
            Care::Quick => 0,
            Care::Thorough => self.signature(id),
        };
        Hints::from_marks(self.marks(id), signature)
    }
}

/// Ranks candidates of one query.
pub struct Ranker<'q> {
    index: &'q OpenIndex,
    segments: Vec<SegmentRanker<'q, Vocabulary>>,
    title_idfs: &'q mut TitleIdfs,
    words: PassageWords,
    average_length: f32,
    passages: u64,
}

impl<'q> Ranker<'q> {
    pub fn new(
        index: &'q OpenIndex,
        query: &'q RankQuery,
        title_idfs: &'q mut TitleIdfs,
    ) -> Ranker<'q> {
        if title_idfs.len() > MOST_TITLE_WORDS {
            title_idfs.clear();
        }
        let vocabularies = index.segments.iter().map(|segment| segment.forward.vocabulary());
        let totals = index.payload.totals;
        Ranker {
            index,
            segments: vocabularies.map(|words| SegmentRanker::new(query, words)).collect(),
            title_idfs,
            words: PassageWords::default(),
            average_length: totals.text_words as f32 / totals.passages.max(1) as f32,
            passages: index.passages(),
        }
    }

    /// Sets how closely the passages ranked from now on are compared.
    pub fn set_care(&mut self, care: Care) {
        for segment in &mut self.segments {
            segment.set_care(care);
        }
    }

    /// The score of a passage, and its parts if they are to be explained.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn rank(&mut self, address: Address, explain: bool) -> Result<(f32, Vec<(String, f32)>)> {
        let place = address.segment as usize;
        let (Some(segment), Some(ranker)) =
            (self.index.segments.get(place), self.segments.get_mut(place))
        else {
            return Ok((0.0, Vec::new()));
        };
        self.index.read_words(address, &mut self.words)?;
        let tokens = Tokens {
            words: &self.words.words,
            title_words: self.words.title_words,
            section_words: self.words.section_words,
            hidden_words: self.words.hidden_words,
            sentences: &self.words.sentences,
            capitalized: self.words.capitalized,
        };
        let (index, passages, title_idfs) = (self.index, self.passages, &mut *self.title_idfs);
        let vocabulary = segment.forward.vocabulary();
        let mut failed = Ok(());
        let mut title_idf = |id: WordId| {
            let known = title_idfs.entry((address.segment, id));
            *known.or_insert_with(|| {
                let stem_df = || -> Result<u64> {
                    let form = vocabulary.word(id).unwrap_or_default();
                    let stem = stem_of(&form, script_of(&form));
                    index.doc_freq(index.fields.text, &stem)
                };
                match stem_df() {
                    Ok(df) => idf(df, passages),
                    Err(error) => {
                        failed = Err(error);
                        0.0
                    }
                }
            })
        };
        let scored = ranker.score(&tokens, &mut title_idf, self.average_length);
        failed?;
        let parts = if explain {
            let named = scored.parts.named().into_iter();
            named.map(|(name, value)| (name.to_owned(), value)).collect()
        } else {
            Vec::new()
        };
        Ok((scored.score, parts))
    }
}
