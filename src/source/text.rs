//! Plain text and the text of wiki pages: one article, with a title, sections, an infobox, lists
//! and tables where it has them.
//!
//! Lines are judged one by one as they come, so an endless file needs no endless memory.

use encoding_rs::Encoding;

use super::content::Content;
use super::lines::{Line, LineReader};
use super::sections::Sections;
use super::wiki_line::{
    is_blank, is_numbered, is_rule, is_table_row, parse_bullet, parse_field, parse_heading,
    parse_infobox,
};
use super::{Reading, Sink, article_id};
use crate::error::Result;
use crate::model::{ArticleHead, Block, ByteSpan, Kind, Place};

/// Reads one article of plain text.
pub(super) fn read_text(
    content: &mut Content<'_>,
    reading: &Reading<'_>,
    sink: &mut dyn Sink,
) -> Result<()> {
    check_text(content, reading, |_| None)?;
    sink.article(article_head(reading))?;
    let mut blocks = TextBlocks::new(None);
    let mut lines = LineReader::new(content.text().map_err(|error| reading.unreadable(&error))?);
    loop {
        match lines.next_line() {
            Ok(Some(line)) => blocks.line(&line, sink)?,
            Ok(None) => return blocks.finish(sink),
            Err(error) => return Err(reading.unreadable(&error)),
        }
    }
}

/// The head of an article that is a file of its own.
pub(super) fn article_head(reading: &Reading<'_>) -> ArticleHead {
    ArticleHead {
        id: article_id(reading.relative),
        place: Place { line: 1, span: ByteSpan::default() },
        whole: reading.whole,
        ..ArticleHead::default()
    }
}

/// Reads all of it to see that it can be read to its end and is text in an encoding that is known.
pub(super) fn check_text(
    content: &mut Content<'_>,
    reading: &Reading<'_>,
    declared: impl FnOnce(&[u8]) -> Option<&'static Encoding>,
) -> Result<()> {
    match content.check(declared) {
        Ok(None) => Ok(()),
        Ok(line) => Err(reading.failure(
            line,
            "is not UTF-8 nor text in another encoding: convert it first, for example with iconv",
        )),
        Err(error) => Err(reading.unreadable(&error)),
    }
}

/// Turns lines into blocks.
pub(super) struct TextBlocks {
    /// The place of all blocks, if they are not to have places of their own.
    fixed: Option<Place>,
    /// Whether something visible has been met: only before it can the title stand.
    begun: bool,
    sections: Sections,
    in_infobox: bool,
    /// A line that announces an infobox if an entry follows.
    held: Option<Held>,
    open: Option<Open>,
}

struct Held {
    text: String,
    place: Place,
    /// Whether a blank line has followed.
    apart: bool,
}

/// The block that the next line or piece may continue.
#[derive(Clone, Copy)]
struct Open {
    kind: Kind,
    end: u64,
    /// Whether the next line may continue it, or only a further piece of the same line.
    wraps: bool,
    numbered: bool,
}

impl TextBlocks {
    pub fn new(fixed: Option<Place>) -> TextBlocks {
        TextBlocks {
            fixed,
            begun: false,
            sections: Sections::default(),
            in_infobox: false,
            held: None,
            open: None,
        }
    }

    /// Takes the next line, or the next piece of a long one.
    pub fn line(&mut self, line: &Line<'_>, sink: &mut dyn Sink) -> Result<()> {
        let indent = line.text.len() - line.text.trim_start().len();
        // White space at the end of a piece stands between words.
        let text = if line.ends { line.text.trim_end() } else { line.text };
        if text.chars().all(is_blank) {
            return self.blank(line, sink);
        }
        if !line.begins {
            return self.further_piece(text, line.place, sink);
        }
        let text = text.get(indent..).unwrap_or(text);
        let start = line.place.span.start + indent as u64;
        let place =
            Place { line: line.place.line, span: ByteSpan::new(start, start + text.len() as u64) };
        let bullet = parse_bullet(text);
        if let Some(held) = self.held.take() {
            self.settle(held, bullet.and_then(parse_field).is_some(), sink)?;
        }
        let begun = std::mem::replace(&mut self.begun, true);
        if line.ends {
            if let Some((level, heading)) = parse_heading(text) {
                return self.heading(level, heading, place, !begun, sink);
            }
            // A row of mere lines does not end its table.
            let in_row = self.in_table() && text.starts_with('|');
            if is_rule(text) && bullet != Some("") && !in_row {
                self.begun = begun;
                return self.marker(place, sink);
            }
            if parse_infobox(text).is_some() {
                self.open = self.open.filter(|open| open.wraps);
                self.held = Some(Held { text: text.to_owned(), place, apart: false });
                return Ok(());
            }
        }
        match bullet {
            Some(item) if self.in_infobox => self.field(item, place, sink),
            Some("") => self.marker(place, sink),
            Some(item) => self.begin(self.kind(), item, place, true, sink),
            None if is_table_row(text) => self.begin(Kind::Table, text, place, false, sink),
            None => self.paragraph_line(text, place, sink),
        }
    }

    /// Ends the article.
    pub fn finish(mut self, sink: &mut dyn Sink) -> Result<()> {
        match self.held.take() {
            Some(held) => self.settle(held, false, sink),
            None => Ok(()),
        }
    }

    /// Blank lines end paragraphs and infoboxes; blank pieces are part of a long line.
    fn blank(&mut self, line: &Line<'_>, sink: &mut dyn Sink) -> Result<()> {
        if !line.begins {
            return match self.open {
                Some(_) if !line.text.is_empty() => self.further_piece(line.text, line.place, sink),
                _ => Ok(()),
            };
        }
        if let Some(held) = &mut self.held {
            held.apart = true;
        } else {
            self.in_infobox = false;
            self.open = None;
        }
        Ok(())
    }

    fn further_piece(&mut self, text: &str, place: Place, sink: &mut dyn Sink) -> Result<()> {
        match self.open {
            Some(open) => {
                self.open = Some(Open { end: place.span.end, ..open });
                sink.block(Block::Paragraph {
                    kind: open.kind,
                    text: text.to_owned(),
                    place: self.fixed.unwrap_or(place),
                    continues: true,
                })
            }
            // All pieces before it were blank.
            None => {
                self.begun = true;
                self.begin(self.kind(), text, place, true, sink)
            }
        }
    }

    /// Decides about a line that may have announced an infobox.
    fn settle(&mut self, held: Held, announces: bool, sink: &mut dyn Sink) -> Result<()> {
        let name = parse_infobox(&held.text).unwrap_or_default();
        if !announces {
            self.paragraph_line(&held.text, held.place, sink)?;
            if held.apart {
                self.open = None;
            }
            return Ok(());
        }
        self.in_infobox = true;
        self.open = None;
        if name.is_empty() {
            return self.marker(held.place, sink);
        }
        let key = held.text[..held.text.len() - name.len()].trim();
        sink.block(Block::Field {
            key: key.to_owned(),
            value: name.to_owned(),
            place: self.fixed.unwrap_or(held.place),
        })
    }

    fn heading(
        &mut self,
        level: u8,
        text: &str,
        place: Place,
        first: bool,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        self.open = None;
        self.in_infobox = false;
        let text = text.to_owned();
        let place = self.fixed.unwrap_or(place);
        if level == 1 && first {
            return sink.block(Block::Title { text, place });
        }
        self.sections.enter(level, &text);
        sink.block(Block::Heading { level, text, place })
    }

    /// The kind of lists and paragraphs in the innermost section.
    fn kind(&self) -> Kind {
        self.sections.kind()
    }

    fn in_table(&self) -> bool {
        self.open.is_some_and(|open| open.kind == Kind::Table)
    }

    fn marker(&mut self, place: Place, sink: &mut dyn Sink) -> Result<()> {
        self.open = None;
        sink.block(Block::Marker { place: self.fixed.unwrap_or(place) })
    }

    fn field(&mut self, item: &str, place: Place, sink: &mut dyn Sink) -> Result<()> {
        self.open =
            Some(Open { kind: Kind::Infobox, end: place.span.end, wraps: false, numbered: false });
        let (key, value) = parse_field(item).unwrap_or(("", item));
        sink.block(Block::Field {
            key: key.to_owned(),
            value: value.to_owned(),
            place: self.fixed.unwrap_or(place),
        })
    }

    /// A line of running text: it continues the paragraph of the line before it, if there is one.
    fn paragraph_line(&mut self, text: &str, place: Place, sink: &mut dyn Sink) -> Result<()> {
        self.in_infobox = false;
        let numbered = is_numbered(text);
        match self.open {
            Some(open) if open.wraps && !(numbered && open.numbered) => {
                self.open = Some(Open { end: place.span.end, ..open });
                // The line break before it belongs to the text, so that the words stay apart.
                let place =
                    Place { line: place.line, span: ByteSpan::new(open.end, place.span.end) };
                sink.block(Block::Paragraph {
                    kind: open.kind,
                    text: format!("\n{text}"),
                    place: self.fixed.unwrap_or(place),
                    continues: true,
                })
            }
            _ => {
                self.begin(self.kind(), text, place, true, sink)?;
                if let Some(open) = &mut self.open {
                    open.numbered = numbered;
                }
                Ok(())
            }
        }
    }

    fn begin(
        &mut self,
        kind: Kind,
        text: &str,
        place: Place,
        wraps: bool,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        self.in_infobox = false;
        self.open = Some(Open { kind, end: place.span.end, wraps, numbered: false });
        sink.block(Block::Paragraph {
            kind,
            text: text.to_owned(),
            place: self.fixed.unwrap_or(place),
            continues: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Collected, collect};
    use super::*;
    use crate::source::Format;

    /// The blocks of a text, one a line: `T` title, `H` heading, `P` paragraph, `+` its
    /// continuation, `F` field, `M` marker.
    fn outline(text: &str) -> String {
        let Collected { blocks, .. } = collect(text.as_bytes(), "x.txt", Format::Text, false);
        let mut outline = String::new();
        for block in blocks {
            let line = match block {
                Block::Title { text, .. } => format!("T {text}"),
                Block::Heading { level, text, .. } => format!("H{level} {text}"),
                Block::Paragraph { kind, text, continues, .. } => format!(
                    "{} {}: {}",
                    if continues { "+" } else { "P" },
                    kind.name(),
                    text.escape_debug()
                ),
                Block::Field { key, value, .. } => format!("F {key}={value}"),
                Block::Language { .. } | Block::Passage(_) | Block::Marker { .. } => "M".to_owned(),
            };
            outline.push_str(&line);
            outline.push('\n');
        }
        outline
    }

    #[test]
    fn the_first_level_one_heading_is_the_title() {
        assert_eq!(
            outline("\n= Siege =\n==Battle==\nIt began.\n= Part two =\n"),
            "T Siege\nH2 Battle\nP prose: It began.\nH1 Part two\n"
        );
        assert_eq!(outline("It began.\n\n= Siege =\n"), "P prose: It began.\nH1 Siege\n");
    }

    #[test]
    fn infoboxes_are_fields_until_their_list_ends() {
        assert_eq!(
            outline("Infobox\n- Date: 24 May 1592\n- \n- odd\n- Campaign: |\n\n- Later: item"),
            "M\nF Date=24 May 1592\nF =\nF =odd\nF Campaign=|\nP prose: Later: item\n"
        );
        assert_eq!(
            outline("Infobox military conflict\n\n- Date: 1592\nThe siege"),
            "F Infobox=military conflict\nF Date=1592\nP prose: The siege\n"
        );
        assert_eq!(
            outline("Infobox\nis a word.\n\nInfobox"),
            "P prose: Infobox\n+ prose: \\nis a word.\nP prose: Infobox\n"
        );
    }

    #[test]
    fn lists_take_the_kind_of_their_section() {
        assert_eq!(
            outline(
                "- one\n* two\n== See also ==\n- Imjin War\n=== Books ===\n* A book\n\
                 ==المراجع==\n- كتاب\n== Legacy ==\n- a statue\n-\n"
            ),
            "P prose: one\nP prose: two\nH2 See also\nP links: Imjin War\nH3 Books\n\
             P links: A book\nH2 المراجع\nP references: كتاب\nH2 Legacy\n\
             P prose: a statue\nM\n"
        );
    }

    #[test]
    fn wrapped_lines_continue_their_paragraph() {
        assert_eq!(
            outline("One\r\ntwo\r\n\r\n- item\n  goes on\n1. first\n2. second\n"),
            "P prose: One\n+ prose: \\ntwo\nP prose: item\n+ prose: \\ngoes on\n\
             + prose: \\n1. first\n+ prose: \\n2. second\n"
        );
        assert_eq!(outline("1. first\n2. second\n"), "P prose: 1. first\nP prose: 2. second\n");
    }

    #[test]
    fn tables_and_rules() {
        assert_eq!(
            outline("text\n| a | b |\n|---|---|\n| 1 | 2 |\n----\n|\nmore"),
            "P prose: text\nP table: | a | b |\nP table: |---|---|\nP table: | 1 | 2 |\nM\nM\n\
             P prose: more\n"
        );
    }

    #[test]
    fn a_very_long_line_comes_in_pieces() {
        let text = format!("{}end\nnext", "word ".repeat(30_000));
        let blocks = collect(text.as_bytes(), "x.txt", Format::Text, false).blocks;
        let mut joined = String::new();
        for (at, block) in blocks.iter().enumerate() {
            let Block::Paragraph { text, continues, .. } = block else {
                panic!("{block:?}");
            };
            assert_eq!(*continues, at > 0);
            joined.push_str(text);
        }
        assert!(blocks.len() > 2);
        assert_eq!(joined, text);
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_line() {
        let collected = collect(b"fine\nnot so \xff\0\n", "x.txt", Format::Text, false);
        assert!(collected.blocks.is_empty());
        assert_eq!(
            collected.failure.expect("a failure").to_string(),
            "x.txt:2: is not UTF-8 nor text in another encoding: convert it first, for example \
             with iconv"
        );
    }

    #[test]
    fn places_are_those_of_the_decoded_text() {
        let text = "= حصار =\n\nبدأ الحصار.\n";
        let utf8 = collect(text.as_bytes(), "x.txt", Format::Text, false).blocks;
        let bytes = encoding_rs::WINDOWS_1256.encode(text).0;
        assert_eq!(collect(&bytes, "x.txt", Format::Text, false).blocks, utf8);
        let bytes: Vec<u8> = text.encode_utf16().flat_map(|unit| unit.to_le_bytes()).collect();
        assert_eq!(collect(&bytes, "x.txt", Format::Text, false).blocks, utf8);
    }
}
