//! Reading a plan directory to start from. The plan may have been made for an earlier problem: what names nothing of the
//! problem at hand is passed over. Files that no plan could have are faults as in [`read_plan`](super::read_plan).

use std::path::Path;

use super::names::{Met, Names};
use super::prices::read_prices;
use super::read::{error, read_assignments, read_shipments, read_unfilled};
use super::stated;
use crate::Error;
use crate::diagnostic::Diagnostics;
use crate::index::{Idx as _, IndexVec, LineIdx, OrderIdx};
use crate::io::directory::Kind;
use crate::io::files::Files;
use crate::io::source::Source;
use crate::model::Problem;
use crate::plan::{Allocation, Assignment, Fill, Known, OrderShipment, Shipment, Start, Unfilled, waits_for};

/// Reads the plan in a directory, made for this problem or an earlier one, as a start for the problem.
///
/// Rows of orders, lines, nodes and services that the problem does not have are left out. A line is filled as often as it is
/// ordered today: an indivisible one whole from the first shipment that names it, a divisible one up to what is ordered. The
/// summary's figures are not compared with the tables.
///
/// # Errors
/// Every defect of the files: missing ones, their syntax, cells, and ids of shipments and cuts that the plan does not have;
/// or that there is no such directory.
pub fn read_start(problem: &Problem, dir: &Path) -> Result<Start, Error> {
    let files = Files::open(dir, &Kind::plan())?;
    read_start_from(problem, Source::Dir(&files))
}

/// The same from anywhere.
pub(crate) fn read_start_from(problem: &Problem, from: Source<'_>) -> Result<Start, Error> {
    let mut found = Diagnostics::new();
    stated::read(from, &mut found);
    let names = Names::of_earlier(problem);
    let (shipments, ids) = read_shipments(&names, from, &mut found);
    let assignments = read_assignments(&names, &ids, from, &mut found);
    let unfilled = read_unfilled(&names, from, &mut found);
    let prices = read_prices(&names, from, &mut found);
    let met = names.met();
    if found.has_errors() {
        return Err(error(found));
    }
    let (orders, gone) = met.map_or_else(|| (IndexVec::new(), 0), |Met { orders, gone }| (orders, gone.len()));
    let mut fitting = Fitting {
        problem,
        allocation: Allocation::empty(problem.orders().len()),
        known: orders,
        left: problem.lines().iter().map(|l| l.qty).collect(),
    };
    fitting.fill(&shipments, assignments);
    fitting.compare(&unfilled);
    Ok(Start {
        allocation: fitting.allocation,
        known: fitting.known.as_slice().to_vec(),
        gone,
        prices,
    })
}

/// An earlier decision on its way to today's orders.
struct Fitting<'p> {
    problem: &'p Problem,
    allocation: Allocation,
    known: IndexVec<OrderIdx, Known>,
    /// Units of every line that nothing holds yet.
    left: IndexVec<LineIdx, u32>,
}

impl Fitting<'_> {
    /// Puts what the shipments hold into them, by line and then by shipment.
    fn fill(&mut self, shipments: &[Shipment], mut assignments: Vec<Assignment>) {
        assignments.sort_by_key(|a| (a.line, a.shipment));
        let mut place: Vec<Option<usize>> = vec![None; shipments.len()];
        for a in assignments {
            let shipment = &shipments[a.shipment.get()];
            let line = &self.problem.lines()[a.line];
            let left = self.left[a.line];
            let qty = if line.divisible { a.qty.min(left) } else { left };
            if shipment.order != line.order || qty != a.qty {
                self.known[line.order] = Known::Changed;
            }
            if shipment.order != line.order || qty == 0 || a.qty == 0 {
                continue;
            }
            self.left[a.line] -= qty;
            let of_order = &mut self.allocation.orders[line.order.get()];
            let at = *place[a.shipment.get()].get_or_insert_with(|| {
                let (node, carriage) = (shipment.node, shipment.carriage);
                of_order.push(OrderShipment {
                    node,
                    carriage,
                    waits_for: None,
                    fills: Vec::new(),
                });
                of_order.len() - 1
            });
            let fills = &mut of_order[at].fills;
            match fills.last_mut() {
                Some(fill) if fill.line == a.line => fill.qty += qty,
                _ => fills.push(Fill { line: a.line, qty }),
            }
        }
        for (shipment, place) in shipments.iter().zip(place) {
            if let Some(at) = place {
                let placed = &mut self.allocation.orders[shipment.order.get()][at];
                placed.waits_for = waits_for(self.problem, shipment, &placed.fills);
            } else {
                self.known[shipment.order] = Known::Changed;
            }
        }
    }

    /// An order of which some units are neither filled nor said to be unfilled has changed.
    fn compare(&mut self, unfilled: &[Unfilled]) {
        let mut stated: IndexVec<LineIdx, u64> = self.problem.lines().iter().map(|_| 0).collect();
        for row in unfilled {
            stated[row.line] += u64::from(row.qty);
        }
        for (line, l) in self.problem.lines().iter_enumerated() {
            let known = &mut self.known[l.order];
            if *known == Known::Whole && stated[line] != u64::from(self.left[line]) {
                *known = Known::Changed;
            }
        }
    }
}
