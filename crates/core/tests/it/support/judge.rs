//! Judging plans of the hand-made problem: which codes are found.

use std::collections::BTreeSet;

use clapot::model::Problem;
use clapot::plan::RoutingPlan;
use clapot::verify::{Verification, VerifyOptions, verify};

use super::hand::{self, allocation, good};
use super::modest_plan;

pub(crate) fn judge(problem: &Problem, plan: &RoutingPlan) -> Verification {
    verify(
        problem,
        plan,
        &VerifyOptions {
            threads: 1,
            ..VerifyOptions::default()
        },
    )
}

pub(crate) fn names(found: &Verification) -> BTreeSet<&'static str> {
    found.violations.iter().map(|v| v.code.name()).collect()
}

pub(crate) fn good_plan(problem: &Problem) -> RoutingPlan {
    modest_plan(problem, allocation(problem, &good()))
}

/// The good plan after a change must have exactly these faults.
pub(crate) fn expect_changed(what: &str, change: impl FnOnce(&Problem, &mut RoutingPlan), codes: &[&str]) {
    let problem = hand::problem();
    let mut plan = good_plan(&problem);
    change(&problem, &mut plan);
    let found = judge(&problem, &plan);
    assert_eq!(
        names(&found),
        codes.iter().copied().collect(),
        "{what}: {:?}",
        found.violations
    );
}
