//! Reads a forward file in place.

use tantivy::directory::{FileSlice, OwnedBytes};

use super::codes::{Code, Codes, read_varint};
use super::sounds::Sounds;
use super::vocabulary::Vocabulary;
use super::writer::PassageHead;
use super::{HEADER_BYTES, MAGIC, SECTIONS, WordId};

/// An open forward file.
#[derive(Clone)]
pub struct ForwardReader {
    offsets: OwnedBytes,
    streams: OwnedBytes,
    common: OwnedBytes,
    vocabulary: Vocabulary,
    sounds: Sounds,
}

/// The words of one passage: title, section path, text and hidden words, in this order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PassageWords {
    pub words: Vec<WordId>,
    /// How many of `words`, from the first, are the title's.
    pub title_words: usize,
    /// How many after those are the section path's.
    pub section_words: usize,
    /// How many of `words`, at the end, are hidden.
    pub hidden_words: usize,
    /// Indices into `words` at which sentences of the text begin.
    pub sentences: Vec<u32>,
    /// How many words of the text are capitalised; at most 255.
    pub capitalized: u8,
}

impl PassageWords {
    pub fn clear(&mut self) {
        self.words.clear();
        self.sentences.clear();
        (self.title_words, self.section_words, self.hidden_words) = (0, 0, 0);
        self.capitalized = 0;
    }

    /// Where the text begins.
    pub fn text_start(&self) -> usize {
        self.title_words + self.section_words
    }
}

impl ForwardReader {
    /// # Errors
    /// Says what is wrong with a file that is none of ours or is cut short.
    pub fn open(file: &FileSlice) -> std::io::Result<ForwardReader> {
        let damaged = || std::io::Error::other("the forward file is damaged");
        let bytes = file.read_bytes()?;
        let header = bytes.get(..HEADER_BYTES).ok_or_else(damaged)?;
        if &header[..4] != MAGIC {
            return Err(damaged());
        }
        let number = |at: usize| -> u32 {
            let bytes = header.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
            bytes.map_or(0, u32::from_le_bytes)
        };
        let mut start = HEADER_BYTES;
        let mut sections = Vec::with_capacity(SECTIONS);
        for section in 0..SECTIONS {
            let at = 16 + section * 8;
            let length = u64::from(number(at)) | u64::from(number(at + 4)) << 32;
            let end = usize::try_from(length)
                .ok()
                .and_then(|length| start.checked_add(length))
                .filter(|&end| end <= bytes.len())
                .ok_or_else(damaged)?;
            sections.push(bytes.slice(start..end));
            start = end;
        }
        let [
            offsets,
            streams,
            common,
            blocks,
            strings,
            marks,
            signatures,
            passages,
            keys,
            key_offsets,
            key_words,
        ]: [OwnedBytes; SECTIONS] = sections.try_into().map_err(|_| damaged())?;
        Ok(ForwardReader {
            offsets,
            streams,
            common,
            sounds: Sounds { keys, offsets: key_offsets, words: key_words },
            vocabulary: Vocabulary { len: number(8), blocks, strings, marks, signatures, passages },
        })
    }

    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The words by how they sound.
    pub fn sounds(&self) -> &Sounds {
        &self.sounds
    }

    /// Whether it holds the words of passages; in a compact index it does not.
    pub fn has_streams(&self) -> bool {
        !self.offsets.is_empty()
    }

    fn stream(&self, doc: u32) -> Option<&[u8]> {
        let at = |index: usize| {
            let bytes = self.offsets.get(index * 4..index * 4 + 4)?;
            Some(u32::from_le_bytes(bytes.try_into().ok()?) as usize)
        };
        self.streams.get(at(doc as usize)?..at(doc as usize + 1)?)
    }

    /// Reads a passage's words into `out`, whose former content is dropped. An unknown document
    /// has none.
    pub fn read_passage(&self, doc: u32, out: &mut PassageWords) {
        out.clear();
        let (head, codes) = self.codes(doc);
        for code in codes {
            match code {
                Code::Sentence => out.sentences.push(out.words.len() as u32),
                Code::Word(id) => out.words.push(id),
            }
        }
        let count = out.words.len();
        out.title_words = (head.title_words as usize).min(count);
        out.section_words = (head.section_words as usize).min(count - out.title_words);
        out.hidden_words =
            (head.hidden_words as usize).min(count - out.title_words - out.section_words);
        out.capitalized = head.capitalized;
    }

    /// The head of a passage and its codes; nothing of an unknown document.
    pub(super) fn codes(&self, doc: u32) -> (PassageHead, Codes<'_>) {
        let parts = || {
            let (title_words, rest) = read_varint(self.stream(doc)?)?;
            let (section_words, rest) = read_varint(rest)?;
            let (hidden_words, rest) = read_varint(rest)?;
            let (&capitalized, rest) = rest.split_first()?;
            Some((PassageHead { title_words, section_words, hidden_words, capitalized }, rest))
        };
        let (head, rest) = parts().unwrap_or_default();
        (head, Codes::new(rest, &self.common))
    }
}
