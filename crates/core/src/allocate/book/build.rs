//! Fills the order book: atoms, eligible nodes, carriage by subset. Destinations are worked on in parallel, orders that go
//! to the same place together.

use rayon::prelude::*;

use super::{
    Atom, AtomSet, Book, Carriages, Entries, Entry, MAX_ATOMS, NEVER, NO_TABLE, Network, Offer, Offers, OrderHead,
    Piece, Way,
};
use crate::allocate::large::{Ladder, LargeAtom, LargeNode, LargeOrder, Source};
use crate::cost::tariff::{Load, transport};
use crate::cost::{calendar, shipment};
use crate::index::{DestIdx, Idx as _, IndexVec, LineIdx, NodeIdx, OrderIdx, RateIdx};
use crate::model::{Order, Problem};
use crate::quantity::Money;

/// Most parts that a divisible line of a large order is cut into.
const LARGE_PARTS: u32 = 4;
/// Orders that one task works on.
const CHUNK: usize = 256;
/// Tasks whose results are held at once.
const ROUND: usize = 32;

/// Builds a [`Book`].
pub(crate) struct Builder<'p> {
    problem: &'p Problem,
    network: Network<'p>,
    /// Orders of more atoms are large.
    most_atoms: usize,
}

impl<'p> Builder<'p> {
    pub(crate) fn new(problem: &'p Problem) -> Self {
        Self {
            problem,
            network: Network::new(problem),
            most_atoms: MAX_ATOMS,
        }
    }

    /// As [`new`](Self::new), with orders of more than so many atoms taken for large ones.
    #[cfg(test)]
    pub(crate) fn with_most_atoms(problem: &'p Problem, most_atoms: usize) -> Self {
        Self {
            most_atoms: most_atoms.min(MAX_ATOMS),
            ..Self::new(problem)
        }
    }

    /// The book of all orders. Runs on the current rayon pool; the result does not depend on its size.
    pub(crate) fn build(&self) -> Book<'p> {
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
        };
        // In rounds, so that all shelves together never take the memory of a second book.
        for round in orders.chunks(CHUNK * ROUND) {
            let shelves: Vec<Shelf> = round.par_chunks(CHUNK).map(|chunk| self.shelf(chunk)).collect();
            for (chunk, shelf) in round.chunks(CHUNK).zip(shelves) {
                append(&mut book, chunk, shelf);
            }
        }
        book
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

    fn shelf(&self, orders: &[OrderIdx]) -> Shelf {
        let mut shelf = Shelf::default();
        let mut offers = Offers::default();
        let mut at: Option<DestIdx> = None;
        for &order in orders {
            let dest = self.problem.orders()[order].destination;
            if at != Some(dest) {
                self.network.offers(dest, &mut offers);
                at = Some(dest);
            }
            OrderBuilder {
                problem: self.problem,
                order,
                o: &self.problem.orders()[order],
                offers: &offers,
                most_atoms: self.most_atoms,
            }
            .add_to(&mut shelf);
        }
        shelf
    }
}

/// Whether the positions of a book of the problem fit into their 32 bits. Counts what the rows can be at most: one for each
/// part of a line at each node that stocks it, or at each quote.
pub(crate) fn fits(problem: &Problem) -> bool {
    let rows = problem.orders().iter_enumerated().map(|(order, o)| {
        let quotes = problem.quotes_of(order).len();
        let of_line = |line: LineIdx| {
            let l = &problem.lines()[line];
            let parts = if l.divisible { l.qty.min(MAX_ATOMS as u32) } else { 1 };
            u64::from(parts) * problem.stock_of(l.sku).len().max(quotes) as u64
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
struct DraftAtom {
    pieces: Vec<Piece>,
    siblings: AtomSet,
    /// Nodes that may fill it, rising, each with the stock row of every piece.
    nodes: Vec<(NodeIdx, Vec<u32>)>,
}

struct OrderBuilder<'a> {
    problem: &'a Problem,
    order: OrderIdx,
    o: &'a Order,
    offers: &'a Offers,
    most_atoms: usize,
}

impl OrderBuilder<'_> {
    fn add_to(&self, shelf: &mut Shelf) {
        let whole = self.atoms(u32::MAX);
        let mut head = OrderHead {
            first_atom: shelf.atoms.len() as u32,
            first_entry: shelf.entries.len() as u32,
            ship_complete: self.o.ship_complete,
            max_shipments: self.o.max_shipments.map_or(u8::MAX, |m| m.min(255) as u8),
            divisible: whole.iter().any(|a| a.siblings != 0),
            repeated_sku: self.repeats_sku(),
            ..OrderHead::EMPTY
        };
        if whole.len() > self.most_atoms {
            let large = self.large(self.atoms(LARGE_PARTS), &mut shelf.rows);
            shelf.large.push(large);
            head.large = shelf.large.len() as u32;
        } else {
            head.atoms = whole.len() as u8;
            self.small(&whole, shelf);
        }
        head.end_entry = shelf.entries.len() as u32;
        shelf.heads.push(head);
    }

    fn repeats_sku(&self) -> bool {
        let mut skus: Vec<_> = self.o.lines().map(|l| self.problem.lines()[l].sku).collect();
        skus.sort_unstable();
        skus.windows(2).any(|w| w[0] == w[1])
    }

    /// Cuts the order into atoms; a divisible line into at most `parts` near-equal ones.
    fn atoms(&self, parts: u32) -> Vec<DraftAtom> {
        let problem = self.problem;
        let mut atoms: Vec<DraftAtom> = Vec::new();
        let mut groups: Vec<(crate::index::Sym, usize)> = Vec::new();
        for line in self.o.lines() {
            let l = &problem.lines()[line];
            if let Some(group) = l.group {
                if let Some(&(_, at)) = groups.iter().find(|(g, _)| *g == group) {
                    atoms[at].pieces.push(Piece { line, qty: l.qty });
                    continue;
                }
                groups.push((group, atoms.len()));
            }
            let parts = if l.divisible { parts.min(l.qty) } else { 1 };
            if parts > MAX_ATOMS as u32 {
                // Large for sure; the caller asks again with fewer parts.
                for _ in 0..=MAX_ATOMS {
                    atoms.push(DraftAtom {
                        pieces: vec![Piece { line, qty: 1 }],
                        siblings: 0,
                        nodes: Vec::new(),
                    });
                }
                continue;
            }
            let first = atoms.len();
            for part in 0..parts {
                let qty = l.qty / parts + u32::from(part < l.qty % parts);
                atoms.push(DraftAtom {
                    pieces: vec![Piece { line, qty }],
                    siblings: 0,
                    nodes: Vec::new(),
                });
            }
            if parts > 1 && first + parts as usize <= MAX_ATOMS {
                let all = ((1u32 << parts) - 1) << first;
                for (n, atom) in atoms[first..].iter_mut().enumerate() {
                    atom.siblings = (all & !(1 << (first + n))) as AtomSet;
                }
            }
        }
        for atom in &mut atoms {
            atom.nodes = self.nodes_of(&atom.pieces);
        }
        atoms
    }

    /// Nodes that may fill all the pieces, by stock, pin, exclusions, `ships` and `pickup`.
    fn nodes_of(&self, pieces: &[Piece]) -> Vec<(NodeIdx, Vec<u32>)> {
        let mut nodes: Option<Vec<(NodeIdx, Vec<u32>)>> = None;
        for piece in pieces {
            let rows = self.rows_of(*piece);
            nodes = Some(match nodes {
                None => rows.into_iter().map(|(n, r)| (n, vec![r])).collect(),
                Some(before) => before
                    .into_iter()
                    .filter_map(|(n, mut list)| {
                        let at = rows.binary_search_by_key(&n, |r| r.0).ok()?;
                        list.push(rows[at].1);
                        Some((n, list))
                    })
                    .collect(),
            });
        }
        nodes.unwrap_or_default()
    }

    fn rows_of(&self, piece: Piece) -> Vec<(NodeIdx, u32)> {
        let (problem, l) = (self.problem, &self.problem.lines()[piece.line]);
        let allowed = |node: NodeIdx| {
            let n = &problem.nodes()[node];
            l.pin.is_none_or(|pin| pin == node)
                && self.o.pickup_node.map_or(n.ships, |p| p == node && n.pickup)
                && !self.excluded(piece.line, node)
        };
        let row = |r: u32| (problem.stock()[r as usize].node, r);
        let enough = |r: &u32| problem.stock()[*r as usize].available >= piece.qty;
        problem
            .stock_of(l.sku)
            .filter(enough)
            .map(row)
            .filter(|(n, _)| allowed(*n))
            .collect()
    }

    fn excluded(&self, line: LineIdx, node: NodeIdx) -> bool {
        let none = self.problem.order_exclusions().is_empty() && self.problem.line_exclusions().is_empty();
        !none && self.problem.is_excluded(line, node)
    }

    fn unfilled(&self, pieces: &[Piece]) -> i64 {
        let penalty = |p: &Piece| self.problem.lines()[p.line].unfilled_penalty * i64::from(p.qty);
        pieces.iter().map(penalty).sum::<Money>().ten_thousandths()
    }

    fn load(&self, pieces: &[Piece]) -> Load {
        pieces.iter().fold(Load::default(), |sum, p| {
            sum.plus(Load::of(self.problem, p.line, p.qty))
        })
    }

    fn late(&self, arrives: Option<crate::quantity::Date>) -> i64 {
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
        for node in nodes_of_all(atoms) {
            let mut set: AtomSet = 0;
            let mut rows: Vec<u32> = Vec::new();
            for (a, atom) in atoms.iter().enumerate() {
                if let Ok(at) = atom.nodes.binary_search_by_key(&node, |n| n.0) {
                    set |= 1 << a;
                    rows.extend_from_slice(&atom.nodes[at].1);
                }
            }
            for (way, workload, fixed, table) in self.ways(node, &mut tables, &mut shelf.tables) {
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

    /// The ways to ship from a node: (way, workload, fixed cost, table).
    fn ways(&self, node: NodeIdx, tables: &mut Tables<'_>, out: &mut Vec<i64>) -> Vec<(Way, u32, i64, u64)> {
        if self.o.pickup_node.is_some() {
            return vec![(Way::Pickup, 1, 0, NO_TABLE)];
        }
        if !self.problem.quotes_of(self.order).is_empty() {
            return self
                .quotes(node)
                .into_iter()
                .map(|(way, w, fixed)| (way, w, fixed, NO_TABLE))
                .collect();
        }
        let offers = self.offers.of(node);
        if offers.is_empty() {
            Vec::new()
        } else {
            vec![(Way::BestService, 1, 0, tables.of(offers, out))]
        }
    }

    /// The quotes of a node that no other quote of the node beats in both price and workload.
    fn quotes(&self, node: NodeIdx) -> Vec<(Way, u32, i64)> {
        let quotes = self.problem.quotes_of(self.order).iter().filter(|q| q.node == node);
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

    fn large(&self, atoms: Vec<DraftAtom>, rows: &mut Vec<u32>) -> LargeOrder {
        let all = atoms
            .iter()
            .fold(Load::default(), |sum, a| sum.plus(self.load(&a.pieces)));
        let (mut nodes, mut ladders): (Vec<LargeNode>, Vec<Ladder>) = (Vec::new(), Vec::new());
        for node in nodes_of_all(&atoms) {
            let fixed = if self.o.pickup_node.is_some() {
                vec![(Way::Pickup, 1, 0)]
            } else {
                self.quotes(node)
            };
            let offers = self.offers.of(node).iter();
            let rates: Vec<_> = offers.map(|o| (o.rate, self.late(Some(o.arrives)))).collect();
            let by_rates = self.o.pickup_node.is_none() && self.problem.quotes_of(self.order).is_empty();
            if fixed.is_empty() && (rates.is_empty() || !by_rates) {
                continue;
            }
            let mut ladder = 0;
            if fixed.is_empty() {
                ladder = ladders.iter().position(|l| l.rates == rates).unwrap_or_else(|| {
                    ladders.push(Ladder::new(self.problem, rates, all));
                    ladders.len() - 1
                });
            }
            nodes.push(LargeNode {
                node,
                fixed,
                ladder: ladder as u16,
            });
        }
        let first = rows.len() as u32;
        let mut sources = |a: &DraftAtom| {
            let at = |n: NodeIdx| nodes.binary_search_by_key(&n, |x| x.node).ok();
            let known = a.nodes.iter().filter_map(|(n, list)| Some((at(*n)?, list)));
            known
                .map(|(n, list)| {
                    let first_cell = rows.len() as u32;
                    rows.extend_from_slice(list);
                    Source {
                        node: n as u16,
                        first_cell,
                    }
                })
                .collect()
        };
        let atoms: Vec<LargeAtom> = atoms
            .into_iter()
            .map(|a| LargeAtom {
                units: a.pieces.iter().map(|p| p.qty).sum(),
                unfilled: self.unfilled(&a.pieces),
                load: self.load(&a.pieces),
                sources: sources(&a),
                pieces: a.pieces,
            })
            .collect();
        LargeOrder {
            pool: Vec::new(),
            splits_lines: self.o.lines().any(|l| self.problem.lines()[l].divisible),
            shares_rows: self.repeats_sku() || self.o.lines().any(|l| self.problem.lines()[l].divisible),
            atoms,
            cells: first..rows.len() as u32,
            nodes,
            ladders,
            ship_complete: self.o.ship_complete,
            max_shipments: self.o.max_shipments.map_or(usize::MAX, |m| m as usize),
        }
    }
}

/// Every node that may fill some atom, rising.
fn nodes_of_all(atoms: &[DraftAtom]) -> Vec<NodeIdx> {
    let mut nodes: Vec<NodeIdx> = atoms.iter().flat_map(|a| a.nodes.iter().map(|n| n.0)).collect();
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}

/// Carriage and lateness by subset of atoms, one table for each distinct list of (price table, late cost).
struct Tables<'a> {
    builder: &'a OrderBuilder<'a>,
    /// Load of each subset.
    loads: Vec<Load>,
    prices: Vec<(RateIdx, Vec<i64>)>,
    made: Vec<(Vec<(RateIdx, i64)>, u64)>,
}

impl<'a> Tables<'a> {
    fn new(builder: &'a OrderBuilder<'a>, atoms: &[DraftAtom]) -> Self {
        let single: Vec<Load> = atoms.iter().map(|a| builder.load(&a.pieces)).collect();
        let mut loads = vec![Load::default(); 1 << atoms.len()];
        for set in 1..loads.len() {
            loads[set] = loads[set & (set - 1)].plus(single[set.trailing_zeros() as usize]);
        }
        Self {
            builder,
            loads,
            prices: Vec::new(),
            made: Vec::new(),
        }
    }

    fn of(&mut self, offers: &[Offer], out: &mut Vec<i64>) -> u64 {
        let key: Vec<_> = offers
            .iter()
            .map(|o| (o.rate, self.builder.late(Some(o.arrives))))
            .collect();
        if let Some((_, at)) = self.made.iter().find(|(k, _)| *k == key) {
            return *at;
        }
        let at = out.len();
        out.resize(at + self.loads.len(), NEVER);
        for &(rate, late) in &key {
            let prices = self.prices_of(rate);
            for (cell, &price) in out[at..].iter_mut().zip(prices) {
                *cell = (*cell).min(price + late);
            }
        }
        for cell in &mut out[at..] {
            *cell = (*cell).min(NEVER);
        }
        self.made.push((key, at as u64));
        at as u64
    }

    /// Carriage of every subset at a price table; [`NEVER`] where the service does not take it.
    fn prices_of(&mut self, rate: RateIdx) -> &[i64] {
        let at = self.prices.iter().position(|(r, _)| *r == rate).unwrap_or_else(|| {
            let price =
                |load: &Load| transport(self.builder.problem, rate, *load).map_or(NEVER, |t| t.price.ten_thousandths());
            self.prices.push((rate, self.loads.iter().map(price).collect()));
            self.prices.len() - 1
        });
        &self.prices[at].1
    }
}
