//! Floors and plans of waves: a floor computed by hand, plans that were tampered with, generated floors, files.

use std::path::Path;

use clapot::cost::waves::{price_waves, workload};
use clapot::generate::{FloorOptions, Profile, generate_floors};
use clapot::index::{BatchIdx, PickLocationIdx, ShipmentIdx, WaveIdx};
use clapot::io::{
    TableFormat, read_floor_draft, read_floors, read_plan, read_problem, read_waves, write_floors,
    write_plan_with_waves,
};
use clapot::model::floor::Floors;
use clapot::model::{Layout, Problem};
use clapot::plan::Allocation;
use clapot::plan::{
    BatchChoice, Carriage, Fill, LimitReached, OrderShipment, PickChoice, Picker, RoutingPlan, Unplanned,
    UnplannedReason, WaveChoice, WaveDecision, WaveFigures, WaveObjective, WavePlan, WaveRun,
};
use clapot::quantity::{Distance, Moment, Seconds};
use clapot::verify::{ViolationCode, verify_waves};
use clapot::wave::planner::{SimpleRule, simple_picking};

use crate::support::files::repository;
use crate::support::modest_plan;
use crate::support::waves::{all_options, generated, plain_plan};

fn moment(time: &str) -> Moment {
    format!("2026-03-02T{time}").parse().unwrap()
}

/// Everything leaves W: o1, o2 and o4 by std, o3 by eco.
fn hand() -> (Problem, RoutingPlan, Floors) {
    let problem = read_problem(&repository("fixtures/floors/hand/problem"))
        .unwrap()
        .problem;
    let checked = read_floors(&problem, &repository("fixtures/floors/hand/floor")).unwrap();
    assert_eq!(checked.warnings, []);
    let mut allocation = Allocation::empty(problem.orders().len());
    for (order, o) in problem.orders().iter_enumerated() {
        let service = if problem.order_id(order) == "o3" { "eco" } else { "std" };
        let fill = |line| Fill {
            line,
            qty: problem.lines()[line].qty,
        };
        allocation.orders[order.0 as usize].push(OrderShipment {
            node: problem.node_ids().find("W").unwrap(),
            carriage: Carriage::Service(problem.service_ids().find(service).unwrap()),
            waits_for: None,
            fills: o.lines().map(fill).collect(),
        });
    }
    let plan = modest_plan(&problem, allocation);
    (problem, plan, checked.floors)
}

/// o1 and o2 in one tour at 09:10, o3 in one at 09:20.
fn decision(problem: &Problem, floors: &Floors) -> WaveDecision {
    let floor = &floors.floors()[0];
    let batch = |start: &str, shipments: &[u32], picks: &[(&str, &str, &str, u32)]| {
        let pick = |&(place, order, line, qty): &(&str, &str, &str, u32)| PickChoice {
            location: floor.find_location(place).unwrap(),
            line: crate::support::hand::line_of(problem, order, line),
            qty,
        };
        BatchChoice {
            cart: floor.find_cart("trolley").unwrap(),
            picker: Picker {
                date: floor.clock().date(moment(start)),
                shift: floor.find_shift("day").unwrap(),
                number: 1,
            },
            start: moment(start),
            shipments: shipments.iter().map(|&s| ShipmentIdx(s)).collect(),
            picks: picks.iter().map(pick).collect(),
        }
    };
    let wave = |release, batch| WaveChoice {
        node: floor.node(),
        release: moment(release),
        batches: vec![batch],
    };
    let second = batch("09:20:00", &[2], &[("A1", "o3", "1", 1)]);
    let picks = [("A1", "o1", "1", 2), ("A2", "o1", "2", 1), ("B1", "o2", "1", 2)];
    let first = batch("09:10:00", &[1, 0], &picks);
    WaveDecision {
        waves: vec![wave("09:15:00", second), wave("09:10:00", first)],
        unplanned: Vec::new(),
    }
}

fn hand_plan(problem: &Problem, routing: &RoutingPlan, floors: &Floors) -> WavePlan {
    price_waves(problem, routing, floors, &decision(problem, floors), WaveRun::default()).unwrap()
}

#[test]
fn every_figure_of_the_hand_floor() {
    let (problem, routing, floors) = hand();
    let plan = hand_plan(&problem, &routing, &floors);
    // a: 5 units. o3 is of the channel trade, more urgent, and has 1 of them; o1 is older and has 2; o4 wants 3 of 2.
    assert_eq!(
        plan.unplanned,
        [Unplanned {
            shipment: ShipmentIdx(3),
            fill: None,
            reason: UnplannedReason::Short
        }]
    );
    // Aisles of 1 + 3 x 1 + 1 = 5 m, 3 m apart. Depot to A1 (aisle 1, 2 m up): 2 + 2 = 4. A2 is above it: 0. To B1 (aisle 2,
    // 4 m up) by the back: 3 + 3 + 1 = 7, by the front: 2 + 3 + 4 = 9. Back by the front: 4 + 3 + 2 = 9. In all 20 m.
    let metres = |n: &WavePlan| n.picks.iter().map(|p| p.walk.0 / 1_000).collect::<Vec<_>>();
    assert_eq!(metres(&plan), [4, 0, 7, 4]);
    assert_eq!(plan.batches[BatchIdx(0)].walk, Distance::from_metres(20));
    // At 1 m/s: 30 + (5 + 2 + 2) + 4 = 43; + 5 + 2 + 1 = 51; + 5 + 2 + 2 + 7 = 67; + 9 = 76 s.
    let done: Vec<Moment> = plan.picks.iter().map(|p| p.done).collect();
    assert_eq!(done, ["09:10:43", "09:10:51", "09:11:07", "09:20:42"].map(moment));
    assert_eq!(plan.batches[BatchIdx(0)].end, moment("09:11:16"));
    // Bins of 2 units: 2 for the 3 units of o1, 1 for o2.
    assert_eq!(plan.batches[BatchIdx(0)].bins, 3);
    // Packing: 2 x 10 s.
    let wave = &plan.waves[WaveIdx(0)];
    assert_eq!((wave.picked, wave.end), (moment("09:11:16"), moment("09:11:36")));
    assert_eq!((wave.shipments, wave.lines, wave.units, wave.docks), (2, 3, 5, 1));
    // At noon only one parcel fits; both are due at 17:00. No row for eco: it leaves at its cut-off.
    let departs: Vec<_> = plan
        .shipments
        .iter()
        .map(|s| (s.due.unwrap(), s.departs.unwrap()))
        .collect();
    let at = |due, departs| (moment(due), moment(departs));
    let expected = [
        at("17:00:00", "12:00:00"),
        at("17:00:00", "17:00:00"),
        at("15:00:00", "15:00:00"),
    ];
    assert_eq!(departs, expected);
    // Labour 76 + (30 + 5 + 2 + 1 + 8 = 46); unevenness 3^2 + 1^2; one picker from 9:00 to 16:00.
    let expected = WaveFigures {
        objective: WaveObjective {
            labour: Seconds(122),
            waves: 2,
            unevenness: 10,
            ..WaveObjective::default()
        },
        batches: 2,
        shipments: 3,
        lines: 4,
        units: 6,
        picks: 4,
        unplanned: 1,
        walk: Distance::from_metres(28),
        shift_time: Seconds(7 * 3_600),
    };
    assert_eq!(plan.total(), expected);
    let found = verify_waves(&problem, &routing, &floors, &plan);
    assert_eq!(found.violations, []);
    assert_eq!(found.figures, plan.figures);
}

#[test]
fn lateness_is_the_time_to_the_departure_that_is_made() {
    let (problem, routing, floors) = hand();
    let mut decision = decision(&problem, &floors);
    // o3 is picked at 15:10, after eco has left at 15:00: it goes on Tuesday, a day late.
    // o1 and o2 end with the shift, an hour before 17:00.
    let late = &mut decision.waves[0];
    (late.release, late.batches[0].start) = (moment("15:00:00"), moment("15:10:00"));
    let other = &mut decision.waves[1];
    (other.release, other.batches[0].start) = (moment("15:00:00"), moment("15:58:44"));
    let plan = price_waves(&problem, &routing, &floors, &decision, WaveRun::default()).unwrap();
    let objective = plan.total().objective;
    assert_eq!(
        (objective.late_shipments, objective.late, objective.tight),
        (1, Seconds(86_400), 0)
    );
    assert_eq!(objective.unevenness, 16);
    assert_eq!(verify_waves(&problem, &routing, &floors, &plan).violations, []);
    // At 14:40 it makes its departure, but not by half an hour.
    decision.waves[0].release = moment("14:00:00");
    decision.waves[0].batches[0].start = moment("14:40:00");
    let plan = price_waves(&problem, &routing, &floors, &decision, WaveRun::default()).unwrap();
    let objective = plan.total().objective;
    assert_eq!((objective.late_shipments, objective.tight), (0, 1));
}

/// Plans with one thing changed, and what the verifier must say.
#[test]
#[allow(clippy::type_complexity, reason = "a table of changes")]
fn plans_that_were_tampered_with_are_refused() {
    use ViolationCode as V;
    let changes: &[(V, fn(&mut WavePlan))] = &[
        (V::OtherProblem, |p| p.problem = "another".to_owned()),
        (V::WaveReference, |p| p.picks[0].location = PickLocationIdx(99)),
        (V::WaveReference, |p| p.shipments[0].wave = WaveIdx(7)),
        (V::WaveRows, |p| p.shipments[0].batch = BatchIdx(1)),
        (V::WaveRows, |p| p.picks[1].batch = BatchIdx(1)),
        (V::WaveShipments, |p| p.shipments.truncate(2)),
        (V::WaveShipments, |p| p.shipments.push(p.shipments[0])),
        (V::WaveShipments, |p| p.unplanned.clear()),
        (V::UnplannedReason, |p| p.unplanned[0].reason = UnplannedReason::NoTime),
        (V::WaveGroup, |p| p.waves.as_mut_slice()[0].group.priority = 9),
        (V::WaveRelease, |p| {
            p.waves.as_mut_slice()[0].release = moment("08:59:59");
        }),
        (V::EarlyTour, |p| p.waves.as_mut_slice()[0].release = moment("09:10:01")),
        (V::PickerShift, |p| p.batches.as_mut_slice()[0].picker.number = 3),
        (V::PickQuantity, |p| p.picks[0].qty = 1),
        (V::LocationStock, |p| p.picks[2].location = PickLocationIdx(1)),
        (V::Walk, |p| p.picks[2].walk = Distance::from_metres(9)),
        (V::Walk, |p| {
            p.batches.as_mut_slice()[0].walk = Distance::from_metres(19);
        }),
        (V::PickTime, |p| p.picks[0].done = moment("09:10:42")),
        (V::PickTime, |p| p.batches.as_mut_slice()[0].end = moment("09:11:15")),
        (V::WaveTime, |p| p.waves.as_mut_slice()[0].end = moment("09:11:16")),
        (V::WaveTime, |p| p.waves.as_mut_slice()[1].due = None),
        (V::WaveCount, |p| p.waves.as_mut_slice()[1].docks = 2),
        (V::WaveCount, |p| p.batches.as_mut_slice()[0].bins = 2),
        (V::Departs, |p| p.shipments[1].departs = Some(moment("12:00:00"))),
        (V::WaveLate, |p| p.shipments[1].late = Seconds(1)),
        (V::WaveFigures, |p| p.figures[0].1.objective.labour = Seconds(121)),
        (V::WaveFigures, |p| p.figures.clear()),
        (V::Unchecked, |p| p.batches.as_mut_slice()[0].start = Moment(i64::MIN)),
    ];
    let (problem, routing, floors) = hand();
    for (n, (code, change)) in changes.iter().enumerate() {
        let mut plan = hand_plan(&problem, &routing, &floors);
        change(&mut plan);
        let found = verify_waves(&problem, &routing, &floors, &plan).violations;
        assert!(found.iter().any(|v| v.code == *code), "change {n}, {code}: {found:?}");
    }
}

/// Decisions that break a rule: every figure is right, and the verifier still refuses them.
#[test]
#[allow(clippy::type_complexity, reason = "a table of changes")]
fn decisions_that_break_a_rule_are_refused() {
    use ViolationCode as V;
    let changes: &[(&[V], fn(&mut WaveDecision))] = &[
        // Both pickers at once, with the one cart that there is.
        (&[V::CartCount], |d| {
            let batch = &mut d.waves[0].batches[0];
            (batch.start, batch.picker.number) = (moment("09:11:15"), 2);
            d.waves[0].release = moment("09:11:00");
        }),
        (&[V::CartCount, V::PickerOverlap], |d| {
            d.waves[0].batches[0].start = moment("09:11:15");
            d.waves[0].release = moment("09:11:00");
        }),
        // All in one wave: two priorities, two services.
        (&[V::WavePriority, V::WaveGroup], |d| {
            let batch = d.waves.remove(0).batches.remove(0);
            d.waves[0].batches.push(batch);
        }),
        // All in one batch: four bins of three.
        (&[V::CartBins, V::WavePriority, V::WaveGroup], |d| {
            let other = d.waves.remove(0).batches.remove(0);
            let batch = &mut d.waves[0].batches[0];
            batch.shipments.extend(other.shipments);
            batch.picks.extend(other.picks);
        }),
        (&[V::PickerShift], |d| {
            d.waves[1].batches[0].start = moment("15:58:45");
        }),
        (&[V::PickerShift], |d| {
            d.waves[1].batches[0].picker.date = "2026-03-08".parse().unwrap();
        }),
    ];
    let (problem, routing, floors) = hand();
    for (n, (codes, change)) in changes.iter().enumerate() {
        let mut decision = decision(&problem, &floors);
        change(&mut decision);
        let plan = price_waves(&problem, &routing, &floors, &decision, WaveRun::default()).unwrap();
        let found = verify_waves(&problem, &routing, &floors, &plan).violations;
        for code in *codes {
            assert!(found.iter().any(|v| v.code == *code), "change {n}, {code}: {found:?}");
        }
        assert!(found.iter().all(|v| codes.contains(&v.code)), "change {n}: {found:?}");
    }
}

#[test]
fn plain_plans_of_generated_floors_are_valid_and_survive_their_files() {
    let (mut graphs, mut blocks) = (0, 0);
    for (seed, options) in (1..).zip(all_options()) {
        for profile in Profile::ALL {
            let (problem, routing, floors) = generated(profile, seed, &options);
            for floor in floors.floors() {
                match floor.layout() {
                    Layout::Graph(_) => graphs += 1,
                    Layout::Aisles(aisles) => blocks = blocks.max(aisles.blocks()),
                }
            }
            let mut plan = plain_plan(&problem, &routing, &floors);
            plan.run.limit = Some(LimitReached::Work);
            let found = verify_waves(&problem, &routing, &floors, &plan);
            assert_eq!(found.violations, [], "seed {seed} {profile}");
            let total = plan.total();
            assert!(total.shipments > 40 && total.walk > Distance::ZERO, "{total:?}");
            for format in formats() {
                let dir = tempfile::tempdir().unwrap();
                let to = dir.path().join("plan");
                write_plan_with_waves(&problem, &routing, &floors, &plan, &to, format).unwrap();
                let routing = read_plan(&problem, &to).unwrap();
                let again = read_waves(&problem, &routing, &floors, &to).unwrap_or_else(|e| panic!("{e:?}"));
                assert_eq!(again, plan, "seed {seed} {profile} {format}");
            }
        }
    }
    assert!(graphs > 0 && blocks == 2, "{graphs} graphs, {blocks} blocks");
}

fn formats() -> Vec<TableFormat> {
    if cfg!(feature = "parquet") {
        vec![TableFormat::Csv, TableFormat::Parquet]
    } else {
        vec![TableFormat::Csv]
    }
}

#[test]
fn floors_survive_their_files_byte_by_byte() {
    for (seed, options) in (1..).zip(all_options()) {
        let (problem, _, _) = generated(Profile::B2c, seed, &options);
        let draft = generate_floors(&problem, &options).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (dir.path().join("a"), dir.path().join("b"));
        write_floors(&draft, &a).unwrap();
        let (again, warnings) = read_floor_draft(&a).unwrap();
        assert_eq!(warnings, []);
        write_floors(&again, &b).unwrap();
        let names = |dir: &Path| {
            let mut list: Vec<_> = std::fs::read_dir(dir)
                .unwrap()
                .map(|e| e.unwrap().file_name())
                .collect();
            list.sort();
            list
        };
        assert_eq!(names(&a), names(&b));
        for name in names(&a) {
            assert_eq!(
                std::fs::read(a.join(&name)).unwrap(),
                std::fs::read(b.join(&name)).unwrap()
            );
        }
    }
}

#[test]
fn no_newer_order_takes_what_an_older_one_of_its_priority_needs() {
    for seed in 1..4 {
        let (problem, routing, floors) = generated(Profile::B2c, seed, &FloorOptions::default());
        for floor in floors.floors() {
            let all = workload(&problem, &routing, &floors, floor);
            // Without its last order the plan plans every other shipment as it did.
            let newest = all.tasks.iter().map(|task| (task.group.priority, task.order)).max();
            let mut shorter = routing.clone();
            let is_newest = |order| newest.is_some_and(|(_, newest)| newest == order);
            shorter
                .assignments
                .retain(|a| !is_newest(problem.lines()[a.line].order));
            let fewer = workload(&problem, &shorter, &floors, floor);
            let others: Vec<_> = all.tasks.iter().filter(|task| !is_newest(task.order)).collect();
            for task in others {
                assert!(fewer.tasks.contains(task), "shipment {}", task.shipment.0 + 1);
            }
        }
    }
}

#[test]
fn simple_rules_of_picking_are_counted_like_the_plan() {
    let (problem, routing, floors) = hand();
    let plan = hand_plan(&problem, &routing, &floors);
    let [alone, first] = simple_picking(&problem, &routing, &floors, &plan).unwrap();
    // A tour each: o1 by A1 and A2, 8 m and 30 + 2 x 5 + 2 x 2 + 3 + 8 = 55 s; o2 at B1, 18 m and 30 + 5 + 2 + 2 + 18 = 57 s; o3 at
    // A1, 8 m and 46 s.
    assert_eq!((alone.rule, alone.tours), (SimpleRule::OneByOne, 3));
    assert_eq!((alone.walk, alone.labour), (Distance::from_metres(34), Seconds(158)));
    // On carts as they come: o1 and o2 take the three bins, o3 is of another service. That is the plan.
    assert_eq!((first.rule, first.tours), (SimpleRule::FirstCome, 2));
    assert_eq!(
        (first.walk, first.labour),
        (plan.total().walk, plan.total().objective.labour)
    );
}
