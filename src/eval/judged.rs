//! TREC files: judgements of passages, and runs of ranked passages.

use std::collections::HashMap;
use std::io::BufRead;

use crate::error::{Error, Problem, Result};

/// For each query the judged passages and their grades; more than 0 is relevant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Qrels {
    /// In the order in which the queries are met.
    pub queries: Vec<String>,
    grades: HashMap<String, HashMap<String, i64>>,
}

/// For each query its passages, in the order in which they are evaluated.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    ranked: HashMap<String, Vec<(String, f32)>>,
}

impl Qrels {
    /// Reads lines of `query 0 passage grade`.
    ///
    /// # Errors
    /// The first line that is not of this form, by its number.
    pub fn read(path: &str, input: impl BufRead) -> Result<Qrels> {
        let mut qrels = Qrels::default();
        for_each_line(path, input, |fields| {
            let [query, _, passage, grade] = fields else {
                return Err("expected four columns: query 0 passage grade".to_owned());
            };
            let grade: i64 =
                grade.parse().map_err(|_| format!("the grade {grade:?} is no whole number"))?;
            let grades = qrels.grades.entry((*query).to_owned()).or_insert_with(|| {
                qrels.queries.push((*query).to_owned());
                HashMap::new()
            });
            grades.insert((*passage).to_owned(), grade);
            Ok(())
        })?;
        Ok(qrels)
    }

    /// The grade of a passage for a query; `None` where it was not judged.
    pub fn grade(&self, query: &str, passage: &str) -> Option<i64> {
        self.grades.get(query)?.get(passage).copied()
    }

    /// The grades of all judged passages of a query.
    pub fn grades(&self, query: &str) -> impl Iterator<Item = i64> + '_ {
        self.grades.get(query).into_iter().flat_map(|grades| grades.values().copied())
    }
}

impl Run {
    /// Reads lines of `query Q0 passage rank score tag`. As in trec_eval the rank does not count:
    /// passages are ordered by score.
    ///
    /// # Errors
    /// The first line that is not of this form, by its number.
    pub fn read(path: &str, input: impl BufRead) -> Result<Run> {
        let mut run = Run::default();
        for_each_line(path, input, |fields| {
            let [query, _, passage, _, score, _] = fields else {
                return Err("expected six columns: query Q0 passage rank score tag".to_owned());
            };
            let score: f32 =
                score.parse().map_err(|_| format!("the score {score:?} is no number"))?;
            let ranked = run.ranked.entry((*query).to_owned()).or_default();
            ranked.push(((*passage).to_owned(), score));
            Ok(())
        })?;
        run.ranked.values_mut().for_each(|ranked| order(ranked));
        Ok(run)
    }

    /// Adds the answer to a query, best first. Passages of one score keep this order.
    pub fn insert(&mut self, query: &str, passages: Vec<(String, f32)>) {
        self.ranked.insert(query.to_owned(), passages);
    }

    /// The passages of a query, best first; none for a query that was not answered.
    pub fn ranked(&self, query: &str) -> &[(String, f32)] {
        self.ranked.get(query).map_or(&[], Vec::as_slice)
    }
}

/// trec_eval's order: by score, and where scores are equal by the passage's name, the last first.
fn order(ranked: &mut [(String, f32)]) {
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| b.0.cmp(&a.0)));
}

fn for_each_line(
    path: &str,
    input: impl BufRead,
    mut each: impl FnMut(&[&str]) -> std::result::Result<(), String>,
) -> Result<()> {
    for (number, line) in (1..).zip(input.lines()) {
        let problem = |message: String| Error::Problem(Problem::new(path, Some(number), message));
        let line = line.map_err(|error| problem(error.to_string()))?;
        let fields: Vec<&str> = line.split_whitespace().collect();
        if !fields.is_empty() {
            each(&fields).map_err(problem)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_are_broken_as_trec_eval_does() {
        let text = "q Q0 a 1 2.0 x\nq Q0 c 2 2.0 x\nq Q0 b 3 5 x\n";
        let run = Run::read("run", text.as_bytes()).unwrap();
        let order: Vec<&str> = run.ranked("q").iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(order, ["b", "c", "a"]);
        assert!(run.ranked("other").is_empty());
    }

    #[test]
    fn a_bad_line_is_named() {
        let error = Qrels::read("q.txt", "q 0 a 1\nq 0 a\n".as_bytes()).unwrap_err();
        assert!(error.to_string().starts_with("q.txt:2: expected four columns"), "{error}");
        let error = Run::read("r.txt", "q Q0 a 1 high x".as_bytes()).unwrap_err();
        assert!(error.to_string().contains("\"high\""), "{error}");
    }
}
