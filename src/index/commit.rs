//! One commit: the manifest first, then tantivy's, whose payload names it.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use tantivy::IndexWriter;

use super::failure::{index_error, write_error};
use super::manifest::{FileEntry, MANIFEST_PREFIX, Manifest, Payload, this_program};
use super::merge::tidy;
use super::schema::FORMAT_VERSION;
use crate::error::{Error, Result};

/// Makes what is in the writer durable and visible, with the manifest that belongs to it.
pub(super) fn commit(writer: &mut IndexWriter, folder: &Path, manifest: &Manifest) -> Result<()> {
    // Whoever opened the index before this commit may still ask for its manifest.
    let last = writer.index().load_metas().ok().and_then(|metas| metas.payload);
    let last = last.and_then(|payload| serde_json::from_str::<Payload>(&payload).ok());
    let name = manifest.write(folder)?;
    let payload = Payload {
        format: FORMAT_VERSION,
        analysis: crate::analysis::fingerprint(),
        program: this_program(),
        manifest: name.clone(),
        totals: manifest.totals(),
        unfinished: manifest.is_unfinished(),
        sealed: true,
    };
    let payload = serde_json::to_string(&payload).map_err(|error| Error::index(folder, error))?;
    let committed = writer.prepare_commit().and_then(|mut commit| {
        commit.set_payload(&payload);
        commit.commit()
    });
    committed.map_err(write_error)?;
    for entry in fs::read_dir(folder).map_err(|error| Error::io(folder, error))? {
        let entry = entry.map_err(|error| Error::io(folder, error))?;
        let file = entry.file_name().to_string_lossy().into_owned();
        let is_last = last.as_ref().is_some_and(|last| last.manifest == file);
        if file.starts_with(MANIFEST_PREFIX) && file != name && !is_last {
            fs::remove_file(entry.path()).map_err(|error| Error::io(entry.path(), error))?;
        }
    }
    Ok(())
}

/// The last commit of a run. `whole`: all of the index was written by runs that built it first.
pub(super) fn commit_last(
    mut writer: IndexWriter,
    folder: &Path,
    manifest: &Manifest,
    whole: bool,
) -> Result<()> {
    commit(&mut writer, folder, manifest)?;
    let failed = |error: tantivy::TantivyError| index_error(folder, error);
    let index = writer.index().clone();
    let segments = index.searchable_segment_ids().map_err(failed)?;
    writer.wait_merging_threads().map_err(failed)?;
    tidy(&index, folder, whole, &segments)
}

/// The manifest of a commit: `entries` of what is in the index. `unread` are files that the run was
/// to read and has not; `covered` the sources that it looks at, of which it leaves nothing else.
pub(super) fn manifest_of(
    manifest: &Manifest,
    mut entries: Vec<FileEntry>,
    unread: &[u32],
    covered: &[PathBuf],
    removed: &[PathBuf],
) -> Manifest {
    entries.sort_by(|a, b| a.order().cmp(&b.order()));
    let in_part = entries.iter().filter(|entry| entry.articles_done.is_some());
    let open: HashSet<u32> =
        in_part.map(|entry| entry.root).chain(unread.iter().copied()).collect();
    let mut manifest = Manifest { roots: manifest.roots.clone(), files: entries };
    for (number, root) in (0u32..).zip(&mut manifest.roots) {
        let left_by_others = root.unfinished && !covered.contains(&root.path);
        root.unfinished = left_by_others || open.contains(&number);
    }
    forget_unused_roots(&mut manifest, removed);
    manifest
}

/// Drops roots that were removed and hold nothing any more; entries are renumbered.
fn forget_unused_roots(manifest: &mut Manifest, removed: &[PathBuf]) {
    let used: HashSet<u32> = manifest.files.iter().map(|file| file.root).collect();
    let mut new_number = BTreeMap::new();
    let mut kept = Vec::new();
    for (number, root) in (0u32..).zip(std::mem::take(&mut manifest.roots)) {
        let gone = removed.iter().any(|path| root.path.starts_with(path));
        if used.contains(&number) || !gone {
            new_number.insert(number, kept.len() as u32);
            kept.push(root);
        }
    }
    manifest.roots = kept;
    for file in &mut manifest.files {
        file.root = new_number.get(&file.root).copied().unwrap_or(file.root);
    }
}
