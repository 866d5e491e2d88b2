//! Text of documents made ready for one line or several: safe, without runs of spaces, and with
//! the places of its matches.

use std::ops::Range;

use super::Marks;
use crate::model::Kind;
use crate::search::hit::Hit;
use crate::text::ranges::{fit_ranges, join_over_spaces};
use crate::text::sanitize::shown;

/// Put around a match where there are no colours.
const PLAIN_MARK: char = '*';
/// Between two entries of a list.
const ENTRY_SEPARATOR: &str = " · ";

/// Text that can be written as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marked {
    /// One line, safe for a terminal.
    pub text: String,
    /// Bytes of `text` to be written in the style of a match. Empty where signs mark matches.
    pub matches: Vec<Range<usize>>,
    /// Whether line breaks part entries of a list, which then are parted by a sign.
    pub is_list: bool,
}

impl Marked {
    /// Appends text of a document.
    pub fn push(&mut self, text: &str, matches: &[Range<usize>], marks: Marks) {
        let mut at = 0;
        // A phrase is one mark.
        for range in join_over_spaces(text, &fit_ranges(text, matches.iter().cloned())) {
            self.push_text(text.get(at..range.start).unwrap_or(""));
            at = range.end;
            let found = text.get(range).unwrap_or("");
            match marks {
                Marks::None => self.push_text(found),
                Marks::Signs => {
                    self.text.push(PLAIN_MARK);
                    self.push_text(found);
                    self.text.push(PLAIN_MARK);
                }
                Marks::Color => {
                    let start = self.text.len();
                    self.push_text(found);
                    self.matches.push(start..self.text.len());
                }
            }
        }
        self.push_text(text.get(at..).unwrap_or(""));
    }

    /// Appends text of a document without matches.
    pub fn push_text(&mut self, text: &str) {
        for c in text.chars() {
            if c == '\n' && self.is_list && !self.text.is_empty() {
                if !self.text.ends_with(ENTRY_SEPARATOR) {
                    self.text.truncate(self.text.trim_end().len());
                    self.text.push_str(ENTRY_SEPARATOR);
                }
                continue;
            }
            let c = shown(c);
            if c != ' ' || !self.text.ends_with(' ') {
                self.text.push(c);
            }
        }
    }
}

/// The fragments of a hit's snippet one after another, `…` where something is left out.
pub fn flow_snippet(hit: &Hit, marks: Marks) -> Marked {
    let mut flow = Marked {
        is_list: matches!(hit.kind, Kind::Infobox | Kind::Links | Kind::Table),
        ..Marked::default()
    };
    let left_out =
        |range: Range<usize>| hit.text.get(range).is_some_and(|text| !text.trim().is_empty());
    let mut at = 0;
    for fragment in &hit.snippet {
        let gap = at..fragment.span.start;
        if left_out(gap) {
            flow.push_text(if at == 0 { "… " } else { " … " });
        } else if at > 0 {
            flow.push_text(" ");
        }
        // The passage's own text still has the line breaks.
        let text = hit.text.get(fragment.span.clone());
        let text = text.filter(|text| text.len() == fragment.text.len());
        flow.push(text.unwrap_or(&fragment.text), &fragment.matches, marks);
        at = fragment.span.end;
    }
    if at > 0 && left_out(at..hit.text.len()) {
        flow.push_text(" …");
    }
    flow
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init)] // lists of one match
mod tests {
    use super::*;
    use crate::search::snippet::Fragment;

    #[test]
    fn offsets_follow_what_is_replaced() {
        let mut marked = Marked::default();
        marked.push("a\u{202e}\n\n b\u{1b}c", &[7..10], Marks::Color);
        assert_eq!(marked.text, "a\u{fffd} b␛c");
        assert_eq!(&marked.text[marked.matches[0].clone()], "b␛c");
    }

    #[test]
    fn neighbouring_matches_share_their_signs() {
        let mut marked = Marked::default();
        marked.push("Fire arrows, fire", &[0..4, 5..11, 13..17], Marks::Signs);
        assert_eq!(marked.text, "*Fire arrows*, *fire*");
        assert!(marked.matches.is_empty());
    }

    #[test]
    fn ranges_that_do_not_fit_do_no_harm() {
        let mut marked = Marked::default();
        marked.push("Sō", &[2..3, 1..2, 40..50], Marks::Signs);
        assert_eq!(marked.text, "S*ō*");
    }

    fn hit(text: &str, spans: &[Range<usize>]) -> Hit {
        let fragment = |span: &Range<usize>| Fragment {
            text: text[span.clone()].to_owned(),
            matches: Vec::new(),
            span: span.clone(),
        };
        Hit {
            text: text.to_owned(),
            snippet: spans.iter().map(fragment).collect(),
            ..Hit::default()
        }
    }

    #[test]
    fn entries_of_a_list_are_parted() {
        let text = "Place: Pyongyang\nResult: retreat \r\n\nFire";
        let mut infobox = hit(text, &[0..text.len()]);
        infobox.snippet[0].matches = vec![7..16, 25..32];
        assert_eq!(
            flow_snippet(&infobox, Marks::Signs).text,
            "Place: *Pyongyang* Result: *retreat* Fire"
        );
        infobox.kind = Kind::Infobox;
        assert_eq!(
            flow_snippet(&infobox, Marks::Signs).text,
            "Place: *Pyongyang* · Result: *retreat* · Fire"
        );
    }

    #[test]
    fn an_ellipsis_stands_for_what_is_left_out() {
        let text = " one two three four five ";
        for (spans, flow) in [
            (vec![1..24], "one two three four five"),
            (vec![5..8], "… two …"),
            (vec![1..4, 9..14], "one … three …"),
            (vec![1..8, 9..14], "one two three …"),
            (vec![19..24], "… five"),
            (vec![], ""),
        ] {
            assert_eq!(flow_snippet(&hit(text, &spans), Marks::Color).text, flow);
        }
    }
}
