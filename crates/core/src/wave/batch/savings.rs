//! Savings of Clarke and Wright (1964), computed again after each merger: the first plan of the search.

use super::evaluate::Costs;
use super::plan::{Batch, Plan};
use super::problem::fit_together;

/// Starts with one batch per order and merges the two batches whose merger saves most, while one saves.
pub(crate) fn savings(costs: &mut Costs<'_>) -> Plan {
    let table = costs.table;
    let mut batches: Vec<Batch> = (0..table.orders as u32).map(|o| Batch::of(vec![o], costs)).collect();
    let n = batches.len();
    let mut saved = vec![i64::MIN; n * n];
    let mut alive = vec![true; n];
    let saving = |a: &Batch, b: &Batch, costs: &mut Costs<'_>| {
        if !fit_together(&a.load, &b.load, &table.limit) {
            return i64::MIN;
        }
        let joint = costs.of(a.hash ^ b.hash, a.orders.iter().chain(&b.orders).copied());
        a.cost + b.cost - joint
    };
    for a in 0..n {
        for b in a + 1..n {
            saved[a * n + b] = saving(&batches[a], &batches[b], costs);
        }
    }
    loop {
        let mut best = (0, 0, 0);
        for a in (0..n).filter(|&a| alive[a]) {
            for b in (a + 1..n).filter(|&b| alive[b]) {
                if saved[a * n + b] > best.0 {
                    best = (saved[a * n + b], a, b);
                }
            }
        }
        let (gain, a, b) = best;
        if gain <= 0 {
            break;
        }
        alive[b] = false;
        let orders = batches[a].orders.iter().chain(&batches[b].orders).copied().collect();
        batches[a] = Batch::of(orders, costs);
        for c in (0..n).filter(|&c| alive[c] && c != a) {
            let (low, high) = (a.min(c), a.max(c));
            saved[low * n + high] = saving(&batches[low], &batches[high], costs);
        }
    }
    let batches: Vec<Batch> = batches.into_iter().zip(alive).filter(|&(_, alive)| alive).map(|(b, _)| b).collect();
    let cost = batches.iter().map(|b| b.cost).sum();
    Plan { batches, cost }
}
