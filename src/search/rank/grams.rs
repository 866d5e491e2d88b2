//! Which words of a query a word shares character trigrams with, and how many.

use crate::analysis::trigrams::signature;
use crate::search::weights::MAX_RANKED_WORDS;
use crate::search::weights::level::{ALIKE_DICE, SIMILAR_DICE};

/// The trigrams of all words of a query, each with the words that have it.
#[derive(Clone, Debug, Default)]
pub struct GramTable {
    /// Open addressing, a power of two long and at most half full. A mask of 0 is an empty slot.
    slots: Vec<(u32, u32)>,
    count: usize,
}

impl GramTable {
    /// Adds the trigrams of the query word at `place`; places from 32 on are ignored.
    pub fn add(&mut self, place: usize, trigrams: &[u32]) {
        if place >= 32 {
            return;
        }
        self.count += trigrams.len();
        let wanted = (2 * self.count).next_power_of_two();
        if wanted > self.slots.len() {
            let old = std::mem::replace(&mut self.slots, vec![(0, 0); 2 * wanted]);
            for (gram, mask) in old.into_iter().filter(|&(_, mask)| mask != 0) {
                self.insert(gram, mask);
            }
        }
        for &gram in trigrams {
            self.insert(gram, 1 << place);
        }
    }

    fn insert(&mut self, gram: u32, mask: u32) {
        let last = self.slots.len() - 1;
        let mut at = gram as usize & last;
        while self.slots[at].1 != 0 && self.slots[at].0 != gram {
            at = (at + 1) & last;
        }
        self.slots[at].0 = gram;
        self.slots[at].1 |= mask;
    }

    /// Adds to `shared`, for each word of the query, how many of the distinct `trigrams` it has.
    pub fn count(&self, trigrams: &[u32], shared: &mut [u8]) {
        let Some(last) = self.slots.len().checked_sub(1) else { return };
        for &gram in trigrams {
            let mut at = gram as usize & last;
            while let (known, mask @ 1..) = self.slots[at] {
                if known == gram {
                    let mut left = mask;
                    while left != 0 {
                        if let Some(shared) = shared.get_mut(left.trailing_zeros() as usize) {
                            *shared = shared.saturating_add(1);
                        }
                        left &= left - 1;
                    }
                    break;
                }
                at = (at + 1) & last;
            }
        }
    }
}

/// A full set of vector lanes.
const LANES: usize = MAX_RANKED_WORDS.next_multiple_of(8);

/// Tells by signatures which words of a query a word may be alike.
///
/// Never misses a word whose Dice coefficient reaches the least level.
#[derive(Clone, Debug)]
pub struct SignatureFilter {
    bits: [u32; LANES],
    /// Trigrams of each word …
    grams: [u32; LANES],
    /// … and how many of them share a bit with another.
    hidden: [u32; LANES],
    /// Lanes that are looked at, in whole vectors of four.
    used: usize,
}

impl Default for SignatureFilter {
    fn default() -> SignatureFilter {
        // So many trigrams that no word has enough in common.
        SignatureFilter { bits: [0; LANES], grams: [1 << 20; LANES], hidden: [0; LANES], used: 0 }
    }
}

impl SignatureFilter {
    /// Sets the trigrams of the query word at `place`; places beyond the last are ignored.
    pub fn set(&mut self, place: usize, trigrams: &[u32]) {
        let bits = signature(trigrams);
        let count = trigrams.len() as u32;
        if place < LANES && count > 0 {
            self.bits[place] = bits;
            self.grams[place] = count;
            self.hidden[place] = count - bits.count_ones().min(count);
            self.used = self.used.max((place + 1).next_multiple_of(4));
        }
    }

    /// One bit for each query word that a word with this signature may be alike.
    #[inline]
    pub fn may_be_alike(&self, signature: u32) -> u32 {
        const LEAST: u32 = {
            let least = if SIMILAR_DICE > 0.0 { SIMILAR_DICE } else { ALIKE_DICE };
            (least * 50.0) as u32
        };
        let count = count_bits(signature);
        let mut mask = 0;
        let lanes = self.bits.chunks_exact(4).zip(self.grams.chunks_exact(4));
        let lanes = lanes.zip(self.hidden.chunks_exact(4)).take(self.used / 4);
        for (place, ((bits, grams), hidden)) in lanes.enumerate() {
            let mut four = 0;
            for lane in 0..4 {
                let common = count_bits(bits[lane] & signature) + hidden[lane];
                four |= u32::from(common * 100 >= LEAST * (grams[lane] + count)) << lane;
            }
            mask |= four << (4 * place);
        }
        mask
    }
}

/// `count_ones` in steps that every processor does for several lanes at once.
#[inline]
fn count_bits(bits: u32) -> u32 {
    let pairs = bits - ((bits >> 1) & 0x5555_5555);
    let fours = (pairs & 0x3333_3333) + ((pairs >> 2) & 0x3333_3333);
    let bytes = (fours + (fours >> 4)) & 0x0f0f_0f0f;
    let sums = bytes + (bytes >> 8);
    (sums + (sums >> 16)) & 0x3f
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::trigrams::trigrams;
    use proptest::prelude::*;

    fn of(word: &str) -> Vec<u32> {
        let mut out = Vec::new();
        trigrams(word, &mut out);
        out
    }

    /// Twice the trigrams in common by all trigrams of both, between 0 and 1.
    fn dice(a: &[u32], b: &[u32]) -> f32 {
        let (mut i, mut j, mut common) = (0, 0, 0u32);
        while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
            common += u32::from(x == y);
            i += usize::from(x <= y);
            j += usize::from(y <= x);
        }
        2.0 * common as f32 / (a.len() + b.len()).max(1) as f32
    }

    #[test]
    fn words_spelt_alike_have_a_high_dice() {
        assert_eq!(dice(&of("pyongyang"), &of("pyongyang")), 1.0);
        assert!(dice(&of("pyongyang"), &of("pyeongyang")) > 0.6);
        assert!(dice(&of("siege"), &of("bullet")) < 0.2);
        assert_eq!(dice(&[], &[]), 0.0);
    }

    proptest! {
        #[test]
        fn a_table_counts_as_each_word_would(
            words in proptest::collection::vec("[a-d]{0,9}", 0..14),
            other in "[a-d]{0,9}",
        ) {
            let mut table = GramTable::default();
            for (place, word) in words.iter().enumerate() {
                table.add(place, &of(word));
            }
            let (mut shared, grams) = ([0u8; MAX_RANKED_WORDS], of(&other));
            table.count(&grams, &mut shared);
            for (word, shared) in words.iter().zip(shared) {
                let own = of(word);
                prop_assert_eq!(own.iter().filter(|gram| grams.contains(gram)).count(), usize::from(shared));
            }
        }

        #[test]
        fn bits_are_counted(bits: u32) {
            prop_assert_eq!(count_bits(bits), bits.count_ones());
        }

        #[test]
        fn the_filter_misses_nothing_that_is_alike(
            words in proptest::collection::vec("[a-e]{0,12}", 1..20),
            other in "[a-e]{0,12}",
        ) {
            let mut filter = SignatureFilter::default();
            for (place, word) in words.iter().enumerate() {
                filter.set(place, &of(word));
            }
            let mask = filter.may_be_alike(signature(&of(&other)));
            for (place, word) in words.iter().enumerate().take(MAX_RANKED_WORDS) {
                if dice(&of(word), &of(&other)) >= ALIKE_DICE.min(SIMILAR_DICE) {
                    prop_assert!(mask & 1 << place != 0, "{} {}", word, other);
                }
            }
        }
    }
}
