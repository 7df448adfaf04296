//! The call `batch` and the class `Batches`.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, Decimal128Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::ArrowError;
use clapot::Distance;
use clapot::io::arrow::{self, ArrowTable, PickRow};
use clapot::plan::Status;
use clapot::wave::batch::{
    AisleTours, BatchOptions, BatchPlan, BatchProblem, Bins, Capacity, Objective, Order, plan_batches,
};
use pyo3::prelude::*;

use crate::calls::seconds;
use crate::errors::{detached, option, raise};
use crate::input;
use crate::layout::Layout;
use crate::money::decimal;
use crate::run::run;
use crate::tables::Table;

/// Orders in batches: each is what one picker collects in one tour.
#[pyclass(module = "clapot", frozen)]
pub(crate) struct Batches {
    table: ArrowTable,
    state: State,
}

/// Batches, millimetres, bound in millimetres, status, limit, work.
type State = (usize, i64, Option<i64>, String, Option<String>, u64);

#[pymethods]
impl Batches {
    /// One row per order: ``batch_id``, ``order_id``, and ``batch_m``, the metres of the batch's tour.
    #[getter]
    fn batches(&self) -> Table {
        Table::new("batches", self.table.clone())
    }

    /// Metres of all tours, exact to the millimetre.
    #[getter]
    fn metres<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        decimal(py, &Distance(self.state.1).to_string())
    }

    /// No batches need fewer metres, where that is proved; else ``None``.
    #[getter]
    fn bound<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.state
            .2
            .map(|bound| decimal(py, &Distance(bound).to_string()))
            .transpose()
    }

    /// ``optimal`` where that is proved, else ``feasible``.
    #[getter]
    fn status(&self) -> &str {
        &self.state.3
    }

    /// What ended the search, if it was not the proof: ``time``, ``work`` or ``interrupted``.
    #[getter]
    fn limit(&self) -> Option<&str> {
        self.state.4.as_deref()
    }

    /// Work done, to repeat the run with ``work_limit``.
    #[getter]
    fn work(&self) -> u64 {
        self.state.5
    }

    fn __len__(&self) -> usize {
        self.state.0
    }

    fn __repr__(&self) -> String {
        let orders = self.table.rows();
        format!(
            "Batches({}, {} batches of {orders} orders, {} m)",
            self.state.3,
            self.state.0,
            Distance(self.state.1)
        )
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, Table>, State))> {
        let (py, this) = (slf.py(), slf.get());
        let make = py.import("clapot._clapot")?.getattr("_batches_from_state")?;
        Ok((make, (Bound::new(py, this.batches())?, this.state.clone())))
    }
}

/// Batches from what they were pickled as.
#[pyfunction(name = "_batches_from_state")]
pub(crate) fn batches_from_state(table: &Bound<'_, Table>, state: State) -> Batches {
    let table = table.get().table.clone();
    Batches { table, state }
}

/// Orders in order of first appearance, with their ids.
fn gathered(rows: Vec<PickRow>) -> (Vec<String>, Vec<Order>) {
    let (mut ids, mut orders) = (Vec::new(), Vec::<Order>::new());
    let mut known: HashMap<String, usize> = HashMap::new();
    for row in rows {
        let n = *known.entry(row.order_id).or_insert_with_key(|id| {
            ids.push(id.clone());
            orders.push(Order::default());
            ids.len() - 1
        });
        let order = &mut orders[n];
        let all = |of_one: i64| of_one.unsigned_abs().saturating_mul(row.qty.into());
        order.stops.push(row.stop);
        order.units = order.units.saturating_add(row.qty.into());
        order.weight = order.weight.saturating_add(all(row.weight_g));
        order.volume = order.volume.saturating_add(all(row.volume_cm3));
    }
    (ids, orders)
}

/// Put orders into batches, so that all pickers together walk as little as possible.
///
/// Parameters
/// ----------
/// layout : Layout
///     How a picker walks.
/// picks : table
///     One row per pick: ``order_id``, the place (``aisle`` and ``cell``, or ``location_id``), and if wanted ``qty`` (default 1),
///     ``weight_g`` and ``volume_cm3`` of one unit.
/// max_units, max_weight_g, max_volume_cm3, max_orders : int, optional
///     What one batch may hold.
/// bins, bin_units, bin_weight_g, bin_volume_cm3 : int, optional
///     Bins of a cart, and what a bin holds: an order takes as many as it needs and shares none.
/// time_limit : float, optional
///     Seconds for the whole call, above 0.
/// work_limit : int, optional
///     Limit in evaluations of a batch; without any limit it is 50 million.
/// threads : int, default 0
///     Threads; 0 is one per core.
/// seed : int, default 1
///     Seed of everything random.
///
/// Returns
/// -------
/// Batches
///
/// Examples
/// --------
/// Four orders in two corners of a store; a cart takes two.
///
/// >>> import clapot, pyarrow as pa
/// >>> layout = clapot.Layout.aisles(aisles=3, cells=10, aisle_gap_m=4)
/// >>> picks = pa.table({"order_id": ["a", "b", "c", "d"], "aisle": [0, 2, 0, 2], "cell": [8, 1, 9, 0]})
/// >>> found = clapot.batch(layout, picks, max_orders=2)
/// >>> found.status, [(row["batch_id"], row["order_id"]) for row in found.batches.to_dicts()]
/// ('optimal', [('1', 'a'), ('1', 'c'), ('2', 'b'), ('2', 'd')])
#[pyfunction]
#[pyo3(signature = (
    layout, picks, *, max_units = None, max_weight_g = None, max_volume_cm3 = None, max_orders = None, bins = None,
    bin_units = None, bin_weight_g = None, bin_volume_cm3 = None, time_limit = None, work_limit = None, threads = 0, seed = 1
))]
#[allow(clippy::too_many_arguments, reason = "they are the options of the call, by keyword")]
pub(crate) fn batch(
    layout: &Bound<'_, Layout>,
    picks: &Bound<'_, PyAny>,
    max_units: Option<u64>,
    max_weight_g: Option<u64>,
    max_volume_cm3: Option<u64>,
    max_orders: Option<u64>,
    bins: Option<u64>,
    bin_units: Option<u64>,
    bin_weight_g: Option<u64>,
    bin_volume_cm3: Option<u64>,
    time_limit: Option<f64>,
    work_limit: Option<u64>,
    threads: usize,
    seed: u64,
) -> PyResult<Batches> {
    let (py, of) = (layout.py(), layout.get());
    if threads > 1024 || work_limit == Some(0) || time_limit.is_some_and(|t| t <= 0.0) {
        return Err(option(py, "limits must be above 0, and threads at most 1024"));
    }
    let of_bin = [bin_units, bin_weight_g, bin_volume_cm3];
    if of_bin.contains(&Some(0)) || (bins.is_none() && of_bin.iter().any(Option::is_some)) {
        return Err(option(py, "what a bin holds is at least 1, and given with bins only"));
    }
    let bins = bins.map(|count| Bins {
        count,
        units: bin_units,
        weight: bin_weight_g,
        volume: bin_volume_cm3,
    });
    let options = BatchOptions {
        time_limit: time_limit.map(|s| seconds(py, s)).transpose()?,
        work_limit,
        seed,
        threads,
    };
    let tables = input::given(&[("picks", Some(picks))])?;
    let (ids, orders) = detached(py, || arrow::read_picks(&tables, |spot| of.find(spot)).map(gathered))?;
    let capacity = Capacity {
        units: max_units,
        weight: max_weight_g,
        volume: max_volume_cm3,
        orders: max_orders,
        bins,
    };
    let layout = Arc::clone(&of.layout);
    let plan = run(py, None, move |around| {
        let problem = BatchProblem {
            orders: &orders,
            tours: &AisleTours::new(&layout)?,
            capacity,
            objective: Objective::Distance,
        };
        plan_batches(&problem, &options, around.clock, around.interrupt)
    })?;
    let table = table(&plan, &ids).map_err(|e| raise(py, &clapot::Error::internal(e.to_string())))?;
    let status = if plan.status == Status::Optimal {
        "optimal"
    } else {
        "feasible"
    };
    let limit = plan.limit.map(|limit| limit.as_str().to_owned());
    let state = (
        plan.batches.len(),
        plan.length,
        plan.bound,
        status.to_owned(),
        limit,
        plan.work,
    );
    Ok(Batches { table, state })
}

fn table(plan: &BatchPlan, ids: &[String]) -> Result<ArrowTable, ArrowError> {
    let rows = || {
        let batches = plan.batches.iter().enumerate();
        batches.flat_map(|(n, batch)| batch.orders.iter().map(move |&order| (n, order, batch.length)))
    };
    let batch_ids: StringArray = rows().map(|(n, ..)| Some((n + 1).to_string())).collect();
    let order_ids: StringArray = rows().map(|(_, order, _)| Some(ids[order].as_str())).collect();
    let sizes: Int64Array = rows()
        .map(|(n, ..)| Some(plan.batches[n].orders.len() as i64))
        .collect();
    let metres: Decimal128Array = rows().map(|(.., length)| Some(i128::from(length))).collect();
    let columns: [(&str, ArrayRef); 4] = [
        ("batch_id", Arc::new(batch_ids)),
        ("order_id", Arc::new(order_ids)),
        ("batch_orders", Arc::new(sizes)),
        ("batch_m", Arc::new(metres.with_precision_and_scale(19, 3)?)),
    ];
    let batch = RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)))?;
    let schema = batch.schema();
    Ok(ArrowTable {
        schema,
        batches: vec![batch],
    })
}
