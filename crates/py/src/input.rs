//! Tables in, by the Arrow PyCapsule interface, and settings as the text of their file. What cells mean is for the library.

use clapot::io::arrow::{ArrowTable, Tables};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3_arrow::input::AnyRecordBatch;

use crate::errors::unreadable;
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
        // A stream may run a query, which may need the lock.
        let read = py.detach(move || {
            let schema = reader.schema();
            let batches = reader.collect::<Result<Vec<_>, _>>();
            batches.map(|batches| ArrowTable { schema, batches })
        });
        read.map_err(|e| PyTypeError::new_err(e.to_string()))
    };
    read().map_err(|cause| unreadable(py, name, cause))
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
