//! Tab-separated values, without a header.
//!
//! The columns are rank, score, id, title, section, lang, file:line, snippet; in a batch the
//! query's id stands before them. A field never holds a tab, a line break or anything else that a
//! terminal obeys: each is a space. What is not known is empty.

use std::io::{self, Write};

use super::batch::{BatchAnswer, id_text};
use crate::model::Lang;
use crate::search::hit::{Answer, Hit, round_score};
use crate::text::sanitize::is_unsafe;

/// Stands between the headings of a section path.
const SECTION_SEPARATOR: &str = " › ";
/// Stands between the fragments of a snippet.
const FRAGMENT_SEPARATOR: &str = " … ";

/// Writes one line a hit, group after group if there are groups.
///
/// # Errors
/// Those of `out`.
pub fn write_hits(out: &mut dyn Write, answer: &Answer) -> io::Result<()> {
    answer.all_hits().try_for_each(|hit| write_hit(out, hit))
}

/// Writes the lines of one query; none if it failed.
///
/// # Errors
/// Those of `out`.
pub fn write_batch_answer(out: &mut dyn Write, answer: &BatchAnswer<'_>) -> io::Result<()> {
    let Ok(found) = answer.outcome else {
        return Ok(());
    };
    let id = id_text(answer.id);
    found.all_hits().try_for_each(|hit| {
        write_field(out, &id)?;
        out.write_all(b"\t")?;
        write_hit(out, hit)
    })
}

fn write_hit(out: &mut dyn Write, hit: &Hit) -> io::Result<()> {
    write!(out, "{}\t{}\t", hit.rank, round_score(hit.score))?;
    write_field(out, &hit.id)?;
    out.write_all(b"\t")?;
    write_field(out, hit.title.as_deref().unwrap_or(""))?;
    out.write_all(b"\t")?;
    write_joined(out, hit.section.iter().map(String::as_str), SECTION_SEPARATOR)?;
    out.write_all(b"\t")?;
    out.write_all(hit.lang.as_ref().unwrap_or(&Lang::UNDETERMINED).code().as_bytes())?;
    out.write_all(b"\t")?;
    write_field(out, &hit.file)?;
    write!(out, ":{}\t", hit.line)?;
    let fragments = hit.snippet.iter().map(|fragment| fragment.text.as_str());
    write_joined(out, fragments, FRAGMENT_SEPARATOR)?;
    out.write_all(b"\n")
}

fn write_joined<'a>(
    out: &mut dyn Write,
    parts: impl Iterator<Item = &'a str>,
    separator: &str,
) -> io::Result<()> {
    for (at, part) in parts.enumerate() {
        if at > 0 {
            out.write_all(separator.as_bytes())?;
        }
        write_field(out, part)?;
    }
    Ok(())
}

fn write_field(out: &mut dyn Write, text: &str) -> io::Result<()> {
    let mut parts = text.split(is_unsafe);
    out.write_all(parts.next().unwrap_or("").as_bytes())?;
    for part in parts {
        out.write_all(b" ")?;
        out.write_all(part.as_bytes())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::output::samples::{arabic_hit, english_hit};
    use crate::search::snippet::Fragment;

    fn lines(hits: Vec<Hit>) -> String {
        let mut out = Vec::new();
        write_hits(&mut out, &Answer { hits, ..Answer::default() }).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_columns_of_search() {
        assert_eq!(
            lines(vec![english_hit(), arabic_hit()]),
            "1\t12.3457\tbusan.txt#2\tSiege of Busan\tBattle › Aftermath\ten\tbusan.txt:7\tFire arrows followed.\n\
             2\t0.5\thaengju.txt#0\t\t\tar\thaengju.txt:1\tفي قلعة هانجو.\n"
        );
    }

    #[test]
    fn the_query_comes_first_in_a_batch() {
        let answer = Answer { hits: vec![arabic_hit()], ..Answer::default() };
        let mut out = Vec::new();
        let id = json!("a\tb");
        let query = "هانجو";
        write_batch_answer(&mut out, &BatchAnswer { id: &id, query, outcome: Ok(&answer) })
            .unwrap();
        write_batch_answer(&mut out, &BatchAnswer { id: &id, query, outcome: Err("bad") }).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "a b\t2\t0.5\thaengju.txt#0\t\t\tar\thaengju.txt:1\tفي قلعة هانجو.\n"
        );
    }

    #[test]
    fn fragments_are_joined_and_controls_are_spaces() {
        let mut hit = arabic_hit();
        hit.title = Some("a\tb\r\nc\u{1b}d\u{85}".into());
        hit.snippet = ["one\u{2028}", "two"]
            .map(|text| Fragment { text: text.into(), ..Fragment::default() })
            .into();
        assert_eq!(
            lines(vec![hit]),
            "2\t0.5\thaengju.txt#0\ta b  c d \t\tar\thaengju.txt:1\tone  … two\n"
        );
    }

    proptest! {
        #[test]
        fn always_one_line_of_eight_columns(title in any::<String>(), text in any::<String>()) {
            let mut hit = english_hit();
            hit.title = Some(title);
            hit.snippet[0].text = text;
            let line = lines(vec![hit]);
            prop_assert_eq!(line.matches('\n').count(), 1);
            prop_assert_eq!(line.matches('\t').count(), 7);
        }
    }
}
