//! Branch and bound over known batches: two orders together in a batch, or apart (Ryan and Foster 1981).

use super::linear::{Basic, Columns, Simplex};

/// What a node demands of two orders.
pub(crate) type Demand = (u32, u32, bool);

/// A node that waits.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub demands: Vec<Demand>,
    pub basis: Vec<Basic>,
    pub bound: f64,
}

/// The programme at the root: columns and their orders.
pub(crate) struct Programme {
    pub columns: Columns,
    pub orders: Vec<Vec<u32>>,
}

/// What a dive found.
pub(crate) struct Dive {
    pub open: Vec<Node>,
    /// Columns of a solution and its cost.
    pub plan: Option<(f64, Vec<u32>)>,
    pub nodes: u64,
}

impl Programme {
    fn blocks(&self, column: usize, &(a, b, together): &Demand) -> bool {
        let orders = &self.orders[column];
        let (a, b) = (orders.contains(&a), orders.contains(&b));
        if together { a != b } else { a && b }
    }

    /// Goes down from a node, joining the pairs that the relaxation likes best, until the bound or a plan ends it.
    pub(crate) fn dive(&self, node: &Node, simplex: &mut Simplex, limit: f64, go: &dyn Fn() -> bool) -> Dive {
        let mut dive = Dive {
            open: Vec::new(),
            plan: None,
            nodes: 0,
        };
        let mut demands = node.demands.clone();
        let mut blocked: Vec<bool> = (0..self.columns.len())
            .map(|c| demands.iter().any(|d| self.blocks(c, d)))
            .collect();
        simplex.restart(&node.basis, &self.columns, &|c| blocked[c as usize]);
        loop {
            dive.nodes += 1;
            if !simplex.solve(&self.columns, &|c| blocked[c as usize], go) && !go() {
                // Not looked at to the end: it stays open.
                dive.open.push(Node {
                    demands,
                    basis: simplex.basis.clone(),
                    bound: node.bound,
                });
                return dive;
            }
            let bound = simplex.bound();
            if bound >= limit {
                return dive;
            }
            let solution = simplex.solution();
            let Some(pair) = self.fractional_pair(&solution) else {
                let columns: Vec<u32> = solution.iter().filter(|s| s.1 > 0.5).map(|s| s.0).collect();
                let cost = columns.iter().map(|&c| self.columns.costs[c as usize]).sum();
                dive.plan = Some((cost, columns));
                return dive;
            };
            let mut apart = demands.clone();
            apart.push((pair.0, pair.1, false));
            dive.open.push(Node {
                demands: apart,
                basis: simplex.basis.clone(),
                bound,
            });
            let demand = (pair.0, pair.1, true);
            demands.push(demand);
            for (c, blocked) in blocked.iter_mut().enumerate() {
                *blocked |= self.blocks(c, &demand);
            }
            simplex.recompute(&self.columns, &|c| blocked[c as usize]);
        }
    }

    /// The pair of orders whose togetherness is most worth a decision; `None` where the solution is integral.
    fn fractional_pair(&self, solution: &[(u32, f64)]) -> Option<(u32, u32)> {
        let fractional: Vec<(&[u32], f64)> = solution
            .iter()
            .filter(|s| s.1 < 1.0 - 1e-6)
            .map(|&(c, x)| (self.orders[c as usize].as_slice(), x))
            .collect();
        let mut pairs: Vec<((u32, u32), f64)> = Vec::new();
        for (orders, x) in &fractional {
            for (i, &a) in orders.iter().enumerate() {
                for &b in &orders[i + 1..] {
                    pairs.push(((a, b), *x));
                }
            }
        }
        pairs.sort_by_key(|p| p.0);
        let mut best: Option<(f64, (u32, u32))> = None;
        let mut i = 0;
        while i < pairs.len() {
            let pair = pairs[i].0;
            let mut sum = 0.0;
            while i < pairs.len() && pairs[i].0 == pair {
                sum += pairs[i].1;
                i += 1;
            }
            if !(1e-5..=1.0 - 1e-5).contains(&sum) {
                continue;
            }
            let score = (sum - 0.7).abs();
            if best.is_none_or(|b| score < b.0 - 1e-12) {
                best = Some((score, pair));
            }
        }
        best.map(|b| b.1)
    }
}
