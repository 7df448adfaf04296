//! Fulfilment nodes: warehouses, stores and suppliers, with their costs, capacities and ready time.

use crate::index::Sym;
use crate::quantity::{Date, Money, TimeOfDay};

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NodeKind {
    /// A warehouse.
    Warehouse,
    /// A shop that also ships.
    Store,
    /// A supplier that ships to the customer.
    Supplier,
}

impl NodeKind {
    /// The word of the files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warehouse => "warehouse",
            Self::Store => "store",
            Self::Supplier => "supplier",
        }
    }
}

/// A point on the earth in degrees; latitude within +-90, longitude within +-180.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Latitude in degrees, north positive.
    pub lat: f64,
    /// Longitude in degrees, east positive.
    pub lon: f64,
}

/// A date and time of day on the clock of one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalInstant {
    /// The local date.
    pub date: Date,
    /// The local time of day.
    pub time: TimeOfDay,
}

/// One fulfilment node. Its id is in [`Problem::node_ids`](super::Problem::node_ids).
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is; no rule depends on it.
    pub kind: NodeKind,
    /// ISO 3166 alpha-2 country code, as text; may be empty.
    pub country: Sym,
    /// Postcode; may be empty.
    pub postcode: Sym,
    /// Coordinates, where given.
    pub place: Option<Place>,
    /// IANA time zone.
    pub timezone: Sym,
    /// Handling cost per shipment.
    pub shipment_cost: Money,
    /// Handling cost per filled line.
    pub line_cost: Money,
    /// Handling cost per unit.
    pub unit_cost: Money,
    /// Shipments (workload, for quoted orders) in this planning run; `None` = unlimited.
    pub max_shipments: Option<u32>,
    /// Filled lines in this planning run; `None` = unlimited.
    pub max_lines: Option<u32>,
    /// Units in this planning run; `None` = unlimited.
    pub max_units: Option<u32>,
    /// Local date and time from which shipments are ready: planning instant plus lead time.
    pub ready: LocalInstant,
    /// Whether it ships to customers.
    pub ships: bool,
    /// Whether customers collect there.
    pub pickup: bool,
}
