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
use super::price::{Workspace, solve};
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
}

impl Prices {
    pub(crate) fn zero(problem: &crate::model::Problem) -> Self {
        let nodes = problem.nodes().len();
        Self { stock: vec![0; problem.stock().len()], shipments: vec![0; nodes], lines: vec![0; nodes], units: vec![0; nodes] }
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
}

impl Use {
    fn none(problem: &crate::model::Problem) -> Self {
        let nodes = problem.nodes().len();
        Self { stock: vec![0; problem.stock().len()], shipments: vec![0; nodes], lines: vec![0; nodes], units: vec![0; nodes], cost: 0 }
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
    }
}

/// Serves every order alone at the prices.
pub(crate) fn evaluate(book: &Book<'_>, priced: &Priced, budget: &Budget<'_>) -> Use {
    let orders = book.orders.len();
    // Enough chunks for any pool, each long enough to pay for its own counts; sums of integers do not depend on the split.
    let chunk = orders.div_ceil(64).max(256);
    let of_chunk = |start: usize| {
        let mut ws = Workspace::default();
        let mut used = Use::none(book.problem);
        for o in start..(start + chunk).min(orders) {
            one(book, priced, OrderIdx::new(o), &mut ws, &mut used);
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

fn one(book: &Book<'_>, priced: &Priced, order: OrderIdx, ws: &mut Workspace, used: &mut Use) {
    let head = book.head(order);
    if head.large > 0 {
        let large = &book.large[head.large as usize - 1];
        let (cost, way) = large.solve(book, priced, None);
        used.cost += cost;
        large.each_use(&way, |node, workload, lines, units| {
            used.shipments[node] += workload;
            used.lines[node] += lines;
            used.units[node] += units;
        });
        large.each_row(&way, |row, qty| used.stock[row as usize] += i64::from(qty));
        return;
    }
    used.cost += solve(book, head, priced, ws);
    for &part in &ws.parts {
        let entry = &book.entries[part.entry as usize];
        let (lines, units) = each_piece(book, part, head.first_atom, |row, qty| used.stock[row as usize] += i64::from(qty));
        let n = entry.node.get();
        used.shipments[n] += i64::from(entry.workload);
        used.lines[n] += i64::from(lines);
        used.units[n] += i64::from(units);
    }
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
        let mut rows = Self { keys: Vec::new(), there_is: Vec::new(), portion: Vec::new() };
        let mut add = |key, there_is: i64, most: i64, users: i64| {
            if most > there_is {
                rows.keys.push(key);
                rows.there_is.push(there_is);
                rows.portion.push((most as f64 / users.max(1) as f64).max(1.0));
            }
        };
        for (r, row) in problem.stock().iter().enumerate() {
            add(RowKey::Stock(r as u32), i64::from(row.available), most.stock[r], users.stock[r]);
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
        match self.keys[i] {
            RowKey::Stock(r) => left.stock[r as usize],
            RowKey::Shipments(n) => left.shipments[n as usize],
            RowKey::Lines(n) => left.lines[n as usize],
            RowKey::Units(n) => left.units[n as usize],
        }
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
                let here = large.atoms.iter().filter(|a| a.nodes.binary_search_by_key(&(n as u16), |x| x.0).is_ok());
                let (pieces, units) = here.fold((0, 0), |(p, u), a| (p + a.pieces.len() as i64, u + i64::from(a.units)));
                let workload = node.fixed.iter().map(|f| i64::from(f.1)).max().unwrap_or(1);
                seen.push((node.node.get(), workload, pieces, units));
            }
            for atom in &large.atoms {
                for (_, list) in &atom.nodes {
                    rows.extend(atom.pieces.iter().zip(list).map(|(p, &r)| (r, p.line.0, i64::from(p.qty))));
                }
            }
        } else {
            for e in head.first_entry..head.end_entry {
                let entry = &book.entries[e as usize];
                let part = super::price::Part { entry: e, atoms: entry.atoms };
                let second = seen.last().is_some_and(|s| s.0 == entry.node.get());
                let (lines, units) = each_piece(book, part, head.first_atom, |row, qty| {
                    if !second {
                        rows.push((row, 0, i64::from(qty)));
                    }
                });
                if second {
                    if let Some(last) = seen.last_mut() {
                        last.1 = last.1.max(i64::from(entry.workload));
                    }
                } else {
                    seen.push((entry.node.get(), i64::from(entry.workload), i64::from(lines), i64::from(units)));
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
}

/// Climbs B from `start` until the budget share `until` is spent or the climb has flattened out.
pub(crate) fn climb(book: &Book<'_>, rows: &Rows, start: Option<&Prices>, budget: &Budget<'_>, until: f64, most_iterations: usize) -> Climb {
    let mut prices = start.cloned().unwrap_or_else(|| Prices::zero(book.problem));
    let mut best = Climb { prices: prices.clone(), bound: i64::MIN, iterations: 0 };
    let mut slope: Vec<Slope> = (0..rows.keys.len()).map(|i| Slope::new(price_of(rows.keys[i], &prices))).collect();
    let mut history = Flat::new();
    let mut scale = 0.0;
    for t in 1..=most_iterations {
        let used = evaluate(book, &Priced::new(book, &prices), budget);
        let there: i64 = rows.there_is.iter().enumerate().map(|(i, b)| b * price_of(rows.keys[i], &prices)).sum();
        let bound = used.cost - there;
        best.iterations = t;
        if t == 1 {
            scale = used.cost as f64 / book.orders.len().max(1) as f64 * LARGEST_STEP;
        }
        if bound > best.bound {
            (best.bound, best.prices) = (bound, prices.clone());
        }
        if rows.keys.is_empty() || budget.stop().is_some() || budget.spent() >= until || history.is_flat(best.bound) {
            break;
        }
        let step = (scale * SMALLEST_STEP.powf(t as f64 / most_iterations as f64)).max(0.3);
        for (i, slope) in slope.iter_mut().enumerate() {
            slope.climb((rows.get(i, &used) - rows.there_is[i]) as f64, step / rows.portion[i], t as i32);
            rows.set(i, &mut prices, slope.price.round() as i64);
        }
    }
    best
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
        Self { price: price as f64, mean: 0.0, square: 0.0, stride: 1.0, steady: 0, up: false }
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
