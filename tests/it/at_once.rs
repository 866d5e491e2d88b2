//! Many at once: writers beside readers, stopped and killed ones among them.
//!
//! Each change replaces all articles by those of another *round*, whose number they all hold. So an
//! answer in which two rounds meet is half of a change, and so is one with too few articles.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use warraq::index::{Location, OpenIndex};
use warraq::search::{Engine, Request};

use crate::server::*;
use crate::support::*;

const ARTICLES: usize = 24;
/// Finds one passage of each article.
const QUERY: &str = "weevil";
const SEARCH: [&str; 7] = ["search", QUERY, "-n", "100", "--format", "json", "--index"];
const INDEX: [&str; 5] = ["index", "a", "--index", "i", "--no-progress"];

/// Replaces all articles by those of a round.
fn write_round(desk: &Desk, round: u64) {
    for article in 0..ARTICLES {
        let mut text = format!("A weevil of round {round}.\n");
        for paragraph in 0..12 {
            let words = "river granary envoy harbour ".repeat(5);
            text.push_str(&format!("\nParagraph {paragraph} of {article}: {words}{round}.\n"));
        }
        desk.write(&format!("a/{article}.txt"), text);
    }
}

/// A desk with round 0 in the index `i`.
fn desk() -> Desk {
    let desk = Desk::empty();
    write_round(&desk, 0);
    desk.run(INDEX).exits(0);
    desk
}

/// The rounds that an answer's passages are of; no article may be there twice.
#[track_caller]
fn rounds(answer: &Value) -> Vec<u64> {
    let mut articles: Vec<&str> = hits(answer).iter().map(|hit| text(&hit["article"])).collect();
    articles.sort_unstable();
    articles.dedup();
    assert_eq!(hits(answer).len(), articles.len());
    let round = |hit: &Value| {
        let text = text(&hit["text"]);
        let number = text.strip_prefix("A weevil of round ").and_then(|rest| rest.split_once('.'));
        number.unwrap_or_else(|| panic!("{text}")).0.parse().unwrap()
    };
    hits(answer).iter().map(round).collect()
}

/// The one round of an answer with all articles.
#[track_caller]
fn round(answer: &Value) -> u64 {
    let mut rounds = rounds(answer);
    assert_eq!(rounds.len(), ARTICLES);
    rounds.sort_unstable();
    rounds.dedup();
    assert_eq!(rounds.len(), 1, "half of a change: {rounds:?}");
    rounds[0]
}

/// The round that the index is of, for who opens it now.
#[track_caller]
fn round_on_disk(desk: &Desk) -> u64 {
    round(&desk.run(SEARCH.iter().chain(&["i"])).exits(0).quiet().json())
}

/// Moments that differ from round to round, the same in each run of the tests.
fn moments(count: u64, most: Duration) -> impl Iterator<Item = Duration> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    (0..count).map(move |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        most.mul_f64((state % 10_000) as f64 / 10_000.0)
    })
}

/// A batch whose queries come when it is told, one by one.
struct SlowBatch {
    child: Child,
    queries: ChildStdin,
    answers: BufReader<std::process::ChildStdout>,
}

impl SlowBatch {
    fn start(desk: &Desk) -> SlowBatch {
        let mut command = desk.command();
        command.args(["batch", "-n", "100", "--index", "i"]);
        let mut child = start(command.stdin(Stdio::piped()));
        let queries = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        SlowBatch { child, queries, answers }
    }

    #[track_caller]
    fn ask(&mut self) -> Value {
        writeln!(self.queries, "{QUERY}").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    #[track_caller]
    fn end(self) {
        drop((self.queries, self.answers));
        finish(self.child, PATIENCE).exits(0).quiet();
    }
}

/// Raised at the end, however that comes.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The reply to a request, asked again where too many batches are under way.
fn patiently(ask: impl Fn() -> Reply) -> Value {
    loop {
        let reply = ask();
        if reply.status == 200 {
            return reply.json();
        }
        assert!(reply.problem(503).contains("too many"), "{reply:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Asks again and again; what comes is of one round, and never of an earlier one than before.
fn read(done: &AtomicBool, mut answer: impl FnMut() -> Value) {
    let mut last = 0;
    while !done.load(Ordering::Relaxed) {
        let round = round(&answer());
        assert!(round >= last, "round {round} after {last}");
        last = round;
    }
}

#[test]
fn a_writer_beside_32_readers() {
    const ROUNDS: u64 = 6;
    let desk = desk();
    let mut command = desk.command();
    let server = Server::start_command(command.args(["serve", "--port", "0", "--index", "i"]));
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (desk, server, done) = (&desk, &server, &done);
        for reader in 0..32 {
            scope.spawn(move || match reader {
                0..18 => read(done, || server.json("/api/v1/search?q=weevil&limit=100")),
                18..26 => read(done, || {
                    let query = "{\"query\": \"weevil\", \"limit\": 100}\n";
                    patiently(|| server.post("/api/v1/batch", "application/x-ndjson", query))
                }),
                26..29 => read(done, || desk.run(SEARCH.iter().chain(&["i"])).exits(0).json()),
                _ => read(done, || {
                    let batch = ["batch", "-n", "100", "--index", "i"];
                    let run = desk.run_with_input(batch, "weevil\nweevil\n").exits(0);
                    let answers = run.json_lines();
                    assert_eq!(round(&answers[0]), round(&answers[1]));
                    answers[0].clone()
                }),
            });
        }
        let _done = Done(done);
        for round in 1..=ROUNDS {
            write_round(desk, round);
            match round % 3 {
                0 => desk.run(INDEX.iter().chain(&["--rebuild"])).exits(0),
                1 => desk.run(INDEX).exits(0),
                _ => {
                    desk.run(INDEX).exits(0);
                    desk.run(["optimize", "--index", "i"]).exits(0)
                }
            };
        }
        wait_until("the last round", || {
            round(&server.json("/api/v1/search?q=weevil&limit=100")) == ROUNDS
        });
    });
    assert_eq!(server.errors().lines().count(), 1, "{}", server.errors());
    desk.run(["verify", "--index", "i"]).exits(0).quiet();
}

#[test]
fn what_is_open_stays_as_it_was() {
    let desk = desk();
    let mut batch = SlowBatch::start(&desk);
    let before = batch.ask();
    let open = OpenIndex::open_to_search(&Location::new(desk.path("i"))).unwrap();
    let search = || {
        let mut engine = Engine::new(&open);
        let request = Request { limit: 100, ..Request::new(QUERY) };
        serde_json::to_value(engine.search(&request).unwrap().hits).unwrap()
    };
    let found = search();
    for number in 1..=4 {
        write_round(&desk, number);
        desk.run(INDEX).exits(0);
        desk.run(["optimize", "--index", "i"]).exits(0);
        assert_eq!(batch.ask()["hits"], before["hits"]);
        assert_eq!(search(), found);
    }
    // All files that they have open are gone from disk.
    desk.run(INDEX.iter().chain(&["--rebuild"])).exits(0);
    assert!(!desk.path("i/gen-1").exists());
    assert_eq!(batch.ask()["hits"], before["hits"]);
    assert_eq!(search(), found);
    batch.end();
    assert_eq!(round_on_disk(&desk), 4);
}

#[test]
fn writers_of_all_kinds_at_once() {
    let desk = desk();
    desk.write("b/one.txt", "A beetle.");
    for number in 1..=3 {
        write_round(&desk, number);
        let b = ["index", "b", "--index", "i", "--no-progress"];
        let without_b = ["remove", "b", "--index", "i"];
        let commands: [&[&str]; 7] = [
            &INDEX,
            &b,
            &["index", "--rebuild", "--index", "i", "--no-progress"],
            &["optimize", "--index", "i"],
            &["verify", "--repair", "--index", "i"],
            &INDEX,
            &["index", "a", "b", "--index", "i", "--no-progress"],
        ];
        let runs = commands.map(|args| start(desk.command().args(args)));
        for run in runs {
            finish(run, PATIENCE).exits(0);
        }
        assert_eq!(round_on_disk(&desk), number);
        assert_eq!(desk.count(&["beetle", "--index", "i"]), 1);
        desk.run(without_b).exits(0);
        assert_eq!(desk.count(&["beetle", "--index", "i"]), 0);
    }
    desk.run(["verify", "--index", "i"]).exits(0).quiet();
    assert_eq!(names_in(&desk, "i").len(), 3, "{:?}", names_in(&desk, "i"));
}

fn names_in(desk: &Desk, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(desk.path(folder)).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn who_does_not_wait_searches_what_is_there() {
    let desk = Desk::empty();
    write_round(&desk, 0);
    // The default folders, which a search brings up to date if it can.
    fs::rename(desk.path("a"), desk.path("corpus")).unwrap();
    desk.run(["index"]).exits(0);
    fs::rename(desk.path("corpus"), desk.path("a")).unwrap();
    write_round(&desk, 1);
    fs::rename(desk.path("a"), desk.path("corpus")).unwrap();
    let writer = start(desk.command().args(["index", "--no-progress"]));
    signal(&writer, "-STOP");
    // Whether it had got as far as the lock or not.
    let search = ["search", QUERY, "-n", "100", "--format", "json"];
    for _ in 0..3 {
        assert!(round(&desk.run(search).exits(0).json()) <= 1);
    }
    signal(&writer, "-CONT");
    finish(writer, PATIENCE).exits(0);
    assert_eq!(round(&desk.run(search).exits(0).quiet().json()), 1);
}

/// How long a run takes that replaces all articles.
fn duration_of_a_run(desk: &Desk, number: u64) -> Duration {
    write_round(desk, number);
    let started = Instant::now();
    desk.run(INDEX).exits(0);
    started.elapsed()
}

#[test]
fn killed_at_any_moment_it_is_one_round_or_the_other() {
    let desk = desk();
    let duration = duration_of_a_run(&desk, 1);
    let mut last = 1;
    let (mut old, mut new) = (0, 0);
    for (number, moment) in (2..).zip(moments(25, duration)) {
        write_round(&desk, number);
        let mut child = start(desk.command().args(INDEX));
        std::thread::sleep(moment);
        // It may be done.
        let _ = child.kill();
        child.wait().unwrap();
        let now = round_on_disk(&desk);
        assert!(now == last || now == number, "{now} after {last} and {number}");
        *(if now == number { &mut new } else { &mut old }) += 1;
        last = now;
        if number % 5 == 0 {
            desk.run(["verify", "--index", "i"]).exits(0);
        }
    }
    assert!(old > 0, "no run was killed in time ({new} were done)");
    desk.run(INDEX).exits(0);
    assert_eq!(round_on_disk(&desk), 26);
    desk.run(["verify", "--index", "i"]).exits(0).quiet();
    assert_eq!(names_in(&desk, "i").len(), 3, "{:?}", names_in(&desk, "i"));
}

#[test]
fn told_to_end_at_any_moment_it_keeps_what_is_done() {
    let desk = desk();
    let duration = duration_of_a_run(&desk, 1);
    let mut ends = [0; 3];
    for (number, moment) in (2..).zip(moments(25, duration)) {
        write_round(&desk, number);
        let (name, status) = if number % 2 == 0 { ("-TERM", 143) } else { ("-INT", 130) };
        let mut child = start(desk.command().args(INDEX));
        std::thread::sleep(moment);
        if child.try_wait().unwrap().is_none() {
            signal(&child, name);
        }
        let run = finish(child, PATIENCE);
        let search = desk.run(SEARCH.iter().chain(&["i"]));
        let answer = search.json();
        let rounds = rounds(&answer);
        assert!(rounds.iter().all(|round| *round <= number), "{rounds:?}");
        // What had changed and is not read yet is there as it was, and the index says so.
        assert_eq!(rounds.len(), ARTICLES, "{rounds:?}");
        let is_mixed = rounds.iter().any(|round| *round != rounds[0]);
        assert!(!is_mixed || search.err.contains("unfinished"), "{rounds:?}: {search:?}");
        match run.code {
            Some(0) => {
                assert_eq!(round(&answer), number);
                ends[0] += 1;
            }
            Some(code) => {
                assert_eq!(code, status, "{run:?}");
                assert!(run.err.contains("interrupted"), "{run:?}");
                ends[1] += 1;
            }
            // The signal came before anything was ready for it.
            None => ends[2] += 1,
        }
    }
    assert!(ends[1] > 0, "no run was interrupted: {ends:?}");
    desk.run(INDEX).exits(0);
    assert_eq!(round_on_disk(&desk), 26);
    desk.run(["verify", "--index", "i"]).exits(0).quiet();
}

#[test]
fn a_stopped_writer_holds_up_no_reader() {
    let desk = desk();
    let mut command = desk.command();
    let server = Server::start_command(command.args(["serve", "--port", "0", "--index", "i"]));
    let duration = duration_of_a_run(&desk, 1);
    let in_server = || round(&server.json("/api/v1/search?q=weevil&limit=100"));
    wait_until("the server has it", || in_server() == 1);
    for (number, moment) in (2..).zip(moments(3, duration)) {
        write_round(&desk, number);
        let writer = start(desk.command().args(INDEX));
        std::thread::sleep(moment);
        signal(&writer, "-STOP");
        let second = start(desk.command().args(INDEX));
        let until = Instant::now() + Duration::from_secs(2);
        while Instant::now() < until {
            assert!([number - 1, number].contains(&round_on_disk(&desk)));
            assert!([number - 1, number].contains(&in_server()));
        }
        signal(&writer, "-CONT");
        finish(writer, PATIENCE).exits(0);
        finish(second, PATIENCE).exits(0);
        assert_eq!(round_on_disk(&desk), number);
        wait_until("the server has it", || in_server() == number);
    }
}

#[test]
fn a_stopped_reader_holds_up_no_writer() {
    let desk = desk();
    let mut command = desk.command();
    let server = Server::start_command(command.args(["serve", "--port", "0", "--index", "i"]));
    let mut batch = SlowBatch::start(&desk);
    assert_eq!(round(&batch.ask()), 0);
    signal(&batch.child, "-STOP");
    server.signal("STOP");
    for number in 1..=3 {
        write_round(&desk, number);
        desk.run(INDEX.iter().chain(&["--rebuild"])).exits(0);
        assert_eq!(round_on_disk(&desk), number);
    }
    signal(&batch.child, "-CONT");
    server.signal("CONT");
    assert_eq!(round(&batch.ask()), 0);
    batch.end();
    wait_until("the server has it", || {
        round(&server.json("/api/v1/search?q=weevil&limit=100")) == 3
    });
}

/// A command that prints when it is asked to, so that nothing is left of it in a pipe.
fn watching(desk: &Desk) -> Child {
    let mut command: Command = desk.command();
    command.args(["index", "--watch", "--index", "i", "--no-progress"]);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

#[test]
fn a_watch_beside_runs_of_others() {
    let desk = desk();
    let watch = watching(&desk);
    for number in 1..=4 {
        write_round(&desk, number);
        let runs = [(); 2].map(|()| start(desk.command().args(INDEX)));
        for run in runs {
            finish(run, PATIENCE).exits(0);
        }
        // Those runs began when all was written.
        assert_eq!(round_on_disk(&desk), number);
    }
    desk.write("a/late.txt", "A beetle.");
    wait_until("the watch", || desk.count(&["beetle", "--index", "i"]) == 1);
    signal(&watch, "-INT");
    finish(watch, PATIENCE).exits(0);
    assert_eq!(round_on_disk(&desk), 4);
    desk.run(["verify", "--index", "i"]).exits(0).quiet();
}
