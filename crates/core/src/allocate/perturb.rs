//! Ruin and recreate, aimed: a few orders that stand in each other's way are lifted and served again, cheaper or not at all.
//!
//! ```text
//! total - B(p) = sum over orders of (cost at p of how it is served - its least cost at p)
//!              + sum over rows of p x what is left of the row
//! ```
//! So the gap has addresses: orders that are not served as they would be at the prices, and priced rows that are not used
//! up. A seed is drawn by its share of the gap. With it are lifted orders that hold what its cheapest way needs, and
//! some that want the same rows. They return one by one within hard limits, the seed often first, at a random share of the
//! prices, so that an order takes the second best where somebody else needs the best more. The result stays if it costs no
//! more. (Ruin and recreate: Schrimpf et al. 2000; small, local ruins: Christiaens & Vanden Berghe 2020; the aim is ours.)

use rayon::prelude::*;

use super::book::Book;
use super::cuts::PricedCut;
use super::large::LargeWay;
use super::parts::{Wanted, deal, parts, scarce};
use super::price::{Part, Workspace, solve};
use super::serve::{EFFORT, serve};
use super::shadow::{Prices, RowKey, Rows};
use super::state::{Left, State, cost_at, each_piece};
use super::valuation::{Hard, Priced};
use crate::index::{Idx as _, OrderIdx};
use crate::search::Budget;
use crate::search::random::Random;

/// Shares of the shadow prices, in quarters; and the same with more cells than the number: each share takes eight bytes for a cell.
const SHARES: &[i64] = &[0, 1, 2, 3, 4];
const SHARES_OF_MANY: (usize, &[i64]) = (4_000_000, &[0, 4]);

/// Where the gap is: for each order its share of it.
fn shares_of_gap(
    book: &Book<'_>,
    rows: &Rows,
    wanted: &Wanted,
    prices: &Prices,
    priced: &Priced,
    state: &State,
) -> Vec<u64> {
    let excess = |ws: &mut Workspace, o: usize| excess(book, priced, state, OrderIdx::new(o), ws).max(0).unsigned_abs();
    let mut shares: Vec<u64> = (0..book.orders.len())
        .into_par_iter()
        .with_min_len(256)
        .map_init(Workspace::default, excess)
        .collect();
    for (i, key) in rows.keys.iter().enumerate() {
        let RowKey::Stock(r) = key else { continue };
        let unused = (rows.left(i, &state.left).max(0) * rows.price(i, prices)).unsigned_abs();
        let list = wanted.of(*r);
        for o in list {
            shares[o.get()] += unused / list.len() as u64;
        }
    }
    shares
}

/// Draws seeds: mostly by their share of the gap, sometimes any order.
struct Aim<'a> {
    orders: &'a [OrderIdx],
    sums: Vec<u64>,
}

impl<'a> Aim<'a> {
    fn new(orders: &'a [OrderIdx], shares: &[u64]) -> Self {
        let mut sum = 0;
        let sums = orders
            .iter()
            .map(|o| {
                sum += shares[o.get()];
                sum
            })
            .collect();
        Self { orders, sums }
    }

    fn seed(&self, random: &mut Random) -> OrderIdx {
        let n = if self.sums.last() == Some(&0) || random.chance(150) {
            random.below(self.orders.len() as u64) as usize
        } else {
            random.weighted(&self.sums)
        };
        self.orders[n]
    }
}

/// Cost at the prices of how an order is served, above its least cost there.
pub(crate) fn excess(book: &Book<'_>, priced: &Priced, state: &State, order: OrderIdx, ws: &mut Workspace) -> i64 {
    let head = book.head(order);
    if head.large > 0 {
        let large = &book.large[head.large as usize - 1];
        let way = &state.large[head.large as usize - 1];
        return large.cost(book, way, priced)
            - large
                .solve(
                    book,
                    priced,
                    Some(way),
                    super::large::Effort { branches: 1, ..EFFORT },
                    &mut ws.space,
                )
                .lower;
    }
    cost_at(book, order, state.parts_of(book, order), priced) - solve(book, head, priced, ws)
}

/// Improves a plan within its limits until the budget share `until` is spent or `epochs` epochs are done.
///
/// An epoch cuts the orders into parts that share few SKUs, another way each time, and works on the parts side by side:
/// each within what its orders hold and its share of what is left. The parts depend on the problem and the seed alone, so
/// the result does not depend on the number of threads.
#[allow(
    clippy::too_many_arguments,
    reason = "each is a part of the run, and none belongs with another"
)]
pub(crate) fn perturb(
    book: &Book<'_>,
    rows: &Rows,
    prices: &Prices,
    state: &mut State,
    seed: u64,
    budget: &Budget<'_>,
    until: f64,
    epochs: u64,
) {
    let all: Vec<OrderIdx> = (0..book.orders.len()).map(OrderIdx::new).collect();
    let scarce = scarce(book, rows);
    let wanted = Wanted::new(book, &scarce, &all);
    let quarters = if book.rows.len() > SHARES_OF_MANY.0 {
        SHARES_OF_MANY.1
    } else {
        SHARES
    };
    let shares: Vec<Priced> = quarters.iter().map(|&q| Priced::new(book, &share(prices, q))).collect();
    let full = &shares[shares.len() - 1];
    for epoch in 0..epochs {
        if all.is_empty() || budget.stop().is_some() || budget.spent() >= until {
            return;
        }
        let gap = shares_of_gap(book, rows, &wanted, prices, full, state);
        budget.spend(all.len() as u64);
        let mut random = Random::stream(seed, "parts", epoch);
        let parts = parts(book, (book.orders.len() / PART).clamp(1, MOST_PARTS), &mut random);
        let lefts = deal(&state.left, book.problem.chains(), &wanted, &parts, &mut random);
        let work = |(n, (part, left)): (usize, (&Vec<OrderIdx>, Left))| {
            let mut local = state.clone();
            local.left = left;
            let wanted = Wanted::new(book, &scarce, part);
            let mut run = Run {
                book,
                shares: &shares,
                wanted: &wanted,
                aim: Aim::new(part, &gap),
                random: Random::stream(seed, "perturb", epoch * parts.len() as u64 + n as u64),
                ws: Workspace::default(),
            };
            let units = run.rounds(&mut local, part.len() as u64 + 50, budget);
            (local, units)
        };
        let done: Vec<(State, u64)> = parts.par_iter().zip(lefts).enumerate().map(work).collect();
        for (part, (local, units)) in parts.iter().zip(&done) {
            state.adopt(book, part, local);
            budget.spend(*units);
        }
        budget.note(Some(state.total()), None);
    }
}

/// Orders of one part.
const PART: usize = 400;
/// Most parts: enough for any machine, few enough to keep rivals together.
const MOST_PARTS: usize = 4;

/// Ruin and recreate within one part.
struct Run<'a> {
    book: &'a Book<'a>,
    shares: &'a [Priced],
    wanted: &'a Wanted,
    aim: Aim<'a>,
    random: Random,
    ws: Workspace,
}

impl Run<'_> {
    /// So many rounds; returns the work done.
    fn rounds(&mut self, state: &mut State, rounds: u64, budget: &Budget<'_>) -> u64 {
        let full = &self.shares[self.shares.len() - 1];
        let mut units = 0;
        for _ in 0..rounds {
            if budget.overdue() {
                break;
            }
            let mut orders = vec![self.aim.seed(&mut self.random)];
            add_holders(
                self.book,
                full,
                state,
                (self.aim.orders, self.wanted),
                &mut orders,
                &mut self.random,
                &mut self.ws,
            );
            let size = orders.len() + self.random.below(6) as usize;
            self.wanted
                .add_rivals(self.book, self.aim.orders, &mut orders, size, &mut self.random);
            let first = self.random.chance(600).then_some(full);
            let priced = &self.shares[self.random.below(self.shares.len() as u64) as usize];
            recreate(self.book, first, priced, state, &orders, &mut self.random, &mut self.ws);
            units += orders.len() as u64 + 1;
        }
        units
    }
}

/// Tries to find an order that holds some of a used-up row.
const TRIES: usize = 24;

/// Adds, for every row that the seed's cheapest way needs and that is used up, an order that holds some of it.
fn add_holders(
    book: &Book<'_>,
    priced: &Priced,
    state: &mut State,
    (part, wanted): (&[OrderIdx], &Wanted),
    orders: &mut Vec<OrderIdx>,
    random: &mut Random,
    ws: &mut Workspace,
) {
    let seed = orders[0];
    let head = book.head(seed);
    if head.large > 0 {
        return;
    }
    state.lift(book, seed);
    solve(book, head, priced, ws);
    for &p in &ws.parts {
        let entry = &book.entries.at(p.entry);
        let (lines, units) = each_piece(book, p, head.first_atom, |_, row, qty| {
            if state.left.stock[row as usize] < i64::from(qty) {
                let of_row = |o| holds(book, state, o, |_, r| r == row);
                add_one(orders, wanted.of(row), of_row, random);
            }
        });
        let n = entry.node.get();
        let short = |left: &[i64], need: u32| left[n] < i64::from(need);
        let left = &state.left;
        if short(&left.shipments, entry.workload) || short(&left.lines, lines) || short(&left.units, units) {
            add_one(orders, part, |o| holds(book, state, o, |node, _| node == n), random);
        }
    }
    state.put_back(book, seed);
}

/// Adds a random order of the list that holds what is wanted, if one is found soon.
fn add_one(orders: &mut Vec<OrderIdx>, list: &[OrderIdx], holds: impl Fn(OrderIdx) -> bool, random: &mut Random) {
    for _ in 0..TRIES {
        let Some(&other) = random.pick(list) else { return };
        if !orders.contains(&other) && holds(other) {
            orders.push(other);
            return;
        }
    }
}

/// Whether an order takes something for which `is` is true, given node and stock row.
fn holds(book: &Book<'_>, state: &State, order: OrderIdx, is: impl Fn(usize, u32) -> bool) -> bool {
    let head = book.head(order);
    let stock = book.problem.stock();
    let mut found = false;
    if head.large > 0 {
        let n = head.large as usize - 1;
        book.large[n].each_row(book, &state.large[n], |r, _| {
            found |= is(stock[r as usize].node.get(), r);
        });
        return found;
    }
    for &part in state.parts_of(book, order) {
        each_piece(book, part, head.first_atom, |_, r, _| {
            found |= is(stock[r as usize].node.get(), r);
        });
    }
    found
}

fn share(prices: &Prices, quarters: i64) -> Prices {
    let scale = |v: &Vec<i64>| v.iter().map(|p| p * quarters / 4).collect();
    Prices {
        stock: scale(&prices.stock),
        shipments: scale(&prices.shipments),
        lines: scale(&prices.lines),
        units: scale(&prices.units),
        cuts: prices
            .cuts
            .iter()
            .map(|c| PricedCut {
                price: c.price * quarters / 4,
                ..c.clone()
            })
            .collect(),
    }
}

/// How an order was served, to go back to.
enum Old {
    Small(Vec<Part>),
    Large(LargeWay),
}

/// Lifts the orders and serves them again, the first at `first` prices if given; goes back if that costs more.
fn recreate(
    book: &Book<'_>,
    first: Option<&Priced>,
    priced: &Priced,
    state: &mut State,
    orders: &[OrderIdx],
    random: &mut Random,
    ws: &mut Workspace,
) {
    let before: i64 = orders.iter().map(|o| state.cost[o.get()]).sum();
    let old: Vec<Old> = orders
        .iter()
        .map(|&o| match book.head(o).large {
            0 => Old::Small(state.parts_of(book, o).to_vec()),
            n => Old::Large(state.large[n as usize - 1].clone()),
        })
        .collect();
    lift_all(book, state, orders, ws);
    let mut sequence = orders.to_vec();
    let from = usize::from(first.is_some());
    for i in (from + 1..sequence.len()).rev() {
        sequence.swap(i, from + random.below((i - from) as u64 + 1) as usize);
    }
    for (n, &order) in sequence.iter().enumerate() {
        state.lift(book, order);
        let prices = if n == 0 { first.unwrap_or(priced) } else { priced };
        let hard = Hard {
            prices,
            left: &state.left,
        };
        let start = orders.iter().position(|o| *o == order).and_then(|at| match &old[at] {
            Old::Large(way) if random.chance(700) => Some(way),
            _ => None,
        });
        serve(book, order, &hard, start, ws);
        state.place(book, order, ws);
    }
    let after: i64 = orders.iter().map(|o| state.cost[o.get()]).sum();
    if after > before {
        lift_all(book, state, orders, ws);
        for (&order, old) in orders.iter().zip(old) {
            state.lift(book, order);
            match old {
                Old::Small(parts) => state.put(book, order, &parts),
                Old::Large(way) => state.put_large(book, order, way),
            }
        }
    }
}

/// Leaves the orders unserved.
fn lift_all(book: &Book<'_>, state: &mut State, orders: &[OrderIdx], ws: &mut Workspace) {
    for &order in orders {
        state.lift(book, order);
        ws.clear();
        state.place(book, order, ws);
    }
}
