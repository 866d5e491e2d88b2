//! Words whose own letters look like an attached particle or an ending.
//!
//! Kept short: a word belongs here if it is common, or a place, and the light stem would part it
//! from its derivatives. Entries are folded. Each list says what of a word it is compared with; a
//! beginning must be long enough that no other word with an attached particle begins alike
//! (`والد` would keep `والدول` together, and so is compared whole).

/// Words with a و of their own, without endings.
const WITH_WAW: [&str; 64] = [
    "وزار",
    "وزير",
    "وزراء",
    "ولاي",
    "ولا",
    "ولاد",
    "وطن",
    "وحد",
    "وثاق",
    "وثيق",
    "وثائق",
    "وقت",
    "وقع",
    "وقائع",
    "وسط",
    "وسائل",
    "وسيل",
    "وسيط",
    "واشنطن",
    "وفا",
    "وفاه",
    "وفي",
    "وكال",
    "وكيل",
    "وكلاء",
    "والد",
    "وجود",
    "وجه",
    "وجوه",
    "وصول",
    "وصف",
    "وصي",
    "وضع",
    "وظيف",
    "وظائف",
    "واجب",
    "واحد",
    "وادي",
    "وارسو",
    "واقع",
    "وباء",
    "وحش",
    "ورق",
    "وراث",
    "ورث",
    "وريث",
    "وزن",
    "وعي",
    "وفد",
    "وفود",
    "وقود",
    "وقف",
    "وليد",
    "ولد",
    "ويلز",
    "ويليام",
    "ويكيبيد",
    "وقاي",
    "وديع",
    "ورش",
    "وشاح",
    "وسام",
    "وتر",
    "وتير",
];

/// Beginnings of words with the letters of an article of their own.
const WITH_ARTICLE: [&str; 15] = [
    "الماني",
    "البانيا",
    "البانيه",
    "الكترون",
    "الزاس",
    "التهاب",
    "التزام",
    "التقاء",
    "التقط",
    "التحاق",
    "التماس",
    "الغاء",
    "الياف",
    "الفاظ",
    "الوان",
];

/// Beginnings of words with a ل or ب of their own before a letter that follows an attached one.
const WITH_PREPOSITION: [&str; 16] = [
    "لساني",
    "لعبت",
    "لعبات",
    "لجنت",
    "لشبون",
    "لفظي",
    "لكسمبورغ",
    "لدينا",
    "لديه",
    "لستر",
    "لذلك",
    "لماذا",
    "لكنه",
    "بترول",
    "بتراء",
    "بتهوف",
];

/// Endings that are no dual, plural or feminine.
const FINAL: [&str; 22] = [
    "فلسطين",
    "ستان",
    "ارجنتين",
    "اذربيجان",
    "تايوان",
    "برلمان",
    "مهرجان",
    "امتحان",
    "خراسان",
    "اصفهان",
    "قحطان",
    "اسكان",
    "عدوان",
    "طغيان",
    "غليان",
    "هذيان",
    "بيروت",
    "كويت",
    "انترنت",
    "فرات",
    "عنكبوت",
    "ياقوت",
];

/// Whole words that nothing comes off.
const WHOLE: [&str; 4] = ["الله", "اللهم", "الاف", "الهه"];

/// Whether the و of `form` belongs to the word; `bare` is `form` without its endings.
pub fn has_own_waw(bare: &str) -> bool {
    WITH_WAW.contains(&bare)
}

/// Whether what looks like an article in front of `form` belongs to the word.
pub fn has_own_article(form: &str) -> bool {
    WHOLE.contains(&form) || WITH_ARTICLE.iter().any(|beginning| form.starts_with(beginning))
}

/// Whether the ل or ب of `form` belongs to the word.
pub fn has_own_preposition(form: &str) -> bool {
    WITH_PREPOSITION.iter().any(|beginning| form.starts_with(beginning))
}

/// Whether the last letters of `word` belong to the word.
pub fn has_own_ending(word: &str) -> bool {
    WHOLE.contains(&word) || FINAL.iter().any(|ending| word.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_folded() {
        let lists: [&[&str]; 5] = [&WITH_WAW, &WITH_ARTICLE, &WITH_PREPOSITION, &FINAL, &WHOLE];
        for entry in lists.concat() {
            let mut forms = Vec::new();
            crate::analysis::fold::fold_word(entry, &mut |form| forms.push(form.to_owned()));
            assert_eq!(forms, [entry]);
        }
    }

    #[test]
    fn only_whole_entries_count() {
        assert!(has_own_article("المانيه"));
        assert!(!has_own_article("المانع"));
        assert!(!has_own_article("اللهجه"));
        assert!(has_own_waw("وقت") && !has_own_waw("وقتل"));
        assert!(has_own_ending("باكستان"));
        assert!(!has_own_ending("معلمان"));
    }
}
