//! Where text may be cut: between characters, between grapheme clusters, between words.
//!
//! All positions are bytes. Every function takes any position and gives one on a char boundary.
//! Looking for a boundary costs the same wherever it is: clusters are told apart by the text near
//! by, and one that is larger than any real letter may be cut.

use unicode_segmentation::GraphemeCursor;

/// How far around a position is looked, in bytes.
const REACH: usize = 256;

/// The last char boundary at or before `at`.
pub fn char_floor(text: &str, at: usize) -> usize {
    if at >= text.len() {
        return text.len();
    }
    // A character has at most four bytes.
    (0..4).map(|back| at.saturating_sub(back)).find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// The first char boundary at or after `at`.
pub fn char_ceil(text: &str, at: usize) -> usize {
    (at..text.len()).take(4).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len())
}

/// The position `chars` characters before `at`, or the start of the text.
pub fn chars_before(text: &str, at: usize, chars: usize) -> usize {
    let before = &text[..char_floor(text, at)];
    match chars.checked_sub(1) {
        None => before.len(),
        Some(further) => before.char_indices().rev().nth(further).map_or(0, |(at, _)| at),
    }
}

/// The position `chars` characters after `at`, or the end of the text.
pub fn chars_after(text: &str, at: usize, chars: usize) -> usize {
    let at = char_floor(text, at);
    text[at..].char_indices().nth(chars).map_or(text.len(), |(further, _)| at + further)
}

/// The last boundary between grapheme clusters at or before `at`.
pub fn grapheme_floor(text: &str, at: usize) -> usize {
    let at = char_floor(text, at);
    let (around, from) = surroundings(text, at);
    let mut cursor = GraphemeCursor::new(at - from, around.len(), true);
    if cursor.is_boundary(around, 0) == Ok(true) {
        return at;
    }
    match cursor.prev_boundary(around, 0) {
        Ok(Some(boundary)) if boundary > 0 || from == 0 => from + boundary,
        _ => at,
    }
}

/// The first boundary between grapheme clusters at or after `at`.
pub fn grapheme_ceil(text: &str, at: usize) -> usize {
    let at = char_ceil(text, at);
    let (around, from) = surroundings(text, at);
    let mut cursor = GraphemeCursor::new(at - from, around.len(), true);
    if cursor.is_boundary(around, 0) == Ok(true) {
        return at;
    }
    match cursor.next_boundary(around, 0) {
        Ok(Some(boundary)) if boundary < around.len() || from + around.len() == text.len() => {
            from + boundary
        }
        _ => at,
    }
}

fn surroundings(text: &str, at: usize) -> (&str, usize) {
    let from = char_floor(text, at.saturating_sub(REACH));
    let to = char_ceil(text, at.saturating_add(REACH));
    (&text[from..to], from)
}

/// The first place in `from..=to` where a word begins after white space, or `from` if it is one.
pub fn word_start_after(text: &str, from: usize, to: usize) -> Option<usize> {
    if from == 0 || text.get(..from)?.ends_with(char::is_whitespace) {
        let window = text.get(from..to)?;
        return Some(from + (window.len() - window.trim_start().len()));
    }
    let window = text.get(from..to)?;
    let space = window.find(char::is_whitespace)?;
    let rest = &window[space..];
    Some(from + space + (rest.len() - rest.trim_start().len()))
}

/// The last place in `from..=to` where a word ends before white space, or `to` if it is one.
pub fn word_end_before(text: &str, from: usize, to: usize) -> Option<usize> {
    let window = text.get(from..to)?;
    let at_end = text.get(to..)?.chars().next().is_none_or(char::is_whitespace);
    if at_end {
        return Some(from + window.trim_end().len());
    }
    let space = window.rfind(char::is_whitespace)?;
    Some(from + window[..space].trim_end().len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;

    use super::*;

    #[test]
    fn counting_characters() {
        let text = "Sō في";
        assert_eq!(chars_after(text, 0, 2), 3);
        assert_eq!(chars_after(text, 1, 99), text.len());
        assert_eq!(chars_before(text, text.len(), 1), 6);
        assert_eq!(chars_before(text, 2, 1), 0);
        assert_eq!(chars_before(text, 4, 0), 4);
    }

    #[test]
    fn clusters_are_whole() {
        let text = "So\u{304}\u{323}x";
        assert_eq!(grapheme_floor(text, 4), 1);
        assert_eq!(grapheme_ceil(text, 3), 6);
        assert_eq!(grapheme_ceil(text, 6), 6);
        assert_eq!(grapheme_floor("a\u{301}", 99), 3);
    }

    #[test]
    fn a_monstrous_cluster_is_cut_between_characters() {
        let text = format!("a{}", "\u{301}".repeat(2000));
        let at = grapheme_floor(&text, 2000);
        assert!(text.is_char_boundary(at) && (1999..=2000).contains(&at));
        assert_eq!(grapheme_ceil(&text, 2000), 2001);
    }

    #[test]
    fn words() {
        let text = "fire arrows, and";
        assert_eq!(word_start_after(text, 2, 9), Some(5));
        assert_eq!(word_start_after(text, 5, 9), Some(5));
        assert_eq!(word_start_after(text, 6, 9), None);
        assert_eq!(word_start_after(text, 0, 9), Some(0));
        assert_eq!(word_end_before(text, 0, 9), Some(4));
        assert_eq!(word_end_before(text, 0, 12), Some(12));
        assert_eq!(word_end_before(text, 5, 9), None);
        assert_eq!(word_end_before(text, 5, text.len()), Some(text.len()));
    }

    proptest! {
        #[test]
        fn graphemes_as_the_library_finds_them(text in "[a-cé\u{301}\u{200d}👩🇦🇧ب\u{64e} \r\n]{0,20}", at in 0usize..80) {
            let bounds: Vec<usize> = text
                .grapheme_indices(true)
                .map(|(at, _)| at)
                .chain([text.len()])
                .collect();
            let floor = bounds.iter().rev().find(|&&bound| bound <= at).copied();
            let ceil = bounds.iter().find(|&&bound| bound >= at).copied();
            prop_assert_eq!(Some(grapheme_floor(&text, at)), floor);
            prop_assert_eq!(grapheme_ceil(&text, at), ceil.unwrap_or(text.len()));
        }

        #[test]
        fn any_position_will_do(text in any::<String>(), a in 0usize..90, b in 0usize..90) {
            for at in [
                char_floor(&text, a),
                char_ceil(&text, a),
                chars_before(&text, a, b),
                chars_after(&text, a, b),
                word_start_after(&text, a, b).unwrap_or(0),
                word_end_before(&text, a, b).unwrap_or(0),
            ] {
                prop_assert!(text.is_char_boundary(at));
            }
        }
    }
}
