//! The cutter of passages: any blocks in any order. Nothing of them may get lost, passages are
//! bounded, and their ids and ordinals go up from 0.
//!
//! Blocks stand one after another, parted by blank lines; the first character of each says what it is.
//! A vertical tab stands for a blank line within a block.
#![no_main]

use std::collections::HashSet;

use libfuzzer_sys::fuzz_target;
use warraq::model::{ArticleHead, Block, ByteSpan, Kind, Lang, Passage, Place, passage_id};
use warraq::passage::Cutter;

/// Characters of a passage at the most: a field may be as long as a paragraph and have a key, and
/// headings without text are joined up to a length in bytes.
const MOST: usize = 6_000;

fuzz_target!(|text: &str| {
    let mut parts = text.split("\n\n").map(|part| part.replace('\u{b}', "\n\n"));
    let options = parts.next().unwrap_or_default();
    let whole = options.contains('w');
    let title = options.contains('t').then(|| options.replace(char::is_whitespace, " "));
    let title = title.filter(|title| title.len() < 200);
    let mut given = Words::default();
    if let Some(title) = &title {
        given.add(title);
    }
    let blocks: Vec<Block> = blocks(parts, &mut given);
    let id = "an-article".to_owned();
    let head = ArticleHead { id: id.clone(), title, whole, ..ArticleHead::default() };
    let end = blocks.iter().map(|block| place_of(block).span.end).max().unwrap_or(0);
    let passages = cut(head, blocks);
    let mut shown = Words::default();
    for (ordinal, passage) in (0..).zip(&passages) {
        assert_eq!((passage.ordinal, &passage.article), (ordinal, &id));
        let own_id = if whole && ordinal == 0 { id.clone() } else { passage_id(&id, ordinal) };
        assert_eq!(passage.id, own_id);
        assert!(!passage.text.is_empty(), "{passage:?}");
        let Place { line, span } = passage.place;
        assert!(span.start <= span.end && span.end <= end && line <= end + 1, "{passage:?}");
        let key = passage.fields.iter().map(|(key, _)| key.chars().count()).max().unwrap_or(0);
        let most = if whole { usize::MAX } else { MOST + key };
        assert!(passage.text.chars().count() <= most, "{} characters", passage.text.len());
        for text in passage.section.iter().chain(&passage.title) {
            shown.add(text);
            assert!(!text.is_empty() && !text.contains(char::is_control), "{text:?}");
        }
        shown.add(&passage.text);
        shown.add(&passage.hidden);
        for (key, value) in &passage.fields {
            shown.add(key);
            shown.add(value);
        }
    }
    // A word that is longer than a passage is cut.
    let lost = given.0.iter().find(|word| word.len() < 200 && !shown.0.contains(*word));
    assert_eq!(lost, None, "in none of {passages:#?}");
});

fn cut(head: ArticleHead, blocks: Vec<Block>) -> Vec<Passage> {
    let mut passages = Vec::new();
    let mut cutter = Cutter::new(head);
    for block in blocks {
        cutter.push(block, &mut |passage| passages.push(passage));
    }
    cutter.finish(&mut |passage| passages.push(passage));
    passages
}

fn blocks(parts: impl Iterator<Item = String>, given: &mut Words) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut line = 1;
    let mut at = 0;
    for part in parts {
        let Some(sign) = part.chars().next() else { continue };
        let text = part[sign.len_utf8()..].to_owned();
        let place = Place { line, span: ByteSpan::new(at, at + text.len() as u64) };
        line += 1;
        at = place.span.end + 1;
        let paragraph = |kind, text| Block::Paragraph { kind, text, place, continues: false };
        let block = match sign {
            't' => Block::Title { text, place },
            '1'..='6' => Block::Heading { level: sign as u8 - b'0', text, place },
            'l' => paragraph(Kind::Links, text),
            'r' => paragraph(Kind::References, text),
            '|' => paragraph(Kind::Table, text),
            'f' => match text.split_once('=') {
                Some((key, value)) => {
                    Block::Field { key: key.to_owned(), value: value.to_owned(), place }
                }
                None => Block::Field { key: String::new(), value: text, place },
            },
            // It goes on in the middle of a word.
            '+' => match blocks.last() {
                Some(&Block::Paragraph { kind, .. }) => {
                    blocks.push(Block::Paragraph { kind, text, place, continues: true });
                    continue;
                }
                _ => paragraph(Kind::Prose, text),
            },
            'a' => Block::Language { lang: Lang::parse(text.trim()) },
            '-' => Block::Marker { place },
            _ => paragraph(Kind::Prose, text),
        };
        blocks.push(block);
    }
    for (place, block) in blocks.iter().enumerate() {
        let goes_on = |place: usize| {
            matches!(blocks.get(place), Some(Block::Paragraph { continues: true, .. }))
        };
        // Words that two blocks share belong to neither.
        let (begins, ends) = (!goes_on(place), !goes_on(place + 1));
        match block {
            Block::Title { text, .. } | Block::Heading { text, .. } => given.add(text),
            Block::Paragraph { text, .. } => given.add(inner(text, begins, ends)),
            Block::Field { key, value, .. } => {
                given.add(key);
                given.add(value);
            }
            _ => {}
        }
    }
    blocks
}

/// A text without its first and last words where these may go on elsewhere.
fn inner(text: &str, begins: bool, ends: bool) -> &str {
    let from = if begins { 0 } else { text.find(char::is_whitespace).unwrap_or(text.len()) };
    let to = if ends { text.len() } else { text.rfind(char::is_whitespace).unwrap_or(0) };
    text.get(from..to).unwrap_or("")
}

fn place_of(block: &Block) -> Place {
    match block {
        Block::Title { place, .. }
        | Block::Heading { place, .. }
        | Block::Paragraph { place, .. }
        | Block::Field { place, .. }
        | Block::Marker { place } => *place,
        _ => Place::default(),
    }
}

/// Runs of letters and digits.
#[derive(Default)]
struct Words(HashSet<String>);

impl Words {
    fn add(&mut self, text: &str) {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        self.0.extend(words.map(str::to_owned));
    }
}
