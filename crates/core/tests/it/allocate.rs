//! The allocator against brute force on tiny problems of every rule, and what must hold of every run: valid plans, bounds
//! below the optimum, the same plan at any number of threads, and a plan whenever it is stopped.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use clapot::allocate::policy::Policy;
use clapot::generate::{GenerateOptions, Profile, generate};
use clapot::io::{read_problem, write_problem};
use clapot::model::{Draft, NodeInput, Problem, StockInput};
use clapot::plan::{RoutingPlan, Status};
use clapot::quantity::Money;
use clapot::search::StdClock;
use clapot::solve::{Method, RouteOptions, Surroundings, route};
use clapot::validate;
use clapot::verify::{VerifyOptions, verify};

use crate::support::files::repository;
use crate::support::guess::shape;
use crate::support::oracle;
use crate::support::random::Random;
use crate::support::tiny;

const COMBINATIONS: u128 = 200_000;

/// A run on one thread, verified.
fn run(problem: &Problem, method: Method) -> RoutingPlan {
    run_with(problem, &RouteOptions { method, threads: 1, ..RouteOptions::default() }, None)
}

fn run_with(problem: &Problem, options: &RouteOptions, interrupt: Option<&AtomicBool>) -> RoutingPlan {
    let clock = StdClock::start();
    let surroundings = Surroundings { clock: &clock, interrupt, progress: &mut |_| {} };
    let plan = route(problem, options, surroundings).unwrap_or_else(|e| panic!("{options:?}: {e}"));
    let verdict = verify(problem, &plan, &VerifyOptions { threads: 1, ..VerifyOptions::default() });
    assert!(verdict.is_valid(), "{options:?}: {:?}", verdict.violations);
    let proved = verdict.proved_bound.unwrap();
    assert!(plan.outcome.bound <= proved.lower, "{options:?}: states {} but {proved:?}", plan.outcome.bound);
    assert!(plan.outcome.bound <= plan.cost.total(), "{options:?}");
    plan
}

fn total(plan: &RoutingPlan) -> i128 {
    plan.cost.total().ten_thousandths().into()
}

/// The rules of the format that a problem uses.
fn rules(problem: &Problem) -> Vec<&'static str> {
    let (nodes, lines, orders) = (problem.nodes(), problem.lines(), problem.orders());
    let quotes = || orders.indices().flat_map(|o| problem.quotes_of(o));
    let repeats = orders.iter().any(|o| {
        let skus: Vec<_> = o.lines().map(|l| lines[l].sku).collect();
        (1..skus.len()).any(|i| skus[..i].contains(&skus[i]))
    });
    [
        ("max_shipments of a node", nodes.iter().any(|n| n.max_shipments.is_some())),
        ("max_lines", nodes.iter().any(|n| n.max_lines.is_some())),
        ("max_units", nodes.iter().any(|n| n.max_units.is_some())),
        ("ships", nodes.iter().any(|n| !n.ships)),
        ("pickup", orders.iter().any(|o| o.pickup_node.is_some())),
        ("ship_complete", orders.iter().any(|o| o.ship_complete)),
        ("max_shipments of an order", orders.iter().any(|o| o.max_shipments.is_some())),
        ("deliver_by", orders.iter().any(|o| o.deliver_by.is_some())),
        ("pin", lines.iter().any(|l| l.pin.is_some())),
        ("group", lines.iter().any(|l| l.group.is_some())),
        ("divisible", lines.iter().any(|l| l.divisible && l.qty > 1)),
        ("repeated SKU", repeats),
        ("order exclusion", !problem.order_exclusions().is_empty()),
        ("line exclusion", !problem.line_exclusions().is_empty()),
        ("quote", quotes().next().is_some()),
        ("workload", quotes().any(|q| q.workload > 1)),
    ]
    .into_iter()
    .filter_map(|(rule, used)| used.then_some(rule))
    .collect()
}

/// What a plan shows.
fn features(plan: &RoutingPlan) -> Vec<&'static str> {
    [
        ("split", plan.cost.split > Money::ZERO),
        ("late", plan.cost.late > Money::ZERO),
        ("unfilled", plan.cost.unfilled > Money::ZERO),
        ("priced", plan.prices != clapot::plan::ShadowPrices::default()),
        ("gap of the bound", plan.outcome.bound < plan.cost.total()),
    ]
    .into_iter()
    .filter_map(|(feature, shown)| shown.then_some(feature))
    .collect()
}

#[test]
fn exact_equals_brute_force_and_nothing_is_below_it() {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut solved, mut best_by_auto) = (0, 0);
    for seed in 0..420 {
        let problem = tiny::problem(seed, shape(seed));
        let Some((_, optimum)) = oracle::optimum(&problem, COMBINATIONS) else {
            continue;
        };
        solved += 1;
        let exact = run(&problem, Method::Exact);
        assert_eq!(total(&exact), optimum, "seed {seed}: exact");
        assert_eq!(exact.outcome.status, Status::Optimal, "seed {seed}");
        for feature in rules(&problem).into_iter().chain(features(&exact)) {
            *seen.entry(feature).or_default() += 1;
        }
        for method in Method::ALL {
            let plan = run(&problem, method);
            let bound = i128::from(plan.outcome.bound.ten_thousandths());
            assert!(bound <= optimum, "seed {seed}, {}: bound {bound} above {optimum}", method.as_str());
            assert!(total(&plan) >= optimum, "seed {seed}, {}: below {optimum}", method.as_str());
            if plan.outcome.status == Status::Optimal {
                assert_eq!(total(&plan), optimum, "seed {seed}, {}: called optimal", method.as_str());
            }
            best_by_auto += usize::from(method == Method::Auto && total(&plan) == optimum);
        }
    }
    assert!(solved >= 300, "only {solved} solved");
    assert!(best_by_auto * 10 >= solved * 9, "auto found {best_by_auto} optima of {solved}");
    let rare: Vec<_> = seen.iter().filter(|(_, n)| **n < 5).collect();
    assert!(seen.len() == 21 && rare.is_empty(), "rules that hardly occur: {seen:?}");
}
