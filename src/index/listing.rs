//! The terms of a field, a page at a time.

use std::collections::BTreeMap;
use std::ops::Bound;

use tantivy::schema::Field;

use super::reader::OpenIndex;
use crate::error::Result;

impl OpenIndex {
    /// The first `limit` terms of a field that begin with `prefix`, come after `after` and are in
    /// live passages, in byte order, with the number of these passages.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn terms_after(
        &self,
        field: Field,
        prefix: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(String, u64)>> {
        let mut found: BTreeMap<String, u64> = BTreeMap::new();
        let first = if after >= prefix {
            Bound::Excluded(after.as_bytes())
        } else {
            Bound::Included(prefix.as_bytes())
        };
        for segment in &self.segments {
            let inverted = segment.inverted(field).map_err(|error| self.damaged(error))?;
            let range = inverted.terms().range();
            let range = match first {
                Bound::Excluded(key) => range.gt(key),
                Bound::Included(key) => range.ge(key),
                Bound::Unbounded => range,
            };
            let mut stream = range.into_stream().map_err(|error| self.damaged(error))?;
            let mut of_segment = 0;
            while of_segment < limit && stream.advance() {
                let Ok(text) = std::str::from_utf8(stream.key()) else { continue };
                if !text.starts_with(prefix) {
                    break;
                }
                if found.contains_key(text) {
                    of_segment += 1;
                    continue;
                }
                let passages = self.term(field, text)?.passages();
                if passages > 0 {
                    of_segment += 1;
                    found.insert(text.to_owned(), passages);
                }
            }
        }
        Ok(found.into_iter().take(limit).collect())
    }
}
