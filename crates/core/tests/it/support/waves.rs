//! Floors for tests, and a plain planner of waves: one after another, without any thought of what is best.

use std::collections::HashMap;

use clapot::allocate::policy::{Policy, allocate};
use clapot::cost::waves::{Task, price_waves, times, walk, workload};
use clapot::generate::{FloorOptions, GenerateOptions, Profile, generate, generate_floors};
use clapot::index::{CartIdx, Idx as _, PickLocationIdx, ShiftIdx, SkuIdx};
use clapot::model::Problem;
use clapot::model::floor::{Floor, Floors, GroupKey, ReleaseMode};
use clapot::plan::{
    BatchChoice, PickChoice, Picker, RoutingPlan, Unplanned, UnplannedReason, WaveChoice, WaveDecision, WaveObjective,
    WavePlan, WaveRun,
};
use clapot::quantity::{Moment, Seconds};
use clapot::search::StdClock;
use clapot::verify::verify_waves;
use clapot::{Surroundings, WaveOptions, plan_waves, validate};

use super::modest_plan;

/// A plan within a limit of work, which the verifier accepts.
pub(crate) fn planned(
    problem: &Problem,
    routing: &RoutingPlan,
    floors: &Floors,
    work: u64,
    threads: usize,
) -> WavePlan {
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
pub(crate) fn worth(o: &WaveObjective) -> (u32, u32, i64, u32, i64, u32) {
    (o.no_time, o.late_shipments, o.late.0, o.tight, o.labour.0, o.waves)
}

/// A valid plan: every batch is a wave, one picker walks all of them, shipments share a batch as far as they may.
pub(crate) fn plain_plan(problem: &Problem, routing: &RoutingPlan, floors: &Floors) -> WavePlan {
    let mut decision = WaveDecision::default();
    for floor in floors.floors() {
        plan_floor(problem, routing, floors, floor, &mut decision);
    }
    price_waves(problem, routing, floors, &decision, WaveRun::default()).unwrap()
}

fn plan_floor(problem: &Problem, routing: &RoutingPlan, floors: &Floors, floor: &Floor, decision: &mut WaveDecision) {
    let mut tasks = workload(problem, routing, floors, floor).tasks;
    tasks.sort_by_key(|task| (task.group, task.due, task.shipment));
    let mut left: HashMap<(SkuIdx, PickLocationIdx), u32> = HashMap::new();
    for row in floor.stock() {
        left.insert((row.sku, row.location), row.available);
    }
    let mut free = floor.now();
    let mut rest = tasks.as_slice();
    while let Some(first) = rest.first() {
        let cart = floor
            .carts()
            .indices()
            .find(|&cart| first.fits(&floor.carts()[cart]))
            .unwrap();
        let mut many = 1;
        while many < rest.len() && may_share(floor, cart, &rest[..=many]) {
            many += 1;
        }
        let (batch, after) = rest.split_at(many);
        rest = after;
        let picks = picks(problem, floor, batch, &mut left);
        let length = length(floor, &picks);
        match shift(floor, free, length) {
            Some((picker, start)) => {
                free = start + length;
                decision.waves.push(WaveChoice {
                    node: floor.node(),
                    release: release(floor, start),
                    batches: vec![BatchChoice {
                        cart,
                        picker,
                        start,
                        shipments: batch.iter().map(|task| task.shipment).collect(),
                        picks,
                    }],
                });
            }
            None => decision.unplanned.extend(batch.iter().map(|task| Unplanned {
                shipment: task.shipment,
                fill: None,
                reason: UnplannedReason::NoTime,
            })),
        }
    }
}

/// Whether these may be in one batch that is a wave.
fn may_share(floor: &Floor, cart: CartIdx, tasks: &[Task]) -> bool {
    let (cart, limits) = (&floor.carts()[cart], &floor.rules().limits);
    let sum = |of: fn(&Task) -> i64| tasks.iter().map(of).sum::<i64>();
    let within = |amount: i64, limit: Option<i64>| limit.is_none_or(|limit| amount <= limit);
    let count = |n: Option<u32>| n.map(i64::from);
    let bins: i64 = tasks.iter().map(|task| task.bins(cart)).sum();
    let (units, weight, volume) = (sum(|t| t.units as i64), sum(|t| t.weight.0), sum(|t| t.volume.0));
    tasks.len() <= 6
        && tasks.iter().all(|task| task.group == tasks[0].group)
        && within(tasks.len() as i64, count(cart.shipments))
        && within(tasks.len() as i64, count(limits.shipments))
        && within(units, count(cart.capacity.units))
        && within(units, count(limits.units))
        && within(weight, cart.capacity.weight.map(|w| w.0))
        && within(volume, cart.capacity.volume.map(|v| v.0))
        && within(bins, cart.bins.as_ref().map(|of| of.count.into()))
        && within(sum(|t| t.lines().into()), count(limits.lines))
}

/// Takes what each line needs from the first pick locations that have it.
fn picks(
    problem: &Problem,
    floor: &Floor,
    tasks: &[Task],
    left: &mut HashMap<(SkuIdx, PickLocationIdx), u32>,
) -> Vec<PickChoice> {
    let mut picks = Vec::new();
    for fill in tasks.iter().flat_map(|task| &task.fills) {
        let sku = problem.lines()[fill.line].sku;
        let mut open = fill.qty;
        for row in floor.stock_of(sku) {
            let there = left.get_mut(&(sku, row.location)).unwrap();
            let qty = open.min(*there);
            *there -= qty;
            open -= qty;
            if qty > 0 {
                let (location, line) = (row.location, fill.line);
                picks.push(PickChoice { location, line, qty });
            }
        }
        assert_eq!(open, 0, "the workload holds only what there is");
    }
    picks.sort_by_key(|pick| {
        let sequence = floor.locations()[pick.location].sequence;
        (sequence.is_none(), sequence, pick.location, pick.line)
    });
    picks
}

/// How long a tour takes.
pub(crate) fn length(floor: &Floor, picks: &[PickChoice]) -> Seconds {
    let cells = picks.iter().map(|pick| Some(floor.locations()[pick.location].cell));
    let places: Vec<_> = std::iter::once(None).chain(cells).chain([None]).collect();
    let ways: Vec<_> = places.windows(2).map(|pair| (pair[0], pair[1])).collect();
    let lengths = walk::lengths(floor.layout(), &ways);
    let mut clock = times::TourClock::new(floor.rates(), Moment(0));
    for (pick, way) in picks.iter().zip(&lengths) {
        clock.pick(*way, pick.location, pick.qty);
    }
    clock.finish(lengths[lengths.len() - 1]) - Moment(0)
}

/// The first shift in which a tour fits, from a moment on.
fn shift(floor: &Floor, from: Moment, length: Seconds) -> Option<(Picker, Moment)> {
    let shifts = floor.shift_dates().flat_map(|date| {
        let on = |(n, shift): (usize, &clapot::model::floor::Shift)| {
            Some((ShiftIdx::new(n), date, shift.on(date, floor.clock())?))
        };
        floor.shifts().iter().enumerate().filter_map(on).collect::<Vec<_>>()
    });
    let fits = shifts.filter_map(|(shift, date, (start, end))| {
        let begin = next_release(floor, start.max(from));
        (begin + length <= end).then_some((Picker { date, shift, number: 1 }, begin))
    });
    fits.min_by_key(|(picker, begin)| (*begin, *picker))
}

/// In the mode `fixed` tours of these plans begin when their wave is released.
fn next_release(floor: &Floor, from: Moment) -> Moment {
    if floor.rules().mode != ReleaseMode::Fixed {
        return from;
    }
    let clock = floor.clock();
    let days = [clock.date(from), clock.date(from).next()];
    let all = days
        .into_iter()
        .flat_map(|date| floor.rules().releases.iter().map(move |time| clock.moment(date, *time)));
    all.filter(|release| *release >= from).min().unwrap()
}

fn release(floor: &Floor, start: Moment) -> Moment {
    start.max(floor.now())
}

/// A generated problem with a policy's plan, and generated floors.
pub(crate) fn generated(profile: Profile, seed: u64, options: &FloorOptions) -> (Problem, RoutingPlan, Floors) {
    let draft = generate(&GenerateOptions {
        orders: 120,
        nodes: 5,
        seed,
        profile,
        skus: Some(160),
        incoming: 20,
        ..GenerateOptions::default()
    });
    let problem = validate::check(draft.unwrap()).unwrap().problem;
    let routing = modest_plan(&problem, allocate(&problem, Policy::Cheapest, &mut || false));
    let draft = generate_floors(&problem, options).unwrap();
    let checked = validate::check_floors(draft, &problem).unwrap_or_else(|e| panic!("{e:?}"));
    assert_eq!(checked.warnings, []);
    (problem, routing, checked.floors)
}

/// A floor of each mode, with no, some and all grouping keys.
pub(crate) fn all_options() -> Vec<FloorOptions> {
    let with = |mode, group_by: &[GroupKey]| FloorOptions {
        mode,
        group_by: group_by.to_vec(),
        ..FloorOptions::default()
    };
    vec![
        with(ReleaseMode::CutOff, &[GroupKey::Service]),
        with(ReleaseMode::Fixed, &[]),
        with(ReleaseMode::Waveless, &GroupKey::ALL),
    ]
}
