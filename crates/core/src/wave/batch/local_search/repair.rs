//! How orders are put back: each where it costs least, in an order that differs from time to time, or by regret.

use super::super::evaluate::Costs;
use super::super::plan::Batch;
use crate::search::Random;

/// In which order the orders are put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sequence {
    Random,
    Largest,
    Farthest,
    Regret,
}

impl Sequence {
    pub(super) fn draw(random: &mut Random) -> Self {
        match random.below(8) {
            0..=1 => Self::Random,
            2..=4 => Self::Largest,
            5 => Self::Farthest,
            _ => Self::Regret,
        }
    }
}

/// The best place for an order: batch, cost there, and what it adds; with the second-best addition.
pub(super) fn best_place(
    order: u32,
    batches: &[Batch],
    skip_permille: u64,
    costs: &mut Costs<'_>,
    random: &mut Random,
) -> Option<(usize, i64, i64, i64)> {
    let mut best: Option<(usize, i64, i64)> = None;
    let mut second = i64::MAX / 2;
    let mut empty = false;
    for (b, batch) in batches.iter().enumerate() {
        if batch.orders.is_empty() {
            if empty {
                continue; // one empty batch is like another
            }
            empty = true;
        }
        if !batch.takes(order, costs.table) || (skip_permille > 0 && random.chance(skip_permille)) {
            continue;
        }
        let cost = batch.cost_with(order, costs);
        let added = cost - batch.cost;
        match best {
            Some((_, _, a)) if added >= a => second = second.min(added),
            _ => {
                if let Some((_, _, a)) = best {
                    second = a;
                }
                best = Some((b, cost, added));
            }
        }
    }
    best.map(|(b, cost, added)| (b, cost, added, second))
}
