//! Passages that were shown lately, kept for the next query: those of a batch often find the same.

use rustc_hash::FxHashMap;

use crate::analysis::{Analyzer, OwnedWord, Word};
use crate::error::Result;
use crate::index::{Address, Record, Records};

/// Bytes of text that are kept, at the most; then all are forgotten.
const MOST_BYTES: usize = 1 << 20;

/// Passages by their address.
#[derive(Default)]
pub struct Recent {
    passages: FxHashMap<Address, Passage>,
    bytes: usize,
}

struct Passage {
    record: Record,
    /// The words of its text, from the second time on: most passages are not met again.
    words: Option<Vec<OwnedWord>>,
    met: bool,
}

impl Recent {
    /// The record of a passage.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn record(&mut self, records: &Records<'_>, address: Address) -> Result<Record> {
        if let Some(known) = self.passages.get(&address) {
            return Ok(known.record.clone());
        }
        let record = records.get(address)?;
        if self.bytes + record.text.len() > MOST_BYTES {
            self.passages.clear();
            self.bytes = 0;
        }
        if record.text.len() <= MOST_BYTES {
            self.bytes += record.text.len();
            let passage = Passage { record: record.clone(), words: None, met: false };
            self.passages.insert(address, passage);
        }
        Ok(record)
    }

    /// Calls `each` with the words of a passage's text.
    pub fn words(
        &mut self,
        address: Address,
        text: &str,
        analyzer: &mut Analyzer,
        mut each: impl FnMut(Word<'_>),
    ) {
        let Some(passage) = self.passages.get_mut(&address) else {
            return analyzer.analyze(text, each);
        };
        if !std::mem::replace(&mut passage.met, true) {
            return analyzer.analyze(text, each);
        }
        let words = passage.words.get_or_insert_with(|| analyzer.words(text));
        words.iter().for_each(|word| each(word.borrow()));
    }
}
