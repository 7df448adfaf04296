//! A plan of the local search: the option of each order, what is left of each row, and the cost with every unit of
//! overuse weighed. All changes are exact.
//!
//! ```text
//! value = sum over orders of cost + sum over rows of weight x overuse
//! ```

use super::table::Table;

/// The plan that a search works on.
#[derive(Clone)]
pub(super) struct Plan<'t> {
    pub table: &'t Table,
    /// Per order its option.
    pub option: Vec<u32>,
    /// Per row what is left; negative where it is overused.
    pub left: Vec<i64>,
    /// Per row what a unit of overuse weighs, at least the row's price.
    pub weight: Vec<i64>,
    /// Cost without weights.
    pub cost: i64,
    /// Rows that are overused.
    overused: usize,
    /// Per row the orders that take of it.
    holders: Vec<Vec<u32>>,
    /// Per take its place among the holders of its row, while its option is chosen.
    place: Vec<u32>,
    /// Options looked at.
    pub looked: u64,
}

impl<'t> Plan<'t> {
    pub(super) fn new(table: &'t Table, option: Vec<u32>, weight: Vec<i64>) -> Self {
        let mut plan = Self {
            table,
            option: Vec::new(),
            left: Vec::new(),
            weight,
            cost: 0,
            overused: 0,
            holders: vec![Vec::new(); table.rows()],
            place: vec![0; table.all_slots()],
            looked: 0,
        };
        plan.set(option);
        plan
    }

    /// Another option for every order.
    pub(super) fn set(&mut self, option: Vec<u32>) {
        self.left.clone_from(&self.table.there_is);
        self.holders.iter_mut().for_each(Vec::clear);
        self.cost = option.iter().map(|&k| self.table.cost[k as usize]).sum();
        self.overused = self.left.iter().filter(|l| **l < 0).count();
        self.option = option;
        for order in 0..self.option.len() as u32 {
            self.hold(order);
        }
    }

    pub(super) fn holders(&self, row: u32) -> &[u32] {
        &self.holders[row as usize]
    }

    pub(super) fn is_feasible(&self) -> bool {
        self.overused == 0
    }

    fn take(&mut self, row: u32, n: i64) {
        let left = &mut self.left[row as usize];
        let was = *left < 0;
        *left -= n;
        match (was, *left < 0) {
            (false, true) => self.overused += 1,
            (true, false) => self.overused -= 1,
            _ => {}
        }
    }

    fn hold(&mut self, order: u32) {
        let table = self.table;
        let option = self.option[order as usize];
        for (slot, &(row, n)) in table.slots(option).zip(table.takes(option)) {
            self.take(row, n);
            self.place[slot] = self.holders[row as usize].len() as u32;
            self.holders[row as usize].push(order);
        }
    }

    fn release(&mut self, order: u32) {
        let table = self.table;
        let option = self.option[order as usize];
        for (slot, &(row, n)) in table.slots(option).zip(table.takes(option)) {
            self.take(row, -n);
            let place = self.place[slot] as usize;
            let holders = &mut self.holders[row as usize];
            holders.swap_remove(place);
            if let Some(&moved) = holders.get(place) {
                let its = self.option[moved as usize];
                let take = table.takes(its).iter().position(|t| t.0 == row).unwrap_or(0);
                self.place[table.slots(its).start + take] = place as u32;
            }
        }
    }

    /// Gives an order another option.
    pub(super) fn apply(&mut self, order: u32, option: u32) {
        let old = self.option[order as usize];
        self.release(order);
        self.cost += self.table.cost[option as usize] - self.table.cost[old as usize];
        self.option[order as usize] = option;
        self.hold(order);
    }

    /// By how much the value changes when an order takes another option.
    #[inline]
    pub(super) fn change(&mut self, order: u32, option: u32) -> i64 {
        self.looked += 1;
        let table = self.table;
        let old = self.option[order as usize];
        let mut change = table.cost[option as usize] - table.cost[old as usize];
        let (mut gives, mut takes) = (table.takes(old), table.takes(option));
        loop {
            let (row, n) = match (gives.first(), takes.first()) {
                (Some(&(r, g)), Some(&(s, t))) if r == s => {
                    (gives, takes) = (&gives[1..], &takes[1..]);
                    (r, g - t)
                }
                (Some(&(r, g)), other) if other.is_none_or(|o| r < o.0) => {
                    gives = &gives[1..];
                    (r, g)
                }
                (_, Some(&(s, t))) => {
                    takes = &takes[1..];
                    (s, -t)
                }
                _ => return change,
            };
            let left = self.left[row as usize];
            change += self.weight[row as usize] * (left.min(0) - (left + n).min(0));
        }
    }

    /// What a row adds to the value above the bound of the prices: what is left of it at its price, or its overuse at what
    /// that weighs beyond the price. Not negative.
    #[inline]
    pub(super) fn waste(&self, row: u32) -> i64 {
        let (left, price) = (self.left[row as usize], self.table.price[row as usize]);
        if left >= 0 {
            price * left
        } else {
            (price - self.weight[row as usize]) * left
        }
    }

    /// The waste of the rows that an option takes of, but for those in `counted`.
    #[inline]
    pub(super) fn waste_of(&self, option: u32, counted: &[u32]) -> i64 {
        let takes = self.table.takes(option).iter();
        takes.filter(|t| !counted.contains(&t.0)).map(|t| self.waste(t.0)).sum()
    }

    /// The value of any choice of options.
    pub(super) fn value_of(&self, options: &[u32]) -> i64 {
        let mut left = self.table.there_is.clone();
        let mut value = 0;
        for &option in options {
            value += self.table.cost[option as usize];
            for &(row, n) in self.table.takes(option) {
                left[row as usize] -= n;
            }
        }
        let overuse = left.iter().zip(&self.weight).map(|(l, w)| w * (-l).max(0));
        value + overuse.sum::<i64>()
    }
}
