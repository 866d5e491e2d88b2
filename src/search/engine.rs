//! How a query travels: parse, compile, find candidates, rank them again, load and mark the hits.

use std::time::Instant;

use super::by_date::order_by_date;
use super::compile::{Compiler, InfoboxFields};
use super::count_facets::count_facets;
use super::deadline::{Deadline, Stage, Watch};
use super::expand::{Expander, UserTables};
use super::filter::Filter;
use super::hit::{Answer, ContextPassage, Contribution, Expansion, Hit};
use super::marker::Marker;
use super::narrow::Narrower;
use super::order::{Scored, order};
use super::plan::Plan;
use super::reading::opening_of;
use super::recent::Recent;
use super::request::{Request, Sort};
use super::retrieve::{Worth, leaf_scores, matches, retrieve};
use super::second_stage::TitleIdfs;
use super::similar::plan_similar;
use super::snippet::{SnippetOptions, cut_snippet, find_matches, find_matches_among};
use super::suggest::correct;
use super::weights::CANDIDATES;
use crate::analysis::Analyzer;
use crate::error::{Error, Result};
use crate::index::{Address, Bits, OpenIndex, Record, date_of_number};
use crate::query::{Limits, parse_plain, parse_query};

/// Tied passages whose ids are read one by one; more are ordered by reading the ids in order.
const MOST_TIES_READ: usize = 256;
/// Passages looked at, at the most, to fill a page of which each article may give few.
const MOST_FOR_ARTICLES: usize = 20_000;
/// Steps that reading a passage takes.
const STEPS_OF_RECORD: u32 = 512;
/// … an id of the index.
const STEPS_OF_ID: u32 = 4;

/// Answers queries over one open index; one for each thread.
pub struct Engine<'a> {
    index: &'a OpenIndex,
    analyzer: Analyzer,
    expander: Expander<'a>,
    title_idfs: TitleIdfs,
    recent: Recent,
    narrower: Narrower,
    limits: Limits,
    watch: Watch,
}

impl<'a> Engine<'a> {
    /// An engine that knows what is built in alone.
    pub fn new(index: &'a OpenIndex) -> Engine<'a> {
        Engine::with_tables(index, UserTables::default())
    }

    /// An engine that also asks the user's own dictionary and synonyms.
    pub fn with_tables(index: &'a OpenIndex, tables: UserTables<'a>) -> Engine<'a> {
        Engine {
            index,
            analyzer: Analyzer::new(),
            expander: Expander::new(index, tables),
            title_idfs: TitleIdfs::default(),
            recent: Recent::default(),
            narrower: Narrower::default(),
            limits: Limits::default(),
            watch: Watch::default(),
        }
    }

    /// Bounds each search from now on. What was found when the deadline comes is the answer, marked
    /// as partial: only passages that match, ranked, but maybe not all of them and not the best.
    /// Without it a search takes the time that it takes.
    pub fn set_deadline(&mut self, deadline: Deadline) {
        self.watch = Watch::new(deadline);
    }

    /// Answers a request.
    ///
    /// # Errors
    /// [`Error::Usage`] for a limit of 0; otherwise the index cannot be read. No query is an error.
    pub fn search(&mut self, request: &Request) -> Result<Answer> {
        let started = Instant::now();
        if request.limit == 0 {
            return Err(Error::Usage("a limit of 0 passages finds nothing".to_owned()));
        }
        self.watch.start();
        let plan = self.compile(request)?;
        let mut answer = self.answer(request, &plan, started)?;
        if request.correct && !self.watch.is_cut() {
            answer.did_you_mean = correct(self.index, &request.query, &plan, &self.watch)?;
        }
        self.mark_partial(&mut answer);
        Ok(answer)
    }

    /// The passages that are most like a passage or an article; `None` where nothing has the id.
    /// Of the request only what concerns the page and the hits counts.
    ///
    /// # Errors
    /// As [`Engine::search`].
    pub fn similar(&mut self, id: &str, request: &Request) -> Result<Option<Answer>> {
        let started = Instant::now();
        self.watch.start();
        self.watch.enter(Stage::Words);
        let Some(plan) = plan_similar(self.index, id, &self.watch)? else {
            return Ok(None);
        };
        let mut answer = self.answer(request, &plan, started)?;
        self.mark_partial(&mut answer);
        Ok(Some(answer))
    }

    fn mark_partial(&self, answer: &mut Answer) {
        answer.partial = self.watch.is_cut();
        answer.notes.extend(self.watch.note());
    }

    fn answer(&mut self, request: &Request, plan: &Plan, started: Instant) -> Result<Answer> {
        let left_out = if request.duplicates { None } else { self.index.duplicates()? };
        self.watch.enter(Stage::Filter);
        let mut allowed = match &plan.filter {
            Some(filter) => Some(filter.evaluate(self.index, &self.watch)?),
            None => None,
        };
        if let Some(allowed) = &mut allowed {
            intersect(allowed, plan.within.as_deref());
            subtract(allowed, left_out);
        }
        // Where the leaves alone say what is found, the rest of all passages is allowed.
        let rest = match (&allowed, &plan.within, left_out) {
            (None, Some(within), _) => {
                let mut rest = within.clone();
                subtract(&mut rest, left_out);
                Some(rest)
            }
            (None, None, Some(left_out)) if !plan.leaves.is_empty() => {
                let mut rest = left_out.to_vec();
                rest.iter_mut().for_each(Bits::invert);
                Some(rest)
            }
            _ => None,
        };
        let all_known = !self.watch.is_cut();
        let page = self.page(request, plan, allowed.as_deref().or(rest.as_deref()))?;
        self.watch.enter(Stage::Count);
        let found = match allowed {
            None if request.total || request.facets => {
                let mut found = matches(self.index, &plan.leaves, &self.watch)?;
                intersect(&mut found, plan.within.as_deref());
                subtract(&mut found, left_out);
                Some(found)
            }
            allowed => allowed,
        };
        // What was not found to the end cannot be counted.
        let found = found.filter(|_| all_known && !self.watch.is_cut_here());
        let facets = match &found {
            Some(found) if request.facets => {
                Some(count_facets(self.index, &mut self.analyzer, found)?)
            }
            _ => None,
        };
        self.watch.enter(Stage::Hits);
        let mut answer = Answer {
            query: request.query.clone(),
            total: found.filter(|_| request.total).map(|found| count(&found)),
            facets,
            hits: Vec::with_capacity(page.len()),
            notes: plan.notes.clone(),
            ..Answer::default()
        };
        if request.explain || !plan.expansions.is_empty() {
            answer.expansions.clone_from(&plan.expansions);
        }
        for (place, (scored, record)) in page.into_iter().enumerate() {
            if self.watch.is_over() {
                break;
            }
            let rank = request.offset + place + 1;
            answer.hits.push(self.hit(request, plan, rank, scored, record)?);
        }
        answer.took_ms = started.elapsed().as_secs_f64() * 1000.0;
        Ok(answer)
    }

    /// What the words of a query are searched as.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn expansions(&mut self, request: &Request) -> Result<Vec<Expansion>> {
        self.watch.start();
        Ok(self.compile(request)?.expansions)
    }

    /// What marks the words of a query in any text. Of the request the query and how it is read and
    /// expanded count.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn marker(&mut self, request: &Request) -> Result<Marker<'_>> {
        self.watch.start();
        let request = Request { snippets: true, ..request.clone() };
        let matcher = self.compile(&request)?.matcher;
        self.watch.enter(Stage::Hits);
        Ok(Marker { matcher, analyzer: &mut self.analyzer, watch: &self.watch })
    }

    fn compile(&mut self, request: &Request) -> Result<Plan> {
        let parsed = if request.plain {
            parse_plain(&request.query, &self.limits)
        } else {
            parse_query(&request.query, &InfoboxFields(self.index), &self.limits)
        };
        let (index, analyzer, expander) = (self.index, &mut self.analyzer, &mut self.expander);
        let (limits, watch) = (&self.limits, &self.watch);
        let narrowed = self.narrower.narrow(index, analyzer, expander, limits, watch, request)?;
        let empty = parsed.root.is_empty();
        let mut plan = Compiler::new(index, analyzer, expander, request, watch).compile(parsed)?;
        if empty && narrowed.within.is_some() {
            plan.filter = Some(Filter::All(Vec::new()));
        }
        plan.within = narrowed.within;
        plan.notes.extend(narrowed.notes);
        Ok(plan)
    }

    /// The passages of the page that was asked for, best first, with their records.
    fn page(
        &mut self,
        request: &Request,
        plan: &Plan,
        allowed: Option<&[Bits]>,
    ) -> Result<Vec<(Scored, Record)>> {
        let last = request.offset.saturating_add(request.limit);
        let Some(per_article) = request.per_article else {
            let ranked = self.ranked(request, plan, allowed, last)?;
            return self.load(ranked, request.offset, last);
        };
        let mut wanted = last.saturating_mul(4).max(CANDIDATES);
        let mut before = Vec::new();
        loop {
            let ranked = self.ranked(request, plan, allowed, wanted)?;
            let found = ranked.len();
            let loaded = self.load(ranked, 0, wanted)?;
            let mut counts = std::collections::HashMap::new();
            let mut kept: Vec<_> = loaded
                .into_iter()
                .filter(|(_, record)| {
                    let count = counts.entry(record.head.article.clone()).or_insert(0usize);
                    *count += 1;
                    *count <= per_article
                })
                .collect();
            let enough = kept.len() >= last || found < wanted || wanted >= MOST_FOR_ARTICLES;
            if self.watch.is_cut() && before.len() > kept.len() {
                kept = before;
            }
            if enough || self.watch.is_cut() {
                kept.truncate(last);
                return Ok(kept.split_off(request.offset.min(kept.len())));
            }
            before = kept;
            wanted = wanted.saturating_mul(4).min(MOST_FOR_ARTICLES);
        }
    }

    /// At least the best `wanted` passages, best first; passages of equal score are in the order of
    /// their addresses.
    fn ranked(
        &mut self,
        request: &Request,
        plan: &Plan,
        allowed: Option<&[Bits]>,
        wanted: usize,
    ) -> Result<Vec<Scored>> {
        self.watch.enter(Stage::Find);
        if request.sort != Sort::Relevance {
            let found = self.found(plan, allowed)?;
            let title_idfs = &mut self.title_idfs;
            return order_by_date(
                self.index,
                plan,
                request,
                title_idfs,
                &found,
                wanted,
                &self.watch,
            );
        }
        if plan.leaves.is_empty() {
            let Some(allowed) = allowed else {
                return Ok(Vec::new());
            };
            let first = self.first_by_id(allowed, wanted)?;
            return Ok(first.into_iter().map(Scored::new).collect());
        }
        let mut wanted = wanted.min(self.index.passages() as usize);
        let mut worth = Worth::SumByKind;
        if plan.ranks_again(request) {
            // Whole blocks of candidates are ranked again, so that pages fit together.
            wanted = wanted.div_ceil(CANDIDATES) * CANDIDATES;
            worth = Worth::Sum;
        }
        let mut found = retrieve(self.index, &plan.leaves, allowed, worth, wanted, &self.watch)?;
        found.sort_unstable_by_key(|&(_, address)| address);
        let candidates: Vec<Address> = found.iter().map(|&(_, address)| address).collect();
        self.watch.enter(Stage::Rank);
        let scores = leaf_scores(self.index, &plan.leaves, &candidates, &self.watch)?;
        if self.watch.is_cut_here() {
            // Some of the sums alone would say nothing.
            found.sort_by(|a, b| b.0.total_cmp(&a.0));
            let scored = |(score, address)| Scored { score, ..Scored::new(address) };
            return Ok(found.into_iter().map(scored).collect());
        }
        let title_idfs = &mut self.title_idfs;
        order(self.index, plan, request, title_idfs, &candidates, &scores, &self.watch)
    }

    fn first_by_id(&self, allowed: &[Bits], wanted: usize) -> Result<Vec<Address>> {
        self.index.first_by_id(allowed, wanted, || !self.watch.is_over_after(STEPS_OF_ID))
    }

    /// All passages that are hits on some page.
    fn found(&self, plan: &Plan, allowed: Option<&[Bits]>) -> Result<Vec<Bits>> {
        if plan.leaves.is_empty() {
            return Ok(allowed.unwrap_or_default().to_vec());
        }
        let mut found = matches(self.index, &plan.leaves, &self.watch)?;
        for (found, allowed) in found.iter_mut().zip(allowed.into_iter().flatten()) {
            found.intersect(allowed);
        }
        Ok(found)
    }

    /// Loads the passages from `first` to before `last`; those of equal score in the order of
    /// their ids.
    fn load(
        &mut self,
        mut ranked: Vec<Scored>,
        first: usize,
        last: usize,
    ) -> Result<Vec<(Scored, Record)>> {
        self.watch.enter(Stage::Hits);
        let last = last.min(ranked.len());
        let mut page = Vec::with_capacity(last.saturating_sub(first));
        let mut at = 0;
        while at < last {
            let (score, date) = (ranked[at].score, ranked[at].date);
            let tied = |next: &&Scored| next.score == score && next.date == date;
            let ties = ranked[at..].iter().take_while(tied).count();
            if at + ties > first && ties > 1 {
                self.order_by_id(&mut ranked[at..at + ties], last - at)?;
            }
            at += ties;
        }
        for scored in ranked.into_iter().take(last).skip(first) {
            if self.watch.is_over_after(STEPS_OF_RECORD) {
                break;
            }
            let record = self.recent.record(self.index, scored.address)?;
            page.push((scored, record));
        }
        Ok(page)
    }

    /// Puts passages of equal score in the order of their ids; of very many only the first
    /// `wanted`.
    fn order_by_id(&mut self, ties: &mut [Scored], wanted: usize) -> Result<()> {
        if ties.len() <= MOST_TIES_READ {
            let mut named = Vec::with_capacity(ties.len());
            for scored in ties.iter() {
                if self.watch.is_over_after(STEPS_OF_RECORD) {
                    return Ok(());
                }
                named.push((self.index.record(scored.address)?.head.id, scored.clone()));
            }
            named.sort_by(|a, b| a.0.cmp(&b.0));
            for (slot, (_, scored)) in ties.iter_mut().zip(named) {
                *slot = scored;
            }
            return Ok(());
        }
        let mut sets: Vec<Bits> =
            self.index.segments.iter().map(|segment| Bits::empty(segment.max_doc())).collect();
        for scored in ties.iter() {
            sets[scored.address.segment as usize].insert(scored.address.doc);
        }
        let order: std::collections::HashMap<Address, usize> = self
            .first_by_id(&sets, wanted)?
            .into_iter()
            .enumerate()
            .map(|(place, address)| (address, place))
            .collect();
        ties.sort_by_key(|scored| order.get(&scored.address).copied().unwrap_or(usize::MAX));
        Ok(())
    }

    fn hit(
        &mut self,
        request: &Request,
        plan: &Plan,
        rank: usize,
        scored: Scored,
        record: Record,
    ) -> Result<Hit> {
        let Record { head, text } = record;
        let mut hit = Hit {
            rank,
            score: f64::from(scored.score),
            date: scored.date.map(|number| date_of_number(number).to_string()),
            lang: Some(head.lang),
            kind: head.kind,
            file: head.file,
            line: head.place.line,
            start: head.place.span.start,
            end: head.place.span.end,
            title: head.title,
            section: head.section,
            url: head.url,
            fields: head.fields,
            extra: head.extra,
            duplicate_of: head.duplicate_of,
            article: head.article,
            id: head.id,
            ..Hit::default()
        };
        if request.snippets {
            let found = find_matches_among(&plan.matcher, |each| {
                let (analyzer, watch) = (&mut self.analyzer, &self.watch);
                self.recent.words(scored.address, &text, analyzer, watch, each);
            });
            hit.matches = found.pairs();
            hit.snippet = cut_snippet(&text, &found, &SnippetOptions::default());
            let mut tags = found.tags;
            let around = hit.title.iter().chain(&hit.section);
            for heading in around {
                tags.extend(find_matches(heading, &mut self.analyzer, &plan.matcher).tags);
            }
            tags.sort_unstable();
            tags.dedup();
            let met = tags.iter().filter_map(|&tag| plan.tags.get(tag as usize));
            hit.matched_by = met.cloned().collect();
            hit.approximate = !hit.matched_by.is_empty()
                && hit.matched_by.iter().all(|matched| matched.how.is_approximate());
        }
        if request.openings && hit.title.is_none() {
            hit.opening = self.opening(&hit.article, head.ordinal, &text)?;
        }
        if request.context {
            let article = &hit.article;
            hit.context_before =
                self.neighbour(article, head.ordinal.checked_sub(1))?.into_iter().collect();
            hit.context_after =
                self.neighbour(article, head.ordinal.checked_add(1))?.into_iter().collect();
        }
        if request.explain {
            let parts = scored.parts.into_iter();
            hit.explain = parts
                .filter(|&(_, score)| score != 0.0)
                .map(|(what, score)| Contribution { what, score: f64::from(score) })
                .collect();
        }
        hit.text = text;
        Ok(hit)
    }

    /// The first words of an article without a title, by which people know it.
    fn opening(&mut self, article: &str, ordinal: u32, text: &str) -> Result<Option<String>> {
        if ordinal == 0 {
            return Ok(Some(opening_of(text)));
        }
        let first = self.passage(&crate::model::passage_id(article, 0))?;
        Ok(first.map(|record| opening_of(&record.text)))
    }

    fn passage(&mut self, id: &str) -> Result<Option<Record>> {
        match self.index.find(self.index.fields.id, id)?.first() {
            Some(&address) => self.index.record(address).map(Some),
            None => Ok(None),
        }
    }

    fn neighbour(&mut self, article: &str, ordinal: Option<u32>) -> Result<Option<ContextPassage>> {
        let Some(ordinal) = ordinal else {
            return Ok(None);
        };
        let id = crate::model::passage_id(article, ordinal);
        let record = self.passage(&id)?;
        Ok(record.map(|Record { head, text }| ContextPassage { id, section: head.section, text }))
    }
}

/// Takes what is left out of each segment's passages.
fn subtract(sets: &mut [Bits], left_out: Option<&[Bits]>) {
    for (set, left_out) in sets.iter_mut().zip(left_out.into_iter().flatten()) {
        set.subtract(left_out);
    }
}

/// Takes what is not within of each segment's passages.
fn intersect(sets: &mut [Bits], within: Option<&[Bits]>) {
    for (set, within) in sets.iter_mut().zip(within.into_iter().flatten()) {
        set.intersect(within);
    }
}

fn count(sets: &[Bits]) -> u64 {
    sets.iter().map(Bits::count).sum()
}
