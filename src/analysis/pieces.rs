//! The words inside a UAX #29 segment.
//!
//! Cuts a segment further where it holds several words that people search for: at underscores, at
//! `a:b` and `retreat.The`, between an Arabic letter and a digit or a Latin letter, and at
//! separators that do not group digits. Every byte range is on char boundaries, begins with a
//! letter or a digit, and neither begins nor ends with an invisible mark.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use super::digits::digit_value;
use super::tokenize::{MAX_WORD_CHARS, Segment, is_apostrophe, is_invisible};
use crate::lang::is_arabic_letter;

/// Bytes of a piece at the most.
pub const MAX_WORD_BYTES: usize = 600;
/// Marks on one letter beyond this many bytes are not part of any word.
const MAX_CLUSTER_BYTES: usize = 100;
/// Digit groups of one number; more are a list.
const MAX_DIGIT_GROUPS: usize = 12;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A letter of any script but Arabic, or a numeral that is no decimal digit.
    Letter,
    Arabic,
    Digit,
    Apostrophe,
    Dot,
    Break,
}

struct Item {
    range: Range<usize>,
    c: char,
    kind: Kind,
}

/// Calls `each` for every word inside `segment`, which [`segments`](super::tokenize::segments) gave for this text.
pub fn pieces(text: &str, segment: Segment, mut each: impl FnMut(Range<usize>)) {
    if segment.one_piece {
        each(segment.range);
        return;
    }
    let items = items_of(&text[segment.range.clone()], segment.range.start);
    let mut at = 0;
    while let Some(item) = items.get(at) {
        let end = match item.kind {
            Kind::Break | Kind::Apostrophe | Kind::Dot => {
                at += 1;
                continue;
            }
            Kind::Arabic => acronym_end(&items, at)
                .unwrap_or_else(|| run_end(&items, at, |kind| kind == Kind::Arabic)),
            Kind::Letter => acronym_end(&items, at).unwrap_or_else(|| word_end(&items, at)),
            Kind::Digit => match number(&items, at) {
                Number::Whole(end) => word_end(&items, end),
                Number::Groups(ends) => {
                    let mut start = at;
                    for end in ends {
                        emit(&items[start..end], &mut each);
                        // The separator stands between two groups.
                        start = end + 1;
                    }
                    at = start;
                    word_end(&items, run_end(&items, at, |kind| kind == Kind::Digit))
                }
            },
        };
        emit(&items[at..end], &mut each);
        at = end;
    }
}

fn items_of(slice: &str, offset: usize) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::with_capacity(slice.len().min(64));
    let mut loose = false;
    for (at, c) in slice.char_indices() {
        let range = offset + at..offset + at + c.len_utf8();
        if is_invisible(c) {
            // Marks after a zero-width space have no letter to belong to.
            loose |= c == '\u{200b}';
            continue;
        }
        if is_combining_mark(c) {
            if loose {
                continue;
            }
            if let Some(last) = items.last_mut()
                && last.kind != Kind::Break
            {
                if range.end - last.range.start <= MAX_CLUSTER_BYTES {
                    last.range.end = range.end;
                    continue;
                }
                items.push(Item { range, c, kind: Kind::Break });
            }
            continue;
        }
        loose = false;
        let kind = if is_apostrophe(c) {
            Kind::Apostrophe
        } else if is_arabic_letter(c) || c == '\u{640}' {
            Kind::Arabic
        } else if digit_value(c).is_some() {
            Kind::Digit
        } else if c.is_alphanumeric() {
            Kind::Letter
        } else if matches!(c, '.' | '\u{2024}' | '\u{ff0e}') {
            Kind::Dot
        } else {
            Kind::Break
        };
        items.push(Item { range, c, kind });
    }
    items
}

fn emit(items: &[Item], each: &mut impl FnMut(Range<usize>)) {
    let mut start = 0;
    for at in 0..items.len() {
        let too_long = at - start >= MAX_WORD_CHARS
            || items[at].range.end - items[start].range.start > MAX_WORD_BYTES;
        if too_long && at > start {
            each(items[start].range.start..items[at - 1].range.end);
            start = at;
        }
    }
    if let (Some(first), Some(last)) = (items.get(start), items.last()) {
        each(first.range.start..last.range.end);
    }
}

fn kind_at(items: &[Item], at: usize) -> Option<Kind> {
    items.get(at).map(|item| item.kind)
}

fn run_end(items: &[Item], mut at: usize, belongs: impl Fn(Kind) -> bool) -> usize {
    while kind_at(items, at).is_some_and(&belongs) {
        at += 1;
    }
    at
}

/// Letters and digits from `at` on, with apostrophes inside.
fn word_end(items: &[Item], mut at: usize) -> usize {
    loop {
        match kind_at(items, at) {
            Some(Kind::Letter | Kind::Digit) => at += 1,
            Some(Kind::Apostrophe) if kind_at(items, at + 1) == Some(Kind::Letter) => at += 2,
            _ => return at,
        }
    }
}

/// The end of `U.S` or `ق.م` at `at`: two or more single letters with dots between them.
fn acronym_end(items: &[Item], at: usize) -> Option<usize> {
    let kind = kind_at(items, at)?;
    let mut end = at;
    while kind_at(items, end + 1) == Some(Kind::Dot) && kind_at(items, end + 2) == Some(kind) {
        end += 2;
    }
    let possessive = |at: usize| {
        kind_at(items, at) == Some(Kind::Apostrophe)
            && items.get(at + 1).is_some_and(|item| matches!(item.c, 's' | 'S'))
            && !matches!(kind_at(items, at + 2), Some(Kind::Letter | Kind::Digit))
    };
    if possessive(end + 1) {
        return (end > at).then_some(end + 3);
    }
    if matches!(
        kind_at(items, end + 1),
        Some(Kind::Letter | Kind::Arabic | Kind::Digit | Kind::Apostrophe)
    ) && end > at
    {
        // The last letter begins a longer word: `U.S.Army`.
        end -= 2;
    }
    (end > at).then_some(end + 1)
}

enum Number {
    /// One number up to here.
    Whole(usize),
    /// A list: where each group of digits ends, without the last one.
    Groups(Vec<usize>),
}

fn number(items: &[Item], start: usize) -> Number {
    let mut ends = Vec::new();
    let mut separators = Vec::new();
    let mut lengths = Vec::new();
    let mut at = start;
    loop {
        let end = run_end(items, at, |kind| kind == Kind::Digit);
        lengths.push(end - at);
        let separator = items.get(end).map(|item| item.c).and_then(separator_of);
        match separator {
            Some(separator)
                if kind_at(items, end + 1) == Some(Kind::Digit)
                    && lengths.len() < MAX_DIGIT_GROUPS =>
            {
                ends.push(end);
                separators.push(separator);
                at = end + 1;
            }
            _ => {
                return if is_one_number(&separators, &lengths) {
                    Number::Whole(end)
                } else {
                    Number::Groups(ends)
                };
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Separator {
    Thousands(char),
    Dot,
    /// Decimal in Arabic, never thousands.
    Decimal,
    None,
}

fn separator_of(c: char) -> Option<Separator> {
    Some(match c {
        ',' | '\u{ff0c}' => Separator::Thousands(','),
        '\'' | '\u{2019}' => Separator::Thousands('\''),
        '\u{66c}' | '\u{202f}' => Separator::Thousands(c),
        '.' | '\u{ff0e}' => Separator::Dot,
        '\u{66b}' => Separator::Decimal,
        ';' | '\u{60c}' | '\u{60d}' | '\u{37e}' | '\u{2044}' | '_' => Separator::None,
        _ => return None,
    })
}

/// `3,000`, `1,00,000`, `3,000.5`, `3.14`, `1.500.000`; not `1592,1598`, `14.3.1593`, `1;2`.
fn is_one_number(separators: &[Separator], lengths: &[usize]) -> bool {
    let (separators, lengths) = match separators.split_last() {
        None => return true,
        Some((Separator::Dot | Separator::Decimal, before))
            if !before.contains(&Separator::Dot) =>
        {
            (before, &lengths[..before.len() + 1])
        }
        Some(_) => (separators, lengths),
    };
    let Some(&first) = separators.first() else {
        return true;
    };
    if matches!(first, Separator::None | Separator::Decimal)
        || separators.iter().any(|separator| *separator != first)
    {
        return false;
    }
    let (Some((&last, middle)), true) =
        (lengths.get(1..).and_then(<[usize]>::split_last), lengths.first() <= Some(&3))
    else {
        return false;
    };
    let indian = first == Separator::Thousands(',') && lengths.first() <= Some(&2);
    last == 3 && middle.iter().all(|&n| n == 3 || (n == 2 && indian))
}
