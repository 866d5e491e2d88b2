//! From the Islamic calendar to the Christian one.
//!
//! The tabular calendar of astronomers: thirty-year cycles with eleven leap years, beginning with
//! 16 July 622. Observed months began up to two days sooner or later, so a converted day is right
//! to that much. Days before 15 October 1582 are Julian, as historians give them.

use super::date::{Date, DateRange};

/// The Julian day number of the day before 1 Muharram of the year 1.
const BEFORE_FIRST_DAY: i32 = 1_948_439;
/// The Julian day number of 15 October 1582.
const FIRST_GREGORIAN_DAY: i32 = 2_299_161;
/// The last year that is converted; the sixteenth century has not begun.
pub(super) const LAST_YEAR: i32 = 1500;

/// The days that a Hijri year, month or day covers; a day is one date. `None` if there is none such.
pub(super) fn to_gregorian(year: i32, month: Option<u8>, day: Option<u8>) -> Option<DateRange> {
    if !(1..=LAST_YEAR).contains(&year) || month.is_none() && day.is_some() {
        return None;
    }
    let (first_month, last_month) = month.map_or((1, 12), |month| (month, month));
    if !(1..=12).contains(&first_month) {
        return None;
    }
    // A thirtieth is allowed in every month, as the moon may have been seen a day later.
    let (from, to) = match day {
        Some(day) if (1..=30).contains(&day) => {
            let day = day_number(year, first_month, day);
            (day, day)
        }
        Some(_) => return None,
        None => (
            day_number(year, first_month, 1),
            match last_month {
                12 => day_number(year + 1, 1, 1) - 1,
                month => day_number(year, month + 1, 1) - 1,
            },
        ),
    };
    Some(DateRange { from: from_day_number(from)?, to: from_day_number(to)? })
}

fn day_number(year: i32, month: u8, day: u8) -> i32 {
    // Months have 30 and 29 days in turn.
    let before_month = (59 * (i32::from(month) - 1) + 1) / 2;
    BEFORE_FIRST_DAY + (year - 1) * 354 + (3 + 11 * year) / 30 + before_month + i32::from(day)
}

/// The date of a Julian day number after Christ, by Richards's algorithm.
fn from_day_number(number: i32) -> Option<Date> {
    let mut shifted = number + 1401;
    if number >= FIRST_GREGORIAN_DAY {
        shifted += (4 * number + 274_277) / 146_097 * 3 / 4 - 38;
    }
    let quarters = 4 * shifted + 3;
    let in_year = 5 * (quarters % 1461 / 4) + 2;
    let day = in_year % 153 / 5 + 1;
    let month = (in_year / 153 + 2) % 12 + 1;
    let year = quarters / 1461 - 4716 + (14 - month) / 12;
    Some(Date { year, month: u8::try_from(month).ok(), day: u8::try_from(day).ok() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(year: i32, month: Option<u8>, day: Option<u8>) -> String {
        to_gregorian(year, month, day).map_or_else(String::new, |range| range.to_string())
    }

    #[test]
    fn days_known_from_history() {
        for (year, month, day, date) in [
            (1, 1, 1, "622-07-16"),
            (61, 1, 10, "680-10-10"),
            (656, 2, 4, "1258-02-10"),
            (857, 5, 20, "1453-05-29"),
            (897, 3, 2, "1492-01-03"),
            (1001, 1, 1, "1592-10-08"),
            (1393, 9, 10, "1973-10-07"),
            (1400, 1, 1, "1979-11-21"),
            (1445, 9, 1, "2024-03-11"),
        ] {
            assert_eq!(shown(year, Some(month), Some(day)), date, "{day}.{month}.{year}");
        }
    }

    #[test]
    fn years_and_months_are_ranges() {
        assert_eq!(shown(1001, None, None), "1592-10-08..1593-09-26");
        assert_eq!(shown(1001, Some(9), None), "1593-06-01..1593-06-30");
        assert_eq!(shown(990, None, None), "1582-01-26..1583-01-24");
        for (year, month, day) in [
            (0, None, None),
            (1501, None, None),
            (1001, Some(13), None),
            (1001, Some(0), None),
            (1001, Some(1), Some(31)),
            (1001, None, Some(1)),
        ] {
            assert_eq!(shown(year, month, day), "");
        }
    }

    #[test]
    fn each_year_begins_the_day_after_the_last_one_ends() {
        for year in 1..LAST_YEAR {
            let end = day_number(year, 12, 29);
            let next = day_number(year + 1, 1, 1);
            assert!((1..=2).contains(&(next - end)), "{year}");
            let leap = [2, 5, 7, 10, 13, 16, 18, 21, 24, 26, 29].contains(&(year % 30));
            assert_eq!(next - end == 2, leap, "{year}");
        }
    }

    #[test]
    fn every_day_number_is_the_day_after_the_one_before() {
        let mut last: Option<Date> = None;
        for number in day_number(1, 1, 1)..day_number(LAST_YEAR, 12, 29) {
            let date = from_day_number(number);
            assert!(date > last, "{number}");
            last = date;
        }
    }
}
