//! A routing plan with every figure that its files state, rows in canonical order.

use super::{Carriage, CostParts, Outcome, ShadowPrices};
use crate::index::{LineIdx, NodeIdx, OrderIdx, ShipmentIdx};
use crate::quantity::{Date, Grams, Money};

/// A row of `assignments.csv`: units of a line in a shipment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Assignment {
    /// The line; its order is known from it.
    pub line: LineIdx,
    /// The node that ships it.
    pub node: NodeIdx,
    /// The shipment that holds it.
    pub shipment: ShipmentIdx,
    /// Units.
    pub qty: u32,
}

/// A row of `shipments.csv`. Its id is its position plus 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Shipment {
    /// The order.
    pub order: OrderIdx,
    /// The node it leaves.
    pub node: NodeIdx,
    /// By what it travels.
    pub carriage: Carriage,
    /// Number of parcels.
    pub parcels: i64,
    /// Real weight.
    pub weight: Grams,
    /// Weight that the carrier bills.
    pub billable: Grams,
    /// What the carrier is paid.
    pub transport: Money,
    /// Handling at the node.
    pub handling: Money,
    /// Day of leaving; `None` for a quote whose service is not listed.
    pub leaves_on: Option<Date>,
    /// Day of arrival; `None` for a quote without a date.
    pub arrives_on: Option<Date>,
    /// Calendar days after the promised date, at least 0.
    pub days_late: u32,
    /// Penalty for them.
    pub late: Money,
}

/// Why units stay unfilled, seen from the finished plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum UnfilledReason {
    /// Pins, exclusions, `ships`, `pickup` or the SKU's stock leave no node that could ever fill it.
    NoEligibleNode,
    /// Nodes could fill it, but no service takes it from any of them.
    NoService,
    /// No eligible node has enough of it left: other orders use the stock.
    StockUsed,
    /// Stock is left at an eligible node, but capacity (shipments, lines or units) is not.
    CapacityUsed,
    /// Stock and capacity are left for it, but a rule of its order prevents it: `ship_complete`, `max_shipments` or its group.
    OrderRule,
    /// It could be filled from what is left; leaving it costs less, or the method did not find it.
    NotChosen,
}

impl UnfilledReason {
    /// The word of `unfilled.csv`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoEligibleNode => "no-eligible-node",
            Self::NoService => "no-service",
            Self::StockUsed => "stock-used",
            Self::CapacityUsed => "capacity-used",
            Self::OrderRule => "order-rule",
            Self::NotChosen => "not-chosen",
        }
    }
}

/// A row of `unfilled.csv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Unfilled {
    /// The line.
    pub line: LineIdx,
    /// Units left unfilled.
    pub qty: u32,
    /// Penalty for them.
    pub penalty: Money,
    /// Why.
    pub reason: UnfilledReason,
}

/// A routing plan: what its files state, nothing hidden.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RoutingPlan {
    /// Name of the problem.
    pub problem: String,
    /// Cost by part.
    pub cost: CostParts,
    /// What the run says and proves.
    pub outcome: Outcome,
    /// By order and line, then shipment.
    pub assignments: Vec<Assignment>,
    /// By order, then first line.
    pub shipments: Vec<Shipment>,
    /// By order and line.
    pub unfilled: Vec<Unfilled>,
    /// They prove the bound.
    pub prices: ShadowPrices,
}

impl RoutingPlan {
    /// `(total - bound) / total`, 0 where the total is 0; `None` where the bound is not above 0, and so proves nothing.
    #[must_use]
    pub fn gap(&self) -> Option<f64> {
        super::gap(self.cost.total(), self.outcome.bound)
    }

    /// Units left unfilled.
    #[must_use]
    pub fn unfilled_units(&self) -> u64 {
        self.unfilled.iter().map(|u| u64::from(u.qty)).sum()
    }
}
