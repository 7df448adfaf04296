//! Which orders to take out: whole batches or parts of them, around an order, among those that walk the same ways.

use super::super::evaluate::{Costs, Table, join};
use crate::search::{Budget, Random};

/// For every order the others, nearest first: those whose tours joined save most of what they walk apart.
pub(crate) struct Kin {
    nearest: Vec<Vec<u32>>,
}

/// How many neighbours of an order are kept, at least and at most.
const NEIGHBOURS: (usize, usize) = (12, 100);

/// Up to so many pairs of orders kinship is told by tours, beyond by the aisles that two orders share.
const MOST_BY_TOURS: usize = 1_000_000;

impl Kin {
    /// `affordable` is the number of tours that may be spent on neighbours later. Where the caller asks to stop, the orders that
    /// are left have no kin.
    pub(crate) fn new(costs: &mut Costs<'_>, affordable: usize, budget: &Budget<'_>) -> Self {
        let table: &Table<'_> = costs.table;
        let n = table.orders as u32;
        let pairs = table.orders.saturating_mul(table.orders);
        let by_tours = pairs <= MOST_BY_TOURS.min(affordable);
        let neighbours = (affordable / table.orders.max(1)).clamp(NEIGHBOURS.0, NEIGHBOURS.1);
        let mut size = |stops: &[u64]| {
            if by_tours {
                costs.compute(stops)
            } else {
                stops.iter().filter(|&&w| w != 0).count() as i64
            }
        };
        let alone: Vec<i64> = (0..n).map(|o| size(table.mask(o))).collect();
        let mut stops = vec![0; table.words];
        let mut nearest = Vec::with_capacity(n as usize);
        let mut joint = vec![0; if by_tours { (n * n) as usize } else { 0 }];
        let mut row = Vec::new();
        for a in 0..n {
            if budget.interrupted() {
                break;
            }
            row.clear();
            for b in (0..n).filter(|&b| b != a) {
                let together = if by_tours && b < a {
                    joint[(b * n + a) as usize]
                } else {
                    stops.copy_from_slice(table.mask(a));
                    join(&mut stops, table.mask(b));
                    size(&stops)
                };
                if by_tours {
                    joint[(a * n + b) as usize] = together;
                }
                let apart = alone[a as usize] + alone[b as usize];
                row.push((together as f64 / apart.max(1) as f64, b));
            }
            let by = |x: &(f64, u32), y: &(f64, u32)| x.0.total_cmp(&y.0).then(x.1.cmp(&y.1));
            if row.len() > neighbours {
                row.select_nth_unstable_by(neighbours, by);
                row.truncate(neighbours);
            }
            row.sort_unstable_by(by);
            nearest.push(row.iter().map(|&(_, b)| b).collect());
        }
        nearest.resize(table.orders, Vec::new());
        Self { nearest }
    }

    pub(crate) fn of(&self, order: u32) -> &[u32] {
        &self.nearest[order as usize]
    }
}

/// Batches to take orders from, and how much of each, in thousandths.
pub(super) struct Ruin {
    pub batches: Vec<u32>,
    pub seeds: Vec<u32>,
    pub share: u64,
}

/// Chooses around a random order: its batch, then those of its nearest, some skipped.
pub(super) fn around(kin: &Kin, of: &[u32], batches: usize, random: &mut Random) -> Ruin {
    let seed = random.below(of.len() as u64) as u32;
    let mut ruin = Ruin {
        batches: vec![of[seed as usize]],
        seeds: vec![seed],
        share: [250, 500, 1000][random.below(3) as usize],
    };
    let far = random.below(8) == 0;
    for &next in kin.of(seed) {
        if ruin.batches.len() >= batches {
            break;
        }
        let next = if far {
            random.below(of.len() as u64) as u32
        } else {
            next
        };
        let batch = of[next as usize];
        if !ruin.batches.contains(&batch) && random.below(4) != 0 {
            ruin.batches.push(batch);
            ruin.seeds.push(next);
        }
    }
    ruin
}
