//! Collections as they come: compressed, in other encodings, as tables and as web pages.

use std::io::Write;

use crate::support::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

const RECORDS: &str = "{\"id\":\"a\",\"title\":\"One\",\"text\":\"Alpha weevils.\"}\n\
                       {\"id\":\"b\",\"title\":\"Two\",\"text\":\"Beta weevils.\"}\n";

#[test]
fn compressed_files_are_read_like_others() {
    let desk = Desk::empty();
    for (ending, pack) in [("gz", gzip as fn(&[u8]) -> Vec<u8>), ("bz2", bzip2), ("zst", zstd)] {
        desk.write(&format!("corpus/{ending}.txt.{ending}"), pack(article(BUSANJIN).as_bytes()));
        desk.write(
            &format!("corpus/{ending}.md.{ending}"),
            pack(b"# Notes\n\nSome *zyzzyva* here.\n"),
        );
        let records = RECORDS.replace("\"id\":\"", &format!("\"id\":\"{ending}-"));
        desk.write(&format!("corpus/{ending}.jsonl.{ending}"), pack(records.as_bytes()));
    }
    desk.write("corpus/plain.txt", article(BUSANJIN));
    // The name says nothing of it, or says it wrongly.
    desk.write("corpus/hidden.md", gzip(b"# Hidden\n\nSome *zyzzyva* there.\n"));
    desk.write("corpus/plain.md.gz", b"# Plain\n\nSome *zyzzyva* too.\n");
    desk.run(["index"]).exits(0).says("15 articles");
    let ids = desk.ids(&["zyzzyva", "--no-expand"]);
    assert_eq!(ids.len(), 5, "{ids:?}");
    assert!(ids.contains(&"bz2.md.bz2#0".to_owned()), "{ids:?}");
    assert_eq!(desk.answer(&["zyzzyva"])["hits"][0]["text"].as_str().map(str::len), Some(18));
    assert_eq!(desk.count(&["weevils", "--no-expand"]), 6);
    // Places are those of what was unpacked.
    let places = |name: &str| {
        let shown = desk.run(["show", name, "--format", "json"]).exits(0).json();
        let passages = shown["passages"].as_array().unwrap().clone();
        let place = |passage: &serde_json::Value| (passage["line"].clone(), passage["end"].clone());
        passages.iter().map(place).collect::<Vec<_>>()
    };
    let plain = places("plain.txt");
    assert!(plain.len() > 4);
    for name in ["gz.txt.gz", "bz2.txt.bz2", "zst.txt.zst"] {
        assert_eq!(places(name), plain);
    }
}

#[test]
fn standard_input_may_be_compressed() {
    let desk = Desk::empty();
    let args = ["index", "-", "--name", "dump", "--format", "jsonl", "--index", "i"];
    desk.run_with_input(args, bzip2(RECORDS.as_bytes())).exits(0).says("2 articles");
    assert_eq!(desk.ids(&["alpha", "--no-expand", "--index", "i"]), ["a#0"]);
}

#[test]
fn several_streams_and_what_follows_them() {
    let desk = Desk::empty();
    let mut bytes = bzip2(b"Alpha weevils.\n\n");
    bytes.extend(bzip2(b"Beta weevils.\n"));
    desk.write("corpus/two.txt.bz2", &bytes);
    desk.run(["index"]).exits(0).says("1 article");
    assert_eq!(desk.count(&["alpha beta", "--no-expand"]), 1);
    bytes.extend(b"and more that is no bzip2");
    desk.write("corpus/two.txt.bz2", &bytes);
    let run = desk.run(["index"]).exits(2).says("two.txt.bz2: something else follows");
    assert!(run.err.contains("1 article"), "{run:?}");
    assert_eq!(desk.count(&["beta", "--no-expand", "--index", "index"]), 1);
}

#[test]
fn damaged_streams_are_named() {
    let desk = Desk::empty();
    let text: String = (0..20_000).map(|n| format!("weevil number {n} of many.\n\n")).collect();
    let records: String =
        (0..20_000).map(|n| format!("{{\"id\":\"r{n}\",\"text\":\"record {n}\"}}\n")).collect();
    for pack in [gzip as fn(&[u8]) -> Vec<u8>, zstd] {
        let cut = |bytes: Vec<u8>| bytes[..bytes.len() * 2 / 3].to_vec();
        desk.write("corpus/text.txt.gz", cut(pack(text.as_bytes())));
        desk.write("corpus/records.jsonl.gz", cut(pack(records.as_bytes())));
        let run = desk.run(["index"]).exits(2).says("text.txt.gz: is cut short");
        let run = run.says("records.jsonl.gz: is cut short").says("2 skipped");
        assert!(!run.err.contains("20000 articles"), "{run:?}");
        // A text is there in whole or not at all; records before the fault are good.
        assert_eq!(desk.count(&["weevil", "--no-expand", "--index", "index"]), 0);
        assert!(desk.count(&["record", "--no-expand", "--index", "index"]) > 1000);
    }
    let mut broken = gzip(text.as_bytes());
    let middle = broken.len() / 2;
    broken[middle..middle + 64].fill(0x55);
    desk.write("corpus/text.txt.gz", broken);
    desk.run(["index"]).exits(2).says("text.txt.gz: its gzip data is damaged");
}

#[test]
fn what_unpacks_without_measure_is_refused() {
    let desk = Desk::empty();
    let mut bomb = Vec::new();
    for _ in 0..2 {
        bomb.extend(gzip(&vec![b' '; 40 << 20]));
    }
    desk.write("corpus/bomb.txt.gz", &bomb);
    desk.write("corpus/bomb.jsonl.gz", &bomb);
    desk.write("corpus/good.txt", "Alpha weevils.");
    let run = desk.run(["index"]).exits(2).says("bomb.txt.gz: is refused");
    run.says("bomb.jsonl.gz: is refused").says("1 article");
}

fn utf16(text: &str, mark: bool, big: bool) -> Vec<u8> {
    let mark = if mark { "\u{feff}" } else { "" };
    let pair = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
    mark.encode_utf16().chain(text.encode_utf16()).flat_map(pair).collect()
}

#[test]
fn arabic_is_found_in_whichever_encoding() {
    let desk = Desk::empty();
    let text = "= حصار هانجو =\n\nأمرت القوات اليابانية في كوريا بالانسحاب إلى اليابان.\n";
    let records =
        "{\"id\":\"record\",\"title\":\"حصار هانجو\",\"text\":\"أمرت القوات بالانسحاب.\"}\n";
    let windows = |text: &str| encoding_rs::WINDOWS_1256.encode(text).0.into_owned();
    let iso = |text: &str| encoding_rs::ISO_8859_6.encode(text).0.into_owned();
    desk.write("corpus/utf-8.txt", text);
    desk.write("corpus/windows.txt", windows(text));
    desk.write("corpus/iso.txt", iso(text));
    desk.write("corpus/le.txt", utf16(text, false, false));
    desk.write("corpus/be.txt", utf16(text, false, true));
    desk.write("corpus/le-mark.txt", utf16(text, true, false));
    desk.write(
        "corpus/be-mark.md",
        utf16(&text.replace("= حصار هانجو =", "# حصار هانجو"), true, true),
    );
    desk.write("corpus/windows.jsonl", windows(records));
    desk.write("corpus/packed.txt.gz", gzip(&windows(text)));
    desk.run(["index"]).exits(0).says("9 articles");
    let ids = desk.ids(&["بالانسحاب", "--no-expand", "-n", "20"]);
    assert_eq!(ids.len(), 9, "{ids:?}");
    let answer = desk.answer(&["title:هانجو", "--no-expand", "-n", "20"]);
    let found = hits(&answer);
    assert_eq!(found.len(), 9);
    for hit in found {
        assert_eq!((text_of(hit, "title"), text_of(hit, "lang")), ("حصار هانجو", "ar"));
    }
    // Places are those of the decoded text.
    let place = |name: &str| {
        let hit = found.iter().find(|hit| hit["article"] == name).unwrap();
        (hit["line"].clone(), hit["start"].clone(), hit["end"].clone())
    };
    for name in ["windows.txt", "iso.txt", "le.txt", "be.txt", "packed.txt.gz"] {
        assert_eq!(place(name), place("utf-8.txt"), "{name}");
    }
}

fn text_of<'a>(hit: &'a serde_json::Value, key: &str) -> &'a str {
    text(&hit[key])
}

#[test]
fn other_encodings_are_told() {
    let desk = Desk::empty();
    desk.write("corpus/french.txt", b"Le si\xe8ge du ch\xe2teau a dur\xe9 trois ann\xe9es.\n");
    let russian = "Осада Пусана была первым сражением войны, город взяли японцы.\n";
    desk.write("corpus/russian.txt", encoding_rs::WINDOWS_1251.encode(russian).0);
    desk.write("corpus/picture.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\xff");
    desk.run(["index"]).exits(2).says("picture.txt:1: is not UTF-8 nor text").says("2 articles");
    assert_eq!(desk.ids(&["château", "--no-expand", "--index", "index"]), ["french.txt#0"]);
    assert_eq!(desk.ids(&["японцы", "--no-expand", "--index", "index"]), ["russian.txt#0"]);
}

#[test]
fn rows_of_a_table_are_articles() {
    let desk = Desk::empty();
    let table = "id,title,text,year\r\n\
                 busan,Siege of Busanjin,\"Alpha weevils.\n\nBeta, \"\"gamma\"\".\",1592\r\n\
                 bad,row\r\n\
                 han,حصار هانجو,انتهى الحصار.,1593\r\n";
    desk.write("corpus/a.csv", table);
    desk.write("corpus/b.tsv.gz", gzip("عنوان\tنص\nالسلة\tDelta \"weevils\".\n".as_bytes()));
    let excel = utf16("id\ttext\r\nwide\tEpsilon حصار.\r\n", true, false);
    desk.write("corpus/c.csv", excel);
    let run = desk.run(["index"]).exits(2).says("a.csv:5: has 2 fields").says("1 skipped");
    assert!(run.err.contains("4 articles"), "{run:?}");
    let answer = desk.answer(&["gamma", "--no-expand", "--index", "index"]);
    let hit = &answer["hits"][0];
    assert_eq!((text_of(hit, "article"), &hit["line"]), ("busan", &serde_json::json!(2)));
    let span = hit["start"].as_u64().unwrap() as usize..hit["end"].as_u64().unwrap() as usize;
    assert!(table[span.clone()].starts_with("busan,") && table[span].ends_with("1592"));
    assert_eq!(hit["extra"]["year"], "1592");
    assert_eq!(desk.ids(&["انتهى", "--no-expand", "--index", "index"]).len(), 1);
    assert_eq!(desk.ids(&["delta", "--no-expand", "--index", "index"]), ["b.tsv.gz:2#0"]);
    assert_eq!(desk.ids(&["epsilon", "--no-expand", "--index", "index"]), ["wide#0"]);
}

#[test]
fn columns_are_told_and_remembered() {
    let desk = Desk::empty();
    desk.write("news/a.csv", "ARTICLE;HEAD;LEAD;REST\n7;Head;Alpha.;Beta.\n");
    let run = desk.run(["index", "news", "--index", "i"]).exits(2);
    run.says("a.csv:1: no column is called text").says("\"HEAD\"").says("--columns text=NAME");
    let told = "id=article,title=HEAD,text=LEAD+REST";
    desk.run(["index", "news", "--columns", told, "--index", "i"]).exits(0).says("1 article");
    desk.write("news/b.csv", "ARTICLE,HEAD,LEAD,REST\n8,Other,Gamma.,Delta.\n");
    desk.run(["index", "--rebuild", "--index", "i"]).exits(0).says("2 articles");
    let answer = desk.answer(&["delta", "--no-expand", "--index", "i"]);
    let hit = &answer["hits"][0];
    assert_eq!((text_of(hit, "article"), text_of(hit, "title")), ("8", "Other"));
    assert_eq!(text_of(hit, "text"), "Gamma.\nDelta.");
    let run = desk.run(["index", "news", "--columns", "text=NONE", "--index", "i"]).exits(2);
    run.says("a.csv:1: has no column \"NONE\"");
    desk.run(["index", "news", "--columns", "author=x", "--index", "i"]).exits(2).says("--columns");
}

#[test]
fn dumps_of_wikis_are_records() {
    let desk = Desk::empty();
    let extracted = "{\"id\":\"12\",\"revid\":\"3\",\"url\":\"https://x.org/12\",\"title\":\"Busan\",\
                     \"text\":\"Alpha weevils.\\n\\nBeta weevils.\"}\n";
    desk.write("corpus/wiki.jsonl", extracted);
    let cirrus = "{\"index\":{\"_type\":\"_doc\",\"_id\":\"10\"}}\n\
                  {\"title\":\"حصار هانجو\",\"text\":\"بدأ الحصار. انتهى.\",\"opening_text\":\"بدأ\",\
                  \"namespace\":0,\"category\":[\"معارك\"],\"redirect\":[{\"title\":\"هانجو\"}],\
                  \"language\":\"ar\",\"source_text\":\"zyzzyva\"}\n\
                  {\"index\":{\"_id\":\"11\"}}\n{\"title\":\"Talk\",\"text\":\"Talk.\",\"namespace\":1}\n";
    desk.write("ar-cirrussearch-content.json.gz", gzip(cirrus.as_bytes()));
    desk.run(["index", "corpus", "--index", "i"]).exits(0).says("1 article");
    let dump = "ar-cirrussearch-content.json.gz";
    desk.run(["index", dump, "--index", "i"]).exits(0).says("2 articles");
    let answer = desk.answer(&["انتهى", "--no-expand", "--index", "i"]);
    let hit = &answer["hits"][0];
    assert_eq!((text_of(hit, "article"), text_of(hit, "lang")), ("10", "ar"));
    let extra = serde_json::json!({"categories": ["معارك"], "redirects": ["هانجو"]});
    assert_eq!(hit["extra"], extra);
    assert_eq!(desk.count(&["beta", "--no-expand", "--index", "i"]), 1);
}

#[test]
fn pages_are_read_as_people_see_them() {
    let desk = Desk::empty();
    let page = "<!DOCTYPE html><html lang=ar><head><meta charset=windows-1256>\
                <title>حصار هانجو</title><script>var zyzzyva = 1;</script></head><body>\n\
                <nav><a href=x>zyzzyva</a></nav><h1>حصار هانجو</h1>\n\
                <p>أمرت القوات <b>بالانسحاب</b> &#x0645;&#x0646; كوريا.</p>\n\
                <h2>الخسائر</h2><table><tr><th>الجيش<th>العدد<tr><td>اليابان<td>30000</table>\n\
                <p hidden>zyzzyva</p><img src=m.png alt=\"خريطة القلعة\"></body></html>\n";
    desk.write("corpus/old.html", encoding_rs::WINDOWS_1256.encode(page).0);
    desk.write("corpus/packed.htm.gz", gzip("<p>Alpha &eacute; weevils".as_bytes()));
    desk.write("corpus/deep.xhtml", "<div>".repeat(100_000) + "Beta weevils.");
    desk.run(["index"]).exits(0).says("3 articles");
    let answer = desk.answer(&["بالانسحاب", "--no-expand"]);
    let hit = &answer["hits"][0];
    assert_eq!(text_of(hit, "text"), "أمرت القوات بالانسحاب من كوريا.");
    assert_eq!((text_of(hit, "title"), text_of(hit, "lang")), ("حصار هانجو", "ar"));
    let answer = desk.answer(&["kind:table"]);
    assert_eq!(text_of(&answer["hits"][0], "text"), "الجيش | العدد\nاليابان | 30000");
    assert_eq!(answer["hits"][0]["section"][0], "الخسائر");
    assert_eq!(desk.count(&["خريطة", "--no-expand"]), 1);
    assert_eq!(desk.count(&["zyzzyva", "--no-expand"]), 0);
    assert_eq!(desk.ids(&["alpha", "--no-expand"]), ["packed.htm.gz#0"]);
    assert_eq!(desk.ids(&["beta", "--no-expand"]), ["deep.xhtml#0"]);
}
