//! Adding, refreshing and removing sources, and what cannot be read.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use crate::support::*;

/// Every file beneath a folder with its time of change.
fn files_of(folder: &Path) -> BTreeMap<String, SystemTime> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_of(&path));
        } else {
            let changed = path.metadata().unwrap().modified().unwrap();
            files.insert(path.display().to_string(), changed);
        }
    }
    files
}

#[test]
fn the_first_search_builds_the_index() {
    let desk = Desk::new();
    let run = desk.run(["search", "Konishi retreat"]).exits(0).says("index");
    assert!(run.out.contains(PYONGYANG_1593), "{run:?}");
    desk.run(["search", "Konishi retreat"]).exits(0).quiet();
}

#[test]
fn a_stale_index_is_refreshed_by_any_reading_command() {
    let desk = Desk::indexed();
    desk.write("corpus/new.txt", "Zyzzyva weevils attacked.");
    desk.run(["search", "zyzzyva"]).exits(0).says("refresh");
    desk.remove_file("corpus/new.txt");
    let run = desk.run(["stats"]).exits(0).says("refresh");
    assert!(run.out.contains("4"), "{run:?}");
    desk.write(&format!("corpus/{BUSANJIN}"), "= Siege of Busanjin =\n\nZyzzyva weevils.\n");
    let run = desk.run_with_input(["batch"], "zyzzyva\nstatue\n").exits(0).says("refresh");
    assert!(
        run.out.contains(&format!("{BUSANJIN}#0")) && !run.out.contains("next to the Japanese")
    );
    desk.run(["show", BUSANJIN]).exits(0).quiet();
}

#[test]
fn an_index_run_ends_with_a_summary() {
    let desk = Desk::new();
    let run = desk.run(["index"]).exits(0).says("4 articles").says("31 passages").says("4 added");
    assert_eq!(run.err.lines().count(), 1, "{run:?}");
    assert!(run.out.is_empty());
}

#[test]
fn a_second_run_changes_nothing() {
    let desk = Desk::indexed();
    let before = files_of(&desk.path("index"));
    desk.run(["index"]).exits(0).says("4 unchanged").says("31 passages");
    desk.run(["search", "rice"]).exits(0).quiet();
    assert_eq!(files_of(&desk.path("index")), before);
}

#[test]
fn only_what_changed_is_read() {
    let desk = Desk::indexed();
    // The same bytes with another time of change.
    let file = fs::File::options().write(true).open(desk.path("corpus").join(BUSANJIN)).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(3600)).unwrap();
    desk.run(["index"]).exits(0).says("4 unchanged");
    desk.write(&format!("corpus/{BUSANJIN}"), article(BUSANJIN) + "\nZyzzyva.\n");
    desk.run(["index"]).exits(0).says("1 changed").says("3 unchanged");
    assert_eq!(desk.count(&["zyzzyva"]), 1);
    // Other bytes of the same number, a moment later.
    desk.write(&format!("corpus/{BUSANJIN}"), article(BUSANJIN) + "\nWeevils.\n");
    desk.run(["index"]).exits(0).says("1 changed");
    assert_eq!([desk.count(&["zyzzyva"]), desk.count(&["weevils"])], [0, 1]);
    desk.write("corpus/more/deep/new.txt", "Zyzzyva.");
    desk.run(["index"]).exits(0).says("1 added").says("4 unchanged");
    assert_eq!(desk.ids(&["zyzzyva"]), ["more/deep/new.txt#0"]);
}

#[test]
fn sources_beside_each_other_stay() {
    let desk = Desk::new();
    desk.write("a/one.txt", "Alpha weevils.");
    desk.write("a/two.txt", "Beta weevils.");
    desk.write("b/three.txt", "Gamma weevils.");
    desk.run(["index", "a", "--index", "i"]).exits(0);
    desk.run(["index", "b/three.txt", "--index", "i"]).exits(0).says("3 articles");
    desk.remove_file("a/two.txt");
    desk.remove_file("b/three.txt");
    desk.write("b/four.txt", "Delta weevils.");
    // Only beneath `a` may something be dropped.
    desk.run(["index", "a", "--index", "i"]).exits(0).says("1 removed").says("2 articles");
    assert_eq!(desk.ids(&["weevils", "--index", "i"]), ["one.txt#0", "three.txt#0"]);
    desk.run(["index", "b", "--index", "i"]).exits(0);
    assert_eq!(desk.ids(&["gamma", "--index", "i", "--no-expand"]), [""; 0]);
    desk.run(["index", "corpus", "--index", "i"]).exits(0).says("6 articles");
    assert_eq!(desk.ids(&["delta", "--index", "i", "--no-expand"]), ["four.txt#0"]);
}

#[test]
fn a_path_within_a_source_refreshes_that_part() {
    let desk = Desk::indexed();
    desk.write("corpus/sub/a.txt", "Alpha weevils.");
    desk.write("corpus/sub/b.txt", "Beta weevils.");
    desk.run(["index", "corpus/sub"]).exits(0).says("2 added");
    assert_eq!(desk.ids(&["weevils"]), ["sub/a.txt#0", "sub/b.txt#0"]);
    desk.remove_file("corpus/sub/b.txt");
    desk.remove_file(&format!("corpus/{BUSANJIN}"));
    desk.run(["index", "corpus/sub", "--index", "index"]).exits(0).says("1 removed");
    assert_eq!(desk.count(&["statue", "--index", "index"]), 1, "not beneath the path");
    desk.run(["index"]).exits(0).says("1 removed");
    assert_eq!(desk.count(&["statue"]), 0);
}

#[test]
fn remove_takes_a_source_out() {
    let desk = Desk::new();
    desk.write("a/one.txt", "Alpha weevils.");
    desk.run(["index", "a", "corpus", "--index", "i"]).exits(0).says("5 articles");
    desk.run(["remove", "a", "--index", "i"]).exits(0).says("4 articles");
    assert_eq!(desk.count(&["weevils", "--index", "i"]), 0);
    desk.run(["remove", "a", "--index", "i"]).exits(2).says("a");
    desk.run(["remove", &format!("corpus/{BUSANJIN}"), "--index", "i"]).exits(0).says("3 articles");
    assert_eq!(desk.count(&["statue", "--index", "i"]), 0);
    // What is gone from disk can be taken out as well.
    fs::remove_dir_all(desk.path("corpus")).unwrap();
    desk.run(["remove", "corpus", "--index", "i"]).exits(0).says("0 articles");
    desk.run(["remove", "x", "--index", "nowhere"]).exits(2);
}

#[test]
fn standard_input_under_a_name() {
    let desk = Desk::new();
    desk.run(["index", "--index", "i"]).exits(0);
    let args = ["index", "-", "--name", "notes", "--index", "i"];
    desk.run_with_input(args, "= Notes =\n\nAlpha weevils.\n").exits(0).says("5 articles");
    let answer = desk.answer(&["weevils", "--index", "i"]);
    let hit = &answer["hits"][0];
    assert_eq!([&hit["article"], &hit["file"], &hit["title"]], ["notes", "notes", "Notes"]);
    desk.run_with_input(args, "Beta weevils.").exits(0).says("5 articles");
    assert_eq!(desk.count(&["alpha", "--no-expand", "--index", "i"]), 0);
    desk.run(["index", "--index", "i"]).exits(0).says("5 articles");
    desk.run(["remove", "notes", "--index", "i"]).exits(0).says("4 articles");
    desk.run_with_input(["index", "-", "--index", "i"], "x").exits(2).says("--name");
    let lines = "{\"id\":\"a\",\"text\":\"Gamma\"}\n{\"id\":\"b\",\"text\":\"Gamma\"}\n";
    let args = ["index", "-", "--name", "dump", "--format", "jsonl", "--passages", "whole"];
    desk.run_with_input(args.iter().chain(&["--index", "i"]), lines).exits(0);
    assert_eq!(desk.ids(&["gamma", "--no-expand", "--index", "i"]), ["a", "b"]);
    desk.run_with_input(args, [0xff, 0xfe, 0x00]).exits(2);
}

#[test]
fn sources_that_cannot_be_looked_at_again_are_kept() {
    let desk = Desk::indexed();
    desk.run_with_input(["index", "-", "--name", "notes"], "Alpha weevils.").exits(0);
    assert_eq!(desk.ids(&["weevils"]), ["notes#0"]);
    fs::rename(desk.path("corpus"), desk.path("elsewhere")).unwrap();
    let run = desk.run(["search", "statue of Chong Pal"]).exits(0).says("is not there any more");
    assert!(run.out.contains(BUSANJIN), "{run:?}");
    fs::rename(desk.path("elsewhere"), desk.path("corpus")).unwrap();
    desk.run(["search", "weevils"]).exits(0).quiet();
}

/// Indexes one bad file beside the four articles: it is named with its line, counted and skipped.
#[track_caller]
fn skipped(file: &str, content: &[u8], named: &str, articles: usize) {
    let desk = Desk::new();
    desk.write(&format!("corpus/{file}"), content);
    for _ in 0..2 {
        let run = desk.run(["index"]).exits(2);
        assert!(run.err.lines().any(|line| line.contains(named)), "{named:?} is not in {run:?}");
        assert!(run.err.contains(&format!("{articles} articles")), "{run:?}");
        assert!(run.err.lines().last().unwrap().contains("1 skipped"), "{run:?}");
    }
    let found = desk.run(["search", "Konishi retreat", "-n", "1"]).exits(0);
    assert!(found.out.contains(PYONGYANG_1593));
}

#[test]
fn bad_files_are_skipped_and_named() {
    skipped("bad.txt", b"fine\nnot so \xff\0 fine\n", "bad.txt:2:", 4);
    skipped("wide.txt", b"\xff\xfeh\0i", "wide.txt", 4);
    skipped("bad.md", b"# fine\n\nnot so \xff\0 fine\n", "bad.md:3:", 4);
    let good = "{\"id\":\"good\",\"text\":\"x\"}\n";
    let with = |line: &str| format!("{good}{line}\n{}", good.replace("good", "last"));
    skipped("x.jsonl", with("{oops").as_bytes(), "x.jsonl:2:", 6);
    skipped("x.jsonl", with("[1, 2]").as_bytes(), "x.jsonl:2:", 6);
    skipped("x.jsonl", with("{\"id\":\"b c\",\"text\":\"x\"}").as_bytes(), "x.jsonl:2:", 6);
    skipped("x.jsonl", with("{\"id\":\"\",\"text\":\"x\"}").as_bytes(), "x.jsonl:2:", 6);
    skipped("x.jsonl", with("{\"id\":\"good\",\"text\":\"y\"}").as_bytes(), "x.jsonl:2:", 6);
    skipped("x.jsonl", with("{\"id\":\"n\"}").as_bytes(), "x.jsonl:2:", 6);
    skipped("x.jsonl", with("{\"id\":\"n\",\"text\":5}").as_bytes(), "x.jsonl:2:", 6);
    let mut bytes = good.as_bytes().to_vec();
    bytes.extend(b"{\"id\":\"n\",\"text\":\"\xd8\xb4\xd8\xa7\xff\"}\n");
    skipped("x.jsonl", &bytes, "x.jsonl:2:", 5);
}

#[test]
fn what_is_no_file_is_skipped_and_does_not_block() {
    let desk = Desk::new();
    let pipe = desk.path("corpus/pipe.txt");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    desk.run(["index"]).exits(2).says("pipe.txt").says("4 articles").says("1 skipped");
    // Named directly it is not waited for either.
    let mut command = desk.command();
    let run = run_within(command.arg("index").arg(&pipe), Duration::from_secs(20));
    run.exits(2).says("pipe.txt");
    fs::remove_file(&pipe).unwrap();
    std::os::unix::fs::symlink("nowhere", desk.path("corpus/dangling.txt")).unwrap();
    desk.run(["index"]).exits(2).says("dangling.txt").says("1 skipped");
    desk.remove_file("corpus/dangling.txt");
    std::os::unix::fs::symlink("..", desk.path("corpus/loop")).unwrap();
    desk.run(["index"]).exits(0).says("4 articles");
}

#[test]
fn an_unreadable_file_is_skipped() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    desk.write("corpus/secret.txt", "Zyzzyva.");
    let secret = desk.path("corpus/secret.txt");
    fs::set_permissions(&secret, PermissionsExt::from_mode(0o000)).unwrap();
    fs::create_dir(desk.path("open")).unwrap();
    fs::set_permissions(desk.path("open"), PermissionsExt::from_mode(0o777)).unwrap();
    let mut command = as_ordinary_user(&desk);
    let run = run_within(command.args(["index", "corpus", "--index", "open/i"]), PATIENCE);
    run.exits(2).says("secret.txt").says("4 articles").says("1 skipped");
}

#[test]
fn a_path_that_is_not_there_does_not_stop_the_others() {
    let desk = Desk::new();
    let run = desk.run(["index", "corpus", "missing.txt", "--index", "i"]).exits(2);
    let run = run.says("missing.txt");
    assert!(run.err.contains("4 articles"), "everything else is indexed: {run:?}");
    let none = Desk::empty().run(["index", "missing.txt"]).exits(2).says("missing.txt");
    assert_eq!(none.err.lines().count(), 1, "{none:?}");
}

#[test]
fn formats_by_name_and_by_option() {
    let desk = Desk::empty();
    desk.write(
        "corpus/a.md",
        "# Title A\n\n## Part\n\nAlpha *weevils* [link](https://example.org).\n",
    );
    desk.write("corpus/b.txt", "= Title B =\n\n== Part ==\n\nBeta weevils.\n");
    desk.write(
        "corpus/c.jsonl",
        "{\"id\":\"c\",\"title\":\"Title C\",\"text\":\"Gamma weevils.\"}\n",
    );
    desk.write("corpus/d.pdf", "%PDF weevils");
    desk.write("corpus/.hidden.txt", "weevils");
    desk.run(["index"]).exits(0).says("3 articles").says("1 file of other kinds");
    let answer = desk.answer(&["weevils"]);
    let mut titles: Vec<_> = hits(&answer).iter().map(|hit| text(&hit["title"])).collect();
    titles.sort();
    assert_eq!(titles, ["Title A", "Title B", "Title C"]);
    let markdown = desk.answer(&["alpha", "--no-expand"]);
    assert_eq!(markdown["hits"][0]["section"][0], "Part");
    assert_eq!(markdown["hits"][0]["text"], "Alpha weevils link.");
    desk.write("plain.log", "{\"id\":\"z\",\"text\":\"Zeta.\"}\n");
    desk.run(["index", "plain.log", "--format", "jsonl", "--index", "i"]).exits(0);
    assert_eq!(desk.ids(&["zeta", "--index", "i"]), ["z#0"]);
}

#[test]
fn file_names_are_not_searched_and_may_be_anything() {
    let desk = Desk::empty();
    desk.write("corpus/weevil report 100%.txt", "Alpha.");
    desk.write("corpus/حصار هانجو.txt", "Beta.");
    desk.run(["index"]).exits(0).says("2 articles");
    assert_eq!(desk.count(&["weevil", "--no-expand"]), 0);
    let ids = desk.ids(&["alpha", "beta", "--no-expand"]);
    assert_eq!(ids.len(), 2);
    for id in ids {
        assert!(!id.contains(char::is_whitespace), "{id}");
        desk.run(["show", &id]).exits(0);
    }
}

#[test]
fn passages_never_cross_a_section() {
    let desk = Desk::shared();
    let answer = desk.answer(&["lang:en", "-n", "1000"]);
    for hit in hits(&answer) {
        let shown = text(&hit["text"]);
        assert!(!shown.contains("=="), "{shown}");
        assert!(shown.len() < 4_000, "{} bytes", shown.len());
    }
}

#[test]
fn a_very_long_line_is_cut() {
    let desk = Desk::empty();
    let mut line = "The army crossed the river and the garrison fled north. ".repeat(20_000);
    line.push_str("Zyzzyva.");
    desk.write("corpus/long.txt", &line);
    desk.run(["index"]).exits(0).says("1 article");
    let answer = desk.answer(&["zyzzyva"]);
    let hit = &answer["hits"][0];
    assert!(text(&hit["text"]).len() < 20_000);
    assert_eq!(hit["line"], 1);
    assert_eq!(hit["end"], line.len());
}
