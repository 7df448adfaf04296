//! The columns of the tables of a plan of waves.

use crate::io::column::Kind::{Day, Number, Text, Whole};
use crate::io::column::{Schema, given, needed};

/// File name of the summary.
pub(in crate::io) const SUMMARY: &str = "waves.json";

pub(super) const WAVES: Schema = Schema {
    name: "waves",
    required: true,
    columns: &[
        needed("wave_id", Text),
        needed("node_id", Text),
        needed("release", Text),
        needed("priority", Whole),
        given("service", Text),
        given("departure", Text),
        given("zone", Text),
        given("lines_kind", Text),
        given("channel", Text),
        needed("shipments", Whole),
        needed("lines", Whole),
        needed("units", Whole),
        needed("weight_g", Whole),
        needed("volume_cm3", Whole),
        needed("docks", Whole),
        needed("start", Text),
        needed("picked", Text),
        needed("end", Text),
        given("due", Text),
        needed("late_shipments", Whole),
        needed("late_s", Whole),
    ],
};

pub(super) const BATCHES: Schema = Schema {
    name: "batches",
    required: true,
    columns: &[
        needed("batch_id", Text),
        needed("wave_id", Text),
        needed("cart_id", Text),
        needed("shift_date", Day),
        needed("shift_id", Text),
        needed("picker", Whole),
        needed("start", Text),
        needed("end", Text),
        needed("shipments", Whole),
        needed("lines", Whole),
        needed("units", Whole),
        needed("weight_g", Whole),
        needed("volume_cm3", Whole),
        needed("bins", Whole),
        needed("metres", Number),
    ],
};

pub(super) const TOURS: Schema = Schema {
    name: "tours",
    required: true,
    columns: &[
        needed("batch_id", Text),
        needed("position", Whole),
        needed("location_id", Text),
        given("sku", Text),
        needed("shipment_id", Text),
        needed("order_id", Text),
        needed("line_id", Text),
        needed("qty", Whole),
        needed("metres", Number),
        needed("done", Text),
    ],
};

pub(super) const WAVE_SHIPMENTS: Schema = Schema {
    name: "wave_shipments",
    required: true,
    columns: &[
        needed("shipment_id", Text),
        needed("wave_id", Text),
        needed("batch_id", Text),
        needed("bins", Whole),
        given("due", Text),
        given("departs", Text),
        needed("late_s", Whole),
    ],
};

pub(super) const UNPLANNED: Schema = Schema {
    name: "unplanned",
    required: true,
    columns: &[
        needed("shipment_id", Text),
        needed("reason", Text),
        given("order_id", Text),
        given("line_id", Text),
        given("sku", Text),
        given("qty", Whole),
    ],
};

/// The tables of a plan of waves.
pub(in crate::io::plan) const TABLES: [&Schema; 5] = [&WAVES, &BATCHES, &TOURS, &WAVE_SHIPMENTS, &UNPLANNED];

/// The tables in the order of diagnostics.
pub(super) const ORDER: [&str; 7] = [
    super::summary::TABLE,
    "shipments",
    "waves",
    "batches",
    "tours",
    "wave_shipments",
    "unplanned",
];
