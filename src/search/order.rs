//! The final order of the candidates that the first stage found.
//!
//! Candidates are ranked again in blocks of [`CANDIDATES`], so that the pages of one query fit
//! together: first all of a block by a quick comparison, then the best [`THOROUGH`] of them by a
//! closer one. Scores never rise from one hit to the next.

use super::deadline::Watch;
use super::plan::Plan;
use super::rank::{Care, RankQuery};
use super::request::Request;
use super::retrieve::LeafScores;
use super::second_stage::{Ranker, TitleIdfs, rank_query};
use super::weights::{self, CANDIDATES, THOROUGH};
use crate::error::Result;
use crate::index::{Address, OpenIndex};

/// So that the first of a block does not tie with the last of the one before.
const JUST_BELOW: f32 = 0.999;
/// Steps that ranking a candidate takes.
const STEPS_OF_CANDIDATE: u32 = 256;

/// A passage with what it is ranked by.
#[derive(Clone, Debug)]
pub struct Scored {
    pub score: f32,
    pub address: Address,
    /// The earliest date of the passage as a number, where hits are sorted by it.
    pub date: Option<i64>,
    /// What the score is made of, if it is to be explained.
    pub parts: Vec<(String, f32)>,
}

impl Scored {
    /// A passage that nothing is known of yet.
    pub fn new(address: Address) -> Scored {
        Scored { score: 0.0, address, date: None, parts: Vec::new() }
    }
}

/// A candidate and what each leaf of the plan gives it.
type Candidate<'a> = (Scored, &'a [f32]);

/// Orders candidates, given with the scores of the plan's leaves in the same order; passages of
/// equal score are in the order of their addresses. Those for which `watch` leaves no time follow
/// those that were ranked, in the order that they had.
///
/// # Errors
/// The index cannot be read.
pub fn order(
    index: &OpenIndex,
    plan: &Plan,
    request: &Request,
    title_idfs: &mut TitleIdfs,
    candidates: &[Address],
    leaf_scores: &LeafScores,
    watch: &Watch,
) -> Result<Vec<Scored>> {
    let sum = |(place, &address): (usize, &Address)| {
        let leaves = leaf_scores.of(place);
        (Scored { score: leaves.iter().sum(), ..Scored::new(address) }, leaves)
    };
    let mut ranked: Vec<Candidate> = candidates.iter().enumerate().map(sum).collect();
    let rank_again = plan.ranks_again(request);
    let query = if rank_again { rank_query(plan) } else { RankQuery::default() };
    let ranker = rank_again.then(|| Ranker::new(index, &query, title_idfs));
    let mut scorer = Scorer { index, plan, explain: request.explain, ranker, watch };
    if !rank_again {
        scorer.score(&mut ranked, Care::Quick)?;
        return Ok(ranked.into_iter().map(|(scored, _)| scored).collect());
    }
    ranked.sort_by(by_score);
    let mut done: Vec<Scored> = Vec::with_capacity(ranked.len());
    while !ranked.is_empty() {
        let rest = ranked.split_off(with_ties(&ranked, CANDIDATES));
        let mut block = std::mem::replace(&mut ranked, rest);
        if block.len() > THOROUGH {
            scorer.score(&mut block, Care::Quick)?;
        }
        let best = with_ties(&block, THOROUGH);
        scorer.score(&mut block[..best], Care::Thorough)?;
        keep_below(&mut block, done.last().map(|last| last.score));
        done.extend(block.into_iter().map(|(scored, _)| scored));
    }
    Ok(done)
}

struct Scorer<'a> {
    index: &'a OpenIndex,
    plan: &'a Plan,
    explain: bool,
    /// `None` where the first stage alone ranks.
    ranker: Option<Ranker<'a>>,
    watch: &'a Watch,
}

impl Scorer<'_> {
    /// Scores candidates and sorts them; those for which there is no time come last.
    fn score(&mut self, block: &mut [Candidate], care: Care) -> Result<()> {
        let ranked = self.score_in_time(block, care)?;
        let (ranked, rest) = block.split_at_mut(ranked);
        ranked.sort_by(by_score);
        rest.sort_by(by_score);
        keep_below(rest, ranked.last().map(|(last, _)| last.score));
        Ok(())
    }

    /// Scores the first candidates, as many as there is time for, and says how many these are.
    fn score_in_time(&mut self, block: &mut [Candidate], care: Care) -> Result<usize> {
        if let Some(ranker) = &mut self.ranker {
            ranker.set_care(care);
        }
        for (place, (scored, leaves)) in block.iter_mut().enumerate() {
            if self.watch.is_over_after(STEPS_OF_CANDIDATE) {
                return Ok(place);
            }
            match &mut self.ranker {
                Some(ranker) => {
                    (scored.score, scored.parts) = ranker.rank(scored.address, self.explain)?;
                    for &kept in &self.plan.kept_leaves {
                        scored.score += leaves[kept];
                        scored.parts.push((self.plan.labels[kept].clone(), leaves[kept]));
                    }
                }
                None if self.explain => {
                    let labels = self.plan.labels.iter().cloned();
                    scored.parts = labels.zip(leaves.iter().copied()).collect();
                }
                None => {}
            }
            let kind = weights::kind(self.index.kind(scored.address)?);
            if kind != 1.0 {
                scored.score *= kind;
                scored.parts.push(("times, for its kind".to_owned(), kind));
            }
        }
        Ok(block.len())
    }
}

/// Where the first `count` end: passages that tie are not torn apart.
fn with_ties(ranked: &[Candidate], count: usize) -> usize {
    let Some((last, _)) = ranked.get(count - 1) else {
        return ranked.len();
    };
    let ties = ranked[count..].iter().take_while(|(next, _)| next.score == last.score);
    count + ties.count()
}

/// Lowers the scores of a sorted block, in proportion, where its best is above what came before.
fn keep_below(block: &mut [Candidate], ceiling: Option<f32>) {
    let (Some(ceiling), Some((best, _))) = (ceiling, block.first()) else {
        return;
    };
    if best.score > ceiling {
        let factor = JUST_BELOW * ceiling / best.score;
        for (scored, _) in block {
            scored.score *= factor;
        }
    }
}

fn by_score((a, _): &Candidate, (b, _): &Candidate) -> std::cmp::Ordering {
    b.score.total_cmp(&a.score).then(a.address.cmp(&b.address))
}
