//! What a word of a query becomes beside itself: other spellings, the name in the other script,
//! words of the other language. Only what live passages hold.

use rustc_hash::FxHashMap;

use super::hit::How;
use super::request::Expand;
use super::sounding::IndexVocabulary;
use crate::analysis::chain::stem_of;
use crate::analysis::{Analyzer, OwnedWord};
use crate::crosslingual::expansion::{Expansion, ExpansionKind};
use crate::crosslingual::lexicon::{self, MAX_TRANSLATIONS};
use crate::crosslingual::names::{names_in_other_script, names_of_pair};
use crate::crosslingual::variants::variants;
use crate::error::Result;
use crate::index::OpenIndex;
use crate::lang::{Script, script_of};

/// Words whose expansions are kept for the next query.
const MOST_KEPT: usize = 20_000;
/// Translations of several words that are looked for, at the most: each costs as much as a phrase.
const MOST_PHRASES: usize = 4;
/// Words of a query that are expanded, at the most.
pub const MOST_EXPANDED_WORDS: usize = 32;

/// Something that a word became, in terms of the index.
#[derive(Clone, Debug, PartialEq)]
pub struct Became {
    pub how: How,
    /// As people read it: a form, or forms with spaces between them.
    pub form: String,
    /// Its words.
    pub words: Vec<BecameWord>,
    /// 1 is as good as the word itself.
    pub weight: f32,
    /// In how many live passages it occurs; of a phrase its rarest word.
    pub passages: u64,
}

/// A word of an expansion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BecameWord {
    pub form: String,
    pub stem: String,
}

/// Expands words; one for each thread, as it keeps what it has found.
pub struct Expander<'a> {
    index: &'a OpenIndex,
    kept: FxHashMap<(String, bool, Expand), Vec<Became>>,
}

impl<'a> Expander<'a> {
    pub fn new(index: &'a OpenIndex) -> Expander<'a> {
        Expander { index, kept: FxHashMap::default() }
    }

    /// What a word becomes, the best of each kind first.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn expand(
        &mut self,
        word: &OwnedWord,
        expand: Expand,
        analyzer: &mut Analyzer,
    ) -> Result<Vec<Became>> {
        if expand == Expand::NONE || !matches!(word.script, Script::Latin | Script::Arabic) {
            return Ok(Vec::new());
        }
        let key = (word.form.clone(), word.capitalized, expand);
        if let Some(kept) = self.kept.get(&key) {
            return Ok(kept.clone());
        }
        let vocabulary = IndexVocabulary::new(self.index);
        let lexicon = lexicon::embedded();
        let mut found = Vec::new();
        if expand.variants {
            found.extend(variants(&word.form, word.capitalized, &vocabulary, lexicon));
        }
        if expand.names {
            found.extend(names_in_other_script(&word.form, word.capitalized, &vocabulary, lexicon));
        }
        let mut became = Vec::new();
        for expansion in found {
            self.push(word, &expansion, &mut became)?;
        }
        if expand.translate {
            self.translate(word, analyzer, &mut became)?;
        }
        if self.kept.len() >= MOST_KEPT {
            self.kept.clear();
        }
        self.kept.insert(key, became.clone());
        Ok(became)
    }

    /// The name in the other script that two neighbouring words are together.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn expand_pair(
        &mut self,
        first: &OwnedWord,
        second: &OwnedWord,
        expand: Expand,
    ) -> Result<Vec<Became>> {
        let mut became = Vec::new();
        let lexicon = lexicon::embedded();
        let are_names = first.script == second.script
            && match first.script {
                Script::Latin => first.capitalized && second.capitalized,
                Script::Arabic => !lexicon.holds(&first.form) && !lexicon.holds(&second.form),
                Script::Number | Script::Other => false,
            };
        if expand.names && are_names {
            let vocabulary = IndexVocabulary::new(self.index);
            for expansion in names_of_pair(&first.form, &second.form, &vocabulary, lexicon) {
                self.push(first, &expansion, &mut became)?;
            }
        }
        Ok(became)
    }

    fn translate(
        &self,
        word: &OwnedWord,
        analyzer: &mut Analyzer,
        became: &mut Vec<Became>,
    ) -> Result<()> {
        let mut phrases = 0;
        let translations = lexicon::embedded().translations(&word.form);
        for translation in translations.into_iter().take(MAX_TRANSLATIONS) {
            let words: Vec<BecameWord> = analyzer
                .words(&translation.words)
                .into_iter()
                .map(|word| BecameWord { form: word.form, stem: word.stem })
                .collect();
            if words.len() > 1 {
                phrases += 1;
            }
            if words.len() > 1 && phrases > MOST_PHRASES {
                continue;
            }
            self.push_words(
                word,
                How::Translation,
                translation.words,
                words,
                translation.weight,
                became,
            )?;
        }
        Ok(())
    }

    fn push(
        &self,
        word: &OwnedWord,
        expansion: &Expansion,
        became: &mut Vec<Became>,
    ) -> Result<()> {
        let how = match expansion.kind {
            ExpansionKind::Stem => How::Stem,
            ExpansionKind::Variant => How::Variant,
            ExpansionKind::Name => How::Name,
            ExpansionKind::Translation => How::Translation,
        };
        let words = expansion
            .form
            .split(' ')
            .map(|form| BecameWord {
                form: form.to_owned(),
                stem: stem_of(form, script_of(form)).into_owned(),
            })
            .collect();
        self.push_words(word, how, expansion.form.clone(), words, expansion.weight, became)
    }

    /// Adds an expansion that is there, is not the word itself and was not added before.
    fn push_words(
        &self,
        word: &OwnedWord,
        how: How,
        form: String,
        words: Vec<BecameWord>,
        weight: f32,
        became: &mut Vec<Became>,
    ) -> Result<()> {
        let itself = matches!(words.as_slice(), [only] if only.stem == word.stem);
        let known = became.iter().any(|other| {
            let stems = |words: &[BecameWord]| {
                words.iter().map(|word| word.stem.clone()).collect::<Vec<_>>()
            };
            stems(&other.words) == stems(&words)
        });
        if itself || known || words.is_empty() {
            return Ok(());
        }
        let mut passages = u64::MAX;
        for word in &words {
            let df = self.index.doc_freq(self.index.fields.text, &word.stem)?;
            passages = passages.min(df);
        }
        if passages > 0 {
            became.push(Became { how, form, words, weight, passages });
        }
        Ok(())
    }
}
