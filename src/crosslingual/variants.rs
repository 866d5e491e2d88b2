//! Spelling variants of a name inside one script: `Pyongyang` and `Pyeongyang`, هانجو and هينجو.
//!
//! Candidates share a skeleton key and must be close by an edit distance that lets vowels and
//! consonants of one class pass cheaply. Only what may be a name has variants: common words, as the
//! lexicon shows them, neither have nor are any.

use std::ops::ControlFlow;

use rustc_hash::FxHashSet;

use super::expansion::{Expansion, ExpansionKind};
use super::keys::{Key, PROCLITICS, full_keys_of, near_keys_of};
use super::lexicon::Lexicon;
use super::names::{MAX_CANDIDATES, MAX_PER_KEY, hash_of};
use super::vocabulary::Vocabulary;
use crate::lang::{Script, script_of};

const MAX_VARIANTS: usize = 4;
const WEIGHT: f32 = 0.3;
/// Distance for each letter of the longer word, up to which words are variants.
const WORST: f32 = 0.105;
/// … for Arabic words in at most [`RARE_DF`] passages.
const WORST_IF_RARE: f32 = 0.12;
const RARE_DF: u32 = 2;
/// Latin words of at least so many letters may also differ in any one letter.
const MIN_LETTERS_FOR_ANY_EDIT: usize = 5;
const MIN_LETTERS: usize = 3;
const MIN_LETTERS_AFTER_PROCLITIC: usize = 4;
const MAX_LETTERS: usize = 24;
const MAX_LENGTH_DIFFERENCE: usize = 3;

const OTHER_EDIT: f32 = 1.0;
const VOWEL_EDIT: f32 = 0.25;
const VOWEL_CHANGE: f32 = 0.3;
/// p and b, ch and j, ط and ت.
const NEAR_CHANGE: f32 = 0.2;
const DOUBLE_EDIT: f32 = 0.1;
/// A consonant beside one of its class, as غ in هينغجو.
const BESIDE_KIN_EDIT: f32 = 0.3;
const PROCLITIC: f32 = 0.02;
/// Bits of ل and ف, the letters of proclitics that are [`ALONE`].
const PROCLITIC_LETTERS: u32 = 1 << ('ل' as u32 % u32::BITS) | 1 << ('ف' as u32 % u32::BITS);

/// Other spellings of the folded form `word` in the vocabulary, closest first. `capitalized` says
/// that it was written so in the query; common words have none unless they were.
pub fn variants(
    word: &str,
    capitalized: bool,
    vocabulary: &dyn Vocabulary,
    lexicon: &Lexicon<'_>,
) -> Vec<Expansion> {
    let script = script_of(word);
    let Some(own) = Sounds::parse(word, script) else {
        return Vec::new();
    };
    if own.len < MIN_LETTERS || (!capitalized && lexicon.knows(word)) {
        return Vec::new();
    }
    let own_letters = ArabicLetters::of(word);
    let mut found: Vec<(f32, u32, String)> = Vec::new();
    let mut seen: FxHashSet<u64> = FxHashSet::default();
    let mut total = 0;
    lookup_keys_of(word, script, &mut |key| {
        let mut of_key = 0;
        vocabulary.by_key(key, &mut |form, info| {
            if of_key >= MAX_PER_KEY || total >= MAX_CANDIDATES {
                return ControlFlow::Break(());
            }
            of_key += 1;
            total += 1;
            if form != word
                && may_be_close(own_letters, form, script)
                && seen.insert(hash_of(form))
                && let Some(mut distance) = distance_to(&own, form, script, true)
                && (script == Script::Latin || !lexicon.holds(form))
            {
                let info = info();
                if script == Script::Latin && !info.capitalized_only {
                    return ControlFlow::Continue(());
                }
                if info.df > RARE_DF {
                    match distance_to(&own, form, script, false) {
                        Some(closer) => distance = closer,
                        None => return ControlFlow::Continue(()),
                    }
                }
                found.push((distance, info.df, form.to_owned()));
            }
            ControlFlow::Continue(())
        });
    });
    found.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)).then_with(|| a.2.cmp(&b.2)));
    found.truncate(MAX_VARIANTS);
    let variant = |(distance, _, form): (f32, u32, String)| Expansion {
        word: word.to_owned(),
        form,
        kind: ExpansionKind::Variant,
        weight: WEIGHT,
        score: distance,
    };
    found.into_iter().map(variant).collect()
}

/// Where variants are stored. Of Arabic words, which have so many neighbours, only those of the
/// very same skeleton are looked at.
fn lookup_keys_of(word: &str, script: Script, out: &mut dyn FnMut(Key)) {
    let mut first = true;
    full_keys_of(word, script, &mut |key| {
        if script == Script::Latin || std::mem::take(&mut first) {
            out(key);
        }
    });
    if script == Script::Latin {
        near_keys_of(word, script, out);
    }
}

/// Those letters of an Arabic word that are [`ALONE`], a bit each, and how many there are in all.
#[derive(Clone, Copy)]
struct ArabicLetters {
    alone: u32,
    count: usize,
}

impl ArabicLetters {
    fn of(form: &str) -> ArabicLetters {
        let mut letters = ArabicLetters { alone: 0, count: 0 };
        for letter in form.chars() {
            letters.count += 1;
            if arabic_class(letter) == ALONE {
                letters.alone |= 1 << (u32::from(letter) % u32::BITS);
            }
        }
        letters
    }
}

/// False where an Arabic form is told without a closer look to be too far: a letter that stands
/// alone in only one of them costs a whole edit, which short words do not have.
fn may_be_close(own: ArabicLetters, form: &str, script: Script) -> bool {
    if script != Script::Arabic {
        return true;
    }
    let other = ArabicLetters::of(form);
    let longest = own.count.max(other.count);
    // The letters of proclitics may be more.
    let missing = own.alone & !other.alone;
    let more = other.alone & !own.alone & !PROCLITIC_LETTERS;
    (missing | more) == 0 || WORST_IF_RARE * longest as f32 >= OTHER_EDIT
}

/// The distance for each letter, if it is small enough; in Arabic also to what stands behind a
/// proclitic.
fn distance_to(own: &Sounds, form: &str, script: Script, rare: bool) -> Option<f32> {
    let arabic = script == Script::Arabic;
    let worst = if arabic && rare { WORST_IF_RARE } else { WORST };
    let measure = |other: &str| {
        if own.letters.abs_diff(other.chars().count()) > MAX_LENGTH_DIFFERENCE {
            return None;
        }
        let other = Sounds::parse(other, script)?;
        let longer = own.len.max(other.len);
        let limit = worst * longer as f32;
        let any_edit = !arabic && longer >= MIN_LETTERS_FOR_ANY_EDIT;
        let distance = own.distance(&other, if any_edit { limit.max(OTHER_EDIT) } else { limit });
        let close = distance <= limit || (any_edit && own.is_one_edit_from(&other));
        close.then(|| distance / longer as f32)
    };
    let whole = measure(form);
    if !arabic || !form.starts_with(['ا', 'ل', 'و', 'ب', 'ف', 'ك']) {
        return whole;
    }
    let bare = PROCLITICS.iter().filter_map(|proclitic| {
        let rest = form.strip_prefix(proclitic)?;
        rest.chars().nth(MIN_LETTERS_AFTER_PROCLITIC - 1)?;
        Some(measure(rest)? + PROCLITIC)
    });
    whole.into_iter().chain(bare).min_by(f32::total_cmp)
}

/// A word as letters, with the digraphs of Latin spelling as one.
struct Sounds {
    sounds: [Sound; MAX_LETTERS],
    len: usize,
    /// Of the word as written.
    letters: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sound {
    letter: char,
    /// Sounds of one class are near each other; vowels are class 0.
    class: u8,
}

const VOWEL: u8 = 0;
/// Far from everything else.
const ALONE: u8 = u8::MAX;

impl Sounds {
    fn parse(form: &str, script: Script) -> Option<Sounds> {
        let none = Sound { letter: ' ', class: ALONE };
        let mut word =
            Sounds { sounds: [none; MAX_LETTERS], len: 0, letters: form.chars().count() };
        let mut letters = form.chars().peekable();
        while let Some(mut letter) = letters.next() {
            let mut class = match script {
                Script::Latin => latin_class(letter),
                Script::Arabic => arabic_class(letter),
                Script::Number | Script::Other => return None,
            };
            if script == Script::Latin
                && matches!(letter, 'c' | 's' | 'z' | 'k' | 'g' | 'p' | 't')
                && letters.next_if_eq(&'h').is_some()
            {
                (letter, class) = digraph(letter);
            }
            *word.sounds.get_mut(word.len)? = Sound { letter, class };
            word.len += 1;
        }
        (word.len > 0).then_some(word)
    }

    /// Whether one sound more, less or changed makes the one of the other.
    fn is_one_edit_from(&self, other: &Sounds) -> bool {
        let (one, other) = (&self.sounds[..self.len], &other.sounds[..other.len]);
        let same = |(a, b): &(&Sound, &Sound)| a == b;
        let front = one.iter().zip(other).take_while(same).count();
        let back =
            one[front..].iter().rev().zip(other[front..].iter().rev()).take_while(same).count();
        one.len().max(other.len()) - front - back == 1
    }

    /// The cost of making the one of the other; something above `limit` if it is above that.
    fn distance(&self, other: &Sounds, limit: f32) -> f32 {
        let (rows, columns) = (&self.sounds[..self.len], &other.sounds[..other.len]);
        let mut above = [0.0f32; MAX_LETTERS + 1];
        for at in 0..columns.len() {
            above[at + 1] = above[at] + edit(columns, at);
        }
        for row in 0..rows.len() {
            let mut current = [0.0f32; MAX_LETTERS + 1];
            current[0] = above[0] + edit(rows, row);
            for column in 0..columns.len() {
                current[column + 1] = (above[column] + change(rows[row], columns[column]))
                    .min(above[column + 1] + edit(rows, row))
                    .min(current[column] + edit(columns, column));
            }
            above = current;
            let reached = &above[..=columns.len()];
            if reached.iter().all(|&cost| cost > limit) {
                return f32::MAX;
            }
        }
        above[columns.len()]
    }
}

/// The cost of leaving out the sound at `at`, or of putting it in.
fn edit(sounds: &[Sound], at: usize) -> f32 {
    let sound = sounds[at];
    let before = at.checked_sub(1).and_then(|at| sounds.get(at));
    let is_kin = |other: &Sound| other.class == sound.class && sound.class != ALONE;
    if before.is_some_and(|before| before.letter == sound.letter) {
        DOUBLE_EDIT
    } else if sound.class == VOWEL {
        if at > 0 { VOWEL_EDIT } else { OTHER_EDIT }
    } else if before.is_some_and(is_kin) || sounds.get(at + 1).is_some_and(is_kin) {
        BESIDE_KIN_EDIT
    } else {
        OTHER_EDIT
    }
}

fn change(one: Sound, other: Sound) -> f32 {
    if one == other {
        0.0
    } else if one.class != other.class || one.class == ALONE {
        OTHER_EDIT
    } else if one.class == VOWEL {
        VOWEL_CHANGE
    } else {
        NEAR_CHANGE
    }
}

fn latin_class(letter: char) -> u8 {
    match letter {
        'a' | 'e' | 'i' | 'o' | 'u' | 'y' => VOWEL,
        'b' | 'p' => 1,
        'f' | 'v' => 2,
        't' | 'd' => 3,
        's' | 'z' => 4,
        'k' | 'g' | 'q' | 'c' => 5,
        'j' => 6,
        _ => ALONE,
    }
}

/// The letter that stands for `first` and h, and its class.
fn digraph(first: char) -> (char, u8) {
    match first {
        'c' => ('č', 6),
        's' => ('š', 4),
        'z' => ('ž', 4),
        'p' => ('f', 2),
        't' => ('þ', 3),
        other => (other, 5),
    }
}

fn arabic_class(letter: char) -> u8 {
    match letter {
        'ا' | 'و' | 'ي' | 'ؤ' | 'ئ' | 'ء' => VOWEL,
        'ب' | 'پ' => 1,
        'ت' | 'ط' | 'ث' => 3,
        'د' | 'ض' | 'ذ' => 7,
        'س' | 'ص' | 'ز' | 'ظ' => 4,
        'ج' | 'غ' | 'ق' | 'ك' => 5,
        'ش' | 'چ' => 6,
        _ => ALONE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(one: &str, other: &str) -> f32 {
        let script = script_of(one);
        let (one, other) = (Sounds::parse(one, script), Sounds::parse(other, script));
        one.zip(other).map_or(f32::MAX, |(one, other)| {
            one.distance(&other, f32::MAX) / one.len.max(other.len) as f32
        })
    }

    #[test]
    fn spellings_of_one_name_are_close() {
        for (one, other) in [
            ("pyongyang", "pyeongyang"),
            ("chong", "jeong"),
            ("choson", "joseon"),
            ("matsura", "matsuura"),
            ("هانجو", "هينجو"),
            ("هانجو", "هينغجو"),
        ] {
            assert!(distance(one, other) <= WORST, "{one} {other} {}", distance(one, other));
            assert_eq!(distance(one, other), distance(other, one));
            assert_eq!(distance(one, one), 0.0);
        }
        for (one, other) in [("konishi", "hideyoshi"), ("busan", "seoul"), ("بوسان", "سيول")]
        {
            assert!(distance(one, other) > 0.2, "{one} {other}");
        }
    }

    #[test]
    fn one_edit_is_one_edit() {
        let sounds = |word: &str| Sounds::parse(word, Script::Latin);
        let one_edit = |one, other| {
            sounds(one).zip(sounds(other)).is_some_and(|(one, other)| one.is_one_edit_from(&other))
        };
        assert!(one_edit("konishi", "konisi") && one_edit("konishi", "konishi1"));
        assert!(one_edit("konishi", "konichi") && one_edit("aaa", "aaaa"));
        assert!(!one_edit("konishi", "konishi") && !one_edit("konishi", "kanisi"));
    }
}
