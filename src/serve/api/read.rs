//! Passages and articles to read, and the list of articles.

use axum::extract::State;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize;

use super::answer;
use super::params::{Id, Params};
use crate::search::{MOST_PASSAGES, list_articles, read_article, read_passage};
use crate::serve::App;
use crate::serve::problem::Problem;

const MOST_LISTED: usize = 200;

/// Which part of an article.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReadParams {
    /// The ordinal of the first passage
    pub from: u32,
    /// How many passages
    #[schemars(range(min = 1, max = 1000))]
    pub limit: usize,
}

impl Default for ReadParams {
    fn default() -> Self {
        ReadParams { from: 0, limit: MOST_PASSAGES }
    }
}

fn nothing(id: &str) -> Problem {
    let shown: String = id.chars().take(200).collect();
    Problem::not_found(format!("nothing has the id {shown}"))
}

/// `GET /api/v1/passages/{id}`
pub async fn passage(State(app): State<App>, Id(id): Id) -> Result<Response, Problem> {
    answer(&app, move |desk, _gone| read_passage(desk.index, &id)?.ok_or_else(|| nothing(&id)))
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
    answer(&app, move |desk, _gone| {
        read_article(desk.index, &id, params.from, params.limit)?.ok_or_else(|| nothing(&id))
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
    answer(&app, move |desk, _gone| {
        Ok(list_articles(desk.index, &params.prefix, &params.after, params.limit)?)
    })
    .await
}
