//! Names in the other script: which words of the vocabulary are how the other script writes this
//! one.
//!
//! Candidates meet under skeleton keys, are aligned by the transliteration table, and are weighed
//! by what the lexicon says: a translation that also sounds alike is nearly certain, a candidate
//! that is a common word of another meaning is unlikely. Work is bounded per word whatever the
//! vocabulary's size: at most [`MAX_PER_KEY`] forms are looked at for a key and
//! [`MAX_CANDIDATES`] aligned.

use std::hash::{Hash, Hasher};
use std::ops::ControlFlow;

use rustc_hash::{FxHashSet, FxHasher};

use super::align::{ArabicName, LatinName, align, lengths_fit};
use super::expansion::{Expansion, ExpansionKind};
use super::keys::{Key, PROCLITICS, full_keys_of, near_keys_of};
use super::lexicon::Lexicon;
use super::vocabulary::{Vocabulary, WordInfo};
use crate::lang::{Script, script_of};

/// Forms looked at for one key.
pub const MAX_PER_KEY: usize = 3_000;
/// Forms aligned for one word.
pub const MAX_CANDIDATES: usize = 6_000;

/// Names given for one word, attached forms of one name counted once.
const MAX_NAMES: usize = 4;
/// Further forms of these names, with other proclitics.
const MAX_ATTACHED: usize = 3;
/// Above this, words are alike by chance.
const WORST: f32 = 1.3;
/// … where the lexicon has other translations.
const WORST_IF_KNOWN: f32 = 0.6;
/// … though it is written like a name.
const WORST_IF_NAME: f32 = 0.9;
/// … where the skeleton has two classes or fewer.
const WORST_IF_SHORT: f32 = 0.95;
/// … of a Latin form that also occurs in lower case.
const WORST_IF_LOWER_CASE: f32 = 0.3;
/// … of a translation.
const WORST_CONFIRMED: f32 = 2.0;
const CONFIRMED_FACTOR: f32 = 0.25;
const COMMON_WORD_PENALTY: f32 = 0.3;
/// With a better match than this, skeletons with a class more or less are not looked at.
const GOOD_ENOUGH: f32 = 0.5;
/// A candidate may score worse than the best by this.
const WORST_BESIDE_BEST: f32 = 0.5;
/// How fast weight falls with the score.
const DECAY: f32 = 2.0;

/// Forms aligned for all halves of one word.
const MAX_SPLIT_CANDIDATES: usize = 3_000;
const MIN_SPLIT_LETTERS: usize = 3;
/// Arabic writes fewer letters than Latin, and seldom joins what Latin parts.
const MIN_ARABIC_LETTERS_TO_SPLIT: usize = 8;
/// Halves with a shorter skeleton would meet thousands of words.
const MIN_SPLIT_CLASSES: usize = 2;
const MAX_HALVES: usize = 8;
const WORST_HALF: f32 = 0.6;
const WORST_JOINED: f32 = 0.9;
/// A word that has a better match than this is not split.
const SPLIT_IF_ABOVE: f32 = 0.4;
const SPLIT_PENALTY: f32 = 0.1;

/// The words and phrases of the vocabulary that may be the name `word` (a folded form) in the
/// other script, best first, then attached forms of the same names. None for words that are in
/// neither Latin nor Arabic script.
pub fn names_in_other_script(
    word: &str,
    capitalized: bool,
    vocabulary: &dyn Vocabulary,
    lexicon: &Lexicon<'_>,
) -> Vec<Expansion> {
    let Some(query) = Query::parse(word, capitalized) else {
        return Vec::new();
    };
    let found = candidates(&query, vocabulary, lexicon);
    let best = found.first().map_or(f32::MAX, |candidate| candidate.score);
    let mut names = gather(found);
    if best > SPLIT_IF_ABOVE && (capitalized || !lexicon.knows(word)) {
        names.extend(split_names(word, &query, vocabulary));
        names.sort_by(|a, b| {
            (a.attached, a.score)
                .partial_cmp(&(b.attached, b.score))
                .unwrap_or(std::cmp::Ordering::Equal)
        });
    }
    finish(word, names)
}

/// Gives the keys to look under.
type KeysOf = fn(&str, Script, &mut dyn FnMut(Key));

/// A word that is read in both ways: as what is written and as what is aligned.
struct Query<'w> {
    word: &'w str,
    capitalized: bool,
    script: Script,
    side: Side,
    /// Of the longest skeleton.
    classes: usize,
}

enum Side {
    Latin(Box<LatinName>),
    Arabic(ArabicName),
}

impl Side {
    fn parse(form: &str, script: Script) -> Option<Side> {
        match script {
            Script::Latin => LatinName::parse(form).map(|name| Side::Latin(Box::new(name))),
            Script::Arabic => ArabicName::parse(form).map(Side::Arabic),
            Script::Number | Script::Other => None,
        }
    }

    fn may_align(&self, own: &str, other: &str) -> bool {
        match self {
            Side::Latin(_) => lengths_fit(own.len(), other.len()),
            Side::Arabic(_) => lengths_fit(other.len(), own.len()),
        }
    }

    fn align(&self, other: &str, worst: f32) -> Option<f32> {
        match self {
            Side::Latin(latin) => align(latin, &ArabicName::parse(other)?, worst),
            Side::Arabic(arabic) => align(&LatinName::parse(other)?, arabic, worst),
        }
    }
}

impl<'w> Query<'w> {
    fn parse(word: &'w str, capitalized: bool) -> Option<Query<'w>> {
        let script = script_of(word);
        let side = Side::parse(word, script)?;
        let mut classes = 0;
        full_keys_of(word, script, &mut |key| classes = classes.max(key.classes()));
        Some(Query { word, capitalized, script, side, classes })
    }

    /// Whether a form with that score may be a name: words that also occur in lower case hardly
    /// are.
    fn may_be_name(&self, score: f32, info: WordInfo) -> bool {
        score <= WORST_IF_LOWER_CASE || self.script == Script::Latin || info.capitalized_only
    }
}

#[derive(Debug)]
struct Candidate {
    form: String,
    score: f32,
    df: u32,
    attached: bool,
}

/// What is found for one word while looking.
struct Search<'s> {
    query: &'s Query<'s>,
    vocabulary: &'s dyn Vocabulary,
    lexicon: &'s Lexicon<'s>,
    worst: f32,
    best: f32,
    seen: FxHashSet<u64>,
    found: Vec<Candidate>,
}

impl Search<'_> {
    /// Looks at a form that shares a key.
    fn consider(&mut self, form: &str, info: &dyn Fn() -> WordInfo) {
        let worst = self.worst.min(self.best + WORST_BESIDE_BEST);
        if self.query.side.may_align(self.query.word, form)
            && self.seen.insert(hash_of(form))
            && let Some(mut score) = self.query.side.align(form, worst)
        {
            let info = info();
            if !self.query.may_be_name(score, info) {
                return;
            }
            if self.lexicon.holds(form) {
                score += COMMON_WORD_PENALTY;
            }
            self.accept(form, score, info.df);
        }
    }

    /// Looks at a translation: if it sounds alike, it is the name.
    fn confirm(&mut self, form: &str) {
        if let Some(info) = self.vocabulary.word(form)
            && self.seen.insert(hash_of(form))
            && let Some(score) = self.query.side.align(form, WORST_CONFIRMED)
        {
            self.accept(form, score * CONFIRMED_FACTOR, info.df);
        }
    }

    fn accept(&mut self, form: &str, score: f32, df: u32) {
        self.best = self.best.min(score);
        self.found.push(Candidate { form: form.to_owned(), score, df, attached: false });
    }
}

/// The forms of the other script that may be the name, best first.
fn candidates(
    query: &Query<'_>,
    vocabulary: &dyn Vocabulary,
    lexicon: &Lexicon<'_>,
) -> Vec<Candidate> {
    let translations = lexicon.translations(query.word);
    let known = !translations.is_empty();
    let worst = match query.classes {
        _ if known && !query.capitalized => WORST_IF_KNOWN,
        _ if known => WORST_IF_NAME,
        0..=2 => WORST_IF_SHORT,
        _ => WORST,
    };
    let (seen, found) = (FxHashSet::default(), Vec::new());
    let mut search = Search { query, vocabulary, lexicon, worst, best: f32::MAX, seen, found };
    for translation in &translations {
        let words = translation.words.as_str();
        let bare = words.strip_prefix("ال").unwrap_or(words);
        search.confirm(words);
        if script_of(bare) == Script::Arabic {
            search.confirm(bare);
            search.confirm(&format!("ال{bare}"));
        }
    }
    let is_common =
        || known || vocabulary.word(query.word).is_some_and(|own| !own.capitalized_only);
    if query.script == Script::Latin && !query.capitalized && is_common() {
        // Its name is what the lexicon confirms, or none.
        sort(&mut search.found);
        return search.found;
    }
    let mut budget = MAX_CANDIDATES;
    let mut look = |keys, search: &mut Search<'_>| {
        let mut consider = |form: &str, info: &dyn Fn() -> WordInfo| search.consider(form, info);
        let (word, script) = (query.word, query.script);
        for_each_candidate(word, script, vocabulary, keys, &mut budget, &mut consider);
    };
    look(full_keys_of as KeysOf, &mut search);
    if search.best > GOOD_ENOUGH && (!known || query.capitalized) {
        look(near_keys_of, &mut search);
    }
    let worst = search.best + WORST_BESIDE_BEST;
    let mut found = search.found;
    found.retain(|candidate| candidate.score <= worst);
    sort(&mut found);
    found
}

/// Calls `each` with the forms of the other script that share a key with `word`.
fn for_each_candidate(
    word: &str,
    script: Script,
    vocabulary: &dyn Vocabulary,
    keys: KeysOf,
    budget: &mut usize,
    each: &mut dyn FnMut(&str, &dyn Fn() -> WordInfo),
) {
    keys(word, script, &mut |key| {
        let mut of_key = 0;
        vocabulary.by_key(key.in_other_script(), &mut |form, info| {
            if of_key >= MAX_PER_KEY || *budget == 0 {
                return ControlFlow::Break(());
            }
            of_key += 1;
            *budget -= 1;
            each(form, info);
            ControlFlow::Continue(())
        });
    });
}

fn sort(candidates: &mut [Candidate]) {
    candidates.sort_by(|a, b| {
        a.score.total_cmp(&b.score).then(b.df.cmp(&a.df)).then_with(|| a.form.cmp(&b.form))
    });
}

/// The best names, then forms of them with other proclitics.
fn gather(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut names: Vec<Candidate> = Vec::new();
    let mut attached: Vec<Candidate> = Vec::new();
    for mut candidate in candidates {
        let of = names.iter().position(|name| is_attached(&name.form, &candidate.form));
        match of {
            Some(_) if attached.len() < MAX_ATTACHED => {
                candidate.attached = true;
                attached.push(candidate);
            }
            None if names.len() < MAX_NAMES => names.push(candidate),
            _ => {}
        }
    }
    names.extend(attached);
    names
}

/// Whether the two are one word but for what is written in front of it.
fn is_attached(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    let joined = |word: &str, bare: &str| {
        word.strip_suffix(bare).is_some_and(|proclitic| PROCLITICS.contains(&proclitic))
    };
    joined(long, short)
        || PROCLITICS.iter().any(|proclitic| {
            short
                .strip_prefix(proclitic)
                .is_some_and(|bare| bare.chars().nth(2).is_some() && joined(long, bare))
        })
}

/// Phrases of two adjacent words that together are the name.
fn split_names(word: &str, query: &Query<'_>, vocabulary: &dyn Vocabulary) -> Vec<Candidate> {
    let mut phrases: Vec<Candidate> = Vec::new();
    if query.script == Script::Arabic && word.chars().count() < MIN_ARABIC_LETTERS_TO_SPLIT {
        return phrases;
    }
    let bounds: Vec<usize> =
        word.char_indices().map(|(at, _)| at).skip(MIN_SPLIT_LETTERS).collect();
    let bounds = &bounds[..bounds.len().saturating_sub(MIN_SPLIT_LETTERS - 1)];
    // From the middle outwards, since halves of like lengths are likelier.
    let mut bounds = bounds.to_vec();
    bounds.sort_by_key(|&at| (at * 2).abs_diff(word.len()));
    let mut budget = MAX_SPLIT_CANDIDATES;
    for at in bounds {
        let (first, second) = word.split_at(at);
        let firsts = halves(first, query, vocabulary, &mut budget);
        if firsts.is_empty() {
            continue;
        }
        for after in halves(second, query, vocabulary, &mut budget) {
            for before in &firsts {
                if vocabulary.adjacent(&before.form, &after.form) {
                    let score = (before.score + after.score) / 2.0 + SPLIT_PENALTY;
                    let form = format!("{} {}", before.form, after.form);
                    let df = before.df.min(after.df);
                    phrases.push(Candidate { form, score, df, attached: false });
                }
            }
        }
    }
    sort(&mut phrases);
    phrases.dedup_by(|a, b| a.form == b.form);
    phrases.truncate(2);
    phrases
}

fn halves(
    part: &str,
    query: &Query<'_>,
    vocabulary: &dyn Vocabulary,
    budget: &mut usize,
) -> Vec<Candidate> {
    let mut classes = 0;
    full_keys_of(part, query.script, &mut |key| classes = classes.max(key.classes()));
    let side = Side::parse(part, query.script).filter(|_| classes >= MIN_SPLIT_CLASSES);
    let Some(side) = side else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for_each_candidate(part, query.script, vocabulary, full_keys_of, budget, &mut |form, info| {
        if side.may_align(part, form)
            && form.chars().nth(MIN_SPLIT_LETTERS - 1).is_some()
            && let Some(score) = side.align(form, WORST_HALF)
        {
            let info = info();
            if query.may_be_name(score, info) {
                let form = form.to_owned();
                found.push(Candidate { form, score, df: info.df, attached: false });
            }
        }
    });
    sort(&mut found);
    found.dedup_by(|a, b| a.form == b.form);
    found.truncate(MAX_HALVES);
    found
}

/// The names of the other script for two words that stand side by side and may be one name, as
/// بيونغ يانغ is Pyongyang.
pub fn names_of_pair(
    first: &str,
    second: &str,
    vocabulary: &dyn Vocabulary,
    lexicon: &Lexicon<'_>,
) -> Vec<Expansion> {
    let joined = format!("{first}{second}");
    let Some(query) = Query::parse(&joined, false) else {
        return Vec::new();
    };
    if script_of(second) != query.script {
        return Vec::new();
    }
    let mut found = candidates(&query, vocabulary, lexicon);
    found.retain(|candidate| candidate.score <= WORST_JOINED);
    let mut names = gather(found);
    if names.is_empty() {
        names = split_names(&joined, &query, vocabulary);
    }
    finish(&format!("{first} {second}"), names)
}

fn finish(word: &str, candidates: Vec<Candidate>) -> Vec<Expansion> {
    let best = candidates.first().map_or(0.0, |candidate| candidate.score);
    candidates
        .into_iter()
        .map(|candidate| Expansion {
            word: word.to_owned(),
            form: candidate.form,
            kind: ExpansionKind::Name,
            weight: (DECAY * (best - candidate.score)).exp().min(1.0),
            score: candidate.score,
        })
        .collect()
}

/// To remember which forms were seen.
pub(super) fn hash_of(form: &str) -> u64 {
    let mut hasher = FxHasher::default();
    form.hash(&mut hasher);
    hasher.finish()
}
