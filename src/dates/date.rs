//! A date as far as it is known, and how one is typed.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use super::scan::digit;

/// A day, a month or a year, in the calendar that its text used: Julian or Gregorian is not told
/// apart, as texts do not tell them apart either.
///
/// Years before Christ are negative and there is no year 0: 44 BC is -44. Dates sort by time; what
/// is less exact comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    pub year: i32,
    pub month: Option<u8>,
    pub day: Option<u8>,
}

impl Date {
    pub fn of_year(year: i32) -> Self {
        Self { year, month: None, day: None }
    }

    /// `None` unless such a day can exist; a day needs a month.
    pub(super) fn checked(year: i32, month: Option<u8>, day: Option<u8>) -> Option<Self> {
        let exists = match (month, day) {
            (None, None) => true,
            (Some(month), None) => (1..=12).contains(&month),
            (Some(month), Some(day)) => (1..=days_in_month(year, month)).contains(&day),
            (None, Some(_)) => false,
        };
        (exists && year != 0 && year.abs() <= MOST_YEARS).then_some(Self { year, month, day })
    }
}

/// Four digits are the most that is written without a sign of its own.
const MOST_YEARS: i32 = 9999;

/// None in a month that does not exist. Every fourth year is a leap year, as in the Julian calendar:
/// 29 February 1500 was a day.
fn days_in_month(year: i32, month: u8) -> u8 {
    // 1 BC was a leap year, and 5 BC.
    let since_leap = if year < 0 { year + 1 } else { year }.rem_euclid(4);
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if since_leap == 0 => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
            if let Some(day) = self.day {
                write!(f, "-{day:02}")?;
            }
        }
        Ok(())
    }
}

/// What was typed is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoDate;

impl fmt::Display for NoDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no date: write a year, a month as 1593-02, or a day as 1593-02-08")
    }
}

impl Error for NoDate {}

impl FromStr for Date {
    type Err = NoDate;

    /// Reads `1592`, `1593-02`, `1593-02-08` or `-44`, in ASCII, Arabic or Persian digits.
    fn from_str(typed: &str) -> Result<Self, NoDate> {
        let typed = typed.trim();
        let positive = typed.strip_prefix(['-', '−']);
        let mut parts = positive.unwrap_or(typed).split('-');
        let year = parts.next().and_then(|part| number(part, 4)).ok_or(NoDate)?;
        let year = if positive.is_some() { -year } else { year };
        let mut small = || match parts.next() {
            Some(part) => {
                number(part, 2).and_then(|n| u8::try_from(n).ok()).map(Some).ok_or(NoDate)
            }
            None => Ok(None),
        };
        let (month, day) = (small()?, small()?);
        if parts.next().is_some() {
            return Err(NoDate);
        }
        Date::checked(year, month, day).ok_or(NoDate)
    }
}

fn number(part: &str, most_digits: usize) -> Option<i32> {
    if part.is_empty() || part.chars().count() > most_digits {
        return None;
    }
    part.chars().try_fold(0, |number, c| Some(number * 10 + i32::from(digit(c)?)))
}

/// From the beginning of one date to the end of another; the same date twice if there is only one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DateRange {
    pub from: Date,
    pub to: Date,
}

impl From<Date> for DateRange {
    fn from(date: Date) -> Self {
        Self { from: date, to: date }
    }
}

impl fmt::Display for DateRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.from)?;
        if self.from == self.to { Ok(()) } else { write!(f, "..{}", self.to) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_typed() {
        for (typed, shown) in [
            ("1592", "1592"),
            ("1593-02", "1593-02"),
            ("1593-2-8", "1593-02-08"),
            (" ١٥٩٣-٠٢-٠٨ ", "1593-02-08"),
            ("۱۵۹۳", "1593"),
            ("-44", "-44"),
            ("−44-03-15", "-44-03-15"),
            ("0070", "70"),
            ("1500-02-29", "1500-02-29"),
        ] {
            assert_eq!(typed.parse::<Date>().map(|date| date.to_string()), Ok(shown.into()));
        }
        for typed in [
            "",
            "-",
            "0",
            "x",
            "15921",
            "1592-",
            "1592-13",
            "1592-00",
            "1593-02-29",
            "1592-1-1-1",
            "1592-04-31",
            "--44",
            "1592 05",
        ] {
            assert_eq!(typed.parse::<Date>(), Err(NoDate), "{typed}");
        }
    }

    #[test]
    fn dates_sort_by_time() {
        let typed = ["-44-03-15", "-1", "70", "1592", "1592-05", "1592-05-24", "1592-06", "1593"];
        let dates: Vec<Date> = typed.iter().filter_map(|typed| typed.parse().ok()).collect();
        assert_eq!(dates.len(), typed.len());
        assert!(dates.is_sorted());
    }

    proptest! {
        #[test]
        fn what_is_shown_can_be_typed(
            year in -9999..=9999i32, month in 0..=13u8, day in 0..=31u8,
        ) {
            let (month, day) = ((month > 0).then_some(month), (day > 0).then_some(day));
            if let Some(date) = Date::checked(year, month, day) {
                prop_assert_eq!(date.to_string().parse(), Ok(date));
            }
        }

        #[test]
        fn nothing_typed_panics(typed in "\\PC*") {
            let _ = typed.parse::<Date>();
        }
    }
}
