//! Which changes on disk concern an index: pure, but for a look whether something is a folder.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use notify::event::{AccessKind, AccessMode, CreateKind, ModifyKind, RemoveKind};
use notify::{Event, EventKind};

use crate::index::{Location, Root};
use crate::source::{is_hidden_name, is_of_other_kind};

/// What a change asks for, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Concern {
    Nothing,
    /// A run.
    Files,
    /// A run, and the folders may be others than before.
    Folders,
}

/// The paths of an index's sources.
#[derive(Clone, Debug)]
pub struct Scope {
    /// Absolute, without links.
    roots: HashSet<PathBuf>,
    /// All folders above these.
    above: HashSet<PathBuf>,
    /// Resolved. The index may lie beneath a source; what a run writes must not cause another.
    index: Location,
}

impl Scope {
    /// `index` as it is resolved.
    pub fn new(roots: &[Root], index: Location) -> Scope {
        let watched = roots.iter().filter(|root| !root.stdin);
        let roots: HashSet<PathBuf> = watched.map(|root| root.path.clone()).collect();
        let above = roots.iter().flat_map(|root| root.ancestors().skip(1));
        let above = above.map(Path::to_owned).collect();
        Scope { roots, above, index }
    }

    /// The sources, but for standard input.
    pub fn roots(&self) -> impl Iterator<Item = &Path> {
        self.roots.iter().map(PathBuf::as_path)
    }

    /// Whether a folder is listened to, which lies at or beneath a root.
    pub fn has_folder(&self, folder: &Path) -> bool {
        !self.index.owns(folder)
    }

    /// What an event asks for.
    pub fn concern(&self, event: &Event) -> Concern {
        if event.need_rescan() {
            return Concern::Folders;
        }
        // Runs open files themselves; whoever wrote one has closed it.
        if let EventKind::Access(kind) = event.kind
            && kind != AccessKind::Close(AccessMode::Write)
        {
            return Concern::Nothing;
        }
        if event.paths.is_empty() {
            return Concern::Folders;
        }
        let concerns = event.paths.iter().map(|path| self.concern_of(event.kind, path));
        concerns.max().unwrap_or(Concern::Nothing)
    }

    fn concern_of(&self, kind: EventKind, path: &Path) -> Concern {
        if self.above.contains(path) {
            return Concern::Folders;
        }
        let Some(root) = path.ancestors().find(|above| self.roots.contains(*above)) else {
            return Concern::Nothing;
        };
        if self.index.owns(path) {
            return Concern::Nothing;
        }
        let is_root = root == path;
        let inner = path.strip_prefix(root).unwrap_or(path);
        if !is_root && inner.iter().any(is_hidden_name) {
            return Concern::Nothing;
        }
        let is_file = match kind {
            EventKind::Create(CreateKind::File)
            | EventKind::Remove(RemoveKind::File)
            | EventKind::Modify(ModifyKind::Data(_))
            | EventKind::Access(_) => true,
            EventKind::Create(CreateKind::Folder) | EventKind::Remove(RemoveKind::Folder) => false,
            // A folder that was moved away is not listened to any more, and a folder in its place
            // makes itself heard.
            _ => !path.is_dir(),
        };
        let is_removed =
            matches!(kind, EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)));
        match (is_file, is_root) {
            (false, _) => Concern::Folders,
            // It may have been a folder with all its files.
            (true, true) if is_removed => Concern::Folders,
            (true, true) => Concern::Files,
            (true, false) => {
                let known_to_be_file = !matches!(kind, EventKind::Modify(ModifyKind::Name(_)));
                let passed_over = path.file_name().is_some_and(is_of_other_kind);
                if known_to_be_file && passed_over { Concern::Nothing } else { Concern::Files }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Columns, Format};
    use notify::event::{DataChange, Flag, MetadataKind, RenameMode};

    fn scope(roots: &[&Path], index: &Path) -> Scope {
        let root = |path: &&Path| Root {
            path: path.to_path_buf(),
            stdin: false,
            format: Format::Auto,
            whole: false,
            columns: Columns::default(),
            unfinished: false,
        };
        let roots: Vec<Root> = roots.iter().map(root).collect();
        Scope::new(&roots, Location::new(index))
    }

    const WRITTEN: EventKind = EventKind::Modify(ModifyKind::Data(DataChange::Any));
    const MOVED: EventKind = EventKind::Modify(ModifyKind::Name(RenameMode::To));

    #[test]
    fn what_is_read_hidden_of_another_kind_or_the_index_itself_is_nothing() {
        let scope = scope(&[Path::new("/a"), Path::new("/b/.kept/x.odd")], Path::new("/a/i"));
        let concern =
            |kind, path: &str| scope.concern(&Event::new(kind).add_path(PathBuf::from(path)));
        let opened = EventKind::Access(AccessKind::Open(AccessMode::Any));
        let closed = EventKind::Access(AccessKind::Close(AccessMode::Write));
        assert_eq!(concern(opened, "/a/x.txt"), Concern::Nothing);
        assert_eq!(concern(closed, "/a/x.txt"), Concern::Files);
        assert_eq!(concern(WRITTEN, "/a/x.txt"), Concern::Files);
        assert_eq!(concern(WRITTEN, "/a/noending"), Concern::Files);
        assert_eq!(concern(WRITTEN, "/a/x.png"), Concern::Nothing);
        assert_eq!(concern(WRITTEN, "/a/.x.txt.swp"), Concern::Nothing);
        assert_eq!(concern(EventKind::Create(CreateKind::Folder), "/a/.git/y"), Concern::Nothing);
        assert_eq!(concern(WRITTEN, "/a/i/current"), Concern::Nothing);
        assert_eq!(concern(MOVED, "/a/i/gen-2/meta.json"), Concern::Nothing);
        assert_eq!(concern(WRITTEN, "/a/i/beside.txt"), Concern::Files);
        assert_eq!(concern(WRITTEN, "/elsewhere/x.txt"), Concern::Nothing);
        // A file that is named directly counts, whatever it is called.
        assert_eq!(concern(WRITTEN, "/b/.kept/x.odd"), Concern::Files);
        assert_eq!(concern(MOVED, "/b/.kept/x.odd"), Concern::Folders);
        assert_eq!(concern(WRITTEN, "/b/.kept/y.txt"), Concern::Nothing);
    }

    #[test]
    fn folders_are_told_from_files() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("sub.png");
        std::fs::create_dir(&folder).unwrap();
        let scope = scope(&[dir.path()], Path::new("/i"));
        let concern = |kind, path: &Path| scope.concern(&Event::new(kind).add_path(path.into()));
        assert_eq!(concern(EventKind::Create(CreateKind::Folder), &folder), Concern::Folders);
        assert_eq!(concern(EventKind::Remove(RemoveKind::Folder), &folder), Concern::Folders);
        assert_eq!(concern(MOVED, &folder), Concern::Folders);
        let allowed = EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any));
        assert_eq!(concern(allowed, &folder), Concern::Folders);
        // One that left took files with it.
        let left = EventKind::Modify(ModifyKind::Name(RenameMode::From));
        assert_eq!(concern(left, &dir.path().join("gone.png")), Concern::Files);
        assert_eq!(concern(left, dir.path()), Concern::Folders);
        assert_eq!(concern(left, dir.path().parent().unwrap()), Concern::Folders);
    }

    #[test]
    fn what_was_lost_may_have_been_anything() {
        let scope = scope(&[Path::new("/a")], Path::new("/i"));
        let lost = Event::new(EventKind::Other).set_flag(Flag::Rescan);
        assert_eq!(scope.concern(&lost), Concern::Folders);
    }
}
