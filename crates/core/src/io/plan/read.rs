//! Reading a plan directory that anybody made. Every defect of its files is reported; whether the plan is any good is for
//! the verifier to say, so wrong figures and impossible services come through as they stand.

use std::collections::HashMap;
use std::path::Path;

use super::names::Names;
use super::prices::read_prices;
use super::schema::{ASSIGNMENTS, ORDER, SHIPMENTS, UNFILLED};
use super::stated;
use super::waves::read_waves_from;
use crate::Error;
use crate::diagnostic::{Code, Diagnostics};
use crate::index::{Idx as _, LineIdx, ShipmentIdx};
use crate::io::cells::Cells;
use crate::io::directory::Kind;
use crate::io::files::Files;
use crate::io::parse::{count, date, integer, money};
use crate::io::source::Source;
use crate::io::table::read_table;
use crate::model::{Floors, Problem};
use crate::plan::{Assignment, Carriage, RoutingPlan, Shipment, Unfilled, UnfilledReason, WavePlan};
use crate::quantity::Grams;

/// Reads the plan in a directory as a plan for the problem. Rows may stand in any order; they are put into canonical
/// order. Ids of shipments may be any text. A reason that is not one of ours is read as `not-chosen`.
///
/// # Errors
/// Every defect of the files: missing ones, their syntax, cells, and ids that the problem or the plan does not have; or
/// that there is no such directory.
pub fn read_plan(problem: &Problem, dir: &Path) -> Result<RoutingPlan, Error> {
    let files = Files::open(dir, &Kind::plan())?;
    read_plan_from(problem, Source::Dir(&files))
}

/// Reads the plan in a directory and the plan of waves beside it, both of one moment, also where the directory is replaced
/// meanwhile.
///
/// # Errors
/// As [`read_plan`] and [`read_waves`](super::read_waves).
pub fn read_plan_with_waves(problem: &Problem, floors: &Floors, dir: &Path) -> Result<(RoutingPlan, WavePlan), Error> {
    let files = Files::open(dir, &Kind::plan())?;
    let plan = read_plan_from(problem, Source::Dir(&files))?;
    let waves = read_waves_from(problem, &plan, floors, Source::Dir(&files))?;
    Ok((plan, waves))
}

/// The same from anywhere.
pub(crate) fn read_plan_from(problem: &Problem, from: Source<'_>) -> Result<RoutingPlan, Error> {
    let mut found = Diagnostics::new();
    let stated = stated::read(from, &mut found);
    let names = Names::new(problem);
    let (shipments, ids) = read_shipments(&names, from, &mut found);
    let assignments = read_assignments(&names, &ids, from, &mut found);
    let unfilled = read_unfilled(&names, from, &mut found);
    let prices = read_prices(&names, from, &mut found);
    let plan = stated.map(|stated| {
        let mut plan = RoutingPlan {
            problem: stated.problem.clone(),
            cost: stated.cost,
            outcome: stated.outcome.clone(),
            assignments,
            shipments,
            unfilled,
            prices,
        };
        if !found.has_errors() {
            stated.check(problem, &plan, &mut found);
        }
        canonical(&mut plan);
        plan
    });
    match plan {
        Some(plan) if !found.has_errors() => Ok(plan),
        _ => Err(error(found)),
    }
}

/// What was found, by table and place.
pub(super) fn error(found: Diagnostics) -> Error {
    Error::input(found.into_sorted(|d| {
        let at = d.location.as_ref().map(|at| (at.line, at.column));
        (
            d.code == Code::MORE_DIAGNOSTICS,
            ORDER.iter().position(|t| *t == d.table),
            at,
        )
    }))
}

/// Shipments by order and first line, and the rows that name lines in the order of the problem.
fn canonical(plan: &mut RoutingPlan) {
    let mut first = vec![LineIdx(u32::MAX); plan.shipments.len()];
    for a in &plan.assignments {
        first[a.shipment.get()] = first[a.shipment.get()].min(a.line);
    }
    let mut order: Vec<usize> = (0..plan.shipments.len()).collect();
    order.sort_by_key(|&n| (plan.shipments[n].order, first[n]));
    let mut moved = vec![ShipmentIdx(0); order.len()];
    for (to, &from) in order.iter().enumerate() {
        moved[from] = ShipmentIdx::new(to);
    }
    plan.shipments = order.iter().map(|&n| plan.shipments[n]).collect();
    for a in &mut plan.assignments {
        a.shipment = moved[a.shipment.get()];
    }
    plan.assignments.sort_by_key(|a| (a.line, a.shipment));
    plan.unfilled.sort_by_key(|u| u.line);
}

/// The ids of the shipments, those of faulty rows too, and how many rows could not be read at all.
pub(super) struct ShipmentIds {
    of: HashMap<String, Option<ShipmentIdx>>,
    whole: bool,
}

pub(super) fn read_shipments(
    names: &Names<'_>,
    from: Source<'_>,
    found: &mut Diagnostics,
) -> (Vec<Shipment>, ShipmentIds) {
    let mut shipments = Vec::new();
    let mut ids = ShipmentIds {
        of: HashMap::new(),
        whole: true,
    };
    let readable = read_table(from, &SHIPMENTS, found, |cells| {
        let Some(mut cells) = cells else {
            ids.whole = false;
            return;
        };
        let id = cells.needed(0).map(str::to_owned);
        ids.whole &= id.is_some();
        if id.as_ref().is_some_and(|id| ids.of.contains_key(id)) {
            cells.fault(0, Code::DUPLICATE_SHIPMENT, "another shipment has this id");
        }
        let shipment = shipment(names, &mut cells).filter(|_| cells.ok());
        if let Some(id) = id {
            ids.of
                .entry(id)
                .or_insert_with(|| shipment.map(|_| ShipmentIdx::new(shipments.len())));
        }
        shipments.extend(shipment);
    });
    ids.whole &= readable;
    (shipments, ids)
}

fn shipment(names: &Names<'_>, cells: &mut Cells<'_, '_>) -> Option<Shipment> {
    // Every cell is read before any is missed, so that all faults of the row are reported.
    let (order, node) = (names.order(cells, 1), names.node(cells, 2));
    let carriage = match cells.given(3) {
        Some("pickup") => Some(Carriage::Pickup),
        _ => names.service(cells, 3).map(Carriage::Service),
    };
    let (parcels, weight, billable) = (
        cells.required(4, integer),
        cells.required(5, integer),
        cells.required(6, integer),
    );
    let (transport, handling) = (cells.required(7, money), cells.required(8, money));
    let (leaves_on, arrives_on) = (cells.optional(9, date), cells.optional(10, date));
    let (days_late, late) = (cells.required(11, count), cells.required(12, money));
    Some(Shipment {
        order: order?,
        node: node?,
        carriage: carriage?,
        parcels: parcels?,
        weight: Grams(weight?),
        billable: Grams(billable?),
        transport: transport?,
        handling: handling?,
        leaves_on,
        arrives_on,
        days_late: days_late?,
        late: late?,
    })
}

pub(super) fn read_assignments(
    names: &Names<'_>,
    ids: &ShipmentIds,
    from: Source<'_>,
    found: &mut Diagnostics,
) -> Vec<Assignment> {
    let mut assignments = Vec::new();
    read_table(from, &ASSIGNMENTS, found, |cells| {
        let Some(mut cells) = cells else { return };
        let (line, node) = (names.line(&mut cells, 0, 1), names.node(&mut cells, 2));
        let known = cells.needed(3).map(|id| ids.of.get(id));
        if matches!(known, Some(None)) && ids.whole {
            cells.fault(3, Code::UNKNOWN_SHIPMENT, "the plan has no such shipment");
        }
        let shipment = known.flatten().copied().flatten();
        let qty = cells.required(4, count);
        let row = || {
            Some(Assignment {
                line: line?,
                node: node?,
                shipment: shipment?,
                qty: qty?,
            })
        };
        assignments.extend(row());
    });
    assignments
}

pub(super) fn read_unfilled(names: &Names<'_>, from: Source<'_>, found: &mut Diagnostics) -> Vec<Unfilled> {
    let mut unfilled = Vec::new();
    read_table(from, &UNFILLED, found, |cells| {
        let Some(mut cells) = cells else { return };
        let line = names.line(&mut cells, 0, 1);
        let (qty, penalty) = (cells.required(2, count), cells.required(3, money));
        let reason = reason(cells.text(4));
        let row = || {
            Some(Unfilled {
                line: line?,
                qty: qty?,
                penalty: penalty?,
                reason,
            })
        };
        unfilled.extend(row());
    });
    unfilled
}

/// No rule depends on the reason, so any text is accepted.
fn reason(word: &str) -> UnfilledReason {
    let all = [
        UnfilledReason::NoEligibleNode,
        UnfilledReason::NoService,
        UnfilledReason::StockUsed,
        UnfilledReason::CapacityUsed,
        UnfilledReason::OrderRule,
        UnfilledReason::NotChosen,
    ];
    all.into_iter()
        .find(|r| r.as_str() == word)
        .unwrap_or(UnfilledReason::NotChosen)
}
