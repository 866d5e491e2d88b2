//! The tape: a passage's analysed words in one compact string.
//!
//! Analysis happens once, on our own threads; what the index needs of it (stems with positions,
//! exact forms, the forward file) is read off the tape. A tape is a run of items, each a tag byte
//! below `0x08` and its text; forms and stems never hold control characters, so the tags cannot
//! be met inside them.

use crate::analysis::Word;

const WORD: u8 = 0x01;
const CAPITALIZED: u8 = 0x02;
const STEM: u8 = 0x03;
const SENTENCE: u8 = 0x04;
const REGION: u8 = 0x05;

/// Positions left free between two regions, so that no phrase or window reaches across.
pub const REGION_GAP: usize = 64;

/// What stands on a tape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item<'a> {
    Word {
        form: &'a str,
        stem: &'a str,
        capitalized: bool,
    },
    /// The next word begins a sentence.
    Sentence,
    /// The title, the section path, the text or the hidden words end here.
    Region,
}

/// A tape being written.
#[derive(Clone, Debug, Default)]
pub struct Tape(String);

impl Tape {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn push_word(&mut self, word: &Word<'_>) {
        self.push(word.form, word.stem, word.capitalized);
    }

    /// Adds a word. Both strings must be free of control characters.
    pub fn push(&mut self, form: &str, stem: &str, capitalized: bool) {
        self.tag(if capitalized { CAPITALIZED } else { WORD });
        self.0.push_str(form);
        if stem != form {
            self.tag(STEM);
            self.0.push_str(stem);
        }
    }

    pub fn end_sentence(&mut self) {
        self.tag(SENTENCE);
    }

    pub fn end_region(&mut self) {
        self.tag(REGION);
    }

    fn tag(&mut self, tag: u8) {
        self.0.push(char::from(tag));
    }
}

/// Reads a tape from its beginning.
pub fn items(tape: &str) -> Items<'_> {
    Items { rest: tape }
}

/// See [`items`].
#[derive(Clone, Debug)]
pub struct Items<'a> {
    rest: &'a str,
}

impl<'a> Items<'a> {
    fn take_text(&mut self) -> &'a str {
        let end = self.rest.bytes().position(|byte| byte < 0x08).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        text
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        loop {
            let tag = *self.rest.as_bytes().first()?;
            if tag >= 0x08 {
                // Text before any tag: not written by `Tape`, passed over.
                self.take_text();
                continue;
            }
            self.rest = &self.rest[1..];
            match tag {
                WORD | CAPITALIZED => {
                    let form = self.take_text();
                    let stem = if self.rest.as_bytes().first() == Some(&STEM) {
                        self.rest = &self.rest[1..];
                        self.take_text()
                    } else {
                        form
                    };
                    return Some(Item::Word { form, stem, capitalized: tag == CAPITALIZED });
                }
                SENTENCE => return Some(Item::Sentence),
                REGION => return Some(Item::Region),
                _ => {
                    self.take_text();
                }
            }
        }
    }
}

/// Hands the stems of a tape's words to tantivy.
#[derive(Clone, Debug)]
pub struct TapeTokenizer;

impl tantivy::tokenizer::Tokenizer for TapeTokenizer {
    type TokenStream<'a> = TapeStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> TapeStream<'a> {
        TapeStream {
            items: items(text),
            next_position: 0,
            token: tantivy::tokenizer::Token::default(),
        }
    }
}

/// See [`TapeTokenizer`].
pub struct TapeStream<'a> {
    items: Items<'a>,
    next_position: usize,
    token: tantivy::tokenizer::Token,
}

impl tantivy::tokenizer::TokenStream for TapeStream<'_> {
    fn advance(&mut self) -> bool {
        for item in self.items.by_ref() {
            match item {
                Item::Word { stem, .. } => {
                    self.token.text.clear();
                    self.token.text.push_str(stem);
                    self.token.position = self.next_position;
                    self.next_position += 1;
                    return true;
                }
                Item::Sentence => {}
                Item::Region => self.next_position += REGION_GAP,
            }
        }
        false
    }

    fn token(&self) -> &tantivy::tokenizer::Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut tantivy::tokenizer::Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tantivy::tokenizer::{TokenStream, Tokenizer};

    fn sample() -> Tape {
        let mut tape = Tape::default();
        tape.push("sieges", "sieg", true);
        tape.end_region();
        tape.push("busan", "busan", true);
        tape.end_sentence();
        tape.push("fell", "fell", false);
        tape
    }

    #[test]
    fn items_come_back_as_written() {
        let tape = sample();
        let read: Vec<Item> = items(tape.as_str()).collect();
        assert_eq!(
            read,
            vec![
                Item::Word { form: "sieges", stem: "sieg", capitalized: true },
                Item::Region,
                Item::Word { form: "busan", stem: "busan", capitalized: true },
                Item::Sentence,
                Item::Word { form: "fell", stem: "fell", capitalized: false },
            ]
        );
    }

    #[test]
    fn the_tokenizer_leaves_a_gap_between_regions() {
        let tape = sample();
        let mut tokenizer = TapeTokenizer;
        let mut stream = tokenizer.token_stream(tape.as_str());
        let mut seen = Vec::new();
        while stream.advance() {
            seen.push((stream.token().text.clone(), stream.token().position));
        }
        assert_eq!(
            seen,
            vec![
                ("sieg".to_owned(), 0),
                ("busan".to_owned(), 1 + REGION_GAP),
                ("fell".to_owned(), 2 + REGION_GAP),
            ]
        );
    }
}
