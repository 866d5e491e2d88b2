//! Markdown: one article, its structure found by a CommonMark parser.
//!
//! Every paragraph is handed on in fragments, each with its own place, so that a long one can be
//! cut and traced back. Markup is no text but belongs to the block beside it. Addresses of links
//! and comments are not read; alternative texts of pictures are.

use std::io::Read;
use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::content::Content;
use super::front_matter::parse_front_matter;
use super::html_text::HtmlText;
use super::sections::Sections;
use super::text::{article_head, check_text, read_text};
use super::wiki_line::{HEADING_BYTES, is_blank};
use super::{Reading, Sink};
use crate::error::Result;
use crate::model::{Block, ByteSpan, Kind, Place};

/// A Markdown file is parsed as a whole; longer ones are read as plain text, line by line.
const MARKDOWN_BYTES: u64 = 4 << 20;

/// Reads one article of Markdown.
pub(super) fn read_markdown(
    content: &mut Content<'_>,
    reading: &Reading<'_>,
    sink: &mut dyn Sink,
) -> Result<()> {
    check_text(content, reading, |_| None)?;
    let unreadable = |error| reading.unreadable(&error);
    let mut text = String::new();
    let start = content.text().map_err(unreadable)?;
    // One byte more tells that there is more; it may end within a character.
    let mut start = start.take(MARKDOWN_BYTES + 1);
    let whole = start.read_to_string(&mut text).is_ok() && text.len() as u64 <= MARKDOWN_BYTES;
    drop(start);
    if !whole {
        return read_text(content, reading, sink);
    }
    let mut start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut line = 1;
    let mut head = article_head(reading);
    let front_matter = parse_front_matter(&text[start..], start as u64);
    if let Some(front_matter) = &front_matter {
        head.lang = front_matter.lang.clone();
        start += front_matter.bytes;
        line += front_matter.lines;
    }
    sink.article(head)?;
    for block in front_matter.into_iter().flat_map(|front| front.blocks) {
        sink.block(block)?;
    }
    let mut blocks = MarkdownBlocks {
        text: &text[start..],
        offset: start as u64,
        line,
        counted: 0,
        begun: false,
        sections: Sections::default(),
        done: 0,
        leaf: None,
        sink,
    };
    // Footnotes and task lists are left as the text that they are.
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    for (event, range) in Parser::new_ext(&text[start..], options).into_offset_iter() {
        blocks.event(event, range)?;
    }
    blocks.finish()
}

/// Turns events of the parser into blocks. Ranges are bytes of `text`.
struct MarkdownBlocks<'a> {
    text: &'a str,
    /// Place of `text` in its file.
    offset: u64,
    /// The line in which byte `counted` of `text` stands.
    line: u64,
    counted: usize,
    /// Whether anything visible has been met: only before it can the title stand.
    begun: bool,
    sections: Sections,
    /// All visible bytes before this one belong to blocks that were handed on.
    done: usize,
    leaf: Option<Leaf>,
    sink: &'a mut dyn Sink,
}

/// A paragraph, heading, row or code block that is being read.
struct Leaf {
    form: Form,
    start: usize,
    end: usize,
    fragments: Vec<Fragment>,
    html: HtmlText,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Paragraph,
    Heading(u8),
    Row,
    /// Each line is a paragraph of its own.
    Code,
    Html,
}

struct Fragment {
    text: String,
    range: Range<usize>,
}

impl MarkdownBlocks<'_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) -> Result<()> {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) => self.fragment(&text, range),
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.fragment(&text, range)
            }
            Event::FootnoteReference(text) => self.fragment(&text, range),
            Event::SoftBreak | Event::HardBreak => self.fragment("\n", range),
            Event::Html(_) => {
                self.html(range);
                Ok(())
            }
            Event::InlineHtml(_) => self.inline(range),
            Event::TaskListMarker(_) => Ok(()),
            Event::Rule => {
                self.close()?;
                self.gap(range.start)?;
                self.markers(range.start)?;
                self.marker(range)
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) -> Result<()> {
        let form = match tag {
            Tag::Paragraph => Form::Paragraph,
            Tag::Heading { level, .. } => Form::Heading(level as u8),
            Tag::CodeBlock(_) => Form::Code,
            Tag::HtmlBlock => Form::Html,
            Tag::TableHead | Tag::TableRow => Form::Row,
            Tag::TableCell => {
                if let Some(leaf) = &mut self.leaf
                    && let Some(last) = leaf.fragments.last()
                {
                    let between = last.range.end..range.start.max(last.range.end);
                    leaf.push(" | ".to_owned(), between);
                }
                return Ok(());
            }
            Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
            | Tag::Link { .. }
            | Tag::Image { .. } => return self.inline(range.start..range.start),
            _ => return self.close(),
        };
        self.close()?;
        self.open(form, range)
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) -> Result<()> {
        match tag {
            TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Link
            | TagEnd::Image => self.inline(range.end..range.end),
            TagEnd::TableCell => Ok(()),
            _ => self.close(),
        }
    }

    fn open(&mut self, form: Form, range: Range<usize>) -> Result<()> {
        self.gap(range.start)?;
        // Markup that is no text, such as bullets, was left by the gap and begins the block.
        let before = self.text.get(self.done..range.start).unwrap_or("");
        let lead = before.len() - before.trim_start().len();
        let start = match form {
            Form::Heading(_) => range.start.max(self.done),
            _ if lead < before.len() => self.done + lead,
            _ => range.start.max(self.done),
        };
        if let Form::Heading(_) = form {
            self.markers(range.start)?;
        }
        self.leaf = Some(Leaf {
            form,
            start,
            end: range.end.max(start),
            fragments: Vec::new(),
            html: HtmlText::default(),
        });
        Ok(())
    }

    /// Inline content: it opens a paragraph where the parser saw none (tight lists).
    fn inline(&mut self, range: Range<usize>) -> Result<()> {
        if self.leaf.is_none() {
            self.open(Form::Paragraph, range.clone())?;
        }
        if let Some(leaf) = &mut self.leaf {
            leaf.end = leaf.end.max(range.end);
        }
        Ok(())
    }

    fn fragment(&mut self, text: &str, range: Range<usize>) -> Result<()> {
        self.inline(range.clone())?;
        let Some(leaf) = &mut self.leaf else {
            return Ok(());
        };
        // Code stands between its backticks.
        let source = self.text.get(range.clone()).unwrap_or("");
        let range = match source.find(text) {
            Some(at) if !text.is_empty() => range.start + at..range.start + at + text.len(),
            _ => range,
        };
        if range.len() == text.len() {
            let mut at = range.start;
            for line in text.split_inclusive('\n') {
                leaf.push(line.to_owned(), at..at + line.len());
                at += line.len();
            }
        } else {
            leaf.push(text.to_owned(), range);
        }
        Ok(())
    }

    /// A stretch of an HTML block: what stands between its tags is text.
    fn html(&mut self, range: Range<usize>) {
        let source = self.text;
        let Some(leaf) = &mut self.leaf else {
            return;
        };
        let html = source.get(range.clone()).unwrap_or("");
        for text in leaf.html.text_ranges(html) {
            let at = range.start + text.start..range.start + text.end;
            leaf.push(html[text].to_owned(), at);
        }
    }

    /// Hands on the open leaf.
    fn close(&mut self) -> Result<()> {
        let Some(mut leaf) = self.leaf.take() else {
            return Ok(());
        };
        let stretch = self.text.get(leaf.start..leaf.end).unwrap_or("");
        leaf.end = leaf.start + stretch.trim_end().len();
        let is_text = |fragment: &Fragment| fragment.text.chars().any(|c| !is_blank(c));
        if !leaf.fragments.iter().any(is_text) {
            return self.marker(leaf.start..leaf.end);
        }
        let begun = std::mem::replace(&mut self.begun, true);
        if let Form::Heading(level) = leaf.form {
            let text: String =
                leaf.fragments.iter().map(|fragment| fragment.text.as_str()).collect();
            let text = text.trim();
            if text.len() <= HEADING_BYTES {
                let range = leaf.start..leaf.end;
                return self.heading(level, text.to_owned(), range, !begun);
            }
        }
        self.paragraph(leaf)
    }

    fn heading(&mut self, level: u8, text: String, range: Range<usize>, first: bool) -> Result<()> {
        let place = self.place(range);
        if level == 1 && first {
            return self.sink.block(Block::Title { text, place });
        }
        self.sections.enter(level, &text);
        self.sink.block(Block::Heading { level, text, place })
    }

    fn paragraph(&mut self, leaf: Leaf) -> Result<()> {
        let kind = match leaf.form {
            Form::Row => Kind::Table,
            _ => self.kind(),
        };
        let mut from = leaf.start;
        let mut continues = false;
        let mut ended_line = false;
        let first = leaf.fragments.first();
        let lead = leaf.start..first.map_or(leaf.end, |first| first.range.start);
        if self.text.get(lead.clone()).is_some_and(|lead| lead.contains('\n')) {
            // Markup on lines of its own, so that the text knows its line.
            from = lead.end;
            let place = self.place(lead);
            self.sink.block(Block::Paragraph {
                kind,
                text: String::new(),
                place,
                continues: false,
            })?;
            continues = true;
        }
        for fragment in leaf.fragments {
            let own_line = leaf.form == Form::Code && ended_line;
            ended_line = fragment.text.ends_with('\n');
            // A gap before the fragment is markup: it belongs to what stands before it.
            let start = if continues { fragment.range.start.max(from) } else { from };
            let end = fragment.range.end.max(start);
            let place = self.place(start..end);
            self.sink.block(Block::Paragraph {
                kind,
                text: fragment.text,
                place,
                continues: continues && !own_line,
            })?;
            continues = true;
            from = end;
        }
        if leaf.end > from {
            let place = self.place(from..leaf.end);
            self.sink.block(Block::Paragraph {
                kind,
                text: String::new(),
                place,
                continues: true,
            })?;
        }
        Ok(())
    }

    fn kind(&self) -> Kind {
        self.sections.kind()
    }

    /// Before a block: what the parser left out and that holds words (definitions of links) is
    /// handed on as links; mere markup is left to the block.
    fn gap(&mut self, to: usize) -> Result<()> {
        let Some(gap) = self.text.get(self.done..to) else {
            return Ok(());
        };
        if !gap.chars().any(char::is_alphabetic) {
            return Ok(());
        }
        let mut at = self.done;
        for line in gap.split_inclusive('\n') {
            let indent = line.len() - line.trim_start().len();
            let text = line.trim();
            let start = at + indent;
            at += line.len();
            if !text.chars().any(char::is_alphabetic) {
                continue;
            }
            self.markers(start)?;
            self.begun = true;
            let place = self.place(start..start + text.len());
            self.sink.block(Block::Paragraph {
                kind: Kind::Links,
                text: text.to_owned(),
                place,
                continues: false,
            })?;
        }
        Ok(())
    }

    /// Hands on the markup before `to` as markers, one a line.
    fn markers(&mut self, to: usize) -> Result<()> {
        let from = self.done;
        let Some(markup) = self.text.get(from..to) else {
            return Ok(());
        };
        let mut at = from;
        for line in markup.split_inclusive('\n') {
            let indent = line.len() - line.trim_start().len();
            let end = at + indent + line.trim().len();
            self.marker(at + indent..end)?;
            at += line.len();
        }
        Ok(())
    }

    fn marker(&mut self, range: Range<usize>) -> Result<()> {
        let stretch = self.text.get(range.clone()).unwrap_or("");
        if stretch.chars().all(is_blank) {
            return Ok(());
        }
        let place = self.place(range.start..range.start + stretch.trim_end().len());
        self.sink.block(Block::Marker { place })
    }

    /// The place of the next block, whose bytes are done with it.
    fn place(&mut self, range: Range<usize>) -> Place {
        if let Some(passed) = self.text.as_bytes().get(self.counted..range.start) {
            self.line += passed.iter().filter(|&&byte| byte == b'\n').count() as u64;
            self.counted = range.start;
        }
        self.done = self.done.max(range.end);
        Place {
            line: self.line,
            span: ByteSpan::new(self.offset + range.start as u64, self.offset + range.end as u64),
        }
    }

    fn finish(mut self) -> Result<()> {
        self.close()?;
        self.gap(self.text.len())?;
        self.markers(self.text.len())
    }
}

impl Leaf {
    /// Adds a fragment, to the one before it where nothing stands between them.
    fn push(&mut self, text: String, range: Range<usize>) {
        self.end = self.end.max(range.end);
        match self.fragments.last_mut() {
            Some(last)
                if last.range.end == range.start
                    && range.len() == text.len()
                    && last.range.len() == last.text.len()
                    && !last.text.ends_with('\n') =>
            {
                last.text.push_str(&text);
                last.range.end = range.end;
            }
            _ => self.fragments.push(Fragment { text, range }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Collected, collect};
    use super::*;
    use crate::source::Format;

    const ARTICLE: &str = "\
---
title: Siege of Busanjin
lang: en
---
# Siege of Busanjin

The *siege* of [Busanjin](https://example.org/x) was a
**battle** &amp; more.

## Forces

| Side | Men |
|------|-----|
| Japan | `18,700` |

- one <b>item</b>
- two

  > quoted

```text
code one
code two
```

<div>
inside <!-- not this -->
</div>

[busan]: https://example.org/ \"Port of Busan\"

See also
--------
1. Imjin War
";

    fn read(text: &str) -> Collected {
        collect(text.as_bytes(), "x.md", Format::Auto, false)
    }

    #[test]
    fn structure_becomes_passages() {
        let Collected { passages, heads, .. } = read(ARTICLE);
        assert_eq!(heads[0].lang.as_ref().map(|lang| lang.code()), Some("en"));
        let shown: Vec<(&str, String, &str)> = passages
            .iter()
            .map(|passage| (passage.kind.name(), passage.section.join("/"), passage.text.as_str()))
            .collect();
        let forces = || "Forces".to_owned();
        assert_eq!(
            shown,
            [
                ("prose", String::new(), "The siege of Busanjin was a battle & more."),
                ("table", forces(), "Side | Men\nJapan | 18,700"),
                ("prose", forces(), "one item\ntwo\nquoted\ncode one\ncode two\ninside"),
                ("links", forces(), "[busan]: https://example.org/ \"Port of Busan\""),
                ("links", "See also".to_owned(), "Imjin War"),
            ]
        );
        let title = Some("Siege of Busanjin".to_owned());
        assert!(passages.iter().all(|passage| passage.title == title));
    }

    #[test]
    fn fragments_stand_where_they_say() {
        for block in read(ARTICLE).blocks {
            let Block::Paragraph { text, place, .. } = block else {
                continue;
            };
            let span = place.span.start as usize..place.span.end as usize;
            assert_eq!(place.line as usize, 1 + ARTICLE[..span.start].matches('\n').count());
            let source = &ARTICLE[span];
            let markup = ["&", " | "].contains(&text.as_str());
            assert!(source.ends_with(&text) || markup, "{text:?} in {source:?}");
        }
    }

    #[test]
    fn a_second_title_is_a_heading() {
        let passages = read("---\ntitle: One\n---\n# Two\ntext\n# Three\ntext").passages;
        assert_eq!(passages[0].title.as_deref(), Some("One"));
        assert_eq!(passages[0].section, ["Two"]);
        assert_eq!(passages[1].section, ["Three"]);
    }

    #[test]
    fn a_huge_file_is_read_as_text() {
        let text = format!("# Title\n\n{}", "A sentence of some words.\n\n".repeat(400_000));
        assert!(text.len() as u64 > MARKDOWN_BYTES);
        let passages = read(&text).passages;
        assert!(passages[0].text.starts_with("# Title\nA sentence"));
    }
}
