//! The independent judge of a plan: every rule, every figure, and the bound recomputed from the shadow prices.
//!
//! It trusts nothing that a plan states and shares no code with what makes plans; it knows the problem, the plan and the
//! definition of [`cost`](crate::cost) only. It fails closed: what cannot be checked is a violation. Any value that the
//! types of a plan can hold is judged without a panic; arithmetic on the plan's own numbers is checked or in `i128`.
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
mod waves;

pub use bound::{BoundOptions, ProvedBound, prove_bound};
pub use violation::{Violation, ViolationCode};
pub use waves::{WaveVerification, verify_waves};

use std::sync::atomic::{AtomicBool, Ordering};

use crate::model::Problem;
use crate::plan::{CostParts, RoutingPlan};
use crate::quantity::Money;

/// For those who never stop.
static NEVER: AtomicBool = AtomicBool::new(false);

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
}

impl Default for VerifyOptions {
    fn default() -> Self {
        Self {
            bound: true,
            threads: 0,
            max_groups: 12,
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
    /// The cost, recomputed. A shipment that cannot be priced (a violation) counts as stated.
    pub cost: CostParts,
    /// The bound as stated.
    pub stated_bound: Money,
    /// What the shadow prices prove; `None` where this was not asked for.
    pub proved_bound: Option<ProvedBound>,
}

impl Verification {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.violations.is_empty()
    }

    /// The bound that is certain: the stated one, or what the prices prove where that is less. `None` where the bound was
    /// not recomputed.
    #[must_use]
    pub fn certified_bound(&self) -> Option<Money> {
        self.proved_bound.map(|b| b.lower.min(self.stated_bound))
    }

    /// The gap between the recomputed total and the certain bound.
    #[must_use]
    pub fn certified_gap(&self) -> Option<f64> {
        let (total, bound) = (self.cost.total().as_f64(), self.certified_bound()?.as_f64());
        Some(if self.cost.total() == Money::ZERO {
            0.0
        } else {
            (total - bound) / total
        })
    }
}

/// Judges a plan: feasibility, every figure, and (if asked) the bound recomputed from the shadow prices.
///
/// Takes time in proportion to the plan's rows, and for the bound to orders x nodes x `3^groups` of the order.
#[must_use]
pub fn verify(problem: &Problem, plan: &RoutingPlan, options: &VerifyOptions) -> Verification {
    judged(problem, plan, options, &NEVER)
}

/// As [`verify`](verify()), or `None` soon after the flag is set: for those who no longer want to know.
#[must_use]
pub fn verify_unless(
    problem: &Problem,
    plan: &RoutingPlan,
    options: &VerifyOptions,
    abandoned: &AtomicBool,
) -> Option<Verification> {
    let found = judged(problem, plan, options, abandoned);
    (!abandoned.load(Ordering::Relaxed)).then_some(found)
}

/// What is found until the flag is set; worth nothing once it is.
fn judged(problem: &Problem, plan: &RoutingPlan, options: &VerifyOptions, abandoned: &AtomicBool) -> Verification {
    let mut report = Report::default();
    let ledger = ledger::Ledger::read(problem, plan, &mut report);
    rules::check(&ledger, &mut report);
    let figures = figures::check(&ledger, &mut report);
    claims::check(problem, plan, &figures, &mut report);
    let proved_bound = options.bound.then(|| {
        let prices = prices::PriceTable::read(problem, &plan.prices, &mut report);
        let limits = BoundOptions {
            threads: options.threads,
            max_groups: options.max_groups,
        };
        let own = report
            .violations
            .is_empty()
            .then(|| ledger.at_prices(&figures, &prices));
        let proved = bound::at_prices(problem, &prices, own.as_deref(), &limits, abandoned);
        claims::check_bound(plan.outcome.bound, &proved, &mut report);
        proved
    });
    Verification {
        violations: report.violations,
        warnings: report.warnings,
        cost: figures.cost,
        stated_bound: plan.outcome.bound,
        proved_bound,
    }
}

/// Gathers what is found.
#[derive(Default)]
struct Report {
    violations: Vec<Violation>,
    warnings: Vec<Violation>,
}

impl Report {
    fn add(&mut self, violation: Violation) {
        if violation.code == ViolationCode::RowOrder {
            self.warnings.push(violation);
        } else {
            self.violations.push(violation);
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
