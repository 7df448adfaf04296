//! Writing a floor directory from a draft: reading it again gives the same draft.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use super::schema::schema;
use super::settings::{FILE, text};
use crate::Error;
use crate::index::Sym;
use crate::io::directory::Kind;
use crate::io::format::TableFormat;
use crate::io::options::WriteOptions;
use crate::io::stage::Stage;
use crate::io::write::TableWriter;
use crate::model::floor::{FloorDraft, FloorTable, LayoutInput};

type Rows<'f> = TableWriter<&'f mut BufWriter<File>>;

/// Writes all tables of a draft of floors to a directory as CSV, which appears whole or not at all.
///
/// Earlier floors in that place are replaced whole. A directory that holds anything else is left alone.
///
/// # Errors
/// The first file that could not be written, or why the place was refused.
pub fn write_floors(draft: &FloorDraft, dir: &Path) -> Result<(), Error> {
    write_floors_as(draft, dir, TableFormat::Csv)
}

/// The same with options, or with tables in the given format; the settings are TOML in any.
///
/// # Errors
/// As [`write_floors`]; or a format that this program was built without.
pub fn write_floors_as(draft: &FloorDraft, dir: &Path, options: impl Into<WriteOptions>) -> Result<(), Error> {
    let options = options.into();
    let format = options.format;
    format.check()?;
    let stage = Stage::new(dir, Kind::floors(), options)?;
    stage.write(FILE, |file| file.write_all(text(&draft.settings).as_bytes()))?;
    for table in FloorTable::ALL {
        let Some(schema) = schema(table) else { continue };
        if !schema.required && is_empty(draft, table) {
            continue;
        }
        stage.write(&schema.file(format), |file| {
            let mut rows = Rows::new(schema, format, file)?;
            write_rows(&mut rows, draft, table)?;
            rows.finish()
        })?;
    }
    stage.publish_marked(options)
}

/// The settings and the tables of floors, in memory.
#[cfg(feature = "arrow")]
pub(in crate::io) fn in_memory(
    draft: &FloorDraft,
) -> io::Result<(String, Vec<(&'static str, crate::io::arrow::ArrowTable)>)> {
    let schemas = FloorTable::ALL.into_iter().filter_map(|t| schema(t).map(|s| (t, s)));
    let tables = schemas.map(|(table, schema)| {
        let mut rows = Rows::in_memory(schema);
        write_rows(&mut rows, draft, table)?;
        Ok((schema.name, rows.into_table()?))
    });
    Ok((text(&draft.settings), tables.collect::<io::Result<_>>()?))
}

fn is_empty(draft: &FloorDraft, table: FloorTable) -> bool {
    match table {
        FloorTable::Edges => draft.edges.is_empty(),
        FloorTable::Departures => draft.departures.is_empty(),
        FloorTable::Priorities => draft.priorities.is_empty(),
        _ => false,
    }
}

fn write_rows(rows: &mut Rows<'_>, draft: &FloorDraft, table: FloorTable) -> io::Result<()> {
    let text = |id: Sym| draft.texts.text(id);
    match table {
        FloorTable::Settings => Ok(()),
        FloorTable::Layouts => layouts(rows, draft),
        FloorTable::Edges => draft.edges.iter().map(|row| &row.value).try_for_each(|e| {
            rows.text(text(e.node_id))?.text(text(e.from))?.text(text(e.to))?;
            rows.cell(e.length_m)?.end()
        }),
        FloorTable::Locations => draft.locations.iter().map(|row| &row.value).try_for_each(|l| {
            rows.text(text(l.node_id))?.text(text(l.location_id))?;
            rows.maybe(l.aisle)?.maybe(l.cell)?.maybe(l.vertex.map(text))?;
            rows.maybe(l.sequence)?.maybe(l.zone.map(text))?.end()
        }),
        FloorTable::LocationStock => draft.stock.iter().map(|row| &row.value).try_for_each(|s| {
            rows.text(text(s.node_id))?
                .text(text(s.location_id))?
                .text(text(s.sku))?;
            rows.cell(s.qty)?.cell(s.reserved)?.end()
        }),
        FloorTable::Carts => draft.carts.iter().map(|row| &row.value).try_for_each(|c| {
            rows.text(text(c.node_id))?.text(text(c.cart_id))?;
            rows.maybe(c.count)?
                .maybe(c.units)?
                .maybe(c.weight_g)?
                .maybe(c.volume_cm3)?;
            rows.maybe(c.shipments)?.maybe(c.bins)?.maybe(c.bin_units)?;
            rows.maybe(c.bin_weight_g)?.maybe(c.bin_volume_cm3)?.end()
        }),
        FloorTable::Shifts => draft.shifts.iter().map(|row| &row.value).try_for_each(|s| {
            rows.text(text(s.node_id))?.text(text(s.shift_id))?;
            rows.maybe(s.days)?.maybe(s.date)?.cell(s.start)?.cell(s.end)?;
            rows.cell(s.pickers)?.end()
        }),
        FloorTable::Departures => draft.departures.iter().map(|row| &row.value).try_for_each(|d| {
            rows.text(text(d.node_id))?.text(text(d.service_id))?;
            rows.maybe(d.days)?
                .maybe(d.date)?
                .cell(d.time)?
                .maybe(d.max_parcels)?
                .end()
        }),
        FloorTable::Priorities => draft.priorities.iter().map(|row| &row.value).try_for_each(|p| {
            rows.maybe(p.order_id.map(text))?.maybe(p.channel.map(text))?;
            rows.maybe(p.service_id.map(text))?.cell(p.priority)?.end()
        }),
    }
}

fn layouts(rows: &mut Rows<'_>, draft: &FloorDraft) -> io::Result<()> {
    for row in &draft.layouts {
        rows.text(draft.texts.text(row.value.node_id()))?;
        match &row.value {
            LayoutInput::Aisles { plan: p, .. } => {
                rows.text("aisles")?.cell(p.aisles)?.cell(p.cells)?.cell(p.blocks)?;
                rows.cell(p.aisle_gap_m)?.cell(p.cell_gap_m)?.cell(p.front_gap_m)?;
                rows.cell(p.back_gap_m)?.cell(p.middle_gap_m)?;
                rows.cell(p.depot_aisle)?
                    .cell(p.depot_cross)?
                    .cell(p.depot_m)?
                    .text("")?
                    .end()?;
            }
            LayoutInput::Graph { depot_vertex, .. } => {
                rows.text("graph")?;
                for _ in 2..13 {
                    rows.text("")?;
                }
                rows.text(draft.texts.text(*depot_vertex))?.end()?;
            }
        }
    }
    Ok(())
}
