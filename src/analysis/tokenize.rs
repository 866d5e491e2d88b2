//! Where words begin and end by UAX #29.
//!
//! Text of ASCII, Latin and Arabic letters goes through a small table-driven reading of the rules; a
//! stretch with anything else in it is handed to `unicode-segmentation`. Both give the same bounds (a property test compares them), with one
//! exception: the zero-width space is as invisible here as the zero-width joiner, because a reader
//! sees one word.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

/// Letters and digits of a word at the most: a longer one is cut into pieces.
pub const MAX_WORD_CHARS: usize = 200;

/// The Word_Break classes that matter for words, some of them split for [`Segment::one_piece`].
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    AsciiLetter,
    ArabicLetter,
    OtherLetter,
    AsciiDigit,
    OtherDigit,
    /// ExtendNumLet: joins letters and digits on both sides.
    Connector,
    /// Joins two letters.
    MidLetter,
    /// Joins two digits.
    MidNumber,
    /// Joins two letters, or two digits.
    MidBoth,
    /// An Arabic vowel mark. Belongs to the character before it.
    ArabicMark,
    /// Belongs to the character before it.
    Extend,
    Space,
    Other,
    /// Not in our table: ask `unicode-segmentation`.
    Unknown,
}

const fn class_of(code: u32) -> Class {
    match code {
        0x61..=0x7a | 0x41..=0x5a => Class::AsciiLetter,
        0x30..=0x39 => Class::AsciiDigit,
        0x5f => Class::Connector,
        0x3a | 0xb7 => Class::MidLetter,
        0x2c | 0x3b | 0x60c | 0x66c => Class::MidNumber,
        0x2e | 0x27 | 0x2018 | 0x2019 => Class::MidBoth,
        0x20 | 0xa | 0xd | 0x9 => Class::Space,
        0..=0x7f => Class::Other,
        0x621..=0x63a | 0x641..=0x64a | 0x671..=0x6d3 => Class::ArabicLetter,
        0x620 | 0x63b..=0x640 | 0x6d5 => Class::OtherLetter,
        0x64b..=0x652 => Class::ArabicMark,
        0x610..=0x61a | 0x653..=0x65f | 0x670 => Class::Extend,
        0x6d6..=0x6dc | 0x6df..=0x6e4 | 0x6ea..=0x6ed | 0x300..=0x36f => Class::Extend,
        0x660..=0x669 | 0x66b | 0x6f0..=0x6f9 => Class::OtherDigit,
        0xc0..=0xd6 | 0xd8..=0xf6 | 0xf8..=0x2c1 | 0x1e00..=0x1eff => Class::OtherLetter,
        0xad | 0x61c | 0x200b | 0x200c | 0x200e | 0x200f => Class::Extend,
        0x202a..=0x202e | 0x2066..=0x2069 | 0xfeff => Class::Extend,
        0xa0 | 0xa1 | 0xa3 | 0xab | 0xb0 | 0xbb | 0xbf => Class::Other,
        0x61b | 0x61f | 0x66a | 0x6d4 => Class::Other,
        0x2010..=0x2015 | 0x201a..=0x2023 | 0x2026 | 0x2030..=0x203a => Class::Other,
        _ => Class::Unknown,
    }
}

/// The classes of all characters of one or two bytes.
static CLASSES: [Class; 0x800] = {
    let mut table = [Class::Unknown; 0x800];
    let mut code = 0;
    while code < table.len() {
        table[code] = class_of(code as u32);
        code += 1;
    }
    table
};

/// The class of the character at `at`, a char boundary, and the byte after it.
#[inline]
fn class_at(text: &str, at: usize) -> Option<(Class, usize)> {
    let bytes = text.as_bytes();
    let first = *bytes.get(at)?;
    if first < 0x80 {
        return Some((CLASSES[usize::from(first)], at + 1));
    }
    if first < 0xe0 {
        let second = *bytes.get(at + 1)?;
        let code = usize::from(first & 0x1f) << 6 | usize::from(second & 0x3f);
        return Some((CLASSES[code], at + 2));
    }
    let c = text.get(at..)?.chars().next()?;
    Some((class_of(u32::from(c)), at + c.len_utf8()))
}

/// A segment by UAX #29 that has a letter or a digit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    pub range: Range<usize>,
    /// Whether it surely is a single word: ASCII letters and digits only, or Arabic letters and
    /// vowel marks only. Nearly every word is.
    pub one_piece: bool,
}

/// Calls `each` for every UAX #29 segment of `text` that has a letter or a digit, in order.
pub fn segments(text: &str, each: impl FnMut(Segment)) {
    segments_while(text, || true, each);
}

/// Calls `each` for every UAX #29 segment of `text` that has a letter or a digit, in order, as long
/// as `goes_on` says so.
pub fn segments_while(
    text: &str,
    mut goes_on: impl FnMut() -> bool,
    mut each: impl FnMut(Segment),
) {
    let mut at = 0;
    while let Some((class, next)) = class_at(text, at) {
        let scanned = match class {
            Class::AsciiLetter
            | Class::ArabicLetter
            | Class::OtherLetter
            | Class::AsciiDigit
            | Class::OtherDigit
            | Class::Connector => scan_word(text, at),
            Class::Unknown => None,
            _ => {
                at = next;
                continue;
            }
        };
        if !goes_on() {
            return;
        }
        if let Some(segment) = scanned {
            let range = segment.range.clone();
            at = range.end;
            if segment.one_piece || has_word(&text[range]) {
                each(segment);
            }
        } else {
            let rest = &text[at..];
            let space = |b: u8| matches!(b, b' ' | b'\n' | b'\r' | b'\t');
            let end = at + rest.bytes().position(space).unwrap_or(rest.len());
            library_segments(&text[at..end], |segment| {
                let range = at + segment.start..at + segment.end;
                each(Segment { range, one_piece: false });
            });
            at = end;
        }
    }
}

/// The word that begins at `start`; `None` if a character that the table does not know could
/// belong to it.
fn scan_word(text: &str, start: usize) -> Option<Segment> {
    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Side {
        Letter,
        Digit,
        Connector,
    }
    const ASCII: u8 = 1;
    const ARABIC: u8 = 2;
    const MIXED: u8 = 4;
    let mut at = start;
    let mut seen = 0;
    let mut previous = Side::Connector;
    loop {
        let letters = ascii_letters(&text.as_bytes()[at..]);
        if letters > 0 {
            at += letters;
            seen |= ASCII;
            previous = Side::Letter;
        }
        let Some((class, next)) = class_at(text, at) else {
            break;
        };
        let (side, kind) = match class {
            Class::AsciiLetter => (Side::Letter, ASCII),
            Class::ArabicLetter => (Side::Letter, ARABIC),
            Class::OtherLetter => (Side::Letter, MIXED),
            Class::AsciiDigit => (Side::Digit, ASCII),
            Class::OtherDigit => (Side::Digit, MIXED),
            Class::Connector => (Side::Connector, MIXED),
            Class::ArabicMark => (previous, ARABIC),
            Class::Extend => (previous, MIXED),
            Class::Unknown => return None,
            Class::Space | Class::Other => break,
            Class::MidBoth if previous == Side::Connector => break,
            Class::MidLetter if previous != Side::Letter => break,
            Class::MidNumber if previous != Side::Digit => break,
            Class::MidBoth | Class::MidLetter | Class::MidNumber => {
                let (found, ahead) = skip_extend(text, next);
                match found {
                    Class::AsciiLetter | Class::ArabicLetter | Class::OtherLetter
                        if previous == Side::Letter => {}
                    Class::AsciiDigit | Class::OtherDigit if previous == Side::Digit => {}
                    Class::Unknown => return None,
                    _ => break,
                }
                seen |= MIXED;
                at = ahead;
                continue;
            }
        };
        previous = side;
        seen |= kind;
        at = next;
    }
    let one_piece = (seen == ASCII || seen == ARABIC) && at - start <= MAX_WORD_CHARS;
    Some(Segment { range: start..at, one_piece })
}

/// How many ASCII letters `bytes` begins with.
#[inline]
fn ascii_letters(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_alphabetic()).count()
}

/// The class of the next character from `at` on that is no mark, and where it stands; at the end
/// of the text, [`Class::Other`].
fn skip_extend(text: &str, mut at: usize) -> (Class, usize) {
    while let Some((class, next)) = class_at(text, at) {
        if !matches!(class, Class::Extend | Class::ArabicMark) {
            return (class, at);
        }
        at = next;
    }
    (Class::Other, at)
}

/// The same by `unicode-segmentation`, except that a zero-width space does not part a word.
fn library_segments(text: &str, mut each: impl FnMut(Range<usize>)) {
    let mut open: Option<Range<usize>> = None;
    let mut glue = false;
    for (start, segment) in text.split_word_bound_indices() {
        let end = start + segment.len();
        if !has_word(segment) {
            glue = segment.starts_with('\u{200b}')
                && (glue || open.as_ref().is_some_and(|word| word.end == start));
            continue;
        }
        match &mut open {
            Some(word) if glue => word.end = end,
            _ => {
                if let Some(word) = open.replace(start..end) {
                    each(word);
                }
            }
        }
        glue = false;
    }
    if let Some(word) = open {
        each(word);
    }
}

fn has_word(segment: &str) -> bool {
    segment.chars().any(|c| c.is_alphanumeric() && !is_combining_mark(c))
}

/// Characters that are not seen and that no word is told apart by.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{e0100}'..='\u{e01ef}')
}

/// Apostrophes, and the letters that transliterations write for ʿayn, hamza and glottal stops.
pub fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '\u{2018}' | '\u{2019}' | '\u{ff07}' | '\u{2b9}'
            ..='\u{2bf}' | '\u{2c8}' | '\u{2ee}' | '\u{a78b}' | '\u{a78c}'
    )
}
