//! Orders of too many atoms for tables: a heuristic finds a good way at any valuation.
//!
//! Greedy insertion (scarcest atoms first), then moves until none helps: an atom to another node or out, a node closed and
//! its atoms spread, a node opened for the atoms that gain. Every evaluation prices whole shipments exactly. The bound for
//! such orders is the verifier's business; nothing here claims one.

use super::book::{Book, Entry, NEVER, NO_TABLE, Piece, Way};
use super::price::Valuation;
use crate::cost::tariff::{Load, transport};
use crate::index::{Idx as _, NodeIdx, RateIdx};

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
    /// Several pieces may take from one row: a SKU on two lines, or a divisible line in parts.
    pub shares_rows: bool,
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
            pieces: self
                .atoms
                .iter()
                .zip(&way.at)
                .filter(|(_, at)| **at == n)
                .flat_map(|(a, _)| a.pieces.clone())
                .collect(),
        };
        way.open().into_iter().map(shipment).collect()
    }

    /// Cost of a way at a valuation.
    pub(crate) fn cost<V: Valuation>(&self, book: &Book<'_>, way: &LargeWay, v: &V) -> i64 {
        if way.at.is_empty() {
            return self.nothing();
        }
        let mut search = Search::new(book, self, v);
        search.fixed.clone_from(&way.by);
        search.start(way);
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
            if search.start(start) {
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
        self.nodes
            .binary_search_by_key(&node, |n| n.0)
            .ok()
            .map(|i| &*self.nodes[i].1)
    }
}

/// What one node ships while a way is sought.
#[derive(Clone, Copy, Default)]
struct Shipment {
    atoms: u32,
    /// Additive costs of its atoms.
    sum: i64,
    load: Load,
    pieces: u32,
    units: u32,
    /// Its whole cost; 0 where it holds nothing.
    cost: i64,
}

struct Search<'a, V> {
    book: &'a Book<'a>,
    order: &'a LargeOrder,
    v: &'a V,
    at: Vec<u16>,
    /// Additive cost of each atom at each node, [`NEVER`] where it cannot come from there.
    costs: Vec<i64>,
    /// Shipment cost, split penalty and shipment price of each node (without fixed ways).
    base: Vec<i64>,
    shipments: Vec<Shipment>,
    /// Fixed ways to keep when a given way is priced.
    fixed: Vec<(u16, u16)>,
    /// Cost of an unfilled atom: its penalty, or far too much where all must ship.
    out: Vec<i64>,
}

impl<'a, V: Valuation> Search<'a, V> {
    fn new(book: &'a Book<'a>, order: &'a LargeOrder, v: &'a V) -> Self {
        let far = order
            .nothing()
            .saturating_add(1_000_000 * crate::quantity::Money::SCALE)
            .min(NEVER / 1024);
        let nodes = order.nodes.len();
        let mut search = Self {
            book,
            order,
            v,
            at: vec![OUT; order.atoms.len()],
            costs: vec![NEVER; nodes * order.atoms.len()],
            base: Vec::with_capacity(nodes),
            shipments: vec![Shipment::default(); nodes],
            fixed: Vec::new(),
            out: order
                .atoms
                .iter()
                .map(|a| if order.ship_complete { far } else { a.unfilled })
                .collect(),
        };
        for n in 0..nodes as u16 {
            let entry = search.entry(n, 1);
            let shipment = if order.nodes[usize::from(n)].rates.is_empty() {
                0
            } else {
                v.shipment(&entry)
            };
            let own = book.problem.nodes()[entry.node].shipment_cost.ten_thousandths() + book.split;
            search.base.push(if shipment >= NEVER { NEVER } else { own + shipment });
        }
        for (a, atom) in order.atoms.iter().enumerate() {
            for (n, rows) in &atom.nodes {
                let entry = search.entry(*n, 1);
                let piece = |(p, row): (&Piece, &u32)| v.piece(&entry, usize::MAX, *row, p.qty);
                let sum = atom
                    .pieces
                    .iter()
                    .zip(rows)
                    .map(piece)
                    .fold(0i64, |s, c| s.saturating_add(c).min(NEVER));
                search.costs[a * nodes + usize::from(*n)] = sum;
            }
        }
        search
    }

    /// Starts from a given way; false if it is not possible here.
    fn start(&mut self, way: &LargeWay) -> bool {
        self.at.clone_from(&way.at);
        (0..self.shipments.len() as u16).all(|n| {
            self.shipments[usize::from(n)] = self.gathered(n);
            self.shipments[usize::from(n)].cost < NEVER
        })
    }

    /// A stand-in for the valuation, which knows entries.
    fn entry(&self, node: u16, workload: u32) -> Entry {
        let node = self.order.nodes[usize::from(node)].node;
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

    /// Cheapest carriage of a load from a node: price and lateness, for fixed ways the shipment price too; and which.
    fn carriage(&self, node: u16, load: Load) -> (i64, u16) {
        let n = &self.order.nodes[usize::from(node)];
        if n.fixed.is_empty() {
            let price = |&(rate, late): &(RateIdx, i64)| {
                transport(self.book.problem, rate, load).map_or(NEVER, |t| t.price.ten_thousandths() + late)
            };
            return (n.rates.iter().map(price).min().unwrap_or(NEVER), 0);
        }
        let kept = self.fixed.iter().find(|(k, _)| *k == node).map(|k| usize::from(k.1));
        let mut best = (NEVER, 0);
        for (i, &(_, workload, cost)) in n.fixed.iter().enumerate() {
            let shipment = self.v.shipment(&self.entry(node, workload));
            if kept.is_none_or(|k| k == i) && shipment < NEVER && shipment + cost < best.0 {
                best = (shipment + cost, i as u16);
            }
        }
        best
    }

    /// The shipment of a node, from what is at it.
    fn gathered(&self, node: u16) -> Shipment {
        let mut s = Shipment::default();
        for a in (0..self.at.len()).filter(|&a| self.at[a] == node) {
            s = self.with(s, a, node);
        }
        self.priced(s, node)
    }

    /// A shipment with one more atom, not priced.
    fn with(&self, s: Shipment, atom: usize, node: u16) -> Shipment {
        let a = &self.order.atoms[atom];
        let cost = self.costs[atom * self.shipments.len() + usize::from(node)];
        Shipment {
            atoms: s.atoms + 1,
            sum: s.sum.saturating_add(cost).min(NEVER),
            load: s.load.plus(a.load),
            pieces: s.pieces + a.pieces.len() as u32,
            units: s.units + a.units,
            cost: 0,
        }
    }

    /// A shipment with its cost, [`NEVER`] where it cannot be.
    fn priced(&self, mut s: Shipment, node: u16) -> Shipment {
        s.cost = if s.atoms == 0 { 0 } else { self.cost_of(&s, node) };
        s
    }

    fn cost_of(&self, s: &Shipment, node: u16) -> i64 {
        let base = self.base[usize::from(node)];
        if s.sum >= NEVER || base >= NEVER {
            return NEVER;
        }
        let saved = if self.order.shares_rows {
            self.joint(node)
        } else {
            Some(0)
        };
        let Some(saved) = saved else { return NEVER };
        if V::LIMITS && !self.v.fits(&self.entry(node, 1), s.pieces - saved, s.units) {
            return NEVER;
        }
        let (carriage, _) = self.carriage(node, s.load);
        if carriage >= NEVER {
            return NEVER;
        }
        s.sum + carriage + base - i64::from(saved) * self.v.line(&self.entry(node, 1))
    }

    /// For orders with several pieces of one row: whether what is at the node fits there together, and how many pieces are
    /// further ones of a line.
    fn joint(&self, node: u16) -> Option<u32> {
        let mut taken: Vec<(u32, u32, u32)> = Vec::new(); // row, line, units
        for (atom, _) in self.order.atoms.iter().zip(&self.at).filter(|(_, at)| **at == node) {
            let pieces = atom.pieces.iter().zip(atom.rows_at(node)?);
            taken.extend(pieces.map(|(p, &row)| (row, p.line.0, p.qty)));
        }
        taken.sort_unstable();
        let units = |t: &[(u32, u32, u32)]| t.iter().map(|t| t.2).sum::<u32>();
        let there_is = |row: u32| self.book.problem.stock()[row as usize].available;
        let lines_fit = taken
            .chunk_by(|a, b| (a.0, a.1) == (b.0, b.1))
            .all(|t| units(t) <= there_is(t[0].0));
        let rows_fit = !V::LIMITS
            || taken
                .chunk_by(|a, b| a.0 == b.0)
                .all(|t| units(t) <= self.v.available(t[0].0));
        let lines = taken.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).count();
        (lines_fit && rows_fit).then_some((taken.len() - lines) as u32)
    }

    fn open(&self) -> usize {
        self.shipments.iter().filter(|s| s.atoms > 0).count()
    }

    fn total(&self) -> i64 {
        let shipped = self
            .shipments
            .iter()
            .fold(0i64, |t, s| t.saturating_add(s.cost).min(NEVER));
        let out: i64 = self
            .at
            .iter()
            .zip(&self.out)
            .filter(|(at, _)| **at == OUT)
            .map(|(_, out)| out)
            .sum();
        if shipped >= NEVER {
            return NEVER;
        }
        shipped + out - if self.open() > 0 { self.book.split } else { 0 }
    }

    fn way(&self) -> LargeWay {
        let mut way = LargeWay {
            at: self.at.clone(),
            by: Vec::new(),
        };
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

    /// Puts an atom elsewhere.
    fn set(&mut self, atom: usize, to: u16) {
        let from = self.at[atom];
        self.at[atom] = to;
        for n in [from, to] {
            if n != OUT && from != to {
                self.shipments[usize::from(n)] = self.gathered(n);
            }
        }
    }

    /// Whether a further node may open.
    fn may_use(&self, node: u16) -> bool {
        self.shipments[usize::from(node)].atoms > 0 || self.open() < self.order.max_shipments
    }

    /// The cost of the shipment of `node` with the atom in it too.
    fn cost_with(&mut self, atom: usize, node: u16) -> i64 {
        if self.costs[atom * self.shipments.len() + usize::from(node)] >= NEVER {
            return NEVER;
        }
        let s = self.with(self.shipments[usize::from(node)], atom, node);
        if !self.order.shares_rows {
            return self.cost_of(&s, node);
        }
        let from = std::mem::replace(&mut self.at[atom], node);
        let cost = self.cost_of(&s, node);
        self.at[atom] = from;
        cost
    }

    /// The best place of one atom; true if it moved. What leaves its node gives back is the same wherever it goes.
    fn place(&mut self, atom: usize) -> bool {
        let from = self.at[atom];
        self.set(atom, OUT);
        let mut best = (self.out[atom], OUT);
        let order = self.order;
        for &(to, _) in &order.atoms[atom].nodes {
            if self.may_use(to) {
                let cost = self.cost_with(atom, to);
                let delta = if cost >= NEVER {
                    NEVER
                } else {
                    cost - self.shipments[usize::from(to)].cost
                };
                if delta < best.0 || delta == best.0 && to == from {
                    best = (delta, to);
                }
            }
        }
        self.set(atom, best.1);
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
            let before = self.total();
            for a in 0..self.at.len() {
                self.place(a);
            }
            for n in 0..self.shipments.len() as u16 {
                if self.shipments[usize::from(n)].atoms > 0 {
                    self.close(n);
                } else {
                    self.gather(n);
                }
            }
            if self.total() >= before {
                return;
            }
        }
    }

    /// Does without a node if that is cheaper.
    fn close(&mut self, node: u16) {
        let (before, old) = (self.total(), (self.at.clone(), self.shipments.clone()));
        let atoms: Vec<usize> = (0..self.at.len()).filter(|&a| self.at[a] == node).collect();
        for &a in &atoms {
            self.at[a] = OUT;
        }
        self.shipments[usize::from(node)] = Shipment::default();
        let order = self.order;
        for &a in &atoms {
            let mut best = (self.out[a], OUT);
            for &(to, _) in order.atoms[a].nodes.iter().filter(|(n, _)| *n != node) {
                if self.may_use(to) {
                    let cost = self.cost_with(a, to);
                    let delta = if cost >= NEVER {
                        NEVER
                    } else {
                        cost - self.shipments[usize::from(to)].cost
                    };
                    if delta < best.0 {
                        best = (delta, to);
                    }
                }
            }
            self.set(a, best.1);
        }
        self.keep_if_better(before, old);
    }

    /// Opens a node and moves there what gains by it, if that is cheaper.
    fn gather(&mut self, node: u16) {
        if !self.may_use(node) || self.base[usize::from(node)] >= NEVER {
            return;
        }
        let (before, old) = (self.total(), (self.at.clone(), self.shipments.clone()));
        let able: Vec<usize> = (0..self.at.len())
            .filter(|&a| self.costs[a * self.shipments.len() + usize::from(node)] < NEVER)
            .collect();
        // All that can come from there, as far as it fits; then what is better off elsewhere leaves again.
        for &a in &able {
            if self.cost_with(a, node) < NEVER {
                self.set(a, node);
            }
        }
        for &a in &able {
            if self.at[a] == node {
                self.place(a);
            }
        }
        self.keep_if_better(before, old);
    }

    fn keep_if_better(&mut self, before: i64, old: (Vec<u16>, Vec<Shipment>)) {
        if self.open() > self.order.max_shipments || self.total() >= before {
            (self.at, self.shipments) = old;
        }
    }
}
