//! What the server is and holds: statistics, health, metrics, the description of the API.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use super::params::{NoParams, Params};
use super::{answer, json_response};
use crate::index::{Holdings, holdings};
use crate::serve::App;
use crate::serve::openapi::document;
use crate::serve::problem::Problem;

/// What the index holds.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PublicStats {
    #[serde(flatten)]
    holdings: Holdings,
    /// Counts the states of the index since the server was started.
    generation: u64,
}

/// `GET /api/v1/stats`
pub async fn statistics(
    State(app): State<App>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Response, Problem> {
    answer(&app, |desk| {
        Ok(PublicStats { holdings: holdings(desk.index)?, generation: desk.number })
    })
    .await
}

/// `GET /healthz`: whether searches can be answered.
pub async fn health(State(app): State<App>) -> Response {
    match &app.live.state().index {
        Ok(_) => (StatusCode::OK, "ok\n").into_response(),
        Err(reason) => {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, reason.as_str()).into_response()
        }
    }
}

/// `GET /metrics`
pub async fn metrics(State(app): State<App>) -> Response {
    let state = app.live.state();
    let passages = state.index.as_ref().map_or(0, |index| index.passages());
    app.metrics.passages.set(i64::try_from(passages).unwrap_or(i64::MAX));
    app.metrics.generation.set(state.number);
    let kind =
        HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], app.metrics.text()).into_response()
}

/// `GET /api/v1/openapi.json`
pub async fn description() -> Response {
    json_response(document().to_string().into_bytes())
}
