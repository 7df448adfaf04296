//! What belongs together: waves, batches, picks and shipments, and that every shipment is where it should be.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::cost::waves::{Task, Workload};
use crate::index::{Idx as _, ShipmentIdx};
use crate::model::Problem;
use crate::model::floor::{Floor, Floors};
use crate::plan::{Fill, RoutingPlan, UnplannedReason, WavePlan, WaveShipment};
use crate::quantity::Moment;
use crate::verify::{Report, Violation, ViolationCode as Code};

/// The years 1 to 9999, about: moments outside cannot be reckoned with.
const MOMENTS: std::ops::RangeInclusive<i64> = -62_000_000_000..=254_000_000_000;

/// Checks all rows. Where it finds nothing wrong, every index of the plan is within range, every shipment in a wave is a
/// task of its node's floor, and batches and picks follow each other as waves and batches say.
pub(super) fn check(
    problem: &Problem,
    routing: &RoutingPlan,
    floors: &Floors,
    work: &[Workload],
    plan: &WavePlan,
    report: &mut Report,
) {
    if plan.problem != problem.settings().name {
        report.note(
            Code::OtherProblem,
            format!("the waves are of problem {:?}", plan.problem),
        );
    }
    indices(problem, floors, plan, report);
    let before = report.violations.len();
    if before == 0 {
        ranges(floors, plan, report);
        once(problem, routing, floors, work, plan, report);
    }
}

fn floor_of<'f>(floors: &'f Floors, plan: &WavePlan, wave: usize) -> Option<&'f Floor> {
    floors.of(plan.waves.as_slice().get(wave)?.node)
}

fn indices(problem: &Problem, floors: &Floors, plan: &WavePlan, report: &mut Report) {
    let wrong = |report: &mut Report, message: String| report.note(Code::WaveReference, message);
    let telling = |report: &mut Report, of: String, moments: &[Moment]| {
        if moments.iter().any(|m| !MOMENTS.contains(&m.0)) {
            report.note(Code::Unchecked, format!("{of}: a moment outside all calendars"));
        }
    };
    for (n, wave) in plan.waves.iter().enumerate() {
        if floors.of(wave.node).is_none() {
            wrong(report, format!("wave {}: its node has no floor", n + 1));
        }
        let moments = [wave.release, wave.start, wave.picked, wave.end];
        telling(report, format!("wave {}", n + 1), &moments);
    }
    for (n, batch) in plan.batches.iter().enumerate() {
        telling(report, format!("batch {}", n + 1), &[batch.start, batch.end]);
        let sound = floor_of(floors, plan, batch.wave.get()).is_some_and(|floor| {
            floor.carts().get(batch.cart).is_some() && floor.shifts().get(batch.picker.shift).is_some()
        });
        if !sound {
            wrong(report, format!("batch {}: no such wave, cart or shift", n + 1));
        }
    }
    for (n, pick) in plan.picks.iter().enumerate() {
        telling(report, format!("pick {}", n + 1), &[pick.done]);
        let batch = plan.batches.get(pick.batch);
        let floor = batch.and_then(|batch| floor_of(floors, plan, batch.wave.get()));
        let sound = floor.is_some_and(|floor| floor.locations().get(pick.location).is_some());
        if !sound || problem.lines().get(pick.line).is_none() {
            wrong(report, format!("pick {}: no such batch, pick location or line", n + 1));
        }
    }
    for s in &plan.shipments {
        if plan.waves.get(s.wave).is_none() || plan.batches.get(s.batch).is_none() {
            wrong(
                report,
                format!("shipment {}: no such wave or batch", floors.shipment_id(s.shipment)),
            );
        }
    }
}

/// Batches stand in the order of their waves, and picks in that of their batches; ranges say where.
fn ranges(floors: &Floors, plan: &WavePlan, report: &mut Report) {
    let waves = plan.waves.iter().map(|w| &w.batches);
    let wave_of: Vec<usize> = plan.batches.iter().map(|b| b.wave.get()).collect();
    in_turn(["wave", "batches", "batch"], waves, &wave_of, report);
    let batches = plan.batches.iter().map(|b| &b.picks);
    let batch_of: Vec<usize> = plan.picks.iter().map(|p| p.batch.get()).collect();
    in_turn(["batch", "picks", "pick"], batches, &batch_of, report);
    for s in &plan.shipments {
        if plan.batches[s.batch].wave != s.wave {
            let message = format!(
                "shipment {}: its batch is of another wave",
                floors.shipment_id(s.shipment)
            );
            report.note(Code::WaveRows, message);
        }
    }
}

/// Every range follows the one before, is not empty, and holds rows that name its owner; together they hold all rows.
fn in_turn<'a>(
    [owner, rows, row]: [&str; 3],
    ranges: impl Iterator<Item = &'a Range<u32>>,
    owner_of: &[usize],
    report: &mut Report,
) {
    let mut next = 0;
    for (n, range) in ranges.enumerate() {
        let (from, to) = (range.start as usize, range.end as usize);
        let ours = owner_of.get(from..to);
        let sound = ours.is_some_and(|list| !list.is_empty() && list.iter().all(|&of| of == n));
        if from != next || !sound {
            let message = format!("{owner} {}: its {rows} are not its own, or none", n + 1);
            report.note(Code::WaveRows, message);
        }
        next = to;
    }
    if next != owner_of.len() {
        report.note(Code::WaveRows, format!("a {row} is of no {owner}"));
    }
}

/// Every shipment that leaves a node with a floor is in one batch, or, where no cart takes it whole, in several of one wave; and
/// what of it cannot be done is unplanned for the true reason.
fn once(
    problem: &Problem,
    routing: &RoutingPlan,
    floors: &Floors,
    work: &[Workload],
    plan: &WavePlan,
    report: &mut Report,
) {
    let mut places: HashMap<ShipmentIdx, Vec<&WaveShipment>> = HashMap::new();
    for row in &plan.shipments {
        places.entry(row.shipment).or_default().push(row);
    }
    let mut stated: HashMap<(ShipmentIdx, Option<Fill>), Vec<UnplannedReason>> = HashMap::new();
    for u in &plan.unplanned {
        stated.entry((u.shipment, u.fill)).or_default().push(u.reason);
    }
    let known: HashSet<ShipmentIdx> = work
        .iter()
        .flat_map(|work| {
            work.tasks
                .iter()
                .map(|t| t.shipment)
                .chain(work.unplanned.iter().map(|u| u.shipment))
        })
        .collect();
    let mut note = |code, shipment: ShipmentIdx, what: &str| {
        let violation = Violation::new(code, format!("shipment {}: {what}", floors.shipment_id(shipment)));
        report.add(violation.in_shipment(shipment));
    };
    for (floor, work) in floors.floors().iter().zip(work) {
        for u in &work.unplanned {
            let what = u.fill.map_or_else(String::new, |fill| {
                format!("line {}, {} units: ", problem.line_id(fill.line), fill.qty)
            });
            match stated.remove(&(u.shipment, u.fill)).as_deref() {
                None if places.contains_key(&u.shipment) && u.fill.is_none() => {
                    let what = format!("in a wave, though {}", u.reason.as_str());
                    note(Code::UnplannedReason, u.shipment, &what);
                }
                None => note(
                    Code::WaveShipments,
                    u.shipment,
                    &format!("{what}not unplanned, though {}", u.reason.as_str()),
                ),
                Some([given]) if *given == u.reason => {
                    if u.fill.is_none() && places.contains_key(&u.shipment) {
                        note(Code::WaveShipments, u.shipment, "in the plan more than once");
                    }
                }
                Some([given]) => {
                    let what = format!(
                        "{what}unplanned for {}, and not for {}",
                        u.reason.as_str(),
                        given.as_str()
                    );
                    note(Code::UnplannedReason, u.shipment, &what);
                }
                Some(_) => note(Code::WaveShipments, u.shipment, "in the plan more than once"),
            }
        }
        let doable: HashSet<ShipmentIdx> = work.tasks.iter().map(|task| task.shipment).collect();
        for u in work
            .unplanned
            .iter()
            .filter(|u| u.fill.is_some() && !doable.contains(&u.shipment))
        {
            if places.contains_key(&u.shipment) {
                let what = format!("in a wave, though {}", u.reason.as_str());
                note(Code::UnplannedReason, u.shipment, &what);
            }
        }
        for task in &work.tasks {
            let rows = places.get(&task.shipment).map_or(&[][..], Vec::as_slice);
            let left_out = stated.remove(&(task.shipment, None)).unwrap_or_default();
            if let Some(given) = left_out.iter().find(|&&reason| reason != UnplannedReason::NoTime) {
                let what = format!("unplanned for no-time, and not for {}", given.as_str());
                note(Code::UnplannedReason, task.shipment, &what);
            }
            match (rows.len(), left_out.len()) {
                (0, 0) => note(Code::WaveShipments, task.shipment, "in no wave, and not unplanned"),
                (1, 0) | (0, 1) => {}
                (_, 0) if divided(floor, task, rows) => {}
                _ => note(Code::WaveShipments, task.shipment, "in the plan more than once"),
            }
        }
        for s in plan
            .shipments
            .iter()
            .filter(|s| plan.waves[s.wave].node == floor.node())
        {
            let node = routing.shipments.get(s.shipment.get()).map(|s| s.node);
            if node != Some(floor.node()) {
                let what = format!(
                    "in a wave at node {}, which it does not leave",
                    problem.node_id(floor.node())
                );
                note(Code::WaveShipments, s.shipment, &what);
            }
        }
    }
    let mut rest: Vec<ShipmentIdx> = stated.into_keys().map(|(shipment, _)| shipment).collect();
    rest.sort_unstable();
    for shipment in rest.into_iter().filter(|s| known.contains(s)) {
        note(
            Code::WaveShipments,
            shipment,
            "units of it are unplanned that can be done",
        );
    }
    let others = plan
        .shipments
        .iter()
        .map(|s| s.shipment)
        .chain(plan.unplanned.iter().map(|u| u.shipment));
    if others.into_iter().any(|s| !known.contains(&s)) && report.violations.is_empty() {
        report.note(
            Code::WaveShipments,
            "a shipment is planned that leaves no node with a floor".to_owned(),
        );
    }
}

/// Whether no cart takes a shipment whole, so that it may be in these different batches of one wave.
fn divided(floor: &Floor, task: &Task, rows: &[&WaveShipment]) -> bool {
    let mut batches: Vec<_> = rows.iter().map(|row| row.batch).collect();
    batches.sort_unstable();
    batches.dedup();
    let apart = batches.len() == rows.len() && rows.iter().all(|row| row.wave == rows[0].wave);
    apart && !floor.carts().iter().any(|cart| task.fits(cart))
}
