//! The transliteration table: what a Latin unit costs as which Arabic letters.
//!
//! `data/names-table.tsv`, learnt from pairs of place names, and `data/names-extra.tsv`, written by
//! hand for spellings that place names do not show, have one line `unit TAB letters TAB cost` each,
//! grouped by unit and those by first letter; costs are sixteenths. Of two costs the lower counts.
//! Both are read when the program is compiled, so using them costs no time and a mistake in them
//! is a compile error.

/// A cost in sixteenths that no table entry has.
pub const UNLISTED: u8 = u8::MAX;
/// Numbers of Arabic letters are below this.
pub const LETTERS: usize = 32;
const MAX_UNITS: usize = 176;
/// Units are chained by their first letters, and those that stand first in a word.
const CHAINS: usize = 27;
const MAX_NAME: usize = 6;

/// The table as compiled in.
pub static TABLE: Table = Table::parse(
    include_bytes!("../../data/names-table.tsv"),
    include_bytes!("../../data/names-extra.tsv"),
);

/// Where a unit may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Anywhere,
    /// First in the word (`^a`).
    First,
    /// Last in the word (`a$`).
    Last,
    /// Before e, i, y (`c+`).
    Soft,
}

/// One or more Latin letters that are written as a whole.
#[derive(Clone, Copy, Debug)]
pub struct Unit {
    name: [u8; MAX_NAME],
    /// The name, little endian.
    code: u64,
    len: u8,
    place: Place,
    /// The next unit of the chain, or 0.
    next: u8,
}

/// Costs per unit, for none, one or two Arabic letters.
pub struct Table {
    /// Number 0 is none.
    units: [Unit; MAX_UNITS],
    count: usize,
    /// The first unit of each chain.
    chains: [u8; CHAINS],
    none: [u8; MAX_UNITS],
    one: [[u8; LETTERS]; MAX_UNITS],
    two: [[u8; LETTERS * LETTERS]; MAX_UNITS],
}

impl Unit {
    /// The Latin letters.
    pub fn letters(&self) -> &[u8] {
        &self.name[..self.len as usize]
    }

    /// Whether the next letters, little endian and 0 behind the last, begin with it.
    pub fn begins(&self, next: u64) -> bool {
        let unused = u64::BITS - 8 * u32::from(self.len);
        (next ^ self.code) << unused == 0
    }

    /// Where it may stand.
    pub fn place(&self) -> Place {
        self.place
    }
}

impl Table {
    /// The units that begin with `letter`, with their numbers: those for any place but the first,
    /// or all those for the first.
    pub fn units_from(&self, letter: u8, first: bool) -> impl Iterator<Item = (u8, &Unit)> {
        let mut number = self.chains[chain_of(letter, first)];
        std::iter::from_fn(move || {
            let unit = self.units.get(usize::from(number)).filter(|_| number != 0)?;
            Some((std::mem::replace(&mut number, unit.next), unit))
        })
    }

    /// The cost of writing the unit as nothing.
    pub fn cost_of_none(&self, unit: u8) -> u8 {
        self.none[unit as usize]
    }

    /// The costs of writing the unit as one letter, by its number.
    pub fn costs_of_one(&self, unit: u8) -> &[u8; LETTERS] {
        &self.one[unit as usize]
    }

    /// The cost of writing the unit as two letters.
    pub fn cost_of_two(&self, unit: u8, first: u8, second: u8) -> u8 {
        self.two[unit as usize][first as usize % LETTERS * LETTERS + second as usize % LETTERS]
    }

    const fn parse(learnt: &[u8], extra: &[u8]) -> Table {
        let empty = Unit { name: [0; MAX_NAME], code: 0, len: 0, place: Place::Anywhere, next: 0 };
        let mut table = Table {
            units: [empty; MAX_UNITS],
            count: 0,
            chains: [0; CHAINS],
            none: [UNLISTED; MAX_UNITS],
            one: [[UNLISTED; LETTERS]; MAX_UNITS],
            two: [[UNLISTED; LETTERS * LETTERS]; MAX_UNITS],
        };
        table.read(learnt);
        table.read(extra);
        table
    }

    #[allow(clippy::panic, reason = "runs when the crate is compiled: a fault ends the build")]
    const fn read(&mut self, text: &[u8]) {
        let mut at = 0;
        while at < text.len() {
            let start = at;
            while text[at] != b'\t' {
                at += 1;
            }
            let unit = self.number_of(parse_unit(text, start, at));
            at += 1;
            let letters = at;
            while text[at] != b'\t' {
                at += 1;
            }
            let bytes = at - letters;
            at += 1;
            let mut cost = 0u8;
            while at < text.len() && text[at] != b'\n' {
                assert!(text[at].is_ascii_digit(), "a cost is a number");
                cost = cost * 10 + (text[at] - b'0');
                at += 1;
            }
            at += 1;
            let cell = match bytes {
                0 => &mut self.none[unit],
                2 => &mut self.one[unit][two_byte_letter(text, letters)],
                4 => {
                    let first = two_byte_letter(text, letters);
                    &mut self.two[unit][first * LETTERS + two_byte_letter(text, letters + 2)]
                }
                _ => panic!("a unit is written as at most two Arabic letters"),
            };
            if cost < *cell {
                *cell = cost;
            }
        }
    }

    /// The number of the unit, which is added if it is new.
    const fn number_of(&mut self, unit: Unit) -> usize {
        let chain = chain_of(unit.name[0], matches!(unit.place, Place::First));
        let mut number = self.chains[chain];
        while number != 0 {
            let known = &self.units[number as usize];
            if known.place as u8 == unit.place as u8 && same(&known.name, &unit.name) {
                return number as usize;
            }
            number = known.next;
        }
        self.count += 1;
        self.units[self.count] = Unit { next: self.chains[chain], ..unit };
        self.chains[chain] = self.count as u8;
        self.count
    }
}

/// The chain that the unit is in: one for each first letter, one for units that stand first.
const fn chain_of(letter: u8, first: bool) -> usize {
    if first { CHAINS - 1 } else { letter.wrapping_sub(b'a') as usize % CHAINS }
}

const fn same(one: &[u8; MAX_NAME], other: &[u8; MAX_NAME]) -> bool {
    let mut at = 0;
    while at < MAX_NAME {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}

const fn parse_unit(text: &[u8], start: usize, end: usize) -> Unit {
    let (mut from, mut to) = (start, end);
    let mut place = Place::Anywhere;
    if text[from] == b'^' {
        place = Place::First;
        from += 1;
    } else if text[to - 1] == b'$' {
        place = Place::Last;
        to -= 1;
    } else if text[to - 1] == b'+' {
        place = Place::Soft;
        to -= 1;
    }
    let mut unit = Unit { name: [0; MAX_NAME], code: 0, len: (to - from) as u8, place, next: 0 };
    let mut at = 0;
    while from + at < to {
        assert!(text[from + at].is_ascii_lowercase(), "a unit is of lower-case letters");
        unit.name[at] = text[from + at];
        unit.code |= (text[from + at] as u64) << (8 * at);
        at += 1;
    }
    unit
}

#[allow(clippy::panic, reason = "runs when the crate is compiled: a fault ends the build")]
const fn two_byte_letter(text: &[u8], at: usize) -> usize {
    let code = ((text[at] as u32 & 0x1f) << 6) | (text[at + 1] as u32 & 0x3f);
    match char::from_u32(code) {
        Some(letter) => match letter_number(letter) {
            Some(number) => number as usize,
            None => panic!("an Arabic letter without a number"),
        },
        None => panic!("a broken letter"),
    }
}

/// The number of an Arabic letter for the table, below [`LETTERS`]: letters that carry a hamza
/// count as their carriers, those of Persian as the nearest Arabic ones. `None` for hamza alone
/// and whatever is no such letter.
pub const fn letter_number(letter: char) -> Option<u8> {
    Some(match letter {
        'ا' | 'أ' | 'إ' | 'آ' => 0,
        'ب' | 'پ' => 1,
        'ت' => 2,
        'ث' => 3,
        'ج' => 4,
        'ح' => 5,
        'خ' => 6,
        'د' => 7,
        'ذ' => 8,
        'ر' => 9,
        'ز' | 'ژ' => 10,
        'س' => 11,
        'ش' | 'چ' => 12,
        'ص' => 13,
        'ض' => 14,
        'ط' => 15,
        'ظ' => 16,
        'ع' => 17,
        'غ' => 18,
        'ف' | 'ڤ' => 19,
        'ق' => 20,
        'ك' | 'ک' | 'گ' => 21,
        'ل' => 22,
        'م' => 23,
        'ن' => 24,
        'ه' | 'ة' => 25,
        'و' | 'ؤ' => 26,
        'ي' | 'ى' | 'ئ' => 27,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(letters: &str, place: Place) -> Option<u8> {
        let first = place == Place::First;
        TABLE
            .units_from(letters.as_bytes()[0], first)
            .find(|(_, unit)| unit.letters() == letters.as_bytes() && unit.place() == place)
            .map(|(number, _)| number)
    }

    #[test]
    fn every_line_of_both_files_is_in_the_table() {
        let lines = concat!(
            include_str!("../../data/names-table.tsv"),
            include_str!("../../data/names-extra.tsv")
        );
        for line in lines.lines() {
            let columns: Vec<_> = line.split('\t').collect();
            let [name, letters, cost] = columns[..] else {
                panic!("three columns: {line}");
            };
            let (letters_of_unit, place) = match name.as_bytes() {
                [b'^', ..] => (&name[1..], Place::First),
                [.., b'$'] => (&name[..name.len() - 1], Place::Last),
                [.., b'+'] => (&name[..name.len() - 1], Place::Soft),
                _ => (name, Place::Anywhere),
            };
            let number = unit(letters_of_unit, place).expect(name);
            let letters: Vec<u8> = letters.chars().filter_map(letter_number).collect();
            let stored = match letters[..] {
                [] => TABLE.cost_of_none(number),
                [one] => TABLE.costs_of_one(number)[usize::from(one)],
                [first, second] => TABLE.cost_of_two(number, first, second),
                _ => panic!("at most two letters: {line}"),
            };
            assert!(u32::from(stored) <= cost.parse().expect(line), "{line}");
        }
    }

    #[test]
    fn what_is_not_listed_has_no_cost() {
        let b = unit("b", Place::Anywhere).expect("b is a unit");
        let lam = letter_number('ل').expect("a letter");
        assert_eq!(TABLE.costs_of_one(b)[usize::from(lam)], UNLISTED);
        assert_eq!(TABLE.cost_of_two(b, lam, lam), UNLISTED);
    }

    #[test]
    fn letters_have_numbers_in_range_and_marks_none() {
        for letter in '\u{600}'..='\u{6ff}' {
            assert!(letter_number(letter).is_none_or(|number| usize::from(number) < LETTERS));
        }
        assert_eq!(letter_number('ئ'), letter_number('ي'));
        assert_eq!(letter_number('ء'), None);
        assert_eq!(letter_number('\u{64b}'), None);
    }
}
