//! Which ids and contents are taken by files that a run does not read.

use std::collections::BTreeSet;

use tantivy::schema::Field;

use super::bits::Bits;
use super::contents::{Digest, First, term_of};
use super::manifest::{FileEntry, Manifest};
use super::reader::{Address, OpenIndex};
use crate::error::Result;
use crate::model::passage_id;
use crate::source::Format;

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
        let Some(field) = self.open.as_ref().map(|open| open.fields.id) else {
            return Ok(false);
        };
        // By its first passage: its other titles may stand in other files.
        let ids = [passage_id(article, 0), article.to_owned()];
        Ok(self.holder(field, &ids, by)?.is_some())
    }

    /// The article with some content in a file that comes before `by`.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn first(&mut self, content: &Digest, by: &FileEntry) -> Result<Option<First>> {
        let Some(field) = self.open.as_ref().map(|open| open.fields.content) else {
            return Ok(None);
        };
        let Some((address, source)) = self.holder(field, &[term_of(content)], by)? else {
            return Ok(None);
        };
        let open = self.open.as_ref();
        let record = open.map(|open| open.record(address)).transpose()?;
        Ok(record.map(|record| First { article: record.head.article, source }))
    }

    /// The passage that holds one of some terms in a file that comes before `by`, and the key of that
    /// file. Where the file comes after, it has lost what the term stands for.
    fn holder(
        &mut self,
        field: Field,
        terms: &[String],
        by: &FileEntry,
    ) -> Result<Option<(Address, String)>> {
        let Some(open) = &self.open else {
            return Ok(None);
        };
        let mut found = Vec::new();
        for term in terms {
            found.extend(open.find(field, term)?);
        }
        found.retain(|at| !self.leaving[at.segment as usize].contains(at.doc));
        let Some(&first) = found.first() else {
            return Ok(None);
        };
        let file = open.record(first)?.head.file;
        let key = |owner: &FileEntry| self.manifest.source_key(owner.root, &owner.relative);
        // A passage of an export names the file that it came from first, not the one that holds it.
        for named in [true, false] {
            let owns = |owner: &FileEntry| -> Result<bool> {
                let may = if named { owner.relative == file } else { self.may_be_export(owner) };
                Ok(may && open.holds(open.fields.source, &key(owner), first)?)
            };
            for (place, owner) in self.unchanged.iter().enumerate() {
                if owns(owner)? {
                    if owner.order() < by.order() || self.manifest.absolute(owner).is_none() {
                        return Ok(Some((first, key(owner))));
                    }
                    self.losers.insert(place);
                    return Ok(None);
                }
            }
            for owner in &self.partial {
                if owns(owner)? {
                    let source = key(owner);
                    // A file that is read on has its own ids from before.
                    if owner.order() <= by.order() {
                        return Ok(Some((first, source)));
                    }
                    self.leave(&source)?;
                    self.anew.insert(source);
                    return Ok(None);
                }
            }
        }
        Ok(Some((first, String::new())))
    }

    fn may_be_export(&self, owner: &FileEntry) -> bool {
        let root = self.manifest.roots.get(owner.root as usize);
        root.is_some_and(|root| root.format.resolve(&owner.relative) == Format::Jsonl)
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
