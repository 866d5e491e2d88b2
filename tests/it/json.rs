//! The formats that scripts rely on.

use serde_json::Value;

use crate::support::*;

const HIT_KEYS: [&str; 16] = [
    "rank", "id", "score", "article", "title", "section", "lang", "kind", "file", "line", "start",
    "end", "text", "matches", "snippet", "matches",
];

/// Demands that keys follow one another in raw JSON. Inside a string a quotation mark is escaped,
/// so a key cannot be mistaken for text.
#[track_caller]
fn keys_in_order(raw: &str, keys: &[&str]) {
    let mut rest = raw;
    for key in keys {
        let key = format!("\"{key}\":");
        rest =
            rest.split_once(&key).unwrap_or_else(|| panic!("{key} is not in its place: {raw}")).1;
    }
}

/// Many queries of many kinds, all of which find something.
const QUERIES: [&str; 14] = [
    "Konishi retreat",
    "statue of Chong Pal",
    "\"fire arrows\"",
    "حصار هانجو",
    "الغزو اليابانية",
    "١٥٩٧",
    "pyong*",
    "yoshitosi~",
    "So Yoshitoshi letter",
    "commander:konishi",
    "seven NEAR/5 rice",
    "title:pyongyang",
    "lang:ar",
    "the of",
];

#[test]
fn the_keys_of_an_answer() {
    let desk = Desk::shared();
    let run = desk.run(["search", "Konishi retreat", "-n", "1", "--format", "json"]).exits(0);
    assert_eq!(run.out.lines().count(), 1, "one line in a pipe");
    keys_in_order(&run.out, &["query", "total", "took_ms", "hits"]);
    keys_in_order(&run.out, &HIT_KEYS);
    let answer = run.json();
    assert_eq!(answer["query"], "Konishi retreat");
    assert!(answer["total"].as_u64().unwrap() > 1);
    assert!(answer["took_ms"].as_f64().unwrap() > 0.0);
    let hit = &hits(&answer)[0];
    assert_eq!(hit["rank"], 1);
    assert!(hit["score"].as_f64().unwrap() > 0.0);
    assert_eq!(hit["article"], PYONGYANG_1593);
    assert_eq!(hit["title"], "Siege of Pyongyang (1593)");
    assert_eq!(hit["lang"], "en");
    assert_eq!(hit["kind"], "prose");
    assert_eq!(hit["file"], PYONGYANG_1593);
    assert!(text(&hit["id"]).starts_with(PYONGYANG_1593));
}

#[test]
fn a_query_without_hits_is_an_empty_answer() {
    let run = Desk::shared().run(["search", "zyzzyva", "--format", "json"]).exits(1);
    let answer = run.json();
    assert_eq!(answer["total"], 0);
    assert_eq!(answer["hits"], Value::Array(Vec::new()));
    for format in ["jsonl", "tsv", "trec"] {
        assert_eq!(Desk::shared().run(["search", "zyzzyva", "--format", format]).exits(1).out, "");
    }
}

#[test]
fn an_article_without_a_title_has_none() {
    let answer = Desk::shared().answer(&["حصار هانجو"]);
    let hit = &hits(&answer)[0];
    assert_eq!(hit["title"], Value::Null);
    assert_eq!(hit["section"], Value::Array(Vec::new()));
    assert_eq!(hit["lang"], "ar");
}

#[test]
fn ids_have_no_white_space_and_are_unique() {
    let all = Desk::shared().ids(&["lang:en,ar", "-n", "1000"]);
    assert!(all.iter().all(|id| !id.contains(char::is_whitespace)));
    let mut unique = all.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), all.len());
}

#[test]
fn hits_are_ranked_by_score_and_ties_by_id() {
    let desk = Desk::shared();
    for query in QUERIES {
        let answer = desk.answer(&[query, "-n", "1000"]);
        let ranked = hits(&answer);
        for (place, pair) in ranked.windows(2).enumerate() {
            assert_eq!(pair[0]["rank"], place + 1, "{query}");
            let score = |hit: &Value| hit["score"].as_f64().unwrap();
            assert!(score(&pair[0]) >= score(&pair[1]), "{query}: {} {}", pair[0], pair[1]);
        }
        assert_eq!(answer["total"], ranked.len(), "{query}");
    }
    // Restrictions alone give all the same score.
    let tied = desk.ids(&["kind:links"]);
    let mut sorted = tied.clone();
    sorted.sort();
    assert_eq!(tied, sorted);
}

#[test]
fn matches_are_bytes_of_the_text_on_char_boundaries() {
    let desk = Desk::shared();
    for query in QUERIES {
        let answer = desk.answer(&[query, "-n", "1000"]);
        for hit in hits(&answer) {
            let shown = text(&hit["text"]);
            for part in marked(shown, &hit["matches"]) {
                assert!(!part.trim().is_empty() && part == part.trim(), "{query}: {part:?}");
            }
            let places: Vec<u64> = hit["matches"]
                .as_array()
                .unwrap()
                .iter()
                .flat_map(|m| [&m[0], &m[1]])
                .map(|place| place.as_u64().unwrap())
                .collect();
            assert!(places.is_sorted(), "{query}: {places:?}");
            for fragment in hit["snippet"].as_array().unwrap() {
                let fragment_text = text(&fragment["text"]);
                assert!(!fragment_text.is_empty(), "{query}");
                marked(fragment_text, &fragment["matches"]);
            }
        }
    }
}

#[test]
fn matches_are_the_words_that_were_found() {
    let desk = Desk::shared();
    let words = |query: &str| {
        let answer = desk.answer(&[query, "-n", "1", "--no-expand"]);
        let hit = &hits(&answer)[0];
        let of = |text: &str, matches| {
            let marked: Vec<String> =
                marked(text, matches).into_iter().map(str::to_owned).collect();
            marked
        };
        let in_text = of(text(&hit["text"]), &hit["matches"]);
        let fragment = &hit["snippet"][0];
        let in_snippet = of(text(&fragment["text"]), &fragment["matches"]);
        assert!(!in_snippet.is_empty(), "{query}: {hit}");
        in_text
    };
    assert_eq!(
        words("seven thousand tons of rice").concat().replace(' ', ""),
        "seventhousandtonsrice"
    );
    // Folded and stemmed matches are marked as they stand.
    assert!(words("statue of Chong Pal").join(" ").contains("Chŏng Pal"));
    assert_eq!(words("massacre"), ["massacred"]);
    assert_eq!(words("SCUTTLES"), ["scuttled"]);
    assert_eq!(words("١٥٩٧").first().map(String::as_str), Some("1597"));
    assert!(words("مُدافِع").contains(&"مدافع".to_owned()));
    assert!(words("frostb*").contains(&"frostbite".to_owned()));
    assert_eq!(words("frostbyte~"), ["frostbite"]);
    // Of a phrase only the phrase, not its words elsewhere.
    let phrase = words("\"set the building on fire\"").join(" ");
    assert_eq!(phrase, "set the building on fire");
}

#[test]
fn start_and_end_are_bytes_of_the_source() {
    let desk = Desk::shared();
    let answer = desk.answer(&["lang:en,ar", "-n", "1000"]);
    assert_eq!(hits(&answer).len(), 31);
    for hit in hits(&answer) {
        let source = article(text(&hit["file"]));
        let number = |key: &str| hit[key].as_u64().unwrap() as usize;
        let passage = source.get(number("start")..number("end")).expect("on char boundaries");
        let line = 1 + source[..number("start")].matches('\n').count();
        assert_eq!(line, number("line"), "{}", hit["id"]);
        let first = text(&hit["text"]).split_whitespace().next().unwrap();
        assert!(passage.contains(first.trim_matches(':')), "{first:?} is not in {passage:?}");
        let last = text(&hit["text"]).split_whitespace().last().unwrap();
        assert!(passage.contains(last), "{last:?} is not in {passage:?}");
    }
}

#[test]
fn every_visible_byte_is_in_one_passage_or_is_a_heading() {
    let desk = Desk::shared();
    for name in ARTICLES {
        let source = article(name);
        let shown = desk.run(["show", name, "--format", "json"]).exits(0).json();
        let mut last = 0;
        let mut between = String::new();
        for passage in shown["passages"].as_array().unwrap() {
            let (start, end) = (&passage["start"], &passage["end"]);
            let (start, end) = (start.as_u64().unwrap() as usize, end.as_u64().unwrap() as usize);
            assert!(last <= start && start < end, "{name}: passages overlap at {start}");
            between.push_str(&source[last..start]);
            last = end;
        }
        between.push_str(&source[last..]);
        for line in between.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let heading = line.starts_with('=') && line.ends_with('=');
            assert!(heading || line == "Infobox" || line == "-", "{name}: {line:?} is lost");
        }
    }
}

#[test]
fn no_word_of_an_article_is_lost() {
    let desk = Desk::shared();
    let mut queries = String::new();
    let mut expected = Vec::new();
    for name in ARTICLES {
        let source = article(name);
        let body = source.lines().filter(|line| *line != "Infobox" && !line.starts_with("= "));
        for word in body.flat_map(str::split_whitespace) {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric());
            if !word.is_empty() {
                queries.push_str(&format!("{name} {word}\t{word}\n"));
                expected.push(name);
            }
        }
    }
    let run = desk.run_with_input(
        ["batch", "--plain", "--no-expand", "-n", "1000", "--format", "jsonl"],
        queries,
    );
    let run = run.exits(0);
    for (answer, name) in run.json_lines().iter().zip(expected) {
        let found = hits(answer).iter().any(|hit| hit["article"] == name);
        assert!(found, "{} finds nothing in {name}", answer["query"]);
    }
}

#[test]
fn scars_of_extraction() {
    let desk = Desk::shared();
    // Searched although not shown.
    for word in ["20px", "15921598", "PalKIA"] {
        assert!(desk.count(&[word, "--no-expand"]) > 0, "{word}");
    }
    let answer = desk.answer(&["kind:infobox,prose", "-n", "1000"]);
    for hit in hits(&answer) {
        let shown = text(&hit["text"]);
        for scar in ["20px", "()", "( )", "|", "PalKIA"] {
            assert!(!shown.contains(scar), "{scar:?} in {shown:?}");
        }
    }
}

#[test]
fn jsonl_is_one_hit_a_line() {
    let desk = Desk::shared();
    let answer = desk.answer(&["Konishi retreat", "-n", "5"]);
    let lines = desk.run(["search", "Konishi retreat", "-n", "5", "--format", "jsonl"]).exits(0);
    assert_eq!(&lines.json_lines(), hits(&answer));
}

#[test]
fn the_columns_of_tsv() {
    let desk = Desk::shared();
    for query in QUERIES {
        let answer = desk.answer(&[query, "-n", "1000"]);
        let run = desk.run(["search", query, "-n", "1000", "--format", "tsv"]).exits(0);
        assert_eq!(run.out.lines().count(), hits(&answer).len());
        for (line, hit) in run.out.lines().zip(hits(&answer)) {
            let columns: Vec<&str> = line.split('\t').collect();
            let [rank, score, id, title, section, lang, place, snippet] = columns[..] else {
                panic!("{} columns in {line:?}", columns.len());
            };
            assert_eq!(rank, hit["rank"].to_string());
            assert_eq!(score.parse().ok(), hit["score"].as_f64());
            assert_eq!(id, hit["id"]);
            assert_eq!(title, hit["title"].as_str().unwrap_or(""));
            let headings = hit["section"].as_array().unwrap().iter().map(text);
            assert_eq!(section, headings.collect::<Vec<_>>().join(" › "));
            assert_eq!(lang, hit["lang"]);
            assert_eq!(place, format!("{}:{}", text(&hit["file"]), hit["line"]));
            assert!(!snippet.is_empty());
        }
    }
}

#[test]
fn trec_run_lines() {
    let desk = Desk::shared();
    let answer = desk.answer(&["Konishi retreat"]);
    let run = desk.run(["search", "Konishi retreat", "--format", "trec"]).exits(0);
    for (line, hit) in run.out.lines().zip(hits(&answer)) {
        let columns: Vec<&str> = line.split(' ').collect();
        let [_, q0, id, rank, score, tag] = columns[..] else { panic!("{line:?}") };
        assert_eq!((q0, tag), ("Q0", "warraq"));
        assert_eq!(id, hit["id"]);
        assert_eq!(rank, hit["rank"].to_string());
        assert_eq!(score, hit["score"].to_string());
    }
}

#[test]
fn a_record_kept_whole_has_its_own_id() {
    let desk = Desk::empty();
    let record = "{\"id\":\"doc/1\",\"title\":\"Rice\",\"text\":\"First.\\n\\nSecond.\",\
                  \"url\":\"https://example.org/1\",\"lang\":\"en\",\"year\":1592}";
    desk.write("docs.jsonl", format!("{record}\n{}\n", record.replace("doc/1", "doc/2")));
    desk.run(["index", "docs.jsonl", "--passages", "whole", "--index", "i"]).exits(0);
    let answer = desk.answer(&["second", "--index", "i"]);
    assert_eq!(answer["total"], 2);
    let hit = &hits(&answer)[1];
    assert_eq!([&hit["id"], &hit["article"]], ["doc/2", "doc/2"]);
    assert_eq!(hit["title"], "Rice");
    assert_eq!(hit["url"], "https://example.org/1");
    assert_eq!(hit["extra"]["year"], 1592);
    assert_eq!(hit["line"], 2);
    let start = record.len() as u64 + 1;
    assert_eq!([&hit["start"], &hit["end"]], [start, start + record.len() as u64]);
    assert!(text(&hit["text"]).contains("First."));
}
