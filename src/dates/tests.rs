use proptest::prelude::*;

use super::*;

/// What is found in a text: `from..to`, with the words it was written in.
fn found(text: &str) -> Vec<String> {
    find_dates(text).iter().map(|date| date.range.to_string()).collect()
}

fn check(cases: &[(&str, &[&str])]) {
    let wrong: Vec<String> = cases
        .iter()
        .filter(|(text, dates)| found(text) != *dates)
        .map(|(text, dates)| format!("{text}: {:?}, not {dates:?}", found(text)))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn english_days_months_and_years() {
    check(&[
        ("on 24 May 1592, between", &["1592-05-24"]),
        ("May 24, 1592, Sō", &["1592-05-24"]),
        ("the 24th of May, 1592", &["1592-05-24"]),
        ("the first of May, 1592", &["1592-05-01"]),
        ("29th. August, 1724", &["1724-08-29"]),
        ("August 8th 1866", &["1866-08-08"]),
        ("in May 1592 and Feb. 1593", &["1592-05", "1593-02"]),
        ("Sept. 3, 1592", &["1592-09-03"]),
        ("1592-05-24", &["1592-05-24"]),
        ("1592-05", &["1592-05"]),
        ("24/5/1592", &["1592-05-24"]),
        ("24.5.1592", &["1592-05-24"]),
        ("The year 1592.", &["1592"]),
        ("in 1592 soldiers came", &["1592"]),
        ("the 1901 census", &["1901"]),
        ("c. 1592", &["1592"]),
        ("In 1592,1598 and _1600_", &["1592", "1598", "1600"]),
        ("23 May alone, and in May", &[]),
        ("31 April 1592", &["1592-04"]),
        ("8 June 632", &["632-06-08"]),
    ]);
}

#[test]
fn english_ranges() {
    check(&[
        ("(1592–1598)", &["1592..1598"]),
        ("(1592–98)", &["1592..1598"]),
        ("1592-8", &["1592..1598"]),
        ("1592 to 1598", &["1592..1598"]),
        ("from 1592 until 1598", &["1592..1598"]),
        ("between 1592 and 1598", &["1592..1598"]),
        ("in 1592 and 1598", &["1592", "1598"]),
        ("the season 2003/04", &["2003..2004"]),
        ("23-24 May 1592", &["1592-05-23..1592-05-24"]),
        ("6–8 February 1593", &["1593-02-06..1593-02-08"]),
        ("the 23rd and 24th May 1592", &["1592-05-23..1592-05-24"]),
        ("May 23–24, 1592", &["1592-05-23..1592-05-24"]),
        ("May 23 – June 13, 1592", &["1592-05-23..1592-06-13"]),
        ("23 May – 13 June 1592", &["1592-05-23..1592-06-13"]),
        ("May–June 1592", &["1592-05..1592-06"]),
        ("19 July 1592 – 24 July 1592", &["1592-07-19..1592-07-24"]),
        ("the 1590s", &["1590..1599"]),
        ("the 16th century", &["1501..1600"]),
        ("the 16th and seventeenth centuries", &["1501..1600", "1601..1700"]),
        ("16th–18th centuries", &["1501..1800"]),
        ("twenty-first-century", &["2001..2100"]),
        ("first century BC", &["-100..-1"]),
        ("Date: 1592\n- 1598 men", &["1592"]),
        ("1592--1598, and 1265 ــ 1321", &["1592..1598", "1265..1321"]),
    ]);
}

#[test]
fn eras() {
    check(&[
        ("44 BC", &["-44"]),
        ("15 March 44 BC", &["-44-03-15"]),
        ("AD 70", &["70"]),
        ("A.D. 70 and 30 B.C.", &["70", "-30"]),
        ("1592 CE", &["1592"]),
        ("(384–322 BC)", &["-384..-322"]),
        ("from 27 BC to AD 14", &["-27..14"]),
        ("AD 284-305", &["284..305"]),
        ("قتل عام 44 ق.م.", &["-44"]),
        ("(384 ق.م - 322 ق.م)", &["-384..-322"]),
        ("سنة 44 قبل الميلاد", &["-44"]),
        ("القرن الثالث قبل الميلاد", &["-300..-201"]),
    ]);
}

#[test]
fn arabic_dates() {
    check(&[
        ("وقعت في 14 مارس 1593 أثناء", &["1593-03-14"]),
        ("١٤ مارس ١٥٩٣", &["1593-03-14"]),
        ("۱۴ مارس ۱۵۹۳م", &["1593-03-14"]),
        ("1 أبريل 1593، 2 ابريل 1593، 3 إبريل 1593", &["1593-04-01", "1593-04-02", "1593-04-03"]),
        ("24 أيار/مايو 1592", &["1592-05-24"]),
        ("3 كانون الأوَّل (ديسمبر) 1927م", &["1927-12-03"]),
        ("تشرين الثاني 1592 وكانون الثاني 1593", &["1592-11", "1593-01"]),
        ("5 جويلية 1962 و8 ماي 1945", &["1962-07-05", "1945-05-08"]),
        ("الأول من يناير 2009", &["2009-01-01"]),
        ("بمارس سنة 1593", &["1593-03"]),
        ("22 كانون أول/ديسمبر 2002م", &["2002-12-22"]),
        ("عام 1593 وسنة ١٥٩٤ م ثم 1595م", &["1593", "1594", "1595"]),
        ("عام (1593)", &["1593"]),
        ("(1592–1598)", &["1592..1598"]),
        ("من عام 1592 حتى عام 1596", &["1592..1596"]),
        ("بين 1596 و 1597.", &["1596..1597"]),
        ("14-16 مارس 1593", &["1593-03-14..1593-03-16"]),
        ("من مايو إلى يونيو 1593", &["1593-05..1593-06"]),
        ("القرن السادس عشر", &["1501..1600"]),
        ("في القرن الحادي والعشرين", &["2001..2100"]),
        ("القرن 16 والقرن الـ17", &["1501..1600", "1601..1700"]),
        ("القرنين الثامن والتاسع عشر", &["701..800", "1801..1900"]),
    ]);
}

#[test]
fn hijri_dates() {
    check(&[
        ("1001 هـ", &["1592-10-08..1593-09-26"]),
        ("سنة 1001 هجرية", &["1592-10-08..1593-09-26"]),
        ("AH 1001", &["1592-10-08..1593-09-26"]),
        ("A.H. 906 (= 1501)", &["1500-07-28..1501-07-16", "1501"]),
        ("15 رمضان 1001 هـ", &["1593-06-15"]),
        ("15 Ramadan 1001 AH", &["1593-06-15"]),
        ("1 Rabi' al-Awwal 1001 AH", &["1592-12-06"]),
        ("Dhu'l-Hijja 1001 AH", &["1593-08-29..1593-09-26"]),
        ("9 جُمادى الآخرة 1346هـ", &["1927-12-04"]),
        ("ذو القعدة 1001 هـ", &["1593-07-30..1593-08-28"]),
        ("1001 هـ / 1593 م", &["1592-10-08..1593-09-26", "1593"]),
        ("684هـ/1284-1285م", &["1285-03-09..1286-02-26", "1284..1285"]),
        ("سنة 684/1285", &["1285-03-09..1286-02-26", "1285"]),
        ("1001-1005هـ", &["1592-10-08..1597-08-13"]),
        ("القرن الرابع الهجري", &["913..1010"]),
        ("حرب رمضان 1973", &["1973"]),
    ]);
    assert_eq!(years("سنة 1001 هـ"), [1592, 1593]);
    assert_eq!(find_dates("AH 1001")[0].calendar, Calendar::Hijri);
}

#[test]
fn amounts_are_no_years() {
    for text in [
        "1,592",
        "15921598",
        "1592.5",
        "$1592",
        "1592 soldiers",
        "1592 km",
        "1500 men",
        "3000 مدافع",
        "1200 meters",
        "p. 1592",
        "pp. 1592-98",
        "No. 1592",
        "1500%",
        "ISBN 1592",
        "1592 Japanese soldiers",
        "more than 1592",
        "an army of 1592",
        "at 0900",
        "20px",
        "[1592]",
        "A1592",
        "1592x1024",
        "ارتفاع 1500 م",
        "1500 متر",
        "أكثر من 1592",
        "1592 مدافع",
        "في 1500 متر",
        "٣٬٠٠٠",
        "1592²",
        "فقد 1592 جنديا",
        "2001:1592::1",
        "400 men",
        "منذ 2000 سنة",
        "a 1500 metre race",
        "قرون",
        "0-8027-1412-9",
        "lily white 1053 With purple",
        "بنحو 1000 من أطفال",
        "الالمان 2000 دبابة",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
}

#[test]
fn years_of_ranges() {
    assert_eq!(years("1598, then 1592–94 and 1593"), [1592, 1593, 1594, 1598]);
    assert_eq!(years("the 16th century"), [1501, 1600]);
    assert_eq!(years("1000–1592"), [1000, 1592]);
    assert_eq!(years("2 BC – AD 2"), [-2, -1, 1, 2]);
}

#[test]
fn spans_hold_what_is_written() {
    let text = "في 14 مارس 1593 م، the 24th of May, 1592, and (1592–98).";
    let spans: Vec<&str> = find_dates(text).iter().map(|date| &text[date.span.clone()]).collect();
    assert_eq!(spans, ["14 مارس 1593 م", "24th of May, 1592", "1592–98"]);
}

#[test]
fn centuries_with_one_noun_are_apart() {
    let text = "the sixteenth or seventeenth century";
    let spans: Vec<&str> = find_dates(text).iter().map(|date| &text[date.span.clone()]).collect();
    assert_eq!(spans, ["sixteenth", "seventeenth century"]);
}

const PIECES: [&str; 56] = [
    "1592",
    "98",
    "8",
    "24",
    "44",
    "1001",
    "٢٤",
    "١٥٩٣",
    "۹",
    "15921598",
    "1,592",
    "0",
    "May",
    "mar",
    "Sept",
    "مايو",
    "كانون",
    "الثاني",
    "أيار/مايو",
    "ربيع",
    "الأول",
    "رمضان",
    "هـ",
    "م",
    "ق.م",
    "ق",
    "BC",
    "AD",
    "A.D.",
    "AH",
    "A",
    ".",
    ",",
    "،",
    "-",
    "–",
    "/",
    "(",
    ")",
    "[",
    "]",
    ":",
    "and",
    "to",
    "و",
    "إلى",
    "between",
    "بين",
    "th",
    "16th",
    "century",
    "القرن",
    "عشر",
    "عام",
    "s",
    "Rabi' al-",
];

fn dates_are_in_order(text: &str) -> Result<(), TestCaseError> {
    let mut end = 0;
    for date in find_dates(text) {
        prop_assert!(date.span.start >= end && date.span.start < date.span.end, "{text}");
        prop_assert!(text.get(date.span.clone()).is_some(), "{text}");
        prop_assert!(date.range.from <= date.range.to, "{text}");
        prop_assert!(date.years().is_sorted(), "{text}");
        end = date.span.end;
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_text_gives_dates_in_order(text in "\\PC*") {
        dates_are_in_order(&text)?;
    }

    #[test]
    fn texts_of_dates_give_dates_in_order(
        pieces in prop::collection::vec((0..PIECES.len(), 0..3usize), 0..30),
    ) {
        let text: String =
            pieces.iter().flat_map(|&(n, gap)| [PIECES[n], ["", " ", "\n"][gap]]).collect();
        dates_are_in_order(&text)?;
    }

    #[test]
    fn a_written_day_is_found(year in 1000..=2100i32, month in 1..=12u8, day in 1..=28u8) {
        let date = Date { year, month: Some(month), day: Some(day) };
        let text = format!("It was {date}.");
        prop_assert_eq!(found(&text), [date.to_string()]);
    }
}
