//! The thread of a watch: listen, run, wait, and again.

use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::bell::Bell;
use super::ears::{Deaf, Ears};
use super::mounts::{mounted, silent_kind};
use super::scope::Scope;
use super::told::{RunObserver, Told};
use super::{How, Observer, Options};
use crate::error::{Error, Result};
use crate::index::{
    Change, Location, Report, Root, Unobserved, UpdateOptions, Version, is_stale, sources, update,
};

/// How often is looked for what nothing announces: a source that is mounted or comes again with
/// the folder it is in, and an index that another process has changed.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Looking at all files takes at most this part of the time.
const LOOKING_SHARE: u32 = 10;
/// While changes never end, a run begins at the latest after so many times its duration …
const CEILING_SHARE: u32 = 4;
/// … or after this.
const MAX_CEILING: Duration = Duration::from_secs(300);
/// When a run that failed is tried again; twice as late each time, up to the second.
const FIRST_RETRY: Duration = Duration::from_secs(2);
const LAST_RETRY: Duration = Duration::from_secs(60);
/// Ears that are taken down free their place a moment later.
const LISTEN_TRIES: u32 = 10;
const LISTEN_PAUSE: Duration = Duration::from_millis(100);

/// A run that failed.
struct Failure {
    message: String,
    pause: Duration,
    retry: Instant,
}

/// What tells one file or folder from another in its place.
type Identity = Option<(u64, u64)>;

/// See the module.
pub struct Worker {
    /// Resolved.
    location: Location,
    options: Options,
    observer: Box<dyn Observer>,
    bell: Arc<Bell>,
    told: Told,
    roots: Vec<Root>,
    /// The state of the index that `roots` are of and that the observer knows.
    version: Option<Version>,
    scope: Arc<Scope>,
    ears: Option<Ears>,
    /// When to look at all files the next time; `None` where changes are announced.
    next_look: Option<Instant>,
    /// Of the roots, when they were last listened to.
    identities: Vec<Identity>,
    failure: Option<Failure>,
    last_run: Duration,
}

impl Worker {
    /// # Errors
    /// There is no index, or its sources cannot be told.
    pub fn new(
        location: &Location,
        mut options: Options,
        observer: Box<dyn Observer>,
        bell: Arc<Bell>,
    ) -> Result<Worker> {
        let location = location.resolved();
        let version = location.version();
        let roots = sources(&location)?;
        // An index that is compact stays so.
        options.update =
            UpdateOptions { wait: true, rebuild: false, compact: false, ..options.update };
        let scope = Arc::new(Scope::new(&roots, location.clone()));
        Ok(Worker {
            location,
            options,
            observer,
            bell,
            told: Told::default(),
            roots,
            version,
            scope,
            ears: None,
            next_look: None,
            identities: Vec::new(),
            failure: None,
            last_run: Duration::ZERO,
        })
    }

    /// Watches until the bell is stopped. Returns the report of a run that was cut short.
    pub fn work(mut self) -> Option<Report> {
        if self.options.how == How::Poll {
            self.next_look = Some(Instant::now() + self.options.poll);
        } else {
            self.look_at_mounts();
        }
        let mut listens = false;
        let mut is_first = true;
        loop {
            // What changes from here on is seen by this run or causes another.
            let rung = self.bell.take();
            listens = self.follow_the_index() && listens && !rung.folders;
            self.identities = self.roots.iter().map(identity).collect();
            if !listens {
                self.listen();
            }
            if self.bell.is_stopped() {
                return None;
            }
            if let Some(report) = self.run() {
                return Some(report);
            }
            if std::mem::take(&mut is_first) && !self.bell.is_stopped() {
                let sources = self.scope.roots().count();
                let how = match self.next_look {
                    Some(_) => format!(", looking every {} s or so", self.options.poll.as_secs()),
                    None => String::new(),
                };
                let plural = if sources == 1 { "" } else { "s" };
                self.observer.note(&format!("watching {sources} source{plural}{how}"));
            }
            listens = self.wait()?;
        }
    }

    /// Puts up ears for the sources as they are now, or settles for looking.
    fn listen(&mut self) {
        let had = self.ears.take().is_some();
        if self.options.how == How::Poll {
            return;
        }
        let tries = if had { LISTEN_TRIES } else { 1 };
        for attempt in 1..=tries {
            match Ears::put_up(&self.scope, &self.bell) {
                Ok(ears) => {
                    self.ears = Some(ears);
                    return;
                }
                Err(Deaf::Limit(_)) if attempt < tries => thread::sleep(LISTEN_PAUSE),
                Err(deaf) => {
                    // A part of the sources would be heard, but all are looked at.
                    self.options.how = How::Poll;
                    let next = Instant::now() + self.options.poll;
                    self.next_look.get_or_insert(next);
                    self.observer.note(&format!(
                        "{}: looking for changes every {} s or so instead",
                        deaf.explain(),
                        self.options.poll.as_secs()
                    ));
                    return;
                }
            }
        }
    }

    /// Looks at files from time to time where one of them is on a file system that other machines
    /// write, besides listening.
    fn look_at_mounts(&mut self) {
        if self.next_look.is_some() {
            return;
        }
        let mounted = mounted();
        let silent = self.scope.roots().find_map(|root| Some((root, silent_kind(&mounted, root)?)));
        if let Some((root, kind)) = silent {
            self.next_look = Some(Instant::now() + self.options.poll);
            let message = format!(
                "{} is on a file system ({kind}) that may not announce all changes: looking for \
                 them every {} s or so as well",
                root.display(),
                self.options.poll.as_secs()
            );
            self.observer.note(&message);
        }
    }

    /// Runs once. Returns the report of a run that was cut short.
    fn run(&mut self) -> Option<Report> {
        let began = Instant::now();
        let outcome = if self.location.exists() {
            let observer = RunObserver::new(&mut *self.observer, &mut self.told, &self.bell);
            update(&self.location, Change::Refresh, self.options.update, &observer)
        } else {
            // An update would make an empty one, without the sources it had.
            Err(Error::NoIndex(self.location.folder().to_owned()))
        };
        self.last_run = began.elapsed();
        let untold = self.told.end_run(outcome.is_ok());
        if untold > 0 {
            self.observer.note(&format!("… and {untold} more problems"));
        }
        match outcome {
            Ok(report) if report.interrupted.is_some() => return Some(report),
            Ok(report) => {
                self.failure = None;
                if report.is_unchanged() {
                    self.observer.unchanged();
                } else {
                    self.observer.updated(&report);
                }
                if self.location.version() != self.version {
                    if report.is_unchanged() {
                        // It may be that another process was quicker.
                        self.observer.changed_elsewhere();
                    }
                    if !self.remember_version() {
                        self.bell.ring(true);
                    }
                }
            }
            // Stopped before anything was done.
            Err(Error::Interrupted) => {}
            Err(error) => self.fail(&error),
        }
        None
    }

    fn fail(&mut self, error: &Error) {
        let message = error.to_string();
        let before = self.failure.take().filter(|failure| failure.message == message);
        if before.is_none() {
            self.observer.failed(error);
        }
        let pause = before.map_or(FIRST_RETRY, |failure| (failure.pause * 2).min(LAST_RETRY));
        self.failure = Some(Failure { message, pause, retry: Instant::now() + pause });
    }

    /// Waits until a run is due; whether what is listened to may stay. `None` when it is stopped.
    fn wait(&mut self) -> Option<bool> {
        let ceiling = self.options.ceiling.max(self.last_run * CEILING_SHARE).min(MAX_CEILING);
        loop {
            let retry = self.failure.as_ref().map(|failure| failure.retry);
            let appointments = [retry, self.next_look].into_iter().flatten();
            let next = appointments.fold(Instant::now() + LOOK_EVERY, Instant::min);
            let patience = next.saturating_duration_since(Instant::now());
            if self.bell.wait(self.options.quiet, ceiling, patience) {
                return Some(true);
            }
            if self.bell.is_stopped() {
                return None;
            }
            if self.failure.as_ref().is_some_and(|failure| failure.retry <= Instant::now()) {
                return Some(true);
            }
            if self.location.version() != self.version && self.location.exists() {
                return Some(true);
            }
            if !self.identities.iter().copied().eq(self.roots.iter().map(identity)) {
                return Some(false);
            }
            if self.next_look.is_some_and(|due| due <= Instant::now()) && self.look() {
                return Some(true);
            }
        }
    }

    /// Looks at all files. Returns whether something has changed.
    fn look(&mut self) -> bool {
        let began = Instant::now();
        // A run that fails is tried again at a time of its own.
        let stale = self.failure.is_none() && is_stale(&self.location, &Unobserved).unwrap_or(true);
        let pause = self.options.poll.max(began.elapsed() * LOOKING_SHARE);
        self.next_look = Some(Instant::now() + pause);
        stale
    }

    /// Looks whether another process has changed the index, and with it perhaps the sources.
    /// Returns whether these are the same.
    fn follow_the_index(&mut self) -> bool {
        if self.location.version() == self.version || !self.location.exists() {
            return true;
        }
        self.observer.changed_elsewhere();
        self.remember_version()
    }

    /// Returns whether the sources are the same.
    fn remember_version(&mut self) -> bool {
        let version = self.location.version();
        // One that cannot be read is for the run to mend, or to complain of.
        let Ok(roots) = sources(&self.location) else {
            self.version = version;
            return true;
        };
        self.version = version;
        let same = roots.iter().map(|root| &root.path).eq(self.roots.iter().map(|root| &root.path));
        if !same {
            self.scope = Arc::new(Scope::new(&roots, self.location.clone()));
            self.roots = roots;
            if self.options.how == How::Auto {
                self.look_at_mounts();
            }
        }
        same
    }
}

fn identity(root: &Root) -> Identity {
    if root.stdin { None } else { identity_of(&root.path) }
}

#[cfg(unix)]
fn identity_of(path: &Path) -> Identity {
    use std::os::unix::fs::MetadataExt;
    path.metadata().ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity_of(path: &Path) -> Identity {
    path.exists().then_some((0, 0))
}
