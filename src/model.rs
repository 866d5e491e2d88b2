//! The plain data that travels through warraq: articles, their blocks, passages.
//!
//! Nothing here computes anything about text; every other room imports this one and this one
//! imports none.

use std::borrow::Cow;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A half-open range of bytes, `start..end`, in the decoded source stream of a file.
///
/// For records it is the place of the record's line or row, without its line ending.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct ByteSpan {
    pub start: u64,
    pub end: u64,
}

impl ByteSpan {
    pub fn new(start: u64, end: u64) -> ByteSpan {
        ByteSpan { start, end }
    }

    /// The smallest span that holds both.
    pub fn cover(self, other: ByteSpan) -> ByteSpan {
        ByteSpan { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A language as a BCP 47 code: `en`, `ar`, `fa`, …, or `und` where it cannot be told.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, JsonSchema, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Lang(Cow<'static, str>);

impl Lang {
    pub const ENGLISH: Lang = Lang(Cow::Borrowed("en"));
    pub const ARABIC: Lang = Lang(Cow::Borrowed("ar"));
    pub const PERSIAN: Lang = Lang(Cow::Borrowed("fa"));
    pub const URDU: Lang = Lang(Cow::Borrowed("ur"));
    pub const UNDETERMINED: Lang = Lang(Cow::Borrowed("und"));

    /// A language from a code that is known when the program is written.
    pub const fn from_static(code: &'static str) -> Lang {
        Lang(Cow::Borrowed(code))
    }

    /// A language from a code met in a document: ASCII letters, digits and `-`, at most 35 bytes,
    /// lower-cased. Anything else is no code.
    pub fn parse(code: &str) -> Option<Lang> {
        let fits = (2..=35).contains(&code.len())
            && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let known = [Lang::ENGLISH, Lang::ARABIC, Lang::UNDETERMINED];
        let known = known.into_iter().find(|lang| lang.code() == code);
        known.or_else(|| fits.then(|| Lang(Cow::Owned(code.to_ascii_lowercase()))))
    }

    pub fn code(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What kind of text a passage is.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    JsonSchema,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    #[default]
    Prose,
    Infobox,
    Links,
    Table,
    References,
    /// Another title of an article, which leads to it.
    Redirect,
}

impl Kind {
    pub const ALL: [Kind; 6] =
        [Kind::Prose, Kind::Infobox, Kind::Links, Kind::Table, Kind::References, Kind::Redirect];

    pub fn name(self) -> &'static str {
        match self {
            Kind::Prose => "prose",
            Kind::Infobox => "infobox",
            Kind::Links => "links",
            Kind::Table => "table",
            Kind::References => "references",
            Kind::Redirect => "redirect",
        }
    }

    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Where something stands in its source file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// 1-based line on which it begins.
    pub line: u64,
    pub span: ByteSpan,
}

/// What is known of an article before its text is read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ArticleHead {
    /// Stable and without white space. The path relative to the indexed root, or the `id` of a
    /// record.
    pub id: String,
    pub title: Option<String>,
    /// The language the source states, if it states one.
    pub lang: Option<Lang>,
    pub url: Option<String>,
    /// Further fields of a record, kept as they are.
    pub extra: serde_json::Map<String, serde_json::Value>,
    pub place: Place,
    /// Keep the article as one passage whose id is the article's id.
    pub whole: bool,
    /// Set for another title of the article: the id of the only passage, which is no part of the
    /// article's text.
    pub alias: Option<String>,
}

/// One piece of an article in reading order, as a reader of some format hands it on.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// The article's own title, met in its text.
    Title { text: String, place: Place },
    /// A section begins; `level` 1 is the outermost.
    Heading { level: u8, text: String, place: Place },
    /// A paragraph or a list item. `text` is as in the source; `continues` says that it goes on
    /// without a break from the block before it (a very long line that was cut).
    Paragraph { kind: Kind, text: String, place: Place, continues: bool },
    /// One `key: value` of an infobox.
    Field { key: String, value: String, place: Place },
    /// What follows is stated to be in this language; without one, in that of the article.
    Language { lang: Option<Lang> },
    /// A finished passage of an export: it stays as it is.
    Passage(Box<Passage>),
    /// Bytes that are neither passage nor heading, such as the line `Infobox` or a list bullet
    /// without text.
    Marker { place: Place },
}

/// The id of a passage that was cut from an article.
pub fn passage_id(article: &str, ordinal: u32) -> String {
    format!("{article}#{ordinal}")
}

/// The ordinal of what is no part of its article's text.
pub const NO_ORDINAL: u32 = u32::MAX;

/// A passage, the unit that is searched and shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Passage {
    /// Stable and without white space.
    pub id: String,
    /// The id of its article.
    pub article: String,
    pub title: Option<String>,
    /// Section headings from the outermost to the innermost.
    pub section: Vec<String>,
    pub kind: Kind,
    pub lang: Option<Lang>,
    /// 0-based place among the passages of its article; [`NO_ORDINAL`] for another title.
    pub ordinal: u32,
    pub place: Place,
    /// The text as people see it, cleaned.
    pub text: String,
    /// Words of the source that cleaning took out of `text`; searched but not shown.
    pub hidden: String,
    /// Infobox entries of this passage: key as written, value as displayed.
    pub fields: Vec<(String, String)>,
    pub url: Option<String>,
    pub extra: serde_json::Map<String, serde_json::Value>,
    /// What its article says, as a digest; on the first passage of an article that says it first.
    pub content: Option<String>,
    /// The article that says the same as its own and comes before it.
    pub duplicate_of: Option<String>,
    /// The file that it came from first, of a passage of an export; else it is the file that is
    /// read.
    pub file: Option<String>,
}
