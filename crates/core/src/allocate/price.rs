//! The cheapest way to serve one order at given prices, exactly: a dynamic programme over the subsets of its atoms.
//!
//! ```text
//! f(e, S) = base(e) + prices of what S takes at e + table(e, S)         an entry e ships the set S
//! g(S)    = min over entries e of f(e, S)
//! B(S)    = min( unfilled(low) + B(S - low),  min over P in S with low in P of g(P) + B(S - P) ),   low = lowest atom of S
//! ```
//! Pricing takes `sum over entries of 2^|atoms of e|`, the partition `3^atoms` steps. Two parts may then use one node twice,
//! which an order may not; in that rare case a branch and bound with `B` as its bound finishes the job.

use super::book::{AtomSet, Book, Entry, MAX_ATOMS, NEVER, NO_TABLE, OrderHead, members};
use super::large::{LargeWay, Space};

/// What taking something costs, beside what the book says. Implementations differ in what they know of other orders.
pub(crate) trait Valuation {
    /// Whether [`fits`](Self::fits) has to be asked.
    const LIMITS: bool;
    /// Handling and price of `qty` units of a piece from a stock row (`cell` is its place in the book), and of the line that they belong to; [`NEVER`] where
    /// the row cannot give them.
    fn piece(&self, entry: &Entry, cell: usize, row: u32, qty: u32) -> i64;
    /// What a further piece of the same line costs less than the first: the line's share.
    fn line(&self, entry: &Entry) -> i64;
    /// Price of the shipment itself; [`NEVER`] where the node takes no more.
    fn shipment(&self, entry: &Entry) -> i64;
    /// Whether so many lines and units fit together.
    fn fits(&self, entry: &Entry, lines: u32, units: u32) -> bool;
    /// Units that a stock row can give.
    fn available(&self, row: u32) -> u32;
}

/// A shipment of a way to serve an order: an entry of the book and the atoms that it ships.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub entry: u32,
    pub atoms: AtomSet,
}

const SETS: usize = 1 << MAX_ATOMS;

/// Buffers of the dynamic programme, one per thread.
pub(crate) struct Workspace {
    /// Cheapest shipment of each set, and its entry.
    g: Vec<i64>,
    by: Vec<u32>,
    /// Cheapest way for each set, and the part that holds its lowest atom (0 = unfilled).
    best: Vec<i64>,
    part: Vec<AtomSet>,
    /// Additive cost, lines and units of each set at the entry at hand.
    sum: Vec<i64>,
    lines: Vec<u32>,
    units: Vec<u32>,
    /// Layers for orders with a limit on shipments.
    layers: Vec<(Vec<i64>, Vec<AtomSet>)>,
    /// The answer for a small order.
    pub parts: Vec<Part>,
    /// The answer for a large order.
    pub large: LargeWay,
    /// Buffers for large orders.
    pub space: Space,
}

impl Default for Workspace {
    fn default() -> Self {
        Self {
            g: vec![NEVER; SETS],
            by: vec![0; SETS],
            best: vec![0; SETS],
            part: vec![0; SETS],
            sum: vec![0; SETS],
            lines: vec![0; SETS],
            units: vec![0; SETS],
            layers: Vec::new(),
            parts: Vec::new(),
            large: LargeWay::default(),
            space: Space::default(),
        }
    }
}

impl Workspace {
    /// Counts steps that are about to be taken; true once it is overdue.
    pub(crate) fn spend(&self, book: &Book<'_>, steps: usize) -> bool {
        self.space.steps.spend(steps, || book.is_overdue())
    }

    /// The answer "nothing ships".
    pub(crate) fn clear(&mut self) {
        self.parts.clear();
        self.large = LargeWay::default();
    }
}

/// Additive costs of an entry's atoms.
struct Costs {
    atom: [i64; MAX_ATOMS],
    line: i64,
    base: i64,
}

/// Solves one small order at a valuation. The parts are left in `ws.parts`; the cost is returned. Once it is overdue (see
/// [`Book::is_overdue`]) they are some way to serve it, perhaps not the cheapest.
pub(crate) fn solve<V: Valuation>(book: &Book<'_>, head: &OrderHead, v: &V, ws: &mut Workspace) -> i64 {
    ws.parts.clear();
    let atoms = book.atoms_of(head);
    let nothing: i64 = atoms.iter().map(|a| a.unfilled).sum();
    if atoms.is_empty() {
        return 0;
    }
    if let [atom] = atoms {
        return solve_single(book, head, v, ws, atom.unfilled);
    }
    fill_g(book, head, v, ws);
    let full = ((1u32 << atoms.len()) - 1) as AtomSet;
    let limit = usize::from(head.max_shipments);
    let cost = if limit >= atoms.len() {
        partition(book, head, ws, full)
    } else {
        partition_limited(book, head, ws, full, limit)
    };
    if cost >= NEVER {
        ws.parts.clear();
        return nothing;
    }
    let mut cost = cost;
    if repeats_node(book, &ws.parts) {
        cost = super::enumerate::cheapest(book, head, v, ws);
        if cost >= NEVER {
            ws.parts.clear();
            return nothing;
        }
    }
    if nothing < cost - book.split {
        ws.parts.clear();
        return nothing;
    }
    cost - book.split
}

/// An order of one atom: the cheapest entry, or nothing.
fn solve_single<V: Valuation>(book: &Book<'_>, head: &OrderHead, v: &V, ws: &mut Workspace, unfilled: i64) -> i64 {
    let (mut best, mut by) = (NEVER, 0);
    ws.spend(book, 5 * (head.end_entry - head.first_entry) as usize);
    for e in head.first_entry..head.end_entry {
        let entry = &book.entries.at(e);
        let table = if entry.table == NO_TABLE {
            0
        } else {
            book.tables.at(entry.table + 1)
        };
        if table >= NEVER {
            continue;
        }
        let costs = costs(book, head, v, entry);
        if costs.atom[0] >= NEVER || costs.base >= NEVER || costs.base + costs.atom[0] + table >= best {
            continue;
        }
        if V::LIMITS {
            let atom = &book.atoms_of(head)[0];
            let apart = head.repeated_sku && !joint_fits(book, head, v, entry, 1);
            if apart || !v.fits(entry, u32::from(atom.pieces), atom.units) {
                continue;
            }
        }
        best = costs.base + costs.atom[0] + table;
        by = e;
    }
    if best >= NEVER || unfilled < best - book.split {
        return unfilled;
    }
    ws.parts.push(Part { entry: by, atoms: 1 });
    best - book.split
}

/// Prices an entry: each of its atoms, the line share of siblings, and the shipment.
fn costs<V: Valuation>(book: &Book<'_>, head: &OrderHead, v: &V, entry: &Entry) -> Costs {
    let atoms = book.atoms_of(head);
    let mut costs = Costs {
        atom: [NEVER; MAX_ATOMS],
        line: if head.divisible { v.line(entry) } else { 0 },
        base: NEVER,
    };
    let shipment = v.shipment(entry);
    if shipment < NEVER {
        costs.base = entry.base + shipment;
    }
    let mut row = entry.first_row as usize;
    for a in members(entry.atoms) {
        let mut sum = 0;
        for piece in book.pieces_of(&atoms[a]) {
            let cost = v.piece(entry, row, book.rows[row], piece.qty);
            sum = if cost >= NEVER || sum >= NEVER {
                NEVER
            } else {
                sum + cost
            };
            row += 1;
        }
        costs.atom[a] = sum;
    }
    costs
}

/// Calls `see(set, cost)` for every set of atoms that an entry can ship at the valuation.
pub(crate) fn each_set<V: Valuation>(
    book: &Book<'_>,
    head: &OrderHead,
    v: &V,
    entry: &Entry,
    (sum, lines, units): (&mut [i64], &mut [u32], &mut [u32]),
    mut see: impl FnMut(AtomSet, i64),
) {
    let atoms = book.atoms_of(head);
    let costs = costs(book, head, v, entry);
    if costs.base >= NEVER {
        return;
    }
    let possible = members(entry.atoms)
        .filter(|&a| costs.atom[a] < NEVER)
        .fold(0, |set, a| set | 1 << a);
    (sum[0], lines[0], units[0]) = (costs.base, 0, 0);
    let mut set: AtomSet = 0;
    loop {
        set = set.wrapping_sub(possible) & possible; // the next subset, rising
        if set == 0 {
            return;
        }
        let (rest, a) = (usize::from(set & (set - 1)), set.trailing_zeros() as usize);
        let s = usize::from(set);
        sum[s] = sum[rest] + costs.atom[a];
        let second = head.divisible && atoms[a].siblings & set != 0;
        if second {
            sum[s] -= costs.line;
        }
        if V::LIMITS || head.divisible {
            lines[s] = lines[rest] + if second { 0 } else { u32::from(atoms[a].pieces) };
            units[s] = units[rest] + atoms[a].units;
        }
        if V::LIMITS && !v.fits(entry, lines[s], units[s]) {
            continue;
        }
        if (head.divisible || V::LIMITS && head.repeated_sku) && !joint_fits(book, head, v, entry, set) {
            continue;
        }
        let carriage = if entry.table == NO_TABLE {
            0
        } else {
            book.tables.at(entry.table + u64::from(set))
        };
        if carriage < NEVER {
            see(set, sum[s] + carriage);
        }
    }
}

/// Whether the pieces of a set fit together: in what each line may take of a row, and with limits in what is left of it.
fn joint_fits<V: Valuation>(book: &Book<'_>, head: &OrderHead, v: &V, entry: &Entry, set: AtomSet) -> bool {
    let atoms = book.atoms_of(head);
    let mut taken: Vec<(u32, u32, u32)> = Vec::new(); // row, line, units
    let mut row = entry.first_row as usize;
    for a in members(entry.atoms) {
        for piece in book.pieces_of(&atoms[a]) {
            if set >> a & 1 == 1 {
                taken.push((book.rows[row], piece.line.0, piece.qty));
            }
            row += 1;
        }
    }
    let units_of = |row: u32, line: Option<u32>| -> u32 {
        taken
            .iter()
            .filter(|t| t.0 == row && line.is_none_or(|l| l == t.1))
            .map(|t| t.2)
            .sum()
    };
    taken.iter().all(|&(row, line, _)| {
        units_of(row, Some(line)) <= book.problem.stock()[row as usize].available
            && (!V::LIMITS || units_of(row, None) <= v.available(row))
    })
}

fn fill_g<V: Valuation>(book: &Book<'_>, head: &OrderHead, v: &V, ws: &mut Workspace) {
    let sets = 1usize << head.atoms;
    ws.g[..sets].fill(NEVER);
    for e in head.first_entry..head.end_entry {
        let entry = &book.entries.at(e);
        if ws.spend(book, 10 + (1 << entry.atoms.count_ones())) {
            return;
        }
        let (g, by) = (&mut ws.g, &mut ws.by);
        each_set(
            book,
            head,
            v,
            entry,
            (&mut ws.sum, &mut ws.lines, &mut ws.units),
            |set, cost| {
                let cell = &mut g[usize::from(set)];
                if cost < *cell {
                    *cell = cost;
                    by[usize::from(set)] = e;
                }
            },
        );
    }
}

/// The cheapest part of `set` that holds its lowest atom, followed by `after` of the rest.
fn cheapest_part(g: &[i64], after: &[i64], set: AtomSet) -> (i64, AtomSet) {
    let low = set & set.wrapping_neg();
    let rest = set ^ low;
    let (mut best, mut part) = (NEVER, 0);
    let mut sub = rest;
    loop {
        let p = sub | low;
        let cost = g[usize::from(p)];
        if cost < NEVER {
            let cost = cost + after[usize::from(set ^ p)];
            if cost < best {
                (best, part) = (cost, p);
            }
        }
        if sub == 0 {
            return (best, part);
        }
        sub = (sub - 1) & rest;
    }
}

/// Any number of parts. The cost includes a split penalty for every part, the first too; at least one part.
fn partition(book: &Book<'_>, head: &OrderHead, ws: &mut Workspace, full: AtomSet) -> i64 {
    let atoms = book.atoms_of(head);
    ws.best[0] = 0;
    for set in 1..=full {
        ws.space.steps.spend(1 << (set.count_ones() - 1), || book.is_overdue());
        let (cost, part) = cheapest_part(&ws.g, &ws.best, set);
        let low = set.trailing_zeros() as usize;
        let without = if head.ship_complete {
            NEVER
        } else {
            atoms[low]
                .unfilled
                .saturating_add(ws.best[usize::from(set & (set - 1))])
        };
        let s = usize::from(set);
        (ws.best[s], ws.part[s]) = if cost <= without {
            (cost, part)
        } else {
            (without.min(NEVER), 0)
        };
    }
    // At least one part: leave the first `skipped` atoms unfilled, then take a part with the next one.
    let (mut cost, mut from, mut unfilled) = (NEVER, full, 0i64);
    let mut set = full;
    while set != 0 {
        let (with, _) = cheapest_part(&ws.g, &ws.best, set);
        if with < NEVER && unfilled + with < cost {
            (cost, from) = (unfilled + with, set);
        }
        if head.ship_complete {
            break;
        }
        unfilled += atoms[set.trailing_zeros() as usize].unfilled;
        set &= set - 1;
    }
    if cost >= NEVER {
        return NEVER;
    }
    let (_, first) = cheapest_part(&ws.g, &ws.best, from);
    ws.parts.push(Part {
        entry: ws.by[usize::from(first)],
        atoms: first,
    });
    let mut set = from ^ first;
    while set != 0 {
        let part = ws.part[usize::from(set)];
        if part == 0 {
            set &= set - 1;
        } else {
            ws.parts.push(Part {
                entry: ws.by[usize::from(part)],
                atoms: part,
            });
            set ^= part;
        }
    }
    cost
}

/// At most `limit` parts: one layer of the programme for each.
fn partition_limited(book: &Book<'_>, head: &OrderHead, ws: &mut Workspace, full: AtomSet, limit: usize) -> i64 {
    let atoms = book.atoms_of(head);
    let sets = usize::from(full) + 1;
    ws.layers.resize_with(limit.max(1), || (vec![0; SETS], vec![0; SETS]));
    // No part left: everything unfilled.
    ws.best[0] = 0;
    for s in 1..sets {
        let low = s.trailing_zeros() as usize;
        let rest = ws.best[s & (s - 1)];
        ws.best[s] = if head.ship_complete {
            NEVER
        } else {
            atoms[low].unfilled + rest
        };
    }
    for layer in 0..limit {
        let (before, now) = ws.layers.split_at_mut(layer);
        let after: &[i64] = before.last().map_or(&ws.best, |b| &b.0);
        let (cost, part) = &mut now[0];
        cost[0] = 0;
        for set in 1..=full {
            if ws.space.steps.spend(1 << (set.count_ones() - 1), || book.is_overdue()) {
                return NEVER;
            }
            let (with, p) = cheapest_part(&ws.g, after, set);
            let s = usize::from(set);
            let low = set.trailing_zeros() as usize;
            let without = if head.ship_complete {
                NEVER
            } else {
                atoms[low].unfilled.saturating_add(cost[s & (s - 1)])
            };
            (cost[s], part[s]) = if with <= without {
                (with, p)
            } else {
                (without.min(NEVER), 0)
            };
        }
    }
    // At least one part, as in `partition`.
    let top = limit - 1;
    let below = |layer: usize| -> &[i64] { if layer == 0 { &ws.best } else { &ws.layers[layer - 1].0 } };
    let (mut cost, mut from, mut first, mut unfilled) = (NEVER, full, 0, 0i64);
    let mut set = full;
    while set != 0 {
        let (with, p) = cheapest_part(&ws.g, below(top), set);
        if with < NEVER && unfilled + with < cost {
            (cost, from, first) = (unfilled + with, set, p);
        }
        if head.ship_complete {
            break;
        }
        unfilled += atoms[set.trailing_zeros() as usize].unfilled;
        set &= set - 1;
    }
    if cost >= NEVER {
        return NEVER;
    }
    ws.parts.push(Part {
        entry: ws.by[usize::from(first)],
        atoms: first,
    });
    let (mut set, mut layer) = (from ^ first, top);
    while set != 0 && layer > 0 {
        let part = ws.layers[layer - 1].1[usize::from(set)];
        if part == 0 {
            set &= set - 1;
        } else {
            ws.parts.push(Part {
                entry: ws.by[usize::from(part)],
                atoms: part,
            });
            set ^= part;
            layer -= 1;
        }
    }
    cost
}

fn repeats_node(book: &Book<'_>, parts: &[Part]) -> bool {
    let node = |p: &Part| book.entries.at(p.entry).node;
    parts
        .iter()
        .enumerate()
        .any(|(i, p)| parts[..i].iter().any(|q| node(q) == node(p)))
}

/// The relaxed bound of every set, left by the last [`solve`] of an order of two or more atoms.
impl Workspace {
    /// Fills the relaxed costs for [`enumerate`](super::enumerate): `best[set]` with any number of parts.
    pub(crate) fn relax<V: Valuation>(&mut self, book: &Book<'_>, head: &OrderHead, v: &V) {
        let atoms = book.atoms_of(head);
        fill_g(book, head, v, self);
        self.best[0] = 0;
        let full = ((1u32 << atoms.len()) - 1) as AtomSet;
        for set in 1..=full {
            let (cost, _) = cheapest_part(&self.g, &self.best, set);
            let low = set.trailing_zeros() as usize;
            let without = if head.ship_complete {
                NEVER
            } else {
                atoms[low]
                    .unfilled
                    .saturating_add(self.best[usize::from(set & (set - 1))])
            };
            self.best[usize::from(set)] = cost.min(without).min(NEVER);
        }
    }

    /// What [`relax`](Self::relax) found.
    pub(crate) fn relaxed(&self) -> &[i64] {
        &self.best
    }
}

#[cfg(test)]
mod tests {
    use super::super::book::Builder;
    use super::super::shadow::Prices;
    use super::super::shadow_prices;
    use super::super::testing::{Random, at_prices, fits, shipped, shipped_by, some_left, some_prices, tiny, ways};
    use super::super::valuation::{Hard, Priced};
    use super::*;
    use crate::index::OrderIdx;

    /// Where two parts of the cheapest partition would use one node, which branch and bound has to put right.
    fn relaxed_is_below<V: Valuation>(book: &Book<'_>, head: &OrderHead, v: &V, cost: i64) -> bool {
        let mut ws = Workspace::default();
        ws.relax(book, head, v);
        let full = (1usize << head.atoms) - 1;
        head.atoms > 1
            && ws.relaxed()[full] - book.split < cost
            && usize::from(head.max_shipments) >= usize::from(head.atoms)
    }

    #[test]
    fn the_cheapest_way_is_the_cheapest_of_all_ways() {
        let mut ws = Workspace::default();
        let (mut priced_by_cuts, mut repaired, mut checked) = (0, 0, 0);
        for seed in 0..400 {
            let problem = tiny(seed);
            let book = Builder::new(&problem).build();
            let mut random = Random::new(seed);
            for trial in 0..4 {
                let prices = if trial == 0 {
                    Prices::zero(&problem)
                } else {
                    some_prices(&mut random, &book)
                };
                let (priced, stated) = (Priced::new(&book, &prices), shadow_prices(&problem, &prices));
                priced_by_cuts += stated.cuts.len();
                for order in problem.orders().indices() {
                    let what = format!("seed {seed}, trial {trial}, order {}", order.0);
                    let all = ways(&problem, order);
                    let cost = solve(&book, book.head(order), &priced, &mut ws);
                    let least = all.iter().map(|w| at_prices(w, &stated)).min().unwrap();
                    assert_eq!(i128::from(cost), least, "{what}");
                    let parts = shipped_by(&book, order, &ws.parts);
                    let is_it = |w: &&_| shipped(w) == parts && at_prices(w, &stated) == least;
                    assert!(
                        all.iter().any(|w| is_it(&w)),
                        "{what}: {:?} is not of that cost",
                        ws.parts
                    );
                    repaired += usize::from(relaxed_is_below(&book, book.head(order), &priced, cost));
                    checked += 1;
                }
            }
        }
        assert!(
            checked > 2000 && priced_by_cuts > 100 && repaired > 0,
            "{checked}, {priced_by_cuts} cuts, {repaired}"
        );
    }

    #[test]
    fn within_what_is_left_it_is_the_cheapest_that_fits() {
        let mut ws = Workspace::default();
        let mut narrowed = 0;
        for seed in 1000..1400 {
            let problem = tiny(seed);
            let book = Builder::new(&problem).build();
            let mut random = Random::new(seed);
            let prices = some_prices(&mut random, &book);
            let (priced, stated) = (Priced::new(&book, &prices), shadow_prices(&problem, &prices));
            for trial in 0..4 {
                let left = some_left(&mut random, &problem);
                for order in problem.orders().indices() {
                    let what = format!("seed {seed}, trial {trial}, order {}", order.0);
                    let all = ways(&problem, order);
                    let cost = solve(
                        &book,
                        book.head(order),
                        &Hard {
                            prices: &priced,
                            left: &left,
                        },
                        &mut ws,
                    );
                    let fitting = || all.iter().filter(|w| fits(&problem, &left, w));
                    let least = fitting().map(|w| at_prices(w, &stated)).min().unwrap();
                    assert_eq!(i128::from(cost), least, "{what}");
                    let parts = shipped_by(&book, order, &ws.parts);
                    let is_it = |w: &_| shipped(w) == parts && at_prices(w, &stated) == least;
                    assert!(fitting().any(is_it), "{what}: {:?} does not fit", ws.parts);
                    narrowed += usize::from(all.iter().any(|w| at_prices(w, &stated) < least));
                }
            }
        }
        assert!(narrowed > 500, "limits mattered {narrowed} times");
    }

    #[test]
    fn no_limit_on_shipments_and_one_that_cannot_bind_are_the_same() {
        let (mut ws, mut compared) = (Workspace::default(), 0);
        for seed in 2000..2200 {
            let problem = tiny(seed);
            let book = Builder::new(&problem).build();
            let priced = Priced::new(&book, &some_prices(&mut Random::new(seed), &book));
            for order in (0..problem.orders().len() as u32).map(OrderIdx) {
                let mut head = *book.head(order);
                if head.atoms < 2 {
                    continue;
                }
                head.max_shipments = head.atoms;
                fill_g(&book, &head, &priced, &mut ws);
                let full = ((1u32 << head.atoms) - 1) as AtomSet;
                ws.parts.clear();
                let any = partition(&book, &head, &mut ws, full);
                ws.parts.clear();
                let limited = partition_limited(&book, &head, &mut ws, full, usize::from(head.atoms));
                assert_eq!(any, limited, "seed {seed}, order {}", order.0);
                compared += usize::from(any < NEVER);
            }
        }
        assert!(compared > 100, "{compared}");
    }
}
