//! The columns of the tables of a plan directory.

use crate::io::column::Kind::{Day, Money, Text, Whole};
use crate::io::column::{Schema, given, needed};

/// File name of the summary.
pub(crate) const SUMMARY: &str = "plan.json";

pub(super) const ASSIGNMENTS: Schema = Schema {
    name: "assignments",
    required: true,
    columns: &[
        needed("order_id", Text),
        needed("line_id", Text),
        needed("node_id", Text),
        needed("shipment_id", Text),
        needed("qty", Whole),
    ],
};

pub(super) const SHIPMENTS: Schema = Schema {
    name: "shipments",
    required: true,
    columns: &[
        needed("shipment_id", Text),
        needed("order_id", Text),
        needed("node_id", Text),
        needed("service_id", Text),
        needed("parcels", Whole),
        needed("weight_g", Whole),
        needed("billable_g", Whole),
        needed("transport", Money),
        needed("handling", Money),
        needed("leaves_on", Day),
        needed("arrives_on", Day),
        needed("days_late", Whole),
        needed("late", Money),
    ],
};

pub(super) const UNFILLED: Schema = Schema {
    name: "unfilled",
    required: true,
    columns: &[
        needed("order_id", Text),
        needed("line_id", Text),
        needed("qty", Whole),
        needed("penalty", Money),
        given("reason", Text),
    ],
};

/// Where it is missing, every price is 0.
pub(super) const PRICES: Schema = Schema {
    name: "prices",
    required: false,
    columns: &[
        needed("resource", Text),
        needed("node_id", Text),
        given("sku", Text),
        needed("price", Money),
    ],
};

/// The same where stock of a date has a price; it is read so in any case.
pub(super) const DATED_PRICES: Schema = Schema {
    name: "prices",
    required: false,
    columns: &[
        needed("resource", Text),
        needed("node_id", Text),
        given("sku", Text),
        needed("price", Money),
        given("available_from", Day),
    ],
};

pub(super) const CUTS: Schema = Schema {
    name: "cuts",
    required: false,
    columns: &[
        needed("cut_id", Text),
        needed("resource", Text),
        needed("node_id", Text),
        given("sku", Text),
        needed("rhs", Whole),
        needed("price", Money),
    ],
};

pub(super) const CUT_TERMS: Schema = Schema {
    name: "cut_terms",
    required: false,
    columns: &[
        needed("cut_id", Text),
        needed("order_id", Text),
        needed("line_id", Text),
        needed("coefficient", Whole),
    ],
};

/// Written where orders were left out of the problem: what is wrong with them. Not read.
pub(super) const LEFT_OUT: Schema = Schema {
    name: "left_out",
    required: false,
    columns: &[
        given("order_id", Text),
        needed("code", Text),
        needed("name", Text),
        given("file", Text),
        given("line", Whole),
        given("column", Whole),
        needed("table", Text),
        given("row", Whole),
        given("field", Text),
        needed("message", Text),
    ],
};

/// The tables of a routing plan; those of prices are one file.
pub(super) const TABLES: [&Schema; 7] = [
    &ASSIGNMENTS,
    &SHIPMENTS,
    &UNFILLED,
    &PRICES,
    &CUTS,
    &CUT_TERMS,
    &LEFT_OUT,
];

/// Names of the summary and the tables, in the order in which their problems are listed.
pub(super) const ORDER: [&str; 7] = [
    "plan",
    "shipments",
    "assignments",
    "unfilled",
    "prices",
    "cuts",
    "cut_terms",
];
