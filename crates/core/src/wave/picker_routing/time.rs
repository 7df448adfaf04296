//! From metres and picks to seconds.

use crate::quantity::Distance;

/// How fast a picker works. Whole numbers, so that times add up exactly.
///
/// # Example
///
/// ```
/// use clapot::Distance;
/// use clapot::wave::picker_routing::PickTimes;
///
/// let times = PickTimes { millimetres_per_second: 1_250, ms_per_tour: 60_000, ms_per_stop: 8_000, ms_per_unit: 2_000 };
/// // 100 m take 80 s; 10 stops 80 s; 25 units 50 s; setting up and unloading 60 s.
/// assert_eq!(times.milliseconds(Distance::from_metres(100), 10, 25), 270_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PickTimes {
    /// Walking speed in millimetres per second; 0 counts as 1.
    pub millimetres_per_second: u32,
    /// Milliseconds once for each tour: taking a cart, handing over what was picked.
    pub ms_per_tour: u32,
    /// Milliseconds for each stop: finding the place, scanning it.
    pub ms_per_stop: u32,
    /// Milliseconds for each unit: reaching for it, putting it down.
    pub ms_per_unit: u32,
}

impl Default for PickTimes {
    /// 1 m/s, 60 s a tour, 10 s a stop, 2 s a unit.
    fn default() -> Self {
        Self {
            millimetres_per_second: 1_000,
            ms_per_tour: 60_000,
            ms_per_stop: 10_000,
            ms_per_unit: 2_000,
        }
    }
}

impl PickTimes {
    /// Milliseconds that a walk takes, rounded up. Saturating.
    pub fn walking(&self, length: Distance) -> i64 {
        let speed = i64::from(self.millimetres_per_second.max(1));
        length.0.saturating_mul(1_000).saturating_add(speed - 1) / speed
    }

    /// Milliseconds that a tour of this length with so many stops and units takes. Saturating.
    pub fn milliseconds(&self, length: Distance, stops: usize, units: u64) -> i64 {
        let each = |ms: u32, many: i64| i64::from(ms).saturating_mul(many);
        self.walking(length)
            .saturating_add(i64::from(self.ms_per_tour))
            .saturating_add(each(self.ms_per_stop, stops as i64))
            .saturating_add(each(self.ms_per_unit, units as i64))
    }
}
