//! Skewed distributions as tables of quantiles, so that no logarithm or power of a platform's library is in the path.

use crate::search::Random;

/// Values at 0, 5, 10, ..., 100 per cent of a distribution; between two of them it is even.
pub(super) struct Quantiles([i64; 21]);

impl Quantiles {
    /// Draws a value.
    pub(super) fn draw(&self, random: &mut Random) -> i64 {
        const FINE: u64 = 1000;
        let x = random.below(20 * FINE);
        let (cell, rest) = ((x / FINE) as usize, (x % FINE) as i64);
        let (low, high) = (self.0[cell], self.0[cell + 1]);
        low + (high - low) * rest / FINE as i64
    }
}

/// Unit weight in grams: lognormal with median 350 and sigma 0.9, from 50.
pub(super) const WEIGHT: Quantiles = Quantiles([
    50, 80, 110, 138, 164, 191, 218, 247, 279, 313, 350, 392, 440, 495, 561, 642, 746, 890, 1109, 1538, 3555,
]);

/// Volume in cm3 per kilogram: lognormal with median 4,000 and sigma 0.5.
pub(super) const BULK: Quantiles = Quantiles([
    1103, 1757, 2108, 2382, 2626, 2855, 3077, 3299, 3524, 3756, 4000, 4259, 4540, 4850, 5199, 5604, 6093, 6716, 7592,
    9104, 14501,
]);

/// Unit value in cents: lognormal with median 1,490 and sigma 0.8.
pub(super) const VALUE: Quantiles = Quantiles([
    190, 400, 534, 650, 760, 869, 979, 1095, 1217, 1347, 1490, 1648, 1825, 2028, 2267, 2556, 2921, 3414, 4154, 5555,
    11698,
]);

/// Units of a line in a business order: cartons of 6, 12 and 24 stand out.
pub(super) const TRADE_UNITS: Quantiles =
    Quantiles([1, 1, 2, 2, 3, 4, 4, 5, 6, 6, 6, 8, 10, 12, 12, 12, 16, 24, 24, 36, 48]);

/// Lines of a business order.
pub(super) const TRADE_LINES: Quantiles =
    Quantiles([2, 2, 3, 3, 4, 5, 5, 6, 7, 7, 8, 9, 10, 11, 12, 14, 16, 18, 21, 25, 31]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_follow_the_table() {
        let mut random = Random::new(1);
        let mut drawn: Vec<i64> = (0..20_000).map(|_| WEIGHT.draw(&mut random)).collect();
        drawn.sort_unstable();
        assert!((340..360).contains(&drawn[10_000]) && drawn[0] >= 50 && drawn[19_999] < 3555);
    }
}
