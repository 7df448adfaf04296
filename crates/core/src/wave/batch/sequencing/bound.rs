//! How late orders are at least, whatever the plan.

use super::super::evaluate::Costs;
use super::super::problem::AMOUNTS;
use super::timetable::Dues;

/// The larger of two bounds, both for tours that more stops never make shorter:
///
/// - no order is done before a picker could have collected it alone;
/// - the `k`-th order that is done ends no earlier than `k` orders can be done: with the `k` least amounts of everything, in
///   as few batches as the cart allows, of which each costs what the cheapest order alone costs. Done times and due times both
///   rising, it is least late to be done in the order in which orders are due.
pub(super) fn least_lateness(dues: &Dues, costs: &mut Costs<'_>) -> i64 {
    let table = costs.table;
    let due: Vec<(u32, i64)> = (0..table.orders as u32)
        .filter_map(|o| dues.due(o).map(|due| (o, due)))
        .collect();
    let tour: Vec<i64> = due
        .iter()
        .map(|&(o, _)| costs.of(table.keys[o as usize], std::iter::once(o)))
        .collect();
    let mut alone: Vec<i64> = due
        .iter()
        .zip(&tour)
        .map(|(&(o, _), cost)| cost + dues.picking(o))
        .collect();
    let each: i64 = due.iter().zip(&alone).map(|((_, due), end)| (end - due).max(0)).sum();

    let rising = |mut values: Vec<i64>| {
        values.sort_unstable();
        values
    };
    alone = rising(alone);
    let cheapest = tour.iter().min().copied().unwrap_or(0);
    let picking = rising(due.iter().map(|&(o, _)| dues.picking(o)).collect());
    let dates = rising(due.iter().map(|&(_, due)| due).collect());
    let sizes: [Vec<u64>; AMOUNTS] = std::array::from_fn(|amount| {
        let mut sizes: Vec<u64> = due.iter().map(|&(o, _)| table.loads[o as usize][amount]).collect();
        sizes.sort_unstable();
        sizes
    });
    let (mut picked, mut filled, mut together) = (0_i64, [0_u64; AMOUNTS], 0_i64);
    for k in 0..due.len() {
        picked = picked.saturating_add(picking[k]);
        let mut batches = 1;
        for amount in 0..AMOUNTS {
            filled[amount] = filled[amount].saturating_add(sizes[amount][k]);
            batches = batches.max(filled[amount].div_ceil(table.limit[amount].max(1)));
        }
        let work = i64::try_from(batches)
            .unwrap_or(i64::MAX)
            .saturating_mul(cheapest)
            .saturating_add(picked);
        let done = alone[k].max((work as u64).div_ceil(dues.pickers as u64) as i64);
        together = together.saturating_add((done - dates[k]).max(0));
    }
    each.max(together)
}
