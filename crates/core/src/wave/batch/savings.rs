//! Savings of Clarke and Wright (1964), computed again after each merger: the first plan of the search.

use std::collections::BinaryHeap;

use super::evaluate::Costs;
use super::local_search::Kin;
use super::plan::{Batch, Plan};
use super::problem::fit_together;
use crate::search::Budget;

/// A merger that may be done: what it saves, its two batches, and how often each had been merged when that was computed.
type Merger = (i64, std::cmp::Reverse<(u32, u32)>, (u32, u32));

/// Starts with one batch per order and merges the two batches whose merger saves most, while one saves. Mergers of batches
/// with no orders that are kin are not looked at, and none is any more where the caller asks to stop.
pub(crate) fn savings(kin: &Kin, costs: &mut Costs<'_>, budget: &Budget<'_>) -> Plan {
    let table = costs.table;
    let orders = table.orders;
    let mut batches: Vec<Batch> = (0..orders as u32).map(|o| Batch::of(vec![o], costs)).collect();
    let mut of: Vec<u32> = (0..orders as u32).collect();
    let mut version = vec![0_u32; orders];
    let mut heap: BinaryHeap<Merger> = BinaryHeap::new();
    let look =
        |a: u32, b: u32, batches: &[Batch], version: &[u32], costs: &mut Costs<'_>, heap: &mut BinaryHeap<Merger>| {
            let (a, b) = (a.min(b), a.max(b));
            let (x, y) = (&batches[a as usize], &batches[b as usize]);
            if fit_together(&x.load, &y.load, &table.limit) {
                let joint = costs.of(x.hash ^ y.hash, x.orders.iter().chain(&y.orders).copied());
                let saved = x.cost + y.cost - joint;
                if saved > 0 {
                    heap.push((
                        saved,
                        std::cmp::Reverse((a, b)),
                        (version[a as usize], version[b as usize]),
                    ));
                }
            }
        };
    for a in 0..orders as u32 {
        if budget.interrupted() {
            break;
        }
        for &b in kin.of(a) {
            if a < b || !kin.of(b).contains(&a) {
                look(a, b, &batches, &version, costs, &mut heap);
            }
        }
    }
    while let Some((_, std::cmp::Reverse((a, b)), versions)) = heap.pop() {
        if versions != (version[a as usize], version[b as usize]) {
            continue;
        }
        if budget.interrupted() {
            break;
        }
        let mut orders = std::mem::take(&mut batches[b as usize].orders);
        for &o in &orders {
            of[o as usize] = a;
        }
        orders.splice(0..0, batches[a as usize].orders.iter().copied());
        batches[a as usize] = Batch::of(orders, costs);
        version[a as usize] += 1;
        version[b as usize] += 1;
        let mut near: Vec<u32> = batches[a as usize]
            .orders
            .iter()
            .flat_map(|&o| kin.of(o))
            .map(|&o| of[o as usize])
            .filter(|&c| c != a)
            .collect();
        near.sort_unstable();
        near.dedup();
        for c in near {
            look(a, c, &batches, &version, costs, &mut heap);
        }
    }
    batches.retain(|b| !b.orders.is_empty());
    let cost = batches.iter().map(|b| b.cost).sum();
    Plan { batches, cost }
}
