//! Random plans, valid or not: the verifier's verdict is that of enumeration, and each kind of false figure gets its code.

use std::collections::BTreeMap;

use clapot::index::{LineIdx, NodeIdx, OrderIdx};
use clapot::model::Problem;
use clapot::plan::{Allocation, OrderShipment, RoutingPlan};
use clapot::quantity::{Date, Money};
use clapot::verify::{VerifyOptions, verify};

use crate::support::guess::{careless, shape};
use crate::support::random::Random;
use crate::support::tiny::{self, Shape};
use crate::support::{modest_plan, oracle};

/// Whether enumeration knows each order's way, and the resources suffice for all.
fn enumeration_allows(problem: &Problem, allocation: &Allocation) -> bool {
    let mut used: BTreeMap<oracle::Resource, i128> = BTreeMap::new();
    for (order, shipments) in problem.orders().indices().zip(&allocation.orders) {
        let ways = oracle::ways(problem, order);
        let sorted = |ships: &[OrderShipment]| {
            let mut ships = ships.to_vec();
            ships.sort_by_key(|s| s.node);
            ships
        };
        let Some(way) = ways.iter().find(|w| sorted(&w.shipments) == sorted(shipments)) else {
            return false;
        };
        for (&resource, n) in &way.takes {
            *used.entry(resource).or_insert(0) += n;
        }
    }
    used.into_iter()
        .all(|(r, n)| oracle::there_is(problem, r).is_none_or(|most| n <= most))
}

#[test]
fn the_verdict_is_that_of_enumeration() {
    let (mut valid, mut invalid) = (0, 0);
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 5000..5300 {
        let problem = tiny::problem(seed, shape(seed));
        let mut random = Random::new(seed);
        for _ in 0..10 {
            let allocation = careless(&mut random, &problem);
            let expected = enumeration_allows(&problem, &allocation);
            let found = verify(
                &problem,
                &modest_plan(&problem, allocation),
                &VerifyOptions {
                    bound: false,
                    ..VerifyOptions::default()
                },
            );
            assert_eq!(found.is_valid(), expected, "seed {seed}: {:?}", found.violations);
            *if expected { &mut valid } else { &mut invalid } += 1;
            for violation in found.violations {
                *codes.entry(violation.code.name()).or_insert(0) += 1;
            }
        }
    }
    assert!(valid > 200 && invalid > 200, "{valid} valid, {invalid} invalid");
    let rules = [
        "pickup",
        "ships-false",
        "pin",
        "exclusion",
        "partial-line",
        "group",
        "ship-complete",
        "max-shipments",
        "stock",
        "node-shipments",
        "node-lines",
        "node-units",
    ];
    for rule in rules {
        assert!(
            codes.get(rule).is_some_and(|&n| n >= 20),
            "{rule} is rarely tested: {codes:?}"
        );
    }
}

type Change = fn(&mut RoutingPlan, usize);

/// Changes of one figure, by the code that each must give.
const FALSE_FIGURES: &[(&str, Change)] = &[
    ("parcels", |p, n| p.shipments[n].parcels += 1),
    ("weight", |p, n| p.shipments[n].weight.0 += 1),
    ("billable", |p, n| p.shipments[n].billable.0 -= 1),
    ("transport", |p, n| {
        p.shipments[n].transport += Money::from_ten_thousandths(1);
    }),
    ("handling", |p, n| {
        p.shipments[n].handling += Money::from_ten_thousandths(-1);
    }),
    ("leaves-on", |p, n| {
        p.shipments[n].leaves_on = Some(p.shipments[n].leaves_on.map_or(Date::from_days(0), Date::next));
    }),
    ("arrives-on", |p, n| {
        p.shipments[n].arrives_on = Some(p.shipments[n].arrives_on.map_or(Date::from_days(0), Date::next));
    }),
    ("days-late", |p, n| p.shipments[n].days_late += 1),
    ("late", |p, n| p.shipments[n].late += Money::from_ten_thousandths(1)),
    ("cost-transport", |p, _| {
        p.cost.transport += Money::from_ten_thousandths(1);
    }),
    ("cost-handling", |p, _| {
        p.cost.handling += Money::from_ten_thousandths(-1);
    }),
    ("cost-split", |p, _| p.cost.split += Money::from_ten_thousandths(1)),
    ("cost-late", |p, _| p.cost.late += Money::from_ten_thousandths(1)),
    ("cost-unfilled", |p, _| {
        p.cost.unfilled += Money::from_ten_thousandths(1);
    }),
    ("bound-above-total", |p, _| {
        p.outcome.bound = p.cost.total() + Money::from_ten_thousandths(1);
    }),
    ("proved-bound", |p, _| {
        p.outcome.proved_bound = Some(p.cost.total() + Money::from_ten_thousandths(1));
    }),
    ("other-problem", |p, _| p.problem.clear()),
];

/// Changes of one row; further codes may follow, because the row's shipment is then another one.
const FALSE_ROWS: &[(&str, Change)] = &[
    ("overfilled", |p, n| p.assignments[n].qty += 100),
    ("missing-unfilled", |p, n| {
        p.assignments.remove(n);
        p.unfilled.clear();
    }),
    ("duplicate-assignment", |p, n| p.assignments.push(p.assignments[n])),
    ("zero-quantity", |p, n| p.assignments[n].qty = 0),
    ("unknown-reference", |p, n| p.assignments[n].line = LineIdx(u32::MAX)),
    ("unknown-reference", |p, n| p.assignments[n].node = NodeIdx(u32::MAX)),
    ("unknown-reference", |p, n| p.assignments[n].shipment.0 = u32::MAX),
    ("empty-shipment", |p, n| {
        let shipment = p.assignments[n].shipment;
        p.assignments.retain(|a| a.shipment != shipment);
    }),
    ("two-shipments", |p, _| p.shipments.push(p.shipments[0])),
    ("unknown-reference", |p, _| p.shipments[0].order = OrderIdx(u32::MAX)),
];

#[test]
fn each_kind_of_falsehood_gets_its_code() {
    let options = VerifyOptions {
        bound: false,
        ..VerifyOptions::default()
    };
    let mut plans = 0;
    for seed in 7000..7400 {
        // Where a shipment could wait, another day of leaving changes its arrival too.
        let shape = Shape {
            dated: false,
            ..shape(seed)
        };
        let problem = tiny::problem(seed, shape);
        let Some((allocation, _)) = oracle::optimum(&problem, 20_000) else {
            continue;
        };
        let good = modest_plan(&problem, allocation);
        if good.shipments.is_empty() {
            continue;
        }
        plans += 1;
        let mut random = Random::new(seed);
        for &(code, change) in FALSE_FIGURES {
            let mut plan = good.clone();
            change(&mut plan, random.below(good.shipments.len()));
            let codes: Vec<_> = verify(&problem, &plan, &options)
                .violations
                .iter()
                .map(|v| v.code.name())
                .collect();
            assert_eq!(codes, [code], "seed {seed}");
        }
        for &(code, change) in FALSE_ROWS {
            let mut plan = good.clone();
            change(&mut plan, random.below(good.assignments.len()));
            let found = verify(&problem, &plan, &options);
            assert!(
                found.violations.iter().any(|v| v.code.name() == code),
                "seed {seed} {code}: {:?}",
                found.violations
            );
        }
    }
    assert!(plans >= 50, "only {plans} plans");
}
