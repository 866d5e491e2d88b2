//! The library as a program that embeds it would use it.

use std::collections::BTreeSet;
use std::fs;
use std::ops::Range;
use std::path::PathBuf;

use warraq::analysis::{Analyzer, bases};
use warraq::error::Error;
use warraq::index::{Change, Location, OpenIndex, Source, Unobserved, UpdateOptions, update};
use warraq::search::hit::Hit;
use warraq::search::{Engine, Expand, Request};
use warraq::source::{Columns, Format};

use crate::support::*;

/// Indexes the four articles by way of the library.
fn open(folder: PathBuf) -> (OpenIndex, usize) {
    let location = Location::new(folder);
    let source = Source {
        path: repository().join("corpus"),
        spooled: None,
        format: Format::Auto,
        whole: false,
        columns: Columns::default(),
    };
    let report =
        update(&location, Change::Add(vec![source]), UpdateOptions::default(), &Unobserved)
            .unwrap();
    assert_eq!((report.totals.articles, report.skipped), (4, 0));
    (OpenIndex::open(&location).unwrap(), report.added_files)
}

#[test]
fn index_open_search() {
    let folder = tempfile::tempdir().unwrap();
    let (index, added) = open(folder.path().join("idx"));
    assert_eq!(added, 4);
    assert_eq!(index.passages(), 31);
    let mut engine = Engine::new(&index);
    let answer = engine.search(&Request::new("statue of Chong Pal")).unwrap();
    assert_eq!(answer.hits[0].id, format!("{BUSANJIN}#6"));
    assert_eq!(answer.total, Some(answer.hits.len() as u64).max(answer.total));
    let limited = Request { limit: 2, offset: 1, ..Request::new("Konishi") };
    let page = engine.search(&limited).unwrap();
    assert_eq!(page.hits.iter().map(|hit| hit.rank).collect::<Vec<_>>(), [2, 3]);
    assert!(engine.search(&Request::new("zyzzyva")).unwrap().hits.is_empty());
    assert!(engine.search(&Request::new("")).unwrap().hits.is_empty());
}

#[test]
fn the_library_and_the_program_agree() {
    let folder = tempfile::tempdir().unwrap();
    let (index, _) = open(folder.path().join("idx"));
    let mut engine = Engine::new(&index);
    for query in ["Konishi retreat", "حصار هانجو", "\"fire arrows\"", "pyong*"] {
        let answer = engine.search(&Request::new(query)).unwrap();
        let here = serde_json::to_value(&answer).unwrap();
        assert_eq!(here["hits"], Desk::shared().answer(&[query])["hits"], "{query}");
    }
}

#[test]
fn an_index_that_is_not_there_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::new(folder.path().join("none"));
    let error = OpenIndex::open(&location).err().expect("an error");
    assert!(matches!(error, Error::NoIndex(_)), "{error}");
    assert!(error.to_string().contains("warraq index"));
}

#[test]
fn an_open_index_is_not_disturbed_by_updates() {
    let desk = Desk::indexed();
    let index = OpenIndex::open(&Location::new(desk.path("index"))).unwrap();
    let mut engine = Engine::new(&index);
    let before = engine.search(&Request::new("Konishi")).unwrap().hits;
    std::fs::remove_dir_all(desk.path("corpus")).unwrap();
    desk.write("corpus/new.txt", "Zyzzyva.");
    desk.run(["index"]).exits(0).says("1 article");
    assert_eq!(engine.search(&Request::new("Konishi")).unwrap().hits, before);
    let anew = OpenIndex::open(&Location::new(desk.path("index"))).unwrap();
    assert!(Engine::new(&anew).search(&Request::new("Konishi")).unwrap().hits.is_empty());
}

/// Forms, stems and bases of the words in a text.
fn folded(analyzer: &mut Analyzer, text: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for word in analyzer.words(text) {
        for spelling in [&word.form, &word.stem] {
            bases(spelling, |base| {
                all.insert(base.to_owned());
            });
        }
        all.extend([word.form, word.stem]);
    }
    all
}

/// Demands that what a hit marks is a word of the query, folded, stemmed or with other prefixes.
fn matches_are_words(analyzer: &mut Analyzer, query: &str, hit: &Hit) {
    let asked = folded(analyzer, query);
    let mut check = |text: &str, matched: Range<usize>| {
        let slice = text.get(matched).expect("on char boundaries");
        let met = folded(analyzer, slice);
        assert!(met.intersection(&asked).next().is_some(), "{query:?} marks {slice:?}");
    };
    for &[start, end] in &hit.matches {
        check(&hit.text, start..end);
    }
    for fragment in &hit.snippet {
        for matched in &fragment.matches {
            check(&fragment.text, matched.clone());
        }
    }
}

#[test]
fn matches_slice_to_words_that_fold_to_the_query() {
    let folder = tempfile::tempdir().unwrap();
    let (index, _) = open(folder.path().join("idx"));
    let mut engine = Engine::new(&index);
    let mut analyzer = Analyzer::new();
    let mut words = BTreeSet::new();
    for name in ARTICLES {
        let source = article(name);
        words.extend(source.split_whitespace().map(str::to_owned));
    }
    assert!(words.len() > 800);
    for word in words {
        let request = Request {
            plain: true,
            limit: 3,
            expand: Expand::NONE,
            total: false,
            ..Request::new(word.clone())
        };
        for hit in engine.search(&request).unwrap().hits {
            matches_are_words(&mut analyzer, &word, &hit);
        }
    }
}

#[test]
fn requests_out_of_range_are_no_panic() {
    let folder = tempfile::tempdir().unwrap();
    let (index, _) = open(folder.path().join("idx"));
    let mut engine = Engine::new(&index);
    for (limit, offset) in [(0, 0), (usize::MAX, 0), (1, usize::MAX), (usize::MAX, usize::MAX)] {
        let request = Request { limit, offset, ..Request::new("Konishi") };
        // An error or an answer, whichever is meant.
        let _ = engine.search(&request);
    }
    let request = Request { per_article: Some(0), ..Request::new("Konishi") };
    let _ = engine.search(&request);
}

#[test]
fn deleted_passages_count_for_no_term() {
    let desk = Desk::indexed();
    let removed = desk.path("corpus").join(HAENGJU);
    desk.run(["remove".as_ref(), removed.as_os_str()]).exits(0);
    let updated = OpenIndex::open(&Location::new(desk.path("index"))).unwrap();
    assert!(updated.segments.iter().any(|segment| segment.has_deleted()), "nothing is deleted");

    let fresh = Desk::new();
    fs::remove_file(fresh.path("corpus").join(HAENGJU)).unwrap();
    fresh.run(["index"]).exits(0);
    let fresh = OpenIndex::open(&Location::new(fresh.path("index"))).unwrap();
    let fields = updated.fields;
    for field in [fields.text, fields.title, fields.section, fields.kind, fields.lang] {
        assert_eq!(updated.terms(field).unwrap(), fresh.terms(field).unwrap());
    }
    let stems: Vec<String> = fresh.terms(fields.text).unwrap().into_keys().collect();
    assert!(stems.len() > 300);
    for field in [fields.text, fields.title, fields.section] {
        for stem in &stems {
            let [before, after] = [&updated, &fresh].map(|index| index.doc_freq(field, stem));
            assert_eq!(before.unwrap(), after.unwrap(), "{stem}");
        }
    }
}
