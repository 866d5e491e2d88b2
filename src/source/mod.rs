//! Reading articles: finding the files, and one reader for each format.
//!
//! A reader hands an article on block by block while it reads, so that its length does not matter.
//! It judges the form of what it reads, never the language, and keeps nothing between files. What
//! always holds: the blocks of a text or Markdown file stand in it in order, without overlap, and
//! cover every visible byte of it; the text of a paragraph is the tail of the bytes of its span,
//! so that offsets in it can be traced back (character references in Markdown are the exception:
//! a span covers them whole). Of a web page what is not shown has no blocks, and white space is
//! that which is shown.

mod charset;
mod cirrus;
mod columns;
mod content;
mod declaration;
mod exported;
mod front_matter;
mod html;
mod html_text;
mod id;
mod input;
mod jsonl;
mod lines;
mod markdown;
mod mediawiki;
mod open;
mod packing;
mod record;
mod rows;
mod sections;
mod streams;
mod table;
mod text;
mod walk;
mod wiki_line;
mod wikitext;

#[cfg(test)]
mod tests;

use std::io::{Read, Seek};

use crate::error::{Error, Problem, Result};
use crate::model::{ArticleHead, Block};
use crate::text::bounds::char_floor;
use crate::text::sanitize::to_one_line;

use content::Content;
use packing::{Fault, unpacked_name};
use rows::Separator;

pub use columns::Columns;
pub use exported::ExportedPassage;
pub use id::{article_id, repeated_id};
pub use lines::RECORD_BYTES;
pub use open::{open_at_once, open_regular, read_file, shown_path, spool};
pub use walk::{SourceFile, Walk, is_hidden_name, is_of_other_kind, visit_folders, walk_sources};

/// How a source is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// By the ending of the file's name; text where that says nothing.
    #[default]
    Auto,
    /// Plain text, or the text of a wiki page: one article.
    Text,
    /// One article.
    Markdown,
    /// JSON Lines: each line an article or a passage.
    Jsonl,
    /// Values separated by commas: each row an article.
    Csv,
    /// Values separated by tabs.
    Tsv,
    /// A web page: one article.
    Html,
    /// A dump of a wiki in XML: each page an article.
    Mediawiki,
}

impl Format {
    pub const ALL: [Format; 8] = [
        Format::Auto,
        Format::Text,
        Format::Markdown,
        Format::Jsonl,
        Format::Csv,
        Format::Tsv,
        Format::Html,
        Format::Mediawiki,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Format::Auto => "auto",
            Format::Text => "text",
            Format::Markdown => "markdown",
            Format::Jsonl => "jsonl",
            Format::Mediawiki => "mediawiki",
            Format::Csv => "csv",
            Format::Tsv => "tsv",
            Format::Html => "html",
        }
    }

    pub fn from_name(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The format that a file's name announces by a known ending, or by having no ending at all.
    /// That it is compressed (`.gz`, `.bz2`, `.zst`) is left out.
    pub fn of_name(name: &str) -> Option<Format> {
        let name = unpacked_name(name.rsplit('/').next().unwrap_or(name));
        // It says where the streams of a dump begin, and is no article.
        if name.contains("-multistream-index") {
            return None;
        }
        let Some((_, ending)) = name.rsplit_once('.') else {
            return Some(Format::Text);
        };
        match ending.to_ascii_lowercase().as_str() {
            "txt" | "text" | "wiki" => Some(Format::Text),
            "md" | "markdown" => Some(Format::Markdown),
            "jsonl" | "ndjson" => Some(Format::Jsonl),
            "xml" => Some(Format::Mediawiki),
            // Parts of a dump: `pages-articles1.xml-p10p30302`.
            part if part.starts_with("xml-p") => Some(Format::Mediawiki),
            "csv" => Some(Format::Csv),
            "tsv" => Some(Format::Tsv),
            "html" | "htm" | "xhtml" => Some(Format::Html),
            // Of JSON only what is known to be lines of it.
            "json" if name.contains("-cirrussearch-") => Some(Format::Jsonl),
            _ => None,
        }
    }

    /// Whether a file holds a record for each article, instead of being one.
    pub fn has_records(self) -> bool {
        matches!(self, Format::Jsonl | Format::Csv | Format::Tsv | Format::Mediawiki)
    }

    /// The format to read a file of this name in; never `Auto`.
    pub fn resolve(self, name: &str) -> Format {
        match self {
            Format::Auto => Format::of_name(name).unwrap_or(Format::Text),
            format => format,
        }
    }
}

/// Longer messages are cut.
const MESSAGE_BYTES: usize = 1000;

/// What is to be read and how.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// The path relative to the indexed root, with `/` between its parts: ids are made from it.
    pub relative: &'a str,
    /// What problems call the source.
    pub shown: &'a str,
    pub format: Format,
    /// Keep each article as one passage; a record's text is then one block.
    pub whole: bool,
    /// What was told of the columns of a table.
    pub columns: &'a Columns,
}

impl Reading<'_> {
    fn problem(&self, line: Option<u64>, message: impl Into<String>) -> Problem {
        Problem::new(self.shown, line, brief(&message.into()))
    }

    /// The source gives nothing.
    fn failure(&self, line: Option<u64>, message: impl Into<String>) -> Error {
        Error::Problem(self.problem(line, message))
    }

    fn unreadable(&self, error: &std::io::Error) -> Error {
        match Fault::of(error) {
            Some(fault) => self.failure(None, fault.to_string()),
            None => self.failure(None, format!("cannot be read: {error}")),
        }
    }

    /// Reading records ends in an error. Those before a fault of the source's bytes stay.
    fn break_off(&self, error: &std::io::Error, sink: &mut dyn Sink) -> Result<()> {
        match Fault::of(error) {
            Some(fault) if fault.spares_records => {
                let message = format!("{fault}; what stands before that is kept");
                sink.problem(self.problem(None, message));
                Ok(())
            }
            _ => Err(self.unreadable(error)),
        }
    }
}

/// A message that may repeat words of the source, as one short line.
fn brief(message: &str) -> String {
    let end = char_floor(message, MESSAGE_BYTES);
    let line = to_one_line(&message[..end]);
    if end < message.len() { format!("{line}…") } else { line.into_owned() }
}

/// Who takes what is read. An error from it ends the reading and is handed through.
pub trait Sink {
    /// An article begins, and the one before it ends.
    fn article(&mut self, head: ArticleHead) -> Result<()>;
    /// The next block of the article that has begun.
    fn block(&mut self, block: Block) -> Result<()>;
    /// A part of the source is skipped: a record that cannot be used.
    fn problem(&mut self, problem: Problem);
}

/// Reads a source to its end, from its start; one that is compressed is unpacked on the way, and one
/// that is not UTF-8 is decoded. What is not records is read twice: first to see that all of it is
/// text, and in which encoding.
///
/// # Errors
/// [`Error::Problem`] where the source as a whole cannot be used (no text, unreadable): whatever
/// came of it before has to be dropped. Other errors are the sink's.
pub fn read_source<R: Read + Seek>(
    reader: &mut R,
    reading: &Reading<'_>,
    sink: &mut dyn Sink,
) -> Result<()> {
    let mut content = Content::new(reader).map_err(|error| reading.unreadable(&error))?;
    match reading.format.resolve(reading.relative) {
        Format::Jsonl => jsonl::read_jsonl(&mut content, reading, sink)?,
        Format::Csv => table::read_table(&mut content, Separator::Comma, reading, sink)?,
        Format::Tsv => table::read_table(&mut content, Separator::Tab, reading, sink)?,
        Format::Html => html::read_html(&mut content, reading, sink)?,
        Format::Mediawiki => mediawiki::read_mediawiki(&mut content, reading, sink)?,
        Format::Markdown => markdown::read_markdown(&mut content, reading, sink)?,
        Format::Text | Format::Auto => text::read_text(&mut content, reading, sink)?,
    }
    if content.has_junk() {
        let message = "something else follows its compressed data: that is left out";
        sink.problem(reading.problem(None, message));
    }
    Ok(())
}
