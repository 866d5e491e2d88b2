//! The terms by which passages are found by their years and dates.
//!
//! A year is five digits, counted from 10000 before Christ, so that the order of bytes is that of
//! years; a month follows as `-02`, a day as `-08`. Day `00` says that a range covers the month as
//! a whole: its days are not listed.

use std::collections::BTreeSet;

use crate::dates::{AskedDates, Calendar, Date, Form, FoundDate, find_dates};

/// Added to years, of which the first is -9999.
const YEAR_BASE: i32 = 10_000;
/// The longest range of which all months are listed; of a longer one only the two ends.
const MOST_MONTHS: i32 = 240;
/// Days and months of one passage, at the most: a whole book may be one.
const MOST_TERMS: usize = 20_000;
/// No month has more; that some have fewer does no harm.
const LAST_DAY: u8 = 31;
/// Comes after everything that follows a year or a month.
const END: char = '~';

/// The dates that a passage mentions.
#[derive(Debug, Default)]
pub struct PassageDates {
    pub years: BTreeSet<i32>,
    /// Terms of months and days.
    pub dates: BTreeSet<String>,
    pub earliest: Option<Date>,
}

impl PassageDates {
    pub fn add_text(&mut self, text: &str) {
        for found in find_dates(text) {
            let from = found.range.from;
            self.earliest = Some(self.earliest.map_or(from, |earliest| earliest.min(from)));
            self.years.extend(found.years());
            if self.dates.len() < MOST_TERMS {
                self.add_months(&found);
            }
        }
    }

    fn add_months(&mut self, found: &FoundDate) {
        let (from, to) = (found.range.from, found.range.to);
        let (Some(first), Some(last)) = (month_number(from), month_number(to)) else {
            for end in [from, to] {
                self.add_end(end);
            }
            return;
        };
        // A year or month of the other calendar is a range of days that nobody wrote.
        if found.calendar == Calendar::Hijri && found.form == Form::Date && from != to {
            if last - first <= 1 {
                self.dates.extend((first..=last).map(term_of_month));
            }
            return;
        }
        if from == to || last - first >= MOST_MONTHS {
            self.add_end(from);
            self.add_end(to);
            return;
        }
        for month in first..=last {
            let term = term_of_month(month);
            let begins = if month == first { from.day } else { None };
            let ends = if month == last { to.day } else { None };
            if begins.is_none() && ends.is_none() {
                self.dates.insert(format!("{term}-00"));
            } else {
                let days = begins.unwrap_or(1)..=ends.unwrap_or(LAST_DAY);
                self.dates.extend(days.map(|day| format!("{term}-{day:02}")));
            }
            self.dates.insert(term);
        }
    }

    /// A month, and its day if there is one.
    fn add_end(&mut self, date: Date) {
        let Some(month) = month_number(date) else {
            return;
        };
        let term = term_of_month(month);
        if let Some(day) = date.day {
            self.dates.insert(format!("{term}-{day:02}"));
        }
        self.dates.insert(term);
    }
}

pub fn year_term(year: i32) -> String {
    format!("{:05}", year.saturating_add(YEAR_BASE).clamp(0, 2 * YEAR_BASE))
}

/// The year that a term stands for.
pub fn year_of_term(term: &str) -> Option<i32> {
    Some(term.parse::<i32>().ok()?.saturating_sub(YEAR_BASE))
}

/// The months of all years in their order, without a gap where there is no year 0.
fn month_number(date: Date) -> Option<i32> {
    let year = if date.year < 0 { date.year + 1 } else { date.year };
    date.month.map(|month| year * 12 + i32::from(month) - 1)
}

fn term_of_month(number: i32) -> String {
    let year = number.div_euclid(12);
    month_term(if year < 1 { year - 1 } else { year }, number.rem_euclid(12) + 1)
}

fn month_term(year: i32, month: impl Into<i32>) -> String {
    format!("{}-{:02}", year_term(year), month.into())
}

/// A date as a number, in the order of dates.
pub fn date_number(date: Date) -> i64 {
    let (month, day) = (date.month.unwrap_or(0), date.day.unwrap_or(0));
    (i64::from(date.year) * 13 + i64::from(month)) * 32 + i64::from(day)
}

/// The date that a number stands for.
pub fn date_of_number(number: i64) -> Date {
    let months = number.div_euclid(32);
    let part = |value: i64| u8::try_from(value).ok().filter(|&value| value > 0);
    Date {
        year: i32::try_from(months.div_euclid(13)).unwrap_or_default(),
        month: part(months.rem_euclid(13)),
        day: part(number.rem_euclid(32)),
    }
}

/// Terms from one to another, both included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermRange {
    pub from: String,
    pub to: String,
}

/// What finds the dates that are asked for: of the years, and of the months and days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DateRanges {
    pub years: Vec<TermRange>,
    pub dates: Vec<TermRange>,
}

impl DateRanges {
    /// Years that are asked for as a whole are found by whatever is of them; of the others only
    /// what says at least the month.
    pub fn of(asked: &AskedDates) -> DateRanges {
        let from = asked.from.unwrap_or(Date::of_year(1 - YEAR_BASE));
        let to = asked.to.unwrap_or(Date::of_year(YEAR_BASE - 1));
        let first = from.year + i32::from(from.month.is_some());
        let last = to.year - i32::from(to.month.is_some());
        let mut ranges = DateRanges::default();
        if first <= last {
            ranges.years.push(TermRange { from: year_term(first), to: year_term(last) });
        }
        let january = Date { month: Some(1), ..Date::of_year(to.year) };
        let december = Date { month: Some(12), ..Date::of_year(from.year) };
        if from.year == to.year {
            if from.month.is_some() || to.month.is_some() {
                let from = if from.month.is_some() { from } else { january };
                ranges.add_within_year(from, if to.month.is_some() { to } else { december });
            }
            return ranges;
        }
        if from.month.is_some() {
            ranges.add_within_year(from, december);
        }
        if to.month.is_some() {
            ranges.add_within_year(january, to);
        }
        ranges
    }

    /// Both have a month of the same year.
    fn add_within_year(&mut self, from: Date, to: Date) {
        let (first, last) = (from.month.unwrap_or(1), to.month.unwrap_or(12));
        let month = |month: u8| month_term(from.year, month);
        let begin = match from.day {
            Some(day) => {
                let whole = format!("{}-00", month(first));
                self.dates.push(TermRange { from: whole.clone(), to: whole });
                format!("{}-{day:02}", month(first))
            }
            None => month(first),
        };
        let Some(day) = to.day else {
            self.dates.push(TermRange { from: begin, to: format!("{}{END}", month(last)) });
            return;
        };
        let end = format!("{}-{day:02}", month(last));
        if first == last && from.day.is_some() {
            self.dates.push(TermRange { from: begin, to: end });
            return;
        }
        // The last month is not asked for as a whole, so that its own term does not count.
        if first < last {
            self.dates.push(TermRange { from: begin, to: format!("{}{END}", month(last - 1)) });
        }
        self.dates.push(TermRange { from: format!("{}-", month(last)), to: end });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a query finds a text.
    fn finds(asked: &str, text: &str) -> bool {
        let mut dates = PassageDates::default();
        dates.add_text(text);
        let ranges = DateRanges::of(&asked.parse().unwrap());
        let years: BTreeSet<String> = dates.years.iter().map(|&year| year_term(year)).collect();
        let any = |terms: &BTreeSet<String>, ranges: &[TermRange]| {
            ranges
                .iter()
                .any(|range| terms.iter().any(|term| (&range.from..=&range.to).contains(&term)))
        };
        any(&years, &ranges.years) || any(&dates.dates, &ranges.dates)
    }

    #[test]
    fn what_finds_a_text() {
        for (text, found, not) in [
            (
                "on 8 February 1593",
                "1593 1593-02 1593-02-08 1593-02-01..1593-02-09 ..1593-02-08 1593-02-08.. 1592..",
                "1592 1593-03 1593-02-09 ..1593-02-07 1593-02-09.. ..1592",
            ),
            ("in February 1593", "1593-02 1593 1593-01..1593-03 ..1593-02", "1593-02-08 1593-01"),
            ("in 1593", "1593 ..1593 1592-04..1594-02", "1593-02 1593-02-08 1592-04..1593-11"),
            (
                "from May 1592 to February 1593",
                "1592-05 1592-09 1593-02 1592-10-15 1592-12-31..1593-06",
                "1592-04 1593-03 ..1592-04-30",
            ),
            (
                "from 24 May 1592 to 8 February 1593",
                "1592-05-24 1592-05-31 1592-07-01 1593-02-08 1592-05 1593",
                "1592-05-23 1593-02-09 ..1592-05-23",
            ),
            ("6–8 February 1593", "1593-02-07 1593-02-07..1593-02-07", "1593-02-05 1593-02-09.."),
            ("on 15 March 44 BC", "-44 -44-03 -44-03-15 ..-40 -50..-40", "44 -44-04 -43.. ..-45"),
            ("في رجب 1001 هـ", "1593 1593-04", "1593-07 1593-04-10"),
            ("سنة 1001 هـ", "1592 1593", "1593-02"),
        ] {
            let check = |asked: &str, expected: bool| {
                for asked in asked.split_whitespace() {
                    assert_eq!(finds(asked, text), expected, "{asked} in {text}");
                }
            };
            check(found, true);
            check(not, false);
        }
    }

    #[test]
    fn numbers_and_terms_are_in_the_order_of_dates() {
        let typed = ["-44-03-15", "-1", "-1-12", "70", "1592", "1592-05", "1592-05-24", "1593"];
        let dates: Vec<Date> = typed.iter().map(|typed| typed.parse().unwrap()).collect();
        assert!(dates.iter().map(|&date| date_number(date)).is_sorted_by(|a, b| a < b));
        assert!(dates.iter().map(|date| year_term(date.year)).is_sorted());
        assert!(dates.iter().all(|&date| date_of_number(date_number(date)) == date));
    }

    #[test]
    fn the_terms_of_a_passage_are_bounded() {
        let mut dates = PassageDates::default();
        let text: String =
            (1000..2000).map(|y| format!("from 2 May {y} to 3 May {}. ", y + 19)).collect();
        dates.add_text(&text);
        assert!(dates.years.len() < 1100);
        assert!(dates.dates.len() < MOST_TERMS + 1000);
    }
}
