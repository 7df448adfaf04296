//! Prices of rows that many alike orders want, by column generation within a box.
//!
//! Where many alike orders want the same few rows, as in a sale of one scarce SKU, they all jump from row to row together: the
//! subgradient shows a row overused by hundreds once and unused else, and steps along it take very long. So here the orders
//! stand in groups, each look at them gives every group a column (what it costs and takes at some prices), and the
//! [`master`] says where the columns known so far allow the most within a box around the best prices. The bound there either
//! rises, and the box moves, or the new columns correct the master. Where they agree, no prices prove more.
//!
//! The shares of the columns in the last master are a solution of the relaxation, which [`rounding`] makes a plan of.
//!
//! Sources: R. Marsten, W. Hogan & J. Blankenship, "The boxstep method for large-scale optimization" (1975); O. du Merle,
//! D. Villeneuve, J. Desrosiers & P. Hansen, "Stabilized column generation" (1999).

mod master;
mod rounding;
#[cfg(test)]
mod tests;

use rayon::prelude::*;

use self::master::{Column, Master};
use super::book::Book;
use super::shadow::{EFFORTS, Prices, RowKey, Rows, Use, evaluate_chunk};
use super::valuation::Priced;
use crate::index::OrderIdx;
use crate::search::Budget;

pub(crate) use rounding::Shares;

/// Most rows that are priced together.
const MOST_ROWS: usize = 256;
/// A row is contended that so many orders could use: one in so many, and so many at least.
const CONTENDED: (i64, i64) = (16, 16);
/// Groups of orders.
const GROUPS: usize = 64;
/// Most looks at all orders.
const MOST_LOOKS: usize = 250;
/// The first box, as a share of the mean cost of an order for what an order takes of the row.
const FIRST_BOX: f64 = 0.2;
/// The last box: beyond it no price changes anything, but where stock is just enough all prices may rise together for ever.
const LAST_BOX: f64 = 50.0;
/// Share of the bound that the columns may promise above it where the prices are as good as the best.
const EXACT: f64 = 2e-6;
/// Share of what was promised that must come for the box to grow.
const GROWS: f64 = 0.1;
/// Pivots times entries of the basis that count as one unit of work.
const WORK: u64 = 1000;

/// What column generation found.
pub(crate) struct Found {
    pub prices: Prices,
    /// B of them.
    pub bound: i64,
    /// No prices of the rows prove more, but for some millionths.
    pub is_exact: bool,
    /// How often every order was priced.
    pub looks: usize,
    /// A solution of the relaxation.
    pub shares: Shares,
}

/// The rows that many of the orders want: of too many those that most want.
pub(crate) fn contended(book: &Book<'_>, rows: &Rows) -> Vec<usize> {
    if !book.large.is_empty() {
        return Vec::new();
    }
    let least = (book.orders.len() as i64 / CONTENDED.0).max(CONTENDED.1);
    let mut among: Vec<usize> = (0..rows.keys.len()).filter(|&i| rows.users[i] >= least).collect();
    among.sort_by_key(|&i| (-rows.users[i], i));
    among.truncate(MOST_ROWS);
    among.sort_unstable();
    among
}

/// Whether most lines that could take from a stock row that can bind could take from one of these: then they lead all others.
pub(crate) fn lead(rows: &Rows, contended: &[usize]) -> bool {
    let users = |i: &usize| match rows.keys[*i] {
        RowKey::Stock(_) => rows.users[*i],
        _ => 0,
    };
    let all: i64 = (0..rows.keys.len()).map(|i| users(&i)).sum();
    let of_contended: i64 = contended.iter().map(users).sum();
    of_contended > 0 && 2 * of_contended >= all
}

/// Whether cuts could prove more than a small share of the bound: a row that is shared in the relaxation loses less than the
/// largest line in a plan.
pub(crate) fn cuts_matter(book: &Book<'_>, rows: &Rows, found: &Found) -> bool {
    /// Share of the bound.
    const LITTLE: f64 = 5e-4;
    let problem = book.problem;
    let mut largest = vec![0; problem.items().len()];
    for line in problem.lines() {
        let cell = &mut largest[line.sku.0 as usize];
        *cell = line.qty.max(*cell);
    }
    let mut most = 0;
    for (i, key) in rows.keys.iter().enumerate() {
        if let RowKey::Stock(r) = key {
            let qty = i64::from(largest[problem.stock()[*r as usize].sku.0 as usize]);
            most += (qty - 1).max(0) * rows.price(i, &found.prices);
        }
    }
    most as f64 > LITTLE * found.bound as f64
}

/// Finds the best prices of the rows `among`, while all others and the cuts keep those of `from`, or the best until the budget
/// share `until` is spent. Never below what `from` proves. `None` where the time is over.
pub(crate) fn generate(
    book: &Book<'_>,
    rows: &Rows,
    among: &[usize],
    from: &Prices,
    budget: &Budget<'_>,
    until: f64,
) -> Option<Found> {
    let mut generator = Generator::new(book, rows, among, from, budget);
    if budget.stop().is_some() {
        return None;
    }
    let first = generator.look(from.clone())?;
    let there_is: Vec<i64> = among.iter().map(|&i| rows.there_is[i]).collect();
    let mut master = Master::start(&there_is, first)?;
    let is_exact = generator.run(&mut master, until);
    Some(generator.end(&master, is_exact))
}

/// Prices to look at next.
struct Next {
    prices: Prices,
    /// How much more than the best they could prove, as far as the columns say.
    promised: f64,
    /// A price is as high or as low as the box lets it.
    is_at_edge: bool,
}

struct Generator<'a> {
    book: &'a Book<'a>,
    rows: &'a Rows,
    among: &'a [usize],
    budget: &'a Budget<'a>,
    groups: Vec<&'a [OrderIdx]>,
    /// What the rows that are not priced here, and the cuts, are worth.
    others: i64,
    /// The prices of each look.
    looks: Vec<Vec<i64>>,
    /// B at the last look.
    bound: i64,
    best: (i64, Prices),
}

impl<'a> Generator<'a> {
    fn new(book: &'a Book<'a>, rows: &'a Rows, among: &'a [usize], from: &Prices, budget: &'a Budget<'a>) -> Self {
        let of_rows: i64 = among.iter().map(|&i| rows.there_is[i] * rows.price(i, from)).sum();
        Self {
            book,
            rows,
            among,
            budget,
            groups: groups(book).collect(),
            others: rows.worth(from) - of_rows,
            looks: Vec::new(),
            bound: i64::MIN,
            best: (i64::MIN, from.clone()),
        }
    }

    /// Prices all orders; a column of each group. `None` once it is overdue.
    fn look(&mut self, prices: Prices) -> Option<Vec<Column>> {
        let priced = Priced::new(self.book, &prices);
        let of_group = |orders: &&[OrderIdx]| evaluate_chunk(self.book, &priced, orders, (&[], &[], EFFORTS[0]));
        let found: Option<Vec<Use>> = self.groups.par_iter().map(of_group).collect();
        let found = found?;
        self.budget.spend(self.book.orders.len() as u64);
        let at: Vec<i64> = self.among.iter().map(|&i| self.rows.price(i, &prices)).collect();
        let look = self.looks.len() as u32;
        let column = |(group, used): (u32, &Use)| {
            let takes = self.among.iter().map(|&i| self.rows.get(i, used));
            let paid: i64 = takes.clone().zip(&at).map(|(n, p)| n * p).sum();
            let takes = (0..).zip(takes).filter(|t| t.1 != 0);
            Column {
                group,
                look,
                cost: (used.cost - paid) as f64,
                takes: takes.map(|(r, n)| (r, n as f64)).collect(),
            }
        };
        let columns = (0..).zip(&found).map(column).collect();
        self.bound = found.iter().map(|u| u.cost).sum::<i64>() - self.rows.worth(&prices);
        self.looks.push(at);
        if self.bound > self.best.0 {
            self.best = (self.bound, prices);
        }
        Some(columns)
    }

    /// Looks until no prices promise more; whether that came before the budget share `until` was spent.
    fn run(&mut self, master: &mut Master, until: f64) -> bool {
        let mean = self.bound.abs() as f64 / self.book.orders.len().max(1) as f64;
        let mut length = (mean * FIRST_BOX).max(1.0);
        while self.looks.len() < MOST_LOOKS && self.budget.stop().is_none() && self.budget.spent() < until {
            let before = self.best.0;
            let Some(next) = self.best_within(master, length) else {
                return false;
            };
            if next.promised <= EXACT * before.abs() as f64 {
                if !next.is_at_edge || length > mean * LAST_BOX {
                    return true;
                }
                // Little within the box may be much beyond it.
                length *= 4.0;
                continue;
            }
            let Some(columns) = self.look(next.prices) else {
                return false;
            };
            for column in columns {
                master.add(column);
            }
            master.forget();
            let came = (self.bound - before) as f64 / next.promised;
            if next.is_at_edge && came > GROWS {
                length *= 2.0;
            } else if came < -1.0 {
                length /= 2.0;
            }
        }
        false
    }

    /// The prices that promise the most within a box of a length around the best; `None` where numbers are too bad.
    fn best_within(&self, master: &mut Master, length: f64) -> Option<Next> {
        let (bound, centre) = &self.best;
        let of_row = |&i: &usize| {
            let (price, width) = (
                self.rows.price(i, centre) as f64,
                (length / self.rows.portion[i]).max(1.0),
            );
            ((price - width).max(0.0), price + width)
        };
        let within: Vec<(f64, f64)> = self.among.iter().map(of_row).collect();
        let pivots = master.pivots;
        if !master.solve(&within, &|| self.budget.overdue()) {
            return None;
        }
        let work = (master.pivots - pivots) * (master.size() * master.size()) as u64;
        self.budget.spend(work / WORK);
        let mut next = Next {
            promised: master.value() - self.others as f64 - *bound as f64,
            prices: centre.clone(),
            is_at_edge: false,
        };
        for (at, (&i, (low, high))) in self.among.iter().zip(within).enumerate() {
            let price = master.price_of(at).round();
            next.is_at_edge |= price + 1.0 > high || low > 0.0 && price - 1.0 < low;
            self.rows.set(i, &mut next.prices, price as i64);
        }
        Some(next)
    }

    fn end(self, master: &Master, is_exact: bool) -> Found {
        Found {
            shares: Shares::new(&self, master),
            bound: self.best.0,
            prices: self.best.1,
            looks: self.looks.len(),
            is_exact,
        }
    }
}

/// The orders in groups, as they follow each other in the book.
fn groups<'a>(book: &'a Book<'_>) -> std::slice::Chunks<'a, OrderIdx> {
    book.sequence.chunks(book.sequence.len().div_ceil(GROUPS).max(1))
}
