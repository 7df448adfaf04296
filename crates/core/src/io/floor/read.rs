//! Reading a floor directory: every table into a draft, the draft through validation, and what is wrong with either in one
//! list with its places.

use std::path::Path;

use super::rows::add_row;
use super::schema::schema;
use super::settings::{FloorSettingsFile, read_settings};
use crate::Error;
use crate::diagnostic::{CheckOptions, Diagnostic, Diagnostics};
use crate::io::ReadOptions;
use crate::io::directory::Kind;
use crate::io::files::Files;
use crate::io::source::Source;
use crate::io::table::{file_location, locate, read_table};
use crate::model::Problem;
use crate::model::floor::{FloorDraft, FloorTable};
use crate::validate::CheckedFloors;
use crate::validate::floor::{judge, sorted};

/// Reads and validates the floors in a directory, as floors of nodes of the problem.
///
/// # Errors
/// All that is wrong with the input, warnings included, by table and row; or that there is no such directory.
pub fn read_floors(problem: &Problem, dir: &Path) -> Result<CheckedFloors, Error> {
    read_floors_with(problem, dir, &ReadOptions::default())
}

/// The same with options, of which only [`strict`](ReadOptions::strict) concerns floors.
///
/// # Errors
/// As [`read_floors`].
pub fn read_floors_with(problem: &Problem, dir: &Path, options: &ReadOptions<'_>) -> Result<CheckedFloors, Error> {
    let files = Files::open(dir, &Kind::floors())?;
    read_floors_from(problem, Source::Dir(&files), options.strict).map(|(_, floors)| floors)
}

/// The same from anywhere, with the draft.
pub(crate) fn read_floors_from(
    problem: &Problem,
    from: Source<'_>,
    strict: bool,
) -> Result<(FloorDraft, CheckedFloors), Error> {
    let (file, draft, found) = read(from, strict);
    conclude(problem, from, &file, draft, found)
}

/// Judges floors that were read; `found` is what is wrong with their cells.
pub(in crate::io) fn conclude(
    problem: &Problem,
    from: Source<'_>,
    file: &FloorSettingsFile,
    draft: FloorDraft,
    mut found: Diagnostics,
) -> Result<(FloorDraft, CheckedFloors), Error> {
    let (floors, mut judged) = judge(draft.clone(), problem);
    locate_all(from, file, &mut judged);
    found.append(judged);
    let failed = found.has_errors();
    let warnings = sorted(found);
    match floors {
        Some(floors) if !failed => Ok((draft, CheckedFloors { floors, warnings })),
        _ => Err(Error::input(warnings)),
    }
}

/// Reads a floor directory without judging more than its cells, and gives the warnings.
///
/// # Errors
/// What is wrong with files, syntax and single cells; or that there is no such directory.
pub fn read_floor_draft(dir: &Path) -> Result<(FloorDraft, Vec<Diagnostic>), Error> {
    let files = Files::open(dir, &Kind::floors())?;
    let (_, draft, found) = read(Source::Dir(&files), false);
    let failed = found.has_errors();
    let list = sorted(found);
    if failed {
        Err(Error::input(list))
    } else {
        Ok((draft, list))
    }
}

/// Reads the tables and settings; what they say together is not judged.
pub(in crate::io) fn read(from: Source<'_>, strict: bool) -> (FloorSettingsFile, FloorDraft, Diagnostics) {
    let mut found = Diagnostics::with(CheckOptions {
        strict,
        ..CheckOptions::default()
    });
    let file = read_settings(from, &mut found);
    let mut draft = FloorDraft::new(file.settings.clone());
    for table in FloorTable::ALL {
        let Some(schema) = schema(table) else { continue };
        if !read_table(from, schema, &mut found, |cells| add_row(&mut draft, table, cells)) {
            // As if a row could not be read: what the table would define cannot be missed elsewhere.
            draft.skip_row(table);
        }
    }
    (file, draft, found)
}

/// Finds the places of what validation found, which knows rows and columns only.
fn locate_all(from: Source<'_>, file: &FloorSettingsFile, found: &mut Diagnostics) {
    // What is in memory has no places beyond tables, rows and columns.
    #[cfg_attr(
        not(feature = "arrow"),
        allow(irrefutable_let_patterns, reason = "there is one source")
    )]
    let Source::Dir(files) = from else { return };
    for table in FloorTable::ALL {
        let here = found
            .iter_mut()
            .filter(|d| d.table == table.name() && d.location.is_none());
        let mut here: Vec<&mut Diagnostic> = here.collect();
        let Some(schema) = schema(table) else {
            for d in here {
                d.location = Some(file.location(d.row, d.field));
                d.row = None;
            }
            continue;
        };
        here.sort_by_key(|d| d.row);
        for d in here.iter_mut().filter(|d| d.row.is_none()) {
            d.location = Some(file_location(files, schema));
        }
        here.retain(|d| d.row.is_some());
        let wanted: Vec<_> = here.iter().map(|d| (d.row.unwrap_or(0) as u32, d.field)).collect();
        if !wanted.is_empty() {
            locate(files, schema, &wanted, |n, at| here[n].location = Some(at));
        }
    }
}
