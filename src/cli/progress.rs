//! What a run of indexing shows: a bar on a terminal, nothing but problems in a pipe.

use std::cell::Cell;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::error::Problem;
use crate::index::Observer;
use crate::text::sanitize::to_one_line;

/// Problems named one by one in a run; the summary counts the rest.
const NAMED_PROBLEMS: u32 = 100;

/// Shows a run on standard error.
pub struct Progress {
    bar: ProgressBar,
    passages: Cell<u64>,
    problems: Cell<u32>,
}

impl Progress {
    /// `show_bar`: on a terminal, and only where long work is expected.
    pub fn new(show_bar: bool) -> Progress {
        let target =
            if show_bar { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let style = ProgressStyle::with_template(
            "indexing {wide_bar} {bytes}/{total_bytes} {binary_bytes_per_sec} {msg} {eta}",
        );
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = style {
            bar.set_style(style);
        }
        Progress { bar, passages: Cell::new(0), problems: Cell::new(0) }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
        let unnamed = self.problems.get().saturating_sub(NAMED_PROBLEMS);
        if unnamed > 0 {
            eprintln!("warraq: … and {unnamed} more problems");
        }
    }

    fn say(&self, line: &str) {
        self.bar.suspend(|| eprintln!("warraq: {}", to_one_line(line)));
    }
}

impl Observer for Progress {
    fn planned(&self, _files: usize, bytes: u64) {
        self.bar.set_length(bytes);
    }

    fn advanced(&self, bytes: u64, passages: u64) {
        self.passages.set(self.passages.get() + passages);
        self.bar.inc(bytes);
        self.bar.set_message(format!("{} passages", self.passages.get()));
    }

    fn problem(&self, problem: &Problem) {
        self.problems.set(self.problems.get() + 1);
        if self.problems.get() <= NAMED_PROBLEMS {
            self.say(&problem.to_string());
        }
    }

    fn note(&self, message: &str) {
        self.say(message);
    }
}
