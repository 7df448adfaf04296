//! The whole of wave selection: reduce, start, then search and proof in turns until one of them says that it is over.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::answer::{Ratio, Selection, SelectionStatus};
use super::fill::Wave;
use super::presolve::Reduced;
use super::problem::Backlog;
use super::prove::Proof;
use super::search::Search;
use super::start::greedy;
use crate::Error;
use crate::index::OrderIdx;
use crate::plan::LimitReached;
use crate::search::{self, Budget, Clock, Milp, Stop};

/// Rounds of search without a better wave, each twice as long as the one before, after which a run without limits ends.
const PATIENCE: u32 = 6;
/// Nodes of branch and bound after which a run without limits ends.
const MOST_NODES: u64 = 20_000;

/// Parameters of [`select_wave`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SelectOptions {
    /// Wall-clock limit of the call on the given clock; `None` = none.
    pub time_limit: Option<Duration>,
    /// Work limit, in cells of orders and aisles looked at; `None` = none. A run with a work limit and no time limit gives
    /// the same selection at any number of threads.
    pub work_limit: Option<u64>,
    /// Threads; 0 = one per core.
    pub threads: usize,
    /// Seed of everything random.
    pub seed: u64,
    /// The solver that fills the best sets of aisles exactly.
    pub milp: Milp,
}

impl Default for SelectOptions {
    fn default() -> Self {
        Self {
            time_limit: None,
            work_limit: None,
            threads: 0,
            seed: 1,
            milp: Milp::Strongest,
        }
    }
}

impl SelectOptions {
    fn check(&self) -> Result<(), Error> {
        search::check_limits(self.time_limit, self.work_limit, self.threads)
    }
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SelectProgress {
    /// Seconds since the start of the call.
    pub seconds: f64,
    /// The best ratio so far.
    pub best: Option<Ratio>,
    /// What is proved of the ratio so far.
    pub bound: Option<Ratio>,
    /// Nodes of branch and bound so far.
    pub nodes: u64,
}

/// Selects the orders of a wave and the aisles to visit.
///
/// # Errors
/// Where an option is outside its range, or, a bug, where the selection fails its own check.
pub fn select_wave(
    backlog: &Backlog,
    options: &SelectOptions,
    clock: &dyn Clock,
    interrupt: Option<&AtomicBool>,
    progress: &mut (dyn FnMut(SelectProgress) + Send),
) -> Result<Selection, Error> {
    options.check()?;
    let budget = Budget::new(clock, options.time_limit, options.work_limit, interrupt);
    let pool = search::pool(options.threads)?;
    let selection = pool.install(|| {
        let reduced = Reduced::of(backlog);
        let end = solve(&reduced, options, &budget, progress);
        answer(&reduced, &end, &budget)
    });
    check(backlog, &selection)?;
    Ok(selection)
}

/// How a run ended.
struct End {
    best: Option<Wave>,
    bound: Option<Ratio>,
    closed: bool,
    stop: Option<Stop>,
}

/// Search and proof in turns, by work; search begins.
fn solve(
    reduced: &Reduced,
    options: &SelectOptions,
    budget: &Budget<'_>,
    progress: &mut (dyn FnMut(SelectProgress) + Send),
) -> End {
    let mut best = greedy(reduced, budget);
    let mut search = Search::new(reduced, options.seed);
    let mut proof = Proof::new(reduced);
    let mut news = |best: Option<&Wave>, proof: &Proof<'_>| {
        progress(SelectProgress {
            seconds: budget.seconds(),
            best: best.map(|b| Ratio::new(b.units as u64, b.aisles.len() as u64)),
            bound: proof.ratio(best),
            nodes: proof.nodes,
        });
    };
    let mut stop = budget.stop();
    while stop.is_none() && !proof.closed(best.as_ref()) {
        let exhausted = proof.exhausted(best.as_ref());
        let done = exhausted || proof.nodes >= MOST_NODES;
        if !budget.is_limited() && search.stale >= PATIENCE && done {
            break;
        }
        let weight = proof.search_share(best.as_ref());
        let found = if exhausted || search.work + search.next_work() / 2 <= proof.work * weight || search.work == 0 {
            search.advance(best.as_ref(), options.milp, budget)
        } else {
            proof.advance(best.as_ref(), options.milp, budget)
        };
        if let Some(found) = found.filter(|f| f.beats(best.as_ref())) {
            best = Some(found);
        }
        news(best.as_ref(), &proof);
        stop = budget.stop();
    }
    End {
        bound: proof.ratio(best.as_ref()),
        closed: proof.closed(best.as_ref()),
        stop: stop.filter(|_| !proof.closed(best.as_ref())),
        best,
    }
}

/// The selection in terms of the backlog.
fn answer(reduced: &Reduced, end: &End, budget: &Budget<'_>) -> Selection {
    let status = match (&end.best, end.closed) {
        (Some(_), true) => SelectionStatus::Optimal,
        (Some(_), false) => SelectionStatus::Feasible,
        (None, true) => SelectionStatus::Infeasible,
        (None, false) => SelectionStatus::Unknown,
    };
    let mut orders: Vec<OrderIdx> = Vec::new();
    let mut aisles = Vec::new();
    if let Some(wave) = &end.best {
        for (class, &taken) in wave.taken.iter().enumerate() {
            orders.extend(&reduced.members[class][..taken as usize]);
        }
        orders.extend(wave.loose.iter().map(|&(_, order)| order));
        orders.sort_unstable();
        aisles = wave.aisles.iter().map(|&a| reduced.aisle_of[a as usize]).collect();
    }
    Selection {
        orders,
        aisles,
        units: end.best.as_ref().map_or(0, |b| b.units as u64),
        bound: end.bound.filter(|_| status != SelectionStatus::Infeasible),
        status,
        limit: end.stop.map(|stop| match stop {
            Stop::Time => LimitReached::Time,
            Stop::Work => LimitReached::Work,
            Stop::Interrupted => LimitReached::Interrupted,
            Stop::Stalled => LimitReached::Stalled,
        }),
        work: budget.work(),
    }
}

/// Judges a selection from scratch: limits, each order and aisle once, and stock.
fn check(backlog: &Backlog, selection: &Selection) -> Result<(), Error> {
    let wrong = |what: &str| Err(Error::verification(format!("the selection {what}")));
    if selection.aisles.is_empty() {
        return if selection.orders.is_empty() {
            Ok(())
        } else {
            wrong("has orders and no aisle")
        };
    }
    if !selection.orders.is_sorted_by(|a, b| a < b) || !selection.aisles.is_sorted_by(|a, b| a < b) {
        return wrong("names an order or an aisle twice");
    }
    let mut left = std::collections::BTreeMap::new();
    for &aisle in &selection.aisles {
        for cell in &backlog.aisles()[aisle] {
            *left.entry(cell.sku).or_insert(0_i64) += i64::from(cell.units);
        }
    }
    let mut units = 0;
    for &order in &selection.orders {
        for line in &backlog.orders()[order] {
            units += u64::from(line.units);
            *left.entry(line.sku).or_insert(0) -= i64::from(line.units);
        }
    }
    if left.values().any(|&l| l < 0) {
        return wrong("takes more than the aisles hold");
    }
    if units != selection.units || units < backlog.least_units() || units > backlog.most_units() {
        return wrong("does not keep the limits of a wave");
    }
    Ok(())
}
