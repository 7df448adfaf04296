//! Price-and-branch over the whole problem: in models of all orders where the backend can carry them, else in models of
//! the orders around those that are served badly.
//!
//! Narrow models come first. Nearly all orders of a best plan are served as they would be at the prices, or almost so; a
//! model of such options alone is solved in a fraction of the time and comes within hundredths of a per cent of the best.

use super::auto::Settings;
use super::book::Book;
use super::climb::Climb;
use super::neighbourhoods::{Neighbourhoods, Quarry};
use super::shadow::Rows;
use super::state::State;
use super::whole::whole;
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

/// Widest reduced cost of an option that a model of many orders looks at for better plans.
pub(crate) const SLACK: i64 = 8 * Money::SCALE;

/// Rounds of models around the orders that are served badly.
struct Around {
    /// Options for each order, in the mean of all.
    width: f64,
    /// Most orders of a model.
    orders: usize,
    /// So many rounds that together close less than a share of the gap are the last.
    rounds: usize,
    share: f64,
}
impl Around {
    const fn new(width: f64, orders: usize, (rounds, share): (usize, f64)) -> Self {
        Self {
            width,
            orders,
            rounds,
            share,
        }
    }
}

/// From one kind to the next: at first narrow models that take nearly all orders in, then wider ones of fewer orders, since the best narrow plan
/// is not the best of all.
const AROUND: [Around; 6] = [
    Around::new(1.15, 5000, (1, 0.03)),
    Around::new(1.3, 5000, (1, 0.03)),
    Around::new(2.0, 1500, (8, 0.03)),
    Around::new(3.0, 2000, (8, 0.02)),
    Around::new(4.0, 2000, (8, 0.02)),
    Around::new(5.0, 2000, (8, 0.02)),
];
/// The same with more orders than `MANY`: there more orders want each row, so that models take longer (and together more memory), and narrow ones
/// are worth more.
const AROUND_OF_MANY: [Around; 7] = [
    Around::new(1.15, 1500, (4, 0.03)),
    Around::new(1.3, 1500, (6, 0.03)),
    Around::new(1.6, 1500, (6, 0.04)),
    Around::new(2.2, 1500, (8, 0.03)),
    Around::new(3.0, 2000, (8, 0.02)),
    Around::new(4.0, 2000, (8, 0.02)),
    Around::new(5.0, 2000, (8, 0.02)),
];
const MANY: usize = 50_000;
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

/// Seconds for a model that ends when the budget share `until` is spent.
pub(crate) fn seconds(budget: &Budget<'_>, until: f64) -> Option<f64> {
    budget.seconds_left().map(|left| {
        let share = (until - budget.spent()) / (1.0 - budget.spent()).max(1e-9);
        left * share.clamp(0.0, 1.0) * CAREFUL
    })
}

/// Threads of the backend: one where the run must repeat at any number of them.
pub(crate) fn threads(settings: Settings, budget: &Budget<'_>) -> usize {
    if budget.seconds_left().is_none() || budget.work_left().is_some() {
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

/// Models of the orders around those that are served badly, side by side, wider where narrow ones gain nothing any more.
fn around(b: &Branching<'_>, state: &mut State, news: &mut dyn FnMut(i64)) {
    let quarry = Quarry {
        book: b.book,
        rows: b.rows,
        prices: &b.climb.prices,
        settings: b.settings,
        budget: b.budget,
    };
    let kinds: &[Around] = if b.book.orders.len() > MANY {
        &AROUND_OF_MANY
    } else {
        &AROUND
    };
    // What ends it where nothing else does.
    let mut patience = b.budget.own_patience();
    for pass in 0.. {
        for (i, around) in kinds.iter().enumerate() {
            let stream = pass * kinds.len() as u64 + i as u64;
            let size = (around.width, around.orders);
            let Some(mut neighbourhoods) = Neighbourhoods::new(&quarry, size, stream, state) else {
                return;
            };
            let (mut rounds, mut before) = (0, state.total());
            while neighbourhoods.round(state) {
                news(state.total());
                rounds += 1;
                let gap = (state.total() - b.climb.bound).max(0) as f64;
                if let Some(patience) = &mut patience {
                    patience.moves(b.budget.work(), state.total() as f64, b.climb.bound as f64);
                    if patience.is_out(b.budget.work()) {
                        b.budget.note_stalled();
                        return;
                    }
                }
                if rounds % around.rounds == 0 {
                    if ((before - state.total()) as f64) < around.share * gap {
                        break;
                    }
                    before = state.total();
                }
            }
        }
        if b.budget.stop().is_some() || b.book.large.is_empty() && state.total() == b.climb.bound {
            return;
        }
    }
}
