//! One search: descents by all moves from plans between elite plans, with weights on overuse that follow what is found.

use super::moves::{Chain, Move, Shift};
use super::plan::Plan;
use super::pool::Pool;
use super::table::Table;
use crate::search::{Budget, Random};

/// How long to search.
#[derive(Clone, Copy)]
pub(super) struct Effort {
    /// Share of the budget at which to stop.
    pub until: f64,
    /// Most options to look at.
    pub looks: u64,
    /// Most descents.
    pub descents: u64,
    /// A plan of this cost is good enough.
    pub enough: i64,
}

/// Options of each order, in the mean, that a descent looks at; which one is drawn anew each time. The narrow ones find
/// how the orders of a nearly best plan fit together, the wide ones what a narrow one lacks.
const WIDTHS: [f64; 6] = [1.2, 1.4, 1.7, 2.0, 2.5, 3.0];
/// Per mille by which the weight of an overused row rises, and by which all weights fall after a feasible plan.
const HARDER: i64 = 50;
const SOFTER: i64 = 20;
/// A search ends when it has looked at so many times as many options as when it found its best plan, and at so many more.
const PATIENCE: (u64, u64) = (3, 5_000_000);
/// Elite plans.
const ELITE: usize = 20;
/// Plans of the elite that differ in so few orders have nothing between them.
const ALIKE: usize = 4;
/// Orders looked at between looks at the clock.
const LOOK: u64 = 64;

/// A search in progress.
pub(super) struct Search<'a> {
    plan: Plan<'a>,
    moves: Vec<Box<dyn Move>>,
    limits: Vec<i64>,
    pool: Pool,
    random: Random,
    budget: &'a Budget<'a>,
    effort: Effort,
    /// Orders that a move may now serve better than when they were last looked at.
    open: Vec<bool>,
    /// The best plan within all limits, and its cost.
    best: (i64, Vec<u32>),
    /// Options looked at when it was found.
    found_at: u64,
}

impl<'a> Search<'a> {
    /// A search that knows the present plan, from there or from the plan of the cheapest options at the prices.
    pub(super) fn new(
        table: &'a Table,
        from_present: bool,
        random: Random,
        budget: &'a Budget<'a>,
        effort: Effort,
    ) -> Self {
        let present = table.present.clone();
        let cost = present.iter().map(|&k| table.cost[k as usize]).sum();
        let cheapest = (0..table.orders() as u32).map(|o| table.options(o).start).collect();
        let start = if from_present { present.clone() } else { cheapest };
        let moves: [Box<dyn Move>; 2] = [Box::new(Shift::default()), Box::new(Chain::default())];
        Self {
            plan: Plan::new(table, start, first_weights(table)),
            moves: moves.into_iter().filter(|m| m.supports(table)).collect(),
            limits: WIDTHS.iter().map(|w| table.limit(*w)).collect(),
            pool: Pool::new(ELITE, present.clone()),
            random,
            budget,
            effort,
            open: vec![true; table.orders()],
            best: (cost, present),
            found_at: 0,
        }
    }

    /// Runs; the cost of the best plan, the plan, and the options looked at.
    pub(super) fn run(mut self) -> (i64, Vec<u32>, u64) {
        let mut descents = 0;
        while !self.moves.is_empty() && descents < self.effort.descents && !self.is_over() {
            let limit = self.random.pick(&self.limits).copied().unwrap_or(i64::MAX);
            self.descend(limit);
            self.weigh();
            self.restart(limit);
            descents += 1;
        }
        (self.best.0, self.best.1, self.plan.looked)
    }

    fn is_over(&self) -> bool {
        let most = (self.found_at.saturating_mul(PATIENCE.0) + PATIENCE.1).min(self.effort.looks);
        self.plan.looked >= most
            || self.best.0 <= self.effort.enough
            || self.budget.overdue()
            || self.budget.spent() >= self.effort.until
    }

    /// Makes moves until none gains.
    fn descend(&mut self, limit: i64) {
        let mut sequence: Vec<u32> = (0..self.open.len() as u32).collect();
        self.random.shuffle(&mut sequence);
        let mut seen = 0;
        loop {
            let mut quiet = true;
            for &order in &sequence {
                if !std::mem::take(&mut self.open[order as usize]) {
                    continue;
                }
                quiet = false;
                seen += 1;
                if seen % LOOK == 0 && self.is_over() {
                    return;
                }
                if self.step(order, limit) {
                    self.note();
                }
            }
            if quiet {
                return;
            }
        }
    }

    /// Makes the first move that gains and starts at the order.
    fn step(&mut self, order: u32, limit: i64) -> bool {
        for i in 0..self.moves.len() {
            let Some(gain) = self.moves[i].evaluate(&mut self.plan, order, limit) else {
                continue;
            };
            let touched: Vec<(u32, u32)> = gain
                .steps
                .iter()
                .map(|s| (self.plan.option[s.0 as usize], s.1))
                .collect();
            for &(old, new) in &touched {
                self.reopen(old, new, limit);
            }
            self.moves[i].apply(&mut self.plan, &gain);
            for &(old, new) in &touched {
                self.reopen(old, new, limit);
            }
            return true;
        }
        false
    }

    /// Opens the orders that hold or may want rows of two options which are scarce as the plan stands.
    fn reopen(&mut self, old: u32, new: u32, limit: i64) {
        let table = self.plan.table;
        self.open[table.order[old as usize] as usize] = true;
        for &(row, _) in table.takes(old).iter().chain(table.takes(new)) {
            if self.plan.left[row as usize] > 0 && table.price[row as usize] == 0 {
                continue;
            }
            for &order in self.plan.holders(row) {
                self.open[order as usize] = true;
            }
            for &option in table.takers(row) {
                if table.reduced[option as usize] > limit {
                    break;
                }
                self.open[table.order[option as usize] as usize] = true;
            }
        }
    }

    /// Remembers the plan if it is the best within all limits.
    fn note(&mut self) {
        if self.plan.is_feasible() && self.plan.cost < self.best.0 {
            self.best = (self.plan.cost, self.plan.option.clone());
            self.found_at = self.plan.looked;
            self.budget.note(Some(self.best.0), None);
        }
    }

    /// Raises the weights of what is overused, or lowers all if nothing is.
    fn weigh(&mut self) {
        self.note();
        let table = self.plan.table;
        let feasible = self.plan.is_feasible();
        for row in 0..table.rows() {
            let weight = &mut self.plan.weight[row];
            if feasible {
                *weight -= *weight / 1000 * SOFTER + 1;
            } else if self.plan.left[row] < 0 {
                *weight += *weight / 1000 * HARDER + 10;
            }
            *weight = (*weight).clamp(table.price[row].max(1), table.heaviest[row].max(1));
        }
    }

    /// Goes some of the way from one elite plan to another, each time by the order that costs least; or shakes the first
    /// where they are alike.
    fn restart(&mut self, limit: i64) {
        let plan = &mut self.plan;
        self.pool.add(&plan.option.clone());
        self.pool.add(&self.best.1);
        self.pool.rank(|options| plan.value_of(options));
        plan.looked += (ELITE * plan.option.len()) as u64;
        let (from, to) = self.pool.pair(&mut self.random);
        let (from, to) = (from.to_vec(), to.to_vec());
        plan.set(from.clone());
        let mut apart: Vec<u32> = (0..from.len() as u32)
            .filter(|&o| from[o as usize] != to[o as usize])
            .collect();
        let mut touched = Vec::new();
        if apart.len() < ALIKE {
            for _ in 0..3 + self.random.below(1 + from.len() as u64 / 20) {
                let order = self.random.below(from.len() as u64) as u32;
                let options = plan.table.options(order);
                let n = u64::from(options.end - options.start);
                let option = options.start + self.random.below(n).min(self.random.below(n)) as u32;
                touched.push((plan.option[order as usize], option));
                plan.apply(order, option);
            }
        } else {
            for _ in 0..=self.random.below(apart.len() as u64 / 2) {
                let steps = apart.iter().enumerate();
                let least = steps.map(|(i, &o)| (plan.change(o, to[o as usize]), i)).min();
                let Some((_, i)) = least else { break };
                let order = apart.swap_remove(i);
                touched.push((plan.option[order as usize], to[order as usize]));
                plan.apply(order, to[order as usize]);
            }
        }
        for (old, new) in touched {
            self.reopen(old, new, limit);
        }
        for row in 0..self.plan.left.len() as u32 {
            if self.plan.left[row as usize] < 0 {
                for &order in self.plan.holders(row) {
                    self.open[order as usize] = true;
                }
            }
        }
    }
}

/// A quarter above the price, and something where the price is nothing: what an order loses by another option for each
/// unit that it takes, over all orders.
fn first_weights(table: &Table) -> Vec<i64> {
    let weight = |row: usize| {
        let takers = table.takers(row as u32);
        let reduced: i64 = takers.iter().map(|&k| table.reduced[k as usize] >> 12).sum();
        let mean = (reduced << 12) / (takers.len() as i64).max(1);
        let price = table.price[row];
        (price + price / 4 + mean / 100 + 100).clamp(1, table.heaviest[row].max(1))
    };
    (0..table.rows()).map(weight).collect()
}
