//! Answers as bytes: one module for each format.
//!
//! Every function writes to the writer that it is given and to nothing else; whether that is a
//! terminal, and how wide, the caller says. Formats for programs keep the documents' text, escaped
//! so that it does no harm where it is looked at; the format for people shows what is harmful as a
//! sign.
//!
//! | format | one hit is | in `search` | in `batch` |
//! |---|---|---|---|
//! | [`human`] | a few lines | yes | – |
//! | [`json`] | an element of one object | yes | – |
//! | [`json`] (JSON Lines) | a line; in `batch` an element of a query's line | yes | yes |
//! | [`tsv`] | a line | yes | yes |
//! | [`trec`] | a line | yes | yes |

mod batch;
pub mod human;
pub mod json;
#[cfg(test)]
mod samples;
pub mod trec;
pub mod tsv;

pub use batch::{BatchAnswer, id_text};
