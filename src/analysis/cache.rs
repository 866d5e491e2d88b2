//! A bounded memory of words already analysed.
//!
//! Most words of a text have been seen before; for them analysis is one hash look-up. All strings
//! live in one arena. When a limit is reached everything is forgotten: words that are common come
//! back soon.

use std::hash::Hasher;
use std::ops::Range;

use rustc_hash::FxHasher;

use crate::lang::Script;

/// A slot is a number below this and, above it, bits of the hash, so that a look-up touches no entry
/// but the right one.
const NUMBER_BITS: u32 = 17;
const NUMBER_MASK: u32 = (1 << NUMBER_BITS) - 1;
const MAX_ENTRIES: usize = NUMBER_MASK as usize;
const MAX_ARENA_BYTES: usize = 16 << 20;
const FIRST_SLOTS: usize = 1 << 10;

/// One form of a raw word.
pub struct Piece {
    form: Slice,
    stem: Slice,
    pub script: Script,
}

struct Entry {
    hash: u32,
    raw: Slice,
    first_piece: u32,
    pieces: u32,
    pub capitalized: bool,
}

/// A range of the arena, in bytes.
#[derive(Clone, Copy)]
struct Slice {
    start: u32,
    end: u32,
}

impl Slice {
    fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// What is known of a raw word.
#[derive(Clone, Copy)]
pub struct Found {
    first_piece: u32,
    pieces: u32,
    pub capitalized: bool,
}

/// The cache. Raw words are keys; see the module's description.
#[derive(Default)]
pub struct Cache {
    /// Open addressing, a power of two long. 0 is empty; the number of an entry counts from 1.
    slots: Vec<u32>,
    entries: Vec<Entry>,
    pieces: Vec<Piece>,
    arena: String,
}

impl Cache {
    pub fn find(&self, raw: &str) -> Option<Found> {
        if self.slots.is_empty() {
            return None;
        }
        let hash = hash_of(raw);
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            let content = self.slots[slot];
            if content == 0 {
                return None;
            }
            if content & !NUMBER_MASK == hash & !NUMBER_MASK
                && let Some(entry) = self.entries.get((content & NUMBER_MASK) as usize - 1)
                && self.arena[entry.raw.range()] == *raw
            {
                return Some(Found {
                    first_piece: entry.first_piece,
                    pieces: entry.pieces,
                    capitalized: entry.capitalized,
                });
            }
            slot = (slot + 1) & mask;
        }
    }

    pub fn pieces(&self, found: Found) -> impl Iterator<Item = (&str, &str, Script)> {
        let first = found.first_piece as usize;
        self.pieces[first..first + found.pieces as usize].iter().map(|piece| {
            let text = |slice: Slice| &self.arena[slice.range()];
            (text(piece.form), text(piece.stem), piece.script)
        })
    }

    /// Adds a word that [`find`](Cache::find) did not find. Its pieces are added next, by
    /// [`push_piece`](Cache::push_piece).
    pub fn start_entry(&mut self, raw: &str, capitalized: bool) {
        if self.entries.len() >= MAX_ENTRIES || self.arena.len() >= MAX_ARENA_BYTES {
            self.entries.clear();
            self.pieces.clear();
            self.arena.clear();
            self.slots.fill(0);
        }
        if self.entries.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let hash = hash_of(raw);
        let raw = self.push(raw, None);
        let first_piece = self.pieces.len() as u32;
        self.entries.push(Entry { hash, raw, first_piece, pieces: 0, capitalized });
        let number = self.entries.len() as u32;
        self.occupy(hash, number);
    }

    /// Adds a form to the entry started last.
    pub fn push_piece(&mut self, form: &str, stem: &str, script: Script) {
        let Some(raw) = self.entries.last().map(|entry| entry.raw) else {
            return;
        };
        let form = self.push(form, Some(raw));
        let stem = self.push(stem, Some(form));
        self.pieces.push(Piece { form, stem, script });
        if let Some(entry) = self.entries.last_mut() {
            entry.pieces += 1;
        }
    }

    /// The entry started last.
    pub fn last(&self) -> Found {
        self.entries.last().map_or(
            Found { first_piece: 0, pieces: 0, capitalized: false },
            |entry| Found {
                first_piece: entry.first_piece,
                pieces: entry.pieces,
                capitalized: entry.capitalized,
            },
        )
    }

    /// Stores `text`, or points to where it stands already at the start or the end of `within`.
    fn push(&mut self, text: &str, within: Option<Slice>) -> Slice {
        if let Some(within) = within {
            let known = &self.arena[within.range()];
            let length = text.len() as u32;
            if known.starts_with(text) {
                return Slice { start: within.start, end: within.start + length };
            }
            if known.ends_with(text) {
                return Slice { start: within.end - length, end: within.end };
            }
        }
        let start = self.arena.len() as u32;
        self.arena.push_str(text);
        Slice { start, end: self.arena.len() as u32 }
    }

    fn grow(&mut self) {
        let slots = (self.slots.len() * 2).max(FIRST_SLOTS);
        self.slots.clear();
        self.slots.resize(slots, 0);
        for number in 1..=self.entries.len() {
            self.occupy(self.entries[number - 1].hash, number as u32);
        }
    }

    fn occupy(&mut self, hash: u32, number: u32) {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        while self.slots[slot] != 0 {
            slot = (slot + 1) & mask;
        }
        self.slots[slot] = hash & !NUMBER_MASK | number;
    }
}

fn hash_of(raw: &str) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(raw.as_bytes());
    let hash = hasher.finish();
    (hash ^ (hash >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn insert(cache: &mut Cache, raw: &str, pieces: &[(&str, &str)]) {
        cache.start_entry(raw, false);
        for (form, stem) in pieces {
            cache.push_piece(form, stem, Script::Latin);
        }
    }

    fn get(cache: &Cache, raw: &str) -> Option<Vec<(String, String)>> {
        let found = cache.find(raw)?;
        let owned = |(form, stem, _): (&str, &str, Script)| (form.to_owned(), stem.to_owned());
        Some(cache.pieces(found).map(owned).collect())
    }

    #[test]
    fn words_are_found_again_with_their_pieces() {
        let mut cache = Cache::default();
        assert!(cache.find("Sieges").is_none());
        insert(&mut cache, "Sieges", &[("sieges", "sieg")]);
        insert(&mut cache, "½", &[("1", "1"), ("2", "2")]);
        insert(&mut cache, "ـ", &[]);
        insert(&mut cache, "الحصار", &[("الحصار", "حصار")]);
        let pair = |form: &str, stem: &str| (form.to_owned(), stem.to_owned());
        assert_eq!(get(&cache, "Sieges"), Some(vec![pair("sieges", "sieg")]));
        assert_eq!(get(&cache, "½"), Some(vec![pair("1", "1"), pair("2", "2")]));
        assert_eq!(get(&cache, "ـ"), Some(vec![]));
        assert_eq!(get(&cache, "الحصار"), Some(vec![pair("الحصار", "حصار")]));
        assert_eq!(get(&cache, "sieges"), None);
    }

    #[test]
    fn memory_is_bounded_and_answers_stay_right() {
        let mut cache = Cache::default();
        for number in 0..MAX_ENTRIES * 2 + 10 {
            let word = format!("w{number}");
            insert(&mut cache, &word, &[(&word, &word)]);
            assert!(cache.entries.len() <= MAX_ENTRIES);
            let found = cache.find(&word).expect("just inserted");
            assert_eq!(cache.pieces(found).next().map(|piece| piece.0), Some(word.as_str()));
        }
        let long = "ab".repeat(1 << 19);
        for number in 0..40 {
            insert(&mut cache, &format!("{number}{long}"), &[]);
            assert!(cache.arena.len() <= MAX_ARENA_BYTES + long.len() + 2);
        }
    }
}
