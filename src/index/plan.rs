//! What a run has to do: pure comparison of what the index holds with what lies on disk.

use std::collections::HashMap;

use super::manifest::{FileEntry, Stamp};

/// A file that was found beneath a root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub root: u32,
    pub relative: String,
    pub stamp: Stamp,
}

/// What is to become of the entries of a manifest.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Entries that stay as they are.
    pub unchanged: Vec<FileEntry>,
    /// Files to read, each with the entry that it had before.
    pub read: Vec<(Found, Option<FileEntry>)>,
    /// Entries whose files are gone.
    pub vanished: Vec<FileEntry>,
}

impl Plan {
    /// Compares `known` with `found`. Entries for which `covered` is false are not touched: they
    /// belong to sources that this run does not look at, or cannot.
    pub fn new(
        known: Vec<FileEntry>,
        found: Vec<Found>,
        covered: impl Fn(&FileEntry) -> bool,
    ) -> Plan {
        let mut plan = Plan::default();
        let mut before: HashMap<(u32, String), FileEntry> = HashMap::new();
        for entry in known {
            if covered(&entry) {
                before.insert((entry.root, entry.relative.clone()), entry);
            } else {
                plan.unchanged.push(entry);
            }
        }
        for file in found {
            match before.remove(&(file.root, file.relative.clone())) {
                Some(entry) if entry.stamp == file.stamp && entry.articles_done.is_none() => {
                    plan.unchanged.push(entry);
                }
                entry => plan.read.push((file, entry)),
            }
        }
        plan.vanished = before.into_values().collect();
        plan.vanished.sort_by(|a, b| (a.root, &a.relative).cmp(&(b.root, &b.relative)));
        plan.sort();
        plan
    }

    /// Whether articles leave the index, and their ids with them.
    pub fn frees_ids(&self) -> bool {
        self.leaving().next().is_some()
    }

    /// Entries whose passages leave the index.
    pub fn leaving(&self) -> impl Iterator<Item = &FileEntry> {
        let changed = self.read.iter().filter_map(|(found, before)| {
            before.as_ref().filter(|before| before.stamp != found.stamp || before.hash.is_empty())
        });
        self.vanished.iter().chain(changed)
    }

    /// Has entries read that did not change.
    pub fn read_again(&mut self, again: impl Fn(&FileEntry) -> bool) {
        let (read, unchanged) = std::mem::take(&mut self.unchanged).into_iter().partition(&again);
        self.unchanged = unchanged;
        for (_, before) in &mut self.read {
            // What is in of a file that was read in part is read again as well.
            if let Some(before) = before.as_mut().filter(|before| again(before)) {
                before.hash.clear();
            }
        }
        let read: Vec<FileEntry> = read;
        for mut entry in read {
            // No content has this hash, so the file counts as changed.
            entry.hash.clear();
            let (root, relative, stamp) = (entry.root, entry.relative.clone(), entry.stamp);
            self.read.push((Found { root, relative, stamp }, Some(entry)));
        }
        self.sort();
    }

    /// Files are read in the order that settles which of two keeps an id.
    fn sort(&mut self) {
        self.read.sort_by(|(a, _), (b, _)| (a.root, &a.relative).cmp(&(b.root, &b.relative)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(root: u32, relative: &str, size: u64) -> FileEntry {
        FileEntry {
            root,
            relative: relative.to_owned(),
            stamp: Stamp { size, modified: 1, changed: 1 },
            ..FileEntry::default()
        }
    }

    fn found(root: u32, relative: &str, size: u64) -> Found {
        Found {
            root,
            relative: relative.to_owned(),
            stamp: Stamp { size, modified: 1, changed: 1 },
        }
    }

    #[test]
    fn only_covered_entries_can_vanish() {
        let known = vec![entry(0, "a", 1), entry(0, "b", 1), entry(1, "c", 1)];
        let plan = Plan::new(known, vec![found(0, "a", 1)], |entry| entry.root == 0);
        assert_eq!(plan.vanished, [entry(0, "b", 1)]);
        assert_eq!(plan.unchanged, [entry(1, "c", 1), entry(0, "a", 1)]);
        assert!(plan.read.is_empty());
    }

    #[test]
    fn a_file_read_in_part_is_read_on() {
        let hash = "of what it holds".to_owned();
        let part = FileEntry { articles_done: Some(3), hash, ..entry(0, "a", 1) };
        let plan = Plan::new(vec![part.clone()], vec![found(0, "a", 1)], |_| true);
        assert!(!plan.frees_ids());
        assert_eq!(plan.read, [(found(0, "a", 1), Some(part))]);
    }

    #[test]
    fn a_changed_file_is_read_with_its_former_entry() {
        let plan =
            Plan::new(vec![entry(0, "a", 1)], vec![found(0, "a", 2), found(0, "new", 1)], |_| true);
        assert_eq!(
            plan.read,
            [(found(0, "a", 2), Some(entry(0, "a", 1))), (found(0, "new", 1), None)]
        );
    }
}
