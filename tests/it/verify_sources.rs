//! `verify` reads the sources again: it finds nothing wrong with what runs make of them, whatever
//! the ids, duplicates and formats, and names what an index has lost of them.

use std::fmt::Write as _;
use std::fs;

use crate::support::*;

const LONG: &str = "The grain has not arrived and the granary stands empty since the winter, so the \
                    governor of the province asks the fleet for bread, rice and salt.";
const LONG_ARABIC: &str = "لم تصل الحبوب والمخزن فارغ منذ الشتاء، فطلب والي الإقليم من الأسطول الخبز \
                           والأرز والملح حتى يأتي الربيع وتذوب الثلوج على الجبال العالية في الشمال.";

#[track_caller]
fn is_whole(desk: &Desk, sources: u64) {
    let run = desk.run(["verify", "--index", "i"]).exits(0).quiet();
    let compared = match sources {
        1 => "compared with 1 source\n".to_owned(),
        _ => format!("compared with {sources} sources\n"),
    };
    assert!(run.out.ends_with(&compared), "{run:?}");
}

fn record(id: &str, text: &str) -> String {
    serde_json::json!({"id": id, "text": text}).to_string() + "\n"
}

#[test]
fn every_format_is_read_as_it_was() {
    let desk = Desk::new();
    desk.write("corpus/a b%.md", "# Siege\n\nRice &amp; salt.\n\n- a\n- b\n");
    desk.write(
        "corpus/p.html",
        "<title>Siege</title><h1>Siege</h1><p>Rice <b>came</b>.<p lang=ar>أرز",
    );
    desk.write("corpus/t.csv", "id,text,n\n1,Rice came.,0.30000000000000004\n2,,3\n3,أرز,1e400\n");
    desk.write(
        "corpus/r.jsonl",
        "{\"id\":\"x\",\"text\":\"Rice.\",\"n\":9007199254740993,\"f\":0.1234567890123456789,\
         \"g\":1.7976931348623157e308,\"h\":-0.0,\"deep\":[{\"a\":[1e-7]}]}\nnot json\n",
    );
    desk.write("corpus/z.txt", [0u8, 1, 2, 255]);
    desk.write("corpus/empty.txt", "");
    desk.write(
        "corpus/old.txt",
        b"\xca\xc3\xd1\xed\xce \xc7\xe1\xe3\xcf\xed\xe4\xc9 1592\n\n\xca\xd1\xed\xce",
    );
    let siege = "'''Siege''' of {{start date|1592|5|24}}.\n\n== After ==\n* rain\n* salt\n";
    let dump = format!(
        "<mediawiki xml:lang=\"en\"><page><title>Busan</title><ns>0</ns><text>{siege}</text></page>\
         <page><title>Fusan</title><ns>0</ns><redirect title=\"Busan\"/>\
         <text>#REDIRECT [[Busan]]</text></page></mediawiki>"
    );
    desk.write("corpus/wiki.xml", dump);
    desk.run(["index", "corpus", "--index", "i"]).exits(2);
    is_whole(&desk, 12);
    desk.run(["index", "corpus", "--index", "i", "--compact", "--passages", "whole"]).exits(2);
    is_whole(&desk, 12);
    let args = ["index", "-", "--name", "noted", "--format", "jsonl", "--index", "i"];
    desk.run_with_input(args, record("n", "Rice.")).exits(2);
    is_whole(&desk, 12);
}

#[test]
fn ids_that_others_have_are_no_loss() {
    let desk = Desk::empty();
    desk.write("one/page.txt", "Rice from the south.");
    desk.write("two/page.txt", "Salt from the north.");
    desk.write("two/b.jsonl", record("x", "Rice.") + &record("y", "Salt.") + &record("x", "Wine."));
    desk.write(
        "two/c.jsonl",
        record("y", "Oil.") + &record("z", "Silk.") + &record("page.txt", "No."),
    );
    // One that gives no passage has its id all the same.
    desk.write("two/d.jsonl", record("q", "{}") + &record("q", "Tea.") + &record("[]", "* \n"));
    desk.run(["index", "one", "two", "--index", "i"]).exits(2);
    is_whole(&desk, 5);
    // Files that come before others take their ids, and give them back.
    desk.write("two/a.jsonl", record("z", "Ink.") + &record("x", "Iron."));
    desk.run(["index", "two", "--index", "i"]).exits(2).says("1 added");
    is_whole(&desk, 6);
    desk.remove_file("two/b.jsonl");
    desk.run(["index", "two", "--index", "i"]).exits(2).says("1 removed");
    is_whole(&desk, 5);
    desk.remove_file("one/page.txt");
    desk.run(["index", "one", "two", "--index", "i"]).exits(2);
    is_whole(&desk, 4);
}

#[test]
fn duplicates_are_compared_too() {
    let desk = Desk::empty();
    desk.write("s/b.txt", LONG);
    desk.write(
        "s/c.jsonl",
        record("c1", LONG) + &record("c2", LONG_ARABIC) + &record("c3", LONG_ARABIC),
    );
    desk.run(["index", "s", "--index", "i"]).exits(0).says("2 duplicates");
    is_whole(&desk, 2);
    desk.write("s/a.txt", LONG);
    desk.run(["index", "s", "--index", "i"]).exits(0);
    is_whole(&desk, 3);
    desk.remove_file("s/a.txt");
    desk.run(["index", "s", "--index", "i"]).exits(0);
    is_whole(&desk, 2);
}

#[test]
fn exports_are_sources_like_others() {
    let desk = Desk::new();
    desk.run(["index", "corpus", "--index", "first"]).exits(0);
    let lines = desk.run(["export", "--index", "first"]).exits(0).out;
    desk.write("whole/copy.jsonl", &lines);
    desk.run(["index", "whole", "--index", "i"]).exits(0);
    is_whole(&desk, 1);
    // Articles in pieces, without their beginning, and mixed with others.
    let mut mixed: Vec<&str> = lines.lines().filter(|line| !line.contains("#0\"")).collect();
    let at = mixed.len() / 2;
    mixed.swap(1, at);
    desk.write("mixed/copy.jsonl", mixed.join("\n"));
    desk.run(["index", "mixed", "--index", "j"]).exits(2);
    desk.run(["verify", "--index", "j"]).exits(0).quiet();
}

#[test]
fn a_file_that_is_read_in_part_is_compared_so_far() {
    let desk = Desk::empty();
    let mut lines = String::new();
    for n in 0..3000 {
        let _ = write!(lines, "{}", record(&format!("r{n}"), &format!("{LONG} {n} {}", n * 7)));
    }
    desk.write("many.jsonl", lines);
    let mut index = desk.command();
    index.args(["index", "many.jsonl", "--index", "i", "--commit-after", "20000"]);
    let mut child = start(&mut index);
    wait_until("a commit", || desk.path("i/current").exists());
    child.kill().unwrap();
    child.wait().unwrap();
    let run = desk.run(["stats", "--index", "i"]).exits(0);
    assert!(run.out.contains("unfinished"), "it was done before it could be killed: {run:?}");
    is_whole(&desk, 1);
}

#[test]
fn sources_may_be_left_out() {
    let desk = Desk::indexed();
    fs::remove_dir_all(desk.path("corpus")).unwrap();
    let run = desk.run(["verify", "--index", "index"]).exits(0);
    run.says("cannot be read any more");
    let run = desk.run(["verify", "--no-sources", "--index", "index"]).exits(0).quiet();
    assert!(run.out.ends_with("31 passages\n"), "{run:?}");
}
