//! The text of HTML blocks inside Markdown: what is neither tag nor comment.
//!
//! Not a parser of HTML: scripts and styles are not told apart, character references stay.

use std::ops::Range;

/// Finds what stands between tags, across the lines of an HTML block.
#[derive(Default)]
pub(super) struct HtmlText {
    /// What ends the tag or comment that was open at the end of the last stretch.
    inside: Option<&'static str>,
}

impl HtmlText {
    /// The ranges of text in the next stretch.
    pub fn text_ranges(&mut self, html: &str) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        let mut at = 0;
        while at < html.len() {
            let rest = &html[at..];
            if let Some(end) = self.inside {
                match rest.find(end) {
                    Some(found) => {
                        at += found + end.len();
                        self.inside = None;
                    }
                    None => break,
                }
            } else {
                let found = tag_start(rest).unwrap_or(rest.len());
                if found > 0 {
                    ranges.push(at..at + found);
                }
                at += found;
                if at < html.len() {
                    let comment = html[at..].starts_with("<!--");
                    self.inside = Some(if comment { "-->" } else { ">" });
                }
            }
        }
        ranges
    }
}

/// Where a tag begins: `<` before a letter, `/`, `!` or `?`.
fn tag_start(html: &str) -> Option<usize> {
    html.match_indices('<').map(|(at, _)| at).find(|at| {
        html[at + 1..]
            .starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_comments_are_no_text() {
        let mut html = HtmlText::default();
        let mut texts = |source: &str| -> Vec<String> {
            let ranges = html.text_ranges(source);
            ranges.into_iter().map(|range| source[range].to_owned()).collect()
        };
        assert_eq!(texts("<p>1 < 2 <br"), ["1 < 2 "]);
        assert_eq!(texts("class=x>after<!-- a > b"), ["after"]);
        assert_eq!(texts("still --> end"), [" end"]);
    }
}
