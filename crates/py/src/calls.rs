//! The calls `route`, `verify` and `generate`.

use std::ffi::CString;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use clapot::generate::{GenerateOptions, Profile};
use clapot::io::arrow;
use clapot::plan::Start;
use clapot::search::{Clock as _, StdClock};
use clapot::solve::start_of_decisions;
use clapot::verify::{CUT_STEPS, VerifyOptions, verify_until, verify_waves_until};
use clapot::{Method, RouteOptions};
use pyo3::exceptions::PyUserWarning;
use pyo3::prelude::*;

use crate::errors::{option, raise};
use crate::floors::Floors;
use crate::input::{self, Reading, maybe_natural, natural};
use crate::plan::Plan;
use crate::problem::Problem;
use crate::run::{Watch, interruptible, watched};
use crate::verification::Verification;

/// Decide which node ships which line by which service, prove how good that is, and verify it.
///
/// Without a limit it ends once the plan is proved to be the best, or plan and bound have hardly moved in the last third of the
/// work. With the same problem, seed and work limit, and no time limit, the
/// plan is the same to the byte, at any number of threads, and the same as of the command line and of Rust.
///
/// Parameters
/// ----------
/// problem : Problem
///     What to plan.
/// time_limit : float, optional
///     Seconds for the whole call, above 0. A rule serves every order all the same.
/// work_limit : int, optional
///     Limit in units of work (one order priced once), above 0.
/// patience : float, optional
///     Stop once neither plan nor bound has moved for so many seconds, above 0: the gap has not fallen by a fiftieth of itself.
/// gap : float, default 0
///     Stop once the plan is proved to be this close to the best, from 0 to below 1.
/// threads : int, default 0
///     Threads of the call's own pool; 0 is one per core, and never more.
/// seed : int, default 1
///     Seed of everything random.
/// method : str, default "auto"
///     ``auto``, ``exact``, or a rule to compare with: ``priority``, ``distance``, ``fewest-splits``, ``cheapest``.
/// start : Plan or table, optional
///     A plan to start from, of this problem or an earlier state of it. Where it is valid as it is, the new one costs no more.
///     Or a table of decisions as :func:`price` takes it.
/// pins, exclusions : table, optional
///     Rules for this run only: what they add to the problem is part of ``plan.problem``. Pins have the columns ``order_id``,
///     ``line_id`` (empty: every line of the order) and ``node_id``; exclusions are as in the file format.
/// bound : bool, default True
///     Whether a bound is proved. Without it the plan states what is certain of any plan, and a rule takes its own time only.
/// on_progress : callable, optional
///     Called with a :class:`Progress` whenever there is news, at least five times and at most some fifty times a second. Where
///     it returns ``False``, the run ends with the best plan so far.
/// on_interrupt : {"raise", "return"}, default "raise"
///     What Ctrl-C does: raise ``KeyboardInterrupt`` at once, or end the run with the best plan so far; a second one raises.
/// log : bool or float, optional
///     Write time, cost, bound and gap to the logger ``clapot``, at every phase and every second, or so many seconds.
///
/// Returns
/// -------
/// Plan
///     Valid: the independent verifier has found nothing wrong with it.
///
/// Warns
/// -----
/// UserWarning
///     The method goes by distance, and orders or nodes have no coordinates.
///
/// Raises
/// ------
/// OptionError
///     A parameter is outside its range.
/// InputError
///     Pins or exclusions are not what they should be.
/// KeyboardInterrupt
///     Ctrl-C, at once.
///
/// Examples
/// --------
/// >>> import clapot
/// >>> problem = clapot.generate(orders=200, nodes=6, seed=3)
/// >>> plan = clapot.route(problem, work_limit=20_000)
/// >>> again = clapot.route(problem, work_limit=20_000, threads=1)
/// >>> plan.total == again.total and plan.gap < 0.05
/// True
/// >>> clapot.route(problem, start=plan, work_limit=20_000).total <= plan.total
/// True
#[pyfunction]
#[pyo3(signature = (
    problem, *, time_limit = None, work_limit = None, patience = None, gap = 0.0, threads = 0, seed = 1, method = "auto",
    start = None, pins = None, exclusions = None, bound = true, on_progress = None, on_interrupt = "raise", log = None
))]
#[allow(clippy::too_many_arguments, reason = "they are the options of the call, by keyword")]
pub(crate) fn route(
    problem: &Bound<'_, Problem>,
    time_limit: Option<f64>,
    #[pyo3(from_py_with = maybe_natural)] work_limit: Option<u64>,
    patience: Option<f64>,
    gap: f64,
    #[pyo3(from_py_with = natural)] threads: usize,
    #[pyo3(from_py_with = natural)] seed: u64,
    method: &str,
    start: Option<&Bound<'_, PyAny>>,
    pins: Option<&Bound<'_, PyAny>>,
    exclusions: Option<&Bound<'_, PyAny>>,
    bound: bool,
    on_progress: Option<&Bound<'_, PyAny>>,
    on_interrupt: &str,
    log: Option<&Bound<'_, PyAny>>,
) -> PyResult<Plan> {
    let py = problem.py();
    let on_progress = logged(on_progress, log)?;
    let mut watch = Watch::new(py, on_progress.as_ref(), on_interrupt)?;
    let mut history = Vec::new();
    watch.history = Some(&mut history);
    let options = RouteOptions {
        method: method.parse::<Method>().map_err(|_| {
            let known = Method::ALL.map(Method::as_str).join(", ");
            option(py, &format!("no method {method:?}; there are {known}"))
        })?,
        time_limit: time_limit.map(|s| seconds(py, s)).transpose()?,
        work_limit,
        patience: patience.map(|s| span(py, s, "patience")).transpose()?,
        gap,
        threads: cores(threads),
        seed,
        bound,
        ..RouteOptions::default()
    };
    let problem = Problem::with_rules(problem, pins, exclusions)?;
    let of = Arc::clone(&problem.get().problem);
    warn_of_method(py, &of, options.method)?;
    let start = start.map(|start| start_of(start, &problem)).transpose()?;
    let (plan, taken_over) = watched(py, watch, move |around| {
        around.of_money(|around, gone| clapot::solve::route_unless(&of, &options, start.as_ref(), around, gone))
    })?;
    Ok(Plan::new(problem, plan, taken_over).with_history(history))
}

/// Threads that are not more than there are cores; a number that no call takes stays as it is.
pub(crate) fn cores(threads: usize) -> usize {
    const MOST: usize = 1_024;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    if threads > MOST { threads } else { threads.min(cores) }
}

/// A callback that also writes to the log, where that is asked for.
pub(crate) fn logged<'py>(
    on_progress: Option<&Bound<'py, PyAny>>,
    log: Option<&Bound<'py, PyAny>>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Some(log) = log else {
        return Ok(on_progress.cloned());
    };
    let made = log
        .py()
        .import("clapot._log")?
        .getattr("logged")?
        .call1((on_progress, log))?;
    Ok(Some(made).filter(|made| !made.is_none()))
}

/// Python warnings of what makes the method another one than its name says.
fn warn_of_method(py: Python<'_>, problem: &clapot::Problem, method: Method) -> PyResult<()> {
    for doubt in clapot::method_doubts(problem, method) {
        let more = match doubt.more {
            0 => String::new(),
            more => format!(" (and {more} more in {})", doubt.table),
        };
        let text = CString::new(format!("{doubt}{more}. {}", doubt.code.remedy()))?;
        PyErr::warn(py, &py.get_type::<PyUserWarning>(), &text, 1)?;
    }
    Ok(())
}

/// A plan, or a table of decisions, as a start for the problem.
fn start_of(given: &Bound<'_, PyAny>, problem: &Py<Problem>) -> PyResult<Start> {
    let py = given.py();
    let of = &problem.get().problem;
    let Ok(plan) = given.cast::<Plan>() else {
        let tables = input::given(&[("decisions", Some(given))], &Reading::default())?;
        let of = Arc::clone(of);
        return interruptible(py, move |_| {
            let earlier = arrow::read_earlier_decisions(&of, &tables)?;
            Ok(start_of_decisions(&of, &earlier.decisions, earlier.known, earlier.gone))
        });
    };
    let plan = plan.get();
    if Arc::ptr_eq(&plan.problem.get().problem, of) {
        return Ok(Start::of(of, &plan.plan));
    }
    let (of, tables) = (Arc::clone(of), plan.all_tables(py)?);
    interruptible(py, move |_| arrow::read_start(&of, &tables))
}

/// Seconds of a limit.
pub(crate) fn seconds(py: Python<'_>, seconds: f64) -> PyResult<Duration> {
    span(py, seconds, "time_limit")
}

/// Seconds of an option of this name.
fn span(py: Python<'_>, seconds: f64, name: &str) -> PyResult<Duration> {
    /// As good as for ever, and small enough to be added to a time.
    const AGES: Duration = Duration::from_secs(1 << 32);
    if seconds == f64::INFINITY {
        return Ok(AGES);
    }
    Duration::try_from_secs_f64(seconds).map_err(|_| option(py, &format!("{name} must be a number of seconds above 0")))
}

/// The default of `cut_steps`, as a number that Python shows.
const _: () = assert!(CUT_STEPS == 10_000_000_000);

/// Judge a plan from scratch: every rule, every figure, and the bound that its prices prove.
///
/// The verifier shares no code with what makes plans.
///
/// Parameters
/// ----------
/// problem : Problem
///     The problem.
/// plan : Plan
///     A plan of it, or of another state of it: then its rows are looked up by their ids. Where it has waves, they are judged too.
/// floors : Floors, optional
///     What to judge the waves by; by default the floors that they were planned for, with the nodes of this problem.
/// bound : bool, default True
///     Whether to recompute the bound, which takes most of the time.
/// threads : int, default 0
///     Threads for the bound; 0 is one per core.
/// time_limit : float, optional
///     Seconds for the judging, above 0. What is left then is not checked.
/// cut_steps : int, default 10,000,000,000
///     Steps that proving all cuts of the plan together may take, about a nanosecond each. A cut beyond them is not checked.
///
/// Returns
/// -------
/// Verification
///     Where something was not checked it is not valid, and ``unchecked`` says what.
///
/// Raises
/// ------
/// InputError
///     The plan names what this problem or its floors do not have, or the floors do not fit the problem.
#[pyfunction]
#[pyo3(signature = (
    problem, plan, *, floors = None, bound = true, threads = 0, time_limit = None,
    cut_steps = 10_000_000_000
))]
pub(crate) fn verify(
    problem: &Bound<'_, Problem>,
    plan: &Bound<'_, Plan>,
    floors: Option<&Bound<'_, Floors>>,
    bound: bool,
    #[pyo3(from_py_with = natural)] threads: usize,
    time_limit: Option<f64>,
    #[pyo3(from_py_with = natural)] cut_steps: u64,
) -> PyResult<Verification> {
    let py = problem.py();
    let clock = StdClock::start();
    let end = time_limit.map(|s| seconds(py, s)).transpose()?;
    if end.is_some_and(|end| end.is_zero()) {
        return Err(option(py, "time_limit must be above 0"));
    }
    let (of, plan) = (Arc::clone(&problem.get().problem), plan.get());
    let options = VerifyOptions {
        bound,
        threads,
        cut_steps,
        ..VerifyOptions::default()
    };
    let routing = plan.of_problem(py, &of)?;
    let waves = plan.waves_of(problem, &routing, floors)?;
    let found = interruptible(py, move |gone| {
        let is_over = || gone.load(Ordering::Relaxed) || end.is_some_and(|end| clock.elapsed() >= end);
        // Of shipments that no routing plan made there is nothing to judge but the waves.
        let is_open = waves
            .as_ref()
            .is_some_and(|(floors, _)| floors.open_shipments().is_some());
        let mut found = if is_open {
            clapot::verify::Verification {
                violations: Vec::new(),
                warnings: Vec::new(),
                unchecked: Vec::new(),
                cost: routing.cost,
                stated_bound: routing.outcome.bound,
                proved_bound: None,
            }
        } else {
            verify_until(&of, &routing, &options, &is_over)
        };
        if let Some((floors, waves)) = waves {
            let of_waves = verify_waves_until(&of, &routing, &floors, &waves, &is_over);
            found.violations.extend(of_waves.violations);
            found.unchecked.extend(of_waves.unchecked);
        }
        Ok(found)
    })?;
    Ok(Verification::new(&found))
}

/// Make a synthetic problem from a seed.
///
/// Customers, places and prices are invented; sizes, distances and shortages are made to feel like real ones. The same
/// options give the same problem on every machine, and the same as ``clapot generate``.
///
/// Parameters
/// ----------
/// orders : int, default 1000
///     Number of orders, 1 to 10,000,000.
/// nodes : int, default 12
///     Number of nodes, 2 to 500.
/// seed : int, default 1
///     Another seed gives another problem.
/// profile : {"b2c", "b2b"}, default "b2c"
///     What kind of customers order.
/// skus : int, optional
///     Number of SKUs; by default what suits the number of orders.
/// slack : int, default 115
///     Stock of each SKU over all nodes, in per cent of its demand.
/// spread : int, default 45
///     Share of the nodes that stock a SKU, in per cent.
/// capacity : int, default 115
///     What all nodes can handle, in per cent of the ordered lines; 0 means no limits.
/// plain : bool, default False
///     Only stock, capacity, lanes and rates: no pins, groups, exclusions, pickup or quotes.
/// divisible : bool, default True
///     Whether a few lines are divisible.
/// incoming : int, default 0
///     Share of the rows of stock of which a part comes only within a week, in per cent.
///
/// Returns
/// -------
/// Problem
///
/// Raises
/// ------
/// OptionError
///     An option is outside its range.
#[pyfunction]
#[pyo3(signature = (
    orders = 1_000, nodes = 12, *, seed = 1, profile = "b2c", skus = None, slack = 115, spread = 45, capacity = 115,
    plain = false, divisible = true, incoming = 0
))]
#[allow(clippy::too_many_arguments, reason = "they are the options of the call, by keyword")]
pub(crate) fn generate(
    py: Python<'_>,
    #[pyo3(from_py_with = natural)] orders: u32,
    #[pyo3(from_py_with = natural)] nodes: u32,
    #[pyo3(from_py_with = natural)] seed: u64,
    profile: &str,
    #[pyo3(from_py_with = maybe_natural)] skus: Option<u32>,
    #[pyo3(from_py_with = natural)] slack: u32,
    #[pyo3(from_py_with = natural)] spread: u32,
    #[pyo3(from_py_with = natural)] capacity: u32,
    plain: bool,
    divisible: bool,
    #[pyo3(from_py_with = natural)] incoming: u32,
) -> PyResult<Problem> {
    let options = GenerateOptions {
        orders,
        nodes,
        seed,
        profile: profile.parse::<Profile>().map_err(|e| raise(py, &e))?,
        skus,
        slack,
        spread,
        capacity,
        plain,
        divisible,
        incoming,
    };
    let draft = interruptible(py, move |_| clapot::generate::generate(&options))?;
    Problem::generated(py, draft)
}
