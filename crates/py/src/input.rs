//! Tables in, by the Arrow PyCapsule interface or as lists, and settings as the text of their file. What cells mean is for the
//! library; which columns there are is found in `python/clapot/_frames.py`, and here they are put side by side.

use std::sync::atomic::Ordering;

use clapot::io::arrow::{self, ArrowTable, Tables};
use pyo3::exceptions::{PyException, PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use pyo3_arrow::input::AnyRecordBatch;

use crate::errors::{guarded, option, unreadable};
use crate::meaning::{Kinds, Meaning};
use crate::run::interruptible;
use crate::side_by_side::{Column, side_by_side};
use crate::tables::Table;

/// How tables are read: own names of columns, rounding, and where dates of instants are read.
#[derive(Default)]
pub(crate) struct Reading<'py> {
    columns: Option<Bound<'py, PyDict>>,
    is_rounded: bool,
    clock: Option<Bound<'py, PyAny>>,
}

impl<'py> Reading<'py> {
    /// That of options of Python; `tables` are those that `columns` may name.
    pub(crate) fn new(
        py: Python<'py>,
        columns: Option<&Bound<'py, PyAny>>,
        rounding: Option<&str>,
        settings: &Bound<'py, PyAny>,
        tables: &[&str],
    ) -> PyResult<Self> {
        if let Some(columns) = columns {
            let check = py.import("clapot._frames")?.getattr("check_columns")?;
            let known = py.import("clapot._schema")?.getattr("names")?;
            check.call1((columns, tables.to_vec(), known))?;
        }
        let columns = columns.map(PyAnyMethods::extract::<Bound<'_, PyDict>>);
        let is_rounded = match rounding {
            None => false,
            Some("nearest") => true,
            Some(_) => return Err(option(py, "rounding must be 'nearest' or None")),
        };
        let clock = py.import("clapot._settings")?.getattr("clock")?.call1((settings,))?;
        Ok(Self {
            columns: columns.transpose()?,
            is_rounded,
            clock: Some(clock).filter(|clock| !clock.is_none()),
        })
    }

    fn own(&self, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.columns.as_ref().map_or(Ok(None), |columns| columns.get_item(name))
    }
}

/// Takes a table from anything that has the Arrow PyCapsule interface, from a dictionary or from a list of dictionaries.
pub(crate) fn table(name: &str, object: &Bound<'_, PyAny>, reading: &Reading<'_>) -> PyResult<ArrowTable> {
    table_as(name, name, object, reading)
}

/// The same, where the table is not called as its columns are looked up.
pub(crate) fn table_as(
    name: &str,
    columns: &str,
    object: &Bound<'_, PyAny>,
    reading: &Reading<'_>,
) -> PyResult<ArrowTable> {
    let py = object.py();
    let own = reading.own(name)?;
    if let (Ok(table), None) = (object.cast::<Table>(), &own) {
        return Ok(table.get().table.clone());
    }
    let kinds = Kinds::of(columns);
    let prepared = py.import("clapot._frames")?.getattr("prepared")?;
    let parts = guarded(py, || {
        prepared.call1((name, object, kinds.dict(py)?, own, reading.clock.as_ref()))
    })?;
    let read = || -> PyResult<ArrowTable> {
        let parts: Parts<'_> = parts.extract()?;
        let mut tables = Vec::new();
        for frame in &parts.frames {
            tables.push(stream(frame)?);
        }
        let mut columns: Vec<(String, Column)> = Vec::new();
        columns.extend(
            parts
                .texts
                .into_iter()
                .map(|(title, cells)| (title, Column::Texts(cells))),
        );
        columns.extend(
            parts
                .wholes
                .into_iter()
                .map(|(title, cells)| (title, Column::Wholes(cells))),
        );
        columns.extend(
            parts
                .constants
                .into_iter()
                .map(|(title, cell)| (title, Column::Constant(cell))),
        );
        columns.extend(parts.unknown.into_iter().map(|title| (title, Column::Unknown)));
        side_by_side(&tables, columns, parts.rows).map_err(PyTypeError::new_err)
    };
    // What makes the stream may be of another extension, and panic.
    let table = guarded(py, read).map_err(|cause| match cause {
        cause if cause.is_instance_of::<PyException>(py) => unreadable(py, name, cause),
        interrupt => interrupt,
    })?;
    let meaning = Meaning {
        kinds,
        is_rounded: reading.is_rounded,
        clock: reading.clock.as_ref(),
    };
    meaning.of(py, table)
}

/// What `_frames.Parts` holds.
#[derive(FromPyObject)]
struct Parts<'py> {
    frames: Vec<Bound<'py, PyAny>>,
    texts: std::collections::BTreeMap<String, Vec<Option<String>>>,
    wholes: std::collections::BTreeMap<String, Vec<Option<i64>>>,
    constants: std::collections::BTreeMap<String, String>,
    unknown: Vec<String>,
    rows: Option<usize>,
}

/// Reads a stream of Arrow to its end.
fn stream(object: &Bound<'_, PyAny>) -> PyResult<ArrowTable> {
    if let Ok(table) = object.cast::<Table>() {
        return Ok(table.get().table.clone());
    }
    let reader = object.extract::<AnyRecordBatch>()?.into_reader()?;
    // A stream may run a query, which may need the lock, and take its time.
    let read = interruptible(object.py(), move |gone| {
        let schema = reader.schema();
        let wanted = reader.take_while(|_| !gone.load(Ordering::Relaxed));
        let batches = wanted.collect::<Result<Vec<_>, _>>();
        Ok(batches.map(|batches| ArrowTable { schema, batches }))
    });
    read?.map_err(|e| PyTypeError::new_err(e.to_string()))
}

/// A table from anything that has the Arrow PyCapsule interface, as it is.
#[pyfunction(name = "_table_of")]
pub(crate) fn table_of(name: String, object: &Bound<'_, PyAny>) -> PyResult<Table> {
    Ok(Table::new(name, stream(object)?))
}

/// Columns of a table that the package takes, as (name, kind, required); ``None`` where there is no such table.
#[pyfunction(name = "_columns_of")]
pub(crate) fn columns_of(table: &str) -> Option<Vec<(&'static str, &'static str, bool)>> {
    let columns = arrow::columns_of(table)?;
    Some(columns.iter().map(|c| (c.name, c.kind, c.required)).collect())
}

/// Names of all tables that have columns.
#[pyfunction(name = "_tables_of")]
pub(crate) fn tables_of() -> Vec<&'static str> {
    arrow::tables_of()
}

/// A whole number that is not negative; one that is, or is too large, is a parameter outside its range.
pub(crate) fn natural<'py, T>(object: &Bound<'py, PyAny>) -> PyResult<T>
where
    T: for<'a> FromPyObject<'a, 'py, Error = PyErr>,
{
    let py = object.py();
    object.extract().map_err(|e: PyErr| {
        if e.is_instance_of::<PyOverflowError>(py) {
            option(
                py,
                &format!("{object} is out of range: a whole number from 0 is needed"),
            )
        } else {
            e
        }
    })
}

/// The same, or nothing.
pub(crate) fn maybe_natural<'py, T>(object: &Bound<'py, PyAny>) -> PyResult<Option<T>>
where
    T: for<'a> FromPyObject<'a, 'py, Error = PyErr>,
{
    if object.is_none() {
        Ok(None)
    } else {
        natural(object).map(Some)
    }
}

/// Takes those tables that are given.
pub(crate) fn given(list: &[(&'static str, Option<&Bound<'_, PyAny>>)], reading: &Reading<'_>) -> PyResult<Tables> {
    let mut tables = Tables::new();
    for (name, object) in list {
        if let Some(object) = object {
            tables.add(*name, table(name, object, reading)?);
        }
    }
    Ok(tables)
}

/// Takes the tables of a single question, `of`, whose columns are its own.
pub(crate) fn given_to(of: &str, list: &[(&'static str, &Bound<'_, PyAny>)]) -> PyResult<Tables> {
    let mut tables = Tables::new();
    for (name, object) in list {
        let table = table_as(name, &format!("{of}.{name}"), object, &Reading::default())?;
        tables.add(*name, table);
    }
    Ok(tables)
}

/// The text of the file that would hold these settings.
pub(crate) fn settings(table: &str, mapping: &Bound<'_, PyAny>) -> PyResult<String> {
    let py = mapping.py();
    let text = py.import("clapot._settings")?.getattr("to_toml")?;
    text.call1((table, mapping))?.extract()
}
