//! How good a ranking is: the measures of trec_eval.

use std::fmt;
use std::str::FromStr;

use super::judged::{Qrels, Run};

/// A measure and how many passages it looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Discounted gain by that of the best order: `ndcg@10`.
    Ndcg(usize),
    /// One by the rank of the first relevant passage: `mrr@10`.
    Mrr(usize),
    /// Mean of the precisions at each relevant passage: `map`.
    Map,
    /// Share of relevant passages among the first: `p@5`.
    Precision(usize),
    /// Share of the relevant passages that are among the first: `recall@100`.
    Recall(usize),
}

impl Measure {
    /// What `warraq eval` prints if nothing else is asked for.
    pub const USUAL: [Measure; 5] = [
        Measure::Ndcg(10),
        Measure::Mrr(10),
        Measure::Map,
        Measure::Precision(5),
        Measure::Recall(100),
    ];

    /// How many passages of a query must be known; `None` for all.
    pub fn depth(self) -> Option<usize> {
        match self {
            Measure::Ndcg(k) | Measure::Mrr(k) | Measure::Precision(k) | Measure::Recall(k) => {
                Some(k)
            }
            Measure::Map => None,
        }
    }

    /// The measure for one query, between 0 and 1.
    pub fn of(self, qrels: &Qrels, run: &Run, query: &str) -> f64 {
        let grades: Vec<i64> = run
            .ranked(query)
            .iter()
            .map(|(passage, _)| qrels.grade(query, passage).unwrap_or(0))
            .collect();
        let relevant = qrels.grades(query).filter(|&grade| grade > 0).count();
        if relevant == 0 {
            return 0.0;
        }
        let first = |k: usize| &grades[..k.min(grades.len())];
        let hits = |k: usize| first(k).iter().filter(|&&grade| grade > 0).count();
        match self {
            Measure::Ndcg(k) => {
                let mut best: Vec<i64> = qrels.grades(query).collect();
                best.sort_unstable_by(|a, b| b.cmp(a));
                best.truncate(k);
                gain(first(k)) / gain(&best)
            }
            Measure::Mrr(k) => first(k)
                .iter()
                .position(|&grade| grade > 0)
                .map_or(0.0, |place| 1.0 / (place + 1) as f64),
            Measure::Map => {
                let mut met = 0;
                let mut sum = 0.0;
                for (place, &grade) in grades.iter().enumerate() {
                    if grade > 0 {
                        met += 1;
                        sum += f64::from(met) / (place + 1) as f64;
                    }
                }
                sum / relevant as f64
            }
            Measure::Precision(k) => hits(k) as f64 / k as f64,
            Measure::Recall(k) => hits(k) as f64 / relevant as f64,
        }
    }
}

/// Discounted cumulated gain of grades in this order.
fn gain(grades: &[i64]) -> f64 {
    let gains = grades.iter().enumerate();
    gains.map(|(place, &grade)| grade.max(0) as f64 / ((place + 2) as f64).log2()).sum()
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Measure::Ndcg(k) => write!(f, "ndcg@{k}"),
            Measure::Mrr(k) => write!(f, "mrr@{k}"),
            Measure::Map => f.write_str("map"),
            Measure::Precision(k) => write!(f, "p@{k}"),
            Measure::Recall(k) => write!(f, "recall@{k}"),
        }
    }
}

impl FromStr for Measure {
    type Err = String;

    fn from_str(text: &str) -> Result<Measure, String> {
        let unknown =
            || format!("unknown measure {text:?}: there are ndcg@K, mrr@K, map, p@K and recall@K");
        if text.eq_ignore_ascii_case("map") {
            return Ok(Measure::Map);
        }
        let (name, k) = text.split_once('@').ok_or_else(unknown)?;
        let k: usize = k.parse().ok().filter(|&k| k > 0).ok_or_else(unknown)?;
        match name.to_ascii_lowercase().as_str() {
            "ndcg" => Ok(Measure::Ndcg(k)),
            "mrr" => Ok(Measure::Mrr(k)),
            "p" => Ok(Measure::Precision(k)),
            "recall" => Ok(Measure::Recall(k)),
            _ => Err(unknown()),
        }
    }
}

/// The values of some measures for every judged query, and their averages.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    pub measures: Vec<Measure>,
    /// Each query with one value for each measure, in the order of the judgements.
    pub queries: Vec<(String, Vec<f64>)>,
    /// Over all judged queries; those that were not answered count 0.
    pub averages: Vec<f64>,
}

impl Evaluation {
    /// Judged queries without a relevant passage say nothing and are left out.
    pub fn new(qrels: &Qrels, run: &Run, measures: &[Measure]) -> Evaluation {
        let queries: Vec<(String, Vec<f64>)> = qrels
            .queries
            .iter()
            .filter(|query| qrels.grades(query).any(|grade| grade > 0))
            .map(|query| {
                let values = measures.iter().map(|measure| measure.of(qrels, run, query));
                (query.clone(), values.collect())
            })
            .collect();
        let averages = (0..measures.len())
            .map(|place| {
                let sum: f64 = queries.iter().map(|(_, values)| values[place]).sum();
                sum / queries.len().max(1) as f64
            })
            .collect();
        Evaluation { measures: measures.to_vec(), queries, averages }
    }

    /// The average of a measure, if it is among those evaluated.
    pub fn average(&self, measure: Measure) -> Option<f64> {
        let place = self.measures.iter().position(|&known| known == measure)?;
        self.averages.get(place).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QRELS: &str = include_str!("../../tests/golden/trec_eval/qrels.txt");
    const RUN: &str = include_str!("../../tests/golden/trec_eval/run.txt");
    const EXPECTED: &str = include_str!("../../tests/golden/trec_eval/expected.tsv");

    #[test]
    fn measures_agree_with_trec_eval() {
        let qrels = Qrels::read("qrels", QRELS.as_bytes()).unwrap();
        let run = Run::read("run", RUN.as_bytes()).unwrap();
        let mut compared = 0;
        for line in EXPECTED.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            let [query, measure, value] = fields[..] else { panic!("{line}") };
            let measure: Measure = measure.parse().unwrap();
            let value: f64 = value.parse().unwrap();
            let ours = measure.of(&qrels, &run, query);
            assert!((ours - value).abs() < 1e-6, "{query} {measure}: {ours} for {value}");
            compared += 1;
        }
        assert!(compared > 200, "{compared}");
    }

    #[test]
    fn unanswered_queries_count_nothing() {
        let qrels = Qrels::read("qrels", "a 0 x 1\nb 0 y 1\n".as_bytes()).unwrap();
        let run = Run::read("run", "a Q0 x 1 1.0 t\nc Q0 x 1 1.0 t\n".as_bytes()).unwrap();
        let evaluation = Evaluation::new(&qrels, &run, &[Measure::Mrr(10)]);
        assert_eq!(evaluation.average(Measure::Mrr(10)), Some(0.5));
        assert_eq!(evaluation.queries.len(), 2);
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for measure in Measure::USUAL {
            assert_eq!(measure.to_string().parse(), Ok(measure));
        }
        for bad in ["ndcg", "ndcg@0", "ndcg@x", "bleu@4", ""] {
            assert!(bad.parse::<Measure>().is_err(), "{bad}");
        }
    }
}
