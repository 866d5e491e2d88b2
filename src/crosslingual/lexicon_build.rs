//! Makes the compact lexicon file from the table of translations.
//!
//! Run by `examples/build-lexicon.rs`; the layout is described in [`lexicon`](super::lexicon).

use std::collections::BTreeMap;

use super::lexicon::{MAGIC, MAX_PAIRS_OF_ENTRY, NONE};
use crate::analysis::Analyzer;
use crate::error::{Error, Result};

const MAX_WORDS: usize = 4;

/// The bytes of the compact file for `table`: lines `english TAB arabic TAB weight TAB source`,
/// lines that begin with `#` apart.
///
/// # Errors
/// If a line has fewer than three columns or its weight is no number from 0 to 1.
pub fn build_lexicon(table: &str) -> Result<Vec<u8>> {
    let mut builder = LexiconBuilder::default();
    for (at, line) in table.lines().enumerate() {
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        let mut columns = line.split('\t');
        let (Some(english), Some(arabic), Some(weight)) =
            (columns.next(), columns.next(), columns.next())
        else {
            return Err(Error::Usage(format!("lexicon, line {}: too few columns", at + 1)));
        };
        let weight = weight.parse().ok().filter(|weight: &f32| (0.0..=1.0).contains(weight));
        let Some(weight) = weight else {
            return Err(Error::Usage(format!("lexicon, line {}: no weight from 0 to 1", at + 1)));
        };
        builder.add(english, arabic, weight);
    }
    Ok(builder.finish())
}

/// Collects pairs for a compact lexicon. Entries that fold alike become one, and of a pair that is
/// added twice the greater weight stays.
#[derive(Default)]
pub struct LexiconBuilder {
    analyzer: Analyzer,
    pairs: BTreeMap<(String, String), u8>,
    /// Entries and their stems, English and Arabic.
    sides: [BTreeMap<String, Option<String>>; 2],
}

impl LexiconBuilder {
    /// Adds a pair, weight from 0 to 1; says whether it did. Entries without a word or with more
    /// than four are left out.
    pub fn add(&mut self, english: &str, arabic: &str, weight: f32) -> bool {
        let english = fold_entry(&mut self.analyzer, english);
        let arabic = fold_entry(&mut self.analyzer, arabic);
        let (Some((english, stem)), Some((arabic, arabic_stem))) = (english, arabic) else {
            return false;
        };
        let weight = ((weight * 255.0).round() as u8).max(1);
        self.sides[0].insert(english.clone(), stem);
        self.sides[1].insert(arabic.clone(), arabic_stem);
        let known = self.pairs.entry((english, arabic)).or_insert(0);
        *known = weight.max(*known);
        true
    }

    /// The compact form.
    pub fn finish(&self) -> Vec<u8> {
        let [english, arabic] = &self.sides;
        let pairs = self.pairs.iter();
        let forward: Vec<_> =
            pairs.clone().map(|((e, a), &w)| (e.as_str(), a.as_str(), w)).collect();
        let backward: Vec<_> = pairs.map(|((e, a), &w)| (a.as_str(), e.as_str(), w)).collect();
        let mut out = MAGIC.to_vec();
        let first = side_bytes(english, arabic, forward);
        push_u32(&mut out, first.len());
        out.extend(first);
        out.extend(side_bytes(arabic, english, backward));
        out
    }
}

/// The folded words with single spaces and, of a single word, the stem.
fn fold_entry(analyzer: &mut Analyzer, entry: &str) -> Option<(String, Option<String>)> {
    let words = analyzer.words(entry);
    let stem = match words.as_slice() {
        [word] => Some(word.stem.clone()),
        _ => None,
    };
    let forms: Vec<_> = words.into_iter().map(|word| word.form).collect();
    (1..=MAX_WORDS).contains(&forms.len()).then(|| (forms.join(" "), stem))
}

fn side_bytes(
    entries: &BTreeMap<String, Option<String>>,
    others: &BTreeMap<String, Option<String>>,
    mut pairs: Vec<(&str, &str, u8)>,
) -> Vec<u8> {
    let number_of_other: BTreeMap<&str, usize> =
        others.keys().enumerate().map(|(number, other)| (other.as_str(), number)).collect();
    pairs.sort_by(|a, b| a.0.cmp(b.0).then(b.2.cmp(&a.2)).then(a.1.cmp(b.1)));
    let mut stems: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (number, stem) in entries.values().enumerate() {
        if let Some(stem) = stem {
            stems.entry(stem).or_default().push(number);
        }
    }
    let number_of_stem: BTreeMap<&str, usize> =
        stems.keys().enumerate().map(|(number, &stem)| (stem, number)).collect();

    let mut out = Vec::new();
    let groups: Vec<_> = pairs
        .chunk_by(|a, b| a.0 == b.0)
        .map(|group| &group[..group.len().min(MAX_PAIRS_OF_ENTRY)])
        .collect();
    push_u32(&mut out, entries.len());
    push_u32(&mut out, stems.len());
    push_u32(&mut out, groups.iter().map(|group| group.len()).sum());
    push_u32(&mut out, stems.values().map(Vec::len).sum());
    let entry_bytes: usize = entries.keys().map(String::len).sum();
    push_u32(&mut out, entry_bytes);
    push_ends(&mut out, entries.keys().map(String::len));
    push_ends(&mut out, stems.keys().map(|stem| stem.len()));
    push_ends(&mut out, groups.iter().map(|group| group.len()));
    push_ends(&mut out, stems.values().map(Vec::len));
    for stem in entries.values() {
        let number = stem.as_ref().and_then(|stem| number_of_stem.get(stem.as_str()));
        push_u32(&mut out, number.copied().unwrap_or(NONE as usize));
    }
    for (_, other, weight) in groups.iter().copied().flatten() {
        let number = number_of_other.get(other).copied().unwrap_or_default();
        push_u32(&mut out, number << 8 | usize::from(*weight));
    }
    stems.values().flatten().for_each(|&number| push_u32(&mut out, number));
    entries.keys().for_each(|entry| out.extend(entry.as_bytes()));
    stems.keys().for_each(|stem| out.extend(stem.as_bytes()));
    out
}

/// Where each of the things laid one after the other ends, after a 0.
fn push_ends(out: &mut Vec<u8>, lens: impl Iterator<Item = usize>) {
    let mut end = 0;
    push_u32(out, end);
    for len in lens {
        end += len;
        push_u32(out, end);
    }
}

fn push_u32(out: &mut Vec<u8>, number: usize) {
    // The counts of a table of some megabytes fit.
    out.extend((number as u32).to_le_bytes());
}
