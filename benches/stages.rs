//! What each step of indexing and searching takes, over the four articles of the repository.
//!
//! `cargo bench --bench stages`, or `cargo bench --bench stages -- search` for some of them.

use std::fs;
use std::sync::LazyLock;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use tempfile::TempDir;
use warraq::analysis::Analyzer;
use warraq::index::{Change, Location, OpenIndex, Source, Unobserved, UpdateOptions, update};
use warraq::lang::identify_language;
use warraq::query::{FieldNames, Limits, parse_query};
use warraq::search::{Engine, Expand, Rank, Request, suggest};
use warraq::source::{Columns, Format};

fn main() {
    divan::main();
}

const ARTICLES: [&str; 2] = ["siege-of-pyongyang-1593.txt", "battle-of-haengju.ar.txt"];
/// Queries of several kinds: they are answered one after the other.
const QUERIES: [&str; 6] = [
    "Konishi retreat",
    "who commanded the monks at Pyongyang",
    "حصار هانجو",
    "تويوتومي هيديوشي",
    "\"fire arrows\"",
    "pyong* -winter",
];

/// An index of the four articles, and the folder it lies in.
static INDEX: LazyLock<(TempDir, OpenIndex)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder for the index");
    let open = index_into(&folder);
    (folder, open)
});

fn index_into(folder: &TempDir) -> OpenIndex {
    let location = Location::new(folder.path().join("index"));
    let source = Source {
        path: "corpus".into(),
        spooled: None,
        format: Format::Auto,
        whole: false,
        columns: Columns::default(),
    };
    let change = Change::Add(vec![source]);
    update(&location, change, UpdateOptions::default(), &Unobserved).expect("corpus/ is indexed");
    OpenIndex::open(&location).expect("the index opens")
}

fn read(article: &str) -> String {
    fs::read_to_string(format!("corpus/{article}")).expect("an article of corpus/")
}

#[divan::bench(args = ARTICLES)]
fn analyze(bencher: Bencher, article: &str) {
    let text = read(article);
    let mut analyzer = Analyzer::new();
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| {
        let mut letters = 0;
        analyzer.analyze(&text, |word| letters += word.stem.len());
        letters
    });
}

#[divan::bench(args = ARTICLES)]
fn tell_the_language(bencher: Bencher, article: &str) {
    let text = read(article);
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| identify_language(&text, None));
}

#[divan::bench]
fn parse(bencher: Bencher) {
    struct NoFields;
    impl FieldNames for NoFields {
        fn is_field(&self, _: &str) -> bool {
            false
        }
    }
    let limits = Limits::default();
    bencher.counter(ItemsCount::new(QUERIES.len())).bench_local(|| {
        QUERIES.map(|query| parse_query(query, &NoFields, &limits).root.clauses.len())
    });
}

/// The four articles, from their files to an index on disk.
#[divan::bench]
fn index(bencher: Bencher) {
    bencher
        .with_inputs(|| tempfile::tempdir().expect("a folder for the index"))
        .bench_local_values(|folder| {
            let passages = index_into(&folder).passages();
            (folder, passages)
        });
}

#[divan::bench]
fn open(bencher: Bencher) {
    let location = Location::new(INDEX.0.path().join("index"));
    bencher.bench_local(|| OpenIndex::open(&location).expect("the index opens").passages());
}

/// An engine of its own for each round, so that nothing was expanded before.
fn search(bencher: Bencher, request: impl Fn(&str) -> Request) {
    let requests = QUERIES.map(request);
    bencher
        .counter(ItemsCount::new(QUERIES.len()))
        .with_inputs(|| Engine::new(&INDEX.1))
        .bench_local_values(|mut engine| {
            requests.each_ref().map(|request| {
                engine.search(request).expect("the index can be searched").hits.len()
            })
        });
}

#[divan::bench]
fn search_by_default(bencher: Bencher) {
    search(bencher, |query| Request::new(query));
}

#[divan::bench]
fn search_without_snippets(bencher: Bencher) {
    search(bencher, |query| Request {
        snippets: false,
        total: false,
        correct: false,
        ..Request::new(query)
    });
}

#[divan::bench]
fn search_by_bm25_alone(bencher: Bencher) {
    search(bencher, |query| Request {
        rank: Rank::Bm25,
        expand: Expand::NONE,
        snippets: false,
        total: false,
        correct: false,
        ..Request::new(query)
    });
}

#[divan::bench(args = ["siege of pyo", "هي"])]
fn complete(bencher: Bencher, prefix: &str) {
    bencher.bench_local(|| suggest(&INDEX.1, prefix, 10).expect("the index can be read").len());
}
