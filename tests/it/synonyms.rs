//! A user's own synonyms, from their file to the hits.

use crate::support::*;

const PASSAGES: &str = r#"
{"id":"acre","title":"Harbours","text":"The harbour of Acre was dredged in the spring of the year."}
{"id":"ptolemais","title":"Harbours","text":"The harbour of Ptolemais was dredged in the spring of the year."}
{"id":"akka","title":"Harbours","text":"تم تعميق ميناء عكا في ربيع تلك السنة."}
{"id":"in-akka","title":"Walls","text":"تم بعكا بناء سور جديد في ربيع تلك السنة."}
{"id":"japan","title":"Squid","text":"Fishermen on the Sea of Japan caught squid at night."}
{"id":"east","title":"Squid","text":"Fishermen on the East Sea caught squid at night."}
{"id":"apart","title":"Squid","text":"Fishermen sailed east until the sea was calm at night."}
{"id":"yaban","title":"Squid","text":"يصطاد الصيادون الحبار في بحر اليابان ليلا."}
{"id":"it","title":"Letters","text":"The grain is late. They wrote when it came."}
{"id":"computing","title":"Schools","text":"Computing was taught at the school."}
"#;

const SYNONYMS: &str = "\
# places
Acre, Ptolemais, عَكّا

Sea of Japan , East Sea، بحر اليابان
IT\tcomputing
";

/// A desk with an index of the passages and a file of synonyms.
fn desk(synonyms: impl AsRef<[u8]>) -> Desk {
    let desk = Desk::empty();
    desk.write("passages.jsonl", PASSAGES.trim_start());
    desk.write("syn.txt", synonyms);
    desk.run(["index", "passages.jsonl", "--passages", "whole", "--index", "idx"]).exits(0);
    desk
}

#[track_caller]
fn found(desk: &Desk, args: &[&str]) -> Vec<String> {
    let common = ["--index", "idx", "--synonyms", "syn.txt", "--expand", "synonyms"];
    desk.ids(&[&common[..], args].concat())
}

#[track_caller]
fn sorted(mut ids: Vec<String>) -> Vec<String> {
    ids.sort();
    ids
}

#[test]
fn each_member_finds_all_with_the_word_itself_first() {
    let desk = desk(SYNONYMS);
    let all = ["acre", "akka", "in-akka", "ptolemais"];
    for query in ["Acre", "PTOLEMAIS", "Ptolemais'", "عكا"] {
        for rank in ["two-stage", "bm25"] {
            let ids = found(&desk, &[query, "--rank", rank]);
            assert_eq!(sorted(ids), all, "{query}, {rank}");
        }
    }
    // The same passage with another name comes right after.
    assert_eq!(found(&desk, &["harbour Acre"])[..2], ["acre", "ptolemais"]);
    assert_eq!(found(&desk, &["harbour Ptolemais"])[..2], ["ptolemais", "acre"]);
}

#[test]
fn several_words_stand_for_several() {
    let desk = desk(SYNONYMS);
    for query in ["sea of Japan", "East Sea", "بحر اليابان"] {
        let ids = found(&desk, &[query]);
        for id in ["japan", "east", "yaban"] {
            assert!(ids.contains(&id.to_owned()), "{query}: {ids:?}");
        }
    }
    assert_eq!(found(&desk, &["Sea of Japan"])[0], "japan");
    // Only a phrase of the text is one, and only neighbours of the query.
    assert_eq!(found(&desk, &["بحر اليابان", "--rank", "bm25"])[0], "yaban");
    assert!(!found(&desk, &["بحر اليابان"]).contains(&"apart".to_owned()));
    assert_eq!(found(&desk, &["اليابان بحر"]), ["yaban"]);
}

#[test]
fn operators_ask_for_a_word_or_its_synonym() {
    let desk = desk(SYNONYMS);
    assert_eq!(sorted(found(&desk, &["+Acre +dredged"])), ["acre", "ptolemais"]);
    assert_eq!(sorted(found(&desk, &["+Sea +of +Japan"])), ["east", "japan", "yaban"]);
    assert_eq!(sorted(found(&desk, &["Acre -dredged"])), ["akka", "in-akka"]);
    // A phrase is what it says.
    assert_eq!(found(&desk, &["\"Sea of Japan\""]), ["japan"]);
}

#[test]
fn function_words_are_no_names() {
    let desk = desk(SYNONYMS);
    let has = |query: &str, id: &str| found(&desk, &[query]).contains(&id.to_owned());
    assert!(!has("when it came", "computing"));
    assert!(has("it", "computing") && has("computing", "it"));
}

#[test]
fn synonyms_are_told_as_such() {
    let desk = desk(SYNONYMS);
    let common = ["--index", "idx", "--synonyms", "syn.txt"];
    let answer = desk.answer(&[&common[..], &["sea of Japan"]].concat());
    let hit = hits(&answer).iter().find(|hit| hit["id"] == "east").unwrap();
    let met = hit["matched_by"].as_array().unwrap();
    let synonym = met.iter().find(|met| met["how"] == "synonym").unwrap();
    assert_eq!((&synonym["word"], &synonym["as"]), (&"sea of Japan".into(), &"east sea".into()));
    assert_eq!(marked(text(&hit["text"]), &hit["matches"]).concat(), "EastSea");
    let told = answer["expansions"].as_array().unwrap();
    let told = told.iter().find(|told| told["word"] == "sea of Japan").unwrap();
    assert_eq!(told["became"][0]["how"], "synonym");

    let answer = desk.answer(&[&common[..], &["Acre"]].concat());
    let hit = hits(&answer).iter().find(|hit| hit["id"] == "ptolemais").unwrap();
    assert_eq!(hit["approximate"], true);
    let run = desk.run([&["search", "Acre", "--explain"], &common[..]].concat()).exits(0);
    assert!(run.out.contains("≈ synonym: ptolemais"), "{run:?}");
    assert!(run.out.contains("ptolemais (synonym 0.9500)"), "{run:?}");

    let run = desk.run([&["expand", "Acre", "East", "Sea"], &common[..]].concat()).exits(0);
    assert!(run.out.contains("  synonym     ptolemais  (weight 0.95, 1 passage)\n"), "{run:?}");
    assert!(run.out.contains("East Sea\n  synonym     sea of japan  (weight 0.95, 1 passage)\n"));
    let json = desk.run([&["expand", "Acre", "--format", "json"], &common[..]].concat()).exits(0);
    let became = json.json()[0]["became"].as_array().unwrap().clone();
    assert!(became.iter().any(|became| became["as"] == "عكا" && became["how"] == "synonym"));
}

#[test]
fn they_are_chosen_and_switched_off_like_the_rest() {
    let desk = desk(SYNONYMS);
    let ids = |args: &[&str]| {
        desk.ids(&[&["--index", "idx", "--synonyms", "syn.txt", "Ptolemais"], args].concat())
    };
    assert!(ids(&[]).contains(&"acre".to_owned()));
    assert_eq!(ids(&["--no-expand"]), ["ptolemais"]);
    assert_eq!(ids(&["--expand", "variants"]), ["ptolemais"]);
    assert!(ids(&["--expand", "variants,synonyms"]).contains(&"akka".to_owned()));
}

#[test]
fn batches_and_evaluations_take_them() {
    let desk = desk(SYNONYMS);
    let common = ["--index", "idx", "--synonyms", "syn.txt"];
    let run = desk.run_with_input([&["batch"], &common[..]].concat(), "Ptolemais\n").exits(0);
    assert_eq!(hits(&run.json_lines()[0]).len(), 4);
    desk.write("q.tsv", "1\tPtolemais\n");
    desk.write("qrels.txt", "1 0 acre 1\n");
    let eval = ["eval", "--queries", "q.tsv", "--qrels", "qrels.txt", "--measures", "recall@10"];
    let with = desk.run([&eval[..], &common[..]].concat()).exits(0);
    assert!(with.out.contains("1.0000"), "{with:?}");
    let without = desk.run([&eval[..], &common[..2]].concat()).exits(0);
    assert!(without.out.contains("0.0000"), "{without:?}");
}

#[test]
fn a_file_of_another_system_reads_alike() {
    let plain = desk(SYNONYMS);
    let other = desk(format!("\u{feff}{}", SYNONYMS.replace('\n', "\r\n")));
    for query in ["Acre", "East Sea", "computing"] {
        assert_eq!(found(&plain, &[query]), found(&other, &[query]), "{query}");
    }
}

#[test]
fn faulty_lines_are_said_and_the_rest_is_used() {
    let desk = desk(format!("alone\nAcre, —\n{SYNONYMS}"));
    let run = desk.run(["search", "Ptolemais", "--index", "idx", "--synonyms", "syn.txt"]).exits(0);
    assert!(run.out.contains("Acre"), "{run:?}");
    let said: Vec<&str> = run.err.lines().collect();
    assert_eq!(said.len(), 2, "{run:?}");
    assert!(said[0].starts_with("warraq: syn.txt:1: the line has one member only"), "{run:?}");
    assert!(said[1].starts_with("warraq: syn.txt:2: the line has a member without"), "{run:?}");
}

#[test]
fn files_that_are_none_are_one_clear_line() {
    let desk = desk(b"Acre, Akka\n\xc7\xe1, x\n");
    for (file, says) in [("syn.txt", "syn.txt:2: is not UTF-8"), ("missing.txt", "missing.txt: ")] {
        for command in ["search", "expand"] {
            let run = desk.run([command, "Acre", "--index", "idx", "--synonyms", file]).exits(2);
            assert_eq!(run.err.lines().count(), 1, "{run:?}");
            run.says(says);
        }
    }
}
