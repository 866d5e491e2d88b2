//! What matching passages have in common: every count is what the entry's own filter finds.

use serde_json::{Value, json};
use warraq::index::{Location, OpenIndex};
use warraq::search::facets::Facets;
use warraq::search::{Engine, Rank, Request};

use crate::support::*;

const LISTS: [&str; 6] = ["lang", "kind", "article", "category", "year", "infobox"];
/// Queries of all sorts, also one that everything matches.
const QUERIES: [&str; 8] = [
    "konishi",
    "siege",
    "حصار",
    "+garrison -konishi",
    "\"fire arrows\"",
    "lang:en,ar",
    "pyong*",
    "garrison",
];

const LONG: &str = "The garrison of the harbour stood without bread since the winter of 1750, so the \
                    governor asked the fleet in May 1751 for grain, rice, salt and powder.";

/// The four articles, and records with categories, years before Christ, fields and odd ids.
fn desk(options: &[&str]) -> Desk {
    let desk = Desk::new();
    let record = |id: &str, title: &str, text: &str, categories: &[&str]| {
        let record = json!({"id": id, "title": title, "text": text, "categories": categories});
        record.to_string() + "\n"
    };
    let mut records = record("acre", "Acre", LONG, &["Sièges", "Sieges", "Harbours, old"])
        + &record("acre-again", "Acre", LONG, &["Sieges"])
        + &record("gone", "Gone", "The garrison left in 1799.", &["Sieges", "Departures"])
        + &record(
            "rome",
            "Rome",
            "The garrison of Veii, 396 BC, and of 390 BC.",
            &["Sieges", "روما"],
        )
        + &record(
            "a\"b\\(1)\u{200f}*~2",
            "Odd",
            "A garrison in 44 BC and 1592.",
            &["\"So\" \\ (x)"],
        )
        + &record(
            "عكا",
            "عكا",
            "حاصر الأسطول المدينة في 12 مايو 1799 ثم في 1800.",
            &["حصار", "Sièges"],
        );
    for number in 0..70 {
        let text = format!("Letter {number} of the garrison, written in {}.", 1600 + number);
        records += &record(&format!("letter-{number}"), "Letter", &text, &["Letters", "Sieges"]);
    }
    desk.write("corpus/records.jsonl", records);
    desk.write(
        "corpus/wiki.xml",
        "<mediawiki><page><title>Haengju</title><ns>0</ns><id>1</id><revision><text>{{Infobox \
         battle|title=Haengju|date=14 March 1593|birth-place=Goyang|commander2=Kwon Yul}}\
         A garrison held in 1593.\n\n[[Category:Sieges]]</text></revision></page><page>\
         <title>Haengju fortress</title><ns>0</ns><id>2</id><redirect title=\"Haengju\"/><revision>\
         <text>#REDIRECT [[Haengju]]</text></revision></page></mediawiki>",
    );
    desk.run(["index", "corpus"].iter().chain(options)).exits(0);
    desk
}

fn open(desk: &Desk) -> OpenIndex {
    OpenIndex::open(&Location::new(desk.path("index"))).unwrap()
}

fn facets(engine: &mut Engine, query: &str) -> Facets {
    let request = Request { facets: true, limit: 1, ..Request::new(query) };
    engine.search(&request).unwrap().facets.unwrap()
}

/// All entries of an answer: list, value, count, filter.
fn entries(facets: &Facets) -> Vec<(&'static str, String, u64, String)> {
    let value = serde_json::to_value(facets).unwrap();
    let of_list = |name: &'static str| {
        let list = value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        list.into_iter().map(move |entry| {
            let text = |key: &str| entry[key].as_str().unwrap().to_owned();
            (name, text("value"), entry["passages"].as_u64().unwrap(), text("filter"))
        })
    };
    LISTS.into_iter().flat_map(of_list).collect()
}

#[track_caller]
fn every_filter_finds_what_is_counted(index: &OpenIndex) {
    let mut engine = Engine::new(index);
    let mut checked = 0;
    for query in QUERIES {
        for (list, value, passages, filter) in entries(&facets(&mut engine, query)) {
            for rank in [Rank::TwoStage, Rank::Bm25] {
                let filter = vec![filter.clone()];
                let request = Request { filter, rank, limit: 1, ..Request::new(query) };
                let answer = engine.search(&request).unwrap();
                assert_eq!(answer.total, Some(passages), "{query}: {list} {value}");
                assert_eq!(answer.notes, [""; 0], "{query}: {list} {value}");
                assert_eq!(answer.hits.len(), 1);
            }
            checked += 1;
        }
    }
    assert!(checked > 200, "only {checked} entries");
}

#[test]
fn every_entry_is_found_by_its_filter() {
    let desk = desk(&[]);
    every_filter_finds_what_is_counted(&open(&desk));
    // Deleted passages, and several segments.
    desk.remove_file(&format!("corpus/{PYONGYANG_1592}"));
    desk.write("corpus/more.txt", "= More =\n\nKonishi and the garrison, 1592 and 1751.\n");
    desk.run(["index", "corpus"]).exits(0);
    let index = open(&desk);
    assert!(index.segments.iter().any(|segment| segment.has_deleted()));
    assert!(index.segments.len() > 1);
    every_filter_finds_what_is_counted(&index);
}

#[test]
fn updates_and_layouts_make_no_difference() {
    let fast = desk(&[]);
    let compact = desk(&["--compact"]);
    let updated = desk(&[]);
    updated.write("corpus/more.txt", "= More =\n\nKonishi and the garrison, 1592 and 1751.\n");
    updated.remove_file(&format!("corpus/{BUSANJIN}"));
    updated.run(["index", "corpus"]).exits(0);
    updated.remove_file("corpus/more.txt");
    updated.write(&format!("corpus/{BUSANJIN}"), article(BUSANJIN));
    updated.run(["index", "corpus"]).exits(0);
    let (fast, others) = (open(&fast), [open(&compact), open(&updated)]);
    let mut engine = Engine::new(&fast);
    for other in &others {
        let mut other = Engine::new(other);
        for query in QUERIES {
            assert_eq!(facets(&mut engine, query), facets(&mut other, query), "{query}");
        }
    }
}

fn list(answer: &Value, name: &str) -> Vec<(String, u64)> {
    let entries = answer["facets"][name].as_array().cloned().unwrap_or_default();
    let entry = |entry: Value| {
        (entry["value"].as_str().unwrap().to_owned(), entry["passages"].as_u64().unwrap())
    };
    entries.into_iter().map(entry).collect()
}

fn pairs(expected: &[(&str, u64)]) -> Vec<(String, u64)> {
    expected.iter().map(|&(value, passages)| (value.to_owned(), passages)).collect()
}

#[test]
fn what_is_counted() {
    let desk = desk(&[]);
    let ask = |query: &str| desk.answer(&["--facets", "--no-expand", "--", query]);
    let answer = ask("governor");
    assert_eq!(answer["total"], 1, "the duplicate is left out");
    let run = desk.run(["search", "--format", "json", "--facets", "governor"]).exits(0);
    let places = ["\"hits\":", "\"facets\":", "\"expansions\":"].map(|key| run.out.find(key));
    assert!(places.is_sorted() && places.iter().all(Option::is_some), "{places:?}");
    assert_eq!(
        answer["facets"],
        json!({
            "lang": [{"value": "en", "passages": 1, "filter": "lang:en"}],
            "kind": [{"value": "prose", "passages": 1, "filter": "kind:prose"}],
            "article": [
                {"value": "acre", "title": "Acre", "passages": 1, "filter": "article:\"acre\""},
            ],
            "category": [
                {"value": "Harbours, old", "passages": 1, "filter": "category:\"Harbours, old\""},
                {"value": "Sieges", "passages": 1, "filter": "category:\"Sieges\""},
            ],
            "year": [
                {"value": "1750", "passages": 1, "filter": "year:1750"},
                {"value": "1751", "passages": 1, "filter": "year:1751"},
            ],
        })
    );
    let both = desk.answer(&["--facets", "--duplicates", "governor"]);
    assert_eq!(list(&both, "category")[0], ("Sieges".to_owned(), 2));
    // All that match count, not those of the page; at most so many entries, the years in order.
    let answer = desk.answer(&["--facets", "-n", "1", "garrison", "--no-expand"]);
    assert_eq!(list(&answer, "category")[..2], pairs(&[("Sieges", 74), ("Letters", 70)]));
    assert_eq!(list(&answer, "article").len(), 20);
    let years = list(&answer, "year");
    assert_eq!(years.len(), 50);
    let numbers: Vec<i32> = years.iter().map(|(year, _)| year.parse().unwrap()).collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
    assert_eq!(list(&ask("veii"), "year"), pairs(&[("-396", 1), ("-390", 1)]));
    // Names of infobox fields without their numbers; the title is the article's own.
    let answer = ask("kind:infobox article:Haengju");
    let expected = [("Birth place", 1), ("Commander", 1), ("Date", 1), ("Title", 1)];
    assert_eq!(list(&answer, "infobox"), pairs(&expected));
    assert_eq!(answer["facets"]["article"][0]["title"], "Haengju");
    let answer = ask("commander:konishi");
    assert!(list(&answer, "infobox").contains(&("Commander".to_owned(), 2)));
    let answer = ask("حاصر");
    assert_eq!(list(&answer, "lang"), pairs(&[("ar", 1)]));
    assert_eq!(list(&answer, "year"), pairs(&[("1799", 1), ("1800", 1)]));
    assert!(desk.answer(&["garrison"]).get("facets").is_none());
}

#[test]
fn facets_for_people() {
    let desk = desk(&[]);
    let run = desk.run(["search", "--facets", "--no-expand", "governor"]).exits(0);
    let (_, block) = run.out.split_once("\n\n").unwrap();
    assert_eq!(
        block,
        "lang      en ×1\n\
         kind      prose ×1\n\
         article   acre (Acre) ×1\n\
         category  Harbours, old ×1 · Sieges ×1\n\
         year      1750 ×1 · 1751 ×1\n"
    );
    let run = desk.run(["search", "--facets", "--count", "حاصر", "--no-expand"]).exits(0);
    assert_eq!(
        run.out,
        "1\n\nlang      ar ×1\nkind      prose ×1\narticle   عكا (عكا) ×1\n\
         category  Sièges ×1 · حصار ×1\nyear      1799 ×1 · 1800 ×1\n"
    );
    let run = desk.run(["search", "--facets", "--count", "zyzzyva"]).exits(1);
    assert_eq!(run.out, "0\n");
    for format in ["tsv", "trec", "jsonl"] {
        let run = desk.run(["search", "--facets", "--format", format, "rice"]).exits(2);
        assert_eq!(run.out, "");
        run.says("--facets has a place in --format human and json only");
    }
}

#[test]
fn records_and_columns_count_the_same() {
    let desk = desk(&[]);
    let queries = ["konishi", "governor", "حاصر", "veii", "letter-7", "fleet"];
    // Opened anew, an index reads the records of few passages; a query of many makes it count by
    // columns from then on.
    let from_records = queries.map(|query| facets(&mut Engine::new(&open(&desk)), query));
    let index = open(&desk);
    let mut engine = Engine::new(&index);
    facets(&mut engine, "lang:en,ar");
    assert!(index.has_columns());
    for (query, from_records) in queries.into_iter().zip(from_records) {
        assert_eq!(facets(&mut engine, query), from_records, "{query}");
    }
}
