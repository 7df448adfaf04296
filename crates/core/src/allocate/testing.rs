//! For the unit tests of the allocator: the tiny problems and the brute force of the integration tests, and random prices
//! and leftovers.

#[path = "../../tests/it/support/oracle.rs"]
#[allow(dead_code, reason = "shared with the integration tests, which use all of it")]
mod brute_force;
#[path = "../../tests/it/support/random.rs"]
mod random;
#[path = "../../tests/it/support/tiny.rs"]
mod tiny_problems;

use std::collections::BTreeMap;

use super::book::{Book, members};
use super::cuts::{self, PricedCut, claims};
use super::price::Part;
use super::shadow::Prices;
use super::state::Left;
use crate::index::{LineIdx, OrderIdx};
use crate::model::{Problem, StockRow};

pub(crate) use brute_force::{Resource, Way, at_prices, ways};
pub(crate) use random::Random;

/// The tiny problem of a seed; a third with divisible lines, half of them tight, a fifth with incoming stock.
pub(crate) fn tiny(seed: u64) -> Problem {
    let shape = tiny_problems::Shape {
        divisible: seed.is_multiple_of(3),
        tight: seed.is_multiple_of(2),
        dated: seed % 5 == 2,
        units: None,
    };
    tiny_problems::problem(seed, shape)
}

/// Random prices of all rows that the format limits (of stock with dates only those that can bind), and of whatever cuts random shares violate.
pub(crate) fn some_prices(random: &mut Random, book: &Book<'_>) -> Prices {
    let problem = book.problem;
    let mut price = |percent, most| {
        if random.chance(percent) {
            random.between(0, most)
        } else {
            0
        }
    };
    let mut prices = Prices::zero(problem);
    for (p, row) in prices.stock.iter_mut().zip(problem.stock()) {
        *p = price(40, 60_000);
        if cannot_bind(problem, row) {
            *p = 0;
        }
    }
    for (n, node) in problem.nodes().iter().enumerate() {
        prices.shipments[n] = node.max_shipments.map_or(0, |_| price(50, 30_000));
        prices.lines[n] = node.max_lines.map_or(0, |_| price(50, 20_000));
        prices.units[n] = node.max_units.map_or(0, |_| price(50, 20_000));
    }
    prices.cuts = some_cuts(random, book);
    prices
}

fn some_cuts(random: &mut Random, book: &Book<'_>) -> Vec<PricedCut> {
    let shares: Vec<f64> = book.rows.iter().map(|_| random.below(101) as f64 / 100.0).collect();
    let worth = vec![true; book.problem.stock().len()];
    let claims = claims(book, &worth, &|cell| shares[cell], 0.0);
    let mut found = Vec::new();
    for of_row in claims.chunk_by(|a, b| a.row == b.row) {
        let there_is = book.problem.stock()[of_row[0].row as usize].available;
        found.extend(cuts::separate(of_row, i64::from(there_is), true));
    }
    for cut in &mut found {
        cut.price = random.between(0, 100_000);
    }
    found
}

/// Whether a stock row of a problem with dates is enough for all orders: its later dates do not matter then.
fn cannot_bind(problem: &Problem, row: &StockRow) -> bool {
    let wanted = problem.lines().iter().filter(|l| l.sku == row.sku).map(|l| l.qty);
    problem.chains().is_dated() && row.available >= wanted.sum::<u32>()
}

/// What other orders may have left: of each row that can bind nothing, some or all.
pub(crate) fn some_left(random: &mut Random, problem: &Problem) -> Left {
    let mut left = Left::all(problem);
    for rows in [&mut left.stock, &mut left.shipments, &mut left.lines, &mut left.units] {
        for x in rows.iter_mut().filter(|x| **x < 1000) {
            *x = if random.chance(50) { *x } else { random.between(0, *x) };
        }
    }
    for (x, row) in left.stock.iter_mut().zip(problem.stock()) {
        if cannot_bind(problem, row) {
            *x = i64::from(row.available);
        }
    }
    left
}

/// Whether what is left suffices for a way.
pub(crate) fn fits(problem: &Problem, left: &Left, way: &Way) -> bool {
    way.takes.iter().filter(|(_, n)| **n > 0).all(|(&resource, &n)| {
        let there_is = match resource {
            Resource::Stock(node, sku, from) => {
                let row = problem.stock_row_of(node, sku, from);
                row.map_or(0, |r| left.stock[r.0 as usize])
            }
            Resource::Shipments(node) => left.shipments[node.0 as usize],
            Resource::Lines(node) => left.lines[node.0 as usize],
            Resource::Units(node) => left.units[node.0 as usize],
        };
        n <= i128::from(there_is)
    })
}

/// What ships from where, without the services: node and line to units.
pub(crate) type Shipped = BTreeMap<(u32, LineIdx), u32>;

/// The same of a way of the brute force.
pub(crate) fn shipped(way: &Way) -> Shipped {
    let fills = way
        .shipments
        .iter()
        .flat_map(|s| s.fills.iter().map(move |f| ((s.node.0, f.line), f.qty)));
    fills.collect()
}

/// The same of parts of the book.
pub(crate) fn shipped_by(book: &Book<'_>, order: OrderIdx, parts: &[Part]) -> Shipped {
    let mut shipped = Shipped::new();
    for part in parts {
        let node = book.entries.at(part.entry).node.0;
        for atom in members(part.atoms) {
            for piece in book.pieces_of(&book.atoms_of(book.head(order))[atom]) {
                *shipped.entry((node, piece.line)).or_default() += piece.qty;
            }
        }
    }
    shipped
}
