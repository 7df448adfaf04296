//! Price-and-branch over the whole problem: in models of all orders where the backend can carry them, else in models of
//! the orders around those that are served badly.
//!
//! Narrow models come first. Nearly all orders of a best plan are served as they would be at the prices, or almost so; a
//! model of such options alone is solved in a fraction of the time and comes within hundredths of a per cent of the best.

use super::auto::Settings;
use super::book::Book;
use super::climb::Climb;
use super::milp::Limits;
use super::neighbourhoods::{Neighbourhoods, Quarry};
use super::options::{gather, narrowed};
use super::polish::{Effort, polish};
use super::shadow::Rows;
use super::state::{Priced, State};
use crate::index::{Idx as _, OrderIdx};
use crate::quantity::Money;
use crate::search::Budget;

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
/// Options in a model for each of its orders, from one model to the next; the last one has them all.
const WIDTHS: [f64; 5] = [1.3, 1.6, 2.2, 4.0, f64::INFINITY];
/// Share of the time left that the model of each width may take.
const SHARES: [f64; 5] = [0.25, 0.3, 0.4, 0.5, 1.0];
/// Relative gap at which a model that is not the last is good enough.
const GAP: f64 = 2e-5;
/// Branch-and-bound nodes of a model where no limit is given, so that the run ends.
const NODES: u64 = 2000;
/// Share of the time left that a backend is told of, since it may take longer than told.
pub(crate) const CAREFUL: f64 = 0.85;

/// Improves the plan; true if it is proved to be the best.
pub(crate) fn branch(b: &Branching<'_>, state: &mut State, news: &mut dyn FnMut(i64)) -> bool {
    if b.book.orders.len() <= b.settings.milp.backend().orders_at_once() {
        whole(b, state, news)
    } else {
        around(b, state, news);
        false
    }
}

/// Models of all orders, each wider than the one before. The last proves the plan if its options are all that a cheaper
/// plan could use.
fn whole(b: &Branching<'_>, state: &mut State, news: &mut dyn FnMut(i64)) -> bool {
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
    for (width, share) in WIDTHS.into_iter().zip(SHARES) {
        let most = (width * orders.len() as f64) as usize;
        if b.budget.stop().is_some() {
            return false;
        }
        if width.is_finite() && most >= there_are {
            continue;
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
        let better = polish(b.book, &model, &b.climb.prices, (state, &state.left), effort, b.budget);
        let proved = better.proved;
        for (order, way) in &better.changes {
            options[order.get()].adopt(way);
        }
        better.apply(b.book, state);
        news(state.total());
        if !proved && let Some(left) = b.budget.work_left() {
            b.budget.spend((left as f64 * share) as u64); // what its nodes count for
        }
        if proved && slack >= full && b.book.large.is_empty() {
            return true;
        }
    }
    false
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
    for width in WIDTHS.into_iter().skip(1).filter(|w| w.is_finite()) {
        let Some(mut neighbourhoods) = Neighbourhoods::new(&quarry, width, state) else {
            return;
        };
        while neighbourhoods.round(state) {
            news(state.total());
        }
    }
}
