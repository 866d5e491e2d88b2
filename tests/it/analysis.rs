//! Words as people spell them, through the program.

use crate::support::*;

/// All that a query finds without guesses about names and translations, sorted.
#[track_caller]
fn found(query: &str) -> Vec<String> {
    let mut ids = Desk::shared().ids(&["-n", "1000", "--no-expand", query]);
    ids.sort();
    ids
}

/// Demands that spellings find the same passages, and some.
#[track_caller]
fn all_find_the_same(spellings: &[&str]) {
    let first = found(spellings[0]);
    assert!(!first.is_empty(), "{:?} finds nothing", spellings[0]);
    for spelling in &spellings[1..] {
        assert_eq!(found(spelling), first, "{spelling:?} and {:?}", spellings[0]);
    }
}

#[test]
fn latin_letters_with_marks() {
    all_find_the_same(&["Sō Yoshitoshi", "So Yoshitoshi", "SO YOSHITOSHI", "so\u{304} yoshitoshi"]);
    all_find_the_same(&["\"Chŏng Pal\"", "\"Chong Pal\"", "\"cho\u{306}ng pal\"", "\"CHŎNG PAL\""]);
    all_find_the_same(&["daimyō", "daimyo", "Daimyo"]);
    all_find_the_same(&["Myŏngwŏn", "Myongwon"]);
    all_find_the_same(&["Ōmura", "omura", "OMURA"]);
}

#[test]
fn widths_and_invisible_characters() {
    all_find_the_same(&[
        "Konishi",
        "Ｋｏｎｉｓｈｉ",
        "Koni\u{ad}shi",
        "Koni\u{200b}shi",
        "\u{feff}Konishi",
    ]);
    all_find_the_same(&["\u{200e}Hanseong\u{200f}", "Hanseong"]);
}

#[test]
fn possessives_and_apostrophes() {
    all_find_the_same(&["Konishi's", "Konishi’s", "konishi", "KONISHI'S"]);
    all_find_the_same(&["Jingoze'emon", "Jingoze’emon"]);
    all_find_the_same(&["Hyujeong", "Hyujeong's"]);
}

#[test]
fn english_stems() {
    all_find_the_same(&["massacre", "massacred", "massacres"]);
    all_find_the_same(&["negotiate", "negotiating"]);
    all_find_the_same(&["cannon", "cannons"]);
    all_find_the_same(&["invasion", "invasions"]);
    assert!(!found("Hanseong").is_empty() && found("Hanse").is_empty());
}

#[test]
fn the_exact_form_ranks_first() {
    let desk = Desk::empty();
    desk.write("corpus/a.txt", "The general retreated from the gate at dawn.");
    desk.write("corpus/b.txt", "The general retreats from the gate at dawn.");
    desk.write("corpus/c.txt", "The general retreating from the gate at dawn.");
    for (word, best) in [("retreated", "a"), ("retreats", "b"), ("retreating", "c")] {
        let ids = desk.ids(&[word]);
        assert_eq!(ids.len(), 3);
        assert_eq!(ids[0], format!("{best}.txt#0"), "{word}");
    }
}

#[test]
fn digits_of_all_three_kinds() {
    all_find_the_same(&["1597", "١٥٩٧", "۱۵۹۷"]);
    all_find_the_same(&["1592", "١٥٩٢", "۱۵۹۲"]);
    assert!(found("١٥٩٢").iter().any(|id| id.starts_with(PYONGYANG_1592)));
    assert!(found("١٥٩٢").iter().any(|id| id.starts_with(HAENGJU)));
}

#[test]
fn arabic_marks_and_letter_forms() {
    all_find_the_same(&["حصار", "حِصَار", "حصـــار", "ﺣﺼﺎﺭ", "حصار\u{200f}", "\u{202b}حصار\u{202c}"]);
    all_find_the_same(&["كوون يول", "کوون یول", "ﻛﻮﻭﻥ ﻳﻮﻝ"]);
    all_find_the_same(&["الأولى", "الاولى", "الأولي", "اﻷولى", "ٱلأولى"]);
    all_find_the_same(&["القوات", "اَلقُوّات"]);
    all_find_the_same(&["هجومها", "هُجومها"]);
    all_find_the_same(&["جوسون", "جوســون"]);
    all_find_the_same(&["قلعة", "قلعه"]);
}

#[test]
fn arabic_stems() {
    let with = |query: &str| found(query);
    for (short, long) in [("الغزو", "غزو"), ("اليابان", "يابان"), ("والمقاطعات", "المقاطعات")]
    {
        let common = with(short).iter().filter(|id| with(long).contains(id)).count();
        assert!(common > 0, "{short} {long}");
        assert_eq!(with(short), with(long), "{short} {long}");
    }
    assert!(!with("ياباني").is_empty() && !with("بحرية").is_empty());
}

#[test]
fn each_word_is_analysed_by_its_own_script() {
    let mixed = format!("{HAENGJU}#3");
    assert_eq!(found("Toyotomi Hideyoshi lang:ar"), [mixed.as_str()]);
    assert_eq!(found("\"toyotomi hideyoshi\""), [mixed.as_str()]);
    assert!(found("الحكماء").contains(&mixed));
    let answer = Desk::shared().answer(&["Hideyoshi الحكماء"]);
    assert_eq!(answer["hits"][0]["id"], mixed);
    assert_eq!(answer["hits"][0]["lang"], "ar");
}

#[test]
fn languages_are_told_by_passage() {
    let desk = Desk::empty();
    desk.write(
        "corpus/many.jsonl",
        [
            ("fa", "نیروهای ژاپنی پس از چند روز شهر پیونگ‌یانگ را گرفتند و گنجینه‌های آن را بردند."),
            ("ur", "جاپانی فوج نے شہر پر قبضہ کر لیا اور بادشاہ وہاں سے بھاگ گیا تھا۔"),
            ("ar", "استولت القوات اليابانية على المدينة وهرب الملك إلى الشمال."),
            ("en", "The Japanese army took the city, and the king fled to the north."),
        ]
        .map(|(lang, text)| serde_json::json!({"id": lang, "text": text}).to_string() + "\n")
        .concat(),
    );
    for lang in ["fa", "ur", "ar", "en"] {
        let ids = desk.ids(&[&format!("lang:{lang}")]);
        assert_eq!(ids, [format!("{lang}#0")], "{lang}");
    }
    // What the record states counts for more than what its text looks like.
    desk.write("corpus/said.jsonl", "{\"id\":\"said\",\"lang\":\"sw\",\"text\":\"Busan rice\"}\n");
    assert_eq!(desk.ids(&["lang:sw"]), ["said#0"]);
}

#[test]
fn numbers_and_names_with_marks_inside() {
    assert!(found("18,700").contains(&format!("{BUSANJIN}#2")));
    assert!(found("0900").contains(&format!("{BUSANJIN}#4")));
    assert!(!found("Won-ik").is_empty());
    assert!(!found("snow-blindness").is_empty());
    assert!(!found("snow blindness").is_empty());
    assert!(!found("Busanjin-gu").is_empty());
    assert!(!found("Ming-Joseon").is_empty());
}
