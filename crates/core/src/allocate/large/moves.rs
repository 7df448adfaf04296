//! A good way to serve a large order: greedy insertion, scarcest atoms first, then moves until none helps: an atom to another
//! node or out, a node closed and its atoms spread, a node opened for the atoms that gain. Every evaluation prices whole
//! shipments exactly.

use super::{Costs, LargeOrder, OUT};
use crate::allocate::book::{Book, NEVER};
use crate::allocate::price::Valuation;
use crate::cost::tariff::Load;

/// Most rounds over all moves.
const ROUNDS: usize = 8;

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

/// The atoms at their nodes; buffers are kept between uses.
#[derive(Default)]
pub(super) struct Places {
    pub at: Vec<u16>,
    shipments: Vec<Shipment>,
    old: (Vec<u16>, Vec<Shipment>),
    sequence: Vec<usize>,
}

/// Moves of one order's atoms.
pub(super) struct Moves<'a, V> {
    pub book: &'a Book<'a>,
    pub order: &'a LargeOrder,
    pub costs: &'a Costs,
    pub v: &'a V,
    pub places: &'a mut Places,
}

impl<V: Valuation> Moves<'_, V> {
    /// Starts with nothing filled.
    pub(super) fn clear(&mut self) {
        self.places.at.clear();
        self.places.at.resize(self.order.atoms.len(), OUT);
        self.places.shipments.clear();
        self.places
            .shipments
            .resize(self.order.nodes.len(), Shipment::default());
    }

    /// Starts from a given way, without what of it is not possible here.
    pub(super) fn start(&mut self, at: &[u16]) {
        self.clear();
        self.places.at.copy_from_slice(at);
        let mut fits = true;
        for n in 0..self.places.shipments.len() {
            self.places.shipments[n] = self.gathered(n as u16);
            let doubled = self.places.shipments[n].atoms > 0 && self.twin(n as u16).is_some_and(|t| usize::from(t) < n);
            fits &= self.places.shipments[n].cost < NEVER && !doubled;
        }
        if fits {
            return;
        }
        self.clear();
        for (atom, &to) in at.iter().enumerate().filter(|(_, to)| **to != OUT) {
            let cost = self.costs.at(atom, to);
            if cost < NEVER && self.may_use(to) && self.delta(atom, to, cost) < NEVER {
                self.set(atom, to);
            }
        }
    }

    /// The shipment of a node, from what is at it.
    fn gathered(&self, node: u16) -> Shipment {
        let mut s = Shipment::default();
        for (a, _) in self.places.at.iter().enumerate().filter(|(_, at)| **at == node) {
            s = self.with(s, a, self.costs.at(a, node));
        }
        s.cost = if s.atoms == 0 { 0 } else { self.cost_of(&s, node) };
        s
    }

    /// The shipment of a node that an atom has just left.
    fn without(&self, atom: usize, node: u16) -> Shipment {
        let mut s = self.places.shipments[usize::from(node)];
        let (a, cost) = (&self.order.atoms[atom], self.costs.at(atom, node));
        if s.sum >= NEVER || cost >= NEVER || a.load.heaviest_unit >= s.load.heaviest_unit {
            return self.gathered(node);
        }
        s.atoms -= 1;
        s.sum -= cost;
        s.load.weight -= a.load.weight;
        s.load.volume -= a.load.volume;
        s.pieces -= a.pieces.len() as u32;
        s.units -= a.units;
        s.cost = if s.atoms == 0 { 0 } else { self.cost_of(&s, node) };
        s
    }

    /// A shipment with one more atom, not priced.
    fn with(&self, s: Shipment, atom: usize, cost: i64) -> Shipment {
        let a = &self.order.atoms[atom];
        Shipment {
            atoms: s.atoms + 1,
            sum: s.sum.saturating_add(cost).min(NEVER),
            load: s.load.plus(a.load),
            pieces: s.pieces + a.pieces.len() as u32,
            units: s.units + a.units,
            cost: 0,
        }
    }

    fn cost_of(&self, s: &Shipment, node: u16) -> i64 {
        let base = self.costs.base[usize::from(node)];
        if s.sum >= NEVER || base >= NEVER {
            return NEVER;
        }
        if V::LIMITS && self.order.shares_rows && !self.fits_together(node) {
            return NEVER;
        }
        if V::LIMITS && !self.v.fits(&self.order.entry(node, 1), s.pieces, s.units) {
            return NEVER;
        }
        let Some(carriage) = self.order.carriage(self.book, node, s.load) else {
            return NEVER;
        };
        s.sum + carriage + base
    }

    /// For orders with several pieces of one row: whether what is at the node fits there together.
    fn fits_together(&self, node: u16) -> bool {
        let mut taken: Vec<(u32, u32)> = Vec::new(); // row, units
        for (atom, _) in self
            .order
            .atoms
            .iter()
            .zip(&self.places.at)
            .filter(|(_, at)| **at == node)
        {
            let pieces = atom.cells(atom.cell_at(node).unwrap_or(0));
            taken.extend(pieces.map(|(p, cell)| (self.book.rows[cell as usize], p.qty)));
        }
        taken.sort_unstable();
        let mut runs = taken.chunk_by(|a, b| a.0 == b.0);
        runs.all(|t| t.iter().map(|t| t.1).sum::<u32>() <= self.v.available(t[0].0))
    }

    fn open(&self) -> usize {
        self.places.shipments.iter().filter(|s| s.atoms > 0).count()
    }

    /// What the order costs so; [`NEVER`] where it may not be served so.
    pub(super) fn total(&self) -> i64 {
        let shipments = self.places.shipments.iter();
        let shipped = shipments.fold(0i64, |t, s| t.saturating_add(s.cost).min(NEVER));
        let places = self.places.at.iter().zip(&self.costs.out);
        let out: i64 = places.filter(|(at, _)| **at == OUT).map(|(_, out)| out).sum();
        if shipped >= NEVER || self.open() > self.order.max_shipments {
            return NEVER;
        }
        shipped + out - if self.open() > 0 { self.book.split } else { 0 }
    }

    /// Puts an atom elsewhere.
    pub(super) fn set(&mut self, atom: usize, to: u16) {
        let from = std::mem::replace(&mut self.places.at[atom], to);
        if from == to {
            return;
        }
        if from != OUT {
            self.places.shipments[usize::from(from)] = self.without(atom, from);
        }
        if to != OUT {
            let mut s = self.with(self.places.shipments[usize::from(to)], atom, self.costs.at(atom, to));
            s.cost = self.cost_of(&s, to);
            self.places.shipments[usize::from(to)] = s;
        }
    }

    /// Whether a further node may open.
    fn may_use(&self, node: u16) -> bool {
        self.places.shipments[usize::from(node)].atoms > 0
            || self.open() < self.order.max_shipments && self.twin(node).is_none()
    }

    /// Another stop of the node that ships.
    fn twin(&self, node: u16) -> Option<u16> {
        self.order
            .twin(node, |n| self.places.shipments[usize::from(n)].atoms > 0)
    }

    /// What the atom would cost more at a node than now, where it is unfilled now.
    fn delta(&mut self, atom: usize, node: u16, cost: i64) -> i64 {
        let now = self.places.shipments[usize::from(node)];
        let s = self.with(now, atom, cost);
        let cost = if self.order.shares_rows {
            let from = std::mem::replace(&mut self.places.at[atom], node);
            let cost = self.cost_of(&s, node);
            self.places.at[atom] = from;
            cost
        } else {
            self.cost_of(&s, node)
        };
        if cost >= NEVER { NEVER } else { cost - now.cost }
    }

    /// The cheapest place of an unfilled atom; `from` among equals, not `but`.
    fn cheapest(&mut self, atom: usize, from: u16, but: u16) -> u16 {
        let mut best = (self.costs.out[atom], OUT);
        let costs = self.costs;
        for c in costs.of(atom).iter().filter(|c| c.node != but) {
            if self.may_use(c.node) {
                let delta = self.delta(atom, c.node, c.cost);
                if delta < best.0 || delta == best.0 && c.node == from {
                    best = (delta, c.node);
                }
            }
        }
        best.1
    }

    /// The best place of one atom. What leaves its node gives back is the same wherever it goes.
    fn place(&mut self, atom: usize) {
        let from = self.places.at[atom];
        if self.costs.of(atom).is_empty() {
            return;
        }
        self.set(atom, OUT);
        let to = self.cheapest(atom, from, OUT);
        self.set(atom, to);
    }

    pub(super) fn insert_all(&mut self) {
        let mut sequence = std::mem::take(&mut self.places.sequence);
        sequence.clear();
        sequence.extend(0..self.order.atoms.len());
        sequence.sort_by_key(|&a| (self.costs.of(a).len(), -self.order.atoms[a].load.weight.0));
        for &a in &sequence {
            self.place(a);
        }
        self.places.sequence = sequence;
    }

    pub(super) fn improve(&mut self) {
        for _ in 0..ROUNDS {
            let before = self.total();
            for a in 0..self.order.atoms.len() {
                self.place(a);
            }
            for n in 0..self.order.nodes.len() as u16 {
                if self.places.shipments[usize::from(n)].atoms > 0 {
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

    fn remember(&mut self) -> i64 {
        let Places { at, shipments, old, .. } = &mut *self.places;
        old.0.clone_from(at);
        old.1.clone_from(shipments);
        self.total()
    }

    fn keep_if_better(&mut self, before: i64) {
        if self.total() >= before {
            let Places { at, shipments, old, .. } = &mut *self.places;
            std::mem::swap(at, &mut old.0);
            std::mem::swap(shipments, &mut old.1);
        }
    }

    /// Does without a node if that is cheaper.
    fn close(&mut self, node: u16) {
        let before = self.remember();
        for at in self.places.at.iter_mut().filter(|at| **at == node) {
            *at = OUT;
        }
        self.places.shipments[usize::from(node)] = Shipment::default();
        for a in 0..self.order.atoms.len() {
            if self.places.old.0[a] == node {
                let to = self.cheapest(a, OUT, node);
                self.set(a, to);
            }
        }
        self.keep_if_better(before);
    }

    /// Opens a node and moves there what gains by it, if that is cheaper. Another stop of the node gives way.
    fn gather(&mut self, node: u16) {
        let twin = self.twin(node);
        if twin.is_none() && !self.may_use(node) || self.costs.base[usize::from(node)] >= NEVER {
            return;
        }
        let before = self.remember();
        if let Some(twin) = twin {
            for at in self.places.at.iter_mut().filter(|at| **at == twin) {
                *at = OUT;
            }
            self.places.shipments[usize::from(twin)] = Shipment::default();
        }
        // All that can come from there, as far as it fits; then what is better off elsewhere leaves again.
        for a in 0..self.order.atoms.len() {
            let cost = self.costs.at(a, node);
            if cost < NEVER {
                let from = self.places.at[a];
                self.set(a, OUT);
                let to = if self.delta(a, node, cost) < NEVER { node } else { from };
                self.set(a, to);
            }
        }
        for a in 0..self.order.atoms.len() {
            let left_twin = twin.is_some_and(|t| self.places.old.0[a] == t && self.places.at[a] == OUT);
            if self.places.at[a] == node || left_twin {
                self.place(a);
            }
        }
        self.keep_if_better(before);
    }
}
