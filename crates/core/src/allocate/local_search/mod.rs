//! Local search over options with soft limits: cheaper plans by moves of one order and by ejection chains.
//!
//! Each order has one of its options, and rows may be overused at a weight. A descent makes moves until none gains;
//! then the weights of overused rows rise, or all fall if there are none, and the next descent starts between two elite
//! plans (path relinking). The shadow prices choose the options that are looked at and tell chains when to give up. Some
//! searches run side by side, the same number whatever the threads. (For generalised assignment: Yagiura, Ibaraki &
//! Glover, "A path relinking approach with ejection chains for the generalized assignment problem", EJOR 169, 2006.)

mod moves;
mod plan;
mod pool;
mod search;
mod table;
#[cfg(test)]
mod tests;

use rayon::prelude::*;

use self::search::{Effort, Search};
use self::table::Table;
use super::book::Book;
use super::options::{Choice, OrderOptions, gather, narrowed};
use super::polish::Better;
use super::shadow::Prices;
use super::state::State;
use super::valuation::Priced;
use crate::index::{Idx as _, OrderIdx};
use crate::search::{Budget, Random};

/// How to search.
#[derive(Clone, Copy, Debug)]
pub(crate) struct How {
    pub seed: u64,
    /// Share of the budget at which to stop.
    pub until: f64,
    /// A plan of this cost is good enough.
    pub enough: i64,
}

/// Searches side by side.
const SEARCHES: u64 = 4;
/// Options looked at that count as one unit of work.
const LOOKS: u64 = 20;
/// Descents of each search where neither time nor work is limited.
const DESCENTS: u64 = 300;

/// Most orders for which the whole problem is searched.
const ORDERS: usize = 5000;
/// Options for each order in the mean that the search knows, and most options of one order.
const OPTIONS: f64 = 5.0;
const MOST_OPTIONS: usize = 40;

/// Units that an option takes of a row at once for it to be a lump.
const LUMP: i64 = 4;

/// Improves a plan of all orders, where there are few, each is priced exactly, and options take the rows in lumps. Where an option
/// takes a unit or two, as orders of a few items do, models of price-and-branch find more in the same time.
pub(crate) fn explore(book: &Book<'_>, prices: &Prices, state: &mut State, how: How, budget: &Budget<'_>) {
    let all: Vec<OrderIdx> = (0..book.orders.len()).map(OrderIdx::new).collect();
    if all.len() > ORDERS || !book.is_exact() {
        return;
    }
    let priced = Priced::new(book, prices);
    let options = gather(book, &all, &priced, i64::MAX / 8, MOST_OPTIONS, state);
    budget.spend(all.len() as u64);
    let options = narrowed(&options, (OPTIONS * all.len() as f64) as usize);
    let table = Table::new(&options, prices, &state.left);
    if !table.is_lumpy(LUMP) {
        return;
    }
    let changes = improve(&options, &table, how, budget);
    Better {
        changes,
        ..Better::default()
    }
    .apply(book, state);
}

/// Looks for a cheaper way to serve the orders of `options`, which the table is of. The changes hold every limit and are
/// never dearer; none if nothing was found.
fn improve(options: &[OrderOptions], table: &Table, how: How, budget: &Budget<'_>) -> Vec<(OrderIdx, Choice)> {
    let unlimited = !budget.is_limited();
    let work = budget.work_until(how.until);
    let effort = Effort {
        until: how.until,
        looks: work.map_or(u64::MAX, |w| w.saturating_mul(LOOKS) / SEARCHES),
        descents: if unlimited { DESCENTS } else { u64::MAX },
        enough: how.enough,
    };
    let search = |n: u64| {
        let random = Random::stream(how.seed, "local search", n);
        Search::new(table, n == 0, random, budget, effort).run()
    };
    let found: Vec<(i64, Vec<u32>, u64)> = (0..SEARCHES).into_par_iter().map(search).collect();
    budget.spend(found.iter().map(|f| f.2).sum::<u64>() / LOOKS);
    let Some((_, best, _)) = found.into_iter().min_by_key(|f| f.0) else {
        return Vec::new();
    };
    let now = |o: usize| options[o].now;
    let chosen = best.iter().map(|&k| table.given[k as usize]).enumerate();
    chosen
        .filter(|&(o, i)| i != now(o))
        .map(|(o, i)| (options[o].order, options[o].choices[i as usize].clone()))
        .collect()
}
