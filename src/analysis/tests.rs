//! The whole chain: golden foldings and stems, word bounds, and what always holds.

use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use super::*;

fn words(text: &str) -> Vec<OwnedWord> {
    Analyzer::new().words(text)
}

fn forms(text: &str) -> Vec<String> {
    words(text).into_iter().map(|word| word.form).collect()
}

fn spans(text: &str) -> Vec<&str> {
    words(text).into_iter().map(|word| &text[word.span]).collect()
}

/// Lines `left TAB right`; lines that begin with `#` are headings. `\u{…}` in the left column is
/// the character of that number, so that invisible ones can be read.
fn check_golden(golden: &str, result: impl Fn(&str) -> String) {
    let mut lines = 0;
    let mut wrong = Vec::new();
    for line in golden.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (left, right) = line.split_once('\t').expect("two columns");
        lines += 1;
        let got = result(&unescape(left));
        if got != right {
            wrong.push(format!("{left}\twant {right}\tgot {got}"));
        }
    }
    assert!(lines > 0, "no such section");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\\u{") {
        let (number, after) = after.split_once('}').expect("closed");
        out.push_str(before);
        out.extend(u32::from_str_radix(number, 16).ok().and_then(char::from_u32));
        rest = after;
    }
    out + rest
}

/// The lines of a golden file under the heading `# name`.
fn section(golden: &str, name: &str) -> String {
    golden
        .lines()
        .skip_while(|line| line.strip_prefix("# ") != Some(name))
        .skip(1)
        .take_while(|line| !line.starts_with('#'))
        .map(|line| format!("{line}\n"))
        .collect()
}

macro_rules! golden {
    ($file:literal, $result:expr, $($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                check_golden(&section(include_str!($file), stringify!($name)), $result);
            }
        )*
        #[test]
        fn every_section_is_tested() {
            let tested = [$(stringify!($name)),*];
            for line in include_str!($file).lines() {
                if let Some(name) = line.strip_prefix("# ") {
                    assert!(tested.contains(&name), "{name}");
                }
            }
        }
    };
}

mod folds {
    use super::*;

    golden!("../../tests/golden/folds.tsv", |text| forms(text).join(" "),
        case possessives apostrophes latin_marks latin_letters acronyms digits separators lists
        compatibility invisible harakat quran tatweel alef hamza heh yeh lookalikes presentation
        mixed other_scripts);
}

mod stems_en {
    use super::*;

    golden!("../../tests/golden/stems.en.tsv", joined_stems,
        plural ed ing ly er ation ment ness ful able ive al ity ous ize y_to_i possessive
        irregular names unstemmed);
}

mod stems_ar {
    use super::*;

    golden!("../../tests/golden/stems.ar.tsv", joined_stems,
        al wal bal kal fal lil wa wabal walil li bi alef hum ha an at oun een yeh_heh teh_heh heh
        yeh teh
        names countries short_words attached_together own_letters);
}

fn joined_stems(text: &str) -> String {
    words(text).into_iter().map(|word| word.stem).collect::<Vec<_>>().join(" ")
}

#[test]
fn words_are_cut_where_people_see_them() {
    for (text, want) in [
        ("the siege of Busanjin () was", &["the", "siege", "of", "Busanjin", "was"][..]),
        ("_bring_ snake_case", &["bring", "snake", "case"]),
        ("Konishi's Jingoze'emon “Sō”", &["Konishi's", "Jingoze'emon", "Sō"]),
        ("Yi Sun-sin 1592–98", &["Yi", "Sun", "sin", "1592", "98"]),
        ("retreat.The a:b", &["retreat", "The", "a", "b"]),
        ("U.S. U.S.Army e.g. J.Smith U.N’s", &["U.S", "U.S", "Army", "e.g", "J", "Smith", "U.N’s"]),
        ("20px 3rd h2o", &["20px", "3rd", "h2o"]),
        ("معركة،هينغجو؛ثم؟", &["معركة", "هينغجو", "ثم"]),
        ("عام1592م", &["عام", "1592", "م"]),
        ("الـUSA", &["الـ", "USA"]),
        ("کتاب\u{200c}ها", &["کتاب\u{200c}ها"]),
        ("\u{202b}كتاب\u{202c}\u{200f}", &["كتاب"]),
        ("قال ۖ وَ ـ", &["قال", "وَ"]),
        ("Ko\u{200b}nishi", &["Ko\u{200b}nishi"]),
        ("cafe\u{301} ʿAlī", &["cafe\u{301}", "Alī"]),
        ("平壌", &["平", "壌"]),
        ("| ? -- 😀 ()", &[]),
        ("", &[]),
    ] {
        assert_eq!(spans(text), want, "{text}");
    }
}

#[test]
fn very_long_words_are_cut_and_never_dropped() {
    for unit in ["a", "ق", "7", "é", "a\u{301}", "क्", "x9"] {
        let text = unit.repeat(5_000);
        let all = words(&text);
        assert!(all.len() > 10, "{unit}");
        assert_eq!(all.first().map(|word| word.span.start), Some(0));
        assert_eq!(all.last().map(|word| word.span.end), Some(text.len()));
        assert!(all.windows(2).all(|pair| pair[0].span.end == pair[1].span.start));
        assert!(all.iter().all(|word| word.form.len() < 1_000));
    }
}

#[test]
fn capitals_and_sentences() {
    let marks = |text: &str| -> Vec<(bool, bool)> {
        words(text).iter().map(|word| (word.capitalized, word.sentence_start)).collect()
    };
    assert_eq!(
        marks("Gen. Kwon fled. He was 'Ōmura"),
        [(true, true), (true, false), (false, false), (true, true), (false, false), (true, false)]
    );
    assert_eq!(marks("متى؟ ثم عاد"), [(false, true), (false, true), (false, false)]);
    // A lone tatweel has no form; the sentence starts with the word after it.
    assert_eq!(marks("end. ـ next"), [(false, true), (false, true)]);
}

#[test]
fn the_cache_changes_nothing() {
    let text = "The Sieges of Pyŏngyang, the siege: حصار الحصار ½ ٣٬٠٠٠ the Siege's";
    let mut analyzer = Analyzer::new();
    let first = analyzer.words(text);
    assert_eq!(analyzer.words(text), first);
    assert_eq!(Analyzer::new().words(text), first);
}

#[test]
fn scripts_of_forms() {
    let all: Vec<Script> =
        words("Busan بوسان ٣٬٠٠٠ Москва 20px").iter().map(|w| w.script).collect();
    use Script::*;
    assert_eq!(all, [Latin, Arabic, Number, Other, Latin]);
}

/// Text made of what real articles and broken extracts are made of.
fn any_text() -> impl Strategy<Value = String> {
    let unit = prop_oneof![
        6 => "[a-zA-Z]{1,6}",
        6 => "[ء-يٱکیگہے]{1,6}",
        3 => "[0-9٠-٩۰-۹]{1,4}",
        4 => "[ .,;:'’_\\-\n٬٫،؛؟()\u{202f}]",
        2 => "[\u{64b}-\u{652}\u{670}\u{640}\u{6d6}\u{200b}-\u{200f}\u{202a}\u{2066}\u{ad}\u{feff}]",
        2 => "[À-ɏʻʿßøŁİıæ\u{300}-\u{304}]",
        1 => "[ﷺﷲﻻ½²①Ⅷﬁ０-９Ａ-Ｚ\u{2024}\u{66b}]",
        1 => "[а-яёй가-각か-ごア-ン一-三א-ת\u{5b0}क-न\u{94d}ก-ฮ😀🇦🇧\u{200d}]",
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(unit, 0..24).prop_map(|units| units.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn spans_are_ordered_words_of_the_text(text in any_text()) {
        let mut end = 0;
        let mut last = 0..0;
        for word in words(&text) {
            let slice = text.get(word.span.clone());
            prop_assert!(slice.is_some_and(|slice| !slice.is_empty()), "{:?}", word);
            prop_assert!(word.span == last || word.span.start >= end, "{:?}", word);
            end = word.span.end;
            last = word.span;
        }
    }

    #[test]
    fn slices_fold_to_the_form(text in any_text()) {
        for word in words(&text) {
            let again = forms(&text[word.span.clone()]);
            prop_assert!(again.contains(&word.form), "{:?} {:?}", word, again);
        }
    }

    #[test]
    fn forms_and_stems_are_clean(text in any_text()) {
        for word in words(&text) {
            for part in [&word.form, &word.stem] {
                prop_assert!(!part.is_empty() && part.len() < 1_000);
                prop_assert!(
                    !part.chars().any(|c| c.is_whitespace() || c.is_control()
                        || tokenize::is_invisible(c) || c == '_'),
                    "{:?}", word
                );
            }
        }
    }

    #[test]
    fn analysing_a_form_gives_the_form(text in any_text()) {
        for word in words(&text) {
            let again = words(&word.form);
            prop_assert_eq!(again.len(), 1, "{:?} {:?}", &word, &again);
            prop_assert_eq!(&again[0].form, &word.form);
            prop_assert_eq!(&again[0].stem, &word.stem);
            prop_assert_eq!(again[0].script, word.script);
        }
    }

    #[test]
    fn every_letter_and_digit_is_in_a_word(text in "[a-zA-Z0-9ء-ؿف-ي٠-٩ .,;:'_\\-\n]{0,60}") {
        let all = words(&text);
        for (at, c) in text.char_indices().filter(|(_, c)| c.is_alphanumeric()) {
            prop_assert!(all.iter().any(|word| word.span.contains(&at)), "{:?} at {}", c, at);
        }
    }

    #[test]
    fn segments_are_those_of_the_library(text in any_text()) {
        let text: String = text.chars().filter(|&c| c != '\u{200b}').collect();
        let mut ours = Vec::new();
        tokenize::segments(&text, |segment| ours.push(segment.range));
        let theirs: Vec<_> = text
            .split_word_bound_indices()
            .filter(|(_, segment)| segment.chars().any(|c| {
                c.is_alphanumeric() && !unicode_normalization::char::is_combining_mark(c)
            }))
            .map(|(at, segment)| at..at + segment.len())
            .collect();
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn the_short_way_for_plain_words_gives_what_the_folds_give(
        word in "[ء-غف-ي\u{64b}-\u{652}]{1,8}|[a-zA-Z0-9]{1,8}"
    ) {
        let mut short = Vec::new();
        fold::fold_word(&word, &mut |form| short.push(form.to_owned()));
        // Invisible marks keep the word off the short way and change nothing else.
        let mut long = Vec::new();
        fold::fold_word(&format!("{word}\u{200e}"), &mut |form| long.push(form.to_owned()));
        prop_assert_eq!(short, long);
    }

    #[test]
    fn stems_are_slices_of_arabic_forms(word in "[ء-غف-ي]{1,12}") {
        for word in words(&word) {
            prop_assert!(word.form.contains(&word.stem), "{:?}", word);
            prop_assert!(word.stem.chars().count() >= word.form.chars().count().min(2));
        }
    }

    #[test]
    fn bases_and_skeletons_take_any_form(text in any_text()) {
        for word in words(&text) {
            let mut count = 0;
            bases(&word.form, |base| {
                count += 1;
                assert!(base.len() <= word.form.len() + 2);
            });
            prop_assert!((1..200).contains(&count));
            prop_assert!(skeleton(&word.form).len() < 100);
        }
    }
}
