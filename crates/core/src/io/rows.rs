//! From the cells of a row to a row of the draft, one function per table. Columns are numbered as in the schema.
//!
//! A row with a faulty cell is added all the same, with a harmless value in the cell's place, so that what refers to it is
//! not reported too. It is left out (and counted, see [`Draft::skip_row`]) where no value would be harmless: where an id
//! is missing, or a key by which rows are told apart.

use super::cells::Cells;
use super::parse::{boolean, count, date, hours, integer, money, number, percent, time, weekdays};
use crate::diagnostic::Code;
use crate::model::{
    Draft, ExclusionInput, ItemInput, LaneInput, LineInput, NodeInput, NodeKind, OrderInput, Place, PostcodeInput,
    QuoteInput, RateInput, ServiceInput, StockInput, Table, Weekdays,
};
use crate::quantity::{Money, Percent};
use crate::validate::MAX_ID;

/// Adds one row of a table to the draft; `None` is a row that is not well formed.
pub(crate) fn add_row(draft: &mut Draft, table: Table, cells: Option<Cells<'_, '_>>) {
    let Some(mut cells) = cells else {
        return draft.skip_row(table);
    };
    if cells.are_empty() {
        cells.pass_over();
        return draft.pass_row(table);
    }
    let added = match table {
        Table::Settings => None,
        Table::Nodes => node(draft, &mut cells),
        Table::Items => item(draft, &mut cells),
        Table::Stock => stock(draft, &mut cells),
        Table::Orders => order(draft, &mut cells),
        Table::Lines => line(draft, &mut cells),
        Table::Exclusions => exclusion(draft, &mut cells),
        Table::Services => service(draft, &mut cells),
        Table::Lanes => lane(draft, &mut cells),
        Table::Rates => rate(draft, &mut cells),
        Table::Quotes => quote(draft, &mut cells),
        Table::Postcodes => postcode(draft, &mut cells),
    };
    if added.is_none() {
        draft.skip_row(table);
    }
}

/// An id that must be given.
pub(crate) fn id<'r>(cells: &mut Cells<'r, '_>, column: usize) -> Option<&'r str> {
    let text = cells.needed(column)?;
    short(cells, column, text)
}

/// An id that may be given.
pub(crate) fn maybe_id<'r>(cells: &mut Cells<'r, '_>, column: usize) -> Option<&'r str> {
    let text = cells.given(column)?;
    short(cells, column, text)
}

fn short<'r>(cells: &mut Cells<'r, '_>, column: usize, text: &'r str) -> Option<&'r str> {
    if text.len() > MAX_ID {
        cells.fault(
            column,
            Code::ID_TOO_LONG,
            format!("the id has {} bytes, more than {MAX_ID}", text.len()),
        );
        return None;
    }
    Some(text)
}

/// Latitude and longitude: both, or neither.
fn place(cells: &mut Cells<'_, '_>, lat: usize, lon: usize) -> Option<Place> {
    let given = (cells.given(lat).is_some(), cells.given(lon).is_some());
    let (a, b) = (cells.optional(lat, number), cells.optional(lon, number));
    if given.0 != given.1 {
        let (missing, message) = if given.0 {
            (lon, "lat without lon")
        } else {
            (lat, "lon without lat")
        };
        cells.fault(missing, Code::INCOMPLETE_COORDINATES, message);
    }
    Some(Place { lat: a?, lon: b? })
}

fn kind(text: &str) -> Result<NodeKind, (Code, &'static str)> {
    let known = [NodeKind::Warehouse, NodeKind::Store, NodeKind::Supplier]
        .into_iter()
        .find(|k| k.as_str() == text);
    known.ok_or((Code::BAD_KIND, "not warehouse, store or supplier"))
}

fn node(draft: &mut Draft, cells: &mut Cells<'_, '_>) -> Option<()> {
    let id = id(cells, 0);
    let row = NodeInput {
        node_id: id.unwrap_or(""),
        kind: cells.optional(1, kind).unwrap_or(NodeKind::Warehouse),
        country: cells.text(2),
        postcode: cells.text(3),
        place: place(cells, 4, 5),
        timezone: cells.given(6),
        shipment_cost: cells.optional(7, money).unwrap_or_default(),
        line_cost: cells.optional(8, money).unwrap_or_default(),
        unit_cost: cells.optional(9, money).unwrap_or_default(),
        max_shipments: cells.optional(10, count),
        max_lines: cells.optional(11, count),
        max_units: cells.optional(12, count),
        lead_nanoseconds: cells.optional(13, hours).unwrap_or(0),
        ships: cells.optional(14, boolean).unwrap_or(true),
        // A faulty cell counts as true: orders that are to be collected there are not reported too.
        pickup: cells.given(15).is_some() && cells.optional(15, boolean).unwrap_or(true),
    };
    id.map(|_| {
        draft.node(row);
    })
}

fn item(draft: &mut Draft, cells: &mut Cells<'_, '_>) -> Option<()> {
    let id = id(cells, 0);
    let row = ItemInput {
        sku: id.unwrap_or(""),
        weight_g: cells.required(1, integer).unwrap_or(0),
        volume_cm3: cells.optional(2, integer).unwrap_or(0),
    };
    id.map(|_| {
        draft.item(row);
    })
}

fn stock(draft: &mut Draft, cells: &mut Cells<'_, '_>) -> Option<()> {
    let (node, sku) = (id(cells, 0), id(cells, 1));
    let key_is_sound = cells.ok();
    let row = StockInput {
        node_id: node.unwrap_or(""),
        sku: sku.unwrap_or(""),
        on_hand: cells.required(2, integer).unwrap_or(0),
        reserved: cells.optional(3, integer).unwrap_or(0),
        safety: cells.optional(4, integer).unwrap_or(0),
        available_from: cells.optional(5, date),
    };
    let date_is_sound = row.available_from.is_some() == cells.given(5).is_some();
    (key_is_sound && date_is_sound).then(|| {
        draft.stock(row);
    })
}

fn order(draft: &mut Draft, cells: &mut Cells<'_, '_>) -> Option<()> {
    let id = id(cells, 0);
    let row = OrderInput {
        order_id: id.unwrap_or(""),
        channel: cells.text(1),
        country: cells.text(2),
        postcode: cells.text(3),
        place: place(cells, 4, 5),
        deliver_by: cells.optional(6, date),
        max_shipments: cells.optional(7, count),
        ship_complete: cells.optional(8, boolean).unwrap_or(false),
        pickup_node: maybe_id(cells, 9),
    };
    id.map(|_| {
        draft.order(row);
    })
}

fn line(draft: &mut Draft, cells: &mut Cells<'_, '_>) -> Option<()> {
    let (order, line) = (id(cells, 0), id(cells, 1));
    let sku = id(cells, 2);
    let key_is_sound = cells.ok();
    let row = LineInput {
        order_id: order.unwrap_or(""),
        line_id: line.unwrap_or(""),
        sku: sku.unwrap_or(""),
        qty: cells.required(3, count).unwrap_or(1),
        unfilled_penalty: cells.optional(4, money),
        node_id: maybe_id(cells, 5),
        group: maybe_id(cells, 6),
        divisible: cells.optional(7, boolean).unwrap_or(false),
    };
    key_is_sound.then(|| {
        draft.line(row);
    })
}

fn exclusion(draft: &mut Draft, cells: &mut Cells<'_, '_>) -> Option<()> {
    let (order, line, node) = (id(cells, 0), maybe_id(cells, 1), id(cells, 2));
    let row = ExclusionInput {
        order_id: order.unwrap_or(""),
        line_id: line,
        node_id: node.unwrap_or(""),
    };
    cells.ok().then(|| {
        draft.exclusion(row);
    })
}

fn service(draft: &mut Draft, cells: &mut Cells<'_, '_>) -> Option<()> {
    let id = id(cells, 0);
    let row = ServiceInput {
        service_id: id.unwrap_or(""),
        carrier: cells.text(1),
        days: cells.required(2, weekdays).or_else(|| Weekdays::parse("1"))?,
        cutoff: cells.optional(3, time),
        divisor_cm3_per_kg: cells.optional(4, integer),
        max_parcel_g: cells.optional(5, integer),
        fuel_pct: cells.optional(6, percent).unwrap_or(Percent(0)),
    };
    id.map(|_| {
        draft.service(row);
    })
}

fn lane(draft: &mut Draft, cells: &mut Cells<'_, '_>) -> Option<()> {
    let (service, node, country) = (id(cells, 0), id(cells, 1), cells.needed(2));
    let key_is_sound = cells.ok();
    let row = LaneInput {
        service_id: service.unwrap_or(""),
        node_id: node.filter(|n| *n != "*"),
        country: country.unwrap_or(""),
        postcode_prefix: cells.text(3),
        max_km: cells.optional(4, number),
        zone: cells.text(5),
        transit_days: cells.required(6, count).unwrap_or(0),
    };
    key_is_sound.then(|| {
        draft.lane(row);
    })
}

fn rate(draft: &mut Draft, cells: &mut Cells<'_, '_>) -> Option<()> {
    let (service, max_g) = (id(cells, 0), cells.optional(2, integer));
    let key_is_sound = cells.ok();
    let row = RateInput {
        service_id: service.unwrap_or(""),
        zone: cells.text(1),
        max_g,
        price: cells.required(3, money).unwrap_or(Money::ZERO),
        per_kg: cells.optional(4, money).unwrap_or(Money::ZERO),
    };
    key_is_sound.then(|| {
        draft.rate(row);
    })
}

fn quote(draft: &mut Draft, cells: &mut Cells<'_, '_>) -> Option<()> {
    let (order, node, service) = (id(cells, 0), id(cells, 1), id(cells, 2));
    let key_is_sound = cells.ok();
    let row = QuoteInput {
        order_id: order.unwrap_or(""),
        node_id: node.unwrap_or(""),
        service_id: service.unwrap_or(""),
        price: cells.required(3, money).unwrap_or(Money::ZERO),
        deliver_on: cells.optional(4, date),
        workload: cells.optional(5, count).unwrap_or(1),
    };
    key_is_sound.then(|| {
        draft.quote(row);
    })
}

fn postcode(draft: &mut Draft, cells: &mut Cells<'_, '_>) -> Option<()> {
    let country = cells.needed(0);
    let place = Place {
        lat: cells.required(2, number).unwrap_or(0.0),
        lon: cells.required(3, number).unwrap_or(0.0),
    };
    let row = PostcodeInput {
        country: country?,
        prefix: cells.text(1),
        place,
    };
    draft.postcode(row);
    Some(())
}
