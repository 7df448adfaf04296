//! A good way to serve an order with divisible lines, by moves: the units of one atom spread anew over the nodes, a node
//! closed, a node opened for all that it can give. Every evaluation prices whole shipments exactly.

use super::offers::{Offer, handling, offers};
use super::spread::{Giver, Spread};
use super::{Costs, LargeOrder, LargeWay, OUT, Portion, most_that};
use crate::allocate::book::{Book, NEVER};
use crate::allocate::price::Valuation;
use crate::cost::tariff::Load;

/// Most rounds over all moves.
const ROUNDS: usize = 8;
/// Up to so many units every number of them is a point.
const WHOLE: u32 = 8;
/// Most points of one node, where its carriage has many steps.
const MOST_POINTS: usize = 16;

/// What one node ships while a way is sought.
#[derive(Clone, Copy, Default)]
struct Shipment {
    /// Offers in use.
    offers: u32,
    /// Handling and prices of what it holds.
    sum: i64,
    load: Load,
    lines: u32,
    units: u32,
    /// Its whole cost; 0 where it holds nothing.
    cost: i64,
}

/// Quantities by offer; buffers are kept between uses.
#[derive(Default)]
pub(super) struct Quantities {
    offers: Vec<Offer>,
    /// Where the offers of each atom start; one more at the end.
    first: Vec<u32>,
    /// Per node its offers.
    of_node: Vec<Vec<u32>>,
    /// What each offer gives.
    held: Vec<u32>,
    /// How much of each atom's count is filled.
    filled: Vec<u32>,
    shipments: Vec<Shipment>,
    /// Cost of a unit of each atom that stays unfilled, far too much where all must ship.
    out: Vec<i64>,
    spread: Spread,
    old: (Vec<u32>, Vec<u32>, Vec<Shipment>),
}

/// Moves of one order's quantities.
pub(super) struct Portions<'a, V> {
    book: &'a Book<'a>,
    order: &'a LargeOrder,
    costs: &'a Costs,
    v: &'a V,
    q: &'a mut Quantities,
    /// A node that gives nothing.
    pub barred: Option<u16>,
}

impl<'a, V: Valuation> Portions<'a, V> {
    /// Lays an order out, nothing filled.
    pub(super) fn new(
        book: &'a Book<'a>,
        order: &'a LargeOrder,
        costs: &'a Costs,
        v: &'a V,
        q: &'a mut Quantities,
    ) -> Self {
        offers(book, order, costs, v, &mut q.offers);
        q.first.clear();
        let mut next = 0;
        for atom in 0..=order.atoms.len() as u32 {
            while q.offers.get(next).is_some_and(|o| o.atom < atom) {
                next += 1;
            }
            q.first.push(next as u32);
        }
        q.of_node.iter_mut().for_each(Vec::clear);
        q.of_node.resize_with(order.nodes.len().max(q.of_node.len()), Vec::new);
        for (n, offer) in q.offers.iter().enumerate() {
            q.of_node[usize::from(offer.node)].push(n as u32);
        }
        let units: i64 = order.atoms.iter().map(|a| i64::from(a.count)).sum();
        let far = NEVER / 1024 / units.max(1);
        q.out.clear();
        let out = |a: &super::LargeAtom| if order.ship_complete { far } else { a.each_unfilled() };
        q.out.extend(order.atoms.iter().map(out));
        let mut portions = Self {
            book,
            order,
            costs,
            v,
            q,
            barred: None,
        };
        portions.clear();
        portions
    }

    /// Nothing is filled.
    pub(super) fn clear(&mut self) {
        let q = &mut *self.q;
        q.held.clear();
        q.held.resize(q.offers.len(), 0);
        q.filled.clear();
        q.filled.resize(self.order.atoms.len(), 0);
        q.shipments.clear();
        q.shipments.resize(self.order.nodes.len(), Shipment::default());
    }

    fn offers_of(&self, atom: usize) -> std::ops::Range<usize> {
        self.q.first[atom] as usize..self.q.first[atom + 1] as usize
    }

    /// Starts from a given way, without what of it is not possible here.
    pub(super) fn start(&mut self, way: &LargeWay) {
        self.clear();
        let whole = way.places().iter().enumerate().filter(|(_, n)| **n != OUT);
        let whole = whole.map(|(a, &node)| (a as u32, node, 1));
        let portions = way.portions().iter().map(|p| (p.atom, p.node, p.units));
        for (atom, node, units) in whole.chain(portions) {
            let mut range = self.offers_of(atom as usize);
            let Some(offer) = range.find(|&o| self.q.offers[o].node == node) else {
                continue;
            };
            let units = units.min(self.most(offer)).min(self.missing(atom as usize));
            if units > 0 && self.may_use(node) && self.delta(offer, units).is_some() {
                self.set(offer, units);
            }
        }
    }

    fn missing(&self, atom: usize) -> u32 {
        self.order.atoms[atom].count - self.q.filled[atom]
    }

    /// The most that an offer can give beside what its node gives of other atoms; the same offer gives nothing now.
    fn most(&self, offer: usize) -> u32 {
        let o = self.q.offers[offer];
        let s = &self.q.shipments[usize::from(o.node)];
        let atom = &self.order.atoms[o.atom as usize];
        let mut most = o.most;
        if !V::LIMITS {
            return most;
        }
        if self.order.shares_rows {
            let row = |cell: u32| self.book.rows[cell as usize];
            for (piece, cell) in atom.cells(o.cell) {
                let mut left = self.v.available(row(cell));
                for &other in &self.q.of_node[usize::from(o.node)] {
                    let (held, other) = (self.q.held[other as usize], self.q.offers[other as usize]);
                    let pieces = self.order.atoms[other.atom as usize].cells_of(held, other.cell);
                    let same = pieces.filter(|(_, c)| row(*c) == row(cell));
                    left = left.saturating_sub(same.map(|(p, _)| p.qty).sum());
                }
                most = most.min(left / (piece.qty / atom.count));
            }
        }
        let entry = self.order.entry(o.node, 1);
        let fits = |n: u32| {
            let lines = s.lines + atom.pieces.len() as u32;
            self.v.fits(&entry, lines, s.units + atom.units_of(n))
        };
        most_that(most, fits)
    }

    /// A shipment with so much of an offer more, priced; its cost is [`NEVER`] where it cannot be.
    fn with(&self, offer: usize, count: u32) -> Shipment {
        let o = &self.q.offers[offer];
        let s = self.q.shipments[usize::from(o.node)];
        let atom = &self.order.atoms[o.atom as usize];
        let mut s = Shipment {
            offers: s.offers + 1,
            sum: s
                .sum
                .saturating_add(handling(self.book, self.order, self.v, o, count))
                .min(NEVER),
            load: s.load.plus(atom.load_of(count)),
            lines: s.lines + atom.pieces.len() as u32,
            units: s.units + atom.units_of(count),
            cost: 0,
        };
        s.cost = self.cost_of(&s, o.node);
        s
    }

    fn cost_of(&self, s: &Shipment, node: u16) -> i64 {
        let base = self.costs.base[usize::from(node)];
        if s.sum >= NEVER || base >= NEVER {
            return NEVER;
        }
        let carriage = self.order.carriage(self.book, node, s.load);
        carriage.map_or(NEVER, |carriage| s.sum + base + carriage)
    }

    /// What so much of an offer that gives nothing now costs; `None` where it cannot be had.
    fn delta(&self, offer: usize, count: u32) -> Option<i64> {
        let now = self.q.shipments[usize::from(self.q.offers[offer].node)].cost;
        let cost = self.with(offer, count).cost;
        (cost < NEVER).then_some(cost - now)
    }

    /// Lets an offer that gives nothing give so much.
    fn set(&mut self, offer: usize, count: u32) {
        let o = self.q.offers[offer];
        self.q.shipments[usize::from(o.node)] = self.with(offer, count);
        self.q.held[offer] = count;
        self.q.filled[o.atom as usize] += count;
    }

    /// Takes back what an offer gives.
    fn unset(&mut self, offer: usize) {
        let held = std::mem::take(&mut self.q.held[offer]);
        if held == 0 {
            return;
        }
        let o = self.q.offers[offer];
        self.q.filled[o.atom as usize] -= held;
        let s = &self.q.shipments[usize::from(o.node)];
        let atom = &self.order.atoms[o.atom as usize];
        let is_heaviest = atom.load.heaviest_unit >= s.load.heaviest_unit;
        let mut s = Shipment {
            offers: s.offers - 1,
            sum: s.sum - handling(self.book, self.order, self.v, &o, held),
            lines: s.lines - atom.pieces.len() as u32,
            units: s.units - atom.units_of(held),
            ..*s
        };
        if s.offers == 0 {
            s = Shipment::default();
        } else {
            let load = atom.load_of(held);
            s.load.weight.0 -= load.weight.0;
            s.load.volume.0 -= load.volume.0;
            if is_heaviest {
                let here = self.q.of_node[usize::from(o.node)].iter();
                let others = here.filter(|n| self.q.held[**n as usize] > 0);
                let heaviest = others.map(|&n| {
                    self.order.atoms[self.q.offers[n as usize].atom as usize]
                        .load
                        .heaviest_unit
                });
                s.load.heaviest_unit = heaviest.max().unwrap_or_default();
            }
            s.cost = self.cost_of(&s, o.node);
        }
        self.q.shipments[usize::from(o.node)] = s;
    }

    fn open(&self) -> usize {
        self.q.shipments.iter().filter(|s| s.offers > 0).count()
    }

    fn ships(&self, node: u16) -> bool {
        self.q.shipments[usize::from(node)].offers > 0
    }

    /// Whether a node ships or may begin to.
    fn may_use(&self, node: u16) -> bool {
        let may_open = || self.open() < self.order.max_shipments && self.order.twin(node, |n| self.ships(n)).is_none();
        self.barred != Some(node) && (self.ships(node) || may_open())
    }

    /// What the order costs so; [`NEVER`] where it may not be served so.
    pub(super) fn total(&self) -> i64 {
        let shipments = self.q.shipments.iter();
        let shipped = shipments.fold(0i64, |t, s| t.saturating_add(s.cost).min(NEVER));
        let missing = (0..self.order.atoms.len()).map(|a| i64::from(self.missing(a)) * self.q.out[a]);
        let out: i64 = missing.sum();
        let short = self.order.ship_complete && out > 0;
        if shipped >= NEVER || short || self.open() > self.order.max_shipments {
            return NEVER;
        }
        shipped + out - if self.open() > 0 { self.book.split } else { 0 }
    }

    /// As [`total`](Self::total), what must ship and does not at far too much.
    fn score(&self) -> i64 {
        let shipped = self
            .q
            .shipments
            .iter()
            .fold(0i64, |t, s| t.saturating_add(s.cost).min(NEVER));
        let missing = (0..self.order.atoms.len()).map(|a| i64::from(self.missing(a)) * self.q.out[a]);
        shipped + missing.sum::<i64>() - if self.open() > 0 { self.book.split } else { 0 }
    }

    /// The way as it is now.
    pub(super) fn way(&self) -> LargeWay {
        let (mut at, mut portions) = (vec![OUT; self.order.atoms.len()], Vec::new());
        for (o, &units) in self.q.offers.iter().zip(&self.q.held).filter(|(_, held)| **held > 0) {
            if self.order.atoms[o.atom as usize].count == 1 {
                at[o.atom as usize] = o.node;
            } else {
                portions.push(Portion {
                    atom: o.atom,
                    node: o.node,
                    units,
                });
            }
        }
        self.costs.way(self.order, &at, &portions)
    }

    /// Spreads the units of an atom anew.
    fn place(&mut self, atom: usize) {
        let range = self.offers_of(atom);
        for offer in range.clone() {
            self.unset(offer);
        }
        let mut spread = std::mem::take(&mut self.q.spread);
        spread.givers.clear();
        spread.points.clear();
        let mut of_giver: Vec<usize> = Vec::new();
        let open = self.open();
        for offer in range {
            let node = self.q.offers[offer].node;
            if !self.may_use(node) {
                continue;
            }
            let most = self.most(offer);
            let first = spread.points.len() as u32;
            let is_whole = self.points(offer, most, &mut spread.points);
            if spread.points.len() as u32 > first {
                spread.givers.push(Giver {
                    key: self.order.nodes[usize::from(node)].node.0,
                    opens: !self.ships(node),
                    most,
                    points: (first, spread.points.len() as u32),
                    is_whole,
                });
                of_giver.push(offer);
            }
        }
        let room = self.order.max_shipments.saturating_sub(open).min(u32::MAX as usize) as u32;
        let count = self.order.atoms[atom].count;
        spread.solve(count, self.q.out[atom], room, &mut |giver, n| {
            self.delta(of_giver[giver], n)
        });
        for &(giver, n) in &spread.best {
            self.set(of_giver[giver as usize], n);
        }
        self.q.spread = spread;
    }

    /// The numbers that an offer may best give, with what they cost: all, or the most at each step of the carriage; whether
    /// they are all.
    fn points(&self, offer: usize, most: u32, out: &mut Vec<(u32, i64)>) -> bool {
        let mut push = |n: u32| {
            if let Some(delta) = self.delta(offer, n) {
                out.push((n, delta));
            }
        };
        if most <= WHOLE {
            (1..=most).for_each(push);
            return true;
        }
        let o = &self.q.offers[offer];
        let (atom, load) = (
            &self.order.atoms[o.atom as usize],
            self.q.shipments[usize::from(o.node)].load,
        );
        let each = atom.load_of(1);
        let room = |left: i64, each: i64| match (left, each) {
            (left, _) if left < 0 => 0,
            (_, 0) => most,
            (left, each) => (left / each).min(i64::from(most)) as u32,
        };
        let mut numbers: Vec<u32> = Vec::new();
        let steps = self.order.steps(o.node);
        for step in steps.list.iter().filter(|s| s.heaviest >= each.heaviest_unit.0) {
            let before = numbers.len();
            let fit = steps.tops(step, MOST_POINTS).map(|(weight, volume)| {
                room(weight - load.weight.0, each.weight.0).min(room(volume - load.volume.0, each.volume.0))
            });
            numbers.extend(fit.filter(|&n| n > 0));
            if !step.is_staircase() && numbers[before..] == [most] {
                break;
            }
        }
        numbers.extend([most, self.bend(offer, most)]);
        numbers.sort_unstable();
        numbers.dedup();
        let every = numbers.len().div_ceil(MOST_POINTS);
        // Every so many from the top, so that the most is one.
        numbers.into_iter().rev().step_by(every).for_each(&mut push);
        false
    }

    /// Up to how much of an offer each unit costs the same: beyond what is left it may cost more.
    fn bend(&self, offer: usize, most: u32) -> u32 {
        let o = &self.q.offers[offer];
        let cost = |n: u32| handling(self.book, self.order, self.v, o, n);
        let each = cost(2).saturating_sub(cost(1));
        let even = |n: u32| cost(n) == cost(1).saturating_add(each.saturating_mul(i64::from(n) - 1));
        if V::LIMITS || even(most) {
            return most;
        }
        most_that(most, |n| n <= 1 || even(n))
    }

    pub(super) fn insert_all(&mut self) {
        let mut sequence: Vec<usize> = (0..self.order.atoms.len()).collect();
        sequence.sort_by_key(|&a| (self.offers_of(a).len(), -self.order.atoms[a].load.weight.0));
        for a in sequence {
            self.place(a);
        }
    }

    pub(super) fn improve(&mut self) {
        for _ in 0..ROUNDS {
            let before = self.score();
            for a in 0..self.order.atoms.len() {
                self.place(a);
            }
            for n in 0..self.order.nodes.len() as u16 {
                if self.ships(n) {
                    self.close(n);
                } else {
                    self.gather(n);
                }
            }
            if self.score() >= before {
                return;
            }
        }
    }

    fn remember(&mut self) -> i64 {
        let q = &mut *self.q;
        q.old.0.clone_from(&q.held);
        q.old.1.clone_from(&q.filled);
        q.old.2.clone_from(&q.shipments);
        self.score()
    }

    fn keep_if_better(&mut self, before: i64) {
        if self.score() >= before {
            let q = &mut *self.q;
            std::mem::swap(&mut q.held, &mut q.old.0);
            std::mem::swap(&mut q.filled, &mut q.old.1);
            std::mem::swap(&mut q.shipments, &mut q.old.2);
        }
    }

    /// Takes back all that a node gives; the atoms that it was.
    fn empty(&mut self, node: u16) -> Vec<usize> {
        let here = self.q.of_node[usize::from(node)].clone();
        let giving: Vec<usize> = here
            .into_iter()
            .map(|o| o as usize)
            .filter(|&o| self.q.held[o] > 0)
            .collect();
        for &offer in &giving {
            self.unset(offer);
        }
        giving.into_iter().map(|o| self.q.offers[o].atom as usize).collect()
    }

    /// Does without a node if that is cheaper.
    fn close(&mut self, node: u16) {
        let before = self.remember();
        let barred = self.barred.replace(node);
        for atom in self.empty(node) {
            self.place(atom);
        }
        self.barred = barred;
        self.keep_if_better(before);
    }

    /// Opens a node for all that it can give, if that is cheaper. Another stop of the node gives way, and where no more nodes
    /// may ship, the one that ships least.
    fn gather(&mut self, node: u16) {
        if self.barred == Some(node) || self.costs.base[usize::from(node)] >= NEVER {
            return;
        }
        let before = self.remember();
        let mut again = match self.order.twin(node, |n| self.ships(n)) {
            Some(twin) => self.empty(twin),
            None if self.open() >= self.order.max_shipments => {
                let open = (0..self.order.nodes.len() as u16).filter(|&n| self.ships(n));
                let least = open.min_by_key(|&n| (self.q.shipments[usize::from(n)].units, n));
                least.map_or_else(Vec::new, |n| self.empty(n))
            }
            None => Vec::new(),
        };
        for offer in self.q.of_node[usize::from(node)].clone() {
            let offer = offer as usize;
            let atom = self.q.offers[offer].atom as usize;
            let others = self.offers_of(atom);
            let most = self.most(offer).min(self.order.atoms[atom].count);
            if most == 0 || self.delta(offer, most).is_none() {
                continue;
            }
            let mut over = (most + self.q.filled[atom]).saturating_sub(self.order.atoms[atom].count);
            for other in others {
                let held = self.q.held[other];
                if over > 0 && held > 0 {
                    self.unset(other);
                    let rest = held.saturating_sub(over);
                    over = over.saturating_sub(held);
                    if rest > 0 {
                        self.set(other, rest);
                    }
                }
            }
            self.set(offer, most);
            again.push(atom);
        }
        again.sort_unstable();
        again.dedup();
        for atom in again {
            self.place(atom);
        }
        self.keep_if_better(before);
    }

    /// Calls `see(total)` for each way that differs from this one by units of one atom that come from another node, or from
    /// none; the way is back at the end.
    pub(super) fn vary(&mut self, see: &mut dyn FnMut(i64, &mut dyn FnMut() -> LargeWay)) {
        for from in 0..self.q.offers.len() {
            let held = self.q.held[from];
            if held == 0 {
                continue;
            }
            let atom = self.q.offers[from].atom as usize;
            for to in std::iter::once(None).chain(self.offers_of(atom).filter(|&o| o != from).map(Some)) {
                let there = to.map_or(0, |to| self.q.held[to]);
                for moved in [1, held.div_ceil(2), held] {
                    let old = (self.q.held.clone(), self.q.filled.clone(), self.q.shipments.clone());
                    self.unset(from);
                    let mut fits = true;
                    if held > moved {
                        self.set(from, held - moved);
                    }
                    if let Some(to) = to {
                        self.unset(to);
                        fits = self.may_use(self.q.offers[to].node) && self.most(to) >= there + moved;
                        if fits {
                            self.set(to, there + moved);
                        }
                    }
                    if fits {
                        let total = self.total();
                        see(total, &mut || self.way());
                    }
                    (self.q.held, self.q.filled, self.q.shipments) = old;
                    if held == 1 {
                        break;
                    }
                }
            }
        }
    }
}
