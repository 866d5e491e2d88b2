//! Wikitext: from the source of a wiki page to the blocks that its reader sees.
//!
//! Two steps. [`expand`] resolves what may stand anywhere – templates, links, tags, references –
//! and leaves text in which only lines mean something; [`lines`] makes blocks of these. Templates
//! are not known here: those that many wikis have are shown as they would be, of all others every
//! value is kept as text. What is not markup after all stays as it was written.
//!
//! What always holds: reading takes time in proportion to the source, whatever it nests; every word
//! that a reader would see is in some block.

mod convert;
mod dates;
mod expand;
mod infobox;
mod lines;
mod link;
mod marks;
mod tag;
mod template;
mod unseen;

#[cfg(test)]
mod tests;

use crate::model::{Block, Place};

/// What of a wiki its pages need to be understood.
pub struct Wiki<'a> {
    /// What a link with this prefix leads to, if the prefix names a namespace.
    pub namespace: &'a dyn Fn(&str) -> Option<LinkKind>,
    /// Whether month names and the like are Arabic.
    pub arabic: bool,
    /// Of the page.
    pub title: &'a str,
}

/// What a link with a prefix is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// Puts the page into a category.
    Category,
    /// Shows a picture with its caption.
    File,
    /// Leads to a page like any other.
    Page,
}

impl LinkKind {
    /// By the number of a namespace.
    pub fn of_namespace(number: i32) -> Option<LinkKind> {
        Some(match number {
            14 => LinkKind::Category,
            6 | -2 => LinkKind::File,
            _ => LinkKind::Page,
        })
    }
}

/// A page that was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed {
    pub blocks: Vec<Block>,
    /// In the order of the page, each once.
    pub categories: Vec<String>,
}

/// Reads the source of a page that begins at `place`; blocks have the line in which they begin, and
/// all the bytes of `place`.
pub fn parse(source: &str, wiki: &Wiki<'_>, place: Place) -> Parsed {
    let expanded = expand::expand(source, wiki);
    let blocks = lines::blocks(&expanded, place);
    Parsed { blocks, categories: expanded.categories }
}

/// Where a page redirects to, if it does: `#REDIRECT [[page#section]]` in any language.
pub fn redirect_target(source: &str) -> Option<String> {
    let word = source.trim_start().strip_prefix('#')?;
    let (word, link) = word.split_once("[[")?;
    let word = word.trim().trim_end_matches(':').trim_end();
    let is_word = !word.is_empty() && word.chars().all(|c| c.is_alphabetic() || c == '_');
    let (target, _) = link.split_once("]]")?;
    let target = target.split('|').next().unwrap_or_default().trim().trim_start_matches(':');
    // A list whose first item is a word and a link is none, but nearly no page begins so.
    (is_word && word.chars().count() <= 20 && !target.is_empty() && !target.contains('\n'))
        .then(|| target.replace('_', " "))
}
