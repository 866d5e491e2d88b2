//! Tables: each row an article, the first row the names of the columns.
//!
//! Columns that are neither id, title, text, address nor language are kept as further fields. A row
//! that cannot be used is a problem of that row alone.

use serde_json::Value;

use super::columns::Layout;
use super::content::Content;
use super::record::RecordArticle;
use super::rows::{Row, RowReader, Separator};
use super::{RECORD_BYTES, Reading, Sink};
use crate::error::Result;
use crate::model::Lang;

/// Reads every row of a table.
pub(super) fn read_table(
    content: &mut Content<'_>,
    separator: Separator,
    reading: &Reading<'_>,
    sink: &mut dyn Sink,
) -> Result<()> {
    let stream = content.records().map_err(|error| reading.unreadable(&error))?;
    let mut rows = RowReader::new(stream, separator).map_err(|error| reading.unreadable(&error))?;
    let mut table: Option<Table> = None;
    loop {
        let (row, place) = match rows.next_row() {
            Ok(Some(next)) => next,
            Ok(None) => return Ok(()),
            Err(error) => return reading.break_off(&error, sink),
        };
        let fields = match row {
            Row::Fields(fields) => Ok(fields),
            Row::NotUtf8 => Err("is not UTF-8".to_owned()),
            Row::TooLong => {
                let limit = RECORD_BYTES >> 20;
                Err(format!("the row is longer than {limit} MiB or has too many fields"))
            }
        };
        let article = match (&table, fields) {
            (None, Err(fault)) => return Err(reading.failure(Some(place.line), fault)),
            (None, Ok(header)) => {
                let layout = reading
                    .columns
                    .find(&header)
                    .map_err(|fault| reading.failure(Some(place.line), fault))?;
                table = Some(Table { header, layout });
                continue;
            }
            (Some(table), fields) => fields.and_then(|fields| table.article(fields)),
        };
        match article {
            Ok(article) => article.send(place, reading, sink)?,
            Err(fault) => sink.problem(reading.problem(Some(place.line), fault)),
        }
    }
}

struct Table {
    header: Vec<String>,
    layout: Layout,
}

impl Table {
    fn article(&self, mut fields: Vec<String>) -> std::result::Result<RecordArticle, String> {
        let expected = self.header.len();
        if fields.len() != expected {
            let found = fields.len();
            return Err(format!("has {found} fields where the first row has {expected}"));
        }
        let layout = &self.layout;
        let lang = layout.lang.and_then(|column| {
            let lang = Lang::parse(fields.get(column)?.trim())?;
            take(&mut fields, Some(column))?;
            Some(lang)
        });
        let mut article = RecordArticle {
            id: take(&mut fields, layout.id).map(|id| id.trim().to_owned()),
            title: take(&mut fields, layout.title),
            url: take(&mut fields, layout.url),
            lang,
            ..RecordArticle::default()
        };
        for &column in &layout.text {
            if let Some(text) = take(&mut fields, Some(column)) {
                if !article.text.is_empty() {
                    article.text.push_str("\n\n");
                }
                article.text.push_str(&text);
            }
        }
        for (at, value) in fields.into_iter().enumerate().filter(|(_, value)| !value.is_empty()) {
            let name = self.header.get(at).map_or("", |name| name.trim());
            let name = if name.is_empty() { format!("column {}", at + 1) } else { name.to_owned() };
            article.extra.entry(name).or_insert(Value::String(value));
        }
        Ok(article)
    }
}

/// Takes a field out; one that is blank is none.
fn take(fields: &mut [String], column: Option<usize>) -> Option<String> {
    let field = std::mem::take(fields.get_mut(column?)?);
    (!field.trim().is_empty()).then_some(field)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Collected, collect, collect_with};
    use super::*;
    use crate::model::Block;
    use crate::source::{Columns, Format};

    fn read(text: &str) -> Collected {
        collect(text.as_bytes(), "wars/list 1.csv", Format::Auto, false)
    }

    #[test]
    fn rows_become_articles() {
        let text = "id,Title,TEXT,Url,language,year\n\
                    busanjin,Siege,\"It began.\n\n== Legacy ==\nA statue.\",https://x.org/,EN,1592\n\
                    ,,السابع,,not a code,\n";
        let Collected { heads, blocks, problems, .. } = read(text);
        assert_eq!(problems, []);
        let ids: Vec<&str> = heads.iter().map(|head| head.id.as_str()).collect();
        assert_eq!(ids, ["busanjin", "wars/list%201.csv:6"]);
        assert_eq!(heads[0].title.as_deref(), Some("Siege"));
        assert_eq!(heads[0].lang, Some(Lang::ENGLISH));
        assert_eq!(heads[0].url.as_deref(), Some("https://x.org/"));
        assert_eq!(Value::Object(heads[0].extra.clone()), serde_json::json!({"year": "1592"}));
        assert_eq!(
            Value::Object(heads[1].extra.clone()),
            serde_json::json!({"language": "not a code"})
        );
        assert!(matches!(&blocks[1], Block::Heading { text, .. } if text == "Legacy"));
        let span = heads[0].place.span;
        let row = &text[span.start as usize..span.end as usize];
        assert!(row.starts_with("busanjin,") && row.ends_with("1592"), "{row:?}");
    }

    #[test]
    fn columns_may_be_told() {
        let columns = Columns::parse("id=n,text=lead+rest,title=what").expect("columns");
        let text = "n\twhat\tlead\trest\ttext\n7\tA title\tFirst.\tSecond.\tother\n";
        let collected = collect_with(text.as_bytes(), "x.tsv", Format::Auto, false, &columns);
        assert_eq!(collected.heads[0].id, "7");
        assert_eq!(collected.heads[0].extra["text"], "other");
        assert_eq!(collected.passages[0].text, "First.\nSecond.");
        let columns = Columns::parse("text=none").expect("columns");
        let failure = collect_with(text.as_bytes(), "x.tsv", Format::Auto, false, &columns).failure;
        assert!(failure.is_some_and(|failure| {
            failure.to_string().starts_with("x.tsv:1: has no column \"none\"")
        }));
    }

    #[test]
    fn bad_rows_are_named_and_skipped() {
        let Collected { heads, problems, .. } =
            read("id,text\na,kept\nb\nc,too,many\nd e,x\nf,\"kept\nas well\"\ng\n");
        let ids: Vec<&str> = heads.iter().map(|head| head.id.as_str()).collect();
        assert_eq!(ids, ["a", "f"]);
        let named: Vec<u64> = problems.iter().filter_map(|problem| problem.line).collect();
        assert_eq!(named, [3, 4, 5, 8]);
        assert_eq!(problems[0].message, "has 1 fields where the first row has 2");
        assert!(read("").heads.is_empty() && read("").failure.is_none());
    }
}
