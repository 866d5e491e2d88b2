//! `index --watch`: files come, change and go while it runs, and searches find it.
//!
//! Nothing here waits for a fixed time: each step waits for what it is to bring about.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Child;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use warraq::index::{Change, Location, Report, Source, Unobserved, UpdateOptions, update};
use warraq::source::{Columns, Format};
use warraq::watch::{Observer, Options, Watch};

use crate::support::*;

/// Ten times as long as a watch waits for quiet before a run.
const QUIET: Duration = Duration::from_secs(2);

/// Records of a run that takes a while.
const RECORDS: usize = 2_000;

/// A watching child, and what it said until now.
struct Watching {
    child: Option<Child>,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Watching {
    /// Starts `index ARGS --index i` and waits until it watches.
    fn start(desk: &Desk, args: &[&str]) -> Watching {
        let mut child =
            start(desk.command().arg("index").args(args).args(["--index", "i", "--no-progress"]));
        let lines = Arc::new(Mutex::new(Vec::new()));
        let err = BufReader::new(child.stderr.take().unwrap());
        let said = lines.clone();
        std::thread::spawn(move || {
            for line in err.lines().map_while(Result::ok) {
                said.lock().unwrap().push(line);
            }
        });
        let watching = Watching { child: Some(child), lines };
        watching.wait_for("watching ");
        watching
    }

    fn child(&self) -> &Child {
        self.child.as_ref().unwrap()
    }

    fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    fn said(&self, part: &str) -> usize {
        self.lines().iter().filter(|line| line.contains(part)).count()
    }

    #[track_caller]
    fn wait_for(&self, part: &str) {
        let started = Instant::now();
        while self.said(part) == 0 {
            assert!(started.elapsed() < PATIENCE, "{part:?} is not in {:?}", self.lines());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Sends a signal and demands an exit status; returns what was said.
    #[track_caller]
    fn end(mut self, name: &str, code: i32) -> Vec<String> {
        let child = self.child.take().unwrap();
        signal(&child, name);
        finish(child, PATIENCE).exits(code);
        assert_eq!(self.said("panicked"), 0, "{:?}", self.lines());
        self.lines()
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Waits until a query finds passages of these articles.
#[track_caller]
fn wait_to_find(desk: &Desk, query: &str, articles: &[&str]) {
    let mut found = Vec::new();
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        found = desk.ids(&[query, "--no-expand", "--index", "i"]);
        found.sort();
        let expected = articles.iter().map(|article| format!("{article}#0"));
        if found.iter().cloned().eq(expected) {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("{query} finds {found:?}, not {articles:?}");
}

/// Puts a file in its place in one step, as editors do.
fn put(desk: &Desk, relative: &str, text: &str) {
    desk.write(".aside", text);
    fs::rename(desk.path(".aside"), desk.path(relative)).unwrap();
}

fn desk() -> Desk {
    let desk = Desk::empty();
    desk.write("a/one.txt", "Barley was sown early.");
    desk
}

#[test]
fn files_that_come_change_and_go_are_followed() {
    let desk = desk();
    let watching = Watching::start(&desk, &["a", "--watch"]);
    wait_to_find(&desk, "barley", &["one.txt"]);
    desk.write("a/two.txt", "Barley again, and millet.");
    wait_to_find(&desk, "barley", &["one.txt", "two.txt"]);
    desk.write("a/one.txt", "Lentils were sown late.");
    wait_to_find(&desk, "barley", &["two.txt"]);
    // As an editor saves: another file takes the name.
    desk.write("a/.two.txt.new", "Millet alone.");
    fs::rename(desk.path("a/.two.txt.new"), desk.path("a/two.txt")).unwrap();
    wait_to_find(&desk, "barley", &[]);
    wait_to_find(&desk, "millet", &["two.txt"]);
    fs::rename(desk.path("a/two.txt"), desk.path("a/three.txt")).unwrap();
    wait_to_find(&desk, "millet", &["three.txt"]);
    desk.remove_file("a/three.txt");
    wait_to_find(&desk, "millet", &[]);
    wait_to_find(&desk, "lentils", &["one.txt"]);
    let lines = watching.end("-INT", 0);
    assert!(lines[0].starts_with("files: 1 added; the index at i holds "), "{lines:?}");
    assert_eq!(lines[1], "warraq: watching 1 source");
    for line in &lines[2..] {
        assert!(line.starts_with("warraq: files: ") && line.contains(" passage"), "{lines:?}");
        assert!(!line.contains("unchanged"), "{lines:?}");
    }
}

#[test]
fn folders_that_come_and_go_are_followed() {
    let desk = desk();
    desk.write("elsewhere/b/c/two.txt", "Barley in a folder.");
    let watching = Watching::start(&desk, &["a", "--watch"]);
    fs::rename(desk.path("elsewhere/b"), desk.path("a/b")).unwrap();
    wait_to_find(&desk, "barley", &["b/c/two.txt", "one.txt"]);
    // It is listened to now.
    desk.write("a/b/c/three.txt", "Barley once more.");
    wait_to_find(&desk, "barley", &["b/c/three.txt", "b/c/two.txt", "one.txt"]);
    fs::rename(desk.path("a/b"), desk.path("a/d")).unwrap();
    wait_to_find(&desk, "barley", &["d/c/three.txt", "d/c/two.txt", "one.txt"]);
    put(&desk, "a/d/c/two.txt", "Millet in a folder.");
    wait_to_find(&desk, "barley", &["d/c/three.txt", "one.txt"]);
    fs::remove_dir_all(desk.path("a/d")).unwrap();
    desk.write("a/d/e/f/four.txt", "Barley in a folder of the same name.");
    wait_to_find(&desk, "barley", &["d/e/f/four.txt", "one.txt"]);
    put(&desk, "a/d/e/f/four.txt", "Millet.");
    wait_to_find(&desk, "barley", &["one.txt"]);
    fs::rename(desk.path("a/d"), desk.path("elsewhere/d")).unwrap();
    wait_to_find(&desk, "millet", &[]);
    watching.end("-TERM", 0);
}

#[test]
fn a_source_that_is_a_file_may_be_replaced_and_come_again() {
    let desk = desk();
    let watching = Watching::start(&desk, &["a/one.txt", "--watch"]);
    put(&desk, "a/one.txt", "Millet.");
    wait_to_find(&desk, "millet", &["one.txt"]);
    desk.remove_file("a/one.txt");
    watching.wait_for("is not there any more: its passages are kept");
    wait_to_find(&desk, "millet", &["one.txt"]);
    desk.write("a/one.txt", "Lentils.");
    wait_to_find(&desk, "lentils", &["one.txt"]);
    watching.end("-INT", 0);
}

#[test]
fn a_source_that_vanishes_is_awaited() {
    let desk = desk();
    desk.write("above/b/two.txt", "Millet.");
    let watching = Watching::start(&desk, &["a", "above/b", "--watch"]);
    // With the folder above it, which nothing announces.
    fs::rename(desk.path("above"), desk.path("away")).unwrap();
    watching.wait_for("is not there any more: its passages are kept");
    put(&desk, "a/one.txt", "Lentils.");
    wait_to_find(&desk, "lentils", &["one.txt"]);
    wait_to_find(&desk, "millet", &["two.txt"]);
    desk.write("away/b/two.txt", "Barley.");
    fs::rename(desk.path("away"), desk.path("above")).unwrap();
    wait_to_find(&desk, "barley", &["two.txt"]);
    put(&desk, "above/b/two.txt", "Rye.");
    wait_to_find(&desk, "rye", &["two.txt"]);
    assert_eq!(watching.said("is not there any more"), 1, "{:?}", watching.lines());
    watching.end("-INT", 0);
}

#[test]
fn the_index_beneath_a_source_causes_no_runs() {
    let desk = desk();
    let watching = Watching::start(&desk, &[".", "--watch", "-vv"]);
    let runs =
        || watching.said("warraq: files: ") + watching.said("warraq: the index is up to date");
    for (n, text) in ["Millet.", "Lentils.", "Rye."].into_iter().enumerate() {
        put(&desk, "a/one.txt", text);
        wait_until("the run", || watching.said("warraq: files: 1 changed; 1 article in ") == n + 1);
    }
    // A loop would never be quiet for so long.
    let mut last = (runs(), Instant::now());
    wait_until("quiet", || {
        if last.0 != runs() {
            last = (runs(), Instant::now());
        }
        last.1.elapsed() > QUIET
    });
    // What is hidden or of another kind causes none either.
    desk.write("a/.hidden.txt", "Barley.");
    desk.write("a/picture.png", "Barley.");
    desk.write(".git/logs/x.txt", "Barley.");
    put(&desk, "a/one.txt", "Oats.");
    wait_to_find(&desk, "oats", &["a/one.txt"]);
    wait_to_find(&desk, "barley", &[]);
    // Of the index's own files none is an article.
    let stats = desk.run(["stats", "--format", "json", "--index", "i"]).exits(0).json();
    assert_eq!(stats["articles"], 1, "{stats}");
    watching.end("-INT", 0);
}

#[test]
fn changes_that_the_system_has_no_room_to_announce_are_seen() {
    let desk = desk();
    let watching = Watching::start(&desk, &["a", "--watch"]);
    signal(watching.child(), "-STOP");
    let room = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events");
    let room: usize = room.ok().and_then(|room| room.trim().parse().ok()).unwrap_or(0);
    // Two that are passed over, in turn: the same event twice in a row is announced once. Each
    // time is at least two events.
    for _ in 0..room.min(1 << 18) / 4 + 1 {
        fs::write(desk.path("a/x.png"), "x").unwrap();
        fs::write(desk.path("a/y.png"), "y").unwrap();
    }
    fs::create_dir(desk.path("a/b")).unwrap();
    desk.write("a/b/two.txt", "Millet.");
    signal(watching.child(), "-CONT");
    wait_to_find(&desk, "millet", &["b/two.txt"]);
    put(&desk, "a/b/two.txt", "Lentils.");
    wait_to_find(&desk, "lentils", &["b/two.txt"]);
    watching.end("-INT", 0);
}

#[test]
fn looking_does_without_announcements() {
    let desk = desk();
    let watching = Watching::start(&desk, &["a", "--watch=poll"]);
    assert_eq!(watching.lines()[1], "warraq: watching 1 source, looking every 3 s or so");
    desk.write("a/b/two.txt", "Millet.");
    wait_to_find(&desk, "millet", &["b/two.txt"]);
    desk.remove_file("a/one.txt");
    wait_to_find(&desk, "barley", &[]);
    watching.end("-INT", 0);
}

#[test]
fn what_changed_meanwhile_and_sources_added_elsewhere_are_followed() {
    let desk = desk();
    desk.run(["index", "a", "--index", "i"]).exits(0);
    desk.write("a/one.txt", "Millet.");
    // Without a path: all that the index has.
    let watching = Watching::start(&desk, &["--watch"]);
    wait_to_find(&desk, "millet", &["one.txt"]);
    desk.write("b/two.txt", "Lentils.");
    desk.run(["index", "b", "--index", "i"]).exits(0);
    wait_to_find(&desk, "lentils", &["two.txt"]);
    put(&desk, "b/two.txt", "Rye.");
    wait_to_find(&desk, "rye", &["two.txt"]);
    watching.end("-INT", 0);
}

#[test]
fn another_writer_is_waited_for() {
    let desk = desk();
    let watching = Watching::start(&desk, &["a", "--watch"]);
    let held = Location::new(desk.path("i")).try_lock();
    let held = match held {
        Ok(held) => held,
        // The first run of the watch is just ending.
        Err(_) => Location::new(desk.path("i")).lock(|| false).unwrap(),
    };
    put(&desk, "a/one.txt", "Millet.");
    watching.wait_for("waiting for another warraq that is writing this index");
    drop(held);
    wait_to_find(&desk, "millet", &["one.txt"]);
    watching.end("-INT", 0);
}

#[test]
fn a_run_that_fails_is_said_once_and_tried_again() {
    let desk = desk();
    let watching = Watching::start(&desk, &["a", "--watch"]);
    fs::rename(desk.path("i"), desk.path("kept")).unwrap();
    put(&desk, "a/one.txt", "Millet.");
    watching.wait_for("not brought up to date, trying again: no index at ");
    assert!(!desk.path("i").exists());
    fs::rename(desk.path("kept"), desk.path("i")).unwrap();
    wait_to_find(&desk, "millet", &["one.txt"]);
    assert_eq!(watching.said("trying again"), 1, "{:?}", watching.lines());
    watching.end("-INT", 0);
}

#[test]
fn what_is_skipped_is_said_once() {
    let desk = desk();
    desk.write("a/bad.jsonl", "{oops\n");
    let watching = Watching::start(&desk, &["a", "--watch"]);
    for text in ["Millet.", "Lentils."] {
        put(&desk, "a/one.txt", text);
        wait_to_find(&desk, text.trim_end_matches('.'), &["one.txt"]);
    }
    // Once by the first run, once by the watch.
    assert_eq!(watching.said("bad.jsonl:1: is not valid JSON"), 2, "{:?}", watching.lines());
    watching.wait_for("1 changed; 1 article in 1 passage, 1 skipped (");
    watching.end("-INT", 0);
}

#[test]
fn a_run_is_cut_short_by_a_signal() {
    let desk = desk();
    let watching = Watching::start(&desk, &["a", "--watch", "--commit-after", "20000"]);
    let mut records = String::new();
    for n in 0..RECORDS {
        let text = format!("Harbour {n} of the province {} and its granary. ", n % 97).repeat(10);
        records.push_str(&format!("{{\"id\":\"r{n}\",\"text\":\"{text}\"}}\n"));
    }
    let before = fs::read(desk.path("i/gen-1/meta.json")).unwrap();
    put(&desk, "a/many.jsonl", &records);
    wait_until("a commit", || fs::read(desk.path("i/gen-1/meta.json")).unwrap() != before);
    let lines = watching.end("-INT", 130);
    let last = lines.last().unwrap();
    assert!(last.starts_with("interrupted: 0 of 1 file read to their end"), "{last}");
    // A watch goes on from there.
    let watching = Watching::start(&desk, &["--watch"]);
    let stats = desk.run(["stats", "--format", "json", "--index", "i"]).exits(0).json();
    assert_eq!(stats["articles"], RECORDS + 1, "{stats}");
    watching.end("-TERM", 0);
}

#[test]
fn a_watch_that_cannot_begin_says_why() {
    let desk = Desk::empty();
    desk.run(["index", "missing", "--index", "i", "--watch"]).exits(2).says("missing: ");
    desk.run(["index", "--index", "i", "--watch=often"]).exits(2).says("auto, poll");
}

#[derive(Clone, Default)]
struct Runs(Arc<Mutex<Vec<Report>>>);

impl Observer for Runs {
    fn updated(&mut self, report: &Report) {
        self.0.lock().unwrap().push(report.clone());
    }
}

#[test]
fn programs_can_watch() {
    let desk = desk();
    let location = Location::new(desk.path("i"));
    assert!(Watch::start(&location, Options::default(), Runs::default()).is_err());
    assert!(!desk.path("i").exists());
    let source = Source {
        path: desk.path("a"),
        spooled: None,
        format: Format::Auto,
        whole: false,
        columns: Columns::default(),
    };
    let options = UpdateOptions { threads: 1, ..UpdateOptions::default() };
    update(&location, Change::Add(vec![source]), options, &Unobserved).unwrap();
    desk.write("a/two.txt", "Millet.");
    let runs = Runs::default();
    let how = Options { update: options, ..Options::default() };
    let watch = Watch::start(&location, how, runs.clone()).unwrap();
    wait_until("the first run", || !runs.0.lock().unwrap().is_empty());
    assert_eq!(runs.0.lock().unwrap()[0].added_files, 1);
    assert!(!watch.has_ended());
    assert_eq!(watch.stop(), None);
    // Its observer is gone with it.
    assert_eq!(Arc::strong_count(&runs.0), 1);
}
