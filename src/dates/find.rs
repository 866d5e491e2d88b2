//! Walks a text from date to date and joins the two halves of ranges.

use super::century::{centuries_at, decade_at};
use super::date::DateRange;
use super::era::{Era, era_behind};
use super::point::{FIRST_BARE_YEAR, Point, point_at, year_at};
use super::scan::{Kind, Scan, Writing};
use super::{Form, FoundDate, amount, arabic, hijri};

/// All dates of a text. Every attempt looks at few tokens, so the time is linear in the text.
pub(super) fn find(text: &str) -> Vec<FoundDate> {
    let mut found = Vec::new();
    if !may_have_dates(text) {
        return found;
    }
    let scan = Scan::new(text);
    let near = tokens_near_dates(&scan);
    let mut at = 0;
    while at < scan.len() {
        if !near.get(at).is_some_and(|&near| near) {
            at += 1;
        } else if let Some((dates, next)) = centuries_at(&scan, at) {
            found.extend(dates);
            at = next;
        } else if let Some((date, next)) = decade_at(&scan, at).or_else(|| date_at(&scan, at)) {
            found.push(date);
            at = next;
        } else {
            at += 1;
        }
    }
    found
}

/// So many tokens before its number or the word for centuries a date may begin.
const REACH: usize = 10;

/// Which tokens a date may begin at: all have a number or a century within reach.
fn tokens_near_dates(scan: &Scan) -> Vec<bool> {
    let mut near = vec![false; scan.len()];
    let mut left = 0;
    for at in (0..scan.len()).rev() {
        let word = scan.word_at(at);
        let decides = match scan.kind(at) {
            Some(Kind::Number { .. } | Kind::Amount) => true,
            Some(Kind::Word(_)) => {
                word.starts_with("centur") || word.contains("قرن") || word.contains("قرون")
            }
            _ => false,
        };
        left = if decides { REACH } else { left.saturating_sub(1) };
        near[at] = left > 0;
    }
    near
}

/// Most passages have no digit and no century, and need not be cut into words.
fn may_have_dates(text: &str) -> bool {
    text.chars().any(|c| super::scan::digit(c).is_some())
        || ["centur", "Centur", "CENTUR", "قرن", "قرون"].iter().any(|word| text.contains(word))
        || text.contains('\u{640}')
        || text.contains(|c| matches!(c, '\u{64b}'..='\u{652}'))
}

fn date_at(scan: &Scan, at: usize) -> Option<(FoundDate, usize)> {
    if let Some(range) = joined_at(scan, at) {
        return Some(range);
    }
    let mut point = point_at(scan, at)?;
    if point.era.is_none() && is_paired_with_gregorian(scan, &point) {
        point.era = Some(Era::Hijri);
    }
    let (range, calendar) = point.range()?;
    let span = scan.span(point.first, point.next);
    Some((FoundDate { range, span, calendar, form: Form::Date }, point.next))
}

/// `1001/1593`: a year without era before the Gregorian year that it is.
fn is_paired_with_gregorian(scan: &Scan, point: &Point) -> bool {
    let joined = matches!(scan.mark_at(point.next), Some('/' | '(' | '='));
    let (Some(year), Some((other, _))) = (point.year, scan.number_at(point.next + 1)) else {
        return false;
    };
    joined
        && year < 1500
        && hijri::to_gregorian(year, None, None)
            .is_some_and(|range| (range.from.year..=range.to.year).contains(&other))
}

/// How two halves of a range are joined.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    Dash,
    Until,
    /// `and`: a range behind `between`, and of days.
    And,
    Slash,
}

fn joint_at(scan: &Scan, at: usize) -> Option<(Joint, usize)> {
    if scan.is_dash(at) {
        // Two hyphens are a dash, in print of old.
        let next = if scan.is_dash(at + 1) && scan.is_glued(at + 1) { at + 2 } else { at + 1 };
        return Some((Joint::Dash, next));
    }
    let joint = match scan.word_at(at) {
        "to" | "until" | "till" | "through" | "thru" => Joint::Until,
        "الي" | "حتي" | "وحتي" | "لغايه" => Joint::Until,
        "and" | "و" => Joint::And,
        _ if scan.mark_at(at) == Some('/') => Joint::Slash,
        word if word.len() > 'و'.len_utf8() && word.starts_with('و') => {
            // و before عام, and before the name of a month
            return Some((Joint::And, at));
        }
        _ => return None,
    };
    Some((joint, at + 1))
}

/// Words that may stand before the second half.
fn skip_fillers(scan: &Scan, from: usize) -> usize {
    let mut at = from;
    for _ in 0..3 {
        let skipped = match scan.word_at(at) {
            "about" | "around" | "circa" | "ca" | "c" | "the" | "year" | "early" | "late"
            | "mid" | "حوالي" | "نحو" | "يوم" => true,
            word => arabic::introduces_year(word),
        };
        if !skipped {
            break;
        }
        at += 1;
        if scan.mark_at(at) == Some('.') && matches!(scan.word_at(at - 1), "c" | "ca") {
            at += 1;
        }
    }
    at
}

fn joined_at(scan: &Scan, at: usize) -> Option<(FoundDate, usize)> {
    let first = point_at(scan, at).or_else(|| bare_number(scan, at))?;
    let (joint, next) = joint_at(scan, first.next)?;
    let second_at = skip_fillers(scan, next);
    let second = second_half(scan, &first, joint, second_at, second_at == next)?;
    let (first, second) = complete(first, second, joint)?;
    if joint == Joint::And && !is_between(scan, at) && !same_month(&first, &second) {
        return None;
    }
    let (from, calendar) = first.range()?;
    let (to, other) = second.range()?;
    if calendar != other || from.from >= to.to {
        return None;
    }
    if joint == Joint::Slash && (to.to.year - from.from.year != 1 || first.month.is_some()) {
        return None;
    }
    let range = DateRange { from: from.from, to: to.to };
    let span = scan.span(first.first, second.next);
    Some((FoundDate { range, span, calendar, form: Form::Range }, second.next))
}

/// A number that the second half of a range may turn into a day or a year.
fn bare_number(scan: &Scan, at: usize) -> Option<Point> {
    let (value, digits) = scan.number_at(at)?;
    if !amount::free_before(scan, at) || value == 0 {
        return None;
    }
    let ordinal =
        matches!(scan.word_at(at + 1), "st" | "nd" | "rd" | "th") && scan.is_glued(at + 1);
    let next = if ordinal { at + 2 } else { at + 1 };
    let glued = scan.is_glued(next) && scan.is_writing(next, Writing::Latin);
    (digits <= 4 && !glued).then(|| Point { year: Some(-value), ..Point::new(at, next) })
}

/// The second half, which may lean on the first: `1592–98`, `384 - 322 BC`, `May 23–24, 1592`.
fn second_half(
    scan: &Scan,
    first: &Point,
    joint: Joint,
    at: usize,
    at_once: bool,
) -> Option<Point> {
    let (value, digits) = match scan.number_at(at) {
        Some(number) => number,
        None => return point_at(scan, at),
    };
    let whole_year = first.year.filter(|&year| year > 0 && first.month.is_none());
    if let (Some(year), Joint::Dash | Joint::Slash, true) = (whole_year, joint, at_once) {
        let hundreds = if digits == 1 { 10 } else { 100 };
        let further =
            scan.is_dash(at + 1) && scan.is_glued(at + 2) && scan.number_at(at + 2).is_some();
        let tight = scan.is_glued(at) && scan.is_glued(at - 1);
        if digits <= 2 && tight && year >= FIRST_BARE_YEAR && !further {
            let completed = year - year % hundreds + value;
            let free = amount::stands_free(scan, at) || era_behind(scan, at + 1).is_some();
            return if free && completed > year {
                completed_year(scan, at, completed)
            } else {
                None
            };
        }
    }
    if let (Some(_), None) = (first.month, first.year) {
        // May 23–24, 1592
        if first.day.is_some() && digits <= 2 && scan.is_writing(first.first, Writing::Latin) {
            let comma = usize::from(scan.mark_at(at + 1) == Some(','));
            let year = year_at(scan, at + 1 + comma, true);
            if let (Some(year), Ok(day)) = (year, u8::try_from(value)) {
                return Some(Point {
                    first: at,
                    month: first.month,
                    hijri_month: first.hijri_month,
                    day: Some(day),
                    ..year
                });
            }
        }
    }
    let point = point_at(scan, at);
    if point.is_some() || whole_year.is_none() {
        return point;
    }
    // A year behind a year needs no word before it; AD 70–73
    year_at(scan, at, true).or_else(|| {
        let era = first.era.filter(|era| *era == Era::Christian)?;
        let counted = !amount::stands_free(scan, at) || joint != Joint::Dash;
        (!counted && Some(value) > first.year && digits <= 3).then(|| Point {
            year: Some(value),
            era: Some(era),
            ..Point::new(at, at + 1)
        })
    })
}

/// The second half of `1592–98`.
fn completed_year(scan: &Scan, at: usize, year: i32) -> Option<Point> {
    let (era, next) = match era_behind(scan, at + 1) {
        Some((era, next)) => (Some(era), next),
        None => (None, at + 1),
    };
    Some(Point { year: Some(year), era, ..Point::new(at, next) })
}

/// Gives each half what only the other one says.
fn complete(mut first: Point, mut second: Point, joint: Joint) -> Option<(Point, Point)> {
    // A bare number is held as a negative year until it is known what it is.
    let bare = first.year.filter(|&year| year < 0).map(|year| -year);
    if bare.is_some() {
        first.year = None;
    }
    let second_year = second.year?;
    if let Some(number) = bare {
        if second.month.is_some() {
            first.day = Some(u8::try_from(number).ok().filter(|day| (1..=31).contains(day))?);
            second.day?;
            first.month = second.month;
            first.hijri_month = second.hijri_month;
        } else if second.era.is_some() && joint != Joint::Slash {
            first.year = Some(number);
        } else {
            return None;
        }
    } else if first.month.is_none() && first.year.is_none() {
        return None;
    }
    if first.era.is_none() {
        let both = match second.era {
            Some(Era::BeforeChrist) => first.year.is_none_or(|year| year > second_year),
            Some(Era::Hijri) => first.year.is_none_or(|year| year < second_year),
            _ => true,
        };
        if !both {
            return None;
        }
        first.era = second.era;
    } else if second.era.is_none() && first.era == Some(Era::Hijri) {
        let near =
            first.year.is_some_and(|year| (1..MOST_HIJRI_YEARS).contains(&(second_year - year)));
        if !near {
            return None;
        }
        second.era = first.era;
    }
    if first.year.is_none() {
        first.year = Some(second_year);
    }
    Some((first, second))
}

/// A longer range in Hijri years leads to a Gregorian year: `1001 هـ - 1593`.
const MOST_HIJRI_YEARS: i32 = 300;

fn same_month(first: &Point, second: &Point) -> bool {
    first.day.is_some()
        && first.month == second.month
        && first.year == second.year
        && first.next <= first.first + 2
}

/// Whether `between` stands before the token, or one word before.
fn is_between(scan: &Scan, at: usize) -> bool {
    (1..=3)
        .filter_map(|back| at.checked_sub(back))
        .any(|before| matches!(scan.word_at(before), "between" | "بين" | "وبين" | "مابين"))
}
