//! Calls that nobody waits for any more end without an answer, and a flag that is not set changes nothing.

use std::sync::atomic::{AtomicBool, Ordering};

use clapot::generate::{GenerateOptions, generate};
use clapot::plan::LimitReached;
use clapot::solve::route_unless;
use clapot::verify::{VerifyOptions, verify, verify_unless};
use clapot::wave::batch::{AisleTours, BatchOptions, BatchProblem, Capacity, Objective, Order, plan_batches};
use clapot::{Problem, RouteOptions, StdClock, Surroundings, route};

fn problem() -> Problem {
    let options = GenerateOptions {
        orders: 60,
        nodes: 5,
        seed: 3,
        ..GenerateOptions::default()
    };
    clapot::validate::check(generate(&options).unwrap()).unwrap().problem
}

fn options() -> RouteOptions {
    RouteOptions {
        work_limit: Some(3_000),
        ..RouteOptions::default()
    }
}

#[test]
fn a_route_that_is_abandoned_has_no_plan() {
    let (problem, clock) = (problem(), StdClock::start());
    let abandoned = AtomicBool::new(false);
    // The flag is set when the run is about to prove and verify, which it then does not.
    let mut phases = Vec::new();
    let mut see = |step: clapot::search::Progress| {
        phases.push(step.phase);
        abandoned.store(step.phase == "verify", Ordering::Relaxed);
    };
    let around = Surroundings {
        clock: &clock,
        interrupt: None,
        progress: &mut see,
    };
    let error = route_unless(&problem, &options(), None, around, &abandoned).unwrap_err();
    assert!(error.is_interrupted(), "{error}");
    assert_eq!(phases.last(), Some(&"verify"));
}

#[test]
fn a_flag_that_is_not_set_changes_nothing() {
    let (problem, clock) = (problem(), StdClock::start());
    let never = AtomicBool::new(false);
    let around = || Surroundings {
        clock: &clock,
        interrupt: None,
        progress: Box::leak(Box::new(|_| {})),
    };
    let plan = route(&problem, &options(), around()).unwrap();
    let (same, taken_over) = route_unless(&problem, &options(), None, around(), &never).unwrap();
    assert_eq!((&same.shipments, &same.prices), (&plan.shipments, &plan.prices));
    assert_eq!((same.outcome.bound, taken_over), (plan.outcome.bound, None));
    let judged = verify(&problem, &plan, &VerifyOptions::default());
    assert!(judged.is_valid());
    assert_eq!(
        verify_unless(&problem, &plan, &VerifyOptions::default(), &never),
        Some(judged)
    );
    let set = AtomicBool::new(true);
    assert_eq!(verify_unless(&problem, &plan, &VerifyOptions::default(), &set), None);
}

#[test]
fn batching_that_is_interrupted_at_once_still_serves_every_order() {
    use clapot::Distance;
    use clapot::model::{AisleLayout, Layout, RegularAisles};
    let metre = Distance::from_metres(1);
    let aisles = RegularAisles {
        aisles: 4,
        cells: 10,
        blocks: 1,
        aisle_gap: metre * 4,
        cell_gap: metre,
        front_gap: metre,
        back_gap: metre,
        middle_gap: metre,
        cells_from_back: false,
        depot_aisle: 0,
        depot_cross: 0,
        depot_distance: Distance::ZERO,
    };
    let aisles = AisleLayout::new(aisles.input()).unwrap();
    let order = |n: usize| Order {
        stops: aisles.location(n % 4, n * 7 % 10).into_iter().collect(),
        units: 1,
        ..Order::default()
    };
    let orders: Vec<Order> = (0..50).map(order).collect();
    let tours = AisleTours::new(&Layout::from(aisles.clone())).unwrap();
    let problem = BatchProblem {
        orders: &orders,
        tours: &tours,
        capacity: Capacity {
            units: Some(4),
            ..Capacity::default()
        },
        objective: Objective::Distance,
        pickers: 1,
    };
    let now = AtomicBool::new(true);
    let plan = plan_batches(&problem, &BatchOptions::default(), &StdClock::start(), Some(&now)).unwrap();
    let mut served: Vec<usize> = plan.batches.iter().flat_map(|b| b.orders.clone()).collect();
    served.sort_unstable();
    assert_eq!(served, (0..50).collect::<Vec<_>>());
    assert!(plan.batches.iter().all(|b| b.orders.len() <= 4));
    assert_eq!(
        plan.work,
        50 + 50,
        "one tour for each order, as its kin and as its batch"
    );
    // Likewise with due times, of which each order is late.
    let late: Vec<Order> = orders
        .iter()
        .map(|o| Order {
            due: Some(0),
            ..o.clone()
        })
        .collect();
    let problem = BatchProblem {
        orders: &late,
        objective: Objective::Time {
            speed: 1_000,
            set_up: 1_000,
            per_stop: 0,
        },
        pickers: 2,
        ..problem
    };
    let plan = plan_batches(&problem, &BatchOptions::default(), &StdClock::start(), Some(&now)).unwrap();
    assert_eq!(plan.batches.iter().map(|b| b.orders.len()).sum::<usize>(), 50);
    assert_eq!((plan.late, plan.limit), (50, Some(LimitReached::Interrupted)));
    assert!(plan.work <= 200, "{}", plan.work);
}
