//! A light stemmer: the article with what is written onto it, and the commonest endings.
//!
//! Grown from light10 (Larkey, Ballesteros and Connell 2007) on folded forms. What differs was
//! kept because it ranked better or because it stops names from being mauled:
//!
//! - ان ين ون only come off where four letters remain, so that بوسان, اليابان, برلين and جوسون
//!   keep theirs, and ياباني still meets يابان;
//! - ا (accusative, and the end of country names), ت and ته (the bound form of ة) and هم come off;
//! - ل and ب come off where the next letter makes an attached preposition likely, and four letters
//!   remain;
//! - the words in `exceptions` keep what only looks like an affix.
//!
//! Nothing inside a word changes, so a stem is a slice of its form.

use super::exceptions::{has_own_article, has_own_ending, has_own_preposition, has_own_waw};

/// Tried in this order; the first that leaves two letters is taken off.
const ARTICLES: [&str; 11] =
    ["وبال", "وكال", "فبال", "ولل", "فلل", "وال", "فال", "بال", "كال", "لل", "ال"];
/// Single letters that come off before these letters, where so many letters remain.
const PARTICLES: [(char, Option<&str>, usize); 3] =
    [('و', None, 3), ('ل', Some("متجسعكفدرشخصضزذثظ"), 4), ('ب', Some("مت"), 4)];
/// Each is taken off once, in this order, while so many letters are left.
const SUFFIXES: [(&str, usize); 12] = [
    ("ا", 3),
    ("هم", 3),
    ("ها", 2),
    ("ان", 4),
    ("ات", 3),
    ("ون", 4),
    ("ين", 4),
    ("يه", 2),
    ("ته", 3),
    ("ه", 3),
    ("ي", 3),
    ("ت", 3),
];
/// No word of Arabic is longer; whatever this is, its stem is itself.
const MAX_BYTES: usize = 64;

/// The light stem of a folded form.
pub fn stem(form: &str) -> &str {
    if form.len() > MAX_BYTES {
        return form;
    }
    strip_suffixes(strip_prefix(form))
}

fn has_letters(word: &str, least: usize) -> bool {
    word.chars().nth(least - 1).is_some()
}

fn strip_prefix(form: &str) -> &str {
    if has_own_article(form)
        || has_own_preposition(form)
        || (form.starts_with('و') && has_own_waw(strip_suffixes(form)))
    {
        return form;
    }
    if let Some(rest) = form.strip_prefix(['و', 'ف', 'ب', 'ل', 'ك'])
        && has_own_article(rest)
    {
        return rest;
    }
    for article in ARTICLES {
        if let Some(rest) = form.strip_prefix(article)
            && has_letters(rest, 2)
        {
            return rest;
        }
    }
    for (particle, before, least) in PARTICLES {
        if let Some(rest) = form.strip_prefix(particle)
            && has_letters(rest, least)
            && before.is_none_or(|letters| rest.starts_with(|c| letters.contains(c)))
        {
            return rest;
        }
    }
    form
}

fn strip_suffixes(mut word: &str) -> &str {
    for (suffix, least) in SUFFIXES {
        if let Some(rest) = word.strip_suffix(suffix)
            && has_letters(rest, least)
            && !has_own_ending(word)
        {
            word = rest;
        }
    }
    word
}
