//! Tokens to a tree, with a stack of open parentheses instead of recursion.
//!
//! `NEAR` binds tightest, then `NOT`, `AND`, `OR`; clauses side by side are looser still, so that
//! `konishi lang:en OR lang:ar` is konishi in either language.

use std::ops::Range;

use super::ast::{Clause, Group, Node, Occur};
use super::clauses::{
    Boosted, clamp_boost, finish_group, group_node, in_field, push_alternatives, push_clause,
    push_plain, push_required,
};
use super::diagnostic::Diagnostics;
use super::leaf::{leaf_node, word_node};
use super::token::{Facet, Sign, Target, Token, TokenKind, is_invisible};

/// Operators without operands that are kept in case they are all there is.
const MAX_STRAY: usize = 8;

#[derive(Clone, Copy)]
enum Operator {
    And,
    Or,
    Near(u32),
}

/// Something between operators.
struct Operand {
    /// Without the field.
    node: Node,
    target: Option<Target>,
    boost: f32,
    sign: Sign,
    negated: bool,
    span: Range<usize>,
    /// The right side of the last `NEAR`, which a further one begins with.
    near: Option<Node>,
}

impl Operand {
    fn into_boosted(self) -> Boosted {
        match self.target {
            Some(Target::Text(field)) => (in_field(field, self.node), self.boost),
            Some(Target::Facet(_)) | None => (self.node, self.boost),
        }
    }

    fn excludes(&self) -> bool {
        self.negated || self.sign == Sign::Minus
    }

    fn joins_near(&self) -> bool {
        self.near.is_some()
            || matches!(
                self.node,
                Node::Word(_) | Node::Prefix(_) | Node::Fuzzy { .. } | Node::Phrase { .. }
            )
    }
}

/// What was read between a parenthesis and here.
#[derive(Default)]
struct Frame {
    sign: Option<Sign>,
    target: Option<Target>,
    /// What words here stand for, as in `lang:(en ar)`.
    facet: Option<Facet>,
    start: usize,
    clauses: Vec<Clause>,
    /// Operands of `OR` before the one being read.
    alternatives: Vec<Operand>,
    /// Operands of `AND` so far.
    conjunction: Vec<Operand>,
    operator: Option<(Operator, Range<usize>)>,
    /// A `NOT` without its operand yet, and whether it negates: two of them do not.
    negation: Option<(bool, Range<usize>)>,
    stray: Vec<Range<usize>>,
}

pub(super) struct Parser<'a> {
    text: &'a str,
    /// The frames around the current one.
    open: Vec<Frame>,
    frame: Frame,
    /// Parentheses beyond the greatest depth.
    ignored_open: usize,
    max_depth: usize,
}

impl<'a> Parser<'a> {
    pub fn new(text: &'a str, max_depth: usize) -> Parser<'a> {
        Parser { text, open: Vec::new(), frame: Frame::default(), ignored_open: 0, max_depth }
    }

    pub fn take(&mut self, token: Token, notes: &mut Diagnostics) {
        let Token { kind, span } = token;
        match kind {
            TokenKind::Open { sign, target } => self.open(sign, target, span, notes),
            TokenKind::Close { boost } => self.close(boost, span, notes),
            TokenKind::And => self.frame.add_operator(Operator::And, span, notes),
            TokenKind::Or => self.frame.add_operator(Operator::Or, span, notes),
            TokenKind::Near(distance) => {
                self.frame.add_operator(Operator::Near(distance), span, notes);
            }
            TokenKind::Not => self.frame.add_negation(span),
            TokenKind::Leaf { sign, target, leaf, text, boost } => {
                let (node, target) =
                    leaf_node(leaf, text, target, span.clone(), self.frame.facet, notes);
                let operand =
                    Operand { node, target, boost, sign, negated: false, span, near: None };
                self.frame.add_operand(operand, notes);
            }
        }
    }

    fn open(
        &mut self,
        sign: Sign,
        target: Option<Target>,
        span: Range<usize>,
        notes: &mut Diagnostics,
    ) {
        if self.open.len() >= self.max_depth {
            if self.ignored_open == 0 {
                let max = self.max_depth;
                notes.add(span, format_args!("parentheses are read only {max} deep"));
            }
            self.ignored_open += 1;
            return;
        }
        let facet = match &target {
            Some(Target::Facet(facet)) => Some(*facet),
            Some(Target::Text(_)) => None,
            None => self.frame.facet,
        };
        let inner =
            Frame { sign: Some(sign), target, facet, start: span.start, ..Frame::default() };
        self.open.push(std::mem::replace(&mut self.frame, inner));
    }

    fn close(&mut self, boost: f32, span: Range<usize>, notes: &mut Diagnostics) {
        if self.ignored_open > 0 {
            self.ignored_open -= 1;
            return;
        }
        let Some(outer) = self.open.pop() else {
            notes.add(span, "a `)` without its `(` is ignored");
            return;
        };
        let mut inner = std::mem::replace(&mut self.frame, outer);
        let span = inner.start..span.end;
        let (sign, target) = (inner.sign.unwrap_or(Sign::None), inner.target.take());
        let group = inner.finish(self.text, notes);
        if group.is_empty() {
            return;
        }
        let (node, own) = group_node(group);
        let boost = if own == 1.0 { boost } else { clamp_boost(own * boost) };
        let operand = Operand { node, target, boost, sign, negated: false, span, near: None };
        self.frame.add_operand(operand, notes);
    }

    /// Closes what is open. `stopped` says that the text was not read to its end.
    pub fn finish(mut self, stopped: bool, notes: &mut Diagnostics) -> Group {
        if !stopped && !self.open.is_empty() {
            let first = self.open.get(1).unwrap_or(&self.frame);
            notes.add(first.start..self.text.len(), "a `(` is never closed: closed at the end");
        }
        self.ignored_open = 0;
        while !self.open.is_empty() {
            self.close(1.0, self.text.len()..self.text.len(), notes);
        }
        self.frame.finish(self.text, notes)
    }
}

impl Frame {
    fn add_operand(&mut self, mut operand: Operand, notes: &mut Diagnostics) {
        if let Some((negates, _)) = self.negation.take() {
            operand.negated = negates;
        }
        match self.operator.take() {
            None => self.finish_item(),
            Some((Operator::Or, _)) => self.finish_conjunction(),
            Some((Operator::And, _)) => {}
            Some((Operator::Near(distance), span)) => {
                match self.conjunction.pop() {
                    Some(left) if can_join(&left, &operand) => {
                        if left.boost != 1.0 && left.near.is_none() || operand.boost != 1.0 {
                            notes.add(span, "`^` beside `NEAR` is ignored: write (a NEAR/5 b)^2");
                        }
                        self.conjunction.push(join_near(left, operand, distance));
                        return;
                    }
                    Some(left) => {
                        notes
                            .add(span, "`NEAR` joins words or phrases of one field: read as `AND`");
                        self.conjunction.push(left);
                    }
                    None => {}
                };
            }
        }
        self.conjunction.push(operand);
    }

    fn add_operator(&mut self, operator: Operator, span: Range<usize>, notes: &mut Diagnostics) {
        if let Some((_, negation)) = self.negation.take() {
            self.add_stray(negation, notes);
        }
        if self.conjunction.is_empty() {
            self.add_stray(span, notes);
            return;
        }
        match (&self.operator, operator) {
            // Of several operators in a row the one that finds most.
            (Some((Operator::Or, _)), _) | (Some((Operator::And, _)), Operator::Near(_)) => {
                note_ignored(span, notes);
            }
            (Some((_, earlier)), _) => {
                note_ignored(earlier.clone(), notes);
                self.operator = Some((operator, span));
            }
            (None, _) => self.operator = Some((operator, span)),
        }
    }

    fn add_negation(&mut self, span: Range<usize>) {
        let negates = !self.negation.as_ref().is_some_and(|(negates, _)| *negates);
        self.negation = Some((negates, span));
    }

    /// An operator with nothing before it: a word, if no other word follows.
    fn add_stray(&mut self, span: Range<usize>, notes: &mut Diagnostics) {
        if self.clauses.is_empty() && self.conjunction.is_empty() && self.stray.len() < MAX_STRAY {
            self.stray.push(span);
        } else {
            note_ignored(span, notes);
        }
    }

    fn finish_conjunction(&mut self) {
        let mut operands = std::mem::take(&mut self.conjunction);
        if operands.len() == 1 {
            self.alternatives.append(&mut operands);
            return;
        }
        let span = match (operands.first(), operands.last()) {
            (Some(first), Some(last)) => first.span.start..last.span.end,
            _ => return,
        };
        let mut clauses = Vec::with_capacity(operands.len());
        for operand in operands {
            if operand.excludes() {
                push_clause(&mut clauses, Occur::MustNot, operand.into_boosted());
            } else {
                push_required(&mut clauses, operand.into_boosted());
            }
        }
        let (node, boost) = group_node(finish_group(clauses));
        self.alternatives.push(Operand {
            node,
            target: None,
            boost,
            sign: Sign::None,
            negated: false,
            span,
            near: None,
        });
    }

    /// Ends what `OR` joins. `+x` and `-x` in it concern the whole group.
    fn finish_item(&mut self) {
        self.finish_conjunction();
        let (mut rest, mut excluded) = (Vec::new(), Vec::new());
        for operand in std::mem::take(&mut self.alternatives) {
            match operand.sign {
                Sign::Minus => excluded.push(operand),
                Sign::Plus if !operand.negated => {
                    push_required(&mut self.clauses, operand.into_boosted());
                }
                Sign::Plus | Sign::None => rest.push(operand),
            }
        }
        if rest.len() >= 2 {
            push_alternatives(&mut self.clauses, rest.into_iter().map(boolean).collect());
        } else if let Some(only) = rest.pop() {
            if only.negated {
                excluded.push(only);
            } else {
                push_plain(&mut self.clauses, only.into_boosted());
            }
        }
        for operand in excluded {
            push_clause(&mut self.clauses, Occur::MustNot, operand.into_boosted());
        }
    }

    fn finish(mut self, text: &str, notes: &mut Diagnostics) -> Group {
        if let Some((_, span)) = self.negation.take() {
            self.add_stray(span, notes);
        }
        if let Some((_, span)) = self.operator.take() {
            note_ignored(span, notes);
        }
        self.finish_item();
        let stray = std::mem::take(&mut self.stray);
        if self.clauses.is_empty() && self.facet.is_none() {
            for span in stray {
                let word = text.get(span.clone()).unwrap_or_default();
                let word = word.chars().filter(|&c| !is_invisible(c)).collect();
                push_plain(&mut self.clauses, (word_node(word, span), 1.0));
            }
        } else {
            for span in stray {
                note_ignored(span, notes);
            }
        }
        finish_group(self.clauses)
    }
}

/// An operand of `OR`; `NOT` makes it everything else.
fn boolean(operand: Operand) -> Boosted {
    if !operand.negated {
        return operand.into_boosted();
    }
    let mut clauses = Vec::new();
    push_clause(&mut clauses, Occur::MustNot, operand.into_boosted());
    (Node::Group(Group { clauses }), 1.0)
}

fn note_ignored(span: Range<usize>, notes: &mut Diagnostics) {
    notes.add(span, "an operator with nothing to join is ignored");
}

/// Whether `NEAR` can join the two: words or phrases of one field, not excluded ones.
fn can_join(left: &Operand, right: &Operand) -> bool {
    left.joins_near()
        && right.joins_near()
        && right.sign == Sign::None
        && !right.negated
        && (right.target.is_none() || right.target == left.target)
}

/// `a NEAR/n b`, or one more of them: `a NEAR/n b NEAR/m c` requires both pairs.
fn join_near(left: Operand, right: Operand, distance: u32) -> Operand {
    let span = left.span.start..right.span.end;
    let last = right.node.clone();
    let near =
        |left: Node| Node::Near { left: Box::new(left), right: Box::new(right.node), distance };
    let node = match left.near {
        None => near(left.node),
        Some(middle) => {
            let mut clauses = match left.node {
                Node::Group(group) => group.clauses,
                node => vec![Clause { occur: Occur::Must, node, boost: 1.0 }],
            };
            clauses.push(Clause { occur: Occur::Must, node: near(middle), boost: 1.0 });
            Node::Group(Group { clauses })
        }
    };
    Operand { node, boost: 1.0, span, near: Some(last), ..left }
}
