//! What the Python package calls: problems, plans and floors from tables in memory, and tables in memory of each.
//!
//! What is wrong is told by table, row and column: there is no file that it could stand in.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::tables::{ArrowTable, Tables};
use crate::Error;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::index::{NodeIdx, OrderIdx, Sym};
use crate::io::column::Kind::Text;
use crate::io::column::{Schema, given, needed};
use crate::io::directory::Kind;
use crate::io::files::Files;
use crate::io::open_shipments::{self, Given, PlanningInstant, Unrouted};
use crate::io::pieces::{PIECE, read_into};
use crate::io::problem::{self, NEVER, ReadOptions, fill, read_problem_from};
use crate::io::rows::{id, maybe_id};
use crate::io::schema::schema;
use crate::io::source::Source;
use crate::io::table::read_table;
use crate::io::{EarlierDecisions, floor, plan, toml, write_problem};
use crate::model::floor::FloorDraft;
use crate::model::{Draft, Floors, Problem, Table};
use crate::plan::{Decision, RoutingPlan, Start, WavePlan};
use crate::validate::{Checked, CheckedFloors, Place, settle};

/// The text of a settings file or summary, and tables by their names.
pub type Written = (String, Vec<(&'static str, ArrowTable)>);

/// The columns of pins: which node must ship a line, or all lines of an order.
pub(super) const PINS: Schema = Schema {
    name: "pins",
    required: false,
    columns: &[
        needed("order_id", Text),
        given("line_id", Text),
        needed("node_id", Text),
    ],
};

/// Reads and validates a problem, and gives the draft too, from which it can be written and changed.
///
/// # Errors
/// All that is wrong with the tables, by table and row; or that the flag was set.
pub fn read_problem(tables: &Tables, options: ReadOptions, abandoned: &AtomicBool) -> Result<(Draft, Checked), Error> {
    let read = read_problem_from(Source::Memory(tables), options, abandoned, Clone::clone);
    without_places(read).map(in_memory)
}

/// The same from a directory.
///
/// # Errors
/// As [`read_problem`](crate::io::read_problem); or that the flag was set.
pub fn read_problem_dir(dir: &Path, options: ReadOptions, abandoned: &AtomicBool) -> Result<(Draft, Checked), Error> {
    let files = problem::files(dir, options.site)?;
    read_problem_from(Source::Dir(&files), options, abandoned, Clone::clone)
}

/// The draft with other tables in place of its own, and with other settings where `problem.toml` is among the texts.
///
/// # Errors
/// All that is wrong with the new tables, and with what is made of both; or that the flag was set.
pub fn changed(
    draft: &Draft,
    tables: &Tables,
    options: ReadOptions,
    abandoned: &AtomicBool,
) -> Result<(Draft, Checked), Error> {
    let mut draft = draft.clone();
    let mut found = Diagnostics::with(options.check());
    let from = Source::Memory(tables);
    if tables.text(toml::FILE).is_some() {
        draft.settings = toml::read_settings(from, options.now, &mut found).settings;
    }
    let given = |table| schema(table).filter(|schema| tables.get(schema.name).is_some());
    let list: Vec<_> = Table::ALL.into_iter().filter_map(|t| Some((t, given(t)?))).collect();
    for &(table, _) in &list {
        draft.clear(table);
    }
    fill(&mut draft, from, &list, (options, abandoned), &mut found)?;
    without_places(judged(draft, found)).map(in_memory)
}

/// The draft with lines pinned to nodes by the table `pins`, and with the rows of the table `exclusions` added to its own.
///
/// # Errors
/// All that is wrong with the tables, and with what is made of them and the draft.
pub fn pinned(draft: &Draft, tables: &Tables) -> Result<(Draft, Checked), Error> {
    let mut draft = draft.clone();
    let mut found = Diagnostics::new();
    let from = Source::Memory(tables);
    if let Some(schema) = schema(Table::Exclusions) {
        read_into(&mut draft, from, Table::Exclusions, schema, &mut found, PIECE, &NEVER);
    }
    pin(&mut draft, from, &mut found);
    without_places(judged(draft, found)).map(in_memory)
}

fn pin(draft: &mut Draft, from: Source<'_>, found: &mut Diagnostics) {
    let nodes: HashSet<NodeIdx> = draft.nodes.iter().map(|row| row.value.id).collect();
    let mut of_order: HashMap<OrderIdx, Vec<usize>> = HashMap::new();
    let mut of_line: HashMap<(OrderIdx, Sym), usize> = HashMap::new();
    for (n, row) in draft.lines.iter().enumerate() {
        of_order.entry(row.value.order).or_default().push(n);
        of_line.insert((row.value.order, row.value.id), n);
    }
    read_table(from, &PINS, found, |cells| {
        let Some(mut cells) = cells else { return };
        let (order, line, node) = (id(&mut cells, 0), maybe_id(&mut cells, 1), id(&mut cells, 2));
        let (Some(order), Some(node), true) = (order, node, cells.ok()) else {
            return;
        };
        let order = draft
            .ids
            .orders
            .find(order)
            .filter(|order| of_order.contains_key(order));
        let Some(order) = order else {
            return cells.fault(0, Code::UNKNOWN_REFERENCE, "no line of such an order");
        };
        let chosen: &[usize] = match line {
            None => &of_order[&order],
            Some(line) => {
                let line = draft.ids.texts.find(line).and_then(|line| of_line.get(&(order, line)));
                let Some(line) = line else {
                    return cells.fault(1, Code::UNKNOWN_REFERENCE, "the order has no such line");
                };
                std::slice::from_ref(line)
            }
        };
        let node = draft.ids.nodes.find(node).filter(|node| nodes.contains(node));
        let Some(node) = node else {
            return cells.fault(2, Code::UNKNOWN_REFERENCE, "no such node");
        };
        for &n in chosen {
            draft.lines[n].value.node = Some(node);
        }
    });
}

fn judged(draft: Draft, found: Diagnostics) -> Result<(Draft, Checked), Error> {
    settle(draft, found, &Place::Read(&|_| {}), Clone::clone).map_err(Error::input)
}

/// The text of the settings of a draft.
#[must_use]
pub fn problem_settings(draft: &Draft) -> String {
    write_problem::settings(draft)
}

/// One table of a draft, by its name.
///
/// # Errors
/// There is no such table, or a value that no table can hold.
pub fn problem_table(draft: &Draft, name: &str) -> Result<ArrowTable, Error> {
    let table = Table::ALL.into_iter().find(|table| table.name() == name);
    let known = table.and_then(|table| schema(table).map(|schema| (table, schema)));
    let (table, schema) = known.ok_or_else(|| Error::options("no such table"))?;
    written(write_problem::table_in_memory(draft, table, schema))
}

/// The settings and every table of a draft, by name.
///
/// # Errors
/// A value that no table can hold.
pub fn problem_tables(draft: &Draft) -> Result<Written, Error> {
    let named = Table::ALL.into_iter().filter_map(schema).map(|schema| schema.name);
    let tables = named.map(|name| problem_table(draft, name).map(|table| (name, table)));
    Ok((problem_settings(draft), tables.collect::<Result<_, _>>()?))
}

/// Reads a plan of the problem; see [`read_plan`](crate::io::read_plan).
///
/// # Errors
/// Every defect of the tables.
pub fn read_plan(problem: &Problem, tables: &Tables) -> Result<RoutingPlan, Error> {
    without_places(plan::read_plan_from(problem, Source::Memory(tables)))
}

/// Reads a plan of an earlier problem to start from; see [`read_start`](crate::io::read_start).
///
/// # Errors
/// Every defect of the tables.
pub fn read_start(problem: &Problem, tables: &Tables) -> Result<Start, Error> {
    without_places(plan::read_start_from(problem, Source::Memory(tables)))
}

/// Reads decisions for the problem, as the table `decisions`; see [`read_decisions`](crate::io::read_decisions).
///
/// # Errors
/// Every defect of the table.
pub fn read_decisions(problem: &Problem, tables: &Tables) -> Result<Vec<Decision>, Error> {
    without_places(plan::read_decisions_from(problem, Source::Memory(tables)))
}

/// Reads decisions about an earlier state of a problem; see
/// [`read_earlier_decisions`](crate::io::read_earlier_decisions).
///
/// # Errors
/// Every defect of the table.
pub fn read_earlier_decisions(problem: &Problem, tables: &Tables) -> Result<EarlierDecisions, Error> {
    without_places(plan::read_earlier_decisions_from(problem, Source::Memory(tables)))
}

/// The summary and every table of a plan, by name.
///
/// # Errors
/// A value that no table can hold.
pub fn plan_tables(problem: &Problem, plan: &RoutingPlan) -> Result<Written, Error> {
    written(plan::in_memory(problem, plan))
}

/// One table of a plan, by its name; cuts where there are none have no rows.
///
/// # Errors
/// There is no such table, or a value that no table can hold.
pub fn plan_table(problem: &Problem, plan: &RoutingPlan, name: &str) -> Result<ArrowTable, Error> {
    let table = written(plan::table_in_memory(problem, plan, name))?;
    table.ok_or_else(|| Error::options("no such table"))
}

/// Reads and validates floors of nodes of the problem, and gives the draft too.
///
/// # Errors
/// All that is wrong with the tables, by table and row.
pub fn read_floors(problem: &Problem, from: Result<&Tables, &Path>) -> Result<(FloorDraft, CheckedFloors), Error> {
    match from {
        Ok(tables) => without_places(floor::read_floors_from(problem, Source::Memory(tables), false)).map(
            |(draft, mut checked)| {
                checked.warnings.iter_mut().for_each(|d| d.location = None);
                (draft, checked)
            },
        ),
        Err(dir) => {
            let files = Files::open(dir, &Kind::floors())?;
            floor::read_floors_from(problem, Source::Dir(&files), false)
        }
    }
}

/// Reads shipments that no routing plan made, and the floors that they leave, and gives both drafts too; see
/// [`read_shipments`](crate::io::read_shipments).
///
/// # Errors
/// All that is wrong with the tables, by table and row; an instant or zone that is none.
pub fn read_shipments(
    shipments: Result<&Tables, &Path>,
    floor: Result<&Tables, &Path>,
    at: &PlanningInstant,
    options: ReadOptions,
) -> Result<(Draft, FloorDraft, Unrouted), Error> {
    let file = shipments.err().map(open_shipments::files).transpose()?;
    let given = Given {
        from: source(shipments.ok(), file.as_ref().map(|(files, _)| files))?,
        file: file.as_ref().map(|(_, name)| name.clone()),
    };
    let opened = floor.err().map(|dir| Files::open(dir, &Kind::floors())).transpose()?;
    let on = source(floor.ok(), opened.as_ref())?;
    let read = open_shipments::read_from(Some(&given), on, at, options);
    if file.is_none() && opened.is_none() {
        return without_places(read);
    }
    read
}

/// Tables in memory, or else files.
fn source<'a>(tables: Option<&'a Tables>, files: Option<&'a Files>) -> Result<Source<'a>, Error> {
    let in_memory = tables.map(Source::Memory);
    let given = in_memory.or_else(|| files.map(Source::Dir));
    given.ok_or_else(|| Error::internal("neither tables nor files"))
}

/// The settings and every table of floors, by name.
///
/// # Errors
/// A value that no table can hold.
pub fn floor_tables(draft: &FloorDraft) -> Result<Written, Error> {
    written(floor::in_memory(draft))
}

/// Reads a plan of waves of a routing plan; see [`read_waves`](crate::io::read_waves).
///
/// # Errors
/// Every defect of the tables.
pub fn read_waves(problem: &Problem, plan: &RoutingPlan, floors: &Floors, tables: &Tables) -> Result<WavePlan, Error> {
    without_places(plan::read_waves_from(problem, plan, floors, Source::Memory(tables)))
}

/// The summary and every table of a plan of waves, by name.
///
/// # Errors
/// A value that no table can hold.
pub fn wave_tables(problem: &Problem, floors: &Floors, waves: &WavePlan) -> Result<Written, Error> {
    written(plan::waves_in_memory(problem, floors, waves))
}

fn written<T>(result: io::Result<T>) -> Result<T, Error> {
    result.map_err(|e| Error::internal(format!("a table in memory: {e}")))
}

/// The same without places in files.
fn without_places<T>(result: Result<T, Error>) -> Result<T, Error> {
    result.map_err(|error| {
        let list = error.diagnostics().iter().map(|d| Diagnostic {
            location: None,
            ..d.clone()
        });
        if error.diagnostics().is_empty() {
            error
        } else {
            Error::input(list.collect())
        }
    })
}

fn in_memory((draft, mut checked): (Draft, Checked)) -> (Draft, Checked) {
    checked.warnings.iter_mut().for_each(|d| d.location = None);
    checked.problem.forget_places();
    (draft, checked)
}
