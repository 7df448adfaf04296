//! Figures about plans: nodes and services add up to the plan, worth is what a theorem says it is, moves are counted by hand.

use clapot::generate::{GenerateOptions, generate};
use clapot::index::{Idx as _, OrderIdx};
use clapot::io::read_problem;
use clapot::plan::{RoutingPlan, Start};
use clapot::quantity::Money;
use clapot::report::{NodeFigures, ScarceThing, by_node, by_service, moved, scarce};
use clapot::search::StdClock;
use clapot::solve::{RouteOptions, Surroundings, route};
use clapot::validate;
use clapot::verify::{VerifyOptions, verify};
use clapot::{Method, Policy, Problem};

use crate::support::files::repository;

const PROBLEMS: [&str; 7] = [
    "b2c-plain",
    "b2c-every-rule",
    "b2b-full",
    "scarce-stock",
    "tight-capacity",
    "hand",
    "wait",
];

fn fixture(name: &str) -> Problem {
    read_problem(&repository("fixtures/problems").join(name))
        .unwrap()
        .problem
}

fn plan(problem: &Problem, method: Method) -> RoutingPlan {
    let options = RouteOptions {
        method,
        work_limit: Some(20_000),
        threads: 1,
        ..RouteOptions::default()
    };
    let around = Surroundings {
        clock: &StdClock::start(),
        interrupt: None,
        progress: &mut |_| {},
    };
    let plan = route(problem, &options, around).unwrap();
    assert!(verify(problem, &plan, &VerifyOptions::default()).is_valid());
    plan
}

#[test]
fn nodes_and_services_add_up_to_the_plan() {
    for name in PROBLEMS {
        let problem = fixture(name);
        for method in [Method::Auto, Method::Policy(Policy::Cheapest)] {
            let plan = plan(&problem, method);
            let (nodes, services) = (by_node(&problem, &plan), by_service(&plan));
            assert_eq!(nodes.len(), problem.nodes().len(), "{name}");
            let units: u64 = plan.assignments.iter().map(|a| u64::from(a.qty)).sum();
            let late = plan.shipments.iter().filter(|s| s.days_late > 0).count() as u32;
            let shipments = plan.shipments.len() as u32;
            assert_eq!(nodes.iter().map(|n| n.shipments).sum::<u32>(), shipments, "{name}");
            assert_eq!(
                nodes.iter().map(|n| n.lines).sum::<u32>(),
                plan.assignments.len() as u32,
                "{name}"
            );
            assert_eq!(nodes.iter().map(|n| n.units).sum::<u64>(), units, "{name}");
            assert_eq!(nodes.iter().map(|n| n.late_shipments).sum::<u32>(), late, "{name}");
            assert_eq!(services.iter().map(|s| s.shipments).sum::<u32>(), shipments, "{name}");
            assert_eq!(services.iter().map(|s| s.units).sum::<u64>(), units, "{name}");
            assert_eq!(services.iter().map(|s| s.late_shipments).sum::<u32>(), late, "{name}");
            let total = |parts: Vec<Money>| parts.into_iter().fold(Money::ZERO, |sum, part| sum + part);
            let cost = &plan.cost;
            assert_eq!(
                total(nodes.iter().map(NodeFigures::cost).collect()),
                cost.transport + cost.handling + cost.late,
                "{name}"
            );
            assert_eq!(
                total(services.iter().map(|s| s.transport).collect()),
                cost.transport,
                "{name}"
            );
            // A valid plan keeps every limit, and the fullest is one of them.
            for node in &nodes {
                for (limit, of) in node.limits() {
                    assert!(
                        of.limit.is_none_or(|most| of.used <= u64::from(most)),
                        "{name} {limit} {node:?}"
                    );
                }
                let shares = node.limits().into_iter().filter_map(|(_, of)| of.share());
                assert_eq!(node.fullest().map(|f| f.1), shares.reduce(f64::max), "{name}");
            }
        }
    }
}

/// By duality: the bound is what orders cost at the prices, less what all scarce things are worth. So the plan that pays the prices
/// for what it takes pays no more than they are worth, and where the bound is reached, exactly that.
#[test]
fn what_is_scarce_is_worth_what_the_bound_charges_for_it() {
    let mut priced = 0;
    for name in PROBLEMS {
        let problem = fixture(name);
        let plan = plan(&problem, Method::Auto);
        let things = scarce(&problem, &plan);
        assert!(
            things.is_sorted_by_key(|s| std::cmp::Reverse((s.worth, s.price))),
            "{name}"
        );
        for s in &things {
            let prices = plan
                .prices
                .stock
                .iter()
                .filter(|p| s.thing == ScarceThing::Stock(p.1) && p.0 == s.node);
            let dated = plan.prices.incoming.iter();
            let dated = dated
                .filter(|p| s.thing == ScarceThing::Stock(p.1) && p.0 == s.node)
                .count();
            if let (Some(price), 0, 0) = (prices.map(|p| p.2).next(), dated, s.cuts) {
                assert_eq!((s.price, s.worth), (price, price * s.available as i64), "{name} {s:?}");
                assert_eq!(s.each(), price, "{name}");
            }
            priced += usize::from(s.worth > Money::ZERO);
        }
        let rows = plan.prices.cuts.len()
            + plan.prices.stock.len()
            + plan.prices.incoming.len()
            + plan.prices.shipments.len()
            + plan.prices.lines.len()
            + plan.prices.units.len();
        assert!(things.len() <= rows && (rows == 0) == things.is_empty(), "{name}");
    }
    assert!(priced > 10, "only {priced} things are scarce in the fixtures");
}

/// One SKU for 24 orders: the price of each node's stock times its units, and its cuts, by hand.
#[test]
fn cuts_count_towards_the_worth_of_their_row() {
    let problem = fixture("one-sku");
    let plan = plan(&problem, Method::Auto);
    let worth: i64 = scarce(&problem, &plan).iter().map(|s| s.worth.ten_thousandths()).sum();
    let stock = plan.prices.stock.iter();
    let rows: i64 = stock
        .map(|&(node, sku, price)| price.ten_thousandths() * i64::from(problem.available(node, sku)))
        .sum();
    let cuts: i64 = plan
        .prices
        .cuts
        .iter()
        .map(|c| c.price.ten_thousandths() * c.rhs as i64)
        .sum();
    assert!(rows + cuts > 0);
    assert_eq!(worth, rows + cuts);
}

#[test]
fn orders_that_leave_otherwise_moved() {
    let draft = generate(&GenerateOptions {
        orders: 60,
        nodes: 5,
        seed: 3,
        ..GenerateOptions::default()
    });
    let problem = validate::check(draft.unwrap()).unwrap().problem;
    let earlier = plan(&problem, Method::Policy(Policy::Priority));
    let start = Start::of(&problem, &earlier);
    assert_eq!(moved(&problem, &start, &earlier), []);
    let better = plan(&problem, Method::Auto);
    let moves = moved(&problem, &start, &better);
    // Counted another way: by the rows of both plans.
    let rows = |plan: &RoutingPlan, order: OrderIdx| {
        let of = plan
            .assignments
            .iter()
            .filter(|a| problem.lines()[a.line].order == order);
        let mut rows: Vec<_> = of
            .map(|a| (a.line, a.node, a.qty, plan.shipments[a.shipment.get()].carriage))
            .collect();
        rows.sort_unstable();
        rows
    };
    let differ: Vec<OrderIdx> = problem
        .orders()
        .indices()
        .filter(|&order| rows(&earlier, order) != rows(&better, order))
        .collect();
    assert!(differ.len() > 5, "both plans do the same");
    assert_eq!(moves.iter().map(|m| m.order).collect::<Vec<_>>(), differ);
    for of in &moves {
        let nodes = |plan: &RoutingPlan| rows(plan, of.order).iter().map(|r| (r.0, r.1, r.2)).collect::<Vec<_>>();
        assert_eq!(of.other_nodes, nodes(&earlier) != nodes(&better), "{of:?}");
    }
    // What the start does not know did not move.
    let mut unknown = start;
    unknown
        .known
        .iter_mut()
        .for_each(|known| *known = clapot::plan::Known::New);
    assert_eq!(moved(&problem, &unknown, &better), []);
}
