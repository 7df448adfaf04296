//! Reading a problem directory: every table into a draft, the draft through validation, and what is wrong with either
//! in one list with its places.

use std::path::Path;

use super::column::Schema;
use super::format::TableFormat;
use super::pieces::{PIECE, read_into};
use super::schema::schema;
use super::table::{file_location, locate};
use super::toml::{SettingsFile, read_settings};
use crate::Error;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{Draft, Table};
use crate::validate::{self, Checked};

/// How files are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ReadOptions {
    /// Threads; 0 = one per core. What is read does not depend on it.
    pub threads: usize,
}

/// Reads and validates the problem in a directory. Each table is a CSV or a Parquet file.
///
/// # Errors
/// All that is wrong with the input, warnings included, by table and row; or that there is no such directory.
pub fn read_problem(dir: &Path) -> Result<Checked, Error> {
    read_problem_with(dir, &ReadOptions::default())
}

/// The same with options.
///
/// # Errors
/// As [`read_problem`].
pub fn read_problem_with(dir: &Path, options: &ReadOptions) -> Result<Checked, Error> {
    let (file, draft, mut found) = read(dir, *options)?;
    let failed = found.has_errors();
    let (problem, mut judged) = validate::judge(draft);
    locate_all(dir, &file, &mut judged);
    found.append(judged);
    let list = validate::sorted(found);
    match problem {
        Some(problem) if !failed => Ok(Checked {
            problem,
            warnings: list,
        }),
        _ => Err(Error::input(list)),
    }
}

/// Reads a problem directory without judging more than its cells, and gives the warnings.
///
/// # Errors
/// What is wrong with files, syntax and single cells; or that there is no such directory.
pub fn read_draft(dir: &Path) -> Result<(Draft, Vec<Diagnostic>), Error> {
    let (_, draft, found) = read(dir, ReadOptions::default())?;
    let failed = found.has_errors();
    let list = validate::sorted(found);
    if failed {
        Err(Error::input(list))
    } else {
        Ok((draft, list))
    }
}

fn read(dir: &Path, options: ReadOptions) -> Result<(SettingsFile, Draft, Diagnostics), Error> {
    if let Err(e) = std::fs::read_dir(dir) {
        return Err(Error::io(dir, e));
    }
    let mut found = Diagnostics::new();
    let file = read_settings(dir, &mut found);
    let mut draft = Draft::new(file.settings.clone());
    let tables = || {
        Table::ALL
            .into_iter()
            .filter_map(|t| schema(t).map(|schema| (t, schema)))
    };
    let large = tables().any(|(_, schema)| size(dir, schema) > PIECE as u64);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(if large { options.threads } else { 1 })
        .thread_name(|n| format!("clapot-read-{n}"))
        .build()
        .map_err(|e| Error::internal(format!("no thread pool: {e}")))?;
    pool.install(|| {
        for (table, schema) in tables() {
            if !read_into(&mut draft, dir, table, schema, &mut found, PIECE) {
                // As if a row could not be read: what the table would define cannot be missed elsewhere.
                draft.skip_row(table);
            }
        }
    });
    Ok((file, draft, found))
}

/// Bytes of a table on disk.
fn size(dir: &Path, schema: &Schema) -> u64 {
    let files = TableFormat::ALL.map(|format| dir.join(schema.file(format)));
    files
        .iter()
        .filter_map(|path| path.metadata().ok())
        .map(|m| m.len())
        .sum()
}

/// Finds the places of what validation found, which knows rows and columns only. Reads the tables again that have such.
fn locate_all(dir: &Path, file: &SettingsFile, found: &mut Diagnostics) {
    for table in Table::ALL {
        let mut here: Vec<&mut Diagnostic> = found
            .iter_mut()
            .filter(|d| d.table == table.name() && d.location.is_none())
            .collect();
        let Some(schema) = schema(table) else {
            for d in here {
                d.location = Some(file.location(d.field));
            }
            continue;
        };
        here.retain_mut(|d| {
            if d.row.is_none() {
                d.location = Some(file_location(dir, schema));
            }
            d.row.is_some()
        });
        here.sort_by_key(|d| d.row);
        let wanted: Vec<_> = here.iter().map(|d| (d.row.unwrap_or(0) as u32, d.field)).collect();
        if !wanted.is_empty() {
            locate(dir, schema, &wanted, |n, at| here[n].location = Some(at));
        }
    }
}
