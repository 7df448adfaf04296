//! Pallets and truckloads: one order of 13 to 40 lines of 1 to 2,000 kg, whose carriage has thousands of prices. Against the
//! optimum by dynamic programming over the weight that each node ships.

use std::collections::BTreeMap;

use clapot::cost::tariff::{Load, transport};
use clapot::index::{NodeIdx, SkuIdx};
use clapot::model::{
    Draft, ItemInput, LaneInput, LineInput, NodeInput, OrderInput, Problem, RateInput, ServiceInput, SettingsInput,
    StockInput, Weekdays,
};
use clapot::plan::{RoutingPlan, Status};
use clapot::quantity::{Grams, Money, Percent};
use clapot::solve::{Method, RouteOptions};
use clapot::validate;
use clapot::verify::{BoundOptions, prove_bound};

use crate::support::judge::routed;
use crate::support::random::Random;

const fn amount(n: i64) -> Money {
    Money::from_ten_thousandths(n)
}

/// Weights are whole multiples of `grain`, so that few different sums arise.
fn problem(seed: u64, lines: usize, nodes: usize, grain: i64) -> Problem {
    let mut random = Random::new(seed);
    let mut draft = Draft::new(SettingsInput {
        name: "heavy".to_owned(),
        currency: "EUR".to_owned(),
        now: "2026-03-02T09:00:00+01:00".to_owned(),
        timezone: None,
        split_penalty: amount(random.between(0, 200_000)),
        late_penalty_per_day: Money::ZERO,
        unfilled_penalty: amount(500_000_000),
    });
    let ids: Vec<String> = (0..nodes).map(|n| format!("N{n}")).collect();
    for id in &ids {
        draft.node(NodeInput {
            shipment_cost: amount(random.between(0, 600_000)),
            line_cost: amount(random.between(0, 20_000)),
            unit_cost: amount(random.between(0, 50_000)),
            ..NodeInput::new(id)
        });
    }
    draft.order(OrderInput::new("big", "FR", "75011"));
    for n in 0..lines {
        let sku = format!("k{n}");
        let qty = random.between(1, 2) as u32;
        let most = 2_000_000 / grain / i64::from(qty);
        draft.item(ItemInput {
            sku: &sku,
            weight_g: grain * random.between(1, most),
            volume_cm3: 0,
        });
        draft.line(LineInput::new("big", &sku, &sku, qty));
        let sure = random.below(nodes);
        for (at, node_id) in ids.iter().enumerate() {
            if at == sure || random.chance(70) {
                draft.stock(StockInput {
                    node_id,
                    sku: &sku,
                    on_hand: random.between(2, 5),
                    reserved: 0,
                    safety: 0,
                    available_from: None,
                });
            }
        }
    }
    for service in ["s0", "s1"] {
        carrier(&mut draft, &mut random, service, &ids);
    }
    validate::check(draft)
        .unwrap_or_else(|e| panic!("seed {seed}: {e:?}"))
        .problem
}

/// A service with an open band above few others, some by parcels of half a ton or two tons and more, with fuel or without.
fn carrier(draft: &mut Draft, random: &mut Random, service_id: &str, nodes: &[String]) {
    draft.service(ServiceInput {
        service_id,
        carrier: "",
        days: Weekdays::parse("12345").unwrap(),
        cutoff: None,
        divisor_cm3_per_kg: None,
        max_parcel_g: random.pick(&[None, None, Some(2_000_000), Some(3_500_000)]),
        fuel_pct: Percent(random.pick(&[0, 71_234, 127_500])),
    });
    for node_id in nodes {
        draft.lane(LaneInput {
            service_id,
            node_id: Some(node_id),
            country: "FR",
            postcode_prefix: "",
            max_km: None,
            zone: node_id,
            transit_days: 1,
        });
        let mut price = random.between(30_000, 200_000);
        for max_g in [30_000, 100_000, 1_000_000] {
            price += random.between(0, 300_000);
            draft.rate(RateInput {
                service_id,
                zone: node_id,
                max_g: Some(max_g),
                price: amount(price),
                per_kg: Money::ZERO,
            });
        }
        draft.rate(RateInput {
            service_id,
            zone: node_id,
            max_g: None,
            price: amount(price + random.between(0, 100_000)),
            per_kg: amount(random.between(100, 15_000)),
        });
    }
}

/// The least total, where nothing stays unfilled, which is far too dear: after each line the least cost of its handling for
/// every weight that each node ships.
fn optimum(problem: &Problem) -> i128 {
    let nodes = problem.nodes().len();
    let handled = |node: usize, qty: u32| {
        let n = &problem.nodes()[NodeIdx(node as u32)];
        i128::from((n.line_cost + n.unit_cost * i64::from(qty)).ten_thousandths())
    };
    let mut least: BTreeMap<Vec<i64>, i128> = BTreeMap::from([(vec![0; nodes], 0)]);
    for line in problem.lines() {
        let weight = problem.items()[line.sku].weight.0 * i64::from(line.qty);
        let mut next: BTreeMap<Vec<i64>, i128> = BTreeMap::new();
        let mut see = |loads: Vec<i64>, cost: i128| {
            let known = next.entry(loads).or_insert(cost);
            *known = cost.min(*known);
        };
        for (loads, cost) in &least {
            for node in (0..nodes).filter(|&n| has(problem, n, line.sku, line.qty)) {
                let mut with = loads.clone();
                with[node] += weight;
                see(with, cost + handled(node, line.qty));
            }
        }
        least = next;
    }
    let totals = least.iter().filter_map(|(loads, cost)| {
        let shipping = (0..nodes).filter(|&n| loads[n] > 0);
        let carried: Option<i128> = shipping.clone().map(|n| carriage(problem, n, loads[n])).sum();
        let splits = (shipping.count() as i128 - 1).max(0);
        Some(cost + carried? + splits * i128::from(problem.objective().split_penalty.ten_thousandths()))
    });
    totals.min().unwrap()
}

fn has(problem: &Problem, node: usize, sku: SkuIdx, qty: u32) -> bool {
    problem.available(NodeIdx(node as u32), sku) >= qty
}

/// Transport and the shipment's handling by the cheapest service; the zone of a lane is its node.
fn carriage(problem: &Problem, node: usize, weight: i64) -> Option<i128> {
    let (id, n) = (
        problem.node_id(NodeIdx(node as u32)),
        &problem.nodes()[NodeIdx(node as u32)],
    );
    let load = Load {
        weight: Grams(weight),
        heaviest_unit: Grams(1),
        ..Load::default()
    };
    let rates = problem.services().indices();
    let rates = rates.filter_map(|s| problem.rate_of(s, problem.find_text(id)?));
    let prices = rates.filter_map(|r| Some(transport(problem, r, load)?.price));
    Some(i128::from((prices.min()? + n.shipment_cost).ten_thousandths()))
}

fn by(problem: &Problem, method: Method) -> RoutingPlan {
    let options = RouteOptions {
        method,
        threads: 1,
        work_limit: Some(60_000),
        ..RouteOptions::default()
    };
    routed(problem, &options, None)
}

fn total(plan: &RoutingPlan) -> i128 {
    plan.cost.total().ten_thousandths().into()
}

#[test]
fn heavy_orders_are_served_best_and_their_bounds_are_near() {
    let (mut proved, mut equal) = (0, 0);
    for seed in 0..16 {
        let (lines, nodes, grain) = [(13, 2, 1_000), (24, 2, 5_000), (40, 2, 10_000), (14, 3, 50_000)][seed % 4];
        let problem = problem(seed as u64, lines, nodes, grain);
        let best = optimum(&problem);
        for method in [Method::Auto, Method::Exact] {
            let plan = by(&problem, method);
            let what = format!("seed {seed}, {lines} lines, {}", method.as_str());
            let ten_thousandths = |m: Money| i128::from(m.ten_thousandths());
            let bound = ten_thousandths(plan.outcome.bound);
            let proved_bound = plan.outcome.proved_bound.map_or(bound, ten_thousandths);
            assert!(
                bound.max(proved_bound) <= best && best <= total(&plan),
                "{what}: {bound}, {proved_bound}, {best}, {}",
                total(&plan)
            );
            assert!(plan.outcome.status != Status::Optimal || total(&plan) == best, "{what}");
            if cfg!(feature = "highs") {
                assert!(
                    total(&plan) - best <= best / 10_000,
                    "{what}: {} above {best}",
                    total(&plan)
                );
                let known = bound.max(proved_bound);
                assert!(best - known <= best / 2_000, "{what}: bound {known} far below {best}");
            }
            proved += usize::from(plan.outcome.status == Status::Optimal);
            equal += usize::from(total(&plan) == best);
        }
        // Without prices too.
        let by_none = prove_bound(
            &problem,
            &clapot::plan::ShadowPrices::default(),
            &BoundOptions::default(),
        );
        assert!(i128::from(by_none.lower.ten_thousandths()) <= best, "seed {seed}");
    }
    assert!(
        equal >= 30 || cfg!(not(feature = "highs")),
        "{equal} of 32 equal, {proved} proved"
    );
}
