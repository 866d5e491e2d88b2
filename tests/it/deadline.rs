//! Searches that are to end before they are done.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use warraq::index::{Location, OpenIndex};
use warraq::search::hit::Answer;
use warraq::search::{Deadline, Engine, Request, Sort};

use crate::support::*;

/// Queries that take every way through the compiler and the filter.
const QUERIES: [&str; 16] = [
    "Konishi retreat",
    "حصار هانجو",
    "\"fire arrows\"",
    "a* b* c* d*",
    "siege~2 pyong*",
    "+Konishi -Pyongyang",
    "the NEAR/50 siege*",
    "title:s* commander:konishi",
    "lang:ar",
    "-lang:en",
    "-p* -\"fire arrows\" -siege~1",
    "year:1..9999 OR date:1593-02",
    "((((a* OR b*) AND c*) OR NOT d*) AND e*)",
    "*",
    "",
    "zyzzyvaq",
];

fn open(desk: &Desk) -> OpenIndex {
    OpenIndex::open(&Location::new(desk.path("index"))).unwrap()
}

fn requests() -> impl Iterator<Item = Request> {
    QUERIES.into_iter().flat_map(|query| {
        let request = Request::new(query);
        let by_date = Request { sort: Sort::Date, ..request.clone() };
        let few = Request { per_article: Some(1), limit: 3, ..request.clone() };
        [request, by_date, few]
    })
}

/// The answer without the time that it took.
fn json(mut answer: Answer) -> String {
    answer.took_ms = 0.0;
    serde_json::to_string(&answer).unwrap()
}

#[test]
fn a_far_deadline_changes_nothing() {
    let desk = Desk::shared();
    let index = open(&desk);
    let mut unbounded = Engine::new(&index);
    let mut bounded = Engine::new(&index);
    let nobody = Arc::new(AtomicBool::new(false));
    for request in requests() {
        bounded.set_deadline(Deadline::after(PATIENCE).or_cancelled(nobody.clone()));
        let answers = [&mut unbounded, &mut bounded].map(|engine| engine.search(&request).unwrap());
        let [one, other] = answers.map(json);
        assert_eq!(one, other);
        assert!(!one.contains("\"partial\""));
    }
}

#[test]
fn what_has_no_time_finds_nothing_and_says_so() {
    let desk = Desk::shared();
    let index = open(&desk);
    let cancelled = Arc::new(AtomicBool::new(true));
    let ends = [
        Deadline::at(Instant::now()),
        Deadline::after(Duration::ZERO),
        Deadline::none().or_cancelled(cancelled),
    ];
    for (end, says) in ends.into_iter().zip(["stopped after", "stopped after", "cancelled after"]) {
        let mut engine = Engine::new(&index);
        engine.set_deadline(end);
        for request in requests().filter(|request| !request.query.is_empty()) {
            let answer = engine.search(&request).unwrap();
            assert!(answer.partial, "{request:?}");
            assert_eq!((answer.hits.len(), answer.total), (0, None), "{request:?}");
            assert!(answer.notes.last().unwrap().starts_with(says), "{:?}", answer.notes);
            assert_eq!(serde_json::to_value(&answer).unwrap()["partial"], true);
        }
        let similar = engine.similar(BUSANJIN, &Request::new("")).unwrap().unwrap();
        assert!(similar.partial && similar.hits.is_empty());
        assert!(engine.similar("nothing.txt", &Request::new("")).unwrap().is_none());
    }
}

#[test]
fn an_engine_forgets_what_it_did_not_finish() {
    let desk = Desk::shared();
    let index = open(&desk);
    let mut used = Engine::new(&index);
    for request in requests() {
        used.set_deadline(Deadline::after(Duration::ZERO));
        used.search(&request).unwrap();
        used.set_deadline(Deadline::none());
        let fresh = Engine::new(&index).search(&request).unwrap();
        assert_eq!(json(used.search(&request).unwrap()), json(fresh));
    }
}

/// Wherever a search is stopped, its hits are some of those that the whole search finds.
#[test]
fn a_partial_answer_holds_only_what_matches() {
    let desk = Desk::shared();
    let index = open(&desk);
    let mut partial = 0;
    for query in QUERIES {
        let all = Request { limit: 100, ..Request::new(query) };
        let whole = Engine::new(&index).search(&all).unwrap();
        let ids: Vec<&str> = whole.hits.iter().map(|hit| hit.id.as_str()).collect();
        for time in (0..12).map(|power| Duration::from_micros(1 << power)) {
            let mut engine = Engine::new(&index);
            engine.set_deadline(Deadline::after(time));
            let answer = engine.search(&all).unwrap();
            partial += u32::from(answer.partial);
            for hit in &answer.hits {
                assert!(ids.contains(&hit.id.as_str()), "{query} {time:?} finds {}", hit.id);
            }
            let falls = answer.hits.windows(2).all(|pair| pair[0].score >= pair[1].score);
            assert!(falls, "{query} {time:?}");
            assert!(answer.partial || answer.hits == whole.hits, "{query} {time:?}");
            assert!(answer.total.is_none() || answer.total == whole.total, "{query} {time:?}");
        }
    }
    assert!(partial > 0);
}

#[test]
fn somebody_else_may_cancel() {
    let desk = Desk::shared();
    let index = open(&desk);
    let cancelled = Arc::new(AtomicBool::new(false));
    let mut engine = Engine::new(&index);
    engine.set_deadline(Deadline::none().or_cancelled(cancelled.clone()));
    assert!(!engine.search(&Request::new("Konishi")).unwrap().partial);
    cancelled.store(true, Ordering::Relaxed);
    assert!(engine.search(&Request::new("Konishi")).unwrap().partial);
    cancelled.store(false, Ordering::Relaxed);
    assert!(!engine.search(&Request::new("Konishi")).unwrap().partial);
}

#[test]
fn a_marker_marks_any_text_as_a_search_does() {
    let desk = Desk::shared();
    let index = open(&desk);
    let mut engine = Engine::new(&index);
    for query in ["Konishi retreat", "حصار هانجو", "\"fire arrows\"", "pyong* siege~1", "lang:en"]
    {
        let request = Request { limit: 100, ..Request::new(query) };
        let answer = engine.search(&request).unwrap();
        assert!(!answer.hits.is_empty());
        let mut marker = engine.marker(&request).unwrap();
        for hit in &answer.hits {
            assert_eq!(marker.matches(&hit.text), hit.matches, "{query}");
        }
        assert_eq!(marker.is_empty(), query == "lang:en");
        assert!(!marker.is_partial());
    }
    let mut marker = engine.marker(&Request::new("Konishi")).unwrap();
    assert_eq!(marker.matches("So said Konishi. Konishi left."), [[8, 15], [17, 24]]);
    engine.set_deadline(Deadline::after(Duration::ZERO));
    let mut marker = engine.marker(&Request::new("Konishi")).unwrap();
    assert!(marker.matches("Konishi").is_empty() && marker.is_partial());
}

#[test]
fn the_program_shows_what_it_has_in_time() {
    let desk = Desk::shared();
    let run = desk.run(["search", "--timeout", "1m", "Konishi"]).exits(2);
    assert!(run.err.contains("--timeout") && run.err.contains("seconds"), "{run:?}");
    for bad in ["0", "-1", "nan", "inf", "1e9", ""] {
        desk.run(["search", &format!("--timeout={bad}"), "Konishi"]).exits(2);
    }
    let whole = desk.run(["search", "--format", "tsv", "Konishi"]).exits(0);
    let enough = desk.run(["search", "--format", "tsv", "--timeout", "100s", "Konishi"]).exits(0);
    assert_eq!(whole.out, enough.out);
    desk.run(["search", "--timeout", "0.000001", "Konishi"]).exits(2).says("stopped after");
    let answer = desk.run(["search", "--timeout", "0.001ms", "--format", "json", "Konishi"]);
    assert_eq!(answer.exits(2).json()["partial"], true);
    let count = ["search", "--count", "--timeout", "0.000001", "Konishi"];
    assert_eq!(desk.run(count).exits(2).says("before all was counted").out, "");
    let batch = desk.run_with_input(["batch", "--timeout", "0.000001"], "Konishi\n").exits(2);
    assert_eq!(batch.json()["partial"], true);
    let batch = ["batch", "--timeout", "0.000001", "--format", "tsv"];
    desk.run_with_input(batch, "Konishi\n").exits(2).says("stopped after");
    desk.run_with_input(["batch", "--timeout", "100", "--format", "tsv"], "Konishi\n").exits(0);
}
