//! Stock that comes later: the allocator and the verifier against brute force, plans in files, and two problems whose sums
//! are computed by hand.

use clapot::cost::price_shipment;
use clapot::generate::{GenerateOptions, Profile, generate};
use clapot::io::{TableFormat, read_plan, read_problem, write_plan_as};
use clapot::model::Problem;
use clapot::plan::{Fill, RoutingPlan, Shipment, Start, Status};
use clapot::quantity::{Date, Money};
use clapot::search::StdClock;
use clapot::solve::{Method, RouteOptions, Surroundings, route_from};
use clapot::validate;
use clapot::verify::{BoundOptions, VerifyOptions, prove_bound, verify};

use crate::support::files::repository;
use crate::support::guess::{some_cut, some_prices};
use crate::support::judge::{judge, names, routed};
use crate::support::modest_plan;
use crate::support::oracle;
use crate::support::random::Random;
use crate::support::tiny::{self, Shape};

fn dated(seed: u64) -> Problem {
    let shape = Shape {
        divisible: seed.is_multiple_of(3),
        tight: seed.is_multiple_of(2),
        dated: true,
        units: None,
    };
    tiny::problem(seed, shape)
}

fn by(problem: &Problem, method: Method) -> RoutingPlan {
    let options = RouteOptions {
        method,
        threads: 1,
        ..RouteOptions::default()
    };
    routed(problem, &options, None)
}

fn total(plan: &RoutingPlan) -> i128 {
    plan.cost.total().ten_thousandths().into()
}

fn day(date: &str) -> Date {
    date.parse().unwrap()
}

/// The shipments that leave later than they could without waiting.
fn waiting(problem: &Problem, plan: &RoutingPlan) -> Vec<Shipment> {
    let mut loads: Vec<Vec<Fill>> = vec![Vec::new(); plan.shipments.len()];
    for a in &plan.assignments {
        loads[a.shipment.0 as usize].push(Fill {
            line: a.line,
            qty: a.qty,
        });
    }
    let waits = |(s, fills): &(&Shipment, &Vec<Fill>)| {
        s.leaves_on
            > price_shipment(problem, s.order, s.node, s.carriage, fills)
                .unwrap()
                .leaves_on
    };
    let all = plan.shipments.iter().zip(&loads);
    all.filter(waits).map(|(s, _)| *s).collect()
}

fn waits(problem: &Problem, plan: &RoutingPlan) -> bool {
    !waiting(problem, plan).is_empty()
}

#[test]
fn exact_equals_brute_force_and_every_method_stays_above_it() {
    let (mut solved, mut waiting, mut best_by_auto) = (0, 0, 0);
    for seed in 5000..5260 {
        let problem = dated(seed);
        let Some((_, optimum)) = oracle::optimum(&problem, 200_000) else {
            continue;
        };
        solved += 1;
        let exact = by(&problem, Method::Exact);
        assert_eq!(total(&exact), optimum, "seed {seed}: exact");
        assert_eq!(exact.outcome.status, Status::Optimal, "seed {seed}");
        waiting += usize::from(waits(&problem, &exact));
        for method in Method::ALL {
            let plan = by(&problem, method);
            let what = format!("seed {seed}, {}", method.as_str());
            assert!(
                i128::from(plan.outcome.bound.ten_thousandths()) <= optimum,
                "{what}: bound above {optimum}"
            );
            assert!(total(&plan) >= optimum, "{what}: below {optimum}");
            assert!(
                plan.outcome.status != Status::Optimal || total(&plan) == optimum,
                "{what}"
            );
            best_by_auto += usize::from(method == Method::Auto && total(&plan) == optimum);
        }
    }
    assert!(
        solved > 150 && waiting > 20 && best_by_auto * 10 >= solved * 9,
        "{solved} solved, {waiting} wait, {best_by_auto} by auto"
    );
}

#[test]
fn what_is_taken_over_from_a_plan_costs_what_the_plan_costs() {
    let (mut whole, mut waiting) = (0, 0);
    for seed in 5000..5260 {
        let problem = dated(seed);
        let plan = by(&problem, Method::Auto);
        let options = RouteOptions {
            threads: 1,
            work_limit: Some(1),
            ..RouteOptions::default()
        };
        let clock = StdClock::start();
        let around = Surroundings {
            clock: &clock,
            interrupt: None,
            progress: &mut |_| {},
        };
        let (_, taken) = route_from(&problem, &options, &Start::of(&problem, &plan), around).unwrap();
        if taken.is_whole() {
            assert_eq!(taken.total, plan.cost.total(), "seed {seed}");
            whole += 1;
            waiting += usize::from(waits(&problem, &plan));
        }
    }
    assert!(whole >= 255 && waiting > 20, "{whole} whole, {waiting} wait");
}

#[test]
fn bounds_equal_enumeration_and_optima_are_valid() {
    let options = |max_groups| BoundOptions { threads: 1, max_groups };
    let mut priced = 0;
    for seed in 6000..6300 {
        let problem = dated(seed);
        let mut random = Random::new(seed);
        let mut prices = some_prices(&mut random, &problem);
        prices.cuts.extend(some_cut(&mut random, &problem));
        priced += prices.incoming.len();
        let expected = oracle::bound(&problem, &prices);
        let proved = prove_bound(&problem, &prices, &options(12));
        assert_eq!(i128::from(proved.lower.ten_thousandths()), expected, "seed {seed}");
        assert_eq!(proved.lower, proved.upper, "seed {seed}");
        for max_groups in [0, 1, 2] {
            let proved = prove_bound(&problem, &prices, &options(max_groups));
            let (lower, upper) = (proved.lower.ten_thousandths(), proved.upper.ten_thousandths());
            assert!(
                (lower.into()..=upper.into()).contains(&expected),
                "seed {seed}: {expected} not in {lower}..={upper}"
            );
        }
        if let Some((allocation, optimum)) = oracle::optimum(&problem, 50_000) {
            let mut plan = modest_plan(&problem, allocation);
            assert_eq!(total(&plan), optimum, "seed {seed}");
            plan.prices = prices;
            plan.outcome.bound = Money::from_ten_thousandths(i64::MIN);
            let found = judge(&problem, &plan);
            assert!(found.is_valid(), "seed {seed}: {:?}", found.violations);
            assert!(expected <= optimum, "seed {seed}");
        }
    }
    assert!(priced > 300, "{priced}");
}

/// A generated problem of every rule: the same plan at any number of threads, and from CSV and Parquet files.
#[test]
fn plans_repeat_and_come_back_from_files() {
    let options = GenerateOptions {
        orders: 120,
        nodes: 6,
        seed: 4,
        skus: Some(60),
        slack: 100,
        incoming: 50,
        ..GenerateOptions::default()
    };
    let problem = validate::check(generate(&options).unwrap()).unwrap().problem;
    assert!(problem.stock().iter().any(|r| r.available_from.is_some()));
    let with = |threads| {
        let options = RouteOptions {
            threads,
            work_limit: Some(60_000),
            ..RouteOptions::default()
        };
        let mut plan = routed(&problem, &options, None);
        plan.outcome.seconds = 0.0;
        plan
    };
    let plan = with(1);
    assert_eq!(plan, with(3));
    assert!(waits(&problem, &plan) && !plan.prices.incoming.is_empty());
    let formats: &[TableFormat] = if cfg!(feature = "parquet") {
        &[TableFormat::Csv, TableFormat::Parquet]
    } else {
        &[TableFormat::Csv]
    };
    for &format in formats {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("plan");
        write_plan_as(&problem, &plan, &dir, format).unwrap();
        assert_eq!(read_plan(&problem, &dir).unwrap(), plan);
    }
}

/// Orders of many lines wait too.
#[test]
fn large_orders_wait_for_stock() {
    let options = GenerateOptions {
        orders: 12,
        nodes: 5,
        seed: 9,
        profile: Profile::B2b,
        skus: Some(60),
        slack: 90,
        incoming: 60,
        ..GenerateOptions::default()
    };
    let problem = validate::check(generate(&options).unwrap()).unwrap().problem;
    assert!(problem.orders().iter().any(|o| o.lines().len() > 12));
    let options = RouteOptions {
        threads: 1,
        work_limit: Some(20_000),
        ..RouteOptions::default()
    };
    let plan = routed(&problem, &options, None);
    let lines = |s: &Shipment| problem.orders()[s.order].lines().len();
    assert!(waiting(&problem, &plan).iter().any(|s| lines(s) > 12));
}

fn fixture(name: &str) -> Problem {
    read_problem(&repository("fixtures/problems").join(name))
        .unwrap()
        .problem
}

/// `wait`: two lamps and a shade, of which the near node N gets its shades on Thursday.
///
/// At once, from both nodes: 4.00 + 5.00 transport, 0.50 + 0.50 handling, 3.00 split = 13.00. All from F: it has no lamp.
/// Waiting at N: 4.00 transport, 0.50 handling, and a day late at 1.00 = 5.50.
#[test]
fn waiting_beats_splitting() {
    let problem = fixture("wait");
    let plan = by(&problem, Method::Exact);
    assert_eq!(plan.cost.total(), Money::from_ten_thousandths(55_000));
    assert_eq!(plan.outcome.status, Status::Optimal);
    assert_eq!(plan.shipments[0].leaves_on, Some(day("2026-03-05")));
    assert_eq!(plan.shipments[0].arrives_on, Some(day("2026-03-06")));
    assert_eq!(by(&problem, Method::Auto).cost, plan.cost);
    // On the day before, the shade is not there yet; and there is no reason to wait until the day after.
    for (leaves, arrives, days, codes) in [
        ("2026-03-03", "2026-03-04", 0, &["stock-date"][..]),
        (
            "2026-03-06",
            "2026-03-09",
            4,
            &["arrives-on", "cost-late", "days-late", "late", "leaves-on"],
        ),
    ] {
        let mut wrong = plan.clone();
        (wrong.outcome.bound, wrong.outcome.status) = (Money::ZERO, Status::Feasible);
        let s = &mut wrong.shipments[0];
        (s.leaves_on, s.arrives_on, s.days_late) = (Some(day(leaves)), Some(day(arrives)), days);
        s.late = Money::from_ten_thousandths(10_000 * i64::from(days));
        wrong.cost.late = s.late;
        let found = names(&verify(&problem, &wrong, &VerifyOptions::default()));
        assert!(codes.iter().all(|c| found.contains(c)), "{leaves}: {found:?}");
    }
}

/// `split`: the same, but a day late costs 10.00, so waiting would be 14.50 and splitting stays at 13.00.
#[test]
fn splitting_beats_waiting() {
    let problem = fixture("split");
    let plan = by(&problem, Method::Exact);
    assert_eq!(plan.cost.total(), Money::from_ten_thousandths(130_000));
    assert_eq!(plan.outcome.status, Status::Optimal);
    assert_eq!(plan.shipments.len(), 2);
    assert!(!waits(&problem, &plan));
}
