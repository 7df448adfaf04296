//! Reading a problem directory: every table into a draft, the draft through validation, and what is wrong with either
//! in one list with its places.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::column::Schema;
use super::directory::Kind;
use super::files::{Files, OpenFile};
use super::format::TableFormat;
use super::pieces::{PIECE, read_into};
use super::schema::schema;
use super::source::Source;
use super::table::{file_location, locate};
use super::toml::{SettingsFile, read_settings};
use crate::Error;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{Draft, Table};
use crate::validate::{self, CheckOptions, Checked, Place};

/// How files are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ReadOptions<'a> {
    /// Threads; 0 = one per core. What is read does not depend on it.
    pub threads: usize,
    /// Warnings are errors.
    pub strict: bool,
    /// Orders of which something is wrong are left out, and told by [`Problem::left_out`](crate::Problem::left_out); only other
    /// errors make the problem unusable. Together with `strict` also orders of which there is a warning.
    pub skip_bad_orders: bool,
    /// A directory of fixed tables: each table that the directory of the problem lacks is taken from there, and so are its
    /// settings.
    pub site: Option<&'a Path>,
    /// The planning instant in place of that of the settings: a date and time with its offset from UTC.
    pub now: Option<&'a str>,
}

impl ReadOptions<'_> {
    /// How what is read is judged.
    pub(super) const fn check(self) -> CheckOptions {
        CheckOptions {
            strict: self.strict,
            skip_bad_orders: self.skip_bad_orders,
        }
    }
}

/// For those who never abandon what they read.
pub(super) static NEVER: AtomicBool = AtomicBool::new(false);

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
pub fn read_problem_with(dir: &Path, options: &ReadOptions<'_>) -> Result<Checked, Error> {
    read_problem_unless(dir, options, &NEVER)
}

/// The same; fails soon after the flag is set, as interrupted.
///
/// # Errors
/// As [`read_problem`]; or that the flag was set.
pub fn read_problem_unless(dir: &Path, options: &ReadOptions<'_>, abandoned: &AtomicBool) -> Result<Checked, Error> {
    let files = files(dir, options.site)?;
    read_problem_from(Source::Dir(&files), *options, abandoned, |_| ()).map(|((), checked)| checked)
}

/// The files of a problem directory, and of what it lacks those of the directory of fixed tables.
pub(super) fn files(dir: &Path, site: Option<&Path>) -> Result<Files, Error> {
    let files = Files::open(dir, &Kind::problem())?;
    match site {
        None => Ok(files),
        Some(site) => Ok(files.completed_by(Files::open(site, &Kind::problem())?)),
    }
}

/// The same from anywhere, with what `keep` takes of the draft before it becomes a problem. Once the flag is set, it fails soon.
pub(crate) fn read_problem_from<T>(
    from: Source<'_>,
    options: ReadOptions<'_>,
    abandoned: &AtomicBool,
    keep: impl FnOnce(&Draft) -> T,
) -> Result<(T, Checked), Error> {
    let (file, draft, found) = read(from, options, abandoned)?;
    let place = |judged: &mut Diagnostics| locate_all(from, &file, judged);
    validate::settle(draft, found, &Place::Read(&place), keep).map_err(Error::input)
}

/// Reads a problem directory without judging more than its cells, and gives the warnings.
///
/// # Errors
/// What is wrong with files, syntax and single cells; or that there is no such directory.
pub fn read_draft(dir: &Path) -> Result<(Draft, Vec<Diagnostic>), Error> {
    let files = Files::open(dir, &Kind::problem())?;
    let (_, draft, found) = read(Source::Dir(&files), ReadOptions::default(), &NEVER)?;
    let failed = found.has_errors();
    let list = validate::sorted(found);
    if failed {
        Err(Error::input(list))
    } else {
        Ok((draft, list))
    }
}

fn read(
    from: Source<'_>,
    options: ReadOptions<'_>,
    abandoned: &AtomicBool,
) -> Result<(SettingsFile, Draft, Diagnostics), Error> {
    let mut found = Diagnostics::with(options.check());
    let file = read_settings(from, options.now, &mut found);
    let mut draft = Draft::new(file.settings.clone());
    let tables: Vec<_> = Table::ALL.into_iter().filter_map(|t| Some((t, schema(t)?))).collect();
    fill(&mut draft, from, &tables, (options, abandoned), &mut found)?;
    Ok((file, draft, found))
}

/// Reads tables into a draft; fails soon after the flag is set.
pub(super) fn fill(
    draft: &mut Draft,
    from: Source<'_>,
    tables: &[(Table, &Schema)],
    (options, abandoned): (ReadOptions<'_>, &AtomicBool),
    found: &mut Diagnostics,
) -> Result<(), Error> {
    let large = tables.iter().any(|(_, schema)| is_large(from, schema));
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(if large { options.threads } else { 1 })
        .thread_name(|n| format!("clapot-read-{n}"))
        .build()
        .map_err(|e| Error::internal(format!("no thread pool: {e}")))?;
    pool.install(|| {
        for &(table, schema) in tables {
            if !read_into(draft, from, table, schema, found, PIECE, abandoned) {
                // As if a row could not be read: what the table would define cannot be missed elsewhere.
                draft.skip_row(table);
            }
        }
    });
    if abandoned.load(Ordering::Relaxed) {
        return Err(Error::interrupted());
    }
    Ok(())
}

/// Whether a table is worth more than one thread.
fn is_large(from: Source<'_>, schema: &Schema) -> bool {
    match from {
        Source::Dir(files) => {
            let there = TableFormat::ALL.map(|format| files.get(&schema.file(format)));
            let sizes = there.into_iter().flatten().flatten().map(OpenFile::len);
            sizes.sum::<u64>() > PIECE as u64
        }
        #[cfg(feature = "arrow")]
        Source::Memory(tables) => tables.get(schema.name).is_some_and(super::arrow::ArrowTable::is_large),
    }
}

/// Adds to diagnostics of the problem in a directory, which know tables, rows and columns, their places in its files.
pub fn locate_diagnostics(dir: &Path, list: &mut [Diagnostic]) {
    locate_diagnostics_with(dir, &ReadOptions::default(), list);
}

/// The same for a problem that was read with options.
pub fn locate_diagnostics_with(dir: &Path, options: &ReadOptions<'_>, list: &mut [Diagnostic]) {
    // A directory that is gone has no places.
    let Ok(files) = files(dir, options.site) else {
        return;
    };
    for table in Table::ALL {
        let Some(schema) = schema(table) else { continue };
        let here = list
            .iter_mut()
            .filter(|d| d.table == table.name() && d.location.is_none() && d.row.is_some());
        let mut here: Vec<&mut Diagnostic> = here.collect();
        here.sort_by_key(|d| d.row);
        let wanted: Vec<_> = here.iter().map(|d| (d.row.unwrap_or(0) as u32, d.field)).collect();
        if !wanted.is_empty() {
            locate(&files, schema, &wanted, |n, at| here[n].location = Some(at));
        }
    }
}

/// Finds the places of what validation found, which knows rows and columns only. Reads the tables again that have such.
fn locate_all(from: Source<'_>, file: &SettingsFile, found: &mut Diagnostics) {
    // What is in memory has no places beyond tables, rows and columns.
    #[cfg_attr(
        not(feature = "arrow"),
        allow(irrefutable_let_patterns, reason = "there is one source")
    )]
    let Source::Dir(files) = from else { return };
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
                d.location = Some(file_location(files, schema));
            }
            d.row.is_some()
        });
        here.sort_by_key(|d| d.row);
        let wanted: Vec<_> = here.iter().map(|d| (d.row.unwrap_or(0) as u32, d.field)).collect();
        if !wanted.is_empty() {
            locate(files, schema, &wanted, |n, at| here[n].location = Some(at));
        }
    }
}
