//! Large neighbourhoods: models of the orders around those that are served badly.
//!
//! ```text
//! total - B(p) = sum over orders of (cost at p of how it is served - its least cost at p)
//!              + sum over rows of p x what is left of the row
//! ```
//! So the gap has addresses. A neighbourhood grows from one of them, breadth first: the contended stock rows that an order
//! holds or would use by an option of small reduced cost, the orders that hold or would use those, and so on. Several
//! neighbourhoods of different orders are solved side by side, each with what its orders hold and its share of what is left.

use std::num::NonZero;

use rayon::prelude::*;

use super::auto::Settings;
use super::book::Book;
use super::branch;
use super::lists::Lists;
use super::options::{OrderOptions, gather};
use super::parts::deal_by_need;
use super::perturb;
use super::polish::{Better, Effort, polish};
use super::price::Workspace;
use super::shadow::{Prices, RowKey, Rows};
use super::state::{Left, State, each_piece};
use super::valuation::Priced;
use crate::index::{Idx as _, OrderIdx};
use crate::quantity::Money;
use crate::search::milp::Limits;
use crate::search::{Budget, Random};

/// What neighbourhoods are made of.
pub(crate) struct Quarry<'a> {
    pub book: &'a Book<'a>,
    pub rows: &'a Rows,
    pub prices: &'a Prices,
    pub settings: Settings,
    pub budget: &'a Budget<'a>,
}

/// Neighbourhoods solved side by side, at least and at most.
const TOGETHER: (usize, usize) = (2, 16);
/// Orders for each of them, where the run must be the same at any number of threads; with a deadline there is one for each core that has so
/// many orders at least. More of them would stand in each other's way.
const ORDERS_PER_AREA: usize = 10_000;
const ORDERS_PER_CORE: usize = 4000;
/// Most options of an order.
const MOST_OPTIONS: usize = 40;
/// Widest reduced cost of an option.
const WIDEST: i64 = 8 * Money::SCALE;
/// Orders whose options tell which reduced cost gives the wanted number of options.
const SAMPLE: usize = 1000;
/// Orders whose options are in memory at once.
const AT_ONCE: usize = 10_000;
/// Seconds for the model of one neighbourhood.
const SECONDS: f64 = 5.0;
/// Where there is no limit at all, the work for one instead, about as long.
const MOST_WORK: u64 = 3_000_000;
/// Relative gap at which a model is good enough.
const GAP: f64 = 3e-5;
/// What a neighbourhood with a gain leaves of its seed's chance to be one again; and one without, of all orders near it.
const FORGET: (f64, f64) = (0.7, 0.25);
/// So little hope for an order is none.
const HOPELESS: f64 = LEAST as f64 / 50.0;
/// Work that a model counts for, in orders priced, for each of its orders.
const WORK: u64 = 20;
/// A gap of so little is no address.
const LEAST: i64 = Money::SCALE / 100;

/// Neighbourhoods over options of one width.
pub(crate) struct Neighbourhoods<'a> {
    quarry: &'a Quarry<'a>,
    priced: Priced,
    /// Largest reduced cost of an option.
    slack: i64,
    /// Contended stock rows that each order would use, and the reverse.
    rows_of: Lists,
    orders_of: Lists,
    /// Whether an order has more than one option.
    free: Vec<bool>,
    /// Whether a stock row is contended.
    contended: Vec<bool>,
    /// What an order costs at the prices above its least cost there.
    excess: Vec<i64>,
    /// How worthwhile an order still is as a seed.
    hope: Vec<f64>,
    /// Most orders of a neighbourhood.
    orders: usize,
    random: Random,
}

impl<'a> Neighbourhoods<'a> {
    /// Neighbourhoods with so many options for each order in the mean and at most so many orders; those with one option are
    /// not counted, since they stay as they are. `stream` tells the random numbers of one set of neighbourhoods from those of
    /// another. `None` if the budget ends first.
    pub(crate) fn new(
        quarry: &'a Quarry<'a>,
        (width, orders): (f64, usize),
        stream: u64,
        state: &State,
    ) -> Option<Self> {
        let book = quarry.book;
        let priced = Priced::new(book, quarry.prices);
        let slack = slack(quarry, &priced, width, state);
        let mut contended = vec![false; book.problem.stock().len()];
        for key in &quarry.rows.keys {
            if let RowKey::Stock(r) = key {
                contended[*r as usize] = quarry.prices.stock[*r as usize] > 0;
            }
        }
        for cut in quarry.prices.cuts.iter().filter(|c| c.price > 0) {
            contended[cut.row as usize] = true;
        }
        let all: Vec<OrderIdx> = (0..book.orders.len()).map(OrderIdx::new).collect();
        let near = |options: OrderOptions| -> (Vec<u32>, bool) {
            let takes = options.choices.iter().flat_map(|c| &c.takes);
            let mut rows: Vec<u32> = takes
                .filter_map(|(row, _)| match row {
                    RowKey::Stock(r) if contended[*r as usize] => Some(*r),
                    _ => None,
                })
                .collect();
            rows.sort_unstable();
            rows.dedup();
            (rows, options.choices.len() > 1)
        };
        let gathered = all
            .chunks(AT_ONCE)
            .flat_map(|some| gather(book, some, &priced, slack, MOST_OPTIONS, state));
        let (lists, free): (Vec<Vec<u32>>, Vec<bool>) = gathered.map(near).unzip();
        let rows_of = Lists::new(&lists);
        let orders_of = rows_of.reversed(contended.len());
        let excess = |ws: &mut Workspace, &order: &OrderIdx| excess(book, &priced, state, order, ws);
        let excess = all.par_iter().map_init(Workspace::default, excess).collect();
        quarry.budget.spend(2 * all.len() as u64);
        (quarry.budget.stop().is_none()).then(|| Self {
            quarry,
            slack,
            rows_of,
            orders_of,
            free,
            contended,
            excess,
            hope: vec![1.0; all.len()],
            orders: orders.min(quarry.settings.milp.backend().choices_nearby()),
            random: Random::stream(quarry.settings.seed, "neighbourhoods", stream),
            priced,
        })
    }

    /// Solves some neighbourhoods; false if no address is left that is worth one, or the budget is spent.
    pub(crate) fn round(&mut self, state: &mut State) -> bool {
        let (book, budget) = (self.quarry.book, self.quarry.budget);
        let holders = self.holders(state);
        let (areas, row_area) = self.areas(state, &holders);
        if areas.is_empty() || budget.stop().is_some() {
            return false;
        }
        let options: Vec<Vec<OrderOptions>> = areas
            .iter()
            .map(|area| gather(book, area, &self.priced, self.slack, MOST_OPTIONS, state))
            .collect();
        let reached_by = |row| match row {
            RowKey::Stock(r) if row_area[r as usize] != NOWHERE => Some(usize::from(row_area[r as usize])),
            _ => None,
        };
        let lefts = deal_by_need(&state.left, &options, reached_by);
        let nodes = branch::nodes(budget).map(|n| n.min(500));
        let seconds = budget.seconds_left().map(|s| (s * branch::CAREFUL).min(SECONDS));
        let effort = Effort {
            largest: self.quarry.settings.milp.backend().columns_at_once(),
            limits: Limits {
                seconds,
                nodes,
                gap: GAP,
                threads: 1,
                bound_first: false,
                patience: None,
                work: (!budget.is_limited()).then_some(MOST_WORK),
            },
            milp: self.quarry.settings.milp,
            enough: None,
        };
        let solve = |(options, left): (&Vec<OrderOptions>, &Left)| -> Better {
            polish(book, options, self.quarry.prices, (state, left), effort, budget)
        };
        let done: Vec<Better> = options.par_iter().zip(&lefts).map(solve).collect();
        let mut ws = Workspace::default();
        for (area, better) in areas.iter().zip(done) {
            let counted = if budget.is_limited() { 0 } else { better.work };
            budget.spend(counted.max(WORK * area.len() as u64));
            let changed: Vec<OrderIdx> = better.changes.iter().map(|c| c.0).collect();
            let before = state.total();
            better.apply(book, state);
            for order in changed {
                self.excess[order.get()] = excess(book, &self.priced, state, order, &mut ws);
            }
            // Where nothing is gained, the orders near the seed were looked at from all sides.
            let (looked_at, left) = if state.total() < before {
                (1, FORGET.0)
            } else {
                ((area.len() / 4).max(1), FORGET.1)
            };
            for order in &area[..looked_at] {
                self.hope[order.get()] *= left;
            }
        }
        true
    }

    /// For each contended row the orders that hold some of it.
    fn holders(&self, state: &State) -> Lists {
        let book = self.quarry.book;
        let held = |o: usize| -> Vec<u32> {
            let mut rows = Vec::new();
            held_rows(book, state, OrderIdx::new(o), |row| {
                if self.contended[row as usize] {
                    rows.push(row);
                }
            });
            rows
        };
        let lists: Vec<Vec<u32>> = (0..book.orders.len()).map(held).collect();
        Lists::new(&lists).reversed(self.contended.len())
    }

    /// Disjoint areas around addresses of the gap, and which of them reached each contended row first.
    fn areas(&mut self, state: &State, holders: &Lists) -> (Vec<Vec<OrderIdx>>, Vec<u8>) {
        let book = self.quarry.book;
        let mut weights = self.weights(state);
        let together = self.together();
        let mut ground = Ground {
            area_of: vec![NOWHERE; book.orders.len()],
            row_area: vec![NOWHERE; self.contended.len()],
        };
        let mut areas: Vec<Vec<OrderIdx>> = Vec::new();
        while areas.len() < together {
            let mut sum = 0u64;
            let sums: Vec<u64> = weights
                .iter()
                .map(|w| {
                    sum += if *w >= HOPELESS { *w as u64 + 1 } else { 0 };
                    sum
                })
                .collect();
            if sum == 0 {
                break;
            }
            let seed = OrderIdx::new(self.random.weighted(&sums));
            ground.area_of[seed.get()] = areas.len() as u8;
            weights[seed.get()] = 0.0;
            areas.push(vec![seed]);
        }
        // They grow by turns, so that none finds its rows taken.
        let mut next = vec![0; areas.len()];
        let mut grows = true;
        while std::mem::take(&mut grows) {
            for (n, (area, next)) in areas.iter_mut().zip(&mut next).enumerate() {
                grows |= self.grow((area, next), n as u8, &mut ground, state, holders);
            }
        }
        (areas, ground.row_area)
    }

    /// Neighbourhoods to solve side by side.
    fn together(&self) -> usize {
        let (orders, budget) = (self.quarry.book.orders.len(), self.quarry.budget);
        let repeats = budget.work_left().is_some() || budget.seconds_left().is_none();
        let cores = if repeats {
            0
        } else {
            let there_are = std::thread::available_parallelism().map_or(1, NonZero::get);
            there_are
                .min(rayon::current_num_threads())
                .min(orders / ORDERS_PER_CORE)
        };
        (orders / ORDERS_PER_AREA).max(cores).clamp(TOGETHER.0, TOGETHER.1)
    }

    /// How worthwhile each order is as a seed: its share of the gap, by the hope that is left for it.
    fn weights(&self, state: &State) -> Vec<f64> {
        let mut weights: Vec<f64> = self
            .excess
            .iter()
            .map(|&e| if e >= LEAST { e as f64 } else { 0.0 })
            .collect();
        let rows = self.quarry.rows;
        for (i, key) in rows.keys.iter().enumerate() {
            let RowKey::Stock(r) = key else { continue };
            let unused = rows.left(i, &state.left).max(0) * rows.price(i, self.quarry.prices);
            let list = self.orders_of.of(*r);
            if unused >= LEAST {
                for &o in list {
                    weights[o as usize] += unused as f64 / list.len() as f64;
                }
            }
        }
        for (weight, hope) in weights.iter_mut().zip(&self.hope) {
            *weight *= hope;
        }
        weights
    }

    /// Lets an area grow by what is near its next order, over ground that no other area has taken; whether it did.
    fn grow(
        &self,
        (area, next): (&mut Vec<OrderIdx>, &mut usize),
        n: u8,
        ground: &mut Ground,
        state: &State,
        holders: &Lists,
    ) -> bool {
        if *next >= area.len() || area.len() >= self.orders {
            return false;
        }
        let order = area[*next];
        *next += 1;
        let mut rows: Vec<u32> = self.rows_of.of(order.0).to_vec();
        held_rows(self.quarry.book, state, order, |row| {
            if self.contended[row as usize] {
                rows.push(row);
            }
        });
        for row in rows {
            if ground.row_area[row as usize] != NOWHERE {
                continue;
            }
            ground.row_area[row as usize] = n;
            for &other in holders.of(row).iter().chain(self.orders_of.of(row)) {
                let area_of = &mut ground.area_of[other as usize];
                if self.free[other as usize] && *area_of == NOWHERE && area.len() < self.orders {
                    *area_of = n;
                    area.push(OrderIdx(other));
                }
            }
        }
        true
    }
}

/// No area.
const NOWHERE: u8 = u8::MAX;

/// Which area has taken each order and each stock row.
struct Ground {
    area_of: Vec<u8>,
    row_area: Vec<u8>,
}

/// The reduced cost up to which orders have so many options in the mean.
fn slack(quarry: &Quarry<'_>, priced: &Priced, width: f64, state: &State) -> i64 {
    let orders = quarry.book.orders.len();
    let mut random = Random::stream(quarry.settings.seed, "sample", 0);
    let sample: Vec<OrderIdx> = (0..SAMPLE.min(orders))
        .map(|_| OrderIdx::new(random.below(orders as u64) as usize))
        .collect();
    let options = gather(quarry.book, &sample, priced, WIDEST, MOST_OPTIONS, state);
    let mut reduced: Vec<i64> = options
        .iter()
        .flat_map(|o| o.choices.iter().map(|c| c.reduced))
        .collect();
    reduced.sort_unstable();
    quarry.budget.spend(sample.len() as u64);
    reduced
        .get((width * sample.len() as f64) as usize)
        .map_or(WIDEST, |&r| r.clamp(1, WIDEST))
}

/// Cost at the prices of how an order is served, above its least cost there; 0 for a large order.
fn excess(book: &Book<'_>, priced: &Priced, state: &State, order: OrderIdx, ws: &mut Workspace) -> i64 {
    if book.head(order).large > 0 {
        return 0;
    }
    perturb::excess(book, priced, state, order, ws)
}

fn held_rows(book: &Book<'_>, state: &State, order: OrderIdx, mut see: impl FnMut(u32)) {
    let head = book.head(order);
    for &part in state.parts_of(book, order) {
        each_piece(book, part, head.first_atom, |_, row, _| see(row));
    }
    if let Some(way) = state.large_way(book, order) {
        book.large[head.large as usize - 1].each_row(book, way, |row, _| see(row));
    }
}
