//! Times: how long a tour and the packing of a wave take. Every moment of a plan is a whole second.

use crate::index::PickLocationIdx;
use crate::model::floor::Rates;
use crate::quantity::{Distance, Millis, Moment, Seconds};

/// What walking a distance takes: thousandths of a second, rounded up. Saturating.
#[must_use]
pub fn walking(rates: &Rates, distance: Distance) -> Millis {
    let speed = i64::from(rates.walking.max(1));
    Millis(distance.0.saturating_mul(1_000).saturating_add(speed - 1) / speed)
}

/// What time has passed, in whole seconds, rounded up.
#[must_use]
pub const fn whole(millis: Millis) -> Seconds {
    Seconds(millis.0.saturating_add(999).div_euclid(1_000))
}

/// The clock of one tour. What is walked is added up before it is turned into time, so that nothing is rounded twice.
#[derive(Clone, Debug)]
pub struct TourClock<'r> {
    rates: &'r Rates,
    start: Moment,
    handling: Millis,
    walked: Distance,
    at: Option<PickLocationIdx>,
}

impl<'r> TourClock<'r> {
    /// A tour that begins: the cart is fetched.
    #[must_use]
    pub const fn new(rates: &'r Rates, start: Moment) -> Self {
        Self {
            rates,
            start,
            handling: rates.per_tour,
            walked: Distance(0),
            at: None,
        }
    }

    /// Walks on and picks; when that is done. Picks one after another from the same pick location are one stop.
    pub fn pick(&mut self, way: Distance, location: PickLocationIdx, qty: u32) -> Moment {
        self.walked += way;
        if self.at != Some(location) {
            self.add(self.rates.per_stop.0);
        }
        self.at = Some(location);
        self.add(self.rates.per_line.0);
        self.add(self.rates.per_unit.0.saturating_mul(i64::from(qty)));
        self.time()
    }

    /// Walks back to the depot; when the tour ends.
    pub fn finish(&mut self, way: Distance) -> Moment {
        self.walked += way;
        self.time()
    }

    /// What was walked so far.
    #[must_use]
    pub const fn walked(&self) -> Distance {
        self.walked
    }

    /// Saturating: what would take longer than time can be told takes that long.
    const fn add(&mut self, millis: i64) {
        self.handling.0 = self.handling.0.saturating_add(millis);
    }

    fn time(&self) -> Moment {
        let walking = walking(self.rates, self.walked);
        let passed = whole(Millis(self.handling.0.saturating_add(walking.0)));
        self.start + passed
    }
}

/// What a whole tour takes that walks so far, makes so many stops and picks, and picks so many units.
#[must_use]
pub fn tour(rates: &Rates, walked: Distance, stops: usize, picks: usize, units: i64) -> Seconds {
    let times = |each: Millis, n: i64| each.0.saturating_mul(n);
    let handling = rates
        .per_tour
        .0
        .saturating_add(times(rates.per_stop, stops as i64))
        .saturating_add(times(rates.per_line, picks as i64))
        .saturating_add(times(rates.per_unit, units));
    whole(Millis(handling.saturating_add(walking(rates, walked).0)))
}

/// The work of packing one shipment.
#[must_use]
pub fn packing(rates: &Rates, lines: u32, units: u64) -> Millis {
    let lines = rates.pack_line.0.saturating_mul(lines.into());
    let units = rates.pack_unit.0.saturating_mul(units as i64);
    Millis(rates.pack_shipment.0.saturating_add(lines).saturating_add(units))
}

/// How long all packers together take for so much work, in whole seconds, rounded up.
#[must_use]
pub fn packed_in(rates: &Rates, work: Millis) -> Seconds {
    let per_second = 1_000 * i64::from(rates.packers.max(1));
    Seconds(work.0.saturating_add(per_second - 1) / per_second)
}

/// When each wave is packed, in the order in which their last tours end: one after another. Of each wave the end of its last
/// tour, and the work.
#[must_use]
pub fn packed(rates: &Rates, waves: impl IntoIterator<Item = (Moment, Millis)>) -> Vec<Moment> {
    let mut free: Option<Moment> = None;
    let end = |(picked, work): (Moment, Millis)| {
        let end = free.map_or(picked, |free| free.max(picked)) + packed_in(rates, work);
        free = Some(end);
        end
    };
    waves.into_iter().map(end).collect()
}
