//! Indexes that other versions wrote: those of every released format are kept in
//! `tests/fixtures/formats/` and are searched or refused, and nothing of them is lost unasked.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::*;

fn fixtures() -> PathBuf {
    repository().join("tests/fixtures/formats")
}

fn articles() -> String {
    fs::read_to_string(fixtures().join("articles.jsonl")).unwrap()
}

/// A desk with a copy of each kept index; their names.
fn desk() -> (Desk, Vec<String>) {
    let desk = Desk::empty();
    let mut names = Vec::new();
    for entry in fs::read_dir(fixtures()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            copy(&path, &desk.path(&name));
            names.push(name);
        }
    }
    names.sort();
    assert!(names.len() >= 3, "{names:?}");
    (desk, names)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Every file beneath a folder with the hash of its content, but for locks.
fn contents(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else if !path.to_string_lossy().ends_with("lock") {
            let hash = blake3::hash(&fs::read(&path).unwrap()).to_string();
            found.insert(path, hash);
        }
    }
    found
}

/// The queries that are kept with the indexes, and the ids of what each finds.
fn answers() -> Vec<(String, String)> {
    let text = fs::read_to_string(fixtures().join("answers.tsv")).unwrap();
    let lines = text.lines().map(|line| line.split_once('\t').unwrap());
    lines.map(|(query, ids)| (query.to_owned(), ids.to_owned())).collect()
}

#[track_caller]
fn answers_as_recorded(desk: &Desk, index: &str) {
    for (query, ids) in answers() {
        let found = desk.ids(&[&query, "--no-expand", "--index", index]).join(" ");
        assert_eq!(found, ids, "{query} in {index}");
    }
}

/// Gives an index its source again.
fn index_again(desk: &Desk, index: &str, more: &[&str]) -> Run {
    let args = ["index", "-", "--name", "articles", "--format", "jsonl", "--index", index];
    desk.run_with_input(args.iter().chain(more), articles())
}

/// Changes the payload of an index's commit. What warraq did not write has no seal.
fn edit_payload(desk: &Desk, index: &str, edit: impl FnOnce(&mut serde_json::Value)) {
    let current = fs::read_to_string(desk.path(index).join("current")).unwrap();
    let folder = desk.path(index).join(current.split_whitespace().next().unwrap());
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap().starts_with("seal-") {
            fs::remove_file(path).unwrap();
        }
    }
    let path = folder.join("meta.json");
    let mut meta: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let mut payload = serde_json::from_str(meta["payload"].as_str().unwrap()).unwrap();
    edit(&mut payload);
    payload["sealed"] = false.into();
    // Another version is another program.
    payload["program"] = serde_json::Value::Null;
    meta["payload"] = payload.to_string().into();
    fs::write(path, meta.to_string()).unwrap();
}

/// Refused with one line that says what to type, and built anew by that.
#[track_caller]
fn is_refused_and_built_anew(desk: &Desk, index: &str) {
    // The file that names the generation is written anew as versions after it write it.
    let before = contents(&desk.path(index).join("gen-1"));
    let run = desk.run(["search", "mules", "--index", index]).exits(2).says("`warraq index`");
    assert_eq!(run.err.lines().count(), 1, "{run:?}");
    // Without its source it stays as it is.
    for more in [&["--rebuild"][..], &["--rebuild", "--compact"]] {
        let args = ["index", "--index", index];
        let run = desk.run(args.iter().chain(more)).exits(2).says("index it again with `--name`");
        assert_eq!(run.err.lines().last().unwrap().matches("warraq: ").count(), 1, "{run:?}");
    }
    desk.run(["optimize", "--index", index]).exits(2).says("`warraq index`");
    assert_eq!(contents(&desk.path(index).join("gen-1")), before);
    index_again(desk, index, &[]).exits(0).says("building it anew").says("4 articles");
    answers_as_recorded(desk, index);
    desk.run(["verify", "--index", index]).exits(0).quiet();
}

#[test]
fn released_formats_answer_or_are_built_anew() {
    let (desk, names) = desk();
    index_again(&desk, "fresh", &[]).exits(0);
    answers_as_recorded(&desk, "fresh");
    let exported = desk.run(["export", "--index", "fresh"]).exits(0).out;
    let mut searched = 0;
    for name in &names {
        let run = desk.run(["search", "mules", "--index", name]);
        if run.code == Some(2) {
            is_refused_and_built_anew(&desk, name);
            continue;
        }
        searched += 1;
        answers_as_recorded(&desk, name);
        desk.run(["verify", "--index", name]).exits(0);
        // Had its passages become others, the format would have to be another.
        let run = desk.run(["export", "--index", name]).exits(0);
        assert_eq!(run.out, exported, "{name}");
        index_again(&desk, name, &[]).exits(0);
        answers_as_recorded(&desk, name);
        desk.run(["verify", "--index", name]).exits(0).quiet();
    }
    assert!(searched > 0, "none is of the present format: keep one (docs/architecture.md)");
}

#[test]
fn other_formats_and_analyses_are_refused_and_built_anew() {
    let (desk, names) = desk();
    for name in names {
        copy(&desk.path(&name), &desk.path("older"));
        edit_payload(&desk, "older", |payload| payload["format"] = 6.into());
        is_refused_and_built_anew(&desk, "older");
        fs::remove_dir_all(desk.path("older")).unwrap();
        edit_payload(&desk, &name, |payload| payload["analysis"] = "another".into());
        is_refused_and_built_anew(&desk, &name);
    }
}

#[test]
fn a_newer_format_is_left_alone() {
    let (desk, names) = desk();
    for name in names {
        edit_payload(&desk, &name, |payload| {
            *payload = serde_json::json!({"format": 900, "manifest": 1});
        });
        let before = contents(&desk.path(&name));
        for args in [
            &["search", "mules"][..],
            &["stats"],
            &["export"],
            &["verify"],
            &["verify", "--repair", "--accept-loss"],
            &["index", "."],
            &["remove", "articles"],
            &["optimize"],
        ] {
            let run = desk.run(args.iter().chain(&["--index", &*name])).exits(2);
            assert_eq!(run.err.lines().count(), 1, "{run:?}");
            run.says("newer version of warraq").says("format 900");
        }
        index_again(&desk, &name, &[]).exits(2).says("newer version");
        assert_eq!(contents(&desk.path(&name)), before);
        // Asked to, it builds its own and keeps the other beside it.
        index_again(&desk, &name, &["--rebuild"]).exits(0).says("is kept in");
        answers_as_recorded(&desk, &name);
        let kept = contents(&desk.path(&name).join("damaged-1"));
        assert!(kept.values().all(|content| before.values().any(|known| known == content)));
        assert_eq!(kept.len() + 1, before.len());
    }
}

#[test]
fn what_is_built_anew_must_be_there() {
    let desk = Desk::new();
    desk.write("more/a.txt", "A weevil.");
    desk.run(["index", "corpus", "more", "--index", "i"]).exits(0);
    fs::rename(desk.path("corpus"), desk.path("away")).unwrap();
    let before = contents(&desk.path("i"));
    let refused = |args: &[&str], before: &BTreeMap<PathBuf, String>| {
        let run = desk.run(args).exits(2).says("it is not there or cannot be read");
        run.says("left as it was").says("`warraq remove`");
        assert_eq!(contents(&desk.path("i")), *before);
    };
    refused(&["index", "--rebuild", "--index", "i"], &before);
    refused(&["index", "more", "--compact", "--index", "i"], &before);
    edit_payload(&desk, "i", |payload| payload["analysis"] = "another".into());
    let before = contents(&desk.path("i"));
    refused(&["index", "more", "--index", "i"], &before);
    refused(&["remove", "more", "--index", "i"], &before);
    fs::rename(desk.path("away"), desk.path("corpus")).unwrap();
    desk.run(["index", "more", "--index", "i"]).exits(0).says("5 articles");
    // What is taken out need not be there.
    edit_payload(&desk, "i", |payload| payload["analysis"] = "another".into());
    fs::remove_dir_all(desk.path("corpus")).unwrap();
    desk.run(["remove", "corpus", "--index", "i"]).exits(0).says("1 article");
    desk.run(["verify", "--index", "i"]).exits(0).quiet();
}
