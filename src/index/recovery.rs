//! What can be found again of an index of which something is lost, without its sources.

use std::fs;
use std::path::Path;

use super::layout::Layout;
use super::location::Location;
use super::manifest::{MANIFEST_PREFIX, Manifest};
use super::reader::{open_tantivy, read_payload};
use super::report::Observer;
use super::seal::{check, hash_of};
use super::state::State;
use crate::error::{Error, Result};

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
