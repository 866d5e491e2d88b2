//! What all that matches has in common: a line for each facet, broken between its entries.

use std::io;

use super::printer::Printer;
use super::styles::{DIM, TITLE};
use crate::search::facets::Facets;
use crate::text::sanitize::to_one_line;
use crate::text::width::{display_width, shorten};

/// Between two entries.
const SEPARATOR: &str = " · ";

/// A value with its count, and a title beside it if it has one.
struct Entry<'a> {
    value: &'a str,
    title: Option<&'a str>,
    passages: u64,
}

impl Printer<'_> {
    /// Writes the facets that have entries, under the names that the JSON has for them.
    pub fn write_facets(&mut self, facets: &Facets) -> io::Result<()> {
        let articles = facets.article.iter().map(|entry| Entry {
            value: &entry.value,
            title: entry.title.as_deref(),
            passages: entry.passages,
        });
        let mut lists: Vec<(&str, Vec<Entry>)> = vec![("article", articles.collect())];
        for (place, name, entries) in [
            (0, "lang", &facets.lang),
            (1, "kind", &facets.kind),
            (3, "category", &facets.category),
            (4, "year", &facets.year),
            (5, "infobox", &facets.infobox),
        ] {
            let entries = entries.iter().map(|entry| Entry {
                value: &entry.value,
                title: None,
                passages: entry.passages,
            });
            lists.insert(place, (name, entries.collect()));
        }
        lists.retain(|(_, entries)| !entries.is_empty());
        let indent = lists.iter().map(|(name, _)| name.len()).max().unwrap_or(0) + 2;
        for (name, entries) in &lists {
            let heading = format!("{name:indent$}");
            write!(self.out, "{}", self.styled(TITLE, &heading))?;
            self.write_entries(entries, indent)?;
        }
        Ok(())
    }

    fn write_entries(&mut self, entries: &[Entry], indent: usize) -> io::Result<()> {
        let columns = self.columns(indent);
        let mut left = columns;
        for (at, entry) in entries.iter().enumerate() {
            let count = format!("×{}", entry.passages);
            let room = columns.saturating_sub(display_width(&count) + 1);
            let value = to_one_line(entry.value);
            let value = shorten(&value, room);
            let rest = room.saturating_sub(display_width(&value) + 3);
            let title = entry.title.map(to_one_line);
            // A title of which nothing can be seen is left out.
            let title = title.as_deref().filter(|_| rest > 3).map(|title| shorten(title, rest));
            let width = display_width(&value)
                + title.as_ref().map_or(0, |title| display_width(title) + 3)
                + 1
                + display_width(&count);
            if at > 0 && width + display_width(SEPARATOR) > left {
                write!(self.out, "\n{:indent$}", "")?;
                left = columns;
            } else if at > 0 {
                write!(self.out, "{}", self.styled(DIM, SEPARATOR))?;
                left = left.saturating_sub(display_width(SEPARATOR));
            }
            write!(self.out, "{}", self.isolated(&value))?;
            if let Some(title) = &title {
                write!(self.out, " ({})", self.isolated(title))?;
            }
            write!(self.out, " {}", self.styled(DIM, &count))?;
            left = left.saturating_sub(width);
        }
        writeln!(self.out)
    }
}
