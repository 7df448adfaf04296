//! Annealing over batches and their sequence at once: orders change batches, batches change places, are split and joined.

use super::super::evaluate::{Costs, Table};
use super::super::local_search::Kin;
use super::super::plan::Batch;
use super::timetable::{Dues, Stint, Value};
use crate::search::Random;

/// One worker of the search.
pub(super) struct Search<'a> {
    dues: &'a Dues,
    kin: &'a Kin,
    costs: Costs<'a>,
    random: Random,
    /// Cost that a millisecond of lateness is worth.
    weight: f64,
    /// Batches; those without orders are free for use.
    stints: Vec<Stint>,
    /// Batches with orders, in the sequence.
    sequence: Vec<u32>,
    /// When each batch ends.
    ends: Vec<i64>,
    /// The same of the last schedule, in its sequence.
    ends_by_place: Vec<i64>,
    /// Batch of each order.
    of: Vec<u32>,
    now: Value,
    /// The best plan so far, in its sequence.
    pub best: (Value, Vec<Vec<u32>>),
    /// Batches and sequence as they were before the move that is being tried.
    saved: Vec<(u32, Stint)>,
    saved_sequence: Vec<u32>,
    free: Vec<i64>,
    scheduled: u64,
    /// Work that was told of.
    told: u64,
}

impl<'a> Search<'a> {
    pub(super) fn new(dues: &'a Dues, kin: &'a Kin, table: &'a Table<'a>, weight: f64, random: Random) -> Self {
        Self {
            dues,
            kin,
            costs: Costs::new(table),
            random,
            weight,
            stints: Vec::new(),
            sequence: Vec::new(),
            ends: Vec::new(),
            ends_by_place: Vec::new(),
            of: vec![0; table.orders],
            now: Value::default(),
            best: (Value::WORST, Vec::new()),
            saved: Vec::new(),
            saved_sequence: Vec::new(),
            free: Vec::new(),
            scheduled: 0,
            told: 0,
        }
    }

    /// Work since this was last asked: costs asked for, and eight batches scheduled or orders copied for one.
    pub(super) fn work_since(&mut self) -> u64 {
        let work = self.costs.work() + self.scheduled / 8;
        work - std::mem::replace(&mut self.told, work)
    }

    /// Continues from a plan.
    pub(super) fn restart(&mut self, batches: &[Vec<u32>]) {
        self.stints.clear();
        for orders in batches {
            self.stints
                .push(Stint::of(Batch::of(orders.clone(), &mut self.costs), self.dues));
        }
        self.sequence = (0..self.stints.len() as u32).collect();
        self.saved.clear();
        self.now = self.schedule();
        for b in self.sequence.clone() {
            self.note(b);
        }
        self.keep_ends();
        self.keep_best();
    }

    /// One move at a temperature in units of cost.
    pub(super) fn step(&mut self, temperature: f64) {
        self.scheduled += 1; // a step costs something even where no move is possible
        self.saved.clear();
        self.saved_sequence.clone_from(&self.sequence);
        let is_made = match self.random.below(100) {
            0..=44 => self.relocate(),
            45..=69 => self.swap(),
            70..=81 => self.shift(),
            82..=89 => self.exchange(),
            90..=94 => self.split(),
            _ => self.join(),
        };
        if !is_made {
            return;
        }
        let value = self.schedule();
        let change = self.weight * (value.lateness - self.now.lateness) as f64 + (value.cost - self.now.cost) as f64;
        let u = self.random.unit();
        if change <= 0.0 || change < -temperature * u.max(1e-12).ln() {
            self.now = value;
            for n in 0..self.saved.len() {
                self.note(self.saved[n].0);
            }
            self.keep_ends();
            self.keep_best();
        } else {
            while let Some((b, stint)) = self.saved.pop() {
                self.stints[b as usize] = stint;
            }
            std::mem::swap(&mut self.sequence, &mut self.saved_sequence);
        }
    }

    /// Moves an order to another batch, or to one of its own.
    fn relocate(&mut self) -> bool {
        let order = self.choose();
        let from = self.of[order as usize];
        let is_alone = self.stints[from as usize].batch.orders.len() == 1;
        let (to, place) = if !is_alone && self.random.below(8) == 0 {
            (
                self.unused(),
                self.random.below(self.sequence.len() as u64 + 1) as usize,
            )
        } else {
            let to = self.another(order);
            if to == from || !self.stints[to as usize].batch.takes(order, self.costs.table) {
                return false;
            }
            (to, usize::MAX)
        };
        self.put(from, self.orders_but(from, order));
        let mut orders = self.stints[to as usize].batch.orders.clone();
        orders.push(order);
        self.put(to, orders);
        if place < usize::MAX {
            self.sequence.insert(place, to);
        }
        self.sequence.retain(|&b| b != from || !is_alone);
        true
    }

    /// Swaps two orders between their batches.
    fn swap(&mut self) -> bool {
        let order = self.choose();
        let (from, to) = (self.of[order as usize], self.another(order));
        if from == to {
            return false;
        }
        let Some(&other) = self.random.pick(&self.stints[to as usize].batch.orders) else {
            return false;
        };
        let mut ours = self.orders_but(from, order);
        let mut theirs = self.orders_but(to, other);
        ours.push(other);
        theirs.push(order);
        if !self.fit(&ours) || !self.fit(&theirs) {
            return false;
        }
        self.put(from, ours);
        self.put(to, theirs);
        true
    }

    /// Moves a batch to another place of the sequence.
    fn shift(&mut self) -> bool {
        let Some((from, to)) = self.two_places() else {
            return false;
        };
        let batch = self.sequence.remove(from);
        self.sequence.insert(to, batch);
        true
    }

    /// Swaps two batches in the sequence.
    fn exchange(&mut self) -> bool {
        let Some((a, b)) = self.two_places() else {
            return false;
        };
        self.sequence.swap(a, b);
        true
    }

    /// Splits a batch: what is due later goes into one of its own, anywhere behind.
    fn split(&mut self) -> bool {
        let order = self.choose();
        let batch = self.of[order as usize];
        let mut orders = self.stints[batch as usize].batch.orders.clone();
        if orders.len() < 2 {
            return false;
        }
        orders.sort_unstable_by_key(|&o| (self.dues.due(o).unwrap_or(i64::MAX), o));
        let keep = 1 + self.random.below(orders.len() as u64 - 1) as usize;
        let later = orders.split_off(keep);
        let place = self.place_of(batch);
        let behind = 1 + self.random.below((self.sequence.len() - place) as u64) as usize;
        let new = self.unused();
        self.put(batch, orders);
        self.put(new, later);
        self.sequence.insert(place + behind, new);
        true
    }

    /// Joins two batches at the place of one of them.
    fn join(&mut self) -> bool {
        let order = self.choose();
        let (from, to) = (self.of[order as usize], self.another(order));
        if from == to {
            return false;
        }
        let mut orders = self.stints[to as usize].batch.orders.clone();
        orders.extend(&self.stints[from as usize].batch.orders);
        if !self.fit(&orders) {
            return false;
        }
        self.put(to, orders);
        self.put(from, Vec::new());
        self.sequence.retain(|&b| b != from);
        true
    }

    /// An order, more likely one that is late.
    fn choose(&mut self) -> u32 {
        let n = self.of.len() as u64;
        let mut order = self.random.below(n) as u32;
        if self.now.lateness > 0 && self.random.chance(500) {
            for _ in 0..8 {
                let end = self.ends[self.of[order as usize] as usize];
                if self.dues.late(order, end) > 0 {
                    break;
                }
                order = self.random.below(n) as u32;
            }
        }
        order
    }

    /// A batch that an order may go to: of one of its kin, near its own in the sequence, or any.
    fn another(&mut self, order: u32) -> u32 {
        match self.random.below(10) {
            0..=5 => {
                let kin = self.kin.of(order);
                let near = &kin[..kin.len().min(24)];
                match self.random.pick(near) {
                    Some(&o) => self.of[o as usize],
                    None => self.of[order as usize],
                }
            }
            6..=8 => {
                let place = self.place_of(self.of[order as usize]);
                let from = place.saturating_sub(4);
                let to = (place + 5).min(self.sequence.len());
                self.sequence[from + self.random.below((to - from) as u64) as usize]
            }
            _ => self.sequence[self.random.below(self.sequence.len() as u64) as usize],
        }
    }

    fn two_places(&mut self) -> Option<(usize, usize)> {
        let n = self.sequence.len() as u64;
        let (a, b) = (self.random.below(n) as usize, self.random.below(n) as usize);
        (a != b).then_some((a, b))
    }

    fn place_of(&self, batch: u32) -> usize {
        debug_assert!(self.sequence.contains(&batch), "a batch with orders has a place");
        self.sequence.iter().position(|&b| b == batch).unwrap_or(0)
    }

    /// A batch without orders.
    fn unused(&mut self) -> u32 {
        let free = self.stints.iter().position(|s| s.batch.orders.is_empty());
        free.unwrap_or_else(|| {
            self.stints
                .push(Stint::of(Batch::of(Vec::new(), &mut self.costs), self.dues));
            self.stints.len() - 1
        }) as u32
    }

    fn orders_but(&self, batch: u32, order: u32) -> Vec<u32> {
        let orders = &self.stints[batch as usize].batch.orders;
        orders.iter().copied().filter(|&o| o != order).collect()
    }

    fn fit(&self, orders: &[u32]) -> bool {
        let table = self.costs.table;
        super::super::problem::fits(&table.load(orders), &table.limit)
    }

    /// Gives a batch other orders, and remembers what it had.
    fn put(&mut self, batch: u32, orders: Vec<u32>) {
        let stint = Stint::of(Batch::of(orders, &mut self.costs), self.dues);
        let before = std::mem::replace(&mut self.stints[batch as usize], stint);
        self.saved.push((batch, before));
    }

    /// What the batches are worth in their sequence.
    fn schedule(&mut self) -> Value {
        self.scheduled += self.sequence.len() as u64 * (1 + self.dues.pickers as u64 / 8);
        let (stints, ends) = (&self.stints, &mut self.ends_by_place);
        let sequence = self.sequence.iter().map(|&b| &stints[b as usize]);
        ends.clear();
        self.dues.ends(sequence, &mut self.free, |end| ends.push(end))
    }

    /// Notes that the orders of a batch are in it.
    fn note(&mut self, batch: u32) {
        for &o in &self.stints[batch as usize].batch.orders {
            self.of[o as usize] = batch;
        }
    }

    /// Notes when the batches end that were scheduled last.
    fn keep_ends(&mut self) {
        self.ends.resize(self.stints.len(), 0);
        for (&b, &end) in self.sequence.iter().zip(&self.ends_by_place) {
            self.ends[b as usize] = end;
        }
    }

    fn keep_best(&mut self) {
        if self.now < self.best.0 {
            self.scheduled += self.of.len() as u64;
            let orders = |&b: &u32| self.stints[b as usize].batch.orders.clone();
            self.best = (self.now, self.sequence.iter().map(orders).collect());
        }
    }
}
