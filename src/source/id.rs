//! Ids of articles: stable, without white space, made from paths or given by records.

use std::fmt::Write;

use crate::error::Problem;
use crate::text::sanitize::is_unsafe;

/// Longer ids are refused: every passage carries its article's id.
const ID_BYTES: usize = 1000;

/// The id of the article in the file with this path relative to the indexed root: white space,
/// control characters and `%` are percent-encoded.
pub fn article_id(relative: &str) -> String {
    let mut id = String::with_capacity(relative.len());
    for c in relative.chars() {
        if c.is_whitespace() || c.is_control() || c == '%' {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                // Writing to a string cannot fail.
                let _ = write!(id, "%{byte:02X}");
            }
        } else {
            id.push(c);
        }
    }
    id
}

/// Ids that are made of paths are this long at the most.
const PATH_ID_BYTES: usize = 16 << 10;

/// What is wrong with an id that a record gives, if anything.
pub(super) fn id_fault(id: &str) -> Option<String> {
    fault_within(ID_BYTES, id)
}

/// What is wrong with an id of an export, which may have been made of a path.
pub(super) fn exported_id_fault(id: &str) -> Option<String> {
    fault_within(PATH_ID_BYTES, id)
}

fn fault_within(most: usize, id: &str) -> Option<String> {
    if id.is_empty() {
        Some("the id is empty".to_owned())
    } else if id.len() > most {
        Some(format!("the id is longer than {most} bytes"))
    } else if id.chars().any(char::is_whitespace) {
        Some(format!("the id {} holds white space", quoted(id)))
    } else if id.chars().any(char::is_control) {
        Some(format!("the id {} holds a control character", quoted(id)))
    } else {
        None
    }
}

/// The problem of an article whose id another one has already; `first` is that one's place.
pub fn repeated_id(path: &str, line: Option<u64>, id: &str, first: Option<(&str, u64)>) -> Problem {
    let first = match first {
        Some((path, line)) => format!(" (first in {path}:{line})"),
        None => String::new(),
    };
    Problem::new(
        path,
        line,
        format!("the id {} is repeated{first}; only the first is kept", quoted(id)),
    )
}

/// An id as a message shows it: in quotes, escaped, and not endless.
pub(super) fn quoted(id: &str) -> String {
    let short: String = id.chars().take(60).collect();
    let dots = if short.len() < id.len() { "…" } else { "" };
    let mut quoted = String::from("\"");
    for c in short.chars() {
        if is_unsafe(c) || c == '"' || c == '\\' || (c.is_whitespace() && c != ' ') {
            quoted.extend(c.escape_default());
        } else {
            quoted.push(c);
        }
    }
    quoted + dots + "\""
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_become_ids_without_white_space() {
        assert_eq!(article_id("wars/siege-of-busanjin.txt"), "wars/siege-of-busanjin.txt");
        assert_eq!(article_id("حصار هانجو.txt"), "حصار%20هانجو.txt");
        assert_eq!(article_id("100%\n\u{2003}"), "100%25%0A%E2%80%83");
    }

    #[test]
    fn faults_of_given_ids_are_named() {
        assert_eq!(id_fault("squad-dev-0"), None);
        assert_eq!(id_fault("a b").as_deref(), Some("the id \"a b\" holds white space"));
        assert_eq!(
            id_fault("a\u{1b}[1m").as_deref(),
            Some("the id \"a\\u{1b}[1m\" holds a control character")
        );
        assert!(id_fault("").is_some());
        assert!(id_fault(&"x".repeat(ID_BYTES + 1)).is_some());
        assert!(id_fault(&"x ".repeat(400)).is_some_and(|fault| fault.len() < 120));
    }

    #[test]
    fn repeated_ids_say_where_they_were_first() {
        let problem = repeated_id("b.jsonl", Some(7), "x", Some(("a.jsonl", 2)));
        assert_eq!(
            problem.to_string(),
            "b.jsonl:7: the id \"x\" is repeated (first in a.jsonl:2); only the first is kept"
        );
    }

    proptest! {
        #[test]
        fn ids_of_different_paths_differ(a in "[%a2 \n/é]{0,6}", b in "[%a2 \n/é]{0,6}") {
            prop_assert_eq!(article_id(&a) == article_id(&b), a == b);
            prop_assert!(!article_id(&a).contains(|c: char| c.is_whitespace() || c.is_control()));
        }
    }
}
