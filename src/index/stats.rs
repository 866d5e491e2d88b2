//! What an index holds, in numbers.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::reader::OpenIndex;
use crate::error::Result;

/// What is in an index, wherever it came from.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Holdings {
    pub articles: u64,
    pub passages: u64,
    /// Words of titles, headings and texts.
    pub words: u64,
    /// Passages by language.
    pub languages: BTreeMap<String, u64>,
    /// Passages by kind.
    pub kinds: BTreeMap<String, u64>,
    pub segments: usize,
    /// `fast` or `compact`.
    pub layout: &'static str,
    /// Of the index on disk.
    pub bytes: u64,
}

/// See the module.
#[derive(Clone, Debug, Serialize)]
pub struct Stats {
    /// The folder that is open.
    pub index: String,
    #[serde(flatten)]
    pub holdings: Holdings,
    /// By the ending of the files.
    pub bytes_by_file: BTreeMap<String, u64>,
    pub sources: Vec<SourceStats>,
}

/// What came from one source.
#[derive(Clone, Debug, Serialize)]
pub struct SourceStats {
    pub path: String,
    pub files: u64,
    pub articles: u64,
    pub passages: u64,
    pub skipped: u64,
    /// Articles that say the same as others.
    pub duplicates: u64,
    /// Not all of its files are read: `warraq index` goes on.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unfinished: bool,
}

/// Collects the statistics of an index.
///
/// # Errors
/// The index or its manifest cannot be read.
pub fn stats(index: &OpenIndex) -> Result<Stats> {
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
    Ok(Stats {
        index: index.folder().to_string_lossy().into_owned(),
        holdings: holdings(index)?,
        bytes_by_file: bytes_by_file(index),
        sources,
    })
}

/// Counts what is in an index.
///
/// # Errors
/// The index cannot be read.
pub fn holdings(index: &OpenIndex) -> Result<Holdings> {
    let totals = index.payload.totals;
    Ok(Holdings {
        articles: totals.articles,
        passages: index.passages(),
        words: totals.text_words,
        languages: index.terms(index.fields.lang)?,
        kinds: index.terms(index.fields.kind)?,
        segments: index.segments.len(),
        layout: index.layout.name(),
        bytes: bytes_by_file(index).values().sum(),
    })
}

fn bytes_by_file(index: &OpenIndex) -> BTreeMap<String, u64> {
    let mut bytes_by_file: BTreeMap<String, u64> = BTreeMap::new();
    for segment in &index.segments {
        for (name, size) in segment.file_sizes() {
            *bytes_by_file.entry(name).or_default() += size;
        }
    }
    bytes_by_file
}
