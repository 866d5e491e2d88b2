//! Direction of a run of text, and isolating it so that it does not disturb the line around it.
//!
//! Text always stays in logical order; putting it in visual order is the terminal's work.

/// Begins a run whose direction is that of its first strong character.
const FIRST_STRONG_ISOLATE: char = '\u{2068}';
const POP_DIRECTIONAL_ISOLATE: char = '\u{2069}';
const LEFT_TO_RIGHT_MARK: char = '\u{200e}';
const RIGHT_TO_LEFT_MARK: char = '\u{200f}';

/// The direction in which a run is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    LeftToRight,
    RightToLeft,
}

/// Whether `c` opens or closes an embedding, an override or an isolate. The marks LRM, RLM and
/// ALM do neither.
pub fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_right_to_left_block(c: char) -> bool {
    matches!(c,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// The direction that `c` has whatever stands beside it; `None` for digits, signs and spaces.
pub fn strong_direction(c: char) -> Option<Direction> {
    if c.is_ascii() {
        return c.is_ascii_alphabetic().then_some(Direction::LeftToRight);
    }
    match c {
        RIGHT_TO_LEFT_MARK | '\u{61c}' => Some(Direction::RightToLeft),
        LEFT_TO_RIGHT_MARK => Some(Direction::LeftToRight),
        _ if !c.is_alphabetic() => None,
        _ if is_right_to_left_block(c) => Some(Direction::RightToLeft),
        _ => Some(Direction::LeftToRight),
    }
}

/// The direction of the first character of `text` that has one.
pub fn first_strong(text: &str) -> Option<Direction> {
    text.chars().find_map(strong_direction)
}

/// Whether anything in `text` is written from right to left. Digits of the Arabic script count.
pub fn has_right_to_left(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(|c| is_right_to_left_block(c) || c == RIGHT_TO_LEFT_MARK)
}

/// Appends `text` to `out` as a run of its own that is read in `direction`, or in that of its
/// first strong character.
///
/// Controls inside `text` that could end the isolate are left out.
pub fn push_isolated(out: &mut String, text: &str, direction: Option<Direction>) {
    out.push(FIRST_STRONG_ISOLATE);
    push_direction_mark(out, text, direction);
    out.extend(text.chars().filter(|&c| !is_bidi_control(c)));
    out.push(POP_DIRECTIONAL_ISOLATE);
}

/// [`push_isolated`] into a new string.
pub fn isolate(text: &str, direction: Option<Direction>) -> String {
    let mut out = String::with_capacity(text.len() + 9);
    push_isolated(&mut out, text, direction);
    out
}

/// What to write before and after a run that holds no bidi control, such as a sanitized one.
pub fn isolate_marks(text: &str, direction: Option<Direction>) -> (String, &'static str) {
    let mut before = String::from(FIRST_STRONG_ISOLATE);
    push_direction_mark(&mut before, text, direction);
    (before, "\u{2069}")
}

/// A wrapped line of an Arabic paragraph may begin with a Latin word; the mark then says what
/// the paragraph's direction is.
fn push_direction_mark(out: &mut String, text: &str, direction: Option<Direction>) {
    if direction.is_some() && first_strong(text) != direction {
        out.push(match direction {
            Some(Direction::RightToLeft) => RIGHT_TO_LEFT_MARK,
            _ => LEFT_TO_RIGHT_MARK,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::Direction::{LeftToRight, RightToLeft};
    use super::*;

    #[test]
    fn the_first_letter_gives_the_direction() {
        for (text, direction) in [
            ("Busan بوسان", Some(LeftToRight)),
            ("«بوسان» Busan", Some(RightToLeft)),
            ("1592 – حصار", Some(RightToLeft)),
            ("١٥٩٢", None),
            ("(1592)", None),
            ("", None),
            ("אב", Some(RightToLeft)),
            ("平壌", Some(LeftToRight)),
            ("\u{200f}A", Some(RightToLeft)),
        ] {
            assert_eq!(first_strong(text), direction, "{text}");
        }
    }

    #[test]
    fn arabic_anywhere_is_noticed() {
        assert!(has_right_to_left("the letter ب"));
        assert!(has_right_to_left("١٥٩٢"));
        assert!(!has_right_to_left("Sō Yoshitoshi – 1592 平壌"));
    }

    #[test]
    fn isolates_are_closed_and_cannot_be_left() {
        assert_eq!(isolate("حصار هانجو", None), "\u{2068}حصار هانجو\u{2069}");
        assert_eq!(isolate("a\u{2069}\u{202e}b\u{2068}", None), "\u{2068}ab\u{2069}");
    }

    #[test]
    fn a_line_keeps_the_direction_of_its_paragraph() {
        assert_eq!(
            isolate("Toyotomi قال", Some(RightToLeft)),
            "\u{2068}\u{200f}Toyotomi قال\u{2069}"
        );
        assert_eq!(isolate("قال", Some(RightToLeft)), "\u{2068}قال\u{2069}");
        assert_eq!(isolate("قال", Some(LeftToRight)), "\u{2068}\u{200e}قال\u{2069}");
        assert_eq!(isolate_marks("1593", Some(RightToLeft)).0, "\u{2068}\u{200f}");
    }
}
