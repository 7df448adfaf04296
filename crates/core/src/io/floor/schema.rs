//! The columns of every table of a floor directory.

use crate::io::column::Kind::{Day, Number, Text, Whole};
use crate::io::column::{Schema, given, needed};
use crate::model::floor::FloorTable;

const LAYOUTS: Schema = Schema {
    name: "layouts",
    required: true,
    columns: &[
        needed("node_id", Text),
        needed("kind", Text),
        given("aisles", Whole),
        given("cells", Whole),
        given("blocks", Whole),
        given("aisle_gap_m", Number),
        given("cell_gap_m", Number),
        given("front_gap_m", Number),
        given("back_gap_m", Number),
        given("middle_gap_m", Number),
        given("depot_aisle", Whole),
        given("depot_cross", Whole),
        given("depot_m", Number),
        given("depot_vertex", Text),
    ],
};

const EDGES: Schema = Schema {
    name: "edges",
    required: false,
    columns: &[
        needed("node_id", Text),
        needed("from", Text),
        needed("to", Text),
        needed("length_m", Number),
    ],
};

const LOCATIONS: Schema = Schema {
    name: "locations",
    required: true,
    columns: &[
        needed("node_id", Text),
        needed("location_id", Text),
        given("aisle", Whole),
        given("cell", Whole),
        given("vertex", Text),
        given("sequence", Whole),
        given("zone", Text),
    ],
};

const LOCATION_STOCK: Schema = Schema {
    name: "location_stock",
    required: true,
    columns: &[
        needed("node_id", Text),
        needed("location_id", Text),
        needed("sku", Text),
        needed("qty", Whole),
        given("reserved", Whole),
    ],
};

const CARTS: Schema = Schema {
    name: "carts",
    required: true,
    columns: &[
        needed("node_id", Text),
        needed("cart_id", Text),
        given("count", Whole),
        given("units", Whole),
        given("weight_g", Whole),
        given("volume_cm3", Whole),
        given("shipments", Whole),
        given("bins", Whole),
        given("bin_units", Whole),
        given("bin_weight_g", Whole),
        given("bin_volume_cm3", Whole),
    ],
};

const SHIFTS: Schema = Schema {
    name: "shifts",
    required: true,
    columns: &[
        needed("node_id", Text),
        needed("shift_id", Text),
        given("days", Text),
        given("date", Day),
        needed("start", Text),
        needed("end", Text),
        needed("pickers", Whole),
    ],
};

const DEPARTURES: Schema = Schema {
    name: "departures",
    required: false,
    columns: &[
        needed("node_id", Text),
        needed("service_id", Text),
        given("days", Text),
        given("date", Day),
        needed("time", Text),
        given("max_parcels", Whole),
    ],
};

const PRIORITIES: Schema = Schema {
    name: "priorities",
    required: false,
    columns: &[
        given("order_id", Text),
        given("channel", Text),
        given("service_id", Text),
        needed("priority", Whole),
    ],
};

/// The schema of a table; `None` for the settings, which are TOML.
pub(super) const fn schema(table: FloorTable) -> Option<&'static Schema> {
    match table {
        FloorTable::Settings => None,
        FloorTable::Layouts => Some(&LAYOUTS),
        FloorTable::Edges => Some(&EDGES),
        FloorTable::Locations => Some(&LOCATIONS),
        FloorTable::LocationStock => Some(&LOCATION_STOCK),
        FloorTable::Carts => Some(&CARTS),
        FloorTable::Shifts => Some(&SHIFTS),
        FloorTable::Departures => Some(&DEPARTURES),
        FloorTable::Priorities => Some(&PRIORITIES),
    }
}
