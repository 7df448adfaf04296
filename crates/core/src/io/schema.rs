//! The columns of every table of a problem directory: one list for reading, writing and finding cells again.

use super::table::Schema;
use crate::model::Table;

const NODES: Schema = Schema {
    name: "nodes",
    required: true,
    columns: &[
        ("node_id", true),
        ("kind", false),
        ("country", false),
        ("postcode", false),
        ("lat", false),
        ("lon", false),
        ("timezone", false),
        ("shipment_cost", false),
        ("line_cost", false),
        ("unit_cost", false),
        ("max_shipments", false),
        ("max_lines", false),
        ("max_units", false),
        ("lead_hours", false),
        ("ships", false),
        ("pickup", false),
    ],
};

const ITEMS: Schema = Schema {
    name: "items",
    required: true,
    columns: &[("sku", true), ("weight_g", true), ("volume_cm3", false)],
};

const STOCK: Schema = Schema {
    name: "stock",
    required: true,
    columns: &[
        ("node_id", true),
        ("sku", true),
        ("on_hand", true),
        ("reserved", false),
        ("safety", false),
        ("available_from", false),
    ],
};

const ORDERS: Schema = Schema {
    name: "orders",
    required: true,
    columns: &[
        ("order_id", true),
        ("channel", false),
        ("country", false),
        ("postcode", false),
        ("lat", false),
        ("lon", false),
        ("deliver_by", false),
        ("max_shipments", false),
        ("ship_complete", false),
        ("pickup_node", false),
    ],
};

const LINES: Schema = Schema {
    name: "lines",
    required: true,
    columns: &[
        ("order_id", true),
        ("line_id", true),
        ("sku", true),
        ("qty", true),
        ("unfilled_penalty", false),
        ("node_id", false),
        ("group", false),
        ("divisible", false),
    ],
};

const EXCLUSIONS: Schema = Schema {
    name: "exclusions",
    required: false,
    columns: &[("order_id", true), ("line_id", false), ("node_id", true)],
};

const SERVICES: Schema = Schema {
    name: "services",
    required: true,
    columns: &[
        ("service_id", true),
        ("carrier", false),
        ("days", true),
        ("cutoff", false),
        ("divisor_cm3_per_kg", false),
        ("max_parcel_g", false),
        ("fuel_pct", false),
    ],
};

const LANES: Schema = Schema {
    name: "lanes",
    required: true,
    columns: &[
        ("service_id", true),
        ("node_id", true),
        ("country", true),
        ("postcode_prefix", false),
        ("max_km", false),
        ("zone", false),
        ("transit_days", true),
    ],
};

const RATES: Schema = Schema {
    name: "rates",
    required: true,
    columns: &[
        ("service_id", true),
        ("zone", false),
        ("max_g", false),
        ("price", true),
        ("per_kg", false),
    ],
};

const QUOTES: Schema = Schema {
    name: "quotes",
    required: false,
    columns: &[
        ("order_id", true),
        ("node_id", true),
        ("service_id", true),
        ("price", true),
        ("deliver_on", false),
        ("workload", false),
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
    }
}
