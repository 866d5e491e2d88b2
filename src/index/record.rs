//! What is stored of a passage, as one string of bytes: a head, the text, and how long both are.
//! Tantivy's own fields would be copied and checked one by one, and a search loads many.

use serde::{Deserialize, Serialize};

use crate::model::{Kind, Lang, Passage, Place, passage_id};

/// A passage as it comes back from the index.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub head: Head,
    /// The text as displayed.
    pub text: String,
}

/// Everything stored of a passage but its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    pub id: String,
    pub article: String,
    pub title: Option<String>,
    pub section: Vec<String>,
    pub kind: Kind,
    pub lang: Lang,
    pub ordinal: u32,
    /// The file, relative to the indexed root.
    pub file: String,
    pub place: Place,
    pub url: Option<String>,
    pub fields: Vec<(String, String)>,
    pub extra: serde_json::Map<String, serde_json::Value>,
    /// Words that are searched and not displayed.
    pub hidden: String,
    /// The article that says the same as this one's and comes before it.
    pub duplicate_of: Option<String>,
}

/// A head as it is stored. Changing it, or the order of the kinds, needs another
/// [`FORMAT_VERSION`](super::schema::FORMAT_VERSION).
#[derive(Serialize, Deserialize)]
struct StoredHead<'a> {
    article: &'a str,
    id: StoredId<'a>,
    title: Option<&'a str>,
    #[serde(borrow)]
    section: Vec<&'a str>,
    kind: Kind,
    lang: &'a str,
    ordinal: u32,
    /// `None` where it is the article's id.
    file: Option<&'a str>,
    place: Place,
    url: Option<&'a str>,
    #[serde(borrow)]
    fields: Vec<(&'a str, &'a str)>,
    /// A JSON object, or nothing.
    extra: &'a str,
    hidden: &'a str,
    duplicate_of: Option<&'a str>,
}

/// A passage's id, which mostly follows from its article.
#[derive(Serialize, Deserialize)]
enum StoredId<'a> {
    OfArticle,
    OfOrdinal,
    Own(&'a str),
}

/// Bytes of the length that follows head and text.
const LENGTH_BYTES: usize = size_of::<u32>();

/// The bytes that are stored of a passage.
pub fn encode(passage: &Passage, lang: &Lang, file: &str) -> Vec<u8> {
    let extra = if passage.extra.is_empty() {
        String::new()
    } else {
        // A map with string keys and plain values: serialising cannot fail.
        serde_json::to_string(&passage.extra).unwrap_or_default()
    };
    let id = if passage.id == passage.article {
        StoredId::OfArticle
    } else if passage.id == passage_id(&passage.article, passage.ordinal) {
        StoredId::OfOrdinal
    } else {
        StoredId::Own(&passage.id)
    };
    let head = StoredHead {
        article: &passage.article,
        id,
        title: passage.title.as_deref(),
        section: passage.section.iter().map(String::as_str).collect(),
        kind: passage.kind,
        lang: lang.code(),
        ordinal: passage.ordinal,
        file: (file != passage.article).then_some(file),
        place: passage.place,
        url: passage.url.as_deref(),
        fields: passage.fields.iter().map(|(key, value)| (&**key, &**value)).collect(),
        extra: &extra,
        hidden: &passage.hidden,
        duplicate_of: passage.duplicate_of.as_deref(),
    };
    // Strings, numbers and lists of them: serialising cannot fail.
    let mut bytes = postcard::to_allocvec(&head).unwrap_or_default();
    bytes.extend_from_slice(passage.text.as_bytes());
    bytes.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
    bytes
}

/// The record at the end of a stored document, or what is wrong with the bytes. What tantivy puts
/// before it is not looked at.
pub fn decode(document: &[u8]) -> Result<Record, String> {
    let incomplete = || "a stored passage is incomplete".to_owned();
    let (before, length) = document.split_last_chunk::<LENGTH_BYTES>().ok_or_else(incomplete)?;
    let start = before.len().checked_sub(u32::from_le_bytes(*length) as usize);
    let (head, text): (StoredHead, &[u8]) =
        postcard::take_from_bytes(&before[start.ok_or_else(incomplete)?..])
            .map_err(|error| error.to_string())?;
    let text = simdutf8::basic::from_utf8(text).map_err(|error| error.to_string())?;
    let owned = |text: &str| text.to_owned();
    let head = Head {
        id: match head.id {
            StoredId::OfArticle => owned(head.article),
            StoredId::OfOrdinal => passage_id(head.article, head.ordinal),
            StoredId::Own(id) => owned(id),
        },
        article: owned(head.article),
        title: head.title.map(owned),
        section: head.section.into_iter().map(owned).collect(),
        kind: head.kind,
        lang: Lang::parse(head.lang).unwrap_or(Lang::UNDETERMINED),
        ordinal: head.ordinal,
        file: owned(head.file.unwrap_or(head.article)),
        place: head.place,
        url: head.url.map(owned),
        fields: head.fields.into_iter().map(|(key, value)| (owned(key), owned(value))).collect(),
        extra: match head.extra {
            "" => serde_json::Map::new(),
            extra => serde_json::from_str(extra).map_err(|error| error.to_string())?,
        },
        hidden: owned(head.hidden),
        duplicate_of: head.duplicate_of.map(owned),
    };
    Ok(Record { head, text: owned(text) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passage() -> Passage {
        let mut extra = serde_json::Map::new();
        extra.insert("year".to_owned(), 1592.into());
        Passage {
            id: "a.txt#3".to_owned(),
            article: "a.txt".to_owned(),
            section: vec!["Battle".to_owned()],
            kind: Kind::Infobox,
            ordinal: 3,
            text: "Date: 24 May 1592".to_owned(),
            fields: vec![("Date".to_owned(), "24 May 1592".to_owned())],
            extra,
            duplicate_of: Some("b.txt".to_owned()),
            ..Passage::default()
        }
    }

    #[test]
    fn a_record_comes_back_as_it_was() {
        for (id, file) in [("a.txt#3", "a.txt"), ("a.txt", "b.jsonl"), ("own", "a.txt")] {
            let passage = Passage { id: id.to_owned(), ..passage() };
            let document = [b"before", &encode(&passage, &Lang::ENGLISH, file)[..]].concat();
            let Record { head, text } = decode(&document).unwrap();
            assert_eq!(text, passage.text);
            assert_eq!((head.id.as_str(), head.file.as_str()), (id, file));
            assert_eq!(head.kind, Kind::Infobox);
            assert_eq!(head.section, ["Battle"]);
            assert_eq!(head.title, None);
            assert_eq!(head.lang, Lang::ENGLISH);
            assert_eq!(head.fields, passage.fields);
            assert_eq!(head.extra, passage.extra);
            assert_eq!(head.duplicate_of, passage.duplicate_of);
        }
    }

    #[test]
    fn damaged_bytes_are_an_error() {
        let bytes = encode(&passage(), &Lang::ENGLISH, "f");
        for end in 0..bytes.len() {
            assert!(decode(&bytes[..end]).is_err(), "cut at {end}");
        }
        for start in 1..bytes.len() {
            assert!(decode(&bytes[start..]).is_err(), "cut before {start}");
        }
    }
}
