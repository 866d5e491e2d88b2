//! Query text to tokens: operators, parentheses, and words or phrases with what is attached.
//!
//! What always holds: every character is looked at a bounded number of times; every token takes at
//! least one character; a token that cannot be meant as an operator is a word, and words without a
//! letter or digit are no tokens.

use std::ops::Range;

use super::ast::Field;
use super::clauses::{BOOST_RANGE, clamp_boost};
use super::diagnostic::{Diagnostics, echo};
use super::suffix::{
    Piece, has_word, is_number_char, leading_decimal, number, take_boost, take_leaf_suffix, text_of,
};
use super::token::{
    Facet, Leaf, Quote, Sign, Target, Token, TokenKind, digit, is_escapable, is_invisible,
    is_keyword, is_opening_quote, is_quote, is_separator, keyword, quote_class,
};

/// Which infobox fields the index has.
pub trait FieldNames {
    /// Whether there is a field of this name, which is lower-cased and has `_` for `-`.
    fn is_field(&self, name: &str) -> bool;
}

impl<F: Fn(&str) -> bool> FieldNames for F {
    fn is_field(&self, name: &str) -> bool {
        self(name)
    }
}

/// Slop and distances above this are lowered to it.
const MAX_DISTANCE: u32 = 10_000;
/// Longer names before a colon are not asked for.
pub const MAX_FIELD_NAME_CHARS: usize = 100;

pub(super) struct Lexer<'a> {
    text: &'a str,
    fields: &'a dyn FieldNames,
    /// Visible characters and the byte at which each begins.
    chars: Vec<(usize, char)>,
    /// Index into `chars`.
    at: usize,
    /// Where the last unescaped mark of each class is, so that looking for a closing one ends.
    last_double: Option<usize>,
    last_guillemet: Option<usize>,
}

impl<'a> Lexer<'a> {
    pub fn new(text: &'a str, fields: &'a dyn FieldNames) -> Lexer<'a> {
        let chars: Vec<_> = text.char_indices().filter(|&(_, c)| !is_invisible(c)).collect();
        let (mut last_double, mut last_guillemet) = (None, None);
        let mut escaped = false;
        for (place, &(_, c)) in chars.iter().enumerate() {
            match quote_class(c) {
                Some(Quote::Double) if !escaped => last_double = Some(place),
                Some(Quote::Guillemet) if !escaped => last_guillemet = Some(place),
                _ => {}
            }
            escaped = c == '\\' && !escaped;
        }
        Lexer { text, fields, chars, at: 0, last_double, last_guillemet }
    }

    /// The next token, or `None` at the end of the text.
    pub fn next_token(&mut self, notes: &mut Diagnostics) -> Option<Token> {
        loop {
            while self.peek(0).is_some_and(is_separator) {
                self.at += 1;
            }
            let first = self.peek(0)?;
            let start = self.at;
            let kind = if first == ')' {
                self.at += 1;
                let boost = self.boost_suffix(notes).unwrap_or(1.0);
                Some(TokenKind::Close { boost })
            } else {
                let sign = self.sign();
                self.operand(sign, start, notes)
            };
            if let Some(kind) = kind {
                return Some(Token { kind, span: self.span_from(start) });
            }
        }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at.checked_add(ahead)?).map(|&(_, c)| c)
    }

    fn offset(&self, place: usize) -> usize {
        self.chars.get(place).map_or(self.text.len(), |&(offset, _)| offset)
    }

    /// The bytes from a character to the last one taken.
    fn span_from(&self, start: usize) -> Range<usize> {
        let end = match self.at.checked_sub(1).and_then(|last| self.chars.get(last)) {
            Some(&(offset, c)) => offset + c.len_utf8(),
            None => 0,
        };
        self.offset(start)..end
    }

    /// The invisible characters between the last character taken and the next.
    fn invisible_here(&self) -> &'a str {
        let end = self.offset(self.at);
        let last = self.at.checked_sub(1).and_then(|last| self.chars.get(last));
        let start = last.map_or(0, |&(offset, c)| offset + c.len_utf8());
        self.text.get(start..end).unwrap_or_default()
    }

    /// Takes a `+` or `-` that stands directly before a word, phrase or group.
    fn sign(&mut self) -> Sign {
        let sign = match self.peek(0) {
            Some('+') => Sign::Plus,
            Some('-') => Sign::Minus,
            _ => return Sign::None,
        };
        let attached = match self.peek(1) {
            Some('(' | '\\') => true,
            Some(c) => c.is_alphanumeric() || self.opens_phrase(1),
            None => false,
        };
        if !attached {
            return Sign::None;
        }
        self.at += 1;
        sign
    }

    /// Whether the character `ahead` is a quotation mark that is closed further on.
    fn opens_phrase(&self, ahead: usize) -> bool {
        let last = match self.peek(ahead).and_then(quote_class) {
            Some(Quote::Double) => self.last_double,
            Some(Quote::Guillemet) => self.last_guillemet,
            None => None,
        };
        last.is_some_and(|last| last > self.at + ahead)
    }

    fn operand(&mut self, sign: Sign, start: usize, notes: &mut Diagnostics) -> Option<TokenKind> {
        if self.peek(0) == Some('(') {
            self.at += 1;
            return Some(TokenKind::Open { sign, target: None });
        }
        if self.opens_phrase(0) {
            return self.phrase(sign, None, notes);
        }
        let unclosed = self.peek(0).is_some_and(is_quote);
        if unclosed {
            let mark = self.at;
            self.at += 1;
            notes.add(self.span_from(mark), "a quotation mark is never closed: read as words");
        }
        let mut pieces: Vec<Piece> = Vec::new();
        let mut name: Option<(String, Target)> = None;
        let mut colon_seen = false;
        while let Some(c) = self.peek(0) {
            if is_separator(c) || matches!(c, '(' | ')') {
                break;
            }
            let begun = unclosed || !pieces.is_empty();
            if begun && is_opening_quote(c) && self.opens_phrase(0) {
                break;
            }
            if c == '\\'
                && let Some(next) = self.peek(1).filter(|&next| is_escapable(next))
            {
                pieces.push(Piece { c: next, escaped: true });
                self.at += 2;
                continue;
            }
            self.at += 1;
            if c == ':'
                && !std::mem::replace(&mut colon_seen, true)
                && self.peek(0).is_some_and(|next| !is_separator(next) && next != ')')
                && let Some(target) = self.target(&pieces)
            {
                if self.peek(0) == Some('(') {
                    self.at += 1;
                    return Some(TokenKind::Open { sign, target: Some(target) });
                }
                if self.opens_phrase(0) {
                    return self.phrase(sign, Some(target), notes);
                }
                let typed = pieces.drain(..).map(|piece| piece.c).collect();
                name = Some((typed, target));
                continue;
            }
            pieces.push(Piece { c, escaped: false });
        }
        let operator = sign == Sign::None && name.is_none() && !unclosed;
        if operator && let Some(kind) = self.operator(&pieces, start, notes) {
            return Some(kind);
        }
        self.finish_word(sign, name, pieces, start, notes)
    }

    /// The operator that a word is.
    fn operator(
        &self,
        pieces: &[Piece],
        start: usize,
        notes: &mut Diagnostics,
    ) -> Option<TokenKind> {
        if pieces.iter().any(|piece| piece.escaped) {
            return None;
        }
        let kind = keyword(&text_of(pieces))?;
        let TokenKind::Near(wanted) = kind else {
            return Some(kind);
        };
        let distance = wanted.clamp(1, MAX_DISTANCE);
        if distance != wanted {
            let message = format_args!("this distance is read as {distance}");
            notes.add(self.span_from(start), message);
        }
        Some(TokenKind::Near(distance))
    }

    /// What the name before a colon stands for, if it is the name of a field.
    fn target(&self, pieces: &[Piece]) -> Option<Target> {
        let named = pieces.len() <= MAX_FIELD_NAME_CHARS
            && pieces.first().is_some_and(|first| first.c.is_alphanumeric())
            && pieces.iter().all(|piece| {
                !piece.escaped
                    && (piece.c.is_alphanumeric()
                        || matches!(piece.c, '_' | '-' | '\u{300}'..='\u{36f}'))
            });
        if !named {
            return None;
        }
        let name = field_name(&text_of(pieces));
        match name.as_str() {
            "title" => Some(Target::Text(Field::Title)),
            "section" => Some(Target::Text(Field::Section)),
            "lang" => Some(Target::Facet(Facet::Lang)),
            "kind" => Some(Target::Facet(Facet::Kind)),
            "category" => Some(Target::Facet(Facet::Category)),
            "article" => Some(Target::Facet(Facet::Article)),
            "year" => Some(Target::Facet(Facet::Year { in_infobox: self.fields.is_field(&name) })),
            "date" => Some(Target::Facet(Facet::Date { in_infobox: self.fields.is_field(&name) })),
            _ if self.fields.is_field(&name) => Some(Target::Text(Field::Infobox(name))),
            _ => None,
        }
    }

    fn finish_word(
        &self,
        sign: Sign,
        name: Option<(String, Target)>,
        mut pieces: Vec<Piece>,
        start: usize,
        notes: &mut Diagnostics,
    ) -> Option<TokenKind> {
        if let (Some((typed, _)), [only]) = (&name, pieces.as_slice())
            && only.is('*')
        {
            let text = field_name(typed);
            // Also where the name, as `date`, has another meaning before anything else.
            if self.fields.is_field(&text) {
                let leaf = Leaf::HasField;
                return Some(TokenKind::Leaf { sign, target: None, leaf, text, boost: 1.0 });
            }
        }
        let target = match name {
            Some((_, target)) if has_word(&pieces) => Some(target),
            Some((typed, _)) => {
                let mut whole: Vec<_> =
                    typed.chars().map(|c| Piece { c, escaped: false }).collect();
                whole.push(Piece { c: ':', escaped: false });
                whole.append(&mut pieces);
                pieces = whole;
                None
            }
            None => None,
        };
        if !has_word(&pieces) {
            return None;
        }
        let mut boost = take_boost(&mut pieces);
        let (leaf, too_many) = take_leaf_suffix(&mut pieces);
        if too_many.is_some() {
            notes.add(self.span_from(start), "`~` allows at most 2 differing letters");
        }
        if boost.is_none() {
            boost = take_boost(&mut pieces);
        }
        if let Some(boost) = boost {
            self.check_boost(boost, start, notes);
        }
        let keyword_escaped = pieces.first().is_some_and(|first| first.is('\\'))
            && pieces.iter().all(|piece| !piece.escaped)
            && pieces.get(1..).is_some_and(|rest| is_keyword(&text_of(rest)));
        let text = text_of(pieces.get(usize::from(keyword_escaped)..).unwrap_or_default());
        let boost = boost.map_or(1.0, clamp_boost);
        Some(TokenKind::Leaf { sign, target, leaf, text, boost })
    }

    /// Takes a phrase; the next character is its opening mark and there is a closing one.
    fn phrase(
        &mut self,
        sign: Sign,
        target: Option<Target>,
        notes: &mut Diagnostics,
    ) -> Option<TokenKind> {
        let start = self.at;
        let class = self.peek(0).and_then(quote_class);
        self.at += 1;
        // Elsewhere invisible characters say nothing; an id is another without them.
        let is_id = target == Some(Target::Facet(Facet::Article));
        let mut text = String::new();
        while let Some(c) = self.peek(0) {
            if is_id {
                text.push_str(self.invisible_here());
            }
            self.at += 1;
            if quote_class(c).is_some() && quote_class(c) == class {
                break;
            }
            if c == '\\'
                && let Some(next) = self.peek(0).filter(|&next| is_escapable(next))
            {
                text.push(next);
                self.at += 1;
            } else if !is_separator(c) {
                text.push(c);
            } else if !text.is_empty() && !text.ends_with(' ') {
                text.push(' ');
            }
        }
        text.truncate(text.trim_end().len());
        let (mut slop, mut boost) = (None, None);
        loop {
            if slop.is_none() && self.peek(0) == Some('~') {
                slop = self.slop_suffix();
                if slop.is_some() {
                    continue;
                }
            }
            if boost.is_none() && self.peek(0) == Some('^') {
                boost = self.boost_suffix(notes);
                if boost.is_some() {
                    continue;
                }
            }
            break;
        }
        let says_something = text.contains(char::is_alphanumeric) || is_id && !text.is_empty();
        if !says_something {
            return None;
        }
        let slop = slop.unwrap_or(0);
        if slop > MAX_DISTANCE {
            let span = self.span_from(start);
            notes.add(span, format_args!("the distance after `~` is read as {MAX_DISTANCE}"));
        }
        let leaf = Leaf::Phrase { slop: slop.min(MAX_DISTANCE) };
        Some(TokenKind::Leaf { sign, target, leaf, text, boost: boost.unwrap_or(1.0) })
    }

    /// Takes `~n` after a phrase.
    fn slop_suffix(&mut self) -> Option<u32> {
        let digits = self.count_ahead(1, |c| digit(c).is_some());
        if digits == 0 || self.peek(1 + digits).is_some_and(char::is_alphanumeric) {
            return None;
        }
        let from = self.at + 1;
        self.at = from + digits;
        Some(number(self.chars.get(from..self.at)?.iter().map(|&(_, c)| c)))
    }

    /// Takes `^n` after a phrase or group.
    fn boost_suffix(&mut self, notes: &mut Diagnostics) -> Option<f32> {
        if self.peek(0) != Some('^') {
            return None;
        }
        let len = self.count_ahead(1, is_number_char);
        if self.peek(1 + len).is_some_and(char::is_alphanumeric) {
            return None;
        }
        let from = self.at + 1;
        let number = self.chars.get(from..from + len)?;
        let (boost, taken) = leading_decimal(number.iter().map(|&(_, c)| c))?;
        let start = self.at;
        self.at = from + taken;
        self.check_boost(boost, start, notes);
        Some(clamp_boost(boost))
    }

    fn check_boost(&self, boost: f32, start: usize, notes: &mut Diagnostics) {
        if !BOOST_RANGE.contains(&boost) {
            let text: String = self
                .chars
                .get(start..self.at)
                .map(|chars| chars.iter().map(|&(_, c)| c).collect())
                .unwrap_or_default();
            let message =
                format!("the weight of {} is read as {}", echo(&text), clamp_boost(boost));
            notes.add(self.span_from(start), message);
        }
    }

    fn count_ahead(&self, ahead: usize, fits: impl Fn(char) -> bool) -> usize {
        let rest = self.chars.get(self.at + ahead..).unwrap_or_default();
        rest.iter().take_while(|&&(_, c)| fits(c)).count()
    }
}

/// The name of a field as indexes have it.
fn field_name(typed: &str) -> String {
    typed.replace('-', "_").to_lowercase()
}
