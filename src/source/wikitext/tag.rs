//! HTML-like tags within wikitext: what they are and what is left of them.

use super::marks::BREAK_TEXT;

/// A tag, as it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Lower-cased.
    pub name: String,
    /// `</name>`
    pub closes: bool,
    /// `<name/>`
    pub is_empty: bool,
    pub bytes: usize,
}

/// Longer tags are none.
const LONGEST: usize = 4000;

impl Tag {
    /// The tag with which a text begins.
    pub fn parse(text: &str) -> Option<Tag> {
        let inner = text.strip_prefix('<')?;
        let (closes, name) = match inner.strip_prefix('/') {
            Some(name) => (true, name),
            None => (false, inner),
        };
        let length = name.bytes().take(20).take_while(u8::is_ascii_alphanumeric).count();
        if length == 0 || !name.as_bytes()[0].is_ascii_alphabetic() {
            return None;
        }
        let behind = &name[length..];
        if !behind.starts_with(['>', '/', ' ', '\t', '\n']) {
            return None;
        }
        let end = behind.bytes().take(LONGEST).position(|byte| matches!(byte, b'>' | b'<'))?;
        if behind.as_bytes()[end] == b'<' {
            return None;
        }
        Some(Tag {
            name: name[..length].to_ascii_lowercase(),
            closes,
            is_empty: behind[..end].ends_with('/'),
            bytes: text.len() - behind.len() + end + 1,
        })
    }
}

/// What is left of a tag whose contents are read like any text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It is no tag, but text.
    Text,
    None,
    Put(&'static str),
    /// What follows begins a line.
    Line(&'static str),
}

const BAR_BETWEEN_CELLS: &str = " \u{e000} ";

pub fn effect(tag: &Tag) -> Effect {
    match tag.name.as_str() {
        "br" => Effect::Put(BREAK_TEXT),
        "wbr" => Effect::None,
        "p" | "div" | "center" | "blockquote" | "table" | "tbody" | "thead" | "tr" | "ul"
        | "ol" | "dl" | "caption" | "poem" | "section" | "h1" | "h2" | "h3" | "h4" | "h5"
        | "h6" | "dd" | "dt" | "hr" => Effect::Line(""),
        "li" if tag.closes => Effect::None,
        "li" => Effect::Line("* "),
        "td" | "th" if tag.closes => Effect::Put(BAR_BETWEEN_CELLS),
        "td" | "th" => Effect::None,
        "references" | "b" | "i" | "u" | "s" | "em" | "strong" | "small" | "big" | "sub"
        | "sup" | "span" | "font" | "abbr" | "cite" | "code" | "tt" | "kbd" | "var" | "samp"
        | "del" | "ins" | "strike" | "q" | "dfn" | "mark" | "bdi" | "bdo" | "ruby" | "rb"
        | "rt" | "rp" | "time" | "data" | "img" | "a" | "col" | "colgroup" | "noinclude"
        | "includeonly" | "onlyinclude" | "ref" | "nowiki" | "translate" | "tvar" | "languages"
        | "section_begin" | "indicator" | "inputbox" | "templatestyles" | "gallery" | "math"
        | "pre" | "syntaxhighlight" | "source" | "timeline" | "hiero" | "score" | "chem" | "ce"
        | "imagemap" | "templatedata" | "mapframe" | "maplink" | "graph" => Effect::None,
        _ => Effect::Text,
    }
}

/// Whether what such a tag encloses is no wikitext.
pub fn is_verbatim(name: &str) -> bool {
    matches!(
        name,
        "nowiki"
            | "math"
            | "pre"
            | "syntaxhighlight"
            | "source"
            | "timeline"
            | "hiero"
            | "score"
            | "chem"
            | "ce"
            | "gallery"
            | "imagemap"
            | "templatedata"
            | "templatestyles"
            | "mapframe"
            | "maplink"
            | "graph"
    )
}

/// Finds closing tags; each byte of the source is looked at once for each kind, however many tags
/// are not closed.
#[derive(Clone, Debug, Default)]
pub struct Closings {
    /// What was looked for, from where, and where the next is.
    known: Vec<(String, usize, Option<usize>)>,
}

impl Closings {
    /// Where the next closing tag of a kind begins, in small or capital letters.
    pub fn find(&mut self, source: &str, from: usize, closing: &str) -> Option<usize> {
        let place = match self.known.iter().position(|(known, ..)| known == closing) {
            Some(place) => place,
            None => {
                self.known.push((closing.to_owned(), 0, Some(0)));
                self.known.len() - 1
            }
        };
        let (_, looked_from, found) = &mut self.known[place];
        let fits = *looked_from <= from && found.is_none_or(|at| at >= from);
        if !fits || (*looked_from == 0 && *found == Some(0)) {
            *looked_from = from;
            *found = find_caseless(source, from, closing);
        }
        *found
    }
}

fn find_caseless(source: &str, from: usize, closing: &str) -> Option<usize> {
    let (source, closing) = (source.as_bytes(), closing.as_bytes());
    let first = *closing.first()?;
    let mut at = from;
    loop {
        at += memchr::memchr(first, source.get(at..)?)?;
        if source.get(at..at + closing.len()).is_some_and(|s| s.eq_ignore_ascii_case(closing)) {
            return Some(at);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_told_from_text() {
        let tag = Tag::parse("<ref name=\"a/b\" />x").unwrap();
        assert_eq!((tag.name.as_str(), tag.is_empty, tag.bytes), ("ref", true, 18));
        assert!(Tag::parse("</DIV >").unwrap().closes);
        assert_eq!(Tag::parse("< b>"), None);
        assert_eq!(Tag::parse("<5 and >4"), None);
        assert_eq!(Tag::parse("<b <i>"), None);
        let unknown = Tag::parse("<Konishi>").unwrap();
        assert_eq!(effect(&unknown), Effect::Text);
    }

    #[test]
    fn closing_tags_are_found_once() {
        let source = "<ref>a</REF> <ref>b</ref>";
        let mut closings = Closings::default();
        assert_eq!(closings.find(source, 0, "</ref"), Some(6));
        assert_eq!(closings.find(source, 5, "</ref"), Some(6));
        assert_eq!(closings.find(source, 7, "</ref"), Some(19));
        assert_eq!(closings.find(source, 20, "</ref"), None);
        assert_eq!(closings.find(source, 21, "</ref"), None);
    }
}
