//! A run measured against judgements: each query, and the averages.

use super::measures::Measure;
use super::qrels::{JudgedQuery, Qrels};
use super::run::Run;

/// The values of some measures for every judged query, and their averages.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// What was measured, none of it twice.
    pub measures: Vec<Measure>,
    /// In the order of the judgements.
    pub queries: Vec<QueryValues>,
    /// One for each measure, over all judged queries.
    pub averages: Vec<f64>,
}

/// The values of one query.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryValues {
    pub id: String,
    /// Whether the run has an answer to the query; an empty one is an answer.
    pub answered: bool,
    /// One for each measure; 0 for a query that was not answered.
    pub values: Vec<f64>,
}

impl Evaluation {
    /// Measures a run. Every judged query counts alike, those without an answer as 0; answers to
    /// other queries are ignored.
    pub fn new(qrels: &Qrels, run: &Run, measures: &[Measure]) -> Evaluation {
        let measures = without_repetitions(measures);
        let queries: Vec<QueryValues> =
            qrels.queries().iter().map(|query| measure_query(query, run, &measures)).collect();
        let mut averages = vec![0.0; measures.len()];
        for query in &queries {
            for (sum, value) in averages.iter_mut().zip(&query.values) {
                *sum += value;
            }
        }
        for sum in &mut averages {
            *sum /= queries.len().max(1) as f64;
        }
        Evaluation { measures, queries, averages }
    }

    /// The average of a measure, if it was measured.
    pub fn average(&self, measure: Measure) -> Option<f64> {
        let place = self.measures.iter().position(|&known| known == measure)?;
        self.averages.get(place).copied()
    }

    /// Number of queries that the run has an answer to.
    pub fn answered(&self) -> usize {
        self.queries.iter().filter(|query| query.answered).count()
    }
}

/// How many passages a query should be answered with, so that `measures` see all that they look
/// at; `unlimited` for those that look at all.
pub fn depth_of(measures: &[Measure], unlimited: usize) -> usize {
    measures.iter().map(|measure| measure.depth().unwrap_or(unlimited)).max().unwrap_or(0)
}

/// `measures` in their order, each once.
pub fn without_repetitions(measures: &[Measure]) -> Vec<Measure> {
    let mut seen = Vec::with_capacity(measures.len());
    for measure in measures {
        if !seen.contains(measure) {
            seen.push(*measure);
        }
    }
    seen
}

fn measure_query(query: &JudgedQuery, run: &Run, measures: &[Measure]) -> QueryValues {
    let ranking = run.ranking(query.id());
    let grades: Vec<i64> = ranking
        .unwrap_or_default()
        .iter()
        .map(|ranked| query.grade(&ranked.passage).unwrap_or(0))
        .collect();
    let values =
        measures.iter().map(|measure| measure.value(&grades, query.ideal_grades())).collect();
    QueryValues { id: query.id().to_owned(), answered: ranking.is_some(), values }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values that trec_eval gives, by way of pytrec_eval-terrier 0.5.11, with ties, scores that
    /// differ beyond the precision of 32 bits, grades from -1 to 3, passages that were not judged,
    /// queries without an answer or without a relevant passage, and misleading ranks.
    /// `mrr@K` is its `recip_rank` where that is at least 1/K. Averages are over all judged
    /// queries, as with its option `-c`.
    const QRELS: &str = include_str!("../../tests/golden/trec_eval/qrels.txt");
    const RUN: &str = include_str!("../../tests/golden/trec_eval/run.txt");
    const EXPECTED: &str = include_str!("../../tests/golden/trec_eval/expected.tsv");

    #[test]
    fn measures_agree_with_trec_eval() {
        let rows: Vec<(&str, Measure, f64)> = EXPECTED
            .lines()
            .map(|line| match line.split('\t').collect::<Vec<_>>()[..] {
                [query, measure, value] => {
                    (query, measure.parse().unwrap(), value.parse().unwrap())
                }
                _ => panic!("{line}"),
            })
            .collect();
        let measures: Vec<Measure> = rows.iter().map(|&(_, measure, _)| measure).collect();
        let qrels = Qrels::read("qrels.txt", QRELS.as_bytes()).unwrap();
        let run = Run::read("run.txt", RUN.as_bytes()).unwrap();
        let evaluation = Evaluation::new(&qrels, &run, &measures);
        assert_eq!(rows.len(), (qrels.queries().len() + 1) * evaluation.measures.len());
        for (id, measure, expected) in rows {
            let value = match evaluation.queries.iter().find(|query| query.id == id) {
                Some(query) => {
                    let at = evaluation.measures.iter().position(|&known| known == measure);
                    query.values[at.unwrap()]
                }
                None => {
                    assert_eq!(id, "all");
                    evaluation.average(measure).unwrap()
                }
            };
            assert!((value - expected).abs() < 1e-6, "{id} {measure}: {value}, not {expected}");
        }
    }

    #[test]
    fn who_counts() {
        let qrels = Qrels::read("q", "a 0 x 1\nb 0 y 1\nc 0 y 1\n".as_bytes()).unwrap();
        let mut run = Run::default();
        assert!(run.insert("a", vec![("x".to_owned(), 1.0)]));
        assert!(run.insert("c", Vec::new()));
        assert!(run.insert("d", vec![("x".to_owned(), 1.0)]));
        let mrr = Measure::Mrr(10);
        let evaluation = Evaluation::new(&qrels, &run, &[mrr, Measure::Map, mrr]);
        assert_eq!(evaluation.measures, [mrr, Measure::Map]);
        assert_eq!(evaluation.queries.len(), 3);
        assert_eq!(evaluation.answered(), 2);
        let nothing = &evaluation.queries[1].values;
        assert!(nothing.iter().all(|value| value.to_bits() == 0), "{nothing:?}");
        assert_eq!(evaluation.average(mrr), Some(1.0 / 3.0));
        assert_eq!(evaluation.average(Measure::Hit(1)), None);
    }

    #[test]
    fn as_deep_as_the_deepest() {
        assert_eq!(depth_of(&[Measure::Ndcg(10), Measure::Recall(100)], 1000), 100);
        assert_eq!(depth_of(&Measure::USUAL, 1000), 1000);
        assert_eq!(depth_of(&[], 1000), 0);
    }
}
