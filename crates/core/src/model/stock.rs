//! What a node has of a SKU, and from when.

use std::ops::Range;
use std::sync::Arc;

use crate::index::{NodeIdx, SkuIdx};
use crate::quantity::Date;

/// Stock of one SKU at one node up to a date.
///
/// The rows of a node and SKU follow each other by date. Each counts everything that is there by its date, so it says: what
/// leaves before the date of the next row is at most so much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StockRow {
    /// The node.
    pub node: NodeIdx,
    /// The SKU.
    pub sku: SkuIdx,
    /// The day from which a shipment may leave with it; `None` = any.
    pub available_from: Option<Date>,
    /// Units available to promise by then: `max(0, on_hand - reserved - safety)` of this row and of every earlier one.
    pub available: u32,
}

/// Which stock rows a shipment takes from: that of the day on which it leaves, and all later ones of its node and SKU.
#[derive(Clone, Debug, Default)]
pub struct StockChains {
    /// For each row, where the rows of its node and SKU end; empty where no row has a date.
    ends: Arc<[u32]>,
}

impl StockChains {
    /// The chains of rows that stand in order. Rows without any date need no memory.
    pub(crate) fn new(rows: &[StockRow]) -> Self {
        if rows.iter().all(|r| r.available_from.is_none()) {
            return Self::default();
        }
        let mut ends = Vec::with_capacity(rows.len());
        for rows in rows.chunk_by(|a, b| (a.sku, a.node) == (b.sku, b.node)) {
            let end = (ends.len() + rows.len()) as u32;
            ends.resize(end as usize, end);
        }
        Self { ends: ends.into() }
    }

    /// Whether any row has a date.
    #[must_use]
    pub fn is_dated(&self) -> bool {
        !self.ends.is_empty()
    }

    /// A row and all later ones of its node and SKU, as positions.
    #[inline]
    #[must_use]
    pub fn from(&self, row: u32) -> Range<u32> {
        row..self.ends.get(row as usize).copied().unwrap_or(row + 1)
    }

    /// The last row of a row's node and SKU: it holds for all that leaves, whenever.
    #[inline]
    #[must_use]
    pub fn last(&self, row: u32) -> u32 {
        self.from(row).end - 1
    }
}
