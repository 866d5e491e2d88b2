//! MediaWiki XML dumps (`pages-articles.xml`): each page of the main namespace an article.
//!
//! A redirect gives its target another title: a passage of the target's article that is found by
//! it. What a page costs is bounded, and a damaged one is a problem of that page alone.

mod pages;
mod site;

use std::io::BufReader;

use memchr::memmem;
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
    let text = content.xml().map_err(|error| reading.unreadable(&error))?;
    let mut pages = PageReader::new(BufReader::with_capacity(256 << 10, text));
    let mut site = Site::default();
    let mut is_dump = false;
    loop {
        let piece = match pages.next_piece() {
            Ok(Some(piece)) => piece,
            Ok(None) if is_dump => return Ok(()),
            Ok(None) => {
                let message = "is no dump of a wiki: there is no `<mediawiki>` in it";
                return Err(reading.failure(None, message));
            }
            // The pages before it stay.
            Err(error) => return reading.break_off(&error, sink),
        };
        is_dump |= !matches!(piece.content, PageContent::Head(_));
        let problem = match piece.content {
            PageContent::Head(head) => {
                site = Site::read(head);
                is_dump = head.is_empty() || memmem::find(head, b"<mediawiki").is_some();
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

#[cfg(test)]
mod tests {
    use encoding_rs::WINDOWS_1256;

    use crate::source::Format;
    use crate::source::tests::{Collected, collect};

    const DUMP: &str = "<mediawiki xml:lang=\"ar\"><siteinfo><dbname>w</dbname></siteinfo>\n\
                        <page><title>حصار بوسان</title><ns>0</ns>\
                        <revision><text>بدأ '''الحصار''' في الربيع.</text></revision></page>\n\
                        </mediawiki>\n";

    fn read(bytes: &[u8]) -> Collected {
        collect(bytes, "dump.xml", Format::Auto, false)
    }

    #[test]
    fn dumps_in_other_encodings() {
        let wide = |dump: &str| dump.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        let declared = format!("<?xml version=\"1.0\" encoding=\"windows-1256\"?>\n{DUMP}");
        for dump in [
            DUMP.as_bytes().to_vec(),
            format!("\u{feff}{DUMP}").into_bytes(),
            wide(&format!("\u{feff}{DUMP}")),
            wide(DUMP),
            WINDOWS_1256.encode(&declared).0.into_owned(),
            // What is declared does not outweigh what is there.
            declared.clone().into_bytes(),
        ] {
            let collected = read(&dump);
            let shown: Vec<_> = collected
                .passages
                .iter()
                .map(|passage| (passage.id.as_str(), passage.text.as_str()))
                .collect();
            assert_eq!(shown, [("w:حصار_بوسان#0", "بدأ الحصار في الربيع.")]);
        }
    }

    #[test]
    fn a_stray_byte_is_a_matter_of_its_page() {
        let dump = DUMP.replace("في الربيع", "X");
        let stray = DUMP.replace("بوسان", "X").into_bytes();
        let at = stray.iter().position(|&byte| byte == b'X').expect("there");
        let both = [&stray[..at], b"\xff", &stray[at..], dump.as_bytes()].concat();
        let collected = read(&both);
        assert_eq!(collected.problems.len(), 1);
        assert_eq!(collected.passages[0].text, "بدأ الحصار X.");
    }

    #[test]
    fn messages_are_short_whatever_the_page_holds() {
        let long = format!("<page><t\u{b}{}>", "x".repeat(5000));
        for page in ["<page><ti\u{b}le></title></page>".to_owned(), long + "</title></page>"] {
            let collected = read(page.as_bytes());
            let [problem] = &collected.problems[..] else {
                panic!("{:?}", collected.problems);
            };
            assert!(problem.message.starts_with("the page is not XML"), "{problem}");
            assert!(problem.message.len() < 1100 && !problem.message.contains(char::is_control));
        }
    }

    #[test]
    fn what_is_no_dump_is_said() {
        let failure = |text: &str| read(text.as_bytes()).failure.map(|error| error.to_string());
        let said = failure("<rss><channel><title>t</title></channel></rss>").unwrap_or_default();
        assert!(said.contains("dump.xml: is no dump of a wiki"), "{said}");
        assert_eq!(failure(""), None);
        assert_eq!(failure("<mediawiki><siteinfo/></mediawiki>"), None);
        assert_eq!(failure("<page><title>t</title><text>x</text></page>"), None);
    }
}
