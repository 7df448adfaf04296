//! Tours: the picks of a batch in the order in which they are made.

use crate::index::{BatchIdx, LineIdx, PickLocationIdx, ShipmentIdx};
use crate::quantity::{Distance, Moment};

/// A row of `tours.csv`: units of one line of a shipment, taken from one pick location.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pick {
    /// The batch.
    pub batch: BatchIdx,
    /// Where from.
    pub location: PickLocationIdx,
    /// What for.
    pub shipment: ShipmentIdx,
    /// The line of the shipment's order; its SKU is what is taken.
    pub line: LineIdx,
    /// Units, at least 1.
    pub qty: u32,
    /// The way to it: from the pick before, for the first from the depot.
    pub walk: Distance,
    /// When it is done.
    pub done: Moment,
}
