//! What hangs at the end of words and phrases: `*`, `~2`, `^1.5`.

use super::token::{Leaf, digit};

/// A character of a word.
#[derive(Clone, Copy)]
pub(super) struct Piece {
    pub c: char,
    /// Came after a backslash: never an operator.
    pub escaped: bool,
}

impl Piece {
    pub fn is(self, c: char) -> bool {
        self.c == c && !self.escaped
    }
}

pub(super) fn has_word(pieces: &[Piece]) -> bool {
    pieces.iter().any(|piece| piece.c.is_alphanumeric())
}

pub(super) fn text_of(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| piece.c).collect()
}

pub(super) fn is_number_char(c: char) -> bool {
    digit(c).is_some() || matches!(c, '.' | '٫')
}

/// What `*`, `~` or `~n` at the end of a word makes of it, and how many differing letters were
/// asked for if they were too many. Takes the suffix off.
pub(super) fn take_leaf_suffix(pieces: &mut Vec<Piece>) -> (Leaf, Option<u32>) {
    if let [body @ .., last] = pieces.as_slice()
        && last.is('*')
        && !body.last().is_some_and(|before| before.is('*'))
        && has_word(body)
    {
        pieces.pop();
        return (Leaf::Prefix, None);
    }
    let digits =
        pieces.iter().rev().take_while(|piece| !piece.escaped && digit(piece.c).is_some()).count();
    let (body, suffix) = pieces.split_at(pieces.len() - digits);
    let Some((tilde, body)) = body.split_last() else {
        return (Leaf::Word, None);
    };
    if !tilde.is('~') || !has_word(body) {
        return (Leaf::Word, None);
    }
    let wanted = if suffix.is_empty() { 1 } else { number(suffix.iter().map(|piece| piece.c)) };
    let body = body.len();
    pieces.truncate(body);
    match wanted {
        0 => (Leaf::Word, None),
        1 => (Leaf::Fuzzy(1), None),
        2 => (Leaf::Fuzzy(2), None),
        _ => (Leaf::Fuzzy(2), Some(wanted)),
    }
}

/// Takes `^n` off the end of a word.
pub(super) fn take_boost(pieces: &mut Vec<Piece>) -> Option<f32> {
    let len =
        pieces.iter().rev().take_while(|piece| !piece.escaped && is_number_char(piece.c)).count();
    let (body, suffix) = pieces.split_at(pieces.len() - len);
    let (caret, body) = body.split_last()?;
    if !caret.is('^') || !has_word(body) {
        return None;
    }
    let (boost, taken) = leading_decimal(suffix.iter().map(|piece| piece.c))?;
    if taken < suffix.len() {
        return None;
    }
    let body = body.len();
    pieces.truncate(body);
    Some(boost)
}

/// The number of some digits; too large ones are the largest.
pub(super) fn number(digits: impl Iterator<Item = char>) -> u32 {
    digits
        .filter_map(digit)
        .fold(0u32, |number, digit| number.saturating_mul(10).saturating_add(digit))
}

/// A decimal number and its length in characters. A point at the end is not part of it.
pub(super) fn leading_decimal(chars: impl Iterator<Item = char>) -> Option<(f32, usize)> {
    let mut ascii = String::new();
    let mut point = false;
    for c in chars {
        match digit(c).and_then(|digit| char::from_digit(digit, 10)) {
            Some(digit) => ascii.push(digit),
            None if point => break,
            None => {
                point = true;
                ascii.push('.');
            }
        }
    }
    if ascii.ends_with('.') {
        ascii.pop();
    }
    let value: f32 = ascii.parse().ok()?;
    Some((value, ascii.len()))
}
