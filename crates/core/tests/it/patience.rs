//! Runs that no limit ends: they end by themselves, in the same place each time; and runs that the caller's patience ends.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use clapot::Problem;
use clapot::generate::{GenerateOptions, generate};
use clapot::plan::{LimitReached, RoutingPlan, Status};
use clapot::search::{Clock, Milp};
use clapot::solve::{RouteOptions, Surroundings, route};
use clapot::verify::{VerifyOptions, verify};

use crate::support::judge::routed;

fn problem(orders: u32, seed: u64) -> Problem {
    let options = GenerateOptions {
        orders,
        nodes: 6,
        seed,
        divisible: false,
        ..GenerateOptions::default()
    };
    clapot::validate::check(generate(&options).unwrap()).unwrap().problem
}

/// Too many orders for a proof by the built-in backend, which goes from neighbourhood to neighbourhood for ever.
fn endless() -> RouteOptions {
    RouteOptions {
        milp: Milp::MicroLp,
        ..RouteOptions::default()
    }
}

/// HiGHS counts what its models take, and ends them by it.
#[cfg(feature = "highs")]
#[test]
fn a_run_without_a_limit_ends_by_itself_and_repeats_at_any_number_of_threads() {
    let problem = problem(300, 5);
    let at = |threads| {
        let options = RouteOptions {
            threads,
            ..RouteOptions::default()
        };
        let mut plan = routed(&problem, &options, None);
        plan.outcome.seconds = 0.0;
        plan
    };
    let one = at(1);
    let ended = match one.outcome.status {
        Status::Optimal => None,
        _ => Some(LimitReached::Stalled),
    };
    assert_eq!(one.outcome.limit, ended);
    assert!(one.gap().is_some_and(|gap| gap < 0.002), "{:?}", one.gap());
    assert_eq!(at(3), one);
}

#[test]
fn a_proof_ends_it_first() {
    let plan = routed(&problem(12, 1), &RouteOptions::default(), None);
    assert_eq!((plan.outcome.status, plan.outcome.limit), (Status::Optimal, None));
    // As well where the caller has none at all.
    let options = RouteOptions {
        patience: Some(Duration::from_nanos(1)),
        ..RouteOptions::default()
    };
    for seed in 1..20 {
        let plan = routed(&problem(3, seed), &options, None);
        assert_ne!(
            (plan.outcome.status, plan.outcome.limit),
            (Status::Optimal, Some(LimitReached::Stalled))
        );
    }
}

/// A clock on which every look takes a millisecond.
struct Looks(AtomicU64);

impl Clock for Looks {
    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

fn by_looks(problem: &Problem, options: &RouteOptions) -> RoutingPlan {
    let clock = Looks(AtomicU64::new(0));
    let around = Surroundings {
        clock: &clock,
        interrupt: None,
        progress: &mut |_| {},
    };
    let plan = route(problem, options, around).unwrap();
    assert!(verify(problem, &plan, &VerifyOptions::default()).is_valid());
    plan
}

#[test]
fn the_callers_patience_ends_any_run_from_the_first_plan_on() {
    let problem = problem(120, 4);
    let with = |millis, work_limit| {
        let options = RouteOptions {
            patience: Some(Duration::from_millis(millis)),
            work_limit,
            threads: 1,
            ..endless()
        };
        by_looks(&problem, &options)
    };
    let none = with(1, None);
    assert_eq!(none.outcome.limit, Some(LimitReached::Stalled));
    let some = with(2_000, None);
    assert_eq!(some.outcome.limit, Some(LimitReached::Stalled));
    assert!(some.outcome.work > none.outcome.work && some.cost.total() <= none.cost.total());
    // Whichever comes first.
    assert_eq!(
        with(u64::MAX / 2_000_000, Some(30_000)).outcome.limit,
        Some(LimitReached::Work)
    );
    assert_eq!(with(1, Some(u64::MAX)).outcome.limit, Some(LimitReached::Stalled));
    let nothing = RouteOptions {
        patience: Some(Duration::ZERO),
        ..endless()
    };
    let around = Surroundings {
        clock: &Looks(AtomicU64::new(0)),
        interrupt: None,
        progress: &mut |_| {},
    };
    assert!(route(&problem, &nothing, around).is_err());
}
