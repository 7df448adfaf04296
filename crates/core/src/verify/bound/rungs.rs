//! The tariffs of a node as rungs: what may travel for a price, every price that the order's loads can have.
//!
//! A load travels at the price of some rung that holds it, so the least price among those is never above the true one. (It is
//! the true one where heavier loads are never cheaper.)

use super::alone::{Alone, CAP, Tariff, times};
use crate::cost::tariff::{self, Load};
use crate::model::RateTable;
use crate::quantity::Grams;

/// Tariffs with more rungs than this for the order are taken as free of charge: a weak bound, but a valid one.
const MOST_STEPS: i64 = 4096;

/// What may travel for a price, lateness included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rung {
    pub(super) weight: i128,
    pub(super) volume: i128,
    pub(super) heaviest: i64,
    pub(super) price: i128,
}

/// Everything that the order holds.
pub(super) fn whole_load(alone: &Alone<'_>) -> Load {
    let loads = alone.pieces.iter().map(|p| times(p.load, p.count));
    loads.fold(Load::default(), Load::plus)
}

/// The rungs of a list of tariffs by rising price, without those that another one beats.
pub(super) fn rungs(alone: &Alone<'_>, tariffs: &[Tariff]) -> Vec<Rung> {
    let all = whole_load(alone);
    let mut rungs: Vec<Rung> = tariffs.iter().flat_map(|t| of_tariff(alone, t, all)).collect();
    rungs.sort_by_key(|r| (r.price, -r.weight, -r.volume));
    let mut kept: Vec<Rung> = Vec::new();
    for rung in rungs {
        let is_beaten = |k: &Rung| k.weight >= rung.weight && k.volume >= rung.volume && k.heaviest >= rung.heaviest;
        if !kept.iter().any(is_beaten) {
            kept.push(rung);
        }
    }
    kept
}

/// Transport at most so dear for billable weights up to and including `top`, from the top of the step before.
#[derive(Clone, Copy)]
struct Step {
    top: i64,
    price: i64,
}

fn of_tariff(alone: &Alone<'_>, &(rate, late): &Tariff, all: Load) -> Vec<Rung> {
    let rate = &alone.problem.rates()[rate];
    let service = &alone.problem.services()[rate.service];
    let most = tariff::billable(service, all).0;
    let steps = match count_steps(rate, service.max_parcel, most) {
        n if n > MOST_STEPS => vec![Step { top: most, price: 0 }],
        _ => every_step(rate, service.max_parcel, most, |n, each| {
            let price = tariff::parcel(service, rate, Grams(each))?.ten_thousandths();
            Some(price.checked_mul(n).unwrap_or(CAP).min(CAP))
        }),
    };
    let (weight, volume) = (i128::from(all.weight.0), i128::from(all.volume.0));
    // Billable weight is at most the top: weight <= top, and volume x 1000 <= top x divisor.
    let rung = |s: Step| Rung {
        weight: i128::from(s.top).min(weight),
        volume: service
            .divisor
            .map_or(volume, |d| (i128::from(s.top) * i128::from(d) / 1000).min(volume)),
        heaviest: service.max_parcel.map_or(i64::MAX, |m| m.0),
        price: i128::from(s.price) + i128::from(late),
    };
    steps.into_iter().map(rung).collect()
}

/// At most how many steps a tariff has up to a billable weight.
fn count_steps(rate: &RateTable, max_parcel: Option<Grams>, most: i64) -> i64 {
    let heaviest = max_parcel.map_or(most, |m| m.0);
    let last = rate.bands.last().map_or(0, |b| b.max.0);
    let open = if rate.open.is_some() {
        (heaviest - last).max(0) / 1000 + 1
    } else {
        0
    };
    let parcels = max_parcel.map_or(1, |m| most / m.0 + 1);
    (rate.bands.len() as i64 + open + 1).saturating_mul(parcels)
}

/// The steps of one to many parcels: `n` parcels of up to `each` grams hold up to `n x each`.
fn every_step(
    rate: &RateTable,
    max_parcel: Option<Grams>,
    most: i64,
    price: impl Fn(i64, i64) -> Option<i64>,
) -> Vec<Step> {
    let parcel = max_parcel.map_or(most, |m| m.0);
    let last = rate.bands.last().map_or(0, |b| b.max.0);
    let mut tops: Vec<i64> = rate.bands.iter().map(|b| b.max.0).filter(|&g| g < parcel).collect();
    if rate.open.is_some() {
        tops.extend((1..).map(|kg| last + 1000 * kg).take_while(|&g| g < parcel));
    }
    tops.push(parcel);
    let mut steps = Vec::new();
    for n in 1..=(most + parcel - 1) / parcel {
        let below = (n - 1) * parcel;
        // Parcels of a band hold at most n x its top; n parcels are needed only above what n - 1 can hold.
        for &each in tops.iter().filter(|&&each| n * each > below) {
            if let Some(price) = price(n, each) {
                steps.push(Step { top: n * each, price });
            }
            if n * each >= most {
                return steps;
            }
        }
    }
    steps
}
