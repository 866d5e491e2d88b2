//! A user's own bilingual dictionary in dictd's format, as FreeDict's packages install it:
//! `NAME.index` beside `NAME.dict` or `NAME.dict.dz`.
//!
//! The dictionary is read once and turned into the compact form of the
//! [`lexicon`](super::lexicon), which makes it answer in both directions, whichever it was written
//! for. Entries that cannot be used are left out and counted; only files that are no dictionary at
//! all are errors. Sizes are bounded before anything is read whole.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::lexicon::Lexicon;
use super::lexicon_build::LexiconBuilder;
use crate::error::{Error, Problem, Result};
use crate::lang::{Script, script_of};

/// Larger index files are refused.
pub const MAX_INDEX_BYTES: u64 = 64 << 20;
/// Larger dictionaries, after decompression, are refused.
pub const MAX_DICT_BYTES: u64 = 512 << 20;
/// Longer entries are left out.
const MAX_ENTRY_BYTES: u64 = 16 << 10;
/// Meanings taken from one entry.
const MAX_MEANINGS: usize = 12;

/// A dictionary that was read, in memory.
#[derive(Clone, Debug)]
pub struct UserDictionary {
    bytes: Vec<u8>,
    entries: usize,
    skipped: usize,
}

impl UserDictionary {
    /// The dictionary to look things up in.
    pub fn lexicon(&self) -> Lexicon<'_> {
        Lexicon::parse(&self.bytes).unwrap_or_default()
    }

    /// How many entries gave a translation between Latin and Arabic script.
    pub fn entries(&self) -> usize {
        self.entries
    }

    /// How many entries were left out: broken, too long, or without such a translation.
    pub fn skipped(&self) -> usize {
        self.skipped
    }
}

/// Reads the dictionary of which `path` is any of the files.
///
/// # Errors
/// If a file is missing, unreadable or too large, if the compressed one is damaged, or if nothing
/// in it is a translation between Latin and Arabic script.
pub fn read_dictionary(path: &Path) -> Result<UserDictionary> {
    let (index_path, dict_path) = find_files(path)?;
    let index = read_bounded(&index_path, MAX_INDEX_BYTES)?;
    let dict = read_bounded(&dict_path, MAX_DICT_BYTES)?;
    let index = String::from_utf8_lossy(&index);
    let dictionary = parse_dictionary(&index, &dict);
    if dictionary.entries == 0 {
        let message = "no translation between Latin and Arabic script in this dictionary";
        return Err(problem(&index_path, message));
    }
    Ok(dictionary)
}

/// The dictionary that an index and its entries' text make. Never fails: what cannot be used is
/// counted as skipped.
pub fn parse_dictionary(index: &str, dict: &[u8]) -> UserDictionary {
    let mut builder = LexiconBuilder::default();
    let (mut entries, mut skipped) = (0, 0);
    for line in index.lines() {
        if line.is_empty() || line.starts_with("00database") || line.starts_with("00-database") {
            continue;
        }
        let used = parse_entry(line, dict)
            .is_some_and(|(headword, text)| add_entry(&mut builder, headword, text));
        if used {
            entries += 1;
        } else {
            skipped += 1;
        }
    }
    UserDictionary { bytes: builder.finish(), entries, skipped }
}

/// The headword of an index line, and its text.
fn parse_entry<'a>(line: &'a str, dict: &'a [u8]) -> Option<(&'a str, &'a str)> {
    let mut columns = line.split('\t');
    let headword = columns.next()?;
    let start = parse_number(columns.next()?)?;
    let len = parse_number(columns.next()?).filter(|&len| len <= MAX_ENTRY_BYTES)?;
    let end = usize::try_from(start.checked_add(len)?).ok()?;
    let text = dict.get(usize::try_from(start).ok()?..end)?;
    Some((headword, std::str::from_utf8(text).ok()?))
}

/// A number in dictd's base 64, the highest digit first.
fn parse_number(digits: &str) -> Option<u64> {
    if digits.is_empty() || digits.len() > 10 {
        return None;
    }
    digits.bytes().try_fold(0u64, |number, digit| {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        Some(number << 6 | u64::from(value))
    })
}

/// Adds what the lines below the headword's own say, parted at commas, semicolons and slashes.
/// Notes in brackets and pronunciations are left out.
fn add_entry(builder: &mut LexiconBuilder, headword: &str, text: &str) -> bool {
    let script = script_of(headword);
    let wanted = match script {
        Script::Latin => Script::Arabic,
        Script::Arabic => Script::Latin,
        Script::Number | Script::Other => return false,
    };
    let text = without_notes(text);
    let meanings = text
        .split(['\n', ',', ';', '/', '،', '؛'])
        .map(|meaning| {
            meaning.trim().trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').trim()
        })
        .filter(|meaning| !meaning.is_empty() && script_of(meaning) == wanted)
        .filter(|meaning| !meaning.eq_ignore_ascii_case(headword))
        .take(MAX_MEANINGS);
    let mut used = false;
    for (rank, meaning) in meanings.enumerate() {
        let weight = 1.0 / (1 + rank) as f32;
        used |= match script {
            Script::Latin => builder.add(headword, meaning, weight),
            _ => builder.add(meaning, headword, weight),
        };
    }
    used
}

/// The text without what stands in brackets, and without `/…/` on one line.
fn without_notes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut depth = 0usize;
    for line in text.lines() {
        let line = match (line.find('/'), line.rfind('/')) {
            (Some(from), Some(to)) if from < to && line[..from].ends_with(' ') => &line[..from],
            _ => line,
        };
        for c in line.chars() {
            match c {
                '(' | '[' | '{' | '<' => depth += 1,
                ')' | ']' | '}' | '>' => depth = depth.saturating_sub(1),
                _ if depth == 0 => out.push(c),
                _ => {}
            }
        }
        out.push('\n');
    }
    out
}

/// The index and the text of the dictionary that `path` belongs to.
fn find_files(path: &Path) -> Result<(PathBuf, PathBuf)> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = [".index", ".dict.dz", ".dict"].iter().find_map(|ending| name.strip_suffix(ending));
    let Some(stem) = stem else {
        let message = "no dictd dictionary: give its .index, .dict or .dict.dz file";
        return Err(problem(path, message));
    };
    let index = path.with_file_name(format!("{stem}.index"));
    let plain = path.with_file_name(format!("{stem}.dict"));
    let packed = path.with_file_name(format!("{stem}.dict.dz"));
    if !index.is_file() {
        return Err(problem(&index, "missing: a dictd dictionary has an index beside its text"));
    }
    if plain.is_file() {
        Ok((index, plain))
    } else if packed.is_file() {
        Ok((index, packed))
    } else {
        Err(problem(&packed, "missing: a dictd dictionary has its text beside its index"))
    }
}

fn read_bounded(path: &Path, most: u64) -> Result<Vec<u8>> {
    let file = File::open(path).map_err(|source| Error::io(path, source))?;
    let mut bytes = Vec::new();
    let packed = path.extension().is_some_and(|ending| ending == "dz");
    let read = if packed {
        MultiGzDecoder::new(file).take(most + 1).read_to_end(&mut bytes)
    } else {
        file.take(most + 1).read_to_end(&mut bytes)
    };
    read.map_err(|source| Error::io(path, source))?;
    if bytes.len() as u64 > most {
        return Err(problem(path, &format!("larger than {} MB", most >> 20)));
    }
    Ok(bytes)
}

fn problem(path: &Path, message: &str) -> Error {
    Error::Problem(Problem::new(path.display().to_string(), None, message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// Index lines and text of a dictionary with these entries.
    fn dictionary_of(entries: &[(&str, &str)]) -> (String, String) {
        let number = |mut value: usize| {
            let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
            let mut out = Vec::new();
            loop {
                out.insert(0, digits[value % 64]);
                value /= 64;
                if value == 0 {
                    return String::from_utf8(out).expect("ASCII");
                }
            }
        };
        let (mut index, mut text) = (String::new(), String::new());
        for (headword, entry) in entries {
            index += &format!("{headword}\t{}\t{}\n", number(text.len()), number(entry.len()));
            text += entry;
        }
        (index, text)
    }

    const ENTRIES: [(&str, &str); 4] = [
        ("00databaseinfo", "A dictionary of sieges\n"),
        ("siege", "Siege /sˈiːdʒ/\nالحصار، مُحاصَرة (عسكرية)\n"),
        ("siege engine", "Siege engine\n1. آلة حصار\n"),
        ("wall", "Wall /w/\nسور/حائط\n"),
    ];

    fn words(lexicon: &Lexicon<'_>, form: &str) -> Vec<String> {
        lexicon.translations(form).into_iter().map(|found| found.words).collect()
    }

    #[test]
    fn numbers_are_base_64() {
        assert_eq!(parse_number("A"), Some(0));
        assert_eq!(parse_number("/"), Some(63));
        assert_eq!(parse_number("BA"), Some(64));
        assert_eq!(parse_number("PHz4"), Some(15 << 18 | 7 << 12 | 51 << 6 | 56));
        for bad in ["", "-", "A=", "ش", "AAAAAAAAAAA"] {
            assert_eq!(parse_number(bad), None, "{bad}");
        }
    }

    #[test]
    fn translates_in_both_directions() {
        let (index, text) = dictionary_of(&ENTRIES);
        let dictionary = parse_dictionary(&index, text.as_bytes());
        assert_eq!((dictionary.entries(), dictionary.skipped()), (3, 0));
        let lexicon = dictionary.lexicon();
        assert_eq!(words(&lexicon, "siege"), ["الحصار", "محاصره"]);
        assert_eq!(words(&lexicon, "siege engine"), ["اله حصار"]);
        assert_eq!(words(&lexicon, "wall"), ["سور", "حائط"]);
        assert_eq!(words(&lexicon, "حصار"), ["siege"]);
        assert_eq!(words(&lexicon, "حائط"), ["wall"]);
    }

    #[test]
    fn a_dictionary_of_the_other_direction_is_turned_round() {
        let (index, text) = dictionary_of(&[("قلعة", "قلعة\nfortress, castle\n")]);
        let dictionary = parse_dictionary(&index, text.as_bytes());
        assert_eq!(words(&dictionary.lexicon(), "قلعه"), ["fortress", "castle"]);
        assert_eq!(words(&dictionary.lexicon(), "castle"), ["قلعه"]);
    }

    #[test]
    fn plain_and_compressed_files_read_alike() {
        let folder = tempfile::tempdir().expect("a folder");
        let (index, text) = dictionary_of(&ENTRIES);
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("a.index"), &index).expect("writable");
        std::fs::write(at("a.dict"), &text).expect("writable");
        std::fs::write(at("b.index"), &index).expect("writable");
        let header = flate2::GzBuilder::new().extra(b"RA\x02\x00\x01\x00".to_vec());
        let file = File::create(at("b.dict.dz")).expect("writable");
        let mut packed = header.write(file, flate2::Compression::default());
        packed.write_all(text.as_bytes()).expect("writable");
        packed.finish().expect("writable");
        let plain = read_dictionary(&at("a.dict")).expect("a dictionary");
        let packed = read_dictionary(&at("b.index")).expect("a dictionary");
        assert_eq!(plain.bytes, packed.bytes);
        assert!(read_dictionary(&at("b.dict.dz")).is_ok());
    }

    #[test]
    fn errors_name_the_file_and_the_fault() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        let message =
            |name: &str| read_dictionary(&at(name)).expect_err("no dictionary").to_string();
        assert!(message("words.txt").contains("give its .index"));
        assert!(message("a.dict").contains("a.index: missing"));
        std::fs::write(at("a.index"), "siege\tA\tB\n").expect("writable");
        assert!(message("a.index").contains("a.dict.dz: missing"));
        std::fs::write(at("a.dict.dz"), b"no gzip at all").expect("writable");
        assert!(message("a.index").contains("a.dict.dz"));
        std::fs::write(at("a.dict"), "x").expect("writable");
        assert!(message("a.index").contains("no translation"));
    }

    #[test]
    fn broken_entries_are_counted_not_fatal() {
        let index = "a\nb\tB\nc\t?\tB\nd\tB\t//////////\ne\tA\tB\nش\tA\tD\n\n";
        let dictionary = parse_dictionary(index, "(((\u{634}".as_bytes());
        assert_eq!((dictionary.entries(), dictionary.skipped()), (0, 6));
        assert!(words(&dictionary.lexicon(), "a").is_empty());
    }
}
