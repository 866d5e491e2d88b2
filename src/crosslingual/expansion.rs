//! What a query word may become, and why.

use serde::{Deserialize, Serialize};

/// Why a query word also stands for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExpansionKind {
    /// Another form of the same word.
    Stem,
    /// Another spelling in the same script.
    Variant,
    /// The name in the other script.
    Name,
    /// A word of the other language.
    Translation,
}

/// One word, or phrase, of the vocabulary that a query word also stands for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Expansion {
    /// The query word as folded; two words if both together were expanded.
    pub word: String,
    /// The form in the vocabulary; a phrase of forms apart by single spaces.
    pub form: String,
    pub kind: ExpansionKind,
    /// From 0 to 1, among the expansions of the word of this kind.
    pub weight: f32,
    /// What the kind compares by: the alignment's score of a name (0 is perfect), the distance of
    /// a variant, the lexicon's weight of a translation.
    pub score: f32,
}
