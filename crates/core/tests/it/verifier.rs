//! The verifier's verdicts: a valid plan passes, and a plan that is broken in one way gets exactly the code for it.

use std::collections::BTreeSet;

use clapot::index::{LineIdx, NodeIdx, OrderIdx, ServiceIdx, ShipmentIdx, SkuIdx};
use clapot::model::{Draft, LineInput, OrderInput, Problem};
use clapot::plan::{
    Assignment, Carriage, Cut, CutResource, CutTerm, RoutingPlan, Status, Unfilled, UnfilledReason, gap,
};
use clapot::quantity::{Date, Grams, Money};
use clapot::verify::{Summary, Verification, VerifyOptions, ViolationCode, verify, verify_summary};

use crate::support::hand::{self, Ship, allocation, good, line_of, money, node_of};
use crate::support::modest_plan;

fn judge(problem: &Problem, plan: &RoutingPlan) -> Verification {
    verify(problem, plan, &VerifyOptions { threads: 1, ..VerifyOptions::default() })
}

fn names(found: &Verification) -> BTreeSet<&'static str> {
    found.violations.iter().map(|v| v.code.name()).collect()
}

fn good_plan(problem: &Problem) -> RoutingPlan {
    modest_plan(problem, allocation(problem, &good()))
}

/// The good shipments without those of some orders, and with others instead.
fn instead(orders: &[&str], ships: &[Ship]) -> Vec<Ship> {
    good().into_iter().filter(|s| !orders.contains(&s.0)).chain(ships.iter().cloned()).collect()
}

/// A plan of these shipments, its figures consistent, must have exactly these faults.
fn expect(what: &str, ships: &[Ship], codes: &[&str]) {
    let problem = hand::problem();
    let plan = modest_plan(&problem, allocation(&problem, ships));
    let found = judge(&problem, &plan);
    assert_eq!(names(&found), codes.iter().copied().collect(), "{what}: {:?}", found.violations);
}

/// The good plan after a change must have exactly these faults.
fn expect_changed(what: &str, change: impl FnOnce(&Problem, &mut RoutingPlan), codes: &[&str]) {
    let problem = hand::problem();
    let mut plan = good_plan(&problem);
    change(&problem, &mut plan);
    let found = judge(&problem, &plan);
    assert_eq!(names(&found), codes.iter().copied().collect(), "{what}: {:?}", found.violations);
}

#[test]
fn the_good_plan_is_valid() {
    let problem = hand::problem();
    let found = judge(&problem, &good_plan(&problem));
    assert!(found.is_valid() && found.warnings.is_empty(), "{found:?}");
    // Two orders in two shipments: 2 x 1.50. Unfilled: o1 line 3 (0.01) and o3 line 3 (1.00).
    assert_eq!((found.cost.split, found.cost.unfilled), (money("3"), money("1.01")));
    assert_eq!(found.certified_bound(), Some(Money::ZERO));
    assert_eq!(found.certified_gap(), Some(1.0));
}

#[test]
fn broken_rules_of_lines() {
    expect("o2 line 1 is pinned to B", &instead(&["o2"], &[("o2", "A", "eco", vec![("1", 2), ("2", 1)])]), &["pin"]);
    let from_a = [("o1", "A", "std", vec![("1", 2)]), ("o1", "B", "std", vec![("2", 1)])];
    expect("A is excluded for o1 line 1", &instead(&["o1", "o7"], &from_a), &["exclusion"]);
    let from_b = [("o4", "B", "std", vec![("1", 2), ("2", 3)])];
    expect("B is excluded for o4", &instead(&["o1", "o4"], &from_b), &["exclusion"]);
    let halves = [("o4", "D", "std", vec![("1", 1), ("2", 3)]), ("o4", "A", "std", vec![("1", 1)])];
    expect("o4 line 1 is not divisible", &instead(&["o4", "o7"], &halves), &["split-line"]);
    expect("one of two units", &instead(&["o1"], &[("o1", "B", "std", vec![("1", 1), ("2", 1)])]), &["partial-line"]);
    expect("half of group g", &instead(&["o3"], &[("o3", "B", "std", vec![("1", 1)])]), &["group"]);
    let apart = [("o3", "B", "std", vec![("2", 2)]), ("o3", "A", "std", vec![("1", 1)])];
    expect("group g from two nodes", &instead(&["o3", "o7"], &apart), &["group", "max-shipments"]);
    expect("C does not ship", &instead(&["o1"], &[("o1", "C", "std", vec![("1", 2), ("2", 1)])]), &["ships-false"]);
    expect("o5 is picked up at C", &instead(&["o5", "o6"], &[("o5", "D", "pickup", vec![("1", 1), ("2", 1)])]), &["pickup"]);
    expect("3 of 2 units", &instead(&["o2"], &[("o2", "B", "eco", vec![("1", 3)])]), &["overfilled"]);
}

#[test]
fn broken_rules_of_orders() {
    let two = [("o3", "B", "std", vec![("1", 1), ("2", 2)]), ("o3", "A", "std", vec![("3", 1)])];
    expect("o3 may have one shipment", &instead(&["o3", "o7"], &two), &["max-shipments"]);
    expect("o4 ships complete", &instead(&["o4"], &[("o4", "D", "std", vec![("1", 2)])]), &["ship-complete"]);
    let twice = [("o4", "D", "std", vec![("1", 2)]), ("o4", "D", "eco", vec![("2", 3)])];
    expect("two from D", &instead(&["o4"], &twice), &["two-shipments"]);
}

#[test]
fn broken_stock_and_capacity() {
    let from_a = [("o4", "A", "std", vec![("1", 2), ("2", 3)])];
    expect("A has no s4", &instead(&["o4", "o7"], &from_a), &["stock"]);
    // D has 9 - 2 = 7 of s1: o4 takes 2, o6 six. And 11 units in all, where D takes 8.
    let six = [("o6", "A", "std", vec![("1", 2), ("2", 3)]), ("o6", "D", "eco", vec![("1", 6)])];
    expect("s1 at D", &instead(&["o6"], &six), &["stock", "node-units"]);
    let four = [("o6", "A", "std", vec![("1", 4), ("2", 3)]), ("o6", "D", "eco", vec![("1", 4)])];
    expect("9 units at D", &instead(&["o6"], &four), &["node-units"]);
    // B takes 5 lines; o1, o2 and o3 are 5 already.
    let sixth = [("o7", "B", "van", vec![("1", 1)])];
    expect("6 lines at B", &instead(&["o7"], &sixth), &["node-lines"]);
    // A takes 4 shipments: o2, o6 and o7 with its workload of 2 are 4.
    let problem = hand::problem_with(|draft| {
        draft.order(OrderInput::new("o8", "FR", "35000"));
        draft.line(LineInput::new("o8", "1", "s1", 1));
    });
    let plan = modest_plan(&problem, allocation(&problem, &[good(), vec![("o8", "A", "std", vec![("1", 1)])]].concat()));
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
        let like = plan.shipments.iter().find(|s| s.node == node_of(&problem, "A")).copied().unwrap();
        let order = problem.lines()[line].order;
        // Free of charge, so that its own figures give nothing away.
        let free = clapot::plan::Shipment { order, transport: Money::ZERO, handling: Money::ZERO, late: Money::ZERO, ..like };
        plan.shipments.push(free);
        plan.assignments.push(Assignment { line, node: like.node, shipment, qty: 1 });
        let at = plan.unfilled.iter().position(|u| u.line == line).unwrap();
        plan.cost.unfilled = plan.cost.unfilled - plan.unfilled.remove(at).penalty;
        let found = names(&judge(&problem, &plan));
        assert!(found.contains(code), "{code} not in {found:?}");
        assert!(found.is_subset(&BTreeSet::from([code, "node-shipments", "cost-split"])), "{found:?}");
    }
}

#[test]
fn broken_rows() {
    let nowhere = |plan: &mut RoutingPlan, qty| {
        plan.unfilled.push(Unfilled { line: LineIdx(u32::MAX), qty, penalty: Money::ZERO, reason: UnfilledReason::NotChosen });
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
    expect_changed("unknown node", nowhere, &and_light(&["unknown-reference", "missing-unfilled", "cost-unfilled"]));
    expect_changed("twice", |_, p| p.assignments.insert(1, p.assignments[0]), &["duplicate-assignment", "overfilled"]);
    expect_changed("unfilled twice", |_, p| p.unfilled.insert(1, p.unfilled[0]), &["duplicate-unfilled"]);
    expect_changed("other name", |_, p| p.problem.push('x'), &["other-problem"]);
    let unfilled = |plan: &mut RoutingPlan, line| {
        plan.unfilled.push(Unfilled { line, qty: 0, penalty: Money::ZERO, reason: UnfilledReason::NotChosen });
    };
    expect_changed("no units", |problem, p| unfilled(p, line_of(problem, "o7", "1")), &["zero-quantity"]);
    expect_changed("missing", |_, p| drop(p.unfilled.remove(0)), &["missing-unfilled"]);
    let too_many = |_: &Problem, plan: &mut RoutingPlan| {
        plan.unfilled[0].qty = 2;
        plan.unfilled[0].penalty = plan.unfilled[0].penalty * 2;
    };
    expect_changed("2 of 1 unfilled", too_many, &["quantity"]);
    let empty = |_: &Problem, plan: &mut RoutingPlan| {
        // Another shipment of o5, from D: its split penalty is stated, what it holds is not.
        let like = plan.shipments[5];
        let nothing = clapot::plan::Shipment { node: NodeIdx(3), handling: Money::ZERO, ..like };
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
    assert_eq!(found.warnings.iter().map(|w| w.code).collect::<Vec<_>>(), [ViolationCode::RowOrder]);
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
    expect_changed("arrives", |_, p| p.shipments[6].arrives_on = Some(Date::from_days(i32::MAX)), &["arrives-on"]);
    expect_changed("days late", |_, p| p.shipments[6].days_late += 1, &["days-late"]);
    expect_changed("late", |_, p| p.shipments[6].late += cent, &["late"]);
    expect_changed("penalty", |_, p| p.unfilled[0].penalty += cent, &["unfilled-penalty"]);
    expect_changed("transport", |_, p| p.cost.transport += cent, &["cost-transport"]);
    expect_changed("handling", |_, p| p.cost.handling += cent, &["cost-handling"]);
    expect_changed("split", |_, p| p.cost.split += cent, &["cost-split"]);
    expect_changed("late", |_, p| p.cost.late += cent, &["cost-late"]);
    expect_changed("unfilled", |_, p| p.cost.unfilled = Money::ZERO, &["cost-unfilled"]);
}

#[test]
fn wrong_claims() {
    let too_much = money("100000");
    expect_changed("bound", |_, p| p.outcome.bound = too_much, &["bound-above-total", "bound-above-prices"]);
    expect_changed("proved", |_, p| p.outcome.proved_bound = Some(too_much), &["proved-bound"]);
    expect_changed("optimal", |_, p| p.outcome.status = Status::Optimal, &["optimal-not-proved"]);
    let by_branching = |_: &Problem, plan: &mut RoutingPlan| {
        plan.outcome.status = Status::Optimal;
        plan.outcome.proved_bound = Some(plan.cost.total());
    };
    expect_changed("optimal by branching", by_branching, &[]);

    // The bound of the prices is the limit, to the ten-thousandth.
    let problem = hand::problem();
    let mut plan = good_plan(&problem);
    let proved = judge(&problem, &plan).proved_bound.unwrap();
    // o6 has a divisible line of 8 units and one of 3 that is not: 9 atoms, exact.
    assert_eq!((proved.lower, proved.by_lower_bound_only), (proved.upper, 0));
    plan.outcome.bound = proved.lower;
    assert!(judge(&problem, &plan).is_valid());
    plan.outcome.bound += Money::from_ten_thousandths(1);
    assert_eq!(names(&judge(&problem, &plan)), BTreeSet::from(["bound-above-prices"]));
    // Without exact minima the same bound is between what is proved and what could be.
    let coarse = VerifyOptions { threads: 1, max_groups: 0, ..VerifyOptions::default() };
    plan.outcome.bound = proved.lower;
    assert_eq!(names(&verify(&problem, &plan, &coarse)), BTreeSet::from(["bound-not-proved"]));
    // Not asked for, not judged, and not called certain.
    let without = verify(&problem, &plan, &VerifyOptions { bound: false, ..coarse });
    assert!(without.is_valid() && without.certified_bound().is_none());
}

#[test]
fn wrong_summaries() {
    let problem = hand::problem();
    let plan = good_plan(&problem);
    let right = Summary {
        total: plan.cost.total(),
        gap: gap(plan.cost.total(), plan.outcome.bound),
        orders: 7,
        lines: 15,
        shipments: 9,
        unfilled_units: 2,
    };
    let codes = |s: &Summary| verify_summary(&problem, &plan, s).iter().map(|v| v.code).collect::<Vec<_>>();
    assert_eq!(codes(&right), []);
    assert_eq!(codes(&Summary { total: Money::ZERO, ..right }), [ViolationCode::Total]);
    for gap in [0.5, 1.1, f64::NAN, f64::INFINITY] {
        assert_eq!(codes(&Summary { gap, ..right }), [ViolationCode::Gap]);
    }
    let wrong = [Summary { orders: 6, ..right }, Summary { lines: 0, ..right }, Summary { shipments: 1, ..right }];
    for wrong in wrong.iter().chain([&Summary { unfilled_units: u64::MAX, ..right }]) {
        assert_eq!(codes(wrong), [ViolationCode::Counts]);
    }
}

#[test]
fn wrong_prices() {
    let one = money("1");
    let minus = Money::from_ten_thousandths(-1);
    let (a, b, s1) = (NodeIdx(0), NodeIdx(1), SkuIdx(0));
    expect_changed("right", |_, p| p.prices.shipments.push((a, one)), &[]);
    expect_changed("unlimited", |_, p| p.prices.shipments.push((b, one)), &["price-unlimited"]);
    expect_changed("unlimited, 0", |_, p| p.prices.shipments.push((b, Money::ZERO)), &[]);
    expect_changed("negative", |_, p| p.prices.shipments.push((a, minus)), &["price-negative"]);
    expect_changed("negative", |_, p| p.prices.stock.push((a, s1, minus)), &["price-negative"]);
    expect_changed("twice", |_, p| p.prices.shipments.extend([(a, one), (a, one)]), &["price-duplicate"]);
    expect_changed("twice", |_, p| p.prices.stock.extend([(a, s1, one), (a, s1, one)]), &["price-duplicate"]);
    expect_changed("unknown node", |_, p| p.prices.lines.push((NodeIdx(4), one)), &["price-reference"]);
    expect_changed("unknown SKU", |_, p| p.prices.stock.push((a, SkuIdx(5), one)), &["price-reference"]);
    // A price of a SKU that the node has no stock row of is true, and worth nothing.
    expect_changed("no stock", |_, p| p.prices.stock.push((NodeIdx(2), SkuIdx(2), one)), &[]);
}

#[test]
fn wrong_cuts() {
    // Two orders want 2 units each where A has 3: only one of them can be filled, so 1 x first + 1 x second <= 1.
    let two_orders = |draft: &mut Draft| {
        for order in ["p", "q"] {
            draft.order(OrderInput::new(order, "FR", "35000"));
            draft.line(LineInput::new(order, "1", "s3", 2));
        }
        draft.line(LineInput { divisible: true, ..LineInput::new("q", "2", "s3", 1) });
    };
    let problem = hand::problem_with(two_orders);
    let line = |order, line| line_of(&problem, order, line);
    let term = |line, coefficient| CutTerm { line, coefficient };
    let (p, q, s3) = (line("p", "1"), line("q", "1"), problem.sku_ids().find("s3").unwrap());
    let cut = Cut {
        node: node_of(&problem, "A"),
        resource: CutResource::Stock(s3),
        rhs: 1,
        price: money("15"),
        terms: vec![term(p, 1), term(q, 1)],
    };
    let codes = |change: &dyn Fn(&mut Cut)| {
        let mut plan = good_plan(&problem);
        let mut cut = cut.clone();
        change(&mut cut);
        plan.prices.cuts.push(cut);
        plan.outcome.bound = Money::from_ten_thousandths(i64::MIN);
        let found = judge(&problem, &plan);
        (names(&found).into_iter().collect::<Vec<_>>(), found.proved_bound.unwrap().lower)
    };
    let (none, with) = codes(&|_| {});
    assert_eq!(none, [""; 0]);
    let refused: &[(&str, &dyn Fn(&mut Cut))] = &[
        ("cut-invalid", &|c| c.rhs = 0),
        ("cut-invalid", &|c| c.terms[0].coefficient = 2),
        ("cut-price", &|c| c.price = Money::ZERO),
        ("cut-reference", &|c| c.node = NodeIdx(9)),
        ("cut-reference", &|c| c.resource = CutResource::Stock(SkuIdx(9))),
        ("cut-reference", &|c| c.terms[0].line = LineIdx(999)),
        ("cut-unlimited", &|c| c.resource = CutResource::Units),
        ("cut-term", &|c| c.terms[0].coefficient = 0),
        ("cut-term", &|c| c.terms[1].line = c.terms[0].line),
        ("cut-term", &|c| c.terms[1].line = line("q", "2")),
        ("cut-term", &|c| c.terms[1].line = line("o1", "1")),
    ];
    let (_, without) = codes(&|c| c.terms.clear()); // true, but of no use: it costs its right-hand side
    for (code, change) in refused {
        let (found, lower) = codes(change);
        assert_eq!(found, [*code]);
        // What is refused counts for nothing.
        assert_eq!(lower, without + money("15"), "{code}");
    }
    assert!(with > without);
    // Price x right-hand side of the first just fits, and with the second does not.
    let mut plan = good_plan(&problem);
    let huge = Cut { rhs: u64::MAX, price: Money::from_ten_thousandths(i64::MAX), ..cut };
    plan.prices.cuts.extend([huge.clone(), huge]);
    plan.outcome.bound = Money::from_ten_thousandths(i64::MIN);
    assert_eq!(names(&judge(&problem, &plan)), BTreeSet::from(["cut-too-large"]));
}

#[test]
fn hostile_numbers_are_judged_without_a_panic() {
    let (most, least) = (Money::from_ten_thousandths(i64::MAX), Money::from_ten_thousandths(i64::MIN));
    let problem = hand::problem();
    for extreme in [most, least] {
        let mut plan = good_plan(&problem);
        plan.cost.transport = extreme;
        plan.cost.late = extreme;
        plan.outcome.bound = extreme;
        plan.outcome.proved_bound = Some(extreme);
        plan.outcome.status = Status::Optimal;
        for shipment in &mut plan.shipments {
            (shipment.transport, shipment.handling, shipment.late) = (extreme, extreme, extreme);
            (shipment.weight, shipment.parcels, shipment.days_late) = (Grams(i64::MIN), i64::MIN, u32::MAX);
            shipment.carriage = Carriage::Service(ServiceIdx(u32::MAX));
        }
        for row in &mut plan.assignments {
            row.qty = u32::MAX;
        }
        for row in &mut plan.unfilled {
            (row.qty, row.penalty) = (u32::MAX, extreme);
        }
        for node in problem.nodes().indices() {
            plan.prices.shipments.push((node, extreme));
            plan.prices.units.push((node, extreme));
            plan.prices.stock.extend(problem.sku_ids().iter().enumerate().map(|(k, _)| (node, SkuIdx(k as u32), extreme)));
        }
        let found = judge(&problem, &plan);
        let codes = names(&found);
        for code in ["overfilled", "stock", "quantity", "cost-transport", "unchecked", "unfilled-penalty", "optimal-not-proved"] {
            assert!(codes.contains(code), "{code} not in {codes:?}");
        }
        let _ = (found.certified_gap(), verify_summary(&problem, &plan, &Summary {
            total: extreme,
            gap: f64::NAN,
            orders: u64::MAX,
            lines: 0,
            shipments: 0,
            unfilled_units: 0,
        }));
    }
}

#[test]
fn codes_are_unique_and_explained() {
    let ids: BTreeSet<_> = ViolationCode::ALL.iter().map(|c| c.id()).collect();
    let names: BTreeSet<_> = ViolationCode::ALL.iter().map(|c| c.name()).collect();
    assert_eq!((ids.len(), names.len()), (ViolationCode::ALL.len(), ViolationCode::ALL.len()));
    for code in ViolationCode::ALL {
        assert!(code.meaning().ends_with('.') && code.id().starts_with('V'), "{code}");
        assert!(code.name().bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{code}");
    }
}
