//! How many columns of a terminal text takes, and cutting it to fit.
//!
//! Widths are summed over grapheme clusters: a cluster is never cut. Lam and alef count as two
//! columns, as terminals without shaping draw them.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Columns that one grapheme cluster takes.
pub fn grapheme_width(grapheme: &str) -> usize {
    if grapheme.len() == 1 {
        return usize::from(!grapheme.as_bytes()[0].is_ascii_control());
    }
    // No terminal draws a cluster wider than two columns.
    grapheme.width().min(2)
}

/// Columns that `text` takes on one line; control characters count nothing.
pub fn display_width(text: &str) -> usize {
    if text.is_ascii() {
        return text.bytes().filter(|byte| !byte.is_ascii_control()).count();
    }
    text.graphemes(true).map(grapheme_width).sum()
}

/// The longest beginning of `text` that takes at most `columns`.
pub fn prefix_of_width(text: &str, columns: usize) -> &str {
    let mut taken = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        taken += grapheme_width(grapheme);
        if taken > columns {
            return &text[..at];
        }
    }
    text
}

/// `text` if it fits into `columns`, else its beginning and `…`.
pub fn shorten(text: &str, columns: usize) -> Cow<'_, str> {
    if prefix_of_width(text, columns).len() == text.len() {
        return Cow::Borrowed(text);
    }
    let kept = prefix_of_width(text, columns.saturating_sub(1)).trim_end();
    Cow::Owned(format!("{kept}…"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn widths() {
        for (text, columns) in [
            ("", 0),
            ("retreat", 7),
            ("Sō", 2),
            ("So\u{304}", 2),
            ("حصار", 4),
            ("حِصَار", 4),
            ("سلام", 4),
            ("平壌", 4),
            ("می\u{200c}خواهم", 7),
            ("\u{200f}", 0),
            ("👩\u{200d}👩\u{200d}👧", 2),
        ] {
            assert_eq!(display_width(text), columns, "{text}");
        }
    }

    #[test]
    fn cut_between_graphemes() {
        assert_eq!(prefix_of_width("So\u{304} Yoshitoshi", 2), "So\u{304}");
        assert_eq!(prefix_of_width("平壌", 3), "平");
        assert_eq!(prefix_of_width("حِصَار", 2), "حِصَ");
        assert_eq!(shorten("Konishi Yukinaga", 9), "Konishi…");
        assert_eq!(shorten("Konishi", 7), "Konishi");
        assert_eq!(shorten("Konishi", 0), "…");
    }

    proptest! {
        #[test]
        fn a_prefix_fits(text in any::<String>(), columns in 0usize..40) {
            let prefix = prefix_of_width(&text, columns);
            prop_assert!(text.starts_with(prefix));
            prop_assert!(display_width(prefix) <= columns);
        }
    }
}
