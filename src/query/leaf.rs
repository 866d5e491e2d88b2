//! Words and phrases to nodes of the tree, and the values of `lang:`, `kind:` and their
//! like to filters.

use std::ops::Range;

use super::ast::{Field, Node, Word};
use super::clauses::sort_values;
use super::diagnostic::{Diagnostics, echo};
use super::token::{Facet, Leaf, Target};
use crate::dates::AskedDates;
use crate::model::{Kind, Lang};

/// The node of a word or phrase. Where it names a language, kind or date that cannot be, it is a
/// word, with its name.
pub(super) fn leaf_node(
    leaf: Leaf,
    text: String,
    target: Option<Target>,
    span: Range<usize>,
    outer: Option<Facet>,
    notes: &mut Diagnostics,
) -> (Node, Option<Target>) {
    if let Leaf::HasField = leaf {
        return (Node::HasField(text), None);
    }
    let own = match &target {
        Some(Target::Facet(facet)) => Some(*facet),
        _ => None,
    };
    let facet = if target.is_none() { outer } else { own };
    let Some(facet) = facet else {
        return (text_node(leaf, text, span), target);
    };
    let exact = matches!(leaf, Leaf::Word | Leaf::Phrase { .. });
    if let Some(node) = exact.then(|| facet_node(facet, &text, &span)).flatten() {
        return (node, None);
    }
    if let Facet::Year { in_infobox: true } | Facet::Date { in_infobox: true } = facet {
        let field = Field::Infobox(facet.name().to_owned());
        return (text_node(leaf, text, span), Some(Target::Text(field)));
    }
    let wanted = match facet {
        Facet::Lang => "no language code such as `en` or `ar`",
        Facet::Kind => "no kind (prose, infobox, links, table, references)",
        Facet::Category => "no category as a whole, such as `category:\"Sieges of 1592\"`",
        Facet::Article => "no article by its id, such as `article:siege.txt`",
        Facet::Year { .. } => "no year such as `1592` or `1592..1598`",
        Facet::Date { .. } => "no date such as `1593`, `1593-02` or `1592-04..1593-02-08`",
    };
    notes.add(span.clone(), format_args!("{} is {wanted}: read as words", echo(&text)));
    match (own, &leaf) {
        (_, Leaf::Phrase { .. }) | (None, _) => (text_node(leaf, text, span), None),
        (Some(facet), _) => (word_node(format!("{}:{text}", facet.name()), span), None),
    }
}

fn text_node(leaf: Leaf, text: String, span: Range<usize>) -> Node {
    let word = Word { text, span };
    match leaf {
        Leaf::Word => Node::Word(word),
        Leaf::Prefix => Node::Prefix(word),
        Leaf::Fuzzy(distance) => Node::Fuzzy { word, distance },
        Leaf::Phrase { slop } => Node::Phrase { words: word, slop },
        Leaf::HasField => Node::HasField(word.text),
    }
}

pub(super) fn word_node(text: String, span: Range<usize>) -> Node {
    Node::Word(Word { text, span })
}

/// The filter of a comma-separated list of values, or of a category.
fn facet_node(facet: Facet, text: &str, span: &Range<usize>) -> Option<Node> {
    let values = text.split([',', '،']).map(str::trim).filter(|value| !value.is_empty());
    match facet {
        Facet::Lang => {
            let mut langs: Vec<Lang> = values.map(Lang::parse).collect::<Option<_>>()?;
            sort_values(&mut langs);
            Some(Node::Lang(langs))
        }
        Facet::Kind => {
            let kind = |value: &str| Kind::from_name(&value.to_ascii_lowercase());
            let mut kinds: Vec<Kind> = values.map(kind).collect::<Option<_>>()?;
            sort_values(&mut kinds);
            Some(Node::Kind(kinds))
        }
        // A name may hold commas.
        Facet::Category => Some(Node::Category(Word { text: text.to_owned(), span: span.clone() })),
        Facet::Article => Some(Node::Article(text.to_owned())),
        Facet::Year { .. } | Facet::Date { .. } => {
            let mut dates: Vec<AskedDates> =
                values.map(|value| value.parse().ok()).collect::<Option<_>>()?;
            let only_years = matches!(facet, Facet::Year { .. });
            if only_years && !dates.iter().all(AskedDates::is_of_years) {
                return None;
            }
            sort_values(&mut dates);
            (!dates.is_empty()).then_some(Node::Dates(dates))
        }
    }
}
