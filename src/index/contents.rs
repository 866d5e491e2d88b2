//! Which articles say the same: what they say as a digest, and who said it first.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::Passage;

/// Shorter articles are never duplicates: stubs say the same without being the same.
const LEAST_WORDS: usize = 20;

/// A digest of an article's title and text. Among ten million articles the chance that two share one by
/// accident is one in a hundred millions; each costs its length in the index.
pub type Digest = [u8; DIGEST_BYTES];

const DIGEST_BYTES: usize = 9;

/// Takes in the passages of one article.
#[derive(Default)]
pub struct ContentHasher {
    hasher: blake3::Hasher,
    words: usize,
}

impl ContentHasher {
    pub fn add(&mut self, passage: &Passage) {
        if passage.ordinal == 0 {
            self.add_part(passage.title.as_deref().unwrap_or(""));
        }
        self.add_part(&passage.text);
        if self.words < LEAST_WORDS {
            self.words += passage.text.split_whitespace().take(LEAST_WORDS).count();
        }
    }

    fn add_part(&mut self, text: &str) {
        self.hasher.update(&(text.len() as u64).to_le_bytes());
        self.hasher.update(text.as_bytes());
    }

    /// `None` where the article is too short to be a duplicate.
    pub fn finish(self) -> Option<Digest> {
        let digest = self.hasher.finalize();
        let digest = digest.as_bytes().first_chunk::<DIGEST_BYTES>().copied();
        digest.filter(|_| self.words >= LEAST_WORDS)
    }
}

/// A digest as the index holds it: as text, six bits a character.
pub fn term_of(digest: &Digest) -> String {
    const CHARACTERS: &[u8; 64] =
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let characters = digest.chunks_exact(3).flat_map(|bytes| {
        let bits = bytes.iter().fold(0, |bits, &byte| bits << 8 | usize::from(byte));
        [18, 12, 6, 0].map(|shift| char::from(CHARACTERS[bits >> shift & 63]))
    });
    characters.collect()
}

/// The first article with some content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct First {
    pub article: String,
    /// The key of the file it came from.
    pub source: String,
}

/// The contents of a run's articles; millions of them, so ids stand in one string.
#[derive(Default)]
pub struct SeenContents {
    firsts: HashMap<Digest, Stored>,
    ids: String,
    sources: Vec<Arc<str>>,
}

struct Stored {
    id_start: u64,
    id_len: u32,
    source: u32,
}

impl SeenContents {
    pub fn first(&self, digest: &Digest) -> Option<First> {
        let stored = self.firsts.get(digest)?;
        let start = stored.id_start as usize;
        Some(First {
            article: self.ids.get(start..start + stored.id_len as usize)?.to_owned(),
            source: self.sources.get(stored.source as usize)?.to_string(),
        })
    }

    pub fn insert(&mut self, digest: Digest, article: &str, source: &Arc<str>) {
        if self.sources.last() != Some(source) {
            self.sources.push(source.clone());
        }
        let stored = Stored {
            id_start: self.ids.len() as u64,
            id_len: article.len() as u32,
            source: self.sources.len() as u32 - 1,
        };
        self.ids.push_str(article);
        self.firsts.insert(digest, stored);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(title: &str, texts: &[&str]) -> Option<Digest> {
        let mut hasher = ContentHasher::default();
        for (ordinal, text) in (0..).zip(texts) {
            let (title, text) = (Some(title.to_owned()), (*text).to_owned());
            hasher.add(&Passage { title, text, ordinal, ..Passage::default() });
        }
        hasher.finish()
    }

    #[test]
    fn title_and_text_make_the_content() {
        let long = "word ".repeat(LEAST_WORDS);
        assert_eq!(digest("A", &["word"]), None);
        assert_eq!(digest("A", &[&long]), digest("A", &[&long]));
        assert_ne!(digest("A", &[&long]), digest("B", &[&long]));
        assert_ne!(digest("A", &[&long, "x"]), digest("A", &[&format!("{long}x")]));
    }

    #[test]
    fn the_first_is_remembered() {
        let mut seen = SeenContents::default();
        let (a, b): (Arc<str>, Arc<str>) = ("a".into(), "b".into());
        seen.insert([1; DIGEST_BYTES], "one", &a);
        seen.insert([2; DIGEST_BYTES], "two", &b);
        let first = seen.first(&[2; DIGEST_BYTES]);
        assert_eq!(first, Some(First { article: "two".to_owned(), source: "b".to_owned() }));
        assert_eq!(seen.first(&[3; DIGEST_BYTES]), None);
    }
}
