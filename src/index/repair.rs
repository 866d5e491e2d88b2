//! Builds an index anew that is not what was written; what is there is set aside.

use std::path::PathBuf;
use std::time::Instant;

use super::change::{Change, Loss, UpdateOptions};
use super::location::Location;
use super::manifest::Manifest;
use super::newer::refuse_newer;
use super::recovery::{recover_pointer, what_is_known};
use super::report::{Observer, Report};
use super::state::{State, take_lock};
use super::update::rebuild;
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
