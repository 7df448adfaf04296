//! Pick locations and what lies in them.

use crate::index::{LocationIdx, PickLocationIdx, SkuIdx, Sym};

/// A row of `locations.csv`: a place with a label from which goods are picked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickLocation {
    /// Its id, unique on its floor.
    pub id: Sym,
    /// Where the picker stands for it: a cell or vertex of the layout. Several pick locations may share one.
    pub cell: LocationIdx,
    /// Its place in the pick sequence; `None` = after all that have one.
    pub sequence: Option<u32>,
    /// Picking zone, where given.
    pub zone: Option<Sym>,
}

/// A row of `location_stock.csv`: units of a SKU in a pick location.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocationStock {
    /// The pick location.
    pub location: PickLocationIdx,
    /// The SKU.
    pub sku: SkuIdx,
    /// Units that may be taken: what lies there, less what work released before this plan will still take.
    pub available: u32,
}
