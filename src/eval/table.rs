//! Results as tables for people and as JSON values for programs.
//!
//! Tables show four decimals, as trec_eval does; JSON has six. Ids and names come from files and
//! are made safe for a terminal in tables.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::compare::Comparison;
use super::evaluation::Evaluation;
use super::measures::Measure;
use super::names::NameEvaluation;
use crate::text::sanitize::to_one_line;
use crate::text::width::{display_width, shorten};

/// Columns of a terminal for a query's id, at the most.
const LABEL_COLUMNS: usize = 48;
/// Between two columns.
const GAP: usize = 2;
/// What is measured of names.
const NAME_MEASURES: [Measure; 2] = [Measure::Hit(1), Measure::Hit(5)];

/// Writes the averages of a run, and the values of each query before them if wanted.
///
/// # Errors
/// Those of `out`.
pub fn write_evaluation(
    out: &mut dyn Write,
    evaluation: &Evaluation,
    per_query: bool,
) -> io::Result<()> {
    let mut table = Table::new("query", evaluation.measures.iter().map(Measure::to_string));
    if per_query {
        for query in &evaluation.queries {
            table.add(&query.id, query.values.iter().map(|value| decimal(*value)));
        }
    }
    table.add("average", evaluation.averages.iter().map(|value| decimal(*value)));
    table.write(out)?;
    write_counts(out, evaluation)
}

/// Writes the comparison of two runs, A and B, and the differences of each query before it if
/// wanted.
///
/// # Errors
/// Those of `out`.
pub fn write_comparison(
    out: &mut dyn Write,
    comparison: &Comparison,
    per_query: bool,
) -> io::Result<()> {
    if per_query {
        let measures = comparison.measures.iter().map(|row| row.measure.to_string());
        let mut table = Table::new("query (B-A)", measures);
        for (id, differences) in comparison.differences() {
            table.add(id, differences.into_iter().map(signed_decimal));
        }
        table.write(out)?;
        writeln!(out)?;
    }
    let columns = ["A", "B", "B-A", "wins", "losses", "ties", "p"].map(str::to_owned);
    let mut table = Table::new("measure", columns);
    for row in &comparison.measures {
        let counts = [row.wins, row.losses, row.ties].map(|count| count.to_string());
        let values = [decimal(row.a), decimal(row.b), signed_decimal(row.b - row.a)];
        let p_value = [decimal(row.p_value)];
        table.add(&row.measure.to_string(), values.into_iter().chain(counts).chain(p_value));
    }
    table.write(out)?;
    for (name, evaluation) in [("A", &comparison.a), ("B", &comparison.b)] {
        write!(out, "{name}: ")?;
        write_counts(out, evaluation)?;
    }
    Ok(())
}

/// Writes how names were matched, and for each name its matches, the right ones marked with `+`,
/// if wanted.
///
/// # Errors
/// Those of `out`.
pub fn write_names(
    out: &mut dyn Write,
    evaluation: &NameEvaluation,
    per_name: bool,
) -> io::Result<()> {
    if per_name {
        for name in &evaluation.names {
            write!(out, "{}:", to_one_line(&name.name))?;
            for (form, is_right) in &name.matches {
                write!(out, " {}{}", if *is_right { "+" } else { "-" }, to_one_line(form))?;
            }
            writeln!(out)?;
        }
        writeln!(out)?;
    }
    let columns = NAME_MEASURES.iter().map(Measure::to_string);
    let mut table = Table::new("names", columns.chain(["false a name".to_owned()]));
    let shares = NAME_MEASURES.iter().filter_map(|measure| evaluation.average(*measure));
    let values = shares.chain([evaluation.false_accepts()]).map(decimal);
    table.add(&evaluation.names.len().to_string(), values);
    table.write(out)
}

/// `{"queries", "answered", "averages": {measure: value}}`, and with `per_query` also
/// `"per_query": [{"id", "answered", "values": {measure: value}}]`.
pub fn evaluation_json(evaluation: &Evaluation, per_query: bool) -> Value {
    let mut object = json!({
        "queries": evaluation.queries.len(),
        "answered": evaluation.answered(),
        "averages": named(&evaluation.measures, &evaluation.averages),
    });
    if per_query {
        let queries = evaluation.queries.iter().map(|query| {
            json!({
                "id": query.id,
                "answered": query.answered,
                "values": named(&evaluation.measures, &query.values),
            })
        });
        insert(&mut object, "per_query", queries.collect());
    }
    object
}

/// `{"a", "b", "comparison": [{"measure", "a", "b", "difference", "wins", "losses", "ties",
/// "p_value"}]}`, where `a` and `b` are as [`evaluation_json`] gives them.
pub fn comparison_json(comparison: &Comparison, per_query: bool) -> Value {
    let measures = comparison.measures.iter().map(|row| {
        json!({
            "measure": row.measure.to_string(),
            "a": rounded(row.a),
            "b": rounded(row.b),
            "difference": rounded(row.b - row.a),
            "wins": row.wins,
            "losses": row.losses,
            "ties": row.ties,
            "p_value": rounded(row.p_value),
        })
    });
    json!({
        "a": evaluation_json(&comparison.a, per_query),
        "b": evaluation_json(&comparison.b, per_query),
        "comparison": measures.collect::<Vec<Value>>(),
    })
}

/// `{"names", "hit@1", "hit@5", "false_accepts"}`, and with `per_name` also `"per_name": [{"name",
/// "rank", "matches": [{"form", "right"}]}]`.
pub fn names_json(evaluation: &NameEvaluation, per_name: bool) -> Value {
    let mut object = json!({
        "names": evaluation.names.len(),
        "false_accepts": rounded(evaluation.false_accepts()),
    });
    for measure in NAME_MEASURES {
        let share = evaluation.average(measure).map(rounded);
        insert(&mut object, &measure.to_string(), json!(share));
    }
    if per_name {
        let names = evaluation.names.iter().map(|name| {
            let matches = name.matches.iter();
            let matches = matches.map(|(form, right)| json!({"form": form, "right": right}));
            json!({
                "name": name.name,
                "rank": name.rank,
                "matches": matches.collect::<Vec<Value>>(),
            })
        });
        insert(&mut object, "per_name", names.collect());
    }
    object
}

fn write_counts(out: &mut dyn Write, evaluation: &Evaluation) -> io::Result<()> {
    let all = evaluation.queries.len();
    let queries = if all == 1 { "query" } else { "queries" };
    write!(out, "{all} judged {queries}")?;
    match all - evaluation.answered() {
        0 => writeln!(out),
        unanswered => writeln!(out, ", {unanswered} without an answer"),
    }
}

fn insert(object: &mut Value, key: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(key.to_owned(), value);
    }
}

fn named(measures: &[Measure], values: &[f64]) -> Map<String, Value> {
    let pairs = measures.iter().zip(values);
    pairs.map(|(measure, &value)| (measure.to_string(), json!(rounded(value)))).collect()
}

fn rounded(value: f64) -> f64 {
    // Plus 0, for -0 is shown with its sign.
    (value * 1e6).round() / 1e6 + 0.0
}

fn decimal(value: f64) -> String {
    format!("{value:.4}")
}

fn signed_decimal(difference: f64) -> String {
    format!("{:+.4}", rounded(difference))
}

/// Rows of a label and as many cells as there are columns.
struct Table {
    labels: Vec<String>,
    /// Row after row; the first is the heading.
    cells: Vec<Vec<String>>,
}

impl Table {
    fn new(label: &str, columns: impl IntoIterator<Item = String>) -> Table {
        Table { labels: vec![label.to_owned()], cells: vec![columns.into_iter().collect()] }
    }

    fn add(&mut self, label: &str, cells: impl IntoIterator<Item = String>) {
        self.labels.push(shorten(&to_one_line(label), LABEL_COLUMNS).into_owned());
        self.cells.push(cells.into_iter().collect());
    }

    /// Labels to the left, cells to the right; cells are ASCII.
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let label_width = self.labels.iter().map(|label| display_width(label)).max().unwrap_or(0);
        let mut widths: Vec<usize> = Vec::new();
        for row in &self.cells {
            for (place, cell) in row.iter().enumerate() {
                match widths.get_mut(place) {
                    Some(width) => *width = cell.len().max(*width),
                    None => widths.push(cell.len()),
                }
            }
        }
        for (label, row) in self.labels.iter().zip(&self.cells) {
            let padding = label_width.saturating_sub(display_width(label));
            write!(out, "{label}{:padding$}", "")?;
            for (cell, width) in row.iter().zip(&widths) {
                write!(out, "{:>1$}", cell, width + GAP)?;
            }
            writeln!(out)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::{NameCase, Qrels, Run, judge_name};

    const MEASURES: [Measure; 2] = [Measure::Ndcg(10), Measure::Map];

    fn qrels() -> Qrels {
        Qrels::read("q", "هانجو 0 a 1\nq\u{1b}2 0 a 1\nq3 0 a 1\n".as_bytes()).unwrap()
    }

    fn run(text: &str) -> Run {
        Run::read("r", text.as_bytes()).unwrap()
    }

    fn shown(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn evaluation() -> Evaluation {
        let run = run("هانجو Q0 b 1 2 t\nهانجو Q0 a 2 1 t\nq\u{1b}2 Q0 a 1 1 t\n");
        Evaluation::new(&qrels(), &run, &MEASURES)
    }

    fn comparison() -> Comparison {
        let a = run("هانجو Q0 b 1 2 t\nهانجو Q0 a 2 1 t\nq\u{1b}2 Q0 a 1 1 t\n");
        let b = run("هانجو Q0 a 1 2 t\nq\u{1b}2 Q0 a 1 1 t\nq3 Q0 a 1 1 t\n");
        Comparison::new(&qrels(), &a, &b, &MEASURES)
    }

    fn names() -> NameEvaluation {
        let case = |name: &str, spelling: &str| NameCase {
            line: 1,
            name: name.to_owned(),
            spellings: vec![spelling.to_owned()],
        };
        let judge = |case, matches: &[&str]| judge_name(&case, matches, str::to_owned);
        NameEvaluation {
            names: vec![
                judge(case("Busan", "بوسان"), &["بيسان", "وبوسان"]),
                judge(case("Seoul", "سيول"), &[]),
            ],
        }
    }

    #[test]
    fn a_run_as_a_table() {
        assert_eq!(
            shown(|out| write_evaluation(out, &evaluation(), true)),
            "query    ndcg@10     map\n\
             هانجو     0.6309  0.5000\n\
             q␛2       1.0000  1.0000\n\
             q3        0.0000  0.0000\n\
             average   0.5436  0.5000\n\
             3 judged queries, 1 without an answer\n"
        );
        assert_eq!(shown(|out| write_evaluation(out, &evaluation(), false)).lines().count(), 3);
    }

    #[test]
    fn two_runs_as_a_table() {
        assert_eq!(
            shown(|out| write_comparison(out, &comparison(), true)),
            "query (B-A)  ndcg@10      map\n\
             هانجو        +0.3691  +0.5000\n\
             q␛2          +0.0000  +0.0000\n\
             q3           +1.0000  +1.0000\n\
             \n\
             measure       A       B      B-A  wins  losses  ties       p\n\
             ndcg@10  0.5436  1.0000  +0.4564     2       0     1  0.5000\n\
             map      0.5000  1.0000  +0.5000     2       0     1  0.5000\n\
             A: 3 judged queries, 1 without an answer\n\
             B: 3 judged queries\n"
        );
        assert!(shown(|out| write_comparison(out, &comparison(), false)).starts_with("measure"));
    }

    #[test]
    fn names_as_a_table() {
        assert_eq!(
            shown(|out| write_names(out, &names(), true)),
            "Busan: -بيسان +وبوسان\n\
             Seoul:\n\
             \n\
             names   hit@1   hit@5  false a name\n\
             2      0.0000  0.5000        0.5000\n"
        );
    }

    #[test]
    fn long_ids_are_cut() {
        let qrels = Qrels::read("q", format!("{} 0 a 1", "q".repeat(500)).as_bytes()).unwrap();
        let evaluation = Evaluation::new(&qrels, &Run::default(), &MEASURES);
        let table = shown(|out| write_evaluation(out, &evaluation, true));
        assert!(table.lines().all(|line| line.len() < 80), "{table}");
    }

    #[test]
    fn json_has_it_all() {
        let values = |ndcg: f64, map: f64| json!({"ndcg@10": ndcg, "map": map});
        let evaluated = json!({
            "queries": 3,
            "answered": 2,
            "averages": values(0.543643, 0.5),
            "per_query": [
                {"id": "هانجو", "answered": true, "values": values(0.63093, 0.5)},
                {"id": "q\u{1b}2", "answered": true, "values": values(1.0, 1.0)},
                {"id": "q3", "answered": false, "values": values(0.0, 0.0)},
            ],
        });
        assert_eq!(evaluation_json(&evaluation(), true), evaluated);
        assert_eq!(comparison_json(&comparison(), true)["a"], evaluated);
        assert_eq!(
            comparison_json(&comparison(), false)["comparison"][1],
            json!({"measure": "map", "a": 0.5, "b": 1.0, "difference": 0.5,
                   "wins": 2, "losses": 0, "ties": 1, "p_value": 0.5})
        );
        assert_eq!(
            names_json(&names(), true),
            json!({"names": 2, "hit@1": 0.0, "hit@5": 0.5, "false_accepts": 0.5, "per_name": [
                {"name": "Busan", "rank": 2, "matches": [
                    {"form": "بيسان", "right": false}, {"form": "وبوسان", "right": true}]},
                {"name": "Seoul", "rank": null, "matches": []},
            ]})
        );
        assert!(evaluation_json(&evaluation(), false).get("per_query").is_none());
    }
}
