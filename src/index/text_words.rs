//! The words of passages where no forward file holds them: their text is analysed again.

use rustc_hash::FxHashMap;

use super::forward::{PassageWords, Vocabulary, WordId};
use super::record::Record;
use super::tape::{Item, items};
use super::tape_maker::TapeMaker;

/// Ids that are kept, at the most; then all are forgotten.
const MOST_IDS: usize = 1 << 17;

/// Reads words from text; one for each thread.
#[derive(Default)]
pub struct TextWords {
    maker: TapeMaker,
    /// Of forms met before, by segment.
    ids: FxHashMap<u32, FxHashMap<Box<str>, WordId>>,
    kept: usize,
}

impl TextWords {
    /// Reads a passage's words into `out`, whose former content is dropped: as the forward file of
    /// its segment would hold them. `segment` tells whose `vocabulary` it is.
    pub fn read(
        &mut self,
        record: &Record,
        segment: u32,
        vocabulary: &Vocabulary,
        out: &mut PassageWords,
    ) {
        out.clear();
        if self.kept > MOST_IDS {
            self.ids.clear();
            self.kept = 0;
        }
        let head = &record.head;
        let title = head.title.as_deref();
        self.maker.record(head.kind, title, &head.section, &record.text, &head.hidden);
        let ids = self.ids.entry(segment).or_default();
        let mut regions = [0; 4];
        let mut region = 0;
        for item in items(self.maker.tape()) {
            match item {
                Item::Word { form, capitalized, .. } => {
                    let id = ids.get(form).copied().unwrap_or_else(|| {
                        // A word that is not there cannot be told from any other.
                        let id = vocabulary.id(form).unwrap_or(WordId::MAX);
                        ids.insert(form.into(), id);
                        self.kept += 1;
                        id
                    });
                    out.words.push(id);
                    regions[region] += 1;
                    if capitalized && region == 2 {
                        out.capitalized = out.capitalized.saturating_add(1);
                    }
                }
                Item::Sentence => out.sentences.push(out.words.len() as u32),
                Item::Region => region = (region + 1).min(3),
            }
        }
        [out.title_words, out.section_words, _, out.hidden_words] = regions;
    }
}
