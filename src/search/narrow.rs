//! The filters of a request: which passages they leave, without scoring or marking any.
//!
//! A filter leaves what it would find as a query, names and translations included. Several must
//! all be met.

use super::compile::{Compiler, InfoboxFields};
use super::deadline::{Stage, Watch};
use super::expand::Expander;
use super::request::{Expand, Request};
use super::retrieve::matches;
use crate::analysis::Analyzer;
use crate::error::{Error, Result};
use crate::index::{Bits, OpenIndex};
use crate::query::{Limits, parse_query};
use crate::text::sanitize::excerpt;

/// Filters of a request, at the most: each costs as much as a query.
const MOST_FILTERS: usize = 32;
/// Words of [`Request::without`], at the most.
const MOST_WITHOUT: usize = 1000;
/// Characters of a filter that a note repeats, at the most.
const MOST_ECHO: usize = 32;

/// What the filters of a request leave.
#[derive(Clone, Debug, Default)]
pub struct Narrowed {
    /// The live passages of each segment; `None` where nothing is filtered.
    pub within: Option<Vec<Bits>>,
    /// What the reader should know of how the filters were understood.
    pub notes: Vec<String>,
}

/// The filters that were asked for last, for queries that have the same.
#[derive(Default)]
pub struct Narrower {
    last: Option<(Vec<String>, Vec<String>, Expand, Narrowed)>,
}

impl Narrower {
    /// # Errors
    /// [`Error::Usage`] for too many filters; otherwise the index cannot be read.
    pub fn narrow<'i>(
        &mut self,
        index: &'i OpenIndex,
        analyzer: &mut Analyzer,
        expander: &mut Expander<'i>,
        limits: &Limits,
        watch: &Watch,
        request: &Request,
    ) -> Result<Narrowed> {
        check(request)?;
        if request.filter.is_empty() {
            return Ok(Narrowed::default());
        }
        if let Some((filter, without, expand, narrowed)) = &self.last
            && *filter == request.filter
            && *without == request.without
            && *expand == request.expand
        {
            return Ok(narrowed.clone());
        }
        let mut narrowed = Narrowed::default();
        let request = Request { snippets: false, ..request.clone() };
        for text in &request.filter {
            let parsed = parse_query(text, &InfoboxFields(index), limits);
            let empty = parsed.root.is_empty();
            let plan = Compiler::new(index, analyzer, expander, &request, watch).compile(parsed)?;
            watch.enter(Stage::Patterns);
            let about = |note: &String| format!("filter {}: {note}", echo(text));
            narrowed.notes.extend(plan.notes.iter().map(about));
            if empty {
                let nothing = "nothing to look for, so that it leaves everything".to_owned();
                narrowed.notes.push(about(&nothing));
                continue;
            }
            let found = match &plan.filter {
                Some(filter) => filter.evaluate(index, watch)?,
                None => matches(index, &plan.leaves, watch)?,
            };
            match &mut narrowed.within {
                None => narrowed.within = Some(found),
                Some(within) => {
                    for (within, found) in within.iter_mut().zip(&found) {
                        within.intersect(found);
                    }
                }
            }
        }
        // What there was no time for is looked for again.
        if !watch.is_cut() {
            let Request { filter, without, expand, .. } = request;
            self.last = Some((filter, without, expand, narrowed.clone()));
        }
        Ok(narrowed)
    }
}

fn check(request: &Request) -> Result<()> {
    let limits = [
        (request.filter.len(), MOST_FILTERS, "filters"),
        (request.without.len(), MOST_WITHOUT, "words to do without"),
    ];
    for (count, most, what) in limits {
        if count > most {
            let message = format!("{count} {what} are too many: at most {most} are taken");
            return Err(Error::Usage(message));
        }
    }
    Ok(())
}

/// The beginning of a filter between backquotes.
fn echo(text: &str) -> String {
    format!("`{}`", excerpt(text, MOST_ECHO))
}
