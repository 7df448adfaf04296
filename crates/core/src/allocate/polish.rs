//! Price-and-branch: the options of small reduced cost of many orders together in one MILP, started from the plan at hand.
//!
//! Coupling rows that the options cannot fill are dropped; what is left falls into connected components, solved side by
//! side. Where the options are all those that a better plan could use, and every component is proved, the plan is optimal.

use petgraph::unionfind::UnionFind;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

use super::book::Book;
use super::cuts::PricedCut;
use super::milp::{self, Limits, Milp, Model, Row};
use super::options::{Choice, OrderOptions, gather};
use super::shadow::{Prices, RowKey};
use super::state::{Left, Priced, State};
use crate::index::{Idx as _, OrderIdx};
use crate::search::Budget;

/// How wide and how long to look.
#[derive(Clone, Copy)]
pub(crate) struct Effort {
    /// Largest reduced cost of an option.
    pub slack: i64,
    /// Most options of all orders together; those of the largest reduced cost are left out.
    pub columns: usize,
    /// Most columns of one component's model; a larger component stays as it is.
    pub largest: usize,
    /// Most options of an order.
    pub most: usize,
    pub limits: Limits,
    pub milp: Milp,
}

/// Improves the way that `orders` are served; all others stay as they are. True if no plan that serves them by ways of
/// reduced cost up to the slack is cheaper.
pub(crate) fn polish(
    book: &Book<'_>,
    orders: &[OrderIdx],
    prices: &Prices,
    state: &mut State,
    effort: Effort,
    budget: &Budget<'_>,
) -> bool {
    let priced = Priced::new(book, prices);
    let mut options = gather(book, orders, &priced, effort.slack, effort.most, state);
    narrow(book, &mut options, effort.columns, state);
    budget.spend(orders.len() as u64);
    for &order in orders {
        state.lift(book, order);
    }
    let left = state.left.clone();
    for &order in orders {
        state.put_back(book, order);
    }
    let rows = binding(&options, &left);
    let parts = components(&options, &rows);
    let cuts = CutRows::new(&prices.cuts, &rows);
    let solve = |part: &Vec<u32>| {
        let members: Vec<&OrderOptions> = part.iter().map(|&i| &options[i as usize]).collect();
        component(book, &members, (&rows, &cuts), &left, state, &effort, budget)
    };
    let answers: Vec<(Vec<u32>, bool)> = parts.par_iter().map(solve).collect();
    let mut proved = options.iter().all(|o| o.complete);
    for (part, (choice, done)) in parts.iter().zip(answers) {
        proved &= adopt(book, &options, part, &choice, state) && done;
    }
    proved
}

/// Keeps the `most` options of least reduced cost, and the way that each order has now.
fn narrow(book: &Book<'_>, options: &mut [OrderOptions], most: usize, state: &State) {
    let mut reduced: Vec<i64> = options
        .iter()
        .flat_map(|o| o.choices.iter().map(|c| c.reduced))
        .collect();
    if reduced.len() <= most {
        return;
    }
    let (_, &mut limit, _) = reduced.select_nth_unstable(most);
    for order in options {
        let before = order.choices.len();
        order
            .choices
            .retain(|c| c.reduced < limit || c.is_now(book, order.order, state));
        order.complete &= order.choices.len() == before;
    }
}

/// Serves the orders of a component as chosen, if that is cheaper and holds every limit. True if the component then costs
/// what the choice does.
fn adopt(book: &Book<'_>, options: &[OrderOptions], part: &[u32], choice: &[u32], state: &mut State) -> bool {
    if choice.len() != part.len() {
        return false;
    }
    let picked = || {
        part.iter()
            .zip(choice)
            .map(|(&i, &c)| (&options[i as usize], &options[i as usize].choices[c as usize]))
    };
    let before: i64 = picked().map(|(o, _)| state.cost[o.order.get()]).sum();
    let after = picked().map(|(_, c)| c.cost).sum::<i64>();
    if after >= before {
        return after == before;
    }
    let old: Vec<Choice> = picked().map(|(o, _)| Choice::now(book, o.order, state)).collect();
    for (o, _) in picked() {
        state.lift(book, o.order);
    }
    for (o, c) in picked() {
        c.put(book, o.order, state);
    }
    if !state.left.is_feasible() {
        // The backend's floats were off; keep what there was.
        for (o, _) in picked() {
            state.lift(book, o.order);
        }
        for ((o, _), old) in picked().zip(&old) {
            old.put(book, o.order, state);
        }
        return false;
    }
    true
}

/// The priced cuts over binding rows: rows of the model that no plan needs and that lift its relaxation.
struct CutRows<'a> {
    cuts: Vec<&'a PricedCut>,
    /// (cell, cut, coefficient), by cell.
    cells: Vec<(u32, u32, i64)>,
}

impl<'a> CutRows<'a> {
    fn new(cuts: &'a [PricedCut], rows: &BTreeSet<RowKey>) -> Self {
        let cuts: Vec<&PricedCut> = cuts.iter().filter(|c| rows.contains(&RowKey::Stock(c.row))).collect();
        let terms = cuts
            .iter()
            .enumerate()
            .flat_map(|(i, c)| c.terms.iter().map(move |t| (i as u32, t)));
        let mut cells: Vec<(u32, u32, i64)> = terms
            .flat_map(|(i, t)| t.cells.iter().map(move |&cell| (cell, i, t.coefficient)))
            .collect();
        cells.sort_unstable();
        Self { cuts, cells }
    }

    /// What a choice takes of each cut.
    fn taken(&self, book: &Book<'_>, order: OrderIdx, choice: &Choice) -> Vec<(u32, i64)> {
        let mut taken: Vec<(u32, i64)> = Vec::new();
        choice.each_cell(book, order, |cell| {
            let from = self.cells.partition_point(|c| (c.0 as usize) < cell);
            let of_cell = self.cells[from..].iter().take_while(|c| c.0 as usize == cell);
            taken.extend(of_cell.map(|&(_, cut, n)| (cut, n)));
        });
        taken.sort_unstable();
        taken.dedup_by(|b, a| {
            let one = a.0 == b.0;
            if one {
                a.1 += b.1;
            }
            one
        });
        taken
    }

    /// What the orders outside leave of a cut.
    fn left(&self, book: &Book<'_>, cut: u32, state: &State, inside: &BTreeSet<OrderIdx>) -> i64 {
        let cut = self.cuts[cut as usize];
        let outside = cut.terms.iter().filter(|t| {
            let order = book.problem.lines()[t.line].order;
            !inside.contains(&order) && {
                let mut hit = false;
                state.each_cell(book, order, |cell| hit |= t.cells.contains(&(cell as u32)));
                hit
            }
        });
        cut.rhs - outside.map(|t| t.coefficient).sum::<i64>()
    }
}

/// The rows of which the options could take more than is left.
fn binding(options: &[OrderOptions], left: &Left) -> BTreeSet<RowKey> {
    let mut most: BTreeMap<RowKey, i64> = BTreeMap::new();
    for order in options {
        let mut of_order: BTreeMap<RowKey, i64> = BTreeMap::new();
        for &(row, n) in order.choices.iter().flat_map(|c| &c.takes) {
            let cell = of_order.entry(row).or_insert(0);
            *cell = (*cell).max(n);
        }
        for (row, n) in of_order {
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

/// Solves one component: for each member the position of its choice, and whether that is proved to be the best.
fn component(
    book: &Book<'_>,
    members: &[&OrderOptions],
    (rows, cuts): (&BTreeSet<RowKey>, &CutRows<'_>),
    left: &Left,
    state: &State,
    effort: &Effort,
    budget: &Budget<'_>,
) -> (Vec<u32>, bool) {
    if members.iter().map(|o| o.choices.len()).sum::<usize>() > effort.largest {
        return (Vec::new(), false);
    }
    if let [only] = members {
        // Nothing couples it: the cheapest that fits by itself (its rows do not bind, so every option does).
        let best = only
            .choices
            .iter()
            .enumerate()
            .min_by_key(|(_, c)| c.cost)
            .map_or(0, |(i, _)| i as u32);
        let alone = only
            .choices
            .iter()
            .all(|c| c.takes.iter().all(|(row, n)| *n <= left.of(*row)));
        if alone {
            return (vec![best], true);
        }
    }
    let (mut model, mut start, mut starts) = (Model::default(), Vec::new(), Vec::new());
    let mut coupling: BTreeMap<RowKey, Vec<(u32, i64)>> = BTreeMap::new();
    let mut cut_terms: BTreeMap<u32, Vec<(u32, i64)>> = BTreeMap::new();
    for order in members {
        let first = model.costs.len() as u32;
        starts.push(first);
        for (i, choice) in order.choices.iter().enumerate() {
            let column = first + i as u32;
            model.costs.push(choice.cost);
            if choice.is_now(book, order.order, state) {
                start.push(column);
            }
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
    let start = (start.len() == members.len()).then_some(start);
    let answer = milp::solve(effort.milp, model, start, effort.limits, budget);
    let Some(chosen) = answer.chosen.filter(|c| c.len() == members.len()) else {
        return (Vec::new(), false);
    };
    let choice: Vec<u32> = chosen.iter().zip(&starts).map(|(c, s)| c.wrapping_sub(*s)).collect();
    let sound = choice.iter().zip(members).all(|(&c, o)| (c as usize) < o.choices.len());
    if sound {
        (choice, answer.proved)
    } else {
        (Vec::new(), false)
    }
}
