//! `warraq show`: a whole passage or article.

use std::io::{self, Write};

use serde_json::json;

use super::args::{ShowArgs, ShowFormat};
use super::config::Config;
use super::{Outcome, print};
use crate::error::Result;
use crate::index::{OpenIndex, Record};
use crate::model::NO_ORDINAL;
use crate::output::human::{HumanOptions, write_text};
use crate::output::json::write_line;
use crate::text::sanitize::to_one_line;

/// Shows what has the id: a passage, or all passages of an article in their order.
pub fn show(config: &Config, args: &ShowArgs) -> Result<Outcome> {
    let index = config.open_index()?;
    let records = find(index, &args.id)?;
    if records.is_empty() {
        eprintln!(
            "warraq: nothing has the id {}: ids are printed by `warraq search --format tsv`",
            to_one_line(&args.id)
        );
        return Ok(Outcome::NothingFound);
    }
    let options = config.output_style();
    print(|out| match args.format {
        ShowFormat::Json => write_json(out, &args.id, &records),
        ShowFormat::Human => write_human(out, &records, &options),
    })?;
    Ok(Outcome::Found)
}

fn find(index: &OpenIndex, id: &str) -> Result<Vec<Record>> {
    let mut addresses = index.find(index.fields.id, id)?;
    if addresses.is_empty() {
        addresses = index.find(index.fields.article, id)?;
    }
    let records = addresses.into_iter().map(|address| index.record(address));
    let mut records = records.collect::<Result<Vec<_>>>()?;
    records.sort_by_key(|record| record.head.ordinal);
    // The article's other titles are no part of its text.
    let own = records.iter().take_while(|record| record.head.ordinal != NO_ORDINAL).count();
    if own > 0 {
        records.truncate(own);
    }
    Ok(records)
}

fn write_json(out: &mut dyn Write, id: &str, records: &[Record]) -> io::Result<()> {
    let passages: Vec<_> = records
        .iter()
        .map(|Record { head, text }| {
            let mut passage = json!({
                "id": head.id,
                "ordinal": head.ordinal,
                "section": head.section,
                "lang": head.lang,
                "kind": head.kind,
                "file": head.file,
                "line": head.place.line,
                "start": head.place.span.start,
                "end": head.place.span.end,
                "text": text,
            });
            if !head.fields.is_empty() {
                passage["fields"] = json!(head.fields);
            }
            passage
        })
        .collect();
    let Some(first) = records.first().map(|record| &record.head) else {
        return Ok(());
    };
    let mut shown = json!({
        "id": id,
        "article": first.article,
        "title": first.title,
        "url": first.url,
        "passages": passages,
    });
    if let Some(article) = &first.duplicate_of {
        shown["duplicate_of"] = json!(article);
    }
    if !first.extra.is_empty() {
        shown["extra"] = json!(first.extra);
    }
    write_line(out, &shown)
}

fn write_human(out: &mut dyn Write, records: &[Record], options: &HumanOptions) -> io::Result<()> {
    let mut section: &[String] = &[];
    for (place, Record { head, text }) in records.iter().enumerate() {
        if place == 0
            && let Some(title) = &head.title
        {
            write_text(out, title, None, options)?;
            writeln!(out)?;
        }
        if head.section != section {
            section = &head.section;
            write_text(out, &format!("› {}", section.join(" › ")), None, options)?;
            writeln!(out)?;
        }
        write_text(out, text, Some(&head.lang), options)?;
        if place + 1 < records.len() {
            writeln!(out)?;
        }
    }
    Ok(())
}
