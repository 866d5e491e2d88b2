//! Whether one ranking is better than another, query by query.

use serde::Serialize;

use super::measures::{Evaluation, Measure};

/// Sign flips tried where there are too many to try all of them.
const SAMPLES: u64 = 100_000;
/// Differing queries up to which all sign flips are tried.
const EXACT: usize = 16;

/// One measure of two rankings, B beside A.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    pub measure: String,
    pub a: f64,
    pub b: f64,
    /// Queries for which B is better.
    pub wins: usize,
    /// Queries for which B is worse.
    pub losses: usize,
    pub ties: usize,
    /// How likely a mean difference of this size is if neither is better: a two-sided paired
    /// randomisation test.
    pub p_value: f64,
}

/// Compares two evaluations of the same judgements and measures.
pub fn compare(a: &Evaluation, b: &Evaluation) -> Vec<Comparison> {
    let each = a.measures.iter().enumerate();
    each.map(|(place, measure)| of_measure(*measure, place, a, b)).collect()
}

fn of_measure(measure: Measure, place: usize, a: &Evaluation, b: &Evaluation) -> Comparison {
    let differences: Vec<f64> =
        a.queries.iter().zip(&b.queries).map(|((_, a), (_, b))| b[place] - a[place]).collect();
    let wins = differences.iter().filter(|&&difference| difference > 1e-9).count();
    let losses = differences.iter().filter(|&&difference| difference < -1e-9).count();
    Comparison {
        measure: measure.to_string(),
        a: a.averages[place],
        b: b.averages[place],
        wins,
        losses,
        ties: differences.len() - wins - losses,
        p_value: randomisation_test(&differences),
    }
}

/// The share of all ways to flip the differences' signs that give a sum at least as far from 0.
/// With many differences, of a sample of them, always the same.
fn randomisation_test(differences: &[f64]) -> f64 {
    let differing: Vec<f64> =
        differences.iter().copied().filter(|difference| difference.abs() > 1e-12).collect();
    if differing.is_empty() {
        return 1.0;
    }
    let observed = differing.iter().sum::<f64>().abs() - 1e-9;
    if differing.len() <= EXACT {
        let ways = 1u64 << differing.len();
        let extreme = (0..ways)
            .filter(|&signs| flipped(&differing, |i| signs >> i & 1 == 1).abs() >= observed);
        return extreme.count() as f64 / ways as f64;
    }
    let mut random = SplitMix(0x7761_7272_6171);
    let mut extreme = 0;
    for _ in 0..SAMPLES {
        let mut bits = 0;
        let sum = flipped(&differing, |i| {
            if i % 64 == 0 {
                bits = random.next();
            }
            bits >> (i % 64) & 1 == 1
        });
        extreme += u64::from(sum.abs() >= observed);
    }
    // The ranking that was observed is one of the ways.
    (extreme + 1) as f64 / (SAMPLES + 1) as f64
}

fn flipped(differences: &[f64], mut flip: impl FnMut(usize) -> bool) -> f64 {
    let signed = differences.iter().enumerate();
    signed.map(|(i, &difference)| if flip(i) { -difference } else { difference }).sum()
}

/// A small generator of random bits, the same on every machine (Steele, Lea and Flood 2014).
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exact_test_counts_all_sign_flips() {
        // Of the eight ways only +++ and --- are as far from 0.
        assert_eq!(randomisation_test(&[0.1, 0.2, 0.3]), 0.25);
        assert_eq!(randomisation_test(&[0.0, 0.0]), 1.0);
    }

    #[test]
    fn many_equal_gains_are_significant_and_balanced_ones_are_not() {
        assert!(randomisation_test(&[0.1; 40]) < 1e-4);
        let balanced: Vec<f64> = (0..40).map(|i| if i % 2 == 0 { 0.1 } else { -0.1 }).collect();
        assert!(randomisation_test(&balanced) > 0.9);
    }
}
