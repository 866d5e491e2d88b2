//! From the matches to be shown to the slice of text around them: where to begin and to end.

use std::ops::Range;

use super::Matches;
use crate::text::bounds::{
    chars_after, chars_before, grapheme_ceil, grapheme_floor, word_end_before, word_start_after,
};

/// `range` without white space at its ends.
pub fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let slice = text.get(range.clone()).unwrap_or("");
    let start = range.start + (slice.len() - slice.trim_start().len());
    let end = (range.start + slice.trim_end().len()).max(start);
    // A space with a mark on it stays.
    grapheme_floor(text, start).max(range.start)..grapheme_ceil(text, end).min(range.end)
}

/// Makes `window` up to `max_chars` long inside `free`: from the start of its sentence where that
/// is near, else from the start of a word, with the matches near the middle.
pub fn widen(
    text: &str,
    found: &Matches,
    window: Range<usize>,
    free: Range<usize>,
    max_chars: usize,
) -> Range<usize> {
    let window = grapheme_floor(text, window.start).max(free.start)
        ..grapheme_ceil(text, window.end).min(free.end);
    let length = text.get(window.clone()).map_or(0, |slice| slice.chars().count());
    let room = max_chars.saturating_sub(length);
    let start = choose_start(text, found, &window, &free, room);
    let end = choose_end(text, found, start, &window, &free, max_chars);
    // What is left over at the end of the text is of use before the matches.
    let used = text.get(start..end).map_or(0, |slice| slice.chars().count());
    let spare = max_chars.saturating_sub(used);
    let start = if end == free.end && spare > 0 {
        let earliest = chars_before(text, start, spare).max(free.start);
        begin_between(text, found, earliest, start)
    } else {
        start
    };
    trim(text, start..end)
}

fn choose_start(
    text: &str,
    found: &Matches,
    window: &Range<usize>,
    free: &Range<usize>,
    room: usize,
) -> usize {
    let earliest = chars_before(text, window.start, room - room / 4).max(free.start);
    if let Some(sentence) = last_start(text, found, earliest, window.start) {
        return sentence;
    }
    let middle = chars_before(text, window.start, room / 2).max(free.start);
    begin_between(text, found, middle, window.start)
}

/// The start of the last sentence or line that begins in `from..=to`.
fn last_start(text: &str, found: &Matches, from: usize, to: usize) -> Option<usize> {
    let starts = &found.sentence_starts;
    let sentence = starts[..starts.partition_point(|&start| start <= to)].last();
    // The signs right before its first word belong to the sentence.
    let sentence = sentence.and_then(|&start| {
        let before = text.get(..start)?.chars().rev().take(4);
        let signs = before.take_while(|c| !c.is_whitespace()).map(char::len_utf8);
        Some(start - signs.sum::<usize>())
    });
    let line = text.get(from..to).and_then(|slice| slice.rfind('\n'));
    let line = line.map(|at| from + at + 1);
    let start = sentence.into_iter().chain(line).max()?;
    let start = grapheme_ceil(text, start);
    (from..=to).contains(&start).then_some(start)
}

/// The best place in `from..=to` to begin: a sentence, else a word, else between two letters.
fn begin_between(text: &str, found: &Matches, from: usize, to: usize) -> usize {
    let starts = &found.sentence_starts;
    let first = starts[starts.partition_point(|&start| start < from)..].first();
    if let Some(&start) = first.filter(|&&start| start <= to)
        && text
            .get(..start)
            .is_none_or(|before| before.is_empty() || before.ends_with(char::is_whitespace))
    {
        return start;
    }
    word_start_after(text, from, to)
        .map(|start| grapheme_ceil(text, start))
        .filter(|&start| start <= to)
        .unwrap_or_else(|| grapheme_ceil(text, from).min(to))
}

fn choose_end(
    text: &str,
    found: &Matches,
    start: usize,
    window: &Range<usize>,
    free: &Range<usize>,
    max_chars: usize,
) -> usize {
    let latest = chars_after(text, start, max_chars).min(free.end).max(window.end);
    if latest == free.end {
        return latest;
    }
    // The end of the last sentence, unless the fragment would be less than half as long as it may.
    let half = chars_after(text, start, max_chars / 2).max(window.end);
    let starts = &found.sentence_starts;
    let next = starts[..starts.partition_point(|&start| start <= latest)].last();
    let sentence_end = next.filter(|&&next| next > half).and_then(|&next| {
        let slice = text.get(window.end..next)?;
        let at = slice.rfind(char::is_whitespace)?;
        Some(trim(text, start..window.end + at).end).filter(|&end| end >= half)
    });
    let end = sentence_end
        .or_else(|| word_end_before(text, window.end, latest).filter(|&end| end > start))
        .unwrap_or(latest);
    let end = grapheme_floor(text, end).max(window.end);
    if end > start {
        end
    } else {
        // Rather one cluster that is too long than nothing.
        grapheme_ceil(text, latest).min(free.end)
    }
}
