//! Price-and-branch: the options of small reduced cost of some orders together in one MILP, started from the plan at hand.
//!
//! Coupling rows that the options cannot fill are dropped; what is left falls into connected components, solved side by
//! side. Where the options are all those that a better plan could use, and every component is proved, the plan is optimal.

use petgraph::unionfind::UnionFind;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;

use super::book::Book;
use super::cut_rows::CutRows;
use super::options::{Choice, OrderOptions};
use super::shadow::{Prices, RowKey};
use super::state::{Left, State};
use crate::index::{Idx as _, OrderIdx};
use crate::search::Budget;
use crate::search::milp::{self, Limits, Milp, Model, Row};

/// How long to look.
#[derive(Clone, Copy)]
pub(crate) struct Effort<'a> {
    /// Most columns of one component's model; a larger component stays as it is.
    pub largest: usize,
    pub limits: Limits,
    pub milp: Milp,
    /// Set where nothing that is found matters any more.
    pub enough: Option<&'a AtomicBool>,
}

/// A better way to serve some orders.
#[derive(Default)]
pub(crate) struct Better {
    /// The orders that are served another way, and how.
    pub changes: Vec<(OrderIdx, Choice)>,
    /// No plan that serves the orders by the options given is cheaper than the plan with the changes.
    pub proved: bool,
    /// No plan that serves the orders by the options given has a smaller sum of costs of these orders, where something is known.
    pub least: Option<i64>,
    /// What the backend counted, in orders priced once.
    pub work: u64,
    /// The backend ended since its patience did.
    pub stalled: bool,
}

impl Better {
    /// By how much the plan's cost changes; not above 0.
    pub(crate) fn total_change(&self, state: &State) -> i64 {
        let change = |(order, choice): &(OrderIdx, Choice)| choice.cost - state.cost[order.get()];
        self.changes.iter().map(change).sum()
    }

    /// Makes the changes.
    pub(crate) fn apply(self, book: &Book<'_>, state: &mut State) {
        for (order, _) in &self.changes {
            state.lift(book, *order);
        }
        for (order, choice) in self.changes {
            match choice.large {
                Some(way) => state.put_large(book, order, way),
                None => state.put(book, order, &choice.parts),
            }
        }
    }
}

/// Looks for a cheaper way to serve the orders of `options`, while all others stay as they are and leave `left`. It holds
/// every limit, whatever the backend's floats say.
pub(crate) fn polish(
    book: &Book<'_>,
    options: &[OrderOptions],
    prices: &Prices,
    (state, left): (&State, &Left),
    effort: Effort<'_>,
    budget: &Budget<'_>,
) -> Better {
    let mut there_is = left.clone();
    for order in options {
        for &(row, n) in &order.present().takes {
            there_is.give(row, n);
        }
    }
    let rows = binding(options, &there_is);
    let parts = components(options, &rows);
    let cuts = CutRows::new(&prices.cuts, &rows);
    let solve = |part: &Vec<u32>| {
        let members: Vec<&OrderOptions> = part.iter().map(|&i| &options[i as usize]).collect();
        let solved = component(book, &members, (&rows, &cuts), &there_is, state, &effort, budget);
        let better = solved
            .choice
            .and_then(|choice| changes(&members, &choice, &rows, &there_is));
        // Nothing cheaper was found, or something that costs less than the proof says cannot be.
        let proved = solved.proved && better.is_some();
        Better {
            changes: better.unwrap_or_default(),
            proved,
            least: Some(solved.least),
            work: solved.work,
            stalled: solved.stalled,
        }
    };
    let answers: Vec<Better> = parts.par_iter().map(solve).collect();
    let is_complete = options.iter().all(|o| o.complete);
    let mut better = Better {
        changes: Vec::new(),
        proved: is_complete,
        least: is_complete.then_some(0),
        ..Better::default()
    };
    for part in answers {
        better.changes.extend(part.changes);
        better.proved &= part.proved;
        better.work += part.work;
        better.stalled |= part.stalled;
        better.least = better.least.zip(part.least).map(|(sum, least)| sum + least);
    }
    better
}

/// What a choice changes, if it is no dearer than what there is and holds every limit; nothing if it costs the same.
fn changes(
    members: &[&OrderOptions],
    choice: &[u32],
    rows: &BTreeSet<RowKey>,
    there_is: &Left,
) -> Option<Vec<(OrderIdx, Choice)>> {
    let picked = || members.iter().zip(choice).map(|(o, &c)| (*o, &o.choices[c as usize]));
    let before: i64 = members.iter().map(|o| o.present().cost).sum();
    let after: i64 = picked().map(|(_, c)| c.cost).sum();
    if after >= before {
        return (after == before).then(Vec::new);
    }
    let mut taken: BTreeMap<RowKey, i64> = BTreeMap::new();
    for &(row, n) in picked().flat_map(|(_, c)| &c.takes) {
        *taken.entry(row).or_insert(0) += n;
    }
    let holds = |(row, n): (&RowKey, &i64)| !rows.contains(row) || *n <= there_is.of(*row);
    if !taken.iter().all(holds) {
        return None; // the backend's floats were off
    }
    let changed = picked().enumerate().filter(|(i, (o, _))| choice[*i] != o.now);
    Some(changed.map(|(_, (o, c))| (o.order, c.clone())).collect())
}

/// The rows of which the options could take more than is left.
fn binding(options: &[OrderOptions], left: &Left) -> BTreeSet<RowKey> {
    let mut most: BTreeMap<RowKey, i64> = BTreeMap::new();
    for order in options {
        for (row, n) in order.most_taken() {
            *most.entry(row).or_insert(0) += n;
        }
    }
    most.into_iter()
        .filter(|(row, n)| *n > left.of(*row))
        .map(|(row, _)| row)
        .collect()
}

/// Orders that share a binding row, directly or through others, as positions in `options`; the largest component first.
fn components(options: &[OrderOptions], rows: &BTreeSet<RowKey>) -> Vec<Vec<u32>> {
    let mut sets = UnionFind::<u32>::new(options.len());
    let mut first: BTreeMap<RowKey, u32> = BTreeMap::new();
    for (i, order) in options.iter().enumerate() {
        for (row, _) in order
            .choices
            .iter()
            .flat_map(|c| &c.takes)
            .filter(|(row, _)| rows.contains(row))
        {
            let other = *first.entry(*row).or_insert(i as u32);
            sets.union(other, i as u32);
        }
    }
    let mut parts: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for i in 0..options.len() as u32 {
        parts.entry(sets.find_mut(i)).or_default().push(i);
    }
    let mut parts: Vec<Vec<u32>> = parts.into_values().collect();
    parts.sort_by_key(|p| (std::cmp::Reverse(p.len()), p[0]));
    parts
}

/// A component, solved.
#[derive(Default)]
struct Solved {
    /// For each member the position of its choice, if a solution was found.
    choice: Option<Vec<u32>>,
    /// It is proved to be the best.
    proved: bool,
    /// No choice costs less.
    least: i64,
    /// As of [`Better`].
    work: u64,
    stalled: bool,
}

/// Solves one component.
fn component(
    book: &Book<'_>,
    members: &[&OrderOptions],
    (rows, cuts): (&BTreeSet<RowKey>, &CutRows<'_>),
    left: &Left,
    state: &State,
    effort: &Effort<'_>,
    budget: &Budget<'_>,
) -> Solved {
    if let [only] = members {
        // Nothing couples it: the cheapest that fits by itself (its rows do not bind, so every option does).
        let alone = only
            .choices
            .iter()
            .all(|c| c.takes.iter().all(|(row, n)| *n <= left.of(*row)));
        if alone {
            let best = only.choices.iter().enumerate().min_by_key(|(_, c)| c.cost);
            return Solved {
                choice: Some(vec![best.map_or(0, |(i, _)| i as u32)]),
                proved: true,
                least: best.map_or(0, |(_, c)| c.cost),
                ..Solved::default()
            };
        }
    }
    let cheapest = |o: &&OrderOptions| o.choices.iter().map(|c| c.cost).min().unwrap_or(0);
    let unsolved = Solved {
        choice: None,
        proved: false,
        least: members.iter().map(cheapest).sum(),
        ..Solved::default()
    };
    if members.iter().map(|o| o.choices.len()).sum::<usize>() > effort.largest {
        return unsolved;
    }
    let (mut model, mut start, mut starts) = (Model::default(), Vec::new(), Vec::new());
    let mut coupling: BTreeMap<RowKey, Vec<(u32, i64)>> = BTreeMap::new();
    let mut cut_terms: BTreeMap<u32, Vec<(u32, i64)>> = BTreeMap::new();
    for order in members {
        let first = model.costs.len() as u32;
        starts.push(first);
        start.push(first + order.now);
        for (i, choice) in order.choices.iter().enumerate() {
            let column = first + i as u32;
            model.costs.push(choice.cost);
            for &(row, n) in choice.takes.iter().filter(|(row, _)| rows.contains(row)) {
                coupling.entry(row).or_default().push((column, n));
            }
            for (cut, n) in cuts.taken(book, order.order, choice) {
                cut_terms.entry(cut).or_default().push((column, n));
            }
        }
        let terms = (first..model.costs.len() as u32).map(|c| (c, 1)).collect();
        model.rows.push(Row {
            terms,
            rhs: 1,
            equal: true,
        });
    }
    model.rows.extend(coupling.into_iter().map(|(row, terms)| Row {
        terms,
        rhs: left.of(row),
        equal: false,
    }));
    let inside: BTreeSet<OrderIdx> = members.iter().map(|o| o.order).collect();
    model.rows.extend(cut_terms.into_iter().map(|(cut, terms)| Row {
        terms,
        rhs: cuts.left(book, cut, state, &inside),
        equal: false,
    }));
    let answer = milp::solve(effort.milp, model, Some(start), effort.limits, (budget, effort.enough));
    let unsolved = Solved {
        work: answer.work,
        stalled: answer.stalled,
        ..unsolved
    };
    let Some(chosen) = answer.chosen.filter(|c| c.len() == members.len()) else {
        return unsolved;
    };
    let choice: Vec<u32> = chosen.iter().zip(&starts).map(|(c, s)| c.wrapping_sub(*s)).collect();
    let sound = choice.iter().zip(members).all(|(&c, o)| (c as usize) < o.choices.len());
    Solved {
        choice: sound.then_some(choice),
        proved: sound && answer.proved,
        least: answer.bound.map_or(unsolved.least, |bound| bound.max(unsolved.least)),
        ..unsolved
    }
}
