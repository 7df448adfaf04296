//! Few orders of many lines: many short annealings, and models of all orders.
//!
//! What an annealing ends near it has from the plan that it starts from, so that many short ones from different plans find better
//! plans than a long one. Where the best of them is near what the prices prove, a model of all that a better plan could use often proves the best
//! of all plans; else a model of what the good plans use, each in its place, finds what they are together.

use rayon::prelude::*;

use super::anneal::anneal_often;
use super::auto::Settings;
use super::book::Book;
use super::branch::nodes;
use super::climb::Climb;
use super::large::{Effort, LargeOrder};
use super::one_model::{Room, Seats, one_model};
use super::options::gather;
use super::price::{Workspace, solve};
use super::shadow::Rows;
use super::state::State;
use super::valuation::Priced;
use super::whole::MOST_OPTIONS;
use crate::index::{Idx as _, OrderIdx};
use crate::search::Budget;

/// Most columns of a model that is tried before anything else.
const COMPACT: usize = 1500;
/// The share of the budget left that it may take, and its branch-and-bound nodes where no deadline ends it.
const OF_WHAT_IS_LEFT: f64 = 0.5;
const NODES: u64 = 500;
/// Most atoms of all orders.
const MOST_ATOMS: usize = 1500;
/// The gap to what the prices prove, as a share of the plan's cost, up to which a model of all that a better plan could use is worth its time.
const NEAR: f64 = 0.006;
/// Where it is wider: the share of the time left that annealing takes.
const AGAIN: f64 = 0.6;
/// Branch-and-bound nodes of a model where no deadline ends it.
const BRANCHES: u64 = 20;
/// Effort for the least cost of a large order at the prices.
const EFFORT: Effort = Effort {
    branches: 100,
    insert: false,
    tolerance: 10,
};

/// Proves the best plan of very few orders by one model of all lines and quantities, before any longer search; what no plan costs
/// less than, where the model says it. Nothing is tried where the model would be large, could leave a plan out, or might not end.
pub(crate) fn compact(
    (book, climb): (&Book<'_>, &Climb),
    settings: Settings,
    state: &mut State,
    budget: &Budget<'_>,
) -> Option<i64> {
    let backend = settings.milp.backend();
    let columns = COMPACT.min(backend.columns_at_once());
    let ends = backend.counts_nodes() || budget.seconds_left().is_some();
    // A line has a column at a node, and one for what stays unfilled.
    if book.large.is_empty() || book.problem.lines().len() * 2 > columns || !ends {
        return None;
    }
    let room = Room {
        nodes: nodes(budget).map(|n| n.min(NODES)),
        columns,
        until: budget.spent() + (1.0 - budget.spent()) * OF_WHAT_IS_LEFT,
        only_complete: true,
    };
    one_model((book, climb), Seats::All(None), (settings, room), state, budget)
}

/// Whether the orders are so few, the backend can carry a model of all, and stock has no dates, which neither annealing nor blocks know.
pub(crate) fn is_few(book: &Book<'_>, settings: Settings) -> bool {
    settings.milp.backend().carries_neighbourhoods()
        && !book.problem.chains().is_dated()
        && book.atoms_in_all() <= MOST_ATOMS
}

/// Whether the lists of whole ways that branching has hold all that a better plan could use, which is the better model then.
pub(crate) fn lists_suffice(book: &Book<'_>, climb: &Climb, state: &State) -> bool {
    if !book.is_exact() {
        return false;
    }
    let all: Vec<OrderIdx> = (0..book.orders.len()).map(OrderIdx::new).collect();
    let gap = (state.total() - climb.bound).max(0);
    let options = gather(book, &all, &Priced::new(book, &climb.prices), gap, MOST_OPTIONS, state);
    options.iter().all(|o| o.complete)
}

/// Improves a plan, beside which there are others, until the budget share `until` is spent; what no plan costs less than, where a model says it.
pub(crate) fn improve(
    (book, rows): (&Book<'_>, &Rows),
    climb: &Climb,
    settings: Settings,
    (state, mut plans): (&mut State, Vec<State>),
    budget: &Budget<'_>,
    until: f64,
) -> Option<i64> {
    budget.spend(book.orders.len() as u64);
    let least = least_at_the_prices(book, rows, climb);
    let gap = least.map(|least| (state.total() - least).max(0));
    let with = (
        settings,
        Room::until(until, nodes(budget).map(|n| n.min(BRANCHES)), budget),
    );
    let is_near = |gap: i64| gap as f64 <= NEAR * state.total() as f64;
    if plans.is_empty() || gap.is_some_and(is_near) {
        return one_model((book, climb), Seats::All(gap), with, state, budget);
    }
    let half = budget.spent() + (until - budget.spent()) * AGAIN;
    plans.extend(anneal_often(
        (book, rows),
        climb,
        settings.seed.wrapping_add(1),
        budget,
        half,
    ));
    plans.push(state.clone());
    if let Some(best) = plans.iter().min_by_key(|p| p.total()) {
        *state = best.clone();
    }
    one_model((book, climb), Seats::Of(&plans), with, state, budget)
}

/// What no plan costs less than, by the prices; `None` where the least cost of an order is not known.
pub(crate) fn least_at_the_prices(book: &Book<'_>, rows: &Rows, climb: &Climb) -> Option<i64> {
    if !book.large.iter().all(LargeOrder::is_exact) {
        return None;
    }
    let priced = Priced::new(book, &climb.prices);
    let of_order = |ws: &mut Workspace, o: usize| {
        let head = &book.orders[o];
        match (head.large as usize).checked_sub(1) {
            None => solve(book, head, &priced, ws),
            Some(n) => {
                let large = &book.large[n];
                large
                    .solve(book, &priced, climb.ways.get(n), EFFORT, &mut ws.space)
                    .lower
            }
        }
    };
    let orders = (0..book.orders.len())
        .into_par_iter()
        .map_init(Workspace::default, of_order);
    let orders: i64 = orders.sum();
    if book.is_overdue() {
        return None;
    }
    Some(orders - rows.worth(&climb.prices))
}
