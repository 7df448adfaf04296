//! From the cells of a row to a row of the draft of floors, one function per table. Columns are numbered as in the schema.
//!
//! As for problems, a row with a faulty cell is added with a harmless value in its place, and left out where none would be.

use crate::diagnostic::Code;
use crate::io::cells::Cells;
use crate::io::parse::{count, date, integer, metres, time, weekdays};
use crate::io::rows::{id, maybe_id};
use crate::model::floor::{
    AislePlan, CartInput, DepartureInput, EdgeInput, FloorDraft, FloorTable, LayoutInput, LocationInput,
    LocationStockInput, PriorityInput, ShiftInput,
};

/// Adds one row of a table to the draft; `None` is a row that is not well formed.
pub(super) fn add_row(draft: &mut FloorDraft, table: FloorTable, cells: Option<Cells<'_, '_>>) {
    let Some(mut cells) = cells else {
        return draft.skip_row(table);
    };
    let cells = &mut cells;
    let added = match table {
        FloorTable::Settings => None,
        FloorTable::Layouts => layout(draft, cells),
        FloorTable::Edges => edge(draft, cells),
        FloorTable::Locations => location(draft, cells),
        FloorTable::LocationStock => location_stock(draft, cells),
        FloorTable::Carts => cart(draft, cells),
        FloorTable::Shifts => shift(draft, cells),
        FloorTable::Departures => departure(draft, cells),
        FloorTable::Priorities => priority(draft, cells),
    };
    if added.is_none() {
        draft.skip_row(table);
    }
}

fn layout(draft: &mut FloorDraft, cells: &mut Cells<'_, '_>) -> Option<()> {
    let (node_id, kind) = (id(cells, 0), cells.needed(1));
    match kind {
        Some("aisles") => {
            let (aisles, per_aisle) = (cells.required(2, count), cells.required(3, count));
            let blocks = cells.optional(4, count).unwrap_or(1);
            let aisle_gap = if aisles == Some(1) {
                cells.optional(5, metres)
            } else {
                cells.required(5, metres)
            };
            let cell_gap = if per_aisle.is_some_and(|n| n <= blocks) {
                cells.optional(6, metres)
            } else {
                cells.required(6, metres)
            };
            let mut gap = |column| cells.optional(column, metres).unwrap_or_default();
            let plan = AislePlan {
                blocks,
                aisle_gap_m: aisle_gap.unwrap_or_default(),
                cell_gap_m: cell_gap.unwrap_or_default(),
                front_gap_m: gap(7),
                back_gap_m: gap(8),
                middle_gap_m: gap(9),
                depot_aisle: cells.optional(10, count).unwrap_or(1),
                depot_cross: cells.optional(11, count).unwrap_or(1),
                depot_m: cells.optional(12, metres).unwrap_or_default(),
                aisles: aisles?,
                cells: per_aisle?,
            };
            let row = LayoutInput::Aisles {
                node_id: node_id?,
                plan,
            };
            // Which cells there are is not known where a cell of the row is faulty.
            cells.ok().then(|| draft.layout(row))
        }
        Some("graph") => {
            let depot_vertex = id(cells, 13);
            draft.layout(LayoutInput::Graph {
                node_id: node_id?,
                depot_vertex: depot_vertex?,
            });
            Some(())
        }
        Some(_) => {
            cells.fault(1, Code::BAD_WORD, "neither aisles nor graph");
            None
        }
        None => None,
    }
}

fn edge(draft: &mut FloorDraft, cells: &mut Cells<'_, '_>) -> Option<()> {
    let (node_id, from, to) = (id(cells, 0), id(cells, 1), id(cells, 2));
    let length_m = cells.required(3, metres).unwrap_or_default();
    draft.edge(EdgeInput {
        node_id: node_id?,
        from: from?,
        to: to?,
        length_m,
    });
    Some(())
}

fn location(draft: &mut FloorDraft, cells: &mut Cells<'_, '_>) -> Option<()> {
    let (node_id, location_id) = (id(cells, 0), id(cells, 1));
    let (aisle, cell) = (cells.optional(2, count), cells.optional(3, count));
    let (vertex, sequence) = (maybe_id(cells, 4), cells.optional(5, count));
    let zone = maybe_id(cells, 6);
    cells.ok().then_some(())?;
    draft.location(LocationInput {
        node_id: node_id?,
        location_id: location_id?,
        aisle,
        cell,
        vertex,
        sequence,
        zone,
    });
    Some(())
}

fn location_stock(draft: &mut FloorDraft, cells: &mut Cells<'_, '_>) -> Option<()> {
    let (node_id, location_id, sku) = (id(cells, 0), id(cells, 1), id(cells, 2));
    let qty = cells.required(3, integer).unwrap_or(0);
    let reserved = cells.optional(4, integer).unwrap_or(0);
    draft.location_stock(LocationStockInput {
        node_id: node_id?,
        location_id: location_id?,
        sku: sku?,
        qty,
        reserved,
    });
    Some(())
}

fn cart(draft: &mut FloorDraft, cells: &mut Cells<'_, '_>) -> Option<()> {
    let (node_id, cart_id) = (id(cells, 0), id(cells, 1));
    let row = CartInput {
        node_id: node_id.unwrap_or(""),
        cart_id: cart_id.unwrap_or(""),
        count: cells.optional(2, count),
        units: cells.optional(3, count),
        weight_g: cells.optional(4, integer),
        volume_cm3: cells.optional(5, integer),
        shipments: cells.optional(6, count),
        // A faulty cell counts as one bin: what a bin holds is not reported too.
        bins: cells.given(7).map(|_| cells.optional(7, count).unwrap_or(1)),
        bin_units: cells.optional(8, count),
        bin_weight_g: cells.optional(9, integer),
        bin_volume_cm3: cells.optional(10, integer),
    };
    node_id.and(cart_id).map(|_| draft.cart(row))
}

fn shift(draft: &mut FloorDraft, cells: &mut Cells<'_, '_>) -> Option<()> {
    let (node_id, shift_id) = (id(cells, 0), id(cells, 1));
    let (days, date) = (cells.optional(2, weekdays), cells.optional(3, date));
    let (start, end) = (cells.required(4, time), cells.required(5, time));
    let pickers = cells.required(6, count).unwrap_or(1);
    cells.ok().then_some(())?;
    draft.shift(ShiftInput {
        node_id: node_id?,
        shift_id: shift_id?,
        days,
        date,
        start: start?,
        end: end?,
        pickers,
    });
    Some(())
}

fn departure(draft: &mut FloorDraft, cells: &mut Cells<'_, '_>) -> Option<()> {
    let (node_id, service_id) = (id(cells, 0), id(cells, 1));
    let (days, date) = (cells.optional(2, weekdays), cells.optional(3, date));
    let (time, max_parcels) = (cells.required(4, time), cells.optional(5, count));
    cells.ok().then_some(())?;
    draft.departure(DepartureInput {
        node_id: node_id?,
        service_id: service_id?,
        days,
        date,
        time: time?,
        max_parcels,
    });
    Some(())
}

fn priority(draft: &mut FloorDraft, cells: &mut Cells<'_, '_>) -> Option<()> {
    let order_id = maybe_id(cells, 0);
    let (channel, service_id) = (cells.given(1), maybe_id(cells, 2));
    let priority = cells.required(3, count).unwrap_or(1);
    cells.ok().then_some(())?;
    draft.priority(PriorityInput {
        order_id,
        channel,
        service_id,
        priority,
    });
    Some(())
}
