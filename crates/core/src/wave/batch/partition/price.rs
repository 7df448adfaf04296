//! Pricing: batches whose orders are worth more, at the duals, than their tour costs. Climbs from batches that the linear
//! programme likes, by adding, dropping and swapping orders; keeps every good batch met on the way.

use super::super::evaluate::{Costs, Table};
use super::super::plan::Batch;
use super::super::pool::Column;
use crate::search::Random;

/// Worth of orders, in units of cost.
pub(crate) struct Prices<'a> {
    pub orders: &'a [f64],
    /// What a batch is worth for being one, where plans need many batches.
    pub batch: f64,
    /// Cuts: three orders, and what a batch pays that holds two or three of them (at most 0).
    pub cuts: &'a [([u32; 3], f64)],
    /// Cuts in which an order is.
    pub cuts_of: &'a [Vec<u32>],
}

impl Prices<'_> {
    /// What a set earns apart from its tour.
    fn worth(&self, orders: &[u32]) -> f64 {
        let base: f64 = self.batch + orders.iter().map(|&o| self.orders[o as usize]).sum::<f64>();
        if self.cuts.is_empty() {
            return base;
        }
        base + self.paid(orders)
    }

    /// What the cuts take from it.
    pub(crate) fn paid(&self, orders: &[u32]) -> f64 {
        self.cuts
            .iter()
            .filter(|(three, _)| three.iter().filter(|o| orders.contains(o)).count() >= 2)
            .map(|(_, price)| price)
            .sum()
    }

    /// Whether an order may be in a batch: those that are not worth minus infinity.
    fn allows(&self, order: u32) -> bool {
        self.orders[order as usize] > f64::NEG_INFINITY
    }

    /// What adding an order to a set changes in its worth.
    fn added(&self, orders: &[u32], order: u32) -> f64 {
        let mut worth = self.orders[order as usize];
        for &c in &self.cuts_of[order as usize] {
            let (three, price) = &self.cuts[c as usize];
            let held = three.iter().filter(|&&o| o != order && orders.contains(&o)).count();
            if held == 1 {
                worth += price;
            }
        }
        worth
    }
}

/// What a climb found.
#[derive(Default)]
pub(crate) struct Found {
    /// Batches of negative reduced cost.
    pub columns: Vec<(f64, Column)>,
}

impl Found {
    fn note(&mut self, profit: f64, orders: Vec<u32>, cost: i64, hash: u64) {
        self.columns.push((profit, Column { orders, cost, hash }));
    }
}

/// A neighbour that earns more: what it earns, the order out, the order in, its cost.
type Step = (f64, Option<u32>, Option<u32>, i64);

/// Looks at all batches that one order more, less or other makes of this one. Notes those that earn more than `least`; the
/// best of those that earn more than the batch itself.
fn look(
    batch: &Batch,
    profit: f64,
    prices: &Prices<'_>,
    least: f64,
    costs: &mut Costs<'_>,
    found: &mut Found,
) -> Option<Step> {
    let table: &Table<'_> = costs.table;
    let mut best: Step = (profit + 1e-6, None, None, 0);
    // Add, then drop and swap.
    for out in std::iter::once(None).chain(batch.orders.iter().map(|&o| Some(o))) {
        let without;
        let (rest, base) = match out {
            None => (batch, profit),
            Some(o) => {
                let mut smaller = batch.clone();
                smaller.strip(|x| x == o, costs);
                without = smaller;
                let base = prices.worth(&without.orders) - without.cost as f64;
                if !without.orders.is_empty() {
                    if base > least {
                        found.note(base, without.orders.clone(), without.cost, without.hash);
                    }
                    if base > best.0 {
                        best = (base, out, None, without.cost);
                    }
                }
                (&without, base)
            }
        };
        for p in 0..table.orders as u32 {
            if Some(p) == out || !prices.allows(p) || !rest.takes(p, table) || rest.orders.contains(&p) {
                continue;
            }
            let worth = prices.added(&rest.orders, p);
            if base + worth <= least.min(best.0) {
                continue; // the tour gets no shorter
            }
            let cost = rest.cost_with(p, costs);
            let new = base + worth - (cost - rest.cost) as f64;
            if new > least {
                let mut orders = rest.orders.clone();
                orders.push(p);
                found.note(new, orders, cost, rest.hash ^ table.keys[p as usize]);
            }
            if new > best.0 {
                best = (new, out, Some(p), cost);
            }
        }
    }
    (best.1.is_some() || best.2.is_some()).then_some(best)
}

/// Notes the neighbours of a batch that earn more than `least`.
pub(crate) fn neighbours(of: &[u32], prices: &Prices<'_>, least: f64, costs: &mut Costs<'_>, found: &mut Found) {
    let batch = Batch::of(of.to_vec(), costs);
    let profit = prices.worth(&batch.orders) - batch.cost as f64;
    look(&batch, profit, prices, least, costs, found);
}

/// Climbs from a batch to one whose profit no single change makes larger.
pub(crate) fn climb(from: &[u32], prices: &Prices<'_>, least: f64, costs: &mut Costs<'_>, found: &mut Found) {
    let table: &Table<'_> = costs.table;
    let mut batch = Batch::of(from.to_vec(), costs);
    let mut profit = prices.worth(&batch.orders) - batch.cost as f64;
    if profit > least {
        found.note(profit, batch.orders.clone(), batch.cost, batch.hash);
    }
    for _ in 0..MOST_STEPS {
        let Some((new, out, put, cost)) = look(&batch, profit, prices, least, costs, found) else {
            return;
        };
        if let Some(o) = out {
            batch.strip(|x| x == o, costs);
        }
        if let Some(p) = put {
            batch.push(p, cost, table);
        }
        profit = new;
    }
}

/// Steps of a climb, at most.
const MOST_STEPS: usize = 30;

/// Takes random orders out of a batch and fills it again with what earns most, by marginal profit with some noise.
pub(crate) fn shake(from: &[u32], prices: &Prices<'_>, costs: &mut Costs<'_>, random: &mut Random) -> Vec<u32> {
    let table: &Table<'_> = costs.table;
    let mut batch = Batch::of(from.to_vec(), costs);
    let out = 1 + random.below(from.len().max(2) as u64 - 1) as usize;
    let mut gone: Vec<u32> = Vec::new();
    for _ in 0..out {
        if let Some(&o) = random.pick(&batch.orders) {
            if batch.orders.len() == 1 {
                break;
            }
            gone.push(o);
            batch.strip(|x| x == o, costs);
        }
    }
    let banned = gone.first().copied();
    loop {
        let mut best = (0.0, None, 0);
        for p in 0..table.orders as u32 {
            if Some(p) == banned || !prices.allows(p) || !batch.takes(p, table) || batch.orders.contains(&p) {
                continue;
            }
            let worth = prices.added(&batch.orders, p);
            let noise = 0.5 + random.below(1000) as f64 / 1000.0;
            if worth * 1.5 <= best.0 {
                continue;
            }
            let cost = batch.cost_with(p, costs);
            let gain = worth - (cost - batch.cost) as f64;
            let gain = if gain > 0.0 { gain * noise } else { gain };
            if gain > best.0 {
                best = (gain, Some(p), cost);
            }
        }
        let (_, Some(p), cost) = best else { break };
        batch.push(p, cost, table);
    }
    batch.orders
}
