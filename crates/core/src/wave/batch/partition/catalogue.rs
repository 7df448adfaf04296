//! All feasible batches with their costs, where they are few enough to be listed: pricing over them is exact.

use rayon::prelude::*;

use super::super::evaluate::{Costs, Table, join};
use super::super::problem::{AMOUNTS, Load, add, fit_together};
use super::price::Prices;

/// Every feasible batch.
pub(crate) struct Catalogue {
    starts: Vec<u32>,
    orders: Vec<u16>,
    costs: Vec<i64>,
}

impl Catalogue {
    /// Number of sets of orders that fit a cart, counted up to a limit.
    pub(crate) fn count(table: &Table<'_>, limit: usize) -> usize {
        fn deeper(table: &Table<'_>, from: usize, load: &Load, left: &mut usize) {
            for o in from..table.orders {
                if *left == 0 {
                    return;
                }
                if fit_together(load, &table.loads[o], &table.limit) {
                    *left -= 1;
                    let mut next = *load;
                    add(&mut next, &table.loads[o]);
                    deeper(table, o + 1, &next, left);
                }
            }
        }
        let mut left = limit;
        deeper(table, 0, &[0; AMOUNTS], &mut left);
        limit - left
    }

    /// Lists all feasible batches; `None` where `go` ends it.
    pub(crate) fn new(table: &Table<'_>, go: &(dyn Fn() -> bool + Sync)) -> Option<Self> {
        // Each first order is a part of its own.
        let parts: Vec<Option<Self>> = (0..table.orders as u32)
            .into_par_iter()
            .map_init(
                || Costs::new(table),
                |costs, first| {
                    let mut part = Self::empty();
                    let mut orders = vec![first];
                    let mut stops = vec![table.mask(first).to_vec()];
                    part.list(costs, &mut orders, &mut stops, &table.loads[first as usize], go)
                        .then_some(part)
                },
            )
            .collect();
        let mut all = Self::empty();
        for part in parts {
            let part = part?;
            let base = all.orders.len() as u32;
            all.orders.extend(part.orders);
            all.costs.extend(part.costs);
            all.starts.extend(part.starts[1..].iter().map(|s| s + base));
        }
        Some(all)
    }

    fn empty() -> Self {
        Self {
            starts: vec![0],
            orders: Vec::new(),
            costs: Vec::new(),
        }
    }

    /// Lists the batches that begin with these orders; false where `go` ended it.
    fn list(
        &mut self,
        costs: &mut Costs<'_>,
        orders: &mut Vec<u32>,
        stops: &mut Vec<Vec<u64>>,
        load: &Load,
        go: &(dyn Fn() -> bool + Sync),
    ) -> bool {
        let table = costs.table;
        let depth = orders.len();
        self.orders.extend(orders.iter().map(|&o| o as u16));
        self.starts.push(self.orders.len() as u32);
        self.costs.push(costs.compute(&stops[depth - 1]));
        if self.costs.len().is_multiple_of(1024) && !go() {
            return false;
        }
        for o in orders[depth - 1] + 1..table.orders as u32 {
            if fit_together(load, &table.loads[o as usize], &table.limit) {
                let mut next = *load;
                add(&mut next, &table.loads[o as usize]);
                if stops.len() == depth {
                    stops.push(vec![0; table.words]);
                }
                let (below, here) = stops.split_at_mut(depth);
                here[0].copy_from_slice(&below[depth - 1]);
                join(&mut here[0], table.mask(o));
                orders.push(o);
                let whole = self.list(costs, orders, stops, &next, go);
                orders.pop();
                if !whole {
                    return false;
                }
            }
        }
        true
    }

    pub(crate) fn len(&self) -> usize {
        self.costs.len()
    }

    /// Batches whose reduced cost is below a limit, cheapest first, at most `most` of them.
    pub(crate) fn below(&self, prices: &Prices<'_>, limit: f64, most: usize) -> Vec<(f64, usize)> {
        let pieces = 64;
        let size = self.len().div_ceil(pieces).max(1);
        let found: Vec<Vec<(f64, usize)>> = (0..pieces)
            .into_par_iter()
            .map(|piece| {
                let mut found = Vec::new();
                let mut set = Vec::new();
                for i in piece * size..((piece + 1) * size).min(self.len()) {
                    let orders = &self.orders[self.starts[i] as usize..self.starts[i + 1] as usize];
                    let worth: f64 = orders.iter().map(|&o| prices.orders[usize::from(o)]).sum();
                    let mut reduced = self.costs[i] as f64 - worth - prices.batch;
                    if reduced < limit {
                        if !prices.cuts.is_empty() {
                            set.clear();
                            set.extend(orders.iter().map(|&o| u32::from(o)));
                            reduced -= prices.paid(&set);
                        }
                        if reduced < limit {
                            found.push((reduced, i));
                        }
                    }
                }
                found
            })
            .collect();
        let mut all: Vec<(f64, usize)> = found.into_iter().flatten().collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        all.truncate(most);
        all
    }

    /// Costs of all batches.
    pub(crate) fn costs(&self) -> impl Iterator<Item = i64> {
        self.costs.iter().copied()
    }

    /// Orders and cost of a batch.
    pub(crate) fn get(&self, i: usize) -> (Vec<u32>, i64) {
        let orders = &self.orders[self.starts[i] as usize..self.starts[i + 1] as usize];
        (orders.iter().map(|&o| u32::from(o)).collect(), self.costs[i])
    }
}
