//! An open index: one consistent state of it, for as long as it is held.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use tantivy::postings::{BlockSegmentPostings, TermInfo};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::store::StoreReader;
use tantivy::{DocId, DocSet, Index, ReloadPolicy, TERMINATED, Term};

use super::bits::Bits;
use super::directory::IndexDirectory;
use super::failure::{damaged, read_error};
use super::forward::{ForwardPlugin, PassageWords, WordId};
use super::layout::Layout;
use super::location::Location;
use super::manifest::{Manifest, Payload};
use super::mapped::{Mapped, Standing};
use super::newer::refuse_newer;
use super::record::{self, Record};
use super::schema::{DUPLICATE, FORMAT_VERSION, Fields};
use super::segment::Segment;
use super::term_column::TermColumns;
use super::text_words::TextWords;
use crate::error::{Error, Result};
use crate::model::Kind;

/// Stored passages kept decompressed, at the most: whoever asks much asks for many of them again.
const STORE_CACHE_BYTES: usize = 64 << 20;

/// How often an index is opened that others change meanwhile.
const ATTEMPTS: u32 = 10;

/// Where a passage lies: its segment's place in [`OpenIndex::segments`] and its document there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    pub segment: u32,
    pub doc: DocId,
}

/// A term of a field, looked up in all segments.
#[derive(Clone, Debug)]
pub struct IndexTerm {
    of_segments: Vec<Option<TermInfo>>,
    passages: u64,
}

impl IndexTerm {
    /// In how many live passages it occurs.
    pub fn passages(&self) -> u64 {
        self.passages
    }
}

/// See the module.
pub struct OpenIndex {
    folder: PathBuf,
    pub layout: Layout,
    pub fields: Fields,
    pub payload: Payload,
    pub segments: Vec<Segment>,
    mapped: Mapped,
    /// For each segment the passages that are not prose, by kind; made when first asked for.
    kinds: OnceLock<Vec<Vec<(Kind, Bits)>>>,
    /// For each segment the passages of duplicates, if there are any; made when first asked for.
    duplicates: OnceLock<Option<Vec<Bits>>>,
    /// Of each segment; opened when first asked for, so that all threads share what is
    /// decompressed.
    stores: OnceLock<Vec<StoreReader>>,
    pub(super) columns: TermColumns,
    /// Those that no thread uses at the moment.
    text_words: Mutex<Vec<TextWords>>,
}

/// Opens tantivy's index in a generation's folder, with our directory, tokenizers and plugin.
pub(super) fn open_tantivy(folder: &Path) -> Result<Index> {
    let directory = IndexDirectory::open(folder).map_err(|error| read_error(folder, error))?;
    open_tantivy_in(directory, folder)
}

/// The same in a directory that is open.
pub(super) fn open_tantivy_in(directory: IndexDirectory, folder: &Path) -> Result<Index> {
    let mut index = Index::open(directory).map_err(|error| read_error(folder, error))?;
    let layout = Layout::of(index.settings());
    index.register_plugin(Arc::new(ForwardPlugin { layout }));
    Fields::register_tokenizers(&index);
    Ok(index)
}

/// The payload of the last commit; the default, which is never current, where there is none.
pub(super) fn read_payload(index: &Index, folder: &Path) -> Result<Payload> {
    let metas = index.load_metas().map_err(|error| read_error(folder, error))?;
    match metas.payload {
        Some(payload) => serde_json::from_str(&payload)
            .map_err(|error| Error::damaged(folder, format_args!("unknown payload: {error}"))),
        None => Ok(Payload::default()),
    }
}

impl OpenIndex {
    /// Opens the current generation of an index.
    ///
    /// # Errors
    /// [`Error::NoIndex`] where there is none; [`Error::Damaged`] where it cannot be read;
    /// [`Error::Index`] or [`Error::Newer`] where another version of warraq wrote it.
    pub fn open(location: &Location) -> Result<OpenIndex> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let before = location.version();
            let folder =
                location.current()?.ok_or_else(|| Error::NoIndex(location.folder().to_owned()))?;
            match OpenIndex::open_generation(&folder) {
                // A run that has committed meanwhile may have removed what the commit before it had.
                Err(_) if attempts < ATTEMPTS && location.version() != before => {}
                outcome => return outcome,
            }
        }
    }

    /// Opens the current generation for queries, which must be analysed as its passages were.
    ///
    /// # Errors
    /// As [`OpenIndex::open`], and [`Error::Index`] where it was analysed by another version of
    /// warraq.
    pub fn open_to_search(location: &Location) -> Result<OpenIndex> {
        let open = OpenIndex::open(location)?;
        if !open.payload.is_current() {
            return Err(Error::index(
                location.folder(),
                "made by another version of warraq, whose analysis differs: run `warraq index` \
                 with this --index to build it anew",
            ));
        }
        Ok(open)
    }

    fn open_generation(folder: &Path) -> Result<OpenIndex> {
        refuse_newer(folder)?;
        super::seal::check(folder)?;
        let index = open_tantivy(folder)?;
        let payload = read_payload(&index, folder)?;
        if payload.format != FORMAT_VERSION {
            return Err(Error::index(
                folder,
                format_args!(
                    "written in index format {}, this warraq reads {FORMAT_VERSION}: \
                     run `warraq index` to build it anew",
                    payload.format
                ),
            ));
        }
        let (schema, fields) = Fields::build();
        if index.schema() != schema {
            return Err(Error::index(
                folder,
                "another schema: run `warraq index` to build it anew",
            ));
        }
        let failed = |error: tantivy::TantivyError| read_error(folder, error);
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(0)
            .try_into()
            .map_err(failed)?;
        let searcher = reader.searcher();
        let mapped = Mapped::of(folder, searcher.segment_readers());
        let mapped = mapped.map_err(|error| Error::io(folder, error))?;
        let segments = searcher
            .segment_readers()
            .iter()
            .map(|reader| Segment::open(reader.clone()))
            .collect::<tantivy::Result<Vec<_>>>()
            .map_err(failed)?;
        Ok(OpenIndex {
            folder: folder.to_owned(),
            layout: Layout::of(index.settings()),
            fields,
            payload,
            segments,
            mapped,
            kinds: OnceLock::new(),
            duplicates: OnceLock::new(),
            stores: OnceLock::new(),
            columns: TermColumns::default(),
            text_words: Mutex::default(),
        })
    }

    /// Looks whether the files that are open are what they were, without reading them: for those
    /// who keep an index open for long, before each use.
    pub fn standing(&self) -> Standing {
        self.mapped.standing()
    }

    /// The folder of the generation that is open.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// # Errors
    /// The manifest is missing or damaged.
    pub fn manifest(&self) -> Result<Manifest> {
        Manifest::read(&self.folder, &self.payload.manifest)
    }

    /// How many passages are live.
    pub fn passages(&self) -> u64 {
        self.segments.iter().map(|segment| u64::from(segment.live())).sum()
    }

    /// Looks a term up.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn term(&self, field: Field, text: &str) -> Result<IndexTerm> {
        let term = Term::from_field_text(field, text);
        let mut passages = 0;
        let mut of_segments = Vec::with_capacity(self.segments.len());
        for segment in &self.segments {
            let found = segment.term(&term).map_err(|error| self.damaged(error))?;
            if let Some((_, live)) = &found {
                passages += live;
            }
            of_segments.push(found.map(|(info, _)| info));
        }
        Ok(IndexTerm { of_segments, passages })
    }

    /// The postings of a term of `field` in a segment, with frequencies; `None` if it has none.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn block_postings(
        &self,
        field: Field,
        term: &IndexTerm,
        segment: usize,
    ) -> Result<Option<BlockSegmentPostings>> {
        let (Some(Some(info)), Some(segment)) =
            (term.of_segments.get(segment), self.segments.get(segment))
        else {
            return Ok(None);
        };
        let postings = || {
            let inverted = segment.inverted(field)?;
            let option = IndexRecordOption::WithFreqs;
            Ok::<_, tantivy::TantivyError>(
                inverted.read_block_postings_from_terminfo(info, option)?,
            )
        };
        postings().map(Some).map_err(|error| self.damaged(error))
    }

    /// In how many live passages a term occurs.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn doc_freq(&self, field: Field, term: &str) -> Result<u64> {
        Ok(self.term(field, term)?.passages)
    }

    /// In how many live passages a folded form occurs.
    pub fn form_freq(&self, form: &str) -> u64 {
        let of_segment = |(place, segment): (u32, &Segment)| {
            let id = segment.forward.vocabulary().id(form);
            id.map_or(0, |id| u64::from(self.form_freq_in(place, id)))
        };
        (0..).zip(&self.segments).map(of_segment).sum()
    }

    /// In how many live passages of a segment a form occurs.
    pub fn form_freq_in(&self, place: u32, id: WordId) -> u32 {
        let Some(segment) = self.segments.get(place as usize) else {
            return 0;
        };
        let all = segment.forward.vocabulary().passages(id);
        let read = |doc, words: &mut PassageWords| {
            // A passage that cannot be read fails where it is shown.
            let _ = self.read_words(Address { segment: place, doc }, words);
        };
        let with_stem = || segment.deleted_with_stem_of(id);
        all.saturating_sub(segment.deleted.with_form(id, read, with_stem))
    }

    /// Reads a passage's words into `out`, whose former content is dropped; none of a passage that
    /// is not there.
    ///
    /// # Errors
    /// The stored bytes of a compact index are damaged.
    pub fn read_words(&self, address: Address, out: &mut PassageWords) -> Result<()> {
        out.clear();
        let Some(segment) = self.segments.get(address.segment as usize) else {
            return Ok(());
        };
        if segment.forward.has_streams() {
            segment.forward.read_passage(address.doc, out);
            return Ok(());
        }
        let record = self.record(address)?;
        let idle = || self.text_words.lock().ok();
        let mut reader = idle().and_then(|mut idle| idle.pop()).unwrap_or_default();
        reader.read(&record, address.segment, segment.forward.vocabulary(), out);
        if let Some(mut idle) = idle() {
            idle.push(reader);
        }
        Ok(())
    }

    /// The live passages that hold a term of a field that is indexed whole, ascending.
    pub fn find(&self, field: Field, term: &str) -> Result<Vec<Address>> {
        let term = Term::from_field_text(field, term);
        let mut found = Vec::new();
        for (place, segment) in (0u32..).zip(&self.segments) {
            let postings = segment
                .postings(&term, IndexRecordOption::Basic)
                .map_err(|error| self.damaged(error))?;
            let Some(mut postings) = postings else { continue };
            let mut doc = postings.doc();
            while doc != TERMINATED {
                if segment.is_live(doc) {
                    found.push(Address { segment: place, doc });
                }
                doc = postings.advance();
            }
        }
        Ok(found)
    }

    /// Whether a passage holds a term of a field that is indexed whole.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn holds(&self, field: Field, term: &str, address: Address) -> Result<bool> {
        let Some(segment) = self.segments.get(address.segment as usize) else {
            return Ok(false);
        };
        let term = Term::from_field_text(field, term);
        let postings = segment.postings(&term, IndexRecordOption::Basic);
        let postings = postings.map_err(|error| self.damaged(error))?;
        // Postings are never moved back, not even from their first.
        Ok(postings.is_some_and(|mut postings| {
            postings.doc() <= address.doc && postings.seek(address.doc) == address.doc
        }))
    }

    /// The terms of a field that live passages hold, with their counts, in byte order.
    pub fn terms(&self, field: Field) -> Result<BTreeMap<String, u64>> {
        let mut terms: BTreeMap<String, u64> = BTreeMap::new();
        for segment in &self.segments {
            let inverted = segment.inverted(field).map_err(|error| self.damaged(error))?;
            let mut stream = inverted.terms().stream().map_err(|error| self.damaged(error))?;
            while stream.advance() {
                let Ok(text) = std::str::from_utf8(stream.key()) else { continue };
                let term = Term::from_field_text(field, text);
                let found = segment.term(&term).map_err(|error| self.damaged(error))?;
                let count = found.map_or(0, |(_, live)| live);
                if count > 0 {
                    *terms.entry(text.to_owned()).or_default() += count;
                }
            }
        }
        Ok(terms)
    }

    /// The kind of a passage, without reading the passage.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn kind(&self, address: Address) -> Result<Kind> {
        let of_segment = self.kinds()?.get(address.segment as usize).into_iter().flatten();
        let found = of_segment.into_iter().find(|(_, set)| set.contains(address.doc));
        Ok(found.map_or(Kind::Prose, |&(kind, _)| kind))
    }

    fn kinds(&self) -> Result<&Vec<Vec<(Kind, Bits)>>> {
        if let Some(kinds) = self.kinds.get() {
            return Ok(kinds);
        }
        let read = self.read_kinds()?;
        Ok(self.kinds.get_or_init(|| read))
    }

    fn read_kinds(&self) -> Result<Vec<Vec<(Kind, Bits)>>> {
        let mut kinds: Vec<Vec<(Kind, Bits)>> = vec![Vec::new(); self.segments.len()];
        for kind in Kind::ALL.into_iter().filter(|&kind| kind != Kind::Prose) {
            for address in self.find(self.fields.kind, kind.name())? {
                let place = address.segment as usize;
                if kinds[place].last().is_none_or(|&(last, _)| last != kind) {
                    let empty = Bits::empty(self.segments[place].max_doc());
                    kinds[place].push((kind, empty));
                }
                if let Some((_, set)) = kinds[place].last_mut() {
                    set.insert(address.doc);
                }
            }
        }
        Ok(kinds)
    }

    /// The passages of duplicates in each segment; `None` where there are none.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn duplicates(&self) -> Result<Option<&[Bits]>> {
        if let Some(duplicates) = self.duplicates.get() {
            return Ok(duplicates.as_deref());
        }
        let found = self.find(self.fields.duplicate, DUPLICATE)?;
        let mut sets: Vec<Bits> =
            self.segments.iter().map(|segment| Bits::empty(segment.max_doc())).collect();
        for address in &found {
            sets[address.segment as usize].insert(address.doc);
        }
        let sets = (!found.is_empty()).then_some(sets);
        Ok(self.duplicates.get_or_init(|| sets).as_deref())
    }

    /// The first of some passages in the order of their ids, without reading all of them: the ids
    /// are read in order from the index, as long as `goes_on` says so.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn first_by_id(
        &self,
        allowed: &[Bits],
        wanted: usize,
        mut goes_on: impl FnMut() -> bool,
    ) -> Result<Vec<Address>> {
        let mut found: Vec<(Vec<u8>, Address)> = Vec::new();
        for (place, segment) in (0u32..).zip(&self.segments) {
            let Some(allowed) = allowed.get(place as usize) else { continue };
            // After the last of them there is nothing to look for.
            let wanted = wanted.min(usize::try_from(allowed.count()).unwrap_or(usize::MAX));
            let mut of_segment = 0;
            let inverted = segment.inverted(self.fields.id).map_err(|error| self.damaged(error))?;
            let mut stream = inverted.terms().stream().map_err(|error| self.damaged(error))?;
            while of_segment < wanted && goes_on() && stream.advance() {
                let mut postings = inverted
                    .read_postings_from_terminfo(stream.value(), IndexRecordOption::Basic)
                    .map_err(|error| self.damaged(error))?;
                let mut doc = postings.doc();
                while doc != TERMINATED {
                    if allowed.contains(doc) && segment.is_live(doc) {
                        found.push((stream.key().to_vec(), Address { segment: place, doc }));
                        of_segment += 1;
                    }
                    doc = postings.advance();
                }
            }
        }
        found.sort();
        found.truncate(wanted);
        Ok(found.into_iter().map(|(_, address)| address).collect())
    }

    /// A stored passage.
    ///
    /// # Errors
    /// The stored bytes are damaged.
    pub fn record(&self, address: Address) -> Result<Record> {
        let store = self
            .stores()?
            .get(address.segment as usize)
            .ok_or_else(|| self.damaged("no such segment"))?;
        let document =
            store.get_document_bytes(address.doc).map_err(|error| self.damaged(error))?;
        record::decode(&document).map_err(|error| self.damaged(error))
    }

    fn stores(&self) -> Result<&[StoreReader]> {
        if let Some(stores) = self.stores.get() {
            return Ok(stores);
        }
        let blocks = STORE_CACHE_BYTES / self.layout.block_bytes() / self.segments.len().max(1);
        let stores = self.segments.iter().map(|segment| segment.reader.get_store_reader(blocks));
        let stores = stores.collect::<std::io::Result<_>>().map_err(|error| self.damaged(error))?;
        Ok(self.stores.get_or_init(|| stores))
    }

    /// An error of reading the index itself.
    pub fn damaged(&self, error: impl std::fmt::Display) -> Error {
        damaged(&self.folder, error)
    }
}
