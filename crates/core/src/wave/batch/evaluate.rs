//! Costs of sets of orders, remembered: every part of batching asks for them here.

use super::problem::{AMOUNTS, Capacity, Load, Objective, Order, add, fits};
use super::tours::{Lengths, Tours};
use crate::Error;
use crate::search::Random;

/// The orders as masks, loads and hashes, beside the tours that give their costs.
pub(crate) struct Table<'a> {
    tours: &'a dyn Tours,
    objective: Objective,
    pub(crate) orders: usize,
    pub(crate) words: usize,
    masks: Vec<u64>,
    pub(crate) loads: Vec<Load>,
    pub(crate) limit: Load,
    /// A random number per order; the hash of a set is their exclusive or.
    pub(crate) keys: Vec<u64>,
}

impl<'a> Table<'a> {
    pub(crate) fn new(
        tours: &'a dyn Tours,
        orders: &[Order],
        capacity: &Capacity,
        objective: Objective,
    ) -> Result<Self, Error> {
        let words = tours.words();
        let masks = orders.iter().flat_map(|o| tours.mask(&o.stops)).collect();
        let limit = capacity.limit();
        let loads: Vec<Load> = orders.iter().map(|o| capacity.load(o)).collect();
        if let Some(order) = loads.iter().position(|l| !fits(l, &limit)) {
            return Err(Error::options(format!(
                "order {order} alone exceeds the capacity of a cart"
            )));
        }
        let mut random = Random::new(0x0bad_cafe);
        Ok(Self {
            tours,
            objective,
            orders: orders.len(),
            words,
            masks,
            loads,
            limit,
            keys: (0..orders.len()).map(|_| random.bits()).collect(),
        })
    }

    /// The table of some of the orders, numbered as they are given; their keys stay.
    pub(crate) fn part(&self, orders: &[u32]) -> Self {
        Self {
            tours: self.tours,
            objective: self.objective,
            orders: orders.len(),
            words: self.words,
            masks: orders.iter().flat_map(|&o| self.mask(o).iter().copied()).collect(),
            loads: orders.iter().map(|&o| self.loads[o as usize]).collect(),
            limit: self.limit,
            keys: orders.iter().map(|&o| self.keys[o as usize]).collect(),
        }
    }

    pub(crate) fn mask(&self, order: u32) -> &[u64] {
        &self.masks[order as usize * self.words..(order as usize + 1) * self.words]
    }

    /// Stops of these orders.
    pub(crate) fn joined(&self, orders: &[u32]) -> Vec<u64> {
        let mut stops = vec![0; self.words];
        for &o in orders {
            join(&mut stops, self.mask(o));
        }
        stops
    }

    pub(crate) fn load(&self, orders: &[u32]) -> Load {
        let mut load = [0; AMOUNTS];
        for &o in orders {
            add(&mut load, &self.loads[o as usize]);
        }
        load
    }

    /// What a batch that holds an order costs at least.
    pub(crate) fn least_cost(&self, order: u32, costs: &mut Costs<'_>) -> i64 {
        if self.tours.is_exact() {
            costs.alone(order)
        } else {
            self.objective.cost_at(0, self.mask(order))
        }
    }

    /// About how many times longer a tour takes than in one block.
    pub(crate) fn effort(&self) -> u64 {
        self.tours.effort().max(1)
    }

    /// No plan has fewer batches: for each amount, by the bound L2 of Martello and Toth (1990) for bin packing.
    pub(crate) fn fewest_batches(&self) -> usize {
        let mut fewest = usize::from(self.orders > 0);
        for amount in 0..AMOUNTS {
            let limit = self.limit[amount];
            if limit == u64::MAX || limit == 0 {
                continue;
            }
            let sizes: Vec<u64> = self.loads.iter().map(|l| l[amount]).collect();
            // Orders above `limit - small` go alone, those above half are one to a batch; what is at least `small` fills up.
            for &small in sizes.iter().filter(|&&s| 2 * s <= limit).chain(std::iter::once(&0)) {
                let alone = sizes.iter().filter(|&&s| s > limit - small).count() as u64;
                let halves: Vec<u64> = sizes
                    .iter()
                    .copied()
                    .filter(|&s| 2 * s > limit && s <= limit - small)
                    .collect();
                let fill: u64 = sizes.iter().filter(|&&s| 2 * s <= limit && s >= small).sum();
                let room = halves.len() as u64 * limit - halves.iter().sum::<u64>();
                let bound = alone + halves.len() as u64 + fill.saturating_sub(room).div_ceil(limit);
                fewest = fewest.max(bound as usize);
            }
        }
        fewest
    }

    pub(crate) fn hash(&self, orders: &[u32]) -> u64 {
        orders.iter().fold(0, |h, &o| h ^ self.keys[o as usize])
    }
}

/// Adds the stops of one mask to another.
#[inline]
pub(crate) fn join(to: &mut [u64], stops: &[u64]) {
    for (a, b) in to.iter_mut().zip(stops) {
        *a |= b;
    }
}

const SLOTS: usize = 1 << 16;

/// Costs of sets that were asked for before, by their hash. A slot holds the last set that fell into it; a set is told by
/// all 64 bits of its hash, and what a plan states is computed again without it.
pub(crate) struct Costs<'a> {
    pub(crate) table: &'a Table<'a>,
    lengths: Box<dyn Lengths + 'a>,
    slots: Vec<(u64, i64)>,
    scratch: Vec<u64>,
    /// How often a cost was asked for.
    asked: u64,
}

impl<'a> Costs<'a> {
    pub(crate) fn new(table: &'a Table<'a>) -> Self {
        Self {
            table,
            lengths: table.tours.lengths(),
            slots: vec![(0, 0); SLOTS],
            scratch: vec![0; table.words],
            asked: 0,
        }
    }

    /// Work so far: questions, which count for more where tours take longer. What the cache knew makes no difference.
    pub(crate) fn work(&self) -> u64 {
        self.asked * self.table.effort().isqrt()
    }

    /// Cost of the set with this hash, whose stops are those of `stops` and of an order.
    #[inline]
    pub(crate) fn with(&mut self, hash: u64, stops: &[u64], order: u32) -> i64 {
        self.asked += 1;
        let slot = hash as usize % SLOTS;
        let (known, cost) = self.slots[slot];
        if known == hash {
            return cost;
        }
        for ((s, &a), &b) in self.scratch.iter_mut().zip(stops).zip(self.table.mask(order)) {
            *s = a | b;
        }
        let cost = self
            .table
            .objective
            .cost_at(self.lengths.length(&self.scratch), &self.scratch);
        self.slots[slot] = (hash, cost);
        cost
    }

    /// Cost of a batch with these stops, computed in any case.
    pub(crate) fn compute(&mut self, stops: &[u64]) -> i64 {
        self.asked += 1;
        self.table.objective.cost_at(self.lengths.length(stops), stops)
    }

    /// Length of the tour over these stops, computed in any case.
    pub(crate) fn length(&mut self, stops: &[u64]) -> i64 {
        self.lengths.length(stops)
    }

    /// Cost of one order alone.
    pub(crate) fn alone(&mut self, order: u32) -> i64 {
        self.of(self.table.keys[order as usize], std::iter::once(order))
    }

    /// Cost of a set of orders.
    #[inline]
    pub(crate) fn of(&mut self, hash: u64, orders: impl Iterator<Item = u32>) -> i64 {
        self.asked += 1;
        let slot = hash as usize % SLOTS;
        let (known, cost) = self.slots[slot];
        if known == hash {
            return cost;
        }
        self.scratch.fill(0);
        for o in orders {
            join(&mut self.scratch, self.table.mask(o));
        }
        let cost = self
            .table
            .objective
            .cost_at(self.lengths.length(&self.scratch), &self.scratch);
        self.slots[slot] = (hash, cost);
        cost
    }
}
