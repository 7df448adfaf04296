//! Tables out: a frozen table that every data frame library can take, and that shows itself.

use std::fmt::Write as _;
use std::io::Cursor;
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Decimal128Type, Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef, RecordBatch, StructArray};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, DataType, Field};
use clapot::io::arrow::{ArrowTable, Tables};
use clapot::quantity::Date;
use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyDict, PyList};
use pyo3_arrow::ffi::{ArrayIterator, to_schema_pycapsule, to_stream_pycapsule};

use crate::errors::guarded;
use crate::money::decimal;

/// Rows that a table shows of itself.
const SHOWN: usize = 10;

/// A table of a problem or a plan. It never changes.
///
/// Anything that knows the Arrow PyCapsule interface takes it as it is: ``pandas.DataFrame.from_arrow(table)``,
/// ``polars.DataFrame(table)``, ``pyarrow.table(table)``, ``duckdb.sql("select ... from table")``. Money is exact: its columns
/// are decimals.
///
/// Examples
/// --------
/// >>> import clapot
/// >>> problem = clapot.generate(orders=3, nodes=2, seed=1)
/// >>> orders = problem.table("orders")
/// >>> len(orders), orders.columns[:3]
/// (3, ['order_id', 'channel', 'country'])
#[pyclass(module = "clapot", name = "Table", frozen)]
pub(crate) struct Table {
    name: String,
    pub(crate) table: ArrowTable,
}

impl Table {
    pub(crate) fn new(name: impl Into<String>, table: ArrowTable) -> Self {
        let name = name.into();
        Self { name, table }
    }

    fn titles(&self) -> Vec<&str> {
        self.table.schema.fields().iter().map(|f| f.name().as_str()).collect()
    }

    /// The texts of the first rows.
    fn head(&self) -> Vec<Vec<String>> {
        let rows =
            self.table.batches.iter().flat_map(|batch| {
                (0..batch.num_rows()).map(|row| batch.columns().iter().map(|c| text(c, row)).collect())
            });
        rows.take(SHOWN).collect()
    }
}

#[pymethods]
impl Table {
    /// Name of the table, such as ``shipments``.
    #[getter]
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Names of the columns.
    #[getter]
    fn columns(&self) -> Vec<&str> {
        self.titles()
    }

    fn __len__(&self) -> usize {
        self.table.rows()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        guarded(py, || Ok(self.shown()))
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        guarded(py, || Ok(self.html()))
    }

    /// The table as a stream of the Arrow C interface.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let field = Field::new_struct("", self.table.schema.fields().clone(), false);
        let batches = self.table.batches.clone().into_iter();
        let arrays = batches.map(|batch| Ok(Arc::new(StructArray::from(batch)) as ArrayRef));
        let reader = ArrayIterator::new(arrays, Arc::new(field));
        Ok(to_stream_pycapsule(py, Box::new(reader), requested_schema)?)
    }

    /// Names and types of the columns as a schema of the Arrow C interface.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        Ok(to_schema_pycapsule(py, self.table.schema.as_ref())?)
    }

    /// The rows as dictionaries, for those who have no library of data frames.
    ///
    /// Returns
    /// -------
    /// list[dict[str, object]]
    ///     One dictionary per row: texts, integers, floats, ``decimal.Decimal``, ``datetime.date``, booleans, or ``None``.
    fn to_dicts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        guarded(py, || {
            let rows = PyList::empty(py);
            let titles = self.titles();
            for batch in &self.table.batches {
                for row in 0..batch.num_rows() {
                    look_up(py, row)?;
                    let object = PyDict::new(py);
                    for (title, column) in titles.iter().zip(batch.columns()) {
                        object.set_item(title, value(py, column, row)?)?;
                    }
                    rows.append(object)?;
                }
            }
            Ok(rows)
        })
    }

    /// The values of a column.
    ///
    /// Parameters
    /// ----------
    /// column : str
    ///     Its name.
    ///
    /// Raises
    /// ------
    /// KeyError
    ///     The table has no such column.
    fn __getitem__<'py>(&self, py: Python<'py>, column: &str) -> PyResult<Bound<'py, PyList>> {
        let at = self.titles().iter().position(|t| *t == column);
        let at = at.ok_or_else(|| PyKeyError::new_err(column.to_owned()))?;
        guarded(py, || {
            let values = PyList::empty(py);
            for batch in &self.table.batches {
                for row in 0..batch.num_rows() {
                    look_up(py, row)?;
                    values.append(value(py, batch.column(at), row)?)?;
                }
            }
            Ok(values)
        })
    }

    /// The table as a ``pandas.DataFrame``; needs pandas and PyArrow.
    fn to_pandas(slf: Bound<'_, Self>) -> PyResult<Bound<'_, PyAny>> {
        let py = slf.py();
        let frame = py.import("pandas")?.getattr("DataFrame")?;
        if frame.hasattr("from_arrow")? {
            return frame.call_method1("from_arrow", (slf,));
        }
        py.import("pyarrow")?
            .call_method1("table", (slf,))?
            .call_method0("to_pandas")
    }

    /// The table as a ``polars.DataFrame``; needs Polars.
    fn to_polars(slf: Bound<'_, Self>) -> PyResult<Bound<'_, PyAny>> {
        slf.py().import("polars")?.call_method1("DataFrame", (slf,))
    }

    /// The table as a ``pyarrow.Table``; needs PyArrow.
    fn to_arrow(slf: Bound<'_, Self>) -> PyResult<Bound<'_, PyAny>> {
        slf.py().import("pyarrow")?.call_method1("table", (slf,))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (String, Bound<'py, PyBytes>))> {
        let py = slf.py();
        let this = slf.get();
        let bytes = packed(&this.table).map_err(|e| PyValueError::new_err(e.to_string()))?;
        let make = py.import("clapot._clapot")?.getattr("_table_from_state")?;
        Ok((make, (this.name.clone(), PyBytes::new(py, &bytes))))
    }
}

impl Table {
    /// The first rows in columns.
    fn shown(&self) -> String {
        let (titles, head) = (self.titles(), self.head());
        let mut widths: Vec<usize> = titles.iter().map(|t| t.chars().count()).collect();
        for row in &head {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut shown = self.size();
        let mut line = |cells: Vec<&str>| {
            let cells = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
            let text = cells.collect::<Vec<_>>().join("  ");
            let _ = write!(shown, "\n{}", text.trim_end());
        };
        line(titles);
        for row in &head {
            line(row.iter().map(String::as_str).collect());
        }
        if self.table.rows() > SHOWN {
            shown.push_str("\n...");
        }
        shown
    }

    /// The same in HTML.
    fn html(&self) -> String {
        let mut html = format!("<table><caption>{}</caption>\n<tr>", escaped(&self.size()));
        for title in self.titles() {
            let _ = write!(html, "<th>{}</th>", escaped(title));
        }
        html.push_str("</tr>\n");
        for row in self.head() {
            html.push_str("<tr>");
            for cell in row {
                let _ = write!(html, "<td>{}</td>", escaped(&cell));
            }
            html.push_str("</tr>\n");
        }
        html.push_str("</table>");
        html
    }

    fn size(&self) -> String {
        let rows = match self.table.rows() {
            1 => "1 row".to_owned(),
            n => format!("{n} rows"),
        };
        format!("{}: {rows}, {} columns", self.name, self.titles().len())
    }
}

/// Tables by name as objects of Python, to be pickled.
pub(crate) fn listed<'py>(py: Python<'py>, tables: Vec<(&'static str, ArrowTable)>) -> PyResult<Bound<'py, PyList>> {
    let objects = tables
        .into_iter()
        .map(|(name, table)| Bound::new(py, Table::new(name, table)));
    PyList::new(py, objects.collect::<PyResult<Vec<_>>>()?)
}

/// The tables that [`listed`] made, beside the text of a file.
pub(crate) fn gathered(file: &'static str, text: String, tables: &[Bound<'_, Table>]) -> Tables {
    let mut given = Tables::new();
    given.add_text(file, text);
    for table in tables {
        given.add(table.get().name(), table.get().table.clone());
    }
    given
}

/// A table from what it was pickled as.
#[pyfunction(name = "_table_from_state")]
pub(crate) fn table_from_state(name: String, bytes: &[u8]) -> PyResult<Table> {
    let table = unpacked(bytes).map_err(|e| PyValueError::new_err(format!("not a pickled table: {e}")))?;
    Ok(Table { name, table })
}

fn packed(table: &ArrowTable) -> Result<Vec<u8>, ArrowError> {
    let mut writer = StreamWriter::try_new(Vec::new(), &table.schema)?;
    table.batches.iter().try_for_each(|batch| writer.write(batch))?;
    writer.into_inner()
}

fn unpacked(bytes: &[u8]) -> Result<ArrowTable, ArrowError> {
    let reader = StreamReader::try_new(Cursor::new(bytes), None)?;
    let schema = reader.schema();
    let batches = reader.collect::<Result<Vec<RecordBatch>, _>>()?;
    Ok(ArrowTable { schema, batches })
}

/// Lets other threads of Python have a turn, and looks for signals, every so many rows.
fn look_up(py: Python<'_>, row: usize) -> PyResult<()> {
    if !row.is_multiple_of(1024) {
        return Ok(());
    }
    // A pause, not only a release: who waits for the lock is woken by it and needs a moment to take it.
    py.detach(|| std::thread::sleep(std::time::Duration::from_micros(50)));
    py.check_signals()
}

/// The text of a cell, as the files have it.
fn text(column: &ArrayRef, row: usize) -> String {
    if column.is_null(row) {
        return String::new();
    }
    match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().value(row).to_owned(),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::Float64 => column.as_primitive::<Float64Type>().value(row).to_string(),
        DataType::Boolean => column.as_boolean().value(row).to_string(),
        DataType::Decimal128(..) => column.as_primitive::<Decimal128Type>().value_as_string(row),
        DataType::Date32 => Date::from_days(column.as_primitive::<Date32Type>().value(row)).to_string(),
        other => format!("<{other}>"),
    }
}

/// The value of a cell.
fn value<'py>(py: Python<'py>, column: &ArrayRef, row: usize) -> PyResult<Bound<'py, PyAny>> {
    if column.is_null(row) {
        return Ok(py.None().into_bound(py));
    }
    match column.data_type() {
        DataType::Int64 => Ok(column
            .as_primitive::<Int64Type>()
            .value(row)
            .into_pyobject(py)?
            .into_any()),
        DataType::Float64 => Ok(column
            .as_primitive::<Float64Type>()
            .value(row)
            .into_pyobject(py)?
            .into_any()),
        DataType::Boolean => Ok(column.as_boolean().value(row).into_pyobject(py)?.to_owned().into_any()),
        DataType::Decimal128(..) => decimal(py, &text(column, row)),
        DataType::Date32 => {
            let class = py.import("datetime")?.getattr("date")?;
            class.call_method1("fromisoformat", (text(column, row),))
        }
        _ => Ok(text(column, row).into_pyobject(py)?.into_any()),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
