//! Carriage as a staircase cost function: constant on stairs of equal width and equal rise, as an open band by started
//! kilograms is, or parcel after parcel.
//!
//! One step of a ladder can be a whole staircase, so that the ladder of a load of tons is no longer than that of a small one. What a load costs on the stairs is exact; a line through the tops of the stairs is below it everywhere, and
//! meets it at every top. Fuel, which is rounded, takes the line down by as much as rounding can.

use super::ladder::Step;
use crate::cost::tariff::{Load, add_fuel};
use crate::quantity::{Money, Percent};

/// Slopes are counted in parts of this power of two.
pub(super) const SHIFT: u32 = 16;

/// A staircase; grams are billable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Staircase {
    /// Stair `k` holds up to `from + k x width` grams.
    pub from: i64,
    pub width: i64,
    /// Its price is so many times `base + k x per` with fuel, and lateness.
    pub times: i64,
    pub base: Money,
    pub per: Money,
    pub fuel: Percent,
    pub late: i64,
    /// Cubic centimetres that count as one kilogram.
    pub divisor: Option<i64>,
    /// The first stair and the last.
    pub first: i64,
    pub last: i64,
}

impl Staircase {
    pub(super) const fn top(&self, stair: i64) -> i64 {
        self.from + stair * self.width
    }

    /// The most cubic centimetres that count as so many grams; `None` where volume does not count.
    pub(super) fn volume(&self, grams: i64) -> Option<i64> {
        let volume = i128::from(grams) * i128::from(self.divisor?) / 1000;
        Some(volume.min(i128::from(i64::MAX)) as i64)
    }

    pub(super) fn price(&self, stair: i64) -> i64 {
        add_fuel(self.fuel, self.base + self.per * stair).ten_thousandths() * self.times + self.late
    }

    /// The stair of a load that the staircase holds.
    pub(super) fn stair(&self, load: &Load) -> i64 {
        let volumetric = self.divisor.map_or(0, |d| (load.volume.0 * 1000 + d - 1) / d);
        let above = load.weight.0.max(volumetric) - self.from;
        ((above + self.width - 1) / self.width).clamp(self.first, self.last)
    }

    /// What the carriage of a load costs that the staircase holds.
    pub(super) fn carriage(&self, load: &Load) -> i64 {
        self.price(self.stair(load))
    }

    /// What a stair costs at least above the one before, and whether each costs that.
    pub(super) fn each_stair(&self) -> (i64, bool) {
        const WHOLE: i128 = 100 * Money::SCALE as i128;
        let each = i128::from(self.per.ten_thousandths()) * (WHOLE + i128::from(self.fuel.0));
        ((each / WHOLE) as i64 * self.times, each % WHOLE == 0)
    }

    /// The staircase up to its last stair that costs at most so much; `None` where the first costs more.
    pub(super) fn up_to(mut self, price: i64) -> Option<Self> {
        let (mut low, mut high) = (self.first - 1, self.last);
        while low < high {
            let middle = low + (high - low + 1) / 2;
            if self.price(middle) <= price {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        self.last = low;
        (low >= self.first).then_some(self)
    }

    /// The linear function below the stairs for loads within `all`.
    pub(super) fn below(&self, all: &Load) -> Underestimator {
        const WHOLE: i128 = 100 * Money::SCALE as i128;
        let per = i128::from(self.per.ten_thousandths()) * i128::from(self.times);
        let exact = ((per * (WHOLE + i128::from(self.fuel.0))) << SHIFT) / (WHOLE * i128::from(self.width));
        let most = |x: i64| i128::from((1i64 << 60) / (x + 1));
        let by_weight = exact.min(most(all.weight.0.max(self.top(self.last))));
        let by_volume = self.divisor.map_or(0, |d| by_weight * 1000 / i128::from(d));
        let rounding = if self.fuel.0 == 0 { 0 } else { self.times };
        let below = ((by_weight * i128::from(self.top(self.first))) >> SHIFT) as i64 + 1;
        Underestimator {
            at_nothing: self.price(self.first) - rounding - below,
            by_weight: by_weight as i64,
            by_volume: by_volume.min(most(all.volume.0)) as i64,
            starts: [
                self.top(self.first),
                self.divisor.map_or(0, |d| {
                    (i128::from(self.top(self.first)) * i128::from(d) / 1000 + 1) as i64
                }),
            ],
        }
    }
}

/// A linear underestimator of a staircase: carriage costs at least `at_nothing + by_weight x grams`, and at least `at_nothing + by_volume x cubic centimetres`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Underestimator {
    pub at_nothing: i64,
    pub by_weight: i64,
    pub by_volume: i64,
    /// Of weight and of volume, where the line leaves the first price.
    pub starts: [i64; 2],
}

impl Underestimator {
    pub(super) const fn slope(&self, by_volume: bool) -> i64 {
        if by_volume { self.by_volume } else { self.by_weight }
    }

    /// What so much costs at least beside `at_nothing`.
    pub(super) const fn of(&self, size: i64, by_volume: bool) -> i64 {
        (self.slope(by_volume) * size) >> SHIFT
    }
}

/// A load, and what its carriage costs at least.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Corner {
    pub weight: i64,
    pub volume: i64,
    pub price: i64,
}

impl Corner {
    /// Anything for nothing.
    pub(super) const FREE: Self = Self {
        weight: i64::MAX,
        volume: i64::MAX,
        price: 0,
    };

    /// The loads of a step, none above `all`, of which a linear cost is nearest to the price: whatever is below the price at
    /// them is so at every load of the step.
    pub(super) fn of(step: &Step, stairs: Option<&Staircase>, all: &Load, corners: &mut Vec<Self>) {
        let Some(stairs) = stairs else {
            return corners.push(Self {
                weight: step.weight,
                volume: step.volume,
                price: step.price,
            });
        };
        let (low, high) = (stairs.top(stairs.first), stairs.top(stairs.last));
        // So many cubic centimetres count as the grams, rounded up.
        let counting = |grams: i64| {
            stairs
                .divisor
                .map_or(i128::MAX, |d| (i128::from(grams) * i128::from(d) + 999) / 1000)
        };
        let whole = stairs
            .divisor
            .map_or(0, |d| (i128::from(all.volume.0) * 1000 / i128::from(d)) as i64);
        // Beyond the two in the middle the load holds all that there is, by weight or by volume.
        for grams in [low, all.weight.0, whole, high] {
            if (low..=high).contains(&grams) {
                let volume = if grams == whole { i128::MAX } else { counting(grams) };
                let rising = step.below.at_nothing + step.below.of(grams, false);
                corners.push(Self {
                    weight: grams.min(all.weight.0),
                    volume: volume.min(i128::from(all.volume.0)) as i64,
                    price: if grams == low {
                        step.price
                    } else {
                        rising.max(step.price)
                    },
                });
            }
        }
    }
}
