//! The languages of passages, short and long.

use super::identify_language;
use crate::model::Lang;

fn code(text: &str) -> String {
    identify_language(text, None).code().to_owned()
}

#[test]
fn short_texts_go_by_script() {
    for (text, lang) in [
        ("Konishi retreat", "en"),
        ("siege", "en"),
        ("Li Rusong, Li Rubai", "en"),
        ("- Commander2: Chŏng Pal", "en"),
        ("معركة هينغجو", "ar"),
        ("سلام", "ar"),
        ("كوون يول", "ar"),
        ("1592", "und"),
        ("١٥٩٧ – ٣٬٠٠٠", "und"),
        ("", "und"),
        ("()|?", "und"),
    ] {
        assert_eq!(code(text), lang, "{text}");
    }
}

#[test]
fn persian_and_urdu_are_not_arabic() {
    for (text, lang) in [
        ("کتاب", "fa"),
        ("پاکستان", "fa"),
        ("تهران است", "fa"),
        ("تهران پایتخت ایران است و بزرگ‌ترین شهر این کشور را می‌سازد.", "fa"),
        ("اين كتاب را از كتابخانه گرفتم كه در شهر بود", "fa"),
        ("لاہور پاکستان کا دوسرا بڑا شہر ہے", "ur"),
        ("یہ قلعہ سولہویں صدی میں بنایا گیا تھا", "ur"),
        ("ئەم شارە لە باشووری کوردستانە و گەورەترین شارە", "ckb"),
    ] {
        assert_eq!(code(text), lang, "{text}");
    }
}

#[test]
fn a_quoted_foreign_letter_does_not_make_arabic_persian() {
    for text in [
        "زار الوزير مدينة گوانگجو في كوريا ثم عاد إلى بلاده",
        "مدينة چونگجو الكورية",
        "كانت شركة پيجو من أكبر الشركات في فرنسا",
        // Typed on a Persian keyboard.
        "وقعت المعركة فی کوریا عام 1593 بین القوات الیابانیة والکوریة",
    ] {
        assert_eq!(code(text), "ar", "{text}");
    }
}

#[test]
fn a_few_words_of_the_other_script_do_not_decide() {
    for (text, lang) in [
        ("غزا تويوتومي هيديوشي Toyotomi Hideyoshi شبه الجزيرة الكورية", "ar"),
        ("معركة هينغجو (Battle of Haengju, Imjin War)", "ar"),
        ("The name comes from the Arabic word ورّاق, a copyist.", "en"),
        ("Battle of Haengju (معركة هينغجو في كوريا)", "en"),
        ("(معركة هينغجو)", "ar"),
    ] {
        assert_eq!(code(text), lang, "{text}");
    }
}

const FRENCH: &str = "La ville fut prise par les troupes du général au printemps de la même \
    année, et la population dut quitter les maisons dans la nuit. Les soldats qui gardaient \
    la porte du nord ne furent pas prévenus, et le château est tombé dans les mains des \
    assaillants en une seule journée de combat.";

#[test]
fn long_passages_in_other_latin_languages_are_told() {
    assert_eq!(code(FRENCH), "fr");
    assert_eq!(
        code(
            "Die Stadt wurde im Frühling von den Truppen des Königs eingenommen, und die \
             Bewohner mussten in der Nacht ihre Häuser verlassen. Das Schloss ist seit dem \
             Ende des Krieges eine Ruine, die von der Gemeinde gepflegt wird und auf einem \
             Berg über dem Fluss steht."
        ),
        "de"
    );
    assert_eq!(
        code(
            "Şehir bahar aylarında ordunun eline geçti ve halk gece boyunca evlerini terk \
             etmek zorunda kaldı. Kale bu savaştan sonra bir daha onarılmadı; bugün müze \
             olarak kullanılan eski saray ile birlikte şehrin en çok ziyaret edilen yeridir. Her yıl \
             yüz binlerce kişi buraya gelir."
        ),
        "tr"
    );
}

#[test]
fn lists_of_names_stay_english() {
    let names = "Li Rusong, Li Rubai, Song Yingchang, Zhang Shijue, Yang Yuan, Zu Chengxun, Wu \
        Weizhong, Luo Shangzhi, Zha Dashou, Yi Il, Hyujeong, Gim Eungso, Konishi Yukinaga, \
        Matsuura Shigenobu, Sō Yoshitoshi, Kuroda Nagamasa, Kato Kiyomasa, Toyotomi Hideyoshi, \
        Ukita Hideie, Kwon Yul, Yi Sun-sin, Won Gyun, Ōtomo Yoshimune";
    assert_eq!(code(names), "en");
    assert_eq!(code(&format!("{names}, {names}")), "en");
}

#[test]
fn other_scripts() {
    assert_eq!(code("Η μάχη της Πιονγκγιάνγκ"), "el");
    assert_eq!(code("Москва"), "und");
    assert_eq!(code("평양성 전투"), "ko");
    // Names by the side do not decide.
    assert_eq!(code("2000년: 존 스미스(John Smith, Portland) 죽음. 2001년: 앤 리 죽음"), "ko");
    assert_eq!(code("平壌"), "und");
}

#[test]
fn a_stated_language_is_believed_where_the_script_allows() {
    let stated =
        |text: &str, code| identify_language(text, Lang::parse(code).as_ref()).code().to_owned();
    assert_eq!(stated("Die Burg", "de"), "de");
    assert_eq!(stated("Die Burg", "ar"), "en");
    assert_eq!(stated("معركة هينغجو", "en"), "ar");
    assert_eq!(stated("كتاب", "fa"), "fa");
    assert_eq!(stated("1592", "ar"), "ar");
    assert_eq!(stated("کتاب", "und"), "fa");
    assert_eq!(stated("Москва", "ru"), "ru");
}

#[test]
fn only_the_beginning_of_a_long_text_is_examined() {
    let mut text = "the siege of the castle ".repeat(1_000);
    text.push_str(&"معركة هينغجو ".repeat(5_000));
    assert_eq!(code(&text), "en");
}
