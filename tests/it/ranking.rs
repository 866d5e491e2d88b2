//! The ranking of judged queries over the four articles, as a file whose changes are read.
//!
//! `tests/golden/ranking/queries.tsv` and `qrels.txt` were written for this project: 0 is
//! irrelevant and not listed, 1 touches the subject, 2 is of use, 3 is what was asked for. When
//! the ranking changes on purpose, `INSTA_UPDATE=always cargo test --test it ranking` accepts it.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::support::*;

const QUERIES: &str = include_str!("../golden/ranking/queries.tsv");
const QRELS: &str = include_str!("../golden/ranking/qrels.txt");
/// Passages of each query that the file shows.
const SHOWN: usize = 5;
/// Groups of queries by the beginning of their ids, and the nDCG@10 that no change may fall below,
/// whatever the file says.
const GROUPS: [(&str, &str, f64); 4] = [
    ("en", "English", 0.94),
    ("ar", "Arabic", 0.95),
    ("x", "across languages", 0.82),
    ("all", "all", 0.93),
];

/// The grade of each judged passage, by query.
fn grades() -> HashMap<&'static str, HashMap<&'static str, u32>> {
    let mut grades: HashMap<_, HashMap<_, _>> = HashMap::new();
    for line in QRELS.lines() {
        let columns: Vec<&str> = line.split(' ').collect();
        let [query, "0", passage, grade] = columns[..] else { panic!("{line:?}") };
        let known = grades.entry(query).or_default().insert(passage, grade.parse().unwrap());
        assert_eq!(known, None, "judged twice: {line:?}");
    }
    grades
}

/// How well one query is answered.
#[derive(Clone, Copy)]
struct Value {
    ndcg: f64,
    reciprocal_rank: f64,
}

/// nDCG@10 of grades in the order of the ranking.
fn ndcg(ranked: &[u32], judged: &HashMap<&str, u32>) -> f64 {
    let gain = |grades: &[u32]| -> f64 {
        let ranks = grades.iter().take(10).zip(2..);
        ranks.map(|(&grade, rank)| f64::from(grade) / f64::from(rank).log2()).sum()
    };
    let mut ideal: Vec<u32> = judged.values().copied().collect();
    ideal.sort_by(|a, b| b.cmp(a));
    gain(ranked) / gain(&ideal)
}

#[test]
fn judged_queries_are_ranked_as_before() {
    let desk = Desk::shared();
    let grades = grades();
    let run = desk.run_with_input(["batch", "-n", "10"], QUERIES).exits(0).quiet();
    let mut report = String::new();
    let mut groups: HashMap<&str, Vec<Value>> = HashMap::new();
    for (line, answer) in QUERIES.lines().zip(run.json_lines()) {
        let (id, query) = line.split_once('\t').unwrap();
        assert_eq!(text(&answer["id"]), id);
        let judged = grades.get(id).unwrap_or_else(|| panic!("{id} is not judged"));
        let ids: Vec<&str> = hits(&answer).iter().map(|hit| text(&hit["id"])).collect();
        let grade = |id: &str| judged.get(id).copied().unwrap_or(0);
        let ranked: Vec<u32> = ids.iter().map(|id| grade(id)).collect();
        let found = ranked.iter().position(|&grade| grade > 0);
        let reciprocal_rank = found.map_or(0.0, |place| 1.0 / (place + 1) as f64);
        let value = Value { ndcg: ndcg(&ranked, judged), reciprocal_rank };
        let group = id.split_once('-').unwrap().0;
        groups.entry(group).or_default().push(value);
        groups.entry("all").or_default().push(value);
        writeln!(report, "{id}  {:.3}  {query}", value.ndcg).unwrap();
        for (id, grade) in ids.iter().zip(&ranked).take(SHOWN) {
            writeln!(report, "    {grade} {id}").unwrap();
        }
    }
    let mut summary = String::from("nDCG@10  MRR@10    P@1\n");
    for (group, what, least) in GROUPS {
        let values = &groups[group];
        let count = values.len() as f64;
        let mean = |of: &dyn Fn(&Value) -> f64| values.iter().map(of).sum::<f64>() / count;
        let (ndcg, mrr) = (mean(&|value| value.ndcg), mean(&|value| value.reciprocal_rank));
        let first = mean(&|value| f64::from(u8::from(value.reciprocal_rank == 1.0)));
        writeln!(summary, "  {ndcg:.3}   {mrr:.3}  {first:.3}  {what}, {count} queries").unwrap();
        assert!(ndcg >= least, "{what}: {ndcg}");
    }
    insta::with_settings!({
        snapshot_path => "../golden/ranking",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!("ranking", format!("{summary}\n{report}"));
    });
}

#[test]
fn there_are_queries_enough_in_both_languages() {
    let of = |prefix: &str| QUERIES.lines().filter(|line| line.starts_with(prefix)).count();
    assert!(of("en-") >= 40 && of("ar-") >= 20 && of("x-") >= 20);
    let known = grades().into_keys().all(|id| QUERIES.contains(&format!("{id}\t")));
    assert!(known, "every judgement has its query");
}
