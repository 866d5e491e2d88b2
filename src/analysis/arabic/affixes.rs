//! The bases that a word may have under attached particles and endings.
//!
//! Where the light stem takes off one thing for certain, this lists what could be taken off:
//! candidates, to be checked against words that really occur.

/// Conjunctions, prepositions and the article, alone and compounded, as written onto a word.
const PREFIXES: [&str; 21] = [
    "وبال", "وكال", "وال", "فال", "بال", "كال", "ولل", "فلل", "لل", "ال", "وب", "ول", "فب", "فل",
    "وس", "و", "ف", "ب", "ل", "ك", "س",
];
/// Prefixes of one letter.
const SINGLE_PREFIXES: [char; 6] = ['و', 'ف', 'ب', 'ل', 'ك', 'س'];
const SUFFIXES: [&str; 18] = [
    "هما", "كما", "هم", "هن", "ها", "كم", "نا", "ه", "ك", "ي", "ات", "ان", "ين", "ون", "تين",
    "تان", "يه", "وا",
];
const MIN_LETTERS: usize = 3;
/// A longer word is given as it is.
const MAX_BYTES: usize = 64;

/// What can be written in front of a word, longest first.
pub fn attached_prefixes() -> &'static [&'static str] {
    &PREFIXES
}

/// Calls `out` with every base that the folded form may have: the form itself first, then without
/// one attached prefix, without one ending, without both. A base that a removed ending leaves with
/// a final ت is given with ه too, as the word is written alone. Bases have at least 3 letters; a
/// base may be given twice. At most a few dozen.
pub fn bases(form: &str, mut out: impl FnMut(&str)) {
    out(form);
    if form.len() > MAX_BYTES {
        return;
    }
    with_endings(form, &mut out);
    for prefix in PREFIXES {
        if let Some(rest) = form.strip_prefix(prefix)
            && has_enough_letters(rest)
        {
            out(rest);
            with_endings(rest, &mut out);
        }
    }
}

/// Calls `out` with the forms that differ from the folded `form` by what is attached in front: the
/// form without each prefix that it may have, and each of these and the form itself with every
/// prefix of one letter (of longer ones the stem leaves as much). What is left without its prefix has at least 4 letters, unless the article is a part of
/// it: shorter words begin with these letters by themselves too often.
pub fn attached_forms(form: &str, mut out: impl FnMut(&str)) {
    if form.len() > MAX_BYTES || !has_enough_letters(form) {
        return;
    }
    let mut bare = vec![form];
    for prefix in PREFIXES {
        let least = if prefix.contains("ال") || prefix.ends_with("لل") { 3 } else { 4 };
        if let Some(rest) = form.strip_prefix(prefix)
            && rest.chars().nth(least - 1).is_some()
        {
            out(rest);
            bare.push(rest);
        }
    }
    let mut attached = String::with_capacity(form.len() + 2);
    for rest in bare {
        for prefix in SINGLE_PREFIXES {
            attached.clear();
            attached.push(prefix);
            attached.push_str(rest);
            out(&attached);
        }
    }
}

fn with_endings(word: &str, out: &mut impl FnMut(&str)) {
    if let Some(rest) = word.strip_suffix('ت') {
        out_with_heh(rest, out);
    }
    for suffix in SUFFIXES {
        let Some(rest) = word.strip_suffix(suffix) else {
            continue;
        };
        if has_enough_letters(rest) {
            out(rest);
            if let Some(rest) = rest.strip_suffix('ت') {
                out_with_heh(rest, out);
            }
        }
    }
}

fn out_with_heh(rest: &str, out: &mut impl FnMut(&str)) {
    let mut buffer = [0u8; MAX_BYTES + 2];
    let end = rest.len() + 'ه'.len_utf8();
    if rest.chars().count() + 1 < MIN_LETTERS || end > buffer.len() {
        return;
    }
    buffer[..rest.len()].copy_from_slice(rest.as_bytes());
    'ه'.encode_utf8(&mut buffer[rest.len()..end]);
    if let Ok(base) = std::str::from_utf8(&buffer[..end]) {
        out(base);
    }
}

fn has_enough_letters(word: &str) -> bool {
    word.chars().nth(MIN_LETTERS - 1).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(form: &str) -> Vec<String> {
        let mut all = Vec::new();
        bases(form, |base| all.push(base.to_owned()));
        all
    }

    #[test]
    fn attached_forms_are_with_and_without_prefixes() {
        let forms = |form: &str| {
            let mut forms = Vec::new();
            attached_forms(form, |form| forms.push(form.to_owned()));
            forms
        };
        for (form, other) in [
            ("بهانجو", "هانجو"),
            ("هانجو", "بهانجو"),
            ("لبوسان", "ببوسان"),
            ("قياده", "بقياده"),
            ("بالسفن", "سفن"),
        ] {
            assert!(forms(form).iter().any(|known| known == other), "{form} {other}");
        }
        assert!(!forms("كتاب").iter().any(|form| form == "تاب"));
        assert!(forms("في").is_empty());
    }

    #[test]
    fn the_form_itself_comes_first_and_alone_if_nothing_is_attached() {
        assert_eq!(all("هانجو"), ["هانجو"]);
        assert_eq!(all("في"), ["في"]);
        assert_eq!(all("busan"), ["busan"]);
        assert_eq!(all(""), [""]);
    }

    #[test]
    fn every_prefix_comes_off() {
        for prefix in attached_prefixes() {
            assert!(all(&format!("{prefix}مدرج")).contains(&"مدرج".to_owned()), "{prefix}");
        }
    }

    #[test]
    fn every_ending_comes_off() {
        for suffix in SUFFIXES {
            assert!(all(&format!("مدرج{suffix}")).contains(&"مدرج".to_owned()), "{suffix}");
            assert!(all(&format!("بمدرج{suffix}")).contains(&"مدرج".to_owned()), "{suffix}");
        }
    }

    #[test]
    fn a_bound_teh_is_also_given_as_heh() {
        assert!(all("مدرسته").contains(&"مدرسه".to_owned()));
        assert!(all("وبمدرستها").contains(&"مدرسه".to_owned()));
        assert!(all("مدرستين").contains(&"مدرسه".to_owned()));
        assert!(all("مدرست").contains(&"مدرسه".to_owned()));
    }

    #[test]
    fn bases_keep_three_letters() {
        for form in ["والي", "بيت", "كتابه", "لله", "وبالي", "ونا", "ستهم"]
        {
            for base in all(form).iter().skip(1) {
                assert!(base.chars().count() >= 3, "{form}: {base}");
            }
        }
    }

    #[test]
    fn prefixes_stand_longest_first() {
        let lengths: Vec<_> = attached_prefixes().iter().map(|p| p.len()).collect();
        assert!(lengths.windows(2).all(|pair| pair[0] >= pair[1]));
    }

    #[test]
    fn a_word_of_any_length_is_safe() {
        let long = "بالمدارسها".repeat(50);
        assert_eq!(all(&long), std::slice::from_ref(&long));
        assert!(all(&"و".repeat(31)).len() < 60);
    }
}
