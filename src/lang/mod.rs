//! The script of a word and the language of a passage.
//!
//! Letters decide; the statistical detector is asked only about long passages, because on short
//! ones it guesses. Nothing here changes text, and nothing here can fail: what cannot be told is
//! [`Lang::UNDETERMINED`](crate::model::Lang::UNDETERMINED).

mod detector;
mod identify;
mod script;

pub use identify::identify_language;
pub use script::{Script, is_arabic_letter, is_latin_letter, script_of};

#[cfg(test)]
mod tests;
