//! The class `Floors`, from tables or files, and `generate_floors`.

use std::path::PathBuf;
use std::sync::Arc;

use clapot::Diagnostic;
use clapot::generate::FloorOptions;
use clapot::io::arrow::{self, Tables};
use clapot::io::{WriteOptions, write_floors_as};
use clapot::model::floor::{FloorDraft, OpenShipments, ReleaseMode};
use clapot::quantity::Moment;
use clapot::validate::CheckedFloors;
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::errors::{detached, diagnostics, option, warn_of_names};
use crate::input::{self, Reading, natural};
use crate::problem::{Problem, table_format};
use crate::run::interruptible;
use crate::tables::{Table, gathered, listed};

/// Names of the tables of floors.
pub(crate) const TABLES: [&str; 8] = [
    "layouts",
    "edges",
    "locations",
    "location_stock",
    "carts",
    "shifts",
    "departures",
    "priorities",
];

/// The floors of the nodes of a problem: layouts, pick locations and what lies there, carts, shifts, departures, and how waves
/// are made. Always valid, and never changed.
///
/// Examples
/// --------
/// >>> import clapot
/// >>> problem = clapot.generate(orders=60, nodes=4, seed=7)
/// >>> floors = clapot.generate_floors(problem)
/// >>> floors.table("shifts").columns[:2]
/// ['node_id', 'shift_id']
#[pyclass(module = "clapot", frozen)]
pub(crate) struct Floors {
    problem: Py<Problem>,
    draft: Arc<FloorDraft>,
    pub(crate) floors: Arc<clapot::model::Floors>,
    /// They are made up, and replace no directory that is not.
    generated: bool,
    warnings: Vec<Diagnostic>,
}

impl Floors {
    fn new(problem: Py<Problem>, (draft, checked): (FloorDraft, CheckedFloors)) -> Self {
        Self {
            problem,
            draft: Arc::new(draft),
            floors: Arc::new(checked.floors),
            generated: false,
            warnings: checked.warnings,
        }
    }

    /// Floors that are valid, with the draft that they were made of.
    pub(crate) fn of_parts(
        problem: Py<Problem>,
        draft: FloorDraft,
        floors: clapot::model::Floors,
        warnings: Vec<Diagnostic>,
    ) -> Self {
        Self::new(problem, (draft, CheckedFloors { floors, warnings }))
    }

    /// The floor of a node.
    pub(crate) fn floor(&self, node_id: &str) -> Option<&clapot::model::Floor> {
        let node = self.problem.get().problem.node_ids().find(node_id)?;
        self.floors.of(node)
    }

    /// The same floors of another state of the problem.
    pub(crate) fn of_problem(slf: &Bound<'_, Self>, problem: &Bound<'_, Problem>) -> PyResult<Py<Self>> {
        let (py, this) = (slf.py(), slf.get());
        if Arc::ptr_eq(&this.problem.get().problem, &problem.get().problem) {
            return Ok(slf.clone().unbind());
        }
        let (of, draft) = (Arc::clone(&problem.get().problem), Arc::clone(&this.draft));
        let open = this.floors.open_shipments().cloned();
        let made = interruptible(py, move |_| {
            let mut checked = clapot::validate::check_floors((*draft).clone(), &of).map_err(clapot::Error::input)?;
            if let Some(open) = open {
                checked.floors = checked.floors.with_open_shipments(open);
            }
            Ok(((*draft).clone(), checked))
        })?;
        Py::new(py, Self::new(problem.clone().unbind(), made))
    }
}

#[pymethods]
impl Floors {
    /// Make floors from tables in memory, as :meth:`Problem.from_tables` does.
    ///
    /// Parameters
    /// ----------
    /// problem : Problem
    ///     The problem that has the nodes.
    /// settings : dict
    ///     What ``floor.toml`` holds: ``waves``, ``limits``, ``picking``, ``packing``, and ``node`` for single nodes.
    /// layouts, locations, location_stock, carts, shifts : table
    ///     The tables that every floor has.
    /// edges, departures, priorities : table, optional
    ///     Ways of graphs, when carriers leave, and what is urgent.
    /// columns, rounding : optional
    ///     As in :meth:`Problem.from_tables`.
    ///
    /// Returns
    /// -------
    /// Floors
    ///
    /// Raises
    /// ------
    /// InputError
    ///     Everything that is wrong with the input, by table, row (from 0) and column.
    #[staticmethod]
    #[pyo3(signature = (
        problem, *, settings, layouts, locations, location_stock, carts, shifts, edges = None, departures = None,
        priorities = None, columns = None, rounding = None
    ))]
    #[allow(clippy::too_many_arguments, reason = "one for each table")]
    fn from_tables(
        py: Python<'_>,
        problem: Py<Problem>,
        settings: &Bound<'_, PyAny>,
        layouts: &Bound<'_, PyAny>,
        locations: &Bound<'_, PyAny>,
        location_stock: &Bound<'_, PyAny>,
        carts: &Bound<'_, PyAny>,
        shifts: &Bound<'_, PyAny>,
        edges: Option<&Bound<'_, PyAny>>,
        departures: Option<&Bound<'_, PyAny>>,
        priorities: Option<&Bound<'_, PyAny>>,
        columns: Option<&Bound<'_, PyAny>>,
        rounding: Option<&str>,
    ) -> PyResult<Self> {
        let of = problem.get().settings(py)?;
        let reading = Reading::new(py, columns, rounding, &of, &TABLES)?;
        let list = [
            ("layouts", Some(layouts)),
            ("locations", Some(locations)),
            ("location_stock", Some(location_stock)),
            ("carts", Some(carts)),
            ("shifts", Some(shifts)),
            ("edges", edges),
            ("departures", departures),
            ("priorities", priorities),
        ];
        let mut tables = input::given(&list, &reading)?;
        tables.add_text("floor.toml", input::settings("floor", settings)?);
        of_tables(py, problem, tables)
    }

    /// Read a floor directory: ``floor.toml`` and tables in CSV or Parquet.
    ///
    /// Parameters
    /// ----------
    /// problem : Problem
    ///     The problem that has the nodes.
    /// path : str or os.PathLike
    ///     The directory.
    ///
    /// Returns
    /// -------
    /// Floors
    #[staticmethod]
    fn read(py: Python<'_>, problem: Py<Problem>, path: PathBuf) -> PyResult<Self> {
        let of = Arc::clone(&problem.get().problem);
        let floors = Self::new(
            problem,
            interruptible(py, move |_| arrow::read_floors(&of, Err(&path)))?,
        );
        warn_of_names(py, &floors.warnings)?;
        Ok(floors)
    }

    /// Write the floors to a directory, whole or not at all. Earlier floors there are replaced.
    ///
    /// Parameters
    /// ----------
    /// path : str or os.PathLike
    ///     The directory.
    /// format : {"csv", "parquet"}, default "csv"
    ///     How the tables are written.
    /// force : bool, default False
    ///     Whether earlier floors are replaced even if other files are in that directory, which are then deleted, and even if
    ///     these are made up by :func:`generate_floors` and those are not.
    #[pyo3(signature = (path, *, format = "csv", force = false))]
    fn write(&self, py: Python<'_>, path: PathBuf, format: &str, force: bool) -> PyResult<()> {
        let options = WriteOptions {
            format: table_format(py, format)?,
            force,
            generated: self.generated,
        };
        detached(py, || write_floors_as(&self.draft, &path, options))
    }

    /// One of the tables of the floors.
    ///
    /// Parameters
    /// ----------
    /// name : str
    ///     ``layouts``, ``edges``, ``locations``, ``location_stock``, ``carts``, ``shifts``, ``departures`` or ``priorities``.
    ///
    /// Returns
    /// -------
    /// Table
    fn table(&self, py: Python<'_>, name: &str) -> PyResult<Table> {
        let draft = Arc::clone(&self.draft);
        let (_, tables) = interruptible(py, move |_| arrow::floor_tables(&draft))?;
        let known: Vec<&str> = tables.iter().map(|(known, _)| *known).collect();
        let known = known.join(", ");
        let table = tables.into_iter().find(|(known, _)| *known == name);
        let (name, table) =
            table.ok_or_else(|| PyKeyError::new_err(format!("no such table of floors; there are {known}")))?;
        Ok(Table::new(name, self.problem.get().ids.typed(table)))
    }

    /// What ``floor.toml`` holds, as a dictionary.
    #[getter]
    fn settings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let draft = Arc::clone(&self.draft);
        let (text, _) = interruptible(py, move |_| arrow::floor_tables(&draft))?;
        py.import("tomllib")?.call_method1("loads", (text,))
    }

    /// Ids of the nodes that have a floor.
    #[getter]
    fn nodes<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let of = self.problem.get();
        let nodes = self.floors.floors().iter();
        let value = |floor: &clapot::model::Floor| of.ids.value(py, "node_id", of.problem.node_id(floor.node()));
        nodes.map(value).collect()
    }

    /// What was noticed but does no harm: :class:`Diagnostic` objects.
    #[getter]
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        diagnostics(py, &self.warnings)
    }

    fn __len__(&self) -> usize {
        self.floors.floors().len()
    }

    fn __repr__(&self) -> String {
        let floors = self.floors.floors();
        let locations: usize = floors.iter().map(|floor| floor.locations().len()).sum();
        format!("Floors({} nodes, {locations} pick locations)", floors.len())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, State<'py>)> {
        let py = slf.py();
        let this = slf.get();
        let draft = Arc::clone(&this.draft);
        let (settings, tables) = interruptible(py, move |_| arrow::floor_tables(&draft))?;
        let make = py.import("clapot._clapot")?.getattr("_floors_from_state")?;
        let open = this.floors.open_shipments().map(|open| {
            let due = open.due.iter().map(|due| due.map(|at| at.0)).collect();
            (open.ids.clone(), due)
        });
        Ok((make, (this.problem.clone_ref(py), settings, listed(py, tables)?, open)))
    }
}

/// Ids and dues, in seconds, of shipments that no routing plan made.
type Open = (Vec<String>, Vec<Option<i64>>);
type State<'py> = (Py<Problem>, String, Bound<'py, PyList>, Option<Open>);

/// Floors from what they were pickled as.
#[pyfunction(name = "_floors_from_state", signature = (problem, settings, tables, open = None))]
pub(crate) fn floors_from_state(
    py: Python<'_>,
    problem: Py<Problem>,
    settings: String,
    tables: Vec<Bound<'_, Table>>,
    open: Option<Open>,
) -> PyResult<Floors> {
    let mut floors = of_tables(py, problem, gathered("floor.toml", settings, &tables))?;
    if let Some((ids, due)) = open {
        let due = due.into_iter().map(|due| due.map(Moment)).collect();
        let known = (*floors.floors).clone().with_open_shipments(OpenShipments { ids, due });
        floors.floors = Arc::new(known);
    }
    Ok(floors)
}

fn of_tables(py: Python<'_>, problem: Py<Problem>, tables: Tables) -> PyResult<Floors> {
    let of = Arc::clone(&problem.get().problem);
    let floors = interruptible(py, move |_| arrow::read_floors(&of, Ok(&tables)))?;
    let floors = Floors::new(problem, floors);
    warn_of_names(py, &floors.warnings)?;
    Ok(floors)
}

/// Make floors for all nodes of a problem that have stock, from a seed.
///
/// Parameters
/// ----------
/// problem : Problem
///     The problem.
/// seed : int, default 1
///     Another seed gives other floors.
/// mode : {"cutoff", "early", "fixed", "waveless"}, default "cutoff"
///     When waves are released: as late as is safe, as soon as can be, at fixed times, or one after another.
/// staff : int, default 110
///     Pickers, in per cent of what the orders are expected to need.
/// scattered : int, default 15
///     SKUs that lie in two pick locations, in per cent.
///
/// Returns
/// -------
/// Floors
#[pyfunction]
#[pyo3(signature = (problem, *, seed = 1, mode = "cutoff", staff = 110, scattered = 15))]
pub(crate) fn generate_floors(
    py: Python<'_>,
    problem: Py<Problem>,
    #[pyo3(from_py_with = natural)] seed: u64,
    mode: &str,
    #[pyo3(from_py_with = natural)] staff: u32,
    #[pyo3(from_py_with = natural)] scattered: u32,
) -> PyResult<Floors> {
    let known = ReleaseMode::ALL.into_iter().find(|m| m.as_str() == mode);
    let mode = known.ok_or_else(|| option(py, "mode must be 'cutoff', 'early', 'fixed' or 'waveless'"))?;
    let options = FloorOptions {
        seed,
        mode,
        staff,
        scattered,
        ..FloorOptions::default()
    };
    let of = Arc::clone(&problem.get().problem);
    let floors = interruptible(py, move |_| {
        let draft = clapot::generate::generate_floors(&of, &options)?;
        let checked = clapot::validate::check_floors(draft.clone(), &of).map_err(clapot::Error::input)?;
        Ok((draft, checked))
    })?;
    Ok(Floors {
        generated: true,
        ..Floors::new(problem, floors)
    })
}
