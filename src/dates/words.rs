//! What the words around a number tell of it.

use super::{arabic, english};

/// What the word before a number tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// A year follows.
    Year,
    /// An amount, a page, an address.
    Amount,
    /// Either, and the noun that follows decides: `about`.
    Guess,
    /// A definite Arabic noun, of which a number behind it is no attribute but a year.
    Definite,
    Nothing,
}

/// Whether a word is a unit of measure.
pub(super) fn is_unit(word: &str) -> bool {
    if word.is_ascii() { english::is_unit(word) } else { arabic::is_unit(word) }
}
