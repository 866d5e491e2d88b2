//! What the index records of the analysis that built it.

use super::{Analyzer, stop_words};

/// Raise when analysis changes in a way that the probe might not show.
const ANALYSIS_VERSION: u32 = 3;

/// One of everything: a stem that changes in a dependency, a fold or a word bound that changes
/// here shows in the analysis of this text.
const PROBE: &str = "The Generals' armies were retreating hurriedly, relational organizations, \
    generously; Konishi's co-operation, Jingoze'emon’s U.S. e.g. 3,000.5 1592–98 20px ½ ① \
    Sō Chŏng Ōmura STRASSE straße Łódź Ærø İstanbul ﬁre Ⅷ cafe\u{301} snake_case a:b \
    ٱلكتٰب كَتَبَ كـتـاب الكتاب وللكتاب وبالقلعة المدرسة مدرستها مكتبات معلمون معلمين كوريان \
    على إلى آخر أول سؤال شيء ﻻ ﷲ ﷺ کتاب‌ها گوانگ ہے ٣٬٠٠٠ ٣٫١٤ ۱۵۹۲ فلسطيني بوسان وزارة \
    Σεισμός Йод 平壌 평양 かな ไทย שָׁלוֹם";

/// A hash that changes when words would be cut, folded or stemmed differently.
pub fn fingerprint() -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&ANALYSIS_VERSION.to_le_bytes());
    let (major, minor, update) = unicode_segmentation::UNICODE_VERSION;
    hasher.update(format!("{major}.{minor}.{update}").as_bytes());
    Analyzer::new().analyze(PROBE, |word| {
        let line = format!(
            "{}-{}\t{}\t{}\t{:?}\t{}\n",
            word.span.start, word.span.end, word.form, word.stem, word.script, word.sentence_start
        );
        hasher.update(line.as_bytes());
    });
    for word in stop_words::all() {
        hasher.update(word.as_bytes());
        hasher.update(b"\n");
    }
    hasher.finalize().to_hex().as_str()[..32].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_is_stable_within_a_build() {
        let first = fingerprint();
        assert_eq!(first, fingerprint());
        assert_eq!(first.len(), 32);
        assert!(first.bytes().all(|b| b.is_ascii_hexdigit()));
    }
}
