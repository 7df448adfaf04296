//! The policies: every plan is valid, small cases are as computed by hand, and `cheapest` is the cheapest.

use std::collections::BTreeMap;

use clapot::allocate::policy::{Policy, allocate};
use clapot::generate::{GenerateOptions, Profile, generate};
use clapot::index::OrderIdx;
use clapot::model::{
    Draft, ItemInput, LaneInput, LineInput, NodeInput, OrderInput, Place, Problem, RateInput, ServiceInput,
    SettingsInput, StockInput, Weekdays,
};
use clapot::plan::Allocation;
use clapot::quantity::{Money, Percent};
use clapot::validate::check;
use clapot::verify::{VerifyOptions, verify};

use crate::support::hand::money;
use crate::support::tiny::{self, Shape};
use crate::support::{modest_plan, oracle};

fn route(problem: &Problem, policy: Policy) -> Allocation {
    allocate(problem, policy, &mut || false)
}

/// The plan's cost, once the verifier found nothing wrong with it.
fn valid_cost(problem: &Problem, allocation: Allocation, what: &str) -> Money {
    let plan = modest_plan(problem, allocation);
    let verdict = verify(
        problem,
        &plan,
        &VerifyOptions {
            bound: false,
            ..VerifyOptions::default()
        },
    );
    assert!(verdict.is_valid(), "{what}: {:?}", verdict.violations);
    plan.cost.total()
}

#[test]
fn every_plan_of_a_generated_problem_is_valid() {
    for seed in 0..12 {
        let profile = Profile::ALL[seed as usize % 2];
        let slack = [60, 115, 200][seed as usize % 3];
        let options = GenerateOptions {
            orders: 150,
            nodes: 10,
            seed,
            profile,
            slack,
            ..GenerateOptions::default()
        };
        let problem = check(generate(&options).unwrap()).unwrap().problem;
        let empty = valid_cost(&problem, Allocation::empty(problem.orders().len()), "empty");
        for policy in Policy::ALL {
            let cost = valid_cost(&problem, route(&problem, policy), &format!("{policy}, seed {seed}"));
            assert!(cost < empty, "{policy} ships nothing useful at seed {seed}");
        }
    }
}

#[test]
fn every_plan_of_a_tiny_problem_is_valid_and_not_below_the_optimum() {
    for seed in 0..300 {
        let problem = tiny::problem(
            seed,
            Shape {
                dated: seed % 4 == 3,
                divisible: seed % 3 == 0,
                tight: seed % 2 == 0,
                units: None,
            },
        );
        let optimum = oracle::optimum(&problem, 20_000).map(|(_, cost)| cost);
        for policy in Policy::ALL {
            let cost = valid_cost(&problem, route(&problem, policy), &format!("{policy}, seed {seed}"));
            assert!(
                optimum.is_none_or(|o| o <= i128::from(cost.ten_thousandths())),
                "{policy}, seed {seed}"
            );
        }
    }
}

/// What the shipments of the first order save against shipping nothing.
fn saved_by_first(problem: &Problem, allocation: &Allocation) -> i128 {
    let mut alone = Allocation::empty(problem.orders().len());
    let empty = valid_cost(problem, alone.clone(), "empty");
    alone.orders[0].clone_from(&allocation.orders[0]);
    let cost = valid_cost(problem, alone, "first order alone");
    i128::from((empty - cost).ten_thousandths())
}

#[test]
fn cheapest_serves_the_first_order_as_cheaply_as_any_way() {
    let mut shipped = 0;
    for seed in 0..800 {
        let problem = tiny::problem(
            seed,
            Shape {
                dated: false,
                divisible: false,
                tight: seed % 2 == 0,
                units: None,
            },
        );
        let fits = |way: &&oracle::Way| {
            way.takes
                .iter()
                .all(|(&r, &n)| oracle::there_is(&problem, r).is_none_or(|have| n <= have))
        };
        let ways = oracle::ways(&problem, OrderIdx(0));
        let nothing = ways.iter().find(|w| w.shipments.is_empty()).unwrap().cost;
        let least = ways.iter().filter(fits).map(|w| w.cost).min().unwrap();
        let saved = saved_by_first(&problem, &route(&problem, Policy::Cheapest));
        assert_eq!(saved, nothing - least, "seed {seed}");
        shipped += usize::from(saved > 0);
    }
    assert!(shipped > 100, "only {shipped} first orders ship");
}

#[test]
fn a_stopped_run_leaves_the_rest_unfilled() {
    let problem = check(
        generate(&GenerateOptions {
            orders: 50,
            ..GenerateOptions::default()
        })
        .unwrap(),
    )
    .unwrap()
    .problem;
    for policy in Policy::ALL {
        let mut asked = 0;
        let stopped = allocate(&problem, policy, &mut || {
            asked += 1;
            asked > 20
        });
        let whole = route(&problem, policy);
        assert_eq!(asked, 21);
        assert_eq!(stopped.orders[..20], whole.orders[..20]);
        assert!(stopped.orders.len() == 50 && stopped.orders[20..].iter().all(Vec::is_empty));
    }
}

#[test]
fn names_are_read_back() {
    for policy in Policy::ALL {
        assert_eq!(policy.to_string().parse::<Policy>().unwrap(), policy);
    }
    assert!("nearest".parse::<Policy>().unwrap_err().is_input());
}

/// Three nodes on one meridian, customers at 0 degrees north. In file order A at 3 degrees, B at 1, C at 2; so by
/// distance B, C, A. A shipment costs 5.00 to carry and 1.00 (A, B) or 20.00 (C) to handle; each split costs 1.00.
///
/// Stock: s1 1 at A and 9 at C; s2 9 at B and at C; s3 2 at A, 2 at B, 4 at C.
fn three_nodes(orders: impl FnOnce(&mut Draft)) -> Problem {
    let mut draft = Draft::new(SettingsInput {
        name: "three".to_owned(),
        currency: "EUR".to_owned(),
        now: "2026-03-02T10:00:00+00:00".to_owned(),
        timezone: None,
        split_penalty: money("1"),
        late_penalty_per_day: money("0"),
        unfilled_penalty: money("10"),
    });
    for (id, lat, cost) in [("A", 3.0, "1"), ("B", 1.0, "1"), ("C", 2.0, "20")] {
        let place = Some(Place { lat, lon: 0.0 });
        draft.node(NodeInput {
            place,
            shipment_cost: money(cost),
            ..NodeInput::new(id)
        });
    }
    for sku in ["s1", "s2", "s3"] {
        draft.item(ItemInput {
            sku,
            weight_g: 100,
            volume_cm3: 0,
        });
    }
    let stock = [
        ("A", "s1", 1),
        ("C", "s1", 9),
        ("B", "s2", 9),
        ("C", "s2", 9),
        ("A", "s3", 2),
        ("B", "s3", 2),
        ("C", "s3", 4),
    ];
    for (node_id, sku, on_hand) in stock {
        draft.stock(StockInput {
            node_id,
            sku,
            on_hand,
            reserved: 0,
            safety: 0,
            available_from: None,
        });
    }
    draft.service(ServiceInput {
        service_id: "van",
        carrier: "",
        days: Weekdays::parse("1234567").unwrap(),
        cutoff: None,
        divisor_cm3_per_kg: None,
        max_parcel_g: None,
        fuel_pct: Percent(0),
    });
    let lane = LaneInput {
        service_id: "van",
        node_id: None,
        country: "FR",
        postcode_prefix: "",
        max_km: None,
        zone: "z",
        transit_days: 1,
    };
    draft.lane(lane);
    draft.rate(RateInput {
        service_id: "van",
        zone: "z",
        max_g: Some(1000),
        price: money("5"),
        per_kg: money("0"),
    });
    orders(&mut draft);
    check(draft).unwrap().problem
}

fn customer(id: &'static str) -> OrderInput<'static> {
    OrderInput {
        place: Some(Place { lat: 0.0, lon: 0.0 }),
        ..OrderInput::new(id, "FR", "1")
    }
}

/// What each order gets: `A:1` = line 1 from A; units follow where a line is shipped in part.
fn shipped(problem: &Problem, policy: Policy) -> Vec<String> {
    let allocation = route(problem, policy);
    valid_cost(problem, allocation.clone(), policy.as_str());
    let order = |shipments: &Vec<clapot::plan::OrderShipment>| {
        let mut by_node = BTreeMap::<&str, Vec<String>>::new();
        for s in shipments {
            for f in &s.fills {
                let whole = problem.lines()[f.line].qty == f.qty;
                let units = if whole { String::new() } else { format!("({})", f.qty) };
                by_node
                    .entry(problem.node_id(s.node))
                    .or_default()
                    .push(format!("{}{units}", problem.line_id(f.line)));
            }
        }
        by_node
            .iter()
            .map(|(node, lines)| format!("{node}:{}", lines.join("+")))
            .collect::<Vec<_>>()
            .join(" ")
    };
    allocation.orders.iter().map(order).collect()
}

#[test]
fn each_policy_is_as_computed_by_hand() {
    let problem = three_nodes(|draft| {
        for id in ["o1", "o2"] {
            draft.order(customer(id));
            draft.line(LineInput::new(id, "1", "s1", 1));
            draft.line(LineInput {
                unfilled_penalty: Some(money("6")),
                ..LineInput::new(id, "2", "s2", 1)
            });
        }
    });
    // A has one unit of s1. o1: line 1 from A, line 2 from B. o2: A is empty, so line 1 from C, but line 2 from B.
    assert_eq!(shipped(&problem, Policy::Priority), ["A:1 B:2", "B:2 C:1"]);
    // Nearest with s1 is C, nearest with s2 is B.
    assert_eq!(shipped(&problem, Policy::Distance), ["B:2 C:1", "B:2 C:1"]);
    // C has both.
    assert_eq!(shipped(&problem, Policy::FewestSplits), ["C:1+2", "C:1+2"]);
    // o1: A and B 5+1+5+1+1 = 13; A alone 5+1 and line 2 unfilled 6 = 12; C 25; nothing 16. So A alone.
    // o2: C 25; B alone 6 and line 1 unfilled 10 = 16; nothing 16: of equals nothing ships.
    assert_eq!(shipped(&problem, Policy::Cheapest), ["A:1", ""]);
}

#[test]
fn rules_of_the_order_hold_in_every_policy() {
    let problem = three_nodes(|draft| {
        let lines = |draft: &mut Draft, id, group| {
            for (line, sku) in [("1", "s1"), ("2", "s2")] {
                draft.line(LineInput {
                    group,
                    unfilled_penalty: Some(money("50")),
                    ..LineInput::new(id, line, sku, 1)
                });
            }
        };
        draft.order(OrderInput {
            max_shipments: Some(1),
            ..customer("one")
        });
        lines(draft, "one", None);
        draft.order(OrderInput {
            max_shipments: Some(1),
            ship_complete: true,
            ..customer("all")
        });
        lines(draft, "all", None);
        draft.order(customer("grouped"));
        lines(draft, "grouped", Some("g"));
    });
    // By priority the first line of "one" takes the unit at A, and a second shipment is not allowed.
    assert_eq!(shipped(&problem, Policy::Priority), ["A:1", "C:1+2", "C:1+2"]);
    assert_eq!(shipped(&problem, Policy::Distance), ["C:1+2", "C:1+2", "C:1+2"]);
    assert_eq!(shipped(&problem, Policy::FewestSplits), ["C:1+2", "C:1+2", "C:1+2"]);
    // C 5+20 = 25 beats one line left unfilled (50).
    assert_eq!(shipped(&problem, Policy::Cheapest), ["C:1+2", "C:1+2", "C:1+2"]);
}

#[test]
fn an_order_that_wants_all_or_nothing_gets_nothing_where_a_policy_stumbles() {
    let problem = three_nodes(|draft| {
        draft.order(OrderInput {
            max_shipments: Some(1),
            ship_complete: true,
            ..customer("all")
        });
        draft.line(LineInput::new("all", "1", "s1", 1));
        draft.line(LineInput::new("all", "2", "s2", 1));
    });
    // By priority line 1 goes to A, and line 2 would need a second shipment.
    assert_eq!(shipped(&problem, Policy::Priority), [""]);
    assert_eq!(shipped(&problem, Policy::FewestSplits), ["C:1+2"]);
}

#[test]
fn divisible_lines_are_filled_in_parts() {
    let problem = three_nodes(|draft| {
        draft.order(customer("o"));
        draft.line(LineInput {
            divisible: true,
            ..LineInput::new("o", "1", "s3", 5)
        });
    });
    // s3: A 2, B 2, C 4. In file order; by distance B, C, A.
    assert_eq!(shipped(&problem, Policy::Priority), ["A:1(2) B:1(2) C:1(1)"]);
    assert_eq!(shipped(&problem, Policy::Distance), ["B:1(2) C:1(3)"]);
    // No node has all five: the nearest in turn.
    assert_eq!(shipped(&problem, Policy::FewestSplits), ["B:1(2) C:1(3)"]);
    // A and B 6+6+1 and one unit unfilled 10 = 23; B and C 6+25+1 = 32; all three 13+26 = 39; nothing 50.
    assert_eq!(shipped(&problem, Policy::Cheapest), ["A:1(2) B:1(2)"]);
}

#[test]
fn distance_puts_unknown_places_last() {
    let problem = three_nodes(|draft| {
        draft.node(NodeInput {
            shipment_cost: money("1"),
            ..NodeInput::new("D")
        });
        draft.stock(StockInput {
            node_id: "D",
            sku: "s1",
            on_hand: 9,
            reserved: 0,
            safety: 0,
            available_from: None,
        });
        draft.order(customer("known"));
        draft.line(LineInput::new("known", "1", "s1", 1));
        draft.order(OrderInput::new("unknown", "FR", "1"));
        draft.line(LineInput::new("unknown", "1", "s1", 1));
    });
    // Of a customer without coordinates every node is at an unknown distance: file order.
    assert_eq!(shipped(&problem, Policy::Distance), ["C:1", "A:1"]);
}
