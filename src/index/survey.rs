//! Looks at what lies on disk beneath the sources that a run is about.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::location::Location;
use super::manifest::{FileEntry, Manifest, Root, Stamp};
use super::plan::Found;
use super::report::Observer;
use crate::error::{Error, Problem, Result};
use crate::source::{Columns, Format};

/// A source as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// A file or a folder; for standard input the name to index it under.
    pub path: PathBuf,
    /// The content of standard input, spooled to a file.
    pub spooled: Option<PathBuf>,
    pub format: Format,
    /// Keep records whole.
    pub whole: bool,
    /// Which columns of tables are what.
    pub columns: Columns,
}

/// What lies on disk beneath the sources that a run looks at.
#[derive(Default)]
pub(super) struct Survey {
    pub found: Vec<Found>,
    /// Absolute paths beneath which entries vanish when their files are not found.
    pub covered: Vec<PathBuf>,
    /// Absolute paths of files and folders that cannot be looked at: nothing says that what is beneath
    /// them has vanished.
    pub unreadable: Vec<PathBuf>,
    /// Absolute paths that are to be taken out.
    pub removed: Vec<PathBuf>,
    /// Contents of standard input by their root.
    pub spooled: BTreeMap<u32, PathBuf>,
    pub problems: Vec<Problem>,
    pub ignored: u64,
    /// The index itself, which may lie beneath a source and is none.
    own: Option<Location>,
}

impl Survey {
    /// For a run over the index at a place.
    pub fn beside(location: &Location) -> Survey {
        Survey { own: Some(location.resolved()), ..Survey::default() }
    }

    pub fn add(&mut self, manifest: &mut Manifest, source: Source) -> Result<()> {
        if let Some(spooled) = source.spooled {
            let root = self.root(
                manifest,
                Root {
                    path: source.path.clone(),
                    stdin: true,
                    format: source.format,
                    whole: source.whole,
                    columns: source.columns,
                    unfinished: false,
                },
            );
            let metadata =
                fs::metadata(&spooled).map_err(|error| Error::io(&source.path, error))?;
            self.found.push(Found {
                root,
                relative: source.path.to_string_lossy().into_owned(),
                stamp: Stamp::of(&metadata),
            });
            self.covered.push(source.path);
            self.spooled.insert(root, spooled);
            return Ok(());
        }
        let path =
            fs::canonicalize(&source.path).map_err(|error| Error::io(&source.path, error))?;
        // A path beneath a source that is there already belongs to that one.
        let owner = manifest
            .roots
            .iter()
            .position(|root| !root.stdin && root.path != path && path.starts_with(&root.path));
        let root = match owner {
            Some(owner) => owner as u32,
            None => self.root(
                manifest,
                Root {
                    path: path.clone(),
                    stdin: false,
                    format: source.format,
                    whole: source.whole,
                    columns: source.columns,
                    unfinished: false,
                },
            ),
        };
        self.look(manifest, root, &path);
        self.covered.push(path);
        Ok(())
    }

    /// The number of a root; one of the same path takes over the new settings.
    fn root(&mut self, manifest: &mut Manifest, mut root: Root) -> u32 {
        match manifest.roots.iter().position(|known| known.path == root.path) {
            Some(place) => {
                root.unfinished = manifest.roots[place].unfinished;
                if manifest.roots[place] != root {
                    // Other settings make other passages of the same files.
                    for file in &mut manifest.files {
                        if file.root as usize == place {
                            file.stamp = Stamp::default();
                            file.hash.clear();
                        }
                    }
                    manifest.roots[place] = root;
                }
                place as u32
            }
            None => {
                manifest.roots.push(root);
                (manifest.roots.len() - 1) as u32
            }
        }
    }

    pub fn refresh(&mut self, manifest: &Manifest, observer: &dyn Observer) {
        for (number, root) in (0u32..).zip(&manifest.roots) {
            let done = self.covered.iter().chain(&self.removed);
            if root.stdin || done.into_iter().any(|path| root.path.starts_with(path)) {
                continue;
            }
            if root.path.exists() {
                self.look(manifest, number, &root.path);
                self.covered.push(root.path.clone());
            } else {
                observer.note(&format!(
                    "{} is not there any more: its passages are kept (`warraq remove` drops them)",
                    root.path.display()
                ));
            }
        }
    }

    pub fn remove(&mut self, manifest: &Manifest, paths: &[PathBuf]) -> Result<()> {
        for path in paths {
            let known = |candidate: &Path| {
                manifest.roots.iter().any(|root| root.path.starts_with(candidate))
                    || manifest
                        .files
                        .iter()
                        .any(|file| entry_path(manifest, file).starts_with(candidate))
            };
            let absolute = fs::canonicalize(path)
                .or_else(|_| std::path::absolute(path))
                .map_err(|error| Error::io(path, error))?;
            let found = [absolute, path.clone()].into_iter().find(|candidate| known(candidate));
            match found {
                Some(found) => self.removed.push(found),
                None => {
                    return Err(Error::Usage(format!(
                        "{}: no source of this index (`warraq stats` lists them)",
                        path.display()
                    )));
                }
            }
        }
        Ok(())
    }

    /// Whether what was at a path and is not found has vanished, as far as this run looks.
    pub fn covers(&self, path: &Path) -> bool {
        let is_beneath = |paths: &[PathBuf]| paths.iter().any(|above| path.starts_with(above));
        is_beneath(&self.removed) || is_beneath(&self.covered) && !is_beneath(&self.unreadable)
    }

    /// Lists the files of a root that lie at or beneath a path of it.
    fn look(&mut self, manifest: &Manifest, root: u32, path: &Path) {
        let base = &manifest.roots[root as usize].path;
        let walked = crate::source::walk_sources(path);
        self.problems.extend(walked.problems);
        self.unreadable.extend(walked.unreadable);
        self.ignored += walked.ignored;
        for file in walked.files {
            if self.own.as_ref().is_some_and(|own| own.owns(&file.path)) {
                continue;
            }
            let relative = match path.strip_prefix(base) {
                Ok(inner) if !inner.as_os_str().is_empty() && path.is_dir() => {
                    format!("{}/{}", inner.to_string_lossy(), file.relative)
                }
                Ok(inner) if !inner.as_os_str().is_empty() => inner.to_string_lossy().into_owned(),
                _ => file.relative,
            };
            // A file of a source within this one belongs to that one.
            let inner = manifest.roots.iter().any(|other| {
                !other.stdin
                    && other.path != *base
                    && other.path.starts_with(base)
                    && file.path.starts_with(&other.path)
            });
            match fs::metadata(&file.path) {
                Ok(_) if inner => {}
                Ok(metadata) => {
                    let stamp = Stamp::of(&metadata);
                    self.found.push(Found { root, relative, stamp });
                }
                Err(error) => {
                    self.problems.push(Problem::new(relative, None, error.to_string()));
                    if error.kind() != std::io::ErrorKind::NotFound {
                        self.unreadable.push(file.path);
                    }
                }
            }
        }
    }
}

/// Where an entry's file lies; for standard input the name of its root.
pub(super) fn entry_path(manifest: &Manifest, entry: &FileEntry) -> PathBuf {
    manifest.absolute(entry).unwrap_or_else(|| {
        manifest.roots.get(entry.root as usize).map_or_else(PathBuf::new, |root| root.path.clone())
    })
}
