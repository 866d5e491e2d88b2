//! The page's files, which are part of the program.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::problem::Problem;

/// A file of the page.
struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

macro_rules! assets {
    ($($name:literal: $kind:literal,)*) => {
        &[$(Asset { name: $name, kind: $kind, bytes: include_bytes!(concat!("page/", $name)) },)*]
    };
}

const ASSETS: &[Asset] = assets! {
    "style.css": "text/css; charset=utf-8",
};
const INDEX: &str = include_str!("page/index.html");
const SIGN_IN: &str = include_str!("page/signin.html");

/// What tells one release's files from another's.
static TAGS: LazyLock<Vec<String>> = LazyLock::new(|| {
    ASSETS
        .iter()
        .map(|asset| format!("\"{}\"", &blake3::hash(asset.bytes).to_hex()[..16]))
        .collect()
});

/// Whether a path is one that people go to.
pub fn is_page(path: &str) -> bool {
    path == "/" || path == "/article"
}

/// The page; what it shows it asks the API for.
pub async fn index() -> Response {
    html(StatusCode::OK, INDEX.to_owned())
}

/// The form that asks for the token, with what was wrong with the last one.
pub fn sign_in(status: StatusCode, problem: Option<&str>) -> Response {
    html(status, SIGN_IN.replace("{problem}", problem.unwrap_or_default()))
}

fn html(status: StatusCode, text: String) -> Response {
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    (status, [(header::CONTENT_TYPE, kind)], text).into_response()
}

/// A file of the page.
pub async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some((asset, tag)) = ASSETS.iter().zip(&*TAGS).find(|(asset, _)| asset.name == name) else {
        return Problem::not_found("there is no such file").into_response();
    };
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let tag_value = HeaderValue::from_str(tag).unwrap_or(HeaderValue::from_static("\"\""));
    // Asked for again each time, and sent again only when the program changed.
    let caching =
        [(header::ETAG, tag_value), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
    if known.is_some_and(|known| known.split(',').any(|known| known.trim() == tag)) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind))];
    (caching, kind, asset.bytes).into_response()
}
