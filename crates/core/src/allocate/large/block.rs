//! A large order as a block of a model: a 0-1 column for each atom at each node, and one for each step of the carriage there.
//!
//! ```text
//! seat     an atom at a node: handling, and what it takes of the coupling rows; of a divisible line a unit there, an
//!          integer column
//! share    a divisible line that a node has any of: what a line costs and takes
//! opening  a node that ships up to a step of its ladder, or by a fixed way: the shipment, carriage, a split (`openings`)
//! out      an atom that stays unfilled; of an order that ships complete or not at all, all of them
//! ships    gives the penalty of the first split back
//! ```
//! Its solutions are the ways of the order over the given nodes, at their costs where it [is exact](Block::is_exact).

use std::collections::BTreeMap;

use super::super::book::Book;
use super::super::options::merged;
use super::super::price::Valuation;
use super::super::shadow::RowKey;
use super::{LargeOrder, LargeWay, OUT, Portion};
use crate::cost::tariff::Load;
use crate::index::{Idx as _, NodeIdx};
use crate::search::milp::Row;

/// What a block is to hold of an order.
#[derive(Clone, Copy)]
pub(crate) struct Extent<'a> {
    /// Nodes, among them those that ship now.
    pub nodes: &'a [u16],
    /// Whether an atom may be at a node.
    pub may_be: &'a dyn Fn(usize, u16) -> bool,
    /// Most steps of one ladder.
    pub most_steps: usize,
}

/// A column of a block.
#[derive(Debug)]
pub(crate) struct BlockColumn {
    pub cost: i64,
    /// What it takes, by rising row.
    pub takes: Vec<(RowKey, i64)>,
    /// The cells of the book that it uses.
    pub cells: Vec<u32>,
}

impl BlockColumn {
    pub(super) const fn costing(cost: i64) -> Self {
        Self {
            cost,
            takes: Vec::new(),
            cells: Vec::new(),
        }
    }
}

/// Columns and rows of one order; rows count columns from the first of the block.
#[derive(Debug)]
pub(crate) struct Block {
    pub columns: Vec<BlockColumn>,
    /// Integer columns, and how often they may be chosen.
    pub most: Vec<(u32, u32)>,
    pub rows: Vec<Row>,
    /// The columns of the way that the order has now.
    pub start: Vec<u32>,
    /// For each seat its column, atom and node.
    seats: Vec<(u32, u32, u16)>,
    /// For each opening by a fixed way its column, node and way.
    pub(super) fixed: Vec<(u32, u16, u16)>,
    /// Its solutions cost what its ways cost, else no more.
    pub is_exact: bool,
}

impl Block {
    const fn new() -> Self {
        Self {
            columns: Vec::new(),
            most: Vec::new(),
            rows: Vec::new(),
            start: Vec::new(),
            seats: Vec::new(),
            fixed: Vec::new(),
            is_exact: true,
        }
    }

    pub(super) fn column(&mut self, column: BlockColumn) -> u32 {
        self.columns.push(column);
        self.columns.len() as u32 - 1
    }

    pub(super) fn at_most(&mut self, terms: Vec<(u32, i64)>, rhs: i64) {
        self.rows.push(Row {
            terms,
            rhs,
            equal: false,
        });
    }

    /// The way of chosen columns; `None` where a rule forbids it.
    pub(crate) fn way(&self, book: &Book<'_>, order: &LargeOrder, chosen: &[u32]) -> Option<LargeWay> {
        let times = |column: u32| {
            let from = chosen.partition_point(|&c| c < column);
            chosen[from..].iter().take_while(|&&c| c == column).count() as u32
        };
        let (mut at, mut portions) = (vec![OUT; order.atoms.len()], Vec::new());
        for &(column, atom, node) in &self.seats {
            match times(column) {
                0 => {}
                _ if order.atoms[atom as usize].count == 1 => at[atom as usize] = node,
                units => portions.push(Portion { atom, node, units }),
            }
        }
        let ships = |node: u16| at.contains(&node) || portions.iter().any(|p| p.node == node);
        let fixed = self.fixed.iter().filter(|f| times(f.0) > 0 && ships(f.1));
        let mut by: Vec<(u16, u16)> = fixed.map(|f| (f.1, f.2)).collect();
        by.sort_unstable();
        order.way_of(book, at, by, portions)
    }
}

impl LargeOrder {
    /// The block of the order, as far as it is wanted; `None` where a ladder has very many steps.
    pub(crate) fn block(&self, book: &Book<'_>, extent: Extent<'_>, now: &LargeWay) -> Option<Block> {
        let now = &Self::counted(now);
        let mut block = Block::new();
        let mut served: Vec<Vec<(u32, i64)>> = vec![Vec::new(); self.atoms.len()];
        let (mut openings, mut open_nodes) = (Vec::new(), 0);
        let mut of_node: BTreeMap<NodeIdx, Vec<(u32, i64)>> = BTreeMap::new();
        for &node in extent.nodes {
            let here: Vec<usize> = (0..self.atoms.len())
                .filter(|&a| self.atoms[a].cell_at(node).is_some() && (extent.may_be)(a, node))
                .collect();
            if here.is_empty() {
                continue;
            }
            let most = |a: usize| self.atoms[a].source_at(node).map_or(0, |s| s.most);
            let all = here
                .iter()
                .fold(Load::default(), |sum, &a| sum.plus(self.atoms[a].load_of(most(a))));
            let here_open = self.openings(book, &mut block, (node, extent.most_steps), all)?;
            open_nodes += 1;
            let terms: Vec<(u32, i64)> = here_open.iter().map(|o| (o.column, 1)).collect();
            openings.extend_from_slice(&terms);
            let of_stops = of_node.entry(self.nodes[usize::from(node)].node).or_default();
            of_stops.extend_from_slice(&terms);
            if terms.len() > 1 {
                block.at_most(terms, 1);
            }
            let (mut loads, mut held) = (Vec::new(), None::<Load>);
            for a in here {
                let (atom, each) = (&self.atoms[a], self.atoms[a].load_of(1));
                // How much of the atom each step holds; without the steps that hold none of it.
                let fitting: Vec<(u32, u32)> = here_open
                    .iter()
                    .map(|o| (o.column, o.step().holds_of(&each).min(most(a))))
                    .filter(|s| s.1 > 0)
                    .collect();
                if fitting.is_empty() {
                    continue;
                }
                let seat = self.seat(book, &mut block, a, node);
                served[a].push((seat, 1));
                loads.push((seat, each));
                let mut terms: Vec<(u32, i64)> = fitting.iter().map(|&(c, n)| (c, -i64::from(n))).collect();
                terms.push((seat, 1));
                block.at_most(terms, 0);
                let count = now.get(a, node);
                if atom.count > 1 {
                    block.most.push((seat, most(a)));
                    let share = self.share(book, &mut block, node);
                    block.at_most(vec![(seat, 1), (share, -i64::from(most(a)))], 0);
                    let mut terms: Vec<(u32, i64)> = fitting.iter().map(|&(c, _)| (c, -1)).collect();
                    terms.push((share, 1));
                    block.at_most(terms, 0);
                    block.start.extend((count > 0).then_some(share));
                }
                if count > 0 {
                    held = Some(held.unwrap_or_default().plus(atom.load_of(count)));
                    block.start.extend(std::iter::repeat_n(seat, count as usize));
                }
            }
            if let Some(held) = held {
                block.start.extend(self.opened(now.way, node, &here_open, &held)?);
            }
            block.hold(&here_open, &loads, &all);
        }
        for (_, terms) in of_node {
            // The stops of a node: one of them ships.
            if self.has_twins() && terms.len() > 1 {
                block.at_most(terms, 1);
            }
        }
        self.outs(&mut block, &served, now);
        if open_nodes > self.max_shipments {
            block.at_most(openings.clone(), self.max_shipments as i64);
        }
        if book.split > 0 {
            let ships = block.column(BlockColumn::costing(-book.split));
            let mut terms: Vec<(u32, i64)> = openings.iter().map(|&(column, _)| (column, -1)).collect();
            terms.push((ships, 1));
            block.at_most(terms, 0);
            if !now.way.open().is_empty() {
                block.start.push(ships);
            }
        }
        block.start.sort_unstable();
        Some(block)
    }

    /// Some nodes for a block: those of the ways, and those where the atoms together are worth most at a valuation.
    pub(crate) fn nodes_for<V: Valuation>(&self, book: &Book<'_>, v: &V, ways: &[&LargeWay], most: usize) -> Vec<u16> {
        let mut nodes: Vec<u16> = ways.iter().flat_map(|w| w.open()).collect();
        let worth = |n: u16| -> i64 {
            let entry = self.entry(n, 1);
            let saved = self.atoms.iter().filter_map(|atom| {
                let source = atom.source_at(n)?;
                let cells = atom.cells_of(source.most, source.first_cell);
                let cost =
                    cells.map(|(piece, cell)| v.piece(&entry, cell as usize, book.rows[cell as usize], piece.qty));
                let unfilled = atom.each_unfilled() * i64::from(source.most);
                Some((unfilled - cost.sum::<i64>()).max(0))
            });
            saved.sum::<i64>() - v.shipment(&entry)
        };
        let mut by_worth: Vec<(i64, u16)> = (0..self.nodes.len() as u16).map(|n| (-worth(n), n)).collect();
        by_worth.sort_unstable();
        nodes.extend(by_worth.iter().map(|n| n.1).take(most));
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }

    /// The column of an atom at a node, of a divisible line that of a unit.
    fn seat(&self, book: &Book<'_>, block: &mut Block, a: usize, node: u16) -> u32 {
        let (atom, n) = (&self.atoms[a], self.nodes[usize::from(node)].node);
        let costs = &book.problem.nodes()[n];
        let lines = if atom.count > 1 { 0 } else { atom.pieces.len() as i64 };
        let units = i64::from(atom.units_of(1));
        let (mut takes, mut cells) = (Vec::new(), Vec::new());
        for (piece, cell) in atom.cells_of(1, atom.cell_at(node).unwrap_or(0)) {
            let rows = book.problem.chains().from(book.rows[cell as usize]);
            takes.extend(rows.map(|row| (RowKey::Stock(row), i64::from(piece.qty))));
            cells.push(cell);
        }
        takes.push((RowKey::Lines(n.get() as u32), lines));
        takes.push((RowKey::Units(n.get() as u32), units));
        let seat = block.column(BlockColumn {
            cost: costs.line_cost.ten_thousandths() * lines + costs.unit_cost.ten_thousandths() * units,
            takes: merged(takes),
            cells,
        });
        block.seats.push((seat, a as u32, node));
        seat
    }

    /// The column of a divisible line that a node ships any of.
    fn share(&self, book: &Book<'_>, block: &mut Block, node: u16) -> u32 {
        let n = self.nodes[usize::from(node)].node;
        block.column(BlockColumn {
            takes: vec![(RowKey::Lines(n.get() as u32), 1)],
            ..BlockColumn::costing(book.problem.nodes()[n].line_cost.ten_thousandths())
        })
    }

    /// The quantities of a way.
    fn counted(way: &LargeWay) -> Counted<'_> {
        let mut counts = BTreeMap::new();
        for (a, &node) in way.places().iter().enumerate().filter(|(_, n)| **n != OUT) {
            counts.insert((a, node), 1);
        }
        for p in way.portions() {
            counts.insert((p.atom as usize, p.node), p.units);
        }
        Counted { way, counts }
    }

    /// The columns of what stays unfilled, and the rows that ask for every atom.
    fn outs(&self, block: &mut Block, served: &[Vec<(u32, i64)>], now: &Counted<'_>) {
        let all = self
            .ship_complete
            .then(|| block.column(BlockColumn::costing(self.nothing())));
        if let Some(all) = all.filter(|_| now.counts.is_empty()) {
            block.start.push(all);
        }
        let mut filled = vec![0; self.atoms.len()];
        for (&(a, _), n) in &now.counts {
            filled[a] += n;
        }
        for (a, seats) in served.iter().enumerate() {
            let atom = &self.atoms[a];
            let (out, times) = if let Some(all) = all {
                (all, atom.count)
            } else {
                let out = block.column(BlockColumn::costing(atom.each_unfilled()));
                if atom.count > 1 {
                    block.most.push((out, atom.count));
                }
                block
                    .start
                    .extend(std::iter::repeat_n(out, (atom.count - filled[a]) as usize));
                (out, 1)
            };
            let mut terms = seats.clone();
            terms.push((out, i64::from(times)));
            block.rows.push(Row {
                terms,
                rhs: i64::from(atom.count),
                equal: true,
            });
        }
    }
}

/// A way with its quantities by atom and node.
struct Counted<'a> {
    way: &'a LargeWay,
    counts: BTreeMap<(usize, u16), u32>,
}

impl Counted<'_> {
    fn get(&self, atom: usize, node: u16) -> u32 {
        self.counts.get(&(atom, node)).copied().unwrap_or(0)
    }
}
