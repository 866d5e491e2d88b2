//! The description of the API (OpenAPI 3.1), made of the types that it reads and writes.

use std::sync::LazyLock;

use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use super::api::about::PublicStats;
use super::api::read::{ListParams, MarkParams, ReadParams};
use super::api::search::{SearchParams, SuggestParams};
use super::problem::Problem;
use crate::search::facets::Facets;
use crate::search::hit::{Expansion, Group, Hit};
use crate::search::{ArticleList, Reading, Suggestion};

/// The answer to a search, as [`Answer`](crate::search::hit::Answer) is written.
#[derive(JsonSchema)]
#[schemars(rename = "Answer")]
#[expect(dead_code, reason = "its shape is what counts")]
struct AnswerShape {
    /// As it was asked.
    query: String,
    /// How many passages match; null where they were not counted.
    total: Option<u64>,
    took_ms: f64,
    /// Best first.
    hits: Vec<Hit>,
    /// The hits by language, where that was asked for, in place of `hits`.
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Vec<Group>>,
    /// What all matching passages have in common, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    facets: Option<Facets>,
    /// What the words of the query were searched as.
    #[serde(skip_serializing_if = "Option::is_none")]
    expansions: Option<Vec<Expansion>>,
    /// What the reader should know of how the query was understood.
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<Vec<String>>,
    /// A query that would find more.
    #[serde(skip_serializing_if = "Option::is_none")]
    did_you_mean: Option<String>,
    /// Whether the search was stopped before it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    partial: Option<bool>,
}

/// A line of a batch.
#[derive(JsonSchema)]
#[schemars(rename = "BatchQuery")]
#[expect(dead_code, reason = "its shape is what counts")]
struct BatchQueryShape {
    /// A string or a number that the answer carries; by default the number of the line.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Value>,
    query: String,
}

static DOCUMENT: LazyLock<Value> = LazyLock::new(describe);

/// The description.
pub fn document() -> &'static Value {
    &DOCUMENT
}

/// One thing that can be asked.
struct Operation {
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    parameters: Vec<Value>,
    response: Value,
}

fn describe() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
        settings.contract = schemars::generate::Contract::Serialize;
    });
    let mut schemas = SchemaGenerator::new(settings);
    let json = |schema: Schema| json!({"application/json": {"schema": schema}});
    let problem = schemas.subschema_for::<Problem>();
    let operations = [
        Operation {
            path: "/api/v1/search",
            id: "search",
            summary: "Search the passages",
            parameters: query_parameters::<SearchParams>(),
            response: json(schemas.subschema_for::<AnswerShape>()),
        },
        Operation {
            path: "/api/v1/suggest",
            id: "suggest",
            summary: "Complete the last word of a text",
            parameters: query_parameters::<SuggestParams>(),
            response: json(schemas.subschema_for::<Vec<Suggestion>>()),
        },
        Operation {
            path: "/api/v1/passages/{id}",
            id: "readPassage",
            summary: "Read a passage",
            parameters: [
                vec![id_parameter("siege-of-busanjin.txt#3")],
                query_parameters::<MarkParams>(),
            ]
            .concat(),
            response: json(schemas.subschema_for::<Reading>()),
        },
        Operation {
            path: "/api/v1/articles/{id}",
            id: "readArticle",
            summary: "Read an article, or a part of it",
            parameters: [
                vec![id_parameter("siege-of-busanjin.txt")],
                query_parameters::<ReadParams>(),
            ]
            .concat(),
            response: json(schemas.subschema_for::<Reading>()),
        },
        Operation {
            path: "/api/v1/articles",
            id: "listArticles",
            summary: "List the articles in the order of their ids",
            parameters: query_parameters::<ListParams>(),
            response: json(schemas.subschema_for::<ArticleList>()),
        },
        Operation {
            path: "/api/v1/stats",
            id: "stats",
            summary: "What the index holds",
            parameters: Vec::new(),
            response: json(schemas.subschema_for::<PublicStats>()),
        },
        Operation {
            path: "/api/v1/events",
            id: "events",
            summary: "An event `index` each time the index is another; ends with the server",
            parameters: Vec::new(),
            response: json!({"text/event-stream": {"schema": {"type": "string"}}}),
        },
        Operation {
            path: "/api/v1/openapi.json",
            id: "describe",
            summary: "This description",
            parameters: Vec::new(),
            response: json!({"application/json": {"schema": {"type": "object"}}}),
        },
        Operation {
            path: "/healthz",
            id: "health",
            summary: "Whether searches can be answered",
            parameters: Vec::new(),
            response: json!({"text/plain": {"schema": {"type": "string"}}}),
        },
        Operation {
            path: "/metrics",
            id: "metrics",
            summary: "Counters for Prometheus",
            parameters: Vec::new(),
            response: json!({
                "application/openmetrics-text; version=1.0.0; charset=utf-8":
                    {"schema": {"type": "string"}}
            }),
        },
    ];
    let mut paths = Map::new();
    let problems = json!({
        "description": "What was wrong",
        "content": {"application/problem+json": {"schema": problem}},
    });
    for operation in operations {
        paths.insert(
            operation.path.to_owned(),
            json!({"get": {
                "operationId": operation.id,
                "summary": operation.summary,
                "parameters": operation.parameters,
                "responses": {
                    "200": {"description": "The answer", "content": operation.response},
                    "default": problems,
                },
            }}),
        );
    }
    let line = schemas.subschema_for::<BatchQueryShape>();
    paths.insert(
        "/api/v1/batch".to_owned(),
        json!({"post": {
            "operationId": "batch",
            "summary": "Answer many queries, a line each, in their order",
            "requestBody": {
                "required": true,
                // Whatever a line holds is answered by a line: no body is wrong as a whole.
                "description": "A line of JSON for each query. Besides `id` and `query` a line may \
                                have `limit` (of which 100 is the most that is given), `offset`, `plain`, \
                                `per_article`, `duplicates`, `sort`, `filter`, `without`.",
                "content": {"application/x-ndjson": {"schema": {}}},
            },
            "responses": {
                "200": {
                    "description": "A line of JSON for each query: `id`, `query`, and `hits` or `error`",
                    "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
                },
                "default": problems,
            },
            "x-line": line,
        }}),
    );
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "warraq",
            "description": env!("CARGO_PKG_DESCRIPTION"),
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": env!("CARGO_PKG_LICENSE")},
        },
        "paths": paths,
        "components": {
            "schemas": schemas.take_definitions(true),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        // A token is needed only where the server was given one.
        "security": [{}, {"token": []}],
    })
}

fn id_parameter(example: &str) -> Value {
    json!({
        "name": "id",
        "in": "path",
        "required": true,
        "description": "Percent-encoded",
        "schema": {"type": "string", "minLength": 1, "examples": [example]},
    })
}

/// The fields of a type, each as a parameter after the `?`.
fn query_parameters<T: JsonSchema>() -> Vec<Value> {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.meta_schema = None;
        settings.inline_subschemas = true;
    });
    let schema = SchemaGenerator::new(settings).into_root_schema_for::<T>();
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let properties = schema.get("properties").and_then(Value::as_object);
    let parameter = |(name, schema): (&String, &Value)| {
        let mut schema = schema.clone();
        let mut description = Value::Null;
        if let Some(fields) = schema.as_object_mut() {
            description = fields.remove("description").unwrap_or_default();
            // Nothing stands for a value that is absent; it is left out.
            if let Some(Value::Array(kinds)) = fields.get("type")
                && let Some(kind) = kinds.iter().find(|kind| *kind != "null").cloned()
            {
                fields.insert("type".to_owned(), kind);
            }
            fields.retain(|_, value| !value.is_null());
        }
        json!({
            "name": name,
            "in": "query",
            "required": required.contains(&name.as_str()),
            "description": description,
            "schema": schema,
        })
    };
    properties.into_iter().flatten().map(parameter).collect()
}
