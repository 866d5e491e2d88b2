//! The syntax tree of a query: plain data, and the rules by which a group selects passages.
//!
//! Trees are in a normal form (see `clauses`), so that queries of the same meaning often have the
//! same tree, and their canonical rendering (`Display`) parses to the same tree again.

use std::ops::Range;

use crate::dates::AskedDates;
use crate::model::{Kind, Lang};

/// Clauses that together select passages.
///
/// A passage is selected if it fulfils every [`Occur::Must`] and every [`Occur::Filter`] and no
/// [`Occur::MustNot`], and, where there are [`Occur::Should`] but no [`Occur::Must`], at least one
/// [`Occur::Should`]. So a group of exclusions and filters alone selects everything that they
/// leave. A group without clauses, which only the root can be, selects nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    pub clauses: Vec<Clause>,
}

/// One condition of a group.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    pub occur: Occur,
    pub node: Node,
    /// What the clause's score is multiplied by: between 0.01 and 100, and 1 where nothing is
    /// scored.
    pub boost: f32,
}

/// What a clause means for its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occur {
    /// An alternative; scored.
    Should,
    /// Required; scored.
    Must,
    /// Excluded.
    MustNot,
    /// Required, not scored, and not a word to find: alternatives beside it stay required.
    Filter,
}

/// What a clause asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    Word(Word),
    /// Words that begin with this one.
    Prefix(Word),
    /// Words at most `distance` (1 or 2) edits away.
    Fuzzy {
        word: Word,
        distance: u8,
    },
    /// Words in this order; their places may move by `slop` in all.
    Phrase {
        words: Word,
        slop: u32,
    },
    /// Both at most `distance` (1 or more) places apart, in either order. Each side is a
    /// [`Node::Word`], [`Node::Prefix`], [`Node::Fuzzy`] or [`Node::Phrase`].
    Near {
        left: Box<Node>,
        right: Box<Node>,
        distance: u32,
    },
    /// The node within one field; a field further inside takes its place.
    Field {
        field: Field,
        node: Box<Node>,
    },
    Group(Group),
    /// Passages in any of these languages: sorted, not empty.
    Lang(Vec<Lang>),
    /// Passages of any of these kinds: sorted, not empty.
    Kind(Vec<Kind>),
    /// Passages that mention a date in any of these stretches of time: sorted, not empty.
    Dates(Vec<AskedDates>),
    /// Passages of articles in the category of this name.
    Category(Word),
    /// Passages of the article with exactly this id.
    Article(String),
    /// Passages with an infobox field of this name, whatever it says.
    HasField(String),
}

/// Text of the query in which words are looked for; one raw word may be several terms or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// As typed, without escapes, direction marks and, in a phrase, repeated white space. Holds at
    /// least one letter or digit.
    pub text: String,
    /// Bytes of the query, with quotation marks and suffixes.
    pub span: Range<usize>,
}

/// Where words are looked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    Title,
    Section,
    /// An infobox field by its lower-cased name.
    Infobox(String),
}

impl Field {
    /// The name that stands before the colon.
    pub fn name(&self) -> &str {
        match self {
            Field::Title => "title",
            Field::Section => "section",
            Field::Infobox(name) => name,
        }
    }
}

impl Group {
    /// Whether the group has no clause, as for a query without words.
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty()
    }

    /// Whether one of the alternatives is a mere filter, as in `konishi OR lang:ar`. Then all
    /// clauses are alternatives.
    pub fn has_filter_alternative(&self) -> bool {
        self.clauses.iter().any(|clause| clause.occur == Occur::Should && clause.node.is_filter())
    }
}

impl Node {
    /// Whether the node only filters, so that it holds no word to find.
    pub fn is_filter(&self) -> bool {
        match self {
            Node::Lang(_)
            | Node::Kind(_)
            | Node::Dates(_)
            | Node::Category(_)
            | Node::Article(_)
            | Node::HasField(_) => true,
            Node::Group(group) => group.clauses.iter().all(|clause| clause.node.is_filter()),
            Node::Word(_)
            | Node::Prefix(_)
            | Node::Fuzzy { .. }
            | Node::Phrase { .. }
            | Node::Near { .. }
            | Node::Field { .. } => false,
        }
    }
}
