//! The tariffs of a node as rungs: what may travel for a price, every price that the order's loads can have.
//!
//! A load travels at the price of some rung that holds it, so the least price among those is never above the true one. (It is
//! the true one where heavier loads are never cheaper.) Of a tariff with very many prices a rung is a whole
//! [staircase](super::staircase) of them, so that there are no more rungs for tons than for kilograms.

use super::alone::{Alone, CAP, Tariff, times};
use super::staircase::Staircase;
use crate::cost::tariff::{self, Load};
use crate::model::{RateTable, Service};
use crate::quantity::{Grams, Money, Percent};

/// Tariffs with more prices than this for the order have staircases, of at least so many prices each.
const STAIRCASES: (i64, i64) = (500, 8);

/// What may travel for a price, lateness included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rung {
    pub(super) weight: i128,
    pub(super) volume: i128,
    pub(super) heaviest: i64,
    /// The least price, where it is a staircase.
    pub(super) price: i128,
    pub(super) staircase: Option<Staircase>,
}

impl Rung {
    pub(super) const fn holds(&self, weight: i128, volume: i128) -> bool {
        weight <= self.weight && volume <= self.volume
    }

    /// What a load costs that it holds.
    pub(super) fn price_of(&self, weight: i128, volume: i128) -> i128 {
        self.staircase
            .map_or(self.price, |staircase| staircase.price_of(weight, volume))
    }

    /// The price of all that it holds.
    pub(super) fn highest(&self) -> i128 {
        self.staircase.map_or(self.price, |staircase| staircase.highest())
    }
}

/// The least price of a load on rungs by rising price; `None` where none holds it.
pub(super) fn carriage(rungs: &[Rung], weight: i128, volume: i128) -> Option<i128> {
    let mut least: Option<i128> = None;
    for rung in rungs {
        if least.is_some_and(|l| l <= rung.price) {
            break;
        }
        if rung.holds(weight, volume) {
            let price = rung.price_of(weight, volume);
            least = Some(least.map_or(price, |l| l.min(price)));
        }
    }
    least
}

/// Everything that the order holds.
pub(super) fn whole_load(alone: &Alone<'_>) -> Load {
    let loads = alone.pieces.iter().map(|p| times(p.load, p.count));
    loads.fold(Load::default(), Load::plus)
}

/// The rungs of a list of tariffs by rising price, without those that another one beats.
pub(super) fn rungs(alone: &Alone<'_>, tariffs: &[Tariff]) -> Vec<Rung> {
    let all = whole_load(alone);
    let tables = tariffs.iter().map(|&(rate, late)| {
        let rate = &alone.problem.rates()[rate];
        Table {
            rate,
            service: &alone.problem.services()[rate.service],
            late,
        }
    });
    kept(tables.flat_map(|t| t.rungs(all, STAIRCASES)).collect())
}

/// Without those that another one beats.
fn kept(mut rungs: Vec<Rung>) -> Vec<Rung> {
    rungs.sort_by_key(|r| (r.price, -r.weight, -r.volume));
    let mut kept: Vec<Rung> = Vec::new();
    for rung in rungs {
        let is_beaten = |k: &Rung| {
            let is_roomy = k.weight >= rung.weight && k.volume >= rung.volume && k.heaviest >= rung.heaviest;
            is_roomy && k.highest() <= rung.price
        };
        if !kept.iter().any(is_beaten) {
            kept.push(rung);
        }
    }
    kept
}

/// One price for billable weights up to and including `top`, from the top of what is before; or many.
#[derive(Clone, Copy)]
enum Prices {
    One { top: i64, price: i64 },
    Many(Staircase),
}

/// A tariff with its lateness.
struct Table<'a> {
    rate: &'a RateTable,
    service: &'a Service,
    late: i64,
}

impl Table<'_> {
    /// Its rungs for loads within `all`; staircases where there are more prices than the first number, of at least the second.
    fn rungs(&self, all: Load, (many, least): (i64, i64)) -> Vec<Rung> {
        let prices = self.prices(tariff::billable(self.service, all).0);
        let count = |p: &Prices| match p {
            Prices::One { .. } => 1,
            Prices::Many(staircase) => staircase.count(),
        };
        let is_long = prices.iter().map(count).sum::<i64>() > many;
        let mut rungs = Vec::new();
        for p in &prices {
            match p {
                Prices::One { top, price } => rungs.push(self.rung(all, *top, i128::from(*price), None)),
                Prices::Many(staircase) if is_long && staircase.count() >= least => {
                    rungs.push(self.rung(all, staircase.top(), staircase.lowest(), Some(*staircase)));
                }
                Prices::Many(staircase) => {
                    let one = |(top, price)| self.rung(all, top, price, None);
                    rungs.extend(staircase.each().map(one));
                }
            }
        }
        rungs
    }

    /// Billable weight is at most the top: weight <= top, and volume x 1000 <= top x divisor.
    fn rung(&self, all: Load, top: i64, price: i128, staircase: Option<Staircase>) -> Rung {
        let (weight, volume) = (i128::from(all.weight.0), i128::from(all.volume.0));
        let room = |d| (i128::from(top) * i128::from(d) / 1000).min(volume);
        Rung {
            weight: i128::from(top).min(weight),
            volume: self.service.divisor.map_or(volume, room),
            heaviest: self.service.max_parcel.map_or(i64::MAX, |m| m.0),
            price,
            staircase,
        }
    }

    /// The prices of one to many parcels: `n` parcels of up to `each` grams hold up to `n x each`.
    fn prices(&self, most: i64) -> Vec<Prices> {
        let parcel = self.service.max_parcel.map_or(most, |m| m.0);
        let last = (most + parcel - 1) / parcel;
        let mut prices = Vec::new();
        for n in 1..=last {
            // Parcels of a band hold at most n x its top; n parcels are needed only above what n - 1 can hold.
            let fuller = |each: i64| n * each > (n - 1) * parcel && each < parcel;
            let bands = self.rate.bands.iter().map(|b| b.max.0).filter(|&each| fuller(each));
            let before = prices.len();
            for each in bands {
                prices.extend(self.one(n, each));
                if n * each >= most {
                    return prices;
                }
            }
            if let Some(staircase) = self.by_kilograms(n, parcel, most) {
                prices.push(Prices::Many(staircase));
                if staircase.top() >= most {
                    return prices;
                }
            } else if prices.len() == before && !self.rate.bands.iter().any(|b| fuller(b.max.0)) {
                // Full parcels only, from here on.
                prices.extend(self.by_parcels((n, last), parcel));
                return prices;
            }
            prices.extend(self.one(n, parcel));
        }
        prices
    }

    /// One price: of so many parcels of up to so many grams.
    fn one(&self, n: i64, each: i64) -> Option<Prices> {
        let price = tariff::parcel(self.service, self.rate, Grams(each))?.ten_thousandths();
        Some(Prices::One {
            top: n * each,
            price: price.checked_mul(n).unwrap_or(CAP).min(CAP) + self.late,
        })
    }

    /// The started kilograms of the open band, in so many parcels that are not full, as far as fewer cannot hold them.
    fn by_kilograms(&self, n: i64, parcel: i64, most: i64) -> Option<Staircase> {
        let open = self.rate.open?;
        let last = self.rate.bands.last().map_or(0, |b| b.max.0);
        let ceil = |a: i64, b: i64| (a + b - 1).div_euclid(b);
        let first = ceil((n - 1) * parcel / n + 1 - last, 1000).max(1);
        let end = (parcel - 1 - last)
            .div_euclid(1000)
            .min(ceil(ceil(most, n) - last, 1000));
        (first <= end).then_some(Staircase {
            from: n * last,
            width: 1000 * n,
            parcels: n,
            base: open.price,
            per: open.per_kg,
            fuel: self.service.fuel,
            late: self.late,
            divisor: self.service.divisor,
            numbers: (first, end),
        })
    }

    /// Full parcels, from so many to so many.
    fn by_parcels(&self, numbers: (i64, i64), parcel: i64) -> Option<Prices> {
        let price = tariff::parcel(self.service, self.rate, Grams(parcel))?;
        Some(Prices::Many(Staircase {
            from: 0,
            width: parcel,
            parcels: 1,
            base: Money::ZERO,
            per: price,
            fuel: Percent(0),
            late: self.late,
            divisor: self.service.divisor,
            numbers,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::tariff::billable;
    use crate::index::{ServiceIdx, Sym};
    use crate::model::{Band, OpenBand, Weekdays};
    use crate::quantity::Volume;

    /// A linear congruential generator.
    struct Random(u64);

    impl Random {
        fn below(&mut self, n: u64) -> u64 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % n
        }
    }

    fn some_service(random: &mut Random) -> Service {
        let mut pick = |of: [i64; 4]| of[random.below(4) as usize];
        let some = |n: i64| (n > 0).then_some(n);
        Service {
            carrier: Sym(0),
            days: Weekdays::parse("1").unwrap_or_default(),
            cutoff: None,
            divisor: some(pick([0, 0, 4000, 6000])),
            max_parcel: some(pick([0, 2500, 8000, 31_500])).map(Grams),
            fuel: Percent(pick([0, 0, 71_234, 127_500])),
        }
    }

    fn some_table(random: &mut Random) -> RateTable {
        let amount = |random: &mut Random, most| Money::from_ten_thousandths(random.below(most) as i64);
        let (mut bands, mut max) = (Vec::new(), 0);
        for _ in 0..random.below(5) {
            max += 1 + random.below(4000) as i64;
            bands.push(Band {
                max: Grams(max),
                price: amount(random, 200_000),
            });
        }
        let open = OpenBand {
            price: amount(random, 200_000),
            per_kg: amount(random, 20_000),
        };
        RateTable {
            service: ServiceIdx(0),
            zone: Sym(0),
            bands,
            open: (random.below(3) > 0).then_some(open),
        }
    }

    #[test]
    fn staircases_have_the_prices_of_all_their_rungs_and_lines_are_below() {
        let mut random = Random(5);
        let (mut staircases, mut offered, mut exact, mut near) = (0, 0, 0, 0);
        for trial in 0..600 {
            let (service, rate) = (some_service(&mut random), some_table(&mut random));
            let table = Table {
                rate: &rate,
                service: &service,
                late: trial % 7,
            };
            let most = 1 << (10 + random.below(12));
            let load = |random: &mut Random, weight: i64, volume: i64| Load {
                weight: Grams(random.below(weight as u64 + 1) as i64),
                volume: Volume(random.below(volume as u64 + 1) as i64),
                heaviest_unit: Grams(0),
            };
            let all = load(&mut random, most, 5 * most);
            let every = kept(table.rungs(all, (i64::MAX, 1)));
            let some = kept(table.rungs(all, (0, 2)));
            staircases += some.iter().filter(|r| r.staircase.is_some()).count();
            assert!(every.iter().all(|r| r.staircase.is_none()), "trial {trial}");
            for _ in 0..40 {
                let load = load(&mut random, all.weight.0, all.volume.0);
                let (weight, volume) = (load.weight.0.into(), load.volume.0.into());
                let price = carriage(&some, weight, volume);
                assert_eq!(
                    price,
                    carriage(&every, weight, volume),
                    "trial {trial}: {load:?} of {all:?}"
                );
                let grams = billable(&service, load).0;
                let parcels = service.max_parcel.map_or(1, |m| (grams + m.0 - 1) / m.0);
                let each = tariff::parcel(&service, &rate, Grams((grams + parcels - 1) / parcels));
                let truly = each.map(|e| i128::from(e.ten_thousandths() * parcels + table.late));
                let Some(truly) = truly else { continue };
                let price = price.unwrap_or(i128::MAX);
                assert!(price <= truly, "trial {trial}: {load:?}: {price} above {truly}");
                offered += 1;
                exact += usize::from(price == truly);
                for rung in some.iter().filter(|r| r.holds(weight, volume)) {
                    let Some(staircase) = rung.staircase else { continue };
                    let price = staircase.price_of(weight, volume);
                    let whole = |by| {
                        if by {
                            (rung.volume, volume)
                        } else {
                            (rung.weight, weight)
                        }
                    };
                    for by_volume in [false, true] {
                        let (whole, held) = whole(by_volume);
                        let (least, _) = staircase
                            .line()
                            .least(std::iter::empty(), by_volume, (whole - held, held));
                        assert!(
                            least <= price,
                            "trial {trial}: {load:?} on {staircase:?}: {least} above {price}"
                        );
                        near += usize::from(price - least <= price / 50);
                    }
                }
            }
        }
        assert!(
            staircases > 300 && offered > 10_000 && exact * 10 > offered * 8 && near > 2_000,
            "{staircases} staircases, {offered} offered, {exact} exact, {near} near"
        );
    }
}
