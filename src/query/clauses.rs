//! The normal form of groups: what keeps trees small and their rendering unambiguous.
//!
//! - No group inside another has a single clause unless that clause excludes.
//! - Groups of mere alternatives among alternatives, of requirements among requirements, and those
//!   that have nothing but exclusions and filters beside them, are dissolved.
//! - A node that only filters is never [`Occur::Must`]. It is [`Occur::Should`] only in a group of
//!   two or more alternatives and nothing else; `konishi OR lang:ar` gives one.
//! - The filters of one group that name languages are one filter, and so for kinds: a passage has
//!   one language, so that two of them can only be meant as alternatives.

use super::ast::{Clause, Field, Group, Node, Occur};

pub(super) const BOOST_RANGE: std::ops::RangeInclusive<f32> = 0.01..=100.0;

/// A node with its boost, on the way into a clause.
pub(super) type Boosted = (Node, f32);

/// Adds a clause as `occur` says. A filter must not be given as [`Occur::Must`].
pub(super) fn push_clause(clauses: &mut Vec<Clause>, occur: Occur, (node, boost): Boosted) {
    match (occur, node) {
        (Occur::Should, Node::Group(group)) if boost == 1.0 && only_alternatives(&group) => {
            append(clauses, group.clauses);
        }
        (Occur::Must, Node::Group(group)) if boost == 1.0 && only_requirements(&group) => {
            append(clauses, group.clauses);
        }
        (Occur::MustNot | Occur::Filter, node) => clauses.push(Clause { occur, node, boost: 1.0 }),
        (Occur::Should | Occur::Must, node) => clauses.push(Clause { occur, node, boost }),
    }
}

/// Adds a required clause: a filter where the node filters.
pub(super) fn push_required(clauses: &mut Vec<Clause>, boosted: Boosted) {
    let occur = if boosted.0.is_filter() { Occur::Filter } else { Occur::Must };
    push_clause(clauses, occur, boosted);
}

/// Adds a clause that stands there without an operator: a filter where the node filters.
pub(super) fn push_plain(clauses: &mut Vec<Clause>, boosted: Boosted) {
    let occur = if boosted.0.is_filter() { Occur::Filter } else { Occur::Should };
    push_clause(clauses, occur, boosted);
}

/// Adds two or more alternatives that were joined by `OR`.
pub(super) fn push_alternatives(clauses: &mut Vec<Clause>, nodes: Vec<Boosted>) {
    if !nodes.iter().any(|(node, _)| node.is_filter()) {
        for boosted in nodes {
            push_clause(clauses, Occur::Should, boosted);
        }
        return;
    }
    let mut group = Vec::with_capacity(nodes.len());
    let mut facets = Facets::default();
    for (node, boost) in nodes {
        if matches!(node, Node::Lang(_) | Node::Kind(_)) {
            let occur = Occur::Should;
            facets.add(&mut group, Clause { occur, node, boost: 1.0 });
        } else {
            let boost = if node.is_filter() { 1.0 } else { boost };
            push_clause(&mut group, Occur::Should, (node, boost));
        }
    }
    facets.sort(&mut group);
    match simplify(group) {
        Ok(boosted) => push_plain(clauses, boosted),
        Err(group) => push_plain(clauses, (Node::Group(Group { clauses: group }), 1.0)),
    }
}

/// The clauses of one pair of parentheses, or of the whole query, in normal form.
pub(super) fn finish_group(clauses: Vec<Clause>) -> Group {
    let mut merged = Vec::with_capacity(clauses.len());
    let mut facets = Facets::default();
    for clause in clauses {
        if clause.occur == Occur::Filter && matches!(clause.node, Node::Lang(_) | Node::Kind(_)) {
            facets.add(&mut merged, clause);
        } else {
            merged.push(clause);
        }
    }
    facets.sort(&mut merged);
    dissolve_only_alternative(&mut merged);
    match simplify(merged) {
        Ok((Node::Group(group), 1.0)) => group,
        Ok((node, boost)) => {
            let occur = if node.is_filter() { Occur::Filter } else { Occur::Should };
            Group { clauses: vec![Clause { occur, node, boost }] }
        }
        Err(clauses) => Group { clauses },
    }
}

/// A finished group as a node: its clause where it has a single one that does not exclude.
pub(super) fn group_node(group: Group) -> Boosted {
    simplify(group.clauses).unwrap_or_else(|clauses| (Node::Group(Group { clauses }), 1.0))
}

/// The node within a field; nodes that have a field of their own, or need none, stay as they are.
pub(super) fn in_field(field: Field, node: Node) -> Node {
    // What `date:( … )` holds is judged word by word, as some may be dates.
    let is_facet =
        matches!(&field, Field::Infobox(name) if matches!(name.as_str(), "date" | "year"));
    if let Node::Group(group) = &node
        && is_facet
    {
        let within = |clause: &Clause| Clause {
            node: in_field(field.clone(), clause.node.clone()),
            ..clause.clone()
        };
        return Node::Group(Group { clauses: group.clauses.iter().map(within).collect() });
    }
    if node.is_filter() || matches!(node, Node::Field { .. }) {
        return node;
    }
    Node::Field { field, node: Box::new(node) }
}

pub(super) fn clamp_boost(boost: f32) -> f32 {
    boost.clamp(*BOOST_RANGE.start(), *BOOST_RANGE.end())
}

fn simplify(mut clauses: Vec<Clause>) -> Result<Boosted, Vec<Clause>> {
    match clauses.pop() {
        Some(only) if clauses.is_empty() && only.occur != Occur::MustNot => {
            Ok((only.node, only.boost))
        }
        Some(last) => {
            clauses.push(last);
            Err(clauses)
        }
        None => Err(clauses),
    }
}

/// Languages and kinds of one group, each united in the clause that came first.
#[derive(Default)]
struct Facets {
    langs: Option<usize>,
    kinds: Option<usize>,
}

impl Facets {
    /// Adds a clause that filters by language or kind.
    fn add(&mut self, clauses: &mut Vec<Clause>, clause: Clause) {
        let slot = match &clause.node {
            Node::Lang(_) => &mut self.langs,
            _ => &mut self.kinds,
        };
        let earlier = slot.and_then(|place| clauses.get_mut(place));
        match (earlier.map(|earlier| &mut earlier.node), clause.node) {
            (Some(Node::Lang(known)), Node::Lang(mut more)) => known.append(&mut more),
            (Some(Node::Kind(known)), Node::Kind(mut more)) => known.append(&mut more),
            (_, node) => {
                *slot = Some(clauses.len());
                clauses.push(Clause { node, ..clause });
            }
        }
    }

    fn sort(self, clauses: &mut [Clause]) {
        for place in [self.langs, self.kinds].into_iter().flatten() {
            match clauses.get_mut(place).map(|clause| &mut clause.node) {
                Some(Node::Lang(langs)) => sort_values(langs),
                Some(Node::Kind(kinds)) => sort_values(kinds),
                _ => {}
            }
        }
    }
}

/// The order of the values of a filter: sorted, each once.
pub(super) fn sort_values<T: Ord>(values: &mut Vec<T>) {
    values.sort();
    values.dedup();
}

/// Where one group is all that is asked for beside exclusions and filters, its clauses can stand
/// beside those.
fn dissolve_only_alternative(clauses: &mut Vec<Clause>) {
    let mut scored = clauses
        .iter()
        .enumerate()
        .filter(|(_, clause)| matches!(clause.occur, Occur::Should | Occur::Must));
    let (Some((place, only)), None) = (scored.next(), scored.next()) else {
        return;
    };
    let Node::Group(group) = &only.node else {
        return;
    };
    let filters = |clauses: &[Clause]| clauses.iter().any(|clause| clause.occur == Occur::Filter);
    let dissolves = only.boost == 1.0
        && !group.has_filter_alternative()
        // Its languages are not alternatives to those outside.
        && !(filters(&group.clauses) && filters(clauses));
    if dissolves && let Node::Group(group) = clauses.remove(place).node {
        clauses.splice(place..place, group.clauses);
    }
}

/// Whether the clauses mean the same among other alternatives.
fn only_alternatives(group: &Group) -> bool {
    group.clauses.iter().all(|clause| clause.occur == Occur::Should && !clause.node.is_filter())
}

/// Whether the clauses mean the same among other requirements.
fn only_requirements(group: &Group) -> bool {
    group.clauses.iter().all(|clause| clause.occur != Occur::Should)
        && group.clauses.iter().any(|clause| clause.occur == Occur::Must)
}

/// Moves rather than copies the larger part where `clauses` is still empty, as in deep nesting.
fn append(clauses: &mut Vec<Clause>, mut more: Vec<Clause>) {
    if clauses.is_empty() {
        *clauses = more;
    } else {
        clauses.append(&mut more);
    }
}
