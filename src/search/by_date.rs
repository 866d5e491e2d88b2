//! Hits in the order of their earliest dates, among all that match.
//!
//! All matches are counted by their dates, from a column of the index, in two passes over it; only
//! those that reach the page are kept and scored. Of the passages of the last date on the page,
//! which may be very many, the first stage finds the best.

use rustc_hash::FxHashMap;
use tantivy::columnar::Column;

use super::deadline::{Stage, Watch};
use super::order::{Scored, order};
use super::plan::Plan;
use super::request::{Rank, Request, Sort};
use super::retrieve::{Worth, leaf_scores, retrieve};
use super::second_stage::TitleIdfs;
use crate::error::Result;
use crate::index::{Address, Bits, OpenIndex, Segment};

/// Passages of the last date beyond the page that are scored all the same: to choose among so few
/// would take longer.
const MOST_BEYOND: usize = 256;
/// Steps that looking up a date, or an id, takes.
const STEPS_OF_DATE: u32 = 2;

/// The earliest dates of all passages.
struct Dates {
    columns: Vec<Option<Column<i64>>>,
    descending: bool,
}

impl Dates {
    fn open(index: &OpenIndex, descending: bool) -> Result<Dates> {
        let columns = index.segments.iter().map(Segment::earliest_dates);
        let columns = columns.collect::<tantivy::Result<Vec<_>>>();
        Ok(Dates { columns: columns.map_err(|error| index.damaged(error))?, descending })
    }

    fn of(&self, address: Address) -> Option<i64> {
        self.columns.get(address.segment as usize)?.as_ref()?.first(address.doc)
    }

    /// The place of a date among others: passages without one are the last, whatever the order.
    fn place(&self, date: Option<i64>) -> (bool, i64) {
        let date = date.map(|date| if self.descending { -date } else { date });
        (date.is_none(), date.unwrap_or_default())
    }
}

/// At least the first `wanted` of the matching passages; those of one date by the sums of the first
/// stage, those of equal sums in the order of their addresses. Among as many of them as `watch`
/// lets be looked at.
///
/// # Errors
/// The index cannot be read.
pub fn order_by_date(
    index: &OpenIndex,
    plan: &Plan,
    request: &Request,
    title_idfs: &mut TitleIdfs,
    matches: &[Bits],
    wanted: usize,
    watch: &Watch,
) -> Result<Vec<Scored>> {
    let dates = Dates::open(index, request.sort == Sort::DateDesc)?;
    let addresses = || {
        (0u32..)
            .zip(matches)
            .flat_map(|(segment, set)| set.iter().map(move |doc| Address { segment, doc }))
    };
    let place_of = |address| dates.place(dates.of(address));
    let mut counts: FxHashMap<(bool, i64), usize> = FxHashMap::default();
    let mut seen = 0;
    for address in addresses() {
        if watch.is_over_after(STEPS_OF_DATE) {
            break;
        }
        seen += 1;
        *counts.entry(place_of(address)).or_default() += 1;
    }
    let mut places: Vec<_> = counts.into_iter().collect();
    places.sort_unstable();
    // The last date that reaches the page, and how many passages come before it.
    let (mut before, mut last) = (0, None);
    for (place, count) in places {
        before += last.map_or(0, |(_, count)| count);
        last = Some((place, count));
        if before + count >= wanted {
            break;
        }
    }
    let Some((last, count)) = last else {
        return Ok(Vec::new());
    };
    let take_all = before + count <= wanted.saturating_add(MOST_BEYOND);
    let mut chosen = Vec::new();
    let mut of_last: Vec<Bits> =
        index.segments.iter().map(|segment| Bits::empty(segment.max_doc())).collect();
    // What was not counted is not chosen.
    for address in addresses().take(seen) {
        let place = place_of(address);
        if place < last || take_all && place == last {
            chosen.push(address);
        } else if place == last {
            of_last[address.segment as usize].insert(address.doc);
        }
    }
    if !take_all {
        let rest = wanted - before;
        chosen.extend(if plan.leaves.is_empty() {
            index.first_by_id(&of_last, rest, || !watch.is_over_after(STEPS_OF_DATE))?
        } else {
            let found =
                retrieve(index, &plan.leaves, Some(&of_last), Worth::SumByKind, rest, watch)?;
            found.into_iter().map(|(_, address)| address).collect()
        });
    }
    chosen.sort_unstable();
    let mut ranked = if plan.leaves.is_empty() {
        chosen.into_iter().map(Scored::new).collect()
    } else {
        // Sums can be had of any passage; scores of the second stage are made of the best alone.
        let request = Request { rank: Rank::Bm25, ..request.clone() };
        watch.enter(Stage::Rank);
        let scores = leaf_scores(index, &plan.leaves, &chosen, watch)?;
        order(index, plan, &request, title_idfs, &chosen, &scores, watch)?
    };
    for scored in &mut ranked {
        scored.date = dates.of(scored.address);
    }
    // Stable, so that passages of one date stay in the order of their scores.
    ranked.sort_by_key(|scored| dates.place(scored.date));
    Ok(ranked)
}
