//! What a query demands of every passage, whatever its score.

use super::{Compiler, STEPS_OF_WORD};
use crate::analysis::OwnedWord;
use crate::error::Result;
use crate::index::{DateRanges, category_range};
use crate::query::{Field, Group, Node, Occur};
use crate::search::filter::Filter;

impl Compiler<'_, '_> {
    pub(super) fn group_filter(&mut self, group: &Group, field: Option<&Field>) -> Result<Filter> {
        let mut all = Vec::new();
        let mut any = Vec::new();
        let mut has_must = false;
        for clause in &group.clauses {
            // A word without letters that count asks for nothing.
            let Some(filter) = self.node_filter(&clause.node, field)? else {
                continue;
            };
            match clause.occur {
                Occur::Should => any.push(filter),
                Occur::Must => {
                    has_must = true;
                    all.push(filter);
                }
                Occur::Filter => all.push(filter),
                Occur::MustNot => all.push(Filter::Not(Box::new(filter))),
            }
        }
        if all.is_empty() && any.is_empty() {
            return Ok(Filter::Any(Vec::new()));
        }
        if !has_must && !any.is_empty() {
            all.push(Filter::Any(any));
        }
        Ok(Filter::All(all))
    }

    /// A word, or what it became.
    fn word_filter(&mut self, word: &OwnedWord) -> Result<Filter> {
        let text = self.fields().text;
        let mut terms = vec![word.stem.clone()];
        let mut any = Vec::new();
        for became in self.known.get(&word.stem).into_iter().flatten() {
            match became.words.as_slice() {
                [only] => terms.push(only.stem.clone()),
                _ => any.push(Filter::Found(self.expander.find_phrase(became, self.watch)?)),
            }
        }
        any.push(Filter::Terms { field: text, terms });
        Ok(Filter::Any(any))
    }

    fn date_filters(&self, DateRanges { years, dates }: DateRanges) -> [Filter; 2] {
        let fields = self.fields();
        [
            Filter::Ranges { field: fields.year, ranges: years },
            Filter::Ranges { field: fields.date, ranges: dates },
        ]
    }

    /// The condition that a node is; `None` where it holds nothing to look for.
    fn node_filter(&mut self, node: &Node, field: Option<&Field>) -> Result<Option<Filter>> {
        if self.watch.is_over_after(STEPS_OF_WORD) {
            return Ok(Some(Filter::Part(Box::new(Filter::Any(Vec::new())))));
        }
        let filter = self.node_filter_in_time(node, field)?;
        let is_cut = self.watch.is_cut_here() || self.is_cut && matches!(node, Node::Word(_));
        Ok(filter.map(|filter| if is_cut { Filter::Part(Box::new(filter)) } else { filter }))
    }

    /// The same, maybe without what there is no time for.
    fn node_filter_in_time(
        &mut self,
        node: &Node,
        field: Option<&Field>,
    ) -> Result<Option<Filter>> {
        if let Some(field) = field
            && matches!(node, Node::Word(_) | Node::Prefix(_) | Node::Fuzzy { .. })
        {
            let (place, _) = self.place_of(field);
            let words = self.field_terms(field, node)?.into_iter();
            let words = words.map(|(_, terms)| Filter::Terms { field: place, terms });
            return Ok(all_of(words.collect()));
        }
        let fields = self.fields();
        Ok(Some(match node {
            Node::Word(word) => {
                let mut filters = Vec::new();
                for word in self.analyzer.words(&word.text) {
                    filters.push(self.word_filter(&word)?);
                }
                return Ok(all_of(filters));
            }
            Node::Prefix(word) => {
                let expanded = self.expand_form(word, None);
                Filter::Found(self.find_forms(&expanded)?)
            }
            Node::Fuzzy { word, distance } => {
                let expanded = self.expand_form(word, Some(*distance));
                Filter::Found(self.find_forms(&expanded)?)
            }
            Node::Phrase { words, slop } => {
                let pattern = match field {
                    Some(field) => self.field_phrase(field, words, *slop),
                    None => self.phrase(words, *slop, fields.text),
                };
                if pattern.slots.is_empty() {
                    return Ok(None);
                }
                Filter::Found(self.find_pattern(&pattern)?)
            }
            Node::Near { left, right, distance } => {
                let near = self.near(left, right, *distance)?;
                Filter::Found(self.find_pattern(&near)?)
            }
            Node::Field { field, node } => return self.node_filter(node, Some(field)),
            Node::Group(group) => self.group_filter(group, field)?,
            Node::Lang(langs) => Filter::Terms {
                field: fields.lang,
                terms: langs.iter().map(|lang| lang.code().to_owned()).collect(),
            },
            Node::Kind(kinds) => Filter::Terms {
                field: fields.kind,
                terms: kinds.iter().map(|kind| kind.name().to_owned()).collect(),
            },
            Node::Category(name) => Filter::Ranges {
                field: fields.category,
                ranges: vec![category_range(&name.text, self.analyzer)],
            },
            Node::Article(id) => Filter::Terms { field: fields.article, terms: vec![id.clone()] },
            Node::HasField(name) => {
                Filter::Terms { field: fields.infobox_key, terms: vec![name.clone()] }
            }
            Node::Dates(dates) => {
                let ranges = dates.iter().map(DateRanges::of);
                Filter::Any(ranges.flat_map(|found| self.date_filters(found)).collect())
            }
        }))
    }
}

fn all_of(filters: Vec<Filter>) -> Option<Filter> {
    (!filters.is_empty()).then_some(Filter::All(filters))
}

/// Whether a query asks for more than that any of its words be there.
pub(super) fn restricts(group: &Group) -> bool {
    group.clauses.is_empty()
        || group.clauses.iter().any(|clause| {
            clause.occur != Occur::Should
                || match &clause.node {
                    Node::Group(group) => restricts(group),
                    Node::Field { node, .. } => match &**node {
                        Node::Group(group) => restricts(group),
                        Node::Near { .. } | Node::Field { .. } => true,
                        _ => false,
                    },
                    Node::Near { .. } => true,
                    _ => clause.node.is_filter(),
                }
        })
}
