//! Names, texts, arguments and files that mean harm. Whatever is printed for people holds nothing
//! that a terminal obeys and stays short; what a bound cuts is said; nothing is waited for that may
//! never come; and that nobody reads what is told ends no run.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::time::Duration;

use serde_json::json;

use super::support::{Desk, Run, finish, hits, run_within, start, text};

/// Colours, a link, the clipboard, C1, and every embedding, override and isolate.
const EVIL: &str = "\u{1b}[31m\u{1b}]8;;http://evil.example\u{7}l\u{1b}]52;c;QUJD\u{7}\u{9b}2J\u{90}q\u{9c}\
    \u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}\u{2028}\u{7f}";
/// What may not stand in an argument of a file name is left out.
const EVIL_NAME: &str = "n\u{1b}]52;c;QQ\u{7}\u{9b}2J\u{202e}\nx";

/// A terminal obeys it, or shows a line as something that it is not.
fn is_obeyed(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

#[track_caller]
fn harmless(run: &Run, what: &str) {
    for printed in [&run.out, &run.err] {
        // Text of the right-to-left kind is isolated where somebody looks, not in a pipe.
        assert_eq!(printed.chars().find(|&c| is_obeyed(c)), None, "{what}: {printed:?}");
    }
}

/// Harm in every place of every format. The articles all have the word zebra.
fn evil_desk() -> Desk {
    let desk = Desk::empty();
    let line = EVIL.replace('\u{2028}', "");
    desk.write(
        "corpus/a.txt",
        format!("Zebra {line}\n\nzebra {line} body\n\n== Part {line} ==\nzebra {line}\n"),
    );
    desk.write("corpus/b.md", format!("# Zebra {line}\n\nzebra [x {line}](http://x/)\n"));
    let record = json!({
        "id": "rec\u{202e}1\u{2066}", "title": format!("Zebra {EVIL}"), "text": format!("zebra {EVIL}"),
        "url": format!("http://x/{EVIL}"), "section": [format!("Part {EVIL}")],
        "infobox": {format!("key{EVIL}"): format!("zebra {EVIL}")},
        "categories": [format!("Zebras {EVIL}")], format!("more{EVIL}"): EVIL,
    });
    let bad = json!({"id": format!("x{EVIL}"), "text": "zebra"});
    desk.write(
        "corpus/c.jsonl",
        format!(
            "{record}\n{bad}\n{{oops {line}\n{{\"id\":\"s\",\"text\":\"\\ud800\"}}\n{record}\n"
        ),
    );
    desk.write("corpus/d.csv", format!("id,title,text\nq,Zebra {line},zebra {line}\n"));
    desk.write(
        "corpus/e.html",
        format!("<title>Zebra {line}</title><h1>{line}</h1><p>zebra &#27;[2J &#8238;{line}"),
    );
    desk.write(&format!("corpus/{EVIL_NAME}.txt"), "Zebra stripes.");
    desk.write(&format!("corpus/{EVIL_NAME}.jsonl"), "{bad\n");
    desk
}

#[test]
fn nothing_that_a_terminal_obeys_is_printed() {
    let desk = evil_desk();
    let index = format!("idx{EVIL_NAME}");
    let run = |args: &[&str]| {
        let run = desk.run(["--index", &index].iter().chain(args));
        harmless(&run, &format!("{args:?}"));
        run
    };
    let indexed = run(&["index", "corpus", "-v"]).exits(2);
    assert!(indexed.err.contains("skipped (named above)"), "{indexed:?}");
    let query = format!("zebra (\" {EVIL} field{EVIL}:x lang:{EVIL} x^{EVIL} {EVIL}~3");
    for format in ["human", "json", "jsonl", "tsv", "trec"] {
        let found = run(&["search", "--format", format, "-n", "50", "zebra"]).exits(0);
        assert!(found.out.lines().count() >= 1);
        run(&["search", "--format", format, "-n", "50", &query]);
        run(&["search", "--format", format, "--filter", &query, "--without", EVIL, "zebra"]);
    }
    run(&["search", "--facets", "--explain", "--context", "1", "zebra"]).exits(0);
    run(&["search", "--group", "lang", "--facets", "zebra"]).exits(0);
    run(&["search", "--count", "--facets", "zebra"]).exits(0);
    run(&["search", &format!("zebrra stripess{EVIL}")]);
    run(&["search", "--plain", &query]);
    run(&["search", "--synonyms", &format!("missing{EVIL}"), "zebra"]).exits(2);
    for id in ["a.txt", "b.md", "rec\u{202e}1\u{2066}", "q", "e.html", EVIL, &"x".repeat(70_000)] {
        for format in ["human", "json"] {
            let shown = run(&["show", "--format", format, id]);
            assert!(shown.err.len() < 1000, "{} bytes", shown.err.len());
        }
        run(&["similar", id]);
    }
    for format in ["human", "json"] {
        run(&["expand", "--format", format, &query]);
        run(&["suggest", "--format", format, "zeb"]).exits(0);
        run(&["stats", "--format", format]).exits(0);
    }
    run(&["export"]).exits(0);
    run(&["export", "--output", &format!("out{EVIL_NAME}")]).exits(0);
    run(&["verify", "-v"]).exits(0);
    run(&["optimize"]).exits(0);
    let lines = [
        json!({"id": EVIL, "query": query}),
        json!({"id": EVIL, "query": "zebra", format!("wrong{EVIL}"): 1}),
        json!({"id": EVIL, "query": 5}),
    ];
    desk.write("queries", lines.map(|line| line.to_string()).join("\n") + &format!("\n{EVIL}\t"));
    for format in ["jsonl", "tsv", "trec"] {
        run(&["batch", "--format", format, "queries"]);
    }
    desk.write("qrels", "q\u{202e}1 0 rec\u{202e}1\u{2066}#0 1\n");
    desk.write("topics", "q\u{202e}1\tzebra\n");
    run(&["eval", "--qrels", "qrels", "--queries", "topics", "--per-query"]).exits(0);
    desk.write("qrels", format!("q 0 {EVIL} 1 2 3\n"));
    run(&["eval", "--qrels", "qrels", "--queries", "topics"]).exits(2);
    run(&["remove", &format!("gone{EVIL_NAME}")]).exits(2);
    // Damage is told with the names of files, and so is its repair.
    let folder = desk.path(&index).join("gen-1");
    let segment = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let segment = segment.filter(|path| path.extension().is_some_and(|ending| ending == "pos"));
    fs::write(segment.last().unwrap(), "x").unwrap();
    run(&["verify"]).exits(1);
    run(&["verify", "--repair"]).exits(0);
}

#[test]
fn json_keeps_what_it_escapes() {
    let desk = evil_desk();
    desk.run(["index", "corpus"]).exits(2);
    let answer = desk.answer(&["article:\"rec\u{202e}1\u{2066}\" zebra"]);
    let hit = &hits(&answer)[0];
    assert_eq!(text(&hit["id"]), "rec\u{202e}1\u{2066}#0");
    assert_eq!(text(&hit["url"]), format!("http://x/{EVIL}"));
    assert!(text(&hit["text"]).contains("\u{202e}"), "{hit}");
}

#[test]
fn arguments_are_repeated_harmlessly_and_briefly() {
    let desk = Desk::shared();
    let long = "x".repeat(70_000);
    for bad in [EVIL, &long, "\u{202e}", "a\nb"] {
        for args in [
            vec![format!("--{bad}")],
            vec![bad.to_owned()],
            vec!["search".to_owned(), "--format".to_owned(), bad.to_owned(), "x".to_owned()],
            vec!["search".to_owned(), "--timeout".to_owned(), bad.to_owned(), "x".to_owned()],
            vec!["--index".to_owned(), bad.to_owned(), "search".to_owned(), "x".to_owned()],
            vec!["batch".to_owned(), bad.to_owned()],
        ] {
            let run = desk.run(&args).exits(2);
            harmless(&run, &format!("{:?}", &args[0]));
            assert!(run.err.len() < 10_000, "{} bytes", run.err.len());
        }
    }
    // As ever where there is nothing to hide.
    desk.run(["search", "--frmat", "x"]).exits(2).says("a similar argument exists: '--format'");
}

#[test]
fn bytes_that_are_no_text_are_no_arguments() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let desk = Desk::shared();
    let odd = OsStr::from_bytes(b"zeb\xffra");
    for command in ["search", "show", "expand", "suggest", "similar"] {
        let run = desk.run([OsStr::new(command), odd]);
        assert!(matches!(run.code, Some(1 | 2)), "{run:?}");
    }
    desk.run([OsStr::new("index"), odd, OsStr::new("--index"), OsStr::new("odd")]).exits(2);
}

#[test]
fn that_nobody_reads_what_is_told_ends_no_run() {
    let desk = Desk::new();
    for number in 0..150 {
        desk.write(&format!("corpus/bad-{number}.jsonl"), "{bad\n");
    }
    let full = || File::options().write(true).open("/dev/full").unwrap();
    let status = |args: &[&str]| {
        let mut command = desk.command();
        command.args(args).stdout(std::process::Stdio::null()).stderr(full());
        command.status().unwrap().code()
    };
    assert_eq!(status(&["index", "corpus", "--index", "i"]), Some(2));
    desk.run(["verify", "--index", "i"]).exits(0);
    assert!(desk.count(&["--index", "i", "rice"]) > 0);
    assert_eq!(status(&["search", "--index", "i", "qqqzzz"]), Some(1));
    assert_eq!(status(&["search", "--index", "i", "rice ^"]), Some(0));
    assert_eq!(status(&["nonsense"]), Some(2));
    // Somebody who has seen the first line and goes.
    let mut child = start(desk.command().args(["index", "corpus", "--index", "j"]));
    drop(child.stderr.take());
    finish(child, Duration::from_secs(60)).exits(2);
    desk.run(["verify", "--index", "j"]).exits(0);
}

#[test]
fn what_would_have_to_be_waited_for_is_skipped() {
    let desk = Desk::new();
    // Regular files to look at; the second, for those who may open it, has an end only when the
    // system falls silent.
    for (name, target) in [("cpu.txt", "/proc/cpuinfo"), ("log.txt", "/proc/kmsg")] {
        symlink(target, desk.path(&format!("corpus/{name}"))).unwrap();
    }
    symlink("self.txt", desk.path("corpus/self.txt")).unwrap();
    symlink("/dev/zero", desk.path("corpus/zero.txt")).unwrap();
    symlink("..", desk.path("corpus/up.txt")).unwrap();
    for _ in 0..2 {
        let mut command = desk.command();
        let run = run_within(command.args(["index", "corpus"]), Duration::from_secs(60));
        let run = run.exits(2).says("zero.txt: is a device").says("self.txt: cannot be read");
        assert!(run.err.contains(" articles in "), "{run:?}");
    }
    desk.run(["verify", "--index", "index"]).exits(0);
}

#[test]
fn what_a_bound_cuts_off_a_query_is_said_briefly() {
    let desk = Desk::empty();
    let letters: Vec<char> = ('a'..='t').collect();
    let word = |first: char, number: usize| {
        format!("{first}{}{}y ", letters[number / 20], letters[number % 20])
    };
    let words = |first: char| (0..400).map(|number| word(first, number)).collect::<String>();
    desk.write("corpus/a.txt", words('q') + &words('w'));
    desk.run(["index"]).exits(0);
    let notes = |args: &[&str]| -> Vec<String> {
        let answer = desk.answer(args);
        let notes = answer["notes"].as_array().cloned().unwrap_or_default();
        notes.iter().map(|note| text(note).to_owned()).collect()
    };
    let cut = "q becomes more words than are searched: only the 256 most frequent are";
    assert_eq!(notes(&["q*"]), [cut]);
    let answer = desk.answer(&["q*"]);
    assert_eq!(answer["expansions"][0]["became"].as_array().unwrap().len(), 256);
    // The same thing is said once, and of many things not all.
    assert_eq!(notes(&[&"q* ".repeat(500)]), [cut]);
    assert_eq!(notes(&["qa* wb* x*"]), [""; 0]);
    assert_eq!(
        notes(&["qaay~2"]),
        ["qaay becomes more words than are searched: only the 256 most \
        frequent are"]
    );
    let many: String = (0..100).map(|number| format!("{}~2 ", word('q', number).trim())).collect();
    let notes = notes(&[&many]);
    assert!(notes.len() <= 21, "{notes:?}");
    // A long word is repeated by its beginning.
    let long = format!("{}q*", "x-".repeat(4000));
    let run = desk.run(["search", &long]);
    assert!(run.err.len() < 300, "{}", run.err);
    // And so is a query of which one word is not known.
    let long = format!("qaaz {}", "qaby ".repeat(2000));
    let run = desk.run(["search", "--plain", &long]);
    assert!(run.err.len() < 300, "{}", run.err);
}

#[test]
fn numbers_of_the_query_language_are_kept_within_reason() {
    let desk = Desk::shared();
    for query in [
        "rice^NaN",
        "rice^inf",
        "rice^-0",
        "rice^-1",
        "rice^1e308",
        "rice^99999999999999999999",
        "rice^0.0000000000000001",
        "\"seven thousand\"~4294967296",
        "\"a b\"~99999999999999999999",
        "rice NEAR/99999999999999999999 seven",
        "rice NEAR/-1 seven",
        "year:99999999999",
        "date:-99999999999..99999999999",
        "/(a+)+$/",
        "(a{1,99999})",
        "[a TO z]",
        "rice~99",
    ] {
        for command in ["search", "expand"] {
            let run = desk.run([command, "--", query]);
            assert!(matches!(run.code, Some(0 | 1)), "{query}: {run:?}");
            assert!(run.err.len() < 500, "{query}: {run:?}");
        }
        let run = desk.run(["search", "--format", "jsonl", "--", query]);
        for hit in run.json_lines() {
            assert!(hit["score"].as_f64().is_some_and(f64::is_finite), "{query}: {hit}");
        }
    }
    for args in [["-n", "0"], ["-n", "18446744073709551616"], ["--offset", "9223372036854775808"]] {
        let run = desk.run(["search", "rice"].iter().chain(&args));
        assert!(matches!(run.code, Some(0..=2)), "{run:?}");
        assert!(run.err.len() < 500, "{run:?}");
    }
}

/// Entities are not expanded, outer ones not fetched.
#[test]
fn entities_of_a_dump_stay_what_they_are() {
    let desk = Desk::empty();
    let mut declared = String::from("<!ENTITY lol \"lol\">");
    for level in 1..10 {
        let before = if level == 1 { "lol".to_owned() } else { format!("lol{}", level - 1) };
        let value = format!("&{before};").repeat(10);
        declared.push_str(&format!("<!ENTITY lol{level} \"{value}\">"));
    }
    desk.write("secret.txt", "weevil");
    let secret = desk.path("secret.txt");
    declared.push_str(&format!("<!ENTITY out SYSTEM \"file://{}\">", secret.display()));
    desk.write(
        "corpus/dump.xml",
        format!(
            "<?xml version=\"1.0\"?><!DOCTYPE x [{declared}]><mediawiki><page><title>Lol</title>\
             <ns>0</ns><id>1</id><revision><text>zebra &lol9; &out; tail</text></revision></page>\
             <page><title>Next</title><ns>0</ns><id>2</id><revision><text>zebra</text></revision>\
             </page></mediawiki>"
        ),
    );
    desk.run(["index"]);
    assert_eq!(desk.count(&["zebra"]), 2);
    assert_eq!(desk.count(&["weevil", "--no-expand"]), 0);
    let answer = desk.answer(&["tail"]);
    assert!(text(&hits(&answer)[0]["text"]).len() < 100, "{answer}");
}

/// Where the time of a file lies when its clock was wrong, the content decides.
#[test]
fn a_file_that_changed_without_its_time_is_read_again() {
    let desk = Desk::empty();
    desk.write("corpus/a.txt", "zebra one");
    desk.run(["index"]).exits(0);
    let path = desk.path("corpus/a.txt");
    let times = |time: std::time::SystemTime| {
        let file = File::options().write(true).open(&path).unwrap();
        file.set_modified(time).unwrap();
    };
    let time = path.metadata().unwrap().modified().unwrap();
    desk.write("corpus/a.txt", "horse one");
    times(time);
    assert_eq!(desk.count(&["horse", "--no-expand"]), 1);
    desk.write("corpus/a.txt", "camel one");
    times(time - Duration::from_secs(400_000_000));
    assert_eq!(desk.count(&["camel", "--no-expand"]), 1);
    // Another name, though only by its case, is another id.
    fs::rename(&path, desk.path("corpus/A.txt")).unwrap();
    assert_eq!(desk.ids(&["camel", "--no-expand"]), ["A.txt#0"]);
}
