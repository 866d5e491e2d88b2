//! Everything at once for a while: a server that watches its sources, sources that never stop changing,
//! clients of every endpoint, and commands beside it. Nothing fails and nothing grows.
//!
//! `WARRAQ_SOAK_SECONDS` says for how long, and `WARRAQ_BINARY` with which program. An hour with an
//! optimised build:
//!
//!     WARRAQ_SOAK_SECONDS=3600 WARRAQ_BINARY=target/release/warraq \
//!         cargo test --test it mixed_load -- --nocapture

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::server::*;
use crate::support::*;

const SECONDS: u64 = 15;
const CLIENTS: usize = 4;
/// Between two requests of a client, and two changes of the sources.
const PAUSE: Duration = Duration::from_millis(4);
const CHANGES_EVERY: Duration = Duration::from_millis(120);
/// Articles that come, change and go, at the most, and records of the big file.
const ARTICLES_MOVING: usize = 150;
const RECORDS: usize = 400;

/// What may be more in the last third of the time than in the second: a part of it, and as much.
const MEMORY_SHARE: f64 = 0.15;
const MEMORY_BYTES: f64 = (16 << 20) as f64;
/// Mapped files come and go with merges.
const RESIDENT_BYTES: f64 = (48 << 20) as f64;
/// As many as a run of the writer takes, and some.
const HANDLES: f64 = 14.0;
const THREADS: f64 = 12.0;

const QUERIES: [&str; 12] = [
    "Konishi retreat",
    "حصار",
    "\"fire arrows\" OR granary",
    "title:siege -lang:ar",
    "sieg* konisi~",
    "garrison winter 17",
    "year:1592..1593 army",
    "كونيشي يوكيناغا",
    "harbour NEAR/5 fleet",
    "(((",
    "what did the envoy bring",
    "zyzzyva",
];

/// Text that differs with its number.
fn moving_text(number: u64) -> String {
    const WORDS: [&str; 12] = [
        "garrison",
        "river",
        "harbour",
        "winter",
        "rice",
        "siege",
        "envoy",
        "letter",
        "province",
        "fleet",
        "granary",
        "الحصار",
    ];
    let mut text = String::new();
    for place in 0..60 + number % 200 {
        let word = WORDS[(number * 7 + place * place + number / 13) as usize % WORDS.len()];
        let _ = write!(text, "the {word} {} ", (number * 31 + place) % 997);
        if place % 40 == 39 {
            text.push_str("\n\n");
        }
    }
    text
}

/// Changes the sources until it is told to stop; returns how often.
fn change(desk: &Desk, done: &AtomicBool) -> u64 {
    let mut changes = 0;
    while !done.load(Ordering::Relaxed) {
        let name = format!("corpus/moving/{}.txt", changes as usize * 17 % ARTICLES_MOVING);
        match changes % 5 {
            0 if desk.path(&name).exists() => desk.remove_file(&name),
            _ => desk.write(&name, moving_text(changes)),
        }
        if changes % 40 == 20 {
            let record = |n| {
                let text = moving_text(changes + n as u64);
                json!({"id": format!("big-{n}"), "title": format!("Record {n}"), "text": text})
                    .to_string()
                    + "\n"
            };
            // As those do it who do not want half a file to be read.
            desk.write("big.part", (0..RECORDS).map(record).collect::<String>());
            fs::rename(desk.path("big.part"), desk.path("corpus/big.jsonl")).unwrap();
        }
        changes += 1;
        std::thread::sleep(CHANGES_EVERY);
    }
    changes
}

/// What clients and commands have to tell.
#[derive(Default)]
struct Told {
    requests: AtomicU64,
    commands: AtomicU64,
    errors: AtomicU64,
    first_errors: Mutex<Vec<String>>,
    /// Milliseconds of each request since the last look.
    times: Mutex<Vec<f32>>,
}

impl Told {
    fn error(&self, what: String) {
        self.errors.fetch_add(1, Ordering::Relaxed);
        let mut first = self.first_errors.lock().unwrap();
        if first.len() < 10 {
            eprintln!("{what}");
            first.push(what);
        }
    }
}

/// Asks one thing after the other. What moves may be gone; anything else is answered.
fn ask(server: &Server, client: usize, told: &Told, done: &AtomicBool) {
    let mut number = client * 5;
    while !done.load(Ordering::Relaxed) {
        let query = encoded(QUERIES[number / 3 % QUERIES.len()]);
        let (path, may_be_gone) = match number % 17 {
            0..6 => (format!("/api/v1/search?q={query}"), false),
            6 => (format!("/api/v1/search?q={query}&facets=true&sort=date"), false),
            7 => (format!("/api/v1/search?q={query}&filter=lang:en&explain=true"), false),
            8 => (format!("/api/v1/suggest?q={}", ["sie", "gar", "حص", "17"][number % 4]), false),
            9 => (format!("/api/v1/articles/{BUSANJIN}?q={query}"), false),
            10 => (format!("/api/v1/passages/{}?q={query}", encoded("big-7#0")), true),
            11 => (format!("/api/v1/articles/moving%2F{}.txt", number % ARTICLES_MOVING), true),
            12 => ("/api/v1/articles?limit=50".to_owned(), false),
            13 => ("/api/v1/stats".to_owned(), false),
            14 => (["/healthz", "/metrics", "/api/v1/openapi.json"][number % 3].to_owned(), false),
            15 => (["/", "/article", "/assets/main.js"][number % 3].to_owned(), false),
            _ => ("/api/v1/batch".to_owned(), false),
        };
        let asked = Instant::now();
        let reply = if path.ends_with("batch") {
            let body = format!("{}\n{}\n", QUERIES[0], QUERIES[number % QUERIES.len()]);
            server.post(&path, "application/x-ndjson", &body)
        } else {
            server.get(&path)
        };
        told.times.lock().unwrap().push(asked.elapsed().as_secs_f32() * 1e3);
        told.requests.fetch_add(1, Ordering::Relaxed);
        let is_answered = reply.status == 200 && !reply.body.contains("\"error\":")
            || may_be_gone && reply.status == 404;
        if !is_answered {
            told.error(format!("{path}: {reply:?}"));
        }
        number += 1;
        std::thread::sleep(PAUSE);
    }
}

/// Listens for a few events again and again.
fn listen(server: &Server, told: &Told, done: &AtomicBool) {
    while !done.load(Ordering::Relaxed) {
        let mut events = server.connect();
        events.send(format!("GET /api/v1/events HTTP/1.1\r\n{HOST}\r\n"));
        let mut last = 0;
        for _ in 0..3 {
            let data = events.line_with("data:");
            let data: serde_json::Value = serde_json::from_str(&data["data:".len()..]).unwrap();
            let generation = data["generation"].as_u64().unwrap();
            if generation <= last {
                told.error(format!("generation {generation} after {last}"));
            }
            last = generation;
            if done.load(Ordering::Relaxed) {
                break;
            }
        }
        told.requests.fetch_add(1, Ordering::Relaxed);
    }
}

/// Commands beside the server.
fn command(desk: &Desk, told: &Told, done: &AtomicBool) {
    let queries = QUERIES.join("\n");
    let mut number = 0;
    while !done.load(Ordering::Relaxed) {
        let run = match number % 4 {
            0 | 1 => desk.run_with_input(["batch", "--index", "index"], &queries),
            2 => desk.run(["search", "Konishi retreat", "--index", "index", "--format", "json"]),
            _ => desk.run(["stats", "--index", "index", "--format", "json"]),
        };
        told.commands.fetch_add(1, Ordering::Relaxed);
        let is_answered =
            run.err.is_empty() && run.code == Some(0) && !run.out.contains("\"error\":");
        if !is_answered {
            told.error(format!("command {number}: {run:?}"));
        }
        number += 1;
        std::thread::sleep(PAUSE * 50);
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Looks at the server until the time is over, with a line at times.
fn observe(server: &Server, told: &Told, duration: Duration) -> Vec<Usage> {
    let started = Instant::now();
    let line_every = (duration / 3).min(Duration::from_secs(60));
    let mut next_line = line_every;
    let mut looks = Vec::new();
    while started.elapsed() < duration {
        std::thread::sleep((duration / 300).clamp(Duration::from_millis(50), LOOK_AT_MOST));
        let usage = server.usage();
        looks.push(usage);
        if started.elapsed() >= next_line {
            next_line += line_every;
            let mut times = std::mem::take(&mut *told.times.lock().unwrap());
            times.sort_by(f32::total_cmp);
            let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or_default();
            eprintln!(
                "{:>5} s: {:>6.1} MiB resident, {:>6.1} MiB own, {} handles, {} threads; {} requests, \
                 {} commands, {} errors; p50 {:.2} ms, p99 {:.2} ms",
                started.elapsed().as_secs(),
                mebibytes(usage.resident),
                mebibytes(usage.own),
                usage.handles,
                usage.threads,
                told.requests.load(Ordering::Relaxed),
                told.commands.load(Ordering::Relaxed),
                told.errors.load(Ordering::Relaxed),
                at(50),
                at(99),
            );
        }
    }
    looks
}

const LOOK_AT_MOST: Duration = Duration::from_secs(1);

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// Demands that something is in the last third what it was in the second.
#[track_caller]
fn is_flat(looks: &[Usage], what: &str, value: fn(&Usage) -> f64, share: f64, more: f64) {
    let third = looks.len() / 3;
    let of = |part: &[Usage]| median(part.iter().map(value).collect());
    let (before, after) = (of(&looks[third..2 * third]), of(&looks[2 * third..]));
    eprintln!("{what}: {before} in the second third, {after} in the last");
    assert!(after <= before * (1.0 + share) + more, "{what} rose from {before} to {after}");
}

/// The segments that files in a generation's folder are of.
fn segments_of_files(folder: &Path) -> BTreeSet<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| name.into_string().unwrap());
    let ids = names.filter_map(|name| Some(name.split_once('.')?.0.to_owned()));
    ids.filter(|id| id.len() == 32).collect()
}

/// The segments of its commit.
fn segments_of_commit(folder: &Path) -> BTreeSet<String> {
    let meta: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(folder.join("meta.json")).unwrap()).unwrap();
    let segments = meta["segments"].as_array().unwrap().iter();
    segments.map(|segment| text(&segment["segment_id"]).replace('-', "")).collect()
}

#[test]
fn nothing_fails_and_nothing_grows() {
    let seconds = std::env::var("WARRAQ_SOAK_SECONDS").map(|seconds| seconds.parse().unwrap());
    let duration = Duration::from_secs(seconds.unwrap_or(SECONDS));
    let desk = Desk::indexed();
    let server = Server::start(&desk, &["--watch"]);
    let told = Told::default();
    let done = AtomicBool::new(false);
    let (looks, changes) = std::thread::scope(|scope| {
        let changing = scope.spawn(|| change(&desk, &done));
        scope.spawn(|| listen(&server, &told, &done));
        scope.spawn(|| command(&desk, &told, &done));
        for client in 0..CLIENTS {
            let (server, told, done) = (&server, &told, &done);
            scope.spawn(move || ask(server, client, told, done));
        }
        // Those above end when this fails, too.
        struct Done<'a>(&'a AtomicBool);
        impl Drop for Done<'_> {
            fn drop(&mut self) {
                self.0.store(true, Ordering::Relaxed);
            }
        }
        let end = Done(&done);
        let looks = observe(&server, &told, duration);
        // Changes end last, for who listens waits for one.
        drop(end);
        (looks, changing.join().unwrap())
    });
    assert!(told.requests.into_inner() > 100 && told.commands.into_inner() > 3 && changes > 20);
    is_flat(&looks, "resident bytes", |u| u.resident as f64, MEMORY_SHARE, RESIDENT_BYTES);
    is_flat(&looks, "own bytes", |u| u.own as f64, MEMORY_SHARE, MEMORY_BYTES);
    is_flat(&looks, "handles", |u| u.handles as f64, 0.0, HANDLES);
    is_flat(&looks, "threads", |u| u.threads as f64, 0.0, THREADS);
    assert_eq!(*told.first_errors.lock().unwrap(), Vec::<String>::new());

    // When all is quiet nothing is left of what was, on disk or mapped.
    let last = "corpus/last.txt";
    desk.write(last, "The last weevil.");
    let finds = |server: &Server| !hits(&server.json("/api/v1/search?q=weevil")).is_empty();
    wait_until("the last change", || finds(&server));
    let maps = || fs::read_to_string(format!("/proc/{}/maps", server.id())).unwrap();
    wait_until("that what was is unmapped", || {
        !maps().lines().any(|line| line.contains("/gen-") && line.ends_with("(deleted)"))
    });
    let folder = desk.path("index/gen-1");
    assert_eq!(segments_of_files(&folder), segments_of_commit(&folder));
    desk.run(["verify", "--index", "index"]).exits(0).quiet();
    server.signal("TERM");
    let (code, errors) = server.wait();
    assert_eq!(code, Some(0), "{errors}");
    let is_expected = |line: &str| {
        ["serving on", "watching", " article", " passage"].iter().any(|part| line.contains(part))
    };
    let unexpected: Vec<&str> = errors.lines().filter(|line| !is_expected(line)).collect();
    assert_eq!(unexpected, Vec::<&str>::new());
}
