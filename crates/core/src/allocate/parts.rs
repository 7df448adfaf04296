//! Parts: the orders cut into sets that share few SKUs, each with its share of what is left, to be worked on side by side.
//!
//! A part may use what its own orders hold and what it is dealt, so the results of all parts fit together. Parts depend on
//! the problem and a random stream, never on the number of threads.

use std::collections::BTreeMap;

use super::book::{Book, members};
use super::options::OrderOptions;
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
    cells.iter().map(|&x| one_share(x, parts, part)).collect()
}

fn one_share(there_is: i64, parts: i64, part: i64) -> i64 {
    match there_is {
        UNLIMITED => there_is,
        x => (x + parts - 1 - part).div_euclid(parts),
    }
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

/// Deals what is left to parts whose orders have these options: to each what they could take beyond what its orders hold. Where that is more than
/// there is of a row, all of it goes to the part that `owner` names, if it has a use for it, else there are equal shares.
pub(crate) fn deal_by_need(
    left: &Left,
    parts: &[Vec<OrderOptions>],
    owner: impl Fn(RowKey) -> Option<usize>,
) -> Vec<Left> {
    let mut needs: BTreeMap<RowKey, Vec<(usize, i64)>> = BTreeMap::new();
    for (n, part) in parts.iter().enumerate() {
        for (row, more) in part.iter().flat_map(most_more) {
            let of_row = needs.entry(row).or_default();
            match of_row.last_mut() {
                Some((last, sum)) if *last == n => *sum += more,
                _ => of_row.push((n, more)),
            }
        }
    }
    let mut lefts = vec![left.nothing(); parts.len()];
    for (row, of_row) in needs {
        let there_is = left.of(row);
        let all: i64 = of_row.iter().map(|n| n.1).sum();
        let owner = owner(row).filter(|owner| of_row.iter().any(|of| of.0 == *owner));
        for (i, &(n, need)) in of_row.iter().enumerate() {
            let share = match owner {
                _ if all <= there_is => need,
                Some(owner) if owner == n => there_is,
                Some(_) => 0,
                None => one_share(there_is, of_row.len() as i64, i as i64),
            };
            lefts[n].give(row, share);
        }
    }
    lefts
}

/// What the options of an order take of each row at most, beyond what it holds, where that is more than nothing.
fn most_more(order: &OrderOptions) -> BTreeMap<RowKey, i64> {
    let mut most = order.most_taken();
    for (row, n) in &order.present().takes {
        if let Some(cell) = most.get_mut(row) {
            *cell -= n;
        }
    }
    most.retain(|_, n| *n > 0);
    most
}

#[cfg(test)]
mod tests {
    use super::super::options::Choice;
    use super::super::testing::Random;
    use super::*;

    const ROWS: usize = 6;

    fn random_order(random: &mut Random, order: u32) -> OrderOptions {
        let mut choice = || {
            let takes = (0..ROWS as u32).filter_map(|r| {
                let n = random.between(-2, 3);
                let row = if r == 0 { RowKey::Units(0) } else { RowKey::Stock(r) };
                (n > 0).then_some((row, n))
            });
            let mut takes: Vec<(RowKey, i64)> = takes.collect();
            takes.sort_unstable();
            Choice {
                parts: Vec::new(),
                large: None,
                cost: 0,
                reduced: 0,
                takes,
            }
        };
        OrderOptions {
            order: OrderIdx(order),
            choices: (0..3).map(|_| choice()).collect(),
            now: order % 3,
            complete: true,
        }
    }

    /// Whatever options the areas choose within their shares, all limits hold; and nobody goes without where there is enough.
    #[test]
    fn shares_hold_every_limit_and_give_all_where_there_is_enough() {
        let mut random = Random::new(7);
        let (mut enough, mut scarce) = (0, 0);
        for case in 0..2000 {
            let mut count = 0;
            let mut area = |random: &mut Random| -> Vec<OrderOptions> {
                let orders = 0..random.between(1, 4) as u32;
                orders
                    .map(|_| {
                        count += 1;
                        random_order(random, count)
                    })
                    .collect()
            };
            let areas = [area(&mut random), area(&mut random), area(&mut random)];
            let left = Left {
                stock: (0..ROWS).map(|_| random.between(0, 12)).collect(),
                shipments: vec![UNLIMITED],
                lines: vec![0],
                units: vec![random.between(0, 12)],
            };
            let owners = [Some(0), Some(1), Some(2), None];
            let owner: Vec<Option<usize>> = (0..ROWS).map(|_| owners[random.below(4)]).collect();
            let of_row = |row| match row {
                RowKey::Stock(r) => owner[r as usize],
                _ => None,
            };
            let lefts = deal_by_need(&left, &areas, of_row);
            for r in 0..ROWS as u32 {
                let row = if r == 0 { RowKey::Units(0) } else { RowKey::Stock(r) };
                let what = format!("case {case}, {row:?}");
                let need = |area: &Vec<OrderOptions>| -> i64 {
                    let of_order = |o: &OrderOptions| most_more(o).get(&row).copied().unwrap_or(0);
                    area.iter().map(of_order).sum()
                };
                let needs: Vec<i64> = areas.iter().map(need).collect();
                let all: i64 = needs.iter().sum();
                let given: i64 = lefts.iter().map(|l| l.of(row)).sum();
                assert!(given <= left.of(row), "{what}: {given} of {}", left.of(row));
                assert!(lefts.iter().all(|l| l.of(row) >= 0), "{what}");
                if all <= left.of(row) {
                    enough += 1;
                    assert!(lefts.iter().zip(&needs).all(|(l, n)| l.of(row) == *n), "{what}");
                } else {
                    scarce += 1;
                    assert_eq!(given, left.of(row), "{what}: nothing is kept back");
                }
            }
            assert!(lefts.iter().all(|l| l.shipments == [UNLIMITED]), "case {case}");
        }
        assert!(enough > 1000 && scarce > 1000, "{enough} {scarce}");
    }
}
