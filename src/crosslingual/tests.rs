//! The room as a whole, on the names of the project's own articles.

use proptest::prelude::*;

use super::*;
use crate::analysis::Analyzer;

/// A vocabulary of sentences, each a passage.
fn vocabulary(sentences: &[&str]) -> MemoryVocabulary {
    let mut analyzer = Analyzer::new();
    let mut vocabulary = MemoryVocabulary::new();
    for sentence in sentences {
        let words = analyzer.words(sentence);
        for word in &words {
            let info = WordInfo { df: 1, capitalized_only: word.capitalized };
            vocabulary.add(&word.form, info);
        }
        for pair in words.windows(2) {
            vocabulary.add_pair(&pair[0].form, &pair[1].form);
        }
    }
    vocabulary
}

fn articles() -> MemoryVocabulary {
    vocabulary(&[
        "The siege of Busanjin and Busan: Konishi Yukinaga landed before Joseon was ready",
        "Toyotomi Hideyoshi ordered the invasion; Chŏng Pal (Jeong Bal) held the walls of Chosŏn",
        "The retreat from Pyongyang, also Pyeongyang, in the winter of 1593",
        "Kwon Yul defended the fortress; the commander of Ming asked Seoul for rice and horses",
        "نجح مدافع عن جوسون بقيادة كوون يول في حصار هانجو وقلعة هينجو ومعركة هينغجو",
        "شن تويوتومي هيديوشي الغزوات من بوسان إلى بيونغ يانغ ثم انسحاب كونيشي",
        "وصلت السفن في الشتاء إلى كوريا والصين واليابان وبوسان، ولم يكن القائد مستعدا للحرب",
    ])
}

fn fold(word: &str) -> String {
    let words = Analyzer::new().words(word);
    words.into_iter().map(|word| word.form).collect::<Vec<_>>().join(" ")
}

fn names(word: &str) -> Vec<String> {
    let found = names_in_other_script(&fold(word), true, &articles(), embedded_lexicon());
    found.into_iter().map(|name| name.form).collect()
}

fn variants_of(word: &str) -> Vec<String> {
    let found = variants(&fold(word), true, &articles(), embedded_lexicon());
    found.into_iter().map(|variant| variant.form).collect()
}

#[test]
fn latin_names_are_found_in_arabic() {
    for (latin, arabic) in [
        ("Joseon", "جوسون"),
        ("Chosŏn", "جوسون"),
        ("Toyotomi", "تويوتومي"),
        ("Hideyoshi", "هيديوشي"),
        ("Konishi", "كونيشي"),
        ("Busan", "بوسان"),
        ("Pyongyang", "بيونغ يانغ"),
        ("Pyeongyang", "بيونغ يانغ"),
        ("Kwon", "كوون"),
        ("Yul", "يول"),
    ] {
        assert_eq!(names(latin).first().map(String::as_str), Some(arabic), "{latin}");
    }
    for spelling in ["هانجو", "هينجو", "هينغجو"] {
        assert!(names("Haengju").contains(&spelling.to_owned()), "{:?}", names("Haengju"));
    }
}

#[test]
fn arabic_names_are_found_in_latin() {
    for (arabic, latin) in [
        ("جوسون", "joseon"),
        ("تويوتومي", "toyotomi"),
        ("هيديوشي", "hideyoshi"),
        ("كونيشي", "konishi"),
        ("بوسان", "busan"),
        ("وبوسان", "busan"),
        ("كوون", "kwon"),
        ("يول", "yul"),
    ] {
        assert_eq!(names(arabic).first().map(String::as_str), Some(latin), "{arabic}");
    }
    let mut spellings = names("بيونغيانغ");
    spellings.sort();
    assert_eq!(spellings, ["pyeongyang", "pyongyang"]);
}

#[test]
fn two_words_are_joined_to_one_name() {
    let vocabulary = articles();
    let joined = |first, second| {
        let mut found = names_of_pair(first, second, &vocabulary, embedded_lexicon());
        assert!(found.iter().all(|name| name.word == format!("{first} {second}")));
        found.sort_by(|a, b| a.form.cmp(&b.form));
        found.into_iter().map(|name| name.form).collect::<Vec<_>>()
    };
    assert_eq!(joined("بيونغ", "يانغ"), ["pyeongyang", "pyongyang"]);
    assert_eq!(joined("pyong", "yang"), ["بيونغ يانغ"]);
    assert_eq!(joined("toyo", "tomi"), ["تويوتومي"]);
    assert!(joined("بيونغ", "pyong").is_empty());
}

#[test]
fn attached_prefixes_do_not_hide_a_name() {
    let found = names("Busan");
    assert_eq!(found, ["بوسان", "وبوسان"]);
}

#[test]
fn spelling_variants_find_each_other() {
    for group in [
        &["Pyongyang", "Pyeongyang"][..],
        &["Chŏng", "Jeong"],
        &["Chosŏn", "Joseon"],
        &["Pal", "Bal"],
        &["هانجو", "هينجو", "هينغجو"],
    ] {
        for one in group {
            for other in group.iter().filter(|other| *other != one) {
                assert!(variants_of(one).contains(&fold(other)), "{one}: {:?}", variants_of(one));
            }
        }
    }
    assert!(variants_of("Joeng").contains(&"chong".to_owned()), "{:?}", variants_of("Joeng"));
}

#[test]
fn common_words_have_neither_names_nor_variants() {
    let vocabulary = articles();
    for word in ["winter", "horses", "rice", "الشتاء", "القائد"] {
        let form = fold(word);
        assert_eq!(variants(&form, false, &vocabulary, embedded_lexicon()), [], "{word}");
        assert_eq!(
            names_in_other_script(&form, false, &vocabulary, embedded_lexicon()),
            [],
            "{word}"
        );
    }
}

#[test]
fn kinds_come_in_order_and_can_be_switched_off() {
    let vocabulary = articles();
    let mut expander = Expander {
        vocabulary: &vocabulary,
        lexicon: embedded_lexicon(),
        dictionary: None,
        options: ExpandOptions::ALL,
    };
    let kinds = |expander: &Expander<'_>, word: &str| {
        let mut kinds: Vec<_> = expander.expand(word, true).iter().map(|e| e.kind).collect();
        kinds.dedup();
        kinds
    };
    assert_eq!(kinds(&expander, "joseon"), [ExpansionKind::Variant, ExpansionKind::Name]);
    assert_eq!(kinds(&expander, "fortress"), [ExpansionKind::Translation]);
    expander.options = ExpandOptions { names: false, ..ExpandOptions::ALL };
    assert_eq!(kinds(&expander, "joseon"), [ExpansionKind::Variant]);
    expander.options = ExpandOptions::NONE;
    assert_eq!(kinds(&expander, "fortress"), []);
}

#[test]
fn the_users_dictionary_adds_translations() {
    let vocabulary = articles();
    let own = parse_dictionary("turtle ship\tA\td\n", "x\nسفينة السلحفاة".as_bytes());
    let lexicon = own.lexicon();
    let expander = Expander {
        vocabulary: &vocabulary,
        lexicon: embedded_lexicon(),
        dictionary: Some(&lexicon),
        options: ExpandOptions::ALL,
    };
    let found = expander.expand_pair("turtle", "ship");
    assert!(found.iter().any(|e| e.form == "سفينه السلحفاه"), "{found:?}");
}

#[test]
fn weights_fall_from_one() {
    for word in ["busan", "haengju", "جوسون"] {
        let found = names_in_other_script(word, true, &articles(), embedded_lexicon());
        assert!(!found.is_empty());
        assert!(found.iter().all(|name| name.weight > 0.0 && name.weight <= 1.0));
        assert_eq!(found[0].weight, 1.0);
    }
}

#[test]
fn work_is_bounded_however_many_words_share_a_key() {
    let mut vocabulary = MemoryVocabulary::new();
    let vowels = ["", "ا", "و", "ي", "وا", "يا"];
    for code in 0..6usize.pow(4) * 6 {
        let vowel = |place: u32| vowels[code / 6usize.pow(place) % 6];
        let form = format!("ب{}و{}س{}ا{}ن{}", vowel(0), vowel(1), vowel(2), vowel(3), vowel(4));
        vocabulary.add(&form, WordInfo { df: 1, capitalized_only: false });
    }
    assert!(vocabulary.len() > 4_000);
    assert!(names_in_other_script("busan", true, &vocabulary, embedded_lexicon()).len() <= 16);
    assert!(variants("بوسان", true, &vocabulary, embedded_lexicon()).len() <= 4);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_word_is_safe(word in ".{0,40}", other in "[a-zء-ي ]{0,60}") {
        let mut vocabulary = articles();
        vocabulary.add(&other, WordInfo { df: 1, capitalized_only: true });
        let expander = Expander {
            vocabulary: &vocabulary,
            lexicon: embedded_lexicon(),
            dictionary: None,
            options: ExpandOptions::ALL,
        };
        for (one, two) in [(&word, &other), (&other, &word)] {
            prop_assert!(expander.expand(one, true).len() <= 4 + 16 + 2 + MAX_TRANSLATIONS);
            prop_assert!(expander.expand_pair(one, two).len() <= 16 + MAX_TRANSLATIONS);
            prop_assert_eq!(expander.expand(one, false), expander.expand(one, false));
        }
    }

    #[test]
    fn broken_dictionaries_are_safe(index in ".{0,80}", text in ".{0,80}") {
        let dictionary = parse_dictionary(&index, text.as_bytes());
        prop_assert!(dictionary.entries() + dictionary.skipped() <= index.lines().count());
    }

    #[test]
    fn broken_lexicons_are_safe(
        mut bytes in prop::collection::vec(any::<u8>(), 0..200),
        changes in prop::collection::vec((0usize..400, any::<u8>()), 0..6),
    ) {
        let good = build_lexicon("siege\tحصار\t1.0\tx\nwall\tسور\t0.5\tx\n").unwrap_or_default();
        let mut changed = good.clone();
        for (at, byte) in changes {
            if let Some(place) = changed.get_mut(at) {
                *place = byte;
            }
        }
        bytes.splice(0..0, good[..8].iter().copied());
        for bytes in [bytes, changed] {
            if let Some(lexicon) = Lexicon::parse(&bytes) {
                for word in ["siege", "wall", "sieges", "حصار", "والحصار"] {
                    prop_assert!(lexicon.translations(word).len() <= MAX_TRANSLATIONS);
                    prop_assert!(lexicon.related(word).len() <= 12);
                }
            }
        }
    }
}
