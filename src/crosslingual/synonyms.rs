//! A user's own synonyms: words and names that stand for one another, a group a line.
//!
//! Members are kept as the forms that analysis makes of them and found by their stems, so that a
//! query finds a group however it spells or inflects a member. A line that cannot be used is named
//! and left out; only a file that is no text at all is an error. Sizes are bounded before anything
//! is read whole.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::analysis::Analyzer;
use crate::error::{Error, Problem, Result};

/// Larger files are refused.
const MAX_FILE_BYTES: u64 = 64 << 20;
/// Longer lines are left out.
const MAX_LINE_BYTES: usize = 64 << 10;
/// Groups of a file.
const MAX_GROUPS: usize = 100_000;
/// Members of a group.
const MAX_MEMBERS: usize = 64;
/// Words of a member: more would make each place of a query a search of its own.
const MAX_MEMBER_WORDS: usize = 8;
/// Synonyms of one member, whatever the number of its groups.
const MAX_SYNONYMS: usize = 64;
/// Problems of a file that are told one by one; the others are counted.
const MAX_PROBLEMS_TOLD: usize = 20;
/// Characters of a faulty member that are shown.
const SHOWN_CHARS: usize = 40;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A word or name that stands for the others of its group.
#[derive(Clone, Debug)]
struct Member {
    /// Folded forms apart by single spaces.
    forms: Box<str>,
    /// Their stems, likewise.
    stems: Box<str>,
}

/// Synonyms that were read, in memory.
#[derive(Clone, Debug, Default)]
pub struct Synonyms {
    groups: Vec<Vec<Member>>,
    /// The groups of each member, by its stems.
    by_stems: FxHashMap<Box<str>, Vec<u32>>,
    /// Words of the longest member.
    longest: usize,
    problems: Vec<Problem>,
    /// Problems beyond those told.
    more_problems: usize,
}

impl Synonyms {
    /// How many groups there are.
    pub fn groups(&self) -> usize {
        self.groups.len()
    }

    /// Words of the longest member.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// What could not be used, in the order of the lines, and how many problems more there were.
    pub fn problems(&self) -> (&[Problem], usize) {
        (&self.problems, self.more_problems)
    }

    /// Whether stems, apart by single spaces, are those of a member.
    pub fn knows(&self, stems: &str) -> bool {
        self.by_stems.contains_key(stems)
    }

    /// The forms of everything that stands for a member, in the order of the file: each once and
    /// without the member itself, at most 64.
    pub fn synonyms(&self, stems: &str) -> Vec<&str> {
        let mut seen = FxHashSet::from_iter([stems]);
        let numbers = self.by_stems.get(stems).into_iter().flatten();
        let groups = numbers.filter_map(|&number| self.groups.get(number as usize));
        let others = groups.flatten().filter(|member| seen.insert(&member.stems));
        others.take(MAX_SYNONYMS).map(|member| &*member.forms).collect()
    }

    fn add(&mut self, group: Vec<Member>) {
        let Ok(number) = u32::try_from(self.groups.len()) else { return };
        for member in &group {
            self.longest = self.longest.max(member.stems.split(' ').count());
            self.by_stems.entry(member.stems.clone()).or_default().push(number);
        }
        self.groups.push(group);
    }

    fn push_problem(&mut self, problem: Problem) {
        if self.problems.len() < MAX_PROBLEMS_TOLD {
            self.problems.push(problem);
        } else {
            self.more_problems += 1;
        }
    }
}

/// Reads a file of synonyms.
///
/// # Errors
/// If the file is missing, unreadable, too large or not UTF-8. Lines that cannot be used are no
/// error but [`Synonyms::problems`].
pub fn read_synonyms(path: &Path) -> Result<Synonyms> {
    let file = File::open(path).map_err(|source| Error::io(path, source))?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|source| Error::io(path, source))?;
    let name = path.display().to_string();
    if bytes.len() as u64 > MAX_FILE_BYTES {
        let message = format!("larger than {} MB: give fewer synonyms", MAX_FILE_BYTES >> 20);
        return Err(Error::Problem(Problem::new(name, None, message)));
    }
    parse_synonyms(&name, &bytes)
}

/// The synonyms that a file's bytes hold; `name` is what problems call it.
///
/// # Errors
/// If the bytes are not UTF-8.
pub fn parse_synonyms(name: &str, bytes: &[u8]) -> Result<Synonyms> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count() as u64;
        let message = "is not UTF-8: convert the file first, for example with iconv";
        Error::Problem(Problem::new(name, Some(line), message))
    })?;
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let mut synonyms = Synonyms::default();
    let mut analyzer = Analyzer::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let problem = |message: String| Problem::new(name, Some(number), message);
        if synonyms.groups.len() == MAX_GROUPS {
            let message = format!("more than {MAX_GROUPS} groups: from here on none is read");
            synonyms.push_problem(problem(message));
            break;
        }
        match parse_group(line, &mut analyzer) {
            Ok((group, cut)) => {
                if cut {
                    let message = format!("only the first {MAX_MEMBERS} members are read");
                    synonyms.push_problem(problem(message));
                }
                synonyms.add(group);
            }
            Err(message) => synonyms.push_problem(problem(format!("{message}; it is left out"))),
        }
    }
    Ok(synonyms)
}

/// The members of a line, and whether there were more; or what is wrong with the line.
fn parse_group(
    line: &str,
    analyzer: &mut Analyzer,
) -> std::result::Result<(Vec<Member>, bool), String> {
    if line.len() > MAX_LINE_BYTES {
        return Err(format!("the line is longer than {} KiB", MAX_LINE_BYTES >> 10));
    }
    let mut group: Vec<Member> = Vec::new();
    let mut stems_seen = FxHashSet::default();
    // Nothing between two separators, or behind the last, is no member.
    let members = line.split([',', '،', '\t']).map(str::trim).filter(|member| !member.is_empty());
    for member in members {
        if group.len() == MAX_MEMBERS {
            return Ok((group, true));
        }
        let words = analyzer.words(member);
        let shown: String = member.chars().take(SHOWN_CHARS).collect();
        if words.is_empty() {
            return Err(format!("the line has a member without letters or digits, \"{shown}\""));
        }
        if words.len() > MAX_MEMBER_WORDS {
            return Err(format!(
                "the line has a member of more than {MAX_MEMBER_WORDS} words, \"{shown}…\""
            ));
        }
        let forms: Vec<&str> = words.iter().map(|word| word.form.as_str()).collect();
        let stems: Vec<&str> = words.iter().map(|word| word.stem.as_str()).collect();
        let stems = stems.join(" ").into_boxed_str();
        if stems_seen.insert(stems.clone()) {
            group.push(Member { forms: forms.join(" ").into_boxed_str(), stems });
        }
    }
    if group.len() < 2 {
        return Err("the line has one member only: a group is two or more different words, \
                    with commas or tabs between them"
            .to_owned());
    }
    Ok((group, false))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Synonyms {
        parse_synonyms("syn.txt", text.as_bytes()).expect("UTF-8")
    }

    fn problems(synonyms: &Synonyms) -> Vec<String> {
        synonyms.problems().0.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_member_stands_for_every_other() {
        let synonyms = parse("Sea of Japan, East Sea ، بحر اليابان\tNihonkai\n");
        assert_eq!((synonyms.groups(), synonyms.longest()), (1, 3));
        assert_eq!(synonyms.synonyms("east sea"), ["sea of japan", "بحر اليابان", "nihonkai"]);
        assert_eq!(synonyms.synonyms("nihonkai").len(), 3);
        assert!(synonyms.knows("sea of japan") && !synonyms.knows("sea"));
        assert!(synonyms.synonyms("sea").is_empty());
        assert!(problems(&synonyms).is_empty());
    }

    #[test]
    fn members_are_found_by_their_stems() {
        let synonyms = parse("Ships, vessels\nالحِصار, siege\n");
        assert_eq!(synonyms.synonyms("vessel"), ["ships"]);
        assert_eq!(synonyms.synonyms("sieg"), ["الحصار"]);
        assert_eq!(synonyms.synonyms("حصار"), ["siege"]);
    }

    #[test]
    fn a_word_of_two_groups_stands_for_both() {
        let synonyms = parse("Acre, Akka\nAcre, Ptolemais, akka\n");
        assert_eq!(synonyms.synonyms("acr"), ["akka", "ptolemais"]);
        assert_eq!(synonyms.synonyms("ptolemai"), ["acre", "akka"]);
    }

    #[test]
    fn byte_order_mark_line_ends_comments_and_blank_lines() {
        let synonyms = parse("\u{feff}# places\r\n\r\nAcre, Akka\r\n  # more\r\n a\t b ,\r\n");
        assert_eq!(synonyms.groups(), 2);
        assert_eq!(synonyms.synonyms("akka"), ["acre"]);
        assert_eq!(synonyms.synonyms("a"), ["b"]);
        assert!(problems(&synonyms).is_empty());
    }

    #[test]
    fn faulty_lines_are_named_and_left_out() {
        let long = "word, ".repeat(MAX_LINE_BYTES / 6 + 1);
        let many_words = "a b c d e f g h i, x";
        let text = format!("Acre\nAcre, acre\nAcre, …\nAcre, Akka\n{long}\n{many_words}\n");
        let synonyms = parse(&text);
        assert_eq!(synonyms.groups(), 1);
        let told = problems(&synonyms);
        let expected = [
            "syn.txt:1: the line has one member only",
            "syn.txt:2: the line has one member only",
            "syn.txt:3: the line has a member without letters or digits, \"…\"",
            "syn.txt:5: the line is longer than 64 KiB",
            "syn.txt:6: the line has a member of more than 8 words",
        ];
        assert_eq!(told.len(), expected.len(), "{told:?}");
        for (told, expected) in told.iter().zip(expected) {
            assert!(told.starts_with(expected) && told.ends_with("; it is left out"), "{told}");
        }
    }

    #[test]
    fn what_is_cut_is_said() {
        let members: Vec<String> = (0..MAX_MEMBERS + 1).map(|n| format!("w{n}")).collect();
        let synonyms = parse(&members.join(","));
        assert_eq!(problems(&synonyms), ["syn.txt:1: only the first 64 members are read"]);
        assert_eq!(synonyms.synonyms("w0").len(), MAX_MEMBERS - 1);
        let lines: String = (0..MAX_GROUPS + 2).map(|n| format!("a{n},b{n}\n")).collect();
        let synonyms = parse(&lines);
        assert_eq!(synonyms.groups(), MAX_GROUPS);
        let told = problems(&synonyms);
        assert_eq!(told, ["syn.txt:100001: more than 100000 groups: from here on none is read"]);
    }

    #[test]
    fn many_problems_are_counted() {
        let synonyms = parse(&"alone\n".repeat(MAX_PROBLEMS_TOLD + 5));
        let (told, more) = synonyms.problems();
        assert_eq!((told.len(), more), (MAX_PROBLEMS_TOLD, 5));
    }

    #[test]
    fn other_encodings_are_refused_with_their_line() {
        let error = parse_synonyms("syn.txt", b"Acre, Akka\n\xc7\xe1, x\n").expect_err("Latin-1");
        assert!(error.to_string().starts_with("syn.txt:2: is not UTF-8"), "{error}");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>, text in "(\\PC|[,،\t\n\r# ])*") {
            let _ = parse_synonyms("syn.txt", &bytes);
            let synonyms = parse(&text);
            for group in &synonyms.groups {
                proptest::prop_assert!(group.len() >= 2 && group.len() <= MAX_MEMBERS);
                for member in group {
                    let others = synonyms.synonyms(&member.stems);
                    proptest::prop_assert!(!others.is_empty() && others.len() <= MAX_SYNONYMS);
                }
            }
        }
    }
}
