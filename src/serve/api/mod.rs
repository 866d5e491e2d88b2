//! The API for programs: one file for what belongs together, shapes as on the command line.

pub mod about;
pub mod batch;
pub mod events;
pub mod params;
pub mod read;
pub mod search;

use axum::body::Bytes;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::App;
use super::problem::Problem;
use crate::live::{Desk, Gone};
use crate::output::json::write_line;

/// A value as one line of JSON, the same as the command line prints.
fn json_line<T: Serialize>(value: &T) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    write_line(&mut bytes, value).map_err(|_| crate::live::Refusal::Broken)?;
    Ok(bytes)
}

fn json_response(bytes: Vec<u8>) -> Response {
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (kind, Bytes::from(bytes)).into_response()
}

/// Has a value made by a search thread and answers with it.
async fn answer<T: Serialize + 'static>(
    app: &App,
    work: impl FnOnce(&mut Desk<'_>, &Gone) -> Result<T, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let made =
        app.workers.ask(move |desk, gone| work(desk, gone).and_then(|value| json_line(&value)));
    made.await?.map(json_response)
}
