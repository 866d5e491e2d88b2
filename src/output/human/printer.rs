//! The lines of a hit.

use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::Range;

use super::marked::{Marked, flow_snippet};
use super::styles::{CONTEXT, DIM, FILE, LABEL, LINE, MATCH, Styled, TITLE};
use super::wrap::wrap_lines;
use super::{HumanOptions, Marks};
use crate::model::Lang;
use crate::search::hit::{Answer, ContextPassage, Hit};
use crate::text::bidi::{Direction, first_strong, has_right_to_left, isolate_marks};
use crate::text::bounds::chars_after;
use crate::text::ranges::clip_ranges;
use crate::text::sanitize::to_one_line;
use crate::text::width::{display_width, shorten};

/// Lines are broken for no narrower terminal than this.
const NARROWEST: usize = 24;
/// Characters of a text that stand for a title that is not there.
const OPENING_COLUMNS: usize = 60;

/// Writes hits one after another.
pub struct Printer<'a> {
    pub out: &'a mut dyn Write,
    options: &'a HumanOptions,
}

impl<'a> Printer<'a> {
    pub fn new(out: &'a mut dyn Write, options: &'a HumanOptions) -> Printer<'a> {
        Printer { out, options }
    }

    /// `text` in that style, if there are colours.
    pub fn styled<'t>(&self, style: anstyle::Style, text: &'t str) -> Styled<'t> {
        let color = self.options.marks == Marks::Color;
        Styled { style: if color { style } else { anstyle::Style::new() }, text }
    }

    /// Safe text as a run of its own, if it needs one.
    pub fn isolated<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.options.terminal && has_right_to_left(text) {
            let (before, after) = isolate_marks(text, None);
            Cow::Owned(format!("{before}{text}{after}"))
        } else {
            Cow::Borrowed(text)
        }
    }

    pub fn columns(&self, indent: usize) -> usize {
        match self.options.width {
            Some(width) => width.max(NARROWEST).saturating_sub(indent),
            None => usize::MAX,
        }
    }

    pub fn write_hits(&mut self, hits: &[Hit], with_lang: bool) -> io::Result<()> {
        let digits = hits.last().map_or(1, |hit| hit.rank.to_string().len());
        let indent = " ".repeat(digits + 2);
        for (at, hit) in hits.iter().enumerate() {
            if at > 0 {
                writeln!(self.out)?;
            }
            let rank = format!("{:>digits$}", hit.rank);
            write!(self.out, "{}  ", self.styled(DIM, &rank))?;
            self.write_heading(hit, indent.len())?;
            write!(self.out, "{indent}")?;
            self.write_place(hit, with_lang)?;
            if let Some(url) = &hit.url {
                let url = to_one_line(url);
                writeln!(self.out, "{indent}{}", self.styled(DIM, &self.isolated(&url)))?;
            }
            self.write_context(&hit.context_before, hit, &indent)?;
            let direction = direction_of(&hit.text, hit.lang.as_ref());
            self.write_wrapped(&flow_snippet(hit, self.options.marks), direction, &indent, false)?;
            self.write_context(&hit.context_after, hit, &indent)?;
            if self.options.explain {
                self.write_contributions(hit, &indent)?;
            }
        }
        Ok(())
    }

    /// Title and sections on one line, shortened from the right.
    fn write_heading(&mut self, hit: &Hit, indent: usize) -> io::Result<()> {
        const SEPARATOR: &str = " › ";
        let mut left = self.columns(indent);
        let title = match &hit.title {
            Some(title) => Cow::Borrowed(title.as_str()),
            None => Cow::Owned(opening_words(hit)),
        };
        let parts = std::iter::once(title.as_ref()).chain(hit.section.iter().map(String::as_str));
        for (at, part) in parts.enumerate() {
            let separator = if at > 0 { SEPARATOR } else { "" };
            left = left.saturating_sub(display_width(separator));
            if left == 0 {
                break;
            }
            let part = to_one_line(part);
            let part = shorten(&part, left);
            left = left.saturating_sub(display_width(&part));
            let style = if at > 0 { anstyle::Style::new() } else { TITLE };
            write!(self.out, "{separator}{}", self.styled(style, &self.isolated(&part)))?;
        }
        writeln!(self.out)
    }

    /// File, line, score, and what else there is to say of the hit in a word.
    fn write_place(&mut self, hit: &Hit, with_lang: bool) -> io::Result<()> {
        let file = to_one_line(&hit.file);
        let line = hit.line.to_string();
        let score = short_score(hit.score);
        write!(
            self.out,
            "{}:{}  {}",
            self.styled(FILE, &self.isolated(&file)),
            self.styled(LINE, &line),
            self.styled(DIM, &score)
        )?;
        if let Some(date) = &hit.date {
            write!(self.out, "  {}", to_one_line(date))?;
        }
        if with_lang {
            let lang = hit.lang.as_ref().unwrap_or(&Lang::UNDETERMINED);
            write!(self.out, "  {}", self.styled(DIM, &to_one_line(lang.code())))?;
        }
        for label in approximations(hit) {
            let (how, found) = &label;
            let found = to_one_line(found);
            let label = format!("≈ {how}: {}", self.isolated(&found));
            write!(self.out, "  {}", self.styled(LABEL, &label))?;
        }
        writeln!(self.out)
    }

    fn write_context(
        &mut self,
        passages: &[ContextPassage],
        hit: &Hit,
        indent: &str,
    ) -> io::Result<()> {
        let indent = format!("{indent}│ ");
        for passage in passages {
            let mut marked = Marked::default();
            marked.push_text(&passage.text);
            let direction = direction_of(&passage.text, hit.lang.as_ref());
            self.write_wrapped(&marked, direction, &indent, true)?;
        }
        Ok(())
    }

    pub fn write_wrapped(
        &mut self,
        marked: &Marked,
        direction: Option<Direction>,
        indent: &str,
        dim: bool,
    ) -> io::Result<()> {
        for line in wrap_lines(&marked.text, self.columns(display_width(indent))) {
            let text = marked.text.get(line.clone()).unwrap_or("");
            let (before, after) = if self.options.terminal && has_right_to_left(text) {
                isolate_marks(text, direction)
            } else {
                (String::new(), "")
            };
            write!(self.out, "{indent}{before}")?;
            if dim {
                write!(self.out, "{}", self.styled(CONTEXT, text))?;
            } else {
                self.write_matches(text, &clip_ranges(&marked.matches, line))?;
            }
            writeln!(self.out, "{after}")?;
        }
        Ok(())
    }

    fn write_matches(&mut self, text: &str, matches: &[Range<usize>]) -> io::Result<()> {
        let slice = |range: Range<usize>| text.get(range).unwrap_or("");
        let mut at = 0;
        for found in matches {
            let styled = self.styled(MATCH, slice(found.clone()));
            write!(self.out, "{}{styled}", slice(at..found.start))?;
            at = found.end;
        }
        write!(self.out, "{}", slice(at..text.len()))
    }

    pub fn write_expansions(&mut self, answer: &Answer) -> io::Result<()> {
        for expansion in &answer.expansions {
            let word = to_one_line(&expansion.word);
            write!(self.out, "{} →", self.styled(TITLE, &self.isolated(&word)))?;
            for (at, became) in expansion.became.iter().enumerate() {
                let term = to_one_line(&became.term);
                let comma = if at > 0 { "," } else { "" };
                let weight = short_score(became.weight);
                let note = format!("({} {weight})", became.how.name());
                write!(self.out, "{comma} {} {}", self.isolated(&term), self.styled(DIM, &note))?;
            }
            writeln!(self.out)?;
        }
        if !answer.expansions.is_empty() {
            writeln!(self.out)?;
        }
        Ok(())
    }

    fn write_contributions(&mut self, hit: &Hit, indent: &str) -> io::Result<()> {
        for part in &hit.explain {
            let score = format!("{:>8}", short_score(part.score));
            let what = to_one_line(&part.what);
            let score = self.styled(LINE, &score);
            writeln!(self.out, "{indent}{score}  {}", self.isolated(&what))?;
        }
        Ok(())
    }
}

/// A score with four significant digits, never fewer than two decimals.
pub fn short_score(score: f64) -> String {
    if !score.is_finite() {
        return "0.00".to_owned();
    }
    let decimals = match score.abs() {
        0.0 => 2,
        size => (3.0 - size.log10().floor()).clamp(2.0, 8.0) as usize,
    };
    format!("{score:.decimals$}")
}

pub fn has_several_languages(hits: &[Hit]) -> bool {
    hits.windows(2).any(|pair| pair[0].lang != pair[1].lang)
}

/// The direction in which a text of that language is read.
pub fn direction_of(text: &str, lang: Option<&Lang>) -> Option<Direction> {
    let code = lang.map_or("", Lang::code);
    match code.split('-').next().unwrap_or("") {
        "ar" | "fa" | "ur" | "ps" | "sd" | "ug" | "ckb" | "he" | "yi" => {
            Some(Direction::RightToLeft)
        }
        "en" | "fr" | "de" | "es" => Some(Direction::LeftToRight),
        _ => first_strong(text),
    }
}

/// The first words of the article, for one that has no title.
fn opening_words(hit: &Hit) -> String {
    let text = hit.opening.as_deref().unwrap_or(&hit.text);
    let mut marked = Marked::default();
    // More than the columns can hold is of no use.
    let most = chars_after(text, 0, 4 * OPENING_COLUMNS);
    marked.push_text(text.get(..most).unwrap_or("").trim());
    let line = wrap_lines(&marked.text, OPENING_COLUMNS).into_iter().next().unwrap_or(0..0);
    let cut = line.end < marked.text.len() || most < text.len();
    let words = marked.text.get(line).unwrap_or("");
    format!("{words}{}", if cut { "…" } else { "" })
}

/// How and as what words of the query were met that are not there as asked.
fn approximations(hit: &Hit) -> Vec<(&'static str, &str)> {
    let mut labels: Vec<(&str, &str)> = Vec::new();
    for matched in hit.matched_by.iter().filter(|matched| matched.how.is_approximate()) {
        let label = (matched.how.name(), matched.found.as_str());
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    labels
}
