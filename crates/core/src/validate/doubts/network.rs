//! Carriers that come to nothing: zones without prices, prices without lanes, services without lanes.

use std::collections::{HashMap, HashSet};

use super::super::context::{At, Context};
use super::super::defined::Defined;
use super::super::fold::{folded, shown};
use crate::diagnostic::Code;
use crate::index::{Idx as _, ServiceIdx, Sym};
use crate::model::{Draft, Table};

/// The zone of lanes by which a service says that it does not go there.
const NOT_SERVED: &str = "-";

/// Warns of services, lanes and rates. Where rows of one could not be read, nothing is said to be missing from it.
pub(super) fn check(context: &mut Context<'_>, services: &Defined<ServiceIdx>) {
    let draft = context.draft;
    let of_lanes: HashSet<_> = draft
        .lanes
        .iter()
        .map(|row| (row.value.service, row.value.zone))
        .collect();
    let of_rates: HashSet<_> = draft
        .rates
        .iter()
        .map(|row| (row.value.service, row.value.zone))
        .collect();
    if draft.is_whole(Table::Rates) {
        lanes(context, services, &of_rates);
    }
    if draft.is_whole(Table::Lanes) {
        rates(context, services, &of_lanes);
    }
    if draft.is_whole(Table::Lanes) && draft.is_whole(Table::Quotes) {
        without_lanes(context, services);
    }
}

type Zones = HashSet<(ServiceIdx, Sym)>;

/// Lanes whose zone has no rates.
fn lanes(context: &mut Context<'_>, services: &Defined<ServiceIdx>, priced: &Zones) {
    let draft = context.draft;
    let mut similar = None;
    for row in &draft.lanes {
        let (service, zone) = (row.value.service, row.value.zone);
        let told = priced.contains(&(service, zone)) || draft.ids.texts.text(zone) == NOT_SERVED;
        if told || services.get(service).is_none() {
            continue;
        }
        let at = At {
            table: Table::Lanes,
            row: row.number,
        };
        context.warn(Code::ZONE_WITHOUT_RATES, at, "zone", || {
            let similar = similar.get_or_insert_with(|| by_folded(draft, priced));
            let message = format!(
                "service {} has no rates in zone {}",
                service_id(draft, service),
                zone_id(draft, zone)
            );
            meant(draft, message, similar, (service, zone))
        });
    }
}

/// Rates whose zone has no lanes.
fn rates(context: &mut Context<'_>, services: &Defined<ServiceIdx>, reached: &Zones) {
    let draft = context.draft;
    let mut similar = None;
    let mut told = HashSet::new();
    for row in &draft.rates {
        let (service, zone) = (row.value.service, row.value.zone);
        if reached.contains(&(service, zone)) || services.get(service).is_none() || !told.insert((service, zone)) {
            continue;
        }
        let at = At {
            table: Table::Rates,
            row: row.number,
        };
        context.warn(Code::ZONE_WITHOUT_LANES, at, "zone", || {
            let similar = similar.get_or_insert_with(|| by_folded(draft, reached));
            let message = format!(
                "service {} has no lane in zone {}",
                service_id(draft, service),
                zone_id(draft, zone)
            );
            meant(draft, message, similar, (service, zone))
        });
    }
}

/// Services that no lane and no quote names.
fn without_lanes(context: &mut Context<'_>, services: &Defined<ServiceIdx>) {
    let draft = context.draft;
    let mut named = vec![false; draft.ids.services.len()];
    let of_lanes = draft.lanes.iter().map(|row| row.value.service);
    for service in of_lanes.chain(draft.quotes.iter().map(|row| row.value.service)) {
        named[service.get()] = true;
    }
    for row in &draft.services {
        let service = row.value.id;
        if !named[service.get()] && services.get(service).is_some() {
            let at = At {
                table: Table::Services,
                row: row.number,
            };
            context.warn(Code::SERVICE_WITHOUT_LANES, at, "service_id", || {
                format!("service {} has no lane, so it goes nowhere", service_id(draft, service))
            });
        }
    }
}

fn service_id(draft: &Draft, service: ServiceIdx) -> String {
    shown(draft.ids.services.text(service))
}

fn zone_id(draft: &Draft, zone: Sym) -> String {
    shown(draft.ids.texts.text(zone))
}

/// The zones of each service by their folded texts.
fn by_folded(draft: &Draft, zones: &Zones) -> HashMap<(ServiceIdx, String), Sym> {
    let mut sorted: Vec<_> = zones.iter().copied().collect();
    sorted.sort_unstable_by(|a, b| b.cmp(a)); // of equals the first is kept
    let text = |zone| folded(draft.ids.texts.text(zone));
    sorted
        .into_iter()
        .map(|(service, zone)| ((service, text(zone)), zone))
        .collect()
}

/// The message, with the zone that looks the same where there is one.
fn meant(
    draft: &Draft,
    message: String,
    similar: &HashMap<(ServiceIdx, String), Sym>,
    (service, zone): (ServiceIdx, Sym),
) -> String {
    match similar.get(&(service, folded(draft.ids.texts.text(zone)))) {
        Some(&zone) => format!("{message}; did you mean {}?", zone_id(draft, zone)),
        None => message,
    }
}
