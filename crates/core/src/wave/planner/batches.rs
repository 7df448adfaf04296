//! The first batches of a floor: pool by pool, by order batching.

use std::collections::HashSet;

use rayon::prelude::*;

use super::Purse;
use crate::Error;
use crate::index::CartIdx;
use crate::model::floor::Cart;
use crate::plan::PickChoice;
use crate::search::Budget;
use crate::wave::assign::load::Load;
use crate::wave::assign::picks::Shelves;
use crate::wave::assign::site::Site;
use crate::wave::assign::tour::Walker;
use crate::wave::batch::{
    AisleTours, Bins, Capacity, First, Objective, Order, Table, Tours as _, affordable, solve_from,
};
use crate::wave::release::pools::pools;

/// Work for each task where nothing limits the call.
pub(super) const WORK_PER_TASK: u64 = 20_000;

/// Fewest and most tasks among which batches are sought at once.
const SMALLEST_POOL: usize = 100;
const LARGEST_POOL: usize = 1_000;
/// Tasks by which types of carts are compared.
const SAMPLE: usize = 60;

/// The batches of a floor in two ways, and what is left in its pick locations.
pub(super) struct Batched {
    /// Of each way the batches.
    pub ways: Vec<Vec<Load>>,
    pub shelves: Shelves,
}

/// Finds the batches of all tasks: once only among those that are due together, and once, where that makes other pools,
/// among all of a group.
pub(super) fn all(
    site: &Site<'_>,
    walker: &mut Walker<'_>,
    seed: u64,
    purse: &Purse<'_>,
    budget: &Budget<'_>,
) -> Result<Batched, Error> {
    let mut shelves = Shelves::new(site);
    let mut order: Vec<u32> = (0..site.tasks.len() as u32).collect();
    order.sort_by_key(|&n| {
        let task = &site.tasks[n as usize];
        (task.due.is_none(), task.due, task.group.priority, task.shipment)
    });
    let mut picks: Vec<Vec<PickChoice>> = vec![Vec::new(); site.tasks.len()];
    for n in order {
        picks[n as usize] = shelves.take(site, walker, n);
    }
    let tours = AisleTours::new(site.floor.layout())?;
    let batched = site.portions.iter().filter(|portion| !portion.is_divided()).count();
    let per_task = affordable(tours.effort(), budget) / batched.max(1);
    let most = per_task.clamp(SMALLEST_POOL, LARGEST_POOL);
    let by_due = pools(site, &picks, true, most);
    let by_group = pools(site, &picks, false, most);
    // Where most pools are large anyway, larger ones gain little.
    let is_coarse = batched < by_due.len() * SMALLEST_POOL && by_group.len() < by_due.len();
    let ways = if is_coarse {
        vec![by_due, by_group]
    } else {
        vec![by_due]
    };
    let mut made = Vec::new();
    let share = 1.0 / ways.len() as f64;
    for pools in &ways {
        let mut parts: Vec<Part<'_, '_>> = Vec::new();
        for pool in pools {
            parts.extend(Part::of_pool(site, &tours, &picks, pool, budget)?);
        }
        let batches = Part::solve_all(&parts, seed, share, purse, budget)?;
        let mut loads = Vec::new();
        for tasks in batches {
            apart(site, walker, &picks, tasks, &mut loads);
        }
        for n in (0..site.tasks.len()).filter(|&n| site.portions[n].is_divided()) {
            loads.extend(Load::new(site, walker, vec![n as u32], picks[n].clone()));
        }
        made.push(loads);
    }
    Ok(Batched { ways: made, shelves })
}

/// Tasks of a pool for which one type of cart is meant, as a problem of order batching.
struct Part<'p, 'a> {
    site: &'p Site<'a>,
    tours: &'p AisleTours,
    tasks: Vec<u32>,
    orders: Vec<Order>,
    capacity: Capacity,
}

impl<'p, 'a> Part<'p, 'a> {
    fn new(
        site: &'p Site<'a>,
        tours: &'p AisleTours,
        picks: &[Vec<PickChoice>],
        cart: CartIdx,
        tasks: Vec<u32>,
    ) -> Self {
        let cell = |pick: &PickChoice| site.floor.locations()[pick.location].cell;
        let order = |&n: &u32| {
            let size = &site.sizes[n as usize];
            Order {
                stops: picks[n as usize].iter().map(cell).collect(),
                units: size.units,
                weight: size.weight.max(0) as u64,
                volume: size.volume.max(0) as u64,
                ..Order::default()
            }
        };
        Self {
            orders: tasks.iter().map(order).collect(),
            capacity: capacity(site, &site.floor.carts()[cart]),
            site,
            tours,
            tasks,
        }
    }

    /// A pool by types of carts: the type that does best by savings for those that it takes, then others for the rest.
    fn of_pool(
        site: &'p Site<'a>,
        tours: &'p AisleTours,
        picks: &[Vec<PickChoice>],
        pool: &[u32],
        budget: &Budget<'_>,
    ) -> Result<Vec<Self>, Error> {
        let mut made = Vec::new();
        let mut rest = pool.to_vec();
        while !rest.is_empty() {
            let mut choices: Vec<Self> = Vec::new();
            for cart in site.floor.carts().indices() {
                let taken: Vec<u32> = rest.iter().copied().filter(|&n| site.cart_takes(cart, &[n])).collect();
                if !taken.is_empty() {
                    choices.push(Self::new(site, tours, picks, cart, taken));
                }
            }
            let mut best = 0;
            let mut least = (usize::MAX, f64::INFINITY);
            for (n, part) in choices.iter().enumerate().filter(|_| choices.len() > 1) {
                // A sample tells which type is better.
                let sample = Self {
                    orders: part.orders.iter().take(SAMPLE).cloned().collect(),
                    tasks: part.tasks.iter().take(SAMPLE).copied().collect(),
                    ..*part
                };
                let first = First::new(&sample.table()?, usize::MAX, budget);
                let mean = first.plan.cost as f64 / sample.tasks.len() as f64;
                let left = rest.len() - part.tasks.len();
                // What it leaves counts only where that is much.
                let key = (usize::from(2 * left > rest.len()), mean);
                if key < least {
                    (best, least) = (n, key);
                }
            }
            if choices.is_empty() {
                break; // the workload holds only what a cart takes
            }
            let part = choices.swap_remove(best);
            let taken: HashSet<u32> = part.tasks.iter().copied().collect();
            rest.retain(|n| !taken.contains(n));
            made.push(part);
        }
        Ok(made)
    }

    fn table(&self) -> Result<Table<'_>, Error> {
        let rates = self.site.floor.rates();
        let amount = |n: i64| n.max(0) as u64;
        let objective = Objective::Time {
            speed: rates.walking.into(),
            set_up: amount(rates.per_tour.0),
            per_stop: amount(rates.per_stop.0),
        };
        Table::new(self.tours, &self.orders, &self.capacity, objective)
    }

    /// The batches of all parts: first by savings, part beside part, then by a search in each with what is left of a share of
    /// the budget.
    fn solve_all(
        parts: &[Self],
        seed: u64,
        share: f64,
        purse: &Purse<'_>,
        budget: &Budget<'_>,
    ) -> Result<Vec<Vec<u32>>, Error> {
        let tables: Vec<Table<'_>> = parts.iter().map(Self::table).collect::<Result<_, _>>()?;
        let total: usize = parts.iter().map(|part| part.tasks.len()).sum();
        let affordable = affordable(parts.first().map_or(1, |part| part.tours.effort()), budget);
        let firsts: Vec<First> = tables
            .par_iter()
            .map(|table| First::new(table, affordable / total.max(1) * table.orders, budget))
            .collect();
        budget.spend(firsts.iter().map(|first| first.work).sum());
        let mut left = total;
        let mut batches = Vec::new();
        let until = budget.spent() + (1.0 - budget.spent()).max(0.0) * share;
        for (number, ((part, table), first)) in parts.iter().zip(&tables).zip(firsts).enumerate() {
            let of_part = (until - budget.spent()).max(0.0) * part.tasks.len() as f64 / left.max(1) as f64;
            left -= part.tasks.len();
            let solved = purse.slice(budget, of_part, |slice| {
                solve_from(table, &first, seed.wrapping_add(number as u64), slice, &mut |_, _| {})
            });
            let tasks_of = |batch: Vec<u32>| batch.into_iter().map(|o| part.tasks[o as usize]).collect();
            batches.extend(solved.plan.sets().into_iter().map(tasks_of));
        }
        Ok(batches)
    }
}

/// What a batch may hold: what its cart holds, and no more than a wave of several shipments may.
fn capacity(site: &Site<'_>, cart: &Cart) -> Capacity {
    let least = |a: Option<u64>, b: Option<u64>| [a, b].into_iter().flatten().min();
    let amount = |n: i64| n.max(0) as u64;
    let limits = site.limits();
    let one = &cart.capacity;
    Capacity {
        units: least(one.units.map(u64::from), limits.units.map(u64::from)),
        weight: least(one.weight.map(|w| amount(w.0)), limits.weight.map(|w| amount(w.0))),
        volume: least(one.volume.map(|v| amount(v.0)), limits.volume.map(|v| amount(v.0))),
        orders: least(cart.shipments.map(u64::from), limits.shipments.map(u64::from)),
        bins: cart.bins.as_ref().map(|bins| Bins {
            count: bins.count.into(),
            units: bins.capacity.units.map(u64::from),
            weight: bins.capacity.weight.map(|w| amount(w.0)),
            volume: bins.capacity.volume.map(|v| amount(v.0)),
        }),
    }
}

/// Makes loads of a batch: one, or several where it holds shipments of the same order or is more than a wave may be.
fn apart(site: &Site<'_>, walker: &mut Walker<'_>, picks: &[Vec<PickChoice>], tasks: Vec<u32>, loads: &mut Vec<Load>) {
    let mut parts: Vec<Load> = Vec::new();
    for n in tasks {
        let joined = parts.iter().enumerate().find_map(|(p, load)| {
            let larger = load.with(site, walker, n, &picks[n as usize])?;
            site.may_be_wave(&larger.size, larger.docks.len())
                .then_some((p, larger))
        });
        match joined {
            Some((p, larger)) => parts[p] = larger,
            None => parts.extend(Load::new(site, walker, vec![n], picks[n as usize].clone())),
        }
    }
    loads.append(&mut parts);
}
