//! Queries in files, judgements, and how well passages are ranked: pure arithmetic.

mod queries;

pub use queries::{QueryLine, QueryReader};
