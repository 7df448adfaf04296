//! Rules of `carts.csv`, `shifts.csv` and `departures.csv`.

use std::collections::HashSet;

use super::ByNode;
use super::context::FloorContext;
use super::layouts::Layouts;
use crate::diagnostic::Code;
use crate::index::{CartIdx, DepartureIdx, NodeIdx, ShiftIdx, Sym};
use crate::model::Weekdays;
use crate::model::floor::{Bins, Capacity, Cart, Days, Departure, FloorTable, Shift};
use crate::quantity::{Date, Grams, Volume};
use crate::validate::context::shown;

/// Checks the carts.
pub(super) fn check_carts(context: &mut FloorContext<'_>, layouts: &Layouts) -> ByNode<CartIdx, Cart> {
    const TABLE: FloorTable = FloorTable::Carts;
    let mut made = ByNode::new();
    let mut seen = HashSet::new();
    for row in &context.draft.carts {
        let (n, cart) = (row.number, &row.value);
        for (field, value) in [
            ("count", cart.count),
            ("units", cart.units),
            ("shipments", cart.shipments),
            ("bins", cart.bins),
            ("bin_units", cart.bin_units),
        ] {
            context.count(TABLE, n, field, value);
        }
        for (field, value) in [
            ("weight_g", cart.weight_g),
            ("volume_cm3", cart.volume_cm3),
            ("bin_weight_g", cart.bin_weight_g),
            ("bin_volume_cm3", cart.bin_volume_cm3),
        ] {
            context.measure(TABLE, n, field, value);
        }
        let bin = [
            ("bin_units", cart.bin_units.is_some()),
            ("bin_weight_g", cart.bin_weight_g.is_some()),
            ("bin_volume_cm3", cart.bin_volume_cm3.is_some()),
        ];
        if let (None, Some((field, _))) = (cart.bins, bin.into_iter().find(|b| b.1)) {
            context.report(Code::BIN_WITHOUT_BINS, TABLE, n, field, "the cart has no bins");
        }
        let node = layouts.node(context, TABLE, n, cart.node_id);
        unique(context, TABLE, n, "cart_id", cart.cart_id, node, &mut seen);
        let Some(node) = node else { continue };
        made.entry(node).or_default().push(Cart {
            id: cart.cart_id,
            count: cart.count,
            capacity: capacity(cart.units, cart.weight_g, cart.volume_cm3),
            shipments: cart.shipments,
            bins: cart.bins.map(|count| Bins {
                count,
                capacity: capacity(cart.bin_units, cart.bin_weight_g, cart.bin_volume_cm3),
            }),
        });
    }
    made
}

fn capacity(units: Option<u32>, weight_g: Option<i64>, volume_cm3: Option<i64>) -> Capacity {
    Capacity {
        units,
        weight: weight_g.map(Grams),
        volume: volume_cm3.map(Volume),
    }
}

/// An id that its node has once.
fn unique(
    context: &mut FloorContext<'_>,
    table: FloorTable,
    row: u32,
    field: &'static str,
    id: Sym,
    node: Option<NodeIdx>,
    seen: &mut HashSet<(NodeIdx, Sym)>,
) {
    context.id(table, row, field, id);
    if node.is_some_and(|node| !seen.insert((node, id))) {
        let message = format!("{} is defined twice", shown(context.text(id)));
        context.report(Code::DUPLICATE_ID, table, row, field, message);
    }
}

/// Weekdays or a date: one of the two.
fn days(
    context: &mut FloorContext<'_>,
    table: FloorTable,
    row: u32,
    weekly: Option<Weekdays>,
    date: Option<Date>,
) -> Option<Days> {
    match (weekly, date) {
        (Some(weekly), None) => Some(Days::Weekly(weekly)),
        (None, Some(date)) => Some(Days::On(date)),
        (Some(_), Some(_)) => {
            context.report(Code::DAYS_OR_DATE, table, row, "date", "both weekdays and a date");
            None
        }
        (None, None) => {
            context.report(Code::DAYS_OR_DATE, table, row, "days", "neither weekdays nor a date");
            None
        }
    }
}

/// Checks the shifts.
pub(super) fn check_shifts(context: &mut FloorContext<'_>, layouts: &Layouts) -> ByNode<ShiftIdx, Shift> {
    const TABLE: FloorTable = FloorTable::Shifts;
    let mut made = ByNode::new();
    let mut seen = HashSet::new();
    for row in &context.draft.shifts {
        let (n, shift) = (row.number, &row.value);
        context.integer(TABLE, n, "pickers", Some(shift.pickers.into()), 1..=100_000);
        let days = days(context, TABLE, n, shift.days, shift.date);
        let node = layouts.node(context, TABLE, n, shift.node_id);
        unique(context, TABLE, n, "shift_id", shift.shift_id, node, &mut seen);
        let Some(node) = node else { continue };
        made.entry(node).or_default().push(Shift {
            id: shift.shift_id,
            // A faulty row counts as a shift: the node is not said to have none.
            days: days.unwrap_or(Days::On(Date::from_days(0))),
            start: shift.start,
            end: shift.end,
            pickers: shift.pickers,
        });
    }
    made
}

/// Checks the departures.
pub(super) fn check_departures(context: &mut FloorContext<'_>, layouts: &Layouts) -> ByNode<DepartureIdx, Departure> {
    const TABLE: FloorTable = FloorTable::Departures;
    let mut made = ByNode::new();
    for row in &context.draft.departures {
        let (n, departure) = (row.number, &row.value);
        context.count(TABLE, n, "max_parcels", departure.max_parcels);
        let days = days(context, TABLE, n, departure.days, departure.date);
        let id = context.text(departure.service_id);
        let service = context.problem.service_ids().find(id);
        if service.is_none() {
            context.unknown(TABLE, n, "service_id", "service", id);
        }
        let node = layouts.node(context, TABLE, n, departure.node_id);
        let (Some(node), Some(service), Some(days)) = (node, service, days) else {
            continue;
        };
        made.entry(node).or_default().push(Departure {
            service,
            days,
            time: departure.time,
            max_parcels: departure.max_parcels,
        });
    }
    made
}
