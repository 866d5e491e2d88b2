//! Whole passages and articles, for those who read on from a hit.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::error::Result;
use crate::index::{Address, OpenIndex, Record};
use crate::model::{Kind, Lang, NO_ORDINAL, passage_id};

/// Passages of an article that are read at once, at the most.
pub const MOST_PASSAGES: usize = 1000;
/// Characters of a text that stand for a title that is not there.
const OPENING_CHARS: usize = 160;

/// A passage, or passages of one article in their order.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct Reading {
    /// As it was asked for.
    pub id: String,
    pub article: String,
    pub title: Option<String>,
    pub url: Option<String>,
    pub passages: Vec<ReadPassage>,
    /// Whether the article goes on after these.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<String>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

/// A passage of a [`Reading`].
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct ReadPassage {
    pub id: String,
    pub ordinal: u32,
    pub section: Vec<String>,
    pub lang: Lang,
    pub kind: Kind,
    /// Relative to the indexed root.
    pub file: String,
    /// 1-based.
    pub line: u64,
    /// First byte in the decoded source stream.
    pub start: u64,
    /// The byte after the last one.
    pub end: u64,
    /// As displayed.
    pub text: String,
    /// Infobox entries: key and value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<(String, String)>,
    /// Bytes of `text` that match a query, where one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matches: Option<Vec<[usize; 2]>>,
}

/// The passage with an id; `None` where nothing has it.
///
/// # Errors
/// The index cannot be read.
pub fn read_passage(index: &OpenIndex, id: &str) -> Result<Option<Reading>> {
    let addresses = index.find(index.fields.id, id)?;
    Ok(reading(id, records(index, addresses)?))
}

/// What has the id: a passage, or all passages of an article.
///
/// # Errors
/// The index cannot be read.
pub fn read(index: &OpenIndex, id: &str) -> Result<Option<Reading>> {
    if let Some(passage) = read_passage(index, id)? {
        return Ok(Some(passage));
    }
    let addresses = index.find(index.fields.article, id)?;
    Ok(reading(id, own(records(index, addresses)?)))
}

/// The passages of an article from the one with the ordinal `from` on, at most `limit` of them;
/// `None` where no article has the id.
///
/// # Errors
/// The index cannot be read.
pub fn read_article(
    index: &OpenIndex,
    id: &str,
    from: u32,
    limit: usize,
) -> Result<Option<Reading>> {
    let limit = limit.clamp(1, MOST_PASSAGES);
    let addresses = index.find(index.fields.article, id)?;
    let mut found = if addresses.len() <= MOST_PASSAGES {
        own(records(index, addresses)?)
    } else {
        // Of a long article only the part is read that was asked for.
        let mut part = Vec::new();
        for ordinal in (from..NO_ORDINAL).take(limit + 1) {
            let found = index.find(index.fields.id, &passage_id(id, ordinal))?;
            part.extend(found.first());
        }
        own(records(index, part)?)
    };
    if found.is_empty() {
        return Ok(None);
    }
    let first = found.first().cloned();
    found.retain(|record| record.head.ordinal >= from);
    let more = found.len() > limit;
    found.truncate(limit);
    // Beyond the end the article is there all the same, with nothing more of it.
    let nothing_left = found.is_empty();
    let records = if nothing_left { first.into_iter().collect() } else { found };
    let mut reading = reading(id, records);
    if let Some(reading) = &mut reading {
        reading.more = more;
        if nothing_left {
            reading.passages.clear();
        }
    }
    Ok(reading)
}

fn records(index: &OpenIndex, addresses: Vec<Address>) -> Result<Vec<Record>> {
    let records = addresses.into_iter().map(|address| index.record(address));
    let mut records = records.collect::<Result<Vec<_>>>()?;
    records.sort_by_key(|record| record.head.ordinal);
    Ok(records)
}

/// Without the article's other titles, which are no part of its text, unless there is nothing else.
fn own(mut records: Vec<Record>) -> Vec<Record> {
    let own = records.iter().take_while(|record| record.head.ordinal != NO_ORDINAL).count();
    if own > 0 {
        records.truncate(own);
    }
    records
}

fn reading(id: &str, records: Vec<Record>) -> Option<Reading> {
    let first = &records.first()?.head;
    Some(Reading {
        id: id.to_owned(),
        article: first.article.clone(),
        title: first.title.clone(),
        url: first.url.clone(),
        more: false,
        duplicate_of: first.duplicate_of.clone(),
        extra: first.extra.clone(),
        passages: records.into_iter().map(passage).collect(),
    })
}

fn passage(Record { head, text }: Record) -> ReadPassage {
    ReadPassage {
        id: head.id,
        ordinal: head.ordinal,
        section: head.section,
        lang: head.lang,
        kind: head.kind,
        file: head.file,
        line: head.place.line,
        start: head.place.span.start,
        end: head.place.span.end,
        text,
        fields: head.fields,
        matches: None,
    }
}

/// An article in a list of them.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct ListedArticle {
    pub id: String,
    pub title: Option<String>,
    /// How it begins, where it has no title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opening: Option<String>,
    /// Of its first passage.
    pub lang: Lang,
    pub passages: u64,
}

/// A page of the list of articles.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct ArticleList {
    /// In the byte order of their ids.
    pub articles: Vec<ListedArticle>,
    /// Whether there are further ones after these.
    pub more: bool,
}

/// Articles whose ids begin with `prefix` and come after `after`, at most `limit` of them.
///
/// # Errors
/// The index cannot be read.
pub fn list_articles(
    index: &OpenIndex,
    prefix: &str,
    after: &str,
    limit: usize,
) -> Result<ArticleList> {
    let mut terms = index.terms_after(index.fields.article, prefix, after, limit + 1)?;
    let more = terms.len() > limit;
    terms.truncate(limit);
    let mut articles = Vec::with_capacity(terms.len());
    for (id, passages) in terms {
        let first = index.find(index.fields.id, &passage_id(&id, 0))?.first().copied();
        let first = match first {
            Some(first) => Some(first),
            None => index.find(index.fields.article, &id)?.first().copied(),
        };
        let Some(first) = first else { continue };
        let Record { head, text } = index.record(first)?;
        let opening = head.title.is_none().then(|| opening_of(&text));
        articles.push(ListedArticle { id, title: head.title, opening, lang: head.lang, passages });
    }
    Ok(ArticleList { articles, more })
}

/// The first words of a text, by which people know an article without a title.
pub(super) fn opening_of(text: &str) -> String {
    text.chars().take(OPENING_CHARS).collect()
}
