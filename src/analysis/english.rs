//! Latin-script words: the English possessive and the Snowball English stem.
//!
//! Every Latin word is stemmed as English, whatever the passage's language: the script of a word
//! is certain, the language of a query of two words is not, and both sides must agree.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};

/// `form` without a final `'s` or `'`. Apostrophes must be unified to `'` before.
pub fn strip_possessive(form: &str) -> &str {
    let bare = form.strip_suffix("'s").or_else(|| form.strip_suffix('\'')).unwrap_or(form);
    if bare.is_empty() { form } else { bare }
}

/// The Snowball English stem of a folded form; forms with anything but `a`–`z` are their own.
pub fn stem(form: &str) -> Cow<'_, str> {
    if form.len() < 3 || !form.bytes().all(|b| b.is_ascii_lowercase()) {
        return Cow::Borrowed(form);
    }
    let stem = Stemmer::new(Algorithm::English).stem(form);
    if stem.is_empty() { Cow::Borrowed(form) } else { stem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn possessives() {
        for (form, bare) in [
            ("konishi's", "konishi"),
            ("james'", "james"),
            ("it's", "it"),
            ("'s", "'s"),
            ("s", "s"),
            ("don't", "don't"),
        ] {
            assert_eq!(strip_possessive(form), bare, "{form}");
        }
    }

    #[test]
    fn only_plain_words_are_stemmed() {
        for (form, want) in [
            ("sieges", "sieg"),
            ("retreated", "retreat"),
            ("20px", "20px"),
            ("is", "is"),
            ("1590s", "1590s"),
            ("σεισμος", "σεισμος"),
        ] {
            assert_eq!(stem(form), want, "{form}");
        }
    }
}
