//! What stands after the `?`: read strictly, so that a misspelt name is told and not passed over.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::serve::problem::Problem;

/// Of what was sent, in a problem.
const SHOWN_CHARS: usize = 300;

/// Parameters of a request.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let parameters = serde_html_form::Deserializer::from_bytes(query.as_bytes());
        serde_path_to_error::deserialize(parameters).map(Params).map_err(|error| {
            // It may repeat what was sent.
            let error: String = error.to_string().chars().take(SHOWN_CHARS).collect();
            Problem::bad_request(format!("the parameters are not understood: {error}"))
        })
    }
}

/// The id at the end of a path, after `/passages/` or `/articles/`: percent-encoded UTF-8. Slashes
/// may stand as they are.
pub struct Id(pub String);

impl<S: Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        // `/KIND/ID`: what comes before is gone where routes are nested.
        let encoded = parts.uri.path().splitn(3, '/').nth(2).unwrap_or_default();
        let id = percent_encoding::percent_decode_str(encoded).decode_utf8();
        let id = id.map_err(|_| Problem::bad_request("an id is percent-encoded UTF-8"))?;
        Ok(Id(id.into_owned()))
    }
}

/// Of a request without parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoParams {}
