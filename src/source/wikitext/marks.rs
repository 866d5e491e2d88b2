//! Characters that stand for what has been decided already, while wikitext is still text: a bar
//! that is no markup, the parts of a field. They are of a private plane, and are taken out of the
//! source first.

/// A `|` of the text.
pub const BAR: char = '\u{e000}';
/// A line break within a paragraph.
pub const BREAK: char = '\u{e001}';
/// [`BAR`] and [`BREAK`] as text.
pub const BAR_TEXT: &str = "\u{e000}";
pub const BREAK_TEXT: &str = "\u{e001}";
/// Begins a line that is an entry of an infobox: key, [`VALUE`], value.
pub const FIELD: char = '\u{e002}';
pub const VALUE: char = '\u{e003}';
/// Begins a line that is a paragraph of its own, such as the caption of a picture.
pub const ASIDE: char = '\u{e004}';
/// Begins and ends a reference.
pub const REF: char = '\u{e005}';
pub const REF_END: char = '\u{e006}';
/// What follows is text, whatever it looks like.
pub const PLAIN: char = '\u{e007}';
/// Begins a line of links to other articles: a note above a section, a box below it.
pub const LINKS: char = '\u{e008}';

/// What stands on both sides of it are words of their own.
pub const SEAM: char = '\u{e009}';

pub fn is_mark(c: char) -> bool {
    (BAR..=SEAM).contains(&c)
}

/// A text as a reader sees it: on one line, but for breaks where they are `kept`.
pub fn shown(text: &str, kept: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut seam = false;
    for c in text.chars() {
        if std::mem::take(&mut seam) && c.is_alphanumeric() && out.ends_with(char::is_alphanumeric)
        {
            out.push(' ');
        }
        match c {
            SEAM => seam = true,
            BAR => out.push('|'),
            BREAK => out.push(if kept { '\n' } else { ' ' }),
            VALUE => out.push_str(": "),
            c if is_mark(c) => {}
            c => out.push(c),
        }
    }
    let lines = out.split('\n').map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// The parts of a value that stand on lines, in a list or between breaks, without what marks them
/// as such.
pub fn parts(value: &str) -> impl Iterator<Item = &str> {
    let parts = value
        .split(['\n', BREAK])
        .map(|part| part.trim().trim_start_matches(['*', '#', ':', ';', ASIDE, LINKS]).trim());
    parts.filter(|part| part.chars().any(|c| !is_mark(c) && !c.is_whitespace()))
}

/// The parts of a value, one behind the other.
pub fn joined(value: &str) -> String {
    let mut out = String::new();
    for part in parts(value) {
        if !out.is_empty() {
            out.push_str(if out.ends_with([',', ';', ':', '،', '؛', '(', '–']) {
                " "
            } else {
                ", "
            });
        }
        out.push_str(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_shown_as_what_they_stand_for() {
        assert_eq!(shown("a\u{e000}b\u{e001}c \u{e007} d", true), "a|b\nc d");
        assert_eq!(shown("a\u{e001}b", false), "a b");
        assert_eq!(shown("a\u{e009}b \u{e009}c\u{e009}.", false), "a b c.");
        assert_eq!(joined("\n* one\n* two,\n* three"), "one, two, three");
    }
}
