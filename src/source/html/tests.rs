use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::super::tests::{Collected, collect};
use crate::model::Block;
use crate::source::Format;

const PAGE: &str = r#"<!DOCTYPE html>
<html lang="EN-gb">
<head>
<meta charset="utf-8">
<title>Siege of Busanjin &ndash; An encyclopedia</title>
<style>p { color: red }</style>
<script>if (1 < 2) document.write("<p>script</p>")</script>
</head>
<body>
<nav><ul><li>Home</li><li>Search</li></ul></nav>
<h1>Siege of Busanjin</h1>
<p>The <b>siege</b> of <a href="x">Busanjin</a> was a
   battle &amp; more.<!-- comment -->
<p hidden>unseen
<p>Second<br>paragraph<sup>[1]</sup>.
<h2>Forces</h2>
<table><caption>Armies</caption>
<tr><th>Side<th>Men
<tr><td>Japan</td><td><p>18,700</p></td></tr>
</table>
<ul><li>one <i>item</i>
<li>two</ul>
<img src="a.png" alt="A map of the port">
<div style="display: none">unseen <div>as well</div></div>
<pre>line one
  line two</pre>
<template><p>unseen</p></template>
<h2>See also</h2>
<ul><li>Imjin War</ul>
</body>
</html>
"#;

fn read(page: &str) -> Collected {
    collect(page.as_bytes(), "x.html", Format::Auto, false)
}

fn shown(collected: &Collected) -> Vec<(&str, String, &str)> {
    let passages = collected.passages.iter();
    passages
        .map(|passage| (passage.kind.name(), passage.section.join("/"), passage.text.as_str()))
        .collect()
}

#[test]
fn a_page_becomes_passages() {
    let collected = read(PAGE);
    assert!(collected.failure.is_none());
    assert_eq!(collected.heads[0].lang.as_ref().map(|lang| lang.code()), Some("en"));
    let title = Some("Siege of Busanjin – An encyclopedia".to_owned());
    assert!(collected.passages.iter().all(|passage| passage.title == title));
    let forces = || "Forces".to_owned();
    assert_eq!(
        shown(&collected),
        [
            (
                "prose",
                String::new(),
                "The siege of Busanjin was a battle & more.\nSecond paragraph[1]."
            ),
            ("prose", forces(), "Armies"),
            ("table", forces(), "Side | Men\nJapan | 18,700"),
            ("prose", forces(), "one item\ntwo\nA map of the port\nline one\nline two"),
            ("links", "See also".to_owned(), "Imjin War"),
        ]
    );
}

#[test]
fn parts_in_another_language_are_passages_of_their_own() {
    let collected = read(
        "<html lang=en><body><p>The siege began in spring.</p>\
         <p lang='fr-FR'>Le siège a duré.<p lang=fr>Il prit fin.</p>\
         <p>The <i lang=fr>siège</i> ended.</p>\
         <table><tr><td>a<td lang=fr>b</table>\
         <div lang=ar><h2>حصار</h2><div lang=''><p>بدأ الحصار</p></div><p lang=fa>محاصره</p></div>\
         <h2>After</h2><p>Peace came.</html>",
    );
    let passages: Vec<_> = collected
        .passages
        .iter()
        .map(|passage| (passage.lang.as_ref().map_or("", |lang| lang.code()), &*passage.text))
        .collect();
    assert_eq!(
        passages,
        [
            ("en", "The siege began in spring."),
            ("fr", "Le siège a duré.\nIl prit fin."),
            ("en", "The siège ended."),
            ("en", "a | b"),
            ("ar", "بدأ الحصار"),
            ("fa", "محاصره"),
            ("en", "Peace came."),
        ]
    );
    assert_eq!(collected.passages[4].section, ["حصار"]);
}

#[test]
fn text_stands_where_it_says() {
    for page in [PAGE.to_owned(), PAGE.replace('\n', "\r\n"), format!("\u{feff}{PAGE}")] {
        for block in read(&page).blocks {
            let Block::Paragraph { text, place, .. } = block else {
                continue;
            };
            let span = place.span.start as usize..place.span.end as usize;
            assert_eq!(place.line as usize, 1 + page[..span.start].matches('\n').count());
            let last = text.split_whitespace().next_back().unwrap_or("");
            assert!(page[span.clone()].contains(last), "{text:?} in {:?}", &page[span]);
        }
    }
}

#[test]
fn titles_and_headings() {
    let titled = |page: &str| {
        let passages = read(page).passages;
        (passages[0].title.clone().unwrap_or_default(), passages[0].section.join("/"))
    };
    assert_eq!(titled("<h1>One</h1><p>x"), ("One".to_owned(), String::new()));
    assert_eq!(titled("<title> A\n B </title><h1>Two</h1>x"), ("A B".to_owned(), "Two".to_owned()));
    assert_eq!(titled("<title></title><h1>a <b>b</b></h1>x"), ("a b".to_owned(), String::new()));
    assert_eq!(titled("<h1>One</h1><h2>a</h2><h3>b</h3>x<h2>c"), ("One".into(), "a/b".into()));
}

#[test]
fn headings_that_repeat_the_title() {
    let outline = |page: &str| {
        let passages = read(page).passages.into_iter();
        let paths = passages.map(|p| format!("{}: {}", p.section.join("/"), p.text));
        paths.collect::<Vec<_>>()
    };
    let book =
        "<title>8.2. Network</title><h2>8.2.&nbsp;Network</h2>a<h3>b</h3>c<h2>8.2. Network</h2>d";
    assert_eq!(outline(book), [": a", "b: c", "8.2. Network: d"]);
    let site = "<title>Tasks — Manual</title><h1>Tasks<a class='x headerlink' href='#t'>¶</a></h1>a\
                <h2>Tasks — M</h2>b";
    assert_eq!(outline(site), [": a", "Tasks — M: b"]);
}

#[test]
fn tags_that_are_left_out_or_left_behind() {
    let text = |page: &str| {
        let texts = read(page).passages.into_iter().map(|passage| passage.text);
        texts.collect::<Vec<_>>().join("\n")
    };
    assert_eq!(text("<p>one<p>two</p>three"), "one\ntwo\nthree");
    assert_eq!(text("<ul><li hidden>a<li>b<ul><li>c</ul><li>d"), "b\nc\nd");
    assert_eq!(text("<table><tr><td hidden>a<td>b<tr><td>c"), "b\nc");
    assert_eq!(text("<b hidden>a<table><tr><td></b>b</table></b>c"), "c");
    assert_eq!(text("a</nav></p></b>b"), "ab");
    assert_eq!(text("<head><title>t</title><p>x"), "x");
    assert_eq!(text("one<br><br>two<br>three"), "one\ntwo three");
    assert_eq!(text("a &lt;b&gt; &#1605; &nosuch; &amp"), "a <b> م &nosuch; &");
    assert_eq!(text("<script><p>no</p></script>yes<style>no"), "yes");
    assert_eq!(text("<?xml version='1.0'?><html><script src='x'/><p>yes</p></html>"), "yes");
    assert_eq!(text(""), "");
}

#[test]
fn encodings_that_pages_name() {
    let read = |page: &[u8]| {
        let collected = collect(page, "x.html", Format::Auto, false);
        collected.passages.first().map(|passage| passage.text.clone())
    };
    // By itself it would be guessed to be something else.
    let greek = b"<html><meta http-equiv=x content='text/html; charset=iso-8859-7'><p>\xe1\xe2";
    assert_eq!(read(greek).as_deref(), Some("αβ"));
    let named = b"<?xml version=\"1.0\" encoding=\"windows-1251\"?><html><p>\xe4\xe0</p></html>";
    assert_eq!(read(named).as_deref(), Some("да"));
    // What is said is wrong: it is UTF-8.
    let wrong = "<meta charset=windows-1252><p>حصار".as_bytes();
    assert_eq!(read(wrong).as_deref(), Some("حصار"));
}

#[test]
fn hostile_pages_take_little_time() {
    let many = 100_000;
    let pages = [
        "<div>".repeat(many) + "words",
        "<b>".repeat(many) + "words" + &"</i>".repeat(many),
        "<p hidden>".repeat(many) + "<p>words",
        "<table><tr><td>".repeat(many / 3) + "words",
        "<ul><li>".repeat(many) + "words" + &"</ul>".repeat(many),
        format!("<p>words<{}", "a ".repeat(many)),
        format!("<p>words<!--{}", "-".repeat(many)),
        format!("<p>words{}", "&".repeat(many)),
    ];
    for page in pages {
        let started = Instant::now();
        let collected = read(&page);
        assert!(started.elapsed() < Duration::from_secs(60), "{:.20}", page);
        assert!(collected.passages[0].text.contains("words"), "{:.20}", page);
    }
}

proptest! {
    #[test]
    fn any_page_is_read(
        parts in proptest::collection::vec(
            prop_oneof![
                "</?(p|b|div|table|tr|td|li|ul|h1|h2|pre|br|nav|title|script|body)( hidden)?/?>",
                "[a-zش &;<>\r\n\t\"'=-]{0,12}",
                Just("<!--".to_owned()),
                Just("-->".to_owned()),
                Just("&eacute;".to_owned()),
                Just("\u{0}\u{feff}".to_owned()),
            ],
            0..40,
        ),
    ) {
        let page = parts.concat();
        let collected = read(&page);
        prop_assert!(collected.failure.is_none());
        for block in &collected.blocks {
            if let Block::Paragraph { place, .. } = block {
                let span = place.span.start as usize..place.span.end as usize;
                prop_assert!(page.get(span).is_some());
            }
        }
    }
}
