//! Readers and the cutter together, over the real articles of `corpus/` and over random ones.

use std::collections::HashSet;
use std::io::Cursor;

use proptest::prelude::*;

use super::*;
use crate::model::{Kind, Passage};
use crate::passage::Cutter;

const BUSANJIN: &str = include_str!("../../corpus/siege-of-busanjin.txt");
const PYONGYANG_1592: &str = include_str!("../../corpus/siege-of-pyongyang-1592.txt");
const PYONGYANG_1593: &str = include_str!("../../corpus/siege-of-pyongyang-1593.txt");
const HAENGJU: &str = include_str!("../../corpus/battle-of-haengju.ar.txt");

/// All that a reader hands on.
#[derive(Default)]
pub(super) struct Collected {
    pub heads: Vec<ArticleHead>,
    pub blocks: Vec<Block>,
    pub problems: Vec<Problem>,
    pub passages: Vec<Passage>,
    /// What the reader returned, if it failed.
    pub failure: Option<Error>,
    cutter: Option<Cutter>,
}

impl Sink for Collected {
    fn article(&mut self, head: ArticleHead) -> Result<()> {
        self.finish();
        self.heads.push(head.clone());
        self.cutter = Some(Cutter::new(head));
        Ok(())
    }

    fn block(&mut self, block: Block) -> Result<()> {
        self.blocks.push(block.clone());
        if let Some(cutter) = &mut self.cutter {
            cutter.push(block, &mut |passage| self.passages.push(passage));
        }
        Ok(())
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

impl Collected {
    fn finish(&mut self) {
        if let Some(cutter) = self.cutter.take() {
            cutter.finish(&mut |passage| self.passages.push(passage));
        }
    }
}

pub(super) fn collect(bytes: &[u8], relative: &str, format: Format, whole: bool) -> Collected {
    collect_with(bytes, relative, format, whole, &Columns::default())
}

pub(super) fn collect_with(
    bytes: &[u8],
    relative: &str,
    format: Format,
    whole: bool,
    columns: &Columns,
) -> Collected {
    let reading = Reading { relative, shown: relative, format, whole, columns };
    let mut collected = Collected::default();
    collected.failure = read_source(&mut Cursor::new(bytes), &reading, &mut collected).err();
    collected.finish();
    collected
}

fn passages(text: &str, relative: &str) -> Vec<Passage> {
    let collected = collect(text.as_bytes(), relative, Format::Auto, false);
    assert!(collected.failure.is_none() && collected.problems.is_empty());
    check(text, &collected).expect("the rules");
    collected.passages
}

/// The rules that hold for every article that is a file of its own.
fn check(text: &str, collected: &Collected) -> std::result::Result<(), String> {
    let mut owners = vec![0u8; text.len()];
    let mut own = |span: crate::model::ByteSpan| -> std::result::Result<(), String> {
        owners
            .get_mut(span.start as usize..span.end as usize)
            .ok_or(format!("{span:?} is outside"))?
            .iter_mut()
            .for_each(|count| *count += 1);
        Ok(())
    };
    let mut headings = HashSet::new();
    for block in &collected.blocks {
        match block {
            Block::Title { place, .. } | Block::Heading { place, .. } => {
                headings.insert(place.span.start);
                own(place.span)?;
            }
            Block::Marker { place } => own(place.span)?,
            Block::Paragraph { .. }
            | Block::Field { .. }
            | Block::Language { .. }
            | Block::Passage(_) => {}
        }
    }
    for (ordinal, passage) in collected.passages.iter().enumerate() {
        let span = passage.place.span;
        // A heading without text under it is a passage and stays a heading.
        if !headings.contains(&span.start) {
            own(span)?;
        }
        let (start, end) = (span.start as usize, span.end as usize);
        if !text.is_char_boundary(start) || !text.is_char_boundary(end) {
            return Err(format!("{span:?} is not on boundaries"));
        }
        let line = 1 + text[..start].matches('\n').count() as u64;
        if passage.place.line < line {
            return Err(format!("line {} for {line}: {passage:?}", passage.place.line));
        }
        if passage.ordinal as usize != ordinal || passage.text.trim().is_empty() {
            return Err(format!("bad passage {passage:?}"));
        }
        if passage.text.chars().count() > 8200 {
            return Err(format!("{} is long", passage.id));
        }
    }
    for (at, c) in text.char_indices() {
        if !wiki_line::is_blank(c) && owners[at] != 1 {
            return Err(format!("{c:?} at {at} has {} owners: {:?}", owners[at], collected.blocks));
        }
    }
    Ok(())
}

/// Whether every run of letters and digits of the source can be found.
fn check_words(text: &str, passages: &[Passage]) -> std::result::Result<(), String> {
    fn words(text: &str) -> impl Iterator<Item = &str> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
    }
    let mut found = HashSet::new();
    for passage in passages {
        found.extend(words(&passage.text));
        found.extend(words(&passage.hidden));
        found.extend(passage.title.as_deref().into_iter().flat_map(words));
        found.extend(passage.section.iter().flat_map(|heading| words(heading)));
    }
    match words(text).find(|word| !found.contains(word) && *word != "Infobox") {
        Some(word) => Err(format!("{word:?} of {text:?} is lost: {passages:#?}")),
        None => Ok(()),
    }
}

fn section_of<'a>(passages: &'a [Passage], words: &str) -> Vec<&'a [String]> {
    passages
        .iter()
        .filter(|passage| passage.text.contains(words))
        .map(|passage| passage.section.as_slice())
        .collect()
}

#[test]
fn every_word_and_byte_of_the_corpus_is_kept() {
    for (name, text) in [
        ("busanjin.txt", BUSANJIN),
        ("1592.txt", PYONGYANG_1592),
        ("1593.txt", PYONGYANG_1593),
        ("haengju.ar.txt", HAENGJU),
    ] {
        let passages = passages(text, name);
        check_words(text, &passages).expect(name);
        for (ordinal, passage) in passages.iter().enumerate() {
            assert_eq!(passage.id, format!("{name}#{ordinal}"));
            assert_eq!(passage.article, name);
            let chars = passage.text.chars().count();
            assert!(chars <= 1600, "{} has {chars}", passage.id);
        }
    }
}

#[test]
fn the_siege_of_1592_is_cut_by_its_sections() {
    let passages = passages(PYONGYANG_1592, "1592.txt");
    let title = Some("Siege of Pyongyang (1592)".to_owned());
    assert!(passages.iter().all(|passage| passage.title == title));
    assert_eq!(section_of(&passages, "seven thousand tons of rice"), [["Battle".to_owned()]]);
    let mut sections: Vec<_> = passages.iter().map(|passage| passage.section.concat()).collect();
    sections.dedup();
    assert_eq!(sections, ["", "Background", "Battle", "Aftermath", "See also"]);
}

#[test]
fn infoboxes_are_passages_with_fields() {
    let passages = passages(PYONGYANG_1592, "1592.txt");
    let infobox = &passages[0];
    assert_eq!((infobox.kind, infobox.place.line), (Kind::Infobox, 4));
    let field = |key: &str| {
        infobox.fields.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    };
    assert_eq!(field("Commander1"), Some("Konishi Yukinaga, Kuroda Nagamasa"));
    assert_eq!(field("Commander2"), Some("Kim Myŏngwŏn, Yun Tusu"));
    assert_eq!(field("Combatant1"), Some("Toyotomi Japan"));
    assert_eq!(field("Casualties1"), Some("?"));
    assert_eq!(field("Campaign"), None);
    assert!(infobox.text.starts_with("Conflict: Siege of Pyongyang\nPartof: the Japanese"));
    assert_eq!(infobox.hidden, "20px 20px Campaign");
    assert!(passages[1..].iter().all(|passage| passage.kind != Kind::Infobox), "one infobox");
}

#[test]
fn see_also_lists_are_links() {
    for text in [BUSANJIN, PYONGYANG_1592, PYONGYANG_1593] {
        let passages = passages(text, "x.txt");
        let links: Vec<&Passage> =
            passages.iter().filter(|passage| passage.kind == Kind::Links).collect();
        assert_eq!(links.len(), 1);
        assert_eq!(links[0].section, ["See also"]);
        assert!(links[0].text.starts_with("List of "));
    }
}

#[test]
fn scars_are_cleaned_and_stay_findable() {
    let busanjin = passages(BUSANJIN, "x.txt");
    let infobox = &busanjin[0];
    assert!(infobox.text.contains("Commander2: Chŏng Pal\n"));
    assert!(infobox.text.ends_with("200 captured"));
    assert_eq!(infobox.hidden, "PalKIA KIA");
    assert!(busanjin[1].text.starts_with("The siege of Busanjin was a battle"));
    assert_eq!(section_of(&busanjin, "statue of Chŏng Pal"), [["Legacy".to_owned()]]);
    let haengju = passages(HAENGJU, "x.ar.txt");
    assert!(haengju[0].text.contains("في 1592–1598. فشل"));
    assert_eq!(haengju[0].hidden, "15921598");
}

#[test]
fn an_article_without_a_title_has_none() {
    let passages = passages(HAENGJU, "battle-of-haengju.ar.txt");
    assert!(passages.len() >= 3);
    for passage in &passages {
        assert_eq!((&passage.title, passage.kind), (&None, Kind::Prose));
        assert!(passage.section.is_empty());
    }
    assert!(passages[0].text.starts_with("الغزو الياباني لكوريا"));
}

#[test]
fn the_corpus_as_records_and_as_whole() {
    let record = serde_json::json!({"id": "siege", "text": PYONGYANG_1593}).to_string();
    let cut = collect(record.as_bytes(), "x.jsonl", Format::Auto, false).passages;
    let file = passages(PYONGYANG_1593, "x.txt");
    assert_eq!(cut.len(), file.len());
    for (cut, file) in cut.iter().zip(&file) {
        assert_eq!((&cut.text, &cut.section), (&file.text, &file.section));
        assert_eq!(cut.place.span.end, record.len() as u64);
    }
    let whole = collect(record.as_bytes(), "x.jsonl", Format::Auto, true).passages;
    assert_eq!(whole.len(), 1);
    assert_eq!((whole[0].id.as_str(), whole[0].kind), ("siege", Kind::Prose));
    assert!(whole[0].text.contains("\n\nThe siege of Pyongyang was"));
    let whole = collect(PYONGYANG_1593.as_bytes(), "x.txt", Format::Auto, true).passages;
    assert_eq!(whole.len(), 1);
    assert_eq!(whole[0].title.as_deref(), Some("Siege of Pyongyang (1593)"));
    assert_eq!(whole[0].fields[3], ("Place".to_owned(), "Pyongyang".to_owned()));
}

/// Lines as they occur in articles of either kind.
fn lines(heading: &'static str) -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("Konishi"),
        Just("هانجو"),
        Just("PalKIA"),
        Just("15921598"),
        Just("20px"),
        Just("()"),
        Just(","),
        Just("|"),
        Just("ended."),
        Just("Sō"),
        Just("\u{200f}"),
        Just("*"),
        Just("**bold**"),
        Just("[link](u)"),
        Just("&amp;"),
        Just("`code`"),
        Just("<b>"),
        Just("7:"),
    ];
    let text = proptest::collection::vec(word, 1..12).prop_map(|words| words.join(" "));
    let long =
        (text.clone(), 1usize..80).prop_map(|(text, times)| format!("{text} ").repeat(times));
    (
        prop_oneof![
            4 => Just(""),
            2 => Just("- "),
            1 => Just("* "),
            1 => Just("1. "),
            1 => Just("| "),
            1 => Just("- Key: "),
            1 => Just("> "),
            1 => Just("  "),
        ],
        prop_oneof![6 => text, 1 => long],
    )
        .prop_map(|(start, text)| start.to_owned() + &text)
        .boxed()
        .prop_union(
            prop_oneof![
                Just(String::new()),
                Just(String::new()),
                Just("Infobox".to_owned()),
                Just("----".to_owned()),
                Just("|---|".to_owned()),
                Just("-".to_owned()),
                Just("```".to_owned()),
                Just("[ref]: address".to_owned()),
                Just("<div>".to_owned()),
                Just(format!("{heading} Title")),
                Just(format!("{heading}{heading} Section")),
                Just(format!("{heading}{heading} See also")),
                Just("= Title =".to_owned()),
                Just("==Section==".to_owned()),
                Just("== See also ==".to_owned()),
                Just("=== Deeper ===".to_owned()),
                Just("\u{200f}".to_owned()),
                Just("\u{0}".to_owned()),
            ]
            .boxed(),
        )
}

fn articles(heading: &'static str) -> impl Strategy<Value = String> {
    let ending = prop_oneof![4 => Just("\n"), 1 => Just("\r\n"), 2 => Just("\n\n")];
    let line = (lines(heading), ending).prop_map(|(line, ending)| line + ending);
    (prop_oneof![3 => Just(""), 1 => Just("\u{feff}")], proptest::collection::vec(line, 0..24))
        .prop_map(|(mark, lines)| mark.to_owned() + &lines.concat())
}

proptest! {
    #[test]
    fn random_text_is_kept(text in articles("=")) {
        let collected = collect(text.as_bytes(), "x.txt", Format::Text, false);
        prop_assert!(collected.failure.is_none());
        check(&text, &collected).map_err(TestCaseError::fail)?;
        check_words(&text, &collected.passages).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn random_markdown_is_kept(text in articles("#")) {
        let collected = collect(text.as_bytes(), "x.md", Format::Auto, false);
        prop_assert!(collected.failure.is_none());
        check(&text, &collected).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn any_text_and_record_is_read(text in any::<String>()) {
        for name in ["x.txt", "x.md"] {
            let collected = collect(text.as_bytes(), name, Format::Auto, false);
            prop_assert!(collected.failure.is_none());
            check(&text, &collected).map_err(TestCaseError::fail)?;
        }
        let record = serde_json::json!({"title": text, "text": text}).to_string();
        let collected = collect(record.as_bytes(), "x.jsonl", Format::Auto, false);
        prop_assert!(collected.failure.is_none() && collected.problems.is_empty());
        check_words(&text, &collected.passages).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn any_bytes_are_read_in_any_format(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        text in "(id,text|id\ttext|\\{\"index\":\\{\\}\\})?[\n<>a-z\"&;{}:,\t#=|-]{0,80}",
    ) {
        for format in Format::ALL {
            for content in [&bytes[..], text.as_bytes(), &[text.as_bytes(), &bytes].concat()] {
                collect(content, "x", format, false);
            }
        }
    }

    #[test]
    fn whole_records_keep_their_words(text in articles("=")) {
        let record = serde_json::json!({"id": "r", "text": text}).to_string();
        let passages = collect(record.as_bytes(), "x.jsonl", Format::Auto, true).passages;
        prop_assert!(passages.len() <= 1);
        check_words(&text, &passages).map_err(TestCaseError::fail)?;
        if let Some(passage) = passages.first() {
            prop_assert_eq!(&passage.id, "r");
        }
    }
}
