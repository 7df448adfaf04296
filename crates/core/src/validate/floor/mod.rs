//! From a draft of floors to floors: every diagnostic, never only the first. `docs/floor.md` states the rules.
//!
//! As for problems, what a table defines is judged where it is defined, and what refers to it where it refers; where rows of
//! a table could not be read, nothing is said to be missing from it.

mod calendar;
mod context;
mod layouts;
mod places;
mod priorities;
mod settings;

use std::collections::HashMap;
use std::sync::Arc;

use context::FloorContext;

use super::settings::timezone;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::index::{IndexVec, NodeIdx};
use crate::model::Problem;
use crate::model::floor::{Floor, FloorDraft, FloorParts, FloorTable, Floors, LocalClock};
use crate::quantity::Moment;

/// Valid floors and what was noticed on the way.
#[derive(Debug)]
pub struct CheckedFloors {
    /// The floors.
    pub floors: Floors,
    /// Warnings; never errors.
    pub warnings: Vec<Diagnostic>,
}

/// Checks a draft and makes the floors that it describes, of nodes of the problem.
///
/// # Errors
/// All errors and warnings, in the order of tables and rows, where there is at least one error.
pub fn check_floors(draft: FloorDraft, problem: &Problem) -> Result<CheckedFloors, Vec<Diagnostic>> {
    let skipped = FloorTable::ALL.into_iter().find(|&table| !draft.is_whole(table));
    let (floors, mut found) = judge(draft, problem);
    if let Some(table) = skipped.filter(|_| !found.has_errors()) {
        let message = "rows of the table were left out";
        found.push(Diagnostic::new(Code::ROWS_SKIPPED, table.name(), message));
    }
    let list = sorted(found);
    match floors {
        Some(floors) => Ok(CheckedFloors { floors, warnings: list }),
        None => Err(list),
    }
}

/// Checks a draft; what was found, in no particular order, and the floors, unless there is an error or a row was skipped.
pub(crate) fn judge(draft: FloorDraft, problem: &Problem) -> (Option<Floors>, Diagnostics) {
    let mut context = FloorContext::new(&draft, problem);
    let mut layouts = layouts::check(&mut context);
    let mut locations = places::check(&mut context, &layouts);
    let mut stock = places::check_stock(&mut context, &layouts, &locations);
    let mut carts = calendar::check_carts(&mut context, &layouts);
    let mut shifts = calendar::check_shifts(&mut context, &layouts);
    let mut departures = calendar::check_departures(&mut context, &layouts);
    for (&node, row) in &layouts.rows {
        let lacking = [
            (FloorTable::Carts, carts.contains_key(&node), "cart"),
            (FloorTable::Shifts, shifts.contains_key(&node), "shift"),
        ];
        for (_, _, what) in lacking.into_iter().filter(|l| !l.1 && draft.is_whole(l.0)) {
            context.report(
                Code::INCOMPLETE_FLOOR,
                FloorTable::Layouts,
                *row,
                "node_id",
                format!("the node has no {what}"),
            );
        }
    }
    let mut settings = settings::check(&mut context, &layouts);
    let (priorities, rules) = priorities::check(&mut context);
    let found = context.finish();
    if found.has_errors() || !FloorTable::ALL.into_iter().all(|table| draft.is_whole(table)) {
        return (None, found);
    }
    let texts = Arc::new(draft.texts);
    let now = Moment::from_timestamp(problem.settings().now.parse().unwrap_or_default());
    let mut floors = Vec::new();
    for (node, (layout, vertices)) in std::mem::take(&mut layouts.sound) {
        let (rates, rules) = settings.remove(&node).unwrap_or_default();
        floors.push(Floor::new(FloorParts {
            node,
            texts: Arc::clone(&texts),
            now,
            clock: clock(problem, node),
            layout,
            vertices,
            locations: locations.remove(&node).map(|l| l.list).unwrap_or_default(),
            stock: stock.remove(&node).unwrap_or_default(),
            carts: carts.remove(&node).unwrap_or_default(),
            shifts: shifts.remove(&node).unwrap_or_default(),
            departures: departures.remove(&node).unwrap_or_default(),
            rates,
            rules,
        }));
    }
    (Some(Floors::new(floors, priorities, rules)), found)
}

/// Rows of a table by node.
type ByNode<I, T> = HashMap<NodeIdx, IndexVec<I, T>>;

/// The clock of a node. A problem's instant and zones are valid.
fn clock(problem: &Problem, node: NodeIdx) -> LocalClock {
    let zone = timezone(problem.text(problem.nodes()[node].timezone));
    LocalClock::new(zone.unwrap_or(jiff::tz::TimeZone::UTC))
}

/// What was found by table, then row; what concerns a table as a whole stands before its rows.
pub(crate) fn sorted(found: Diagnostics) -> Vec<Diagnostic> {
    let place = |table: &str| FloorTable::ALL.iter().position(|t| t.name() == table);
    found.into_sorted(|d| {
        let at = d.location.as_ref().map(|at| (at.line, at.column));
        (d.code == Code::MORE_DIAGNOSTICS, place(d.table), d.row, at)
    })
}
