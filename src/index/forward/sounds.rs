//! Words by how they sound: for each skeleton key the words that have it.
//!
//! Only full keys are stored. Which words have a key after one class is left out is found by
//! trying every class in every place ([`Key::with_one_class_more`]), which costs less than storing
//! those keys would.

use tantivy::directory::OwnedBytes;

use super::WordId;
use super::codes::{read_varint, write_varint};
use crate::crosslingual::{Key, full_keys_of};
use crate::lang::{Script, script_of};

/// Words that one key may have; there are few names among more.
const MOST_WORDS: usize = 4096;

/// Collects words and writes the `keys`, `key offsets` and `key words` sections.
#[derive(Debug, Default)]
pub(super) struct SoundsWriter {
    pairs: Vec<(u64, WordId)>,
}

impl SoundsWriter {
    /// Adds a word, if it could be a name.
    pub fn push(&mut self, form: &str, id: WordId, seen_capitalized: bool) {
        let script = script_of(form);
        if script == Script::Arabic || script == Script::Latin && seen_capitalized {
            full_keys_of(form, script, &mut |key| self.pairs.push((key.number(), id)));
        }
    }

    pub fn finish(mut self) -> [Vec<u8>; 3] {
        self.pairs.sort_unstable();
        let (mut keys, mut offsets, mut words) = (Vec::new(), Vec::new(), Vec::new());
        for group in self.pairs.chunk_by(|a, b| a.0 == b.0) {
            keys.extend_from_slice(&group[0].0.to_le_bytes());
            offsets.extend_from_slice(&(words.len() as u32).to_le_bytes());
            let mut last = 0;
            for &(_, id) in group.iter().take(MOST_WORDS) {
                write_varint(id - last, &mut words);
                last = id;
            }
        }
        offsets.extend_from_slice(&(words.len() as u32).to_le_bytes());
        [keys, offsets, words]
    }
}

/// The words of a segment by their keys, read in place.
#[derive(Clone)]
pub struct Sounds {
    pub(super) keys: OwnedBytes,
    pub(super) offsets: OwnedBytes,
    pub(super) words: OwnedBytes,
}

impl Sounds {
    /// The words whose full key this is, ascending.
    pub fn words(&self, key: Key) -> impl Iterator<Item = WordId> + '_ {
        let mut rest = self.group(key.number()).unwrap_or_default();
        let mut id = 0;
        std::iter::from_fn(move || {
            let (step, after) = read_varint(rest)?;
            id += step;
            rest = after;
            Some(id)
        })
    }

    fn group(&self, key: u64) -> Option<&[u8]> {
        let count = self.keys.len() / 8;
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.key(middle)? < key { low = middle + 1 } else { high = middle }
        }
        if low == count || self.key(low)? != key {
            return None;
        }
        self.words.get(self.offset(low)?..self.offset(low + 1)?)
    }

    fn key(&self, place: usize) -> Option<u64> {
        let bytes = self.keys.get(place * 8..place * 8 + 8)?;
        Some(u64::from_le_bytes(bytes.try_into().ok()?))
    }

    fn offset(&self, place: usize) -> Option<usize> {
        let bytes = self.offsets.get(place * 4..place * 4 + 4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crosslingual::keys_of;

    #[test]
    fn a_word_is_found_by_every_key_that_it_has() {
        let words = ["konishi", "pyongyang", "هانجو", "والهانجو", "toyotomi", "تويوتومي"];
        let mut writer = SoundsWriter::default();
        for (id, word) in (0..).zip(words) {
            writer.push(word, id, true);
        }
        let [keys, offsets, ids] = writer.finish().map(OwnedBytes::new);
        let sounds = Sounds { keys, offsets, words: ids };
        for (id, word) in (0..).zip(words) {
            keys_of(word, script_of(word), &mut |key| {
                let mut keys = std::iter::once(key).chain(key.with_one_class_more());
                assert!(
                    keys.any(|key| sounds.words(key).any(|other| other == id)),
                    "{word} by {key:?}"
                );
            });
        }
    }

    #[test]
    fn words_that_are_never_capitalised_are_no_names() {
        let mut writer = SoundsWriter::default();
        writer.push("siege", 0, false);
        assert!(writer.finish()[0].is_empty());
    }
}
