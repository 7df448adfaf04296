//! The call `price` and the class `Priced`: what decisions of any system cost, and what is wrong with them.

use std::sync::Arc;

use clapot::io::arrow;
use clapot::plan::Carriage;
use clapot::solve::{PriceOptions, price_decisions};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::calls::seconds;
use crate::input::{self, Reading, natural};
use crate::plan::Plan;
use crate::problem::Problem;
use crate::run::{interruptible, run};

/// What decisions of any system cost. It is true where they keep every rule.
///
/// Examples
/// --------
/// >>> import clapot
/// >>> problem = clapot.generate(orders=20, nodes=4, seed=7)
/// >>> plan = clapot.route(problem)
/// >>> priced = clapot.price(problem, plan.assignments)
/// >>> bool(priced), priced.plan.total >= plan.bound
/// (True, True)
#[pyclass(module = "clapot", frozen)]
pub(crate) struct Priced {
    plan: Py<Plan>,
    violations: Vec<String>,
    not_carried: Vec<NotCarried>,
}

/// Order, node, service, lines and reason of a shipment that no service carries.
type NotCarried = (String, String, Option<String>, Vec<String>, String);

/// A result from what it was pickled as.
#[pyfunction(name = "_priced_from_state")]
pub(crate) fn priced_from_state(plan: Py<Plan>, violations: Vec<String>, not_carried: Vec<NotCarried>) -> Priced {
    Priced {
        plan,
        violations,
        not_carried,
    }
}

#[pymethods]
impl Priced {
    /// The plan that the decisions make, with every figure; its status is ``infeasible`` where they break a rule.
    #[getter]
    fn plan(&self, py: Python<'_>) -> Py<Plan> {
        self.plan.clone_ref(py)
    }

    /// Whether the decisions keep every rule and every shipment can travel.
    #[getter]
    fn is_valid(&self) -> bool {
        self.violations.is_empty() && self.not_carried.is_empty()
    }

    /// Every rule that they break, in words.
    #[getter]
    fn violations(&self) -> Vec<String> {
        self.violations.clone()
    }

    /// Shipments that no service carries, whose lines count as unfilled: dicts with ``order``, ``node``, ``service`` (``None``
    /// where none was decided), ``lines`` and ``reason``.
    #[getter]
    fn not_carried<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        let ids = &self.plan.get().problem.get().ids;
        for (order, node, service, lines, reason) in &self.not_carried {
            let row = PyDict::new(py);
            row.set_item("order", ids.value(py, "order_id", order)?)?;
            row.set_item("node", ids.value(py, "node_id", node)?)?;
            let service = service.as_ref().map(|id| ids.value(py, "service_id", id)).transpose()?;
            row.set_item("service", service)?;
            let lines = lines
                .iter()
                .map(|id| ids.value(py, "line_id", id))
                .collect::<PyResult<Vec<_>>>()?;
            row.set_item("lines", lines)?;
            row.set_item("reason", reason)?;
            list.append(row)?;
        }
        Ok(list)
    }

    fn __bool__(&self) -> bool {
        self.is_valid()
    }

    fn __repr__(&self) -> String {
        let plan = &self.plan.get().plan;
        let total = plan.cost.total();
        if self.is_valid() {
            format!("Priced(valid, total={total}, bound={})", plan.outcome.bound)
        } else {
            let (broken, stranded) = (self.violations.len(), self.not_carried.len());
            format!("Priced(NOT valid, total={total}, {broken} violations, {stranded} shipments not carried)")
        }
    }

    fn __reduce__<'py>(
        slf: &Bound<'py, Self>,
    ) -> PyResult<(Bound<'py, PyAny>, (Py<Plan>, Vec<String>, Vec<NotCarried>))> {
        let py = slf.py();
        let make = py.import("clapot._clapot")?.getattr("_priced_from_state")?;
        let this = slf.get();
        let state = (
            this.plan.clone_ref(py),
            this.violations.clone(),
            this.not_carried.clone(),
        );
        Ok((make, state))
    }
}

/// Price the decisions of any system: every figure, a bound, and every rule they break.
///
/// What a decision leaves open is filled in: all that is left of the line, one shipment for an order and node, the cheapest
/// service, and the first date on which the node has the stock. Lines that no decision names stay unfilled.
///
/// Parameters
/// ----------
/// problem : Problem
///     The problem.
/// decisions : table
///     ``order_id``, ``line_id``, ``node_id``, and where they are known ``qty``, ``service_id`` and ``shipment_id``; ``assignments``
///     of a plan is such a table.
/// prices : Plan, optional
///     A plan of the same problem whose prices and cuts prove the bound; by default some are found.
/// time_limit : float, optional
///     Seconds for the whole call, above 0.
/// threads : int, default 0
///     Threads of the call's own pool; 0 is one per core.
/// on_progress : callable, optional
///     As in :func:`route`.
///
/// Returns
/// -------
/// Priced
///
/// Raises
/// ------
/// InputError
///     The table names what the problem does not have, or contradicts itself.
/// OptionError
///     A parameter is outside its range.
///
/// Examples
/// --------
/// >>> import clapot
/// >>> problem = clapot.generate(orders=50, nodes=4, seed=7)
/// >>> today = clapot.price(problem, clapot.route(problem, method="distance").assignments)
/// >>> best = clapot.route(problem, work_limit=20_000)
/// >>> best.total <= today.plan.total
/// True
#[pyfunction]
#[pyo3(signature = (problem, decisions, *, prices = None, time_limit = None, threads = 0, on_progress = None))]
pub(crate) fn price(
    problem: &Bound<'_, Problem>,
    decisions: &Bound<'_, PyAny>,
    prices: Option<&Bound<'_, Plan>>,
    time_limit: Option<f64>,
    #[pyo3(from_py_with = natural)] threads: usize,
    on_progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Priced> {
    let py = problem.py();
    let tables = input::given(&[("decisions", Some(decisions))], &Reading::default())?;
    let options = PriceOptions {
        time_limit: time_limit.map(|s| seconds(py, s)).transpose()?,
        work_limit: None,
        threads,
    };
    let of = Arc::clone(&problem.get().problem);
    let prices = prices.map(|plan| plan.get().of_problem(py, &of)).transpose()?;
    let decisions = {
        let of = Arc::clone(&of);
        interruptible(py, move |_| arrow::read_decisions(&of, &tables))?
    };
    let found = {
        let of = Arc::clone(&of);
        run(py, on_progress, move |around| {
            around.of_money(|around, _| {
                let prices = prices.as_ref().map(|plan| &plan.prices);
                price_decisions(&of, &decisions, prices, &options, around)
            })
        })?
    };
    let not_carried = found.not_carried.iter().map(|(order, not)| {
        let service = not.carriage.map(|carriage| match carriage {
            Carriage::Pickup => "pickup".to_owned(),
            Carriage::Service(service) => of.service_id(service).to_owned(),
        });
        let lines = not.lines.iter().map(|&l| of.line_id(l).to_owned()).collect();
        (
            of.order_id(*order).to_owned(),
            of.node_id(not.node).to_owned(),
            service,
            lines,
            not.reason.clone(),
        )
    });
    let not_carried = not_carried.collect();
    let violations = found.violations.iter().map(ToString::to_string).collect();
    let plan = Py::new(py, Plan::new(problem.clone().unbind(), found.plan, None))?;
    Ok(Priced {
        plan,
        violations,
        not_carried,
    })
}
