//! Price-and-branch in models of all orders, each wider than the one before. Those that have all options up to some reduced cost
//! bound every plan: one that uses another option costs more than the prices prove by at least that.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::book::Book;
use super::branch::{Branching, CAREFUL, SLACK, nodes, threads};
use super::options::{OrderOptions, gather, narrowed};
use super::polish::{Better, Effort, polish};
use super::state::State;
use super::valuation::Priced;
use crate::index::{Idx as _, OrderIdx};
use crate::search::Budget;
use crate::search::milp::Limits;

/// So few orders that a model may look at whatever a better plan could use.
const FEW_ORDERS: usize = 300;
/// Most options of one order, in a model for better plans and in one for the bound.
pub(crate) const MOST_OPTIONS: usize = 200;
const MOST_TO_PROVE: usize = 2000;
/// Most options of all orders in a model for the bound: the backend's memory grows with them.
const MOST_COLUMNS_TO_PROVE: usize = 30_000;
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
/// Bytes that all open nodes of a model may take where nothing but patience ends it, and those of a node for each column.
const MEMORY: u64 = 1 << 30;
const BYTES: u64 = 16;
/// Relative gap at which a model that is not the last is good enough.
const GAP: f64 = 2e-5;

/// Improves the plan; what no plan costs less than, where a model says it.
pub(super) fn whole(b: &Branching<'_>, state: &mut State, news: &mut dyn FnMut(i64)) -> Option<i64> {
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
        // What the widest model, and models before, say of the bound.
        let said = if options.iter().all(|o| o.complete) { slack } else { 0 };
        let said = said.max(known.map_or(0, |known: i64| known - b.climb.bound));
        let proves = stage.proves && has_room && is_small && said < gap;
        let prover = || {
            let most = (MOST_TO_PROVE, MOST_COLUMNS_TO_PROVE);
            let (options, up_to) = gather_all((b.book, &priced), &orders, (said, gap), most, (state, b.budget))?;
            let mut look = Look::new(b, stage, options, Some(up_to));
            look.limits.bound_first = true;
            Some(look)
        };
        let found = if b.budget.is_limited() {
            models.extend(proves.then(prover).flatten());
            side_by_side(b, &models, state, gap)
        } else {
            one_by_one(b, models, proves.then_some(&prover), state, gap)
        };
        let stalled = found.iter().any(|(_, better)| better.stalled);
        let before = state.total();
        let (least, proved) = lessons(b, &found, state, gap);
        known = known.max(least);
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
    known.map(|known| known.min(state.total()))
}

/// What no plan costs less than, by models of all options up to some reduced cost, where that is above what the prices prove; and whether one
/// proves the best of all plans.
fn lessons(b: &Branching<'_>, found: &[Found], state: &State, gap: i64) -> (Option<i64>, bool) {
    let (mut known, mut proved) = (None, false);
    for (all_up_to, better) in found {
        let Some(slack) = all_up_to.filter(|_| b.book.is_exact()) else {
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
    (known, proved)
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
                nodes: nodes_of(b.budget, stage.share, columns),
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
fn side_by_side(b: &Branching<'_>, models: &[Look], state: &State, gap: i64) -> Vec<Found> {
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
    last: Option<&dyn Fn() -> Option<Look>>,
    state: &State,
    gap: i64,
) -> Vec<Found> {
    let mut found = Vec::new();
    let mut models = models.into_iter();
    let mut last = last;
    while b.budget.stop().is_none() {
        let Some(look) = models.next().or_else(|| last.take().and_then(|last| last())) else {
            break;
        };
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

/// All options up to a reduced cost, and that: `gap`, or where these are too many, what so many of each order and of all orders reach. `None` if
/// that is not above `least`.
fn gather_all(
    (book, priced): (&Book<'_>, &Priced),
    orders: &[OrderIdx],
    (least, gap): (i64, i64),
    (each, most): (usize, usize),
    (state, budget): (&State, &Budget<'_>),
) -> Option<(Vec<OrderOptions>, i64)> {
    let mut slack = least.max(gap / 16);
    // Twice as far each time, so that few are gathered in vain.
    loop {
        slack = slack.saturating_mul(2).clamp(1, gap.max(1));
        budget.spend(orders.len() as u64);
        let options = gather(book, orders, priced, slack, each, state);
        let mut reduced: Vec<i64> = options.iter().flat_map(|o| &o.choices).map(|c| c.reduced).collect();
        let mut limit = options.iter().filter_map(OrderOptions::complete_up_to).min();
        if reduced.len() > most {
            let fits = *reduced.select_nth_unstable(most).1;
            // Present ways may lie beyond, and stay.
            if fits <= slack {
                limit = Some(limit.map_or(fits, |l| l.min(fits)));
            }
        }
        match limit {
            None if slack >= gap => return Some((options, gap)),
            None => {}
            Some(limit) if limit - 1 > least => {
                let options = gather(book, orders, priced, limit - 1, each, state);
                // Of some orders good ways are known, and never all.
                let are_all = options.iter().all(|o| o.complete);
                return are_all.then_some((options, limit - 1));
            }
            Some(_) => return None,
        }
    }
}

/// Nodes for a model of so many options: by its share of the work that is left, where a node counts as much as pricing an order
/// for each option, as many as memory holds where patience ends the run, or as many as [`nodes`] says.
fn nodes_of(budget: &Budget<'_>, share: f64, options: usize) -> Option<u64> {
    match budget.work_left() {
        Some(left) => Some((left as f64 * share) as u64 / options.max(100) as u64 + 1),
        None if budget.own_patience().is_some() => Some(MEMORY / (BYTES * options as u64 + 200)),
        None => nodes(budget),
    }
}

#[cfg(test)]
mod tests {
    use super::super::book::Builder;
    use super::super::testing::{Random, some_prices, tiny};
    use super::*;
    use crate::search::StdClock;

    /// Reduced costs of the options up to a limit, without the way that stands there in any case.
    fn reduced(options: &OrderOptions, up_to: i64) -> Vec<i64> {
        let others = options
            .choices
            .iter()
            .enumerate()
            .filter(|(i, _)| *i != options.now as usize);
        let mut reduced: Vec<i64> = others.map(|(_, c)| c.reduced).filter(|&r| r <= up_to).collect();
        reduced.sort_unstable();
        reduced
    }

    #[test]
    fn options_for_the_bound_are_all_there_are_up_to_what_is_said_and_not_too_many() {
        let clock = StdClock::start();
        let (mut whole, mut cut, mut none) = (0, 0, 0);
        for seed in 0..400 {
            let problem = tiny(seed);
            let book = Builder::new(&problem).build();
            let mut random = Random::new(seed);
            let priced = Priced::new(&book, &some_prices(&mut random, &book));
            let state = State::empty(&book);
            let budget = Budget::new(&clock, None, None, None);
            let orders: Vec<OrderIdx> = problem.orders().indices().collect();
            let (least, gap) = (random.between(-1, 20_000), random.between(20_001, 500_000));
            let (each, most) = (random.between(2, 60) as usize, random.between(2, 80) as usize);
            let found = gather_all((&book, &priced), &orders, (least, gap), (each, most), (&state, &budget));
            let Some((options, up_to)) = found else {
                none += 1;
                continue;
            };
            assert!(least < up_to && up_to <= gap, "seed {seed}");
            *(if up_to == gap { &mut whole } else { &mut cut }) += 1;
            let columns: usize = options.iter().map(|o| o.choices.len()).sum();
            assert!(columns <= most + orders.len(), "seed {seed}: {columns} of {most}");
            let all = gather(&book, &orders, &priced, gap, 100_000, &state);
            for (some, all) in options.iter().zip(&all) {
                assert!(some.complete && all.complete, "seed {seed}");
                assert_eq!(reduced(some, up_to), reduced(all, up_to), "seed {seed}");
            }
        }
        assert!(whole > 30 && cut > 10 && none > 3, "{whole} {cut} {none}");
    }
}
