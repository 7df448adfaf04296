//! From a sound draft to the parts of the problem: ids in the order of their tables, lines by order, prices by table.
//!
//! Runs only where no check found an error, so every reference is defined; a row whose reference is not would be left out.

use std::collections::HashMap;

use super::defined::Defined;
use super::lines::Lines;
use super::nodes::Nodes;
use super::places::Places;
use super::settings::DEFAULT_TIMEZONE;
use super::stock::available;
use crate::index::{DestIdx, IdTable, IndexVec, LineIdx, NodeIdx, OrderIdx, RateIdx, ServiceIdx, SkuIdx, Sym};
use crate::model::{
    Band, Destination, Draft, ExclusionRow, Item, Lane, LaneRow, Line, LineRow, LocalInstant, Node, NodeRow, Objective,
    OpenBand, Order, OrderRow, Parts, Place, Quote, QuoteRow, RateRow, RateTable, Row, RowNumbers, Service, ServiceRow,
    Settings, SettingsInput, StockDraftRow, StockRow,
};
use crate::quantity::{Grams, Money, Volume};

/// What the checks learnt of the order of things.
pub(super) struct Maps {
    pub nodes: Nodes,
    pub skus: Defined<SkuIdx>,
    pub orders: Defined<OrderIdx>,
    pub services: Defined<ServiceIdx>,
    pub lines: Lines,
}

/// The parts of the problem.
pub(super) fn parts(draft: Draft, maps: &Maps) -> Parts {
    let Maps {
        nodes,
        skus,
        orders,
        lines,
        ..
    } = maps;
    let nodes_of = &nodes.defined;
    let objective = objective(&draft.settings);
    let settings = settings(draft.settings);
    let mut texts = draft.ids.texts;
    let default_zone = texts.intern(&settings.timezone).0;
    let services = with_quoted(&maps.services, &draft.quotes);
    let order_numbers: Vec<u32> = draft.orders.iter().map(|row| row.number).collect();
    let places = Places::new(&draft.postcodes, &texts);
    let (order_rows, destinations) = order_parts(draft.orders, nodes_of, lines, (&places, &texts));
    let line_of = |order: OrderIdx, id: Sym, rows: &[Row<LineRow>]| {
        let range = lines.starts[order.0 as usize]..lines.starts[order.0 as usize + 1];
        range
            .map(LineIdx)
            .find(|l| rows[lines.sorted[l.0 as usize] as usize].value.id == id)
    };
    let mut order_exclusions = Vec::new();
    let mut line_exclusions = Vec::new();
    for Row {
        value: ExclusionRow { order, line, node },
        ..
    } in draft.exclusions
    {
        let (Some(order), Some(node)) = (orders.get(order), nodes_of.get(node)) else {
            continue;
        };
        match line {
            None => order_exclusions.push((order, node)),
            Some(id) => line_exclusions.extend(line_of(order, id, &draft.lines).map(|line| (line, node))),
        }
    }
    let line_parts = line_parts(&draft.lines, maps, objective.unfilled_penalty);
    let numbers = draft.nodes.iter().map(|row| row.number);
    let rows = RowNumbers::new(numbers, order_numbers.iter().copied());
    let node_rows = draft.nodes.iter().zip(&nodes.ready);
    Parts {
        settings,
        objective,
        nodes: node_rows
            .map(|(row, ready)| {
                let place = places.fill(row.value.place, row.value.country, row.value.postcode, &texts);
                node(&row.value, place, *ready, default_zone)
            })
            .collect(),
        texts,
        node_ids: nodes_of.sort(draft.ids.nodes),
        items: draft
            .items
            .iter()
            .map(|row| item(row.value.weight_g, row.value.volume_cm3))
            .collect(),
        sku_ids: skus.sort(draft.ids.skus),
        stock: draft
            .stock
            .iter()
            .filter_map(|row| stock(&row.value, nodes_of, skus))
            .collect(),
        order_ids: orders.sort(draft.ids.orders),
        orders: order_rows,
        lines: line_parts,
        destinations,
        order_exclusions,
        line_exclusions,
        service_ids: services.sort(draft.ids.services),
        services: draft.services.iter().map(|row| service(&row.value)).collect(),
        lanes: draft
            .lanes
            .iter()
            .filter_map(|row| lane(&row.value, &services, nodes_of))
            .collect(),
        rates: rate_tables(&draft.rates, &services),
        quotes: draft
            .quotes
            .iter()
            .filter_map(|row| quote(&row.value, maps, &services))
            .collect(),
        rows,
        left_out: Vec::new(),
    }
}

fn settings(input: SettingsInput) -> Settings {
    let timezone = input.timezone.unwrap_or_else(|| DEFAULT_TIMEZONE.to_owned());
    Settings {
        name: input.name,
        currency: input.currency,
        now: input.now,
        timezone,
    }
}

const fn objective(input: &SettingsInput) -> Objective {
    Objective {
        split_penalty: input.split_penalty,
        late_penalty_per_day: input.late_penalty_per_day,
        unfilled_penalty: input.unfilled_penalty,
    }
}

const fn item(weight_g: i64, volume_cm3: i64) -> Item {
    Item {
        weight: Grams(weight_g),
        volume: Volume(volume_cm3),
    }
}

fn node(row: &NodeRow, place: Option<Place>, ready: LocalInstant, default_zone: Sym) -> Node {
    Node {
        kind: row.kind,
        country: row.country,
        postcode: row.postcode,
        place,
        timezone: row.timezone.unwrap_or(default_zone),
        shipment_cost: row.shipment_cost,
        line_cost: row.line_cost,
        unit_cost: row.unit_cost,
        max_shipments: row.max_shipments,
        max_lines: row.max_lines,
        max_units: row.max_units,
        ready,
        ships: row.ships,
        pickup: row.pickup,
    }
}

fn stock(row: &StockDraftRow, nodes: &Defined<NodeIdx>, skus: &Defined<SkuIdx>) -> Option<StockRow> {
    Some(StockRow {
        node: nodes.get(row.node)?,
        sku: skus.get(row.sku)?,
        available_from: row.available_from,
        available: available(row),
    })
}

/// The orders, and the distinct places that they go to.
fn order_parts(
    rows: Vec<Row<OrderRow>>,
    nodes: &Defined<NodeIdx>,
    lines: &Lines,
    (places, texts): (&Places, &IdTable<Sym>),
) -> (IndexVec<OrderIdx, Order>, IndexVec<DestIdx, Destination>) {
    let mut destinations = IndexVec::new();
    let mut known = HashMap::new();
    let mut order = |n: usize, row: OrderRow| {
        let place = places.fill(row.place, row.country, row.postcode, texts);
        // Coordinates are the same where their bits are: two spellings of a number are one place.
        let bits = place.map(|p| (p.lat.to_bits(), p.lon.to_bits()));
        let destination = *known.entry((row.country, row.postcode, bits)).or_insert_with(|| {
            destinations.push(Destination {
                country: row.country,
                postcode: row.postcode,
                place,
            })
        });
        Order {
            destination,
            channel: row.channel,
            deliver_by: row.deliver_by,
            max_shipments: row.max_shipments,
            ship_complete: row.ship_complete,
            pickup_node: row.pickup_node.and_then(|node| nodes.get(node)),
            first_line: lines.starts[n],
            end_line: lines.starts[n + 1],
        }
    };
    let orders = rows
        .into_iter()
        .enumerate()
        .map(|(n, row)| order(n, row.value))
        .collect();
    (orders, destinations)
}

fn line_parts(rows: &[Row<LineRow>], maps: &Maps, unfilled_penalty: Money) -> IndexVec<LineIdx, Line> {
    let line = |row: &LineRow| {
        Some(Line {
            order: maps.orders.get(row.order)?,
            id: row.id,
            sku: maps.skus.get(row.sku)?,
            qty: row.qty,
            unfilled_penalty: row.unfilled_penalty.unwrap_or(unfilled_penalty),
            pin: row.node.and_then(|node| maps.nodes.defined.get(node)),
            group: row.group,
            divisible: row.divisible,
        })
    };
    maps.lines
        .sorted
        .iter()
        .filter_map(|&n| line(&rows[n as usize].value))
        .collect()
}

fn service(row: &ServiceRow) -> Service {
    Service {
        carrier: row.carrier,
        days: row.days,
        cutoff: row.cutoff,
        divisor: row.divisor,
        max_parcel: row.max_parcel_g.map(Grams),
        fuel: row.fuel,
    }
}

/// The listed services, and after them those that only quotes name.
fn with_quoted(listed: &Defined<ServiceIdx>, quotes: &[Row<QuoteRow>]) -> Defined<ServiceIdx> {
    let mut all = listed.clone();
    for row in quotes {
        all.add(row.value.service);
    }
    all
}

fn lane(row: &LaneRow, services: &Defined<ServiceIdx>, nodes: &Defined<NodeIdx>) -> Option<Lane> {
    Some(Lane {
        service: services.get(row.service)?,
        node: row.node.and_then(|node| nodes.get(node)),
        country: row.country,
        postcode_prefix: row.postcode_prefix,
        max_km: row.max_km,
        zone: row.zone,
        transit_days: row.transit_days,
    })
}

/// One table per service and zone, in order of first appearance, its bands by rising weight.
fn rate_tables(rows: &[Row<RateRow>], services: &Defined<ServiceIdx>) -> IndexVec<RateIdx, RateTable> {
    let mut tables = IndexVec::<RateIdx, RateTable>::new();
    let mut known = HashMap::new();
    for RateRow {
        service,
        zone,
        max_g,
        price,
        per_kg,
    } in rows.iter().map(|row| &row.value)
    {
        let Some(service) = services.get(*service) else {
            continue;
        };
        let table = *known.entry((service, *zone)).or_insert_with(|| {
            tables.push(RateTable {
                service,
                zone: *zone,
                bands: Vec::new(),
                open: None,
            })
        });
        match max_g {
            Some(max) => tables[table].bands.push(Band {
                max: Grams(*max),
                price: *price,
            }),
            None => {
                tables[table].open = Some(OpenBand {
                    price: *price,
                    per_kg: *per_kg,
                });
            }
        }
    }
    for table in tables.as_mut_slice() {
        table.bands.sort_by_key(|band| band.max);
    }
    tables
}

fn quote(row: &QuoteRow, maps: &Maps, services: &Defined<ServiceIdx>) -> Option<(OrderIdx, Quote)> {
    let quote = Quote {
        node: maps.nodes.defined.get(row.node)?,
        service: services.get(row.service)?,
        price: row.price,
        deliver_on: row.deliver_on,
        workload: row.workload,
    };
    Some((maps.orders.get(row.order)?, quote))
}
