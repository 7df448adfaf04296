//! What a node has of a SKU.

use crate::index::{NodeIdx, SkuIdx};

/// Stock of one SKU at one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StockRow {
    /// The node.
    pub node: NodeIdx,
    /// The SKU.
    pub sku: SkuIdx,
    /// Units available to promise: `max(0, on_hand - reserved - safety)`.
    pub available: u32,
}
