//! The question of batching: orders with stops and size, what one cart holds, and what is to be small.

use crate::index::LocationIdx;

/// An order to be batched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// Where the picker has to stop, as the tours number them; repeats are harmless.
    pub stops: Vec<LocationIdx>,
    /// Units, which also set the bins it needs.
    pub units: u64,
    /// Weight in grams.
    pub weight: u64,
    /// Volume in cubic centimetres.
    pub volume: u64,
    /// Milliseconds that its picks take themselves, wherever they are; they matter to due times only.
    pub picking: u64,
    /// Milliseconds from the start until the batch of the order should have ended.
    pub due: Option<u64>,
}

/// Bins of a cart: an order may take several, but shares none with another order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bins {
    /// Bins of a cart.
    pub count: u64,
    /// Units that a bin holds, at least 1; `None` = any number.
    pub units: Option<u64>,
    /// Weight in grams that a bin holds.
    pub weight: Option<u64>,
    /// Volume in cubic centimetres that a bin holds.
    pub volume: Option<u64>,
}

impl Bins {
    /// How many bins an order takes: by each limit as many as that needs, and at least one.
    #[must_use]
    pub fn needed(&self, order: &Order) -> u64 {
        let by = |amount: u64, limit: Option<u64>| limit.map_or(1, |limit| amount.div_ceil(limit.max(1)));
        let by_size = by(order.weight, self.weight).max(by(order.volume, self.volume));
        by(order.units, self.units).max(by_size).max(1)
    }
}

/// What one batch may hold; `None` = no such limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capacity {
    /// Units.
    pub units: Option<u64>,
    /// Weight in grams.
    pub weight: Option<u64>,
    /// Volume in cubic centimetres.
    pub volume: Option<u64>,
    /// Orders.
    pub orders: Option<u64>,
    /// Bins, none shared by orders.
    pub bins: Option<Bins>,
}

/// What to make small.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Objective {
    /// Walking distance in the unit of the tours: millimetres in a layout.
    #[default]
    Distance,
    /// Time in milliseconds: walking and setting up. Picking itself takes the same time in every plan.
    Time {
        /// Walking speed in units of length per second; at least 1. In a layout: millimetres per second.
        speed: u64,
        /// Milliseconds to set up a batch.
        set_up: u64,
        /// Milliseconds at each stop. Orders that share a stop share its time.
        per_stop: u64,
    },
}

impl Objective {
    /// Cost of a batch whose tour is so long and makes so many stops.
    #[must_use]
    pub fn cost(self, length: i64, stops: u64) -> i64 {
        match self {
            Self::Distance => length,
            Self::Time {
                speed,
                set_up,
                per_stop,
            } => {
                let amount = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
                let standing = amount(per_stop.saturating_mul(stops).saturating_add(set_up));
                (length.saturating_mul(1000) / amount(speed.max(1))).saturating_add(standing)
            }
        }
    }

    /// Cost of a batch whose tour is so long and stops at the bits of a mask.
    pub(crate) fn cost_at(self, length: i64, mask: &[u64]) -> i64 {
        match self {
            Self::Time { per_stop: 1.., .. } => self.cost(length, mask.iter().map(|w| u64::from(w.count_ones())).sum()),
            _ => self.cost(length, 0),
        }
    }
}

/// Number of amounts that a cart may limit.
pub(crate) const AMOUNTS: usize = 5;

/// Amounts that a cart limits: units, weight, volume, orders, bins.
pub(crate) type Load = [u64; AMOUNTS];

impl Capacity {
    /// The limits as amounts.
    pub(crate) fn limit(&self) -> Load {
        let of = |limit: Option<u64>| limit.unwrap_or(u64::MAX);
        [
            of(self.units),
            of(self.weight),
            of(self.volume),
            of(self.orders),
            of(self.bins.map(|b| b.count)),
        ]
    }

    /// What an order takes of each; 0 of what is not limited.
    pub(crate) fn load(&self, order: &Order) -> Load {
        let bins = self.bins.map_or(0, |bins| bins.needed(order));
        let of = |limit: Option<u64>, amount: u64| if limit.is_some() { amount } else { 0 };
        [
            of(self.units, order.units),
            of(self.weight, order.weight),
            of(self.volume, order.volume),
            of(self.orders, 1),
            bins,
        ]
    }

    /// Whether one cart takes all of these orders.
    #[must_use]
    pub fn holds<'a>(&self, orders: impl IntoIterator<Item = &'a Order>) -> bool {
        let mut sum = [0_u64; AMOUNTS];
        for order in orders {
            add(&mut sum, &self.load(order));
        }
        fits(&sum, &self.limit())
    }
}

/// Adds amounts.
pub(crate) fn add(to: &mut Load, load: &Load) {
    for (a, b) in to.iter_mut().zip(load) {
        *a = a.saturating_add(*b);
    }
}

/// Whether amounts are within limits.
pub(crate) fn fits(load: &Load, limit: &Load) -> bool {
    load.iter().zip(limit).all(|(a, b)| a <= b)
}

/// Whether two loads together are within limits.
#[inline]
pub(crate) fn fit_together(a: &Load, b: &Load, limit: &Load) -> bool {
    a.iter().zip(b).zip(limit).all(|((a, b), l)| a.saturating_add(*b) <= *l)
}
