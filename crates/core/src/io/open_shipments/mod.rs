//! Shipments that no routing plan made: one table of them and a floor directory become a problem, a plan and floors, with which
//! waves are planned, selected and verified as usual. `docs/floor.md` defines the table.

mod build;
mod rows;

use std::collections::BTreeSet;
use std::path::Path;

use super::directory::Kind;
use super::files::Files;
use super::floor;
use super::format::TableFormat;
use super::problem::ReadOptions;
use super::source::Source;
use super::table::{locate, read_table};
use crate::Error;
use crate::diagnostic::{CheckOptions, Code, Diagnostic, Diagnostics, Location, Severity};
use crate::model::floor::{FloorDraft, FloorTable, Floors, LocalClock};
use crate::model::{Draft, Problem};
use crate::plan::RoutingPlan;
use crate::validate;

use build::Origins;
use rows::Rows;
pub(super) use rows::SHIPMENTS;

/// When planning begins, and by which clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanningInstant {
    /// RFC 3339 with an offset: `2026-03-02T09:00:00+01:00`.
    pub now: String,
    /// IANA zone of all nodes, such as `Europe/Paris`.
    pub timezone: String,
}

/// What planning of waves asks for, made of shipments that no routing plan made.
#[derive(Debug)]
pub struct Unrouted {
    /// Orders, lines and SKUs of the shipments, and nodes and services of the floors. Orders that were left out are told by
    /// [`Problem::left_out`].
    pub problem: Problem,
    /// The shipments; it costs nothing.
    pub plan: RoutingPlan,
    /// The floors, with the ids of the shipments and by when each is due.
    pub floors: Floors,
    /// Warnings of the table `shipments` and of the floors; never errors.
    pub warnings: Vec<Diagnostic>,
}

/// Reads a table of shipments, and the floors of the nodes from which they leave.
///
/// # Errors
/// All that is wrong with the table and with the floors; an instant or zone that is none; or that there is no such file.
pub fn read_shipments(
    file: &Path,
    floor: &Path,
    at: &PlanningInstant,
    options: &ReadOptions,
) -> Result<Unrouted, Error> {
    let (table, name) = files(file)?;
    let floors = Files::open(floor, &Kind::floors())?;
    let shipments = Given {
        from: Source::Dir(&table),
        file: Some(name),
    };
    let read = read_from(Some(&shipments), Source::Dir(&floors), at, *options);
    read.map(|(_, _, read)| read)
}

/// Reads floors without anything that leaves their nodes: for tours, and to have them judged.
///
/// # Errors
/// All that is wrong with the floors; an instant or zone that is none; or that there is no such directory.
pub fn read_floors_alone(floor: &Path, at: &PlanningInstant, options: &ReadOptions) -> Result<Unrouted, Error> {
    let floors = Files::open(floor, &Kind::floors())?;
    read_from(None, Source::Dir(&floors), at, *options).map(|(_, _, read)| read)
}

/// The file of a table of shipments, opened as one of a directory; and its own name.
pub(crate) fn files(file: &Path) -> Result<(Files, String), Error> {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
    let is_parquet = file.extension().is_some_and(|ending| ending == "parquet");
    let format = if is_parquet {
        TableFormat::Parquet
    } else {
        TableFormat::Csv
    };
    let files = Files::one(file, SHIPMENTS.file(format))?;
    Ok((files, name.unwrap_or_default()))
}

/// A table of shipments from anywhere.
pub(crate) struct Given<'a> {
    pub from: Source<'a>,
    /// Its file, as the user calls it.
    pub file: Option<String>,
}

impl Given<'_> {
    /// What the problem is called.
    fn name(&self) -> &str {
        let file = self.file.as_deref().unwrap_or(SHIPMENTS.name);
        file.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or(file)
    }

    /// Adds places in the file, under its own name.
    fn place(&self, found: &mut Diagnostics) {
        let here = |d: &&mut Diagnostic| d.table == SHIPMENTS.name;
        let files = match self.from {
            Source::Dir(files) => files,
            // What is in memory has no places beyond rows and columns.
            #[cfg(feature = "arrow")]
            Source::Memory(_) => return found.iter_mut().filter(here).for_each(|d| d.location = None),
        };
        let mut unplaced: Vec<&mut Diagnostic> = found
            .iter_mut()
            .filter(here)
            .filter(|d| d.location.is_none() && d.row.is_some())
            .collect();
        unplaced.sort_by_key(|d| d.row);
        let wanted: Vec<_> = unplaced.iter().map(|d| (d.row.unwrap_or(0) as u32, d.field)).collect();
        if !wanted.is_empty() {
            locate(files, &SHIPMENTS, &wanted, |n, at| unplaced[n].location = Some(at));
        }
        let Some(name) = &self.file else { return };
        for location in found.iter_mut().filter(here).filter_map(|d| d.location.as_mut()) {
            location.file.clone_from(name);
        }
    }
}

/// The same from anywhere, with the drafts of the problem and of the floors.
pub(crate) fn read_from(
    shipments: Option<&Given<'_>>,
    floor: Source<'_>,
    at: &PlanningInstant,
    options: ReadOptions,
) -> Result<(Draft, FloorDraft, Unrouted), Error> {
    let clock = clock(at)?;
    let (settings, mut draft, mut of_floor) = floor::read(floor, options.strict);
    let mut rows = Rows::new(&draft, &clock);
    let mut found = Diagnostics::with(options.check());
    match shipments {
        // There are no orders, so that nothing can be said of theirs.
        None => draft.leave_out_orders(),
        Some(_) if draft.layouts.is_empty() => {
            if !of_floor.has_errors() {
                let table = FloorTable::Layouts.name();
                let message = "no node has a layout, so nothing can be picked";
                of_floor.push(Diagnostic::new(Code::NO_FLOOR, table, message).at(Location::file("layouts.csv")));
            }
            return Err(Error::input(validate::floor::sorted(of_floor)));
        }
        Some(given) => {
            read_table(given.from, &SHIPMENTS, &mut found, |cells| {
                if let Some(mut cells) = cells {
                    rows.add(&mut cells);
                }
            });
            given.place(&mut found);
        }
    }
    let name = shipments.map_or("floor", Given::name);
    let (made, problem) = settle(&mut rows, &mut found, (name, at), shipments);
    let (mut problem, left) = match problem {
        Some((problem, left)) if !found.has_errors() => (problem, left),
        other => {
            let mut list = validate::refused(found, other.map(|(_, left)| left).unwrap_or_default());
            list.extend(validate::floor::sorted(of_floor));
            return Err(Error::input(list));
        }
    };
    problem.leave_out(validate::by_order(left));
    let with_departures = Rows::departing(&draft);
    rows.add_departures(&mut draft);
    let (draft, checked) = floor::conclude(&problem, floor, &settings, draft, of_floor)?;
    let (plan, open) = rows.plan(&problem, &checked.floors, &with_departures);
    let mut warnings = validate::sorted(found);
    warnings.extend(checked.warnings);
    let unrouted = Unrouted {
        problem,
        plan,
        floors: checked.floors.with_open_shipments(open),
        warnings,
    };
    Ok((made, draft, unrouted))
}

/// The problem that the shipments make, and what was left out of it; with its draft. What is wrong is added, in terms of
/// the table. A problem of which nothing is left is none.
#[allow(clippy::type_complexity, reason = "two pairs of different things")]
fn settle(
    rows: &mut Rows<'_>,
    found: &mut Diagnostics,
    (name, at): (&str, &PlanningInstant),
    shipments: Option<&Given<'_>>,
) -> (Draft, Option<(Problem, Vec<Diagnostic>)>) {
    let mut left: Vec<Diagnostic> = Vec::new();
    loop {
        let new = found.take_of_orders();
        let orders: BTreeSet<&str> = new.iter().filter_map(|d| d.order.as_deref()).collect();
        rows.leave_out(&orders);
        left.extend(new);
        let (draft, origins) = rows.draft(name, at);
        let (problem, judged) = validate::judge(draft.clone(), CheckOptions::default());
        let mut own = in_own_terms(judged, &origins, found.options());
        if let Some(given) = shipments {
            given.place(&mut own);
        }
        if own.leaves_orders_out() && !own.has_errors() && !found.has_errors() {
            own.take_of_orders().into_iter().for_each(|d| found.push(d));
            continue; // warnings are found again in what is left
        }
        found.append(own);
        let is_empty = rows.orders.is_empty() && !left.is_empty();
        return match problem {
            Some(problem) if !is_empty => (draft, Some((problem, left))),
            _ => {
                for d in left {
                    found.push(d);
                }
                (draft, None)
            }
        };
    }
}

/// What was found in the problem, in terms of the table. Of doubts about a problem only those about ids are any about shipments.
fn in_own_terms(judged: Diagnostics, origins: &Origins, options: CheckOptions) -> Diagnostics {
    const OF_IDS: [Code; 4] = [
        Code::BLANK_AT_END,
        Code::NEARLY_EQUAL_IDS,
        Code::DAMAGED_ID,
        Code::MORE_DIAGNOSTICS,
    ];
    let mut own = Diagnostics::with(options);
    let all = validate::sorted(judged).into_iter();
    for d in all.filter(|d| d.severity == Severity::Error || OF_IDS.contains(&d.code)) {
        if let Some(d) = origins.own(d) {
            own.push(d);
        }
    }
    own
}

fn clock(at: &PlanningInstant) -> Result<LocalClock, Error> {
    let zone = validate::timezone(&at.timezone);
    let zone =
        zone.ok_or_else(|| Error::options(format!("{:?} is not a time zone of the IANA database", at.timezone)))?;
    let _: jiff::Timestamp = at.now.parse().map_err(|_| {
        Error::options(format!(
            "{:?} is not an instant such as 2026-03-02T09:00:00+01:00",
            at.now
        ))
    })?;
    Ok(LocalClock::new(zone))
}
