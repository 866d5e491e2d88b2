//! What runs of indexing did, in words.

use super::counts::counted;
use crate::index::{Interruption, Location, Report, Totals};

/// What a run changed, in words.
pub fn changes(report: &Report) -> String {
    let counts = [
        (report.added_files, "added"),
        (report.changed_files, "changed"),
        (report.removed_files, "removed"),
        (report.continued_files, "continued"),
        (report.unchanged_files, "unchanged"),
    ];
    let parts: Vec<String> = counts
        .into_iter()
        .filter(|&(count, _)| count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if parts.is_empty() { "no files".to_owned() } else { format!("files: {}", parts.join(", ")) }
}

/// A run that was cut short.
pub fn interrupted(report: &Report, interruption: Interruption) -> String {
    let Interruption { read_files, planned_files, dropped } = interruption;
    let state = if dropped {
        "the index that was being made is dropped".to_owned()
    } else {
        format!("the index holds {}", holdings(report.totals))
    };
    let planned = counted(planned_files as u64, "file");
    let next = if dropped { "begin anew" } else { "go on" };
    format!(
        "interrupted: {read_files} of {planned} read to their end, {state}: run the \
         same command again to {next}"
    )
}

/// `4 articles in 31 passages`.
pub fn holdings(totals: Totals) -> String {
    let articles = counted(totals.articles, "article");
    format!("{articles} in {}", counted(totals.passages, "passage"))
}

/// A run that went through.
pub fn summary(report: &Report, location: &Location) -> String {
    let mut line = format!(
        "{}; the index at {} holds {}",
        changes(report),
        location.folder().display(),
        holdings(report.totals)
    );
    if report.rebuilt {
        line.push_str(", built anew");
    }
    if report.ignored_files > 0 {
        let files = counted(report.ignored_files, "file");
        line.push_str(&format!("; {files} of other kinds ignored"));
    }
    if report.duplicates > 0 {
        line.push_str(&format!("; {}", counted(report.duplicates, "duplicate")));
    }
    if report.skipped > 0 {
        line.push_str(&format!("; {} skipped (named above)", report.skipped));
    }
    let seconds = report.elapsed.as_secs_f64();
    if report.bytes > 0 {
        let rate = report.bytes as f64 / 1e6 / seconds.max(1e-3);
        line.push_str(&format!(
            " ({:.1} MB in {seconds:.1} s, {rate:.1} MB/s)",
            report.bytes as f64 / 1e6
        ));
    }
    line
}
