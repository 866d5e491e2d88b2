//! Writes and merges forward files along with tantivy's own segment files.

use std::any::Any;
use std::io;

use rustc_hash::FxHashMap;
use tantivy::directory::TerminatingWrite;
use tantivy::index::{Segment, SegmentComponent, SegmentReader};
use tantivy::indexer::doc_id_mapping::{DocIdMapping, MappingType};
use tantivy::schema::document::{ErasedDocument, Value};
use tantivy::schema::{Field, Schema};
use tantivy::{
    DocId, PluginMergeContext, PluginWriter, PluginWriterContext, SegmentPlugin, TantivyDocument,
    TantivyError,
};

use super::WordId;
use super::codes::{Code, read_varint, write_varint};
use super::reader::{ForwardReader, PassageWords};
use super::vocabulary::WordTraits;
use super::writer::{ForwardWriter, PassageHead};
use crate::analysis::hints::Hints;
use crate::index::layout::Layout;
use crate::index::record;
use crate::index::schema::TEXT;
use crate::index::tape::{Item, items};
use crate::index::text_words::TextWords;

/// The ending of the forward files.
pub const EXTENSION: &str = "forward";

/// See the module.
pub struct ForwardPlugin {
    pub layout: Layout,
}

fn component() -> SegmentComponent {
    SegmentComponent::Custom(EXTENSION.to_owned())
}

impl ForwardReader {
    /// Opens a segment's forward file.
    ///
    /// # Errors
    /// The file is missing or damaged.
    pub fn of_segment(segment: &SegmentReader) -> tantivy::Result<ForwardReader> {
        Ok(ForwardReader::open(&segment.open_read(component())?)?)
    }
}

impl SegmentPlugin for ForwardPlugin {
    fn extensions(&self) -> &[&str] {
        &[EXTENSION]
    }

    fn create_writer(&self, ctx: &PluginWriterContext) -> tantivy::Result<Box<dyn PluginWriter>> {
        let field = ctx.segment.schema().get_field(TEXT)?;
        Ok(Box::new(SegmentForward::new(field, self.layout)))
    }

    fn merge(&self, ctx: PluginMergeContext) -> tantivy::Result<()> {
        if self.layout == Layout::Fast && ctx.doc_id_mapping.mapping_type() == MappingType::Shuffled
        {
            return Err(TantivyError::InvalidArgument(
                "forward files cannot be merged in another order".to_owned(),
            ));
        }
        let sources = ctx
            .readers
            .iter()
            .map(|reader| Ok((reader, ForwardReader::of_segment(reader)?)))
            .collect::<tantivy::Result<Vec<_>>>()?;
        let writer = merge(&sources, self.layout)?;
        write_file(writer, ctx.target_segment)
    }
}

fn write_file(writer: ForwardWriter, segment: &Segment) -> tantivy::Result<()> {
    let mut out = segment.open_write(component())?;
    writer.finish(&mut out)?;
    out.terminate()?;
    Ok(())
}

/// A word of the segment being written, by order of first occurrence.
struct NewWord {
    form: Box<str>,
    traits: WordTraits,
    /// Occurrences.
    count: u32,
    /// The last passage that held it, counted from 1.
    last: u32,
}

/// The forward data of a segment that is being filled.
struct SegmentForward {
    field: Field,
    layout: Layout,
    ids: FxHashMap<Box<str>, u32>,
    words: Vec<NewWord>,
    /// How many passages were added.
    count: u32,
    /// Of a compact index neither these nor the places are kept.
    passages: Vec<NewPassage>,
    /// For each word of each passage 1 + its place in `words`, as varints; 0 begins a sentence.
    places: Vec<u8>,
    bytes: usize,
}

/// A passage of the segment being written.
struct NewPassage {
    head: PassageHead,
    /// Where its part of the places ends.
    end: usize,
}

impl SegmentForward {
    fn new(field: Field, layout: Layout) -> SegmentForward {
        SegmentForward {
            field,
            layout,
            ids: FxHashMap::default(),
            words: Vec::new(),
            count: 0,
            passages: Vec::new(),
            places: Vec::new(),
            bytes: 0,
        }
    }

    fn word(&mut self, form: &str, stem: &str, capitalized: bool) -> u32 {
        let place = match self.ids.get(form) {
            Some(&place) => place,
            None => {
                let place = self.words.len() as u32;
                self.ids.insert(form.into(), place);
                self.words.push(NewWord {
                    form: form.into(),
                    traits: WordTraits { hints: Hints::of(form, stem), passages: 0 },
                    count: 0,
                    last: 0,
                });
                self.bytes += 2 * form.len() + 96;
                place
            }
        };
        let passage = self.count + 1;
        let word = &mut self.words[place as usize];
        word.count += 1;
        if word.last != passage {
            word.last = passage;
            word.traits.passages += 1;
        }
        word.traits.hints.seen_capitalized |= capitalized;
        word.traits.hints.seen_plain |= !capitalized;
        place
    }

    fn push_passage(&mut self, tape: &str) {
        let mut head = PassageHead::default();
        let mut regions = [0u32; 4];
        let mut region = 0;
        let keeps = self.layout == Layout::Fast;
        for item in items(tape) {
            match item {
                Item::Word { form, stem, capitalized } => {
                    let place = self.word(form, stem, capitalized);
                    if keeps {
                        write_varint(place + 1, &mut self.places);
                    }
                    regions[region] += 1;
                    if capitalized && region == 2 {
                        head.capitalized = head.capitalized.saturating_add(1);
                    }
                }
                Item::Sentence if keeps => self.places.push(0),
                Item::Sentence => {}
                Item::Region => region = (region + 1).min(3),
            }
        }
        [head.title_words, head.section_words, _, head.hidden_words] = regions;
        self.count += 1;
        if keeps {
            self.passages.push(NewPassage { head, end: self.places.len() });
        }
    }
}

impl PluginWriter for SegmentForward {
    fn add_document(
        &mut self,
        _doc: DocId,
        document: &dyn ErasedDocument,
        _schema: &Schema,
    ) -> tantivy::Result<()> {
        let tape = document
            .as_any()
            .downcast_ref::<TantivyDocument>()
            .and_then(|document| document.get_first(self.field))
            .and_then(|value| value.as_str())
            .unwrap_or_default();
        self.push_passage(tape);
        Ok(())
    }

    fn serialize(
        self: Box<Self>,
        segment: &Segment,
        mapping: Option<&DocIdMapping>,
    ) -> tantivy::Result<()> {
        if mapping.is_some() && self.layout == Layout::Fast {
            return Err(TantivyError::InvalidArgument(
                "forward files cannot be written in another order".to_owned(),
            ));
        }
        let SegmentForward { words, passages, places, ids, layout, .. } = *self;
        drop(ids);
        let mut order: Vec<u32> = (0..words.len() as u32).collect();
        order.sort_unstable_by(|&a, &b| words[a as usize].form.cmp(&words[b as usize].form));
        let counts: Vec<u32> = order.iter().map(|&place| words[place as usize].count).collect();
        let mut writer = ForwardWriter::new(&counts, layout);
        let mut final_id: Vec<WordId> = vec![0; words.len()];
        for &place in &order {
            let word = &words[place as usize];
            final_id[place as usize] = writer.push_word(&word.form, word.traits);
        }
        let mut rest = places.as_slice();
        let mut done = 0;
        for NewPassage { head, end } in passages {
            let (own, after) = rest.split_at(end - done);
            (rest, done) = (after, end);
            writer.push_passage(head, NewCodes { places: own, new_id: &final_id })?;
        }
        write_file(writer, segment)
    }

    fn mem_usage(&self) -> usize {
        self.bytes + self.places.capacity() + self.passages.capacity() * size_of::<NewPassage>()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// Codes of a passage of the segment being written, with the words' ids.
struct NewCodes<'a> {
    places: &'a [u8],
    new_id: &'a [WordId],
}

impl Iterator for NewCodes<'_> {
    type Item = Code;

    fn next(&mut self) -> Option<Code> {
        let (number, rest) = read_varint(self.places)?;
        self.places = rest;
        Some(match number.checked_sub(1) {
            None => Code::Sentence,
            Some(place) => renumber(Code::Word(place), self.new_id),
        })
    }
}

fn renumber(code: Code, new_id: &[WordId]) -> Code {
    match code {
        Code::Sentence => code,
        Code::Word(id) => Code::Word(new_id.get(id as usize).copied().unwrap_or(WordId::MAX)),
    }
}

/// Where a word of a segment is met in live passages.
#[derive(Clone, Copy, Default)]
struct Uses {
    count: u32,
    passages: u32,
    /// The last passage that held it, counted from 1.
    last: u32,
}

/// In how many live passages each word of a segment of a compact index is met: in as many as the
/// segment says, but for those that were deleted, whose texts are read again.
fn live_passages(segment: &SegmentReader, forward: &ForwardReader) -> tantivy::Result<Vec<Uses>> {
    let vocabulary = forward.vocabulary();
    let all = (0..vocabulary.len()).map(|id| vocabulary.passages(id));
    let mut uses: Vec<Uses> = all.map(|passages| Uses { passages, ..Uses::default() }).collect();
    let Some(alive) = segment.alive_bitset().filter(|_| segment.has_deletes()) else {
        return Ok(uses);
    };
    let store = segment.get_store_reader(1)?;
    let mut reader = TextWords::default();
    let mut words = PassageWords::default();
    for doc in (0..segment.max_doc()).filter(|&doc| alive.is_deleted(doc)) {
        let record = record::decode(&store.get_document_bytes(doc)?).map_err(io::Error::other)?;
        reader.read(&record, 0, vocabulary, &mut words);
        for &id in &words.words {
            if let Some(uses) = uses.get_mut(id as usize)
                && uses.last != doc + 1
            {
                uses.last = doc + 1;
                uses.passages = uses.passages.saturating_sub(1);
            }
        }
    }
    Ok(uses)
}

/// Joins the vocabularies of all sources, leaves out words that only deleted passages held, and
/// writes the live passages with their new ids.
fn merge(
    sources: &[(&SegmentReader, ForwardReader)],
    layout: Layout,
) -> tantivy::Result<ForwardWriter> {
    let mut uses: Vec<Vec<Uses>> = Vec::with_capacity(sources.len());
    for (segment, forward) in sources {
        if layout == Layout::Compact {
            uses.push(live_passages(segment, forward)?);
            continue;
        }
        let mut counts = vec![Uses::default(); forward.vocabulary().len() as usize];
        for doc in segment.doc_ids_alive() {
            for code in forward.codes(doc).1 {
                if let Code::Word(id) = code
                    && let Some(uses) = counts.get_mut(id as usize)
                {
                    uses.count += 1;
                    uses.passages += u32::from(uses.last != doc + 1);
                    uses.last = doc + 1;
                }
            }
        }
        uses.push(counts);
    }

    let mut entries: Vec<(String, usize, WordId)> = Vec::new();
    for (source, (_, forward)) in sources.iter().enumerate() {
        forward.vocabulary().visit_from(0, |id, word| {
            if uses[source][id as usize].passages > 0 {
                entries.push((word.to_owned(), source, id));
            }
            true
        });
    }
    entries.sort_unstable();

    let mut counts: Vec<u32> = Vec::new();
    let mut passages: Vec<u32> = Vec::new();
    for group in entries.chunk_by(|a, b| a.0 == b.0) {
        let of_segments = || group.iter().map(|(_, source, id)| uses[*source][*id as usize]);
        counts.push(of_segments().map(|uses| uses.count).sum());
        passages.push(of_segments().map(|uses| uses.passages).sum());
    }
    let mut writer = ForwardWriter::new(&counts, layout);
    let mut new_ids: Vec<Vec<WordId>> =
        uses.iter().map(|counts| vec![WordId::MAX; counts.len()]).collect();
    drop(uses);
    for (group, &passages) in entries.chunk_by(|a, b| a.0 == b.0).zip(&passages) {
        let mut traits = WordTraits { passages, ..WordTraits::default() };
        for (_, source, id) in group {
            traits.merge(sources[*source].1.vocabulary().traits(*id));
        }
        let new_id = writer.push_word(&group[0].0, traits);
        for (_, source, id) in group {
            new_ids[*source][*id as usize] = new_id;
        }
    }
    drop(entries);
    if layout == Layout::Compact {
        return Ok(writer);
    }
    for (source, (segment, forward)) in sources.iter().enumerate() {
        for doc in segment.doc_ids_alive() {
            let (head, codes) = forward.codes(doc);
            writer.push_passage(head, codes.map(|code| renumber(code, &new_ids[source])))?;
        }
    }
    Ok(writer)
}
