//! The verifier's verdicts: a valid plan passes, and a plan that is broken in one way gets exactly the code for it.

use std::collections::BTreeSet;

use clapot::index::{LineIdx, NodeIdx, OrderIdx, ServiceIdx, ShipmentIdx};
use clapot::model::{LineInput, OrderInput, Problem};
use clapot::plan::{Assignment, Carriage, RoutingPlan, Unfilled, UnfilledReason};
use clapot::quantity::{Date, Grams, Money};
use clapot::verify::ViolationCode;

use crate::support::hand::{self, Ship, allocation, good, line_of, money, node_of};
use crate::support::judge::{expect_changed, good_plan, judge, names};
use crate::support::modest_plan;

/// The good shipments without those of some orders, and with others instead.
fn instead(orders: &[&str], ships: &[Ship]) -> Vec<Ship> {
    good()
        .into_iter()
        .filter(|s| !orders.contains(&s.0))
        .chain(ships.iter().cloned())
        .collect()
}

/// A plan of these shipments, its figures consistent, must have exactly these faults.
fn expect(what: &str, ships: &[Ship], codes: &[&str]) {
    let problem = hand::problem();
    let plan = modest_plan(&problem, allocation(&problem, ships));
    let found = judge(&problem, &plan);
    assert_eq!(
        names(&found),
        codes.iter().copied().collect(),
        "{what}: {:?}",
        found.violations
    );
}

#[test]
fn the_good_plan_is_valid() {
    let problem = hand::problem();
    let found = judge(&problem, &good_plan(&problem));
    assert!(found.is_valid() && found.warnings.is_empty(), "{found:?}");
    // Two orders in two shipments: 2 x 1.50. Unfilled: o1 line 3 (0.01) and o3 line 3 (1.00).
    assert_eq!((found.cost.split, found.cost.unfilled), (money("3"), money("1.01")));
    assert_eq!(found.certified_bound(), Some(Money::ZERO));
    // A bound of 0 says nothing: no plan costs less anyway.
    assert_eq!(found.certified_gap(), None);
}

#[test]
fn broken_rules_of_lines() {
    expect(
        "o2 line 1 is pinned to B",
        &instead(&["o2"], &[("o2", "A", "eco", vec![("1", 2), ("2", 1)])]),
        &["pin"],
    );
    let from_a = [("o1", "A", "std", vec![("1", 2)]), ("o1", "B", "std", vec![("2", 1)])];
    expect(
        "A is excluded for o1 line 1",
        &instead(&["o1", "o7"], &from_a),
        &["exclusion"],
    );
    let from_b = [("o4", "B", "std", vec![("1", 2), ("2", 3)])];
    expect("B is excluded for o4", &instead(&["o1", "o4"], &from_b), &["exclusion"]);
    let halves = [
        ("o4", "D", "std", vec![("1", 1), ("2", 3)]),
        ("o4", "A", "std", vec![("1", 1)]),
    ];
    expect(
        "o4 line 1 is not divisible",
        &instead(&["o4", "o7"], &halves),
        &["split-line"],
    );
    expect(
        "one of two units",
        &instead(&["o1"], &[("o1", "B", "std", vec![("1", 1), ("2", 1)])]),
        &["partial-line"],
    );
    expect(
        "half of group g",
        &instead(&["o3"], &[("o3", "B", "std", vec![("1", 1)])]),
        &["group"],
    );
    let apart = [("o3", "B", "std", vec![("2", 2)]), ("o3", "A", "std", vec![("1", 1)])];
    expect(
        "group g from two nodes",
        &instead(&["o3", "o7"], &apart),
        &["group", "max-shipments"],
    );
    expect(
        "C does not ship",
        &instead(&["o1"], &[("o1", "C", "std", vec![("1", 2), ("2", 1)])]),
        &["ships-false"],
    );
    expect(
        "o5 is picked up at C",
        &instead(&["o5", "o6"], &[("o5", "D", "pickup", vec![("1", 1), ("2", 1)])]),
        &["pickup"],
    );
    expect(
        "3 of 2 units",
        &instead(&["o2"], &[("o2", "B", "eco", vec![("1", 3)])]),
        &["overfilled"],
    );
}

#[test]
fn broken_rules_of_orders() {
    let two = [
        ("o3", "B", "std", vec![("1", 1), ("2", 2)]),
        ("o3", "A", "std", vec![("3", 1)]),
    ];
    expect(
        "o3 may have one shipment",
        &instead(&["o3", "o7"], &two),
        &["max-shipments"],
    );
    expect(
        "o4 ships complete",
        &instead(&["o4"], &[("o4", "D", "std", vec![("1", 2)])]),
        &["ship-complete"],
    );
    let twice = [("o4", "D", "std", vec![("1", 2)]), ("o4", "D", "eco", vec![("2", 3)])];
    expect("two from D", &instead(&["o4"], &twice), &["two-shipments"]);
}

#[test]
fn broken_stock_and_capacity() {
    let from_a = [("o4", "A", "std", vec![("1", 2), ("2", 3)])];
    expect("A has no s4", &instead(&["o4", "o7"], &from_a), &["stock"]);
    // D has 9 - 2 = 7 of s1: o4 takes 2, o6 six. And 11 units in all, where D takes 8.
    let six = [
        ("o6", "A", "std", vec![("1", 2), ("2", 3)]),
        ("o6", "D", "eco", vec![("1", 6)]),
    ];
    expect("s1 at D", &instead(&["o6"], &six), &["stock", "node-units"]);
    let four = [
        ("o6", "A", "std", vec![("1", 4), ("2", 3)]),
        ("o6", "D", "eco", vec![("1", 4)]),
    ];
    expect("9 units at D", &instead(&["o6"], &four), &["node-units"]);
    // B takes 5 lines; o1, o2 and o3 are 5 already.
    let sixth = [("o7", "B", "van", vec![("1", 1)])];
    expect("6 lines at B", &instead(&["o7"], &sixth), &["node-lines"]);
    // A takes 4 shipments: o2, o6 and o7 with its workload of 2 are 4.
    let problem = hand::problem_with(|draft| {
        draft.order(OrderInput::new("o8", "FR", "35000"));
        draft.line(LineInput::new("o8", "1", "s1", 1));
    });
    let plan = modest_plan(
        &problem,
        allocation(&problem, &[good(), vec![("o8", "A", "std", vec![("1", 1)])]].concat()),
    );
    assert_eq!(names(&judge(&problem, &plan)), BTreeSet::from(["node-shipments"]));
}

#[test]
fn broken_carriage() {
    let by = |order: usize, carriage| {
        move |problem: &Problem, plan: &mut RoutingPlan| {
            let order = OrderIdx(order as u32 - 1);
            let carriage = match carriage {
                "pickup" => Carriage::Pickup,
                "unheard-of" => Carriage::Service(ServiceIdx(99)),
                id => Carriage::Service(problem.service_ids().find(id).unwrap()),
            };
            plan.shipments.iter_mut().find(|s| s.order == order).unwrap().carriage = carriage;
        }
    };
    expect_changed("a pickup order by eco", by(5, "eco"), &["pickup-service"]);
    expect_changed("a carrier's order by pickup", by(1, "pickup"), &["pickup-service"]);
    expect_changed("o7 has quotes by van only", by(7, "eco"), &["no-quote"]);
    expect_changed("van has no lanes", by(1, "van"), &["not-listed"]);
    expect_changed("no such service", by(1, "unheard-of"), &["not-listed"]);
    let problem = hand::problem_with(|draft| {
        draft.order(OrderInput::new("o8", "BE", "1000"));
        draft.line(LineInput::new("o8", "1", "s1", 1));
    });
    // No lane goes to Belgium; a unit of s5 (31 kg) is above what a parcel may weigh.
    for (order, line, code) in [("o8", "1", "no-lane"), ("o1", "3", "too-heavy")] {
        let mut plan = good_plan(&problem);
        let line = line_of(&problem, order, line);
        let shipment = ShipmentIdx(plan.shipments.len() as u32);
        let like = plan
            .shipments
            .iter()
            .find(|s| s.node == node_of(&problem, "A"))
            .copied()
            .unwrap();
        let order = problem.lines()[line].order;
        // Free of charge, so that its own figures give nothing away.
        let free = clapot::plan::Shipment {
            order,
            transport: Money::ZERO,
            handling: Money::ZERO,
            late: Money::ZERO,
            ..like
        };
        plan.shipments.push(free);
        plan.assignments.push(Assignment {
            line,
            node: like.node,
            shipment,
            qty: 1,
        });
        let at = plan.unfilled.iter().position(|u| u.line == line).unwrap();
        plan.cost.unfilled -= plan.unfilled.remove(at).penalty;
        let found = names(&judge(&problem, &plan));
        assert!(found.contains(code), "{code} not in {found:?}");
        assert!(
            found.is_subset(&BTreeSet::from([code, "node-shipments", "cost-split"])),
            "{found:?}"
        );
    }
}

#[test]
fn broken_rows() {
    let nowhere = |plan: &mut RoutingPlan, qty| {
        plan.unfilled.push(Unfilled {
            line: LineIdx(u32::MAX),
            qty,
            penalty: Money::ZERO,
            reason: UnfilledReason::NotChosen,
        });
    };
    expect_changed("unknown line", |_, p| nowhere(p, 1), &["unknown-reference"]);
    // What an assignment takes out of its shipment, the shipment's figures still state.
    let light = ["weight", "billable", "handling", "cost-handling"];
    let and_light = |codes: &[&'static str]| [codes, &light].concat();
    let lost = |_: &Problem, p: &mut RoutingPlan| p.assignments[0].shipment = ShipmentIdx(999);
    expect_changed("unknown shipment", lost, &and_light(&["unknown-reference"]));
    let moved = |_: &Problem, p: &mut RoutingPlan| p.assignments[0].shipment = ShipmentIdx(8);
    expect_changed("shipment of another order", moved, &and_light(&["shipment-mismatch"]));
    let nowhere = |_: &Problem, p: &mut RoutingPlan| p.assignments[0].node = NodeIdx(4);
    expect_changed(
        "unknown node",
        nowhere,
        &and_light(&["unknown-reference", "missing-unfilled", "cost-unfilled"]),
    );
    expect_changed(
        "twice",
        |_, p| p.assignments.insert(1, p.assignments[0]),
        &["duplicate-assignment", "overfilled"],
    );
    expect_changed(
        "unfilled twice",
        |_, p| p.unfilled.insert(1, p.unfilled[0]),
        &["duplicate-unfilled"],
    );
    expect_changed("other name", |_, p| p.problem.push('x'), &["other-problem"]);
    let unfilled = |plan: &mut RoutingPlan, line| {
        plan.unfilled.push(Unfilled {
            line,
            qty: 0,
            penalty: Money::ZERO,
            reason: UnfilledReason::NotChosen,
        });
    };
    expect_changed(
        "no units",
        |problem, p| unfilled(p, line_of(problem, "o7", "1")),
        &["zero-quantity"],
    );
    expect_changed("missing", |_, p| p.unfilled.truncate(1), &["missing-unfilled"]);
    let too_many = |_: &Problem, plan: &mut RoutingPlan| {
        plan.unfilled[0].qty = 2;
        plan.unfilled[0].penalty *= 2;
    };
    expect_changed("2 of 1 unfilled", too_many, &["quantity"]);
    let empty = |_: &Problem, plan: &mut RoutingPlan| {
        // Another shipment of o5, from D: its split penalty is stated, what it holds is not.
        let like = plan.shipments[5];
        let nothing = clapot::plan::Shipment {
            node: NodeIdx(3),
            handling: Money::ZERO,
            ..like
        };
        plan.shipments.push(nothing);
        plan.cost.split += money("1.5");
    };
    expect_changed("empty", empty, &["empty-shipment"]);
}

#[test]
fn rows_in_another_order_are_a_warning() {
    let problem = hand::problem();
    let mut plan = good_plan(&problem);
    plan.unfilled.reverse();
    let found = judge(&problem, &plan);
    assert!(found.is_valid());
    assert_eq!(
        found.warnings.iter().map(|w| w.code).collect::<Vec<_>>(),
        [ViolationCode::RowOrder]
    );
}

#[test]
fn wrong_figures() {
    let cent = money("0.01");
    expect_changed("parcels", |_, p| p.shipments[6].parcels = 1, &["parcels"]);
    expect_changed("weight", |_, p| p.shipments[6].weight = Grams(1), &["weight"]);
    expect_changed("billable", |_, p| p.shipments[6].billable = Grams(1), &["billable"]);
    expect_changed("transport", |_, p| p.shipments[6].transport += cent, &["transport"]);
    expect_changed("handling", |_, p| p.shipments[6].handling += cent, &["handling"]);
    expect_changed("leaves", |_, p| p.shipments[6].leaves_on = None, &["leaves-on"]);
    expect_changed(
        "arrives",
        |_, p| p.shipments[6].arrives_on = Some(Date::from_days(i32::MAX)),
        &["arrives-on"],
    );
    expect_changed("days late", |_, p| p.shipments[6].days_late += 1, &["days-late"]);
    expect_changed("late", |_, p| p.shipments[6].late += cent, &["late"]);
    expect_changed("penalty", |_, p| p.unfilled[0].penalty += cent, &["unfilled-penalty"]);
    expect_changed("transport", |_, p| p.cost.transport += cent, &["cost-transport"]);
    expect_changed("handling", |_, p| p.cost.handling += cent, &["cost-handling"]);
    expect_changed("split", |_, p| p.cost.split += cent, &["cost-split"]);
    expect_changed("late", |_, p| p.cost.late += cent, &["cost-late"]);
    expect_changed("unfilled", |_, p| p.cost.unfilled = Money::ZERO, &["cost-unfilled"]);
}
