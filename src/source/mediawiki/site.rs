//! What a dump says of its wiki: its name, its language, its namespaces.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::model::Lang;

/// A wiki, as far as its pages need to be understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Site {
    /// `enwiki`; empty where the dump does not say it.
    pub name: String,
    pub lang: Option<Lang>,
    /// What page titles follow in an address, such as `https://en.wikipedia.org/wiki/`.
    pub base: Option<String>,
    /// Namespaces by their names, lower-cased and with spaces.
    namespaces: Vec<(String, i32)>,
}

/// Of files, whose pages are pictures.
pub const FILE: i32 = 6;
pub const CATEGORY: i32 = 14;

/// Names that every wiki understands whatever its language, and that dumps leave out.
const EVERYWHERE: &[(&str, i32)] = &[
    ("file", FILE),
    ("image", FILE),
    ("media", -2),
    ("category", CATEGORY),
    // Aliases of Arabic wikis.
    ("صورة", FILE),
    ("ملف", FILE),
    ("تصنيف", CATEGORY),
];

impl Site {
    /// Reads what stands before the first page. What is missing or damaged is left out.
    pub fn read(head: &[u8]) -> Site {
        let mut site = Site::default();
        let text = String::from_utf8_lossy(head);
        let mut reader = Reader::from_str(&text);
        reader.config_mut().check_end_names = false;
        let mut inside = String::new();
        let mut key = 0;
        // The head ends within the outermost element, so an error is the end as well.
        while let Ok(event) = reader.read_event() {
            match event {
                Event::Eof => break,
                Event::Start(start) => {
                    inside = start.local_name().as_ref().to_owned();
                    match inside.as_str() {
                        "mediawiki" => {
                            site.lang = attribute(&start, "xml:lang").and_then(|l| Lang::parse(&l));
                        }
                        "namespace" => {
                            let number = attribute(&start, "key");
                            key = number.and_then(|key| key.parse().ok()).unwrap_or_default();
                        }
                        _ => {}
                    }
                }
                Event::Text(text) => {
                    let text = text.trim().to_owned();
                    match inside.as_str() {
                        "dbname" => {
                            site.name = text.chars().filter(|c| !c.is_whitespace()).collect()
                        }
                        "base" => {
                            site.base = text.rfind('/').map(|at| text[..=at].to_owned());
                        }
                        "namespace" if !text.is_empty() => {
                            site.namespaces.push((plain(&text), key));
                        }
                        _ => {}
                    }
                }
                Event::End(_) => inside.clear(),
                _ => {}
            }
        }
        site
    }

    /// The namespace that a link's prefix names, if it does.
    pub fn namespace(&self, prefix: &str) -> Option<i32> {
        let prefix = plain(prefix);
        let own = self.namespaces.iter().map(|(name, key)| (name.as_str(), *key));
        let mut all = own.chain(EVERYWHERE.iter().copied());
        all.find(|(name, _)| *name == prefix).map(|(_, key)| key)
    }

    pub fn is_arabic(&self) -> bool {
        self.lang == Some(Lang::ARABIC)
    }
}

fn plain(name: &str) -> String {
    name.trim().replace('_', " ").to_lowercase()
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.attributes().flatten().find(|attribute| attribute.key.as_ref() == name)?;
    Some(found.value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arabic_wiki_has_arabic_namespaces() {
        let head = "<mediawiki version=\"0.11\" xml:lang=\"ar\">\n<siteinfo>\
            <sitename>ويكيبيديا</sitename><dbname>arwiki</dbname>\
            <base>https://ar.wikipedia.org/wiki/%D8%A7</base><namespaces>\
            <namespace key=\"0\" case=\"first-letter\" />\
            <namespace key=\"6\" case=\"first-letter\">ملف</namespace>\
            <namespace key=\"14\" case=\"first-letter\">تصنيف</namespace>\
            <namespace key=\"100\">بوابة</namespace></namespaces></siteinfo>\n";
        let site = Site::read(head.as_bytes());
        assert_eq!((site.name.as_str(), site.lang.clone()), ("arwiki", Some(Lang::ARABIC)));
        assert_eq!(site.base.as_deref(), Some("https://ar.wikipedia.org/wiki/"));
        assert_eq!(site.namespace("تصنيف"), Some(CATEGORY));
        assert_eq!(site.namespace("Image "), Some(FILE));
        assert_eq!(site.namespace("بوابة"), Some(100));
        assert_eq!(site.namespace("قصة"), None);
    }

    #[test]
    fn a_damaged_head_is_an_unknown_wiki() {
        assert_eq!(Site::read(b"<mediawiki <<"), Site::default());
        assert_eq!(Site::read(b""), Site::default());
    }
}
