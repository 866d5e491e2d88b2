//! Everything that a query word becomes, of all kinds.

use super::expansion::{Expansion, ExpansionKind};
use super::lexicon::{Lexicon, MAX_TRANSLATIONS, Translation};
use super::names::{names_in_other_script, names_of_pair};
use super::variants::variants;
use super::vocabulary::Vocabulary;

/// Which kinds of expansion are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpandOptions {
    pub names: bool,
    pub variants: bool,
    pub translate: bool,
}

impl ExpandOptions {
    pub const ALL: ExpandOptions = ExpandOptions { names: true, variants: true, translate: true };
    pub const NONE: ExpandOptions =
        ExpandOptions { names: false, variants: false, translate: false };
}

impl Default for ExpandOptions {
    fn default() -> ExpandOptions {
        ExpandOptions::ALL
    }
}

/// Expands words over one vocabulary.
#[derive(Clone, Copy)]
pub struct Expander<'a> {
    pub vocabulary: &'a dyn Vocabulary,
    /// The lexicon to use, [`embedded_lexicon`](super::embedded_lexicon) as a rule.
    pub lexicon: &'a Lexicon<'a>,
    /// The user's own dictionary, asked as well.
    pub dictionary: Option<&'a Lexicon<'a>>,
    pub options: ExpandOptions,
}

impl Expander<'_> {
    /// What the folded form `word` becomes: variants, names, translations, each best first.
    /// `capitalized` says that the query has it in upper case. A form is given once for each kind.
    pub fn expand(&self, word: &str, capitalized: bool) -> Vec<Expansion> {
        let mut all = Vec::new();
        if self.options.variants {
            all.extend(variants(word, capitalized, self.vocabulary, self.lexicon));
        }
        if self.options.names {
            let names = names_in_other_script(word, capitalized, self.vocabulary, self.lexicon);
            all.extend(names);
        }
        if self.options.translate {
            all.extend(self.translations(word));
        }
        all
    }

    /// What two words that stand side by side become if they are one name (بيونغ يانغ, pyongyang)
    /// or one entry of the lexicon (`prime minister`).
    pub fn expand_pair(&self, first: &str, second: &str) -> Vec<Expansion> {
        let mut all = Vec::new();
        if self.options.names {
            all.extend(names_of_pair(first, second, self.vocabulary, self.lexicon));
        }
        if self.options.translate {
            all.extend(self.translations(&format!("{first} {second}")));
        }
        all
    }

    /// Translations of a form or phrase by the lexicon and the dictionary, best first, at most
    /// [`MAX_TRANSLATIONS`].
    fn translations(&self, word: &str) -> Vec<Expansion> {
        let mut found = self.lexicon.translations(word);
        for translation in self.dictionary.map(|own| own.translations(word)).unwrap_or_default() {
            match found.iter_mut().find(|known| known.words == translation.words) {
                Some(known) => known.weight = known.weight.max(translation.weight),
                None => found.push(translation),
            }
        }
        // Stable: the lexicon's order stays among equals.
        found.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        found.truncate(MAX_TRANSLATIONS);
        let expansion = |Translation { words, weight }: Translation| Expansion {
            word: word.to_owned(),
            form: words,
            kind: ExpansionKind::Translation,
            weight,
            score: weight,
        };
        found.into_iter().map(expansion).collect()
    }
}
