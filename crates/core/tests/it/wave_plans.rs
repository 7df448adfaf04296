//! Planning of waves: against a plain planner on generated floors, at any number of threads, and what must hold for every plan.

use std::collections::HashMap;

use clapot::cost::waves::{price_waves, workload};
use clapot::generate::{FloorOptions, Profile};
use clapot::index::{BatchIdx, Idx as _, PickLocationIdx, ShipmentIdx};
use clapot::model::floor::{Floors, PickMethod, ReleaseMode, WaveRules};
use clapot::plan::{BatchChoice, PickChoice, Picker as Who, Wave, WaveChoice, WaveDecision, WavePlan, WaveRun};
use clapot::quantity::{Moment, Seconds};
use clapot::verify::verify_waves;
use clapot::wave::picker_routing::Picker;
use proptest::prelude::*;

use crate::support::tiny_floors::tiny;
use crate::support::waves::{all_options, generated, length, plain_plan, planned, worth};

#[test]
fn plans_are_valid_and_better_than_plain_ones() {
    for (seed, options) in (1..).zip(all_options()) {
        for profile in Profile::ALL {
            let (problem, routing, floors) = generated(profile, seed, &options);
            let plan = planned(&problem, &routing, &floors, 200_000, 2);
            let plain = plain_plan(&problem, &routing, &floors);
            let (ours, theirs) = (plan.total().objective, plain.total().objective);
            assert!(
                worth(&ours) < worth(&theirs),
                "{profile} {options:?}: {ours:?} {theirs:?}"
            );
        }
    }
}

#[test]
fn plans_with_few_pickers_are_valid() {
    for (seed, options) in (4..).zip(all_options()) {
        let options = FloorOptions { staff: 8, ..options };
        let (problem, routing, floors) = generated(Profile::B2b, seed, &options);
        let plan = planned(&problem, &routing, &floors, 100_000, 1);
        let plain = plain_plan(&problem, &routing, &floors);
        assert!(
            worth(&plan.total().objective) < worth(&plain.total().objective),
            "{options:?}"
        );
    }
}

#[test]
fn the_same_work_gives_the_same_plan_at_any_number_of_threads() {
    for (seed, options) in (7..).zip(all_options()) {
        let (problem, routing, floors) = generated(Profile::B2c, seed, &options);
        let mut plans = [1, 2, 4].map(|threads| planned(&problem, &routing, &floors, 60_000, threads));
        for plan in &mut plans {
            plan.run.seconds = 0.0;
        }
        assert_eq!(plans[0], plans[1]);
        assert_eq!(plans[0], plans[2]);
    }
}

/// The three places where metres are counted agree: the plan, picker routing, and the ways from stop to stop.
#[test]
fn metres_are_the_same_wherever_they_are_counted() {
    let (problem, routing, floors) = generated(Profile::B2c, 3, &FloorOptions::default());
    let plan = planned(&problem, &routing, &floors, 50_000, 2);
    let mut compared = 0;
    for (n, batch) in plan.batches.iter_enumerated() {
        let floor = floors.of(plan.waves[batch.wave].node).unwrap();
        let mut picker = Picker::new(floor.layout()).unwrap();
        let places: Vec<PickLocationIdx> = plan.picks_of(n).iter().map(|pick| pick.location).collect();
        let cells: Vec<_> = places.iter().map(|&place| floor.locations()[place].cell).collect();
        assert_eq!(picker.length(&cells), batch.walk);
        assert_eq!(picker.floor_tour(floor, PickMethod::Exact, &places).length, batch.walk);
        compared += 1;
    }
    assert!(compared > 10);
}

/// In the mode `cutoff` no wave that is neither late nor tight could begin a tour later where its picker is idle.
#[test]
fn waves_are_put_off_as_late_as_is_safe() {
    let (problem, routing, floors) = generated(Profile::B2c, 1, &FloorOptions::default());
    let plan = planned(&problem, &routing, &floors, 50_000, 2);
    let put_off = plan
        .waves
        .iter()
        .filter(|wave| wave.release > floors.floors()[0].now() + Seconds(3_600))
        .count();
    assert!(
        3 * put_off > plan.waves.len(),
        "{put_off} of {} waves",
        plan.waves.len()
    );
    for wave in &plan.waves {
        let floor = floors.of(wave.node).unwrap();
        if let Some(due) = wave.due {
            assert!(
                wave.end + floor.rules().safety <= due,
                "wave released at {}",
                wave.release
            );
        }
    }
}

/// In the mode `early`, which is the default, work starts with the shift, and the plan is otherwise as good as in `cutoff`.
#[test]
fn work_starts_with_the_shift_by_default() {
    assert_eq!(WaveRules::default().mode, ReleaseMode::Early);
    let (problem, routing, late) = generated(Profile::B2c, 1, &FloorOptions::default());
    let options = FloorOptions {
        mode: ReleaseMode::Early,
        ..FloorOptions::default()
    };
    let (_, _, early) = generated(Profile::B2c, 1, &options);
    let plan = planned(&problem, &routing, &early, 50_000, 2);
    for floor in early.floors() {
        let clock = floor.clock();
        let shifts = floor
            .shift_dates()
            .flat_map(|date| floor.shifts().iter().filter_map(move |s| s.on(date, clock)));
        let first = shifts
            .filter(|(_, end)| *end > floor.now())
            .map(|(start, _)| start.max(floor.now()))
            .min();
        let begins = plan
            .waves
            .iter()
            .filter(|wave| wave.node == floor.node())
            .map(|wave| wave.start)
            .min();
        if begins.is_some() {
            assert_eq!(begins, first);
        }
    }
    let cutoff = planned(&problem, &routing, &late, 50_000, 2);
    assert_eq!(worth(&plan.total().objective), worth(&cutoff.total().objective));
}

/// Where shipments are late, putting one of them into another batch of its group, with all tours after it put off as far as
/// they must be, makes no departure that was missed.
#[test]
fn no_departure_is_missed_that_moving_one_shipment_would_make() {
    let mut late = 0;
    for seed in 0..24 {
        let (problem, routing, floors) = tiny(seed, 6);
        let plan = planned(&problem, &routing, &floors, 100_000, 1);
        let decision = decision_of(&plan);
        let before = lateness(&plan);
        for s in plan.shipments.iter().filter(|s| s.late.0 > 0) {
            late += 1;
            for to in 0..plan.batches.len() {
                let target = &plan.batches.as_slice()[to];
                let (wave, batch) = (plan.waves[target.wave].clone(), s.batch);
                let same = plan.waves[s.wave].group == wave.group && to != batch.get();
                let Some(moved) = same.then(|| moved(&floors, &plan, &decision, s.shipment, to)) else {
                    continue;
                };
                let Ok(priced) = price_waves(&problem, &routing, &floors, &moved, WaveRun::default()) else {
                    continue;
                };
                if verify_waves(&problem, &routing, &floors, &priced).violations.is_empty() {
                    assert!(
                        lateness(&priced) >= before,
                        "seed {seed}: shipment {}",
                        s.shipment.0 + 1
                    );
                }
            }
        }
    }
    assert!(late > 5, "{late} late shipments");
}

fn lateness(plan: &WavePlan) -> (u32, u32, i64) {
    let o = plan.total().objective;
    (o.no_time, o.late_shipments, o.late.0)
}

/// The decision that a plan states.
fn decision_of(plan: &WavePlan) -> WaveDecision {
    let batch = |n: u32| {
        let index = BatchIdx(n);
        let row = &plan.batches[index];
        let picks = plan.picks_of(index).iter();
        let shipments = plan.shipments.iter().filter(|s| s.batch == index);
        BatchChoice {
            cart: row.cart,
            picker: row.picker,
            start: row.start,
            shipments: shipments.map(|s| s.shipment).collect(),
            picks: picks
                .map(|p| PickChoice {
                    location: p.location,
                    line: p.line,
                    qty: p.qty,
                })
                .collect(),
        }
    };
    let wave = |wave: &Wave| WaveChoice {
        node: wave.node,
        release: wave.release,
        batches: wave.batches.clone().map(batch).collect(),
    };
    WaveDecision {
        waves: plan.waves.iter().map(wave).collect(),
        unplanned: plan.unplanned.clone(),
    }
}

/// The decision with a shipment in another batch (numbered over all waves), and tours put off where they would overlap.
fn moved(floors: &Floors, plan: &WavePlan, decision: &WaveDecision, shipment: ShipmentIdx, to: usize) -> WaveDecision {
    let mut made = decision.clone();
    let floor = &floors.floors()[0];
    let order = plan
        .shipments
        .iter()
        .find(|s| s.shipment == shipment)
        .map(|s| s.batch)
        .unwrap();
    let lines: Vec<_> = plan
        .picks_of(order)
        .iter()
        .filter(|p| p.shipment == shipment)
        .map(|p| p.line)
        .collect();
    let mut picker = Picker::new(floor.layout()).unwrap();
    let mut batches: Vec<&mut BatchChoice> = made.waves.iter_mut().flat_map(|w| &mut w.batches).collect();
    let (out, rest): (Vec<PickChoice>, Vec<PickChoice>) = batches[order.get()]
        .picks
        .iter()
        .partition(|pick| lines.contains(&pick.line));
    batches[order.get()].picks = rest;
    batches[order.get()].shipments.retain(|&s| s != shipment);
    batches[to].shipments.push(shipment);
    batches[to].picks.extend(out);
    for batch in &mut batches {
        picker.arrange(floor, floor.rules().method, &mut batch.picks, |pick| pick.location);
    }
    batches.sort_by_key(|batch| batch.start);
    let mut free: HashMap<Who, Moment> = HashMap::new();
    for batch in batches {
        let free = free.entry(batch.picker).or_insert(batch.start);
        batch.start = batch.start.max(*free);
        *free = batch.start + length(floor, &batch.picks);
    }
    for wave in &mut made.waves {
        wave.batches.retain(|batch| !batch.shipments.is_empty());
    }
    made.waves.retain(|wave| !wave.batches.is_empty());
    made
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Capacities, limits and every other rule hold for any floor and any work limit; the verifier finds nothing.
    #[test]
    fn every_plan_keeps_every_rule(
        seed in 0u64..1_000_000,
        mode in 0usize..3,
        staff in 3u32..200,
        scattered in 0u32..100,
        work in 1u64..30_000,
    ) {
        let options = FloorOptions { staff, scattered, seed, ..all_options()[mode].clone() };
        let (problem, routing, floors) = generated(Profile::ALL[(seed % 2) as usize], seed % 50, &options);
        let plan = planned(&problem, &routing, &floors, work, 1);
        let tasks: usize = floors.floors().iter().map(|f| workload(&problem, &routing, &floors, f).tasks.len()).sum();
        prop_assert_eq!(plan.shipments.len() + plan.total().objective.no_time as usize, tasks);
    }

    /// No policy walks less than the exact tour.
    #[test]
    fn the_exact_tour_is_never_longer_than_a_policy(seed in 0u64..50, picks in prop::collection::vec(0usize..10_000, 1..25)) {
        let (_, _, floors) = generated(Profile::B2c, seed, &FloorOptions::default());
        let floor = &floors.floors()[picks[0] % floors.floors().len()];
        let places: Vec<_> = picks.iter().map(|n| PickLocationIdx((n % floor.locations().len()) as u32)).collect();
        let mut picker = Picker::new(floor.layout()).unwrap();
        let exact = picker.floor_tour(floor, PickMethod::Exact, &places).length;
        for method in PickMethod::ALL {
            prop_assert!(exact <= picker.floor_tour(floor, method, &places).length, "{}", method.as_str());
        }
    }
}
