//! Small tools for text on its way to a reader: safe for a terminal, in the right order, no wider
//! than the line, and with byte ranges that stay on char boundaries.
//!
//! Knows nothing of queries or passages, keeps no state and cannot fail.

pub mod bidi;
pub mod bounds;
pub mod ranges;
pub mod sanitize;
pub mod width;
