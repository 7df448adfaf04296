//! Tables out: a frozen table that every data frame library can take, and that shows itself.

use std::fmt::Write as _;
use std::io::Cursor;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StructArray};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, Field, Schema};
use clapot::io::arrow::{ArrowTable, Tables};
use pyo3::exceptions::{PyIndexError, PyKeyError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyDict, PyIterator, PyList, PySlice};
use pyo3_arrow::ffi::{ArrayIterator, to_schema_pycapsule, to_stream_pycapsule};

use crate::cells::{made, text, value};
use crate::errors::guarded;

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
    fn first(&self) -> Vec<Vec<String>> {
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

    /// A column as a list, by its name; a row as a dictionary, by its number; rows as a table, by a slice.
    ///
    /// Parameters
    /// ----------
    /// key : str, int or slice
    ///     Name of a column, or rows from 0; from the end where negative.
    ///
    /// Raises
    /// ------
    /// KeyError
    ///     The table has no such column.
    /// IndexError
    ///     The table has no such row.
    fn __getitem__<'py>(&self, py: Python<'py>, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        if let Ok(column) = key.extract::<String>() {
            return Ok(self.column(py, &column)?.into_any());
        }
        if let Ok(slice) = key.cast::<PySlice>() {
            let rows = slice.indices(isize::try_from(self.table.rows()).unwrap_or(isize::MAX))?;
            let mut at = rows.start;
            let mut chosen = Vec::with_capacity(rows.slicelength);
            for _ in 0..rows.slicelength {
                chosen.push(at.unsigned_abs());
                at += rows.step;
            }
            return Ok(Bound::new(py, self.rows(&chosen))?.into_any());
        }
        let Ok(row) = key.extract::<isize>() else {
            return Err(PyTypeError::new_err(
                "a table is indexed by a name of a column, a row, or a slice",
            ));
        };
        let count = self.table.rows();
        let row = if row < 0 {
            count.checked_sub(row.unsigned_abs())
        } else {
            Some(row.unsigned_abs())
        };
        let row = row.filter(|&row| row < count);
        let row = row.ok_or_else(|| PyIndexError::new_err(format!("the table has {count} rows")))?;
        Ok(self.rows(&[row]).to_dicts(py)?.get_item(0)?.into_any())
    }

    /// The first rows.
    ///
    /// Parameters
    /// ----------
    /// n : int, default 5
    ///     How many.
    ///
    /// Returns
    /// -------
    /// Table
    #[pyo3(signature = (n = 5))]
    fn head(&self, #[pyo3(from_py_with = crate::input::natural)] n: usize) -> Self {
        let rows: Vec<usize> = (0..self.table.rows().min(n)).collect();
        self.rows(&rows)
    }

    /// Numbers of rows and columns.
    #[getter]
    fn shape(&self) -> (usize, usize) {
        (self.table.rows(), self.titles().len())
    }

    /// Rows as dictionaries, one after another.
    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        self.to_dicts(py)?.try_iter()
    }

    /// Whether another table has the same columns, types and cells.
    fn __eq__<'py>(&self, py: Python<'py>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let Ok(other) = other.cast::<Self>() else {
            return Ok(py.NotImplemented().into_bound(py));
        };
        let (a, b) = (&self.table, &other.get().table);
        let same = a.schema.fields() == b.schema.fields() && a.rows() == b.rows() && same_cells(a, b);
        Ok(same.into_pyobject(py)?.to_owned().into_any())
    }

    /// Columns by their positions, under other names.
    fn _chosen(&self, columns: Vec<(String, usize)>) -> PyResult<Self> {
        let wrong = |e: ArrowError| PyValueError::new_err(e.to_string());
        let places: Vec<usize> = columns.iter().map(|(_, at)| *at).collect();
        let chosen = self.table.schema.project(&places).map_err(wrong)?;
        let named = chosen.fields().iter().zip(&columns);
        let fields: Vec<Field> = named.map(|(f, (name, _))| f.as_ref().clone().with_name(name)).collect();
        let schema = Arc::new(Schema::new(fields));
        let batches = self.table.batches.iter().map(|batch| {
            let batch = batch.project(&places)?;
            RecordBatch::try_new(Arc::clone(&schema), batch.columns().to_vec())
        });
        let batches = batches.collect::<Result<_, _>>().map_err(wrong)?;
        Ok(Self::new(self.name.clone(), ArrowTable { schema, batches }))
    }

    /// Rows by their numbers.
    fn _rows(&self, rows: Vec<usize>) -> Self {
        self.rows(&rows)
    }

    /// The table as a ``pandas.DataFrame``; needs pandas and PyArrow.
    ///
    /// Parameters
    /// ----------
    /// money : {"float64", "decimal", "arrow"}, default "float64"
    ///     Amounts as floats, which every method of pandas knows; exact, as objects ``decimal.Decimal``; or exact, as decimals of
    ///     Arrow.
    /// dates : {"datetime64", "date", "arrow"}, default "datetime64"
    ///     Dates as timestamps, on which ``.dt`` works; as objects ``datetime.date``; or as dates of Arrow.
    ///
    /// Returns
    /// -------
    /// pandas.DataFrame
    #[pyo3(signature = (*, money = "float64", dates = "datetime64"))]
    fn to_pandas<'py>(slf: &Bound<'py, Self>, money: &str, dates: &str) -> PyResult<Bound<'py, PyAny>> {
        let to_pandas = slf.py().import("clapot._pandas")?.getattr("to_pandas")?;
        to_pandas.call1((slf, money, dates))
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
    /// The values of a column.
    fn column<'py>(&self, py: Python<'py>, column: &str) -> PyResult<Bound<'py, PyList>> {
        let titles = self.titles();
        let at = titles.iter().position(|t| *t == column);
        let at = at.ok_or_else(|| PyKeyError::new_err(format!("{column}; there are {}", titles.join(", "))))?;
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

    /// Rows by their numbers, of which those that follow one another stay together.
    fn rows(&self, rows: &[usize]) -> Self {
        let mut batches = Vec::new();
        let mut at = 0;
        while at < rows.len() {
            let run = rows[at..]
                .iter()
                .enumerate()
                .take_while(|(n, row)| **row == rows[at] + n)
                .count();
            let (mut begin, end) = (rows[at], rows[at] + run);
            let mut before = 0;
            for batch in &self.table.batches {
                let after = before + batch.num_rows();
                if begin < after && begin < end {
                    let length = end.min(after) - begin;
                    batches.push(batch.slice(begin - before, length));
                    begin += length;
                }
                before = after;
            }
            at += run;
        }
        let schema = Arc::clone(&self.table.schema);
        Self::new(self.name.clone(), ArrowTable { schema, batches })
    }

    /// The first rows in columns.
    fn shown(&self) -> String {
        let (titles, head) = (self.titles(), self.first());
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
        for row in self.first() {
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

/// A table of columns that Python made.
#[pyfunction(name = "_table_of_columns")]
pub(crate) fn table_of_columns(name: String, columns: Vec<(String, String, Vec<Bound<'_, PyAny>>)>) -> PyResult<Table> {
    Ok(Table::new(name, made(columns)?))
}

/// Whether tables of the same columns and as many rows have the same cells, whatever their batches.
fn same_cells(a: &ArrowTable, b: &ArrowTable) -> bool {
    let (mut of_a, mut of_b) = (a.batches.iter(), b.batches.iter());
    let mut left = (of_a.next().cloned(), of_b.next().cloned());
    while let (Some(x), Some(y)) = &left {
        let rows = x.num_rows().min(y.num_rows());
        if x.slice(0, rows).columns() != y.slice(0, rows).columns() {
            return false;
        }
        let rest = |batch: &RecordBatch| batch.slice(rows, batch.num_rows() - rows);
        let (x, y) = (rest(x), rest(y));
        left = (
            if x.num_rows() == 0 {
                of_a.next().cloned()
            } else {
                Some(x)
            },
            if y.num_rows() == 0 {
                of_b.next().cloned()
            } else {
                Some(y)
            },
        );
    }
    true
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

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
