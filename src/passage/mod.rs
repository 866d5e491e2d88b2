//! Cutting an article into passages, the units that are searched and shown.
//!
//! Pure: blocks go in, passages come out, nothing is read or written. Memory is bounded by one
//! passage and the block at hand, whatever the length of the article.

mod build;
mod clean;
mod cut;
mod run;
mod section;
mod split;

pub use clean::{Cleaned, clean};
pub use cut::Cutter;
pub use section::section_kind;
