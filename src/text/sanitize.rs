//! Making text of documents safe to write to a terminal.
//!
//! A terminal obeys control characters, and bidirectional overrides make a line read as something
//! that it is not. Both are replaced by a visible sign, one character for one character. What
//! Arabic and Persian spelling needs stays as it is: ZWNJ, ZWJ, LRM, RLM and ALM.
//!
//! For people only: formats for programs keep the text and escape it in their own way.

use std::borrow::Cow;

use super::bidi::is_bidi_control;

/// Stands for what must not be written and has no picture of its own.
const REPLACEMENT: char = '\u{fffd}';

/// Whether writing `c` to a terminal could do more than show a character.
///
/// White space such as tab and newline counts as well: in the middle of a line it does harm.
pub fn is_unsafe(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    c.is_control()
        || is_bidi_control(c)
        // Line and paragraph separators, deprecated format characters, interlinear annotations.
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{206a}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}')
}

/// What is shown instead of `c` within a line: a space for white space, a picture of the control
/// character where Unicode has one, `U+FFFD` for other unsafe characters, else `c` itself.
pub fn shown(c: char) -> char {
    match c {
        '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => ' ',
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(REPLACEMENT),
        '\u{7f}' => '\u{2421}',
        _ if is_unsafe(c) => REPLACEMENT,
        _ => c,
    }
}

/// `text` without anything unsafe, on one line.
pub fn to_one_line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(shown).collect())
}

/// The beginning of `text` on one line, of `chars` characters at the most, and `…` where there is more.
pub fn excerpt(text: &str, chars: usize) -> String {
    let mut rest = text.chars();
    let mut excerpt: String = rest.by_ref().take(chars).map(shown).collect();
    if rest.next().is_some() {
        excerpt.push('…');
    }
    excerpt
}

/// The lines of `text`, each without its line ending and without anything unsafe.
pub fn to_lines(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    text.lines().map(to_one_line)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escape_sequences_lose_their_escape() {
        assert_eq!(to_one_line("a\u{1b}[2Jb"), "a␛[2Jb");
        assert_eq!(to_one_line("\u{1b}]8;;http://x\u{7}y"), "␛]8;;http://x␇y");
        assert_eq!(to_one_line("\u{9b}31m \u{90}q\u{9c} \u{7f}\0"), "�31m �q� ␡␀");
    }

    #[test]
    fn bidi_overrides_embeddings_and_isolates_are_shown() {
        for c in ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}') {
            assert_eq!(to_one_line(&format!("a{c}b")), "a\u{fffd}b", "{c:?}");
        }
    }

    #[test]
    fn joiners_and_directional_marks_stay() {
        for text in ["می\u{200c}خواهم", "ک\u{200d}", "a\u{200e}b", "ب\u{200f}", "\u{61c}3"]
        {
            assert!(matches!(to_one_line(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn white_space_becomes_a_space_each() {
        assert_eq!(to_one_line("a\tb\r\nc\u{b}\u{c}d\u{85}e\u{2028}f\u{2029}g"), "a b  c  d e f g");
    }

    #[test]
    fn excerpts_are_short_and_safe() {
        assert_eq!(excerpt("a\u{1b}[2J\u{202e}b", 9), "a␛[2J\u{fffd}b");
        assert_eq!(excerpt("حصار هانجو", 4), "حصار…");
        assert_eq!((excerpt("ab", 2), excerpt("", 0)), ("ab".to_owned(), String::new()));
    }

    #[test]
    fn lines_stay_lines() {
        let lines: Vec<_> = to_lines("one\r\ntwo\u{1b}\n\nثلاثة").collect();
        assert_eq!(lines, ["one", "two␛", "", "ثلاثة"]);
    }

    proptest! {
        #[test]
        fn nothing_unsafe_remains(text in any::<String>()) {
            let line = to_one_line(&text);
            prop_assert!(!line.chars().any(is_unsafe));
            prop_assert_eq!(line.chars().count(), text.chars().count());
            prop_assert!(matches!(to_one_line(&line), Cow::Borrowed(_)));
        }
    }
}
