//! The class `Problem`: from tables or files, changed, written, pickled.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clapot::diagnostic::readable;
use clapot::io::arrow::{self, Tables};
use clapot::io::{ReadOptions, TableFormat, WriteOptions, write_problem_as};
use clapot::validate::Checked;
use clapot::{Diagnostic, Draft};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::errors::{detached, diagnostics, option, warn_of_names};
use crate::ids::IdTypes;
use crate::input::{self, Reading, natural};
use crate::run::interruptible;
use crate::tables::{Table, gathered, listed};

/// Names of the tables of a problem, in the order in which they are read.
const TABLES: [&str; 11] = [
    "nodes",
    "items",
    "stock",
    "orders",
    "lines",
    "exclusions",
    "services",
    "lanes",
    "rates",
    "quotes",
    "postcodes",
];

/// A routing problem: orders, stock, nodes and carriers. Always valid, and never changed.
///
/// Made by :meth:`from_tables`, :meth:`read` or :func:`generate`. ``len(problem)`` is the number of its orders.
///
/// Examples
/// --------
/// >>> import clapot
/// >>> problem = clapot.generate(orders=20, nodes=4, seed=7)
/// >>> problem
/// Problem('b2c-20-4-s7', 20 orders, 47 lines, 4 nodes, 100 items, 1 warning)
#[pyclass(module = "clapot", frozen)]
pub(crate) struct Problem {
    draft: Arc<Draft>,
    pub(crate) problem: Arc<clapot::Problem>,
    warnings: Vec<Diagnostic>,
    /// It is made up, and replaces no directory that is not.
    generated: bool,
    /// The types in which ids came.
    pub(crate) ids: IdTypes,
}

impl Problem {
    fn new((draft, checked): (Draft, Checked)) -> Self {
        Self::with_ids((draft, checked), IdTypes::default())
    }

    fn with_ids((draft, checked): (Draft, Checked), ids: IdTypes) -> Self {
        Self {
            draft: Arc::new(draft),
            problem: Arc::new(checked.problem),
            warnings: checked.warnings,
            generated: false,
            ids,
        }
    }

    /// A problem that is valid, with the draft that it was made of.
    pub(crate) fn of_parts(draft: Draft, problem: clapot::Problem) -> Self {
        let warnings = Vec::new();
        Self::new((draft, Checked { problem, warnings }))
    }

    /// The same problem, once Python has been warned of what is likely misspelt in its input.
    fn told(self, py: Python<'_>) -> PyResult<Self> {
        warn_of_names(py, &self.warnings)?;
        Ok(self)
    }

    /// A problem of a draft that was made for it.
    pub(crate) fn generated(py: Python<'_>, draft: Draft) -> PyResult<Self> {
        interruptible(py, move |_| {
            let checked = clapot::validate::check(draft.clone()).map_err(clapot::Error::input)?;
            Ok(Self {
                generated: true,
                ..Self::new((draft, checked))
            })
        })
    }

    /// The same with pins and exclusions, or itself where there are none.
    pub(crate) fn with_rules(
        slf: &Bound<'_, Self>,
        pins: Option<&Bound<'_, PyAny>>,
        exclusions: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<Self>> {
        if pins.is_none() && exclusions.is_none() {
            return Ok(slf.clone().unbind());
        }
        let py = slf.py();
        let tables = input::given(&[("pins", pins), ("exclusions", exclusions)], &Reading::default())?;
        let draft = Arc::clone(&slf.get().draft);
        let made = interruptible(py, move |_| arrow::pinned(&draft, &tables))?;
        let problem = Self::with_ids(made, slf.get().ids.clone());
        Py::new(py, problem.told(py)?)
    }
}

#[pymethods]
impl Problem {
    /// Make a problem from tables in memory.
    ///
    /// A table is anything with the Arrow PyCapsule interface: a DataFrame of pandas or Polars, a table of PyArrow, a relation
    /// of DuckDB, an array stream of nanoarrow; or a dictionary of columns, or a list of dictionaries. It has the columns that the
    /// file format gives it, in any order, and others, which are not looked at. Numbers, dates and truth values may have their own
    /// types or be texts; a missing value is an empty cell.
    ///
    /// Parameters
    /// ----------
    /// settings : dict
    ///     What ``problem.toml`` holds: ``name``, ``currency``, ``now`` and ``objective``; ``format`` may be left out.
    /// nodes, items, stock, orders, lines : table
    ///     The tables that every problem has.
    /// services, lanes, rates : table, optional
    ///     Carriers. They may be left out where every order has quotes or is picked up.
    /// exclusions, quotes : table, optional
    ///     Nodes that may not ship, and ready prices.
    /// postcodes : table, optional
    ///     Coordinates of prefixes of postcodes, for orders and nodes that give none.
    /// columns : dict, optional
    ///     Own names, by table and then by the column of the format: the name of a column of the table, a function that gets the
    ///     table and returns the column, or a value that all rows have (a text as :class:`Constant`).
    /// rounding : {"nearest"}, optional
    ///     Round money to 4 decimals, and grams and cubic centimetres to whole ones. Without it what has more is refused.
    /// strict : bool, default False
    ///     Take every warning for an error.
    /// skip_bad_orders : bool, default False
    ///     Leave out orders that errors name, instead of refusing all of them; :attr:`left_out` tells which and why.
    /// threads : int, default 0
    ///     Threads to read with; 0 is one per core.
    ///
    /// Returns
    /// -------
    /// Problem
    ///
    /// Warns
    /// -----
    /// InputWarning
    ///     A column or a setting is not known, and its name is like that of one that is.
    ///
    /// Raises
    /// ------
    /// InputError
    ///     Everything that is wrong with the input, by table, row (from 0) and column.
    ///
    /// Examples
    /// --------
    /// >>> import clapot, pyarrow as pa
    /// >>> problem = clapot.Problem.from_tables(
    /// ...     settings={
    /// ...         "name": "lamps", "currency": "EUR", "now": "2026-03-02T09:00:00+01:00",
    /// ...         "objective": {"unfilled_penalty": 50},
    /// ...     },
    /// ...     nodes=pa.table({"node_id": ["near", "far"]}),
    /// ...     items=pa.table({"sku": ["lamp"], "weight_g": [900]}),
    /// ...     stock=pa.table({"node_id": ["near", "far"], "sku": ["lamp", "lamp"], "on_hand": [1, 9]}),
    /// ...     orders=pa.table({"order_id": ["anna", "ben"], "country": ["FR", "FR"], "postcode": ["1000", "2000"]}),
    /// ...     lines=pa.table({"order_id": ["anna", "ben"], "line_id": ["1", "1"], "sku": ["lamp", "lamp"], "qty": [1, 1]}),
    /// ...     services=pa.table({"service_id": ["post"], "days": ["12345"]}),
    /// ...     lanes=pa.table({
    /// ...         "service_id": ["post"] * 3, "node_id": ["near", "near", "far"], "country": ["FR"] * 3,
    /// ...         "postcode_prefix": ["1", "2", None], "zone": ["town", "hills", "any"], "transit_days": [1, 1, 1],
    /// ...     }),
    /// ...     rates=pa.table({
    /// ...         "service_id": ["post"] * 3, "zone": ["town", "hills", "any"], "max_g": [2000] * 3, "price": [4, 6, 9],
    /// ...     }),
    /// ... )
    /// >>> plan = clapot.route(problem)
    /// >>> plan.total, plan.status
    /// (Decimal('13.0000'), 'optimal')
    #[staticmethod]
    #[pyo3(signature = (
        *, settings, nodes, items, stock, orders, lines, services = None, lanes = None, rates = None, exclusions = None,
        quotes = None, postcodes = None, columns = None, rounding = None, strict = false, skip_bad_orders = false,
        threads = 0
    ))]
    #[allow(clippy::too_many_arguments, reason = "one for each table")]
    fn from_tables(
        py: Python<'_>,
        settings: &Bound<'_, PyAny>,
        nodes: &Bound<'_, PyAny>,
        items: &Bound<'_, PyAny>,
        stock: &Bound<'_, PyAny>,
        orders: &Bound<'_, PyAny>,
        lines: &Bound<'_, PyAny>,
        services: Option<&Bound<'_, PyAny>>,
        lanes: Option<&Bound<'_, PyAny>>,
        rates: Option<&Bound<'_, PyAny>>,
        exclusions: Option<&Bound<'_, PyAny>>,
        quotes: Option<&Bound<'_, PyAny>>,
        postcodes: Option<&Bound<'_, PyAny>>,
        columns: Option<&Bound<'_, PyAny>>,
        rounding: Option<&str>,
        strict: bool,
        skip_bad_orders: bool,
        #[pyo3(from_py_with = natural)] threads: usize,
    ) -> PyResult<Self> {
        let reading = Reading::new(py, columns, rounding, settings, &TABLES)?;
        let list = [
            ("nodes", Some(nodes)),
            ("items", Some(items)),
            ("stock", Some(stock)),
            ("orders", Some(orders)),
            ("lines", Some(lines)),
            ("services", services),
            ("lanes", lanes),
            ("rates", rates),
            ("exclusions", exclusions),
            ("quotes", quotes),
            ("postcodes", postcodes),
        ];
        let mut tables = input::given(&list, &reading)?;
        tables.add_text("problem.toml", input::settings("problem", settings)?);
        let options = ReadOptions {
            threads,
            strict,
            skip_bad_orders,
            ..ReadOptions::default()
        };
        let ids = IdTypes::default().with(&tables);
        of_tables(py, tables, options, ids)?.told(py)
    }

    /// Read a problem directory: ``problem.toml`` and tables in CSV or Parquet.
    ///
    /// Parameters
    /// ----------
    /// path : str or os.PathLike
    ///     The directory.
    /// strict : bool, default False
    ///     Take every warning for an error.
    /// skip_bad_orders : bool, default False
    ///     Leave out orders that errors name, instead of refusing all of them; :attr:`left_out` tells which and why.
    /// threads : int, default 0
    ///     Threads to read with; 0 is one per core.
    /// site : str or os.PathLike, optional
    ///     A directory of fixed tables: each table that `path` lacks is taken from there, and so is ``problem.toml``.
    ///
    /// Returns
    /// -------
    /// Problem
    ///
    /// Raises
    /// ------
    /// InputError
    ///     Everything that is wrong with the files, with file, line and column.
    /// FileError
    ///     There is no such directory.
    #[staticmethod]
    #[pyo3(signature = (path, *, strict = false, skip_bad_orders = false, threads = 0, site = None))]
    fn read(
        py: Python<'_>,
        path: PathBuf,
        strict: bool,
        skip_bad_orders: bool,
        #[pyo3(from_py_with = natural)] threads: usize,
        site: Option<PathBuf>,
    ) -> PyResult<Self> {
        let read = move |gone: &AtomicBool| {
            let options = ReadOptions {
                threads,
                strict,
                skip_bad_orders,
                site: site.as_deref(),
                ..ReadOptions::default()
            };
            arrow::read_problem_dir(&path, options, gone)
        };
        interruptible(py, read).map(Self::new)?.told(py)
    }

    /// Write the problem to a directory, whole or not at all. An earlier problem there is replaced.
    ///
    /// Parameters
    /// ----------
    /// path : str or os.PathLike
    ///     The directory.
    /// format : {"csv", "parquet"}, default "csv"
    ///     How the tables are written.
    /// force : bool, default False
    ///     Whether an earlier problem is replaced even if other files are in that directory, which are then deleted, and even if
    ///     this one is made up by :func:`generate` and that one is not.
    #[pyo3(signature = (path, *, format = "csv", force = false))]
    fn write(&self, py: Python<'_>, path: PathBuf, format: &str, force: bool) -> PyResult<()> {
        let options = WriteOptions {
            format: table_format(py, format)?,
            force,
            generated: self.generated,
        };
        detached(py, || write_problem_as(&self.draft, &path, options))
    }

    /// Ask what if: the same problem with other tables in place of its own.
    ///
    /// Parameters
    /// ----------
    /// settings : dict, optional
    ///     Settings that differ, key by key, also within ``objective``; ``None`` takes one away.
    /// nodes, items, stock, orders, lines, services, lanes, rates, exclusions, quotes, postcodes : table, optional
    ///     Tables in place of those that there are, whole.
    /// pins : table, optional
    ///     Columns ``order_id``, ``line_id`` (empty: every line of the order) and ``node_id``: those lines may ship from that
    ///     node only, whatever they were pinned to before.
    /// columns, rounding, strict, skip_bad_orders : optional
    ///     As in :meth:`from_tables`.
    ///
    /// Returns
    /// -------
    /// Problem
    ///     A new one. This one stays as it is.
    ///
    /// Raises
    /// ------
    /// InputError
    ///     Everything that is wrong with the new tables, or with what they make of the problem.
    ///
    /// Examples
    /// --------
    /// >>> import clapot
    /// >>> problem = clapot.generate(orders=50, nodes=4, seed=7)
    /// >>> nodes = problem.table("nodes").to_polars()
    /// >>> import polars as pl
    /// >>> closed = nodes.with_columns(ships=pl.col("ships") & (pl.col("node_id") != nodes["node_id"][0]))
    /// >>> before, after = clapot.route(problem), clapot.route(problem.replace(nodes=closed))
    /// >>> before.total < after.total
    /// True
    #[pyo3(signature = (
        *, settings = None, nodes = None, items = None, stock = None, orders = None, lines = None, services = None,
        lanes = None, rates = None, exclusions = None, quotes = None, postcodes = None, pins = None, columns = None,
        rounding = None, strict = false, skip_bad_orders = false
    ))]
    #[allow(clippy::too_many_arguments, reason = "one for each table")]
    fn replace(
        slf: &Bound<'_, Self>,
        settings: Option<&Bound<'_, PyAny>>,
        nodes: Option<&Bound<'_, PyAny>>,
        items: Option<&Bound<'_, PyAny>>,
        stock: Option<&Bound<'_, PyAny>>,
        orders: Option<&Bound<'_, PyAny>>,
        lines: Option<&Bound<'_, PyAny>>,
        services: Option<&Bound<'_, PyAny>>,
        lanes: Option<&Bound<'_, PyAny>>,
        rates: Option<&Bound<'_, PyAny>>,
        exclusions: Option<&Bound<'_, PyAny>>,
        quotes: Option<&Bound<'_, PyAny>>,
        postcodes: Option<&Bound<'_, PyAny>>,
        pins: Option<&Bound<'_, PyAny>>,
        columns: Option<&Bound<'_, PyAny>>,
        rounding: Option<&str>,
        strict: bool,
        skip_bad_orders: bool,
    ) -> PyResult<Py<Self>> {
        let (py, this) = (slf.py(), slf.get());
        let mut of = this.settings(py)?;
        if let Some(changes) = settings {
            let merged = py.import("clapot._settings")?.getattr("merged")?;
            of = merged.call1((of, changes))?;
        }
        let reading = Reading::new(py, columns, rounding, &of, &TABLES)?;
        let list = [
            ("nodes", nodes),
            ("items", items),
            ("stock", stock),
            ("orders", orders),
            ("lines", lines),
            ("services", services),
            ("lanes", lanes),
            ("rates", rates),
            ("exclusions", exclusions),
            ("quotes", quotes),
            ("postcodes", postcodes),
        ];
        let mut given = input::given(&list, &reading)?;
        if settings.is_some() {
            given.add_text("problem.toml", input::settings("problem", &of)?);
        }
        let ids = this.ids.with(&given);
        let draft = Arc::clone(&this.draft);
        let options = ReadOptions {
            strict,
            skip_bad_orders,
            ..ReadOptions::default()
        };
        let changed = interruptible(py, move |gone| arrow::changed(&draft, &given, options, gone))?;
        let changed = Self::with_ids(changed, ids).told(py)?;
        let changed = Bound::new(py, changed)?;
        Self::with_rules(&changed, pins, None)
    }

    /// The part of the problem that is of some orders: their lines, quotes and exclusions, and everything else whole.
    ///
    /// Parameters
    /// ----------
    /// orders : iterable, or callable
    ///     Ids of orders; or one truth value for each order, in the order of ``table("orders")``; or a function that gets that table
    ///     and returns either.
    ///
    /// Returns
    /// -------
    /// Problem
    ///     A new one, of at least one order.
    ///
    /// Raises
    /// ------
    /// KeyError
    ///     There is no order of such an id.
    ///
    /// Examples
    /// --------
    /// >>> import clapot
    /// >>> problem = clapot.generate(orders=50, nodes=4, seed=7)
    /// >>> few = problem.filter(orders=problem.table("orders")["order_id"][:10])
    /// >>> len(few), len(problem)
    /// (10, 50)
    #[pyo3(signature = (*, orders))]
    fn filter<'py>(slf: &Bound<'py, Self>, orders: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let filter = slf.py().import("clapot._filter")?.getattr("filtered")?;
        filter.call1((slf, orders))
    }

    /// One of the tables of the problem.
    ///
    /// Parameters
    /// ----------
    /// name : str
    ///     ``nodes``, ``items``, ``stock``, ``orders``, ``lines``, ``exclusions``, ``services``, ``lanes``, ``rates``, ``quotes``
    ///     or ``postcodes``.
    ///
    /// Returns
    /// -------
    /// Table
    #[pyo3(signature = (name))]
    fn table(&self, py: Python<'_>, name: &str) -> PyResult<Table> {
        let name = TABLES.iter().find(|t| **t == name);
        let name = *name.ok_or_else(|| {
            let known = TABLES.join(", ");
            PyKeyError::new_err(format!("no such table of a problem; there are {known}"))
        })?;
        let draft = Arc::clone(&self.draft);
        let table = interruptible(py, move |_| arrow::problem_table(&draft, name))?;
        Ok(Table::new(name, self.ids.typed(table)))
    }

    /// Name of the problem.
    #[getter]
    fn name(&self) -> &str {
        &self.problem.settings().name
    }

    /// Currency of all money, an ISO 4217 code.
    #[getter]
    fn currency(&self) -> &str {
        &self.problem.settings().currency
    }

    /// The planning instant, as it was given.
    #[getter]
    fn now(&self) -> &str {
        &self.problem.settings().now
    }

    /// What ``problem.toml`` holds, as a dictionary.
    #[getter]
    pub(crate) fn settings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let text = arrow::problem_settings(&self.draft);
        py.import("tomllib")?.call_method1("loads", (text,))
    }

    /// What was noticed but does no harm: :class:`Diagnostic` objects.
    #[getter]
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        diagnostics(py, &self.warnings)
    }

    /// Orders that were left out because something is wrong with them: by their ids lists of :class:`Diagnostic` objects. Rows
    /// of ``orders`` without an id are under the empty one. It is not pickled.
    #[getter]
    fn left_out<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let orders = PyDict::new(py);
        for order in self.problem.left_out() {
            let reasons = diagnostics(py, &order.reasons)?;
            let id = self.ids.value(py, "order_id", &order.order)?;
            match orders.get_item(&id)? {
                Some(known) => known.call_method1("extend", (reasons,)).map(|_| ())?,
                None => orders.set_item(id, reasons)?,
            }
        }
        Ok(orders)
    }

    fn __len__(&self) -> usize {
        self.problem.orders().len()
    }

    fn __repr__(&self) -> String {
        let p = &self.problem;
        let warnings: u64 = self.warnings.iter().map(|d| 1 + d.more).sum();
        let mut also = String::new();
        for (n, one, many) in [
            (warnings, "warning", "warnings"),
            (p.left_out().len() as u64, "order left out", "orders left out"),
        ] {
            if n > 0 {
                let _ = write!(also, ", {n} {}", if n == 1 { one } else { many });
            }
        }
        format!(
            "Problem('{}', {} orders, {} lines, {} nodes, {} items{also})",
            readable(&p.settings().name),
            p.orders().len(),
            p.lines().len(),
            p.nodes().len(),
            p.items().len()
        )
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, State<'py>)> {
        let py = slf.py();
        let draft = Arc::clone(&slf.get().draft);
        let (settings, tables) = interruptible(py, move |_| arrow::problem_tables(&draft))?;
        let make = py.import("clapot._clapot")?.getattr("_problem_from_state")?;
        Ok((make, (settings, listed(py, tables)?, slf.get().ids.words())))
    }
}

type State<'py> = (String, Bound<'py, PyList>, Vec<String>);

/// A problem from what it was pickled as.
#[pyfunction(name = "_problem_from_state")]
pub(crate) fn problem_from_state(
    py: Python<'_>,
    settings: String,
    tables: Vec<Bound<'_, Table>>,
    ids: Vec<String>,
) -> PyResult<Problem> {
    let tables = gathered("problem.toml", settings, &tables);
    of_tables(py, tables, ReadOptions::default(), IdTypes::from_words(&ids))
}

fn of_tables(py: Python<'_>, tables: Tables, options: ReadOptions<'static>, ids: IdTypes) -> PyResult<Problem> {
    let made = interruptible(py, move |gone| arrow::read_problem(&tables, options, gone))?;
    Ok(Problem::with_ids(made, ids))
}

/// How tables are written.
pub(crate) fn table_format(py: Python<'_>, word: &str) -> PyResult<TableFormat> {
    word.parse()
        .map_err(|_| option(py, "format must be 'csv' or 'parquet'"))
}
