//! Which column of a table is what: by its name, or as it was told.

use serde::{Deserialize, Serialize};

use super::id::quoted;

/// Columns that a message lists.
const LISTED: usize = 30;

/// The columns that were told by name; for those that were not, names that are usual are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Columns {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// One after the other they make the text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub text: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
}

/// Names that columns usually have, the most telling first.
const ID: &[&str] = &["id", "docid", "doc_id", "معرف", "المعرف"];
const TITLE: &[&str] = &["title", "name", "headline", "عنوان", "العنوان"];
const TEXT: &[&str] = &["text", "body", "content", "نص", "النص"];
const URL: &[&str] = &["url", "link", "رابط", "الرابط"];
const LANG: &[&str] = &["lang", "language", "لغة", "اللغة"];

/// Which column of a table, counted from 0, is what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    pub id: Option<usize>,
    pub title: Option<usize>,
    pub text: Vec<usize>,
    pub url: Option<usize>,
    pub lang: Option<usize>,
}

impl Columns {
    /// Columns from `id=NAME,title=NAME,text=NAME+NAME,url=NAME,lang=NAME`, each of which may be
    /// missing.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn parse(told: &str) -> Result<Columns, String> {
        let mut columns = Columns::default();
        for part in told.split(',') {
            let (what, name) = part
                .split_once('=')
                .map(|(what, name)| (what.trim(), name.trim()))
                .filter(|(_, name)| !name.is_empty())
                .ok_or_else(|| format!("{} is not like `text=NAME`", quoted(part)))?;
            let one = Some(name.to_owned());
            match what {
                "id" => columns.id = one,
                "title" => columns.title = one,
                "text" => {
                    columns.text = name.split('+').map(|name| name.trim().to_owned()).collect();
                }
                "url" => columns.url = one,
                "lang" => columns.lang = one,
                _ => {
                    let what = quoted(what);
                    return Err(format!("{what} is none of id, title, text, url, lang"));
                }
            }
        }
        Ok(columns)
    }

    /// Whether nothing was told.
    pub fn is_empty(&self) -> bool {
        *self == Columns::default()
    }

    /// Finds the columns among the names of the first row.
    pub(super) fn find(&self, header: &[String]) -> Result<Layout, String> {
        let find = |told: &Option<String>, usual: &[&str]| match told {
            Some(name) => column(header, name).map(Some).ok_or_else(|| missing(header, name)),
            None => Ok(usual.iter().find_map(|name| column(header, name))),
        };
        let mut text = Vec::new();
        for name in &self.text {
            text.push(column(header, name).ok_or_else(|| missing(header, name))?);
        }
        if self.text.is_empty() {
            text.extend(TEXT.iter().find_map(|name| column(header, name)));
        }
        if text.is_empty() {
            return Err(format!(
                "no column is called text, body or content: say which is the text with `--columns \
                 text=NAME`; there are {}",
                listed(header)
            ));
        }
        Ok(Layout {
            id: find(&self.id, ID)?,
            title: find(&self.title, TITLE)?,
            text,
            url: find(&self.url, URL)?,
            lang: find(&self.lang, LANG)?,
        })
    }
}

fn column(header: &[String], name: &str) -> Option<usize> {
    let plain = |name: &str| name.trim().to_lowercase();
    let wanted = plain(name);
    let exact = header.iter().position(|column| column.trim() == name);
    exact.or_else(|| header.iter().position(|column| plain(column) == wanted))
}

fn missing(header: &[String], name: &str) -> String {
    format!(
        "has no column {}: name another with `--columns`; there are {}",
        quoted(name),
        listed(header)
    )
}

fn listed(header: &[String]) -> String {
    let mut names: Vec<String> =
        header.iter().take(LISTED).map(|name| quoted(name.trim())).collect();
    if header.len() > LISTED {
        names.push(format!("and {} more", header.len() - LISTED));
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &str) -> Vec<String> {
        names.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn usual_names_are_known_in_any_case() {
        let found = Columns::default().find(&header("ID Headline Body Link Language x"));
        let all =
            Layout { id: Some(0), title: Some(1), text: vec![2], url: Some(3), lang: Some(4) };
        assert_eq!(found, Ok(all));
        let found = Columns::default().find(&header("النص عنوان body")).expect("columns");
        assert_eq!((found.id, found.title, found.text), (None, Some(1), vec![2]));
    }

    #[test]
    fn columns_are_told() {
        let told = Columns::parse("id=ARTICLE, text=lead+Body").expect("columns");
        let found = told.find(&header("Lead article body text title")).expect("columns");
        assert_eq!((found.id, found.title, found.text), (Some(1), Some(4), vec![0, 2]));
        assert_eq!(
            told.find(&header("article lead")),
            Err("has no column \"Body\": name another with `--columns`; there are \"article\", \
                 \"lead\""
                .to_owned())
        );
        for wrong in ["", "text", "text=", "author=x", "id=a,,text=b"] {
            assert!(Columns::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn without_a_column_of_text_the_columns_are_listed() {
        let fault = Columns::default().find(&header("a b")).expect_err("no text");
        assert!(
            fault.contains("--columns text=NAME") && fault.ends_with("\"a\", \"b\""),
            "{fault}"
        );
    }
}
