//! Rows of the input as a program gives them: one struct for each table, ids as texts.
//!
//! `new` takes what a row must have and leaves the rest as an empty cell would; `..Default::default()` does the same where
//! fields are named one by one.

use super::{NodeKind, Place, Weekdays};
use crate::quantity::{Date, Money, Percent, TimeOfDay};

/// `problem.toml`.
#[derive(Clone, Debug, Default)]
pub struct SettingsInput {
    /// Name of the problem.
    pub name: String,
    /// ISO 4217 code.
    pub currency: String,
    /// Planning instant, RFC 3339 with offset.
    pub now: String,
    /// IANA zone of a node that gives none; `None` = `UTC`.
    pub timezone: Option<String>,
    /// Money per shipment of an order beyond its first.
    pub split_penalty: Money,
    /// Money per shipment and day after the promised date.
    pub late_penalty_per_day: Money,
    /// Money per unit left unfilled, where the line gives none.
    pub unfilled_penalty: Money,
}

/// A row of `nodes.csv`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each is the column of that name")]
pub struct NodeInput<'a> {
    pub node_id: &'a str,
    pub kind: NodeKind,
    pub country: &'a str,
    pub postcode: &'a str,
    /// `lat` and `lon`.
    pub place: Option<Place>,
    pub timezone: Option<&'a str>,
    pub shipment_cost: Money,
    pub line_cost: Money,
    pub unit_cost: Money,
    pub max_shipments: Option<u32>,
    pub max_lines: Option<u32>,
    pub max_units: Option<u32>,
    /// `lead_hours` in nanoseconds of elapsed time.
    pub lead_nanoseconds: i64,
    pub ships: bool,
    pub pickup: bool,
}

impl<'a> NodeInput<'a> {
    /// A warehouse without place, costs or limits that ships and has no pickup.
    #[must_use]
    pub const fn new(node_id: &'a str) -> Self {
        Self {
            node_id,
            kind: NodeKind::Warehouse,
            country: "",
            postcode: "",
            place: None,
            timezone: None,
            shipment_cost: Money::ZERO,
            line_cost: Money::ZERO,
            unit_cost: Money::ZERO,
            max_shipments: None,
            max_lines: None,
            max_units: None,
            lead_nanoseconds: 0,
            ships: true,
            pickup: false,
        }
    }
}

/// A row of `items.csv`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each is the column of that name")]
pub struct ItemInput<'a> {
    pub sku: &'a str,
    pub weight_g: i64,
    pub volume_cm3: i64,
}

impl<'a> ItemInput<'a> {
    /// An item of a weight in grams, whose volume does not count.
    #[must_use]
    pub const fn new(sku: &'a str, weight_g: i64) -> Self {
        Self {
            sku,
            weight_g,
            volume_cm3: 0,
        }
    }
}

/// A row of `stock.csv`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each is the column of that name")]
pub struct StockInput<'a> {
    pub node_id: &'a str,
    pub sku: &'a str,
    pub on_hand: i64,
    pub reserved: i64,
    pub safety: i64,
    pub available_from: Option<Date>,
}

impl<'a> StockInput<'a> {
    /// Units on hand now, none of them reserved or kept back.
    #[must_use]
    pub const fn new(node_id: &'a str, sku: &'a str, on_hand: i64) -> Self {
        Self {
            node_id,
            sku,
            on_hand,
            reserved: 0,
            safety: 0,
            available_from: None,
        }
    }
}

/// A row of `orders.csv`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each is the column of that name")]
pub struct OrderInput<'a> {
    pub order_id: &'a str,
    pub channel: &'a str,
    pub country: &'a str,
    pub postcode: &'a str,
    /// `lat` and `lon`.
    pub place: Option<Place>,
    pub deliver_by: Option<Date>,
    pub max_shipments: Option<u32>,
    pub ship_complete: bool,
    pub pickup_node: Option<&'a str>,
}

impl<'a> OrderInput<'a> {
    /// An order to a country and postcode, with nothing else given.
    #[must_use]
    pub const fn new(order_id: &'a str, country: &'a str, postcode: &'a str) -> Self {
        Self {
            order_id,
            channel: "",
            country,
            postcode,
            place: None,
            deliver_by: None,
            max_shipments: None,
            ship_complete: false,
            pickup_node: None,
        }
    }
}

/// A row of `lines.csv`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each is the column of that name")]
pub struct LineInput<'a> {
    pub order_id: &'a str,
    pub line_id: &'a str,
    pub sku: &'a str,
    pub qty: u32,
    pub unfilled_penalty: Option<Money>,
    pub node_id: Option<&'a str>,
    pub group: Option<&'a str>,
    pub divisible: bool,
}

impl<'a> LineInput<'a> {
    /// A line with the problem's unfilled penalty and no further rule.
    #[must_use]
    pub const fn new(order_id: &'a str, line_id: &'a str, sku: &'a str, qty: u32) -> Self {
        Self {
            order_id,
            line_id,
            sku,
            qty,
            unfilled_penalty: None,
            node_id: None,
            group: None,
            divisible: false,
        }
    }
}

/// A row of `exclusions.csv`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each is the column of that name")]
pub struct ExclusionInput<'a> {
    pub order_id: &'a str,
    /// `None` = every line of the order.
    pub line_id: Option<&'a str>,
    pub node_id: &'a str,
}

impl<'a> ExclusionInput<'a> {
    /// A node that may ship no line of an order.
    #[must_use]
    pub const fn new(order_id: &'a str, node_id: &'a str) -> Self {
        Self {
            order_id,
            line_id: None,
            node_id,
        }
    }
}

/// A row of `services.csv`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each is the column of that name")]
pub struct ServiceInput<'a> {
    pub service_id: &'a str,
    pub carrier: &'a str,
    pub days: Weekdays,
    pub cutoff: Option<TimeOfDay>,
    pub divisor_cm3_per_kg: Option<i64>,
    pub max_parcel_g: Option<i64>,
    pub fuel_pct: Percent,
}

impl<'a> ServiceInput<'a> {
    /// A service of these days, without cut-off, volumetric weight, largest parcel or fuel surcharge.
    #[must_use]
    pub const fn new(service_id: &'a str, days: Weekdays) -> Self {
        Self {
            service_id,
            carrier: "",
            days,
            cutoff: None,
            divisor_cm3_per_kg: None,
            max_parcel_g: None,
            fuel_pct: Percent(0),
        }
    }
}

/// A row of `lanes.csv`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each is the column of that name")]
pub struct LaneInput<'a> {
    pub service_id: &'a str,
    /// `None` = any node (`*`).
    pub node_id: Option<&'a str>,
    pub country: &'a str,
    pub postcode_prefix: &'a str,
    pub max_km: Option<f64>,
    pub zone: &'a str,
    pub transit_days: u32,
}

impl<'a> LaneInput<'a> {
    /// A lane from any node to a whole country.
    #[must_use]
    pub const fn new(service_id: &'a str, country: &'a str, zone: &'a str, transit_days: u32) -> Self {
        Self {
            service_id,
            node_id: None,
            country,
            postcode_prefix: "",
            max_km: None,
            zone,
            transit_days,
        }
    }
}

/// A row of `rates.csv`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each is the column of that name")]
pub struct RateInput<'a> {
    pub service_id: &'a str,
    pub zone: &'a str,
    /// `None` = the open band.
    pub max_g: Option<i64>,
    pub price: Money,
    pub per_kg: Money,
}

impl<'a> RateInput<'a> {
    /// A price for parcels of any weight, the same for each.
    #[must_use]
    pub const fn new(service_id: &'a str, zone: &'a str, price: Money) -> Self {
        Self {
            service_id,
            zone,
            max_g: None,
            price,
            per_kg: Money::ZERO,
        }
    }
}

/// A row of `quotes.csv`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each is the column of that name")]
pub struct QuoteInput<'a> {
    pub order_id: &'a str,
    pub node_id: &'a str,
    pub service_id: &'a str,
    pub price: Money,
    pub deliver_on: Option<Date>,
    pub workload: u32,
}

impl<'a> QuoteInput<'a> {
    /// A price that takes one unit of the node's `max_shipments` and promises no date.
    #[must_use]
    pub const fn new(order_id: &'a str, node_id: &'a str, service_id: &'a str, price: Money) -> Self {
        Self {
            order_id,
            node_id,
            service_id,
            price,
            deliver_on: None,
            workload: 1,
        }
    }
}

/// A row of `postcodes.csv`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each is the column of that name")]
pub struct PostcodeInput<'a> {
    pub country: &'a str,
    pub prefix: &'a str,
    /// `lat` and `lon`.
    pub place: Place,
}

impl<'a> PostcodeInput<'a> {
    /// The coordinates of a prefix of postcodes.
    #[must_use]
    pub const fn new(country: &'a str, prefix: &'a str, place: Place) -> Self {
        Self { country, prefix, place }
    }
}

/// What a row is where nothing is said of it.
macro_rules! defaults {
    ($($input:ident => $row:expr;)*) => {
        $(impl Default for $input<'_> {
            fn default() -> Self {
                $row
            }
        })*
    };
}

defaults! {
    NodeInput => NodeInput::new("");
    ItemInput => ItemInput::new("", 0);
    StockInput => StockInput::new("", "", 0);
    OrderInput => OrderInput::new("", "", "");
    LineInput => LineInput::new("", "", "", 1);
    ExclusionInput => ExclusionInput::new("", "");
    ServiceInput => ServiceInput::new("", Weekdays::default());
    LaneInput => LaneInput::new("", "", "", 0);
    RateInput => RateInput::new("", "", Money::ZERO);
    QuoteInput => QuoteInput::new("", "", "", Money::ZERO);
    PostcodeInput => PostcodeInput::new("", "", Place { lat: 0.0, lon: 0.0 });
}
