//! What a passage is put together from: finished paragraphs, list items, rows and fields.

use super::clean::{Cleaned, clean};
use super::run::{Part, Run};
use crate::model::{Kind, Place};

/// A finished paragraph, list item, table row or field, or a part of a long one.
pub(super) struct Entry {
    pub text: String,
    pub hidden: String,
    pub field: Option<(String, String)>,
    /// What to show if nothing is left of a whole passage but this; empty if there is text.
    pub fallback: String,
    pub place: Place,
}

impl Entry {
    pub fn new(run: &Run, part: Part) -> Entry {
        let Part { raw, place, first } = part;
        let cleaned = match run.kind {
            Kind::Table => clean_row(&raw),
            _ => clean(&raw),
        };
        let Cleaned { mut text, mut hidden } = cleaned;
        let key = run.key.as_deref().map(str::trim);
        let key = key.filter(|key| !key.is_empty());
        let mut field = None;
        if let Some(key) = key {
            let shown = one_line(key);
            if text.is_empty() {
                // An empty entry is not worth a line, but its key stays findable.
                append(&mut hidden, " ", &shown);
            } else {
                field = Some((key.to_owned(), text.clone()));
                if first {
                    text = format!("{shown}: {text}");
                }
            }
        }
        let fallback = match (text.is_empty(), key) {
            (false, _) => String::new(),
            (true, Some(key)) => one_line(&format!("{key}: {raw}")),
            (true, None) => one_line(&raw),
        };
        Entry { text, hidden, field, fallback, place }
    }
}

/// The passage under construction.
#[derive(Default)]
pub(super) struct Built {
    pub begun: bool,
    pub kind: Kind,
    pub text: String,
    /// Characters of `text`.
    pub chars: usize,
    pub hidden: String,
    pub fields: Vec<(String, String)>,
    pub place: Place,
    fallback: String,
}

impl Built {
    pub fn add(&mut self, kind: Kind, entry: Entry) {
        if self.begun {
            self.place.span = self.place.span.cover(entry.place.span);
        } else {
            self.begun = true;
            self.kind = kind;
            self.place = entry.place;
        }
        if !entry.text.is_empty() {
            self.chars += entry.text.chars().count() + usize::from(self.chars > 0);
            append(&mut self.text, "\n", &entry.text);
        }
        append(&mut self.hidden, " ", &entry.hidden);
        if self.fallback.is_empty() {
            self.fallback = entry.fallback;
        }
        self.fields.extend(entry.field);
    }

    pub fn shows_nothing(&self) -> bool {
        self.text.is_empty() && self.fallback.is_empty()
    }

    /// What to show: never empty if anything visible was added.
    pub fn take_text(&mut self) -> String {
        if self.text.is_empty() {
            std::mem::take(&mut self.fallback)
        } else {
            std::mem::take(&mut self.text)
        }
    }
}

/// A table row: its cells that hold something, with one bar between them; nothing for a row of
/// mere lines.
fn clean_row(raw: &str) -> Cleaned {
    let mut row = Cleaned::default();
    if !raw.chars().any(char::is_alphanumeric) {
        return row;
    }
    let raw = raw.trim_start();
    for cell in raw.strip_prefix('{').unwrap_or(raw).split('|') {
        let cell = clean(cell);
        append(&mut row.text, " | ", &cell.text);
        append(&mut row.hidden, " ", &cell.hidden);
    }
    row
}

/// Title and headings: cleaned, on one line, and never empty for a text with visible characters.
pub(super) fn clean_heading(text: &str) -> Cleaned {
    let mut cleaned = clean(text);
    cleaned.text = one_line(if cleaned.text.is_empty() { text } else { &cleaned.text });
    cleaned
}

/// Every run of white space and control characters as one space, none at the ends.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty())
    {
        append(&mut line, " ", word);
    }
    line
}

/// Appends `more`, if it is not empty, with `between` in between.
pub(super) fn append(text: &mut String, between: &str, more: &str) {
    if more.is_empty() {
        return;
    }
    if !text.is_empty() {
        text.push_str(between);
    }
    text.push_str(more);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_show_their_cells() {
        let shown = |raw: &str| clean_row(raw).text;
        assert_eq!(shown("| Date || 24 May 1592 |"), "Date | 24 May 1592");
        assert_eq!(shown("{| class=\"wikitable\""), "class=\"wikitable\"");
        assert_eq!(shown("|---|:--:|"), "");
        assert_eq!(shown("|-"), "");
        let cleaned = clean_row("| 20px Japan | ?");
        assert_eq!((cleaned.text.as_str(), cleaned.hidden.as_str()), ("Japan | ?", "20px"));
    }

    #[test]
    fn headings_are_never_cleaned_away() {
        assert_eq!(clean_heading("Siege of\tBusanjin ()").text, "Siege of Busanjin");
        assert_eq!(clean_heading(" () ").text, "()");
        assert_eq!(clean_heading("20px Japan").hidden, "20px");
    }
}
