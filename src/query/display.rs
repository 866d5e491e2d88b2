//! The canonical rendering of a query, which parses to the same tree.
//!
//! It may nest deeper and repeat more than what was typed, so that reading back the rendering of a
//! query at the limits may need higher limits.

use std::fmt::{self, Display, Formatter, Write};

use super::ast::{Clause, Field, Group, Node, Occur, Word};
use super::token::{is_keyword, is_quote};
use crate::model::Lang;

impl Display for Group {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        // A filter that is an alternative is told from one that restricts by the `OR` beside it.
        let separator = if self.has_filter_alternative() { " OR " } else { " " };
        for (place, clause) in self.clauses.iter().enumerate() {
            if place > 0 {
                f.write_str(separator)?;
            }
            clause.fmt(f)?;
        }
        Ok(())
    }
}

impl Display for Clause {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let sign = match self.occur {
            Occur::Must => "+",
            Occur::MustNot => "-",
            Occur::Should | Occur::Filter => "",
        };
        f.write_str(sign)?;
        let boosted = self.boost != 1.0;
        let enclosed = match &self.node {
            Node::Near { .. } => boosted || !sign.is_empty(),
            Node::Field { field, node } if matches!(**node, Node::Near { .. }) => {
                could_be_dates(field) && (boosted || !sign.is_empty())
            }
            // A sign is one only before a letter or digit.
            Node::Word(word) | Node::Prefix(word) | Node::Fuzzy { word, .. } => {
                !sign.is_empty() && !word.text.starts_with(char::is_alphanumeric)
            }
            _ => false,
        };
        if enclosed {
            f.write_char('(')?;
        }
        if let Node::Word(word) = &self.node {
            write_word(f, word, boosted)?;
        } else {
            self.node.fmt(f)?;
        }
        if enclosed {
            f.write_char(')')?;
        }
        if boosted {
            write!(f, "^{}", self.boost)?;
        }
        Ok(())
    }
}

/// Whether each word in parentheses after the field's name could be a date of its own.
fn could_be_dates(field: &Field) -> bool {
    matches!(field.name(), "date" | "year")
}

impl Display for Node {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Node::Word(word) => write_word(f, word, false),
            Node::Prefix(word) => {
                write_word(f, word, true)?;
                f.write_char('*')
            }
            Node::Fuzzy { word, distance } => {
                write_word(f, word, true)?;
                f.write_char('~')?;
                if *distance > 1 { write!(f, "{distance}") } else { Ok(()) }
            }
            Node::Phrase { words, slop } => {
                write_quoted(f, &words.text)?;
                if *slop > 0 { write!(f, "~{slop}") } else { Ok(()) }
            }
            Node::Near { left, right, distance } => write!(f, "{left} NEAR/{distance} {right}"),
            Node::Field { field, node } => match &**node {
                near @ Node::Near { .. } if could_be_dates(field) => {
                    write!(f, "{}:{near}", field.name())
                }
                near @ Node::Near { .. } => write!(f, "{}:({near})", field.name()),
                // `Clause` cannot see into the field, so a boost may follow the word.
                Node::Word(word) => {
                    write!(f, "{}:", field.name())?;
                    write_word(f, word, true)
                }
                node => write!(f, "{}:{node}", field.name()),
            },
            Node::Group(group) => write!(f, "({group})"),
            Node::Lang(langs) => write_list(f, "lang", langs.iter().map(Lang::code)),
            Node::Kind(kinds) => write_list(f, "kind", kinds.iter().map(|kind| kind.name())),
            Node::Category(name) => {
                f.write_str("category:")?;
                write_quoted(f, &name.text)
            }
            Node::Article(id) => {
                f.write_str("article:")?;
                write_quoted(f, id)
            }
            Node::HasField(name) => write!(f, "{name}:*"),
            Node::Dates(dates) => write_list(f, "date", dates.iter()),
        }
    }
}

fn write_quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        if c == '\\' || is_quote(c) {
            f.write_char('\\')?;
        }
        f.write_char(c)?;
    }
    f.write_char('"')
}

fn write_list(
    f: &mut Formatter<'_>,
    name: &str,
    values: impl Iterator<Item = impl Display>,
) -> fmt::Result {
    f.write_str(name)?;
    for (place, value) in values.enumerate() {
        f.write_char(if place == 0 { ':' } else { ',' })?;
        value.fmt(f)?;
    }
    Ok(())
}

/// Writes a word with a backslash before everything that could be an operator. A colon at the end
/// is one unless a suffix follows.
fn write_word(f: &mut Formatter<'_>, word: &Word, suffix: bool) -> fmt::Result {
    if is_keyword(&word.text) {
        f.write_char('\\')?;
    }
    for (place, c) in word.text.char_indices() {
        let special = match c {
            '+' | '-' => place == 0,
            ':' => suffix || place + 1 < word.text.len(),
            '\\' | '(' | ')' | '^' | '~' | '*' => true,
            c => is_quote(c),
        };
        if special {
            f.write_char('\\')?;
        }
        f.write_char(c)?;
    }
    Ok(())
}
