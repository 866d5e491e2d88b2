//! What a query marks in a text: the first line is the query, the rest the text. Marks lie on char
//! boundaries, inside the text, in order and apart; snippets are parts of the text.
#![no_main]

use std::cell::RefCell;
use std::fs;

use libfuzzer_sys::fuzz_target;
use warraq::analysis::Analyzer;
use warraq::index::OpenIndex;
use warraq::search::snippet::{MatchTerm, Matcher, SnippetOptions, cut_snippet, find_matches};
use warraq::search::{Engine, Request};
use warraq_fuzz::{build, opened};

const ARTICLE: &str = "{\"id\":\"a\",\"title\":\"The salt road\",\"text\":\"Caravans carried salt to \
                       the hill towns in 1871.\"}\n{\"id\":\"b\",\"title\":\"طريق الملح\",\"text\":\
                       \"كانت القوافل تحمل الملح إلى التلال سنة 1871.\"}\n";

thread_local! {
    static ENGINE: RefCell<Engine<'static>> = RefCell::new(Engine::new(index()));
}

/// A small index, whose words are what a query can be expanded to.
fn index() -> &'static OpenIndex {
    let folder = tempfile::tempdir().expect("a temporary folder").keep();
    fs::write(folder.join("articles.jsonl"), ARTICLE).expect("written");
    let location = build(&folder.join("articles.jsonl"), &folder.join("index"));
    Box::leak(Box::new(opened(&location)))
}

fuzz_target!(|input: &str| {
    let (query, text) = input.split_once('\n').unwrap_or((input, input));
    let request = Request::new(query);
    let marks = ENGINE.with_borrow_mut(|engine| {
        let answer = engine.search(&request).expect("the index is whole");
        for hit in &answer.hits {
            for fragment in &hit.snippet {
                are_marks(&fragment.text, fragment.matches.iter().map(|at| [at.start, at.end]));
            }
        }
        engine.marker(&request).expect("the index is whole").matches(text)
    });
    are_marks(text, marks.into_iter());
    // The words of the query by themselves, for snippets of any size.
    let mut matcher = Matcher::new();
    let words = Analyzer::new().words(query);
    for (unit, word) in (0..).zip(words.into_iter().take(30)) {
        matcher.add_words(unit, 1.0, [MatchTerm::stem(word.stem, unit)]);
    }
    let found = find_matches(text, &mut Analyzer::new(), &matcher);
    are_marks(text, found.spans.iter().map(|found| [found.span.start, found.span.end]));
    for (max_chars, fragments) in [(200, 2), (1 + query.len() % 90, 3), (1, 1)] {
        let mut end = 0;
        for fragment in cut_snippet(text, &found, &SnippetOptions { max_chars, fragments }) {
            assert!(end <= fragment.span.start && fragment.span.start < fragment.span.end);
            end = fragment.span.end;
            let part = text.get(fragment.span.clone()).expect("char boundaries");
            let spaced = |text: &str| text.replace(char::is_whitespace, " ");
            assert_eq!(spaced(part), spaced(&fragment.text));
            are_marks(&fragment.text, fragment.matches.iter().map(|at| [at.start, at.end]));
        }
    }
});

fn are_marks(text: &str, marks: impl Iterator<Item = [usize; 2]>) {
    let mut before = 0;
    for [start, end] in marks {
        assert!(before <= start && start < end, "{start}..{end} after {before}");
        assert!(text.get(start..end).is_some(), "{start}..{end} of {text:?}");
        before = end;
    }
}
