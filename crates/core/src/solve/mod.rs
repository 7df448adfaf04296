//! Composition root: allocate, price, prove, verify; waves likewise. No algorithm is here.
//!
//! [`route`] is the whole of order routing for a valid problem. It hands out a plan only if the independent verifier finds
//! nothing wrong with it, and states the bound that the verifier recomputed from the shadow prices, never more.

mod doubts;
mod price;
mod proof_time;
mod waves;

pub use crate::allocate::{OrderPricer, PricedOrder};
pub use doubts::method_doubts;
pub use price::{GIVEN, PriceOptions, PricedDecisions, price_decisions, start_of_decisions};
use proof_time::ProofTime;
pub use waves::plan_waves;

use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::Error;
use crate::allocate::policy::{self, Policy};
use crate::allocate::{self, AllocateOptions, Allocated, Milp};
use crate::cost::price_plan;
use crate::model::Problem;
use crate::plan::{LimitReached, Outcome, RoutingPlan, ShadowPrices, Start, Status, TakenOver};
use crate::quantity::Money;
use crate::search::{self, Budget, Clock, Progress, Stop};
use crate::verify::{ProvedBound, VerifyOptions, Violation, certain_bound, verify, verify_within};

/// How a plan is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// Shadow prices, hardening, search and price-and-branch: near the best at every size.
    #[default]
    Auto,
    /// One MILP over all options that a best plan could use: proved best, for small problems.
    Exact,
    /// A rule that order systems use today, one order after another.
    Policy(Policy),
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 6] = [
        Self::Auto,
        Self::Exact,
        Self::Policy(Policy::Priority),
        Self::Policy(Policy::Distance),
        Self::Policy(Policy::FewestSplits),
        Self::Policy(Policy::Cheapest),
    ];

    /// The word of the command line and of plans.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Exact => "exact",
            Self::Policy(policy) => policy.as_str(),
        }
    }

    /// Whether a run by this method can start from an earlier plan.
    ///
    /// # Errors
    /// Why not: a policy follows its rule, whatever was planned before.
    pub fn check_start(self) -> Result<(), Error> {
        match self {
            Self::Auto | Self::Exact => Ok(()),
            Self::Policy(policy) => Err(Error::options(format!(
                "{} is a rule that plans one order after another, and cannot start from a plan; auto and exact can",
                policy.as_str()
            ))),
        }
    }
}

impl FromStr for Method {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|m| m.as_str() == text)
            .ok_or_else(|| Error::options(format!("no method {text:?}")))
    }
}

/// Parameters of [`route`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RouteOptions {
    /// How the plan is made.
    pub method: Method,
    /// Wall-clock limit of the whole call on the given clock, verification included; `None` = run until done. A policy serves every
    /// order all the same: half of its pass would compare with nothing.
    pub time_limit: Option<Duration>,
    /// Work limit in evaluations (one order priced once); `None` = none. A run with a work limit and no time limit gives the
    /// same plan at any number of threads.
    pub work_limit: Option<u64>,
    /// Ends the run where neither plan nor bound has moved for so long, from the first plan on. They move where the gap falls
    /// by a fiftieth of itself and a hundred-thousandth of the cost. `None` = under a limit go on as long as there is something to try; without one, until half as
    /// much work as all before the last move was done since, so that the run repeats.
    pub patience: Option<Duration>,
    /// Relative gap at which to stop, from 0 (go on) to below 1.
    pub gap: f64,
    /// Threads; 0 = one per core.
    pub threads: usize,
    /// Seed of everything random.
    pub seed: u64,
    /// Whether a bound is proved. Without it the plan states what is certain of any plan, and a rule takes its own time only.
    pub bound: bool,
    /// The solver of mixed-integer programmes.
    pub milp: Milp,
}

impl Default for RouteOptions {
    fn default() -> Self {
        Self {
            method: Method::Auto,
            time_limit: None,
            work_limit: None,
            patience: None,
            gap: 0.0,
            threads: 0,
            seed: 1,
            bound: true,
            milp: Milp::Strongest,
        }
    }
}

impl RouteOptions {
    /// The defaults with a limit on the whole call.
    #[must_use]
    pub fn within(time_limit: Duration) -> Self {
        Self {
            time_limit: Some(time_limit),
            ..Self::default()
        }
    }

    fn check(&self) -> Result<(), Error> {
        if !(0.0..1.0).contains(&self.gap) {
            return Err(Error::options("gap must be at least 0 and below 1"));
        }
        if self.patience.is_some_and(|p| p.is_zero()) {
            return Err(Error::options("patience must be above 0"));
        }
        search::check_limits(self.time_limit, self.work_limit, self.threads)
    }
}

/// What surrounds a run: its clock, a flag that asks it to stop, and who sees its progress.
pub struct Surroundings<'a> {
    /// Time since the start of the call; the time limit counts on it, so start it before the problem is read.
    pub clock: &'a dyn Clock,
    /// Set it to stop with the best plan so far.
    pub interrupt: Option<&'a AtomicBool>,
    /// Called from the calling thread's pool whenever there is news.
    pub progress: &'a mut (dyn FnMut(Progress) + Send),
}

impl<'a> Surroundings<'a> {
    /// A run that nobody interrupts and whose progress nobody sees.
    #[must_use]
    pub fn new(clock: &'a dyn Clock) -> Self {
        Self {
            clock,
            interrupt: None,
            progress: Box::leak(Box::new(|_| {})), // of no size, so nothing is allocated
        }
    }

    /// The same with a flag that stops the run with the best plan so far.
    #[must_use]
    pub fn interrupted_by(self, flag: &'a AtomicBool) -> Self {
        Self {
            interrupt: Some(flag),
            ..self
        }
    }
}

/// Shadow-price iterations for plans that policies make.
const POLICY_ITERATIONS: usize = 60;

/// Decides which node ships which line by which service, proves a bound, and verifies the plan.
///
/// # Errors
/// Parameters out of range; a problem too large for memory; or a plan that failed verification, which is a bug.
///
/// # Example
/// ```
/// # fn main() -> Result<(), clapot::Error> {
/// use clapot::generate::{GenerateOptions, generate};
/// use clapot::search::StdClock;
/// use clapot::solve::{RouteOptions, Surroundings, route};
///
/// let draft = generate(&GenerateOptions { orders: 20, nodes: 4, seed: 7, ..GenerateOptions::default() })?;
/// let problem = clapot::validate::check(draft).map_err(clapot::Error::input)?.problem;
/// let clock = StdClock::start();
/// let surroundings = Surroundings::new(&clock);
/// let plan = route(&problem, &RouteOptions::default(), surroundings)?;
/// assert!(plan.outcome.bound <= plan.cost.total());
/// # Ok(())
/// # }
/// ```
pub fn route(problem: &Problem, options: &RouteOptions, surroundings: Surroundings<'_>) -> Result<RoutingPlan, Error> {
    route_unless(problem, options, None, surroundings, &NEVER).map(|(plan, _)| plan)
}

/// As [`route`], from an earlier plan and its prices, which need not be valid for the problem: what still fits is taken over,
/// and the second value says how much that was.
///
/// A start that is a valid plan of the problem is never made worse: the new plan costs no more. Its prices, where they hold
/// for the problem, never proved more than the new ones do.
///
/// # Errors
/// As [`route`]; or a method that is a policy, which follows its rule and cannot start from a plan.
///
/// # Example
/// ```
/// # fn main() -> Result<(), clapot::Error> {
/// use clapot::generate::{GenerateOptions, generate};
/// use clapot::plan::Start;
/// use clapot::solve::{Method, RouteOptions, Surroundings, route, route_from};
/// use clapot::{Policy, StdClock};
///
/// let draft = generate(&GenerateOptions { orders: 20, nodes: 4, seed: 7, ..GenerateOptions::default() })?;
/// let problem = clapot::validate::check(draft).map_err(clapot::Error::input)?.problem;
/// let clock = StdClock::start();
/// let simple = RouteOptions { method: Method::Policy(Policy::FewestSplits), ..RouteOptions::default() };
/// let around = Surroundings::new(&clock);
/// let first = route(&problem, &simple, around)?;
///
/// let options = RouteOptions { work_limit: Some(500), ..RouteOptions::default() };
/// let around = Surroundings::new(&clock);
/// let (better, taken_over) = route_from(&problem, &options, &Start::of(&problem, &first), around)?;
/// assert_eq!(taken_over.taken, 20);
/// assert!(better.cost.total() <= first.cost.total() && better.outcome.bound >= first.outcome.bound);
/// # Ok(())
/// # }
/// ```
pub fn route_from(
    problem: &Problem,
    options: &RouteOptions,
    start: &Start,
    surroundings: Surroundings<'_>,
) -> Result<(RoutingPlan, TakenOver), Error> {
    let (plan, taken_over) = route_unless(problem, options, Some(start), surroundings, &NEVER)?;
    Ok((plan, taken_over.unwrap_or_default()))
}

/// As [`route`], or with a start as [`route_from`]; once the flag is set, no bound is proved and nothing verified any more, and
/// the call fails. For the Python package of the same version alone.
///
/// # Errors
/// As those, and that the call was abandoned.
#[doc(hidden)]
pub fn route_unless(
    problem: &Problem,
    options: &RouteOptions,
    start: Option<&Start>,
    surroundings: Surroundings<'_>,
    abandoned: &AtomicBool,
) -> Result<(RoutingPlan, Option<TakenOver>), Error> {
    if start.is_some() {
        options.method.check_start()?;
    }
    options.check()?;
    check_size(problem)?;
    let Surroundings {
        clock,
        interrupt,
        progress,
    } = surroundings;
    let pool = search::pool(options.threads)?;
    let budget = Budget::new(clock, options.time_limit, options.work_limit, interrupt).with_patience(options.patience);
    budget.keep(allocate::time_of_proof(
        problem,
        pool.current_num_threads(),
        start.is_some(),
    ));
    let allocated = pool.install(|| decide(problem, options, start, &budget, pool.current_num_threads(), progress));
    progress(Progress::of_phase("verify", budget.seconds()));
    let taken_over = allocated.taken_over;
    wanted(abandoned)?;
    let threads = pool.current_num_threads();
    let plan = finish(problem, options, start, (&budget, abandoned), allocated, threads)?;
    Ok((plan, taken_over))
}

/// Refuses a problem that is too large for memory.
fn check_size(problem: &Problem) -> Result<(), Error> {
    if allocate::fits(problem) {
        return Ok(());
    }
    Err(Error::options(
        "the problem is too large to be planned in one piece: split its orders over several",
    ))
}

/// For those who never abandon a call.
static NEVER: AtomicBool = AtomicBool::new(false);

fn wanted(abandoned: &AtomicBool) -> Result<(), Error> {
    if abandoned.load(Ordering::Relaxed) {
        return Err(Error::interrupted());
    }
    Ok(())
}

fn decide(
    problem: &Problem,
    options: &RouteOptions,
    start: Option<&Start>,
    budget: &Budget<'_>,
    threads: usize,
    see: &mut (dyn FnMut(Progress) + Send),
) -> Allocated {
    let common = |method| AllocateOptions {
        method,
        seed: options.seed,
        threads,
        gap: options.gap,
        milp: options.milp,
    };
    match options.method {
        Method::Auto => allocate::allocate(problem, common(allocate::Method::Auto), start, budget, see),
        Method::Exact => allocate::allocate(problem, common(allocate::Method::Exact), start, budget, see),
        Method::Policy(policy) => {
            see(Progress::of_phase("policy", budget.seconds()));
            let allocation = policy::allocate(problem, policy, &mut || budget.interrupted());
            let prices = if options.bound {
                see(Progress::of_phase("prices", budget.seconds()));
                allocate::prices(problem, budget, POLICY_ITERATIONS)
            } else {
                ShadowPrices::default()
            };
            Allocated {
                allocation,
                prices,
                least: None,
                taken_over: None,
                start_may_prove_more: false,
            }
        }
    }
}

/// How a plan says what stopped its run.
const fn limit_reached(stop: Stop) -> LimitReached {
    match stop {
        Stop::Time => LimitReached::Time,
        Stop::Work => LimitReached::Work,
        Stop::Interrupted => LimitReached::Interrupted,
        Stop::Stalled => LimitReached::Stalled,
    }
}

/// Bound of a plan before one is proved.
const LEAST: Money = Money::from_ten_thousandths(i64::MIN / 4);

/// Prices the decision, proves the bound and has the plan judged.
fn finish(
    problem: &Problem,
    options: &RouteOptions,
    start: Option<&Start>,
    (budget, abandoned): (&Budget<'_>, &AtomicBool),
    mut found: Allocated,
    threads: usize,
) -> Result<RoutingPlan, Error> {
    let limit = budget.ended_by().map(limit_reached);
    let outcome = Outcome {
        status: Status::Feasible,
        limit,
        bound: LEAST,
        proved_bound: None,
        method: options.method.as_str().to_owned(),
        seed: options.seed,
        work: budget.work(),
        seconds: 0.0,
    };
    let mut plan =
        price_plan(problem, found.allocation, outcome, found.prices).map_err(|e| Error::verification(e.to_string()))?;
    if let Some(start) = start
        && let Some(given) = valid_and_cheaper(problem, start, found.taken_over, &plan)
    {
        (plan, found.least) = (given, None);
    }
    let proof_time = ProofTime::new(budget, abandoned);
    if judge_and_prove(problem, &mut plan, (threads, options.bound), &proof_time)? {
        plan.outcome.limit = limit.or_else(|| budget.stop().map(limit_reached));
    }
    if let Some(start) = start.filter(|_| options.bound && found.start_may_prove_more) {
        prove_by_start(problem, start, &mut plan, threads, &proof_time)?;
    }
    let total = plan.cost.total();
    let least = found.least.map(|least| least.min(total));
    plan.outcome.proved_bound = least.filter(|&least| least > plan.outcome.bound);
    if least == Some(total) || plan.outcome.bound == total {
        plan.outcome.status = Status::Optimal;
        // A part of the run stood still before another proved it.
        plan.outcome.limit = plan.outcome.limit.filter(|&limit| limit != LimitReached::Stalled);
    }
    let close = options.gap > 0.0 && plan.gap().is_some_and(|gap| gap <= options.gap);
    if plan.outcome.limit.is_none() && close && plan.outcome.status != Status::Optimal {
        plan.outcome.limit = Some(LimitReached::Gap);
    }
    if plan.outcome.bound > total {
        let message = format!("the bound {} is above the total {total}", plan.outcome.bound);
        return Err(Error::verification(message));
    }
    plan.outcome.seconds = budget.seconds();
    Ok(plan)
}

/// The given plan with the bound still to prove, where it is valid for the problem as it stands, costs less, and has no
/// place in the order book: a divisible line of a large order may be split in ways that the book does not look at.
fn valid_and_cheaper(
    problem: &Problem,
    start: &Start,
    taken_over: Option<TakenOver>,
    plan: &RoutingPlan,
) -> Option<RoutingPlan> {
    if taken_over.is_none_or(|t| t.is_whole()) || !start.speaks_of(problem) {
        return None;
    }
    let (allocation, prices) = (start.allocation.clone(), plan.prices.clone());
    let given = price_plan(problem, allocation, plan.outcome.clone(), prices).ok()?;
    let cheaper = given.cost.total() < plan.cost.total();
    (cheaper && judge(problem, &given).is_ok()).then_some(given)
}

/// Takes the prices of the start where they are valid for the problem and prove more.
fn prove_by_start(
    problem: &Problem,
    start: &Start,
    plan: &mut RoutingPlan,
    threads: usize,
    time: &ProofTime<'_>,
) -> Result<(), Error> {
    let (bound, prices) = (plan.outcome.bound, plan.prices.clone());
    plan.outcome.bound = LEAST;
    plan.prices.clone_from(&start.prices);
    let options = VerifyOptions {
        threads,
        ..VerifyOptions::default()
    };
    let verification = verify_within(problem, plan, &options, &|| time.is_over());
    wanted(time.abandoned)?;
    match verification.proved_bound {
        Some(proved) if verification.is_valid() && proved.lower > bound => plan.outcome.bound = proved.lower,
        _ => (plan.outcome.bound, plan.prices) = (bound, prices),
    }
    Ok(())
}

/// Hands the plan, which states the least bound there is, to the verifier, and states the bound that this proves; true where there
/// was no time for all orders.
fn judge_and_prove(
    problem: &Problem,
    plan: &mut RoutingPlan,
    (threads, bound): (usize, bool),
    time: &ProofTime<'_>,
) -> Result<bool, Error> {
    let options = VerifyOptions {
        bound,
        threads,
        cut_steps: u64::MAX, // they are our own
        ..VerifyOptions::default()
    };
    let verification = verify_within(problem, plan, &options, &|| time.is_over());
    wanted(time.abandoned)?;
    // What was not checked is of prices and cuts, and counts for nothing; the plan does not state yet what they prove.
    accept(&verification.violations, &[])?;
    Ok(state_bound(problem, plan, verification.proved_bound))
}

/// States the bound that is proved. Where there was no time for all orders, which is true then, and more is certain without any
/// prices, the plan has none.
fn state_bound(problem: &Problem, plan: &mut RoutingPlan, proved: Option<ProvedBound>) -> bool {
    if let Some(proved) = proved.filter(|proved| proved.at_a_glance == 0) {
        plan.outcome.bound = proved.lower;
        return false;
    }
    let proved = proved.map_or(LEAST, |proved| proved.lower);
    let certain = certain_bound(problem);
    plan.outcome.bound = proved.max(certain);
    if certain >= proved {
        plan.prices = ShadowPrices::default();
    }
    true
}

/// Hands the plan to the verifier, but not its bound.
fn judge(problem: &Problem, plan: &RoutingPlan) -> Result<(), Error> {
    let verification = verify(
        problem,
        plan,
        &VerifyOptions {
            bound: false,
            ..VerifyOptions::default()
        },
    );
    accept(&verification.violations, &verification.unchecked)
}

/// A plan is handed out only where all of it was judged and nothing is wrong with it.
fn accept(violations: &[Violation], unchecked: &[Violation]) -> Result<(), Error> {
    let faults = || violations.iter().chain(unchecked);
    let many = faults().count();
    if many == 0 {
        return Ok(());
    }
    let first: Vec<String> = faults().take(5).map(ToString::to_string).collect();
    Err(Error::verification(format!("{many} violations: {}", first.join("; "))))
}
