//! The order book: for every order, what each node could ship and at what cost, flat and ready to be priced again and
//! again.
//!
//! An order is cut into **atoms**: what must travel together (a line, a group of lines, or one unit of a divisible line).
//! An **entry** is a node and a way to ship from it (the best of its services, one quote, or pickup), with the set of atoms
//! that may come from there. Where stock has dates there is one for each stop: days on which the same of it is there. Carriage and lateness of a set of atoms stand in a **table** by subset, shared by the entries
//! of an order whose services cost the same. What couples orders (stock and capacity) is left to prices.
//!
//! Orders of more than [`MAX_ATOMS`] atoms, and those with divisible lines of more than a few units, have no tables; see
//! [`large`](super::large).

mod build;
mod carriages;
mod entries;
mod long;
mod lookup;
mod stops;
mod tables;

pub(crate) use build::{Builder, fits};
use carriages::Carriages;
use entries::Entries;
use stops::{Demand, Stop, Stops};

use crate::index::{Idx as _, LineIdx, NodeIdx, OrderIdx, ServiceIdx};
use crate::model::Problem;
use crate::search::Budget;

/// The most atoms for which every subset is priced.
pub(crate) const MAX_ATOMS: usize = 12;
/// A cost that stands for "not possible"; sums of a few stay inside `i64`.
pub(crate) const NEVER: i64 = i64::MAX / 8;
/// The table of an entry whose carriage costs the same whatever it holds.
pub(crate) const NO_TABLE: u64 = u64::MAX;

/// A set of atoms of one order.
pub(crate) type AtomSet = u16;

/// What must travel together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Atom {
    /// Position of its first piece in [`Book::pieces`].
    pub first_piece: u32,
    /// How many pieces it has.
    pub pieces: u16,
    /// Other atoms of the same divisible line; 0 for anything else.
    pub siblings: AtomSet,
    /// Units of all pieces.
    pub units: u32,
    /// Cost of leaving it unfilled.
    pub unfilled: i64,
}

/// Units of a line in an atom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece {
    pub line: LineIdx,
    pub qty: u32,
}

/// How the shipments of an entry travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// By the cheapest service for what it holds.
    BestService,
    /// By the quote for this service.
    Quote(ServiceIdx),
    /// Collected at the node.
    Pickup,
}

/// A node and a way to ship from it within days on which the same stock is there, for one order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub node: NodeIdx,
    /// Atoms that may come from there.
    pub atoms: AtomSet,
    pub way: Way,
    /// What the shipment takes of the node's `max_shipments`.
    pub workload: u32,
    /// Where its table starts in [`Book::tables`], or [`NO_TABLE`].
    pub table: u64,
    /// Where its stock rows start in [`Book::rows`]: one for each piece of each of its atoms, atoms rising.
    pub first_row: u32,
    /// Shipment cost, split penalty and, without a table, carriage and lateness.
    pub base: i64,
}

/// One order in the book.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OrderHead {
    pub first_atom: u32,
    pub first_entry: u32,
    pub end_entry: u32,
    /// Number of atoms; at most [`MAX_ATOMS`], or 0 where the order is large or has no lines.
    pub atoms: u8,
    /// Everything ships or nothing does.
    pub ship_complete: bool,
    /// Most shipments, at most 255.
    pub max_shipments: u8,
    /// Some line is divisible into several atoms.
    pub divisible: bool,
    /// Two lines are of the same SKU, so that stock has to be looked at for both together.
    pub repeated_sku: bool,
    /// Too many atoms for tables: position in [`Book::large`] plus 1, or 0.
    pub large: u32,
}

/// All orders; see the [module](self) page.
pub(crate) struct Book<'p> {
    pub problem: &'p Problem,
    pub orders: Vec<OrderHead>,
    /// The orders as they follow each other in all tables of the book, by destination.
    pub sequence: Vec<OrderIdx>,
    pub atoms: Vec<Atom>,
    pub pieces: Vec<Piece>,
    pub entries: Entries,
    pub rows: Vec<u32>,
    pub tables: Carriages,
    pub large: Vec<super::large::LargeOrder>,
    /// `split_penalty`: what the first shipment of an order gets back.
    pub split: i64,
    /// What ends long computations on one order; `None` = nothing does.
    pub budget: Option<&'p Budget<'p>>,
}

impl Book<'_> {
    /// Whether the deadline has come or the caller asked to stop. What was computed then may be unfinished: a way to serve an
    /// order is one, but perhaps not the cheapest, and nothing of it proves a bound.
    pub(crate) fn is_overdue(&self) -> bool {
        self.budget.is_some_and(Budget::overdue)
    }

    pub(crate) fn head(&self, order: OrderIdx) -> &OrderHead {
        &self.orders[order.0 as usize]
    }

    /// The atoms of a small order.
    pub(crate) fn atoms_of(&self, head: &OrderHead) -> &[Atom] {
        &self.atoms[head.first_atom as usize..][..usize::from(head.atoms)]
    }

    /// Whether the least cost of every order is found exactly however little effort is made.
    pub(crate) fn is_exact(&self) -> bool {
        self.large.iter().all(super::large::LargeOrder::is_easy)
    }

    /// How many atoms an order has, small or large.
    pub(crate) fn atoms_in(&self, order: OrderIdx) -> usize {
        let head = self.head(order);
        match (head.large as usize).checked_sub(1) {
            Some(n) => self.large[n].atoms.len(),
            None => usize::from(head.atoms),
        }
    }

    /// How many atoms all orders have together.
    pub(crate) fn atoms_in_all(&self) -> usize {
        (0..self.orders.len()).map(|o| self.atoms_in(OrderIdx::new(o))).sum()
    }

    /// The pieces of an atom.
    pub(crate) fn pieces_of(&self, atom: &Atom) -> &[Piece] {
        &self.pieces[atom.first_piece as usize..][..usize::from(atom.pieces)]
    }
}

/// The atoms of a set, rising.
pub(crate) fn members(mut set: AtomSet) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        (set != 0).then(|| {
            let atom = set.trailing_zeros() as usize;
            set &= set - 1;
            atom
        })
    })
}
