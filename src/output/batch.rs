//! One query of a batch and what became of it.

use std::borrow::Cow;

use serde_json::Value;

use crate::search::hit::Answer;

/// The answer to one line of a batch. Which lines were bad must be seen in the output, so JSON
/// Lines has a record for each; TSV and TREC have no place for one, there it is the caller's to
/// tell.
#[derive(Clone, Copy, Debug)]
pub struct BatchAnswer<'a> {
    /// As it was given, so that a number stays a number.
    pub id: &'a Value,
    pub query: &'a str,
    /// The answer, or what was wrong with the line.
    pub outcome: Result<&'a Answer, &'a str>,
}

/// A query's id as text: a string without its quotes, anything else as JSON.
pub fn id_text(id: &Value) -> Cow<'_, str> {
    match id {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_as_text() {
        assert_eq!(id_text(&json!("a b")), "a b");
        assert_eq!(id_text(&json!(17)), "17");
    }
}
