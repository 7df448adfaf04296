//! Shadow prices of what couples the orders, and cuts: together they prove the bound.

use crate::index::{LineIdx, NodeIdx, SkuIdx};
use crate::quantity::{Date, Money};

/// Prices of the coupling rows. A row that is not listed has price 0; listed prices are positive; keys rise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ShadowPrices {
    /// Per unit of a SKU at a node that leaves before the first date of [`incoming`](Self::incoming) stock.
    pub stock: Vec<(NodeIdx, SkuIdx, Money)>,
    /// For stock of a date: per unit of the SKU that leaves the node before the next date.
    pub incoming: Vec<(NodeIdx, SkuIdx, Date, Money)>,
    /// Per shipment (per unit of workload where quoted) of a node with limited shipments.
    pub shipments: Vec<(NodeIdx, Money)>,
    /// Per filled line of a node with limited lines.
    pub lines: Vec<(NodeIdx, Money)>,
    /// Per unit of a node with limited units.
    pub units: Vec<(NodeIdx, Money)>,
    /// Inequalities that lift the bound.
    pub cuts: Vec<Cut>,
}

/// The row that a cut is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum CutResource {
    /// Stock of a SKU at the cut's node.
    Stock(SkuIdx),
    /// `max_units` of the cut's node.
    Units,
}

/// One term of a cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CutTerm {
    /// An indivisible line.
    pub line: LineIdx,
    /// At least 1.
    pub coefficient: u32,
}

/// Over its lines, the sum of the coefficients of those filled from the node is at most `rhs`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Cut {
    /// The node.
    pub node: NodeIdx,
    /// The row.
    pub resource: CutResource,
    /// Right-hand side.
    pub rhs: u64,
    /// Price, above 0.
    pub price: Money,
    /// By rising line.
    pub terms: Vec<CutTerm>,
}
