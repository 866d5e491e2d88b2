//! The same sources give the same ids, scores and order, however the index came to be.

use std::fs;

use crate::support::*;

/// What a set of queries of all kinds gives: everything but the time it took.
fn answers(desk: &Desk) -> String {
    let queries = "Konishi retreat\nseven thousand tons of rice\nstatue of Chong Pal\nحصار هانجو\n\
                   كوون يول\n١٥٩٧\n\"fire arrows\"\nSo Yoshitoshi letter\npyong*\nkonishi~\nthe\n\
                   title:pyongyang\nlang:ar\nkind:links\n-Konishi\nKonishi NEAR/20 Japanese\n\
                   Japanese Korea Busan Ming army\ncommander:konishi\n";
    desk.run_with_input(["batch", "-n", "1000"], queries).exits(0).out
}

#[test]
fn any_number_of_threads() {
    let expected = answers(&Desk::shared());
    for threads in ["1", "2", "3", "4", "8"] {
        let desk = Desk::new();
        desk.run(["index", "--threads", threads]).exits(0);
        assert_eq!(answers(&desk), expected, "{threads} threads");
    }
}

#[test]
fn all_at_once_or_file_by_file_in_any_order() {
    let expected = answers(&Desk::shared());
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
        let desk = Desk::empty();
        fs::create_dir(desk.path("corpus")).unwrap();
        for name in order.map(|place| ARTICLES[place]) {
            desk.write(&format!("corpus/{name}"), article(name));
            desk.run(["index"]).exits(0).says("1 added");
        }
        assert_eq!(answers(&desk), expected, "{order:?}");
    }
    // As sources of their own the files have the same ids.
    let desk = Desk::new();
    for name in ARTICLES {
        desk.run(["index", &format!("corpus/{name}")]).exits(0);
    }
    assert_eq!(answers(&desk), expected);
}

#[test]
fn after_updates_deletions_and_additions() {
    let expected = answers(&Desk::shared());
    let desk = Desk::indexed();
    // Deleted passages must not count: these would change every score.
    desk.write("corpus/other.txt", "Konishi retreat rice statue Pyongyang Busan.\n\n".repeat(50));
    desk.run(["index"]).exits(0).says("1 added");
    assert_ne!(answers(&desk), expected);
    desk.remove_file("corpus/other.txt");
    desk.run(["index"]).exits(0).says("1 removed");
    assert_eq!(answers(&desk), expected, "after an addition was taken back");

    desk.write(&format!("corpus/{BUSANJIN}"), "Konishi retreated to Pyongyang.");
    desk.run(["index"]).exits(0).says("1 changed");
    assert_ne!(answers(&desk), expected);
    desk.write(&format!("corpus/{BUSANJIN}"), article(BUSANJIN));
    desk.run(["index"]).exits(0).says("1 changed");
    assert_eq!(answers(&desk), expected, "after a change was taken back");

    desk.run(["remove", "corpus"]).exits(0);
    desk.run(["index", "corpus"]).exits(0).says("4 added");
    assert_eq!(answers(&desk), expected, "after removing and adding");
}

#[test]
fn after_many_small_commits() {
    let expected = answers(&Desk::shared());
    let desk = Desk::indexed();
    for round in 0..8 {
        desk.write("corpus/other.txt", format!("Konishi came {round} times to Busan."));
        desk.run(["index"]).exits(0);
    }
    desk.remove_file("corpus/other.txt");
    desk.run(["index"]).exits(0);
    assert_eq!(answers(&desk), expected);
}

/// Files come, change, move and go, with commits anywhere between, merges, and runs that are killed.
#[test]
fn whatever_happened_before() {
    let expected = answers(&Desk::shared());
    for mut seed in [1_u64, 2, 3] {
        let mut throw = |sides: u64| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % sides
        };
        let desk = Desk::new();
        let mut done = Vec::new();
        for _ in 0..8 {
            let name = ARTICLES[throw(4) as usize];
            let path = format!("corpus/{name}");
            let step = throw(6);
            done.push((step, name));
            match step {
                0 => desk.write(&path, "Konishi came to Busan with rice."),
                1 => desk.write("corpus/other.txt", format!("Weevils, {} of them.", throw(9))),
                2 if desk.path(&path).exists() => desk.remove_file(&path),
                3 => desk.write(&format!("corpus/{}/{name}", throw(2)), article(name)),
                4 => {
                    let _ = fs::remove_dir_all(desk.path("corpus/0"));
                }
                _ => desk.write(&path, article(name)),
            }
            match throw(4) {
                0 => drop(desk.run(["index", "--commit-after", "1"])),
                1 => {
                    desk.run(["index"]);
                    desk.run(["optimize", "--index", "index"]).exits(0);
                }
                2 => {
                    let mut run = start(desk.command().arg("index"));
                    std::thread::sleep(std::time::Duration::from_millis(throw(40)));
                    let _ = run.kill();
                    run.wait().unwrap();
                }
                _ => drop(desk.run(["index"])),
            }
        }
        for entry in fs::read_dir(desk.path("corpus")).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.unwrap();
        }
        for name in ARTICLES {
            desk.write(&format!("corpus/{name}"), article(name));
        }
        desk.run(["index"]).exits(0);
        assert_eq!(answers(&desk), expected, "{done:?}");
        desk.run(["verify", "--index", "index"]).exits(0).quiet();
    }
}

#[test]
fn the_same_question_twice() {
    let desk = Desk::shared();
    assert_eq!(answers(&desk), answers(&desk));
    let search =
        || desk.answer(&["Konishi retreat", "-n", "100", "--explain", "--context"])["hits"].clone();
    assert_eq!(search(), search());
}

#[test]
fn ranking_by_bm25_alone_is_as_steady() {
    let ask = |desk: &Desk| {
        desk.answer(&["Japanese army Konishi", "-n", "100", "--rank", "bm25"])["hits"].clone()
    };
    let expected = ask(&Desk::shared());
    let desk = Desk::empty();
    fs::create_dir(desk.path("corpus")).unwrap();
    for name in ARTICLES {
        desk.write(&format!("corpus/{name}"), article(name));
        desk.run(["index"]).exits(0);
    }
    assert_eq!(ask(&desk), expected);
}

#[test]
fn repeated_ids_are_settled_by_the_sources_alone() {
    let record = |text: &str| serde_json::json!({"id": "same", "text": text}).to_string() + "\n";
    let fresh = |files: &[(&str, &str)]| {
        let desk = Desk::empty();
        for (name, word) in files {
            desk.write(&format!("corpus/{name}"), record(word));
        }
        desk.run(["index"]);
        desk
    };
    let state = |desk: &Desk| {
        let run = desk.run(["show", "same#0"]);
        run.out
    };
    let both = fresh(&[("1.jsonl", "Alpha"), ("2.jsonl", "Beta")]);
    assert_eq!(state(&both), "Alpha\n");
    // The second came first, the first later.
    let later = fresh(&[("2.jsonl", "Beta")]);
    later.write("corpus/1.jsonl", record("Alpha"));
    later.run(["index"]).exits(2);
    assert_eq!(state(&later), state(&both), "as if both had been there from the start");
    // With the first gone the second is no repetition any more.
    both.remove_file("corpus/1.jsonl");
    both.run(["index"]).exits(0);
    assert_eq!(state(&both), "Beta\n");
}

#[test]
fn a_word_is_a_name_by_all_segments_or_by_none() {
    // Written like a name in the first file alone: a spelling of Aires only while that is all.
    let (first, second) = ("They saw Ayres and Aires.", "An ayres is no name, nor is rice.");
    let answer = |desk: &Desk| {
        desk.run(["search", "Aires", "rice", "--format", "json", "--index", "i"]).json()["hits"]
            .clone()
    };
    let apart = Desk::empty();
    apart.write("corpus/a.txt", first);
    apart.run(["index", "corpus", "--index", "i"]).exits(0);
    apart.write("corpus/b.txt", second);
    apart.run(["index", "corpus", "--index", "i"]).exits(0);
    let two = answer(&apart);
    apart.run(["optimize", "--index", "i"]).exits(0).says("one segment");
    assert_eq!(answer(&apart), two, "merged");
    let stats = apart.run(["stats", "--index", "i"]).exits(0).out;
    assert!(stats.contains("in 1 segment"), "{stats}");
    let segments = fs::read_dir(apart.path("i/gen-1")).unwrap();
    let left = segments.filter(|entry| {
        entry.as_ref().unwrap().path().extension().is_some_and(|ending| ending == "forward")
    });
    assert_eq!(left.count(), 1, "the merged files are gone");

    let together = Desk::empty();
    together.write("corpus/a.txt", first);
    together.write("corpus/b.txt", second);
    together.run(["index", "corpus", "--index", "i"]).exits(0);
    assert_eq!(answer(&together), two, "at once");
}

#[test]
fn nothing_is_left_of_segments_that_were_merged() {
    let desk = Desk::empty();
    fs::create_dir(desk.path("corpus")).unwrap();
    let mut fewest_more = i64::MAX;
    let mut before = 0;
    for number in 0..17 {
        desk.write(&format!("corpus/{number}.txt"), format!("Lantern number {number}."));
        desk.run(["index"]).exits(0).says("1 added");
        let current = fs::read_to_string(desk.path("index/current")).unwrap();
        let folder = desk.path("index").join(current.split_whitespace().next().unwrap());
        let meta = fs::read_to_string(folder.join("meta.json")).unwrap();
        let meta: serde_json::Value = serde_json::from_str(&meta).unwrap();
        let known: Vec<String> = meta["segments"]
            .as_array()
            .unwrap()
            .iter()
            .map(|segment| segment["segment_id"].as_str().unwrap().replace('-', ""))
            .collect();
        for file in fs::read_dir(&folder).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            let of_segment = name.split('.').next().filter(|stem| stem.len() == 32);
            assert!(
                of_segment.is_none_or(|stem| known.iter().any(|id| id == stem)),
                "{name} belongs to no segment after run {number}"
            );
        }
        fewest_more = fewest_more.min(known.len() as i64 - before);
        before = known.len() as i64;
    }
    assert!(fewest_more < 0, "nothing was merged");
}
