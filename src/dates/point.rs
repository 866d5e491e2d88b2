//! One date, perhaps not whole: a day, a month and a year in any of the orders they are written in.

use super::amount;
use super::era::{Era, era_before, era_behind};
use super::months::{month_at, ordinal_at};
use super::scan::{Gap, Scan, Writing};
use super::words;
use super::{Calendar, date::Date, date::DateRange, hijri};
use super::{arabic, english};

/// What is written of a date between two tokens. What is missing may stand in the other half of a
/// range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Point {
    pub first: usize,
    pub next: usize,
    /// As written: positive, in whatever era.
    pub year: Option<i32>,
    pub era: Option<Era>,
    pub month: Option<u8>,
    /// Whether the month is one of the Islamic calendar.
    pub hijri_month: bool,
    pub day: Option<u8>,
}

impl Point {
    pub fn new(first: usize, next: usize) -> Self {
        Self { first, next, year: None, era: None, month: None, hijri_month: false, day: None }
    }

    /// What it covers; `None` if there is no such day or year.
    pub fn range(&self) -> Option<(DateRange, Calendar)> {
        let year = self.year?;
        match self.era {
            Some(Era::Hijri) => {
                let range = hijri::to_gregorian(year, self.month, self.day)?;
                Some((range, Calendar::Hijri))
            }
            // A month of the other calendar tells nothing of a year of this one.
            _ if self.hijri_month => {
                Some((Date::checked(year, None, None)?.into(), Calendar::Gregorian))
            }
            era => {
                let year = if era == Some(Era::BeforeChrist) { -year } else { year };
                if year > LAST_YEAR {
                    return None;
                }
                Some((Date::checked(year, self.month, self.day)?.into(), Calendar::Gregorian))
            }
        }
    }
}

pub(super) const FIRST_BARE_YEAR: i32 = 1000;
pub(super) const LAST_YEAR: i32 = 2100;

/// The date that begins at a token.
pub(super) fn point_at(scan: &Scan, at: usize) -> Option<Point> {
    if scan.number_at(at).is_some() {
        return in_numbers(scan, at)
            .or_else(|| day_first(scan, at))
            .or_else(|| year_at(scan, at, false));
    }
    if !matches!(scan.kind(at), Some(super::scan::Kind::Word(Writing::Latin | Writing::Arabic))) {
        return None;
    }
    month_first(scan, at).or_else(|| ordinal_day(scan, at)).or_else(|| {
        let (era, number) = era_before(scan, at)?;
        let (year, _) = scan.number_at(number)?;
        year_behind(scan, at, number, year, Some(era))
    })
}

/// `1592-05-24`, `24/5/1592`, `24.5.1592`. What could be either day or month is neither.
fn in_numbers(scan: &Scan, at: usize) -> Option<Point> {
    let joint = scan.mark_at(at + 1).filter(|_| scan.is_glued(at + 1))?;
    let dashed = scan.is_dash(at + 1);
    if dashed && scan.mark_at(at + 3) != Some(joint) {
        return year_and_month(scan, at);
    }
    if !dashed && !matches!(joint, '/' | '.') || scan.mark_at(at + 3) != Some(joint) {
        return None;
    }
    if !(at + 2..=at + 4).all(|part| scan.is_glued(part)) || !amount::free_before(scan, at) {
        return None;
    }
    let parts = [scan.number_at(at)?, scan.number_at(at + 2)?, scan.number_at(at + 4)?];
    let further = scan.is_glued(at + 5)
        && (scan.mark_at(at + 5) == Some(joint) && scan.number_at(at + 6).is_some()
            || scan.is_writing(at + 5, Writing::Latin) && scan.word_at(at + 5) != "t");
    if further {
        return None;
    }
    let small = |(value, digits): (i32, u8)| {
        u8::try_from(value).ok().filter(|&value| digits <= 2 && value > 0)
    };
    let (year, month, day) = match parts {
        [(year, 4), month, day] => (year, small(month)?, small(day)?),
        [first, second, (year, 4)] => match (small(first)?, small(second)?) {
            (day, month) if day > 12 => (year, month, day),
            (month, day) if day > 12 => (year, month, day),
            (same, other) if same == other => (year, same, same),
            _ => return None,
        },
        _ => return None,
    };
    let mut point = Point { month: Some(month), day: Some(day), ..Point::new(at, at + 5) };
    point.year = Some(year);
    match era_behind(scan, at + 5) {
        Some((era, next)) => {
            point.era = Some(era);
            point.next = next;
        }
        None if !(FIRST_BARE_YEAR..=LAST_YEAR).contains(&year) => return None,
        None => {}
    }
    point.range().map(|_| point)
}

/// `1592-05`; but `1592-98` and `2003-04` are ranges.
fn year_and_month(scan: &Scan, at: usize) -> Option<Point> {
    let ((year, 4), (month, 2)) = (scan.number_at(at)?, scan.number_at(at + 2)?) else {
        return None;
    };
    let joined = scan.is_glued(at + 2) && (FIRST_BARE_YEAR..=LAST_YEAR).contains(&year);
    if !joined || month > year % 100 {
        return None;
    }
    let month = u8::try_from(month).ok().filter(|month| (1..=12).contains(month))?;
    let free = amount::free_before(scan, at)
        && amount::is_year(scan, at)
        && amount::stands_free(scan, at + 2)
        && era_behind(scan, at + 3).is_none();
    free.then(|| Point { year: Some(year), month: Some(month), ..Point::new(at, at + 3) })
}

/// A number of a day, with what English writes behind it, and the token after it.
fn day_number(scan: &Scan, at: usize) -> Option<(u8, usize)> {
    let (value, digits) = scan.number_at(at)?;
    let day = u8::try_from(value).ok().filter(|day| digits <= 2 && (1..=31).contains(day))?;
    if !amount::free_before(scan, at) {
        return None;
    }
    let mut next = at + 1;
    if matches!(scan.word_at(next), "st" | "nd" | "rd" | "th" | "d") {
        next += 1;
    } else if scan.is_glued(next) && scan.is_writing(next, Writing::Latin) {
        return None;
    }
    if scan.mark_at(next) == Some('.') && scan.is_glued(next) {
        next += 1;
    }
    Some((day, next))
}

/// `24 May 1592`, `24th of May`, `14 من مارس`.
fn day_first(scan: &Scan, at: usize) -> Option<Point> {
    let (day, next) = day_number(scan, at)?;
    with_month(scan, at, day, next)
}

/// `the first of May`, `الأول من يناير`.
fn ordinal_day(scan: &Scan, at: usize) -> Option<Point> {
    let (day, next) = ordinal_at(scan, at)?;
    matches!(scan.word_at(next), "of" | "day" | "من").then(|| with_month(scan, at, day, next))?
}

fn with_month(scan: &Scan, at: usize, day: u8, behind_day: usize) -> Option<Point> {
    let mut next = behind_day;
    if scan.word_at(next) == "day" {
        next += 1;
    }
    if matches!(scan.word_at(next), "of" | "من") || scan.is_dash(next) && scan.is_glued(next) {
        next += 1;
    }
    if scan.word_at(next) == "شهر" {
        next += 1;
    }
    let (month, next) = month_at(scan, next)?;
    let mut point = Point { day: Some(day), month: Some(month.number), ..Point::new(at, next) };
    point.hijri_month = month.calendar == Calendar::Hijri;
    Some(with_year(scan, point))
}

/// `May 24, 1592`, `May 1592`, `مايو 1592`.
fn month_first(scan: &Scan, at: usize) -> Option<Point> {
    let (month, next) = month_at(scan, at)?;
    let mut point = Point { month: Some(month.number), ..Point::new(at, next) };
    point.hijri_month = month.calendar == Calendar::Hijri;
    if scan.is_writing(at, Writing::Latin) {
        let of_day = if scan.word_at(next) == "the" { next + 1 } else { next };
        if let Some((day, next)) = day_number(scan, of_day) {
            point.day = Some(day);
            point.next = next;
        }
    }
    Some(with_year(scan, point))
}

/// Completes a day or month with the year behind it, if there is one.
fn with_year(scan: &Scan, point: Point) -> Point {
    let mut next = point.next;
    if matches!(scan.mark_at(next), Some(',' | '،' | '/' | '.')) {
        next += 1;
    }
    let mut introduced = false;
    for _ in 0..MOST_WORDS_BEFORE_YEAR {
        match scan.word_at(next) {
            "of" | "in" | "the" | "من" | "في" => {}
            "year" => introduced = true,
            word if arabic::introduces_year(word) => introduced = true,
            _ => break,
        }
        next += 1;
    }
    if let Some((era, number)) = era_before(scan, next) {
        let found = scan
            .number_at(number)
            .and_then(|(year, _)| year_behind(scan, point.first, number, year, Some(era)));
        return found.map_or(point, |found| Point {
            year: found.year,
            era: found.era,
            next: found.next,
            ..point
        });
    }
    let Some((value, digits)) = scan.number_at(next) else { return point };
    let apart = next > point.next + 1 && !introduced;
    if apart && scan.word_at(next - 1) == "the"
        || scan.gap_before(next) == Gap::None && scan.is_writing(next - 1, Writing::Latin)
    {
        return point;
    }
    let found = year_behind(scan, point.first, next, value, None);
    let Some(mut found) = found else { return point };
    if found.era.is_none() {
        let hijri = point.hijri_month && (1..=hijri::LAST_YEAR).contains(&value);
        let enough_digits = digits == 4 && (FIRST_BARE_YEAR..=LAST_YEAR).contains(&value)
            || digits == 3 && (introduced || point.day.is_some());
        let counted = words::is_unit(scan.word_at(next + 1))
            || point.day.is_none() && !introduced && english::is_counted(scan.word_at(next + 1));
        if !enough_digits || counted || !amount::stands_free(scan, next) {
            return point;
        }
        found.era = hijri.then_some(Era::Hijri);
    }
    Point { year: found.year, era: found.era, next: found.next, ..point }
}

/// `in the year of`
const MOST_WORDS_BEFORE_YEAR: usize = 4;

/// A number as a year, with the era behind it if there is none before it.
fn year_behind(
    scan: &Scan,
    first: usize,
    number: usize,
    year: i32,
    era: Option<Era>,
) -> Option<Point> {
    let behind = era_behind(scan, number + 1).filter(|_| scan.gap_before(number + 1) != Gap::Line);
    let (era, next) = match (era, behind) {
        (Some(era), Some((same, next))) if era == same => (Some(era), next),
        (Some(era), _) => (Some(era), number + 1),
        (None, Some((era, next))) => (Some(era), next),
        (None, None) => (None, number + 1),
    };
    let most = match era {
        Some(Era::BeforeChrist) => 9999,
        Some(Era::Hijri) => hijri::LAST_YEAR,
        _ => LAST_YEAR,
    };
    let mut point = Point::new(first, next);
    point.era = era;
    point.year = (1..=most).contains(&year).then_some(year);
    point.year.map(|_| point)
}

/// A year that stands by itself. `in_range` says that the other half of a range is a year.
pub(super) fn year_at(scan: &Scan, at: usize, in_range: bool) -> Option<Point> {
    let (value, digits) = scan.number_at(at)?;
    let point = year_behind(scan, at, at, value, None)?;
    if !amount::free_before(scan, at) {
        return None;
    }
    if point.era.is_some() {
        return (!is_metres(scan, at, digits, point.next)).then_some(point);
    }
    if !amount::stands_free(scan, at) {
        return None;
    }
    let introduced =
        at > 0 && arabic::introduces_year(scan.word_at(at - 1)) && !plural(scan, at - 1);
    let accepted = match digits {
        4 if !(FIRST_BARE_YEAR..=LAST_YEAR).contains(&value) => false,
        4 => in_range && !words::is_unit(scan.word_at(at + 1)) || amount::is_year(scan, at),
        3 => introduced && value >= 100 && !words::is_unit(scan.word_at(at + 1)),
        _ => false,
    };
    accepted.then_some(point)
}

/// `سنوات 300`: so many years.
fn plural(scan: &Scan, at: usize) -> bool {
    scan.word_at(at).ends_with("وات") || scan.word_at(at).ends_with("اعوام")
}

/// `م` stands for metres too: after a word of measuring, and after a number of which no year is
/// said.
fn is_metres(scan: &Scan, at: usize, digits: u8, next: usize) -> bool {
    if scan.word_at(next - 1) != "م" || next != at + 2 {
        return false;
    }
    let measured = (1..=3).any(|back| {
        at.checked_sub(back).is_some_and(|before| arabic::is_measure(scan.word_at(before)))
    });
    let introduced = at > 0 && arabic::introduces_year(scan.word_at(at - 1));
    measured || digits <= 2 && !introduced
}
