//! What the work is done with, and how fast: carts, and the rates of pickers and packers.

use crate::index::Sym;
use crate::quantity::{Grams, Millis, Volume};

/// Limits, each by itself; `None` = no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capacity {
    /// Units.
    pub units: Option<u32>,
    /// Weight.
    pub weight: Option<Grams>,
    /// Volume.
    pub volume: Option<Volume>,
}

/// The bins of a cart. A shipment has bins of its own: as many as it takes, and none is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bins {
    /// How many there are on the cart, at least 1.
    pub count: u32,
    /// What one bin holds; each limit at least 1.
    pub capacity: Capacity,
}

impl Bins {
    /// How many bins a shipment takes: by each limit as many as that needs, and at least one.
    #[must_use]
    pub fn needed(&self, units: i64, weight: Grams, volume: Volume) -> i64 {
        let by =
            |amount: i64, limit: Option<i64>| limit.map_or(1, |limit| amount / limit + i64::from(amount % limit > 0));
        let Capacity {
            units: u,
            weight: w,
            volume: v,
        } = self.capacity;
        by(units, u.map(i64::from))
            .max(by(weight.0, w.map(|w| w.0)))
            .max(by(volume.0, v.map(|v| v.0)))
            .max(1)
    }
}

/// A row of `carts.csv`: a type of cart. One tour has one cart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cart {
    /// Its id, unique on its floor.
    pub id: Sym,
    /// How many there are; `None` = always enough.
    pub count: Option<u32>,
    /// What the whole cart holds.
    pub capacity: Capacity,
    /// Most shipments of a batch; `None` = no limit. (Bins limit it too.)
    pub shipments: Option<u32>,
    /// Its bins; `None` = shipments share the cart.
    pub bins: Option<Bins>,
}

impl Cart {
    /// Whether it holds so much of one shipment alone.
    #[must_use]
    pub fn takes(&self, units: i64, weight: Grams, volume: Volume) -> bool {
        self.holds(1, units, weight, volume, self.bins_for(units, weight, volume))
    }

    /// Bins that so much of one shipment takes; 0 where the cart has none.
    #[must_use]
    pub fn bins_for(&self, units: i64, weight: Grams, volume: Volume) -> i64 {
        let bins = self.bins.as_ref();
        bins.map_or(0, |bins| bins.needed(units, weight, volume))
    }

    /// Whether it holds so much of so many shipments, in so many of its bins.
    #[must_use]
    pub fn holds(&self, shipments: u32, units: i64, weight: Grams, volume: Volume, bins: i64) -> bool {
        let within = |amount: i64, limit: Option<i64>| limit.is_none_or(|limit| amount <= limit);
        let capacity = &self.capacity;
        within(shipments.into(), self.shipments.map(i64::from))
            && within(units, capacity.units.map(i64::from))
            && within(weight.0, capacity.weight.map(|w| w.0))
            && within(volume.0, capacity.volume.map(|v| v.0))
            && within(bins, self.bins.as_ref().map(|bins| bins.count.into()))
    }
}

/// How fast pickers and packers work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Walking speed in millimetres per second, at least 1.
    pub walking: u32,
    /// Per tour: to fetch a cart, and to hand it over.
    pub per_tour: Millis,
    /// Per stop: picks one after another from the same pick location are one stop.
    pub per_stop: Millis,
    /// Per pick: a row of `tours.csv`.
    pub per_line: Millis,
    /// Per unit picked.
    pub per_unit: Millis,
    /// Packing, per shipment.
    pub pack_shipment: Millis,
    /// Packing, per line of a shipment.
    pub pack_line: Millis,
    /// Packing, per unit.
    pub pack_unit: Millis,
    /// How many pack side by side, at least 1.
    pub packers: u32,
}

impl Default for Rates {
    /// The defaults of `floor.toml`: 1.2 m/s; 60 s a tour, 5 s a stop, 4 s a pick and 1 s a unit; packing takes no time.
    fn default() -> Self {
        Self {
            walking: 1_200,
            per_tour: Millis(60_000),
            per_stop: Millis(5_000),
            per_line: Millis(4_000),
            per_unit: Millis(1_000),
            pack_shipment: Millis(0),
            pack_line: Millis(0),
            pack_unit: Millis(0),
            packers: 1,
        }
    }
}
