//! The front matter of a Markdown file: entries between two lines `---` at its very beginning.
//!
//! Only simple `key: value` lines are understood; whatever else stands there is kept as text, and
//! a beginning that does not look like front matter is none.

use crate::model::{Block, ByteSpan, Lang, Place};

use super::wiki_line::HEADING_BYTES;

/// Front matter does not go on beyond this many bytes.
const MOST: usize = 64 << 10;

/// What front matter says.
pub(super) struct FrontMatter {
    pub lang: Option<Lang>,
    /// A title where it gives one, fields, and markers, in order.
    pub blocks: Vec<Block>,
    /// Where the Markdown begins.
    pub bytes: usize,
    pub lines: u64,
}

/// Reads front matter; `offset` is the place of `text` in its file.
pub(super) fn parse_front_matter(text: &str, offset: u64) -> Option<FrontMatter> {
    let mut lines = Vec::new();
    let mut bytes = 0;
    let mut closed = false;
    for line in text.split_inclusive('\n') {
        let start = bytes;
        bytes += line.len();
        let content = line.trim_end();
        lines.push((start, content));
        if bytes > MOST || !looks_like_front_matter(content, lines.len()) {
            return None;
        }
        if lines.len() > 1 && matches!(content, "---" | "...") {
            closed = true;
            break;
        }
    }
    if !closed {
        return None;
    }
    let mut front_matter =
        FrontMatter { lang: None, blocks: Vec::new(), bytes, lines: lines.len() as u64 };
    for (at, (start, line)) in lines.into_iter().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let start = offset + (start + indent) as u64;
        let line = line.trim();
        let place =
            Place { line: at as u64 + 1, span: ByteSpan::new(start, start + line.len() as u64) };
        if !line.is_empty() {
            let block = front_matter.entry(line, indent == 0, place);
            front_matter.blocks.push(block);
        }
    }
    Some(front_matter)
}

/// Whether the line, the `number`-th, can belong to front matter.
fn looks_like_front_matter(line: &str, number: usize) -> bool {
    if number == 1 {
        return line == "---";
    }
    matches!(line, "" | "---" | "...")
        || line.starts_with([' ', '\t', '-', '#', ']', '}'])
        || parse_entry(line).is_some()
}

fn parse_entry(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let named =
        !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    let apart = value.is_empty() || value.starts_with(char::is_whitespace);
    (named && apart).then(|| (key, value.trim()))
}

impl FrontMatter {
    fn entry(&mut self, line: &str, outermost: bool, place: Place) -> Block {
        if matches!(line, "---" | "...") {
            return Block::Marker { place };
        }
        let entry = parse_entry(line).filter(|_| outermost);
        let Some((key, value)) = entry else {
            return Block::Field { key: String::new(), value: line.to_owned(), place };
        };
        let plain = unquoted(value);
        let titled = self.blocks.iter().any(|block| matches!(block, Block::Title { .. }));
        match key.to_ascii_lowercase().as_str() {
            "title" if !titled && !plain.is_empty() && plain.len() <= HEADING_BYTES => {
                Block::Title { text: plain.to_owned(), place }
            }
            "lang" | "language" if self.lang.is_none() && Lang::parse(plain).is_some() => {
                self.lang = Lang::parse(plain);
                Block::Marker { place }
            }
            _ => Block::Field { key: key.to_owned(), value: value.to_owned(), place },
        }
    }
}

fn unquoted(value: &str) -> &str {
    ['"', '\'']
        .into_iter()
        .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(value)
        .trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_languages_and_fields_are_understood() {
        let text =
            "---\r\ntitle: \"Siege of Busanjin\"\r\nlang: en\r\ntags:\r\n  - war\r\n---\r\nText";
        let front = parse_front_matter(text, 3).expect("front matter");
        assert_eq!(&text[front.bytes..], "Text");
        assert_eq!(front.lines, 6);
        assert_eq!(front.lang, Some(Lang::ENGLISH));
        let place = |line, start, end| Place { line, span: ByteSpan::new(start, end) };
        let field = |key: &str, value: &str, place| Block::Field {
            key: key.to_owned(),
            value: value.to_owned(),
            place,
        };
        assert_eq!(
            front.blocks,
            [
                Block::Marker { place: place(1, 3, 6) },
                Block::Title { text: "Siege of Busanjin".to_owned(), place: place(2, 8, 34) },
                Block::Marker { place: place(3, 36, 44) },
                field("tags", "", place(4, 46, 51)),
                field("", "- war", place(5, 55, 60)),
                Block::Marker { place: place(6, 62, 65) },
            ]
        );
    }

    #[test]
    fn what_does_not_look_like_it_is_none() {
        for text in [
            "",
            "---",
            "---\ntitle: x\n",
            "---\nA rule, then prose: see.\n---\n",
            "text\n---\ntitle: x\n---\n",
            "----\ntitle: x\n---\n",
        ] {
            assert!(parse_front_matter(text, 0).is_none(), "{text:?}");
        }
    }
}
