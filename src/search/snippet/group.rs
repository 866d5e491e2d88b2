//! Which neighbouring matches are worth showing together.
//!
//! Numbers only: matches are known by their index, their query word and their place in characters.

use std::ops::Range;

use super::Match;

/// A fragment is not centred on words that weigh less than this part of it.
const MINOR: f32 = 0.1;
/// What showing one query word again counts, of its weight, …
const REPEATED: f64 = 0.05;
/// … up to so many times.
const MAX_REPEATED: usize = 4;

/// The query words that a text has, numbered from 0.
pub struct Units {
    /// For each match.
    pub of_match: Vec<usize>,
    pub weights: Vec<f32>,
}

impl Units {
    pub fn of(matches: &[Match]) -> Units {
        let mut numbers: Vec<u32> = matches.iter().map(|found| found.unit).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut weights = vec![0f32; numbers.len()];
        let of_match = matches
            .iter()
            .map(|found| {
                let unit = numbers.partition_point(|&number| number < found.unit);
                weights[unit] = weights[unit].max(found.weight);
                unit
            })
            .collect();
        Units { of_match, weights }
    }

    pub fn total(&self) -> f64 {
        self.weights.iter().map(|&weight| f64::from(weight)).sum()
    }

    /// `members` without the matches at either end that the group can do without: their query
    /// word is in the middle as well, or weighs next to nothing.
    pub fn essential(&self, mut members: Range<usize>) -> Range<usize> {
        let mut counts = vec![0usize; self.weights.len()];
        for &unit in &self.of_match[members.clone()] {
            counts[unit] += 1;
        }
        let shown = |count: &usize| *count > 0;
        let weights = counts.iter().zip(&self.weights);
        let total: f32 = weights.filter(|(count, _)| shown(count)).map(|(_, &weight)| weight).sum();
        let mut drop = |at: usize| {
            let unit = self.of_match[at];
            let spare = counts[unit] > 1 || self.weights[unit] < MINOR * total;
            counts[unit] -= usize::from(spare);
            spare
        };
        while members.len() > 1 && drop(members.start) {
            members.start += 1;
        }
        while members.len() > 1 && drop(members.end - 1) {
            members.end -= 1;
        }
        members
    }
}

/// For each match where it begins and ends, in characters.
pub fn places_in_chars(text: &str, matches: &[Match]) -> Vec<Range<usize>> {
    let mut at = 0;
    let mut chars = 0;
    let mut count_to = |to: usize| {
        chars += text.get(at..to).map_or(0, |slice| slice.chars().count());
        at = at.max(to);
        chars
    };
    matches.iter().map(|found| count_to(found.span.start)..count_to(found.span.end)).collect()
}

/// Neighbouring matches that fit into one fragment.
pub struct Group {
    pub members: Range<usize>,
    /// The weight of the query words in it that no fragment has shown.
    pub gain: f64,
}

/// The best group without a match that is `taken`. At equal value the first.
pub fn best_group(
    places: &[Range<usize>],
    units: &Units,
    shown: &[bool],
    taken: &[bool],
    max_chars: usize,
) -> Option<Group> {
    let mut tally = Tally::new(units, shown);
    let mut first = 0;
    let mut best: Option<(Group, f64)> = None;
    for last in 0..places.len() {
        if taken[last] {
            while first < last {
                tally.remove(first);
                first += 1;
            }
            first = last + 1;
            continue;
        }
        tally.add(last);
        while first < last && places[last].end - places[first].start > max_chars {
            tally.remove(first);
            first += 1;
        }
        // The same words closer together are worth a little more.
        let spread = (places[last].end - places[first].start) as f64 / max_chars as f64;
        let value = (tally.gain + REPEATED * tally.repeated) * (1.0 - 0.1 * spread.min(1.0));
        // The margin is above what rounding adds up to.
        if best.as_ref().is_none_or(|(_, most)| value > most * 1.000_001) {
            let members = first..last + 1;
            best = Some((Group { members, gain: tally.gain }, value));
        }
    }
    best.map(|(group, _)| group)
}

/// What the matches of a sliding group are worth.
struct Tally<'a> {
    units: &'a Units,
    shown: &'a [bool],
    counts: Vec<usize>,
    gain: f64,
    repeated: f64,
}

impl Tally<'_> {
    fn new<'a>(units: &'a Units, shown: &'a [bool]) -> Tally<'a> {
        let counts = vec![0; units.weights.len()];
        Tally { units, shown, counts, gain: 0.0, repeated: 0.0 }
    }

    fn add(&mut self, at: usize) {
        let unit = self.units.of_match[at];
        self.counts[unit] += 1;
        self.change(unit, self.counts[unit], 1.0);
    }

    fn remove(&mut self, at: usize) {
        let unit = self.units.of_match[at];
        self.change(unit, self.counts[unit], -1.0);
        self.counts[unit] -= 1;
    }

    /// The match that makes `count` comes or goes.
    fn change(&mut self, unit: usize, count: usize, sign: f64) {
        let weight = sign * f64::from(self.units.weights[unit]);
        if count == 1 && !self.shown[unit] {
            self.gain += weight;
        } else if count <= MAX_REPEATED {
            self.repeated += weight;
        }
    }
}
