//! The class `Plan`: figures, tables, files, pickles.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use clapot::RoutingPlan;
use clapot::diagnostic::readable;
use clapot::io::arrow::{self, ArrowTable, Tables};
use clapot::io::{WriteOptions, read_plan, read_plan_with_waves, write_plan_as, write_plan_with_waves, write_waves};
use clapot::plan::{CostParts, LimitReached, TakenOver, WavePlan};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::dates::{dated, with_moments};
use crate::errors::detached;
use crate::floors::Floors;
use crate::money::amount;
use crate::problem::{Problem, table_format};
use crate::run::{Step, interruptible};
use crate::tables::{Table, gathered, listed};

/// A plan: which node ships what, by which service, what that costs, and how far from the best it can be. Never changed.
///
/// Made by :func:`route` or :meth:`read`.
///
/// Examples
/// --------
/// >>> import clapot
/// >>> plan = clapot.route(clapot.generate(orders=20, nodes=4, seed=7))
/// >>> plan.status, plan.bound == plan.total
/// ('optimal', True)
/// >>> sum(plan.cost.values()) == plan.total
/// True
/// >>> plan.shipments.columns[:4]
/// ['shipment_id', 'order_id', 'node_id', 'service_id']
#[pyclass(module = "clapot", frozen)]
pub(crate) struct Plan {
    pub(crate) problem: Py<Problem>,
    pub(crate) plan: Arc<RoutingPlan>,
    taken_over: Option<TakenOver>,
    pub(crate) waves: Option<Waves>,
    history: Vec<Step>,
    /// Tables that were asked for.
    tables: Mutex<BTreeMap<&'static str, ArrowTable>>,
}

/// What the floors do with a plan.
pub(crate) struct Waves {
    pub(crate) floors: Py<Floors>,
    pub(crate) plan: Arc<WavePlan>,
}

impl Plan {
    /// The same plan with what the floors do.
    pub(crate) fn with_waves(problem: Py<Problem>, plan: Arc<RoutingPlan>, waves: Waves) -> Self {
        Self {
            problem,
            plan,
            taken_over: None,
            waves: Some(waves),
            history: Vec::new(),
            tables: Mutex::default(),
        }
    }

    pub(crate) fn new(problem: Py<Problem>, plan: RoutingPlan, taken_over: Option<TakenOver>) -> Self {
        Self {
            problem,
            plan: Arc::new(plan),
            taken_over,
            waves: None,
            history: Vec::new(),
            tables: Mutex::default(),
        }
    }

    /// The same with the news of its run.
    pub(crate) fn with_history(self, history: Vec<Step>) -> Self {
        Self { history, ..self }
    }

    /// The better one of what the prices and what branching proves.
    fn best_bound(&self) -> clapot::Money {
        let outcome = &self.plan.outcome;
        outcome
            .proved_bound
            .map_or(outcome.bound, |proved| proved.max(outcome.bound))
    }

    /// How much cheaper the best plan can be at most, as a share; `None` where nothing is proved.
    fn least_gap(&self) -> Option<f64> {
        clapot::plan::gap(self.plan.cost.total(), self.best_bound())
    }

    /// All tables and the summary, to be read for another problem.
    pub(crate) fn all_tables(&self, py: Python<'_>) -> PyResult<Tables> {
        let (summary, list) = self.written(py)?;
        let mut tables = Tables::new();
        tables.add_text("plan.json", summary);
        for (name, table) in list {
            tables.add(name, table);
        }
        Ok(tables)
    }

    /// The summary and all tables by name.
    fn written(&self, py: Python<'_>) -> PyResult<Summary> {
        let (problem, plan) = (Arc::clone(&self.problem.get().problem), Arc::clone(&self.plan));
        interruptible(py, move |_| arrow::plan_tables(&problem, &plan))
    }

    /// The routing as a plan of this problem or of another state of it.
    pub(crate) fn of_problem(&self, py: Python<'_>, problem: &Arc<clapot::Problem>) -> PyResult<Arc<RoutingPlan>> {
        if Arc::ptr_eq(&self.problem.get().problem, problem) {
            return Ok(Arc::clone(&self.plan));
        }
        let (of, tables) = (Arc::clone(problem), self.all_tables(py)?);
        interruptible(py, move |_| arrow::read_plan(&of, &tables)).map(Arc::new)
    }

    /// The waves, if there are any, as those of a routing of the problem and on these floors, or else on their own.
    pub(crate) fn waves_of(
        &self,
        problem: &Bound<'_, Problem>,
        routing: &Arc<RoutingPlan>,
        floors: Option<&Bound<'_, Floors>>,
    ) -> PyResult<Option<(Arc<clapot::model::Floors>, Arc<WavePlan>)>> {
        let py = problem.py();
        let Some(waves) = &self.waves else { return Ok(None) };
        let own = waves.floors.bind(py);
        let floors = Floors::of_problem(floors.unwrap_or(own), problem)?;
        let on = Arc::clone(&floors.get().floors);
        if Arc::ptr_eq(&on, &own.get().floors) && Arc::ptr_eq(routing, &self.plan) {
            return Ok(Some((on, Arc::clone(&waves.plan))));
        }
        // Waves name shipments, so those are read again.
        let (_, list) = self.written(py)?;
        let mut tables = Tables::new();
        for (name, table) in list.into_iter().filter(|(name, _)| *name == "shipments") {
            tables.add(name, table);
        }
        if let Some((summary, list)) = self.wave_tables(py)? {
            tables.add_text("waves.json", summary);
            for (name, table) in list {
                tables.add(name, table);
            }
        }
        let (of, routing, to) = (Arc::clone(&problem.get().problem), Arc::clone(routing), Arc::clone(&on));
        let read = interruptible(py, move |_| arrow::read_waves(&of, &routing, &to, &tables))?;
        Ok(Some((on, Arc::new(read))))
    }

    /// A table that was asked for before.
    fn known(&self, name: &'static str) -> Option<Table> {
        let tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        tables.get(name).map(|table| Table::new(name, table.clone()))
    }

    fn table(&self, py: Python<'_>, name: &'static str) -> PyResult<Table> {
        if let Some(table) = self.known(name) {
            return Ok(table);
        }
        let (problem, plan) = (Arc::clone(&self.problem.get().problem), Arc::clone(&self.plan));
        let mut table = interruptible(py, move |_| arrow::plan_table(&problem, &plan, name))?;
        if name == "prices" {
            table = dated(table);
        }
        let table = self.problem.get().ids.typed(table);
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        tables.insert(name, table.clone());
        Ok(Table::new(name, table))
    }
}

impl Plan {
    /// The summary and the tables of the waves, where there are any.
    fn wave_tables(&self, py: Python<'_>) -> PyResult<Option<Summary>> {
        let Some(waves) = &self.waves else { return Ok(None) };
        let (problem, plan) = (Arc::clone(&self.problem.get().problem), Arc::clone(&waves.plan));
        let floors = Arc::clone(&waves.floors.get().floors);
        interruptible(py, move |_| arrow::wave_tables(&problem, &floors, &plan)).map(Some)
    }

    /// The zone of the problem's clock, as Arrow names it.
    fn zone(&self, py: Python<'_>) -> PyResult<String> {
        let settings = self.problem.get().settings(py)?;
        let clock = py.import("clapot._settings")?.getattr("clock_name")?;
        clock.call1((settings,))?.extract()
    }

    fn wave_table(&self, py: Python<'_>, name: &'static str) -> PyResult<Option<Table>> {
        if let Some(table) = self.known(name) {
            return Ok(Some(table));
        }
        let Some((_, made)) = self.wave_tables(py)? else {
            return Ok(None);
        };
        let zone = self.zone(py)?;
        let ids = &self.problem.get().ids;
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        tables.extend(
            made.into_iter()
                .map(|(name, table)| (name, ids.typed(with_moments(table, &zone)))),
        );
        drop(tables);
        Ok(self.known(name))
    }
}

/// The text of a summary, and tables by name.
type Summary = (String, Vec<(&'static str, ArrowTable)>);

/// The parts of a cost.
pub(crate) fn parts<'py>(py: Python<'py>, cost: &CostParts) -> PyResult<Bound<'py, PyDict>> {
    let parts = PyDict::new(py);
    for (name, money) in [
        ("transport", cost.transport),
        ("handling", cost.handling),
        ("split", cost.split),
        ("late", cost.late),
        ("unfilled", cost.unfilled),
    ] {
        parts.set_item(name, amount(py, money)?)?;
    }
    Ok(parts)
}

#[pymethods]
impl Plan {
    /// Read a plan directory that anybody made, as a plan of the problem.
    ///
    /// Parameters
    /// ----------
    /// problem : Problem
    ///     What it is a plan of.
    /// path : str or os.PathLike
    ///     The directory.
    /// floors : Floors, optional
    ///     With them the plan of waves in the directory is read too.
    ///
    /// Returns
    /// -------
    /// Plan
    ///     As its files state it. :func:`verify` says whether that is true.
    ///
    /// Raises
    /// ------
    /// InputError
    ///     Every defect of the files.
    #[staticmethod]
    #[pyo3(signature = (problem, path, *, floors = None))]
    fn read(
        py: Python<'_>,
        problem: &Bound<'_, Problem>,
        path: PathBuf,
        floors: Option<&Bound<'_, Floors>>,
    ) -> PyResult<Self> {
        let of = Arc::clone(&problem.get().problem);
        let Some(floors) = floors else {
            let plan = interruptible(py, move |_| read_plan(&of, &path))?;
            return Ok(Self::new(problem.clone().unbind(), plan, None));
        };
        let floors = Floors::of_problem(floors, problem)?;
        let on = Arc::clone(&floors.get().floors);
        let (plan, read) = interruptible(py, move |_| read_plan_with_waves(&of, &on, &path))?;
        let waves = Waves {
            floors,
            plan: Arc::new(read),
        };
        Ok(Self::with_waves(problem.clone().unbind(), Arc::new(plan), waves))
    }

    /// Write the plan to a directory, whole or not at all. An earlier plan there is replaced. Of shipments that no routing plan
    /// made (:func:`read_shipments`) only the waves are written.
    ///
    /// Parameters
    /// ----------
    /// path : str or os.PathLike
    ///     The directory.
    /// format : {"csv", "parquet"}, default "csv"
    ///     How the tables are written.
    /// force : bool, default False
    ///     Whether an earlier plan is replaced even if other files are in that directory, which are then deleted.
    #[pyo3(signature = (path, *, format = "csv", force = false))]
    fn write(&self, py: Python<'_>, path: PathBuf, format: &str, force: bool) -> PyResult<()> {
        let options = WriteOptions {
            format: table_format(py, format)?,
            force,
            ..WriteOptions::default()
        };
        let problem = &self.problem.get().problem;
        match &self.waves {
            None => detached(py, || write_plan_as(problem, &self.plan, &path, options)),
            Some(waves) => {
                let floors = &waves.floors.get().floors;
                if floors.open_shipments().is_some() {
                    return detached(py, || write_waves(problem, floors, &waves.plan, &path, options));
                }
                detached(py, || {
                    write_plan_with_waves(problem, &self.plan, floors, &waves.plan, &path, options)
                })
            }
        }
    }

    /// The problem that it is a plan of.
    #[getter]
    fn problem(&self, py: Python<'_>) -> Py<Problem> {
        self.problem.clone_ref(py)
    }

    /// What the plan costs, exact.
    #[getter]
    fn total<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        amount(py, self.plan.cost.total())
    }

    /// No valid plan costs less: proved by the prices.
    #[getter]
    fn bound<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        amount(py, self.plan.outcome.bound)
    }

    /// How much cheaper the best plan can be at most, as a share of ``total``: by ``proved_bound`` where there is one, else by
    /// ``bound``; ``None`` where that is not above 0, and so proves nothing.
    #[getter]
    fn gap(&self) -> Option<f64> {
        self.least_gap()
    }

    /// News of the run that made it, one row wherever something changed: ``phase``, ``seconds``, ``total``, ``bound`` and ``gap``. Of a
    /// plan that was read or unpickled there is none.
    #[getter]
    fn history<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let rows = self.history.iter();
        let rows: Vec<_> = rows
            .map(|step| (step.phase, step.seconds, &step.total, &step.bound))
            .collect();
        py.import("clapot._progress")?.getattr("history")?.call1((rows,))
    }

    /// What the plan is, to be printed: status, cost and its parts, bound and gap, and what ships.
    ///
    /// Returns
    /// -------
    /// str
    ///
    /// Examples
    /// --------
    /// >>> import clapot
    /// >>> plan = clapot.route(clapot.generate(orders=20, nodes=4, seed=7))
    /// >>> print(plan.summary().splitlines()[0])
    /// b2c-20-4-s7: optimal plan by auto
    fn summary<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("clapot._summary")?.getattr("summary")?.call1((slf,))
    }

    /// What ships, counted by a column of ``shipments``.
    ///
    /// Parameters
    /// ----------
    /// column : {"node_id", "service_id", "order_id", "leaves_on", "arrives_on"}
    ///     What to count by.
    ///
    /// Returns
    /// -------
    /// Table
    ///     One row for each value: ``shipments``, ``orders``, ``lines``, ``units``, ``parcels``, ``weight_g``, ``transport``, ``handling``,
    ///     ``late``, ``late_shipments``, and ``cost``, which is the sum of the three.
    ///
    /// Raises
    /// ------
    /// OptionError
    ///     Nothing is counted by such a column.
    ///
    /// Examples
    /// --------
    /// >>> import clapot
    /// >>> plan = clapot.route(clapot.generate(orders=20, nodes=4, seed=7))
    /// >>> sum(plan.by("node_id")["shipments"]) == len(plan.shipments)
    /// True
    fn by<'py>(slf: &Bound<'py, Self>, column: &str) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("clapot._summary")?.getattr("by")?.call1((slf, column))
    }

    fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("clapot._summary")?.getattr("html")?.call1((slf,))
    }

    /// ``optimal`` where the bound proves it, else ``feasible``.
    #[getter]
    fn status(&self) -> &'static str {
        self.plan.outcome.status.as_str()
    }

    /// What stopped the run early: ``time``, ``work``, ``gap``, ``interrupted`` or ``stalled``; ``None`` where nothing did.
    #[getter]
    fn limit(&self) -> Option<&'static str> {
        self.plan.outcome.limit.map(LimitReached::as_str)
    }

    /// The parts of the cost: ``transport``, ``handling``, ``split``, ``late``, ``unfilled``.
    #[getter]
    fn cost<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        parts(py, &self.plan.cost)
    }

    /// Name of the method.
    #[getter]
    fn method(&self) -> &str {
        &self.plan.outcome.method
    }

    /// Seed of the run.
    #[getter]
    fn seed(&self) -> u64 {
        self.plan.outcome.seed
    }

    /// Work done, to repeat the run with ``work_limit``.
    #[getter]
    fn work(&self) -> u64 {
        self.plan.outcome.work
    }

    /// Seconds that the run took.
    #[getter]
    fn seconds(&self) -> f64 {
        self.plan.outcome.seconds
    }

    /// Units that nothing is shipped for.
    #[getter]
    fn unfilled_units(&self) -> u64 {
        self.plan.unfilled_units()
    }

    /// What was taken over of the plan that the run started from: counts of orders by ``taken``, ``adapted``, ``dropped``, ``new``
    /// and ``gone``; ``None`` without a start.
    #[getter]
    fn taken_over<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(taken) = &self.taken_over else { return Ok(None) };
        let counts = PyDict::new(py);
        for (name, count) in [
            ("taken", taken.taken),
            ("adapted", taken.adapted),
            ("dropped", taken.dropped),
            ("new", taken.new),
            ("gone", taken.gone),
        ] {
            counts.set_item(name, count)?;
        }
        Ok(Some(counts))
    }

    /// Which units of which line are in which shipment.
    #[getter]
    fn assignments(&self, py: Python<'_>) -> PyResult<Table> {
        self.table(py, "assignments")
    }

    /// What leaves one node for one order, with its cost and dates.
    #[getter]
    fn shipments(&self, py: Python<'_>) -> PyResult<Table> {
        self.table(py, "shipments")
    }

    /// Units that nothing is shipped for, and why.
    #[getter]
    fn unfilled(&self, py: Python<'_>) -> PyResult<Table> {
        self.table(py, "unfilled")
    }

    /// Shadow prices of stock and capacity: what one more of it would save about, and the proof of the bound.
    #[getter]
    fn prices(&self, py: Python<'_>) -> PyResult<Table> {
        self.table(py, "prices")
    }

    /// Inequalities that lift the bound.
    #[getter]
    fn cuts(&self, py: Python<'_>) -> PyResult<Table> {
        self.table(py, "cuts")
    }

    /// Their coefficients.
    #[getter]
    fn cut_terms(&self, py: Python<'_>) -> PyResult<Table> {
        self.table(py, "cut_terms")
    }

    /// What is released together, by :func:`plan_waves`; ``None`` without it, as the four tables after it.
    #[getter]
    fn waves(&self, py: Python<'_>) -> PyResult<Option<Table>> {
        self.wave_table(py, "waves")
    }

    /// What one picker collects with one cart in one tour.
    #[getter]
    fn batches(&self, py: Python<'_>) -> PyResult<Option<Table>> {
        self.wave_table(py, "batches")
    }

    /// Picks in the order in which they are made, with metres and times.
    #[getter]
    fn tours(&self, py: Python<'_>) -> PyResult<Option<Table>> {
        self.wave_table(py, "tours")
    }

    /// For each shipment its wave and batch, and when it is due and departs.
    #[getter]
    fn wave_shipments(&self, py: Python<'_>) -> PyResult<Option<Table>> {
        self.wave_table(py, "wave_shipments")
    }

    /// Shipments in no wave, and why.
    #[getter]
    fn unplanned(&self, py: Python<'_>) -> PyResult<Option<Table>> {
        self.wave_table(py, "unplanned")
    }

    /// What picking the same shipments comes to by simple rules: ``one-by-one`` (a tour for each) and ``first-come`` (on a cart as
    /// they come, until it is full). One dictionary each with ``rule``, ``tours``, ``metres`` and ``labour_s``; ``None`` without waves.
    fn compare_picking<'py>(&self, py: Python<'py>) -> PyResult<Option<Vec<Bound<'py, PyDict>>>> {
        let Some(waves) = &self.waves else { return Ok(None) };
        let (problem, plan) = (Arc::clone(&self.problem.get().problem), Arc::clone(&self.plan));
        let (floors, of) = (Arc::clone(&waves.floors.get().floors), Arc::clone(&waves.plan));
        let compared = interruptible(py, move |_| {
            clapot::wave::planner::simple_picking(&problem, &plan, &floors, &of)
        })?;
        let row = |by: &clapot::wave::planner::SimplePicking| {
            let row = PyDict::new(py);
            row.set_item("rule", by.rule.as_str())?;
            row.set_item("tours", by.tours)?;
            row.set_item("metres", by.walk.as_metres())?;
            row.set_item("labour_s", by.labour.0)?;
            Ok(row)
        };
        compared.iter().map(row).collect::<PyResult<_>>().map(Some)
    }

    /// What ``waves.json`` holds: figures of all nodes (``total``) and of each (``nodes``), such as ``metres_per_line``,
    /// ``lines_per_hour``, ``late_shipments`` and ``utilisation``; ``None`` without waves.
    #[getter]
    fn figures<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some((summary, _)) = self.wave_tables(py)? else {
            return Ok(None);
        };
        py.import("json")?.call_method1("loads", (summary,)).map(Some)
    }

    /// A better bound from branching, which the prices do not show; ``None`` where there is none.
    #[getter]
    fn proved_bound<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.plan
            .outcome
            .proved_bound
            .map(|bound| amount(py, bound))
            .transpose()
    }

    fn __repr__(&self) -> String {
        let plan = &self.plan;
        let bound = match plan.outcome.proved_bound {
            Some(proved) => format!("proved_bound={proved}"),
            None => format!("bound={}", plan.outcome.bound),
        };
        let waves = match &self.waves {
            None => String::new(),
            Some(waves) => format!(
                ", {} waves, {} batches",
                waves.plan.waves.len(),
                waves.plan.batches.len()
            ),
        };
        let gap = self
            .least_gap()
            .map_or_else(|| "None".to_owned(), |gap| format!("{gap:.6}"));
        format!(
            "Plan('{}', {}, total={}, {bound}, gap={gap}, {} shipments, {} unfilled units{waves})",
            readable(&plan.problem),
            plan.outcome.status.as_str(),
            plan.cost.total(),
            plan.shipments.len(),
            plan.unfilled_units()
        )
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, State<'py>)> {
        let py = slf.py();
        let this = slf.get();
        let (summary, tables) = this.written(py)?;
        let tables = listed(py, tables)?;
        let make = py.import("clapot._clapot")?.getattr("_plan_from_state")?;
        let waves = match (this.wave_tables(py)?, &this.waves) {
            (Some((summary, list)), Some(waves)) => Some((waves.floors.clone_ref(py), summary, listed(py, list)?)),
            _ => None,
        };
        Ok((make, (this.problem.clone_ref(py), summary, tables, waves)))
    }
}

type WaveState<'py> = (Py<Floors>, String, Bound<'py, PyList>);
type State<'py> = (Py<Problem>, String, Bound<'py, PyList>, Option<WaveState<'py>>);

/// A plan from what it was pickled as.
#[pyfunction(name = "_plan_from_state")]
pub(crate) fn plan_from_state(
    py: Python<'_>,
    problem: Py<Problem>,
    summary: String,
    tables: Vec<Bound<'_, Table>>,
    waves: Option<(Py<Floors>, String, Vec<Bound<'_, Table>>)>,
) -> PyResult<Plan> {
    let given = gathered("plan.json", summary, &tables);
    let of = Arc::clone(&problem.get().problem);
    // Waves name shipments, so those are read again.
    let shipments = given.get("shipments").cloned();
    let to = Arc::clone(&of);
    let plan = interruptible(py, move |_| arrow::read_plan(&to, &given))?;
    let Some((floors, summary, tables)) = waves else {
        return Ok(Plan::new(problem, plan, None));
    };
    let mut given = gathered("waves.json", summary, &tables);
    if let Some(shipments) = shipments {
        given.add("shipments", shipments);
    }
    let (on, plan) = (Arc::clone(&floors.get().floors), Arc::new(plan));
    let routing = Arc::clone(&plan);
    let made = Arc::new(interruptible(py, move |_| {
        arrow::read_waves(&of, &routing, &on, &given)
    })?);
    Ok(Plan::with_waves(problem, plan, Waves { floors, plan: made }))
}
