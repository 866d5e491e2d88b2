//! Folding: from a word as written to its form, the spelling under which it is compared.
//!
//! Order matters. Compatibility decomposition comes first, so that presentation forms, ligatures
//! and already decomposed letters all reach the letter folds alike; then digits, case, letters and
//! marks; at last canonical composition puts the other scripts together again.
//!
//! A form has no white space, control, invisible or upper-case characters, and folding a form
//! gives the same form. One word may fold to several forms (`ﷺ`, `½`) or to none (a lone tatweel).

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::arabic::normalize;
use super::tokenize::{self, is_apostrophe, is_invisible};
use super::{digits, english, latin, pieces};
use crate::lang::{is_arabic_letter, is_latin_letter};

/// Rounds of folding after which a word that still changes is reduced to its bare letters. The
/// known ones need two.
const MAX_ROUNDS: usize = 4;
const MAX_FORM_BYTES: usize = 900;

/// Calls `each` with the forms of `word`, nearly always one.
pub fn fold_word(word: &str, each: &mut dyn FnMut(&str)) {
    if word.len() > tokenize::MAX_WORD_CHARS {
        fold_until_stable(word, MAX_ROUNDS, each);
    } else if word.bytes().all(|b| b.is_ascii_lowercase()) {
        if !word.is_empty() {
            each(word);
        }
    } else if word.bytes().all(|b| b.is_ascii_alphanumeric()) {
        each(&word.to_ascii_lowercase());
    } else if let Some(form) = normalize::fold_plain_word(word) {
        each(&form);
    } else {
        fold_until_stable(word, MAX_ROUNDS, each);
    }
}

fn fold_until_stable(word: &str, rounds: usize, each: &mut dyn FnMut(&str)) {
    let form = fold_once(word);
    if is_plainly_stable(&form) {
        if !form.is_empty() {
            each(&form);
        }
        return;
    }
    let mut parts = Vec::new();
    tokenize::segments(&form, |segment| {
        pieces::pieces(&form, segment, |part| parts.push(part));
    });
    for part in parts {
        let part = &form[part];
        if part == word || (part == form && fold_once(part) == form) {
            each(part);
        } else if rounds > 0 {
            fold_until_stable(part, rounds - 1, each);
        } else {
            let mut bare: String = part.chars().filter(|c| c.is_alphanumeric()).collect();
            let mut end = bare.len().min(MAX_FORM_BYTES);
            while !bare.is_char_boundary(end) {
                end -= 1;
            }
            bare.truncate(end);
            if !bare.is_empty() {
                each(&bare);
            }
        }
    }
}

/// Whether `form` is one word that no rule here or in `tokenize` would change, told cheaply.
fn is_plainly_stable(form: &str) -> bool {
    if form.len() > tokenize::MAX_WORD_CHARS {
        return false;
    }
    form.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        || (form.chars().all(normalize::is_folded_letter)
            && !normalize::starts_with_hamza_alef(form))
}

/// What the marks that follow a letter mean for it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Base {
    /// Latin, Greek, Hebrew, digits: marks are dropped.
    Bare,
    Arabic,
    /// Marks make another letter: й is not и, か is not が.
    Marked,
}

fn base_of(c: char) -> Base {
    if c.is_ascii() || is_latin_letter(c) {
        Base::Bare
    } else if is_arabic_letter(c) {
        Base::Arabic
    } else if matches!(c, '\u{370}'..='\u{3ff}' | '\u{5d0}'..='\u{5f4}') || !c.is_alphabetic() {
        Base::Bare
    } else {
        Base::Marked
    }
}

/// One pass of all folds, in their order.
fn fold_once(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut base = Base::Bare;
    let mut compose = false;
    // The narrow no-break space groups digits; decomposition would make a plain space of it.
    for c in word.chars().filter(|&c| c != '\u{202f}').nfkd() {
        if c.is_ascii_lowercase() {
            out.push(c);
            base = Base::Bare;
        } else if is_invisible(c) || normalize::is_dropped(c) {
            if normalize::is_hamza_mark(c) {
                normalize::carry_hamza(&mut out);
            }
        } else if is_combining_mark(c) {
            if base == Base::Marked {
                out.push(c);
                compose = true;
            }
        } else if let Some(value) = digits::digit_value(c) {
            out.push(char::from(b'0' + value));
            base = Base::Bare;
        } else if is_apostrophe(c) {
            out.push('\'');
        } else if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
        } else {
            base = base_of(c);
            for lower in c.to_lowercase() {
                match base {
                    Base::Arabic => out.push(normalize::fold_letter(lower)),
                    Base::Bare => {
                        if !is_combining_mark(lower) {
                            latin::push_folded(lower, &mut out);
                        }
                    }
                    Base::Marked => {
                        out.push(lower);
                        // Hangul syllables were taken apart as well.
                        compose = true;
                    }
                }
            }
        }
    }
    if compose {
        out = out.nfc().collect();
    }
    fold_inner_signs(&mut out);
    normalize::fold_word_start(&mut out);
    out
}

/// Possessives, apostrophes, the dots of acronyms and the separators inside numbers.
fn fold_inner_signs(form: &mut String) {
    if !form.contains(['\'', '.', ',', '\u{66b}', '\u{66c}']) {
        return;
    }
    let kept = english::strip_possessive(form).len();
    form.truncate(kept);
    form.retain(|c| c != '\'');
    if form.starts_with(|c: char| c.is_ascii_digit()) {
        form.retain(|c| !matches!(c, ',' | '\u{66c}'));
        if form.contains('\u{66b}') {
            *form = form.replace('\u{66b}', ".");
        }
        if form.matches('.').count() > 1 {
            form.retain(|c| c != '.');
        }
    } else if !form.starts_with(is_arabic_letter) {
        form.retain(|c| c != '.');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(word: &str) -> Vec<String> {
        let mut all = Vec::new();
        fold_word(word, &mut |form| all.push(form.to_owned()));
        all
    }

    #[test]
    fn a_word_may_fold_to_several_forms_or_none() {
        assert_eq!(forms("ﷺ"), ["صلي", "الله", "عليه", "وسلم"]);
        assert_eq!(forms("½"), ["1", "2"]);
        assert_eq!(forms("ـ"), Vec::<String>::new());
        assert_eq!(forms(""), Vec::<String>::new());
    }

    #[test]
    fn forms_stay_short_whatever_the_word() {
        for word in ["ﷺ".repeat(200), "ﷲ".repeat(200), "가".repeat(200), "\u{fb2c}".repeat(150)]
        {
            let all = forms(&word);
            assert!(!all.is_empty());
            for form in all {
                assert!(form.len() <= MAX_FORM_BYTES, "{}", form.len());
                assert_eq!(forms(&form), [form]);
            }
        }
    }
}
