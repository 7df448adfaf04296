//! The call `plan_waves`: what each floor releases when, who picks it in which tour.

use std::sync::Arc;

use clapot::WaveOptions;
use pyo3::prelude::*;

use crate::calls::{cores, logged, seconds};
use crate::floors::Floors;
use crate::input::{maybe_natural, natural};
use crate::plan::{Plan, Waves};
use crate::problem::Problem;
use crate::run::{Watch, watched};

/// Decide what each node releases when, who picks it in which tour, and which departure it makes; and verify the plan.
///
/// Parameters
/// ----------
/// problem : Problem
///     The problem.
/// plan : Plan
///     A routing plan of it.
/// floors : Floors
///     The floors of its nodes.
/// time_limit : float, optional
///     Seconds for the whole call, above 0.
/// work_limit : int, optional
///     Limit in units of work (one tour asked for), above 0.
/// threads : int, default 0
///     Threads of the call's own pool; 0 is one per core.
/// seed : int, default 1
///     Seed of everything random.
/// on_progress : callable, optional
///     As of :func:`route`; what the plan is worth is not told, since it has no single figure.
/// on_interrupt, log : optional
///     As of :func:`route`.
///
/// Returns
/// -------
/// Plan
///     The same routing, with the tables ``waves``, ``batches``, ``tours``, ``wave_shipments`` and ``unplanned``, and ``figures``.
///
/// Examples
/// --------
/// >>> import clapot
/// >>> problem = clapot.generate(orders=60, nodes=4, seed=7)
/// >>> floors = clapot.generate_floors(problem)
/// >>> plan = clapot.plan_waves(problem, clapot.route(problem, work_limit=2_000), floors, work_limit=20_000)
/// >>> plan.figures["total"]["late_shipments"]
/// 0
/// >>> plan.batches.columns[:3]
/// ['batch_id', 'wave_id', 'cart_id']
#[pyfunction]
#[pyo3(signature = (
    problem, plan, floors, *, time_limit = None, work_limit = None, threads = 0, seed = 1, on_progress = None,
    on_interrupt = "raise", log = None
))]
#[allow(clippy::too_many_arguments, reason = "they are the options of the call, by keyword")]
pub(crate) fn plan_waves(
    problem: &Bound<'_, Problem>,
    plan: &Bound<'_, Plan>,
    floors: &Bound<'_, Floors>,
    time_limit: Option<f64>,
    #[pyo3(from_py_with = maybe_natural)] work_limit: Option<u64>,
    #[pyo3(from_py_with = natural)] threads: usize,
    #[pyo3(from_py_with = natural)] seed: u64,
    on_progress: Option<&Bound<'_, PyAny>>,
    on_interrupt: &str,
    log: Option<&Bound<'_, PyAny>>,
) -> PyResult<Plan> {
    let py = problem.py();
    let on_progress = logged(on_progress, log)?;
    let watch = Watch::new(py, on_progress.as_ref(), on_interrupt)?;
    let options = WaveOptions {
        time_limit: time_limit.map(|s| seconds(py, s)).transpose()?,
        work_limit,
        threads: cores(threads),
        seed,
    };
    let of = Arc::clone(&problem.get().problem);
    let routing = plan.get().of_problem(py, &of)?;
    let floors = Floors::of_problem(floors, problem)?;
    let (routed, on) = (Arc::clone(&routing), Arc::clone(&floors.get().floors));
    let made = watched(py, watch, move |around| {
        around.of_money(|around, _| clapot::plan_waves(&of, &routed, &on, &options, around))
    })?;
    let waves = Waves {
        floors,
        plan: Arc::new(made),
    };
    Ok(Plan::with_waves(problem.clone().unbind(), routing, waves))
}
