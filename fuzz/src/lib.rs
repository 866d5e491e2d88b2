//! What the targets share: reading a source as a run of the index does, and what has to hold of
//! everything that comes of it.

use std::io::Cursor;
use std::path::Path;

use warraq::analysis::Analyzer;
use warraq::dates::find_dates;
use warraq::error::{Problem, Result};
use warraq::index::{Change, Location, OpenIndex, Source, Unobserved, UpdateOptions, update};
use warraq::lang::identify_language;
use warraq::model::{ArticleHead, Block, Passage};
use warraq::passage::Cutter;
use warraq::source::{Columns, Format, Reading, Sink, read_source};

/// Indexes a file or folder.
pub fn build(source: &Path, index: &Path) -> Location {
    let location = Location::new(index);
    let source = Source {
        path: source.to_owned(),
        spooled: None,
        format: Format::Auto,
        whole: false,
        columns: Columns::default(),
    };
    let options = UpdateOptions { threads: 1, ..UpdateOptions::default() };
    let report = update(&location, Change::Add(vec![source]), options, &Unobserved);
    assert!(report.expect("it can be indexed").totals.passages > 0);
    location
}

/// An index that is known to be whole.
pub fn opened(location: &Location) -> OpenIndex {
    OpenIndex::open_to_search(location).expect("the index is whole")
}

/// Reads a file of this name and content, cuts its articles and analyses the passages.
pub fn read(bytes: &[u8], name: &str, format: Format, whole: bool, columns: &Columns) {
    let reading = Reading { relative: name, shown: name, format, whole, columns };
    let mut reader = Articles::default();
    // Sources that cannot be used are refused; only how is of interest.
    let _ = read_source(&mut Cursor::new(bytes), &reading, &mut reader);
    reader.finish();
}

#[derive(Default)]
struct Articles {
    cutter: Option<Cutter>,
    passages: Vec<Passage>,
    analyzer: Analyzer,
}

impl Sink for Articles {
    fn article(&mut self, head: ArticleHead) -> Result<()> {
        self.finish();
        assert!(is_id(&head.id), "{:?}", head.id);
        self.cutter = Some(Cutter::new(head));
        Ok(())
    }

    fn block(&mut self, block: Block) -> Result<()> {
        let cutter = self.cutter.as_mut().expect("a block belongs to an article");
        cutter.push(block, &mut |passage| self.passages.push(passage));
        Ok(())
    }

    fn problem(&mut self, problem: Problem) {
        let shown = problem.to_string();
        assert!(!shown.contains(char::is_control) && shown.len() < 2000, "{shown:?}");
    }
}

impl Articles {
    fn finish(&mut self) {
        if let Some(cutter) = self.cutter.take() {
            cutter.finish(&mut |passage| self.passages.push(passage));
        }
        for passage in std::mem::take(&mut self.passages) {
            assert!(is_id(&passage.id), "{:?}", passage.id);
            assert!(!passage.text.trim().is_empty() || !passage.hidden.is_empty(), "{passage:?}");
            identify_language(&passage.text, passage.lang.as_ref());
            let text = &passage.text;
            let mut before = 0;
            for date in find_dates(text) {
                assert!(before <= date.span.start && text.get(date.span.clone()).is_some());
                before = date.span.end;
            }
            let mut before = 0;
            self.analyzer.analyze(text, |word| {
                assert!(before <= word.span.start && text.get(word.span.clone()).is_some());
                before = word.span.start;
            });
        }
    }
}

fn is_id(id: &str) -> bool {
    !id.is_empty() && !id.contains(char::is_whitespace)
}
