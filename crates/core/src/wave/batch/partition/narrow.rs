//! Branch and bound over the batches near the optimum of the linear programme.

use rayon::prelude::*;

use super::branch::{Node, Programme};
use super::linear::{Basic, Columns, Simplex};
use super::master::Master;
use crate::search::Budget;
use crate::wave::batch::evaluate::Costs;
use crate::wave::batch::plan::Plan;

/// Dives done side by side, whatever the number of threads.
const SIDE_BY_SIDE: usize = 4;

/// How a search over the batches near the optimum ended.
pub(crate) struct Outcome {
    pub plan: Option<Plan>,
    pub nodes: u64,
    /// Nodes that were not looked at: none where the whole tree was searched.
    pub open: usize,
}

impl Master<'_> {
    /// Looks for a plan that costs at most `limit`, of the batches whose reduced cost is below `gap`.
    pub(crate) fn branch(
        &self,
        limit: i64,
        gap: f64,
        costs: &mut Costs<'_>,
        budget: &Budget<'_>,
        until: f64,
    ) -> Outcome {
        let n = self.table.orders;
        let value = self.simplex.bound();
        let mut columns = Columns::new();
        let mut orders = Vec::new();
        let mut renamed = vec![u32::MAX; self.columns.len()];
        let mut is_basic = vec![false; self.columns.len()];
        for b in &self.simplex.basis {
            if let Basic::Column(c) = b {
                is_basic[*c as usize] = true;
            }
        }
        for c in 0..self.columns.len() {
            if c < n || is_basic[c] || self.simplex.reduced(c, &self.columns) * self.scale < gap {
                renamed[c] = columns.len() as u32;
                columns.push(self.columns.rows(c).iter().copied(), self.columns.costs[c]);
                orders.push(self.pool.columns[c].orders.clone());
            }
        }
        let basis = self
            .simplex
            .basis
            .iter()
            .map(|&b| match b {
                Basic::Column(c) => Basic::Column(renamed[c as usize]),
                other => other,
            })
            .collect();
        let programme = Programme { columns, orders };
        let mut simplexes: Vec<Simplex> = vec![self.simplex.clone(); SIDE_BY_SIDE];
        let mut open = vec![Node {
            demands: Vec::new(),
            basis,
            bound: value,
        }];
        let mut best: Option<Plan> = None;
        let mut nodes = 0;
        let mut most = (limit as f64 + 0.01) / self.scale;
        while !open.is_empty() {
            if budget.stop().is_some() || budget.spent() >= until {
                break;
            }
            open.sort_by(|a, b| b.bound.total_cmp(&a.bound).then(b.demands.len().cmp(&a.demands.len())));
            let from = open.len().saturating_sub(SIDE_BY_SIDE);
            let chosen = open.split_off(from);
            let dives: Vec<_> = chosen
                .par_iter()
                .rev()
                .zip(simplexes.par_iter_mut())
                .map(|(node, simplex)| {
                    let before = simplex.pivots;
                    let dive = programme.dive(node, simplex, most, &|| !budget.overdue());
                    budget.spend((simplex.pivots - before) * simplex.effort());
                    dive
                })
                .collect();
            for dive in dives {
                nodes += dive.nodes;
                open.extend(dive.open);
                if let Some(plan) = dive.plan {
                    let plan = self.whole(&programme, &plan.1, costs);
                    if plan.cost as f64 <= most * self.scale && best.as_ref().is_none_or(|b| plan.cost < b.cost) {
                        most = ((plan.cost - self.quantum.max(1)) as f64 + 0.01) / self.scale;
                        best = Some(plan);
                    }
                }
            }
            open.retain(|node| node.bound < most);
        }
        Outcome {
            plan: best,
            nodes,
            open: open.len(),
        }
    }

    /// A plan from columns that cover all orders: each order stays in the first of its batches.
    fn whole(&self, programme: &Programme, chosen: &[u32], costs: &mut Costs<'_>) -> Plan {
        let mut seen = vec![false; self.table.orders];
        let mut sets: Vec<Vec<u32>> = Vec::new();
        for &c in chosen {
            let set: Vec<u32> = programme.orders[c as usize]
                .iter()
                .copied()
                .filter(|&o| !std::mem::replace(&mut seen[o as usize], true))
                .collect();
            if !set.is_empty() {
                sets.push(set);
            }
        }
        // None are missing but for rounding; such an order goes alone.
        sets.extend((0..seen.len()).filter(|&o| !seen[o]).map(|o| vec![o as u32]));
        Plan::of(sets, costs)
    }
}
