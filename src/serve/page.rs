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
    "api.js": "text/javascript; charset=utf-8",
    "article.js": "text/javascript; charset=utf-8",
    "boot.js": "text/javascript; charset=utf-8",
    "dom.js": "text/javascript; charset=utf-8",
    "facets.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
    "keys.js": "text/javascript; charset=utf-8",
    "main.js": "text/javascript; charset=utf-8",
    "overview.js": "text/javascript; charset=utf-8",
    "results.js": "text/javascript; charset=utf-8",
    "shell.js": "text/javascript; charset=utf-8",
    "state.js": "text/javascript; charset=utf-8",
    "strings.js": "text/javascript; charset=utf-8",
    "style.css": "text/css; charset=utf-8",
    "text.js": "text/javascript; charset=utf-8",
    "words.js": "text/javascript; charset=utf-8",
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
///
/// `next` is where somebody wanted to go, a path with its query.
pub fn sign_in(status: StatusCode, problem: Option<&str>, next: &str) -> Response {
    let page = SIGN_IN.replace("{problem}", problem.unwrap_or_default());
    html(status, page.replace("{next}", &escape_attribute(next)))
}

fn escape_attribute(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            _ => escaped.push(c),
        }
    }
    escaped
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands between `before` and the next quotation mark.
    fn quoted<'a>(text: &'a str, before: &'a str) -> impl Iterator<Item = &'a str> {
        text.split(before).skip(1).filter_map(|rest| rest.split('"').next())
    }

    #[test]
    fn every_file_of_the_page_is_embedded() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/serve/page");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !name.ends_with(".html"))
            .collect();
        files.sort();
        let embedded: Vec<&str> = ASSETS.iter().map(|asset| asset.name).collect();
        assert_eq!(files, embedded);
    }

    #[test]
    fn what_the_page_asks_for_is_there() {
        let is_embedded = |name: &str| ASSETS.iter().any(|asset| asset.name == name);
        for html in [INDEX, SIGN_IN] {
            for name in quoted(html, "\"/assets/") {
                assert!(is_embedded(name), "{name}");
            }
        }
        for asset in ASSETS.iter().filter(|asset| asset.name.ends_with(".js")) {
            for name in quoted(std::str::from_utf8(asset.bytes).unwrap(), "from \"./") {
                assert!(is_embedded(name), "{} imports {name}", asset.name);
                // Loaded with the page and not one after the other.
                assert!(
                    INDEX.contains(&format!("modulepreload\" href=\"/assets/{name}")),
                    "{name}"
                );
            }
        }
    }

    /// The page's policy allows neither, and the browser would leave them out without a word.
    #[test]
    fn nothing_stands_inline() {
        for html in [INDEX, SIGN_IN] {
            assert!(!html.contains("<style") && !html.contains(" style=") && !html.contains(" on"));
            assert!(!html.replace("></script>", "").contains("</script>"));
        }
        for asset in ASSETS.iter().filter(|asset| asset.name.ends_with(".js")) {
            let text = std::str::from_utf8(asset.bytes).unwrap();
            assert!(!text.contains("innerHTML") && !text.contains("eval("), "{}", asset.name);
        }
    }
}
