//! Puts the analysed words of a passage on a tape.

use std::ops::Range;

use super::tape::Tape;
use crate::analysis::Analyzer;
use crate::model::Kind;

/// Makes tapes; one for each thread, as it keeps the analysis of words met before.
#[derive(Default)]
pub struct TapeMaker {
    pub analyzer: Analyzer,
    tape: Tape,
}

/// The parts of a passage on its tape, and how many words they have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TapeParts {
    /// Bytes of the tape.
    pub title: Range<usize>,
    pub section: Range<usize>,
    pub title_words: u64,
    pub section_words: u64,
    /// Of all parts, hidden words too.
    pub words: u64,
}

impl TapeMaker {
    /// Records a passage in the place of the one before; see [`TapeMaker::tape`]. By another title
    /// of an article its own is not found: that would find the article for its title once more.
    pub fn record(
        &mut self,
        kind: Kind,
        title: Option<&str>,
        section: &[String],
        text: &str,
        hidden: &str,
    ) -> TapeParts {
        self.tape.clear();
        let title = title.filter(|_| kind != Kind::Redirect);
        let title_words = self.record_words(title.unwrap_or_default());
        let title = 0..self.tape().len();
        self.tape.end_region();
        let section_start = self.tape().len();
        let section_words = section.iter().map(|heading| self.record_words(heading)).sum();
        let section = section_start..self.tape().len();
        self.tape.end_region();
        let mut words = title_words + section_words + self.record_words(text);
        if !hidden.is_empty() {
            self.tape.end_region();
            words += self.record_words(hidden);
        }
        TapeParts { title, section, title_words, section_words, words }
    }

    /// The tape of the passage that was recorded last.
    pub fn tape(&self) -> &str {
        self.tape.as_str()
    }

    /// Puts a text on the tape and returns how many words it has.
    fn record_words(&mut self, text: &str) -> u64 {
        let tape = &mut self.tape;
        let mut words = 0;
        self.analyzer.analyze(text, |word| {
            if word.sentence_start {
                tape.end_sentence();
            }
            tape.push_word(&word);
            words += 1;
        });
        words
    }
}
