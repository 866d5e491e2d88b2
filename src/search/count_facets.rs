//! Counting what the matching passages have in common: languages, kinds, articles, categories,
//! years, infobox fields.
//!
//! Values are the terms of the index; counted are the passages that have a term and match. Of
//! languages, kinds and fields there are few, whose terms are walked for each query. Of articles and
//! categories there may be hundreds of thousands, of years some thousands: where few passages match,
//! their records say which they have, and the terms of years are asked about each; where many do,
//! columns are read that the index makes once for all queries and threads. Both ways give the same.

use std::collections::BTreeMap;

use super::facet_terms::{Counted, Matching, Top};
use super::facets::{ArticleEntry, FacetEntry, Facets};
use super::reading::opening_of;
use crate::analysis::Analyzer;
use crate::error::Result;
use crate::index::{
    Address, Bits, INFOBOX_SEPARATOR, OpenIndex, Record, TermColumn, category_terms, compared_part,
    infobox_keys, year_of_term,
};
use crate::model::Kind;
use crate::query::{MAX_FIELD_NAME_CHARS, Node, Word};

/// Entries of a list, at the most.
const MOST_ENTRIES: usize = 20;
const MOST_YEARS: usize = 50;
/// There are fewer kinds; of languages none has so many.
const MOST_LANGUAGES: usize = 100;
/// Names of infobox fields that are counted, of which those with a number are not shown.
const MOST_FIELDS: usize = 1000;
/// To make the columns takes as long as to read the records of one passage of so many.
const PASSAGES_OF_A_RECORD: u64 = 256;
/// Records that are read rather than columns made, at the least.
const MOST_RECORDS: u64 = 64;
/// Passages of an article that are looked at for its title, at the most.
const MOST_FOR_TITLE: usize = 100;

/// The facets of some live passages.
///
/// # Errors
/// The index cannot be read.
pub fn count_facets(index: &OpenIndex, analyzer: &mut Analyzer, sets: &[Bits]) -> Result<Facets> {
    let fields = index.fields;
    let matching = Matching::new(index, sets);
    if matching.count == 0 {
        return Ok(Facets::default());
    }
    let few = MOST_RECORDS.max(index.passages() / PASSAGES_OF_A_RECORD);
    let Many { articles, categories, years } = if matching.count <= few && !index.has_columns() {
        read_records(index, analyzer, &matching)?
    } else {
        read_columns(&matching)?
    };
    let articles = articles.iter().map(|counted| article_entry(index, counted));
    Ok(Facets {
        lang: by_value(matching.top_terms(fields.lang, MOST_LANGUAGES)?, lang_entry),
        kind: by_value(matching.top_terms(fields.kind, Kind::ALL.len())?, kind_entry),
        article: articles.collect::<Result<_>>()?,
        category: by_value(categories, category_entry),
        year: year_entries(years),
        infobox: infobox(matching.top_terms(fields.infobox_key, MOST_FIELDS)?),
    })
}

/// The most frequent values of fields that may have very many.
struct Many {
    articles: Vec<Counted>,
    categories: Vec<Counted>,
    years: Vec<Counted>,
}

fn read_columns(matching: &Matching) -> Result<Many> {
    let index = matching.index;
    let top = |column: &TermColumn, wanted| {
        let values = matching.top_values(column, wanted).into_iter();
        let counted = values.map(|(passages, number)| {
            let term = column.term(index, number)?;
            Ok(Counted { passages, key: term.clone(), term })
        });
        counted.collect::<Result<Vec<Counted>>>()
    };
    let mut categories = Vec::new();
    for Counted { term, .. } in top(index.categories()?, MOST_ENTRIES)? {
        // How it is mostly written.
        let from = compared_part(&term);
        let mut to = from.to_vec();
        to.extend_from_slice(char::MAX.encode_utf8(&mut [0; 4]).as_bytes());
        let field = index.fields.category;
        categories.extend(matching.top_terms_between(
            field,
            1,
            (from, Some(&to)),
            compared_part,
        )?);
    }
    let articles = top(index.articles()?, MOST_ENTRIES)?;
    Ok(Many { articles, categories, years: top(index.years()?, MOST_YEARS)? })
}

/// The same as the columns give, of a few passages.
fn read_records(index: &OpenIndex, analyzer: &mut Analyzer, matching: &Matching) -> Result<Many> {
    let mut articles: BTreeMap<String, u64> = BTreeMap::new();
    // By what is compared; then by name.
    let mut categories: BTreeMap<Vec<u8>, (u64, BTreeMap<String, u64>)> = BTreeMap::new();
    for (segment, doc) in matching.iter() {
        let head = index.record(Address { segment, doc })?.head;
        let mut last: Option<Vec<u8>> = None;
        // Sorted, so that those which count as one follow one another.
        for term in category_terms(&head.extra, analyzer) {
            let key = compared_part(term.as_bytes()).to_vec();
            let (passages, names) = categories.entry(key.clone()).or_default();
            *passages += u64::from(last.as_ref() != Some(&key));
            *names.entry(term).or_default() += 1;
            last = Some(key);
        }
        *articles.entry(head.article).or_default() += 1;
    }
    let mut top_articles = Top::new(MOST_ENTRIES);
    for (article, passages) in articles {
        let term = article.into_bytes();
        top_articles.push(passages, term.clone(), term);
    }
    let mut top_categories = Top::new(MOST_ENTRIES);
    for (key, (passages, names)) in categories {
        let most = names.into_iter().rev().max_by_key(|&(_, count)| count);
        let term = most.map(|(name, _)| name.into_bytes()).unwrap_or_default();
        top_categories.push(passages, key, term);
    }
    Ok(Many {
        articles: top_articles.finish_terms(),
        categories: top_categories.finish_terms(),
        years: matching.top_terms(index.fields.year, MOST_YEARS)?,
    })
}

/// The entries of terms, the most frequent first; of equally frequent ones by value.
fn by_value(counted: Vec<Counted>, entry: fn(&str, u64) -> Option<FacetEntry>) -> Vec<FacetEntry> {
    let entries = counted.iter().filter_map(|counted| {
        // What is no text cannot be asked for.
        entry(std::str::from_utf8(&counted.term).ok()?, counted.passages)
    });
    let mut entries: Vec<FacetEntry> = entries.collect();
    entries.sort_by(|a, b| b.passages.cmp(&a.passages).then_with(|| a.value.cmp(&b.value)));
    entries
}

fn lang_entry(code: &str, passages: u64) -> Option<FacetEntry> {
    Some(FacetEntry { value: code.to_owned(), passages, filter: format!("lang:{code}") })
}

fn kind_entry(name: &str, passages: u64) -> Option<FacetEntry> {
    Some(FacetEntry { value: name.to_owned(), passages, filter: format!("kind:{name}") })
}

fn category_entry(term: &str, passages: u64) -> Option<FacetEntry> {
    let (folded, name) = term.split_once(INFOBOX_SEPARATOR)?;
    // Invisible characters would be lost on the way through the query language, and with them
    // perhaps where a word ends.
    let plain = !name.chars().any(crate::text::sanitize::is_unsafe) && !name.contains('\u{200b}');
    let text = if plain { name } else { folded }.to_owned();
    let filter = Node::Category(Word { text, span: 0..0 }).to_string();
    Some(FacetEntry { value: name.to_owned(), passages, filter })
}

/// The most frequent years in their order.
fn year_entries(counted: Vec<Counted>) -> Vec<FacetEntry> {
    let year = |counted: &Counted| {
        let year = year_of_term(std::str::from_utf8(&counted.term).ok()?)?;
        Some((year, counted.passages))
    };
    let mut years: Vec<(i32, u64)> = counted.iter().filter_map(year).collect();
    years.sort_unstable();
    let entry = |(year, passages): (i32, u64)| FacetEntry {
        value: year.to_string(),
        passages,
        filter: format!("year:{year}"),
    };
    years.into_iter().map(entry).collect()
}

fn infobox(counted: Vec<Counted>) -> Vec<FacetEntry> {
    let mut entries = by_value(counted, |name, passages| {
        // `commander1` is also `commander`; longer names cannot be asked for.
        if infobox_keys(name).len() != 1 || name.chars().count() > MAX_FIELD_NAME_CHARS {
            return None;
        }
        let filter = Node::HasField(name.to_owned()).to_string();
        Some(FacetEntry { value: field_label(name), passages, filter })
    });
    entries.truncate(MOST_ENTRIES);
    entries
}

/// The name of a field for people: `birth_place` is `Birth place`. Records write it in many ways.
fn field_label(name: &str) -> String {
    let mut chars = name.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars).map(|c| if c == '_' { ' ' } else { c }).collect()
}

fn article_entry(index: &OpenIndex, counted: &Counted) -> Result<ArticleEntry> {
    let id = String::from_utf8_lossy(&counted.term).into_owned();
    let filter = Node::Article(id.clone()).to_string();
    let (title, opening) = title_of(index, &id)?;
    Ok(ArticleEntry { value: id, title, opening, passages: counted.passages, filter })
}

/// The title of an article, or how it begins: a redirect says it as its own page has it.
fn title_of(index: &OpenIndex, article: &str) -> Result<(Option<String>, Option<String>)> {
    let passages = index.find(index.fields.article, article)?;
    let mut chosen = None;
    for &address in passages.iter().take(MOST_FOR_TITLE) {
        chosen = chosen.or(Some(address));
        if index.kind(address)? != Kind::Redirect {
            chosen = Some(address);
            break;
        }
    }
    match chosen {
        Some(address) => {
            let Record { head, text } = index.record(address)?;
            let opening = head.title.is_none().then(|| opening_of(&text));
            Ok((head.title, opening))
        }
        None => Ok((None, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Limits, parse_query};

    /// What a filter is parsed as; nothing about it needs to be told.
    #[track_caller]
    fn parsed(filter: &str) -> Node {
        let parsed = parse_query(filter, &|_: &str| true, &Limits::default());
        assert_eq!(parsed.diagnostics, [], "{filter}");
        assert_eq!(parsed.root.clauses.len(), 1, "{filter}");
        parsed.root.clauses[0].node.clone()
    }

    fn counted(term: &str) -> Counted {
        Counted { passages: 1, key: term.into(), term: term.into() }
    }

    #[test]
    fn years_are_in_their_order_and_can_be_asked_for() {
        let terms = ["11592", "09956", "11593"].map(counted);
        let values: Vec<String> =
            year_entries(terms.to_vec()).into_iter().map(|entry| entry.value).collect();
        assert_eq!(values, ["-44", "1592", "1593"]);
        let all =
            (1..20_000).filter(|&year| year != 10_000).map(|year| counted(&format!("{year:05}")));
        for entry in year_entries(all.collect()) {
            assert!(matches!(parsed(&entry.filter), Node::Dates(_)), "{}", entry.filter);
        }
    }

    #[test]
    fn categories_are_asked_for_by_their_name_or_by_what_is_compared() {
        let entry = category_entry("sieges 1592\u{1f}Sièges \"of\" \\ (1592)", 1).unwrap();
        assert_eq!(entry.value, "Sièges \"of\" \\ (1592)");
        assert!(matches!(parsed(&entry.filter), Node::Category(name) if name.text == entry.value));
        for hidden in ["a\u{200b}b", "a\u{202e}b"] {
            let entry = category_entry(&format!("a b\u{1f}{hidden}"), 1).unwrap();
            assert_eq!((entry.value.as_str(), entry.filter.as_str()), (hidden, "category:\"a b\""));
        }
    }

    #[test]
    fn fields_are_shown_once_and_without_numbers() {
        let long = "x".repeat(MAX_FIELD_NAME_CHARS + 1);
        let names =
            ["birth_place", "commander", "commander1", "القائد", "1592", &long].map(counted);
        let entries = infobox(names.to_vec());
        let values: Vec<&str> = entries.iter().map(|entry| entry.value.as_str()).collect();
        assert_eq!(values, ["1592", "Birth place", "Commander", "القائد"]);
        for entry in entries {
            assert!(matches!(parsed(&entry.filter), Node::HasField(_)), "{}", entry.filter);
        }
    }
}
