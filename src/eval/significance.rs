//! Whether paired differences may be chance: a randomisation test.
//!
//! If neither of two rankings is better, each query's difference could as well have had the other
//! sign. The test asks which share of all ways to choose the signs gives a mean at least as far
//! from 0 as the one observed. It assumes nothing of how the differences are distributed, and it
//! always gives the same value for the same differences.

/// Differences up to which all ways are counted.
const EXACT_UP_TO: usize = 20;
/// Ways that are sampled where there are more differences, and fewer of them if these are many.
const SAMPLES: u64 = 100_000;
const LEAST_SAMPLES: u64 = 2_000;
/// Differences added up in all, about.
const WORK: u64 = 200_000_000;
const SEED: u64 = 0x7741_5272_4171;
/// Differences are whole multiples of one by this, so that sums do not depend on their order.
const SCALE: f64 = (1u64 << 31) as f64;
/// Differences below this are none.
pub const LEAST_DIFFERENCE: f64 = 1e-9;

/// The two-sided p-value of paired differences that lie between -1 and 1; 1 if all are 0.
pub fn randomisation_test(differences: &[f64]) -> f64 {
    let differing: Vec<i64> = differences
        .iter()
        .filter(|difference| difference.abs() > LEAST_DIFFERENCE)
        .map(|difference| (difference * SCALE).round() as i64)
        .collect();
    if differing.is_empty() {
        return 1.0;
    }
    // The rounding of each may make equal sums unequal.
    let sum: i64 = differing.iter().sum();
    let least = sum.abs() - differing.len() as i64;
    if differing.len() <= EXACT_UP_TO {
        share_of_all(&differing, least)
    } else {
        share_of_samples(&differing, least)
    }
}

/// Every choice of signs, one change of sign after another (a Gray code). The first sign stays:
/// turning all of them gives a sum that is as far from 0.
fn share_of_all(differing: &[i64], least: i64) -> f64 {
    let Some((_, turning)) = differing.split_first() else {
        return 1.0;
    };
    let mut signed: Vec<i64> = turning.to_vec();
    let mut sum: i64 = differing.iter().sum();
    let ways = 1u64 << turning.len();
    let mut extreme = u64::from(sum.abs() >= least);
    for way in 1..ways {
        if let Some(turned) = signed.get_mut(way.trailing_zeros() as usize) {
            sum -= 2 * *turned;
            *turned = -*turned;
        }
        extreme += u64::from(sum.abs() >= least);
    }
    extreme as f64 / ways as f64
}

fn share_of_samples(differing: &[i64], least: i64) -> f64 {
    let samples = (WORK / differing.len() as u64).clamp(LEAST_SAMPLES, SAMPLES);
    let mut random = SplitMix(SEED);
    let mut extreme = 0u64;
    for _ in 0..samples {
        let mut sum = 0;
        for chunk in differing.chunks(64) {
            let mut bits = random.next();
            for difference in chunk {
                // All bits set or none: turns the sign without a branch.
                let turn = -((bits & 1) as i64);
                sum += (difference ^ turn) - turn;
                bits >>= 1;
            }
        }
        extreme += u64::from(sum.abs() >= least);
    }
    // What was observed is one of the ways.
    (extreme + 1) as f64 / (samples + 1) as f64
}

/// Random bits, the same on every machine: the generator of Steele, Lea and Flood (2014).
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_few_differences_are_counted_out() {
        // Only +++ and ---.
        assert_eq!(randomisation_test(&[0.1, 0.2, 0.3]), 0.25);
        // Also those with 0.1 turned, which come to the same sum as -0.1 + 0.2 + 0.3.
        assert_eq!(randomisation_test(&[-0.1, 0.2, 0.3]), 0.5);
        assert_eq!(randomisation_test(&[0.5, -0.5]), 1.0);
        assert_eq!(randomisation_test(&[1.0]), 1.0);
        assert_eq!(randomisation_test(&[0.0, 1e-12]), 1.0);
        assert_eq!(randomisation_test(&[]), 1.0);
    }

    #[test]
    fn equal_differences_give_the_sign_test() {
        // 9 of 10 in one direction: 2 · (1 + 10) / 2^10.
        let mut differences = vec![0.1; 10];
        differences[4] = -0.1;
        assert_eq!(randomisation_test(&differences), 22.0 / 1024.0);
    }

    #[test]
    fn samples_are_near_the_exact_value() {
        let scaled: Vec<i64> = (0..18).map(|i| (i * 37 % 11 - 4) * 1_000_003).collect();
        let least = scaled.iter().sum::<i64>().abs();
        let (exact, sampled) = (share_of_all(&scaled, least), share_of_samples(&scaled, least));
        assert!(exact > 0.01 && exact < 0.5, "{exact}");
        assert!((exact - sampled).abs() < 0.006, "{exact} {sampled}");
    }

    #[test]
    fn many_differences() {
        assert!(randomisation_test(&[0.1; 70]) < 1e-4);
        let balanced: Vec<f64> = (0..70).map(|i| if i % 2 == 0 { 0.1 } else { -0.1 }).collect();
        assert_eq!(randomisation_test(&balanced), 1.0);
    }

    proptest! {
        #[test]
        fn a_probability_whichever_way_round(
            differences in prop::collection::vec(-1.0f64..=1.0, 0..12),
        ) {
            let p = randomisation_test(&differences);
            prop_assert!(p > 0.0 && p <= 1.0);
            let turned: Vec<f64> = differences.iter().rev().map(|difference| -difference).collect();
            prop_assert_eq!(randomisation_test(&turned), p);
        }
    }
}
