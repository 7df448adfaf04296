//! Divisible lines of many units: every unit that is there may ship, whatever the quantity, by every method.

use clapot::allocate::policy::Policy;
use clapot::model::{
    Draft, ItemInput, LaneInput, LineInput, NodeInput, OrderInput, Problem, RateInput, ServiceInput, SettingsInput,
    StockInput, Weekdays,
};
use clapot::plan::{Known, RoutingPlan, Start, Status};
use clapot::quantity::{Money, Percent};
use clapot::search::StdClock;
use clapot::solve::{Method, RouteOptions, Surroundings, route_from};
use clapot::validate;

use crate::support::hand::money;
use crate::support::judge::{judge, routed};
use crate::support::tiny::{self, Shape};

/// Orders of one SKU at nodes that have so much of it; parcels up to 30 kg, or any, cost 5.
struct Case<'a> {
    stock: &'a [u32],
    orders: &'a [u32],
    max_g: Option<i64>,
    weight_g: i64,
    more: &'a dyn Fn(&mut OrderInput<'_>),
}

const PLAIN: Case<'_> = Case {
    stock: &[],
    orders: &[],
    max_g: None,
    weight_g: 10,
    more: &|_| {},
};

fn problem(case: &Case<'_>) -> Problem {
    let mut draft = Draft::new(SettingsInput {
        name: "divisible".to_owned(),
        currency: "EUR".to_owned(),
        now: "2026-03-02T09:00:00+01:00".to_owned(),
        timezone: Some("Europe/Paris".to_owned()),
        split_penalty: Money::ZERO,
        late_penalty_per_day: Money::ZERO,
        unfilled_penalty: money("50"),
    });
    draft.item(ItemInput {
        sku: "x",
        weight_g: case.weight_g,
        volume_cm3: 0,
    });
    for (n, &on_hand) in case.stock.iter().enumerate() {
        let id = format!("N{n}");
        draft.node(NodeInput::new(&id));
        draft.stock(StockInput {
            node_id: &id,
            sku: "x",
            on_hand: on_hand.into(),
            reserved: 0,
            safety: 0,
            available_from: None,
        });
    }
    draft.service(ServiceInput {
        service_id: "std",
        carrier: "",
        days: Weekdays::parse("12345").unwrap(),
        cutoff: None,
        divisor_cm3_per_kg: None,
        max_parcel_g: None,
        fuel_pct: Percent(0),
    });
    draft.lane(LaneInput {
        service_id: "std",
        node_id: None,
        country: "FR",
        postcode_prefix: "",
        max_km: None,
        zone: "z",
        transit_days: 2,
    });
    draft.rate(RateInput {
        service_id: "std",
        zone: "z",
        max_g: case.max_g,
        price: money("5"),
        per_kg: Money::ZERO,
    });
    for (n, &qty) in case.orders.iter().enumerate() {
        let id = format!("o{n}");
        let mut order = OrderInput::new(&id, "FR", "75011");
        (case.more)(&mut order);
        draft.order(order);
        draft.line(LineInput {
            divisible: true,
            ..LineInput::new(&id, "1", "x", qty)
        });
    }
    validate::check(draft).unwrap_or_else(|e| panic!("{e:?}")).problem
}

fn options(method: Method) -> RouteOptions {
    RouteOptions {
        method,
        threads: 1,
        ..RouteOptions::default()
    }
}

/// Methods that look at costs.
const BY_COST: [Method; 3] = [Method::Auto, Method::Exact, Method::Policy(Policy::Cheapest)];

/// What the plans of some methods cost; of `exact` and `auto` they are proved.
fn cost(methods: &[Method], case: &Case<'_>, total: &str, what: &str) {
    let problem = problem(case);
    for &method in methods {
        let plan = routed(&problem, &options(method), None);
        assert_eq!(plan.cost.total(), money(total), "{what} by {}", method.as_str());
        if matches!(method, Method::Auto | Method::Exact) {
            assert_eq!(plan.outcome.status, Status::Optimal, "{what} by {}", method.as_str());
        }
    }
}

#[test]
fn every_unit_that_is_there_ships() {
    let cases: [(&[u32], &[u32], &str); 6] = [
        (&[999], &[1000], "55"),
        (&[12], &[13], "55"),
        (&[7, 11, 23], &[41], "15"),
        (&[49, 49, 49], &[100], "15"),
        (&[100_000, 1], &[100_002], "60"),
        (&[3, 40, 2], &[50], "265"),
    ];
    for (stock, orders, total) in cases {
        let case = Case { stock, orders, ..PLAIN };
        cost(&Method::ALL, &case, total, &format!("{orders:?} of {stock:?}"));
    }
}

#[test]
fn rules_of_the_order_hold_in_quantities() {
    let of = |stock, orders| Case { stock, orders, ..PLAIN };
    let two = |o: &mut OrderInput<'_>| o.max_shipments = Some(2);
    let complete = |o: &mut OrderInput<'_>| o.ship_complete = true;
    let both = |o: &mut OrderInput<'_>| (o.max_shipments, o.ship_complete) = (Some(2), true);
    // 34 of 41 from the two largest.
    let of_two = Case {
        more: &two,
        ..of(&[7, 11, 23], &[41])
    };
    cost(&BY_COST, &of_two, "360", "two shipments");
    let all = Case {
        more: &complete,
        ..of(&[7, 11, 23], &[41])
    };
    cost(&Method::ALL, &all, "15", "complete");
    let short = Case {
        more: &complete,
        ..of(&[7, 11, 22], &[41])
    };
    cost(&Method::ALL, &short, "2050", "complete, one is missing");
    let all_of_two = Case {
        more: &both,
        ..of(&[7, 18, 23], &[41])
    };
    cost(&BY_COST, &all_of_two, "10", "complete in two shipments");
    // 30 units weigh as much as a parcel may.
    let heavy = Case {
        max_g: Some(30_000),
        weight_g: 1000,
        ..of(&[60, 60], &[70])
    };
    cost(&Method::ALL, &heavy, "510", "up to a weight");
}

#[test]
fn orders_that_share_stock_are_proved() {
    let case = Case {
        stock: &[10, 15],
        orders: &[13, 12],
        max_g: Some(30_000),
        weight_g: 500,
        ..PLAIN
    };
    let problem = problem(&case);
    for method in [Method::Auto, Method::Exact] {
        let plan = routed(&problem, &options(method), None);
        assert_eq!((plan.cost.total(), plan.outcome.status), (money("15"), Status::Optimal));
    }
}

/// A run that starts from a right plan keeps it, and serves a new order from what is left.
#[test]
fn a_start_keeps_quantities_and_serves_what_is_new() {
    let old = problem(&Case {
        stock: &[7, 11, 23],
        orders: &[41],
        ..PLAIN
    });
    let new = problem(&Case {
        stock: &[7, 11, 53],
        orders: &[41, 29],
        ..PLAIN
    });
    let plan = routed(&old, &options(Method::Auto), None);
    let clock = StdClock::start();
    let around = Surroundings {
        clock: &clock,
        interrupt: None,
        progress: &mut |_| {},
    };
    let start = Start {
        known: vec![Known::Whole, Known::New],
        ..Start::of(&new, &plan)
    };
    let (plan, taken) = route_from(&new, &options(Method::Auto), &start, around).unwrap();
    assert!(judge(&new, &plan).is_valid());
    assert_eq!((taken.taken, taken.new), (1, 1), "{taken:?}");
    // 7, 11 and 23 as before, and 29 of the 30 that are left.
    assert_eq!(plan.cost.total(), money("20"));
}

/// What a plan costs, for comparison.
fn total(problem: &Problem, method: Method) -> (Money, RoutingPlan) {
    let plan = routed(problem, &options(method), None);
    (plan.cost.total(), plan)
}

#[test]
fn no_simple_rule_is_cheaper_than_auto_or_exact() {
    let mut cheaper = 0;
    for seed in 0..40 {
        let shape = Shape {
            divisible: true,
            tight: seed % 2 == 0,
            dated: seed % 5 == 4,
            units: Some(40),
        };
        let problem = tiny::problem(10_000 + seed, shape);
        let rules: Vec<Money> = Policy::ALL.map(|p| total(&problem, Method::Policy(p)).0).to_vec();
        let simplest = rules.iter().copied().min().unwrap();
        for method in [Method::Auto, Method::Exact] {
            let (cost, plan) = total(&problem, method);
            assert!(
                cost <= simplest,
                "seed {seed}: {} costs {cost}, a rule {simplest}",
                method.as_str()
            );
            assert!(plan.outcome.bound <= cost);
            cheaper += usize::from(cost < simplest);
        }
    }
    assert!(cheaper > 8, "{cheaper}");
}
