//! Where and who, as tables for people: a plan by node and by service, what is scarce, and what moved.

use comfy_table::Table;

use super::reports::{Moved, Where};
use super::tables::{Align, lines, start_table};
use super::text::{self, count, number, printable};

/// Nodes, services and scarce things that are listed one by one.
const ROWS: usize = 20;
const SCARCE: usize = 5;

/// The tables, each after an empty line; empty where there is nothing to tell.
pub(crate) fn tables(places: &Where<'_>, currency: &str) -> String {
    let parts = [
        listed(&nodes(places, currency), places.nodes.len(), "node"),
        listed(&services(places, currency), places.services.len(), "service"),
        scarce(places, currency),
    ];
    parts.concat()
}

/// A table and how many more rows there are; empty where there are none.
fn listed(table: &Table, rows: usize, noun: &str) -> String {
    let more = match rows.saturating_sub(ROWS) {
        _ if rows == 0 => return String::new(),
        0 => String::new(),
        more => format!(
            "\n... and {} more; --format json lists them all",
            count(more as u64, noun)
        ),
    };
    format!("\n\n{}{more}", lines(table))
}

fn nodes(places: &Where<'_>, currency: &str) -> Table {
    let header = ["node", "ship-\nments", "lines", "units", "full", "cost", "late"];
    let mut table = start_table(&header, Align::Numbers);
    for (id, of) in places.nodes.iter().take(ROWS) {
        table.add_row([
            printable(id),
            number(of.shipments.into()),
            number(of.lines.into()),
            number(of.units),
            of.fullest
                .map_or_else(String::new, |(_, used)| format!("{:.0}%", 100.0 * used)),
            text::money(of.cost.0, currency),
            number(of.late_shipments.into()),
        ]);
    }
    table
}

fn services(places: &Where<'_>, currency: &str) -> Table {
    let header = ["service", "ship-\nments", "units", "transport", "late"];
    let mut table = start_table(&header, Align::Numbers);
    for (id, of) in places.services.iter().take(ROWS) {
        table.add_row([
            printable(id),
            number(of.shipments.into()),
            number(of.units),
            text::money(of.transport.0, currency),
            number(of.late_shipments.into()),
        ]);
    }
    table
}

fn scarce(places: &Where<'_>, currency: &str) -> String {
    if places.scarce.is_empty() {
        return String::new();
    }
    let mut table = start_table(&["scarce", "at", "used", "worth each", "all of it"], Align::Numbers);
    for of in places.scarce.iter().take(SCARCE) {
        let thing = of.sku.map_or_else(|| of.resource.to_owned(), printable);
        table.add_row([
            thing,
            printable(of.node),
            format!("{} of {}", number(of.used), number(of.available)),
            text::money(of.each.0, currency),
            text::money(of.worth.0, currency),
        ]);
    }
    let more = match places.scarce_things.saturating_sub(SCARCE) {
        0 => String::new(),
        more => format!("\n... and {} more", number(more as u64)),
    };
    format!("\n\n{}{more}", lines(&table))
}

/// Orders that moved against the start: rows of the table of figures.
pub(crate) fn moved(moved: &Moved<'_>) -> [(&'static str, usize); 2] {
    [
        ("  moved to other nodes", moved.other_nodes),
        ("  moved to another service", moved.other_service),
    ]
}
