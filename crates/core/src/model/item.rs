//! What is sold: an item (SKU) with the measures that carriers bill.

use crate::quantity::{Grams, Volume};

/// One SKU. Its id is in [`Problem::sku_ids`](super::Problem::sku_ids).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// Weight of one unit.
    pub weight: Grams,
    /// Volume of one unit.
    pub volume: Volume,
}
