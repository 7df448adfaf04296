//! Decisions of any system, as far as they are known: which line is filled from which node.

use super::Carriage;
use crate::index::{LineIdx, NodeIdx};

/// A line, or units of it, filled from a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Decision {
    /// The line; its order is known from it.
    pub line: LineIdx,
    /// The node that ships it.
    pub node: NodeIdx,
    /// Units; `None` = all that no other decision says of the line.
    pub qty: Option<u32>,
    /// By what it travels; `None` = by the cheapest service for its shipment.
    pub carriage: Option<Carriage>,
    /// Tells shipments of one order from one node apart; decisions without one share a shipment.
    pub shipment: Option<u32>,
}

impl Decision {
    /// The whole line from a node, in one shipment with all else of its order from there, by the
    /// cheapest service.
    #[must_use]
    pub const fn new(line: LineIdx, node: NodeIdx) -> Self {
        Self {
            line,
            node,
            qty: None,
            carriage: None,
            shipment: None,
        }
    }
}

/// A shipment of a decision that no service carries; what it holds counts as unfilled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotCarried {
    /// The node it would leave.
    pub node: NodeIdx,
    /// By what it should travel, where the decision says so.
    pub carriage: Option<Carriage>,
    /// The lines it would hold, rising.
    pub lines: Vec<LineIdx>,
    /// Why not, in a few words.
    pub reason: String,
}
