//! Starting from an earlier plan: never worse than it, whatever it is, and its prices never prove more than the new ones.

use clapot::allocate::policy::Policy;
use clapot::generate::{GenerateOptions, Profile, generate};
use clapot::io::read_problem;
use clapot::model::{
    Draft, ItemInput, LaneInput, LineInput, NodeInput, OrderInput, Problem, RateInput, ServiceInput, SettingsInput,
    StockInput, Weekdays,
};
use clapot::plan::{
    Allocation, Carriage, Cut, CutResource, CutTerm, Fill, OrderShipment, RoutingPlan, ShadowPrices, Start, Status,
    TakenOver,
};
use clapot::quantity::{Money, Percent};
use clapot::search::StdClock;
use clapot::solve::{Method, RouteOptions, Surroundings, route, route_from};
use clapot::validate;
use clapot::verify::{BoundOptions, VerifyOptions, prove_bound, verify};

use crate::support::files::repository;
use crate::support::guess::{careless, shape, some_cut, some_prices};
use crate::support::random::Random;
use crate::support::{modest_plan, tiny};

fn options(method: Method, work: u64) -> RouteOptions {
    RouteOptions {
        method,
        work_limit: Some(work),
        threads: 1,
        ..RouteOptions::default()
    }
}

fn cold(problem: &Problem, options: &RouteOptions) -> RoutingPlan {
    let clock = StdClock::start();
    let (interrupt, progress) = (None, &mut |_| {});
    let around = Surroundings {
        clock: &clock,
        interrupt,
        progress,
    };
    route(problem, options, around).unwrap_or_else(|e| panic!("{e}"))
}

/// A run from a start, verified.
fn warm(problem: &Problem, options: &RouteOptions, start: &Start, what: &str) -> (RoutingPlan, TakenOver) {
    let clock = StdClock::start();
    let (interrupt, progress) = (None, &mut |_| {});
    let around = Surroundings {
        clock: &clock,
        interrupt,
        progress,
    };
    let (plan, taken) = route_from(problem, options, start, around).unwrap_or_else(|e| panic!("{what}: {e}"));
    let verdict = verify(problem, &plan, &VerifyOptions::default());
    assert!(verdict.is_valid(), "{what}: {:?}", verdict.violations);
    assert!(plan.outcome.bound <= verdict.proved_bound.unwrap().lower, "{what}");
    let orders = taken.taken + taken.adapted + taken.dropped + taken.new;
    assert_eq!(orders, problem.orders().len(), "{what}: {taken:?}");
    (plan, taken)
}

/// What must hold of a run from a plan of the problem, valid or not.
fn never_worse(problem: &Problem, options: &RouteOptions, plan: &RoutingPlan, what: &str) -> (bool, TakenOver) {
    let (new, taken) = warm(problem, options, &Start::of(problem, plan), what);
    let verdict = verify(problem, plan, &VerifyOptions::default());
    if verdict.is_valid() {
        assert!(
            new.cost.total() <= plan.cost.total(),
            "{what}: {} from {}, {taken:?}",
            new.cost.total(),
            plan.cost.total()
        );
        let proved = verdict.proved_bound.unwrap();
        // Where some orders are proved between bounds, how close depends on the plan at hand.
        let short = if proved.by_lower_bound_only > 0 {
            proved.lower.ten_thousandths() / 5000
        } else {
            0
        };
        let proved = proved.lower;
        assert!(
            new.outcome.bound.ten_thousandths() >= proved.ten_thousandths() - short,
            "{what}: bound {} from {proved}",
            new.outcome.bound
        );
    }
    (verdict.is_valid(), taken)
}

#[test]
fn tiny_plans_of_every_kind_are_never_made_worse() {
    let (mut valid, mut invalid) = (0, 0);
    for seed in 0..300 {
        let problem = tiny::problem(seed, shape(seed));
        let mut random = Random::new(seed + 1000);
        let mut plans: Vec<(String, RoutingPlan)> = Method::ALL
            .into_iter()
            .map(|m| (m.as_str().to_owned(), cold(&problem, &options(m, 40))))
            .collect();
        for n in 0..4 {
            let mut plan = modest_plan(&problem, careless(&mut random, &problem));
            plan.prices = some_prices(&mut random, &problem);
            plan.prices.cuts = (0..n).filter_map(|_| some_cut(&mut random, &problem)).collect();
            plans.push((format!("careless {n}"), plan));
        }
        // Good decisions with bad prices, and the other way round.
        let mut mixed = plans[0].1.clone();
        mixed.prices = some_prices(&mut random, &problem);
        (mixed.outcome.bound, mixed.outcome.proved_bound) = (Money::ZERO, None);
        mixed.outcome.status = Status::Feasible;
        plans.push(("mixed".to_owned(), mixed));
        for (name, plan) in &plans {
            for (method, work) in [(Method::Auto, 1), (Method::Auto, 60), (Method::Exact, 60)] {
                let what = format!("seed {seed}, {name}, {} of {work}", method.as_str());
                let (is_valid, taken) = never_worse(&problem, &options(method, work), plan, &what);
                valid += usize::from(is_valid);
                invalid += usize::from(!is_valid);
                if !name.starts_with("careless") {
                    assert_eq!(taken.taken, problem.orders().len(), "{what}: {taken:?}");
                    assert_eq!(taken.total, plan.cost.total(), "{what}");
                }
            }
        }
    }
    assert!(valid > 5000 && invalid > 1500, "{valid} valid starts, {invalid} others");
}

#[test]
fn a_plan_of_another_problem_is_no_harm() {
    for seed in 0..120 {
        let problem = tiny::problem(seed, shape(seed));
        let other = tiny::problem(seed + 1, shape(seed + 1));
        let plan = cold(&other, &options(Method::Auto, 100));
        let start = Start::of(&other, &plan);
        for method in [Method::Auto, Method::Exact] {
            let what = format!("seed {seed}, {}", method.as_str());
            let (_, taken) = warm(&problem, &options(method, 60), &start, &what);
            assert!(taken.taken <= problem.orders().len());
        }
        // Indices that mean nothing at all, and amounts that no problem has.
        let most = Money::from_ten_thousandths(i64::MAX);
        let node = clapot::index::NodeIdx(77);
        let mut wild = Start::of(&problem, &plan);
        wild.prices.stock.push((node, clapot::index::SkuIdx(99), most));
        wild.prices.units.push((node, most));
        for (n, _) in problem.nodes().iter_enumerated() {
            wild.prices.units.push((n, most));
            wild.prices.shipments.push((n, most));
        }
        wild.prices.cuts.push(Cut {
            node,
            resource: CutResource::Units,
            rhs: u64::MAX,
            price: most,
            terms: vec![CutTerm {
                line: clapot::index::LineIdx(u32::MAX),
                coefficient: u32::MAX,
            }],
        });
        wild.allocation.orders.push(vec![OrderShipment {
            node,
            carriage: Carriage::Pickup,
            waits_for: None,
            fills: vec![Fill {
                line: clapot::index::LineIdx(9999),
                qty: u32::MAX,
            }],
        }]);
        warm(
            &problem,
            &options(Method::Auto, 60),
            &wild,
            &format!("seed {seed}, wild"),
        );
    }
}

#[test]
fn prices_alone_prove_no_more_than_the_run_from_them() {
    let mut better = 0;
    for seed in 0..200 {
        let problem = tiny::problem(seed, shape(seed));
        let mut random = Random::new(seed);
        let mut prices = cold(&problem, &options(Method::Auto, 2000)).prices;
        if seed % 2 == 0 {
            prices = some_prices(&mut random, &problem);
        }
        prices
            .cuts
            .extend((0..3).filter_map(|_| some_cut(&mut random, &problem)));
        let proved = prove_bound(&problem, &prices, &BoundOptions::default()).lower;
        let start = Start {
            prices,
            ..Start::default()
        };
        let (plan, taken) = warm(&problem, &options(Method::Auto, 1), &start, &format!("seed {seed}"));
        assert!(
            plan.outcome.bound >= proved,
            "seed {seed}: {} from {proved}",
            plan.outcome.bound
        );
        assert_eq!(taken.new, problem.orders().len(), "seed {seed}");
        better += usize::from(plan.outcome.bound > proved);
    }
    assert!(better > 0);
}

#[test]
fn fixture_plans_are_never_made_worse() {
    let mut started = 0;
    for name in [
        "b2c-every-rule",
        "b2b-full",
        "scarce-stock",
        "tight-capacity",
        "one-sku",
        "hand",
    ] {
        let problem = read_problem(&repository("fixtures/problems").join(name))
            .unwrap()
            .problem;
        for method in Method::ALL {
            let plan = cold(&problem, &options(method, 3000));
            let what = format!("{name}, {}", method.as_str());
            let (_, taken) = never_worse(&problem, &options(Method::Auto, 3000), &plan, &what);
            // Policies split the divisible lines of large orders in ways that the order book does not know.
            let orders = taken.taken + if name == "b2b-full" { taken.adapted } else { 0 };
            assert_eq!(orders, problem.orders().len(), "{what}: {taken:?}");
            started += 1;
        }
    }
    assert_eq!(started, 36);
}

fn generated(profile: Profile, orders: u32, nodes: u32) -> Problem {
    let options = GenerateOptions {
        orders,
        nodes,
        seed: 11,
        profile,
        ..GenerateOptions::default()
    };
    validate::check(generate(&options).unwrap())
        .unwrap_or_else(|e| panic!("{e:?}"))
        .problem
}

#[test]
fn a_run_from_a_start_is_the_same_at_any_number_of_threads() {
    for (profile, orders, work) in [
        (Profile::B2c, 300, 40_000),
        (Profile::B2b, 60, 8_000),
        (Profile::B2b, 260, 40_000),
    ] {
        let problem = generated(profile, orders, 8);
        let first = cold(&problem, &options(Method::Auto, work));
        let mut start = Start::of(&problem, &first);
        for (n, order) in start.allocation.orders.iter_mut().enumerate() {
            if n % 9 == 0 {
                order.clear();
            }
        }
        let run = |threads| {
            let options = RouteOptions {
                threads,
                ..options(Method::Auto, work)
            };
            let (mut plan, taken) = warm(&problem, &options, &start, &format!("{profile:?}, {threads} threads"));
            plan.outcome.seconds = 0.0;
            (plan, taken)
        };
        let one = run(1);
        for threads in [2, 4] {
            assert!(run(threads) == one, "{profile:?}: another plan at {threads} threads");
        }
        assert!(one.0.outcome.bound >= first.outcome.bound);
    }
}

/// One run after another from its own plan: each is accepted whole, and none is worse.
#[test]
fn own_plans_are_accepted_whole() {
    for (profile, orders, work) in [(Profile::B2c, 200, 20_000), (Profile::B2b, 50, 4_000)] {
        let problem = generated(profile, orders, 6);
        let mut plan = cold(&problem, &options(Method::Policy(Policy::Cheapest), work));
        for round in 0..3 {
            let what = format!("{profile:?}, round {round}");
            let start = Start::of(&problem, &plan);
            let (next, taken) = warm(&problem, &options(Method::Auto, work), &start, &what);
            assert!(taken.is_whole(), "{what}: {taken:?}");
            assert_eq!(taken.total, plan.cost.total(), "{what}");
            assert!(next.cost.total() <= plan.cost.total(), "{what}");
            assert!(next.outcome.bound >= plan.outcome.bound, "{what}");
            plan = next;
        }
    }
}

#[test]
fn a_policy_cannot_start_from_a_plan() {
    let problem = tiny::problem(1, shape(1));
    let clock = StdClock::start();
    for policy in [
        Policy::Priority,
        Policy::Distance,
        Policy::FewestSplits,
        Policy::Cheapest,
    ] {
        let (interrupt, progress) = (None, &mut |_| {});
        let around = Surroundings {
            clock: &clock,
            interrupt,
            progress,
        };
        let options = options(Method::Policy(policy), 10);
        let error = route_from(&problem, &options, &Start::default(), around).unwrap_err();
        assert_eq!(error.code(), "options");
        assert!(error.to_string().contains(policy.as_str()), "{error}");
    }
}

/// A large order with a divisible line of 100 units, of which node A has 37 and B 63: the plan that fills all 100 is found,
/// and taken over as it is.
#[test]
fn a_plan_in_odd_quantities_is_taken_over() {
    let euro = |n: i64| Money::from_ten_thousandths(n * Money::SCALE);
    let mut draft = Draft::new(SettingsInput {
        name: "parts".to_owned(),
        currency: "EUR".to_owned(),
        now: "2026-03-02T09:00:00+01:00".to_owned(),
        unfilled_penalty: euro(50),
        ..SettingsInput::default()
    });
    draft.service(ServiceInput {
        service_id: "post",
        carrier: "",
        days: Weekdays::parse("12345").unwrap(),
        cutoff: None,
        divisor_cm3_per_kg: None,
        max_parcel_g: None,
        fuel_pct: Percent::default(),
    });
    draft.lane(LaneInput {
        service_id: "post",
        node_id: None,
        country: "FR",
        postcode_prefix: "",
        max_km: None,
        zone: "z",
        transit_days: 1,
    });
    draft.rate(RateInput {
        service_id: "post",
        zone: "z",
        max_g: None,
        price: euro(5),
        per_kg: euro(1),
    });
    let skus: Vec<String> = (0..14).map(|n| format!("s{n}")).collect();
    draft.node(NodeInput::new("A"));
    draft.node(NodeInput::new("B"));
    draft.order(OrderInput::new("o", "FR", "1000"));
    for (n, sku) in skus.iter().enumerate() {
        draft.item(ItemInput {
            sku,
            weight_g: 100,
            volume_cm3: 0,
        });
        for (node_id, on_hand) in [("A", 37), ("B", 63)] {
            draft.stock(StockInput {
                node_id,
                sku,
                on_hand,
                reserved: 0,
                safety: 0,
                available_from: None,
            });
        }
        let qty = if n == 0 { 100 } else { 1 };
        draft.line(LineInput {
            divisible: n == 0,
            ..LineInput::new("o", sku, sku, qty)
        });
    }
    let problem = validate::check(draft).unwrap_or_else(|e| panic!("{e:?}")).problem;
    let post = Carriage::Service(problem.service_ids().find("post").unwrap());
    let shipment = |node: u32, fills: Vec<Fill>| OrderShipment {
        node: clapot::index::NodeIdx(node),
        carriage: post,
        waits_for: None,
        fills,
    };
    let fill = |line: u32, qty: u32| Fill {
        line: clapot::index::LineIdx(line),
        qty,
    };
    let rest = (1..14).map(|n| fill(n, 1));
    let allocation = Allocation {
        orders: vec![vec![
            shipment(0, std::iter::once(fill(0, 37)).chain(rest).collect()),
            shipment(1, vec![fill(0, 63)]),
        ]],
    };
    let plan = modest_plan(&problem, allocation.clone());
    assert!(plan.unfilled.is_empty());
    // The order book holds any quantities.
    let without = cold(&problem, &options(Method::Auto, 1000));
    assert_eq!(without.cost.total(), plan.cost.total());
    let (is_valid, taken) = never_worse(&problem, &options(Method::Auto, 1000), &plan, "37 and 63");
    assert!(is_valid);
    assert_eq!((taken.taken, taken.adapted), (1, 0));
    let start = Start::new(allocation, ShadowPrices::default());
    let (kept, _) = warm(&problem, &options(Method::Auto, 1000), &start, "37 and 63");
    assert_eq!(kept.cost, plan.cost);
}
