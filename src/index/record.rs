//! What is stored of a passage, and how it becomes bytes: a short JSON head and the text.

use serde::{Deserialize, Serialize};

use crate::model::{Kind, Lang, Passage, Place};

/// A passage as it comes back from the index.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub head: Head,
    /// The text as displayed.
    pub text: String,
}

/// Everything stored of a passage but its text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    pub id: String,
    #[serde(rename = "a")]
    pub article: String,
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(rename = "s", default, skip_serializing_if = "Vec::is_empty")]
    pub section: Vec<String>,
    #[serde(rename = "k", default, skip_serializing_if = "is_default")]
    pub kind: Kind,
    #[serde(rename = "l")]
    pub lang: Lang,
    #[serde(rename = "o", default, skip_serializing_if = "is_default")]
    pub ordinal: u32,
    /// The file, relative to the indexed root.
    #[serde(rename = "f")]
    pub file: String,
    #[serde(rename = "p")]
    pub place: Place,
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(rename = "b", default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<(String, String)>,
    #[serde(rename = "x", default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The bytes of a passage: the length of the JSON head (u32, little endian), the head, the text.
pub fn encode(passage: Passage, lang: Lang, file: &str) -> Vec<u8> {
    let head = Head {
        id: passage.id,
        article: passage.article,
        title: passage.title,
        section: passage.section,
        kind: passage.kind,
        lang,
        ordinal: passage.ordinal,
        file: file.to_owned(),
        place: passage.place,
        url: passage.url,
        fields: passage.fields,
        extra: passage.extra,
    };
    let mut bytes = vec![0; 4];
    // Maps with string keys and plain values: serialising cannot fail.
    serde_json::to_writer(&mut bytes, &head).unwrap_or_default();
    let length = (bytes.len() - 4) as u32;
    bytes[..4].copy_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(passage.text.as_bytes());
    bytes
}

/// The passage of stored bytes, or what is wrong with them.
pub fn decode(bytes: &[u8]) -> Result<Record, String> {
    let (head, text) = split(bytes).ok_or("a stored passage is cut short")?;
    Ok(Record {
        head: serde_json::from_slice(head).map_err(|error| error.to_string())?,
        text: std::str::from_utf8(text).map_err(|error| error.to_string())?.to_owned(),
    })
}

fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_comes_back_as_it_was() {
        let passage = Passage {
            id: "a.txt#3".to_owned(),
            article: "a.txt".to_owned(),
            section: vec!["Battle".to_owned()],
            kind: Kind::Infobox,
            ordinal: 3,
            text: "Date: 24 May 1592".to_owned(),
            fields: vec![("Date".to_owned(), "24 May 1592".to_owned())],
            ..Passage::default()
        };
        let record = decode(&encode(passage, Lang::ENGLISH, "a.txt")).unwrap();
        assert_eq!(record.text, "Date: 24 May 1592");
        assert_eq!(record.head.kind, Kind::Infobox);
        assert_eq!(record.head.section, ["Battle"]);
        assert_eq!(record.head.title, None);
    }

    #[test]
    fn damaged_bytes_are_an_error() {
        let bytes = encode(Passage::default(), Lang::ENGLISH, "f");
        for end in 0..bytes.len() {
            assert!(decode(&bytes[..end]).is_err(), "cut at {end}");
        }
    }
}
