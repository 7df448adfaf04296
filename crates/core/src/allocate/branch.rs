//! Price-and-branch over the whole problem: in one model where the backend can carry it, else part by part.

use rayon::prelude::*;

use super::auto::Settings;
use super::book::Book;
use super::climb::Climb;
use super::milp::Limits;
use super::parts::{Wanted, deal, parts, scarce};
use super::polish::{Effort, polish};
use super::shadow::Rows;
use super::state::{Left, State};
use crate::index::{Idx as _, OrderIdx};
use crate::quantity::Money;
use crate::search::{Budget, Random};

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
/// Options in a model for each of its orders, and on top.
const COLUMNS: (usize, usize) = (5, 4000);
/// Branch-and-bound nodes of a model where no limit is given, so that the run ends.
const NODES: u64 = 2000;
/// Parts that are solved between two looks at the budget: the same at any number of threads.
const TOGETHER: usize = 8;
/// Seconds for the model of one part.
const SECONDS_PER_PART: f64 = 15.0;
/// Relative gap at which the model of one part is good enough.
const GAP_OF_PART: f64 = 2e-5;
/// Most rounds over all parts.
const ROUNDS: u64 = 50;
/// Share of the time left that a backend is told of, since it may take longer than told.
pub(crate) const CAREFUL: f64 = 0.85;

/// Improves the plan; true if it is proved to be the best.
pub(crate) fn branch(b: &Branching<'_>, state: &mut State, news: &mut dyn FnMut(i64)) -> bool {
    if b.book.orders.len() <= b.settings.milp.backend().orders_at_once() {
        whole(b, state)
    } else {
        by_parts(b, state, news)
    }
}

/// One model. It proves the plan if its options are all that a cheaper plan could use.
fn whole(b: &Branching<'_>, state: &mut State) -> bool {
    let orders: Vec<OrderIdx> = (0..b.book.orders.len()).map(OrderIdx::new).collect();
    let full = (state.total() - b.climb.bound).max(0);
    let slack = if orders.len() <= FEW_ORDERS {
        full
    } else {
        full.min(SLACK)
    };
    let limits = Limits {
        seconds: b.budget.seconds_left().map(|s| s * CAREFUL),
        nodes: nodes(b.budget),
        gap: 0.0,
        threads: threads(b.settings, b.budget),
    };
    let columns = COLUMNS.0 * orders.len() + COLUMNS.1;
    let effort = Effort {
        slack,
        most: MOST_OPTIONS,
        columns,
        largest: b.settings.milp.backend().columns_at_once(),
        limits,
        milp: b.settings.milp,
    };
    let proved = polish(b.book, &orders, &b.climb.prices, state, effort, b.budget);
    proved && slack >= full && b.book.large.is_empty()
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

/// Parts of the orders side by side, cut another way in each round, until a round gains nothing. Proves nothing.
fn by_parts(b: &Branching<'_>, state: &mut State, news: &mut dyn FnMut(i64)) -> bool {
    let all: Vec<OrderIdx> = (0..b.book.orders.len()).map(OrderIdx::new).collect();
    let wanted = Wanted::new(b.book, &scarce(b.book, b.rows), &all);
    for round in 0..ROUNDS {
        let before = state.total();
        let mut random = Random::stream(b.settings.seed, "branch", round);
        let parts = parts(
            b.book,
            all.len().div_ceil(b.settings.milp.backend().orders_at_once()),
            &mut random,
        );
        let lefts = deal(&state.left, b.book.problem.chains(), &wanted, &parts, &mut random);
        for (parts, lefts) in parts.chunks(TOGETHER).zip(lefts.chunks(TOGETHER)) {
            if b.budget.stop().is_some() {
                return false;
            }
            // Asked once for all: work is counted while they run.
            let nodes = nodes(b.budget).map(|n| n.min(NODES));
            let done: Vec<State> = parts
                .par_iter()
                .zip(lefts)
                .map(|(part, left)| one_part(b, part, left, nodes, state))
                .collect();
            for (part, local) in parts.iter().zip(&done) {
                state.adopt(b.book, part, local);
            }
            news(state.total());
        }
        if state.total() == before {
            return false;
        }
    }
    false
}

fn one_part(b: &Branching<'_>, part: &[OrderIdx], left: &Left, nodes: Option<u64>, state: &State) -> State {
    let mut local = state.clone();
    local.left.clone_from(left);
    let seconds = b.budget.seconds_left().map(|s| (s * CAREFUL).min(SECONDS_PER_PART));
    let limits = Limits {
        seconds,
        nodes,
        gap: GAP_OF_PART,
        threads: 1,
    };
    let columns = COLUMNS.0 * part.len();
    let effort = Effort {
        slack: SLACK,
        most: MOST_OPTIONS,
        columns,
        largest: b.settings.milp.backend().columns_at_once(),
        limits,
        milp: b.settings.milp,
    };
    polish(b.book, part, &b.climb.prices, &mut local, effort, b.budget);
    local
}
