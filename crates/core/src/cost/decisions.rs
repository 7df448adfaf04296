//! From decisions of any system to a full allocation: shipments, quantities, services, dates.
//!
//! What a decision leaves open is filled in as an order system would: the rest of the line, one
//! shipment for an order and node, the cheapest service (transport and lateness), and the first
//! date on which the node has all that the shipment holds.

use std::collections::BTreeMap;

use super::departures::Departures;
use super::shipment::{NotOffered, ShipmentCost, price_shipment_from};
use crate::index::{Idx as _, IndexVec, LineIdx, NodeIdx, OrderIdx};
use crate::model::Problem;
use crate::plan::{Allocation, Carriage, Decision, Fill, NotCarried, OrderShipment};
use crate::quantity::Date;

/// A shipment by order, node and its own number.
type Key = (OrderIdx, NodeIdx, Option<u32>);

/// The shipments that decisions make, and those that no service carries, whose lines stay unfilled.
///
/// Rules other than those of carriage (stock, limits, pins, whole lines) are not looked at, so that
/// the verifier can name what the decisions break. Decisions of no units are passed over; of two
/// decisions without a quantity for one line the first takes the rest of it.
#[must_use]
pub fn allocation_of(problem: &Problem, decisions: &[Decision]) -> (Allocation, Vec<(OrderIdx, NotCarried)>) {
    let mut allocation = Allocation::empty(problem.orders().len());
    let mut not_carried = Vec::new();
    let mut departures = Departures::new(problem);
    for ((order, node, _), (fills, carriage)) in shipments(problem, decisions) {
        match shipment(problem, &mut departures, order, node, carriage, fills) {
            Ok(shipment) => allocation.orders[order.get()].push(shipment),
            Err(not) => not_carried.push((order, not)),
        }
    }
    for shipments in &mut allocation.orders {
        Allocation::canonical(shipments);
    }
    (allocation, not_carried)
}

/// What each shipment holds, by rising line, and by what it travels where a decision says so.
fn shipments(problem: &Problem, decisions: &[Decision]) -> BTreeMap<Key, (Vec<Fill>, Option<Carriage>)> {
    let mut rest: IndexVec<LineIdx, u32> = problem.lines().iter().map(|l| l.qty).collect();
    for decision in decisions {
        let stated = decision.qty.unwrap_or(0);
        rest[decision.line] = rest[decision.line].saturating_sub(stated);
    }
    let mut shipments: BTreeMap<Key, (Vec<Fill>, Option<Carriage>)> = BTreeMap::new();
    for decision in decisions {
        let line = decision.line;
        let qty = decision.qty.unwrap_or_else(|| std::mem::take(&mut rest[line]));
        if qty == 0 {
            continue;
        }
        let key = (problem.lines()[line].order, decision.node, decision.shipment);
        let (fills, carriage) = shipments.entry(key).or_default();
        *carriage = carriage.or(decision.carriage);
        match fills.iter_mut().find(|f| f.line == line) {
            Some(fill) => fill.qty = fill.qty.saturating_add(qty),
            None => fills.push(Fill { line, qty }),
        }
    }
    for (fills, _) in shipments.values_mut() {
        fills.sort_unstable();
    }
    shipments
}

fn shipment(
    problem: &Problem,
    departures: &mut Departures<'_>,
    order: OrderIdx,
    node: NodeIdx,
    carriage: Option<Carriage>,
    fills: Vec<Fill>,
) -> Result<OrderShipment, NotCarried> {
    let carried = match carriage {
        Some(given) => carried_by(problem, order, node, given, &fills).map(|(from, _)| (given, from)),
        None => cheapest(problem, departures, order, node, &fills),
    };
    match carried {
        Ok((carriage, waits_for)) => Ok(OrderShipment {
            node,
            carriage,
            waits_for,
            fills,
        }),
        Err(cause) => Err(NotCarried {
            node,
            carriage,
            lines: fills.iter().map(|f| f.line).collect(),
            reason: if carriage.is_some() {
                cause.to_string()
            } else {
                "no service takes it there".to_owned()
            },
        }),
    }
}

/// The date of the stock that a shipment by this carriage waits for, and its figures.
fn carried_by(
    problem: &Problem,
    order: OrderIdx,
    node: NodeIdx,
    carriage: Carriage,
    fills: &[Fill],
) -> Result<(Option<Date>, ShipmentCost), NotOffered> {
    let from = first_date(problem, node, fills);
    match price_shipment_from(problem, order, node, (carriage, from), fills) {
        Err(NotOffered::QuoteWaits) => {
            price_shipment_from(problem, order, node, (carriage, None), fills).map(|cost| (None, cost))
        }
        priced => priced.map(|cost| (from, cost)),
    }
}

/// The carriage of least transport and late cost, the first of equals, and the date it waits for.
fn cheapest(
    problem: &Problem,
    departures: &mut Departures<'_>,
    order: OrderIdx,
    node: NodeIdx,
    fills: &[Fill],
) -> Result<(Carriage, Option<Date>), NotOffered> {
    if problem.orders()[order].pickup_node.is_some() {
        return carried_by(problem, order, node, Carriage::Pickup, fills).map(|(from, _)| (Carriage::Pickup, from));
    }
    let quotes = problem.quotes_of(order);
    if quotes.is_empty() {
        let from = first_date(problem, node, fills);
        let service = departures
            .cheapest(order, node, from, fills)
            .ok_or(NotOffered::NoLane)?
            .1;
        return Ok((Carriage::Service(service), from));
    }
    let quoted = quotes.iter().filter(|q| q.node == node).filter_map(|q| {
        let carriage = Carriage::Service(q.service);
        let (from, cost) = carried_by(problem, order, node, carriage, fills).ok()?;
        Some((cost.transport + cost.late, q.service, from))
    });
    let (_, service, from) = quoted
        .min_by_key(|&(cost, service, _)| (cost, service))
        .ok_or(NotOffered::NoQuote)?;
    Ok((Carriage::Service(service), from))
}

/// The first date of stock by which a node has all of it, where that is after it is ready; `None`
/// where it has all at once, or never.
fn first_date(problem: &Problem, node: NodeIdx, fills: &[Fill]) -> Option<Date> {
    let ready = problem.nodes()[node].ready.date;
    let mut units: BTreeMap<_, u64> = BTreeMap::new();
    for f in fills {
        *units.entry(problem.lines()[f.line].sku).or_insert(0) += u64::from(f.qty);
    }
    let has_all = |day: Date| {
        units.iter().all(|(&sku, &qty)| {
            let row = problem.stock_row_on(node, sku, day);
            row.is_some_and(|r| u64::from(problem.stock()[r.get()].available) >= qty)
        })
    };
    if has_all(ready) {
        return None;
    }
    let rows = units.keys().flat_map(|&sku| problem.stock_at(node, sku));
    let dates = rows.filter_map(|r| problem.stock()[r as usize].available_from);
    let mut dates: Vec<Date> = dates.filter(|d| *d > ready).collect();
    dates.sort_unstable();
    dates.into_iter().find(|&day| has_all(day))
}
