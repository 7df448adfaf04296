//! What a routing plan costs: from the bare decision to every figure that the plan's files state.

use super::shipment::{NotOffered, price_shipment_from};
use super::unfilled::{Left, Reasons};
use crate::index::{Idx as _, NodeIdx, OrderIdx, ShipmentIdx};
use crate::model::Problem;
use crate::plan::{
    Allocation, Assignment, CostParts, Outcome, RoutingPlan, ShadowPrices, Shipment, Unfilled, UnfilledReason,
};
use crate::quantity::Money;

/// A shipment of an allocation that cannot travel as stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("order {}, node {}: {cause}", order.0, node.0)]
pub struct BadShipment {
    /// The order.
    pub order: OrderIdx,
    /// The node.
    pub node: NodeIdx,
    /// Why.
    pub cause: NotOffered,
}

/// Split penalty of an order with so many shipments.
#[must_use]
pub fn split(problem: &Problem, shipments: usize) -> Money {
    problem.objective().split_penalty * shipments.saturating_sub(1) as i64
}

/// Prices an allocation into a plan whose rows are in canonical order: orders as in the problem, shipments by first line.
/// The allocation's own rules (stock, capacity, pins, ...) are not judged here; [`verify`](crate::verify) does that.
///
/// # Errors
/// The first shipment that cannot travel as stated.
pub fn price_plan(
    problem: &Problem,
    mut allocation: Allocation,
    outcome: Outcome,
    prices: ShadowPrices,
) -> Result<RoutingPlan, BadShipment> {
    let mut plan = RoutingPlan {
        problem: problem.settings().name.clone(),
        cost: CostParts::default(),
        outcome,
        assignments: Vec::with_capacity(problem.lines().len()),
        shipments: Vec::new(),
        unfilled: Vec::new(),
        prices,
    };
    let mut left = Left::all(problem);
    let mut filled = vec![0u32; problem.lines().len()];
    for (order, shipments) in problem.orders().indices().zip(&mut allocation.orders) {
        Allocation::canonical(shipments);
        let first = plan.assignments.len();
        for s in shipments.iter() {
            let travels = (s.carriage, s.waits_for);
            let cost = price_shipment_from(problem, order, s.node, travels, &s.fills).map_err(|cause| BadShipment {
                order,
                node: s.node,
                cause,
            })?;
            left.take(problem, s, &cost);
            let shipment = ShipmentIdx::new(plan.shipments.len());
            plan.shipments.push(Shipment {
                order,
                node: s.node,
                carriage: s.carriage,
                parcels: cost.parcels,
                weight: cost.weight,
                billable: cost.billable,
                transport: cost.transport,
                handling: cost.handling,
                leaves_on: cost.leaves_on,
                arrives_on: cost.arrives_on,
                days_late: cost.days_late,
                late: cost.late,
            });
            plan.cost.transport += cost.transport;
            plan.cost.handling += cost.handling;
            plan.cost.late += cost.late;
            for f in &s.fills {
                filled[f.line.get()] += f.qty;
                plan.assignments.push(Assignment {
                    line: f.line,
                    node: s.node,
                    shipment,
                    qty: f.qty,
                });
            }
        }
        plan.assignments[first..].sort_by_key(|a| (a.line, a.shipment));
        plan.cost.split += split(problem, shipments.len());
        for line in problem.orders()[order].lines() {
            let l = &problem.lines()[line];
            let qty = l.qty.saturating_sub(filled[line.get()]);
            if qty > 0 {
                let penalty = l.unfilled_penalty * i64::from(qty);
                plan.cost.unfilled += penalty;
                plan.unfilled.push(Unfilled {
                    line,
                    qty,
                    penalty,
                    reason: UnfilledReason::NotChosen,
                });
            }
        }
    }
    // Reasons are seen from the finished plan.
    let mut reasons = Reasons::of(problem, left);
    for unfilled in &mut plan.unfilled {
        let order = problem.lines()[unfilled.line].order;
        unfilled.reason = reasons.of_line(unfilled.line, &allocation.orders[order.get()]);
    }
    Ok(plan)
}
