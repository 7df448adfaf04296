//! What a table defines: from the draft's number of an id, given at its first mention, to its row.

use std::marker::PhantomData;

use super::context::{At, Context, shown};
use crate::diagnostic::Code;
use crate::index::{IdTable, Idx};
use crate::model::Table;

const NONE: u32 = u32::MAX;

/// Where each id is defined. Without duplicates the position of the row is the index in the problem.
#[derive(Clone, Debug)]
pub(super) struct Defined<I> {
    to: Vec<u32>,
    rows: u32,
    whole: bool,
    index: PhantomData<fn(I)>,
}

impl<I: Idx> Defined<I> {
    /// Checks the ids that a table defines (number of the row, id), each of them and against each other.
    pub(super) fn check(
        context: &mut Context<'_>,
        table: Table,
        field: &'static str,
        ids: &IdTable<I>,
        rows: impl ExactSizeIterator<Item = (u32, I)>,
    ) -> Self {
        let mut to = vec![NONE; ids.len()];
        let count = rows.len() as u32;
        for (position, (row, id)) in rows.enumerate() {
            let at = At { table, row };
            context.id(at, field, ids.text(id));
            if to[id.get()] == NONE {
                to[id.get()] = position as u32;
            } else {
                context.report(
                    Code::DUPLICATE_ID,
                    at,
                    field,
                    format!("{} is defined twice", shown(ids.text(id))),
                );
            }
        }
        Self {
            to,
            rows: count,
            whole: context.draft.is_whole(table),
            index: PhantomData,
        }
    }

    /// Position of the row that defines an id, which is its index in the problem.
    pub(super) fn get(&self, id: I) -> Option<I> {
        Some(self.to[id.get()])
            .filter(|&n| n != NONE)
            .map(|n| I::new(n as usize))
    }

    /// Whether an id is surely not defined. Where rows are missing, nobody can tell.
    pub(super) fn lacks(&self, id: I) -> bool {
        self.whole && self.to[id.get()] == NONE
    }

    /// How many rows there are.
    pub(super) const fn len(&self) -> usize {
        self.rows as usize
    }

    /// Gives the next index to an id that no row defines.
    pub(super) fn add(&mut self, id: I) {
        if self.to[id.get()] == NONE {
            self.to[id.get()] = self.rows;
            self.rows += 1;
        }
    }

    /// The ids in the order of the indices. They are in that order already where definitions came before mentions.
    pub(super) fn sort(&self, ids: IdTable<I>) -> IdTable<I> {
        let in_order = self.to.iter().enumerate().all(|(n, &to)| to == n as u32);
        if in_order && ids.len() == self.len() {
            return ids;
        }
        let mut by_row = vec![NONE; self.len()];
        for (n, &to) in self.to.iter().enumerate() {
            if let Some(slot) = by_row.get_mut(to as usize) {
                *slot = n as u32;
            }
        }
        let mut sorted = IdTable::new();
        for id in by_row {
            sorted.intern(ids.text(I::new(id as usize)));
        }
        sorted
    }
}
