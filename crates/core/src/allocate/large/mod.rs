//! Orders of too many atoms for tables by subset, and those with divisible lines of more than a few units.
//!
//! ```text
//! ladder   carriage from a node as steps of rising price                       ladder, runs, staircase, undercut
//! costs    the order at a valuation: what each atom costs at each node          costs
//! moves    a good way, by insertion and moves                                   moves
//! relax    a lower bound: facility location with carriage from below            relax
//! master   the cheapest way from whole shipments, by column generation          master, pack, simplex
//! tree     the search; branch and bound on `relax` where shipments are no sets  tree
//! choices  several good ways, for a model to choose from                        choices
//! table    orders with divisible lines: the cheapest way by dynamic programming table
//! portions the same where there are too many quantities: a good way by moves    portions, spread
//! block    the order as columns and rows of a model, line by node               block, openings
//! ```

mod block;
mod choices;
mod costs;
mod ladder;
mod master;
mod moves;
mod offers;
mod openings;
mod pack;
mod portions;
mod relax;
mod runs;
mod simplex;
mod spread;
mod staircase;
mod table;
#[cfg(test)]
mod tests;
mod tree;
mod undercut;

pub(crate) use block::{Block, Extent};
pub(crate) use costs::Costs;
use ladder::Steps;
pub(crate) use ladder::{Ladder, Step};
pub(crate) use master::Shipment;
pub(crate) use tree::{Effort, Space};

use super::book::{Book, Entry, NEVER, NO_TABLE, Piece, Way};
use super::price::Valuation;
use crate::cost::tariff::Load;
use crate::index::{Idx as _, NodeIdx};
use crate::quantity::{Grams, Volume};

/// What must travel together, of a large order; or a divisible line, any number of whose units may.
#[derive(Debug)]
pub(crate) struct LargeAtom {
    pub pieces: Vec<Piece>,
    /// Units of a divisible line; 1 for what travels whole.
    pub count: u32,
    /// Units of all pieces.
    pub units: u32,
    /// Cost of leaving all of it unfilled.
    pub unfilled: i64,
    /// Load of all of it.
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
    /// How much of the atom's count the node has; at least 1.
    pub most: u32,
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
    /// Several pieces may take from one row: a SKU on two lines.
    pub shares_rows: bool,
    /// Some atom is a divisible line of several units.
    pub is_divisible: bool,
    /// Steps of its [table](table); `u64::MAX` where it has none.
    pub steps_of_table: u64,
    /// Shipments that were worth it at the shadow prices: a search starts from them.
    pub pool: Vec<Shipment>,
}

/// Stands for "unfilled" in [`LargeWay::at`].
pub(crate) const OUT: u16 = u16::MAX;

/// Units of a divisible line that a node ships.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Portion {
    pub atom: u32,
    /// Position in [`LargeOrder::nodes`].
    pub node: u16,
    pub units: u32,
}

/// How a large order is served.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LargeWay {
    /// For each atom its node (position), or `OUT`, as for a divisible line; empty = nothing ships.
    at: Vec<u16>,
    /// For each node that ships by a fixed way, which.
    by: Vec<(u16, u16)>,
    /// What ships of divisible lines, rising.
    portions: Vec<Portion>,
}

impl LargeWay {
    /// A way that puts each atom at a node, or [`OUT`], and ships from some nodes by a fixed way; and what ships of
    /// divisible lines.
    pub(crate) fn new(at: Vec<u16>, by: Vec<(u16, u16)>, mut portions: Vec<Portion>) -> Self {
        portions.retain(|p| p.units > 0);
        portions.sort_unstable();
        if portions.is_empty() && at.iter().all(|&n| n == OUT) {
            return Self::default();
        }
        Self { at, by, portions }
    }

    /// For each atom its node; empty = nothing ships.
    pub(crate) fn places(&self) -> &[u16] {
        &self.at
    }

    /// What ships of divisible lines.
    pub(crate) fn portions(&self) -> &[Portion] {
        &self.portions
    }

    /// Every atom that ships, with each node that ships any of it.
    pub(crate) fn seats(&self) -> impl Iterator<Item = (usize, u16)> {
        let whole = self.at.iter().copied().enumerate().filter(|(_, n)| *n != OUT);
        whole.chain(self.portions.iter().map(|p| (p.atom as usize, p.node)))
    }

    /// Which fixed way a node ships by, if it does by any; else 0.
    pub(crate) fn fixed_at(&self, node: u16) -> u16 {
        self.by.iter().find(|(n, _)| *n == node).map_or(0, |b| b.1)
    }

    /// The nodes that ship, rising.
    fn open(&self) -> Vec<u16> {
        let whole = self.at.iter().copied().filter(|&n| n != OUT);
        let mut nodes: Vec<u16> = whole.chain(self.portions.iter().map(|p| p.node)).collect();
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
    /// What it is at a node that may fill it.
    fn source_at(&self, node: u16) -> Option<&Source> {
        let at = self.sources.binary_search_by_key(&node, |s| s.node).ok()?;
        Some(&self.sources[at])
    }

    /// Units of it that a node has.
    pub(crate) fn units_at(&self, node: u16) -> Option<u32> {
        self.source_at(node).map(|s| self.units_of(s.most))
    }

    /// The first of its cells at a node.
    pub(crate) fn cell_at(&self, node: u16) -> Option<u32> {
        self.source_at(node).map(|s| s.first_cell)
    }

    /// Its pieces with their cells from the first on.
    pub(crate) fn cells(&self, first: u32) -> impl Iterator<Item = (&Piece, u32)> {
        self.pieces.iter().zip(first..)
    }

    /// The pieces of so much of its count, with their cells from the first on.
    fn cells_of(&self, count: u32, first: u32) -> impl Iterator<Item = (Piece, u32)> {
        let part = move |p: &Piece| Piece {
            line: p.line,
            qty: p.qty / self.count * count,
        };
        self.pieces.iter().map(part).zip(first..)
    }

    /// Load of so much of its count.
    fn load_of(&self, count: u32) -> Load {
        let (all, count) = (i64::from(self.count), i64::from(count));
        Load {
            weight: Grams(self.load.weight.0 / all * count),
            volume: Volume(self.load.volume.0 / all * count),
            ..self.load
        }
    }

    /// Units in so much of its count.
    fn units_of(&self, count: u32) -> u32 {
        self.units / self.count * count
    }

    /// Cost of leaving one of its count unfilled.
    fn each_unfilled(&self) -> i64 {
        self.unfilled / i64::from(self.count)
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

    /// Whether the search, with enough effort, knows every way that the rules allow, and its exact cost.
    pub(crate) fn is_exact(&self) -> bool {
        if self.is_divisible {
            return self.has_table(u32::MAX);
        }
        !self.shares_rows && !self.has_twins() && self.ladders.iter().all(|l| l.exact)
    }

    /// What a node ships: atoms, and how much of their count.
    fn held<'a>(&'a self, way: &'a LargeWay, node: u16) -> impl Iterator<Item = (&'a LargeAtom, u32)> {
        let whole = self.atoms.iter().zip(&way.at).filter(move |(_, at)| **at == node);
        let portions = way.portions.iter().filter(move |p| p.node == node);
        let portions = portions.map(|p| (&self.atoms[p.atom as usize], p.units));
        whole.map(|(atom, _)| (atom, 1)).chain(portions)
    }

    /// The load of what a node ships.
    fn load_at(&self, way: &LargeWay, node: u16) -> Load {
        let held = self.held(way, node);
        held.fold(Load::default(), |sum, (atom, count)| sum.plus(atom.load_of(count)))
    }

    /// How much of each atom's count ships.
    fn filled(&self, way: &LargeWay) -> Vec<u32> {
        let mut filled: Vec<u32> = way.at.iter().map(|&n| u32::from(n != OUT)).collect();
        filled.resize(self.atoms.len(), 0);
        for portion in &way.portions {
            filled[portion.atom as usize] += portion.units;
        }
        filled
    }

    fn lines_and_units(&self, way: &LargeWay, node: u16) -> (i64, i64) {
        self.held(way, node).fold((0, 0), |(lines, units), (atom, count)| {
            (
                lines + atom.pieces.len() as i64,
                units + i64::from(atom.units_of(count)),
            )
        })
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
        for portion in &way.portions {
            let atom = &self.atoms[portion.atom as usize];
            if let Some(first) = atom.cell_at(portion.node) {
                for (piece, cell) in atom.cells_of(portion.units, first) {
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

    /// Calls `see(node, piece, cell)` for every piece at every node that may fill it, of a divisible line what it has.
    pub(crate) fn each_claim(&self, mut see: impl FnMut(u16, Piece, u32)) {
        for atom in &self.atoms {
            for source in &atom.sources {
                for (piece, cell) in atom.cells_of(source.most, source.first_cell) {
                    see(source.node, piece, cell);
                }
            }
        }
    }

    /// The shipments as the plan needs them.
    pub(crate) fn shipments(&self, way: &LargeWay) -> Vec<LargeShipment> {
        let pieces_at = |n: u16| {
            let known = self
                .held(way, n)
                .filter_map(move |(a, count)| Some((a, count, a.cell_at(n)?)));
            known.flat_map(|(a, count, first)| a.cells_of(count, first))
        };
        let shipment = |n: u16| LargeShipment {
            node: self.nodes[usize::from(n)].node,
            way: self.fixed_way(way, n).map_or(Way::BestService, |f| f.0),
            pieces: pieces_at(n).map(|(piece, _)| piece).collect(),
            cells: pieces_at(n).map(|(_, cell)| cell).collect(),
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
        let atoms = self.atoms.iter().zip(self.filled(way));
        let out: i64 = atoms
            .map(|(a, filled)| a.each_unfilled() * i64::from(a.count - filled))
            .sum();
        let open = way.open();
        let shipped: i64 = open.iter().map(|&n| self.shipment_cost(book, way, n, v)).sum();
        out + shipped - if open.is_empty() { 0 } else { book.split }
    }

    fn shipment_cost<V: Valuation>(&self, book: &Book<'_>, way: &LargeWay, node: u16, v: &V) -> i64 {
        let fixed = self.fixed_way(way, node);
        let entry = self.entry(node, fixed.map_or(1, |f| f.1));
        let mut sum = 0;
        for (atom, count) in self.held(way, node) {
            for (piece, cell) in atom.cells_of(count, atom.cell_at(node).unwrap_or(0)) {
                sum += v.piece(&entry, cell as usize, book.rows[cell as usize], piece.qty);
            }
        }
        let load = self.load_at(way, node);
        let carriage = fixed.map_or_else(|| self.carriage(book, node, load).unwrap_or(NEVER), |f| f.2);
        let own = book.problem.nodes()[entry.node].shipment_cost.ten_thousandths() + book.split;
        own + v.shipment(&entry) + carriage + sum
    }

    /// The way that puts the atoms at these nodes and ships by these of their fixed ways, and these portions; `None` where
    /// a rule of the order forbids it, or a shipment cannot travel.
    pub(crate) fn way_of(
        &self,
        book: &Book<'_>,
        at: Vec<u16>,
        by: Vec<(u16, u16)>,
        portions: Vec<Portion>,
    ) -> Option<LargeWay> {
        let way = LargeWay::new(at, by, portions);
        let open = way.open();
        if open.is_empty() {
            return Some(LargeWay::default());
        }
        let travels = |&n: &u16| {
            let load = self.load_at(&way, n);
            let by_own = self.nodes[usize::from(n)].fixed.is_empty() || self.fixed_way(&way, n).is_some();
            by_own && self.carriage(book, n, load).is_some_and(|cost| cost < NEVER)
        };
        let all = || self.atoms.iter().map(|a| a.count).eq(self.filled(&way));
        let complete = !self.ship_complete || all();
        let allowed = complete && open.len() <= self.max_shipments && open.iter().all(travels);
        allowed.then_some(way)
    }

    /// The steps of the carriage from a node.
    fn steps(&self, node: u16) -> Steps<'_> {
        let n = &self.nodes[usize::from(node)];
        if n.fixed.is_empty() {
            self.ladders[usize::from(n.ladder)].steps()
        } else {
            Steps::FREE
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

/// The largest number up to `high` that fits, where all below one that fits do; 0 where none does.
fn most_that(mut high: u32, fits: impl Fn(u32) -> bool) -> u32 {
    let mut low = 0;
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if fits(middle) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    low
}
