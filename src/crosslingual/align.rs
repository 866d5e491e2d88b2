//! Whether a Latin and an Arabic word are one name: the cheapest way to write the one as the other
//! by the transliteration table.
//!
//! The score is the cost of the whole word over its number of units plus one, so that words of
//! all lengths compare: 0 is perfect, real pairs are mostly below 0.7, and above 1.2 chance
//! likenesses begin. Work is bounded by [`MAX_LATIN`] × [`MAX_ARABIC`] cells.

use super::keys::least_letters_after;
use super::table::{LETTERS, Place, TABLE, UNLISTED, letter_number};

/// Longer Latin words align with nothing.
pub const MAX_LATIN: usize = 32;
/// Longer Arabic words align with nothing.
pub const MAX_ARABIC: usize = 24;

/// Sixteenths, as in the table.
const SCALE: f32 = 16.0;
const DELETION: u16 = 96;
const INSERTION: u16 = 56;
const UNREACHED: u16 = u16::MAX / 2;

/// What a proclitic before the name costs, in sixteenths.
const PROCLITIC_COSTS: [(&str, u16); 14] = [
    ("ال", 11),
    ("لل", 14),
    ("وال", 19),
    ("بال", 19),
    ("و", 19),
    ("ب", 19),
    ("ل", 19),
    ("فال", 26),
    ("كال", 26),
    ("ف", 26),
    ("ك", 26),
    ("ولل", 26),
    ("وب", 28),
    ("ول", 28),
];

/// Most ways in which units can lie on a word: at each letter one of each length, twice.
const MAX_STEPS: usize = MAX_LATIN * 4;

/// A Latin word with the units that can be read in it, cut greedily.
#[derive(Clone, Debug)]
pub struct LatinName {
    steps: [Step; MAX_STEPS],
    count: usize,
    /// Letters after doubled consonants are made single.
    letters: usize,
    units: usize,
}

/// One unit at one place.
#[derive(Clone, Copy, Debug, Default)]
struct Step {
    from: u8,
    to: u8,
    unit: u8,
}

impl LatinName {
    /// Reads a folded form; other characters than `a`–`z` are left out. `None` if nothing or too
    /// much is left.
    pub fn parse(form: &str) -> Option<LatinName> {
        let mut letters = [0u8; MAX_LATIN];
        let mut len = 0;
        for byte in form.bytes().filter(u8::is_ascii_lowercase) {
            let vowel = matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u');
            if len > 0 && letters[len - 1] == byte && !vowel {
                continue;
            }
            *letters.get_mut(len)? = byte;
            len += 1;
        }
        let letters = &letters[..len];
        let mut name =
            LatinName { steps: [Step::default(); MAX_STEPS], count: 0, letters: len, units: 0 };
        let mut at = 0;
        while at < len {
            let (unit, used) = longest_unit(letters, at)?;
            name.push(at, at + used, unit);
            name.units += 1;
            let before_velar = matches!(letters.get(at + 2), Some(b'j' | b'g' | b'h' | b'k'));
            if &letters[at..at + used] == b"ng"
                && before_velar
                && let Some(n) = one_letter_unit(letters, at)
                && let Some(g) = one_letter_unit(letters, at + 1)
            {
                name.push(at, at + 1, n);
                name.push(at + 1, at + 2, g);
            }
            at += used;
        }
        (len > 0).then_some(name)
    }

    fn push(&mut self, from: usize, to: usize, unit: u8) {
        if self.count < MAX_STEPS {
            self.steps[self.count] = Step { from: from as u8, to: to as u8, unit };
            self.count += 1;
        }
    }
}

/// The longest unit at that place, with its length.
fn longest_unit(letters: &[u8], at: usize) -> Option<(u8, usize)> {
    units_at(letters, at).max_by_key(|&(_, len, fit)| (len, fit)).map(|(unit, len, _)| (unit, len))
}

fn one_letter_unit(letters: &[u8], at: usize) -> Option<u8> {
    let single = units_at(letters, at).filter(|&(_, len, _)| len == 1);
    single.max_by_key(|&(_, _, fit)| fit).map(|(unit, ..)| unit)
}

/// The units that can be read at that place: number, length, and how well they fit the place.
fn units_at(letters: &[u8], at: usize) -> impl Iterator<Item = (u8, usize, u8)> {
    let rest = letters.get(at..).unwrap_or(&[]);
    let letter = rest.first().copied().unwrap_or(0);
    let next = rest.iter().take(8).rev().fold(0, |next, &letter| next << 8 | u64::from(letter));
    let anywhere = TABLE.units_from(letter, false);
    let first = (at == 0).then(|| TABLE.units_from(letter, true)).into_iter().flatten();
    anywhere.chain(first).filter_map(move |(number, unit)| {
        let len = unit.letters().len();
        if !unit.begins(next) {
            return None;
        }
        let fit = match unit.place() {
            Place::Anywhere => 0,
            Place::Soft => u8::from(matches!(rest.get(len), Some(b'e' | b'i' | b'y'))),
            Place::Last => u8::from(at > 0 && rest.len() == len),
            Place::First => 2,
        };
        (fit > 0 || unit.place() == Place::Anywhere).then_some((number, len, fit))
    })
}

/// An Arabic word as letter numbers.
#[derive(Clone, Debug)]
pub struct ArabicName {
    letters: [u8; MAX_ARABIC],
    len: usize,
    /// Where the name may begin, and what that costs.
    starts: [(u8, u16); 4],
    start_count: usize,
}

impl ArabicName {
    /// Reads a folded form; hamza alone and characters that are no Arabic letters are left out.
    /// `None` if nothing or too much is left.
    pub fn parse(form: &str) -> Option<ArabicName> {
        let mut name =
            ArabicName { letters: [0; MAX_ARABIC], len: 0, starts: [(0, 0); 4], start_count: 1 };
        for number in form.chars().filter_map(letter_number) {
            *name.letters.get_mut(name.len)? = number;
            name.len += 1;
        }
        let may_have_proclitic = form.starts_with(['ا', 'ل', 'و', 'ب', 'ف', 'ك']);
        let proclitics = if may_have_proclitic { &PROCLITIC_COSTS[..] } else { &[] };
        for &(proclitic, cost) in proclitics {
            let len = proclitic.len() / 2;
            if form.starts_with(proclitic)
                && name.len >= len + least_letters_after(proclitic)
                && name.start_count < name.starts.len()
            {
                name.starts[name.start_count] = (len as u8, cost);
                name.start_count += 1;
            }
        }
        (name.len > 0).then_some(name)
    }
}

/// Whether words of these lengths in bytes can be one name, told without reading them: no Arabic
/// name is much longer than its Latin spelling or less than a third of it.
pub fn lengths_fit(latin_bytes: usize, arabic_bytes: usize) -> bool {
    let letters = arabic_bytes / 2;
    letters <= latin_bytes + 5 && latin_bytes <= 3 * letters + 1
}

/// The score of two folded forms as one name, if it is at most `worst`.
pub fn align(latin: &LatinName, arabic: &ArabicName, worst: f32) -> Option<f32> {
    let divisor = (latin.units + 1) as f32;
    let limit = (worst * divisor * SCALE) as u16;
    let letters = arabic.len;
    let mut rows = [[UNREACHED; MAX_ARABIC + 1]; MAX_LATIN + 1];
    for &(start, cost) in &arabic.starts[..arabic.start_count] {
        rows[0][start as usize] = rows[0][start as usize].min(cost);
    }
    let mut row_done = usize::MAX;
    let mut row_reached = false;
    for step in &latin.steps[..latin.count] {
        let from = step.from as usize;
        let to = step.to as usize;
        if from != row_done {
            insert_letters(&mut rows[from], letters);
            row_done = from;
            row_reached = rows[from][..=letters].iter().any(|&cost| cost <= limit);
        }
        if !row_reached {
            continue;
        }
        let none = TABLE.cost_of_none(step.unit);
        let none = if none == UNLISTED { DELETION } else { u16::from(none) };
        let one = TABLE.costs_of_one(step.unit);
        let (before, after) = rows.split_at_mut(to);
        let (source, target) = (&before[from], &mut after[0]);
        for at in 0..=letters {
            let cost = source[at];
            if cost > limit {
                continue;
            }
            relax(&mut target[at], cost + none);
            if at < letters {
                let first = arabic.letters[at];
                let price = one[first as usize % LETTERS];
                if price != UNLISTED {
                    relax(&mut target[at + 1], cost + u16::from(price));
                }
                if at + 1 < letters {
                    let price = TABLE.cost_of_two(step.unit, first, arabic.letters[at + 1]);
                    if price != UNLISTED {
                        relax(&mut target[at + 2], cost + u16::from(price));
                    }
                }
            }
        }
    }
    let last = &mut rows[latin.letters];
    insert_letters(last, letters);
    let cost = last[letters];
    (cost <= limit).then(|| f32::from(cost) / SCALE / divisor)
}

fn relax(cell: &mut u16, cost: u16) {
    *cell = (*cell).min(cost);
}

fn insert_letters(row: &mut [u16; MAX_ARABIC + 1], letters: usize) {
    for at in 0..letters {
        let cost = row[at].saturating_add(INSERTION);
        relax(&mut row[at + 1], cost);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(latin: &str, arabic: &str) -> Option<f32> {
        align(&LatinName::parse(latin)?, &ArabicName::parse(arabic)?, 3.0)
    }

    #[test]
    fn real_pairs_score_well_and_chance_pairs_badly() {
        for (latin, arabic) in [
            ("busan", "بوسان"),
            ("toyotomi", "تويوتومي"),
            ("hideyoshi", "هيديوشي"),
            ("konishi", "كونيشي"),
            ("joseon", "جوسون"),
            ("haengju", "هانجو"),
            ("haengju", "هينغجو"),
        ] {
            let score = score(latin, arabic).unwrap_or(f32::MAX);
            assert!(score < 0.8, "{latin} {arabic} {score}");
        }
        for (latin, arabic) in [("busan", "سيول"), ("konishi", "تويوتومي"), ("ming", "كوريا")]
        {
            let score = score(latin, arabic).unwrap_or(f32::MAX);
            assert!(score > 1.2, "{latin} {arabic} {score}");
        }
    }

    #[test]
    fn prefixes_cost_little_and_hamza_nothing() {
        let bare = score("busan", "بوسان").unwrap_or(f32::MAX);
        for attached in ["وبوسان", "لبوسان", "البوسان", "وبالبوسان"] {
            let score = score("busan", attached).unwrap_or(f32::MAX);
            assert!(score > bare, "{attached}");
        }
        assert!(score("busan", "البوسان") < score("busan", "وبوسان"));
        assert_eq!(score("omar", "عءمر"), score("omar", "عمر"));
    }

    #[test]
    fn the_limit_is_kept() {
        let (latin, arabic) = (LatinName::parse("pyongyang"), ArabicName::parse("بيونغيانغ"));
        let (Some(latin), Some(arabic)) = (latin, arabic) else {
            panic!("both are names");
        };
        let score = align(&latin, &arabic, 2.0).unwrap_or(f32::MAX);
        assert!(align(&latin, &arabic, score + 0.01).is_some());
        assert!(align(&latin, &arabic, score - 0.01).is_none());
    }

    #[test]
    fn doubled_consonants_are_one() {
        assert_eq!(score("mattsuura", "ماتسورا"), score("matsuura", "ماتسورا"));
    }

    #[test]
    fn what_is_empty_or_too_long_is_no_name() {
        for word in ["", "1592", "москва", "بوسان", &"ab".repeat(MAX_LATIN)] {
            assert!(LatinName::parse(word).is_none(), "{word}");
        }
        for word in ["", "busan", "ء", &"با".repeat(MAX_ARABIC)] {
            assert!(ArabicName::parse(word).is_none(), "{word}");
        }
        let longest = LatinName::parse(&"na".repeat(MAX_LATIN / 2));
        let other = ArabicName::parse(&"نا".repeat(MAX_ARABIC / 2));
        assert!(
            longest.zip(other).is_some_and(|(latin, arabic)| align(&latin, &arabic, 9.0).is_some())
        );
    }
}
