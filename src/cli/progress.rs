//! What a run of indexing shows: one line that changes on a terminal, a line now and then elsewhere.

use std::cell::Cell;
use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::counts::{counted, counted_in_groups, grouped};
use super::interrupt::Interrupt;
use super::tell::say;
use crate::error::Problem;
use crate::index::{Advance, Observer};

/// Problems named one by one in a run; the summary counts the rest.
const NAMED_PROBLEMS: u32 = 100;
/// How often progress is told where standard error is no terminal, and how long it says nothing.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// Shows a run on standard error.
pub struct Progress {
    bar: ProgressBar,
    /// When the next plain line is due; `None` where none is wanted.
    next_line: Cell<Option<Instant>>,
    began: Cell<Instant>,
    /// Bytes that the run will read.
    planned: Cell<u64>,
    problems: Cell<u32>,
    names_duplicates: bool,
    interrupt: Interrupt,
}

impl Progress {
    /// `shown`: where long work is expected.
    pub fn new(shown: bool) -> Progress {
        let terminal = io::stderr().is_terminal();
        let target = if shown && terminal {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{prefix} {bar:12} {wide_msg}") {
            bar.set_style(style);
        }
        let now = Instant::now();
        Progress {
            bar,
            next_line: Cell::new((shown && !terminal).then_some(now + LINE_EVERY)),
            began: Cell::new(now),
            planned: Cell::new(0),
            problems: Cell::new(0),
            names_duplicates: false,
            interrupt: Interrupt::default(),
        }
    }

    /// Progress of a run that the user can interrupt.
    pub fn interruptible(shown: bool, names_duplicates: bool, interrupt: Interrupt) -> Progress {
        Progress { interrupt, names_duplicates, ..Progress::new(shown) }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
        let unnamed = self.problems.get().saturating_sub(NAMED_PROBLEMS);
        if unnamed > 0 {
            say(format_args!("… and {}", counted(u64::from(unnamed), "more problem")));
        }
    }

    /// Says a plain line where one is due.
    fn say_at_times(&self, line: impl FnOnce() -> String) {
        if self.next_line.get().is_some_and(|due| due <= Instant::now()) {
            self.next_line.set(Some(Instant::now() + LINE_EVERY));
            self.say(&line());
        }
    }

    /// Shows how far something is that is told in bytes alone.
    fn step(&self, what: &'static str, bytes: u64, all: u64) {
        let line = || format!("{} of {} MB", megabytes(bytes), megabytes(all));
        if !self.bar.is_hidden() {
            self.bar.set_prefix(what);
            self.bar.set_length(all);
            self.bar.set_position(bytes);
            self.bar.set_message(line());
        }
        self.say_at_times(|| format!("{what}: {}", line()));
    }

    fn say(&self, line: &str) {
        self.bar.suspend(|| say(line));
    }
}

impl Observer for Progress {
    fn planned(&self, _files: usize, bytes: u64) {
        self.began.set(Instant::now());
        self.planned.set(bytes);
        self.bar.set_prefix("indexing");
        self.bar.set_length(bytes);
        self.bar.set_position(0);
    }

    fn compared(&self, bytes: u64, all: u64) {
        self.step("looking for changes", bytes, all);
    }

    fn verified(&self, bytes: u64, all: u64) {
        self.step("comparing with the sources", bytes, all);
    }

    fn advanced(&self, so_far: Advance) {
        let line = || in_words(so_far, self.planned.get(), self.began.get().elapsed());
        if !self.bar.is_hidden() {
            self.bar.set_position(so_far.bytes);
            self.bar.set_message(line());
        }
        self.say_at_times(|| format!("indexing: {}", line()));
    }

    fn stopped(&self) -> bool {
        self.interrupt.came()
    }

    fn problem(&self, problem: &Problem) {
        self.problems.set(self.problems.get() + 1);
        if self.problems.get() <= NAMED_PROBLEMS {
            self.say(&problem.to_string());
        }
    }

    fn duplicate(&self, found: &Problem) {
        if self.names_duplicates {
            self.say(&found.to_string());
        }
    }

    fn note(&self, message: &str) {
        self.say(message);
    }
}

/// `12,340 articles, 56,789 passages, 123.4 of 1,024.0 MB (4.5 MB/s, 3 min left)`
fn in_words(so_far: Advance, planned: u64, elapsed: Duration) -> String {
    let rate = so_far.bytes as f64 / elapsed.as_secs_f64().max(1e-3);
    let left = planned.saturating_sub(so_far.bytes) as f64 / rate.max(1.0);
    format!(
        "{}, {}, {} of {} MB ({} MB/s, {} left)",
        counted_in_groups(so_far.articles, "article"),
        counted_in_groups(so_far.passages, "passage"),
        megabytes(so_far.bytes),
        megabytes(planned),
        tenths(rate / 1e6),
        roughly(left as u64),
    )
}

fn megabytes(bytes: u64) -> String {
    tenths(bytes as f64 / 1e6)
}

fn tenths(number: f64) -> String {
    let tenths = (number * 10.0).round() as u64;
    format!("{}.{}", grouped(tenths / 10), tenths % 10)
}

fn roughly(seconds: u64) -> String {
    match seconds {
        0..90 => format!("{seconds} s"),
        90..5400 => format!("{} min", (seconds + 30) / 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_in_words() {
        let so_far = Advance { bytes: 123_400_000, articles: 12_340, passages: 56_789 };
        assert_eq!(
            in_words(so_far, 1_024_000_000, Duration::from_secs(27)),
            "12,340 articles, 56,789 passages, 123.4 of 1,024.0 MB (4.6 MB/s, 3 min left)"
        );
        assert_eq!(
            in_words(Advance::default(), 0, Duration::ZERO),
            "0 articles, 0 passages, 0.0 of 0.0 MB (0.0 MB/s, 0 s left)"
        );
        assert_eq!([roughly(89), roughly(90), roughly(7500)], ["89 s", "2 min", "2 h 5 min"]);
    }
}
