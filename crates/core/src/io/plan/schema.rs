//! The columns of the tables of a plan directory.

use crate::io::table::Schema;

/// File name of the summary.
pub(crate) const SUMMARY: &str = "plan.json";

pub(super) const ASSIGNMENTS: Schema = Schema {
    name: "assignments",
    required: true,
    columns: &[
        ("order_id", true),
        ("line_id", true),
        ("node_id", true),
        ("shipment_id", true),
        ("qty", true),
    ],
};

pub(super) const SHIPMENTS: Schema = Schema {
    name: "shipments",
    required: true,
    columns: &[
        ("shipment_id", true),
        ("order_id", true),
        ("node_id", true),
        ("service_id", true),
        ("parcels", true),
        ("weight_g", true),
        ("billable_g", true),
        ("transport", true),
        ("handling", true),
        ("leaves_on", true),
        ("arrives_on", true),
        ("days_late", true),
        ("late", true),
    ],
};

pub(super) const UNFILLED: Schema = Schema {
    name: "unfilled",
    required: true,
    columns: &[
        ("order_id", true),
        ("line_id", true),
        ("qty", true),
        ("penalty", true),
        ("reason", false),
    ],
};

/// Where it is missing, every price is 0.
pub(super) const PRICES: Schema = Schema {
    name: "prices",
    required: false,
    columns: &[("resource", true), ("node_id", true), ("sku", false), ("price", true)],
};

pub(super) const CUTS: Schema = Schema {
    name: "cuts",
    required: false,
    columns: &[
        ("cut_id", true),
        ("resource", true),
        ("node_id", true),
        ("sku", false),
        ("rhs", true),
        ("price", true),
    ],
};

pub(super) const CUT_TERMS: Schema = Schema {
    name: "cut_terms",
    required: false,
    columns: &[
        ("cut_id", true),
        ("order_id", true),
        ("line_id", true),
        ("coefficient", true),
    ],
};

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
