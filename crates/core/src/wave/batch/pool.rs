//! Batches met during the search, each once, with their costs: the columns of the set partitioning.

use hashbrown::HashSet;

/// A batch: its orders, rising, and its cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub orders: Vec<u32>,
    pub cost: i64,
    pub hash: u64,
}

/// Distinct batches in the order in which they were met.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    known: HashSet<u64>,
    pub columns: Vec<Column>,
}

impl Pool {
    /// Adds a batch unless it is known; whether it was new.
    pub(crate) fn add(&mut self, orders: &[u32], cost: i64, hash: u64) -> bool {
        let new = self.known.insert(hash);
        if new {
            let mut orders = orders.to_vec();
            orders.sort_unstable();
            self.columns.push(Column { orders, cost, hash });
        }
        new
    }
}
