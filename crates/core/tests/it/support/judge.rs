//! Judging plans of the hand-made problem: which codes are found.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

use clapot::model::Problem;
use clapot::plan::RoutingPlan;
use clapot::search::StdClock;
use clapot::solve::{RouteOptions, Surroundings, route};
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

/// A plan of the library, which the verifier accepts with its bound.
pub(crate) fn routed(problem: &Problem, options: &RouteOptions, interrupt: Option<&AtomicBool>) -> RoutingPlan {
    try_routed(problem, options, interrupt).unwrap_or_else(|fault| panic!("{options:?}: {fault}"))
}

/// The same, or what is wrong with it.
pub(crate) fn try_routed(
    problem: &Problem,
    options: &RouteOptions,
    interrupt: Option<&AtomicBool>,
) -> Result<RoutingPlan, String> {
    let clock = StdClock::start();
    let surroundings = Surroundings {
        clock: &clock,
        interrupt,
        progress: &mut |_| {},
    };
    let plan = route(problem, options, surroundings).map_err(|e| e.to_string())?;
    let verdict = judge(problem, &plan);
    if !verdict.is_valid() {
        return Err(format!("{:?}", verdict.violations));
    }
    let (stated, proved) = (plan.outcome.bound, verdict.proved_bound.unwrap());
    if stated > proved.lower || stated > plan.cost.total() {
        return Err(format!("states {stated} but {proved:?}, total {}", plan.cost.total()));
    }
    Ok(plan)
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
