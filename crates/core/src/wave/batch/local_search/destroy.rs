//! Which orders to take out: whole batches or parts of them, around an order, among those that walk the same ways.

use super::super::evaluate::{Costs, Table, join};
use crate::search::Random;

/// For every order the others, nearest first: those whose tours joined save most of what they walk apart.
pub(crate) struct Kin {
    nearest: Vec<Vec<u32>>,
}

/// How many neighbours of an order are kept.
const NEIGHBOURS: usize = 60;

impl Kin {
    pub(crate) fn new(costs: &mut Costs<'_>) -> Self {
        let table: &Table<'_> = costs.table;
        let n = table.orders as u32;
        let alone: Vec<i64> = (0..n).map(|o| costs.compute(table.mask(o))).collect();
        let mut stops = vec![0; table.words];
        let mut share = vec![vec![(0.0, 0); n as usize]; n as usize];
        for a in 0..n {
            for b in a + 1..n {
                stops.copy_from_slice(table.mask(a));
                join(&mut stops, table.mask(b));
                let joint = costs.compute(&stops);
                let apart = alone[a as usize] + alone[b as usize];
                let s = joint as f64 / apart.max(1) as f64;
                share[a as usize][b as usize] = (s, b);
                share[b as usize][a as usize] = (s, a);
            }
        }
        let nearest = share
            .into_iter()
            .enumerate()
            .map(|(a, mut row)| {
                row.swap_remove(a);
                row.sort_by(|x, y| x.0.total_cmp(&y.0).then(x.1.cmp(&y.1)));
                row.truncate(NEIGHBOURS);
                row.into_iter().map(|(_, b)| b).collect()
            })
            .collect();
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
        let next = if far { random.below(of.len() as u64) as u32 } else { next };
        let batch = of[next as usize];
        if !ruin.batches.contains(&batch) && random.below(4) != 0 {
            ruin.batches.push(batch);
            ruin.seeds.push(next);
        }
    }
    ruin
}
