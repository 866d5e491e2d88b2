//! `search` and `suggest`.

use std::time::Instant;

use axum::extract::State;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize;

use super::answer;
use super::params::Params;
use crate::search::{Expand, Rank, Request, Sort, suggest};
use crate::serve::App;
use crate::serve::problem::Problem;

/// Hits on a page, at the most.
pub const MOST_HITS: usize = 100;
/// What `expand` takes.
pub const EXPAND_PATTERN: &str =
    r"^(none|(names|variants|translate|synonyms)(,(names|variants|translate|synonyms))*)$";
/// Hits before a page, at the most.
const MOST_OFFSET: usize = 10_000;
const MOST_SUGGESTIONS: usize = 50;

/// What may be asked of a search.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SearchParams {
    /// The query
    #[schemars(example = "Konishi retreat")]
    pub q: String,
    /// How many passages to return
    #[schemars(range(min = 1, max = 100))]
    pub limit: usize,
    /// Passages to leave out from the top
    #[schemars(range(min = 0, max = 10000))]
    pub offset: usize,
    /// Words only: no operator has any meaning
    pub plain: bool,
    /// How to rank
    pub rank: RankParam,
    /// The order of hits
    pub sort: SortParam,
    /// What words may become: `names`, `variants`, `translate`, `synonyms`, with commas between
    /// them, or `none`
    #[schemars(regex(
        pattern = EXPAND_PATTERN
    ))]
    pub expand: Option<String>,
    /// An expansion to this word is left out; may be repeated
    pub without: Vec<String>,
    /// Text of the query language that narrows what is found without ranking it; may be repeated
    pub filter: Vec<String>,
    /// Count what all matching passages have in common: languages, kinds, articles, categories,
    /// years, infobox fields
    pub facets: bool,
    /// At most so many passages of one article
    #[schemars(range(min = 1, max = 10000))]
    pub per_article: Option<usize>,
    /// Return articles that say the same as another as well
    pub duplicates: bool,
    /// Return the passages before and after each hit
    pub context: bool,
    /// Say what each word became and what it scored
    pub explain: bool,
}

impl Default for SearchParams {
    fn default() -> Self {
        SearchParams {
            q: String::new(),
            limit: 10,
            offset: 0,
            plain: false,
            rank: RankParam::default(),
            sort: SortParam::default(),
            expand: None,
            without: Vec::new(),
            filter: Vec::new(),
            facets: false,
            per_article: None,
            duplicates: false,
            context: false,
            explain: false,
        }
    }
}

/// Ways to rank.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RankParam {
    #[default]
    TwoStage,
    Bm25,
}

/// Orders of hits.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SortParam {
    #[default]
    Relevance,
    Date,
    DateDesc,
}

impl SearchParams {
    /// The search that is asked for.
    ///
    /// # Errors
    /// A number is out of its bounds or a word unknown.
    pub fn request(self) -> Result<Request, Problem> {
        let bound = |name: &str, number: usize, least: usize, most: usize| {
            if (least..=most).contains(&number) {
                return Ok(number);
            }
            Err(Problem::bad_request(format!("`{name}` is a number from {least} to {most}")))
        };
        Ok(Request {
            plain: self.plain,
            limit: bound("limit", self.limit, 1, MOST_HITS)?,
            offset: bound("offset", self.offset, 0, MOST_OFFSET)?,
            per_article: match self.per_article {
                Some(number) => Some(bound("per_article", number, 1, MOST_OFFSET)?),
                None => None,
            },
            duplicates: self.duplicates,
            rank: match self.rank {
                RankParam::TwoStage => Rank::TwoStage,
                RankParam::Bm25 => Rank::Bm25,
            },
            sort: match self.sort {
                SortParam::Relevance => Sort::Relevance,
                SortParam::Date => Sort::Date,
                SortParam::DateDesc => Sort::DateDesc,
            },
            expand: expand(self.expand.as_deref())?,
            without: self.without,
            filter: self.filter,
            facets: self.facets,
            context: self.context,
            explain: self.explain,
            ..Request::new(self.q)
        })
    }
}

/// What words may become.
pub fn expand(names: Option<&str>) -> Result<Expand, Problem> {
    let Some(names) = names else {
        return Ok(Expand::ALL);
    };
    let mut expand = Expand::NONE;
    if names == "none" {
        return Ok(expand);
    }
    for name in names.split(',') {
        match name {
            "names" => expand.names = true,
            "variants" => expand.variants = true,
            "translate" => expand.translate = true,
            "synonyms" => expand.synonyms = true,
            _ => {
                return Err(Problem::bad_request(
                    "`expand` takes `none`, or of `names`, `variants`, `translate` and `synonyms` \
                     those that are wanted, with commas between them",
                ));
            }
        }
    }
    Ok(expand)
}

/// `GET /api/v1/search`
pub async fn search(
    State(app): State<App>,
    Params(params): Params<SearchParams>,
) -> Result<Response, Problem> {
    let request = params.request()?;
    let metrics = app.metrics.clone();
    answer(&app, move |desk| {
        let started = Instant::now();
        let found = desk.engine.search(&request)?;
        metrics.searched(started.elapsed());
        if found.partial {
            metrics.partial.inc();
        }
        Ok(found)
    })
    .await
}

/// What is being typed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SuggestParams {
    /// A text whose last word is completed
    #[schemars(example = "the pyong")]
    q: String,
    /// How many to return
    #[serde(default = "default_suggestions")]
    #[schemars(range(min = 1, max = 50))]
    limit: usize,
}

fn default_suggestions() -> usize {
    8
}

/// `GET /api/v1/suggest`
pub async fn complete(
    State(app): State<App>,
    Params(params): Params<SuggestParams>,
) -> Result<Response, Problem> {
    if !(1..=MOST_SUGGESTIONS).contains(&params.limit) {
        return Err(Problem::bad_request(format!(
            "`limit` is a number from 1 to {MOST_SUGGESTIONS}"
        )));
    }
    answer(&app, move |desk| Ok(suggest(desk.index, &params.q, params.limit)?)).await
}
