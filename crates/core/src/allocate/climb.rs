//! The climb of the shadow prices, and of the cuts that it meets on its way (relax and cut).
//!
//! B is concave; its subgradient is what the orders take of each row minus what there is. Each price goes along it with a
//! step of its own (Adam: Kingma & Ba 2015) whose length falls from the scale of an order's cost to a small part of it.
//! The orders' solutions, averaged on the way, come near the solution of the relaxation, as in the volume method
//! (Barahona & Anbil 2000): every few steps the stock rows are searched for cuts that this mean violates, and those join
//! as further priced rows while the climb goes on. Cutting while the steps are still long is what makes the cuts good: when
//! the prices have settled, the last solutions no longer show the mean.
//!
//! Where there are many orders they are priced in turns: a step prices some of them, and takes what changed for these as the
//! change of all. All are priced at once only for a bound.

use std::ops::Range;

use rayon::prelude::*;

use super::book::{Book, OrderHead};
use super::column_generation::{self, Shares};
use super::cuts::{self, PricedCut};
use super::large::{LargeWay, Shipment};
use super::shadow::{EFFORTS, Prices, RowKey, Rows, Use, chunks, evaluate_chunk};
use super::state::each_cell;
use super::valuation::Priced;
use crate::index::OrderIdx;
use crate::search::Budget;

/// The first step, as a share of the mean cost of an order for what an order takes of the row.
const FIRST_STEP: f64 = 0.4;
/// The last step as a share of the first.
const FALLS_TO: f64 = 0.002;
/// Shares of the way between which cuts are looked for.
const CUTTING: (f64, f64) = (0.05, 0.95);
/// Steps between two looks for cuts.
const STEPS_PER_LOOK: usize = 20;
/// One of so many looks is for facets too, which take three times as long as covers; where pricing large orders takes longer still, every look.
const FACETS_IN: usize = 3;
/// Weight of the newest solution in the running mean.
const NEWEST: f64 = 0.03;
/// The same in turns, where an order is looked at more seldom.
const NEWEST_IN_TURNS: f64 = 0.1;
/// The least share of a cell that says something about cuts.
const LEAST_SHARE: f64 = 1e-4;

/// Orders that are enough for a turn.
const ORDERS_PER_TURN: usize = 10_000;
/// Most turns in which every order is priced once: with more, prices run ahead of what they were answered.
const MOST_TURNS: usize = 4;
/// Shares of the way at which all orders are priced at once, for the bound.
const WHOLE: [f64; 5] = [0.5, 0.8, 0.9, 0.95, 0.98];

/// Share of the way that earlier prices save: their first steps are as short as those of a climb there.
const SAVED: f64 = 0.4;

/// Where few rows lead all others, their prices may take this share of the budget: without them all else is worth little.
const LEADING: f64 = 0.5;

/// Shares of the way from which large orders are looked at with more effort.
const CAREFUL_FROM: [f64; 2] = [0.33, 0.75];

/// The best prices met and what they prove.
#[derive(Clone)]
pub(crate) struct Climb {
    pub prices: Prices,
    /// B of them, where no order is large; else an estimate of it from above.
    pub bound: i64,
    /// How often every order was priced, rounded down.
    pub passes: usize,
    /// No prices prove more, but for some millionths; what cuts could add is little too.
    pub is_exact: bool,
    /// A solution of the relaxation, where there is one.
    pub shares: Option<Shares>,
    /// How the large orders are served at the last prices.
    pub ways: Vec<LargeWay>,
    /// Their shipments that are worth starting from.
    pub pools: Vec<Vec<Shipment>>,
}

/// Climbs B for so many steps, or faster, so that the last step comes when the budget share `until` is spent. From earlier
/// prices it needs fewer and shorter steps, and never ends below what they prove.
pub(crate) fn climb(
    book: &Book<'_>,
    rows: &Rows,
    budget: &Budget<'_>,
    until: f64,
    steps: usize,
    from: Option<&Prices>,
) -> Climb {
    let contended = column_generation::contended(book, rows);
    let mut climber = Climber::new(book, rows, budget);
    if column_generation::lead(rows, &contended) {
        let none = Prices::zero(book.problem);
        let longer = until.max(LEADING);
        climber.generate(&contended, from.unwrap_or(&none), longer);
        if !climber.best.is_exact {
            let prices = climber.best.prices.clone();
            climber.begin(&prices);
            for &i in &contended {
                climber.slopes[i].is_placed = true;
            }
            climber.run(steps, until, 0.0);
            climber.generate(&contended, &climber.best.prices.clone(), longer);
        }
    } else if let Some(prices) = from {
        climber.begin(prices);
        climber.run(steps - (steps as f64 * SAVED) as usize, until, SAVED);
    } else {
        climber.run(steps, until, 0.0);
    }
    climber.best.passes = climber.looks / climber.turns;
    // Where there was no time to price all orders once: no cost is negative.
    climber.best.bound = climber.best.bound.max(if climber.looks == 0 { 0 } else { i64::MIN });
    climber.best.prices.cuts.retain(|c| c.price > 0);
    climber.best
}

struct Climber<'a> {
    book: &'a Book<'a>,
    rows: &'a Rows,
    budget: &'a Budget<'a>,
    prices: Prices,
    slopes: Vec<Slope>,
    cut_slopes: Vec<Slope>,
    /// Looks for cuts so far.
    cut_looks: usize,
    /// The cuts of each stock row, as positions in the prices.
    cuts_of: Vec<Vec<u32>>,
    best: Climb,
    /// The effort for large orders, of [`EFFORTS`].
    care: usize,
    /// The next bound replaces the best one whatever it is.
    forget: bool,
    /// The orders in chunks, of which every turn prices some.
    chunks: Vec<Chunk<'a>>,
    /// In so many turns every order is priced once.
    turns: usize,
    /// What all orders take, each as it was last priced.
    used: Use,
    /// What changed of it in the last look.
    change: Use,
    /// How often that change is still to come, if the orders that were not priced change alike.
    to_come: i64,
    /// How often orders were priced, all or those of a turn.
    looks: usize,
    /// The cells that the newest solution uses.
    hit: Vec<bool>,
    /// Running mean of the use of each cell.
    mean: Vec<f32>,
}

/// Some of the orders.
struct Chunk<'a> {
    orders: &'a [OrderIdx],
    /// Their cells in the book.
    cells: Range<usize>,
    /// What they take, as they were last priced.
    used: Option<Use>,
    /// Sum of the weights in the running mean.
    weight: f64,
}

impl<'a> Chunk<'a> {
    fn all(book: &'a Book<'_>) -> Vec<Self> {
        let first_cell = |orders: &[OrderIdx]| {
            let small = |h: &OrderHead| (h.first_entry < h.end_entry).then(|| book.entries.at(h.first_entry).first_row);
            let large = |h: &OrderHead| (h.large > 0).then(|| book.large[h.large as usize - 1].cells.start);
            let mut heads = orders.iter().map(|&o| book.head(o));
            heads.find_map(|h| small(h).or_else(|| large(h)))
        };
        let mut end = book.rows.len();
        let mut all: Vec<Self> = Vec::new();
        for orders in chunks(book).rev() {
            let start = first_cell(orders).map_or(end, |c| c as usize);
            all.push(Self {
                orders,
                cells: start..end,
                used: None,
                weight: 0.0,
            });
            end = start;
        }
        all.reverse();
        all
    }
}

impl<'a> Climber<'a> {
    fn new(book: &'a Book<'a>, rows: &'a Rows, budget: &'a Budget<'a>) -> Self {
        let prices = Prices::zero(book.problem);
        Self {
            book,
            rows,
            budget,
            slopes: rows.keys.iter().map(|_| Slope::new()).collect(),
            cut_looks: 0,
            cut_slopes: Vec::new(),
            cuts_of: vec![Vec::new(); book.problem.stock().len()],
            best: Climb {
                prices: prices.clone(),
                bound: i64::MIN,
                passes: 0,
                is_exact: false,
                shares: None,
                ways: vec![LargeWay::default(); book.large.len()],
                pools: vec![Vec::new(); book.large.len()],
            },
            care: 0,
            forget: false,
            chunks: Chunk::all(book),
            turns: if book.is_exact() {
                (book.orders.len() / ORDERS_PER_TURN).clamp(1, MOST_TURNS)
            } else {
                1
            },
            used: Use::none(book.problem),
            change: Use::none(book.problem),
            to_come: 0,
            looks: 0,
            hit: vec![false; book.rows.len()],
            mean: vec![0.0; book.rows.len()],
            prices,
        }
    }

    /// Begins at these prices, with these cuts.
    fn begin(&mut self, prices: &Prices) {
        self.prices = prices.clone();
        for (i, slope) in self.slopes.iter_mut().enumerate() {
            slope.price = self.rows.price(i, prices) as f64;
        }
        for (cut, k) in prices.cuts.iter().zip(0..) {
            self.cuts_of[cut.row as usize].push(k);
            self.cut_slopes.push(Slope {
                price: cut.price as f64,
                ..Slope::new()
            });
        }
        self.care = CAREFUL_FROM.len();
    }

    /// Finds the best prices of some rows, while the others stay as they are.
    fn generate(&mut self, among: &[usize], from: &Prices, until: f64) {
        let (book, rows) = (self.book, self.rows);
        let Some(found) = column_generation::generate(book, rows, among, from, self.budget, until) else {
            return;
        };
        let is_all = found.is_exact && among.len() == rows.keys.len();
        self.best.is_exact = is_all && !column_generation::cuts_matter(book, rows, &found);
        self.best.shares = Some(found.shares);
        if found.bound > self.best.bound {
            (self.best.bound, self.best.prices) = (found.bound, found.prices);
        }
        self.looks += found.looks * self.turns;
    }

    /// So many steps, on a way of which the share `gone` lies behind.
    fn run(&mut self, steps: usize, until: f64, gone: f64) {
        let start = self.budget.spent();
        let steps = steps * self.turns;
        let (mut scale, mut looked, mut passed) = (0.0, 0, 0);
        for t in 1..=steps {
            // With little budget the steps fall faster.
            let of_budget = if until > start {
                (self.budget.spent() - start) / (until - start)
            } else {
                1.0
            };
            let progress = gone + (1.0 - gone) * (t as f64 / steps as f64).max(of_budget).min(1.0);
            let before = std::mem::replace(&mut passed, WHOLE.partition_point(|&at| progress >= at));
            let in_whole = self.turns == 1 || t == 1 || passed > before;
            if !self.look((!in_whole).then_some(t % self.turns)) {
                return;
            }
            if in_whole {
                self.compete();
            }
            if t == 1 {
                scale = self.used.cost as f64 / self.book.orders.len().max(1) as f64;
            }
            if self.budget.stop().is_some() || self.budget.spent() >= until {
                break;
            }
            let care = CAREFUL_FROM.partition_point(|&from| from < progress);
            if care > self.care && !self.book.is_exact() {
                // What was estimated so far with less care is too high to be compared with.
                (self.care, self.forget) = (care, true);
            }
            let length = |progress| scale * FIRST_STEP * FALLS_TO.powf(progress);
            if !self.step((length(progress), length(progress.max(SAVED))), t as i32) && in_whole {
                break;
            }
            if t - looked >= STEPS_PER_LOOK * self.turns && CUTTING.0 <= progress && progress <= CUTTING.1 {
                looked = t;
                self.separate();
            }
        }
        if self.turns > 1 && self.look(None) {
            self.compete();
        }
    }

    /// Prices all orders, or those whose turn it is, and takes the change into what all orders take. False where there was no
    /// time for it: then nothing is taken.
    fn look(&mut self, turn: Option<usize>) -> bool {
        let effort = EFFORTS[self.care];
        let priced = Priced::new(self.book, &self.prices);
        let large = (&self.best.ways[..], &self.best.pools[..], effort);
        let of_turn = |i: usize| turn.is_none_or(|turn| i % self.turns == turn);
        let todo: Vec<usize> = (0..self.chunks.len()).filter(|&i| of_turn(i)).collect();
        let found: Option<Vec<Use>> = todo
            .par_iter()
            .map(|&i| evaluate_chunk(self.book, &priced, self.chunks[i].orders, large))
            .collect();
        let Some(found) = found.filter(|_| !self.book.is_overdue()) else {
            return false;
        };
        self.to_come = if turn.is_some() { self.turns as i64 - 1 } else { 0 };
        self.change = Use::none(self.book.problem);
        for (i, mut used) in todo.into_iter().zip(found) {
            self.budget.spend(self.chunks[i].orders.len() as u64);
            self.change.count(&used, 1);
            if let Some(old) = &self.chunks[i].used {
                self.change.count(old, -1);
            }
            self.note(i, &used);
            for (n, way, pool) in used.ways.drain(..) {
                self.best.ways[n as usize] = way;
                self.best.pools[n as usize] = pool;
            }
            used.picks = Vec::new();
            self.chunks[i].used = Some(used);
        }
        self.used.count(&self.change, 1);
        self.looks += 1;
        true
    }

    /// Compares B at the prices, all orders just having been priced, with the best so far.
    fn compete(&mut self) {
        let bound = self.used.cost - self.rows.worth(&self.prices);
        if bound > self.best.bound || std::mem::take(&mut self.forget) {
            (self.best.bound, self.best.prices) = (bound, self.prices.clone());
        }
    }

    /// One step of every price, the second length for those that were found exactly before; false if no price would move: then
    /// the prices are the best there are.
    fn step(&mut self, (length, short): (f64, f64), t: i32) -> bool {
        let (length, short) = (length.max(0.3), short.max(0.3)); // prices are whole ten-thousandths
        let mut moves = false;
        for (i, slope) in self.slopes.iter_mut().enumerate() {
            let over =
                self.rows.get(i, &self.used) + self.to_come * self.rows.get(i, &self.change) - self.rows.there_is[i];
            moves |= over > 0 || over < 0 && slope.price > 0.0;
            let of_slope = if slope.is_placed { short } else { length };
            slope.climb(over as f64, of_slope / self.rows.portion[i], t);
            self.rows.set(i, &mut self.prices, slope.price.round() as i64);
        }
        for (cut, slope) in self.prices.cuts.iter_mut().zip(&mut self.cut_slopes) {
            let hit = |t: &&cuts::Term| t.cells.iter().any(|&c| self.hit[c as usize]);
            let over = cut.terms.iter().filter(hit).map(|t| t.coefficient).sum::<i64>() - cut.rhs;
            moves |= over > 0 || over < 0 && slope.price > 0.0;
            slope.climb(over as f64, length, t);
            cut.price = slope.price.round() as i64;
        }
        moves
    }

    /// Marks the cells that a chunk uses, and takes them into the running mean.
    fn note(&mut self, chunk: usize, used: &Use) {
        let newest = if self.turns > 1 { NEWEST_IN_TURNS } else { NEWEST };
        let chunk = &mut self.chunks[chunk];
        self.hit[chunk.cells.clone()].fill(false);
        for &(order, part) in &used.picks {
            each_cell(self.book, part, self.book.head(order).first_atom, |cell, _, _| {
                self.hit[cell] = true;
            });
        }
        for (n, way, _) in &used.ways {
            self.book.large[*n as usize].each_cell(way, |cell, _| self.hit[cell as usize] = true);
        }
        let cells = self.mean[chunk.cells.clone()].iter_mut();
        for (mean, &hit) in cells.zip(&self.hit[chunk.cells.clone()]) {
            *mean += newest as f32 * (f32::from(u8::from(hit)) - *mean);
        }
        chunk.weight += newest * (1.0 - chunk.weight);
    }

    /// The cuts of some rows that the mean violates.
    fn cuts_among(&self, worth: &[bool], share: &(dyn Fn(usize) -> f64 + Sync), least: f64) -> Vec<PricedCut> {
        let claims = cuts::claims(self.book, worth, share, least);
        let of_row: Vec<&[cuts::Claim]> = claims.chunk_by(|a, b| a.row == b.row).collect();
        let there_is = |row: u32| i64::from(self.book.problem.stock()[row as usize].available);
        let with_facets = !self.book.is_exact() || self.cut_looks.is_multiple_of(FACETS_IN);
        let found = of_row
            .par_iter()
            .map(|c| cuts::separate(c, there_is(c[0].row), with_facets));
        found.flatten_iter().collect()
    }

    /// Adds the cuts that the mean violates, at price 0.
    fn separate(&mut self) {
        self.cut_looks += 1;
        let mut worth = vec![false; self.book.problem.stock().len()];
        for (i, key) in self.rows.keys.iter().enumerate() {
            if let RowKey::Stock(r) = key {
                worth[*r as usize] = self.rows.price(i, &self.best.prices) > 0 || self.rows.price(i, &self.prices) > 0;
            }
        }
        let share = |cell: usize| {
            let chunk = self.chunks.partition_point(|c| c.cells.end <= cell);
            f64::from(self.mean[cell]) / self.chunks[chunk].weight.max(1e-9)
        };
        // Whether a row has a violated cut is seen from the lines that have a share of it; the others lengthen the cut.
        let mut found = self.cuts_among(&worth, &share, LEAST_SHARE);
        worth.fill(false);
        for cut in &found {
            worth[cut.row as usize] = true;
        }
        if !found.is_empty() {
            found = self.cuts_among(&worth, &share, 0.0);
        }
        for cut in found {
            let of_row = &mut self.cuts_of[cut.row as usize];
            let same = |&k: &u32| {
                let known = &self.prices.cuts[k as usize];
                known.rhs == cut.rhs && known.terms == cut.terms
            };
            if !of_row.iter().any(same) {
                of_row.push(self.prices.cuts.len() as u32);
                self.prices.cuts.push(cut);
                self.cut_slopes.push(Slope::new());
            }
        }
    }
}

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
    /// It was found exactly while others were not yet, and goes no long ways any more.
    is_placed: bool,
}

impl Slope {
    const fn new() -> Self {
        Self {
            price: 0.0,
            mean: 0.0,
            square: 0.0,
            stride: 1.0,
            steady: 0,
            up: false,
            is_placed: false,
        }
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
