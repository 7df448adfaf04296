//! The priced cuts as rows of a model of options.

use std::collections::BTreeSet;

use super::book::Book;
use super::cuts::PricedCut;
use super::large::LargeWay;
use super::options::{Choice, merged};
use super::price::Part;
use super::shadow::RowKey;
use super::state::{State, each_cell};
use crate::index::OrderIdx;

/// The priced covers over binding rows: rows of the model that no plan needs and that lift its relaxation.
pub(crate) struct CutRows<'a> {
    cuts: Vec<&'a PricedCut>,
    /// (cell, cut, coefficient), by cell.
    cells: Vec<(u32, u32, i64)>,
}

impl<'a> CutRows<'a> {
    pub(crate) fn new(cuts: &'a [PricedCut], rows: &BTreeSet<RowKey>) -> Self {
        let cuts: Vec<&PricedCut> = cuts
            .iter()
            .filter(|c| !c.is_facet && rows.contains(&RowKey::Stock(c.row)))
            .collect();
        let terms = cuts
            .iter()
            .enumerate()
            .flat_map(|(i, c)| c.terms.iter().map(move |t| (i as u32, t)));
        let mut cells: Vec<(u32, u32, i64)> = terms
            .flat_map(|(i, t)| t.cells.iter().map(move |&cell| (cell, i, t.coefficient)))
            .collect();
        cells.sort_unstable();
        Self { cuts, cells }
    }

    /// What a way to serve an order takes of each cut.
    pub(crate) fn taken(&self, book: &Book<'_>, order: OrderIdx, choice: &Choice) -> Vec<(u32, i64)> {
        let mut cells = Vec::new();
        each_cell_of(book, order, &choice.parts, choice.large.as_ref(), |cell| {
            cells.push(cell);
        });
        self.of_cells(&cells)
    }

    /// What cells of the book take of each cut.
    pub(crate) fn of_cells(&self, cells: &[u32]) -> Vec<(u32, i64)> {
        let of_cell = |&cell: &u32| {
            let from = self.cells.partition_point(|c| c.0 < cell);
            let of_cell = self.cells[from..].iter().take_while(move |c| c.0 == cell);
            of_cell.map(|&(_, cut, n)| (cut, n))
        };
        merged(cells.iter().flat_map(of_cell).collect())
    }

    /// What there is of a cut.
    pub(crate) fn rhs(&self, cut: u32) -> i64 {
        self.cuts[cut as usize].rhs
    }

    /// What the orders outside leave of a cut.
    pub(crate) fn left(&self, book: &Book<'_>, cut: u32, state: &State, inside: &BTreeSet<OrderIdx>) -> i64 {
        let cut = self.cuts[cut as usize];
        let outside = cut.terms.iter().filter(|t| {
            let order = book.problem.lines()[t.line].order;
            !inside.contains(&order) && {
                let mut hit = false;
                let (parts, large) = (state.parts_of(book, order), state.large_way(book, order));
                each_cell_of(book, order, parts, large, |cell| hit |= t.cells.contains(&cell));
                hit
            }
        });
        cut.rhs - outside.map(|t| t.coefficient).sum::<i64>()
    }
}

/// Calls `see` for every cell of the book that a way to serve an order takes.
fn each_cell_of(book: &Book<'_>, order: OrderIdx, parts: &[Part], large: Option<&LargeWay>, mut see: impl FnMut(u32)) {
    let head = book.head(order);
    for &part in parts {
        each_cell(book, part, head.first_atom, |cell, _, _| see(cell as u32));
    }
    if let Some(way) = large {
        book.large[head.large as usize - 1].each_cell(way, |cell, _| see(cell));
    }
}
