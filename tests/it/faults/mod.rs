//! Runs that write an index, stopped at each of their system calls that write, told at each that it
//! failed, and with the power gone after each: nothing that was there before gets lost, and the next
//! run brings all to a good end.
//!
//! Each test tries some places; with `WARRAQ_FAULTS=all` every one. Traces are of Linux on x86-64.

mod disk;
mod tracer;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use warraq::error::Error;
use warraq::index::{Location, OpenIndex, verify};

use self::disk::{Disk, Loss};
use self::tracer::{Call, Fate, Traced, trace};
use crate::support::*;

/// A run that writes the index `i`.
struct Scenario {
    name: &'static str,
    /// Makes what is there before.
    prepare: fn(&Desk),
    args: &'static [&'static str],
}

const FIRST: Scenario = Scenario {
    name: "the first index",
    prepare: |_| {},
    args: &["index", "corpus", "--index", "i", "--threads", "2"],
};

const IN_PARTS: Scenario = Scenario {
    name: "the first index, committed after each article",
    prepare: |_| {},
    args: &["index", "corpus", "--index", "i", "--threads", "2", "--commit-after", "1"],
};

const UPDATE: Scenario = Scenario {
    name: "an update that adds, changes and drops",
    prepare: |desk| {
        desk.run(["index", "corpus", "--index", "i"]).exits(0);
        desk.write("corpus/new.txt", "Weevils came to the granary.");
        desk.write(&format!("corpus/{HAENGJU}"), "وصل القمح إلى الميناء.");
        desk.remove_file(&format!("corpus/{BUSANJIN}"));
    },
    args: &["index", "--index", "i", "--threads", "2"],
};

const UPDATE_IN_PARTS: Scenario = Scenario {
    name: "an update, committed after each file",
    prepare: UPDATE.prepare,
    args: &["index", "--index", "i", "--threads", "2", "--commit-after", "1"],
};

const REMOVAL: Scenario = Scenario {
    name: "the removal of a source",
    prepare: |desk| {
        desk.write("notes/a.txt", "Weevils came to the granary.");
        desk.run(["index", "corpus", "notes", "--index", "i"]).exits(0);
    },
    args: &["remove", "notes", "--index", "i"],
};

const MERGE: Scenario = Scenario {
    name: "the merge of all segments",
    prepare: |desk| {
        // One more would have them merged at once.
        for name in &ARTICLES[..2] {
            desk.run(["index", &format!("corpus/{name}"), "--index", "i"]).exits(0);
        }
        desk.write(&format!("corpus/{HAENGJU}"), "وصل القمح إلى الميناء.");
        desk.run(["index", &format!("corpus/{HAENGJU}"), "--index", "i"]).exits(0);
    },
    args: &["optimize", "--index", "i"],
};

const REBUILD: Scenario = Scenario {
    name: "building anew in another layout",
    prepare: |desk| {
        desk.run(["index", "corpus", "--index", "i"]).exits(0);
        desk.write("corpus/new.txt", "Weevils came to the granary.");
    },
    args: &["index", "--compact", "--index", "i"],
};

const REPAIR: Scenario = Scenario {
    name: "a repair",
    prepare: |desk| {
        desk.run(["index", "corpus", "--index", "i"]).exits(0);
        let mut entries = fs::read_dir(desk.path("i/gen-1")).unwrap().map(|entry| entry.unwrap());
        let store = entries.find(|entry| entry.path().extension().is_some_and(|e| e == "store"));
        fs::write(store.unwrap().path(), "not what was written").unwrap();
    },
    args: &["verify", "--repair", "--index", "i"],
};

/// Which calls are meant.
type Kind = fn(&Call) -> bool;

/// The passages of an index as lines; `None` where there is no index.
type Holdings = Option<BTreeSet<String>>;

/// A desk that is brought back to where a scenario begins, again and again.
struct Bench {
    scenario: &'static Scenario,
    desk: Desk,
    template: Desk,
    before: Holdings,
    after: Holdings,
    /// Runs that were looked at.
    tried: usize,
}

impl Bench {
    fn new(scenario: &'static Scenario) -> Bench {
        let desk = Desk::new();
        (scenario.prepare)(&desk);
        let template = Desk::empty();
        copy(&desk.path("."), &template.path("."));
        let before = match verify(&location(&desk)) {
            Ok(found) if found.damage.is_empty() => holdings(&desk),
            _ => None,
        };
        desk.run(scenario.args).exits(0);
        let after = holdings(&desk);
        assert!(after.is_some());
        Bench { scenario, desk, template, before, after, tried: 0 }
    }

    fn reset(&self) {
        for entry in fs::read_dir(self.desk.path(".")).unwrap() {
            fs::remove_dir_all(entry.unwrap().path()).unwrap();
        }
        copy(&self.template.path("."), &self.desk.path("."));
    }

    /// Runs the scenario from its beginning; `None` where programs cannot be traced.
    fn trace(&self, fate: impl FnMut(&Call) -> Fate) -> Option<Traced> {
        self.reset();
        let mut command = self.desk.command();
        command.args(self.scenario.args);
        let root = fs::canonicalize(self.desk.path(".")).unwrap();
        command.current_dir(&root);
        match trace(&command, &root, fate) {
            Ok(traced) => Some(traced),
            Err(error) => {
                cannot_trace(error);
                None
            }
        }
    }

    /// The numbers of the calls of a kind that are to be tried, all or a few.
    fn places(&self, few: usize, kind: impl Fn(&Call) -> bool) -> Option<Vec<usize>> {
        let mut count = 0;
        let traced = self.trace(|call| {
            count += usize::from(kind(call));
            Fate::Done
        })?;
        assert_eq!(traced.code, Some(0), "{}", traced.err);
        // Threads do not write in the same order, nor always in as many calls.
        Some(if every_fault() { (0..count + 3).collect() } else { sample(count, few) })
    }

    /// Demands that the index is what it was before the run or what the run makes of it, and that the
    /// next run makes that of it. `code`: the exit status of the run, if it came so far.
    #[track_caller]
    fn judge(&mut self, code: Option<i32>, what: &str) {
        self.tried += 1;
        let finished = code == Some(0);
        // A source that could not be read is named and left for the next run.
        let may_be_part = self.scenario.args.contains(&"--commit-after")
            || code == Some(2) && what.contains("skipped (named above)");
        let what = format!("{}, {what}", self.scenario.name);
        let held = match verify(&location(&self.desk)) {
            Ok(found) if self.before.is_some() || found.damage.is_empty() => {
                assert_eq!(found.damage, [], "{what}");
                holdings(&self.desk)
            }
            // What was damaged before may be.
            Ok(_) | Err(Error::NoIndex(_)) => None,
            Err(error) => panic!("{what}: {error}"),
        };
        let is_whole = held == self.before || held == self.after;
        assert!(is_whole || may_be_part && self.is_part(&held), "{what}: passages are lost");
        assert!(!finished || held == self.after, "{what}: what was acknowledged is lost");
        if held == self.after && held != self.before {
            self.desk.run(["index", "--index", "i"]).exits(0);
        } else {
            self.desk.run(self.scenario.args).exits(0);
        }
        let found = verify(&location(&self.desk)).unwrap();
        assert_eq!(found.damage, [], "{what}, after the next run");
        assert!(holdings(&self.desk) == self.after, "{what}, after the next run");
        self.look_for_leftovers(&what);
    }

    /// Whether each article is as it was before or as it will be after.
    fn is_part(&self, held: &Holdings) -> bool {
        let [before, held, after] = [&self.before, held, &self.after].map(by_article);
        let articles: BTreeSet<&String> =
            before.keys().chain(held.keys()).chain(after.keys()).collect();
        articles.into_iter().all(|article| {
            let [before, held, after] = [&before, &held, &after].map(|all| all.get(article));
            held == before || held == after
        })
    }

    /// Demands that nothing is left of the broken run.
    #[track_caller]
    fn look_for_leftovers(&self, what: &str) {
        let generations = names(&self.desk.path("i"));
        let is_damaged = |name: &&String| name.starts_with("damaged-");
        // Nothing else than damage has an index set aside.
        assert!(
            self.before.is_none() || !generations.iter().any(|name| is_damaged(&name)),
            "{what}"
        );
        let generations: Vec<&String> =
            generations.iter().filter(|name| !is_damaged(name)).collect();
        let [current, generation, lock] = &generations[..] else {
            panic!("{what}: {generations:?}");
        };
        assert_eq!((current.as_str(), lock.as_str()), ("current", "lock"), "{what}");
        let folder = self.desk.path("i").join(generation);
        let commit = fs::read_to_string(folder.join("meta.json")).unwrap().replace('-', "");
        for name in names(&folder) {
            let known = ["meta.json", "verified.json", ".tantivy-writer.lock"];
            let known = known.contains(&name.as_str())
                || name.starts_with("seal-")
                || name.starts_with("sources-")
                || name.split('.').next().is_some_and(|id| id.len() == 32 && commit.contains(id));
            assert!(known, "{what}: {name} is left");
        }
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            tell(&format!("{} runs", self.tried));
        }
    }
}

fn cannot_trace(error: Errno) {
    assert!(!every_fault(), "programs cannot be traced here: {error}");
    skip(&format!("programs cannot be traced here: {error}"));
}

/// Some numbers below another, the last among them.
fn sample(count: usize, wanted: usize) -> Vec<usize> {
    (1..=wanted.min(count)).map(|part| count * part / wanted.min(count) - 1).collect()
}

fn location(desk: &Desk) -> Location {
    Location::new(desk.path("i"))
}

fn holdings(desk: &Desk) -> Holdings {
    let index = OpenIndex::open(&location(desk)).unwrap();
    let mut lines = BTreeSet::new();
    index
        .export(&mut |passage| {
            assert!(lines.insert(serde_json::to_string(&passage).unwrap()));
            Ok(())
        })
        .unwrap();
    Some(lines)
}

fn by_article(held: &Holdings) -> BTreeMap<String, BTreeSet<&String>> {
    let mut articles: BTreeMap<String, BTreeSet<&String>> = BTreeMap::new();
    for line in held.iter().flatten() {
        let passage: serde_json::Value = serde_json::from_str(line).unwrap();
        articles.entry(text(&passage["article"]).to_owned()).or_default().insert(line);
    }
    articles
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for name in names(from) {
        let (from, to) = (from.join(&name), to.join(&name));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(from, to).unwrap();
        }
    }
}

/// Kills the run at each call that writes.
fn killed(scenario: &'static Scenario) {
    let mut bench = Bench::new(scenario);
    for place in bench.places(6, Call::writes).unwrap_or_default() {
        let mut number = 0;
        let mut last = None;
        let Some(run) = bench.trace(|call| {
            number += usize::from(call.writes());
            if !call.writes() || number <= place {
                return Fate::Done;
            }
            last = Some(call.clone());
            Fate::Killed
        }) else {
            return;
        };
        bench.judge(run.code, &format!("killed at {place}: {last:?}"));
    }
}

/// Lets calls fail, each kind of failure at each of its calls.
fn failed(scenario: &'static Scenario) {
    let mut bench = Bench::new(scenario);
    // Folders are listed by a call that is tried once.
    let interruptible = |call: &Call| match call {
        Call::OpenToRead(path) => path.is_file(),
        Call::OpenToWrite { .. } | Call::Write { .. } | Call::Sync(_) => true,
        _ => false,
    };
    let is_write = |call: &Call| matches!(call, Call::Write { .. });
    // Which calls, what becomes of them, and whether of all that follow too.
    let failures: [(Kind, Fate, bool); 6] = [
        (Call::takes_space, Fate::Failed(Errno::ENOSPC), true),
        (Call::reaches_disk, Fate::Failed(Errno::EIO), false),
        (Call::opens, Fate::Failed(Errno::EMFILE), false),
        (Call::maps, Fate::Failed(Errno::ENOMEM), false),
        (interruptible, Fate::Failed(Errno::EINTR), false),
        (is_write, Fate::Halved, false),
    ];
    for (kind, failure, lasts) in failures {
        for place in bench.places(3, kind).unwrap_or_default() {
            let mut number = 0;
            let mut first = None;
            let Some(run) = bench.trace(|call| {
                if !kind(call) {
                    return Fate::Done;
                }
                number += 1;
                let fails = number == place + 1 || lasts && number > place;
                if fails && first.is_none() {
                    first = Some(call.clone());
                }
                if fails { failure } else { Fate::Done }
            }) else {
                return;
            };
            let what = format!("{failure:?} at {place}: {first:?}: {:?} {}", run.code, run.err);
            assert!(matches!(run.code, Some(0 | 2)), "{what}");
            assert!(!run.err.contains("panicked") && !run.err.contains("internal fault"), "{what}");
            if run.code == Some(2)
                && let Fate::Failed(error) = failure
            {
                let reason = std::io::Error::from_raw_os_error(error as i32).to_string();
                assert!(run.err.contains(&reason), "{what}");
            }
            // What can be tried again, or goes on, is no failure.
            let harmless = matches!(failure, Fate::Halved | Fate::Failed(Errno::EINTR));
            assert!(!harmless || run.code == Some(0), "{what}");
            bench.judge(run.code, &what);
        }
    }
}

/// Takes the power away after each call, with all that was not synced lost, or some of it.
fn powerless(scenario: &'static Scenario) {
    let mut bench = Bench::new(scenario);
    let Some(run) = bench.trace(|_| Fate::Done) else { return };
    assert_eq!(run.code, Some(0), "{}", run.err);
    bench.reset();
    let root = fs::canonicalize(bench.desk.path(".")).unwrap();
    let mut disk = Disk::of(&root);
    let count = run.done.len();
    let mut seen = BTreeSet::new();
    let places: BTreeSet<usize> = if every_fault() {
        (0..=count).collect()
    } else {
        sample(count, 12).into_iter().chain([count]).collect()
    };
    for place in 0..=count {
        if let Some(call) = place.checked_sub(1).map(|last| &run.done[last]) {
            disk.apply(call);
        }
        if !places.contains(&place) {
            continue;
        }
        let some = (0..if every_fault() { 6 } else { 2 })
            .map(|seed| Loss::Some(seed * 1000 + place as u64));
        let losses = [Loss::Everything, Loss::Contents, Loss::Names, Loss::Nothing];
        for loss in losses.into_iter().chain(some) {
            let left = disk.after(loss);
            let mut hasher = blake3::Hasher::new();
            hasher.update(format!("{left:?} {}", place == count).as_bytes());
            if !seen.insert(*hasher.finalize().as_bytes()) {
                continue;
            }
            lay(&root, &left);
            let last = place.checked_sub(1).map(|last| &run.done[last]);
            bench.judge(
                (place == count).then_some(0),
                &format!("power lost after call {place} ({last:?}), {loss:?}"),
            );
        }
    }
}

/// Puts files and folders where there were others.
fn lay(root: &Path, files: &BTreeMap<PathBuf, Option<Vec<u8>>>) {
    for entry in fs::read_dir(root).unwrap() {
        fs::remove_dir_all(entry.unwrap().path()).unwrap();
    }
    for (path, content) in files {
        match content {
            None => fs::create_dir_all(root.join(path)).unwrap(),
            Some(content) => fs::write(root.join(path), content).unwrap(),
        }
    }
}

macro_rules! each_scenario {
    ($($name:ident: $scenario:expr;)*) => {
        mod killed {
            $(#[test] fn $name() { static SCENARIO: super::Scenario = $scenario; super::killed(&SCENARIO); })*
        }
        mod failed {
            $(#[test] fn $name() { static SCENARIO: super::Scenario = $scenario; super::failed(&SCENARIO); })*
        }
        mod powerless {
            $(#[test] fn $name() { static SCENARIO: super::Scenario = $scenario; super::powerless(&SCENARIO); })*
        }
    };
}

each_scenario! {
    while_indexing_first: super::FIRST;
    while_committing_parts: super::IN_PARTS;
    while_updating: super::UPDATE;
    while_updating_in_parts: super::UPDATE_IN_PARTS;
    while_removing: super::REMOVAL;
    while_merging: super::MERGE;
    while_rebuilding: super::REBUILD;
    while_repairing: super::REPAIR;
}

/// Lets a search fail at each file that it opens or maps: it says so, or its answer is right.
#[test]
fn a_search_answers_rightly_or_says_what_failed() {
    let desk = Desk::new();
    desk.run(["index", "corpus", "--index", "i"]).exits(0);
    let root = fs::canonicalize(desk.path(".")).unwrap();
    let query = ["search", "Konishi \"fire arrows\"", "--index", "i", "--format", "tsv"];
    let answer = desk.run(query).exits(0).out;
    let mut command = desk.command();
    command.args(query).current_dir(&root);
    let failures: [(Kind, Errno); 4] = [
        (Call::opens, Errno::EMFILE),
        (Call::opens, Errno::EIO),
        (Call::opens, Errno::EACCES),
        (Call::maps, Errno::ENOMEM),
    ];
    let mut tried = 0;
    for (kind, error) in failures {
        for place in 0.. {
            let mut number = 0;
            let mut failing = None;
            let run = trace(&command, &root, |call| {
                number += usize::from(kind(call));
                if !kind(call) || number != place + 1 {
                    return Fate::Done;
                }
                failing = Some(call.clone());
                Fate::Failed(error)
            });
            let run = match run {
                Ok(run) => run,
                Err(error) => return cannot_trace(error),
            };
            let Some(call) = failing else { break };
            tried += 1;
            let what = format!("{error} at {call:?}: {:?} {}", run.code, run.err);
            let reason = std::io::Error::from_raw_os_error(error as i32).to_string();
            match run.code {
                Some(0) => assert_eq!(run.out, answer, "{what}"),
                Some(2) => assert!(run.out.is_empty() && run.err.contains(&reason), "{what}"),
                _ => panic!("{what}"),
            }
            assert!(run.err.lines().count() <= 1, "{what}");
        }
    }
    assert!(tried > 20);
    tell(&format!("{tried} runs"));
}
