//! The elite: a few different plans of least value.

use crate::search::Random;

/// Plans with their values, best first once ranked.
pub(super) struct Pool {
    most: usize,
    plans: Vec<(i64, Vec<u32>)>,
}

impl Pool {
    /// A pool of one plan.
    pub(super) fn new(most: usize, first: Vec<u32>) -> Self {
        Self {
            most,
            plans: vec![(0, first)],
        }
    }

    /// Adds a plan that is not there.
    pub(super) fn add(&mut self, plan: &[u32]) {
        if !self.plans.iter().any(|p| p.1 == plan) {
            self.plans.push((0, plan.to_vec()));
        }
    }

    /// Keeps the plans of least value.
    pub(super) fn rank(&mut self, value: impl Fn(&[u32]) -> i64) {
        for plan in &mut self.plans {
            plan.0 = value(&plan.1);
        }
        self.plans.sort();
        self.plans.truncate(self.most);
    }

    /// Two plans at random, maybe the same.
    pub(super) fn pair(&self, random: &mut Random) -> (&[u32], &[u32]) {
        let n = self.plans.len() as u64;
        let mut one = || &self.plans[random.below(n) as usize].1[..];
        (one(), one())
    }
}
