//! Carriage and lateness of every set of atoms of one order, while the order is added to a book.

use super::NEVER;
use super::build::{DraftAtom, OrderBuilder};
use super::lookup::Lookup;
use crate::cost::departures::Departure;
use crate::cost::tariff::{Load, transport};
use crate::index::RateIdx;

/// Carriage and lateness by subset of atoms, one table for each distinct list of (price table, late cost).
pub(super) struct Tables<'a> {
    builder: &'a OrderBuilder<'a>,
    /// Load of each subset.
    loads: Vec<Load>,
    /// Prices of each subset in the price tables met so far, and where those of a table are.
    prices: Vec<Vec<i64>>,
    of_rate: Lookup<RateIdx, usize>,
    made: Lookup<Vec<(RateIdx, i64)>, u64>,
}

impl<'a> Tables<'a> {
    pub(super) fn new(builder: &'a OrderBuilder<'a>, atoms: &[DraftAtom]) -> Self {
        let single: Vec<Load> = atoms.iter().map(|a| builder.load(&a.pieces)).collect();
        let mut loads = vec![Load::default(); 1 << atoms.len()];
        for set in 1..loads.len() {
            loads[set] = loads[set & (set - 1)].plus(single[set.trailing_zeros() as usize]);
        }
        Self {
            builder,
            loads,
            prices: Vec::new(),
            of_rate: Lookup::new(),
            made: Lookup::new(),
        }
    }

    pub(super) fn of(&mut self, offers: &[Departure], out: &mut Vec<i64>) -> u64 {
        let key: Vec<_> = offers
            .iter()
            .map(|o| (o.rate, self.builder.late(Some(o.arrives))))
            .collect();
        if let Some(at) = self.made.get(&key) {
            return at;
        }
        let at = out.len();
        out.resize(at + self.loads.len(), NEVER);
        for &(rate, late) in &key {
            if self.builder.pace.spend(self.loads.len()) {
                break;
            }
            let prices = self.prices_of(rate);
            for (cell, &price) in out[at..].iter_mut().zip(prices) {
                *cell = (*cell).min(price + late);
            }
        }
        for cell in &mut out[at..] {
            *cell = (*cell).min(NEVER);
        }
        self.made.insert(key, at as u64);
        at as u64
    }

    /// Carriage of every subset at a price table; [`NEVER`] where the service does not take it.
    fn prices_of(&mut self, rate: RateIdx) -> &[i64] {
        let at = self.of_rate.get(&rate).unwrap_or_else(|| {
            let price = |load: &Load| {
                self.builder.pace.spend(10);
                transport(self.builder.problem, rate, *load).map_or(NEVER, |t| t.price.ten_thousandths())
            };
            self.prices.push(self.loads.iter().map(price).collect());
            self.of_rate.insert(rate, self.prices.len() - 1);
            self.prices.len() - 1
        });
        &self.prices[at]
    }
}
