//! A query: it always has a tree, whose rendering means the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use warraq::query::{Limits, parse_plain, parse_query};

fn is_field(name: &str) -> bool {
    matches!(name, "commander" | "date" | "birth_place" | "التاريخ")
}

const UNLIMITED: Limits =
    Limits { max_bytes: usize::MAX, max_depth: usize::MAX, max_clauses: usize::MAX };

fuzz_target!(|text: &str| {
    for parsed in
        [parse_query(text, &is_field, &Limits::default()), parse_plain(text, &Limits::default())]
    {
        for note in &parsed.diagnostics {
            assert!(text.get(note.span.clone()).is_some(), "{note:?}");
            assert!(!note.message.contains(char::is_control), "{note:?}");
        }
        let rendering = parsed.root.to_string();
        let again = parse_query(&rendering, &is_field, &UNLIMITED);
        assert_eq!(again.root.to_string(), rendering);
    }
});
