use super::printer::short_score;
use super::*;
use crate::output::samples::{arabic_hit, english_hit};
use crate::search::facets::{ArticleEntry, FacetEntry};
use crate::search::hit::{Became, ContextPassage, Contribution, Expansion, Hit, How, MatchedBy};
use crate::text::width::display_width;

fn print(answer: &Answer, options: &HumanOptions) -> String {
    let mut out = Vec::new();
    write_answer(&mut out, answer, options).unwrap();
    String::from_utf8(out).unwrap()
}

fn answer(hits: Vec<Hit>) -> Answer {
    Answer { total: Some(hits.len() as u64), hits, ..Answer::default() }
}

const PIPE: HumanOptions =
    HumanOptions { marks: Marks::Signs, terminal: false, width: None, explain: false };
const TERMINAL: HumanOptions =
    HumanOptions { marks: Marks::Color, terminal: true, width: Some(40), explain: false };

#[test]
fn hits_in_a_pipe() {
    assert_eq!(
        print(&answer(vec![english_hit(), arabic_hit()]), &PIPE),
        "1  Siege of Busan › Battle › Aftermath\n   \
            busan.txt:7  12.35  en\n   \
            … *Fire arrows* followed.\n\
         \n\
         2  في قلعة هانجو.\n   \
            haengju.txt:1  0.5000  ar\n   \
            في قلعة *هانجو*.\n"
    );
}

#[test]
fn hits_on_a_terminal() {
    assert_eq!(
        print(&answer(vec![english_hit()]), &TERMINAL),
        "\u{1b}[2m1\u{1b}[0m  \u{1b}[1mSiege of Busan\u{1b}[0m › Battle › Aftermath\n   \
            \u{1b}[35mbusan.txt\u{1b}[0m:\u{1b}[32m7\u{1b}[0m  \u{1b}[2m12.35\u{1b}[0m\n   \
            … \u{1b}[1m\u{1b}[31mFire arrows\u{1b}[0m followed.\n\
         \n\
         \u{1b}[2m1 passage of 1 article\u{1b}[0m\n"
    );
}

#[test]
fn arabic_is_isolated_on_a_terminal_only() {
    let options = HumanOptions { marks: Marks::Signs, ..TERMINAL };
    let hits = answer(vec![arabic_hit()]);
    assert_eq!(
        print(&hits, &options),
        "2  \u{2068}في قلعة هانجو.\u{2069}\n   \
            haengju.txt:1  0.5000\n   \
            \u{2068}في قلعة *هانجو*.\u{2069}\n\
         \n\
         1 passage of 1 article\n"
    );
    assert!(!print(&hits, &PIPE).contains('\u{2068}'));
}

#[test]
fn every_line_of_an_arabic_passage_is_read_from_the_right() {
    let text = "قاد تويوتومي هيديوشي Toyotomi Hideyoshi القوات";
    let mut hit = arabic_hit();
    hit.text = text.into();
    hit.snippet[0].text = text.into();
    hit.snippet[0].matches.clear();
    hit.snippet[0].span = 0..text.len();
    let printed = print(&answer(vec![hit]), &HumanOptions { width: Some(25), ..TERMINAL });
    assert!(printed.contains("   \u{2068}قاد تويوتومي هيديوشي\u{2069}\n"), "{printed}");
    assert!(
        printed.contains("   Toyotomi Hideyoshi\n") || printed.contains("\u{2068}\u{200f}Toyotomi")
    );
    for line in printed.lines() {
        assert_eq!(line.matches('\u{2068}').count(), line.matches('\u{2069}').count());
    }
}

#[test]
fn lines_fit_the_terminal() {
    let mut hit = english_hit();
    hit.title = Some("A very long title of an article about a siege".into());
    let options = HumanOptions { marks: Marks::Signs, width: Some(30), ..TERMINAL };
    let printed = print(&answer(vec![hit]), &options);
    assert!(printed.starts_with("1  A very long title of an ar…\n"), "{printed}");
    for line in printed.lines() {
        assert!(display_width(line) <= 30, "{line}");
    }
}

#[test]
fn approximate_matches_are_labelled() {
    let mut hit = english_hit();
    let matched = |found: &str, how| MatchedBy { word: "x".into(), found: found.into(), how };
    hit.matched_by = vec![
        matched("fire", How::Stem),
        matched("كونيشي", How::Name),
        matched("كونيشي", How::Name),
        matched("retreat", How::Translation),
    ];
    let printed = print(&answer(vec![hit]), &PIPE);
    assert!(
        printed.contains("busan.txt:7  12.35  ≈ name: كونيشي  ≈ translation: retreat\n"),
        "{printed}"
    );
}

#[test]
fn languages_side_by_side() {
    let mut grouped = answer(vec![english_hit(), arabic_hit()]);
    grouped.group_by_language(10);
    assert_eq!(
        print(&grouped, &PIPE),
        "English\n\
         \n\
         1  Siege of Busan › Battle › Aftermath\n   \
            busan.txt:7  12.35\n   \
            … *Fire arrows* followed.\n\
         \n\
         Arabic\n\
         \n\
         1  في قلعة هانجو.\n   \
            haengju.txt:1  0.5000\n   \
            في قلعة *هانجو*.\n"
    );
}

#[test]
fn nothing_from_a_document_reaches_the_terminal_unchanged() {
    let evil = "x\u{1b}]52;c;AAAA\u{7}\u{9b}2J\u{202e}\u{2066}\r\ny\u{7f}";
    let mut hit = english_hit();
    hit.title = Some(evil.into());
    hit.section = vec![evil.into()];
    hit.file = evil.into();
    hit.url = Some(evil.into());
    hit.text = evil.into();
    hit.snippet[0].text = evil.into();
    hit.snippet[0].matches.clear();
    hit.snippet[0].span = 0..evil.len();
    let passage = ContextPassage { id: evil.into(), section: vec![evil.into()], text: evil.into() };
    hit.context_before = vec![passage.clone()];
    hit.context_after = vec![passage];
    hit.explain = vec![Contribution { what: evil.into(), score: 1.0 }];
    hit.matched_by = vec![MatchedBy { word: evil.into(), found: evil.into(), how: How::Variant }];
    let mut answer = answer(vec![hit]);
    answer.expansions = vec![Expansion {
        word: evil.into(),
        became: vec![Became { term: evil.into(), how: How::Name, weight: 1.0, passages: None }],
    }];
    answer.notes = vec![evil.into()];
    answer.did_you_mean = Some(evil.into());
    let options = HumanOptions { marks: Marks::Signs, explain: true, ..TERMINAL };
    let mut printed = print(&answer, &options);
    let mut notes = Vec::new();
    write_notes(&mut notes, &answer, &options).unwrap();
    printed.push_str(&String::from_utf8(notes).unwrap());
    let unsafe_char = |c: char| c != '\n' && crate::text::sanitize::is_unsafe(c);
    assert_eq!(printed.chars().find(|&c| unsafe_char(c)), None, "{printed}");
    answer.group_by_language(10);
    assert_eq!(print(&answer, &options).chars().find(|&c| unsafe_char(c)), None);
}

#[test]
fn explanations() {
    let mut hit = english_hit();
    hit.explain = vec![
        Contribution { what: "retreat in the text".into(), score: 3.25 },
        Contribution { what: "order".into(), score: 0.125 },
    ];
    let mut answer = answer(vec![hit]);
    answer.expansions = vec![Expansion {
        word: "Konishi".into(),
        became: vec![
            Became { term: "konishi".into(), how: How::Exact, weight: 1.0, passages: None },
            Became { term: "كونيشي".into(), how: How::Name, weight: 0.7, passages: None },
        ],
    }];
    let printed = print(&answer, &HumanOptions { explain: true, ..PIPE });
    assert!(printed.starts_with("Konishi → konishi (exact 1.000), كونيشي (name 0.7000)\n\n1  "));
    assert!(printed.ends_with("followed.\n      3.250  retreat in the text\n     0.1250  order\n"));
    assert!(!print(&answer, &PIPE).contains("order"));
}

#[test]
fn context_stands_beside_the_hit() {
    let mut hit = english_hit();
    let passage =
        |text: &str| ContextPassage { id: "a".into(), section: vec![], text: text.into() };
    hit.context_before = vec![passage("Before\nit.")];
    hit.context_after = vec![passage("After it.")];
    assert_eq!(
        print(&answer(vec![hit]), &PIPE),
        "1  Siege of Busan › Battle › Aftermath\n   \
            busan.txt:7  12.35\n   \
            │ Before it.\n   \
            … *Fire arrows* followed.\n   \
            │ After it.\n"
    );
}

#[test]
fn an_article_without_a_title_is_known_by_its_first_words() {
    let mut hit = english_hit();
    hit.title = None;
    hit.section = vec!["Battle".into()];
    hit.opening = Some("One two three four five six seven eight nine ten eleven twelve\n13".into());
    let printed = print(&answer(vec![hit]), &PIPE);
    assert!(
        printed
            .starts_with("1  One two three four five six seven eight nine ten eleven… › Battle\n")
    );
}

#[test]
fn ranks_are_aligned() {
    let hits = (9..11).map(|rank| Hit { rank, ..english_hit() }).collect();
    let printed = print(&answer(hits), &PIPE);
    assert!(printed.starts_with(" 9  Siege") && printed.contains("\n10  Siege"));
    assert!(printed.contains("\n    busan.txt:7"));
}

#[test]
fn scores_are_short_and_stable() {
    for (score, short) in [
        (12.345_67, "12.35"),
        (1234.567, "1234.57"),
        (3.272_88, "3.273"),
        (0.012_345_6, "0.01235"),
        (0.0, "0.00"),
        (-1.5, "-1.500"),
        (f64::NAN, "0.00"),
        (1e-30, "0.00000000"),
    ] {
        assert_eq!(short_score(score), short);
    }
}

#[test]
fn footers_and_counts() {
    let mut found = answer(vec![english_hit(), english_hit(), arabic_hit()]);
    assert_eq!(summary(&found), "3 passages of 2 articles");
    found.total = Some(57);
    assert_eq!(summary(&found), "3 of 57 passages, from 2 articles");
    let count = |answer: &Answer| {
        let mut out = Vec::new();
        write_count(&mut out, answer).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert_eq!(count(&found), "57\n");
    found.total = None;
    assert_eq!(count(&found), "3\n");
    assert_eq!(print(&Answer::default(), &TERMINAL), "");
}

#[test]
fn whole_texts_keep_their_lines() {
    let mut out = Vec::new();
    let options = HumanOptions { width: Some(24), marks: Marks::Signs, ..TERMINAL };
    let text = "The river had frozen over\u{1b}.\r\n\nحصار هانجو";
    write_text(&mut out, text, Some(&Lang::ENGLISH), &options).unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "The river had frozen\nover␛.\n\n\u{2068}\u{200e}حصار هانجو\u{2069}\n"
    );
}

#[test]
fn notes_are_one_line_each() {
    let mut out = Vec::new();
    let answer = Answer {
        notes: vec!["the bracket is not closed".into()],
        did_you_mean: Some("كونيشي".into()),
        ..Answer::default()
    };
    write_notes(&mut out, &answer, &TERMINAL).unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "note: the bracket is not closed\ndid you mean: \u{2068}كونيشي\u{2069}\n"
    );
}

fn facets() -> Facets {
    let entry =
        |value: &str, passages| FacetEntry { value: value.into(), passages, filter: String::new() };
    let titled = |value: &str, title: &str| ArticleEntry {
        value: value.into(),
        title: Some(title.into()),
        opening: None,
        passages: 1,
        filter: String::new(),
    };
    Facets {
        lang: vec![entry("en", 120), entry("ar", 3)],
        article: vec![titled("17", "حصار هانجو"), titled("18", "A siege of a rather long name")],
        year: (1590..1600).map(|year| entry(&year.to_string(), 2)).collect(),
        ..Facets::default()
    }
}

#[test]
fn facets_in_a_pipe() {
    let counted = Answer { facets: Some(facets()), ..answer(vec![english_hit()]) };
    let printed = print(&counted, &PIPE);
    let (_, block) = printed.split_once("\n\n").unwrap();
    assert_eq!(
        block,
        "lang     en ×120 · ar ×3\n\
         article  17 (حصار هانجو) ×1 · 18 (A siege of a rather long name) ×1\n\
         year     1590 ×2 · 1591 ×2 · 1592 ×2 · 1593 ×2 · 1594 ×2 · 1595 ×2 · 1596 ×2 · 1597 ×2 · \
         1598 ×2 · 1599 ×2\n"
    );
    let nothing = Answer { facets: Some(Facets::default()), ..answer(vec![english_hit()]) };
    assert!(!print(&nothing, &PIPE).contains("lang"));
}

#[test]
fn facets_on_a_terminal() {
    let options = HumanOptions { marks: Marks::Signs, width: Some(40), ..TERMINAL };
    let mut out = Vec::new();
    let mut answer = Answer { facets: Some(facets()), ..Answer::default() };
    write_facets(&mut out, &answer, &options, false).unwrap();
    let printed = String::from_utf8(out).unwrap();
    assert_eq!(
        printed,
        "lang     en ×120 · ar ×3\n\
         article  17 (\u{2068}حصار هانجو\u{2069}) ×1\n         \
                  18 (A siege of a rather lo…) ×1\n\
         year     1590 ×2 · 1591 ×2 · 1592 ×2\n         \
                  1593 ×2 · 1594 ×2 · 1595 ×2\n         \
                  1596 ×2 · 1597 ×2 · 1598 ×2\n         \
                  1599 ×2\n"
    );
    let evil = "x\u{1b}]52;c;AAAA\u{7}\u{9b}2J\u{202e}\u{2066}\r\ny\u{7f}";
    let mut facets = facets();
    facets.article[0].value = evil.into();
    facets.article[0].title = Some(evil.into());
    facets.year[0].value = evil.into();
    answer.facets = Some(facets);
    let printed = print(&answer, &options);
    let unsafe_char = |c: char| c != '\n' && crate::text::sanitize::is_unsafe(c);
    assert_eq!(printed.chars().find(|&c| unsafe_char(c)), None, "{printed}");
    for line in printed.lines() {
        assert!(display_width(line) <= 40, "{line}");
    }
}
