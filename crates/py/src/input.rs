//! Tables in, by the Arrow PyCapsule interface, and settings as the text of their file. What cells mean is for the library.

use std::sync::atomic::Ordering;

use clapot::io::arrow::{ArrowTable, Tables};
use pyo3::exceptions::{PyException, PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3_arrow::input::AnyRecordBatch;

use crate::errors::{guarded, option, unreadable};
use crate::run::interruptible;
use crate::tables::Table;

/// Takes a table from anything that has the Arrow PyCapsule interface.
pub(crate) fn table(name: &str, object: &Bound<'_, PyAny>) -> PyResult<ArrowTable> {
    let py = object.py();
    if let Ok(table) = object.cast::<Table>() {
        return Ok(table.get().table.clone());
    }
    if !object.hasattr("__arrow_c_stream__")? && !object.hasattr("__arrow_c_array__")? {
        let kind = object.get_type().fully_qualified_name()?;
        return Err(PyTypeError::new_err(format!(
            "{name}: expected a table with the Arrow PyCapsule interface (pandas, Polars, PyArrow, DuckDB, ...), not {kind}"
        )));
    }
    let read = || -> PyResult<ArrowTable> {
        let object = py.import("clapot._frames")?.getattr("prepared")?.call1((object,))?;
        let reader = object.extract::<AnyRecordBatch>()?.into_reader()?;
        // A stream may run a query, which may need the lock, and take its time.
        let read = interruptible(py, move |gone| {
            let schema = reader.schema();
            let wanted = reader.take_while(|_| !gone.load(Ordering::Relaxed));
            let batches = wanted.collect::<Result<Vec<_>, _>>();
            Ok(batches.map(|batches| ArrowTable { schema, batches }))
        });
        read?.map_err(|e| PyTypeError::new_err(e.to_string()))
    };
    // What makes the stream may be of another extension, and panic.
    guarded(py, read).map_err(|cause| match cause {
        cause if cause.is_instance_of::<PyException>(py) => unreadable(py, name, cause),
        interrupt => interrupt,
    })
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
pub(crate) fn given(list: &[(&'static str, Option<&Bound<'_, PyAny>>)]) -> PyResult<Tables> {
    let mut tables = Tables::new();
    for (name, object) in list {
        if let Some(object) = object {
            tables.add(*name, table(name, object)?);
        }
    }
    Ok(tables)
}

/// The text of the file that would hold these settings.
pub(crate) fn settings(table: &str, mapping: &Bound<'_, PyAny>) -> PyResult<String> {
    let py = mapping.py();
    let text = py.import("clapot._settings")?.getattr("to_toml")?;
    text.call1((table, mapping))?.extract()
}
