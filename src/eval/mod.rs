//! Queries in files, judgements of passages, and how well passages are ranked.
//!
//! Pure arithmetic beside reading: this room never searches. The measures are trec_eval's, ties
//! included.

mod compare;
mod judged;
mod measures;
mod names;
mod queries;

pub use compare::{Comparison, compare};
pub use judged::{Qrels, Run};
pub use measures::{Evaluation, Measure};
pub use names::{NameCase, NameScores, read_names, score_names};
pub use queries::{QueryLine, QueryReader};
