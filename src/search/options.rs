//! The options that a query of a batch brings with it, by their names.

use serde_json::{Map, Value};

use super::request::{Request, Sort};

/// The highest number that an option takes.
const MOST: u64 = 1_000_000;

impl Request {
    /// The request with the options of its own line.
    ///
    /// # Errors
    /// A line for people: an option is unknown or takes another value.
    pub fn with_options(mut self, options: &Map<String, Value>) -> Result<Request, String> {
        for (name, value) in options {
            let number = |least: u64| {
                value.as_u64().filter(|&number| (least..=MOST).contains(&number)).ok_or_else(|| {
                    format!("the option \"{name}\" takes a whole number from {least} to {MOST}")
                })
            };
            let truth = || {
                value.as_bool().ok_or_else(|| format!("the option \"{name}\" takes true or false"))
            };
            match name.as_str() {
                "limit" | "n" => self.limit = number(1)? as usize,
                "offset" => self.offset = number(0)? as usize,
                "per_article" => self.per_article = Some(number(1)? as usize),
                "filter" => self.filter.extend(texts(name, value)?),
                "without" => self.without.extend(texts(name, value)?),
                "plain" => self.plain = truth()?,
                "duplicates" => self.duplicates = truth()?,
                "sort" => {
                    self.sort = value.as_str().and_then(Sort::from_name).ok_or_else(|| {
                        "the option \"sort\" takes \"relevance\", \"date\" or \"date-desc\""
                            .to_owned()
                    })?;
                }
                _ => {
                    let shown: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
                    return Err(format!(
                        "unknown option \"{shown}\": there are limit, offset, per_article, plain, \
                         duplicates, sort, filter, without"
                    ));
                }
            }
        }
        Ok(self)
    }
}

/// A string, or all of a list.
fn texts(name: &str, value: &Value) -> Result<Vec<String>, String> {
    let all = match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(list) => list.iter().map(|text| text.as_str().map(str::to_owned)).collect(),
        _ => None,
    };
    all.ok_or_else(|| format!("the option \"{name}\" takes a string or a list of strings"))
}
