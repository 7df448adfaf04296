//! Carriers: services, the lanes they go, the price of a parcel, and ready quotes.

use crate::index::{NodeIdx, ServiceIdx, Sym};
use crate::quantity::{Date, Grams, Money, Percent, TimeOfDay};

/// ISO weekdays (Monday = 1 to Sunday = 7) as a set; never empty in a problem.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weekdays(u8);

impl Weekdays {
    /// Monday to Friday.
    pub const MONDAY_TO_FRIDAY: Self = Self(0b0011_1110);
    /// Every day.
    pub const ALL: Self = Self(0b1111_1110);

    /// The set of the ISO weekdays in `digits`, such as `12345`; `None` where it is empty or holds anything else.
    /// A repeated digit counts once.
    #[must_use]
    pub fn parse(digits: &str) -> Option<Self> {
        let set = digits
            .bytes()
            .try_fold(0u8, |set, b| (b'1'..=b'7').contains(&b).then(|| set | 1 << (b - b'0')));
        set.filter(|&s| s != 0).map(Self)
    }

    /// Whether the ISO weekday is in the set.
    #[must_use]
    pub const fn contains(self, iso_weekday: u8) -> bool {
        self.0 >> iso_weekday & 1 == 1
    }
}

/// The digits in ascending order, such as `12345`.
impl std::fmt::Display for Weekdays {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (1..=7u8)
            .filter(|&d| self.contains(d))
            .try_for_each(|d| write!(f, "{d}"))
    }
}

/// A carrier service. Its id is in [`Problem::service_ids`](super::Problem::service_ids).
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Name of the carrier; may be empty. No rule depends on it.
    pub carrier: Sym,
    /// Days on which it collects and delivers.
    pub days: Weekdays,
    /// Latest local time at the node for collection on the same day; `None` = any time.
    pub cutoff: Option<TimeOfDay>,
    /// Cubic centimetres that count as one kilogram; `None` = only real weight is billed.
    pub divisor: Option<i64>,
    /// Largest billable weight of one parcel; `None` = one parcel takes any weight.
    pub max_parcel: Option<Grams>,
    /// Fuel surcharge on the band price.
    pub fuel: Percent,
}

/// Where a service goes: one row of `lanes.csv`.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// The service.
    pub service: ServiceIdx,
    /// The node it starts from; `None` = any (`*`).
    pub node: Option<NodeIdx>,
    /// Country of the destination.
    pub country: Sym,
    /// Prefix of the destination's postcode; empty matches all.
    pub postcode_prefix: Sym,
    /// Largest great-circle distance in kilometres; `None` = any.
    pub max_km: Option<f64>,
    /// Price zone.
    pub zone: Sym,
    /// Service days from leaving to arriving.
    pub transit_days: u32,
}

/// The price of a parcel up to and including a weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// Largest billable weight.
    pub max: Grams,
    /// Price before fuel.
    pub price: Money,
}

/// The price above the largest band.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenBand {
    /// Price before fuel.
    pub price: Money,
    /// Further price per started kilogram above the largest band.
    pub per_kg: Money,
}

/// The prices of one service and zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateTable {
    /// The service.
    pub service: ServiceIdx,
    /// The zone.
    pub zone: Sym,
    /// Bands by rising weight, each weight once.
    pub bands: Vec<Band>,
    /// The band without a limit, if the service has one here.
    pub open: Option<OpenBand>,
}

/// A ready price for shipping anything of one order from one node by one service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The node.
    pub node: NodeIdx,
    /// The service; need not be listed in `services.csv`.
    pub service: ServiceIdx,
    /// Price of the whole shipment.
    pub price: Money,
    /// Day of delivery; `None` = never late.
    pub deliver_on: Option<Date>,
    /// What the shipment takes of the node's `max_shipments`.
    pub workload: u32,
}
