//! The sections that are open while an article is read.

use crate::model::Kind;
use crate::passage::section_kind;

/// Levels of the open sections, outermost first, and the kind of what stands in them.
#[derive(Clone, Debug, Default)]
pub struct Sections(Vec<(u8, Kind)>);

impl Sections {
    /// Begins a section; those of its level and deeper ones end.
    pub fn enter(&mut self, level: u8, heading: &str) {
        self.0.retain(|&(outer, _)| outer < level);
        let kind = section_kind(heading).unwrap_or(self.kind());
        self.0.push((level, kind));
    }

    /// The kind of lists and paragraphs in the innermost section.
    pub fn kind(&self) -> Kind {
        self.0.last().map_or(Kind::Prose, |&(_, kind)| kind)
    }
}
