//! Brings an index up to its sources: chooses whether the index that is there is updated or one is
//! built anew.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use tantivy::Index;

use super::directory::IndexDirectory;
use super::failure::{index_error, read_error};
use super::forward::ForwardPlugin;
use super::ingest::CommitAfter;
use super::layout::Layout;
use super::location::{Location, WriteLock};
use super::manifest::{Manifest, Payload, Root};
use super::newer::refuse_newer;
use super::plan::Plan;
use super::reader::{OpenIndex, open_tantivy_in, read_payload};
use super::repair::{recover_pointer, what_is_known};
use super::report::{Observer, Report};
use super::run::{Target, run};
use super::schema::Fields;
use super::seal;
use super::survey::{Source, Survey, entry_path};
use crate::error::{Error, Result};

/// What a run is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Add these sources or refresh them; others stay.
    Add(Vec<Source>),
    /// Bring every source that is still there up to date.
    Refresh,
    /// Take sources out: paths, or names under which standard input was indexed.
    Remove(Vec<PathBuf>),
}

/// How a run works.
#[derive(Clone, Copy, Debug)]
pub struct UpdateOptions {
    /// Threads that analyse and as many that write; at least 1.
    pub threads: usize,
    /// Wait for another process that writes the index, instead of giving up at once.
    pub wait: bool,
    /// Build the index anew, reading all its sources, even if nothing asks for it.
    pub rebuild: bool,
    /// Lay the index out for size; one that is laid out for speed is built anew. Without it an
    /// index stays as it is laid out, but one that is to be built anew is laid out for speed.
    pub compact: bool,
    /// When what is done is committed while the run goes on.
    pub commit_after: CommitAfter,
}

impl UpdateOptions {
    fn layout(self) -> Layout {
        if self.compact { Layout::Compact } else { Layout::Fast }
    }
}

impl Default for UpdateOptions {
    fn default() -> UpdateOptions {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let commit_after = CommitAfter::default();
        UpdateOptions { threads, wait: true, rebuild: false, compact: false, commit_after }
    }
}

/// Runs a change.
///
/// # Errors
/// [`Error::Locked`] when another process writes and `wait` is false; [`Error::Io`] where the
/// place cannot be written; [`Error::Interrupted`] where the observer stopped the run before it
/// did anything; [`Error::Newer`] where a newer version made the index, unless it is to be rebuilt;
/// [`Error::Index`] where it must be built anew and not all of its sources are there. The last good
/// index is there after any error.
pub fn update(
    location: &Location,
    change: Change,
    options: UpdateOptions,
    observer: &dyn Observer,
) -> Result<Report> {
    let started = Instant::now();
    let _lock = take_lock(location, options, observer)?;
    recover_pointer(location, observer)?;
    let state = match State::load_checked(location) {
        Ok(state) => state,
        // What the system refuses is no fault of the index.
        Err(error @ Error::Io { .. }) => return Err(error),
        Err(error @ Error::Newer { .. }) if !options.rebuild => return Err(error),
        Err(error) => {
            let (manifest, compact) = what_is_known(location)?;
            let manifest = match (manifest, &error) {
                (Some(manifest), _) => manifest,
                // Which sources it had is lost; those that are given now can be indexed.
                (None, _) if matches!(change, Change::Add(_)) => Manifest::default(),
                (None, Error::Damaged { path, reason }) => {
                    let message =
                        format!("the index cannot be read ({reason}), nor which sources it had");
                    return Err(Error::index(
                        path,
                        format!("{message}: name them in `warraq index PATH…`"),
                    ));
                }
                (None, _) => return Err(error),
            };
            let options = UpdateOptions { compact: options.compact || compact, ..options };
            let mut report =
                replace_damaged(location, &error, manifest, change, options, observer)?;
            report.elapsed = started.elapsed();
            return Ok(report);
        }
    };
    location.sweep()?;
    let layout = state.as_ref().map_or(Layout::Fast, |state| Layout::of(state.index.settings()));
    let stays_compact = layout == Layout::Compact && !options.rebuild;
    let options = UpdateOptions { compact: options.compact || stays_compact, ..options };
    let fits = layout == options.layout();
    let mut report = match state {
        Some(state) if state.payload.is_current() && !options.rebuild && fits => {
            match OpenIndex::open(location) {
                Ok(_) => {
                    let target = Target {
                        folder: state.folder,
                        index: state.index,
                        directory: state.directory,
                        fresh: false,
                        former: Vec::new(),
                        keeps_parts: true,
                    };
                    run(location, &target, state.manifest, change, options, observer)?
                }
                Err(error @ Error::Io { .. }) => return Err(error),
                Err(error) => {
                    replace_damaged(location, &error, state.manifest, change, options, observer)?
                }
            }
        }
        Some(state) => {
            if !state.payload.is_current() {
                observer.note("the index was made by another version of warraq: building it anew");
            }
            let (report, folder) =
                rebuild(location, state.manifest, change, Loss::Refused, options, observer)?;
            if report.interrupted.is_none() {
                location.make_current(&folder)?;
            }
            report
        }
        None => {
            let (report, folder) =
                rebuild(location, Manifest::default(), change, Loss::Refused, options, observer)?;
            if report.interrupted.is_none_or(|interrupted| !interrupted.dropped) {
                location.make_current(&folder)?;
            }
            report
        }
    };
    report.elapsed = started.elapsed();
    Ok(report)
}

/// Builds the index anew where it cannot be read; what is there is renamed and stays.
fn replace_damaged(
    location: &Location,
    error: &Error,
    manifest: Manifest,
    change: Change,
    options: UpdateOptions,
    observer: &dyn Observer,
) -> Result<Report> {
    match error {
        Error::Damaged { path, reason } => observer.note(&format!(
            "{}: the index cannot be read ({reason}): building it anew",
            path.display()
        )),
        other => observer.note(&format!("{other}: building the index anew")),
    }
    // What cannot be read again is in what is kept.
    let (report, folder) = rebuild(location, manifest, change, Loss::Accepted, options, observer)?;
    if report.interrupted.is_some() {
        return Ok(report);
    }
    for kept in location.replace_damaged(&folder)? {
        observer.note(&format!("what could not be read is kept in {}", kept.display()));
    }
    Ok(report)
}

pub(super) fn take_lock(
    location: &Location,
    options: UpdateOptions,
    observer: &dyn Observer,
) -> Result<WriteLock> {
    match location.try_lock() {
        Err(Error::Locked(_)) if options.wait => {
            observer.note("waiting for another warraq that is writing this index");
            location.lock(|| observer.stopped())
        }
        other => other,
    }
}

/// Whether an index that is built anew may be without passages of sources that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    Refused,
    Accepted,
}

/// An index as it was found.
pub(super) struct State {
    pub folder: PathBuf,
    pub index: Index,
    pub directory: IndexDirectory,
    pub payload: Payload,
    pub manifest: Manifest,
}

impl State {
    /// One whose files are those that were written.
    pub fn load_checked(location: &Location) -> Result<Option<State>> {
        let state = State::load(location)?;
        if let Some(state) = &state {
            seal::check(&state.folder)?;
        }
        Ok(state)
    }

    pub fn load(location: &Location) -> Result<Option<State>> {
        let Some(folder) = location.current()? else {
            return Ok(None);
        };
        refuse_newer(&folder)?;
        let directory = IndexDirectory::open(&folder);
        let directory = directory.map_err(|error| read_error(&folder, error))?;
        let index = open_tantivy_in(directory.clone(), &folder)?;
        let mut payload = read_payload(&index, &folder)?;
        let manifest = Manifest::read(&folder, &payload.manifest)?;
        if index.schema() != Fields::build().0 {
            payload.format = 0;
        }
        Ok(Some(State { folder, index, directory, payload, manifest }))
    }
}

/// Builds an index in a generation of its own, from the sources of `manifest` and the change. Where there is no other it becomes current with the
/// first commit; else the caller makes it current.
pub(super) fn rebuild(
    location: &Location,
    mut manifest: Manifest,
    change: Change,
    loss: Loss,
    options: UpdateOptions,
    observer: &dyn Observer,
) -> Result<(Report, PathBuf)> {
    // Text of standard input cannot be read again; better to say so than to drop it.
    if let Some(root) = manifest.roots.iter().find(|root| root.stdin) {
        let replaced = match &change {
            Change::Add(sources) => sources.iter().any(|source| source.path == root.path),
            Change::Refresh => false,
            Change::Remove(paths) => paths.contains(&root.path),
        };
        if !replaced {
            return Err(Error::index(
                location.folder(),
                format_args!(
                    "must be built anew, but {:?} came from standard input: index it again with \
                     `--name`, or take it out with `warraq remove`",
                    root.path.display().to_string()
                ),
            ));
        }
    }
    let folder = location.create_generation()?;
    let failed = |error: tantivy::TantivyError| index_error(&folder, error);
    let layout = options.layout();
    let directory = IndexDirectory::open(&folder).map_err(failed)?;
    let index = Index::builder()
        .schema(Fields::build().0)
        .settings(layout.settings())
        .register_plugin(Arc::new(ForwardPlugin { layout }))
        .open_or_create(directory.clone())
        .map_err(failed)?;
    Fields::register_tokenizers(&index);
    // Sources that were there are read again beside those of this run.
    let known = std::mem::take(&mut manifest.files);
    let is_anew = !known.is_empty();
    let former = if loss == Loss::Refused { known } else { Vec::new() };
    let keeps_parts = !location.exists();
    let fresh = true;
    let target = Target { folder: folder.clone(), index, directory, fresh, former, keeps_parts };
    let outcome = run(location, &target, manifest, change, options, observer);
    let dropped = match &outcome {
        Ok(report) => report.interrupted.is_some_and(|interrupted| interrupted.dropped),
        Err(_) => location.current().is_ok_and(|current| current.as_ref() != Some(&folder)),
    };
    if dropped {
        // The generation was never current; what cannot be removed now is swept later.
        let _ = fs::remove_dir_all(&folder);
    }
    outcome.map(|mut report| {
        report.rebuilt = is_anew;
        (report, folder)
    })
}

/// Whether an update of all sources would read or drop anything, as far as sizes and times tell,
/// or would have to build the index anew; takes no lock.
///
/// # Errors
/// The index cannot be read.
pub fn is_stale(location: &Location, observer: &dyn Observer) -> Result<bool> {
    let State { payload, manifest, .. } = match State::load(location) {
        Ok(Some(state)) => state,
        Ok(None) => return Ok(true),
        // It can be built anew.
        Err(Error::Damaged { .. }) if what_is_known(location)?.0.is_some() => return Ok(true),
        Err(error) => return Err(error),
    };
    if !payload.is_current() || OpenIndex::open(location).is_err() {
        return Ok(true);
    }
    // To go on with a long run is for whoever began it.
    if payload.unfinished {
        return Ok(false);
    }
    let mut survey = Survey::beside(location);
    survey.refresh(&manifest, observer);
    let found = std::mem::take(&mut survey.found);
    let plan = Plan::new(manifest.files.clone(), found, |entry| {
        survey.covers(&entry_path(&manifest, entry))
    });
    Ok(!plan.read.is_empty() || !plan.vanished.is_empty())
}

/// The sources of an index; takes no lock.
///
/// # Errors
/// [`Error::NoIndex`] where there is none; it cannot be read.
pub fn sources(location: &Location) -> Result<Vec<Root>> {
    match State::load(location)? {
        Some(state) => Ok(state.manifest.roots),
        None => Err(Error::NoIndex(location.folder().to_owned())),
    }
}
