//! MediaWiki XML dumps (`pages-articles.xml`): each page of the main namespace an article.
//!
//! A redirect gives its target another title: a passage of the target's article that is found by
//! it. What a page costs is bounded, and a damaged one is a problem of that page alone.

mod pages;
mod site;

use std::io::BufReader;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use self::pages::{PAGE_BYTES, PageContent, PageReader};
use self::site::Site;
use super::content::Content;
use super::wikitext::{self, Wiki};
use super::{Reading, Sink, article_id};
use crate::error::Result;
use crate::model::{ArticleHead, Block, ByteSpan, Kind, Place};

/// Reads the pages of a dump.
pub(super) fn read_mediawiki(
    content: &mut Content<'_>,
    reading: &Reading<'_>,
    sink: &mut dyn Sink,
) -> Result<()> {
    let bytes = content.bytes().map_err(|error| reading.unreadable(&error))?;
    let mut pages = PageReader::new(BufReader::with_capacity(256 << 10, bytes));
    let mut site = Site::default();
    loop {
        let piece = match pages.next_piece() {
            Ok(Some(piece)) => piece,
            Ok(None) => return Ok(()),
            // The pages before it stay.
            Err(error) => return reading.break_off(&error, sink),
        };
        let problem = match piece.content {
            PageContent::Head(head) => {
                site = Site::read(head);
                continue;
            }
            PageContent::Page(page) => match Page::parse(page, piece.line) {
                Ok(page) => {
                    page.hand_on(&site, piece.span, sink)?;
                    continue;
                }
                Err(fault) => fault,
            },
            PageContent::TooLong => format!("the page is longer than {} MiB", PAGE_BYTES >> 20),
            PageContent::Cut => "the dump ends within a page".to_owned(),
        };
        sink.problem(reading.problem(Some(piece.line), problem));
    }
}

/// What a dump says of a page.
#[derive(Debug, Default)]
struct Page {
    title: String,
    namespace: i32,
    /// Where it redirects to, with the section behind `#`.
    redirect: Option<String>,
    /// Of its last revision.
    text: String,
    /// In which its text begins.
    line: u64,
}

impl Page {
    /// Reads the bytes of a page, which begins in `line`.
    fn parse(bytes: &[u8], line: u64) -> std::result::Result<Page, String> {
        let xml = std::str::from_utf8(bytes).map_err(|_| "the page is not UTF-8".to_owned())?;
        let mut reader = Reader::from_str(xml);
        let mut page = Page::default();
        let mut inside = String::new();
        let mut content = String::new();
        loop {
            let event =
                reader.read_event().map_err(|error| format!("the page is not XML: {error}"))?;
            match event {
                Event::Eof => break,
                Event::Start(start) => {
                    inside = start.local_name().as_ref().to_owned();
                    content.clear();
                    if inside == "text" {
                        let before = &xml[..(reader.buffer_position() as usize).min(xml.len())];
                        page.line = line + before.matches('\n').count() as u64;
                    }
                }
                Event::Empty(empty) if empty.local_name().as_ref() == "redirect" => {
                    let title = empty.attributes().flatten().find(|a| a.key.as_ref() == "title");
                    page.redirect = title.map(|title| unescape(&title.value));
                }
                Event::Text(text) => content.push_str(&text),
                Event::CData(data) => content.push_str(&data),
                Event::GeneralRef(reference) => {
                    content.push_str(&unescape(&format!("&{};", &*reference)));
                }
                Event::End(_) => match std::mem::take(&mut inside).as_str() {
                    "title" => page.title = content.trim().to_owned(),
                    "ns" => page.namespace = content.trim().parse().unwrap_or_default(),
                    "text" => page.text = std::mem::take(&mut content),
                    _ => {}
                },
                _ => {}
            }
        }
        if page.title.is_empty() { Err("the page has no title".to_owned()) } else { Ok(page) }
    }

    /// Hands a page of the main namespace on, with everything that a reader sees of it.
    fn hand_on(self, site: &Site, span: ByteSpan, sink: &mut dyn Sink) -> Result<()> {
        if self.namespace != 0 {
            return Ok(());
        }
        let place = Place { line: self.line, span };
        let target = match &self.redirect {
            // The text says the section, the element only the page.
            Some(page) => Some(wikitext::redirect_target(&self.text).unwrap_or(page.clone())),
            None => wikitext::redirect_target(&self.text),
        };
        if let Some(target) = target {
            return hand_on_redirect(&self.title, &target, site, place, sink);
        }
        let wiki = Wiki {
            namespace: &|prefix| site.namespace(prefix).and_then(wikitext::LinkKind::of_namespace),
            arabic: site.is_arabic(),
            title: &self.title,
        };
        let parsed = wikitext::parse(&self.text, &wiki, place);
        let mut head = head_of(&self.title, site);
        if !parsed.categories.is_empty() {
            let categories = parsed.categories.into_iter().map(Value::String).collect();
            head.extra.insert("categories".to_owned(), categories);
        }
        sink.article(ArticleHead {
            place: Place { line: self.line, span: ByteSpan::default() },
            ..head
        })?;
        parsed.blocks.into_iter().try_for_each(|block| sink.block(block))
    }
}

fn head_of(title: &str, site: &Site) -> ArticleHead {
    let name = title.replace(' ', "_");
    let id = article_id(&name);
    let url = site.base.as_ref().map(|base| format!("{base}{}", article_id(&name)));
    ArticleHead {
        id: if site.name.is_empty() { id } else { format!("{}:{id}", site.name) },
        title: Some(title.to_owned()),
        lang: site.lang.clone(),
        url,
        ..ArticleHead::default()
    }
}

/// A redirect: its title as a passage of the article that it leads to.
fn hand_on_redirect(
    title: &str,
    target: &str,
    site: &Site,
    place: Place,
    sink: &mut dyn Sink,
) -> Result<()> {
    let (page, section) = target.split_once('#').unwrap_or((target, ""));
    let passage = head_of(title, site).id;
    let head = ArticleHead {
        place: Place { line: place.line, span: ByteSpan::default() },
        alias: Some(passage),
        ..head_of(page, site)
    };
    sink.article(head)?;
    let section = section.trim();
    if !section.is_empty() {
        sink.block(Block::Heading { level: 1, text: section.to_owned(), place })?;
    }
    let text = title.to_owned();
    sink.block(Block::Paragraph { kind: Kind::Redirect, text, place, continues: false })
}

fn unescape(text: &str) -> String {
    htmlescape::decode_html(text).unwrap_or_else(|_| text.to_owned())
}
