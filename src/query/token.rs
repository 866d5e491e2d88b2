//! The tokens of a query, and which characters and words have a meaning of their own.

use std::ops::Range;

use super::ast::Field;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    None,
    Plus,
    Minus,
}

/// What stands before the colon.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Target {
    Text(Field),
    Facet(Facet),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Facet {
    Lang,
    Kind,
    /// Years alone. `in_infobox` says whether the index has an infobox field of that name, in
    /// which what is no year is looked for.
    Year {
        in_infobox: bool,
    },
    /// Years, months and days.
    Date {
        in_infobox: bool,
    },
    Category,
    Article,
}

impl Facet {
    /// The name that stands before the colon.
    pub fn name(self) -> &'static str {
        match self {
            Facet::Lang => "lang",
            Facet::Kind => "kind",
            Facet::Year { .. } => "year",
            Facet::Date { .. } => "date",
            Facet::Category => "category",
            Facet::Article => "article",
        }
    }
}

#[derive(Debug)]
pub(super) enum Leaf {
    Word,
    Prefix,
    Fuzzy(u8),
    Phrase {
        slop: u32,
    },
    /// `*` after the name of an infobox field, which is the text.
    HasField,
}

#[derive(Debug)]
pub(super) enum TokenKind {
    Open { sign: Sign, target: Option<Target> },
    Close { boost: f32 },
    And,
    Or,
    Not,
    Near(u32),
    Leaf { sign: Sign, target: Option<Target>, leaf: Leaf, text: String, boost: f32 },
}

#[derive(Debug)]
pub(super) struct Token {
    pub kind: TokenKind,
    pub span: Range<usize>,
}

/// Whether a word of its own is an operator.
pub(super) fn is_keyword(text: &str) -> bool {
    keyword(text).is_some()
}

/// Whether the character opens or closes phrases.
pub(super) fn is_quote(c: char) -> bool {
    quote_class(c).is_some()
}

pub(super) fn keyword(text: &str) -> Option<TokenKind> {
    match text {
        "AND" => Some(TokenKind::And),
        "OR" => Some(TokenKind::Or),
        "NOT" => Some(TokenKind::Not),
        _ => {
            let digits = text.strip_prefix("NEAR/")?;
            let mut distance = 0u32;
            for c in digits.chars() {
                distance = distance.saturating_mul(10).saturating_add(digit(c)?);
            }
            (!digits.is_empty()).then_some(TokenKind::Near(distance))
        }
    }
}

/// Quotation marks of one class close each other: people and word processors mix them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Quote {
    Double,
    Guillemet,
}

pub(super) fn quote_class(c: char) -> Option<Quote> {
    match c {
        '"' | '“' | '”' | '„' | '‟' | '＂' => Some(Quote::Double),
        '«' | '»' => Some(Quote::Guillemet),
        _ => None,
    }
}

/// Quotation marks that open a phrase even inside a word, as in `و«سهام النار»`. A straight one
/// there is part of the word: inches, abbreviations.
pub(super) fn is_opening_quote(c: char) -> bool {
    matches!(c, '“' | '„' | '«')
}

pub(super) fn is_separator(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

pub(super) fn is_escapable(c: char) -> bool {
    c.is_ascii_punctuation() || is_quote(c)
}

/// Direction marks and other characters without width that may stand beside an operator.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{feff}'
        | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The value of an ASCII, Arabic-Indic or Persian digit.
pub(super) fn digit(c: char) -> Option<u32> {
    match c {
        '0'..='9' => Some(u32::from(c) - u32::from('0')),
        '٠'..='٩' => Some(u32::from(c) - u32::from('٠')),
        '۰'..='۹' => Some(u32::from(c) - u32::from('۰')),
        _ => None,
    }
}
