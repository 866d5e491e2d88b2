//! Which words of a passage matched, and the fragments of it that show them best.
//!
//! All offsets are bytes on char boundaries of the text given; all limits are in characters.
//! Fragments are verbatim slices of the text, except that a line break or a tab is a space.
//! Time is linear in the length of the text, whatever it holds.

mod group;
mod matcher;
mod window;

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

pub use matcher::{
    Layer, Match, MatchPhrase, MatchTerm, Matcher, Matches, find_matches, find_matches_among,
};

use self::group::{Units, best_group, places_in_chars};
use self::window::{trim, widen};
use crate::text::bounds::chars_after;

/// A further fragment must show query words that weigh at least this part of all that the text
/// has, in words that no fragment before it shows.
const MIN_GAIN: f64 = 0.15;
/// How much to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnippetOptions {
    /// Characters of one fragment at most; a single matched word may be longer.
    pub max_chars: usize,
    /// Fragments at most.
    pub fragments: usize,
}

impl Default for SnippetOptions {
    fn default() -> SnippetOptions {
        SnippetOptions { max_chars: 200, fragments: 2 }
    }
}

/// A part of a passage.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Fragment {
    /// Without any sign for what is left out.
    pub text: String,
    /// Bytes of this fragment's `text`, sorted and disjoint.
    #[serde(serialize_with = "serialize_pairs")]
    #[schemars(with = "Vec<[usize; 2]>")]
    pub matches: Vec<Range<usize>>,
    /// Its place in the passage's text, in bytes.
    #[serde(skip)]
    pub span: Range<usize>,
}

fn serialize_pairs<S: Serializer>(
    ranges: &[Range<usize>],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(ranges.iter().map(|range| [range.start, range.end]))
}

/// The best fragments of `text` in reading order: those that show most of the query's weight.
///
/// Without matches it is the beginning of the text. A text that fits is one fragment.
pub fn cut_snippet(text: &str, found: &Matches, options: &SnippetOptions) -> Vec<Fragment> {
    let whole = trim(text, 0..text.len());
    if whole.is_empty() || options.fragments == 0 || options.max_chars == 0 {
        return Vec::new();
    }
    if chars_after(text, whole.start, options.max_chars) >= whole.end {
        return vec![fragment(text, &found.spans, whole)];
    }
    let units = Units::of(&found.spans);
    let places = places_in_chars(text, &found.spans);
    let mut shown = vec![false; units.weights.len()];
    let mut spans: Vec<Range<usize>> = Vec::new();
    while spans.len() < options.fragments {
        let taken = |span: &Range<usize>| {
            let overlaps = |other: &Range<usize>| other.start < span.end && span.start < other.end;
            spans.iter().any(overlaps)
        };
        let taken: Vec<bool> = found.spans.iter().map(|found| taken(&found.span)).collect();
        let group = best_group(&places, &units, &shown, &taken, options.max_chars);
        let window = match group {
            Some(group) if spans.is_empty() || group.gain >= MIN_GAIN * units.total() => {
                let members = units.essential(group.members);
                found.spans[members.start].span.start..found.spans[members.end - 1].span.end
            }
            _ if spans.is_empty() => whole.start..whole.start,
            _ => break,
        };
        // A group holds no match of an earlier fragment, so it lies between two of them.
        let before = spans.iter().map(|span| span.end).filter(|&end| end <= window.start);
        let after = spans.iter().map(|span| span.start).filter(|&start| start >= window.end);
        let free = before.max().unwrap_or(whole.start)..after.min().unwrap_or(whole.end);
        let span = widen(text, found, window, free, options.max_chars);
        for (found, &unit) in found.spans.iter().zip(&units.of_match) {
            shown[unit] |= span.start <= found.span.start && found.span.end <= span.end;
        }
        spans.push(span);
    }
    spans.sort_unstable_by_key(|span| span.start);
    spans.into_iter().map(|span| fragment(text, &found.spans, span)).collect()
}

fn fragment(text: &str, matches: &[Match], span: Range<usize>) -> Fragment {
    let slice = text.get(span.clone()).unwrap_or("");
    let from = matches.partition_point(|found| found.span.start < span.start);
    let matches = matches[from..]
        .iter()
        .map(|found| found.span.clone())
        .take_while(|found| found.end <= span.end)
        .map(|found| found.start - span.start..found.end - span.start)
        .collect();
    let text = slice.replace(['\n', '\r', '\t', '\u{b}', '\u{c}'], " ");
    Fragment { text, matches, span }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;

    use super::*;
    use crate::analysis::Analyzer;

    /// Each word of `query` a unit of weight 1.
    fn matcher_of(query: &str) -> Matcher {
        let mut matcher = Matcher::new();
        for (unit, word) in (0..).zip(Analyzer::new().words(query)) {
            matcher.add_words(unit, 1.0, [MatchTerm::stem(word.stem, unit)]);
        }
        matcher
    }

    fn cut(text: &str, query: &str, max_chars: usize, fragments: usize) -> Vec<String> {
        let found = find_matches(text, &mut Analyzer::new(), &matcher_of(query));
        cut_snippet(text, &found, &SnippetOptions { max_chars, fragments })
            .into_iter()
            .map(|fragment| fragment.text)
            .collect()
    }

    const BATTLE: &str = "The allies brought guns to the walls. At dawn the gates fell to Li Rusong. \
        Konishi withdrew to the citadel and held it until dark. \
        The river had frozen, and over the ice the garrison slipped away that night. \
        Nobody stopped the retreat of Konishi and his men.";

    #[test]
    fn a_text_that_fits_is_shown_whole() {
        assert_eq!(cut(" The gates\nfell. ", "gate", 40, 2), ["The gates fell."]);
        assert_eq!(cut("بوسان", "", 5, 2), ["بوسان"]);
    }

    #[test]
    fn without_matches_it_is_the_beginning() {
        assert_eq!(cut(BATTLE, "tons rice", 45, 2), ["The allies brought guns to the walls."]);
        assert_eq!(cut(BATTLE, "", 45, 2), ["The allies brought guns to the walls. At dawn"]);
        assert_eq!(cut("", "rice", 45, 2), [""; 0]);
        assert_eq!(cut("rice", "rice", 0, 2), [""; 0]);
    }

    #[test]
    fn the_sentence_with_most_of_the_query_is_shown() {
        assert_eq!(
            cut(BATTLE, "Konishi retreat", 60, 1),
            ["Nobody stopped the retreat of Konishi and his men."]
        );
        assert_eq!(cut(BATTLE, "gates", 50, 1), ["At dawn the gates fell to Li Rusong."]);
    }

    #[test]
    fn a_second_fragment_must_show_something_new() {
        assert_eq!(
            cut(BATTLE, "gates retreat", 50, 3),
            [
                "At dawn the gates fell to Li Rusong.",
                "Nobody stopped the retreat of Konishi and his men."
            ]
        );
        assert_eq!(cut(BATTLE, "Konishi retreat", 60, 3).len(), 1);
    }

    #[test]
    fn far_from_a_sentence_start_the_match_is_in_the_middle() {
        let text = format!("{}needle {}", "hay ".repeat(100), "hay ".repeat(100));
        let [fragment] = &cut(&text, "needle", 60, 1)[..] else {
            panic!("one fragment");
        };
        let at = fragment.find("needle").unwrap();
        assert!((20..=35).contains(&at), "{fragment}");
        assert!(fragment.starts_with("hay") && fragment.ends_with("hay"));
    }

    #[test]
    fn limits_count_characters_not_bytes() {
        let text = "انسحب القائد كونيشي من القلعة ليلا عبر النهر المتجمد مع رجاله كلهم";
        let [fragment] = &cut(text, "كونيشي", 30, 1)[..] else {
            panic!("one fragment");
        };
        let chars = fragment.chars().count();
        assert!((20..=30).contains(&chars), "{fragment}");
        assert!(fragment.contains("كونيشي"));
    }

    #[test]
    fn a_title_abbreviation_is_no_sentence_start() {
        let text = "When the long march through the snow had ended, Gen. Kwon Yul wrote home.";
        let [fragment] = &cut(text, "Kwon", 36, 1)[..] else {
            panic!("one fragment");
        };
        assert!(fragment.ends_with("Gen. Kwon Yul wrote home."), "{fragment}");
        assert!(!fragment.starts_with("Kwon"));
    }

    #[test]
    fn rare_words_outweigh_common_ones() {
        let mut matcher = Matcher::new();
        for (unit, weight, word) in [(0, 0.1, "the"), (1, 0.1, "of"), (2, 3.0, "citadel")] {
            matcher.add_words(unit, weight, [MatchTerm::form(word, unit)]);
        }
        let found = find_matches(BATTLE, &mut Analyzer::new(), &matcher);
        let options = SnippetOptions { max_chars: 60, fragments: 2 };
        let fragments = cut_snippet(BATTLE, &found, &options);
        assert_eq!(fragments.len(), 1);
        assert_eq!(fragments[0].text, "Konishi withdrew to the citadel and held it until dark.");
        assert_eq!(fragments[0].matches, [20..23, 24..31]);
        assert_eq!(&BATTLE[fragments[0].span.clone()], fragments[0].text);
    }

    #[test]
    fn list_entries_begin_at_their_line() {
        let text = "Place: Pyongyang, on the river\nStrength: 43,000 men and many guns\n\
            Commander: Konishi Yukinaga\nResult: Japanese retreat";
        assert_eq!(cut(text, "Konishi", 40, 1)[0][..27], *"Commander: Konishi Yukinaga");
    }

    #[test]
    fn json_is_text_and_pairs() {
        let fragment = Fragment { text: "Busan".into(), matches: vec![0..5, 6..7], span: 3..8 };
        assert_eq!(
            serde_json::to_string(&fragment).unwrap(),
            r#"{"text":"Busan","matches":[[0,5],[6,7]]}"#
        );
    }

    #[test]
    fn long_and_strange_texts_take_no_time() {
        let mut texts = vec!["a\u{301}".repeat(50_000), "x ".repeat(100_000), "ب".repeat(100_000)];
        texts.push(format!("a{}", "\u{301}".repeat(100_000)));
        texts.push("🇦🇧".repeat(20_000));
        texts.push("平壌".repeat(30_000));
        for text in texts {
            for query in ["x", "ب", "平", ""] {
                for fragment in cut(&text, query, 80, 5) {
                    assert!(fragment.len() < 5_000);
                }
            }
        }
    }

    /// Text as documents have it, and worse.
    fn texts() -> impl Strategy<Value = String> {
        let word = prop_oneof![
            4 => "[a-d]{1,6}",
            2 => "[بتمنوا]{1,5}",
            1 => "[a-c\u{301}\u{200d}\u{600}\u{64e}ب🇦🇧👩]{1,6}",
            1 => any::<String>(),
        ];
        let gap =
            prop_oneof![6 => " ", 1 => ". ", 1 => "\n", 1 => ".\n\n", 1 => " \u{301}", 1 => ", \""];
        prop::collection::vec((word, gap), 0..60)
            .prop_map(|parts| parts.into_iter().flat_map(|(word, gap)| [word, gap]).collect())
    }

    proptest! {
        #[test]
        fn matches_slice_to_words_of_the_query(text in texts(), query in "[a-d]{1,3} [بتم]{1,3} [a-c]") {
            let wanted: Vec<String> =
                Analyzer::new().words(&query).into_iter().map(|word| word.stem).collect();
            let found = find_matches(&text, &mut Analyzer::new(), &matcher_of(&query));
            let mut end = 0;
            for found in &found.spans {
                prop_assert!(found.span.start >= end);
                end = found.span.end;
                let slice = text.get(found.span.clone());
                prop_assert!(slice.is_some());
                let words = Analyzer::new().words(slice.unwrap_or(""));
                prop_assert!(words.iter().any(|word| wanted.contains(&word.stem)), "{slice:?}");
            }
        }

        /// Words of a text that is like it, or of the text itself.
        #[test]
        fn whatever_is_marked_is_asked_for(
            text in prop_oneof![texts(), any::<String>()],
            other in texts(),
            from_text in any::<bool>(),
        ) {
            let mut analyzer = Analyzer::new();
            let asked = analyzer.words(if from_text { &text } else { &other });
            let wanted: Vec<String> = asked.into_iter().step_by(3).map(|word| word.stem).collect();
            let mut matcher = Matcher::new();
            for (unit, stem) in (0..).zip(&wanted) {
                matcher.add_words(unit, 1.0, [MatchTerm::stem(stem.clone(), unit)]);
            }
            let found = find_matches(&text, &mut analyzer, &matcher);
            let mut end = 0;
            for found in &found.spans {
                prop_assert!(found.span.start >= end && found.span.start < found.span.end);
                end = found.span.end;
                let slice = text.get(found.span.clone());
                prop_assert!(slice.is_some(), "not on boundaries: {:?}", found.span);
                let words = analyzer.words(slice.unwrap_or(""));
                prop_assert!(words.iter().any(|word| wanted.contains(&word.stem)), "{slice:?}");
            }
            let in_text = analyzer.words(&text);
            let met = in_text.iter().filter(|word| wanted.contains(&word.stem)).count();
            prop_assert_eq!(found.spans.is_empty(), met == 0, "{:?}", wanted);
        }

        #[test]
        fn fragments_are_bounded_slices_in_order(
            text in texts(),
            query in "[a-d] [بتم] [a-c]",
            max_chars in 1usize..80,
            fragments in 0usize..4,
        ) {
            let found = find_matches(&text, &mut Analyzer::new(), &matcher_of(&query));
            let longest = found.spans.iter().map(|found| found.span.len()).max().unwrap_or(0);
            let cut = cut_snippet(&text, &found, &SnippetOptions { max_chars, fragments });
            prop_assert!(cut.len() <= fragments);
            let bounds: Vec<usize> =
                text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]).collect();
            let mut end = 0;
            for fragment in &cut {
                prop_assert!(fragment.span.start >= end && fragment.span.start < fragment.span.end);
                end = fragment.span.end;
                let slice = text.get(fragment.span.clone()).unwrap_or("");
                prop_assert_eq!(slice.len(), fragment.text.len());
                prop_assert_eq!(slice.replace(char::is_whitespace, " "), fragment.text.replace(char::is_whitespace, " "));
                // The ends of a cluster around the matches may come on top.
                prop_assert!(fragment.text.chars().count() <= max_chars.max(longest) + 40);
                prop_assert!(bounds.contains(&fragment.span.start), "{text:?} {:?}", fragment.span);
                prop_assert!(bounds.contains(&fragment.span.end), "{text:?} {:?}", fragment.span);
                for range in &fragment.matches {
                    prop_assert!(fragment.text.get(range.clone()).is_some_and(|word| !word.is_empty()));
                }
            }
            if fragments > 0 && !found.spans.is_empty() {
                prop_assert!(cut.iter().any(|fragment| !fragment.matches.is_empty()));
            }
        }

        #[test]
        fn plain_text_is_never_longer_than_asked(
            words in prop::collection::vec("[a-d]{1,8}[.]?", 1..60),
            max_chars in 8usize..60,
        ) {
            let text = words.join(" ");
            for fragment in cut(&text, "a b ab abc", max_chars, 3) {
                prop_assert!(fragment.len() <= max_chars, "{fragment}");
            }
        }
    }
}
