//! Templates that are dates.

const ENGLISH: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const ARABIC: [&str; 12] = [
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
];

/// How many of the numbers of a date template are shown, if it is one, in threes: year, month, day.
pub fn is_date(name: &str) -> bool {
    matches!(
        name,
        "birth date"
            | "birth date and age"
            | "birth-date"
            | "birth-date and age"
            | "bda"
            | "dob"
            | "death date"
            | "death date and age"
            | "death-date"
            | "death-date and age"
            | "dda"
            | "start date"
            | "start date and age"
            | "end date"
            | "film date"
            | "dts"
            | "date"
            | "birth year and age"
            | "death year and age"
            | "birth year"
            | "death year"
            | "start year"
            | "launch date"
            | "release date"
            | "date table sorting"
            | "start-date"
            | "end-date"
            | "تاريخ الميلاد"
            | "تاريخ الولادة"
            | "تاريخ الميلاد والعمر"
            | "تاريخ ميلاد وعمر"
            | "تاريخ الوفاة"
            | "تاريخ الوفاة والعمر"
            | "تاريخ وفاة وعمر"
            | "تاريخ بدء"
            | "تاريخ البدء"
            | "تاريخ"
            | "تاريخ نهاية"
    )
}

/// Whole years between two dates, the later one first.
fn age(later: &[&str], earlier: &[&str]) -> Option<u32> {
    let date = |values: &[&str]| -> Option<(u32, u32, u32)> {
        let [year, month, day, ..] = values else { return None };
        Some((year.parse().ok()?, month.parse().ok()?, day.parse().ok()?))
    };
    let (later, earlier) = (date(later)?, date(earlier)?);
    let before_birthday = (later.1, later.2) < (earlier.1, earlier.2);
    later.0.checked_sub(earlier.0)?.checked_sub(u32::from(before_birthday))
}

/// The date that the unnamed parameters say: the first, and behind a comma what else they hold that
/// is no number (names of months and whole dates are text already).
pub fn render(values: &[&str], arabic: bool) -> String {
    let numbers: Vec<Option<u32>> =
        values.iter().take(3).map(|value| value.parse::<u32>().ok()).collect();
    let month = |number: u32| {
        let names = if arabic { &ARABIC } else { &ENGLISH };
        names.get((number as usize).wrapping_sub(1)).copied()
    };
    let date = match numbers.as_slice() {
        [Some(year), Some(m), Some(day), ..] if *day > 0 => {
            month(*m).map(|month| format!("{day} {month} {year}"))
        }
        [Some(year), Some(m), ..] => month(*m).map(|month| format!("{month} {year}")),
        [Some(year)] => Some(year.to_string()),
        _ => None,
    };
    let Some(date) = date else {
        return values.join(" ");
    };
    // The other date of "death date and age" tells the age.
    let rest = values.get(3..).unwrap_or_default();
    match rest {
        [] => date,
        [year] if year.parse::<u32>().is_ok_and(|year| year > 31) => format!("{date} ({year})"),
        [_, _, _] => match age(values, rest) {
            Some(age) if arabic => format!("{date} ({age} سنة)"),
            Some(age) => format!("{date} (aged {age})"),
            None => date,
        },
        _ => date,
    }
}
