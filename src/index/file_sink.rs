//! A file on its way into the index: ids are claimed, articles cut, passages handed on; between two
//! articles a run can stop or commit.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use super::ingest::{Batch, Intake, Job};
use super::manifest::KEPT_PROBLEMS;
use crate::error::{Error, Problem, Result};
use crate::model::{ArticleHead, Block, Passage};
use crate::passage::Cutter;
use crate::source::{Format, Sink, repeated_id};

/// Passages handed on together.
const BATCH: usize = 64;
/// Bytes of text handed on together at the most, so that large passages do not pile up.
const BATCH_BYTES: usize = 256 << 10;

/// Digests of the ids that articles of a run have.
pub type SeenIds = HashSet<[u8; 16]>;

pub(super) struct FileSink<'a, 'r, 'w> {
    intake: &'a mut Intake<'r, 'w>,
    /// All jobs of the run, for commits.
    jobs: &'a mut [Job],
    /// The place of this file's.
    place: usize,
    source: Arc<str>,
    file: Arc<str>,
    shown: String,
    root_name: String,
    /// Ids are made from paths and may be told apart by their root.
    derived_ids: bool,
    /// Articles of the file that an earlier run read.
    passed_over: u64,
    /// Articles that have begun, those passed over included.
    begun: u64,
    cutter: Option<Cutter>,
    batch: Vec<Passage>,
    batch_bytes: usize,
}

impl<'a, 'r, 'w> FileSink<'a, 'r, 'w> {
    pub fn new(
        jobs: &'a mut [Job],
        place: usize,
        intake: &'a mut Intake<'r, 'w>,
    ) -> FileSink<'a, 'r, 'w> {
        let job = &jobs[place];
        FileSink {
            source: job.source.as_str().into(),
            file: job.entry.relative.as_str().into(),
            shown: job.shown(),
            root_name: root_name(&job.root.path),
            derived_ids: job.root.format.resolve(&job.entry.relative) != Format::Jsonl,
            passed_over: job.entry.articles_done.unwrap_or(0),
            begun: 0,
            intake,
            jobs,
            place,
            cutter: None,
            batch: Vec::new(),
            batch_bytes: 0,
        }
    }

    pub fn job(&self) -> &Job {
        &self.jobs[self.place]
    }

    fn claim(&mut self, id: &str) -> Result<bool> {
        let digest = blake3::hash(id.as_bytes());
        let key = *digest.as_bytes().first_chunk::<16>().unwrap_or(&[0; 16]);
        let entry = &mut self.jobs[self.place].entry;
        let free = !self.intake.seen.contains(&key) && !self.intake.ledger.is_taken(id, entry)?;
        entry.clashed |= !free;
        Ok(free && self.intake.seen.insert(key))
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
        self.batch_bytes = 0;
        let batch = Batch {
            job: self.place,
            source: self.source.clone(),
            file: self.file.clone(),
            passages: std::mem::take(&mut self.batch),
        };
        self.intake.hand_on(batch);
    }

    pub fn discard(&mut self) {
        self.batch.clear();
        self.cutter = None;
    }

    fn end_article(&mut self) {
        if let Some(cutter) = self.cutter.take() {
            self.collect(|out| cutter.finish(out));
        }
    }

    pub fn finish(&mut self) {
        self.end_article();
        self.send();
    }

    fn is_passing_over(&self) -> bool {
        self.passed_over > 0 && self.begun <= self.passed_over
    }

    /// Between two articles: stops the run or commits what is done, where it is time to.
    fn pause(&mut self) -> Result<()> {
        let stopped = self.intake.terms.observer.stopped();
        if self.begun == 0 || !(stopped || self.intake.is_commit_due()) {
            return if stopped { Err(Error::Interrupted) } else { Ok(()) };
        }
        self.send();
        self.jobs[self.place].entry.articles_done = Some(self.begun);
        if stopped {
            return Err(Error::Interrupted);
        }
        self.intake.commit(self.jobs)
    }
}

impl Sink for FileSink<'_, '_, '_> {
    fn article(&mut self, mut head: ArticleHead) -> Result<()> {
        if self.begun < self.passed_over {
            self.begun += 1;
            return if self.intake.terms.observer.stopped() {
                Err(Error::Interrupted)
            } else {
                Ok(())
            };
        }
        self.end_article();
        self.pause()?;
        self.begun += 1;
        self.intake.terms.tally.count_article();
        if !self.claim(&head.id)? {
            let other = format!("{}/{}", self.root_name, head.id);
            if self.derived_ids && self.claim(&other)? {
                head.id = other;
            } else {
                let line = (!self.derived_ids).then_some(head.place.line);
                self.problem(repeated_id(&self.shown, line, &head.id, None));
                return Ok(());
            }
        }
        self.cutter = Some(Cutter::new(head));
        Ok(())
    }

    fn block(&mut self, block: Block) -> Result<()> {
        // The first article may be all there is of the file, and of any length.
        if self.begun == 1 && self.passed_over == 0 && self.intake.terms.observer.stopped() {
            return Err(Error::Interrupted);
        }
        if let Some(mut cutter) = self.cutter.take() {
            self.collect(|out| cutter.push(block, out));
            self.cutter = Some(cutter);
        }
        Ok(())
    }

    fn problem(&mut self, problem: Problem) {
        // The run that read what is passed over has recorded what is wrong with it.
        if self.is_passing_over() {
            return;
        }
        let entry = &mut self.jobs[self.place].entry;
        if entry.problems.len() < KEPT_PROBLEMS {
            entry.problems.push((problem.line, problem.message.clone()));
        } else {
            entry.more_problems += 1;
        }
        self.intake.terms.observer.problem(&problem);
    }
}

fn root_name(root: &Path) -> String {
    root.file_name().map_or_else(String::new, |name| {
        name.to_string_lossy().chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect()
    })
}
