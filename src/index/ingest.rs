//! From files to documents in tantivy's writer: one thread reads and cuts, the others analyse.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tantivy::{IndexWriter, Term};

use super::contents::{Digest, First};
use super::document::DocumentMaker;
use super::failure::write_error;
use super::file_sink::{FileSink, Seen};
use super::manifest::{FileEntry, Root, Stamp, Totals};
use super::report::Observer;
use super::schema::Fields;
use super::tally::{Counted, Tally};
use crate::error::{Error, Problem, Result};
use crate::model::Passage;
use crate::source::{Reading, Sink, open_regular, read_source, shown_path};

/// Batches waiting for each thread.
const QUEUE: usize = 4;
/// How often a thread that waits for the others looks whether one has failed.
const FAILURE_POLL: Duration = Duration::from_millis(200);

/// A file that is to be read.
pub struct Job {
    /// Where its content is read from.
    pub path: std::path::PathBuf,
    pub root: Root,
    /// Its entry, with stamp and hash; totals and problems are filled in.
    pub entry: FileEntry,
    /// The term under which its passages are deleted.
    pub source: String,
    /// There are passages of it, which would be lost if it cannot be read.
    pub replaces: bool,
    /// Its entry in the index, as long as its passages of before are in. They leave when it is read, so
    /// that a run that is stopped takes nothing away.
    pub former: Option<FileEntry>,
    /// Nothing of it is left to read.
    pub done: bool,
}

impl Job {
    /// What problems call the file.
    pub fn shown(&self) -> String {
        if self.root.stdin { self.entry.relative.clone() } else { shown_path(&self.path) }
    }
}

/// What a run knows beside the file that is being read.
pub trait Ledger {
    /// Whether an article's id is taken by a file that this run does not read and that comes
    /// before the one that is being read, whose entry is given.
    fn is_taken(&mut self, id: &str, by: &FileEntry) -> Result<bool>;
    /// The article with the same content in a file that this run does not read and that comes
    /// before the one that is being read.
    fn first(&mut self, content: &Digest, by: &FileEntry) -> Result<Option<First>>;
    /// Whether what is in of a file that was read in part has lost an id, so that all of it has to
    /// be read again.
    fn starts_anew(&mut self, source: &str) -> bool;
    /// Makes what is done durable. Every document of it is in the writer, and no other.
    fn commit(&mut self, writer: &mut IndexWriter, jobs: &[Job]) -> Result<()>;
}

/// When what is done so far is committed while a run goes on: after so many bytes of sources, or
/// after so long, whichever comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommitAfter {
    pub bytes: u64,
    pub time: Duration,
}

/// Keeps what a killed run loses small beside what it takes to commit.
impl Default for CommitAfter {
    fn default() -> CommitAfter {
        CommitAfter { bytes: 2 << 30, time: Duration::from_secs(600) }
    }
}

/// How a run works and who follows it.
pub struct Terms<'a> {
    pub threads: usize,
    pub commit_after: CommitAfter,
    pub observer: &'a dyn Observer,
    pub tally: &'a Tally<'a>,
}

/// How reading ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    AllRead,
    /// The observer said stop: jobs that are not done are left, one of them may be read in part.
    Stopped,
}

/// Passages of one file that are handed on together.
pub(super) struct Batch {
    pub job: usize,
    pub source: Arc<str>,
    pub file: Arc<str>,
    pub passages: Vec<Passage>,
}

/// What the reading thread shares with those that analyse.
pub(super) struct Shared<'a> {
    /// Documents are added under the read lock; who commits has the write lock.
    writer: RwLock<&'a mut IndexWriter>,
    fields: Fields,
    failed: AtomicBool,
    /// Batches that were handed on and are not in the writer yet.
    waiting: Mutex<usize>,
    settled: Condvar,
    /// By job; of a file read in part with what was in before.
    totals: Mutex<Vec<Totals>>,
}

impl Shared<'_> {
    fn hand_on(&self, sender: &SyncSender<Batch>, batch: Batch) {
        *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        // Fails only when every thread has stopped, and then their error is the one to tell.
        let _ = sender.send(batch);
    }

    /// Waits until all that was handed on is in the writer, or a thread has failed.
    fn settle(&self) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        while *waiting > 0 && !self.has_failed() {
            let woken = self.settled.wait_timeout(waiting, FAILURE_POLL);
            waiting = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    fn totals_of(&self, job: usize) -> Totals {
        let totals = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
        totals.get(job).copied().unwrap_or_default()
    }

    /// Deletes what is in the index of a file; nothing of it may be on its way.
    fn forget(&self, place: usize, job: &mut Job) {
        let writer = self.writer.read().unwrap_or_else(PoisonError::into_inner);
        writer.delete_term(Term::from_field_text(self.fields.source, &job.source));
        let mut totals = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(totals) = totals.get_mut(place) {
            *totals = Totals::default();
        }
        job.entry.articles_done = None;
    }

    /// Commits what is done; all passages of it were handed on.
    fn commit(&self, jobs: &mut [Job], ledger: &mut dyn Ledger) -> Result<()> {
        self.settle();
        // Whoever failed says why when all have ended.
        if self.has_failed() {
            return Ok(());
        }
        for (place, job) in jobs.iter_mut().enumerate() {
            job.entry.totals = self.totals_of(place);
        }
        let mut writer = self.writer.write().unwrap_or_else(PoisonError::into_inner);
        ledger.commit(&mut writer, jobs)
    }
}

/// Tells when the next commit is due.
struct Pace {
    after: CommitAfter,
    since: Instant,
    bytes: u64,
}

/// What the reading thread works with.
pub(super) struct Intake<'r, 'w> {
    sender: SyncSender<Batch>,
    shared: &'r Shared<'w>,
    pub seen: &'r mut Seen,
    pub ledger: &'r mut dyn Ledger,
    pub terms: &'r Terms<'r>,
    pace: Pace,
}

impl Intake<'_, '_> {
    pub fn hand_on(&self, batch: Batch) {
        self.terms.tally.count_passages(batch.passages.len() as u64);
        self.shared.hand_on(&self.sender, batch);
    }

    pub fn is_commit_due(&self) -> bool {
        self.terms.tally.bytes().saturating_sub(self.pace.bytes) >= self.pace.after.bytes
            || self.pace.since.elapsed() >= self.pace.after.time
    }

    /// Commits what is done of all jobs; no passage of it may be left in a batch.
    pub fn commit(&mut self, jobs: &mut [Job]) -> Result<()> {
        self.shared.commit(jobs, self.ledger)?;
        self.pace.since = Instant::now();
        self.pace.bytes = self.terms.tally.bytes();
        Ok(())
    }
}

/// Reads all jobs into the writer and fills in their entries.
///
/// # Errors
/// The index cannot be written. What is wrong with sources is reported and skipped.
pub fn ingest(
    jobs: &mut [Job],
    writer: &mut IndexWriter,
    fields: Fields,
    seen: &mut Seen,
    ledger: &mut dyn Ledger,
    terms: &Terms,
) -> Result<Ended> {
    let (sender, receiver) = sync_channel::<Batch>(QUEUE * terms.threads);
    let receiver = Mutex::new(receiver);
    let shared = Shared {
        writer: RwLock::new(writer),
        fields,
        failed: AtomicBool::new(false),
        waiting: Mutex::new(0),
        settled: Condvar::new(),
        totals: Mutex::new(jobs.iter().map(|job| job.entry.totals).collect()),
    };
    let ended = std::thread::scope(|scope| {
        let workers: Vec<_> =
            (0..terms.threads).map(|_| scope.spawn(|| analyse(&receiver, &shared))).collect();
        let pace =
            Pace { after: terms.commit_after, since: Instant::now(), bytes: terms.tally.bytes() };
        let read = read_jobs(jobs, Intake { sender, shared: &shared, seen, ledger, terms, pace });
        let mut outcome = Ok(());
        for worker in workers {
            match worker.join() {
                Ok(Ok(())) => {}
                Ok(Err(error)) => outcome = Err(error),
                Err(_) => outcome = Err(Error::Usage("an indexing thread failed".to_owned())),
            }
        }
        // A thread that failed is the reason why reading stopped.
        outcome.and(read)
    })?;
    for (place, job) in jobs.iter_mut().enumerate() {
        job.entry.totals = shared.totals_of(place);
    }
    Ok(ended)
}

/// Says that a batch is in the writer, also where its thread panics.
struct Settling<'a, 'b>(&'a Shared<'b>);

impl Drop for Settling<'_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.failed.store(true, Ordering::Relaxed);
        }
        *self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.0.settled.notify_one();
    }
}

fn analyse(receiver: &Mutex<Receiver<Batch>>, shared: &Shared) -> Result<()> {
    let mut maker = DocumentMaker::new(shared.fields);
    let mut outcome = Ok(());
    loop {
        let received = match receiver.lock() {
            Ok(receiver) => receiver.recv(),
            Err(_) => return outcome,
        };
        let Ok(batch) = received else {
            return outcome;
        };
        let _settling = Settling(shared);
        // After a failure the queue is still emptied, for the reader may be waiting for room.
        if shared.has_failed() {
            continue;
        }
        if let Err(error) = add(batch, &mut maker, shared) {
            shared.failed.store(true, Ordering::Relaxed);
            outcome = Err(write_error(error));
        }
    }
}

fn add(batch: Batch, maker: &mut DocumentMaker, shared: &Shared) -> tantivy::Result<()> {
    let mut sum = Totals::default();
    for passage in batch.passages {
        let (document, counted) = maker.document(passage, &batch.source, &batch.file);
        let writer = shared.writer.read().unwrap_or_else(PoisonError::into_inner);
        writer.add_document(document)?;
        sum += counted;
    }
    let mut totals = shared.totals.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(totals) = totals.get_mut(batch.job) {
        *totals += sum;
    }
    Ok(())
}

fn read_jobs(jobs: &mut [Job], mut intake: Intake) -> Result<Ended> {
    let (shared, terms) = (intake.shared, intake.terms);
    for place in 0..jobs.len() {
        if shared.has_failed() {
            return Ok(Ended::AllRead);
        }
        if terms.observer.stopped() {
            return Ok(Ended::Stopped);
        }
        let job = &mut jobs[place];
        if job.entry.articles_done.is_some() && intake.ledger.starts_anew(&job.source) {
            shared.forget(place, job);
            job.entry = job.entry.unread();
        }
        if job.former.take().is_some() {
            shared.forget(place, job);
        }
        let end = terms.tally.bytes() + job.entry.stamp.size;
        let mut sink = FileSink::new(jobs, place, &mut intake);
        let (outcome, failure) = read(terms.tally, &mut sink);
        match (outcome, failure) {
            (Err(Error::Interrupted), _) => {
                if jobs[place].entry.articles_done.is_none() {
                    shared.settle();
                    shared.forget(place, &mut jobs[place]);
                }
                return Ok(Ended::Stopped);
            }
            (_, Some(failure)) if sink.job().replaces => {
                let message = format!("{failure}: the last good index is kept");
                return Err(Error::Problem(Problem::new(sink.job().shown(), None, message)));
            }
            (_, Some(failure)) => {
                sink.problem(Problem::new(sink.job().shown(), None, failure));
                sink.discard();
                shared.settle();
                shared.forget(place, &mut jobs[place]);
                // The next run tries again.
                jobs[place].entry.hash.clear();
                jobs[place].entry.stamp = Stamp::default();
            }
            (Ok(()), None) => sink.finish()?,
            (Err(Error::Problem(problem)), None) => {
                sink.problem(problem);
                // What came before is taken out again: a file is in whole or not at all.
                sink.discard();
                shared.settle();
                shared.forget(place, &mut jobs[place]);
            }
            (Err(error), None) => return Err(error),
        }
        jobs[place].entry.articles_done = None;
        jobs[place].done = true;
        terms.tally.reach(end);
        if place + 1 < jobs.len() && intake.is_commit_due() {
            intake.commit(jobs)?;
        }
    }
    Ok(Ended::AllRead)
}

/// Reads a file into a sink; says also why the file itself could not be read, if it is that.
fn read(tally: &Tally, sink: &mut FileSink) -> (Result<()>, Option<String>) {
    let job = sink.job();
    let (relative, shown) = (job.entry.relative.clone(), job.shown());
    let columns = job.root.columns.clone();
    let how = Reading {
        relative: &relative,
        shown: &shown,
        format: job.root.format,
        whole: job.root.whole,
        columns: &columns,
    };
    let file = match open_regular(&job.path) {
        Ok(file) => file,
        Err(Error::Problem(problem)) => return (Ok(()), Some(problem.message)),
        Err(error) => return (Err(error), None),
    };
    let mut file = Counted::new(file, tally);
    let outcome = read_source(&mut file, &how, sink);
    (outcome, file.failure().map(|error| format!("cannot be read: {error}")))
}
