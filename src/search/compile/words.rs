//! Plain words: what finds them, what ranks them, what marks them.

use tantivy::schema::Field as IndexField;

use super::synonyms::most_passages_of_synonyms;
use super::{Compiler, Pending};
use crate::analysis::OwnedWord;
use crate::error::Result;
use crate::index::IndexTerm;
use crate::search::expand::{Became, MOST_EXPANDED_WORDS};
use crate::search::hit::{self, Expansion, How};
use crate::search::plan::PlannedWord;
use crate::search::request::Rank;
use crate::search::retrieve::{Member, idf};
use crate::search::snippet::{MatchPhrase, MatchTerm};
use crate::search::weights;

/// What two neighbouring words of a query are together.
pub(super) struct Pair {
    raw: String,
    /// Of the first.
    stem: String,
    boost: f32,
    became: Vec<Became>,
}

impl Compiler<'_, '_> {
    /// Adds a plain word: what finds it, what ranks it, what marks it.
    pub(super) fn add_word(&mut self, pending: &Pending) -> Result<()> {
        let Pending { word, raw, boost, finds, .. } = pending.clone();
        let fields = self.fields();
        if self.known.contains_key(&word.stem) {
            return Ok(());
        }
        let term = self.index.term(fields.text, &word.stem)?;
        let df = term.passages();
        let synonyms = self.synonyms_of(pending);
        let mut expand = self.request.expand;
        // With a synonym there is no need of another spelling to stand for the word.
        expand.variants &= df > 0 || synonyms.is_empty();
        let mut became = if finds && self.plan.words.len() < MOST_EXPANDED_WORDS {
            self.expander.expand(&word, expand, self.watch)?
        } else {
            Vec::new()
        };
        if pending.in_name {
            // Two words together are one name: what each alone would be is chance.
            became.retain(|became| became.how != How::Name);
        }
        became.retain(|became| !synonyms.iter().any(|synonym| synonym.is_same_as(became)));
        became.retain(|became| self.is_wanted(became));
        became.splice(0..0, synonyms);
        self.known.insert(word.stem.clone(), became.clone());
        let shows = self.request.snippets;
        let asks_forms = shows || self.request.rank == Rank::TwoStage;
        let df_form = if asks_forms { self.index.form_freq(&word.form) } else { 0 };
        let variants = became.iter().filter(|became| !is_across(became.how));
        let spelt = variants.map(|became| became.passages).max().unwrap_or(0);
        let equal = most_passages_of_synonyms(&became);
        let weight = idf(if df > 0 { df.max(equal) } else { spelt }, self.passages);
        let mut idf_across = 0.0;
        if finds {
            self.add_word_leaves(&word, term, boost, weight, &became)?;
            idf_across = self.add_across(&raw, boost, (df > 0).then_some((df, weight)), &became)?;
        }
        if shows {
            let mut report = self.report(&raw, &word, df, df_form);
            if finds {
                let unit = self.next_unit();
                let exact = self.tag(&raw, &word.form, How::Exact);
                let stem = self.tag(&raw, &word.stem, How::Stem);
                self.plan.matcher.add_words(
                    unit,
                    weight * boost,
                    [MatchTerm::form(&word.form, exact), MatchTerm::stem(&word.stem, stem)],
                );
                let told = self.told_of_word(pending, &became);
                self.mark_became(unit, weight * boost, &raw, told, &mut report);
            }
            self.plan.expansions.push(report);
        }
        self.plan.words.push(PlannedWord {
            idf: weight,
            idf_form: idf(df_form.max(equal), self.passages),
            word,
            boost,
            became,
            idf_across,
        });
        Ok(())
    }

    fn add_word_leaves(
        &mut self,
        word: &OwnedWord,
        term: IndexTerm,
        boost: f32,
        weight: f32,
        became: &[Became],
    ) -> Result<()> {
        let fields = self.fields();
        let stem = &word.stem;
        let mut members = vec![Member::Term { term, weight: 1.0 }];
        for became in became.iter().filter(|became| !is_across(became.how)) {
            members.push(self.member(became, became.weight)?);
        }
        self.leaf(fields.text, members, weight, boost * weights::TEXT, stem.clone());
        let totals = self.index.payload.totals;
        // A field without any word costs more to open than one with many.
        if totals.title_words > 0 {
            let weight = boost * weights::TITLE;
            self.add_heading_leaf(fields.title, "title", stem, weight, became)?;
        }
        if self.request.rank == Rank::Bm25 && totals.section_words > 0 {
            let weight = boost * weights::SECTION;
            self.add_heading_leaf(fields.section, "section", stem, weight, became)?;
        }
        Ok(())
    }

    fn add_heading_leaf(
        &mut self,
        field: IndexField,
        name: &str,
        stem: &str,
        weight: f32,
        became: &[Became],
    ) -> Result<()> {
        let term = self.index.term(field, stem)?;
        let mut df = term.passages();
        let mut members = vec![Member::Term { term, weight: 1.0 }];
        for synonym in became.iter().filter(|became| became.how == How::Synonym) {
            if let [word] = synonym.words.as_slice() {
                let term = self.index.term(field, &word.stem)?;
                df = df.max(term.passages());
                members.push(Member::Term { term, weight: synonym.weight });
            }
        }
        let idf = idf(df, self.passages);
        self.leaf(field, members, idf, weight, format!("{name}: {stem}"));
        Ok(())
    }

    /// What finds an expansion.
    fn member(&mut self, became: &Became, weight: f32) -> Result<Member> {
        if let [word] = became.words.as_slice() {
            let term = self.index.term(self.fields().text, &word.stem)?;
            return Ok(Member::Term { term, weight });
        }
        Ok(Member::Found { found: self.expander.find_phrase(became, self.watch)?, weight })
    }

    /// Adds names in the other script and translations: one leaf, as they all stand for one word.
    /// `own`: in how many passages the word itself is, and its inverse document frequency.
    /// Returns what they all weigh: where a collection has little of the other language, its few
    /// words are rare without telling much.
    fn add_across(
        &mut self,
        raw: &str,
        boost: f32,
        own: Option<(u64, f32)>,
        became: &[Became],
    ) -> Result<f32> {
        let mut members = Vec::new();
        let mut df = 0;
        for became in became.iter().filter(|became| is_across(became.how)) {
            members.push(self.member(became, became.weight)?);
            df += became.passages;
        }
        if members.is_empty() {
            return Ok(0.0);
        }
        let mut weight = idf(df.min(self.passages), self.passages);
        if let Some((own_df, own_idf)) = own {
            let share = (df as f32 / own_df as f32).min(1.0);
            weight = weight.min(own_idf) * share.powf(weights::ACROSS_SHARE);
        }
        let label = format!("{raw} in the other language");
        self.leaf(self.fields().text, members, weight, boost * weights::ACROSS, label);
        Ok(weight)
    }

    /// Marks expansions in the text and reports them.
    pub(super) fn mark_became(
        &mut self,
        unit: u32,
        weight: f32,
        raw: &str,
        became: &[Became],
        report: &mut Expansion,
    ) {
        for became in became {
            let tag = self.tag(raw, &became.form, became.how);
            match became.words.as_slice() {
                [word] => {
                    self.plan.matcher.add_words(unit, weight, [MatchTerm::stem(&word.stem, tag)]);
                }
                words => {
                    let slots = words.iter();
                    let slots = slots.map(|word| vec![MatchTerm::stem(&word.stem, tag)]).collect();
                    let phrase = MatchPhrase { slots, slop: 0, ordered: true };
                    self.plan.matcher.add_phrase(unit, weight, phrase);
                }
            }
            let counts = if is_across(became.how) { weights::ACROSS } else { 1.0 };
            report.became.push(hit::Became {
                term: became.form.clone(),
                how: became.how,
                weight: f64::from(became.weight * counts),
                passages: Some(became.passages),
            });
        }
    }

    /// Looks for what neighbouring words are together: one name, one entry of the lexicon, one
    /// word. Says of the words of a name that they are.
    pub(super) fn find_pairs(&mut self, pending: &mut [Pending]) -> Result<Vec<Pair>> {
        let mut pairs = Vec::new();
        for place in 1..pending.len().min(MOST_EXPANDED_WORDS) {
            let [first, second] = &pending[place - 1..=place] else { continue };
            if !(first.finds && second.finds) || self.watch.is_over() {
                continue;
            }
            let expand = self.request.expand;
            let mut became =
                self.expander.expand_pair(&first.word, &second.word, expand, self.watch)?;
            let known = [self.synonyms_of(first), self.synonyms_of(second)].concat();
            became.retain(|became| !known.iter().any(|synonym| synonym.is_same_as(became)));
            let is_name = became.iter().any(|one| one.how == How::Name);
            became.retain(|became| self.is_wanted(became));
            let raw = format!("{} {}", first.raw, second.raw);
            let boost = first.boost.min(second.boost);
            let stem = first.word.stem.clone();
            if !became.is_empty() {
                pairs.push(Pair { raw, stem, boost, became });
            }
            // Also where nobody wants the name: it is no reason for two others.
            if is_name {
                pending[place - 1].in_name = true;
                pending[place].in_name = true;
            }
        }
        Ok(pairs)
    }

    /// Adds what two neighbouring words are together.
    pub(super) fn add_pair(&mut self, pair: Pair) -> Result<()> {
        let Pair { raw, stem, boost, became } = pair;
        let weight = self.add_across(&raw, boost, None, &became)?;
        let mut members = Vec::new();
        let mut df = 0;
        for became in became.iter().filter(|became| !is_across(became.how)) {
            members.push(self.member(became, became.weight)?);
            df += became.passages;
        }
        let mut own = 0.0;
        if !members.is_empty() {
            own = idf(df.min(self.passages), self.passages);
            let label = format!("{raw} as one word");
            self.leaf(self.fields().text, members, own, boost * weights::TEXT, label);
        }
        if self.request.snippets {
            let unit = self.next_unit();
            let mut report = Expansion { word: raw.clone(), became: Vec::new() };
            self.mark_became(unit, weight.max(own) * boost, &raw, &became, &mut report);
            self.plan.expansions.push(report);
        }
        if let Some(word) = self.plan.words.iter_mut().find(|word| word.word.stem == stem) {
            word.became.extend(became);
            word.idf_across = word.idf_across.max(weight);
        }
        Ok(())
    }

    fn report(&self, raw: &str, word: &OwnedWord, df: u64, df_form: u64) -> Expansion {
        let mut became = vec![hit::Became {
            term: word.form.clone(),
            how: How::Exact,
            weight: 1.0,
            passages: Some(df_form),
        }];
        if word.stem != word.form || df > df_form {
            became.push(hit::Became {
                term: word.stem.clone(),
                how: How::Stem,
                weight: f64::from(weights::level::STEM),
                passages: Some(df),
            });
        }
        Expansion { word: raw.to_owned(), became }
    }
}

/// Whether an expansion is in the other language or script.
pub fn is_across(how: How) -> bool {
    matches!(how, How::Name | How::Translation)
}
