//! What a word of a query becomes beside itself: other spellings, the name in the other script,
//! words of the other language. Only what live passages hold.

use rustc_hash::FxHashMap;

use super::hit::How;
use super::request::Expand;
use super::sounding::IndexVocabulary;
use crate::analysis::OwnedWord;
use crate::analysis::chain::stem_of;
use crate::crosslingual::{
    self, ExpandOptions, Expansion, ExpansionKind, UserDictionary, embedded_lexicon,
};
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
    dictionary: Option<&'a UserDictionary>,
    kept: FxHashMap<(String, bool, Expand), Vec<Became>>,
}

impl<'a> Expander<'a> {
    /// `dictionary`: the user's own, asked beside the lexicon.
    pub fn new(index: &'a OpenIndex, dictionary: Option<&'a UserDictionary>) -> Expander<'a> {
        Expander { index, dictionary, kept: FxHashMap::default() }
    }

    /// What a word becomes, the best of each kind first.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn expand(&mut self, word: &OwnedWord, expand: Expand) -> Result<Vec<Became>> {
        if expand == Expand::NONE || !matches!(word.script, Script::Latin | Script::Arabic) {
            return Ok(Vec::new());
        }
        let key = (word.form.clone(), word.capitalized, expand);
        if let Some(kept) = self.kept.get(&key) {
            return Ok(kept.clone());
        }
        let found = self.ask(expand, |expander| expander.expand(&word.form, word.capitalized));
        let became = self.in_index(word, found)?;
        if self.kept.len() >= MOST_KEPT {
            self.kept.clear();
        }
        self.kept.insert(key, became.clone());
        Ok(became)
    }

    /// What two neighbouring words are together: one name, or one entry of the lexicon.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn expand_pair(
        &mut self,
        first: &OwnedWord,
        second: &OwnedWord,
        expand: Expand,
    ) -> Result<Vec<Became>> {
        let lexicon = embedded_lexicon();
        let may_be_name = match first.script {
            Script::Latin => first.capitalized && second.capitalized,
            Script::Arabic => !lexicon.holds(&first.form) && !lexicon.holds(&second.form),
            Script::Number | Script::Other => return Ok(Vec::new()),
        };
        if first.script != second.script {
            return Ok(Vec::new());
        }
        let expand = Expand { names: expand.names && may_be_name, ..expand };
        let found = self.ask(expand, |expander| expander.expand_pair(&first.form, &second.form));
        self.in_index(first, found)
    }

    fn ask(
        &self,
        expand: Expand,
        question: impl FnOnce(&crosslingual::Expander) -> Vec<Expansion>,
    ) -> Vec<Expansion> {
        let own = self.dictionary.map(UserDictionary::lexicon);
        question(&crosslingual::Expander {
            vocabulary: &IndexVocabulary::new(self.index),
            lexicon: embedded_lexicon(),
            dictionary: own.as_ref(),
            options: ExpandOptions {
                names: expand.names,
                variants: expand.variants,
                translate: expand.translate,
            },
        })
    }

    /// Those expansions that live passages hold.
    fn in_index(&self, word: &OwnedWord, found: Vec<Expansion>) -> Result<Vec<Became>> {
        let mut became = Vec::new();
        let mut phrases = 0;
        for expansion in found {
            if expansion.kind == ExpansionKind::Translation && expansion.form.contains(' ') {
                phrases += 1;
                if phrases > MOST_PHRASES {
                    continue;
                }
            }
            self.push(word, expansion, &mut became)?;
        }
        Ok(became)
    }

    /// Adds an expansion that is there, is not the word itself and was not added before.
    fn push(&self, word: &OwnedWord, expansion: Expansion, became: &mut Vec<Became>) -> Result<()> {
        let how = match expansion.kind {
            ExpansionKind::Stem => How::Stem,
            ExpansionKind::Variant => How::Variant,
            ExpansionKind::Name => How::Name,
            ExpansionKind::Translation => How::Translation,
        };
        let words: Vec<BecameWord> = expansion
            .form
            .split_whitespace()
            .map(|form| BecameWord {
                form: form.to_owned(),
                stem: stem_of(form, script_of(form)).into_owned(),
            })
            .collect();
        let itself = matches!(words.as_slice(), [only] if only.stem == word.stem);
        let same_stems = |other: &Became| {
            let stems = |words: &[BecameWord]| words.iter().map(|word| word.stem.clone()).collect();
            let (a, b): (Vec<String>, Vec<String>) = (stems(&other.words), stems(&words));
            a == b
        };
        if itself || words.is_empty() || became.iter().any(same_stems) {
            return Ok(());
        }
        let mut passages = u64::MAX;
        for word in &words {
            let df = self.index.doc_freq(self.index.fields.text, &word.stem)?;
            passages = passages.min(df);
        }
        if passages > 0 {
            let Expansion { form, weight, .. } = expansion;
            became.push(Became { how, form, words, weight, passages });
        }
        Ok(())
    }
}
