//! Wave planning: what a floor releases when, who collects what in which tour, and with which departure it leaves.
//!
//! ```text
//! routing plan ──▶ workload ──▶ pools ──▶ batches ──▶ waves ──▶ schedule ──▶ search ──▶ as late as is safe ──▶ decision
//!                  (cost)      (release)  (batch)    (release)  (assign)    (here)     (assign)
//! ```
//!
//! Batches come first, since labour does not depend on which wave they are in; waves are then made of whole batches. Every
//! plan that the search looks at is scheduled anew by one rule, so it keeps every rule of the floor at any time.

mod batches;
mod decide;
mod improve;
mod mend;
mod simple;
mod state;

use std::time::Duration;

use crate::Error;
use crate::cost::waves::workload;
use crate::model::Problem;
use crate::model::floor::{Floor, Floors, ReleaseMode};
use crate::plan::{RoutingPlan, Unplanned, UnplannedReason, WaveDecision};
use crate::search::{Budget, Clock, Progress};
use crate::wave::assign::back::as_late_as_safe;
use crate::wave::assign::site::Site;
use crate::wave::assign::tour::Walker;

pub use simple::{SimplePicking, SimpleRule, simple_picking};
use state::State;

/// Parameters of planning waves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaveOptions {
    /// Wall-clock limit of the whole call, verification included; `None` = run until there is nothing more to try.
    pub time_limit: Option<Duration>,
    /// Limit of work, in evaluations (a tour asked for, eight batches scheduled); `None` = none. A run with a work limit and no
    /// time limit gives the same plan at any number of threads.
    pub work_limit: Option<u64>,
    /// Threads; 0 = one per core.
    pub threads: usize,
    /// Seed of everything random.
    pub seed: u64,
}

impl Default for WaveOptions {
    fn default() -> Self {
        Self {
            time_limit: None,
            work_limit: None,
            threads: 0,
            seed: 1,
        }
    }
}

/// Share of a floor's budget for its batches; the rest is for the search over waves.
const FOR_BATCHES: f64 = 0.85;

/// The clock of a part of the call.
struct Since<'a> {
    clock: &'a dyn Clock,
    from: Duration,
}

impl Clock for Since<'_> {
    fn elapsed(&self) -> Duration {
        self.clock.elapsed().saturating_sub(self.from)
    }
}

/// What a part of the call may spend: shares of what is left of the whole.
pub(crate) struct Purse<'a> {
    pub clock: &'a dyn Clock,
    pub budget: &'a Budget<'a>,
    pub interrupt: Option<&'a std::sync::atomic::AtomicBool>,
}

impl Purse<'_> {
    /// Runs a part with a share of what is left, or with so much work where nothing limits the call.
    fn part<T>(&self, share: f64, unlimited: u64, run: impl FnOnce(&Budget<'_>) -> T) -> T {
        let time = self
            .budget
            .seconds_left()
            .map(|left| Duration::from_secs_f64(left * share));
        let work = self.budget.work_left().map(|left| (left as f64 * share) as u64);
        let work = if self.budget.is_limited() {
            work
        } else {
            Some(unlimited)
        };
        self.run(self.budget, (time, work), run)
    }

    /// Runs a part of a part with a share of its whole budget.
    fn slice<T>(&self, budget: &Budget<'_>, share: f64, run: impl FnOnce(&Budget<'_>) -> T) -> T {
        self.run(budget, budget.share(share), run)
    }

    fn run<T>(
        &self,
        budget: &Budget<'_>,
        (time, work): (Option<Duration>, Option<u64>),
        run: impl FnOnce(&Budget<'_>) -> T,
    ) -> T {
        let since = Since {
            clock: self.clock,
            from: self.clock.elapsed(),
        };
        let part = Budget::new(&since, time, work, self.interrupt);
        let result = run(&part);
        budget.spend(part.work());
        result
    }
}

/// Plans all floors, one after another: each has a share of what is left by the size of its work.
///
/// # Errors
/// A floor with a layout for which no tours can be found.
pub(crate) fn plan(
    problem: &Problem,
    plan: &RoutingPlan,
    floors: &Floors,
    seed: u64,
    purse: &Purse<'_>,
    see: &mut (dyn FnMut(Progress) + Send),
) -> Result<WaveDecision, Error> {
    let sites: Vec<(&Floor, _)> = floors
        .floors()
        .iter()
        .map(|floor| (floor, workload(problem, plan, floors, floor)))
        .collect();
    let mut left: usize = sites.iter().map(|(_, work)| work.tasks.len()).sum();
    let mut decision = WaveDecision::default();
    for (floor, work) in sites {
        decision.unplanned.extend(work.unplanned);
        let many = work.tasks.len();
        let site = Site::new(problem, floor, work.tasks);
        decision
            .unplanned
            .extend(site.endless.iter().map(|&shipment| Unplanned {
                shipment,
                fill: None,
                reason: UnplannedReason::NoTime,
            }));
        if !site.tasks.is_empty() {
            see(Progress::of_phase("waves", purse.budget.seconds()));
            let share = many as f64 / left.max(1) as f64;
            left -= many;
            plan_floor(&site, seed, share, purse, see, &mut decision)?;
        }
    }
    Ok(decision)
}

fn plan_floor(
    site: &Site<'_>,
    seed: u64,
    share: f64,
    purse: &Purse<'_>,
    see: &mut (dyn FnMut(Progress) + Send),
    decision: &mut WaveDecision,
) -> Result<(), Error> {
    let mut walker = Walker::new(site)?;
    let many = site.tasks.len() as u64;
    let batched = purse.part(share * FOR_BATCHES, many * batches::WORK_PER_TASK, |budget| {
        batches::all(site, &mut walker, seed, purse, budget)
    })?;
    see(Progress::of_phase("schedule", purse.budget.seconds()));
    let mut state = State::start(site, walker, batched);
    let share = share * (1.0 - FOR_BATCHES) / (1.0 - share * FOR_BATCHES);
    see(Progress::of_phase("improve", purse.budget.seconds()));
    purse.part(share, many * improve::WORK_PER_TASK, |budget| {
        mend::mend(&mut state, budget);
        improve::improve(&mut state, seed, budget);
        state.settle_picks();
        mend::mend(&mut state, budget);
    });
    let State {
        draft,
        schedule,
        mut walker,
        ..
    } = state;
    let is_put_off = site.floor.rules().mode == ReleaseMode::CutOff;
    let schedule = if is_put_off {
        as_late_as_safe(site, &draft, schedule)
    } else {
        schedule
    };
    decide::decide(site, &mut walker, &draft, &schedule, decision);
    Ok(())
}
