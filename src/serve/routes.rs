//! Which path leads where.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Form, MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;

use super::App;
use super::api::{about, batch, events, read, search};
use super::guard::{Guard, guard};
use super::page;
use super::problem::Problem;
use super::server::Patience;
use crate::live::Refusal;

/// Bytes of a body, at the most.
const BODY_BYTES: usize = 64 << 20;

/// All of it.
pub fn router(app: App, guarded: Arc<Guard>, patience: Patience) -> Router {
    let api = Router::new()
        .route("/search", get(search::search))
        .route("/suggest", get(search::complete))
        .route("/batch", post(batch::batch))
        .route("/passages/{*id}", get(read::passage))
        .route("/articles", get(read::articles))
        .route("/articles/{*id}", get(read::article))
        .route("/stats", get(about::statistics))
        .route("/events", get(events::events))
        .route("/openapi.json", get(about::description));
    Router::new()
        .nest("/api/v1", api)
        .route("/", get(page::index))
        .route("/article", get(page::index))
        .route("/assets/{name}", get(page::asset))
        .route("/signin", post(sign_in))
        .route("/healthz", get(about::health))
        .route("/metrics", get(about::metrics))
        .fallback(|| async { Problem::not_found("there is nothing here") })
        .method_not_allowed_fallback(|| async {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this path is not asked in that way")
        })
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            Problem::from(Refusal::Broken).into_response()
        }))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(tower_http::limit::RequestBodyLimitLayer::new(BODY_BYTES))
        .layer(RequestBodyTimeoutLayer::new(patience.body))
        .layer(from_fn(whole_problems))
        .layer(CompressionLayer::new().gzip(true))
        .layer(from_fn_with_state(app.clone(), count))
        .layer(from_fn_with_state(guarded.clone(), guard))
        .with_state(app)
}

/// Refusals of the libraries below get the shape of all others.
async fn whole_problems(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let plain = (status.is_client_error() || status.is_server_error())
        && response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if plain {
        let detail = match status {
            StatusCode::PAYLOAD_TOO_LARGE => format!("a body has at most {BODY_BYTES} bytes"),
            _ => "this request is not understood".to_owned(),
        };
        Problem::new(status, detail).into_response()
    } else {
        response
    }
}

/// Counts what is answered, by the pattern of its path.
async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    app.metrics.answered(route, response.status());
    response
}

#[derive(Deserialize)]
struct SignIn {
    token: String,
    /// Where to go then.
    #[serde(default)]
    next: String,
}

/// A page of this server's as the value of a `Location`, and nothing else.
fn own_page(next: &str) -> HeaderValue {
    let path = next.split('?').next().unwrap_or_default();
    // Addresses are ASCII; the rest is percent-encoded.
    let is_own = next.is_ascii() && page::is_page(path);
    let value = is_own.then(|| HeaderValue::from_str(next).ok()).flatten();
    value.unwrap_or(HeaderValue::from_static("/"))
}

/// `POST /signin`: a cookie for who knows the token.
async fn sign_in(
    State(app): State<App>,
    form: Result<Form<SignIn>, axum::extract::rejection::FormRejection>,
) -> Response {
    let (given, next) = form.map_or_else(
        |_| (String::new(), String::new()),
        |Form(SignIn { token, next })| (token, next),
    );
    let goes_on = (header::LOCATION, own_page(&next));
    match &app.token {
        None => (StatusCode::SEE_OTHER, [goes_on]).into_response(),
        Some(token) if token.is(given.trim()) => {
            let Some(cookie) = token.cookie() else {
                return Problem::from(Refusal::Broken).into_response();
            };
            (StatusCode::SEE_OTHER, [goes_on, (header::SET_COOKIE, cookie)]).into_response()
        }
        _ => page::sign_in(
            StatusCode::UNAUTHORIZED,
            Some("That is not the token. · ليس هذا هو الرمز."),
            &next,
        ),
    }
}
