//! Writing a plan directory. Rows are in canonical order and figures in a fixed form, so the same plan is always the same
//! bytes.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use super::schema::{ASSIGNMENTS, CUT_TERMS, CUTS, DATED_PRICES, LEFT_OUT, PRICES, SHIPMENTS, SUMMARY, UNFILLED};
use super::summary;
use crate::Error;
use crate::index::{LineIdx, NodeIdx, SkuIdx};
use crate::io::column::Schema;
use crate::io::directory::Kind;
use crate::io::format::TableFormat;
use crate::io::options::WriteOptions;
use crate::io::stage::Stage;
use crate::io::write::TableWriter;
use crate::model::{Floors, Problem};
use crate::plan::{Carriage, CutResource, RoutingPlan, WavePlan};
use crate::quantity::{Date, Money};

pub(super) type Table<'f> = TableWriter<&'f mut BufWriter<File>>;

/// Writes a plan to a directory, which appears whole or not at all, its tables as CSV.
///
/// An earlier plan in that place is replaced whole. A directory that holds anything else is left alone.
///
/// # Errors
/// The first file that could not be written, or why the place was refused. What stood there before still does.
pub fn write_plan(problem: &Problem, plan: &RoutingPlan, dir: &Path) -> Result<(), Error> {
    write_plan_as(problem, plan, dir, TableFormat::Csv)
}

/// The same with options, or with tables in the given format; the summary is JSON in any.
///
/// # Errors
/// As [`write_plan`]; or a format that this program was built without.
pub fn write_plan_as(
    problem: &Problem,
    plan: &RoutingPlan,
    dir: &Path,
    options: impl Into<WriteOptions>,
) -> Result<(), Error> {
    let stage = stage(problem, plan, dir, options.into())?;
    stage.publish()
}

/// The same with the plan of waves of its floors beside it.
///
/// # Errors
/// As [`write_plan_as`].
pub fn write_plan_with_waves(
    problem: &Problem,
    plan: &RoutingPlan,
    floors: &Floors,
    waves: &WavePlan,
    dir: &Path,
    options: impl Into<WriteOptions>,
) -> Result<(), Error> {
    let options = options.into();
    let stage = stage(problem, plan, dir, options)?;
    super::waves::write(&stage, problem, floors, waves, options.format)?;
    stage.publish()
}

/// Writes a plan of waves alone, of shipments that no routing plan made. An earlier one in that place is replaced whole.
///
/// # Errors
/// As [`write_plan_as`].
pub fn write_waves(
    problem: &Problem,
    floors: &Floors,
    waves: &WavePlan,
    dir: &Path,
    options: impl Into<WriteOptions>,
) -> Result<(), Error> {
    let options = options.into();
    options.format.check()?;
    let stage = Stage::new(dir, Kind::waves(), options)?;
    super::waves::write(&stage, problem, floors, waves, options.format)?;
    stage.publish()
}

fn stage(problem: &Problem, plan: &RoutingPlan, dir: &Path, options: WriteOptions) -> Result<Stage, Error> {
    options.format.check()?;
    let stage = Stage::new(dir, Kind::plan(), options)?;
    stage.write(SUMMARY, |file| file.write_all(summary::write(problem, plan).as_bytes()))?;
    for (schema, rows) in tables(plan) {
        write_table(&stage, schema, options.format, &|table| rows(table, problem, plan))?;
    }
    if !problem.left_out().is_empty() {
        write_table(&stage, &LEFT_OUT, options.format, &|table| left_out(table, problem))?;
    }
    Ok(stage)
}

/// The tables of cuts, which are written where there are any.
const OF_CUTS: [(&Schema, WriteRows); 2] = [(&CUTS, cuts), (&CUT_TERMS, cut_terms)];

type WriteRows = fn(&mut Table<'_>, &Problem, &RoutingPlan) -> io::Result<()>;

/// The tables that are written of a plan, and how each is.
fn tables(plan: &RoutingPlan) -> Vec<(&'static Schema, WriteRows)> {
    let price_table = if plan.prices.incoming.iter().all(|p| p.3 == Money::ZERO) {
        &PRICES
    } else {
        &DATED_PRICES
    };
    let mut tables: Vec<(&'static Schema, WriteRows)> = vec![
        (&ASSIGNMENTS, assignments),
        (&SHIPMENTS, shipments),
        (&UNFILLED, unfilled),
        (price_table, prices),
    ];
    if !plan.prices.cuts.is_empty() {
        tables.extend(OF_CUTS);
    }
    tables
}

/// The summary and the tables of a plan, in memory.
#[cfg(feature = "arrow")]
pub(in crate::io) fn in_memory(problem: &Problem, plan: &RoutingPlan) -> io::Result<InMemory> {
    let tables = tables(plan).into_iter().map(|(schema, rows)| {
        let mut table = Table::in_memory(schema);
        rows(&mut table, problem, plan)?;
        Ok((schema.name, table.into_table()?))
    });
    Ok((summary::write(problem, plan), tables.collect::<io::Result<_>>()?))
}

/// One of the tables of a plan, in memory; `None` where no plan has such a table.
#[cfg(feature = "arrow")]
pub(in crate::io) fn table_in_memory(
    problem: &Problem,
    plan: &RoutingPlan,
    name: &str,
) -> io::Result<Option<crate::io::arrow::ArrowTable>> {
    let mut all = tables(plan).into_iter().chain(OF_CUTS);
    let Some((schema, rows)) = all.find(|(schema, _)| schema.name == name) else {
        return Ok(None);
    };
    let mut table = Table::in_memory(schema);
    rows(&mut table, problem, plan)?;
    table.into_table().map(Some)
}

/// A summary, and tables by their names.
#[cfg(feature = "arrow")]
pub(in crate::io) type InMemory = (String, Vec<(&'static str, crate::io::arrow::ArrowTable)>);

pub(super) fn write_table(
    stage: &Stage,
    schema: &Schema,
    format: TableFormat,
    rows: &dyn Fn(&mut Table<'_>) -> io::Result<()>,
) -> Result<(), Error> {
    stage.write(&schema.file(format), |file| {
        let mut writer = TableWriter::new(schema, format, file)?;
        rows(&mut writer)?;
        writer.finish()
    })
}

/// Why orders were left out of the problem: a row for each reason. Rows of tables count from 1.
fn left_out(rows: &mut Table<'_>, problem: &Problem) -> io::Result<()> {
    for order in problem.left_out() {
        for reason in &order.reasons {
            rows.text(&order.order)?
                .text(reason.code.id())?
                .text(reason.code.name())?;
            let at = reason.location.as_ref();
            let number = |n: Option<u64>| n.filter(|n| *n > 0);
            rows.text(at.map_or("", |at| &at.file))?
                .maybe(number(at.map(|at| at.line)))?
                .maybe(number(at.map(|at| at.column)))?;
            rows.text(reason.table)?
                .maybe(reason.row.map(|row| row + 1))?
                .text(reason.field.unwrap_or(""))?;
            rows.text(&reason.message)?.end()?;
        }
    }
    Ok(())
}

/// The cells that name a line: its order and its id.
fn line<'r, 'f>(rows: &'r mut Table<'f>, problem: &Problem, line: LineIdx) -> io::Result<&'r mut Table<'f>> {
    rows.text(problem.order_id(problem.lines()[line].order))?
        .text(problem.line_id(line))
}

fn assignments(rows: &mut Table<'_>, problem: &Problem, plan: &RoutingPlan) -> io::Result<()> {
    for a in &plan.assignments {
        line(rows, problem, a.line)?.text(problem.node_id(a.node))?;
        rows.cell(u64::from(a.shipment.0) + 1)?.cell(a.qty)?.end()?;
    }
    Ok(())
}

fn shipments(rows: &mut Table<'_>, problem: &Problem, plan: &RoutingPlan) -> io::Result<()> {
    for (n, s) in plan.shipments.iter().enumerate() {
        rows.cell(n + 1)?
            .text(problem.order_id(s.order))?
            .text(problem.node_id(s.node))?;
        rows.text(service(problem, s.carriage))?
            .cell(s.parcels)?
            .cell(s.weight.0)?
            .cell(s.billable.0)?;
        rows.cell(s.transport)?
            .cell(s.handling)?
            .maybe(s.leaves_on)?
            .maybe(s.arrives_on)?;
        rows.cell(s.days_late)?.cell(s.late)?.end()?;
    }
    Ok(())
}

pub(super) fn service(problem: &Problem, carriage: Carriage) -> &str {
    match carriage {
        Carriage::Pickup => "pickup",
        Carriage::Service(service) => problem.service_ids().text(service),
    }
}

fn unfilled(rows: &mut Table<'_>, problem: &Problem, plan: &RoutingPlan) -> io::Result<()> {
    for u in &plan.unfilled {
        line(rows, problem, u.line)?
            .cell(u.qty)?
            .cell(u.penalty)?
            .text(u.reason.as_str())?
            .end()?;
    }
    Ok(())
}

fn prices(rows: &mut Table<'_>, problem: &Problem, plan: &RoutingPlan) -> io::Result<()> {
    let prices = &plan.prices;
    let is_dated = prices.incoming.iter().any(|p| p.3 != Money::ZERO);
    let mut price = |resource: &str, node: NodeIdx, sku: Option<SkuIdx>, from: Option<Date>, price: Money| {
        if price == Money::ZERO {
            return Ok(());
        }
        rows.text(resource)?
            .text(problem.node_id(node))?
            .text(sku.map_or("", |sku| problem.sku(sku)))?;
        rows.cell(price)?;
        if is_dated {
            rows.maybe(from)?;
        }
        rows.end()
    };
    let mut stock: Vec<_> = prices.stock.iter().map(|&(n, k, p)| (n, k, None, p)).collect();
    stock.extend(prices.incoming.iter().map(|&(n, k, from, p)| (n, k, Some(from), p)));
    stock.sort_by_key(|&(n, k, from, _)| (n, k, from)); // stable: rows that repeat stay so
    stock
        .iter()
        .try_for_each(|&(node, sku, from, p)| price("stock", node, Some(sku), from, p))?;
    prices
        .shipments
        .iter()
        .try_for_each(|&(node, p)| price("shipments", node, None, None, p))?;
    prices
        .lines
        .iter()
        .try_for_each(|&(node, p)| price("lines", node, None, None, p))?;
    prices
        .units
        .iter()
        .try_for_each(|&(node, p)| price("units", node, None, None, p))
}

fn cuts(rows: &mut Table<'_>, problem: &Problem, plan: &RoutingPlan) -> io::Result<()> {
    for (n, cut) in plan.prices.cuts.iter().enumerate() {
        let (resource, sku) = match cut.resource {
            CutResource::Stock(sku) => ("stock", problem.sku(sku)),
            CutResource::Units => ("units", ""),
        };
        rows.cell(n + 1)?
            .text(resource)?
            .text(problem.node_id(cut.node))?
            .text(sku)?;
        rows.cell(cut.rhs)?.cell(cut.price)?.end()?;
    }
    Ok(())
}

fn cut_terms(rows: &mut Table<'_>, problem: &Problem, plan: &RoutingPlan) -> io::Result<()> {
    for (n, cut) in plan.prices.cuts.iter().enumerate() {
        for term in &cut.terms {
            rows.cell(n + 1)?;
            line(rows, problem, term.line)?.cell(term.coefficient)?.end()?;
        }
    }
    Ok(())
}
