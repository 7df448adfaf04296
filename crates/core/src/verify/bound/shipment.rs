//! The best shipment of one node when every unit has a value: a lower bound on its cost less the value of what it holds.

use std::cmp::Ordering;

use super::alone::{Alone, CAP, Carriage, Source, Tariff, times};
use crate::cost::tariff::{self, Load};
use crate::model::RateTable;
use crate::quantity::Grams;

/// Bands above this number are merged into wider, cheaper ones.
const MOST_BANDS: usize = 64;
/// Tariffs with more bands than this for the order are taken as free of charge: a weak bound, but a valid one.
const MOST_STEPS: i64 = 4096;

/// What a node would ship.
pub(super) struct Chosen {
    /// Cost less value of what it holds, at most the truth; below 0.
    pub(super) cost: i128,
    /// Pieces and how many units of each.
    pub(super) units: Vec<(usize, f64)>,
}

/// Transport at most so dear for billable weights up to and including `top`, from the top of the band before.
#[derive(Clone, Copy)]
struct Step {
    top: i64,
    price: i64,
}

/// A tariff as steps over the billable weights that the order can have.
struct Ladder {
    steps: Vec<Step>,
    late: i64,
    divisor: Option<i64>,
    max_unit: i64,
}

/// Everything about an order's tariffs that does not depend on the values.
pub(super) struct Packer<'a> {
    alone: &'a Alone<'a>,
    tariffs: Vec<Vec<Ladder>>,
}

/// One piece in a node's knapsack: all units of it that the node has.
struct Item {
    piece: usize,
    units: u32,
    profit: i64,
    weight: i64,
    volume: i64,
    heaviest: i64,
}

impl<'a> Packer<'a> {
    pub(super) fn new(alone: &'a Alone<'a>) -> Self {
        let all = alone
            .pieces
            .iter()
            .fold(Load::default(), |sum, p| sum.plus(times(p.load, p.count)));
        let steps = |list: &Vec<Tariff>| list.iter().map(|t| steps(alone, t, all)).collect();
        Self {
            alone,
            tariffs: alone.tariffs.iter().map(steps).collect(),
        }
    }

    /// The best shipment of a source; `None` where none is worth its cost.
    pub(super) fn pack(&self, source: &Source, values: &[i64]) -> Option<Chosen> {
        let items = self.items(source, values);
        let Carriage::Tariffs(t) = source.carriage else {
            let Carriage::Fixed(cost) = source.carriage else {
                return None;
            };
            let profit: i128 = items.iter().map(|i| i128::from(i.profit)).sum();
            let cost = i128::from(source.base) + i128::from(cost) - profit;
            let units = items.iter().map(|i| (i.piece, f64::from(i.units))).collect();
            return (cost < 0).then_some(Chosen { cost, units });
        };
        let best = self.tariffs[t]
            .iter()
            .filter_map(|tariff| best_step(tariff, &items))
            .min_by_key(|b| b.cost)?;
        let cost = i128::from(source.base) + best.cost;
        (cost < 0).then_some(Chosen {
            cost,
            units: best.units,
        })
    }

    /// What is worth shipping from the source, whatever carriage costs.
    fn items(&self, source: &Source, values: &[i64]) -> Vec<Item> {
        let pieces = self.alone.pieces.iter().zip(&source.offers).zip(values).enumerate();
        let item = |(piece, ((p, offer), &value)): (usize, ((&super::alone::Piece, &super::alone::Offer), &i64))| {
            let units = offer.most.min(p.count);
            // The cost per line is spread over all units, which can only make part of them cheaper than they are.
            let profit = (i128::from(value) - i128::from(offer.each)) * i128::from(units) - i128::from(offer.line);
            let load = times(p.load, units);
            (units > 0 && profit > 0).then(|| Item {
                piece,
                units,
                profit: profit.min(i128::from(CAP)) as i64,
                weight: load.weight.0,
                volume: load.volume.0,
                heaviest: p.load.heaviest_unit.0,
            })
        };
        pieces.filter_map(item).collect()
    }
}

/// The least of carriage less profit over the steps of a tariff.
fn best_step(tariff: &Ladder, items: &[Item]) -> Option<Chosen> {
    let items: Vec<&Item> = items.iter().filter(|i| i.heaviest <= tariff.max_unit).collect();
    let mut by_weight = Knapsack::new(&items, |i| i.weight);
    let mut by_volume = tariff.divisor.map(|_| Knapsack::new(&items, |i| i.volume));
    let mut best: Option<(i128, &Step, bool)> = None;
    for step in &tariff.steps {
        let weight = by_weight.profit(step.top.into());
        // Volumetric weight is at most the top: volume x 1000 <= top x divisor.
        let room = tariff.divisor.map(|d| i128::from(step.top) * i128::from(d) / 1000);
        let volume = by_volume
            .as_mut()
            .zip(room)
            .map_or(i128::MAX, |(k, room)| k.profit(room));
        let cost = i128::from(step.price) - weight.min(volume);
        if best.is_none_or(|(least, ..)| cost < least) {
            best = Some((cost, step, volume < weight));
        }
    }
    let (cost, step, is_by_volume) = best?;
    let units = match (by_volume, tariff.divisor) {
        (Some(knapsack), Some(d)) if is_by_volume => knapsack.units(i128::from(step.top) * i128::from(d) / 1000),
        _ => by_weight.units(step.top.into()),
    };
    Some(Chosen {
        cost: cost + i128::from(tariff.late),
        units,
    })
}

/// A fractional knapsack over items sorted by profit per measure, asked for rising room.
struct Knapsack<'a> {
    /// Items with their measure.
    items: Vec<(&'a Item, i128)>,
    /// How many items fit whole into the room asked for last, and their profit and measure.
    whole: usize,
    profit: i128,
    used: i128,
}

impl<'a> Knapsack<'a> {
    fn new(items: &[&'a Item], measure: impl Fn(&Item) -> i64) -> Self {
        let mut items: Vec<_> = items.iter().map(|&i| (i, i128::from(measure(i)))).collect();
        // By falling profit per measure, compared exactly; what measures nothing comes first.
        let density = |a: &(&Item, i128), b: &(&Item, i128)| -> Ordering {
            let cross = |x: &(&Item, i128), y: &(&Item, i128)| i128::from(x.0.profit) * y.1;
            (a.1 > 0).cmp(&(b.1 > 0)).then_with(|| cross(b, a).cmp(&cross(a, b)))
        };
        items.sort_by(density);
        Self {
            items,
            whole: 0,
            profit: 0,
            used: 0,
        }
    }

    /// The most profit within the room, rounded up; `room` must not fall from call to call.
    fn profit(&mut self, room: i128) -> i128 {
        while let Some((item, measure)) = self.items.get(self.whole).filter(|(_, m)| self.used + m <= room) {
            self.profit += i128::from(item.profit);
            self.used += measure;
            self.whole += 1;
        }
        let part = self.items.get(self.whole).map_or(0, |(item, measure)| {
            let share = i128::from(item.profit) * (room - self.used);
            (share + measure - 1) / measure
        });
        self.profit + part
    }

    /// The units of each piece in the best packing of a room.
    fn units(&self, room: i128) -> Vec<(usize, f64)> {
        let mut left = room;
        let mut units = Vec::with_capacity(self.items.len());
        for (item, measure) in &self.items {
            let share = if *measure <= left {
                1.0
            } else {
                left as f64 / *measure as f64
            };
            units.push((item.piece, share * f64::from(item.units)));
            left -= measure;
            if left <= 0 {
                break;
            }
        }
        units
    }
}

/// A tariff as steps that cover every billable weight up to that of the whole order.
fn steps(alone: &Alone<'_>, &(rate, late): &Tariff, all: Load) -> Ladder {
    let rate = &alone.problem.rates()[rate];
    let service = &alone.problem.services()[rate.service];
    let most = tariff::billable(service, all).0;
    let max_unit = service.max_parcel.map_or(i64::MAX, |m| m.0);
    let mut steps = match count_steps(rate, service.max_parcel, most) {
        n if n > MOST_STEPS => vec![Step { top: most, price: 0 }],
        _ => every_step(rate, service.max_parcel, most, |n, each| {
            let price = tariff::parcel(service, rate, Grams(each))?.ten_thousandths();
            Some(price.checked_mul(n).unwrap_or(CAP).min(CAP))
        }),
    };
    merge(&mut steps);
    Ladder {
        steps,
        late,
        divisor: service.divisor,
        max_unit,
    }
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

/// Merges neighbours evenly until few are left: the wider step has the lower price.
fn merge(steps: &mut Vec<Step>) {
    let size = steps.len().div_ceil(MOST_BANDS);
    if size > 1 {
        let wider = |s: &[Step]| Step {
            top: s.iter().map(|s| s.top).max().unwrap_or(0),
            price: s.iter().map(|s| s.price).min().unwrap_or(0),
        };
        *steps = steps.chunks(size).map(wider).collect();
    }
}
