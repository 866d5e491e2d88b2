//! Judgements: which passages answer which query, and how well.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::BufRead;

use super::lines::{Lines, quoted, trec_columns};
use crate::error::{Error, Problem, Result};

/// Judged queries in the order in which a file first names them. There is at least one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Qrels {
    queries: Vec<JudgedQuery>,
}

/// A query and the grades of its judged passages; a grade above 0 means relevant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JudgedQuery {
    id: String,
    grades: HashMap<String, i64>,
    /// The grades above 0, highest first.
    ideal: Vec<i64>,
}

impl Qrels {
    /// Reads TREC judgements: `query 0 passage grade`, with lines that begin with `#` left out.
    /// `path` is what messages name.
    ///
    /// # Errors
    /// The first line of another form, or that contradicts one before it; a file without any
    /// judgement.
    pub fn read(path: &str, input: impl BufRead) -> Result<Qrels> {
        read(&mut Lines::new(path, input)).map_err(Error::Problem)
    }

    /// The judged queries, in the order of the file.
    pub fn queries(&self) -> &[JudgedQuery] {
        &self.queries
    }
}

impl JudgedQuery {
    /// The query's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The grade of a passage; `None` if it was not judged.
    pub fn grade(&self, passage: &str) -> Option<i64> {
        self.grades.get(passage).copied()
    }

    /// The grades of all relevant passages, highest first: what a perfect ranking begins with.
    pub fn ideal_grades(&self) -> &[i64] {
        &self.ideal
    }
}

fn read<R: BufRead>(lines: &mut Lines<R>) -> std::result::Result<Qrels, Problem> {
    let mut queries: Vec<JudgedQuery> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    while let Some(line) = lines.next_line() {
        let (number, text) = line?;
        if text.starts_with('#') {
            continue;
        }
        let judged = parse_judgement(text).and_then(|(query, passage, grade)| {
            let place = places.get(query).copied().unwrap_or_else(|| {
                places.insert(query.to_owned(), queries.len());
                queries.push(JudgedQuery { id: query.to_owned(), ..JudgedQuery::default() });
                queries.len() - 1
            });
            queries.get_mut(place).map_or(Ok(()), |query| query.judge(passage, grade))
        });
        judged.map_err(|message| lines.problem(number, message))?;
    }
    if queries.is_empty() {
        return Err(lines.problem_of_file("there are no judgements in this file"));
    }
    for query in &mut queries {
        query.ideal = query.grades.values().copied().filter(|&grade| grade > 0).collect();
        query.ideal.sort_unstable_by(|a, b| b.cmp(a));
    }
    Ok(Qrels { queries })
}

impl JudgedQuery {
    fn judge(&mut self, passage: &str, grade: i64) -> std::result::Result<(), String> {
        match self.grades.entry(passage.to_owned()) {
            Entry::Vacant(entry) => {
                entry.insert(grade);
                Ok(())
            }
            Entry::Occupied(entry) if *entry.get() == grade => Ok(()),
            Entry::Occupied(entry) => Err(format!(
                "the passage {} of this query has the grade {} in a line before",
                quoted(passage),
                entry.get()
            )),
        }
    }
}

fn parse_judgement(line: &str) -> std::result::Result<(&str, &str, i64), String> {
    let [query, _, passage, grade] = trec_columns(line)
        .ok_or_else(|| "expected four columns: query 0 passage grade".to_owned())?;
    let value =
        grade.parse().map_err(|_| format!("the grade {} is not a whole number", quoted(grade)))?;
    Ok((query, passage, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Qrels::read("q.txt", text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn queries_keep_their_order_and_grades() {
        let text =
            "# query 0 passage grade\nb 0 busan.txt#2 1\na\t0\tهانجو#0\t0\nb 0 x 3\r\nb 0 y -1\n";
        let qrels = Qrels::read("q.txt", text.as_bytes()).unwrap();
        let ids: Vec<&str> = qrels.queries().iter().map(JudgedQuery::id).collect();
        assert_eq!(ids, ["b", "a"]);
        let [b, a] = qrels.queries() else { panic!("two queries") };
        assert_eq!((b.grade("busan.txt#2"), b.grade("y"), b.grade("z")), (Some(1), Some(-1), None));
        assert_eq!(b.ideal_grades(), [3, 1]);
        assert_eq!((a.grade("هانجو#0"), a.ideal_grades()), (Some(0), &[][..]));
    }

    #[test]
    fn bad_lines_are_named() {
        assert_eq!(
            error("q 0 a 1\nq 0 a\n"),
            "q.txt:2: expected four columns: query 0 passage grade"
        );
        assert_eq!(error("\nq 0 a high\n"), "q.txt:2: the grade \"high\" is not a whole number");
        assert!(error("q 0 a 1.5\n").contains("\"1.5\""));
        assert!(error("q 0 a 99999999999999999999\n").contains("not a whole number"));
        assert_eq!(error("# nothing\n\n"), "q.txt: there are no judgements in this file");
    }

    #[test]
    fn judging_twice_is_fine_unless_it_contradicts() {
        assert!(Qrels::read("q", "q 0 a 1\nq 0 a 1\n".as_bytes()).is_ok());
        assert_eq!(
            error("q 0 a 1\nr 0 a 2\nq 0 a 2\n"),
            "q.txt:3: the passage \"a\" of this query has the grade 1 in a line before"
        );
    }
}
