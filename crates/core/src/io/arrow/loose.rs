//! Tables of single questions, which no directory holds: what is open and where it lies, stops of orders, ways of a graph.

use super::tables::Tables;
use crate::Error;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::index::LocationIdx;
use crate::io::cells::Cells;
use crate::io::column::Kind::{Number, Text, Whole};
use crate::io::column::{Schema, given, needed};
use crate::io::parse::{count, integer, metres, seconds};
use crate::io::rows::{id, maybe_id};
use crate::io::source::Source;
use crate::io::table::read_table;
use crate::quantity::{Distance, Millis};

pub(super) const ORDERS: Schema = Schema {
    name: "orders",
    required: true,
    columns: &[needed("order_id", Text), needed("sku", Text), needed("qty", Whole)],
};

pub(super) const AISLES: Schema = Schema {
    name: "aisles",
    required: true,
    columns: &[needed("aisle_id", Text), needed("sku", Text), needed("qty", Whole)],
};

pub(super) const PICKS: Schema = Schema {
    name: "picks",
    required: true,
    columns: &[
        needed("order_id", Text),
        given("aisle", Whole),
        given("cell", Whole),
        given("location_id", Text),
        given("qty", Whole),
        given("weight_g", Whole),
        given("volume_cm3", Whole),
        given("due_s", Number),
    ],
};

pub(super) const EDGES: Schema = Schema {
    name: "edges",
    required: true,
    columns: &[needed("from", Text), needed("to", Text), needed("length_m", Number)],
};

/// Units of a SKU in an order or an aisle: its id, the SKU, how many.
pub type UnitsOf = (String, String, u32);

/// The rows of `orders` and of `aisles`: what each order asks for, and what each aisle holds.
///
/// # Errors
/// All that is wrong with the tables.
pub fn read_backlog(tables: &Tables) -> Result<[Vec<UnitsOf>; 2], Error> {
    let mut found = Diagnostics::new();
    let rows = [&ORDERS, &AISLES].map(|schema| {
        let mut rows = Vec::new();
        read_table(Source::Memory(tables), schema, &mut found, |cells| {
            let Some(mut cells) = cells else { return };
            let (of, sku, qty) = (id(&mut cells, 0), id(&mut cells, 1), cells.required(2, count));
            if let (Some(of), Some(sku), Some(qty)) = (of, sku, qty) {
                rows.push((of.to_owned(), sku.to_owned(), qty));
            }
        });
        rows
    });
    finish(rows, found)
}

/// A row of `picks`: where something of an order is taken from, and how much of it.
#[derive(Clone, Debug)]
pub struct PickRow {
    /// The order.
    pub order_id: String,
    /// Where the picker stops.
    pub stop: LocationIdx,
    /// Units, 1 where not given.
    pub qty: u32,
    /// Weight of one unit in grams.
    pub weight_g: i64,
    /// Volume of one unit in cubic centimetres.
    pub volume_cm3: i64,
    /// When the order is due, from the start.
    pub due: Option<Millis>,
}

/// Where a row says that the picker stops.
#[derive(Clone, Copy, Debug)]
pub enum Spot<'a> {
    /// Aisle and cell, from 0.
    Cell(u32, u32),
    /// A pick location or vertex.
    Named(&'a str),
}

/// The rows of `picks`; `find` knows the places.
///
/// # Errors
/// All that is wrong with the table, places that there are not included.
pub fn read_picks(tables: &Tables, find: impl Fn(Spot<'_>) -> Option<LocationIdx>) -> Result<Vec<PickRow>, Error> {
    let mut found = Diagnostics::new();
    let mut rows = Vec::new();
    read_table(Source::Memory(tables), &PICKS, &mut found, |cells| {
        let Some(mut cells) = cells else { return };
        let order = id(&mut cells, 0);
        let stop = stop(&mut cells, &find);
        let qty = cells.optional(4, count).unwrap_or(1);
        let (weight_g, volume_cm3) = (natural(&mut cells, 5), natural(&mut cells, 6));
        let due = cells.optional(7, seconds);
        if let (Some(order), Some(stop), true) = (order, stop, cells.ok()) {
            let order_id = order.to_owned();
            rows.push(PickRow {
                order_id,
                stop,
                qty,
                weight_g,
                volume_cm3,
                due,
            });
        }
    });
    finish(rows, found)
}

fn stop(cells: &mut Cells<'_, '_>, find: &impl Fn(Spot<'_>) -> Option<LocationIdx>) -> Option<LocationIdx> {
    let (column, spot) = match maybe_id(cells, 3) {
        Some(name) => (3, Spot::Named(name)),
        None => (1, Spot::Cell(cells.required(1, count)?, cells.required(2, count)?)),
    };
    let stop = find(spot);
    if stop.is_none() {
        cells.fault(column, Code::UNKNOWN_REFERENCE, "the layout has no such place");
    }
    stop
}

fn natural(cells: &mut Cells<'_, '_>, column: usize) -> i64 {
    let value = cells.optional(column, integer).unwrap_or(0);
    if value < 0 {
        cells.fault(column, Code::OUT_OF_RANGE, "must not be negative");
    }
    value
}

/// The rows of `edges`: two vertices and the length of the way between them.
///
/// # Errors
/// All that is wrong with the table.
pub fn read_edges(tables: &Tables) -> Result<Vec<(String, String, Distance)>, Error> {
    let mut found = Diagnostics::new();
    let mut rows = Vec::new();
    read_table(Source::Memory(tables), &EDGES, &mut found, |cells| {
        let Some(mut cells) = cells else { return };
        let (from, to, length) = (id(&mut cells, 0), id(&mut cells, 1), cells.required(2, metres));
        if let (Some(from), Some(to), Some(length)) = (from, to, length) {
            rows.push((from.to_owned(), to.to_owned(), length));
        }
    });
    finish(rows, found)
}

fn finish<T>(rows: T, found: Diagnostics) -> Result<T, Error> {
    if !found.has_errors() {
        return Ok(rows);
    }
    let list = found.into_sorted(|d| (d.code == Code::MORE_DIAGNOSTICS, d.table, d.row));
    let without_places = list.into_iter().map(|d| Diagnostic { location: None, ..d });
    Err(Error::input(without_places.collect()))
}
