//! Rules of `services.csv`, `lanes.csv` and `rates.csv`.

use std::collections::HashSet;

use super::context::{At, Context, Kind, MAX_TRANSIT_DAYS};
use super::defined::Defined;
use crate::diagnostic::Code;
use crate::index::{NodeIdx, ServiceIdx};
use crate::model::Table;
use crate::quantity::Money;

/// Id of the built-in service of orders with a pickup node.
pub(super) const PICKUP: &str = "pickup";
/// Largest weight limit or divisor: a million tonnes.
const MAX_LIMIT: i64 = 1_000_000_000_000;
/// Largest fuel surcharge, in ten-thousandths of a per cent: 10,000 %.
const MAX_FUEL: i64 = 10_000 * Money::SCALE;

/// Checks the services.
pub(super) fn check_services(context: &mut Context<'_>) -> Defined<ServiceIdx> {
    let draft = context.draft;
    let rows = draft.services.iter().map(|row| (row.number, row.value.id));
    let defined = Defined::check(context, Table::Services, "service_id", &draft.ids.services, rows);
    for row in &draft.services {
        let (at, service) = (
            At {
                table: Table::Services,
                row: row.number,
            },
            &row.value,
        );
        if draft.ids.services.text(service.id) == PICKUP {
            context.report(Code::RESERVED_ID, at, "service_id", "pickup is the built-in service");
        }
        if !(1..=7).any(|day| service.days.contains(day)) {
            context.report(Code::BAD_WEEKDAYS, at, "days", "the service has no day");
        }
        for (field, limit) in [
            ("divisor_cm3_per_kg", service.divisor),
            ("max_parcel_g", service.max_parcel_g),
        ] {
            if let Some(limit) = limit {
                context.integer(at, field, limit, 1..=MAX_LIMIT);
            }
        }
        if !(0..=MAX_FUEL).contains(&service.fuel.0) {
            context.report(Code::OUT_OF_RANGE, at, "fuel_pct", "must be from 0 to 10,000 per cent");
        }
    }
    defined
}

/// Checks the lanes.
pub(super) fn check_lanes(context: &mut Context<'_>, services: &Defined<ServiceIdx>, nodes: &Defined<NodeIdx>) {
    let draft = context.draft;
    for row in &draft.lanes {
        let (at, lane) = (
            At {
                table: Table::Lanes,
                row: row.number,
            },
            &row.value,
        );
        if services.lacks(lane.service) {
            context.unknown(at, "service_id", Kind::Service, draft.ids.services.text(lane.service));
        }
        if let Some(node) = lane.node.filter(|&node| nodes.lacks(node)) {
            context.unknown(at, "node_id", Kind::Node, draft.ids.nodes.text(node));
        }
        if draft.ids.texts.text(lane.country).is_empty() {
            context.report(Code::MISSING_VALUE, at, "country", "the country is empty");
        }
        context.country(at, lane.country);
        if lane.max_km.is_some_and(|km| !(km >= 0.0 && km.is_finite())) {
            context.report(Code::OUT_OF_RANGE, at, "max_km", "must be a finite number, at least 0");
        }
        context.integer(
            at,
            "transit_days",
            lane.transit_days.into(),
            0..=MAX_TRANSIT_DAYS.into(),
        );
    }
}

/// Checks the rates, each and against those of its service and zone.
pub(super) fn check_rates(context: &mut Context<'_>, services: &Defined<ServiceIdx>) {
    let draft = context.draft;
    let mut seen = HashSet::with_capacity(draft.rates.len());
    for row in &draft.rates {
        let (at, rate) = (
            At {
                table: Table::Rates,
                row: row.number,
            },
            &row.value,
        );
        if services.lacks(rate.service) {
            context.unknown(at, "service_id", Kind::Service, draft.ids.services.text(rate.service));
        }
        if let Some(max_g) = rate.max_g {
            context.integer(at, "max_g", max_g, 1..=MAX_LIMIT);
        }
        context.money(at, "price", rate.price);
        context.money(at, "per_kg", rate.per_kg);
        if rate.max_g.is_some() && rate.per_kg != Money::ZERO {
            let message = "only the open band has a price per kilogram";
            context.warn(Code::PER_KG_IGNORED, at, "per_kg", || message);
        }
        if !seen.insert((rate.service, rate.zone, rate.max_g)) {
            let (code, message) = match rate.max_g {
                Some(_) => (
                    Code::DUPLICATE_BAND,
                    "the service and zone have a band with this limit already",
                ),
                None => (Code::SECOND_OPEN_BAND, "the service and zone have an open band already"),
            };
            context.report(code, at, "max_g", message);
        }
    }
}
