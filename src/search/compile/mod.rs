//! From a syntax tree to a plan: words are analysed by the code that analysed the articles, and
//! become leaves to score, a filter where operators restrict, and marks for the text.

mod fields;
mod places;
mod restrict;
mod synonyms;
mod words;

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use tantivy::schema::Field as IndexField;

use super::deadline::{Stage, Watch};
use super::expand::{Became, Expander};
use super::hit::{self, Expansion, How, MatchedBy};
use super::plan::Plan;
use super::positions::{Occurrences, Pattern, find_forms, find_pattern};
use super::request::Request;
use super::retrieve::{Leaf, Member, idf};
use super::snippet::MatchTerm;
use super::vocabulary::{
    Expanded, forms_nearly, forms_with_prefix, words_nearly, words_with_prefix,
};
use crate::analysis::{Analyzer, OwnedWord, is_question_word, is_stop_word_as_written};
use crate::error::Result;
use crate::index::OpenIndex;
use crate::query::{Group, Node, Occur, Parsed, Word};
use crate::text::sanitize::excerpt;

use places::node_word;
use restrict::restricts;
use synonyms::Stretch;
pub use words::is_across;

/// The infobox fields of an index, for the parser.
pub struct InfoboxFields<'a>(pub &'a OpenIndex);

impl crate::query::FieldNames for InfoboxFields<'_> {
    fn is_field(&self, name: &str) -> bool {
        // An index that cannot be read fails where it is searched.
        self.0.doc_freq(self.0.fields.infobox_key, name).is_ok_and(|count| count > 0)
    }
}

/// Steps that a word or another node takes beside looking for it.
const STEPS_OF_WORD: u32 = 64;
/// Occurrences that are found beforehand, at the most: 8 bytes each.
const MOST_OCCURRENCES: usize = 1 << 25;
/// Characters of a word that a note repeats, at the most.
const MOST_ECHO: usize = 32;

/// Compiles one query.
pub struct Compiler<'a, 'i> {
    index: &'i OpenIndex,
    analyzer: &'a mut Analyzer,
    expander: &'a mut Expander<'i>,
    request: &'a Request,
    watch: &'a Watch,
    plan: Plan,
    passages: u64,
    /// Plain words by their stem: what else passages may hold in their place.
    known: FxHashMap<String, Vec<Became>>,
    /// Where the forms of prefixes and fuzzy words occur, found before.
    known_forms: FxHashMap<Vec<String>, Arc<Occurrences>>,
    /// Where phrases and near words occur, found before.
    known_patterns: FxHashMap<Pattern, Arc<Occurrences>>,
    /// Whether there was no time for all that the words become.
    is_cut: bool,
    /// How many members the leaves of expanded words have, all together.
    members: usize,
    /// How many occurrences were found beforehand.
    occurrences: usize,
    /// What the user has synonyms for.
    stretches: Vec<Stretch>,
    /// What expansions must not be, folded.
    without: FxHashSet<String>,
    units: u32,
}

/// A plain word of the query before it is known which words count.
#[derive(Clone)]
struct Pending {
    word: OwnedWord,
    raw: String,
    boost: f32,
    /// Whether passages are found by it, or only ranked: the words of a phrase.
    finds: bool,
    /// Whether it is a name together with the word before or after it.
    in_name: bool,
    /// The place in `stretches` of what it belongs to, alone or with its neighbours.
    stretch: Option<usize>,
}

impl Pending {
    /// Whether it says what is looked for, unlike function and question words.
    fn counts(&self) -> bool {
        !is_stop_word_as_written(&self.raw, &self.word.form) && !is_question_word(&self.word.form)
    }
}

impl<'a, 'i> Compiler<'a, 'i> {
    pub fn new(
        index: &'i OpenIndex,
        analyzer: &'a mut Analyzer,
        expander: &'a mut Expander<'i>,
        request: &'a Request,
        watch: &'a Watch,
    ) -> Compiler<'a, 'i> {
        let without = request.without.iter().map(|text| folded(text, analyzer)).collect();
        Compiler {
            index,
            analyzer,
            expander,
            request,
            watch,
            plan: Plan::default(),
            passages: index.passages(),
            known: FxHashMap::default(),
            known_forms: FxHashMap::default(),
            known_patterns: FxHashMap::default(),
            is_cut: false,
            members: 0,
            occurrences: 0,
            stretches: Vec::new(),
            without,
            units: 0,
        }
    }

    /// What there is no time for is left out of the plan; what then is found is found by the whole
    /// query too.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn compile(mut self, parsed: Parsed) -> Result<Plan> {
        let notes = parsed.diagnostics.iter().map(|diagnostic| diagnostic.message.clone());
        self.plan.notes = notes.collect();
        self.watch.enter(Stage::Patterns);
        let mut pending = Vec::new();
        self.collect(&parsed.root, 1.0, &mut pending)?;
        self.watch.enter(Stage::Words);
        self.plan.all_words = pending.iter().map(|pending| pending.word.clone()).collect();
        self.find_stretches(&mut pending)?;
        if pending.iter().any(Pending::counts) {
            pending.retain(Pending::counts);
        }
        let pairs = self.find_pairs(&mut pending)?;
        for pending in &pending {
            if self.watch.is_over_after(STEPS_OF_WORD) {
                break;
            }
            self.add_word(pending)?;
        }
        for pair in pairs {
            if self.watch.is_over_after(STEPS_OF_WORD) {
                break;
            }
            self.add_pair(pair)?;
        }
        self.add_stretches();
        self.is_cut = self.watch.is_cut_here();
        self.watch.enter(Stage::Filter);
        if restricts(&parsed.root) {
            self.plan.filter = Some(self.group_filter(&parsed.root, None)?);
        }
        Ok(self.plan)
    }

    fn fields(&self) -> crate::index::Fields {
        self.index.fields
    }

    fn average(&self, field: IndexField) -> Option<f32> {
        let totals = self.index.payload.totals;
        let fields = self.fields();
        let words = if field == fields.text {
            totals.text_words
        } else if field == fields.title {
            totals.title_words
        } else if field == fields.section {
            totals.section_words
        } else {
            return None;
        };
        Some(words as f32 / totals.passages.max(1) as f32)
    }

    /// Whether nobody asked to do without an expansion.
    fn is_wanted(&self, became: &Became) -> bool {
        !self.without.contains(&became.form)
    }

    fn next_unit(&mut self) -> u32 {
        self.units += 1;
        self.units - 1
    }

    fn tag(&mut self, word: &str, found: &str, how: How) -> u32 {
        let tag = MatchedBy { word: word.to_owned(), found: found.to_owned(), how };
        self.plan.tags.push(tag);
        (self.plan.tags.len() - 1) as u32
    }

    fn leaf(
        &mut self,
        field: IndexField,
        members: Vec<Member>,
        idf: f32,
        weight: f32,
        label: String,
    ) -> usize {
        let average_length = self.average(field);
        self.plan.leaves.push(Leaf { field, members, weight: idf * weight, average_length });
        self.plan.labels.push(label);
        self.plan.leaves.len() - 1
    }

    /// Goes through everything that is scored; plain words are gathered, as which of them count
    /// depends on the others.
    fn collect(&mut self, group: &Group, boost: f32, pending: &mut Vec<Pending>) -> Result<()> {
        for clause in &group.clauses {
            if matches!(clause.occur, Occur::Should | Occur::Must) {
                self.collect_node(&clause.node, boost * clause.boost, pending)?;
            }
        }
        Ok(())
    }

    fn collect_node(&mut self, node: &Node, boost: f32, pending: &mut Vec<Pending>) -> Result<()> {
        match node {
            Node::Word(word) => self.gather(word, boost, true, pending),
            Node::Prefix(word) => self.add_expanded(word, How::Prefix, None, boost)?,
            Node::Fuzzy { word, distance } => {
                self.add_expanded(word, How::Fuzzy, Some(*distance), boost)?;
            }
            Node::Phrase { words, slop } => {
                let pattern = self.phrase(words, *slop, self.fields().text);
                self.add_pattern(&words.text, &pattern, boost)?;
                self.gather(words, boost, false, pending);
            }
            Node::Near { left, right, distance } => {
                let (Some(first), Some(second)) = (node_word(left), node_word(right)) else {
                    return Ok(());
                };
                if !self.watch.is_over_after(STEPS_OF_WORD) {
                    let label = format!("{} near {}", first.text, second.text);
                    let pattern = self.near(left, right, *distance)?;
                    self.add_pattern(&label, &pattern, boost)?;
                }
                self.gather(first, boost, false, pending);
                self.gather(second, boost, false, pending);
            }
            Node::Field { field, node } => self.add_field(field, node, boost)?,
            Node::Group(group) => self.collect(group, boost, pending)?,
            Node::Lang(_)
            | Node::Kind(_)
            | Node::Dates(_)
            | Node::Category(_)
            | Node::Article(_)
            | Node::HasField(_) => {}
        }
        Ok(())
    }

    fn gather(&mut self, word: &Word, boost: f32, finds: bool, pending: &mut Vec<Pending>) {
        for analysed in self.analyzer.words(&word.text) {
            let raw = word.text.get(analysed.span.clone()).unwrap_or(&word.text).to_owned();
            pending.push(Pending {
                word: analysed,
                raw,
                boost,
                finds,
                in_name: false,
                stretch: None,
            });
        }
    }

    /// Adds a prefix or a fuzzy word: one leaf of all the words that it becomes.
    fn add_expanded(
        &mut self,
        word: &Word,
        how: How,
        distance: Option<u8>,
        boost: f32,
    ) -> Result<()> {
        if self.watch.is_over_after(STEPS_OF_WORD) {
            return Ok(());
        }
        let field = self.fields().text;
        let expanded = self.expand_form(word, distance);
        if expanded.cut {
            self.plan.note(format!(
                "{} becomes more words than are searched: only the {} most frequent are",
                excerpt(&word.text, MOST_ECHO),
                expanded.words.len()
            ));
        }
        let df = expanded.words.iter().map(|&(_, df)| df).sum::<u64>().min(self.passages);
        let members = vec![Member::found(self.find_forms(&expanded)?)];
        let weight = idf(df, self.passages);
        let leaf = self.leaf(field, members, weight, boost, word.text.clone());
        self.plan.kept_leaves.push(leaf);
        let unit = self.next_unit();
        let mut terms = Vec::new();
        let mut became = Vec::new();
        for (text, df) in expanded.words {
            let tag = self.tag(&word.text, &text, how);
            terms.push(MatchTerm::form(&text, tag));
            became.push(hit::Became { term: text, how, weight: 1.0, passages: Some(df) });
        }
        self.plan.matcher.add_words(unit, weight * boost, terms);
        self.plan.expansions.push(Expansion { word: word.text.clone(), became });
        Ok(())
    }

    /// The forms of the index that a prefix (no distance) or a fuzzy word stands for.
    fn expand_form(&mut self, word: &Word, distance: Option<u8>) -> Expanded {
        let Some(last) = self.analyzer.words(&word.text).pop() else {
            return Expanded::default();
        };
        let mut expanded = match distance {
            None => forms_with_prefix(self.index, &last.form, self.watch),
            Some(distance) => forms_nearly(self.index, &last.form, distance, self.watch),
        };
        expanded.words.retain(|(form, _)| *form == last.form || !self.without.contains(form));
        expanded
    }

    /// Where any of the forms occurs.
    fn find_forms(&mut self, expanded: &Expanded) -> Result<Arc<Occurrences>> {
        let forms: Vec<String> = expanded.words.iter().map(|(form, _)| form.clone()).collect();
        if let Some(known) = self.known_forms.get(&forms) {
            return Ok(known.clone());
        }
        let found = Arc::new(find_forms(self.index, &forms, self.watch)?);
        self.count_occurrences(&found);
        if !self.watch.is_cut_here() {
            self.known_forms.insert(forms, found.clone());
        }
        Ok(found)
    }

    /// Where a phrase or near words occur.
    fn find_pattern(&mut self, pattern: &Pattern) -> Result<Arc<Occurrences>> {
        if let Some(known) = self.known_patterns.get(pattern) {
            return Ok(known.clone());
        }
        let found = Arc::new(find_pattern(self.index, pattern, self.watch)?);
        self.count_occurrences(&found);
        if !self.watch.is_cut_here() {
            self.known_patterns.insert(pattern.clone(), found.clone());
        }
        Ok(found)
    }

    /// Ends the stage where what was found takes too much memory.
    fn count_occurrences(&mut self, found: &Occurrences) {
        self.occurrences += found.iter().map(Vec::len).sum::<usize>();
        if self.occurrences > MOST_OCCURRENCES {
            self.watch.end_stage();
        }
    }

    /// The terms of a field that a prefix (no distance) or a fuzzy word stands for. `before` is
    /// what the field's terms begin with.
    fn expand(
        &mut self,
        word: &Word,
        distance: Option<u8>,
        field: IndexField,
        before: &str,
    ) -> Result<Expanded> {
        let Some(last) = self.analyzer.words(&word.text).pop() else {
            return Ok(Expanded::default());
        };
        let term = format!("{before}{}", last.form);
        let mut expanded = match distance {
            None => words_with_prefix(self.index, field, &term, self.watch)?,
            Some(distance) => words_nearly(self.index, field, &term, distance, self.watch)?,
        };
        let left_out = |found: &str| {
            found.strip_prefix(before).is_some_and(|stem| self.without.contains(stem))
        };
        expanded.words.retain(|(found, _)| *found == term || !left_out(found));
        Ok(expanded)
    }
}

/// The words of a text as expansions have them.
fn folded(text: &str, analyzer: &mut Analyzer) -> String {
    let forms: Vec<String> = analyzer.words(text).into_iter().map(|word| word.form).collect();
    forms.join(" ")
}
