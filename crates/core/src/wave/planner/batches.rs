//! The first batches of a floor: pool by pool, by order batching.

use std::time::Duration;

use super::{Purse, Since};
use crate::Error;
use crate::index::CartIdx;
use crate::model::floor::Cart;
use crate::plan::PickChoice;
use crate::search::Budget;
use crate::wave::assign::load::Load;
use crate::wave::assign::picks::Shelves;
use crate::wave::assign::site::Site;
use crate::wave::assign::tour::Walker;
use crate::wave::batch::{AisleTours, BatchProblem, Bins, Capacity, Objective, Order, search_batches};
use crate::wave::release::pools::pools;

/// Work for each task where nothing limits the call.
pub(super) const WORK_PER_TASK: u64 = 20_000;

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
    let by_due = pools(site, &picks, true);
    let by_group = pools(site, &picks, false);
    let mut ways = vec![by_due];
    if by_group.len() < ways[0].len() {
        ways.push(by_group);
    }
    let tours = AisleTours::new(site.floor.layout())?;
    let mut made = Vec::new();
    for (n, pools) in ways.iter().enumerate() {
        let mut left: usize = site.tasks.len() * (ways.len() - n);
        let mut loads = Vec::new();
        for (number, pool) in pools.iter().enumerate() {
            let share = pool.len() as f64 / left as f64;
            left -= pool.len();
            let problem = Pool {
                site,
                tours: &tours,
                picks: &picks,
            };
            let since = Since {
                clock: purse.clock,
                from: purse.clock.elapsed(),
            };
            let time = budget.seconds_left().map(|s| Duration::from_secs_f64(s * share));
            let work = budget.work_left().map(|w| (w as f64 * share) as u64);
            let part = Budget::new(&since, time, work, purse.interrupt);
            for tasks in problem.batches(pool, seed.wrapping_add(number as u64), &part)? {
                apart(site, walker, &picks, tasks, &mut loads);
            }
            budget.spend(part.work());
        }
        made.push(loads);
    }
    Ok(Batched { ways: made, shelves })
}

/// One pool as a problem of order batching.
struct Pool<'p, 'a> {
    site: &'p Site<'a>,
    tours: &'p AisleTours,
    picks: &'p [Vec<PickChoice>],
}

impl Pool<'_, '_> {
    /// The batches of a pool: by the cart that does best by savings for those that it takes, then by others for the rest.
    fn batches(&self, pool: &[u32], seed: u64, budget: &Budget<'_>) -> Result<Vec<Vec<u32>>, Error> {
        let mut made = Vec::new();
        let mut rest = pool.to_vec();
        while !rest.is_empty() {
            let mut carts: Vec<(CartIdx, Vec<u32>)> = Vec::new();
            for cart in self.site.floor.carts().indices() {
                let taken: Vec<u32> = rest
                    .iter()
                    .copied()
                    .filter(|&n| self.site.cart_takes(cart, &[n]))
                    .collect();
                if !taken.is_empty() {
                    carts.push((cart, taken));
                }
            }
            let mut best = 0;
            if carts.len() > 1 {
                let mut least = f64::INFINITY;
                for (n, (cart, taken)) in carts.iter().enumerate() {
                    let none = budget.part(1);
                    let batches = self.of_cart(*cart, taken, seed, &none)?;
                    budget.spend(none.work());
                    // Batches that another cart has to make of what this one does not take count as well.
                    let mean = (batches.1 as f64) / taken.len() as f64 + 1e9 * (rest.len() - taken.len()) as f64;
                    if mean < least {
                        (best, least) = (n, mean);
                    }
                }
            }
            if carts.is_empty() {
                break; // the workload holds only what a cart takes
            }
            let (cart, taken) = carts.swap_remove(best);
            made.extend(self.of_cart(cart, &taken, seed, budget)?.0);
            let taken: std::collections::HashSet<u32> = taken.into_iter().collect();
            rest.retain(|n| !taken.contains(n));
        }
        Ok(made)
    }

    /// The batches of tasks that a cart takes, and their cost.
    fn of_cart(
        &self,
        cart: CartIdx,
        tasks: &[u32],
        seed: u64,
        budget: &Budget<'_>,
    ) -> Result<(Vec<Vec<u32>>, i64), Error> {
        let site = self.site;
        let rates = site.floor.rates();
        let cell = |pick: &PickChoice| site.floor.locations()[pick.location].cell;
        let orders: Vec<Order> = tasks
            .iter()
            .map(|&n| {
                let size = &site.sizes[n as usize];
                Order {
                    stops: self.picks[n as usize].iter().map(cell).collect(),
                    units: size.units,
                    weight: size.weight.max(0) as u64,
                    volume: size.volume.max(0) as u64,
                }
            })
            .collect();
        let amount = |n: i64| n.max(0) as u64;
        let problem = BatchProblem {
            orders: &orders,
            tours: self.tours,
            capacity: capacity(site, &site.floor.carts()[cart]),
            objective: Objective::Time {
                speed: rates.walking.into(),
                set_up: amount(rates.per_tour.0),
                per_stop: amount(rates.per_stop.0),
            },
        };
        let (batches, cost) = search_batches(&problem, seed, budget)?;
        let tasks_of = |batch: Vec<u32>| batch.into_iter().map(|o| tasks[o as usize]).collect();
        Ok((batches.into_iter().map(tasks_of).collect(), cost))
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
