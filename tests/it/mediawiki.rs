//! Dumps of wikis.

use crate::support::*;

const HEAD: &str = "<mediawiki xmlns=\"http://www.mediawiki.org/xml/export-0.11/\" version=\"0.11\" \
                    xml:lang=\"LANG\">\n  <siteinfo>\n    <sitename>Wikipedia</sitename>\n    \
                    <dbname>LANGwiki</dbname>\n    \
                    <base>https://LANG.wikipedia.org/wiki/Main_Page</base>\n    <namespaces>\n      \
                    <namespace key=\"0\" case=\"first-letter\" />\n      \
                    <namespace key=\"1\">TALK</namespace>\n      \
                    <namespace key=\"6\">FILE</namespace>\n      \
                    <namespace key=\"14\">CATEGORY</namespace>\n    </namespaces>\n  </siteinfo>\n";

fn page(title: &str, namespace: u32, text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "  <page>\n    <title>{title}</title>\n    <ns>{namespace}</ns>\n    <id>1</id>\n    \
         <revision>\n      <model>wikitext</model>\n      \
         <text xml:space=\"preserve\">{text}</text>\n    </revision>\n  </page>\n"
    )
}

fn english_dump() -> String {
    let siege = "{{Infobox military conflict\n| conflict = Siege of Busan\n| commander1 = [[Konishi \
                 Yukinaga]]\n}}\nThe '''siege of Busan''' was a battle at [[Busan|the port]] on {{start \
                 date|1592|5|24}}, {{convert|10|km|mi}} from the hill.<ref>{{cite book|last=Turnbull|title=\
                 Samurai Invasion}}</ref>\n\n== Legacy ==\n\n{|\n! Army !! Dead\n|-\n| Joseon || \
                 8,000\n|}\n* a statue\n[[Category:Sieges of the Imjin War|Busan]]\n";
    let pages = [
        page("Talk:Siege of Busan", 1, "Zyzzyva talk."),
        page("Siege of Busan", 0, siege),
        page("Fusan battle", 0, "#REDIRECT [[Siege of Busan#Legacy]]"),
    ];
    let head = HEAD.replace("LANG", "en").replace("TALK", "Talk").replace("FILE", "File");
    format!("{}{}</mediawiki>\n", head.replace("CATEGORY", "Category"), pages.concat())
}

fn arabic_dump() -> String {
    let siege = "{{معلومات نزاع\n| القائد = [[كونيشي يوكيناغا]]\n}}\n'''حصار بوسان''' معركة وقعت في \
                 {{تاريخ بدء|1592|5|24}}.\n[[ملف:Busan.jpg|تصغير|لوحة الحصار]]\n\n== انظر أيضا ==\n* \
                 [[حصار هانجو]]\n[[تصنيف:حصارات]]\n";
    let pages = [page("حصار بوسان", 0, siege), page("معركة بوسان", 0, "#تحويل [[حصار بوسان]]")];
    let head = HEAD.replace("LANG", "ar").replace("TALK", "نقاش").replace("FILE", "ملف");
    format!("{}{}</mediawiki>\n", head.replace("CATEGORY", "تصنيف"), pages.concat())
}

fn desk() -> Desk {
    let desk = Desk::empty();
    desk.write("en.xml", english_dump());
    desk.write("ar.xml", arabic_dump());
    desk.run(["index", "en.xml", "ar.xml", "--index", "idx"]).exits(0).says("2 added");
    desk
}

fn search(desk: &Desk, query: &str) -> serde_json::Value {
    desk.run(["search", "--index", "idx", "--no-expand", "--format", "json", query]).json()
}

#[test]
fn pages_are_articles_with_all_that_a_reader_sees() {
    let desk = desk();
    for (query, kind) in [
        ("statue", "prose"),
        ("Turnbull", "references"),
        ("Joseon", "table"),
        ("commander:konishi", "infobox"),
        ("6.2", "prose"),
        ("port", "prose"),
        ("May", "prose"),
        ("لوحة", "prose"),
        ("هانجو", "links"),
        ("القائد:كونيشي", "infobox"),
        ("مايو", "prose"),
    ] {
        let answer = search(&desk, query);
        let hit = &hits(&answer)[0];
        assert_eq!(hit["kind"], kind, "{query}");
    }
    let answer = search(&desk, "statue");
    let hit = &hits(&answer)[0];
    assert_eq!(hit["article"], "enwiki:Siege_of_Busan");
    assert_eq!(hit["title"], "Siege of Busan");
    assert_eq!(hit["url"], "https://en.wikipedia.org/wiki/Siege_of_Busan");
    assert_eq!(hit["lang"], "en");
    assert_eq!(hit["extra"]["categories"], serde_json::json!(["Sieges of the Imjin War"]));
    let line = english_dump().lines().position(|line| line == "* a statue").unwrap() + 1;
    let table = search(&desk, "Joseon");
    assert_eq!(hits(&table)[0]["section"], serde_json::json!(["Legacy"]));
    assert!(hit["line"].as_u64().unwrap() <= line as u64, "{hit}");
    assert!(hits(&search(&desk, "zyzzyva")).is_empty(), "other namespaces are left out");
}

#[test]
fn redirects_are_other_titles_of_their_article() {
    let desk = desk();
    for (query, article, title) in [
        ("Fusan", "enwiki:Siege_of_Busan", "Siege of Busan"),
        ("معركة", "arwiki:حصار_بوسان", "حصار بوسان"),
    ] {
        let answer = search(&desk, query);
        let hit = hits(&answer).iter().find(|hit| hit["kind"] == "redirect").unwrap();
        assert_eq!((&hit["article"], &hit["title"]), (&article.into(), &title.into()));
    }
    assert_eq!(hits(&search(&desk, "Fusan"))[0]["section"], serde_json::json!(["Legacy"]));
    let stats = desk.run(["stats", "--index", "idx", "--format", "json"]).json();
    assert_eq!(stats["articles"], 2);
    // The article itself shows only its text.
    let shown = desk.run(["show", "--index", "idx", "enwiki:Siege_of_Busan"]).exits(0);
    assert!(!shown.out.contains("Fusan"), "{shown:?}");
}

#[test]
fn what_is_damaged_is_named_and_the_rest_is_read() {
    let desk = Desk::empty();
    let broken = english_dump().replacen("<ns>0</ns>", "<ns>0</n>", 1);
    let cut = &broken[..broken.rfind("</page>").unwrap()];
    desk.write("cut.xml", cut);
    let run = desk.run(["index", "cut.xml", "--index", "idx"]).exits(2);
    assert!(run.err.contains("cut.xml:22: the page is not XML"), "{run:?}");
    assert!(run.err.contains("the dump ends within a page"), "{run:?}");
}

/// The pages of a dump in streams of their own, as wikis publish them.
fn multistream(dump: &str) -> Vec<u8> {
    use std::io::Write;
    let mut packed = Vec::new();
    let (head, rest) = dump.split_at(dump.find("  <page>").unwrap());
    let pages = rest.split_inclusive("</page>\n");
    for part in [head].into_iter().chain(pages) {
        let level = bzip2::Compression::best();
        let mut encoder = bzip2::write::BzEncoder::new(&mut packed, level);
        encoder.write_all(part.as_bytes()).unwrap();
        encoder.finish().unwrap();
    }
    packed
}

#[test]
fn dumps_of_many_streams_are_read_like_plain_ones() {
    let plain = desk();
    let packed = Desk::empty();
    packed.write("dumps/arwiki-pages-articles-multistream.xml.bz2", multistream(&arabic_dump()));
    packed.write("dumps/arwiki-pages-articles-multistream-index.txt.bz2", b"BZh9");
    packed.write("dumps/enwiki-pages-articles1.xml-p1p9.bz2", multistream(&english_dump()));
    packed
        .run(["index", "dumps", "--index", "idx"])
        .exits(0)
        .says("2 added")
        .says("1 files of other");
    for query in ["statue", "حصار", "Fusan", "kind:references"] {
        let ids = |desk: &Desk| -> Vec<(String, u64)> {
            let found = search(desk, query);
            let place = |hit: &serde_json::Value| {
                (text(&hit["id"]).to_owned(), hit["line"].as_u64().unwrap())
            };
            hits(&found).iter().map(place).collect()
        };
        assert_eq!(ids(&packed), ids(&plain), "{query}");
    }
}
