//! What a search answers, as plain data: the one thing that readers of results, the printers and
//! scripts depend on.
//!
//! Knows nothing of the index or of tantivy. Serialized by serde it is the JSON that scripts
//! rely on: the order and the names of the keys are part of the interface. Keys after `snippet`
//! in a hit, and after `hits` in an answer, are there only when they have something to say.
//! Text is the documents' own and not safe to be written to a terminal.

use schemars::JsonSchema;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::facets::Facets;
use super::snippet::Fragment;
use crate::model::{Kind, Lang};

/// One passage that was found.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema, Serialize)]
pub struct Hit {
    /// 1 is the best.
    pub rank: usize,
    /// The id of the passage.
    pub id: String,
    #[serde(serialize_with = "serialize_score")]
    #[schemars(with = "f64")]
    pub score: f64,
    /// The id of its article.
    pub article: String,
    pub title: Option<String>,
    /// Headings from the outermost to the innermost.
    pub section: Vec<String>,
    #[serde(serialize_with = "serialize_lang")]
    #[schemars(with = "Lang")]
    pub lang: Option<Lang>,
    pub kind: Kind,
    /// Relative to the indexed root.
    pub file: String,
    /// 1-based.
    pub line: u64,
    /// First byte in the decoded source stream.
    pub start: u64,
    /// The byte after the last one.
    pub end: u64,
    /// The passage as displayed.
    pub text: String,
    /// Bytes of `text` that matched, on char boundaries, sorted and disjoint.
    pub matches: Vec<[usize; 2]>,
    /// The parts of `text` to show where there is no room for all of it.
    pub snippet: Vec<Fragment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Infobox entries: key and value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<(String, String)>,
    /// Further fields of a JSON Lines record.
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    pub extra: serde_json::Map<String, serde_json::Value>,
    /// Which words of the query were met, and as what.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub matched_by: Vec<MatchedBy>,
    /// Whether no word of the query was met as it was written or by its stem.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub approximate: bool,
    /// The passages before this one in its article, in reading order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub context_before: Vec<ContextPassage>,
    /// The passages after this one in its article, in reading order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub context_after: Vec<ContextPassage>,
    /// What the score is made of, in the order of computation.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub explain: Vec<Contribution>,
    /// The id of the article that says the same as this one's and comes before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<String>,
    /// The earliest date that the passage mentions, where hits are sorted by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// How its article begins, by which people know one without a title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opening: Option<String>,
}

/// How a word of the text stands for a word of the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, JsonSchema, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// The word itself, after folding.
    Exact,
    /// Another form of the same word.
    Stem,
    /// A longer word, where the query asked for a beginning.
    Prefix,
    /// A word a few letters away, where the query asked for it.
    Fuzzy,
    /// Another spelling in the same script.
    Variant,
    /// The name in the other script.
    Name,
    /// The word in the other language.
    Translation,
    /// A synonym of the user's own.
    Synonym,
}

impl How {
    pub fn name(self) -> &'static str {
        match self {
            How::Exact => "exact",
            How::Stem => "stem",
            How::Prefix => "prefix",
            How::Fuzzy => "fuzzy",
            How::Variant => "variant",
            How::Name => "name",
            How::Translation => "translation",
            How::Synonym => "synonym",
        }
    }

    /// Whether the query did not ask for this word: warraq guessed, or was told that it stands for
    /// another.
    pub fn is_approximate(self) -> bool {
        matches!(self, How::Variant | How::Name | How::Translation | How::Synonym)
    }
}

/// A word of the query that a hit holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, JsonSchema, Serialize)]
pub struct MatchedBy {
    /// As in the query.
    pub word: String,
    /// As in the text or in the index.
    #[serde(rename = "as")]
    pub found: String,
    pub how: How,
}

/// A passage beside a hit.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct ContextPassage {
    pub id: String,
    pub section: Vec<String>,
    pub text: String,
}

/// One part of a score.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct Contribution {
    /// For people: the word, what it became, the field.
    pub what: String,
    #[serde(serialize_with = "serialize_score")]
    #[schemars(with = "f64")]
    pub score: f64,
}

/// What a word of the query was searched as.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct Expansion {
    /// As in the query.
    pub word: String,
    /// The best first.
    pub became: Vec<Became>,
}

/// One of the words that a word of the query became.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct Became {
    #[serde(rename = "as")]
    pub term: String,
    pub how: How,
    /// What a match of it counts, 1 for the word itself.
    #[serde(serialize_with = "serialize_score")]
    #[schemars(with = "f64")]
    pub weight: f64,
    /// In how many passages it occurs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passages: Option<u64>,
}

/// The hits of one language.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct Group {
    #[serde(serialize_with = "serialize_lang")]
    #[schemars(with = "Lang")]
    pub lang: Option<Lang>,
    /// Ranks count from 1 in each group.
    pub hits: Vec<Hit>,
}

/// The answer to one query.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// As it was asked.
    pub query: String,
    /// How many passages match; `None` where they were not counted.
    pub total: Option<u64>,
    pub took_ms: f64,
    /// Best first. Empty after [`Answer::group_by_language`].
    pub hits: Vec<Hit>,
    /// The hits by language, if that was asked for.
    pub groups: Option<Vec<Group>>,
    /// What all passages that match have in common, if that was asked for.
    pub facets: Option<Facets>,
    pub expansions: Vec<Expansion>,
    /// What the reader should know of how the query was understood, a sentence each.
    pub notes: Vec<String>,
    /// A query that would find more.
    pub did_you_mean: Option<String>,
    /// Whether the deadline came before the end: there may be more and better hits; `notes` says
    /// so too.
    pub partial: bool,
}

impl Answer {
    /// All hits: those of the groups, if it has been grouped.
    pub fn all_hits(&self) -> impl Iterator<Item = &Hit> {
        let grouped = self.groups.iter().flatten().flat_map(|group| &group.hits);
        self.hits.iter().chain(grouped)
    }

    /// Moves the hits into one group for each language, the language of the best hit first; the
    /// best `limit` of each stay.
    pub fn group_by_language(&mut self, limit: usize) {
        let mut groups: Vec<Group> = Vec::new();
        for mut hit in std::mem::take(&mut self.hits) {
            let group = match groups.iter().position(|group| group.lang == hit.lang) {
                Some(at) => &mut groups[at],
                None => {
                    let lang = hit.lang.clone();
                    groups.push(Group { lang, hits: Vec::new() });
                    let last = groups.len() - 1;
                    &mut groups[last]
                }
            };
            if group.hits.len() < limit {
                hit.rank = group.hits.len() + 1;
                group.hits.push(hit);
            }
        }
        self.groups = Some(groups);
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("query", &self.query)?;
        map.serialize_entry("total", &self.total)?;
        map.serialize_entry("took_ms", &((self.took_ms * 1000.0).round() / 1000.0))?;
        match &self.groups {
            Some(groups) => map.serialize_entry("groups", groups)?,
            None => map.serialize_entry("hits", &self.hits)?,
        }
        if let Some(facets) = &self.facets {
            map.serialize_entry("facets", facets)?;
        }
        if !self.expansions.is_empty() {
            map.serialize_entry("expansions", &self.expansions)?;
        }
        if !self.notes.is_empty() {
            map.serialize_entry("notes", &self.notes)?;
        }
        if let Some(query) = &self.did_you_mean {
            map.serialize_entry("did_you_mean", query)?;
        }
        if self.partial {
            map.serialize_entry("partial", &true)?;
        }
        map.end()
    }
}

/// `score` to six significant digits, so that scores that are equal but for the last bits of a
/// sum print equal in every format. What is not finite becomes 0.
pub fn round_score(score: f64) -> f64 {
    if !score.is_finite() || score == 0.0 {
        return 0.0;
    }
    let digits = 5 - score.abs().log10().floor() as i32;
    if (0..=EXACT_DIGITS).contains(&digits) {
        // Both are exact, so this is the number nearest to the decimal fraction.
        let scale = 10f64.powi(digits);
        return (score * scale).round_ties_even() / scale;
    }
    format!("{score:.5e}").parse().unwrap_or(0.0)
}

/// A score, which has 24 bits, times this power of ten is exact.
const EXACT_DIGITS: i32 = 12;

fn serialize_score<S: Serializer>(score: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(round_score(*score))
}

fn serialize_lang<S: Serializer>(lang: &Option<Lang>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(lang.as_ref().unwrap_or(&Lang::UNDETERMINED).code())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(rank: usize, lang: &Lang) -> Hit {
        Hit { rank, lang: Some(lang.clone()), ..Hit::default() }
    }

    #[test]
    fn scores_that_differ_in_the_last_bits_are_equal() {
        assert_eq!(round_score(12.345678), 12.3457);
        assert_eq!(round_score(f64::from(0.1f32 + 0.2f32)), round_score(0.1 + 0.2));
        assert_eq!(round_score(0.000123456789), 0.000123457);
        assert_eq!(round_score(0.0), 0.0);
        assert_eq!(round_score(f64::NAN), 0.0);
        assert_eq!(round_score(f64::INFINITY), 0.0);
    }

    proptest::proptest! {
        #[test]
        fn six_digits_are_those_that_would_be_written(bits: u32, shift in 0u32..8) {
            let scores = [f32::from_bits(bits), bits as f32 / 2f32.powi(shift as i32 * 4)];
            for score in scores.map(f64::from).into_iter().filter(|score| score.is_finite()) {
                let written: f64 = format!("{score:.5e}").parse().unwrap();
                proptest::prop_assert_eq!(round_score(score), written);
            }
        }
    }

    #[test]
    fn groups_have_their_own_ranks_and_the_best_language_first() {
        let (en, ar) = (Lang::ENGLISH, Lang::ARABIC);
        let mut answer = Answer {
            hits: vec![hit(1, &ar), hit(2, &en), hit(3, &ar), hit(4, &en)],
            ..Answer::default()
        };
        answer.group_by_language(10);
        assert!(answer.hits.is_empty());
        let shape: Vec<_> = answer
            .groups
            .iter()
            .flatten()
            .map(|group| {
                let ranks: Vec<_> = group.hits.iter().map(|hit| hit.rank).collect();
                (group.lang.clone(), ranks)
            })
            .collect();
        assert_eq!(shape, [(Some(ar), vec![1, 2]), (Some(en), vec![1, 2])]);
        assert_eq!(answer.all_hits().count(), 4);
    }

    #[test]
    fn a_name_in_the_other_script_is_approximate() {
        assert!(How::Name.is_approximate());
        assert!(!How::Stem.is_approximate());
        assert!(!How::Fuzzy.is_approximate());
    }
}
