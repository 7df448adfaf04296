//! Reading decisions of any system: one table of orders, lines and nodes, with quantity, service and
//! shipment where they are known.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::names::Names;
use super::read::error;
use crate::Error;
use crate::diagnostic::{Code, Diagnostics};
use crate::index::{LineIdx, NodeIdx, OrderIdx};
use crate::io::column::Kind::{Text, Whole};
use crate::io::column::{Schema, given, needed};
use crate::io::files::Files;
use crate::io::format::TableFormat;
use crate::io::parse::count;
use crate::io::source::Source;
use crate::io::table::read_table;
use crate::model::Problem;
use crate::plan::{Carriage, Decision, Known};

pub(in crate::io) const DECISIONS: Schema = Schema {
    name: "decisions",
    required: true,
    columns: &[
        needed("order_id", Text),
        needed("line_id", Text),
        needed("node_id", Text),
        given("qty", Whole),
        given("service_id", Text),
        given("shipment_id", Text),
    ],
};

/// Decisions about an earlier state of a problem, as far as they speak of the problem at hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EarlierDecisions {
    /// What names orders, lines, nodes and services of the problem.
    pub decisions: Vec<Decision>,
    /// For every order of the problem, whether a row names it, and whether all that the rows name is there.
    pub known: Vec<Known>,
    /// Orders that the problem does not have.
    pub gone: usize,
}

/// Reads the decisions in a file, CSV or Parquet by its ending: `order_id`, `line_id`, `node_id`, and where they are known
/// `qty`, `service_id` and `shipment_id`. `assignments.csv` of a plan is such a file.
///
/// # Errors
/// Every defect of the file: it is missing, its syntax, its cells, ids that the problem does not have, two rows without a
/// quantity for one line, or two services for one shipment.
pub fn read_decisions(problem: &Problem, file: &Path) -> Result<Vec<Decision>, Error> {
    let files = opened(file)?;
    read_decisions_from(problem, Source::Dir(&files)).map_err(|e| of_file(e, file))
}

/// The same from anywhere.
pub(crate) fn read_decisions_from(problem: &Problem, from: Source<'_>) -> Result<Vec<Decision>, Error> {
    read_rows(&Names::new(problem), from)
}

/// The same, where the decisions may be about an earlier state of the problem: rows of orders, lines, nodes and services
/// that it does not have are left out.
///
/// # Errors
/// As [`read_decisions`], but for ids that the problem does not have.
pub fn read_earlier_decisions(problem: &Problem, file: &Path) -> Result<EarlierDecisions, Error> {
    let files = opened(file)?;
    read_earlier_decisions_from(problem, Source::Dir(&files)).map_err(|e| of_file(e, file))
}

/// The same from anywhere.
pub(crate) fn read_earlier_decisions_from(problem: &Problem, from: Source<'_>) -> Result<EarlierDecisions, Error> {
    let names = Names::of_earlier(problem);
    let decisions = read_rows(&names, from)?;
    let met = names.met();
    let (known, gone) = met.map_or_else(Default::default, |m| (m.orders.as_slice().to_vec(), m.gone.len()));
    Ok(EarlierDecisions { decisions, known, gone })
}

/// The file as the table of decisions.
fn opened(file: &Path) -> Result<Files, Error> {
    Files::one(file, DECISIONS.file(TableFormat::of(file)))
}

/// Diagnostics name the file as it is called.
fn of_file(error: Error, file: &Path) -> Error {
    let Some(name) = file.file_name().map(|n| n.to_string_lossy().into_owned()) else {
        return error;
    };
    let list = error.diagnostics().to_vec();
    if list.is_empty() {
        return error;
    }
    let named = list.into_iter().map(|mut d| {
        if let Some(at) = &mut d.location {
            at.file.clone_from(&name);
        }
        d
    });
    Error::input(named.collect())
}

/// What the rows so far say of shipments and lines.
#[derive(Default)]
struct Seen {
    /// The number of each shipment that has an id.
    shipments: HashMap<(OrderIdx, String), u32>,
    /// The carriage that some row gives for a shipment.
    carriages: HashMap<(OrderIdx, NodeIdx, Option<u32>), Carriage>,
    /// Lines of which some row takes the rest.
    rest: HashSet<LineIdx>,
}

fn read_rows(names: &Names<'_>, from: Source<'_>) -> Result<Vec<Decision>, Error> {
    let mut found = Diagnostics::new();
    let mut seen = Seen::default();
    let mut decisions = Vec::new();
    read_table(from, &DECISIONS, &mut found, |cells| {
        let Some(mut cells) = cells else { return };
        // Every cell is read before any is missed, so that all faults of the row are reported.
        let (line, node) = (names.line(&mut cells, 0, 1), names.node(&mut cells, 2));
        let qty = cells.optional(3, count);
        let carriage = match cells.given(4) {
            None => None,
            Some("pickup") => Some(Carriage::Pickup),
            Some(_) => names.service(&mut cells, 4).map(Carriage::Service),
        };
        let (Some(line), Some(node)) = (line, node) else { return };
        let order = names.problem.lines()[line].order;
        let next = seen.shipments.len() as u32;
        let shipment = cells.given(5).map(|id| {
            let key = (order, id.to_owned());
            *seen.shipments.entry(key).or_insert(next)
        });
        if qty.is_none() && cells.ok() && !seen.rest.insert(line) {
            let message = "another row of this line has no quantity either";
            cells.fault(3, Code::DECISION_WITHOUT_QTY, message);
        }
        if let Some(carriage) = carriage {
            let key = (order, node, shipment);
            if *seen.carriages.entry(key).or_insert(carriage) != carriage {
                let message = "another row of this shipment names another service";
                cells.fault(4, Code::TWO_SERVICES, message);
            }
        }
        if cells.ok() {
            decisions.push(Decision {
                line,
                node,
                qty,
                carriage,
                shipment,
            });
        }
    });
    if found.has_errors() {
        return Err(error(found));
    }
    Ok(decisions)
}
