//! How well names are matched with the other script: the arithmetic of `eval --names`.

use std::io::BufRead;

use crate::error::{Error, Problem, Result};

/// A name with the spellings that count as found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameCase {
    /// Latin.
    pub name: String,
    /// Arabic.
    pub spellings: Vec<String>,
}

/// Averages over all names.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct NameScores {
    pub names: usize,
    /// Share of names whose first match is a spelling of theirs.
    pub hit_at_1: f64,
    /// Share of names with a spelling of theirs among the first five matches.
    pub hit_at_5: f64,
    /// Matches that are no spelling of the name, for each name.
    pub false_accepts: f64,
}

/// Reads lines of a Latin name, a tab, and Arabic spellings with `|` between them.
///
/// # Errors
/// The first line that is not of this form, by its number.
pub fn read_names(path: &str, input: impl BufRead) -> Result<Vec<NameCase>> {
    let mut cases = Vec::new();
    for (number, line) in (1..).zip(input.lines()) {
        let problem =
            |message: &str| Error::Problem(Problem::new(path, Some(number), message.to_owned()));
        let line = line.map_err(|error| problem(&error.to_string()))?;
        if line.trim().is_empty() {
            continue;
        }
        let (name, spellings) = line
            .split_once('\t')
            .ok_or_else(|| problem("expected a name, a tab and its Arabic spellings"))?;
        let spellings: Vec<String> = spellings
            .split('|')
            .map(|spelling| spelling.trim().to_owned())
            .filter(|spelling| !spelling.is_empty())
            .collect();
        if name.trim().is_empty() || spellings.is_empty() {
            return Err(problem("expected a name, a tab and its Arabic spellings"));
        }
        cases.push(NameCase { name: name.trim().to_owned(), spellings });
    }
    Ok(cases)
}

/// Scores for each name its spellings beside the matches found, best first; all of them folded.
/// A spelling behind one of `prefixes` is that spelling.
pub fn score_names<'a>(
    cases: impl IntoIterator<Item = (&'a [String], &'a [String])>,
    prefixes: &[&str],
) -> NameScores {
    let mut scores = NameScores::default();
    let mut wrong = 0;
    let (mut first, mut among_five) = (0, 0);
    for (spellings, matches) in cases {
        let is_right = |found: &String| {
            spellings.iter().any(|spelling| {
                found == spelling
                    || found
                        .strip_suffix(spelling.as_str())
                        .is_some_and(|prefix| prefixes.contains(&prefix))
            })
        };
        scores.names += 1;
        first += usize::from(matches.first().is_some_and(is_right));
        among_five += usize::from(matches.iter().take(5).any(is_right));
        wrong += matches.iter().filter(|found| !is_right(found)).count();
    }
    let share = |count: usize| count as f64 / scores.names.max(1) as f64;
    NameScores {
        hit_at_1: share(first),
        hit_at_5: share(among_five),
        false_accepts: share(wrong),
        ..scores
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attached_prefixes_count_as_found() {
        let owned =
            |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let cases = [
            (owned(&["لوك"]), owned(&["ولوك", "ملك"])),
            (owned(&["كورت"]), owned(&["كرت", "كورت"])),
            (owned(&["عدن"]), owned(&[])),
        ];
        let cases = cases.iter().map(|(gold, found)| (gold.as_slice(), found.as_slice()));
        let scores = score_names(cases, &["و", "ال"]);
        assert_eq!(scores.names, 3);
        assert!((scores.hit_at_1 - 1.0 / 3.0).abs() < 1e-9);
        assert!((scores.hit_at_5 - 2.0 / 3.0).abs() < 1e-9);
        assert!((scores.false_accepts - 2.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn names_are_read_with_all_spellings() {
        let cases = read_names("n", "Luke\tلوك|لوقا\n\n".as_bytes()).unwrap();
        assert_eq!(cases[0].spellings, ["لوك", "لوقا"]);
        let error = read_names("n.tsv", "Luke".as_bytes()).unwrap_err();
        assert!(error.to_string().starts_with("n.tsv:1:"));
    }
}
