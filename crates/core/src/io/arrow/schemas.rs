//! Which columns the tables have that the Python package takes, by the names under which it takes them.

use super::calls::PINS;
use super::loose::{AISLES, EDGES, ORDERS, PICKS};
use crate::io::column::{Kind, Schema};
use crate::io::open_shipments::SHIPMENTS;
use crate::io::plan::DECISIONS;
use crate::io::{floor, schema};
use crate::model::Table;

/// A column of a table: its name, what its cells are, and whether every table must have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnType {
    /// Name in the header.
    pub name: &'static str,
    /// `text`, `whole`, `money` (4 decimals), `hours` (9 decimals), `number`, `truth` or `date`.
    pub kind: &'static str,
    /// Whether the table must have it.
    pub required: bool,
}

/// The columns of a table: one of a problem or of floors by its name, `pins`, `decisions`, `shipments` (those without a
/// plan), or one of a single question as
/// `select_wave.orders`, `select_wave.aisles`, `batch.picks` or `graph.edges`. `None` where there is no such table.
#[must_use]
pub fn columns_of(table: &str) -> Option<Vec<ColumnType>> {
    let (_, schema) = schemas().into_iter().find(|(name, _)| *name == table)?;
    let columns = schema.columns.iter().map(|c| ColumnType {
        name: c.name,
        kind: word(c.kind),
        required: c.required,
    });
    Some(columns.collect())
}

/// Names of all these tables.
#[must_use]
pub fn tables_of() -> Vec<&'static str> {
    schemas().into_iter().map(|(name, _)| name).collect()
}

fn schemas() -> Vec<(&'static str, &'static Schema)> {
    let of_problem = Table::ALL.into_iter().filter_map(schema::schema);
    let named = of_problem
        .chain(floor::schemas())
        .chain([&PINS, &DECISIONS, &SHIPMENTS]);
    let mut all: Vec<_> = named.map(|schema| (schema.name, schema)).collect();
    all.extend([
        ("select_wave.orders", &ORDERS),
        ("select_wave.aisles", &AISLES),
        ("batch.picks", &PICKS),
        ("graph.edges", &EDGES),
    ]);
    all
}

const fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Whole => "whole",
        Kind::Money => "money",
        Kind::Hours => "hours",
        Kind::Number => "number",
        Kind::Truth => "truth",
        Kind::Day => "date",
    }
}
