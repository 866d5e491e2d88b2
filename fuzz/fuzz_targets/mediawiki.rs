//! A dump of a wiki, and any text as that of one of its pages.
#![no_main]

use libfuzzer_sys::fuzz_target;
use warraq::source::{Columns, Format};
use warraq_fuzz::read;

fuzz_target!(|data: &[u8]| {
    let columns = Columns::default();
    let dump = |bytes: &[u8]| read(bytes, "dump.xml", Format::Mediawiki, false, &columns);
    dump(data);
    // Reaches the reader of wikitext at once; in Arabic wikis as well.
    let text = String::from_utf8_lossy(data).replace('&', "&amp;").replace('<', "&lt;");
    let lang = if data.len() % 2 == 0 { "ar" } else { "en" };
    let page = format!(
        "<mediawiki xml:lang=\"{lang}\"><page><title>t</title><ns>0</ns><text>{text}</text></page>"
    );
    dump(page.as_bytes());
});
