//! Whether an index is what was written: every byte of it, and every passage.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::location::Location;
use super::manifest::{MANIFEST_PREFIX, Manifest, Totals};
use super::newer::refuse_newer;
use super::reader::{Address, OpenIndex, open_tantivy};
use super::report::{Advance, Observer, Unobserved};
use super::seal::{COMMIT, Seal, hash_of};
use super::tally::Tally;
use super::verify_sources::{Compared, Comparison, Known};
use crate::error::{Error, Result};

/// How often an index is looked at that other runs change meanwhile.
const ATTEMPTS: usize = 3;
/// Files that are named one by one as changed.
const NAMED: usize = 10;

/// How much is checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// What lies in the index, by its own checksums and totals.
    Index,
    /// And every passage of it against the sources that are as they were when they were read.
    #[default]
    Sources,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// What is not as it was written.
    pub damage: Vec<Damage>,
    /// What could not be checked or has changed since, in words for the user.
    pub notes: Vec<String>,
    /// Files of the index that were checked.
    pub files: u64,
    /// Passages that were read.
    pub passages: u64,
    /// Source files that were read again and compared.
    pub sources: u64,
}

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    pub path: PathBuf,
    pub what: String,
}

impl Verification {
    fn blame(&mut self, path: impl Into<PathBuf>, what: impl ToString) {
        self.damage.push(Damage { path: path.into(), what: what.to_string() });
    }

    /// Takes an error that says that the index is damaged.
    ///
    /// # Errors
    /// The error, if it says something else.
    fn blame_error(&mut self, error: Error) -> Result<()> {
        match error {
            Error::Damaged { path, reason } => {
                self.blame(path, reason);
                Ok(())
            }
            error => Err(error),
        }
    }
}

/// Reads the whole index and compares it with its seal, its totals and its sources. It changes nothing
/// and takes no lock.
///
/// # Errors
/// [`Error::NoIndex`] where there is none; [`Error::Newer`] where a newer version made it;
/// [`Error::Io`] where files cannot be read. Damage is no error.
pub fn verify(location: &Location) -> Result<Verification> {
    verify_observed(location, Extent::Sources, &Unobserved)
}

/// As [`verify`], as far as `extent` says, and told to an observer.
///
/// # Errors
/// As [`verify`], and [`Error::Interrupted`] where the observer stops it.
pub fn verify_observed(
    location: &Location,
    extent: Extent,
    observer: &dyn Observer,
) -> Result<Verification> {
    let mut found = Verification::default();
    for _ in 0..ATTEMPTS {
        let before = location.version();
        found = Verification::default();
        verify_once(location, extent, observer, &mut found)?;
        if found.damage.is_empty() || location.version() == before {
            break;
        }
    }
    Ok(found)
}

fn verify_once(
    location: &Location,
    extent: Extent,
    observer: &dyn Observer,
    found: &mut Verification,
) -> Result<()> {
    let folder = match location.current() {
        Ok(Some(folder)) => folder,
        Ok(None) => return Err(Error::NoIndex(location.folder().to_owned())),
        Err(error) => {
            found.blame_error(error)?;
            return Ok(());
        }
    };
    refuse_newer(&folder)?;
    found.files += 1;
    let path = folder.join(COMMIT);
    let commit = match fs::read(&path) {
        Ok(commit) => commit,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            found.blame(path, "it is missing");
            return Ok(());
        }
        Err(error) => return Err(Error::io(path, error)),
    };
    match Seal::of_commit(&folder, &commit) {
        Ok(Some(seal)) => {
            found.files += 2;
            let io = |error| Error::io(location.pointer(), error);
            if !location.is_pointed_to(&folder).map_err(io)? {
                found.blame(location.pointer(), "its content is not what was written");
            }
            compare_with_seal(&folder, &seal, found)?;
        }
        Ok(None) => {
            found.files += 1;
            let message = "another version of warraq wrote the index and no seal of it: `warraq index \
                           --rebuild` makes one that can be checked wholly";
            found.notes.push(message.to_owned());
            check_unsealed(&folder, None, found)?;
        }
        Err(error) => found.blame_error(error)?,
    }
    if found.damage.is_empty() {
        match OpenIndex::open(location) {
            Ok(open) => check_passages(&open, extent, observer, found)?,
            Err(error @ Error::Index { .. }) => found.notes.push(error.to_string()),
            Err(error) => found.blame_error(error)?,
        }
    }
    Ok(())
}

fn compare_with_seal(folder: &Path, seal: &Seal, found: &mut Verification) -> Result<()> {
    let mut unsealed = Vec::new();
    for (name, file) in &seal.files {
        let path = folder.join(name);
        found.files += 1;
        match file.fault(&path).map_err(|error| Error::io(&path, error))? {
            Some(fault) => found.blame(path, fault),
            None if !file.is_hashed() => unsealed.push(name.clone()),
            None => {}
        }
    }
    if !unsealed.is_empty() && found.damage.is_empty() {
        found.files -= unsealed.len() as u64;
        check_unsealed(folder, Some(unsealed), found)?;
    }
    Ok(())
}

/// Checks files that no seal of ours has, all if none are named, by the checksums that tantivy gives
/// its own.
fn check_unsealed(
    folder: &Path,
    names: Option<Vec<String>>,
    found: &mut Verification,
) -> Result<()> {
    let index = match open_tantivy(folder) {
        Ok(index) => index,
        Err(error) => return found.blame_error(error),
    };
    let names = match names {
        Some(names) => names,
        None => match index.load_metas() {
            Ok(metas) => {
                let files = metas.list_segment_files().into_iter();
                let mut names: Vec<String> =
                    files.map(|path| path.to_string_lossy().into_owned()).collect();
                // Of deletions there are files only where there are any.
                names.retain(|name| !name.ends_with(".del") || folder.join(name).exists());
                names.sort();
                names
            }
            Err(error) => {
                found.blame(folder.join(COMMIT), error);
                return Ok(());
            }
        },
    };
    for name in names {
        if name.ends_with(".temp") {
            continue;
        }
        found.files += 1;
        match index.directory().validate_checksum(Path::new(&name)) {
            Ok(true) => {}
            Ok(false) => found.blame(folder.join(name), "its content is not what was written"),
            Err(error) => found.blame(folder.join(name), error),
        }
    }
    Ok(())
}

/// Reads every passage, counts those of each file, and compares them with the sources.
fn check_passages(
    open: &OpenIndex,
    extent: Extent,
    observer: &dyn Observer,
    found: &mut Verification,
) -> Result<()> {
    let manifest = match open.manifest() {
        Ok(manifest) => manifest,
        Err(error) => return found.blame_error(error),
    };
    let path = open.folder().join(&open.payload.manifest);
    let hash = hash_of(&path).map_err(|error| Error::io(&path, error))?;
    if open.payload.manifest != format!("{MANIFEST_PREFIX}{hash:.16}.json") {
        found.blame(&path, "its content is not what was written");
    }
    let mut counted = Totals::default();
    for (place, segment) in (0u32..).zip(&open.segments) {
        for doc in (0..segment.max_doc()).filter(|&doc| segment.is_live(doc)) {
            match open.record(Address { segment: place, doc }) {
                Ok(record) => {
                    counted.passages += 1;
                    counted.articles += u64::from(record.head.ordinal == 0);
                }
                Err(error) => return found.blame_error(error),
            }
        }
    }
    found.passages = counted.passages;
    let totals = manifest.totals();
    for (what, are, were) in [
        ("passages", counted.passages, totals.passages),
        ("articles", counted.articles, totals.articles),
    ] {
        if are != were || totals != open.payload.totals {
            found.blame(open.folder(), format!("{are} {what} instead of {were}"));
        }
    }
    let mut of_sources: BTreeMap<String, u64> = BTreeMap::new();
    for file in &manifest.files {
        *of_sources.entry(manifest.source_key(file.root, &file.relative)).or_default() +=
            file.totals.passages;
    }
    for (source, were) in of_sources {
        let are = open.doc_freq(open.fields.source, &source)?;
        if are != were {
            let source = source.replace('\u{1f}', "/");
            found.blame(open.folder(), format!("{are} passages of {source} instead of {were}"));
        }
    }
    match extent {
        Extent::Index => Ok(()),
        Extent::Sources if !open.payload.is_current() => {
            let message = "another version of warraq made the index, which may have cut passages \
                           otherwise: they are not compared with the sources";
            found.notes.push(message.to_owned());
            Ok(())
        }
        Extent::Sources => match compare_with_sources(open, &manifest, observer, found) {
            Err(error) => found.blame_error(error),
            Ok(()) => Ok(()),
        },
    }
}

/// Tells an observer how many bytes of the sources are compared.
struct Comparing<'a> {
    observer: &'a dyn Observer,
    all: u64,
}

impl Observer for Comparing<'_> {
    fn advanced(&self, so_far: Advance) {
        self.observer.verified(so_far.bytes.min(self.all), self.all);
    }
}

/// What of the sources is otherwise than when it was read is no damage: only what is as it was can
/// vouch for the index.
fn compare_with_sources(
    open: &OpenIndex,
    manifest: &Manifest,
    observer: &dyn Observer,
    found: &mut Verification,
) -> Result<()> {
    let (mut changed, mut gone, mut unreadable) = (Vec::new(), Vec::new(), Vec::new());
    let files = || manifest.files.iter().filter_map(|file| Some((file, manifest.absolute(file)?)));
    let comparing = Comparing { observer, all: files().map(|(file, _)| file.stamp.size).sum() };
    let tally = Tally::new(&comparing);
    let mut comparison = Comparison::new(open);
    for (entry, path) in files() {
        let Some(root) = manifest.roots.get(entry.root as usize) else { continue };
        let end = tally.bytes() + entry.stamp.size;
        let is_as_it_was = || hash_of(&path).map(|hash| hash == entry.hash);
        match is_as_it_was() {
            Ok(true) => {
                let source = manifest.source_key(entry.root, &entry.relative);
                let known = Known { root, entry, source: &source, path: &path };
                match comparison.compare(known, &tally, &|| observer.stopped())? {
                    Compared::With(faults) if faults.named.is_empty() => found.sources += 1,
                    // It may have been written while it was read.
                    _ if !is_as_it_was().unwrap_or(false) => changed.push(path),
                    Compared::With(faults) => {
                        for fault in faults.named {
                            found.blame(open.folder(), fault);
                        }
                        if faults.more > 0 {
                            let (more, path) = (faults.more, path.display());
                            found.blame(open.folder(), format!("… and {more} more of {path}"));
                        }
                    }
                    Compared::Unreadable(_) => unreadable.push(path),
                }
            }
            Ok(false) => changed.push(path),
            Err(_) => gone.push(path),
        }
        tally.reach(end);
    }
    for (paths, what) in [
        (changed, "has changed since it was read: `warraq index` brings the index up to date"),
        (gone, "cannot be read any more: its passages are in the index alone"),
        (unreadable, "is not read by this version of warraq: its passages are in the index alone"),
    ] {
        for path in paths.iter().take(NAMED) {
            found.notes.push(format!("{} {what}", path.display()));
        }
        if let Some(more @ 1..) = paths.len().checked_sub(NAMED) {
            found.notes.push(format!("… and {more} more {what}"));
        }
    }
    Ok(())
}
