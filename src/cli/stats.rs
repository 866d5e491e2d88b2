//! `warraq stats`: what the index holds.

use std::collections::BTreeMap;

use serde::Serialize;

use super::args::{ShowFormat, StatsArgs};
use super::config::Config;
use super::counts::counted;
use super::{Outcome, print};
use crate::error::Result;
use crate::index::{Layout, OpenIndex};
use crate::text::sanitize::to_one_line;

#[derive(Serialize)]
struct Stats {
    index: String,
    articles: u64,
    passages: u64,
    /// Words of titles, headings and texts.
    words: u64,
    languages: BTreeMap<String, u64>,
    kinds: BTreeMap<String, u64>,
    segments: usize,
    /// `fast` or `compact`.
    layout: &'static str,
    bytes: u64,
    bytes_by_file: BTreeMap<String, u64>,
    sources: Vec<SourceStats>,
}

#[derive(Serialize)]
struct SourceStats {
    path: String,
    files: u64,
    articles: u64,
    passages: u64,
    skipped: u64,
    /// Articles that say the same as others.
    duplicates: u64,
    /// Not all of its files are read: `warraq index` goes on.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unfinished: bool,
}

/// Prints the statistics of the index.
pub fn stats(config: &Config, args: &StatsArgs) -> Result<Outcome> {
    let index = config.open_index()?;
    let stats = collect(index)?;
    print(|out| match args.format {
        ShowFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &stats)?;
            writeln!(out)
        }
        ShowFormat::Human => write_human(out, &stats),
    })?;
    Ok(Outcome::Found)
}

fn collect(index: &OpenIndex) -> Result<Stats> {
    let manifest = index.manifest()?;
    let mut sources: Vec<SourceStats> = manifest
        .roots
        .iter()
        .map(|root| SourceStats {
            path: root.path.to_string_lossy().into_owned(),
            files: 0,
            articles: 0,
            passages: 0,
            skipped: 0,
            duplicates: 0,
            unfinished: root.unfinished,
        })
        .collect();
    for file in &manifest.files {
        if let Some(source) = sources.get_mut(file.root as usize) {
            source.files += 1;
            source.articles += file.totals.articles;
            source.passages += file.totals.passages;
            source.duplicates += file.duplicates;
            source.skipped += file.problems.len() as u64 + file.more_problems;
        }
    }
    let mut bytes_by_file: BTreeMap<String, u64> = BTreeMap::new();
    for segment in &index.segments {
        for (name, size) in segment.file_sizes() {
            *bytes_by_file.entry(name).or_default() += size;
        }
    }
    let totals = index.payload.totals;
    Ok(Stats {
        index: index.folder().to_string_lossy().into_owned(),
        articles: totals.articles,
        passages: index.passages(),
        words: totals.text_words,
        languages: index.terms(index.fields.lang)?,
        kinds: index.terms(index.fields.kind)?,
        segments: index.segments.len(),
        layout: index.layout.name(),
        bytes: bytes_by_file.values().sum(),
        bytes_by_file,
        sources,
    })
}

fn write_human(out: &mut dyn std::io::Write, stats: &Stats) -> std::io::Result<()> {
    let list = |counts: &BTreeMap<String, u64>| {
        let parts: Vec<String> =
            counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
        parts.join(", ")
    };
    writeln!(out, "index      {}", to_one_line(&stats.index))?;
    writeln!(out, "articles   {}", stats.articles)?;
    writeln!(out, "passages   {}", stats.passages)?;
    writeln!(out, "words      {}", stats.words)?;
    writeln!(out, "languages  {}", list(&stats.languages))?;
    writeln!(out, "kinds      {}", list(&stats.kinds))?;
    let megabytes = stats.bytes as f64 / 1e6;
    let layout = if stats.layout == Layout::Fast.name() { "" } else { ", compact" };
    let segments = counted(stats.segments as u64, "segment");
    writeln!(out, "size       {megabytes:.1} MB in {segments}{layout}")?;
    for source in &stats.sources {
        write!(
            out,
            "source     {}: {}, {}, {}",
            to_one_line(&source.path),
            counted(source.files, "file"),
            counted(source.articles, "article"),
            counted(source.passages, "passage")
        )?;
        if source.skipped > 0 {
            write!(out, ", {} skipped", source.skipped)?;
        }
        if source.duplicates > 0 {
            write!(out, ", {}", counted(source.duplicates, "duplicate"))?;
        }
        if source.unfinished {
            write!(out, ", unfinished")?;
        }
        writeln!(out)?;
    }
    Ok(())
}
