//! The token that whoever asks must know.
//!
//! Programs send it as `Authorization: Bearer`. A browser sends it once and gets a cookie made of
//! it, which no script can read and no other site can send. Comparing takes the same time whatever
//! is given.

use axum::http::{HeaderMap, HeaderValue, header};

const COOKIE: &str = "warraq";
/// Bytes, at the least: shorter ones can be guessed.
pub const SHORTEST: usize = 16;
/// Seconds for which a browser stays signed in.
const SIGNED_IN: u32 = 30 * 24 * 60 * 60;

/// See the module.
#[derive(Clone)]
pub struct Token {
    hash: blake3::Hash,
    cookie: blake3::Hash,
}

impl Token {
    /// A token from its text; `None` where it is too short.
    pub fn new(text: &str) -> Option<Token> {
        (text.len() >= SHORTEST).then(|| Token {
            hash: blake3::hash(text.as_bytes()),
            cookie: blake3::Hash::from(blake3::derive_key(
                "warraq sign-in cookie 1",
                text.as_bytes(),
            )),
        })
    }

    /// Whether `text` is the token.
    pub fn is(&self, text: &str) -> bool {
        // Comparing hashes of this library takes constant time.
        blake3::hash(text.as_bytes()) == self.hash
    }

    /// Whether a request carries the token or the cookie.
    pub fn is_in(&self, headers: &HeaderMap) -> bool {
        let sent = headers.get(header::AUTHORIZATION);
        let sent = sent.and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
        let bearer = sent.and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
        });
        if let Some(bearer) = bearer {
            return self.is(bearer);
        }
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .filter(|(name, _)| *name == COOKIE)
            .filter_map(|(_, value)| blake3::Hash::from_hex(value).ok())
            .any(|value| value == self.cookie)
    }

    /// The `Set-Cookie` for somebody who knows the token.
    pub fn cookie(&self) -> Option<HeaderValue> {
        let value = self.cookie.to_hex();
        HeaderValue::from_str(&format!(
            "{COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={SIGNED_IN}"
        ))
        .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "correct horse battery staple";

    fn with(name: header::HeaderName, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        headers
    }

    #[test]
    fn programs_and_browsers() {
        let token = Token::new(SECRET).unwrap();
        assert!(token.is_in(&with(header::AUTHORIZATION, &format!("bearer {SECRET}"))));
        assert!(!token.is_in(&with(header::AUTHORIZATION, "Bearer wrong")));
        assert!(!token.is_in(&with(header::AUTHORIZATION, SECRET)));
        assert!(!token.is_in(&HeaderMap::new()));
        let cookie = token.cookie().unwrap();
        let cookie = cookie.to_str().unwrap();
        assert!(!cookie.contains(SECRET));
        let sent = cookie.split(';').next().unwrap();
        assert!(token.is_in(&with(header::COOKIE, &format!("a=b; {sent}"))));
        assert!(!token.is_in(&with(header::COOKIE, &format!("{COOKIE}={SECRET}"))));
        let other = Token::new("another token, also long").unwrap();
        assert!(!other.is_in(&with(header::COOKIE, sent)));
    }

    #[test]
    fn short_tokens_are_none() {
        assert!(Token::new("secret").is_none());
    }
}
