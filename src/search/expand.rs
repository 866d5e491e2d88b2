//! What a word of a query becomes beside itself: other spellings, the name in the other script,
//! words of the other language, synonyms of the user's own. Only what live passages hold.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::deadline::Watch;
use super::hit::How;
use super::positions::{Occurrences, Order, Pattern, find_pattern};
use super::request::Expand;
use super::sounding::IndexVocabulary;
use super::weights;
use crate::analysis::chain::stem_of;
use crate::analysis::{OwnedWord, attached_forms, is_stop_word};
use crate::crosslingual::{
    self, ExpandOptions, Expansion, ExpansionKind, Synonyms, UserDictionary, Vocabulary as _,
    embedded_lexicon,
};
use crate::error::Result;
use crate::index::OpenIndex;
use crate::lang::{Script, script_of};

/// Words whose expansions are kept for the next query.
const MOST_KEPT: usize = 20_000;
/// Occurrences of phrases that are kept for the next query.
const MOST_PHRASE_OCCURRENCES: usize = 500_000;
/// Translations of several words that are looked for, at the most: each costs as much as a phrase.
const MOST_PHRASES: usize = 4;
/// Shorter stems of words with other prefixes are those of function words by chance.
const MIN_STEM_LETTERS: usize = 3;
/// Letters of each part of a word that is written as two.
const MIN_PART_LETTERS: usize = 3;
/// Longer words are not parted.
const MOST_PARTED_LETTERS: usize = 32;
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
    /// 1 is as good as the word itself; what is in the other language weighs less by
    /// [`weights::ACROSS`] besides.
    pub weight: f32,
    /// How far another spelling is from the word, per letter.
    pub distance: f32,
    /// In how many live passages it occurs; of a phrase its rarest word.
    pub passages: u64,
}

/// What the user brings along.
#[derive(Clone, Copy, Debug, Default)]
pub struct UserTables<'a> {
    /// Asked beside the lexicon.
    pub dictionary: Option<&'a UserDictionary>,
    pub synonyms: Option<&'a Synonyms>,
}

/// A word of an expansion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BecameWord {
    pub form: String,
    pub stem: String,
}

impl Became {
    /// Whether both are found by the same words.
    pub fn is_same_as(&self, other: &Became) -> bool {
        let stems = |became: &Became| -> Vec<String> {
            became.words.iter().map(|word| word.stem.clone()).collect()
        };
        self.words.len() == other.words.len() && stems(self) == stems(other)
    }
}

/// Expands words; one for each thread, as it keeps what it has found.
pub struct Expander<'a> {
    index: &'a OpenIndex,
    tables: UserTables<'a>,
    kept: FxHashMap<(String, bool, Expand), Vec<Became>>,
    kept_pairs: FxHashMap<(String, String, Expand), Vec<Became>>,
    phrases: FxHashMap<Vec<String>, Arc<Occurrences>>,
    /// How many occurrences `phrases` holds.
    phrase_occurrences: usize,
}

impl<'a> Expander<'a> {
    pub fn new(index: &'a OpenIndex, tables: UserTables<'a>) -> Expander<'a> {
        Expander {
            index,
            tables,
            kept: FxHashMap::default(),
            kept_pairs: FxHashMap::default(),
            phrases: FxHashMap::default(),
            phrase_occurrences: 0,
        }
    }

    /// What a word becomes, the best of each kind first, as far as `watch` lets it be found.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn expand(
        &mut self,
        word: &OwnedWord,
        expand: Expand,
        watch: &Watch,
    ) -> Result<Vec<Became>> {
        if !matches!(word.script, Script::Latin | Script::Arabic) {
            return Ok(Vec::new());
        }
        let key = (word.form.clone(), word.capitalized, expand);
        if let Some(kept) = self.kept.get(&key) {
            return Ok(kept.clone());
        }
        let mut became = self.attached(&word.form, &word.stem)?;
        if expand != Expand::NONE {
            let found = self.ask(expand, watch, |asked| asked.expand(&word.form, word.capitalized));
            became.extend(self.in_index(word, found)?);
            let known = self.index.doc_freq(self.index.fields.text, &word.stem)? > 0;
            if !known && became.iter().all(|became| became.how != How::Stem) {
                if expand.variants {
                    became.extend(self.parted(word, watch)?);
                }
                stand_in(&mut became);
            }
        }
        // What is not complete is not kept.
        if watch.is_cut_here() {
            return Ok(became);
        }
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
        watch: &Watch,
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
        let key = (first.form.clone(), second.form.clone(), expand);
        if let Some(kept) = self.kept_pairs.get(&key) {
            return Ok(kept.clone());
        }
        let found = self.ask(expand, watch, |asked| asked.expand_pair(&first.form, &second.form));
        let mut became = self.in_index(first, found)?;
        if expand.variants {
            became.extend(self.joined(first, second)?);
        }
        if watch.is_cut_here() {
            return Ok(became);
        }
        if self.kept_pairs.len() >= MOST_KEPT {
            self.kept_pairs.clear();
        }
        self.kept_pairs.insert(key, became.clone());
        Ok(became)
    }

    /// The user's synonyms, if there are any.
    pub fn user_synonyms(&self) -> Option<&'a Synonyms> {
        self.tables.synonyms
    }

    /// What one word, or several in a row, are by the user's synonyms. `stems`: theirs, apart by
    /// single spaces.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn expand_by_synonyms(&mut self, stems: &str, watch: &Watch) -> Result<Vec<Became>> {
        let mut all: Vec<Became> = Vec::new();
        let found = self.tables.synonyms.map(|synonyms| synonyms.synonyms(stems));
        for form in found.unwrap_or_default() {
            let mut became = Became {
                how: How::Synonym,
                form: form.to_owned(),
                words: words_of(form),
                weight: weights::SYNONYM,
                distance: 0.0,
                passages: 0,
            };
            let mut attached = Vec::new();
            if let [word] = became.words.as_slice() {
                became.passages = self.index.doc_freq(self.index.fields.text, &word.stem)?;
                attached = self.attached(&word.form, &word.stem)?;
            } else {
                let found = self.find_phrase(&became, watch)?;
                became.passages = found.iter().map(|segment| segment.len() as u64).sum();
            }
            all.push(became);
            all.extend(attached.into_iter().map(|became| Became {
                how: How::Synonym,
                weight: weights::SYNONYM_ATTACHED,
                ..became
            }));
        }
        let mut kept: Vec<Became> = Vec::with_capacity(all.len());
        for became in all.into_iter().filter(|became| became.passages > 0) {
            let is_itself = became.words.len() == 1 && became.words[0].stem == stems;
            match kept.iter_mut().find(|known| known.is_same_as(&became)) {
                Some(known) if known.weight < became.weight => *known = became,
                Some(_) => {}
                None if is_itself => {}
                None => kept.push(became),
            }
        }
        Ok(kept)
    }

    /// Where an expansion of several words occurs, as far as `watch` lets it be looked for.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn find_phrase(&mut self, became: &Became, watch: &Watch) -> Result<Arc<Occurrences>> {
        let stems: Vec<String> = became.words.iter().map(|word| word.stem.clone()).collect();
        if let Some(kept) = self.phrases.get(&stems) {
            return Ok(kept.clone());
        }
        let slots = stems.iter().map(|stem| vec![stem.clone()]).collect();
        let order = Order::Phrase { slop: 0 };
        let pattern = Pattern { field: self.index.fields.text, slots, order };
        let found = Arc::new(find_pattern(self.index, &pattern, watch)?);
        if watch.is_cut_here() {
            return Ok(found);
        }
        let count = 1 + found.iter().map(Vec::len).sum::<usize>();
        if self.phrase_occurrences + count > MOST_PHRASE_OCCURRENCES {
            self.phrases.clear();
            self.phrase_occurrences = 0;
        }
        self.phrase_occurrences += count;
        self.phrases.insert(stems, found.clone());
        Ok(found)
    }

    /// The word with other prefixes attached, as far as passages hold it so.
    fn attached(&self, own_form: &str, own_stem: &str) -> Result<Vec<Became>> {
        let mut became: Vec<Became> = Vec::new();
        if script_of(own_form) != Script::Arabic {
            return Ok(became);
        }
        let mut seen: Vec<String> = vec![own_stem.to_owned()];
        let mut forms = Vec::new();
        attached_forms(own_form, |form| {
            let stem = stem_of(form, Script::Arabic);
            let is_word = stem.chars().nth(MIN_STEM_LETTERS - 1).is_some() && !is_stop_word(form);
            if is_word && !seen.iter().any(|known| *known == stem) {
                seen.push(stem.into_owned());
                forms.push(form.to_owned());
            }
        });
        for (form, stem) in forms.into_iter().zip(seen.into_iter().skip(1)) {
            let passages = self.index.doc_freq(self.index.fields.text, &stem)?;
            if passages == 0 {
                continue;
            }
            // Otherwise it is another word that has the stem by chance.
            let is_same_but_prefix = own_stem.ends_with(&stem) || stem.ends_with(own_stem);
            if is_same_but_prefix || self.index.form_freq(&form) > 0 {
                let words = vec![BecameWord { form: form.clone(), stem }];
                let how = How::Stem;
                let weight = weights::ATTACHED;
                became.push(Became { how, form, words, weight, distance: 0.0, passages });
            }
        }
        Ok(became)
    }

    /// A word that passages write as two.
    fn parted(&self, word: &OwnedWord, watch: &Watch) -> Result<Vec<Became>> {
        let vocabulary = IndexVocabulary::new(self.index, watch);
        let mut became = Vec::new();
        let bounds = word.form.char_indices().map(|(at, _)| at);
        let letters = word.form.chars().count();
        if letters > MOST_PARTED_LETTERS {
            return Ok(became);
        }
        let bounds =
            bounds.skip(MIN_PART_LETTERS).take((letters + 1).saturating_sub(2 * MIN_PART_LETTERS));
        for at in bounds {
            let (first, second) = word.form.split_at(at);
            let known = |form| vocabulary.word(form).is_some();
            if known(first) && known(second) && vocabulary.adjacent(first, second) {
                let found = Expansion {
                    word: word.form.clone(),
                    form: format!("{first} {second}"),
                    kind: ExpansionKind::Variant,
                    weight: 1.0,
                    score: 0.0,
                };
                self.push(word, found, &mut became)?;
            }
        }
        Ok(became)
    }

    /// Two words that passages write as one.
    fn joined(&self, first: &OwnedWord, second: &OwnedWord) -> Result<Vec<Became>> {
        let mut became = Vec::new();
        let letters = |word: &OwnedWord| word.form.chars().count();
        if letters(first).min(letters(second)) >= MIN_PART_LETTERS {
            let found = Expansion {
                word: first.form.clone(),
                form: format!("{}{}", first.form, second.form),
                kind: ExpansionKind::Variant,
                weight: 1.0,
                score: 0.0,
            };
            self.push(first, found, &mut became)?;
            for became in &mut became {
                became.weight = weights::VARIANT_OF_UNKNOWN;
            }
        }
        Ok(became)
    }

    fn ask(
        &self,
        expand: Expand,
        watch: &Watch,
        question: impl FnOnce(&crosslingual::Expander) -> Vec<Expansion>,
    ) -> Vec<Expansion> {
        let own = self.tables.dictionary.map(UserDictionary::lexicon);
        question(&crosslingual::Expander {
            vocabulary: &IndexVocabulary::new(self.index, watch),
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
        let words = words_of(&expansion.form);
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
            let weight = match how {
                How::Variant => weights::VARIANT,
                _ => expansion.weight,
            };
            let (form, distance) = (expansion.form, expansion.score);
            became.push(Became { how, form, words, weight, distance, passages });
        }
        Ok(())
    }
}

/// The words of folded forms apart by single spaces.
fn words_of(forms: &str) -> Vec<BecameWord> {
    let word = |form: &str| BecameWord {
        form: form.to_owned(),
        stem: stem_of(form, script_of(form)).into_owned(),
    };
    forms.split_whitespace().map(word).collect()
}

/// Lets other spellings stand for a word that no passage holds: they weigh much more, and names in
/// the other script, which are less certain, weigh less beside them.
fn stand_in(became: &mut [Became]) {
    let spelt = became.iter().any(|became| became.how == How::Variant);
    for became in became {
        match became.how {
            How::Variant => {
                let fall = weights::VARIANT_FALL * became.distance;
                became.weight = weights::VARIANT_OF_UNKNOWN * (1.0 - fall).max(0.1);
            }
            How::Name if spelt => became.weight *= weights::NAME_BESIDE_VARIANT,
            _ => {}
        }
    }
}
