//! Carriage of a large order as a ladder: steps that each hold so much for one price.
//!
//! A price table is constant between the tops of its bands, for one parcel, two, three and so on. Steps of all services from
//! a node, lateness in their price, stand in one list by rising price, without those that another one beats. The first step
//! that holds a load is what its carriage costs.

use crate::cost::tariff::{self, Load, transport};
use crate::index::RateIdx;
use crate::model::Problem;
use crate::quantity::Grams;

/// Most steps of one service; beyond them the price is taken to stay, so that the ladder is not exact.
const MOST_STEPS: usize = 4000;

/// What may travel for a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub weight: i64,
    pub volume: i64,
    /// Heaviest unit.
    pub heaviest: i64,
    pub price: i64,
}

impl Step {
    pub(crate) const fn holds(&self, load: &Load) -> bool {
        load.weight.0 <= self.weight && load.volume.0 <= self.volume && load.heaviest_unit.0 <= self.heaviest
    }

    /// How many times it holds a load of one thing.
    pub(super) fn holds_of(&self, each: &Load) -> u32 {
        if each.heaviest_unit.0 > self.heaviest {
            return 0;
        }
        let times = |room: i64, each: i64| if each == 0 { i64::MAX } else { room / each };
        let times = times(self.weight, each.weight.0).min(times(self.volume, each.volume.0));
        times.clamp(0, i64::from(u32::MAX)) as u32
    }

    /// The room that it has, of weight or of volume.
    pub(super) const fn size(&self, by_volume: bool) -> i64 {
        if by_volume { self.volume } else { self.weight }
    }

    /// A step that holds anything for nothing.
    pub(crate) const FREE: Self = Self {
        weight: i64::MAX,
        volume: i64::MAX,
        heaviest: i64::MAX,
        price: 0,
    };
}

/// The steps from one node; see the [module](self) page.
#[derive(Debug)]
pub(crate) struct Ladder {
    pub rates: Vec<(RateIdx, i64)>,
    pub steps: Vec<Step>,
    /// The first step that holds a load has the price of its carriage; else it is no dearer.
    pub exact: bool,
    by_weight: Index,
    by_volume: Index,
}

/// For amounts in classes of equal width, the first step that holds the least amount of the class.
#[derive(Debug)]
struct Index {
    /// Width of a class, as a power of two.
    width: u32,
    first: Vec<u32>,
}

impl Index {
    fn new(steps: &[Step], by_volume: bool) -> Self {
        let size = |s: &Step| s.size(by_volume);
        let most = steps.iter().map(size).max().unwrap_or(0).max(0);
        let classes = steps.len().max(1) as i64;
        let width = (0..63).find(|&w| most >> w < classes).unwrap_or(63);
        let mut first = Vec::new();
        let mut step = 0;
        for class in 0..=most >> width {
            while steps.get(step).is_some_and(|s| size(s) < class << width) {
                step += 1;
            }
            first.push(step as u32);
        }
        Self { width, first }
    }

    /// No step before this one holds the amount; `None` where none does.
    fn first(&self, amount: i64) -> Option<usize> {
        let class = usize::try_from(amount.max(0) >> self.width).ok()?;
        self.first.get(class).map(|&f| f as usize)
    }
}

impl Ladder {
    /// The ladder of price tables, each with its lateness, for loads up to `all`.
    pub(crate) fn new(problem: &Problem, rates: Vec<(RateIdx, i64)>, all: Load) -> Self {
        let (mut steps, mut exact) = (Vec::new(), true);
        for &(rate, late) in &rates {
            let (of_rate, sure) = steps_of(problem, rate, all);
            exact &= sure;
            steps.extend(of_rate.into_iter().map(|s| Step {
                price: s.price + late,
                ..s
            }));
        }
        // Of equal price the roomier first, so that a step is only ever beaten by an earlier one.
        steps.sort_by_key(|s| (s.price, -s.weight, -s.volume, -s.heaviest));
        let mut kept: Vec<Step> = Vec::new();
        for step in steps {
            let beats = |k: &Step| k.weight >= step.weight && k.volume >= step.volume && k.heaviest >= step.heaviest;
            if !kept.iter().any(beats) {
                kept.push(step);
            }
        }
        Self::of(rates, kept, exact)
    }

    /// The ladder of steps by rising price.
    pub(super) fn of(rates: Vec<(RateIdx, i64)>, steps: Vec<Step>, exact: bool) -> Self {
        Self {
            rates,
            by_weight: Index::new(&steps, false),
            by_volume: Index::new(&steps, true),
            steps,
            exact,
        }
    }

    /// The price of the first step that holds a load; `None` where none does.
    pub(crate) fn first_price(&self, load: &Load) -> Option<i64> {
        let first = self
            .by_weight
            .first(load.weight.0)?
            .max(self.by_volume.first(load.volume.0)?);
        self.steps[first..].iter().find(|s| s.holds(load)).map(|s| s.price)
    }

    /// What the carriage of a load costs; `None` where no service takes it.
    pub(crate) fn price(&self, problem: &Problem, load: Load) -> Option<i64> {
        if self.exact {
            return self.first_price(&load);
        }
        let price =
            |&(rate, late): &(RateIdx, i64)| Some(transport(problem, rate, load)?.price.ten_thousandths() + late);
        self.rates.iter().filter_map(price).min()
    }
}

/// The steps of one price table up to the load `all`, and whether they are exact.
fn steps_of(problem: &Problem, rate: RateIdx, all: Load) -> (Vec<Step>, bool) {
    let table = &problem.rates()[rate];
    let service = &problem.services()[table.service];
    let most = tariff::billable(service, all).0;
    let largest = service.max_parcel.map_or(i64::MAX, |m| m.0);
    let (mut tops, mut from, mut exact) = (Vec::new(), 1, true);
    while from <= most {
        // Loads from here on go in so many parcels, the first of them in parcels of so many grams.
        let parcels = (from - 1) / largest + 1;
        let each = (from - 1) / parcels + 1;
        let band = table.bands.iter().find(|b| b.max.0 >= each).map(|b| b.max.0);
        let last = table.bands.last().map_or(0, |b| b.max.0);
        let open = table.open.map(|_| last + ((each - last - 1) / 1000 + 1) * 1000);
        let top = band.or(open).unwrap_or(i64::MAX).min(largest);
        let top = if top > most / parcels { most } else { top * parcels };
        if let Some(price) = tariff::parcel(service, table, Grams(each)) {
            tops.push((top, price.ten_thousandths() * parcels));
        }
        from = top.max(from) + 1;
        if tops.len() >= MOST_STEPS && from <= most {
            let price = tops.last().map_or(0, |t| t.1);
            tops.push((most, price));
            (from, exact) = (most + 1, false);
        }
    }
    // Where more costs less, the steps before are no dearer than what comes.
    for i in (1..tops.len()).rev() {
        if tops[i].1 < tops[i - 1].1 {
            (tops[i - 1].1, exact) = (tops[i].1, false);
        }
    }
    let step = |(top, price): (i64, i64)| Step {
        weight: top.min(all.weight.0),
        volume: service.divisor.map_or(all.volume.0, |d| {
            (i128::from(top) * i128::from(d) / 1000).min(i128::from(all.volume.0)) as i64
        }),
        heaviest: largest,
        price,
    };
    (tops.into_iter().map(step).collect(), exact)
}
