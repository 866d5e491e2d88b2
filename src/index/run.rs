//! One run over an index: what changed is read, what vanished is dropped, what is done is committed.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use tantivy::{Index, IndexWriter, Term};

use super::change::{Change, UpdateOptions};
use super::commit::{commit, commit_last, manifest_of};
use super::contents::{Digest, First};
use super::directory::IndexDirectory;
use super::failure::write_error;
use super::file_sink::Seen;
use super::hashing::Hashing;
use super::ingest::{Ended, Job, Ledger, Terms, ingest};
use super::location::Location;
use super::manifest::{FileEntry, Manifest};
use super::merge::{MEMORY_PER_THREAD, merge_policy};
use super::plan::Plan;
use super::reader::OpenIndex;
use super::report::{Interruption, Observer, Report};
use super::schema::Fields;
use super::survey::{Source, Survey, entry_path};
use super::taken::TakenIds;
use super::tally::Tally;
use crate::error::{Error, Problem, Result};
use crate::source::shown_path;

/// Below so many bytes of sources one thread is as quick as several and leaves one segment.
const SMALL_RUN_BYTES: u64 = 8 << 20;

/// The index that a run writes to.
pub(super) struct Target {
    pub folder: PathBuf,
    pub index: Index,
    pub directory: IndexDirectory,
    /// In a generation of its own that is not current yet.
    pub fresh: bool,
    /// What the index that it takes the place of holds of its sources, if none of that may get lost.
    pub former: Vec<FileEntry>,
    /// What is done is kept before the end: there is no former index that has to stay until then.
    pub keeps_parts: bool,
}

/// What a run goes by while files are read.
struct Progress<'a> {
    location: &'a Location,
    target: &'a Target,
    manifest: &'a Manifest,
    /// Of files that this run does not read.
    entries: &'a [FileEntry],
    /// Of files that it has read and that are no jobs any more.
    read: Vec<FileEntry>,
    taken: TakenIds<'a>,
    covered: &'a [PathBuf],
    removed: &'a [PathBuf],
    /// Something of this run is committed.
    committed: bool,
}

impl Progress<'_> {
    /// What the index holds when no passage is on its way.
    fn manifest(&self, jobs: &[Job]) -> Manifest {
        let kept = (0..self.entries.len()).filter(|place| !self.taken.gone.contains(place));
        let mut entries: Vec<_> = kept
            .map(|place| {
                let entry = self.entries[place].clone();
                // Files that lost an id to one that comes before them are read again by the next run.
                let lost = self.taken.losers().contains(&place);
                if lost { entry.to_be_read() } else { entry }
            })
            .collect();
        entries.extend(self.read.iter().cloned());
        let in_index = |job: &Job| match &job.former {
            Some(former) => Some(former.to_be_read()),
            None => (job.done || job.entry.articles_done.is_some()).then(|| job.entry.clone()),
        };
        entries.extend(jobs.iter().filter_map(in_index));
        let losers = self.taken.losers().iter().map(|&place| self.entries[place].root);
        let unread = jobs.iter().filter(|job| !job.done).map(|job| job.entry.root);
        let unread: Vec<u32> = losers.chain(unread).collect();
        manifest_of(self.manifest, entries, &unread, self.covered, self.removed)
    }
}

impl Ledger for Progress<'_> {
    fn is_taken(&mut self, id: &str, by: &FileEntry) -> Result<bool> {
        self.taken.is_taken(id, by)
    }

    fn first(&mut self, content: &Digest, by: &FileEntry) -> Result<Option<First>> {
        self.taken.first(content, by)
    }

    fn starts_anew(&mut self, source: &str) -> bool {
        self.taken.starts_anew(source)
    }

    fn commit(&mut self, writer: &mut IndexWriter, jobs: &[Job]) -> Result<()> {
        if !self.target.keeps_parts {
            return Ok(());
        }
        commit(writer, &self.target.folder, &self.manifest(jobs))?;
        if self.target.fresh && !self.committed {
            self.location.point_to(&self.target.folder)?;
        }
        self.committed = true;
        Ok(())
    }
}

/// # Errors
/// As for an update.
pub(super) fn run(
    location: &Location,
    target: &Target,
    manifest: Manifest,
    change: Change,
    options: UpdateOptions,
    observer: &dyn Observer,
) -> Result<Report> {
    let outcome = run_over(location, target, manifest, change, options, observer);
    outcome.map_err(|error| target.directory.explain(error))
}

fn run_over(
    location: &Location,
    target: &Target,
    mut manifest: Manifest,
    change: Change,
    options: UpdateOptions,
    observer: &dyn Observer,
) -> Result<Report> {
    let mut report = Report::default();
    let mut survey = Survey::beside(location);
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
    let held =
        Held { manifest: &manifest, files: if target.fresh { &target.former } else { &before } };
    if target.fresh {
        held.look_for_lost(&survey)?;
    }
    let found = std::mem::take(&mut survey.found);
    let was_unfinished = manifest.is_unfinished();
    let mut plan = Plan::new(known, found, |entry| survey.covers(&entry_path(&manifest, entry)));
    let Survey { covered, spooled, removed, .. } = survey;
    if plan.frees_ids() {
        plan.read_again(|entry| entry.clashed && manifest.absolute(entry).is_some());
    }
    // Of a duplicate whose first leaves one takes its place; its file may hold the first of others.
    let mut leaving = HashSet::new();
    loop {
        let before = leaving.len();
        leaving =
            plan.leaving().map(|entry| manifest.source_key(entry.root, &entry.relative)).collect();
        if leaving.len() == before {
            break;
        }
        plan.read_again(|entry| entry.duplicates_of.iter().any(|first| leaving.contains(first)));
    }

    let mut jobs = Vec::new();
    let mut entries = plan.unchanged;
    report.unchanged_files = entries.len();
    for entry in &entries {
        report.skipped += repeat_problems(&manifest, entry, observer);
    }
    let mut partial = Vec::new();
    // The sources of files whose passages leave at once, and when they are read.
    let (mut deleted, mut changed): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let sizes = plan.read.iter().map(|(found, _)| found.stamp.size);
    let mut hashing = Hashing::new(observer, sizes.sum());
    for (found, before) in plan.read {
        let entry = FileEntry {
            root: found.root,
            relative: found.relative,
            stamp: found.stamp,
            ..FileEntry::default()
        };
        let path =
            spooled.get(&entry.root).cloned().unwrap_or_else(|| entry_path(&manifest, &entry));
        let hash = match hashing.hash(&path) {
            Ok(Some(hash)) => hash,
            Ok(None) => return Err(Error::Interrupted),
            Err(error) => {
                let is_gone = error.kind() == std::io::ErrorKind::NotFound;
                if target.fresh
                    && !is_gone
                    && let Some(passages) = held.passages(&entry)
                {
                    return Err(would_be_lost(&path, &error.to_string(), passages));
                }
                report.skipped += 1;
                let message = error.to_string();
                observer.problem(&Problem::new(shown_path(&path), None, message));
                // What was indexed of it before stays: nothing says that it is gone.
                entries.extend(before);
                continue;
            }
        };
        if let Some(before) = before {
            if before.hash == hash && before.articles_done.is_some() {
                report.continued_files += 1;
                report.bytes += entry.stamp.size;
                repeat_problems(&manifest, &before, observer);
                partial.push(before.clone());
                jobs.push(held.job(path, FileEntry { stamp: entry.stamp, ..before }, None));
                continue;
            }
            if before.hash == hash && spooled.is_empty() {
                report.unchanged_files += 1;
                report.skipped += repeat_problems(&manifest, &before, observer);
                entries.push(FileEntry { stamp: entry.stamp, ..before });
                continue;
            }
            report.changed_files += 1;
            changed.push(manifest.source_key(before.root, &before.relative));
            report.bytes += entry.stamp.size;
            jobs.push(held.job(path, FileEntry { hash, ..entry }, Some(before)));
        } else {
            report.added_files += 1;
            report.bytes += entry.stamp.size;
            jobs.push(held.job(path, FileEntry { hash, ..entry }, None));
        }
    }
    for entry in &plan.vanished {
        report.removed_files += 1;
        deleted.push(manifest.source_key(entry.root, &entry.relative));
    }

    let nothing_to_do = jobs.is_empty() && deleted.is_empty() && !target.fresh;
    if nothing_to_do && !was_unfinished && same_files(&before, &entries) {
        report.totals = Manifest { files: entries, ..Manifest::default() }.totals();
        return Ok(report);
    }

    observer.planned(jobs.len(), report.bytes);
    let mut planned_files = jobs.len();
    let fields = Fields::build().1;
    let threads = if report.bytes < SMALL_RUN_BYTES { 1 } else { options.threads.clamp(1, 8) };
    let mut writer: IndexWriter = target
        .index
        .writer_with_num_threads(threads, threads * MEMORY_PER_THREAD)
        .map_err(write_error)?;
    let whole = target.fresh || was_unfinished;
    writer.set_merge_policy(merge_policy(whole));
    for source in &deleted {
        writer.delete_term(Term::from_field_text(fields.source, source));
    }
    let open = if target.fresh { None } else { Some(OpenIndex::open(location)?) };
    let mut progress = Progress {
        location,
        target,
        manifest: &manifest,
        entries: &entries,
        read: Vec::new(),
        taken: TakenIds::open(
            open,
            &manifest,
            &entries,
            partial.clone(),
            &[deleted, changed].concat(),
        )?,
        covered: &covered,
        removed: &removed,
        committed: false,
    };
    let mut seen = Seen::default();
    let tally = Tally::new(observer);
    let terms = Terms { threads, commit_after: options.commit_after, observer, tally: &tally };
    let mut ended = Ended::AllRead;
    while !jobs.is_empty() {
        ended = ingest(&mut jobs, &mut writer, fields, &mut seen, &mut progress, &terms)?;
        if ended == Ended::Stopped {
            break;
        }
        progress.read.extend(jobs.drain(..).map(|job| job.entry));
        // Files that lost an id to one that comes before them are read again without it.
        for place in progress.taken.displace()? {
            report.changed_files += 1;
            planned_files += 1;
            let entry = entries[place].unread();
            jobs.push(held.job(entry_path(&manifest, &entry), entry, Some(entries[place].clone())));
        }
    }
    if ended == Ended::Stopped {
        let has_advanced = |job: &Job| {
            let was = partial.iter().find(|was| was.order() == job.entry.order());
            job.done || job.entry.articles_done > was.and_then(|was| was.articles_done)
        };
        let advanced = !progress.read.is_empty() || jobs.iter().any(has_advanced);
        let kept = target.keeps_parts && (advanced || progress.committed);
        report.interrupted = Some(Interruption {
            read_files: progress.read.len() + jobs.iter().filter(|job| job.done).count(),
            planned_files,
            dropped: target.fresh && !kept,
        });
        if !kept {
            // Without a commit the index is as it was.
            report.totals = Manifest { files: before, ..Manifest::default() }.totals();
            return Ok(report);
        }
    }
    let last = progress.manifest(&jobs);
    for entry in progress.read.iter().chain(jobs.iter().map(|job| &job.entry)) {
        report.skipped += entry.skipped();
        report.duplicates += entry.duplicates;
    }
    report.totals = last.totals();
    // Who waits for a stopped run waits no longer than it must.
    let tidies = report.interrupted.is_none();
    commit_last(writer, &target.folder, &last, whole && tidies)?;
    Ok(report)
}

fn same_files(before: &[FileEntry], after: &[FileEntry]) -> bool {
    let sorted = |files: &[FileEntry]| {
        let mut files = files.to_vec();
        files.sort_by(|a, b| a.order().cmp(&b.order()));
        files
    };
    sorted(before) == sorted(after)
}

/// Says again what is skipped of a file that is not read again, and returns how much it is.
fn repeat_problems(manifest: &Manifest, entry: &FileEntry, observer: &dyn Observer) -> u64 {
    let path = shown_path(&entry_path(manifest, entry));
    for (line, message) in &entry.problems {
        observer.problem(&Problem::new(path.clone(), *line, message.clone()));
    }
    entry.skipped()
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

/// What the index holds before the run, or the one that the run's takes the place of.
struct Held<'a> {
    manifest: &'a Manifest,
    /// In their order.
    files: &'a [FileEntry],
}

impl Held<'_> {
    /// How many passages there are of a file, if any.
    fn passages(&self, file: &FileEntry) -> Option<u64> {
        let place = self.files.binary_search_by(|held| held.order().cmp(&file.order())).ok()?;
        Some(self.files.get(place)?.totals.passages).filter(|passages| *passages > 0)
    }

    fn job(&self, path: PathBuf, entry: FileEntry, former: Option<FileEntry>) -> Job {
        Job {
            path,
            root: self.manifest.roots[entry.root as usize].clone(),
            source: self.manifest.source_key(entry.root, &entry.relative),
            replaces: self.passages(&entry).is_some(),
            former,
            entry,
            done: false,
        }
    }

    /// Sees that all sources of what is held can be looked at, or are to be taken out.
    fn look_for_lost(&self, survey: &Survey) -> Result<()> {
        let mut lost: Option<(PathBuf, u64)> = None;
        for file in self.files {
            let path = entry_path(self.manifest, file);
            if !survey.covers(&path) {
                let (_, passages) = lost.get_or_insert((path, 0));
                *passages += file.totals.passages;
            }
        }
        match lost {
            Some((path, passages @ 1..)) => {
                Err(would_be_lost(&path, "it is not there or cannot be read", passages))
            }
            _ => Ok(()),
        }
    }
}

/// Why an index is not built anew.
fn would_be_lost(path: &Path, why: &str, passages: u64) -> Error {
    let message = format!(
        "{why}, and the index built anew would be without {passages} of its passages: the index is left \
         as it was; put it right, or take it out with `warraq remove`"
    );
    Error::Problem(Problem::new(shown_path(path), None, message))
}
