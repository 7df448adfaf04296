//! How late orders are at least, whatever the plan.

use super::super::evaluate::Costs;
use super::super::problem::AMOUNTS;
use super::timetable::Dues;

/// The larger of two bounds. Where tours need not be the shortest, the cost of an order alone is that of its stops without walking.
///
/// - no order is done before a picker could have collected it alone;
/// - the `k`-th order that is done ends no earlier than pickers could have collected `k` orders: those that take least. Done
///   times and due times both rising, it is least late to be done in the order in which orders are due.
pub(super) fn least_lateness(dues: &Dues, costs: &mut Costs<'_>) -> i64 {
    let table = costs.table;
    let due: Vec<(u32, i64)> = (0..table.orders as u32)
        .filter_map(|o| dues.due(o).map(|due| (o, due)))
        .collect();
    let tour: Vec<i64> = due.iter().map(|&(o, _)| table.least_cost(o, costs)).collect();
    let ends = || {
        due.iter()
            .zip(&tour)
            .map(|(&(o, due), cost)| (cost + dues.picking(o), due))
    };
    let each: i64 = ends().map(|(end, due)| (end - due).max(0)).sum();

    let alone = rising(ends().map(|(end, _)| end));
    let dates = rising(due.iter().map(|&(_, due)| due));
    let orders: Vec<u32> = due.iter().map(|&(o, _)| o).collect();
    let work = least_work(&orders, &tour, dues, costs);
    let ways = alone.iter().zip(work).zip(dates);
    let together = ways.fold(0_i64, |sum, ((&alone, work), date)| {
        let done = alone.max((work as u64).div_ceil(dues.pickers as u64) as i64);
        sum.saturating_add((done - date).max(0))
    });
    each.max(together)
}

/// The least time of all pickers together in which one, two, three, ... of these orders can be collected, given the cost of each
/// alone: the largest of
///
/// - as few batches as the cart allows, of which each costs what the cheapest order alone costs;
/// - for each amount that a cart limits, the sum of the orders' shares of the limit, each times what the order costs alone: a
///   batch costs at least what its dearest order costs alone, and its shares sum to at most 1.
fn least_work(orders: &[u32], alone: &[i64], dues: &Dues, costs: &Costs<'_>) -> Vec<i64> {
    let table = costs.table;
    let cheapest = alone.iter().min().copied().unwrap_or(0);
    let picking = sums(rising(orders.iter().map(|&o| dues.picking(o))));
    let mut work: Vec<i64> = picking.iter().map(|picked| picked.saturating_add(cheapest)).collect();
    for amount in 0..AMOUNTS {
        let limit = table.limit[amount];
        if limit == u64::MAX || limit == 0 {
            continue;
        }
        let size = |o: u32| table.loads[o as usize][amount];
        let filled = sums(rising(
            orders.iter().map(|&o| i64::try_from(size(o)).unwrap_or(i64::MAX)),
        ));
        let shares = sums(rising(orders.iter().zip(alone).map(|(&o, &alone)| {
            let share = i128::from(alone) * i128::from(size(o)) / i128::from(limit);
            dues.picking(o).saturating_add(share as i64)
        })));
        for (k, work) in work.iter_mut().enumerate() {
            let batches = i64::try_from((filled[k] as u64).div_ceil(limit)).unwrap_or(i64::MAX);
            let few = batches.saturating_mul(cheapest).saturating_add(picking[k]);
            *work = few.max(shares[k]).max(*work);
        }
    }
    work
}

fn rising(values: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut values: Vec<i64> = values.collect();
    values.sort_unstable();
    values
}

/// The sums of the first one, two, three, ... values.
fn sums(mut values: Vec<i64>) -> Vec<i64> {
    let mut sum = 0_i64;
    for value in &mut values {
        sum = sum.saturating_add(*value);
        *value = sum;
    }
    values
}
