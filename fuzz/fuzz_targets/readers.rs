//! A source in any of the formats but dumps of wikis; the first byte chooses. What begins like
//! compressed data is unpacked, what is no UTF-8 decoded.
#![no_main]

use libfuzzer_sys::fuzz_target;
use warraq::source::{Columns, Format};
use warraq_fuzz::read;

fuzz_target!(|data: &[u8]| {
    let Some((&choice, bytes)) = data.split_first() else {
        return;
    };
    let whole = choice & 0x80 != 0;
    let (name, format) = match choice % 8 {
        0 => ("page.html", Format::Html),
        1 => ("page.md", Format::Markdown),
        2 => ("lines.jsonl", Format::Jsonl),
        3 => ("wiki-cirrussearch-content.json", Format::Auto),
        4 => ("table.csv", Format::Csv),
        5 => ("table.tsv", Format::Tsv),
        6 => ("page.txt", Format::Text),
        _ => ("a page without ending", Format::Auto),
    };
    let columns = if choice & 0x40 == 0 {
        Columns::default()
    } else {
        Columns::parse("id=id,title=b,text=text+c").unwrap_or_default()
    };
    read(bytes, name, format, whole, &columns);
});
