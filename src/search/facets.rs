//! What matching passages have in common, with counts, as plain data.
//!
//! Knows nothing of the index. Serialized by serde it is part of the JSON that scripts rely on:
//! names and order of the keys are an interface; lists that are empty are left out.

use schemars::JsonSchema;
use serde::Serialize;

/// Counts over all passages that match. A passage counts once for each of its values, so that the
/// passages of a list may be more or fewer than match.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Facets {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lang: Vec<FacetEntry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kind: Vec<FacetEntry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub article: Vec<ArticleEntry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub category: Vec<FacetEntry>,
    /// The most frequent, in the order of years; all others: the most frequent first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub year: Vec<FacetEntry>,
    /// Names of infobox fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub infobox: Vec<FacetEntry>,
}

/// A value and how many of the matching passages have it.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize)]
pub struct FacetEntry {
    pub value: String,
    pub passages: u64,
    /// Text of the query language that finds just these passages beside the query.
    pub filter: String,
}

/// An article and how many of its passages match.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize)]
pub struct ArticleEntry {
    /// The article's id.
    pub value: String,
    pub title: Option<String>,
    /// How it begins, where it has no title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opening: Option<String>,
    pub passages: u64,
    pub filter: String,
}
