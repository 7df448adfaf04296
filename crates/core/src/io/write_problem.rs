//! Writing a problem directory from a draft: reading it again gives the same draft.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use super::decimal::hours_text;
use super::directory::Kind;
use super::format::TableFormat;
use super::options::WriteOptions;
use super::schema::schema;
use super::stage::Stage;
use super::toml::FILE;
use super::write::TableWriter;
use crate::Error;
use crate::model::{
    Draft, ExclusionRow, LaneRow, LineRow, NodeRow, OrderRow, Place, QuoteRow, RateRow, ServiceRow, Table,
};
use crate::quantity::Money;

type Rows<'f> = TableWriter<&'f mut BufWriter<File>>;

/// Writes all tables of a draft to a directory as CSV, which appears whole or not at all.
///
/// An earlier problem in that place is replaced whole. A directory that holds anything else is left alone.
///
/// # Errors
/// The first file that could not be written, or why the place was refused; a lead time that is not a whole number of
/// thousand-millionths of an hour, which the format cannot state.
pub fn write_problem(draft: &Draft, dir: &Path) -> Result<(), Error> {
    write_problem_as(draft, dir, TableFormat::Csv)
}

/// The same with options, or with tables in the given format; the settings are TOML in any.
///
/// # Errors
/// As [`write_problem`]; or a format that this program was built without.
pub fn write_problem_as(draft: &Draft, dir: &Path, options: impl Into<WriteOptions>) -> Result<(), Error> {
    let options = options.into();
    let format = options.format;
    format.check()?;
    if draft
        .nodes
        .iter()
        .any(|row| hours_text(row.value.lead_nanoseconds).is_none())
    {
        return Err(Error::options("a lead time cannot be written in hours with 9 decimals"));
    }
    let stage = Stage::new(dir, Kind::problem(), options)?;
    stage.write(FILE, |file| file.write_all(settings(draft).as_bytes()))?;
    for table in Table::ALL {
        let Some(schema) = schema(table) else { continue };
        if table == Table::Postcodes && draft.postcodes.is_empty() {
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

/// One table of a draft, in memory.
#[cfg(feature = "arrow")]
pub(super) fn table_in_memory(
    draft: &Draft,
    table: Table,
    schema: &super::column::Schema,
) -> io::Result<super::arrow::ArrowTable> {
    let mut rows = Rows::in_memory(schema);
    write_rows(&mut rows, draft, table)?;
    rows.into_table()
}

/// The text of the settings.
pub(super) fn settings(draft: &Draft) -> String {
    let settings = &draft.settings;
    let mut document = toml_edit::DocumentMut::new();
    document["format"] = toml_edit::value(1);
    document["name"] = toml_edit::value(settings.name.as_str());
    document["currency"] = toml_edit::value(settings.currency.as_str());
    document["now"] = toml_edit::value(settings.now.as_str());
    if let Some(timezone) = &settings.timezone {
        document["timezone"] = toml_edit::value(timezone.as_str());
    }
    document["objective"] = toml_edit::table();
    for (key, money) in [
        ("split_penalty", settings.split_penalty),
        ("late_penalty_per_day", settings.late_penalty_per_day),
        ("unfilled_penalty", settings.unfilled_penalty),
    ] {
        document["objective"][key] = toml_edit::value(money.to_string());
    }
    document.to_string()
}

fn write_rows(rows: &mut Rows<'_>, draft: &Draft, table: Table) -> io::Result<()> {
    match table {
        Table::Settings => Ok(()),
        Table::Nodes => draft.nodes.iter().try_for_each(|row| node(rows, draft, &row.value)),
        Table::Items => draft.items.iter().try_for_each(|row| {
            rows.text(draft.ids.skus.text(row.value.id))?
                .cell(row.value.weight_g)?
                .cell(row.value.volume_cm3)?
                .end()
        }),
        Table::Stock => draft.stock.iter().map(|row| &row.value).try_for_each(|s| {
            rows.text(draft.ids.nodes.text(s.node))?
                .text(draft.ids.skus.text(s.sku))?
                .cell(s.on_hand)?;
            rows.cell(s.reserved)?.cell(s.safety)?.maybe(s.available_from)?.end()
        }),
        Table::Orders => draft.orders.iter().try_for_each(|row| order(rows, draft, &row.value)),
        Table::Lines => draft.lines.iter().try_for_each(|row| line(rows, draft, &row.value)),
        Table::Exclusions => draft
            .exclusions
            .iter()
            .try_for_each(|row| exclusion(rows, draft, &row.value)),
        Table::Services => draft
            .services
            .iter()
            .try_for_each(|row| service(rows, draft, &row.value)),
        Table::Lanes => draft.lanes.iter().try_for_each(|row| lane(rows, draft, &row.value)),
        Table::Rates => draft.rates.iter().try_for_each(|row| rate(rows, draft, &row.value)),
        Table::Quotes => draft.quotes.iter().try_for_each(|row| quote(rows, draft, &row.value)),
        Table::Postcodes => draft.postcodes.iter().map(|row| &row.value).try_for_each(|p| {
            rows.text(draft.ids.texts.text(p.country))?
                .text(draft.ids.texts.text(p.prefix))?;
            place(rows, Some(p.place))?.end()
        }),
    }
}

fn place<'r, 'f>(rows: &'r mut Rows<'f>, place: Option<Place>) -> io::Result<&'r mut Rows<'f>> {
    rows.maybe(place.map(|p| p.lat))?.maybe(place.map(|p| p.lon))
}

fn node(rows: &mut Rows<'_>, draft: &Draft, n: &NodeRow) -> io::Result<()> {
    let text = |symbol| draft.ids.texts.text(symbol);
    rows.text(draft.ids.nodes.text(n.id))?
        .text(n.kind.as_str())?
        .text(text(n.country))?
        .text(text(n.postcode))?;
    place(rows, n.place)?.text(n.timezone.map_or("", text))?;
    rows.cell(n.shipment_cost)?.cell(n.line_cost)?.cell(n.unit_cost)?;
    rows.maybe(n.max_shipments)?.maybe(n.max_lines)?.maybe(n.max_units)?;
    rows.maybe(hours_text(n.lead_nanoseconds))?
        .cell(n.ships)?
        .cell(n.pickup)?
        .end()
}

fn order(rows: &mut Rows<'_>, draft: &Draft, o: &OrderRow) -> io::Result<()> {
    let text = |symbol| draft.ids.texts.text(symbol);
    rows.text(draft.ids.orders.text(o.id))?
        .text(text(o.channel))?
        .text(text(o.country))?
        .text(text(o.postcode))?;
    place(rows, o.place)?.maybe(o.deliver_by)?.maybe(o.max_shipments)?;
    rows.maybe(o.ship_complete.then_some("true"))?
        .maybe(o.pickup_node.map(|n| draft.ids.nodes.text(n)))?
        .end()
}

fn line(rows: &mut Rows<'_>, draft: &Draft, l: &LineRow) -> io::Result<()> {
    let text = |symbol| draft.ids.texts.text(symbol);
    rows.text(draft.ids.orders.text(l.order))?
        .text(text(l.id))?
        .text(draft.ids.skus.text(l.sku))?
        .cell(l.qty)?;
    rows.maybe(l.unfilled_penalty)?
        .text(l.node.map_or("", |n| draft.ids.nodes.text(n)))?;
    rows.text(l.group.map_or("", text))?
        .maybe(l.divisible.then_some("true"))?
        .end()
}

fn exclusion(rows: &mut Rows<'_>, draft: &Draft, e: &ExclusionRow) -> io::Result<()> {
    let line = e.line.map_or("", |line| draft.ids.texts.text(line));
    rows.text(draft.ids.orders.text(e.order))?
        .text(line)?
        .text(draft.ids.nodes.text(e.node))?
        .end()
}

fn service(rows: &mut Rows<'_>, draft: &Draft, s: &ServiceRow) -> io::Result<()> {
    rows.text(draft.ids.services.text(s.id))?
        .text(draft.ids.texts.text(s.carrier))?
        .cell(s.days)?
        .maybe(s.cutoff)?;
    // A percentage is counted like money, in ten-thousandths.
    let fuel = Money::from_ten_thousandths(s.fuel.0);
    rows.maybe(s.divisor)?.maybe(s.max_parcel_g)?.cell(fuel)?.end()
}

fn lane(rows: &mut Rows<'_>, draft: &Draft, l: &LaneRow) -> io::Result<()> {
    let text = |symbol| draft.ids.texts.text(symbol);
    rows.text(draft.ids.services.text(l.service))?
        .text(l.node.map_or("*", |n| draft.ids.nodes.text(n)))?;
    rows.text(text(l.country))?
        .text(text(l.postcode_prefix))?
        .maybe(l.max_km)?;
    rows.text(text(l.zone))?.cell(l.transit_days)?.end()
}

fn rate(rows: &mut Rows<'_>, draft: &Draft, r: &RateRow) -> io::Result<()> {
    rows.text(draft.ids.services.text(r.service))?
        .text(draft.ids.texts.text(r.zone))?
        .maybe(r.max_g)?
        .cell(r.price)?;
    rows.maybe(Some(r.per_kg).filter(|p| *p != Money::ZERO))?.end()
}

fn quote(rows: &mut Rows<'_>, draft: &Draft, q: &QuoteRow) -> io::Result<()> {
    rows.text(draft.ids.orders.text(q.order))?
        .text(draft.ids.nodes.text(q.node))?;
    rows.text(draft.ids.services.text(q.service))?
        .cell(q.price)?
        .maybe(q.deliver_on)?
        .cell(q.workload)?
        .end()
}
