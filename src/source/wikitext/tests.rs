use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::model::Kind;

fn wiki() -> Wiki<'static> {
    let namespace = |prefix: &str| match prefix.trim().to_lowercase().as_str() {
        "category" | "تصنيف" => Some(LinkKind::Category),
        "file" | "image" | "ملف" => Some(LinkKind::File),
        "user" => Some(LinkKind::Page),
        _ => None,
    };
    Wiki { namespace: Box::leak(Box::new(namespace)), arabic: false, title: "Page" }
}

fn read(source: &str) -> Parsed {
    parse(source, &wiki(), Place { line: 1, ..Place::default() })
}

/// The blocks of a source, each as a line.
fn blocks(source: &str) -> Vec<String> {
    let shown = |block: &Block| match block {
        Block::Title { text, .. } => format!("title {text}"),
        Block::Heading { level, text, .. } => format!("{} {text}", "=".repeat((*level).into())),
        Block::Paragraph { kind: Kind::Prose, text, .. } => text.clone(),
        Block::Paragraph { kind, text, .. } => format!("[{}] {text}", kind.name()),
        Block::Field { key, value, .. } => format!("{key}: {value}"),
        Block::Language { .. } | Block::Passage(_) | Block::Marker { .. } => "marker".to_owned(),
    };
    read(source).blocks.iter().map(shown).collect()
}

fn check(source: &str, expected: &[&str]) {
    assert_eq!(blocks(source), expected, "{source}");
}

#[test]
fn links_show_their_labels() {
    check("the [[Siege of Busan|siege]] of [[Busan]]s", &["the siege of Busans"]);
    check("[[Busan (city)|]] and [[:Category:Sieges]]", &["Busan and Category:Sieges"]);
    check(
        "see [http://example.org the ''site''], http://a.b/c_d",
        &["see the site, http://a.b/c_d"],
    );
    check("[http://example.org]", &["http://example.org"]);
    check("[[unclosed and [[Busan]]", &["[[unclosed and Busan"]);
    check("a [bracket] ]] [[]]", &["a [bracket] ]] [[]]"]);
    check("[[fr:Siège]]text[[User:Yi|Yi]]", &["textYi"]);
}

#[test]
fn pictures_leave_their_captions() {
    check(
        "Before.\n[[File:Map.svg|thumb|200px|alt=A map|The [[Imjin River]] in {{convert|10|km}}]]After.",
        &["Before.", "A map. The Imjin River in 10 km (6.2 mi)", "After."],
    );
    check("<gallery>\nFile:A.jpg|The [[gate]]\nB.png\n</gallery>", &["The gate"]);
}

#[test]
fn categories_are_told_apart() {
    let parsed =
        read("Text.\n[[Category:Sieges|Busan]]\n[[Category:Battles_of 1592]][[Category:Sieges]]");
    assert_eq!(parsed.categories, ["Sieges", "Battles of 1592"]);
    assert_eq!(parsed.blocks.len(), 1);
}

#[test]
fn templates_show_what_readers_see() {
    check("{{lang|fr|siège}} {{transl|ko|Han'gŭl}} {{lang-ko|부산}}", &["siège Han'gŭl 부산"]);
    check("{{convert|5|to|10|ft|m}} {{frac|1|2}}", &["5 to 10 ft (1.5 to 3.0 m) 1/2"]);
    check(
        "{{birth date|1545|4|28}} {{death date and age|1598|12|16|1545|4|28}}",
        &["28 April 1545 16 December 1598 (aged 53)"],
    );
    check(
        "{{nihongo|Toyotomi|豊臣 秀吉|Toyotomi Hideyoshi}}",
        &["Toyotomi (豊臣 秀吉, Toyotomi Hideyoshi)"],
    );
    check("{{coord|51|30|26|N|0|7|39|W|display=title}}", &["51°30′26″N 0°7′39″W"]);
    check("{{Main|Siege of Busan}}", &["[links] Main article: Siege of Busan"]);
    check("water is {{chem|H|2|O}}{{citation needed|date=May 2012}}", &["water is H2O"]);
    check("a {{Unknown thing|first|name=second}} b {{Carbon}}", &["a first, second b Carbon"]);
    check("{{formatnum:1000}} {{DEFAULTSORT:Yi}}x", &["1000 x"]);
    check("{{unclosed|a=b", &["{{unclosed|a=b"]);
    check("a }} b {{{1|default}}}", &["a }} b default"]);
}

#[test]
fn infoboxes_are_fields() {
    check(
        "{{Infobox military conflict\n| conflict = Siege of [[Busan]]\n| image = Busan.jpg\n\
         | date = {{start date|1592|5|24}}\n| commander1 = {{flagicon|Japan}} [[Konishi Yukinaga]]<br>[[Sō Yoshitoshi]]\n\
         | strength2 = {{plainlist|\n* 600\n* 8,000 civilians}}\n| empty =\n}}\nThe '''siege'''.",
        &[
            "conflict: Siege of Busan",
            "date: 24 May 1592",
            "commander1: Japan Konishi Yukinaga, Sō Yoshitoshi",
            "strength2: 600, 8,000 civilians",
            "The siege.",
        ],
    );
}

#[test]
fn references_stand_aside_at_the_end_of_their_section() {
    check(
        "One.<ref name=a>{{cite book |last=Turnbull |title=Samurai Invasion |url=http://x.y |year=2002}}</ref>\n\
         Two.<ref name=\"a\" /> {{sfn|Hawley|2005|p=5}}\n== Next ==\nThree<ref>Unclosed {{cite</ref>.\n<references/>",
        &[
            "One. Two.",
            "[references] Turnbull. Samurai Invasion. 2002",
            "[references] Hawley 2005, p. 5",
            "= Next",
            "Three.",
            "[references] Unclosed {{cite",
        ],
    );
}

#[test]
fn lines_are_headings_lists_and_paragraphs() {
    check(
        "Intro\ngoes on.\n\n== A ==\n* one\n** two\n# three\n; term : meaning\n: indented\n=== B ===\n----\nLast.",
        &[
            "Intro goes on.",
            "= A",
            "one",
            "two",
            "three",
            "term : meaning",
            "indented",
            "== B",
            "marker",
            "Last.",
        ],
    );
    check("== See also ==\n* [[Busan]]", &["= See also", "[links] Busan"]);
    check("a<br/>b", &["a\nb"]);
}

#[test]
fn tables_are_rows() {
    check(
        "{| class=\"wikitable\" style=\"x\"\n|+ Losses\n! Army !! style=\"y\" | Dead\n|-\n| [[Joseon]] || 8,000<ref>Hawley</ref>\n\
         |-\n| rowspan=2 | Japan\n| 4{{!}}5\n* a\n|}\nAfter.",
        &[
            "[table] Losses",
            "[table] Army | Dead",
            "[table] Joseon | 8,000",
            "[table] Japan | 4|5, a",
            "After.",
            "[references] Hawley",
        ],
    );
    check("<table><tr><td>a</td><td>b</td></tr></table>", &["a | b |"]);
}

#[test]
fn other_markup_goes_or_stays() {
    check("a <!-- not\nseen --> b __NOTOC__ ''c'' '''''d'''''", &["a b c d"]);
    check(
        "<nowiki>[[x]] {{y}} * | </nowiki>&nbsp;&lt;b&gt; &unknown; 3 < 4",
        &["[[x]] {{y}} * | <b> &unknown; 3 < 4"],
    );
    check(
        "<math>\\frac{1}{2}</math> <Konishi> <div class='x'>in</div>",
        &["\\frac{1}{2} <Konishi> in"],
    );
}

#[test]
fn blocks_know_their_lines() {
    let parsed = read("One\n\n{{Infobox x\n|a=1\n|b=2\n}}\n== S ==\n\n* four<!--\n-->\nfive");
    let lines: Vec<u64> = parsed
        .blocks
        .iter()
        .map(|block| match block {
            Block::Title { place, .. }
            | Block::Heading { place, .. }
            | Block::Paragraph { place, .. }
            | Block::Field { place, .. }
            | Block::Marker { place } => place.line,
            Block::Language { .. } | Block::Passage(_) => 0,
        })
        .collect();
    assert_eq!(lines[0], 1);
    assert_eq!(lines[lines.len() - 3..], [7, 9, 11]);
}

#[test]
fn a_reference_without_end_parts_words() {
    check("one<ref>two", &["one two"]);
    check("one<ref>[[two]]\n<ref>* three", &["one two", "three"]);
}

#[test]
fn redirects_are_told_in_any_language() {
    assert_eq!(redirect_target("#REDIRECT [[Busan#History|x]]"), Some("Busan#History".to_owned()));
    assert_eq!(redirect_target("#تحويل [[بوسان]]"), Some("بوسان".to_owned()));
    assert_eq!(redirect_target("#redirect: [[A_b]]"), Some("A b".to_owned()));
    assert_eq!(redirect_target("# one [[two]] three"), None.or(redirect_target("# one [[two]]")));
    assert_eq!(redirect_target("Text [[x]]"), None);
}

/// Words of letters and digits.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

proptest! {
    #[test]
    fn any_source_is_read(source in "([a|=\n*#:;!'_ &<>/-]|\\{\\{|\\}\\}|\\[\\[|\\]\\]|\\{\\||\\|\\}|<ref>|</ref>|<nowiki>|</nowiki>|==|\\[http://x |File:|Infobox |é){0,120}") {
        let _ = read(&source);
    }

    #[test]
    fn plain_words_are_never_lost(
        parts in proptest::collection::vec(prop_oneof![
            "[a-d]{2,5}".prop_map(|word| format!(" {word}x ")),
            Just("{{unknown|".to_owned()), Just("}}".to_owned()), Just(" [[".to_owned()),
            Just("]]".to_owned()), Just("\n".to_owned()), Just("\n* ".to_owned()),
            Just("<b>".to_owned()), Just("'''".to_owned()), Just("\n{|\n| ".to_owned()),
            Just("\n|}\n".to_owned()), Just("<ref>".to_owned()), Just("</ref>".to_owned()),
            Just("{{Infobox q|k=".to_owned()),
        ], 0..40),
    ) {
        let source = parts.concat();
        let all = blocks(&source).join("\n");
        let found: std::collections::HashSet<&str> = words(&all).collect();
        for word in words(&source).filter(|word| word.ends_with('x') && !word.starts_with('I')) {
            prop_assert!(found.contains(word), "{:?} lost in {:?}: {:?}", word, source, all);
        }
    }
}

#[test]
fn nesting_without_end_takes_time_in_proportion() {
    for opening in [
        "{{",
        "[[",
        "{{a|",
        "[[a|",
        "<ref>",
        "{{{",
        "[http://a ",
        "{|\n|",
        "<nowiki>",
        "<!--",
        "<b ",
        "&",
        "'''''",
        "__A",
        "\n=",
        "{{a}} [[b|",
    ] {
        let began = Instant::now();
        let _ = read(&opening.repeat(50_000));
        // A second or so; in proportion to the square it would be many minutes.
        assert!(began.elapsed() < Duration::from_secs(60), "{opening:?} {:?}", began.elapsed());
    }
    let both = format!("{}{}", "{{a|".repeat(50_000), "}}".repeat(50_000));
    let _ = read(&both);
}
