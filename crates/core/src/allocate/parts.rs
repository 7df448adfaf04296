//! Parts: the orders cut into sets that share few SKUs, each with its share of what is left, to be worked on side by side.
//!
//! A part may use what its own orders hold and what it is dealt, so the results of all parts fit together. Parts depend on
//! the problem and a random stream, never on the number of threads.

use super::book::{Book, members};
use super::shadow::{RowKey, Rows};
use super::state::{Left, UNLIMITED};
use crate::index::{Idx as _, OrderIdx};
use crate::model::StockChains;
use crate::search::Random;

/// Orders by the scarce stock rows that they could use, both as positions in one part of the orders.
pub(crate) struct Wanted {
    /// For each stock row its position in `orders`, or `u32::MAX` where no order of the part wants it or it cannot bind.
    at: Vec<u32>,
    /// For each of those rows, the orders that could use it.
    orders: Vec<Vec<OrderIdx>>,
}

impl Wanted {
    pub(crate) fn new(book: &Book<'_>, scarce: &[bool], part: &[OrderIdx]) -> Self {
        let mut wanted = Self {
            at: vec![u32::MAX; scarce.len()],
            orders: Vec::new(),
        };
        let chains = book.problem.chains();
        for &order in part {
            let rows = rows_of(book, order).flat_map(|r| chains.from(r));
            for row in rows.filter(|&r| scarce[r as usize]) {
                let at = &mut wanted.at[row as usize];
                if *at == u32::MAX {
                    *at = wanted.orders.len() as u32;
                    wanted.orders.push(Vec::new());
                }
                let list = &mut wanted.orders[*at as usize];
                if list.last() != Some(&order) {
                    list.push(order);
                }
            }
        }
        wanted
    }

    /// The orders that could use a row.
    pub(crate) fn of(&self, row: u32) -> &[OrderIdx] {
        self.orders.get(self.at[row as usize] as usize).map_or(&[], |list| list)
    }

    /// Adds to `orders` some that want a row that one of them wants, until there are `n`.
    pub(crate) fn add_rivals(
        &self,
        book: &Book<'_>,
        part: &[OrderIdx],
        orders: &mut Vec<OrderIdx>,
        n: usize,
        random: &mut Random,
    ) {
        for _ in 0..3 * n {
            if orders.len() >= n {
                return;
            }
            let from = orders[random.below(orders.len() as u64) as usize];
            let rows = rows_of(book, from);
            let row = random.below(rows.size_hint().1.unwrap_or(0).max(1) as u64) as usize;
            let other = rows.skip(row).find_map(|r| random.pick(self.of(r)).copied());
            let other = other.or_else(|| random.pick(part).copied());
            if let Some(other) = other.filter(|o| !orders.contains(o)) {
                orders.push(other);
            }
        }
    }
}

/// The stock rows that an order could use.
pub(crate) fn rows_of<'a>(book: &'a Book<'_>, order: OrderIdx) -> impl Iterator<Item = u32> + 'a {
    let head = book.head(order);
    let small = match (head.large, book.entries.of(head).next_back()) {
        (0, Some(last)) => {
            let start = book.entries.at(head.first_entry).first_row as usize;
            let pieces = members(last.atoms).map(|a| usize::from(book.atoms_of(head)[a].pieces));
            &book.rows[start..last.first_row as usize + pieces.sum::<usize>()]
        }
        _ => &[],
    };
    let large = if head.large > 0 {
        {
            let cells = &book.large[head.large as usize - 1].cells;
            &book.rows[cells.start as usize..cells.end as usize]
        }
    } else {
        &[]
    };
    small.iter().chain(large).copied()
}

/// Which stock rows can bind.
pub(crate) fn scarce(book: &Book<'_>, rows: &Rows) -> Vec<bool> {
    let mut scarce = vec![false; book.problem.stock().len()];
    for key in &rows.keys {
        if let RowKey::Stock(r) = key {
            scarce[*r as usize] = true;
        }
    }
    scarce
}

/// Cuts the orders into parts that share few SKUs: by the SKU of each that comes first in a random order of SKUs.
pub(crate) fn parts(book: &Book<'_>, n: usize, random: &mut Random) -> Vec<Vec<OrderIdx>> {
    let problem = book.problem;
    let rank: Vec<u64> = problem.items().iter().map(|_| random.bits()).collect();
    let first = |o: OrderIdx| {
        problem.orders()[o]
            .lines()
            .map(|l| rank[problem.lines()[l].sku.get()])
            .min()
    };
    let mut orders: Vec<(Option<u64>, OrderIdx)> = problem.orders().indices().map(|o| (first(o), o)).collect();
    orders.sort_unstable();
    let size = orders.len().div_ceil(n.max(1)).max(1);
    orders.chunks(size).map(|c| c.iter().map(|x| x.1).collect()).collect()
}

/// One part's equal share of what is left of each node; the first parts have what cannot be divided.
pub(crate) fn equal_share(cells: &[i64], parts: i64, part: i64) -> Vec<i64> {
    let share = |&x: &i64| match x {
        UNLIMITED => x,
        x => (x + parts - 1 - part).div_euclid(parts),
    };
    cells.iter().map(share).collect()
}

/// Deals what is left to the parts: a scarce stock row, with the other dates of its node and SKU, to the part of one of the
/// orders that want it, everything else in
/// equal shares.
pub(crate) fn deal(
    left: &Left,
    chains: &StockChains,
    wanted: &Wanted,
    parts: &[Vec<OrderIdx>],
    random: &mut Random,
) -> Vec<Left> {
    let mut part_of = vec![0usize; parts.iter().map(Vec::len).sum()];
    for (n, part) in parts.iter().enumerate() {
        for o in part {
            part_of[o.get()] = n;
        }
    }
    let n = parts.len() as i64;
    let mut lefts: Vec<Left> = (0..n)
        .map(|part| Left {
            stock: vec![0; left.stock.len()],
            shipments: equal_share(&left.shipments, n, part),
            lines: equal_share(&left.lines, n, part),
            units: equal_share(&left.units, n, part),
        })
        .collect();
    let mut dealt = None; // the part that has the scarce rows of the node and SKU at hand
    for (row, &units) in left.stock.iter().enumerate() {
        if row > 0 && chains.last(row as u32 - 1) == row as u32 - 1 {
            dealt = None;
        }
        let list = wanted.of(row as u32);
        let together = dealt.filter(|_| !list.is_empty());
        match together.or_else(|| random.pick(list).map(|o| part_of[o.get()])) {
            Some(part) => {
                lefts[part].stock[row] = units;
                dealt = Some(part);
            }
            // Not scarce: together the orders cannot take more than there is, so each part may take all of it.
            None => lefts.iter_mut().for_each(|l| l.stock[row] = units),
        }
    }
    lefts
}
