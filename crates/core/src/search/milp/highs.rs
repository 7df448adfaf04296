//! HiGHS, for models of any size. The model is stated through `good_lp`; options and the proof are read from HiGHS itself,
//! since `good_lp` shows neither.

use std::sync::atomic::AtomicBool;

use good_lp::SolverModel as _;
use highs::{HighsModelStatus, HighsSolutionStatus, SolvedModel};

use super::{Answer, Backend, Limits, Model, chosen, stated, values};
use crate::quantity::Money;

/// What HiGHS's bound is lowered by, in ten-thousandths: more than its floats are off.
const TOLERANCE: f64 = 10.0;

/// HiGHS's bound on the objective, in ten-thousandths.
fn bound(solved: &SolvedModel) -> Option<i64> {
    let bound = solved.double_info_value(c"mip_dual_bound").ok()? * Money::SCALE as f64 - TOLERANCE;
    (bound.abs() < 1e15).then_some(bound.floor() as i64)
}

/// HiGHS.
#[derive(Debug)]
pub(crate) struct Highs;

impl Backend for Highs {
    fn choices_at_once(&self) -> usize {
        2500
    }

    fn choices_nearby(&self) -> usize {
        5000
    }

    fn columns_at_once(&self) -> usize {
        1_000_000
    }

    fn solve(&self, model: &Model, start: Option<&[u32]>, limits: Limits, abandoned: &AtomicBool) -> Answer {
        let (problem, _, constraints) = stated(model, None);
        let mut solver = problem.using(good_lp::highs);
        for constraint in constraints {
            solver.add_constraint(constraint);
        }
        let Ok(mut inner) = solver.try_into_inner() else {
            return Answer::default();
        };
        let threads = i32::try_from(limits.threads.max(1)).unwrap_or(1);
        let nodes = limits.nodes.map_or(i32::MAX, |n| i32::try_from(n).unwrap_or(i32::MAX));
        let set = [
            inner.try_set_option("output_flag", false),
            inner.try_set_option("threads", threads),
            inner.try_set_option("parallel", if threads > 1 { "on" } else { "off" }),
            inner.try_set_option("time_limit", limits.seconds.unwrap_or(f64::INFINITY).max(0.01)),
            inner.try_set_option("mip_max_nodes", nodes),
            inner.try_set_option("mip_rel_gap", limits.gap),
            inner.try_set_option("mip_abs_gap", 1e-5),
        ];
        if set.iter().any(Result::is_err) {
            return Answer::default();
        }
        if limits.bound_first {
            // Reductions of models of many columns take longer than their cuts, and hide no column that is not priced out.
            let _ = inner.try_set_option("presolve", "off");
            let _ = inner.try_set_option("mip_heuristic_effort", 0.0);
            for heuristic in ["rens", "rins", "root_reduced_cost"] {
                let _ = inner.try_set_option(format!("mip_heuristic_run_{heuristic}"), false);
            }
        }
        if let Some(start) = start {
            // A start that HiGHS refuses costs time, not correctness.
            let _ = inner.try_set_solution(Some(&values(model, start)), None, None, None);
        }
        let Ok(solved) = clapot_highs::solve_until(inner, abandoned) else {
            return Answer::default();
        };
        if solved.primal_solution_status() != HighsSolutionStatus::Feasible {
            return Answer::default();
        }
        Answer {
            chosen: Some(chosen(solved.get_solution().columns().iter().copied())),
            proved: solved.status() == HighsModelStatus::Optimal && limits.gap <= 0.0,
            close: solved.status() == HighsModelStatus::Optimal,
            bound: bound(&solved),
        }
    }
}
