//! The reasons of unfilled lines: `not-chosen` exactly where the line could be added to the
//! finished plan.

use clapot::allocate::policy::{Policy, allocate};
use clapot::index::{Idx as _, LineIdx};
use clapot::io::read_problem;
use clapot::model::Problem;
use clapot::plan::{Allocation, OrderShipment, RoutingPlan, UnfilledReason};
use clapot::verify::{VerifyOptions, verify};

use crate::doubts::problem;
use crate::support::tiny::{self, Shape};
use crate::support::{modest_plan, oracle};

/// Units of a line in shipments, by node.
fn units(shipments: &[OrderShipment], line: LineIdx) -> Vec<(u32, u32)> {
    let fills = shipments.iter().flat_map(|s| s.fills.iter().map(move |f| (s.node, f)));
    fills
        .filter(|(_, f)| f.line == line)
        .map(|(node, f)| (node.0, f.qty))
        .collect()
}

fn is_valid(problem: &Problem, allocation: Allocation) -> bool {
    let options = VerifyOptions {
        bound: false,
        threads: 1,
        ..VerifyOptions::default()
    };
    verify(problem, &modest_plan(problem, allocation), &options).is_valid()
}

/// Whether units of a line can be added to a plan while all that ships still ships from where it
/// does; of the other lines of its order only those that its rules tie to it may ship more. By
/// trying every way of the order.
fn could(problem: &Problem, allocation: &Allocation, line: LineIdx) -> bool {
    let l = &problem.lines()[line];
    let order = &problem.orders()[l.order];
    let now = &allocation.orders[l.order.get()];
    let tied = |other: LineIdx| {
        let same_group = l.group.is_some() && problem.lines()[other].group == l.group;
        other == line || same_group || order.ship_complete
    };
    let keeps = |way: &[OrderShipment]| {
        order.lines().all(|other| {
            let (before, after) = (units(now, other), units(way, other));
            let kept = before
                .iter()
                .all(|(node, qty)| after.iter().any(|(n, q)| n == node && q >= qty));
            kept && (tied(other) || before == after)
        })
    };
    let sum = |shipments: &[OrderShipment]| units(shipments, line).iter().map(|(_, qty)| qty).sum::<u32>();
    oracle::ways(problem, l.order).into_iter().any(|way| {
        if sum(&way.shipments) <= sum(now) || !keeps(&way.shipments) {
            return false;
        }
        let mut changed = allocation.clone();
        changed.orders[l.order.get()] = way.shipments;
        is_valid(problem, changed)
    })
}

#[test]
fn not_chosen_is_said_exactly_where_the_line_could_be_added() {
    let mut seen = [0u32; 3];
    for seed in 0..400 {
        let shape = Shape {
            tight: seed % 2 == 0,
            divisible: seed % 5 == 0,
            ..Shape::default()
        };
        let problem = tiny::problem(seed, shape);
        let allocations = [
            Allocation::empty(problem.orders().len()),
            allocate(&problem, Policy::ALL[seed as usize % 4], &mut || false),
        ];
        for allocation in allocations {
            let plan = modest_plan(&problem, allocation.clone());
            for unfilled in &plan.unfilled {
                let could = could(&problem, &allocation, unfilled.line);
                let said = unfilled.reason == UnfilledReason::NotChosen;
                assert_eq!(
                    said,
                    could,
                    "seed {seed}: {:?} {:?}",
                    unfilled,
                    problem.lines()[unfilled.line]
                );
                seen[0] += u32::from(said);
                seen[1] += u32::from(unfilled.reason == UnfilledReason::OrderRule);
                seen[2] += 1;
            }
        }
    }
    assert!(seen[0] > 100 && seen[1] > 20 && seen[2] > 500, "{seen:?}");
}

/// The reasons of a plan by `cheapest`, or of one in which nothing ships, by line.
fn reasons(files: &[(&str, &str)], ships: bool) -> Vec<(String, &'static str)> {
    let dir = problem(files);
    let problem = read_problem(dir.path()).unwrap().problem;
    let allocation = if ships {
        allocate(&problem, Policy::Cheapest, &mut || false)
    } else {
        Allocation::empty(problem.orders().len())
    };
    assert!(is_valid(&problem, allocation.clone()));
    let plan: RoutingPlan = modest_plan(&problem, allocation);
    let one = |u: &clapot::plan::Unfilled| (problem.line_id(u.line).to_owned(), u.reason.as_str());
    plan.unfilled.iter().map(one).collect()
}

#[test]
fn rules_of_an_order_are_told_apart_from_choices() {
    let stock = ("stock.csv", "node_id,sku,on_hand\nA,lamp,1\nB,vase,1\n");
    let lines = |rest: &str| format!("order_id,line_id,sku,qty,group\no1,lamp,lamp,1{rest}\no1,vase,vase,1{rest}\n");
    let of = |files: &[(&str, &str)], ships| reasons(files, ships);
    let both = |reason: &'static str| vec![("lamp".to_owned(), reason), ("vase".to_owned(), reason)];
    // No node has the whole group; in a plan without anything each line alone could ship.
    assert_eq!(of(&[stock, ("lines.csv", &lines(",g"))], true), both("order-rule"));
    assert_eq!(of(&[stock, ("lines.csv", &lines(","))], false), both("not-chosen"));
    // One shipment holds one of them.
    let one = ("orders.csv", "order_id,country,postcode,max_shipments\no1,FR,75011,1\n");
    let left = of(&[stock, one, ("lines.csv", &lines(","))], true);
    assert!(left.len() == 1 && left[0].1 == "order-rule", "{left:?}");
    // All or nothing, of which one has no stock at all; and of which both cannot leave in one
    // shipment.
    let whole = (
        "orders.csv",
        "order_id,country,postcode,ship_complete\no1,FR,75011,true\n",
    );
    let gone = ("stock.csv", "node_id,sku,on_hand\nA,lamp,1\nB,lamp,1\n");
    let expected = vec![
        ("lamp".to_owned(), "order-rule"),
        ("vase".to_owned(), "no-eligible-node"),
    ];
    assert_eq!(of(&[gone, whole, ("lines.csv", &lines(","))], true), expected);
    let whole = (
        "orders.csv",
        "order_id,country,postcode,max_shipments,ship_complete\no1,FR,75011,1,true\n",
    );
    assert_eq!(
        of(&[stock, whole, ("lines.csv", &lines(","))], true),
        both("order-rule")
    );
    let whole = (
        "orders.csv",
        "order_id,country,postcode,max_shipments,ship_complete\no1,FR,75011,2,true\n",
    );
    assert_eq!(
        of(&[stock, whole, ("lines.csv", &lines(","))], false),
        both("not-chosen")
    );
}

#[test]
fn a_quote_that_takes_more_than_is_left_is_a_matter_of_capacity() {
    let nodes = ("nodes.csv", "node_id,max_shipments\nA,2\nB,2\n");
    let quotes = |workload: u32| format!("order_id,node_id,service_id,price,workload\no1,A,van,5.00,{workload}\n");
    for (workload, reason) in [(3, "capacity-used"), (2, "not-chosen")] {
        let found = reasons(&[nodes, ("quotes.csv", &quotes(workload))], false);
        assert_eq!(found, [("1".to_owned(), reason)], "{workload}");
    }
}
