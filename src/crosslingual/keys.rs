//! Skeleton keys: the consonant classes of a word, under which names that sound alike meet
//! whatever their script.
//!
//! | class | Latin | Arabic |
//! |---|---|---|
//! | B | b p | ب پ |
//! | F | f v ph, w also | ف ڤ |
//! | T | t th d | ت ط ث د ض ذ |
//! | S | s z sh zh tz ch, c before e i y | س ص ز ظ ش تش چ ژ |
//! | K | k q c g j kh gh ch, x as KS | ج غ ق ك خ |
//! | R L M N | r l m n | ر ل م ن |
//!
//! Vowels, h, y and whatever is not listed are dropped, doubles made single. `ch`, `w` and a few
//! others have two readings and give a key for each. Arabic words are keyed whole and behind each
//! proclitic.
//!
//! A key is only a way to find candidates cheaply; whether two words are one name is decided by
//! [`align`](super::align()) and [`variants`](super::variants()). Works on folded forms. What always
//! holds: a form has at most [`MAX_KEYS`] keys, each given once and always in the same order; a
//! key is never 0.

use crate::lang::Script;

/// Most keys that one form can have.
pub const MAX_KEYS: usize = 256;
/// Longer skeletons are cut.
const MAX_CLASSES: usize = 14;
/// Shorter skeletons have no deletion keys: they would meet half the vocabulary.
const MIN_CLASSES_FOR_DELETION: usize = 4;
const MAX_SPELLINGS: usize = 4;
/// Letters beyond these are not looked at.
const MAX_LETTERS: usize = 48;

/// What Arabic writes onto a word and a name may stand behind, longest first.
pub const PROCLITICS: [&str; 14] =
    ["وال", "فال", "بال", "كال", "ولل", "وب", "ول", "ال", "لل", "و", "ب", "ل", "ف", "ك"];

/// Letters that must remain behind a proclitic.
pub fn least_letters_after(proclitic: &str) -> usize {
    if proclitic.len() == 'و'.len_utf8() { 3 } else { 2 }
}

/// A skeleton in one script: the classes as nibbles, above them a bit for the script.
///
/// The number is stable and may be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(u64);

impl Key {
    const ARABIC_BIT: u64 = 1 << 63;
    /// Keeps the key of a word without consonants from being 0.
    const PRESENT_BIT: u64 = 1 << 62;
    /// Of a skeleton that a class was taken from.
    const DELETION_BIT: u64 = 1 << 61;
    const FLAGS: u64 = Key::ARABIC_BIT | Key::PRESENT_BIT | Key::DELETION_BIT;

    fn new(script: Script, classes: impl Iterator<Item = u8>) -> Key {
        let script_bit = if script == Script::Arabic { Key::ARABIC_BIT } else { 0 };
        let nibbles = classes.fold(0, |code, class| code << 4 | u64::from(class));
        Key(script_bit | Key::PRESENT_BIT | nibbles)
    }

    /// The number to store.
    pub fn number(self) -> u64 {
        self.0
    }

    /// The key under which words of the other script have the same skeleton.
    pub fn in_other_script(self) -> Key {
        Key(self.0 ^ Key::ARABIC_BIT)
    }

    /// Of a deletion key, the full keys of which it is left when one class is taken out; of a full
    /// key, nothing. An index that stores full keys alone finds by these what it would have stored
    /// under the deletion key.
    pub fn with_one_class_more(self) -> impl Iterator<Item = Key> {
        let longest = self.classes() + 1;
        let fits = (MIN_CLASSES_FOR_DELETION..=MAX_CLASSES).contains(&longest);
        let flags = self.0 & Key::FLAGS & !Key::DELETION_BIT;
        let nibbles = self.0 & !Key::FLAGS;
        let places = if fits && self.is_deletion() { 0..longest } else { 0..0 };
        places.flat_map(move |at| {
            let low = nibbles & ((1 << (4 * at)) - 1);
            let high = nibbles >> (4 * at) << (4 * (at + 1));
            (B as u64..=N as u64).map(move |class| Key(flags | high | class << (4 * at) | low))
        })
    }

    /// Whether a class was taken from the skeleton.
    pub fn is_deletion(self) -> bool {
        self.0 & Key::DELETION_BIT != 0
    }

    /// The other kind of key with the same classes: where those are whose skeleton this is when a
    /// class is taken from it, and the reverse.
    fn of_other_kind(self) -> Key {
        Key(self.0 ^ Key::DELETION_BIT)
    }

    /// How many consonant classes the skeleton has.
    pub fn classes(self) -> usize {
        let nibbles = self.0 & !Key::FLAGS;
        (u64::BITS - nibbles.leading_zeros()).div_ceil(4) as usize
    }
}

/// Consonants that spellings of one name confuse. The numbers are part of stored keys.
#[derive(Clone, Copy)]
enum Class {
    B = 1,
    F,
    T,
    S,
    K,
    R,
    L,
    M,
    N,
}
use Class::{B, F, K, L, M, N, R, S, T};

/// Calls `out` with every key under which an index stores the folded form: those of its skeletons,
/// then those of its skeletons without one class. Forms of other scripts have none.
pub fn keys_of(form: &str, script: Script, out: &mut dyn FnMut(Key)) {
    let mut keys = KeySet::default();
    full_keys_into(form, script, &mut keys);
    let full = keys.len;
    for at in 0..full {
        let key = keys.keys[at];
        for_each_deletion(key, |deleted| keys.insert(deleted));
    }
    keys.as_slice().iter().for_each(|&key| out(key));
}

/// Calls `out` with the keys under which forms are stored whose skeleton is that of `form` with one
/// class more or less. Those with the same skeleton are under [`full_keys_of`].
pub fn near_keys_of(form: &str, script: Script, out: &mut dyn FnMut(Key)) {
    keys_of(form, script, &mut |key| {
        // No shorter skeleton is what deletion left of another.
        if key.is_deletion() || key.classes() + 1 >= MIN_CLASSES_FOR_DELETION {
            out(key.of_other_kind());
        }
    });
}

/// Calls `out` with the keys of the form's skeletons alone.
pub fn full_keys_of(form: &str, script: Script, out: &mut dyn FnMut(Key)) {
    let mut keys = KeySet::default();
    full_keys_into(form, script, &mut keys);
    keys.as_slice().iter().for_each(|&key| out(key));
}

fn full_keys_into(form: &str, script: Script, keys: &mut KeySet) {
    match script {
        Script::Latin => latin_skeletons(form, keys),
        Script::Arabic => {
            arabic_skeleton(form, keys);
            for proclitic in PROCLITICS {
                if let Some(rest) = form.strip_prefix(proclitic)
                    && rest.chars().nth(least_letters_after(proclitic) - 1).is_some()
                {
                    arabic_skeleton(rest, keys);
                }
            }
        }
        Script::Number | Script::Other => {}
    }
}

fn for_each_deletion(key: Key, mut out: impl FnMut(Key)) {
    let classes = key.classes();
    if classes < MIN_CLASSES_FOR_DELETION {
        return;
    }
    let flags = key.0 & Key::FLAGS;
    let nibbles = key.0 & !flags;
    for at in 0..classes {
        let low = nibbles & ((1 << (4 * at)) - 1);
        let high = nibbles >> (4 * (at + 1)) << (4 * at);
        out(Key(flags | Key::DELETION_BIT | high | low));
    }
}

struct KeySet {
    keys: [Key; MAX_KEYS],
    len: usize,
}

impl Default for KeySet {
    fn default() -> KeySet {
        KeySet { keys: [Key(0); MAX_KEYS], len: 0 }
    }
}

impl KeySet {
    fn as_slice(&self) -> &[Key] {
        &self.keys[..self.len]
    }

    fn insert(&mut self, key: Key) {
        if self.len < MAX_KEYS && !self.as_slice().contains(&key) {
            self.keys[self.len] = key;
            self.len += 1;
        }
    }
}

/// The skeletons that one word may have, without doubles.
struct Skeletons {
    classes: [[u8; MAX_CLASSES]; MAX_SPELLINGS],
    lens: [usize; MAX_SPELLINGS],
    count: usize,
}

impl Skeletons {
    fn new() -> Skeletons {
        Skeletons { classes: [[0; MAX_CLASSES]; MAX_SPELLINGS], lens: [0; MAX_SPELLINGS], count: 1 }
    }

    fn push(&mut self, classes: &[Class]) {
        (0..self.count).for_each(|at| self.push_to(at, classes));
    }

    /// The letters stand for `first` or for `second`.
    fn push_either(&mut self, first: &[Class], second: &[Class]) {
        let count = self.count;
        if count * 2 > MAX_SPELLINGS {
            self.push(first);
            return;
        }
        for at in 0..count {
            self.classes[count + at] = self.classes[at];
            self.lens[count + at] = self.lens[at];
        }
        self.count = count * 2;
        (0..count).for_each(|at| self.push_to(at, first));
        (count..count * 2).for_each(|at| self.push_to(at, second));
    }

    fn push_to(&mut self, at: usize, classes: &[Class]) {
        for &class in classes {
            let len = self.lens[at];
            let doubled = len > 0 && self.classes[at][len - 1] == class as u8;
            if !doubled && len < MAX_CLASSES {
                self.classes[at][len] = class as u8;
                self.lens[at] = len + 1;
            }
        }
    }

    fn keys_into(&self, script: Script, keys: &mut KeySet) {
        for (classes, &len) in self.classes.iter().zip(&self.lens).take(self.count) {
            keys.insert(Key::new(script, classes[..len].iter().copied()));
        }
    }
}

fn latin_skeletons(form: &str, keys: &mut KeySet) {
    let mut found = Skeletons::new();
    let bytes = form.as_bytes();
    let bytes = &bytes[..bytes.len().min(MAX_LETTERS)];
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let next = rest.get(1).copied();
        let soft = matches!(next, Some(b'e' | b'i' | b'y'));
        let mut used = 1;
        match rest[0] {
            b't' if rest.starts_with(b"tion") => {
                found.push(&[S]);
                used = 3;
            }
            b't' if rest.starts_with(b"tsch") => {
                found.push(&[S]);
                used = 4;
            }
            b't' if rest.starts_with(b"tch") => {
                found.push(&[S]);
                used = 3;
            }
            b't' if next == Some(b'z') => {
                found.push_either(&[S], &[T, S]);
                used = 2;
            }
            b's' if rest.starts_with(b"sch") => {
                found.push_either(&[S], &[S, K]);
                used = 3;
            }
            b'c' if next == Some(b'h') => {
                found.push_either(&[S], &[K]);
                used = 2;
            }
            b'c' if next == Some(b'z') => {
                found.push(&[S]);
                used = 2;
            }
            b'p' if next == Some(b'h') => {
                found.push(&[F]);
                used = 2;
            }
            b'd' if next == Some(b'j') => {
                found.push(&[K]);
                used = 2;
            }
            b'j' if at == 0 => found.push_either(&[K], &[]),
            b'w' => found.push_either(&[], &[F]),
            b'x' if at == 0 => found.push_either(&[S], &[K, S]),
            b'x' => found.push(&[K, S]),
            b'c' if soft => found.push(&[S]),
            b'b' | b'p' => found.push(&[B]),
            b'f' | b'v' => found.push(&[F]),
            b't' | b'd' => found.push(&[T]),
            b's' | b'z' => found.push(&[S]),
            b'k' | b'q' | b'c' | b'g' | b'j' => found.push(&[K]),
            b'r' => found.push(&[R]),
            b'l' => found.push(&[L]),
            b'm' => found.push(&[M]),
            b'n' => found.push(&[N]),
            _ => {}
        }
        at += used;
    }
    found.keys_into(Script::Latin, keys);
}

fn arabic_skeleton(form: &str, keys: &mut KeySet) {
    let mut found = Skeletons::new();
    let mut letters = form.chars().take(MAX_LETTERS).peekable();
    while let Some(letter) = letters.next() {
        match letter {
            'ت' if letters.next_if_eq(&'ش').is_some() => found.push(&[S]),
            'ب' | 'پ' => found.push(&[B]),
            'ف' | 'ڤ' => found.push(&[F]),
            'ت' | 'ط' | 'ث' | 'د' | 'ض' | 'ذ' => found.push(&[T]),
            'س' | 'ص' | 'ز' | 'ظ' | 'ش' | 'چ' | 'ژ' => found.push(&[S]),
            'ج' | 'غ' | 'ق' | 'ك' | 'خ' => found.push(&[K]),
            'ر' => found.push(&[R]),
            'ل' => found.push(&[L]),
            'م' => found.push(&[M]),
            'ن' => found.push(&[N]),
            _ => {}
        }
    }
    found.keys_into(Script::Arabic, keys);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::script_of;

    fn keys(form: &str) -> Vec<Key> {
        let mut keys = Vec::new();
        keys_of(form, script_of(form), &mut |key| keys.push(key));
        keys
    }

    fn full_keys(form: &str) -> Vec<Key> {
        let mut keys = Vec::new();
        full_keys_of(form, script_of(form), &mut |key| keys.push(key));
        keys
    }

    #[test]
    fn names_meet_under_a_key_of_the_other_script() {
        for (latin, arabic) in [
            ("busan", "بوسان"),
            ("busan", "وبوسان"),
            ("choson", "جوسون"),
            ("joseon", "جوسون"),
            ("toyotomi", "تويوتومي"),
            ("hideyoshi", "هيديوشي"),
            ("haengju", "هينجو"),
            ("haengju", "هينغجو"),
            ("yul", "يول"),
            ("wilhelm", "فيلهلم"),
            ("xavier", "زافيير"),
            ("jochi", "يوتشي"),
            ("iowa", "ايوا"),
        ] {
            let other: Vec<_> = keys(latin).into_iter().map(Key::in_other_script).collect();
            assert!(keys(arabic).iter().any(|key| other.contains(key)), "{latin} {arabic}");
        }
    }

    #[test]
    fn ch_may_be_either_sound() {
        assert_eq!(full_keys("chong").len(), 2);
        assert!(full_keys("chong").iter().any(|key| full_keys("jeong").contains(key)));
        assert!(full_keys("chong").iter().any(|key| full_keys("shong").contains(key)));
    }

    #[test]
    fn only_long_skeletons_lose_a_class() {
        assert_eq!(keys("busan"), full_keys("busan"));
        assert_eq!(full_keys("busan")[0].classes(), 3);
        let long = keys("konstanz");
        assert!(long.len() > full_keys("konstanz").len());
        assert!(long.iter().all(|key| key.classes() + 1 >= full_keys("konstanz")[0].classes()));
    }

    #[test]
    fn a_deletion_key_leads_back_to_the_full_key() {
        for form in ["konstanz", "pyongyang", "تويوتومي", "والهانجو"] {
            let full = full_keys(form);
            for key in keys(form) {
                let mut longer = key.with_one_class_more();
                assert!(if key.is_deletion() {
                    longer.any(|key| full.contains(&key))
                } else {
                    full.contains(&key) && longer.next().is_none()
                });
            }
        }
    }

    #[test]
    fn scripts_have_keys_of_their_own_and_numbers_none() {
        assert_ne!(keys("busan"), keys("بوسان"));
        assert_eq!(keys("busan")[0].in_other_script().in_other_script(), keys("busan")[0]);
        assert!(keys("1592").is_empty() && keys("москва").is_empty() && keys("").is_empty());
        assert!(keys("aeiou").iter().all(|key| key.number() != 0));
    }

    #[test]
    fn keys_are_few_and_distinct_for_any_word() {
        for word in ["chjxwtz".repeat(40), "وبالشتجكس".repeat(30), "bcdfghklmnprst".repeat(3)]
        {
            let keys = keys(&word);
            let mut distinct = keys.clone();
            distinct.sort_unstable();
            distinct.dedup();
            assert!(keys.len() <= MAX_KEYS && distinct.len() == keys.len());
            assert!(keys.iter().all(|key| key.classes() <= MAX_CLASSES));
        }
    }
}
