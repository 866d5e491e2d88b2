//! The bilingual lexicon: which words of the other language a word may be translated by.
//!
//! `data/lexicon.bin` is compiled in and searched where it lies, so opening it costs nothing. It
//! is made from `data/lexicon.tsv` by `examples/build-lexicon.rs`, and a test checks that it is up
//! to date with the table and with the analysis. All strings in it are folded forms, words apart
//! by single spaces.
//!
//! Layout, all numbers little-endian `u32`: magic, bytes of the English side, the English side,
//! the Arabic side. A side: counts of entries, stems, pairs and stem members, bytes of all
//! entries; the ends (0 first) of the entries' texts, the stems' texts, the entries' pairs and the
//! stems' members; each entry's stem number; the pairs (number in the other side << 8 | weight of
//! 255), best first; the members (entry numbers); the texts. Entries and stems are sorted by bytes
//! and found by halving.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::keys::{PROCLITICS, least_letters_after};
use crate::analysis::chain::stem_of;
use crate::lang::{Script, script_of};

/// First bytes of the file; the last is the version of the layout.
pub const MAGIC: &[u8] = b"WQLEXIC\x01";
/// The stem number of an entry of several words.
pub const NONE: u32 = u32::MAX;

static EMBEDDED: LazyLock<Lexicon<'static>> =
    LazyLock::new(|| Lexicon::parse(include_bytes!("../../data/lexicon.bin")).unwrap_or_default());

/// Most translations of one word.
pub const MAX_TRANSLATIONS: usize = 20;
const MAX_RELATED: usize = 12;
const MIN_RELATED: f32 = 0.03;
/// Pairs kept of one entry, the best.
pub const MAX_PAIRS_OF_ENTRY: usize = 64;
/// Entries looked at for one stem.
const MAX_ENTRIES_OF_STEM: usize = 32;
/// What is left of a translation's weight if only the stems agree.
const STEM_WEIGHT: f32 = 0.5;

/// A translation: folded words apart by single spaces.
#[derive(Clone, Debug, PartialEq)]
pub struct Translation {
    pub words: String,
    /// Above 0, at most 1.
    pub weight: f32,
}

/// A lexicon in its compact form.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lexicon<'a> {
    english: Side<'a>,
    arabic: Side<'a>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Side<'a> {
    entries: Texts<'a>,
    stems: Texts<'a>,
    pair_ends: Numbers<'a>,
    member_ends: Numbers<'a>,
    stem_of_entry: Numbers<'a>,
    pairs: Numbers<'a>,
    members: Numbers<'a>,
}

/// The lexicon that is compiled in.
pub fn embedded_lexicon() -> &'static Lexicon<'static> {
    &EMBEDDED
}

impl<'a> Lexicon<'a> {
    /// A lexicon over bytes in the layout above; `None` if they are not that.
    pub fn parse(bytes: &'a [u8]) -> Option<Lexicon<'a>> {
        let mut rest = bytes.strip_prefix(MAGIC)?;
        let len = take_u32(&mut rest)? as usize;
        let (english, arabic) = rest.split_at_checked(len)?;
        Some(Lexicon { english: Side::parse(english)?, arabic: Side::parse(arabic)? })
    }

    fn sides(&self, script: Script) -> Option<(&Side<'a>, &Side<'a>)> {
        match script {
            Script::Latin => Some((&self.english, &self.arabic)),
            Script::Arabic => Some((&self.arabic, &self.english)),
            Script::Number | Script::Other => None,
        }
    }

    /// Whether the folded form, or in Arabic what is left of it without a proclitic, is an entry.
    pub fn holds(&self, form: &str) -> bool {
        let Some((side, _)) = self.sides(script_of(form)) else {
            return false;
        };
        side.entries.find(form).is_some()
            || without_proclitics(form).any(|bare| side.entries.find(bare).is_some())
    }

    /// Whether the folded form is an entry or, in Arabic, an inflected form of one.
    pub fn knows(&self, form: &str) -> bool {
        let script = script_of(form);
        self.holds(form)
            || script == Script::Arabic
                && self.sides(script).is_some_and(|(side, _)| {
                    side.entries_of_stem(&stem_of(form, script)).next().is_some()
                })
    }

    /// What the folded form (or phrase of forms) is translated by, best first, at most
    /// [`MAX_TRANSLATIONS`]: by its own entry and, in Arabic, by those of its bare and its definite
    /// form; failing these by the entries with its stem, at less weight.
    pub fn translations(&self, form: &str) -> Vec<Translation> {
        let script = script_of(form);
        let Some((side, other)) = self.sides(script) else {
            return Vec::new();
        };
        let mut weights: FxHashMap<u32, u8> = FxHashMap::default();
        let mut add = |entry: usize, factor: f32| {
            for pair in side.pairs_of(entry) {
                let weight = (f32::from(pair as u8) * factor) as u8;
                let known = weights.entry(pair >> 8).or_insert(0);
                *known = weight.max(*known);
            }
        };
        let mut found = false;
        let mut add_form = |form: &str| {
            if let Some(entry) = side.entries.find(form) {
                add(entry, 1.0);
                found = true;
            }
        };
        add_form(form);
        if script == Script::Arabic {
            without_proclitics(form).for_each(&mut add_form);
            if !form.starts_with("ال") {
                add_form(&format!("ال{form}"));
            }
        }
        if !found && !form.contains(' ') {
            let stem = stem_of(form, script);
            side.entries_of_stem(&stem).for_each(|entry| add(entry, STEM_WEIGHT));
        }
        let mut best: Vec<_> = weights.into_iter().collect();
        best.sort_by_key(|&(number, weight)| (std::cmp::Reverse(weight), number));
        best.truncate(MAX_TRANSLATIONS);
        best.into_iter()
            .filter_map(|(number, weight)| {
                let words = other.entries.get(number as usize)?.to_owned();
                Some(Translation { words, weight: f32::from(weight) / 255.0 })
            })
            .collect()
    }

    /// Stems of the same language that share translations with `stem`, with the probability of
    /// arriving at them through a translation and back: single words only, at least 0.03, at most
    /// 12, best first, `stem` itself left out.
    pub fn related(&self, stem: &str) -> Vec<(&'a str, f32)> {
        let Some((side, other)) = self.sides(script_of(stem)) else {
            return Vec::new();
        };
        let Some(own) = side.stems.find(stem) else {
            return Vec::new();
        };
        let mut through: Vec<(u32, f32)> = Vec::new();
        for entry in side.entries_of_stem(stem) {
            through.extend(side.single_word_pairs(entry, other));
        }
        let total: f32 = through.iter().map(|&(_, weight)| weight).sum();
        let mut found: FxHashMap<u32, f32> = FxHashMap::default();
        for (foreign, weight) in through {
            let back = other.single_word_pairs(foreign as usize, side);
            let back_total: f32 = back.clone().map(|(_, weight)| weight).sum();
            for (entry, back_weight) in back {
                let probability = weight / total * back_weight / back_total;
                *found.entry(side.stem_of_entry.get(entry as usize)).or_default() += probability;
            }
        }
        let mut best: Vec<_> = found
            .into_iter()
            .filter(|&(stem, probability)| stem as usize != own && probability >= MIN_RELATED)
            .collect();
        best.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        best.truncate(MAX_RELATED);
        best.into_iter()
            .filter_map(|(stem, probability)| Some((side.stems.get(stem as usize)?, probability)))
            .collect()
    }
}

/// The Arabic form without each proclitic that it may begin with.
fn without_proclitics(form: &str) -> impl Iterator<Item = &str> {
    PROCLITICS.iter().filter_map(move |proclitic| {
        let rest = form.strip_prefix(proclitic)?;
        rest.chars().nth(least_letters_after(proclitic) - 1).map(|_| rest)
    })
}

impl<'a> Side<'a> {
    fn parse(bytes: &'a [u8]) -> Option<Side<'a>> {
        let mut rest = bytes;
        let entries = take_u32(&mut rest)? as usize;
        let stems = take_u32(&mut rest)? as usize;
        let pairs = take_u32(&mut rest)? as usize;
        let members = take_u32(&mut rest)? as usize;
        let entry_bytes = take_u32(&mut rest)? as usize;
        let entry_ends = Numbers::take(&mut rest, entries + 1)?;
        let stem_ends = Numbers::take(&mut rest, stems + 1)?;
        let pair_ends = Numbers::take(&mut rest, entries + 1)?;
        let member_ends = Numbers::take(&mut rest, stems + 1)?;
        let stem_of_entry = Numbers::take(&mut rest, entries)?;
        let pairs = Numbers::take(&mut rest, pairs)?;
        let members = Numbers::take(&mut rest, members)?;
        let (entry_text, stem_text) = rest.split_at_checked(entry_bytes)?;
        Some(Side {
            entries: Texts { ends: entry_ends, text: entry_text },
            stems: Texts { ends: stem_ends, text: stem_text },
            pair_ends,
            member_ends,
            stem_of_entry,
            pairs,
            members,
        })
    }

    fn pairs_of(&self, entry: usize) -> impl Iterator<Item = u32> + Clone + use<'a> {
        let pairs = self.pairs;
        self.pair_ends.range(entry).take(MAX_PAIRS_OF_ENTRY).map(move |at| pairs.get(at))
    }

    /// Translations of one word: their numbers in the other side, and weights.
    fn single_word_pairs(
        &self,
        entry: usize,
        other: &Side<'a>,
    ) -> impl Iterator<Item = (u32, f32)> + Clone + use<'a> {
        let stems = other.stem_of_entry;
        self.pairs_of(entry)
            .filter(move |pair| stems.get((pair >> 8) as usize) != NONE)
            .map(|pair| (pair >> 8, f32::from(pair as u8)))
    }

    fn entries_of_stem(&self, stem: &str) -> impl Iterator<Item = usize> + use<'a> {
        let members = self.members;
        let range = self.stems.find(stem).map_or(0..0, |stem| self.member_ends.range(stem));
        range.take(MAX_ENTRIES_OF_STEM).map(move |at| members.get(at) as usize)
    }
}

/// Sorted strings laid one after the other.
#[derive(Clone, Copy, Debug, Default)]
struct Texts<'a> {
    ends: Numbers<'a>,
    text: &'a [u8],
}

impl<'a> Texts<'a> {
    fn bytes(&self, number: usize) -> &'a [u8] {
        self.text.get(self.ends.range(number)).unwrap_or(&[])
    }

    fn get(&self, number: usize) -> Option<&'a str> {
        std::str::from_utf8(self.bytes(number)).ok()
    }

    fn find(&self, text: &str) -> Option<usize> {
        let (mut from, mut to) = (0, self.ends.len().saturating_sub(1));
        while from < to {
            let middle = (from + to) / 2;
            match self.bytes(middle).cmp(text.as_bytes()) {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Greater => to = middle,
            }
        }
        None
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Numbers<'a>(&'a [[u8; 4]]);

impl<'a> Numbers<'a> {
    fn take(bytes: &mut &'a [u8], count: usize) -> Option<Numbers<'a>> {
        let (taken, rest) = bytes.split_at_checked(count.checked_mul(4)?)?;
        *bytes = rest;
        Some(Numbers(taken.as_chunks::<4>().0))
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    /// 0 if there is none; a valid file never asks for it.
    fn get(&self, at: usize) -> u32 {
        self.0.get(at).map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }

    /// Of ends: what the thing with that number spans.
    fn range(&self, number: usize) -> std::ops::Range<usize> {
        self.get(number) as usize..self.get(number + 1) as usize
    }
}

fn take_u32(bytes: &mut &[u8]) -> Option<u32> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    *bytes = rest;
    Some(u32::from_le_bytes(*number))
}

#[cfg(test)]
mod tests {
    use super::super::lexicon_build::build_lexicon;
    use super::*;

    const TABLE: &str = "# english\tarabic\tweight\tsource\n\
        Siege\tحِصار\t1.000\tmade\n\
        siege\tمحاصرة\t0.500\tmade\n\
        blockade\tحصار\t0.500\tmade\n\
        blockade\tسدّ\t1.000\tmade\n\
        lay siege\tحاصر\t1.000\tmade\n\
        prime minister\tرئيس الوزراء\t1.000\tmade\n\
        Japan\tاليابان\t1.000\tmade\n";

    fn words(lexicon: &Lexicon<'_>, form: &str) -> Vec<(String, f32)> {
        let rounded = |weight: f32| (weight * 10.0).round() / 10.0;
        let found = lexicon.translations(form).into_iter();
        found.map(|found| (found.words, rounded(found.weight))).collect()
    }

    fn pair(words: &str, weight: f32) -> (String, f32) {
        (words.to_owned(), weight)
    }

    #[test]
    fn the_compact_file_is_made_from_the_table() {
        let made = build_lexicon(include_str!("../../data/lexicon.tsv")).expect("a table");
        let stored = include_bytes!("../../data/lexicon.bin");
        assert!(
            made == stored,
            "data/lexicon.bin is out of date: cargo run --example build-lexicon"
        );
    }

    #[test]
    fn words_are_translated_in_both_directions() {
        let bytes = build_lexicon(TABLE).expect("a table");
        let lexicon = Lexicon::parse(&bytes).expect("a lexicon");
        assert_eq!(words(&lexicon, "siege"), [pair("حصار", 1.0), pair("محاصره", 0.5)]);
        assert_eq!(words(&lexicon, "حصار"), [pair("siege", 1.0), pair("blockade", 0.5)]);
        assert_eq!(words(&lexicon, "prime minister"), [pair("رئيس الوزراء", 1.0)]);
        assert_eq!(words(&lexicon, "رئيس الوزراء"), [pair("prime minister", 1.0)]);
        assert_eq!(words(&lexicon, "fortress"), []);
        assert_eq!(words(&lexicon, "1592"), []);
    }

    #[test]
    fn other_forms_are_found_by_proclitic_article_or_stem() {
        let bytes = build_lexicon(TABLE).expect("a table");
        let lexicon = Lexicon::parse(&bytes).expect("a lexicon");
        for form in ["الحصار", "وحصار", "بالحصار", "للحصار"] {
            assert_eq!(words(&lexicon, form).first(), Some(&pair("siege", 1.0)), "{form}");
        }
        for form in ["اليابان", "يابان", "واليابان", "باليابان"] {
            assert_eq!(words(&lexicon, form), [pair("japan", 1.0)], "{form}");
        }
        assert_eq!(words(&lexicon, "sieges"), [pair("حصار", 0.5), pair("محاصره", 0.3)]);
        assert!(lexicon.holds("والحصار") && lexicon.holds("blockade"));
        assert!(!lexicon.holds("sieges") && !lexicon.holds("قلعه"));
    }

    #[test]
    fn related_words_are_there_and_back() {
        let bytes = build_lexicon(TABLE).expect("a table");
        let lexicon = Lexicon::parse(&bytes).expect("a lexicon");
        // حصار with 2/3, and from it blockade with 1/3.
        let found = lexicon.related("sieg");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, "blockad");
        assert!((found[0].1 - 2.0 / 9.0).abs() < 0.01, "{}", found[0].1);
        assert!(lexicon.related("japan").is_empty());
        assert!(lexicon.related("prime minister").is_empty());
    }

    #[test]
    fn the_embedded_lexicon_knows_countries_and_common_words() {
        let lexicon = embedded_lexicon();
        assert_eq!(words(lexicon, "japan").first(), Some(&pair("اليابان", 1.0)));
        assert!(words(lexicon, "الصين").contains(&pair("china", 1.0)));
        for word in ["battle", "war", "king", "معركه", "حرب", "جيش"] {
            let found = lexicon.translations(word);
            assert!(!found.is_empty() && found.len() <= MAX_TRANSLATIONS, "{word}");
            assert!(found.windows(2).all(|pair| pair[0].weight >= pair[1].weight), "{word}");
        }
    }

    #[test]
    fn faulty_tables_and_files_are_refused() {
        for table in ["a\tب", "a\tب\tx\ty", "a\tب\t1.5\ty", "a\tب\tNaN\ty"] {
            let error = build_lexicon(table).expect_err("a faulty table").to_string();
            assert!(error.contains("line 1"), "{error}");
        }
        let bytes = build_lexicon(TABLE).expect("a table");
        assert!(Lexicon::parse(&bytes[..bytes.len() / 2]).is_none());
        assert!(Lexicon::parse(b"something else").is_none());
        assert!(Lexicon::parse(b"").is_none());
    }
}
