//! Brings an index up to its sources: chooses whether the index that is there is updated or one is
//! built anew.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use tantivy::Index;

use super::change::{Change, Loss, UpdateOptions};
use super::directory::IndexDirectory;
use super::failure::index_error;
use super::forward::ForwardPlugin;
use super::layout::Layout;
use super::location::Location;
use super::manifest::{Manifest, Root};
use super::plan::Plan;
use super::reader::OpenIndex;
use super::recovery::{recover_pointer, what_is_known};
use super::report::{Observer, Report};
use super::run::{Target, run};
use super::schema::Fields;
use super::state::{State, take_lock};
use super::survey::{Survey, entry_path};
use crate::error::{Error, Result};

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

/// Builds an index in a generation of its own, from the sources of `manifest` and the change. Where
/// there is no other it becomes current with the first commit; else the caller makes it current.
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
