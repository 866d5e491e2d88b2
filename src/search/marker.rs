//! What of any text a query matches, without searching: for views that show whole articles.
//!
//! A query is compiled once for many texts. Nothing of the index is read for a text, so passages,
//! titles and headings are marked as the snippets of a search mark them.

use super::deadline::Watch;
use super::snippet::{Matcher, find_matches_among};
use crate::analysis::Analyzer;

/// Steps that analysing a word takes.
const STEPS_OF_WORD: u32 = 2;

/// Marks texts; made by [`Engine::marker`](super::Engine::marker).
pub struct Marker<'e> {
    pub(super) matcher: Matcher,
    pub(super) analyzer: &'e mut Analyzer,
    pub(super) watch: &'e Watch,
}

impl Marker<'_> {
    /// The words of a text that match: bytes from and to, on char boundaries, sorted and disjoint.
    /// When the engine's deadline comes, those found until then; see [`Marker::is_partial`].
    pub fn matches(&mut self, text: &str) -> Vec<[usize; 2]> {
        let goes_on = || !self.watch.is_over_after(STEPS_OF_WORD);
        let analyzer = &mut *self.analyzer;
        find_matches_among(&self.matcher, |each| analyzer.analyze_while(text, goes_on, each))
            .pairs()
    }

    /// Whether nothing of any text can match.
    pub fn is_empty(&self) -> bool {
        self.matcher.is_empty()
    }

    /// Whether the deadline came while the query was compiled or a text was marked, so that some
    /// matches may not have been marked.
    pub fn is_partial(&self) -> bool {
        self.watch.is_cut()
    }
}
