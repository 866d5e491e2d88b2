//! Counting the terms of a field among some passages, the most frequent first.
//!
//! The postings of those terms alone are read that may be among the wanted: in how many passages a
//! term is at all is known without. So nothing is kept but the best so far.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use tantivy::DocId;
use tantivy::schema::Field;

use crate::error::Result;
use crate::index::{Bits, OpenIndex, Place, PostingsReader, TermColumn, walk_terms};

/// A term in more passages than so many times those that match is asked about each of them; the
/// postings of others are read to their end.
const SEEKS_WORTH: u64 = 8;

/// Passages of which terms are counted.
pub struct Matching<'a> {
    pub index: &'a OpenIndex,
    sets: &'a [Bits],
    /// Of each segment the documents one by one, where they are few.
    lists: Vec<Option<Vec<DocId>>>,
    pub count: u64,
}

/// A term that counts, or several that count as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    pub passages: u64,
    /// What the terms have in common.
    pub key: Vec<u8>,
    /// The most frequent of the terms; of equally frequent ones the first.
    pub term: Vec<u8>,
}

/// Keeps the most frequent; of equally frequent ones the first in the order of keys.
pub struct Top<K, V> {
    wanted: usize,
    best: BinaryHeap<Reverse<(u64, Reverse<K>, V)>>,
}

impl<K: Ord, V: Ord> Top<K, V> {
    pub fn new(wanted: usize) -> Top<K, V> {
        Top { wanted, best: BinaryHeap::new() }
    }

    /// Whether a later key that counts so much at the most may be kept.
    pub fn may_keep(&self, passages: u64) -> bool {
        let least = self.best.peek().map_or(0, |Reverse((least, _, _))| *least);
        passages > 0 && (self.best.len() < self.wanted || passages > least)
    }

    pub fn push(&mut self, passages: u64, key: K, value: V) {
        if passages == 0 {
            return;
        }
        self.best.push(Reverse((passages, Reverse(key), value)));
        if self.best.len() > self.wanted {
            self.best.pop();
        }
    }

    /// The most frequent first.
    pub fn finish(self) -> impl Iterator<Item = (u64, K, V)> {
        let sorted = self.best.into_sorted_vec().into_iter();
        sorted.map(|Reverse((passages, Reverse(key), value))| (passages, key, value))
    }
}

impl Top<Vec<u8>, Vec<u8>> {
    pub fn finish_terms(self) -> Vec<Counted> {
        self.finish().map(|(passages, key, term)| Counted { passages, key, term }).collect()
    }
}

/// A term and where it is.
struct GroupTerm {
    name: Vec<u8>,
    places: Vec<Place>,
}

impl<'a> Matching<'a> {
    pub fn new(index: &'a OpenIndex, sets: &'a [Bits]) -> Matching<'a> {
        let mut count = 0;
        let mut lists = Vec::with_capacity(sets.len());
        for set in sets {
            let of_segment = set.count();
            count += of_segment;
            // To go through a set takes as long as through a list of this length.
            let few = of_segment <= u64::from(set.capacity() / 64);
            lists.push(few.then(|| set.iter().collect()));
        }
        Matching { index, sets, lists, count }
    }

    pub fn iter(&self) -> impl Iterator<Item = (u32, DocId)> {
        (0u32..).zip(self.sets).flat_map(|(place, set)| set.iter().map(move |doc| (place, doc)))
    }

    /// The numbers of the most frequent values of a column with their counts.
    pub fn top_values(&self, column: &TermColumn, wanted: usize) -> Vec<(u64, usize)> {
        let mut counts = vec![0u32; column.values()];
        for (segment, doc) in self.iter() {
            for same in column.of(segment, doc).chunk_by(|a, b| a == b) {
                if let Some(count) =
                    same.first().and_then(|&number| counts.get_mut(number as usize))
                {
                    *count += 1;
                }
            }
        }
        let mut top = Top::new(wanted);
        for (number, &count) in counts.iter().enumerate() {
            if top.may_keep(u64::from(count)) {
                top.push(u64::from(count), number, ());
            }
        }
        top.finish().map(|(count, number, ())| (count, number)).collect()
    }

    /// The most frequent terms of a field.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn top_terms(&self, field: Field, wanted: usize) -> Result<Vec<Counted>> {
        self.top_terms_between(field, wanted, (b"", None), |term| term)
    }

    /// The most frequent of the terms that are not before the one nor at or after the other.
    /// `key_of` says by which part of a term it counts: terms with the same part must follow one
    /// another and count as one.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn top_terms_between(
        &self,
        field: Field,
        wanted: usize,
        range: (&[u8], Option<&[u8]>),
        key_of: fn(&[u8]) -> &[u8],
    ) -> Result<Vec<Counted>> {
        let walk = || {
            let segments = &self.index.segments;
            let has_matches =
                |place: usize| self.sets.get(place).is_some_and(|set| !set.is_empty());
            let mut postings = PostingsReader::new(segments, field)?;
            let mut top = Top::new(wanted);
            let mut group: Vec<GroupTerm> = Vec::new();
            walk_terms(segments, field, has_matches, range, |term, places| {
                if group.last().is_some_and(|last| key_of(&last.name) != key_of(term)) {
                    self.count_group(&mut postings, &group, key_of, &mut top)?;
                    group.clear();
                }
                group.push(GroupTerm { name: term.to_vec(), places: places.to_vec() });
                Ok(())
            })?;
            self.count_group(&mut postings, &group, key_of, &mut top)?;
            Ok(top.finish_terms())
        };
        walk().map_err(|error: tantivy::TantivyError| self.index.damaged(error))
    }

    fn count_group(
        &self,
        postings: &mut PostingsReader,
        group: &[GroupTerm],
        key_of: fn(&[u8]) -> &[u8],
        top: &mut Top<Vec<u8>, Vec<u8>>,
    ) -> tantivy::Result<()> {
        let places = group.iter().flat_map(|term| &term.places);
        let Some(first) = group.first() else { return Ok(()) };
        if !top.may_keep(places.map(|place| u64::from(place.info.doc_freq)).sum()) {
            return Ok(());
        }
        let mut passages = 0;
        let mut most: (u64, &GroupTerm) = (0, first);
        // A passage may have several of the terms.
        let mut seen: Vec<(usize, DocId)> = Vec::new();
        for term in group {
            let mut count = 0;
            for place in &term.places {
                self.visit(postings, place, |doc| {
                    count += 1;
                    if group.len() > 1 {
                        seen.push((place.segment, doc));
                    }
                })?;
            }
            passages += count;
            if count > most.0 {
                most = (count, term);
            }
        }
        if group.len() > 1 {
            seen.sort_unstable();
            seen.dedup();
            passages = seen.len() as u64;
        }
        let (_, term) = most;
        top.push(passages, key_of(&term.name).to_vec(), term.name.clone());
        Ok(())
    }

    /// Hands on the matching passages that have a term.
    fn visit(
        &self,
        postings: &mut PostingsReader,
        place: &Place,
        mut each: impl FnMut(DocId),
    ) -> tantivy::Result<()> {
        let at = place.segment;
        let (Some(set), Some(list)) = (self.sets.get(at), self.lists.get(at)) else {
            return Ok(());
        };
        if let Some(list) = list
            && u64::from(place.info.doc_freq) > SEEKS_WORTH * list.len() as u64
        {
            let Some(block) = postings.open(place)? else { return Ok(()) };
            for &wanted in list {
                let at = block.seek(wanted);
                if block.doc(at) == wanted {
                    each(wanted);
                }
            }
            return Ok(());
        }
        postings.visit(place, |doc| {
            if set.contains(doc) {
                each(doc);
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_are_kept_and_of_equals_the_first() {
        let mut top = Top::new(2);
        for (passages, key) in [(1, "a"), (3, "b"), (0, "c"), (1, "d"), (2, "e"), (2, "f")] {
            assert_eq!(top.may_keep(passages), !["c", "d", "f"].contains(&key), "{key}");
            top.push(passages, key, ());
        }
        let kept: Vec<_> = top.finish().map(|(passages, key, ())| (passages, key)).collect();
        assert_eq!(kept, [(3, "b"), (2, "e")]);
    }
}
