//! Passages and articles to read, and the list of articles.

use axum::extract::State;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize;

use super::answer;
use super::params::{Id, Params};
use super::search::{EXPAND_PATTERN, expand};
use crate::live::Desk;
use crate::search::{MOST_PASSAGES, Reading, Request, list_articles, read_article, read_passage};
use crate::serve::App;
use crate::serve::problem::Problem;

const MOST_LISTED: usize = 200;

/// Which part of an article.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReadParams {
    /// The ordinal of the first passage
    #[schemars(range(min = 0, max = 4_294_967_295_u32))]
    pub from: u32,
    /// How many passages
    #[schemars(range(min = 1, max = 1000))]
    pub limit: usize,
    /// A query, of which the passages get `matches`
    pub q: Option<String>,
    /// The query is words only: no operator has any meaning
    pub plain: bool,
    /// What its words may become, as in a search
    #[schemars(regex(
        pattern = EXPAND_PATTERN
    ))]
    pub expand: Option<String>,
    /// An expansion to this word is left out; may be repeated
    pub without: Vec<String>,
}

impl Default for ReadParams {
    fn default() -> Self {
        ReadParams {
            from: 0,
            limit: MOST_PASSAGES,
            q: None,
            plain: false,
            expand: None,
            without: Vec::new(),
        }
    }
}

/// How a passage is read.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MarkParams {
    /// A query, of which the passage gets `matches`
    pub q: Option<String>,
    /// The query is words only: no operator has any meaning
    pub plain: bool,
    /// What its words may become, as in a search
    #[schemars(regex(
        pattern = EXPAND_PATTERN
    ))]
    pub expand: Option<String>,
    /// An expansion to this word is left out; may be repeated
    pub without: Vec<String>,
}

impl MarkParams {
    /// The query to mark, if there is one.
    fn request(self) -> Result<Option<Request>, Problem> {
        let expand = expand(self.expand.as_deref())?;
        let request =
            |q| Request { plain: self.plain, expand, without: self.without, ..Request::new(q) };
        Ok(self.q.map(request))
    }
}

/// Marks what a query matches in each passage.
fn mark(
    desk: &mut Desk<'_>,
    reading: &mut Reading,
    request: Option<&Request>,
) -> Result<(), Problem> {
    if let Some(request) = request {
        let mut marker = desk.engine.marker(request)?;
        for passage in &mut reading.passages {
            passage.matches = Some(marker.matches(&passage.text));
        }
    }
    Ok(())
}

fn nothing(id: &str) -> Problem {
    let shown: String = id.chars().take(200).collect();
    Problem::not_found(format!("nothing has the id {shown}"))
}

/// `GET /api/v1/passages/{id}`
pub async fn passage(
    State(app): State<App>,
    Id(id): Id,
    Params(params): Params<MarkParams>,
) -> Result<Response, Problem> {
    let marked = params.request()?;
    answer(&app, move |desk| {
        let mut reading = read_passage(desk.index, &id)?.ok_or_else(|| nothing(&id))?;
        mark(desk, &mut reading, marked.as_ref())?;
        Ok(reading)
    })
    .await
}

/// `GET /api/v1/articles/{id}`
pub async fn article(
    State(app): State<App>,
    Id(id): Id,
    Params(params): Params<ReadParams>,
) -> Result<Response, Problem> {
    if !(1..=MOST_PASSAGES).contains(&params.limit) {
        return Err(Problem::bad_request(format!("`limit` is a number from 1 to {MOST_PASSAGES}")));
    }
    let ReadParams { from, limit, q, plain, expand, without } = params;
    let marked = MarkParams { q, plain, expand, without }.request()?;
    answer(&app, move |desk| {
        let reading = read_article(desk.index, &id, from, limit)?;
        let mut reading = reading.ok_or_else(|| nothing(&id))?;
        mark(desk, &mut reading, marked.as_ref())?;
        Ok(reading)
    })
    .await
}

/// Which articles.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListParams {
    /// The beginning of their ids
    pub prefix: String,
    /// The id after which the list goes on
    pub after: String,
    /// How many
    #[schemars(range(min = 1, max = 200))]
    pub limit: usize,
}

impl Default for ListParams {
    fn default() -> Self {
        ListParams { prefix: String::new(), after: String::new(), limit: 50 }
    }
}

/// `GET /api/v1/articles`
pub async fn articles(
    State(app): State<App>,
    Params(params): Params<ListParams>,
) -> Result<Response, Problem> {
    if !(1..=MOST_LISTED).contains(&params.limit) {
        return Err(Problem::bad_request(format!("`limit` is a number from 1 to {MOST_LISTED}")));
    }
    answer(&app, move |desk| {
        Ok(list_articles(desk.index, &params.prefix, &params.after, params.limit)?)
    })
    .await
}
