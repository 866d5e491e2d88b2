//! Long runs: what they tell meanwhile, how they are interrupted and how the next one goes on.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Child;
use std::time::Duration;

use warraq::index::{
    Advance, Change, Location, Observer, Source, Unobserved, UpdateOptions, update,
};

use crate::support::*;

const RECORDS: usize = 3000;
/// Bytes after which the runs here commit what is done; the records are some ten times as many.
const COMMIT_AFTER: &str = "100000";
const INDEX: [&str; 5] = ["index", "many.jsonl", "--index", "i", "--no-progress"];
const QUERIES: &str = "garrison river\nwinter\n\"the harbour\"\nrice 17\ntitle:siege\nzyzzyva\n";

/// Records that differ, but for an id and a content that occur twice, early and late.
fn records() -> String {
    let words = [
        "garrison", "river", "harbour", "winter", "rice", "siege", "envoy", "letter", "province",
        "fleet", "armour", "bridge", "granary",
    ];
    let mut lines = String::new();
    for n in 0..RECORDS {
        let id = if n == RECORDS - 2 { 5 } else { n };
        let n = if n == RECORDS - 3 { 3 } else { n };
        let mut text = String::new();
        for place in 0..50 {
            let word = words[(n * 7 + place * place + n / 13) % words.len()];
            let _ = write!(text, "the {word} {} ", (n * 31 + place) % 97);
        }
        let record = serde_json::json!({"id": format!("r{id}"), "title": format!("Siege {n}"), "text": text});
        let _ = writeln!(lines, "{record}");
        if n == 40 {
            lines.push_str("{oops\n");
        }
    }
    lines
}

fn desk() -> Desk {
    let desk = Desk::empty();
    desk.write("many.jsonl", records());
    desk
}

fn answers(desk: &Desk) -> String {
    desk.run_with_input(["batch", "-n", "50", "--index", "i"], QUERIES).exits(0).quiet().out
}

/// What an index says that was made in one run.
fn expected() -> String {
    let desk = desk();
    desk.run(INDEX).exits(2).says("2 skipped").says("many.jsonl:3000:");
    answers(&desk)
}

/// The state of an index's last commit; nothing where there is no index.
fn commit_of(desk: &Desk) -> Option<Vec<u8>> {
    let generation = fs::read_to_string(desk.path("i/current")).ok()?;
    fs::read(desk.path("i").join(generation.split_whitespace().next()?).join("meta.json")).ok()
}

/// A run that commits often, and is there once it has committed.
fn run_to_a_commit(desk: &Desk) -> Child {
    let before = commit_of(desk);
    let child = start(desk.command().args(INDEX).args(["--commit-after", COMMIT_AFTER]));
    wait_until("a commit", || commit_of(desk) != before);
    child
}

#[test]
fn interrupted_runs_go_on_and_end_as_one() {
    let desk = desk();
    let mut interruptions = 0;
    loop {
        let child = run_to_a_commit(&desk);
        signal(&child, "-INT");
        let run = finish(child, PATIENCE);
        if run.code != Some(130) {
            // It was done before the signal came.
            break;
        }
        interruptions += 1;
        assert_eq!(run.err.lines().last().map(|line| &line[..20]), Some("interrupted: 0 of 1 "));
        if interruptions == 3 {
            break;
        }
    }
    assert!(interruptions > 0);
    let run = desk.run(["search", "garrison", "--index", "i"]).exits(0).says("unfinished");
    assert_eq!(run.err.lines().count(), 1, "{run:?}");
    let stats = desk.run(["stats", "--index", "i"]).exits(0).out;
    assert!(stats.lines().last().unwrap().ends_with(", unfinished"), "{stats}");
    let run = desk.run(INDEX).exits(2).says("1 continued").says("2 skipped");
    let run = run.says("; 1 duplicate");
    run.says("many.jsonl:42:").says("many.jsonl:3000:");
    assert_eq!(answers(&desk), expected());
    let stats = desk.run(["stats", "--index", "i"]).exits(0).quiet().out;
    assert!(!stats.contains("unfinished"), "{stats}");
    desk.run(INDEX).exits(2).says("1 unchanged").says("2 skipped");
}

#[test]
fn a_killed_run_goes_on_from_its_last_commit() {
    let desk = desk();
    for _ in 0..2 {
        let mut child = run_to_a_commit(&desk);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let run = desk.run(["stats", "--format", "json", "--index", "i"]).exits(0);
    let articles = run.json()["articles"].as_u64().unwrap();
    assert!(articles > 0 && articles < RECORDS as u64, "{articles}");
    assert_eq!(run.json()["sources"][0]["unfinished"], true);
    desk.run(INDEX).exits(2).says("1 continued");
    assert_eq!(answers(&desk), expected());
}

#[test]
fn a_file_that_changed_meanwhile_is_read_from_its_beginning() {
    let desk = desk();
    let child = run_to_a_commit(&desk);
    signal(&child, "-TERM");
    finish(child, PATIENCE).exits(143);
    desk.write("many.jsonl", "{\"id\":\"r9\",\"text\":\"Zyzzyva.\"}\n");
    desk.run(INDEX).exits(0).says("1 changed").says("1 article");
    assert_eq!(desk.ids(&["zyzzyva", "--index", "i"]), ["r9#0"]);
}

#[test]
fn a_file_that_comes_first_takes_an_id_from_one_read_in_part() {
    let desk = Desk::empty();
    desk.write("all/many.jsonl", records());
    let args = ["index", "all", "--index", "i", "--no-progress"];
    let child = start(desk.command().args(args).args(["--commit-after", COMMIT_AFTER]));
    wait_until("a commit", || commit_of(&desk).is_some());
    signal(&child, "-INT");
    finish(child, PATIENCE).exits(130);
    desk.write("all/first.jsonl", "{\"id\":\"r0\",\"text\":\"Zyzzyva.\"}\n");
    desk.run(args).exits(2).says("many.jsonl:1:").says("3 skipped");
    assert_eq!(desk.ids(&["zyzzyva", "--no-expand", "--index", "i"]), ["r0#0"]);
    let continued = answers(&desk);
    fs::remove_dir_all(desk.path("i")).unwrap();
    desk.run(args).exits(2);
    assert_eq!(continued, answers(&desk));
}

#[test]
fn an_interrupted_rebuild_leaves_the_former_index() {
    let desk = desk();
    desk.run(INDEX).exits(2);
    let before = answers(&desk);
    let child = start(desk.command().args(INDEX).args(["--rebuild", "--commit-after", "100000"]));
    wait_until("the rebuild", || desk.path("i/gen-2").exists());
    signal(&child, "-INT");
    finish(child, PATIENCE).exits(130).says("interrupted");
    assert!(!desk.path("i/gen-2").exists());
    assert_eq!(answers(&desk), before);
}

#[test]
fn who_waits_for_another_run_can_be_interrupted() {
    let desk = Desk::indexed();
    let lock = fs::File::options().write(true).open(desk.path("index/lock")).unwrap();
    lock.lock().unwrap();
    let child = start(desk.command().arg("index"));
    std::thread::sleep(Duration::from_millis(300));
    signal(&child, "-INT");
    finish(child, PATIENCE).exits(130).says("interrupted before anything was done");
}

#[test]
fn progress_is_told_in_plain_lines_where_nobody_looks_at_a_terminal() {
    let desk = desk();
    let child = start(desk.command().args(&INDEX[..4]));
    let is_segment = |entry: fs::DirEntry| entry.path().extension().is_some_and(|e| e == "store");
    wait_until("the first passages", || {
        let entries = fs::read_dir(desk.path("i/gen-1")).into_iter().flatten().flatten();
        entries.into_iter().any(is_segment)
    });
    signal(&child, "-STOP");
    std::thread::sleep(Duration::from_millis(5200));
    signal(&child, "-CONT");
    let run = finish(child, PATIENCE).exits(2).says("warraq: indexing: ");
    let line = run.err.lines().find(|line| line.contains("indexing: ")).unwrap();
    for part in [" articles, ", " passages, ", " MB (", " MB/s, ", " left)"] {
        assert!(line.contains(part), "{part:?} is not in {line}");
    }
}

/// Records what it is told, and says stop after so many articles.
struct Watching {
    told: RefCell<Vec<Advance>>,
    stops_after: u64,
}

impl Observer for Watching {
    fn advanced(&self, so_far: Advance) {
        self.told.borrow_mut().push(so_far);
    }

    fn stopped(&self) -> bool {
        self.told.borrow().last().is_some_and(|last| last.articles > self.stops_after)
    }
}

fn update_by_library(folder: &Path, observer: &dyn Observer) -> warraq::index::Report {
    let source = Source {
        path: folder.join("many.jsonl"),
        spooled: None,
        format: Default::default(),
        whole: false,
        columns: Default::default(),
    };
    let options = UpdateOptions { threads: 1, ..UpdateOptions::default() };
    let location = Location::new(folder.join("i"));
    update(&location, Change::Add(vec![source]), options, observer).unwrap()
}

#[test]
fn an_observer_sees_progress_within_a_file_and_can_stop_there() {
    let desk = desk();
    let watching = Watching { told: RefCell::default(), stops_after: 10 };
    let report = update_by_library(&desk.path("."), &watching);
    assert!(report.interrupted.is_some());
    let told = watching.told.into_inner();
    assert!(told.iter().all(|so_far| so_far.bytes < report.bytes));
    assert!(told.last().unwrap().articles > 0);
    let report = update_by_library(&desk.path("."), &Unobserved);
    assert_eq!((report.continued_files, report.totals.articles), (1, RECORDS as u64 - 1));
    assert_eq!(answers(&desk), expected());
}
