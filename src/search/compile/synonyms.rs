//! Stretches: what the user has synonyms for, a word of the query or several in a row.
//!
//! Their synonyms are added to each of their words, so that a passage with one gets what the words
//! themselves would give it.

use super::{Compiler, Pending, STEPS_OF_WORD};
use crate::error::Result;
use crate::search::expand::{Became, MOST_EXPANDED_WORDS};
use crate::search::hit::{Expansion, How};

/// Words of the query in a row that the user has synonyms for.
pub(super) struct Stretch {
    raw: String,
    /// Their stems.
    stems: Vec<String>,
    became: Vec<Became>,
}

impl Compiler<'_, '_> {
    /// Finds the stretches, the longest first, and says of their words that they are. No word is in
    /// two. Function words alone are none unless the query has nothing else: otherwise a group with
    /// `IT` would be met by every `it`.
    pub(super) fn find_stretches(&mut self, pending: &mut [Pending]) -> Result<()> {
        let Some(synonyms) = self.expander.user_synonyms() else { return Ok(()) };
        if !self.request.expand.synonyms {
            return Ok(());
        }
        let any_counts = pending.iter().any(Pending::counts);
        let mut at = 0;
        while at < pending.len()
            && !self.watch.is_over_after(STEPS_OF_WORD)
            && self.stretches.len() < MOST_EXPANDED_WORDS
        {
            let most = synonyms.longest().min(pending.len() - at);
            let found = (1..=most).rev().find_map(|length| {
                let words = pending.get(at..at + length)?;
                let meant = !any_counts || words.iter().any(Pending::counts);
                let stems = stems_of(words).join(" ");
                let is_member = meant && words.iter().all(|word| word.finds);
                (is_member && synonyms.knows(&stems)).then_some((length, stems))
            });
            let Some((length, stems)) = found else {
                at += 1;
                continue;
            };
            let mut became = self.expander.expand_by_synonyms(&stems, self.watch)?;
            became.retain(|became| self.is_wanted(became));
            let words = &mut pending[at..at + length];
            let raw: Vec<&str> = words.iter().map(|word| word.raw.as_str()).collect();
            let (raw, stems) = (raw.join(" "), stems_of(words));
            words.iter_mut().for_each(|word| word.stretch = Some(self.stretches.len()));
            self.stretches.push(Stretch { raw, stems, became });
            at += length;
        }
        Ok(())
    }

    /// The synonyms of the stretch that a word is in.
    pub(super) fn synonyms_of(&self, pending: &Pending) -> Vec<Became> {
        self.stretch_of(pending).map(|stretch| stretch.became.clone()).unwrap_or_default()
    }

    /// Of what a word became, its synonyms first, what is told of the word itself: the synonyms of
    /// several words are told of all of them.
    pub(super) fn told_of_word<'b>(&self, pending: &Pending, became: &'b [Became]) -> &'b [Became] {
        let together = self.stretch_of(pending).filter(|stretch| stretch.stems.len() > 1);
        became.get(together.map_or(0, |stretch| stretch.became.len())..).unwrap_or_default()
    }

    fn stretch_of(&self, pending: &Pending) -> Option<&Stretch> {
        pending.stretch.and_then(|number| self.stretches.get(number))
    }

    /// Marks and reports the synonyms of several words, and lets a passage do that holds them in the
    /// place of words that must be there.
    pub(super) fn add_stretches(&mut self) {
        for stretch in std::mem::take(&mut self.stretches) {
            let Stretch { raw, stems, became } = stretch;
            if stems.len() == 1 || became.is_empty() {
                continue;
            }
            let words = self.plan.words.iter().filter(|word| stems.contains(&word.word.stem));
            let weight = words.map(|word| word.idf * word.boost).sum();
            for stem in stems {
                // Function words are not expanded, but may be asked for.
                let known = self.known.entry(stem).or_default();
                if known.iter().all(|known| known.how != How::Synonym) {
                    known.extend(became.iter().cloned());
                }
            }
            if self.request.snippets {
                let unit = self.next_unit();
                let mut report = Expansion { word: raw.clone(), became: Vec::new() };
                self.mark_became(unit, weight, &raw, &became, &mut report);
                self.plan.expansions.push(report);
            }
        }
    }
}

fn stems_of(words: &[Pending]) -> Vec<String> {
    words.iter().map(|word| word.word.stem.clone()).collect()
}

/// In how many passages the most frequent synonym is. A word with synonyms is as rare as that:
/// they are the same thing, and one that is everywhere tells no more for having a rare name.
pub(super) fn most_passages_of_synonyms(became: &[Became]) -> u64 {
    let synonyms = became.iter().filter(|became| became.how == How::Synonym);
    synonyms.map(|synonym| synonym.passages).max().unwrap_or(0)
}
