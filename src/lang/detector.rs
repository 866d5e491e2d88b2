//! The statistical detector, and when it is believed.

use whatlang::Lang as Code;

use super::script::is_latin_letter;
use crate::model::Lang;

/// Below this many letters the statistical detector guesses.
const MIN_LETTERS_FOR_DETECTOR: usize = 200;

/// Function words of the languages whose identification by the detector is checked.
const LATIN_FUNCTION_WORDS: [(Code, &[&str]); 11] = [
    (
        Code::Fra,
        &[
            "le", "la", "les", "de", "des", "et", "du", "en", "un", "une", "est", "dans", "par",
            "au", "il", "qui", "que",
        ],
    ),
    (
        Code::Deu,
        &[
            "der", "die", "das", "und", "in", "den", "von", "mit", "im", "des", "dem", "ist",
            "ein", "eine", "auf", "zu", "wurde",
        ],
    ),
    (
        Code::Spa,
        &[
            "el", "la", "los", "las", "de", "del", "y", "en", "un", "una", "que", "por", "con",
            "fue", "se", "es",
        ],
    ),
    (
        Code::Ita,
        &[
            "il", "la", "le", "di", "del", "della", "e", "in", "un", "una", "che", "per", "con",
            "è", "nel", "da", "i",
        ],
    ),
    (
        Code::Por,
        &[
            "o", "a", "os", "as", "de", "do", "da", "e", "em", "um", "uma", "que", "por", "com",
            "no", "na", "foi",
        ],
    ),
    (
        Code::Nld,
        &[
            "de", "het", "een", "van", "en", "in", "op", "te", "is", "met", "door", "voor", "was",
            "zijn", "dat",
        ],
    ),
    (
        Code::Tur,
        &[
            "ve", "bir", "bu", "için", "ile", "olarak", "olan", "da", "de", "daha", "çok", "en",
            "gibi", "sonra",
        ],
    ),
    (
        Code::Pol,
        &["w", "i", "z", "na", "do", "się", "jest", "od", "przez", "nie", "o", "to", "po", "oraz"],
    ),
    (
        Code::Swe,
        &[
            "och", "i", "en", "ett", "som", "av", "att", "det", "den", "på", "med", "för", "är",
            "till",
        ],
    ),
    (
        Code::Ind,
        &[
            "yang", "dan", "di", "dari", "pada", "dengan", "untuk", "ini", "itu", "adalah",
            "dalam", "oleh", "ke",
        ],
    ),
    (
        Code::Vie,
        &[
            "và", "của", "là", "các", "trong", "được", "có", "một", "cho", "những", "với", "không",
            "người",
        ],
    ),
];

/// The language of a text mostly in Latin script, English unless the contrary is sure. `letters` is
/// the number of Latin letters in it.
pub fn language_of_latin_script(text: &str, letters: usize) -> Lang {
    if letters < MIN_LETTERS_FOR_DETECTOR || english_function_word_percent(text) >= 15 {
        return Lang::ENGLISH;
    }
    let Some(info) = whatlang::detect(text) else {
        return Lang::ENGLISH;
    };
    // Lists of foreign names look to the detector like some language or other; running text in
    // that language has its function words as well.
    let known = LATIN_FUNCTION_WORDS.iter().any(|(code, _)| *code == info.lang());
    let believed = if known {
        function_word_percent(text, info.lang()) >= 6
    } else {
        letters >= 2 * MIN_LETTERS_FOR_DETECTOR && english_function_word_percent(text) < 3
    };
    if info.is_reliable() && believed { two_letter_code(info.lang()) } else { Lang::ENGLISH }
}

fn english_function_word_percent(text: &str) -> usize {
    let (mut words, mut hits) = (0usize, 0usize);
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        words += 1;
        let bytes = word.as_bytes();
        let mut lower = [0u8; 5];
        if let Some(lower) = lower.get_mut(..bytes.len()) {
            lower.copy_from_slice(bytes);
            lower.make_ascii_lowercase();
            hits += usize::from(matches!(
                &*lower,
                b"the"
                    | b"of"
                    | b"and"
                    | b"in"
                    | b"to"
                    | b"a"
                    | b"was"
                    | b"is"
                    | b"by"
                    | b"with"
                    | b"as"
                    | b"for"
                    | b"on"
                    | b"that"
                    | b"from"
                    | b"at"
                    | b"were"
                    | b"his"
                    | b"which"
                    | b"it"
            ));
        }
    }
    (hits * 100).checked_div(words).unwrap_or(0)
}

fn function_word_percent(text: &str, code: Code) -> usize {
    let Some((_, list)) = LATIN_FUNCTION_WORDS.iter().find(|(known, _)| *known == code) else {
        return 0;
    };
    let (mut words, mut hits) = (0usize, 0usize);
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        words += 1;
        let equal = |known: &&&str| {
            word.eq_ignore_ascii_case(known) || (!word.is_ascii() && word.to_lowercase() == **known)
        };
        hits += usize::from(list.iter().any(|known| equal(&known)));
    }
    (hits * 100).checked_div(words).unwrap_or(0)
}

/// The language of a text mostly in neither Latin nor Arabic script. `letters` is the number of
/// letters of those scripts.
pub fn language_of_other_script(text: &str, letters: usize) -> Lang {
    let mut detected = whatlang::detect(text);
    if detected.as_ref().is_some_and(|info| info.script() == whatlang::Script::Latin) {
        // Many short words of another script can have fewer letters than a few names.
        detected = whatlang::detect(&text.replace(is_latin_letter, " "));
    }
    let Some(info) = detected else {
        return Lang::UNDETERMINED;
    };
    // A script of one language tells it at any length; Cyrillic, Devanagari and the like do not.
    let alone = info.script().langs().len() == 1 && info.script() != whatlang::Script::Mandarin;
    if info.is_reliable() && (alone || letters >= MIN_LETTERS_FOR_DETECTOR) {
        two_letter_code(info.lang())
    } else {
        Lang::UNDETERMINED
    }
}

fn two_letter_code(code: Code) -> Lang {
    Lang::from_static(match code {
        Code::Epo => "eo",
        Code::Eng => "en",
        Code::Rus => "ru",
        Code::Cmn => "zh",
        Code::Spa => "es",
        Code::Por => "pt",
        Code::Ita => "it",
        Code::Ben => "bn",
        Code::Fra => "fr",
        Code::Deu => "de",
        Code::Ukr => "uk",
        Code::Kat => "ka",
        Code::Ara => "ar",
        Code::Hin => "hi",
        Code::Jpn => "ja",
        Code::Heb => "he",
        Code::Yid => "yi",
        Code::Pol => "pl",
        Code::Amh => "am",
        Code::Jav => "jv",
        Code::Kor => "ko",
        Code::Nob => "nb",
        Code::Dan => "da",
        Code::Swe => "sv",
        Code::Fin => "fi",
        Code::Tur => "tr",
        Code::Nld => "nl",
        Code::Hun => "hu",
        Code::Ces => "cs",
        Code::Ell => "el",
        Code::Bul => "bg",
        Code::Bel => "be",
        Code::Mar => "mr",
        Code::Kan => "kn",
        Code::Ron => "ro",
        Code::Slv => "sl",
        Code::Hrv => "hr",
        Code::Srp => "sr",
        Code::Mkd => "mk",
        Code::Lit => "lt",
        Code::Lav => "lv",
        Code::Est => "et",
        Code::Tam => "ta",
        Code::Vie => "vi",
        Code::Urd => "ur",
        Code::Tha => "th",
        Code::Guj => "gu",
        Code::Uzb => "uz",
        Code::Pan => "pa",
        Code::Aze => "az",
        Code::Ind => "id",
        Code::Tel => "te",
        Code::Pes => "fa",
        Code::Mal => "ml",
        Code::Ori => "or",
        Code::Mya => "my",
        Code::Nep => "ne",
        Code::Sin => "si",
        Code::Khm => "km",
        Code::Tuk => "tk",
        Code::Aka => "ak",
        Code::Zul => "zu",
        Code::Sna => "sn",
        Code::Afr => "af",
        Code::Lat => "la",
        Code::Slk => "sk",
        Code::Cat => "ca",
        Code::Tgl => "tl",
        Code::Hye => "hy",
        Code::Cym => "cy",
    })
}
