//! Centuries and decades.

use std::ops::Range;

use super::date::{Date, DateRange};
use super::era::{Era, era_behind};
use super::months::ordinal_at;
use super::scan::{Scan, Writing};
use super::{Calendar, Form, FoundDate, amount, hijri};

/// The centuries named at a token, and the token after them; several if they share the noun.
pub(super) fn centuries_at(scan: &Scan, at: usize) -> Option<(Vec<FoundDate>, usize)> {
    if scan.is_writing(at, Writing::Arabic) { arabic(scan, at) } else { english(scan, at) }
}

/// `16th century`, `16th and 17th centuries`, `sixteenth to eighteenth centuries BC`.
fn english(scan: &Scan, at: usize) -> Option<(Vec<FoundDate>, usize)> {
    let (first, mut next) = english_ordinal(scan, at)?;
    let mut numbers = vec![(first, at..next)];
    let mut all_between = false;
    while numbers.len() < MOST_CENTURIES {
        // A hyphen without its noun: "16th- and 17th-century".
        if scan.is_dash(next) && matches!(scan.word_at(next + 1), "and" | "or" | "to") {
            next += 1;
        }
        let joint = match scan.word_at(next) {
            "and" | "or" => next + 1,
            "to" => {
                all_between = true;
                next + 1
            }
            _ if scan.mark_at(next) == Some(',') => next + 1,
            _ if scan.is_dash(next) && english_ordinal(scan, next + 1).is_some() => {
                all_between = true;
                next + 1
            }
            _ => break,
        };
        let joint = match scan.word_at(joint) {
            "and" | "or" | "the" => joint + 1,
            _ => joint,
        };
        let Some((number, after)) = english_ordinal(scan, joint) else { break };
        numbers.push((number, joint..after));
        next = after;
    }
    if scan.is_dash(next) {
        next += 1;
    }
    if !matches!(scan.word_at(next), "century" | "centuries") {
        return None;
    }
    found(scan, &numbers, next + 1, all_between)
}

/// More are in no sentence.
const MOST_CENTURIES: usize = 6;

fn english_ordinal(scan: &Scan, at: usize) -> Option<(u8, usize)> {
    let Some((value, digits)) = scan.number_at(at) else {
        return ordinal_at(scan, at).filter(|_| scan.is_writing(at, Writing::Latin));
    };
    let ordinal = matches!(scan.word_at(at + 1), "st" | "nd" | "rd" | "th" | "d");
    let number = u8::try_from(value).ok().filter(|_| digits <= 2 && ordinal)?;
    amount::free_before(scan, at).then_some((number, at + 2))
}

/// `القرن السادس عشر`, `القرن 16`, `القرنين الثامن والتاسع`, `القرن الرابع الهجري`.
fn arabic(scan: &Scan, at: usize) -> Option<(Vec<FoundDate>, usize)> {
    let word = scan.word_at(at);
    let bare = word.trim_start_matches(['و', 'ب', 'ف', 'ك']);
    if !matches!(bare, "القرن" | "للقرن" | "القرنين" | "القرنان" | "للقرنين" | "القرون" | "قرن")
    {
        return None;
    }
    let (first, mut next) = arabic_ordinal(scan, at + 1)?;
    if bare == "قرن" && scan.number_at(at + 1).is_none() {
        return None;
    }
    let mut numbers = vec![(first, at..next)];
    let several = !matches!(bare, "القرن" | "للقرن" | "قرن");
    let mut all_between = false;
    while several && numbers.len() < MOST_CENTURIES {
        let mut joint = match scan.word_at(next) {
            "و" => next + 1,
            "الي" | "حتي" => {
                all_between = true;
                next + 1
            }
            _ if scan.is_dash(next) => {
                all_between = true;
                next + 1
            }
            word if word.starts_with('و') => next,
            _ => break,
        };
        if scan.mark_at(joint) == Some('،') {
            joint += 1;
        }
        let Some((number, after)) = arabic_ordinal(scan, joint) else { break };
        numbers.push((number, joint..after));
        next = after;
    }
    found(scan, &numbers, next, all_between)
}

/// A number or an ordinal; `ال` may be written before digits: `القرن الـ16`.
fn arabic_ordinal(scan: &Scan, at: usize) -> Option<(u8, usize)> {
    let at = if matches!(scan.word_at(at), "ال" | "وال") { at + 1 } else { at };
    match scan.number_at(at) {
        Some((value, digits)) => {
            let number = u8::try_from(value).ok().filter(|_| digits <= 2)?;
            Some((number, at + 1))
        }
        None => ordinal_at(scan, at).filter(|_| scan.is_writing(at, Writing::Arabic)),
    }
}

/// Makes dates of centuries, after whose noun an era may follow.
fn found(
    scan: &Scan,
    numbers: &[(u8, Range<usize>)],
    noun_end: usize,
    all_between: bool,
) -> Option<(Vec<FoundDate>, usize)> {
    let (era, next) = match era_behind(scan, noun_end) {
        Some((era, next)) => (era, next),
        None => (Era::Christian, noun_end),
    };
    let mut ranges: Vec<(DateRange, Range<usize>)> = numbers
        .iter()
        .filter_map(|(number, tokens)| Some((century(i32::from(*number), era)?, tokens.clone())))
        .collect();
    let calendar = if era == Era::Hijri { Calendar::Hijri } else { Calendar::Gregorian };
    let one = |range: DateRange, span: Range<usize>| FoundDate {
        range,
        span,
        calendar,
        form: Form::Century,
    };
    let last = ranges.last_mut()?;
    last.1.end = next;
    let last = last.0;
    let (first, tokens) = ranges.first()?;
    if all_between {
        let whole = DateRange { from: first.from.min(last.from), to: first.to.max(last.to) };
        return Some((vec![one(whole, scan.span(tokens.start, next))], next));
    }
    let dates =
        ranges.iter().map(|(range, tokens)| one(*range, scan.span(tokens.start, tokens.end)));
    Some((dates.collect(), next))
}

fn century(number: i32, era: Era) -> Option<DateRange> {
    let (first, last) = (number * 100 - 99, number * 100);
    match era {
        _ if !(1..=99).contains(&number) => None,
        Era::BeforeChrist => {
            Some(DateRange { from: Date::of_year(-last), to: Date::of_year(-first) })
        }
        Era::Christian if number > 21 => None,
        Era::Christian => Some(DateRange { from: Date::of_year(first), to: Date::of_year(last) }),
        Era::Hijri => {
            let from = hijri::to_gregorian(first, None, None)?.from;
            let to = hijri::to_gregorian(last, None, None)?.to;
            Some(DateRange { from: Date::of_year(from.year), to: Date::of_year(to.year) })
        }
    }
}

/// `1590s`, `1590's`, and `1600s`, which is a century.
pub(super) fn decade_at(scan: &Scan, at: usize) -> Option<(FoundDate, usize)> {
    let (value, digits) = scan.number_at(at)?;
    if digits != 4 || !(1000..=2100).contains(&value) || value % 10 != 0 {
        return None;
    }
    let s = if scan.is_glued(at + 1) && matches!(scan.mark_at(at + 1), Some('\'' | '’')) {
        at + 2
    } else {
        at + 1
    };
    if scan.word_at(s) != "s" || !scan.is_glued(s) || !amount::free_before(scan, at) {
        return None;
    }
    let (form, years) =
        if value % 100 == 0 && value < 2000 { (Form::Century, 99) } else { (Form::Decade, 9) };
    let range = DateRange { from: Date::of_year(value), to: Date::of_year(value + years) };
    let span = scan.span(at, s + 1);
    Some((FoundDate { range, span, calendar: Calendar::Gregorian, form }, s + 1))
}
