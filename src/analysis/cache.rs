//! A bounded memory of words already analysed.
//!
//! Most words of a text have been seen before; for them analysis is one hash look-up. All strings
//! live in one arena. When a limit is reached everything is forgotten: words that are common come
//! back soon.
//!
//! The look-up's cost is that of memory far away. So a small table in front keeps, a cache line
//! each, the words that were looked up last.

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

/// Words kept in front, a power of two.
const RECENT: usize = 1 << 12;
/// Only shorter words are kept there; with it, a [`Recent`] fills a cache line.
const RECENT_BYTES: usize = 25;

/// One form of a raw word.
#[derive(Clone, Copy)]
struct Piece {
    form: Slice,
    stem: Slice,
    script: Script,
}

struct Entry {
    hash: u32,
    raw: Slice,
    found: Found,
}

#[derive(Clone, Copy)]
#[repr(align(64))]
struct Recent {
    hash: u32,
    found: Found,
    /// 0 marks an empty place.
    length: u8,
    raw: [u8; RECENT_BYTES],
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

/// What is known of a raw word. Holds until the next insertion.
#[derive(Clone, Copy)]
pub struct Found {
    /// The first of its pieces; means nothing if there are none.
    first: Piece,
    /// Where the pieces after the first stand.
    more: u32,
    pieces: u16,
    pub capitalized: bool,
}

const NOTHING: Found = Found {
    first: Piece {
        form: Slice { start: 0, end: 0 },
        stem: Slice { start: 0, end: 0 },
        script: Script::Other,
    },
    more: 0,
    pieces: 0,
    capitalized: false,
};

/// The cache. Raw words are keys; see the module's description.
#[derive(Default)]
pub struct Cache {
    /// Open addressing, a power of two long. 0 is empty; the number of an entry counts from 1.
    slots: Vec<u32>,
    entries: Vec<Entry>,
    /// The pieces after the first of the few words that have several.
    more: Vec<Piece>,
    arena: String,
    /// Empty until there are enough words to make it worth its memory.
    recent: Vec<Recent>,
}

impl Cache {
    pub fn find(&mut self, raw: &str) -> Option<Found> {
        let hash = hash_of(raw);
        let place = hash as usize & (RECENT - 1);
        if let Some(recent) = self.recent.get(place)
            && recent.hash == hash
            && recent.raw.get(..usize::from(recent.length)) == Some(raw.as_bytes())
        {
            return Some(recent.found);
        }
        let found = self.look_up(raw, hash)?;
        if let Some(recent) = self.recent.get_mut(place)
            && let Some(bytes) = recent.raw.get_mut(..raw.len())
        {
            bytes.copy_from_slice(raw.as_bytes());
            recent.length = raw.len() as u8;
            recent.hash = hash;
            recent.found = found;
        }
        Some(found)
    }

    fn look_up(&self, raw: &str, hash: u32) -> Option<Found> {
        if self.slots.is_empty() {
            return None;
        }
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
                return Some(entry.found);
            }
            slot = (slot + 1) & mask;
        }
    }

    /// The form, stem and script of each piece.
    pub fn pieces(&self, found: Found) -> impl Iterator<Item = (&str, &str, Script)> {
        let first = (found.pieces > 0).then_some(found.first);
        let more =
            found.more as usize..found.more as usize + usize::from(found.pieces.saturating_sub(1));
        let more = self.more.get(more).unwrap_or(&[]).iter().copied();
        first.into_iter().chain(more).map(|piece| {
            let text = |slice: Slice| &self.arena[slice.range()];
            (text(piece.form), text(piece.stem), piece.script)
        })
    }

    /// Adds a word that [`find`](Cache::find) did not find. Its pieces are added next, by
    /// [`push_piece`](Cache::push_piece).
    pub fn start_entry(&mut self, raw: &str, capitalized: bool) {
        if self.entries.len() >= MAX_ENTRIES || self.arena.len() >= MAX_ARENA_BYTES {
            self.entries.clear();
            self.more.clear();
            self.arena.clear();
            self.slots.fill(0);
            self.recent.clear();
        }
        if self.entries.len() * 2 >= self.slots.len() {
            self.grow();
        }
        if self.entries.len() >= RECENT / 2 && self.recent.is_empty() {
            let empty = Recent { hash: 0, found: NOTHING, length: 0, raw: [0; RECENT_BYTES] };
            self.recent.resize(RECENT, empty);
        }
        let hash = hash_of(raw);
        let raw = self.push(raw, None);
        let more = self.more.len() as u32;
        self.entries.push(Entry { hash, raw, found: Found { more, capitalized, ..NOTHING } });
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
        let piece = Piece { form, stem, script };
        if let Some(entry) = self.entries.last_mut() {
            if entry.found.pieces == 0 {
                entry.found.first = piece;
            } else {
                self.more.push(piece);
            }
            entry.found.pieces += 1;
        }
    }

    /// The entry started last.
    pub fn last(&self) -> Found {
        self.entries.last().map_or(NOTHING, |entry| entry.found)
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

    #[test]
    fn a_recent_word_fills_a_cache_line() {
        assert_eq!(std::mem::size_of::<Recent>(), 64);
    }

    fn insert(cache: &mut Cache, raw: &str, pieces: &[(&str, &str)]) {
        cache.start_entry(raw, false);
        for (form, stem) in pieces {
            cache.push_piece(form, stem, Script::Latin);
        }
    }

    fn get(cache: &mut Cache, raw: &str) -> Option<Vec<(String, String)>> {
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
        assert_eq!(get(&mut cache, "Sieges"), Some(vec![pair("sieges", "sieg")]));
        assert_eq!(get(&mut cache, "½"), Some(vec![pair("1", "1"), pair("2", "2")]));
        assert_eq!(get(&mut cache, "ـ"), Some(vec![]));
        assert_eq!(get(&mut cache, "الحصار"), Some(vec![pair("الحصار", "حصار")]));
        assert_eq!(get(&mut cache, "sieges"), None);
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
