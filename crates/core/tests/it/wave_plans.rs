//! Planning of waves: against brute force on tiny floors, against a plain planner on generated ones, at any number of threads,
//! and what must hold for every plan.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use clapot::cost::waves::times::TourClock;
use clapot::cost::waves::{Task, price_waves, walk, workload};
use clapot::generate::{FloorOptions, Profile};
use clapot::index::{CartIdx, Idx as _, PickLocationIdx, ShiftIdx, ShipmentIdx};
use clapot::io::{read_floors, read_problem};
use clapot::model::Problem;
use clapot::model::floor::{Floor, Floors, PickMethod, ReleaseMode};
use clapot::plan::{
    Allocation, BatchChoice, Carriage, Fill, OrderShipment, PickChoice, Picker as Who, RoutingPlan, Unplanned,
    UnplannedReason, WaveChoice, WaveDecision, WaveObjective, WavePlan, WaveRun,
};
use clapot::quantity::{Moment, Seconds};
use clapot::search::StdClock;
use clapot::verify::verify_waves;
use clapot::wave::picker_routing::Picker;
use clapot::{Surroundings, WaveOptions, plan_waves};
use proptest::prelude::*;

use crate::support::files::repository;
use crate::support::modest_plan;
use crate::support::random::Random;
use crate::support::waves::{all_options, generated, plain_plan};

fn planned(problem: &Problem, routing: &RoutingPlan, floors: &Floors, work: u64, threads: usize) -> WavePlan {
    let clock = StdClock::start();
    let around = Surroundings {
        clock: &clock,
        interrupt: None,
        progress: &mut |_| {},
    };
    let options = WaveOptions {
        work_limit: Some(work),
        threads,
        ..WaveOptions::default()
    };
    let plan = plan_waves(problem, routing, floors, &options, around).unwrap();
    assert_eq!(verify_waves(problem, routing, floors, &plan).violations, []);
    plan
}

/// All parts of the objective but the evenness of releases.
fn worth(o: &WaveObjective) -> (u32, u32, i64, u32, i64, u32) {
    (o.no_time, o.late_shipments, o.late.0, o.tight, o.labour.0, o.waves)
}

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
                let Some(moved) = same.then(|| moved(&problem, &floors, &plan, &decision, s.shipment, to)) else {
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
        let index = clapot::index::BatchIdx(n);
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
    let wave = |wave: &clapot::plan::Wave| WaveChoice {
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
fn moved(
    problem: &Problem,
    floors: &Floors,
    plan: &WavePlan,
    decision: &WaveDecision,
    shipment: ShipmentIdx,
    to: usize,
) -> WaveDecision {
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
    let _ = problem;
    made
}

/// A floor of one node with up to so many shipments, one or two pickers, and departures that come too soon for all of them.
fn tiny(seed: u64, most: i64) -> (Problem, RoutingPlan, Floors) {
    let mut random = Random::new(seed);
    let dir = tempfile::tempdir().unwrap();
    let copy = |part: &str| {
        fs::create_dir_all(dir.path().join(part)).unwrap();
        for entry in fs::read_dir(repository(&format!("fixtures/floors/hand/{part}"))).unwrap() {
            let from = entry.unwrap().path();
            fs::copy(&from, dir.path().join(part).join(from.file_name().unwrap())).unwrap();
        }
    };
    copy("problem");
    copy("floor");
    let orders = random.between(2, most);
    let mut rows = [
        "order_id,channel,country,postcode\n".to_owned(),
        "order_id,line_id,sku,qty\n".to_owned(),
    ];
    for o in 0..orders {
        let channel = random.pick(&["shop", "shop", "trade"]);
        writeln!(rows[0], "o{o},{channel},FR,75001").unwrap();
        for (line, sku) in ["a", "b"].into_iter().enumerate() {
            if line == 0 || random.chance(50) {
                let sku = if line == 0 { random.pick(&["a", "b"]) } else { sku };
                writeln!(rows[1], "o{o},{line},{sku},{}", random.between(1, 2)).unwrap();
            }
        }
    }
    let time = |random: &mut Random| format!("09:{:02}", random.between(1, 6));
    let write = |file: &str, text: &str| fs::write(dir.path().join(file), text).unwrap();
    write("problem/orders.csv", &rows[0]);
    write("problem/lines.csv", &rows[1]);
    write("problem/stock.csv", "node_id,sku,on_hand\nW,a,40\nW,b,40\n");
    write(
        "floor/location_stock.csv",
        "node_id,location_id,sku,qty\nW,A1,a,40\nW,B1,b,40\n",
    );
    write(
        "floor/departures.csv",
        &format!(
            "node_id,service_id,days,time\nW,std,12345,{}\nW,eco,12345,{}\n",
            time(&mut random),
            time(&mut random)
        ),
    );
    let pickers = random.between(1, 2);
    let end = random.pick(&["09:02", "09:04", "16:00"]);
    write(
        "floor/shifts.csv",
        &format!("node_id,shift_id,days,start,end,pickers\nW,day,1,08:00,{end},{pickers}\n"),
    );
    write(
        "floor/carts.csv",
        "node_id,cart_id,count,bins,bin_units\nW,trolley,2,3,2\n",
    );
    let toml = fs::read_to_string(dir.path().join("floor/floor.toml")).unwrap();
    let mut toml = toml.replace("safety_minutes = 30", "safety_minutes = 1");
    if random.chance(30) {
        toml = toml.replace(
            "mode = \"cutoff\"",
            "mode = \"fixed\"\nreleases = [\"09:01\", \"09:03\"]",
        );
    }
    if random.chance(30) {
        toml += "[limits]\nshipments = 2\n";
    }
    write("floor/floor.toml", &toml);
    read_tiny(dir.path(), &mut random)
}

fn read_tiny(dir: &Path, random: &mut Random) -> (Problem, RoutingPlan, Floors) {
    let problem = read_problem(&dir.join("problem"))
        .unwrap_or_else(|e| panic!("{e:?}"))
        .problem;
    let floors = read_floors(&problem, &dir.join("floor"))
        .unwrap_or_else(|e| panic!("{e:?}"))
        .floors;
    let mut allocation = Allocation::empty(problem.orders().len());
    for (order, o) in problem.orders().iter_enumerated() {
        let service = random.pick(&["std", "std", "eco"]);
        let fill = |line| Fill {
            line,
            qty: problem.lines()[line].qty,
        };
        allocation.orders[order.get()].push(OrderShipment {
            node: problem.node_ids().find("W").unwrap(),
            carriage: Carriage::Service(problem.service_ids().find(service).unwrap()),
            waits_for: None,
            fills: o.lines().map(fill).collect(),
        });
    }
    let routing = modest_plan(&problem, allocation);
    (problem, routing, floors)
}

#[test]
fn tiny_floors_are_planned_as_well_as_by_brute_force() {
    let (mut late, mut no_time, mut fixed, mut waves) = (0, 0, 0, 0);
    for seed in 100..140 {
        let (problem, routing, floors) = tiny(seed, 5);
        let plan = planned(&problem, &routing, &floors, 400_000, 1);
        let ours = plan.total().objective;
        let best = brute_force(&problem, &routing, &floors);
        let (ours, fewest) = (worth(&ours), best.5);
        assert_eq!(
            (ours.0, ours.1, ours.2, ours.3, ours.4),
            (best.0, best.1, best.2, best.3, best.4),
            "seed {seed}"
        );
        // Brute force also interleaves the tours of waves, which the planner does not: that may save a wave.
        waves += ours.5 - fewest;
        late += best.1;
        no_time += best.0;
        fixed += u32::from(floors.floors()[0].rules().mode == ReleaseMode::Fixed);
    }
    assert!(waves <= 2, "{waves} waves more than needed");
    assert!(
        late > 5 && no_time > 5 && fixed > 3,
        "{late} late, {no_time} without time, {fixed} floors of fixed releases"
    );
}

/// The best worth of all plans in which every tour begins as early as it can after those before it in some order.
fn brute_force(problem: &Problem, routing: &RoutingPlan, floors: &Floors) -> (u32, u32, i64, u32, i64, u32) {
    let floor = &floors.floors()[0];
    let tasks = workload(problem, routing, floors, floor).tasks;
    let mut best = (u32::MAX, 0, 0, 0, 0, 0);
    for batches in partitions(tasks.len()) {
        let lists: Vec<Vec<&Task>> = batches.iter().map(|b| b.iter().map(|&n| &tasks[n]).collect()).collect();
        let carts: Option<Vec<CartIdx>> = lists.iter().map(|list| cart_for(floor, list)).collect();
        let Some(carts) = carts else { continue };
        let picks: Vec<Vec<PickChoice>> = lists.iter().map(|list| picks(problem, floor, list)).collect();
        for waves in partitions(batches.len()) {
            if waves
                .iter()
                .any(|wave| !may_be_wave(floor, wave.iter().flat_map(|&b| &lists[b])))
            {
                continue;
            }
            for order in permutations(batches.len()) {
                let decision = in_order(floor, &lists, &carts, &picks, &waves, &order);
                let plan = price_waves(problem, routing, floors, &decision, WaveRun::default()).unwrap();
                let found = worth(&plan.total().objective);
                if found < best {
                    assert_eq!(verify_waves(problem, routing, floors, &plan).violations, []);
                    best = found;
                }
            }
        }
    }
    best
}

fn cart_for(floor: &Floor, tasks: &[&Task]) -> Option<CartIdx> {
    let fits = |cart: &CartIdx| {
        let row = &floor.carts()[*cart];
        let bins: i64 = tasks.iter().map(|task| task.bins(row)).sum();
        bins <= i64::from(row.bins.as_ref().unwrap().count)
    };
    let alike = tasks.iter().all(|task| task.group == tasks[0].group);
    floor.carts().indices().find(fits).filter(|_| alike)
}

fn may_be_wave<'t>(floor: &Floor, tasks: impl Iterator<Item = &'t &'t Task>) -> bool {
    let tasks: Vec<_> = tasks.collect();
    let most = floor.rules().limits.shipments.unwrap_or(u32::MAX);
    tasks.len() as u32 <= most && tasks.iter().all(|task| task.group == tasks[0].group)
}

/// Every SKU lies in one place.
fn picks(problem: &Problem, floor: &Floor, tasks: &[&Task]) -> Vec<PickChoice> {
    let fills = tasks.iter().flat_map(|task| &task.fills);
    let mut picks: Vec<PickChoice> = fills
        .map(|fill| PickChoice {
            location: floor.stock_of(problem.lines()[fill.line].sku)[0].location,
            line: fill.line,
            qty: fill.qty,
        })
        .collect();
    let mut picker = Picker::new(floor.layout()).unwrap();
    picker.arrange(floor, floor.rules().method, &mut picks, |pick| pick.location);
    picks
}

fn length(floor: &Floor, picks: &[PickChoice]) -> Seconds {
    let cells = picks.iter().map(|pick| Some(floor.locations()[pick.location].cell));
    let places: Vec<_> = std::iter::once(None).chain(cells).chain([None]).collect();
    let ways: Vec<_> = places.windows(2).map(|pair| (pair[0], pair[1])).collect();
    let lengths = walk::lengths(floor.layout(), &ways);
    let mut clock = TourClock::new(floor.rates(), Moment(0));
    for (pick, way) in picks.iter().zip(&lengths) {
        clock.pick(*way, pick.location, pick.qty);
    }
    clock.finish(lengths[lengths.len() - 1]) - Moment(0)
}

/// Tours in this order, each with the picker and the cart that are free first; those that end after the shift are left out.
fn in_order(
    floor: &Floor,
    tasks: &[Vec<&Task>],
    carts: &[CartIdx],
    picks: &[Vec<PickChoice>],
    waves: &[Vec<usize>],
    order: &[usize],
) -> WaveDecision {
    let (_, end) = floor.shifts()[ShiftIdx(0)].on(floor.now().date()).unwrap();
    let releases: Vec<Moment> = floor
        .rules()
        .releases
        .iter()
        .map(|time| Moment::new(floor.now().date(), *time))
        .filter(|at| *at >= floor.now())
        .collect();
    let opening = releases.first().copied().unwrap_or(floor.now());
    let mut pickers = vec![opening; floor.shifts()[ShiftIdx(0)].pickers as usize];
    let mut trolleys = vec![opening; 2];
    let mut starts: Vec<Option<(u32, Moment)>> = vec![None; tasks.len()];
    let first = |free: &[Moment]| (0..free.len()).min_by_key(|&n| free[n]).unwrap();
    for &b in order {
        let (p, c) = (first(&pickers), first(&trolleys));
        let start = pickers[p].max(trolleys[c]);
        let until = start + length(floor, &picks[b]);
        if until <= end {
            starts[b] = Some((p as u32 + 1, start));
            (pickers[p], trolleys[c]) = (until, until);
        }
    }
    let mut decision = WaveDecision::default();
    for wave in waves {
        let mut made = WaveChoice {
            node: floor.node(),
            release: Moment(i64::MAX),
            batches: Vec::new(),
        };
        for &b in wave {
            let shipments: Vec<ShipmentIdx> = tasks[b].iter().map(|task| task.shipment).collect();
            let Some((number, start)) = starts[b] else {
                let reason = UnplannedReason::NoTime;
                decision
                    .unplanned
                    .extend(shipments.into_iter().map(|shipment| Unplanned { shipment, reason }));
                continue;
            };
            made.release = made.release.min(start);
            made.batches.push(BatchChoice {
                cart: carts[b],
                picker: Who {
                    date: floor.now().date(),
                    shift: ShiftIdx(0),
                    number,
                },
                start,
                shipments,
                picks: picks[b].clone(),
            });
        }
        if !releases.is_empty() {
            made.release = releases.iter().copied().filter(|at| *at <= made.release).max().unwrap();
        }
        if !made.batches.is_empty() {
            decision.waves.push(made);
        }
    }
    decision
}

/// All ways to deal the numbers below `n` into sets.
fn partitions(n: usize) -> Vec<Vec<Vec<usize>>> {
    let mut all: Vec<Vec<Vec<usize>>> = vec![Vec::new()];
    for item in 0..n {
        let mut next = Vec::new();
        for partition in all {
            for set in 0..=partition.len() {
                let mut larger = partition.clone();
                if set == partition.len() {
                    larger.push(vec![item]);
                } else {
                    larger[set].push(item);
                }
                next.push(larger);
            }
        }
        all = next;
    }
    all
}

fn permutations(n: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for item in 0..n {
        let mut next = Vec::new();
        for order in all {
            for at in 0..=order.len() {
                let mut longer: Vec<usize> = order.clone();
                longer.insert(at, item);
                next.push(longer);
            }
        }
        all = next;
    }
    all
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
