//! From text to words: where they are, the form they are compared by, and their stem.
//!
//! The one room that both articles and queries pass through, so that both are cut, folded and
//! stemmed by the same code. It knows nothing of passages, fields or the index. What always holds:
//! spans are on char boundaries of the text given; forms and stems are not empty, hold no white
//! space, control or invisible characters and stay below 1,000 bytes; analysing a form gives that
//! form again.

pub mod arabic;
mod cache;
pub mod chain;
mod digits;
pub mod english;
mod fingerprint;
pub mod fold;
pub mod hints;
mod latin;
pub mod pieces;
mod questions;
pub mod sentence;
mod skeleton;
mod stop_words;
pub mod tokenize;
pub mod trigrams;

use std::ops::Range;

pub use arabic::affixes::{attached_forms, attached_prefixes, bases};
pub use chain::Analyzer;
pub use fingerprint::fingerprint;
pub use questions::{QuestionCue, is_question_word, question_cue};
pub use skeleton::{skeleton, strip_article};
pub use stop_words::{is_stop_word, is_stop_word_as_written};

use crate::lang::Script;

/// One word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// Bytes of the analysed text, on char boundaries.
    pub span: Range<usize>,
    /// The folded spelling.
    pub form: &'a str,
    /// The form without its endings (and, in Arabic, without the article); the form itself where
    /// there is nothing to take off.
    pub stem: &'a str,
    /// The script of the form.
    pub script: Script,
    /// Whether its first letter is upper-case.
    pub capitalized: bool,
    /// Whether it is the first word of a sentence.
    pub sentence_start: bool,
}

/// A [`Word`] that owns its strings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedWord {
    /// Bytes of the analysed text, on char boundaries.
    pub span: Range<usize>,
    /// The folded spelling.
    pub form: String,
    /// The form without its endings.
    pub stem: String,
    /// The script of the form.
    pub script: Script,
    /// Whether its first letter is upper-case.
    pub capitalized: bool,
    /// Whether it is the first word of a sentence.
    pub sentence_start: bool,
}

impl OwnedWord {
    /// The word without its strings.
    pub fn borrow(&self) -> Word<'_> {
        Word {
            span: self.span.clone(),
            form: &self.form,
            stem: &self.stem,
            script: self.script,
            capitalized: self.capitalized,
            sentence_start: self.sentence_start,
        }
    }
}

impl From<Word<'_>> for OwnedWord {
    fn from(word: Word<'_>) -> OwnedWord {
        OwnedWord {
            span: word.span,
            form: word.form.to_owned(),
            stem: word.stem.to_owned(),
            script: word.script,
            capitalized: word.capitalized,
            sentence_start: word.sentence_start,
        }
    }
}

#[cfg(test)]
mod tests;
