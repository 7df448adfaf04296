//! Parts of a plan solved almost exactly: a few neighbouring batches are taken out, and the set partitioning of their orders
//! is priced and branched on its own. Small programmes are solved in a fraction of a second, so many parts are.

use rayon::prelude::*;

use super::evaluate::{Costs, Table};
use super::local_search::Kin;
use super::partition::Master;
use super::plan::Plan;
use super::pool::{Column, Pool};
use crate::search::{Budget, Random};

/// Parts solved side by side, whatever the number of threads.
const SIDE_BY_SIDE: usize = 4;
/// Known batches that a part begins with, at most.
const MOST_KNOWN: usize = 4000;

/// One part: places of its batches in the plan, and its orders, rising.
struct Part {
    batches: Vec<usize>,
    orders: Vec<u32>,
}

/// What solving a part gave.
struct Better {
    part: Part,
    gain: i64,
    sets: Vec<Vec<u32>>,
}

/// Solves some parts of about `size` orders of the plan, spending about `work` on each; whether the plan got better.
pub(crate) fn improve(
    plan: &mut Plan,
    (table, kin): (&Table<'_>, &Kin),
    pool: &mut Pool,
    (size, work): (usize, u64),
    random: &mut Random,
    costs: &mut Costs<'_>,
    budget: &Budget<'_>,
) -> bool {
    let parts = choose(plan, table, kin, size, random);
    let seed = random.bits();
    let known: &Pool = pool;
    let now: &Plan = plan;
    let results: Vec<(Option<Better>, Vec<Column>)> = parts
        .into_par_iter()
        .map(|part| solve(&part, now, table, known, seed, work, budget))
        .collect();
    let mut changed = vec![false; plan.batches.len()];
    let mut better: Vec<Better> = Vec::new();
    for (found, columns) in results {
        better.extend(found);
        for c in columns {
            pool.add(&c.orders, c.cost, c.hash);
        }
    }
    better.sort_by(|a, b| b.gain.cmp(&a.gain).then(a.part.batches.cmp(&b.part.batches)));
    let mut sets: Vec<Vec<u32>> = Vec::new();
    for found in better {
        if found.part.batches.iter().any(|&b| changed[b]) {
            continue;
        }
        for &b in &found.part.batches {
            changed[b] = true;
        }
        sets.extend(found.sets);
    }
    if sets.is_empty() {
        return false;
    }
    sets.extend(
        plan.batches
            .iter()
            .zip(&changed)
            .filter(|(_, c)| !**c)
            .map(|(b, _)| b.orders.clone()),
    );
    *plan = Plan::of(sets, costs);
    true
}

/// Parts around random orders, apart from each other as long as that goes.
fn choose(plan: &Plan, table: &Table<'_>, kin: &Kin, size: usize, random: &mut Random) -> Vec<Part> {
    let mut of = vec![0; table.orders];
    for (b, batch) in plan.batches.iter().enumerate() {
        for &o in &batch.orders {
            of[o as usize] = b;
        }
    }
    let mut taken = vec![false; plan.batches.len()];
    let mut parts = Vec::new();
    while parts.len() < SIDE_BY_SIDE {
        let free: Vec<u32> = (0..table.orders as u32).filter(|&o| !taken[of[o as usize]]).collect();
        if free.len() < size / 2 && parts.len() > 1 {
            break;
        }
        let seed = match random.pick(&free) {
            Some(&o) if free.len() >= size / 2 => o,
            _ => {
                taken.fill(false);
                random.below(table.orders as u64) as u32
            }
        };
        let mut batches = vec![of[seed as usize]];
        let mut orders = plan.batches[batches[0]].orders.len();
        for &next in kin.of(seed) {
            let b = of[next as usize];
            if orders >= size {
                break;
            }
            if !taken[b] && !batches.contains(&b) && random.below(4) != 0 {
                batches.push(b);
                orders += plan.batches[b].orders.len();
            }
        }
        batches.sort_unstable();
        for &b in &batches {
            taken[b] = true;
        }
        let mut orders: Vec<u32> = batches
            .iter()
            .flat_map(|&b| plan.batches[b].orders.iter().copied())
            .collect();
        orders.sort_unstable();
        parts.push(Part { batches, orders });
    }
    parts
}

/// Solves the set partitioning of a part; the batches found near its optimum come with it.
fn solve(
    part: &Part,
    plan: &Plan,
    table: &Table<'_>,
    known: &Pool,
    seed: u64,
    work: u64,
    whole: &Budget<'_>,
) -> (Option<Better>, Vec<Column>) {
    if part.batches.len() < 2 || whole.overdue() {
        return (None, Vec::new());
    }
    let small = table.part(&part.orders);
    let budget = whole.part(work);
    let mut costs = Costs::new(&small);
    let cost: i64 = part.batches.iter().map(|&b| plan.batches[b].cost).sum();
    let mut master = Master::new(&small, cost, seed, &mut costs);
    let mut place = vec![u32::MAX; table.orders];
    for (i, &o) in part.orders.iter().enumerate() {
        place[o as usize] = i as u32;
    }
    let mut renamed = Vec::new();
    let mut taken = 0;
    let own = part.batches.iter().map(|&b| &plan.batches[b]);
    let own: Vec<Column> = own
        .map(|b| Column {
            orders: b.orders.clone(),
            cost: b.cost,
            hash: b.hash,
        })
        .collect();
    for column in own.iter().chain(known.columns.iter().rev()) {
        if column.orders.iter().all(|&o| place[o as usize] != u32::MAX) {
            renamed.clear();
            renamed.extend(column.orders.iter().map(|&o| place[o as usize]));
            master.offer(&renamed, column.cost, column.hash);
            taken += 1;
            if taken > MOST_KNOWN {
                break;
            }
        }
    }
    let known = master.pool.columns.len();
    let mut lanes = vec![costs];
    master.price_out(&mut lanes, 1, &budget, 0.5);
    let gap = cost as f64 - master.value();
    let mut better = None;
    if gap >= master.quantum as f64 {
        if master.cut(10) > 0 {
            master.price_out(&mut lanes, 0, &budget, 0.5);
        }
        let gap = cost as f64 - master.value();
        let (gap, _) = master.gather(gap, 1500, &mut lanes, &budget, 0.7);
        let outcome = master.branch(cost - master.quantum.max(1), gap, &mut lanes[0], &budget, 1.0);
        better = outcome.plan.map(|found| Better {
            gain: cost - found.cost,
            sets: found
                .sets()
                .into_iter()
                .map(|s| s.into_iter().map(|i| part.orders[i as usize]).collect())
                .collect(),
            part: Part {
                batches: part.batches.clone(),
                orders: Vec::new(),
            },
        });
    }
    whole.spend(budget.work());
    let columns = master.pool.columns[known..]
        .iter()
        .map(|c| Column {
            orders: c.orders.iter().map(|&i| part.orders[i as usize]).collect(),
            ..*c
        })
        .collect();
    (better, columns)
}
