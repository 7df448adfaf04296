//! Shadow prices: what a unit of stock or capacity is worth to the orders together, and the bound that the prices prove.
//!
//! ```text
//! B(p) = sum over orders of (cheapest way of the order alone at prices p)  -  sum over rows of p x what there is
//! ```
//! B is concave and never above the cost of any valid plan; [`climb`](super::climb) climbs it. Prices are whole
//! ten-thousandths, so every value of B is exact.

#[cfg(any(test, feature = "steps"))]
use rayon::prelude::*;

use super::book::{Book, members};
use super::cuts::PricedCut;
use super::large::{Effort, LargeWay, Shipment};
use super::price::{Part, Workspace, solve};
use super::state::{each_cell, each_piece};
use super::valuation::Priced;
use crate::index::{Idx as _, OrderIdx};
use crate::pace::Steps;

/// Prices of the coupling rows in ten-thousandths, dense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prices {
    pub stock: Vec<i64>,
    pub shipments: Vec<i64>,
    pub lines: Vec<i64>,
    pub units: Vec<i64>,
    pub cuts: Vec<PricedCut>,
}

impl Prices {
    pub(crate) fn zero(problem: &crate::model::Problem) -> Self {
        let nodes = problem.nodes().len();
        Self {
            stock: vec![0; problem.stock().len()],
            shipments: vec![0; nodes],
            lines: vec![0; nodes],
            units: vec![0; nodes],
            cuts: Vec::new(),
        }
    }
}

/// What all orders together take of each row.
#[derive(Clone)]
pub(crate) struct Use {
    pub stock: Vec<i64>,
    pub shipments: Vec<i64>,
    pub lines: Vec<i64>,
    pub units: Vec<i64>,
    /// Sum of the orders' costs at the prices.
    pub cost: i64,
    /// How the small orders are served.
    pub picks: Vec<(OrderIdx, Part)>,
    /// How the large orders are served: position in the book, way, and shipments to start from the next time.
    pub ways: Vec<(u32, LargeWay, Vec<Shipment>)>,
}

impl Use {
    pub(crate) fn none(problem: &crate::model::Problem) -> Self {
        let nodes = problem.nodes().len();
        Self {
            stock: vec![0; problem.stock().len()],
            shipments: vec![0; nodes],
            lines: vec![0; nodes],
            units: vec![0; nodes],
            cost: 0,
            picks: Vec::new(),
            ways: Vec::new(),
        }
    }

    /// Adds what other orders take and cost, or takes it off (`sign` -1).
    pub(crate) fn count(&mut self, other: &Self, sign: i64) {
        for (a, b) in [
            (&mut self.stock, &other.stock),
            (&mut self.shipments, &other.shipments),
            (&mut self.lines, &other.lines),
            (&mut self.units, &other.units),
        ] {
            for (x, y) in a.iter_mut().zip(b) {
                *x += sign * y;
            }
        }
        self.cost += sign * other.cost;
    }
}

/// Effort for a large order in the climb: at first its last way improved by moves, which takes a sixth of the time and shows well enough where prices
/// have to go; then the root of the search; and some branches once the climb has flattened.
pub(crate) const EFFORTS: [Effort; 3] = [
    Effort {
        branches: 0,
        insert: false,
        tolerance: 5000,
    },
    Effort {
        branches: 1,
        insert: false,
        tolerance: 5000,
    },
    Effort {
        branches: 4,
        insert: false,
        tolerance: 500,
    },
];

/// The orders in chunks, as they follow each other in the book: enough for any pool, each long enough to pay for its own
/// counts. Sums of integers do not depend on the split.
pub(crate) fn chunks<'a>(book: &'a Book<'_>) -> std::slice::Chunks<'a, OrderIdx> {
    book.sequence.chunks(book.sequence.len().div_ceil(64).max(256))
}

/// How large orders are looked at: the ways and shipments to start from, and the effort.
pub(crate) type ForLarge<'a> = (&'a [LargeWay], &'a [Vec<Shipment>], Effort);

/// What all orders cost, each served alone at the prices. Large orders start from the ways given.
#[cfg(any(test, feature = "steps"))]
pub(crate) fn evaluate(book: &Book<'_>, priced: &Priced, large: ForLarge<'_>) -> i64 {
    let chunks: Vec<&[OrderIdx]> = chunks(book).collect();
    let costs = chunks
        .into_par_iter()
        .map(|orders| evaluate_chunk(book, priced, orders, large).map_or(0, |used| used.cost));
    costs.sum()
}

/// Serves every order of a chunk alone at the prices, on this thread; spends nothing. `None` once it is overdue.
pub(crate) fn evaluate_chunk(
    book: &Book<'_>,
    priced: &Priced,
    orders: &[OrderIdx],
    large: ForLarge<'_>,
) -> Option<Use> {
    let mut ws = Workspace::default();
    let mut used = Use::none(book.problem);
    for &order in orders {
        match book.head(order).large {
            0 => one(book, priced, order, &mut ws, &mut used),
            n => one_large(book, priced, n - 1, large, &mut ws, &mut used),
        }
        if ws.spend(book, 20) {
            return None;
        }
    }
    Some(used)
}

fn one(book: &Book<'_>, priced: &Priced, order: OrderIdx, ws: &mut Workspace, used: &mut Use) {
    let head = book.head(order);
    used.cost += solve(book, head, priced, ws);
    for &part in &ws.parts {
        let entry = &book.entries.at(part.entry);
        let (lines, units) = each_piece(book, part, head.first_atom, |_, row, qty| {
            used.stock[row as usize] += i64::from(qty);
        });
        let n = entry.node.get();
        used.shipments[n] += i64::from(entry.workload);
        used.lines[n] += i64::from(lines);
        used.units[n] += i64::from(units);
        used.picks.push((order, part));
    }
}

fn one_large(
    book: &Book<'_>,
    priced: &Priced,
    n: u32,
    (ways, pools, effort): ForLarge<'_>,
    ws: &mut Workspace,
    used: &mut Use,
) {
    let large = &book.large[n as usize];
    let (way, pool) = (ways.get(n as usize), &pools[n as usize]);
    let solved = large.solve_from(book, priced, way, pool, effort, &mut ws.space);
    used.cost += solved.cost;
    large.each_use(&solved.way, |node, workload, lines, units| {
        used.shipments[node] += workload;
        used.lines[node] += lines;
        used.units[node] += units;
    });
    large.each_row(book, &solved.way, |row, qty| {
        used.stock[row as usize] += i64::from(qty);
    });
    used.ways.push((n, solved.way, ws.space.pool().to_vec()));
}

/// One coupling row that can bind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RowKey {
    Stock(u32),
    Shipments(u32),
    Lines(u32),
    Units(u32),
}

/// The coupling rows that can bind: those of which the orders could together take more than there is.
pub(crate) struct Rows {
    pub keys: Vec<RowKey>,
    /// What there is of each.
    pub there_is: Vec<i64>,
    /// What an order that could use it takes of it, in the mean.
    pub portion: Vec<f64>,
    /// How many orders (for stock: lines) could use it.
    pub users: Vec<i64>,
}

impl Rows {
    pub(crate) fn binding(book: &Book<'_>) -> Self {
        let problem = book.problem;
        let (most, users) = most_use(book);
        let mut rows = Self {
            keys: Vec::new(),
            there_is: Vec::new(),
            portion: Vec::new(),
            users: Vec::new(),
        };
        let mut add = |key, there_is: i64, most: i64, users: i64| {
            if most > there_is {
                rows.keys.push(key);
                rows.there_is.push(there_is);
                rows.portion.push((most as f64 / users.max(1) as f64).max(1.0));
                rows.users.push(users);
            }
        };
        for (r, row) in problem.stock().iter().enumerate() {
            add(
                RowKey::Stock(r as u32),
                i64::from(row.available),
                most.stock[r],
                users.stock[r],
            );
        }
        for (n, node) in problem.nodes().iter().enumerate() {
            let limits = [
                (RowKey::Shipments(n as u32), node.max_shipments, most.shipments[n]),
                (RowKey::Lines(n as u32), node.max_lines, most.lines[n]),
                (RowKey::Units(n as u32), node.max_units, most.units[n]),
            ];
            for (key, limit, most) in limits {
                if let Some(limit) = limit {
                    add(key, i64::from(limit), most, users.shipments[n]);
                }
            }
        }
        rows
    }

    /// What all that there is is worth at the prices, of the rows and of the cuts.
    pub(crate) fn worth(&self, prices: &Prices) -> i64 {
        let rows = (0..self.keys.len()).map(|i| self.there_is[i] * self.price(i, prices));
        let cuts = prices.cuts.iter().map(|c| c.price * c.rhs);
        rows.sum::<i64>() + cuts.sum::<i64>()
    }

    /// What is left of a row.
    pub(crate) fn left(&self, i: usize, left: &super::state::Left) -> i64 {
        left.of(self.keys[i])
    }

    /// The price of a row.
    pub(crate) fn price(&self, i: usize, prices: &Prices) -> i64 {
        price_of(self.keys[i], prices)
    }

    /// What the orders take of a row.
    pub(crate) fn get(&self, i: usize, used: &Use) -> i64 {
        match self.keys[i] {
            RowKey::Stock(r) => used.stock[r as usize],
            RowKey::Shipments(n) => used.shipments[n as usize],
            RowKey::Lines(n) => used.lines[n as usize],
            RowKey::Units(n) => used.units[n as usize],
        }
    }

    pub(crate) fn set(&self, i: usize, prices: &mut Prices, price: i64) {
        match self.keys[i] {
            RowKey::Stock(r) => prices.stock[r as usize] = price,
            RowKey::Shipments(n) => prices.shipments[n as usize] = price,
            RowKey::Lines(n) => prices.lines[n as usize] = price,
            RowKey::Units(n) => prices.units[n as usize] = price,
        }
    }
}

/// What the orders could take of each row at most, and how many orders could take any (for stock: how many lines).
fn most_use(book: &Book<'_>) -> (Use, Use) {
    let (mut most, mut users) = (Use::none(book.problem), Use::none(book.problem));
    let mut seen: Vec<(usize, i64, i64, i64)> = Vec::new();
    let chains = book.problem.chains();
    let steps = Steps::default();
    for head in &book.orders {
        // Without time there will be no prices.
        if steps.spend(20, || book.is_overdue()) {
            break;
        }
        seen.clear();
        let mut rows: Vec<(u32, u32, i64)> = Vec::new();
        if head.large > 0 {
            let large = &book.large[head.large as usize - 1];
            let first = seen.len();
            seen.extend(large.nodes.iter().map(|node| {
                let workload = node.fixed.iter().map(|f| i64::from(f.1)).max().unwrap_or(1);
                (node.node.get(), workload, 0, 0)
            }));
            for atom in &large.atoms {
                for source in &atom.sources {
                    let here = &mut seen[first + usize::from(source.node)];
                    here.2 += atom.pieces.len() as i64;
                    here.3 += i64::from(atom.units_at(source.node).unwrap_or(0));
                }
            }
            large.each_claim(|_, piece, cell| {
                for row in chains.from(book.rows[cell as usize]) {
                    rows.push((row, piece.line.0, i64::from(piece.qty)));
                }
            });
        } else {
            for e in head.first_entry..head.end_entry {
                let entry = &book.entries.at(e);
                let part = Part {
                    entry: e,
                    atoms: entry.atoms,
                };
                let second = seen.last().is_some_and(|s| s.0 == entry.node.get());
                let mut pieces = members(entry.atoms).flat_map(|a| {
                    let first = book.atoms_of(head)[a].first_piece;
                    first..first + u32::from(book.atoms_of(head)[a].pieces)
                });
                let (lines, units) = each_cell(book, part, head.first_atom, |_, row, qty| {
                    let piece = pieces.next().unwrap_or(0);
                    // With dates the stops of a node differ in rows.
                    if !second || chains.is_dated() {
                        rows.extend(chains.from(row).map(|row| (row, piece, i64::from(qty))));
                    }
                });
                if second {
                    if let Some(last) = seen.last_mut() {
                        last.1 = last.1.max(i64::from(entry.workload));
                        last.2 = last.2.max(i64::from(lines));
                        last.3 = last.3.max(i64::from(units));
                    }
                } else {
                    seen.push((
                        entry.node.get(),
                        i64::from(entry.workload),
                        i64::from(lines),
                        i64::from(units),
                    ));
                }
            }
            if chains.is_dated() {
                rows.sort_unstable();
                rows.dedup();
            }
        }
        for &(n, workload, lines, units) in &seen {
            most.shipments[n] += workload;
            most.lines[n] += lines;
            most.units[n] += units;
            users.shipments[n] += 1;
        }
        for (row, _, qty) in rows {
            most.stock[row as usize] += qty;
            users.stock[row as usize] += 1;
        }
    }
    (most, users)
}

/// The price of a row.
pub(crate) fn price_of(key: RowKey, prices: &Prices) -> i64 {
    match key {
        RowKey::Stock(r) => prices.stock[r as usize],
        RowKey::Shipments(n) => prices.shipments[n as usize],
        RowKey::Lines(n) => prices.lines[n as usize],
        RowKey::Units(n) => prices.units[n as usize],
    }
}
