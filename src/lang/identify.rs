//! The language of a passage.
//!
//! Order of evidence: the script of most letters, the letters and the function words that tell
//! the languages of one script apart, and only on long passages the statistical detector. The
//! text looked at is bounded, so that the cost does not grow with an article.

use super::detector::{language_of_latin_script, language_of_other_script};
use super::script::{is_arabic_letter, is_latin_letter};
use crate::model::Lang;

/// Letters examined at most.
const MAX_LETTERS: usize = 1_000;

/// The language of `text`, as a BCP 47 code.
///
/// `hint` is what the source states; it is believed wherever the script of the text does not
/// contradict it. A text without letters has no language of its own.
pub fn identify_language(text: &str, hint: Option<&Lang>) -> Lang {
    let (text, letters) = count_letters(text);
    let Some(script) = letters.main() else {
        return hint.cloned().unwrap_or(Lang::UNDETERMINED);
    };
    if let Some(hint) = hint
        && scripts_of_language(hint).contains(&script)
    {
        return hint.clone();
    }
    match script {
        Main::Arabic => language_of_arabic_script(text),
        Main::Latin => language_of_latin_script(text, letters.latin),
        Main::Other => language_of_other_script(text, letters.other),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Main {
    Latin,
    Arabic,
    Other,
}

#[derive(Default)]
struct Letters {
    latin: usize,
    arabic: usize,
    other: usize,
    /// Of the above, those between round brackets, where articles gloss a name in its own script.
    bracketed: [usize; 3],
}

impl Letters {
    fn main(&self) -> Option<Main> {
        let all = [self.latin, self.arabic, self.other];
        if all.iter().all(|&n| n == 0) {
            return None;
        }
        let mut open: [usize; 3] = std::array::from_fn(|i| all[i] - self.bracketed[i]);
        if open.iter().all(|&n| n == 0) {
            open = all;
        }
        // Arabic script writes few of its vowels: the same words have fewer letters.
        let [latin, arabic, other] = [open[0] * 2, open[1] * 3, open[2] * 2];
        Some(if arabic >= latin && arabic >= other {
            Main::Arabic
        } else if latin >= other {
            Main::Latin
        } else {
            Main::Other
        })
    }
}

/// The part of `text` that is examined, and the letters in it.
fn count_letters(text: &str) -> (&str, Letters) {
    let mut letters = Letters::default();
    let mut depth = 0u32;
    let mut seen = 0;
    for (at, c) in text.char_indices() {
        // The common cases first, for every letter of every passage comes by here.
        let arabic_block = ('\u{600}'..='\u{8ff}').contains(&c);
        let slot = if !arabic_block && is_latin_letter(c) {
            letters.latin += 1;
            0
        } else if is_arabic_letter(c) {
            letters.arabic += 1;
            1
        } else if !c.is_ascii() && !arabic_block && c.is_alphabetic() {
            letters.other += 1;
            2
        } else {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                '\n' => depth = 0,
                _ => {}
            }
            continue;
        };
        if depth > 0 {
            letters.bracketed[slot] += 1;
        }
        seen += 1;
        if seen == MAX_LETTERS {
            return (&text[..at + c.len_utf8()], letters);
        }
    }
    (text, letters)
}

/// The scripts that a stated language is believed for.
fn scripts_of_language(lang: &Lang) -> &'static [Main] {
    let code = lang.code();
    let primary = code.split('-').next().unwrap_or(code);
    if code.contains("-latn") {
        return &[Main::Latin];
    }
    if code.contains("-arab") {
        return &[Main::Arabic];
    }
    match primary {
        "ar" | "arz" | "ary" | "fa" | "ur" | "ps" | "ckb" | "ug" | "sd" | "azb" | "pnb" | "mzn"
        | "glk" => &[Main::Arabic],
        "ku" | "az" | "kk" | "ky" | "uz" | "ms" | "tt" | "pa" | "ks" => {
            &[Main::Arabic, Main::Latin, Main::Other]
        }
        "ru" | "uk" | "be" | "bg" | "mk" | "el" | "he" | "yi" | "zh" | "ja" | "ko" | "th"
        | "hi" | "bn" | "ta" | "te" | "ka" | "hy" | "am" | "mr" | "ne" | "gu" | "kn" | "ml"
        | "si" | "my" | "km" | "lo" | "mn" => &[Main::Other],
        "sr" | "bs" | "sh" | "tg" => &[Main::Latin, Main::Other],
        "und" => &[],
        _ => &[Main::Latin],
    }
}

/// What tells one language of the Arabic script from the others.
struct Evidence {
    code: &'static str,
    /// Letters of this language that its neighbours in this list do not share.
    letters: &'static [char],
    words: &'static [&'static str],
}

/// Words are compared after Persian kaf and yeh are written as the Arabic ones.
const EVIDENCE: [Evidence; 4] = [
    Evidence {
        code: "ur",
        letters: &['ٹ', 'ڈ', 'ڑ', 'ں', 'ے', 'ہ', 'ھ'],
        words: &[
            "ہے", "ہيں", "كے", "كا", "كي", "ميں", "سے", "نے", "اور", "كو", "پر", "يہ", "وہ", "تھا",
            "تھي", "تھے", "جو", "نہيں", "ايك", "گيا",
        ],
    },
    Evidence {
        code: "ckb",
        letters: &['ڕ', 'ڵ', 'ۆ', 'ێ', 'ە'],
        words: &["لە", "بە", "كە", "ئەم", "ئەو", "بۆ", "لەگەڵ", "هەر", "دەكات", "كرد"],
    },
    Evidence {
        code: "ps",
        letters: &['ټ', 'ډ', 'ړ', 'ږ', 'ښ', 'ڼ', 'ۍ', 'ځ', 'څ', 'ې'],
        words: &["په", "چې", "كې", "دي", "څخه", "هغه", "سره", "يې", "وو", "ته"],
    },
    Evidence {
        code: "ug",
        letters: &['ۇ', 'ۋ', 'ۈ', 'ې', 'ڭ'],
        words: &["ۋە", "بىلەن", "ئۈچۈن", "بىر", "بولۇپ"],
    },
];

const PERSIAN_LETTERS: [char; 4] = ['پ', 'چ', 'ژ', 'گ'];
const PERSIAN_WORDS: [&str; 24] = [
    "است", "كه", "اين", "را", "از", "مي", "هاي", "براي", "بود", "شد", "با", "در", "شده", "كرد",
    "نيز", "ها", "يك", "خود", "بر", "تا", "كند", "شود", "هم", "دارد",
];
const ARABIC_WORDS: [&str; 30] = [
    "في", "من", "على", "إلى", "الى", "أن", "ان", "إن", "التي", "الذي", "هذا", "هذه", "ذلك", "كان",
    "كانت", "عن", "مع", "بين", "بعد", "قبل", "ما", "لا", "لم", "هو", "هي", "أو", "ثم", "قد", "وقد",
    "تم",
];

/// Whether `text` has signs of Arabic and no letter that Arabic does not have: nearly all Arabic.
fn is_plainly_arabic(text: &str) -> bool {
    let mut signs = 0;
    for c in text.chars() {
        match c {
            'ة' | 'أ' | 'إ' | 'ى' => signs += 1,
            'ٱ' | '\u{670}' => {}
            '\u{66e}'..='\u{6d5}' | '\u{6fa}'..='\u{6ff}' | '\u{750}'..='\u{77f}' => return false,
            _ => {}
        }
    }
    signs > 1
}

fn language_of_arabic_script(text: &str) -> Lang {
    if is_plainly_arabic(text) {
        return Lang::ARABIC;
    }
    let mut words = 0usize;
    let mut arabic = 0usize;
    let mut persian = 0usize;
    let mut persian_letters = 0usize;
    let mut own = [0usize; EVIDENCE.len()];
    let mut normal = String::new();
    for word in text.split(|c: char| !is_arabic_letter(c) && !is_mark(c)) {
        if word.is_empty() {
            continue;
        }
        normal.clear();
        let mut look_alike = false;
        normal.extend(word.chars().filter(|&c| !is_mark(c)).map(|c| match c {
            'ک' | 'ی' => {
                look_alike = true;
                if c == 'ک' { 'ك' } else { 'ي' }
            }
            other => other,
        }));
        let normal = normal.as_str();
        words += 1;
        for (count, evidence) in own.iter_mut().zip(&EVIDENCE) {
            if evidence.words.contains(&normal) {
                *count += 2;
            } else if normal.contains(evidence.letters) {
                *count += 1;
            }
        }
        if PERSIAN_WORDS.contains(&normal) {
            persian += 2;
        }
        if normal.contains(PERSIAN_LETTERS) {
            persian += 1;
            persian_letters += 1;
        } else if look_alike {
            persian += 1;
        }
        let article = ["ال", "وال", "بال", "لل", "فال"]
            .iter()
            .any(|prefix| normal.strip_prefix(prefix).is_some_and(|rest| rest.chars().count() > 2));
        if ARABIC_WORDS.contains(&normal) {
            arabic += 2;
        } else if article || normal.ends_with('ة') {
            arabic += 1;
        }
    }
    let best = (0..own.len()).max_by_key(|&i| (own[i], EVIDENCE.len() - i));
    if let Some(best) = best
        && own[best] * 4 >= words
        && own[best] > arabic
    {
        return Lang::from_static(EVIDENCE[best].code);
    }
    // Arabic typed on a Persian keyboard has look-alike letters everywhere, but hardly پ چ ژ گ.
    let beats_arabic = persian > arabic && (persian_letters > 0 || persian > 2 * arabic);
    if beats_arabic && persian * 5 >= words { Lang::PERSIAN } else { Lang::ARABIC }
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e8}' | '\u{6ea}'..='\u{6ed}' | '\u{200d}'
        | '\u{200e}' | '\u{200f}')
}
