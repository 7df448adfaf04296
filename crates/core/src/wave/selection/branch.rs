//! Branch and bound over the aisles of waves with exactly `k` aisles: an aisle is visited or not. Nodes are bounded by the
//! relaxation, and prices say of other aisles that they must or cannot be visited. Depth first, so that few nodes wait.

use std::sync::Arc;

use super::exact_fill::fill_exactly;
use super::fill::{Wave, filled};
use super::presolve::Reduced;
use super::relaxation::{Fixed, ONE, Prices, Relaxation, Work};
use super::volume::{Aim, Pace};
use crate::search::{Budget, Milp};

const AT_NODE: Pace = Pace {
    steps: 40,
    fresh: 0.1,
    scale: 0.2,
    patience: 5,
};
const AT_LEAF: Pace = Pace {
    steps: 200,
    fresh: 0.3,
    scale: 0.5,
    patience: 8,
};

/// A node that waits.
#[derive(Clone, Debug)]
pub(super) struct Node<'a> {
    relaxation: Arc<Relaxation<'a>>,
    fixed: Vec<Fixed>,
    prices: Arc<Prices>,
    /// No wave below this node has more units.
    bound: i64,
}

/// What came of a node.
pub(super) struct Outcome<'a> {
    pub children: Vec<Node<'a>>,
    /// The bound of a leaf that could not be decided.
    pub stuck: Option<i64>,
    pub wave: Option<Wave>,
    pub work: u64,
}

/// The tree of one number of aisles.
pub(super) struct Tree<'a> {
    reduced: &'a Reduced,
    pub k: usize,
    waiting: Vec<Node<'a>>,
    stuck: i64,
}

impl<'a> Tree<'a> {
    /// A tree over the aisles that prices do not rule out.
    pub(super) fn new(
        reduced: &'a Reduced,
        whole: &Arc<Relaxation<'a>>,
        prices: Arc<Prices>,
        k: usize,
        bound: i64,
        best: Option<&Wave>,
        spent: &mut u64,
    ) -> Self {
        let target = super::prove::Proof::target(reduced, best, k);
        let mut work = Work::default();
        let mut fixed = vec![Fixed::Free; whole.aisles.len()];
        let now = whole.bound(&prices, &fixed, k, &mut work);
        fix(&mut fixed, &work, now, k, target);
        *spent += work.spent;
        let node = Node {
            relaxation: Arc::clone(whole),
            fixed,
            prices,
            bound,
        };
        Self {
            reduced,
            k,
            waiting: vec![node.narrowed(reduced)],
            stuck: i64::MIN,
        }
    }

    /// The last nodes, at most so many.
    pub(super) fn pop(&mut self, most: usize) -> Vec<Node<'a>> {
        self.waiting.split_off(self.waiting.len().saturating_sub(most))
    }

    /// Takes in what came of a node.
    pub(super) fn push(&mut self, children: Vec<Node<'a>>, stuck: Option<i64>) {
        self.waiting.extend(children);
        self.stuck = self.stuck.max(stuck.unwrap_or(i64::MIN));
    }

    /// Whether no node waits.
    pub(super) const fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// No wave of this tree that was not looked at has more units.
    pub(super) fn bound(&self) -> i64 {
        self.waiting
            .iter()
            .map(|n| n.bound)
            .max()
            .unwrap_or(i64::MIN)
            .max(self.stuck)
    }

    /// Solves one node against the units that a wave needs.
    pub(super) fn solve(&self, node: Node<'a>, target: i64, milp: Milp, budget: &Budget<'_>) -> Outcome<'a> {
        let mut out = Outcome {
            children: Vec::new(),
            stuck: None,
            wave: None,
            work: 0,
        };
        if node.bound < target {
            return out;
        }
        let Node {
            relaxation,
            mut fixed,
            prices,
            mut bound,
        } = node;
        let mut prices = (*prices).clone();
        let mut work = Work::default();
        loop {
            let visited = fixed.iter().filter(|f| **f == Fixed::Visited).count();
            let free = fixed.iter().filter(|f| **f == Fixed::Free).count();
            if visited > self.k || visited + free < self.k {
                out.work = work.spent;
                return out;
            }
            let leaf = visited == self.k || visited + free == self.k;
            if leaf {
                let mark = if visited == self.k {
                    Fixed::Closed
                } else {
                    Fixed::Visited
                };
                fixed.iter_mut().filter(|f| **f == Fixed::Free).for_each(|f| *f = mark);
            }
            let pace = if leaf { AT_LEAF } else { AT_NODE };
            let now = relaxation.improve(
                &mut prices,
                &fixed,
                Aim {
                    k: self.k,
                    enough: target * ONE,
                },
                pace,
                &mut work,
                budget,
            );
            bound = bound.min(now.div_euclid(ONE));
            if bound < target {
                out.work = work.spent;
                return out;
            }
            if leaf {
                let aisles: Vec<u32> = chosen(&relaxation, &fixed, &[]);
                let wave = filled(self.reduced, &aisles).wave();
                let (wave, sure) = fill_exactly(self.reduced, wave, milp, budget);
                out.stuck = (wave.units < bound && !sure).then_some(bound);
                out.wave = Some(wave).filter(|w| w.units >= target);
                out.work = work.spent;
                return out;
            }
            let fixed_now = fix(&mut fixed, &work, now, self.k, target);
            if fixed_now * 8 < free || budget.overdue() {
                break;
            }
        }
        // A wave of the aisles that are worth most.
        let visited = fixed.iter().filter(|f| **f == Fixed::Visited).count();
        let aisles = chosen(
            &relaxation,
            &fixed,
            &work.ranked[..(self.k - visited).min(work.ranked.len())],
        );
        let fill = filled(self.reduced, &aisles);
        work.spent += fill.work;
        if fill.units >= target {
            out.wave = Some(fill.wave()).filter(|w| w.units >= target);
        }
        // The aisle that the relaxation is least sure of and that is worth most.
        let undecided = |a: usize| {
            let share = work.share[a].clamp(0.02, 0.98);
            f64::from(share * (1.0 - share)) * (work.worth[a] as f64 + 1.0)
        };
        let free = (0..fixed.len()).filter(|&a| fixed[a] == Fixed::Free);
        let Some(aisle) = free.max_by(|&a, &b| undecided(a).total_cmp(&undecided(b)).then(b.cmp(&a))) else {
            out.stuck = Some(bound);
            out.work = work.spent;
            return out;
        };
        let aisle = relaxation.aisles[aisle];
        let node = Node {
            relaxation,
            fixed,
            prices: Arc::new(prices),
            bound,
        };
        let node = node.narrowed(self.reduced);
        for mark in [Fixed::Closed, Fixed::Visited] {
            let mut child = node.clone();
            if let Ok(at) = child.relaxation.aisles.binary_search(&aisle) {
                child.fixed[at] = mark;
            }
            out.children.push(child);
        }
        out.work = work.spent;
        out
    }
}

impl<'a> Node<'a> {
    /// The same node without the aisles that are closed, where these are many.
    fn narrowed(self, reduced: &'a Reduced) -> Self {
        let closed = self.fixed.iter().filter(|f| **f == Fixed::Closed).count();
        if closed * 4 < self.fixed.len() {
            return self;
        }
        let kept: Vec<usize> = (0..self.fixed.len())
            .filter(|&a| self.fixed[a] != Fixed::Closed)
            .collect();
        let aisles = kept.iter().map(|&a| self.relaxation.aisles[a]).collect();
        let relaxation = Relaxation::of(reduced, aisles);
        Self {
            prices: Arc::new(self.relaxation.narrowed(&self.prices, &relaxation)),
            relaxation: Arc::new(relaxation),
            fixed: kept.iter().map(|&a| self.fixed[a]).collect(),
            bound: self.bound,
        }
    }
}

/// Aisles of the reduced problem that are visited, and some more.
fn chosen(relaxation: &Relaxation<'_>, fixed: &[Fixed], more: &[u32]) -> Vec<u32> {
    let visited = (0..fixed.len()).filter(|&a| fixed[a] == Fixed::Visited);
    visited
        .chain(more.iter().map(|&a| a as usize))
        .map(|a| relaxation.aisles[a])
        .collect()
}

/// Fixes free aisles whose other choice cannot reach the target; returns how many.
fn fix(fixed: &mut [Fixed], work: &Work, bound: i64, k: usize, target: i64) -> usize {
    let visited = fixed.iter().filter(|f| **f == Fixed::Visited).count();
    let more = k.saturating_sub(visited);
    let (target, mut done) = (target * ONE, 0);
    if more == 0 || more >= work.ranked.len() {
        return 0;
    }
    let worth = |n: usize| work.worth[work.ranked[n] as usize];
    let (last, next) = (worth(more - 1), worth(more));
    for (n, &aisle) in work.ranked.iter().enumerate() {
        let without = if n < more { bound - worth(n) + next } else { bound };
        let with = if n < more { bound } else { bound - last + worth(n) };
        if with < target {
            fixed[aisle as usize] = Fixed::Closed;
            done += 1;
        } else if without < target {
            fixed[aisle as usize] = Fixed::Visited;
            done += 1;
        }
    }
    done
}
