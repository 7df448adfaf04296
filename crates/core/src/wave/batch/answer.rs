//! The call of batching: what it is given, and the plan that it gives back.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::evaluate::{Costs, Table};
use super::problem::{Capacity, Objective, Order};
use super::sequencing::{self, Dues};
use super::solve::solve;
use super::tours::Tours;
use crate::Error;
use crate::plan::{LimitReached, Status};
use crate::search::{Budget, Clock, Stop};

/// Orders to be batched, and all that decides how.
#[derive(Clone, Copy)]
pub struct BatchProblem<'a> {
    /// The orders.
    pub orders: &'a [Order],
    /// Lengths of tours, which also number the stops.
    pub tours: &'a dyn Tours,
    /// What one batch may hold.
    pub capacity: Capacity,
    /// What to make small, after lateness where orders have due times; it must be time then.
    pub objective: Objective,
    /// Pickers, who all begin at the start and collect batch after batch; they matter to due times only.
    pub pickers: usize,
}

/// How long to search, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchOptions {
    /// Wall-clock limit of the whole call.
    pub time_limit: Option<Duration>,
    /// Limit of work, in evaluations of a batch. With it alone a call repeats exactly, at any number of threads. Without any
    /// limit it is [`DEFAULT_WORK`](Self::DEFAULT_WORK).
    pub work_limit: Option<u64>,
    /// Seed of all random choices.
    pub seed: u64,
    /// Threads, 0 = as many as the machine has. They change nothing but the time.
    pub threads: usize,
}

impl BatchOptions {
    /// The limit of work where none is given: some seconds at 100 orders.
    pub const DEFAULT_WORK: u64 = 50_000_000;
}

impl Default for BatchOptions {
    fn default() -> Self {
        Self {
            time_limit: None,
            work_limit: None,
            seed: 1,
            threads: 0,
        }
    }
}

/// When a batch is collected, in milliseconds from the start, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The picker, from 0.
    pub picker: usize,
    /// When the picker begins.
    pub start: i64,
    /// When all of it is collected: after its cost and the time of its picks.
    pub end: i64,
}

/// Orders that one picker collects in one tour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickBatch {
    /// Positions of its orders, rising.
    pub orders: Vec<usize>,
    /// Length of its shortest tour in the unit of the tours: millimetres in a layout.
    pub length: i64,
    /// Its cost by the objective.
    pub cost: i64,
    /// When it is collected, where any order has a due time.
    pub turn: Option<Turn>,
}

/// Batches that hold every order once.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchPlan {
    /// The batches, by their first orders.
    pub batches: Vec<PickBatch>,
    /// Sum of their lengths.
    pub length: i64,
    /// Sum of their costs.
    pub cost: i64,
    /// No plan costs less, however late, where that is proved: few orders only.
    pub bound: Option<i64>,
    /// Milliseconds that all orders together are late: each from its due time until its batch has ended.
    pub lateness: i64,
    /// No plan has less lateness.
    pub lateness_bound: i64,
    /// Orders that are late.
    pub late: usize,
    /// Whether the bounds equal lateness and cost.
    pub status: Status,
    /// What ended the search, if it was not the proof.
    pub limit: Option<LimitReached>,
    /// Work done, in evaluations of a batch.
    pub work: u64,
    /// Seconds taken.
    pub seconds: f64,
}

/// Finds batches: of least lateness, where orders have due times, and among those of least cost.
///
/// # Errors
///
/// Where an order alone exceeds the capacity, where due times come with no pickers or without time as the objective, where times
/// are so long that their sums cannot be told (those of an order are at most 30 years), or where there is no memory for threads.
pub fn plan_batches(
    problem: &BatchProblem<'_>,
    options: &BatchOptions,
    clock: &dyn Clock,
    interrupt: Option<&AtomicBool>,
) -> Result<BatchPlan, Error> {
    plan_batches_logged(problem, options, clock, interrupt, &mut |_, _| {})
}

/// Finds batches like [`plan_batches`], and tells what each phase of the search gave: the cost of the best plan so far, and words. With
/// due times it is first that of the cheapest batches, however late.
///
/// # Errors
///
/// As those of [`plan_batches`].
pub fn plan_batches_logged(
    problem: &BatchProblem<'_>,
    options: &BatchOptions,
    clock: &dyn Clock,
    interrupt: Option<&AtomicBool>,
    log: &mut (dyn FnMut(i64, &str) + Send),
) -> Result<BatchPlan, Error> {
    let dues = Dues::new(problem.orders, problem.pickers)?;
    if dues.is_some() && problem.objective == Objective::Distance {
        return Err(Error::options("orders with due times want time as the objective"));
    }
    let table = Table::new(problem.tours, problem.orders, &problem.capacity, problem.objective)?;
    let work_limit = match (options.time_limit, options.work_limit) {
        (None, None) => Some(BatchOptions::DEFAULT_WORK),
        (_, work) => work,
    };
    let budget = Budget::new(clock, options.time_limit, work_limit, interrupt);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads)
        .thread_name(|n| format!("clapot-batch-{n}"))
        .build()
        .map_err(|e| Error::options(format!("threads: {e}")))?;
    let solved = pool.install(|| match &dues {
        Some(dues) => sequencing::solve(&table, dues, options.seed, &budget, log),
        None => Ok(solve(&table, options.seed, &budget, log).into()),
    })?;
    // What the plan states is computed again, without what the search remembers.
    let mut costs = Costs::new(&table);
    let mut batches: Vec<PickBatch> = solved
        .batches
        .iter()
        .map(|orders| {
            let stops = table.joined(orders);
            let length = costs.length(&stops);
            PickBatch {
                orders: orders.iter().map(|&o| o as usize).collect(),
                length,
                cost: problem.objective.cost_at(length, &stops),
                turn: None,
            }
        })
        .collect();
    let (mut lateness, mut late) = (0, 0);
    if let Some(dues) = &dues {
        let sequence = solved.batches.iter().zip(&batches);
        let turns = dues.turns(sequence.map(|(orders, batch)| (orders.as_slice(), batch.cost)));
        for ((orders, batch), turn) in solved.batches.iter().zip(&mut batches).zip(turns) {
            let of_orders = orders.iter().map(|&o| dues.late(o, turn.end));
            late += of_orders.clone().filter(|&l| l > 0).count();
            lateness += of_orders.sum::<i64>();
            batch.turn = Some(turn);
        }
    }
    for batch in &mut batches {
        batch.orders.sort_unstable();
    }
    batches.sort_unstable_by(|a, b| a.orders.cmp(&b.orders));
    let cost = batches.iter().map(|b| b.cost).sum();
    let optimal = solved.optimal && solved.bound == Some(cost) && solved.lateness_bound == lateness;
    Ok(BatchPlan {
        length: batches.iter().map(|b| b.length).sum(),
        cost,
        bound: solved.bound,
        lateness,
        lateness_bound: solved.lateness_bound,
        late,
        status: if optimal { Status::Optimal } else { Status::Feasible },
        limit: match budget.stop() {
            _ if optimal => None,
            Some(Stop::Time) => Some(LimitReached::Time),
            Some(Stop::Work) => Some(LimitReached::Work),
            Some(Stop::Interrupted) => Some(LimitReached::Interrupted),
            Some(Stop::Stalled) => Some(LimitReached::Stalled),
            None => None,
        },
        batches,
        work: budget.work(),
        seconds: budget.seconds(),
    })
}
