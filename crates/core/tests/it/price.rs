//! Decisions of any system priced: what they leave open is filled in, and what they break is named.

use std::fs;

use clapot::allocate::policy::{Policy, allocate};
use clapot::io::{read_decisions, read_earlier_decisions};
use clapot::model::Problem;
use clapot::plan::{Carriage, Decision, Known, RoutingPlan, Status};
use clapot::search::StdClock;
use clapot::solve::{
    PriceOptions, PricedDecisions, RouteOptions, Surroundings, price_decisions, route_from, start_of_decisions,
};

use crate::support::hand::{self, line_of, node_of};
use crate::support::judge::judge;
use crate::support::modest_plan;
use crate::support::tiny::{self, Shape};

fn priced(problem: &Problem, decisions: &[Decision]) -> PricedDecisions {
    let around = Surroundings {
        clock: &StdClock::start(),
        interrupt: None,
        progress: &mut |_| {},
    };
    price_decisions(problem, decisions, None, &PriceOptions::default(), around).unwrap()
}

/// The decisions of a plan, in full or as bare pairs of line and node.
fn decisions(plan: &RoutingPlan, in_full: bool) -> Vec<Decision> {
    let rows = plan.assignments.iter().map(|a| {
        let shipment = &plan.shipments[a.shipment.0 as usize];
        Decision {
            qty: Some(a.qty),
            carriage: in_full.then_some(shipment.carriage),
            shipment: in_full.then_some(a.shipment.0),
            ..Decision::new(a.line, a.node)
        }
    });
    rows.collect()
}

#[test]
fn the_decisions_of_a_plan_cost_what_the_plan_costs() {
    let problem = hand::problem();
    let plan = modest_plan(&problem, hand::allocation(&problem, &hand::good()));
    let again = priced(&problem, &decisions(&plan, true));
    assert!(again.is_valid(), "{again:?}");
    assert_eq!((again.plan.cost, &again.plan.shipments), (plan.cost, &plan.shipments));
    assert_eq!(again.plan.outcome.status, Status::Feasible);
    assert!(again.plan.outcome.bound <= plan.cost.total());
    assert!(judge(&problem, &again.plan).is_valid());
}

#[test]
fn without_services_the_cheapest_ones_are_taken() {
    let problem = hand::problem();
    let plan = modest_plan(&problem, hand::allocation(&problem, &hand::good()));
    let bare = priced(&problem, &decisions(&plan, false));
    assert!(bare.is_valid(), "{bare:?}");
    assert!(bare.plan.cost.transport + bare.plan.cost.late < plan.cost.transport + plan.cost.late);
    assert_eq!(bare.plan.cost.handling, plan.cost.handling);
    assert_eq!(bare.plan.cost.unfilled, plan.cost.unfilled);
}

/// Policies send each shipment by its cheapest service as early as it leaves, which is what bare decisions are filled in to.
#[test]
fn bare_decisions_of_policies_cost_what_the_policies_cost() {
    let mut shipments = 0;
    for seed in 0..60 {
        let problem = tiny::problem(seed, Shape::default());
        for policy in Policy::ALL {
            let plan = modest_plan(&problem, allocate(&problem, policy, &mut || false));
            let bare = priced(&problem, &decisions(&plan, false));
            assert!(bare.is_valid(), "seed {seed}, {policy}: {:?}", bare.violations);
            assert_eq!(bare.plan.cost, plan.cost, "seed {seed}, {policy}");
            assert!(judge(&problem, &bare.plan).is_valid());
            shipments += plan.shipments.len();
        }
    }
    assert!(shipments > 200, "{shipments}");
}

#[test]
fn a_line_without_a_quantity_goes_whole_and_the_rest_of_a_divisible_one_too() {
    let problem = hand::problem();
    let whole = line_of(&problem, "o1", "1");
    let parts = line_of(&problem, "o6", "1"); // 8 units, divisible: 6 from A, the rest from D
    assert!(problem.lines()[parts].divisible);
    let (a, b, d) = (node_of(&problem, "A"), node_of(&problem, "B"), node_of(&problem, "D"));
    let six = Decision {
        qty: Some(6),
        ..Decision::new(parts, a)
    };
    let found = priced(&problem, &[Decision::new(whole, b), Decision::new(parts, d), six]);
    assert!(found.is_valid(), "{found:?}");
    let rows: Vec<_> = found.plan.assignments.iter().map(|x| (x.line, x.node, x.qty)).collect();
    let ordered = problem.lines()[whole].qty;
    let rest = problem.lines()[parts].qty - 6;
    assert_eq!(rows, [(whole, b, ordered), (parts, a, 6), (parts, d, rest)]);
}

#[test]
fn broken_rules_are_named_and_what_no_service_takes_stays_unfilled() {
    let problem = hand::problem();
    // o1 line 3 is too heavy for both services; o1 line 1 from C, which does not ship.
    let heavy = line_of(&problem, "o1", "3");
    let away = line_of(&problem, "o1", "1");
    let (b, c) = (node_of(&problem, "B"), node_of(&problem, "C"));
    let found = priced(&problem, &[Decision::new(heavy, b), Decision::new(away, c)]);
    assert!(!found.is_valid());
    assert_eq!(found.plan.outcome.status, Status::Infeasible);
    let names: Vec<&str> = found.violations.iter().map(|v| v.code.name()).collect();
    assert!(names.contains(&"ships-false"), "{names:?}");
    let [(order, not)] = &found.not_carried[..] else {
        panic!("{:?}", found.not_carried)
    };
    assert_eq!(
        (problem.order_id(*order), not.node, &not.lines[..]),
        ("o1", b, &[heavy][..])
    );
    assert!(found.plan.unfilled.iter().any(|u| u.line == heavy));
    let named = Decision {
        carriage: Some(Carriage::Service(problem.service_ids().find("std").unwrap())),
        ..Decision::new(heavy, b)
    };
    let found = priced(&problem, &[named]);
    assert_eq!(found.not_carried[0].1.reason, "the service does not take that weight");
}

#[test]
fn a_run_starts_from_decisions_and_costs_no_more_than_they() {
    for seed in 0..20 {
        let problem = tiny::problem(seed, Shape::default());
        let plan = modest_plan(&problem, allocate(&problem, Policy::Cheapest, &mut || false));
        let bare = decisions(&plan, false);
        let given = priced(&problem, &bare);
        let options = RouteOptions {
            work_limit: Some(200),
            ..RouteOptions::default()
        };
        let around = Surroundings {
            clock: &StdClock::start(),
            interrupt: None,
            progress: &mut |_| {},
        };
        let known = vec![Known::Whole; problem.orders().len()];
        let start = start_of_decisions(&problem, &bare, known, 0);
        let (better, _) = route_from(&problem, &options, &start, around).unwrap();
        assert!(better.cost.total() <= given.plan.cost.total(), "seed {seed}");
        assert!(judge(&problem, &better).is_valid());
    }
}

#[test]
fn a_table_of_decisions_is_read_with_what_it_gives() {
    let problem = hand::problem();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("yesterday.csv");
    fs::write(
        &file,
        "node_id,order_id,line_id,service_id,qty\nB,o1,1,std,\nB,o1,2,,1\nC,o5,1,pickup,1\n",
    )
    .unwrap();
    let read = read_decisions(&problem, &file).unwrap();
    let std = problem.service_ids().find("std").unwrap();
    let (b, c) = (node_of(&problem, "B"), node_of(&problem, "C"));
    let of = |order, line, node| Decision::new(line_of(&problem, order, line), node);
    let expected = [
        Decision {
            carriage: Some(Carriage::Service(std)),
            ..of("o1", "1", b)
        },
        Decision {
            qty: Some(1),
            ..of("o1", "2", b)
        },
        Decision {
            qty: Some(1),
            carriage: Some(Carriage::Pickup),
            ..of("o5", "1", c)
        },
    ];
    assert_eq!(read, expected);
}

#[test]
fn decisions_of_yesterday_are_taken_as_far_as_they_speak_of_today() {
    let problem = hand::problem();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("old.csv");
    fs::write(&file, "order_id,line_id,node_id\no1,1,B\no1,9,B\ngone,1,B\n").unwrap();
    let earlier = read_earlier_decisions(&problem, &file).unwrap();
    assert_eq!((earlier.decisions.len(), earlier.gone), (1, 1));
    let order = problem.order_ids().find("o1").unwrap();
    assert_eq!(earlier.known[order.0 as usize], Known::Changed);
    let codes: Vec<_> = read_decisions(&problem, &file)
        .unwrap_err()
        .diagnostics()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(codes.len(), 2, "{codes:?}");
    assert!(codes[0].starts_with("P605 old.csv:3:4"), "{codes:?}");
}
