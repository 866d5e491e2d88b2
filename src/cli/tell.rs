//! Standard error: the one place that writes there.
//!
//! A line holds nothing that a terminal obeys, whatever names and texts it repeats, and is not
//! endless. That nobody reads it, or that there is no room for it, ends no run.

use std::fmt::Display;
use std::io::{self, Write};

use crate::text::sanitize::excerpt;

/// Characters of a line, at the most.
const LINE_CHARS: usize = 2000;
/// Characters of an unknown id that are repeated.
const ID_CHARS: usize = 200;

/// Tells something about the work, as the program.
pub fn say(line: impl Display) {
    say_result(format_args!("warraq: {line}"));
}

/// Says that nothing has an id that somebody gave.
pub fn say_unknown_id(id: &str) {
    let id = excerpt(id, ID_CHARS);
    say(format_args!("nothing has the id {id}: ids are printed by `warraq search --format tsv`"));
}

/// Tells what came of the work.
pub fn say_result(line: impl Display) {
    let mut line = excerpt(&line.to_string(), LINE_CHARS);
    line.push('\n');
    // One write, so that lines of several threads stay whole.
    let _ = io::stderr().lock().write_all(line.as_bytes());
}
