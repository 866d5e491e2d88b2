//! From a syntax tree to a plan: words are analysed by the code that analysed the articles, and
//! become leaves to score, a filter where operators restrict, and marks for the text.

use rustc_hash::FxHashMap;
use tantivy::schema::Field as IndexField;

use super::expand::{Became, Expander, MOST_EXPANDED_WORDS};
use super::filter::Filter;
use super::hit::{self, Expansion, How, MatchedBy};
use super::plan::{Plan, PlannedWord};
use super::positions::{MAX_SLOP, Pattern, find_pattern};
use super::request::{Rank, Request};
use super::retrieve::{Leaf, Member, idf};
use super::snippet::{MatchPhrase, MatchTerm};
use super::vocabulary::{Expanded, words_nearly, words_with_prefix};
use super::weights;
use crate::analysis::{Analyzer, OwnedWord, is_question_word, is_stop_word_as_written};
use crate::error::Result;
use crate::index::{INFOBOX_SEPARATOR, OpenIndex};
use crate::query::{Field, Group, Node, Occur, Parsed, Word};

/// The infobox fields of an index, for the parser.
pub struct InfoboxFields<'a>(pub &'a OpenIndex);

impl crate::query::FieldNames for InfoboxFields<'_> {
    fn is_field(&self, name: &str) -> bool {
        // An index that cannot be read fails where it is searched.
        self.0.doc_freq(self.0.fields.infobox_key, name).is_ok_and(|count| count > 0)
    }
}

/// Compiles one query.
pub struct Compiler<'a, 'i> {
    index: &'i OpenIndex,
    analyzer: &'a mut Analyzer,
    expander: &'a mut Expander<'i>,
    request: &'a Request,
    plan: Plan,
    passages: u64,
    /// Plain words by their stem: what else passages may hold in their place.
    known: FxHashMap<String, Vec<Became>>,
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
}

impl<'a, 'i> Compiler<'a, 'i> {
    pub fn new(
        index: &'i OpenIndex,
        analyzer: &'a mut Analyzer,
        expander: &'a mut Expander<'i>,
        request: &'a Request,
    ) -> Compiler<'a, 'i> {
        Compiler {
            index,
            analyzer,
            expander,
            request,
            plan: Plan::default(),
            passages: index.passages(),
            known: FxHashMap::default(),
            units: 0,
        }
    }

    /// # Errors
    /// The index cannot be read.
    pub fn compile(mut self, parsed: Parsed) -> Result<Plan> {
        let notes = parsed.diagnostics.iter().map(|diagnostic| diagnostic.message.clone());
        self.plan.notes = notes.collect();
        let mut pending = Vec::new();
        self.collect(&parsed.root, 1.0, &mut pending)?;
        self.plan.all_words = pending.iter().map(|pending| pending.word.clone()).collect();
        let counts = |pending: &Pending| {
            !is_stop_word_as_written(&pending.raw, &pending.word.form)
                && !is_question_word(&pending.word.form)
        };
        if pending.iter().any(counts) {
            pending.retain(counts);
        }
        for pending in &pending {
            self.add_word(pending)?;
        }
        self.add_pairs(&pending)?;
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
        let words = if field == fields.text || field == fields.exact {
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
                let label = format!("{} near {}", first.text, second.text);
                let pattern = self.near(left, right, *distance)?;
                self.add_pattern(&label, &pattern, boost)?;
                self.gather(first, boost, false, pending);
                self.gather(second, boost, false, pending);
            }
            Node::Field { field, node } => self.add_field(field, node, boost)?,
            Node::Group(group) => self.collect(group, boost, pending)?,
            Node::Lang(_) | Node::Kind(_) => {}
        }
        Ok(())
    }

    fn gather(&mut self, word: &Word, boost: f32, finds: bool, pending: &mut Vec<Pending>) {
        for analysed in self.analyzer.words(&word.text) {
            let raw = word.text.get(analysed.span.clone()).unwrap_or(&word.text).to_owned();
            pending.push(Pending { word: analysed, raw, boost, finds });
        }
    }

    /// Adds a plain word: what finds it, what ranks it, what marks it.
    fn add_word(&mut self, pending: &Pending) -> Result<()> {
        let Pending { word, raw, boost, finds } = pending.clone();
        let fields = self.fields();
        if self.known.contains_key(&word.stem) {
            return Ok(());
        }
        let became = if finds && self.plan.words.len() < MOST_EXPANDED_WORDS {
            self.expander.expand(&word, self.request.expand)?
        } else {
            Vec::new()
        };
        self.known.insert(word.stem.clone(), became.clone());
        let df = self.index.doc_freq(fields.text, &word.stem)?;
        let df_form = self.index.doc_freq(fields.exact, &word.form)?;
        let variants = became.iter().filter(|became| became.how == How::Variant);
        let spelt = variants.map(|became| became.passages).max().unwrap_or(0);
        let weight = idf(if df > 0 { df } else { spelt }, self.passages);
        let mut idf_across = 0.0;
        let mut report = self.report(&raw, &word, df, df_form);
        if finds {
            self.add_word_leaves(&word, boost, weight, df_form, &became)?;
            let unit = self.next_unit();
            let exact = self.tag(&raw, &word.form, How::Exact);
            let stem = self.tag(&raw, &word.stem, How::Stem);
            self.plan.matcher.add_words(
                unit,
                weight * boost,
                [MatchTerm::form(&word.form, exact), MatchTerm::stem(&word.stem, stem)],
            );
            idf_across = self.add_across(&raw, boost, &became)?;
            self.mark_became(unit, weight * boost, &raw, &became, &mut report);
        }
        self.plan.expansions.push(report);
        self.plan.words.push(PlannedWord {
            idf: weight,
            idf_form: idf(df_form, self.passages),
            word,
            boost,
            became,
            idf_across,
        });
        Ok(())
    }

    fn add_word_leaves(
        &mut self,
        word: &OwnedWord,
        boost: f32,
        weight: f32,
        df_form: u64,
        became: &[Became],
    ) -> Result<()> {
        let fields = self.fields();
        let of = |text: &str| vec![Member::Term { text: text.to_owned(), weight: 1.0 }];
        let stem = &word.stem;
        let mut members = of(stem);
        for became in became.iter().filter(|became| became.how == How::Variant) {
            members.push(self.member(became, became.weight * weights::VARIANT)?);
        }
        self.leaf(fields.text, members, weight, boost * weights::TEXT, stem.clone());
        let in_title = idf(self.index.doc_freq(fields.title, stem)?, self.passages);
        let label = format!("title: {stem}");
        self.leaf(fields.title, of(stem), in_title, boost * weights::TITLE, label);
        if self.request.rank == Rank::Bm25 {
            let exact = idf(df_form, self.passages);
            let label = format!("exact: {}", word.form);
            self.leaf(fields.exact, of(&word.form), exact, boost * weights::EXACT, label);
            let in_section = idf(self.index.doc_freq(fields.section, stem)?, self.passages);
            let label = format!("section: {stem}");
            self.leaf(fields.section, of(stem), in_section, boost * weights::SECTION, label);
        }
        Ok(())
    }

    /// What finds an expansion.
    fn member(&self, became: &Became, weight: f32) -> Result<Member> {
        if let [word] = became.words.as_slice() {
            return Ok(Member::Term { text: word.stem.clone(), weight });
        }
        let mut found = find_pattern(self.index, &self.pattern_became(became))?;
        for (_, frequency) in found.iter_mut().flatten() {
            *frequency *= weight;
        }
        Ok(Member::Found(found))
    }

    fn pattern_became(&self, became: &Became) -> Pattern {
        let slots = became.words.iter().map(|word| vec![word.stem.clone()]).collect();
        Pattern { field: self.fields().text, slots, slop: 0, ordered: true }
    }

    /// Adds names in the other script and translations: one leaf, as they all stand for one word.
    /// Returns their common inverse document frequency.
    fn add_across(&mut self, raw: &str, boost: f32, became: &[Became]) -> Result<f32> {
        let mut members = Vec::new();
        let mut df = 0;
        for became in became.iter().filter(|became| is_across(became.how)) {
            members.push(self.member(became, became.weight)?);
            df += became.passages;
        }
        if members.is_empty() {
            return Ok(0.0);
        }
        let weight = idf(df.min(self.passages), self.passages);
        let label = format!("{raw} in the other language");
        self.leaf(self.fields().text, members, weight, boost * weights::ACROSS, label);
        Ok(weight)
    }

    /// Marks expansions in the text and reports them.
    fn mark_became(
        &mut self,
        unit: u32,
        weight: f32,
        raw: &str,
        became: &[Became],
        report: &mut Expansion,
    ) {
        for became in became {
            let tag = self.tag(raw, &became.form, became.how);
            match became.words.as_slice() {
                [word] => {
                    self.plan.matcher.add_words(unit, weight, [MatchTerm::stem(&word.stem, tag)]);
                }
                words => {
                    let slots = words.iter();
                    let slots = slots.map(|word| vec![MatchTerm::stem(&word.stem, tag)]).collect();
                    let phrase = MatchPhrase { slots, slop: 0, ordered: true };
                    self.plan.matcher.add_phrase(unit, weight, phrase);
                }
            }
            let counts = if is_across(became.how) { weights::ACROSS } else { weights::VARIANT };
            report.became.push(hit::Became {
                term: became.form.clone(),
                how: became.how,
                weight: f64::from(became.weight * counts),
                passages: Some(became.passages),
            });
        }
    }

    /// Adds names that two neighbouring words are together.
    fn add_pairs(&mut self, pending: &[Pending]) -> Result<()> {
        for pair in pending.windows(2).take(MOST_EXPANDED_WORDS) {
            let [first, second] = pair else { continue };
            if !(first.finds && second.finds) {
                continue;
            }
            let became =
                self.expander.expand_pair(&first.word, &second.word, self.request.expand)?;
            if became.is_empty() {
                continue;
            }
            let raw = format!("{} {}", first.raw, second.raw);
            let mut report = Expansion { word: raw.clone(), became: Vec::new() };
            let boost = first.boost.min(second.boost);
            let weight = self.add_across(&raw, boost, &became)?;
            let unit = self.next_unit();
            self.mark_became(unit, weight * boost, &raw, &became, &mut report);
            self.plan.expansions.push(report);
            if let Some(word) =
                self.plan.words.iter_mut().find(|word| word.word.stem == first.word.stem)
            {
                word.became.extend(became);
                word.idf_across = word.idf_across.max(weight);
            }
        }
        Ok(())
    }

    fn report(&self, raw: &str, word: &OwnedWord, df: u64, df_form: u64) -> Expansion {
        let mut became = vec![hit::Became {
            term: word.form.clone(),
            how: How::Exact,
            weight: 1.0,
            passages: Some(df_form),
        }];
        if word.stem != word.form || df > df_form {
            became.push(hit::Became {
                term: word.stem.clone(),
                how: How::Stem,
                weight: f64::from(weights::level::STEM),
                passages: Some(df),
            });
        }
        Expansion { word: raw.to_owned(), became }
    }

    /// Adds a prefix or a fuzzy word: one leaf of all the words that it becomes.
    fn add_expanded(
        &mut self,
        word: &Word,
        how: How,
        distance: Option<u8>,
        boost: f32,
    ) -> Result<()> {
        let field = self.fields().exact;
        let expanded = self.expand(word, distance, field, "")?;
        if expanded.cut {
            self.plan.notes.push(format!(
                "{} becomes more words than are searched: only the {} most frequent are",
                word.text,
                expanded.words.len()
            ));
        }
        let df = expanded.words.iter().map(|&(_, df)| df).sum::<u64>().min(self.passages);
        let members = expanded
            .words
            .iter()
            .map(|(text, _)| Member::Term { text: text.clone(), weight: 1.0 })
            .collect();
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
        match distance {
            None => words_with_prefix(self.index, field, &term),
            Some(distance) => words_nearly(self.index, field, &term, distance),
        }
    }

    /// Adds what stands in certain places: found beforehand, scored like a rare word.
    fn add_pattern(&mut self, label: &str, pattern: &Pattern, boost: f32) -> Result<()> {
        if pattern.slots.is_empty() {
            return Ok(());
        }
        let found = find_pattern(self.index, pattern)?;
        let mut weight = 0.0;
        for terms in &pattern.slots {
            let mut df = 0;
            for term in terms {
                df += self.index.doc_freq(pattern.field, term)?;
            }
            weight += idf(df.min(self.passages), self.passages);
        }
        let members = vec![Member::Found(found)];
        let leaf = self.leaf(pattern.field, members, weight, boost, format!("\"{label}\""));
        self.plan.kept_leaves.push(leaf);
        if pattern.field == self.fields().text {
            let unit = self.next_unit();
            let tag = self.tag(label, label, How::Exact);
            let slots = pattern.slots.iter();
            let slots = slots
                .map(|terms| terms.iter().map(|term| MatchTerm::stem(term, tag)).collect())
                .collect();
            self.plan.matcher.add_phrase(
                unit,
                weight * boost,
                MatchPhrase { slots, slop: pattern.slop, ordered: pattern.ordered },
            );
        }
        Ok(())
    }

    /// Adds words that are asked for in one field.
    fn add_field(&mut self, field: &Field, node: &Node, boost: f32) -> Result<()> {
        match node {
            Node::Field { field, node } => return self.add_field(field, node, boost),
            Node::Group(group) => {
                for clause in &group.clauses {
                    if matches!(clause.occur, Occur::Should | Occur::Must) {
                        self.add_field(field, &clause.node, boost * clause.boost)?;
                    }
                }
                return Ok(());
            }
            Node::Phrase { words, slop } => {
                let pattern = self.field_phrase(field, words, *slop);
                return self.add_pattern(&words.text, &pattern, boost);
            }
            Node::Near { .. } | Node::Lang(_) | Node::Kind(_) => return Ok(()),
            Node::Word(_) | Node::Prefix(_) | Node::Fuzzy { .. } => {}
        }
        let (place, _) = self.place_of(field);
        for (raw, terms) in self.field_terms(field, node)? {
            let mut df = 0;
            for term in &terms {
                df += self.index.doc_freq(place, term)?;
            }
            let weight = idf(df.min(self.passages), self.passages);
            let members = terms.iter().cloned();
            let members = members.map(|text| Member::Term { text, weight: 1.0 }).collect();
            let label = format!("{}: {raw}", field.name());
            let leaf = self.leaf(place, members, weight, boost, label);
            self.plan.kept_leaves.push(leaf);
            if let Field::Infobox(_) = field {
                let unit = self.next_unit();
                let mut marks = Vec::new();
                for term in &terms {
                    let stem = term.rsplit(INFOBOX_SEPARATOR).next().unwrap_or(term);
                    let tag = self.tag(&raw, stem, How::Stem);
                    marks.push(MatchTerm::stem(stem, tag));
                }
                self.plan.matcher.add_words(unit, weight * boost, marks);
            }
        }
        Ok(())
    }

    /// Where the words of a field are indexed, and what its terms begin with.
    fn place_of(&self, field: &Field) -> (IndexField, String) {
        match field {
            Field::Title => (self.fields().title, String::new()),
            Field::Section => (self.fields().section, String::new()),
            Field::Infobox(name) => (self.fields().infobox, format!("{name}{INFOBOX_SEPARATOR}")),
        }
    }

    /// For each word of a node its terms in a field.
    fn field_terms(&mut self, field: &Field, node: &Node) -> Result<Vec<(String, Vec<String>)>> {
        let (place, before) = self.place_of(field);
        Ok(match node {
            Node::Word(word) => {
                let words = self.analyzer.words(&word.text).into_iter();
                words.map(|word| (word.form, vec![format!("{before}{}", word.stem)])).collect()
            }
            Node::Prefix(word) => {
                let expanded = self.expand(word, None, place, &before)?;
                vec![(
                    word.text.clone(),
                    expanded.words.into_iter().map(|(term, _)| term).collect(),
                )]
            }
            Node::Fuzzy { word, distance } => {
                let expanded = self.expand(word, Some(*distance), place, &before)?;
                vec![(
                    word.text.clone(),
                    expanded.words.into_iter().map(|(term, _)| term).collect(),
                )]
            }
            _ => Vec::new(),
        })
    }

    fn phrase(&mut self, words: &Word, slop: u32, field: IndexField) -> Pattern {
        self.pattern_of(words, slop, field, "")
    }

    fn field_phrase(&mut self, field: &Field, words: &Word, slop: u32) -> Pattern {
        let (place, before) = self.place_of(field);
        self.pattern_of(words, slop, place, &before)
    }

    fn pattern_of(&mut self, words: &Word, slop: u32, field: IndexField, before: &str) -> Pattern {
        let words = self.analyzer.words(&words.text);
        let slots = words.iter().map(|word| vec![format!("{before}{}", word.stem)]).collect();
        Pattern { field, slots, slop: slop.min(MAX_SLOP), ordered: true }
    }

    /// A pattern of the first words of both sides; whole phrases on a side are asked for beside it.
    fn near(&mut self, left: &Node, right: &Node, distance: u32) -> Result<Pattern> {
        let slots = vec![self.near_terms(left)?, self.near_terms(right)?];
        let slop = distance.saturating_sub(1).min(MAX_SLOP);
        Ok(Pattern { field: self.fields().text, slots, slop, ordered: false })
    }

    fn near_terms(&mut self, node: &Node) -> Result<Vec<String>> {
        let exact = self.fields().exact;
        let expanded = match node {
            Node::Prefix(word) => self.expand(word, None, exact, "")?,
            Node::Fuzzy { word, distance } => self.expand(word, Some(*distance), exact, "")?,
            Node::Word(word) | Node::Phrase { words: word, .. } => {
                let first = self.analyzer.words(&word.text).into_iter().next();
                return Ok(first.map(|word| word.stem).into_iter().collect());
            }
            _ => return Ok(Vec::new()),
        };
        // Positions are kept of stems.
        let mut stems: Vec<String> = expanded
            .words
            .iter()
            .flat_map(|(form, _)| self.analyzer.words(form))
            .map(|word| word.stem)
            .collect();
        stems.sort_unstable();
        stems.dedup();
        Ok(stems)
    }

    fn group_filter(&mut self, group: &Group, field: Option<&Field>) -> Result<Filter> {
        let mut all = Vec::new();
        let mut any = Vec::new();
        let mut has_must = false;
        for clause in &group.clauses {
            // A word without letters that count asks for nothing.
            let Some(filter) = self.node_filter(&clause.node, field)? else {
                continue;
            };
            match clause.occur {
                Occur::Should => any.push(filter),
                Occur::Must => {
                    has_must = true;
                    all.push(filter);
                }
                Occur::Filter => all.push(filter),
                Occur::MustNot => all.push(Filter::Not(Box::new(filter))),
            }
        }
        if all.is_empty() && any.is_empty() {
            return Ok(Filter::Any(Vec::new()));
        }
        if !has_must && !any.is_empty() {
            all.push(Filter::Any(any));
        }
        Ok(Filter::All(all))
    }

    /// A word, or what it became.
    fn word_filter(&self, word: &OwnedWord) -> Result<Filter> {
        let text = self.fields().text;
        let mut terms = vec![word.stem.clone()];
        let mut any = Vec::new();
        for became in self.known.get(&word.stem).into_iter().flatten() {
            match became.words.as_slice() {
                [only] => terms.push(only.stem.clone()),
                _ => {
                    let found = find_pattern(self.index, &self.pattern_became(became))?;
                    any.push(Filter::Found(found));
                }
            }
        }
        any.push(Filter::Terms { field: text, terms });
        Ok(Filter::Any(any))
    }

    /// The condition that a node is; `None` where it holds nothing to look for.
    fn node_filter(&mut self, node: &Node, field: Option<&Field>) -> Result<Option<Filter>> {
        if let Some(field) = field
            && matches!(node, Node::Word(_) | Node::Prefix(_) | Node::Fuzzy { .. })
        {
            let (place, _) = self.place_of(field);
            let words = self.field_terms(field, node)?.into_iter();
            let words = words.map(|(_, terms)| Filter::Terms { field: place, terms });
            return Ok(all_of(words.collect()));
        }
        let fields = self.fields();
        Ok(Some(match node {
            Node::Word(word) => {
                let words = self.analyzer.words(&word.text);
                let words = words.iter().map(|word| self.word_filter(word));
                return Ok(all_of(words.collect::<Result<_>>()?));
            }
            Node::Prefix(word) => {
                let expanded = self.expand(word, None, fields.exact, "")?;
                terms_filter(fields.exact, expanded)
            }
            Node::Fuzzy { word, distance } => {
                let expanded = self.expand(word, Some(*distance), fields.exact, "")?;
                terms_filter(fields.exact, expanded)
            }
            Node::Phrase { words, slop } => {
                let pattern = match field {
                    Some(field) => self.field_phrase(field, words, *slop),
                    None => self.phrase(words, *slop, fields.text),
                };
                if pattern.slots.is_empty() {
                    return Ok(None);
                }
                Filter::Found(find_pattern(self.index, &pattern)?)
            }
            Node::Near { left, right, distance } => {
                let near = self.near(left, right, *distance)?;
                let near = Filter::Found(find_pattern(self.index, &near)?);
                let mut all = vec![near];
                for side in [left, right] {
                    if matches!(**side, Node::Phrase { .. }) {
                        all.extend(self.node_filter(side, field)?);
                    }
                }
                Filter::All(all)
            }
            Node::Field { field, node } => return self.node_filter(node, Some(field)),
            Node::Group(group) => self.group_filter(group, field)?,
            Node::Lang(langs) => Filter::Terms {
                field: fields.lang,
                terms: langs.iter().map(|lang| lang.code().to_owned()).collect(),
            },
            Node::Kind(kinds) => Filter::Terms {
                field: fields.kind,
                terms: kinds.iter().map(|kind| kind.name().to_owned()).collect(),
            },
        }))
    }
}

/// Whether an expansion is in the other language or script.
pub fn is_across(how: How) -> bool {
    matches!(how, How::Name | How::Translation)
}

fn all_of(filters: Vec<Filter>) -> Option<Filter> {
    (!filters.is_empty()).then_some(Filter::All(filters))
}

fn terms_filter(field: IndexField, expanded: Expanded) -> Filter {
    Filter::Terms { field, terms: expanded.words.into_iter().map(|(term, _)| term).collect() }
}

/// The words of a side of NEAR.
fn node_word(node: &Node) -> Option<&Word> {
    match node {
        Node::Word(word) | Node::Prefix(word) => Some(word),
        Node::Fuzzy { word, .. } => Some(word),
        Node::Phrase { words, .. } => Some(words),
        _ => None,
    }
}

/// Whether a query asks for more than that any of its words be there.
fn restricts(group: &Group) -> bool {
    group.clauses.is_empty()
        || group.clauses.iter().any(|clause| {
            clause.occur != Occur::Should
                || match &clause.node {
                    Node::Group(group) => restricts(group),
                    Node::Field { node, .. } => match &**node {
                        Node::Group(group) => restricts(group),
                        Node::Near { .. } | Node::Field { .. } => true,
                        _ => false,
                    },
                    Node::Near { .. } => true,
                    _ => clause.node.is_filter(),
                }
        })
}
