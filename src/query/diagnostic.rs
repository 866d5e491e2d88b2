//! What the parser tells about a query that it did not take word for word.
//!
//! Messages are one short line and echo at most [`MAX_ECHO`] characters of the input, none of them
//! one that a terminal obeys.

use std::fmt;
use std::ops::Range;

use crate::text::sanitize::excerpt;

/// Characters of the input that a message repeats at most.
const MAX_ECHO: usize = 32;
/// Further diagnostics of one query are only counted.
const MAX_DIAGNOSTICS: usize = 12;

/// A part of the query that was ignored, changed or read as plain words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Bytes of the query.
    pub span: Range<usize>,
    /// One line without a full stop.
    pub message: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Collects diagnostics, a bounded number of them.
#[derive(Default)]
pub(super) struct Diagnostics {
    list: Vec<Diagnostic>,
    uncounted: usize,
    last: Range<usize>,
}

impl Diagnostics {
    pub fn add(&mut self, span: Range<usize>, message: impl fmt::Display) {
        if self.list.len() < MAX_DIAGNOSTICS {
            self.list.push(Diagnostic { span, message: message.to_string() });
        } else {
            self.uncounted += 1;
            self.last = span;
        }
    }

    pub fn finish(mut self) -> Vec<Diagnostic> {
        if self.uncounted > 0 {
            let message = format!("{} more remarks on this query", self.uncounted);
            self.list.push(Diagnostic { span: self.last, message });
        }
        self.list
    }
}

/// The beginning of `text` between backquotes.
pub(super) fn echo(text: &str) -> String {
    format!("`{}`", excerpt(text, MAX_ECHO))
}
