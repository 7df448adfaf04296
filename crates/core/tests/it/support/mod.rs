//! What the tests share: files, a small random source, tiny random problems, and a brute force over all allocations.

pub(crate) mod files;
pub(crate) mod guess;
pub(crate) mod hand;
pub(crate) mod hostile;
pub(crate) mod judge;
pub(crate) mod oracle;
pub(crate) mod quantities;
pub(crate) mod random;
pub(crate) mod tiny;
pub(crate) mod tiny_floors;
pub(crate) mod transport;
pub(crate) mod waves;

use clapot::cost::price_plan;
use clapot::model::Problem;
use clapot::plan::{Allocation, Outcome, RoutingPlan, ShadowPrices, Status};
use clapot::quantity::Money;

/// A plan that claims nothing: feasible, bound 0, no prices.
pub(crate) fn modest_plan(problem: &Problem, allocation: Allocation) -> RoutingPlan {
    let outcome = Outcome {
        status: Status::Feasible,
        limit: None,
        bound: Money::ZERO,
        proved_bound: None,
        method: "test".to_owned(),
        seed: 0,
        work: 0,
        seconds: 0.0,
    };
    price_plan(problem, allocation, outcome, ShadowPrices::default()).unwrap()
}
