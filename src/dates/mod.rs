//! Dates that a text mentions, in English and Arabic.
//!
//! Words that name a calendar, a month or a year decide; a bare number counts as a year only
//! between 1000 and 2100, and only when nothing around it says that something is counted. What has
//! no year is no date here: `23 May` alone is not found.

mod amount;
mod arabic;
mod asked;
mod century;
mod date;
mod english;
mod era;
mod find;
mod hijri;
mod months;
mod point;
mod scan;
mod words;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::ops::Range;

pub use asked::AskedDates;
pub use date::{Date, DateRange, NoDate};

/// The calendar that a date is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Calendar {
    /// The Christian calendar, Julian or Gregorian.
    Gregorian,
    Hijri,
}

/// How much was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// One day, month or year. In the Hijri calendar it is a range of days nevertheless.
    Date,
    /// Two dates and all between.
    Range,
    Decade,
    /// One century or several.
    Century,
}

/// A date and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundDate {
    /// In the Christian calendar, whatever was written.
    pub range: DateRange,
    /// The bytes of the text, between characters.
    pub span: Range<usize>,
    pub calendar: Calendar,
    pub form: Form,
}

impl FoundDate {
    /// The years that are mentioned: all of a range of at most 200 years, but of a longer one
    /// and of a century only the two ends.
    pub fn years(&self) -> impl Iterator<Item = i32> + use<> {
        let (from, to) = (self.range.from.year, self.range.to.year);
        let all = self.form != Form::Century && to.saturating_sub(from) < MOST_YEARS;
        let step =
            if all { 1 } else { usize::try_from(to.saturating_sub(from)).unwrap_or(1).max(1) };
        (from..=to).step_by(step).filter(|&year| year != 0)
    }
}

/// The years of a range that are listed one by one.
const MOST_YEARS: i32 = 200;

/// The dates of a text in order, without overlaps.
pub fn find_dates(text: &str) -> Vec<FoundDate> {
    find::find(text)
}

/// The years that a text mentions, sorted, each once.
pub fn years(text: &str) -> Vec<i32> {
    let years: BTreeSet<i32> = find_dates(text).iter().flat_map(FoundDate::years).collect();
    years.into_iter().collect()
}
