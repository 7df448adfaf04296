//! What a service does that keeps problems in memory: starts across two states, single orders at prices, views, serde.

use clapot::allocate::policy::{Policy, allocate};
use clapot::io::{read_start, write_plan};
use clapot::model::{Problem, StockInput, Table};
use clapot::plan::{RoutingPlan, Start};
use clapot::quantity::Money;
use clapot::search::StdClock;
use clapot::solve::{OrderPricer, RouteOptions, Surroundings, route, route_from};
use clapot::validate;
use clapot::verify::{BoundOptions, VerifyOptions, prove_bound, verify};

use crate::support::guess::{careless, shape, some_cut, some_prices};
use crate::support::random::Random;
use crate::support::{modest_plan, tiny};

fn options(work: u64) -> RouteOptions {
    RouteOptions {
        work_limit: Some(work),
        threads: 1,
        ..RouteOptions::default()
    }
}

fn planned(problem: &Problem) -> RoutingPlan {
    let clock = StdClock::start();
    let plan = route(problem, &options(2_000), Surroundings::new(&clock)).unwrap();
    let verdict = verify(problem, &plan, &VerifyOptions::default());
    assert!(verdict.is_valid(), "{:?}", verdict.violations);
    plan
}

/// A plan of a seed: of a rule or of no rule at all, with some prices and cuts.
fn some_plan(problem: &Problem, seed: u64) -> RoutingPlan {
    let mut random = Random::new(seed);
    let allocation = if random.chance(50) {
        allocate(problem, Policy::Cheapest, &mut || false)
    } else {
        careless(&mut random, problem)
    };
    let mut plan = modest_plan(problem, allocation);
    plan.prices = some_prices(&mut random, problem);
    for _ in 0..3 {
        plan.prices.cuts.extend(some_cut(&mut random, problem));
    }
    plan
}

#[test]
fn a_start_across_two_states_is_the_one_that_files_give() {
    let (mut whole, mut changed, mut gone, mut cuts) = (0, 0, 0, 0);
    for seed in 0..300 {
        let shape = shape(seed);
        let before = tiny::problem(seed, shape);
        let now = tiny::problem(seed + seed % 4, shape);
        let plan = some_plan(&before, seed);
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("plan");
        write_plan(&before, &plan, &place).unwrap();
        let start = Start::of_earlier(&now, &before, &plan);
        assert_eq!(start, read_start(&now, &place).unwrap(), "seed {seed}");
        whole += usize::from(start.known.iter().all(|k| *k == clapot::plan::Known::Whole));
        changed += usize::from(start.known.contains(&clapot::plan::Known::Changed));
        gone += start.gone;
        cuts += start.prices.cuts.len();
    }
    assert!(
        whole > 20 && changed > 20 && gone > 5 && cuts > 20,
        "{whole} {changed} {gone} {cuts}"
    );
}

#[test]
fn a_start_from_the_same_state_is_whole_and_never_made_worse() {
    for seed in 0..40 {
        let problem = tiny::problem(seed, shape(seed));
        let plan = planned(&problem);
        let start = Start::of_earlier(&problem.clone(), &problem, &plan);
        let clock = StdClock::start();
        let (next, taken) = route_from(&problem, &options(50), &start, Surroundings::new(&clock)).unwrap();
        assert_eq!((taken.taken, taken.gone), (problem.orders().len(), 0), "seed {seed}");
        assert!(next.cost.total() <= plan.cost.total(), "seed {seed}");
        assert!(
            verify(&problem, &next, &VerifyOptions::default()).is_valid(),
            "seed {seed}"
        );
    }
}

/// What all orders cost at the prices, less what the prices are worth, is the bound that the prices prove.
#[test]
fn single_orders_at_prices_add_up_to_the_bound() {
    let mut with_prices = 0;
    for seed in 0..200 {
        let problem = tiny::problem(seed, shape(seed));
        let mut plan = planned(&problem);
        plan.prices.cuts.clear();
        let proved = prove_bound(&problem, &plan.prices, &BoundOptions::default());
        let mut pricer = OrderPricer::new(&problem, &plan.prices);
        let mut sum = Money::ZERO;
        for order in problem.orders().indices() {
            let offer = pricer.price(order);
            assert!(offer.cost <= offer.cost_with_prices, "seed {seed}");
            let again = pricer.price(order);
            assert_eq!(offer, again, "seed {seed}");
            sum += offer.cost_with_prices;
        }
        let worth = |node, sku, from, price: Money| {
            let row = problem.stock_row_of(node, sku, from).unwrap();
            price * i64::from(problem.stock()[row.0 as usize].available)
        };
        let limit = |most: Option<u32>, price: Money| price * i64::from(most.unwrap());
        let p = &plan.prices;
        let mut paid = Money::ZERO;
        for &(node, sku, price) in &p.stock {
            paid += worth(node, sku, None, price);
        }
        for &(node, sku, from, price) in &p.incoming {
            paid += worth(node, sku, Some(from), price);
        }
        let nodes = problem.nodes();
        for &(node, price) in &p.shipments {
            paid += limit(nodes[node].max_shipments, price);
        }
        for &(node, price) in &p.lines {
            paid += limit(nodes[node].max_lines, price);
        }
        for &(node, price) in &p.units {
            paid += limit(nodes[node].max_units, price);
        }
        assert_eq!(sum - paid, proved.lower, "seed {seed}");
        with_prices += usize::from(paid > Money::ZERO);
    }
    assert!(with_prices > 20, "{with_prices}");
}

#[test]
fn views_hold_all_that_the_plan_states() {
    for seed in 0..60 {
        let problem = tiny::problem(seed, shape(seed));
        let plan = some_plan(&problem, seed);
        let view = plan.view(&problem);
        let mut cost = clapot::plan::CostParts::default();
        for order in view.orders() {
            cost += order.cost;
            assert_eq!(view.find(order.order_id).as_ref(), Some(&order), "seed {seed}");
        }
        assert_eq!(cost, plan.cost, "seed {seed}");
        let mut filled = 0;
        for shipment in view.shipments() {
            let row = &plan.shipments[shipment.shipment - 1];
            assert_eq!(problem.node_id(row.node), shipment.node_id, "seed {seed}");
            assert_eq!(problem.order_id(row.order), shipment.order_id, "seed {seed}");
            filled += shipment.lines.iter().map(|l| u64::from(l.qty)).sum::<u64>();
        }
        let stated: u64 = plan.assignments.iter().map(|a| u64::from(a.qty)).sum();
        assert_eq!(filled, stated, "seed {seed}");
        let unfilled: u64 = view.orders().flat_map(|o| o.unfilled).map(|u| u64::from(u.qty)).sum();
        assert_eq!(unfilled, plan.unfilled_units(), "seed {seed}");
    }
    let problem = tiny::problem(1, shape(1));
    assert_eq!(some_plan(&problem, 1).view(&problem).find("no such order"), None);
}

#[test]
fn a_table_is_replaced_and_the_rest_stays() {
    let draft = tiny::draft(4, shape(4));
    let first = validate::check(draft.clone()).unwrap().problem;
    let mut later = draft.clone();
    later.replace(Table::Stock, |draft| {
        for node in first.node_ids().iter() {
            for sku in first.sku_ids().iter() {
                draft.stock(StockInput::new(node, sku, 7));
            }
        }
    });
    let later = validate::check(later).unwrap().problem;
    assert_eq!(later.stock().len(), first.nodes().len() * first.items().len());
    assert!(later.stock().iter().all(|row| row.available == 7));
    assert_eq!(later.lines().len(), first.lines().len());
    let (plan, of_clone) = (planned(&first), planned(&first.clone()));
    assert_eq!((plan.cost, plan.assignments), (of_clone.cost, of_clone.assignments));
    let start = Start::of_earlier(&later, &first, &planned(&first));
    assert!(start.speaks_of(&later));
}

#[cfg(feature = "serde")]
#[test]
fn plans_and_starts_survive_serde() {
    for seed in 0..40 {
        let problem = tiny::problem(seed, shape(seed));
        let plan = planned(&problem);
        let text = serde_json::to_string(&plan).unwrap();
        let back: RoutingPlan = serde_json::from_str(&text).unwrap();
        assert_eq!(back, plan, "seed {seed}");
        assert!(
            verify(&problem, &back, &VerifyOptions::default()).is_valid(),
            "seed {seed}"
        );
        let start = Start::of(&problem, &plan);
        let text = serde_json::to_vec(&start).unwrap();
        assert_eq!(serde_json::from_slice::<Start>(&text).unwrap(), start, "seed {seed}");
        let view: serde_json::Value = serde_json::to_value(plan.view(&problem)).unwrap();
        assert_eq!(view["total"], plan.cost.total().to_string(), "seed {seed}");
        assert_eq!(view["status"], plan.outcome.status.as_str(), "seed {seed}");
        assert_eq!(
            view["orders"].as_array().unwrap().len(),
            problem.orders().len(),
            "seed {seed}"
        );
    }
    let faults = validate::check(clapot::Draft::default()).unwrap_err();
    let list = serde_json::to_value(&faults).unwrap();
    assert_eq!(list[0]["code"], faults[0].code.id());
    assert!(serde_json::from_str::<Money>("\"1.23456\"").is_err());
}
