//! What is marked in hits, over queries made at random from words of the articles: on char
//! boundaries, inside, in order, apart from one another, and words that the query was said to find.

use serde_json::{Value, json};
use warraq::analysis::Analyzer;

use super::support::{ARTICLES, Desk, article, hits, text};

/// A small generator: the same queries in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

fn queries() -> Vec<String> {
    let articles: String = ARTICLES.iter().map(|name| article(name)).collect();
    let words: Vec<&str> = articles.split_whitespace().collect();
    let mut dice = Dice(7);
    let mut queries = Vec::new();
    for _ in 0..400 {
        let mut query = String::new();
        for _ in 0..=dice.below(4) {
            let at = dice.below(words.len() - 2);
            let word = words[at];
            query.push_str(&match dice.below(12) {
                0 => format!("{}* ", word.chars().take(3).collect::<String>()),
                1 => format!("{word}~ "),
                2 => format!("{word}~2 "),
                3 => format!("\"{} {}\" ", word, words[at + 1]),
                4 => format!("\"{} {}\"~3 ", word, words[at + 2]),
                5 => format!("{} NEAR/5 {} ", word, words[at + 1]),
                6 => format!("title:{word} "),
                7 => format!("+{word} "),
                8 => format!("-{word} "),
                9 => format!("({word} AND {}) ", words[at + 1]),
                _ => format!("{word} "),
            });
        }
        queries.push(query);
    }
    queries
}

fn check_marks(shown: &str, matches: &Value, known: &[String], context: &str) -> usize {
    let mut analyzer = Analyzer::new();
    let mut end = 0;
    let matches = matches.as_array().unwrap();
    for pair in matches {
        let [from, to] = [0, 1].map(|side| pair[side].as_u64().unwrap() as usize);
        assert!(from >= end && from < to, "{context}: {matches:?}");
        end = to;
        let slice = shown.get(from..to);
        let slice = slice.unwrap_or_else(|| panic!("{context}: {from}..{to} is no slice"));
        let words = analyzer.words(slice);
        let is_known = |word: &warraq::analysis::OwnedWord| {
            known.iter().any(|known| *known == word.form || *known == word.stem)
        };
        assert!(words.iter().any(is_known), "{context}: {slice:?} is none of {known:?}");
    }
    matches.len()
}

#[test]
fn marks_are_slices_of_what_was_found() {
    let desk = Desk::shared();
    let lines: String = queries()
        .iter()
        .map(|query| json!({"query": query, "limit": 5}).to_string() + "\n")
        .collect();
    let run = desk.run_with_input(["batch", "-"], lines).exits(0);
    let mut analyzer = Analyzer::new();
    let mut marked = 0;
    for answer in run.json_lines() {
        let query = text(&answer["query"]);
        for hit in hits(&answer) {
            let mut known = Vec::new();
            for met in hit["matched_by"].as_array().into_iter().flatten() {
                for found in [&met["as"], &met["word"]] {
                    known.push(text(found).to_owned());
                    for word in analyzer.words(text(found)) {
                        known.push(word.form);
                        known.push(word.stem);
                    }
                }
            }
            let shown = text(&hit["text"]);
            marked += check_marks(shown, &hit["matches"], &known, query);
            for fragment in hit["snippet"].as_array().unwrap() {
                check_marks(text(&fragment["text"]), &fragment["matches"], &known, query);
            }
        }
    }
    assert!(marked > 2000, "{marked}");
}
