//! From the text of a page, as it comes, to blocks.

use std::ops::Range;

use crate::error::Result;
use crate::model::{Block, ByteSpan, Kind, Place};
use crate::passage::section_kind;
use crate::source::Sink;
use crate::source::wiki_line::{HEADING_BYTES, is_blank};
use crate::text::bounds::char_floor;

/// What is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Paragraph,
    Heading(u8),
    /// A row of a table.
    Row,
    /// Preformatted text: each line is a paragraph of its own.
    Lines,
}

/// Turns text into blocks. Ranges are bytes of `page`.
pub(super) struct PageBlocks<'a> {
    page: &'a str,
    /// The line in which byte `counted` of the page stands.
    line: u64,
    counted: usize,
    title: Option<String>,
    /// Levels of the open sections, outermost first, and the kind of what stands in them.
    sections: Vec<(u8, Kind)>,
    form: Form,
    /// Whether the paragraph or row has begun, so that what comes continues it.
    goes_on: bool,
    /// What stands between the text so far and what comes.
    between: &'static str,
    /// Line breaks since the last text.
    breaks: u32,
    heading: String,
    heading_range: Range<usize>,
}

const CELL_BOUND: &str = " | ";

impl PageBlocks<'_> {
    pub fn new(page: &str) -> PageBlocks<'_> {
        PageBlocks {
            page,
            line: 1,
            counted: 0,
            title: None,
            sections: Vec::new(),
            form: Form::Paragraph,
            goes_on: false,
            between: "",
            breaks: 0,
            heading: String::new(),
            heading_range: 0..0,
        }
    }

    /// Whether text that comes now continues what has begun.
    pub fn goes_on(&self) -> bool {
        self.goes_on
    }

    /// The title that the page says it has.
    pub fn title(&mut self, text: &str, sink: &mut dyn Sink) -> Result<()> {
        let text = collapsed(text);
        if self.title.is_some() || text.chars().all(is_blank) || text.len() > HEADING_BYTES {
            return Ok(());
        }
        self.title = Some(text.clone());
        let place = self.place(self.counted..self.counted);
        sink.block(Block::Title { text, place })
    }

    /// Begins a heading, row or preformatted text; what was open is ended.
    pub fn open(&mut self, form: Form, sink: &mut dyn Sink) -> Result<()> {
        self.close(sink)?;
        self.form = form;
        Ok(())
    }

    /// The bound of a paragraph; within a row or heading only words are kept apart.
    pub fn bound(&mut self, sink: &mut dyn Sink) -> Result<()> {
        match self.form {
            Form::Paragraph => self.close(sink),
            Form::Row | Form::Heading(_) | Form::Lines => {
                self.apart();
                Ok(())
            }
        }
    }

    /// A cell of a row begins.
    pub fn cell(&mut self) {
        if self.goes_on && self.form == Form::Row {
            self.between = CELL_BOUND;
        } else {
            self.apart();
        }
    }

    /// A line break; two of them end a paragraph.
    pub fn line_break(&mut self, sink: &mut dyn Sink) -> Result<()> {
        self.breaks += 1;
        if self.form == Form::Lines || (self.form == Form::Paragraph && self.breaks > 1) {
            self.goes_on = false;
            self.between = "";
            return Ok(());
        }
        self.apart();
        let _ = sink;
        Ok(())
    }

    fn apart(&mut self) {
        if self.between.is_empty() {
            self.between = " ";
        }
    }

    /// Takes text that stands at `range` of the page.
    pub fn text(&mut self, text: &str, range: Range<usize>, sink: &mut dyn Sink) -> Result<()> {
        let range = self.sound(range);
        // Where no reference was replaced, parts of the text have places of their own.
        let is_source = self.page.get(range.clone()) == Some(text);
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let start = at;
            at += line.len();
            let range =
                if is_source { range.start + start..range.start + at } else { range.clone() };
            if self.form == Form::Lines && start > 0 {
                self.goes_on = false;
                self.between = "";
            }
            self.piece(line, range, is_source, sink)?;
        }
        Ok(())
    }

    /// Takes a piece of text without a line break but at its end.
    fn piece(
        &mut self,
        text: &str,
        range: Range<usize>,
        is_source: bool,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let is_space = |c: char| c.is_ascii_whitespace();
        let visible = text.trim_matches(is_space);
        if text.starts_with(is_space) {
            self.apart();
        }
        if visible.chars().all(is_blank) {
            return Ok(());
        }
        let lead = text.len() - text.trim_start_matches(is_space).len();
        let range =
            if is_source { range.start + lead..range.start + lead + visible.len() } else { range };
        self.breaks = 0;
        let words = if self.form == Form::Lines { visible.to_owned() } else { collapsed(visible) };
        let between = std::mem::take(&mut self.between);
        if text.ends_with(is_space) {
            self.apart();
        }
        if let Form::Heading(_) = self.form {
            if self.heading.is_empty() {
                self.heading_range = range.clone();
            } else {
                self.heading.push_str(between);
            }
            self.heading_range.end = range.end;
            self.heading.push_str(&words);
            return Ok(());
        }
        let continues = std::mem::replace(&mut self.goes_on, true);
        let text = if continues { format!("{between}{words}") } else { words };
        self.paragraph(text, range, continues, sink)
    }

    fn paragraph(
        &mut self,
        text: String,
        range: Range<usize>,
        continues: bool,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let kind = match self.form {
            Form::Row => Kind::Table,
            _ => self.kind(),
        };
        let place = self.place(range);
        sink.block(Block::Paragraph { kind, text, place, continues })
    }

    /// Ends what is open.
    pub fn close(&mut self, sink: &mut dyn Sink) -> Result<()> {
        let form = std::mem::replace(&mut self.form, Form::Paragraph);
        self.goes_on = false;
        self.between = "";
        self.breaks = 0;
        let text = std::mem::take(&mut self.heading);
        let Form::Heading(level) = form else {
            return Ok(());
        };
        if text.is_empty() {
            return Ok(());
        }
        let range = self.heading_range.clone();
        if text.len() > HEADING_BYTES {
            return self.paragraph(text, range, false, sink);
        }
        let place = self.place(range);
        match &self.title {
            None if level == 1 => {
                self.title = Some(text.clone());
                return sink.block(Block::Title { text, place });
            }
            // The title often adds the name of the site.
            Some(title) if level == 1 && plain(title).contains(&plain(&text)) => return Ok(()),
            // Pages cut out of a book begin with the heading of their section.
            Some(title) if self.sections.is_empty() && plain(title) == plain(&text) => {
                return Ok(());
            }
            _ => {}
        }
        self.sections.retain(|&(outer, _)| outer < level);
        let kind = section_kind(&text).unwrap_or(self.kind());
        self.sections.push((level, kind));
        sink.block(Block::Heading { level, text, place })
    }

    fn kind(&self) -> Kind {
        self.sections.last().map_or(Kind::Prose, |&(_, kind)| kind)
    }

    /// A range within the page that does not cut characters.
    fn sound(&self, range: Range<usize>) -> Range<usize> {
        let start = char_floor(self.page, range.start);
        let end = char_floor(self.page, range.end);
        start..end.max(start)
    }

    fn place(&mut self, range: Range<usize>) -> Place {
        if let Some(passed) = self.page.as_bytes().get(self.counted..range.start) {
            self.line += passed.iter().filter(|&&byte| byte == b'\n').count() as u64;
            self.counted = range.start;
        }
        let span = ByteSpan::new(range.start as u64, range.end as u64);
        Place { line: self.line, span }
    }
}

/// Text whose spaces are all alike.
fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ")
}

/// Text with one space wherever there is white space.
fn collapsed(text: &str) -> String {
    let words = text.split(|c: char| c.is_ascii_whitespace()).filter(|word| !word.is_empty());
    let mut collapsed = String::with_capacity(text.len());
    for word in words {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        collapsed.push_str(word);
    }
    collapsed
}
