//! The bound: for each number of aisles `k` an upper bound on the units of a wave with exactly `k` aisles. First one
//! Lagrangian relaxation for all `k`, then branch and bound over the aisles of one `k` at a time.
//!
//! No wave has a larger ratio than the largest `bound(k) / k` among the `k` whose bound reaches the least units. A `k` is
//! closed once its bound is below what would beat the best wave known.

use std::sync::Arc;

use rayon::prelude::*;

use super::answer::Ratio;
use super::branch::{Node, Tree};
use super::fill::Wave;
use super::presolve::Reduced;
use super::relaxation::{Fixed, ONE, Prices, Relaxation, Work};
use super::volume::{Aim, Pace};
use crate::search::{Budget, Milp};

/// Relaxations improved at once, and nodes solved at once: the same at any number of threads.
pub(super) const AT_ONCE: usize = 8;
const FIRST: Pace = Pace {
    steps: 500,
    fresh: 0.5,
    scale: 0.5,
    patience: 10,
};
const ROOT: [Pace; 3] = [
    Pace {
        steps: 100,
        fresh: 0.1,
        scale: 0.2,
        patience: 6,
    },
    Pace {
        steps: 200,
        fresh: 0.1,
        scale: 0.2,
        patience: 8,
    },
    Pace {
        steps: 400,
        fresh: 0.1,
        scale: 0.2,
        patience: 10,
    },
];

/// What is known of one number of aisles.
#[derive(Debug)]
struct Count {
    k: usize,
    /// No wave with `k` aisles has more units.
    bound: i64,
    /// Prices that gave the bound, and how often they were improved.
    prices: Option<Arc<Prices>>,
    tries: usize,
}

/// The state of the proof.
pub(super) struct Proof<'a> {
    reduced: &'a Reduced,
    whole: Arc<Relaxation<'a>>,
    counts: Vec<Count>,
    tree: Option<Tree<'a>>,
    /// Branch-and-bound nodes solved.
    pub nodes: u64,
    pub work: u64,
}

impl<'a> Proof<'a> {
    /// Nothing proved but what the limits say.
    pub(super) fn new(reduced: &'a Reduced) -> Self {
        let aisles = reduced.aisles.len();
        let bound = reduced.most;
        let count = |k| Count {
            k,
            bound,
            prices: None,
            tries: 0,
        };
        Self {
            reduced,
            whole: Arc::new(Relaxation::of(reduced, (0..aisles as u32).collect())),
            counts: (1..=aisles).map(count).collect(),
            tree: None,
            nodes: 0,
            work: 0,
        }
    }

    /// Units that a wave of `k` aisles needs to beat the best.
    pub(super) fn target(reduced: &Reduced, best: Option<&Wave>, k: usize) -> i64 {
        let beat = best.map_or(0, |b| b.units * k as i64 / b.aisles.len() as i64 + 1);
        beat.max(reduced.least)
    }

    fn is_open(&self, count: &Count, best: Option<&Wave>) -> bool {
        count.bound >= Self::target(self.reduced, best, count.k)
    }

    /// Whether no wave beats the best.
    pub(super) fn closed(&self, best: Option<&Wave>) -> bool {
        self.counts.iter().all(|c| !self.is_open(c, best))
    }

    /// The proved bound on the ratio; `None` where every `k` is below the least units.
    pub(super) fn ratio(&self, best: Option<&Wave>) -> Option<Ratio> {
        let open = self.counts.iter().filter(|c| self.is_open(c, best));
        let own = best.map(|b| Ratio::new(b.units as u64, b.aisles.len() as u64));
        open.map(|c| Ratio::new(c.bound as u64, c.k as u64)).chain(own).max()
    }

    /// Whether there is nothing left that this proof could do.
    pub(super) fn exhausted(&self, best: Option<&Wave>) -> bool {
        self.tree.is_none() && self.next_tree(best).is_none() && self.next_roots(best).is_empty()
    }

    /// How much work of search each work of the proof deserves: little where the proof can end soon, much where the bound
    /// stays more than a tenth from the best ratio.
    pub(super) fn search_share(&self, best: Option<&Wave>) -> u64 {
        let (Some(bound), Some(wave)) = (self.ratio(best), best) else {
            return 8;
        };
        let wide = bound.as_f64() * wave.aisles.len() as f64 > 1.1 * wave.units as f64;
        match (wide, self.next_roots(best).is_empty()) {
            (false, _) => 1,
            (true, false) => 3,
            (true, true) => 8,
        }
    }

    /// The open `k` to improve at the root: the largest ratios first.
    fn next_roots(&self, best: Option<&Wave>) -> Vec<usize> {
        let mut open: Vec<usize> = (0..self.counts.len())
            .filter(|&n| self.counts[n].tries < ROOT.len() && self.is_open(&self.counts[n], best))
            .collect();
        let rank = |n: usize| {
            let c = &self.counts[n];
            (c.tries, Ratio::new(c.bound as u64, c.k as u64))
        };
        // One first: the others start from its prices.
        if self.counts.iter().all(|c| c.prices.is_none()) {
            let near = best.map_or(0, |b| b.aisles.len() - 1);
            return open
                .iter()
                .copied()
                .min_by_key(|n| n.abs_diff(near))
                .into_iter()
                .collect();
        }
        open.sort_by(|&a, &b| {
            rank(b)
                .1
                .cmp(&rank(a).1)
                .then(rank(a).0.cmp(&rank(b).0))
                .then(a.cmp(&b))
        });
        open.truncate(AT_ONCE);
        open
    }

    fn next_tree(&self, best: Option<&Wave>) -> Option<usize> {
        (0..self.counts.len())
            .filter(|&n| {
                let c = &self.counts[n];
                c.prices.is_some() && c.tries < usize::MAX && self.is_open(c, best)
            })
            .max_by_key(|&n| Ratio::new(self.counts[n].bound as u64, self.counts[n].k as u64))
    }

    /// Does some more work; waves that turn up on the way come back.
    pub(super) fn advance(&mut self, best: Option<&Wave>, milp: Milp, budget: &Budget<'_>) -> Option<Wave> {
        let before = self.work;
        let roots = self.next_roots(best);
        let found = if roots.is_empty() {
            self.branch(best, milp, budget)
        } else {
            self.improve_roots(&roots, best, budget);
            None
        };
        budget.spend(self.work - before);
        found
    }

    fn improve_roots(&mut self, roots: &[usize], best: Option<&Wave>, budget: &Budget<'_>) {
        let whole = &self.whole;
        let free = vec![Fixed::Free; whole.aisles.len()];
        let counts = &self.counts;
        let answers: Vec<(usize, i64, Prices, Work)> = roots
            .par_iter()
            .map(|&n| {
                let near = (0..counts.len())
                    .filter(|&m| counts[m].prices.is_some())
                    .min_by_key(|&m| (m.abs_diff(n), m));
                let mut prices = match near.and_then(|m| counts[m].prices.as_ref()) {
                    Some(prices) => (**prices).clone(),
                    None => whole.first_prices(),
                };
                let pace = if near.is_none() { FIRST } else { ROOT[counts[n].tries] };
                let enough = Self::target(self.reduced, best, counts[n].k) * ONE;
                let mut work = Work::default();
                let bound = whole.improve(
                    &mut prices,
                    &free,
                    Aim { k: counts[n].k, enough },
                    pace,
                    &mut work,
                    budget,
                );
                (n, bound, prices, work)
            })
            .collect();
        for (n, bound, prices, work) in answers {
            self.work += work.spent;
            // These prices bound every number of aisles.
            let k = self.counts[n].k;
            let top = |k: usize| work.ranked.iter().take(k).map(|&a| work.worth[a as usize]).sum::<i64>();
            let rest = bound - top(k);
            let mut sum = rest;
            for (count, &aisle) in self.counts.iter_mut().zip(&work.ranked) {
                sum += work.worth[aisle as usize];
                count.bound = count.bound.min(sum.div_euclid(ONE));
            }
            self.counts[n].prices = Some(Arc::new(prices));
            self.counts[n].tries += 1;
        }
    }

    fn branch(&mut self, best: Option<&Wave>, milp: Milp, budget: &Budget<'_>) -> Option<Wave> {
        if self.tree.is_none() {
            let n = self.next_tree(best)?;
            let count = &mut self.counts[n];
            count.tries = usize::MAX;
            let prices = count.prices.clone()?;
            self.tree = Some(Tree::new(
                self.reduced,
                &self.whole,
                prices,
                count.k,
                count.bound,
                best,
                &mut self.work,
            ));
        }
        let tree = self.tree.as_mut()?;
        let nodes = tree.pop(AT_ONCE);
        self.nodes += nodes.len() as u64;
        let target = Self::target(self.reduced, best, tree.k);
        let solve = |node: Node<'a>| tree.solve(node, target, milp, budget);
        let solved: Vec<_> = nodes.into_par_iter().map(solve).collect();
        let mut found: Option<Wave> = None;
        for outcome in solved {
            self.work += outcome.work;
            tree.push(outcome.children, outcome.stuck);
            if let Some(wave) = outcome.wave
                && wave.beats(best)
                && wave.beats(found.as_ref())
            {
                found = Some(wave);
            }
        }
        let now = found.as_ref().or(best);
        let target = Self::target(self.reduced, now, tree.k);
        let bound = tree.bound().max(target - 1);
        let at = &mut self.counts[tree.k - 1];
        at.bound = at.bound.min(bound);
        if tree.is_empty() || at.bound < target {
            self.tree = None;
        }
        found
    }
}
