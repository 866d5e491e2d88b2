//! All passages of an index, one after another.

use super::reader::{Address, OpenIndex};
use super::record::Record;
use crate::error::Result;
use crate::model::Passage;
use crate::source::ExportedPassage;

/// Articles whose ids are looked up together.
const ARTICLES: usize = 256;
/// Passages of an article that are held while they are put in order; of longer articles only their
/// places are.
const HELD: usize = 256;

impl OpenIndex {
    /// Hands out every passage as it is stored: articles in the order of their ids, passages in that
    /// of their ordinals, other titles of an article after it. Memory does not grow with the index.
    ///
    /// # Errors
    /// The index cannot be read, or not every passage of it; those of `out`.
    pub fn export(&self, out: &mut dyn FnMut(ExportedPassage) -> Result<()>) -> Result<()> {
        let mut handed_out = 0;
        let mut after = String::new();
        loop {
            let articles = self.terms_after(self.fields.article, "", &after, ARTICLES)?;
            let Some((last, _)) = articles.last() else { break };
            for (article, _) in &articles {
                handed_out += self.export_article(article, out)?;
            }
            after.clone_from(last);
        }
        if handed_out != self.passages() {
            let all = self.passages();
            return Err(self.damaged(format_args!("{handed_out} of {all} passages are found")));
        }
        Ok(())
    }

    /// Returns how many passages there were.
    fn export_article(
        &self,
        article: &str,
        out: &mut dyn FnMut(ExportedPassage) -> Result<()>,
    ) -> Result<u64> {
        let addresses = self.find(self.fields.article, article)?;
        let count = addresses.len() as u64;
        let place = |record: &Record| (record.head.ordinal, record.head.id.clone());
        if addresses.len() <= HELD {
            let records = addresses.into_iter().map(|address| self.record(address));
            let mut records = records.collect::<Result<Vec<_>>>()?;
            records.sort_by_cached_key(place);
            records.into_iter().try_for_each(|record| out(exported(record)))?;
            return Ok(count);
        }
        let keyed =
            addresses.into_iter().map(|address| Ok((place(&self.record(address)?), address)));
        let mut keyed: Vec<((u32, String), Address)> = keyed.collect::<Result<_>>()?;
        keyed.sort();
        keyed.into_iter().try_for_each(|(_, address)| out(exported(self.record(address)?)))?;
        Ok(count)
    }
}

fn exported(record: Record) -> ExportedPassage {
    let Record { head, text } = record;
    ExportedPassage::from(Passage {
        id: head.id,
        article: head.article,
        title: head.title,
        section: head.section,
        kind: head.kind,
        lang: Some(head.lang),
        ordinal: head.ordinal,
        place: head.place,
        text,
        hidden: head.hidden,
        fields: head.fields,
        url: head.url,
        extra: head.extra,
        content: None,
        duplicate_of: head.duplicate_of,
        file: Some(head.file),
    })
}
