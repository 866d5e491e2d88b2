//! Tells indexes of formats to come, so that none is taken for a damaged one and built anew.
//!
//! What this relies on has to stay as it is in every format: `meta.json` has a string `payload`, which
//! is JSON with a number `format`, and a seal is named after the bytes of the `meta.json` that it is of.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::schema::FORMAT_VERSION;
use super::seal::{COMMIT, is_as_sealed};
use crate::error::{Error, Result};

#[derive(Deserialize)]
struct AnyCommit {
    payload: String,
}

#[derive(Deserialize)]
struct AnyPayload {
    format: u64,
}

/// # Errors
/// [`Error::Newer`] where the index in a generation's folder was written in a format that came after
/// this version of warraq. What else may be wrong with it is not looked at.
pub(super) fn refuse_newer(folder: &Path) -> Result<()> {
    let Ok(commit) = fs::read(folder.join(COMMIT)) else {
        return Ok(());
    };
    let payload = serde_json::from_slice::<AnyCommit>(&commit);
    let payload = payload.and_then(|commit| serde_json::from_str::<AnyPayload>(&commit.payload));
    match payload {
        // Of a damaged file no number can be believed.
        Ok(AnyPayload { format })
            if format > u64::from(FORMAT_VERSION) && is_as_sealed(folder, &commit) =>
        {
            Err(Error::Newer { path: folder.to_owned(), format, known: FORMAT_VERSION })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_newer_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let write = |text: &str| fs::write(folder.path().join(COMMIT), text).unwrap();
        let is_newer = || matches!(refuse_newer(folder.path()), Err(Error::Newer { .. }));
        assert!(!is_newer());
        let own = u64::from(FORMAT_VERSION);
        let commit = |format: u64| {
            let payload = format!("{{\"format\":{format},\"unheard_of\":[]}}");
            serde_json::json!({"segments": "otherwise", "payload": payload}).to_string()
        };
        for text in ["", "{}", "{\"payload\":7}", "{\"payload\":\"7\"}", &commit(own), &commit(1)] {
            write(text);
            assert!(!is_newer(), "{text}");
        }
        write(&commit(own + 1));
        assert!(is_newer());
        write(&commit(u64::MAX));
        assert!(is_newer());
        // A seal of something else says that this is not what was written.
        fs::write(folder.path().join("seal-0123456789abcdef.json"), "").unwrap();
        assert!(!is_newer());
    }
}
