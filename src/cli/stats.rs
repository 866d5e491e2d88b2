//! `warraq stats`: what the index holds.

use std::collections::BTreeMap;

use super::args::{ShowFormat, StatsArgs};
use super::config::Config;
use super::counts::counted;
use super::{Outcome, print};
use crate::error::Result;
use crate::index::{Layout, Stats};
use crate::output::json::write_pretty;
use crate::text::sanitize::to_one_line;

/// Prints the statistics of the index.
pub fn stats(config: &Config, args: &StatsArgs) -> Result<Outcome> {
    let index = config.open_index()?;
    let stats = crate::index::stats(index)?;
    print(|out| match args.format {
        ShowFormat::Json => write_pretty(out, &stats),
        ShowFormat::Human => write_human(out, &stats),
    })?;
    Ok(Outcome::Found)
}

fn write_human(out: &mut dyn std::io::Write, stats: &Stats) -> std::io::Result<()> {
    let list = |counts: &BTreeMap<String, u64>| {
        let parts: Vec<String> =
            counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
        parts.join(", ")
    };
    let holdings = &stats.holdings;
    writeln!(out, "index      {}", to_one_line(&stats.index))?;
    writeln!(out, "articles   {}", holdings.articles)?;
    writeln!(out, "passages   {}", holdings.passages)?;
    writeln!(out, "words      {}", holdings.words)?;
    writeln!(out, "languages  {}", list(&holdings.languages))?;
    writeln!(out, "kinds      {}", list(&holdings.kinds))?;
    let megabytes = holdings.bytes as f64 / 1e6;
    let layout = if holdings.layout == Layout::Fast.name() { "" } else { ", compact" };
    let segments = counted(holdings.segments as u64, "segment");
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
