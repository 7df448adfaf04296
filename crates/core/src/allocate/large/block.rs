//! A large order as a block of a model: a 0-1 column for each atom at each node, and one for each step of the carriage there.
//!
//! ```text
//! seat     an atom at a node: handling, and what it takes of the coupling rows
//! opening  a node that ships up to a step of its ladder, or by a fixed way: the shipment, carriage, a split
//! out      an atom that stays unfilled; of an order that ships complete or not at all, all of them
//! ships    gives the penalty of the first split back
//! ```
//! The block is exact: its solutions are the ways of the order over the given nodes, at their costs.

use super::super::book::Book;
use super::super::options::merged;
use super::super::price::Valuation;
use super::super::shadow::RowKey;
use super::{LargeOrder, LargeWay, OUT, Step};
use crate::cost::tariff::Load;
use crate::index::Idx as _;
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
    const fn costing(cost: i64) -> Self {
        Self {
            cost,
            takes: Vec::new(),
            cells: Vec::new(),
        }
    }
}

/// Columns and rows of one order; rows count columns from the first of the block.
#[derive(Debug, Default)]
pub(crate) struct Block {
    pub columns: Vec<BlockColumn>,
    pub rows: Vec<Row>,
    /// The columns of the way that the order has now.
    pub start: Vec<u32>,
    /// For each seat its column, atom and node.
    seats: Vec<(u32, u32, u16)>,
    /// For each opening by a fixed way its column, node and way.
    fixed: Vec<(u32, u16, u16)>,
}

impl Block {
    fn column(&mut self, column: BlockColumn) -> u32 {
        self.columns.push(column);
        self.columns.len() as u32 - 1
    }

    fn at_most(&mut self, terms: Vec<(u32, i64)>, rhs: i64) {
        self.rows.push(Row {
            terms,
            rhs,
            equal: false,
        });
    }

    /// The way of chosen columns; `None` where a rule forbids it.
    pub(crate) fn way(&self, book: &Book<'_>, order: &LargeOrder, chosen: &[u32]) -> Option<LargeWay> {
        let is_chosen = |column: &u32| chosen.binary_search(column).is_ok();
        let mut at = vec![OUT; order.atoms.len()];
        for (_, atom, node) in self.seats.iter().filter(|s| is_chosen(&s.0)) {
            at[*atom as usize] = *node;
        }
        let fixed = self.fixed.iter().filter(|f| is_chosen(&f.0) && at.contains(&f.1));
        let mut by: Vec<(u16, u16)> = fixed.map(|f| (f.1, f.2)).collect();
        by.sort_unstable();
        order.way_of(book, at, by)
    }
}

impl LargeOrder {
    /// The block of the order, as far as it is wanted; `None` where it cannot be stated so:
    /// lines in parts, stock of several dates, a ladder of very many steps.
    pub(crate) fn block(&self, book: &Book<'_>, extent: Extent<'_>, now: &LargeWay) -> Option<Block> {
        if self.splits_lines || self.has_twins() || book.problem.chains().is_dated() {
            return None;
        }
        let place = |atom: usize| now.places().get(atom).copied().unwrap_or(OUT);
        let mut block = Block::default();
        let mut served: Vec<Vec<(u32, i64)>> = vec![Vec::new(); self.atoms.len()];
        let (mut openings, mut open_nodes) = (Vec::new(), 0);
        for &node in extent.nodes {
            let here: Vec<usize> = (0..self.atoms.len())
                .filter(|&a| self.atoms[a].cell_at(node).is_some() && (extent.may_be)(a, node))
                .collect();
            if here.is_empty() {
                continue;
            }
            let all = here
                .iter()
                .fold(Load::default(), |sum, &a| sum.plus(self.atoms[a].load));
            let steps = self.openings(book, &mut block, (node, extent.most_steps), &all)?;
            openings.extend(steps.iter().map(|&(column, _)| (column, 1)));
            open_nodes += 1;
            let terms: Vec<(u32, i64)> = steps.iter().map(|&(column, _)| (column, 1)).collect();
            if terms.len() > 1 {
                block.at_most(terms, 1);
            }
            let (mut weights, mut volumes, mut held) = (Vec::new(), Vec::new(), None::<Load>);
            for a in here {
                let load = self.atoms[a].load;
                let fitting: Vec<(u32, i64)> = steps.iter().filter(|s| s.1.holds(&load)).map(|s| (s.0, -1)).collect();
                if fitting.is_empty() {
                    continue;
                }
                let seat = self.seat(book, &mut block, a, node);
                served[a].push((seat, 1));
                weights.push((seat, load.weight.0));
                volumes.push((seat, load.volume.0));
                let mut terms = fitting;
                terms.push((seat, 1));
                block.at_most(terms, 0);
                if place(a) == node {
                    held = Some(held.unwrap_or_default().plus(load));
                    block.start.push(seat);
                }
            }
            if let Some(held) = held {
                block.start.push(self.opened(now, node, &steps, &held)?);
            }
            let caps = [
                (weights, all.weight.0, (|s| s.weight) as fn(&Step) -> i64),
                (volumes, all.volume.0, |s| s.volume),
            ];
            for (mut terms, whole, cap) in caps {
                if steps.iter().any(|(_, s)| cap(s) < whole) {
                    terms.retain(|t| t.1 > 0);
                    terms.extend(steps.iter().map(|(column, s)| (*column, -cap(s).min(whole))));
                    block.at_most(terms, 0);
                }
            }
        }
        self.outs(&mut block, &served, &place);
        if open_nodes > self.max_shipments {
            block.at_most(openings.clone(), self.max_shipments as i64);
        }
        if book.split > 0 {
            let ships = block.column(BlockColumn::costing(-book.split));
            let mut terms: Vec<(u32, i64)> = openings.iter().map(|&(column, _)| (column, -1)).collect();
            terms.push((ships, 1));
            block.at_most(terms, 0);
            if !now.open().is_empty() {
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
                let cells = atom.cells(atom.cell_at(n)?);
                let cost =
                    cells.map(|(piece, cell)| v.piece(&entry, cell as usize, book.rows[cell as usize], piece.qty));
                Some((atom.unfilled - cost.sum::<i64>()).max(0))
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

    /// The columns that open a node, with what each may carry.
    fn openings(
        &self,
        book: &Book<'_>,
        block: &mut Block,
        (node, most_steps): (u16, usize),
        all: &Load,
    ) -> Option<Vec<(u32, Step)>> {
        let n = &self.nodes[usize::from(node)];
        let base = book.problem.nodes()[n.node].shipment_cost.ten_thousandths() + book.split;
        let open = |block: &mut Block, cost: i64, workload: i64| {
            block.column(BlockColumn {
                takes: merged(vec![(RowKey::Shipments(n.node.get() as u32), workload)]),
                ..BlockColumn::costing(base + cost)
            })
        };
        if !n.fixed.is_empty() {
            let ways = n.fixed.iter().zip(0..);
            let columns = ways.map(|(&(_, workload, cost), which)| {
                let column = open(block, cost, i64::from(workload));
                block.fixed.push((column, node, which));
                (column, Step::FREE)
            });
            return Some(columns.collect());
        }
        let steps = self.steps(node);
        let needed = steps
            .iter()
            .position(|s| s.holds(all))
            .map_or(steps.len(), |last| last + 1);
        if needed > most_steps {
            return None;
        }
        Some(steps[..needed].iter().map(|&s| (open(block, s.price, 1), s)).collect())
    }

    /// The column of an atom at a node.
    fn seat(&self, book: &Book<'_>, block: &mut Block, a: usize, node: u16) -> u32 {
        let (atom, n) = (&self.atoms[a], self.nodes[usize::from(node)].node);
        let costs = &book.problem.nodes()[n];
        let (lines, units) = (atom.pieces.len() as i64, i64::from(atom.units));
        let (mut takes, mut cells) = (Vec::new(), Vec::new());
        for (piece, cell) in atom.cells(atom.cell_at(node).unwrap_or(0)) {
            takes.push((RowKey::Stock(book.rows[cell as usize]), i64::from(piece.qty)));
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

    /// The opening of a node that ships now.
    fn opened(&self, now: &LargeWay, node: u16, steps: &[(u32, Step)], held: &Load) -> Option<u32> {
        if self.nodes[usize::from(node)].fixed.is_empty() {
            return steps.iter().find(|s| s.1.holds(held)).map(|s| s.0);
        }
        steps.get(usize::from(now.fixed_at(node))).map(|s| s.0)
    }

    /// The columns of what stays unfilled, and the rows that ask for every atom.
    fn outs(&self, block: &mut Block, served: &[Vec<(u32, i64)>], place: &dyn Fn(usize) -> u16) {
        let all = self
            .ship_complete
            .then(|| block.column(BlockColumn::costing(self.nothing())));
        if let Some(all) = all.filter(|_| place(0) == OUT) {
            block.start.push(all);
        }
        for (a, seats) in served.iter().enumerate() {
            let out = all.unwrap_or_else(|| {
                let out = block.column(BlockColumn::costing(self.atoms[a].unfilled));
                if place(a) == OUT {
                    block.start.push(out);
                }
                out
            });
            let mut terms = seats.clone();
            terms.push((out, 1));
            block.rows.push(Row {
                terms,
                rhs: 1,
                equal: true,
            });
        }
    }
}
