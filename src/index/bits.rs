//! A set of a segment's documents, or of the words of its vocabulary.

use tantivy::DocId;

/// One bit a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bits {
    words: Vec<u64>,
    len: u32,
}

impl Bits {
    pub fn empty(len: u32) -> Bits {
        Bits { words: vec![0; (len as usize).div_ceil(64)], len }
    }

    pub fn full(len: u32) -> Bits {
        let mut bits = Bits { words: vec![u64::MAX; (len as usize).div_ceil(64)], len };
        bits.clear_tail();
        bits
    }

    fn clear_tail(&mut self) {
        if let Some(last) = self.words.last_mut()
            && !self.len.is_multiple_of(64)
        {
            *last &= (1 << (self.len % 64)) - 1;
        }
    }

    /// Documents outside the segment are passed over.
    pub fn insert(&mut self, doc: DocId) {
        if doc < self.len {
            self.words[doc as usize / 64] |= 1 << (doc % 64);
        }
    }

    /// Members that there may be.
    pub fn capacity(&self) -> u32 {
        self.len
    }

    pub fn clear(&mut self) {
        self.words.fill(0);
    }

    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    #[inline]
    pub fn contains(&self, doc: DocId) -> bool {
        doc < self.len && self.words[doc as usize / 64] >> (doc % 64) & 1 == 1
    }

    pub fn union(&mut self, other: &Bits) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
    }

    pub fn intersect(&mut self, other: &Bits) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }

    /// Takes out what `other` holds.
    pub fn subtract(&mut self, other: &Bits) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= !other;
        }
    }

    pub fn invert(&mut self) {
        for word in &mut self.words {
            *word = !*word;
        }
        self.clear_tail();
    }

    pub fn count(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// Ascending.
    pub fn iter(&self) -> impl Iterator<Item = DocId> + '_ {
        self.words.iter().enumerate().flat_map(|(place, &word)| {
            let base = place as u32 * 64;
            std::iter::successors((word != 0).then_some(word), |rest| {
                let rest = rest & (rest - 1);
                (rest != 0).then_some(rest)
            })
            .map(move |rest| base + rest.trailing_zeros())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    proptest::proptest! {
        #[test]
        fn behaves_as_a_set(len in 1u32..300, a: BTreeSet<u16>, b: BTreeSet<u16>) {
            let fit = |set: &BTreeSet<u16>| -> BTreeSet<u32> {
                set.iter().map(|&doc| u32::from(doc) % 400).filter(|&doc| doc < len).collect()
            };
            let make = |set: &BTreeSet<u16>| {
                let mut bits = Bits::empty(len);
                set.iter().for_each(|&doc| bits.insert(u32::from(doc) % 400));
                bits
            };
            let (set_a, set_b) = (fit(&a), fit(&b));
            let (bits_a, bits_b) = (make(&a), make(&b));
            proptest::prop_assert_eq!(bits_a.iter().collect::<BTreeSet<_>>(), set_a.clone());
            proptest::prop_assert_eq!(bits_a.count(), set_a.len() as u64);
            let mut both = bits_a.clone();
            both.intersect(&bits_b);
            proptest::prop_assert_eq!(both.iter().collect::<BTreeSet<_>>(), &set_a & &set_b);
            let mut either = bits_a.clone();
            either.union(&bits_b);
            proptest::prop_assert_eq!(either.iter().collect::<BTreeSet<_>>(), &set_a | &set_b);
            let mut less = bits_a.clone();
            less.subtract(&bits_b);
            proptest::prop_assert_eq!(less.iter().collect::<BTreeSet<_>>(), &set_a - &set_b);
            proptest::prop_assert_eq!(less.is_empty(), less.count() == 0);
            less.clear();
            proptest::prop_assert!(less.is_empty());
            let mut rest = bits_a.clone();
            rest.invert();
            proptest::prop_assert_eq!(rest.iter().collect::<BTreeSet<_>>(),
                &(0..len).collect::<BTreeSet<_>>() - &set_a);
        }
    }
}
