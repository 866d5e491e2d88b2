//! A few bits about a word, by which most words of a passage are told to have nothing to do with
//! the query without being read.
//!
//! Made once, when a word is indexed, from its form and its stem alone, so that segments agree.
//! A hint may say "perhaps" where the words differ, never "no" where an exact form, a stem, a
//! skeleton or a base is shared; of words that are merely spelt alike it may miss some.

use super::trigrams::{signature, trigrams};
use super::{attached_prefixes, skeleton};
use crate::lang::{Script, script_of};

/// How many values a stem hash has.
pub const STEM_HASHES: usize = 1 << 12;

const CAPITALIZED: u8 = 1;
const PLAIN: u8 = 2;
const NUMERIC: u8 = 4;
const YEAR: u8 = 8;

/// What is known of a word without its string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// Bits of the word's trigrams, see [`signature`].
    pub signature: u32,
    /// Below [`STEM_HASHES`]; equal for equal stems.
    pub stem: u16,
    /// Of the vowel skeleton; 0 if there is none.
    pub skeleton: u8,
    /// Of what is left of an Arabic word when everything that may be attached is taken off; 0 for
    /// other words.
    pub core: u8,
    /// Written at least once with a capital first letter.
    pub seen_capitalized: bool,
    /// Written at least once without.
    pub seen_plain: bool,
    /// Begins with a digit.
    pub numeric: bool,
    /// May be a year.
    pub year: bool,
}

impl Hints {
    /// The hints of a folded form with that stem; how it was capitalised is added where it is met.
    pub fn of(form: &str, stem: &str) -> Hints {
        let mut grams = Vec::new();
        trigrams(form, &mut grams);
        let numeric = form.starts_with(|c: char| c.is_ascii_digit());
        Hints {
            signature: signature(&grams),
            stem: stem_hash(stem),
            skeleton: nonzero_hash(&skeleton(form)),
            core: nonzero_hash(core(form)),
            numeric,
            year: numeric && is_year(form),
            ..Hints::default()
        }
    }

    /// Joins what two segments know of one word.
    pub fn merge(&mut self, other: Hints) {
        self.seen_capitalized |= other.seen_capitalized;
        self.seen_plain |= other.seen_plain;
    }

    /// Everything but the signature, to be stored.
    pub fn to_marks(self) -> u32 {
        let flag = |set: bool, bit: u8| if set { bit } else { 0 };
        let flags = flag(self.seen_capitalized, CAPITALIZED)
            | flag(self.seen_plain, PLAIN)
            | flag(self.numeric, NUMERIC)
            | flag(self.year, YEAR);
        (u32::from(self.stem) % STEM_HASHES as u32)
            | (u32::from(flags) << 12)
            | (u32::from(self.skeleton) << 16)
            | (u32::from(self.core) << 24)
    }

    /// The hints that were stored as `marks` beside that signature.
    #[inline]
    pub fn from_marks(marks: u32, signature: u32) -> Hints {
        let [_, high, skeleton, core] = marks.to_le_bytes();
        let flags = high >> 4;
        Hints {
            signature,
            stem: (marks % STEM_HASHES as u32) as u16,
            skeleton,
            core,
            seen_capitalized: flags & CAPITALIZED != 0,
            seen_plain: flags & PLAIN != 0,
            numeric: flags & NUMERIC != 0,
            year: flags & YEAR != 0,
        }
    }
}

/// The hash of a stem, below [`STEM_HASHES`].
pub fn stem_hash(stem: &str) -> u16 {
    (hash(stem) & (STEM_HASHES as u32 - 1)) as u16
}

/// A hash from 1 on; 0 of the empty string.
pub fn nonzero_hash(text: &str) -> u8 {
    if text.is_empty() { 0 } else { (hash(text) % 255) as u8 + 1 }
}

fn hash(text: &str) -> u32 {
    let mut hash: u32 = 0x811c_9dc5;
    for byte in text.bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    hash ^ (hash >> 15)
}

/// Letters that a core keeps.
const CORE_LETTERS: usize = 3;
/// Endings, in the order in which they are tried.
const ENDINGS: [&str; 19] = [
    "هما", "كما", "تين", "تان", "هم", "هن", "ها", "كم", "نا", "ات", "ان", "ين", "ون", "يه", "وا",
    "ه", "ك", "ي", "ت",
];

/// An Arabic form without anything that may be attached, taken off as long as three letters are
/// left, whether or not it is attached here: words with a base in common have a core in common
/// (with few exceptions). Empty for words of other scripts.
pub fn core(form: &str) -> &str {
    if script_of(form) != Script::Arabic {
        return "";
    }
    let enough = |rest: &str| rest.chars().nth(CORE_LETTERS - 1).is_some();
    let mut core = form;
    'endings: loop {
        for ending in ENDINGS {
            if let Some(rest) = core.strip_suffix(ending)
                && enough(rest)
            {
                core = rest;
                continue 'endings;
            }
        }
        break;
    }
    'prefixes: loop {
        for prefix in attached_prefixes() {
            if let Some(rest) = core.strip_prefix(prefix)
                && enough(rest)
            {
                core = rest;
                continue 'prefixes;
            }
        }
        break;
    }
    core
}

/// Whether a form is a number of four digits from 1000 to 2199 (Gregorian and Hijri years alike).
fn is_year(form: &str) -> bool {
    form.len() == 4 && form.parse().is_ok_and(|year: u32| (1000..2200).contains(&year))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn attached_forms_share_a_core() {
        for (a, b) in [
            ("مدرسه", "وبمدرستها"),
            ("قلعه", "للقلعه"),
            ("قلعه", "قلعتين"),
            ("هانجو", "وهانجو"),
            ("جيش", "بجيشهم"),
            ("بلاد", "لبلادنا"),
        ] {
            assert_eq!(core(a), core(b), "{a} {b}");
            assert_eq!(Hints::of(a, a).core, Hints::of(b, b).core);
        }
        assert_eq!(core("siege"), "");
        assert_eq!(core("في"), "في");
    }

    #[test]
    fn numbers_and_years() {
        for (form, numeric, year) in [
            ("1592", true, true),
            ("15920", true, false),
            ("999", true, false),
            ("30000", true, false),
            ("1st", true, false),
            ("siege", false, false),
            ("", false, false),
        ] {
            let hints = Hints::of(form, form);
            assert_eq!((hints.numeric, hints.year), (numeric, year), "{form}");
        }
    }

    proptest! {
        #[test]
        fn any_form_has_hints_that_come_back(form: String, stem: String, seen: (bool, bool)) {
            let mut hints = Hints::of(&form, &stem);
            prop_assert!(usize::from(hints.stem) < STEM_HASHES);
            hints.merge(Hints {
                seen_capitalized: seen.0, seen_plain: seen.1, ..Hints::default()
            });
            prop_assert_eq!(Hints::from_marks(hints.to_marks(), hints.signature), hints);
        }

        #[test]
        fn any_marks_are_hints(marks: u32, signature: u32) {
            prop_assert_eq!(Hints::from_marks(marks, signature).to_marks(), marks);
        }
    }
}
