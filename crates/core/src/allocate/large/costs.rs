//! A large order at a valuation, flat: what each atom costs at each node that may fill it, and what opening a node costs.

use super::{LargeOrder, LargeWay, Portion};
use crate::allocate::book::{Book, NEVER};
use crate::allocate::price::Valuation;
use crate::quantity::Money;

/// An atom at a node that may fill it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub node: u16,
    pub cost: i64,
}

/// One large order at one valuation; buffers are kept between uses.
#[derive(Default)]
pub(crate) struct Costs {
    /// Per atom, where its candidates start; one more at the end.
    first: Vec<u32>,
    candidates: Vec<Candidate>,
    /// Cost of an unfilled atom: its penalty, or far too much where all must ship.
    pub(super) out: Vec<i64>,
    /// Per node: shipment cost, split penalty, shipment price and, by a fixed way, carriage; [`NEVER`] = takes nothing.
    pub(super) base: Vec<i64>,
    /// Per node, which of its fixed ways is the cheapest.
    by: Vec<u16>,
}

impl Costs {
    /// Prices an order.
    pub(super) fn fill<V: Valuation>(&mut self, book: &Book<'_>, order: &LargeOrder, v: &V) {
        let far = order
            .nothing()
            .saturating_add(1_000_000 * Money::SCALE)
            .min(NEVER / 1024);
        self.base.clear();
        self.by.clear();
        for n in 0..order.nodes.len() as u16 {
            let (cost, by) = opening(order, n, v);
            let own = book.problem.nodes()[order.nodes[usize::from(n)].node]
                .shipment_cost
                .ten_thousandths()
                + book.split;
            self.base.push(if cost >= NEVER { NEVER } else { cost + own });
            self.by.push(by);
        }
        self.first.clear();
        self.candidates.clear();
        self.out.clear();
        if order.is_divisible {
            return; // quantities are priced where they are sought
        }
        for atom in &order.atoms {
            self.first.push(self.candidates.len() as u32);
            let out = if order.ship_complete { far } else { atom.unfilled };
            self.out.push(out);
            for source in &atom.sources {
                let entry = order.entry(source.node, 1);
                let mut cost = 0i64;
                for (piece, cell) in atom.cells(source.first_cell) {
                    let piece = v.piece(&entry, cell as usize, book.rows[cell as usize], piece.qty);
                    cost = cost.saturating_add(piece).min(NEVER);
                }
                // What costs more than not being filled, before carriage, is never worth it.
                let worth = cost < NEVER && (cost <= out || order.shares_rows);
                if worth && self.base[usize::from(source.node)] < NEVER {
                    self.candidates.push(Candidate {
                        node: source.node,
                        cost,
                    });
                }
            }
        }
        self.first.push(self.candidates.len() as u32);
    }

    pub(super) fn range(&self, atom: usize) -> std::ops::Range<usize> {
        self.first[atom] as usize..self.first[atom + 1] as usize
    }

    pub(super) fn of(&self, atom: usize) -> &[Candidate] {
        &self.candidates[self.range(atom)]
    }

    pub(super) fn all(&self) -> &[Candidate] {
        &self.candidates
    }

    /// Cost of an atom at a node, [`NEVER`] where it cannot come from there.
    pub(super) fn at(&self, atom: usize, node: u16) -> i64 {
        let found = self.of(atom).iter().find(|c| c.node == node);
        found.map_or(NEVER, |c| c.cost)
    }

    /// The way that puts the atoms so and ships these portions.
    pub(super) fn way(&self, order: &LargeOrder, at: &[u16], portions: &[Portion]) -> LargeWay {
        let mut way = LargeWay::new(at.to_vec(), Vec::new(), portions.to_vec());
        for n in way.open() {
            if !order.nodes[usize::from(n)].fixed.is_empty() {
                way.by.push((n, self.by[usize::from(n)]));
            }
        }
        way
    }
}

/// Price of a shipment from a node, with its carriage where that is fixed; and by which of its fixed ways.
fn opening<V: Valuation>(order: &LargeOrder, node: u16, v: &V) -> (i64, u16) {
    let n = &order.nodes[usize::from(node)];
    if n.fixed.is_empty() {
        return (v.shipment(&order.entry(node, 1)), 0);
    }
    let mut best = (NEVER, 0);
    for (i, &(_, workload, cost)) in n.fixed.iter().enumerate() {
        let shipment = v.shipment(&order.entry(node, workload));
        if shipment < NEVER && shipment + cost < best.0 {
            best = (shipment + cost, i as u16);
        }
    }
    best
}
