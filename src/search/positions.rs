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
    /// How many other words may stand between, all together; less than [`REGION_GAP`], so that
    /// title, section and text are never joined.
    pub slop: u32,
    /// Whether the slots must come in their order.
    pub ordered: bool,
}

/// The largest slop that a pattern can have.
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
            let count = count_matches(&places, pattern.slop, pattern.ordered);
            if count > 0 {
                found.push((doc, count as f32));
            }
        }
        doc = slots[lead].seek(doc + 1);
    }
    Ok(found)
}

/// How often the slots' positions (each list ascending) fit together.
fn count_matches(places: &[Vec<u32>], slop: u32, ordered: bool) -> usize {
    let Some((first, rest)) = places.split_first() else {
        return 0;
    };
    if !ordered {
        return first
            .iter()
            .filter(|&&start| {
                let near = |list: &Vec<u32>| {
                    let from = list.partition_point(|&at| at + slop + 1 < start);
                    list[from..]
                        .iter()
                        .take_while(|&&at| at <= start + slop + 1)
                        .any(|&at| at != start)
                };
                rest.iter().all(near)
            })
            .count();
    }
    first
        .iter()
        .filter(|&&start| {
            let mut last = start;
            for list in rest {
                match list.get(list.partition_point(|&at| at <= last)) {
                    Some(&next) => last = next,
                    None => return false,
                }
            }
            last - start <= rest.len() as u32 + slop
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::count_matches;

    #[test]
    fn a_phrase_needs_its_words_side_by_side() {
        assert_eq!(count_matches(&[vec![3, 9], vec![4, 20]], 0, true), 1);
        assert_eq!(count_matches(&[vec![4], vec![3]], 0, true), 0);
        assert_eq!(count_matches(&[vec![1, 5], vec![2, 6], vec![3, 8]], 0, true), 1);
    }

    #[test]
    fn slop_lets_words_stand_between() {
        assert_eq!(count_matches(&[vec![3], vec![6]], 1, true), 0);
        assert_eq!(count_matches(&[vec![3], vec![6]], 2, true), 1);
    }

    #[test]
    fn near_does_not_care_for_order() {
        assert_eq!(count_matches(&[vec![9], vec![5]], 3, false), 1);
        assert_eq!(count_matches(&[vec![9], vec![5]], 2, false), 0);
    }

    #[test]
    fn a_word_is_not_near_itself() {
        assert_eq!(count_matches(&[vec![9], vec![9]], 5, false), 0);
    }
}
