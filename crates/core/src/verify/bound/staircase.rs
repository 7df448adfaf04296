//! Very many prices of a tariff as a staircase cost function: by started kilograms in its open band, or with every parcel.
//!
//! What a load costs on a staircase is exact. A line (a linear underestimator) from the first price to the last, lowered by what the rounding of fuel can
//! do, is above none of them.

use super::alone::CAP;
use crate::cost::tariff::add_fuel;
use crate::quantity::{Money, Percent};

/// Slopes are counted in parts of this power of two.
const PARTS: u32 = 20;

/// Prices by number: of the `k`-th up to `from + k x width` grams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Staircase {
    pub(super) from: i64,
    pub(super) width: i64,
    /// So many parcels of `base + k x per` with fuel each.
    pub(super) parcels: i64,
    pub(super) base: Money,
    pub(super) per: Money,
    pub(super) fuel: Percent,
    pub(super) late: i64,
    /// Cubic centimetres that count as one kilogram.
    pub(super) divisor: Option<i64>,
    /// First and last number.
    pub(super) numbers: (i64, i64),
}

impl Staircase {
    fn price(&self, number: i64) -> i128 {
        let each = add_fuel(self.fuel, self.base + self.per * number).ten_thousandths();
        let all = i128::from(each) * i128::from(self.parcels);
        all.min(i128::from(CAP)) + i128::from(self.late)
    }

    const fn grams(&self, number: i64) -> i64 {
        self.from + number * self.width
    }

    pub(super) const fn count(&self) -> i64 {
        self.numbers.1 - self.numbers.0 + 1
    }

    pub(super) const fn top(&self) -> i64 {
        self.grams(self.numbers.1)
    }

    pub(super) fn lowest(&self) -> i128 {
        self.price(self.numbers.0)
    }

    pub(super) fn highest(&self) -> i128 {
        self.price(self.numbers.1)
    }

    /// The top and the price of each.
    pub(super) fn each(&self) -> impl Iterator<Item = (i64, i128)> {
        (self.numbers.0..=self.numbers.1).map(|n| (self.grams(n), self.price(n)))
    }

    /// What a load costs that is not above the staircase.
    pub(super) fn price_of(&self, weight: i128, volume: i128) -> i128 {
        let ceil = |a: i128, b: i64| (a + i128::from(b) - 1) / i128::from(b);
        let grams = self.divisor.map_or(weight, |d| weight.max(ceil(volume * 1000, d)));
        let number = ceil((grams - i128::from(self.from)).max(0), self.width) as i64;
        self.price(number.clamp(self.numbers.0, self.numbers.1))
    }

    /// The line that is above no price.
    pub(super) fn line(&self) -> Line {
        let rounding = if self.fuel.0 == 0 { 0 } else { i128::from(self.parcels) };
        let low = i128::from(self.grams(self.numbers.0));
        let run = (i128::from(self.top()) - low).max(1);
        let rise = (self.highest() - self.lowest() - 2 * rounding).max(0);
        let by_weight = (rise << PARTS) / run;
        let volume = |d: i64| (low * i128::from(d) + 999) / 1000;
        Line {
            lowest: self.lowest(),
            at_nothing: self.lowest() - rounding - ((by_weight * low) >> PARTS) - 1,
            slopes: [by_weight, self.divisor.map_or(0, |d| by_weight * 1000 / i128::from(d))],
            starts: [low, self.divisor.map_or(0, volume)],
        }
    }
}

/// Carriage costs at least the lowest price, and at least what a line says, by weight (0) or by volume (1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) lowest: i128,
    at_nothing: i128,
    slopes: [i128; 2],
    /// Where the line leaves the lowest price.
    starts: [i128; 2],
}

impl Line {
    /// What a size adds.
    fn adds(&self, by_volume: bool, size: i128) -> i128 {
        (self.slopes[usize::from(by_volume)] * size) >> PARTS
    }

    /// Whether it rises by more for the volume.
    pub(super) fn is_by_volume(&self, weight: i128, volume: i128) -> bool {
        self.adds(true, volume) > self.adds(false, weight)
    }

    /// The least of the line less what items bring, each with its profit and size, the best for its size first, parts of one
    /// included, in a room beside what is in it; and how much of the room they take.
    pub(super) fn least(
        &self,
        items: impl Iterator<Item = (i64, i64)> + Clone,
        by_volume: bool,
        (room, before): (i128, i128),
    ) -> (i128, i128) {
        let (gain, taken) = fill(items.clone(), room, |size| self.adds(by_volume, size));
        let start = self.starts[usize::from(by_volume)] - before;
        if taken >= start {
            return (self.at_nothing + self.adds(by_volume, before) - gain, taken);
        }
        // The lowest price holds more than pays for itself on the line.
        let held = start.min(room);
        let (profit, _) = fill(items, held, |_| 0);
        let price = if held < start {
            self.lowest
        } else {
            self.at_nothing + self.adds(by_volume, before + start)
        };
        (price - profit, held)
    }
}

/// What items bring in a room above what their sizes cost, rounded up, parts of one included; and how much of the room they take.
fn fill(items: impl Iterator<Item = (i64, i64)>, room: i128, cost: impl Fn(i128) -> i128) -> (i128, i128) {
    let (mut sum, mut taken) = (0, 0);
    for (profit, size) in items {
        let size = i128::from(size);
        let gain = i128::from(profit) - cost(size);
        if gain <= 0 {
            continue;
        }
        let left = room - taken;
        if size > left {
            return (sum + (gain * left + size - 1) / size, room);
        }
        taken += size;
        sum += gain;
    }
    (sum, taken)
}
