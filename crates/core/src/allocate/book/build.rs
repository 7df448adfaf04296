//! Fills the order book: atoms, eligible nodes, carriage by subset. Destinations are worked on in parallel, orders that go
//! to the same place together.

use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;

use super::stops::demand;
use super::tables::Tables;
use super::{
    Atom, AtomSet, Book, Carriages, Demand, Entries, Entry, MAX_ATOMS, NO_TABLE, OrderHead, Piece, Stop, Stops, Way,
};
use crate::allocate::large::LargeOrder;
use crate::cost::departures::{Departure, Departures};
use crate::cost::tariff::Load;
use crate::cost::{calendar, shipment};
use crate::index::{Idx as _, IndexVec, LineIdx, NodeIdx, OrderIdx};
use crate::model::{Order, Problem, Quote};
use crate::pace::{IsOver, Pace};
use crate::quantity::Money;
use crate::search::Budget;

/// Most units of a divisible line that are atoms each; the ways of more are too many and too alike.
const MOST_UNITS: u32 = 4;
/// The share of the time after which a book would come too late.
const LATEST: f64 = 0.5;
/// Orders that one task works on.
const CHUNK: usize = 256;
/// Tasks whose results are held at once.
const ROUND: usize = 32;

/// Builds a [`Book`].
pub(crate) struct Builder<'p> {
    problem: &'p Problem,
    demand: Demand,
    /// Orders of more atoms are large.
    most_atoms: usize,
    budget: Option<&'p Budget<'p>>,
}

impl<'p> Builder<'p> {
    pub(crate) fn new(problem: &'p Problem) -> Self {
        Self {
            problem,
            demand: demand(problem),
            most_atoms: MAX_ATOMS,
            budget: None,
        }
    }

    /// The same; long computations on the book end when the budget does.
    pub(crate) fn within(self, budget: impl Into<Option<&'p Budget<'p>>>) -> Self {
        Self {
            budget: budget.into(),
            ..self
        }
    }

    /// As [`new`](Self::new), with orders of more than so many atoms taken for large ones.
    pub(crate) fn with_most_atoms(problem: &'p Problem, most_atoms: usize) -> Self {
        Self {
            most_atoms: most_atoms.min(MAX_ATOMS),
            ..Self::new(problem)
        }
    }

    /// The book of all orders, however long it takes. Runs on the current rayon pool; the result does not depend on its size.
    pub(crate) fn build(&self) -> Book<'p> {
        let (book, _) = self.build_until(&|| false, &mut || {});
        book
    }

    /// The same, calling back after every so many orders; `None` where half of the time is spent before all of it is built, or the
    /// caller asks to stop.
    pub(crate) fn build_in_time(&self, tell: &mut dyn FnMut()) -> Option<Book<'p>> {
        let (book, whole) = self.build_until(&|| self.is_over(), tell);
        whole.then_some(book)
    }

    /// The book, and whether it is whole.
    fn build_until(&self, is_over: IsOver<'_>, tell: &mut dyn FnMut()) -> (Book<'p>, bool) {
        let orders = self.orders_by_destination();
        let mut book = Book {
            problem: self.problem,
            orders: vec![OrderHead::EMPTY; self.problem.orders().len()],
            atoms: Vec::new(),
            pieces: Vec::new(),
            entries: Entries::new(self.base()),
            rows: Vec::new(),
            tables: Carriages::new(),
            large: Vec::new(),
            split: self.problem.objective().split_penalty.ten_thousandths(),
            sequence: Vec::new(),
            budget: self.budget,
        };
        // In rounds, so that all shelves together never take the memory of a second book.
        for round in orders.chunks(CHUNK * ROUND) {
            let shelves: Option<Vec<Shelf>> = round
                .par_chunks(CHUNK)
                .map(|chunk| self.shelf(chunk, is_over))
                .collect();
            let Some(shelves) = shelves else {
                return (book, false);
            };
            for (chunk, shelf) in round.chunks(CHUNK).zip(shelves) {
                append(&mut book, chunk, shelf);
            }
            tell();
        }
        book.sequence = orders;
        (book, true)
    }

    /// Whether a book would come too late to be of use.
    fn is_over(&self) -> bool {
        self.budget
            .is_some_and(|b| b.interrupted() || b.spent_of_time() >= LATEST)
    }

    /// What a shipment costs at each node before carriage.
    fn base(&self) -> IndexVec<NodeIdx, i64> {
        let split = self.problem.objective().split_penalty;
        let nodes = self.problem.nodes().iter();
        nodes.map(|n| (n.shipment_cost + split).ten_thousandths()).collect()
    }

    fn orders_by_destination(&self) -> Vec<OrderIdx> {
        let mut orders: Vec<OrderIdx> = self.problem.orders().indices().collect();
        orders.sort_by_key(|&o| self.problem.orders()[o].destination); // stable: problem order within a destination
        orders
    }

    /// `None` where it is over.
    fn shelf(&self, orders: &[OrderIdx], is_over: IsOver<'_>) -> Option<Shelf> {
        let pace = Pace::new(is_over);
        let mut shelf = Shelf::default();
        let mut departures = Departures::new(self.problem);
        for &order in orders {
            departures.go_to(self.problem.orders()[order].destination);
            OrderBuilder {
                problem: self.problem,
                order,
                o: &self.problem.orders()[order],
                departures: &departures,
                stops: Stops::new(self.problem, &self.demand, &self.problem.orders()[order]),
                most_atoms: self.most_atoms,
                pace: &pace,
            }
            .add_to(&mut shelf);
            if pace.spend(100) {
                return None;
            }
        }
        Some(shelf)
    }
}

/// Whether the positions of a book of the problem fit into their 32 bits. Counts what the rows can be at most: one for each
/// part of a line at each node that stocks it, or at each quote.
pub(crate) fn fits(problem: &Problem) -> bool {
    let rows = problem.orders().iter_enumerated().map(|(order, o)| {
        let quotes = problem.quotes_of(order).len();
        let all: usize = o.lines().map(|l| problem.stock_of(problem.lines()[l].sku).len()).sum();
        let of_line = |line: LineIdx| {
            let l = &problem.lines()[line];
            let parts = if l.divisible { l.qty.min(MAX_ATOMS as u32) } else { 1 };
            // With dates, those of the order's other lines divide the days of a node too.
            let rows = if problem.chains().is_dated() {
                2 * all
            } else {
                problem.stock_of(l.sku).len()
            };
            u64::from(parts) * rows.max(quotes) as u64
        };
        o.lines().map(of_line).sum::<u64>()
    });
    rows.sum::<u64>() < u64::from(u32::MAX)
}

/// Part of a book, with positions relative to itself.
#[derive(Default)]
struct Shelf {
    heads: Vec<OrderHead>,
    atoms: Vec<Atom>,
    pieces: Vec<Piece>,
    entries: Vec<Entry>,
    rows: Vec<u32>,
    tables: Vec<i64>,
    large: Vec<LargeOrder>,
}

fn append(book: &mut Book<'_>, chunk: &[OrderIdx], shelf: Shelf) {
    let (atoms, pieces) = (book.atoms.len() as u32, book.pieces.len() as u32);
    let (entries, rows) = (book.entries.next(), book.rows.len() as u32);
    let (tables, large) = (book.tables.len() as u64, book.large.len() as u32);
    for (order, mut head) in chunk.iter().zip(shelf.heads) {
        head.first_atom += atoms;
        head.first_entry += entries;
        head.end_entry += entries;
        if head.large > 0 {
            head.large += large;
        }
        book.orders[order.get()] = head;
    }
    book.atoms.extend(shelf.atoms.into_iter().map(|a| Atom {
        first_piece: a.first_piece + pieces,
        ..a
    }));
    book.pieces.extend(shelf.pieces);
    for entry in &shelf.entries {
        book.entries.push(&Entry {
            table: match entry.table {
                NO_TABLE => NO_TABLE,
                table => table + tables,
            },
            first_row: entry.first_row + rows,
            ..*entry
        });
    }
    book.rows.extend(shelf.rows);
    book.tables.extend(&shelf.tables);
    book.large.extend(shelf.large.into_iter().map(|mut l| {
        l.cells = l.cells.start + rows..l.cells.end + rows;
        for source in l.atoms.iter_mut().flat_map(|a| &mut a.sources) {
            source.first_cell += rows;
        }
        l
    }));
}

impl OrderHead {
    const EMPTY: Self = Self {
        first_atom: 0,
        first_entry: 0,
        end_entry: 0,
        atoms: 0,
        ship_complete: false,
        max_shipments: u8::MAX,
        divisible: false,
        repeated_sku: false,
        large: 0,
    };
}

/// An atom while its order is read.
pub(super) struct DraftAtom {
    pub(super) pieces: Vec<Piece>,
    /// Units of a divisible line that is one atom; else 1.
    pub(super) count: u32,
    siblings: AtomSet,
    /// Where it may leave, rising, each with the first stock row of every piece.
    pub(super) stops: Vec<(Stop, Vec<u32>)>,
}

pub(super) struct OrderBuilder<'a> {
    pub(super) problem: &'a Problem,
    pub(super) order: OrderIdx,
    pub(super) o: &'a Order,
    departures: &'a Departures<'a>,
    stops: Stops,
    most_atoms: usize,
    /// Once it is over, what is added of the order is of no use.
    pub(super) pace: &'a Pace<'a>,
}

impl OrderBuilder<'_> {
    fn add_to(&self, shelf: &mut Shelf) {
        let in_units = self.units_in_all().is_some_and(|units| units <= self.most_atoms as u64);
        let atoms = self.atoms(in_units);
        let mut head = OrderHead {
            first_atom: shelf.atoms.len() as u32,
            first_entry: shelf.entries.len() as u32,
            ship_complete: self.o.ship_complete,
            max_shipments: self.o.max_shipments.map_or(u8::MAX, |m| m.min(255) as u8),
            divisible: atoms.iter().any(|a| a.siblings != 0),
            repeated_sku: self.repeats_sku(),
            ..OrderHead::EMPTY
        };
        if in_units {
            head.atoms = atoms.len() as u8;
            self.small(&atoms, shelf);
        } else {
            let large = self.large(atoms, &mut shelf.rows);
            shelf.large.push(large);
            head.large = shelf.large.len() as u32;
        }
        head.end_entry = shelf.entries.len() as u32;
        shelf.heads.push(head);
    }

    pub(super) fn repeats_sku(&self) -> bool {
        let mut skus: Vec<_> = self.o.lines().map(|l| self.problem.lines()[l].sku).collect();
        skus.sort_unstable();
        skus.windows(2).any(|w| w[0] == w[1])
    }

    /// Atoms of the order, every unit of a divisible line one; `None` where a line has too many units for that.
    fn units_in_all(&self) -> Option<u64> {
        let mut groups: Vec<crate::index::Sym> = Vec::new();
        let of_line = |line: LineIdx| {
            let l = &self.problem.lines()[line];
            if let Some(group) = l.group {
                let is_new = !groups.contains(&group);
                groups.extend(is_new.then_some(group));
                return Some(u64::from(is_new));
            }
            let units = if l.divisible { l.qty } else { 1 };
            (units <= MOST_UNITS).then_some(u64::from(units))
        };
        self.o.lines().map(of_line).sum()
    }

    /// Cuts the order into atoms; a divisible line into its units, or into one atom that counts them.
    fn atoms(&self, in_units: bool) -> Vec<DraftAtom> {
        let problem = self.problem;
        let mut atoms: Vec<DraftAtom> = Vec::new();
        let mut groups: HashMap<crate::index::Sym, usize> = HashMap::new();
        for line in self.o.lines() {
            let l = &problem.lines()[line];
            if let Some(group) = l.group {
                if let Some(&at) = groups.get(&group) {
                    atoms[at].pieces.push(Piece { line, qty: l.qty });
                    continue;
                }
                groups.insert(group, atoms.len());
            }
            let units = if l.divisible { l.qty } else { 1 };
            let (parts, count) = if in_units { (units, 1) } else { (1, units) };
            let first = atoms.len();
            for part in 0..parts {
                // Of several parts there are at most so many that all fit into a set.
                let siblings = if parts > 1 {
                    (((1u32 << parts) - 1) << first) & !(1 << (first as u32 + part))
                } else {
                    0
                };
                atoms.push(DraftAtom {
                    pieces: vec![Piece {
                        line,
                        qty: l.qty / parts,
                    }],
                    count,
                    siblings: siblings as AtomSet,
                    stops: Vec::new(),
                });
            }
        }
        for atom in &mut atoms {
            let need = |p: &Piece| Piece {
                qty: p.qty / atom.count,
                ..*p
            };
            atom.stops = self.stops_of(&atom.pieces.iter().map(need).collect::<Vec<_>>());
        }
        atoms
    }

    /// Where all the pieces may leave, by stock, pin, exclusions, `ships` and `pickup`.
    fn stops_of(&self, pieces: &[Piece]) -> Vec<(Stop, Vec<u32>)> {
        let mut stops: Option<Vec<(Stop, Vec<u32>)>> = None;
        for piece in pieces {
            let rows = self.rows_of(*piece);
            stops = Some(match stops {
                None => rows.into_iter().map(|(s, r)| (s, vec![r])).collect(),
                Some(before) => before
                    .into_iter()
                    .filter_map(|(s, mut list)| {
                        let at = rows.binary_search_by_key(&s, |r| r.0).ok()?;
                        list.push(rows[at].1);
                        Some((s, list))
                    })
                    .collect(),
            });
        }
        stops.unwrap_or_default()
    }

    fn rows_of(&self, piece: Piece) -> Vec<(Stop, u32)> {
        let (problem, l) = (self.problem, &self.problem.lines()[piece.line]);
        let stock = problem.stock();
        let allowed = |node: NodeIdx| {
            let n = &problem.nodes()[node];
            l.pin.is_none_or(|pin| pin == node)
                && self.o.pickup_node.map_or(n.ships, |p| p == node && n.pickup)
                && !self.excluded(piece.line, node)
        };
        let enough = |r: &u32| stock[*r as usize].available >= piece.qty;
        let node_of = |r: u32| stock[r as usize].node;
        if !problem.chains().is_dated() {
            let rows = problem.stock_of(l.sku).filter(enough);
            let rows = rows.filter(|&r| allowed(node_of(r)));
            return rows.map(|r| ((node_of(r), None), r)).collect();
        }
        let mut found = Vec::new();
        let mut all = problem.stock_of(l.sku);
        while let Some(first) = all.next() {
            let rows = problem.chains().from(first);
            let node = node_of(first);
            all.start = rows.end;
            if self.pace.is_over() {
                break;
            }
            if !enough(&(rows.end - 1)) || !allowed(node) {
                continue;
            }
            let ready = problem.nodes()[node].ready.date;
            for stop in self.stops.at(node) {
                self.pace.spend(10);
                let row = problem.row_by(rows.clone(), stop.1.unwrap_or(ready));
                found.extend(row.filter(enough).map(|r| (stop, r)));
            }
        }
        found
    }

    fn excluded(&self, line: LineIdx, node: NodeIdx) -> bool {
        let none = self.problem.order_exclusions().is_empty() && self.problem.line_exclusions().is_empty();
        !none && self.problem.is_excluded(line, node)
    }

    pub(super) fn unfilled(&self, pieces: &[Piece]) -> i64 {
        let penalty = |p: &Piece| self.problem.lines()[p.line].unfilled_penalty * i64::from(p.qty);
        pieces.iter().map(penalty).sum::<Money>().ten_thousandths()
    }

    pub(super) fn load(&self, pieces: &[Piece]) -> Load {
        pieces.iter().fold(Load::default(), |sum, p| {
            sum.plus(Load::of(self.problem, p.line, p.qty))
        })
    }

    pub(super) fn late(&self, arrives: Option<crate::quantity::Date>) -> i64 {
        let days = calendar::days_late(self.o.deliver_by, arrives);
        shipment::late(self.problem, days).ten_thousandths()
    }

    fn small(&self, atoms: &[DraftAtom], shelf: &mut Shelf) {
        for atom in atoms {
            shelf.atoms.push(Atom {
                first_piece: shelf.pieces.len() as u32,
                pieces: atom.pieces.len() as u16,
                siblings: atom.siblings,
                units: atom.pieces.iter().map(|p| p.qty).sum(),
                unfilled: self.unfilled(&atom.pieces),
            });
            shelf.pieces.extend_from_slice(&atom.pieces);
        }
        let mut tables = Tables::new(self, atoms);
        for stop in stops_of_all(atoms) {
            let node = stop.0;
            if self.pace.spend(20 * atoms.len()) {
                break;
            }
            let mut set: AtomSet = 0;
            let mut rows: Vec<u32> = Vec::new();
            for (a, atom) in atoms.iter().enumerate() {
                if let Ok(at) = atom.stops.binary_search_by_key(&stop, |s| s.0) {
                    set |= 1 << a;
                    rows.extend_from_slice(&atom.stops[at].1);
                }
            }
            for (way, workload, fixed, table) in self.ways(stop, &mut tables, &mut shelf.tables) {
                let shipment_cost = self.problem.nodes()[node].shipment_cost + self.problem.objective().split_penalty;
                shelf.entries.push(Entry {
                    node,
                    atoms: set,
                    way,
                    workload,
                    table,
                    first_row: shelf.rows.len() as u32,
                    base: shipment_cost.ten_thousandths() + fixed,
                });
                shelf.rows.extend_from_slice(&rows);
            }
        }
    }

    /// The ways to ship within a stop: (way, workload, fixed cost, table).
    fn ways(&self, stop: Stop, tables: &mut Tables<'_>, out: &mut Vec<i64>) -> Vec<(Way, u32, i64, u64)> {
        if self.o.pickup_node.is_some() {
            return vec![(Way::Pickup, 1, 0, NO_TABLE)];
        }
        if !self.problem.quotes_of(self.order).is_empty() {
            return self
                .quotes(stop)
                .into_iter()
                .map(|(way, w, fixed)| (way, w, fixed, NO_TABLE))
                .collect();
        }
        let offers = self.offers_within(stop);
        if offers.is_empty() {
            Vec::new()
        } else {
            vec![(Way::BestService, 1, 0, tables.of(&offers, out))]
        }
    }

    /// The services of a node for what leaves within a stop.
    pub(super) fn offers_within(&self, stop: Stop) -> Arc<[Departure]> {
        let offers = self.departures.from(stop.0);
        if self.stops.divide(stop.0) {
            self.stops.offers(self.problem, stop, &offers).into()
        } else {
            offers
        }
    }

    /// The quotes of a node that leave within a stop, and that no other one beats in both price and workload.
    pub(super) fn quotes(&self, stop: Stop) -> Vec<(Way, u32, i64)> {
        let quotes = self.problem.quotes_of(self.order).iter();
        let quotes = quotes.filter(|q| q.node == stop.0 && self.is_within(stop, q));
        let mut all: Vec<_> = quotes
            .map(|q| {
                (
                    q.price.ten_thousandths() + self.late(q.deliver_on),
                    q.workload,
                    q.service,
                )
            })
            .collect();
        all.sort_unstable();
        let mut kept: Vec<(Way, u32, i64)> = Vec::new();
        for (cost, workload, service) in all {
            if kept.last().is_none_or(|k| workload < k.1) {
                kept.push((Way::Quote(service), workload, cost));
            }
        }
        kept
    }

    fn is_within(&self, stop: Stop, quote: &Quote) -> bool {
        !self.stops.divide(stop.0) || self.stops.holds(stop, shipment::quoted_day(self.problem, quote))
    }
}

/// Every stop at which some atom may leave, rising.
pub(super) fn stops_of_all(atoms: &[DraftAtom]) -> Vec<Stop> {
    let mut stops: Vec<Stop> = atoms.iter().flat_map(|a| a.stops.iter().map(|s| s.0)).collect();
    stops.sort_unstable();
    stops.dedup();
    stops
}
