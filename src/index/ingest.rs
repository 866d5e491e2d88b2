//! From files to documents in tantivy's writer: one thread reads and cuts, the others analyse.

use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

use tantivy::{IndexWriter, TantivyError};

use super::document::DocumentMaker;
use super::manifest::{FileEntry, KEPT_PROBLEMS, Root, Totals};
use super::report::Observer;
use super::schema::Fields;
use crate::error::{Error, Problem, Result};
use crate::model::{ArticleHead, Block, Passage};
use crate::passage::Cutter;
use crate::source::{Reading, Sink, open_regular, read_source, repeated_id, shown_path};

/// Passages handed on together.
const BATCH: usize = 64;
/// Bytes of text handed on together at the most, so that large passages do not pile up.
const BATCH_BYTES: usize = 256 << 10;
/// Batches waiting for each thread.
const QUEUE: usize = 4;

/// A file that is to be read.
pub struct Job {
    /// Where its content is read from.
    pub path: std::path::PathBuf,
    pub root: Root,
    /// Its entry, with stamp and hash; totals and problems are filled in.
    pub entry: FileEntry,
    /// The term under which its passages are deleted.
    pub source: String,
}

/// Whether an article's id is taken by a file that this run does not read and that comes before
/// the one that is being read, whose entry is given.
pub type IsTaken<'a> = dyn FnMut(&str, &FileEntry) -> Result<bool> + 'a;

/// Digests of the ids that articles of a run have.
pub type SeenIds = HashSet<[u8; 16]>;

struct Batch {
    job: usize,
    source: Arc<str>,
    file: Arc<str>,
    passages: Vec<Passage>,
}

/// Reads all jobs into the writer and fills in their entries.
///
/// # Errors
/// The index cannot be written. What is wrong with sources is reported and skipped.
pub fn ingest(
    jobs: &mut [Job],
    writer: &IndexWriter,
    fields: Fields,
    threads: usize,
    seen: &mut SeenIds,
    is_taken: &mut IsTaken,
    observer: &dyn Observer,
) -> Result<()> {
    let (sender, receiver) = sync_channel::<Batch>(QUEUE * threads);
    let receiver = Mutex::new(receiver);
    let failed = AtomicBool::new(false);
    let count = jobs.len();
    let totals = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| scope.spawn(|| analyse(&receiver, writer, fields, count, &failed)))
            .collect();
        let read = read_jobs(jobs, sender, seen, is_taken, observer, &failed);
        let mut totals = vec![Totals::default(); count];
        let mut outcome = Ok(());
        for worker in workers {
            match worker.join() {
                Ok(Ok(counted)) => {
                    for (total, counted) in totals.iter_mut().zip(counted) {
                        *total += counted;
                    }
                }
                Ok(Err(error)) => outcome = Err(error),
                Err(_) => outcome = Err(Error::Usage("an indexing thread failed".to_owned())),
            }
        }
        // A thread that failed is the reason why reading stopped.
        outcome.and(read).map(|broken| (totals, broken))
    });
    let (mut totals, broken) = totals?;
    // Now that no thread adds anything more, what broken files gave is deleted again.
    for place in broken {
        writer.delete_term(tantivy::Term::from_field_text(fields.source, &jobs[place].source));
        totals[place] = Totals::default();
    }
    for (job, totals) in jobs.iter_mut().zip(totals) {
        job.entry.totals = totals;
    }
    Ok(())
}

fn analyse(
    receiver: &Mutex<Receiver<Batch>>,
    writer: &IndexWriter,
    fields: Fields,
    jobs: usize,
    failed: &AtomicBool,
) -> Result<Vec<Totals>> {
    let mut maker = DocumentMaker::new(fields);
    let mut totals = vec![Totals::default(); jobs];
    loop {
        let received = match receiver.lock() {
            Ok(receiver) => receiver.recv(),
            Err(_) => return Ok(totals),
        };
        let Ok(batch) = received else {
            return Ok(totals);
        };
        if failed.load(Ordering::Relaxed) {
            continue;
        }
        for passage in batch.passages {
            let (document, counted) = maker.document(passage, &batch.source, &batch.file);
            if let Err(error) = writer.add_document(document) {
                failed.store(true, Ordering::Relaxed);
                return Err(write_error(error));
            }
            totals[batch.job] += counted;
        }
    }
}

/// An error of writing.
pub fn write_error(error: TantivyError) -> Error {
    Error::Usage(format!("the index could not be written, its last good state is kept: {error}"))
}

fn read_jobs(
    jobs: &mut [Job],
    sender: SyncSender<Batch>,
    seen: &mut SeenIds,
    is_taken: &mut IsTaken,
    observer: &dyn Observer,
    failed: &AtomicBool,
) -> Result<Vec<usize>> {
    let mut broken = Vec::new();
    for (place, job) in jobs.iter_mut().enumerate() {
        if failed.load(Ordering::Relaxed) {
            return Ok(broken);
        }
        let mut reading = FileSink {
            job: place,
            source: job.source.as_str().into(),
            file: job.entry.relative.as_str().into(),
            shown: if job.root.stdin { job.entry.relative.clone() } else { shown_path(&job.path) },
            root_name: root_name(&job.root.path),
            derived_ids: !job.root.format.resolve(&job.entry.relative).has_records(),
            sender: &sender,
            observer,
            is_taken,
            seen,
            entry: &mut job.entry,
            cutter: None,
            batch: Vec::new(),
            batch_bytes: 0,
            passages: 0,
        };
        let outcome = read(&job.path, &job.root, &mut reading);
        match outcome {
            Ok(()) => reading.finish(),
            Err(Error::Problem(problem)) => {
                reading.problem(problem);
                // What came before is taken out again: a file is in whole or not at all.
                reading.discard();
                broken.push(place);
            }
            Err(error) => return Err(error),
        }
        let passages = reading.passages;
        observer.advanced(job.entry.stamp.size, passages);
    }
    Ok(broken)
}

fn read(path: &Path, root: &Root, reading: &mut FileSink) -> Result<()> {
    let mut file = open_regular(path)?;
    let relative = reading.file.clone();
    let shown = reading.shown.clone();
    let how = Reading {
        relative: &relative,
        shown: &shown,
        format: root.format,
        whole: root.whole,
        columns: &root.columns,
    };
    read_source(&mut file, &how, reading)
}

fn root_name(root: &Path) -> String {
    root.file_name().map_or_else(String::new, |name| {
        name.to_string_lossy().chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect()
    })
}

/// A file on its way into the index.
struct FileSink<'a> {
    job: usize,
    source: Arc<str>,
    file: Arc<str>,
    /// What problems call the file.
    shown: String,
    root_name: String,
    /// Ids are made from paths and may be told apart by their root.
    derived_ids: bool,
    sender: &'a SyncSender<Batch>,
    observer: &'a dyn Observer,
    is_taken: &'a mut IsTaken<'a>,
    seen: &'a mut SeenIds,
    entry: &'a mut FileEntry,
    cutter: Option<Cutter>,
    batch: Vec<Passage>,
    batch_bytes: usize,
    passages: u64,
}

impl FileSink<'_> {
    fn claim(&mut self, id: &str) -> Result<bool> {
        let digest = blake3::hash(id.as_bytes());
        let key = *digest.as_bytes().first_chunk::<16>().unwrap_or(&[0; 16]);
        let free = !self.seen.contains(&key) && !(self.is_taken)(id, self.entry)?;
        self.entry.clashed |= !free;
        Ok(free && self.seen.insert(key))
    }

    /// Collects the passages that a step of cutting gives.
    fn collect(&mut self, step: impl FnOnce(&mut dyn FnMut(Passage))) {
        let (batch, bytes) = (&mut self.batch, &mut self.batch_bytes);
        step(&mut |passage| {
            *bytes += passage.text.len();
            batch.push(passage);
        });
        if self.batch.len() >= BATCH || self.batch_bytes >= BATCH_BYTES {
            self.send();
        }
    }

    fn send(&mut self) {
        if self.batch.is_empty() {
            return;
        }
        self.passages += self.batch.len() as u64;
        self.batch_bytes = 0;
        let batch = Batch {
            job: self.job,
            source: self.source.clone(),
            file: self.file.clone(),
            passages: std::mem::take(&mut self.batch),
        };
        // Fails only when every thread has stopped, and then their error is the one to tell.
        let _ = self.sender.send(batch);
    }

    fn discard(&mut self) {
        self.batch.clear();
        self.cutter = None;
        self.passages = 0;
    }

    fn end_article(&mut self) {
        if let Some(cutter) = self.cutter.take() {
            self.collect(|out| cutter.finish(out));
        }
    }

    fn finish(&mut self) {
        self.end_article();
        self.send();
    }
}

impl Sink for FileSink<'_> {
    fn article(&mut self, mut head: ArticleHead) -> Result<()> {
        self.end_article();
        let id = head.alias.clone().unwrap_or_else(|| head.id.clone());
        if !self.claim(&id)? {
            let other = format!("{}/{}", self.root_name, head.id);
            if self.derived_ids && self.claim(&other)? {
                head.id = other;
            } else {
                let line = (!self.derived_ids).then_some(head.place.line);
                self.problem(repeated_id(&self.shown, line, &id, None));
                return Ok(());
            }
        }
        self.cutter = Some(Cutter::new(head));
        Ok(())
    }

    fn block(&mut self, block: Block) -> Result<()> {
        if let Some(mut cutter) = self.cutter.take() {
            self.collect(|out| cutter.push(block, out));
            self.cutter = Some(cutter);
        }
        Ok(())
    }

    fn problem(&mut self, problem: Problem) {
        if self.entry.problems.len() < KEPT_PROBLEMS {
            self.entry.problems.push((problem.line, problem.message.clone()));
        } else {
            self.entry.more_problems += 1;
        }
        self.observer.problem(&problem);
    }
}
