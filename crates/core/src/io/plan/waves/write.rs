//! Writing a plan of waves. Rows are in canonical order and figures in a fixed form, so the same plan is the same bytes.

use std::io::{self, Write as _};

use super::schema::{BATCHES, SUMMARY, TOURS, UNPLANNED, WAVE_SHIPMENTS, WAVES};
use super::summary;
use crate::Error;
use crate::index::{BatchIdx, NodeIdx, ShipmentIdx, WaveIdx};
use crate::io::column::Schema;
use crate::io::format::TableFormat;
#[cfg(feature = "arrow")]
use crate::io::plan::write::InMemory;
use crate::io::plan::write::{Table, service, write_table};
use crate::io::stage::Stage;
use crate::model::{Floor, Floors, Problem};
use crate::plan::{LineCount, WavePlan};

/// Adds the files of a plan of waves to a directory that is being written.
pub(in crate::io::plan) fn write(
    stage: &Stage,
    problem: &Problem,
    floors: &Floors,
    plan: &WavePlan,
    format: TableFormat,
) -> Result<(), Error> {
    stage.write(SUMMARY, |file| {
        file.write_all(summary::write(problem, floors, plan).as_bytes())
    })?;
    for (schema, rows) in TABLES {
        write_table(stage, schema, format, &|table| rows(table, problem, floors, plan))?;
    }
    Ok(())
}

type WriteRows = fn(&mut Table<'_>, &Problem, &Floors, &WavePlan) -> io::Result<()>;

/// The tables, and how each is written.
const TABLES: [(&Schema, WriteRows); 5] = [
    (&WAVES, waves),
    (&BATCHES, batches),
    (&TOURS, tours),
    (&WAVE_SHIPMENTS, shipments),
    (&UNPLANNED, unplanned),
];

/// The summary and the tables of a plan of waves, in memory.
#[cfg(feature = "arrow")]
pub(in crate::io) fn in_memory(problem: &Problem, floors: &Floors, plan: &WavePlan) -> io::Result<InMemory> {
    let tables = TABLES.into_iter().map(|(schema, rows)| {
        let mut table = Table::in_memory(schema);
        rows(&mut table, problem, floors, plan)?;
        Ok((schema.name, table.into_table()?))
    });
    Ok((
        summary::write(problem, floors, plan),
        tables.collect::<io::Result<_>>()?,
    ))
}

/// The id of a shipment: its own, where no routing plan made it, else its number.
fn shipment_id(rows: &mut Table<'_>, floors: &Floors, shipment: ShipmentIdx) -> io::Result<()> {
    rows.text(&floors.shipment_id(shipment)).map(|_| ())
}

/// The floor of a node. A plan of waves has waves only where there is one.
fn floor(floors: &Floors, node: NodeIdx) -> io::Result<&Floor> {
    let floor = floors.of(node);
    floor.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a wave at a node without a floor"))
}

fn waves(rows: &mut Table<'_>, problem: &Problem, floors: &Floors, plan: &WavePlan) -> io::Result<()> {
    for (n, w) in plan.waves.iter().enumerate() {
        let floor = floor(floors, w.node)?;
        let at = |moment| floor.clock().show(moment);
        rows.cell(n + 1)?.text(problem.node_id(w.node))?.cell(at(w.release))?;
        let group = &w.group;
        rows.cell(group.priority)?
            .text(group.service.map_or("", |carriage| service(problem, carriage)))?
            .maybe(group.departure.flatten().map(at))?
            .maybe(group.zone.flatten().map(|zone| floor.text(zone)))?
            .maybe(group.lines.map(LineCount::as_str))?
            .maybe(group.channel.map(|channel| problem.text(channel)))?;
        rows.cell(w.shipments)?.cell(w.lines)?.cell(w.units)?;
        rows.cell(w.weight.0)?.cell(w.volume.0)?.cell(w.docks)?;
        rows.cell(at(w.start))?
            .cell(at(w.picked))?
            .cell(at(w.end))?
            .maybe(w.due.map(at))?;
        rows.cell(w.late_shipments)?.cell(w.late.0)?.end()?;
    }
    Ok(())
}

fn wave_floor<'f>(floors: &'f Floors, plan: &WavePlan, wave: WaveIdx) -> io::Result<&'f Floor> {
    floor(floors, plan.waves[wave].node)
}

fn batch_floor<'f>(floors: &'f Floors, plan: &WavePlan, batch: BatchIdx) -> io::Result<&'f Floor> {
    wave_floor(floors, plan, plan.batches[batch].wave)
}

fn batches(rows: &mut Table<'_>, _: &Problem, floors: &Floors, plan: &WavePlan) -> io::Result<()> {
    for (n, b) in plan.batches.iter().enumerate() {
        let floor = wave_floor(floors, plan, b.wave)?;
        rows.cell(n + 1)?.cell(u64::from(b.wave.0) + 1)?;
        rows.text(floor.text(floor.carts()[b.cart].id))?.cell(b.picker.date)?;
        rows.text(floor.text(floor.shifts()[b.picker.shift].id))?
            .cell(b.picker.number)?;
        let at = |moment| floor.clock().show(moment);
        rows.cell(at(b.start))?.cell(at(b.end))?;
        rows.cell(b.shipments)?.cell(b.lines)?.cell(b.units)?;
        rows.cell(b.weight.0)?
            .cell(b.volume.0)?
            .cell(b.bins)?
            .cell(b.walk)?
            .end()?;
    }
    Ok(())
}

fn tours(rows: &mut Table<'_>, problem: &Problem, floors: &Floors, plan: &WavePlan) -> io::Result<()> {
    for picks in plan.picks.chunk_by(|a, b| a.batch == b.batch) {
        let floor = batch_floor(floors, plan, picks[0].batch)?;
        for (n, pick) in picks.iter().enumerate() {
            let line = &problem.lines()[pick.line];
            rows.cell(u64::from(pick.batch.0) + 1)?.cell(n + 1)?;
            rows.text(floor.location_id(pick.location))?
                .text(problem.sku(line.sku))?;
            shipment_id(rows, floors, pick.shipment)?;
            rows.text(problem.order_id(line.order))?
                .text(problem.line_id(pick.line))?;
            let done = floor.clock().show(pick.done);
            rows.cell(pick.qty)?.cell(pick.walk)?.cell(done)?.end()?;
        }
    }
    Ok(())
}

fn shipments(rows: &mut Table<'_>, _: &Problem, floors: &Floors, plan: &WavePlan) -> io::Result<()> {
    for s in &plan.shipments {
        shipment_id(rows, floors, s.shipment)?;
        rows.cell(u64::from(s.wave.0) + 1)?.cell(u64::from(s.batch.0) + 1)?;
        let floor = wave_floor(floors, plan, s.wave)?;
        let at = |moment| floor.clock().show(moment);
        rows.cell(s.bins)?
            .maybe(s.due.map(at))?
            .maybe(s.departs.map(at))?
            .cell(s.late.0)?
            .end()?;
    }
    Ok(())
}

fn unplanned(rows: &mut Table<'_>, problem: &Problem, floors: &Floors, plan: &WavePlan) -> io::Result<()> {
    for u in &plan.unplanned {
        shipment_id(rows, floors, u.shipment)?;
        rows.text(u.reason.as_str())?;
        let line = u.fill.map(|fill| (&problem.lines()[fill.line], fill));
        rows.maybe(line.map(|(line, _)| problem.order_id(line.order)))?
            .maybe(line.map(|(_, fill)| problem.line_id(fill.line)))?
            .maybe(line.map(|(line, _)| problem.sku(line.sku)))?
            .maybe(line.map(|(_, fill)| fill.qty))?
            .end()?;
    }
    Ok(())
}
