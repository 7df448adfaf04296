//! Tariffs: billable weight, parcels and the price of carriage.

use crate::index::{LineIdx, RateIdx};
use crate::model::{Problem, RateTable, Service};
use crate::plan::Fill;
use crate::quantity::{Grams, Money, Percent, Volume};

/// What a shipment weighs and fills.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Load {
    /// Sum of quantity x unit weight.
    pub weight: Grams,
    /// Sum of quantity x unit volume.
    pub volume: Volume,
    /// The heaviest unit in it.
    pub heaviest_unit: Grams,
}

impl Load {
    /// The load of `qty` units of a line.
    #[must_use]
    pub fn of(problem: &Problem, line: LineIdx, qty: u32) -> Self {
        let item = problem.items()[problem.lines()[line].sku];
        Self {
            weight: item.weight * i64::from(qty),
            volume: item.volume * i64::from(qty),
            heaviest_unit: item.weight,
        }
    }

    /// The load of all fills of a shipment.
    #[must_use]
    pub fn of_fills(problem: &Problem, fills: &[Fill]) -> Self {
        let loads = fills.iter().map(|f| Self::of(problem, f.line, f.qty));
        loads.fold(Self::default(), Self::plus)
    }

    /// Both loads in one shipment.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            weight: self.weight + other.weight,
            volume: self.volume + other.volume,
            heaviest_unit: self.heaviest_unit.max(other.heaviest_unit),
        }
    }
}

/// What carriage of a shipment takes and costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transport {
    /// Number of parcels, at least 1.
    pub parcels: i64,
    /// Billable weight of the whole shipment.
    pub billable: Grams,
    /// Price of the whole shipment with fuel.
    pub price: Money,
}

/// Billable weight: the larger of real and volumetric weight, at least one gram.
#[must_use]
pub fn billable(service: &Service, load: Load) -> Grams {
    let volumetric = service
        .divisor
        .map_or(0, |divisor| ceil_div((load.volume * 1000).0, divisor));
    Grams(load.weight.0.max(volumetric).max(1))
}

/// `price` with the service's fuel surcharge, rounded half up to the ten-thousandth.
#[must_use]
pub fn with_fuel(service: &Service, price: Money) -> Money {
    add_fuel(service.fuel, price)
}

/// The same for a surcharge.
#[must_use]
pub fn add_fuel(fuel: Percent, price: Money) -> Money {
    const WHOLE: i128 = 100 * Money::SCALE as i128; // 100 % in ten-thousandths of a per cent
    let n = i128::from(price.ten_thousandths()) * (WHOLE + i128::from(fuel.0));
    // Non-negative, so integer division rounds down; validation keeps the result far inside i64, which else is the most.
    Money::from_ten_thousandths(i64::try_from((2 * n + WHOLE) / (2 * WHOLE)).unwrap_or(i64::MAX))
}

/// Price with fuel of one parcel of a billable weight; `None` = not offered.
#[must_use]
pub fn parcel(service: &Service, rate: &RateTable, billable: Grams) -> Option<Money> {
    let band = rate.bands.partition_point(|b| b.max < billable);
    let price = match (rate.bands.get(band), rate.open) {
        (Some(band), _) => band.price,
        (None, Some(open)) => {
            let last = rate.bands.last().map_or(Grams(0), |b| b.max);
            open.price + open.per_kg * ceil_div((billable - last).0, 1000)
        }
        (None, None) => return None,
    };
    Some(with_fuel(service, price))
}

/// Carriage of a load at a price table; `None` where the service does not take it.
#[must_use]
pub fn transport(problem: &Problem, rate: RateIdx, load: Load) -> Option<Transport> {
    let rate = &problem.rates()[rate];
    let service = &problem.services()[rate.service];
    let billable = billable(service, load);
    let parcels = match service.max_parcel {
        Some(max) if load.heaviest_unit > max => return None,
        Some(max) => ceil_div(billable.0, max.0),
        None => 1,
    };
    let each = parcel(service, rate, Grams(ceil_div(billable.0, parcels)))?;
    Some(Transport {
        parcels,
        billable,
        price: each * parcels,
    })
}

/// `ceil(a / b)` for `a >= 0` and `b >= 1`; nothing in between is larger than `a`.
const fn ceil_div(a: i64, b: i64) -> i64 {
    a / b + (a % b > 0) as i64
}
