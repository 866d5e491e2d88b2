//! What elements mean for reading, and which of them are open.

use crate::model::Lang;

/// Elements within more others than this are not followed.
const DEPTH: usize = 256;

/// What an element is to a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Title,
    Heading(u8),
    Paragraph,
    /// An item of a list.
    Item,
    /// A term of a glossary or what it means.
    Term,
    Block,
    Preformatted,
    Row,
    Cell,
    /// Rows together.
    TableBody,
    Inline,
    /// Without content, and never ended.
    Void,
    /// Its content is not markup and not text for people.
    Raw,
    /// Its content is not the article's text.
    Skipped,
}

impl Role {
    pub fn of(name: &[u8]) -> Role {
        match name {
            b"title" => Role::Title,
            b"h1" => Role::Heading(1),
            b"h2" => Role::Heading(2),
            b"h3" => Role::Heading(3),
            b"h4" => Role::Heading(4),
            b"h5" => Role::Heading(5),
            b"h6" => Role::Heading(6),
            b"p" => Role::Paragraph,
            b"li" => Role::Item,
            b"dt" | b"dd" => Role::Term,
            b"pre" | b"listing" | b"xmp" => Role::Preformatted,
            b"tr" => Role::Row,
            b"td" | b"th" => Role::Cell,
            b"thead" | b"tbody" | b"tfoot" => Role::TableBody,
            b"html" | b"head" | b"body" | b"address" | b"article" | b"aside" | b"blockquote"
            | b"caption" | b"center" | b"details" | b"dialog" | b"dir" | b"div" | b"dl"
            | b"fieldset" | b"figcaption" | b"figure" | b"footer" | b"form" | b"header"
            | b"hgroup" | b"legend" | b"main" | b"menu" | b"ol" | b"search" | b"section"
            | b"summary" | b"table" | b"ul" => Role::Block,
            b"area" | b"base" | b"basefont" | b"bgsound" | b"br" | b"col" | b"embed" | b"frame"
            | b"hr" | b"img" | b"input" | b"keygen" | b"link" | b"meta" | b"param" | b"source"
            | b"track" | b"wbr" => Role::Void,
            b"script" | b"style" | b"iframe" | b"noembed" | b"noscript" | b"textarea" => Role::Raw,
            b"annotation" | b"annotation-xml" | b"audio" | b"canvas" | b"datalist" | b"nav"
            | b"noframes" | b"object" | b"rp" | b"select" | b"svg" | b"template" | b"video" => {
                Role::Skipped
            }
            _ => Role::Inline,
        }
    }

    /// Whether a paragraph ends where this begins.
    fn ends_paragraph(self) -> bool {
        !matches!(
            self,
            Role::Inline | Role::Void | Role::Raw | Role::Skipped | Role::Title | Role::Cell
        )
    }
}

struct Element {
    name: Vec<u8>,
    role: Role,
    hides: bool,
    /// Whether it says which language it is in.
    has_lang: bool,
}

/// An element that has ended.
#[derive(Clone, Copy)]
pub(super) struct Ended {
    pub role: Role,
    pub was_hidden: bool,
}

/// The elements that are open, the outermost first.
#[derive(Default)]
pub(super) struct OpenElements {
    stack: Vec<Element>,
    /// How many of them hide what they hold.
    hiding: usize,
    /// The languages that those say they are in which say so.
    langs: Vec<Lang>,
    /// Elements open within those, which are not followed.
    beyond: u64,
}

impl OpenElements {
    pub fn is_hidden(&self) -> bool {
        self.hiding > 0
    }

    /// The language that the innermost says of those which say one.
    pub fn lang(&self) -> Option<&Lang> {
        self.langs.last()
    }

    pub fn push(&mut self, name: &[u8], role: Role, hides: bool, lang: Option<Lang>) {
        if self.stack.len() >= DEPTH {
            self.beyond += 1;
            return;
        }
        self.hiding += usize::from(hides);
        let has_lang = lang.is_some();
        self.langs.extend(lang);
        self.stack.push(Element { name: name.to_vec(), role, hides, has_lang });
    }

    /// Ends the elements that the beginning of another ends without a tag of their own.
    pub fn ended_by(&mut self, name: &[u8], role: Role) -> Vec<Ended> {
        if self.beyond > 0 {
            return Vec::new();
        }
        let place = match role {
            Role::Item => self.innermost(|open| open == Role::Item, &[b"ul", b"ol", b"menu"]),
            Role::Term => self.innermost(|open| open == Role::Term, &[b"dl"]),
            Role::Cell => self.innermost(|open| open == Role::Cell, &[b"tr", b"table"]),
            Role::Row => self.innermost(|open| open == Role::Row, &[b"table"]),
            Role::TableBody => self.innermost(|open| open == Role::TableBody, &[b"table"]),
            _ if name == b"body" => self.innermost(|_| true, &[b"html"]),
            _ => None,
        };
        let paragraph = || {
            let within: [&[u8]; 4] = [b"td", b"th", b"table", b"body"];
            self.innermost(|open| open == Role::Paragraph, &within)
        };
        match place.or_else(|| if role.ends_paragraph() { paragraph() } else { None }) {
            Some(place) => self.pop_to(place),
            None => Vec::new(),
        }
    }

    /// Ends the innermost element of this name, and those within it.
    pub fn end(&mut self, name: &[u8]) -> Vec<Ended> {
        let role = Role::of(name);
        if role == Role::Void {
            return Vec::new();
        }
        if self.beyond > 0 {
            self.beyond -= 1;
            return vec![Ended { role, was_hidden: false }];
        }
        let is_outer = matches!(name, b"table" | b"thead" | b"tbody" | b"tfoot" | b"tr")
            || matches!(name, b"td" | b"th" | b"body" | b"html");
        let mut place = None;
        for (at, open) in self.stack.iter().enumerate().rev() {
            if open.name == name {
                place = Some(at);
                break;
            }
            // A tag that was left behind must not end what stands around it.
            let is_wall = match role {
                Role::Inline => open.role != Role::Inline,
                _ => open.role == Role::Cell && !is_outer,
            };
            if is_wall {
                break;
            }
        }
        place.map_or_else(Vec::new, |place| self.pop_to(place))
    }

    /// The place of the innermost element that is one of those, unless it stands around one of the
    /// others.
    fn innermost(&self, is_one: impl Fn(Role) -> bool, within: &[&[u8]]) -> Option<usize> {
        for (at, open) in self.stack.iter().enumerate().rev() {
            if within.contains(&open.name.as_slice()) {
                return None;
            }
            if is_one(open.role) {
                return Some(at);
            }
        }
        None
    }

    fn pop_to(&mut self, place: usize) -> Vec<Ended> {
        let mut ended = Vec::new();
        while self.stack.len() > place {
            let Some(element) = self.stack.pop() else {
                break;
            };
            let was_hidden = self.is_hidden();
            self.hiding -= usize::from(element.hides);
            if element.has_lang {
                self.langs.pop();
            }
            ended.push(Ended { role: element.role, was_hidden });
        }
        ended
    }
}
