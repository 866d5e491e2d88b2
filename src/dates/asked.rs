//! Dates as a query asks for them: one, or all between two.

use std::fmt;
use std::str::FromStr;

use super::date::{Date, NoDate};

/// A stretch of time with both its ends; without an end all before or after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AskedDates {
    pub from: Option<Date>,
    pub to: Option<Date>,
}

/// What stands between the ends.
const BETWEEN: &str = "..";

impl AskedDates {
    /// Whether the ends are years, without months.
    pub fn is_of_years(&self) -> bool {
        self.from.into_iter().chain(self.to).all(|date| date.month.is_none())
    }
}

impl FromStr for AskedDates {
    type Err = NoDate;

    /// Reads `1592`, `1592..1598`, `..1500`, `1593-02..` and the like. The later end may come
    /// first.
    fn from_str(typed: &str) -> Result<Self, NoDate> {
        let end = |typed: &str| match typed.trim() {
            "" => Ok(None),
            typed => typed.parse().map(Some),
        };
        let (from, to) = match typed.split_once(BETWEEN) {
            Some((from, to)) => (end(from)?, end(to)?),
            None => {
                let date = end(typed)?;
                (date, date)
            }
        };
        match (from, to) {
            (None, None) => Err(NoDate),
            (Some(first), Some(second)) if begins_after(first, second) => {
                Ok(Self { from: Some(second), to: Some(first) })
            }
            _ => Ok(Self { from, to }),
        }
    }
}

/// Whether all of a date is after the other one: May 1592 is not after 1592.
fn begins_after(date: Date, other: Date) -> bool {
    let exact = |date: Date, by: Date| Date {
        month: by.month.and(date.month),
        day: by.day.and(date.day),
        ..date
    };
    exact(date, other) > exact(other, date)
}

impl fmt::Display for AskedDates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(from), Some(to)) = (self.from, self.to)
            && from == to
        {
            return from.fmt(f);
        }
        if let Some(from) = self.from {
            from.fmt(f)?;
        }
        f.write_str(BETWEEN)?;
        if let Some(to) = self.to {
            to.fmt(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed() {
        for (typed, shown) in [
            ("1592", "1592"),
            ("1592..1598", "1592..1598"),
            ("1598..1592", "1592..1598"),
            ("١٥٩٢..١٥٩٨", "1592..1598"),
            ("..1500", "..1500"),
            ("1590..", "1590.."),
            ("-44..14", "-44..14"),
            ("1593-2", "1593-02"),
            ("1592-04..1593-02-08", "1592-04..1593-02-08"),
            ("1592..1592-05", "1592..1592-05"),
            ("1592-05..1592", "1592-05..1592"),
            ("1592..1592", "1592"),
        ] {
            let read = typed.parse::<AskedDates>().map(|asked| asked.to_string());
            assert_eq!(read.as_deref(), Ok(shown), "{typed}");
            assert_eq!(shown.parse::<AskedDates>().map(|a| a.to_string()), Ok(shown.into()));
        }
        for typed in ["", "..", "x", "1592..x", "1592...1598", "1592-1598", "1..2..3", "1592-13"] {
            assert_eq!(typed.parse::<AskedDates>(), Err(NoDate), "{typed}");
        }
    }
}
