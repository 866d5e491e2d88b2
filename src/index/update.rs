//! Brings an index up to its sources: what changed is read, what vanished is dropped, and all of
//! it becomes visible in one commit.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use tantivy::{Index, IndexWriter, Term};

use super::directory::IndexDirectory;
use super::forward::ForwardPlugin;
use super::ingest::{Job, SeenIds, ingest, write_error};
use super::layout::Layout;
use super::location::{Location, WriteLock};
use super::manifest::{FileEntry, MANIFEST_PREFIX, Manifest, Payload, Totals, this_program};
use super::merge::{merge_policy, tidy};
use super::plan::Plan;
use super::reader::{OpenIndex, open_tantivy, read_payload};
use super::report::{Observer, Report};
use super::schema::{FORMAT_VERSION, Fields};
use super::survey::{Source, Survey, entry_path};
use super::taken::TakenIds;
use crate::error::{Error, Problem, Result};
use crate::source::shown_path;

/// Memory that a thread of tantivy's writer fills before it writes a segment, in bytes.
pub(super) const MEMORY_PER_THREAD: usize = 64 << 20;
/// Below so many bytes of sources one thread is as quick as several and leaves one segment.
const SMALL_RUN_BYTES: u64 = 8 << 20;

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
}

impl UpdateOptions {
    fn layout(self) -> Layout {
        if self.compact { Layout::Compact } else { Layout::Fast }
    }
}

impl Default for UpdateOptions {
    fn default() -> UpdateOptions {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        UpdateOptions { threads, wait: true, rebuild: false, compact: false }
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
    let state = match State::load(location) {
        Ok(state) => state,
        // Which sources it had is lost; those that are given now can be indexed.
        Err(error) if matches!(change, Change::Add(_)) => {
            let manifest = Manifest::default();
            let mut report =
                replace_damaged(location, &error, manifest, change, options, observer)?;
            report.elapsed = started.elapsed();
            return Ok(report);
        }
        Err(Error::Damaged { path, reason }) => {
            let message = format!("the index cannot be read ({reason}), nor which sources it had");
            return Err(Error::index(
                path,
                format!("{message}: name them in `warraq index PATH…`"),
            ));
        }
        Err(error) => return Err(error),
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
                    let target = Target { folder: state.folder, index: state.index, fresh: false };
                    run(location, target, state.manifest, change, options, observer)?
                }
                Err(error) => {
                    replace_damaged(location, &error, state.manifest, change, options, observer)?
                }
            }
        }
        Some(state) => {
            if !state.payload.is_current() {
                observer.note("the index was made by another version of warraq: building it anew");
            }
            let (report, folder) = rebuild(location, state.manifest, change, options, observer)?;
            location.make_current(&folder)?;
            report
        }
        None => {
            let (report, folder) =
                rebuild(location, Manifest::default(), change, options, observer)?;
            location.make_current(&folder)?;
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
    let (report, folder) = rebuild(location, manifest, change, options, observer)?;
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
            location.lock()
        }
        other => other,
    }
}

/// An index as it was found.
pub(super) struct State {
    pub folder: PathBuf,
    pub index: Index,
    pub payload: Payload,
    pub manifest: Manifest,
}

impl State {
    pub fn load(location: &Location) -> Result<Option<State>> {
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

/// Builds an index in a generation of its own, which is not made current yet.
fn rebuild(
    location: &Location,
    mut manifest: Manifest,
    change: Change,
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
    let failed = |error: tantivy::TantivyError| Error::index(&folder, error);
    let layout = options.layout();
    let index = Index::builder()
        .schema(Fields::build().0)
        .settings(layout.settings())
        .register_plugin(Arc::new(ForwardPlugin { layout }))
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
            Ok((report, folder))
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
            add_sources(&mut survey, &mut manifest, sources)?;
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
    let mut plan = Plan::new(known, found, |entry| {
        let path = entry_path(&manifest, entry);
        removed.iter().chain(&covered).any(|covered| path.starts_with(covered))
    });
    if plan.frees_ids() {
        plan.read_again(|entry| entry.clashed && manifest.absolute(entry).is_some());
    }

    let mut jobs = Vec::new();
    let mut entries = plan.unchanged;
    report.unchanged_files = entries.len();
    for entry in &entries {
        repeat_problems(&manifest, entry, observer, &mut report);
    }
    let mut deleted: Vec<String> = Vec::new();
    for (found, before) in plan.read {
        let entry = FileEntry {
            root: found.root,
            relative: found.relative,
            stamp: found.stamp,
            ..FileEntry::default()
        };
        let path =
            spooled.get(&entry.root).cloned().unwrap_or_else(|| entry_path(&manifest, &entry));
        let hash = match hash_file(&path) {
            Ok(hash) => hash,
            Err(error) => {
                report.skipped += 1;
                let message = error.to_string();
                observer.problem(&Problem::new(shown_path(&path), None, message));
                // What was indexed of it before stays: nothing says that it is gone.
                entries.extend(before);
                continue;
            }
        };
        if let Some(before) = before {
            if before.hash == hash && spooled.is_empty() {
                report.unchanged_files += 1;
                repeat_problems(&manifest, &before, observer, &mut report);
                entries.push(FileEntry { stamp: entry.stamp, ..before });
                continue;
            }
            report.changed_files += 1;
            deleted.push(manifest.source_key(before.root, &before.relative));
        } else {
            report.added_files += 1;
        }
        report.bytes += entry.stamp.size;
        jobs.push(job(&manifest, path, FileEntry { hash, ..entry }));
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
    let open = if target.fresh { None } else { Some(OpenIndex::open(location)?) };
    let mut taken = TakenIds::open(open, &manifest, &entries, &deleted)?;
    let mut seen = SeenIds::default();
    let mut read = Vec::new();
    while !jobs.is_empty() {
        let mut is_taken = |id: &str, by: &FileEntry| taken.is_taken(id, by);
        ingest(&mut jobs, &writer, fields, threads, &mut seen, &mut is_taken, observer)?;
        for job in jobs.drain(..) {
            report.skipped += job.entry.problems.len() as u64 + job.entry.more_problems;
            read.push(job.entry);
        }
        // Files that lost an id to one that comes before them are read again without it.
        for place in taken.displace()? {
            let entry = FileEntry {
                problems: Vec::new(),
                more_problems: 0,
                totals: Totals::default(),
                ..entries[place].clone()
            };
            report.changed_files += 1;
            let job = job(&manifest, entry_path(&manifest, &entry), entry);
            writer.delete_term(Term::from_field_text(fields.source, &job.source));
            jobs.push(job);
        }
    }
    let gone = taken.gone;
    let mut place = 0;
    entries.retain(|_| {
        place += 1;
        !gone.contains(&(place - 1))
    });
    entries.extend(read);
    entries.sort_by(|a, b| (a.root, &a.relative).cmp(&(b.root, &b.relative)));
    manifest.files = entries;
    forget_unused_roots(&mut manifest, &removed);
    report.totals = manifest.totals();
    commit(writer, &target.folder, &manifest, target.fresh)?;
    Ok(report)
}

fn commit(mut writer: IndexWriter, folder: &Path, manifest: &Manifest, fresh: bool) -> Result<()> {
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
    };
    let payload = serde_json::to_string(&payload).map_err(|error| Error::index(folder, error))?;
    let committed = writer.prepare_commit().and_then(|mut commit| {
        commit.set_payload(&payload);
        commit.commit()
    });
    committed.map_err(write_error)?;
    let failed = |error: tantivy::TantivyError| Error::index(folder, error);
    let index = writer.index().clone();
    let segments = index.searchable_segment_ids().map_err(failed)?;
    writer.wait_merging_threads().map_err(failed)?;
    tidy(&index, folder, fresh, &segments)?;
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
    let path = shown_path(&entry_path(manifest, entry));
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

/// Surveys sources; one that is not there does not stop the others.
fn add_sources(survey: &mut Survey, manifest: &mut Manifest, sources: Vec<Source>) -> Result<()> {
    let count = sources.len();
    let mut failures = Vec::new();
    for source in sources {
        if let Err(error) = survey.add(manifest, source) {
            failures.push(error);
        }
    }
    if failures.len() == count
        && let Some(first) = failures.pop()
    {
        return Err(first);
    }
    for failure in failures {
        survey.problems.push(match failure {
            Error::Io { path, source } => Problem::new(shown_path(&path), None, source.to_string()),
            other => return Err(other),
        });
    }
    Ok(())
}

fn job(manifest: &Manifest, path: PathBuf, entry: FileEntry) -> Job {
    Job {
        path,
        root: manifest.roots[entry.root as usize].clone(),
        source: manifest.source_key(entry.root, &entry.relative),
        entry,
    }
}

/// Whether an update of all sources would read or drop anything, as far as sizes and times tell,
/// or would have to build the index anew; takes no lock.
///
/// # Errors
/// The index cannot be read.
pub fn is_stale(location: &Location, observer: &dyn Observer) -> Result<bool> {
    let Some(State { payload, manifest, .. }) = State::load(location)? else {
        return Ok(true);
    };
    if !payload.is_current() || OpenIndex::open(location).is_err() {
        return Ok(true);
    }
    let mut survey = Survey::default();
    survey.refresh(&manifest, observer);
    let covered = survey.covered;
    let plan = Plan::new(manifest.files.clone(), survey.found, |entry| {
        let path = entry_path(&manifest, entry);
        covered.iter().any(|covered| path.starts_with(covered))
    });
    Ok(!plan.read.is_empty() || !plan.vanished.is_empty())
}
