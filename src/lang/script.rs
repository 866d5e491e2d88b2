//! Which script a word is written in.

/// The scripts that analysis tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Script {
    Latin,
    /// Arabic script, whatever the language.
    Arabic,
    /// Digits and no letter.
    Number,
    Other,
}

/// The script of `word`: that of its first letter, [`Script::Number`] if it has digits but no
/// letter, [`Script::Other`] if it has neither.
pub fn script_of(word: &str) -> Script {
    let mut digits = false;
    for c in word.chars() {
        if c.is_ascii_digit() {
            digits = true;
        } else if is_latin_letter(c) {
            return Script::Latin;
        } else if is_arabic_letter(c) {
            return Script::Arabic;
        } else if c.is_numeric() {
            digits = true;
        } else if c.is_alphabetic() && !is_arabic_block(c) {
            return Script::Other;
        }
    }
    if digits { Script::Number } else { Script::Other }
}

/// Whether `c` is a letter of the Latin script, with or without marks.
pub fn is_latin_letter(c: char) -> bool {
    c.is_ascii_alphabetic()
        || (c >= '\u{aa}'
            && matches!(c,
                '\u{aa}' | '\u{ba}' | '\u{c0}'..='\u{24f}' | '\u{250}'..='\u{2b8}'
                | '\u{1d00}'..='\u{1d25}' | '\u{1d2c}'..='\u{1d5c}' | '\u{1d62}'..='\u{1d65}'
                | '\u{1d6b}'..='\u{1d77}' | '\u{1d79}'..='\u{1dbe}' | '\u{1e00}'..='\u{1eff}'
                | '\u{2071}' | '\u{207f}' | '\u{2090}'..='\u{209c}' | '\u{212a}'..='\u{212b}'
                | '\u{2c60}'..='\u{2c7f}' | '\u{a722}'..='\u{a787}' | '\u{a78b}'..='\u{a7ff}'
                | '\u{ab30}'..='\u{ab64}' | '\u{fb00}'..='\u{fb06}' | '\u{ff21}'..='\u{ff3a}'
                | '\u{ff41}'..='\u{ff5a}')
            && c != '\u{d7}'
            && c != '\u{f7}')
}

/// Whether `c` is a letter of the Arabic script (vowel marks, digits and punctuation are none).
pub fn is_arabic_letter(c: char) -> bool {
    is_arabic_block(c)
        && matches!(c,
            '\u{620}'..='\u{63f}' | '\u{641}'..='\u{64a}' | '\u{66e}' | '\u{66f}'
            | '\u{671}'..='\u{6d3}' | '\u{6d5}' | '\u{6ee}' | '\u{6ef}' | '\u{6fa}'..='\u{6fc}'
            | '\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{870}'..='\u{887}' | '\u{889}'..='\u{88e}'
            | '\u{8a0}'..='\u{8c8}' | '\u{fb50}'..='\u{fbb1}' | '\u{fbd3}'..='\u{fd3d}'
            | '\u{fd50}'..='\u{fdc7}' | '\u{fdf0}'..='\u{fdfb}' | '\u{fe70}'..='\u{fefc}')
}

fn is_arabic_block(c: char) -> bool {
    matches!(c,
        '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{870}'..='\u{8ff}'
        | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_goes_by_its_first_letter() {
        for (word, script) in [
            ("Busan", Script::Latin),
            ("Ōmura", Script::Latin),
            ("20px", Script::Latin),
            ("بوسان", Script::Arabic),
            ("ﻻ", Script::Arabic),
            ("ـكتاب", Script::Arabic),
            ("کتاب", Script::Arabic),
            ("1593", Script::Number),
            ("٣٬٠٠٠", Script::Number),
            ("½", Script::Number),
            ("Москва", Script::Other),
            ("平壌", Script::Other),
            ("×÷", Script::Other),
            ("", Script::Other),
            ("، ؟", Script::Other),
        ] {
            assert_eq!(script_of(word), script, "{word}");
        }
    }

    #[test]
    fn marks_and_digits_are_no_arabic_letters() {
        for c in ['\u{64e}', '\u{670}', '٣', '۴', '،', '؟', '\u{640}', '\u{6d6}'] {
            assert!(!is_arabic_letter(c), "{c:?}");
        }
    }
}
