//! Damage of every kind to every file: `verify` finds it, and nothing else trips over it.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use warraq::error::Error;
use warraq::index::{Location, OpenIndex, verify};

use crate::support::*;

/// Files up to this length are damaged at every byte.
const SMALL: u64 = 6000;
/// Places at which longer ones are.
const SAMPLE: u64 = 60;

/// The four articles in the index `i`.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.run(["index", "corpus", "--index", "i"]).exits(0);
    desk
}

/// The files that the current commit consists of.
fn files(desk: &Desk) -> Vec<PathBuf> {
    let entries = fs::read_dir(desk.path("i/gen-1")).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    files.retain(|path| !name(path).ends_with(".lock"));
    // The seal of the commit before this one, which had no files.
    files
        .retain(|path| !name(path).starts_with("seal-") || fs::metadata(path).unwrap().len() > 200);
    files.push(desk.path("i/current"));
    files.sort();
    assert!(files.len() >= 11, "{files:?}");
    files
}

/// Demands that the damage is found, by `verify` and by opening.
#[track_caller]
fn is_found(location: &Location, path: &Path, what: &str) {
    let found = verify(location);
    let found = found.unwrap_or_else(|error| panic!("{} {what}: {error}", path.display()));
    assert!(!found.damage.is_empty(), "{} {what}", path.display());
    // What is damaged since it was written looks otherwise.
    match OpenIndex::open(location) {
        Err(Error::Damaged { .. } | Error::NoIndex(_)) => {}
        Err(error) => panic!("{} {what}: {error}", path.display()),
        // The file that names the generation has nothing but its name to be read.
        Ok(_) => assert!(path.ends_with("current"), "{} {what}", path.display()),
    }
}

#[test]
fn files_that_are_missing_cut_or_swapped_are_found() {
    let desk = desk();
    let location = Location::new(desk.path("i"));
    let files = files(&desk);
    let contents: Vec<Vec<u8>> = files.iter().map(|path| fs::read(path).unwrap()).collect();
    for (place, path) in files.iter().enumerate() {
        let content = &contents[place];
        fs::remove_file(path).unwrap();
        is_found(&location, path, "missing");
        for part in 0..64 {
            let end = content.len() * part / 64;
            fs::write(path, &content[..end]).unwrap();
            is_found(&location, path, &format!("cut at {end}"));
        }
        fs::write(path, [content, &b"x"[..]].concat()).unwrap();
        is_found(&location, path, "longer");
        for other in contents.iter().filter(|other| *other != content) {
            fs::write(path, other).unwrap();
            is_found(&location, path, "swapped");
        }
        fs::write(path, content).unwrap();
    }
    let found = verify(&location).unwrap();
    assert_eq!((found.damage, found.notes, found.passages), (vec![], vec![], 31));
    desk.run(["verify", "--index", "i"]).exits(0).quiet();
}

#[test]
fn every_byte_that_is_changed_is_found() {
    let desk = desk();
    let location = Location::new(desk.path("i"));
    let mut tried = 0;
    for path in files(&desk) {
        let file = File::options().read(true).write(true).open(&path).unwrap();
        let length = file.metadata().unwrap().len();
        let step = if length <= SMALL || every_fault() { 1 } else { length.div_ceil(SAMPLE) };
        for place in (0..length).step_by(step as usize) {
            tried += 1;
            let mut byte = [0];
            file.read_exact_at(&mut byte, place).unwrap();
            let flipped = byte[0] ^ [0x01, 0x20, 0x80][place as usize % 3];
            file.write_all_at(&[flipped], place).unwrap();
            let found = verify(&location).unwrap();
            assert!(!found.damage.is_empty(), "{} at {place}", path.display());
            file.write_all_at(&byte, place).unwrap();
        }
    }
    assert_eq!(verify(&location).unwrap().damage, []);
    tell(&format!("{tried} bytes changed"));
}

#[test]
fn what_nobody_could_notice_is_no_crash() {
    let desk = desk();
    let id = format!("{BUSANJIN}#3");
    let commands = [
        &["search", "Konishi \"fire arrows\" year:1592", "--index", "i"][..],
        &["search", "retreat", "--sort", "date", "--facets", "--index", "i"],
        &["stats", "--index", "i"],
        &["show", &id, "--index", "i"],
    ];
    for path in files(&desk) {
        let file = File::options().read(true).write(true).open(&path).unwrap();
        let metadata = file.metadata().unwrap();
        for part in 0..6 {
            let place = metadata.len() * part / 6;
            let mut byte = [0];
            file.read_exact_at(&mut byte, place).unwrap();
            file.write_all_at(&[byte[0] ^ 0x41], place).unwrap();
            // As a disk that loses a bit would do it.
            file.set_modified(metadata.modified().unwrap()).unwrap();
            for command in commands {
                // By way of `timeout`, for a fault may be that there is no end.
                let mut timed = std::process::Command::new("timeout");
                timed.arg("60").arg(program()).args(command);
                timed.current_dir(desk.path(".")).env_remove("RUST_BACKTRACE");
                let output = timed.output().unwrap();
                let err = String::from_utf8_lossy(&output.stderr);
                let what = format!("{} at {place}, {command:?}: {err}", path.display());
                assert!(matches!(output.status.code(), Some(0..=2)), "{what}");
                assert!(!err.contains("panicked") && !err.contains("internal fault"), "{what}");
            }
            file.write_all_at(&byte, place).unwrap();
            file.set_modified(metadata.modified().unwrap()).unwrap();
        }
    }
}

#[test]
fn damage_is_named_and_repaired() {
    let desk = desk();
    let query = ["search", "Konishi retreat", "--format", "tsv", "--index", "i"];
    let before = desk.run(query).exits(0).out;
    let run = desk.run(["verify", "--index", "i"]).exits(0).quiet();
    assert_eq!(run.out, "ok: 11 files, 31 passages, compared with 4 sources\n");
    for (name, rebuilt) in [(".store", "gen-1"), ("meta.json", "gen-2"), (".forward", "gen-3")] {
        let folder = desk.path("i").join(rebuilt);
        let path = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let path = path.into_iter().find(|path| path.to_string_lossy().ends_with(name)).unwrap();
        let mut content = fs::read(&path).unwrap();
        let half = content.len() / 2;
        content[half] ^= 1;
        fs::write(&path, content).unwrap();
        let run = desk.run(["verify", "--index", "i"]).exits(1);
        assert_eq!(run.out.lines().count(), 1, "{run:?}");
        assert!(run.out.contains(name) && run.out.contains("verify --repair"), "{run:?}");
        desk.run(query).exits(2).says("cannot be read");
        let run = desk.run(["verify", "--repair", "--index", "i"]).exits(0);
        assert!(
            run.out.ends_with("ok: 11 files, 31 passages, compared with 4 sources\n"),
            "{run:?}"
        );
        run.says("is kept in i/damaged-").says("4 articles in 31 passages");
        assert_eq!(desk.run(query).exits(0).quiet().out, before);
    }
    desk.run(["verify", "--index", "nowhere"]).exits(2).says("no index");
}

#[test]
fn what_cannot_be_read_again_is_not_given_up_unasked() {
    let desk = desk();
    desk.run_with_input(["index", "-", "--name", "notes", "--index", "i"], "A weevil.").exits(0);
    fs::remove_file(desk.path("i/gen-1/meta.json")).unwrap();
    let run = desk.run(["verify", "--repair", "--index", "i"]).exits(2);
    run.says("notes cannot be read again").says("--accept-loss");
    assert!(desk.path("i/gen-1").exists());
    desk.remove_file(&format!("corpus/{BUSANJIN}"));
    desk.run(["verify", "--repair", "--index", "i"]).exits(2).says("siege-of-busanjin");
    desk.run(["verify", "--repair", "--accept-loss", "--index", "i"]).exits(0).says("3 articles");
}

#[test]
fn sources_that_changed_are_told_and_no_damage() {
    let desk = desk();
    desk.write(&format!("corpus/{BUSANJIN}"), "Another text.");
    desk.remove_file(&format!("corpus/{HAENGJU}"));
    let run = desk.run(["verify", "--index", "i"]).exits(0);
    assert_eq!(run.out, "ok: 11 files, 31 passages, compared with 2 sources\n");
    run.says("busanjin.txt has changed").says("haengju.ar.txt cannot be read any more");
}

#[test]
fn copies_are_read_once_and_older_indexes_as_far_as_can_be() {
    let desk = desk();
    let copy = desk.path("copy/gen-1");
    fs::create_dir_all(&copy).unwrap();
    fs::copy(desk.path("i/current"), desk.path("copy/current")).unwrap();
    for path in files(&desk).iter().filter(|path| !path.ends_with("current")) {
        fs::copy(path, copy.join(path.file_name().unwrap())).unwrap();
    }
    desk.run(["search", "rice", "--index", "copy"]).exits(0).quiet();
    let noted = fs::metadata(copy.join("verified.json")).unwrap().modified().unwrap();
    desk.run(["search", "rice", "--index", "copy"]).exits(0).quiet();
    assert_eq!(fs::metadata(copy.join("verified.json")).unwrap().modified().unwrap(), noted);
    desk.run(["verify", "--index", "copy"]).exits(0).quiet();
    // A version that wrote no seals.
    let meta = fs::read_to_string(copy.join("meta.json")).unwrap();
    let meta = meta.replace(",\\\"sealed\\\":true", "");
    fs::write(copy.join("meta.json"), meta).unwrap();
    for entry in fs::read_dir(&copy).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with("seal-") {
            fs::remove_file(path).unwrap();
        }
    }
    fs::write(desk.path("copy/current"), "gen-1\n").unwrap();
    let run = desk.run(["verify", "--index", "copy"]).exits(0).says("no seal");
    assert!(run.out.contains("31 passages"), "{run:?}");
    // An update seals what it finds.
    desk.write("corpus/new.txt", "A weevil.");
    desk.run(["index", "corpus", "--index", "copy"]).exits(0).says("1 added");
    let run = desk.run(["verify", "--index", "copy"]).exits(0);
    assert!(run.out.contains("32 passages"), "{run:?}");
    let store = fs::read_dir(&copy).unwrap().map(|entry| entry.unwrap().path());
    let store = store.into_iter().find(|path| path.extension().is_some_and(|e| e == "store"));
    let store = store.unwrap();
    let mut content = fs::read(&store).unwrap();
    content[100] ^= 1;
    fs::write(&store, content).unwrap();
    desk.run(["verify", "--index", "copy"]).exits(1);
}
