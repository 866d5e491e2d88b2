//! From what a user typed to a syntax tree; never an error.
//!
//! [`parse_query`] understands the query language, [`parse_plain`] takes every word as a word.
//! Both always give a tree: what cannot be meant as an operator is a word, and what was ignored or
//! cut off is told in [`Parsed::diagnostics`]. This room knows neither the index nor how words are
//! folded, so the words in the tree are as typed.
//!
//! | typed | meaning |
//! |---|---|
//! | `konishi retreat` | either word, both are better |
//! | `"fire arrows"`, `«سهام النار»`, `“fire arrows”` | a phrase; `~3` after it allows three places of movement |
//! | `monks NEAR/5 hill` | at most five places apart, in either order |
//! | `+must`, `-not` | required and excluded, directly before a word, a phrase, a field or `(` |
//! | `a AND b`, `a OR b`, `NOT a`, `( )` | upper case only; `NEAR` binds tightest, then `NOT`, `AND`, `OR`, and no operator at all last |
//! | `title:x`, `section:"x y"`, `commander:(x y)` | in the title, in a section heading, in an infobox field |
//! | `lang:ar`, `kind:prose,table` | restrict the results; they do not count as words |
//! | `year:1592..1598`, `date:1593-02` | the same by the dates that a passage mentions; what is no date is looked for in an infobox field of that name |
//! | `article:siege.txt`, `article:"siege.txt"` | restricts to the article with exactly this id |
//! | `commander:*` | restricts to passages with that infobox field |
//! | `category:sieges`, `category:"Battles of 1592"` | restricts to articles in a category, by its whole name |
//! | `pyong*`, `word~`, `word~2` | beginnings; one or two letters may differ |
//! | `word^2`, `"a b"^0.5`, `(a b)^3` | counts more or less |
//! | `\:`, `\"`, `\AND` | a character or word that is no operator here |
//!
//! An operator with nothing to join, an unbalanced parenthesis or an unclosed quotation mark is
//! ignored. `-x` and `+x` concern the group in which they stand, even beside `OR`; `NOT` is
//! Boolean: `a OR NOT b` finds what lacks b. A query of exclusions alone finds everything else.
//! Digits may be ASCII, Arabic-Indic or Persian. Invisible direction marks are ignored.
//!
//! What always holds: no input makes the parser fail, panic or recurse; its steps are bounded by
//! a multiple of the input's length; spans are bytes of the input on char boundaries.

mod ast;
mod clauses;
mod diagnostic;
mod display;
mod leaf;
mod lex;
mod parse;
mod structure;
mod suffix;
mod token;

pub use ast::{Clause, Field, Group, Node, Occur, Word};
pub use diagnostic::Diagnostic;
pub use lex::{FieldNames, MAX_FIELD_NAME_CHARS};
pub use parse::{Limits, Parsed, parse_plain, parse_query};
