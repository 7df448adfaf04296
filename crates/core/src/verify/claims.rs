//! What a plan says of itself: its problem, its status, its bound, and the summary of its file.

use super::bound::ProvedBound;
use super::figures::Figures;
use super::{Report, Violation, ViolationCode};
use crate::model::Problem;
use crate::plan::{RoutingPlan, Status};
use crate::quantity::Money;

/// Figures that only the file `plan.json` states, because they follow from the rest of the plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// The objective.
    pub total: Money,
    /// `(total - bound) / total`, to 6 decimals.
    pub gap: f64,
    /// Orders of the problem.
    pub orders: u64,
    /// Lines of the problem.
    pub lines: u64,
    /// Shipments of the plan.
    pub shipments: u64,
    /// Units left unfilled.
    pub unfilled_units: u64,
}

/// Judges the summary that a plan's file states against the plan itself.
#[must_use]
pub fn verify_summary(problem: &Problem, plan: &RoutingPlan, summary: &Summary) -> Vec<Violation> {
    let mut report = Report::default();
    let total = stated_total(plan);
    if i128::from(summary.total.ten_thousandths()) != total {
        report.note(
            ViolationCode::Total,
            format!("the total is {}, not the sum of its parts", summary.total),
        );
    }
    let counts = [
        ("orders", summary.orders, problem.orders().len() as u64),
        ("lines", summary.lines, problem.lines().len() as u64),
        ("shipments", summary.shipments, plan.shipments.len() as u64),
        ("unfilled units", summary.unfilled_units, plan.unfilled_units()),
    ];
    for (what, stated, is) in counts {
        if stated != is {
            report.note(
                ViolationCode::Counts,
                format!("the number of {what} is {stated}, counted {is}"),
            );
        }
    }
    let distance = total - i128::from(plan.outcome.bound.ten_thousandths());
    let gap = if total == 0 {
        0.0
    } else {
        distance as f64 / total as f64
    };
    // A gap that is not a number is not close to any.
    let is_close = (summary.gap - gap).abs() <= 1e-6;
    if !is_close {
        report.note(
            ViolationCode::Gap,
            format!("the gap is {}, recomputed {gap:.6}", summary.gap),
        );
    }
    report.violations
}

/// Sum of the stated parts, in ten-thousandths.
fn stated_total(plan: &RoutingPlan) -> i128 {
    let c = &plan.cost;
    [c.transport, c.handling, c.split, c.late, c.unfilled]
        .map(|m| i128::from(m.ten_thousandths()))
        .iter()
        .sum()
}

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

/// Judges the bound against what the shadow prices prove.
pub(super) fn check_bound(stated: Money, proved: &ProvedBound, report: &mut Report) {
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
