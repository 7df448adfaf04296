//! The floors: plan waves, price the decision, and have the plan judged.

use std::time::Duration;

use super::Surroundings;
use crate::Error;
use crate::cost::waves::price_waves;
use crate::model::Problem;
use crate::model::floor::Floors;
use crate::plan::{RoutingPlan, WavePlan, WaveRun};
use crate::search::{self, Budget, Progress};
use crate::verify::verify_waves;
use crate::wave::planner::{self, Purse, WaveOptions};

/// Decides what each floor releases when, who collects what in which tour, and with which departure it leaves; and verifies
/// the plan.
///
/// Plans are compared as [`WaveObjective`](crate::plan::WaveObjective) says: lateness at departures first, then labour, then
/// the number of waves and how even the releases are. `docs/floor.md` has every rule.
///
/// # Errors
/// Parameters out of range; a floor in which no tours can be found; or a plan that failed verification, which is a bug.
///
/// # Example
/// ```
/// # fn main() -> Result<(), clapot::Error> {
/// use clapot::generate::{FloorOptions, GenerateOptions, generate, generate_floors};
/// use clapot::{Error, RouteOptions, StdClock, Surroundings, WaveOptions, plan_waves, route, validate};
///
/// let draft = generate(&GenerateOptions { orders: 60, nodes: 4, seed: 7, ..GenerateOptions::default() })?;
/// let problem = validate::check(draft).map_err(Error::input)?.problem;
/// let floors = generate_floors(&problem, &FloorOptions::default())?;
/// let floors = validate::check_floors(floors, &problem).map_err(Error::input)?.floors;
///
/// let clock = StdClock::start();
/// let around = Surroundings::new(&clock);
/// let plan = route(&problem, &RouteOptions { work_limit: Some(2_000), ..RouteOptions::default() }, around)?;
/// let around = Surroundings::new(&clock);
/// let options = WaveOptions { work_limit: Some(20_000), ..WaveOptions::default() };
/// let waves = plan_waves(&problem, &plan, &floors, &options, around)?;
/// assert!(waves.total().shipments > 0);
/// # Ok(())
/// # }
/// ```
pub fn plan_waves(
    problem: &Problem,
    plan: &RoutingPlan,
    floors: &Floors,
    options: &WaveOptions,
    surroundings: Surroundings<'_>,
) -> Result<WavePlan, Error> {
    search::check_limits(options.time_limit, options.work_limit, options.threads)?;
    let Surroundings {
        clock,
        interrupt,
        progress,
    } = surroundings;
    let pool = search::pool(options.threads)?;
    let deadline = options
        .time_limit
        .map(|limit| limit.saturating_sub(reserve(plan, limit)));
    let budget = Budget::new(clock, deadline, options.work_limit, interrupt);
    let purse = Purse {
        clock,
        budget: &budget,
        interrupt,
    };
    let decision = pool.install(|| planner::plan(problem, plan, floors, options.seed, &purse, progress))?;
    let limit = budget.stop().map(super::limit_reached);
    progress(Progress::of_phase("verify", budget.seconds()));
    let run = WaveRun {
        limit,
        method: "auto".to_owned(),
        seed: options.seed,
        work: budget.work(),
        seconds: 0.0,
    };
    let mut made = price_waves(problem, plan, floors, &decision, run)?;
    let verification = verify_waves(problem, plan, floors, &made);
    super::accept(&verification.violations, &verification.unchecked)?;
    made.run.seconds = budget.seconds();
    Ok(made)
}

/// Time to keep for pricing and verifying.
fn reserve(plan: &RoutingPlan, limit: Duration) -> Duration {
    let lines = u32::try_from(plan.assignments.len()).unwrap_or(u32::MAX);
    (Duration::from_micros(10) * lines + Duration::from_millis(20)).min(limit / 3)
}
