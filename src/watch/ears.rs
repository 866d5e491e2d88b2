//! Listening to the file system by way of the crate `notify`.
//!
//! With inotify each folder is listened to by itself: those that are hidden are not, nor is the
//! index, and one that cannot be read does not hinder the others. Ears are never mended: when
//! folders have come or gone, others are put up in their place. That takes less time than the look
//! at all files that every run takes, and keeps no trace of folders that are no more.

use std::collections::HashSet;
use std::io::ErrorKind as IoKind;
use std::path::Path;
use std::sync::Arc;

use notify::{Config, ErrorKind, Event, RecommendedWatcher, RecursiveMode, Watcher, WatcherKind};

use super::bell::Bell;
use super::scope::{Concern, Scope};
use crate::source::visit_folders;

/// Why changes cannot be announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deaf {
    /// The setting of the kernel whose limit is reached.
    Limit(&'static str),
    Other(String),
}

impl Deaf {
    /// What is wrong and what to do about it.
    pub fn explain(&self) -> String {
        match self {
            Deaf::Limit(setting) => format!(
                "the system watches no more folders or processes (limit `{setting}`, to be raised \
                 with `sysctl {setting}=N`)"
            ),
            Deaf::Other(reason) => format!("the system announces no changes ({reason})"),
        }
    }
}

/// They hear as long as they live.
pub struct Ears {
    _watcher: RecommendedWatcher,
}

impl Ears {
    /// Listens to the sources, ringing the bell. Sources that are not there are passed over.
    ///
    /// # Errors
    /// [`Deaf`], where not all could be listened to.
    pub fn put_up(scope: &Arc<Scope>, bell: &Arc<Bell>) -> Result<Ears, Deaf> {
        let hearing = (scope.clone(), bell.clone());
        let hear = move |event: notify::Result<Event>| {
            let (scope, bell) = &hearing;
            match event.map_or(Concern::Folders, |event| scope.concern(&event)) {
                Concern::Nothing => {}
                Concern::Files => bell.ring(false),
                Concern::Folders => bell.ring(true),
            }
        };
        // Links to folders are not followed by a run either.
        let config = Config::default().with_follow_symlinks(false);
        let mut watcher = RecommendedWatcher::new(hear, config)
            .map_err(|error| deaf(&error, "fs.inotify.max_user_instances"))?;
        let each_folder = RecommendedWatcher::kind() == WatcherKind::Inotify;
        listen(&mut watcher, each_folder, scope, &|| bell.is_stopped())?;
        Ok(Ears { _watcher: watcher })
    }
}

/// Listens to all folders of the sources, for a source that is a file to the folder it is in: a
/// file may be replaced by another of its name.
fn listen(
    watcher: &mut dyn Watcher,
    each_folder: bool,
    scope: &Scope,
    stopped: &dyn Fn() -> bool,
) -> Result<(), Deaf> {
    let mut folders_of_files = HashSet::new();
    for root in scope.roots() {
        match root.metadata() {
            Ok(metadata) if metadata.is_dir() && each_folder => {
                let mut outcome = Ok(());
                visit_folders(root, |folder| {
                    if outcome.is_err() || stopped() || !scope.has_folder(folder) {
                        return false;
                    }
                    outcome = listen_to(watcher, folder, RecursiveMode::NonRecursive);
                    outcome.is_ok()
                });
                outcome?;
            }
            Ok(metadata) if metadata.is_dir() => {
                listen_to(watcher, root, RecursiveMode::Recursive)?;
            }
            _ => {
                let folder = root.parent().filter(|folder| !folders_of_files.contains(*folder));
                if let Some(folder) = folder {
                    listen_to(watcher, folder, RecursiveMode::NonRecursive)?;
                    folders_of_files.insert(folder);
                }
            }
        }
    }
    Ok(())
}

/// Listens to one folder. One that is gone makes itself heard when it comes again, in the folder
/// above it or as a source; one that cannot be read is named by the run.
fn listen_to(watcher: &mut dyn Watcher, folder: &Path, mode: RecursiveMode) -> Result<(), Deaf> {
    match watcher.watch(folder, mode) {
        Ok(()) => Ok(()),
        Err(error) => match &error.kind {
            ErrorKind::PathNotFound => Ok(()),
            ErrorKind::Io(io)
                if matches!(
                    io.kind(),
                    IoKind::NotFound | IoKind::PermissionDenied | IoKind::NotADirectory
                ) =>
            {
                Ok(())
            }
            _ => Err(deaf(&error, "fs.inotify.max_user_watches")),
        },
    }
}

/// `limit` is the setting that limits what was tried.
fn deaf(error: &notify::Error, limit: &'static str) -> Deaf {
    /// Of Linux: too many open files, of a process or a user.
    const EMFILE: i32 = 24;
    match &error.kind {
        ErrorKind::MaxFilesWatch => Deaf::Limit(limit),
        ErrorKind::Io(io) if cfg!(target_os = "linux") && io.raw_os_error() == Some(EMFILE) => {
            Deaf::Limit(limit)
        }
        ErrorKind::Io(io) => Deaf::Other(io.to_string()),
        _ => Deaf::Other(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::{Location, Root};
    use crate::source::{Columns, Format};
    use notify::EventHandler;
    use std::fs;
    use std::io;
    use std::path::PathBuf;

    /// Writes down what it is to watch.
    #[derive(Debug, Default)]
    struct Fake {
        watched: Vec<PathBuf>,
        limit: Option<usize>,
        gone: Option<PathBuf>,
    }

    impl Watcher for Fake {
        fn new<F: EventHandler>(_: F, _: Config) -> notify::Result<Fake> {
            Ok(Fake::default())
        }

        fn watch(&mut self, path: &Path, _: RecursiveMode) -> notify::Result<()> {
            if self.limit.is_some_and(|limit| self.watched.len() >= limit) {
                return Err(notify::Error::new(ErrorKind::MaxFilesWatch));
            }
            if self.gone.as_deref() == Some(path) {
                return Err(notify::Error::io(io::Error::from(io::ErrorKind::PermissionDenied)));
            }
            self.watched.push(path.to_owned());
            Ok(())
        }

        fn unwatch(&mut self, _: &Path) -> notify::Result<()> {
            Ok(())
        }

        fn kind() -> WatcherKind {
            WatcherKind::NullWatcher
        }
    }

    fn desk() -> (tempfile::TempDir, Scope) {
        let dir = tempfile::tempdir().unwrap();
        let base = fs::canonicalize(dir.path()).unwrap();
        for folder in ["a/b", "a/.git/c", "a/i/gen-1", "f"] {
            fs::create_dir_all(base.join(folder)).unwrap();
        }
        fs::write(base.join("f/x.txt"), "text").unwrap();
        fs::write(base.join("f/y.txt"), "text").unwrap();
        let root = |path: &str| Root {
            path: base.join(path),
            stdin: path == "-",
            format: Format::Auto,
            whole: false,
            columns: Columns::default(),
            unfinished: false,
        };
        let roots = ["a", "f/x.txt", "f/y.txt", "-", "missing/folder"].map(root);
        (dir, Scope::new(&roots, Location::new(base.join("a/i"))))
    }

    fn listened(watcher: &mut Fake, each_folder: bool) -> Result<Vec<String>, Deaf> {
        let (dir, scope) = desk();
        let base = fs::canonicalize(dir.path()).unwrap();
        watcher.gone = Some(base.join("missing"));
        listen(watcher, each_folder, &scope, &|| false)?;
        let inner = |path: &PathBuf| path.strip_prefix(&base).unwrap().display().to_string();
        let mut watched: Vec<String> = watcher.watched.iter().map(inner).collect();
        watched.sort_unstable();
        Ok(watched)
    }

    #[test]
    fn folders_of_sources_are_listened_to() {
        assert_eq!(listened(&mut Fake::default(), true).unwrap(), ["a", "a/b", "a/i", "f"]);
        assert_eq!(listened(&mut Fake::default(), false).unwrap(), ["a", "f"]);
    }

    #[test]
    fn a_limit_is_named() {
        let mut few = Fake { limit: Some(2), ..Fake::default() };
        let deaf = listened(&mut few, true).unwrap_err();
        assert_eq!(deaf, Deaf::Limit("fs.inotify.max_user_watches"));
        assert!(deaf.explain().contains("sysctl fs.inotify.max_user_watches="));
    }
}
