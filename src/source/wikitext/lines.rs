//! The second step: headings, lists, tables and paragraphs, which lines tell.

use super::expand::Expanded;
use super::marks::{ASIDE, FIELD, LINKS, REF, REF_END, VALUE, joined, shown};
use crate::model::{Block, Kind, Place};
use crate::source::sections::Sections;
use crate::source::wiki_line::parse_heading;

/// The blocks of a page that begins at `place`.
pub fn blocks(expanded: &Expanded, place: Place) -> Vec<Block> {
    let mut reader = Lines {
        place,
        line: 0,
        out: Vec::new(),
        sections: Sections::default(),
        paragraph: None,
        tables: Vec::new(),
        references: Vec::new(),
    };
    let mut marks = expanded.lines.iter().peekable();
    let mut at = 0;
    for line in expanded.text.split('\n') {
        while let Some((_, number)) = marks.next_if(|(offset, _)| *offset <= at) {
            reader.line = *number;
        }
        at += line.len() + 1;
        let line = reader.take_references(line);
        reader.read(&line);
    }
    reader.finish()
}

/// A table that is open.
#[derive(Default)]
struct Table {
    cells: Vec<String>,
    /// Of the row.
    line: u64,
}

struct Lines {
    place: Place,
    /// Of the source, from 0.
    line: u64,
    out: Vec<Block>,
    sections: Sections,
    /// The paragraph that the next line may continue, and where it began.
    paragraph: Option<(String, u64)>,
    /// The innermost last.
    tables: Vec<Table>,
    /// Those of the section, with their lines.
    references: Vec<(String, u64)>,
}

impl Lines {
    fn place(&self, line: u64) -> Place {
        Place { line: self.place.line + line, span: self.place.span }
    }

    /// Takes the references out of a line.
    fn take_references(&mut self, line: &str) -> String {
        if !line.contains(REF) {
            return line.to_owned();
        }
        let mut left = String::with_capacity(line.len());
        for (place, piece) in line.split(REF).enumerate() {
            match piece.split_once(REF_END) {
                Some((reference, text)) if place > 0 => {
                    self.references.push((reference.to_owned(), self.line));
                    left.push_str(text);
                }
                _ => left.push_str(piece),
            }
        }
        left
    }

    fn read(&mut self, line: &str) {
        if let Some(field) = line.strip_prefix(FIELD) {
            return self.field(field);
        }
        if let Some(aside) = line.strip_prefix(ASIDE) {
            return self.alone(self.sections.kind(), aside);
        }
        if let Some(links) = line.strip_prefix(LINKS) {
            return self.alone(Kind::Links, links);
        }
        let trimmed = line.trim();
        let start = trimmed.trim_start_matches([':', ' ']);
        if start.starts_with("{|") {
            self.end_paragraph();
            self.tables.push(Table { line: self.line, ..Table::default() });
            return;
        }
        if !self.tables.is_empty() {
            return self.table_line(trimmed);
        }
        if trimmed.is_empty() {
            return self.end_paragraph();
        }
        if trimmed.starts_with('=')
            && let Some((level, text)) = parse_heading(trimmed)
        {
            return self.heading(level, text);
        }
        if trimmed.starts_with("----") && trimmed.bytes().all(|byte| byte == b'-') {
            self.end_paragraph();
            return self.out.push(Block::Marker { place: self.place(self.line) });
        }
        if trimmed.starts_with(['*', '#', ':', ';']) {
            let item = trimmed.trim_start_matches(['*', '#', ':', ';', ' ']);
            // What a term is stands behind it on its line.
            return self.alone(self.sections.kind(), item);
        }
        let line_number = self.line;
        let (text, _) = self.paragraph.get_or_insert_with(|| (String::new(), line_number));
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(trimmed);
    }

    fn heading(&mut self, level: u8, text: &str) {
        self.end_paragraph();
        self.flush_references();
        let text = shown(text, false);
        if text.is_empty() {
            return;
        }
        // `==` is the outermost: `=` is the page's title.
        let level = level.saturating_sub(1).max(1);
        self.sections.enter(level, &text);
        let place = self.place(self.line);
        self.out.push(Block::Heading { level, text, place });
    }

    fn field(&mut self, field: &str) {
        self.end_paragraph();
        let (key, value) = field.split_once(VALUE).unwrap_or(("", field));
        let (key, value) = (shown(key, false), shown(value, false));
        if !value.is_empty() {
            self.out.push(Block::Field { key, value, place: self.place(self.line) });
        }
    }

    /// A paragraph that is all of its line.
    fn alone(&mut self, kind: Kind, text: &str) {
        self.end_paragraph();
        self.paragraph(kind, text, self.line);
    }

    fn paragraph(&mut self, kind: Kind, text: &str, line: u64) {
        let text = shown(text, kind == Kind::Prose);
        if text.chars().any(char::is_alphanumeric) {
            let place = self.place(line);
            self.out.push(Block::Paragraph { kind, text, place, continues: false });
        }
    }

    fn end_paragraph(&mut self) {
        if let Some((text, line)) = self.paragraph.take() {
            self.paragraph(self.sections.kind(), &text, line);
        }
    }

    fn flush_references(&mut self) {
        for (reference, line) in std::mem::take(&mut self.references) {
            self.paragraph(Kind::References, &reference, line);
        }
    }

    fn table_line(&mut self, line: &str) {
        if let Some(behind) = line.strip_prefix("|}") {
            self.end_row();
            self.tables.pop();
            // What stands behind the end of a table is text.
            let behind = behind.trim();
            if !behind.is_empty() {
                self.read(behind);
            }
        } else if line.starts_with("|-") {
            self.end_row();
        } else if let Some(caption) = line.strip_prefix("|+") {
            self.end_row();
            self.cells(caption, "||");
            self.end_row();
        } else if let Some(cells) = line.strip_prefix('|') {
            self.cells(cells, "||");
        } else if let Some(cells) = line.strip_prefix('!') {
            self.cells(&cells.replace("!!", "||"), "||");
        } else if let Some(table) = self.tables.last_mut() {
            // A cell goes on; before the first there are only attributes.
            let text = line.trim_start_matches(['*', '#', ':', ';', ' ']);
            if let (Some(cell), false) = (table.cells.last_mut(), text.is_empty()) {
                if !cell.trim().is_empty() {
                    cell.push_str(if line.len() > text.len() { ", " } else { " " });
                }
                cell.push_str(text);
            } else if !text.is_empty() && !text.contains('=') {
                table.cells.push(text.to_owned());
            }
        }
    }

    fn cells(&mut self, line: &str, between: &str) {
        let number = self.line;
        let Some(table) = self.tables.last_mut() else { return };
        if table.cells.is_empty() {
            table.line = number;
        }
        table.cells.extend(line.split(between).map(|cell| without_attributes(cell).to_owned()));
    }

    fn end_row(&mut self) {
        let Some(table) = self.tables.last_mut() else { return };
        let (cells, line) = (std::mem::take(&mut table.cells), table.line);
        let cells: Vec<String> = cells.iter().map(|cell| shown(&joined(cell), false)).collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            let row = cells.join(" | ");
            self.paragraph(Kind::Table, row.trim_matches(['|', ' ']), line);
        }
    }

    fn finish(mut self) -> Vec<Block> {
        while !self.tables.is_empty() {
            self.end_row();
            self.tables.pop();
        }
        self.end_paragraph();
        self.flush_references();
        self.out
    }
}

/// A cell without the attributes that may stand before it: `style="…" | text`.
fn without_attributes(cell: &str) -> &str {
    match cell.split_once('|') {
        Some((attributes, text)) if attributes.contains('=') || attributes.trim().is_empty() => {
            text
        }
        _ => cell,
    }
}
