//! Words in Arabic script: letter folds, the light stem, and the bases under attached particles.

pub mod affixes;
mod exceptions;
pub mod normalize;
pub mod stem;
