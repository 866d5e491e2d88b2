//! Two runs side by side: which is better, for how many queries, and whether that may be chance.

use super::evaluation::Evaluation;
use super::measures::Measure;
use super::qrels::Qrels;
use super::run::Run;
use super::significance::{LEAST_DIFFERENCE, randomisation_test};

/// Two runs measured against the same judgements.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The run that the other is held against.
    pub a: Evaluation,
    /// Has the queries and measures of `a`, in the same order.
    pub b: Evaluation,
    /// One for each measure.
    pub measures: Vec<MeasureComparison>,
}

/// One measure of two runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeasureComparison {
    pub measure: Measure,
    /// Average of the first run.
    pub a: f64,
    /// Average of the second run.
    pub b: f64,
    /// Queries for which the second run is better.
    pub wins: usize,
    /// Queries for which the second run is worse.
    pub losses: usize,
    pub ties: usize,
    /// How likely averages at least so far apart are if neither run is better: the two-sided
    /// p-value of a paired randomisation test.
    pub p_value: f64,
}

impl Comparison {
    /// Measures and compares two runs.
    pub fn new(qrels: &Qrels, a: &Run, b: &Run, measures: &[Measure]) -> Comparison {
        let a = Evaluation::new(qrels, a, measures);
        let b = Evaluation::new(qrels, b, measures);
        let averages = a.averages.iter().zip(&b.averages);
        let measures = a
            .measures
            .iter()
            .zip(averages)
            .enumerate()
            .map(|(place, (&measure, averages))| {
                compare_measure(measure, averages, &differences_at(place, &a, &b))
            })
            .collect();
        Comparison { a, b, measures }
    }

    /// Each query's id with its differences, the second run's values less those of the first.
    pub fn differences(&self) -> impl Iterator<Item = (&str, Vec<f64>)> {
        self.a.queries.iter().zip(&self.b.queries).map(|(a, b)| {
            let values = a.values.iter().zip(&b.values);
            (a.id.as_str(), values.map(|(a, b)| settle(b - a)).collect())
        })
    }
}

fn compare_measure(
    measure: Measure,
    (a, b): (&f64, &f64),
    differences: &[f64],
) -> MeasureComparison {
    let wins = differences.iter().filter(|&&difference| difference > 0.0).count();
    let losses = differences.iter().filter(|&&difference| difference < 0.0).count();
    MeasureComparison {
        measure,
        a: *a,
        b: *b,
        wins,
        losses,
        ties: differences.len() - wins - losses,
        p_value: randomisation_test(differences),
    }
}

fn differences_at(place: usize, a: &Evaluation, b: &Evaluation) -> Vec<f64> {
    let queries = a.queries.iter().zip(&b.queries);
    queries.filter_map(|(a, b)| Some(settle(b.values.get(place)? - a.values.get(place)?))).collect()
}

/// Values that differ by rounding alone do not differ.
fn settle(difference: f64) -> f64 {
    if difference.abs() > LEAST_DIFFERENCE { difference } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(answers: &[(&str, &[&str])]) -> Run {
        let mut run = Run::default();
        for (query, passages) in answers {
            let scores = (1..=passages.len()).rev().map(|score| score as f32);
            let ranked = passages.iter().map(|passage| (*passage).to_owned()).zip(scores);
            assert!(run.insert(query, ranked.collect()));
        }
        run
    }

    #[test]
    fn wins_losses_and_ties() {
        let text = "q1 0 a 1\nq2 0 a 1\nq3 0 a 1\nq4 0 a 1\n";
        let qrels = Qrels::read("q", text.as_bytes()).unwrap();
        let a = run(&[("q1", &["b", "a"]), ("q2", &["a"]), ("q3", &["b", "a"])]);
        let b = run(&[("q1", &["a"]), ("q2", &["b", "a"]), ("q3", &["a"]), ("q5", &["a"])]);
        let comparison = Comparison::new(&qrels, &a, &b, &[Measure::Mrr(10), Measure::Hit(2)]);
        let [mrr, hit] = comparison.measures[..] else { panic!("two measures") };
        let expected = MeasureComparison {
            measure: Measure::Mrr(10),
            a: 0.5,
            b: 0.625,
            wins: 2,
            losses: 1,
            ties: 1,
            p_value: 1.0,
        };
        assert_eq!(mrr, expected);
        assert_eq!((hit.wins, hit.losses, hit.ties, hit.p_value), (0, 0, 4, 1.0));
        let differences: Vec<(&str, Vec<f64>)> = comparison.differences().collect();
        assert_eq!(differences[0], ("q1", vec![0.5, 0.0]));
        assert_eq!(differences[3], ("q4", vec![0.0, 0.0]));
    }
}
