//! Breaking text into lines that fit.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::text::width::{display_width, grapheme_width};

/// The lines of `text` as byte ranges, each at most `columns` wide: broken at spaces, which belong
/// to no line, and within a word only if it is wider than a line. A grapheme cluster is never
/// broken, so one of two columns may be wider than a line of one.
pub fn wrap_lines(text: &str, columns: usize) -> Vec<Range<usize>> {
    let mut lines: Vec<Range<usize>> = Vec::new();
    let mut line = 0..0;
    let mut used = 0;
    for (start, word) in words(text) {
        let width = display_width(word);
        let space = if line.is_empty() { 0 } else { start - line.end };
        if line.is_empty() || used + space + width > columns {
            if !line.is_empty() {
                lines.push(line);
            }
            line = start..start;
            used = 0;
        } else {
            used += space;
        }
        if width <= columns {
            line.end = start + word.len();
            used += width;
            continue;
        }
        for (at, grapheme) in word.grapheme_indices(true) {
            let width = grapheme_width(grapheme);
            if used + width > columns && used > 0 {
                lines.push(line);
                line = start + at..start + at;
                used = 0;
            }
            line.end = start + at + grapheme.len();
            used += width;
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// The parts of `text` between spaces. Non-breaking spaces part nothing.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split(' ').filter_map(move |word| {
        let start = at;
        at += word.len() + 1;
        (!word.is_empty()).then_some((start, word))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(text: &str, columns: usize) -> Vec<&str> {
        wrap_lines(text, columns).into_iter().map(|line| &text[line]).collect()
    }

    #[test]
    fn words_stay_whole() {
        assert_eq!(lines("the river had frozen", 9), ["the river", "had", "frozen"]);
        assert_eq!(lines("  the  river ", 99), ["the  river"]);
        assert_eq!(lines("", 9), [""; 0]);
    }

    #[test]
    fn marks_take_no_room() {
        assert_eq!(lines("حِصَارُ هَانْجُو", 5), ["حِصَارُ", "هَانْجُو"]);
        assert_eq!(lines("حِصَارُ هَانْجُو", 10), ["حِصَارُ هَانْجُو"]);
    }

    #[test]
    fn what_is_too_wide_is_broken_between_clusters() {
        assert_eq!(lines("ab e\u{301}e\u{301}e\u{301}", 2), ["ab", "e\u{301}e\u{301}", "e\u{301}"]);
        assert_eq!(lines("平壌城", 3), ["平", "壌", "城"]);
        assert_eq!(lines("平壌", 1), ["平", "壌"]);
        assert_eq!(lines("abc", 0), ["a", "b", "c"]);
    }

    proptest! {
        #[test]
        fn every_word_is_on_some_line(text in "[a-c平ب\u{301}\u{200d}👩 ]{0,60}", columns in 2usize..12) {
            let lines = lines(&text, columns);
            for line in &lines {
                prop_assert!(display_width(line) <= columns);
            }
            let glue = |text: &str| text.replace(' ', "");
            prop_assert_eq!(glue(&lines.concat()), glue(&text));
        }
    }
}
