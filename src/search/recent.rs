//! Passages that were shown lately, kept for the next query: those of a batch often find the same.

use rustc_hash::FxHashMap;

use super::deadline::Watch;
use crate::analysis::{Analyzer, OwnedWord, Word};
use crate::error::Result;
use crate::index::{Address, OpenIndex, Record};

/// Bytes of text that are kept, at the most; then all are forgotten.
const MOST_BYTES: usize = 1 << 20;
/// Steps that analysing a word takes.
const STEPS_OF_WORD: u32 = 2;

/// Passages by their address.
#[derive(Default)]
pub struct Recent {
    passages: FxHashMap<Address, Passage>,
    bytes: usize,
}

/// Kept from the second time on: most passages are not met again.
#[derive(Default)]
struct Passage {
    record: Option<Record>,
    words: Option<Vec<OwnedWord>>,
    met: bool,
}

impl Recent {
    /// The record of a passage.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn record(&mut self, index: &OpenIndex, address: Address) -> Result<Record> {
        let known = self.passages.get(&address);
        if let Some(Passage { record: Some(record), .. }) = known {
            return Ok(record.clone());
        }
        let again = known.is_some();
        let record = index.record(address)?;
        let bytes = size_of::<Passage>() + if again { record.text.len() } else { 0 };
        if self.bytes + bytes > MOST_BYTES {
            self.passages.clear();
            self.bytes = 0;
        }
        if bytes <= MOST_BYTES {
            self.bytes += bytes;
            let passage = self.passages.entry(address).or_default();
            passage.record = again.then(|| record.clone());
        }
        Ok(record)
    }

    /// Calls `each` with the words of a passage's text, as many as `watch` leaves time for.
    pub fn words(
        &mut self,
        address: Address,
        text: &str,
        analyzer: &mut Analyzer,
        watch: &Watch,
        mut each: impl FnMut(Word<'_>),
    ) {
        let goes_on = || !watch.is_over_after(STEPS_OF_WORD);
        let Some(passage) = self.passages.get_mut(&address) else {
            return analyzer.analyze_while(text, goes_on, each);
        };
        if !std::mem::replace(&mut passage.met, true) {
            return analyzer.analyze_while(text, goes_on, each);
        }
        // Those that are kept are short.
        let words = passage.words.get_or_insert_with(|| analyzer.words(text));
        words.iter().for_each(|word| each(word.borrow()));
    }
}
