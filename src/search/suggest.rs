//! Words of the index for what is being typed, and for what was typed wrong.

use schemars::JsonSchema;
use serde::Serialize;

use super::deadline::Watch;
use super::plan::Plan;
use super::vocabulary::{forms_nearly, forms_with_prefix};
use crate::analysis::Analyzer;
use crate::error::Result;
use crate::index::OpenIndex;
use crate::lang::Script;

/// Shorter words are not corrected: everything is near them.
const LEAST_CHARS: usize = 4;
/// Longer queries are not corrected: they say enough, and the whole query is repeated.
const MOST_CORRECTED_BYTES: usize = 1 << 10;
/// From this length on two letters may be wrong.
const LONG_CHARS: usize = 7;

/// A word of the index and in how many passages it occurs.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Suggestion {
    /// The whole text, with its last word completed.
    pub text: String,
    pub passages: u64,
}

/// Completions of a text's last word, the most frequent first.
///
/// # Errors
/// The index cannot be read.
pub fn suggest(index: &OpenIndex, text: &str, limit: usize) -> Result<Vec<Suggestion>> {
    let words = Analyzer::new().words(text);
    let Some(last) = words.last() else {
        return Ok(Vec::new());
    };
    let before = text.get(..last.span.start).unwrap_or_default();
    let found = forms_with_prefix(index, &last.form, &Watch::default());
    let completed = found.words.into_iter().take(limit);
    Ok(completed
        .map(|(word, passages)| Suggestion { text: format!("{before}{word}"), passages })
        .collect())
}

/// The query with each word that the index does not know replaced by the most frequent of the
/// nearest that it knows; `None` where every word is known or nothing is near, or where there is no
/// time to tell.
///
/// # Errors
/// The index cannot be read.
pub fn correct(
    index: &OpenIndex,
    query: &str,
    plan: &Plan,
    watch: &Watch,
) -> Result<Option<String>> {
    if query.len() > MOST_CORRECTED_BYTES {
        return Ok(None);
    }
    let mut corrected = query.to_owned();
    let mut any = false;
    for planned in &plan.words {
        let word = &planned.word;
        let length = word.form.chars().count();
        let is_word = matches!(word.script, Script::Latin | Script::Arabic);
        if !is_word || length < LEAST_CHARS || !planned.became.is_empty() {
            continue;
        }
        if index.doc_freq(index.fields.text, &word.stem)? > 0 {
            continue;
        }
        let most = if length >= LONG_CHARS { 2 } else { 1 };
        for distance in 1..=most {
            let near = forms_nearly(index, &word.form, distance, watch);
            if watch.is_cut_here() {
                return Ok(None);
            }
            if let Some((better, _)) = near.words.first() {
                any |= replace_word(&mut corrected, &word.form, better);
                break;
            }
        }
    }
    Ok(any.then_some(corrected))
}

/// Replaces the first word of `text` that folds to `form`.
fn replace_word(text: &mut String, form: &str, better: &str) -> bool {
    let words = Analyzer::new().words(text);
    match words.iter().find(|word| word.form == form) {
        Some(word) => {
            text.replace_range(word.span.clone(), better);
            true
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::replace_word;

    #[test]
    fn only_the_word_itself_is_replaced() {
        let mut text = "the Seige, \"seige\"".to_owned();
        assert!(replace_word(&mut text, "seige", "siege"));
        assert_eq!(text, "the siege, \"seige\"");
        assert!(!replace_word(&mut text, "rice", "ice"));
    }
}
