//! The default method: shadow prices, hardening, ruin and recreate, price-and-branch, in this order, under one budget.

use super::book::{Book, Builder};
use super::harden::{harden, settle};
use super::milp::Limits;
use rayon::prelude::*;
use super::perturb::{perturb, parts, deal, Wanted, scarce};
use super::polish::{Effort, polish};
use super::serve::shuffled;
use super::shadow::{Climb, Rows, climb};
use super::state::{Priced, State};
use crate::index::{Idx as _, OrderIdx};
use crate::model::Problem;
use crate::quantity::Money;
use crate::search::{Budget, Progress, Random};

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

/// Epochs of ruin and recreate where nothing else stops it.
const EPOCHS: u64 = 120;

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
    let climb = climb(&book, &rows, budget, 0.35, 300, true);
    let bound = climb.bound;
    tell("harden", None, Some(bound));
    let sequence = shuffled(&book, settings.seed);
    let mut state = harden(&book, &rows, &climb.prices, settings.seed, budget);
    settle(&book, &mut state, &sequence, budget);
    tell("improve", Some(state.total()), Some(bound));
    let mut proved = state.total() == bound && book.large.is_empty();
    let done = |state: &State| close_enough(state.total(), bound, settings.gap);
    if !proved && !done(&state) {
        perturb(&book, &rows, &climb.prices, &mut state, settings.seed, budget, if book.orders.len() > 5000 { 0.4 } else { 0.5 }, if book.orders.len() > 5000 { 100_000 } else { EPOCHS });
        tell("branch", Some(state.total()), Some(bound));
    }
    if book.orders.len() > 5000 {
        branch_parts(&book, &rows, &climb, &mut state, settings, budget, &mut |t| tell("parts", Some(t), Some(bound)));
    } else if !proved && !done(&state) && budget.stop().is_none() {
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
        seconds: budget.seconds_left().map(|s| s * 0.85),
        nodes: budget.work_left().map(|w| w / 1000 + 1),
        gap: 0.0,
        threads: settings.threads,
    };
    let columns = std::env::var("COLS").ok().and_then(|s| s.parse::<f64>().ok()).unwrap_or(4.0) * orders.len() as f64 + 5000.0;
    let effort = Effort { slack, most: 200, columns: columns as usize, limits };
    let polished = polish(book, &orders, &priced, state, effort, budget);
    polished.proved && slack >= full && book.large.is_empty()
}

/// Price-and-branch part by part, for problems that are too large for one model.
fn branch_parts(book: &Book<'_>, rows: &Rows, climb: &Climb, state: &mut State, settings: Settings, budget: &Budget<'_>, tell: &mut dyn FnMut(i64)) {
    let ev = |k: &str, d: f64| std::env::var(k).ok().and_then(|s| s.parse::<f64>().ok()).unwrap_or(d);
    let priced = Priced::new(book, &climb.prices);
    let all: Vec<OrderIdx> = (0..book.orders.len()).map(OrderIdx::new).collect();
    let scarce = scarce(book, rows);
    let wanted = Wanted::new(book, &scarce, &all);
    for epoch in 0..1000 {
        let mut random = Random::stream(settings.seed, "branch", epoch);
        let parts = parts(book, (book.orders.len() as f64 / ev("PS", 500.0)) as usize, &mut random);
        let lefts = deal(&state.left, &wanted, &parts, &mut random);
        for (chunk, lefts) in parts.chunks(settings.threads * 2).zip(lefts.chunks(settings.threads * 2)) {
            if budget.stop().is_some() {
                return;
            }
            let work = |(part, left): (&Vec<OrderIdx>, &super::state::Left)| {
                let mut local = state.clone();
                local.left = left.clone();
                let limits = Limits { seconds: Some(budget.seconds_left().unwrap_or(60.0).min(ev("PT", 5.0))), nodes: None, gap: 2e-5, threads: 1 };
                let effort = Effort { slack: 8 * Money::SCALE, most: 50, columns: (ev("COLS", 4.0) * part.len() as f64) as usize, limits };
                polish(book, part, &priced, &mut local, effort, budget);
                local
            };
            let done: Vec<State> = chunk.par_iter().zip(lefts.par_iter()).map(work).collect();
            for (part, local) in chunk.iter().zip(&done) {
                state.adopt(book, part, local);
            }
            tell(state.total());
        }
    }
}
