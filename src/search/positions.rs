//! Phrases and nearness: the passages in which words stand in the places asked for.

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, TERMINATED, Term};

use super::retrieve::Occurrence;
use crate::index::{OpenIndex, REGION_GAP, Segment};

/// Words to be met in certain places of one field.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    pub field: Field,
    /// For each place the terms that may stand there.
    pub slots: Vec<Vec<String>>,
    pub order: Order,
}

/// How the words of a pattern stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// One after the other, with at most `slop` other words between, all together.
    Phrase { slop: u32 },
    /// The first `left` words and the rest are two phrases of their own, in either order, the last
    /// word of one at most `distance` places before the first of the other.
    Near { left: usize, left_slop: u32, right_slop: u32, distance: u32 },
}

/// The largest slop or distance that a pattern can have: less than [`REGION_GAP`], so that title,
/// section and text are never joined.
pub const MAX_SLOP: u32 = REGION_GAP as u32 - 1;

/// Where a pattern occurs and how often, for each segment in ascending order of documents.
///
/// # Errors
/// The index cannot be read.
pub fn find_pattern(
    index: &OpenIndex,
    pattern: &Pattern,
) -> crate::error::Result<Vec<Vec<Occurrence>>> {
    index
        .segments
        .iter()
        .map(|segment| find_in_segment(segment, pattern).map_err(|error| index.damaged(error)))
        .collect()
}

/// The postings of the terms that may stand in one place.
struct Slot {
    members: Vec<SegmentPostings>,
}

impl Slot {
    fn open(segment: &Segment, field: Field, terms: &[String]) -> tantivy::Result<Slot> {
        let mut members = Vec::new();
        for term in terms {
            let term = Term::from_field_text(field, term);
            members.extend(segment.postings(&term, IndexRecordOption::WithFreqsAndPositions)?);
        }
        Ok(Slot { members })
    }

    fn size(&self) -> u64 {
        self.members.iter().map(|member| u64::from(member.size_hint())).sum()
    }

    fn doc(&self) -> DocId {
        self.members.iter().map(DocSet::doc).min().unwrap_or(TERMINATED)
    }

    fn seek(&mut self, target: DocId) -> DocId {
        for member in &mut self.members {
            if member.doc() < target {
                member.seek(target);
            }
        }
        self.doc()
    }

    fn positions(&mut self, doc: DocId, out: &mut Vec<u32>) {
        out.clear();
        for member in &mut self.members {
            if member.doc() == doc {
                member.append_positions_with_offset(0, out);
            }
        }
        if self.members.len() > 1 {
            out.sort_unstable();
            out.dedup();
        }
    }
}

fn find_in_segment(segment: &Segment, pattern: &Pattern) -> tantivy::Result<Vec<Occurrence>> {
    let mut slots = Vec::with_capacity(pattern.slots.len());
    for terms in &pattern.slots {
        slots.push(Slot::open(segment, pattern.field, terms)?);
    }
    let Some(lead) = (0..slots.len()).min_by_key(|&i| slots[i].size()) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    let mut places: Vec<Vec<u32>> = vec![Vec::new(); slots.len()];
    let mut doc = slots[lead].doc();
    'documents: while doc != TERMINATED {
        for slot in &mut slots {
            let next = slot.seek(doc);
            if next > doc {
                doc = slots[lead].seek(next);
                continue 'documents;
            }
        }
        if segment.is_live(doc) {
            for (slot, places) in slots.iter_mut().zip(&mut places) {
                slot.positions(doc, places);
            }
            let count = count_matches(&places, pattern.order);
            if count > 0 {
                found.push((doc, count as f32));
            }
        }
        doc = slots[lead].seek(doc + 1);
    }
    Ok(found)
}

/// How often the slots' positions (each list ascending) fit together.
fn count_matches(places: &[Vec<u32>], order: Order) -> usize {
    let (left, left_slop, right_slop, distance) = match order {
        Order::Phrase { slop } => return spans(places, slop).len(),
        Order::Near { left, left_slop, right_slop, distance } => {
            (left, left_slop, right_slop, distance)
        }
    };
    let (left, right) = places.split_at(left.min(places.len()));
    let (left, right) = (spans(left, left_slop), spans(right, right_slop));
    let is_near = |&&(first, last): &&(u32, u32)| {
        let after = right.get(right.partition_point(|&(start, _)| start <= last));
        let before = right[..right.partition_point(|&(_, end)| end < first)].last();
        after.is_some_and(|&(start, _)| start - last <= distance)
            || before.is_some_and(|&(_, end)| first - end <= distance)
    };
    left.iter().filter(is_near).count()
}

/// The first and last positions of the words of a phrase, wherever it begins; firsts and lasts
/// both ascend.
fn spans(places: &[Vec<u32>], slop: u32) -> Vec<(u32, u32)> {
    let Some((first, rest)) = places.split_first() else {
        return Vec::new();
    };
    let widest = rest.len() as u32 + slop;
    first
        .iter()
        .filter_map(|&start| {
            let last = rest.iter().try_fold(start, |last, list| {
                list.get(list.partition_point(|&at| at <= last)).copied()
            })?;
            (last - start <= widest).then_some((start, last))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(places: &[Vec<u32>], slop: u32) -> usize {
        count_matches(places, Order::Phrase { slop })
    }

    fn near(places: &[Vec<u32>], left: usize, distance: u32) -> usize {
        count_matches(places, Order::Near { left, left_slop: 0, right_slop: 0, distance })
    }

    #[test]
    fn a_phrase_needs_its_words_side_by_side() {
        assert_eq!(phrase(&[vec![3, 9], vec![4, 20]], 0), 1);
        assert_eq!(phrase(&[vec![4], vec![3]], 0), 0);
        assert_eq!(phrase(&[vec![1, 5], vec![2, 6], vec![3, 8]], 0), 1);
    }

    #[test]
    fn slop_lets_words_stand_between() {
        assert_eq!(phrase(&[vec![3], vec![6]], 1), 0);
        assert_eq!(phrase(&[vec![3], vec![6]], 2), 1);
    }

    #[test]
    fn near_does_not_care_for_order() {
        assert_eq!(near(&[vec![9], vec![5]], 1, 4), 1);
        assert_eq!(near(&[vec![9], vec![5]], 1, 3), 0);
        assert_eq!(near(&[vec![5], vec![1, 9]], 1, 4), 1);
    }

    #[test]
    fn a_word_is_not_near_itself() {
        assert_eq!(near(&[vec![9], vec![9]], 1, 5), 0);
    }

    #[test]
    fn phrases_are_near_from_their_nearer_ends() {
        let places = [vec![3], vec![4], vec![7]];
        assert_eq!((near(&places, 2, 3), near(&places, 2, 2)), (1, 0));
        // The first word of the phrase alone is nearer.
        assert_eq!(near(&[vec![3, 90], vec![91], vec![5]], 2, 3), 0);
    }
}
