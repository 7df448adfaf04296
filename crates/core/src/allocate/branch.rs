//! Price-and-branch over the whole problem: in models of all orders where the backend can carry them, else in models of
//! the orders around those that are served badly.
//!
//! Narrow models come first. Nearly all orders of a best plan are served as they would be at the prices, or almost so; a
//! model of such options alone is solved in a fraction of the time and comes within hundredths of a per cent of the best.

use rayon::prelude::*;

use super::auto::Settings;
use super::book::Book;
use super::climb::Climb;
use super::neighbourhoods::{Neighbourhoods, Quarry};
use super::options::{gather, narrowed};
use super::polish::{Better, Effort, polish};
use super::shadow::Rows;
use super::state::State;
use super::valuation::Priced;
use crate::index::{Idx as _, OrderIdx};
use crate::quantity::Money;
use crate::search::Budget;
use crate::search::milp::Limits;

/// What branching works with.
pub(crate) struct Branching<'a> {
    pub book: &'a Book<'a>,
    pub rows: &'a Rows,
    pub climb: &'a Climb,
    pub settings: Settings,
    pub budget: &'a Budget<'a>,
}

/// Widest reduced cost of an option that a model of many orders looks at.
const SLACK: i64 = 8 * Money::SCALE;
/// So few orders that a model may look at whatever a better plan could use.
const FEW_ORDERS: usize = 300;
/// Most options of one order.
const MOST_OPTIONS: usize = 200;
/// Options in the models of all orders for each order, from one model to the next; the last two side by side, of which the
/// second has all options.
const WIDTHS: [&[f64]; 3] = [&[1.3], &[1.6], &[2.4, f64::INFINITY]];
/// Share of the time left that each may take.
const SHARES: [f64; 3] = [0.25, 0.3, 1.0];
/// Options for each order, and orders, in the models around those that are served badly, from one round of all to the next.
const AROUND: [(f64, usize); 4] = [(1.6, 1500), (2.2, 1500), (2.6, 2000), (4.0, 1000)];
/// So many rounds that together close less than this share of the gap are the last of their kind.
const STALLED: (usize, f64) = (25, 0.003);
/// Relative gap at which a model that is not the last is good enough.
const GAP: f64 = 2e-5;
/// Branch-and-bound nodes of a model where no limit is given, so that the run ends.
const NODES: u64 = 2000;
/// Share of the time left that a backend is told of, since it may take longer than told.
pub(crate) const CAREFUL: f64 = 0.85;

/// Improves the plan; what no plan costs less than, where models of all orders say it.
pub(crate) fn branch(b: &Branching<'_>, state: &mut State, news: &mut dyn FnMut(i64)) -> Option<i64> {
    if b.book.orders.len() <= b.settings.milp.backend().choices_at_once() {
        whole(b, state, news)
    } else {
        around(b, state, news);
        None
    }
}

/// Models of all orders, each wider than the one before. The last, which has all options of small reduced cost, bounds every
/// plan: one that uses another option costs more than the prices prove by at least the largest reduced cost of these.
fn whole(b: &Branching<'_>, state: &mut State, news: &mut dyn FnMut(i64)) -> Option<i64> {
    let orders: Vec<OrderIdx> = (0..b.book.orders.len()).map(OrderIdx::new).collect();
    let full = (state.total() - b.climb.bound).max(0);
    let slack = if orders.len() <= FEW_ORDERS {
        full
    } else {
        full.min(SLACK)
    };
    let priced = Priced::new(b.book, &b.climb.prices);
    let mut options = gather(b.book, &orders, &priced, slack, MOST_OPTIONS, state);
    b.budget.spend(orders.len() as u64);
    let there_are: usize = options.iter().map(|o| o.choices.len()).sum();
    for (widths, share) in WIDTHS.into_iter().zip(SHARES) {
        if b.budget.stop().is_some() {
            return None;
        }
        let solve = |&width: &f64| {
            let most = (width * orders.len() as f64) as usize;
            if width.is_finite() && most >= there_are {
                return Better::default();
            }
            let model = narrowed(&options, most);
            let limits = Limits {
                seconds: b.budget.seconds_left().map(|s| s * CAREFUL * share),
                nodes: nodes_of(b.budget, share, model.iter().map(|o| o.choices.len()).sum()),
                gap: if width.is_finite() { GAP } else { 0.0 },
                threads: threads(b.settings, b.budget),
            };
            let effort = Effort {
                largest: b.settings.milp.backend().columns_at_once(),
                limits,
                milp: b.settings.milp,
            };
            polish(
                b.book,
                &model,
                &b.climb.prices,
                (&*state, &state.left),
                effort,
                b.budget,
            )
        };
        let found: Vec<Better> = widths.par_iter().map(solve).collect();
        let widest = found.last().filter(|_| widths.last() == Some(&f64::INFINITY));
        let proved = widest.is_some_and(|f| f.proved);
        let others: i64 = state.total() - options.iter().map(|o| o.present().cost).sum::<i64>();
        let least = widest.and_then(|f| f.least).map(|least| least + others);
        // Of equals the first. What the widest proved cannot be beaten by another.
        let best = found
            .into_iter()
            .enumerate()
            .min_by_key(|(n, f)| (f.total_change(state), *n));
        if let Some((_, better)) = best {
            for (order, way) in &better.changes {
                options[order.get()].adopt(way);
            }
            better.apply(b.book, state);
        }
        news(state.total());
        if let Some(left) = b.budget.work_left().filter(|_| !proved) {
            b.budget.spend((left as f64 * share) as u64); // what its nodes count for
        }
        if !b.book.large.is_empty() {
            continue;
        }
        let other = b.climb.bound + slack;
        if proved && other >= state.total() {
            return Some(state.total());
        }
        if let Some(least) = if proved { Some(state.total()) } else { least } {
            return Some(least.min(other).min(state.total())).filter(|&l| l > b.climb.bound);
        }
    }
    None
}

/// Threads of the backend: one where the run must repeat at any number of them.
pub(crate) fn threads(settings: Settings, budget: &Budget<'_>) -> usize {
    if budget.work_left().is_some() {
        1
    } else {
        settings.threads
    }
}

/// Nodes for a run without a deadline: by the work that is left, or a fixed number.
pub(crate) fn nodes(budget: &Budget<'_>) -> Option<u64> {
    match (budget.work_left(), budget.seconds_left()) {
        (Some(work), _) => Some(work / 1000 + 1),
        (None, None) => Some(NODES),
        (None, Some(_)) => None,
    }
}

/// Nodes for a model of so many options: by its share of the work that is left, where a node counts as much as pricing an order
/// for each option, or as many as [`nodes`] says.
fn nodes_of(budget: &Budget<'_>, share: f64, options: usize) -> Option<u64> {
    match budget.work_left() {
        Some(left) => Some((left as f64 * share) as u64 / options.max(100) as u64 + 1),
        None => nodes(budget),
    }
}

/// Models of the orders around those that are served badly, side by side, wider where narrow ones gain nothing any more.
fn around(b: &Branching<'_>, state: &mut State, news: &mut dyn FnMut(i64)) {
    let quarry = Quarry {
        book: b.book,
        rows: b.rows,
        prices: &b.climb.prices,
        settings: b.settings,
        budget: b.budget,
    };
    for pass in 0.. {
        for (width, orders) in AROUND {
            let stream = pass * AROUND.len() as u64;
            let Some(mut neighbourhoods) = Neighbourhoods::new(&quarry, (width, orders), stream, state) else {
                return;
            };
            let (mut rounds, mut before) = (0, state.total());
            while neighbourhoods.round(state) {
                news(state.total());
                rounds += 1;
                if rounds % STALLED.0 == 0 {
                    let gap = (state.total() - b.climb.bound).max(0) as f64;
                    if ((before - state.total()) as f64) < STALLED.1 * gap {
                        break;
                    }
                    before = state.total();
                }
            }
        }
        if !b.budget.is_limited() {
            return;
        }
    }
}
