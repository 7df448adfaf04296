//! What one shipment costs: carriage, handling, lateness.

use super::calendar;
use super::lanes::Lanes;
use super::tariff::{Load, transport};
use crate::index::{NodeIdx, OrderIdx, ServiceIdx};
use crate::model::{Problem, Quote};
use crate::plan::{Carriage, Fill};
use crate::quantity::{Date, Grams, Money};

/// Every figure of a shipment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShipmentCost {
    /// Number of parcels.
    pub parcels: i64,
    /// Real weight.
    pub weight: Grams,
    /// Billable weight.
    pub billable: Grams,
    /// What the carrier is paid.
    pub transport: Money,
    /// Handling at the node.
    pub handling: Money,
    /// Day of leaving.
    pub leaves_on: Option<Date>,
    /// Day of arrival.
    pub arrives_on: Option<Date>,
    /// Calendar days after the promised date.
    pub days_late: u32,
    /// Penalty for them.
    pub late: Money,
    /// What it takes of the node's `max_shipments`.
    pub workload: u32,
}

/// Why a shipment cannot travel as stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotOffered {
    /// Only orders with a pickup node travel by `pickup`, and those travel by nothing else.
    #[error("pickup orders, and only they, travel by the service pickup")]
    Pickup,
    /// The order has quotes, and none of them is for this node and service.
    #[error("the order has no such quote")]
    NoQuote,
    /// The service is not listed, and the order has no quotes.
    #[error("the service is not listed")]
    NotListed,
    /// No lane, or no price in the lane's zone.
    #[error("the service does not go there")]
    NoLane,
    /// A quote is for the day that it states, so its shipment does not wait for stock.
    #[error("a quoted shipment does not wait for stock")]
    QuoteWaits,
    /// Too heavy: a unit above `max_parcel_g`, or a parcel above the largest band.
    #[error("the service does not take that weight")]
    TooHeavy,
}

/// Handling at a node: `shipment_cost + line_cost x lines + unit_cost x units`.
#[must_use]
pub fn handling(problem: &Problem, node: NodeIdx, lines: i64, units: i64) -> Money {
    let n = &problem.nodes()[node];
    n.shipment_cost + n.line_cost * lines + n.unit_cost * units
}

/// Late penalty for an arrival.
#[must_use]
pub fn late(problem: &Problem, days_late: u32) -> Money {
    problem.objective().late_penalty_per_day * i64::from(days_late)
}

/// The quote of an order for a node and service.
#[must_use]
pub fn quote(problem: &Problem, order: OrderIdx, node: NodeIdx, service: ServiceIdx) -> Option<&Quote> {
    problem
        .quotes_of(order)
        .iter()
        .find(|q| q.node == node && q.service == service)
}

/// The day whose stock a shipment takes: that on which it leaves; where that is unknown (a quote by a service that is not
/// listed), the node's ready date.
#[must_use]
pub fn stock_day(problem: &Problem, node: NodeIdx, leaves_on: Option<Date>) -> Date {
    leaves_on.unwrap_or(problem.nodes()[node].ready.date)
}

/// The day whose stock a quoted shipment takes.
#[must_use]
pub fn quoted_day(problem: &Problem, quote: &Quote) -> Date {
    let listed = quote.service.0 < problem.services().len() as u32;
    let leaves = listed.then(|| calendar::leaves(problem, quote.service, quote.node));
    stock_day(problem, quote.node, leaves)
}

/// Every figure of a shipment of `order` from `node` that leaves as early as it can.
///
/// # Errors
/// Why it cannot travel so. Rules that are not about carriage (stock, capacity, pins, ...) are not looked at.
pub fn price_shipment(
    problem: &Problem,
    order: OrderIdx,
    node: NodeIdx,
    carriage: Carriage,
    fills: &[Fill],
) -> Result<ShipmentCost, NotOffered> {
    price_shipment_from(problem, order, node, (carriage, None), fills)
}

/// The same for a shipment that waits for stock of the date `from`, where one is given. Whether there is such stock is not
/// looked at.
///
/// # Errors
/// As [`price_shipment`].
pub fn price_shipment_from(
    problem: &Problem,
    order: OrderIdx,
    node: NodeIdx,
    (carriage, from): (Carriage, Option<Date>),
    fills: &[Fill],
) -> Result<ShipmentCost, NotOffered> {
    let o = &problem.orders()[order];
    let load = Load::of_fills(problem, fills);
    let units = fills.iter().map(|f| i64::from(f.qty)).sum();
    let handling = handling(problem, node, fills.len() as i64, units);
    let plain = ShipmentCost {
        parcels: 1,
        weight: load.weight,
        billable: Grams(load.weight.0.max(1)),
        transport: Money::ZERO,
        handling,
        leaves_on: None,
        arrives_on: None,
        days_late: 0,
        late: Money::ZERO,
        workload: 1,
    };
    match carriage {
        Carriage::Pickup => {
            if o.pickup_node.is_none() {
                return Err(NotOffered::Pickup);
            }
            let ready = problem.nodes()[node].ready.date;
            let ready = from.map_or(ready, |from| from.max(ready));
            Ok(ShipmentCost {
                leaves_on: Some(ready),
                arrives_on: Some(ready),
                ..plain
            })
        }
        Carriage::Service(_) if o.pickup_node.is_some() => Err(NotOffered::Pickup),
        Carriage::Service(service) if !problem.quotes_of(order).is_empty() => {
            let q = quote(problem, order, node, service).ok_or(NotOffered::NoQuote)?;
            if from.is_some() {
                return Err(NotOffered::QuoteWaits);
            }
            let listed = service.0 < problem.services().len() as u32;
            let days_late = calendar::days_late(o.deliver_by, q.deliver_on);
            Ok(ShipmentCost {
                transport: q.price,
                leaves_on: listed.then(|| calendar::leaves(problem, service, node)),
                arrives_on: q.deliver_on,
                days_late,
                late: late(problem, days_late),
                workload: q.workload,
                ..plain
            })
        }
        Carriage::Service(service) => {
            if service.0 >= problem.services().len() as u32 {
                return Err(NotOffered::NotListed);
            }
            let lanes = Lanes::to(problem, o.destination);
            let lane = lanes.find(service, node).ok_or(NotOffered::NoLane)?;
            let rate = problem.rate_of(service, lane.zone).ok_or(NotOffered::NoLane)?;
            let t = transport(problem, rate, load).ok_or(NotOffered::TooHeavy)?;
            let leaves = calendar::leaves_from(problem, service, node, from);
            let arrives = calendar::arrives(problem, service, leaves, lane.transit_days);
            let days_late = calendar::days_late(o.deliver_by, Some(arrives));
            Ok(ShipmentCost {
                parcels: t.parcels,
                billable: t.billable,
                transport: t.price,
                leaves_on: Some(leaves),
                arrives_on: Some(arrives),
                days_late,
                late: late(problem, days_late),
                ..plain
            })
        }
    }
}
