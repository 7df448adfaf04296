//! Diving with pricing: the linear programme's favourite batch is fixed, batches are priced for the orders that are left,
//! and so on until all orders are in a batch.

use super::linear::Simplex;
use super::master::{Master, climb_from};
use crate::search::{Budget, Random};
use crate::wave::batch::evaluate::Costs;
use crate::wave::batch::local_search::Kin;
use crate::wave::batch::plan::Plan;
use crate::wave::batch::savings::savings;

/// A batch counts as chosen from this value on.
const WHOLE: f64 = 0.999;
/// Batches whose values are at most this much below the largest may be fixed instead.
const NEARLY: f64 = 0.25;

impl Master<'_> {
    /// Dives from the optimum of the programme to a plan; batches found stay in the programme. `None` where a plan of that
    /// kind costs `limit` or more before most orders are in batches.
    pub(crate) fn dive_down(
        &mut self,
        limit: i64,
        random: &mut Random,
        lanes: &mut [Costs<'_>],
        costs: &mut Costs<'_>,
        budget: &Budget<'_>,
    ) -> Option<Plan> {
        let n = self.table.orders;
        let start: Simplex = self.simplex.clone();
        let mut gone = vec![false; n];
        let mut sets: Vec<Vec<u32>> = Vec::new();
        let mut fixed: Vec<bool> = vec![false; self.columns.len()];
        let plan = loop {
            let mut solution: Vec<(f64, u32)> = self
                .simplex
                .solution()
                .into_iter()
                .filter(|&(c, _)| !fixed[c as usize])
                .map(|(c, x)| (x, c))
                .collect();
            solution.retain(|&(_, c)| self.pool.columns[c as usize].orders.iter().all(|&o| !gone[o as usize]));
            solution.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            let Some(&(most, _)) = solution.first() else {
                let left: Vec<u32> = (0..n as u32).filter(|&o| !gone[o as usize]).collect();
                break Some(self.complete(sets, &left, costs, budget));
            };
            let mut chosen: Vec<u32> = solution.iter().filter(|s| s.0 >= WHOLE).map(|s| s.1).collect();
            let near: Vec<u32> = solution
                .iter()
                .filter(|s| s.0 < WHOLE && s.0 >= most.min(WHOLE) - NEARLY)
                .map(|s| s.1)
                .collect();
            if chosen.is_empty() {
                chosen.extend(random.pick(&near));
            }
            for c in chosen {
                let orders = self.pool.columns[c as usize].orders.clone();
                if orders.iter().any(|&o| gone[o as usize]) {
                    continue;
                }
                for &o in &orders {
                    gone[o as usize] = true;
                }
                fixed[c as usize] = true;
                sets.push(orders);
            }
            if gone.iter().all(|&g| g) {
                break Some(Plan::of(sets, costs));
            }
            if !self.settle(&gone, &mut fixed, lanes, random, budget) {
                break None;
            }
            if self.value() >= limit as f64 {
                // The last orders seldom fit together; then it is for the search to mend.
                let left: Vec<u32> = (0..n as u32).filter(|&o| !gone[o as usize]).collect();
                break (3 * left.len() <= n).then(|| self.complete(sets, &left, costs, budget));
            }
        };
        self.simplex = start;
        plan
    }

    /// A plan of batches that are fixed, and of the orders that are left in batches by savings.
    fn complete(&self, mut sets: Vec<Vec<u32>>, left: &[u32], costs: &mut Costs<'_>, budget: &Budget<'_>) -> Plan {
        if !left.is_empty() {
            let part = self.table.part(left);
            let mut of_part = Costs::new(&part);
            let plan = savings(&Kin::new(&mut of_part, usize::MAX, budget), &mut of_part, budget);
            sets.extend(
                plan.sets()
                    .into_iter()
                    .map(|s| s.into_iter().map(|i| left[i as usize]).collect()),
            );
        }
        Plan::of(sets, costs)
    }

    /// Solves and prices once more with the orders that are gone left alone.
    fn settle(
        &mut self,
        gone: &[bool],
        fixed: &mut Vec<bool>,
        lanes: &mut [Costs<'_>],
        random: &mut Random,
        budget: &Budget<'_>,
    ) -> bool {
        for round in 0..3 {
            fixed.resize(self.columns.len(), false);
            let blocked: Vec<bool> = (0..self.columns.len())
                .map(|c| !fixed[c] && self.pool.columns[c].orders.iter().any(|&o| gone[o as usize]))
                .collect();
            self.simplex.recompute(&self.columns, &|c| blocked[c as usize]);
            let before = self.simplex.pivots;
            let done = self
                .simplex
                .solve(&self.columns, &|c| blocked[c as usize], &|| !budget.overdue());
            budget.spend((self.simplex.pivots - before) * self.simplex.effort());
            if !done || budget.stop().is_some() {
                return false;
            }
            if round == 2 {
                break;
            }
            let mut duals = self.duals();
            duals.forbid(gone);
            let sources: Vec<(u64, Vec<u32>)> = self
                .simplex
                .solution()
                .into_iter()
                .map(|(c, _)| &self.pool.columns[c as usize].orders)
                .filter(|orders| orders.len() > 1 && orders.iter().all(|&o| !gone[o as usize]))
                .flat_map(|orders| [orders.clone(), orders.clone()])
                .map(|orders| (random.bits(), orders))
                .collect();
            if climb_from(self, &sources, &duals, lanes, budget) == 0 {
                break;
            }
        }
        true
    }
}
