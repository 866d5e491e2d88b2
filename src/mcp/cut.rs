//! How much text a result holds: an agent reads all that it is given, whatever it cost.
//!
//! Lengths are in characters, and texts are cut between characters. What is cut can be read on.

/// Of a passage that is read.
pub const PASSAGE: usize = 20_000;
/// Of a quotation, which is longer than usual only where a word is.
pub const QUOTE: usize = 1_000;
/// Of a passage that was found.
pub const FOUND: usize = 4_000;
/// Of all passages that are read at once; the first is there whatever it takes.
pub const READING: usize = 100_000;
/// Of a title, a heading or an address.
const LABEL: usize = 500;
/// Of the headings above a passage.
const SECTIONS: usize = 16;

/// A part of a text, and the character to go on from where it goes on.
#[derive(Debug, PartialEq)]
pub struct Part {
    pub text: String,
    pub next: Option<usize>,
}

/// At most `most` characters of a text from the character `from` on.
pub fn part(text: &str, from: usize, most: usize) -> Part {
    let rest = after(text, from);
    let tail = after(rest, most);
    let kept = rest.strip_suffix(tail).unwrap_or(rest);
    let next = (!tail.is_empty()).then(|| from.saturating_add(most));
    Part { text: kept.to_owned(), next }
}

/// What follows the first `count` characters.
fn after(text: &str, count: usize) -> &str {
    text.char_indices().nth(count).and_then(|(at, _)| text.get(at..)).unwrap_or_default()
}

/// A title, a heading or an address, with `…` where it was cut.
pub fn label(text: String) -> String {
    let Part { text: mut kept, next } = part(&text, 0, LABEL);
    if next.is_some() {
        kept.push('…');
    }
    kept
}

/// The headings above a passage; of very many the outermost.
pub fn section(mut headings: Vec<String>) -> Vec<String> {
    headings.truncate(SECTIONS);
    headings.into_iter().map(label).collect()
}

/// Infobox entries, as many as fit into `most` characters.
pub fn fields(fields: Vec<(String, String)>, most: usize) -> Vec<(String, String)> {
    let mut room = most;
    let fits = |(key, value): &(String, String)| {
        let taken = key.chars().count() + value.chars().count();
        let fits = taken <= room;
        room = room.saturating_sub(taken);
        fits
    };
    fields.into_iter().take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_the_whole_together() {
        let text = "قلعة a castle 城";
        for most in 1..20 {
            let (mut from, mut whole) = (0, String::new());
            loop {
                let part = part(text, from, most);
                assert!(part.text.chars().count() <= most);
                whole.push_str(&part.text);
                let Some(next) = part.next else { break };
                assert!(next > from);
                from = next;
            }
            assert_eq!(whole, text);
        }
        assert_eq!(part(text, 1000, 5), Part { text: String::new(), next: None });
        assert_eq!(part(text, usize::MAX, 5), Part { text: String::new(), next: None });
        assert_eq!(part("", 0, 5), Part { text: String::new(), next: None });
    }

    #[test]
    fn long_labels_say_that_they_were_cut() {
        assert_eq!(label("Siege".to_owned()), "Siege");
        let cut = label("ق".repeat(10_000));
        assert_eq!(cut.chars().count(), LABEL + 1);
        assert!(cut.ends_with('…'));
        assert_eq!(section(vec!["a".to_owned(); 1000]).len(), SECTIONS);
    }

    #[test]
    fn entries_end_where_the_room_does() {
        let entry = |value: &str| ("key".to_owned(), value.to_owned());
        let entries = vec![entry("one"), entry("twenty"), entry("3")];
        assert_eq!(fields(entries.clone(), 100), entries);
        assert_eq!(fields(entries.clone(), 12), entries[..1]);
        assert_eq!(fields(entries, 2), []);
    }
}
