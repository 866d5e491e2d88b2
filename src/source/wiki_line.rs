//! What a line of plain or wiki text is, judged by that line alone.
//!
//! Pure. All lines are passed without white space at their ends.

/// Longer lines are no headings: every passage of a section carries its heading.
pub(super) const HEADING_BYTES: usize = 1000;
/// Longer keys are no keys of an infobox.
const KEY_BYTES: usize = 100;
/// The deepest heading of a wiki page.
const DEEPEST: usize = 6;

/// Whether a character shows nothing: white space, controls and invisible marks.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// `= Title =`, `==Section==`, `=== Deeper ===`: the level, 1 for one sign, and the text.
pub(super) fn parse_heading(line: &str) -> Option<(u8, &str)> {
    if line.len() > HEADING_BYTES {
        return None;
    }
    let after = line.trim_start_matches('=');
    let text = after.trim_end_matches('=');
    let level = (line.len() - after.len()).min(after.len() - text.len()).min(DEEPEST);
    let text = text.trim();
    let level = u8::try_from(level).ok().filter(|&level| level > 0)?;
    // `==== ====` rules off columns.
    let has_text = text.chars().any(|c| !is_blank(c) && c != '=');
    has_text.then_some((level, text))
}

/// `- item`, `* item`, `** item`, `• item`: the item, which may be empty.
pub(super) fn parse_bullet(line: &str) -> Option<&str> {
    let item = if line.starts_with('*') {
        let item = line.trim_start_matches('*');
        (line.len() - item.len() <= DEEPEST).then_some(item)?
    } else {
        line.strip_prefix(['-', '•', '‣', '◦', '▪'])?
    };
    (item.is_empty() || item.starts_with(char::is_whitespace)).then(|| item.trim_start())
}

/// `1. item`, `12) item`: lines that begin an item of their own and keep their number.
pub(super) fn is_numbered(line: &str) -> bool {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    (1..=3).contains(&(line.len() - rest.len()))
        && rest.strip_prefix(['.', ')']).is_some_and(|rest| rest.starts_with(char::is_whitespace))
}

/// `Key: value`, where the value may be empty.
pub(super) fn parse_field(item: &str) -> Option<(&str, &str)> {
    let (key, value) = item.split_once(':')?;
    let key = key.trim();
    let fits = key.len() <= KEY_BYTES
        && key.chars().any(char::is_alphanumeric)
        // An address is no entry.
        && !value.starts_with("//");
    fits.then(|| (key, value.trim_start()))
}

/// The line that announces an infobox, and the name of its template if it gives one.
pub(super) fn parse_infobox(line: &str) -> Option<&str> {
    let line = line.strip_suffix(':').unwrap_or(line);
    let name = match line.get(..7) {
        Some(word) if word.eq_ignore_ascii_case("infobox") => &line[7..],
        _ => line.strip_prefix("صندوق معلومات")?,
    };
    let apart = name.is_empty() || name.starts_with(char::is_whitespace);
    (apart && name.len() <= KEY_BYTES).then(|| name.trim())
}

/// Lines that only separate: `----`, `=====`, `|`.
pub(super) fn is_rule(line: &str) -> bool {
    line.chars()
        .all(|c| matches!(c, '-' | '=' | '*' | '_' | '~' | '|' | '–' | '—') || c.is_whitespace())
}

/// A row of a table whose cells are set off by bars.
pub(super) fn is_table_row(line: &str) -> bool {
    line.starts_with('|') || line.starts_with("{|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_with_and_without_inner_spaces() {
        assert_eq!(parse_heading("= Siege of Busanjin ="), Some((1, "Siege of Busanjin")));
        assert_eq!(parse_heading("==Background=="), Some((2, "Background")));
        assert_eq!(parse_heading("== See also =="), Some((2, "See also")));
        assert_eq!(parse_heading("=== Naval = war ==="), Some((3, "Naval = war")));
        assert_eq!(parse_heading("== uneven ="), Some((1, "uneven")));
        assert_eq!(parse_heading("======== deep ========"), Some((6, "deep")));
        for line in ["", "=", "====", "= =", "x = y", "=x", "x=", "= \u{200f} =", "=== ====="] {
            assert_eq!(parse_heading(line), None, "{line:?}");
        }
        assert_eq!(parse_heading(&format!("={}=", "x".repeat(HEADING_BYTES))), None);
    }

    #[test]
    fn bullets_and_numbers() {
        assert_eq!(parse_bullet("- Siege of Pyongyang"), Some("Siege of Pyongyang"));
        assert_eq!(parse_bullet("** deeper"), Some("deeper"));
        assert_eq!(parse_bullet("-"), Some(""));
        for line in ["-5 degrees", "*bold* word", "--", "", "a - b"] {
            assert_eq!(parse_bullet(line), None, "{line:?}");
        }
        assert!(is_numbered("1. first") && is_numbered("12) twelfth"));
        assert!(!is_numbered("1592. The") && !is_numbered("1.5 men") && !is_numbered(". x"));
    }

    #[test]
    fn fields_have_a_key() {
        assert_eq!(parse_field("Date: 24 May 1592"), Some(("Date", "24 May 1592")));
        assert_eq!(parse_field("Campaign: |"), Some(("Campaign", "|")));
        assert_eq!(parse_field("القائد:كوون يول"), Some(("القائد", "كوون يول")));
        assert_eq!(parse_field("Time: 4:00"), Some(("Time", "4:00")));
        for item in ["no colon", ": value", "?: x", "http://example.org"] {
            assert_eq!(parse_field(item), None, "{item:?}");
        }
    }

    #[test]
    fn infoboxes_are_announced_by_name() {
        assert_eq!(parse_infobox("Infobox"), Some(""));
        assert_eq!(parse_infobox("infobox:"), Some(""));
        assert_eq!(parse_infobox("Infobox military conflict"), Some("military conflict"));
        assert_eq!(parse_infobox("صندوق معلومات"), Some(""));
        assert_eq!(parse_infobox("Infoboxes are boxes"), None);
        assert_eq!(parse_infobox("معلومات"), None);
    }

    #[test]
    fn rules_and_rows() {
        assert!(is_rule("----") && is_rule("* * *") && is_rule("|"));
        assert!(!is_rule("-a-") && !is_rule("?"));
        assert!(is_table_row("| a | b |") && is_table_row("{| class=x") && is_table_row("|-"));
        assert!(!is_table_row("a | b"));
    }
}
