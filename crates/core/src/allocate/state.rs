//! A plan in the making: how each order is served, and what is left of stock and capacity. What is left may be negative
//! while limits are soft.

use super::book::{Book, members};
use super::large::LargeWay;
use super::price::{Part, Valuation, Workspace};
use super::shadow::RowKey;
use super::valuation::Free;
use crate::index::{Idx as _, OrderIdx};
use crate::model::StockChains;

/// What is left of every row; `UNLIMITED` where there is no limit.
#[derive(Clone)]
pub(crate) struct Left {
    pub stock: Vec<i64>,
    pub shipments: Vec<i64>,
    pub lines: Vec<i64>,
    pub units: Vec<i64>,
}

/// More than any plan takes.
pub(crate) const UNLIMITED: i64 = i64::MAX / 4;

impl Left {
    /// What is left of a row.
    pub(crate) fn of(&self, row: RowKey) -> i64 {
        match row {
            RowKey::Stock(r) => self.stock[r as usize],
            RowKey::Shipments(n) => self.shipments[n as usize],
            RowKey::Lines(n) => self.lines[n as usize],
            RowKey::Units(n) => self.units[n as usize],
        }
    }

    /// Gives something back.
    pub(crate) fn give(&mut self, row: RowKey, n: i64) {
        let cell = match row {
            RowKey::Stock(r) => &mut self.stock[r as usize],
            RowKey::Shipments(n) => &mut self.shipments[n as usize],
            RowKey::Lines(n) => &mut self.lines[n as usize],
            RowKey::Units(n) => &mut self.units[n as usize],
        };
        if *cell != UNLIMITED {
            *cell += n;
        }
    }

    /// Units left for what takes from a stock row on.
    #[inline]
    pub(crate) fn stock_from(&self, chains: &StockChains, row: u32) -> i64 {
        let mut rows = chains.from(row);
        let first = rows.next().map_or(0, |r| self.stock[r as usize]);
        rows.fold(first, |least, r| least.min(self.stock[r as usize]))
    }

    /// Everything is there.
    pub(crate) fn all(problem: &crate::model::Problem) -> Self {
        let limit = |f: fn(&crate::model::Node) -> Option<u32>| {
            problem
                .nodes()
                .iter()
                .map(|n| f(n).map_or(UNLIMITED, i64::from))
                .collect()
        };
        Self {
            stock: problem.stock().iter().map(|r| i64::from(r.available)).collect(),
            shipments: limit(|n| n.max_shipments),
            lines: limit(|n| n.max_lines),
            units: limit(|n| n.max_units),
        }
    }

    /// Nothing of what has a limit.
    pub(crate) fn nothing(&self) -> Self {
        let of = |cells: &[i64]| -> Vec<i64> { cells.iter().map(|&x| if x == UNLIMITED { x } else { 0 }).collect() };
        Self {
            stock: of(&self.stock),
            shipments: of(&self.shipments),
            lines: of(&self.lines),
            units: of(&self.units),
        }
    }

    /// Whether no row is overused.
    pub(crate) fn is_feasible(&self) -> bool {
        [&self.stock, &self.shipments, &self.lines, &self.units]
            .iter()
            .all(|v| v.iter().all(|&x| x >= 0))
    }
}

/// Calls `see(cell, row, qty)` for everything that a part takes of stock, and returns its lines and units: each piece takes
/// from the row in the book and from all later ones of its node and SKU.
pub(crate) fn each_piece(
    book: &Book<'_>,
    part: Part,
    first_atom: u32,
    mut see: impl FnMut(usize, u32, u32),
) -> (u32, u32) {
    let chains = book.problem.chains();
    each_cell(book, part, first_atom, |cell, row, qty| {
        for row in chains.from(row) {
            see(cell, row, qty);
        }
    })
}

/// Calls `see(cell, row, qty)` once for every piece of a part, with the first row that it takes from, and returns its lines
/// and units.
pub(crate) fn each_cell(
    book: &Book<'_>,
    part: Part,
    first_atom: u32,
    mut see: impl FnMut(usize, u32, u32),
) -> (u32, u32) {
    let entry = &book.entries.at(part.entry);
    let (mut row, mut lines, mut units) = (entry.first_row as usize, 0, 0);
    let mut counted = 0;
    for a in members(entry.atoms) {
        let atom = &book.atoms[first_atom as usize + a];
        if part.atoms >> a & 1 == 1 {
            lines += if atom.siblings & counted == 0 {
                u32::from(atom.pieces)
            } else {
                0
            };
            units += atom.units;
            counted |= 1 << a;
            for piece in book.pieces_of(atom) {
                see(row, book.rows[row], piece.qty);
                row += 1;
            }
        } else {
            row += usize::from(atom.pieces);
        }
    }
    (lines, units)
}

/// How every order is served and what is left.
#[derive(Clone)]
pub(crate) struct State {
    pub left: Left,
    /// For each atom of the book one slot; an order's parts fill its slots from the first, an empty set ends them.
    parts: Vec<Part>,
    /// How the large orders are served.
    pub large: Vec<LargeWay>,
    /// Cost of each order without prices.
    pub cost: Vec<i64>,
}

const NONE: Part = Part { entry: 0, atoms: 0 };

impl State {
    /// Nothing is served.
    pub(crate) fn empty(book: &Book<'_>) -> Self {
        let cost = book.orders.iter().map(|h| match h.large {
            0 => book.atoms_of(h).iter().map(|a| a.unfilled).sum(),
            n => book.large[n as usize - 1].nothing(),
        });
        Self {
            left: Left::all(book.problem),
            parts: vec![NONE; book.atoms.len()],
            large: book.large.iter().map(|_| LargeWay::default()).collect(),
            cost: cost.collect(),
        }
    }

    /// Cost of the whole.
    pub(crate) fn total(&self) -> i64 {
        self.cost.iter().sum()
    }

    /// The parts of a small order.
    pub(crate) fn parts_of(&self, book: &Book<'_>, order: OrderIdx) -> &[Part] {
        let head = book.head(order);
        let slots = &self.parts[head.first_atom as usize..][..usize::from(head.atoms)];
        let n = slots.iter().position(|p| p.atoms == 0).unwrap_or(slots.len());
        &slots[..n]
    }

    /// How a large order is served, if it is.
    pub(crate) fn large_way(&self, book: &Book<'_>, order: OrderIdx) -> Option<&LargeWay> {
        let way = &self.large[(book.head(order).large as usize).checked_sub(1)?];
        (*way != LargeWay::default()).then_some(way)
    }

    /// Takes back what an order has, or takes it again (`sign` -1).
    fn count(&mut self, book: &Book<'_>, order: OrderIdx, sign: i64) {
        let head = *book.head(order);
        if head.large > 0 {
            let n = head.large as usize - 1;
            let left = &mut self.left;
            book.large[n].each_use(&self.large[n], |node, workload, lines, units| {
                take(left, node, sign * workload, sign * lines, sign * units);
            });
            book.large[n].each_row(book, &self.large[n], |row, qty| {
                left.stock[row as usize] += sign * i64::from(qty);
            });
            return;
        }
        for i in 0..usize::from(head.atoms) {
            let part = self.parts[head.first_atom as usize + i];
            if part.atoms == 0 {
                break;
            }
            let entry = &book.entries.at(part.entry);
            let left = &mut self.left;
            let (lines, units) = each_piece(book, part, head.first_atom, |_, row, qty| {
                left.stock[row as usize] += sign * i64::from(qty);
            });
            take(
                left,
                entry.node.get(),
                sign * i64::from(entry.workload),
                sign * i64::from(lines),
                sign * i64::from(units),
            );
        }
    }

    /// Gives back what an order has; its parts stay noted until [`put`](Self::put).
    pub(crate) fn lift(&mut self, book: &Book<'_>, order: OrderIdx) {
        self.count(book, order, 1);
    }

    /// Takes again what an order had when it was lifted.
    pub(crate) fn put_back(&mut self, book: &Book<'_>, order: OrderIdx) {
        self.count(book, order, -1);
    }

    /// Serves a lifted order as the workspace says, and notes its cost.
    pub(crate) fn place(&mut self, book: &Book<'_>, order: OrderIdx, ws: &mut Workspace) {
        if book.head(order).large > 0 {
            self.put_large(book, order, std::mem::take(&mut ws.large));
        } else {
            self.put(book, order, &ws.parts);
        }
    }

    /// Whether anything of an order ships.
    pub(crate) fn is_served(&self, book: &Book<'_>, order: OrderIdx) -> bool {
        match book.head(order).large {
            0 => !self.parts_of(book, order).is_empty(),
            n => self.large[n as usize - 1] != LargeWay::default(),
        }
    }

    /// Serves the orders as another state does.
    pub(crate) fn adopt(&mut self, book: &Book<'_>, orders: &[OrderIdx], other: &Self) {
        for &order in orders {
            let head = book.head(order);
            if head.large > 0 {
                let way = &other.large[head.large as usize - 1];
                if *way != self.large[head.large as usize - 1] {
                    self.lift(book, order);
                    self.put_large(book, order, way.clone());
                }
            } else if self.parts_of(book, order) != other.parts_of(book, order) {
                self.lift(book, order);
                self.put(book, order, other.parts_of(book, order));
            }
        }
    }

    /// Whether an order takes from a row that is overused.
    pub(crate) fn uses_overused(&self, book: &Book<'_>, order: OrderIdx) -> bool {
        let (head, left) = (book.head(order), &self.left);
        let node = |n: usize| left.shipments[n] < 0 || left.lines[n] < 0 || left.units[n] < 0;
        let mut over = false;
        if head.large > 0 {
            let n = head.large as usize - 1;
            book.large[n].each_use(&self.large[n], |n, _, _, _| over |= node(n));
            book.large[n].each_row(book, &self.large[n], |row, _| over |= left.stock[row as usize] < 0);
            return over;
        }
        for &part in self.parts_of(book, order) {
            over |= node(book.entries.at(part.entry).node.get());
            each_piece(book, part, head.first_atom, |_, row, _| {
                over |= left.stock[row as usize] < 0;
            });
        }
        over
    }

    /// Serves a lifted small order so, and notes its cost.
    pub(crate) fn put(&mut self, book: &Book<'_>, order: OrderIdx, parts: &[Part]) {
        let head = book.head(order);
        let slots = &mut self.parts[head.first_atom as usize..][..usize::from(head.atoms)];
        slots.fill(NONE);
        slots[..parts.len()].copy_from_slice(parts);
        self.cost[order.get()] = cost_of(book, order, parts);
        self.count(book, order, -1);
    }

    /// Serves a lifted large order so, and notes its cost.
    pub(crate) fn put_large(&mut self, book: &Book<'_>, order: OrderIdx, way: LargeWay) {
        let n = book.head(order).large as usize - 1;
        self.cost[order.get()] = book.large[n].cost(book, &way, &Free { book });
        self.large[n] = way;
        self.count(book, order, -1);
    }
}

fn take(left: &mut Left, node: usize, workload: i64, lines: i64, units: i64) {
    for (cell, n) in [
        (&mut left.shipments[node], workload),
        (&mut left.lines[node], lines),
        (&mut left.units[node], units),
    ] {
        if *cell != UNLIMITED {
            *cell += n;
        }
    }
}

/// Cost of serving a small order so, without prices.
pub(crate) fn cost_of(book: &Book<'_>, order: OrderIdx, parts: &[Part]) -> i64 {
    cost_at(book, order, parts, &Free { book })
}

/// Cost of serving a small order so, at a valuation.
pub(crate) fn cost_at<V: Valuation>(book: &Book<'_>, order: OrderIdx, parts: &[Part], v: &V) -> i64 {
    let head = book.head(order);
    let mut unfilled: i64 = book.atoms_of(head).iter().map(|a| a.unfilled).sum();
    let mut cost = 0;
    for &part in parts {
        cost += part_cost(book, head.first_atom, part, v);
        unfilled -= members(part.atoms)
            .map(|a| book.atoms[head.first_atom as usize + a].unfilled)
            .sum::<i64>();
    }
    if parts.is_empty() {
        unfilled
    } else {
        unfilled + cost - book.split
    }
}

/// Cost of one part at a valuation, split penalty included.
fn part_cost<V: Valuation>(book: &Book<'_>, first_atom: u32, part: Part, v: &V) -> i64 {
    let entry = &book.entries.at(part.entry);
    let mut sum = entry.base + v.shipment(entry);
    if entry.table != super::book::NO_TABLE {
        sum += book.tables.at(entry.table + u64::from(part.atoms));
    }
    let mut pieces = 0;
    let (lines, _) = each_cell(book, part, first_atom, |cell, row, qty| {
        sum += v.piece(entry, cell, row, qty);
        pieces += 1;
    });
    sum - v.line(entry) * i64::from(pieces - lines)
}
