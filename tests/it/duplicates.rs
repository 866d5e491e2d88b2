//! Articles that say the same: noticed, left out of results, and there when the first goes.

use std::fs;

use crate::support::*;

const LONG: &str = "The grain has not arrived and the granary stands empty since the winter, so the \
                    governor of the province asks the fleet for bread, rice and salt.";

fn record(id: &str, title: &str, text: &str) -> String {
    serde_json::json!({"id": id, "title": title, "text": text}).to_string() + "\n"
}

/// Two letters that say the same, and one with another title.
fn letters() -> String {
    let records =
        [record("a", "Letter", LONG), record("b", "Letter", LONG), record("c", "Answer", LONG)];
    records.concat()
}

const INDEX: [&str; 4] = ["index", "corpus", "--index", "i"];

fn ids(desk: &Desk, more: &[&str]) -> Vec<String> {
    desk.ids(&[&["granary", "--no-expand", "--index", "i"], more].concat())
}

#[test]
fn a_duplicate_is_counted_and_left_out() {
    let desk = Desk::empty();
    desk.write("corpus/letters.jsonl", letters());
    let run = desk.run(INDEX).exits(0).says("3 articles").says("; 1 duplicate");
    assert_eq!(run.err.lines().count(), 1, "{run:?}");
    let run = desk.run(INDEX.iter().chain(&["--rebuild", "-v"])).exits(0);
    run.says("letters.jsonl:2: has the same content as \"a\"");
    assert_eq!(ids(&desk, &[]), ["a#0", "c#0"]);
    assert_eq!(ids(&desk, &["--rank", "bm25"]), ["a#0", "c#0"]);
    assert_eq!(ids(&desk, &["--duplicates"]), ["a#0", "b#0", "c#0"]);
    for (query, all) in [("granary", "3"), ("+granary lang:en", "3"), ("lang:en", "3")] {
        let count = |more: &[&str]| {
            let args = ["search", query, "--no-expand", "--count", "--index", "i"];
            desk.run(args.iter().chain(more)).exits(0).out.trim().to_owned()
        };
        assert_eq!([count(&[]), count(&["--duplicates"])], ["2", all], "{query}");
    }
    let answer = desk.answer(&["granary", "--duplicates", "--index", "i"]);
    let of: Vec<_> = hits(&answer).iter().map(|hit| hit["duplicate_of"].as_str()).collect();
    assert_eq!(of, [None, Some("a"), None]);
    let lines = "{\"query\":\"granary\",\"duplicates\":true}\n{\"query\":\"granary\"}\n";
    let run = desk.run_with_input(["batch", "--index", "i"], lines).exits(0);
    let counts: Vec<_> = run.json_lines().iter().map(|answer| hits(answer).len()).collect();
    assert_eq!(counts, [3, 2]);
    let shown = desk.run(["show", "b", "--format", "json", "--index", "i"]).exits(0).json();
    assert_eq!(shown["duplicate_of"], "a");
    desk.run(["similar", "b#0", "--index", "i"]).exits(0);
}

#[test]
fn short_articles_are_no_duplicates() {
    let desk = Desk::empty();
    desk.write("corpus/short.jsonl", record("a", "Granary", "x") + &record("b", "Granary", "x"));
    let run = desk.run(INDEX).exits(0);
    assert!(!run.err.contains("duplicates"), "{run:?}");
    assert_eq!(ids(&desk, &[]).len(), 2);
}

#[test]
fn a_later_run_finds_what_earlier_ones_read() {
    let desk = Desk::empty();
    desk.write("corpus/m.txt", LONG);
    desk.run(INDEX).exits(0);
    desk.write("corpus/n.txt", LONG);
    desk.run(INDEX).exits(0).says("1 added").says("1 duplicate");
    assert_eq!(ids(&desk, &[]), ["m.txt#0"]);
    // The first by its path is the first, whenever it came.
    desk.write("corpus/a.txt", LONG);
    desk.run(INDEX).exits(0).says("1 added");
    assert_eq!(ids(&desk, &[]), ["a.txt#0"]);
    assert_eq!(ids(&desk, &["--duplicates"]).len(), 3);
    fs::remove_dir_all(desk.path("i")).unwrap();
    desk.run(INDEX).exits(0).says("2 duplicates");
    assert_eq!(ids(&desk, &[]), ["a.txt#0"]);
}

#[test]
fn a_duplicate_takes_the_place_of_a_first_that_goes_or_changes() {
    let desk = Desk::empty();
    for name in ["a.txt", "b.txt", "c.txt"] {
        desk.write(&format!("corpus/{name}"), LONG);
    }
    desk.run(INDEX).exits(0).says("2 duplicates");
    desk.remove_file("corpus/a.txt");
    desk.run(INDEX).exits(0).says("1 removed");
    assert_eq!(ids(&desk, &[]), ["b.txt#0"]);
    desk.write("corpus/b.txt", "Something else.");
    desk.run(INDEX).exits(0);
    assert_eq!(ids(&desk, &[]), ["c.txt#0"]);
    desk.write("corpus/b.txt", LONG);
    desk.run(INDEX).exits(0);
    assert_eq!(ids(&desk, &[]), ["b.txt#0"]);
}

#[test]
fn standard_input_is_no_duplicate_of_a_file() {
    let desk = Desk::empty();
    desk.write("corpus/a.txt", LONG);
    desk.run(INDEX).exits(0);
    desk.run_with_input(["index", "-", "--name", "notes", "--index", "i"], LONG).exits(0);
    assert_eq!(ids(&desk, &[]), ["a.txt#0", "notes#0"]);
    desk.remove_file("corpus/a.txt");
    desk.run(INDEX).exits(0);
    assert_eq!(ids(&desk, &[]), ["notes#0"]);
}
