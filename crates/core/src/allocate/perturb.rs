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

use super::book::{Book, members};
use super::large::LargeWay;
use super::price::{Part, Workspace, solve};
use super::serve::serve;
use super::shadow::{Prices, RowKey, Rows};
use super::state::{Hard, Priced, State, each_piece, part_cost};
use crate::index::{Idx as _, OrderIdx};
use crate::search::Budget;
use crate::search::random::Random;

/// Shares of the shadow prices, in quarters.
const SHARES: usize = 5;
/// Rounds between looks at the clock.
const LOOK: u64 = 32;
/// Rounds for each order between two looks at where the gap is.
const AIM_AGAIN: f64 = 0.5;

/// Orders by the scarce stock rows that they could use.
struct Wanted {
    /// For each stock row its position in `orders`, or `u32::MAX` where it cannot bind.
    at: Vec<u32>,
    /// For each binding stock row, the orders that could use it.
    orders: Vec<Vec<OrderIdx>>,
    /// For each order, its rows as positions in `orders`.
    rows: Vec<Vec<u32>>,
}

impl Wanted {
    fn new(book: &Book<'_>, rows: &Rows) -> Self {
        let mut wanted = Self {
            at: vec![u32::MAX; book.problem.stock().len()],
            orders: Vec::new(),
            rows: vec![Vec::new(); book.orders.len()],
        };
        for key in &rows.keys {
            if let RowKey::Stock(r) = key {
                wanted.at[*r as usize] = wanted.orders.len() as u32;
                wanted.orders.push(Vec::new());
            }
        }
        for o in 0..book.orders.len() {
            let mut list: Vec<u32> = rows_of(book, o).map(|r| wanted.at[r as usize]).filter(|&r| r != u32::MAX).collect();
            list.sort_unstable();
            list.dedup();
            for &row in &list {
                wanted.orders[row as usize].push(OrderIdx::new(o));
            }
            wanted.rows[o] = list;
        }
        wanted
    }

    /// Adds to `orders` some that want a row that one of them wants, until there are `n`.
    fn add_rivals(&self, orders: &mut Vec<OrderIdx>, n: usize, random: &mut Random) {
        for _ in 0..3 * n {
            if orders.len() >= n {
                return;
            }
            let from = orders[random.below(orders.len() as u64) as usize];
            let other = random.pick(&self.rows[from.get()]).and_then(|row| random.pick(&self.orders[*row as usize]));
            let other = other.copied().unwrap_or_else(|| OrderIdx::new(random.below(self.rows.len() as u64) as usize));
            if !orders.contains(&other) {
                orders.push(other);
            }
        }
    }
}

/// The stock rows that an order could use.
fn rows_of<'a>(book: &'a Book<'_>, order: usize) -> Box<dyn Iterator<Item = u32> + 'a> {
    let head = &book.orders[order];
    if head.large > 0 {
        let large = &book.large[head.large as usize - 1];
        return Box::new(large.atoms.iter().flat_map(|a| &a.nodes).flat_map(|(_, r)| r).copied());
    }
    if head.end_entry == head.first_entry {
        return Box::new(std::iter::empty());
    }
    let start = book.entries[head.first_entry as usize].first_row as usize;
    let last = &book.entries[head.end_entry as usize - 1];
    let pieces = members(last.atoms).map(|a| usize::from(book.atoms_of(head)[a].pieces));
    let end = last.first_row as usize + pieces.sum::<usize>();
    Box::new(book.rows[start..end].iter().copied())
}

/// Where the gap is: seeds and the running sums of their shares.
struct Aim {
    seeds: Vec<OrderIdx>,
    shares: Vec<u64>,
}

impl Aim {
    fn new(book: &Book<'_>, rows: &Rows, wanted: &Wanted, prices: &Prices, priced: &Priced, state: &State) -> Self {
        let excess = |ws: &mut Workspace, o: usize| excess(book, priced, state, OrderIdx::new(o), ws).max(0).unsigned_abs();
        let mut share: Vec<u64> =
            (0..book.orders.len()).into_par_iter().with_min_len(256).map_init(Workspace::default, excess).collect();
        for (i, key) in rows.keys.iter().enumerate() {
            let RowKey::Stock(r) = key else { continue };
            let unused = (rows.left(i, &state.left).max(0) * rows.price(i, prices)).unsigned_abs();
            let list = &wanted.orders[wanted.at[*r as usize] as usize];
            for o in list {
                share[o.get()] += unused / list.len() as u64;
            }
        }
        let mut aim = Self { seeds: Vec::new(), shares: Vec::new() };
        let mut sum = 0;
        for (o, share) in share.into_iter().enumerate().filter(|(_, s)| *s > 0) {
            sum += share;
            aim.seeds.push(OrderIdx::new(o));
            aim.shares.push(sum);
        }
        aim
    }

    /// A seed: mostly by its share of the gap, sometimes any order.
    fn seed(&self, orders: usize, random: &mut Random) -> OrderIdx {
        if self.seeds.is_empty() || random.chance(150) {
            return OrderIdx::new(random.below(orders as u64) as usize);
        }
        self.seeds[random.weighted(&self.shares)]
    }
}

/// Cost at the prices of how an order is served, above its least cost there.
fn excess(book: &Book<'_>, priced: &Priced, state: &State, order: OrderIdx, ws: &mut Workspace) -> i64 {
    let head = book.head(order);
    if head.large > 0 {
        let large = &book.large[head.large as usize - 1];
        return large.cost(book, &state.large[head.large as usize - 1], priced) - large.solve(book, priced, None).0;
    }
    let parts = state.parts_of(book, order);
    let mut now: i64 = book.atoms_of(head).iter().map(|a| a.unfilled).sum();
    for &part in parts {
        now += part_cost(book, head.first_atom, part, priced);
        now -= members(part.atoms).map(|a| book.atoms_of(head)[a].unfilled).sum::<i64>();
    }
    if !parts.is_empty() {
        now -= book.split;
    }
    now - solve(book, head, priced, ws)
}

/// Improves a plan within its limits until the budget share `until` is spent or `rounds` rounds are done.
#[allow(clippy::too_many_arguments, reason = "each is a part of the run, and none belongs with another")]
pub(crate) fn perturb(
    book: &Book<'_>,
    rows: &Rows,
    prices: &Prices,
    state: &mut State,
    seed: u64,
    budget: &Budget<'_>,
    until: f64,
    rounds: u64,
) {
    if book.orders.is_empty() {
        return;
    }
    let wanted = Wanted::new(book, rows);
    let shares: Vec<Priced> = (0..SHARES as i64).map(|q| Priced::new(book, &share(prices, q))).collect();
    let full = &shares[SHARES - 1];
    let mut random = Random::stream(seed, "perturb", 0);
    let mut ws = Workspace::default();
    let aim_again = (book.orders.len() as f64 * AIM_AGAIN) as u64 + 500;
    let mut aim = Aim { seeds: Vec::new(), shares: Vec::new() };
    for round in 0..rounds {
        if round % LOOK == 0 && (budget.stop().is_some() || budget.spent() >= until) {
            return;
        }
        if round % aim_again == 0 {
            aim = Aim::new(book, rows, &wanted, prices, full, state);
            budget.spend(book.orders.len() as u64);
        }
        let seed = aim.seed(book.orders.len(), &mut random);
        let mut orders = vec![seed];
        add_holders(book, full, state, &wanted, &mut orders, &mut random, &mut ws);
        let size = orders.len() + random.below(6) as usize;
        wanted.add_rivals(&mut orders, size, &mut random);
        let first = random.chance(600);
        let priced = &shares[random.below(SHARES as u64) as usize];
        recreate(book, if first { Some(full) } else { None }, priced, state, &orders, &mut random, &mut ws);
        budget.spend(orders.len() as u64);
    }
}

/// Adds, for every row that the seed's cheapest way needs and that is used up, an order that holds some of it.
fn add_holders(
    book: &Book<'_>,
    priced: &Priced,
    state: &mut State,
    wanted: &Wanted,
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
    for &part in &ws.parts {
        each_piece(book, part, head.first_atom, |row, qty| {
            let at = wanted.at[row as usize];
            if at == u32::MAX || state.left.stock[row as usize] >= i64::from(qty) {
                return;
            }
            let list = &wanted.orders[at as usize];
            for _ in 0..24 {
                let Some(&other) = random.pick(list) else { return };
                if !orders.contains(&other) && holds(book, state, other, row) {
                    orders.push(other);
                    return;
                }
            }
        });
    }
    state.put_back(book, seed);
}

/// Whether an order is served from a stock row.
fn holds(book: &Book<'_>, state: &State, order: OrderIdx, row: u32) -> bool {
    let head = book.head(order);
    let mut found = false;
    if head.large > 0 {
        let n = head.large as usize - 1;
        book.large[n].each_row(&state.large[n], |r, _| found |= r == row);
        return found;
    }
    for &part in state.parts_of(book, order) {
        each_piece(book, part, head.first_atom, |r, _| found |= r == row);
    }
    found
}

fn share(prices: &Prices, quarters: i64) -> Prices {
    let scale = |v: &Vec<i64>| v.iter().map(|p| p * quarters / 4).collect();
    Prices { stock: scale(&prices.stock), shipments: scale(&prices.shipments), lines: scale(&prices.lines), units: scale(&prices.units) }
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
        let hard = Hard { prices, left: &state.left };
        serve(book, order, &hard, None, ws);
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
