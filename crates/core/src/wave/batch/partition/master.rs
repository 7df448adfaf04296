//! The linear programme over all known batches, kept at its optimum as batches and cuts come in.

use rayon::prelude::*;

use super::catalogue::Catalogue;
use super::cuts::{self, Three};
use super::linear::{Basic, Columns, Simplex};
use super::price::{Found, Prices, climb, neighbours, shake};
use crate::search::{Budget, Random};
use crate::wave::batch::evaluate::{Costs, Table};
use crate::wave::batch::pool::{Column, Pool};

/// Batches of negative reduced cost taken from one climb or one scan.
const PER_CLIMB: usize = 20;
const PER_SCAN: usize = 400;

/// The programme, its batches and its state.
pub(crate) struct Master<'a> {
    pub table: &'a Table<'a>,
    pub pool: Pool,
    pub columns: Columns,
    pub simplex: Simplex,
    pub cuts: Vec<Three>,
    /// Cost that counts as one inside the programme.
    pub scale: f64,
    catalogue: Option<Catalogue>,
    /// All costs met are multiples of it: two plans differ by as much, or not at all.
    pub quantum: i64,
    seed: u64,
    rounds: u64,
}

/// Duals in units of cost.
pub(crate) struct Duals {
    orders: Vec<f64>,
    batch: f64,
    cuts: Vec<(Three, f64)>,
    cuts_of: Vec<Vec<u32>>,
}

impl Duals {
    pub(crate) fn prices(&self) -> Prices<'_> {
        Prices {
            orders: &self.orders,
            batch: self.batch,
            cuts: &self.cuts,
            cuts_of: &self.cuts_of,
        }
    }
}

impl Duals {
    /// Keeps orders out of pricing.
    pub(crate) fn forbid(&mut self, gone: &[bool]) {
        for (price, _) in self.orders.iter_mut().zip(gone).filter(|(_, g)| **g) {
            *price = f64::NEG_INFINITY;
        }
    }
}

/// Climbs from shaken batches, each with a seed; how many new batches were found.
pub(crate) fn climb_from(
    master: &mut Master<'_>,
    sources: &[(u64, Vec<u32>)],
    duals: &Duals,
    lanes: &mut [Costs<'_>],
    budget: &Budget<'_>,
) -> usize {
    let prices = duals.prices();
    let least = 1e-4 * master.scale;
    let found = in_lanes(lanes, sources, budget, |costs, (seed, orders), found| {
        let from = shake(orders, &prices, costs, &mut Random::new(*seed));
        climb(&from, &prices, least, costs, found);
    });
    let mut new = 0;
    for column in found {
        new += usize::from(master.offer(&column.orders, column.cost, column.hash));
    }
    new
}

impl<'a> Master<'a> {
    /// Whether all feasible batches are listed.
    pub(crate) fn is_exact(&self) -> bool {
        self.catalogue.is_some()
    }

    /// Begins with the batches of one order; `cost`: about what a plan costs.
    pub(crate) fn new(table: &'a Table<'a>, cost: i64, seed: u64, costs: &mut Costs<'_>) -> Self {
        let mut master = Self {
            table,
            pool: Pool::default(),
            columns: Columns::new(),
            simplex: Simplex::new(0, 0, &Columns::new()),
            cuts: Vec::new(),
            scale: (cost as f64 / 10.0).max(1.0),
            catalogue: None,
            quantum: 0,
            seed,
            rounds: 0,
        };
        for o in 0..table.orders as u32 {
            let cost = costs.compute(table.mask(o));
            master.offer(&[o], cost, table.hash(&[o]));
        }
        master.simplex = Simplex::new(table.orders, table.fewest_batches(), &master.columns);
        master
    }

    /// Adds a batch unless it is known.
    pub(crate) fn offer(&mut self, orders: &[u32], cost: i64, hash: u64) -> bool {
        let new = self.pool.add(orders, cost, hash);
        if new {
            self.quantum = gcd(self.quantum, cost);
            let orders = &self.pool.columns[self.pool.columns.len() - 1].orders;
            self.columns
                .push(rows(orders, &self.cuts, self.table.orders), cost as f64 / self.scale);
        }
        new
    }

    /// Lists all batches; `None` where `go` ends it.
    pub(crate) fn list(&mut self, go: &(dyn Fn() -> bool + Sync)) -> Option<()> {
        let catalogue = Catalogue::new(self.table, go)?;
        self.quantum = catalogue.costs().fold(self.quantum, gcd);
        self.catalogue = Some(catalogue);
        Some(())
    }

    /// No plan of the batches that can be known costs less: the value, up to the next multiple of the quantum.
    pub(crate) fn bound(&self) -> i64 {
        let value = self.value();
        let quantum = self.quantum.max(1);
        ((value - 1e-6 * value.abs()) / quantum as f64).ceil() as i64 * quantum
    }

    /// Value of the programme in units of cost.
    pub(crate) fn value(&self) -> f64 {
        self.simplex.bound() * self.scale
    }

    pub(crate) fn duals(&self) -> Duals {
        let n = self.table.orders;
        let mut cuts_of = vec![Vec::new(); n];
        for (k, three) in self.cuts.iter().enumerate() {
            for &o in three {
                cuts_of[o as usize].push(k as u32);
            }
        }
        Duals {
            orders: self.simplex.duals[..n].iter().map(|d| d * self.scale).collect(),
            batch: self.simplex.duals[n] * self.scale,
            cuts: self
                .cuts
                .iter()
                .zip(&self.simplex.duals[n + 1..])
                .map(|(&three, d)| (three, d * self.scale))
                .collect(),
            cuts_of,
        }
    }

    /// Solves the programme over the known batches; false where it was stopped.
    fn solve(&mut self, budget: &Budget<'_>) -> bool {
        let before = self.simplex.pivots;
        let done = self.simplex.solve(&self.columns, &|_| false, &|| !budget.overdue());
        budget.spend((self.simplex.pivots - before) * self.simplex.effort());
        done
    }

    /// Solves, and adds batches of negative reduced cost until none is found or the share of the budget is spent. True if
    /// none was found.
    pub(crate) fn price_out(
        &mut self,
        lanes: &mut [Costs<'_>],
        shakes: usize,
        budget: &Budget<'_>,
        until: f64,
    ) -> bool {
        let mut quiet = 0;
        loop {
            if !self.solve(budget) || budget.spent() >= until || budget.stop().is_some() {
                return false;
            }
            let new = match &self.catalogue {
                Some(_) => self.scan(),
                None => self.search(lanes, quiet > 0, budget),
            };
            if new == 0 {
                if self.catalogue.is_some() || quiet >= shakes {
                    return true;
                }
                quiet += 1;
            }
        }
    }

    /// Adds the batches of the catalogue that the programme misses most.
    fn scan(&mut self) -> usize {
        let duals = self.duals();
        let Some(catalogue) = &self.catalogue else { return 0 };
        let found = catalogue.below(&duals.prices(), -1e-6 * self.scale, PER_SCAN);
        let found: Vec<(Vec<u32>, i64)> = found.into_iter().map(|(_, i)| catalogue.get(i)).collect();
        self.offer_all(found)
    }

    fn offer_all(&mut self, found: Vec<(Vec<u32>, i64)>) -> usize {
        let mut new = 0;
        for (orders, cost) in found {
            let hash = self.table.hash(&orders);
            new += usize::from(self.offer(&orders, cost, hash));
        }
        new
    }

    /// Climbs from the batches of least reduced cost, shaken or as they are.
    fn search(&mut self, lanes: &mut [Costs<'_>], shaken: bool, budget: &Budget<'_>) -> usize {
        self.rounds += 1;
        let wanted = if shaken { 6 } else { 3 } * self.table.orders;
        let mut sources: Vec<(f64, usize)> = (0..self.columns.len())
            .map(|c| (self.simplex.reduced(c, &self.columns), c))
            .filter(|&(_, c)| !shaken || self.pool.columns[c].orders.len() > 1)
            .collect();
        sources.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        sources.truncate(wanted);
        let duals = self.duals();
        let prices = duals.prices();
        let least = 1e-4 * self.scale;
        let (pool, seed, rounds) = (&self.pool, self.seed, self.rounds);
        let found = in_lanes(lanes, &sources, budget, |costs, &(_, c), found| {
            let orders = &pool.columns[c].orders;
            if shaken {
                let mut random = Random::stream(seed ^ rounds, "pricing", c as u64);
                let from = shake(orders, &prices, costs, &mut random);
                climb(&from, &prices, least, costs, found);
            } else {
                climb(orders, &prices, least, costs, found);
            }
        });
        let mut new = 0;
        for column in found {
            new += usize::from(self.offer(&column.orders, column.cost, column.hash));
        }
        new
    }

    /// Adds known and new batches until all whose reduced cost is below `gap` are known, or so many are, or the share of the
    /// budget is spent. Without a catalogue these are the batches that single changes lead to. Returns the gap that was
    /// reached, which is less where there are too many, and whether all batches below it are known.
    pub(crate) fn gather(
        &mut self,
        gap: f64,
        most: usize,
        lanes: &mut [Costs<'_>],
        budget: &Budget<'_>,
        until: f64,
    ) -> (f64, bool) {
        let duals = self.duals();
        let prices = duals.prices();
        if let Some(catalogue) = &self.catalogue {
            let found = catalogue.below(&prices, gap, most + 1);
            let reached = if found.len() > most { found[most].0 } else { gap };
            let found: Vec<(Vec<u32>, i64)> = found.into_iter().take(most).map(|(_, i)| catalogue.get(i)).collect();
            self.offer_all(found);
            return (reached, true);
        }
        let reduced = |master: &Self, c: usize| master.simplex.reduced(c, &master.columns) * master.scale;
        let mut looked = vec![false; self.columns.len()];
        let mut near: Vec<(f64, usize)> = (0..self.columns.len())
            .map(|c| (reduced(self, c), c))
            .filter(|s| s.0 < gap)
            .collect();
        loop {
            near.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            near.truncate(most);
            let limit = if near.len() == most { near[most - 1].0 } else { gap };
            let mut next: Vec<(f64, usize)> = near.iter().copied().filter(|s| !looked[s.1]).collect();
            next.truncate(256);
            if next.is_empty() || budget.spent() >= until || budget.stop().is_some() {
                return (limit, false);
            }
            let pool = &self.pool;
            let found = in_lanes(lanes, &next, budget, |costs, &(_, c), found| {
                neighbours(&pool.columns[c].orders, &prices, -limit, costs, found);
            });
            for (_, c) in next {
                looked[c] = true;
            }
            for column in found {
                if self.offer(&column.orders, column.cost, column.hash) {
                    let c = self.columns.len() - 1;
                    near.push((reduced(self, c), c));
                }
            }
            looked.resize(self.columns.len(), false);
        }
    }

    /// Forgets batches of high reduced cost, so that at most so many stay beside the batches of one order and the basis.
    pub(crate) fn thin(&mut self, most: usize) {
        if self.columns.len() <= 2 * most {
            return;
        }
        let n = self.table.orders;
        let mut keep = vec![false; self.columns.len()];
        keep[..n].fill(true);
        for b in &self.simplex.basis {
            if let Basic::Column(c) = b {
                keep[*c as usize] = true;
            }
        }
        let mut all: Vec<(f64, usize)> = (n..self.columns.len())
            .map(|c| (self.simplex.reduced(c, &self.columns), c))
            .collect();
        all.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for &(_, c) in all.iter().take(most) {
            keep[c] = true;
        }
        let old = std::mem::take(&mut self.pool);
        self.columns = Columns::new();
        let mut renamed = vec![0; keep.len()];
        for (c, column) in old.columns.iter().enumerate().filter(|(c, _)| keep[*c]) {
            renamed[c] = self.columns.len() as u32;
            self.offer(&column.orders, column.cost, column.hash);
        }
        for b in &mut self.simplex.basis {
            if let Basic::Column(c) = b {
                *c = renamed[*c as usize];
            }
        }
    }

    /// Adds cuts that the solution exceeds; how many.
    pub(crate) fn cut(&mut self, most: usize) -> usize {
        let solution = self.simplex.solution();
        let support: Vec<(&[u32], f64)> = solution
            .iter()
            .map(|&(c, x)| (self.pool.columns[c as usize].orders.as_slice(), x))
            .collect();
        let new = cuts::exceeded(self.table.orders, &support, &self.cuts, most);
        if !new.is_empty() {
            self.cuts.extend(new.iter().copied());
            let mut columns = Columns::new();
            for column in &self.pool.columns {
                columns.push(
                    rows(&column.orders, &self.cuts, self.table.orders),
                    column.cost as f64 / self.scale,
                );
            }
            self.columns = columns;
            self.simplex.add_cuts(new.len(), &self.columns);
        }
        new.len()
    }
}

/// Greatest common divisor; that of 0 and a number is the number.
pub(super) fn gcd(a: i64, b: i64) -> i64 {
    let (mut a, mut b) = (a.abs(), b.abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// Rows of a batch: its orders, the number of batches, and the cuts in which it counts.
fn rows<'b>(orders: &'b [u32], cuts: &'b [Three], n: usize) -> impl Iterator<Item = u16> + 'b {
    let of_cuts = cuts
        .iter()
        .enumerate()
        .filter(|(_, three)| cuts::counts(orders, three))
        .map(move |(k, _)| (n + 1 + k) as u16);
    orders
        .iter()
        .map(|&o| o as u16)
        .chain(std::iter::once(n as u16))
        .chain(of_cuts)
}

/// Does something with each of the items, divided among the lanes, and joins the best of what each found in the order of the
/// items. The same at any number of threads.
fn in_lanes<T: Sync>(
    lanes: &mut [Costs<'_>],
    items: &[T],
    budget: &Budget<'_>,
    each: impl Fn(&mut Costs<'_>, &T, &mut Found) + Sync,
) -> Vec<Column> {
    let count = lanes.len();
    let parts: Vec<Vec<(usize, Vec<Column>)>> = lanes
        .par_iter_mut()
        .enumerate()
        .map(|(lane, costs)| {
            let before = costs.work();
            let mut part = Vec::new();
            for i in (lane..items.len()).step_by(count) {
                if budget.overdue() {
                    break;
                }
                let mut found = Found::default();
                each(costs, &items[i], &mut found);
                found
                    .columns
                    .sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.hash.cmp(&b.1.hash)));
                found.columns.truncate(PER_CLIMB);
                part.push((i, found.columns.into_iter().map(|f| f.1).collect()));
            }
            budget.spend(costs.work() - before);
            part
        })
        .collect();
    let mut all: Vec<(usize, Vec<Column>)> = parts.into_iter().flatten().collect();
    all.sort_by_key(|p| p.0);
    all.into_iter().flat_map(|p| p.1).collect()
}
