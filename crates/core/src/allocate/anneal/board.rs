//! All orders flat, line by line: where each atom may ship from, what that takes, and what a shipment costs.
//!
//! ```text
//! order   its atoms and its slots
//! slot    a node and a way to ship from it; carriage by a table of subsets, by a ladder, or fixed
//! atom    what must travel together; its spots
//! spot    an atom in a slot: handling, and what it takes of stock
//! article all atoms that are lines of one SKU
//! ```
//! Orders that the moves do not know (divisible lines) have no slots here and stay as they are.

use std::collections::BTreeMap;

use crate::allocate::book::{Book, NEVER, NO_TABLE};
use crate::allocate::large::{Ladder, LargeOrder, LargeWay, OUT};
use crate::allocate::lists::Lists;
use crate::allocate::price::{Part, Valuation as _};
use crate::allocate::state::State;
use crate::allocate::valuation::Free;
use crate::cost::tariff::Load;
use crate::index::{Idx as _, OrderIdx, SkuIdx};

/// Stands for "unfilled".
pub(super) const UNFILLED: u32 = u32::MAX;

pub(super) struct Order {
    pub atoms: std::ops::Range<u32>,
    pub slots: std::ops::Range<u32>,
    pub most: u32,
    /// Everything ships or nothing does.
    pub complete: bool,
}

#[derive(Clone, Copy)]
pub(super) enum Carriage {
    /// From this place of the book's tables on, by subset.
    Table(u64),
    /// A ladder of the board.
    Ladder(u32),
    Fixed,
}

pub(super) struct Slot {
    pub order: u32,
    pub node: u32,
    pub carriage: Carriage,
    /// What the shipment costs before carriage, split penalty included.
    pub base: i64,
    pub workload: i64,
    /// The entry of a small order; the node's position and the fixed way of a large one.
    pub origin: (u32, u16),
}

pub(super) struct Atom {
    pub order: u32,
    pub spots: std::ops::Range<u32>,
    pub unfilled: i64,
    pub lines: i64,
    pub units: i64,
    pub load: Load,
    /// In the tables of a small order.
    pub bit: u16,
}

pub(super) struct Spot {
    pub slot: u32,
    pub cost: i64,
    takes: std::ops::Range<u32>,
}

/// The atoms that take of the stock of one SKU and of nothing else, and its rows, rising.
#[derive(Default)]
pub(super) struct Article {
    pub atoms: Vec<u32>,
    pub rows: Vec<u32>,
}

pub(super) struct Board<'a> {
    pub book: &'a Book<'a>,
    pub orders: Vec<Order>,
    pub slots: Vec<Slot>,
    pub atoms: Vec<Atom>,
    pub spots: Vec<Spot>,
    takes: Vec<(u32, i64)>,
    ladders: Vec<&'a Ladder>,
    /// For each stock row the atoms that a spot of theirs lets take of it.
    wanters: Lists,
    articles: Vec<Article>,
    /// The article of each atom that is of one alone.
    article_of: Vec<Option<u32>>,
}

impl<'a> Board<'a> {
    pub(super) fn new(book: &'a Book<'a>) -> Self {
        let mut board = Self {
            book,
            orders: Vec::with_capacity(book.orders.len()),
            slots: Vec::new(),
            atoms: Vec::new(),
            spots: Vec::new(),
            takes: Vec::new(),
            ladders: Vec::new(),
            wanters: Lists::new(&[]),
            articles: Vec::new(),
            article_of: Vec::new(),
        };
        for o in 0..book.orders.len() {
            let (atoms, slots) = (board.atoms.len() as u32, board.slots.len() as u32);
            let head = &book.orders[o];
            let (most, complete) = if head.large > 0 {
                let large = &book.large[head.large as usize - 1];
                board.add_large(o as u32, large);
                (large.max_shipments, large.ship_complete)
            } else {
                board.add_small(o as u32);
                (usize::from(head.max_shipments), head.ship_complete)
            };
            board.orders.push(Order {
                atoms: atoms..board.atoms.len() as u32,
                slots: slots..board.slots.len() as u32,
                most: u32::try_from(most).unwrap_or(u32::MAX),
                complete,
            });
        }
        board.wanters = board.rows_wanted().reversed(book.problem.stock().len());
        board.find_articles();
        board
    }

    fn find_articles(&mut self) {
        let mut of_sku: BTreeMap<SkuIdx, Article> = BTreeMap::new();
        for (atom, a) in (0u32..).zip(&self.atoms) {
            let Some(sku) = self.only_sku(a) else { continue };
            let article = of_sku.entry(sku).or_insert_with(|| Article {
                atoms: Vec::new(),
                rows: self.book.problem.stock_of(sku).collect(),
            });
            article.atoms.push(atom);
        }
        self.articles = of_sku.into_values().collect();
        self.article_of = vec![None; self.atoms.len()];
        for (article, n) in self.articles.iter().zip(0..) {
            for &atom in &article.atoms {
                self.article_of[atom as usize] = Some(n);
            }
        }
    }

    /// The SKU that an atom is one line of.
    fn only_sku(&self, atom: &Atom) -> Option<SkuIdx> {
        let mut skus = atom.spots.clone().map(|s| match self.takes(s) {
            &[(row, _)] => Some(self.book.problem.stock()[row as usize].sku),
            _ => None,
        });
        let first = skus.next()??;
        skus.all(|s| s == Some(first)).then_some(first)
    }

    /// The article that an atom is of, where it is of one alone.
    pub(super) fn article_of(&self, atom: u32) -> Option<&Article> {
        self.article_of[atom as usize].map(|n| &self.articles[n as usize])
    }

    /// For each atom the stock rows that its spots take of.
    fn rows_wanted(&self) -> Lists {
        let of_atom = |atom: &Atom| {
            let rows = atom.spots.clone().flat_map(|s| self.takes(s)).map(|t| t.0);
            let mut rows: Vec<u32> = rows.collect();
            rows.sort_unstable();
            rows.dedup();
            rows
        };
        Lists::new(&self.atoms.iter().map(of_atom).collect::<Vec<_>>())
    }

    fn add_small(&mut self, order: u32) {
        let (book, head) = (self.book, &self.book.orders[order as usize]);
        if head.divisible {
            return;
        }
        let first_slot = self.slots.len() as u32;
        let entries: Vec<_> = (head.first_entry..head.end_entry)
            .map(|e| (e, book.entries.at(e)))
            .collect();
        for (number, entry) in &entries {
            self.slots.push(Slot {
                order,
                node: entry.node.0,
                carriage: if entry.table == NO_TABLE {
                    Carriage::Fixed
                } else {
                    Carriage::Table(entry.table)
                },
                base: entry.base,
                workload: i64::from(entry.workload),
                origin: (*number, 0),
            });
        }
        let free = Free { book };
        for (a, atom) in book.atoms_of(head).iter().enumerate() {
            let first_spot = self.spots.len() as u32;
            let pieces = book.pieces_of(atom);
            for (n, (_, entry)) in entries.iter().enumerate().filter(|(_, e)| e.1.atoms >> a & 1 == 1) {
                let before: usize = crate::allocate::book::members(entry.atoms & ((1 << a) - 1))
                    .map(|b| usize::from(book.atoms_of(head)[b].pieces))
                    .sum();
                let first = entry.first_row as usize + before;
                let cells = pieces.iter().zip(first..);
                let mut cost = 0;
                let mut takes = Vec::new();
                for (piece, cell) in cells {
                    cost += free.piece(entry, cell, book.rows[cell], piece.qty);
                    takes.push((book.rows[cell], i64::from(piece.qty)));
                }
                self.push_spot(first_slot + n as u32, cost, takes);
            }
            self.atoms.push(Atom {
                order,
                spots: first_spot..self.spots.len() as u32,
                unfilled: atom.unfilled,
                lines: i64::from(atom.pieces),
                units: i64::from(atom.units),
                load: Load::default(),
                bit: 1 << a,
            });
        }
    }

    fn add_large(&mut self, order: u32, large: &'a LargeOrder) {
        if large.is_divisible {
            return;
        }
        let book = self.book;
        let ladders = self.ladders.len() as u32;
        self.ladders.extend(&large.ladders);
        let mut slots_of: Vec<std::ops::Range<u32>> = Vec::new();
        for (n, node) in large.nodes.iter().enumerate() {
            let first = self.slots.len() as u32;
            let base = book.problem.nodes()[node.node].shipment_cost.ten_thousandths() + book.split;
            if node.fixed.is_empty() {
                self.slots.push(Slot {
                    order,
                    node: node.node.0,
                    carriage: Carriage::Ladder(ladders + u32::from(node.ladder)),
                    base,
                    workload: 1,
                    origin: (n as u32, 0),
                });
            }
            for (which, &(_, workload, cost)) in node.fixed.iter().enumerate() {
                self.slots.push(Slot {
                    order,
                    node: node.node.0,
                    carriage: Carriage::Fixed,
                    base: base + cost,
                    workload: i64::from(workload),
                    origin: (n as u32, which as u16),
                });
            }
            slots_of.push(first..self.slots.len() as u32);
        }
        for atom in &large.atoms {
            let first_spot = self.spots.len() as u32;
            for source in &atom.sources {
                let node = &book.problem.nodes()[large.nodes[usize::from(source.node)].node];
                for slot in slots_of[usize::from(source.node)].clone() {
                    let (mut cost, mut takes) = (0, Vec::new());
                    for (piece, cell) in atom.cells(source.first_cell) {
                        cost +=
                            node.line_cost.ten_thousandths() + node.unit_cost.ten_thousandths() * i64::from(piece.qty);
                        takes.push((book.rows[cell as usize], i64::from(piece.qty)));
                    }
                    self.push_spot(slot, cost, takes);
                }
            }
            self.atoms.push(Atom {
                order,
                spots: first_spot..self.spots.len() as u32,
                unfilled: atom.unfilled,
                lines: atom.pieces.len() as i64,
                units: i64::from(atom.units),
                load: atom.load,
                bit: 0,
            });
        }
    }

    fn push_spot(&mut self, slot: u32, cost: i64, takes: Vec<(u32, i64)>) {
        let first = self.takes.len() as u32;
        self.takes.extend(crate::allocate::options::merged(takes));
        self.spots.push(Spot {
            slot,
            cost,
            takes: first..self.takes.len() as u32,
        });
    }

    /// The atoms of some orders, and for each atom whether it is one of them.
    pub(super) fn movable(&self, orders: &[OrderIdx]) -> (Vec<u32>, Vec<bool>) {
        let atoms: Vec<u32> = orders.iter().flat_map(|o| self.orders[o.get()].atoms.clone()).collect();
        let mut may_move = vec![false; self.atoms.len()];
        for &a in &atoms {
            may_move[a as usize] = true;
        }
        (atoms, may_move)
    }

    /// The atoms that may take of a stock row.
    pub(super) fn wanters(&self, row: u32) -> &[u32] {
        self.wanters.of(row)
    }

    /// What an atom in a spot takes of stock.
    pub(super) fn takes(&self, spot: u32) -> &[(u32, i64)] {
        let range = &self.spots[spot as usize].takes;
        &self.takes[range.start as usize..range.end as usize]
    }

    /// Carriage of what a slot holds; [`NEVER`] where it cannot travel.
    pub(super) fn carriage(&self, slot: &Slot, set: u16, load: &Load) -> i64 {
        match slot.carriage {
            Carriage::Table(at) => self.book.tables.at(at + u64::from(set)),
            Carriage::Ladder(n) => self.ladders[n as usize].first_price(load).unwrap_or(NEVER),
            Carriage::Fixed => 0,
        }
    }

    /// The spot of each atom in a plan.
    pub(super) fn spots_of(&self, state: &State) -> Vec<u32> {
        let mut at = vec![UNFILLED; self.atoms.len()];
        for (o, order) in self.orders.iter().enumerate() {
            let spot_in = |atom: u32, is: &dyn Fn(&Slot) -> bool| {
                let spots = self.atoms[atom as usize].spots.clone();
                let found = spots
                    .into_iter()
                    .find(|&s| is(&self.slots[self.spots[s as usize].slot as usize]));
                found.unwrap_or(UNFILLED)
            };
            if order.slots.is_empty() {
                continue;
            }
            let o = OrderIdx::new(o);
            if let Some(n) = (self.book.head(o).large as usize).checked_sub(1) {
                let way = &state.large[n];
                for (atom, &node) in order.atoms.clone().zip(way.places()) {
                    if node != OUT {
                        let origin = (u32::from(node), way.fixed_at(node));
                        at[atom as usize] = spot_in(atom, &|s| s.origin == origin);
                    }
                }
            } else {
                for part in state.parts_of(self.book, o) {
                    for a in crate::allocate::book::members(part.atoms) {
                        let atom = order.atoms.start + a as u32;
                        at[atom as usize] = spot_in(atom, &|s| s.origin.0 == part.entry);
                    }
                }
            }
        }
        at
    }

    /// Serves an order of a plan as the spots of its atoms say.
    pub(super) fn serve(&self, state: &mut State, o: usize, at: &[u32]) {
        let (order, book) = (&self.orders[o], self.book);
        if order.slots.is_empty() {
            return;
        }
        let index = OrderIdx::new(o);
        let origin = |atom: u32| match at[atom as usize] {
            UNFILLED => None,
            spot => Some(self.slots[self.spots[spot as usize].slot as usize].origin),
        };
        if let Some(n) = (book.head(index).large as usize).checked_sub(1) {
            let mut by: Vec<(u16, u16)> = Vec::new();
            let place = |atom: u32| {
                let Some((node, which)) = origin(atom) else { return OUT };
                if !book.large[n].nodes[node as usize].fixed.is_empty() {
                    by.push((node as u16, which));
                }
                node as u16
            };
            let places: Vec<u16> = order.atoms.clone().map(place).collect();
            by.sort_unstable();
            by.dedup();
            let way = if places.iter().all(|&p| p == OUT) {
                LargeWay::default()
            } else {
                LargeWay::new(places, by, Vec::new())
            };
            if way != state.large[n] {
                state.lift(book, index);
                state.put_large(book, index, way);
            }
            return;
        }
        let mut parts: Vec<Part> = Vec::new();
        for (a, atom) in order.atoms.clone().enumerate() {
            let Some((entry, _)) = origin(atom) else { continue };
            match parts.iter_mut().find(|p| p.entry == entry) {
                Some(part) => part.atoms |= 1 << a,
                None => parts.push(Part { entry, atoms: 1 << a }),
            }
        }
        if parts != state.parts_of(book, index) {
            state.lift(book, index);
            state.put(book, index, &parts);
        }
    }
}
