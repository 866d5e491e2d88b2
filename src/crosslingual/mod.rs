//! crosslingual
pub mod align;
pub mod expansion;
pub mod keys;
pub mod lexicon;
mod lexicon_build;
pub mod names;
pub mod table;
pub mod vocabulary;
pub use lexicon_build::build_lexicon;
