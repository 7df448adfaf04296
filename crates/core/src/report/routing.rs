//! A routing plan by node and by service.

use std::collections::BTreeMap;

use crate::index::{Idx as _, NodeIdx};
use crate::model::Problem;
use crate::plan::{Carriage, RoutingPlan, Shipment};
use crate::quantity::{Grams, Money};

/// How much of a limit a plan uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LimitUse {
    /// What the plan uses, in the measure of the limit.
    pub used: u64,
    /// The limit; `None` = there is none.
    pub limit: Option<u32>,
}

impl LimitUse {
    /// `used / limit`; `None` without a limit. A limit of 0 of which nothing is used is full.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        let limit = self.limit?;
        Some(if limit == 0 {
            1.0 + self.used as f64
        } else {
            self.used as f64 / f64::from(limit)
        })
    }
}

/// What a plan does at one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeFigures {
    /// The node.
    pub node: NodeIdx,
    /// Shipments that leave it.
    pub shipments: u32,
    /// Lines in them: a line in two shipments counts twice.
    pub lines: u32,
    /// Units in them.
    pub units: u64,
    /// Use of `max_shipments`: workload, where orders have quotes.
    pub shipment_limit: LimitUse,
    /// Use of `max_lines`.
    pub line_limit: LimitUse,
    /// Use of `max_units`.
    pub unit_limit: LimitUse,
    /// What carriers are paid.
    pub transport: Money,
    /// Handling.
    pub handling: Money,
    /// Penalties for late shipments.
    pub late: Money,
    /// Shipments that arrive after their date.
    pub late_shipments: u32,
}

impl NodeFigures {
    /// Transport, handling and lateness together. What split orders and unfilled units cost is of no node.
    #[must_use]
    pub fn cost(&self) -> Money {
        sum([self.transport, self.handling, self.late])
    }

    /// The limits with their names in the file format.
    #[must_use]
    pub const fn limits(&self) -> [(&'static str, LimitUse); 3] {
        [
            ("shipments", self.shipment_limit),
            ("lines", self.line_limit),
            ("units", self.unit_limit),
        ]
    }

    /// The limit of which the largest share is used; `None` where there is no limit.
    #[must_use]
    pub fn fullest(&self) -> Option<(&'static str, f64)> {
        let shares = self
            .limits()
            .into_iter()
            .filter_map(|(name, of)| Some((name, of.share()?)));
        shares.reduce(|best, next| if next.1 > best.1 { next } else { best })
    }
}

/// What a plan sends by one service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceFigures {
    /// The service, or pickup.
    pub carriage: Carriage,
    /// Shipments.
    pub shipments: u32,
    /// Parcels.
    pub parcels: i64,
    /// Units.
    pub units: u64,
    /// Real weight.
    pub weight: Grams,
    /// What carriers are paid.
    pub transport: Money,
    /// Penalties for late shipments.
    pub late: Money,
    /// Shipments that arrive after their date.
    pub late_shipments: u32,
}

/// A plan by node: every node of the problem, in its order.
#[must_use]
pub fn by_node(problem: &Problem, plan: &RoutingPlan) -> Vec<NodeFigures> {
    let limit = |limit| LimitUse { used: 0, limit };
    let nodes = problem.nodes().indices().zip(problem.nodes().iter());
    let mut all: Vec<NodeFigures> = nodes
        .map(|(node, of)| NodeFigures {
            node,
            shipments: 0,
            lines: 0,
            units: 0,
            shipment_limit: limit(of.max_shipments),
            line_limit: limit(of.max_lines),
            unit_limit: limit(of.max_units),
            transport: Money::ZERO,
            handling: Money::ZERO,
            late: Money::ZERO,
            late_shipments: 0,
        })
        .collect();
    for shipment in &plan.shipments {
        let Some(of) = all.get_mut(shipment.node.get()) else {
            continue;
        };
        of.shipments += 1;
        of.shipment_limit.used += u64::from(workload(problem, shipment));
        of.transport = sum([of.transport, shipment.transport]);
        of.handling = sum([of.handling, shipment.handling]);
        of.late = sum([of.late, shipment.late]);
        of.late_shipments += u32::from(shipment.days_late > 0);
    }
    for row in &plan.assignments {
        if let Some(of) = all.get_mut(row.node.get()) {
            of.lines += 1;
            of.units += u64::from(row.qty);
        }
    }
    for of in &mut all {
        of.line_limit.used = of.lines.into();
        of.unit_limit.used = of.units;
    }
    all
}

/// A plan by service: those that something travels by, pickup first, then in the problem's order.
#[must_use]
pub fn by_service(plan: &RoutingPlan) -> Vec<ServiceFigures> {
    let mut units = vec![0u64; plan.shipments.len()];
    for row in &plan.assignments {
        if let Some(of) = units.get_mut(row.shipment.get()) {
            *of += u64::from(row.qty);
        }
    }
    let mut all: BTreeMap<Carriage, ServiceFigures> = BTreeMap::new();
    for (shipment, units) in plan.shipments.iter().zip(units) {
        let carriage = shipment.carriage;
        let of = all.entry(carriage).or_insert(ServiceFigures {
            carriage,
            shipments: 0,
            parcels: 0,
            units: 0,
            weight: Grams(0),
            transport: Money::ZERO,
            late: Money::ZERO,
            late_shipments: 0,
        });
        of.shipments += 1;
        of.parcels = of.parcels.saturating_add(shipment.parcels);
        of.units += units;
        of.weight = Grams(of.weight.0.saturating_add(shipment.weight.0));
        of.transport = sum([of.transport, shipment.transport]);
        of.late = sum([of.late, shipment.late]);
        of.late_shipments += u32::from(shipment.days_late > 0);
    }
    all.into_values().collect()
}

/// What a shipment takes of its node's limit of shipments: that of its quote, else 1.
fn workload(problem: &Problem, shipment: &Shipment) -> u32 {
    if problem.orders().get(shipment.order).is_none() {
        return 1;
    }
    let quotes = problem.quotes_of(shipment.order).iter();
    let mut own = quotes.filter(|q| q.node == shipment.node && shipment.carriage == Carriage::Service(q.service));
    own.next().map_or(1, |quote| quote.workload)
}

/// The sum, as large as money can be: a plan made by hand may state anything.
pub(super) fn sum(parts: impl IntoIterator<Item = Money>) -> Money {
    let total = parts.into_iter().map(|part| i128::from(part.ten_thousandths())).sum();
    money(total)
}

/// Ten-thousandths as money, as large as it can be.
pub(super) fn money(ten_thousandths: i128) -> Money {
    let least = i128::from(i64::MIN);
    let kept = ten_thousandths.clamp(least, i64::MAX.into());
    Money::from_ten_thousandths(i64::try_from(kept).unwrap_or(i64::MAX))
}
