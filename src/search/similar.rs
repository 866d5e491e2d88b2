//! Passages like a given one: its most telling words become the query.

use std::collections::HashMap;

use super::deadline::Watch;
use super::filter::Filter;
use super::hit::{Became, Expansion, How, MatchedBy};
use super::plan::Plan;
use super::retrieve::{Leaf, Member, idf};
use super::snippet::MatchTerm;
use crate::analysis::chain::stem_of;
use crate::analysis::is_stop_word;
use crate::error::Result;
use crate::index::forward::PassageWords;
use crate::index::{Address, OpenIndex};
use crate::lang::script_of;

/// Words that stand for a passage, at the most.
const MOST_WORDS: usize = 25;
/// Words are weighed that occur in no more than this share of the passages.
const MOST_COMMON: f64 = 0.2;
/// Passages of an article that are looked at.
const MOST_PASSAGES: usize = 200;
/// Steps that looking up a word takes.
const STEPS_OF_TERM: u32 = 16;

/// What looks for passages like those of `id`, a passage or an article; `None` where nothing has
/// the id. The passages themselves are left out.
///
/// # Errors
/// The index cannot be read.
pub fn plan_similar(index: &OpenIndex, id: &str, watch: &Watch) -> Result<Option<Plan>> {
    let fields = index.fields;
    let (field, mut passages) = match index.find(fields.id, id)? {
        found if !found.is_empty() => (fields.id, found),
        _ => (fields.article, index.find(fields.article, id)?),
    };
    if passages.is_empty() {
        return Ok(None);
    }
    passages.truncate(MOST_PASSAGES);
    let all = index.passages();
    let mut words = Vec::new();
    for (stem, (form, count)) in count_stems(index, &passages, watch)? {
        if watch.is_over_after(STEPS_OF_TERM) {
            break;
        }
        let term = index.term(fields.text, &stem)?;
        let df = term.passages();
        // A word that occurs nowhere else finds nothing else.
        if df > 1 && (df as f64) <= (all as f64 * MOST_COMMON).max(3.0) {
            let weight = idf(df, all);
            let weighed = weight * (1.0 + (count as f32).ln());
            words.push((weighed, weight, stem, form, term));
        }
    }
    words.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.2.cmp(&b.2)));
    words.truncate(MOST_WORDS);
    let totals = index.payload.totals;
    let average = totals.text_words as f32 / totals.passages.max(1) as f32;
    let itself = Filter::Terms { field, terms: vec![id.to_owned()] };
    let any = words.iter().map(|(_, _, stem, _, _)| stem.clone()).collect();
    let mut plan = Plan {
        filter: Some(Filter::All(vec![
            Filter::Terms { field: fields.text, terms: any },
            Filter::Not(Box::new(itself)),
        ])),
        ..Plan::default()
    };
    for (unit, (weight, idf, stem, form, term)) in (0..).zip(words) {
        let df = term.passages();
        plan.leaves.push(Leaf {
            field: fields.text,
            members: vec![Member::Term { term, weight: 1.0 }],
            weight,
            average_length: Some(average),
        });
        plan.labels.push(form.clone());
        plan.matcher.add_words(unit, idf, [MatchTerm::stem(&stem, unit)]);
        plan.tags.push(MatchedBy { word: form.clone(), found: stem.clone(), how: How::Stem });
        plan.expansions.push(Expansion {
            word: form,
            became: vec![Became {
                term: stem,
                how: How::Stem,
                weight: f64::from(weight),
                passages: Some(df),
            }],
        });
    }
    Ok(Some(plan))
}

/// The stems of passages with one of their forms and how often they occur. Hidden words and
/// function words do not count.
fn count_stems(
    index: &OpenIndex,
    passages: &[Address],
    watch: &Watch,
) -> Result<HashMap<String, (String, u32)>> {
    let mut stems: HashMap<String, (String, u32)> = HashMap::new();
    let mut words = PassageWords::default();
    for address in passages {
        let Some(segment) = index.segments.get(address.segment as usize) else { continue };
        index.read_words(*address, &mut words)?;
        let shown = words.words.len() - words.hidden_words;
        for &id in &words.words[..shown] {
            if watch.is_over_after(STEPS_OF_TERM) {
                return Ok(stems);
            }
            let Some(form) = segment.forward.vocabulary().word(id) else { continue };
            if is_stop_word(&form) || form.chars().nth(1).is_none() {
                continue;
            }
            let stem = stem_of(&form, script_of(&form)).into_owned();
            stems.entry(stem).or_insert_with(|| (form, 0)).1 += 1;
        }
    }
    Ok(stems)
}
