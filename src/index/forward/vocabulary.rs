//! A segment's words as bytes: front-coded strings and a few traits of each.

use tantivy::directory::OwnedBytes;

use super::codes::{read_varint, write_varint};
use super::{BLOCK, WordId};
use crate::analysis::hints::Hints;

/// What is kept of each word beside its string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WordTraits {
    pub hints: Hints,
    /// How many passages hold it, deleted ones included.
    pub passages: u32,
}

impl WordTraits {
    /// Joins what two segments know of one word; the live passages are added by whoever knows
    /// them.
    pub(super) fn merge(&mut self, other: WordTraits) {
        let (capitalized, plain) = (self.hints.seen_capitalized, self.hints.seen_plain);
        self.hints = other.hints;
        self.hints.seen_capitalized |= capitalized;
        self.hints.seen_plain |= plain;
    }
}

/// Writes the `blocks` and `strings` sections of words in strictly ascending byte order.
#[derive(Debug, Default)]
pub(super) struct StringsWriter {
    pub blocks: Vec<u8>,
    pub strings: Vec<u8>,
    previous: Vec<u8>,
    count: usize,
}

impl StringsWriter {
    pub fn push(&mut self, word: &str) {
        let word = word.as_bytes();
        let shared = if self.count.is_multiple_of(BLOCK) {
            self.blocks.extend_from_slice(&(self.strings.len() as u32).to_le_bytes());
            0
        } else {
            let same = self.previous.iter().zip(word).take_while(|(a, b)| a == b);
            same.count()
        };
        write_varint(shared as u32, &mut self.strings);
        write_varint((word.len() - shared) as u32, &mut self.strings);
        self.strings.extend_from_slice(&word[shared..]);
        self.previous.clear();
        self.previous.extend_from_slice(word);
        self.count += 1;
    }
}

/// A segment's vocabulary, read in place.
#[derive(Clone)]
pub struct Vocabulary {
    pub(super) len: u32,
    pub(super) blocks: OwnedBytes,
    pub(super) strings: OwnedBytes,
    pub(super) marks: OwnedBytes,
    pub(super) signatures: OwnedBytes,
    pub(super) passages: OwnedBytes,
}

impl Vocabulary {
    /// How many words.
    pub fn len(&self) -> u32 {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Puts the word's bytes into `out`; false if there is no such word.
    pub fn read_word(&self, id: WordId, out: &mut Vec<u8>) -> bool {
        out.clear();
        if id >= self.len {
            return false;
        }
        // The words before it in its block are not put together: only what they lend is copied.
        let mut cursor = self.block(id as usize / BLOCK);
        let mut steps = [Step::default(); BLOCK];
        let wanted = id as usize % BLOCK;
        let mut length = 0;
        for step in &mut steps[..=wanted] {
            match cursor.step(length) {
                Some(next) => *step = next,
                None => return false,
            }
            length = step.shared + step.tail.len();
        }
        out.resize(length, 0);
        let mut missing = length;
        for step in steps[..=wanted].iter().rev() {
            if step.shared < missing {
                out[step.shared..missing].copy_from_slice(&step.tail[..missing - step.shared]);
                missing = step.shared;
            }
        }
        true
    }

    /// The word as a string.
    pub fn word(&self, id: WordId) -> Option<String> {
        let mut bytes = Vec::new();
        self.read_word(id, &mut bytes).then(|| String::from_utf8(bytes).ok())?
    }

    pub fn traits(&self, id: WordId) -> WordTraits {
        let hints = Hints::from_marks(self.marks(id), self.signature(id));
        WordTraits { hints, passages: self.passages(id) }
    }

    /// How many passages hold a word, deleted ones included; 0 if there is no such word.
    #[inline]
    pub fn passages(&self, id: WordId) -> u32 {
        number_at(&self.passages, id)
    }

    /// What is stored of a word's [`Hints`] beside its signature; 0 if there is no such word.
    #[inline]
    pub fn marks(&self, id: WordId) -> u32 {
        number_at(&self.marks, id)
    }

    /// The signature of a word's [`Hints`]; 0 if there is no such word.
    #[inline]
    pub fn signature(&self, id: WordId) -> u32 {
        number_at(&self.signatures, id)
    }

    /// The id of a word.
    pub fn id(&self, word: &str) -> Option<WordId> {
        let mut bytes = Vec::new();
        let id = self.lower_bound(word.as_bytes());
        (self.read_word(id, &mut bytes) && bytes == word.as_bytes()).then_some(id)
    }

    /// The id of the first word that is not below `key` in byte order; `len` if all are.
    pub fn lower_bound(&self, key: &[u8]) -> WordId {
        let count = self.blocks.len() / 4;
        let (mut low, mut high) = (0, count);
        let mut head = Vec::new();
        while low < high {
            let middle = low + (high - low) / 2;
            head.clear();
            if self.block(middle).advance(&mut head) && head.as_slice() < key {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let Some(block) = low.checked_sub(1) else {
            return 0;
        };
        let mut cursor = self.block(block);
        let mut id = (block * BLOCK) as u32;
        head.clear();
        for _ in 0..BLOCK {
            if id >= self.len || !cursor.advance(&mut head) || head.as_slice() >= key {
                break;
            }
            id += 1;
        }
        id
    }

    /// Visits the words from `first` on in byte order, until the visitor says `false`.
    pub fn visit_from(&self, first: WordId, mut visit: impl FnMut(WordId, &str) -> bool) {
        let mut bytes = Vec::new();
        let mut id = first - first % BLOCK as u32;
        while id < self.len {
            bytes.clear();
            let mut cursor = self.block(id as usize / BLOCK);
            for _ in 0..BLOCK {
                // A damaged block may have no word at all.
                if id >= self.len || !cursor.advance(&mut bytes) {
                    return;
                }
                if id >= first
                    && let Ok(word) = std::str::from_utf8(&bytes)
                    && !visit(id, word)
                {
                    return;
                }
                id += 1;
            }
        }
    }

    /// Visits the words at most as far from `automaton`'s as it was made for, in byte order. Words
    /// that begin like one that cannot match are passed over without a look. Stops when `goes_on`,
    /// which is told how many words come next, is false.
    pub fn visit_nearly(
        &self,
        automaton: &levenshtein_automata::DFA,
        mut goes_on: impl FnMut(u32) -> bool,
        mut visit: impl FnMut(WordId, &str),
    ) {
        use levenshtein_automata::{Distance, SINK_STATE};
        let mut bytes = Vec::new();
        // states[n]: after the first n bytes of the word before; ends where nothing can match.
        let mut states = vec![automaton.initial_state()];
        let mut previous: Vec<u8> = Vec::new();
        for block in 0..self.blocks.len() / 4 {
            if !goes_on(BLOCK as u32) {
                return;
            }
            bytes.clear();
            let mut cursor = self.block(block);
            for place in 0..BLOCK {
                let id = (block * BLOCK + place) as u32;
                if id >= self.len || !cursor.advance(&mut bytes) {
                    break;
                }
                let shared = bytes.iter().zip(&previous).take_while(|(a, b)| a == b).count();
                let is_dead = states.last() == Some(&SINK_STATE);
                if is_dead && shared + 1 >= states.len() {
                    continue;
                }
                states.truncate(shared + 1);
                previous.clear();
                previous.extend_from_slice(&bytes);
                for &byte in &bytes[shared.min(states.len() - 1)..] {
                    let state = automaton.transition(states[states.len() - 1], byte);
                    states.push(state);
                    if state == SINK_STATE {
                        break;
                    }
                }
                let end = states[states.len() - 1];
                if end != SINK_STATE
                    && let Distance::Exact(_) = automaton.distance(end)
                    && let Ok(word) = std::str::from_utf8(&bytes)
                {
                    visit(id, word);
                }
            }
        }
    }

    fn block(&self, block: usize) -> BlockCursor<'_> {
        let offset = self
            .blocks
            .get(block * 4..block * 4 + 4)
            .and_then(|bytes| Some(u32::from_le_bytes(bytes.try_into().ok()?)));
        BlockCursor {
            rest: offset.and_then(|offset| self.strings.get(offset as usize..)).unwrap_or_default(),
        }
    }
}

#[inline]
fn number_at(numbers: &[u8], place: u32) -> u32 {
    let start = place as usize * 4;
    let bytes = numbers.get(start..start + 4).and_then(|bytes| bytes.try_into().ok());
    u32::from_le_bytes(bytes.unwrap_or_default())
}

struct BlockCursor<'a> {
    rest: &'a [u8],
}

/// How a word differs from the one before.
#[derive(Clone, Copy, Default)]
struct Step<'a> {
    /// Bytes that both begin with.
    shared: usize,
    /// What follows them.
    tail: &'a [u8],
}

impl<'a> BlockCursor<'a> {
    /// How the next word differs from the one before, which has `length` bytes.
    #[inline]
    fn step(&mut self, length: usize) -> Option<Step<'a>> {
        let (shared, rest) = read_varint(self.rest)?;
        let (added, rest) = read_varint(rest)?;
        let (tail, rest) = rest.split_at_checked(added as usize)?;
        let shared = shared as usize;
        if shared > length {
            return None;
        }
        self.rest = rest;
        Some(Step { shared, tail })
    }

    /// Turns the word in `word` into the next one.
    fn advance(&mut self, word: &mut Vec<u8>) -> bool {
        let Some(Step { shared, tail }) = self.step(word.len()) else {
            return false;
        };
        word.truncate(shared);
        word.extend_from_slice(tail);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary(words: &[String]) -> Vocabulary {
        let mut writer = StringsWriter::default();
        for word in words {
            writer.push(word);
        }
        Vocabulary {
            len: words.len() as u32,
            blocks: OwnedBytes::new(writer.blocks),
            strings: OwnedBytes::new(writer.strings),
            marks: OwnedBytes::empty(),
            signatures: OwnedBytes::empty(),
            passages: OwnedBytes::empty(),
        }
    }

    #[test]
    fn what_is_damaged_has_an_end() {
        let words: Vec<String> = (0..100).map(|n| format!("word{n:03}")).collect();
        for cut in [0, 1, 20] {
            let mut damaged = vocabulary(&words);
            damaged.strings = damaged.strings.slice(0..cut);
            let mut seen = 0;
            damaged.visit_from(0, |_, _| {
                seen += 1;
                true
            });
            assert!(seen < 100, "{seen}");
            let mut noise = vocabulary(&words);
            noise.blocks = OwnedBytes::new(vec![0xa5; noise.blocks.len()]);
            noise.visit_from(40, |_, _| panic!("there is nothing"));
            assert_eq!(noise.id("word050"), None);
        }
    }

    proptest::proptest! {
        #[test]
        fn words_are_found_and_visited_in_order(set: std::collections::BTreeSet<String>) {
            let words: Vec<String> = set.into_iter().collect();
            let vocabulary = vocabulary(&words);
            for (id, word) in words.iter().enumerate() {
                proptest::prop_assert_eq!(vocabulary.id(word), Some(id as u32));
                let found = vocabulary.word(id as u32);
                proptest::prop_assert_eq!(found.as_ref(), Some(word));
            }
            for first in 0..words.len() {
                let mut seen = Vec::new();
                vocabulary.visit_from(first as u32, |_, word| { seen.push(word.to_owned()); true });
                proptest::prop_assert_eq!(&seen[..], &words[first..]);
            }
            proptest::prop_assert_eq!(vocabulary.word(words.len() as u32), None);
        }
    }
}
