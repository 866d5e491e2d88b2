//! The ordered list of steps from a text to its analysed words.
//!
//! | step | where |
//! |---|---|
//! | UAX #29 word bounds | [`tokenize::segments`] |
//! | words inside a segment | [`pieces::pieces`] |
//! | sentence starts | [`sentence::begins_after`] |
//! | compatibility, digits, case, letters, marks, possessives | [`fold::fold_word`] |
//! | script of the form | [`script_of`] |
//! | stem of a Latin word | [`english::stem`] |
//! | stem of an Arabic word | [`arabic::stem::stem`] |
//!
//! To add a language, write its stemmer beside these and name it in [`stem_of`].

use std::borrow::Cow;

use super::cache::{Cache, Found};
use super::{OwnedWord, Word, arabic, english, fold, pieces, sentence, tokenize};
use crate::lang::{Script, script_of};

/// Cuts texts into words and gives each its form and its stem.
///
/// Keeps a bounded cache, so use one for many texts; one per thread. What it answers depends on
/// the text alone.
#[derive(Default)]
pub struct Analyzer {
    cache: Cache,
}

impl Analyzer {
    pub fn new() -> Analyzer {
        Analyzer::default()
    }

    /// Calls `each` for every word of `text`, in order. Spans never overlap, except that one word
    /// of the text may have several forms, which then share its span.
    pub fn analyze(&mut self, text: &str, mut each: impl FnMut(Word<'_>)) {
        self.analyze_while(text, || true, &mut each);
    }

    /// The same as long as `goes_on`, which is asked before each word, says so.
    pub fn analyze_while(
        &mut self,
        text: &str,
        goes_on: impl FnMut() -> bool,
        mut each: impl FnMut(Word<'_>),
    ) {
        let mut last: Option<std::ops::Range<usize>> = None;
        // A sentence that begins with a piece that has no form begins with the next one.
        let mut pending = false;
        tokenize::segments_while(text, goes_on, |segment| {
            pieces::pieces(text, segment, |span| {
                let raw = &text[span.clone()];
                let found = self.cache.find(raw).unwrap_or_else(|| self.learn(raw));
                let (from, before) = match &last {
                    Some(last) => (last.end, Some(&text[last.clone()])),
                    None => (0, None),
                };
                let mut starts = pending
                    || sentence::begins_after(text.get(from..span.start).unwrap_or(""), before);
                last = Some(span.clone());
                for (form, stem, script) in self.cache.pieces(found) {
                    each(Word {
                        span: span.clone(),
                        form,
                        stem,
                        script,
                        capitalized: found.capitalized,
                        sentence_start: starts,
                    });
                    starts = false;
                }
                pending = starts;
            });
        });
    }

    /// All words of `text`, owned. For queries and other short texts.
    pub fn words(&mut self, text: &str) -> Vec<OwnedWord> {
        let mut words = Vec::new();
        self.analyze(text, |word| words.push(OwnedWord::from(word)));
        words
    }

    #[cold]
    fn learn(&mut self, raw: &str) -> Found {
        let capitalized = raw.chars().find(|c| c.is_alphanumeric()).is_some_and(char::is_uppercase);
        self.cache.start_entry(raw, capitalized);
        fold::fold_word(raw, &mut |form| {
            let script = script_of(form);
            self.cache.push_piece(form, &stem_of(form, script), script);
        });
        self.cache.last()
    }
}

/// The stem of a folded form of that script.
pub fn stem_of(form: &str, script: Script) -> Cow<'_, str> {
    match script {
        Script::Latin => english::stem(form),
        Script::Arabic => Cow::Borrowed(arabic::stem::stem(form)),
        Script::Number | Script::Other => Cow::Borrowed(form),
    }
}
