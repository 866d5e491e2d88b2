//! Whether a number of four digits is a year or an amount.
//!
//! The word before decides first. Words such as `in`, `year` or `عام` make it a year whatever
//! follows, but for a unit; words such as `p.`, `over` or `أكثر من` make it an amount. Otherwise
//! what is counted would follow at once: a unit, one of the nouns that are often counted, an English
//! plural, or in Arabic an indefinite noun (a word without article that is no particle, no verb that
//! often follows a year, and does not stand behind a definite noun: `كأس العالم 2006 فازت`).

use super::scan::{Gap, Scan, Writing};
use super::words::{self, Before};
use super::{arabic, english};

/// Whether the number at a token can be a year as it stands: not part of a name or of a larger sign,
/// neither a price nor a share.
pub(super) fn stands_free(scan: &Scan, at: usize) -> bool {
    free_before(scan, at) && free_behind(scan, at + 1)
}

pub(super) fn free_before(scan: &Scan, at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return true };
    let Some(mark) = scan.mark_at(before) else {
        let of_one_sign =
            scan.is_writing(before, Writing::Latin) || scan.number_at(before).is_some();
        return !(scan.is_glued(at) && of_one_sign);
    };
    if matches!(mark, '$' | '£' | '€' | '¥' | '₤' | '#' | '№' | '§' | '×' | '~' | '≈') {
        return false;
    }
    if !scan.is_glued(at) {
        return true;
    }
    let glued_twice = scan.is_glued(before);
    let behind_word = glued_twice && before > 0 && scan.is_writing(before - 1, Writing::Latin);
    match mark {
        '+' | '=' | '&' | '@' | '\\' | '^' | '<' | '>' | '°' => false,
        '[' => scan.mark_at(at + 1) != Some(']'),
        ':' => !(glued_twice && scan.number_at(before.saturating_sub(1)).is_some()),
        '/' | '.' => !behind_word,
        // 0-8027-1412-9
        _ if scan.is_dash(before) && glued_twice && in_row_of_dashes(scan, before - 1) => false,
        _ if scan.is_dash(before) => {
            !behind_word || english::joins_a_year(scan.word_at(before - 1))
        }
        _ => true,
    }
}

/// Whether a number stands close behind a dash behind a number.
fn in_row_of_dashes(scan: &Scan, at: usize) -> bool {
    at > 1
        && scan.number_at(at).is_some()
        && scan.is_glued(at)
        && scan.is_dash(at - 1)
        && scan.is_glued(at - 1)
        && scan.number_at(at - 2).is_some()
}

fn free_behind(scan: &Scan, next: usize) -> bool {
    if scan.mark_at(next).is_some_and(|mark| matches!(mark, '%' | '٪' | '‰' | '$' | '£' | '€'))
    {
        return false;
    }
    if !scan.is_glued(next) {
        return true;
    }
    match scan.mark_at(next) {
        Some('+' | '=' | '&' | '@' | '\\' | '^' | '°' | '′' | '″' | '²' | '³' | '×') => {
            false
        }
        Some(':') => !(scan.is_glued(next + 1) && scan.number_at(next + 1).is_some()),
        Some(_) => true,
        None => !scan.is_writing(next, Writing::Latin) || matches!(scan.word_at(next), "ad" | "bc"),
    }
}

/// Whether a number that [`stands_free`] and has four digits is a year.
pub(super) fn is_year(scan: &Scan, at: usize) -> bool {
    let before = word_before(scan, at);
    if before == Before::Amount || words::is_unit(scan.word_at(at + 1)) && follows(scan, at + 1) {
        return false;
    }
    // منذ 2000 سنة; but عام 2000 سنة 2001
    let so_many_years = matches!(scan.word_at(at + 1), "سنه" | "عام" | "سنوات")
        && follows(scan, at + 1)
        && scan.number_at(at + 2).is_none();
    if so_many_years && !arabic::introduces_year(scan.word_at(at.saturating_sub(1))) {
        return false;
    }
    if before == Before::Year {
        return true;
    }
    if is_bare_number(scan, at.wrapping_sub(1)) && scan.gap_before(at) != Gap::None
        || is_bare_number(scan, at + 1)
    {
        return false;
    }
    if !follows(scan, at + 1) {
        return true;
    }
    if scan.is_writing(at + 1, Writing::Latin) {
        !counts_english(scan, at, before)
    } else {
        !counts_arabic(scan, at, before)
    }
}

/// What the words before a number tell of it. A bracket may stand between: `عام (1592)`.
fn word_before(scan: &Scan, at: usize) -> Before {
    let Some(mut before) = at.checked_sub(1) else { return Before::Nothing };
    let mut bracket = false;
    if matches!(scan.mark_at(before), Some('(' | '.' | ':')) && before > 0 {
        bracket = scan.mark_at(before) != Some('.');
        before -= 1;
    }
    let abbreviated = scan.mark_at(at - 1) == Some('.');
    let word = scan.word_at(before);
    if scan.is_writing(before, Writing::Latin) {
        let second = before.checked_sub(1).map_or("", |second| scan.word_at(second));
        match english::before(word, second) {
            told if !abbreviated && !bracket => told,
            Before::Amount if abbreviated && english::is_abbreviation(word) => Before::Amount,
            Before::Year if bracket || english::is_abbreviation(word) => Before::Year,
            _ => Before::Nothing,
        }
    } else if scan.is_writing(before, Writing::Arabic) {
        let second = before.checked_sub(1).map_or("", |second| scan.word_at(second));
        match arabic::before(word, second) {
            Before::Amount if bracket || abbreviated && word.chars().count() > 1 => Before::Nothing,
            Before::Year | Before::Amount if abbreviated && word.chars().count() > 1 => {
                Before::Nothing
            }
            told => told,
        }
    } else {
        Before::Nothing
    }
}

fn is_bare_number(scan: &Scan, at: usize) -> bool {
    match scan.kind(at) {
        Some(super::scan::Kind::Amount) => true,
        Some(super::scan::Kind::Number { value, digits }) => {
            // Years may stand in a row; a day or a page behind a year may not.
            !(scan.is_glued(at) || digits == 4 && (1000..=2100).contains(&value))
        }
        _ => false,
    }
}

/// Whether a word belongs to the same line.
fn follows(scan: &Scan, next: usize) -> bool {
    scan.gap_before(next) != Gap::Line && !scan.word_at(next).is_empty()
}

fn counts_english(scan: &Scan, at: usize, before: Before) -> bool {
    let next = scan.word_at(at + 1);
    if english::is_counted(next) {
        return true;
    }
    let capital = scan.is_capitalized(at + 1);
    if english::is_function_word(next) {
        // A line of verse begins behind its number.
        let title = scan.is_all_capitals(at + 1) && next.len() > 1;
        return capital
            && !title
            && next != "i"
            && before == Before::Nothing
            && !is_opened(scan, at);
    }
    if !capital && english::is_plural(next) || before == Before::Guess {
        return true;
    }
    // 1592 Japanese soldiers
    follows(scan, at + 2) && english::is_counted(scan.word_at(at + 2))
}

/// Whether a number stands first in its sentence or line, or behind a word such as `of`, as no
/// number of a line does.
fn is_opened(scan: &Scan, at: usize) -> bool {
    at == 0
        || scan.gap_before(at) == Gap::Line
        || scan.mark_at(at - 1).is_some_and(|mark| mark != ',' && mark != ';')
        || english::is_function_word(scan.word_at(at - 1))
}

fn counts_arabic(scan: &Scan, at: usize, before: Before) -> bool {
    let next = scan.word_at(at + 1);
    if arabic::is_counted(next) || before == Before::Guess && next == "من" {
        return true;
    }
    if !scan.is_writing(at + 1, Writing::Arabic) || arabic::is_particle(next) {
        return false;
    }
    if before == Before::Guess {
        return true;
    }
    before != Before::Definite
}
