//! Cleaning text for display: the scars that extraction leaves in encyclopedia text.
//!
//! Only what is safely recognisable is touched. Every run of letters and digits of the source is
//! afterwards either in the text or in `hidden`, so cleaning never makes a word unfindable.

/// A text as people see it, and the words that were taken out of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cleaned {
    pub text: String,
    /// Words of the source that are no longer in `text` as they were, separated by spaces.
    pub hidden: String,
}

/// Cleans a text.
///
/// Line breaks are kept, at most two in a row; every other run of white space and control
/// characters becomes one space, none at the ends of lines. Then, line by line:
/// an image size before a name (`20px Toyotomi`) goes, two years that ran together (`15921598`)
/// get their dash back, a fate glued to a name (`PalKIA`) goes, as do empty brackets and stray
/// bars at the end, and a comma closes up to the word before it.
pub fn clean(text: &str) -> Cleaned {
    let mut cleaned = Cleaned { text: String::with_capacity(text.len()), hidden: String::new() };
    let mut blank_lines = 0;
    for line in text.split('\n') {
        let before = cleaned.text.len();
        if before > 0 {
            cleaned.text.push('\n');
        }
        let start = cleaned.text.len();
        clean_line(line, start, &mut cleaned);
        if cleaned.text.len() > start {
            blank_lines = 0;
        } else {
            blank_lines += 1;
            if blank_lines > 1 {
                cleaned.text.truncate(before);
            }
        }
    }
    let end = cleaned.text.trim_end().len();
    cleaned.text.truncate(end);
    cleaned
}

/// Appends one line, which begins at byte `start` of `out.text`.
fn clean_line(line: &str, start: usize, out: &mut Cleaned) {
    let mut words = line
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .peekable();
    while let Some(word) = words.next() {
        let next = words.peek().copied();
        if is_image_size(word) && begins_value(&out.text[start..]) && next.is_some_and(is_name) {
            hide(word, &mut out.hidden);
            continue;
        }
        if let Some(rest) = empty_brackets(word, next) {
            if rest.takes_next {
                words.next();
            }
            close_up(rest.after, start, &mut out.text);
            continue;
        }
        if matches!(word, "," | "،") {
            close_up(word, start, &mut out.text);
            continue;
        }
        if out.text.len() > start {
            out.text.push(' ');
        }
        push_word(word, out);
    }
    let kept = out.text[start..].trim_end_matches(['|', ' ']).len();
    out.text.truncate(start + kept);
}

fn hide(word: &str, hidden: &mut String) {
    if !hidden.is_empty() {
        hidden.push(' ');
    }
    hidden.push_str(word);
}

/// Puts punctuation directly behind the word before it.
fn close_up(punctuation: &str, start: usize, text: &mut String) {
    // After a bar or at the beginning there is no word that it could belong to.
    if text.len() > start && text[start..].ends_with('|') && !punctuation.is_empty() {
        text.push(' ');
    }
    text.push_str(punctuation);
}

/// Whether the text so far ends where a value begins: nothing there, or after a separator.
fn begins_value(line_so_far: &str) -> bool {
    line_so_far.is_empty() || line_so_far.ends_with([',', '،', ';', '؛', ':'])
}

/// `20px`, `20x20px`: the size of a flag or portrait whose file name was dropped.
fn is_image_size(word: &str) -> bool {
    let Some(number) = word.strip_suffix("px") else {
        return false;
    };
    let small = |digits: &str| {
        (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    };
    match number.split_once('x') {
        Some((width, height)) => (width.is_empty() || small(width)) && small(height),
        None => small(number),
    }
}

/// Whether a word can begin a name: lower case letters cannot, letters without case can.
fn is_name(word: &str) -> bool {
    word.chars().next().is_some_and(|c| c.is_alphabetic() && !c.is_lowercase())
}

struct EmptyBrackets<'a> {
    after: &'a str,
    takes_next: bool,
}

/// Brackets without contents that stand alone: `()`, `( )`, `(,)`, and what follows them at once.
fn empty_brackets<'a>(word: &'a str, next: Option<&'a str>) -> Option<EmptyBrackets<'a>> {
    let inner = word.strip_prefix('(')?;
    let inner = inner.trim_start_matches([',', ';', '،', '؛']);
    let (rest, takes_next) = match inner {
        "" => (next?, true),
        _ => (inner, false),
    };
    let after = rest.strip_prefix(')')?;
    // `()x` is code or a formula, not a scar.
    after
        .chars()
        .all(|c| matches!(c, ',' | '.' | ';' | ':' | '،' | '؛'))
        .then_some(EmptyBrackets { after, takes_next })
}

fn push_word(word: &str, out: &mut Cleaned) {
    if !may_be_scarred(word) {
        out.text.push_str(word);
        return;
    }
    let core = word.trim_matches(|c: char| !c.is_alphanumeric() && !is_sigil(c));
    let before =
        word.len() - word.trim_start_matches(|c: char| !c.is_alphanumeric() && !is_sigil(c)).len();
    let (head, tail) = (&word[..before], &word[before + core.len()..]);
    if let Some((first, second)) = run_together_years(core) {
        hide(core, &mut out.hidden);
        out.text.push_str(head);
        out.text.push_str(first);
        out.text.push('–');
        out.text.push_str(second);
        out.text.push_str(tail);
    } else if let Some((name, fate)) = glued_fate(core) {
        hide(core, &mut out.hidden);
        hide(fate, &mut out.hidden);
        out.text.push_str(head);
        out.text.push_str(name);
        out.text.push_str(tail);
    } else {
        out.text.push_str(word);
    }
}

/// Whether a word has what the scars inside words have: eight digits, or the capitals of a fate.
/// Nearly none has.
fn may_be_scarred(word: &str) -> bool {
    let capitals = word.bytes().any(|byte| matches!(byte, b'A' | b'W'));
    capitals || (word.len() >= 8 && word.chars().filter(|&c| digit_value(c).is_some()).count() >= 8)
}

/// Marks that make the digits behind or before them an amount or a number, not years.
fn is_sigil(c: char) -> bool {
    matches!(c, '#' | '$' | '€' | '£' | '¥' | '+' | '%' | '°' | '№' | '@' | '=' | '-' | '−')
}

/// Two years that lost the dash between them, ascending and at most 150 years apart.
fn run_together_years(core: &str) -> Option<(&str, &str)> {
    let mut values = [0u32; 2];
    let mut middle = 0;
    let mut count = 0;
    for (at, c) in core.char_indices() {
        let digit = digit_value(c)?;
        if count == 4 {
            middle = at;
        }
        if count == 8 {
            return None;
        }
        values[count / 4] = values[count / 4] * 10 + digit;
        count += 1;
    }
    let [first, second] = values;
    let plausible = count == 8
        && (1000..=2100).contains(&first)
        && (1000..=2100).contains(&second)
        && (1..=150).contains(&second.saturating_sub(first));
    plausible.then(|| core.split_at(middle))
}

/// The value of an ASCII, Arabic-Indic or Persian digit.
fn digit_value(c: char) -> Option<u32> {
    match c {
        '0'..='9' => Some(c as u32 - '0' as u32),
        '٠'..='٩' => Some(c as u32 - '٠' as u32),
        '۰'..='۹' => Some(c as u32 - '۰' as u32),
        _ => None,
    }
}

/// A commander's fate (killed, wounded, missing, captured) glued to the end of a name.
fn glued_fate(core: &str) -> Option<(&str, &str)> {
    let fate = ["KIA", "WIA", "MIA", "POW"].into_iter().find(|fate| core.ends_with(fate))?;
    let (name, fate) = core.split_at(core.len() - fate.len());
    let named = name.chars().next().is_some_and(char::is_uppercase)
        && name.chars().next_back().is_some_and(char::is_lowercase)
        && name.chars().nth(1).is_some();
    named.then_some((name, fate))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(source: &str, text: &str, hidden: &str) {
        let cleaned = clean(source);
        assert_eq!(cleaned.text, text, "text of {source:?}");
        assert_eq!(cleaned.hidden, hidden, "hidden of {source:?}");
    }

    #[test]
    fn image_sizes_before_names_are_hidden() {
        check("20px Toyotomi Japan", "Toyotomi Japan", "20px");
        check("Ming, 20x20px Joseon", "Ming, Joseon", "20x20px");
        check("20px مملكة جوسون", "مملكة جوسون", "20px");
        check("a margin of 20px Then", "a margin of 20px Then", "");
        check("20px wide", "20px wide", "");
        check("20px", "20px", "");
        check("px Japan", "px Japan", "");
    }

    #[test]
    fn years_that_ran_together_get_their_dash() {
        check("in 15921598.", "in 1592–1598.", "15921598");
        check("(15921598)", "(1592–1598)", "15921598");
        check("كوريا في 15921598. فشل", "كوريا في 1592–1598. فشل", "15921598");
        check("١٥٩٢١٥٩٨", "١٥٩٢–١٥٩٨", "١٥٩٢١٥٩٨");
    }

    #[test]
    fn other_long_numbers_stay() {
        for number in [
            "15981592",
            "15921592",
            "10001598",
            "20240131",
            "159215981",
            "1592159",
            "$15921598",
            "#15921598",
            "x15921598",
            "1592-1598",
            "99999999",
        ] {
            check(number, number, "");
        }
    }

    #[test]
    fn fates_glued_to_names_are_hidden() {
        check("Chŏng PalKIA", "Chŏng Pal", "PalKIA KIA");
        check("Yi IlPOW, Sin RipWIA", "Yi Il, Sin Rip", "IlPOW POW RipWIA WIA");
        check("KIA", "KIA", "");
        check("the NOKIA", "the NOKIA", "");
        check("iPOW", "iPOW", "");
    }

    #[test]
    fn empty_brackets_go_with_their_space() {
        check("Busanjin () was", "Busanjin was", "");
        check("Busanjin ( ) was", "Busanjin was", "");
        check("Busanjin (), was (;) here", "Busanjin, was here", "");
        check("call f() or (x)", "call f() or (x)", "");
        check("()", "", "");
    }

    #[test]
    fn commas_close_up_only_before_a_space() {
        check("600 soldiers , 8,000 civilians.", "600 soldiers, 8,000 civilians.", "");
        check("تشونغيو) ، وهدنة", "تشونغيو)، وهدنة", "");
        check("1 ,000", "1 ,000", "");
        check("جوسون ،(بقيادة", "جوسون ،(بقيادة", "");
    }

    #[test]
    fn stray_bars_at_the_end_go() {
        check("200 captured|", "200 captured", "");
        check("|", "", "");
        check("a | b | ", "a | b", "");
        check("?", "?", "");
    }

    #[test]
    fn white_space_and_controls_become_single_spaces() {
        check(" a \t b\u{0}c\r\n\n\n\n d\u{a0}e ", "a b c\n\nd e", "");
        check("\n\n", "", "");
        check("", "", "");
    }

    /// Runs of letters and digits.
    fn tokens(text: &str) -> impl Iterator<Item = &str> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|token| !token.is_empty())
    }

    fn scarred() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            Just("20px ".to_owned()),
            Just("15921598".to_owned()),
            Just("PalKIA".to_owned()),
            Just("ŌmuraPOW".to_owned()),
            Just(" ()".to_owned()),
            Just("( ".to_owned()),
            Just(") ".to_owned()),
            Just(" ,".to_owned()),
            Just(" ، ".to_owned()),
            Just("|".to_owned()),
            Just("\n".to_owned()),
            Just(" ".to_owned()),
            Just("هانجو".to_owned()),
            "[A-Za-zŏ0-9]{1,6}",
            any::<char>().prop_map(String::from),
        ];
        proptest::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn no_word_is_lost(source in scarred()) {
            let cleaned = clean(&source);
            let left: std::collections::HashSet<&str> =
                tokens(&cleaned.text).chain(tokens(&cleaned.hidden)).collect();
            for token in tokens(&source) {
                prop_assert!(left.contains(token), "{:?} lost {:?}: {:?}", source, token, cleaned);
            }
        }

        #[test]
        fn text_is_tidy(source in scarred()) {
            let text = clean(&source).text;
            prop_assert_eq!(text.trim(), &text);
            prop_assert!(!text.contains("  ") && !text.contains("\n\n\n"));
            prop_assert!(text.chars().all(|c| c == '\n' || !c.is_control()));
        }
    }
}
