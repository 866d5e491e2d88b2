//! Killed runs, two runs at once, places that cannot be written, and damaged indexes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use crate::support::*;

/// Text that takes a while to index.
fn many_articles() -> String {
    let text = article(PYONGYANG_1593).replace(['\n', '"'], " ");
    (0..400)
        .map(|n| serde_json::json!({"id": format!("r{n}"), "text": text}).to_string() + "\n")
        .collect()
}

#[test]
fn a_killed_run_leaves_the_last_good_index() {
    let desk = Desk::new();
    desk.run(["index", "corpus", "--index", "i"]).exits(0);
    let query = ["search", "Konishi retreat", "--format", "tsv", "--index", "i"];
    let before = desk.run(query).exits(0).out;
    desk.write("corpus/many.jsonl", many_articles());
    for milliseconds in [0, 20, 100, 300] {
        let mut child = start(desk.command().args(["index", "corpus", "--index", "i"]));
        std::thread::sleep(Duration::from_millis(milliseconds));
        child.kill().unwrap();
        let killed = child.wait().unwrap();
        assert!(!killed.success(), "it was done before it could be killed");
        assert_eq!(desk.run(query).exits(0).quiet().out, before);
    }
    desk.remove_file("corpus/many.jsonl");
    desk.run(["index", "corpus", "--index", "i"]).exits(0).says("4 articles");
    assert_eq!(desk.run(query).exits(0).out, before);
    let left: Vec<_> = fs::read_dir(desk.path("i")).unwrap().collect();
    assert!(left.len() <= 3, "nothing of the killed runs is left: {left:?}");
}

#[test]
fn a_killed_first_run_leaves_no_index() {
    let desk = Desk::new();
    desk.write("corpus/many.jsonl", many_articles());
    let mut child = start(desk.command().args(["index", "corpus", "--index", "i"]));
    wait_until("the run to begin", || desk.path("i").join("gen-1").exists());
    child.kill().unwrap();
    child.wait().unwrap();
    desk.run(["search", "rice", "--index", "i"]).exits(2).says("no index");
    desk.remove_file("corpus/many.jsonl");
    desk.run(["index", "corpus", "--index", "i"]).exits(0).says("4 articles");
}

#[test]
fn two_runs_at_once_wait_for_each_other() {
    let desk = Desk::new();
    desk.write("a/one.txt", "Alpha weevils.");
    desk.write("b/two.txt", "Beta weevils.");
    let runs = ["corpus", "a", "b"]
        .map(|source| start(desk.command().args(["index", source, "--index", "i"])));
    for run in runs {
        finish(run, PATIENCE).exits(0);
    }
    let stats = desk.run(["stats", "--format", "json", "--index", "i"]).exits(0).json();
    assert_eq!(stats["articles"], 6);
    assert_eq!(desk.count(&["weevils", "--index", "i"]), 2);
}

#[test]
fn two_first_searches_at_once() {
    let desk = Desk::new();
    let runs = [(); 3].map(|()| start(desk.command().args(["search", "rice", "--format", "tsv"])));
    for run in runs {
        assert_eq!(finish(run, PATIENCE).exits(0).column(2)[0], format!("{PYONGYANG_1592}#5"));
    }
}

#[test]
fn readers_at_once_do_not_disturb_each_other() {
    let desk = Desk::indexed();
    for _ in 0..20 {
        let runs = [(); 4].map(|()| start(desk.command().args(["search", "rice"])));
        for run in runs {
            finish(run, PATIENCE).exits(0).quiet();
        }
    }
}

#[test]
fn a_search_beside_a_writer_uses_the_last_index() {
    let desk = Desk::indexed();
    desk.write("corpus/new.txt", "Zyzzyva.");
    let lock = fs::File::options().write(true).open(desk.path("index/lock")).unwrap();
    lock.lock().unwrap();
    desk.run(["search", "rice"]).exits(0).says("another warraq");
    desk.run(["search", "zyzzyva"]).exits(1);
    let waiting = start(desk.command().args(["index"]));
    std::thread::sleep(Duration::from_millis(300));
    lock.unlock().unwrap();
    finish(waiting, PATIENCE).exits(0).says("waiting").says("5 articles");
    desk.run(["search", "zyzzyva"]).exits(0).quiet();
}

#[test]
fn searches_during_many_updates_always_find_an_index() {
    let desk = Desk::new();
    desk.run(["index", "corpus", "--index", "i"]).exits(0);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for round in 0..10 {
                desk.write("corpus/new.txt", format!("Weevils came {round} times."));
                desk.run(["index", "corpus", "--index", "i"]).exits(0);
            }
        });
        while !writer.is_finished() {
            let run =
                desk.run(["search", "statue of Chong Pal", "--index", "i", "--format", "tsv"]);
            assert_eq!(run.exits(0).quiet().column(2)[0], format!("{BUSANJIN}#6"));
        }
    });
}

#[test]
fn where_nothing_can_be_written_what_is_there_is_searched() {
    let desk = Desk::indexed();
    let closed = PermissionsExt::from_mode(0o555);
    for folder in ["index/gen-1", "index", "corpus"] {
        fs::set_permissions(desk.path(folder), PermissionsExt::from_mode(0o555)).unwrap();
    }
    for file in ["index/lock", "index/current"] {
        fs::set_permissions(desk.path(file), PermissionsExt::from_mode(0o444)).unwrap();
    }
    fs::set_permissions(desk.path("."), PermissionsExt::from_mode(0o755)).unwrap();
    let search = |args: &[&str]| run_within(as_ordinary_user(&desk).args(args), PATIENCE);
    let run = search(&["search", "rice"]).exits(0).says("what is there");
    assert!(run.out.contains(PYONGYANG_1592), "{run:?}");
    search(&["search", "rice", "--index", "index"]).exits(0).quiet();
    search(&["stats"]).exits(0);
    let run = search(&["index"]).exits(2);
    assert!(run.err.lines().count() <= 2, "{run:?}");
    // A place where no index can be made.
    let bare = Desk::new();
    fs::set_permissions(bare.path("."), closed).unwrap();
    let run = run_within(as_ordinary_user(&bare).args(["search", "rice"]), PATIENCE);
    fs::set_permissions(bare.path("."), PermissionsExt::from_mode(0o755)).unwrap();
    let run = run.exits(2);
    assert!(run.err.contains("ermission") || run.err.contains("writ"), "{run:?}");
    for folder in ["index", "index/gen-1", "corpus"] {
        fs::set_permissions(desk.path(folder), PermissionsExt::from_mode(0o755)).unwrap();
    }
}

/// Changes something in the description of the index's last commit.
fn edit_commit(desk: &Desk, index: &str, from: &str, to: &str) {
    let current = fs::read_to_string(desk.path(index).join("current")).unwrap();
    let meta = desk.path(index).join(current.split_whitespace().next().unwrap()).join("meta.json");
    let text = fs::read_to_string(&meta).unwrap();
    assert!(text.contains(from), "{text}");
    // Another version is another program.
    let text = text.replace("\\\"program\\\":{", "\\\"program\\\":null,\\\"was\\\":{");
    // What was not written by the program has no seal.
    let text = text.replace("\\\"sealed\\\":true", "\\\"sealed\\\":false");
    for entry in fs::read_dir(meta.parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with("seal-") {
            fs::remove_file(path).unwrap();
        }
    }
    fs::write(meta, text.replace(from, to)).unwrap();
}

#[test]
fn another_version_is_noticed_and_indexed_anew() {
    for (from, to) in [
        ("\\\"analysis\\\":\\\"", "\\\"analysis\\\":\\\"old"),
        ("\\\"format\\\":", "\\\"format\\\":0,\\\"newest\\\":"),
    ] {
        let desk = Desk::indexed();
        let query = ["search", "Konishi retreat", "--format", "tsv"];
        let before = desk.run(query).exits(0).out;
        edit_commit(&desk, "index", from, to);
        desk.run(query.iter().chain(&["--index", "index"])).exits(2).says("anew");
        let run = desk.run(query).exits(0).says("another version");
        assert_eq!(run.out, before);
        desk.run(query).exits(0).quiet();
        edit_commit(&desk, "index", from, to);
        desk.run(["index"]).exits(0).says("anew").says("31 passages");
    }
}

#[test]
fn a_rebuild_keeps_all_sources() {
    let desk = Desk::new();
    desk.write("a/one.txt", "Alpha weevils.");
    desk.run(["index", "a", "corpus", "--index", "i"]).exits(0);
    edit_commit(&desk, "i", "\\\"analysis\\\":\\\"", "\\\"analysis\\\":\\\"old");
    desk.run(["index", "corpus", "--index", "i"]).exits(0).says("5 articles");
    assert_eq!(desk.count(&["weevils", "--index", "i"]), 1);
}

#[test]
fn damage_is_an_error_and_not_a_crash() {
    let good = Desk::indexed();
    let corpus = good.path("corpus");
    let corpus = corpus.to_str().unwrap();
    let answer = good.run(["search", "Konishi \"fire arrows\"", "--format", "tsv"]).exits(0).out;
    let folder = good.path("index/gen-1");
    let names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let targets = names.iter().map(|name| format!("gen-1/{name}")).chain(["current".to_owned()]);
    for target in targets {
        for damage in ["missing", "empty", "half", "noise"] {
            let desk = Desk::empty();
            fs::create_dir_all(desk.path("i/gen-1")).unwrap();
            fs::copy(good.path("index/current"), desk.path("i/current")).unwrap();
            for name in &names {
                fs::copy(folder.join(name), desk.path("i/gen-1").join(name)).unwrap();
            }
            let path = desk.path("i").join(&target);
            let bytes = fs::read(&path).unwrap();
            match damage {
                "missing" => fs::remove_file(&path).unwrap(),
                "empty" => fs::write(&path, "").unwrap(),
                "half" => fs::write(&path, &bytes[..bytes.len() / 2]).unwrap(),
                _ => {
                    let noise: Vec<u8> = bytes.iter().map(|byte| byte ^ 0x5a).collect();
                    fs::write(&path, noise).unwrap();
                }
            }
            let mut command = desk.command();
            command.args(["search", "Konishi \"fire arrows\"", "--index", "i"]);
            let output = command.output().unwrap();
            let err = String::from_utf8_lossy(&output.stderr);
            assert!(!err.contains("panicked"), "{target} {damage}: {err}");
            assert!(matches!(output.status.code(), Some(0..=2)), "{target} {damage}: {output:?}");
            desk.run(["index", corpus, "--index", "i", "--rebuild"]).exits(0).says("31 passages");
            let query = ["search", "Konishi \"fire arrows\"", "--format", "tsv", "--index", "i"];
            assert_eq!(desk.run(query).exits(0).quiet().out, answer, "{target} {damage}");
        }
    }
}

#[test]
fn an_index_that_cannot_be_opened_is_built_anew_and_kept_aside() {
    let desk = Desk::indexed();
    let query = ["search", "Konishi retreat", "--format", "tsv"];
    let answer = desk.run(query).exits(0).out;
    for (by, count) in [("search", 1), ("index", 2)] {
        let current = fs::read_to_string(desk.path("index/current")).unwrap();
        let folder = desk.path("index").join(current.split_whitespace().next().unwrap());
        let forward = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|ending| ending == "forward"))
            .unwrap();
        fs::write(&forward, "not a forward file").unwrap();
        desk.run(query.iter().chain(&["--index", "index"])).exits(2).says("index --rebuild");
        let run = if by == "search" { desk.run(query) } else { desk.run(["index"]) };
        run.exits(0).says("building it anew").says("is kept in");
        assert_eq!(desk.run(query).exits(0).quiet().out, answer);
        let kept = fs::read_dir(desk.path("index")).unwrap();
        let kept = kept
            .filter(|entry| {
                entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("damaged-")
            })
            .count();
        assert_eq!(kept, count, "{by}");
    }
}

#[test]
fn an_index_whose_pointer_is_lost_is_found_again() {
    let desk = Desk::indexed();
    let query = ["search", "Konishi retreat", "--format", "tsv"];
    let answer = desk.run(query).exits(0).out;
    let in_index = ["search", "Konishi", "--index", "index"];
    for content in [None, Some("gen-9 nonsense\n"), Some("gen-9\n"), Some("")] {
        for repair in [&["index"][..], &["verify", "--repair", "--index", "index"], &query] {
            match content {
                None => fs::remove_file(desk.path("index/current")).unwrap(),
                Some(content) => desk.write("index/current", content),
            }
            desk.run(in_index).exits(2).says("the index cannot be read");
            desk.run(repair).exits(0).says("is put right");
            assert_eq!(desk.run(query).exits(0).quiet().out, answer);
            assert!(desk.path("index/gen-1").exists(), "it was not built anew");
        }
    }
    // What never came to a commit is no index.
    fs::remove_file(desk.path("index/current")).unwrap();
    fs::remove_dir_all(desk.path("index/gen-1")).unwrap();
    fs::create_dir(desk.path("index/gen-1")).unwrap();
    desk.run(in_index).exits(2).says("no index at index");
    desk.run(["index"]).exits(0).says("4 added");
}

#[test]
fn what_cannot_be_looked_at_has_not_vanished() {
    let desk = Desk::empty();
    desk.write("a/b/one.txt", "Alpha weevils.");
    desk.write("a/two.txt", "Beta weevils.");
    let run = |args: &[&str]| run_within(as_ordinary_user(&desk).args(args), PATIENCE);
    fs::create_dir(desk.path("i")).unwrap();
    fs::set_permissions(desk.path("i"), PermissionsExt::from_mode(0o777)).unwrap();
    run(&["index", "a", "--index", "i"]).exits(0);
    let close = |mode| fs::set_permissions(desk.path("a/b"), PermissionsExt::from_mode(mode));
    close(0o000).unwrap();
    desk.write("a/two.txt", "Gamma weevils.");
    let updated = run(&["index", "a", "--index", "i"]);
    let rebuilt = run(&["index", "a", "--index", "i", "--rebuild"]);
    close(0o755).unwrap();
    updated.exits(2).says("a/b: cannot be read").says("1 changed");
    assert_eq!(run(&["search", "--count", "alpha", "--index", "i"]).exits(0).out, "1\n");
    // An index that is built anew would be without it.
    let rebuilt = rebuilt.exits(2).says("would be without 1 of its passages");
    assert!(rebuilt.err.contains("a/b/one.txt") && rebuilt.err.contains("warraq remove"));
    for word in ["alpha", "gamma"] {
        assert_eq!(run(&["search", "--count", word, "--index", "i"]).exits(0).out, "1\n");
    }
    fs::rename(desk.path("a"), desk.path("elsewhere")).unwrap();
    run(&["index", "--rebuild", "--index", "i"]).exits(2).says("would be without 2 of");
    run(&["remove", "a", "--index", "i"]).exits(0);
}

#[test]
fn what_cannot_be_read_and_is_named_by_nothing_is_kept() {
    let desk = Desk::new();
    desk.run(["index", "corpus", "--index", "i"]).exits(0);
    fs::remove_file(desk.path("i/current")).unwrap();
    for entry in fs::read_dir(desk.path("i/gen-1")).unwrap() {
        let path = entry.unwrap().path();
        if !path.ends_with("meta.json") {
            fs::remove_file(path).unwrap();
        }
    }
    desk.run(["index", "corpus", "--index", "i"]).exits(0).says("kept in");
    desk.run(["search", "Konishi", "--index", "i"]).exits(0).quiet();
    assert!(desk.path("i/damaged-1").is_dir());
}
