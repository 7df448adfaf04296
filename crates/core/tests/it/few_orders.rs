//! One to three orders of many lines: a model of all lines and quantities proves their best plan.

use std::time::Duration;

use clapot::io::read_problem;
use clapot::model::{
    Draft, ItemInput, LaneInput, LineInput, NodeInput, OrderInput, Problem, RateInput, ServiceInput, SettingsInput,
    StockInput, Weekdays,
};
use clapot::plan::{RoutingPlan, Status};
use clapot::quantity::{Date, Money, Percent};
use clapot::search::Milp;
use clapot::solve::{Method, RouteOptions};
use clapot::validate;

use crate::support::files::repository;
use crate::support::judge::routed;
use crate::support::random::Random;

/// What the orders are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Unit,
    Divisible,
    Mixed,
    Complete,
    Pins,
    /// Thirty weight bands of each service.
    Bands,
    /// Part of the stock comes days later.
    Dated,
    /// Several lines of one SKU, of which no node has enough.
    OneSku,
}

const KINDS: [Kind; 8] = [
    Kind::Unit,
    Kind::Divisible,
    Kind::Mixed,
    Kind::Complete,
    Kind::Pins,
    Kind::Bands,
    Kind::Dated,
    Kind::OneSku,
];

const fn amount(n: i64) -> Money {
    Money::from_ten_thousandths(n)
}

fn problem(kind: Kind, seed: u64, size: (usize, usize, usize)) -> Problem {
    validate::check(draft(kind, seed, size))
        .unwrap_or_else(|e| panic!("{kind:?}, seed {seed}: {e:?}"))
        .problem
}

/// So many orders with so many lines in all, at so many nodes.
fn draft(kind: Kind, seed: u64, (orders, lines, nodes): (usize, usize, usize)) -> Draft {
    let mut random = Random::new(seed);
    let mut draft = Draft::new(SettingsInput {
        name: "few".to_owned(),
        currency: "EUR".to_owned(),
        now: "2026-03-02T09:00:00+01:00".to_owned(),
        timezone: None,
        split_penalty: amount(random.between(0, 20_000)),
        late_penalty_per_day: amount(random.between(0, 20_000)),
        unfilled_penalty: amount(300_000),
    });
    let ids: Vec<String> = (0..nodes).map(|n| format!("N{n}")).collect();
    for id in &ids {
        draft.node(NodeInput {
            shipment_cost: amount(random.between(0, 30_000)),
            line_cost: amount(random.between(0, 4_000)),
            unit_cost: amount(random.between(0, 1_000)),
            ..NodeInput::new(id)
        });
    }
    let skus = if kind == Kind::OneSku { lines.div_ceil(5) } else { lines };
    for n in 0..skus {
        let sku = format!("k{n}");
        draft.item(ItemInput {
            sku: &sku,
            weight_g: random.between(50, 3_000),
            volume_cm3: random.between(0, 12_000),
        });
        let sure = random.below(nodes);
        for (at, node_id) in ids.iter().enumerate() {
            if at == sure || random.chance(60) {
                stock(&mut draft, &mut random, kind, (node_id, &sku));
            }
        }
    }
    for n in 0..orders {
        let id = format!("o{n}");
        draft.order(OrderInput {
            ship_complete: kind == Kind::Complete,
            max_shipments: random.pick(&[None, None, Some(2)]),
            deliver_by: random.pick(&[None, "2026-03-04".parse::<Date>().ok()]),
            ..OrderInput::new(&id, "FR", "75011")
        });
    }
    for n in 0..lines {
        let (order, sku) = (format!("o{}", n % orders), format!("k{}", n % skus));
        let divisible = kind == Kind::Divisible || kind == Kind::Mixed && random.chance(50);
        let qty = random.between(1, if divisible { 30 } else { 3 }) as u32;
        let pin = kind == Kind::Pins && random.chance(20);
        draft.line(LineInput {
            divisible,
            node_id: pin.then(|| ids[random.below(nodes)].as_str()),
            ..LineInput::new(&order, &format!("l{n}"), &sku, qty)
        });
    }
    for service in ["s0", "s1"] {
        carrier(&mut draft, &mut random, kind, service);
    }
    draft
}

fn stock(draft: &mut Draft, random: &mut Random, kind: Kind, (node_id, sku): (&str, &str)) {
    let most = if matches!(kind, Kind::Divisible | Kind::Mixed) {
        30
    } else {
        5
    };
    let mut of_date = |on_hand, available_from| {
        draft.stock(StockInput {
            node_id,
            sku,
            on_hand,
            reserved: 0,
            safety: 0,
            available_from,
        });
    };
    of_date(random.between(1, most), None);
    if kind == Kind::Dated && random.chance(50) {
        let day = random.pick(&["2026-03-04", "2026-03-06"]);
        of_date(random.between(1, most), day.parse().ok());
    }
}

fn carrier(draft: &mut Draft, random: &mut Random, kind: Kind, service_id: &str) {
    draft.service(ServiceInput {
        service_id,
        carrier: "",
        days: Weekdays::parse("1234567").unwrap(),
        cutoff: None,
        divisor_cm3_per_kg: random.pick(&[None, Some(5_000)]),
        max_parcel_g: None,
        fuel_pct: Percent(random.pick(&[0, 127_500])),
    });
    draft.lane(LaneInput {
        service_id,
        node_id: None,
        country: "FR",
        postcode_prefix: "",
        max_km: None,
        zone: "Z",
        transit_days: 1,
    });
    let (bands, width) = if kind == Kind::Bands { (30, 6_000) } else { (6, 30_000) };
    let mut price = random.between(30_000, 60_000);
    for n in 1..=bands {
        price += random.between(0, 90_000 / bands);
        draft.rate(RateInput {
            service_id,
            zone: "Z",
            max_g: Some(n * width),
            price: amount(price),
            per_kg: Money::ZERO,
        });
    }
}

fn by(problem: &Problem, method: Method, milp: Milp, seconds: u64) -> RoutingPlan {
    let options = RouteOptions {
        method,
        milp,
        threads: 1,
        time_limit: Some(Duration::from_secs(seconds)),
        ..RouteOptions::default()
    };
    routed(problem, &options, None)
}

/// Orders, lines and nodes of the long run.
const SIZES: [(usize, usize, usize); 7] = [
    (1, 13, 2),
    (1, 30, 2),
    (1, 60, 2),
    (2, 30, 4),
    (3, 60, 4),
    (2, 40, 6),
    (3, 60, 6),
];

/// How many plans of a kind and size were proved best: with the strongest backend, with microlp, and by prices alone.
#[derive(Default)]
struct Proved {
    all: usize,
    strongest: usize,
    microlp: usize,
    by_prices: usize,
}

impl Proved {
    /// Neither backend claims what the other disproves.
    fn see(&mut self, problem: &Problem, what: &str, seconds: (u64, u64)) {
        let plan = by(problem, Method::Auto, Milp::Strongest, seconds.0);
        let other = by(problem, Method::Auto, Milp::MicroLp, seconds.1);
        let is_best = |plan: &RoutingPlan| plan.outcome.status == Status::Optimal;
        let totals = (plan.cost.total(), other.cost.total());
        assert!(!is_best(&plan) || totals.0 <= totals.1, "{what}: {totals:?}");
        assert!(!is_best(&other) || totals.1 <= totals.0, "{what}: {totals:?}");
        self.all += 1;
        self.strongest += usize::from(is_best(&plan));
        self.microlp += usize::from(is_best(&other));
        self.by_prices += usize::from(plan.outcome.bound == plan.cost.total());
    }
}

/// The environment widens it: `CLAPOT_CASES` problems of each kind and of many sizes, each plan in `CLAPOT_SECONDS`.
#[test]
fn few_orders_end_proved() {
    let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    let cases = number("CLAPOT_CASES");
    let seconds = number("CLAPOT_SECONDS").map_or((60, 1), |s| (s, s));
    let sizes = if cases.is_some() { &SIZES[..] } else { &[(1, 23, 2)] };
    let (mut all, mut by_prices) = (0, 0);
    for kind in KINDS {
        for &size in sizes {
            let mut proved = Proved::default();
            for seed in 0..cases.unwrap_or(1) {
                let problem = problem(kind, seed, size);
                proved.see(&problem, &format!("{kind:?}, {size:?}, seed {seed}"), seconds);
            }
            println!(
                "{kind:?}, {size:?}: proved {}, with microlp {}, by prices alone {}, of {}",
                proved.strongest, proved.microlp, proved.by_prices, proved.all
            );
            let is_weak = cfg!(not(feature = "highs"));
            assert!(cases.is_some() || is_weak || proved.strongest == proved.all, "{kind:?}");
            (all, by_prices) = (all + proved.all, by_prices + proved.by_prices);
        }
    }
    assert!(2 * by_prices <= all, "prices alone prove {by_prices} of {all}");
}

/// One order of 16 lines over four SKUs, of which no node has enough: prices prove far less than the best plan costs.
#[test]
fn an_order_of_shared_skus_is_proved_by_both_methods() {
    let problem = read_problem(&repository("fixtures/problems/shared-skus"))
        .unwrap()
        .problem;
    for method in [Method::Auto, Method::Exact] {
        for milp in [Milp::Strongest, Milp::MicroLp] {
            let plan = by(&problem, method, milp, 60);
            let what = format!("{}, {milp:?}: {:?}", method.as_str(), plan.outcome);
            assert!(plan.outcome.bound < plan.cost.total(), "{what}");
            assert_eq!(plan.outcome.status, Status::Optimal, "{what}");
        }
    }
}
