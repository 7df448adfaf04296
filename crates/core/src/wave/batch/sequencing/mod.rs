//! Batching with due times: pickers work through the batches side by side, and what counts first is how late orders are done.
//!
//! Known as order batching and sequencing (Henn and Schmid 2013; Henn 2015). All pickers begin at 0 and are alike, so a plan is
//! a sequence of batches of which each goes to the picker who is free first: some sequence of any batches gives their least
//! lateness. The cheapest batches, put in the order of what is due first, are the plan where due times are loose; where they
//! are not, batches and sequence are searched together.

mod bound;
mod search;
#[cfg(test)]
mod tests;
mod timetable;

use rayon::prelude::*;

use super::evaluate::{Costs, Table};
use super::plan::{Batch, Plan};
use super::solve::{First, Log, Solved, affordable, solve_from};
use crate::search::{Budget, Random};

use bound::least_lateness;
use search::Search;
pub(super) use timetable::Dues;
use timetable::{Stint, Value};

/// Searches that run side by side, by how much they mind a millisecond of lateness in milliseconds of cost.
const WEIGHTS: [f64; 4] = [1.0, 4.0, 16.0, 64.0];
/// Share of the budget for the cheapest batches.
const FOR_COST: f64 = 0.3;
/// Rounds of the search; each begins cooler than the one before it.
const ROUNDS: u32 = 4;
/// Steps of a search between two looks at the budget.
const STEPS: u64 = 250;
/// Temperatures in costs of a mean batch: at the start of the first round, the factor of each further one, and at every end.
const HOT: f64 = 0.15;
const COOLER: f64 = 0.5;
const COLD: f64 = 0.002;

/// The batches in their sequence, and what is proved of them.
pub(super) struct Sequenced {
    /// Orders of each batch, in the sequence.
    pub batches: Vec<Vec<u32>>,
    /// No plan has less lateness.
    pub lateness_bound: i64,
    /// No plan costs less, however late, where that is proved.
    pub bound: Option<i64>,
    /// Whether no plan is better.
    pub optimal: bool,
}

impl From<Solved> for Sequenced {
    /// Batches in any sequence, where nothing is due.
    fn from(solved: Solved) -> Self {
        Self {
            batches: solved.plan.sets(),
            lateness_bound: 0,
            bound: solved.bound,
            optimal: solved.optimal,
        }
    }
}

/// Finds batches and their sequence.
pub(super) fn solve(table: &Table<'_>, dues: &Dues, seed: u64, budget: &Budget<'_>, log: &mut Log<'_>) -> Sequenced {
    let mut costs = Costs::new(table);
    let lateness_bound = least_lateness(dues, &mut costs);
    let mut first = First::new(table, affordable(table.effort(), budget), budget);
    budget.spend(first.work + costs.work());
    let part = budget.until(FOR_COST);
    let cheapest = solve_from(table, &first, seed, &part, log);
    budget.spend(part.work());
    let mut bound = cheapest.bound;
    let mut best = by_due(&cheapest.plan, dues);
    let mut is_cheapest = cheapest.optimal;
    log(best.0.cost, &format!("cheapest, by due: {}", best.0));
    if best.0.lateness == lateness_bound && !is_cheapest && budget.stop().is_none() {
        // Due times are loose: what is left goes to costs.
        first.plan = cheapest.plan;
        let cheaper = solve_from(table, &first, seed.wrapping_add(1), budget, log);
        bound = bound.max(cheaper.bound);
        let found = by_due(&cheaper.plan, dues);
        if found.0 < best.0 {
            is_cheapest = cheaper.optimal;
            best = found;
        }
        log(best.0.cost, &format!("cheaper, by due: {}", best.0));
    }
    let is_best = |value: &Value, bound: Option<i64>| value.lateness == lateness_bound && Some(value.cost) == bound;
    if !(is_best(&best.0, bound) && is_cheapest) {
        let starts = [best.1.clone(), by_urgency(dues, &mut costs)];
        let mut searches: Vec<Search<'_>> = WEIGHTS
            .iter()
            .enumerate()
            .map(|(s, &weight)| {
                let random = Random::stream(seed, "sequencing", s as u64);
                Search::new(dues, first.kin(), table, weight, random)
            })
            .collect();
        for (s, search) in searches.iter_mut().enumerate() {
            search.restart(&starts[s % starts.len()]);
        }
        let per_batch = best.0.cost as f64 / best.1.len().max(1) as f64;
        let from = budget.spent();
        for round in 0..ROUNDS {
            let until = from + (1.0 - from) * f64::from(round + 1) / f64::from(ROUNDS);
            let hot = HOT * COOLER.powi(round as i32);
            cool(&mut searches, per_batch * hot, per_batch * COLD, until, budget);
            for search in &searches {
                if search.best.0 < best.0 {
                    best = search.best.clone();
                }
            }
            log(
                best.0.cost,
                &format!("sequences: {}, {:.2} s", best.0, budget.seconds()),
            );
            if budget.stop().is_some() || is_best(&best.0, bound) {
                break;
            }
            for search in &mut searches {
                search.restart(&best.1);
            }
        }
    }
    Sequenced {
        lateness_bound,
        bound,
        optimal: is_best(&best.0, bound),
        batches: best.1,
    }
}

/// Lets the searches cool down until a share of the budget is spent.
fn cool(searches: &mut [Search<'_>], hot: f64, cold: f64, until: f64, budget: &Budget<'_>) {
    let from = budget.spent();
    loop {
        let at = (budget.spent() - from) / (until - from).max(1e-9);
        if at >= 1.0 || budget.stop().is_some() {
            return;
        }
        let temperature = hot * (cold / hot).powf(at);
        searches.par_iter_mut().for_each(|search| {
            let before = search.work();
            for step in 0..STEPS {
                search.step(temperature);
                if step % 32 == 0 && budget.overdue() {
                    break;
                }
            }
            budget.spend(search.work() - before);
        });
    }
}

/// Batches of a plan, those first in which something is due first.
fn by_due(plan: &Plan, dues: &Dues) -> (Value, Vec<Vec<u32>>) {
    let batches = plan.batches.iter().filter(|b| !b.orders.is_empty());
    let mut stints: Vec<Stint> = batches.map(|b| Stint::of(b.clone(), dues)).collect();
    stints.sort_by_key(|s| (s.first_due(), s.batch.orders.iter().min().copied()));
    let value = dues.value(stints.iter());
    (value, stints.into_iter().map(|s| s.batch.orders).collect())
}

/// Orders by what is due first, each in the open batch where it costs least; one that none takes opens another, and closes the
/// oldest where more than pickers could be at work on are open.
fn by_urgency(dues: &Dues, costs: &mut Costs<'_>) -> Vec<Vec<u32>> {
    let table = costs.table;
    let mut orders: Vec<u32> = (0..table.orders as u32).collect();
    orders.sort_by_key(|&o| (dues.due(o).unwrap_or(i64::MAX), o));
    let mut batches: Vec<Batch> = Vec::new();
    let mut open = 0;
    for order in orders {
        let place = (open..batches.len())
            .filter(|&b| batches[b].takes(order, table))
            .map(|b| (batches[b].cost_with(order, costs), b))
            .min_by_key(|&(cost, b)| (cost - batches[b].cost, b));
        match place {
            Some((cost, b)) => batches[b].push(order, cost, table),
            None => {
                batches.push(Batch::of(vec![order], costs));
                open = batches.len().saturating_sub(dues.pickers);
            }
        }
    }
    batches.into_iter().map(|b| b.orders).collect()
}
