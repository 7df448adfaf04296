//! Price-and-branch over the whole problem: in models of all orders where the backend can carry them, else in models of
//! the orders around those that are served badly.
//!
//! Narrow models come first. Nearly all orders of a best plan are served as they would be at the prices, or almost so; a
//! model of such options alone is solved in a fraction of the time and comes within hundredths of a per cent of the best.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::auto::Settings;
use super::book::Book;
use super::climb::Climb;
use super::neighbourhoods::{Neighbourhoods, Quarry};
use super::options::{OrderOptions, gather, narrowed};
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

/// Widest reduced cost of an option that a model of many orders looks at for better plans.
pub(crate) const SLACK: i64 = 8 * Money::SCALE;
/// So few orders that a model may look at whatever a better plan could use.
const FEW_ORDERS: usize = 300;
/// Most options of one order, in a model for better plans and in one for the bound.
pub(crate) const MOST_OPTIONS: usize = 200;
const MOST_TO_PROVE: usize = 2000;
/// Models of all orders that are solved side by side, and what of the time left they may take.
struct Stage {
    /// Options for each order; infinite = all.
    widths: &'static [f64],
    /// One more for the bound, with all options that a better plan could use.
    proves: bool,
    share: f64,
}
/// From one stage to the next.
const STAGES: [Stage; 4] = [
    Stage {
        widths: &[1.3],
        proves: false,
        share: 0.25,
    },
    Stage {
        widths: &[1.6],
        proves: false,
        share: 0.3,
    },
    Stage {
        widths: &[2.4, f64::INFINITY],
        proves: true,
        share: 0.4,
    },
    Stage {
        widths: &[f64::INFINITY],
        proves: true,
        share: 1.0,
    },
];
/// Seconds below which all that is left is for better plans.
const ROOM: f64 = 12.0;
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

/// Models of all orders, each wider than the one before. Those that have all options up to some reduced cost bound every plan:
/// one that uses another option costs more than the prices prove by at least that.
fn whole(b: &Branching<'_>, state: &mut State, news: &mut dyn FnMut(i64)) -> Option<i64> {
    let is_small = b.book.is_exact();
    let orders: Vec<OrderIdx> = (0..b.book.orders.len()).map(OrderIdx::new).collect();
    let priced = Priced::new(b.book, &b.climb.prices);
    let mut known = None;
    for stage in &STAGES {
        if b.budget.stop().is_some() {
            break;
        }
        let gap = (state.total() - b.climb.bound).max(0);
        let slack = if orders.len() <= FEW_ORDERS {
            gap
        } else {
            gap.min(SLACK)
        };
        // Everything that spends is done before models are solved side by side, so that each has the same limits at every run.
        b.budget.spend(orders.len() as u64);
        let options = gather(b.book, &orders, &priced, slack, MOST_OPTIONS, state);
        let there_are: usize = options.iter().map(|o| o.choices.len()).sum();
        let is_known = known.is_some_and(|known| known >= (b.climb.bound + slack).min(state.total()));
        let mut models = Vec::new();
        for &width in stage.widths {
            let most = (width * orders.len() as f64) as usize;
            if width.is_infinite() && !is_known {
                models.push(Look::new(b, stage, options.clone(), Some(slack)));
            } else if width.is_finite() && most < there_are {
                models.push(Look::new(b, stage, narrowed(&options, most), None));
            }
        }
        let has_room = b.budget.work_left().is_none() && b.budget.seconds_left().is_none_or(|s| s >= ROOM);
        let proves = stage.proves && has_room && is_small && slack < gap;
        let prover = || {
            b.budget.spend(orders.len() as u64);
            let options = gather(b.book, &orders, &priced, gap, MOST_TO_PROVE, state);
            let mut look = Look::new(b, stage, options, Some(gap));
            look.limits.bound_first = true;
            look
        };
        let found = if b.budget.is_limited() {
            models.extend(proves.then(prover));
            side_by_side(b, models, state, gap)
        } else {
            one_by_one(b, models, proves.then_some(&prover), state, gap)
        };
        let stalled = found.iter().any(|(_, better)| better.stalled);
        let before = state.total();
        let mut proved = false;
        for (all_up_to, better) in &found {
            let Some(slack) = all_up_to.filter(|_| is_small) else {
                continue;
            };
            proved |= better.proved && slack >= gap;
            let least = if better.proved {
                Some(state.total() + better.total_change(state))
            } else {
                better.least
            };
            let least = least.map(|least| least.min(b.climb.bound + slack));
            known = known.max(least.filter(|&least| least > b.climb.bound));
        }
        // Of equals the first. What the widest proved cannot be beaten by another.
        let best = found
            .into_iter()
            .enumerate()
            .min_by_key(|(n, (_, f))| (f.total_change(state), *n));
        if let Some((_, (_, better))) = best {
            better.apply(b.book, state);
        }
        news(state.total());
        if proved {
            return Some(state.total());
        }
        // The next stage would look at the same model again, for as long.
        if stalled && stage.proves && state.total() == before {
            break;
        }
        if let Some(left) = b.budget.work_left() {
            b.budget.spend((left as f64 * stage.share) as u64); // what its nodes count for
        }
    }
    known.map(|known: i64| known.min(state.total()))
}

/// A model of all orders.
struct Look {
    options: Vec<OrderOptions>,
    /// The reduced cost up to which it has all options; `None` = narrowed.
    all_up_to: Option<i64>,
    limits: Limits,
}

impl Look {
    fn new(b: &Branching<'_>, stage: &Stage, options: Vec<OrderOptions>, all_up_to: Option<i64>) -> Self {
        let of_stage = |left: f64| left * CAREFUL * if stage.proves && left < ROOM { 1.0 } else { stage.share };
        let columns = options.iter().map(|o| o.choices.len()).sum();
        Self {
            limits: Limits {
                seconds: b.budget.seconds_left().map(of_stage),
                nodes: nodes_of(b.budget, stage.share, columns).filter(|_| b.budget.own_patience().is_none()),
                gap: if all_up_to.is_some() { 0.0 } else { GAP },
                threads: threads(b.settings, b.budget),
                bound_first: false,
                patience: None,
                work: None,
            },
            options,
            all_up_to,
        }
    }

    /// Whether what it found proves the best of all plans, where that is cheaper than the present by so much at most.
    fn proves_all(&self, found: &Better, gap: i64) -> bool {
        found.proved && self.all_up_to.is_some_and(|slack| slack >= gap)
    }
}

/// What was found by a model that has all options up to the reduced cost.
type Found = (Option<i64>, Better);

/// Solves models side by side. Where there is a deadline, and one proves the best of all plans, the others end.
fn side_by_side(b: &Branching<'_>, models: Vec<Look>, state: &State, gap: i64) -> Vec<Found> {
    let enough = AtomicBool::new(false);
    let has_deadline = b.budget.seconds_left().is_some();
    let one = |look: &Look| {
        let found = solve(b, look, state, has_deadline.then_some(&enough));
        if look.proves_all(&found, gap) {
            enough.store(true, Ordering::Relaxed);
        }
        (look.all_up_to, found)
    };
    models.par_iter().map(one).collect()
}

/// Solves models one after another, and at last one more if there is one, where there is no limit: so the memory for one of them suffices, and
/// what would come after a proof is not needed. Counts what they took.
fn one_by_one(
    b: &Branching<'_>,
    models: Vec<Look>,
    last: Option<&dyn Fn() -> Look>,
    state: &State,
    gap: i64,
) -> Vec<Found> {
    let mut found = Vec::new();
    let makes = models
        .into_iter()
        .map(|look| -> Box<dyn FnOnce() -> Look + '_> { Box::new(move || look) });
    for make in makes.chain(last.map(|last| -> Box<dyn FnOnce() -> Look + '_> { Box::new(last) })) {
        if b.budget.stop().is_some() {
            break;
        }
        let look = make();
        let better = solve(b, &look, state, None);
        b.budget.spend(better.work);
        if better.stalled {
            b.budget.note_stalled();
        }
        let is_proved = look.proves_all(&better, gap);
        found.push((look.all_up_to, better));
        if is_proved {
            break;
        }
    }
    found
}

/// Solves one model.
fn solve(b: &Branching<'_>, look: &Look, state: &State, enough: Option<&AtomicBool>) -> Better {
    let effort = Effort {
        largest: b.settings.milp.backend().columns_at_once(),
        limits: Limits {
            patience: b.budget.own_patience(),
            ..look.limits
        },
        milp: b.settings.milp,
        enough,
    };
    let left = (state, &state.left);
    polish(b.book, &look.options, &b.climb.prices, left, effort, b.budget)
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
