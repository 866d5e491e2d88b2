//! Words that are asked for in one field.

use tantivy::schema::Field as IndexField;

use super::{Compiler, STEPS_OF_WORD};
use crate::error::Result;
use crate::index::INFOBOX_SEPARATOR;
use crate::query::{Field, Node, Occur};
use crate::search::hit::How;
use crate::search::retrieve::{Member, idf};
use crate::search::snippet::MatchTerm;

/// Terms of fields that are asked for one by one, at the most: each takes some kilobytes where it is
/// read.
const MOST_MEMBERS: usize = 16_384;

impl Compiler<'_, '_> {
    /// Adds words that are asked for in one field.
    pub(super) fn add_field(&mut self, field: &Field, node: &Node, boost: f32) -> Result<()> {
        if self.watch.is_over_after(STEPS_OF_WORD) {
            return Ok(());
        }
        match node {
            Node::Field { field, node } => return self.add_field(field, node, boost),
            Node::Group(group) => {
                for clause in &group.clauses {
                    if matches!(clause.occur, Occur::Should | Occur::Must) {
                        self.add_field(field, &clause.node, boost * clause.boost)?;
                    }
                }
                return Ok(());
            }
            Node::Phrase { words, slop } => {
                let pattern = self.field_phrase(field, words, *slop);
                return self.add_pattern(&words.text, &pattern, boost);
            }
            Node::Near { .. }
            | Node::Lang(_)
            | Node::Kind(_)
            | Node::Dates(_)
            | Node::Category(_)
            | Node::Article(_)
            | Node::HasField(_) => return Ok(()),
            Node::Word(_) | Node::Prefix(_) | Node::Fuzzy { .. } => {}
        }
        let (place, _) = self.place_of(field);
        for (raw, mut terms) in self.field_terms(field, node)? {
            self.take_members(&mut terms);
            let mut df = 0;
            let mut members = Vec::with_capacity(terms.len());
            for term in &terms {
                if self.watch.is_over_after(STEPS_OF_WORD) {
                    break;
                }
                let term = self.index.term(place, term)?;
                df += term.passages();
                members.push(Member::Term { term, weight: 1.0 });
            }
            let weight = idf(df.min(self.passages), self.passages);
            let label = format!("{}: {raw}", field.name());
            let leaf = self.leaf(place, members, weight, boost, label);
            self.plan.kept_leaves.push(leaf);
            if let Field::Infobox(_) = field {
                let unit = self.next_unit();
                let mut marks = Vec::new();
                for term in &terms {
                    let stem = term.rsplit(INFOBOX_SEPARATOR).next().unwrap_or(term);
                    let tag = self.tag(&raw, stem, How::Stem);
                    marks.push(MatchTerm::stem(stem, tag));
                }
                self.plan.matcher.add_words(unit, weight * boost, marks);
            }
        }
        Ok(())
    }

    /// Leaves out terms beyond the most that all leaves together may have.
    fn take_members(&mut self, terms: &mut Vec<String>) {
        let room = MOST_MEMBERS - self.members;
        if terms.len() > room {
            terms.truncate(room);
            let note = format!(
                "the beginnings of words become more than {MOST_MEMBERS} words: the rest is left out"
            );
            self.plan.note(note);
        }
        self.members += terms.len();
    }

    /// Where the words of a field are indexed, and what its terms begin with.
    pub(super) fn place_of(&self, field: &Field) -> (IndexField, String) {
        match field {
            Field::Title => (self.fields().title, String::new()),
            Field::Section => (self.fields().section, String::new()),
            Field::Infobox(name) => (self.fields().infobox, format!("{name}{INFOBOX_SEPARATOR}")),
        }
    }

    /// For each word of a node its terms in a field.
    pub(super) fn field_terms(
        &mut self,
        field: &Field,
        node: &Node,
    ) -> Result<Vec<(String, Vec<String>)>> {
        let (place, before) = self.place_of(field);
        Ok(match node {
            Node::Word(word) => {
                let words = self.analyzer.words(&word.text).into_iter();
                words.map(|word| (word.form, vec![format!("{before}{}", word.stem)])).collect()
            }
            Node::Prefix(word) => {
                let expanded = self.expand(word, None, place, &before)?;
                vec![(
                    word.text.clone(),
                    expanded.words.into_iter().map(|(term, _)| term).collect(),
                )]
            }
            Node::Fuzzy { word, distance } => {
                let expanded = self.expand(word, Some(*distance), place, &before)?;
                vec![(
                    word.text.clone(),
                    expanded.words.into_iter().map(|(term, _)| term).collect(),
                )]
            }
            _ => Vec::new(),
        })
    }
}
