//! Which ids are taken by files that a run does not read.

use std::collections::BTreeSet;

use super::bits::Bits;
use super::manifest::{FileEntry, Manifest};
use super::reader::OpenIndex;
use crate::error::Result;
use crate::model::passage_id;

/// Ids of articles in files that this run does not read.
///
/// Of two files with the same id the first by root and path keeps it, whenever either was added.
pub struct TakenIds<'a> {
    open: Option<OpenIndex>,
    manifest: &'a Manifest,
    unchanged: &'a [FileEntry],
    /// Passages of files that are read by this run or are gone.
    leaving: Vec<Bits>,
    /// Places in `unchanged` of files that lost an id since they were asked for last …
    losers: BTreeSet<usize>,
    /// … and of all.
    pub gone: BTreeSet<usize>,
}

impl<'a> TakenIds<'a> {
    /// `open`: the index as it was before the run, if there was one; `deleted`: the sources that
    /// this run reads or drops.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn open(
        open: Option<OpenIndex>,
        manifest: &'a Manifest,
        unchanged: &'a [FileEntry],
        deleted: &[String],
    ) -> Result<TakenIds<'a>> {
        let segments = open.iter().flat_map(|open| &open.segments);
        let leaving = segments.map(|segment| Bits::empty(segment.max_doc())).collect();
        let mut taken = TakenIds {
            open,
            manifest,
            unchanged,
            leaving,
            losers: BTreeSet::new(),
            gone: BTreeSet::new(),
        };
        for source in deleted {
            taken.leave(source)?;
        }
        Ok(taken)
    }

    fn leave(&mut self, source: &str) -> Result<()> {
        if let Some(open) = &self.open {
            for address in open.find(open.fields.source, source)? {
                self.leaving[address.segment as usize].insert(address.doc);
            }
        }
        Ok(())
    }

    /// Whether `article` is taken by a file that comes before `by`.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn is_taken(&mut self, article: &str, by: &FileEntry) -> Result<bool> {
        let Some(open) = &self.open else {
            return Ok(false);
        };
        // By its first passage: its other titles may stand in other files.
        let mut found = open.find(open.fields.id, &passage_id(article, 0))?;
        found.extend(open.find(open.fields.id, article)?);
        found.retain(|at| !self.leaving[at.segment as usize].contains(at.doc));
        let Some(&first) = found.first() else {
            return Ok(false);
        };
        let file = open.record(first)?.head.file;
        for (place, owner) in self.unchanged.iter().enumerate() {
            let key = || self.manifest.source_key(owner.root, &owner.relative);
            if owner.relative == file && open.find(open.fields.source, &key())?.contains(&first) {
                let comes_first = (owner.root, &owner.relative) < (by.root, &by.relative);
                if comes_first || self.manifest.absolute(owner).is_none() {
                    return Ok(true);
                }
                self.losers.insert(place);
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The places of files that lost an id since the last call; they count as read by this run.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn displace(&mut self) -> Result<BTreeSet<usize>> {
        let losers = std::mem::take(&mut self.losers);
        for &place in &losers {
            let loser = &self.unchanged[place];
            self.leave(&self.manifest.source_key(loser.root, &loser.relative))?;
        }
        self.gone.extend(&losers);
        Ok(losers)
    }
}
