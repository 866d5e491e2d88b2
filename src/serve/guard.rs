//! Who may ask: the names by which this server may be called, the token, and the headers that keep
//! a browser from doing what nobody asked for.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use super::token::Token;

/// Sent with every response. Nothing is loaded from elsewhere, no script stands in a page, and no
/// other site may frame or read what is served.
const HEADERS: [(HeaderName, HeaderValue); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
             connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'",
        ),
    ),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (HeaderName::from_static("permissions-policy"), HeaderValue::from_static("interest-cohort=()")),
];

/// What is asked of every request.
pub struct Guard {
    /// The address that is listened on.
    pub address: SocketAddr,
    /// Further names, in lower case.
    pub allow_hosts: Vec<String>,
    pub token: Option<Token>,
}

/// Lets a request pass or refuses it, and puts the headers on what comes back.
pub async fn guard(
    State(guard): State<std::sync::Arc<Guard>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = match guard.check(request.method(), request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refused) => *refused,
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, value);
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

impl Guard {
    fn check(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Box<Response>> {
        let refuse =
            |status, detail: &str| Err(Box::new(Problem::new(status, detail).into_response()));
        let mut hosts = headers.get_all(header::HOST).iter();
        let (Some(host), None) = (hosts.next(), hosts.next()) else {
            return refuse(StatusCode::BAD_REQUEST, "a request needs one Host header");
        };
        let named = host.to_str().is_ok_and(|host| self.is_known(host));
        // A target may name a host as well.
        let target = uri.authority().is_none_or(|host| self.is_known(host.as_str()));
        if !named || !target {
            return refuse(
                StatusCode::MISDIRECTED_REQUEST,
                "this server is not known by that name: start it with --allow-host NAME",
            );
        }
        // A browser says where a request comes from. Other sites may link to the page, no more.
        let from_elsewhere = headers
            .get("sec-fetch-site")
            .is_some_and(|site| site == "cross-site" || site == "same-site");
        let is_link = *method == Method::GET
            && headers.get("sec-fetch-mode").is_some_and(|mode| mode == "navigate");
        if from_elsewhere && !is_link {
            return refuse(StatusCode::FORBIDDEN, "other sites may not ask here");
        }
        let Some(token) = &self.token else {
            return Ok(());
        };
        if is_open(uri.path()) || token.is_in(headers) {
            return Ok(());
        }
        if *method == Method::GET && super::page::is_page(uri.path()) {
            let next = uri.path_and_query().map_or("/", |next| next.as_str());
            return Err(Box::new(super::page::sign_in(StatusCode::OK, None, next)));
        }
        refuse(
            StatusCode::UNAUTHORIZED,
            "send the token as `Authorization: Bearer TOKEN`, or sign in at /",
        )
    }

    /// Whether a name, with or without a port, is one of this server's. A name that a stranger's
    /// server gives out for this machine's address is none.
    fn is_known(&self, host: &str) -> bool {
        let Ok(authority) = host.parse::<Authority>() else {
            return false;
        };
        let has_port = authority.host().len() < host.len();
        if host.contains('@') || has_port && authority.port_u16().is_none() {
            return false;
        }
        let name = authority.host();
        if let Ok(ip) = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            let own = self.address.ip();
            return ip == own || own.is_unspecified() || own.is_loopback() && ip.is_loopback();
        }
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        name == "localhost" || self.allow_hosts.contains(&name)
    }
}

/// What needs no token: signing in, how the page looks, and whether the server lives.
fn is_open(path: &str) -> bool {
    path == "/signin" || path == "/healthz" || path.starts_with("/assets/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(address: &str, hosts: &[&str]) -> Guard {
        Guard {
            address: address.parse().unwrap(),
            allow_hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
            token: None,
        }
    }

    #[test]
    fn on_loopback_only_its_own_names() {
        let guard = guard("127.0.0.1:8642", &["books.example"]);
        for host in [
            "127.0.0.1:8642",
            "localhost:8642",
            "LOCALHOST",
            "localhost.",
            "[::1]:1",
            "127.0.0.2",
            "books.example",
            "Books.Example:443",
        ] {
            assert!(guard.is_known(host), "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:8642",
            "10.0.0.1",
            "localhost.evil.example",
            "",
            ":8642",
            "127.0.0.1.nip.example",
            "localhost:80x",
            "books.example.evil",
            "[::1",
            "evil.example@localhost",
            "localhost@evil.example",
            "a:b:c",
        ] {
            assert!(!guard.is_known(host), "{host}");
        }
    }

    #[test]
    fn on_every_address_any_number_but_no_strange_name() {
        let guard = guard("0.0.0.0:80", &[]);
        assert!(guard.is_known("192.0.2.7"));
        assert!(guard.is_known("[2001:db8::1]:80"));
        assert!(!guard.is_known("evil.example"));
    }
}
