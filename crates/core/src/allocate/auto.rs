//! The default method: shadow prices, hardening, ruin and recreate, price-and-branch, in this order, under one budget.

use super::book::{Book, Builder};
use super::harden::{harden, settle};
use super::milp::Limits;
use super::perturb::perturb;
use super::polish::{Effort, polish};
use super::serve::shuffled;
use super::shadow::{Climb, Rows, climb};
use super::state::{Priced, State};
use crate::index::{Idx as _, OrderIdx};
use crate::model::Problem;
use crate::quantity::Money;
use crate::search::{Budget, Progress};

/// What a method hands to the composition root; amounts in ten-thousandths.
pub(crate) struct Found<'p> {
    pub book: Book<'p>,
    pub state: State,
    pub climb: Climb,
    /// The plan was proved to be the best by branching.
    pub proved: bool,
}

/// Parameters of a run that the methods share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub seed: u64,
    pub threads: usize,
    /// Relative gap at which to stop; 0 = go on.
    pub gap: f64,
}

/// Whether the plan is as close to the bound as was asked for.
fn close_enough(total: i64, bound: i64, gap: f64) -> bool {
    gap > 0.0 && (total - bound) as f64 <= gap * total as f64
}

/// Runs the default method.
pub(crate) fn auto<'p>(problem: &'p Problem, settings: Settings, budget: &Budget<'_>, see: &mut dyn FnMut(Progress)) -> Found<'p> {
    let book = Builder::new(problem).build();
    let rows = Rows::binding(&book);
    let mut tell = |phase, incumbent: Option<i64>, bound| see(Progress { phase, seconds: budget.seconds(), incumbent, bound });
    tell("prices", None, None);
    let climb = climb(&book, &rows, None, budget, 0.35, 300);
    let bound = climb.bound;
    tell("harden", None, Some(bound));
    let sequence = shuffled(&book, settings.seed);
    let mut state = harden(&book, &rows, &climb.prices, settings.seed, budget);
    settle(&book, &mut state, &sequence, budget);
    tell("improve", Some(state.total()), Some(bound));
    let mut proved = state.total() == bound && book.large.is_empty();
    let done = |state: &State| close_enough(state.total(), bound, settings.gap);
    if !proved && !done(&state) {
        let rounds = 200 * book.orders.len() as u64 + 2000;
        perturb(&book, &rows, &climb.prices, &mut state, settings.seed, budget, 0.5, rounds.min(2_000_000));
        tell("branch", Some(state.total()), Some(bound));
    }
    if !proved && !done(&state) && budget.stop().is_none() {
        proved = branch(&book, &climb, &mut state, settings, budget);
        tell("branched", Some(state.total()), Some(bound));
    }
    Found { book, state, climb, proved }
}

/// Price-and-branch over all orders, the slack as wide as a better plan could need or as the size allows.
fn branch(book: &Book<'_>, climb: &Climb, state: &mut State, settings: Settings, budget: &Budget<'_>) -> bool {
    let orders: Vec<OrderIdx> = (0..book.orders.len()).map(OrderIdx::new).collect();
    let priced = Priced::new(book, &climb.prices);
    let full = (state.total() - climb.bound).max(0);
    let slack = full.min(8 * Money::SCALE);
    let limits = Limits {
        seconds: budget.seconds_left(),
        nodes: budget.work_left().map(|w| w / 1000 + 1),
        gap: 0.0,
        threads: settings.threads,
    };
    let effort = Effort { slack, most: 200, limits };
    let polished = polish(book, &orders, &priced, state, effort, budget);
    polished.proved && slack >= full && book.large.is_empty()
}
