//! An exact knapsack: the largest sum of coefficients of lines that fit into what a row has. It proves a cut.

use std::collections::BTreeMap;

use super::watch::Watch;

/// The largest table and the most steps that one cut may take (a few seconds); a larger cut is refused.
const MOST_CELLS: u64 = 20_000_000;
const MOST_STEPS: u64 = 4_000_000_000;

/// The problem: the largest sum of coefficients over the sets of items whose quantities add up to at most what there is.
///
/// Equal items are packed by powers of two, and the table runs over quantities or over coefficients, whichever are fewer:
/// `O(min(units, sum of coefficients) x packs)`.
pub(super) struct Knapsack {
    units: u64,
    /// Sum of all coefficients.
    all: u64,
    /// Quantity and coefficient of each pack; none where all items fit.
    packs: Vec<(u64, u64)>,
}

impl Knapsack {
    /// Of items (quantity at least 1, coefficient) and what there is; `None` where it takes more than one may.
    pub(super) fn new(units: u32, items: impl Iterator<Item = (u32, u32)>) -> Option<Self> {
        let units = u64::from(units);
        let mut kinds: BTreeMap<(u64, u64), u64> = BTreeMap::new();
        for (quantity, coefficient) in items {
            if u64::from(quantity) <= units {
                *kinds.entry((quantity.into(), coefficient.into())).or_insert(0) += 1;
            }
        }
        let sum = |f: fn(&(u64, u64)) -> u64| {
            kinds
                .iter()
                .map(|(kind, n)| u128::from(f(kind)) * u128::from(*n))
                .sum::<u128>()
        };
        let all = u64::try_from(sum(|kind| kind.1)).ok()?;
        let fits = sum(|kind| kind.0) <= u128::from(units);
        let packs = if fits { Vec::new() } else { packs(&kinds) };
        let knapsack = Self { units, all, packs };
        (knapsack.packs.is_empty() || knapsack.cells() <= MOST_CELLS && knapsack.steps() <= MOST_STEPS)
            .then_some(knapsack)
    }

    fn cells(&self) -> u64 {
        self.units.min(self.all)
    }

    /// Cells looked at, or nearly so.
    pub(super) fn steps(&self) -> u64 {
        self.cells().saturating_mul(self.packs.len() as u64)
    }

    /// The largest sum; `None` where it is over before it is found.
    pub(super) fn most(&self, watch: &Watch<'_>) -> Option<u64> {
        if self.packs.is_empty() {
            return Some(self.all);
        }
        let most = if self.units <= self.all {
            by_quantity(self.units, &self.packs, watch)
        } else {
            by_coefficient(self.units, self.all, &self.packs, watch)
        };
        (!watch.was_over()).then_some(most)
    }
}

/// Equal items as packs of 1, 2, 4, ... and a rest: every number of them can be put together.
fn packs(kinds: &BTreeMap<(u64, u64), u64>) -> Vec<(u64, u64)> {
    let mut packs = Vec::new();
    for (&(quantity, coefficient), &n) in kinds {
        let (mut left, mut size) = (n, 1);
        while left > 0 {
            size = left.min(size);
            packs.push((quantity.saturating_mul(size), coefficient * size));
            left -= size;
            size *= 2;
        }
    }
    packs
}

/// `best[q]`: the largest sum of coefficients of quantity at most `q`.
fn by_quantity(units: u64, packs: &[(u64, u64)], watch: &Watch<'_>) -> u64 {
    let mut best = vec![0u64; units as usize + 1];
    for &(quantity, coefficient) in packs.iter().filter(|p| p.0 <= units) {
        if watch.is_over() {
            break;
        }
        for q in (quantity as usize..best.len()).rev() {
            best[q] = best[q].max(best[q - quantity as usize] + coefficient);
        }
    }
    best[units as usize]
}

/// `least[c]`: the smallest quantity of coefficients that add up to exactly `c`; more than `units` = does not fit.
fn by_coefficient(units: u64, all: u64, packs: &[(u64, u64)], watch: &Watch<'_>) -> u64 {
    let too_much = units + 1;
    let mut least = vec![too_much; all as usize + 1];
    least[0] = 0;
    for &(quantity, coefficient) in packs {
        if watch.is_over() {
            break;
        }
        for c in (coefficient as usize..least.len()).rev() {
            let with = least[c - coefficient as usize].saturating_add(quantity).min(too_much);
            least[c] = least[c].min(with);
        }
    }
    let fits = |&c: &u64| least[c as usize] <= units;
    (0..=all).rev().find(fits).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn most(units: u32, items: impl Iterator<Item = (u32, u32)>) -> Option<u64> {
        Knapsack::new(units, items)?.most(&Watch::new(&|| false))
    }

    /// Every subset of the items.
    fn by_enumeration(units: u32, items: &[(u32, u32)]) -> u64 {
        let sums = (0u32..1 << items.len()).map(|set| {
            let chosen = items.iter().enumerate().filter(|(i, _)| set >> i & 1 == 1);
            chosen.fold((0u64, 0u64), |(q, c), (_, item)| {
                (q + u64::from(item.0), c + u64::from(item.1))
            })
        });
        sums.filter(|&(q, _)| q <= u64::from(units))
            .map(|(_, c)| c)
            .max()
            .unwrap_or(0)
    }

    #[test]
    fn equals_enumeration() {
        let mut state = 1u64;
        let mut random = |n: u32| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u32 % n
        };
        for _ in 0..2000 {
            let (quantities, coefficients) = ([1, 3, 12][random(3) as usize], [1, 3, 40][random(3) as usize]);
            let items: Vec<_> = (0..random(9))
                .map(|_| (1 + random(quantities), 1 + random(coefficients)))
                .collect();
            let most_units = [4, 20, 60][random(3) as usize];
            let units = random(most_units);
            assert_eq!(
                most(units, items.iter().copied()),
                Some(by_enumeration(units, &items)),
                "{units} {items:?}"
            );
        }
    }

    #[test]
    fn steps_are_counted_before_they_are_done() {
        // Six cells (the sum of coefficients) of two packs; and where all fits there is nothing to do.
        let knapsack = Knapsack::new(1_000_000, [(1_000_000, 5), (7, 1)].into_iter()).unwrap();
        assert_eq!(knapsack.steps(), 12);
        assert_eq!(knapsack.most(&Watch::new(&|| true)), None);
        let knapsack = Knapsack::new(1_000_007, [(1_000_000, 5), (7, 1)].into_iter()).unwrap();
        assert_eq!((knapsack.steps(), knapsack.most(&Watch::new(&|| true))), (0, Some(6)));
    }

    #[test]
    fn large_numbers_take_the_smaller_table() {
        // 10^9 units are too many cells; the sum of coefficients is 6, and 5 fits without the line of 7.
        assert_eq!(most(1_000_000_000, [(1_000_000_000, 5), (7, 1)].into_iter()), Some(5));
        // Both are too many.
        assert_eq!(
            most(1_000_000_000, [(1_000_000_000, 1_000_000_000), (7, 1)].into_iter()),
            None
        );
        // Over quantities: 3 + 5 = 8.
        assert_eq!(
            most(8, [(3, u32::MAX), (5, u32::MAX), (1, 1)].into_iter()),
            Some(2 * u64::from(u32::MAX))
        );
    }
}
