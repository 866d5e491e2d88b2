//! What may stand on a disk after the power went: what was synced, and of the rest anything.
//!
//! A file's content is durable when the file was synced, a name in a folder when the folder was.
//! Of what was done since, any part may have come to the disk, in any order.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::tracer::Call;

/// A file or folder, whatever its names are.
#[derive(Clone, Debug)]
enum Node {
    File { content: Vec<u8>, durable: Vec<u8> },
    Folder { entries: Entries, durable: Entries, since: Vec<Change> },
}

/// Names in a folder, and places in [`Disk::nodes`].
type Entries = BTreeMap<String, usize>;

/// A change of a name that was not synced.
#[derive(Clone, Debug)]
struct Change {
    name: String,
    now: Option<usize>,
}

/// See the module.
pub struct Disk {
    root: PathBuf,
    nodes: Vec<Node>,
}

/// What of the things that were not synced comes to the disk.
#[derive(Clone, Copy, Debug)]
pub enum Loss {
    /// Nothing.
    Everything,
    /// The names, without the contents.
    Contents,
    /// The contents, without the names.
    Names,
    /// All of it.
    Nothing,
    /// Some, by this number.
    Some(u64),
}

const ROOT: usize = 0;

impl Disk {
    /// A disk that holds what is in a folder, all of it durable.
    pub fn of(root: &Path) -> Disk {
        let mut disk = Disk { root: root.to_owned(), nodes: vec![] };
        disk.add(root);
        disk
    }

    fn add(&mut self, path: &Path) -> usize {
        let place = self.nodes.len();
        if !path.is_dir() {
            let content = fs::read(path).unwrap();
            self.nodes.push(Node::File { durable: content.clone(), content });
            return place;
        }
        self.nodes.push(folder(Entries::new()));
        let mut entries = Entries::new();
        for entry in fs::read_dir(path).unwrap() {
            let entry = entry.unwrap();
            entries.insert(name_of(&entry.path()), self.add(&entry.path()));
        }
        self.nodes[place] = folder(entries);
        place
    }

    /// Carries out a call that succeeded.
    pub fn apply(&mut self, call: &Call) {
        match call {
            Call::OpenToWrite { path, creates, truncates } => {
                if self.find(path).is_none() && *creates {
                    let place = self.nodes.len();
                    self.nodes.push(Node::File { content: vec![], durable: vec![] });
                    self.set(path, Some(place));
                } else if *truncates && let Some(content) = self.content(path) {
                    content.clear();
                }
            }
            Call::Write { path, place, bytes } => {
                let content = self.content(path).expect("a file that is written is there");
                let end = *place as usize + bytes.len();
                if content.len() < end {
                    content.resize(end, 0);
                }
                content[*place as usize..end].copy_from_slice(bytes);
            }
            Call::SetLength { path, length } => {
                let content = self.content(path).expect("a file that is cut is there");
                content.resize(*length as usize, 0);
            }
            Call::Rename { from, to } => {
                let place = self.find(from).expect("what is renamed is there");
                // One step, as long as both are in one folder.
                self.set(to, Some(place));
                self.set(from, None);
            }
            Call::Remove(path) => self.set(path, None),
            Call::MakeFolder(path) => {
                let place = self.nodes.len();
                self.nodes.push(folder(Entries::new()));
                self.set(path, Some(place));
            }
            Call::Sync(path) => {
                let Some(place) = self.find(path) else { return };
                match &mut self.nodes[place] {
                    Node::File { content, durable } => durable.clone_from(content),
                    Node::Folder { entries, durable, since } => {
                        durable.clone_from(entries);
                        since.clear();
                    }
                }
            }
            Call::OpenToRead(_) | Call::Map(_) | Call::Other(_) => {}
        }
    }

    fn find(&self, path: &Path) -> Option<usize> {
        let mut place = ROOT;
        for part in path.strip_prefix(&self.root).ok()?.components() {
            let Node::Folder { entries, .. } = &self.nodes[place] else { return None };
            place = *entries.get(&*part.as_os_str().to_string_lossy())?;
        }
        Some(place)
    }

    fn content(&mut self, path: &Path) -> Option<&mut Vec<u8>> {
        let place = self.find(path)?;
        match &mut self.nodes[place] {
            Node::File { content, .. } => Some(content),
            Node::Folder { .. } => None,
        }
    }

    fn set(&mut self, path: &Path, now: Option<usize>) {
        let parent = self.find(path.parent().unwrap()).expect("a folder is there before its files");
        let Node::Folder { entries, since, .. } = &mut self.nodes[parent] else {
            panic!("{} is in no folder", path.display())
        };
        let name = name_of(path);
        match now {
            Some(place) => entries.insert(name.clone(), place),
            None => entries.remove(&name),
        };
        since.push(Change { name, now });
    }

    /// What stands on the disk after the power went now: files by their paths beneath the root.
    pub fn after(&self, loss: Loss) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        let mut left = BTreeMap::new();
        let mut dice = match loss {
            Loss::Some(seed) => Dice(seed),
            _ => Dice(0),
        };
        self.leave(ROOT, Path::new(""), loss, &mut dice, &mut left);
        left
    }

    fn leave(
        &self,
        place: usize,
        path: &Path,
        loss: Loss,
        dice: &mut Dice,
        left: &mut BTreeMap<PathBuf, Option<Vec<u8>>>,
    ) {
        match &self.nodes[place] {
            Node::File { content, durable } => {
                let content = match loss {
                    Loss::Everything | Loss::Contents => durable.clone(),
                    Loss::Names | Loss::Nothing => content.clone(),
                    Loss::Some(_) if content == durable => durable.clone(),
                    Loss::Some(_) => dice.part_of(durable, content),
                };
                left.insert(path.to_owned(), Some(content));
            }
            Node::Folder { entries, durable, since } => {
                left.insert(path.to_owned(), None);
                let mut names = match loss {
                    Loss::Everything | Loss::Names => durable.clone(),
                    Loss::Contents | Loss::Nothing => entries.clone(),
                    Loss::Some(_) => durable.clone(),
                };
                if matches!(loss, Loss::Some(_)) {
                    for change in since {
                        if dice.throw(2) == 0 {
                            continue;
                        }
                        match change.now {
                            Some(place) => names.insert(change.name.clone(), place),
                            None => names.remove(&change.name),
                        };
                    }
                }
                for (name, place) in names {
                    self.leave(place, &path.join(name), loss, dice, left);
                }
            }
        }
    }
}

fn folder(entries: Entries) -> Node {
    Node::Folder { durable: entries.clone(), entries, since: vec![] }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// Pseudo-random numbers (SplitMix64).
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut number = self.0;
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (number ^ (number >> 31)) % sides
    }

    /// Content of which some came to the disk: the length, and of the bytes some blocks.
    fn part_of(&mut self, durable: &[u8], content: &[u8]) -> Vec<u8> {
        const BLOCK: usize = 512;
        let length = self.throw(content.len().max(durable.len()) as u64 + 1) as usize;
        let mut part = vec![0; length];
        for (place, byte) in part.iter_mut().enumerate() {
            *byte = durable.get(place).copied().unwrap_or(0);
        }
        for (number, block) in part.chunks_mut(BLOCK).enumerate() {
            if self.throw(3) > 0 {
                let start = number * BLOCK;
                let known = content.get(start..).unwrap_or_default();
                let count = known.len().min(block.len());
                block[..count].copy_from_slice(&known[..count]);
            }
        }
        part
    }
}
