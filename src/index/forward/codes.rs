//! How a passage's words are written: a short head, then one code a word.
//!
//! Head: the number of title words, of section words and of hidden words as varints, and the
//! number of capitalised words of the text as one byte (255 stands for more).
//! Codes, by their first byte: 0 a sentence begins; 1–159 the most frequent words; 160–223 with
//! one more byte the next 16,384; 224–254 with two more bytes a word id; 255 with four more bytes
//! a word id.

use super::WordId;

const SENTENCE: u8 = 0;
const ONE_BYTE: u32 = 159;
const TWO_BYTES: u32 = 64 * 256;
const THREE_BYTE_IDS: u32 = 31 << 16;
const UNRANKED: u32 = u32::MAX;

/// How many words get short codes.
pub const MAX_COMMON: usize = (ONE_BYTE + TWO_BYTES) as usize;

/// A code of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    Sentence,
    Word(WordId),
}

pub fn write_varint(mut value: u32, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// The value and the bytes after it; `None` where the bytes end too soon.
#[inline]
pub fn read_varint(bytes: &[u8]) -> Option<(u32, &[u8])> {
    match bytes.split_first() {
        Some((&byte, rest)) if byte < 0x80 => Some((u32::from(byte), rest)),
        _ => read_long_varint(bytes),
    }
}

fn read_long_varint(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let mut value = 0u32;
    for (index, &byte) in bytes.iter().enumerate().take(5) {
        value |= u32::from(byte & 0x7f).checked_shl(7 * index as u32)?;
        if byte < 0x80 {
            return Some((value, &bytes[index + 1..]));
        }
    }
    None
}

/// Ranks of the most frequent words, for writing.
#[derive(Debug, Default)]
pub struct Ranks {
    /// By word id; [`UNRANKED`] for words without a short code.
    rank_of: Vec<u32>,
    /// The words that have short codes, the most frequent first.
    pub common: Vec<WordId>,
}

impl Ranks {
    /// Ranks words by how often they occur; equal counts by id.
    pub fn new(counts: &[u32]) -> Ranks {
        let mut common: Vec<WordId> =
            (0..counts.len() as u32).filter(|&id| counts[id as usize] > 1).collect();
        common.sort_unstable_by_key(|&id| (std::cmp::Reverse(counts[id as usize]), id));
        common.truncate(MAX_COMMON);
        let mut rank_of = vec![UNRANKED; counts.len()];
        for (rank, &id) in (0..).zip(&common) {
            rank_of[id as usize] = rank;
        }
        Ranks { rank_of, common }
    }

    pub fn write(&self, code: Code, out: &mut Vec<u8>) {
        let id = match code {
            Code::Sentence => return out.push(SENTENCE),
            Code::Word(id) => id,
        };
        match self.rank_of.get(id as usize).copied().unwrap_or(UNRANKED) {
            rank if rank < ONE_BYTE => out.push(1 + rank as u8),
            rank if rank != UNRANKED => {
                let rank = rank - ONE_BYTE;
                out.push(160 + (rank >> 8) as u8);
                out.push(rank as u8);
            }
            _ if id < THREE_BYTE_IDS => {
                out.push(224 + (id >> 16) as u8);
                out.extend_from_slice(&(id as u16).to_be_bytes());
            }
            _ => {
                out.push(255);
                out.extend_from_slice(&id.to_be_bytes());
            }
        }
    }
}

/// Reads codes until the bytes end.
#[derive(Clone, Debug)]
pub struct Codes<'a> {
    bytes: &'a [u8],
    /// u32 little endian each.
    common: &'a [u8],
}

impl<'a> Codes<'a> {
    pub fn new(bytes: &'a [u8], common: &'a [u8]) -> Codes<'a> {
        Codes { bytes, common }
    }

    fn common(&self, rank: usize) -> Option<WordId> {
        let bytes = self.common.get(rank * 4..rank * 4 + 4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    }
}

impl Iterator for Codes<'_> {
    type Item = Code;

    #[inline]
    fn next(&mut self) -> Option<Code> {
        let (&first, rest) = self.bytes.split_first()?;
        let (id, taken) = match first {
            SENTENCE => {
                self.bytes = rest;
                return Some(Code::Sentence);
            }
            1..=159 => (self.common(usize::from(first) - 1)?, 0),
            160..=223 => {
                let rank = (usize::from(first) - 160) << 8 | usize::from(*rest.first()?);
                (self.common(ONE_BYTE as usize + rank)?, 1)
            }
            224..=254 => {
                let low = u16::from_be_bytes(rest.get(..2)?.try_into().ok()?);
                ((u32::from(first) - 224) << 16 | u32::from(low), 2)
            }
            255 => (u32::from_be_bytes(rest.get(..4)?.try_into().ok()?), 4),
        };
        self.bytes = &rest[taken..];
        Some(Code::Word(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn common_bytes(ranks: &Ranks) -> Vec<u8> {
        ranks.common.iter().flat_map(|id| id.to_le_bytes()).collect()
    }

    proptest! {
        #[test]
        fn codes_come_back(ids in proptest::collection::vec(0u32..70_000, 0..400)) {
            let mut counts = vec![0u32; 70_000];
            for &id in &ids { counts[id as usize] += 1; }
            let ranks = Ranks::new(&counts);
            let mut bytes = Vec::new();
            let mut codes = Vec::new();
            for (place, &id) in ids.iter().enumerate() {
                if place % 7 == 0 { codes.push(Code::Sentence); }
                codes.push(Code::Word(id));
            }
            for &code in &codes { ranks.write(code, &mut bytes); }
            let common = common_bytes(&ranks);
            prop_assert_eq!(Codes::new(&bytes, &common).collect::<Vec<_>>(), codes);
        }

        #[test]
        fn random_bytes_never_panic(bytes: Vec<u8>, common: Vec<u8>) {
            prop_assert!(Codes::new(&bytes, &common).count() <= bytes.len());
        }

        #[test]
        fn varints_come_back(value: u32) {
            let mut bytes = Vec::new();
            write_varint(value, &mut bytes);
            prop_assert_eq!(read_varint(&bytes), Some((value, &[][..])));
        }
    }

    #[test]
    fn rare_and_large_ids_have_codes() {
        let ranks = Ranks::new(&[]);
        let mut bytes = Vec::new();
        let codes = [5, THREE_BYTE_IDS - 1, THREE_BYTE_IDS, u32::MAX].map(Code::Word);
        for code in codes {
            ranks.write(code, &mut bytes);
        }
        assert_eq!(Codes::new(&bytes, &[]).collect::<Vec<_>>(), codes);
    }
}
