//! The names of months, and numbers written as words.

use super::Calendar;
use super::scan::{Scan, Writing};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Month {
    pub number: u8,
    pub calendar: Calendar,
}

const fn gregorian(number: u8) -> Month {
    Month { number, calendar: Calendar::Gregorian }
}

const fn hijri(number: u8) -> Month {
    Month { number, calendar: Calendar::Hijri }
}

/// A month whose name begins at a token, and the token after it.
///
/// A second name of the same month belongs to the first: `أيار/مايو`, `آذار (مارس)`.
pub(super) fn month_at(scan: &Scan, at: usize) -> Option<(Month, usize)> {
    if scan.is_writing(at, Writing::Latin) {
        let (month, next) = latin_month(scan, at)?;
        let abbreviated = scan.word_at(at).len() <= 4 && scan.mark_at(next) == Some('.');
        return Some((month, if abbreviated { next + 1 } else { next }));
    }
    let (month, next) = arabic_month(scan, at)?;
    let second = |from: usize| arabic_month(scan, from).filter(|(other, _)| *other == month);
    match scan.mark_at(next) {
        Some('/' | '\\' | '-') => {
            if let Some((_, end)) = second(next + 1) {
                return Some((month, end));
            }
        }
        Some('(') => {
            if let Some((_, end)) =
                second(next + 1).filter(|(_, end)| scan.mark_at(*end) == Some(')'))
            {
                return Some((month, end + 1));
            }
        }
        _ => {}
    }
    Some((month, next))
}

fn latin_month(scan: &Scan, at: usize) -> Option<(Month, usize)> {
    let word = scan.word_at(at);
    let number = match word {
        "january" | "jan" => 1,
        "february" | "feb" | "febr" => 2,
        "march" | "mar" => 3,
        "april" | "apr" => 4,
        "may" => 5,
        "june" | "jun" => 6,
        "july" | "jul" => 7,
        "august" | "aug" => 8,
        "september" | "sept" | "sep" => 9,
        "october" | "oct" => 10,
        "november" | "nov" => 11,
        "december" | "dec" => 12,
        _ => return latin_hijri_month(scan, at),
    };
    // Names in full are no other words, but for two.
    let only_a_name = word.len() > 4 && word != "march";
    (only_a_name || scan.is_capitalized(at)).then_some((gregorian(number), at + 1))
}

/// Names of several words are read without what joins them: `Rabi' al-Awwal`, `Dhu'l-Hijja`.
fn latin_hijri_month(scan: &Scan, at: usize) -> Option<(Month, usize)> {
    let number = match scan.word_at(at) {
        "muharram" => 1,
        "safar" => 2,
        "rajab" => 7,
        "shaban" | "shaaban" => 8,
        "ramadan" | "ramadhan" | "ramazan" => 9,
        "shawwal" | "shawal" => 10,
        "rabi" | "rabia" | "jumada" | "jumadi" | "jamadi" | "dhu" | "dhi" | "dhul" | "dhil"
        | "zul" | "zil" | "dhual" | "dhulhijja" | "dhulhijjah" | "dhulqada" | "dhulqadah" => 0,
        _ => return None,
    };
    if number > 0 {
        return Some((hijri(number), at + 1));
    }
    let mut joined = String::new();
    let mut next = at;
    let mut found = None;
    for _ in 0..MOST_PARTS {
        while next > at && scan.mark_at(next).is_some_and(|mark| matches!(mark, '-' | '\'' | '’'))
        {
            next += 1;
        }
        if !scan.is_writing(next, Writing::Latin) {
            break;
        }
        joined.push_str(scan.word_at(next));
        next += 1;
        if let Some(number) = joined_hijri_month(&joined) {
            found = Some((hijri(number), next));
        }
    }
    found
}

/// `Jumada al Thani` has three words.
const MOST_PARTS: usize = 3;

fn joined_hijri_month(joined: &str) -> Option<u8> {
    let rabi = joined.strip_prefix("rabia").or(joined.strip_prefix("rabi"));
    let (rest, first, second) = if let Some(rest) = rabi {
        (rest, 3, 4)
    } else if let Some(rest) =
        ["jumada", "jumadi", "jamadi"].iter().find_map(|head| joined.strip_prefix(head))
    {
        (rest, 5, 6)
    } else {
        let rest =
            ["dhu", "dhi", "zul", "zil"].iter().find_map(|head| joined.strip_prefix(head))?;
        let rest = rest.strip_prefix("al").or(rest.strip_prefix('l')).unwrap_or(rest);
        return match rest.trim_end_matches('h') {
            "qada" | "qaada" | "qida" | "kada" => Some(11),
            "hijja" | "hija" | "haj" | "hajj" => Some(12),
            _ => None,
        };
    };
    let without_article = ["al", "ul", "l"]
        .iter()
        .find_map(|article| rest.strip_prefix(article).filter(|name| name.len() > 2));
    match without_article.unwrap_or(rest) {
        "i" | "awwal" | "awal" | "ula" | "oula" | "awwala" => Some(first),
        "ii" | "thani" | "thaniya" | "thaniyah" | "akhir" | "akhira" | "akhirah" | "sani"
        | "akhar" => Some(second),
        _ => None,
    }
}

fn arabic_month(scan: &Scan, at: usize) -> Option<(Month, usize)> {
    if !scan.is_writing(at, Writing::Arabic) {
        return None;
    }
    let word = scan.word_at(at);
    let (month, next) = named(scan, word, at).or_else(|| {
        // و ب ل ف ك are written on the word that they precede.
        let bare = word.strip_prefix(['و', 'ب', 'ل', 'ف', 'ك'])?;
        named(scan, bare, at)
    })?;
    let honoured = month.calendar == Calendar::Hijri
        && matches!(
            scan.word_at(next),
            "المبارك" | "الحرام" | "المعظم" | "الخير" | "المكرم" | "الاصب"
        );
    Some((month, if honoured { next + 1 } else { next }))
}

fn named(scan: &Scan, word: &str, at: usize) -> Option<(Month, usize)> {
    let month = match word {
        "يناير" | "جانفي" => gregorian(1),
        "فبراير" | "شباط" | "فيفري" => gregorian(2),
        "مارس" | "اذار" => gregorian(3),
        "ابريل" | "نيسان" | "افريل" => gregorian(4),
        "مايو" | "ايار" | "ماي" => gregorian(5),
        "يونيو" | "يونيه" | "حزيران" | "جوان" => gregorian(6),
        "يوليو" | "يوليه" | "تموز" | "جويليه" => gregorian(7),
        "اغسطس" | "اب" | "اوت" | "غشت" => gregorian(8),
        "سبتمبر" | "ايلول" | "شتنبر" => gregorian(9),
        "اكتوبر" => gregorian(10),
        "نوفمبر" | "نونبر" => gregorian(11),
        "ديسمبر" | "دجنبر" => gregorian(12),
        "محرم" | "المحرم" => hijri(1),
        "صفر" => hijri(2),
        "رجب" => hijri(7),
        "شعبان" => hijri(8),
        "رمضان" => hijri(9),
        "شوال" => hijri(10),
        "ذوالقعده" | "ذيالقعده" => hijri(11),
        "ذوالحجه" | "ذيالحجه" => hijri(12),
        _ => {
            let month = match (word, scan.word_at(at + 1)) {
                ("كانون", "الاول" | "اول") => gregorian(12),
                ("كانون", "الثاني" | "ثاني" | "ثان") => gregorian(1),
                ("تشرين", "الاول" | "اول") => gregorian(10),
                ("تشرين", "الثاني" | "ثاني" | "ثان") => gregorian(11),
                ("ربيع", "الاول") => hijri(3),
                ("ربيع", "الثاني" | "الاخر") => hijri(4),
                ("جمادي", "الاولي" | "الاول") => hijri(5),
                ("جمادي", "الثانيه" | "الثاني" | "الاخره" | "الاخر") => {
                    hijri(6)
                }
                ("ذو" | "ذي" | "ذا", "القعده") => hijri(11),
                ("ذو" | "ذي" | "ذا", "الحجه") => hijri(12),
                _ => return None,
            };
            return Some((month, at + 2));
        }
    };
    Some((month, at + 1))
}

/// An ordinal in words, from first to thirty-first, and the token after it.
pub(super) fn ordinal_at(scan: &Scan, at: usize) -> Option<(u8, usize)> {
    if scan.is_writing(at, Writing::Latin) {
        latin_ordinal(scan, at)
    } else {
        arabic_ordinal(scan, at)
    }
}

fn latin_ordinal(scan: &Scan, at: usize) -> Option<(u8, usize)> {
    const ORDINALS: [&str; 20] = [
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
        "twentieth",
    ];
    let unit = |at: usize| {
        let place = ORDINALS.iter().position(|ordinal| *ordinal == scan.word_at(at))?;
        u8::try_from(place + 1).ok()
    };
    if let Some(number) = unit(at) {
        return Some((number, at + 1));
    }
    let tens = match scan.word_at(at) {
        "twenty" => 20,
        "thirtieth" => return Some((30, at + 1)),
        "thirty" => 30,
        _ => return None,
    };
    let next = if scan.is_dash(at + 1) { at + 2 } else { at + 1 };
    unit(next).filter(|&unit| unit < 10).map(|unit| (tens + unit, next + 1))
}

fn arabic_ordinal(scan: &Scan, at: usize) -> Option<(u8, usize)> {
    const UNITS: [&[&str]; 10] = [
        &["الاول", "الحادي", "الواحد"],
        &["الثاني"],
        &["الثالث"],
        &["الرابع"],
        &["الخامس"],
        &["السادس"],
        &["السابع"],
        &["الثامن"],
        &["التاسع"],
        &["العاشر"],
    ];
    let word = scan.word_at(at);
    let bare = |word: &str| {
        let place = UNITS.iter().position(|names| names.contains(&word))?;
        u8::try_from(place + 1).ok()
    };
    let word =
        if word.starts_with("ال") { word } else { word.strip_prefix('و').unwrap_or(word) };
    match word {
        "العشرين" | "العشرون" => return Some((20, at + 1)),
        "الثلاثين" | "الثلاثون" => return Some((30, at + 1)),
        _ => {}
    }
    let unit = bare(word)?;
    match scan.word_at(at + 1) {
        "عشر" if unit < 10 => Some((10 + unit, at + 2)),
        "والعشرين" | "والعشرون" if unit < 10 => Some((20 + unit, at + 2)),
        "والثلاثين" | "والثلاثون" if unit == 1 => Some((31, at + 2)),
        _ if matches!(word, "الحادي" | "الواحد") => None,
        _ => Some((unit, at + 1)),
    }
}
