//! Answers for people.
//!
//! ```text
//! 1  Siege of Busan › Battle › Aftermath
//!    busan.txt:7  12.35
//!    … Fire arrows followed.
//! ```
//!
//! Nothing that comes from a document is written before it is made safe. Text stays in logical
//! order; on a terminal every run that holds Arabic is in an isolate of its own, so that it is
//! read in its own direction and the line around it in its.

mod facets;
mod marked;
mod printer;
mod styles;
mod wrap;

use std::borrow::Cow;
use std::io::{self, Write};

use self::marked::Marked;
use self::printer::{Printer, direction_of, has_several_languages};
use self::styles::{DIM, GROUP};
use crate::model::Lang;
use crate::search::facets::Facets;
use crate::search::hit::Answer;
use crate::text::sanitize::to_one_line;

/// How matched words are told from others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Marks {
    /// By bold and colour. Everything else is coloured as well.
    Color,
    /// `*So*`, without colours: for `NO_COLOR` and where the output is not a terminal.
    #[default]
    Signs,
    /// Not at all.
    None,
}

/// What the output is written for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HumanOptions {
    pub marks: Marks,
    /// Whether it is a terminal: then right-to-left runs are isolated, and a last line says how
    /// much was found.
    pub terminal: bool,
    /// Columns of a line; without it texts are not broken into lines.
    pub width: Option<usize>,
    /// Whether to show what the words of the query became and what the scores are made of.
    pub explain: bool,
}

/// Writes an answer, in groups if there are groups. Notes and suggestions are not part of it: see
/// [`write_notes`].
///
/// # Errors
/// Those of `out`.
pub fn write_answer(
    out: &mut dyn Write,
    answer: &Answer,
    options: &HumanOptions,
) -> io::Result<()> {
    let mut printer = Printer::new(out, options);
    if options.explain {
        printer.write_expansions(answer)?;
    }
    let with_lang = answer.groups.is_none() && has_several_languages(&answer.hits);
    printer.write_hits(&answer.hits, with_lang)?;
    for (at, group) in answer.groups.iter().flatten().enumerate() {
        let lang = group.lang.as_ref().unwrap_or(&Lang::UNDETERMINED);
        let gap = if at > 0 { "\n" } else { "" };
        writeln!(printer.out, "{gap}{}\n", printer.styled(GROUP, &language_name(lang)))?;
        printer.write_hits(&group.hits, false)?;
    }
    let any = answer.all_hits().next().is_some();
    write_facets(printer.out, answer, options, any)?;
    if options.terminal && answer.all_hits().next().is_some() {
        let footer = summary(answer);
        writeln!(printer.out, "\n{}", printer.styled(DIM, &footer))?;
    }
    Ok(())
}

/// Writes what the reader should know beside the hits: how the query was understood where that is
/// not plain, and a better spelling. Meant for standard error.
///
/// # Errors
/// Those of `out`.
pub fn write_notes(out: &mut dyn Write, answer: &Answer, options: &HumanOptions) -> io::Result<()> {
    let printer = Printer::new(out, options);
    for note in &answer.notes {
        writeln!(printer.out, "note: {}", printer.isolated(&to_one_line(note)))?;
    }
    if let Some(query) = &answer.did_you_mean {
        writeln!(printer.out, "did you mean: {}", printer.isolated(&to_one_line(query)))?;
    }
    Ok(())
}

/// Writes what all that matches has in common, if that was asked for and there is anything; after
/// an empty line where something `precedes`.
///
/// # Errors
/// Those of `out`.
pub fn write_facets(
    out: &mut dyn Write,
    answer: &Answer,
    options: &HumanOptions,
    precedes: bool,
) -> io::Result<()> {
    let Some(facets) = answer.facets.as_ref().filter(|facets| **facets != Facets::default()) else {
        return Ok(());
    };
    if precedes {
        writeln!(out)?;
    }
    Printer::new(out, options).write_facets(facets)
}

/// Writes the number of passages that match.
///
/// # Errors
/// Those of `out`.
pub fn write_count(out: &mut dyn Write, answer: &Answer) -> io::Result<()> {
    let shown = || answer.all_hits().count() as u64;
    writeln!(out, "{}", answer.total.unwrap_or_else(shown))
}

/// Writes `text` in lines of `width` columns, safe and isolated as [`write_answer`] does it. A
/// line is read in the direction of `lang`, without one in that of its first letter.
///
/// # Errors
/// Those of `out`.
pub fn write_text(
    out: &mut dyn Write,
    text: &str,
    lang: Option<&Lang>,
    options: &HumanOptions,
) -> io::Result<()> {
    let mut printer = Printer::new(out, options);
    for line in text.lines() {
        let direction = direction_of(line, lang);
        let mut marked = Marked::default();
        marked.push_text(line);
        if marked.text.trim().is_empty() {
            writeln!(printer.out)?;
        } else {
            printer.write_wrapped(&marked, direction, "", false)?;
        }
    }
    Ok(())
}

/// The English name of a language, or its code.
pub fn language_name(lang: &Lang) -> Cow<'_, str> {
    Cow::Borrowed(match lang.code() {
        "en" => "English",
        "ar" => "Arabic",
        "fa" => "Persian",
        "ur" => "Urdu",
        "fr" => "French",
        "de" => "German",
        "es" => "Spanish",
        "it" => "Italian",
        "tr" => "Turkish",
        "ru" => "Russian",
        "zh" => "Chinese",
        "ja" => "Japanese",
        "ko" => "Korean",
        "und" => "Other languages",
        _ => return to_one_line(lang.code()),
    })
}

/// `12 passages of 4 articles`.
fn summary(answer: &Answer) -> String {
    let shown = answer.all_hits().count() as u64;
    let mut articles: Vec<&str> = answer.all_hits().map(|hit| hit.article.as_str()).collect();
    articles.sort_unstable();
    articles.dedup();
    let plural = |count: u64| if count == 1 { "" } else { "s" };
    let of = articles.len() as u64;
    let articles = format!("{of} article{}", plural(of));
    match answer.total {
        Some(total) if total > shown => format!("{shown} of {total} passages, from {articles}"),
        _ => format!("{shown} passage{} of {articles}", plural(shown)),
    }
}

#[cfg(test)]
mod tests;
