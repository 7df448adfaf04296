//! A plan under work: batches with their stops, loads and costs kept up to date.

use super::evaluate::{Costs, Table, join};
use super::problem::{AMOUNTS, Load, add, fit_together};

/// A set of orders that one picker collects.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    pub orders: Vec<u32>,
    pub stops: Vec<u64>,
    pub load: Load,
    pub hash: u64,
    pub cost: i64,
}

impl Batch {
    pub(crate) fn of(orders: Vec<u32>, costs: &mut Costs<'_>) -> Self {
        let table = costs.table;
        let hash = table.hash(&orders);
        Self {
            stops: table.joined(&orders),
            load: table.load(&orders),
            cost: if orders.is_empty() {
                0
            } else {
                costs.of(hash, orders.iter().copied())
            },
            hash,
            orders,
        }
    }

    pub(crate) fn takes(&self, order: u32, table: &Table<'_>) -> bool {
        fit_together(&self.load, &table.loads[order as usize], &table.limit)
    }

    /// Cost with one more order.
    pub(crate) fn cost_with(&self, order: u32, costs: &mut Costs<'_>) -> i64 {
        costs.with(self.hash ^ costs.table.keys[order as usize], &self.stops, order)
    }

    pub(crate) fn push(&mut self, order: u32, cost: i64, table: &Table<'_>) {
        self.orders.push(order);
        join(&mut self.stops, table.mask(order));
        add(&mut self.load, &table.loads[order as usize]);
        self.hash ^= table.keys[order as usize];
        self.cost = cost;
    }

    /// Takes out all orders for which `out` holds; the cost follows.
    pub(crate) fn strip(&mut self, out: impl Fn(u32) -> bool, costs: &mut Costs<'_>) {
        let table = costs.table;
        self.orders.retain(|&o| !out(o));
        self.stops.fill(0);
        self.load = [0; AMOUNTS];
        self.hash = 0;
        for &o in &self.orders {
            join(&mut self.stops, table.mask(o));
            add(&mut self.load, &table.loads[o as usize]);
            self.hash ^= table.keys[o as usize];
        }
        self.cost = if self.orders.is_empty() {
            0
        } else {
            costs.of(self.hash, self.orders.iter().copied())
        };
    }
}

/// All orders in batches.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    pub batches: Vec<Batch>,
    pub cost: i64,
}

impl Plan {
    pub(crate) fn of(batches: Vec<Vec<u32>>, costs: &mut Costs<'_>) -> Self {
        let batches: Vec<Batch> = batches.into_iter().map(|b| Batch::of(b, costs)).collect();
        let cost = batches.iter().map(|b| b.cost).sum();
        Self { batches, cost }
    }

    /// The batches as sets of orders.
    pub(crate) fn sets(&self) -> Vec<Vec<u32>> {
        self.batches.iter().map(|b| b.orders.clone()).collect()
    }
}
