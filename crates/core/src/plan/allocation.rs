//! The bare decision: for each order, its shipments, each with node, service and what it holds.

use crate::index::{LineIdx, NodeIdx, ServiceIdx};
use crate::quantity::Date;

/// By what a shipment travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Carriage {
    /// The built-in service `pickup`: the customer collects at the node.
    Pickup,
    /// A carrier service, by lane and rate or by the order's quote.
    Service(ServiceIdx),
}

/// Units of a line in a shipment; the line's whole quantity unless it is divisible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Fill {
    /// The line.
    pub line: LineIdx,
    /// Units, at least 1.
    pub qty: u32,
}

/// All that leaves one node for one order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct OrderShipment {
    /// Where it leaves.
    pub node: NodeIdx,
    /// By what it travels.
    pub carriage: Carriage,
    /// The `available_from` of the stock that it waits for; `None` = it leaves as early as it can.
    pub waits_for: Option<Date>,
    /// What it holds, by rising line; each line once.
    pub fills: Vec<Fill>,
}

/// For every order of the problem, in its order, the shipments; what no shipment holds is unfilled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Allocation {
    /// Shipments of each order, by their first line.
    pub orders: Vec<Vec<OrderShipment>>,
}

impl Allocation {
    /// Nothing ships, for a problem of `orders` orders.
    #[must_use]
    pub fn empty(orders: usize) -> Self {
        Self {
            orders: vec![Vec::new(); orders],
        }
    }

    /// Puts the shipments of one order into canonical order: fills by line, shipments by first line and then node.
    pub fn canonical(shipments: &mut [OrderShipment]) {
        for shipment in shipments.iter_mut() {
            shipment.fills.sort_unstable();
        }
        shipments.sort_by_key(|s| (s.fills.first().map(|f| f.line), s.node));
    }
}
