//! Orders of too many atoms for tables by subset.
//!
//! ```text
//! ladder   carriage from a node as steps of rising price                       ladder
//! costs    the order at a valuation: what each atom costs at each node          costs
//! moves    a good way, by insertion and moves                                   moves
//! relax    a lower bound: facility location with carriage from below            relax
//! master   the cheapest way from whole shipments, by column generation          master, pack, simplex
//! tree     the search; branch and bound on `relax` where shipments are no sets  tree
//! choices  several good ways, for a model to choose from                        choices
//! block    the order as columns and rows of a model, line by node               block
//! ```

mod block;
mod choices;
mod costs;
mod ladder;
mod master;
mod moves;
mod pack;
mod relax;
mod simplex;
#[cfg(test)]
mod tests;
mod tree;

pub(crate) use block::{Block, Extent};
pub(crate) use costs::Costs;
pub(crate) use ladder::{Ladder, Step};
pub(crate) use master::Shipment;
pub(crate) use tree::{Effort, Space};

use super::book::{Book, Entry, NEVER, NO_TABLE, Piece, Way};
use super::price::Valuation;
use crate::cost::tariff::Load;
use crate::index::{Idx as _, NodeIdx};

/// What must travel together, of a large order.
#[derive(Debug)]
pub(crate) struct LargeAtom {
    pub pieces: Vec<Piece>,
    pub units: u32,
    pub unfilled: i64,
    pub load: Load,
    /// Where it may come from, by rising node.
    pub sources: Vec<Source>,
}

/// A node that may fill an atom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    /// Position in [`LargeOrder::nodes`].
    pub node: u16,
    /// Its cells in [`Book::rows`], one for each piece.
    pub first_cell: u32,
}

/// A node that may ship for a large order, within days on which the same stock is there. An order may ship within one such
/// stop of a node only; those of a node stand together.
#[derive(Debug)]
pub(crate) struct LargeNode {
    pub node: NodeIdx,
    /// Ways whose carriage does not depend on the load: (way, workload, carriage and lateness).
    pub fixed: Vec<(Way, u32, i64)>,
    /// Its ladder in [`LargeOrder::ladders`], where it has no fixed way.
    pub ladder: u16,
}

/// An order with too many atoms for tables.
#[derive(Debug)]
pub(crate) struct LargeOrder {
    pub atoms: Vec<LargeAtom>,
    pub nodes: Vec<LargeNode>,
    pub ladders: Vec<Ladder>,
    pub ship_complete: bool,
    pub max_shipments: usize,
    /// Its cells in [`Book::rows`]: all stock rows that it could use.
    pub cells: std::ops::Range<u32>,
    /// Several pieces may take from one row: a SKU on two lines, or a divisible line in parts.
    pub shares_rows: bool,
    /// Some line is cut into several atoms.
    pub splits_lines: bool,
    /// Shipments that were worth it at the shadow prices: a search starts from them.
    pub pool: Vec<Shipment>,
}

/// Stands for "unfilled" in [`LargeWay::at`].
pub(crate) const OUT: u16 = u16::MAX;

/// How a large order is served.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LargeWay {
    /// For each atom its node (position), or `OUT`; empty = nothing ships.
    at: Vec<u16>,
    /// For each node that ships by a fixed way, which.
    by: Vec<(u16, u16)>,
}

impl LargeWay {
    /// A way that puts each atom at a node, or [`OUT`], and ships from some nodes by a fixed way.
    pub(crate) fn new(at: Vec<u16>, by: Vec<(u16, u16)>) -> Self {
        Self { at, by }
    }

    /// For each atom its node; empty = nothing ships.
    pub(crate) fn places(&self) -> &[u16] {
        &self.at
    }

    /// Which fixed way a node ships by, if it does by any; else 0.
    pub(crate) fn fixed_at(&self, node: u16) -> u16 {
        self.by.iter().find(|(n, _)| *n == node).map_or(0, |b| b.1)
    }

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
    /// For each piece its cell in [`Book::rows`].
    pub cells: Vec<u32>,
}

impl LargeAtom {
    /// The first of its cells at a node.
    pub(crate) fn cell_at(&self, node: u16) -> Option<u32> {
        let at = self.sources.binary_search_by_key(&node, |s| s.node).ok()?;
        Some(self.sources[at].first_cell)
    }

    /// Its pieces with their cells from the first on.
    pub(crate) fn cells(&self, first: u32) -> impl Iterator<Item = (&Piece, u32)> {
        self.pieces.iter().zip(first..)
    }
}

impl LargeOrder {
    /// Cost of shipping nothing.
    pub(crate) fn nothing(&self) -> i64 {
        self.atoms.iter().map(|a| a.unfilled).sum()
    }

    /// Whether a node stands here more than once, for different dates, of which a way may use one.
    fn has_twins(&self) -> bool {
        self.nodes.windows(2).any(|w| w[0].node == w[1].node)
    }

    /// Whether the branch and bound knows every way that the rules allow, and its exact cost.
    pub(crate) fn is_exact(&self) -> bool {
        !self.shares_rows && !self.has_twins() && self.ladders.iter().all(|l| l.exact)
    }

    fn atoms_at<'a>(&'a self, way: &'a LargeWay, node: u16) -> impl Iterator<Item = &'a LargeAtom> {
        let here = self.atoms.iter().zip(&way.at).filter(move |(_, at)| **at == node);
        here.map(|(atom, _)| atom)
    }

    fn lines_and_units(&self, way: &LargeWay, node: u16) -> (i64, i64) {
        let mut lines: Vec<u32> = Vec::new();
        let mut units = 0;
        for atom in self.atoms_at(way, node) {
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

    /// Calls `see(cell, qty)` for every piece that ships.
    pub(crate) fn each_cell(&self, way: &LargeWay, mut see: impl FnMut(u32, u32)) {
        for (atom, &n) in self.atoms.iter().zip(&way.at) {
            if let Some(first) = atom.cell_at(n) {
                for (piece, cell) in atom.cells(first) {
                    see(cell, piece.qty);
                }
            }
        }
    }

    /// Calls `see(row, qty)` for everything that is taken of stock.
    pub(crate) fn each_row(&self, book: &Book<'_>, way: &LargeWay, mut see: impl FnMut(u32, u32)) {
        let chains = book.problem.chains();
        self.each_cell(way, |cell, qty| {
            for row in chains.from(book.rows[cell as usize]) {
                see(row, qty);
            }
        });
    }

    /// Calls `see(node, piece, cell)` for every piece at every node that may fill it.
    pub(crate) fn each_claim(&self, mut see: impl FnMut(u16, &Piece, u32)) {
        for atom in &self.atoms {
            for source in &atom.sources {
                for (piece, cell) in atom.cells(source.first_cell) {
                    see(source.node, piece, cell);
                }
            }
        }
    }

    /// The shipments as the plan needs them.
    pub(crate) fn shipments(&self, way: &LargeWay) -> Vec<LargeShipment> {
        let shipment = |n: u16| LargeShipment {
            node: self.nodes[usize::from(n)].node,
            way: self.fixed_way(way, n).map_or(Way::BestService, |f| f.0),
            pieces: self.atoms_at(way, n).flat_map(|a| a.pieces.clone()).collect(),
            cells: self
                .atoms_at(way, n)
                .filter_map(|a| Some((a, a.cell_at(n)?)))
                .flat_map(|(a, first)| a.cells(first).map(|(_, cell)| cell))
                .collect(),
        };
        way.open().into_iter().map(shipment).collect()
    }

    /// Another stop of the same node for which `ships` is true.
    fn twin(&self, node: u16, ships: impl Fn(u16) -> bool) -> Option<u16> {
        let same = |&n: &u16| self.nodes[usize::from(n)].node == self.nodes[usize::from(node)].node;
        let before = (0..node).rev().take_while(same);
        let after = (node + 1..self.nodes.len() as u16).take_while(same);
        before.chain(after).find(|&n| ships(n))
    }

    /// Cost of a possible way at a valuation without limits.
    pub(crate) fn cost<V: Valuation>(&self, book: &Book<'_>, way: &LargeWay, v: &V) -> i64 {
        if way.at.is_empty() {
            return self.nothing();
        }
        let out = self.atoms_at(way, OUT).map(|a| a.unfilled).sum::<i64>();
        let open = way.open();
        let shipped: i64 = open.iter().map(|&n| self.shipment_cost(book, way, n, v)).sum();
        out + shipped - if open.is_empty() { 0 } else { book.split }
    }

    fn shipment_cost<V: Valuation>(&self, book: &Book<'_>, way: &LargeWay, node: u16, v: &V) -> i64 {
        let fixed = self.fixed_way(way, node);
        let entry = self.entry(node, fixed.map_or(1, |f| f.1));
        let (mut sum, mut pieces, mut load) = (0, 0, Load::default());
        for atom in self.atoms_at(way, node) {
            load = load.plus(atom.load);
            for (piece, cell) in atom.cells(atom.cell_at(node).unwrap_or(0)) {
                sum += v.piece(&entry, cell as usize, book.rows[cell as usize], piece.qty);
                pieces += 1;
            }
        }
        if self.shares_rows {
            sum -= v.line(&entry) * (pieces - self.lines_and_units(way, node).0);
        }
        let carriage = fixed.map_or_else(|| self.carriage(book, node, load).unwrap_or(NEVER), |f| f.2);
        let own = book.problem.nodes()[entry.node].shipment_cost.ten_thousandths() + book.split;
        own + v.shipment(&entry) + carriage + sum
    }

    /// The way that puts the atoms at these nodes and ships by these of their fixed ways; `None` where a rule of the order
    /// forbids it, or a shipment cannot travel.
    pub(crate) fn way_of(&self, book: &Book<'_>, at: Vec<u16>, by: Vec<(u16, u16)>) -> Option<LargeWay> {
        let way = LargeWay { at, by };
        let open = way.open();
        if open.is_empty() {
            return Some(LargeWay::default());
        }
        let travels = |&n: &u16| {
            let load = self.atoms_at(&way, n).fold(Load::default(), |sum, a| sum.plus(a.load));
            let by_own = self.nodes[usize::from(n)].fixed.is_empty() || self.fixed_way(&way, n).is_some();
            by_own && self.carriage(book, n, load).is_some_and(|cost| cost < NEVER)
        };
        let complete = !self.ship_complete || !way.at.contains(&OUT);
        let allowed = complete && open.len() <= self.max_shipments && open.iter().all(travels);
        allowed.then_some(way)
    }

    /// The steps of the carriage from a node.
    fn steps(&self, node: u16) -> &[Step] {
        let n = &self.nodes[usize::from(node)];
        if n.fixed.is_empty() {
            &self.ladders[usize::from(n.ladder)].steps
        } else {
            &[Step::FREE]
        }
    }

    /// What the carriage of a load costs where that depends on the load, else nothing; `None` where it cannot travel.
    fn carriage(&self, book: &Book<'_>, node: u16, load: Load) -> Option<i64> {
        let n = &self.nodes[usize::from(node)];
        if n.fixed.is_empty() {
            self.ladders[usize::from(n.ladder)].price(book.problem, load)
        } else {
            Some(0)
        }
    }

    /// A stand-in for the valuation, which knows entries.
    fn entry(&self, node: u16, workload: u32) -> Entry {
        let node = self.nodes[usize::from(node)].node;
        Entry {
            node,
            atoms: 0,
            way: Way::BestService,
            workload,
            table: NO_TABLE,
            first_row: 0,
            base: 0,
        }
    }
}
