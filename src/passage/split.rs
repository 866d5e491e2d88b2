//! Where a long paragraph may be cut: at the ends of sentences, else of clauses, else of words.
//!
//! A cut never falls inside a word unless the word is longer than any passage may be.

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

/// Characters after which a text without any white space is cut all the same.
pub(super) const UNBROKEN: usize = 8192;

/// What a cut aims at; all in characters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Aim {
    pub least: usize,
    pub ideal: usize,
    pub most: usize,
}

/// The byte at which the first part of `text` should end, white space after it included, or
/// `None` where it holds no place to cut.
///
/// Line breaks in `text` count as the ends of sentences.
pub(super) fn find_cut(text: &str, aim: Aim) -> Option<usize> {
    let byte_at = |chars: usize| text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at);
    let (least, ideal, most) = (byte_at(aim.least), byte_at(aim.ideal), byte_at(aim.most));
    let nearest = |cuts: &mut dyn Iterator<Item = usize>| {
        cuts.filter(|&cut| cut >= least && cut <= most && cut > 0 && cut < text.len())
            .min_by_key(|cut| cut.abs_diff(ideal))
    };
    // The window ends one character after `most`, so that a boundary at `most` is a true one.
    let window = &text[..byte_at(aim.most + 1)];
    nearest(&mut sentence_ends(window))
        .or_else(|| nearest(&mut word_ends(window).filter(|&cut| ends_clause(&window[..cut]))))
        .or_else(|| nearest(&mut word_ends(window)))
        .or_else(|| cut_unbroken(text, most))
}

fn sentence_ends(text: &str) -> impl Iterator<Item = usize> + '_ {
    text.split_sentence_bound_indices()
        .map(|(at, _)| at)
        .filter(move |&at| at > 0 && !ends_abbreviation(&text[..at]))
}

/// Byte offsets at which a word begins after white space.
fn word_ends(text: &str) -> impl Iterator<Item = usize> + '_ {
    let mut after_space = false;
    text.char_indices().filter_map(move |(at, c)| {
        let begins = after_space && !c.is_whitespace();
        after_space = c.is_whitespace();
        begins.then_some(at)
    })
}

fn ends_clause(text: &str) -> bool {
    text.trim_end().ends_with([',', ';', ':', '،', '؛'])
}

/// Whether the full stop at the end belongs to `Mr.`, `Gen.`, an initial and the like.
fn ends_abbreviation(text: &str) -> bool {
    let Some(text) = text.trim_end().strip_suffix('.') else {
        return false;
    };
    let word_start = text
        .char_indices()
        .rev()
        .take(6)
        .find(|(_, c)| !c.is_alphanumeric())
        .map_or(0, |(at, c)| at + c.len_utf8());
    let word = &text[word_start..];
    let mut chars = word.chars();
    let initial = chars.next().is_some_and(char::is_uppercase) && chars.next().is_none();
    initial
        || [
            "Mr", "Mrs", "Ms", "Dr", "St", "Gen", "Col", "Lt", "Capt", "Maj", "Sgt", "Adm", "Rev",
            "Prof", "Sr", "Jr", "No", "Vol", "vol", "vs", "ca", "cf", "ed", "eds", "pp", "fl",
        ]
        .contains(&word)
}

/// For a text without white space up to `most`: the end of the word that runs across it, or a
/// boundary between characters as people see them once that word is hopelessly long.
fn cut_unbroken(text: &str, most: usize) -> Option<usize> {
    let limit = text.char_indices().nth(UNBROKEN).map_or(text.len(), |(at, _)| at);
    let word_end = word_ends(text.get(..limit)?).find(|&cut| cut > most);
    if word_end.is_some() || limit == text.len() {
        return word_end;
    }
    let mut cursor = GraphemeCursor::new(limit, text.len(), true);
    match cursor.is_boundary(text, 0) {
        Ok(false) => {
            cursor.prev_boundary(text, 0).ok().flatten().filter(|&cut| cut > most).or(Some(limit))
        }
        _ => Some(limit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const AIM: Aim = Aim { least: 10, ideal: 40, most: 80 };

    fn cut(text: &str) -> Option<(&str, &str)> {
        find_cut(text, AIM).map(|at| text.split_at(at))
    }

    #[test]
    fn sentences_come_first_then_clauses_then_words() {
        let text = "Konishi sent twenty men to greet the envoys. Most of them did not return to the \
                    camp on that night.";
        let (first, second) = cut(text).expect("a cut");
        assert_eq!(first, "Konishi sent twenty men to greet the envoys. ");
        assert!(second.starts_with("Most"));
        let text = "once the signal cannon had fired, they rushed the walls with many ladders and \
                    threw bombs into the city";
        assert_eq!(cut(text).expect("a cut").0, "once the signal cannon had fired, ");
        let text = "they rushed the walls with many ladders and threw their bombs into the city \
                    and the fort";
        assert!(cut(text).expect("a cut").0.ends_with(' '));
    }

    #[test]
    fn arabic_and_chinese_sentences_end_too() {
        let text = "هل نجح الهجوم على القلعة في ذلك اليوم؟ لم ينجح الهجوم الياباني على القلعة رغم كثرة الجنود";
        assert!(cut(text).expect("a cut").0.ends_with("؟ "));
        let text = "日本軍攻平壤城於二月六日至八日。".repeat(8);
        assert!(cut(&text).expect("a cut").0.ends_with('。'));
    }

    #[test]
    fn abbreviations_do_not_end_sentences() {
        let text = "The old castle was seen again by Gen. John B. Smith in a letter. He had walked \
                    all round it";
        let (first, _) = cut(text).expect("a cut");
        assert!(first.ends_with("letter. "), "{first}");
    }

    #[test]
    fn words_are_not_cut_unless_hopeless() {
        let long = "a".repeat(500);
        assert_eq!(cut(&long), None);
        let with_tail = format!("{long} tail");
        assert_eq!(cut(&with_tail).expect("a cut").1, "tail");
        let hopeless = "e\u{301}".repeat(UNBROKEN);
        let (first, second) = cut(&hopeless).expect("a cut");
        assert!(first.chars().count() <= UNBROKEN && second.starts_with('e'));
    }

    proptest! {
        #[test]
        fn cuts_are_inside_and_on_boundaries(text in "[a-c.؟ ,é\u{301}]{0,200}") {
            if let Some(at) = find_cut(&text, AIM) {
                prop_assert!(at > 0 && at < text.len() && text.is_char_boundary(at));
            }
        }
    }
}
