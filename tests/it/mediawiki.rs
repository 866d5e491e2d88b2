//! Dumps of wikis.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::PathBuf;

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
        .says("1 file of other");
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

/// The real dumps, which are no part of the project; none where they are not there.
fn real_dumps() -> Option<Vec<PathBuf>> {
    let folder = repository().join("../shared/dumps");
    let Ok(entries) = fs::read_dir(&folder) else {
        skip(&format!("no dumps in {}", folder.display()));
        return None;
    };
    Some(entries.map(|entry| entry.unwrap().path()).collect())
}

/// What is shown of every article, by its title.
fn shown(desk: &Desk, articles: impl Iterator<Item = String>) -> BTreeMap<String, String> {
    let show = |title: String| {
        let ids = ["enwiki:", ""].map(|wiki| format!("{wiki}{}", title.replace(' ', "_")));
        let run = ids.map(|id| desk.run(["show", "--index", "idx", "--format", "json", &id]));
        let found = run.into_iter().find(|run| run.code == Some(0));
        (title, found.unwrap_or_else(|| panic!("not there")).out)
    };
    articles.map(show).collect()
}

/// Takes out what is between two marks, also where they are nested.
fn without(text: &str, open: &str, close: &str) -> String {
    let (mut out, mut depth, mut rest) = (String::new(), 0u32, text);
    while let Some(c) = rest.chars().next() {
        if rest.starts_with(open) {
            depth += 1;
            rest = &rest[open.len()..];
        } else if depth > 0 && rest.starts_with(close) {
            depth -= 1;
            out.push(' ');
            rest = &rest[close.len()..];
        } else {
            if depth == 0 {
                out.push(c);
            }
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

/// The words of a page's source that stand outside of templates, tables and tags, of links those
/// that are shown.
fn plain_words(source: &str) -> Vec<String> {
    let mut text = without(source, "<!--", "-->");
    for (open, close) in [("{{", "}}"), ("{|", "|}")] {
        text = without(&text, open, close);
    }
    for tag in ["gallery", "math", "timeline", "imagemap", "pre"] {
        text = without(&text, &format!("<{tag}"), &format!("</{tag}>"));
    }
    let text = without(&without(&text, "<", ">"), "&", ";").replace("''", "");
    let mut words = Vec::new();
    for line in text.lines() {
        let link = |prefix: &str| line.to_lowercase().contains(prefix);
        if link("[[file:") || link("[[image:") || link("[[category:") || link("//") {
            continue;
        }
        // `[[target|label]]` shows its label.
        let mut rest = line;
        while let Some((before, link)) = rest.split_once("[[") {
            words.extend(before.split(|c: char| !c.is_alphanumeric()));
            let (inner, after) = link.split_once("]]").unwrap_or((link, ""));
            let label = inner.rsplit('|').next().unwrap_or_default();
            words.extend(label.split(|c: char| !c.is_alphanumeric()));
            rest = after;
        }
        words.extend(rest.split(|c: char| !c.is_alphanumeric()));
    }
    words.iter().filter(|word| !word.is_empty()).map(|word| word.to_lowercase()).collect()
}

#[test]
fn no_word_of_a_real_dump_is_lost() {
    let Some(dumps) = real_dumps() else { return };
    let desk = Desk::empty();
    let paths = dumps.iter().map(|path| path.to_str().unwrap().to_owned());
    let args =
        ["index".to_owned()].into_iter().chain(paths).chain(["--index".into(), "idx".into()]);
    desk.run(args).exits(0).says("111 articles");
    let unescape = |text: &str| {
        let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
        text.replace("&amp;", "&")
    };
    let mut sources = BTreeMap::new();
    for dump in &dumps {
        let mut xml = String::new();
        let file = fs::File::open(dump).unwrap();
        bzip2::read::MultiBzDecoder::new(file).read_to_string(&mut xml).unwrap();
        for page in xml.split("<page>").skip(1) {
            let between = |open: &str, close: &str| {
                let inner = page.split_once(open)?.1.split_once(close)?.0;
                Some(unescape(inner))
            };
            let text = between("<text xml:space=\"preserve\">", "</text>").unwrap_or_default();
            if !page.contains("<redirect") && between("<ns>", "</ns>").as_deref() == Some("0") {
                sources.insert(between("<title>", "</title>").unwrap(), text);
            }
        }
    }
    let shown = shown(&desk, sources.keys().cloned());
    let (mut all, mut lost) = (0, Vec::new());
    for (title, source) in &sources {
        let text = shown[title].to_lowercase();
        for word in plain_words(source) {
            all += 1;
            if !text.contains(&word) {
                lost.push(format!("{word} of {title}"));
            }
        }
    }
    assert!(all > 300_000, "{all} words");
    // What is left are pieces of markup that this test takes for words.
    assert!(lost.len() < all / 5000, "{} of {all} words are lost: {:?}", lost.len(), &lost[..30]);
    for (title, part) in [
        ("Autism", "Repetitively stacking or lining up objects is associated with autism."),
        ("Achilles", "Ἀχιλλεύς, Akhilleus"),
        ("Andre Agassi", "\"birth date\",\"29 April 1970\""),
        ("Albert Einstein", "18 April 1955 (aged 76)"),
        ("Atlantic Ocean", "106,400,000 km2 (41,080,000 sqmi)"),
        ("Academy Awards", "References"),
        ("Abraham Lincoln", "Lincoln in 1863 at the age of 54"),
        ("Academy Award for Best Production Design", "Most Awards | Cedric Gibbons | 11 awards"),
        ("Alabama", "As of 2010, English 95.1%, Spanish 3.1%"),
        ("Apollo 11", "8 days, 3 hours, 18 minutes, 35 seconds"),
        ("Aruba", "Papiamento"),
        ("Anarchism", "ἀναρχία"),
        ("Afghanistan", "33°N 65°E"),
    ] {
        assert!(shown[title].contains(part), "{title} does not show {part}");
    }
}
