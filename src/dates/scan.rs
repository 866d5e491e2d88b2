//! Cuts a text into numbers, folded words and marks.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use crate::lang::{is_arabic_letter, is_latin_letter};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Up to four digits, with no others near enough to be of the same number.
    Number {
        value: i32,
        digits: u8,
    },
    /// Any other number: longer, grouped, or a fraction.
    Amount,
    Word(Writing),
    Mark(char),
    /// Where a paragraph, a list entry or a line of an infobox ends.
    Break,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writing {
    Latin,
    Arabic,
    Other,
}

/// What lies between a token and the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    None,
    Space,
    Line,
}

#[derive(Debug)]
struct Token {
    kind: Kind,
    gap: Gap,
    span: Range<usize>,
    /// Where a word stands in [`Scan::folded`].
    word: Range<usize>,
}

/// A text in tokens. Whoever asks for a token beyond the ends is told that it is none.
pub(super) struct Scan<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    folded: String,
}

/// The value of an ASCII, Arabic or Persian digit.
pub(super) fn digit(c: char) -> Option<u8> {
    let value = match c {
        '0'..='9' => u32::from(c) - 0x30,
        '٠'..='٩' => u32::from(c) - 0x660,
        '۰'..='۹' => u32::from(c) - 0x6f0,
        _ => return None,
    };
    u8::try_from(value).ok()
}

fn is_letter(c: char) -> bool {
    match c {
        // The tatweel is of a word only behind a letter; alone it is a dash.
        TATWEEL => false,
        // Nearly all letters that are met, and quicker told than by the tables of Unicode.
        'ء'..='ي' => true,
        c if c.is_ascii() => c.is_ascii_alphabetic(),
        c => c.is_alphabetic(),
    }
}

/// Marks on letters and joiners: within words, and not seen by their folded form.
fn is_within_word(c: char) -> bool {
    matches!(c,
        TATWEEL | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{300}'..='\u{36f}'
        | '\u{200c}' | '\u{200d}' | '\u{ad}')
}

const TATWEEL: char = '\u{640}';

/// Signs that are not seen: bidirectional marks, and the marks of emphasis of plain text.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '_' | '*' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' | '\u{ad}' | '\u{feff}')
        || is_within_word(c) && c != TATWEEL
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʿ' | 'ʾ' | '`')
}

impl<'t> Scan<'t> {
    pub fn new(text: &'t str) -> Self {
        let mut scan = Self { text, tokens: Vec::new(), folded: String::new() };
        let mut at = 0;
        let mut gap = Gap::Space;
        let mut line_breaks = 0;
        while let Some(c) = text[at..].chars().next() {
            if c.is_whitespace() || c.is_control() {
                line_breaks += u32::from(c == '\n');
                gap = if line_breaks > 0 { Gap::Line } else { Gap::Space };
                at += c.len_utf8();
                continue;
            }
            if is_invisible(c) {
                at += c.len_utf8();
                continue;
            }
            let entry = !c.is_alphanumeric() && !matches!(c, '(' | '[' | '"' | '“' | '«');
            if line_breaks > 1 || line_breaks == 1 && entry {
                scan.push(Kind::Break, gap, at..at);
            }
            line_breaks = 0;
            at = if digit(c).is_some() {
                scan.numbers(at, gap)
            } else if is_letter(c) {
                scan.word(at, gap)
            } else {
                let mark = if c == TATWEEL { '-' } else { c };
                scan.push(Kind::Mark(mark), gap, at..at + c.len_utf8());
                at + c.len_utf8()
            };
            gap = Gap::None;
        }
        scan
    }

    fn push(&mut self, kind: Kind, gap: Gap, span: Range<usize>) {
        let end = self.folded.len();
        self.tokens.push(Token { kind, gap, span, word: end..end });
    }

    /// Digits and what joins them to further digits. Returns where they end.
    fn numbers(&mut self, start: usize, gap: Gap) -> usize {
        let mut groups: Vec<Range<usize>> = Vec::new();
        let mut joints: Vec<char> = Vec::new();
        let mut at = start;
        loop {
            let end = at + digits_length(&self.text[at..]);
            groups.push(at..end);
            at = end;
            let mut after = self.text[at..].chars();
            match (after.next(), after.next()) {
                (Some(joint), Some(next))
                    if matches!(joint, '.' | ',' | '٫' | '٬' | '،') && digit(next).is_some() =>
                {
                    joints.push(joint);
                    at += joint.len_utf8();
                }
                _ => break,
            }
        }
        let lengths: Vec<usize> =
            groups.iter().map(|group| self.text[group.clone()].chars().count()).collect();
        let apart = lengths.iter().all(|&length| length <= 4)
            && (groups.len() == 1
                || is_dotted_date(&lengths, &joints)
                || is_list(&lengths, &joints));
        if !apart {
            self.push(Kind::Amount, gap, start..at);
            return at;
        }
        let mut gap = gap;
        for (n, group) in groups.into_iter().enumerate() {
            if let Some(&joint) = n.checked_sub(1).and_then(|n| joints.get(n)) {
                self.push(
                    Kind::Mark(joint),
                    Gap::None,
                    group.start - joint.len_utf8()..group.start,
                );
            }
            let digits = self.text[group.clone()].chars().filter_map(digit);
            let value = digits.fold(0, |value, digit| value * 10 + i32::from(digit));
            let digits = lengths.get(n).and_then(|&length| u8::try_from(length).ok()).unwrap_or(0);
            self.push(Kind::Number { value, digits }, gap, group);
            gap = Gap::None;
        }
        at
    }

    /// Letters, with apostrophes between them. Returns where they end.
    fn word(&mut self, start: usize, gap: Gap) -> usize {
        let mut end = start;
        let mut writing = Writing::Other;
        let mut rest = self.text[start..].chars().peekable();
        while let Some(c) = rest.next() {
            let inside = is_letter(c)
                || is_within_word(c)
                || is_apostrophe(c) && rest.peek().is_some_and(|&next| is_letter(next));
            if !inside {
                break;
            }
            if end == start {
                writing = match c {
                    _ if is_latin_letter(c) => Writing::Latin,
                    _ if is_arabic_letter(c) => Writing::Arabic,
                    _ => Writing::Other,
                };
            }
            end += c.len_utf8();
        }
        let before = self.folded.len();
        if writing != Writing::Other {
            fold(&self.text[start..end], &mut self.folded);
        }
        let word = before..self.folded.len();
        self.tokens.push(Token { kind: Kind::Word(writing), gap, span: start..end, word });
        end
    }

    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    pub fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// The folded word at a place; empty if there is none.
    pub fn word_at(&self, at: usize) -> &str {
        self.tokens.get(at).and_then(|token| self.folded.get(token.word.clone())).unwrap_or("")
    }

    pub fn number_at(&self, at: usize) -> Option<(i32, u8)> {
        match self.kind(at)? {
            Kind::Number { value, digits } => Some((value, digits)),
            _ => None,
        }
    }

    pub fn mark_at(&self, at: usize) -> Option<char> {
        match self.kind(at)? {
            Kind::Mark(mark) => Some(mark),
            _ => None,
        }
    }

    pub fn is_dash(&self, at: usize) -> bool {
        matches!(self.mark_at(at), Some('-' | '–' | '—' | '−' | '‐' | '‑' | '‒'))
    }

    pub fn is_writing(&self, at: usize, writing: Writing) -> bool {
        self.kind(at) == Some(Kind::Word(writing))
    }

    /// What lies before the token; a line where there is none.
    pub fn gap_before(&self, at: usize) -> Gap {
        self.tokens.get(at).map_or(Gap::Line, |token| token.gap)
    }

    /// Whether a token follows its neighbour without a space.
    pub fn is_glued(&self, at: usize) -> bool {
        at > 0 && self.gap_before(at) == Gap::None
    }

    /// The token as written.
    pub fn written(&self, at: usize) -> &'t str {
        self.tokens.get(at).and_then(|token| self.text.get(token.span.clone())).unwrap_or("")
    }

    pub fn is_capitalized(&self, at: usize) -> bool {
        self.written(at).starts_with(char::is_uppercase)
    }

    pub fn is_all_capitals(&self, at: usize) -> bool {
        self.written(at).chars().all(char::is_uppercase)
    }

    /// The bytes from the first of some tokens to the end of the last; `next` is the one after.
    pub fn span(&self, first: usize, next: usize) -> Range<usize> {
        let start = self.tokens.get(first).map_or(0, |token| token.span.start);
        let last = next.checked_sub(1).and_then(|last| self.tokens.get(last));
        start..last.map_or(start, |token| token.span.end).max(start)
    }
}

/// The bytes of the digits of one script that a text begins with.
fn digits_length(text: &str) -> usize {
    let Some(first) = text.chars().next() else { return 0 };
    let same = |c: char| digit(c).is_some() && c.len_utf8() == first.len_utf8();
    text.chars().take_while(|&c| same(c)).map(char::len_utf8).sum()
}

/// `24.5.1592`.
fn is_dotted_date(lengths: &[usize], joints: &[char]) -> bool {
    joints == ['.', '.'] && matches!(lengths, [1 | 2, 1 | 2, 4] | [4, 1 | 2, 1 | 2])
}

/// `1592,1598`: groups of thousands have three digits.
fn is_list(lengths: &[usize], joints: &[char]) -> bool {
    joints.iter().all(|joint| matches!(joint, ',' | '،'))
        && lengths.split_first().is_some_and(|(&first, rest)| {
            rest.iter().all(|&length| length == 4) && (first == 4 || first <= 2)
        })
}

/// Appends a word as the tables of names have it: lower case, letters without marks, the forms of
/// alef, ya and ta marbuta as one.
fn fold(word: &str, out: &mut String) {
    if word.is_ascii() {
        out.extend(word.chars().filter(|c| c.is_alphabetic()).map(|c| c.to_ascii_lowercase()));
        return;
    }
    let start = out.len();
    if fold_plain_arabic(word, out) {
        return;
    }
    out.truncate(start);
    for c in word.nfkd() {
        match c {
            _ if is_within_word(c) || is_apostrophe(c) || c == 'ء' => {}
            'ٱ' => out.push('ا'),
            'ى' | 'ی' => out.push('ي'),
            'ة' | 'ہ' | 'ە' => out.push('ه'),
            'ک' => out.push('ك'),
            _ => out.extend(c.to_lowercase()),
        }
    }
}

/// The same for a word of the letters and marks of Arabic alone, which is what decomposing them comes
/// to; false where it has others.
fn fold_plain_arabic(word: &str, out: &mut String) -> bool {
    for c in word.chars() {
        match c {
            'آ' | 'أ' | 'إ' => out.push('ا'),
            'ؤ' => out.push('و'),
            'ئ' | 'ى' => out.push('ي'),
            'ة' => out.push('ه'),
            'ء' => {}
            'ا'..='ي' if c != TATWEEL => out.push(c),
            _ if is_within_word(c) => {}
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_short_way_of_folding_is_the_long_one(word in "[ء-يـ-ْٰ]{1,12}") {
            let (mut short, mut long) = (String::new(), String::new());
            fold(&word, &mut short);
            // A letter that the short way leaves to the long one.
            fold(&format!("{word}ﭐ"), &mut long);
            prop_assert_eq!(format!("{short}ا"), long);
        }
    }
}
