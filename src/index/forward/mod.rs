//! The forward file: for each segment its vocabulary and, for each passage, the ids of its words
//! in order.
//!
//! An inverted index answers "which passages hold this word"; ranking the best of them again
//! needs the opposite, "which words, in which order, does this passage hold", without reading and
//! analysing its text once more. The file is written by a segment plugin, so it follows commits,
//! merges and deletions by itself.
//!
//! # Layout
//! A header of `HEADER_BYTES` (magic, counts, and the length of each section), then the
//! sections one after the other, all little endian:
//!
//! 1. `offsets`: u32 × (passages + 1), where each stream begins in 2.
//! 2. `streams`: see [`codes`]. In a [compact](super::Layout) index 1 – 3 are empty.
//! 3. `common`: u32 × n, the word ids that have short codes, the most frequent first.
//! 4. `blocks`: u32 × ⌈words / 8⌉, where each block of strings begins in 5.
//! 5. `strings`: the words in byte order, front-coded in blocks of 8; a word's id is its place.
//! 6. `marks` and 7. `signatures`: u32 × words, the parts of their
//!    [`Hints`](crate::analysis::hints::Hints); apart, for most words are told by the first alone.
//! 8. `passages`: u32 × words, how many passages hold each word.
//! 9. – 11. Words by their skeleton keys: u64 × keys, ascending; u32 × (keys + 1), where each
//!    key's words begin in the last; word ids as varints of their differences. See `sounds`.
//!
//! Invariant: a reader never trusts a length or an id; damaged bytes give fewer words, not a panic.

pub mod codes;
mod plugin;
mod reader;
mod sounds;
mod vocabulary;
mod writer;

pub use plugin::{EXTENSION, ForwardPlugin};
pub use reader::{ForwardReader, PassageWords};
pub use sounds::Sounds;
pub use vocabulary::{Vocabulary, WordTraits};

/// A word's id: its place in the byte order of its segment's vocabulary.
pub type WordId = u32;

const MAGIC: &[u8; 4] = b"WQF2";
const SECTIONS: usize = 11;
/// Magic, passages, words, then the length of each section as u64.
const HEADER_BYTES: usize = 4 + 4 + 4 + 4 + SECTIONS * 8;
const BLOCK: usize = 8;
