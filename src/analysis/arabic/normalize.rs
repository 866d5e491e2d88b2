//! Letter folds of the Arabic script.
//!
//! Works on text that is already compatibility-decomposed: `أ` arrives as alef and hamza above,
//! presentation forms as their letters.

/// Vowel marks, Quranic annotation and tatweel: never part of a form.
pub fn is_dropped(c: char) -> bool {
    matches!(c,
        '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{6d6}'..='\u{6dc}' | '\u{6dd}'..='\u{6e8}' | '\u{6ea}'..='\u{6ed}'
        | '\u{890}'..='\u{891}' | '\u{897}'..='\u{89f}' | '\u{8c9}'..='\u{8ff}')
}

/// Hamza above, which makes ؤ of و and ئ of ي.
pub fn is_hamza_mark(c: char) -> bool {
    c == '\u{654}'
}

/// Gives the last letter of `out` a hamza, where that makes a letter of its own. On alef and heh
/// it is dropped.
pub fn carry_hamza(out: &mut String) {
    let carrier = match out.chars().next_back() {
        Some('و') => 'ؤ',
        Some('ي') => 'ئ',
        _ => return,
    };
    out.pop();
    out.push(carrier);
}

/// The letter that `c` is written as in a form.
///
/// پ چ ژ stay: in Arabic text they only occur in names, and merging them with ب ج ز joins words
/// of Persian and Urdu that have nothing in common. گ joins ك, as Arabic writers mix the two.
pub fn fold_letter(c: char) -> char {
    match c {
        'آ' | 'أ' | 'إ' | 'ٱ' | 'ٲ' | 'ٳ' | 'ٵ' => 'ا',
        'ة' | 'ہ' | 'ھ' | 'ە' | 'ۀ' | 'ۂ' | 'ۃ' => 'ه',
        'ى' | 'ی' | 'ے' | 'ۓ' | 'ێ' | 'ۍ' => 'ي',
        'ک' | 'گ' | 'ڪ' | 'ڭ' => 'ك',
        'ڤ' => 'ف',
        'ڨ' => 'ق',
        'ٶ' => 'ؤ',
        'ٸ' => 'ئ',
        other => other,
    }
}

/// Whether `c` is a letter of the Arabic alphabet that [`fold_letter`] leaves as it is.
pub fn is_folded_letter(c: char) -> bool {
    matches!(c, 'ء' | 'ؤ' | 'ئ' | 'ا' | 'ب' | 'ت'..='غ' | 'ف'..='و' | 'ي')
}

/// The form of a word of the letters and vowel marks of plain Arabic, which is what nearly all are;
/// `None` for every other word. Gives what the general folds give.
pub fn fold_plain_word(word: &str) -> Option<String> {
    let mut form = String::with_capacity(word.len());
    for c in word.chars() {
        match c {
            'آ' | 'أ' | 'إ' => form.push('ا'),
            'ة' => form.push('ه'),
            'ى' => form.push('ي'),
            '\u{64b}'..='\u{652}' => {}
            _ if is_folded_letter(c) => form.push(c),
            _ => return None,
        }
    }
    fold_word_start(&mut form);
    (!form.is_empty()).then_some(form)
}

/// Quranic orthography writes آ as ءا.
pub fn starts_with_hamza_alef(form: &str) -> bool {
    form.strip_prefix(['و', 'ف']).unwrap_or(form).starts_with("ءا")
}

/// Joins `ءامن` to `آمن`, and `وءامن` to `وآمن`.
pub fn fold_word_start(form: &mut String) {
    while starts_with_hamza_alef(form) {
        let at = if form.starts_with('ء') { 0 } else { 'و'.len_utf8() };
        form.remove(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_are_final() {
        for c in '\u{600}'..='\u{8ff}' {
            let folded = fold_letter(c);
            assert_eq!(fold_letter(folded), folded, "{c}");
            assert!(!is_folded_letter(c) || folded == c, "{c}");
        }
    }

    #[test]
    fn tatweel_marks_and_digits_are_no_folded_letters() {
        for c in ['\u{640}', '\u{64b}', '\u{670}', '٣', 'ة', 'ى', 'أ', 'ک'] {
            assert!(!is_folded_letter(c), "{c}");
        }
    }
}
