//! The bounds of `docs/bounds.md` that need whole files to be crossed, each from both sides where
//! that tells something.

use std::fs::File;
use std::io::{BufWriter, Write};

use super::support::{Desk, hits, text};

/// Writes `before`, so many MiB of words, and `after`.
fn write_long(desk: &Desk, name: &str, before: &str, mebibytes: usize, after: &str) {
    let path = desk.path(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut file = BufWriter::new(File::create(path).unwrap());
    let words = "rice ".repeat(1 << 18);
    file.write_all(before.as_bytes()).unwrap();
    for _ in 0..mebibytes {
        file.write_all(&words.as_bytes()[..1 << 20]).unwrap();
    }
    file.write_all(after.as_bytes()).unwrap();
    file.flush().unwrap();
}

#[test]
fn a_record_that_is_too_long_is_skipped_alone() {
    let desk = Desk::empty();
    let next = "\"}\n{\"id\":\"next\",\"text\":\"weevil\"}\n";
    write_long(&desk, "corpus/a.jsonl", "{\"id\":\"a\",\"text\":\"", 65, next);
    write_long(&desk, "corpus/b.csv", "id,text\nb,\"", 65, "\"\nnext2,weevil\n");
    let head = "<mediawiki><page><title>A</title><ns>0</ns><id>1</id><revision><text>";
    let next = "</text></revision></page><page><title>Next</title><ns>0</ns><id>2</id>\
        <revision><text>weevil</text></revision></page></mediawiki>";
    write_long(&desk, "corpus/c.xml", head, 65, next);
    let run = desk.run(["index"]).exits(2).says("3 articles").says("3 skipped");
    let run = run.says("a.jsonl:1: the line is longer than 64 MiB");
    let run = run.says("b.csv:2: the row is longer than 64 MiB");
    run.says("c.xml:1: the page is longer than 64 MiB");
    assert_eq!((desk.count(&["weevil"]), desk.count(&["rice", "--no-expand"])), (3, 0));
}

#[test]
fn a_page_that_is_too_long_is_refused() {
    let desk = Desk::empty();
    write_long(&desk, "corpus/a.html", "<p>", 33, "");
    desk.write("corpus/b.html", "<p>weevil");
    desk.run(["index"]).exits(2).says("a.html: is longer than 32 MiB").says("1 article ");
}

#[test]
fn depth_has_an_end_and_takes_no_text_away() {
    let desk = Desk::empty();
    desk.write("corpus/a.html", "<div>".repeat(100_000) + "weevil");
    desk.write("corpus/b.txt", "{{a|".repeat(20_000) + "weevil" + &"}}".repeat(20_000));
    desk.write("corpus/c.txt", "[[".repeat(20_000) + "weevil");
    desk.write("corpus/d.txt", "{|\n| ".repeat(5_000) + "weevil");
    desk.write("corpus/e.txt", "<ref>".repeat(20_000) + "weevil");
    desk.write("corpus/f.txt", "<nowiki>".repeat(20_000) + "weevil");
    desk.write("corpus/g.md", "> ".repeat(2_000) + "weevil");
    desk.write("corpus/h.md", "[".repeat(20_000) + " weevil");
    desk.write("corpus/i.txt", format!("<span {}>weevil", "x ".repeat(5_000)));
    let deep = format!(
        "{{\"id\":\"j\",\"text\":\"weevil\",\"x\":{}}}\n{{\"id\":\"k\",\"text\":\"weevil\"}}\n",
        "[".repeat(1_000) + &"]".repeat(1_000)
    );
    desk.write("corpus/j.jsonl", deep);
    desk.run(["index"]).exits(2).says("j.jsonl:1: ").says("1 skipped");
    let mut found = desk.ids(&["weevil", "-n", "100", "--per-article", "1"]);
    for id in &mut found {
        id.truncate(id.find('#').unwrap_or(id.len()));
    }
    found.sort();
    let expected =
        ["a.html", "b.txt", "c.txt", "d.txt", "e.txt", "f.txt", "g.md", "h.md", "i.txt", "k"];
    assert_eq!(found, expected);
}

#[test]
fn long_words_ids_titles_and_lists_of_categories() {
    let desk = Desk::empty();
    let endless = "x".repeat(70_000);
    desk.write("corpus/a.txt", format!("weevil {endless} beetle"));
    let categories: Vec<String> = (0..600).map(|number| format!("\"kind {number}\"")).collect();
    let long = "y".repeat(1_001);
    desk.write(
        "corpus/b.jsonl",
        format!(
            "{{\"id\":\"{long}\",\"text\":\"cricket\"}}\n\
             {{\"id\":\"b\",\"title\":\"{}\",\"text\":\"cricket\",\"categories\":[\"{long}\",{}]}}\n",
            "locust ".repeat(1_000),
            categories.join(",")
        ),
    );
    desk.run(["index"]).exits(2).says("b.jsonl:1: the id is longer than 1000 bytes");
    assert_eq!(desk.count(&["weevil", "--no-expand"]), 1);
    assert_eq!(desk.count(&["beetle", "--no-expand"]), 1);
    for hit in hits(&desk.answer(&["article:a.txt", "-n", "100"])) {
        assert!(text(&hit["text"]).chars().count() <= 2 * 8192, "a passage is bounded");
    }
    let answer = desk.answer(&["cricket", "--no-expand"]);
    assert!(hits(&answer)[0]["title"].as_str().is_none_or(|title| title.len() <= 1_000));
    assert!(desk.count(&["locust", "--no-expand"]) > 0, "nothing is lost");
    assert_eq!(desk.count(&["category:\"kind 498\""]), desk.count(&["category:\"kind 0\""]));
    assert_eq!(desk.count(&["category:\"kind 599\""]), 0);
}

#[test]
fn terms_of_fields_are_not_endless() {
    let desk = Desk::empty();
    let mut lines = String::new();
    let letters: Vec<char> = ('a'..='z').collect();
    // 256 words and more for each of 68 beginnings.
    for place in 0..68 {
        let start: String = [letters[place / 26], letters[place % 26]].iter().collect();
        for part in 0..3 {
            let word =
                |number: usize| format!("{start}{}{}q", letters[number / 26], letters[number % 26]);
            let words: Vec<String> = (part * 90..part * 90 + 90).map(word).collect();
            lines.push_str(&format!(
                "{{\"id\":\"{start}{part}\",\"title\":\"{}\",\"text\":\"rice\"}}\n",
                words.join(" ")
            ));
        }
    }
    desk.write("corpus/a.jsonl", lines);
    desk.run(["index"]).exits(0).says("204 articles");
    let query: String = (0..68)
        .map(|place| format!("title:{}{}* ", letters[place / 26], letters[place % 26]))
        .collect();
    let run = desk.run(["search", &query]).exits(0);
    run.says("become more than 16384 words: the rest is left out");
}

#[test]
fn problems_of_a_run_are_named_up_to_a_number() {
    let desk = Desk::empty();
    desk.write("corpus/a.jsonl", "{bad\n".repeat(150) + "{\"id\":\"a\",\"text\":\"weevil\"}\n");
    let run = desk.run(["index"]).exits(2).says("… and 50 more problems").says("150 skipped");
    assert_eq!(run.err.lines().count(), 102);
}
