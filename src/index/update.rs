//! Brings an index up to its sources: what changed is read, what vanished is dropped, and all of
//! it becomes visible in one commit.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use tantivy::indexer::{LogMergePolicy, MergePolicy, NoMergePolicy};
use tantivy::schema::Field;
use tantivy::store::Compressor;
use tantivy::{Index, IndexSettings, IndexWriter, Term};

use super::bits::Bits;
use super::directory::IndexDirectory;
use super::forward::ForwardPlugin;
use super::ingest::{Job, ingest, write_error};
use super::location::{Location, WriteLock};
use super::manifest::{FileEntry, MANIFEST_PREFIX, Manifest, Payload};
use super::plan::Plan;
use super::reader::{OpenIndex, open_tantivy, read_payload};
use super::report::{Observer, Report};
use super::schema::{FORMAT_VERSION, Fields};
use super::survey::{Source, Survey, entry_path};
use crate::error::{Error, Problem, Result};

/// Memory that a thread of tantivy's writer fills before it writes a segment, in bytes.
const MEMORY_PER_THREAD: usize = 96 << 20;
/// Below so many bytes of sources one thread is as quick as several and leaves one segment.
const SMALL_RUN_BYTES: u64 = 8 << 20;
/// Bytes of stored passages that are compressed together; small, for a search loads few.
const STORE_BLOCK_BYTES: usize = 4096;

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
}

impl Default for UpdateOptions {
    fn default() -> UpdateOptions {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        UpdateOptions { threads, wait: true }
    }
}

/// Runs a change.
///
/// # Errors
/// [`Error::Locked`] when another process writes and `wait` is false; [`Error::Io`] where the
/// place cannot be written; the last good index is there after any error.
pub fn update(
    location: &Location,
    change: Change,
    options: UpdateOptions,
    observer: &dyn Observer,
) -> Result<Report> {
    let started = Instant::now();
    let _lock = take_lock(location, options, observer)?;
    location.sweep()?;
    let mut report = match State::load(location)? {
        Some(state) if state.payload.is_current() => {
            let target = Target { folder: state.folder, index: state.index, fresh: false };
            run(location, target, state.manifest, change, options, observer)?
        }
        Some(state) => {
            observer.note("the index was made by another version of warraq: building it anew");
            rebuild(location, state.manifest, change, options, observer)?
        }
        None => rebuild(location, Manifest::default(), change, options, observer)?,
    };
    report.elapsed = started.elapsed();
    Ok(report)
}

fn take_lock(
    location: &Location,
    options: UpdateOptions,
    observer: &dyn Observer,
) -> Result<WriteLock> {
    match location.try_lock() {
        Err(Error::Locked(_)) if options.wait => {
            observer.note("waiting for another warraq that is writing this index");
            location.lock()
        }
        other => other,
    }
}

/// An index as it was found.
struct State {
    folder: PathBuf,
    index: Index,
    payload: Payload,
    manifest: Manifest,
}

impl State {
    fn load(location: &Location) -> Result<Option<State>> {
        let Some(folder) = location.current()? else {
            return Ok(None);
        };
        let index = open_tantivy(&folder)?;
        let mut payload = read_payload(&index, &folder)?;
        let manifest = Manifest::read(&folder, &payload.manifest)?;
        if index.schema() != Fields::build().0 {
            payload.format = 0;
        }
        Ok(Some(State { folder, index, payload, manifest }))
    }
}

/// The index that a run writes to.
struct Target {
    folder: PathBuf,
    index: Index,
    /// In a generation of its own that is not current yet.
    fresh: bool,
}

fn rebuild(
    location: &Location,
    mut manifest: Manifest,
    change: Change,
    options: UpdateOptions,
    observer: &dyn Observer,
) -> Result<Report> {
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
    let failed = |error: tantivy::TantivyError| Error::index(&folder, error);
    let settings = IndexSettings {
        docstore_compression: Compressor::Lz4,
        docstore_blocksize: STORE_BLOCK_BYTES,
        docstore_compress_dedicated_thread: false,
        ..IndexSettings::default()
    };
    let index = Index::builder()
        .schema(Fields::build().0)
        .settings(settings)
        .register_plugin(Arc::new(ForwardPlugin))
        .open_or_create(IndexDirectory::open(&folder).map_err(failed)?)
        .map_err(failed)?;
    Fields::register_tokenizers(&index);
    // Sources that were there are read again beside those of this run.
    let known = std::mem::take(&mut manifest.files);
    let target = Target { folder: folder.clone(), index, fresh: true };
    let outcome = run(location, target, manifest, change, options, observer);
    match outcome {
        Ok(mut report) => {
            report.rebuilt = !known.is_empty();
            location.make_current(&folder)?;
            Ok(report)
        }
        Err(error) => {
            // The generation was never current; what cannot be removed now is swept later.
            let _ = fs::remove_dir_all(&folder);
            Err(error)
        }
    }
}

fn run(
    location: &Location,
    target: Target,
    mut manifest: Manifest,
    change: Change,
    options: UpdateOptions,
    observer: &dyn Observer,
) -> Result<Report> {
    let mut report = Report::default();
    let mut survey = Survey::default();
    match change {
        Change::Add(sources) => {
            for source in sources {
                survey.add(&mut manifest, source)?;
            }
            if target.fresh {
                survey.refresh(&manifest, observer);
            }
        }
        Change::Refresh => survey.refresh(&manifest, observer),
        Change::Remove(paths) => {
            survey.remove(&manifest, &paths)?;
            if target.fresh {
                survey.refresh(&manifest, observer);
            }
        }
    }
    report.ignored_files = survey.ignored;
    for problem in &survey.problems {
        report.skipped += 1;
        observer.problem(problem);
    }

    let known = std::mem::take(&mut manifest.files);
    let before = known.clone();
    let Survey { found, covered, spooled, removed, .. } = survey;
    let plan = Plan::new(known, found, |entry| {
        let path = entry_path(&manifest, entry);
        removed.iter().chain(&covered).any(|covered| path.starts_with(covered))
    });

    let mut jobs = Vec::new();
    let mut entries = plan.unchanged;
    report.unchanged_files = entries.len();
    for entry in &entries {
        repeat_problems(&manifest, entry, observer, &mut report);
    }
    let mut deleted: Vec<String> = Vec::new();
    for (found, before) in plan.read {
        let root = &manifest.roots[found.root as usize];
        let path = spooled.get(&found.root).cloned().unwrap_or_else(|| {
            entry_path(
                &manifest,
                &FileEntry {
                    root: found.root,
                    relative: found.relative.clone(),
                    ..FileEntry::default()
                },
            )
        });
        let hash = match hash_file(&path) {
            Ok(hash) => hash,
            Err(error) => {
                report.skipped += 1;
                let message = error.to_string();
                observer.problem(&Problem::new(found.relative.clone(), None, message));
                // What was indexed of it before stays: nothing says that it is gone.
                entries.extend(before);
                continue;
            }
        };
        if let Some(before) = before {
            if before.hash == hash && spooled.is_empty() {
                report.unchanged_files += 1;
                repeat_problems(&manifest, &before, observer, &mut report);
                entries.push(FileEntry { stamp: found.stamp, ..before });
                continue;
            }
            report.changed_files += 1;
            deleted.push(manifest.source_key(before.root, &before.relative));
        } else {
            report.added_files += 1;
        }
        report.bytes += found.stamp.size;
        jobs.push(Job {
            path,
            root: root.clone(),
            source: manifest.source_key(found.root, &found.relative),
            entry: FileEntry {
                root: found.root,
                relative: found.relative,
                stamp: found.stamp,
                hash,
                ..FileEntry::default()
            },
        });
    }
    for entry in &plan.vanished {
        report.removed_files += 1;
        deleted.push(manifest.source_key(entry.root, &entry.relative));
    }

    if jobs.is_empty() && deleted.is_empty() && !target.fresh && same_files(&before, &entries) {
        manifest.files = entries;
        report.totals = manifest.totals();
        return Ok(report);
    }

    observer.planned(jobs.len(), report.bytes);
    let fields = Fields::build().1;
    let threads = if report.bytes < SMALL_RUN_BYTES { 1 } else { options.threads.clamp(1, 8) };
    let failed = |error: tantivy::TantivyError| Error::index(&target.folder, error);
    let writer: IndexWriter = target
        .index
        .writer_with_num_threads(threads, threads * MEMORY_PER_THREAD)
        .map_err(failed)?;
    writer.set_merge_policy(merge_policy(target.fresh));
    for source in &deleted {
        writer.delete_term(Term::from_field_text(fields.source, source));
    }
    if !jobs.is_empty() {
        let taken = TakenIds::open(location, &target, fields, &deleted)?;
        ingest(&mut jobs, &writer, fields, threads, &|id| taken.contains(id), observer)?;
    }
    for job in jobs {
        report.skipped += job.entry.problems.len() as u64 + job.entry.more_problems;
        entries.push(job.entry);
    }
    entries.sort_by(|a, b| (a.root, &a.relative).cmp(&(b.root, &b.relative)));
    manifest.files = entries;
    forget_unused_roots(&mut manifest, &removed);
    report.totals = manifest.totals();
    commit(writer, &target.folder, &manifest, target.fresh)?;
    Ok(report)
}

fn merge_policy(fresh: bool) -> Box<dyn MergePolicy> {
    if fresh {
        // All segments are merged at the end, once.
        return Box::new(NoMergePolicy);
    }
    let mut policy = LogMergePolicy::default();
    policy.set_min_num_segments(6);
    policy.set_del_docs_ratio_before_merge(0.2);
    Box::new(policy)
}

fn commit(mut writer: IndexWriter, folder: &Path, manifest: &Manifest, fresh: bool) -> Result<()> {
    let name = manifest.write(folder)?;
    let payload = Payload {
        format: FORMAT_VERSION,
        analysis: crate::analysis::fingerprint(),
        manifest: name.clone(),
        totals: manifest.totals(),
    };
    let payload = serde_json::to_string(&payload).map_err(|error| Error::index(folder, error))?;
    let committed = writer.prepare_commit().and_then(|mut commit| {
        commit.set_payload(&payload);
        commit.commit()
    });
    committed.map_err(write_error)?;
    if fresh {
        // One segment is quicker to search than several, and smaller: each has its own words.
        let failed = |error: tantivy::TantivyError| Error::index(folder, error);
        let segments = writer.index().searchable_segment_ids().map_err(failed)?;
        if segments.len() > 1 {
            writer.merge(&segments).wait().map_err(failed)?;
        }
    }
    writer.wait_merging_threads().map_err(|error| Error::index(folder, error))?;
    for entry in fs::read_dir(folder).map_err(|error| Error::io(folder, error))? {
        let entry = entry.map_err(|error| Error::io(folder, error))?;
        let file = entry.file_name().to_string_lossy().into_owned();
        if file.starts_with(MANIFEST_PREFIX) && file != name {
            fs::remove_file(entry.path()).map_err(|error| Error::io(entry.path(), error))?;
        }
    }
    Ok(())
}

fn same_files(before: &[FileEntry], after: &[FileEntry]) -> bool {
    let sorted = |files: &[FileEntry]| {
        let mut files = files.to_vec();
        files.sort_by(|a, b| (a.root, &a.relative).cmp(&(b.root, &b.relative)));
        files
    };
    sorted(before) == sorted(after)
}

/// Says again what is skipped of a file that is not read again.
fn repeat_problems(
    manifest: &Manifest,
    entry: &FileEntry,
    observer: &dyn Observer,
    report: &mut Report,
) {
    let path = crate::source::shown_path(&entry_path(manifest, entry));
    for (line, message) in &entry.problems {
        observer.problem(&Problem::new(path.clone(), *line, message.clone()));
    }
    report.skipped += entry.problems.len() as u64 + entry.more_problems;
}

fn hash_file(path: &Path) -> std::io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path)?)?;
    Ok(hasher.finalize().to_hex().to_string())
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

/// Ids of articles in the index that this run does not replace.
struct TakenIds {
    open: Option<OpenIndex>,
    article: Field,
    leaving: Vec<Bits>,
}

impl TakenIds {
    fn open(
        location: &Location,
        target: &Target,
        fields: Fields,
        deleted: &[String],
    ) -> Result<TakenIds> {
        let mut taken = TakenIds { open: None, article: fields.article, leaving: Vec::new() };
        if target.fresh {
            return Ok(taken);
        }
        let open = OpenIndex::open(location)?;
        taken.leaving =
            open.segments.iter().map(|segment| Bits::empty(segment.max_doc())).collect();
        for source in deleted {
            for address in open.find(fields.source, source)? {
                taken.leaving[address.segment as usize].insert(address.doc);
            }
        }
        taken.open = Some(open);
        Ok(taken)
    }

    fn contains(&self, article: &str) -> Result<bool> {
        let Some(open) = &self.open else {
            return Ok(false);
        };
        let found = open.find(self.article, article)?;
        Ok(found
            .iter()
            .any(|address| !self.leaving[address.segment as usize].contains(address.doc)))
    }
}
