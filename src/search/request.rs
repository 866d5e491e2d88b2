//! What is asked of a search.

/// How passages are ranked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rank {
    /// The first stage finds candidates, the second ranks them by order, nearness and spelling.
    #[default]
    TwoStage,
    /// BM25 alone.
    Bm25,
}

/// The order of hits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// The best first.
    #[default]
    Relevance,
    /// By the earliest date that each passage mentions, those without one last; of one date the
    /// best first, by BM25.
    Date,
    /// The same with the latest of these dates first.
    DateDesc,
}

impl Sort {
    /// The order that programs call by this name.
    pub fn from_name(name: &str) -> Option<Sort> {
        match name {
            "relevance" => Some(Sort::Relevance),
            "date" => Some(Sort::Date),
            "date-desc" => Some(Sort::DateDesc),
            _ => None,
        }
    }
}

/// What words may become besides themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Expand {
    /// Names in the other script.
    pub names: bool,
    /// Other spellings in the same script.
    pub variants: bool,
    /// Words of the other language.
    pub translate: bool,
    /// The user's own synonyms.
    pub synonyms: bool,
}

impl Expand {
    pub const ALL: Expand = Expand { names: true, variants: true, translate: true, synonyms: true };
    pub const NONE: Expand =
        Expand { names: false, variants: false, translate: false, synonyms: false };
}

/// A search.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    pub query: String,
    /// Words only, no operators.
    pub plain: bool,
    /// At least 1.
    pub limit: usize,
    pub offset: usize,
    /// At most so many passages of one article; at least 1.
    pub per_article: Option<usize>,
    /// Return the passages of articles that say the same as another as well.
    pub duplicates: bool,
    pub rank: Rank,
    pub sort: Sort,
    pub expand: Expand,
    /// Words that others do not become: expansions to these, compared after folding, are left out.
    pub without: Vec<String>,
    /// Texts of the query language, also with `plain`: only what each of them finds is returned.
    /// They score and mark nothing. A query without words then returns all that they leave.
    pub filter: Vec<String>,
    /// Load the passages before and after each hit.
    pub context: bool,
    /// Say what each word became and what it scored.
    pub explain: bool,
    /// Look for a better spelling of words that the index does not know.
    pub correct: bool,
    /// Count everything that matches.
    pub total: bool,
    /// Count what all that matches has in common.
    pub facets: bool,
    /// Cut snippets, find the matches to mark and report what words became; ids and scores alone
    /// are quicker.
    pub snippets: bool,
    /// Load how articles without a title begin.
    pub openings: bool,
}

impl Request {
    /// A search for the ten best passages, with everything at its default.
    pub fn new(query: impl Into<String>) -> Request {
        Request {
            query: query.into(),
            plain: false,
            limit: 10,
            offset: 0,
            per_article: None,
            duplicates: false,
            rank: Rank::default(),
            sort: Sort::default(),
            expand: Expand::ALL,
            without: Vec::new(),
            filter: Vec::new(),
            context: false,
            explain: false,
            correct: true,
            total: true,
            facets: false,
            snippets: true,
            openings: true,
        }
    }
}
