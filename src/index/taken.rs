//! Which ids are taken by files that a run does not read.

use std::collections::BTreeSet;

use super::bits::Bits;
use super::manifest::{FileEntry, Manifest};
use super::reader::OpenIndex;
use crate::error::Result;

/// Ids of articles in files that this run does not read.
///
/// Of two files with the same id the first by root and path keeps it, whenever either was added.
pub struct TakenIds<'a> {
    open: Option<OpenIndex>,
    manifest: &'a Manifest,
    unchanged: &'a [FileEntry],
    /// Files that this run reads on, of which the first articles are in the index.
    partial: Vec<FileEntry>,
    /// The sources of those among them that have lost an id: they are read from the beginning.
    anew: BTreeSet<String>,
    /// Passages of files that are read by this run or are gone.
    leaving: Vec<Bits>,
    /// Places in `unchanged` of files that lost an id since they were asked for last …
    losers: BTreeSet<usize>,
    /// … and of all.
    pub gone: BTreeSet<usize>,
}

impl<'a> TakenIds<'a> {
    /// `open`: the index as it was before the run, if there was one; `partial`: files that this run
    /// reads on; `deleted`: the sources that it reads from the beginning or drops.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn open(
        open: Option<OpenIndex>,
        manifest: &'a Manifest,
        unchanged: &'a [FileEntry],
        partial: Vec<FileEntry>,
        deleted: &[String],
    ) -> Result<TakenIds<'a>> {
        let segments = open.iter().flat_map(|open| &open.segments);
        let leaving = segments.map(|segment| Bits::empty(segment.max_doc())).collect();
        let mut taken = TakenIds {
            open,
            manifest,
            unchanged,
            partial,
            anew: BTreeSet::new(),
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
        let mut found = open.find(open.fields.article, article)?;
        found.retain(|at| !self.leaving[at.segment as usize].contains(at.doc));
        let Some(&first) = found.first() else {
            return Ok(false);
        };
        let file = open.record(first)?.head.file;
        let owns = |owner: &FileEntry| -> Result<bool> {
            let key = self.manifest.source_key(owner.root, &owner.relative);
            Ok(owner.relative == file && open.holds(open.fields.source, &key, first)?)
        };
        for (place, owner) in self.unchanged.iter().enumerate() {
            if owns(owner)? {
                if owner.order() < by.order() || self.manifest.absolute(owner).is_none() {
                    return Ok(true);
                }
                self.losers.insert(place);
                return Ok(false);
            }
        }
        for owner in &self.partial {
            // A file that is read on has its own ids from before.
            if owns(owner)? && owner.order() > by.order() {
                let source = self.manifest.source_key(owner.root, &owner.relative);
                self.leave(&source)?;
                self.anew.insert(source);
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a file that is to be read on has lost an id, so that it is read from the beginning.
    pub fn starts_anew(&self, source: &str) -> bool {
        self.anew.contains(source)
    }

    /// The places of files that lost an id and are still in the index as it was.
    pub fn losers(&self) -> &BTreeSet<usize> {
        &self.losers
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
