//! The ways to serve one order, one by one: all whose cost at given prices is at most a limit.
//!
//! Depth first over the partition of the atoms: the lowest atom left is unfilled or in a part whose node is not used yet.
//! The relaxed programme of [`price`](super::price) bounds what is left, so hardly a branch is entered in vain.

use super::book::{AtomSet, Book, NEVER, OrderHead};
use super::price::{Part, Valuation, Workspace, each_set};

/// A shipment that some entry can make.
#[derive(Clone, Copy)]
struct Column {
    part: Part,
    cost: i64,
    node: u32,
}

/// Calls `see(cost, parts)` for every way to serve the order whose cost is at most `limit()`, which is asked again at each
/// step, so that it may fall. Once it is overdue there may be more of them. Ways that differ only in the service of a shipment are one: the cheapest.
pub(crate) fn each<V: Valuation>(
    book: &Book<'_>,
    head: &OrderHead,
    v: &V,
    ws: &mut Workspace,
    limit: &mut dyn FnMut() -> i64,
    see: &mut dyn FnMut(i64, &[Part]),
) {
    if head.atoms == 0 {
        see(0, &[]);
        return;
    }
    ws.relax(book, head, v);
    let ws = &*ws;
    // Nothing costs so little: the search ends there.
    let limit = &mut || {
        if ws.spend(book, 5) { -NEVER } else { limit() }
    };
    let mut search = Search {
        columns: columns(book, head, v, ws),
        relaxed: ws.relaxed(),
        unfilled: book.atoms_of(head).iter().map(|a| a.unfilled).collect(),
        complete: head.ship_complete,
        most: usize::from(head.max_shipments),
        split: book.split,
        limit,
        see,
        parts: Vec::new(),
        nodes: Vec::new(),
    };
    let nothing: i64 = search.unfilled.iter().sum();
    if nothing <= (search.limit)() {
        (search.see)(nothing, &[]);
    }
    search.descend(((1u32 << head.atoms) - 1) as AtomSet, 0);
}

/// The cheapest way that ships something, [`NEVER`] if there is none; the parts are left in `ws.parts`. The cost still
/// holds a split penalty for the first shipment.
pub(crate) fn cheapest<V: Valuation>(book: &Book<'_>, head: &OrderHead, v: &V, ws: &mut Workspace) -> i64 {
    let best = std::cell::Cell::new(NEVER);
    let mut parts = Vec::new();
    each(
        book,
        head,
        v,
        ws,
        &mut || best.get().saturating_sub(1),
        &mut |cost, way| {
            if !way.is_empty() && cost < best.get() {
                best.set(cost);
                parts = way.to_vec();
            }
        },
    );
    ws.parts = parts;
    if best.get() >= NEVER {
        NEVER
    } else {
        best.get() + book.split
    }
}

/// The shipments of every entry by their lowest atom, cheapest first.
fn columns<V: Valuation>(book: &Book<'_>, head: &OrderHead, v: &V, ws: &Workspace) -> Vec<Vec<Column>> {
    let sets = 1usize << head.atoms;
    let (mut sum, mut lines, mut units) = (vec![0; sets], vec![0; sets], vec![0; sets]);
    let mut columns: Vec<Vec<Column>> = vec![Vec::new(); usize::from(head.atoms)];
    for e in head.first_entry..head.end_entry {
        let entry = &book.entries.at(e);
        if ws.spend(book, 20 << entry.atoms.count_ones()) {
            break;
        }
        each_set(book, head, v, entry, (&mut sum, &mut lines, &mut units), |set, cost| {
            let part = Part { entry: e, atoms: set };
            columns[set.trailing_zeros() as usize].push(Column {
                part,
                cost,
                node: entry.node.0,
            });
        });
    }
    for list in &mut columns {
        list.sort_by_key(|c| c.cost); // stable: by entry and set among equals
    }
    columns
}

struct Search<'a> {
    columns: Vec<Vec<Column>>,
    relaxed: &'a [i64],
    unfilled: Vec<i64>,
    complete: bool,
    most: usize,
    split: i64,
    limit: &'a mut dyn FnMut() -> i64,
    see: &'a mut dyn FnMut(i64, &[Part]),
    parts: Vec<Part>,
    nodes: Vec<u32>,
}

impl Search<'_> {
    fn descend(&mut self, left: AtomSet, cost: i64) {
        if left == 0 {
            if !self.parts.is_empty() && cost - self.split <= (self.limit)() {
                (self.see)(cost - self.split, &self.parts);
            }
            return;
        }
        let low = left.trailing_zeros() as usize;
        if self.parts.len() < self.most {
            for i in 0..self.columns[low].len() {
                let column = self.columns[low][i];
                let room = (self.limit)().saturating_add(self.split) - cost;
                if column.cost > room {
                    break; // what is left costs at least 0
                }
                let (set, node) = (column.part.atoms, column.node);
                if set & !left != 0 || self.nodes.contains(&node) {
                    continue;
                }
                let rest = self.relaxed[usize::from(left ^ set)];
                if rest >= NEVER || column.cost.saturating_add(rest) > room {
                    continue;
                }
                self.parts.push(column.part);
                self.nodes.push(node);
                self.descend(left ^ set, cost + column.cost);
                self.parts.pop();
                self.nodes.pop();
            }
        }
        if !self.complete {
            let (with, rest) = (cost + self.unfilled[low], self.relaxed[usize::from(left & (left - 1))]);
            if with.saturating_add(rest) - self.split <= (self.limit)() {
                self.descend(left & (left - 1), with);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::book::Builder;
    use super::super::shadow_prices;
    use super::super::testing::{
        Random, Shipped, at_prices, fits, shipped, shipped_by, some_left, some_prices, tiny, ways,
    };
    use super::super::valuation::{Hard, Priced};
    use super::*;
    use crate::index::OrderIdx;

    /// The ways found within a limit, by what ships from where, each with its cost; no way may be seen twice.
    fn found<V: Valuation>(book: &Book<'_>, order: OrderIdx, v: &V, limit: i64) -> BTreeMap<Shipped, i128> {
        let mut ways: BTreeMap<Shipped, i128> = BTreeMap::new();
        let mut seen: Vec<Vec<(u32, AtomSet)>> = Vec::new();
        each(
            book,
            book.head(order),
            v,
            &mut Workspace::default(),
            &mut || limit,
            &mut |cost, parts| {
                assert!(cost <= limit, "{cost} is above the limit of {limit}");
                let mut way: Vec<(u32, AtomSet)> = parts.iter().map(|p| (p.entry, p.atoms)).collect();
                way.sort_unstable();
                seen.push(way);
                let least = ways.entry(shipped_by(book, order, parts)).or_insert(i128::MAX);
                *least = i128::from(cost).min(*least);
            },
        );
        let n = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), n, "a way was seen twice");
        ways
    }

    fn cheapest_by_content(all: impl Iterator<Item = (Shipped, i128)>, limit: i64) -> BTreeMap<Shipped, i128> {
        let mut ways: BTreeMap<Shipped, i128> = BTreeMap::new();
        for (shipped, cost) in all.filter(|(_, cost)| *cost <= i128::from(limit)) {
            let least = ways.entry(shipped).or_insert(cost);
            *least = cost.min(*least);
        }
        ways
    }

    #[test]
    fn the_ways_are_those_of_plain_enumeration_each_once() {
        let (mut checked, mut cut_off, mut limited) = (0, 0, 0);
        for seed in 0..300 {
            let problem = tiny(seed);
            let book = Builder::new(&problem).build();
            let mut random = Random::new(seed);
            let prices = some_prices(&mut random, &book);
            let (priced, stated) = (Priced::new(&book, &prices), shadow_prices(&problem, &prices));
            let left = some_left(&mut random, &problem);
            let hard = Hard {
                prices: &priced,
                left: &left,
            };
            for order in problem.orders().indices() {
                let all = ways(&problem, order);
                let costs: Vec<i128> = all.iter().map(|w| at_prices(w, &stated)).collect();
                let some = random.pick(&costs) as i64;
                for limit in [NEVER - 1, some, some - 1] {
                    let what = format!("seed {seed}, order {}, limit {limit}", order.0);
                    let plain = || all.iter().map(shipped).zip(costs.iter().copied());
                    let expected = cheapest_by_content(plain(), limit);
                    assert_eq!(found(&book, order, &priced, limit), expected, "{what}");
                    let fitting = || {
                        plain()
                            .zip(&all)
                            .filter(|(_, w)| fits(&problem, &left, w))
                            .map(|(way, _)| way)
                    };
                    let expected_left = cheapest_by_content(fitting(), limit);
                    assert_eq!(
                        found(&book, order, &hard, limit),
                        expected_left,
                        "{what}, within what is left"
                    );
                    checked += expected.len();
                    cut_off += usize::from(expected.len() < all.len());
                    limited += usize::from(expected_left.len() < expected.len());
                }
            }
        }
        assert!(
            checked > 2000 && cut_off > 200 && limited > 200,
            "{checked} ways, {cut_off} cut off, {limited} limited"
        );
    }

    #[test]
    fn a_limit_that_falls_to_the_best_still_ends_at_the_best() {
        let mut fell = 0;
        for seed in 500..700 {
            let problem = tiny(seed);
            let book = Builder::new(&problem).build();
            let prices = some_prices(&mut Random::new(seed), &book);
            let (priced, stated) = (Priced::new(&book, &prices), shadow_prices(&problem, &prices));
            for order in problem.orders().indices() {
                let limit = std::cell::Cell::new(NEVER - 1);
                let (mut last, mut seen) = (NEVER, 0);
                each(
                    &book,
                    book.head(order),
                    &priced,
                    &mut Workspace::default(),
                    &mut || limit.get(),
                    &mut |cost, _| {
                        (last, seen) = (cost, seen + 1);
                        limit.set(cost - 1);
                    },
                );
                let least = ways(&problem, order)
                    .iter()
                    .map(|w| at_prices(w, &stated))
                    .min()
                    .unwrap();
                assert_eq!(i128::from(last), least, "seed {seed}, order {}", order.0);
                fell += usize::from(seen > 1);
            }
        }
        assert!(fell > 50, "the limit fell for {fell} orders");
    }
}
