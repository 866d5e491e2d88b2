//! Writes a forward file from passages whose words are already ids.

use std::io::{self, Write};

use super::codes::{Code, Ranks, write_varint};
use super::sounds::SoundsWriter;
use super::vocabulary::{StringsWriter, WordTraits};
use super::{HEADER_BYTES, MAGIC, SECTIONS, WordId};
use crate::index::layout::Layout;

/// What stands before the codes of a passage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PassageHead {
    pub title_words: u32,
    pub section_words: u32,
    pub hidden_words: u32,
    pub capitalized: u8,
}

/// Collects the sections of a file in memory and writes them out.
pub(super) struct ForwardWriter {
    layout: Layout,
    ranks: Ranks,
    offsets: Vec<u8>,
    streams: Vec<u8>,
    words: StringsWriter,
    word_count: u32,
    marks: Vec<u8>,
    signatures: Vec<u8>,
    passages: Vec<u8>,
    sounds: SoundsWriter,
}

impl ForwardWriter {
    /// `counts[id]`: how often each word will be written.
    pub fn new(counts: &[u32], layout: Layout) -> ForwardWriter {
        let ranks = match layout {
            Layout::Fast => Ranks::new(counts),
            Layout::Compact => Ranks::default(),
        };
        ForwardWriter {
            layout,
            ranks,
            offsets: Vec::new(),
            streams: Vec::new(),
            words: StringsWriter::default(),
            word_count: 0,
            marks: Vec::new(),
            signatures: Vec::new(),
            passages: Vec::new(),
            sounds: SoundsWriter::default(),
        }
    }

    /// Adds the next word of the vocabulary; words come in byte order, each once.
    pub fn push_word(&mut self, word: &str, traits: WordTraits) -> WordId {
        self.words.push(word);
        self.marks.extend_from_slice(&traits.hints.to_marks().to_le_bytes());
        self.signatures.extend_from_slice(&traits.hints.signature.to_le_bytes());
        self.passages.extend_from_slice(&traits.passages.to_le_bytes());
        self.sounds.push(word, self.word_count, traits.hints.seen_capitalized);
        self.word_count += 1;
        self.word_count - 1
    }

    /// Adds the next passage; passages come in the order of their document ids. None are added to
    /// the file of a compact index.
    pub fn push_passage(
        &mut self,
        head: PassageHead,
        codes: impl Iterator<Item = Code>,
    ) -> io::Result<()> {
        self.push_offset()?;
        write_varint(head.title_words, &mut self.streams);
        write_varint(head.section_words, &mut self.streams);
        write_varint(head.hidden_words, &mut self.streams);
        self.streams.push(head.capitalized);
        for code in codes {
            self.ranks.write(code, &mut self.streams);
        }
        Ok(())
    }

    fn push_offset(&mut self) -> io::Result<()> {
        let offset = u32::try_from(self.streams.len())
            .map_err(|_| io::Error::other("a segment holds more than 4 GB of words"))?;
        self.offsets.extend_from_slice(&offset.to_le_bytes());
        Ok(())
    }

    pub fn finish(mut self, out: &mut dyn Write) -> io::Result<()> {
        let passages = (self.offsets.len() / 4) as u32;
        if self.layout == Layout::Fast {
            self.push_offset()?;
        }
        let common: Vec<u8> = self.ranks.common.iter().flat_map(|id| id.to_le_bytes()).collect();
        let [keys, key_offsets, key_words] = self.sounds.finish();
        let sections: [&[u8]; SECTIONS] = [
            &self.offsets,
            &self.streams,
            &common,
            &self.words.blocks,
            &self.words.strings,
            &self.marks,
            &self.signatures,
            &self.passages,
            &keys,
            &key_offsets,
            &key_words,
        ];
        let mut header = Vec::with_capacity(HEADER_BYTES);
        header.extend_from_slice(MAGIC);
        header.extend_from_slice(&passages.to_le_bytes());
        header.extend_from_slice(&self.word_count.to_le_bytes());
        header.extend_from_slice(&0u32.to_le_bytes());
        for section in sections {
            header.extend_from_slice(&(section.len() as u64).to_le_bytes());
        }
        out.write_all(&header)?;
        sections.iter().try_for_each(|section| out.write_all(section))
    }
}
