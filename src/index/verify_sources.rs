//! Whether an index holds what its sources give: a source that is as it was when it was read is read
//! and cut again, and each passage is compared with the one that is stored.
//!
//! What an article is called, and whether it is in the index at all, depends on what else the index
//! held when it was read. So nothing of that is settled here again: the index says which passages it
//! has of which file, each may be matched once, and in the end none may be left over. Memory is one
//! bit for each passage, and what one article takes.

use std::collections::HashSet;
use std::path::Path;

use super::bits::Bits;
use super::file_sink::root_name;
use super::manifest::{FileEntry, Root};
use super::reader::{Address, OpenIndex};
use super::record::{self, Record};
use super::tally::{Counted, Tally};
use crate::error::{Error, Problem, Result};
use crate::model::{ArticleHead, Block, NO_ORDINAL, Passage, passage_id};
use crate::passage::Cutter;
use crate::source::{Reading, Sink, open_regular, read_source, shown_path};

/// Faults of one file that are named one by one.
const NAMED: usize = 5;

/// What the files compared so far have of the index.
pub(super) struct Comparison<'a> {
    open: &'a OpenIndex,
    /// By segment.
    matched: Vec<Bits>,
    /// Digests of the ids of articles that gave no passage, for the index does not know them.
    silent: HashSet<[u8; 16]>,
}

/// What a file has that its part of the index has not, or the other way round.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Faults {
    /// In words for the user.
    pub named: Vec<String>,
    pub more: u64,
}

impl Faults {
    fn add(&mut self, fault: String) {
        if self.named.len() < NAMED {
            self.named.push(fault);
        } else {
            self.more += 1;
        }
    }
}

/// How the comparison of a file ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Compared {
    With(Faults),
    /// It was read once and now it cannot be.
    Unreadable(Problem),
}

/// A file as the index has it.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub root: &'a Root,
    pub entry: &'a FileEntry,
    /// The term under which its passages are found.
    pub source: &'a str,
    pub path: &'a Path,
}

impl<'a> Comparison<'a> {
    pub fn new(open: &'a OpenIndex) -> Comparison<'a> {
        let segments = open.segments.iter();
        let matched = segments.map(|segment| Bits::empty(segment.max_doc())).collect();
        Comparison { open, matched, silent: HashSet::new() }
    }

    /// Reads a file whose content is what was indexed.
    ///
    /// # Errors
    /// The index cannot be read; [`Error::Interrupted`] where `stopped` says so.
    pub fn compare(
        &mut self,
        known: Known,
        tally: &Tally,
        stopped: &dyn Fn() -> bool,
    ) -> Result<Compared> {
        let Known { root, entry, source, path } = known;
        let shown = shown_path(path);
        let how = Reading {
            relative: &entry.relative,
            shown: &shown,
            format: root.format,
            whole: root.whole,
            columns: &root.columns,
        };
        let held = self.open.doc_freq(self.open.fields.source, source)?;
        let mut reread = Reread {
            comparison: self,
            known,
            stopped,
            root_name: root_name(&root.path),
            derived_ids: !root.format.resolve(&entry.relative).has_records(),
            begun: 0,
            is_done: false,
            article: None,
            matched: 0,
            faults: Faults::default(),
        };
        let read = open_regular(path)
            .and_then(|file| read_source(&mut Counted::new(file, tally), &how, &mut reread));
        match read {
            Ok(()) => reread.end_article()?,
            Err(Error::Interrupted) if reread.is_done => {}
            // A file that cannot be used gives nothing, whatever came before that was seen.
            Err(Error::Problem(_)) if held == 0 => return Ok(Compared::With(Faults::default())),
            Err(Error::Problem(problem)) => return Ok(Compared::Unreadable(problem)),
            Err(error) => return Err(error),
        }
        let Reread { mut faults, matched, .. } = reread;
        if let Some(more @ 1..) = held.checked_sub(matched) {
            faults.add(format!("{more} passages of {shown} do not come from it"));
        }
        Ok(Compared::With(faults))
    }

    fn is_matched(&self, address: Address) -> bool {
        let of_segment = self.matched.get(address.segment as usize);
        of_segment.is_some_and(|matched| matched.contains(address.doc))
    }

    fn mark(&mut self, address: Address) {
        if let Some(matched) = self.matched.get_mut(address.segment as usize) {
            matched.insert(address.doc);
        }
    }
}

/// What the index has of an article that a file gives.
enum Holding {
    /// Its passages, ascending.
    Own(Vec<Address>),
    /// Another article has its id.
    Taken,
    Nothing,
}

/// An article that is being compared.
struct Current {
    id: String,
    cutter: Cutter,
    /// Its passages in the index, ascending, and which of them is likely to come next.
    own: Vec<Address>,
    next: usize,
    gave_passages: bool,
}

/// Takes what a file gives.
struct Reread<'c, 'a, 'k> {
    comparison: &'c mut Comparison<'a>,
    known: Known<'k>,
    stopped: &'k dyn Fn() -> bool,
    root_name: String,
    derived_ids: bool,
    /// Articles that have begun.
    begun: u64,
    /// All that was read of a file that was read in part is compared.
    is_done: bool,
    /// None while what is read is not in the index, and for a reason.
    article: Option<Current>,
    /// How many passages were found.
    matched: u64,
    faults: Faults,
}

impl Reread<'_, '_, '_> {
    /// The passages of the file among those with a term.
    fn own(&self, field: tantivy::schema::Field, term: &str) -> Result<Vec<Address>> {
        let open = self.comparison.open;
        let mut own = Vec::new();
        for address in open.find(field, term)? {
            if open.holds(open.fields.source, self.known.source, address)? {
                own.push(address);
            }
        }
        Ok(own)
    }

    /// What the index has of the article with this id, or of another title with it.
    fn holding(&self, id: &str, is_alias: bool) -> Result<Holding> {
        let open = self.comparison.open;
        let field = if is_alias { open.fields.id } else { open.fields.article };
        let mut own = self.own(field, id)?;
        if own.iter().any(|&address| self.comparison.is_matched(address)) {
            for &address in own.iter().filter(|&&address| self.comparison.is_matched(address)) {
                // Other titles of an article may come before it.
                if is_alias || open.record(address)?.head.ordinal != NO_ORDINAL {
                    return Ok(Holding::Taken);
                }
            }
            own.retain(|&address| !self.comparison.is_matched(address));
        }
        if !own.is_empty() {
            return Ok(Holding::Own(own));
        }
        let mut is_taken = self.comparison.silent.contains(&digest(id));
        for term in [&passage_id(id, 0), id] {
            is_taken = is_taken || !open.find(open.fields.id, term)?.is_empty();
        }
        Ok(if is_taken && self.known.entry.clashed { Holding::Taken } else { Holding::Nothing })
    }

    fn pass_on(&mut self, step: impl FnOnce(&mut Current, &mut dyn FnMut(Passage))) -> Result<()> {
        let Some(mut current) = self.article.take() else {
            return Ok(());
        };
        let mut passages = Vec::new();
        step(&mut current, &mut |passage| passages.push(passage));
        for passage in passages {
            current.gave_passages = true;
            self.compare(&mut current, passage)?;
        }
        self.article = Some(current);
        Ok(())
    }

    fn end_article(&mut self) -> Result<()> {
        let mut id = String::new();
        self.pass_on(|current, out| {
            id = current.id.clone();
            let cutter =
                std::mem::replace(&mut current.cutter, Cutter::new(ArticleHead::default()));
            cutter.finish(out);
        })?;
        if let Some(current) = self.article.take()
            && !current.gave_passages
        {
            self.comparison.silent.insert(digest(&id));
        }
        Ok(())
    }

    fn compare(&mut self, current: &mut Current, mut passage: Passage) -> Result<()> {
        let Some((address, stored)) = self.locate(current, &passage.id)? else {
            let shown = shown_path(self.known.path);
            self.faults.add(format!("passage {} of {shown} is missing", passage.id));
            return Ok(());
        };
        self.comparison.mark(address);
        self.matched += 1;
        if let (Some(first), None) = (&stored.head.duplicate_of, &passage.file)
            && stored.head.ordinal == 0
            && self.comparison.open.doc_freq(self.comparison.open.fields.article, first)? == 0
        {
            self.faults.add(format!("{first} is missing, which says the same as {}", current.id));
        }
        // Whose duplicate an article is depends on the other files.
        passage.duplicate_of.clone_from(&stored.head.duplicate_of);
        // As it would be stored and read, for not every number comes back from text as it was.
        let bytes = record::encode(&passage, &stored.head.lang, self.file_of(&passage));
        let given = record::decode(&bytes).map_err(|what| self.comparison.open.damaged(what))?;
        if given != stored {
            let shown = shown_path(self.known.path);
            let what = difference(&given, &stored);
            self.faults.add(format!("the {what} of passage {} is not that of {shown}", passage.id));
        }
        Ok(())
    }

    fn file_of<'p>(&'p self, passage: &'p Passage) -> &'p str {
        passage.file.as_deref().unwrap_or(&self.known.entry.relative)
    }

    /// A passage of the article by its id.
    fn locate(&self, current: &mut Current, id: &str) -> Result<Option<(Address, Record)>> {
        let open = self.comparison.open;
        if let Some(&address) = current.own.get(current.next) {
            let record = open.record(address)?;
            if record.head.id == id {
                current.next += 1;
                return Ok(Some((address, record)));
            }
        }
        for address in open.find(open.fields.id, id)? {
            if let Ok(place) = current.own.binary_search(&address)
                && !self.comparison.is_matched(address)
            {
                current.next = place + 1;
                return Ok(Some((address, open.record(address)?)));
            }
        }
        Ok(None)
    }
}

impl Sink for Reread<'_, '_, '_> {
    fn article(&mut self, mut head: ArticleHead) -> Result<()> {
        self.end_article()?;
        if self.known.entry.articles_done == Some(self.begun) {
            self.is_done = true;
            return Err(Error::Interrupted);
        }
        if (self.stopped)() {
            return Err(Error::Interrupted);
        }
        self.begun += 1;
        let is_alias = head.alias.is_some();
        let id = head.alias.clone().unwrap_or_else(|| head.id.clone());
        let mut holding = self.holding(&id, is_alias)?;
        if self.derived_ids && self.known.entry.clashed && !matches!(holding, Holding::Own(_)) {
            let other = format!("{}/{}", self.root_name, head.id);
            let of_other = self.holding(&other, false)?;
            if matches!(of_other, Holding::Own(_)) || matches!(holding, Holding::Taken) {
                head.id = other;
                holding = of_other;
            }
        }
        let own = match holding {
            Holding::Own(own) => own,
            Holding::Nothing => Vec::new(),
            Holding::Taken => return Ok(()),
        };
        let cutter = Cutter::new(head);
        self.article = Some(Current { id, cutter, own, next: 0, gave_passages: false });
        Ok(())
    }

    fn block(&mut self, block: Block) -> Result<()> {
        self.pass_on(|current, out| current.cutter.push(block, out))
    }

    fn problem(&mut self, _problem: Problem) {}
}

fn digest(id: &str) -> [u8; 16] {
    let digest = blake3::hash(id.as_bytes());
    *digest.as_bytes().first_chunk().unwrap_or(&[0; 16])
}

/// What of two records differs, in words for the user.
fn difference(a: &Record, b: &Record) -> &'static str {
    let (x, y) = (&a.head, &b.head);
    if a.text != b.text {
        "text"
    } else if x.title != y.title || x.section != y.section {
        "heading"
    } else if x.place != y.place {
        "place"
    } else {
        "description"
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use tantivy::{IndexWriter, Term};

    use super::super::change::{Change, UpdateOptions};
    use super::super::commit::commit;
    use super::super::location::Location;
    use super::super::manifest::Manifest;
    use super::super::report::Unobserved;
    use super::super::state::State;
    use super::super::survey::Source;
    use super::super::update::update;
    use super::super::verify::{Extent, verify, verify_observed};
    use super::*;
    use crate::source::{Columns, Format};

    const RECORDS: &str = "{\"id\":\"r1\",\"text\":\"Rice came by river.\",\"n\":0.1}\n\
                           {\"id\":\"r2\",\"text\":\"وصل الأرز عن طريق النهر.\"}\n";

    struct Bench {
        folder: tempfile::TempDir,
        location: Location,
    }

    impl Bench {
        fn indexed() -> Bench {
            let folder = tempfile::tempdir().unwrap();
            let sources = folder.path().join("s");
            fs::create_dir(&sources).unwrap();
            fs::write(sources.join("r.jsonl"), RECORDS).unwrap();
            fs::write(sources.join("a.txt"), "== Siege ==\nThe city fell.\n\n== After ==\nRain.\n")
                .unwrap();
            let location = Location::new(folder.path().join("i"));
            let source = Source {
                path: sources,
                spooled: None,
                format: Format::Auto,
                whole: false,
                columns: Columns::default(),
            };
            let change = Change::Add(vec![source]);
            update(&location, change, UpdateOptions::default(), &Unobserved).unwrap();
            Bench { folder, location }
        }

        fn source(&self, name: &str) -> PathBuf {
            self.folder.path().join("s").join(name)
        }

        /// Changes what the index says of its sources, and some of its passages, with all checksums
        /// as they have to be.
        fn edit(&self, deleted: Option<&str>, edit: impl FnOnce(&mut Manifest)) {
            let State { folder, index, mut manifest, .. } =
                State::load(&self.location).unwrap().unwrap();
            edit(&mut manifest);
            let mut writer: IndexWriter = index.writer_with_num_threads(1, 16 << 20).unwrap();
            if let Some(id) = deleted {
                let field = index.schema().get_field("id").unwrap();
                writer.delete_term(Term::from_field_text(field, id));
            }
            commit(&mut writer, &folder, &manifest).unwrap();
        }

        fn faults(&self) -> Vec<String> {
            let by_itself =
                verify_observed(&self.location, Extent::Index, &Unobserved).unwrap().damage;
            assert_eq!(by_itself, [], "the index contradicts itself");
            let found = verify(&self.location).unwrap();
            assert_eq!(found.notes, [""; 0]);
            found.damage.into_iter().map(|damage| damage.what).collect()
        }
    }

    fn entry<'a>(manifest: &'a mut Manifest, name: &str) -> &'a mut FileEntry {
        manifest.files.iter_mut().find(|file| file.relative == name).unwrap()
    }

    #[test]
    fn an_index_of_its_sources_has_no_fault() {
        let bench = Bench::indexed();
        assert_eq!(bench.faults(), [""; 0]);
        assert_eq!(verify(&bench.location).unwrap().sources, 2);
    }

    #[test]
    fn a_passage_is_missed_although_all_checksums_are_right() {
        let bench = Bench::indexed();
        bench.edit(Some("r2#0"), |manifest| {
            let totals = &mut entry(manifest, "r.jsonl").totals;
            totals.passages -= 1;
            totals.articles -= 1;
        });
        let path = bench.source("r.jsonl");
        assert_eq!(bench.faults(), [format!("passage r2#0 of {} is missing", path.display())]);
        bench.edit(Some("a.txt#1"), |manifest| entry(manifest, "a.txt").totals.passages -= 1);
        assert_eq!(bench.faults().len(), 2);
        assert!(bench.faults()[0].starts_with("passage a.txt#1 of "));
    }

    #[test]
    fn what_stands_otherwise_in_the_source_is_named() {
        let bench = Bench::indexed();
        for (name, text, fault) in [
            ("a.txt", "== Siege ==\nThe city held.\n\n== After ==\nRain.\n", "the text of passage"),
            ("a.txt", "== Peace ==\nThe city fell.\n\n== After ==\nRain.\n", "the heading of"),
            ("a.txt", "== Siege ==\n\nThe city fell.\n\n== After ==\nRain.\n", "the place of"),
            ("a.txt", "== Siege ==\nThe city fell.\n", "1 passages of"),
            ("r.jsonl", &RECORDS.replace("0.1", "0.2"), "the description of passage r1#0"),
            ("r.jsonl", &(RECORDS.to_owned() + "{\"id\":\"r3\",\"text\":\"x\"}\n"), "passage r3#0"),
        ] {
            let path = bench.source(name);
            let before = fs::read_to_string(&path).unwrap();
            fs::write(&path, text).unwrap();
            bench.edit(None, |manifest| {
                entry(manifest, name).hash = blake3::hash(text.as_bytes()).to_hex().to_string();
            });
            let faults = bench.faults();
            assert!(faults.iter().any(|found| found.starts_with(fault)), "{fault}: {faults:?}");
            fs::write(&path, &before).unwrap();
            bench.edit(None, |manifest| {
                entry(manifest, name).hash = blake3::hash(before.as_bytes()).to_hex().to_string();
            });
        }
        assert_eq!(bench.faults(), [""; 0]);
    }

    #[test]
    fn many_faults_are_counted() {
        let bench = Bench::indexed();
        let text: String =
            (0..20).map(|n| format!("{{\"id\":\"n{n}\",\"text\":\"x\"}}\n")).collect();
        fs::write(bench.source("r.jsonl"), &text).unwrap();
        bench.edit(None, |manifest| {
            entry(manifest, "r.jsonl").hash = blake3::hash(text.as_bytes()).to_hex().to_string();
        });
        let faults = bench.faults();
        assert_eq!(faults.len(), NAMED + 1);
        assert!(faults[NAMED].starts_with("… and 16 more of "), "{faults:?}");
    }
}
