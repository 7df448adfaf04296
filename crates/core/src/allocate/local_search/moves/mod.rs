//! Moves, each a contract: whether it can do anything here, what it would do and gain, and doing it.

mod chain;
mod shift;

pub(super) use chain::Chain;
pub(super) use shift::Shift;

use super::plan::Plan;
use super::table::Table;

/// An order and the option that it takes.
pub(super) type Step = (u32, u32);

/// A change that lowers the value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Gain {
    /// By how much, negative.
    pub change: i64,
    pub steps: Vec<Step>,
}

/// How often a move was looked for and how often it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub evaluated: u64,
    pub applied: u64,
}

/// A kind of change to a plan.
pub(super) trait Move {
    /// Whether it can ever gain anything.
    fn supports(&self, table: &Table) -> bool;

    /// Looks for a gain that starts at an order, over options of reduced cost up to `limit`. The plan stays as it is.
    fn evaluate(&mut self, plan: &mut Plan<'_>, order: u32, limit: i64) -> Option<Gain>;

    /// Makes the change.
    fn apply(&mut self, plan: &mut Plan<'_>, gain: &Gain) {
        for &(order, option) in &gain.steps {
            plan.apply(order, option);
        }
        self.counts().applied += 1;
    }

    fn counts(&mut self) -> &mut Counts;
}
