//! Byte ranges of matches: clipped to a window, joined, kept on char boundaries.
//!
//! Lists of ranges are sorted and disjoint, both taken and given.

use std::ops::Range;

use super::bounds::{char_ceil, char_floor};

/// The parts of `ranges` that lie inside `window`, counted from its start.
pub fn clip_ranges(ranges: &[Range<usize>], window: Range<usize>) -> Vec<Range<usize>> {
    let from = ranges.partition_point(|range| range.end <= window.start);
    ranges[from..]
        .iter()
        .take_while(|range| range.start < window.end)
        .map(|range| {
            range.start.max(window.start) - window.start..range.end.min(window.end) - window.start
        })
        .filter(|range| !range.is_empty())
        .collect()
}

/// Sorts `ranges` and joins those that overlap. Empty ones are dropped.
pub fn merge_ranges(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.retain(|range| !range.is_empty());
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// Makes any ranges fit for slicing `text`: on char boundaries inside it, sorted, disjoint, none
/// empty. A bound inside a character moves so that the character is covered.
pub fn fit_ranges(text: &str, ranges: impl IntoIterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let fitted = ranges
        .into_iter()
        .filter(|range| range.start < range.end)
        .map(|range| char_floor(text, range.start)..char_ceil(text, range.end))
        .collect();
    merge_ranges(fitted)
}

/// Joins neighbours that have only white space between them, so that a phrase is one mark.
pub fn join_over_spaces(text: &str, ranges: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match joined.last_mut() {
            Some(last)
                if text
                    .get(last.end..range.start)
                    .is_some_and(|gap| gap.chars().all(char::is_whitespace)) =>
            {
                last.end = range.end;
            }
            _ => joined.push(range.clone()),
        }
    }
    joined
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init)] // lists of one range are what is tested
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn clipping_counts_from_the_window() {
        let ranges = [0..3, 5..9, 12..14];
        assert_eq!(clip_ranges(&ranges, 2..13), [0..1, 3..7, 10..11]);
        assert_eq!(clip_ranges(&ranges, 3..5), Vec::<Range<usize>>::new());
        assert_eq!(clip_ranges(&ranges, 6..7), [0..1]);
    }

    #[test]
    fn merging_sorts_and_joins() {
        assert_eq!(merge_ranges(vec![7..9, 1..3, 2..5, 6..6]), [1..5, 7..9]);
        assert_eq!(merge_ranges(vec![1..3, 3..5]), [1..3, 3..5]);
    }

    #[test]
    fn fitting_covers_whole_characters() {
        assert_eq!(fit_ranges("Sō x", [2..3]), [1..3]);
        assert_eq!(fit_ranges("Sō", [1..99]), [1..3]);
        assert_eq!(fit_ranges("Sō", [50..99]), Vec::<Range<usize>>::new());
    }

    #[test]
    fn neighbours_are_one_mark() {
        let text = "fire arrows, and fire";
        assert_eq!(join_over_spaces(text, &[0..4, 5..11, 17..21]), [0..11, 17..21]);
    }

    proptest! {
        #[test]
        fn fitted_ranges_can_be_sliced(
            text in any::<String>(),
            ranges in prop::collection::vec((0usize..60, 0usize..60), 0..8),
        ) {
            let fitted = fit_ranges(&text, ranges.into_iter().map(|(from, to)| from..to));
            let mut end = 0;
            for range in fitted {
                prop_assert!(end <= range.start);
                prop_assert!(text.get(range.clone()).is_some_and(|slice| !slice.is_empty()));
                end = range.end;
            }
        }
    }
}
