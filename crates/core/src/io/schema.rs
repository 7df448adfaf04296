//! The columns of every table of a problem directory: one list for reading, writing and finding cells again.

use super::column::Kind::{Day, Hours, Money, Number, Text, Truth, Whole};
use super::column::{Schema, given, needed};
use crate::model::Table;

const NODES: Schema = Schema {
    name: "nodes",
    required: true,
    columns: &[
        needed("node_id", Text),
        given("kind", Text),
        given("country", Text),
        given("postcode", Text),
        given("lat", Number),
        given("lon", Number),
        given("timezone", Text),
        given("shipment_cost", Money),
        given("line_cost", Money),
        given("unit_cost", Money),
        given("max_shipments", Whole),
        given("max_lines", Whole),
        given("max_units", Whole),
        given("lead_hours", Hours),
        given("ships", Truth),
        given("pickup", Truth),
    ],
};

const ITEMS: Schema = Schema {
    name: "items",
    required: true,
    columns: &[
        needed("sku", Text),
        needed("weight_g", Whole),
        given("volume_cm3", Whole),
    ],
};

const STOCK: Schema = Schema {
    name: "stock",
    required: true,
    columns: &[
        needed("node_id", Text),
        needed("sku", Text),
        needed("on_hand", Whole),
        given("reserved", Whole),
        given("safety", Whole),
        given("available_from", Day),
    ],
};

const ORDERS: Schema = Schema {
    name: "orders",
    required: true,
    columns: &[
        needed("order_id", Text),
        given("channel", Text),
        given("country", Text),
        given("postcode", Text),
        given("lat", Number),
        given("lon", Number),
        given("deliver_by", Day),
        given("max_shipments", Whole),
        given("ship_complete", Truth),
        given("pickup_node", Text),
    ],
};

const LINES: Schema = Schema {
    name: "lines",
    required: true,
    columns: &[
        needed("order_id", Text),
        needed("line_id", Text),
        needed("sku", Text),
        needed("qty", Whole),
        given("unfilled_penalty", Money),
        given("node_id", Text),
        given("group", Text),
        given("divisible", Truth),
    ],
};

const EXCLUSIONS: Schema = Schema {
    name: "exclusions",
    required: false,
    columns: &[
        needed("order_id", Text),
        given("line_id", Text),
        needed("node_id", Text),
    ],
};

const SERVICES: Schema = Schema {
    name: "services",
    required: true,
    columns: &[
        needed("service_id", Text),
        given("carrier", Text),
        needed("days", Text),
        given("cutoff", Text),
        given("divisor_cm3_per_kg", Whole),
        given("max_parcel_g", Whole),
        given("fuel_pct", Money),
    ],
};

const LANES: Schema = Schema {
    name: "lanes",
    required: true,
    columns: &[
        needed("service_id", Text),
        needed("node_id", Text),
        needed("country", Text),
        given("postcode_prefix", Text),
        given("max_km", Number),
        given("zone", Text),
        needed("transit_days", Whole),
    ],
};

const RATES: Schema = Schema {
    name: "rates",
    required: true,
    columns: &[
        needed("service_id", Text),
        given("zone", Text),
        given("max_g", Whole),
        needed("price", Money),
        given("per_kg", Money),
    ],
};

const QUOTES: Schema = Schema {
    name: "quotes",
    required: false,
    columns: &[
        needed("order_id", Text),
        needed("node_id", Text),
        needed("service_id", Text),
        needed("price", Money),
        given("deliver_on", Day),
        given("workload", Whole),
    ],
};

const POSTCODES: Schema = Schema {
    name: "postcodes",
    required: false,
    columns: &[
        needed("country", Text),
        given("prefix", Text),
        needed("lat", Number),
        needed("lon", Number),
    ],
};

/// The schema of a table; `None` for the settings, which are TOML.
pub(crate) const fn schema(table: Table) -> Option<&'static Schema> {
    match table {
        Table::Settings => None,
        Table::Nodes => Some(&NODES),
        Table::Items => Some(&ITEMS),
        Table::Stock => Some(&STOCK),
        Table::Orders => Some(&ORDERS),
        Table::Lines => Some(&LINES),
        Table::Exclusions => Some(&EXCLUSIONS),
        Table::Services => Some(&SERVICES),
        Table::Lanes => Some(&LANES),
        Table::Rates => Some(&RATES),
        Table::Quotes => Some(&QUOTES),
        Table::Postcodes => Some(&POSTCODES),
    }
}
