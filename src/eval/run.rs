//! Runs: what a search engine answered, ranked as trec_eval ranks it.
//!
//! The order is by score as a 32-bit float, highest first, and among equal scores by the bytes of
//! the passage's id, last first. The rank that a file states does not count.

use std::collections::HashMap;
use std::io::BufRead;

use super::lines::{Lines, quoted, trec_columns};
use crate::error::{Error, Problem, Result};

/// For each query its passages in trec_eval's order, none of them twice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    answers: HashMap<String, Vec<Ranked>>,
}

/// A passage of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    pub passage: String,
    /// Not NaN, and never -0.
    pub score: f32,
}

/// A line of a file, to be told if its passage comes a second time.
struct Line {
    number: u64,
    ranked: Ranked,
}

impl Run {
    /// Reads a TREC run: `query Q0 passage rank score tag`, with lines that begin with `#` left
    /// out. `path` is what messages name.
    ///
    /// # Errors
    /// The first line of another form or, if there is none, the first that names a passage again
    /// for the same query.
    pub fn read(path: &str, input: impl BufRead) -> Result<Run> {
        read(&mut Lines::new(path, input)).map_err(Error::Problem)
    }

    /// Adds the answer to a query. A passage that comes more than once counts once, with its best
    /// score; a score that is not a number is the lowest.
    ///
    /// False if the query has been answered already: then its first answer stays.
    pub fn insert(&mut self, query: &str, passages: Vec<(String, f32)>) -> bool {
        if self.answers.contains_key(query) {
            return false;
        }
        let mut ranking: Vec<Ranked> = passages
            .into_iter()
            .map(|(passage, score)| Ranked { passage, score: comparable(score) })
            .collect();
        ranking.sort_unstable_by(|a, b| {
            a.passage.cmp(&b.passage).then_with(|| b.score.total_cmp(&a.score))
        });
        ranking.dedup_by(|later, kept| later.passage == kept.passage);
        sort(&mut ranking);
        self.answers.insert(query.to_owned(), ranking);
        true
    }

    /// The passages of a query, best first; `None` if it was not answered.
    pub fn ranking(&self, query: &str) -> Option<&[Ranked]> {
        self.answers.get(query).map(Vec::as_slice)
    }

    /// Number of answered queries.
    pub fn len(&self) -> usize {
        self.answers.len()
    }

    /// Whether no query was answered.
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }
}

/// Makes equal what C compares as equal, and NaN something that can be compared.
fn comparable(score: f32) -> f32 {
    if score.is_nan() { f32::NEG_INFINITY } else { score + 0.0 }
}

fn sort(ranking: &mut [Ranked]) {
    ranking.sort_unstable_by(|a, b| {
        b.score.total_cmp(&a.score).then_with(|| b.passage.cmp(&a.passage))
    });
}

fn read<R: BufRead>(lines: &mut Lines<R>) -> std::result::Result<Run, Problem> {
    let mut answers: HashMap<String, Vec<Line>> = HashMap::new();
    while let Some(line) = lines.next_line() {
        let (number, text) = line?;
        if text.starts_with('#') {
            continue;
        }
        match parse_ranked(text) {
            Ok((query, ranked)) => {
                let line = Line { number, ranked };
                match answers.get_mut(query) {
                    Some(answer) => answer.push(line),
                    None => {
                        answers.insert(query.to_owned(), vec![line]);
                    }
                }
            }
            Err(message) => return Err(lines.problem(number, message)),
        }
    }
    let mut first_repeated: Option<(u64, String)> = None;
    let mut run = Run::default();
    for (query, mut answer) in answers {
        if let Some(line) = find_repeated(&mut answer)
            && first_repeated.as_ref().is_none_or(|(number, _)| line.number < *number)
        {
            first_repeated = Some((line.number, line.ranked.passage.clone()));
        }
        let mut ranking: Vec<Ranked> = answer.into_iter().map(|line| line.ranked).collect();
        sort(&mut ranking);
        run.answers.insert(query, ranking);
    }
    match first_repeated {
        None => Ok(run),
        Some((number, passage)) => {
            let message = format!("the query has the passage {} already", quoted(&passage));
            Err(lines.problem(number, message))
        }
    }
}

/// The first line whose passage a line before it names as well.
fn find_repeated(answer: &mut [Line]) -> Option<&Line> {
    answer.sort_unstable_by(|a, b| {
        a.ranked.passage.cmp(&b.ranked.passage).then_with(|| a.number.cmp(&b.number))
    });
    let pairs = answer.iter().zip(answer.iter().skip(1));
    pairs
        .filter(|(a, b)| a.ranked.passage == b.ranked.passage)
        .map(|(_, later)| later)
        .min_by_key(|line| line.number)
}

fn parse_ranked(line: &str) -> std::result::Result<(&str, Ranked), String> {
    let [query, _, passage, _, score, _] = trec_columns(line)
        .ok_or_else(|| "expected six columns: query Q0 passage rank score tag".to_owned())?;
    // By way of 64 bits, as trec_eval reads scores: directly, the last bit may be another.
    let value: f64 = score
        .parse()
        .ok()
        .filter(|value: &f64| !value.is_nan())
        .ok_or_else(|| format!("the score {} is not a number", quoted(score)))?;
    Ok((query, Ranked { passage: passage.to_owned(), score: comparable(value as f32) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order<'a>(run: &'a Run, query: &str) -> Vec<&'a str> {
        let ranking = run.ranking(query).unwrap_or_default();
        ranking.iter().map(|ranked| ranked.passage.as_str()).collect()
    }

    #[test]
    fn scores_count_and_ranks_do_not() {
        let text = "q Q0 a 1 2.0 x\nr Q0 a 1 1 x\nq Q0 c 2 2 x\nq Q0 b 9 5e0 x\nq Q0 d 1 -1 x\n";
        let run = Run::read("run", text.as_bytes()).unwrap();
        assert_eq!(order(&run, "q"), ["b", "c", "a", "d"]);
        assert_eq!(order(&run, "r"), ["a"]);
        assert_eq!((run.ranking("other"), run.len()), (None, 2));
    }

    #[test]
    fn scores_are_compared_as_32_bit_floats() {
        let text = "q Q0 a 1 1.00000001 x\nq Q0 b 2 1.0 x\nr Q0 a 1 0.0 x\nr Q0 b 2 -0.0 x\n";
        let run = Run::read("run", text.as_bytes()).unwrap();
        assert_eq!(order(&run, "q"), ["b", "a"]);
        assert_eq!(order(&run, "r"), ["b", "a"]);
    }

    #[test]
    fn ids_are_ordered_by_their_bytes() {
        let run = Run::read(
            "run",
            "q Q0 zaa 1 1 x\nq Q0 Zaa 1 1 x\nq Q0 هانجو 1 1 x\nq Q0 é 1 1 x".as_bytes(),
        );
        assert_eq!(order(&run.unwrap(), "q"), ["هانجو", "é", "zaa", "Zaa"]);
    }

    #[test]
    fn bad_lines_are_named() {
        let error = |text: &str| Run::read("r.txt", text.as_bytes()).unwrap_err().to_string();
        assert!(error("q Q0 a 1 2.0\n").starts_with("r.txt:1: expected six columns"));
        assert!(error("q Q0 my id 1 2.0 x\n").starts_with("r.txt:1: expected six columns"));
        assert_eq!(error("q Q0 a 1 high x"), "r.txt:1: the score \"high\" is not a number");
        assert!(error("q Q0 a 1 NaN x").contains("\"NaN\""));
        assert_eq!(
            error(
                "r Q0 b 1 1 x\nq Q0 a 1 3 x\nq Q0 b 2 2 x\nq Q0 a 3 1 x\nr Q0 b 1 1 x\nq Q0 a 3 1 x\n"
            ),
            "r.txt:4: the query has the passage \"a\" already"
        );
        assert!(Run::read("empty", &b""[..]).unwrap().is_empty());
    }

    #[test]
    fn answers_of_our_own() {
        let mut run = Run::default();
        let passages = [("a", 1.0), ("b", f32::NAN), ("c", 3.0), ("a", 4.0), ("d", 3.0)];
        let passages = passages.map(|(passage, score)| (passage.to_owned(), score));
        assert!(run.insert("q", passages.into()));
        assert_eq!(order(&run, "q"), ["a", "d", "c", "b"]);
        assert!(!run.insert("q", Vec::new()));
        assert_eq!(order(&run, "q").len(), 4);
        assert!(run.insert("nothing found", Vec::new()));
        assert_eq!(run.ranking("nothing found"), Some(&[][..]));
    }
}
