//! Orders of too many atoms for tables: a heuristic finds a good way at any valuation.
//!
//! Greedy insertion (scarcest atoms first), then moves until none helps: an atom to another node or out, a node closed and
//! its atoms spread, a node opened for the atoms that gain. Every evaluation prices whole shipments exactly. The bound for
//! such orders is the verifier's business; nothing here claims one.

use super::book::{Book, Entry, NEVER, NO_TABLE, Piece, Way};
use super::price::Valuation;
use crate::cost::tariff::{Load, transport};
use crate::index::{Idx as _, NodeIdx, RateIdx};
use crate::quantity::Grams;

/// What must travel together, of a large order.
#[derive(Debug)]
pub(crate) struct LargeAtom {
    pub pieces: Vec<Piece>,
    pub units: u32,
    pub unfilled: i64,
    pub load: Load,
    /// Positions in [`LargeOrder::nodes`], rising, each with the stock row of every piece.
    pub nodes: Vec<(u16, Vec<u32>)>,
}

/// A node that may ship for a large order.
#[derive(Debug)]
pub(crate) struct LargeNode {
    pub node: NodeIdx,
    /// Ways whose carriage does not depend on the load: (way, workload, carriage and lateness).
    pub fixed: Vec<(Way, u32, i64)>,
    /// Price tables of its services with their lateness.
    pub rates: Vec<(RateIdx, i64)>,
}

/// An order with too many atoms for tables.
#[derive(Debug)]
pub(crate) struct LargeOrder {
    pub atoms: Vec<LargeAtom>,
    pub nodes: Vec<LargeNode>,
    pub ship_complete: bool,
    pub max_shipments: usize,
    /// All stock rows that it could use.
    pub rows: Vec<u32>,
}

/// Stands for "unfilled" in [`LargeWay::at`].
const OUT: u16 = u16::MAX;

/// How a large order is served.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LargeWay {
    /// For each atom its node (position), or `OUT`; empty = nothing ships.
    at: Vec<u16>,
    /// For each node that ships by a fixed way, which.
    by: Vec<(u16, u16)>,
}

impl LargeWay {
    /// The nodes that ship, rising.
    fn open(&self) -> Vec<u16> {
        let mut nodes: Vec<u16> = self.at.iter().copied().filter(|&n| n != OUT).collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }
}

/// A shipment of a large order as the plan needs it.
pub(crate) struct LargeShipment {
    pub node: NodeIdx,
    pub way: Way,
    pub pieces: Vec<Piece>,
}

impl LargeOrder {
    /// Cost of shipping nothing.
    pub(crate) fn nothing(&self) -> i64 {
        self.atoms.iter().map(|a| a.unfilled).sum()
    }

    fn lines_and_units(&self, way: &LargeWay, node: u16) -> (i64, i64) {
        let mut lines: Vec<u32> = Vec::new();
        let mut units = 0;
        for (atom, _) in self.atoms.iter().zip(&way.at).filter(|(_, at)| **at == node) {
            lines.extend(atom.pieces.iter().map(|p| p.line.0));
            units += i64::from(atom.units);
        }
        lines.sort_unstable();
        lines.dedup();
        (lines.len() as i64, units)
    }

    fn fixed_way(&self, way: &LargeWay, node: u16) -> Option<(Way, u32, i64)> {
        let (_, which) = way.by.iter().find(|(n, _)| *n == node)?;
        self.nodes[usize::from(node)].fixed.get(usize::from(*which)).copied()
    }

    /// Calls `see(node, workload, lines, units)` for every shipment.
    pub(crate) fn each_use(&self, way: &LargeWay, mut see: impl FnMut(usize, i64, i64, i64)) {
        for n in way.open() {
            let (lines, units) = self.lines_and_units(way, n);
            let workload = self.fixed_way(way, n).map_or(1, |f| i64::from(f.1));
            see(self.nodes[usize::from(n)].node.get(), workload, lines, units);
        }
    }

    /// Calls `see(row, qty)` for every piece that ships.
    pub(crate) fn each_row(&self, way: &LargeWay, mut see: impl FnMut(u32, u32)) {
        for (atom, &n) in self.atoms.iter().zip(&way.at) {
            if let Some(rows) = atom.rows_at(n) {
                for (piece, &row) in atom.pieces.iter().zip(rows) {
                    see(row, piece.qty);
                }
            }
        }
    }

    /// The shipments as the plan needs them.
    pub(crate) fn shipments(&self, way: &LargeWay) -> Vec<LargeShipment> {
        let shipment = |n: u16| LargeShipment {
            node: self.nodes[usize::from(n)].node,
            way: self.fixed_way(way, n).map_or(Way::BestService, |f| f.0),
            pieces: self.atoms.iter().zip(&way.at).filter(|(_, at)| **at == n).flat_map(|(a, _)| a.pieces.clone()).collect(),
        };
        way.open().into_iter().map(shipment).collect()
    }

    /// Cost of a way at a valuation.
    pub(crate) fn cost<V: Valuation>(&self, book: &Book<'_>, way: &LargeWay, v: &V) -> i64 {
        if way.at.is_empty() {
            return self.nothing();
        }
        let mut search = Search::new(book, self, v);
        search.at.clone_from(&way.at);
        search.fixed = way.by.clone();
        search.total()
    }

    /// A good way at a valuation, and its cost there. `start`, where it is possible, is improved too.
    pub(crate) fn solve<V: Valuation>(&self, book: &Book<'_>, v: &V, start: Option<&LargeWay>) -> (i64, LargeWay) {
        let mut best = (self.nothing(), LargeWay::default());
        let mut consider = |search: &Search<'_, V>| {
            let cost = search.total();
            let complete = !self.ship_complete || !search.at.contains(&OUT);
            if complete && cost < best.0 {
                best = (cost, search.way());
            }
        };
        let mut search = Search::new(book, self, v);
        search.insert_all();
        search.improve();
        consider(&search);
        if let Some(start) = start.filter(|s| !s.at.is_empty()) {
            let mut search = Search::new(book, self, v);
            search.at.clone_from(&start.at);
            if search.total() < NEVER {
                search.improve();
                consider(&search);
            }
        }
        best
    }
}

impl LargeAtom {
    /// The stock rows of its pieces at a node.
    fn rows_at(&self, node: u16) -> Option<&[u32]> {
        self.nodes.binary_search_by_key(&node, |n| n.0).ok().map(|i| &*self.nodes[i].1)
    }
}

struct Search<'a, V> {
    book: &'a Book<'a>,
    order: &'a LargeOrder,
    v: &'a V,
    at: Vec<u16>,
    /// Fixed ways to keep when a given way is priced.
    fixed: Vec<(u16, u16)>,
    /// Cost of an unfilled atom: its penalty, or far too much where all must ship.
    out: Vec<i64>,
}

impl<'a, V: Valuation> Search<'a, V> {
    fn new(book: &'a Book<'a>, order: &'a LargeOrder, v: &'a V) -> Self {
        let far = order.nothing().saturating_add(1_000_000 * crate::quantity::Money::SCALE).min(NEVER / 1024);
        let out = order.atoms.iter().map(|a| if order.ship_complete { far } else { a.unfilled }).collect();
        Self { book, order, v, at: vec![OUT; order.atoms.len()], fixed: Vec::new(), out }
    }

    /// A stand-in for the valuation, which knows entries.
    fn entry(&self, node: u16, workload: u32) -> Entry {
        let node = self.order.nodes[usize::from(node)].node;
        Entry { node, atoms: 0, way: Way::BestService, workload, table: NO_TABLE, first_row: 0, base: 0 }
    }

    /// Cheapest carriage of a load from a node: price, lateness and shipment price; and which fixed way.
    fn carriage(&self, node: u16, load: Load) -> (i64, u16) {
        let n = &self.order.nodes[usize::from(node)];
        let kept = self.fixed.iter().find(|(k, _)| *k == node).map(|k| usize::from(k.1));
        let mut best = (NEVER, 0);
        for (i, &(_, workload, cost)) in n.fixed.iter().enumerate() {
            let shipment = self.v.shipment(&self.entry(node, workload));
            if kept.is_none_or(|k| k == i) && shipment < NEVER && shipment + cost < best.0 {
                best = (shipment + cost, i as u16);
            }
        }
        if n.rates.is_empty() {
            return best;
        }
        let shipment = self.v.shipment(&self.entry(node, 1));
        let price = |&(rate, late): &(RateIdx, i64)| {
            transport(self.book.problem, rate, load).map_or(NEVER, |t| t.price.ten_thousandths() + late)
        };
        let cheapest = n.rates.iter().map(price).min().unwrap_or(NEVER);
        if shipment >= NEVER || cheapest >= NEVER { best } else { (cheapest + shipment, 0) }
    }

    /// Cost of the shipment of a node, 0 if it holds nothing; [`NEVER`] if it cannot be.
    fn shipment(&self, node: u16) -> i64 {
        let entry = self.entry(node, 1);
        let (mut load, mut sum, mut units) = (Load { heaviest_unit: Grams(0), ..Load::default() }, 0i64, 0u32);
        let mut taken: Vec<(u32, u32, u32)> = Vec::new(); // row, line, units
        for (atom, _) in self.order.atoms.iter().zip(&self.at).filter(|(_, at)| **at == node) {
            let Some(rows) = atom.rows_at(node) else { return NEVER };
            load = load.plus(atom.load);
            units += atom.units;
            for (piece, &row) in atom.pieces.iter().zip(rows) {
                let cost = self.v.piece(&entry, usize::MAX, row, piece.qty);
                if cost >= NEVER {
                    return NEVER;
                }
                sum += cost;
                taken.push((row, piece.line.0, piece.qty));
            }
        }
        if taken.is_empty() {
            return 0;
        }
        taken.sort_unstable();
        let mut lines = 0;
        for (i, &(row, line, _)) in taken.iter().enumerate() {
            let new_line = i == 0 || (taken[i - 1].0, taken[i - 1].1) != (row, line);
            lines += u32::from(new_line);
            if !new_line {
                sum -= self.v.line(&entry);
            }
            let of = |f: &dyn Fn(&(u32, u32, u32)) -> bool| taken.iter().filter(|t| f(t)).map(|t| t.2).sum::<u32>();
            let first_of_row = i == 0 || taken[i - 1].0 != row;
            if (first_of_row && V::LIMITS && of(&|t| t.0 == row) > self.v.available(row))
                || (new_line && of(&|t| t.0 == row && t.1 == line) > self.book.problem.stock()[row as usize].available)
            {
                return NEVER;
            }
        }
        if V::LIMITS && !self.v.fits(&entry, lines, units) {
            return NEVER;
        }
        let (carriage, _) = self.carriage(node, load);
        if carriage >= NEVER {
            return NEVER;
        }
        let base = self.book.problem.nodes()[entry.node].shipment_cost.ten_thousandths() + self.book.split;
        sum + carriage + base
    }

    fn open(&self) -> usize {
        (0..self.order.nodes.len() as u16).filter(|n| self.at.contains(n)).count()
    }

    fn total(&self) -> i64 {
        let mut total: i64 = 0;
        for n in 0..self.order.nodes.len() as u16 {
            total = total.saturating_add(self.shipment(n)).min(NEVER);
        }
        let out: i64 = self.at.iter().zip(&self.out).filter(|(at, _)| **at == OUT).map(|(_, out)| out).sum();
        if total >= NEVER {
            return NEVER;
        }
        total + out - if self.open() > 0 { self.book.split } else { 0 }
    }

    fn way(&self) -> LargeWay {
        let mut way = LargeWay { at: self.at.clone(), by: Vec::new() };
        if way.open().is_empty() {
            return LargeWay::default();
        }
        for n in way.open() {
            if !self.order.nodes[usize::from(n)].fixed.is_empty() {
                way.by.push((n, self.carriage(n, Load::default()).1));
            }
        }
        way
    }

    /// Moves an atom and returns the change in cost; the caller may move it back.
    fn relocate(&mut self, atom: usize, to: u16) -> i64 {
        let from = self.at[atom];
        let part = |s: &Self, n: u16| if n == OUT { 0 } else { s.shipment(n) };
        let before = part(self, from) + part(self, to) + if from == OUT { self.out[atom] } else { 0 };
        self.at[atom] = to;
        let (a, b) = (part(self, from), part(self, to));
        if a >= NEVER || b >= NEVER {
            return NEVER;
        }
        a + b + if to == OUT { self.out[atom] } else { 0 } - before
    }

    /// Whether a further node may open.
    fn may_use(&self, node: u16) -> bool {
        self.at.contains(&node) || self.open() < self.order.max_shipments
    }

    /// The best place of one atom; true if it moved.
    fn place(&mut self, atom: usize) -> bool {
        let from = self.at[atom];
        let mut best = (0, from);
        let order = self.order;
        for to in order.atoms[atom].nodes.iter().map(|n| n.0).chain([OUT]) {
            let alone = from != OUT && self.at.iter().filter(|&&n| n == from).count() == 1;
            if to == from || !(to == OUT || alone || self.may_use(to)) {
                continue;
            }
            let delta = self.relocate(atom, to);
            if delta < best.0 {
                best = (delta, to);
            }
            self.at[atom] = from;
        }
        self.at[atom] = best.1;
        best.1 != from
    }

    fn insert_all(&mut self) {
        let mut atoms: Vec<usize> = (0..self.at.len()).collect();
        atoms.sort_by_key(|&a| (self.order.atoms[a].nodes.len(), -self.order.atoms[a].load.weight.0));
        for a in atoms {
            self.place(a);
        }
    }

    fn improve(&mut self) {
        for _ in 0..8 {
            let mut moved = false;
            for a in 0..self.at.len() {
                moved |= self.place(a);
            }
            for n in 0..self.order.nodes.len() as u16 {
                moved |= if self.at.contains(&n) { self.close(n) } else { self.gather(n) };
            }
            if !moved {
                return;
            }
        }
    }

    /// Tries to do without a node; true if that is cheaper.
    fn close(&mut self, node: u16) -> bool {
        let (before, old) = (self.total(), self.at.clone());
        let atoms: Vec<usize> = (0..self.at.len()).filter(|&a| self.at[a] == node).collect();
        for &a in &atoms {
            self.at[a] = OUT;
        }
        for &a in &atoms {
            let mut best = (0, OUT);
            for to in self.order.atoms[a].nodes.iter().map(|n| n.0).filter(|&n| n != node) {
                if self.may_use(to) {
                    let delta = self.relocate(a, to);
                    if delta < best.0 {
                        best = (delta, to);
                    }
                    self.at[a] = OUT;
                }
            }
            self.at[a] = best.1;
        }
        self.keep_if_better(before, old)
    }

    /// Tries to open a node and move there what gains by it; true if that is cheaper.
    fn gather(&mut self, node: u16) -> bool {
        if !self.may_use(node) {
            return false;
        }
        let (before, old) = (self.total(), self.at.clone());
        let able: Vec<usize> = (0..self.at.len()).filter(|&a| self.order.atoms[a].rows_at(node).is_some()).collect();
        // All that can come from there, as far as it fits; then what is better off elsewhere leaves again.
        for &a in &able {
            let from = self.at[a];
            self.at[a] = node;
            if self.shipment(node) >= NEVER {
                self.at[a] = from;
            }
        }
        for &a in &able {
            if self.at[a] == node {
                self.place(a);
            }
        }
        self.keep_if_better(before, old)
    }

    fn keep_if_better(&mut self, before: i64, old: Vec<u16>) -> bool {
        if self.open() <= self.order.max_shipments && self.total() < before {
            return true;
        }
        self.at = old;
        false
    }
}
