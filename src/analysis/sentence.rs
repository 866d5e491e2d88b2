//! Whether a sentence begins between two words.
//!
//! Looks only at what stands between them and at the word before, so that it costs next to
//! nothing. A full stop after an abbreviation does not end a sentence.

/// Abbreviations that a name or a number follows. Single letters count as abbreviations as well.
const ABBREVIATIONS: [&str; 44] = [
    "mr", "mrs", "ms", "dr", "prof", "gen", "col", "maj", "capt", "cpt", "lt", "sgt", "adm", "cdr",
    "gov", "sen", "rep", "rev", "hon", "pres", "st", "mt", "ft", "no", "vol", "pp", "fig", "ed",
    "vs", "cf", "ca", "approx", "jan", "feb", "aug", "sept", "oct", "nov", "dec", "inc", "ltd",
    "co", "jr", "sr",
];
const LONGEST: usize = 6;

/// Whether the word after `gap` begins a sentence. `before` is the word before the gap as
/// written, `None` at the start of the text.
pub fn begins_after(gap: &str, before: Option<&str>) -> bool {
    let Some(before) = before else {
        return true;
    };
    if gap.len() < 2 {
        return false;
    }
    let mut line_ends = 0;
    let mut full_stop = false;
    let mut ended = false;
    for c in gap.chars() {
        match c {
            '\n' | '\u{2028}' => line_ends += 1,
            '\u{2029}' => return true,
            '!' | '?' | '؟' | '۔' | '…' | '。' | '！' | '？' => ended = true,
            '.' => full_stop = true,
            _ => {}
        }
    }
    if line_ends > 1 || ended {
        return true;
    }
    full_stop && gap.chars().any(char::is_whitespace) && !is_abbreviation(before)
}

fn is_abbreviation(word: &str) -> bool {
    let mut chars = word.chars().filter(|&c| c != '\u{640}');
    if let (Some(first), None) = (chars.next(), chars.next()) {
        return first.is_alphabetic();
    }
    if word.contains('.') && !word.starts_with(|c: char| c.is_numeric()) {
        return true;
    }
    word.len() <= LONGEST
        && word.is_ascii()
        && ABBREVIATIONS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentence_ends() {
        for (gap, before) in [
            (". ", "retreat"),
            ("! ", "fire"),
            ("؟ ", "متى"),
            ("...\n", "and"),
            ("… ", "and"),
            (".\" ", "said"),
            ("\n\n", "Background"),
            ("\r\n\r\n== ", "Battle"),
            (". ", "1592"),
        ] {
            assert!(begins_after(gap, Some(before)), "{gap:?} {before}");
        }
        assert!(begins_after("", None));
    }

    #[test]
    fn no_sentence_ends() {
        for (gap, before) in [
            (" ", "of"),
            (", ", "Pyongyang"),
            ("\n", "line"),
            (". ", "Mr"),
            (". ", "GEN"),
            (". ", "U.S"),
            (". ", "J"),
            (". ", "د"),
            (". ", "ق.م"),
            (".", "www"),
            ("،", "كوريا"),
            (" - ", "1592"),
        ] {
            assert!(!begins_after(gap, Some(before)), "{gap:?} {before}");
        }
    }
}
