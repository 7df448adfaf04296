//! Shipments that no cart takes whole, and units that no cart takes: several tours, names of what stays, and the rest goes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use clapot::generate::{FloorOptions, Profile};
use clapot::index::{Idx as _, ShipmentIdx};
use clapot::io::{TableFormat, read_floors, read_problem, read_waves, write_floors, write_plan_with_waves};
use clapot::model::Problem;
use clapot::model::floor::Floors;
use clapot::plan::{Allocation, Carriage, Fill, OrderShipment, RoutingPlan, Unplanned, UnplannedReason, WavePlan};
use clapot::verify::{ViolationCode, verify_waves};
use proptest::prelude::*;

use crate::support::files::{overlay, repository};
use crate::support::hand::line_of;
use crate::support::modest_plan;
use crate::support::waves::{all_options, generated, planned};

/// Every order leaves A by std, in one shipment.
fn routed(problem: &Problem) -> RoutingPlan {
    let mut allocation = Allocation::empty(problem.orders().len());
    for (order, o) in problem.orders().iter_enumerated() {
        let fill = |line| Fill {
            line,
            qty: problem.lines()[line].qty,
        };
        allocation.orders[order.0 as usize].push(OrderShipment {
            node: problem.node_ids().find("A").unwrap(),
            carriage: Carriage::Service(problem.service_ids().find("std").unwrap()),
            waits_for: None,
            fills: o.lines().map(fill).collect(),
        });
    }
    modest_plan(problem, allocation)
}

fn read(dir: &Path) -> (Problem, RoutingPlan, Floors) {
    let problem = read_problem(&dir.join("problem")).unwrap().problem;
    let floors = read_floors(&problem, &dir.join("floor")).unwrap().floors;
    let plan = routed(&problem);
    (problem, plan, floors)
}

/// The fixture with some of its files replaced.
fn with(files: &[(&str, &str)]) -> (Problem, RoutingPlan, Floors) {
    let dir = tempfile::tempdir().unwrap();
    overlay(&repository("fixtures/floors/divided"), dir.path());
    for (file, text) in files {
        fs::write(dir.path().join(file), text).unwrap();
    }
    read(dir.path())
}

fn shipment(problem: &Problem, plan: &RoutingPlan, order: &str) -> ShipmentIdx {
    let found = plan.shipments.iter().position(|s| problem.order_id(s.order) == order);
    ShipmentIdx::new(found.unwrap())
}

/// The batches of a shipment.
fn batches_of(plan: &WavePlan, shipment: ShipmentIdx) -> Vec<usize> {
    let rows = plan.shipments.iter().filter(|s| s.shipment == shipment);
    rows.map(|s| s.batch.get()).collect()
}

#[test]
fn a_shipment_larger_than_any_cart_is_picked_in_several_tours() {
    let (problem, routing, floors) = with(&[]);
    let plan = planned(&problem, &routing, &floors, 20_000, 1);
    let of = |order| shipment(&problem, &routing, order);
    // 35 chairs of 10 kg: two go on the large cart, so 17 tours of two and one of a chair with the lamps.
    let tours = batches_of(&plan, of("o1"));
    assert_eq!(tours.len(), 18);
    let waves: BTreeSet<_> = plan
        .shipments
        .iter()
        .filter(|s| s.shipment == of("o1"))
        .map(|s| s.wave)
        .collect();
    assert_eq!(waves.len(), 1, "one wave");
    let units: u32 = plan
        .picks
        .iter()
        .filter(|p| p.shipment == of("o1"))
        .map(|p| p.qty)
        .sum();
    assert_eq!(units, 38);
    // Units that no cart takes are named, and hold back neither their shipment nor others.
    let anvil = |order, line, qty| Unplanned {
        shipment: of(order),
        fill: Some(Fill {
            line: line_of(&problem, order, line),
            qty,
        }),
        reason: UnplannedReason::NoCart,
    };
    assert_eq!(plan.unplanned, [anvil("o2", "2", 1), anvil("o3", "1", 2)]);
    for order in ["o2", "o4", "o5"] {
        assert_eq!(batches_of(&plan, of(order)).len(), 1, "{order}");
    }
    assert_eq!(batches_of(&plan, of("o3")), [0usize; 0]);
    // o1 counts once, with its two lines; o2 with the lamp only.
    let total = plan.total();
    assert_eq!(
        (total.shipments, total.lines, total.units, total.unplanned),
        (4, 5, 38 + 1 + 1 + 40, 1)
    );
    assert_eq!(total.objective.late_shipments, 0);
    // It is ready when its last tour has ended, and its wave is packed.
    let row = plan.shipments.iter().find(|s| s.shipment == of("o1")).unwrap();
    let last = tours.iter().map(|&n| plan.batches.as_slice()[n].end).max().unwrap();
    assert!(plan.waves[row.wave].end >= last && plan.waves[row.wave].shipments <= 4);
}

#[test]
fn such_plans_are_read_as_they_were_written() {
    let (problem, routing, floors) = with(&[]);
    let plan = planned(&problem, &routing, &floors, 5_000, 1);
    for format in [TableFormat::Csv, TableFormat::Parquet] {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("plan");
        write_plan_with_waves(&problem, &routing, &floors, &plan, &out, format).unwrap();
        let again = read_waves(&problem, &routing, &floors, &out).unwrap();
        assert_eq!((&again.shipments, &again.unplanned), (&plan.shipments, &plan.unplanned));
        assert_eq!(verify_waves(&problem, &routing, &floors, &again).violations, []);
        if format == TableFormat::Csv {
            let rows = fs::read_to_string(out.join("unplanned.csv")).unwrap();
            let expected =
                "shipment_id,reason,order_id,line_id,sku,qty\n2,no-cart,o2,2,anvil,1\n3,no-cart,o3,1,anvil,2\n";
            assert_eq!(rows, expected);
        }
    }
}

#[test]
fn a_shipment_without_time_for_all_its_tours_is_not_begun() {
    // A shift of 20 minutes on one day: o1 would take 18 tours of more than a minute.
    let (problem, routing, floors) = with(&[
        (
            "floor/shifts.csv",
            "node_id,shift_id,date,start,end,pickers\nA,day,2026-03-02,10:00,10:20,1\n",
        ),
        ("floor/floor.toml", "format = 1\n[waves]\nhorizon_days = 0\n"),
    ]);
    let plan = planned(&problem, &routing, &floors, 20_000, 1);
    let of = |order| shipment(&problem, &routing, order);
    assert_eq!(batches_of(&plan, of("o1")), [0usize; 0]);
    let whole: Vec<_> = plan.unplanned.iter().filter(|u| u.fill.is_none()).collect();
    assert_eq!(
        whole,
        [&Unplanned {
            shipment: of("o1"),
            fill: None,
            reason: UnplannedReason::NoTime
        }]
    );
    assert_eq!((plan.total().objective.no_time, plan.total().shipments), (1, 3));
}

#[test]
fn tours_share_carts_that_are_few_and_bins() {
    // One cart of two bins of 10 kg: as the large cart, but used by one picker after another.
    let (problem, routing, floors) = with(&[(
        "floor/carts.csv",
        "node_id,cart_id,count,bins,bin_weight_g\nA,only,1,2,10000\n",
    )]);
    let plan = planned(&problem, &routing, &floors, 20_000, 1);
    let of = |order| shipment(&problem, &routing, order);
    assert_eq!(batches_of(&plan, of("o1")).len(), 18);
    let bins: u32 = plan
        .shipments
        .iter()
        .filter(|s| s.shipment == of("o1"))
        .map(|s| s.bins)
        .sum();
    assert_eq!(bins, 17 * 2 + 2);
}

#[test]
fn more_tours_than_anybody_has_time_for_are_left_at_once() {
    let lines = "order_id,line_id,sku,qty\no1,1,lamp,1000000\n";
    let (problem, routing, floors) = with(&[
        ("problem/orders.csv", "order_id,country,postcode\no1,FR,75011\n"),
        ("problem/lines.csv", lines),
        ("problem/stock.csv", "node_id,sku,on_hand\nA,lamp,1000000\n"),
        ("problem/rates.csv", "service_id,zone,max_g,price\nstd,z,900000000,50\n"),
        (
            "floor/location_stock.csv",
            "node_id,location_id,sku,qty\nA,L1,lamp,1000000\n",
        ),
        ("floor/carts.csv", "node_id,cart_id,units\nA,basket,2\n"),
    ]);
    let plan = planned(&problem, &routing, &floors, 20_000, 1);
    assert_eq!(plan.unplanned.len(), 1);
    assert_eq!(plan.unplanned[0].reason, UnplannedReason::NoTime);
}

/// Plans with one thing changed, and what the verifier must say.
#[test]
#[allow(clippy::type_complexity, reason = "a table of changes")]
fn tampered_plans_are_refused() {
    use ViolationCode as V;
    let (problem, routing, floors) = with(&[]);
    let plan = planned(&problem, &routing, &floors, 5_000, 1);
    let o1 = shipment(&problem, &routing, "o1");
    let o4 = shipment(&problem, &routing, "o4");
    let row_of = |p: &WavePlan, s| p.shipments.iter().position(|row| row.shipment == s).unwrap();
    let changes: Vec<(V, Box<dyn Fn(&mut WavePlan)>)> = vec![
        // One of the tours is not told to be of the shipment.
        (
            V::PickQuantity,
            Box::new(|p| {
                p.shipments.remove(row_of(p, o1));
            }),
        ),
        // A shipment that a cart takes whole is in two batches.
        (
            V::WaveShipments,
            Box::new(|p| {
                let mut row = p.shipments[row_of(p, o4)];
                let other = p
                    .batches
                    .iter_enumerated()
                    .find(|(n, b)| b.wave == row.wave && *n != row.batch);
                row.batch = other.map_or(row.batch, |(n, _)| n);
                p.shipments.push(row);
            }),
        ),
        // A chair too many on a cart, and one too few on another.
        (
            V::CartCapacity,
            Box::new(|p| {
                let chairs: Vec<usize> = (0..p.picks.len())
                    .filter(|&n| p.picks[n].shipment == o1 && p.picks[n].qty == 2)
                    .collect();
                p.picks[chairs[0]].qty = 3;
                p.picks[chairs[1]].qty = 1;
            }),
        ),
        (
            V::PickQuantity,
            Box::new(|p| {
                let chair = (0..p.picks.len())
                    .find(|&n| p.picks[n].shipment == o1 && p.picks[n].qty == 2)
                    .unwrap();
                p.picks[chair].qty = 1;
            }),
        ),
        (V::WaveShipments, Box::new(|p| p.unplanned.truncate(1))),
        (V::WaveShipments, Box::new(|p| p.unplanned[0].fill = None)),
        (
            V::WaveShipments,
            Box::new(|p| p.unplanned[1].fill.as_mut().unwrap().qty = 1),
        ),
        (
            V::UnplannedReason,
            Box::new(|p| p.unplanned[1].reason = UnplannedReason::Short),
        ),
        (
            V::WaveShipments,
            Box::new(|p| {
                p.unplanned.push(Unplanned {
                    shipment: o1,
                    fill: None,
                    reason: UnplannedReason::NoTime,
                });
            }),
        ),
        (V::WaveCount, Box::new(|p| p.waves.as_mut_slice()[0].shipments += 1)),
        (V::WaveFigures, Box::new(|p| p.figures[0].1.unplanned = 2)),
    ];
    for (n, (code, change)) in changes.iter().enumerate() {
        let mut changed = plan.clone();
        change(&mut changed);
        let found = verify_waves(&problem, &routing, &floors, &changed).violations;
        assert!(found.iter().any(|v| v.code == *code), "change {n}, {code}: {found:?}");
    }
}

/// The fewest tours for these units (grams) on carts of a capacity, by trying all ways to deal them.
fn fewest(units: &[i64], most: i64) -> usize {
    fn deal(units: &[i64], most: i64, loads: &mut Vec<i64>, best: &mut usize) {
        let Some((&unit, rest)) = units.split_first() else {
            *best = (*best).min(loads.len());
            return;
        };
        for n in 0..loads.len() {
            if loads[n] + unit <= most {
                loads[n] += unit;
                deal(rest, most, loads, best);
                loads[n] -= unit;
            }
        }
        loads.push(unit);
        deal(rest, most, loads, best);
        loads.pop();
    }
    let mut best = usize::MAX;
    deal(units, most, &mut Vec::new(), &mut best);
    best
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// Few tours: at most one more than the fewest there can be.
    #[test]
    fn portions_are_few(lamps in 0u32..3, chairs in 0u32..4, boxes in 0u32..4, most in 10_000i64..26_000) {
        let weights = [("lamp", 4_000, lamps), ("chair", 10_000, chairs), ("anvil", 7_000, boxes)];
        let units: Vec<i64> = weights.iter().flat_map(|(_, g, n)| vec![*g; *n as usize]).collect();
        prop_assume!(units.iter().sum::<i64>() > most);
        let mut items = String::new();
        for (sku, g, _) in weights {
            writeln!(items, "{sku},{g},1").unwrap();
        }
        let mut lines = String::new();
        for ((sku, _, qty), line) in weights.iter().zip(1..).filter(|(w, _)| w.2 > 0) {
            writeln!(lines, "o1,{line},{sku},{qty}").unwrap();
        }
        let (problem, routing, floors) = with(&[
            ("problem/items.csv", &format!("sku,weight_g,volume_cm3\n{items}")),
            ("problem/orders.csv", "order_id,country,postcode\no1,FR,75011\n"),
            ("problem/lines.csv", &format!("order_id,line_id,sku,qty\n{lines}")),
            ("floor/carts.csv", &format!("node_id,cart_id,weight_g\nA,cart,{most}\n")),
        ]);
        let plan = planned(&problem, &routing, &floors, 500, 1);
        prop_assert!(plan.batches.len() <= fewest(&units, most) + 1, "{} {:?} {}", plan.batches.len(), units, most);
        prop_assert!(plan.unplanned.is_empty());
    }

    /// Generated floors with carts that are too small for many shipments: every plan keeps every rule.
    #[test]
    fn floors_with_small_carts_have_valid_plans(seed in 0u64..1_000, mode in 0usize..3, units in 1u32..6, grams in 500i64..4_000) {
        let options = FloorOptions { seed, ..all_options()[mode].clone() };
        let (problem, routing, _) = generated(Profile::ALL[(seed % 2) as usize], seed % 50, &options);
        let dir = tempfile::tempdir().unwrap();
        let draft = clapot::generate::generate_floors(&problem, &options).unwrap();
        write_floors(&draft, dir.path()).unwrap();
        let text = fs::read_to_string(dir.path().join("carts.csv")).unwrap();
        let nodes: BTreeSet<&str> = text.lines().skip(1).filter_map(|row| row.split(',').next()).collect();
        let carts = |node: &str| format!("{node},one,,{units},\n{node},two,2,,{grams}\n");
        let rows: String = nodes.into_iter().map(carts).collect();
        fs::write(dir.path().join("carts.csv"), format!("node_id,cart_id,count,units,weight_g\n{rows}")).unwrap();
        let floors = read_floors(&problem, dir.path()).unwrap().floors;
        let plan = planned(&problem, &routing, &floors, 3_000, 1);
        let mut tours: BTreeMap<ShipmentIdx, usize> = BTreeMap::new();
        for row in &plan.shipments {
            *tours.entry(row.shipment).or_default() += 1;
        }
        prop_assert!(tours.values().any(|&n| n > 1) || units > 3);
    }
}
