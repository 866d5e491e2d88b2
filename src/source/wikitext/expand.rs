//! The first step: what may stand anywhere is resolved, from the inside outwards.
//!
//! One walk over the source with a stack of what is open. What closes is rendered and becomes text
//! of what it stands in; what never closes becomes the text that it is. Deeper than [`DEEPEST`]
//! nothing opens any more, which bounds both the stack and how often a text is copied.

use super::marks::{ASIDE, BAR, BREAK, PLAIN, REF, REF_END, is_mark};
use super::tag::{self, Tag};
use super::{Wiki, link, template};

const DEEPEST: usize = 40;

/// The source with everything resolved but what lines mean.
#[derive(Clone, Debug, Default)]
pub struct Expanded {
    pub text: String,
    pub categories: Vec<String>,
    /// Bytes of `text` and the lines of the source from which they come, counted from 0; ascending.
    pub lines: Vec<(usize, u64)>,
}

/// A part of a template or link between bars.
#[derive(Clone, Debug, Default)]
pub struct Part {
    pub text: String,
    /// Where the first `=` stands that is not within something else.
    pub equals: Option<usize>,
}

impl Part {
    /// The name before `=`, and the value; a part without a name is all value.
    pub fn named(&self) -> (Option<&str>, &str) {
        match self.equals.and_then(|at| Some((self.text.get(..at)?, self.text.get(at + 1..)?))) {
            Some((name, value)) => (Some(name.trim()), value.trim()),
            None => (None, self.text.trim()),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Page,
    /// `{{`
    Template,
    /// `{{{`
    Parameter,
    /// `[[`
    Link,
    /// `[http://…`, which ends with its line.
    Outward,
    /// `<ref>`
    Reference,
}

struct Open {
    kind: Kind,
    parts: Vec<Part>,
    part: Part,
}

impl Open {
    fn new(kind: Kind) -> Open {
        Open { kind, parts: Vec::new(), part: Part::default() }
    }

    fn has_parts(&self) -> bool {
        matches!(self.kind, Kind::Template | Kind::Parameter | Kind::Link)
    }
}

struct Expander<'a> {
    source: &'a str,
    wiki: &'a Wiki<'a>,
    at: usize,
    /// Never empty: the page itself is at the bottom.
    open: Vec<Open>,
    out: Expanded,
    line: u64,
    closings: tag::Closings,
    /// Where the opened references end, the innermost last.
    references: Vec<usize>,
}

/// Resolves a page.
pub fn expand(source: &str, wiki: &Wiki<'_>) -> Expanded {
    let cleaned: String;
    let source = if source.contains(is_mark) {
        cleaned = source.replace(is_mark, " ");
        cleaned.as_str()
    } else {
        source
    };
    let mut expander = Expander {
        source,
        wiki,
        at: 0,
        open: vec![Open::new(Kind::Page)],
        out: Expanded { lines: vec![(0, 0)], ..Expanded::default() },
        line: 0,
        closings: tag::Closings::default(),
        references: Vec::new(),
    };
    while expander.at < source.len() {
        expander.step();
    }
    while expander.open.len() > 1 {
        expander.give_up();
    }
    let page = expander.open.pop();
    expander.out.text = page.map(|page| page.part.text).unwrap_or_default();
    expander.out
}

/// Whether a byte may begin something.
fn is_special(byte: u8) -> bool {
    matches!(byte, b'{' | b'}' | b'[' | b']' | b'|' | b'=' | b'<' | b'&' | b'\'' | b'_' | b'\n')
}

impl Expander<'_> {
    fn step(&mut self) {
        if let Some(end) = self.reference_end()
            && self.at >= end
        {
            return self.close_reference(end);
        }
        let rest = &self.source.as_bytes()[self.at..];
        let plain = rest.iter().position(|&byte| is_special(byte)).unwrap_or(rest.len());
        let plain = match self.reference_end() {
            Some(end) => plain.min(end - self.at),
            None => plain,
        };
        if plain > 0 {
            return self.copy(plain);
        }
        match rest[0] {
            b'\n' => self.new_line(),
            b'{' => self.opening_braces(),
            b'}' => self.closing_braces(),
            b'[' => self.opening_brackets(),
            b']' => self.closing_brackets(),
            b'|' => self.bar(),
            b'=' => self.equals(),
            b'<' => self.tag(),
            b'&' => self.entity(),
            b'\'' => self.quotes(),
            _ => self.switch(),
        }
    }

    /// How many of a byte follow one another, as far as it matters: braces and brackets are taken a
    /// few at a time, and must not be counted to the end each time.
    fn run(&self, byte: u8, most: usize) -> usize {
        let rest = &self.source.as_bytes()[self.at..];
        rest.iter().take(most).take_while(|&&b| b == byte).count()
    }

    /// The innermost opened thing.
    fn top(&mut self) -> &mut Open {
        if self.open.is_empty() {
            self.open.push(Open::new(Kind::Page));
        }
        let last = self.open.len() - 1;
        &mut self.open[last]
    }

    fn push_str(&mut self, text: &str) {
        self.top().part.text.push_str(text);
    }

    /// Copies bytes of the source.
    fn copy(&mut self, bytes: usize) {
        let end = (self.at + bytes).min(self.source.len());
        let end = (end..=self.source.len()).find(|&end| self.source.is_char_boundary(end));
        let end = end.unwrap_or(self.source.len());
        let text = &self.source[self.at..end];
        self.line += text.bytes().filter(|&byte| byte == b'\n').count() as u64;
        self.top().part.text.push_str(text);
        self.at = end;
    }

    /// Passes over bytes of the source.
    fn skip(&mut self, bytes: usize) {
        let end = (self.at + bytes).min(self.source.len());
        self.line +=
            self.source.as_bytes()[self.at..end].iter().filter(|&&b| b == b'\n').count() as u64;
        self.at = end;
        self.mark_line();
    }

    /// Notes where the text of the page goes on after something that has taken lines.
    fn mark_line(&mut self) {
        if let [page] = self.open.as_slice() {
            let place = (page.part.text.len(), self.line);
            match self.out.lines.last_mut() {
                Some(last) if last.0 == place.0 => *last = place,
                _ => self.out.lines.push(place),
            }
        }
    }

    fn open(&mut self, kind: Kind, bytes: usize) {
        if self.open.len() > DEEPEST {
            return self.copy(bytes);
        }
        self.open.push(Open::new(kind));
        self.at += bytes;
    }

    fn new_line(&mut self) {
        if self.top().kind == Kind::Outward {
            self.give_up();
        }
        self.copy(1);
        self.mark_line();
    }

    /// Makes text of the innermost opened thing: it is none after all.
    fn give_up(&mut self) {
        if self.open.len() < 2 {
            return;
        }
        let Some(open) = self.open.pop() else { return };
        let opening = match open.kind {
            Kind::Template => "{{",
            Kind::Parameter => "{{{",
            Kind::Link => "[[",
            Kind::Outward => "[",
            Kind::Page | Kind::Reference => "",
        };
        let top = self.top();
        if top.part.text.is_empty() || top.part.text.ends_with('\n') {
            // `{{` must not look like `{|` when it is followed by a bar.
            top.part.text.push(PLAIN);
        }
        top.part.text.push_str(opening);
        let is_page = top.kind == Kind::Page;
        for part in open.parts {
            top.part.text.push_str(&part.text);
            top.part.text.push('|');
        }
        top.part.text.push_str(&open.part.text);
        if is_page {
            self.mark_line();
        }
    }

    fn opening_braces(&mut self) {
        let run = self.run(b'{', 5);
        match run {
            // `{|` begins a table, which is a matter of lines.
            1 => self.copy(1),
            2 => self.open(Kind::Template, 2),
            3 => self.open(Kind::Parameter, 3),
            4 => self.open(Kind::Template, 2),
            _ => self.open(Kind::Parameter, 3),
        }
    }

    /// The place in the stack of what may close, not looking beyond a reference.
    fn find_open(
        &self,
        wanted: impl Fn(Kind) -> bool,
        through: impl Fn(Kind) -> bool,
    ) -> Option<usize> {
        for (place, open) in self.open.iter().enumerate().rev() {
            if wanted(open.kind) {
                return Some(place);
            }
            if !through(open.kind) {
                return None;
            }
        }
        None
    }

    fn closing_braces(&mut self) {
        let run = self.run(b'}', 3);
        let is_brace = |kind| matches!(kind, Kind::Template | Kind::Parameter);
        // Links that are not closed before their template is are none.
        let loose = |kind| matches!(kind, Kind::Link | Kind::Outward);
        let Some(place) = self.find_open(is_brace, loose).filter(|_| run >= 2) else {
            // A `}` of the text, or the end of a table.
            return self.copy(run.min(2));
        };
        while self.open.len() > place + 1 {
            self.give_up();
        }
        if self.top().kind == Kind::Parameter {
            if run < 3 {
                // `{{{` was a brace and a template.
                self.top().kind = Kind::Template;
                let parent = self.open.len() - 2;
                self.open[parent].part.text.push('{');
            } else {
                self.close(3);
                return;
            }
        }
        self.close(2);
    }

    /// Closes the innermost thing, renders it, and goes on behind it.
    fn close(&mut self, bytes: usize) {
        if self.open.len() < 2 {
            return self.copy(bytes);
        }
        let Some(mut open) = self.open.pop() else { return };
        open.parts.push(std::mem::take(&mut open.part));
        let line_before = self.starts_line();
        let rendered = match open.kind {
            Kind::Template => {
                let ends_line =
                    matches!(self.source.as_bytes().get(self.at + bytes), None | Some(b'\n'));
                template::render(&open.parts, self.wiki, line_before && ends_line)
            }
            Kind::Parameter => {
                // Without a page that includes this one, its default is shown.
                open.parts.get(1).map(|part| part.text.clone()).unwrap_or_default()
            }
            Kind::Link => link::render(&open.parts, self.wiki, &mut self.out.categories),
            Kind::Outward | Kind::Page | Kind::Reference => String::new(),
        };
        self.push_str(&rendered);
        self.skip(bytes);
    }

    fn starts_line(&self) -> bool {
        let text = self.open.last().map(|open| open.part.text.as_str()).unwrap_or_default();
        text.is_empty() || text.ends_with('\n')
    }

    fn opening_brackets(&mut self) {
        if self.run(b'[', 2) == 2 {
            return self.open(Kind::Link, 2);
        }
        let rest = &self.source[self.at + 1..];
        let Some(address) = link::address(rest) else {
            return self.copy(1);
        };
        // The address itself is not shown where there is a label.
        let label = rest[address..].trim_start_matches([' ', '\t']);
        if label.starts_with(']') {
            self.skip(1);
            self.copy(address);
            self.skip(rest.len() - address - label.len() + 1);
            return;
        }
        let bytes = 1 + rest.len() - label.len();
        self.open(Kind::Outward, bytes);
    }

    fn closing_brackets(&mut self) {
        let run = self.run(b']', 2);
        if run >= 2 {
            let link = self.find_open(|kind| kind == Kind::Link, |kind| kind == Kind::Outward);
            // `[http://… [[link]]]`: the inner one closes first.
            if let Some(place) = link
                && self.open[place..].len() == 1
            {
                return self.close(2);
            }
        }
        if self.top().kind == Kind::Outward {
            let Some(open) = self.open.pop() else { return };
            self.push_str(&open.part.text);
            return self.skip(1);
        }
        self.copy(1);
    }

    fn bar(&mut self) {
        let top = self.top();
        if !top.has_parts() {
            return self.copy(1);
        }
        let part = std::mem::take(&mut top.part);
        top.parts.push(part);
        self.at += 1;
    }

    fn equals(&mut self) {
        let top = self.top();
        if top.has_parts() && !top.parts.is_empty() && top.part.equals.is_none() {
            top.part.equals = Some(top.part.text.len());
        }
        self.copy(1);
    }

    fn entity(&mut self) {
        let rest = &self.source[self.at..];
        let end = rest.bytes().take(34).position(|byte| byte == b';');
        let decoded = end.and_then(|end| {
            let decoded = htmlescape::decode_html(&rest[..=end]).ok()?;
            Some((end + 1, decoded))
        });
        let Some((bytes, decoded)) = decoded else {
            return self.copy(1);
        };
        self.push_text(&decoded);
        self.skip(bytes);
    }

    /// Adds text that is no markup, whatever it looks like.
    fn push_text(&mut self, text: &str) {
        if self.starts_line() {
            self.top().part.text.push(PLAIN);
        }
        for c in text.chars() {
            let c = match c {
                '|' => BAR,
                '\n' => BREAK,
                c if is_mark(c) => ' ',
                c => c,
            };
            self.top().part.text.push(c);
        }
    }

    /// Quotes for bold and italic letters.
    fn quotes(&mut self) {
        let run = self.run(b'\'', usize::MAX);
        let shown = match run {
            1 => 1,
            2 | 3 | 5 => 0,
            4 => 1,
            more => more - 5,
        };
        let quotes = "'".repeat(shown);
        self.push_str(&quotes);
        self.skip(run);
    }

    /// `__NOTOC__` and its kind.
    fn switch(&mut self) {
        let run = self.run(b'_', usize::MAX);
        let rest = &self.source[self.at + run..];
        let word = rest.chars().take(30).take_while(|c| c.is_uppercase() || is_arabic(*c));
        let bytes: usize = word.map(char::len_utf8).sum();
        if run == 2 && bytes > 0 && rest[bytes..].starts_with("__") {
            return self.skip(bytes + 4);
        }
        self.copy(run);
    }

    fn reference_end(&self) -> Option<usize> {
        self.references.last().copied()
    }

    fn close_reference(&mut self, end: usize) {
        self.references.pop();
        while self.open.len() > 1 && self.top().kind != Kind::Reference {
            self.give_up();
        }
        let Some(open) = self.open.pop() else { return };
        let text = super::marks::joined(&open.part.text);
        self.push_reference(&text);
        let tag = self.source[end..].find('>').map_or(self.source.len() - end, |at| at + 1);
        self.at = end;
        self.skip(tag);
    }

    fn push_reference(&mut self, text: &str) {
        let inner: String = text.chars().filter(|&c| c != REF && c != REF_END).collect();
        let top = self.top();
        if inner.trim().is_empty() {
            return;
        }
        top.part.text.push(REF);
        top.part.text.push_str(&inner);
        top.part.text.push(REF_END);
    }

    fn tag(&mut self) {
        let rest = &self.source[self.at..];
        if rest.starts_with("<!--") {
            let end = self.closings.find(self.source, self.at, "-->");
            return match end {
                Some(end) => {
                    // A comment that has its lines for itself leaves none of them.
                    let alone = self.starts_line();
                    let after = self.source[end + 3..].starts_with('\n');
                    self.skip(end + 3 - self.at + usize::from(alone && after));
                }
                None => self.copy(4),
            };
        }
        let Some(tag) = Tag::parse(rest) else {
            return self.copy(1);
        };
        if tag.name == "ref" && !tag.closes && !tag.is_empty {
            let end = self.closings.find(self.source, self.at, "</ref");
            if let Some(end) = end.filter(|_| self.open.len() <= DEEPEST) {
                self.references.push(end);
                self.open(Kind::Reference, tag.bytes);
                return;
            }
            // What stands on its two sides are two words.
            if !self.starts_line() {
                self.push_str(" ");
            }
            return self.skip(tag.bytes);
        }
        if tag::is_verbatim(&tag.name) && !tag.closes && !tag.is_empty {
            let closing = format!("</{}", tag.name);
            let Some(end) = self.closings.find(self.source, self.at + tag.bytes, &closing) else {
                return self.skip(tag.bytes);
            };
            let content = &self.source[self.at + tag.bytes..end];
            let after = self.source[end..].find('>').map_or(self.source.len() - end, |at| at + 1);
            self.verbatim(&tag.name, content);
            let bytes = end + after - self.at;
            return self.skip(bytes);
        }
        match tag::effect(&tag) {
            tag::Effect::Text => self.copy(1),
            tag::Effect::None => self.skip(tag.bytes),
            tag::Effect::Put(text) => {
                self.push_str(text);
                self.skip(tag.bytes);
            }
            tag::Effect::Line(text) => {
                if !self.starts_line() {
                    self.push_str("\n");
                }
                self.push_str(text);
                self.skip(tag.bytes);
            }
        }
    }

    fn verbatim(&mut self, name: &str, content: &str) {
        match name {
            "gallery" | "imagemap" => {
                // Captions are wikitext. What closes the tag cannot stand in them, so this goes no
                // deeper than there are tags of this kind.
                for line in content.lines() {
                    let line = expand(line, self.wiki).text;
                    let caption = link::caption(line.split('|'), self.wiki);
                    if !caption.is_empty() {
                        self.push_str(&format!("\n{ASIDE}{caption}\n"));
                    }
                }
            }
            "templatedata" | "templatestyles" => {}
            _ => {
                let decoded = htmlescape::decode_html(content);
                self.push_text(decoded.as_deref().unwrap_or(content));
            }
        }
    }
}

fn is_arabic(c: char) -> bool {
    ('\u{0621}'..='\u{064a}').contains(&c)
}
