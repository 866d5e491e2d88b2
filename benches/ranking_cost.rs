//! What the second stage and the expansion of words cost, beside the first stage alone: the same
//! queries over the same index, in turns, on one thread.
//!
//! `cargo bench --bench ranking_cost` reads the Arabic evaluation collection beneath
//! `WARRAQ_EVAL_DIR` (default `../shared/eval`) and says so where it is not there.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use warraq::error::Result;
use warraq::index::{Change, Location, OpenIndex, Source, Unobserved, UpdateOptions, update};
use warraq::search::{Engine, Expand, Rank, Request};
use warraq::source::{Columns, Format};

/// Sets of questions that are asked of the collection.
const QUERIES: [&str; 3] = ["arcd-ar", "tydi-ar", "xquad-ar-all"];

fn main() -> Result<()> {
    let collections = std::env::var_os("WARRAQ_EVAL_DIR");
    let folder = collections.map_or_else(|| PathBuf::from("../shared/eval"), PathBuf::from);
    let folder = folder.join("ar");
    let queries = read_queries(&folder);
    if queries.is_empty() {
        println!("skipped: no collection at {} (set WARRAQ_EVAL_DIR)", folder.display());
        return Ok(());
    }
    let work = tempfile::tempdir().expect("a folder for the index");
    let location = Location::new(work.path().join("index"));
    let source = Source {
        path: folder.join("corpus.jsonl"),
        spooled: None,
        format: Format::Auto,
        whole: true,
        columns: Columns::default(),
    };
    update(&location, Change::Add(vec![source]), UpdateOptions::default(), &Unobserved)?;
    let index = OpenIndex::open(&location)?;
    println!("{} queries over {} passages, one thread", queries.len(), index.passages());
    println!("{:32} {:>12} {:>12} {:>8}", "", "bm25 alone", "default", "ratio");
    // Whoever comes first pays for bringing the index into memory.
    compare(&index, &queries, false)?;
    for (what, snippets) in [("ids and scores", false), ("with texts and snippets", true)] {
        let [plain, full] = compare(&index, &queries, snippets)?;
        println!(
            "{:32} {:>9.0} µs {:>9.0} µs {:>8.2}",
            format!("median, {what}"),
            micros(median(&plain)),
            micros(median(&full)),
            micros(median(&full)) / micros(median(&plain)),
        );
        let (plain, full): (Duration, Duration) = (plain.iter().sum(), full.iter().sum());
        println!(
            "{:32} {:>9.0} ms {:>9.0} ms {:>8.2}",
            format!("sum, {what}"),
            micros(plain) / 1000.0,
            micros(full) / 1000.0,
            micros(full) / micros(plain),
        );
    }
    Ok(())
}

fn read_queries(folder: &Path) -> Vec<String> {
    let read = |set: &&str| std::fs::read_to_string(folder.join(format!("{set}.queries.tsv"))).ok();
    let lines: Vec<String> = QUERIES.iter().filter_map(read).collect();
    let queries = lines.iter().flat_map(|text| text.lines());
    queries.filter_map(|line| line.split_once('\t')).map(|(_, query)| query.to_owned()).collect()
}

/// The time of each query by the first stage alone and with everything on. Each query is asked
/// once each way, so nothing that was found for it is known before.
fn compare(index: &OpenIndex, queries: &[String], snippets: bool) -> Result<[Vec<Duration>; 2]> {
    let mut engines = [Engine::new(index), Engine::new(index)];
    let mut times = [Vec::new(), Vec::new()];
    for (number, query) in queries.iter().enumerate() {
        let full = Request {
            plain: true,
            correct: false,
            total: false,
            snippets,
            ..Request::new(query.as_str())
        };
        let plain = Request { rank: Rank::Bm25, expand: Expand::NONE, ..full.clone() };
        let requests = [plain, full];
        // In turns, so that neither finds the memory warm more often.
        for way in [number % 2, 1 - number % 2] {
            let started = Instant::now();
            let answer = engines[way].search(&requests[way])?;
            times[way].push(started.elapsed());
            std::hint::black_box(answer);
        }
    }
    Ok(times)
}

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    times[times.len() / 2]
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
