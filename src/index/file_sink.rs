//! A file on its way into the index: ids are claimed, articles cut, passages handed on; between two
//! articles a run can stop or commit.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use super::contents::{ContentHasher, SeenContents, term_of};
use super::ingest::{Batch, Intake, Job};
use super::manifest::KEPT_PROBLEMS;
use crate::error::{Error, Problem, Result};
use crate::model::{ArticleHead, Block, Passage};
use crate::passage::Cutter;
use crate::source::{Sink, repeated_id};

/// Passages handed on together.
const BATCH: usize = 64;
/// Bytes of text handed on together at the most, so that large passages do not pile up.
const BATCH_BYTES: usize = 256 << 10;

/// Bytes of a changed file that is read to its end before a run stops or commits.
const EXCHANGED_AT_ONCE: u64 = 16 << 20;
/// Bytes of an article's text that are held back at the most to compare its content with others.
const COMPARED_BYTES: usize = 4 << 20;

/// What the articles of a run have taken.
#[derive(Default)]
pub struct Seen {
    /// Digests of ids.
    ids: HashSet<[u8; 16]>,
    contents: SeenContents,
}

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
    /// Where the article begins, for messages.
    line: Option<u64>,
    /// The article's content, and its passages as long as it may be a duplicate.
    content: Option<ContentHasher>,
    held: Vec<Passage>,
    held_bytes: usize,
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
            derived_ids: !job.root.format.resolve(&job.entry.relative).has_records(),
            passed_over: job.entry.articles_done.unwrap_or(0),
            begun: 0,
            intake,
            jobs,
            place,
            cutter: None,
            line: None,
            content: None,
            held: Vec::new(),
            held_bytes: 0,
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
        let free =
            !self.intake.seen.ids.contains(&key) && !self.intake.ledger.is_taken(id, entry)?;
        entry.clashed |= !free;
        Ok(free && self.intake.seen.ids.insert(key))
    }

    /// Collects the passages that a step of cutting gives.
    fn collect(&mut self, step: impl FnOnce(&mut dyn FnMut(Passage))) {
        let (held, bytes) = (&mut self.held, &mut self.held_bytes);
        step(&mut |passage| {
            if let Some(content) = &mut self.content {
                content.add(&passage);
            }
            *bytes += passage.text.len();
            held.push(passage);
        });
        if self.held_bytes > COMPARED_BYTES {
            // What is as long as that is not compared.
            self.content = None;
        }
        if self.content.is_none() {
            self.release();
        }
    }

    /// Hands on what was held back of the article.
    fn release(&mut self) {
        self.batch_bytes += std::mem::take(&mut self.held_bytes);
        self.batch.append(&mut self.held);
        if self.batch.len() >= BATCH || self.batch_bytes >= BATCH_BYTES {
            self.send();
        }
    }

    /// Compares the article with those before it: a duplicate says so in each passage.
    fn compare(&mut self) -> Result<()> {
        let digest = self.content.take().and_then(ContentHasher::finish);
        let (Some(digest), Some(passage)) = (digest, self.held.first_mut()) else {
            return Ok(());
        };
        let job = &mut self.jobs[self.place];
        // An export says itself which of its articles are duplicates.
        let is_exported = passage.file.is_some();
        if passage.duplicate_of.is_some() {
            job.entry.duplicates += 1;
            return Ok(());
        }
        let first = match self.intake.seen.contents.first(&digest) {
            None => self.intake.ledger.first(&digest, &job.entry)?,
            first => first,
        };
        // Standard input cannot be read again when the first of another source leaves.
        let first_elsewhere = first.as_ref().is_some_and(|first| *first.source != *self.source);
        if job.root.stdin && first_elsewhere || is_exported && first.is_some() && !first_elsewhere {
            return Ok(());
        }
        let Some(first) = first else {
            self.intake.seen.contents.insert(digest, &passage.article, &self.source);
            passage.content = Some(term_of(&digest));
            return Ok(());
        };
        let message = format!("has the same content as {:?}", first.article);
        self.intake.terms.observer.duplicate(&Problem::new(&*self.shown, self.line, message));
        job.entry.duplicates += 1;
        if first_elsewhere {
            job.entry.duplicates_of.insert(first.source);
        }
        for passage in &mut self.held {
            passage.duplicate_of = Some(first.article.clone());
        }
        Ok(())
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
        self.held.clear();
        self.content = None;
        self.cutter = None;
    }

    fn end_article(&mut self) -> Result<()> {
        if let Some(cutter) = self.cutter.take() {
            self.collect(|out| cutter.finish(out));
            self.compare()?;
            self.release();
        }
        Ok(())
    }

    pub fn finish(&mut self) -> Result<()> {
        self.end_article()?;
        self.send();
        Ok(())
    }

    fn is_passing_over(&self) -> bool {
        self.passed_over > 0 && self.begun <= self.passed_over
    }

    /// Between two articles: stops the run or commits what is done, where it is time to.
    fn pause(&mut self) -> Result<()> {
        if self.is_brief_exchange() {
            return Ok(());
        }
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

impl FileSink<'_, '_, '_> {
    /// Whether passages that are in the index already are read anew, and soon will be: until then some
    /// would be missing.
    fn is_brief_exchange(&self) -> bool {
        let job = &self.jobs[self.place];
        job.replaces && self.passed_over == 0 && job.entry.stamp.size <= EXCHANGED_AT_ONCE
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
        self.end_article()?;
        self.pause()?;
        self.begun += 1;
        self.intake.terms.tally.count_article();
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
        self.line = (!self.derived_ids).then_some(head.place.line);
        self.content = Some(ContentHasher::default());
        self.cutter = Some(Cutter::new(head));
        Ok(())
    }

    fn block(&mut self, block: Block) -> Result<()> {
        // The first article may be all there is of the file, and of any length.
        if self.begun == 1
            && self.passed_over == 0
            && !self.is_brief_exchange()
            && self.intake.terms.observer.stopped()
        {
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

/// What tells two files of one relative path apart in their ids.
pub(super) fn root_name(root: &Path) -> String {
    root.file_name().map_or_else(String::new, |name| {
        name.to_string_lossy().chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect()
    })
}
