//! In which encoding a source is written, told by a part of its bytes, and reading it as UTF-8.

use std::io::{self, BufRead, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    CoderResult, Decoder, Encoding, ISO_8859_6, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1256,
};

use super::input::Input;

/// So many bytes are looked at to tell an encoding.
pub(super) const SAMPLE_BYTES: usize = 1 << 20;
/// One character in so many may be none.
const GARBAGE_SHARE: u64 = 100;
/// Bytes of decoded text that are made at once.
const DECODED_BYTES: usize = 64 << 10;
/// How much each letter speaks for Arabic, in half bits: twice the logarithm of how many in a
/// hundred it is. Letters that are not here hardly occur.
const ARABIC_LETTERS: [(&str, i64); 9] = [
    ("ا", 7),
    ("لي", 6),
    ("مرنو", 5),
    ("بتةعد", 4),
    ("سقفحه", 3),
    ("جكأ", 2),
    ("طصشز", 1),
    ("خغضى", 0),
    ("إثءذئظ", -3),
];
const RARE_LETTER: i64 = -8;
/// Letters of this weight make up two thirds of any Arabic text.
const FREQUENT_LETTER: i64 = 4;
/// What a word with the article counts besides its letters.
const ARTICLE: i64 = 6;
/// What a letter counts that cannot stand where it does, or that is none of Arabic.
const IMPOSSIBLE: i64 = -12;
/// windows-1256 is met much more often than ISO-8859-6.
const USUAL_ENCODING: i64 = 8;

/// How the bytes of a source become text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Charset {
    /// As they are.
    Utf8,
    /// UTF-8 with a few bytes that are not: these become U+FFFD.
    DamagedUtf8,
    Other(&'static Encoding),
}

impl Charset {
    /// What the sample is written in, or `None` where it is no text. `complete` says that nothing
    /// follows the sample; `declared` is what the source says of itself.
    pub fn of(
        sample: &[u8],
        complete: bool,
        declared: Option<&'static Encoding>,
    ) -> Option<Charset> {
        let marked = Encoding::for_bom(sample).map(|(encoding, _)| encoding);
        let wide = marked.filter(|encoding| *encoding != UTF_8).or_else(|| unmarked_utf16(sample));
        if let Some(encoding) = wide {
            return is_text(&decode(sample, encoding)).then_some(Charset::Other(encoding));
        }
        let shape = Utf8Shape::of(sample, complete);
        if shape.faults == 0 {
            return Some(Charset::Utf8);
        }
        // Text in other encodings seldom has what looks like a character of several bytes.
        if marked == Some(UTF_8) || shape.characters >= 2 * shape.faults {
            return is_text(&decode(sample, UTF_8)).then_some(Charset::DamagedUtf8);
        }
        if sample.contains(&0) {
            return None;
        }
        // Nobody can write a declaration in UTF-16 that is read as ASCII.
        let declared = declared.filter(|encoding| encoding.is_ascii_compatible());
        let encoding =
            declared.filter(|encoding| *encoding != UTF_8).unwrap_or_else(|| guess(sample));
        is_text(&decode(sample, encoding)).then_some(Charset::Other(encoding))
    }

    /// What XML is written in that begins so. Bytes that are no text are a matter of the place where
    /// they stand, so nothing is guessed.
    pub fn of_xml(start: &[u8], declared: Option<&'static Encoding>) -> Charset {
        let marked = Encoding::for_bom(start).map(|(encoding, _)| encoding);
        if let Some(wide) = marked.or_else(|| unmarked_utf16(start)) {
            return if wide == UTF_8 { Charset::Utf8 } else { Charset::Other(wide) };
        }
        let declared = declared.filter(|declared| declared.is_ascii_compatible());
        match declared.filter(|declared| *declared != UTF_8) {
            Some(declared) if Utf8Shape::of(start, false).characters == 0 => {
                Charset::Other(declared)
            }
            _ => Charset::Utf8,
        }
    }

    /// Text as UTF-8; what the encoding does not know becomes U+FFFD.
    pub fn decoded<'a, R: Read + 'a>(self, reader: R) -> Box<dyn Read + 'a> {
        match self {
            Charset::Utf8 => Box::new(reader),
            Charset::DamagedUtf8 => Box::new(Decoded::new(reader, UTF_8)),
            Charset::Other(encoding) => Box::new(Decoded::new(reader, encoding)),
        }
    }
}

/// How far bytes look like UTF-8.
struct Utf8Shape {
    /// Characters of more than one byte.
    characters: usize,
    faults: usize,
}

impl Utf8Shape {
    fn of(bytes: &[u8], complete: bool) -> Utf8Shape {
        let mut shape = Utf8Shape { characters: 0, faults: 0 };
        let mut chunks = bytes.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            shape.characters += chunk.valid().bytes().filter(|&byte| byte >= 0xc0).count();
            // A character may go on behind a sample.
            let cut = !complete && chunks.peek().is_none() && starts_character(chunk.invalid());
            shape.faults += usize::from(!chunk.invalid().is_empty() && !cut);
        }
        shape
    }
}

/// Whether bytes are the beginning of a character whose end is missing.
fn starts_character(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

fn decode(sample: &[u8], encoding: &'static Encoding) -> String {
    encoding.decode_with_bom_removal(sample).0.into_owned()
}

fn is_text(decoded: &str) -> bool {
    let mut quality = Quality::default();
    quality.look(decoded);
    quality.is_text()
}

/// How much of decoded text is none.
#[derive(Default)]
pub(super) struct Quality {
    characters: u64,
    garbage: u64,
}

impl Quality {
    pub fn look(&mut self, text: &str) {
        for c in text.chars() {
            self.characters += 1;
            self.garbage += u64::from(is_garbage(c));
        }
    }

    pub fn is_text(&self) -> bool {
        self.garbage * GARBAGE_SHARE <= self.characters
    }
}

fn is_garbage(c: char) -> bool {
    // Old files end in U+001A.
    let plain = matches!(c, '\t'..='\r' | '\u{1a}' | '\u{85}');
    c == char::REPLACEMENT_CHARACTER || (c.is_control() && !plain)
}

/// UTF-16 without a mark: one byte of each pair is zero, or a small number that no text in another
/// encoding holds; and read so, nearly all of it is letters of scripts near to Latin and Arabic.
fn unmarked_utf16(sample: &[u8]) -> Option<&'static Encoding> {
    let strange = sample.iter().filter(|byte| matches!(byte, 0..=8 | 0x0e..=0x1f)).count();
    if sample.len() < 4 || strange * 8 < sample.len() {
        return None;
    }
    let is_plain = |c: char| {
        c.is_whitespace()
            || c.is_ascii_graphic()
            || (c < '\u{700}' && c.is_alphanumeric())
            || matches!(c, '\u{a1}'..='\u{bf}' | '\u{600}'..='\u{6ff}' | '\u{2000}'..='\u{206f}')
    };
    [UTF_16LE, UTF_16BE].into_iter().find(|encoding| {
        let decoded = decode(sample, encoding);
        let plain = decoded.chars().filter(|&c| is_plain(c)).count();
        plain * 20 >= decoded.chars().count() * 19
    })
}

/// The most likely encoding of text that is not UTF-8. Whether it is Arabic is seen here, for the
/// detector needs more text to see it.
fn guess(sample: &[u8]) -> &'static Encoding {
    let arabic = [(WINDOWS_1256, USUAL_ENCODING), (ISO_8859_6, 0)]
        .into_iter()
        .filter_map(|(encoding, more)| {
            Some((arabic_score(&decode(sample, encoding))? + more, encoding))
        })
        .max_by_key(|&(score, _)| score);
    if let Some((_, encoding)) = arabic {
        return encoding;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// How much what was decoded looks like Arabic beside ASCII, if it does: whole words of Arabic
/// letters, frequent ones among them, and hardly anything else.
fn arabic_score(decoded: &str) -> Option<i64> {
    let in_word = |c: char| c.is_alphabetic() || is_arabic_mark(c);
    let (mut whole, mut frequent, mut other, mut score) = (0, 0, 0, 0);
    for word in decoded.split(|c: char| !in_word(c)) {
        let letters = word.chars().filter(|&c| is_arabic_letter(c)).count();
        let is_foreign = |c: char| !is_arabic_letter(c) && !is_arabic_mark(c);
        let foreign = word.chars().filter(|&c| is_foreign(c) && !c.is_ascii()).count();
        other += foreign;
        score += IMPOSSIBLE * foreign as i64;
        if letters > 0 && word.chars().any(is_foreign) {
            other += letters;
        } else if letters > 1 {
            whole += letters;
            let weights = word.chars().filter(|&c| is_arabic_letter(c)).map(letter_weight);
            frequent += weights.clone().filter(|&weight| weight >= FREQUENT_LETTER).count();
            score += weights.sum::<i64>();
            score += if word.starts_with("ال") { ARTICLE } else { 0 };
            // These stand only at the end of a word.
            let inside = word.trim_end_matches(|c| is_arabic_mark(c) || matches!(c, 'ة' | 'ى'));
            score += IMPOSSIBLE * inside.chars().filter(|c| matches!(c, 'ة' | 'ى')).count() as i64;
        }
    }
    let is_sign = |c: char| {
        matches!(c, '\u{a0}' | '«' | '»' | '،' | '؛' | '؟') || matches!(c, '\u{2000}'..='\u{206f}')
    };
    other += decoded.chars().filter(|&c| !c.is_ascii() && !in_word(c) && !is_sign(c)).count();
    (whole > 0 && other * 8 <= whole && frequent * 20 >= whole * 9).then_some(score)
}

fn is_arabic_letter(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{63f}' | '\u{641}'..='\u{64a}' | '\u{671}'..='\u{6d3}')
}

/// Tatweel, harakat and joiners.
fn is_arabic_mark(c: char) -> bool {
    matches!(c, '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{200c}' | '\u{200d}')
}

fn letter_weight(c: char) -> i64 {
    let known = ARABIC_LETTERS.iter().find(|(letters, _)| letters.contains(c));
    known.map_or(RARE_LETTER, |&(_, weight)| weight)
}

/// Decodes while reading; a mark at the start is left out.
struct Decoded<R> {
    input: Input<R>,
    decoder: Decoder,
    /// `text[start..end]` was decoded and not handed out.
    text: Box<[u8]>,
    start: usize,
    end: usize,
    at_end: bool,
}

impl<R: Read> Decoded<R> {
    fn new(reader: R, encoding: &'static Encoding) -> Decoded<R> {
        Decoded {
            input: Input::new(reader),
            decoder: encoding.new_decoder_with_bom_removal(),
            text: vec![0; DECODED_BYTES].into_boxed_slice(),
            start: 0,
            end: 0,
            at_end: false,
        }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.start == self.end && !self.at_end {
            let bytes = self.input.fill_buf()?;
            let last = bytes.is_empty();
            let (result, read, written, _) =
                self.decoder.decode_to_utf8(bytes, &mut self.text, last);
            self.input.consume(read);
            (self.start, self.end) = (0, written);
            self.at_end = last && result == CoderResult::InputEmpty;
        }
        let read = self.text.get(self.start..self.end).unwrap_or_default().read(buffer)?;
        self.start += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ARABIC: &str = include_str!("../../corpus/battle-of-haengju.ar.txt");

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        let pair = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        text.encode_utf16().flat_map(pair).collect()
    }

    fn of(bytes: &[u8]) -> Option<Charset> {
        Charset::of(bytes, true, None)
    }

    #[test]
    fn utf_8_is_utf_8() {
        for text in ["", "plain", "café", ARABIC, "\u{feff}x", "nul \0 and \u{1} control"] {
            assert_eq!(of(text.as_bytes()), Some(Charset::Utf8), "{text:?}");
        }
        let cut = &ARABIC.as_bytes()[..1001];
        assert!(std::str::from_utf8(cut).is_err());
        assert_eq!(Charset::of(cut, false, None), Some(Charset::Utf8));
        assert_eq!(of(cut), Some(Charset::DamagedUtf8));
    }

    #[test]
    fn utf_16_is_told_with_and_without_a_mark() {
        for text in [ARABIC, "Siege of Busanjin\r\n", "حصار", "Hi! حصار هانجو 1593"] {
            for (big, encoding) in [(false, UTF_16LE), (true, UTF_16BE)] {
                let expected = Some(Charset::Other(encoding));
                assert_eq!(of(&utf16(text, big)), expected, "{text:.20}");
                assert_eq!(of(&utf16(&format!("\u{feff}{text}"), big)), expected, "{text:.20}");
            }
        }
    }

    #[test]
    fn arabic_is_told_from_few_words() {
        let windows = |text: &str| WINDOWS_1256.encode(text).0.into_owned();
        let iso = |text: &str| ISO_8859_6.encode(text).0.into_owned();
        for text in [
            "حصار هانجو",
            "معركة هانجو في كوريا",
            "الكتاب",
            "The siege of حصار هانجو in 1593",
            "قال: «لا»، ثم ذهب إلى القلعة؟",
        ] {
            assert_eq!(of(&windows(text)), Some(Charset::Other(WINDOWS_1256)), "{text}");
        }
        for text in ["معركة هانجو في كوريا", "المكتبات العامة", "ذهب إلى القلعة؟"]
        {
            assert_eq!(of(&iso(text)), Some(Charset::Other(ISO_8859_6)), "{text}");
        }
        let plain: String = ARABIC
            .chars()
            .filter(|c| c.is_ascii() || !WINDOWS_1256.encode(&c.to_string()).2)
            .collect();
        assert_eq!(of(&windows(&plain)), Some(Charset::Other(WINDOWS_1256)));
    }

    #[test]
    fn other_languages_are_not_taken_for_arabic() {
        let told = |text: &str, encoding: &'static Encoding| {
            let bytes = encoding.encode(text).0.into_owned();
            match of(&bytes) {
                Some(Charset::Other(found)) => assert_eq!(decode(&bytes, found), text),
                other => panic!("{other:?} for {text}"),
            }
        };
        told("Le siège a été levé au café; où était l'armée?", encoding_rs::WINDOWS_1252);
        told("Die Belagerung währte über fünf Tage, größer als zuvor.", encoding_rs::WINDOWS_1252);
        told("“Smart” quotes – and dashes", encoding_rs::WINDOWS_1252);
        told(
            "Осада Пусана была первым сражением Имдинской войны, город взяли японцы.",
            encoding_rs::WINDOWS_1251,
        );
        told("Осада Пусана была первым сражением войны, город взяли.", encoding_rs::KOI8_R);
    }

    #[test]
    fn what_is_no_text_is_none() {
        assert_eq!(of(b"\xff\xfe\0"), None);
        assert_eq!(of(b"fine\nnot so \xff\0 fine"), None);
        assert_eq!(of(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), None);
        assert_eq!(of(b"\xff\x01 some \x02 words \x03"), None);
    }

    proptest! {
        #[test]
        fn decoding_in_pieces_is_decoding(text in "[a-z اب\u{10000}é]{0,60}", piece in 1usize..9) {
            for big in [false, true] {
                let bytes = utf16(&text, big);
                let encoding = if big { UTF_16BE } else { UTF_16LE };
                let mut reader = Decoded::new(&bytes[..], encoding);
                let mut decoded = Vec::new();
                let mut buffer = vec![0; piece];
                loop {
                    let read = reader.read(&mut buffer).expect("readable");
                    if read == 0 {
                        break;
                    }
                    decoded.extend(&buffer[..read]);
                }
                prop_assert_eq!(String::from_utf8_lossy(&decoded), text.as_str());
            }
        }

        #[test]
        fn any_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Some(charset) = of(&bytes) {
                let mut text = String::new();
                charset.decoded(&bytes[..]).read_to_string(&mut text).expect("UTF-8");
            }
        }
    }
}
