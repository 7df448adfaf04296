//! What a plan says of itself: its problem, its status and its bounds.
//!
//! Its file also states a total, a gap and counts. They follow from the rest of the plan, which is why a plan does not hold
//! them; whoever reads the file compares them.

use super::bound::ProvedBound;
use super::figures::Figures;
use super::{Report, ViolationCode};
use crate::model::Problem;
use crate::plan::{RoutingPlan, Status};
use crate::quantity::Money;

/// Judges name, status and bounds against the recomputed total.
pub(super) fn check(problem: &Problem, plan: &RoutingPlan, figures: &Figures, report: &mut Report) {
    if plan.problem != problem.settings().name {
        report.note(
            ViolationCode::OtherProblem,
            "the plan is for a problem of another name".to_owned(),
        );
    }
    let total = figures.cost.total();
    let (bound, proved) = (plan.outcome.bound, plan.outcome.proved_bound);
    if bound > total {
        report.note(
            ViolationCode::BoundAboveTotal,
            format!("the bound {bound} is above the total {total}"),
        );
    }
    if let Some(proved) = proved.filter(|&p| p > total) {
        report.note(
            ViolationCode::ProvedBound,
            format!("the proved bound {proved} is above the total {total}"),
        );
    }
    if plan.outcome.status == Status::Optimal && bound != total && proved != Some(total) {
        report.note(
            ViolationCode::OptimalNotProved,
            format!("called optimal with bound {bound} and total {total}"),
        );
    }
}

/// Judges the bound against what the shadow prices prove, unless some of that is not checked: it may be more.
pub(super) fn check_bound(stated: Money, proved: &ProvedBound, report: &mut Report) {
    if !report.unchecked.is_empty() {
        return;
    }
    if stated > proved.upper {
        let message = format!("the bound {stated} is above the {} of the shadow prices", proved.upper);
        report.note(ViolationCode::BoundAbovePrices, message);
    } else if stated > proved.lower {
        let message = format!(
            "the bound {stated} is above the {} that is proved (with {} orders by a lower bound only)",
            proved.lower, proved.by_lower_bound_only
        );
        report.note(ViolationCode::BoundNotProved, message);
    }
}
