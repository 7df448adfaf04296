//! A price table as a function of the billable weight: runs of one price, staircases, and holes where nothing is offered.

use super::ladder::Step;
use super::staircase::Staircase;
use crate::cost::tariff::{self, Load};
use crate::index::RateIdx;
use crate::model::{Problem, RateTable, Service};
use crate::quantity::{Grams, Money, Percent};

/// Most runs of one table.
const MOST_RUNS: usize = 4000;

/// What billable weights cost from the top of the run before, lateness included.
#[derive(Clone, Copy)]
pub(super) enum Run {
    /// Up to so many grams at this price.
    Step(i64, i64),
    Staircase(Staircase),
    /// Up to so many grams nothing is offered.
    Hole(i64),
}

impl Run {
    pub(super) const fn top(&self) -> i64 {
        match self {
            Self::Step(top, _) | Self::Hole(top) => *top,
            Self::Staircase(stairs) => stairs.top(stairs.last),
        }
    }

    /// The least price.
    pub(super) fn least(&self) -> i64 {
        match self {
            Self::Step(_, price) => *price,
            Self::Staircase(stairs) => stairs.price(stairs.first),
            Self::Hole(_) => i64::MAX,
        }
    }

    /// The highest price.
    pub(super) fn highest(&self) -> i64 {
        match self {
            Self::Step(_, price) => *price,
            Self::Staircase(stairs) => stairs.price(stairs.last),
            Self::Hole(_) => i64::MAX,
        }
    }

    pub(super) const fn is_hole(&self) -> bool {
        matches!(self, Self::Hole(_))
    }

    const fn stairs(&self) -> i64 {
        match self {
            Self::Staircase(s) => s.last - s.first + 1,
            _ => 1,
        }
    }
}

/// One price table for an order.
pub(super) struct Table<'a> {
    rates: &'a RateTable,
    service: &'a Service,
    late: i64,
    all: Load,
}

impl<'a> Table<'a> {
    /// A table with its lateness, for loads up to `all`.
    pub(super) fn new(problem: &'a Problem, rate: RateIdx, late: i64, all: Load) -> Self {
        let rates = &problem.rates()[rate];
        Self {
            rates,
            service: &problem.services()[rates.service],
            late,
            all,
        }
    }

    /// The billable weight of the whole load.
    pub(super) fn most(&self) -> i64 {
        tariff::billable(self.service, self.all).0
    }

    /// The runs up to the whole load, in order, and whether they go so far. Where there are more stairs than the first number,
    /// staircases of at least the second stay, as far as their number is below `room`; others are laid out stair by stair.
    pub(super) fn laid_out(&self, (most, least): (i64, i64), room: usize) -> (Vec<Run>, bool) {
        let (runs, complete) = self.runs();
        let is_long = runs.iter().map(Run::stairs).sum::<i64>() > most && runs.len() < room;
        let each = |run: &Run| -> Vec<Run> {
            match run {
                Run::Staircase(s) if !is_long || run.stairs() < least => {
                    let plain = |k| Run::Step(s.top(k), s.price(k));
                    (s.first..=s.last).map(plain).collect()
                }
                _ => vec![*run],
            }
        };
        (runs.iter().flat_map(each).collect(), complete)
    }

    /// The step that holds a run and what is before it, at the run's least price.
    pub(super) fn step(&self, run: &Run) -> Step {
        let volume = self.volume(run.top()).unwrap_or(i64::MAX);
        Step {
            weight: run.top().min(self.all.weight.0),
            volume: volume.min(self.all.volume.0),
            heaviest: self.service.max_parcel.map_or(i64::MAX, |m| m.0),
            price: run.least(),
            ..Step::FREE
        }
    }

    /// The most cubic centimetres that count as so many grams; `None` where volume does not count.
    pub(super) fn volume(&self, grams: i64) -> Option<i64> {
        let volume = i128::from(grams) * i128::from(self.service.divisor?) / 1000;
        Some(volume.min(i128::from(i64::MAX)) as i64)
    }

    fn runs(&self) -> (Vec<Run>, bool) {
        let most = self.most();
        let largest = self.service.max_parcel.map_or(i64::MAX, |m| m.0);
        let (mut runs, mut from) = (Vec::new(), 1);
        while from <= most {
            if runs.len() >= MOST_RUNS {
                return (runs, false);
            }
            // Loads from here on go in so many parcels, the first of them in parcels of so many grams.
            let parcels = (from - 1) / largest + 1;
            let each = (from - 1) / parcels + 1;
            let price = tariff::parcel(self.service, self.rates, Grams(each)).map(Money::ten_thousandths);
            let top = self.top(each).min(largest);
            let staircase = if top == largest {
                self.parcel_by_parcel(parcels, most)
            } else {
                self.by_kilograms((parcels, each), most.min(largest.saturating_mul(parcels)))
            };
            let top = if top > most / parcels { most } else { top * parcels };
            let plain = price.map_or(Run::Hole(top), |p| Run::Step(top, p * parcels + self.late));
            let run = staircase.map_or(plain, Run::Staircase);
            from = run.top().max(from) + 1;
            runs.push(run);
        }
        (runs, true)
    }

    /// Up to how many grams a parcel of so many costs the same.
    fn top(&self, each: i64) -> i64 {
        let band = self.rates.bands.iter().find(|b| b.max.0 >= each).map(|b| b.max.0);
        let last = self.last();
        let open = self.rates.open.map(|_| last + ((each - last - 1) / 1000 + 1) * 1000);
        band.or(open).unwrap_or(i64::MAX)
    }

    /// The top of the largest given band.
    fn last(&self) -> i64 {
        self.rates.bands.last().map_or(0, |b| b.max.0)
    }

    /// The staircase of the open band by started kilograms, for so many parcels of at least so many grams, up to a billable weight.
    fn by_kilograms(&self, (parcels, each): (i64, i64), most: i64) -> Option<Staircase> {
        let open = self.rates.open?;
        let last = self.last();
        let first = (each - last - 1) / 1000 + 1;
        let stairs = Staircase {
            from: last * parcels,
            width: 1000 * parcels,
            times: parcels,
            base: open.price,
            per: open.per_kg,
            fuel: self.service.fuel,
            late: self.late,
            divisor: self.service.divisor,
            first,
            last: (most / parcels - last) / 1000,
        };
        (each > last && stairs.last > first).then_some(stairs)
    }

    /// The staircase of parcels that all cost as much as the largest, from so many on, as far as they are full.
    fn parcel_by_parcel(&self, parcels: i64, most: i64) -> Option<Staircase> {
        let largest = self.service.max_parcel?;
        let price = tariff::parcel(self.service, self.rates, largest)?;
        let stairs = Staircase {
            from: 0,
            width: largest.0,
            times: 1,
            base: Money::ZERO,
            per: price,
            fuel: Percent(0),
            late: self.late,
            divisor: self.service.divisor,
            first: parcels,
            last: most / largest.0,
        };
        // One parcel more is no emptier than this; more are fuller still.
        let next = largest.0 * parcels / (parcels + 1) + 1;
        (stairs.last > parcels && self.top(next) >= largest.0).then_some(stairs)
    }
}
