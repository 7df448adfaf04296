//! Reading a plan directory to start from. The plan may have been made for an earlier problem: what names nothing of the
//! problem at hand is passed over. Files that no plan could have are faults as in [`read_plan`](super::read_plan).

use std::path::Path;

use super::names::{Met, Names};
use super::prices::read_prices;
use super::read::{error, read_assignments, read_shipments, read_unfilled};
use super::stated;
use crate::Error;
use crate::diagnostic::Diagnostics;
use crate::index::IndexVec;
use crate::io::directory::Kind;
use crate::io::files::Files;
use crate::io::source::Source;
use crate::model::Problem;
use crate::plan::{Earlier, Start};

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
    let earlier = Earlier {
        shipments,
        assignments,
        unfilled,
        prices,
        known: orders,
        gone,
    };
    Ok(earlier.start(problem))
}
