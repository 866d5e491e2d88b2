//! Queries in files, judgements, and how well passages are ranked.
//!
//! Pure arithmetic beside reading: this room never searches and never opens a file. The measures
//! are trec_eval's, ties included; a query that is judged but not answered counts 0, one that is
//! answered but not judged does not count.

mod compare;
mod evaluation;
mod gate;
mod lines;
mod measures;
mod names;
mod qrels;
mod queries;
mod run;
mod significance;
pub mod table;

pub use compare::{Comparison, MeasureComparison};
pub use evaluation::{Evaluation, QueryValues, depth_of, without_repetitions};
pub use gate::{Gate, GateFailure, check_gates, with_gates};
pub use lines::MAX_LINE_BYTES;
pub use measures::{MAX_CUTOFF, Measure};
pub use names::{NameCase, NameEvaluation, NameOutcome, judge_name, read_names, spellings_of};
pub use qrels::{JudgedQuery, Qrels};
pub use queries::{BadQuery, QueryLine, QueryReader};
pub use run::{Ranked, Run};
pub use significance::randomisation_test;
