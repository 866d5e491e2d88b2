//! From a query word to other words that mean or name the same: its name in the other script, its
//! spelling variants, its translations, the user's synonyms.
//!
//! Pure and deterministic: what comes out depends on the word, the tables compiled in, the user's
//! dictionary and synonyms if there are any, and the [`Vocabulary`] given. It knows nothing of queries, scores of
//! passages or how an index stores its vocabulary. Words are folded forms of
//! [`analysis`](crate::analysis) throughout; phrases are forms apart by single spaces.

mod align;
mod dictd;
mod expander;
mod expansion;
mod keys;
mod lexicon;
mod lexicon_build;
mod names;
mod synonyms;
mod table;
mod variants;
mod vocabulary;

pub use align::{ArabicName, LatinName, align};
pub use dictd::{UserDictionary, parse_dictionary, read_dictionary};
pub use expander::{ExpandOptions, Expander};
pub use expansion::{Expansion, ExpansionKind};
pub use keys::{Key, MAX_KEYS, full_keys_of, keys_of, near_keys_of};
pub use lexicon::{Lexicon, MAX_TRANSLATIONS, Translation, embedded_lexicon};
pub use lexicon_build::build_lexicon;
pub use names::{names_in_other_script, names_of_pair};
pub use synonyms::{Synonyms, parse_synonyms, read_synonyms};
pub use variants::variants;
pub use vocabulary::{MemoryVocabulary, Visit, Vocabulary, WordInfo};

#[cfg(test)]
mod tests;
