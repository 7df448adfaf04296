//! The call `select_wave` and the class `Selection`.

use std::collections::HashMap;
use std::sync::Arc;

use clapot::index::{Idx as _, SkuIdx};
use clapot::io::arrow::{self, UnitsOf};
use clapot::wave::selection::{Backlog, Ratio, SelectOptions, SelectProgress, SkuUnits, select_wave as select};
use pyo3::prelude::*;

use crate::calls::seconds;
use crate::errors::guarded;
use crate::input::{self, maybe_natural, natural};
use crate::run::{Step, interruptible, run};

/// Which orders to release as one wave, and the aisles to visit for them.
#[pyclass(module = "clapot", frozen)]
pub(crate) struct Selection {
    state: Arc<State>,
}

/// Orders, aisles, units, bound, status, limit, work.
type State = (Vec<String>, Vec<String>, u64, Option<f64>, String, Option<String>, u64);

#[pymethods]
impl Selection {
    /// Ids of the orders, in the order of the table.
    #[getter]
    fn orders(&self) -> Vec<String> {
        self.state.0.clone()
    }

    /// Ids of the aisles to visit, in the order of the table.
    #[getter]
    fn aisles(&self) -> Vec<String> {
        self.state.1.clone()
    }

    /// Units of the orders.
    #[getter]
    fn units(&self) -> u64 {
        self.state.2
    }

    /// Units for each aisle that is visited; ``None`` of an empty selection.
    #[getter]
    #[allow(clippy::cast_precision_loss, reason = "a ratio for reading")]
    fn ratio(&self) -> Option<f64> {
        let aisles = self.state.1.len();
        (aisles > 0).then(|| self.state.2 as f64 / aisles as f64)
    }

    /// No feasible wave has a larger ratio; ``None`` where nothing was proved.
    #[getter]
    fn bound(&self) -> Option<f64> {
        self.state.3
    }

    /// How far the ratio can be below the best, as a share of the bound; ``None`` where nothing was proved.
    #[getter]
    fn gap(&self) -> Option<f64> {
        let (bound, ratio) = (self.state.3?, self.ratio()?);
        Some((1.0 - ratio / bound).max(0.0))
    }

    /// ``optimal``, ``feasible``, ``infeasible`` or ``unknown``.
    #[getter]
    fn status(&self) -> &str {
        &self.state.4
    }

    /// What stopped the run early: ``time``, ``work`` or ``interrupted``; ``None`` where nothing did.
    #[getter]
    fn limit(&self) -> Option<&str> {
        self.state.5.as_deref()
    }

    /// Work done, to repeat the run with ``work_limit``.
    #[getter]
    fn work(&self) -> u64 {
        self.state.6
    }

    fn __len__(&self) -> usize {
        self.state.0.len()
    }

    fn __repr__(&self) -> String {
        let (orders, aisles, units, ..) = &*self.state;
        format!(
            "Selection({}, {} orders, {units} units, {} aisles)",
            self.state.4,
            orders.len(),
            aisles.len()
        )
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (State,))> {
        let make = slf.py().import("clapot._clapot")?.getattr("_selection_from_state")?;
        Ok((make, ((*slf.get().state).clone(),)))
    }
}

/// A selection from what it was pickled as.
#[pyfunction(name = "_selection_from_state")]
pub(crate) fn selection_from_state(state: State) -> Selection {
    let state = Arc::new(state);
    Selection { state }
}

/// Rows gathered by their ids, in order of first appearance.
fn gathered(rows: &[UnitsOf], skus: &mut HashMap<String, SkuIdx>) -> (Vec<String>, Vec<Vec<SkuUnits>>) {
    let (mut ids, mut lists) = (Vec::new(), Vec::<Vec<SkuUnits>>::new());
    let mut known: HashMap<&str, usize> = HashMap::new();
    for (id, sku, units) in rows {
        let n = *known.entry(id).or_insert_with(|| {
            ids.push(id.clone());
            lists.push(Vec::new());
            ids.len() - 1
        });
        let next = SkuIdx::new(skus.len());
        let sku = *skus.entry(sku.clone()).or_insert(next);
        lists[n].push(SkuUnits::new(sku, *units));
    }
    (ids, lists)
}

/// Select the orders of a wave and the aisles to visit for them, so that each visited aisle gives as many units as can be.
///
/// Orders are all or nothing, and the visited aisles together hold what the orders ask for.
///
/// Parameters
/// ----------
/// orders : table
///     Columns ``order_id``, ``sku`` and ``qty``: what is open.
/// aisles : table
///     Columns ``aisle_id``, ``sku`` and ``qty``: what each aisle holds.
/// min_units, max_units : int
///     Least and most units of the wave.
/// time_limit : float, optional
///     Seconds for the whole call, above 0.
/// work_limit : int, optional
///     Limit in units of work, above 0.
/// threads : int, default 0
///     Threads; 0 is one per core.
/// seed : int, default 1
///     Seed of everything random.
/// on_progress : callable, optional
///     As of :func:`route`; ``total`` and ``bound`` are units per aisle. Where it returns ``False``, the best wave so far comes out.
///
/// Returns
/// -------
/// Selection
///
/// Examples
/// --------
/// >>> import clapot, pyarrow as pa
/// >>> orders = pa.table({"order_id": ["a", "b", "c"], "sku": ["x", "y", "z"], "qty": [3, 2, 4]})
/// >>> aisles = pa.table({"aisle_id": ["1", "1", "2"], "sku": ["x", "y", "z"], "qty": [9, 9, 9]})
/// >>> chosen = clapot.select_wave(orders, aisles, min_units=1, max_units=9)
/// >>> chosen.orders, chosen.aisles, chosen.ratio, chosen.status
/// (['a', 'b'], ['1'], 5.0, 'optimal')
#[pyfunction]
#[pyo3(signature = (
    orders, aisles, *, min_units = 1, max_units, time_limit = None, work_limit = None, threads = 0, seed = 1,
    on_progress = None
))]
#[allow(clippy::too_many_arguments, reason = "they are the options of the call, by keyword")]
pub(crate) fn select_wave(
    py: Python<'_>,
    orders: &Bound<'_, PyAny>,
    aisles: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = natural)] min_units: u64,
    #[pyo3(from_py_with = natural)] max_units: u64,
    time_limit: Option<f64>,
    #[pyo3(from_py_with = maybe_natural)] work_limit: Option<u64>,
    #[pyo3(from_py_with = natural)] threads: usize,
    #[pyo3(from_py_with = natural)] seed: u64,
    on_progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Selection> {
    let options = SelectOptions {
        time_limit: time_limit.map(|s| seconds(py, s)).transpose()?,
        work_limit,
        threads,
        seed,
        ..SelectOptions::default()
    };
    let tables = input::given_to("select_wave", &[("orders", orders), ("aisles", aisles)])?;
    let (order_ids, aisle_ids, backlog) = interruptible(py, move |_| {
        let [orders, aisles] = arrow::read_backlog(&tables)?;
        let mut skus = HashMap::new();
        let (order_ids, orders) = gathered(&orders, &mut skus);
        let (aisle_ids, aisles) = gathered(&aisles, &mut skus);
        Ok((
            order_ids,
            aisle_ids,
            Backlog::new(orders, aisles, min_units..=max_units)?,
        ))
    })?;
    let found = run(py, on_progress, move |around| {
        let text = |ratio: Option<Ratio>| ratio.map(|ratio| ratio.as_f64().to_string());
        let mut progress = |step: SelectProgress| {
            (around.tell)(Step {
                phase: "select",
                seconds: step.seconds,
                total: text(step.best),
                bound: text(step.bound),
            });
        };
        select(&backlog, &options, around.clock, Some(around.stop), &mut progress)
    })?;
    guarded(py, || {
        Ok(selection_from_state((
            found.orders.iter().map(|o| order_ids[o.get()].clone()).collect(),
            found.aisles.iter().map(|a| aisle_ids[a.get()].clone()).collect(),
            found.units,
            found.bound.map(Ratio::as_f64),
            found.status.as_str().to_owned(),
            found.limit.map(|limit| limit.as_str().to_owned()),
            found.work,
        )))
    })
}
