//! Dumps of the search index of a wiki (`…-cirrussearch-content.json.gz`): pairs of lines, the first
//! of which says that a document is to be indexed and gives its id, the second is the document.
//!
//! What a document has besides is mostly for that search alone and larger than the text: of it only
//! what tells people something is kept. Keys that are not known are passed over.

use serde_json::{Map, Value};

use super::record::RecordArticle;
use crate::model::Lang;

/// Further fields that are kept as they are.
const KEPT: [&str; 3] = ["wiki", "timestamp", "wikibase_item"];

/// The first line of a pair.
#[derive(Default)]
pub(super) struct Action {
    id: Option<String>,
}

impl Action {
    /// Understands `{"index": {"_id": "10", …}}`.
    pub fn of(record: &Map<String, Value>) -> Option<Action> {
        let index = record.get("index")?.as_object()?;
        // An article that happens to have a field of this name has others as well.
        let alone = record.keys().all(|key| key == "index") || !record.contains_key("text");
        alone.then(|| Action { id: index.get("_id").and_then(id) })
    }

    /// The article of the line that follows; none for pages that are not articles.
    pub fn article(
        self,
        mut document: Map<String, Value>,
    ) -> std::result::Result<Option<RecordArticle>, String> {
        if document.get("namespace").and_then(Value::as_i64).is_some_and(|space| space != 0) {
            return Ok(None);
        }
        let text = match document.remove("text") {
            Some(Value::String(text)) => text,
            None | Some(Value::Null) => String::new(),
            Some(_) => return Err("`text` is not a string".to_owned()),
        };
        let mut extra = Map::new();
        for name in KEPT {
            if let Some(value @ (Value::String(_) | Value::Number(_))) = document.remove(name) {
                extra.insert(name.to_owned(), value);
            }
        }
        let categories = strings(document.get("category"), |category| category.as_str());
        let redirects = strings(document.get("redirect"), |redirect| {
            redirect.get("title").unwrap_or(redirect).as_str()
        });
        for (name, values) in [("categories", categories), ("redirects", redirects)] {
            if !values.is_empty() {
                extra.insert(name.to_owned(), Value::Array(values));
            }
        }
        let string = |name: &str| document.get(name).and_then(Value::as_str);
        Ok(Some(RecordArticle {
            id: self.id.or_else(|| document.get("page_id").and_then(id)),
            title: string("title").map(str::to_owned),
            lang: string("language").and_then(Lang::parse),
            url: string("url").map(str::to_owned),
            extra,
            text,
        }))
    }
}

fn id(value: &Value) -> Option<String> {
    match value {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

/// The strings that are found in the parts of an array.
fn strings<'a>(
    array: Option<&'a Value>,
    string: impl Fn(&'a Value) -> Option<&'a str>,
) -> Vec<Value> {
    let parts = array.and_then(Value::as_array).into_iter().flatten();
    parts.filter_map(string).map(Value::from).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Collected, collect};
    use super::*;
    use crate::source::Format;

    fn read(lines: &[&str]) -> Collected {
        collect(lines.join("\n").as_bytes(), "dump.json.gz", Format::Jsonl, false)
    }

    #[test]
    fn pairs_become_articles() {
        let Collected { heads, passages, problems, .. } = read(&[
            r#"{"index":{"_type":"_doc","_id":"10"}}"#,
            r#"{"title":"حصار هانجو","text":"بدأ الحصار. انتهى.","opening_text":"بدأ الحصار.","namespace":0,"category":["معارك","1593"],"heading":["x"],"redirect":[{"namespace":0,"title":"معركة هانجو"}],"language":"ar","wiki":"arwiki","source_text":"{{x}}","incoming_links":5,"score":0.1,"weighted_tags":["a/b"]}"#,
            r#"{"index":{"_type":"_doc","_id":"11"}}"#,
            r#"{"title":"Talk","text":"Talk.","namespace":1}"#,
            r#"{"index":{"_index":"enwiki","_id":12,"routing":null},"meta":1}"#,
            r#"{"title":"Newer","text":"Newer text.","page_id":12,"something":{"new":[1]}}"#,
        ]);
        assert_eq!(problems, []);
        let ids: Vec<&str> = heads.iter().map(|head| head.id.as_str()).collect();
        assert_eq!(ids, ["10", "12"]);
        assert_eq!(heads[0].title.as_deref(), Some("حصار هانجو"));
        assert_eq!((&heads[0].lang, heads[0].place.line), (&Some(Lang::ARABIC), 2));
        assert_eq!(
            Value::Object(heads[0].extra.clone()),
            serde_json::json!({
                "categories": ["معارك", "1593"],
                "redirects": ["معركة هانجو"],
                "wiki": "arwiki",
            })
        );
        assert_eq!(passages[0].text, "بدأ الحصار. انتهى.");
        assert!(heads[1].extra.is_empty());
    }

    #[test]
    fn what_is_odd_does_not_stop_the_rest() {
        let Collected { heads, problems, .. } = read(&[
            r#"{"index":{}}"#,
            r#"{"title":5,"text":"No id.","category":"x","redirect":[7,null,{"title":"r"}]}"#,
            r#"{"index":{"_id":"1"}}"#,
            r#"{"index":{"_id":"2"}}"#,
            r#"{"text":7}"#,
            r#"{"text":"alone","page_id":3}"#,
            "{oops",
            r#"{"index":{"_id":"4"}}"#,
            r#"{"text":null}"#,
        ]);
        let ids: Vec<&str> = heads.iter().map(|head| head.id.as_str()).collect();
        assert_eq!(ids, ["dump.json.gz:2", "3", "4"]);
        assert_eq!(heads[0].extra["redirects"], serde_json::json!(["r"]));
        let named: Vec<u64> = problems.iter().filter_map(|problem| problem.line).collect();
        assert_eq!(named, [5, 7]);
    }
}
