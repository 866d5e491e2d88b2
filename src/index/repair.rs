//! Builds an index anew that is not what was written; what is there is set aside.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::layout::Layout;
use super::location::Location;
use super::manifest::{MANIFEST_PREFIX, Manifest};
use super::newer::refuse_newer;
use super::reader::{open_tantivy, read_payload};
use super::report::{Observer, Report};
use super::seal::{check, hash_of};
use super::update::{Change, Loss, State, UpdateOptions, rebuild, take_lock};
use super::verify::{Extent, verify_observed};
use crate::error::{Error, Result};

/// Sources that are named one by one as lost.
const NAMED: usize = 5;

/// Builds the index anew from the sources that it had. `accept_loss`: also where some of them are
/// not there any more, and their passages get lost.
///
/// # Errors
/// Which sources there were cannot be told; some are not there and `accept_loss` is false; as for an
/// update. What is there then stays as it is.
pub fn repair(
    location: &Location,
    accept_loss: bool,
    options: UpdateOptions,
    observer: &dyn Observer,
) -> Result<Report> {
    let started = Instant::now();
    let _lock = take_lock(location, options, observer)?;
    recover_pointer(location, observer)?;
    if let Ok(Some(folder)) = location.current() {
        refuse_newer(&folder)?;
    }
    if let Ok(Some(state)) = State::load_checked(location)
        && verify_observed(location, Extent::Sources, observer)?.damage.is_empty()
    {
        location.sweep()?;
        let totals = state.manifest.totals();
        let unchanged_files = state.manifest.files.len();
        let elapsed = started.elapsed();
        return Ok(Report { unchanged_files, totals, elapsed, ..Report::default() });
    }
    let (manifest, compact) = what_is_known(location)?;
    let Some(mut manifest) = manifest else {
        return Err(Error::index(
            location.folder(),
            "which sources the index had cannot be read: name them in `warraq index PATH…`",
        ));
    };
    let lost = lost_sources(&manifest);
    if !lost.is_empty() && !accept_loss {
        let named: Vec<String> =
            lost.iter().take(NAMED).map(|path| path.display().to_string()).collect();
        let more = match lost.len().checked_sub(NAMED) {
            Some(more @ 1..) => format!(" and {more} more"),
            _ => String::new(),
        };
        return Err(Error::index(
            location.folder(),
            format_args!(
                "not repaired: what came from {}{more} cannot be read again and would be lost; put it \
                 back, or accept that with --accept-loss",
                named.join(", ")
            ),
        ));
    }
    if accept_loss {
        drop_lost_roots(&mut manifest);
    }
    let options = UpdateOptions { compact: options.compact || compact, ..options };
    let loss = if accept_loss { Loss::Accepted } else { Loss::Refused };
    let (mut report, built) =
        rebuild(location, manifest, Change::Refresh, loss, options, observer)?;
    if report.interrupted.is_none() {
        for kept in location.replace_damaged(&built)? {
            observer.note(&format!("what was damaged is kept in {}", kept.display()));
        }
    }
    report.elapsed = started.elapsed();
    Ok(report)
}

/// Where the file that names the current generation is lost or damaged, names the newest one that is
/// whole. Only under the lock.
///
/// # Errors
/// As the file system gives them.
pub(super) fn recover_pointer(location: &Location, observer: &dyn Observer) -> Result<()> {
    let reason = match location.current() {
        Ok(Some(folder)) if !folder.is_dir() => "names nothing that is there".to_owned(),
        Err(Error::Damaged { reason, .. }) => reason,
        other => return other.map(|_| ()),
    };
    for (_, folder) in location.generations()?.iter().rev() {
        if check(folder).is_ok() && holds_sources(folder) {
            location.point_to(folder)?;
            let pointer = location.pointer();
            observer.note(&format!("{} ({reason}) is put right", pointer.display()));
            break;
        }
    }
    Ok(())
}

/// Whether a generation's commit has its manifest, as all but the first have.
fn holds_sources(folder: &Path) -> bool {
    let payload = open_tantivy(folder).and_then(|index| read_payload(&index, folder));
    payload.is_ok_and(|payload| Manifest::read(folder, &payload.manifest).is_ok())
}

/// What can be told of an index that cannot be read: its sources, and whether it is compact.
///
/// # Errors
/// As the file system gives them.
pub(super) fn what_is_known(location: &Location) -> Result<(Option<Manifest>, bool)> {
    let folder = match location.current() {
        Ok(Some(folder)) if folder.is_dir() => Some(folder),
        _ => location.newest()?,
    };
    let manifest = folder.map(|folder| whole_manifest(&folder)).transpose()?.flatten();
    let state = State::load(location).ok().flatten();
    let layout = state.map(|state| Layout::of(state.index.settings()));
    Ok((manifest, layout == Some(Layout::Compact)))
}

/// The newest manifest in a folder that is as it was written, which its name tells.
fn whole_manifest(folder: &Path) -> Result<Option<Manifest>> {
    let failed = |error| Error::io(folder, error);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(MANIFEST_PREFIX)
            && hash_of(&entry.path())
                .map_err(failed)?
                .get(..16)
                .is_some_and(|hash| name == format!("{MANIFEST_PREFIX}{hash}.json"))
        {
            let modified = entry.metadata().and_then(|metadata| metadata.modified());
            found.push((modified.map_err(failed)?, name));
        }
    }
    found.sort();
    found.pop().map(|(_, name)| Manifest::read(folder, &name)).transpose()
}

/// What was read and is not there any more: standard input, and files.
fn lost_sources(manifest: &Manifest) -> Vec<PathBuf> {
    let is_lost = |file: &&super::manifest::FileEntry| {
        file.totals.passages > 0 && manifest.absolute(file).is_none_or(|path| !path.exists())
    };
    let path = |file| super::survey::entry_path(manifest, file);
    manifest.files.iter().filter(is_lost).map(path).collect()
}

/// Leaves out what no run can read.
fn drop_lost_roots(manifest: &mut Manifest) {
    manifest.files.clear();
    manifest.roots.retain(|root| !root.stdin && root.path.exists());
}
