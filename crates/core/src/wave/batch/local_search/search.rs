//! The search of one worker: a stream of random numbers, a plan, a temperature.

use super::super::evaluate::{Costs, Table};
use super::super::plan::{Batch, Plan};
use super::super::pool::Pool;
use super::destroy::{Kin, around};
use super::repair::{Sequence, best_place};
use crate::search::Random;

/// One worker of the search.
pub(crate) struct Search<'a> {
    table: &'a Table<'a>,
    kin: &'a Kin,
    pub costs: Costs<'a>,
    random: Random,
    pub now: Plan,
    pub best: Plan,
    /// Batch of each order.
    of: Vec<u32>,
    /// Batches as they were before the move that is being tried.
    saved: Vec<(usize, Batch)>,
    removed: Vec<u32>,
    pub pool: Pool,
}

impl<'a> Search<'a> {
    pub(crate) fn new(table: &'a Table<'a>, kin: &'a Kin, start: Plan, random: Random) -> Self {
        let mut search = Self {
            table,
            kin,
            costs: Costs::new(table),
            random,
            best: start.clone(),
            now: start,
            of: vec![0; table.orders],
            saved: Vec::new(),
            removed: Vec::new(),
            pool: Pool::default(),
        };
        search.settle();
        search
    }

    /// Continues from another plan.
    pub(crate) fn restart(&mut self, plan: Plan) {
        self.now = plan;
        self.settle();
    }

    /// Drops empty batches but one, and notes where each order is.
    fn settle(&mut self) {
        self.now.batches.retain(|b| !b.orders.is_empty());
        for (b, batch) in self.now.batches.iter().enumerate() {
            for &o in &batch.orders {
                self.of[o as usize] = b as u32;
            }
        }
        let empty = Batch::of(Vec::new(), &mut self.costs);
        self.now.batches.push(empty);
    }

    fn save(&mut self, b: usize) {
        if !self.saved.iter().any(|(s, _)| *s == b) {
            self.saved.push((b, self.now.batches[b].clone()));
        }
    }

    /// One move at a temperature in units of cost.
    pub(crate) fn step(&mut self, temperature: f64) {
        self.saved.clear();
        self.removed.clear();
        let count = 2 + self.random.below(3) as usize;
        let ruin = around(self.kin, &self.of, count, &mut self.random);
        for (&b, &seed) in ruin.batches.iter().zip(&ruin.seeds) {
            self.save(b as usize);
            let orders = &self.now.batches[b as usize].orders;
            let from = self.removed.len();
            for &o in orders {
                if o == seed || self.random.chance(ruin.share) {
                    self.removed.push(o);
                }
            }
            let removed = &self.removed[from..];
            self.now.batches[b as usize].strip(|o| removed.contains(&o), &mut self.costs);
        }
        self.put_back();
        let before: i64 = self.saved.iter().map(|(_, b)| b.cost).sum();
        let after: i64 = self.saved.iter().map(|(b, _)| self.now.batches[*b].cost).sum();
        let change = after - before;
        let u = self.random.unit();
        if (change as f64) < -temperature * u.max(1e-12).ln() && (change != 0 || self.random.chance(500)) {
            self.accept(change);
        } else {
            for (b, batch) in self.saved.drain(..) {
                self.now.batches[b] = batch;
            }
        }
    }

    fn put_back(&mut self) {
        let table = self.table;
        let sequence = Sequence::draw(&mut self.random);
        match sequence {
            Sequence::Largest => self
                .removed
                .sort_by_key(|&o| (std::cmp::Reverse(table.loads[o as usize]), o)),
            Sequence::Farthest => {
                let costs = &mut self.costs;
                self.removed
                    .sort_by_cached_key(|&o| (std::cmp::Reverse(costs.alone(o)), o));
            }
            Sequence::Random => self.random.shuffle(&mut self.removed),
            Sequence::Regret => {}
        }
        if sequence == Sequence::Regret {
            while !self.removed.is_empty() {
                let mut choice: Option<(i64, usize, usize, i64)> = None;
                for (i, &o) in self.removed.iter().enumerate() {
                    let place = best_place(o, &self.now.batches, 0, &mut self.costs, &mut self.random);
                    if let Some((b, cost, added, second)) = place {
                        let regret = second.saturating_sub(added);
                        if choice.is_none_or(|(r, ..)| regret > r) {
                            choice = Some((regret, i, b, cost));
                        }
                    }
                }
                let Some((_, i, b, cost)) = choice else { break };
                let order = self.removed.swap_remove(i);
                self.insert(order, b, cost);
            }
        } else {
            for i in 0..self.removed.len() {
                let order = self.removed[i];
                let place = best_place(order, &self.now.batches, 20, &mut self.costs, &mut self.random)
                    .or_else(|| best_place(order, &self.now.batches, 0, &mut self.costs, &mut self.random));
                if let Some((b, cost, ..)) = place {
                    self.insert(order, b, cost);
                }
            }
        }
    }

    fn insert(&mut self, order: u32, b: usize, cost: i64) {
        self.save(b);
        self.now.batches[b].push(order, cost, self.table);
        if self.now.batches.iter().all(|b| !b.orders.is_empty()) {
            let empty = Batch::of(Vec::new(), &mut self.costs);
            self.saved.push((self.now.batches.len(), empty.clone()));
            self.now.batches.push(empty);
        }
    }

    fn accept(&mut self, change: i64) {
        self.now.cost += change;
        let mut empty = 0;
        for (b, _) in &self.saved {
            let batch = &self.now.batches[*b];
            for &o in &batch.orders {
                self.of[o as usize] = *b as u32;
            }
            if batch.orders.is_empty() {
                empty += 1;
            } else {
                self.pool.add(&batch.orders, batch.cost, batch.hash);
            }
        }
        if empty > 0 {
            self.settle();
        }
        if self.now.cost < self.best.cost {
            self.best = self.now.clone();
            self.best.batches.retain(|b| !b.orders.is_empty());
        }
    }
}
