//! Planning of waves against brute force: all batches, all waves of them and all orders of tours on tiny floors.

use clapot::cost::waves::{Task, price_waves, workload};
use clapot::index::{CartIdx, ShiftIdx, ShipmentIdx};
use clapot::model::Problem;
use clapot::model::floor::{Floor, Floors, ReleaseMode};
use clapot::plan::{
    BatchChoice, PickChoice, Picker as Who, RoutingPlan, Unplanned, UnplannedReason, WaveChoice, WaveDecision, WaveRun,
};
use clapot::quantity::Moment;
use clapot::verify::verify_waves;
use clapot::wave::picker_routing::Picker;

use crate::support::tiny_floors::tiny;
use crate::support::waves::{length, planned, worth};

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

/// Tours in this order, each with the picker and the cart that are free first; those that end after the shift are left out.
fn in_order(
    floor: &Floor,
    tasks: &[Vec<&Task>],
    carts: &[CartIdx],
    picks: &[Vec<PickChoice>],
    waves: &[Vec<usize>],
    order: &[usize],
) -> WaveDecision {
    let clock = floor.clock();
    let (_, end) = floor.shifts()[ShiftIdx(0)].on(floor.today(), clock).unwrap();
    let releases: Vec<Moment> = floor
        .rules()
        .releases
        .iter()
        .map(|time| clock.moment(floor.today(), *time))
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
                    .extend(shipments.into_iter().map(|shipment| Unplanned {
                        shipment,
                        fill: None,
                        reason,
                    }));
                continue;
            };
            made.release = made.release.min(start);
            made.batches.push(BatchChoice {
                cart: carts[b],
                picker: Who {
                    date: floor.today(),
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
