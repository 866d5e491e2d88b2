//! The terms by which passages are found by the categories of their article.
//!
//! A term is the name as it is compared, a separator and the name as it is written, so that
//! whoever lists the terms can show them.

use serde_json::{Map, Value};

use super::date_terms::TermRange;
use super::schema::INFOBOX_SEPARATOR;
use crate::analysis::Analyzer;

/// The key of a passage's further fields under which its categories are.
const KEY: &str = "categories";
/// Categories of one article, at the most.
const MOST: usize = 500;
/// Bytes of a name, at the most; tantivy's terms have a limit.
const MOST_BYTES: usize = 1000;

/// The terms of a passage's categories, if it has any.
pub fn category_terms(extra: &Map<String, Value>, analyzer: &mut Analyzer) -> Vec<String> {
    let names = extra.get(KEY).and_then(Value::as_array).into_iter().flatten();
    let names = names.filter_map(Value::as_str).filter(|name| name.len() <= MOST_BYTES).take(MOST);
    let terms = names.filter_map(|name| {
        let folded = folded(name, analyzer);
        (!folded.is_empty()).then(|| format!("{folded}{INFOBOX_SEPARATOR}{name}"))
    });
    let mut terms: Vec<String> = terms.collect();
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// The terms of a category, however it is written.
pub fn category_range(name: &str, analyzer: &mut Analyzer) -> TermRange {
    let before = format!("{}{INFOBOX_SEPARATOR}", folded(name, analyzer));
    let last = format!("{before}{}", char::MAX);
    TermRange { from: before, to: last }
}

/// The part of a term by which it is compared, the separator included.
pub fn compared_part(term: &[u8]) -> &[u8] {
    let end = term.iter().position(|&byte| char::from(byte) == INFOBOX_SEPARATOR);
    end.and_then(|end| term.get(..=end)).unwrap_or(term)
}

fn folded(name: &str, analyzer: &mut Analyzer) -> String {
    let words: Vec<String> = analyzer.words(name).into_iter().map(|word| word.form).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The name as it is written in a term.
    fn category_name(term: &str) -> &str {
        term.split_once(INFOBOX_SEPARATOR).map_or(term, |(_, name)| name)
    }

    #[test]
    fn names_are_found_however_they_are_written() {
        let mut analyzer = Analyzer::new();
        let extra =
            serde_json::json!({"categories": ["Sièges of 1592", "معارك", "Sieges", 7, "…"]});
        let terms = category_terms(extra.as_object().unwrap(), &mut analyzer);
        let names: Vec<&str> = terms.iter().map(|term| category_name(term)).collect();
        assert_eq!(names, ["Sieges", "Sièges of 1592", "معارك"]);
        for (asked, found) in
            [("sieges of ١٥٩٢", 1), ("SIEGES", 1), ("sieges of", 0), ("مَعارِك", 1), ("siege", 0)]
        {
            let TermRange { from, to } = category_range(asked, &mut analyzer);
            let count = terms.iter().filter(|&term| (&from..=&to).contains(&term)).count();
            assert_eq!(count, found, "{asked}");
        }
    }
}
