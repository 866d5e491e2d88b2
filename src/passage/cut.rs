//! The cutter: blocks of one article in, passages out.
//!
//! What always holds: a passage lies inside one section and is of one kind; passages do not
//! overlap in the source; every word of every block, heading or title is in some passage's text,
//! hidden words, section path or title; nothing depends on how a long paragraph was handed over.

use super::build::{Built, Entry, append, clean_heading};
use super::clean::Cleaned;
use super::run::{Part, Run};
use super::section::section_kind;
use super::split::Aim;
use crate::model::{ArticleHead, Block, Kind, Lang, NO_ORDINAL, Passage, Place};

/// Paragraphs shorter than this join their neighbours; all sizes in characters.
const SHORT: usize = 250;
/// Joined paragraphs are at most this long together.
const JOINED: usize = 1200;
/// Longer paragraphs are split.
const LONGEST: usize = 1600;
/// A paragraph that is still growing is cut when it holds this much.
const SHED: usize = 2400;
/// Lists, tables and references are cut between entries beyond this length.
const LIST: usize = 2000;
/// An infobox is cut between entries beyond this length.
const INFOBOX: usize = 4000;
/// Bytes after which even an article that is kept whole is cut.
const WHOLE: usize = 64 << 20;
/// Bytes of further fields up to which every passage of an article carries them; larger ones are
/// kept by the first passage only.
const LIGHT_EXTRA: usize = 16 << 10;

/// Cuts one article while it is read.
pub struct Cutter {
    head: ArticleHead,
    title: Option<String>,
    title_place: Place,
    /// Set for a record, whose passages all stand where the record stands.
    record: Option<Place>,
    heavy_extra: bool,
    /// What is read is stated to be in.
    lang: Option<Lang>,
    /// From the outermost to the innermost.
    section: Vec<Section>,
    /// Headings under which nothing stood, and that await their own passage.
    empty: Option<EmptySections>,
    run: Option<Run>,
    built: Built,
    /// Words that cleaning took out of a title or heading; they go to the next passage.
    stray: String,
    ordinal: u32,
}

struct Section {
    level: u8,
    text: String,
    place: Place,
    /// Whether a passage stands in this section, so that its heading is found by it.
    used: bool,
}

struct EmptySections {
    parents: Vec<String>,
    kind: Kind,
    text: String,
    place: Place,
}

impl Cutter {
    /// Starts an article. A head whose span is not empty is that of a record (JSON Lines): its
    /// passages all get the head's place instead of places of their own.
    pub fn new(head: ArticleHead) -> Cutter {
        let mut stray = String::new();
        let title = head.title.as_deref().map(|title| {
            let cleaned = clean_heading(title);
            append(&mut stray, " ", &cleaned.hidden);
            cleaned.text
        });
        let record = (head.place.span.start < head.place.span.end).then_some(head.place);
        let heavy_extra = !head.extra.is_empty()
            && serde_json::to_string(&head.extra).is_ok_and(|json| json.len() > LIGHT_EXTRA);
        Cutter {
            title: title.filter(|title| !title.is_empty()),
            title_place: head.place,
            record,
            heavy_extra,
            lang: head.lang.clone(),
            section: Vec::new(),
            empty: None,
            run: None,
            built: Built::default(),
            stray,
            ordinal: 0,
            head,
        }
    }

    /// Takes the next block and hands out the passages that are finished by it.
    pub fn push(&mut self, block: Block, out: &mut dyn FnMut(Passage)) {
        match block {
            Block::Title { text, place } => self.push_title(&text, place, out),
            Block::Heading { level, text, place } => self.push_heading(level, &text, place, out),
            Block::Paragraph { kind, text, place, continues } => match &mut self.run {
                Some(run) if continues => {
                    run.push(&flow(text, self.head.whole), place);
                    self.shed(out);
                }
                _ => self.begin_run(kind, None, &text, place, out),
            },
            Block::Field { key, value, place } => {
                self.begin_run(Kind::Infobox, Some(key), &value, place, out);
            }
            Block::Language { lang } => {
                let lang = lang.or_else(|| self.head.lang.clone());
                if lang != self.lang && !self.head.whole {
                    self.close_run(out);
                    self.flush(out);
                    self.lang = lang;
                }
            }
            Block::Passage(passage) => {
                self.close_run(out);
                self.flush(out);
                self.ordinal = self.ordinal.saturating_add(1);
                out(*passage);
            }
            Block::Marker { .. } => {
                self.close_run(out);
                if !self.head.whole {
                    self.flush(out);
                }
            }
        }
    }

    /// Ends the article. An article that has only a title gives one passage with the title as its
    /// text; an empty one gives none.
    pub fn finish(mut self, out: &mut dyn FnMut(Passage)) {
        self.close_run(out);
        self.flush(out);
        self.leave_sections(0, out);
        self.flush_empty(out);
        if self.ordinal == 0
            && let Some(title) = self.title.clone()
        {
            let place = self.title_place;
            self.emit(Vec::new(), Kind::Prose, title, place, out);
        }
    }

    fn push_title(&mut self, text: &str, place: Place, out: &mut dyn FnMut(Passage)) {
        self.close_run(out);
        let Cleaned { text: shown, hidden } = clean_heading(text);
        match &self.title {
            None => {
                append(&mut self.stray, " ", &hidden);
                self.title_place = place;
                self.title = Some(shown).filter(|title| !title.is_empty());
            }
            Some(title) if *title == shown => append(&mut self.stray, " ", &hidden),
            Some(_) => self.push_heading(1, text, place, out),
        }
    }

    fn push_heading(&mut self, level: u8, text: &str, place: Place, out: &mut dyn FnMut(Passage)) {
        if self.head.whole {
            return self.begin_run(Kind::Prose, None, text, place, out);
        }
        self.close_run(out);
        self.flush(out);
        self.leave_sections(level, out);
        let Cleaned { text, hidden } = clean_heading(text);
        append(&mut self.stray, " ", &hidden);
        self.section.push(Section { level, text, place, used: false });
    }

    /// Leaves the sections of this level and deeper ones. A heading under which no passage stood
    /// becomes a passage, so that its words are found.
    fn leave_sections(&mut self, level: u8, out: &mut dyn FnMut(Passage)) {
        while self.section.last().is_some_and(|section| section.level >= level) {
            let Some(section) = self.section.pop() else {
                return;
            };
            if section.used || section.text.is_empty() {
                continue;
            }
            let parents = self.section_path();
            for parent in &mut self.section {
                parent.used = true;
            }
            let kind = section_kind(&section.text).unwrap_or_default();
            match &mut self.empty {
                Some(empty)
                    if empty.parents == parents
                        && empty.kind == kind
                        && empty.text.len() < JOINED =>
                {
                    append(&mut empty.text, "\n", &section.text);
                    empty.place.span = empty.place.span.cover(section.place.span);
                }
                _ => {
                    self.flush_empty(out);
                    self.empty = Some(EmptySections {
                        parents,
                        kind,
                        text: section.text,
                        place: section.place,
                    });
                }
            }
        }
    }

    fn begin_run(
        &mut self,
        kind: Kind,
        key: Option<String>,
        text: &str,
        place: Place,
        out: &mut dyn FnMut(Passage),
    ) {
        self.close_run(out);
        let kind = if self.head.whole { Kind::Prose } else { kind };
        let text = flow(text.to_owned(), self.head.whole);
        self.run = Some(Run::new(kind, key, &text, place));
        self.shed(out);
    }

    /// Takes parts off a paragraph that has grown long.
    fn shed(&mut self, out: &mut dyn FnMut(Passage)) {
        let aim = Aim { least: LONGEST / 4, ideal: JOINED - 200, most: LONGEST };
        let Some(mut run) = self.run.take() else {
            return;
        };
        if self.head.whole {
            if run.bytes() > WHOLE {
                let part = run.take_rest();
                self.add(&run, part, out);
                self.flush(out);
            }
        } else {
            while run.chars() > run.patience.max(SHED) {
                match run.take_part(aim) {
                    Some(part) => self.add(&run, part, out),
                    // Looking again only after some more keeps the work linear.
                    None => run.patience = run.chars() + SHED,
                }
            }
        }
        self.run = Some(run);
    }

    fn close_run(&mut self, out: &mut dyn FnMut(Passage)) {
        let Some(mut run) = self.run.take() else {
            return;
        };
        while !self.head.whole && run.chars() > LONGEST {
            // Halves of like length, rather than a full part and a scrap.
            let ideal = if run.chars() > SHED { JOINED } else { run.chars() / 2 };
            let aim = Aim { least: LONGEST / 4, ideal, most: LONGEST };
            match run.take_part(aim) {
                Some(part) => self.add(&run, part, out),
                None => break,
            }
        }
        let rest = run.take_rest();
        self.add(&run, rest, out);
    }

    /// Adds a paragraph, or a part of one, to the passage under construction or to a new one.
    fn add(&mut self, run: &Run, part: Part, out: &mut dyn FnMut(Passage)) {
        let entry = Entry::new(run, part);
        let chars = entry.text.chars().count();
        let built = &self.built;
        // Hidden words count as well, or a list of empty entries would grow without end.
        let together = built.chars + chars + built.hidden.len();
        let fits = if self.head.whole {
            built.text.len() + entry.text.len() <= WHOLE
        } else {
            match run.kind {
                Kind::Prose => together <= JOINED && (built.chars < SHORT || chars < SHORT),
                Kind::Infobox => together <= INFOBOX,
                Kind::Links | Kind::Table | Kind::References | Kind::Redirect => together <= LIST,
            }
        };
        // What shows nothing must not be left alone: it would be no passage.
        let joins = built.kind == run.kind && (fits || built.shows_nothing());
        if built.begun && !joins {
            self.flush(out);
        }
        self.built.add(run.kind, entry);
    }

    fn flush(&mut self, out: &mut dyn FnMut(Passage)) {
        let mut built = std::mem::take(&mut self.built);
        let text = built.take_text();
        if text.is_empty() {
            return;
        }
        self.flush_empty(out);
        for section in &mut self.section {
            section.used = true;
        }
        append(&mut self.stray, " ", &built.hidden);
        let mut passage = self.passage(self.section_path(), built.kind, text, built.place);
        passage.fields = built.fields;
        out(passage);
    }

    fn flush_empty(&mut self, out: &mut dyn FnMut(Passage)) {
        if let Some(empty) = self.empty.take() {
            self.emit(empty.parents, empty.kind, empty.text, empty.place, out);
        }
    }

    fn emit(
        &mut self,
        section: Vec<String>,
        kind: Kind,
        text: String,
        place: Place,
        out: &mut dyn FnMut(Passage),
    ) {
        let passage = self.passage(section, kind, text, place);
        out(passage);
    }

    /// The next passage of the article, with all that it has from the article.
    fn passage(&mut self, section: Vec<String>, kind: Kind, text: String, place: Place) -> Passage {
        let ordinal = match self.head.alias {
            Some(_) => NO_ORDINAL,
            None => self.ordinal,
        };
        self.ordinal = self.ordinal.saturating_add(1);
        let id = if let Some(alias) = &self.head.alias {
            alias.clone()
        } else if self.head.whole && ordinal == 0 {
            self.head.id.clone()
        } else {
            format!("{}#{ordinal}", self.head.id)
        };
        let extra = if self.heavy_extra && ordinal > 0 {
            serde_json::Map::new()
        } else {
            self.head.extra.clone()
        };
        Passage {
            id,
            article: self.head.id.clone(),
            title: self.title.clone(),
            section,
            kind,
            lang: self.lang.clone(),
            ordinal,
            place: self.record.unwrap_or(place),
            text,
            hidden: std::mem::take(&mut self.stray),
            fields: Vec::new(),
            url: self.head.url.clone(),
            extra,
            ..Passage::default()
        }
    }

    fn section_path(&self) -> Vec<String> {
        self.section
            .iter()
            .map(|section| section.text.clone())
            .filter(|text| !text.is_empty())
            .collect()
    }
}

/// A paragraph's line breaks are those of the source's width: they become spaces, byte for byte,
/// unless the article is kept whole.
fn flow(text: String, whole: bool) -> String {
    if whole || !text.contains('\n') { text } else { text.replace('\n', " ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ByteSpan, Lang};
    use proptest::prelude::*;

    /// Blocks at made-up places: each stands behind the one before it.
    #[derive(Default)]
    struct Article {
        blocks: Vec<Block>,
        end: u64,
    }

    impl Article {
        fn place(&mut self, text: &str) -> Place {
            let start = self.end;
            self.end += text.len() as u64;
            Place { line: self.blocks.len() as u64 + 1, span: ByteSpan::new(start, self.end) }
        }

        fn title(mut self, text: &str) -> Article {
            let place = self.place(text);
            let text = text.to_owned();
            self.blocks.push(Block::Title { text, place });
            self
        }

        fn heading(mut self, level: u8, text: &str) -> Article {
            let place = self.place(text);
            let text = text.to_owned();
            self.blocks.push(Block::Heading { level, text, place });
            self
        }

        fn paragraph(self, text: &str) -> Article {
            self.block(Kind::Prose, text, false)
        }

        fn block(mut self, kind: Kind, text: &str, continues: bool) -> Article {
            let place = self.place(text);
            self.blocks.push(Block::Paragraph { kind, text: text.to_owned(), place, continues });
            self
        }

        fn field(mut self, key: &str, value: &str) -> Article {
            let place = self.place(value);
            self.blocks.push(Block::Field { key: key.to_owned(), value: value.to_owned(), place });
            self
        }

        fn marker(mut self) -> Article {
            let place = self.place("-");
            self.blocks.push(Block::Marker { place });
            self
        }

        fn cut(self) -> Vec<Passage> {
            self.cut_with(head())
        }

        fn cut_with(self, head: ArticleHead) -> Vec<Passage> {
            let mut passages = Vec::new();
            let mut cutter = Cutter::new(head);
            for block in self.blocks {
                cutter.push(block, &mut |passage| passages.push(passage));
            }
            cutter.finish(&mut |passage| passages.push(passage));
            passages
        }
    }

    fn head() -> ArticleHead {
        ArticleHead { id: "a.txt".to_owned(), lang: Some(Lang::ENGLISH), ..ArticleHead::default() }
    }

    fn texts(passages: &[Passage]) -> Vec<&str> {
        passages.iter().map(|passage| passage.text.as_str()).collect()
    }

    /// Sentences of about that many characters together.
    fn prose(chars: usize) -> String {
        "The siege went on for days. ".repeat(chars / 28)
    }

    #[test]
    fn short_neighbours_of_a_section_join() {
        let passages = Article::default()
            .paragraph("It began.")
            .paragraph("It went on.")
            .heading(2, "Aftermath")
            .paragraph("It ended.")
            .cut();
        assert_eq!(texts(&passages), ["It began.\nIt went on.", "It ended."]);
        assert_eq!(passages[1].section, ["Aftermath"]);
        assert_eq!(passages[1].id, "a.txt#1");
        assert_eq!(passages[0].place.span, ByteSpan::new(0, 20));
        assert_eq!(passages[0].lang, Some(Lang::ENGLISH));
    }

    #[test]
    fn paragraphs_that_stand_alone_do_not_join() {
        let long = prose(600);
        let passages = Article::default().paragraph(&long).paragraph(&long).cut();
        assert_eq!(passages.len(), 2);
        let passages = Article::default().paragraph(&prose(1150)).paragraph(&prose(200)).cut();
        assert_eq!(passages.len(), 2);
    }

    #[test]
    fn kinds_and_markers_part_passages() {
        let passages = Article::default()
            .paragraph("one")
            .block(Kind::Table, "| two |", false)
            .block(Kind::Table, "|---|", false)
            .block(Kind::Table, "| three || four |", false)
            .paragraph("five")
            .marker()
            .paragraph("six")
            .cut();
        assert_eq!(texts(&passages), ["one", "two\nthree | four", "five", "six"]);
        assert_eq!(passages[1].kind, Kind::Table);
    }

    #[test]
    fn long_paragraphs_are_split_at_sentences() {
        let long = prose(3500);
        let passages = Article::default().paragraph(&long).cut();
        assert!(passages.len() >= 3);
        let mut end = 0;
        for passage in &passages {
            let chars = passage.text.chars().count();
            assert!((400..=1600).contains(&chars), "{chars}");
            assert!(passage.text.ends_with("days."));
            assert_eq!(passage.place.span.start, end);
            end = passage.place.span.end;
        }
        assert_eq!(end, long.len() as u64);
        assert_eq!(texts(&passages).join(" "), long.trim_end());
    }

    #[test]
    fn fields_make_one_infobox() {
        let passages = Article::default()
            .field("Place", "20px Busan")
            .field("Campaign", "|")
            .field("", "no key")
            .field("Strength", " , ")
            .cut();
        assert_eq!(texts(&passages), ["Place: Busan\nno key\nStrength: ,"]);
        assert_eq!(passages[0].hidden, "20px Campaign");
        let field = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(passages[0].fields, [field("Place", "Busan"), field("Strength", ",")]);
        let empty = Article::default().field("Campaign", "|").cut();
        assert_eq!(texts(&empty), ["Campaign: |"]);
    }

    #[test]
    fn huge_infoboxes_and_fields_are_split() {
        let mut article = Article::default();
        for _ in 0..300 {
            article = article.field("Commander", "Konishi Yukinaga");
        }
        let passages = article.field("Notes", &prose(5000)).cut();
        assert!(passages.len() >= 3);
        assert!(passages.iter().all(
            |passage| passage.kind == Kind::Infobox && passage.text.chars().count() <= INFOBOX
        ));
        let notes =
            passages.iter().flat_map(|passage| &passage.fields).filter(|(key, _)| key == "Notes");
        assert!(notes.count() >= 3);
    }

    #[test]
    fn section_paths_hold_the_headings_around() {
        let passages = Article::default()
            .title("Siege ()")
            .heading(2, "Battle")
            .heading(3, "20px  Navy")
            .paragraph("ships")
            .heading(3, "Army")
            .paragraph("men")
            .heading(2, "Legacy")
            .paragraph("statue")
            .cut();
        let paths: Vec<String> = passages.iter().map(|passage| passage.section.join("/")).collect();
        assert_eq!(paths, ["Battle/Navy", "Battle/Army", "Legacy"]);
        assert_eq!(passages[0].hidden, "20px");
        assert!(passages.iter().all(|passage| passage.title.as_deref() == Some("Siege")));
    }

    #[test]
    fn empty_sections_become_passages_of_their_headings() {
        let passages = Article::default()
            .heading(2, "Battle")
            .heading(3, "Navy")
            .heading(3, "Army")
            .heading(2, "Legacy")
            .paragraph("statue")
            .heading(2, "References")
            .cut();
        assert_eq!(texts(&passages), ["Navy\nArmy", "statue", "References"]);
        assert_eq!(passages[0].section, ["Battle"]);
        assert_eq!(passages[0].place.span, ByteSpan::new(6, 14));
        assert_eq!(passages[2].kind, Kind::References);
        assert_eq!(passages[2].ordinal, 2);
    }

    #[test]
    fn an_article_of_a_title_only_is_its_title() {
        let passages = Article::default().title("Siege of Busanjin").cut();
        assert_eq!(texts(&passages), ["Siege of Busanjin"]);
        let named = ArticleHead { title: Some("20px Siege".to_owned()), whole: true, ..head() };
        let passages = Article::default().cut_with(named);
        assert_eq!((passages[0].text.as_str(), passages[0].hidden.as_str()), ("Siege", "20px"));
        assert_eq!(passages[0].id, "a.txt");
        assert!(Article::default().cut().is_empty());
        assert!(Article::default().marker().paragraph(" \u{0}").cut().is_empty());
    }

    #[test]
    fn another_title_is_a_heading() {
        let named = ArticleHead { title: Some("Siege".to_owned()), ..head() };
        let passages = Article::default()
            .title("Siege")
            .paragraph("one")
            .title("Other")
            .paragraph("two")
            .cut_with(named);
        assert_eq!(passages[0].section, [] as [&str; 0]);
        assert_eq!(passages[1].section, ["Other"]);
    }

    #[test]
    fn records_give_their_own_place_and_their_fields() {
        let place = Place { line: 7, span: ByteSpan::new(50, 9000) };
        let mut record =
            ArticleHead { place, url: Some("https://example.org/".to_owned()), ..head() };
        record.extra.insert("year".to_owned(), 1592.into());
        let passages = Article::default().paragraph(&prose(3000)).cut_with(record.clone());
        assert!(passages.len() > 1);
        for passage in passages {
            assert_eq!(passage.place, place);
            assert_eq!(passage.extra["year"], 1592);
            assert_eq!(passage.url, record.url);
        }
        record.extra.insert("more".to_owned(), prose(20_000).into());
        let passages = Article::default().paragraph(&prose(3000)).cut_with(record);
        assert_eq!(passages[0].extra.len(), 2);
        assert!(passages[1].extra.is_empty());
    }

    #[test]
    fn whole_articles_are_one_passage() {
        let passages = Article::default()
            .title("Siege")
            .field("Place", "Busan")
            .heading(2, "Battle")
            .block(Kind::Prose, "One\n\ntwo.", false)
            .block(Kind::Prose, "\nthree", true)
            .marker()
            .block(Kind::Links, "Imjin War", false)
            .cut_with(ArticleHead { whole: true, ..head() });
        assert_eq!(texts(&passages), ["Place: Busan\nBattle\nOne\n\ntwo.\nthree\nImjin War"]);
        assert_eq!(passages[0].id, "a.txt");
        assert_eq!((passages[0].kind, passages[0].fields.len()), (Kind::Prose, 1));
    }

    /// What a part of an article is, and how many words it has.
    #[derive(Clone, Debug)]
    enum Shape {
        Heading(u8),
        Paragraph(Kind, bool),
        Field,
        Marker,
    }

    fn shapes() -> impl Strategy<Value = Vec<(Shape, Vec<u8>)>> {
        let kind = prop_oneof![
            6 => Just(Kind::Prose),
            1 => Just(Kind::Links),
            1 => Just(Kind::Table),
            1 => Just(Kind::References)
        ];
        let shape = prop_oneof![
            2 => (1u8..7).prop_map(Shape::Heading),
            8 => (kind, any::<bool>()).prop_map(|(kind, goes_on)| Shape::Paragraph(kind, goes_on)),
            1 => Just(Shape::Field),
            1 => Just(Shape::Marker),
        ];
        // Of a word its length; few paragraphs are long.
        let lengths = prop_oneof![
            9 => proptest::collection::vec(1u8..12, 1..20),
            1 => proptest::collection::vec(1u8..12, 1..900),
        ];
        proptest::collection::vec((shape, lengths), 0..30)
    }

    fn are_in_order(passages: &[Passage]) {
        let mut end = 0;
        for (place, passage) in passages.iter().enumerate() {
            assert_eq!(passage.id, format!("a.txt#{place}"));
            assert_eq!(passage.ordinal as usize, place);
            assert!(!passage.text.trim().is_empty(), "{passage:?}");
            assert!(passage.place.span.start >= end, "{:?} before {end}", passage.place);
            end = passage.place.span.end;
        }
    }

    proptest! {
        #[test]
        fn it_does_not_matter_how_a_paragraph_is_handed_over(
            words in proptest::collection::vec("[a-zA-Zé]{1,9}[.,]?", 1..900),
            sizes in proptest::collection::vec(1usize..400, 1..20),
        ) {
            let text = words.join(" ");
            let at_once = Article::default().paragraph(&text).cut();
            let mut article = Article::default();
            let mut rest = text.as_str();
            let mut sizes = sizes.iter().cycle();
            while let Some(&size) = sizes.next().filter(|_| !rest.is_empty()) {
                let at = rest.char_indices().nth(size).map_or(rest.len(), |(at, _)| at);
                let continues = rest.len() < text.len();
                article = article.block(Kind::Prose, &rest[..at], continues);
                rest = &rest[at..];
            }
            let in_pieces = article.cut();
            prop_assert_eq!(texts(&at_once), texts(&in_pieces));
            for (one, other) in at_once.iter().zip(&in_pieces) {
                prop_assert_eq!(one.place.span, other.place.span);
            }
        }

        /// No word is lost or doubled, whatever the parts of an article are.
        #[test]
        fn every_word_of_an_article_is_in_one_passage(shapes in shapes()) {
            let mut article = Article::default();
            let (mut words, mut headings) = (Vec::new(), Vec::new());
            let mut number = 0;
            for (shape, lengths) in shapes {
                let mut word = |length: u8| {
                    number += 1;
                    format!("w{number}{}", "é".repeat(length.into()))
                };
                let some: Vec<String> = lengths.into_iter().map(&mut word).collect();
                let text = some.join(" ");
                article = match shape {
                    Shape::Heading(level) => {
                        headings.push(some[0].clone());
                        article.heading(level, &some[0])
                    }
                    Shape::Marker => article.marker(),
                    Shape::Field => {
                        words.extend(some[1..].iter().cloned());
                        article.field("key", &some[1..].join(" "))
                    }
                    Shape::Paragraph(kind, goes_on) => {
                        words.extend(some);
                        // With what goes on, white space stands before it.
                        article.block(kind, &format!(" {text}"), goes_on)
                    }
                };
            }
            let passages = article.cut();
            are_in_order(&passages);
            for passage in &passages {
                let most = if passage.kind == Kind::Infobox { INFOBOX } else { LIST };
                // The last entry of a list may be as long as a paragraph.
                prop_assert!(passage.text.chars().count() <= most + LONGEST + 40);
                prop_assert!(passage.kind != Kind::Prose || passage.text.chars().count() <= LONGEST + 40);
            }
            let shown = || passages.iter().flat_map(|passage| passage.text.split_whitespace());
            let found: Vec<&str> =
                shown().filter(|word| *word != "key:" && !headings.iter().any(|h| h == word)).collect();
            prop_assert_eq!(found, words);
            for heading in &headings {
                let in_path = passages.iter().any(|passage| passage.section.contains(heading));
                prop_assert!(in_path || shown().any(|word| word == heading), "{}", heading);
            }
        }

        #[test]
        fn any_text_gives_bounded_passages_in_order(
            parts in proptest::collection::vec(("\\PC*|[ \n\ta\u{301}\u{64b}]*", 0usize..4, 1usize..300), 0..12),
        ) {
            let mut article = Article::default();
            for (text, shape, times) in parts {
                article = match shape {
                    0 => article.heading(2, &text),
                    1 => article.field(&text, &text),
                    2 => article.block(Kind::Prose, &text.repeat(times), true),
                    _ => article.paragraph(&text.repeat(times)),
                };
            }
            let passages = article.cut();
            are_in_order(&passages);
            for passage in passages {
                prop_assert!(passage.text.chars().count() <= 2 * super::super::split::UNBROKEN + INFOBOX);
            }
        }
    }
}
