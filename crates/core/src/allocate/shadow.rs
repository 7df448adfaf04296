//! Shadow prices: what a unit of stock or capacity is worth to the orders together, and the bound that the prices prove.
//!
//! ```text
//! B(p) = sum over orders of (cheapest way of the order alone at prices p)  -  sum over rows of p x what there is
//! ```
//! B is concave and never above the cost of any valid plan. It is climbed along its subgradient (use minus what there is)
//! with a step of its own for each row (Adam: Kingma & Ba 2015), the step falling from the scale of the penalties to a few
//! ten-thousandths. Prices are rounded to ten-thousandths before each evaluation, so every value of B is exact.

use rayon::prelude::*;

use super::book::Book;
use super::cuts::{self, PricedCut};
use super::large::{Effort, LargeWay};
use super::price::{Part, Workspace, solve};
use super::state::{Priced, each_piece};
use crate::index::{Idx as _, OrderIdx};
use crate::search::Budget;

/// Prices of the coupling rows in ten-thousandths, dense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prices {
    pub stock: Vec<i64>,
    pub shipments: Vec<i64>,
    pub lines: Vec<i64>,
    pub units: Vec<i64>,
    pub cuts: Vec<PricedCut>,
}

impl Prices {
    pub(crate) fn zero(problem: &crate::model::Problem) -> Self {
        let nodes = problem.nodes().len();
        Self {
            stock: vec![0; problem.stock().len()],
            shipments: vec![0; nodes],
            lines: vec![0; nodes],
            units: vec![0; nodes],
            cuts: Vec::new(),
        }
    }
}

/// What all orders together take of each row.
#[derive(Clone)]
pub(crate) struct Use {
    pub stock: Vec<i64>,
    pub shipments: Vec<i64>,
    pub lines: Vec<i64>,
    pub units: Vec<i64>,
    /// Sum of the orders' costs at the prices.
    pub cost: i64,
    /// How the small orders are served, where that was asked for.
    pub picks: Vec<(OrderIdx, Part)>,
    /// How the large orders are served: position in the book and way.
    pub ways: Vec<(u32, LargeWay)>,
}

impl Use {
    fn none(problem: &crate::model::Problem) -> Self {
        let nodes = problem.nodes().len();
        Self {
            stock: vec![0; problem.stock().len()],
            shipments: vec![0; nodes],
            lines: vec![0; nodes],
            units: vec![0; nodes],
            cost: 0,
            picks: Vec::new(),
            ways: Vec::new(),
        }
    }

    fn add(&mut self, other: &Self) {
        for (a, b) in [
            (&mut self.stock, &other.stock),
            (&mut self.shipments, &other.shipments),
            (&mut self.lines, &other.lines),
            (&mut self.units, &other.units),
        ] {
            for (x, y) in a.iter_mut().zip(b) {
                *x += y;
            }
        }
        self.cost += other.cost;
        self.picks.extend_from_slice(&other.picks);
        self.ways.extend_from_slice(&other.ways);
    }
}

/// Effort for a large order at most steps of the climb, and at some: the way of the step before is a good one to start from.
const EFFORTS: [Effort; 2] = [
    Effort {
        branches: 0,
        insert: false,
        tolerance: 500,
    },
    Effort {
        branches: 16,
        insert: false,
        tolerance: 500,
    },
];
/// Every so many steps large orders are looked at anew, until the climb becomes careful.
const ANEW: usize = 10;

/// Serves every order alone at the prices.
/// Large orders start from the ways given.
pub(crate) fn evaluate(
    book: &Book<'_>,
    priced: &Priced,
    picks: bool,
    (ways, effort): (&[LargeWay], Effort),
    budget: &Budget<'_>,
) -> Use {
    let orders = book.orders.len();
    // Enough chunks for any pool, each long enough to pay for its own counts; sums of integers do not depend on the split.
    let chunk = orders.div_ceil(64).max(256);
    let of_chunk = |start: usize| {
        let mut ws = Workspace::default();
        let mut used = Use::none(book.problem);
        for o in start..(start + chunk).min(orders) {
            let order = OrderIdx::new(o);
            match book.head(order).large {
                0 => one(book, priced, order, picks, &mut ws, &mut used),
                n => one_large(book, priced, n - 1, (ways, effort), &mut ws, &mut used),
            }
        }
        used
    };
    let starts: Vec<usize> = (0..orders).step_by(chunk).collect();
    let total = starts.into_par_iter().map(of_chunk).reduce_with(|mut a, b| {
        a.add(&b);
        a
    });
    budget.spend(orders as u64);
    total.unwrap_or_else(|| Use::none(book.problem))
}

fn one(book: &Book<'_>, priced: &Priced, order: OrderIdx, picks: bool, ws: &mut Workspace, used: &mut Use) {
    let head = book.head(order);
    used.cost += solve(book, head, priced, ws);
    for &part in &ws.parts {
        let entry = &book.entries[part.entry as usize];
        let (lines, units) = each_piece(book, part, head.first_atom, |_, row, qty| {
            used.stock[row as usize] += i64::from(qty);
        });
        let n = entry.node.get();
        used.shipments[n] += i64::from(entry.workload);
        used.lines[n] += i64::from(lines);
        used.units[n] += i64::from(units);
        if picks {
            used.picks.push((order, part));
        }
    }
}

fn one_large(
    book: &Book<'_>,
    priced: &Priced,
    n: u32,
    (ways, effort): (&[LargeWay], Effort),
    ws: &mut Workspace,
    used: &mut Use,
) {
    let large = &book.large[n as usize];
    let solved = large.solve(book, priced, ways.get(n as usize), effort, &mut ws.space);
    used.cost += solved.cost;
    large.each_use(&solved.way, |node, workload, lines, units| {
        used.shipments[node] += workload;
        used.lines[node] += lines;
        used.units[node] += units;
    });
    large.each_row(book, &solved.way, |row, qty| {
        used.stock[row as usize] += i64::from(qty);
    });
    used.ways.push((n, solved.way));
}

/// One coupling row that can bind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RowKey {
    Stock(u32),
    Shipments(u32),
    Lines(u32),
    Units(u32),
}

/// The coupling rows that can bind: those of which the orders could together take more than there is.
pub(crate) struct Rows {
    pub keys: Vec<RowKey>,
    /// What there is of each.
    pub there_is: Vec<i64>,
    /// What an order that could use it takes of it, in the mean.
    pub portion: Vec<f64>,
}

impl Rows {
    pub(crate) fn binding(book: &Book<'_>) -> Self {
        let problem = book.problem;
        let (most, users) = most_use(book);
        let mut rows = Self {
            keys: Vec::new(),
            there_is: Vec::new(),
            portion: Vec::new(),
        };
        let mut add = |key, there_is: i64, most: i64, users: i64| {
            if most > there_is {
                rows.keys.push(key);
                rows.there_is.push(there_is);
                rows.portion.push((most as f64 / users.max(1) as f64).max(1.0));
            }
        };
        for (r, row) in problem.stock().iter().enumerate() {
            add(
                RowKey::Stock(r as u32),
                i64::from(row.available),
                most.stock[r],
                users.stock[r],
            );
        }
        for (n, node) in problem.nodes().iter().enumerate() {
            let limits = [
                (RowKey::Shipments(n as u32), node.max_shipments, most.shipments[n]),
                (RowKey::Lines(n as u32), node.max_lines, most.lines[n]),
                (RowKey::Units(n as u32), node.max_units, most.units[n]),
            ];
            for (key, limit, most) in limits {
                if let Some(limit) = limit {
                    add(key, i64::from(limit), most, users.shipments[n]);
                }
            }
        }
        rows
    }

    /// What is left of a row.
    pub(crate) fn left(&self, i: usize, left: &super::state::Left) -> i64 {
        left.of(self.keys[i])
    }

    /// The price of a row.
    pub(crate) fn price(&self, i: usize, prices: &Prices) -> i64 {
        price_of(self.keys[i], prices)
    }

    fn get(&self, i: usize, used: &Use) -> i64 {
        match self.keys[i] {
            RowKey::Stock(r) => used.stock[r as usize],
            RowKey::Shipments(n) => used.shipments[n as usize],
            RowKey::Lines(n) => used.lines[n as usize],
            RowKey::Units(n) => used.units[n as usize],
        }
    }

    pub(crate) fn set(&self, i: usize, prices: &mut Prices, price: i64) {
        match self.keys[i] {
            RowKey::Stock(r) => prices.stock[r as usize] = price,
            RowKey::Shipments(n) => prices.shipments[n as usize] = price,
            RowKey::Lines(n) => prices.lines[n as usize] = price,
            RowKey::Units(n) => prices.units[n as usize] = price,
        }
    }
}

/// What the orders could take of each row at most, and how many orders could take any (for stock: how many lines).
fn most_use(book: &Book<'_>) -> (Use, Use) {
    let (mut most, mut users) = (Use::none(book.problem), Use::none(book.problem));
    let mut seen: Vec<(usize, i64, i64, i64)> = Vec::new();
    for head in &book.orders {
        seen.clear();
        let mut rows: Vec<(u32, u32, i64)> = Vec::new();
        if head.large > 0 {
            let large = &book.large[head.large as usize - 1];
            for (n, node) in large.nodes.iter().enumerate() {
                let here = large
                    .atoms
                    .iter()
                    .filter(|a| a.sources.iter().any(|s| usize::from(s.node) == n));
                let (pieces, units) =
                    here.fold((0, 0), |(p, u), a| (p + a.pieces.len() as i64, u + i64::from(a.units)));
                let workload = node.fixed.iter().map(|f| i64::from(f.1)).max().unwrap_or(1);
                seen.push((node.node.get(), workload, pieces, units));
            }
            large.each_claim(|_, piece, cell| {
                rows.push((book.rows[cell as usize], piece.line.0, i64::from(piece.qty)));
            });
        } else {
            for e in head.first_entry..head.end_entry {
                let entry = &book.entries[e as usize];
                let part = Part {
                    entry: e,
                    atoms: entry.atoms,
                };
                let second = seen.last().is_some_and(|s| s.0 == entry.node.get());
                let (lines, units) = each_piece(book, part, head.first_atom, |_, row, qty| {
                    if !second {
                        rows.push((row, 0, i64::from(qty)));
                    }
                });
                if second {
                    if let Some(last) = seen.last_mut() {
                        last.1 = last.1.max(i64::from(entry.workload));
                    }
                } else {
                    seen.push((
                        entry.node.get(),
                        i64::from(entry.workload),
                        i64::from(lines),
                        i64::from(units),
                    ));
                }
            }
        }
        for &(n, workload, lines, units) in &seen {
            most.shipments[n] += workload;
            most.lines[n] += lines;
            most.units[n] += units;
            users.shipments[n] += 1;
        }
        for (row, _, qty) in rows {
            most.stock[row as usize] += qty;
            users.stock[row as usize] += 1;
        }
    }
    (most, users)
}

/// The best prices met and what they prove.
#[derive(Clone)]
pub(crate) struct Climb {
    pub prices: Prices,
    /// B of them, where no order is large; else an estimate of it from above.
    pub bound: i64,
    pub iterations: usize,
    /// How the large orders are served at the last prices.
    pub ways: Vec<LargeWay>,
}

/// Climbs B until the budget share `until` is spent or the climb has flattened out: first with the rows alone, then, where
/// `cuts` says so, in rounds with cuts that the averaged solutions of the orders violate.
pub(crate) fn climb(
    book: &Book<'_>,
    rows: &Rows,
    budget: &Budget<'_>,
    until: f64,
    most_iterations: usize,
    cuts: bool,
) -> Climb {
    let mut climber = Climber::new(book, rows, budget);
    let share = if cuts { 0.5 } else { 1.0 };
    climber.run(most_iterations, (LARGEST_STEP, SMALLEST_STEP), until * share);
    climber.be_careful();
    if cuts {
        for round in 0..CUT_ROUNDS {
            if budget.stop().is_some() || budget.spent() >= until || climber.separate() == 0 {
                break;
            }
            let first = CUT_STEP * 0.8f64.powi(round);
            climber.run(
                most_iterations / 3,
                (first, SMALLEST_STEP * LARGEST_STEP / first),
                until,
            );
        }
    }
    climber.best.prices.cuts.retain(|c| c.price > 0);
    climber.best
}

/// Rounds of cuts.
const CUT_ROUNDS: i32 = 6;
/// The first step of the first round of cuts.
const CUT_STEP: f64 = 0.01;
/// Weight of the newest solution in the running mean of the orders' solutions.
const NEWEST: f64 = 0.03;

struct Climber<'a> {
    book: &'a Book<'a>,
    rows: &'a Rows,
    budget: &'a Budget<'a>,
    prices: Prices,
    slopes: Vec<Slope>,
    cut_slopes: Vec<Slope>,
    best: Climb,
    /// Large orders are looked at anew in every step.
    careful: bool,
    /// The next bound replaces the best one whatever it is.
    forget: bool,
    /// Running mean of each cell's use, and the sum of its weights.
    mean: Vec<f32>,
    weight: f64,
    scale: f64,
}

impl<'a> Climber<'a> {
    fn new(book: &'a Book<'a>, rows: &'a Rows, budget: &'a Budget<'a>) -> Self {
        let prices = Prices::zero(book.problem);
        Self {
            book,
            rows,
            budget,
            slopes: rows.keys.iter().map(|_| Slope::new(0)).collect(),
            cut_slopes: Vec::new(),
            best: Climb {
                prices: prices.clone(),
                bound: i64::MIN,
                iterations: 0,
                ways: vec![LargeWay::default(); book.large.len()],
            },
            careful: false,
            forget: false,
            mean: vec![0.0; book.rows.len()],
            weight: 0.0,
            scale: 0.0,
            prices,
        }
    }

    /// B at the prices, with the use that it comes from.
    fn look(&mut self) -> Use {
        let effort = EFFORTS[usize::from(self.careful || self.best.iterations.is_multiple_of(ANEW))];
        let priced = Priced::new(self.book, &self.prices);
        let used = evaluate(self.book, &priced, true, (&self.best.ways, effort), self.budget);
        for (n, way) in &used.ways {
            self.best.ways[*n as usize].clone_from(way);
        }
        let rows = (0..self.rows.keys.len()).map(|i| self.rows.there_is[i] * self.rows.price(i, &self.prices));
        let cuts = self.prices.cuts.iter().map(|c| c.price * c.rhs);
        let bound = used.cost - rows.sum::<i64>() - cuts.sum::<i64>();
        self.best.iterations += 1;
        if bound > self.best.bound || std::mem::take(&mut self.forget) {
            (self.best.bound, self.best.prices) = (bound, self.prices.clone());
        }
        if self.best.iterations == 1 {
            self.scale = used.cost as f64 / self.book.orders.len().max(1) as f64;
        }
        used
    }

    /// From here on large orders are looked at anew in every step. What the climb has estimated so far with less care is too
    /// high to be compared with.
    fn be_careful(&mut self) {
        if !self.book.large.is_empty() {
            (self.careful, self.forget) = (true, true);
        }
    }

    /// Up to so many steps whose length falls from the first to the second share of the mean cost of an order.
    fn run(&mut self, iterations: usize, (first, falls_to): (f64, f64), until: f64) {
        let mut history = Flat::new();
        for slope in self.slopes.iter_mut().chain(&mut self.cut_slopes) {
            slope.restart();
        }
        let mut hit = vec![false; self.book.rows.len()];
        let start = self.budget.spent();
        for t in 1..=iterations {
            let used = self.look();
            let done = self.rows.keys.is_empty() || self.budget.stop().is_some() || self.budget.spent() >= until;
            if done || history.is_flat(self.best.bound) {
                break;
            }
            // With little budget the steps fall in fewer iterations.
            let of_budget = if until > start {
                (self.budget.spent() - start) / (until - start)
            } else {
                1.0
            };
            let progress = (t as f64 / iterations as f64).max(of_budget).min(1.0);
            let step = (self.scale * first * falls_to.powf(progress)).max(0.3);
            for (i, slope) in self.slopes.iter_mut().enumerate() {
                slope.climb(
                    (self.rows.get(i, &used) - self.rows.there_is[i]) as f64,
                    step / self.rows.portion[i],
                    t as i32,
                );
                self.rows.set(i, &mut self.prices, slope.price.round() as i64);
            }
            self.note(&used, &mut hit);
            for (cut, slope) in self.prices.cuts.iter_mut().zip(&mut self.cut_slopes) {
                let taken: i64 = cut
                    .terms
                    .iter()
                    .map(|t| {
                        if t.cells.iter().any(|&c| hit[c as usize]) {
                            t.coefficient
                        } else {
                            0
                        }
                    })
                    .sum();
                slope.climb((taken - cut.rhs) as f64, step, t as i32);
                cut.price = slope.price.round() as i64;
            }
        }
    }

    /// Takes a solution into the running mean and marks its cells.
    fn note(&mut self, used: &Use, hit: &mut [bool]) {
        hit.fill(false);
        for &(order, part) in &used.picks {
            each_piece(self.book, part, self.book.head(order).first_atom, |cell, _, _| {
                hit[cell] = true;
            });
        }
        for (n, way) in &used.ways {
            self.book.large[*n as usize].each_cell(way, |cell, _| hit[cell as usize] = true);
        }
        let newest = NEWEST as f32;
        for (mean, &hit) in self.mean.iter_mut().zip(hit.iter()) {
            *mean += newest * (f32::from(u8::from(hit)) - *mean);
        }
        self.weight += NEWEST * (1.0 - self.weight);
    }

    /// Adds the cuts that the mean violates and goes back to the best prices; returns how many are new.
    fn separate(&mut self) -> usize {
        let mut worth = vec![false; self.book.problem.stock().len()];
        for (i, key) in self.rows.keys.iter().enumerate() {
            if let RowKey::Stock(r) = key {
                worth[*r as usize] = self.rows.price(i, &self.best.prices) > 0 || self.rows.price(i, &self.prices) > 0;
            }
        }
        let weight = self.weight.max(1e-9);
        let claims = cuts::claims(self.book, &worth, &|cell| f64::from(self.mean[cell]) / weight);
        let of_row: Vec<&[cuts::Claim]> = claims.chunk_by(|a, b| a.row == b.row).collect();
        let there_is = |row: u32| i64::from(self.book.problem.stock()[row as usize].available);
        let found: Vec<Vec<PricedCut>> = of_row
            .par_iter()
            .map(|c| cuts::separate(c, there_is(c[0].row)))
            .collect();
        // Go on from the best prices; cuts that came later than those have price 0 there.
        let mut known = std::mem::take(&mut self.prices.cuts);
        for (cut, best) in known.iter_mut().zip(
            self.best
                .prices
                .cuts
                .iter()
                .map(|c| c.price)
                .chain(std::iter::repeat(0)),
        ) {
            cut.price = best;
        }
        self.prices = Prices {
            cuts: known,
            ..self.best.prices.clone()
        };
        for (i, slope) in self.slopes.iter_mut().enumerate() {
            slope.price = self.rows.price(i, &self.prices) as f64;
        }
        for (cut, slope) in self.prices.cuts.iter().zip(&mut self.cut_slopes) {
            slope.price = cut.price as f64;
        }
        let mut new = 0;
        for cut in found.into_iter().flatten() {
            let same = |k: &PricedCut| k.row == cut.row && k.rhs == cut.rhs && k.terms == cut.terms;
            if !self.prices.cuts.iter().any(same) {
                self.prices.cuts.push(cut);
                self.cut_slopes.push(Slope::new(0));
                new += 1;
            }
        }
        new
    }
}

/// The first step, as a share of the mean cost of an order for what an order takes of the row.
const LARGEST_STEP: f64 = 0.05;
/// The last step as a share of the first.
const SMALLEST_STEP: f64 = 0.002;

/// The price of one row on its way up the bound.
struct Slope {
    price: f64,
    mean: f64,
    square: f64,
    /// How much longer its steps are than those of others: rows that have to go far learn it.
    stride: f64,
    /// Iterations since the subgradient last changed its sign.
    steady: u32,
    up: bool,
}

impl Slope {
    fn new(price: i64) -> Self {
        Self {
            price: price as f64,
            mean: 0.0,
            square: 0.0,
            stride: 1.0,
            steady: 0,
            up: false,
        }
    }

    /// Forgets the past of the climb, not the price.
    fn restart(&mut self) {
        *self = Self {
            price: self.price,
            ..Self::new(0)
        };
    }

    /// One step of Adam with decays 0.8 and 0.95.
    fn climb(&mut self, gradient: f64, step: f64, t: i32) {
        const DECAY: (f64, f64) = (0.8, 0.95);
        self.mean = DECAY.0 * self.mean + (1.0 - DECAY.0) * gradient;
        self.square = DECAY.1 * self.square + (1.0 - DECAY.1) * gradient * gradient;
        let mean = self.mean / (1.0 - DECAY.0.powi(t));
        let square = self.square / (1.0 - DECAY.1.powi(t));
        if (gradient > 0.0) == self.up {
            self.steady += 1;
        } else {
            (self.steady, self.up) = (0, !self.up);
            self.stride = (self.stride * 0.5).max(1.0);
        }
        if self.steady > 12 && self.up {
            self.stride *= 1.15;
        }
        if square > 0.0 {
            self.price = (self.price + step * self.stride * mean / square.sqrt()).max(0.0);
        }
    }
}

fn price_of(key: RowKey, prices: &Prices) -> i64 {
    match key {
        RowKey::Stock(r) => prices.stock[r as usize],
        RowKey::Shipments(n) => prices.shipments[n as usize],
        RowKey::Lines(n) => prices.lines[n as usize],
        RowKey::Units(n) => prices.units[n as usize],
    }
}

/// Notices that the bound has stopped rising.
struct Flat {
    values: Vec<i64>,
}

impl Flat {
    const fn new() -> Self {
        Self { values: Vec::new() }
    }

    /// Whether the last 40 iterations gained less than a millionth.
    fn is_flat(&mut self, best: i64) -> bool {
        self.values.push(best);
        let n = self.values.len();
        n > 40 && (best - self.values[n - 41]) < best.abs() / 1_000_000
    }
}
