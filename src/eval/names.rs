//! How well names are matched with the other script: the arithmetic of `eval --names`.
//!
//! What is matched, and with which words, is the caller's: here only the answers are judged.

use std::collections::HashSet;
use std::io::BufRead;

use super::lines::Lines;
use super::measures::Measure;
use crate::error::{Error, Problem, Result};

/// What is written in front of an Arabic word without a space: one of each row, in this order,
/// with the article after a preposition contracted as it is written.
const CONJUNCTIONS: [&str; 3] = ["", "و", "ف"];
const PREPOSITIONS: [&str; 9] = ["", "ب", "ك", "ل", "س", "ال", "بال", "كال", "لل"];
const ARTICLE: &str = "ال";
const FOR_THE: &str = "لل";

/// A name with the spellings that count as found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameCase {
    /// 1-based line of the file.
    pub line: u64,
    /// In Latin script.
    pub name: String,
    /// In Arabic script; at least one, none of them empty.
    pub spellings: Vec<String>,
}

/// What became of one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameOutcome {
    pub name: String,
    /// 1-based rank of the first right match.
    pub rank: Option<usize>,
    /// The matches, folded and each once, best first; true for the right ones.
    pub matches: Vec<(String, bool)>,
}

/// What became of all names of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameEvaluation {
    /// In the order of the file.
    pub names: Vec<NameOutcome>,
}

/// Reads lines of a name, a tab, and its Arabic spellings with `|` between them; further columns
/// are left out. `path` is what messages name.
///
/// # Errors
/// The first line of another form; a file without names.
pub fn read_names(path: &str, input: impl BufRead) -> Result<Vec<NameCase>> {
    read(&mut Lines::new(path, input)).map_err(Error::Problem)
}

fn read<R: BufRead>(lines: &mut Lines<R>) -> std::result::Result<Vec<NameCase>, Problem> {
    let mut cases = Vec::new();
    while let Some(line) = lines.next_line() {
        let (number, text) = line?;
        match parse_case(number, text) {
            Some(case) => cases.push(case),
            None => {
                let message = "expected a name, a tab, and Arabic spellings with | between them";
                return Err(lines.problem(number, message));
            }
        }
    }
    if cases.is_empty() {
        return Err(lines.problem_of_file("there are no names in this file"));
    }
    Ok(cases)
}

fn parse_case(line: u64, text: &str) -> Option<NameCase> {
    let mut columns = text.split('\t');
    let name = columns.next()?.trim();
    let spellings: Vec<String> = columns
        .next()?
        .split('|')
        .map(str::trim)
        .filter(|spelling| !spelling.is_empty())
        .map(str::to_owned)
        .collect();
    let complete = !name.is_empty() && !spellings.is_empty();
    complete.then(|| NameCase { line, name: name.to_owned(), spellings })
}

/// All spellings of a file, in its order, each once: they are matched besides the words of an
/// index, so that every name can be found.
pub fn spellings_of(cases: &[NameCase]) -> Vec<&str> {
    let mut seen = HashSet::new();
    let spellings = cases.iter().flat_map(|case| &case.spellings).map(String::as_str);
    spellings.filter(|spelling| seen.insert(*spelling)).collect()
}

/// Judges the accepted matches of a name, best first. A match is right if, folded, it is a folded
/// spelling, with or without attached prefixes. Matches that fold alike are one match.
pub fn judge_name<S: AsRef<str>>(
    case: &NameCase,
    accepted: &[S],
    mut fold: impl FnMut(&str) -> String,
) -> NameOutcome {
    let mut right = HashSet::new();
    for spelling in &case.spellings {
        add_prefixed(&fold(spelling), &mut right);
    }
    let mut seen = HashSet::new();
    let matches: Vec<(String, bool)> = accepted
        .iter()
        .map(|form| fold(form.as_ref()))
        .filter(|form| seen.insert(form.clone()))
        .map(|form| {
            let is_right = right.contains(&form);
            (form, is_right)
        })
        .collect();
    let rank = matches.iter().position(|&(_, is_right)| is_right).map(|place| place + 1);
    NameOutcome { name: case.name.clone(), rank, matches }
}

fn add_prefixed(form: &str, out: &mut HashSet<String>) {
    if form.is_empty() {
        return;
    }
    for conjunction in CONJUNCTIONS {
        for preposition in PREPOSITIONS {
            out.insert(format!("{conjunction}{preposition}{form}"));
        }
        if let Some(bare) = form.strip_prefix(ARTICLE).filter(|bare| !bare.is_empty()) {
            out.insert(format!("{conjunction}{FOR_THE}{bare}"));
        }
    }
}

impl NameOutcome {
    /// Accepted matches that are no spelling of the name.
    pub fn false_accepts(&self) -> usize {
        self.matches.iter().filter(|(_, is_right)| !is_right).count()
    }
}

impl NameEvaluation {
    /// The share of names with a right match among their first ones, for `hit@K`; other measures
    /// say nothing of names.
    pub fn average(&self, measure: Measure) -> Option<f64> {
        let Measure::Hit(k) = measure else {
            return None;
        };
        let hits = self.names.iter().filter(|name| name.rank.is_some_and(|rank| rank <= k));
        Some(hits.count() as f64 / self.names.len().max(1) as f64)
    }

    /// Wrong matches for each name, on average.
    pub fn false_accepts(&self) -> f64 {
        let all: usize = self.names.iter().map(NameOutcome::false_accepts).sum();
        all as f64 / self.names.len().max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(name: &str, spellings: &[&str]) -> NameCase {
        let spellings = spellings.iter().map(|spelling| (*spelling).to_owned()).collect();
        NameCase { line: 1, name: name.to_owned(), spellings }
    }

    fn fold(text: &str) -> String {
        text.replace(['أ', 'إ', 'آ'], "ا")
    }

    fn right(spelling: &str, matches: &[&str]) -> Vec<bool> {
        let outcome = judge_name(&case("x", &[spelling]), matches, fold);
        outcome.matches.into_iter().map(|(_, is_right)| is_right).collect()
    }

    #[test]
    fn names_are_read_with_all_spellings() {
        let text = "\u{feff}Hideyoshi\tهيديوشي | هيده يوشي||\n\nBusan\tبوسان\ta city\r\n";
        let cases = read_names("n.tsv", text.as_bytes()).unwrap();
        let busan = NameCase { line: 3, ..case("Busan", &["بوسان"]) };
        assert_eq!(cases, [case("Hideyoshi", &["هيديوشي", "هيده يوشي"]), busan]);
        assert_eq!(spellings_of(&cases), ["هيديوشي", "هيده يوشي", "بوسان"]);
    }

    #[test]
    fn bad_lines_are_named() {
        let error = |text: &str| read_names("n.tsv", text.as_bytes()).unwrap_err().to_string();
        for bad in ["Busan", "Busan\t", "Busan\t | |", "\tبوسان"] {
            let told = error(&format!("Haengju\tهانجو\n{bad}\n"));
            assert!(told.starts_with("n.tsv:2: expected a name"), "{told}");
        }
        assert_eq!(error("\n"), "n.tsv: there are no names in this file");
    }

    #[test]
    fn attached_prefixes_count_as_found() {
        let found = [
            "بوسان",
            "وبوسان",
            "فبوسان",
            "ببوسان",
            "كبوسان",
            "لبوسان",
            "سبوسان",
            "البوسان",
            "للبوسان",
            "والبوسان",
            "فالبوسان",
            "بالبوسان",
            "كالبوسان",
            "ولبوسان",
            "وللبوسان",
        ];
        assert!(right("بوسان", &found).into_iter().all(|is_right| is_right));
        let wrong = ["بوسانو", "نبوسان", "وسان", "لابوسان", ""];
        assert!(!right("بوسان", &wrong).into_iter().any(|is_right| is_right));
        // The article of the spelling itself goes into the preposition.
        assert_eq!(
            right("القدس", &["للقدس", "وللقدس", "والقدس", "قدس"]),
            [true, true, true, false]
        );
    }

    #[test]
    fn folding_is_done_on_both_sides_and_first_of_all() {
        let busan = case("Osaka", &["أوساكا"]);
        let outcome = judge_name(&busan, &["واوساكي", "إوساكا", "اوساكا", "وأوساكا"], fold);
        let matches = [("واوساكي", false), ("اوساكا", true), ("واوساكا", true)];
        assert_eq!(outcome.matches, matches.map(|(form, right)| (form.to_owned(), right)));
        assert_eq!((outcome.rank, outcome.false_accepts()), (Some(2), 1));
    }

    #[test]
    fn averages() {
        let judge = |spelling, matches: &[&str]| judge_name(&case("x", &[spelling]), matches, fold);
        let evaluation = NameEvaluation {
            names: vec![
                judge("لوك", &["ولوك", "ملك"]),
                judge("كورت", &["كرت", "كورت", "كورد"]),
                judge("عدن", &[]),
                judge("باكو", &["1", "2", "3", "4", "5", "باكو"]),
            ],
        };
        assert_eq!(evaluation.average(Measure::Hit(1)), Some(0.25));
        assert_eq!(evaluation.average(Measure::Hit(5)), Some(0.5));
        assert_eq!(evaluation.average(Measure::Map), None);
        assert_eq!(evaluation.false_accepts(), 2.0);
        assert_eq!(NameEvaluation::default().average(Measure::Hit(1)), Some(0.0));
    }
}
