//! Steps of carriage that are exact where more costs less: each knows the least load at which it is offered.
//!
//! A step that costs less than one before it would be taken for lighter loads too. So it asks for more than the last dearer
//! step before it holds: more weight, or more volume.

use super::Step;
use crate::cost::tariff::{self, Load};
use crate::index::RateIdx;
use crate::model::Problem;
use crate::quantity::Grams;

/// Most steps of all tables together before those that another one beats are dropped.
const MOST_STEPS: usize = 4000;

/// A step, and the load that it asks for at least.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asking {
    pub step: Step,
    pub weight: i64,
    pub volume: i64,
}

impl Asking {
    /// A step that asks for nothing.
    pub(super) const fn nothing(step: Step) -> Self {
        Self {
            step,
            weight: 0,
            volume: 0,
        }
    }

    /// Whether a load may travel so.
    pub(super) const fn takes(&self, load: &Load) -> bool {
        self.step.holds(load) && load.weight.0 >= self.weight && load.volume.0 >= self.volume
    }
}

/// The steps of price tables, each with its lateness, for loads up to `all`; `None` where there are more than so many.
pub(super) fn steps(problem: &Problem, rates: &[(RateIdx, i64)], all: Load, most: usize) -> Option<Vec<Asking>> {
    let mut steps = Vec::new();
    for &(rate, late) in rates {
        of_rate(problem, rate, late, all, MOST_STEPS, &mut steps)?;
    }
    // Of equal price the roomier first, so that a step is only ever beaten by an earlier one.
    steps.sort_by_key(|a| (a.step.price, -a.step.weight, -a.step.volume, a.weight, a.volume));
    let mut kept: Vec<Asking> = Vec::new();
    for asking in steps {
        let beats = |k: &Asking| {
            let holds = k.step.weight >= asking.step.weight && k.step.volume >= asking.step.volume;
            holds && k.step.heaviest >= asking.step.heaviest && k.weight <= asking.weight && k.volume <= asking.volume
        };
        if !kept.iter().any(beats) {
            kept.push(asking);
        }
    }
    (kept.len() <= most).then_some(kept)
}

fn of_rate(
    problem: &Problem,
    rate: RateIdx,
    late: i64,
    all: Load,
    most_steps: usize,
    steps: &mut Vec<Asking>,
) -> Option<()> {
    let table = &problem.rates()[rate];
    let service = &problem.services()[table.service];
    let most = tariff::billable(service, all).0;
    let largest = service.max_parcel.map_or(i64::MAX, |m| m.0);
    // The tops of the steps so far, with their prices.
    let mut before: Vec<(i64, i64)> = Vec::new();
    let mut from = 1;
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
            let price = price.ten_thousandths() * parcels + late;
            let above = before.iter().rfind(|b| b.1 > price).map(|b| b.0);
            before.push((top, price));
            let step = Step {
                weight: top.min(all.weight.0),
                volume: service
                    .divisor
                    .map_or(all.volume.0, |d| volume(top, d).min(all.volume.0)),
                heaviest: largest,
                price,
                ..Step::FREE
            };
            match above {
                None => steps.push(Asking::nothing(step)),
                Some(above) => {
                    steps.push(Asking {
                        weight: above + 1,
                        ..Asking::nothing(step)
                    });
                    steps.extend(service.divisor.map(|d| Asking {
                        volume: volume(above, d) + 1,
                        ..Asking::nothing(step)
                    }));
                }
            }
            if steps.len() > most_steps {
                return None;
            }
        }
        from = top.max(from) + 1;
    }
    Some(())
}

/// The most volume of a billable weight.
fn volume(billable: i64, divisor: i64) -> i64 {
    (i128::from(billable) * i128::from(divisor) / 1000).min(i128::from(i64::MAX)) as i64
}
