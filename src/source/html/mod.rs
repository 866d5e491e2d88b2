//! Web pages: one article, of the text that people read.
//!
//! The tokenizer follows the HTML standard, so that tags, comments, scripts and character references
//! are told apart as browsers do. No tree is built: what is open is a short stack, so that a million
//! tags within one another take neither memory nor time. Scripts, styles, navigation and what is
//! hidden are left out; alternative texts of pictures are text.

mod blocks;
mod elements;

use std::io::Read;

use html5gum::emitters::default::{DefaultEmitter, StartTag, Token};
use html5gum::{Tokenizer, naive_next_state};

use super::content::Content;
use super::declaration;
use super::text::{article_head, check_text};
use super::{Reading, Sink};
use crate::error::Result;
use crate::model::{ArticleHead, Block, Lang};
use blocks::{Form, PageBlocks};
use elements::{Ended, OpenElements, Role};

/// A page is parsed as a whole; longer ones are refused.
const PAGE_BYTES: usize = 32 << 20;

/// Reads one article that is a web page.
pub(super) fn read_html(
    content: &mut Content<'_>,
    reading: &Reading<'_>,
    sink: &mut dyn Sink,
) -> Result<()> {
    check_text(content, reading, declaration::of_page)?;
    let unreadable = |error| reading.unreadable(&error);
    let mut bytes = Vec::new();
    let stream = content.text().map_err(unreadable)?;
    stream.take(PAGE_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > PAGE_BYTES {
        let limit = PAGE_BYTES >> 20;
        let message = format!("is longer than {limit} MiB, too long for one page: split it");
        return Err(reading.failure(None, message));
    }
    let text = String::from_utf8_lossy(&bytes);
    let mut page = Page {
        head: article_head(reading),
        has_begun: false,
        is_xml: text.trim_start_matches('\u{feff}').starts_with("<?xml"),
        open: OpenElements::default(),
        raw: None,
        title: None,
        lang: None,
        blocks: PageBlocks::new(&text),
        sink,
    };
    let mut tokens =
        Tokenizer::new_with_emitter(text.as_ref(), DefaultEmitter::<usize>::new_with_span());
    // Reading from memory cannot fail.
    while let Some(Ok(token)) = tokens.next() {
        if let Token::StartTag(tag) = &token
            && !(page.is_xml && tag.self_closing)
            && let Some(state) = naive_next_state(&tag.name)
        {
            tokens.set_state(state);
        }
        page.token(token)?;
    }
    page.finish()
}

struct Page<'a> {
    /// Handed on when the first block is.
    head: ArticleHead,
    has_begun: bool,
    /// Whether `<x/>` ends the element at once, as in XML.
    is_xml: bool,
    open: OpenElements,
    /// The element whose content is no markup and not to be read.
    raw: Option<Vec<u8>>,
    /// The content of `<title>` while it is being read.
    title: Option<String>,
    /// What was said last of the language of a part.
    lang: Option<Lang>,
    blocks: PageBlocks<'a>,
    sink: &'a mut dyn Sink,
}

impl Page<'_> {
    fn token(&mut self, token: Token<usize>) -> Result<()> {
        match token {
            Token::StartTag(tag) => self.start(&tag),
            Token::EndTag(tag) => self.end(&tag.name),
            Token::String(string) if self.raw.is_none() && !self.open.is_hidden() => {
                let text = String::from_utf8_lossy(&string.value);
                if let Some(title) = &mut self.title {
                    title.push_str(&text);
                    return Ok(());
                }
                let visible = !text.trim().is_empty();
                self.begin(visible)?;
                if visible {
                    self.say_language()?;
                }
                self.blocks.text(&text, string.span.start..string.span.end, self.sink)
            }
            _ => Ok(()),
        }
    }

    fn start(&mut self, tag: &StartTag<usize>) -> Result<()> {
        let attribute = |name: &str| {
            let value = tag.attributes.get(name.as_bytes())?;
            Some(String::from_utf8_lossy(value).into_owned())
        };
        let name = tag.name.as_slice();
        let role = Role::of(name);
        let lang = attribute("lang").or_else(|| attribute("xml:lang"));
        // Pages mostly name a region as well, searches do not.
        let lang = lang.as_deref().and_then(|lang| lang.trim().split(['-', '_']).next());
        let mut lang = lang.and_then(Lang::parse);
        if name == b"html" && !self.has_begun {
            self.head.lang = lang.take();
        }
        // Words in another language do not end a paragraph, nor do cells end a row.
        lang = lang.filter(|_| !matches!(role, Role::Inline | Role::Cell));
        let ends_at_once = role == Role::Void || (self.is_xml && tag.self_closing);
        if role == Role::Raw {
            if !ends_at_once {
                self.raw = Some(name.to_vec());
            }
            return Ok(());
        }
        for ended in self.open.ended_by(name, role) {
            self.ended(ended)?;
        }
        let is_hidden = role == Role::Skipped
            || attribute("hidden").is_some_and(|value| value != "until-found")
            || attribute("style").is_some_and(|style| hides(&style))
            || attribute("class").is_some_and(|class| is_link_to_itself(name, &class));
        if !self.open.is_hidden() && !is_hidden {
            self.shown_start(name, role, attribute("alt"), tag.span.start..tag.span.end)?;
        }
        if !ends_at_once {
            self.open.push(name, role, is_hidden, lang);
        }
        Ok(())
    }

    fn shown_start(
        &mut self,
        name: &[u8],
        role: Role,
        alt: Option<String>,
        span: std::ops::Range<usize>,
    ) -> Result<()> {
        match role {
            Role::Title => self.title = Some(String::new()),
            Role::Heading(level) => self.blocks.open(Form::Heading(level), self.sink)?,
            Role::Row => self.blocks.open(Form::Row, self.sink)?,
            Role::Cell => self.blocks.cell(),
            Role::Preformatted => self.blocks.open(Form::Lines, self.sink)?,
            Role::Paragraph | Role::Block | Role::Item | Role::Term | Role::TableBody => {
                self.blocks.bound(self.sink)?;
            }
            Role::Void if name == b"br" => self.blocks.line_break(self.sink)?,
            Role::Void if name == b"hr" => self.blocks.bound(self.sink)?,
            Role::Void if name == b"img" => {
                if let Some(alt) = alt.filter(|alt| !alt.trim().is_empty()) {
                    self.begin(true)?;
                    self.blocks.text(&format!(" {alt} "), span, self.sink)?;
                }
            }
            Role::Void | Role::Inline | Role::Raw | Role::Skipped => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &[u8]) -> Result<()> {
        if let Some(raw) = &self.raw {
            if raw == name {
                self.raw = None;
            }
            return Ok(());
        }
        if name == b"title"
            && let Some(title) = self.title.take()
        {
            self.begin(true)?;
            self.blocks.title(&title, self.sink)?;
        }
        for ended in self.open.end(name) {
            self.ended(ended)?;
        }
        Ok(())
    }

    fn ended(&mut self, ended: Ended) -> Result<()> {
        if ended.was_hidden || self.open.is_hidden() {
            return Ok(());
        }
        match ended.role {
            Role::Heading(_) | Role::Row | Role::Preformatted => self.blocks.close(self.sink),
            Role::Paragraph | Role::Block | Role::Item | Role::Term | Role::TableBody => {
                self.blocks.bound(self.sink)
            }
            _ => Ok(()),
        }
    }

    /// Says which language comes next, where that is another than before.
    fn say_language(&mut self) -> Result<()> {
        let lang = self.open.lang();
        if self.lang.as_ref() == lang || self.blocks.goes_on() {
            return Ok(());
        }
        self.lang = lang.cloned();
        self.sink.block(Block::Language { lang: lang.cloned() })
    }

    /// Begins the article if it has not begun and something is to be handed on.
    fn begin(&mut self, visible: bool) -> Result<()> {
        if visible && !std::mem::replace(&mut self.has_begun, true) {
            return self.sink.article(std::mem::take(&mut self.head));
        }
        Ok(())
    }

    fn finish(mut self) -> Result<()> {
        self.begin(true)?;
        if let Some(title) = self.title.take() {
            self.blocks.title(&title, self.sink)?;
        }
        self.blocks.close(self.sink)
    }
}

/// Whether an element is the sign beside a heading that shows when a mouse is over it.
fn is_link_to_itself(name: &[u8], class: &str) -> bool {
    name == b"a" && class.split_ascii_whitespace().any(|class| class == "headerlink")
}

/// Whether a style says that nothing is shown.
fn hides(style: &str) -> bool {
    let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
    let style = style.to_ascii_lowercase();
    style.contains("display:none") || style.contains("visibility:hidden")
}

#[cfg(test)]
mod tests;
