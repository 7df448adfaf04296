//! What a batch holds of one shipment: what its picks take.

use std::collections::BTreeSet;

use crate::index::LineIdx;
use crate::model::Problem;
use crate::model::floor::Cart;
use crate::quantity::{Grams, Volume};

/// Lines, units, weight and volume that picks of one shipment take together. Saturating.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    lines: BTreeSet<LineIdx>,
    /// Units.
    pub units: u64,
    /// Their weight.
    pub weight: Grams,
    /// Their volume.
    pub volume: Volume,
}

impl Content {
    /// Adds a pick of units of a line.
    pub fn add(&mut self, problem: &Problem, line: LineIdx, qty: u32) {
        let item = &problem.items()[problem.lines()[line].sku];
        let times = |each: i64| each.saturating_mul(qty.into());
        self.lines.insert(line);
        self.units = self.units.saturating_add(qty.into());
        self.weight = self.weight.saturating_add(Grams(times(item.weight.0)));
        self.volume = self.volume.saturating_add(Volume(times(item.volume.0)));
    }

    /// Lines.
    #[must_use]
    pub fn lines(&self) -> u32 {
        self.lines.len() as u32
    }

    /// Bins that it takes in a cart; 0 where the cart has none.
    #[must_use]
    pub fn bins(&self, cart: &Cart) -> u32 {
        let units = i64::try_from(self.units).unwrap_or(i64::MAX);
        let bins = cart.bins_for(units, self.weight, self.volume);
        u32::try_from(bins).unwrap_or(u32::MAX)
    }
}
