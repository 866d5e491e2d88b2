//! Which words of a passage match a query.
//!
//! A query word is a *unit*: however many spellings, stems or translations it has become, a
//! passage that holds two of them holds one word of the query. Words that a query has only inside
//! a phrase match only where the phrase stands.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::analysis::{Analyzer, Word};

/// Which side of an analysed word is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// The folded spelling.
    Form,
    Stem,
}

/// A word to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchTerm {
    pub layer: Layer,
    pub text: String,
    /// The caller's own number for it, given back by [`Matches::tags`].
    pub tag: u32,
}

impl MatchTerm {
    pub fn form(text: impl Into<String>, tag: u32) -> MatchTerm {
        MatchTerm { layer: Layer::Form, text: text.into(), tag }
    }

    pub fn stem(text: impl Into<String>, tag: u32) -> MatchTerm {
        MatchTerm { layer: Layer::Stem, text: text.into(), tag }
    }
}

/// Words that match only together.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchPhrase {
    /// For each place the terms that may stand there.
    pub slots: Vec<Vec<MatchTerm>>,
    /// How many other words may stand between, all together.
    pub slop: u32,
    /// Whether the slots must come in their order. If not, every slot must be within `slop` words
    /// of the first.
    pub ordered: bool,
}

#[derive(Clone, Copy, Debug)]
enum Target {
    Word { unit: u32, weight: f32, tag: u32 },
    Slot { phrase: u32, slot: u32, tag: u32 },
}

#[derive(Clone, Debug)]
struct Phrase {
    unit: u32,
    weight: f32,
    slots: u32,
    slop: u32,
    ordered: bool,
}

/// The positive words and phrases of a query.
#[derive(Clone, Debug, Default)]
pub struct Matcher {
    forms: FxHashMap<String, Vec<Target>>,
    stems: FxHashMap<String, Vec<Target>>,
    phrases: Vec<Phrase>,
}

impl Matcher {
    pub fn new() -> Matcher {
        Matcher::default()
    }

    pub fn is_empty(&self) -> bool {
        self.forms.is_empty() && self.stems.is_empty()
    }

    /// Adds single words that stand for the query word number `unit`; `weight` says how much a
    /// snippet gains by showing one of them, in proportion to idf.
    pub fn add_words(
        &mut self,
        unit: u32,
        weight: f32,
        terms: impl IntoIterator<Item = MatchTerm>,
    ) {
        for term in terms {
            let tag = term.tag;
            self.add(term, Target::Word { unit, weight, tag });
        }
    }

    /// Adds a phrase; several query words, or one that is written as several words. A phrase that
    /// has a slot without terms never matches.
    pub fn add_phrase(&mut self, unit: u32, weight: f32, phrase: MatchPhrase) {
        let number = self.phrases.len() as u32;
        self.phrases.push(Phrase {
            unit,
            weight,
            slots: phrase.slots.len() as u32,
            slop: phrase.slop,
            ordered: phrase.ordered,
        });
        for (slot, terms) in (0..).zip(phrase.slots) {
            for term in terms {
                let tag = term.tag;
                self.add(term, Target::Slot { phrase: number, slot, tag });
            }
        }
    }

    fn add(&mut self, term: MatchTerm, target: Target) {
        let layer = match term.layer {
            Layer::Form => &mut self.forms,
            Layer::Stem => &mut self.stems,
        };
        layer.entry(term.text).or_default().push(target);
    }

    fn targets(&self, form: &str, stem: &str) -> impl Iterator<Item = &Target> {
        let forms = self.forms.get(form).into_iter().flatten();
        forms.chain(self.stems.get(stem).into_iter().flatten())
    }
}

/// A word of a text that matches.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// Bytes of the text, on char boundaries.
    pub span: Range<usize>,
    /// The query word that it stands for; of several the one that weighs most.
    pub unit: u32,
    pub weight: f32,
}

/// What was found in a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matches {
    /// Sorted and disjoint.
    pub spans: Vec<Match>,
    /// The tags of all terms that matched, ascending.
    pub tags: Vec<u32>,
    /// Where the first words of sentences begin, in bytes, ascending.
    pub sentence_starts: Vec<usize>,
}

impl Matches {
    /// The spans as the pairs that a hit hands out.
    pub fn pairs(&self) -> Vec<[usize; 2]> {
        self.spans.iter().map(|found| [found.span.start, found.span.end]).collect()
    }
}

/// A word that could be part of a phrase.
struct Candidate {
    position: u32,
    span: Range<usize>,
    tag: u32,
}

/// Everything in `text` that `matcher` knows.
pub fn find_matches(text: &str, analyzer: &mut Analyzer, matcher: &Matcher) -> Matches {
    find_matches_among(matcher, |each| analyzer.analyze(text, each))
}

/// Everything that `matcher` knows among the words of a text, which `for_each_word` gives in their
/// order.
pub fn find_matches_among(
    matcher: &Matcher,
    for_each_word: impl FnOnce(&mut dyn FnMut(Word<'_>)),
) -> Matches {
    let mut found = Matches::default();
    if matcher.is_empty() {
        return found;
    }
    let mut slots: Vec<Vec<Vec<Candidate>>> = matcher
        .phrases
        .iter()
        .map(|phrase| (0..phrase.slots).map(|_| Vec::new()).collect())
        .collect();
    let mut position = 0;
    for_each_word(&mut |word| {
        if word.sentence_start {
            found.sentence_starts.push(word.span.start);
        }
        for target in matcher.targets(word.form, word.stem) {
            match *target {
                Target::Word { unit, weight, tag } => {
                    let span = word.span.clone();
                    found.spans.push(Match { span, unit, weight });
                    found.tags.push(tag);
                }
                Target::Slot { phrase, slot, tag } => {
                    let span = word.span.clone();
                    slots[phrase as usize][slot as usize].push(Candidate { position, span, tag });
                }
            }
        }
        position += 1;
    });
    for (phrase, slots) in matcher.phrases.iter().zip(&slots) {
        mark_phrase(phrase, slots, &mut found);
    }
    keep_strongest(&mut found.spans);
    found.tags.sort_unstable();
    found.tags.dedup();
    found
}

/// Adds the words of every occurrence of `phrase`. Candidates come in ascending order of position.
fn mark_phrase(phrase: &Phrase, slots: &[Vec<Candidate>], found: &mut Matches) {
    let Some((first, rest)) = slots.split_first() else {
        return;
    };
    let mut chain: Vec<&[Candidate]> = Vec::with_capacity(slots.len());
    for start in candidates_by_position(first) {
        let at = start[0].position;
        chain.clear();
        chain.push(start);
        let complete = if phrase.ordered {
            extend_in_order(&mut chain, at, rest, phrase.slop)
        } else {
            extend_nearby(&mut chain, at, rest, phrase.slop)
        };
        if !complete {
            continue;
        }
        for candidate in chain.iter().copied().flatten() {
            found.spans.push(Match {
                span: candidate.span.clone(),
                unit: phrase.unit,
                weight: phrase.weight,
            });
            found.tags.push(candidate.tag);
        }
    }
}

/// Runs of candidates that are the same word, known by several terms.
fn candidates_by_position(candidates: &[Candidate]) -> impl Iterator<Item = &[Candidate]> {
    candidates.chunk_by(|a, b| a.position == b.position)
}

/// The candidates at the first position in `from..=to` other than `except`.
fn first_between(
    candidates: &[Candidate],
    from: u32,
    to: u32,
    except: Option<u32>,
) -> Option<&[Candidate]> {
    let rest = &candidates[candidates.partition_point(|candidate| candidate.position < from)..];
    candidates_by_position(rest)
        .take(2)
        .find(|run| Some(run[0].position) != except)
        .filter(|run| run[0].position <= to)
}

fn extend_in_order<'a>(
    chain: &mut Vec<&'a [Candidate]>,
    at: u32,
    rest: &'a [Vec<Candidate>],
    slop: u32,
) -> bool {
    // The last word may be so far from the first.
    let to = at.saturating_add(rest.len() as u32).saturating_add(slop);
    let mut last = at;
    for slot in rest {
        match first_between(slot, last.saturating_add(1), to, None) {
            Some(run) => {
                last = run[0].position;
                chain.push(run);
            }
            None => return false,
        }
    }
    true
}

fn extend_nearby<'a>(
    chain: &mut Vec<&'a [Candidate]>,
    at: u32,
    rest: &'a [Vec<Candidate>],
    slop: u32,
) -> bool {
    let reach = slop.saturating_add(1);
    let (from, to) = (at.saturating_sub(reach), at.saturating_add(reach));
    for slot in rest {
        match first_between(slot, from, to, Some(at)) {
            Some(run) => chain.push(run),
            None => return false,
        }
    }
    true
}

/// One match for each word: the one that weighs most, then the first query word.
fn keep_strongest(spans: &mut Vec<Match>) {
    spans.sort_by(|a, b| {
        let place = (a.span.start, a.span.end).cmp(&(b.span.start, b.span.end));
        place.then(b.weight.total_cmp(&a.weight)).then(a.unit.cmp(&b.unit))
    });
    let mut end = 0;
    spans.retain(|found| {
        let keep = found.span.start >= end;
        if keep {
            end = found.span.end;
        }
        keep
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of `text` that match.
    fn marked(text: &str, matcher: &Matcher) -> Vec<String> {
        find_matches(text, &mut Analyzer::new(), matcher)
            .spans
            .iter()
            .map(|found| text[found.span.clone()].to_owned())
            .collect()
    }

    /// Stems, as queries have them.
    fn stems(words: &str) -> Vec<MatchTerm> {
        Analyzer::new().words(words).iter().map(|word| MatchTerm::stem(&word.stem, 0)).collect()
    }

    fn phrase(words: &str, slop: u32, ordered: bool) -> Matcher {
        let mut matcher = Matcher::new();
        let slots = stems(words).into_iter().map(|term| vec![term]).collect();
        matcher.add_phrase(0, 1.0, MatchPhrase { slots, slop, ordered });
        matcher
    }

    #[test]
    fn stems_and_folded_spellings_match() {
        let mut matcher = Matcher::new();
        matcher.add_words(0, 1.0, stems("retreat"));
        matcher.add_words(1, 1.0, stems("Chong"));
        matcher.add_words(2, 1.0, stems("حصار"));
        let text = "Chŏng Pal retreated; the retreats. والحِصَار";
        assert_eq!(marked(text, &matcher)[..3], ["Chŏng", "retreated", "retreats"]);
    }

    #[test]
    fn harakat_before_a_match_do_not_shift_it() {
        let mut matcher = Matcher::new();
        matcher.add_words(0, 1.0, stems("هانجو"));
        assert_eq!(marked("فِي قَلْعَةِ هَانْجُو", &matcher), ["هَانْجُو"]);
    }

    #[test]
    fn a_form_does_not_match_other_forms_of_the_stem() {
        let mut matcher = Matcher::new();
        matcher.add_words(0, 1.0, [MatchTerm::form("arrows", 0)]);
        assert_eq!(marked("arrow arrows", &matcher), ["arrows"]);
    }

    #[test]
    fn only_the_phrase_is_marked() {
        let matcher = phrase("fire arrows", 0, true);
        assert_eq!(
            marked("fire, arrows of fire and fire arrows", &matcher),
            ["fire", "arrows", "fire", "arrows"]
        );
        assert_eq!(marked("arrows fire; fire the arrows", &matcher), [""; 0]);
    }

    #[test]
    fn slop_and_nearness() {
        let text = "Konishi led the retreat";
        assert_eq!(marked(text, &phrase("Konishi retreat", 1, true)), [""; 0]);
        assert_eq!(marked(text, &phrase("Konishi retreat", 2, true)), ["Konishi", "retreat"]);
        assert_eq!(marked(text, &phrase("retreat Konishi", 2, true)), [""; 0]);
        assert_eq!(marked(text, &phrase("retreat Konishi", 2, false)), ["Konishi", "retreat"]);
        assert_eq!(marked(text, &phrase("retreat Konishi", 1, false)), [""; 0]);
    }

    #[test]
    fn a_word_is_not_near_itself() {
        assert_eq!(marked("fire and", &phrase("fire fire", 5, false)), [""; 0]);
        assert_eq!(marked("fire, fire", &phrase("fire fire", 5, false)), ["fire", "fire"]);
    }

    #[test]
    fn a_word_of_a_phrase_that_also_stands_alone_is_marked_everywhere() {
        let mut matcher = phrase("fire arrows", 0, true);
        matcher.add_words(1, 1.0, stems("arrows"));
        assert_eq!(marked("arrows and fire", &matcher), ["arrows"]);
    }

    #[test]
    fn a_phrase_with_an_empty_slot_never_matches() {
        let mut matcher = Matcher::new();
        let slots = vec![stems("fire"), Vec::new()];
        matcher.add_phrase(0, 1.0, MatchPhrase { slots, slop: 9, ordered: true });
        assert_eq!(marked("fire fire", &matcher), [""; 0]);
    }

    #[test]
    fn tags_tell_which_terms_were_met_and_the_strongest_names_the_unit() {
        let mut matcher = Matcher::new();
        matcher.add_words(4, 0.5, [MatchTerm::form("busan", 7)]);
        matcher.add_words(3, 2.0, [MatchTerm::form("busan", 9), MatchTerm::form("pusan", 8)]);
        let found = find_matches("Busan fell. Busan burned.", &mut Analyzer::new(), &matcher);
        assert_eq!(found.tags, [7, 9]);
        assert_eq!(found.spans.len(), 2);
        assert_eq!((found.spans[0].unit, found.spans[0].weight), (3, 2.0));
        assert_eq!(found.sentence_starts, [0, 12]);
        assert_eq!(found.pairs(), [[0, 5], [12, 17]]);
    }

    #[test]
    fn an_empty_matcher_finds_nothing() {
        let found = find_matches("Busan", &mut Analyzer::new(), &Matcher::new());
        assert_eq!(found, Matches::default());
    }
}
