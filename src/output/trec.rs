//! The TREC run format: `qid Q0 passage-id rank score warraq`.
//!
//! Columns are parted by single spaces, so white space within an id is written as `_`, and so
//! is what a terminal obeys.

use std::borrow::Cow;
use std::io::{self, Write};

use super::batch::{BatchAnswer, id_text};
use crate::search::hit::{Answer, round_score};
use crate::text::sanitize::is_unsafe;

/// The name of the run.
const RUN: &str = "warraq";

/// Writes one line a hit, as the answer to the query `query_id`.
///
/// # Errors
/// Those of `out`.
pub fn write_hits(out: &mut dyn Write, query_id: &str, answer: &Answer) -> io::Result<()> {
    let query_id = column(query_id);
    for hit in answer.all_hits() {
        let (id, score) = (column(&hit.id), round_score(hit.score));
        writeln!(out, "{query_id} Q0 {id} {} {score} {RUN}", hit.rank)?;
    }
    Ok(())
}

/// Writes the lines of one query; none if it failed.
///
/// # Errors
/// Those of `out`.
pub fn write_batch_answer(out: &mut dyn Write, answer: &BatchAnswer<'_>) -> io::Result<()> {
    match answer.outcome {
        Ok(found) => write_hits(out, &id_text(answer.id), found),
        Err(_) => Ok(()),
    }
}

fn column(id: &str) -> Cow<'_, str> {
    let parts = |c: char| c.is_whitespace() || is_unsafe(c);
    if id.is_empty() {
        Cow::Borrowed("_")
    } else if id.contains(parts) {
        Cow::Owned(id.replace(parts, "_"))
    } else {
        Cow::Borrowed(id)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::output::samples::{arabic_hit, english_hit};

    #[test]
    fn six_columns() {
        let answer = Answer { hits: vec![english_hit(), arabic_hit()], ..Answer::default() };
        let mut out = Vec::new();
        write_hits(&mut out, "1", &answer).unwrap();
        let id = json!("q 7\t\u{a0}");
        write_batch_answer(&mut out, &BatchAnswer { id: &id, query: "x", outcome: Ok(&answer) })
            .unwrap();
        write_batch_answer(&mut out, &BatchAnswer { id: &id, query: "x", outcome: Err("bad") })
            .unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "1 Q0 busan.txt#2 1 12.3457 warraq\n\
             1 Q0 haengju.txt#0 2 0.5 warraq\n\
             q_7__ Q0 busan.txt#2 1 12.3457 warraq\n\
             q_7__ Q0 haengju.txt#0 2 0.5 warraq\n"
        );
    }
}
