//! The verifier's verdicts on what a plan claims: status, bound, shadow prices and cuts; and on hostile numbers.

use std::collections::BTreeSet;

use clapot::index::{LineIdx, NodeIdx, ServiceIdx, SkuIdx};
use clapot::model::{Draft, LineInput, OrderInput, Problem};
use clapot::plan::{Carriage, Cut, CutResource, CutTerm, RoutingPlan, Status};
use clapot::quantity::{Grams, Money};
use clapot::verify::{VerifyOptions, ViolationCode, verify};

use crate::support::hand::{self, line_of, money, node_of};
use crate::support::judge::{expect_changed, good_plan, judge, names};

#[test]
fn wrong_claims() {
    let too_much = money("100000");
    expect_changed(
        "bound",
        |_, p| p.outcome.bound = too_much,
        &["bound-above-total", "bound-above-prices"],
    );
    expect_changed(
        "proved",
        |_, p| p.outcome.proved_bound = Some(too_much),
        &["proved-bound"],
    );
    expect_changed(
        "optimal",
        |_, p| p.outcome.status = Status::Optimal,
        &["optimal-not-proved"],
    );
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
    let coarse = VerifyOptions {
        threads: 1,
        max_groups: 0,
        ..VerifyOptions::default()
    };
    plan.outcome.bound = proved.lower;
    assert_eq!(
        names(&verify(&problem, &plan, &coarse)),
        BTreeSet::from(["bound-not-proved"])
    );
    // Not asked for, not judged, and not called certain.
    let without = verify(&problem, &plan, &VerifyOptions { bound: false, ..coarse });
    assert!(without.is_valid() && without.certified_bound().is_none());
}

#[test]
fn wrong_prices() {
    let one = money("1");
    let minus = Money::from_ten_thousandths(-1);
    let (a, b, s1) = (NodeIdx(0), NodeIdx(1), SkuIdx(0));
    expect_changed("right", |_, p| p.prices.shipments.push((a, one)), &[]);
    expect_changed(
        "unlimited",
        |_, p| p.prices.shipments.push((b, one)),
        &["price-unlimited"],
    );
    expect_changed("unlimited, 0", |_, p| p.prices.shipments.push((b, Money::ZERO)), &[]);
    expect_changed(
        "negative",
        |_, p| p.prices.shipments.push((a, minus)),
        &["price-negative"],
    );
    expect_changed(
        "negative",
        |_, p| p.prices.stock.push((a, s1, minus)),
        &["price-negative"],
    );
    expect_changed(
        "twice",
        |_, p| p.prices.shipments.extend([(a, one), (a, one)]),
        &["price-duplicate"],
    );
    expect_changed(
        "twice",
        |_, p| p.prices.stock.extend([(a, s1, one), (a, s1, one)]),
        &["price-duplicate"],
    );
    expect_changed(
        "unknown node",
        |_, p| p.prices.lines.push((NodeIdx(4), one)),
        &["price-reference"],
    );
    expect_changed(
        "unknown SKU",
        |_, p| p.prices.stock.push((a, SkuIdx(5), one)),
        &["price-reference"],
    );
    // A price of a SKU that the node has no stock row of is true, and worth nothing.
    expect_changed(
        "no stock",
        |_, p| p.prices.stock.push((NodeIdx(2), SkuIdx(2), one)),
        &[],
    );
}

type Change<'a> = &'a dyn Fn(&mut Cut);

#[test]
fn wrong_cuts() {
    // Two orders want 2 units each where A has 3: only one of them can be filled, so 1 x first + 1 x second <= 1.
    let two_orders = |draft: &mut Draft| {
        for order in ["p", "q"] {
            draft.order(OrderInput::new(order, "FR", "35000"));
            draft.line(LineInput::new(order, "1", "s3", 2));
        }
        draft.line(LineInput {
            divisible: true,
            ..LineInput::new("q", "2", "s3", 1)
        });
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
        (
            names(&found).into_iter().collect::<Vec<_>>(),
            found.proved_bound.unwrap().lower,
        )
    };
    let (none, with) = codes(&|_| {});
    assert_eq!(none, [""; 0]);
    let refused: &[(&str, Change<'_>)] = &[
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
    let huge = Cut {
        rhs: u64::MAX,
        price: Money::from_ten_thousandths(i64::MAX),
        ..cut
    };
    plan.prices.cuts.extend([huge.clone(), huge]);
    plan.outcome.bound = Money::from_ten_thousandths(i64::MIN);
    assert_eq!(names(&judge(&problem, &plan)), BTreeSet::from(["cut-too-large"]));
}

#[test]
fn hostile_numbers_are_judged_without_a_panic() {
    let (most, least) = (
        Money::from_ten_thousandths(i64::MAX),
        Money::from_ten_thousandths(i64::MIN),
    );
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
            plan.prices.stock.extend(
                problem
                    .sku_ids()
                    .iter()
                    .enumerate()
                    .map(|(k, _)| (node, SkuIdx(k as u32), extreme)),
            );
        }
        let found = judge(&problem, &plan);
        let codes = names(&found);
        for code in [
            "overfilled",
            "stock",
            "quantity",
            "cost-transport",
            "unchecked",
            "unfilled-penalty",
            "optimal-not-proved",
        ] {
            assert!(codes.contains(code), "{code} not in {codes:?}");
        }
        assert!(found.certified_bound().is_some());
        assert!(found.certified_gap().is_none_or(|gap| gap <= 1.0));
    }
}

#[test]
fn codes_are_unique_and_explained() {
    let ids: BTreeSet<_> = ViolationCode::ALL.iter().map(|c| c.id()).collect();
    let names: BTreeSet<_> = ViolationCode::ALL.iter().map(|c| c.name()).collect();
    assert_eq!(
        (ids.len(), names.len()),
        (ViolationCode::ALL.len(), ViolationCode::ALL.len())
    );
    for code in ViolationCode::ALL {
        assert!(code.meaning().ends_with('.') && code.id().starts_with('V'), "{code}");
        assert!(
            code.name().bytes().all(|b| b.is_ascii_lowercase() || b == b'-'),
            "{code}"
        );
    }
}
