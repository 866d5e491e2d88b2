//! What is written before or behind a year to tell how it is counted.

use super::scan::{Scan, Writing};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Era {
    /// After Christ.
    Christian,
    BeforeChrist,
    Hijri,
}

/// The era written behind a number, and the token after it. `at` is the token behind the number.
pub(super) fn era_behind(scan: &Scan, at: usize) -> Option<(Era, usize)> {
    if scan.is_writing(at, Writing::Latin) { latin_era(scan, at) } else { arabic_era(scan, at) }
}

/// The era written before a number: `AD 70`, `A.H. 1001`. `at` is its first token.
pub(super) fn era_before(scan: &Scan, at: usize) -> Option<(Era, usize)> {
    let (era, next) = match (scan.word_at(at), scan.word_at(at + 1)) {
        ("anno", "domini") => (Era::Christian, at + 2),
        ("anno", "hegirae") => (Era::Hijri, at + 2),
        _ if scan.is_writing(at, Writing::Latin) => latin_era(scan, at)?,
        _ => return None,
    };
    (era != Era::BeforeChrist && scan.number_at(next).is_some()).then_some((era, next))
}

fn latin_era(scan: &Scan, at: usize) -> Option<(Era, usize)> {
    let word = scan.word_at(at);
    let (era, letters) = match word {
        "a" if scan.word_at(at + 2) == "h" => (Era::Hijri, 2),
        "a" if scan.word_at(at + 2) == "d" => (Era::Christian, 2),
        "c" if scan.word_at(at + 2) == "e" => (Era::Christian, 2),
        "b" if scan.word_at(at + 2) == "c" => {
            let of_christ = scan.mark_at(at + 3) == Some('.') && scan.word_at(at + 4) == "e";
            (Era::BeforeChrist, if of_christ { 3 } else { 2 })
        }
        // "ad" and "ah" are words.
        _ if !scan.is_all_capitals(at) => return None,
        "ad" | "ce" => return Some((Era::Christian, at + 1)),
        "bc" | "bce" => return Some((Era::BeforeChrist, at + 1)),
        "ah" => return Some((Era::Hijri, at + 1)),
        _ => return None,
    };
    // A point behind each letter; the last one may have become the end of the sentence.
    let end = at + 2 * letters - 1;
    let dotted = (at + 1..end).step_by(2).all(|dot| scan.mark_at(dot) == Some('.'));
    dotted.then(|| (era, if scan.mark_at(end) == Some('.') { end + 1 } else { end }))
}

fn arabic_era(scan: &Scan, at: usize) -> Option<(Era, usize)> {
    let era = match scan.word_at(at) {
        "م" if !is_square(scan, at + 1) => Era::Christian,
        "ميلادي" | "ميلاديه" | "ميلاديا" | "للميلاد" | "الميلادي" | "الميلاديه" => {
            Era::Christian
        }
        "ه" | "هجري" | "هجريه" | "هجريا" | "للهجره" | "الهجري" | "الهجريه" => {
            Era::Hijri
        }
        "ق" => {
            let m = if scan.mark_at(at + 1) == Some('.') { at + 2 } else { at + 1 };
            if scan.word_at(m) != "م" {
                return None;
            }
            let dotted = m == at + 2 && scan.mark_at(m + 1) == Some('.');
            return Some((Era::BeforeChrist, if dotted { m + 2 } else { m + 1 }));
        }
        "قم" => Era::BeforeChrist,
        before @ ("قبل" | "بعد" | "من") => {
            let era = match (before, scan.word_at(at + 1)) {
                ("قبل", "الميلاد" | "ميلاد") => Era::BeforeChrist,
                (_, "الميلاد" | "ميلاد") => Era::Christian,
                ("بعد" | "من", "الهجره") => Era::Hijri,
                _ => return None,
            };
            return Some((era, at + 2));
        }
        _ => return None,
    };
    Some((era, at + 1))
}

/// `م²`: a square metre.
fn is_square(scan: &Scan, at: usize) -> bool {
    scan.is_glued(at)
        && (matches!(scan.mark_at(at), Some('²' | '³')) || scan.number_at(at).is_some())
}
