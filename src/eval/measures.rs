//! How good one ranking is: the measures of trec_eval, by the same definitions.
//!
//! A grade above 0 is relevant; passages that were not judged count as irrelevant. Every value
//! lies between 0 and 1, and a query without a relevant passage has 0.

use std::fmt;
use std::str::FromStr;

use super::lines::quoted;

/// The highest cutoff that can be asked for.
pub const MAX_CUTOFF: usize = 1_000_000;

/// A measure, with the number of passages that it looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Gain, discounted by the logarithm of the rank, as a share of the gain of the best order:
    /// `ndcg@10`, trec_eval's `ndcg_cut`. The gain of a passage is its grade.
    Ndcg(usize),
    /// One by the rank of the first relevant passage: `mrr@10`, trec_eval's `recip_rank` with a
    /// cutoff.
    Mrr(usize),
    /// Mean over all relevant passages of the precision where they stand: `map`.
    Map,
    /// Share of relevant passages among the first ones: `p@5`. Divides by the cutoff even if the
    /// ranking is shorter.
    Precision(usize),
    /// Share of the relevant passages that stand among the first ones: `recall@100`.
    Recall(usize),
    /// Whether there is a relevant passage among the first ones: `hit@1`, trec_eval's `success`.
    Hit(usize),
}

impl Measure {
    /// What is measured if nothing else is asked for.
    pub const USUAL: [Measure; 5] = [
        Measure::Ndcg(10),
        Measure::Mrr(10),
        Measure::Map,
        Measure::Precision(5),
        Measure::Recall(100),
    ];

    /// How many passages of each ranking the measure looks at; `None` for all of them.
    pub fn depth(self) -> Option<usize> {
        match self {
            Measure::Ndcg(k)
            | Measure::Mrr(k)
            | Measure::Precision(k)
            | Measure::Recall(k)
            | Measure::Hit(k) => Some(k),
            Measure::Map => None,
        }
    }

    /// The value for one query.
    ///
    /// `ranked` has the grades of the passages found, best passage first; `ideal` those of all
    /// relevant passages, highest grade first.
    pub fn value(self, ranked: &[i64], ideal: &[i64]) -> f64 {
        if ideal.is_empty() {
            return 0.0;
        }
        let first = |k: usize| ranked.get(..k).unwrap_or(ranked);
        let relevant = |k: usize| first(k).iter().filter(|&&grade| grade > 0).count() as f64;
        match self {
            Measure::Ndcg(k) => gain(first(k)) / gain(ideal.get(..k).unwrap_or(ideal)),
            Measure::Mrr(k) => first_relevant(first(k)).map_or(0.0, |rank| 1.0 / rank as f64),
            Measure::Map => sum_of_precisions(ranked) / ideal.len() as f64,
            Measure::Precision(k) => relevant(k) / k as f64,
            Measure::Recall(k) => relevant(k) / ideal.len() as f64,
            Measure::Hit(k) => first_relevant(first(k)).map_or(0.0, |_| 1.0),
        }
    }
}

/// 1-based rank of the first relevant grade.
fn first_relevant(ranked: &[i64]) -> Option<usize> {
    ranked.iter().position(|&grade| grade > 0).map(|place| place + 1)
}

/// Discounted cumulated gain.
fn gain(ranked: &[i64]) -> f64 {
    let graded = ranked.iter().enumerate().filter(|&(_, &grade)| grade > 0);
    graded.map(|(place, &grade)| grade as f64 / ((place + 2) as f64).log2()).fold(0.0, add)
}

/// The precision at each relevant grade, added up.
fn sum_of_precisions(ranked: &[i64]) -> f64 {
    let relevant = ranked.iter().enumerate().filter(|&(_, &grade)| grade > 0);
    relevant.zip(1u32..).map(|((place, _), met)| f64::from(met) / (place + 1) as f64).fold(0.0, add)
}

/// Adds to 0.0, where `sum` would make nothing -0.0, which is shown with its sign.
fn add(sum: f64, value: f64) -> f64 {
    sum + value
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, cutoff) = match self {
            Measure::Map => return f.pad("map"),
            Measure::Ndcg(k) => ("ndcg", k),
            Measure::Mrr(k) => ("mrr", k),
            Measure::Precision(k) => ("p", k),
            Measure::Recall(k) => ("recall", k),
            Measure::Hit(k) => ("hit", k),
        };
        f.pad(&format!("{name}@{cutoff}"))
    }
}

/// Reads what [`fmt::Display`] writes; upper and lower case are the same.
impl FromStr for Measure {
    type Err = String;

    fn from_str(text: &str) -> Result<Measure, String> {
        let unknown = || {
            format!(
                "unknown measure {}: there are ndcg@K, mrr@K, map, p@K, recall@K and hit@K",
                quoted(text)
            )
        };
        let lower = text.trim().to_ascii_lowercase();
        if lower == "map" {
            return Ok(Measure::Map);
        }
        let (name, cutoff) = lower.split_once('@').ok_or_else(unknown)?;
        let measure = match name {
            "ndcg" => Measure::Ndcg,
            "mrr" => Measure::Mrr,
            "p" => Measure::Precision,
            "recall" => Measure::Recall,
            "hit" => Measure::Hit,
            _ => return Err(unknown()),
        };
        let cutoff: Option<usize> = if cutoff.bytes().all(|byte| byte.is_ascii_digit()) {
            cutoff.parse().ok()
        } else {
            None
        };
        match cutoff {
            Some(cutoff @ 1..=MAX_CUTOFF) => Ok(measure(cutoff)),
            _ => Err(format!(
                "the cutoff of {} must be a whole number from 1 to {MAX_CUTOFF}",
                quoted(text)
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn assert_near(value: f64, expected: f64) {
        assert!((value - expected).abs() < 1e-12, "{value} is not {expected}");
    }

    #[test]
    fn values_by_hand() {
        let ranked = [0, 2, -1, 1, 0, 1];
        let ideal = [2, 1, 1, 1];
        let log = f64::log2;
        let best = 2.0 + 1.0 / log(3.0) + 1.0 / log(4.0);
        assert_near(Measure::Ndcg(3).value(&ranked, &ideal), 2.0 / log(3.0) / best);
        assert_near(Measure::Mrr(10).value(&ranked, &ideal), 0.5);
        assert_near(Measure::Mrr(1).value(&ranked, &ideal), 0.0);
        assert_near(Measure::Map.value(&ranked, &ideal), (1.0 / 2.0 + 2.0 / 4.0 + 3.0 / 6.0) / 4.0);
        assert_near(Measure::Precision(5).value(&ranked, &ideal), 0.4);
        assert_near(Measure::Precision(10).value(&ranked, &ideal), 0.3);
        assert_near(Measure::Recall(4).value(&ranked, &ideal), 0.5);
        assert_near(Measure::Hit(1).value(&ranked, &ideal), 0.0);
        assert_near(Measure::Hit(2).value(&ranked, &ideal), 1.0);
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for measure in Measure::USUAL.into_iter().chain([Measure::Hit(1)]) {
            assert_eq!(measure.to_string().parse(), Ok(measure));
        }
        assert_eq!("nDCG@10".parse(), Ok(Measure::Ndcg(10)));
        for bad in ["ndcg", "", "@", "bleu@4", "map@10"] {
            let error = bad.parse::<Measure>().unwrap_err();
            assert!(error.starts_with("unknown measure"), "{error}");
        }
        for bad in ["ndcg@0", "ndcg@x", "p@", "p@+5", "p@1000001", "p@99999999999999999999"] {
            let error = bad.parse::<Measure>().unwrap_err();
            assert!(error.starts_with("the cutoff of"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn values_are_shares_and_the_best_order_has_one(
            grades in prop::collection::vec(-1i64..4, 0..30),
            k in 1usize..40,
        ) {
            let mut ideal: Vec<i64> = grades.iter().copied().filter(|&grade| grade > 0).collect();
            ideal.sort_unstable_by(|a, b| b.cmp(a));
            use Measure::*;
            for measure in [Ndcg(k), Mrr(k), Map, Precision(k), Recall(k), Hit(k)] {
                let value = measure.value(&grades, &ideal);
                prop_assert!((0.0..=1.0 + 1e-12).contains(&value), "{} {}", measure, value);
                let best = measure.value(&ideal, &ideal);
                prop_assert!(value <= best + 1e-12);
                if !ideal.is_empty() && matches!(measure, Ndcg(_) | Mrr(_) | Map | Hit(_)) {
                    prop_assert!((best - 1.0).abs() < 1e-12);
                }
            }
        }
    }
}
