//! The independent judge of a plan: every rule, every figure, and the bound recomputed from the shadow prices.
//!
//! It trusts nothing that a plan states and shares no code with what makes plans; it knows the problem, the plan and the
//! definition of [`cost`](crate::cost) only. It fails closed: what cannot be checked is a violation, and a
//! plan of which a part was not checked, since that takes too long, is not called valid. Any value that the types of a plan
//! can hold is judged without a panic; arithmetic on the plan's own numbers is checked or in `i128`.
//!
//! One concern a file: `ledger` reads the rows, `rules` judges what the plan does, `figures` what it says it costs,
//! `claims` what it says of itself, `prices` and `knapsack` the shadow prices and cuts, `bound` what these prove. `waves`
//! judges plans of waves.

mod bound;
mod claims;
mod figures;
mod knapsack;
mod ledger;
mod prices;
mod rules;
mod violation;
mod watch;
mod waves;

pub use bound::{BoundOptions, ProvedBound, certain_bound, prove_bound};
pub use violation::{Violation, ViolationCode};
pub use waves::{WaveVerification, verify_waves, verify_waves_until};

use std::sync::atomic::{AtomicBool, Ordering};

use self::watch::Watch;
use crate::model::Problem;
use crate::plan::{CostParts, RoutingPlan, gap};
use crate::quantity::Money;

/// How to verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyOptions {
    /// Whether to recompute the bound from the shadow prices. Without it the stated bound is only compared with the total.
    pub bound: bool,
    /// Threads for the bound, from 1; 0 = one per core. The result does not depend on it.
    pub threads: usize,
    /// Orders with more line groups than this (units of divisible lines count one each) get a lower bound instead of the
    /// exact minimum, which takes `3^groups` steps. At most 16.
    pub max_groups: usize,
    /// Steps that proving all cuts together may take, about a nanosecond each. A cut that takes more than is left of them is
    /// not checked, and counts for nothing; those after it that take less are.
    pub cut_steps: u64,
}

/// Steps that proving all cuts of a plan may take by default: some ten seconds, and 1,000 times what the plans of
/// [`route`](crate::solve::route) take.
pub const CUT_STEPS: u64 = 10_000_000_000;

impl Default for VerifyOptions {
    fn default() -> Self {
        Self {
            bound: true,
            threads: 0,
            max_groups: 12,
            cut_steps: CUT_STEPS,
        }
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Verification {
    /// Everything that makes the plan invalid.
    pub violations: Vec<Violation>,
    /// What is unusual but not wrong: rows out of order.
    pub warnings: Vec<Violation>,
    /// What was not judged, since it takes more steps than it may or time was up: it may be right or wrong.
    pub unchecked: Vec<Violation>,
    /// The cost, recomputed. A shipment that cannot be priced (a violation) counts as stated. All of it is as stated where
    /// time was up before it was added up (`unchecked`).
    pub cost: CostParts,
    /// The bound as stated.
    pub stated_bound: Money,
    /// What the shadow prices prove; `None` where this was not asked for, or time was up before it began.
    pub proved_bound: Option<ProvedBound>,
}

impl Verification {
    /// Whether all of it was judged and nothing is wrong.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.violations.is_empty() && self.unchecked.is_empty()
    }

    /// The bound that is certain: the stated one, or what the prices prove where that is less. `None` where the bound was
    /// not recomputed.
    #[must_use]
    pub fn certified_bound(&self) -> Option<Money> {
        self.proved_bound.map(|b| b.lower.min(self.stated_bound))
    }

    /// The gap between the recomputed total and the certain bound; `None` where that proves nothing.
    #[must_use]
    pub fn certified_gap(&self) -> Option<f64> {
        gap(self.cost.total(), self.certified_bound()?)
    }
}

/// Judges a plan: feasibility, every figure, and (if asked) the bound recomputed from the shadow prices.
///
/// Takes time in proportion to the plan's rows, and for the bound to orders x nodes x `3^groups` of the order.
#[must_use]
pub fn verify(problem: &Problem, plan: &RoutingPlan, options: &VerifyOptions) -> Verification {
    verify_until(problem, plan, options, &|| false)
}

/// As [`verify`](verify()), until it is over: asked every few milliseconds, from several threads. What is left then is not
/// judged, which [`Verification::unchecked`] says.
///
/// # Example
/// ```
/// # fn main() -> Result<(), clapot::Error> {
/// use clapot::generate::{GenerateOptions, generate};
/// use clapot::search::{Clock as _, StdClock};
/// use clapot::verify::{VerifyOptions, verify_until};
/// use clapot::{RouteOptions, Surroundings, route};
/// use std::time::Duration;
///
/// let draft = generate(&GenerateOptions { orders: 20, nodes: 4, seed: 7, ..GenerateOptions::default() })?;
/// let problem = clapot::validate::check(draft).map_err(clapot::Error::input)?.problem;
/// let clock = StdClock::start();
/// let around = Surroundings::new(&clock);
/// let plan = route(&problem, &RouteOptions::default(), around)?;
///
/// let end = clock.elapsed() + Duration::from_secs(60);
/// let found = verify_until(&problem, &plan, &VerifyOptions::default(), &|| clock.elapsed() >= end);
/// assert!(found.is_valid());
/// let found = verify_until(&problem, &plan, &VerifyOptions::default(), &|| true);
/// assert!(!found.is_valid() && found.violations.is_empty() && !found.unchecked.is_empty());
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn verify_until(
    problem: &Problem,
    plan: &RoutingPlan,
    options: &VerifyOptions,
    is_over: &(dyn Fn() -> bool + Sync),
) -> Verification {
    let watch = Watch::new(is_over);
    judged(problem, plan, options, &watch, &watch)
}

/// As [`verify`](verify()); from the time that `is_over` says so, asked at least every few milliseconds and from several
/// threads, no more is proved: of the orders that are left counts what is certain without a look at them (see
/// [`ProvedBound::at_a_glance`]). Everything else is judged in any case.
#[must_use]
pub fn verify_within(
    problem: &Problem,
    plan: &RoutingPlan,
    options: &VerifyOptions,
    is_over: &(dyn Fn() -> bool + Sync),
) -> Verification {
    judged(problem, plan, options, &Watch::new(&|| false), &Watch::new(is_over))
}

/// Judges rows, rules and figures until the first is over, and then prices and bound until the second is.
fn judged(
    problem: &Problem,
    plan: &RoutingPlan,
    options: &VerifyOptions,
    watch: &Watch<'_>,
    of_bound: &Watch<'_>,
) -> Verification {
    let mut report = Report::default();
    let figures = judge_rows(problem, plan, watch, &mut report);
    let mut proved_bound = None;
    if let Some((ledger, figures)) = &figures {
        claims::check(problem, plan, figures, &mut report);
        if options.bound {
            proved_bound = judge_bound(plan, options, (ledger, figures), of_bound, &mut report);
        }
    } else {
        let message = "time was up before every rule and figure was judged; nor was the bound".to_owned();
        report.note(ViolationCode::RulesNotChecked, message);
    }
    Verification {
        violations: report.violations,
        warnings: report.warnings,
        unchecked: report.unchecked,
        cost: figures.map_or(plan.cost, |(_, figures)| figures.cost),
        stated_bound: plan.outcome.bound,
        proved_bound,
    }
}

/// As [`verify`](verify()), or `None` soon after the flag is set: for those who no longer want to know.
#[must_use]
pub fn verify_unless(
    problem: &Problem,
    plan: &RoutingPlan,
    options: &VerifyOptions,
    abandoned: &AtomicBool,
) -> Option<Verification> {
    let is_over = || abandoned.load(Ordering::Relaxed);
    let found = verify_until(problem, plan, options, &is_over);
    (!is_over()).then_some(found)
}

/// Judges rows, rules and figures; `None` where time was up before the end, so that sums are of a part of the rows.
fn judge_rows<'a>(
    problem: &'a Problem,
    plan: &'a RoutingPlan,
    watch: &Watch<'_>,
    report: &mut Report,
) -> Option<(ledger::Ledger<'a>, figures::Figures)> {
    let ledger = ledger::Ledger::read(problem, plan, watch, report)?;
    rules::check(&ledger, watch, report);
    let figures = figures::check(&ledger, watch, report)?;
    (!watch.is_over()).then_some((ledger, figures))
}

/// Judges the bound, prices and cuts; `None` where time was up before there was anything to say.
fn judge_bound(
    plan: &RoutingPlan,
    options: &VerifyOptions,
    (ledger, figures): (&ledger::Ledger<'_>, &figures::Figures),
    watch: &Watch<'_>,
    report: &mut Report,
) -> Option<ProvedBound> {
    let problem = ledger.problem;
    let prices = prices::PriceTable::read(problem, &plan.prices, (options.cut_steps, watch), report);
    let limits = BoundOptions {
        threads: options.threads,
        max_groups: options.max_groups,
    };
    let is_sound = report.violations.is_empty();
    let own = is_sound.then(|| ledger.at_prices(figures, &prices));
    let proved = bound::at_prices(problem, &prices, own.as_deref(), &limits, watch);
    let left = proved.at_a_glance;
    if left > 0 {
        let message = format!("time was up before the least cost of {left} orders at the shadow prices was found");
        report.note(ViolationCode::BoundNotChecked, message);
    }
    claims::check_bound(plan.outcome.bound, &proved, report);
    (left == 0 || left < problem.orders().len()).then_some(proved)
}

/// Gathers what is found.
#[derive(Default)]
struct Report {
    violations: Vec<Violation>,
    warnings: Vec<Violation>,
    unchecked: Vec<Violation>,
}

impl Report {
    fn add(&mut self, violation: Violation) {
        match violation.code {
            ViolationCode::RowOrder => self.warnings.push(violation),
            code if code.is_unchecked() => self.unchecked.push(violation),
            _ => self.violations.push(violation),
        }
    }

    fn note(&mut self, code: ViolationCode, message: String) {
        self.add(Violation::new(code, message));
    }
}

/// The amount of so many ten-thousandths; where that does not fit, a violation and the nearest amount that does.
fn amount(n: i128, what: &str, report: &mut Report) -> Money {
    const MOST: i64 = i64::MAX / 8; // so that the five parts of a cost still add up
    let held = n.clamp(i128::from(-MOST), i128::from(MOST));
    if held != n {
        report.note(ViolationCode::Unchecked, format!("{what} is too large to be added up"));
    }
    Money::from_ten_thousandths(held as i64)
}
