//! What a routing plan costs: from the bare decision to every figure that the plan's files state.

use super::lanes::Lanes;
use super::shipment::{NotOffered, ShipmentCost, price_shipment_from, stock_day};
use super::tariff::{Load, transport};
use crate::index::{Idx as _, LineIdx, NodeIdx, OrderIdx, ServiceIdx, ShipmentIdx};
use crate::model::{Lane, Problem};
use crate::plan::{
    Allocation, Assignment, CostParts, OrderShipment, Outcome, RoutingPlan, ShadowPrices, Shipment, Unfilled,
    UnfilledReason,
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
    left.look_ahead(problem);
    for unfilled in &mut plan.unfilled {
        unfilled.reason = left.reason(problem, problem.lines()[unfilled.line].order, unfilled.line);
    }
    Ok(plan)
}

/// What a plan leaves of stock and capacity; negative where it takes too much.
struct Left {
    stock: Vec<i64>,
    shipments: Vec<Option<i64>>,
    lines: Vec<Option<i64>>,
    units: Vec<Option<i64>>,
}

impl Left {
    fn all(problem: &Problem) -> Self {
        let limits =
            |f: fn(&crate::model::Node) -> Option<u32>| problem.nodes().iter().map(|n| f(n).map(i64::from)).collect();
        Self {
            stock: problem.stock().iter().map(|r| i64::from(r.available)).collect(),
            shipments: limits(|n| n.max_shipments),
            lines: limits(|n| n.max_lines),
            units: limits(|n| n.max_units),
        }
    }

    /// Takes what a shipment needs.
    fn take(&mut self, problem: &Problem, shipment: &OrderShipment, cost: &ShipmentCost) {
        let take = |cell: &mut Option<i64>, n: i64| {
            if let Some(x) = cell {
                *x -= n;
            }
        };
        let n = shipment.node.get();
        take(&mut self.shipments[n], i64::from(cost.workload));
        take(&mut self.lines[n], shipment.fills.len() as i64);
        let day = stock_day(problem, shipment.node, cost.leaves_on);
        for f in &shipment.fills {
            take(&mut self.units[n], i64::from(f.qty));
            if let Some(row) = problem.stock_row_on(shipment.node, problem.lines()[f.line].sku, day) {
                for row in problem.chains().from(row.0) {
                    self.stock[row as usize] -= i64::from(f.qty);
                }
            }
        }
    }

    /// From now on the stock of a row is what is left for one more shipment that takes from it on: the least of it and of the
    /// later rows of its node and SKU.
    fn look_ahead(&mut self, problem: &Problem) {
        for row in (0..self.stock.len()).rev() {
            if problem.chains().last(row as u32) != row as u32 {
                self.stock[row] = self.stock[row].min(self.stock[row + 1]);
            }
        }
    }

    /// After [`look_ahead`](Self::look_ahead): why a line has units left unfilled, from the nodes that could fill it and what is left at them.
    fn reason(&self, problem: &Problem, order: OrderIdx, line: LineIdx) -> UnfilledReason {
        let (o, l) = (&problem.orders()[order], &problem.lines()[line]);
        let need = if l.divisible { 1 } else { l.qty };
        let rows = problem.stock_of(l.sku).map(|r| (r, problem.stock()[r as usize]));
        let eligible = rows.filter(|(_, row)| {
            let node = &problem.nodes()[row.node];
            row.available >= need
                && l.pin.is_none_or(|n| n == row.node)
                && !problem.is_excluded(line, row.node)
                && o.pickup_node.map_or(node.ships, |p| p == row.node && node.pickup)
        });
        let mut reason = UnfilledReason::NoEligibleNode;
        // Later in this order = nearer to being filled; the plan's reason is the nearest miss.
        let rank = |r: UnfilledReason| match r {
            UnfilledReason::NoEligibleNode => 0,
            UnfilledReason::NoService => 1,
            UnfilledReason::StockUsed => 2,
            UnfilledReason::CapacityUsed => 3,
            UnfilledReason::NotChosen => 4,
        };
        for (r, row) in eligible {
            let n = row.node.get();
            let short = |left: Option<i64>, need: u32| left.is_some_and(|x| x < i64::from(need));
            let with_service = if self.stock[r as usize] < i64::from(need) {
                UnfilledReason::StockUsed
            } else if short(self.shipments[n], 1) || short(self.lines[n], 1) || short(self.units[n], need) {
                UnfilledReason::CapacityUsed
            } else {
                UnfilledReason::NotChosen
            };
            // Services are looked for only where that could change the answer.
            if rank(with_service) <= rank(reason) {
                continue;
            }
            if any_service(problem, order, line, row.node) {
                reason = with_service;
            } else if reason == UnfilledReason::NoEligibleNode {
                reason = UnfilledReason::NoService;
            }
            if reason == UnfilledReason::NotChosen {
                break;
            }
        }
        reason
    }
}

/// Whether any service takes (one unit of, if divisible) the line alone from the node.
fn any_service(problem: &Problem, order: OrderIdx, line: LineIdx, node: NodeIdx) -> bool {
    if problem.orders()[order].pickup_node.is_some() {
        return true;
    }
    let quotes = problem.quotes_of(order);
    if !quotes.is_empty() {
        return quotes.iter().any(|q| q.node == node);
    }
    let l = &problem.lines()[line];
    let load = Load::of(problem, line, if l.divisible { 1 } else { l.qty });
    let takes = |service: ServiceIdx, lane: &Lane| {
        let rate = problem.rate_of(service, lane.zone);
        rate.is_some_and(|rate| transport(problem, rate, load).is_some())
    };
    Lanes::to(problem, problem.orders()[order].destination).any(node, takes)
}
