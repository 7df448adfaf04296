//! Models of lines: some orders as a choice among whole ways, others as blocks of lines by nodes, and the rows that couple them.

use std::collections::{BTreeMap, BTreeSet};

use super::book::Book;
use super::cut_rows::CutRows;
use super::large::Block;
use super::options::OrderOptions;
use super::shadow::RowKey;
use super::state::Left;
use crate::index::OrderIdx;
use crate::search::milp::{Model, Row};

/// How an order stands in a model.
pub(crate) enum Member {
    Ways(OrderOptions),
    Block(Box<Block>),
}

/// The model of some orders, and where each of them is in it.
pub(crate) struct Members {
    pub model: Model,
    /// The columns to start from, rising.
    pub start: Vec<u32>,
    /// The first column of each order.
    firsts: Vec<u32>,
}

impl Members {
    /// The model, and the rows of stock and nodes that can bind in it.
    pub(crate) fn new(members: &[Member], there_is: &Left) -> (Self, BTreeSet<RowKey>) {
        let (mut model, mut start, mut firsts) = (Model::default(), Vec::new(), Vec::new());
        let mut coupling: BTreeMap<RowKey, Vec<(u32, i64)>> = BTreeMap::new();
        for member in members {
            let first = model.costs.len() as u32;
            firsts.push(first);
            let mut add = |cost: i64, takes: &[(RowKey, i64)]| {
                let column = model.costs.len() as u32;
                model.costs.push(cost);
                for &(row, n) in takes {
                    coupling.entry(row).or_default().push((column, n));
                }
            };
            match member {
                Member::Ways(options) => {
                    options.choices.iter().for_each(|c| add(c.cost, &c.takes));
                    start.push(first + options.now);
                    let terms = (0..options.choices.len() as u32).map(|c| (first + c, 1)).collect();
                    model.rows.push(Row {
                        terms,
                        rhs: 1,
                        equal: true,
                    });
                }
                Member::Block(block) => {
                    block.columns.iter().for_each(|c| add(c.cost, &c.takes));
                    model.most.extend(block.most.iter().map(|&(c, n)| (first + c, n)));
                    start.extend(block.start.iter().map(|c| first + c));
                    model.rows.extend(block.rows.iter().map(|row| Row {
                        terms: row.terms.iter().map(|&(c, n)| (first + c, n)).collect(),
                        ..*row
                    }));
                }
            }
        }
        // Rows that all columns together cannot fill say nothing.
        let most: BTreeMap<u32, u32> = model.most.iter().copied().collect();
        let all = |&(c, n): &(u32, i64)| n * i64::from(most.get(&c).copied().unwrap_or(1));
        coupling.retain(|row, terms| terms.iter().map(all).sum::<i64>() > there_is.of(*row));
        let binding = coupling.keys().copied().collect();
        model.rows.extend(coupling.into_iter().map(|(row, terms)| Row {
            terms,
            rhs: there_is.of(row),
            equal: false,
        }));
        start.sort_unstable();
        (Self { model, start, firsts }, binding)
    }

    /// Adds cuts as rows: what ways take of each, what the cells of blocks take, and what there is of it.
    pub(crate) fn add_cuts(
        &mut self,
        book: &Book<'_>,
        members: (&[Member], &[OrderIdx]),
        (of_ways, of_blocks): (&CutRows<'_>, &CutRows<'_>),
        there_is: impl Fn(u32) -> i64,
    ) {
        let mut terms: BTreeMap<u32, Vec<(u32, i64)>> = BTreeMap::new();
        for ((member, &order), &first) in members.0.iter().zip(members.1).zip(&self.firsts) {
            let mut note = |c: u32, taken: Vec<(u32, i64)>| {
                for (cut, n) in taken {
                    terms.entry(cut).or_default().push((first + c, n));
                }
            };
            match member {
                Member::Ways(options) => {
                    for (choice, c) in options.choices.iter().zip(0..) {
                        note(c, of_ways.taken(book, order, choice));
                    }
                }
                Member::Block(block) => {
                    for (column, c) in block.columns.iter().zip(0..) {
                        note(c, of_blocks.of_cells(&column.cells));
                    }
                }
            }
        }
        self.model.rows.extend(terms.into_iter().map(|(cut, terms)| Row {
            terms,
            rhs: there_is(cut),
            equal: false,
        }));
    }

    /// The chosen columns of an order, counted from its first.
    pub(crate) fn own(&self, member: usize, chosen: &[u32]) -> Vec<u32> {
        let first = self.firsts[member];
        let until = self.firsts.get(member + 1).copied().unwrap_or(u32::MAX);
        let own = chosen.iter().filter(|&&c| c >= first && c < until);
        own.map(|c| c - first).collect()
    }
}
