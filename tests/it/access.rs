//! Whose an index is, and by which way it is reached: umasks, owners, links.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::*;

const SEARCH: [&str; 4] = ["search", "Konishi retreat", "--format", "tsv"];

/// The program under a umask.
fn under_umask(desk: &Desk, umask: &str, args: &[&str]) -> Run {
    let inner = desk.command();
    let mut command = Command::new("sh");
    command.args(["-c", &format!("umask {umask}; exec \"$0\" \"$@\"")]);
    command.arg(inner.get_program()).args(args).current_dir(inner.get_current_dir().unwrap());
    run_within(command.env_remove("WARRAQ_INDEX").env_remove("RUST_BACKTRACE"), PATIENCE)
}

/// Everything beneath a folder, and the folder.
fn beneath(folder: &Path) -> Vec<PathBuf> {
    let mut paths = vec![folder.to_owned()];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            paths.extend(beneath(&path));
        } else {
            paths.push(path);
        }
    }
    paths
}

/// What tells that something was written.
fn state(folder: &Path) -> Vec<(PathBuf, u64, i64, i64, u32)> {
    let mut state: Vec<_> = beneath(folder)
        .into_iter()
        .map(|path| {
            let m = fs::metadata(&path).unwrap();
            (path, m.len(), m.mtime(), m.mtime_nsec(), m.mode())
        })
        .collect();
    state.sort();
    state
}

/// Indexes, changes, deletes, optimises, verifies and repairs under a umask.
fn built_under(umask: &str) -> Desk {
    let desk = Desk::new();
    for step in ["new", "changed"] {
        desk.write("corpus/more.txt", format!("A weevil, {step}."));
        under_umask(&desk, umask, &["index", "--no-progress"]).exits(0);
    }
    under_umask(&desk, umask, &["optimize", "--index", "index"]).exits(0);
    desk.remove_file("corpus/more.txt");
    under_umask(&desk, umask, &["index", "--no-progress"]).exits(0);
    // Files that look otherwise are noted when they are read.
    let store = beneath(&desk.path("index")).into_iter();
    let store = store.into_iter().find(|path| path.extension().is_some_and(|e| e == "store"));
    let store = fs::File::options().write(true).open(store.unwrap()).unwrap();
    store.set_modified(std::time::UNIX_EPOCH).unwrap();
    under_umask(&desk, umask, &["search", "rice", "--index", "index"]).exits(0).quiet();
    assert!(desk.path("index/gen-1/verified.json").exists());
    under_umask(&desk, umask, &["verify", "--index", "index"]).exits(0);
    desk
}

#[test]
fn the_umask_says_who_may_read() {
    for (umask, closed) in [("077", 0o077), ("022", 0o022), ("027", 0o027), ("002", 0o002)] {
        let desk = built_under(umask);
        for path in beneath(&desk.path("index")) {
            let all = if path.is_dir() { 0o777 } else { 0o666 };
            let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode & closed, 0, "{} has mode {mode:o} under {umask}", path.display());
            assert_eq!(mode, all & !closed, "{} has mode {mode:o} under {umask}", path.display());
        }
    }
}

#[test]
fn another_user_reads_what_may_be_read_and_writes_nothing() {
    let desk = built_under("022");
    let expected = desk.run(SEARCH).exits(0).out;
    let before = state(&desk.path("index"));
    for args in [&SEARCH[..], &["search", "rice", "--index", "index"], &["stats"]] {
        let run = run_within(as_ordinary_user(&desk).args(args), PATIENCE).exits(0);
        if args == &SEARCH[..] {
            assert_eq!(run.out, expected);
        }
    }
    for args in [&["verify", "--index", "index"][..], &["export", "--index", "index"]] {
        run_within(as_ordinary_user(&desk).args(args), PATIENCE).exits(0);
    }
    assert_eq!(state(&desk.path("index")), before);
    if fs::metadata(desk.path("index")).unwrap().uid() != 0 {
        return skip("the tests are not run by root: there is no other user");
    }
    let run = run_within(as_ordinary_user(&desk).arg("index"), PATIENCE).exits(2);
    assert!(run.err.contains("ermission"), "{run:?}");
    assert_eq!(state(&desk.path("index")), before);
    let closed = built_under("077");
    let run = run_within(
        as_ordinary_user(&closed).args(["search", "rice", "--index", "index"]),
        PATIENCE,
    );
    let run = run.exits(2);
    assert!(run.err.contains("ermission") && run.err.lines().count() == 1, "{run:?}");
}

#[test]
fn by_way_of_links() {
    let desk = Desk::indexed();
    let expected = desk.run(SEARCH).exits(0).out;
    symlink("index", desk.path("link")).unwrap();
    fs::create_dir(desk.path("deep")).unwrap();
    symlink(desk.path("link"), desk.path("deep/link")).unwrap();
    for link in ["link", "deep/link"] {
        assert_eq!(
            desk.run(SEARCH.iter().chain(&["--index", link])).exits(0).quiet().out,
            expected
        );
        let run = desk.run(["index", "corpus", "--index", link, "--rebuild"]).exits(0);
        run.says("31 passages");
        desk.run(["verify", "--index", link]).exits(0).quiet();
    }
    assert_eq!(desk.run(SEARCH).exits(0).quiet().out, expected);
    for link in ["link", "deep/link"] {
        assert!(fs::symlink_metadata(desk.path(link)).unwrap().is_symlink());
    }
    // One that leads nowhere.
    symlink("nowhere", desk.path("dangling")).unwrap();
    let run = desk.run(["search", "rice", "--index", "dangling"]).exits(2);
    run.says("no index");
    let run = desk.run(["index", "corpus", "--index", "dangling"]).exits(2);
    assert_eq!(run.err.lines().count(), 1, "{run:?}");
}
