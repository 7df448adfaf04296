//! Ruin and recreate: a few related orders are lifted and served again one by one, cheaper or not at all.
//!
//! Related orders want the same scarce row. They return in random order at a random share of the shadow prices, within
//! hard limits, so that an order takes the second best where somebody else needs the best more. The result stays if it
//! costs no more (Schrimpf et al. 2000; Christiaens & Vanden Berghe 2020 for the small, local ruins).

use super::book::Book;
use super::large::LargeWay;
use super::price::{Part, Workspace};
use super::serve::serve;
use super::shadow::{Prices, RowKey, Rows};
use super::state::{Hard, Priced, State};
use crate::index::{Idx as _, OrderIdx};
use crate::search::Budget;
use crate::search::random::Random;

/// Shares of the shadow prices, in quarters.
const SHARES: usize = 5;
/// Rounds between looks at the clock.
const LOOK: u64 = 32;

/// Orders by the scarce stock rows that they could use.
struct Wanted {
    /// For each binding row of stock that can be scarce, the orders that could use it.
    orders: Vec<Vec<OrderIdx>>,
    /// For each order, its rows as positions in `orders`.
    rows: Vec<Vec<u32>>,
}

impl Wanted {
    fn new(book: &Book<'_>, rows: &Rows) -> Self {
        let mut at = vec![u32::MAX; book.problem.stock().len()];
        let mut wanted = Self { orders: Vec::new(), rows: vec![Vec::new(); book.orders.len()] };
        for key in &rows.keys {
            if let RowKey::Stock(r) = key {
                at[*r as usize] = wanted.orders.len() as u32;
                wanted.orders.push(Vec::new());
            }
        }
        for (o, list) in wanted.rows.iter_mut().enumerate() {
            let head = &book.orders[o];
            let mut add = |row: u32| {
                if at[row as usize] != u32::MAX {
                    list.push(at[row as usize]);
                }
            };
            if head.large > 0 {
                let large = &book.large[head.large as usize - 1];
                large.atoms.iter().flat_map(|a| &a.nodes).flat_map(|(_, r)| r).for_each(|&r| add(r));
            } else if head.end_entry > head.first_entry {
                let start = book.entries[head.first_entry as usize].first_row as usize;
                let last = &book.entries[head.end_entry as usize - 1];
                let pieces = super::book::members(last.atoms).map(|a| usize::from(book.atoms_of(head)[a].pieces));
                let end = last.first_row as usize + pieces.sum::<usize>();
                book.rows[start..end].iter().for_each(|&r| add(r));
            }
            list.sort_unstable();
            list.dedup();
            for &row in &*list {
                wanted.orders[row as usize].push(OrderIdx::new(o));
            }
        }
        wanted
    }

    /// An order and up to `n - 1` others that want a row that it wants.
    fn related(&self, random: &mut Random, n: usize) -> Vec<OrderIdx> {
        let seed = OrderIdx::new(random.below(self.rows.len() as u64) as usize);
        let mut orders = vec![seed];
        for _ in 0..3 * n {
            if orders.len() >= n {
                break;
            }
            let from = orders[random.below(orders.len() as u64) as usize];
            let next = random.pick(&self.rows[from.get()]).and_then(|row| random.pick(&self.orders[*row as usize]));
            let other = next.copied().unwrap_or_else(|| OrderIdx::new(random.below(self.rows.len() as u64) as usize));
            if !orders.contains(&other) {
                orders.push(other);
            }
        }
        orders
    }
}

/// Improves a plan within its limits until the budget share `until` is spent or `rounds` rounds are done.
pub(crate) fn perturb(book: &Book<'_>, rows: &Rows, prices: &Prices, state: &mut State, seed: u64, budget: &Budget<'_>, until: f64, rounds: u64) {
    if book.orders.is_empty() {
        return;
    }
    let wanted = Wanted::new(book, rows);
    let shares: Vec<Priced> = (0..SHARES as i64).map(|q| Priced::new(book, &share(prices, q))).collect();
    let mut random = Random::stream(seed, "perturb", 0);
    let mut ws = Workspace::default();
    for round in 0..rounds {
        if round % LOOK == 0 && (budget.stop().is_some() || budget.spent() >= until) {
            return;
        }
        let size = 2 + random.below(9) as usize;
        let orders = wanted.related(&mut random, size);
        let priced = &shares[random.below(SHARES as u64) as usize];
        recreate(book, priced, state, &orders, &mut random, &mut ws);
        budget.spend(orders.len() as u64);
    }
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

/// Lifts the orders and serves them again; goes back if that costs more.
fn recreate(book: &Book<'_>, priced: &Priced, state: &mut State, orders: &[OrderIdx], random: &mut Random, ws: &mut Workspace) {
    let before: i64 = orders.iter().map(|o| state.cost[o.get()]).sum();
    let old: Vec<Old> = orders
        .iter()
        .map(|&o| match book.head(o).large {
            0 => Old::Small(state.parts_of(book, o).to_vec()),
            n => Old::Large(state.large[n as usize - 1].clone()),
        })
        .collect();
    for &order in orders {
        state.lift(book, order);
        ws.clear();
        state.place(book, order, ws);
    }
    let mut sequence = orders.to_vec();
    for i in (1..sequence.len()).rev() {
        sequence.swap(i, random.below(i as u64 + 1) as usize);
    }
    for &order in &sequence {
        state.lift(book, order);
        let hard = Hard { prices: priced, left: &state.left };
        serve(book, order, &hard, None, ws);
        state.place(book, order, ws);
    }
    let after: i64 = orders.iter().map(|o| state.cost[o.get()]).sum();
    if after > before {
        for &order in orders {
            state.lift(book, order);
            ws.clear();
            state.place(book, order, ws);
        }
        for (&order, old) in orders.iter().zip(old) {
            state.lift(book, order);
            match old {
                Old::Small(parts) => state.put(book, order, &parts),
                Old::Large(way) => state.put_large(book, order, way),
            }
        }
    }
}
