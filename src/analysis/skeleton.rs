//! The vowel skeleton: what is left of a form when vowels, which spellings disagree about, are
//! dropped (`Pyongyang` and `Pyeongyang`, `هانجو` and `هينجو`).

use crate::lang::{Script, script_of};

/// Longest skeleton, in characters.
const MAX_CHARS: usize = 24;
const ARTICLES: [&str; 6] = ["وال", "فال", "بال", "كال", "لل", "ال"];

/// The skeleton of a folded form, or the empty string if fewer than two letters would be left or
/// the word is of another script. Equal neighbours count once.
///
/// Latin: `a e i o u y` are dropped beyond the first letter. Arabic: an article is taken off if
/// three letters remain, then ا و ي ئ ؤ ء are dropped, and a final ه.
pub fn skeleton(form: &str) -> String {
    let mut out = String::new();
    match script_of(form) {
        Script::Latin => {
            let vowel = |c| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
            let first = form.chars().next();
            let rest = form.chars().skip(1).filter(|&c| !vowel(c));
            collect(first.into_iter().chain(rest), &mut out);
        }
        Script::Arabic => {
            let bare = strip_article(form);
            let bare = bare.strip_suffix('ه').unwrap_or(bare);
            let vowel = |c| matches!(c, 'ا' | 'و' | 'ي' | 'ئ' | 'ؤ' | 'ء');
            collect(bare.chars().filter(|&c| !vowel(c)), &mut out);
        }
        Script::Number | Script::Other => {}
    }
    if out.chars().nth(1).is_none() {
        out.clear();
    }
    out
}

/// The form without an article and what is written onto it, if three letters remain.
pub fn strip_article(form: &str) -> &str {
    ARTICLES
        .iter()
        .find_map(|article| form.strip_prefix(article))
        .filter(|rest| rest.chars().nth(2).is_some())
        .unwrap_or(form)
}

fn collect(letters: impl Iterator<Item = char>, out: &mut String) {
    let mut last = None;
    let distinct = letters.filter(|&c| last.replace(c) != Some(c));
    out.extend(distinct.take(MAX_CHARS));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_share_a_skeleton() {
        for (a, b) in [
            ("pyongyang", "pyeongyang"),
            ("matsura", "matsuura"),
            ("choson", "chosun"),
            ("هانجو", "هينجو"),
            ("الهانجو", "هانجو"),
            ("مدرسه", "مدارس"),
        ] {
            assert_eq!(skeleton(a), skeleton(b), "{a} {b}");
            assert!(!skeleton(a).is_empty());
        }
        assert_ne!(skeleton("eagle"), skeleton("gale"));
    }

    #[test]
    fn too_little_is_nothing() {
        for form in ["aeiou", "ye", "او", "1592", "москва", "", "ي"] {
            assert_eq!(skeleton(form), "", "{form}");
        }
    }

    #[test]
    fn skeletons_are_bounded() {
        assert_eq!(skeleton(&"bcd".repeat(300)).len(), MAX_CHARS);
    }
}
