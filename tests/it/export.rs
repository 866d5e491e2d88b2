//! An export is read back as what it was: the same passages, the same answers.

use std::fs;

use crate::support::*;

const QUERIES: &str = "Konishi retreat\nseven thousand tons of rice\nحصار هانجو\nPyongyang\n\
                       \"fire arrows\"\n\"monks hill\"~9\npyong*\nkonishi~\ntitle:pyongyang\n\
                       section:battle\ncommander:konishi\nKonishi NEAR/20 Japanese\n١٥٩٧\n\
                       20px\nبيونغ يانغ\nkonishi year:1592\nlang:ar\nkind:infobox\nharbour\n\
                       granary\nkind:redirect\ncategory:Sieges\n1801\nlantern\nالميناء\n";

fn answers(desk: &Desk, index: &str, more: &[&str]) -> String {
    let args = ["batch", "-n", "1000", "--index", index];
    desk.run_with_input(args.iter().chain(more), QUERIES).exits(0).out
}

/// Exports an index and reads it back from standard input.
fn round_trip(desk: &Desk, from: &str, to: &str, more: &[&str]) -> String {
    let export = desk.run(["export", "--index", from]).exits(0).quiet().out;
    let args = ["index", "-", "--name", "copy", "--format", "jsonl", "--index", to];
    desk.run_with_input(args.iter().chain(more), &export).exits(0);
    assert_eq!(desk.run(["export", "--index", to]).exits(0).out, export);
    export
}

const LONG: &str = "The grain has not arrived and the granary stands empty since the winter, so the \
                    governor of the province asks the fleet for bread, rice and salt.";

/// Articles of every kind: records, a wiki with redirects, Markdown, duplicates, extra fields.
fn collection() -> Desk {
    let desk = Desk::new();
    desk.write(
        "a/letters.jsonl",
        serde_json::json!({"id": "b", "title": "Letter", "text": LONG, "n": [1, {"x": 2.5}]}).to_string()
            + "\n"
            + &serde_json::json!({"id": "a", "title": "Letter", "text": LONG}).to_string()
            + "\n"
            + &serde_json::json!({"id": "c", "text": "Harbour\u{1} \u{202e}of 1801.\n\n== Light ==\n\nA lantern.",
                "lang": "en", "url": "https://example.org/", "categories": ["Sieges", "حصار"],
                "heavy": "x".repeat(20_000)}).to_string(),
    );
    desk.write(
        "a/my notes.md",
        "# Notes 20px\n\nThe harbour.\n\n## الميناء\n\nلم يصل القمح في 1801.\n\n- one\n- two\n",
    );
    desk.write("a/empty.md", "# Only a lantern\n");
    desk.write(
        "a/wiki.xml",
        "<mediawiki><siteinfo><dbname>enwiki</dbname></siteinfo><page><title>Harbour</title><ns>0</ns><id>1</id>\
         <revision><text>A harbour is a [[port]].\n\n[[Category:Sieges]]</text></revision></page>\
         <page><title>Haven</title><ns>0</ns><id>2</id><redirect title=\"Harbour\"/>\
         <revision><text>#REDIRECT [[Harbour#Light]]</text></revision></page></mediawiki>",
    );
    desk.run(["index", "corpus", "a", "--index", "i"]).exits(0).says("1 duplicate");
    desk.write("whole.jsonl", "{\"id\":\"w\",\"text\":\"A harbour, kept whole.\\n\\n= So =\"}\n");
    desk.run(["index", "whole.jsonl", "--passages", "whole", "--index", "i"]).exits(0);
    desk
}

#[test]
fn the_four_articles_come_back() {
    let desk = Desk::new();
    desk.run(["index", "corpus", "--index", "i"]).exits(0);
    let export = round_trip(&desk, "i", "j", &[]);
    assert_eq!(export.lines().count(), 31);
    assert_eq!(answers(&desk, "j", &[]), answers(&desk, "i", &[]));
    let id = format!("{BUSANJIN}#3");
    let show = |index| desk.run(["show", &id, "--format", "json", "--index", index]).exits(0).out;
    assert_eq!(show("j"), show("i"));
}

#[test]
fn everything_comes_back_fast_and_compact() {
    let desk = collection();
    let export = round_trip(&desk, "i", "j", &[]);
    assert_eq!(round_trip(&desk, "i", "k", &["--compact"]), export);
    for more in [&[][..], &["--duplicates"], &["--rank", "bm25"]] {
        let expected = answers(&desk, "i", more);
        assert!(expected.contains("Haven") && expected.contains("harbour, kept whole"));
        assert_eq!(answers(&desk, "j", more), expected, "{more:?}");
        assert_eq!(answers(&desk, "k", more), expected, "{more:?}");
    }
    let stats = |index| desk.run(["stats", "--format", "json", "--index", index]).exits(0).json();
    let (before, after) = (stats("i"), stats("j"));
    for key in ["articles", "passages", "words", "languages", "kinds"] {
        assert_eq!(before[key], after[key], "{key}");
    }
    assert_eq!(after["sources"][0]["duplicates"], 1);
    // Articles by their ids, passages by their ordinals.
    let lines: Vec<serde_json::Value> =
        export.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let order: Vec<_> = lines
        .iter()
        .map(|line| (text(&line["article"]), line["ordinal"].as_u64().unwrap_or(u64::MAX)))
        .collect();
    assert!(order.is_sorted(), "{order:?}");
}

#[test]
fn an_export_is_a_source_like_others() {
    let desk = collection();
    desk.run(["export", "-o", "out/x.jsonl", "--index", "i"]).exits(2);
    desk.run(["export", "-o", "x.jsonl", "--index", "i"])
        .exits(0)
        .says("passages written to x.jsonl");
    let export = fs::read_to_string(desk.path("x.jsonl")).unwrap();
    assert_eq!(desk.run(["export", "--index", "i"]).exits(0).out, export);
    desk.run(["index", "x.jsonl", "--index", "j"]).exits(0);
    desk.run(["index", "x.jsonl", "--index", "j"]).exits(0).says("unchanged");
    // An article that changes is another passage; a line that is gone is no passage any more.
    let (first, rest) = export.split_once('\n').unwrap();
    desk.write("x.jsonl", rest.replacen("fire arrows", "fire weevils", 1));
    desk.run(["index", "x.jsonl", "--index", "j"]).exits(0).says("1 changed");
    assert_eq!(desk.count(&["weevils", "--no-expand", "--index", "j"]), 1);
    let id = serde_json::from_str::<serde_json::Value>(first).unwrap()["id"].clone();
    desk.run(["show", text(&id), "--index", "j"]).exits(1);
    // Another file with the same ids comes after it and gets none of them.
    desk.run(["index", "a", "--index", "j"]).exits(2).says("is repeated");
    desk.run(["remove", "x.jsonl", "--index", "j"]).exits(0);
    desk.run(["index", "a", "--index", "j"]).exits(0);
    desk.run(["export", "--index", "nowhere"]).exits(2).says("no index");
}

#[test]
fn numbers_come_back_as_they_were() {
    let desk = Desk::empty();
    let mut bits = 0x3ff0_0000_0000_0000_u64;
    let numbers: Vec<f64> = (0..300)
        .map(|_| {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
            // Of any size from 2⁻⁶⁴ on.
            f64::from_bits(bits >> 12 | (959 + (bits & 127)) << 52)
        })
        .collect();
    let record = serde_json::json!({"id": "n", "text": "A weevil.", "numbers": numbers});
    desk.write("n.jsonl", record.to_string());
    desk.run(["index", "n.jsonl", "--index", "i"]).exits(0);
    let export = round_trip(&desk, "i", "j", &[]);
    let written = record["numbers"].to_string();
    assert!(export.contains(&written), "{export} has not {written}");
}
