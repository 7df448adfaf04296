//! The call `batch` and the class `Batches`.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, Decimal128Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::ArrowError;
use clapot::Distance;
use clapot::io::arrow::{self, ArrowTable, PickRow};
use clapot::model::floor::Rates;
use clapot::plan::Status;
use clapot::quantity::Millis;
use clapot::search::Clock as _;
use clapot::wave::batch::{
    AisleTours, BatchOptions, BatchPlan, BatchProblem, Bins, Capacity, Objective, Order, PickBatch, Turn,
    plan_batches_logged,
};
use pyo3::prelude::*;

use crate::calls::seconds;
use crate::errors::{guarded, option, raise};
use crate::input::{self, maybe_natural, natural};
use crate::layout::Layout;
use crate::money::decimal;
use crate::run::{Step, interruptible, run};
use crate::tables::Table;

/// Most pickers of a call.
const MOST_PICKERS: usize = 100_000;

/// Orders in batches: each is what one picker collects in one tour.
#[pyclass(module = "clapot", frozen)]
pub(crate) struct Batches {
    table: ArrowTable,
    state: State,
}

/// Batches, millimetres, milliseconds where time is the objective, bound in the unit of the objective, status, limit, work, and
/// where anything is due milliseconds of lateness, their bound, and how many orders are late.
type State = (
    usize,
    i64,
    Option<i64>,
    Option<i64>,
    String,
    Option<String>,
    u64,
    Option<(i64, i64, usize)>,
);

/// An amount in thousandths.
fn thousandths(n: i64) -> String {
    Distance(n).to_string()
}

#[pymethods]
impl Batches {
    /// One row per order: ``batch_id``, ``order_id``, and of its batch ``batch_orders``, ``batch_m`` (metres of the tour) and, where
    /// time is the objective, ``batch_s`` (seconds of walking, stops and setting up). Where anything is due also ``picker`` (from 1),
    /// ``start_s`` and ``end_s`` of the batch (seconds from the start, picks included), and ``late_s`` of the order, null where it has
    /// no due time.
    #[getter]
    fn batches(&self) -> Table {
        Table::new("batches", self.table.clone())
    }

    /// What was made small: ``distance`` or ``time``.
    #[getter]
    fn objective(&self) -> &'static str {
        if self.state.2.is_some() { "time" } else { "distance" }
    }

    /// Metres of all tours, exact to the millimetre.
    #[getter]
    fn metres<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        decimal(py, &thousandths(self.state.1))
    }

    /// Seconds of all tours: walking, stops and setting up; ``None`` where distance is the objective.
    #[getter]
    fn seconds<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.state.2.map(|n| decimal(py, &thousandths(n))).transpose()
    }

    /// Seconds that all orders together are late; ``None`` where nothing is due.
    #[getter]
    fn lateness<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.state.7.map(|(n, ..)| decimal(py, &thousandths(n))).transpose()
    }

    /// No batches have less lateness; ``None`` where nothing is due.
    #[getter]
    fn lateness_bound<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.state.7.map(|(_, n, _)| decimal(py, &thousandths(n))).transpose()
    }

    /// How many orders are late.
    #[getter]
    fn late(&self) -> usize {
        self.state.7.map_or(0, |(.., late)| late)
    }

    /// No batches need fewer metres, or seconds where time is the objective, however late, where that is proved; else ``None``.
    #[getter]
    fn bound<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.state.3.map(|n| decimal(py, &thousandths(n))).transpose()
    }

    /// ``optimal`` where that is proved, else ``feasible``.
    #[getter]
    fn status(&self) -> &str {
        &self.state.4
    }

    /// What ended the search, if it was not the proof: ``time``, ``work`` or ``interrupted``.
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
        self.state.0
    }

    fn __repr__(&self) -> String {
        let orders = self.table.rows();
        let seconds = self.state.2.map(|n| format!(", {} s", thousandths(n)));
        let late = self.state.7.map(|(n, ..)| format!(", {} s late", thousandths(n)));
        format!(
            "Batches({}, {} batches of {orders} orders, {} m{}{})",
            self.state.4,
            self.state.0,
            thousandths(self.state.1),
            seconds.unwrap_or_default(),
            late.unwrap_or_default()
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

/// Times as the caller gave them.
struct Times {
    walking_m_per_s: Option<f64>,
    per_tour: Option<f64>,
    per_stop: Option<f64>,
    per_line: Option<f64>,
    per_unit: Option<f64>,
}

impl Times {
    fn any(&self) -> bool {
        let all = [
            self.walking_m_per_s,
            self.per_tour,
            self.per_stop,
            self.per_line,
            self.per_unit,
        ];
        all.iter().any(Option::is_some)
    }
}

/// What to make small, and the time of a pick and of a unit. Times are those of a floor where they are not given.
fn objective(py: Python<'_>, word: &str, times: &Times) -> PyResult<(Objective, [u64; 2])> {
    let whole = |name: &str, value: Option<f64>, default: u32, least: f64, most: f64| {
        let value = value.map_or(f64::from(default), |value| (value * 1000.0).round());
        if !(least..=most).contains(&value) {
            let (least, most) = (least / 1000.0, most / 1000.0);
            return Err(option(py, &format!("{name} must be from {least} to {most}")));
        }
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number in range"
        )]
        Ok(value as u64)
    };
    match word {
        "time" => {
            let usual = Rates::default();
            let millis = |time: Millis| u32::try_from(time.0).unwrap_or(u32::MAX);
            let day = 86_400_000.0;
            let of = |name: &str, value, usual| whole(name, value, millis(usual), 0.0, day);
            let objective = Objective::Time {
                speed: whole("walking_m_per_s", times.walking_m_per_s, usual.walking, 1.0, 1e5)?,
                set_up: of("seconds_per_tour", times.per_tour, usual.per_tour)?,
                per_stop: of("seconds_per_stop", times.per_stop, usual.per_stop)?,
            };
            let per_line = of("seconds_per_line", times.per_line, usual.per_line)?;
            Ok((
                objective,
                [per_line, of("seconds_per_unit", times.per_unit, usual.per_unit)?],
            ))
        }
        "distance" if !times.any() => Ok((Objective::Distance, [0; 2])),
        "distance" => Err(option(
            py,
            "walking_m_per_s, seconds_per_tour, seconds_per_stop, seconds_per_line and seconds_per_unit are for objective='time'",
        )),
        _ => Err(option(py, "objective must be 'distance' or 'time'")),
    }
}

/// Orders in order of first appearance, with their ids, given the time of a pick and of a unit.
fn gathered(rows: Vec<PickRow>, [per_line, per_unit]: [u64; 2]) -> (Vec<String>, Vec<Order>) {
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
        order.picking = order.picking.saturating_add(per_line + per_unit * u64::from(row.qty));
        let due = row.due.map(|due| due.0.unsigned_abs());
        order.due = [order.due, due].into_iter().flatten().min();
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
///     One row per pick: ``order_id``, the place (``aisle`` and ``cell``, both from 1, or ``location_id``), and if wanted ``qty`` (default 1),
///     ``weight_g`` and ``volume_cm3`` of one unit. With ``due_s`` an order is due so many seconds after the start, the least of its
///     rows; null is never.
/// max_units, max_weight_g, max_volume_cm3, max_orders : int, optional
///     What one batch may hold.
/// bins, bin_units, bin_weight_g, bin_volume_cm3 : int, optional
///     Bins of a cart, and what a bin holds: an order takes as many as it needs and shares none.
/// objective : {"distance", "time"}, default "distance"
///     What to make small: metres walked, or seconds of walking, of stops and of setting up tours. The time of picks themselves
///     is the same in every plan.
/// walking_m_per_s, seconds_per_tour, seconds_per_stop : float, optional
///     For the objective ``time``; by default 1.2, 60 and 5, as of a floor. Orders that share a stop share its time.
/// seconds_per_line, seconds_per_unit : float, optional
///     What a row of ``picks`` and a unit of it take themselves, which matters to due times only; by default 4 and 1, as of a floor.
/// pickers : int, default 1
///     Who all begin at the start and collect batch after batch; for due times.
/// time_limit : float, optional
///     Seconds for the whole call, above 0.
/// work_limit : int, optional
///     Limit in evaluations of a batch; without any limit it is 50 million.
/// threads : int, default 0
///     Threads; 0 is one per core.
/// seed : int, default 1
///     Seed of everything random.
/// on_progress : callable, optional
///     As of :func:`route`; ``total`` is metres, or seconds where time is the objective. Where it returns ``False``, the best batches
///     so far come out.
///
/// Returns
/// -------
/// Batches
///
/// Notes
/// -----
/// Where orders have due times, which wants ``objective="time"``, lateness comes first: the sum over all orders of the seconds from
/// their due time until their batch has ended. Departures, waves and shifts are for :func:`plan_waves`.
///
/// Examples
/// --------
/// Four orders in two corners of a store; a cart takes two.
///
/// >>> import clapot, pyarrow as pa
/// >>> layout = clapot.Layout.aisles(aisles=3, cells=10, aisle_gap_m=4)
/// >>> picks = pa.table({"order_id": ["a", "b", "c", "d"], "aisle": [1, 3, 1, 3], "cell": [9, 2, 10, 1]})
/// >>> found = clapot.batch(layout, picks, max_orders=2)
/// >>> found.status, [(row["batch_id"], row["order_id"]) for row in found.batches.to_dicts()]
/// ('optimal', [('1', 'a'), ('1', 'c'), ('2', 'b'), ('2', 'd')])
/// >>> clapot.batch(layout, picks, max_orders=2, objective="time", walking_m_per_s=1, seconds_per_tour=30, seconds_per_stop=5)
/// Batches(optimal, 2 batches of 4 orders, 40 m, 120 s)
#[pyfunction]
#[pyo3(signature = (
    layout, picks, *, max_units = None, max_weight_g = None, max_volume_cm3 = None, max_orders = None, bins = None,
    bin_units = None, bin_weight_g = None, bin_volume_cm3 = None, objective = "distance", walking_m_per_s = None,
    seconds_per_tour = None, seconds_per_stop = None, seconds_per_line = None, seconds_per_unit = None, pickers = 1, time_limit = None, work_limit = None, threads = 0, seed = 1,
    on_progress = None
))]
#[allow(clippy::too_many_arguments, reason = "they are the options of the call, by keyword")]
pub(crate) fn batch(
    layout: &Bound<'_, Layout>,
    picks: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = maybe_natural)] max_units: Option<u64>,
    #[pyo3(from_py_with = maybe_natural)] max_weight_g: Option<u64>,
    #[pyo3(from_py_with = maybe_natural)] max_volume_cm3: Option<u64>,
    #[pyo3(from_py_with = maybe_natural)] max_orders: Option<u64>,
    #[pyo3(from_py_with = maybe_natural)] bins: Option<u64>,
    #[pyo3(from_py_with = maybe_natural)] bin_units: Option<u64>,
    #[pyo3(from_py_with = maybe_natural)] bin_weight_g: Option<u64>,
    #[pyo3(from_py_with = maybe_natural)] bin_volume_cm3: Option<u64>,
    objective: &str,
    walking_m_per_s: Option<f64>,
    seconds_per_tour: Option<f64>,
    seconds_per_stop: Option<f64>,
    seconds_per_line: Option<f64>,
    seconds_per_unit: Option<f64>,
    #[pyo3(from_py_with = natural)] pickers: usize,
    time_limit: Option<f64>,
    #[pyo3(from_py_with = maybe_natural)] work_limit: Option<u64>,
    #[pyo3(from_py_with = natural)] threads: usize,
    #[pyo3(from_py_with = natural)] seed: u64,
    on_progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Batches> {
    let py = layout.py();
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
    let times = Times {
        walking_m_per_s,
        per_tour: seconds_per_tour,
        per_stop: seconds_per_stop,
        per_line: seconds_per_line,
        per_unit: seconds_per_unit,
    };
    let (objective, per_pick) = self::objective(py, objective, &times)?;
    if !(1..=MOST_PICKERS).contains(&pickers) {
        return Err(option(py, &format!("pickers must be from 1 to {MOST_PICKERS}")));
    }
    let capacity = Capacity {
        units: max_units,
        weight: max_weight_g,
        volume: max_volume_cm3,
        orders: max_orders,
        bins,
    };
    let tables = input::given_to("batch", &[("picks", picks)])?;
    let of = layout.clone().unbind();
    let (ids, orders) = interruptible(py, move |_| {
        arrow::read_picks(&tables, |spot| of.get().find(spot)).map(|rows| gathered(rows, per_pick))
    })?;
    let is_due = orders.iter().any(|order| order.due.is_some());
    if is_due && objective == Objective::Distance {
        return Err(option(py, "orders with due_s want objective='time'"));
    }
    let dues: Vec<Option<u64>> = orders.iter().map(|order| order.due).collect();
    if let Some(n) = orders.iter().position(|order| !capacity.holds([order])) {
        return Err(option(
            py,
            &format!("the order {:?} alone is more than a batch may hold", ids[n]),
        ));
    }
    let layout = Arc::clone(&layout.get().layout);
    let plan = run(py, on_progress, move |around| {
        let problem = BatchProblem {
            orders: &orders,
            tours: &AisleTours::new(&layout)?,
            capacity,
            objective,
            pickers,
        };
        let clock = around.clock;
        let mut told = |cost: i64, _: &str| {
            (around.tell)(Step {
                phase: "batch",
                seconds: clock.elapsed().as_secs_f64(),
                total: Some(thousandths(cost)),
                bound: None,
            });
        };
        plan_batches_logged(&problem, &options, clock, Some(around.stop), &mut told)
    })?;
    let is_timed = objective != Objective::Distance;
    let table = guarded(py, || {
        table(&plan, &ids, &dues, is_timed).map_err(|e| raise(py, &clapot::Error::internal(e.to_string())))
    })?;
    let status = if plan.status == Status::Optimal {
        "optimal"
    } else {
        "feasible"
    };
    let limit = plan.limit.map(|limit| limit.as_str().to_owned());
    let state = (
        plan.batches.len(),
        plan.length,
        is_timed.then_some(plan.cost),
        plan.bound,
        status.to_owned(),
        limit,
        plan.work,
        is_due.then_some((plan.lateness, plan.lateness_bound, plan.late)),
    );
    Ok(Batches { table, state })
}

fn table(plan: &BatchPlan, ids: &[String], dues: &[Option<u64>], is_timed: bool) -> Result<ArrowTable, ArrowError> {
    let rows = || {
        let batches = plan.batches.iter().enumerate();
        batches.flat_map(|(n, batch)| batch.orders.iter().map(move |&order| (n, order, batch)))
    };
    let decimals = |amount: &dyn Fn(&PickBatch) -> Option<i64>| {
        let amounts: Decimal128Array = rows().map(|(.., batch)| amount(batch).map(i128::from)).collect();
        amounts.with_precision_and_scale(19, 3)
    };
    let batch_ids: StringArray = rows().map(|(n, ..)| Some((n + 1).to_string())).collect();
    let order_ids: StringArray = rows().map(|(_, order, _)| Some(ids[order].as_str())).collect();
    let sizes: Int64Array = rows().map(|(.., batch)| Some(batch.orders.len() as i64)).collect();
    let metres = decimals(&|batch| Some(batch.length))?;
    let seconds = decimals(&|batch| is_timed.then_some(batch.cost))?;
    let turn = |of: &dyn Fn(Turn) -> i64| decimals(&|batch| batch.turn.map(of));
    let pickers: Int64Array = rows()
        .map(|(.., batch)| batch.turn.map(|t| t.picker as i64 + 1))
        .collect();
    let (start, end) = (turn(&|t| t.start)?, turn(&|t| t.end)?);
    let late: Decimal128Array = rows()
        .map(|(_, order, batch)| {
            let due = i128::from(dues[order]?);
            batch.turn.map(|t| (i128::from(t.end) - due).max(0))
        })
        .collect();
    let columns: [(&str, ArrayRef); 9] = [
        ("batch_id", Arc::new(batch_ids)),
        ("order_id", Arc::new(order_ids)),
        ("batch_orders", Arc::new(sizes)),
        ("batch_m", Arc::new(metres)),
        ("batch_s", Arc::new(seconds)),
        ("picker", Arc::new(pickers)),
        ("start_s", Arc::new(start)),
        ("end_s", Arc::new(end)),
        ("late_s", Arc::new(late.with_precision_and_scale(19, 3)?)),
    ];
    let batch = RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)))?;
    let schema = batch.schema();
    Ok(ArrowTable {
        schema,
        batches: vec![batch],
    })
}
