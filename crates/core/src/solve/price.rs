//! What decisions of any system cost: every figure, a bound on what any plan costs, and every rule they break.

use std::time::Duration;

use super::{LEAST, NEVER, POLICY_ITERATIONS, ProofTime, Surroundings, check_size, limit_reached, state_bound};
use crate::Error;
use crate::allocate;
use crate::cost::{allocation_of, price_plan};
use crate::index::OrderIdx;
use crate::model::Problem;
use crate::plan::{Decision, Known, NotCarried, Outcome, RoutingPlan, ShadowPrices, Start, Status};
use crate::search::{self, Budget, Progress};
use crate::verify::{VerifyOptions, Violation, verify_within};

/// The method that plans of given decisions state.
pub const GIVEN: &str = "given";

/// Parameters of [`price_decisions`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PriceOptions {
    /// Wall-clock limit of the whole call on the given clock; `None` = until done.
    pub time_limit: Option<Duration>,
    /// Work limit in evaluations (one order priced once); `None` = none.
    pub work_limit: Option<u64>,
    /// Threads; 0 = one per core.
    pub threads: usize,
}

/// What decisions cost, and what is wrong with them.
#[derive(Clone, Debug, PartialEq)]
pub struct PricedDecisions {
    /// The plan that they make, with the bound that the prices found prove; infeasible where they break a rule.
    pub plan: RoutingPlan,
    /// Every rule that they break.
    pub violations: Vec<Violation>,
    /// Shipments that no service carries; their lines count as unfilled.
    pub not_carried: Vec<(OrderIdx, NotCarried)>,
}

impl PricedDecisions {
    /// Whether the decisions keep every rule and every shipment can travel.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.violations.is_empty() && self.not_carried.is_empty()
    }
}

/// Prices decisions of any system: a plan with every figure, a bound, and what is wrong with it.
///
/// What a decision leaves open is filled in by [`allocation_of`]. Lines that no decision names stay unfilled. `prices`, of an
/// earlier run on this problem, are proved from where they are given; else some are found.
///
/// # Errors
/// Parameters out of range; a problem too large for memory.
///
/// # Example
/// ```
/// # fn main() -> Result<(), clapot::Error> {
/// use clapot::generate::{GenerateOptions, generate};
/// use clapot::plan::Decision;
/// use clapot::solve::{PriceOptions, Surroundings, price_decisions};
/// use clapot::StdClock;
///
/// let draft = generate(&GenerateOptions { orders: 20, nodes: 4, seed: 7, ..GenerateOptions::default() })?;
/// let problem = clapot::validate::check(draft).map_err(clapot::Error::input)?.problem;
/// let node = problem.node_ids().find("N0001").or_else(|| problem.nodes().indices().next());
/// // Yesterday everything went out from one node.
/// let all = problem.lines().indices().zip(std::iter::repeat(node));
/// let decisions: Vec<Decision> = all.filter_map(|(line, node)| Some(Decision::new(line, node?))).collect();
/// let clock = StdClock::start();
/// let around = Surroundings::new(&clock);
/// let priced = price_decisions(&problem, &decisions, None, &PriceOptions::default(), around)?;
/// assert!(!priced.is_valid()); // it did not have the stock
/// # Ok(())
/// # }
/// ```
pub fn price_decisions(
    problem: &Problem,
    decisions: &[Decision],
    prices: Option<&ShadowPrices>,
    options: &PriceOptions,
    surroundings: Surroundings<'_>,
) -> Result<PricedDecisions, Error> {
    search::check_limits(options.time_limit, options.work_limit, options.threads)?;
    check_size(problem)?;
    let Surroundings {
        clock,
        interrupt,
        progress,
    } = surroundings;
    let pool = search::pool(options.threads)?;
    let budget = Budget::new(clock, options.time_limit, options.work_limit, interrupt);
    budget.keep(allocate::time_of_proof(problem, pool.current_num_threads(), false));
    let (allocation, not_carried) = allocation_of(problem, decisions);
    progress(Progress::of_phase("prices", budget.seconds()));
    let prices = prices
        .cloned()
        .unwrap_or_else(|| pool.install(|| allocate::prices(problem, &budget, POLICY_ITERATIONS)));
    let outcome = Outcome {
        status: Status::Infeasible,
        limit: budget.stop().map(limit_reached),
        bound: LEAST,
        proved_bound: None,
        method: GIVEN.to_owned(),
        seed: 0,
        work: budget.work(),
        seconds: 0.0,
    };
    let mut plan = price_plan(problem, allocation, outcome, prices)
        .map_err(|e| Error::internal(format!("a shipment that was priced before: {e}")))?;
    progress(Progress::of_phase("verify", budget.seconds()));
    let verify_options = VerifyOptions {
        threads: pool.current_num_threads(),
        ..VerifyOptions::default()
    };
    let time = ProofTime::new(&budget, &NEVER);
    let found = verify_within(problem, &plan, &verify_options, &|| time.is_over());
    if state_bound(problem, &mut plan, found.proved_bound) {
        plan.outcome.limit = plan.outcome.limit.or_else(|| budget.stop().map(limit_reached));
    }
    let valid = found.violations.is_empty() && not_carried.is_empty();
    if valid {
        plan.outcome.status = if plan.outcome.bound == plan.cost.total() {
            Status::Optimal
        } else {
            Status::Feasible
        };
    }
    plan.outcome.seconds = budget.seconds();
    Ok(PricedDecisions {
        plan,
        violations: found.violations,
        not_carried,
    })
}

/// A start from decisions, and what is known of the orders they are about; it has no prices.
#[must_use]
pub fn start_of_decisions(problem: &Problem, decisions: &[Decision], known: Vec<Known>, gone: usize) -> Start {
    let (allocation, _) = allocation_of(problem, decisions);
    Start {
        allocation,
        known,
        gone,
        prices: ShadowPrices::default(),
    }
}
