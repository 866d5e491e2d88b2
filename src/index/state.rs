//! An index as a run finds it, under the lock that runs hold.

use std::path::PathBuf;

use tantivy::Index;

use super::change::UpdateOptions;
use super::directory::IndexDirectory;
use super::failure::read_error;
use super::location::{Location, WriteLock};
use super::manifest::{Manifest, Payload};
use super::newer::refuse_newer;
use super::reader::{open_tantivy_in, read_payload};
use super::report::Observer;
use super::schema::Fields;
use super::seal;
use crate::error::{Error, Result};

/// Takes the lock, waiting for another run if the options say so.
///
/// # Errors
/// As [`Location::try_lock`] and [`Location::lock`].
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
