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
/// What no change may fall below, whatever the file says.
const LEAST_NDCG: f64 = 0.93;

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
    let mut groups: HashMap<&str, Vec<f64>> = HashMap::new();
    for (line, answer) in QUERIES.lines().zip(run.json_lines()) {
        let (id, query) = line.split_once('\t').unwrap();
        assert_eq!(text(&answer["id"]), id);
        let judged = grades.get(id).unwrap_or_else(|| panic!("{id} is not judged"));
        let ids: Vec<&str> = hits(&answer).iter().map(|hit| text(&hit["id"])).collect();
        let grade = |id: &str| judged.get(id).copied().unwrap_or(0);
        let ranked: Vec<u32> = ids.iter().map(|id| grade(id)).collect();
        let value = ndcg(&ranked, judged);
        let group = id.split_once('-').unwrap().0;
        groups.entry(group).or_default().push(value);
        groups.entry("all").or_default().push(value);
        writeln!(report, "{id}  {value:.3}  {query}").unwrap();
        for (id, grade) in ids.iter().zip(&ranked).take(SHOWN) {
            writeln!(report, "    {grade} {id}").unwrap();
        }
    }
    let mut summary = String::from("nDCG@10\n");
    for (group, what) in
        [("en", "English"), ("ar", "Arabic"), ("x", "across languages"), ("all", "all")]
    {
        let values = &groups[group];
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        writeln!(summary, "    {mean:.3}  {what}, {} queries", values.len()).unwrap();
        assert!(group != "all" || mean >= LEAST_NDCG, "{mean}");
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
