//! The dates of the articles in `corpus/`, as they are displayed.

use std::fs;

use warraq::dates::{find_dates, years};
use warraq::passage::clean;

use crate::support::repository;

/// Every date of each article that has a year, in order: the range and what is written.
const DATES: [(&str, &[(&str, &str)]); 4] = [
    (
        "battle-of-haengju.ar.txt",
        &[
            ("1593-03-14", "14 مارس 1593"),
            ("1592..1598", "1592–1598"),
            ("1592..1598", "1592-1598"),
            ("1592", "1592"),
            ("1596", "1596"),
            ("1597", "1597"),
            ("1598", "1598"),
            ("1592..1596", "1592 حتى عام 1596"),
            ("1596..1597", "1596 و 1597"),
            ("1597", "1597"),
            ("1598", "1598"),
        ],
    ),
    (
        "siege-of-busanjin.txt",
        &[
            ("1592-05-24", "24 May 1592"),
            ("1592-05-24", "24 May 1592"),
            ("1592..1598", "1592–98"),
            ("1589", "1589"),
            ("1592-05-24", "May 24, 1592"),
        ],
    ),
    (
        "siege-of-pyongyang-1592.txt",
        &[
            ("1592", "1592"),
            ("1592..1598", "1592–1598"),
            ("1592-07-19..1592-07-24", "19 July 1592 – 24 July 1592"),
            ("1592", "1592"),
            ("1592-08-23", "23 August 1592"),
            ("1592..1598", "1592–1598"),
            ("1593", "1593"),
        ],
    ),
    (
        "siege-of-pyongyang-1593.txt",
        &[
            ("1593", "1593"),
            ("1592..1598", "1592-1598"),
            ("1593-02-06..1593-02-08", "6–8 February 1593"),
            ("1593-02-08", "8 February 1593"),
            ("1593-02-05", "5 February 1593"),
            ("1593-02-05", "5 February 1593"),
            ("1592..1598", "1592–1598"),
            ("1592", "1592"),
        ],
    ),
];

fn article(name: &str) -> String {
    clean(&fs::read_to_string(repository().join("corpus").join(name)).unwrap()).text
}

#[test]
fn every_date_of_the_articles_is_found_and_nothing_else() {
    for (name, dates) in DATES {
        let text = article(name);
        let found: Vec<(String, &str)> = find_dates(&text)
            .into_iter()
            .map(|date| (date.range.to_string(), &text[date.span]))
            .collect();
        let expected: Vec<(String, &str)> =
            dates.iter().map(|(range, written)| ((*range).to_owned(), *written)).collect();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn years_of_the_articles() {
    let text = article("siege-of-busanjin.txt");
    assert_eq!(years(&text), [1589, 1592, 1593, 1594, 1595, 1596, 1597, 1598]);
}
