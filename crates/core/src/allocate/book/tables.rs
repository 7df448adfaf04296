//! Carriage and lateness of every set of atoms of one order, while the order is added to a book.

use super::build::{DraftAtom, OrderBuilder};
use super::{NEVER, Offer};
use crate::cost::tariff::{Load, transport};
use crate::index::RateIdx;

/// Carriage and lateness by subset of atoms, one table for each distinct list of (price table, late cost).
pub(super) struct Tables<'a> {
    builder: &'a OrderBuilder<'a>,
    /// Load of each subset.
    loads: Vec<Load>,
    prices: Vec<(RateIdx, Vec<i64>)>,
    made: Vec<(Vec<(RateIdx, i64)>, u64)>,
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
            made: Vec::new(),
        }
    }

    pub(super) fn of(&mut self, offers: &[Offer], out: &mut Vec<i64>) -> u64 {
        let key: Vec<_> = offers
            .iter()
            .map(|o| (o.rate, self.builder.late(Some(o.arrives))))
            .collect();
        if let Some((_, at)) = self.made.iter().find(|(k, _)| *k == key) {
            return *at;
        }
        let at = out.len();
        out.resize(at + self.loads.len(), NEVER);
        for &(rate, late) in &key {
            let prices = self.prices_of(rate);
            for (cell, &price) in out[at..].iter_mut().zip(prices) {
                *cell = (*cell).min(price + late);
            }
        }
        for cell in &mut out[at..] {
            *cell = (*cell).min(NEVER);
        }
        self.made.push((key, at as u64));
        at as u64
    }

    /// Carriage of every subset at a price table; [`NEVER`] where the service does not take it.
    fn prices_of(&mut self, rate: RateIdx) -> &[i64] {
        let at = self.prices.iter().position(|(r, _)| *r == rate).unwrap_or_else(|| {
            let price =
                |load: &Load| transport(self.builder.problem, rate, *load).map_or(NEVER, |t| t.price.ten_thousandths());
            self.prices.push((rate, self.loads.iter().map(price).collect()));
            self.prices.len() - 1
        });
        &self.prices[at].1
    }
}
