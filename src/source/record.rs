//! What the formats with a record for each article have in common: its fields, and how the record
//! is handed on.

use serde_json::{Map, Value};

use super::id::{article_id, id_fault};
use super::lines::pieces_of;
use super::text::TextBlocks;
use super::wiki_line::{HEADING_BYTES, is_blank};
use super::{Reading, Sink};
use crate::error::Result;
use crate::model::{ArticleHead, Block, Kind, Lang, Place};

/// An article that is a record.
#[derive(Default)]
pub(super) struct RecordArticle {
    /// One is made of the file and the line where there is none.
    pub id: Option<String>,
    pub title: Option<String>,
    pub lang: Option<Lang>,
    pub url: Option<String>,
    pub extra: Map<String, Value>,
    pub text: String,
}

impl RecordArticle {
    /// Hands it on, or tells what is wrong with it.
    pub fn send(self, place: Place, reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<()> {
        if let Some(fault) = self.id.as_deref().and_then(id_fault) {
            sink.problem(reading.problem(Some(place.line), fault));
            return Ok(());
        }
        let id =
            self.id.unwrap_or_else(|| format!("{}:{}", article_id(reading.relative), place.line));
        let title = self.title.filter(|title| !title.chars().all(is_blank));
        // Too long to be carried by every passage as their title.
        let (title, long_title) = match title {
            Some(title) if title.len() > HEADING_BYTES => (None, Some(title)),
            title => (title, None),
        };
        let whole = reading.whole;
        let (lang, url, extra) = (self.lang, self.url, self.extra);
        sink.article(ArticleHead {
            id,
            title,
            lang,
            url,
            extra,
            place,
            whole,
            ..ArticleHead::default()
        })?;
        let paragraph =
            |text| Block::Paragraph { kind: Kind::Prose, text, place, continues: false };
        if let Some(title) = long_title {
            sink.block(paragraph(title))?;
        }
        if self.text.chars().all(is_blank) {
            return Ok(());
        }
        if whole {
            return sink.block(paragraph(self.text));
        }
        let mut blocks = TextBlocks::new(Some(place));
        for line in pieces_of(&self.text, place) {
            blocks.line(&line, sink)?;
        }
        blocks.finish(sink)
    }
}
