//! Indexes a folder of articles and searches it: `cargo run --example search -- corpus "Konishi retreat"`.

use std::path::PathBuf;

use warraq::error::Result;
use warraq::index::{Change, Location, OpenIndex, Source, Unobserved, UpdateOptions, update};
use warraq::search::{Engine, Request};
use warraq::source::{Columns, Format};

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let folder = args.next().map_or_else(|| PathBuf::from("corpus"), PathBuf::from);
    let query = args.next().unwrap_or_else(|| "Konishi retreat".to_owned());

    let index = std::env::temp_dir().join(format!("warraq-example-{}", std::process::id()));
    let location = Location::new(&index);
    let source = Source {
        path: folder,
        spooled: None,
        format: Format::Auto,
        whole: false,
        columns: Columns::default(),
    };
    let report =
        update(&location, Change::Add(vec![source]), UpdateOptions::default(), &Unobserved)?;
    println!("{} passages of {} articles", report.totals.passages, report.totals.articles);

    let open = OpenIndex::open(&location)?;
    let answer = Engine::new(&open).search(&Request { limit: 3, ..Request::new(query) })?;
    for hit in &answer.hits {
        println!("\n{}. {} (score {:.3})", hit.rank, hit.id, hit.score);
        for fragment in &hit.snippet {
            // Matches are bytes of the text beside them, always on character boundaries.
            let words: Vec<&str> =
                fragment.matches.iter().map(|span| &fragment.text[span.clone()]).collect();
            println!("   {}\n   matched: {}", fragment.text, words.join(", "));
        }
    }
    drop(open);
    let _ = std::fs::remove_dir_all(index);
    Ok(())
}
