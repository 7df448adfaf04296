//! How a run ended and what it proved: status, limit, bound and gap are separate facts.

use crate::quantity::Money;

/// What is proved of a plan. Never claims more than the bound shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Status {
    /// The proved bound equals the total: no valid plan is cheaper.
    Optimal,
    /// A valid plan; the gap says how far from the best it can be at most.
    Feasible,
    /// Decisions of another system that break a rule of the problem; nothing is proved of them.
    Infeasible,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Optimal, Self::Feasible, Self::Infeasible];

    /// The word of `plan.json`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Optimal => "optimal",
            Self::Feasible => "feasible",
            Self::Infeasible => "infeasible",
        }
    }
}

/// Why a run stopped before it had nothing more to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum LimitReached {
    /// The wall-clock deadline.
    Time,
    /// The work limit.
    Work,
    /// The wanted gap was reached.
    Gap,
    /// The caller asked it to stop.
    Interrupted,
    /// Neither plan nor bound had moved for long.
    Stalled,
}

impl LimitReached {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Time, Self::Work, Self::Gap, Self::Interrupted, Self::Stalled];

    /// The word of `plan.json`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Work => "work",
            Self::Gap => "gap",
            Self::Interrupted => "interrupted",
            Self::Stalled => "stalled",
        }
    }
}

/// The five parts of a plan's cost, each exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CostParts {
    /// What carriers are paid.
    pub transport: Money,
    /// What handling at the nodes costs.
    pub handling: Money,
    /// Penalties for shipments of an order beyond its first.
    pub split: Money,
    /// Penalties for days after promised dates.
    pub late: Money,
    /// Penalties for units left unfilled.
    pub unfilled: Money,
}

impl CostParts {
    /// The sum of the parts: the objective.
    #[must_use]
    pub fn total(&self) -> Money {
        self.transport + self.handling + self.split + self.late + self.unfilled
    }
}

impl std::ops::AddAssign for CostParts {
    fn add_assign(&mut self, other: Self) {
        self.transport += other.transport;
        self.handling += other.handling;
        self.split += other.split;
        self.late += other.late;
        self.unfilled += other.unfilled;
    }
}

/// What the run says of itself and of what it proved.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Outcome {
    /// What is proved.
    pub status: Status,
    /// What stopped the run early, if anything.
    pub limit: Option<LimitReached>,
    /// Proved by the shadow prices: no valid plan costs less.
    pub bound: Money,
    /// A better bound from branching, where there is one; the prices do not show it.
    pub proved_bound: Option<Money>,
    /// Name of the method.
    pub method: String,
    /// Seed of the run.
    pub seed: u64,
    /// Work done, in the units of the work limit.
    pub work: u64,
    /// Wall-clock seconds from the start of the call to the finished plan.
    pub seconds: f64,
}

/// `(total - bound) / total`, 0 where the total is 0; `None` where the bound proves nothing: that no plan costs less than
/// nothing is known anyway.
#[must_use]
pub fn gap(total: Money, bound: Money) -> Option<f64> {
    if total == Money::ZERO {
        return Some(0.0);
    }
    let proves = total > Money::ZERO && bound > Money::ZERO;
    proves.then(|| (total.as_f64() - bound.as_f64()) / total.as_f64())
}
