//! The encoding that a source says it is in.

use encoding_rs::Encoding;

/// The encoding that a web page names: `<meta charset=…>`, or as in [`of_xml`].
pub(super) fn of_page(start: &[u8]) -> Option<&'static Encoding> {
    of_xml(start).or_else(|| named(&lowercase(start), "<meta", "charset"))
}

/// The encoding that an XML declaration names.
pub(super) fn of_xml(start: &[u8]) -> Option<&'static Encoding> {
    let start = lowercase(start);
    let start = start.trim_start_matches('\u{feff}').trim_start();
    let (declaration, _) = start.strip_prefix("<?xml")?.split_once("?>")?;
    named(&format!("{declaration}?"), "", "encoding")
}

fn lowercase(start: &[u8]) -> String {
    String::from_utf8_lossy(start).to_ascii_lowercase()
}

fn named(text: &str, from: &str, key: &str) -> Option<&'static Encoding> {
    let (_, rest) = text.split_once(from)?;
    let (_, value) = rest.split_once(key)?;
    let value = value.trim_start().strip_prefix('=')?;
    let value = value.trim_start_matches([' ', '"', '\'']);
    let end = value.find(|c: char| c.is_whitespace() || "\"';>/?".contains(c))?;
    Encoding::for_label(value.get(..end)?.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations() {
        let page = |text: &str| of_page(text.as_bytes()).map(Encoding::name);
        assert_eq!(page("<?xml version='1.0' encoding='ISO-8859-6'?>"), Some("ISO-8859-6"));
        assert_eq!(page("<html><META CharSet = \"windows-1256\">"), Some("windows-1256"));
        let equiv = "<meta http-equiv=content-type content=\"text/html; charset=utf-16\">";
        assert_eq!(page(equiv), Some("UTF-16LE"));
        assert_eq!(page("<?xml version='1.0'?><p encoding='ISO-8859-6'>"), None);
        assert_eq!(page("<meta charset=unheard-of>"), None);
        let xml = |text: &str| of_xml(text.as_bytes()).map(Encoding::name);
        assert_eq!(xml("<?xml encoding=\"windows-1256\"?><a>"), Some("windows-1256"));
        assert_eq!(xml("<meta charset=windows-1256>"), None);
    }
}
