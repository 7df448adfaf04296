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
use super::local_search::Kin;
use super::plan::{Batch, Plan};
use super::solve::{First, Log, Solved, affordable, solve_from};
use crate::Error;
use crate::search::{Budget, Random};

use bound::least_lateness;
use search::Search;
pub(super) use timetable::Dues;
use timetable::{Stint, Value};

/// Searches that run side by side, by how much they mind a millisecond of lateness in milliseconds of cost.
const WEIGHTS: [f64; 4] = [1.0, 4.0, 16.0, 64.0];
/// Share of the budget for the cheapest batches, and of it that is spent when also cheaper ones were sought where they are punctual.
const FOR_COST: f64 = 0.3;
const IF_PUNCTUAL: f64 = 0.75;
/// Most batches that are open at once where orders are taken by urgency.
const OPEN: usize = 8;
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

/// What is known while a plan is sought.
struct Known {
    value: Value,
    /// Orders of each batch of the best plan, in its sequence.
    batches: Vec<Vec<u32>>,
    lateness_bound: i64,
    /// No plan costs less, where that is proved.
    bound: Option<i64>,
}

impl Known {
    /// Whether nothing beats a plan of such value.
    fn is_best(&self, value: &Value) -> bool {
        value.lateness == self.lateness_bound && Some(value.cost) == self.bound
    }

    fn is_optimal(&self) -> bool {
        self.is_best(&self.value)
    }

    /// Learns of cheap batches, to be put in the order of what is due first.
    fn hear(&mut self, cheap: &Solved, dues: &Dues) {
        self.bound = self.bound.max(cheap.bound);
        let stints = by_due(&cheap.plan, dues);
        let value = dues.value(stints.iter());
        if value < self.value {
            self.value = value;
            self.batches = stints.into_iter().map(|s| s.batch.orders).collect();
        }
    }
}

/// Finds batches and their sequence.
///
/// # Errors
/// Times of which sums could not be told.
pub(super) fn solve(
    table: &Table<'_>,
    dues: &Dues,
    seed: u64,
    budget: &Budget<'_>,
    log: &mut Log<'_>,
) -> Result<Sequenced, Error> {
    let mut costs = Costs::new(table);
    if !dues.is_tame((0..table.orders as u32).map(|o| costs.alone(o))) {
        return Err(Error::options(
            "the times of orders and tours are too long to be summed",
        ));
    }
    let mut known = Known {
        value: Value::WORST,
        batches: Vec::new(),
        lateness_bound: least_lateness(dues, &mut costs),
        bound: None,
    };
    let mut first = First::new(table, affordable(table.effort(), budget), budget);
    budget.spend(first.work + costs.work());
    let part = budget.until(FOR_COST);
    let cheapest = solve_from(table, &first, seed, &part, log);
    budget.spend(part.work());
    known.hear(&cheapest, dues);
    log(known.value.cost, &format!("cheapest, by due: {}", known.value));
    if known.value.lateness == known.lateness_bound && !cheapest.optimal && budget.stop().is_none() {
        // Due times are loose: what is left goes to costs.
        first.plan = cheapest.plan;
        let part = budget.until(IF_PUNCTUAL);
        known.hear(&solve_from(table, &first, seed.wrapping_add(1), &part, log), dues);
        budget.spend(part.work());
        log(known.value.cost, &format!("cheaper, by due: {}", known.value));
    }
    if !known.is_optimal() && budget.stop().is_none() {
        let before = costs.work();
        let urgent = by_urgency(dues, &mut costs);
        budget.spend(costs.work() - before);
        search(&mut known, &urgent, (table, first.kin()), dues, seed, budget, log);
    }
    Ok(Sequenced {
        optimal: known.is_optimal(),
        lateness_bound: known.lateness_bound,
        bound: known.bound,
        batches: known.batches,
    })
}

/// Searches batches and sequence together, from the best plan and from another.
fn search(
    known: &mut Known,
    other: &[Vec<u32>],
    (table, kin): (&Table<'_>, &Kin),
    dues: &Dues,
    seed: u64,
    budget: &Budget<'_>,
    log: &mut Log<'_>,
) {
    let mut searches: Vec<Search<'_>> = Vec::new();
    for (s, &weight) in WEIGHTS.iter().enumerate() {
        let mut search = Search::new(dues, kin, table, weight, Random::stream(seed, "sequencing", s as u64));
        search.restart(if s % 2 == 0 { &known.batches } else { other });
        searches.push(search);
    }
    let per_batch = known.value.cost as f64 / known.batches.len().max(1) as f64;
    let from = budget.spent();
    let mut hot = per_batch * HOT;
    for round in 1..=ROUNDS {
        let until = from + (1.0 - from) * f64::from(round) / f64::from(ROUNDS);
        cool(&mut searches, (hot, per_batch * COLD), until, budget, known);
        hot *= COOLER;
        for search in &searches {
            if search.best.0 < known.value {
                (known.value, known.batches) = search.best.clone();
            }
        }
        log(
            known.value.cost,
            &format!("sequences: {}, {:.2} s", known.value, budget.seconds()),
        );
        if budget.stop().is_some() || known.is_optimal() {
            break;
        }
        for search in &mut searches {
            search.restart(&known.batches);
        }
    }
}

/// Lets the searches cool down until a share of the budget is spent, or one has a plan that nothing beats.
fn cool(searches: &mut [Search<'_>], (hot, cold): (f64, f64), until: f64, budget: &Budget<'_>, known: &Known) {
    let from = budget.spent();
    loop {
        let at = (budget.spent() - from) / (until - from).max(1e-9);
        if at >= 1.0 || budget.stop().is_some() || searches.iter().any(|s| known.is_best(&s.best.0)) {
            return;
        }
        let temperature = hot * (cold / hot).powf(at);
        searches.par_iter_mut().for_each(|search| {
            for step in 0..STEPS {
                search.step(temperature);
                if step % 32 == 0 && budget.overdue() {
                    break;
                }
            }
            budget.spend(search.work_since());
        });
    }
}

/// Batches of a plan, those first in which something is due first.
fn by_due(plan: &Plan, dues: &Dues) -> Vec<Stint> {
    let batches = plan.batches.iter().filter(|b| !b.orders.is_empty());
    let mut stints: Vec<Stint> = batches.map(|b| Stint::of(b.clone(), dues)).collect();
    stints.sort_by_key(|s| (s.first_due(), s.batch.orders.iter().min().copied()));
    stints
}

/// Orders by what is due first, each in the open batch where it costs least. One that none takes opens another; the last few are
/// open, at most one for each picker.
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
        if let Some((cost, b)) = place {
            batches[b].push(order, cost, table);
        } else {
            batches.push(Batch::of(vec![order], costs));
            open = batches.len().saturating_sub(dues.pickers.min(OPEN));
        }
    }
    batches.into_iter().map(|b| b.orders).collect()
}
